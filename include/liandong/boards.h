/* SPDX-License-Identifier: GPL-3.0-or-later */
/* boards - what shares are worth, what boards ask for, and what happens to an issuer in a market phase. */
#ifndef LIANDONG_BOARDS_H
#define LIANDONG_BOARDS_H
#include <liandong/instrument.h>
#include <liandong/mathx.h>

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

/* What happens to some issuers of a region in a market phase, by one thread: it is added to the region's own by books_close. */
struct issuer_books {
    int64_t flow[N_FLOWS];
    struct board_month board[MAX_BOARDS];
};
static inline void books_flow(struct issuer_books *b, enum flow kind, money amount)
{
    b->flow[kind] += amount.fen;
}
void books_close(struct region *r, const struct issuer_books *b);

/* How investors look at accounts this month. */
struct outsight {
    double left;  /* part of last year in the last twelve months: a year is closed in January, with that month in it */
    double kept;  /* of profit, after tax */
    double usual; /* margin that they expect in the long run */
};
struct outsight outsight_of(const struct region *r);
/* Profit after tax of the last twelve months, and what it earns in their eyes, yuan a year. */
static inline double seen_profit(const struct outsight *o, const struct enterprises *e, uint32_t i)
{
    double profit = o->left * (double)e->profit_last[i] + (double)e->profit_year[i];
    return profit > 0.0 ? o->kept * profit : profit;
}
static inline double seen_earnings(const struct outsight *o, const struct enterprises *e, uint32_t i, double profit)
{
    double usual = o->usual * (double)e->sales[i];
    return profit > usual ? profit : usual;
}

/* What is the same for all who are looked at in a month. */
struct quotes {
    struct outsight outsight;
    double ratio[MAX_BOARDS];     /* price of the whole over its earnings */
    money disclosure[MAX_BOARDS]; /* cost of a month */
};
struct quotes quotes_of(const struct region *r);

struct issuer *issuer_at(struct region *r, uint32_t row);
/* What it could sell when it was listed, yuan a year. */
static inline double issuer_home(const struct issuer *s)
{
    return ld_exp((double)s->could_sell);
}
/* What it prepares or has filed; of one that was listed, still until its next month. */
static inline struct issuer_file *file_of(const struct region *r, const struct issuer *s)
{
    return &r->issuer_files.row[s->file - 1];
}
/* The accounts of the year that was closed last enter its file. */
void issuer_accounts(const struct region *r, const struct issuer *s);
/* Pays sponsors what it can; returns what was paid. */
money issuer_pays(struct region *r, struct issuer_books *b, uint32_t i, enum flow flow, money amount);
/* Its shares are sold and listed on the board that it wants. */
void issuer_lists(const struct world *w, struct region *r, struct issuer_books *b, struct issuer *s);

/* Who is traded on an exchange (traded): before the walk, for this month's parameters; at the end of boards_settle, with n who were
 * listed on one in it and were on none before.  Errors: NO_MEMORY. */
enum status traded_list(struct region *r) MUST_CHECK;
enum status traded_renew(struct world *w, struct region *r, const struct traded *fresh, size_t n) MUST_CHECK;

/* -- its month (filing, issuing) -------------------------------------------------------------------------------------- */
/* What instruments may reward, kept until all issuers have had their month. */
struct listing_event {
    uint32_t row;
    uint8_t board, event; /* enum reward */
};
struct tending {
    const struct world *w;
    struct region *r;
    struct issuer_books *books;
    struct quotes quotes;
    struct listing_event *event; /* NULL: nobody rewards any; at most two a month and issuer */
    size_t n_events;
};
void issuer_begins(const struct world *w, struct region *r, struct issuer *s, int32_t target);
/* All that a month brings it but the listing itself. */
void issuer_tended(struct tending *t, struct issuer *s);
/* A month on a board: cost of disclosure, continuing criteria, follow-on issues. */
void issuer_stays(const struct tending *t, struct issuer *s);
/* What it is in at the end of a month, added to (1) or taken from (-1) what the month counts. */
void issuer_counted(const struct region *r, const struct quotes *q, struct issuer_books *b, const struct issuer *s,
                    int64_t sign);
#endif
