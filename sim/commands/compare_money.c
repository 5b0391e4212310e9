/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a variant costs by itself: what the instruments that it switches pay and are owed net; see
 * include/liandong/compare_task.h.
 *
 * The public accounts as a whole move by more than that: funds that are called a month later because one loan was refused win or lose
 * a hundred times what a subsidy pays, in either direction.  That is an outcome, with its interval, and no price of the policy. */
#include <liandong/compare_task.h>
#include <liandong/registry.h>
#include <string.h>

enum { PARTS_MOST = 2 * SWITCHED_MOST };
struct parts {
    struct spending_part part[PARTS_MOST];
    size_t n;
    const char *purse; /* an instrument whose money results do not hold by instance; NULL: none */
    bool any;          /* something is switched */
};

static int instrument_at(enum group g)
{
    int k = 0;
    while (registry_groups[k] != g)
        k++;
    return k;
}

/* Adds what stands in one world and not so in the other.  The names on the axes are those of the world that has it. */
static enum status add_parts(struct parts *p, const struct setup *from, const struct setup *to, struct diag *diag)
{
    static struct switched list[SWITCHED_MOST]; /* too large for the stack; commands have one thread */
    struct record_layout layout;
    size_t n = switched_list(from, to, N_GROUPS, list);
    if (record_layout_init(&layout, to) != OK)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    for (size_t k = 0; k < n; k++) {
        int which = instrument_at(list[k].group), common = registry_common[which];
        enum bearer_kind bearer = registry_bearers[which];
        struct spending_part part = {.region = (uint32_t)list[k].region,
                                     .line = (common & BY_BUDGET) != 0,
                                     .cover = bearer == BEARER_POOL || bearer == BEARER_GUARANTEE_FUND};
        snprintf(part.member, sizeof part.member, "%s", layout.names[DIM_INSTRUMENT][switched_line(to, &list[k])]);
        bool there = !part.line && !part.cover;
        for (size_t j = 0; j < p->n && !there; j++)
            there = p->part[j].region == part.region && strcmp(p->part[j].member, part.member) == 0;
        if (!there)
            p->part[p->n++] = part;
        p->any = true;
        if ((common & BY_PURSE) != 0)
            p->purse = group_table[list[k].group].name;
    }
    record_layout_free(&layout);
    return OK;
}

static enum status find_parts(const struct compare_task *t, size_t variant, struct parts *p, struct diag *diag)
{
    *p = (struct parts){.n = 0};
    TRY(add_parts(p, &t->scenario[0].setup, &t->scenario[variant].setup, diag));
    return add_parts(p, &t->scenario[variant].setup, &t->scenario[0].setup, diag);
}

static enum money_basis basis_of(const struct parts *p)
{
    return !p->any ? MONEY_NO_POLICY : p->purse != NULL ? MONEY_PURSE : p->n == 0 ? MONEY_NO_LINE : MONEY_OWN;
}

/* What the variant's instruments pay in a world, or `spending`. */
static enum status money_spent(const struct compare_task *t, size_t variant, const struct result *r,
                               struct spent *spent, struct diag *diag)
{
    static struct parts p; /* too large for the stack; commands have one thread */
    *spent = (struct spent){.path = NULL};
    TRY(find_parts(t, variant, &p, diag));
    return basis_of(&p) == MONEY_OWN ? spending_own(r, p.part, p.n, spent, diag) : spending_path(r, spent, diag);
}

enum status task_cost_values(const struct compare_task *t, size_t variant, const struct result *r, double *value,
                             struct diag *diag)
{
    static const char *const series[] = {"tax_city"};
    struct expression e;
    struct spent spent;
    if (t->o->cost == COST_SPENDING || t->o->cost == COST_NET) {
        TRY(expression_read(&e, t->o->cost == COST_NET ? "cost" : "spending", (struct place){"--cost", 1, 1}, series, 1,
                            diag));
        return expression_values(&e, r, t->months, value, NULL, diag);
    }
    enum status status = money_spent(t, variant, r, &spent, diag);
    if (status == OK)
        memcpy(value, spent.end, (size_t)t->o->runs * sizeof *value);
    spent_free(&spent);
    return status;
}

enum status task_cost_key(const struct compare_task *t, size_t variant, struct settings *key, struct diag *diag)
{
    static struct parts p;
    TRY(find_parts(t, variant, &p, diag));
    settings_add(key, "cost %d %d", (int)t->o->cost, (int)basis_of(&p));
    for (size_t k = 0; k < p.n; k++)
        settings_add(key, "%u %s", (unsigned)p.part[k].region, p.part[k].member);
    return key->no_memory ? diag_stop(diag, NO_MEMORY, "out of memory") : OK;
}

