/* SPDX-License-Identifier: GPL-3.0-or-later */
/* audit - adds every flow of a result up again from the file alone, or follows one claim from the loan to the payment. */
#include <inttypes.h>
#include <liandong/audit.h>
#include <liandong/command.h>
#include <liandong/mathx.h>
#include <liandong/measure.h>
#include <liandong/results.h>
#include <liandong/units.h>
#include <stdarg.h>
#include <string.h>

struct options {
    bool follow;
    int64_t claim;
};

static void row(struct table *t, const char *name, const char *label, const char *format, ...) PRINTF_LIKE(4, 5);
static void row(struct table *t, const char *name, const char *label, const char *format, ...)
{
    char text[256];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    const char *cells[] = {name, label, text};
    table_add(t, cells);
}

static void fill(struct table *t, const struct audit_report *a)
{
    const char *yes = tr("yes", "是"), *no = tr("no", "否");
    row(t, "balanced", tr("every account agrees with its flows, to the fen", "每个账户与资金流逐分相符"), "%s",
        a->wrong == 0 ? yes : no);
    row(t, "wrong", tr("balances that do not", "不符的余额数"), "%" PRIu64, a->wrong);
    row(t, "checked", tr("balances checked", "核对的余额数"), "%" PRIu64, a->checked);
    row(t, "flows", tr("flows added", "累加的资金流数"), "%" PRIu64, a->flows);
    row(t, "runs", tr("runs", "模拟次数"), "%" PRIu32, a->shape.runs);
    row(t, "months", tr("months", "月数"), "%" PRId32, a->shape.months);
    row(t, "unbalanced_runs", tr("runs that the simulator itself found wanting", "模拟自身判为不平衡的次数"),
        "%" PRIu32, a->unbalanced);
    row(t, "digest", tr("digest", "内容摘要"), "%s", a->digest);
    row(t, "digest_holds", tr("the digest is the one that the file states", "内容摘要与文件所载一致"), "%s",
        a->digest_holds ? yes : no);
}

static enum status complain(const struct result *r, const struct audit_report *a, struct diag *diag)
{
    enum status status = OK;
    for (size_t i = 0; i < a->n_first; i++) {
        const struct audit_finding *f = &a->first[i];
        char month[8];
        month_text(a->shape.start + f->month, month);
        status = diag_stop(diag, VERDICT_BAD,
                           "%s: run %u, %s, region %s, account %s: %+" PRId64 " fen that no flow explains", r->path,
                           (unsigned)f->run, month, a->region[f->region],
                           f->account == AUDIT_TOTAL ? "(all together)" : a->account[f->account], f->fen);
    }
    if (a->wrong > a->n_first)
        status = diag_stop(diag, VERDICT_BAD, "%s: and %" PRIu64 " more", r->path, a->wrong - a->n_first);
    if (a->unbalanced > 0)
        status = diag_stop(diag, VERDICT_BAD, "%s: the simulator itself found %u runs wanting", r->path,
                           (unsigned)a->unbalanced);
    if (!a->digest_holds)
        status = diag_stop(diag, VERDICT_BAD, "%s: its values are not those of its digest", r->path);
    return status;
}

static enum status audit_file(const char *path, enum format format, struct diag *diag)
{
    static const struct column columns[] = {
        {"item",    "item",    "项目", COLUMN_TEXT  },
        {"meaning", "meaning", "说明", COLUMN_TEXT  },
        {"value",   "value",   "取值", COLUMN_NUMBER}
    };
    struct result r;
    struct audit_report report;
    struct table table;
    TRY(result_open(&r, path, diag));
    enum status status = audit_result(&r, &report, diag);
    if (status == OK) {
        table_init(&table, columns, 3);
        fill(&table, &report);
        status = table_print(&table, format, stdout, diag);
        table_free(&table);
    }
    if (status == OK)
        status = complain(&r, &report, diag);
    audit_free(&report);
    result_close(&r);
    return status;
}

/* A code as people read it; names of one's own stay what they are. */
static const char *code_shown(const char *code, enum format format)
{
    static const struct {
        const char *code, *zh;
    } reasons[] = {
        {"in_full",                 "足额"            },
        {"cap_of_the_loan",         "单笔上限"      },
        {"least_share_of_the_bank", "银行最低自留"},
        {"breaker",                 "熔断"            },
        {"cap_of_the_year",         "年度上限"      },
        {"no_money",                "资金不足"      },
    };
    for (size_t k = 0; k < LD_COUNT(reasons); k++)
        if (strcmp(reasons[k].code, code) == 0)
            return word_shown(code, reasons[k].zh, format);
    const char *zh = layout_label_zh(code);
    return zh != NULL ? word_shown(code, zh, format) : code;
}

/* The name of a code: word number `code` of the variable's meanings. */
static bool meaning(const struct result *r, const char *variable, int64_t code, enum format format, char *text,
                    size_t size)
{
    struct diag none;
    char *words, *rest = NULL;
    bool found = false;
    diag_init(&none);
    if (result_text(r, variable, "flag_meanings", &words, &none) == OK) {
        char *word = strtok_r(words, " ", &rest);
        for (; word != NULL && code > 0; code--)
            word = strtok_r(NULL, " ", &rest);
        found = word != NULL && code == 0;
        if (found)
            snprintf(text, size, "%s", code_shown(word, format));
        free(words);
    }
    diag_free(&none);
    return found;
}

