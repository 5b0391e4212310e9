/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The engine's mathematics against glibc, GSL, and what is known exactly.  Points come from
 * ld_mix with fixed seeds. */
#include <criterion/criterion.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_sf_bessel.h>
#include <gsl/gsl_sf_gamma.h>
#include <liandong/mathx.h>
#include <math.h>

enum { MANY = 500000 };

static double uniform(uint64_t seed, uint64_t i)
{
    return ((double)(uint32_t)ld_mix(seed, i) + 0.5) * 0x1p-32;
}

static double between(double low, double high, uint64_t seed, uint64_t i)
{
    return low + (high - low) * uniform(seed, i);
}

/* How many doubles apart; for numbers of one sign. */
static int64_t ulps(double a, double b)
{
    return llabs((int64_t)(ld_bits(a) - ld_bits(b)));
}

static double relative(double got, double wanted)
{
    return got == wanted ? 0 : fabs(got / wanted - 1);
}

/* Places where windows of consecutive 32-bit uniforms are walked: ends, centre, joints, and
 * anywhere. */
static uint32_t window(int k)
{
    static const uint32_t places[] = {0,          0xfffe0000, 0x7fff0000, 0x13330000, 0xeccc0000,
                                      0x3fff0000, 0x1fff0000, 0xbfff0000, 0x00ff0000, 0x000f0000};
    return (size_t)k < LD_COUNT(places) ? places[k] : (uint32_t)ld_mix(5, (uint64_t)k) & 0xfffe0000;
}

static void assert_rises_on_the_grid(double (*f)(double), const char *name)
{
    for (int k = 0; k < 30; k++) {
        double before = -INFINITY;
        for (uint32_t i = 0; i < 0x20000; i++) {
            double now = f(((double)(window(k) + i) + 0.5) * 0x1p-32);
            cr_assert(now > before, "%s falls at word %u: %.17g after %.17g", name, window(k) + i, now, before);
            before = now;
        }
    }
}

Test(mathx, exp_is_within_one_ulp_of_glibc)
{
    for (uint64_t i = 0; i < MANY; i++) {
        double wide = between(-700, 700, 1, i), near = between(-1, 1, 2, i);
        cr_assert(ulps(ld_exp(wide), exp(wide)) <= 1, "exp(%.17g)", wide);
        cr_assert(ulps(ld_exp(near), exp(near)) <= 1, "exp(%.17g)", near);
    }
    cr_assert(ld_exp(0) == 1);
}

Test(mathx, exp_stays_finite_and_not_negative_outside_its_range)
{
    cr_assert(ld_exp(-708.01) == 0 && ld_exp(-1e300) == 0 && ld_exp(-INFINITY) == 0);
    cr_assert(ld_exp(-708) > 0);
    cr_assert(ld_exp(1e300) == ld_exp(709) && ld_exp(INFINITY) == ld_exp(709));
    cr_assert(ulps(ld_exp(709), exp(709)) <= 1);
}

Test(mathx, log_is_within_one_ulp_of_glibc)
{
    for (uint64_t i = 0; i < MANY; i++) {
        double u = uniform(3, i), wide = exp(between(-700, 700, 4, i)), near = between(0.6, 1.6, 5, i);
        double close = 1 + between(-1e-6, 1e-6, 6, i);
        cr_assert(ulps(ld_log(u), log(u)) <= 1, "log(%.17g)", u);
        cr_assert(ulps(ld_log(wide), log(wide)) <= 1, "log(%.17g)", wide);
        cr_assert(ulps(ld_log(near), log(near)) <= 1, "log(%.17g)", near);
        cr_assert(ulps(ld_log(close), log(close)) <= 1, "log(%.17g)", close);
    }
    cr_assert(ld_log(1) == 0);
}

Test(mathx, log1p_keeps_the_digits_of_small_numbers)
{
    for (uint64_t i = 0; i < MANY; i++) {
        double small = (i % 2 ? 1 : -1) * exp(between(-40, -0.7, 7, i)), large = between(-0.999999, 5, 8, i);
        cr_assert(relative(ld_log1p(small), log1p(small)) < 4e-16, "log1p(%.17g)", small);
        cr_assert(relative(ld_log1p(large), log1p(large)) < 4e-16, "log1p(%.17g)", large);
    }
}

