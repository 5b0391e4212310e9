/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sizes of variants at which they cost what they should; see include/liandong/compare_task.h.
 *
 * A search tries some ten sizes, each in all runs, so what tries cost is kept in OUT.search.h5.tries until all sizes are solved: a
 * search that was killed goes on with the try that it was at, and that try with the runs it lacks.  Which size is tried next
 * follows from the costs before, so the search takes the same way again. */
#include <errno.h>
#include <liandong/compare_task.h>
#include <liandong/equal_cost.h>
#include <liandong/making.h>
#include <liandong/ranks.h>
#include <liandong/results.h>
#include <liandong/sha256.h>
#include <liandong/sizes.h>
#include <string.h>
#include <unistd.h>

/* One variant whose size is searched for. */
struct sizing {
    struct compare_task *t;
    size_t world;
    struct size_key size;
    char *journal, *tries; /* of a try; what they cost */
    char hash[COMPARE_MOST][SHA256_TEXT];
    double mean[COMPARE_MOST],
        base[COMPARE_MOST]; /* of the try, and of the base, as the cost of each variant is reckoned */
    struct telling *telling;
};

/* -- what tries cost ----------------------------------------------------------------------------------------------------- */
/* All that the cost follows from. */
static enum status try_hash(const struct sizing *z, const char *scenario, size_t variant, char hash[SHA256_TEXT],
                            struct diag *diag)
{
    char text[1024];
    struct sha256 h;
    struct settings key = {.n = 0};
    enum status status = task_cost_key(z->t, variant, &key, diag);
    sha256_init(&h);
    making_build_name(text, sizeof text);
    sha256_add(&h, text, strlen(text));
    snprintf(text, sizeof text, " runs %ld months %d\n", z->t->o->runs, (int)z->t->months);
    sha256_add(&h, text, strlen(text));
    for (size_t k = 0; k < key.n; k++)
        sha256_add(&h, key.text[k], strlen(key.text[k]) + 1);
    sha256_add(&h, scenario, strlen(scenario));
    sha256_end_text(&h, hash);
    settings_free(&key);
    return status;
}

/* The variants by whose measure a world is reckoned: the base by all, any other by its own. */
static size_t first_measure(const struct sizing *z)
{
    return z->world == 0 ? 1 : z->world;
}

static size_t last_measure(const struct sizing *z)
{
    return z->world == 0 ? z->t->n_worlds - 1 : z->world;
}

/* A line that a killed process left half-written is none. */
static bool try_known(const struct sizing *z, const char *hash, double *mean)
{
    char line[256];
    bool found = false;
    FILE *file = fopen(z->tries, "r");
    while (file != NULL && !found && fgets(line, sizeof line, file) != NULL)
        found = strncmp(line, hash, strlen(hash)) == 0 && strchr(line, '\n') != NULL &&
                sscanf(line + strlen(hash), " %la", mean) == 1;
    if (file != NULL)
        fclose(file);
    return found;
}

static enum status try_note(const struct sizing *z, const char *hash, double mean, struct diag *diag)
{
    FILE *file = fopen(z->tries, "a");
    bool good = file != NULL && fprintf(file, "\n%s %a\n", hash, mean) > 0 && fflush(file) == 0 &&
                (fsync(fileno(file)) == 0 || errno == EINVAL);
    int why = errno;
    if (file != NULL)
        good = fclose(file) == 0 && good;
    return good ? OK : diag_stop(diag, IO_ERROR, "cannot write %s: %s", z->tries, diag_reason(diag, why));
}

/* The journal of a try that another search was at is of no use, and in the way. */
static void clear_journal(const struct sizing *z, const char *scenario)
{
    struct journal j;
    struct diag unsaid;
    char build[256];
    diag_init(&unsaid);
    making_build_name(build, sizeof build);
    if (journal_load(&j, z->journal, &unsaid) == OK) {
        size_t size = 0;
        const char *text = worlds_scenario(j.key.scenario, 0, &size);
        bool ours = text != NULL && strcmp(text, scenario) == 0 && strcmp(j.key.build, build) == 0 &&
                    j.key.runs == (uint32_t)z->t->o->runs;
        if (journal_close(&j, &unsaid) != OK || !ours)
            unlink(z->journal);
    } else
        unlink(z->journal);
    diag_free(&unsaid);
}

