/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sheet - see include/liandong/sheet.h. */
#include <errno.h>
#include <liandong/encoding.h>
#include <liandong/sheet.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* Where reading is.  Cells are cut out of the text in place. */
struct reader {
    struct sheet *s;
    char *at, *end;
    char separator;
    int line, column;
    size_t n, capacity; /* cells so far */
    struct diag *diag;
    enum status status;
};

enum status sheet_file_read(const char *path, size_t most, char **text, size_t *size, struct diag *diag)
{
    FILE *file = fopen(path, "rb");
    size_t room = 1 << 16, got = 0;
    *text = NULL;
    *size = 0;
    if (file == NULL && errno == ENOENT)
        return diag_fail(diag, (struct place){0}, "there is no file '%s'", path);
    if (file == NULL)
        return diag_stop(diag, IO_ERROR, "cannot read %s: %s", path, diag_reason(diag, errno));
    do {
        room *= 2;
        char *grown = realloc(*text, room + 1);
        if (grown == NULL) {
            free(*text);
            *text = NULL;
            fclose(file);
            return diag_stop(diag, NO_MEMORY, "out of memory");
        }
        *text = grown;
        got = fread(*text + *size, 1, room - *size, file);
        *size += got;
    } while (*size == room && *size <= most);
    bool bad = ferror(file) != 0;
    int why = errno;
    fclose(file);
    (*text)[*size] = '\0';
    if (!bad && *size <= most)
        return OK;
    free(*text);
    *text = NULL;
    if (bad)
        return diag_stop(diag, IO_ERROR, "cannot read %s: %s", path, diag_reason(diag, why));
    return diag_fail(diag, (struct place){path, 0, 0}, "larger than %d MiB", (int)(most >> 20));
}

struct place sheet_place(const struct sheet *s, const struct sheet_cell *cell)
{
    return (struct place){s->file, cell->line, cell->column};
}

size_t sheet_find(const struct sheet *s, const char *name)
{
    size_t c = 0;
    while (c < s->n_columns && strcmp(s->header[c].text, name) != 0)
        c++;
    return c;
}

void sheet_free(struct sheet *s)
{
    free(s->bytes);
    free(s->cell);
    *s = (struct sheet){.file = NULL};
}

/* Bytes of a blank at text, or 0: space, tab, no-break and full-width space, zero-width space and byte-order mark. */
static size_t blank(const char *text)
{
    static const char *const wide[] = {" ", "\t", "\xc2\xa0", "\xe3\x80\x80", "\xe2\x80\x8b", "\xef\xbb\xbf"};
    for (size_t k = 0; k < sizeof wide / sizeof wide[0]; k++)
        if (strncmp(text, wide[k], strlen(wide[k])) == 0)
            return strlen(wide[k]);
    return 0;
}

/* Cuts blanks off both ends of a text that ends in a zero. */
static char *trim(char *text)
{
    size_t n;
    while ((n = blank(text)) > 0)
        text += n;
    for (bool cut = true; cut;) {
        size_t length = strlen(text);
        cut = false;
        for (size_t back = 1; back <= 3 && back <= length && !cut; back++)
            if (blank(text + length - back) == back) {
                text[length - back] = '\0';
                cut = true;
            }
    }
    return text;
}

static bool add_cell(struct reader *r, char *text, int line, int column)
{
    if (r->n == r->capacity) {
        size_t capacity = r->capacity == 0 ? 1024 : 2 * r->capacity;
        struct sheet_cell *grown = realloc(r->s->cell, capacity * sizeof *grown);
        if (grown == NULL) {
            r->status = diag_stop(r->diag, NO_MEMORY, "out of memory");
            return false;
        }
        r->s->cell = grown;
        r->capacity = capacity;
    }
    r->s->cell[r->n++] = (struct sheet_cell){trim(text), line, column};
    return true;
}

static void step(struct reader *r)
{
    r->column += ((unsigned char)*r->at & 0xc0) != 0x80;
    r->at++;
}

