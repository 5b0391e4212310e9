/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trial_guarantee (公私合作协同创新计划：新产品试点担保): government and banks together guarantee the first loans of products that
 * banks have no experience with.  Instrument 53; mechanisms M7, M8.
 *
 * Capital from the treasury and, by `bank_share`, from partner banks.  Covered are linkage products, loans on pledged patents and
 * stage-specific products, to young enterprises, so many loans a year in all, and for each bank only until it has made `trials`
 * of them: by then it has seen how such borrowers pay, and goes on, or stops, at its own risk.  Everything else is a guarantor's
 * business (guaranteeing.c).  Joint research is matching money (rd_funding). */
#include <liandong/instrument.h>

static void begin(struct region *r, int32_t k)
{
    const struct trial_guarantee_params *q = POLICY(r, k, trial_guarantee);
    struct bearer *p = &r->bearer[r->line[k].bearer];
    if (r->month % 12 == 0 || r->line[k].changed)
        r->line[k].kept = 0.0; /* loans of the year */
    bearer_do_business(r, p,
                       &(struct business){GUARANTOR_BUSINESS(q), .capital = money_scale(q->capital, r->scale),
                                          .partners = q->partners, .share = q->share, .bank_share = q->bank_share,
                                          .by_banks = FLOW_GUARANTOR_FROM_BANKS});
    p->counted = 1;
    p->contracts = (int32_t)(q->contracts * r->scale + 0.5) - (int32_t)r->line[k].kept;
}

static bool is_new(const struct trial_guarantee_params *q, const struct application *a)
{
    return (q->linkage && a->link != 0) || (q->patents && (a->security & SECURITY_IP) != 0) ||
           (q->staged && a->staged != 0);
}

static bool terms(const struct region *r, int32_t k, const struct application *a, struct lending *o)
{
    const struct trial_guarantee_params *q = POLICY(r, k, trial_guarantee);
    int32_t bearer = r->line[k].bearer;
    if (!is_new(q, a) || a->stage > q->stage_max || a->granted.fen > q->loan_max.fen || a->bank >= q->partners ||
        r->bearer[bearer].room.fen <= 0 || dealing_of(r, k, a->bank)->mean >= q->trials * r->scale)
        return false;
    double cover = cover_as_experienced(r, bearer, a, q->share, NO_CAP), most = 1.0 - P(r, credit)->retained_min;
    *o = (struct lending){.covers = 1u << bearer,
                          .cover = cover < most ? cover : most,
                          .rate_max = q->rate_ceiling,
                          .paperwork = q->paperwork,
                          .fee = q->fee * q->share,
                          .on_covered = true};
    return true;
}

static void cover(const struct region *r, int32_t k, struct cover *c)
{
    const struct trial_guarantee_params *q = POLICY(r, k, trial_guarantee);
    c->trigger = q->trigger;
    c->delay = q->delay;
    c->share = q->share;
    c->cap_loan = NO_CAP;
    c->fee = q->fee;
    c->fee_on_covered = 1;
}

/* Loans of the year, and of the bank's trial. */
static enum status count_loan(struct region *r, const struct told *note)
{
    r->line[note->instance].kept += 1.0;
    dealing_of(r, note->instance, note->bank)->mean += 1.0;
    return OK;
}

static void granted(struct notices *t, int32_t k, const struct application *a)
{
    if ((a->covers >> t->r->line[k].bearer & 1) != 0)
        notice_later(
            t, (struct told){.settle = count_loan, .row = a->row, .instance = (uint16_t)k, .bank = (uint16_t)a->bank});
}

const struct instrument trial_guarantee = {
    .name = "trial_guarantee",
    .number = 53,
    .group = GROUP_trial_guarantee,
    .who_en = "government, banks, enterprises",
    .who_zh = "政府、银行、企业",
    .flow = FLOW_SUBROGATION,
    .claim_every = 1,
    .begin = begin,
    .terms = terms,
    .cover = cover,
    .granted = granted,
};
