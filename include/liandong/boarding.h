/* SPDX-License-Identifier: GPL-3.0-or-later */
/* boarding - what happens to an issuer in a market phase: its accounts, its listing, its months on a board. */
#ifndef LIANDONG_BOARDING_H
#define LIANDONG_BOARDING_H
#include <liandong/instrument.h>

/* What stands in the files of an issuer, as a board looks at it; below the year that runs if that is worse. */
struct results issuer_results(const struct region *r, const struct issuer *s, int32_t board);
/* What instruments make of its way to a board; adds to *o. */
void listing_terms_of(const struct region *r, uint32_t i, int32_t board, struct listing_terms *o);

struct issuer *issuer_at(struct region *r, uint32_t row);
/* The accounts of the year that was closed last enter its file. */
void issuer_accounts(const struct region *r, struct issuer *s);
/* Pays sponsors what it can; returns what was paid. */
money issuer_pays(struct region *r, uint32_t i, enum flow flow, money amount);
/* Its shares are sold and listed on the board that it wants. */
void issuer_lists(const struct world *w, struct region *r, struct issuer *s);
/* A month on a board: cost of disclosure, continuing criteria, follow-on issues. */
void issuer_stays(const struct world *w, struct region *r, struct issuer *s);
#endif
