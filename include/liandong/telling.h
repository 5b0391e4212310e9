/* SPDX-License-Identifier: GPL-3.0-or-later */
/* telling - long work on the command line: lines, progress with rate and time left on a terminal, and the interrupt. */
#ifndef LIANDONG_TELLING_H
#define LIANDONG_TELLING_H
#include <liandong/command.h>
#include <liandong/run.h>

struct telling {
    const struct common *common;
    bool terminal, shown;
    double begun, told;
    struct run_listener listener; /* to hand on; points back here */
};

/* From here on SIGINT or SIGTERM sets the flag that telling_stop gives, once; a second one ends the program. */
void telling_begin(struct telling *t, const struct common *c);
const volatile sig_atomic_t *telling_stop(void);
void telling_say(struct telling *t, const char *text);
/* Wipes the progress and says how it ended: how long it took, or how to go on after an interrupt. */
void telling_end(struct telling *t, enum status status);
#endif
