/* SPDX-License-Identifier: GPL-3.0-or-later */
/* envelope - see include/liandong/envelope.h. */
#include <liandong/envelope.h>

struct envelope envelope_open(struct region *r, bool january, money asked)
{
    const struct budget_params *p = P(r, budget);
    struct envelope e = {.asked = asked};
    if (january) {
        if (r->appropriated.fen > 0) /* a year without any is none to go by */
            r->appropriated_before = r->appropriated;
        r->appropriated = FEN(0);
    }
    if (p->mode == BUDGET_FIXED_ENVELOPE) {
        e.bound = true;
        e.most = money_scale(p->envelope, r->scale);
    } else if (p->mode == BUDGET_REALLOCATED) { /* the first year with lines sets how much there is */
        e.bound = r->appropriated_before.fen > 0;
        e.most = r->appropriated_before;
    }
    e.most = money_positive(money_sub(e.most, r->appropriated));
    return e;
}

money envelope_give(struct region *r, struct envelope *e, money due)
{
    money part = due;
    e->dealt = money_add(e->dealt, due);
    if (e->bound && e->asked.fen > e->most.fen) { /* no fen is lost between parts */
        money all = e->dealt.fen >= e->asked.fen ? e->most : money_part(e->most, e->dealt, e->asked);
        part = money_positive(money_sub(all, e->given));
    } else if (e->bound) {
        part = money_min(due, money_positive(money_sub(e->most, e->given)));
    }
    e->given = money_add(e->given, part);
    r->appropriated = money_add(r->appropriated, part);
    return part;
}
