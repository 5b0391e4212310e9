/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What happened to each enterprise, as a table; see include/liandong/compare_task.h. */
#include <liandong/compare_task.h>
#include <liandong/strata.h>
#include <math.h>
#include <string.h>

enum { N_COLUMNS = 15 };

_Static_assert((int)STRATA_OUTCOMES == (int)N_FATE_OUTCOMES && (int)STRATA_STRATA == (int)N_FATE_STRATA &&
                   (int)STRATA_HORIZONS == (int)FATE_HORIZONS,
               "analysis reads files and does not see the world; the numbers are those of fates.h");

static const char *const outcomes_zh[] = {"信贷", "存续", "专利", "上市挂牌"};
static const char *const strata_zh[] = {"均无",         "新增", "挤出", "无谓（本来就有）", "提前", "推迟",
                                        "换银行或产品", "更多", "更少"};

_Static_assert((int)STRATA_STAGES == (int)N_STAGES, "as above");

/* Word k of names separated by blanks. */
static const char *word(const char *names, int k, char *text, size_t size)
{
    for (; k > 0; k--)
        names = strchr(names, ' ') + 1;
    snprintf(text, size, "%.*s", (int)strcspn(names, " "), names);
    return text;
}

/* A world whose enterprises are counted: of which job, which variant there, and against which placebo. */
struct counted {
    size_t world;
    const struct strata *s, *floor;
    size_t variant, floor_variant;
};

static struct counted counted_of(const struct compare_task *t, size_t world)
{
    bool first = world < t->n_first;
    size_t policy = t->of[world].variant > 0 ? t->of[world].variant : world;
    size_t placebo = companion_of(t, ROLE_PLACEBO, policy);
    struct counted c = {world, &t->strata[first ? 0 : 1], NULL, world - (first ? 1 : t->n_first), 0};
    if (t->n_first > t->n_worlds) {
        c.floor = &t->strata[0];
        c.floor_variant = t->n_worlds - 1;
    } else if (placebo > 0) {
        c.floor = &t->strata[1];
        c.floor_variant = placebo - t->n_first;
    }
    return c;
}

/* What is net of the placebo, or that it is none; amounts in yuan or patents. */
static void fill_net(const char *cells[N_COLUMNS], char text[N_COLUMNS][NUMBER_ROOM], const struct stratum_found *found,
                     int outcome, bool noise)
{
    double unit = outcome == FATE_CREDIT ? 0.01 : 1.0;
    bool amounts = (outcome == FATE_CREDIT || outcome == FATE_PATENTS) && !noise;
    cells[7] = task_number(found->floor, text[7]);
    cells[8] = noise ? NULL : task_number(found->net, text[8]);
    cells[9] = noise ? NULL : task_number(found->low, text[9]);
    cells[10] = noise ? NULL : task_number(found->high, text[10]);
    cells[11] = amounts ? task_number(unit * found->change, text[11]) : NULL;
    cells[12] = amounts ? task_number(unit * found->change_low, text[12]) : NULL;
    cells[13] = amounts ? task_number(unit * found->change_high, text[13]) : NULL;
    cells[14] = noise ? tr("noise", "噪声") : "";
}

/* Strata of who had it in both worlds, but otherwise (sooner ... less), are noise where deadweight is, too: each enterprise is in
 * one of them, so whom a placebo makes sooner it cannot make less. */
static bool is_noise(const struct compare_task *t, const struct counted *c, size_t h, int outcome, int stratum)
{
    struct stratum_found found =
        stratum_of(c->s, c->variant, c->floor, c->floor_variant, h, outcome, stratum, t->o->confidence);
    bool noise = strata_is_noise(&found, stratum == FATE_NEVER || stratum == FATE_DEADWEIGHT);
    return noise || (stratum > FATE_DEADWEIGHT && is_noise(t, c, h, outcome, FATE_DEADWEIGHT));
}

static void add_row(struct table *table, const struct compare_task *t, const struct counted *c, size_t h, int outcome,
                    int stratum)
{
    char text[N_COLUMNS][NUMBER_ROOM], name[2][32];
    struct stratum_found found =
        stratum_of(c->s, c->variant, c->floor, c->floor_variant, h, outcome, stratum, t->o->confidence);
    double unit = outcome == FATE_CREDIT ? 0.01 : 1.0;
    bool amounts = outcome == FATE_CREDIT || outcome == FATE_PATENTS;
    if (!(found.heads > 0.0) && !(found.floor > 0.0))
        return;
    const char *cells[N_COLUMNS] = {
        t->name[c->world],
        task_number(c->s->horizon[h], text[1]),
        lang_zh ? outcomes_zh[outcome] : word(fate_outcomes, outcome, name[0], sizeof name[0]),
        lang_zh ? strata_zh[stratum] : word(fate_strata, stratum, name[1], sizeof name[1]),
        task_number(found.heads, text[4]),
        amounts ? task_number(unit * found.base, text[5]) : NULL,
        amounts ? task_number(unit * found.variant, text[6]) : NULL,
    };
    fill_net(cells, text, &found, outcome, is_noise(t, c, h, outcome, stratum));
    table_add(table, cells);
}

