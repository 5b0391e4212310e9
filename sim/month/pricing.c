/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pricing - beliefs, the price of a loan, the value of cover (mechanisms M4, M5, M7).
 *
 *   pi(r) = (1 - PD(r)) r - f - oc - capital charge - PD(r) LGD (1 - kappa) - penalty PD(r)
 * with PD(r) rising in r, as those who stay are riskier, and a chance to lose the borrower that rises as r passes what a
 * rival who knows as much would ask without cover (the fair rate): the best rate is inside, and where it brings nothing the
 * bank refuses at any rate (Stiglitz and Weiss 1981).  kappa is cover as experienced. */
#include <liandong/credit.h>
#include <liandong/mathx.h>

double believed_pd(const struct region *r, int32_t bank, int32_t cell)
{
    const struct credit_params *c = P(r, credit);
    const struct bank *b = &r->bank[bank];
    const struct belief *own = r->belief + (size_t)bank * (N_BELIEFS + N_PARENTS);
    int32_t stage = cell / (MAX_SECTORS * N_SCORES), score = cell % N_SCORES;
    const struct belief *parent = own + N_BELIEFS + stage * N_SCORES + score, *child = own + cell;
    double weight = c->belief_weight, prior = c->belief_prior / 12.0;
    double all = (prior * weight + b->seen.defaults) / (weight + b->seen.months);
    double above = (all * weight + parent->defaults) / (weight + parent->months);
    return 12.0 * (above * weight + child->defaults) / (weight + child->months);
}

double posterior_pd(double cell_pd, double theta, double weighted, double precision, double *expected)
{
    double variance = 1.0 / (1.0 + precision), mean = weighted * variance;
    double pd = cell_pd * ld_exp(-theta * mean - 0.5 * theta * theta * (1.0 - variance));
    *expected = mean;
    return pd < 0.9 ? pd : 0.9;
}

/* y = a q + sqrt(rho) c + sqrt(1 - rho) e: the inverse of the errors' covariance (1 - rho) I + rho 11' is
 * (I - rho / (1 - rho + n rho) 11') / (1 - rho). */
void signals_fold(struct signals *s)
{
    if (s->n < 1.0)
        return;
    double rho = s->rho < 0.999 ? s->rho : 0.999, common = rho / (1.0 - rho + s->n * rho);
    s->precision += (s->aa - common * s->a * s->a) / (1.0 - rho);
    s->weighted += (s->ay - common * s->a * s->y) / (1.0 - rho);
}

/* -- one rate ------------------------------------------------------------------------------------------------------- */
/* What a way to lend costs, per yuan a year: funding, running, capital; and per unit of PD: LGD after cover, penalty. */
struct costs {
    double fixed, loss;
};
/* The same whatever way it is: reckoned once an application. */
struct basis {
    double amount, lgd;   /* yuan, and one more; after security */
    double running, hour; /* funding, running, capital; an officer's hour, yuan */
    double penalty;       /* per unit of PD */
};

/* Share of the loss that security takes away: what fixed assets carry of the loan as far as they are full security, then of the
 * rest what else is pledged saves, at most what the best of it would. */
static double saved_by_security(const struct region *r, const struct application *a, double secured)
{
    double full = ld_min((double)a->by_assets * secured, 1.0);
    double others = ld_min((double)a->saves * secured, (double)a->most * (1.0 - full));
    return P(r, credit)->secured_lgd * full + others;
}

static struct basis basis_of(const struct region *r, const struct application *a)
{
    const struct credit_params *c = P(r, credit);
    const struct bank *b = &r->bank[a->bank];
    double amount = money_to_yuan(a->granted) + 1.0, secured = money_to_yuan(application_collateral(a)) / amount;
    double lgd = b->lgd;
    if (a->link != 0)
        lgd = ld_max(1.0 - (1.0 - lgd) * (double)a->recovers, 0.0);
    lgd *= 1.0 - saved_by_security(r, a, secured);
    double capital = c->risk_weight * c->capital_ratio * c->capital_cost;
    double running =
        b->funding + NAMED(r, banks, b->kind)->operating_cost + capital - (double)a->cheaper - (double)a->upside;
    return (struct basis){.amount = amount,
                          .lgd = lgd,
                          .running = running,
                          .hour = money_to_yuan(c->hour_cost),
                          .penalty = b->penalty * (1.0 - (double)a->tolerated)};
}

