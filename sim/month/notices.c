/* SPDX-License-Identifier: GPL-3.0-or-later */
/* notices - instruments are told of grants and refusals by the threads that reach the rows; what they note is settled in the order of
 * rows once all have been told. */
#include <liandong/instrument.h>
#include <liandong/notices.h>
#include <string.h>

static bool granted_tells(const struct region *r, int32_t k, const struct application *a)
{
    return line_open(r, k, a->row) || applicant_member(r, k, a);
}

static bool was_refused(const struct application *a)
{
    return a->outcome != OUTCOME_SENT_UP && a->outcome != OUTCOME_FALLEN && a->outcome != OUTCOME_DECLINED;
}

void notice_give(struct notices *t, const struct application *a)
{
    struct region *r = t->r;
    if (a->outcome == OUTCOME_GRANTED) {
        EACH_HOOKED(r, HOOK_GRANTED, k)
        if (granted_tells(r, k, a))
            instrument_of(r, k)->granted(t, k, a);
    } else if (was_refused(a)) {
        EACH_HOOKED(r, HOOK_REFUSED, k)
        if (line_open(r, k, a->row))
            instrument_of(r, k)->refused(t, k, a);
    }
}

void notice_count(struct notices *t, int32_t k, int32_t bank, money more)
{
    money *year = &t->year[(size_t)k * (size_t)t->r->n_banks + (size_t)bank];
    *year = money_add(*year, more);
}

void notice_later(struct notices *t, struct told note)
{
    struct told *place = outbox_push(t->box);
    if (place == NULL)
        t->full = true;
    else
        *place = note;
}

enum status notices_open(struct world *w, struct region *r, struct notices *t, int32_t threads)
{
    size_t sums = (size_t)r->n_instances * (size_t)r->n_banks;
    money *year = arena_take(&w->market, sums * (size_t)threads, sizeof *year);
    if (year == NULL)
        return NO_MEMORY;
    memset(year, 0, sums * (size_t)threads * sizeof *year);
    for (int32_t n = 0; n < threads; n++) {
        t[n] = (struct notices){.r = r, .box = &w->team.member[n].box[BOX_TOLD], .year = year + sums * (size_t)n};
        t[n].box->n = 0;
    }
    return OK;
}

/* The sums have no order. */
static void settle_counts(struct region *r, const struct notices *t)
{
    EACH_HOOKED(r, HOOK_GRANTED, k)
    for (int32_t b = 0; b < r->n_banks; b++) {
        struct dealing *d = dealing_of(r, k, b);
        d->year = money_add(d->year, t->year[(size_t)k * (size_t)r->n_banks + (size_t)b]);
    }
}

static enum status settle_notes(struct region *r, const struct outbox *box)
{
    enum { AHEAD = 8 };
    for (size_t j = 0; j < box->n; j++) {
        const struct told *note = OUTBOX(box, struct told, j);
        if (j + AHEAD < box->n)
            __builtin_prefetch(&r->enterprises.cash[note[AHEAD].row], 1);
        TRY(note->settle(r, note));
    }
    return OK;
}

enum status notices_settle(struct region *r, const struct notices *t, int32_t threads)
{
    for (int32_t n = 0; n < threads; n++) {
        if (t[n].full)
            return NO_MEMORY;
        settle_counts(r, &t[n]);
        TRY(settle_notes(r, t[n].box));
    }
    return OK;
}
