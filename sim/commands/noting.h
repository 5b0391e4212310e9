/* SPDX-License-Identifier: GPL-3.0-or-later */
/* noting - tells what is no error in a scenario and yet hardly meant (notes.h), with the place where it was written. */
#ifndef LIANDONG_COMMANDS_NOTING_H
#define LIANDONG_COMMANDS_NOTING_H
#include <liandong/scenario.h>

/* NO_MEMORY, or OK. */
enum status scenario_note(const struct scenario *s, struct diag *diag) MUST_CHECK;
#endif