Test(mathx, pow_is_as_accurate_as_documented)
{
    for (uint64_t i = 0; i < MANY; i++) {
        double x = exp(between(-20, 20, 9, i)), y = between(-30, 30, 10, i);
        double bound = (1 + fabs(y * log(x))) * 3e-16;
        cr_assert(relative(ld_pow(x, y), pow(x, y)) < bound, "pow(%.17g, %.17g)", x, y);
    }
    cr_assert(ld_pow(0, 0.6) == 0 && ld_pow(7, 0) == 1 && ld_pow(1, 12) == 1);
}

Test(mathx, rounding_takes_halves_to_the_even_number)
{
    cr_assert(ld_round_half_even(0.5) == 0 && ld_round_half_even(1.5) == 2 && ld_round_half_even(2.5) == 2);
    cr_assert(ld_round_half_even(-0.5) == 0 && ld_round_half_even(-1.5) == -2 && ld_round_half_even(-2.5) == -2);
    for (uint64_t i = 0; i < MANY; i++) {
        double x = ldexp(between(-1, 1, 11, i), (int)(i % 52)), half = floor(x / 2) + 0.5;
        cr_assert(ld_round_half_even(x) == llrint(x), "%.17g", x);
        cr_assert(ld_round_half_even(half) == llrint(half), "%.17g", half);
    }
    cr_assert(ld_round_half_even(0x1p51 - 1) == (1LL << 51) - 1 && ld_round_half_even(1 - 0x1p51) == 1 - (1LL << 51));
}

/* Numerators are products and their neighbours, too, which lie where a quotient is whole, and where it is next to halfway. */
Test(mathx, a_column_divided_by_one_number_is_rounded_as_by_division)
{
    static const double by[] = {
        12.0, 100.0, 3.0, 1.0 / 3.0, 0x1.fffffffffffffp0, 0x1.0000000000001p0, 0x1.ffffffffffffep9};
    for (uint64_t i = 0; i < MANY; i++) {
        double b = i % 8 < 7 ? by[i % 8] : between(1e-3, 1e6, 1, i), whole = floor(between(0.0, 1e12, 2, i));
        double q = ld_from_bits(ld_bits(1e-9) + (ld_mix(3, i) >> 4) % (ld_bits(1e14) - ld_bits(1e-9)));
        double product = q * b, beside = ld_from_bits(ld_bits(product) + ld_mix(4, i) % 5 - 2);
        double above = ld_from_bits(ld_bits(q) + 1), halfway = (q + (above - q) / 2) * b;
        const double x[] = {whole, -whole, product, beside, q, -q, halfway, 0.0};
        for (size_t k = 0; k < LD_COUNT(x); k++)
            cr_assert(ld_bits(ld_over(x[k], b)) == ld_bits(x[k] == 0.0 ? 0.0 : x[k] / b), "%a / %a", x[k], b);
    }
}

Test(mathx, normal_tails_agree_with_gsl_to_1e_300)
{
    for (uint64_t i = 0; i < MANY / 2; i++) {
        double x = between(-37, 37, 12, i);
        cr_assert(relative(ld_normal_tail(x), gsl_cdf_ugaussian_Q(x)) < 1e-14, "tail(%.17g)", x);
        cr_assert(relative(ld_normal_cdf(x), gsl_cdf_ugaussian_P(x)) < 1e-14, "cdf(%.17g)", x);
    }
    cr_assert(relative(ld_normal_tail(0), 0.5) < 1e-15);
    cr_assert(relative(ld_normal_tail(1), 0.158655253931457051) < 1e-15);
    cr_assert(ld_normal_tail(40) == 0 && ld_normal_tail(-40) == 1);
}

Test(mathx, normal_density_agrees_with_its_formula)
{
    for (uint64_t i = 0; i < MANY; i++) {
        double x = between(-37, 37, 13, i), wanted = exp(-0.5 * x * x) / sqrt(2 * M_PI);
        cr_assert(relative(ld_normal_pdf(x), wanted) < 1e-15 + 1.2e-16 * x * x / 2, "pdf(%.17g)", x);
    }
}

