/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whom a policy admits, and what it does to those whom it does not: a table over the shares of --saturation; see
 * include/liandong/compare_task.h. */
#include <liandong/compare_task.h>
#include <math.h>
#include <string.h>

enum { N_COLUMNS = 10 };

/* One outcome of one group in one world against the base, a head, run by run. */
struct group_found {
    double heads;
    struct paired d; /* NAN: in some run there is nobody */
};

static struct group_found group_of(const struct strata *s, size_t variant, int outcome, enum strata_group group,
                                   double confidence, double *room)
{
    double *heads = room, *base = room + s->runs, *other = base + s->runs;
    double unit = outcome == FATE_CREDIT ? 0.01 : 1.0;
    struct group_found found = {.heads = 0.0};
    bool all = true;
    strata_sum(s, variant, s->horizons - 1, outcome, STRATA_HEADS, group, heads);
    strata_sum(s, variant, s->horizons - 1, outcome, STRATA_BASE, group, base);
    strata_sum(s, variant, s->horizons - 1, outcome, STRATA_VARIANT, group, other);
    for (size_t run = 0; run < s->runs; run++) {
        all = all && heads[run] > 0.0;
        found.heads += heads[run] / (double)s->runs;
        base[run] *= unit / (heads[run] > 0.0 ? heads[run] : 1.0);
        other[run] *= unit / (heads[run] > 0.0 ? heads[run] : 1.0);
    }
    found.d = paired_of(base, other, s->runs, confidence);
    if (!all)
        found.d.base = found.d.variant = found.d.difference = found.d.low = found.d.high = (double)NAN;
    return found;
}

static void add_row(struct table *table, const struct compare_task *t, size_t world, int outcome,
                    enum strata_group group, double *room)
{
    static const char *const names_zh[] = {"信贷", "存续", "专利", "上市挂牌"};
    static const char *const names_en[] = {"credit", "survival", "patents", "listing"};
    const struct strata *s = &t->strata[1];
    char text[N_COLUMNS][NUMBER_ROOM];
    struct group_found found = group_of(s, world - t->n_first, outcome, group, t->o->confidence, room);
    const char *cells[N_COLUMNS] = {
        t->name[t->of[world].variant],
        task_number(t->of[world].share, text[1]),
        group == STRATA_ADMITTED ? tr("admitted", "准入") : tr("not admitted", "不准入"),
        tr(names_en[outcome], names_zh[outcome]),
        task_number(found.heads, text[4]),
        task_number(found.d.base, text[5]),
        task_number(found.d.variant, text[6]),
        task_number(found.d.difference, text[7]),
        task_number(found.d.low, text[8]),
        task_number(found.d.high, text[9]),
    };
    bool listed = outcome != FATE_LISTING || found.d.base > 0.0 || found.d.variant > 0.0;
    if (found.heads > 0.0 && listed)
        table_add(table, cells);
}

/* Where the policy stands in the base, too, admitting nobody is not the base. */
static void print_note(const struct compare_task *t, size_t variant)
{
    static struct switched list[SWITCHED_MOST]; /* too large for the stack; commands have one thread */
    size_t n = switched_list(&t->scenario[0].setup, &t->scenario[variant].setup, N_GROUPS, list), in_base = 0;
    for (size_t k = 0; k < n; k++)
        in_base += list[k].in_base;
    if (in_base > 0)
        printf(
            tr("%s sets otherwise what stands in the base: with nobody admitted there is no such policy, which is not the base.\n",
               "%s 改变的是基准中已有的政策：无人准入时没有该政策，并不等于基准。\n"),
            t->name[variant]);
}

static void print_head(const struct compare_task *t)
{
    printf(
        tr("\nBy the share of enterprises admitted, after %d months, a head, against the base: credit in yuan, survival as a share,\n"
           "patents of those alive in both.  What happens to those not admitted is spillover.\n",
           "\n按准入比例，%d 个月后，每户相对基准：信贷（元）、存续率、两者均存续企业的专利数。不准入企业的变化即溢出效应。\n"),
        (int)t->strata[1].horizon[t->strata[1].horizons - 1]);
    for (size_t v = 1; v < t->n_worlds; v++)
        print_note(t, v);
}

enum status task_print_saturation(const struct compare_task *t, struct diag *diag)
{
    static const struct column columns[N_COLUMNS] = {
        {"variant",    "variant",     "方案",       COLUMN_TEXT  },
        {"saturation", "saturation",  "准入比例", COLUMN_NUMBER},
        {"group",      "enterprises", "企业组",    COLUMN_TEXT  },
        {"outcome",    "outcome",     "结果",       COLUMN_TEXT  },
        {"heads",      "number",      "企业数",    COLUMN_NUMBER},
        {"base",       "base",        "基准",       COLUMN_NUMBER},
        {"mean",       "mean",        "均值",       COLUMN_NUMBER},
        {"difference", "difference",  "差值",       COLUMN_NUMBER},
        {"low",        "from",        "下限",       COLUMN_NUMBER},
        {"high",       "to",          "上限",       COLUMN_NUMBER}
    };
    struct table table;
    double *room = calloc(3 * (size_t)t->o->runs + 1, sizeof *room);
    if (room == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    if (t->c->format == FORMAT_TEXT)
        print_head(t);
    table_init(&table, columns, N_COLUMNS);
    for (size_t k = t->n_first; k < t->n_all; k++)
        for (int outcome = 0; outcome < N_FATE_OUTCOMES && t->of[k].role == ROLE_SATURATION; outcome++) {
            add_row(&table, t, k, outcome, STRATA_ADMITTED, room);
            add_row(&table, t, k, outcome, STRATA_EXCLUDED, room);
        }
    enum status status = table_print(&table, t->c->format, stdout, diag);
    table_free(&table);
    free(room);
    return status;
}
