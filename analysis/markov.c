/* SPDX-License-Identifier: GPL-3.0-or-later */
/* markov - see include/liandong/markov.h. */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_linalg.h>
#include <liandong/markov.h>
#include <math.h>

static double row_sum(const double *count, size_t k, size_t row)
{
    double sum = 0.0;
    for (size_t j = 0; j < k; j++)
        sum += count[row * k + j];
    return sum;
}

void markov_probabilities(const double *count, size_t k, double *p)
{
    for (size_t i = 0; i < k; i++) {
        double sum = row_sum(count, k, i);
        for (size_t j = 0; j < k; j++)
            p[i * k + j] = sum > 0.0 ? count[i * k + j] / sum : (double)NAN;
    }
}

/* share (P - 1) = 0, with the last equation replaced by sum = 1 */
static bool solve(const double *p, size_t k, gsl_matrix *a, gsl_vector *b, gsl_vector *x, gsl_permutation *order)
{
    int sign;
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++)
            gsl_matrix_set(a, j, i, j + 1 == k ? 1.0 : p[i * k + j] - (i == j ? 1.0 : 0.0));
    gsl_vector_set_basis(b, k - 1);
    gsl_linalg_LU_decomp(a, order, &sign);
    for (size_t i = 0; i < k; i++)
        if (fabs(gsl_matrix_get(a, i, i)) < 1e-10)
            return false;
    return gsl_linalg_LU_solve(a, order, b, x) == 0;
}

bool markov_stationary(const double *p, size_t k, double *share)
{
    for (size_t i = 0; i < k * k; i++)
        if (isnan(p[i]))
            return false;
    gsl_matrix *a = gsl_matrix_alloc(k, k);
    gsl_vector *b = gsl_vector_alloc(k), *x = gsl_vector_alloc(k);
    gsl_permutation *order = gsl_permutation_alloc(k);
    bool good = a != NULL && b != NULL && x != NULL && order != NULL && solve(p, k, a, b, x, order);
    for (size_t i = 0; good && i < k; i++)
        share[i] = fmax(gsl_vector_get(x, i), 0.0);
    if (a != NULL)
        gsl_matrix_free(a);
    if (b != NULL)
        gsl_vector_free(b);
    if (x != NULL)
        gsl_vector_free(x);
    if (order != NULL)
        gsl_permutation_free(order);
    return good;
}

/* One row `i` of all neighbours' matrices against the pooled row. */
static void test_row(const double *count, size_t k, size_t i, struct markov_test *test)
{
    double all = 0.0, rows = 0.0, columns = 0.0;
    for (size_t l = 0; l < k; l++) {
        double sum = row_sum(count + l * k * k, k, i);
        all += sum;
        rows += sum > 0.0;
    }
    for (size_t j = 0; j < k; j++) {
        double pooled = 0.0;
        for (size_t l = 0; l < k; l++)
            pooled += count[(l * k + i) * k + j];
        columns += pooled > 0.0;
        for (size_t l = 0; l < k; l++) {
            double n = count[(l * k + i) * k + j], sum = row_sum(count + l * k * k, k, i);
            test->lr += n > 0.0 ? 2.0 * n * log(n / sum / (pooled / all)) : 0.0;
        }
    }
    test->df += rows > 0.0 && columns > 0.0 ? (rows - 1.0) * (columns - 1.0) : 0.0;
}

struct markov_test markov_neighbour_test(const double *count, size_t k)
{
    struct markov_test test = {0.0, 0.0, (double)NAN};
    for (size_t i = 0; i < k; i++)
        test_row(count, k, i, &test);
    if (test.df > 0.0)
        test.p = gsl_cdf_chisq_Q(fmax(test.lr, 0.0), test.df);
    return test;
}
