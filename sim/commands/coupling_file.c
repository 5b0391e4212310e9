/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coupling_file - degrees, weights, x' and obstacles as one HDF5 file over unit, year, subsystem and indicator; where a unit lacks a
 * year stands NAN, and the code -1. */
#include <liandong/coupling_tables.h>
#include <liandong/panel_file.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

enum { UNIT, YEAR, SUBSYSTEM, INDICATOR, N_AXES, N_REALS = 9, N_CODES = 3 };

struct file_data {
    const struct coupling_case *of;
    double *real[N_REALS];
    int8_t *code[N_CODES];
    const char *subsystem[CCD_SUBSYSTEMS], **indicator;
    char classes[2048], leaders[2048];
};

/* From rows to unit x year, `width` values each. */
static double *spread(const struct coupling_case *of, const double *rows, size_t width)
{
    size_t cells = of->panel.of.n_units * of->panel.of.n_years;
    double *grid = calloc(cells * width + 1, sizeof *grid);
    for (size_t k = 0; grid != NULL && k < cells; k++)
        for (size_t j = 0; j < width; j++) {
            size_t row = of->panel.grid[k];
            grid[k * width + j] = row == SIZE_MAX ? (double)NAN : rows[row * width + j];
        }
    return grid;
}

/* Codes from 0; what is `none` or missing is -1. */
static int8_t *spread_code(const struct coupling_case *of, const size_t *rows, size_t none)
{
    size_t cells = of->panel.of.n_units * of->panel.of.n_years;
    int8_t *grid = calloc(cells + 1, sizeof *grid);
    for (size_t k = 0; grid != NULL && k < cells; k++) {
        size_t row = of->panel.grid[k];
        grid[k] = row == SIZE_MAX || rows[row] == none ? -1 : (int8_t)rows[row];
    }
    return grid;
}

static double *copied(const double *from, size_t n)
{
    double *copy = calloc(n + 1, sizeof *copy);
    if (copy != NULL)
        memcpy(copy, from, n * sizeof *copy);
    return copy;
}

/* Names separated by blanks; blanks within a name become '_'. */
static void add_word(char *text, size_t size, const char *word)
{
    size_t used = strlen(text);
    if (used + 2 >= size)
        return;
    snprintf(text + used, size - used, "%s%s", used > 0 ? " " : "", word);
    for (char *c = text + used + (used > 0); *c != '\0'; c++)
        *c = *c == ' ' ? '_' : *c;
}

static bool collect(struct file_data *f)
{
    const struct coupling_case *of = f->of;
    const struct ccd_result *r = &of->result;
    const struct ccd_class_table *table = of->spec.options.classes;
    const double *rows[] = {r->u, r->c, r->t, r->d, r->normal, r->obstacle};
    const size_t width[] = {r->s, 1, 1, 1, r->m, r->m};
    bool good = true;
    for (size_t k = 0; k < 6; k++)
        f->real[k] = spread(of, rows[k], width[k]);
    f->real[6] = copied(r->weight, r->n_weights * r->m);
    f->real[7] = copied(r->share, r->n_weights * r->s);
    f->code[0] = spread_code(of, r->class_of, table->n);
    f->code[1] = spread_code(of, r->leader, r->s);
    f->code[2] = calloc(r->m + 1, 1);
    f->indicator = calloc(r->m + 1, sizeof *f->indicator);
    for (size_t k = 0; k < 8; k++)
        good = good && f->real[k] != NULL;
    good = good && f->code[0] != NULL && f->code[1] != NULL && f->code[2] != NULL && f->indicator != NULL;
    for (size_t j = 0; good && j < r->m; j++) {
        f->indicator[j] = of->spec.indicator[j].column;
        f->code[2][j] = (int8_t)of->spec.of[j].subsystem;
    }
    for (size_t k = 0; k < table->n; k++)
        add_word(f->classes, sizeof f->classes, table->of[k].zh);
    for (size_t s = 0; s < r->s; s++) {
        f->subsystem[s] = of->spec.subsystem[s].name;
        add_word(f->leaders, sizeof f->leaders, f->subsystem[s]);
    }
    return good;
}

static void file_data_free(struct file_data *f)
{
    for (size_t k = 0; k < N_REALS; k++)
        free(f->real[k]);
    for (size_t k = 0; k < N_CODES; k++)
        free(f->code[k]);
    free(f->indicator);
}

