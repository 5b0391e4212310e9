/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Companions of the variants: the same money as grants, placebos that re-key matching luck, shares of enterprises admitted; see
 * include/liandong/compare_task.h. */
#include <liandong/companion_plan.h>
#include <liandong/instrument.h>
#include <liandong/ranks.h>
#include <liandong/results.h>
#include <string.h>

static bool re_keys(const struct compare_task *t)
{
    return t->o->placebo == NULL;
}

size_t companion_of(const struct compare_task *t, enum task_role role, size_t variant)
{
    for (size_t k = t->n_first; k < t->n_all; k++)
        if (t->of[k].role == role && t->of[k].variant == variant)
            return k;
    return 0;
}

static void companion_name(const struct compare_task *t, enum task_role role, size_t variant, double share,
                           char name[NAME_ROOM])
{
    char end[COMPANION_ROOM];
    if (role == ROLE_SATURATION)
        snprintf(end, sizeof end, "at-%g", share);
    else
        snprintf(end, sizeof end, "%s", role == ROLE_LUMP_SUM ? "lump-sum" : "placebo");
    snprintf(name, NAME_ROOM, "%.*s-%s", NAME_ROOM - COMPANION_ROOM - 1, t->name[variant], end);
}

/* -- what could not be made is refused before anything is ------------------------------------------------------------------ */
static enum status check_name(const struct compare_task *t, enum task_role role, size_t variant, double share,
                              struct diag *diag)
{
    char name[NAME_ROOM], against[NAME_ROOM + COMPANION_ROOM];
    companion_name(t, role, variant, share, name);
    task_against_name(t, variant, against);
    for (size_t k = 0; k < t->n_first; k++)
        if (strcmp(name, t->name[k]) == 0 || (role == ROLE_LUMP_SUM && strcmp(against, t->name[k]) == 0))
            return diag_stop(diag, FAILED, "no world can be called '%s': a file of the comparison is", t->name[k]);
    return OK;
}

/* A table that nobody asked to be made cannot be printed, and an option that nothing would read is a mistake. */
static enum status check_table(const struct compare_task *t, struct diag *diag)
{
    const struct compare_options *o = t->o;
    if (o->n_sizes > 0 && o->equal_cost <= 0.0)
        return diag_stop(diag, FAILED, "--size: it is for --equal-cost");
    if (o->cost != COST_UNSAID && o->equal_cost <= 0.0)
        return diag_stop(diag, FAILED, "--cost: it is for --equal-cost");
    if (o->instrument != NULL && o->n_shares == 0)
        return diag_stop(diag, FAILED, "--instrument: it is for --saturation");
    if (o->table == TABLE_SATURATION && o->n_shares == 0)
        return diag_stop(diag, FAILED, "--table saturation: there is none without --saturation");
    if (o->table == TABLE_DIRECT && o->direct == 0)
        return diag_stop(diag, FAILED, "--table direct: there is none without --direct");
    if (o->table == TABLE_OFFICE && !o->office)
        return diag_stop(diag, FAILED, "--table office: needs --office");
    if (o->table == TABLE_LUMP_SUM && o->no_lump_sum)
        return diag_stop(diag, FAILED, "--table lump-sum: there is none with --no-lump-sum");
    return OK;
}

/* The group of --instrument, or N_GROUPS for all. */
static enum status instrument_group(const struct compare_task *t, enum group *group, struct diag *diag)
{
    const char *names[N_GROUPS];
    size_t n = 0;
    *group = N_GROUPS;
    if (t->o->instrument == NULL)
        return OK;
    for (int g = 0; g < N_GROUPS; g++)
        if (group_table[g].scope == SCOPE_POLICY)
            names[n++] = group_table[g].name;
    *group = group_find(t->o->instrument);
    if (*group < N_GROUPS && group_table[*group].scope == SCOPE_POLICY)
        return OK;
    const char *near = nearest_name(t->o->instrument, names, n);
    return near != NULL ? diag_stop(diag, FAILED, "--instrument: there is no instrument '%s'; did you mean '%s'?",
                                    t->o->instrument, near)
                        : diag_stop(diag, FAILED, "--instrument: there is no instrument '%s'", t->o->instrument);
}

const char *task_steers(const struct compare_task *t, size_t variant, enum group group)
{
    static struct switched list[SWITCHED_MOST]; /* too large for the stack; commands have one thread */
    size_t n = switched_list(&t->scenario[0].setup, &t->scenario[variant].setup, group, list);
    for (size_t k = 0; k < n; k++)
        for (int32_t j = 0; j < N_INSTRUMENTS; j++)
            if (instruments[j]->group == list[k].group && instruments[j]->steer != NULL)
                return instruments[j]->name;
    return NULL;
}

