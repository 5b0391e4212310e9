/* SPDX-License-Identifier: GPL-3.0-or-later */
/* printing - rows of texts in six formats.  Chinese characters take two columns of a terminal. */
#include <errno.h>
#include <liandong/command.h>
#include <liandong/encoding.h>
#include <string.h>

void table_init(struct table *t, const struct column *column, size_t n_columns)
{
    *t = (struct table){.column = column, .n_columns = n_columns};
}

void table_free(struct table *t)
{
    for (size_t i = 0; i < t->n_rows * t->n_columns; i++)
        free(t->cell[i]);
    free(t->cell);
    *t = (struct table){0};
}

void table_add(struct table *t, const char *const *cells)
{
    if (t->n_rows == t->capacity) {
        size_t capacity = t->capacity == 0 ? 64 : 2 * t->capacity;
        char **grown = realloc(t->cell, capacity * t->n_columns * sizeof *grown);
        if (grown == NULL) {
            t->no_memory = true;
            return;
        }
        t->cell = grown;
        t->capacity = capacity;
    }
    char **row = t->cell + t->n_rows++ * t->n_columns;
    for (size_t i = 0; i < t->n_columns; i++) {
        size_t size = cells[i] == NULL ? 0 : strlen(cells[i]) + 1;
        row[i] = size == 0 ? NULL : malloc(size);
        t->no_memory = t->no_memory || (size > 0 && row[i] == NULL);
        if (row[i] != NULL && cells[i] != NULL)
            memcpy(row[i], cells[i], size);
    }
}

static const char *heading(const struct table *t, size_t column)
{
    return tr(t->column[column].en, t->column[column].zh);
}

static const char *cell(const struct table *t, size_t row, size_t column)
{
    const char *text = t->cell[row * t->n_columns + column];
    return text == NULL ? "" : text;
}

void json_string(FILE *to, const char *text)
{
    fputc('"', to);
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\')
            fprintf(to, "\\%c", *c);
        else if ((unsigned char)*c < ' ')
            fprintf(to, "\\u%04x", (unsigned)(unsigned char)*c);
        else
            fputc(*c, to);
    }
    fputc('"', to);
}

/* Whether a text is a number as JSON writes it. */
static bool is_number(const char *text)
{
    const char *at = text + (*text == '-');
    size_t whole = strspn(at, "0123456789");
    if (whole == 0 || (whole > 1 && *at == '0'))
        return false;
    at += whole;
    if (*at == '.') {
        size_t part = strspn(at + 1, "0123456789");
        if (part == 0)
            return false;
        at += 1 + part;
    }
    if (*at == 'e' || *at == 'E') {
        at += 1 + (at[1] == '+' || at[1] == '-');
        size_t power = strspn(at, "0123456789");
        if (power == 0)
            return false;
        at += power;
    }
    return *at == '\0';
}

static void print_json(const struct table *t, FILE *to)
{
    fputs("[", to);
    for (size_t r = 0; r < t->n_rows; r++) {
        fputs(r > 0 ? ",\n {" : "\n {", to);
        for (size_t c = 0; c < t->n_columns; c++) {
            const char *text = t->cell[r * t->n_columns + c];
            fputs(c > 0 ? ", " : "", to);
            json_string(to, t->column[c].name);
            fputs(": ", to);
            if (text == NULL)
                fputs("null", to);
            else if (t->column[c].kind == COLUMN_NUMBER && is_number(text))
                fputs(text, to);
            else
                json_string(to, text);
        }
        fputs("}", to);
    }
    fputs("\n]\n", to);
}

static void put_wide(FILE *to, const char *text, size_t width, bool right)
{
    size_t own = text_width(text), space = width > own ? width - own : 0;
    if (right)
        fprintf(to, "%*s", (int)space, "");
    fputs(text, to);
    if (!right)
        fprintf(to, "%*s", (int)space, "");
}

static void print_line(const struct table *t, const size_t *width, size_t row, bool head, FILE *to)
{
    for (size_t c = 0; c < t->n_columns; c++) {
        const char *text = head ? heading(t, c) : cell(t, row, c);
        bool last = c + 1 == t->n_columns, right = t->column[c].kind == COLUMN_NUMBER;
        put_wide(to, text, last && !right ? 0 : width[c], right);
        fputs(last ? "\n" : "  ", to);
    }
}

/* Each note as a comment of the format. */
static void print_notes(const struct table *t, const char *before, const char *after, FILE *to)
{
    for (size_t k = 0; k < t->n_notes; k++)
        fprintf(to, "%s%s%s\n", before, t->note[k], after);
}

static void print_text(const struct table *t, FILE *to)
{
    print_notes(t, "# ", "", to);
    if (t->title != NULL)
        fprintf(to, "%s\n", t->title);
    size_t *width = calloc(t->n_columns, sizeof *width);
    if (width == NULL)
        return;
    for (size_t c = 0; c < t->n_columns; c++) {
        width[c] = text_width(heading(t, c));
        for (size_t r = 0; r < t->n_rows; r++)
            if (text_width(cell(t, r, c)) > width[c])
                width[c] = text_width(cell(t, r, c));
    }
    print_line(t, width, 0, true, to);
    for (size_t r = 0; r < t->n_rows; r++)
        print_line(t, width, r, false, to);
    free(width);
}

static void put_csv(FILE *to, const char *text)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        fputs(text, to);
        return;
    }
    fputc('"', to);
    for (; *text != '\0'; text++)
        fprintf(to, *text == '"' ? "\"\"" : "%c", *text);
    fputc('"', to);
}

