/* SPDX-License-Identifier: GPL-3.0-or-later */
/* settings - "key=value" texts that a command adds to those of --set. */
#ifndef LIANDONG_SETTINGS_H
#define LIANDONG_SETTINGS_H
#include <liandong/setup.h>

enum { SETTING_MOST = 1023 }; /* bytes of one */
struct settings {
    const char **text;
    size_t n, capacity, borrowed; /* the first are the caller's */
    bool no_memory;
};
void settings_init(struct settings *s, const char *const *given, size_t n);
void settings_add(struct settings *s, const char *format, ...) PRINTF_LIKE(2, 3);
void settings_free(struct settings *s);

/* From a month on the base rate of every region is a ten-thousandth of itself higher (3.45 % becomes 3.450345 %), whatever it
 * becomes: too little to matter, enough to flip a decision here and there. */
void settings_nudge(struct settings *s, const struct setup *setup, int32_t from);

/* So many months more, in which no policy is enabled: what was promised is still paid, nothing new begins. */
void settings_runoff(struct settings *s, const struct setup *setup, int32_t months);
#endif
