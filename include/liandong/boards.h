/* SPDX-License-Identifier: GPL-3.0-or-later */
/* boards - what shares are worth, what boards ask for, and what happens to an issuer in a market phase. */
#ifndef LIANDONG_BOARDS_H
#define LIANDONG_BOARDS_H
#include <liandong/instrument.h>

/* -- prices and rules (listing) ------------------------------------------------------------------------------------ */
/* What investors pay for all shares, yuan: where it is listed (0: nowhere), and what they would on a board. */
double enterprise_price(const struct region *r, uint32_t i);
double issue_price(const struct region *r, uint32_t i, int32_t board);
/* Whether its shares are traded on an exchange, where holders may sell once their lock-up has ended. */
bool enterprise_traded(const struct region *r, uint32_t i);
/* Whether those who held shares before the listing may sell them. */
bool shares_free(const struct region *r, uint32_t i);
/* NULL: neither listed nor on its way. */
const struct issuer *issuer_of(const struct region *r, uint32_t row);
/* What those who hold shares keep of them when new ones are sold. */
void shares_dilute(struct region *r, uint32_t i, double kept);

/* Results over the thresholds of a board: the least of their ratios, by the set of criteria that suits best; below 1: they are
 * not met; large where there are none. */
double board_headroom(const struct region *r, int32_t board, const struct performance *s);
bool board_open(const struct region *r, int32_t board);
/* Exchanges issue nothing while the market is low. */
bool window_open(const struct region *r, int32_t board);

/* -- an issuer (listing, issuing) ----------------------------------------------------------------------------------- */
/* What stands in the files of an issuer, as a board looks at it; below the year that runs if that is worse. */
struct performance issuer_performance(const struct region *r, const struct issuer *s, int32_t board);
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