Test(mathx, normal_quantile_agrees_with_gsl)
{
    for (uint64_t i = 0; i < MANY; i++) {
        double u = uniform(14, i), rare = exp(between(-44, -2, 15, i));
        cr_assert(relative(ld_normal_quantile(u), gsl_cdf_ugaussian_Pinv(u)) < 1e-12, "quantile(%.17g)", u);
        cr_assert(relative(ld_normal_quantile(rare), gsl_cdf_ugaussian_Pinv(rare)) < 1e-12, "quantile(%.17g)", rare);
        cr_assert(ld_normal_quantile(1 - u) == -ld_normal_quantile(u), "not odd at %.17g", u);
    }
    cr_assert(ld_normal_quantile(0.5) == 0);
}

Test(mathx, normal_quantile_rises_with_every_32_bit_uniform)
{
    assert_rises_on_the_grid(ld_normal_quantile, "normal_quantile");
}

Test(mathx, gumbel_and_logit_agree_with_their_formulas)
{
    for (uint64_t i = 0; i < MANY; i++) {
        double u = uniform(16, i);
        cr_assert(fabs(ld_gumbel(u) + log(-log(u))) < 4e-15, "gumbel(%.17g)", u);
        cr_assert(fabs(ld_logit(u) - log(u / (1 - u))) < 4e-15, "logit(%.17g)", u);
    }
    cr_assert(ld_logit(0.5) == 0);
}

/* Density of G1 - G2 (variance gamma): v^(a-1/2) K_(1/2-a)(v) / (sqrt(pi) Gamma(a) 2^(a-1/2)),
 * a = 1/12; v > 0. At v = e^y, times dv/dy, so that the integrable pole at 0 does no harm. */
static double month_density(double y, void *unused)
{
    const double a = 1.0 / 12;
    double v = exp(y);
    (void)unused;
    return v * pow(v, a - 0.5) * gsl_sf_bessel_Knu(0.5 - a, v) / (sqrt(M_PI) * gsl_sf_gamma(a) * pow(2, a - 0.5));
}

static double month_tail(double x, gsl_integration_workspace *space)
{
    gsl_function f = {month_density, NULL};
    double tail, error;
    gsl_integration_qag(&f, log(x), log(x + 60), 0, 1e-10, 1000, GSL_INTEG_GAUSS31, space, &tail, &error);
    return tail;
}

Test(mathx, laplace_month_inverts_the_exact_distribution)
{
    gsl_integration_workspace *space = gsl_integration_workspace_alloc(1000);
    for (uint64_t i = 0; i < 400; i++) {
        double u = i % 2 ? exp(between(log(0x1p-33), log(0.5), 17, i)) : between(0.02, 0.49, 18, i);
        double x = -ld_laplace_month(u), off = (month_tail(x, space) - u) / (month_density(log(x), NULL) / x);
        cr_assert(fabs(off) < 1e-7 * x, "u = %.17g: x = %.17g is off by %.3g", u, x, off);
    }
    gsl_integration_workspace_free(space);
}

Test(mathx, laplace_month_is_odd_and_holds_at_its_ends)
{
    for (uint64_t i = 0; i < MANY; i++) {
        double u = uniform(19, i);
        cr_assert(ld_laplace_month(1 - u) == -ld_laplace_month(u), "u = %.17g", u);
    }
    cr_assert(ld_laplace_month(0.5) == 0);
    cr_assert(ld_laplace_month(0x1p-60) == ld_laplace_month(0x1p-33) &&
              fabs(ld_laplace_month(0x1p-33) + 17.6901) < 1e-4);
}

Test(mathx, laplace_month_rises_with_every_32_bit_uniform)
{
    assert_rises_on_the_grid(ld_laplace_month, "laplace_month");
}

/* Cumulants of v are 2/12 and 2 * 3!/12: variance 1/6, fourth moment 1 + 3/36.  Midpoints over
 * all u. */
Test(mathx, laplace_month_has_its_variance_and_fourth_moment)
{
    const uint32_t n = 1U << 23;
    double square = 0, fourth = 0;
    for (uint32_t i = 0; i < n; i++) {
        double v = ld_laplace_month((i + 0.5) / n);
        square += v * v;
        fourth += v * v * v * v;
    }
    cr_assert(fabs(square / n - 1.0 / 6) < 2e-5, "%.8g", square / n);
    cr_assert(fabs(fourth / n - 13.0 / 12) < 4e-3, "%.8g", fourth / n);
}