/* Rates are tried at places of one grid (world.h), whatever the ceiling, so that an option without cover can never win by
 * where its quotes lie: first each FINE-th place, then around the best one in halved steps. */

/* How a borrower answers each rate, the same whatever covers the loan, as long as he pays no fee for it; of a place p,
 *   PD of those who stay      pd exp(selection (r(p) - fair))
 *   odds of losing him        exp(leaving (r(p) - fair - from)),   r(p) = base + step p + what he bears of the fee;
 * the exponentials in p are the same for all and folded once a month (cells.riskier, cells.leaving). */
struct answers {
    const struct cells *cells;
    double base, step, selection, leaving;
    double riskier, leaves, log_leaves; /* at place 0 */
    double near;                        /* a place near to which the best one often lies */
};

/* fair: what a rival who knows as much would ask without cover. */
static struct answers answers_of(const struct region *r, const struct application *a, const struct basis *b, double pd)
{
    const struct credit_params *p = P(r, credit);
    double fair = (b->running + pd * b->lgd) / (1.0 - pd), under = p->base_rate - fair,
           from = p->leaving_from * (1.0 - (double)a->contested), step = p->spread_max / (PLACES - 1),
           log_leaves = p->rate_leaving * (under - from);
    return (struct answers){.cells = &r->cells,
                            .base = p->base_rate,
                            .step = step,
                            .selection = p->rate_selection,
                            .leaving = p->rate_leaving,
                            .riskier = pd * ld_exp(p->rate_selection * under),
                            .leaves = ld_exp(log_leaves),
                            .log_leaves = log_leaves,
                            .near = (from - under) / (step + 1e-300)};
}

/* Of who looks at all that he pays. */
static struct answers answers_to_fee(const struct answers *w, double fee)
{
    struct answers dearer = *w;
    dearer.riskier *= ld_exp(w->selection * fee);
    dearer.leaves = ld_min(w->leaves * ld_exp(w->leaving * fee), 1e300);
    dearer.log_leaves += w->leaving * fee;
    dearer.near -= fee / (w->step + 1e-300);
    return dearer;
}

/* What a place brings; a loss is a loss, whether or not the borrower stays. */
struct quote {
    double value, profit;
    int at;
};

static inline struct quote quote_at(const struct answers *w, const struct costs *c, int place)
{
    double rate = w->base + w->step * place, defaults = ld_min(w->riskier * w->cells->riskier[place], 1.0);
    double profit = (1.0 - defaults) * rate - c->fixed - defaults * c->loss;
    double kept = profit / (1.0 + ld_min(w->leaves * w->cells->leaving[place], 1e300));
    return (struct quote){profit > 0.0 ? kept : profit, profit, place};
}

/* The best of each FINE-th place up to `last`.  All are tried, and without a branch, so that they are worked out several at a
 * time: which of them is the best is what a processor guesses worst. */
static struct quote quote_coarse(const struct answers *w, const struct costs *c, int last)
{
    const struct cells *cells = w->cells;
    double profit[QUOTES], value[QUOTES];
    for (int q = 0; q < QUOTES; q++) {
        double defaults = ld_min(w->riskier * cells->coarse_riskier[q], 1.0);
        profit[q] = (1.0 - defaults) * cells->coarse_rate[q] - c->fixed - defaults * c->loss;
        double kept = profit[q] / (1.0 + ld_min(w->leaves * cells->coarse_leaving[q], 1e300));
        value[q] = profit[q] > 0.0 ? kept : profit[q];
    }
    int top = 0;
    for (int q = 1; q <= last / FINE; q++)
        top = value[q] > value[top] ? q : top;
    return (struct quote){value[top], profit[top], top * FINE};
}