/* Past one line end, if there is one here. */
static bool take_line_end(struct reader *r)
{
    if (*r->at != '\n' && *r->at != '\r')
        return false;
    r->at += r->at[0] == '\r' && r->at[1] == '\n' ? 2 : 1;
    r->line++;
    r->column = 1;
    return true;
}

/* The quoted text at r->at; afterwards r->at is behind the closing quote and *to behind what was copied. */
static bool take_quoted(struct reader *r, char **to)
{
    struct place opened = {r->s->file, r->line, r->column};
    for (step(r); r->at < r->end; step(r)) {
        if (*r->at == '"' && r->at[1] == '"') {
            step(r);
        } else if (*r->at == '"') {
            step(r);
            return true;
        } else if (*r->at == '\n') {
            r->line++;
            r->column = 0;
        }
        *(*to)++ = *r->at;
    }
    r->status = diag_fail(r->diag, opened, "the quote that begins here has no end");
    return false;
}

/* One cell; *last: it was the last of its line.  The zero behind it is written only after what follows was looked at. */
static bool take_cell(struct reader *r, bool *last)
{
    char *start = r->at, *to = r->at;
    int line = r->line, column = r->column;
    while (r->at < r->end && *r->at == ' ')
        step(r);
    if (*r->at == '"' && r->at < r->end) {
        to = start;
        if (!take_quoted(r, &to))
            return false;
    } else {
        r->at = start;
        r->column = column;
    }
    while (r->at < r->end && *r->at != r->separator && *r->at != '\n' && *r->at != '\r') {
        *to++ = *r->at;
        step(r);
    }
    char *stop = to;
    *last = r->at >= r->end || *r->at != r->separator;
    if (!*last)
        step(r);
    else if (r->at < r->end)
        (void)take_line_end(r);
    *stop = '\0';
    return add_cell(r, start, line, column);
}

static bool all_empty(const struct reader *r, size_t first)
{
    for (size_t k = first; k < r->n; k++)
        if (r->s->cell[k].text[0] != '\0')
            return false;
    return true;
}

/* The cells of the next line that has any, behind those already there; false: no more, or an error that ends reading. */
static bool take_line(struct reader *r)
{
    while (r->at < r->end) {
        size_t first = r->n;
        if (*r->at == '#') {
            while (r->at < r->end && *r->at != '\n' && *r->at != '\r')
                r->at++;
            (void)take_line_end(r);
            continue;
        }
        for (bool last = false; !last;)
            if (!take_cell(r, &last))
                return false;
        if (!all_empty(r, first))
            return true;
        r->n = first;
    }
    return false;
}

/* What the first line with text has most of. */
static char separator_of(const char *at, const char *end)
{
    static const char possible[] = {',', '\t', ';'};
    size_t count[3] = {0};
    while (at < end && (*at == '#' || *at == '\n' || *at == '\r'))
        for (at += strcspn(at, "\r\n"); at < end && (*at == '\n' || *at == '\r');)
            at++;
    for (bool quoted = false; at < end && (quoted || (*at != '\n' && *at != '\r')); at++) {
        quoted = *at == '"' ? !quoted : quoted;
        for (size_t k = 0; k < 3 && !quoted; k++)
            count[k] += *at == possible[k];
    }
    size_t best = 0;
    for (size_t k = 1; k < 3; k++)
        best = count[k] > count[best] ? k : best;
    return possible[best];
}

static void check_header(struct reader *r)
{
    struct sheet_cell *cell = r->s->cell;
    while (r->n > 0 && cell[r->n - 1].text[0] == '\0')
        r->n--; /* spreadsheets leave empty columns at the right */
    r->s->n_columns = r->n;
    for (size_t c = 0; c < r->n; c++) {
        if (cell[c].text[0] == '\0')
            r->status = diag_fail(r->diag, sheet_place(r->s, &cell[c]), "column %d has no name", (int)c + 1);
        for (size_t b = 0; b < c && cell[c].text[0] != '\0'; b++)
            if (strcmp(cell[b].text, cell[c].text) == 0) {
                r->status = diag_fail(r->diag, sheet_place(r->s, &cell[c]),
                                      "two columns are called '%s'; the first is column %d", cell[c].text, (int)b + 1);
                break;
            }
    }
}