static void put_md(FILE *to, const char *text)
{
    for (; *text != '\0'; text++)
        fprintf(to, *text == '|' ? "\\|" : *text == '\n' ? " " : "%c", *text);
}

static void put_html(FILE *to, const char *text)
{
    for (; *text != '\0'; text++)
        switch (*text) {
        case '<':
            fputs("&lt;", to);
            break;
        case '>':
            fputs("&gt;", to);
            break;
        case '&':
            fputs("&amp;", to);
            break;
        default:
            fputc(*text, to);
        }
}

static void put_latex(FILE *to, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\\')
            fputs("\\textbackslash{}", to);
        else if (*text == '~' || *text == '^')
            fprintf(to, "\\%c{}", *text);
        else
            fprintf(to, strchr("&%$#_{}", *text) != NULL ? "\\%c" : "%c", *text);
    }
}

/* A format whose lines are: before, cells with something between, after. */
struct style {
    const char *before, *between, *after;
    void (*put)(FILE *to, const char *text);
};

static void print_row(const struct table *t, const struct style *s, size_t row, bool head, FILE *to)
{
    fputs(s->before, to);
    for (size_t c = 0; c < t->n_columns; c++) {
        fputs(c > 0 ? s->between : "", to);
        s->put(to, head ? heading(t, c) : cell(t, row, c));
    }
    fputs(s->after, to);
}

static void print_rows(const struct table *t, const struct style *s, FILE *to)
{
    for (size_t r = 0; r < t->n_rows; r++)
        print_row(t, s, r, false, to);
}

static void print_csv(const struct table *t, FILE *to)
{
    static const struct style s = {"", ",", "\n", put_csv};
    fputs("\xef\xbb\xbf", to); /* Excel in Chinese needs it */
    print_notes(t, "# ", "", to);
    print_row(t, &s, 0, true, to);
    print_rows(t, &s, to);
}

static void print_md(const struct table *t, FILE *to)
{
    static const struct style s = {"| ", " | ", " |\n", put_md};
    print_notes(t, "<!-- ", " -->", to);
    if (t->title != NULL)
        fprintf(to, "**%s**\n\n", t->title);
    print_row(t, &s, 0, true, to);
    for (size_t c = 0; c < t->n_columns; c++)
        fputs(t->column[c].kind == COLUMN_NUMBER ? "| ---: " : "| --- ", to);
    fputs("|\n", to);
    print_rows(t, &s, to);
}

/* Three rules and no more (三线表): above and below the table, and under its head. */
static void print_html(const struct table *t, FILE *to)
{
    static const struct style head = {"<tr><th>", "</th><th>", "</th></tr>\n", put_html};
    static const struct style s = {"<tr><td>", "</td><td>", "</td></tr>\n", put_html};
    fprintf(to, "<!DOCTYPE html>\n<html lang=\"%s\">\n<meta charset=\"utf-8\">\n<title>liandong</title>\n",
            tr("en", "zh"));
    fputs("<style>\ntable {border-collapse: collapse; border-top: 1.5pt solid; border-bottom: 1.5pt solid}\n"
          "th {border-bottom: 0.75pt solid; text-align: left}\nth, td {padding: 2pt 8pt}\n",
          to);
    for (size_t c = 0; c < t->n_columns; c++)
        if (t->column[c].kind == COLUMN_NUMBER)
            fprintf(to, "th:nth-child(%zu), td:nth-child(%zu) {text-align: right}\n", c + 1, c + 1);
    fputs("</style>\n<table>\n", to);
    if (t->title != NULL) {
        fputs("<caption>", to);
        put_html(to, t->title);
        fputs("</caption>\n", to);
    }
    print_row(t, &head, 0, true, to);
    print_rows(t, &s, to);
    fputs("</table>\n", to);
    for (size_t k = 0; k < t->n_notes; k++) {
        fputs("<p><small>", to);
        put_html(to, t->note[k]);
        fputs("</small></p>\n", to);
    }
    fputs("</html>\n", to);
}

static void print_latex(const struct table *t, FILE *to)
{
    static const struct style s = {"", " & ", " \\\\\n", put_latex};
    print_notes(t, "% ", "", to);
    if (t->title != NULL) {
        fputs("\\begin{table}\n\\centering\n\\caption{", to);
        put_latex(to, t->title);
        fputs("}\n", to);
    }
    fputs("\\begin{tabular}{", to);
    for (size_t c = 0; c < t->n_columns; c++)
        fputc(t->column[c].kind == COLUMN_NUMBER ? 'r' : 'l', to);
    fputs("}\n\\toprule\n", to);
    print_row(t, &s, 0, true, to);
    fputs("\\midrule\n", to);
    print_rows(t, &s, to);
    fprintf(to, "\\bottomrule\n\\end{tabular}\n%s", t->title != NULL ? "\\end{table}\n" : "");
}

enum status table_print(const struct table *t, enum format format, FILE *to, struct diag *diag)
{
    static void (*const printers[])(const struct table *, FILE *) = {
        [FORMAT_TEXT] = print_text,   [FORMAT_JSON] = print_json, [FORMAT_CSV] = print_csv,
        [FORMAT_LATEX] = print_latex, [FORMAT_HTML] = print_html, [FORMAT_MD] = print_md,
    };
    if (t->no_memory)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    BUG_ON(format >= FORMAT_JSON_SCHEMA);
    printers[format](t, to);
    if (fflush(to) != 0 || ferror(to))
        return diag_stop(diag, IO_ERROR, "cannot write the output: %s", diag_reason(diag, errno));
    return OK;
}