/* The best place up to `last`: around the best coarse one in halved steps. */
static struct quote search(const struct answers *w, const struct costs *c, int last)
{
    struct quote best = quote_coarse(w, c, last);
    for (int half = FINE / 2; half > 0; half /= 2) {
        int below = best.at - half, above = best.at + half;
        struct quote low = quote_at(w, c, below > 0 ? below : 0), high = quote_at(w, c, above < last ? above : last);
        if (below >= 0 && low.value > best.value)
            best = low;
        if (above <= last && high.value > best.value)
            best = high;
    }
    return best;
}

/* What is not tried.  With D(p) who defaults, convex and rising, profit P(p) = (1 - D) r - fixed - D loss is concave, and so is,
 * where it is a gain, log (P / (1 + odds)), as log (1 + exp) is convex: what a place brings rises up to one top and falls from
 * there on, nowhere more slowly than next to it, and the search finds that top.  So
 *   a place that is better than both beside it, by more than rounding, is what the search would find;
 *   a way that brings less than another at each place, by more than rounding, never wins.
 * tests/unit/test_pricing.c compares with a search of all ways. */
#define BY_MORE_THAN_ROUNDING 1e-12
#define CLEARLY_DEARER        1e-9

/* Where the top may be: with D as near the place `near`, P = slope (p - zero), and P / (1 + odds) is largest where
 *   steep (p - zero) = 1 + W,   W + log W = - steep zero - 1 - log odds(0),   steep = leaving step.
 * Only whether the top is found at once depends on it. */
static int guess_top(const struct answers *w, const struct costs *c, int last, int near)
{
    double defaults = ld_min(w->riskier * w->cells->riskier[near], 1.0), rate = w->base + w->step * near,
           slope = w->step * (1.0 - defaults - defaults * w->selection * (rate + c->loss)),
           steep = w->leaving * w->step;
    if (slope <= 0.0 || steep <= 0.0)
        return slope <= 0.0 ? 0 : last;
    double zero = near - ((1.0 - defaults) * rate - c->fixed - defaults * c->loss) / slope;
    double place = (-steep * zero - 1.0 - w->log_leaves - LAMBERT_FROM) * LAMBERT_STEPS;
    place = ld_min(ld_max(place, 0.0), LAMBERTS - 2.0);
    int j = (int)place;
    const double *t = &w->cells->lambert[j];
    double top = zero + (1.0 + t[0] + (place - j) * (t[1] - t[0])) / steep + 0.5;
    return (int)ld_min(ld_max(top, 0.0), (double)last);
}

/* The same where all places lose: where a little more rate just pays for those who default then, D (1 + selection (r + loss)) = 1. */
static int guess_least_loss(const struct answers *w, const struct costs *c, int last, int near)
{
    double rate = w->base + w->step * near, defaults = w->riskier * (1.0 + w->selection * (rate + c->loss)),
           place = -ld_log(defaults + 1e-300) / (w->selection * w->step + 1e-300) + 0.5;
    return (int)ld_min(ld_max(place, 0.0), (double)last);
}

/* Goes up from a place, as far as the top is near.  False: it is not, or rounding may decide which one it is. */
static bool climb(const struct answers *w, const struct costs *c, int last, int at, struct quote *best)
{
    struct quote here = quote_at(w, c, at);
    double value = here.value, profit = here.profit; /* by themselves: they stay in registers */
    bool top = false;
    for (int tries = 0; tries < 4; tries++) {
        struct quote low = quote_at(w, c, at > 0 ? at - 1 : 0), high = quote_at(w, c, at < last ? at + 1 : last);
        double more_low = low.value - value, more_high = high.value - value;
        bool up = more_high >= more_low;
        top = ((at == 0) | (more_low < -BY_MORE_THAN_ROUNDING)) & ((at == last) | (more_high < -BY_MORE_THAN_ROUNDING));
        if (top | (ld_max(more_low, more_high) < BY_MORE_THAN_ROUNDING))
            break;
        value = up ? high.value : low.value;
        profit = up ? high.profit : low.profit;
        at = up ? high.at : low.at;
    }
    best->value = value;
    best->profit = profit;
    best->at = at;
    return top;
}

