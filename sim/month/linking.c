/* SPDX-License-Identifier: GPL-3.0-or-later */
/* linking - what stands behind a borrower, and what a linkage product makes of an application (mechanisms M11).
 *
 * A product is used where it is worth more to the bank than the ordinary loan: what an investor adds must make up for the
 * decision of the head office, which comes later and without what officers know. */
#include <liandong/linking.h>

struct backing backing_of(const struct region *r, uint32_t row, int32_t from)
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
        b.paid += p->last >= from ? money_to_yuan(p->last_paid) : 0.0;
    }
    return b;
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
    double price = backing_of(r, a->row, 0).price, worth = warrant_worth(r, o, a, price);
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

static void take_link(const struct region *r, struct application *a, int32_t k, const struct link *o,
                      struct link_sight *seen)
{
    double own = money_to_yuan(r->branch[a->branch].authority);
    bool delegated = own > money_to_yuan(NAMED(r, banks, r->bank[a->bank].kind)->authority);
    a->link = (uint8_t)(k + 1);
    a->by_head = o->head_office && !delegated;
    a->counted = (float)o->counted;
    a->lifted = lifted_by(r, a, o->counted);
    a->recovers = (float)o->recovers;
    double pd = credit_size(r, a, o->lends);
    if (o->warrant.share > 0.0)
        a->upside = (float)upside_of(r, a, &o->warrant, look(r, k, &o->warrant, seen));
    credit_offer(r, a, pd);
}

void consider_links(const struct region *r, struct application *a, struct link_sight *seen)
{
    if (r->hooked[HOOK_LINK].n == 0 || a->offered > 0) /* a promised line has its terms */
        return;
    struct application best;
    double usual = -1.0, top = usual; /* of the ordinary loan, once there is a product; of the best */
    EACH_HOOKED(r, HOOK_LINK, k)
    {
        struct link o = {.recovers = 1.0};
        if (!line_open(r, k, a->row) || !applicant_member(r, k, a) || !instrument_of(r, k)->link(r, k, a, &o))
            continue;
        struct application linked = *a;
        linked.staged = 0;
        take_link(r, &linked, k, &o, seen);
        if (usual < 0.0)
            usual = top = credit_worth(r, a);
        double worth = credit_worth(r, &linked);
        if (worth > top) {
            top = worth;
            best = linked;
        }
    }
    if (top > usual)
        *a = best;
}
