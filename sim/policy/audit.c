/* SPDX-License-Identifier: GPL-3.0-or-later */
/* audit (事后监管、审计、追回): a share of the claims that budget lines have paid to enterprises is audited; what was not due is
 * clawed back and fined, and its author barred from claims.  Instrument 57; what follows is in sim/month/misuse.c.
 *
 * An audit that looks at a claim overstated finds it with `detection`; a claim filed twice also by comparing the files of
 * bureaus, 1 - (1 - detection) (1 - sharing).  The budget line pays each audit; without money none is made. */
#include <liandong/instrument.h>

/* A member is who is barred: nobody joins by himself. */
static void eligible(struct asked *a)
{
    const member_word *member = a->t->e->member + (size_t)(a->k / MEMBER_BITS) * a->t->e->capacity;
    const unsigned bit = 1u << a->k % MEMBER_BITS;
    ASKED_KEEP(a, j, i, (member[i] & bit) != 0);
}

static void oversee(const struct region *r, int32_t k, struct oversight *o)
{
    const struct audit_params *q = POLICY(r, k, audit);
    *o = (struct oversight){.rate = q->rate,
                            .finds = q->detection,
                            .finds_twice = 1.0 - (1.0 - q->detection) * (1.0 - q->sharing),
                            .fine = q->fine,
                            .bar = q->bar,
                            .delay = q->delay,
                            .cost = q->cost};
}

const struct instrument audit = {
    .name = "audit",
    .number = 57,
    .group = GROUP_audit,
    .who_en = "government, enterprises",
    .who_zh = "政府、企业",
    .flow = FLOW_AUDIT_COST,
    .claim_every = 12,
    .eligible = eligible,
    .oversee = oversee,
};
