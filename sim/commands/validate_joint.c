/* SPDX-License-Identifier: GPL-3.0-or-later */
/* validate_joint - figures that are judged together (facts.def, joint.h): whether one world could show all of them, how far the
 * worlds are from that, which figure carries the distance, and what it would be if the others were as reported. */
#include "validate.h"

#include <liandong/mathx.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(MAX_JOINT == LD_COUNT(joint_table[0].fact), "as many figures as joint.h takes");
enum { ROW_TEXT = 256 };

static bool applies(const struct joint_desc *d, const struct setup *s)
{
    for (int32_t i = 0; i < d->n; i++)
        if (!fact_applies(d->fact[i], s))
            return false;
    return true;
}

/* The worlds in which all of them were measured, in a row each. */
static int32_t gather(const struct findings *f, const struct joint_desc *d, double *value)
{
    int32_t worlds = 0;
    for (int32_t r = 0; r < f->runs; r++) {
        bool all = true;
        for (int32_t i = 0; i < d->n; i++) {
            value[worlds * d->n + i] = f->seen[r].value[d->fact[i]];
            all = all && !isnan(f->seen[r].value[d->fact[i]]);
        }
        worlds += all;
    }
    return worlds;
}

enum status joints_find(struct findings *f, const struct setup *s, struct diag *diag)
{
    double low[MAX_JOINT], high[MAX_JOINT];
    double *value = calloc((size_t)f->runs * MAX_JOINT, sizeof *value);
    if (value == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    for (int g = 0; g < N_JOINTS; g++) {
        const struct joint_desc *d = &joint_table[g];
        for (int32_t i = 0; i < d->n; i++) {
            const struct fact_desc reported = fact_reported(d->fact[i], s);
            fact_accepts(&reported, &low[i], &high[i]);
        }
        joint_of(value, gather(f, d, value), d->n, low, high, &f->joint[g]);
    }
    free(value);
    return OK;
}

/* -- the table ------------------------------------------------------------------------------------------------------------- */
struct rows {
    struct table *table;
    enum format format;
    char members[ROW_TEXT];
};

static void add(struct rows *rows, const char *what, const char *unit, const char *reported, double value,
                const char *verdict)
{
    char number[48];
    if (strcmp(unit, "%") == 0 && fabs(value) < 0.01)
        snprintf(number, sizeof number, "%.1e", value);
    else
        fact_put_number(number, sizeof number, value);
    const char *cells[] = {what, unit_shown(unit, rows->format),    reported, rows->members, number,
                           "-",  tr("judged together", "联合判断"), verdict};
    table_add(rows->table, cells);
}

static void list_members(const struct joint_desc *d, char *text, size_t size)
{
    size_t used = 0;
    for (int32_t i = 0; i < d->n && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s", i > 0 ? ", " : "", fact_table[d->fact[i]].name);
}

static void tabulate(struct rows *rows, const struct joint_desc *d, const struct joint *j, const struct setup *s)
{
    char what[2 * ROW_TEXT], reported[96];
    list_members(d, rows->members, sizeof rows->members);
    snprintf(reported, sizeof reported, "< %.2f", j->limit);
    snprintf(what, sizeof what, tr("together: %s", "联合：%s"), tr(d->en, d->zh));
    add(rows, what, "sd", reported, j->distance, j->p >= 0.05 ? tr("met", "达到") : tr("missed", "未达"));
    add(rows, tr("chance that a further world is so far off", "另一世界偏离至此的概率"), "%", "> 5", 100.0 * j->p, "-");
    for (int32_t i = 0; i < d->n; i++) {
        const struct fact_desc of = fact_reported(d->fact[i], s);
        snprintf(what, sizeof what, tr("together, but for: %s", "联合，不含：%s"), tr(of.en, of.zh));
        add(rows, what, "sd", "-", j->without[i], i == j->carries && j->p < 0.05 ? tr("carries it", "主要来源") : "-");
    }
    for (int32_t i = 0; i < d->n; i++) {
        const struct fact_desc of = fact_reported(d->fact[i], s);
        if (isnan(j->given[i]))
            continue;
        fact_put_reported(reported, sizeof reported, &of);
        snprintf(what, sizeof what, tr("were the others as reported: %s", "若其余如报告值：%s"), tr(of.en, of.zh));
        add(rows, what, of.unit, reported, j->given[i], "-");
    }
}

void joints_tabulate(struct table *table, const struct findings *f, const struct setup *s, enum format format)
{
    struct rows rows = {.table = table, .format = format};
    for (int g = 0; g < N_JOINTS; g++)
        if (applies(&joint_table[g], s) && f->joint[g].state == JOINT_JUDGED)
            tabulate(&rows, &joint_table[g], &f->joint[g], s);
}

/* -- what is said ----------------------------------------------------------------------------------------------------------- */
static void say(const struct joint_desc *d, const struct joint *j, FILE *to)
{
    const struct fact_desc *worst = &fact_table[d->fact[j->carries]];
    const char *name = tr(d->en, d->zh);
    if (j->state == JOINT_FEW)
        fprintf(to,
                tr("Together (%s): not judged; %d worlds are too few for %d figures.\n",
                   "联合（%s）：不作判断；%d 个世界不足以判断 %d 项数值。\n"),
                name, j->worlds, j->figures);
    else if (j->state == JOINT_DEPENDENT)
        fprintf(to,
                tr("Together (%s): not judged; in these %d worlds the %d figures follow from one another.\n",
                   "联合（%s）：不作判断；在这 %d 个世界中 %d 项数值互相决定。\n"),
                name, j->worlds, j->figures);
    else
        fprintf(to,
                tr("Together (%s; %d worlds, %d figures): %.2f sd from what is reported, met below %.2f; "
                   "%.2f without \"%s\".\n",
                   "联合（%s；%d 个世界、%d 项数值）：距报告值 %.2f 个标准差，小于 %.2f 为达到；"
                   "%.2f（不含“%s”）。\n"),
                name, j->worlds, j->figures, j->distance, j->limit, j->without[j->carries], tr(worst->en, worst->zh));
    if (j->state == JOINT_JUDGED && j->distance >= j->limit)
        fprintf(to, "  %s\n",
                j->without[j->carries] < j->limit
                    ? tr("That figure alone has to change.", "只需该项改变。")
                    : tr("No figure alone carries it: several have to change.", "并非单项所致，须有多项改变。"));
}

int32_t joints_score(const struct findings *f, const struct setup *s, FILE *to)
{
    int32_t missed = 0;
    for (int g = 0; g < N_JOINTS; g++) {
        const struct joint *j = &f->joint[g];
        if (!applies(&joint_table[g], s) || j->worlds == 0)
            continue;
        say(&joint_table[g], j, to);
        missed += j->state == JOINT_JUDGED && j->p < 0.05;
    }
    return missed;
}
