/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schedule - the phases of a month in their order: the model's table of contents. */
#include <liandong/command.h>
#include <liandong/month.h>

int command_schedule(int argc, char **argv)
{
    static const struct command_line line = {.en = "Print the phases of a month, in the order in which they happen.",
                                             .zh = "按发生顺序列出每月的各个阶段。",
                                             .formats = true};
    static const struct column columns[] = {
        {"order",    "",             "序",          COLUMN_NUMBER},
        {"name",     "phase",        "阶段",       COLUMN_TEXT  },
        {"kind",     "kind",         "类型",       COLUMN_TEXT  },
        {"label_en", "what happens", "英文说明", COLUMN_TEXT  },
        {"label_zh", "in Chinese",   "说明",       COLUMN_TEXT  }
    };
    struct common c;
    struct diag diag;
    struct table table;
    command_options(&c, &line, argc, argv);
    diag_init(&diag);
    diag.zh = lang_zh;
    bool both = c.format == FORMAT_JSON; /* whoever reads it chooses */
    struct column shown[] = {columns[0], columns[1], columns[2], columns[lang_zh && !both ? 4 : 3], columns[4]};
    table_init(&table, shown, both ? 5 : 4);
    for (size_t p = 0; p < n_phases; p++) {
        char order[24];
        bool local = schedule[p].kind == LOCAL_PHASE;
        snprintf(order, sizeof order, "%zu", p + 1);
        const char *cells[] = {order, schedule[p].name, local ? tr("local", "个体") : tr("market", "市场"),
                               both ? schedule[p].en : tr(schedule[p].en, schedule[p].zh), schedule[p].zh};
        table_add(&table, cells);
    }
    enum status status = table_print(&table, c.format, stdout, &diag);
    table_free(&table);
    return command_end(&c, &diag, status);
}
