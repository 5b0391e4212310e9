/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loans - the facilities of a region, and the claims on covers that follow from bad ones.
 *
 * Loans are grouped in blocks: block 0 is the book as of the last compaction, block b the facilities granted in the b-th
 * month since.  Within a block they are in order of the borrowers' rows, and start[b][tile] .. start[b][tile + 1] are those
 * of a tile, so that serving a tile touches only its own. */
#ifndef LIANDONG_LOANS_H
#define LIANDONG_LOANS_H
#include <liandong/diag.h>
#include <liandong/money.h>
#include <liandong/params.h>
#include <liandong/rng.h>
#include <liandong/table.h>

enum { PRODUCT_LINE, PRODUCT_TERM, N_PRODUCTS };
enum {
    LOAN_ENDED = 1,
    LOAN_EXTENDED = 2,
    LOAN_NPL = 4,
    LOAN_FIRST = 8,
    LOAN_UNSECURED = 16,
    LOAN_RENEWAL = 32,
    LOAN_DEFAULTED = 64,
    LOAN_REFINANCED = 128,
    LOAN_HELD = 256,    /* a renewal that is paid out when what it replaces has been repaid */
    LOAN_LINKED = 512,  /* granted as a linkage product */
    LOAN_FROZEN = 1024, /* nothing more is drawn on it: insiders see trouble, or have turned away */
    LOAN_PACKAGE = 2048 /* granted with a round, as one package */
};
#define NO_CLAIM UINT32_MAX
#define NO_LOAN  UINT32_MAX

struct loan_block {
    size_t from, to; /* loans of this block */
    size_t n_starts; /* tiles of the region when the block was made, plus one */
    uint32_t *start;
};

struct loans {
    size_t n, capacity;
#define COLUMN(type, name, unit, en, zh, how) type *name;
#include <liandong/loan.def>
#undef COLUMN
    struct loan_block *block;
    size_t n_blocks, block_capacity;
};
extern const struct column_desc loan_columns[];
extern const size_t n_loan_columns;

enum status loans_reserve(struct loans *l, size_t capacity) MUST_CHECK;
/* Gives back the room of a large book that fewer loans do not need; without memory to move to it stays. */
void loans_trim(struct loans *l);
/* Room for one more block of a region with so many tiles. */
enum status loans_reserve_block(struct loans *l, size_t tiles) MUST_CHECK;
void loans_free(struct loans *l);

/* The loans of a tile in a block. */
static inline void loans_of_tile(const struct loans *l, size_t block, uint32_t tile, uint32_t *from, uint32_t *to)
{
    const struct loan_block *b = &l->block[block];
    bool known = tile + 1 < b->n_starts;
    *from = known ? b->start[tile] : 0;
    *to = known ? b->start[tile + 1] : 0;
}
/* The first facility of these that is of this row or of one behind it: in a block they are in order of rows. */
static inline uint32_t loans_first(const struct loans *l, uint32_t from, uint32_t to, uint32_t row)
{
    return from < to ? from + (uint32_t)tables_first(l->row + from, to - from, sizeof *l->row, row) : to;
}

enum { MAX_COVERS = 4 };
enum claim_state { CLAIM_FILED, CLAIM_DECIDED, CLAIM_CLOSED };

/* A claim: one bad loan.  What each cover of its chain does about it stands in a list of its own, since most chains have one or
 * two covers and many claims stand open for years: covers_of. */
struct claim {
    struct identity who;
    uint32_t number; /* claims of a region are numbered in order of filing */
    int32_t granted, filed, paid_month;
    uint16_t bank, chain;
    uint8_t state, product, n_covers, tier, ended, security; /* ended: the loan is, nothing more will be recovered */
    uint32_t covers;                                         /* place of its first in the list of covers */
    money loan, principal, arrears; /* facility; principal and unpaid interest when it was filed */
    money recovered;                /* from the borrower since */
    money shared;                   /* of it, passed on to covers */
};
struct claim_cover {
    uint16_t bearer;
    uint8_t reason;                              /* why nothing or less was decided: enum claim_reason */
    bool refused : 1, is_decided : 1, noted : 1; /* the breaker stood open at filing; decided; counted as unmet */
    int32_t decide;                              /* month of its decision */
    money decided, paid;
    money returned;    /* of what was recovered since it paid */
    money compensated; /* of it, got back by its bearer from a compensation fund */
};
_Static_assert(sizeof(struct claim) == 88 && sizeof(struct claim_cover) == 40, "many claims stand open for years");
enum claim_reason { REASON_FULL, REASON_CAP_LOAN, REASON_RETAINED, REASON_BREAKER, REASON_CAP_YEAR, REASON_NO_MONEY };

