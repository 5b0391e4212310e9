/* SPDX-License-Identifier: GPL-3.0-or-later */
/* flows - the kinds of flow that the model knows; of a result, the matrix of what went from where to where. */
#include <liandong/command.h>
#include <liandong/ledger.h>
#include <liandong/matrix.h>
#include <liandong/results.h>
#include <string.h>

/* An account as people read it; in English, and for programs, its name. */
static const char *account_shown(const char *name, enum format format)
{
    char lower[64];
    for (size_t k = 0; k < N_ACCOUNTS; k++) {
        name_lower(account_table[k].name, lower, sizeof lower);
        if (strcmp(lower, name) == 0)
            return word_shown(name, account_table[k].zh, format);
    }
    return name;
}

static enum status print_kinds(enum format format, struct diag *diag)
{
    static const struct column columns[] = {
        {"name",     "flow",       "资金流",    COLUMN_TEXT},
        {"from",     "from",       "流出账户", COLUMN_TEXT},
        {"to",       "to",         "流入账户", COLUMN_TEXT},
        {"label_en", "meaning",    "英文说明", COLUMN_TEXT},
        {"label_zh", "in Chinese", "说明",       COLUMN_TEXT}
    };
    struct table table;
    table_init(&table, columns, 5);
    for (size_t k = 0; k < N_FLOWS; k++) {
        char name[64], from[64], to[64];
        name_lower(flow_table[k].name, name, sizeof name);
        name_lower(account_table[flow_table[k].from].name, from, sizeof from);
        name_lower(account_table[flow_table[k].to].name, to, sizeof to);
        const char *cells[] = {name, account_shown(from, format), account_shown(to, format), flow_table[k].en,
                               flow_table[k].zh};
        table_add(&table, cells);
    }
    enum status status = table_print(&table, format, stdout, diag);
    table_free(&table);
    return status;
}

/* An account takes a row or a column only if money moved there. */
static bool pays(const struct matrix *m, size_t from)
{
    for (size_t to = 0; to < m->n; to++)
        if (m->yuan[from * m->n + to] != 0.0)
            return true;
    return false;
}

static bool is_paid(const struct matrix *m, size_t to)
{
    for (size_t from = 0; from < m->n; from++)
        if (m->yuan[from * m->n + to] != 0.0)
            return true;
    return false;
}

static void add_row(struct table *table, const struct matrix *m, size_t from, const char **cells, char (*text)[32],
                    enum format format)
{
    size_t n = 0;
    cells[n++] = account_shown(m->account[from], format);
    for (size_t to = 0; to < m->n; to++) {
        double yuan = m->yuan[from * m->n + to];
        if (!is_paid(m, to))
            continue;
        snprintf(text[n], sizeof text[n], "%.2f", yuan);
        cells[n] = yuan != 0.0 ? text[n] : NULL; /* most pairs of accounts have no flow between them */
        n++;
    }
    table_add(table, cells);
}

static enum status print_table(const struct matrix *m, struct column *columns, const char **cells, char (*text)[32],
                               enum format format, struct diag *diag)
{
    struct table table;
    size_t n = 0;
    columns[n++] = (struct column){"from", "yuan from \\ to", "元，流出＼流入", COLUMN_TEXT};
    for (size_t to = 0; to < m->n; to++)
        if (is_paid(m, to))
            columns[n++] =
                (struct column){m->account[to], m->account[to], account_shown(m->account[to], format), COLUMN_NUMBER};
    table_init(&table, columns, n);
    for (size_t from = 0; from < m->n; from++)
        if (pays(m, from))
            add_row(&table, m, from, cells, text, format);
    enum status status = table_print(&table, format, stdout, diag);
    table_free(&table);
    return status;
}

static enum status print_matrix(const char *path, enum format format, struct diag *diag)
{
    struct result r;
    struct result_shape shape;
    struct matrix m = {.n = 0};
    TRY(result_open(&r, path, diag));
    enum status status = result_shape(&r, &shape, diag); /* or it is no result of runs */
    if (status == OK)
        status = matrix_read(&m, &r, diag);
    result_close(&r);
    TRY(status);
    struct column *columns = calloc(m.n + 1, sizeof *columns);
    const char **cells = calloc(m.n + 1, sizeof *cells);
    char(*text)[32] = calloc(m.n + 1, sizeof *text);
    if (columns == NULL || cells == NULL || text == NULL)
        status = diag_stop(diag, NO_MEMORY, "out of memory");
    else
        status = print_table(&m, columns, cells, text, format, diag);
    free(columns);
    free(cells);
    free(text);
    matrix_free(&m);
    return status;
}

int command_flows(int argc, char **argv)
{
    static const struct command_line line = {
        .words = "[RESULT.h5]",
        .en = "Print the kinds of flow, or what a result moved from account to account: yuan, summed over months and "
              "regions, mean of the runs.",
        .zh = "列出资金流类型；给出结果文件时列出账户间资金流矩阵（元，按月份和区域合计，取各次模拟平均）。",
        .least = 0,
        .most = 1,
        .formats = true};
    struct common c;
    struct diag diag;
    command_options(&c, &line, argc, argv);
    diag_init(&diag);
    diag.zh = lang_zh;
    enum status status = c.n_words == 0 ? print_kinds(c.format, &diag) : print_matrix(c.word[0], c.format, &diag);
    return command_end(&c, &diag, status);
}
