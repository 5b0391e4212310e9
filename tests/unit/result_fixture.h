/* SPDX-License-Identifier: GPL-3.0-or-later */
/* result_fixture - runs made of a formula instead of a world, whose accounts agree with their flows, to write files of. */
#ifndef RESULT_FIXTURE_H
#define RESULT_FIXTURE_H
#include <liandong/results.h>

enum { FAKE_MONTHS = 5, FAKE_REGIONS = 2, FAKE_STAGES = 3, FAKE_BANKS = 2 };

struct fake {
    struct setup setup;
    struct record_layout layout;
    size_t offset[8];
    struct result_about about;
    struct diag diag;
    /* a planted error: `fen` lost by an account in one month and ever after; the run is the one that has it */
    uint32_t bad_run;
    int32_t bad_month, bad_region;
    enum account bad_account;
    int64_t fen;
    bool no_loans;    /* loans_outstanding is zero in all runs */
    uint32_t fail_at; /* the run whose record cannot be had; UINT32_MAX: none */
};

void fake_init(struct fake *fake, uint32_t runs);
void fake_free(struct fake *fake);
/* Fills the record of a run, which has room for the layout. */
void fake_run(const struct fake *fake, uint32_t run, struct run_record *record);
/* A record_fn. */
enum status fake_record(void *fake, uint32_t run, struct record_room *to, struct diag *diag);
#endif