/* Of most there is nothing to settle, month after month: they wait for what a borrower may still bring, for a decision, or what is
 * owed on them is owed by bearers who have no money.  They rest until money comes back, a cover is to be decided on, or one of those
 * bearers has some. */
struct open_claim {
    uint32_t place;   /* in the table */
    uint32_t owed_by; /* of one that rests: bearers, bits */
    int32_t until;    /* it rests until then, 0: not at all */
    int32_t paid;     /* month in which something of it was paid last */
};
struct claims {
    size_t n, capacity;
    struct claim *row;
    struct claim_covers {
        size_t n, capacity;
        struct claim_cover *row;
    } covers; /* of all claims, in their order, one behind the other */
    uint32_t next_number;
    size_t first_open; /* claims before it are closed */
    /* Made anew where it is missing: those before `listed` that were not closed when a month began to settle. */
    struct {
        size_t n, capacity;
        struct open_claim *row;
    } open;
    double retained; /* share that banks keep of a loss, when they were settled last */
    size_t listed;
};
/* The covers of a claim, in the order of its chain. */
static inline struct claim_cover *covers_of(const struct claims *c, const struct claim *row)
{
    return c->covers.row + row->covers;
}
/* Claims that may be open, or were closed this month, in order: claim_at (c, 0 .. claims_at_most (c) - 1), NULL: none there. */
static inline size_t claims_at_most(const struct claims *c)
{
    return c->open.n + c->n - c->listed;
}
static inline struct claim *claim_at(const struct claims *c, size_t j)
{
    size_t k = j < c->open.n ? c->open.row[j].place : c->listed + (j - c->open.n);
    return k < c->first_open ? NULL : &c->row[k];
}
/* The same of which something was paid in this month: of others the table itself, which is long, is not read. */
static inline struct claim *claim_paid_at(const struct claims *c, size_t j, int32_t month)
{
    struct claim *row = j < c->open.n && c->open.row[j].paid != month ? NULL : claim_at(c, j);
    return row != NULL && row->paid_month == month ? row : NULL;
}

/* A loan that bridges the time until a renewal is paid out.  Fees are noted, and booked when they are paid. */
struct bridge {
    uint32_t row;
    int32_t granted; /* month */
    uint16_t instance, unused;
    uint32_t unused_too;
    money principal, fee;
};
struct bridges {
    size_t n, capacity;
    struct bridge *row;
};

/* What is due from a budget line at a later month, and to whom. */
/* What comes after managers are no claims, but what follows from one that was paid to an enterprise, an audit to come and what it
 * found, and the gap that one has left. */
