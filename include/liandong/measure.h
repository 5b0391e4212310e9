/* SPDX-License-Identifier: GPL-3.0-or-later */
/* measure - the outcome series (series.def) and the record of one month in which they leave the engine.
 *
 * A record is a row of 8-byte cells: for each series, region by region, as many cells as its dimension has members; then the
 * flows of the month (region x kind), then the balances at its end (region x account), all in fen.  Whoever writes files
 * needs nothing else of the world. */
#ifndef LIANDONG_MEASURE_H
#define LIANDONG_MEASURE_H
#include <liandong/ledger.h>
#include <liandong/setup.h>

union cell {
    int64_t i;
    double d;
};

/* DIMENSION(NAME, file name): what a series has beside run, time and region */
/* clang-format off */
#define DIMENSIONS(X) \
    X(NONE, "") \
    X(STAGE, "stage") \
    X(SECTOR, "sector") \
    X(CHANNEL, "channel") \
    X(PRODUCT, "product") \
    X(BANK, "bank") \
    X(POOL, "pool") \
    X(INSTRUMENT, "instrument") \
    X(TIER, "tier") \
    X(BEARER, "bearer") \
    X(AGE, "age") \
    X(VINTAGE, "vintage") \
    X(COVER, "cover") \
    X(SECURED, "security") \
    X(PARTNER, "partner") \
    X(EXIT, "exit") \
    X(MULTIPLE, "multiple") \
    X(BOARD, "board")
/* clang-format on */
enum dimension {
#define X(name, text) DIM_##name,
    DIMENSIONS(X)
#undef X
        N_DIMENSIONS
};
enum series_type { SERIES_INT, SERIES_REAL };
enum {
    SERIES_REACH = 1, /* who is eligible: left out of the digest */
    SERIES_DETAIL = 2 /* written with --detail only */
};

struct series_desc {
    const char *name;
    enum dimension dim;
    enum series_type type;
    const char *unit; /* "fen", "yuan", "1", "1/year", "enterprises", ... */
    int flags;
    const char *en, *zh;
};
extern const struct series_desc series_table[];
extern const size_t n_series;

/* Lengths and names of the dimensions of a setup, and where everything lies in a record. */
struct record_layout {
    int32_t n_regions;
    int32_t length[N_DIMENSIONS];               /* length[DIM_NONE] = 1 */
    char (*names[N_DIMENSIONS])[2 * NAME_SIZE]; /* English identifiers of the members */
    char (*names_zh[N_DIMENSIONS])[2 * NAME_SIZE];
    size_t *series;         /* offset of series s; region r, member k: series[s] + r * length + k */
    size_t flows, balances; /* flows + r * N_FLOWS + kind; balances + r * N_ACCOUNTS + account */
    size_t n;               /* cells of one month */
};
enum status record_layout_init(struct record_layout *layout, const struct setup *setup) MUST_CHECK;
/* How a member that every layout has, or the first instance of a kind, is called in Chinese; NULL: it is one of the scenario's own. */
const char *layout_label_zh(const char *member);
void record_layout_free(struct record_layout *layout);

/* What one run leaves: months x layout.n cells, the balances before the first measured month, and the audit's verdict. */
struct run_record {
    uint32_t run;
    int32_t months;
    union cell *cell;        /* [months][layout.n] */
    int64_t *balances_start; /* [region][account] */
    int32_t balanced;        /* 1: every month of this run balanced to the fen */
};
#endif
