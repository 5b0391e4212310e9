/* SPDX-License-Identifier: GPL-3.0-or-later */
/* companions - shards of the second job of a comparison, of the plan that `merge` left of the first. */
#include <liandong/companion_plan.h>
#include <liandong/ranks.h>
#include <liandong/results.h>
#include <string.h>

struct options {
    const char *out;
    long threads, shard, shards;
    bool no_cache;
};

static const char *take(void *to, int key, const char *value)
{
    struct options *o = to;
    if (key == 't')
        return command_number(value, 1, 1024, &o->threads);
    if (key == 's')
        return command_shard(value, &o->shard, &o->shards);
    if (key == 'n')
        o->no_cache = true;
    else
        o->out = value;
    return value != NULL && *value == '\0' ? tr("must not be empty", "不能为空") : NULL;
}

/* "a.plan" -> "a.companions.1of4.shard"; the caller frees. */
static char *shard_name(const char *plan, const struct options *o)
{
    size_t stem = strlen(plan);
    char *text = malloc(stem + sizeof ".companions"), *name = NULL;
    if (text == NULL)
        return NULL;
    if (stem > 5 && strcmp(plan + stem - 5, ".plan") == 0)
        stem -= 5;
    snprintf(text, strlen(plan) + sizeof ".companions", "%.*s.companions", (int)stem, plan);
    name = command_shard_name(text, o->shard, o->shards);
    free(text);
    return name;
}

/* What is left to do is the comparison's own; it says all there is to say. */
static int go_on(struct recall *recall, struct common *c, struct diag *diag)
{
    int code = compare_recalled(recall);
    c->log = NULL;
    return command_end(c, diag, (enum status)code);
}

int command_companions(int argc, char **argv)
{
    static const struct argp_option own[] = {
        {"output",                                              'o', "SHARD", 0, "the shard to make; by default named after the plan", 0},
        {"shard",                                              's', "I/N", 0, "make only every N-th run, from the I-th on; by default 1/1", 0},
        {"threads", 't', "T", 0, "threads; they change no byte", 0},
        {"no-cache",                                                     'n', NULL, 0, "neither read nor keep seasoned worlds", 0},
        {0    }
    };
    struct options o = {.shard = 1, .shards = 1};
    struct command_line line = {.words = "PLAN",
                                .en = "Shards of a comparison's companions, of the plan that merge left.",
                                .zh = "按 merge 留下的计划，分片模拟一次比较的伴随情景。",
                                .least = 1,
                                .most = 1,
                                .own = own,
                                .take = take,
                                .to = &o};
    struct common c;
    struct diag diag;
    struct recall recall = {.argc = 0};
    char *text = NULL, *out = NULL;
    const char *from = NULL;
    command_options(&c, &line, argc, argv);
    diag_init(&diag);
    diag.zh = lang_zh;
    enum status status = plan_read(c.word[0], &text, &from, &diag);
    if (status == OK)
        status = recall_read(&recall, from, c.word[0], &diag);
    if (status == OK)
        out = o.out != NULL ? path_with(o.out, "") : shard_name(c.word[0], &o);
    if (status == OK && out == NULL)
        status = diag_stop(&diag, NO_MEMORY, "out of memory");
    status = ranks_agree(status, &diag);
    recall.plan = c.word[0];
    recall.out = out;
    recall.mine = &c;
    recall.shard = o.shard;
    recall.shards_of = o.shards;
    recall.threads = o.threads;
    recall.no_cache = o.no_cache;
    int code = status == OK ? go_on(&recall, &c, &diag) : command_end(&c, &diag, status);
    recall_free(&recall);
    free(out);
    free(text);
    return code;
}
