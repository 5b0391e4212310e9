/* SPDX-License-Identifier: GPL-3.0-or-later */
/* screening - what a bank would lend to an application and for what, and with how much effort it looks (mechanisms M4, M5, M7). */
#include <liandong/mathx.h>
#include <liandong/screening.h>

/* -- one application --------------------------------------------------------------------------------------------------- */
/* What lending standards allow: security, and so much of sales; before sales a small unsecured amount, or as much as an
 * instrument has it. */
money screening_limit(const struct region *r, const struct application *a, double least)
{
    const struct credit_params *c = P(r, credit);
    if (a->offered > 0) /* promised, whatever its standards are */
        return a->asked;
    double unsecured = c->limit_sales * (double)a->sales;
    double limit = (unsecured > least ? unsecured : least) + money_to_yuan(a->pledge);
    limit -= money_to_yuan(application_other_debt(a));
    return money_min(a->asked, from_yuan(limit > 0.0 ? limit : 0.0));
}

void screening_values(double *restrict value, const double *restrict margin, const double *restrict spread, size_t n)
{
    double z[LOOKED_AT] = {0.0}, below[LOOKED_AT];
    for (size_t j = 0; j < n; j++)
        z[j] = margin[j] / spread[j];
    ld_normal_cdf_each(below, z, n);
    for (size_t j = 0; j < n; j++)
        value[j] = margin[j] * below[j] + spread[j] * ld_normal_pdf(z[j]);
    for (size_t j = 0; j < n; j++)
        value[j] = spread[j] <= 1e-12 ? ld_max(margin[j], 0.0) : value[j];
}

/* V(e) of lending to each with so many blocks of screening, yuan a year, in columns (lenders): where officers may screen it. */
enum { EFFORTS = 3 };
struct worths {
    double margin[LOOKED_AT], spread[LOOKED_AT], precision[LOOKED_AT], tau[LOOKED_AT];
    double value[EFFORTS][LOOKED_AT];
};

static void worth_add(struct worths *w, size_t j, const struct region *r, const struct application *a)
{
    const struct bank *b = &r->bank[a->bank];
    double amount = money_to_yuan(a->granted), penalty = b->penalty * (1.0 - (double)a->tolerated);
    double slope = ((double)a->rate + b->lgd * (1.0 - (double)a->cover) + penalty) * amount;
    w->margin[j] = (double)a->margin * amount;
    w->spread[j] = slope * (double)a->pd * b->loading; /* where nothing is known, and all could be */
    w->precision[j] = (double)a->precision;
    w->tau[j] = b->tau_effort;
}

static void worths_with(struct worths *restrict w, size_t n, int32_t effort, double cost)
{
    double spread[LOOKED_AT] = {0.0}, value[LOOKED_AT];
    for (size_t j = 0; j < n; j++) {
        double known = 1.0 + w->precision[j], gained = 1.0 / known - 1.0 / (known + effort * w->tau[j]);
        spread[j] = w->spread[j] * __builtin_sqrt(gained);
    }
    screening_values(value, w->margin, spread, n);
    for (size_t j = 0; j < n; j++)
        w->value[effort][j] = value[j] - cost;
}

static void worths_of(struct worths *w, const struct region *r, struct application *const *a, size_t n)
{
    const struct credit_params *c = P(r, credit);
    size_t k = 0;
    for (; k < n; k++)
        worth_add(w, k, r, a[k]);
    for (; k % BLOCKS != 0; k++) /* until vectors are full */
        worth_add(w, k, r, a[n - 1]);
    for (size_t j = 0; j < k; j++) /* who does not look decides by what he expects */
        w->value[0][j] = ld_max(w->margin[j], 0.0);
    for (int32_t e = 1; e < EFFORTS; e++)
        worths_with(w, k, e, e * c->effort_hours * money_to_yuan(c->hour_cost));
}