/* Amounts are told in yuan, with the fen behind the point. */
static void cell_text(const struct result *r, const struct result_variable *v, union cell value, enum format format,
                      char *text, size_t size)
{
    int64_t fen = value.i < 0 ? -value.i : value.i;
    bool bare = strcmp(v->unit, "1") == 0;
    const char *gap = bare ? "" : " ", *unit = bare ? "" : tr(v->unit, unit_zh(v->unit));
    if (v->real)
        snprintf(text, size, "%.10g%s%s", value.d, gap, unit);
    else if (v->bytes == 1 && meaning(r, v->name, value.i, format, text, size))
        return;
    else if (strcmp(v->unit, "fen") == 0)
        snprintf(text, size, "%s%" PRId64 ".%02d %s", value.i < 0 ? "-" : "", fen / 100, (int)(fen % 100),
                 tr("yuan", "元"));
    else if (strcmp(v->unit, "month") == 0 && value.i > 0 && value.i < 9999 * 12)
        month_text((int32_t)value.i, text);
    else
        snprintf(text, size, "%" PRId64 "%s%s", value.i, gap, unit);
}

/* The row of the claim, or IO_ERROR, or FAILED: there is none. */
static enum status find_claim(const struct result *r, int64_t claim, uint64_t *found, struct diag *diag)
{
    enum { ROWS = 65536 };
    const struct result_variable *v;
    TRY(result_need(r, "claim", &v, diag));
    union cell *cells = calloc(ROWS, sizeof *cells);
    enum status status = OK;
    if (cells == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    bool here = false;
    for (uint64_t first = 0; first < v->length[0] && status == OK && !here; first += ROWS) {
        uint64_t n = v->length[0] - first < ROWS ? v->length[0] - first : ROWS;
        status = result_read(r, v, first, n, cells, diag);
        for (uint64_t i = 0; i < n && status == OK && !here; i++) {
            here = cells[i].i == claim;
            *found = first + i;
        }
    }
    free(cells);
    if (status == OK && !here)
        return diag_stop(diag, FAILED, "%s: has no claim %" PRId64, r->path, claim);
    return status;
}

static bool same_claim(const struct result *r, int64_t claim, uint64_t at, struct diag *diag)
{
    const struct result_variable *v;
    union cell cell;
    if (result_need(r, "claim", &v, diag) != OK || at >= v->length[0])
        return false;
    return result_read(r, v, at, 1, &cell, diag) == OK && cell.i == claim;
}

static enum status tell(const struct result *r, uint64_t at, enum format format, struct diag *diag)
{
    static const struct column columns[] = {
        {"item",    "item",    "项目", COLUMN_TEXT},
        {"meaning", "meaning", "说明", COLUMN_TEXT},
        {"value",   "value",   "取值", COLUMN_TEXT}
    };
    struct table table;
    enum status status = OK;
    table_init(&table, columns, 3);
    for (size_t k = 0; k < r->n && status == OK; k++) {
        const struct result_variable *v = &r->variable[k];
        char text[256];
        union cell value;
        if (v->rank != 1 || v->text || strcmp(v->axis[0], "row") != 0 || strcmp(v->name, "row") == 0)
            continue;
        status = result_read(r, v, at, 1, &value, diag);
        if (status != OK)
            break;
        cell_text(r, v, value, format, text, sizeof text);
        row(&table, v->name, tr(v->en, v->zh), "%s", text);
    }
    if (status == OK)
        status = table_print(&table, format, stdout, diag);
    table_free(&table);
    return status;
}

static enum status follow(const char *path, int64_t claim, enum format format, struct diag *diag)
{
    struct result r;
    uint64_t at = 0;
    if (strlen(path) > 10 && strcmp(path + strlen(path) - 10, ".claims.h5") == 0)
        return diag_stop(diag, FAILED, "%s: is the table of claims; name the result that it belongs to", path);
    char *claims = path_beside(path, "claims");
    if (claims == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    enum status status = result_open(&r, claims, diag);
    free(claims);
    TRY(status);
    status = find_claim(&r, claim, &at, diag);
    for (bool more = status == OK; more && status == OK; at++) {
        status = tell(&r, at, format, diag);
        more = status == OK && same_claim(&r, claim, at + 1, diag); /* a row for each cover */
    }
    result_close(&r);
    return status;
}

static const char *take(void *to, int key, const char *value)
{
    struct options *options = to;
    char *end;
    (void)key;
    options->follow = true;
    options->claim = strtoll(value, &end, 10);
    return *value == '\0' || *end != '\0' ? tr("the number of a claim is a whole number", "理赔编号应为整数") : NULL;
}

int command_audit(int argc, char **argv)
{
    static const struct argp_option own[] = {
        {"claim", 'c', "ID", 0, "follow one claim of the table that run --claims writes", 0},
        {0  }
    };
    struct options options = {.follow = false};
    struct command_line line = {.words = "RESULT.h5",
                                .en = "Add every flow of a result up again, from the file alone.",
                                .zh = "仅凭结果文件重新核算全部资金流。",
                                .least = 1,
                                .most = 1,
                                .formats = true,
                                .own = own,
                                .take = take,
                                .to = &options};
    struct common c;
    struct diag diag;
    command_options(&c, &line, argc, argv);
    diag_init(&diag);
    diag.zh = lang_zh;
    enum status status =
        options.follow ? follow(c.word[0], options.claim, c.format, &diag) : audit_file(c.word[0], c.format, &diag);
    return command_end(&c, &diag, status);
}