/* Weights of each year have the axis of years before their own. */
static size_t variables(const struct file_data *f, struct panel_file_variable *v)
{
    const struct coupling_case *of = f->of;
    bool yearly = of->result.n_weights > 1;
    int n_classes = (int)of->spec.options.classes->n, n = (int)of->result.s, more = yearly ? 1 : 0;
    const struct panel_file_variable all[] = {
        {"U",                   "index of the subsystem",          "子系统综合指数", 3, {UNIT, YEAR, SUBSYSTEM}, f->real[0], NULL,       NULL,       0        },
        {"C",                   "coupling degree",                 "耦合度",             2, {UNIT, YEAR},            f->real[1], NULL,       NULL,       0        },
        {"T",                   "development",                     "综合发展指数",    2, {UNIT, YEAR},            f->real[2], NULL,       NULL,       0        },
        {"D",                   "degree of coupling coordination", "耦合协调度",       2, {UNIT, YEAR},            f->real[3], NULL,       NULL,       0        },
        {"normal",              "normalised indicator",            "标准化指标",       3, {UNIT, YEAR, INDICATOR}, f->real[4], NULL,       NULL,       0        },
        {"obstacle",            "obstacle degree",                 "障碍度",             3, {UNIT, YEAR, INDICATOR}, f->real[5], NULL,       NULL,       0        },
        {"weight",
         "weight within the subsystem",                            "子系统内权重",
         1 + more,
         {yearly ? YEAR : INDICATOR, INDICATOR},
         f->real[6],
         NULL,                                                                                                                                  NULL,
         0                                                                                                                                                           },
        {"subsystem_weight",
         "weight of the subsystem",                                "子系统权重",
         1 + more,
         {yearly ? YEAR : SUBSYSTEM, SUBSYSTEM},
         f->real[7],
         NULL,                                                                                                                                  NULL,
         0                                                                                                                                                           },
        {"class",               "class of D",                      "协调等级",          2, {UNIT, YEAR},            NULL,       f->code[0], f->classes, n_classes},
        {"leader",              "subsystem that leads",            "领先系统",          2, {UNIT, YEAR},            NULL,       f->code[1], f->leaders, n        },
        {"indicator_subsystem",
         "subsystem of the indicator",                             "指标所属子系统",
         1,                                                                                    {INDICATOR},
         NULL,                                                                                                                      f->code[2],
         f->leaders,
         n                                                                                                                                                           },
    };
    memcpy(v, all, sizeof all);
    return sizeof all / sizeof all[0];
}

enum status coupling_file_write(const char *path, const struct coupling_case *of, struct diag *diag)
{
    struct file_data f = {.of = of};
    struct panel_file_variable variable[N_REALS + N_CODES];
    struct coupling_table notes;
    char comment[TABLE_NOTES * 1024] = "";
    enum status status = NO_MEMORY;
    coupling_table_init(&notes, of, "", NULL);
    coupling_table_formulas(&notes, of);
    for (size_t k = 0; k < notes.n_notes; k++) {
        size_t used = strlen(comment);
        snprintf(comment + used, sizeof comment - used, "%s%s", used > 0 ? "\n" : "", notes.note[k]);
    }
    if (collect(&f)) {
        const struct panel_file_axis axis[N_AXES] = {
            {"unit",      "unit",      "地区",    of->panel.of.n_units, of->panel.unit, NULL          },
            {"year",      "year",      "年份",    of->panel.of.n_years, NULL,           of->panel.year},
            {"subsystem", "subsystem", "子系统", of->result.s,         f.subsystem,    NULL          },
            {"indicator", "indicator", "指标",    of->result.m,         f.indicator,    NULL          }
        };
        const struct panel_file_attribute attribute[] = {
            {"Conventions", "CF-1.8"                                        },
            {"title",       "degree of coupling coordination"               },
            {"title_zh",    "耦合协调度"                               },
            {"formula",     ccd_couplings[of->spec.options.coupling].formula},
            {"comment",     comment                                         }
        };
        struct panel_file file = {N_AXES, variables(&f, variable), 5, axis, variable, attribute};
        status = panel_file_write(path, &file, diag);
    } else {
        status = diag_stop(diag, NO_MEMORY, "out of memory");
    }
    coupling_table_free(&notes);
    file_data_free(&f);
    return status;
}
