/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plan - every variable of a result file in the order in which it is written; for sim/io only.
 *
 * From this one list come the file, the digest and the sizes: a variable is either small and in memory (coordinates,
 * labels) or gathered from the records run by run. */
#ifndef LIANDONG_PLAN_H
#define LIANDONG_PLAN_H
#include <liandong/hdf.h>
#include <liandong/results.h>

enum { CHUNK_RUNS = 32 };

enum from { FROM_MEMORY, FROM_CELLS, FROM_START, FROM_VERDICT };
struct variable {
    struct hdf_variable hdf;
    enum from from;
    const void *values;             /* FROM_MEMORY: of hdf.type; strings: const char *[] */
    size_t offset, width;           /* FROM_CELLS: cells of one month */
    bool reach;                     /* left out of the digest */
    char coordinates[2 * HDF_NAME]; /* CF: which other variables label the axes */
    int n_flags;                    /* of an int8 */
    const char *flag_meanings, *calendar;
    struct sha256 hash;
};

enum { AXIS_RUN = N_DIMENSIONS, AXIS_TIME, AXIS_REGION, AXIS_ACCOUNT, AXIS_KIND, N_AXES };
struct plan {
    const struct result_about *about;
    uint32_t runs;
    int32_t months, regions;
    struct hdf_axis axis[N_AXES]; /* the first N_DIMENSIONS by enum dimension */
    size_t n, capacity;
    struct variable *variable;
    size_t n_owned;
    void *owned[64]; /* arrays behind FROM_MEMORY */
    char since[32];  /* "days since 2016-01-01" */
    char label_name[N_AXES][HDF_NAME], label_en[N_AXES][HDF_NAME], label_zh[N_AXES][HDF_NAME];
};

enum status plan_make(struct plan *plan, const struct result_about *about, struct diag *diag) MUST_CHECK;
void plan_free(struct plan *plan);
/* Days from 1 January of year 0 to the first of a month (months since 0000-01), proleptic Gregorian. */
int64_t month_first_day(int32_t month);

/* Root attributes that any file of ours carries, and the group of parameters. */
bool provenance_put(hid_t file, const struct result_about *about, const char *title_en, const char *title_zh);
bool parameters_put(hid_t file, const struct setup *setup);
#endif