/* What a try costs, out of its records; it is known before its journal is removed. */
static enum status take_cost(void *to, size_t world, const struct result *r, struct diag *diag)
{
    struct sizing *z = to;
    size_t runs = (size_t)z->t->o->runs;
    double *value = calloc(runs + 1, sizeof *value);
    enum status status = value == NULL ? diag_stop(diag, NO_MEMORY, "out of memory") : OK;
    (void)world; /* there is one */
    for (size_t v = first_measure(z); v <= last_measure(z) && value != NULL && status == OK; v++) {
        status = task_cost_values(z->t, v, r, value, diag);
        z->mean[v] = 0.0;
        for (size_t run = 0; run < runs; run++)
            z->mean[v] += value[run] / (double)runs;
        if (status == OK)
            status = try_note(z, z->hash[v], z->mean[v], diag);
    }
    free(value);
    return status;
}

/* -- tries --------------------------------------------------------------------------------------------------------------- */
static enum status live_through(struct sizing *z, const struct scenario *scenario, struct diag *diag)
{
    struct worlds_one world = {.scenario = scenario, .name = z->t->name[z->world]};
    struct worlds_request request = task_request(z->t, &world, 1, z->journal);
    request.take = take_cost;
    request.to = z;
    return worlds_pair(&request, diag);
}

/* The first rank looks what is known of a try, which then need not be made. */
static enum status look_up(struct sizing *z, const struct scenario *scenario, bool *known, struct diag *diag)
{
    size_t size;
    char *text = scenario_text(scenario, &size);
    enum status status = text == NULL ? diag_stop(diag, NO_MEMORY, "out of memory") : OK;
    *known = true;
    for (size_t v = first_measure(z); v <= last_measure(z) && status == OK; v++) {
        status = try_hash(z, text, v, z->hash[v], diag);
        *known = status == OK && try_known(z, z->hash[v], &z->mean[v]) && *known;
    }
    if (status == OK && !*known)
        clear_journal(z, text);
    free(text);
    return status;
}

/* The mean cost of a world as it is now set, in all runs, to z->mean: known already or found now. */
static enum status cost_of_world(struct sizing *z, struct diag *diag)
{
    struct scenario scenario;
    bool known = false;
    TRY(ranks_agree(task_read(z->t, z->world, &scenario, diag), diag));
    enum status status = ranks_agree(ranks_mine() == 0 ? look_up(z, &scenario, &known, diag) : OK, diag);
    ranks_share(&known, sizeof known);
    if (status == OK && !known)
        status = live_through(z, &scenario, diag);
    ranks_share(z->mean, sizeof z->mean);
    scenario_free(&scenario);
    return status;
}

static enum status try_size(void *context, double size, double *cost, struct diag *diag)
{
    struct sizing *z = context;
    char text[512];
    size_text(&z->size, size, z->t->size[z->world], SIZE_ROOM);
    TRY(cost_of_world(z, diag));
    *cost = z->mean[z->world] - z->base[z->world];
    snprintf(text, sizeof text, tr("%s: %s costs %.6g", "%s：%s 的成本为 %.6g"), z->t->name[z->world],
             z->t->size[z->world], *cost);
    telling_say(z->telling, text);
    return OK;
}

