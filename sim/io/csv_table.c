/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv_table - see include/liandong/csv_table.h. */
#include <inttypes.h>
#include <liandong/csv_table.h>
#include <math.h>
#include <string.h>

enum { ROWS = 4096 };

void csv_put_text(FILE *to, const char *text, const char *behind)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        fprintf(to, "%s%s", text, behind);
        return;
    }
    fputc('"', to);
    for (; *text != '\0'; text++)
        fprintf(to, *text == '"' ? "\"\"" : "%c", *text);
    fprintf(to, "\"%s", behind);
}

void csv_put_number(FILE *to, bool real, union cell value)
{
    char text[40] = "";
    if (!real)
        snprintf(text, sizeof text, "%" PRId64, value.i);
    for (int digits = 15; real && !isnan(value.d) && digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value.d);
        if (strtod(text, NULL) == value.d)
            break;
    }
    fputs(text, to);
}

/* What is written, and a block of its rows. */
struct table {
    const struct result *r;
    size_t n;
    const struct result_variable **v;
    char **meanings;   /* [n]: NULL, or the names of codes */
    union cell **cell; /* [n][ROWS] */
};

static bool is_column(const struct result_variable *v)
{
    return !v->text && v->rank == 1 && strcmp(v->axis[0], "row") == 0 && strcmp(v->name, "row") != 0;
}

bool csv_is_table(const struct result *r)
{
    const struct result_variable *row = result_find(r, "row");
    return row != NULL && row->rank == 1 && result_find(r, "time") == NULL;
}

static enum status choose(struct table *t, char *const *column, size_t n, struct diag *diag)
{
    const struct result_variable *v;
    for (size_t k = 0; column != NULL && k < n; k++) {
        TRY(result_need(t->r, column[k], &v, diag));
        if (!is_column(v))
            return diag_stop(diag, FAILED, "%s: '%s' is not a column of the table", t->r->path, column[k]);
        t->v[t->n++] = v;
    }
    for (size_t k = 0; k < t->r->n && column == NULL; k++)
        if (is_column(&t->r->variable[k]))
            t->v[t->n++] = &t->r->variable[k];
    return OK;
}

/* Codes are the only columns of one byte, or of two where there are many. */
static enum status read_meanings(struct table *t, struct diag *diag)
{
    for (size_t k = 0; k < t->n; k++) {
        struct diag unsaid;
        if (t->v[k]->real || t->v[k]->bytes > 2)
            continue;
        diag_init(&unsaid);
        enum status status = result_text(t->r, t->v[k]->name, "flag_meanings", &t->meanings[k], &unsaid);
        diag_free(&unsaid);
        if (status == NO_MEMORY)
            return diag_stop(diag, NO_MEMORY, "out of memory");
    }
    return OK;
}

/* Name k of words separated by blanks, or the number where there is none. */
static void put_code(FILE *to, const char *words, int64_t k)
{
    for (int64_t j = 0; j < k && *words != '\0'; j++) {
        words += strcspn(words, " ");
        words += *words == ' ';
    }
    if (k < 0 || *words == '\0')
        fprintf(to, "%" PRId64, k);
    else
        fprintf(to, "%.*s", (int)strcspn(words, " "), words);
}

static void put_row(FILE *to, const struct table *t, uint64_t i)
{
    for (size_t k = 0; k < t->n; k++) {
        if (t->meanings[k] != NULL)
            put_code(to, t->meanings[k], t->cell[k][i].i);
        else
            csv_put_number(to, t->v[k]->real, t->cell[k][i]);
        fputc(k + 1 < t->n ? ',' : '\n', to);
    }
}

static enum status put_rows(FILE *to, const struct table *t, struct diag *diag)
{
    uint64_t rows = t->n > 0 ? t->v[0]->length[0] : 0;
    for (size_t k = 0; k < t->n; k++)
        if (t->v[k]->length[0] != rows)
            return diag_stop(diag, IO_ERROR, "%s: is damaged: %s does not fit its axes", t->r->path, t->v[k]->name);
    for (uint64_t first = 0; first < rows; first += ROWS) {
        uint64_t n = rows - first < ROWS ? rows - first : ROWS;
        for (size_t k = 0; k < t->n; k++)
            TRY(result_read(t->r, t->v[k], first, n, t->cell[k], diag));
        for (uint64_t i = 0; i < n; i++)
            put_row(to, t, i);
    }
    return OK;
}

static enum status put_table(FILE *to, struct table *t, char *const *column, size_t n, bool zh, struct diag *diag)
{
    TRY(choose(t, column, n, diag));
    TRY(read_meanings(t, diag));
    for (size_t k = 0; k < t->n; k++)
        if ((t->cell[k] = calloc(ROWS, sizeof *t->cell[k])) == NULL)
            return diag_stop(diag, NO_MEMORY, "out of memory");
    fputs("\xef\xbb\xbf", to);
    for (size_t k = 0; k < t->n; k++)
        csv_put_text(to, zh ? t->v[k]->zh : t->v[k]->name, k + 1 < t->n ? "," : "\n");
    return put_rows(to, t, diag);
}

enum status csv_table_write(FILE *to, const struct result *r, char *const *column, size_t n, bool zh, struct diag *diag)
{
    size_t room = (column == NULL ? r->n : n) + 1;
    struct table t = {.r = r,
                      .v = calloc(room, sizeof *t.v),
                      .meanings = calloc(room, sizeof *t.meanings),
                      .cell = calloc(room, sizeof *t.cell)};
    enum status status = t.v == NULL || t.meanings == NULL || t.cell == NULL
                             ? diag_stop(diag, NO_MEMORY, "out of memory")
                             : put_table(to, &t, column, n, zh, diag);
    for (size_t k = 0; k < t.n; k++) {
        free(t.meanings[k]);
        free(t.cell[k]);
    }
    free(t.v);
    free(t.meanings);
    free(t.cell);
    return status;
}