/* -- one way: under a cover or none, with refinancing by the central bank or without ------------------------------------ */
struct way {
    struct costs costs;
    double fee;     /* that he bears */
    double riskier; /* at place 0 */
    int last;       /* place under its ceiling */
    int option;
    bool refinanced;
    struct quote best;
};

/* Written where it stays, member by member: a larger copy would wait for them. */
static void way_of(struct way *way, const struct region *r, const struct application *a, const struct basis *b,
                   const struct answers *w, const struct lending *option, int k, bool refinanced)
{
    const struct lending *o = &option[k];
    double most = refinanced ? ld_min(o->rate_max, (double)a->ceiling) : o->rate_max;
    double top = most < P(r, credit)->spread_max ? most / w->step * (1.0 + 1e-12) : PLACES - 1;
    double running = b->running - (refinanced ? (double)a->refinanced : 0.0);
    double work = ((double)a->hours + o->paperwork) * b->hour / b->amount;
    way->costs.fixed = running + work;
    way->costs.loss = b->lgd * (1.0 - o->cover) + b->penalty;
    way->fee = ld_max(o->fee, 0.0) * (double)a->fee_borne;
    way->last = (int)top;
    way->option = k;
    way->refinanced = refinanced;
}

/* Does way b, which is priced, bring more than way k at each place that this may ask?  Where he bears no larger fee, no more default
 * and no more leave; what is left is linear in those who default, so that it is looked at where they are fewest or most.  Places
 * above its ceiling would bring b no more where its best one lies below. */
static bool beats(const struct answers *w, const struct way *b, const struct way *k)
{
    double more = k->costs.loss - b->costs.loss;
    int at = more > 0.0 || k->last < 0 ? 0 : k->last;
    double defaults = ld_min(b->riskier * w->cells->riskier[at], 1.0),
           dearer = k->costs.fixed - b->costs.fixed + defaults * more;
    return (b->fee <= k->fee) & ((b->last >= k->last) | ((b->best.at < b->last) & (b->costs.loss >= 0.0))) &
           (k->last >= 0) & (k->costs.loss >= 0.0) & (dearer > CLEARLY_DEARER);
}

/* A ceiling that binds is looked at first: where the place below it is worse, it is the top. */
static bool binds(const struct answers *w, const struct costs *c, int last, struct quote *best)
{
    if (last == PLACES - 1 || last == 0)
        return false;
    *best = quote_at(w, c, last);
    return best->value - quote_at(w, c, last - 1).value > BY_MORE_THAN_ROUNDING;
}

static void price(const struct answers *alone, struct way *k)
{
    struct answers dearer;
    const struct answers *w = alone;
    k->riskier = w->riskier;
    k->best = (struct quote){-1e300, 0.0, -1};
    if (k->last < 0)
        return;
    if (k->fee > 0.0) {
        dearer = answers_to_fee(alone, k->fee);
        k->riskier = dearer.riskier;
        w = &dearer;
    }
    if (k->costs.loss >= 0.0 && binds(w, &k->costs, k->last, &k->best))
        return;
    int near = (int)ld_min(ld_max(w->near, 0.0), (double)k->last), top = guess_top(w, &k->costs, k->last, near);
    for (int tries = 0; tries < 3 && k->costs.loss >= 0.0; tries++) {
        if (climb(w, &k->costs, k->last, top, &k->best))
            return;
        top = (k->best.value > 0.0 ? guess_top : guess_least_loss)(w, &k->costs, k->last, k->best.at);
    }
    k->best = search(w, &k->costs, k->last);
}

/* Ways of one application that were priced, and which of them brings most of the options from `rivals` on, -1: none yet. */
struct tried {
    struct way way[2 * MAX_OPTIONS];
    int n, rivals, first;
};

/* Those most likely to beat a way: the best so far, and the one before it, which is often the same but for its cover. */
static bool is_beaten(const struct answers *w, const struct tried *t, const struct way *k)
{
    const struct way *last = &t->way[t->n > 0 ? t->n - 1 : 0];
    return (t->first >= 0 && beats(w, &t->way[t->first], k)) ||
           (t->n > 0 && last->option >= t->rivals && beats(w, last, k));
}

