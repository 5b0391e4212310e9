/* SPDX-License-Identifier: GPL-3.0-or-later */
/* encoding - is a text of a user's UTF-8, and if not, what does it look like; how wide it is on a terminal. */
#ifndef LIANDONG_ENCODING_H
#define LIANDONG_ENCODING_H
#include <liandong/diag.h>
#include <stdint.h>

/* One character: its bytes, or 0 if it is not UTF-8; code gets its number. */
size_t utf8_read(const char *text, size_t size, uint32_t *code);

/* Line and column (in characters) of a byte. */
struct place text_place(const char *file, const char *text, size_t offset);

/* Length of a byte-order mark at the start: 3 or 0. */
size_t text_mark(const char *text, size_t size);

/* UTF-8, or an error that says what it is instead. */
enum status text_check_encoding(const char *file, const char *text, size_t size, struct diag *diag) MUST_CHECK;

/* UTF-8 without tabs in indentation, or an error that says what it is instead. */
enum status text_check(const char *file, const char *text, size_t size, struct diag *diag) MUST_CHECK;

/* Columns of a terminal: East Asian wide characters take two. */
size_t text_width(const char *text);
#endif
