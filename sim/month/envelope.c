/* SPDX-License-Identifier: GPL-3.0-or-later */
/* envelope - see envelope.h. */
#include <liandong/envelope.h>
#include <liandong/instrument.h>

enum { EXTRA, REALLOCATED, FIXED_ENVELOPE }; /* as in params.def */

static bool is_reference(const struct region *r, int32_t k)
{
    return r->line[k].group == GROUP_lump_sum;
}

/* Of the lines that are the reference, or of the others. */
static money sum_of(const struct region *r, const money *given, bool reference)
{
    money sum = FEN(0);
    for (int32_t k = 0; k < r->n_instances; k++)
        if (is_reference(r, k) == reference)
            sum = money_add(sum, given[k]);
    return sum;
}

/* The same lines, together at most `limit`. */
static void cut(const struct region *r, money *given, bool reference, money limit, money all)
{
    for (int32_t k = 0; all.fen > limit.fen && k < r->n_instances; k++)
        if (is_reference(r, k) == reference)
            given[k] = money_part(given[k], limit, all);
}

static void reallocate(const struct region *r, money *given)
{
    money has = sum_of(r, given, true);
    cut(r, given, false, has, sum_of(r, given, false));
    cut(r, given, true, money_sub(has, sum_of(r, given, false)), has);
}

static void keep_within(const struct region *r, money *given, money limit)
{
    money all = money_add(sum_of(r, given, true), sum_of(r, given, false));
    cut(r, given, true, limit, all);
    cut(r, given, false, limit, all);
}

void budget_appropriate(struct region *r, money given[MAX_LINES])
{
    const struct budget_params *q = P(r, budget);
    bool january = r->month % 12 == 0;
    if (january)
        r->appropriated = FEN(0);
    for (int32_t k = 0; k < r->n_instances; k++) {
        const struct policy_common *p = LINE_COMMON(r, k);
        given[k] = p->enabled && (january || r->line[k].changed) ? money_scale(p->budget, r->scale) : FEN(0);
    }
    if (q->mode == REALLOCATED)
        reallocate(r, given);
    if (q->mode == FIXED_ENVELOPE)
        keep_within(r, given, money_positive(money_sub(money_scale(q->envelope, r->scale), r->appropriated)));
    r->appropriated = money_add(r->appropriated, money_add(sum_of(r, given, true), sum_of(r, given, false)));
}
