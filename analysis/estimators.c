/* SPDX-License-Identifier: GPL-3.0-or-later */
/* estimators - see include/liandong/estimators.h. */
#include <liandong/estimators.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool contrast_init(struct contrast *c, size_t n)
{
    *c = (struct contrast){.plus = calloc(n + 1, sizeof *c->plus), .minus = calloc(n + 1, sizeof *c->minus)};
    if (c->plus != NULL && c->minus != NULL)
        return true;
    contrast_free(c);
    return false;
}

void contrast_free(struct contrast *c)
{
    free(c->plus);
    free(c->minus);
    *c = (struct contrast){.n = 0};
}

static void begin(struct contrast *c, size_t n)
{
    memset(c->plus, 0, n * sizeof *c->plus);
    memset(c->minus, 0, n * sizeof *c->minus);
    c->n = n;
    c->n_plus = c->n_minus = 0;
    c->score = NULL;
    c->lines = false;
}

void contrast_means(struct contrast *c, const bool *plus, size_t n)
{
    begin(c, n);
    for (size_t i = 0; i < n; i++)
        *(plus[i] ? &c->n_plus : &c->n_minus) += 1;
    for (size_t i = 0; i < n; i++)
        *(plus[i] ? &c->plus[i] : &c->minus[i]) = 1.0 / (double)(plus[i] ? c->n_plus : c->n_minus);
    c->status = c->n_plus < 2 ? CONTRAST_NO_PLUS : c->n_minus < 2 ? CONTRAST_NO_MINUS : CONTRAST_FOUND;
}

/* Sums of kernel, kernel x score, kernel x score^2 of one side. */
struct moments_of_side {
    double s0, s1, s2;
    size_t n;
};

static double kernel(double score, double bandwidth)
{
    double k = 1.0 - fabs(score) / bandwidth;
    return k > 0.0 ? k : 0.0; /* a NAN is not above 0 */
}

static struct moments_of_side sum_side(const struct contrast *c, bool plus)
{
    struct moments_of_side m = {.n = 0};
    for (size_t i = 0; i < c->n; i++) {
        double x = c->score[i], k = kernel(x, c->bandwidth);
        if (!(k > 0.0) || (x <= 0.0) != plus)
            continue;
        m.s0 += k;
        m.s1 += k * x;
        m.s2 += k * x * x;
        m.n++;
    }
    return m;
}

/* The height at 0 is sum k (s2 - s1 x) y / (s0 s2 - s1^2). */
static bool weigh_side(struct contrast *c, bool plus, size_t least)
{
    struct moments_of_side m = sum_side(c, plus);
    double room = m.s0 * m.s2 - m.s1 * m.s1, *weight = plus ? c->plus : c->minus;
    *(plus ? &c->n_plus : &c->n_minus) = m.n;
    if (m.n < least || m.n < 2 || !(room > 1e-12 * m.s0 * m.s2))
        return false;
    for (size_t i = 0; i < c->n; i++) {
        double x = c->score[i], k = kernel(x, c->bandwidth);
        if (k > 0.0 && (x <= 0.0) == plus)
            weight[i] = k * (m.s2 - m.s1 * x) / room;
    }
    return true;
}

void contrast_threshold(struct contrast *c, const double *score, size_t n, double bandwidth, size_t least)
{
    begin(c, n);
    c->lines = true;
    c->score = score;
    c->bandwidth = bandwidth;
    bool plus = bandwidth > 0.0 && weigh_side(c, true, least), minus = bandwidth > 0.0 && weigh_side(c, false, least);
    c->status = plus && minus ? CONTRAST_FOUND : CONTRAST_FEW;
}

double contrast_bandwidth(const double *score, size_t n)
{
    double sum = 0.0, square = 0.0, count = 0.0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(score[i])) {
            sum += score[i];
            count += 1.0;
        }
    for (size_t i = 0; i < n; i++)
        if (!isnan(score[i]))
            square += (score[i] - sum / count) * (score[i] - sum / count);
    return count < 2.0 ? (double)NAN : 1.84 * sqrt(square / (count - 1.0)) * pow(count, -0.2);
}

static double side(const struct contrast *c, const double *weight, const double *y)
{
    double sum = 0.0;
    for (size_t i = 0; i < c->n; i++)
        if (weight[i] != 0.0) /* what lies outside may be NAN */
            sum += weight[i] * y[i];
    return c->status == CONTRAST_FOUND ? sum : (double)NAN;
}

double contrast_plus(const struct contrast *c, const double *y)
{
    return side(c, c->plus, y);
}

double contrast_minus(const struct contrast *c, const double *y)
{
    return side(c, c->minus, y);
}

double contrast_value(const struct contrast *c, const double *y)
{
    return contrast_plus(c, y) - contrast_minus(c, y);
}

/* The slope of the line of one side, by the same kernel; 0 of a mean. */
static double slope(const struct contrast *c, bool plus, const double *y)
{
    double sum = 0.0;
    if (!c->lines)
        return 0.0;
    struct moments_of_side m = sum_side(c, plus);
    for (size_t i = 0; i < c->n; i++) {
        double x = c->score[i], k = kernel(x, c->bandwidth);
        if (k > 0.0 && (x <= 0.0) == plus)
            sum += k * (m.s0 * x - m.s1) * y[i];
    }
    return sum / (m.s0 * m.s2 - m.s1 * m.s1);
}

/* sum w^2 e^2, e off the line or the mean. */
static double squares(const struct contrast *c, bool plus, const double *y)
{
    const double *weight = plus ? c->plus : c->minus;
    double height = side(c, weight, y), rise = slope(c, plus, y), sum = 0.0;
    for (size_t i = 0; i < c->n; i++)
        if (weight[i] != 0.0) {
            double off = y[i] - height - (c->lines ? rise * c->score[i] : 0.0);
            sum += weight[i] * weight[i] * off * off;
        }
    return sum;
}

double contrast_se(const struct contrast *c, const double *y)
{
    double plus = squares(c, true, y), minus = squares(c, false, y), n1 = (double)c->n_plus, n0 = (double)c->n_minus;
    if (c->status != CONTRAST_FOUND || (c->lines && n1 + n0 < 5.0))
        return (double)NAN;
    if (c->lines)
        return sqrt((plus + minus) * (n1 + n0) / (n1 + n0 - 4.0));
    return sqrt(plus * n1 / (n1 - 1.0) + minus * n0 / (n0 - 1.0));
}

/* Mean or height of with - without on a side. */
static double side_change(const struct contrast *c, const double *weight, const double *without, const double *with)
{
    return side(c, weight, with) - side(c, weight, without);
}

struct contrast_bias contrast_bias(const struct contrast *c, const double *without, const double *with,
                                   const double *effect)
{
    struct contrast_bias b = {.estimate = contrast_value(c, with), .truth = contrast_plus(c, effect)};
    b.incomparable = contrast_value(c, without);
    b.spillover = -side_change(c, c->minus, without, with);
    b.measurement = side_change(c, c->plus, without, with) - b.truth;
    return b;
}
