/* SPDX-License-Identifier: GPL-3.0-or-later */
/* export - series of a result as a long CSV, to stdout or, whole or not at all, to a file. */
#include <errno.h>
#include <liandong/command.h>
#include <liandong/csv.h>
#include <liandong/results.h>
#include <string.h>
#include <unistd.h>

struct options {
    const char *series, *out;
};

/* "a,b" to {"a", "b"}; the texts lie in *copy.  false: no memory. */
static bool split(const char *text, char **copy, char ***word, size_t *n)
{
    char *rest = NULL;
    *copy = strdup(text);
    *word = calloc(strlen(text) + 1, sizeof **word);
    *n = 0;
    if (*copy == NULL || *word == NULL)
        return false;
    for (char *w = strtok_r(*copy, ", ", &rest); w != NULL; w = strtok_r(NULL, ", ", &rest))
        (*word)[(*n)++] = w;
    return true;
}

static enum status write_series(FILE *to, const struct result *r, const char *series, struct diag *diag)
{
    char *copy = NULL, **word = NULL;
    size_t n = 0;
    enum status status = OK;
    if (series != NULL && !split(series, &copy, &word, &n))
        status = diag_stop(diag, NO_MEMORY, "out of memory");
    if (status == OK)
        status = csv_write(to, r, word, n, lang_zh != 0, diag);
    free(word);
    free(copy);
    return status;
}

static enum status write_file(const char *out, const struct result *r, const char *series, struct diag *diag)
{
    TRY(file_may_be_written(out, FILE_TEXT, diag));
    char *temporary = path_with(out, ".tmp");
    FILE *to = temporary == NULL ? NULL : fopen(temporary, "w");
    enum status status = OK;
    if (to == NULL) {
        status = diag_stop(diag, IO_ERROR, "%s: cannot write: %s", out, diag_reason(diag, errno));
        free(temporary);
        return status;
    }
    status = write_series(to, r, series, diag);
    bool bad = fflush(to) != 0 || ferror(to);
    int why = errno;
    bad = fclose(to) != 0 || bad;
    if (status == OK && bad)
        status = diag_stop(diag, IO_ERROR, "%s: cannot write: %s", out, diag_reason(diag, why));
    if (status == OK)
        status = file_publish(out, false, diag);
    else
        unlink(temporary);
    free(temporary);
    return status;
}

static const char *take(void *to, int key, const char *value)
{
    struct options *options = to;
    if (key == 's')
        options->series = value;
    else
        options->out = value;
    return *value == '\0' ? tr("must not be empty", "不能为空") : NULL;
}

int command_export(int argc, char **argv)
{
    static const struct argp_option own[] = {
        {"series",                                                                      's', "A,B", 0, "these series, or columns of a table; without it all but flows and balances", 0},
        {"output",                                                                        'o', "FILE", 0, "write to FILE instead of stdout", 0},
        {0}
    };
    struct options options = {.out = NULL};
    struct command_line line = {.words = "RESULT.h5",
                                .en = "Write series of a result as CSV, a line a value.",
                                .zh = "将结果的序列导出为CSV，每行一个数值。",
                                .least = 1,
                                .most = 1,
                                .own = own,
                                .take = take,
                                .to = &options};
    struct common c;
    struct diag diag;
    struct result r;
    command_options(&c, &line, argc, argv);
    diag_init(&diag);
    diag.zh = lang_zh;
    enum status status = result_open(&r, c.word[0], &diag);
    if (status == OK) {
        status = options.out == NULL ? write_series(stdout, &r, options.series, &diag)
                                     : write_file(options.out, &r, options.series, &diag);
        result_close(&r);
    }
    return command_end(&c, &diag, status);
}
