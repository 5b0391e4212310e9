/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pricing - what banks believe, and which ways to lend there are (mechanisms M4, M5, M7); quoting.c prices them. */
#include <liandong/credit.h>
#include <liandong/mathx.h>

double believed_pd(const struct region *r, int32_t bank, int32_t cell)
{
    const struct credit_params *c = P(r, credit);
    const struct bank *b = &r->bank[bank];
    const struct belief *child = belief_of(r, bank, cell), *parent = belief_above(r, bank, cell);
    double weight = c->belief_weight, prior = c->belief_prior / 12.0;
    double all = shrunk_pd(prior, weight, b->seen.defaults, b->seen.months);
    double above = shrunk_pd(all, weight, parent->defaults, parent->months);
    return shrunk_pd_year(above, weight, child->defaults, child->months);
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
