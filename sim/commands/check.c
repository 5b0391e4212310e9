/* SPDX-License-Identifier: GPL-3.0-or-later */
/* check - reads a scenario and says every error of it, and what is hardly meant. */
#include "noting.h"

#include <liandong/command.h>
#include <liandong/scenario.h>

int command_check(int argc, char **argv)
{
    static const struct command_line line = {.words = "SCENARIO",
                                             .en = "Read a scenario and print every error with its place.",
                                             .zh = "读取情景文件，列出全部错误及其位置。",
                                             .least = 1,
                                             .most = 1,
                                             .sets = true};
    struct common c;
    struct diag diag;
    struct scenario scenario;
    command_options(&c, &line, argc, argv);
    diag_init(&diag);
    diag.zh = lang_zh;
    enum status status = scenario_read(&scenario, c.word[0], c.set, c.n_sets, &diag);
    if (status == OK) {
        command_say(&c, tr("%s: no error", "%s：没有错误"), c.word[0]);
        status = scenario_note(&scenario, &diag);
        scenario_free(&scenario);
    }
    return command_end(&c, &diag, status);
}