/* Option k, with refinancing where that is to be had and is better (ties go to none).  Returns the place of the way among those
 * tried, -1: all were beaten. */
static int price_option(const struct region *r, const struct application *a, const struct basis *b,
                        const struct answers *w, const struct lending *option, int k, struct tried *t)
{
    int best = -1;
    for (int refinanced = a->refinanced > 0.0f; refinanced >= 0; refinanced--) {
        struct way *way = &t->way[t->n];
        way_of(way, r, a, b, w, option, k, refinanced);
        if (is_beaten(w, t, way))
            continue;
        price(w, way);
        best = best < 0 || way->best.value >= t->way[best].best.value ? t->n : best;
        t->first = k >= t->rivals && (t->first < 0 || way->best.value > t->way[t->first].best.value) ? t->n : t->first;
        t->n++;
    }
    return best;
}

static struct offer offer_of(const struct application *a, const struct answers *w, const struct lending *option,
                             const struct way *way, double alone)
{
    const struct lending *o = &option[way->option];
    bool need_not = alone < 0.0 && a->replaced.fen == 0; /* what it owes already is owed with or without cover */
    return (struct offer){.rate = way->best.at < 0 ? 0.0 : w->base + w->step * way->best.at,
                          .margin = way->best.profit,
                          .value = way->best.value,
                          .covers = o->covers,
                          .cover = o->cover,
                          .paperwork = o->paperwork,
                          .fee = o->fee,
                          .refinanced = way->refinanced,
                          .gain = way->best.value - (need_not ? 0.0 : alone)};
}

/* Enrolment: value of cover, less the rate given up under the ceiling and the paperwork; ties go to no cover, then to the first.
 * From the first option on that is compulsory there is one with cover: none before it is a rival.  The last one, of all covers
 * together, often beats the others: it is priced before them. */
struct offer best_offer(const struct region *r, const struct application *a, double pd, const struct lending *option,
                        int32_t n)
{
    struct basis b = basis_of(r, a);
    struct answers w = answers_of(r, a, &b, pd);
    struct tried t;
    int forced = n, way[MAX_OPTIONS], best;
    t.n = t.rivals = 0;
    t.first = -1;
    best = price_option(r, a, &b, &w, option, 0, &t);
    /* NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Assign): the first way has no rival, so it is kept */
    double alone = t.way[best].best.value;
    for (int k = n - 1; k > 0; k--)
        forced = option[k].compulsory ? k : forced;
    if (forced < n) {
        t.rivals = forced;
        t.first = -1;
    }
    for (int k = n - 1; k > 0; k--)
        way[k] = price_option(r, a, &b, &w, option, k, &t);
    for (int k = 1; k < n; k++)
        /* cppcheck-suppress uninitvar ; the loop before has set them all */
        if (way[k] >= 0 &&
            (t.way[way[k]].best.value > t.way[best].best.value || (k >= forced && t.way[best].option == 0)))
            best = way[k];
    return offer_of(a, &w, option, &t.way[best], alone);
}

/* -- options ------------------------------------------------------------------------------------------------------------ */
/* Does option a stand before option b in a chain (paying_out)? */
static bool stands_before(const struct region *r, const struct lending *a, const struct lending *b)
{
    int32_t first = __builtin_ctz(a->covers), second = __builtin_ctz(b->covers);
    int32_t kinds = r->bearer[first].kind - r->bearer[second].kind;
    return kinds < 0 || (kinds == 0 && first < second);
}

/* What those before option k leave of a loss: on that counts a fee that is taken on what is covered. */
static double left_before(const struct region *r, const struct lending *option, int32_t n, int32_t k)
{
    double left = 1.0;
    for (int32_t j = 1; j < n; j++)
        if (j != k && !option[j].difference && stands_before(r, &option[j], &option[k]))
            left *= 1.0 - option[j].cover;
    return left;
}

