/* SPDX-License-Identifier: GPL-3.0-or-later */
/* unwritten - a result that is read as if it were a file, and never was one: its variables are taken from the records of its runs.
 *
 * For whoever wants some figures of many worlds (`sweep`): a file of a small world costs more than the world itself. */
#ifndef LIANDONG_UNWRITTEN_H
#define LIANDONG_UNWRITTEN_H
#include <liandong/reading.h>
#include <liandong/results.h>

/* The variables that result_write would put into a file, with their values.  `about` and `from` stay until result_close,
 * which is due after an error as well; some records at a time are in memory.  NO_MEMORY; result_read passes on what `record`
 * returns. */
enum status result_of_records(struct result *r, const struct result_about *about, record_fn record, void *from,
                              struct diag *diag) MUST_CHECK;

/* -- for sim/io/reading.c: variable k as reading.h has it ---------------------------------------------------------------- */
enum status unwritten_read(struct unwritten *u, size_t k, uint64_t first, uint64_t n, union cell *cells,
                           struct diag *diag) MUST_CHECK;
/* Copies, freed by the caller, also after NO_MEMORY. */
enum status unwritten_texts(const struct unwritten *u, size_t k, char **text) MUST_CHECK;
int32_t unwritten_start(const struct unwritten *u);
void unwritten_free(struct unwritten *u); /* NULL: nothing */
#endif