/* Why no size was found. */
static enum status tell_unsolved(const struct sizing *z, const struct equal_cost *found, struct diag *diag)
{
    const struct compare_task *t = z->t;
    const char *name = t->name[z->world];
    double target = t->o->equal_cost;
    char low[SIZE_ROOM], high[SIZE_ROOM];
    size_text(&z->size, found->low.size, low, sizeof low);
    size_text(&z->size, found->high.size, high, sizeof high);
    switch (found->verdict) {
    case EQUAL_COST_DEAR:
        return diag_stop(diag, FAILED, "%s: costs %.6g more than the base even with %s; %.6g is not reached", name,
                         found->low.cost, low, target);
    case EQUAL_COST_FLAT:
        return diag_stop(
            diag, FAILED,
            "%s: the cost hardly depends on the size: %.6g more than the base with %s, %.6g with %s; %.6g is "
            "not reached",
            name, found->low.cost, low, found->high.cost, high, target);
    case EQUAL_COST_STEP:
        return diag_stop(diag, FAILED,
                         "%s: no size costs %.6g more than the base within %g %%: the cost jumps from %.6g with %s to "
                         "%.6g with %s; make the world or the sum larger",
                         name, target, 100.0 * EQUAL_COST_WITHIN, found->low.cost, low, found->high.cost, high);
    default:
        return diag_stop(diag, FAILED, "%s: costs %.6g more than the base at most, with %s; %.6g is not reached", name,
                         found->high.cost, high, target);
    }
}

static enum status solve_size(struct sizing *z, struct diag *diag)
{
    struct compare_task *t = z->t;
    struct equal_cost found;
    enum status status =
        equal_cost_find(try_size, z, t->o->equal_cost, z->size.least, z->size.start, z->size.most, &found, diag);
    if (status == VERDICT_BAD)
        return tell_unsolved(z, &found, diag);
    TRY(status);
    size_text(&z->size, found.size, t->size[z->world], SIZE_ROOM);
    scenario_free(&t->scenario[z->world]);
    t->scenario[z->world] = (struct scenario){.n_layers = 0};
    return task_read(t, z->world, &t->scenario[z->world], diag);
}

/* The parameters are checked before anything is run. */
static enum status check_sizes(const struct compare_task *t, struct size_key size[COMPARE_MOST], struct diag *diag)
{
    enum status status = OK;
    if (t->o->n_sizes != 1 && t->o->n_sizes != t->n_worlds - 1)
        return diag_stop(diag, FAILED, "--equal-cost: --size is due once, or once for each variant");
    for (size_t k = 1; k < t->n_worlds; k++) {
        size_t which = t->o->n_sizes == 1 ? 0 : k - 1;
        struct place at = {"--size", (int)which + 1, 1};
        if (size_read(&size[k], t->o->size[which], &t->scenario[k].setup, at, diag) != OK)
            status = FAILED;
    }
    return status;
}

enum status task_size(struct compare_task *t, const char *out, struct telling *telling, struct diag *diag)
{
    struct size_key size[COMPARE_MOST];
    struct sizing z = {.t = t, .telling = telling};
    TRY(check_sizes(t, size, diag));
    char *file = path_beside(out, "search");
    z.journal = file == NULL ? NULL : path_with(file, ".journal");
    z.tries = file == NULL ? NULL : path_with(file, ".tries");
    enum status status =
        z.journal == NULL || z.tries == NULL ? diag_stop(diag, NO_MEMORY, "out of memory") : cost_of_world(&z, diag);
    memcpy(z.base, z.mean, sizeof z.base);
    for (z.world = 1; z.world < t->n_worlds && status == OK; z.world++) {
        z.size = size[z.world];
        status = solve_size(&z, diag);
    }
    if (status == FAILED && ranks_mine() == 0) /* the same command would fail again */
        task_size_done(out);
    free(file);
    free(z.journal);
    free(z.tries);
    return status;
}

void task_size_done(const char *out)
{
    static const char *const ending[] = {".journal", ".tries"};
    char *file = path_beside(out, "search");
    for (size_t k = 0; file != NULL && k < sizeof ending / sizeof ending[0]; k++) {
        char *path = path_with(file, ending[k]);
        if (path != NULL)
            unlink(path);
        free(path);
    }
    free(file);
}
