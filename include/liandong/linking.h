/* SPDX-License-Identifier: GPL-3.0-or-later */
/* linking - what an investor behind a borrower brings to a loan, and a bank's part of what he gains (mechanisms M11):
 * linking.c tells what stands behind an enterprise and chooses the product, warrants.c values, keeps and exercises warrants. */
#ifndef LIANDONG_LINKING_H
#define LIANDONG_LINKING_H
#include <liandong/credit.h>
#include <liandong/fetch.h>
#include <liandong/funds.h>

/* The investors behind an enterprise. */
struct backing {
    bool held, stands; /* a fund holds shares; one does that has not refused a follow-on */
    double price;      /* of the whole, after the last round, yuan */
    int32_t last;      /* month of the last round, and of the last refusal by an insider; 0: none */
    int32_t refused;
    double entry;  /* value to its owners when its first fund came */
    int32_t since; /* month in which it came */
};
struct backing backing_of(const struct region *r, uint32_t row);
/* Yuan of rounds from a month on. */
double backing_paid(const struct region *r, uint32_t row, int32_t from);
/* Of it only the month of the last refusal; and with what precision those who have not refused see it from within. */
int32_t insider_refused(const struct region *r, uint32_t row);
double insiders_see(const struct region *r, uint32_t row);
/* The first investor's position is read soon, and lies far apart. */
FETCHES void fetch_backing(const struct region *r, uint32_t row)
{
    const struct holdings *h = &r->positions.held;
    size_t k = (r->enterprises.owned[row] & OWNED_BY_FUND) != 0 ? LIST_FIND(h, row) : SIZE_MAX;
    if (LIST_IS_OF(h, k, row))
        fetch_lines(position_at(r, k), offsetof(struct position, units));
}

/* A signal is told of one whose error it shares in part: what it adds to y = a q + e, where it is b q + e', both errors of
 * variance 1 and correlation c (generalised least squares); b y' its sum of weights. */
void news_of_signal(double a, double y, double b, double other, double c, double *weighted, double *precision);

/* The package that an enterprise may ask for, if any: loan and round together. */
bool package_of(const struct rows *t, uint32_t i, struct package *o);
/* What lenders expect, years t = 1 .. years ahead, of the price over that at which a warrant buys: the same for all at the same part
 * of their strike, and while nothing is sold. */
enum { MAX_WARRANT_YEARS = 20 };
struct warrant_sight {
    double sales; /* a year */
    int32_t years;
    struct warrant_year {
        double mean, above, below, now; /* E X / x; P(X > K) by X and by number; worth now of a yuan then */
        bool certain;
    } year[MAX_WARRANT_YEARS];
};
/* Turns applications, of which these favours were asked, into ones for the linkage product of an instrument, where that is worth more
 * to the bank.  *seen: what was looked up for those before them. */
struct link_sight {
    int32_t of; /* instance, plus 1; 0: nothing yet */
    struct warrant_sight warrant;
};
void consider_links(const struct region *r, struct application *const *a, const struct favour *f, size_t n,
                    struct link_sight *seen);
/* What insiders tell the bank of a linked loan. */
struct insider_watch watch_of(const struct region *r, uint32_t row, int32_t bank);
static inline bool anybody_watches(const struct region *r)
{
    return r->hooked[HOOK_WATCH].n > 0;
}

void warrant_look(const struct region *r, const struct warrant_terms *o, double over_strike, struct warrant_sight *s);
/* Yuan that a warrant to buy shares of so much worth, a share w of all, for `strike` is worth to its holder (M11): the sum over
 * years t of P(exit in t) E[(X - K)+] exp(-rho t), over 1 + w, as its own shares dilute.  pd: a year. */
double warrant_value(const struct region *r, const struct warrant_terms *o, double worth, double strike, double w,
                     double pd);
/* The same once it has been looked. */
double warrant_seen(const struct warrant_sight *s, double worth, double strike, double w, double pd);
/* Granted with a loan that adds so much. */
struct notices;
void warrant_grant(struct notices *t, const struct application *a, const struct warrant_terms *o);
/* What it may buy, yuan at the price of the last round: a share of the loan, and at most so much of all shares. */
double warrant_worth(const struct region *r, const struct warrant_terms *o, const struct application *a, double price);
/* Somebody pays `price` for all shares of an enterprise, whose warrants are exercised where they are worth it: the strike goes
 * to the enterprise, the gain to holder and bank.  Returns what is left of the price for all others; where the enterprise lives
 * on with its owners, all are diluted by the new shares instead, and it is what all shares are worth then. */
double warrants_exercise(struct region *r, uint32_t row, double price, bool lives_on);
/* Before the exits of a month: new ones take their place in the order of rows; what expired, or whose enterprise died or was sold,
 * is gone. */
enum status warrants_settle(struct world *w, struct region *r) MUST_CHECK;
/* The places of those of a row that have ended in an exit, in order; returns how many.  All such places, in order: they leave. */
size_t warrants_list_ended(const struct region *r, uint32_t row, uint32_t *place);
void warrants_drop(struct region *r, const uint32_t *place, size_t n);
#endif
