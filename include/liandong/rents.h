/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rents - what signing a lease (leasing.c) and serving it (rents.c) share. */
#ifndef LIANDONG_RENTS_H
#define LIANDONG_RENTS_H
#include <liandong/instrument.h>

static inline struct lease_terms lease_terms_of(const struct region *r, int32_t k)
{
    struct lease_terms o = {0};
    instrument_of(r, k)->lease(r, k, &o);
    return o;
}

/* A month of all leases of a region: rents are paid, equipment is taken back.  Errors: NO_MEMORY. */
enum status leases_collect(struct world *w, struct region *r) MUST_CHECK;
#endif