/* Variance 2 with standard error sqrt(20/n), kurtosis 6 with sqrt(1188/n) (delta method,
 * moments (2k)!): 5 of them. */
Test(mathx, twelve_laplace_months_are_a_laplace_year)
{
    enum { YEARS = 400000, CELLS = 200 };
    static int count[CELLS];
    double square = 0, fourth = 0, chi2 = 0, expected = (double)YEARS / CELLS;
    for (uint64_t i = 0; i < YEARS; i++) {
        double v = 0;
        for (uint64_t month = 0; month < 12; month++)
            v += ld_laplace_month(uniform(20, 12 * i + month));
        double p = v < 0 ? 0.5 * exp(v) : 1 - 0.5 * exp(-v);
        count[(int)(p * CELLS) % CELLS]++;
        square += v * v;
        fourth += v * v * v * v;
    }
    for (int k = 0; k < CELLS; k++)
        chi2 += (count[k] - expected) * (count[k] - expected) / expected;
    double variance = square / YEARS, excess = fourth / YEARS / (variance * variance) - 3;
    cr_assert(gsl_cdf_chisq_Q(chi2, CELLS - 1) > 1e-6, "chi2 = %g of %d", chi2, CELLS - 1);
    cr_assert(fabs(variance - 2) < 5 * sqrt(20.0 / YEARS), "variance %g", variance);
    cr_assert(fabs(excess - 3) < 5 * sqrt(1188.0 / YEARS), "excess kurtosis %g", excess);
}

static const double poisson_means[] = {1e-6, 0.02, 0.5, 1, 4.7, 29.99, 30, 30.01, 77.7, 1000, 12345.6, 1e5};

Test(mathx, poisson_is_the_exact_inverse_of_gsl)
{
    for (size_t m = 0; m < LD_COUNT(poisson_means); m++)
        for (uint64_t i = 0; i < (poisson_means[m] > 100 ? 3000 : 30000); i++) {
            double mean = poisson_means[m], u = i % 3 ? uniform(21, i) : exp(between(-22, -0.1, 22, i));
            int32_t k = ld_poisson(mean, u);
            cr_assert(k >= 0 && u < gsl_cdf_poisson_P((unsigned)k, mean) + 1e-11, "mean %g u %.17g k %d", mean, u, k);
            cr_assert(k == 0 || u >= gsl_cdf_poisson_P((unsigned)k - 1, mean) - 1e-11, "mean %g u %.17g k %d", mean, u,
                      k);
        }
    cr_assert(ld_poisson(0, 0.999) == 0 && ld_poisson(-1, 0.5) == 0);
}

Test(mathx, poisson_never_falls_as_the_uniform_rises)
{
    for (size_t m = 0; m < LD_COUNT(poisson_means); m++) {
        double mean = poisson_means[m], high = 1 - 0x1p-53;
        for (int32_t k = 0, i = 0, before = 0; i < 3000; i++, before = k) {
            k = ld_poisson(mean, (i + 0.5) / 3000);
            cr_assert(k >= before, "mean %g: %d after %d", mean, k, before);
        }
        int32_t middle = ld_poisson(mean, 0.5), most = ld_poisson(mean, high);
        cr_assert(most >= ld_poisson(mean, 1 - 0x1p-33));
        cr_assert(most < mean + 12 * sqrt(mean) + 25 && middle <= mean + 1, "mean %g: %d", mean, most);
        cr_assert(ld_poisson(mean, 0x1p-53) <= ld_poisson(mean, 0x1p-33));
    }
}

/* The last bit of u where the answer leaves that of 0.3: there it steps, never back, and where
 * GSL says. */
Test(mathx, poisson_steps_once_and_at_the_exact_bound)
{
    for (size_t m = 0; m < LD_COUNT(poisson_means); m++) {
        double mean = poisson_means[m], low = 0.3, high = 0.999999;
        int32_t start = ld_poisson(mean, low);
        if (ld_poisson(mean, high) == start)
            continue;
        for (int i = 0; i < 60; i++) {
            double middle = low + (high - low) / 2;
            *(ld_poisson(mean, middle) == start ? &low : &high) = middle;
        }
        cr_assert(fabs(high - gsl_cdf_poisson_P((unsigned)start, mean)) < 1e-11, "mean %g: %.17g", mean, high);
        for (int i = -20; i <= 20; i++)
            cr_assert(ld_poisson(mean, high + i * 0x1p-53) == start + (i >= 0), "mean %g, %d bits off", mean, i);
    }
}

