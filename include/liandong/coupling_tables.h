/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coupling_tables - what `liandong coupling` prints: tables of texts, built column by column and row by row. */
#ifndef LIANDONG_COUPLING_TABLES_H
#define LIANDONG_COUPLING_TABLES_H
#include <liandong/command.h>
#include <liandong/coupling_places.h>

/* One table while it is built, and after. */
enum { TABLE_NOTES = 12 };
struct coupling_table {
    const char *name; /* of its file: OUT.NAME.csv; "": OUT.csv itself */
    struct table table;
    struct column *column;
    char **text; /* texts that columns own: name, en, zh of each */
    size_t n_columns;
    char **cell; /* of the row being filled */
    size_t at;
    int digits;   /* of numbers, or 0: as many as give the same number back */
    bool machine; /* the same headers in both languages */
    char *note[TABLE_NOTES];
    size_t n_notes;
    bool no_memory;
};

/* What all tables are made of. */
struct coupling_case {
    const char *diagnose; /* column, or NULL */
    struct coupling_spec spec;
    struct coupling_panel panel;
    struct ccd_result result;
    struct coupling_groups groups; /* n 0: none */
    double *neighbours;            /* [n_units][n_units], or NULL */
    const char *panel_file;
    enum format format;
    int digits;
};

void coupling_table_init(struct coupling_table *t, const struct coupling_case *of, const char *name, const char *title);
void coupling_table_free(struct coupling_table *t);
/* en NULL: as `name` in both languages. */
void coupling_table_column(struct coupling_table *t, enum column_kind kind, const char *name, const char *en,
                           const char *zh);
/* The cells of a row in order; the row is added with its last one.  Not a number: an empty cell. */
void coupling_table_text(struct coupling_table *t, const char *text);
void coupling_table_number(struct coupling_table *t, double number);
void coupling_table_count(struct coupling_table *t, long number);
void coupling_table_close(struct coupling_table *t);
/* Words in the language of the reader; in a table that programs read (CSV, JSON, HDF5) the English ones. */
const char *coupling_table_words(const struct coupling_table *t, const char *en, const char *zh) FORMAT_OF(2)
    FORMAT_OF(3);
void coupling_table_note(struct coupling_table *t, const char *format, ...) PRINTF_LIKE(2, 3);
/* The formulas of the degree: in every table. */
void coupling_table_formulas(struct coupling_table *t, const struct coupling_case *of);

/* Unit and year columns, if the panel has them, and their cells. */
void coupling_table_keys(struct coupling_table *t, const struct coupling_case *of);
void coupling_table_row_keys(struct coupling_table *t, const struct coupling_case *of, size_t row);

/* The tables, in order of their files. */
enum { TABLE_ALWAYS = -1, TABLE_OF_DIAGNOSIS = -2 };
typedef enum status (*coupling_table_fn)(struct coupling_table *t, const struct coupling_case *of, struct diag *diag);
struct coupling_table_desc {
    const char *name, *en, *zh;
    coupling_table_fn fill;
    int follow_up; /* enum follow_up it belongs to, or one of the two */
};
extern const struct coupling_table_desc coupling_tables[];
extern const size_t n_coupling_tables;

enum status coupling_degrees(struct coupling_table *t, const struct coupling_case *of, struct diag *diag) MUST_CHECK;
enum status coupling_weights(struct coupling_table *t, const struct coupling_case *of, struct diag *diag) MUST_CHECK;
enum status coupling_normal(struct coupling_table *t, const struct coupling_case *of, struct diag *diag) MUST_CHECK;
enum status coupling_obstacles(struct coupling_table *t, const struct coupling_case *of, struct diag *diag) MUST_CHECK;
enum status coupling_development(struct coupling_table *t, const struct coupling_case *of,
                                 struct diag *diag) MUST_CHECK;
enum status coupling_stages(struct coupling_table *t, const struct coupling_case *of, struct diag *diag) MUST_CHECK;
/* Everything but the follow-ups in one HDF5 file. */
enum status coupling_file_write(const char *path, const struct coupling_case *of, struct diag *diag) MUST_CHECK;
/* Which formulas made the column `name` of the panel; best first. */
enum status coupling_diagnose(struct coupling_table *t, const struct coupling_case *of, const char *name,
                              struct diag *diag) MUST_CHECK;
#endif
