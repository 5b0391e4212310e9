/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shared_growth (共同成长计划): a loan contract, a cooperation agreement of some years and a letter of commitment.  The bank asks
 * less at first, the enterprise stays and pays more later.  Instrument 37; mechanisms M5; Petersen and Rajan (1995): a lender
 * who cannot count on keeping a young borrower has no reason to lend to it cheaply.
 *
 * Both must want it.  With m the margin and l the chance to lose the borrower at the bank's best quote (pricing), p the chance of
 * default, d_t the change of the rate in year t (-lower for t < early, +higher then) and b = (1 - p) / (1 + cost of money), what
 * having bound the borrower is worth to the bank, per yuan, beyond the present year, is
 *     V = sum_{t=1}^{years-1} b^t (m + (1 - p) d_t - max(m, 0) (1 - l)^t),
 * a year after `early` counted only where m + (1 - p) d_t > 0, as then the bank may end it.  It offers the agreement if
 * V - (1 - p) lower > 0 and adds V to what this loan brings.  The enterprise signs if what it saves exceeds what it pays later at
 * the rate above which it walks away: who is short of cash does.  From then on the contract holds, whatever has become of both;
 * the rates that the bank would ask otherwise are those of any borrower.
 *
 * Not in the model: what banks expect of wages, settlement and bonds that go through them, and warrants (2). */
#include <liandong/credit.h>
#include <liandong/instrument.h>
#include <liandong/mathx.h>

static void eligible(struct asked *a)
{
    asked_stage_to(a, POLICY(a->t->r, a->k, shared_growth)->stage_max);
    asked_knows(a, shared_growth.number);
}

static double change_in(const struct shared_growth_params *q, int32_t year)
{
    return year < q->early ? -q->lower : q->higher;
}

/* What binding the borrower is worth in the years after `year` of the agreement, per yuan. */
static double value_after(const struct region *r, const struct shared_growth_params *q, const struct application *a,
                          const struct favour *f, int32_t year)
{
    const struct offer *best = f->plain;
    double stays = best->margin > 0.0 ? best->value / best->margin : 1.0, free = ld_max(best->margin, 0.0), value = 0.0;
    double each = (1.0 - f->pd) / (1.0 + r->bank[a->bank].funding + P(r, credit)->capital_cost), weight = 1.0;
    for (int32_t t = year + 1; t < q->years; t++) {
        double bound = best->margin + (1.0 - f->pd) * change_in(q, t);
        weight *= each;
        free *= stays;
        if (t < q->early || bound > 0.0)
            value += weight * (bound - free);
    }
    return value;
}

/* At the rate above which it walks away a yuan now is worth so much more than one later. */
static bool saves(const struct shared_growth_params *q, const struct application *a)
{
    double sum = 0.0, weight = 1.0;
    for (int32_t t = 0; t < q->years; t++) {
        sum -= weight * change_in(q, t);
        weight /= 1.0 + (double)a->reservation;
    }
    return sum > 0.0;
}

static bool may_sign(const struct region *r, int32_t k, const struct application *a)
{
    const struct shared_growth_params *q = POLICY(r, k, shared_growth);
    return a->bank < q->partners && q->years > 0 && applicant_member(r, k, a) && saves(q, a);
}

static int32_t weighs(const struct region *r, int32_t k, const struct application *a)
{
    const struct deed *signed_ =
        a->undeeded ? NULL : deeds_last(&r->deeds, a->row, k); /* none is made before this month's grants */
    if (signed_ == NULL)
        return may_sign(r, k, a) ? 0 : -1;
    bool holds = signed_->bank == a->bank && signed_->until >= r->month;
    return holds ? (r->month - signed_->month) / 12 + 1 : -1;
}

static void favour(const struct region *r, int32_t k, const struct application *a, struct favour *f)
{
    const struct shared_growth_params *q = POLICY(r, k, shared_growth);
    if (f->agreed > 0 || f->year < 0)
        return;
    int32_t year = f->year > 0 ? f->year - 1 : 0;
    double value = value_after(r, q, a, f, year);
    if (f->year == 0 && value + (1.0 - f->pd) * change_in(q, 0) <= 0.0)
        return;
    f->agreed = k + 1;
    f->change = change_in(q, year);
    f->kept = value / application_years(r, a);
}

/* One agreement a borrower, also of two loans in a month. */
static enum status sign(struct region *r, const struct told *note)
{
    const struct shared_growth_params *q = POLICY(r, note->instance, shared_growth);
    if (deeds_newest(&r->deeds, note->row, note->instance) != NULL)
        return OK;
    return deeds_add(&r->deeds, (struct deed){.row = note->row,
                                              .month = (uint16_t)r->month,
                                              .until = (uint16_t)(r->month + 12 * q->years - 1),
                                              .instance = note->instance,
                                              .bank = note->bank,
                                              .amount = note->amount});
}

static void granted(struct notices *t, int32_t k, const struct application *a)
{
    if (a->agreed == k + 1 && deeds_last(&t->r->deeds, a->row, k) == NULL)
        notice_later(t, (struct told){.settle = sign,
                                      .row = a->row,
                                      .instance = (uint16_t)k,
                                      .bank = (uint16_t)a->bank,
                                      .amount = a->granted});
}

const struct instrument shared_growth = {
    .name = "shared_growth",
    .number = 37,
    .group = GROUP_shared_growth,
    .who_en = "banks, enterprises",
    .who_zh = "银行、企业",
    .flow = FLOW_SUBSIDY_BANK,
    .claim_every = 12,
    .commits = true,
    .eligible = eligible,
    .weighs = weighs,
    .favour = favour,
    .granted = granted,
};