/* A line must have as many cells as the header; empty ones may be too many at the right. */
static void check_width(struct reader *r, size_t first)
{
    size_t width = r->s->n_columns, n = r->n - first;
    for (; n > width && r->s->cell[first + n - 1].text[0] == '\0'; n--)
        r->n--;
    if (n == width)
        return;
    r->status = diag_fail(r->diag, sheet_place(r->s, &r->s->cell[first]), "%d cells here, %d in the header", (int)n,
                          (int)width);
    r->n = first;
}

/* What people hand over instead of a CSV, by its first bytes. */
static enum status check_workbook(const char *file, const char *bytes, size_t size, struct diag *diag)
{
    bool xlsx = size >= 4 && memcmp(bytes, "PK\3\4", 4) == 0,
         xls = size >= 4 && memcmp(bytes, "\xd0\xcf\x11\xe0", 4) == 0;
    if (xlsx || xls)
        return diag_fail(diag, (struct place){file, 1, 1},
                         "a workbook of a spreadsheet; save the sheet as CSV (UTF-8)");
    return OK;
}

enum status sheet_read_text(struct sheet *s, const char *file, char *bytes, size_t size, struct diag *diag)
{
    BUG_ON(bytes == NULL);
    *s = (struct sheet){.file = file, .bytes = bytes};
    size_t mark = text_mark(bytes, size);
    struct reader r = {.s = s, .at = bytes + mark, .end = bytes + size, .line = 1, .column = 1, .diag = diag};
    const char *zero = memchr(bytes, '\0', size);
    r.status = check_workbook(file, bytes, size, diag);
    if (r.status == OK)
        r.status = text_check_encoding(file, bytes, size, diag);
    if (r.status == OK && zero != NULL)
        r.status = diag_fail(diag, text_place(file, bytes, (size_t)(zero - bytes)),
                             "a control character, which no text file should hold");
    if (r.status == OK) {
        r.separator = separator_of(r.at, r.end);
        if (take_line(&r))
            check_header(&r);
        else if (r.status == OK)
            r.status = diag_fail(diag, (struct place){file, 1, 1}, "the table is empty");
        for (size_t first = r.n; r.status != NO_MEMORY && take_line(&r); first = r.n)
            check_width(&r, first);
    }
    if (r.status != OK) {
        sheet_free(s);
        return r.status;
    }
    s->header = s->cell;
    s->row = s->cell + s->n_columns;
    s->n_rows = r.n / s->n_columns - 1;
    return OK;
}

enum status sheet_read(struct sheet *s, const char *file, struct diag *diag)
{
    char *bytes;
    size_t size;
    *s = (struct sheet){.file = file};
    TRY(sheet_file_read(file, SHEET_SIZE_MOST, &bytes, &size, diag));
    return sheet_read_text(s, file, bytes, size, diag);
}

static bool says_nothing(const char *text)
{
    static const char *const nothing[] = {"",   "NA",  "N/A", "NaN", "null", "NULL", "none", "-",
                                          "--", "---", "—",   "——",  "–",    "...",  "…",    "."};
    for (size_t k = 0; k < sizeof nothing / sizeof nothing[0]; k++)
        if (strcasecmp(text, nothing[k]) == 0)
            return true;
    return false;
}

enum sheet_value sheet_number(const struct sheet_cell *cell, double *number, int *decimals)
{
    const char *text = cell->text, *point = strchr(text, '.');
    char *end;
    bool minus = strncmp(text, "\xe2\x88\x92", 3) == 0; /* as printed tables write it */
    if (says_nothing(text))
        return SHEET_EMPTY;
    text += minus ? 3 : 0;
    /* no hexadecimal numbers, no "inf" */
    if (text[strspn(text, "+-.0123456789eE")] != '\0')
        return SHEET_TEXT;
    *number = (minus ? -1.0 : 1.0) * strtod(text, &end);
    *decimals = point == NULL ? 0 : (int)strspn(point + 1, "0123456789");
    return *end == '\0' && end != text && isfinite(*number) ? SHEET_NUMBER : SHEET_TEXT;
}