static void add_balance(struct table *table, const struct compare_task *t, const struct counted *c, size_t h,
                        int outcome)
{
    char text[N_COLUMNS][NUMBER_ROOM], name[32];
    const struct strata_pair pair = {FATE_ADDITIONAL, FATE_DISPLACED};
    struct stratum_found found =
        strata_balance(c->s, c->variant, c->floor, c->floor_variant, h, outcome, pair, t->o->confidence);
    const char *cells[N_COLUMNS] = {
        [0] = t->name[c->world],
        [1] = task_number(c->s->horizon[h], text[1]),
        [2] = lang_zh ? outcomes_zh[outcome] : word(fate_outcomes, outcome, name, sizeof name),
        [3] = tr("additional - displaced", "新增减挤出"),
        [4] = task_number(found.heads, text[4]),
    };
    fill_net(cells, text, &found, outcome, false);
    table_add(table, cells);
}

/* Where there are no boards nobody is listed, and nothing is said of it. */
static bool anybody(const struct counted *c, size_t h, int outcome)
{
    bool any = outcome != FATE_LISTING;
    for (int k = FATE_ADDITIONAL; k < N_FATE_STRATA && !any; k++) {
        struct stratum_found found = stratum_of(c->s, c->variant, c->floor, c->floor_variant, h, outcome, k, 0.95);
        any = found.heads > 0.0 || found.floor > 0.0;
    }
    return any;
}

static void add_world(struct table *table, const struct compare_task *t, size_t world)
{
    struct counted c = counted_of(t, world);
    for (size_t h = t->c->format == FORMAT_TEXT ? c.s->horizons - 1 : 0; h < c.s->horizons; h++)
        for (int o = 0; o < N_FATE_OUTCOMES && anybody(&c, h, o); o++) {
            for (int k = 0; k < N_FATE_STRATA; k++)
                add_row(table, t, &c, h, o, k);
            add_balance(table, t, &c, h, o);
        }
}

static enum status print_table(const struct compare_task *t, struct diag *diag)
{
    static const struct column columns[N_COLUMNS] = {
        {"variant",        "variant",     "方案",          COLUMN_TEXT  },
        {"horizon",        "months",      "月数",          COLUMN_NUMBER},
        {"outcome",        "outcome",     "结果",          COLUMN_TEXT  },
        {"stratum",        "stratum",     "分层",          COLUMN_TEXT  },
        {"heads",          "enterprises", "企业数",       COLUMN_NUMBER},
        {"amount_base",    "base",        "基准",          COLUMN_NUMBER},
        {"amount_variant", "variant",     "方案",          COLUMN_NUMBER},
        {"placebo",        "placebo",     "安慰剂",       COLUMN_NUMBER},
        {"net",            "net",         "净值",          COLUMN_NUMBER},
        {"low",            "from",        "下限",          COLUMN_NUMBER},
        {"high",           "to",          "上限",          COLUMN_NUMBER},
        {"change",         "change",      "金额净变化", COLUMN_NUMBER},
        {"change_low",     "from",        "下限",          COLUMN_NUMBER},
        {"change_high",    "to",          "上限",          COLUMN_NUMBER},
        {"told",           "",            "",                COLUMN_TEXT  },
    };
    struct table table;
    table_init(&table, columns, N_COLUMNS);
    for (size_t v = 1; v < t->n_worlds; v++) {
        size_t grants = companion_of(t, ROLE_LUMP_SUM, v);
        add_world(&table, t, v);
        if (grants > 0)
            add_world(&table, t, grants);
    }
    enum status status = table_print(&table, t->c->format, stdout, diag);
    table_free(&table);
    return status;
}

/* Which worlds tell how much of it is churn. */
static void print_floor(const struct compare_task *t)
{
    printf("%s", tr("placebo: ", "安慰剂："));
    if (t->n_first > t->n_worlds)
        printf(tr("the base with %s.\n", "基准加 %s。\n"),
               strcmp(t->o->placebo, "nudge") == 0 ? tr("its base rate a ten-thousandth higher", "基准利率提高万分之一")
                                                   : t->o->placebo);
    else if (t->o->placebo != NULL)
        printf("%s", tr("none, so churn is in it.\n", "无，结果含扰动。\n"));
    else if (t->plan != NULL)
        printf("%s", tr("still to be made, so churn is in it.\n", "尚未模拟，结果含扰动。\n"));
    else
        printf("%s", tr("the base, tastes and keys of places drawn anew for as many as the variant reaches:",
                        "基准，其中与方案覆盖面同样多的企业重抽偏好与名额次序："));
    for (size_t v = 1; v < t->n_worlds && t->o->placebo == NULL && t->plan == NULL; v++)
        printf(tr(" %s %.3g %%%s", " %s %.3g %%%s"), t->name[v], 100.0 * t->of[companion_of(t, ROLE_PLACEBO, v)].share,
               v + 1 < t->n_worlds ? "," : tr(".\n", "。\n"));
    if (t->n_first > t->n_worlds || (t->o->placebo == NULL && t->plan == NULL))
        printf(
            "%s",
            tr("noise: not told from noise, since the placebo alone moves as many enterprises, or more, into the stratum\n"
               "(of never and deadweight: out of it; where deadweight is noise, so is what it loses to).\n",
               "噪声：与噪声无法区分，因为仅安慰剂就使同样多或更多的企业进入该分层（“均无”和“无谓”则为离开；\n"
               "“无谓”为噪声时，由其转入的各分层亦然）。\n"));
}

