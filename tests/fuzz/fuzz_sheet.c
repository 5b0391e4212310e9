/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a table of a user's: errors with a place, never a crash; every cell of what is sound has a place. */
#include <liandong/sheet.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_cells(const struct sheet *s)
{
    BUG_ON(s->n_columns == 0);
    for (size_t k = 0; k < (s->n_rows + 1) * s->n_columns; k++) {
        double number = 0.0;
        int decimals = 0;
        BUG_ON(s->cell[k].line < 1 || s->cell[k].column < 1);
        BUG_ON(k < s->n_columns && s->cell[k].text[0] == '\0');
        BUG_ON(sheet_number(&s->cell[k], &number, &decimals) == SHEET_EMPTY && number != 0.0);
    }
    BUG_ON(sheet_find(s, s->header[s->n_columns - 1].text) != s->n_columns - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sheet s;
    struct diag diag;
    char *text = malloc(size + 1);
    BUG_ON(text == NULL);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    diag_init(&diag);
    enum status status = sheet_read_text(&s, "fuzz.csv", text, size, &diag);
    BUG_ON(status != OK && diag.n == 0); /* an error without a message */
    if (status == OK) {
        check_cells(&s);
        sheet_free(&s);
    }
    diag_free(&diag);
    return 0;
}
