/* SPDX-License-Identifier: GPL-3.0-or-later */
/* linking - what stands behind a borrower, and what a linkage product makes of an application (mechanisms M11).
 *
 * A product is used where it is worth more to the bank than the ordinary loan: what an investor adds must make up for the
 * decision of the head office, which comes later and without what officers know. */
#include <liandong/linking.h>
#include <liandong/screening.h>

struct backing backing_of(const struct region *r, uint32_t row)
{
    struct backing b = {.held = false};
    size_t first, last;
    if ((r->enterprises.owned[row] & OWNED_BY_FUND) == 0)
        return b;
    positions_of(r, row, &first, &last);
    for (size_t k = first; k < last; k++) {
        const struct position *p = position_at(r, k);
        if (!b.held || p->month < b.since) {
            b.since = p->month;
            b.entry = p->entry;
        }
        b.held = true;
        b.refused = p->refused > b.refused ? p->refused : b.refused;
        b.stands = b.stands || p->refused == 0;
        if (p->last >= b.last) {
            b.last = p->last;
            b.price = p->price;
        }
    }
    return b;
}

double backing_paid(const struct region *r, uint32_t row, int32_t from)
{
    double paid = 0.0;
    size_t first, last;
    if ((r->enterprises.owned[row] & OWNED_BY_FUND) == 0)
        return paid;
    positions_of(r, row, &first, &last);
    for (size_t k = first; k < last; k++)
        paid += position_at(r, k)->last >= from ? money_to_yuan(position_at(r, k)->last_paid) : 0.0;
    return paid;
}

int32_t insider_refused(const struct region *r, uint32_t row)
{
    size_t first, last;
    int32_t month = 0;
    if ((r->enterprises.owned[row] & OWNED_TOLD) == 0)
        return month;
    positions_of(r, row, &first, &last);
    for (size_t k = first; k < last; k++)
        month = position_at(r, k)->refused > month ? position_at(r, k)->refused : month;
    return month;
}

double insiders_see(const struct region *r, uint32_t row)
{
    size_t first, last;
    double tau = 0.0;
    positions_of(r, row, &first, &last);
    for (size_t k = first; k < last; k++)
        if (position_at(r, k)->refused == 0)
            tau = ld_max(tau, fund_sees_inside(r, &r->funds.row[position_at(r, k)->fund]));
    return tau;
}

/* Two readings of q with errors of correlation c: together they weigh (a a - 2 c a b + b b) / (1 - c c), of which a a was known. */
void news_of_signal(double a, double y, double b, double other, double c, double *weighted, double *precision)
{
    double shared = a > 0.0 ? c : 0.0, left = ld_max(1.0 - shared * shared, 1e-6), news = b - shared * a;
    *precision += news * news / left;
    *weighted += news * (other - shared * y) / left;
}

bool package_of(const struct rows *t, uint32_t i, struct package *o)
{
    EACH_ACTING(t, i, ACT_PACKAGE, k)
    {
        *o = (struct package){.pd_max = 1.0};
        if (line_open(t->r, k, i) && instrument_of(t->r, k)->package(t, i, k, o))
            return true;
    }
    return false;
}

struct insider_watch watch_of(const struct region *r, uint32_t row, int32_t bank)
{
    struct insider_watch o = {.collection = 1.0};
    EACH_HOOKED(r, HOOK_WATCH, k)
    if (line_open(r, k, row))
        instrument_of(r, k)->watch(r, k, row, bank, &o);
    return o;
}

/* -- the product ---------------------------------------------------------------------------------------------------------- */
/* Money that has come since the file was written may be worth a point of the score. */
static uint8_t lifted_by(const struct region *r, const struct application *a, double counted)
{
    const struct credit_params *c = P(r, credit);
    double enough = c->score_cash * fixed_cost(r, &r->enterprises, a->row), had = (double)a->cash;
    return had <= enough && had + counted > enough && a->cell % N_SCORES < N_SCORES - 1;
}