enum status task_print_fates(const struct compare_task *t, struct diag *diag)
{
    if (t->c->format == FORMAT_TEXT) {
        char month[8];
        month_text(t->scenario[0].setup.world.start + t->cohort, month);
        printf(
            tr("\nWhat happened to the enterprises that lived when the policy started (%s; the first one, where there are "
               "several),\nheads a run and their credit in yuan or patents.\n",
               "\n政策开始时（%s；有多个时取最早者）存续企业的结果：每次模拟的企业数，及其信贷（元）或专利。\n"),
            month);
        print_floor(t);
    }
    return print_table(t, diag);
}

/* -- who they are ------------------------------------------------------------------------------------------------------------ */
enum { N_WHO = 5 + STRATA_STAGES };

/* One stratum: how many, who of them the policy supports, and in which stage they were when the policy started. */
static void add_who(struct table *table, const struct compare_task *t, size_t world, size_t h, int outcome, int stratum)
{
    struct counted c = counted_of(t, world);
    char text[N_WHO][NUMBER_ROOM], name[2][32];
    const double *heads = strata_values(c.s, c.variant, h, outcome, stratum, STRATA_HEADS);
    const double *supported = strata_values(c.s, c.variant, h, outcome, stratum, STRATA_SUPPORTED);
    double all = 0.0, with = 0.0, runs = (double)c.s->runs;
    for (size_t run = 0; run < c.s->runs; run++) {
        all += heads[run] / runs;
        with += supported[run] / runs;
    }
    if (!(all > 0.0))
        return;
    const char *cells[N_WHO] = {
        t->name[world],
        task_number(c.s->horizon[h], text[1]),
        lang_zh ? outcomes_zh[outcome] : word(fate_outcomes, outcome, name[0], sizeof name[0]),
        lang_zh ? strata_zh[stratum] : word(fate_strata, stratum, name[1], sizeof name[1]),
        task_number(100.0 * with / all, text[4]),
    };
    for (int stage = 0; stage < STRATA_STAGES; stage++)
        cells[5 + stage] =
            task_number(100.0 * strata_stage(c.s, c.variant, h, outcome, stratum, stage) / all, text[5 + stage]);
    table_add(table, cells);
}

enum status task_print_who(const struct compare_task *t, struct diag *diag)
{
    static const struct column columns[N_WHO] = {
        {"variant",   "variant",     "方案",      COLUMN_TEXT  },
        {"horizon",   "months",      "月数",      COLUMN_NUMBER},
        {"outcome",   "outcome",     "结果",      COLUMN_TEXT  },
        {"stratum",   "stratum",     "分层",      COLUMN_TEXT  },
        {"supported", "supported %", "受支持 %", COLUMN_NUMBER},
        {"seed",      "seed %",      "种子期 %", COLUMN_NUMBER},
        {"startup",   "startup %",   "初创期 %", COLUMN_NUMBER},
        {"growth",    "growth %",    "成长期 %", COLUMN_NUMBER},
        {"expansion", "expansion %", "扩张期 %", COLUMN_NUMBER},
        {"maturity",  "maturity %",  "成熟期 %", COLUMN_NUMBER},
    };
    bool text = t->c->format == FORMAT_TEXT;
    size_t horizons = t->strata[0].horizons;
    struct table table;
    if (text)
        printf(
            "%s",
            tr("\nWho they are: of those in a stratum of credit, how many the variant supports, and their stage when it started.\n",
               "\n他们是谁：各信贷分层中受方案支持的比例，及政策开始时所处阶段。\n"));
    table_init(&table, columns, N_WHO);
    for (size_t v = 1; v < t->n_worlds; v++)
        for (size_t h = text ? horizons - 1 : 0; h < horizons; h++)
            for (int o = 0; o < (text ? FATE_CREDIT + 1 : N_FATE_OUTCOMES); o++)
                for (int k = 0; k < N_FATE_STRATA; k++)
                    add_who(&table, t, v, h, o, k);
    enum status status = table_print(&table, t->c->format, stdout, diag);
    table_free(&table);
    return status;
}