/* Whom a variant admits can only be varied where it switches something. */
static enum status check_switched(const struct compare_task *t, size_t variant, enum group group, struct diag *diag)
{
    static struct switched list[SWITCHED_MOST]; /* too large for the stack; commands have one thread */
    if (switched_list(&t->scenario[0].setup, &t->scenario[variant].setup, group, list) > 0)
        return OK;
    if (t->o->instrument != NULL)
        return diag_stop(diag, FAILED, "%s: does not switch the instrument %s from the start on against %s",
                         t->name[variant], t->o->instrument, t->name[0]);
    return diag_stop(diag, FAILED, "%s: switches no instrument from the start on against %s", t->name[variant],
                     t->name[0]);
}

enum status companions_check(const struct compare_task *t, struct diag *diag)
{
    size_t variants = t->n_worlds - 1, each = !t->o->no_lump_sum + (size_t)re_keys(t) + t->o->n_shares;
    enum group group;
    TRY(check_table(t, diag));
    TRY(instrument_group(t, &group, diag));
    if (t->o->direct > 0)
        TRY(direct_check(t, diag));
    if (t->n_first + variants * each > COMPARE_MOST)
        return diag_stop(diag, FAILED, "%zu worlds are too many, %d at most are possible", t->n_first + variants * each,
                         COMPARE_MOST);
    for (size_t v = 1; v < t->n_worlds; v++) {
        const char *steers = t->o->n_shares > 0 ? task_steers(t, v, group) : NULL;
        if (t->o->n_shares > 0)
            TRY(check_switched(t, v, group, diag));
        if (steers != NULL)
            command_say(t->c,
                        tr("note: %s: what %s does to banks is the same at each share",
                           "提示：%s：%s 对银行的作用不随准入比例变化"),
                        t->name[v], steers);
        if (!t->o->no_lump_sum)
            TRY(check_name(t, ROLE_LUMP_SUM, v, 0.0, diag));
        if (re_keys(t))
            TRY(check_name(t, ROLE_PLACEBO, v, 0.0, diag));
        for (size_t k = 0; k < t->o->n_shares; k++)
            TRY(check_name(t, ROLE_SATURATION, v, t->o->share[k], diag));
    }
    return OK;
}

/* -- plans ------------------------------------------------------------------------------------------------------------------- */
struct task_world *companion_add(struct compare_task *t, enum task_role role, size_t variant, double share)
{
    char name[NAME_ROOM];
    struct task_world *w = &t->of[t->n_all];
    *w = (struct task_world){.role = role, .variant = variant, .share = share};
    companion_name(t, role, variant, share, name);
    memcpy(t->name[t->n_all++], name, NAME_ROOM);
    return w;
}

/* As many enterprises as the variant reaches draw their matching luck anew: all, where what differs is no policy. */
static void plan_placebo(struct compare_task *t, size_t variant)
{
    char month[8];
    const struct task_world *w = &t->of[variant];
    double share = w->switches || w->ends ? strata_reach(&t->strata[0], variant - 1, w->switches, w->ends) : 1.0;
    month_text(t->scenario[0].setup.world.start + t->cohort, month);
    settings_add(&companion_add(t, ROLE_PLACEBO, variant, share)->more, "placebo.share={%s: %.6g}", month, share);
}

/* Only so many are admitted to what the variant switches. */
static void plan_share(struct compare_task *t, size_t variant, double share, enum group group)
{
    static struct switched list[SWITCHED_MOST];
    const struct setup *s = &t->scenario[variant].setup;
    char month[8], name[512];
    size_t n = switched_list(&t->scenario[0].setup, s, group, list);
    struct task_world *w = companion_add(t, ROLE_SATURATION, variant, share);
    month_text(s->world.start + t->cohort, month);
    for (size_t k = 0; k < n; k++) {
        setup_name(s, list[k].region, param_find(list[k].group, "saturation"), list[k].instance, name, sizeof name);
        settings_add(&w->more, "%s={%s: %.12g}", name, month, share);
    }
}

/* Grants of the base's own stay as they are: then these are another instance. */
static const char *grants_name(const struct setup *base)
{
    for (int32_t r = 0; r < base->n_regions; r++)
        for (int32_t k = 0; k < base->layout.count[GROUP_lump_sum]; k++)
            if (switched_stands(base, r, GROUP_lump_sum, k))
                return "lump_sum.same_money";
    return "lump_sum";
}