/* The best effort of those for which there are hours; soft information does not travel (Stein 2002), or is of no use. */
static int32_t best_effort(const struct region *r, const struct worths *w, size_t j, unsigned flags, double hours,
                           double *worth)
{
    int32_t best = 0;
    *worth = w->margin[j];
    if (flags & (APPLY_HEAD_OFFICE | APPLY_PROMISED))
        return 0;
    *worth = w->value[0][j];
    for (int32_t e = 1; e < EFFORTS; e++)
        if (e * P(r, credit)->effort_hours <= hours && w->value[e][j] > *worth + 1e-9) {
            *worth = w->value[e][j];
            best = e;
        }
    return best;
}

void screening_efforts(const struct region *r, struct application *const *a, size_t n, double hours, uint8_t *effort)
{
    struct worths w;
    double worth;
    worths_of(&w, r, a, n);
    for (size_t j = 0; j < n; j++)
        effort[j] = (uint8_t)best_effort(r, &w, j, a[j]->flags, hours, &worth);
}

/* What is known of so many applications and of their like, in columns: defaults and months of all loans of the bank, of the parent cell
 * and of their own (believed_pd). */
struct known {
    double defaults[3][LOOKED_AT], months[3][LOOKED_AT];
    double loading[LOOKED_AT], weighted[LOOKED_AT], precision[LOOKED_AT];
};

static void know_cell(struct known *o, size_t j, const struct region *r, int32_t bank, int32_t cell)
{
    const struct belief *parent = belief_above(r, bank, cell), *own = belief_of(r, bank, cell);
    o->defaults[0][j] = r->bank[bank].seen.defaults;
    o->months[0][j] = r->bank[bank].seen.months;
    o->defaults[1][j] = parent->defaults;
    o->months[1][j] = parent->months;
    o->defaults[2][j] = own->defaults;
    o->months[2][j] = own->months;
}

/* Its signals, with what so many blocks of screening add. */
static void know(struct known *o, size_t j, const struct region *r, const struct application *a, int32_t effort)
{
    double weighted = (double)a->signal, precision = (double)a->precision, tau = r->bank[a->bank].tau_effort;
    for (int32_t e = 0; e < effort; e++) {
        double quality = (double)r->enterprises.quality[a->row]; /* only to make the signals that an effort buys */
        weighted += tau * quality + __builtin_sqrt(tau) * (double)a->effort[e];
        precision += tau;
    }
    know_cell(o, j, r, a->bank, a->cell + a->lifted);
    o->loading[j] = r->bank[a->bank].loading;
    o->weighted[j] = weighted;
    o->precision[j] = precision;
}

void screening_beliefs(const struct region *r, struct application *const *a, const uint8_t *effort, size_t n,
                       double *pd)
{
    const double weight = P(r, credit)->belief_weight, prior = P(r, credit)->belief_prior / 12.0;
    struct known known;
    double cell[LOOKED_AT], expected[LOOKED_AT];
    for (size_t j = 0; j < n; j++)
        know(&known, j, r, a[j], effort != NULL ? effort[j] : 0);
    for (size_t j = 0; j < n; j++) {
        double all = shrunk_pd(prior, weight, known.defaults[0][j], known.months[0][j]),
               above = shrunk_pd(all, weight, known.defaults[1][j], known.months[1][j]);
        cell[j] = shrunk_pd_year(above, weight, known.defaults[2][j], known.months[2][j]);
    }
    for (size_t j = 0; j < n; j++)
        pd[j] = posterior_pd(cell[j], known.loading[j], known.weighted[j], known.precision[j], &expected[j]);
    for (size_t j = 0; j < n; j++)
        a[j]->expected = (float)expected[j];
}

void screening_take(struct application *a, double pd, const struct offer *best)
{
    a->pd = (float)pd;
    a->rate = (float)ld_max(best->rate + (double)a->change, 0.0);
    a->margin = (float)(best->margin + (1.0 - pd) * ((double)a->rate - best->rate) + (double)a->kept);
    a->covers = best->covers;
    a->cover = (float)best->cover;
    a->paperwork = (float)best->paperwork;
    a->fee = (float)best->fee;
    a->gain = (float)best->gain;
    a->flags = (uint8_t)((a->flags & ~APPLY_REFINANCED) | (best->refinanced ? APPLY_REFINANCED : 0));
}

