/* SPDX-License-Identifier: GPL-3.0-or-later */
/* volume_subsidy (按贷款投放规模补助): the government pays banks per yuan that they newly grant.  Instrument 40.  Due each
 * January for the year before; banks count upon it as far as earlier claims were honoured. */
#include <liandong/instrument.h>

static bool counts(const struct region *r, int32_t k, const struct application *a)
{
    return (double)a->sales <= money_to_yuan(POLICY(r, k, volume_subsidy)->sales_max);
}

static void favour(const struct region *r, int32_t k, const struct application *a, struct favour *f)
{
    if (counts(r, k, a) && a->granted.fen > 0) {
        double more = (double)application_more(a).fen / (double)a->granted.fen;
        f->bonus += POLICY(r, k, volume_subsidy)->rate * r->line[k].honoured * more / application_years(r, a);
    }
}

static void granted(struct notices *t, int32_t k, const struct application *a)
{
    if (counts(t->r, k, a))
        notice_count(t, k, a->bank, application_more(a));
}

/* dealing.mean: what counted in the year before the last, yuan. */
static money claim_bank(const struct region *r, int32_t k, int32_t bank)
{
    const struct volume_subsidy_params *q = POLICY(r, k, volume_subsidy);
    const struct dealing *d = dealing_of(r, k, bank);
    money base = q->base == 0 ? d->last_year : money_positive(money_sub(d->last_year, from_yuan(d->mean)));
    return money_min(money_scale(base, q->rate), q->cap_bank);
}

static void after(struct region *r, int32_t k)
{
    for (int32_t b = 0; b < r->n_banks && r->month % 12 == 11; b++)
        dealing_of(r, k, b)->mean = money_to_yuan(dealing_of(r, k, b)->last_year);
}

const struct instrument volume_subsidy = {
    .name = "volume_subsidy",
    .number = 40,
    .group = GROUP_volume_subsidy,
    .who_en = "government, banks",
    .who_zh = "政府、银行",
    .flow = FLOW_SUBSIDY_BANK,
    .claim_every = 12,
    .favour = favour,
    .granted = granted,
    .claim_bank = claim_bank,
    .after = after,
};