enum status task_money(struct compare_task *t, size_t variant, struct spent spent[2], struct diag *diag)
{
    static struct parts p;
    struct task_money *m = &t->money[variant];
    TRY(find_parts(t, variant, &p, diag));
    *m = (struct task_money){.known = true, .basis = basis_of(&p), .purse = p.purse};
    TRY(task_open(t, 0, diag));
    TRY(task_open(t, variant, diag));
    TRY(money_spent(t, variant, &t->result[0], &spent[0], diag));
    TRY(money_spent(t, variant, &t->result[variant], &spent[1], diag));
    m->d = paired_of(spent[0].end, spent[1].end, (size_t)t->o->runs, t->o->confidence);
    return OK;
}

bool task_money_told(const struct paired *d)
{
    return d->low > 0.0 || d->high < 0.0;
}

/* Why `spending` stands in for what a variant pays. */
static const char *instead(const struct task_money *m, char *text, size_t room)
{
    switch (m->basis) {
    case MONEY_NO_POLICY:
        return tr("`spending`: it switches no instrument", "按 spending 计：该方案未改变任何政策工具");
    case MONEY_NO_LINE:
        return tr("`spending`: what it switches has no public money of its own",
                  "按 spending 计：所改变的工具没有自己的财政资金");
    case MONEY_PURSE:
        snprintf(text, room,
                 tr("`spending`: results do not hold by itself what %s pays and gets back",
                    "按 spending 计：结果文件未单列 %s 的收支"),
                 m->purse);
        return text;
    default:
        return tr("budget lines and covers that it switches", "所改变工具的预算科目与风险分担");
    }
}

void task_money_print(const struct compare_task *t, size_t variant)
{
    const struct task_money *m = &t->money[variant];
    char why[256];
    printf(tr("%s pays %.5g yuan more than the base", "%s 比基准多支出 %.5g 元"), t->name[variant], m->d.difference);
    if (m->d.low <= m->d.high)
        printf(" [%.5g, %.5g]", m->d.low, m->d.high);
    printf(tr(" (%s)", "（%s）"), instead(m, why, sizeof why));
    printf("%s", task_money_told(&m->d) ? tr(".\n", "。\n") : tr(", which is not told from 0.\n", "，与0无法区分。\n"));
}

/* -- solved sizes ------------------------------------------------------------------------------------------------------------ */
static enum status solved_of(struct compare_task *t, size_t variant, double *value, struct diag *diag)
{
    static struct parts p;
    size_t runs = (size_t)t->o->runs;
    TRY(find_parts(t, variant, &p, diag));
    t->money[variant].basis = basis_of(&p);
    t->money[variant].purse = p.purse;
    TRY(task_cost_values(t, variant, &t->result[0], value, diag));
    TRY(task_cost_values(t, variant, &t->result[variant], value + runs, diag));
    t->solved[variant] = paired_of(value, value + runs, runs, t->o->confidence);
    return OK;
}

enum status task_solved(struct compare_task *t, struct diag *diag)
{
    double *value = calloc(2 * (size_t)t->o->runs + 1, sizeof *value);
    enum status status = value == NULL ? diag_stop(diag, NO_MEMORY, "out of memory") : OK;
    for (size_t v = 1; v < t->n_worlds && status == OK; v++)
        status = solved_of(t, v, value, diag);
    free(value);
    return status;
}

void task_solved_print(const struct compare_task *t, size_t variant)
{
    const struct paired *d = &t->solved[variant];
    bool paid = t->o->cost != COST_SPENDING && t->o->cost != COST_NET;
    char why[256];
    printf(tr("%s: %s costs %.6g more than the base", "%s：%s，比基准多花 %.6g"), t->name[variant], t->size[variant],
           d->difference);
    if (d->low <= d->high)
        printf(" [%.6g, %.6g]", d->low, d->high);
    printf(tr(" (%.6g asked)", "（目标 %.6g）"), t->o->equal_cost);
    if (paid)
        printf("%s%s", tr("; ", "；"), instead(&t->money[variant], why, sizeof why));
    printf("%s\n", task_money_told(d) ? "" : tr("; not told from 0", "；与0无法区分"));
}

bool task_solved_told(const struct compare_task *t)
{
    bool told = true;
    for (size_t v = 1; v < t->n_worlds; v++)
        told = told && task_money_told(&t->solved[v]);
    return told;
}
