/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tables - lists that the program is made of: the series of a result. */
#include <liandong/command.h>
#include <liandong/measure.h>

static enum status print_series(enum format format, struct diag *diag)
{
    static const char *const dimension[N_DIMENSIONS] = {
#define X(name, text) [DIM_##name] = text,
        DIMENSIONS(X)
#undef X
    };
    static const struct column columns[] = {
        {"name",     "series",     "序列",       COLUMN_TEXT},
        {"by",       "also by",    "另按",       COLUMN_TEXT},
        {"unit",     "unit",       "单位",       COLUMN_TEXT},
        {"written",  "written",    "写入",       COLUMN_TEXT},
        {"label_en", "meaning",    "英文说明", COLUMN_TEXT},
        {"label_zh", "in Chinese", "说明",       COLUMN_TEXT}
    };
    struct table table;
    table_init(&table, columns, 6);
    for (size_t s = 0; s < n_series; s++) {
        const struct series_desc *d = &series_table[s];
        const char *written = d->flags & SERIES_DETAIL ? tr("with --detail", "需 --detail") : tr("always", "总是");
        const char *cells[] = {d->name, dimension[d->dim], unit_shown(d->unit, format), written, d->en, d->zh};
        table_add(&table, cells);
    }
    enum status status = table_print(&table, format, stdout, diag);
    table_free(&table);
    return status;
}

int command_series(int argc, char **argv)
{
    static const struct command_line line = {.words = "",
                                             .en = "Print the outcome series: by run, month and region, and what else.",
                                             .zh = "列出结果序列（按模拟、月份、区域及其他维度）。",
                                             .formats = true};
    struct common c;
    struct diag diag;
    command_options(&c, &line, argc, argv);
    diag_init(&diag);
    diag.zh = lang_zh;
    return command_end(&c, &diag, print_series(c.format, &diag));
}
