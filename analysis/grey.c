/* SPDX-License-Identifier: GPL-3.0-or-later */
/* grey - see include/liandong/grey.h. */
#include <gsl/gsl_fit.h>
#include <liandong/grey.h>
#include <math.h>
#include <stdlib.h>

double grey_at(const struct grey_model *model, size_t k)
{
    if (k <= 1)
        return model->first;
    if (fabs(model->a) < 1e-12)
        return model->b; /* its limit: a constant series */
    return (1.0 - exp(model->a)) * (model->first - model->b / model->a) * exp(-model->a * ((double)k - 1.0));
}

static bool ratios_good(const double *x, size_t n)
{
    double room = 2.0 / ((double)n + 1.0);
    for (size_t k = 1; k < n; k++)
        if (!(fabs(log(x[k - 1] / x[k])) < room))
            return false;
    return true;
}

static int grade_of(double ratio, double small)
{
    static const double most[] = {0.35, 0.5, 0.65}, least[] = {0.95, 0.8, 0.7};
    for (int grade = 0; grade < 3; grade++)
        if (ratio < most[grade] && small > least[grade])
            return grade + 1;
    return 4;
}

static void check(const double *x, size_t n, struct grey_model *m)
{
    double mean = 0.0, mean_left = 0.0, square = 0.0, square_left = 0.0;
    for (size_t k = 0; k < n; k++) {
        mean += x[k] / (double)n;
        mean_left += (x[k] - grey_at(m, k + 1)) / (double)n;
        m->mean_error += k == 0 ? 0.0 : fabs(x[k] - grey_at(m, k + 1)) / x[k] / ((double)n - 1.0);
    }
    for (size_t k = 0; k < n; k++) {
        square += pow(x[k] - mean, 2.0) / (double)n;
        square_left += pow(x[k] - grey_at(m, k + 1) - mean_left, 2.0) / (double)n;
    }
    for (size_t k = 0; k < n; k++)
        m->small += (fabs(x[k] - grey_at(m, k + 1) - mean_left) < 0.6745 * sqrt(square)) / (double)n;
    m->ratio = square > 0.0 ? sqrt(square_left / square) : (double)NAN;
    m->ratios_good = ratios_good(x, n);
    m->grade = grade_of(m->ratio, m->small);
}

bool grey_fit(const double *x, size_t n, struct grey_model *model)
{
    *model = (struct grey_model){.grade = 4};
    for (size_t k = 0; k < n; k++)
        if (!(x[k] > 0.0))
            return false;
    double *z = n < 4 ? NULL : calloc(n, sizeof *z), c00, c01, c11, left;
    if (z == NULL)
        return false;
    double sum = x[0];
    for (size_t k = 1; k < n; k++) {
        z[k - 1] = sum + 0.5 * x[k];
        sum += x[k];
    }
    model->first = x[0];
    gsl_fit_linear(z, 1, x + 1, 1, n - 1, &model->b, &model->a, &c00, &c01, &c11, &left);
    model->a = -model->a;
    free(z);
    if (!isfinite(model->a) || !isfinite(model->b))
        return false;
    check(x, n, model);
    return true;
}
