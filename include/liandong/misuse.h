/* SPDX-License-Identifier: GPL-3.0-or-later */
/* misuse - claims on budget lines that are not due: who makes them, how paid claims are looked into, what is clawed back. */
#ifndef LIANDONG_MISUSE_H
#define LIANDONG_MISUSE_H
#include <liandong/instrument.h>

/* Whether it never says what is not true; by a draw for life. */
bool misuse_has_scruples(const struct rows *t, uint32_t i);
/* The same of up to eight rows: bit j of the j-th. */
unsigned misuse_scruples(const struct rows *t, const uint32_t *row, uint32_t n);
/* What one without scruples adds to a claim that is not due. */
money misuse_overstated(const struct rows *t, int32_t k, money claim);
/* The instance with which one without scruples files the same claim again, as far as that one's cap goes; -1: none. */
int32_t misuse_twin(const struct rows *t, uint32_t i, int32_t k, money *claim);

/* Room in the files is made anew as dues move down: the due that stays takes its file to place *n. */
static inline void misuse_keep(struct region *r, struct due *d, size_t *n)
{
    if (d->file == 0)
        return;
    r->files.row[*n] = r->files.row[d->file - 1];
    d->file = (uint32_t)++ * n;
}

/* A payment on a claim of an enterprise: what of it was not due is noted.  Before d->amount falls. */
void misuse_note(struct region *r, struct due *d, money pays);
/* After their last payments, of up to eight claims that enterprises were paid: auditor[j]: who looks into it, plus 1; 0: nobody. */
struct paid_claim {
    uint32_t row;
    uint8_t instance;
};
void misuse_picked(const struct world *w, const struct region *r, const struct paid_claim *paid, size_t n,
                   uint8_t *auditor);
/* Such a claim stays as a record of who audits it. */
void misuse_await(const struct world *w, const struct region *r, struct due *d, int32_t auditor);
/* Ends bars whose time is over; audits, collects what was found.  True: the record stays. */
void misuse_release(const struct world *w, struct region *r, const struct due *d);
bool misuse_follow(const struct world *w, struct region *r, struct due *d);
#endif
