/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coupling_worlds_file - the degrees of every run as one HDF5 file, with the reference that its bounds and weights are of. */
#include <liandong/coupling_worlds.h>
#include <liandong/panel_file.h>
#include <string.h>

enum { RUN, REGION, YEAR, SUBSYSTEM, INDICATOR, N_AXES, N_MOST = 18, N_ATTRIBUTES = 11 };

struct file_data {
    const struct worlds *w;
    int *number;        /* runs, then years */
    double *bound;      /* least [m], most [m] */
    int8_t *member;     /* [m] subsystem of each indicator */
    const char **label; /* [m] */
    const char *subsystem[OUTCOME_SUBSYSTEMS];
    struct panel_file_variable variable[N_MOST];
    size_t n;
};

static bool collect(struct file_data *f)
{
    const struct worlds *w = f->w;
    f->number = calloc(w->runs + w->years + 1, sizeof *f->number);
    f->bound = calloc(2 * w->m + 1, sizeof *f->bound);
    f->member = calloc(w->m + 1, sizeof *f->member);
    f->label = calloc(w->m + 1, sizeof *f->label);
    if (f->number == NULL || f->bound == NULL || f->member == NULL || f->label == NULL)
        return false;
    for (size_t k = 0; k < w->runs; k++)
        f->number[k] = (int)k;
    for (size_t k = 0; k < w->years; k++)
        f->number[w->runs + k] = w->set[WORLD_RESULT].of.first_year + (int)k;
    for (size_t s = 0; s < w->s; s++)
        f->subsystem[s] = worlds_subsystem(s);
    for (size_t j = 0; j < w->m; j++) {
        bool known = w->state[j] != INDICATOR_LACKING;
        f->bound[j] = known ? w->indicator[j].bounds.least : 0.0;
        f->bound[w->m + j] = known ? w->indicator[j].bounds.most : 0.0;
        f->member[j] = (int8_t)outcome_table[j].subsystem;
        f->label[j] = outcome_table[j].name;
    }
    return true;
}

/* of: the last axis beside run, region and year, or N_AXES for none. */
static void add_rows(struct file_data *f, const char *name, const char *en, const char *zh, size_t of,
                     const double *value)
{
    f->variable[f->n++] = (struct panel_file_variable){
        .name = name,
        .en = en,
        .zh = zh,
        .rank = of == N_AXES ? 3 : 4,
        .axis = {RUN, REGION, YEAR, of % N_AXES},
        .value = value
    };
}

static void add_line(struct file_data *f, const char *name, const char *en, const char *zh, size_t of,
                     const double *value)
{
    f->variable[f->n++] =
        (struct panel_file_variable){.name = name, .en = en, .zh = zh, .rank = 1, .axis = {of}, .value = value};
}

static void variables(struct file_data *f)
{
    const struct worlds *w = f->w;
    const struct ccd_result *r = &w->set[WORLD_RESULT].result;
    add_rows(f, "U", "index of the subsystem", "子系统综合指数", SUBSYSTEM, r->u);
    add_rows(f, "C", "coupling degree", "耦合度", N_AXES, r->c);
    add_rows(f, "C_permuted", "mean C with one index permuted", "一个指数随机置换后的平均耦合度", N_AXES, w->permuted);
    add_rows(f, "T", "development", "综合发展指数", N_AXES, r->t);
    add_rows(f, "D", "degree of coupling coordination", "耦合协调度", N_AXES, r->d);
    add_rows(f, "normal", "normalised indicator", "标准化指标", INDICATOR, r->normal);
    add_rows(f, "obstacle", "obstacle degree", "障碍度", INDICATOR, r->obstacle);
    add_line(f, "weight", "weight within the subsystem, of the reference", "子系统内权重（参照结果）", INDICATOR,
             r->weight);
    add_line(f, "subsystem_weight", "weight of the subsystem", "子系统权重", SUBSYSTEM, r->share);
    add_line(f, "least", "least value of the reference", "参照结果最小值", INDICATOR, f->bound);
    add_line(f, "most", "greatest value of the reference", "参照结果最大值", INDICATOR, f->bound + w->m);
    if (w->has[WORLD_CUT])
        add_rows(f, "causal", "D less D of the cut world", "因果耦合", N_AXES, w->causal);
    if (!w->has[WORLD_AGAINST])
        return;
    add_rows(f, "change", "change of D", "协调度变化", N_AXES, w->change);
    add_rows(f, "from_T", "of it, from development", "其中来自发展指数", N_AXES, w->from_t);
    add_rows(f, "from_C", "of it, from the coupling degree", "其中来自耦合度", N_AXES, w->from_c);
    add_rows(f, "carried", "Shapley value of the indicator in it", "各指标的Shapley值", INDICATOR, w->carried);
}

static enum status write_file(const char *path, struct file_data *f, struct diag *diag)
{
    const struct worlds *w = f->w;
    const struct world_set *set = w->set;
    const struct outcomes *of = &set[WORLD_RESULT].of;
    const struct panel_file_axis axis[N_AXES] = {
        {"run",       "run",       "模拟序号", w->runs,    NULL,                            f->number          },
        {"region",    "region",    "地区",       w->regions, (const char *const *)of->region, NULL               },
        {"year",      "year",      "年份",       w->years,   NULL,                            f->number + w->runs},
        {"subsystem", "subsystem", "子系统",    w->s,       f->subsystem,                    NULL               },
        {"indicator", "indicator", "指标",       w->m,       f->label,                        NULL               }
    };
    const struct panel_file_attribute attribute[N_ATTRIBUTES] = {
        {"Conventions",      "CF-1.8"                                              },
        {"title",            "coupling coordination of simulated worlds"           },
        {"title_zh",         "模拟结果的耦合协调度"                      },
        {"formula",          ccd_couplings[w->options.coupling].formula            },
        {"result_digest",    set[WORLD_RESULT].digest                              },
        {"reference",        worlds_name(w->reference->path)                       },
        {"reference_digest", w->reference->digest                                  },
        {"cut_digest",       w->has[WORLD_CUT] ? set[WORLD_CUT].digest : ""        },
        {"against_digest",   w->has[WORLD_AGAINST] ? set[WORLD_AGAINST].digest : ""},
        {"weights",          ccd_weightings[w->weighting].name                     },
        {"classes",          w->options.classes->name                              }
    };
    variables(f);
    f->variable[f->n] = (struct panel_file_variable){.name = "indicator_subsystem",
                                                     .en = "subsystem of the indicator",
                                                     .zh = "指标所属子系统",
                                                     .rank = 1,
                                                     .axis = {INDICATOR},
                                                     .code = f->member,
                                                     .meanings = "innovation finance spending",
                                                     .n_meanings = OUTCOME_SUBSYSTEMS};
    struct panel_file file = {N_AXES, f->n + 1, N_ATTRIBUTES, axis, f->variable, attribute};
    return panel_file_write(path, &file, diag);
}

enum status worlds_file_write(const char *path, const struct worlds *w, struct diag *diag)
{
    struct file_data f = {.w = w};
    enum status status = collect(&f) ? write_file(path, &f, diag) : diag_stop(diag, NO_MEMORY, "out of memory");
    free(f.number);
    free(f.bound);
    free(f.member);
    free(f.label);
    return status;
}
