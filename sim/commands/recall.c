/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recall - see include/liandong/recall.h. */
#include <liandong/recall.h>
#include <string.h>

static const char head_form[] = "# shard of ", argument_form[] = "# argument ", end_form[] = "# end\n";

/* Options that change no byte of the result. */
static bool left_out(const char *given)
{
    static const char *const names[] = {"--output=", "--shard=", "--threads=", "--no-cache"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strncmp(given, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

char *recall_write(const char *command, const struct common *c)
{
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    if (to == NULL)
        return NULL;
    fprintf(to, "%s%s\n", head_form, command);
    for (size_t i = 0; i < c->n_words; i++)
        fprintf(to, "%s%zu %s\n", argument_form, strlen(c->word[i]), c->word[i]);
    for (size_t i = 0; i < c->n_given; i++)
        if (!left_out(c->given[i]))
            fprintf(to, "%s%zu %s\n", argument_form, strlen(c->given[i]), c->given[i]);
    fputs(end_form, to);
    bool good = !ferror(to);
    if (fclose(to) == 0 && good)
        return text;
    free(text);
    return NULL;
}

static bool argument_add(struct recall *r, const char *text, size_t size)
{
    char **grown = realloc(r->argv, ((size_t)r->argc + 2) * sizeof *grown);
    char *copy = malloc(size + 1);
    if (grown != NULL)
        r->argv = grown;
    if (grown == NULL || copy == NULL) {
        free(copy);
        return false;
    }
    memcpy(copy, text, size);
    copy[size] = '\0';
    r->argv[r->argc++] = copy;
    r->argv[r->argc] = NULL;
    return true;
}

/* One "# argument" line; *at moves past it.  FAILED: it is none. */
static enum status argument_read(struct recall *r, const char **at)
{
    char *end = NULL;
    if (strncmp(*at, argument_form, sizeof argument_form - 1) != 0)
        return FAILED;
    size_t size = (size_t)strtoull(*at + sizeof argument_form - 1, &end, 10);
    if (*end != ' ' || size >= strlen(end) || end[1 + size] != '\n')
        return FAILED;
    *at = end + 1 + size + 1;
    return argument_add(r, end + 1, size) ? OK : NO_MEMORY;
}

enum status recall_read(struct recall *r, const char *text, const char *path, struct diag *diag)
{
    const char *at = text;
    *r = (struct recall){.command = "run", .rest = at, .path = path};
    if (strncmp(at, head_form, sizeof head_form - 1) != 0)
        return OK;
    at += sizeof head_form - 1;
    size_t length = strcspn(at, "\n");
    snprintf(r->command, sizeof r->command, "%.*s", (int)length, at);
    enum status status = argument_add(r, r->command, strlen(r->command)) ? OK : NO_MEMORY;
    at += length + (at[length] == '\n');
    while (status == OK && strncmp(at, end_form, sizeof end_form - 1) != 0)
        status = argument_read(r, &at);
    if (status == OK)
        r->rest = at + sizeof end_form - 1;
    else
        recall_free(r);
    return status == FAILED ? diag_stop(diag, FAILED, "%s: the header of the journal is damaged", path)
           : status == OK   ? OK
                            : diag_stop(diag, status, "out of memory");
}

void recall_free(struct recall *r)
{
    for (int i = 0; i < r->argc; i++)
        free(r->argv[i]);
    free(r->argv);
    r->argv = NULL;
    r->argc = 0;
}

void recall_take_over(const struct recall *r, struct common *c)
{
    c->format = r->mine->format;
    c->quiet = r->mine->quiet;
    c->log = r->mine->log;
}
