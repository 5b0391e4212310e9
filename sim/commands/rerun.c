/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rerun - makes a result again from nothing but itself, and compares: bytes with the same build, else digests. */
#include <liandong/command.h>
#include <liandong/reading.h>
#include <liandong/results.h>
#include <liandong/run.h>
#include <liandong/version.h>
#include <string.h>

struct options {
    const char *out;
    int threads;
};

/* What the given file says of itself. */
struct given {
    char *scenario, *digest;
    int64_t runs, detail;
    bool same_build;
    char hash[SHA256_TEXT];
};

static enum status build_compare(const struct result *r, bool *same, struct diag *diag)
{
    static const struct {
        const char *name, *mine;
    } part[] = {
        {"version",  version_number  },
        {"revision", version_revision},
        {"compiler", version_compiler},
        {"flags",    version_flags   }
    };
    *same = true;
    for (size_t i = 0; i < sizeof part / sizeof part[0]; i++) {
        char *text;
        TRY(result_text(r, NULL, part[i].name, &text, diag));
        *same = *same && strcmp(text, part[i].mine) == 0;
        free(text);
    }
    return OK;
}

static enum status given_read(struct given *g, const char *path, struct diag *diag)
{
    struct result r;
    struct result_shape shape;
    *g = (struct given){.scenario = NULL};
    TRY(result_open(&r, path, diag));
    enum status status = result_text(&r, NULL, "scenario", &g->scenario, diag);
    if (status == OK)
        status = result_shape(&r, &shape, diag); /* or it is no result of runs */
    if (status == OK)
        status = result_text(&r, NULL, "digest", &g->digest, diag);
    if (status == OK)
        status = result_integer(&r, "runs", &g->runs, diag);
    if (status == OK)
        status = result_integer(&r, "detail", &g->detail, diag);
    if (status == OK)
        status = build_compare(&r, &g->same_build, diag);
    result_close(&r);
    if (status == OK)
        status = file_hash(path, g->hash, diag);
    if (status == OK && (g->runs < 1 || g->runs > UINT32_MAX))
        status = diag_stop(diag, FAILED, "%s: says that it has %lld runs", path, (long long)g->runs);
    return status;
}

static enum status make_again(const struct given *g, const struct options *options, bool quiet, struct diag *diag)
{
    struct scenario scenario;
    TRY(scenario_read_stored(&scenario, g->scenario, strlen(g->scenario), diag));
    struct run_request request = {.scenario = &scenario,
                                  .out = options->out,
                                  .runs = (uint32_t)g->runs,
                                  .threads = options->threads,
                                  .detail = g->detail != 0,
                                  .quiet = quiet,
                                  .anew = true};
    enum status status = run_file(&request, diag);
    scenario_free(&scenario);
    return status;
}

static enum status compare(const struct common *c, const struct given *g, const char *path, const char *out,
                           struct diag *diag)
{
    struct given again;
    enum status status = given_read(&again, out, diag);
    if (status == OK && strcmp(again.hash, g->hash) == 0)
        printf(tr("%s is %s again, byte for byte\n", "%s 与 %s 逐字节相同\n"), out, path);
    else if (status == OK && g->same_build)
        status = diag_stop(diag, VERDICT_BAD, "%s: differs from %s, though this is the build that made it", out, path);
    else if (status == OK && strcmp(again.digest, g->digest) == 0)
        printf(tr("%s was made by another build; %s has the same digest\n", "%s 由其他版本生成；%s 的内容摘要相同\n"),
               path, out);
    else if (status == OK)
        status = diag_stop(diag, VERDICT_BAD, "%s: %s was made by another build, and the digests differ", out, path);
    if (status == OK && !g->same_build)
        command_say(c, "%s", tr("note: another build made the given file", "提示：原文件由其他版本生成"));
    free(again.scenario);
    free(again.digest);
    return status;
}

static const char *take(void *to, int key, const char *value)
{
    struct options *options = to;
    char *end = NULL;
    if (key == 'o') {
        options->out = value;
        return *value == '\0' ? tr("must not be empty", "不能为空") : NULL;
    }
    long threads = strtol(value, &end, 10);
    options->threads = (int)threads;
    return *value == '\0' || *end != '\0' || threads < 1 || threads > 1024
               ? tr("a whole number from 1 to 1024", "应为1至1024的整数")
               : NULL;
}

/* Without -o: OUT.h5 becomes OUT.again.h5. */
static enum status rerun(const struct common *c, struct options *options, struct diag *diag)
{
    struct given given;
    char *beside = path_beside(c->word[0], "again");
    if (beside == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    if (options->out == NULL)
        options->out = beside;
    enum status status = given_read(&given, c->word[0], diag);
    if (status == OK && file_is_same(options->out, c->word[0]))
        status = diag_stop(diag, FAILED, "-o: is the file that is to be made again");
    if (status == OK)
        status = make_again(&given, options, c->quiet, diag);
    if (status == OK)
        status = compare(c, &given, c->word[0], options->out, diag);
    free(given.scenario);
    free(given.digest);
    free(beside);
    return status;
}

int command_rerun(int argc, char **argv)
{
    static const struct argp_option own[] = {
        {"output",                                        'o', "OUT.h5", 0, "the file to make; by default RESULT.again.h5", 0},
        {"threads",                                       't', "T", 0, "threads; they change no byte", 0},
        {0}
    };
    struct options options = {.out = NULL};
    struct command_line line = {.words = "RESULT.h5",
                                .en = "Make a result again from what it says of itself, and compare.",
                                .zh = "仅凭结果文件重新模拟并比较。",
                                .least = 1,
                                .most = 1,
                                .own = own,
                                .take = take,
                                .to = &options};
    struct common c;
    struct diag diag;
    command_options(&c, &line, argc, argv);
    diag_init(&diag);
    diag.zh = lang_zh;
    enum status status = rerun(&c, &options, &diag);
    return command_end(&c, &diag, status);
}
