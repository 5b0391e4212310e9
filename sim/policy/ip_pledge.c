/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ip_pledge (知识产权质押贷): banks lend on appraised patents; when the pledge has been sold, a public fund pays a part of the
 * principal that is lost.  Instrument 22; mechanisms M6.
 *
 * A member that asks for more than may be lent to it otherwise has its patents appraised, if that is worth the fee, and pledges
 * them.  Banks reckon with what pledged patents fetched so far, not with the appraisal.  The fund compensates the lender as a
 * cover of his loan, and a guarantor or insurer who has paid in full, together up to a cap for one loan; the budget line refunds
 * appraisal fees in part and pays guarantors and insurers a share of what they cover. */
#include <liandong/instrument.h>
#include <liandong/mathx.h>

static void eligible(struct asked *a)
{
    asked_patents_from(a, POLICY(a->t->r, a->k, ip_pledge)->patents_min);
    asked_knows(a, ip_pledge.number);
}

/* Patents are pledged once, whatever instances there are; the fee is weighed against what the loan would bring. */
static void pledge(const struct rows *t, uint32_t i, int32_t k, struct security *s)
{
    const struct ip_pledge_params *q = POLICY(t->r, k, ip_pledge);
    if (q->loan_to_value <= 0.0 || s->gap <= 0.0 || (s->kinds & SECURITY_IP) != 0)
        return;
    double appraised = ip_appraisal(t->w, t->r, i), lends = q->loan_to_value * appraised;
    double fee = P(t->r, security)->appraisal_fee * appraised;
    if (s->worth * ld_min(s->gap, lends) <= fee * (1.0 - q->appraisal_subsidy) || fee > money_to_yuan(t->e->cash[i]))
        return;
    s->appraised = appraised;
    security_add(s, SECURITY_IP, lends, ip_recovery_believed(t->r) / q->loan_to_value);
}

/* -- the fund --------------------------------------------------------------------------------------------------------- */
static void fund(struct region *r, struct bearer *p, const struct ip_pledge_params *q)
{
    money plan = money_scale(q->capital, r->scale), more = money_positive(money_sub(plan, p->planned));
    p->planned = money_max(plan, p->planned);
    if (more.fen == 0 && r->month % 12 == 0)
        more = money_min(money_scale(q->refill, r->scale), money_positive(money_sub(p->planned, p->balance)));
    bearer_fund(r, p, FLOW_POOL_CAPITAL, more);
}

static void begin(struct region *r, int32_t k)
{
    const struct ip_pledge_params *q = POLICY(r, k, ip_pledge);
    struct bearer *p = &r->bearer[r->line[k].bearer];
    if (q->enabled)
        fund(r, p, q);
    p->cap_year = NO_CAP;
    p->breaker = 1.0;
    p->partners = r->n_banks; /* whoever lends on patents */
    p->agreement = FEN(0);
    p->room = money_sub(money_scale(money_min(p->paid_in, p->planned), q->leverage_max), p->enrolled);
}

static bool terms(const struct region *r, int32_t k, const struct application *a, struct lending *o)
{
    const struct ip_pledge_params *q = POLICY(r, k, ip_pledge);
    int32_t fund = r->line[k].bearer;
    if ((a->security & SECURITY_IP) == 0 || !enterprise_member(&r->enterprises, a->row, k))
        return false;
    double cover = cover_as_experienced(r, fund, a, q->share, q->cap_loan), most = 1.0 - P(r, credit)->retained_min;
    *o = (struct lending){.covers = 1u << fund,
                          .cover = ld_min(cover, most),
                          .rate_max = q->rate_ceiling * P(r, credit)->base_rate,
                          .paperwork = q->paperwork};
    return true;
}

static void cover(const struct region *r, int32_t k, struct cover *c)
{
    const struct ip_pledge_params *q = POLICY(r, k, ip_pledge);
    c->trigger = q->trigger;
    c->delay = q->delay;
    c->share = q->share;
    c->cap_loan = q->cap_loan;
}

/* -- guarantors and insurers ------------------------------------------------------------------------------------------ */
static bool stands_behind(const struct region *r, int32_t bearer)
{
    return r->bearer[bearer].kind == BEARER_GUARANTOR || r->bearer[bearer].kind == BEARER_INSURER;
}

static enum status subsidise(struct region *r, int32_t k, enum payee payee, uint32_t to, money amount)
{
    struct due d = {.row = to, .instance = (uint8_t)k};
    d.payee = payee & 15;
    d.month = r->month + 1 + line_lag(r, k);
    d.amount = amount;
    return amount.fen > 0 ? due_add(r, &d) : OK;
}

/* Whether an instance before this one dealt with the pledge of a row. */
static bool dealt_with(const struct region *r, int32_t k, uint32_t row)
{
    for (int32_t j = 0; j < k; j++)
        if (r->line[j].kind == r->line[k].kind && LINE_COMMON(r, j)->enabled &&
            POLICY(r, j, ip_pledge)->loan_to_value > 0.0 && enterprise_member(&r->enterprises, row, j))
            return true;
    return false;
}