Test(mathx, geometric_is_the_inverse_of_its_distribution)
{
    for (uint64_t i = 0; i < MANY; i++) {
        double p = exp(between(-12, -0.001, 23, i)), u = uniform(24, i);
        int32_t k = ld_geometric(p, u);
        cr_assert(k >= 0 && exp(k * log1p(-p)) >= 1 - u - 1e-12, "p %.17g u %.17g k %d", p, u, k);
        cr_assert(exp((k + 1.0) * log1p(-p)) <= 1 - u + 1e-12, "p %.17g u %.17g k %d", p, u, k);
    }
    cr_assert(ld_geometric(1, 0.9) == 0 && ld_geometric(2, 0.9) == 0);
    cr_assert(ld_geometric(0, 0.1) == INT32_MAX && ld_geometric(1e-300, 0.1) == INT32_MAX);
}

Test(mathx, geometric_has_its_mean)
{
    double sum = 0;
    for (int i = 0; i < MANY; i++)
        sum += ld_geometric(1.0 / 13, (i + 0.5) / MANY);
    cr_assert(fabs(sum / MANY - 12) < 2e-3, "%g", sum / MANY);
}

/* Frozen: identities are made of them, and every result of identities. */
Test(mathx, hash_and_mix_are_never_changed)
{
    cr_assert(ld_hash("") == UINT64_C(0xf52a15e9a9b5e89b), "%#llx", (unsigned long long)ld_hash(""));
    cr_assert(ld_hash("guangzhou") == UINT64_C(0x772f5bdf52200000), "%#llx", (unsigned long long)ld_hash("guangzhou"));
    cr_assert(ld_hash("广州") == UINT64_C(0x06109d36beadddbc), "%#llx", (unsigned long long)ld_hash("广州"));
    cr_assert(ld_mix(0, 0) == UINT64_C(0x48218226ff3cd4bf), "%#llx", (unsigned long long)ld_mix(0, 0));
    cr_assert(ld_mix(1, 2) == UINT64_C(0x081a5c1377856b73) && ld_mix(1, 2) != ld_mix(2, 1), "%#llx",
              (unsigned long long)ld_mix(1, 2));
}

/* A flipped input bit flips each output bit half of the time: 64 x 2000 coins, five standard
 * errors. */
Test(mathx, mix_spreads_every_bit_of_both_numbers)
{
    for (int bit = 0; bit < 128; bit++) {
        int flips = 0;
        for (uint64_t i = 0; i < 2000; i++) {
            uint64_t a = bit < 64 ? UINT64_C(1) << bit : 0, b = bit < 64 ? 0 : UINT64_C(1) << (bit - 64);
            flips += __builtin_popcountll(ld_mix(i, 7 * i) ^ ld_mix(i ^ a, (7 * i) ^ b));
        }
        cr_assert(abs(flips - 64000) < 5 * 179, "bit %d: %d flips", bit, flips);
    }
}

Test(mathx, arrays_get_the_same_bits_as_numbers)
{
    enum { N = 1003 };
    static double u[N], x[N], out[5][N];
    for (size_t i = 0; i < N; i++) {
        u[i] = uniform(25, i);
        x[i] = between(-720, 720, 26, i) / (i % 2 == 0 ? 1.0 : 100.0);
    }
    ld_exp_each(out[0], x, N);
    ld_log_each(out[1], u, N);
    ld_laplace_month_each(out[2], u, N);
    ld_normal_quantile_each(out[3], u, N);
    ld_normal_cdf_each(out[4], x, N);
    for (size_t i = 0; i < N; i++) {
        cr_assert(ld_bits(out[0][i]) == ld_bits(ld_exp(x[i])));
        cr_assert(ld_bits(out[1][i]) == ld_bits(ld_log(u[i])));
        cr_assert(ld_bits(out[2][i]) == ld_bits(ld_laplace_month(u[i])));
        cr_assert(ld_bits(out[3][i]) == ld_bits(ld_normal_quantile(u[i])));
        cr_assert(ld_bits(out[4][i]) == ld_bits(ld_normal_cdf(x[i])));
    }
}