void screening_offers(const struct region *r, struct application *const *a, const double *pd, size_t n)
{
    struct lending option[LOOKED_AT][MAX_OPTIONS];
    struct quest quest[LOOKED_AT] = {{.n = 0}};
    struct offer offer[LOOKED_AT];
    for (size_t j = 0; j < n; j++)
        /* cppcheck-suppress legacyUninitvar ; filled up to n */
        quest[j] = (struct quest){a[j], pd[j], option[j], list_options(r, a[j], option[j])};
    best_offers(r, quest, n, offer);
    for (size_t j = 0; j < n; j++)
        screening_take(a[j], pd[j], &offer[j]);
}

/* -- what decides ---------------------------------------------------------------------------------------------------------- */
/* Larger margins first: an integer key, then the order of arrival. */
static uint32_t rank_of(double value)
{
    double q = 2147483648.0 - value * 1e6;
    return q < 0.0 ? 0 : q > 4294967295.0 ? UINT32_MAX : (uint32_t)q;
}

/* What refusing would cost, per yuan granted: of the line that cannot be repaid from its account, the bank would lose its
 * share (M5: rolling over is the lesser evil). */
static double refusal_cost(const struct region *r, const struct application *a)
{
    double gap = money_to_yuan(a->replaced) - (double)a->cash;
    return gap > 0.0 ? r->bank[a->bank].lgd * gap / (money_to_yuan(a->granted) + 1.0) : 0.0;
}

/* What lending brings over refusing. */
double screening_gain(const struct region *r, const struct application *a)
{
    return (double)a->margin + refusal_cost(r, a);
}

/* A loss is taken only where the bank has promised to lend. */
bool screening_refuses(const struct region *r, const struct application *a)
{
    return screening_gain(r, a) <= 0.0 && (a->flags & APPLY_PROMISED) == 0;
}

bool screening_goes_up(const struct region *r, const struct application *a)
{
    return (a->flags & (APPLY_HEAD_OFFICE | APPLY_RENEWAL)) == 0 && a->package == 0 && /* decided on as a whole */
           (a->by_head || a->granted.fen > r->branch[a->branch].authority.fen);
}

double screening_size(const struct region *r, struct application *a, double more)
{
    a->granted = screening_limit(r, a, ld_max(more, money_to_yuan(P(r, credit)->limit_unsecured)));
    double pd;
    screening_beliefs(r, &a, NULL, 1, &pd);
    a->pd = (float)pd;
    return pd;
}

/* What goes up is lent later, and by who does not know them. */
void screening_worths(const struct region *r, struct application *const *a, size_t n, double *worth)
{
    const struct credit_params *c = P(r, credit);
    struct worths w;
    if (n == 0)
        return;
    worths_of(&w, r, a, n);
    for (size_t j = 0; j < n; j++) {
        bool up = screening_goes_up(r, a[j]);
        unsigned flags = a[j]->flags | (up ? APPLY_HEAD_OFFICE : 0u);
        double late = up ? c->head_office_delay / 12.0 / application_years(r, a[j]) : 0.0;
        best_effort(r, &w, j, flags, 1e9, &worth[j]);
        bool none = a[j]->granted.fen < c->ticket_min.fen || worth[j] < 0.0;
        worth[j] = none ? 0.0 : worth[j] * ld_max(1.0 - late, 0.0);
    }
}

/* What becomes of it if officers find nothing else. */
static unsigned heard(const struct region *r, const struct application *a)
{
    if (screening_refuses(r, a))
        return OUTCOME_REFUSED;
    return application_all_in(a) > a->reservation ? OUTCOME_DECLINED : OUTCOME_PENDING;
}

/* Notes what is believed of one that is to be screened. */
void screening_note(struct region *r, uint64_t k)
{
    struct application *a = r->market.row[k];
    a->key = rank_of(screening_gain(r, a));
    docket_rule(r, k);
    r->market.ruling[k].heard = heard(r, a) & 15u;
}