/* All together: each covers its share of what the others leave; one by difference, and is paid for, what they leave short. */
static void add_joint_option(const struct region *r, struct lending *option, int32_t *n)
{
    struct lending joint = {.rate_max = 1.0};
    double open = 1.0;
    for (int32_t k = 1; k < *n; k++)
        open *= option[k].difference ? 1.0 : 1.0 - option[k].cover;
    for (int32_t k = 1; k < *n; k++) {
        double lacks = option[k].cover - (1.0 - open);
        double bears = option[k].on_covered ? left_before(r, option, *n, k) : 1.0;
        if (option[k].difference)
            bears = lacks > 0.0 ? lacks / option[k].cover : 0.0;
        joint.covers |= option[k].covers;
        open -= option[k].difference ? bears * option[k].cover : 0.0;
        joint.rate_max = option[k].rate_max < joint.rate_max ? option[k].rate_max : joint.rate_max;
        joint.paperwork += option[k].paperwork;
        joint.fee += bears * option[k].fee;
        joint.compulsory = joint.compulsory || option[k].compulsory;
    }
    double most = 1.0 - P(r, credit)->retained_min;
    joint.cover = 1.0 - open < most ? 1.0 - open : most;
    option[(*n)++] = joint;
}

/* Who bears for instance k has room for another such loan this month; that others may take it first is seen when it is dealt. */
static bool has_room(const struct region *r, int32_t k, const struct application *a)
{
    const struct bearer *b = &r->bearer[r->line[k].bearer];
    return b->room.fen >= a->granted.fen && (!b->counted || b->contracts > 0);
}

int32_t list_options(const struct region *r, const struct application *a, struct lending option[MAX_OPTIONS])
{
    int32_t n = 1;
    option[0] = (struct lending){.rate_max = 1.0};
    EACH_HOOKED(r, HOOK_TERMS, k)
    if (n <= MAX_COVERS && line_open(r, k, a->row) && has_room(r, k, a) &&
        instrument_of(r, k)->terms(r, k, a, &option[n]) &&
        option[n].cover > 0.0) /* what covers nothing is no option, and must not stand in the way of one */
        n++;
    if (n > 2)
        add_joint_option(r, option, &n);
    int32_t kept = 1;
    for (int32_t k = 1; k < n; k++)
        if (!option[k].beside)
            option[kept++] = option[k];
    for (int32_t k = 0; k < kept && a->staged > 0; k++) /* the ceiling of its product */
        option[k].rate_max = ld_min(option[k].rate_max, (double)a->capped);
    return kept;
}

/* -- sorting -------------------------------------------------------------------------------------------------------------- */
/* A few keys, or many that are nearly in order. */
static void insert_keys(uint64_t *key, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        uint64_t x = key[i];
        size_t j = i;
        for (; j > 0 && key[j - 1] > x; j--)
            key[j] = key[j - 1];
        key[j] = x;
    }
}

/* Exchanges keys so that those without `bit` come first; returns how many they are. */
static size_t split_keys(uint64_t *key, size_t n, uint64_t bit)
{
    size_t zeros = 0;
    for (size_t i = 0; i < n; i++) { /* without a branch: which way a key goes is a toss */
        uint64_t x = key[i];
        key[i] = key[zeros];
        key[zeros] = x;
        zeros += (x & bit) == 0;
    }
    return zeros;
}

/* Radix exchange from the highest bit in which keys differ: in place, the same order whatever it was before. */
void sort_least(uint64_t *key, size_t n, size_t least)
{
    while (n > 24 && least > 0) {
        uint64_t all = key[0], any = key[0], falls = 0;
        for (size_t i = 1; i < n; i++) {
            all &= key[i];
            any |= key[i];
            falls |= key[i] < key[i - 1];
        }
        if (!falls)
            return;
        uint64_t bit = (uint64_t)1 << (63 - __builtin_clzll(all ^ any));
        size_t zeros = split_keys(key, n, bit);
        sort_least(key, zeros, least);
        key += zeros;
        n -= zeros;
        least -= least < zeros ? least : zeros;
    }
    if (least > 0)
        insert_keys(key, n);
}

void sort_keys(uint64_t *key, size_t n)
{
    sort_least(key, n, n);
}
