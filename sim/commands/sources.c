/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sources - what the short names in sources of defaults, in scenarios and in `validate` stand for: documents, facts, evidence,
 * parts of the model. */
#include <liandong/command.h>
#include <liandong/mathx.h>
#include <liandong/references.h>
#include <stdint.h>
#include <string.h>

const struct reference reference_table[] = {
#define REFERENCE(key, kind, ...) {key, REFERENCE_##kind, __VA_ARGS__},
#include <liandong/references.def>
#undef REFERENCE
};
const size_t n_references = LD_COUNT(reference_table);

static const struct {
    const char *en, *zh;
} kinds[] = {
    [REFERENCE_DOCUMENT] = {"document",              "文件"                  },
    [REFERENCE_FACT] = {"reported",              "所载"                  },
    [REFERENCE_READ] = {"read there",            "已查阅"               },
    [REFERENCE_LOW] = {"read there, low grade", "已查阅，可信度低"},
    [REFERENCE_WORKED_OUT] = {"worked out",            "推算"                  },
    [REFERENCE_MEMORY] = {"from memory",           "凭记忆"               },
    [REFERENCE_MECHANISM] = {"part of the model",     "模型组成"            },
};

/* "E5" asks for E5.1, E5.2, ... too. */
static bool meant(const char *key, const char *asked)
{
    size_t n = strlen(asked);
    return strncmp(key, asked, n) == 0 && (key[n] == '\0' || key[n] == '.');
}

static bool is_asked(const struct common *c, const char *key, bool *used)
{
    bool hit = c->n_words == 0;
    for (size_t i = 0; i < c->n_words; i++)
        if (meant(key, c->word[i]))
            used[i] = hit = true;
    return hit;
}

/* A name that nothing has: an error, with the nearest where one is near. */
static enum status unknown_source(const char *name, struct diag *diag)
{
    const char *list[LD_COUNT(reference_table)];
    for (size_t k = 0; k < n_references; k++)
        list[k] = reference_table[k].key;
    const char *near = nearest_name(name, list, n_references);
    if (near != NULL)
        return diag_fail(diag, (struct place){0}, "unknown source '%s'; did you mean '%s'?", name, near);
    return diag_fail(diag, (struct place){0}, "unknown source '%s'", name);
}

static void add(struct table *t, const struct reference *f, enum format format)
{
    const char *place = word_shown(f->place_en, f->place_zh, format);
    const char *figure = word_shown(f->figure_en, f->figure_zh, format),
               *what = word_shown(f->what_en, f->what_zh, format);
    const char *cells[] = {
        f->key, word_shown(kinds[f->kind].en, kinds[f->kind].zh, format), place, f->when, figure, what, f->from};
    table_add(t, cells);
}

static enum status print_sources(const struct common *c, bool *used, struct diag *diag)
{
    static const struct column columns[] = {
        {"key",    "name",   "编号", COLUMN_TEXT},
        {"kind",   "kind",   "类别", COLUMN_TEXT},
        {"place",  "place",  "地点", COLUMN_TEXT},
        {"when",   "when",   "时间", COLUMN_TEXT},
        {"figure", "figure", "数值", COLUMN_TEXT},
        {"what",   "what",   "内容", COLUMN_TEXT},
        {"from",   "from",   "出处", COLUMN_TEXT}
    };
    struct table t;
    enum status status = OK;
    table_init(&t, columns, LD_COUNT(columns));
    for (size_t k = 0; k < n_references; k++)
        if (is_asked(c, reference_table[k].key, used))
            add(&t, &reference_table[k], c->format);
    for (size_t i = 0; i < c->n_words; i++)
        if (!used[i])
            status = unknown_source(c->word[i], diag);
    if (status == OK)
        status = table_print(&t, c->format, stdout, diag);
    table_free(&t);
    return status;
}

int command_sources(int argc, char **argv)
{
    static const struct command_line line = {
        .words = "[NAME...]",
        .en = "Print what the short names in sources stand for (F: facts of documents, X: of newspapers, E: other "
              "evidence, M: parts of the model, 000 to 004: documents); with names, those only.",
        .zh =
            "列出来源编号的含义（F为文件所载事实，X为报道，E为其他证据，M为模型组成，000至004为文件）；给出编号时只列所指。",
        .least = 0,
        .most = SIZE_MAX,
        .formats = true};
    struct common c;
    struct diag diag;
    command_options(&c, &line, argc, argv);
    diag_init(&diag);
    diag.zh = lang_zh;
    bool *used = calloc(c.n_words + 1, sizeof *used);
    enum status status = used == NULL ? diag_stop(&diag, NO_MEMORY, "out of memory") : print_sources(&c, used, &diag);
    free(used);
    return command_end(&c, &diag, status);
}
