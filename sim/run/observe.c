/* SPDX-License-Identifier: GPL-3.0-or-later */
/* observe - one world watched while it runs; see observe.h.
 *
 * A pool's statistics as a city counts them: an enterprise once however often it borrows, a facility at its grant, money paid
 * out whenever principal has grown in a month, a renewed facility anew (借新还旧). */
#include <liandong/mathx.h>
#include <liandong/observe.h>
#include <string.h>

const struct fact_desc fact_table[N_FACTS] = {
#define ROW(name, kind, place, low, high, unit, source, en, zh, total) \
    {#name, kind, place, low, high, unit, source, en, zh, total},
#define FACT(...)  ROW(__VA_ARGS__, false)
#define TOTAL(...) ROW(__VA_ARGS__, true)
#define JOINT(...)
#include <liandong/facts.def>
#undef JOINT
#undef TOTAL
#undef FACT
#undef ROW
};

const struct joint_desc joint_table[N_JOINTS] = {
#define FACT(...)
#define TOTAL(...)
#define JOINT(name, en, zh, ...) {#name, en, zh, LD_COUNT(((const enum fact[]){__VA_ARGS__})), {__VA_ARGS__}},
#include <liandong/facts.def>
#undef JOINT
#undef TOTAL
#undef FACT
};

/* -- a number for each of many keys ----------------------------------------------------------------------------------- */
struct keyed {
    uint64_t *key; /* 0: free */
    double *value;
    size_t n, capacity;
};

static void keyed_free(struct keyed *t)
{
    free(t->key);
    free(t->value);
    *t = (struct keyed){0};
}

static size_t keyed_place(const struct keyed *t, uint64_t key)
{
    size_t at = (size_t)key & (t->capacity - 1);
    while (t->key[at] != 0 && t->key[at] != key)
        at = (at + 1) & (t->capacity - 1);
    return at;
}

static enum status keyed_grow(struct keyed *t)
{
    struct keyed more = {.capacity = t->capacity == 0 ? 4096 : 2 * t->capacity};
    more.key = calloc(more.capacity, sizeof *more.key);
    more.value = calloc(more.capacity, sizeof *more.value);
    if (more.key == NULL || more.value == NULL) {
        keyed_free(&more);
        return NO_MEMORY;
    }
    for (size_t i = 0; i < t->capacity; i++) {
        if (t->key[i] == 0)
            continue;
        size_t at = keyed_place(&more, t->key[i]);
        more.key[at] = t->key[i];
        more.value[at] = t->value[i];
    }
    more.n = t->n;
    keyed_free(t);
    *t = more;
    return OK;
}

/* The number of a key, made 0 if it is new. */
static enum status keyed_at(struct keyed *t, uint64_t key, double **value, bool *made)
{
    key += key == 0;
    if (2 * (t->n + 1) > t->capacity && keyed_grow(t) != OK)
        return NO_MEMORY;
    size_t at = keyed_place(t, key);
    *made = t->key[at] == 0;
    t->key[at] = key;
    t->n += *made;
    *value = &t->value[at];
    return OK;
}

/* -- what is watched -------------------------------------------------------------------------------------------------- */
enum { JANUARY_2016 = 2016 * 12, DECEMBER_2020 = 2020 * 12 + 11, DECEMBER_2023 = 2023 * 12 + 11 };
enum { SIZES = 12 }; /* classes of sales, from 10^4 on, two a power of ten */
struct moments {
    double n, sum[5];
};
/* Facilities of one kind, as a city counts them. */
struct book {
    struct keyed loans, borrowers;
    double granted, lent; /* yuan */
};
struct watch {
    const struct simulation *s;
    struct world w;
    struct observation *o;
    struct keyed sales;
    struct book pool, refinanced;
    double *founded; /* [month since start] */
    double deaths[N_AGES], alive[N_AGES], born, survivors;
    struct moments growth, spread[SIZES];
    double registered, registered_year; /* now, and a year ago */
    double compensated;                 /* by pools, yuan */
    double bad[2], base[2];             /* defaults and loan-months of the year, [enrolled] */
    double covered_bad, covered_due;    /* of enrolled loans, and had they been like the others of their year */
    double with_loan, stock, book, npl, rate, new_credit, offers, needs; /* of the last twelve months */
    double lines_granted, lines_paid;
    struct investments investments;
    struct sold_issues ip, notes;
    double years_ago[12];
};

static size_t series_at(const char *name)
{
    for (size_t k = 0; k < n_series; k++)
        if (strcmp(series_table[k].name, name) == 0)
            return k;
    BUG("no series %s", name);
}

static const union cell *cells_of(const struct watch *o, const char *name)
{
    return o->w.record + o->s->layout->series[series_at(name)];
}

/* A count or an amount of the month, over all members of its dimension. */
static double total(const struct watch *o, const char *name)
{
    const union cell *c = cells_of(o, name);
    double sum = 0.0;
    for (int32_t k = 0; k < o->s->layout->length[series_table[series_at(name)].dim]; k++)
        sum += (double)c[k].i;
    return sum;
}

static uint64_t key_of(const struct enterprises *e, size_t row)
{
    struct identity who = enterprise_identity(e, (uint32_t)row);
    return ld_mix(who.origin, who.index);
}

static void book_free(struct book *book)
{
    keyed_free(&book->loans);
    keyed_free(&book->borrowers);
}

/* -- month by month --------------------------------------------------------------------------------------------------- */
static void watch_ages(struct watch *o, int32_t month)
{
    const struct enterprises *e = &o->w.region[0].enterprises;
    const union cell *dead = cells_of(o, "deaths_by_age"), *alive = cells_of(o, "alive_by_age");
    for (int k = 0; k < N_AGES; k++) {
        o->deaths[k] += (double)dead[k].i;
        o->alive[k] += (double)alive[k].i / 12.0;
    }
    o->founded[month] = total(o, "foundings");
    if (month < 60)
        return;
    o->born += o->founded[month - 60];
    for (size_t i = 0; i < e->n; i++)
        o->survivors += e->status[i] == ACTIVE && o->w.month - e->founded[i] == 60;
}

static bool in_a_pool(const struct region *r, size_t k)
{
    const struct cover_chain *chain = &r->chain[r->loans.chain[k]];
    for (int32_t c = 0; c < chain->n; c++)
        if (r->bearer[chain->cover[c].bearer].kind == BEARER_POOL)
            return true;
    return false;
}

static enum status book_loan(const struct region *r, size_t k, struct book *book)
{
    const struct loans *l = &r->loans;
    double *last, *borrower;
    bool is_new, is_first;
    uint64_t who = key_of(&r->enterprises, l->row[k]), what = (uint64_t)l->granted[k] << 20;
    TRY(keyed_at(&book->loans, ld_mix(who, what + (uint64_t)l->bank[k] * 2 + l->product[k]), &last, &is_new));
    double owed = l->flags[k] & LOAN_ENDED ? 0.0 : money_to_yuan(l->balance[k]);
    book->granted += is_new ? money_to_yuan(l->limit[k]) : 0.0;
    book->lent += owed > *last ? owed - *last : 0.0;
    *last = owed;
    if (owed > 0.0)
        TRY(keyed_at(&book->borrowers, who, &borrower, &is_first));
    return OK;
}

static enum status watch_loans(struct watch *o)
{
    const struct region *r = &o->w.region[0];
    for (size_t k = 0; k < r->loans.n; k++) {
        if (in_a_pool(r, k))
            TRY(book_loan(r, k, &o->pool));
        if (r->loans.flags[k] & LOAN_REFINANCED)
            TRY(book_loan(r, k, &o->refinanced));
    }
    o->compensated += total(o, "pool_paid") / 100.0;
    return OK;
}

/* Year by year, so that a pool that stands in bad years only is not blamed for them. */
static void compare_covered(struct watch *o)
{
    if (o->base[0] > 0.0 && o->base[1] > 0.0) {
        o->covered_bad += o->bad[1];
        o->covered_due += o->base[1] * o->bad[0] / o->base[0];
    }
    memset(o->bad, 0, sizeof o->bad);
    memset(o->base, 0, sizeof o->base);
}

static void watch_credit(struct watch *o, bool last_year)
{
    double granted = total(o, "loans_granted"), rate = cells_of(o, "interest_rate")->d;
    const union cell *line = cells_of(o, "loans_granted"), *drawn = cells_of(o, "loans_paid");
    static const char *const bad[] = {"defaults_alone", "defaults_enrolled"};
    static const char *const all[] = {"performing_alone", "performing_enrolled"};
    for (int k = 0; k < 2; k++) {
        o->bad[k] += total(o, bad[k]);
        o->base[k] += total(o, all[k]);
    }
    if (o->w.month % 12 == 11)
        compare_covered(o);
    if (!last_year)
        return;
    o->with_loan += total(o, "with_loan");
    o->stock += total(o, "enterprises");
    o->book += total(o, "loans_outstanding");
    o->npl += total(o, "npl");
    o->rate += rate * granted;
    o->new_credit += granted;
    o->lines_granted += (double)line[PRODUCT_LINE].i;
    o->lines_paid += (double)drawn[PRODUCT_LINE].i;
    const union cell *asked = cells_of(o, "applications"), *given = cells_of(o, "approvals");
    enum { LINE = 2, TERM = 3 }; /* channels of banks */
    o->offers += (double)(given[LINE].i + given[TERM].i);
    o->needs += (double)(asked[LINE].i + asked[TERM].i) + total(o, "discouraged") + total(o, "ignorant");
}

static void moments_add(struct moments *m, double x)
{
    double power = 1.0;
    m->n += 1.0;
    for (int k = 1; k <= 4; k++)
        m->sum[k] += power *= x;
}

/* Growth of sales from December to December, and its spread by size. */
static enum status watch_growth(struct watch *o)
{
    const struct enterprises *e = &o->w.region[0].enterprises;
    for (size_t i = 0; i < e->n; i++) {
        double *before, now = (double)e->sales[i];
        bool is_new;
        if (e->status[i] != ACTIVE || now <= 0.0)
            continue;
        TRY(keyed_at(&o->sales, key_of(e, i), &before, &is_new));
        if (!is_new) {
            double growth = ld_log(now / *before), size = 2.0 * (ld_log(*before) / ld_log(10.0) - 4.0);
            moments_add(&o->growth, growth);
            moments_add(&o->spread[size < 0.0 ? 0 : size >= SIZES ? SIZES - 1 : (int)size], growth);
        }
        *before = now;
    }
    return OK;
}

/* Where there can be such issues. */
static void publish_issues(const struct watch *o)
{
    double *v = o->o->value, million = 1e6;
    if (o->ip.stood) {
        v[FACT_ip_issues] = o->ip.n;
        v[FACT_ip_issue_size] = o->ip.yuan / million / o->ip.n;
        v[FACT_ip_issued] = o->ip.yuan / million;
    }
    if (o->notes.stood)
        v[FACT_tech_notes_issued] = o->notes.yuan / million;
}

/* What a city had published by then. */
static void publish(struct watch *o, int32_t months)
{
    double *v = o->o->value, firms = (double)o->pool.borrowers.n, million = 1e6;
    if (o->w.month == DECEMBER_2023 && months > 12) {
        v[FACT_enterprises_2023] = o->registered;
        v[FACT_added_2023] = o->registered - o->registered_year;
        v[FACT_growth_2023] = 100.0 * (o->registered / o->registered_year - 1.0);
    }
    if (o->s->setup->world.start != JANUARY_2016)
        return;
    if (o->w.month == DECEMBER_2020) {
        v[FACT_pool_firms_2020] = firms;
        v[FACT_pool_granted_2020] = o->pool.granted / million;
        v[FACT_pool_lent_2020] = o->pool.lent / million;
        v[FACT_pool_paid_2020] = o->compensated / million;
    }
    if (o->w.month != DECEMBER_2023)
        return;
    sub_funds_say(&o->w.region[0], JANUARY_2016, v);
    publish_issues(o);
    v[FACT_pool_firms_2023] = firms;
    v[FACT_pool_granted_2023] = o->pool.granted / million;
    v[FACT_pool_lent_2023] = o->pool.lent / million;
    v[FACT_pool_turns] = o->pool.lent / (total(o, "pool_paid_in") / 100.0);
    v[FACT_pool_draw_down] = 100.0 * o->pool.lent / o->pool.granted;
    v[FACT_pool_per_firm] = o->pool.lent / million / firms;
    if (o->refinanced.borrowers.n > 0) {
        v[FACT_relending_lent] = o->refinanced.lent / million;
        v[FACT_relending_firms] = (double)o->refinanced.borrowers.n;
    }
}

static enum status watch_month(struct watch *o, int32_t month)
{
    int32_t months = o->s->setup->world.months;
    o->registered_year = o->years_ago[month % 12];
    o->registered = o->years_ago[month % 12] = total(o, "enterprises");
    watch_ages(o, month);
    watch_credit(o, month >= months - 12);
    TRY(watch_loans(o));
    if (o->w.month % 12 == 11)
        TRY(watch_growth(o));
    if (month / 12 < o->o->years)
        o->o->defaults[month / 12] += total(o, "defaults");
    investments_watch(&o->investments, &o->w.region[0]);
    issues_watch(&o->ip, &o->w.region[0], GROUP_ip_securitisation);
    issues_watch(&o->notes, &o->w.region[0], GROUP_tech_notes);
    publish(o, month + 1);
    return OK;
}

/* -- at the end ------------------------------------------------------------------------------------------------------- */
static double death_rate(const struct watch *o, int from, int to)
{
    double deaths = 0.0, years = 0.0;
    for (int k = from - 1; k < to; k++) {
        deaths += o->deaths[k];
        years += o->alive[k];
    }
    return years > 0.0 ? 100.0 * deaths / years : (double)NAN;
}

static void say_deaths(const struct watch *o)
{
    double *v = o->o->value, worst = 0.0, late = death_rate(o, 8, 10), first = death_rate(o, 1, 1);
    for (int k = 2; k <= 5; k++)
        worst = death_rate(o, k, k) > worst ? death_rate(o, k, k) : worst;
    v[FACT_death_year_1] = first;
    v[FACT_death_year_2] = death_rate(o, 2, 2);
    v[FACT_death_year_3] = death_rate(o, 3, 3);
    v[FACT_death_years_4_7] = death_rate(o, 4, 7);
    v[FACT_death_years_8_10] = late;
    v[FACT_hump] = worst / (first > late ? first : late);
    if (o->born > 0.0)
        v[FACT_survival_5] = 100.0 * o->survivors / o->born;
}

static double variance(const struct moments *m)
{
    double mean = m->sum[1] / m->n;
    return m->sum[2] / m->n - mean * mean;
}

static double excess_kurtosis(const struct moments *m)
{
    double a = m->sum[1] / m->n, b = m->sum[2] / m->n, c = m->sum[3] / m->n, d = m->sum[4] / m->n, s = b - a * a;
    return (d - 4.0 * a * c + 6.0 * a * a * b - 3.0 * a * a * a * a) / (s * s) - 3.0;
}

/* Minus the slope of log spread over log size, each class with its number. */
static double spread_exponent(const struct watch *o)
{
    double n = 0.0, x = 0.0, y = 0.0, xx = 0.0, xy = 0.0;
    for (int k = 0; k < SIZES; k++) {
        const struct moments *m = &o->spread[k];
        if (m->n < 50.0)
            continue;
        double size = (k / 2.0) * ld_log(10.0), log_spread = 0.5 * ld_log(variance(m));
        n += m->n;
        x += m->n * size;
        y += m->n * log_spread;
        xx += m->n * size * size;
        xy += m->n * size * log_spread;
    }
    return n * xx > x * x ? -(n * xy - x * y) / (n * xx - x * x) : (double)NAN;
}

static int falling(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* Hill's estimate on the largest twentieth. */
static enum status tail_exponent(const struct watch *o, double *exponent)
{
    const struct enterprises *e = &o->w.region[0].enterprises;
    size_t n = 0, top;
    double *sales = calloc(e->n + 1, sizeof *sales), sum = 0.0;
    if (sales == NULL)
        return NO_MEMORY;
    for (size_t i = 0; i < e->n; i++)
        if (e->status[i] == ACTIVE && e->sales[i] > 0.0f)
            sales[n++] = (double)e->sales[i];
    qsort(sales, n, sizeof *sales, falling);
    top = n / 20;
    for (size_t i = 0; i < top; i++)
        sum += ld_log(sales[i] / sales[top]);
    *exponent = top >= 20 && sum > 0.0 ? (double)top / sum : (double)NAN;
    free(sales);
    return OK;
}

static enum status say_all(const struct watch *o)
{
    double *v = o->o->value, yuan = 100.0, million = 1e6;
    say_deaths(o);
    v[FACT_share_with_loan] = 100.0 * o->with_loan / o->stock;
    v[FACT_mean_balance] = o->book / yuan / million / o->with_loan;
    v[FACT_rate_new] = 100.0 * o->rate / o->new_credit;
    v[FACT_npl_ratio] = 100.0 * o->npl / o->book;
    v[FACT_availability] = 100.0 * o->offers / o->needs;
    v[FACT_draw_down] = 100.0 * o->lines_paid / o->lines_granted;
    v[FACT_covered_default] = o->covered_bad / o->covered_due;
    if (o->growth.n >= 100.0)
        v[FACT_growth_kurtosis] = excess_kurtosis(&o->growth);
    v[FACT_growth_spread] = spread_exponent(o);
    v[FACT_output] = total(o, "output") / 1e9;
    v[FACT_jobs] = total(o, "employment") / 1e3;
    v[FACT_loans] = total(o, "loans_outstanding") / yuan / 1e9;
    investments_say(&o->investments, v);
    TRY(tail_exponent(o, &v[FACT_size_tail]));
    for (int k = 0; k < N_FACTS; k++) /* what would have been divided by nothing was not measured */
        v[k] = isfinite(v[k]) ? v[k] : (double)NAN;
    return OK;
}

static void count_start(struct watch *o)
{
    const struct enterprises *e = &o->w.region[0].enterprises;
    double n = 0.0;
    for (size_t i = 0; i < e->n; i++)
        n += e->status[i] == ACTIVE && o->w.month - e->founded[i] >= e->registration[i];
    o->o->value[FACT_enterprises_start] = n;
}

static enum status live(struct watch *o, struct diag *diag)
{
    int32_t months = o->s->setup->world.months;
    count_start(o);
    TRY(world_measure(&o->w, o->s->layout, diag));
    o->founded = calloc((size_t)months + 1, sizeof *o->founded);
    enum status status = o->founded == NULL ? NO_MEMORY : OK;
    for (int32_t t = 0; t < months && status == OK; t++) {
        if (o->s->stop != NULL && *o->s->stop != 0)
            return INTERRUPTED;
        TRY(world_step(&o->w, diag));
        status = watch_month(o, t);
    }
    if (status == OK)
        status = say_all(o);
    return status == NO_MEMORY ? diag_stop(diag, NO_MEMORY, "out of memory") : status;
}

enum status observe_run(const struct simulation *s, uint32_t run, int32_t threads, struct observation *o,
                        struct diag *diag)
{
    struct watch watch = {.s = s, .o = o};
    int32_t years = s->setup->world.months / 12;
    *o = (struct observation){.years = years < OBSERVED_YEARS ? years : OBSERVED_YEARS};
    for (int k = 0; k < N_FACTS; k++)
        o->value[k] = (double)NAN;
    TRY(simulate_season(&watch.w, s, run, threads, diag));
    enum status status = live(&watch, diag);
    world_free(&watch.w);
    keyed_free(&watch.sales);
    book_free(&watch.pool);
    book_free(&watch.refinanced);
    free(watch.founded);
    return status;
}