/* What a warrant is worth to the bank, a year, per yuan lent, as those count who decide. */
static double upside_of(const struct region *r, const struct application *a, const struct warrant_terms *o,
                        const struct warrant_sight *seen)
{
    double price = backing_of(r, a->row).price, worth = warrant_worth(r, o, a, price);
    if (worth <= 0.0 || a->granted.fen <= 0)
        return 0.0;
    double counts = ld_min(o->counts + (double)a->counts, 1.0);
    double value = warrant_seen(seen, worth, worth, worth / price, (double)a->pd);
    return counts * o->part * value / (money_to_yuan(a->granted) * application_years(r, a));
}

/* A warrant buys at what the shares are worth when it is granted. */
static const struct warrant_sight *look(const struct region *r, int32_t k, const struct warrant_terms *o,
                                        struct link_sight *seen)
{
    if (seen->of != k + 1)
        warrant_look(r, o, 1.0, &seen->warrant);
    seen->of = k + 1;
    return &seen->warrant;
}

/* Returns the probability of default at which it is to be priced. */
static double take_link(const struct region *r, struct application *a, int32_t k, const struct link *o,
                        struct link_sight *seen)
{
    double own = money_to_yuan(r->branch[a->branch].authority);
    bool delegated = own > money_to_yuan(NAMED(r, banks, r->bank[a->bank].kind)->authority);
    a->staged = 0;
    a->link = (uint8_t)(k + 1);
    a->by_head = o->head_office && !delegated;
    a->counted = (float)o->counted;
    a->lifted = lifted_by(r, a, o->counted);
    a->recovers = (float)o->recovers;
    double pd = screening_size(r, a, o->lends);
    if (o->warrant.share > 0.0)
        a->upside = (float)upside_of(r, a, &o->warrant, look(r, k, &o->warrant, seen));
    return pd;
}

static bool offers_link(const struct region *r, int32_t k, const struct application *a, const struct favour *f,
                        struct link *o)
{
    *o = (struct link){.favour = f, .recovers = 1.0};
    return a->offered == 0 && /* a promised line has its terms */
           line_open(r, k, a->row) && applicant_member(r, k, a) && instrument_of(r, k)->link(r, k, a, o);
}

/* The best of an application so far: what it is worth, below 0: none has been looked at. */
struct linked {
    const struct favour *favour;
    double worth[LOOKED_AT];
    bool is_linked[LOOKED_AT];
    struct application as[LOOKED_AT];
};

static void consider_link(const struct region *r, int32_t k, struct application *const *a, size_t n,
                          struct linked *best, struct link_sight *seen)
{
    struct application linked[LOOKED_AT], *row[LOOKED_AT], *plain[LOOKED_AT];
    double pd[LOOKED_AT], worth[LOOKED_AT], usual[LOOKED_AT];
    size_t of[LOOKED_AT], many = 0;
    struct link o;
    for (size_t j = 0; j < n; j++) {
        if (!offers_link(r, k, a[j], &best->favour[j], &o))
            continue;
        linked[many] = *a[j];
        row[many] = &linked[many];
        plain[many] = a[j];
        of[many] = j;
        pd[many] = take_link(r, &linked[many], k, &o, seen);
        many++;
    }
    screening_offers(r, row, pd, many);
    screening_worths(r, row, many, worth);
    screening_worths(r, plain, many, usual);
    for (size_t m = 0; m < many; m++) {
        size_t j = of[m];
        best->worth[j] = ld_max(best->worth[j], usual[m]);
        if (worth[m] <= best->worth[j])
            continue;
        best->worth[j] = worth[m];
        best->is_linked[j] = true;
        best->as[j] = linked[m];
    }
}

void consider_links(const struct region *r, struct application *const *a, const struct favour *f, size_t n,
                    struct link_sight *seen)
{
    struct linked best;
    best.favour = f;
    if (r->hooked[HOOK_LINK].n == 0)
        return;
    for (size_t j = 0; j < n; j++) {
        best.worth[j] = -1.0;
        best.is_linked[j] = false;
    }
    EACH_HOOKED(r, HOOK_LINK, k)
    consider_link(r, k, a, n, &best, seen);
    for (size_t j = 0; j < n; j++)
        if (best.is_linked[j])
            *a[j] = best.as[j];
}
