/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spec_check - what must fit together in a specification: weights, shares, bounds. */
#include "spec_reader.h"
#include <math.h>

static void check_shares(struct spec_reader *r)
{
    struct coupling_spec *s = r->spec;
    size_t given = 0;
    double sum = 0.0;
    for (size_t k = 0; k < s->n_subsystems; k++) {
        given += s->subsystem[k].has_weight;
        sum += s->subsystem[k].weight;
    }
    if (!s->has_shares && given == 0)
        s->options.shares = CCD_SHARES_EQUAL;
    if (s->options.shares != CCD_SHARES_GIVEN)
        return;
    for (size_t k = 0; k < s->n_subsystems && given < s->n_subsystems; k++)
        if (!s->subsystem[k].has_weight)
            r->status = diag_fail(r->diag, s->subsystem[k].at, "'%s' has no weight", s->subsystem[k].name);
    if (given == s->n_subsystems && !(sum > 0.0))
        r->status = diag_fail(r->diag, s->subsystem[0].at, "the weights of the subsystems are all 0");
    for (size_t k = 0; k < s->n_subsystems && sum > 0.0; k++)
        s->share[k] = s->subsystem[k].weight / sum;
    if (given == s->n_subsystems && sum > 0.0 && fabs(sum - 1.0) > 1e-3)
        diag_warn(r->diag, s->subsystem[0].at, "the weights of the subsystems sum to %g; they are divided by it", sum);
}

static double weight_sum(const struct coupling_spec *s, size_t subsystem)
{
    double sum = 0.0;
    for (size_t j = 0; j < s->n_indicators; j++)
        sum += s->of[j].subsystem == subsystem ? s->of[j].weight : 0.0;
    return sum;
}

static void check_weights(struct spec_reader *r)
{
    struct coupling_spec *s = r->spec;
    bool given = s->options.weighting == CCD_WEIGHTS_GIVEN;
    double all = 0.0;
    for (size_t j = 0; j < s->n_indicators; j++) {
        bool index = s->of[j].direction == CCD_INDEX;
        all += index ? 0.0 : s->of[j].weight;
        if (given && !s->indicator[j].has_weight)
            r->status = diag_fail(r->diag, s->indicator[j].at, "'%s' has no weight", s->indicator[j].column);
        if (!given && !index && s->indicator[j].has_weight)
            r->status = diag_fail(r->diag, s->indicator[j].at, "'%s': a weight is used with `weights: given` only",
                                  s->indicator[j].column);
    }
    for (size_t k = 0; given && r->status == OK && k < s->n_subsystems; k++) {
        double sum = weight_sum(s, k);
        if (!(sum > 0.0))
            r->status = diag_fail(r->diag, s->subsystem[k].at, "'%s': the weights are all 0", s->subsystem[k].name);
        else if (fabs(sum - 1.0) > 1e-3 && fabs(all - 1.0) > 1e-3)
            diag_warn(r->diag, s->subsystem[k].at, "'%s': the weights sum to %g; they are divided by it",
                      s->subsystem[k].name, sum);
    }
}

static void check_bounds(struct spec_reader *r)
{
    struct coupling_spec *s = r->spec;
    bool fixed = s->options.scope == CCD_SCOPE_FIXED;
    for (size_t j = 0; j < s->n_indicators; j++) {
        bool index = s->of[j].direction == CCD_INDEX;
        if (fixed && !index && s->reference == NULL && !s->indicator[j].has_bounds)
            r->status = diag_fail(r->diag, s->indicator[j].at, "'%s' has no bounds; scope fixed needs `bounds: [A, B]`",
                                  s->indicator[j].column);
        if (s->indicator[j].has_bounds && (!fixed || s->reference != NULL))
            r->status = diag_fail(r->diag, s->indicator[j].at,
                                  "'%s': bounds are used with scope fixed and without a reference only",
                                  s->indicator[j].column);
        else if (s->indicator[j].has_bounds && ccd_is_constant(&s->of[j], s->of[j].bounds))
            r->status = diag_fail(r->diag, s->indicator[j].at, "'%s': every value within the bounds is best",
                                  s->indicator[j].column);
    }
    if (s->reference != NULL && s->options.per_year)
        r->status = diag_fail(r->diag, s->reference->at, "reference: weights per year cannot be held fixed");
}

void spec_check(struct spec_reader *r)
{
    check_shares(r);
    check_weights(r);
    check_bounds(r);
}