/* A year's money for the grants of one region; what is 0 must stand there, too, or the year before would go on. */
static void plan_years(const struct compare_task *t, struct settings *more, int32_t region, const double *year,
                       size_t years)
{
    const struct setup *s = &t->scenario[0].setup;
    const char *grants = grants_name(s);
    int32_t begin = s->world.start + t->cohort; /* until then worlds are the same, and nothing is spent */
    char month[8];
    month_text(begin, month);
    settings_add(more, "regions.%s.policies.%s.enabled={%s: true}", s->region[region], grants, month);
    for (size_t y = 0; y < years; y++) {
        int32_t first = s->world.start - s->world.start % 12 + 12 * (int32_t)y;
        if (first + 12 <= begin)
            continue;
        month_text(first < begin ? begin : first, month);
        settings_add(more, "regions.%s.policies.%s.budget={%s: %.2f}", s->region[region], grants, month,
                     year[y] / s->world.scale);
    }
}

/* The money that the variant pays beyond the base, year by year and region by region, in the mean of all runs. */
static enum status years_of_grants(struct compare_task *t, size_t variant, const struct spent spent[2],
                                   struct diag *diag)
{
    const struct setup *s = &t->scenario[0].setup;
    size_t regions = (size_t)s->n_regions, cells = (size_t)s->world.months * regions;
    double *more_spent = calloc(2 * cells + 1, sizeof *more_spent), sum = 0.0;
    struct settings more = {.n = 0};
    if (more_spent == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    double *year = more_spent + cells;
    for (size_t k = 0; k < cells; k++)
        more_spent[k] = spent[1].path[k] - spent[0].path[k];
    for (size_t r = 0; r < regions; r++) {
        size_t years = spending_years(more_spent + r, regions, s->world.months, s->world.start, year);
        for (size_t y = 0; y < years; y++)
            sum += year[y];
        plan_years(t, &more, (int32_t)r, year, years);
    }
    free(more_spent);
    if (sum > 0.0)
        companion_add(t, ROLE_LUMP_SUM, variant, sum)->more = more;
    else
        settings_free(&more);
    return OK;
}

static enum status plan_grants(struct compare_task *t, size_t variant, struct diag *diag)
{
    struct spent spent[2] = {
        {NULL, NULL},
        {NULL, NULL}
    };
    enum status status = task_money(t, variant, spent, diag);
    if (status == OK)
        status = years_of_grants(t, variant, spent, diag);
    spent_free(&spent[0]);
    spent_free(&spent[1]);
    return status;
}

static enum status read_strata(struct compare_task *t, int job, struct diag *diag)
{
    struct result r;
    size_t horizons = 0, variants = job == 0 ? t->n_first - 1 : t->n_all - t->n_first;
    while (horizons < FATE_HORIZONS && t->horizon[horizons] != 0)
        horizons++;
    TRY(result_open(&r, job == 0 ? t->fates : t->companions, diag));
    enum status status = strata_read(&t->strata[job], &r, (size_t)t->o->runs, variants, t->horizon, horizons, diag);
    result_close(&r);
    return status;
}

static enum status plan(struct compare_task *t, struct diag *diag)
{
    enum group group;
    TRY(read_strata(t, 0, diag));
    TRY(instrument_group(t, &group, diag));
    for (size_t v = 1; v < t->n_worlds; v++) {
        if (!t->o->no_lump_sum)
            TRY(plan_grants(t, v, diag));
        if (re_keys(t))
            plan_placebo(t, v);
        for (size_t k = 0; k < t->o->n_shares; k++)
            plan_share(t, v, t->o->share[k], group);
    }
    return OK;
}

/* What the first rank found is told to the others, who have no files. */
static enum status tell(struct compare_task *t, struct diag *diag)
{
    bool first = ranks_mine() == 0;
    char *text = first ? companions_text(t) : NULL;
    uint64_t size = text != NULL ? strlen(text) + 1 : 0;
    enum status status = first && text == NULL ? diag_stop(diag, NO_MEMORY, "out of memory") : OK;
    ranks_share(&size, sizeof size);
    if (!first && (text = malloc(size + 1)) == NULL)
        status = diag_stop(diag, NO_MEMORY, "out of memory");
    status = ranks_agree(status, diag);
    if (status == OK && text != NULL) {
        ranks_share(text, size);
        status = first ? OK : companions_take(t, text, "MPI", diag);
    }
    free(text);
    return ranks_agree(status, diag);
}

/* Names of files and scenarios of what is planned. */
static enum status prepare(struct compare_task *t, const char *out, struct diag *diag)
{
    for (size_t k = t->n_first; k < t->n_all; k++) {
        t->out[k] = path_beside(out, t->name[k]);
        if (t->out[k] == NULL || t->of[k].more.no_memory)
            return diag_stop(diag, NO_MEMORY, "out of memory");
        TRY(task_read(t, k, &t->scenario[k], diag));
        t->n_scenarios++;
    }
    task_note_switched(t, t->n_first);
    return OK;
}

/* -- worlds ------------------------------------------------------------------------------------------------------------------ */
static enum status make(const struct compare_task *t, struct telling *telling, struct diag *diag)
{
    struct worlds_one world[COMPARE_MOST];
    size_t n = 0;
    world[n++] = task_world_of(t, 0, NULL);
    for (size_t k = t->n_first; k < t->n_all; k++)
        world[n++] = task_world_of(t, k, t->out[k]);
    struct worlds_request request = task_request(t, world, n, t->companions_journal);
    request.fates = t->companions;
    request.head = t->second_head;
    memcpy(request.horizon, t->horizon, sizeof request.horizon);
    request.listener = &telling->listener;
    if (t->recalled != NULL && t->recalled->plan != NULL) {
        request.journal = t->journal;
        request.shard = (uint32_t)t->o->shard;
        request.shards = (uint32_t)t->o->shards;
    }
    request.gathered = t->recalled != NULL ? t->recalled->companions : NULL;
    return worlds_pair(&request, diag);
}

/* "a.h5" -> "a.plan"; the caller frees. */
static char *plan_name(const char *out)
{
    size_t stem = strlen(out);
    char *name = malloc(stem + sizeof ".plan");
    if (stem > 3 && strcmp(out + stem - 3, ".h5") == 0)
        stem -= 3;
    if (name != NULL)
        snprintf(name, strlen(out) + sizeof ".plan", "%.*s.plan", (int)stem, out);
    return name;
}

/* The worlds stay planned, and nothing more: of those that were merged none is a companion. */
static enum status leave_plan(struct compare_task *t, const char *out, struct telling *telling, struct diag *diag)
{
    char text[1024];
    t->plan = plan_name(out);
    if (t->plan == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    TRY(file_may_be_written(t->plan, FILE_TEXT, diag));
    TRY(plan_write(t, diag));
    snprintf(
        text, sizeof text,
        tr("companions are still to be made (worlds: %zu): `liandong companions %.300s --shard I/N` for I from 1 to N, "
           "then `liandong merge` all shards, these and those of the companions, into the same file",
           "伴随情景尚待模拟（共 %zu 个）：对 I = 1…N 运行 liandong companions %.300s --shard "
           "I/N，再用 liandong merge 将已有分片与伴随分片一起合并到同一文件"),
        t->n_all - t->n_first, t->plan);
    telling_say(telling, text);
    t->n_all = t->n_first;
    return OK;
}

enum status companions_make(struct compare_task *t, const char *out, struct telling *telling, struct diag *diag)
{
    TRY(ranks_agree(ranks_mine() == 0 ? plan(t, diag) : OK, diag));
    if (ranks_count() > 1)
        TRY(tell(t, diag));
    TRY(ranks_agree(prepare(t, out, diag), diag));
    bool gathered = t->recalled != NULL && t->recalled->companions != NULL;
    if (t->n_all == t->n_first)
        return gathered ? diag_stop(diag, FAILED, "%s: holds companions, but the comparison has none",
                                    t->recalled->companions->journal[0].path)
                        : OK;
    if (t->recalled != NULL && !gathered)
        return leave_plan(t, out, telling, diag);
    TRY(make(t, telling, diag));
    return ranks_mine() == 0 ? read_strata(t, 1, diag) : OK;
}

/* The plan's last part lies behind the scenarios of the first job. */
static enum status take_plan(struct compare_task *t, const char *out, struct diag *diag)
{
    size_t size = 0;
    const char *last = worlds_scenario(t->recalled->rest, t->n_first - 1, &size);
    if (last == NULL)
        return diag_stop(diag, FAILED, "%s: the plan of companions is damaged", t->recalled->path);
    TRY(companions_take(t, last + size, t->recalled->path, diag));
    return prepare(t, out, diag);
}

enum status companions_shard(struct compare_task *t, const char *out, struct telling *telling, struct diag *diag)
{
    task_note_switched(t, 1);
    TRY(ranks_agree(take_plan(t, out, diag), diag));
    return make(t, telling, diag);
}
