/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usage - what a command line may hold and what is wrong with one, in the language chosen: argp and getopt would say it in that of
 * the C library, which knows no Chinese where its catalogues are not installed. */
#ifndef LIANDONG_COMMANDS_USAGE_H
#define LIANDONG_COMMANDS_USAGE_H
#include <liandong/command.h>

/* Says the first wrong option of a line and exits 2: unknown (with the nearest), ambiguous, without its value, with one that it does
 * not take.  What is left for argp is right. */
void usage_check(const struct argp_option *options, size_t n, int argc, char **argv);

/* What --help prints: the line, what the command does, each option.  `name`: "liandong run". */
void usage_help(const struct argp_option *options, size_t n, const struct command_line *line, const char *name);

/* What --usage prints: the line with every option. */
void usage_short(const struct argp_option *options, size_t n, const struct command_line *line, const char *name);

/* "Usage: liandong run [OPTION...] SCENARIO" and where more stands. */
void usage_hint(const struct command_line *line, const char *name, FILE *to);

/* "liandong: error: WHAT; did you mean NEAR?" (near may be NULL); exits 2. */
_Noreturn void usage_error(const char *what, const char *near);
#endif