enum payee {
    PAYEE_ENTERPRISE,
    PAYEE_BANK,
    PAYEE_BEARER,
    PAYEE_FUND,
    PAYEE_MANAGER,
    PAYEE_AUDIT,
    PAYEE_CLAWBACK,
    PAYEE_NOBODY,
    N_PAYEES
};
struct due {
    uint32_t row;  /* of an enterprise; number of a bank, of a bearer or of a venture fund (or of one of a manager's) */
    uint32_t file; /* of a claim that is false: its place in `files`, plus 1; 0: none */
    int32_t month;
    uint16_t waited; /* months that it has waited for money; one that rests: until `month` */
    uint8_t instance;
    uint8_t payee : 4, paid : 1; /* enum payee; a part of it has been paid */
    uint8_t rests : 1;           /* it waits in the queue of a line without money */
    money amount;                /* to be paid to the payee; of a clawback: the fine that he owes */
};
_Static_assert(sizeof(struct due) == 24, "in January there are more of them than enterprises");
static inline uint16_t due_waited(const struct due *d, int32_t month)
{
    return (uint16_t)(d->waited + (d->rests ? month - d->month : 0));
}
/* What only a false claim needs.  In the order of the dues that they belong to. */
struct due_file {
    money overstated; /* of what is claimed, what is not due at all */
    money taken;      /* of what was paid, not due; of a clawback: what he has to give back */
    int32_t twice;    /* the same claim was filed with another bureau */
    int32_t until;    /* month until which he is barred from claims */
};
struct dues {
    size_t n, capacity;
    struct due *row;
};
/* The same of a list that was longer: each January there are many more claims than in other months. */
void dues_trim(struct dues *d);
/* Where the list has to be looked at: no state, but found anew where it is not known (dues.c). */
struct due_pages {
    size_t n, capacity;
    struct due_page {
        int32_t wakes;  /* first month in which one of the page has to be looked at */
        bool owed;      /* one of it is a clawback */
        uint64_t lines; /* for which one of it rests, a bit each */
    } * row;
    size_t settled, gaps; /* that were there in the last settlement; that have left a gap */
    bool known;
    struct resting {
        money sum;    /* of the claims on a line that rest */
        int32_t life; /* for which they are taken to wait */
    } rest[MAX_LINES];
};
/* Claims of enterprises that rest, in the order of the list, and some that have left: derived as the pages are. */
struct resters {
    size_t n, capacity;
    struct rester {
        uint32_t row, place; /* of the enterprise; in the list */
    } * row;
};
struct due_files {
    size_t n, capacity;
    struct due_file *row;
};

/* An ordered list of covers, fixed when a loan is enrolled; chains are never changed, a new one is made. */
struct cover {
    int32_t bearer, base, trigger, delay;
    double share; /* where tiers.n == 0 */
    struct tiers tiers;
    money cap_loan;
    money deductible;       /* of a loss, borne by the bank before the share is taken */
    double fee;             /* a year, per yuan of principal, that the borrower pays */
    int32_t fee_on_covered; /* the fee counts on what this cover bears of the principal */
    int32_t difference;     /* its share counts what the covers before it pay: it bears what they leave short of it */
    double counter; /* counter-security: share of what is recovered that is its, until it has back what it paid */
};
struct cover_chain {
    int32_t n;
    int32_t plain; /* 1: no share depends on the size of a loan, so that these hold for all of them: */
    double part[MAX_COVERS], charge[MAX_COVERS], charges; /* cover_part, cover_fee, the sum of the latter */
    double fee;                                           /* of all covers together */
    struct cover cover[MAX_COVERS];
};

/* Share of a lost principal that cover k of a chain is there for, before caps: its share of what those before it leave, or
 * what they leave short of its share. */
static inline double cover_part(const struct cover_chain *chain, int32_t k, money loan)
{
    double left = 1.0, part = 0.0;
    if (chain->plain)
        return chain->part[k];
    for (int32_t j = 0; j <= k; j++) {
        double share = tiered_share(&chain->cover[j].tiers, chain->cover[j].share, loan), lacks = share - (1.0 - left);
        part = chain->cover[j].difference ? (lacks > 0.0 ? lacks : 0.0) : left * share;
        left -= part;
    }
    return part;
}
/* What the borrower pays for it, a year, per yuan of principal. */
static inline double cover_fee(const struct cover_chain *chain, int32_t k, money loan)
{
    const struct cover *c = &chain->cover[k];
    if (chain->plain)
        return chain->charge[k];
    return c->fee_on_covered ? c->fee * cover_part(chain, k, loan) : c->fee;
}
static inline double cover_fees(const struct cover_chain *chain, money loan)
{
    double fees = 0.0;
    if (chain->plain)
        return chain->charges;
    for (int32_t k = 0; k < chain->n; k++)
        fees += cover_fee(chain, k, loan);
    return fees;
}
#endif
