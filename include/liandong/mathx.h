/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mathx - mathematics of the engine's own, so that results do not hang on the C library.
 *
 * The same bits from gcc and clang, -O2 and -O3, SSE2 to AVX-512: only + - * / and the square
 * root (all rounded exactly as IEEE 754 says), comparisons and integer operations; no libm.
 * Needs -ffp-contract=off. `tests/tools/same-bits.sh` checks the promise,
 * `tests/unit/test_mathx.c` the accuracies stated here.
 *
 * The functions of one number are branch-free, so a loop over an array of them vectorises;
 * `_each` are such loops. Coefficients without a source are minimax-like fits made for this
 * file (Chebyshev interpolation or weighted rational least squares in 40 digits).  NaN is
 * nowhere allowed.  u is a uniform draw, 0 < u < 1. */
#ifndef LIANDONG_MATHX_H
#define LIANDONG_MATHX_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Adding it to |x| < 2^51 leaves x, rounded half to even, in the low bits of the sum. */
#define LD_ROUNDER 0x1.8p52

#define LD_COUNT(array) (sizeof(array) / sizeof((array)[0]))

static inline uint64_t ld_bits(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline double ld_from_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Magnitude of x, sign of s. */
static inline double ld_copysign(double x, double s)
{
    const uint64_t sign = UINT64_C(1) << 63;
    return ld_from_bits((ld_bits(x) & ~sign) | (ld_bits(s) & sign));
}

/* c[0] + c[1] x + ... + c[n - 1] x^(n - 1) by Horner's rule; n is a constant where it is
 * called, and unrolled. */
static inline double ld_polynomial(double x, const double *c, size_t n)
{
    double sum = c[n - 1];
    for (size_t i = n - 1; i-- > 0;)
        sum = sum * x + c[i];
    return sum;
}

/* The same where c[0] .. c[n - 1] are followed by others, of which the rule has made `sum`: a long one is not unrolled, and then nothing
 * around it becomes a vector. */
static inline double ld_polynomial_on(double sum, double x, const double *c, size_t n)
{
    for (size_t i = n; i-- > 0;)
        sum = sum * x + c[i];
    return sum;
}

/* The nearest integer, halves to the even one; |x| < 2^51. */
static inline int64_t ld_round_half_even(double x)
{
    return (int64_t)(ld_bits(x + LD_ROUNDER) - ld_bits(LD_ROUNDER));
}

/* x / by, rounded as a division is, for columns of which all are divided by the same: there a product and four fused ones cost a
 * sixth of it, while one number by itself is divided faster.  The first correction leaves the quotient within an ulp, and then the
 * second rounds it correctly (Markstein 1990, IBM J. Res. Dev. 34, 111).  Nothing may be close to overflow or underflow, and -0
 * becomes 0. */
static inline double ld_over(double x, double by)
{
#ifdef __FMA__
    double inverse = 1.0 / by, near = x * inverse;
    near = __builtin_fma(__builtin_fma(-near, by, x), inverse, near);
    return __builtin_fma(__builtin_fma(-near, by, x), inverse, near);
#else
    return x / by;
#endif
}

/* ln 2 in two parts; the first ends in 20 zero bits: its product with an exponent is exact. */
#define LD_LN2_HIGH 0x1.62e42feep-1
#define LD_LN2_LOW  0x1.a39ef35793c76p-33

/* e^x, at most 1 ulp from the C library on [-700, 700]; 0 below -708, and the largest value is
 * e^709. x = n ln 2 + r with |r| <= ln(2)/2; e^r = 1 + r + r^2 P(r); 2^n enters through the
 * exponent bits. */
static inline double ld_exp(double x)
{
    static const double p[] = {0x1.0000000000000p-1,  0x1.5555555555557p-3,  0x1.5555555555557p-5,
                               0x1.11111111100d5p-7,  0x1.6c16c16c15a61p-10, 0x1.a01a01abeb90dp-13,
                               0x1.a01a01a9ec82ep-16, 0x1.71de0226513ddp-19, 0x1.27e4d4118fc81p-22,
                               0x1.af4e00d5d35c4p-26, 0x1.1f7f35ebcc9f0p-29};
    double floored = x < -708.0 ? -708.0 : x;
    double bounded = floored > 709.0 ? 709.0 : floored;
    double shifted = bounded * 0x1.71547652b82fep0 + LD_ROUNDER; /* 1 / ln 2 */
    double n = shifted - LD_ROUNDER;
    double high = bounded - n * LD_LN2_HIGH;
    double low = n * LD_LN2_LOW;
    double r = high - low;
    double y = 1.0 + (high + (r * r * ld_polynomial(r, p, LD_COUNT(p)) - low));
    uint64_t power = ld_bits(shifted) - ld_bits(LD_ROUNDER);
    double e = ld_from_bits(ld_bits(y) + (power << 52));
    return x < -708.0 ? 0.0 : e;
}

/* Natural logarithm of a normal x > 0, at most 1 ulp from the C library.
 * x = 2^n m, sqrt(1/2) <= m < sqrt(2); with f = m - 1, s = f/(2 + f), R = log(m)/s - 2:
 * log m = f - (f^2/2 - s (f^2/2 + R)), which keeps the exact f apart (the arrangement of
 * fdlibm's e_log.c). */
static inline double ld_log(double x)
{
    static const double p[] = {0x1.5555555555555p-1, 0x1.9999999999a3ap-2, 0x1.2492492476856p-2, 0x1.c71c7201d2587p-3,
                               0x1.745cf8d3ae904p-3, 0x1.3b1c3f6dc9989p-3, 0x1.0fbd8f0759b26p-3, 0x1.0c0e19c89c7cdp-3};
    const uint64_t one = UINT64_C(0x3ff0000000000000), root = UINT64_C(0x3fe6a09e667f3bcd);
    const uint64_t fraction = UINT64_C(0x000fffffffffffff);
    const uint64_t exponent = UINT64_C(0x4330000000000000); /* of 2^52, whose last bit is 1 */
    uint64_t bits = ld_bits(x) + (one - root);
    double n = ld_from_bits((bits >> 52) | exponent) - (0x1p52 + 1023.0);
    double f = ld_from_bits((bits & fraction) + root) - 1.0;
    double s = f / (2.0 + f);
    double z = s * s;
    double half = 0.5 * f * f;
    double rest = z * ld_polynomial(z, p, LD_COUNT(p));
    return n * LD_LN2_HIGH - ((half - (s * (half + rest) + n * LD_LN2_LOW)) - f);
}

/* log(1 + x), x > -1; relative error below 4e-16: what 1 + x lost by rounding is put back to
 * first order. */
static inline double ld_log1p(double x)
{
    double sum = 1.0 + x;
    double lost = sum - 1.0 - x;
    return ld_log(sum) - lost / sum;
}

/* x^y for x >= 0 (0^y = 0), relative error below (1 + |y log x|) 3e-16; not exact where the
 * true power is. */
static inline double ld_pow(double x, double y)
{
    double power = ld_exp(y * ld_log(x));
    return x > 0.0 ? power : 0.0;
}

/* Density of the standard normal; relative error below 1e-15 + 1.2e-16 x^2/2. */
static inline double ld_normal_pdf(double x)
{
    return 0x1.9884533d43651p-2 * ld_exp(-0.5 * x * x); /* 1 / sqrt(2 pi) */
}

/* P(N > x) for x >= 0, relative error below 1e-14 to x = 37 (1e-300).
 * exp(-x^2/2) M(x), with Mills' ratio M = H(t)/(x + 1), t = (x - 5)/(x + 5) in [-1, 1), H a
 * polynomial (the variable is that of Shepherd and Laframboise 1981, Math. Comp. 36, 249; the
 * fit is our own). x^2 is taken with its rounding error, which at x = 37 would otherwise cost
 * 1e-13. */
static inline double ld_normal_upper(double x)
{
    static const double h[] = {
        0x1.d8979b0f2b39dp-2,   -0x1.76ff86859ebb2p-4, 0x1.fc66cc64a14d7p-6,   0x1.47c1d0307005bp-7,
        -0x1.b08e0007b7aa3p-6,  0x1.92037ba9de468p-6,  -0x1.f11aab02a0ec9p-7,  0x1.ab6d03d1c230ap-8,
        -0x1.b75f4f9f53605p-10, 0x1.056e05ab88546p-17, 0x1.7e61e616469ecp-13,  -0x1.c1ae0dd793a60p-15,
        -0x1.4c0ed51ca3a96p-17, 0x1.2fdc41eed0bbdp-17, -0x1.2e22bc7c12e78p-24, -0x1.5d169500f4b7fp-20,
        0x1.129dcbc121f15p-23,  0x1.94b7e19814b7ap-23, -0x1.c397f3dca99d6p-26, -0x1.b584171f2567ap-26,
        0x1.f28ad8daa3556p-29,  0x1.2f5634abbbd94p-29, -0x1.364a698813ab4p-32};
    double high = ld_from_bits(ld_bits(x) & ~UINT64_C(0x7ffffff)); /* its square is exact */
    double low = x - high;
    double square = x * x;
    double lost = ((high * high - square) + 2.0 * high * low) + low * low;
    double t = (x - 5.0) / (x + 5.0);
    double mills = ld_polynomial_on(ld_polynomial(t, h + 11, LD_COUNT(h) - 11), t, h, 11) / (x + 1.0);
    return ld_exp(-0.5 * square) * (1.0 - 0.5 * lost) * mills;
}

/* P(N > x) and P(N <= x); relative error below 1e-14 down to 1e-300, 0 beyond |x| = 37.6. */
static inline double ld_normal_tail(double x)
{
    double upper = ld_normal_upper(x < 0.0 ? -x : x);
    return x < 0.0 ? 1.0 - upper : upper;
}

static inline double ld_normal_cdf(double x)
{
    return ld_normal_tail(-x);
}

/* x with P(N <= x) = u, 2^-64 <= u <= 1 - 2^-53; relative error below 1e-12, odd about 1/2,
 * rising on the grid of luck_uniform.  Centre (|u - 1/2| < 0.425): q N(q^2)/D(q^2), q = u -
 * 1/2; else N(r)/D(r), r = sqrt(-log min(u, 1 - u)): the split of Wichura's AS 241 (1988, Appl.
 * Stat. 37, 477) with rational functions of our own, one tail for all u. */
static inline double ld_normal_quantile(double u)
{
    static const double centre_n[] = {2.5066282746305744, -29.774191655805037, 131.02043784964118, -257.9198790935169,
                                      210.8003335612382,  -43.58619096308747,  -3.4459218515356165};
    static const double centre_d[] = {
        1.0, -12.925381467628696, 63.50211240710179, -145.87891409485627, 152.64691931353988, -55.44751244788915};
    static const double tail_n[] = {-2.7483890934505357, 26.406208934761374, 93.27499805451563,  -46.80836333717864,
                                    -97.82872355362112,  -23.75109574104113, -1.1247158247072402};
    static const double tail_d[] = {
        1.0, -5.737142865990091, -62.17871532430769, -71.29086208207987, -16.80244381251862, -0.7952403741652135};
    double q = u - 0.5;
    double z = q * q;
    double p = u < 0.5 ? u : 1.0 - u;
    double r = __builtin_sqrt(-ld_log(p));
    double centre = q * ld_polynomial(z, centre_n, LD_COUNT(centre_n));
    double tail = (q < 0.0 ? -1.0 : 1.0) * ld_polynomial(r, tail_n, LD_COUNT(tail_n));
    double centre_over = ld_polynomial(z, centre_d, LD_COUNT(centre_d));
    double tail_over = ld_polynomial(r, tail_d, LD_COUNT(tail_d));
    double above = p >= 0.075 ? centre : tail;
    double below = p >= 0.075 ? centre_over : tail_over;
    return above / below;
}

/* Standard Gumbel (largest extreme value) draw: the largest of v_k + gumbel chooses k with
 * logit probabilities. */
static inline double ld_gumbel(double u)
{
    return -ld_log(-ld_log(u));
}

/* log(u/(1 - u)): a standard logistic draw. */
static inline double ld_logit(double u)
{
    return ld_log(u / (1.0 - u));
}

/* Rows of laplace_year.def: t = x^(1/6) as a cubic of the place within the interval of p; the
 * last row is p = 1. */
enum { LD_LAPLACE_OCTAVES = 32, LD_LAPLACE_STEPS = 32, LD_LAPLACE_ROWS = LD_LAPLACE_OCTAVES * LD_LAPLACE_STEPS + 1 };
extern const double ld_laplace_row[LD_LAPLACE_ROWS][4];

/* Its three steps, so that a loop over many can do each by itself, as only the first and the last vectorise: the interval that u
 * falls into and the place within it, the cubic of that row, and the sixth power with its sign. */
static inline uint32_t ld_laplace_interval(double u, double *place)
{
    const uint64_t first = (uint64_t)(1023 - LD_LAPLACE_OCTAVES) << 5;
    double nearer = u < 0.5 ? u : 1.0 - u;
    double doubled = 2.0 * nearer;
    double p = doubled < 0x1p-32 ? 0x1p-32 : doubled;
    uint64_t bits = ld_bits(p);
    uint64_t within = (bits << 5) & UINT64_C(0x000fffffffffffff);
    *place = ld_from_bits(within | UINT64_C(0x3ff0000000000000)) - 1.0;
    return (uint32_t)((bits >> 47) - first);
}
static inline double ld_laplace_root(const double c[4], double z)
{
    return c[0] + z * (c[1] + z * (c[2] + z * c[3]));
}
static inline double ld_laplace_value(double root, double u)
{
    double cube = root * root * root;
    return ld_copysign(cube * cube, u - 0.5);
}

/* The month's part of a Laplace year: quantile function of v = G1 - G2, G ~ Gamma(1/12, 1), so
 * that the sum of twelve independent ones is exactly a standard Laplace variable, of variance 2
 * (mechanisms M1).  2^-33 <= u <= 1 - 2^-33 (what lies beyond gives the last value,
 * +-17.69); odd about 1/2; rising on the 32-bit grid. Relative error below 3e-8
 * (interpolation).  p = P(|v| > x) = 2 min(u, 1 - u) picks octave and interval by its bits.
 * Near zero x ~ (1 - p)^6 and far out x ~ -log p, so the sixth root is tabulated: smooth and
 * never flat. */
static inline double ld_laplace_month(double u)
{
    double place;
    const double *c = ld_laplace_row[ld_laplace_interval(u, &place)];
    return ld_laplace_value(ld_laplace_root(c, place), u);
}

/* Number of events of mean `mean` >= 0: the smallest k with u < P(K <= k), walked, hence
 * exactly monotone in u. Cost: about k steps to mean 30, about 20 sqrt(mean) beyond.  mean
 * below 1e9; 0 if mean is not positive. */
int32_t ld_poisson(double mean, double u);

/* The same to mean 30, where the chance of none, e^-mean, has been taken of a column. */
int32_t ld_poisson_from(double mean, double none, double u);

/* Months waited before the first success of chance p a month: P(K >= k) = (1 - p)^k, mean
 * (1 - p)/p; rises with u.  0 for p >= 1, INT32_MAX for p <= 0 and where it would be larger. */
int32_t ld_geometric(double p, double u);

/* A good 64-bit hash of a text (FNV-1a, then mixed), and of two numbers in their order.  Never
 * changed: identities are made of them. */
uint64_t ld_hash(const char *text);
/* Finaliser of SplitMix64 (Steele, Lea, Flood 2014, OOPSLA, with the constants of Stafford's
 * mix 13). */
static inline uint64_t ld_finalise(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}
static inline uint64_t ld_mix(uint64_t a, uint64_t b)
{
    const uint64_t golden = UINT64_C(0x9e3779b97f4a7c15); /* 2^64 / golden ratio: keeps (0, 0) from 0 */
    return ld_finalise(ld_finalise(a + golden) + b);
}

/* out[i] = f(x[i]), the same bits as the function of one number. */
void ld_exp_each(double *restrict out, const double *restrict x, size_t n);
void ld_log_each(double *restrict out, const double *restrict x, size_t n);
void ld_laplace_month_each(double *restrict out, const double *restrict u, size_t n);
void ld_normal_quantile_each(double *restrict out, const double *restrict u, size_t n);
void ld_normal_cdf_each(double *restrict out, const double *restrict x, size_t n);

/* The smaller and the larger of two numbers, without a branch and without libm. */
static inline double ld_min(double a, double b)
{
    return a < b ? a : b;
}
static inline double ld_max(double a, double b)
{
    return a > b ? a : b;
}
#endif
