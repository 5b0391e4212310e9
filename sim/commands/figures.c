/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figures - see include/liandong/figures.h. */
#include <liandong/figures.h>
#include <string.h>

const struct usual_figure usual_figures[N_USUAL_FIGURES] = {
    {"enterprises = end(enterprises)",                            "期末登记企业",                   true },
    {"foundings = total(foundings)",                              "新设企业",                         true },
    {"failures = total(failures)",                                "失败企业",                         true },
    {"loans_paid = total(loans_paid)",                            "贷款发放（元）",                true },
    {"npl_ratio = end(npl_ratio)",                                "期末不良率",                      true },
    {"patents = total(patents)",                                  "专利",                               true },
    {"tax = total(tax)",                                          "税收（元）",                      true },
    {"spending = spending",                                       "政策支出（元）",                true },
    {"cost = cost",                                               "财政净成本（元）",             false},
    {"cost_per_extra_enterprise = spending per end(enterprises)", "每多一户企业的支出（元）", false},
    {"patents_per_yuan = total(patents) per spending",            "每元支出的专利",                false},
    {"tax_per_yuan = total(tax) per spending",                    "每元支出的税收",                false},
};

const char *figure_shown(const struct expression *figure, enum format format)
{
    for (int k = 0; k < N_USUAL_FIGURES && !format_for_programs(format); k++)
        if (strcmp(usual_figures[k].text, figure->text) == 0)
            return tr(figure->name, usual_figures[k].zh);
    return figure->name;
}

enum status figure_read(struct expression *figure, size_t *n, const char *text, struct diag *diag)
{
    struct expression *e = &figure[*n];
    struct place at = {"--expr", (int)*n + 1, 1};
    const char **names = calloc(n_series + 1, sizeof *names);
    if (names == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    for (size_t k = 0; k < n_series; k++)
        names[k] = series_table[k].name;
    ++*n; /* the next one has the next place, whatever is wrong with this */
    enum status status = expression_read(e, text, at, names, n_series, diag);
    free(names);
    for (const struct expression *other = figure; other < e && status == OK; other++)
        if (strcmp(other->name, e->name) == 0)
            status = diag_fail(diag, at, "two figures are called '%s'; give one of them another name", e->name);
    return status;
}

static bool has_name(const char *name, char (*const names)[2 * NAME_SIZE], int32_t n)
{
    bool found = name[0] == '\0';
    for (int32_t k = 0; k < n && !found; k++)
        found = strcmp(name, names[k]) == 0;
    return found;
}

static enum status check_leaf(const struct expression_leaf *leaf, size_t figure, const struct setup *setup,
                              const struct record_layout *layout, struct diag *diag)
{
    struct place at = {"--expr", (int)figure + 1, 1};
    enum status status = OK;
    bool region = leaf->region[0] == '\0';
    for (int32_t g = 0; g < setup->n_regions && !region; g++)
        region = strcmp(setup->region[g], leaf->region) == 0;
    if (!region)
        status = diag_fail(diag, at, "there is no region '%s'", leaf->region);
    for (size_t s = 0; s < n_series; s++) {
        enum dimension dim = series_table[s].dim;
        if (strcmp(series_table[s].name, leaf->series) == 0 &&
            !has_name(leaf->member, layout->names[dim], dim == DIM_NONE ? 0 : layout->length[dim]))
            status = diag_fail(diag, at, "%s has no member '%s'", leaf->series, leaf->member);
    }
    return status;
}

enum status figures_check(const struct expression *figure, size_t n, const struct setup *setup, struct diag *diag)
{
    struct record_layout layout;
    enum status status = OK;
    if (record_layout_init(&layout, setup) != OK)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    for (size_t f = 0; f < n; f++)
        for (size_t k = 0; k < figure[f].n_leaves; k++)
            if (check_leaf(&figure[f].leaf[k], f, setup, &layout, diag) != OK)
                status = FAILED;
    record_layout_free(&layout);
    return status;
}
