/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sample - rows that a run leaves beside its record: the panel of enterprises, and the claims on covers. */
#ifndef LIANDONG_SAMPLE_H
#define LIANDONG_SAMPLE_H
#include <liandong/measure.h>
#include <liandong/world.h>

/* What a column of a sample holds; `names`: the members of this dimension, where there are few enough (else numbers). */
enum sample_type { SAMPLE_CODE, SAMPLE_INT32, SAMPLE_INT64, SAMPLE_REAL };
enum sample_names {
    NAMES_NONE,
    NAMES_REGION,
    NAMES_STAGE,
    NAMES_SECTOR,
    NAMES_BANK,
    NAMES_COVER,
    NAMES_PRODUCT,
    NAMES_REASON
};
struct sample_column {
    const char *name, *unit;
    enum sample_type type;
    enum sample_names names;
    const char *en, *zh;
};

/* Columns that several tables have: the run, and who it is. */
/* clang-format off */
#define COLUMN_RUN     {"run", "1", SAMPLE_INT32, NAMES_NONE, "run of the ensemble", "模拟序号"}
#define COLUMN_ORIGIN  {"origin", "1", SAMPLE_INT64, NAMES_NONE, "enterprise: hash of region and month of the idea", "企业来源标识"}
#define COLUMN_INDEX   {"index", "1", SAMPLE_INT64, NAMES_NONE, "enterprise: number within its origin", "企业序号"}
/* clang-format on */

/* Months are written as numbers, 202407; 0: not yet.  Both tables begin with `run` and `region`. */
extern const struct sample_column claim_columns[];
extern const size_t n_claim_columns;
/* The columns of the panel: three that say when and where, then enterprise.def, then the bits of membership. */
size_t panel_columns(struct sample_column *column, size_t most);
enum { PANEL_COLUMNS_MOST = 96 };

/* Rows of cells, as many a row as the table has columns. */
struct sample {
    union cell *cell;
    size_t n, capacity; /* cells */
    bool no_memory;
};
void sample_free(struct sample *sample);
/* One more cell; without memory it is left out and no_memory set. */
void sample_add(struct sample *to, int64_t value);

/* One row for each living enterprise whose identity falls into the share. */
enum status sample_panel(struct sample *to, const struct world *w, uint32_t run, double share) MUST_CHECK;

/* One row for each claim filed since `start` and cover of its chain. */
enum status sample_claims(struct sample *to, const struct world *w, uint32_t run) MUST_CHECK;
#endif