/* The appraiser is paid when the pledge is registered; what the budget line owes for it is due a month later at the earliest. */
static enum status pay_appraiser(struct region *r, const struct told *note)
{
    const struct ip_pledge_params *q = POLICY(r, note->instance, ip_pledge);
    struct enterprises *e = &r->enterprises;
    money paid = money_min(note->amount, e->cash[note->row]);
    market_flow(r, FLOW_APPRAISAL, paid);
    e->cash[note->row] = money_sub(e->cash[note->row], paid);
    e->profit_year[note->row] -= (float)money_to_yuan(paid);
    TRY(subsidise(r, note->instance, PAYEE_ENTERPRISE, note->row, money_scale(paid, q->appraisal_subsidy)));
    for (int32_t p = 0; p < r->n_bearers; p++)
        if ((note->covers >> p & 1) && stands_behind(r, p))
            TRY(subsidise(r, note->instance, PAYEE_BEARER, (uint32_t)p, money_scale(note->more, q->fee_subsidy)));
    return OK;
}

static void granted(struct notices *t, int32_t k, const struct application *a)
{
    const struct region *r = t->r;
    bool lends = POLICY(r, k, ip_pledge)->loan_to_value > 0.0; /* on patents: else another had them appraised */
    if ((a->security & SECURITY_IP) == 0 || !lends || !enterprise_member(&r->enterprises, a->row, k) ||
        dealt_with(r, k, a->row))
        return;
    notice_later(t, (struct told){.settle = pay_appraiser,
                                  .row = a->row,
                                  .instance = (uint16_t)k,
                                  .amount = from_yuan(P(r, security)->appraisal_fee * (double)a->appraised),
                                  .more = a->granted,
                                  .covers = a->covers});
}

/* What the fund has promised or paid of this claim to all together. */
static money spent_on(const struct region *r, int32_t fund, const struct claim *c)
{
    const struct claim_cover *d = covers_of(&r->claims, c);
    money sum = FEN(0);
    for (int32_t j = 0; j < c->n_covers; j++) {
        sum = money_add(sum, d[j].bearer == fund ? d[j].decided : FEN(0));
        sum = money_add(sum, stands_behind(r, d[j].bearer) ? d[j].compensated : FEN(0));
    }
    return sum;
}

/* Who covers the loan and has paid in full gets the share of it back; what the fund lacks then it does not pay later. */
static void compensate(struct region *r, int32_t fund, const struct ip_pledge_params *q, const struct claim *c,
                       struct claim_cover *d)
{
    struct bearer *p = &r->bearer[fund];
    money part = money_scale(money_min(d->paid, c->principal), q->share);
    money due = money_min(part, money_positive(money_sub(q->cap_loan, spent_on(r, fund, c))));
    money pays = money_min(due, p->balance);
    struct bearer *to = &r->bearer[d->bearer];
    p->event[BEARER_UNPAID] += pays.fen < due.fen;
    p->balance = money_sub(p->balance, pays);
    p->decided = money_add(p->decided, due);
    p->compensated = money_add(p->compensated, pays);
    to->balance = money_add(to->balance, pays);
    to->reinsured = money_add(to->reinsured, pays);
    market_flow(r, to->kind == BEARER_INSURER ? FLOW_COMPENSATED_INSURER : FLOW_COMPENSATED_GUARANTOR, pays);
    d->compensated = pays;
}

/* Covers that were paid in full this month, of loans whose borrower has been wound up: his pledge is sold. */
static void after(struct region *r, int32_t k)
{
    const struct ip_pledge_params *q = POLICY(r, k, ip_pledge);
    int32_t fund = r->line[k].bearer;
    for (size_t j = 0; q->enabled && q->share > 0.0 && j < claims_at_most(&r->claims); j++) {
        struct claim *c = claim_paid_at(&r->claims, j, r->month);
        if (c == NULL || (c->security & SECURITY_IP) == 0 || !c->ended)
            continue;
        for (int32_t n = 0; n < c->n_covers; n++) {
            struct claim_cover *d = &covers_of(&r->claims, c)[n];
            bool full = d->is_decided && d->paid.fen > 0 && d->paid.fen == d->decided.fen;
            if (full && stands_behind(r, d->bearer) && d->compensated.fen == 0)
                compensate(r, fund, q, c, d);
        }
    }
}

const struct instrument ip_pledge = {
    .name = "ip_pledge",
    .number = 22,
    .group = GROUP_ip_pledge,
    .who_en = "enterprises, banks, appraisers, guarantors, insurers, government",
    .who_zh = "企业、银行、评估机构、担保机构、保险公司、政府",
    .flow = FLOW_SUBSIDY_APPRAISAL,
    .claim_every = 1,
    .begin = begin,
    .eligible = eligible,
    .pledge = pledge,
    .terms = terms,
    .cover = cover,
    .granted = granted,
    .after = after,
};
