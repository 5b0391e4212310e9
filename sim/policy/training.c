/* SPDX-License-Identifier: GPL-3.0-or-later */
/* training (人才奖励、金融培训): courses raise the financial literacy of enterprises and the skill of loan officers in technology.
 * Instrument 58.
 *
 * Enterprises: places of a year, dealt each January among those who know of it; the budget line pays the course when it begins;
 * each month's hours raise literacy by a part of what is missing; who takes part is paid the award, a twelfth a month.
 *
 * Officers: the line pays `officer_fee` for each hour of class, offered to all banks alike.  A bank sends officers when what
 * better screening is worth to it (M5), over the time that they stay, exceeds their hours, which it loses next month.  With
 * classes of C hours, courses of c hours and staff of N officers, C / (c N) more of them are trained, up to all; each point
 * trained adds to the AUC of a block of screening.  Officers leave (banks.turnover), and what they learnt with them. */
#include <liandong/credit.h>
#include <liandong/instrument.h>

static void eligible(struct asked *a)
{
    asked_registered(a);
    asked_knows(a, training.number);
}

static int64_t places(const struct region *r, int32_t k)
{
    const struct training_params *q = POLICY(r, k, training);
    return places_paid(r, k, q->places, q->course_fee);
}

static enum status dealt(const struct world *w, struct region *r, int32_t k, uint64_t *key, size_t n)
{
    (void)w;
    (void)key;
    line_spend(r, k, FLOW_TRAINING, FEN(POLICY(r, k, training)->course_fee.fen * (int64_t)n));
    return OK;
}

static void serve(const struct rows *t, int32_t k, const uint16_t *list, uint32_t n)
{
    const struct training_params *q = POLICY(t->r, k, training);
    for (uint32_t j = 0; j < n; j++)
        learn_finance(t->e, t->lo + list[j], q->hours, q->literacy_hour);
}

static bool claims(const struct region *r, int32_t k)
{
    return POLICY(r, k, training)->award.fen > 0;
}

static money claim(const struct rows *t, uint32_t i, int32_t k)
{
    (void)i;
    return money_scale(POLICY(t->r, k, training)->award, 1.0 / 12.0);
}

/* -- officers ----------------------------------------------------------------------------------------------------------- */
static double hours_of(const struct region *r, const struct bank *b)
{
    double hours = 0.0;
    for (int32_t k = 0; k < b->n_branches; k++)
        hours += r->branch[b->first_branch + k].hours;
    return hours;
}

/* What `more` AUC is worth to the bank in a month, over what the hours of class cost it. */
static bool sends_officers(const struct region *r, int32_t bank, double more, double class)
{
    const struct bank *b = &r->bank[bank];
    const struct credit_params *c = P(r, credit);
    double stay = NAMED(r, banks, b->kind)->turnover, years = stay > 0.1 ? 1.0 / stay : 10.0;
    double now = r->tau_credit + b->tau_effort;
    double then = r->tau_credit + precision_of_auc(c->effort_auc + b->taught + more);
    return lenders_worth(r, bank, now, then) * money_to_yuan(b->book) * years > class * money_to_yuan(c->hour_cost);
}

static void steer(struct region *r, int32_t k, int32_t bank)
{
    const struct training_params *q = POLICY(r, k, training);
    struct bank *b = &r->bank[bank];
    double hours = hours_of(r, b), class = q->officer_hours * r->scale / r->n_banks;
    double untrained = q->officer_auc > 0.0 ? 1.0 - b->taught / q->officer_auc : 0.0;
    double officers = hours / q->month_hours, needed = untrained * officers * q->course_hours;
    if (class > needed)
        class = needed;
    if (class > hours)
        class = hours;
    if (class <= 0.0)
        return;
    double more = q->officer_auc * class / (q->course_hours * officers);
    if (!sends_officers(r, bank, more, class) || !line_spend(r, k, FLOW_TRAINING, money_scale(q->officer_fee, class)))
        return;
    b->taught += more;
    for (int32_t j = 0; j < b->n_branches; j++)
        r->branch[b->first_branch + j].hours *= 1.0 - class / hours;
}

const struct instrument training = {
    .name = "training",
    .number = 58,
    .group = GROUP_training,
    .who_en = "government, enterprises, banks",
    .who_zh = "政府、企业、银行",
    .flow = FLOW_TALENT_AWARD,
    .claim_every = 1,
    .yearly = true,
    .eligible = eligible,
    .places = places,
    .dealt = dealt,
    .serve = serve,
    .steer = steer,
    .claims = claims,
    .claim = claim,
};
