/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Result files: equal runs are equal files, the digest says what the values say, the audit finds a fen. */
#include "result_fixture.h"
#include <criterion/criterion.h>
#include <fcntl.h>
#include <hdf5.h>
#include <liandong/audit.h>
#include <liandong/reading.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static char path[64], other[64];
static struct fake fake;

static void remove_all(const char *name)
{
    static const char *const ending[] = {"", ".sha256", ".tmp", ".sha256.tmp"};
    char full[128];
    for (size_t i = 0; i < sizeof ending / sizeof ending[0]; i++) {
        snprintf(full, sizeof full, "%s%s", name, ending[i]);
        unlink(full);
    }
}

static void setup(void)
{
    snprintf(path, sizeof path, "/tmp/liandong-result-%d.h5", (int)getpid());
    snprintf(other, sizeof other, "/tmp/liandong-result-%d-b.h5", (int)getpid());
    fake_init(&fake, 40);
}

static void teardown(void)
{
    remove_all(path);
    remove_all(other);
    fake_free(&fake);
}
TestSuite(results, .init = setup, .fini = teardown, .timeout = 60);

static struct result_summary write_to(const char *name)
{
    struct result_summary summary;
    enum status status = result_write(name, &fake.about, fake_record, &fake, 1, &summary, &fake.diag);
    cr_assert_eq(status, OK, "%s", fake.diag.n > 0 ? fake.diag.text[0] : "");
    return summary;
}

static void side_remove(const char *name)
{
    char side[128];
    snprintf(side, sizeof side, "%s.sha256", name);
    cr_assert_eq(unlink(side), 0);
}

Test(results, of_equal_runs_are_equal_files)
{
    char a[SHA256_TEXT], b[SHA256_TEXT];
    struct result_summary first = write_to(path), second = write_to(other);
    cr_assert_str_eq(first.digest, second.digest);
    cr_assert_eq(file_hash(path, a, &fake.diag), OK);
    cr_assert_eq(file_hash(other, b, &fake.diag), OK);
    cr_assert_str_eq(a, b);
}

Test(results, are_the_same_bytes_for_any_number_of_threads)
{
    char one[SHA256_TEXT], many[SHA256_TEXT];
    struct result_summary first = write_to(path), second;
    cr_assert_eq(file_hash(path, one, &fake.diag), OK);
    for (int32_t threads = 2; threads <= 64; threads *= 4) {
        cr_assert_eq(result_write(other, &fake.about, fake_record, &fake, threads, &second, &fake.diag), OK);
        cr_assert_eq(file_hash(other, many, &fake.diag), OK);
        cr_assert_str_eq(one, many, "%d threads", threads);
        cr_assert_str_eq(first.digest, second.digest, "%d threads", threads);
    }
}

/* Bytes that a variable of the file at `path` takes. */
static hsize_t stored(const char *name)
{
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT), set = H5Dopen2(file, name, H5P_DEFAULT);
    cr_assert_geq(set, 0);
    hsize_t n = H5Dget_storage_size(set);
    H5Dclose(set);
    H5Fclose(file);
    return n;
}

/* What is zero in all runs takes no room, and is read as zeros. */
Test(results, of_what_is_always_zero_store_nothing_and_say_zero)
{
    struct result r;
    const struct result_variable *v;
    char digest[SHA256_TEXT];
    union cell *cells = calloc(40 * 1000, sizeof *cells);
    fake.no_loans = true;
    struct result_summary summary = write_to(path);
    cr_assert_eq(stored("loans_outstanding"), 0u);
    cr_assert_gt(stored("enterprises"), 0u);
    cr_assert_eq(result_open(&r, path, &fake.diag), OK);
    cr_assert_eq(result_need(&r, "loans_outstanding", &v, &fake.diag), OK);
    memset(cells, 1, 40 * 1000 * sizeof *cells);
    cr_assert_eq(result_read(&r, v, 0, 40, cells, &fake.diag), OK);
    for (size_t k = 0; k < (size_t)40 * FAKE_MONTHS * FAKE_REGIONS * FAKE_BANKS; k++)
        cr_assert_eq(cells[k].i, 0);
    cr_assert_eq(result_digest(&r, digest, &fake.diag), OK);
    cr_assert_str_eq(digest, summary.digest);
    result_close(&r);
    free(cells);
}

Test(results, say_again_what_the_records_said)
{
    struct result r;
    const struct result_variable *v;
    union cell *cells = calloc(40 * 1000, sizeof *cells);
    struct run_record record = {.cell = calloc(FAKE_MONTHS * fake.layout.n, sizeof *record.cell),
                                .balances_start = calloc(FAKE_REGIONS * N_ACCOUNTS, sizeof(int64_t))};
    write_to(path);
    cr_assert_eq(result_open(&r, path, &fake.diag), OK);
    cr_assert_eq(result_need(&r, "enterprises", &v, &fake.diag), OK);
    cr_assert_eq(v->rank, 4);
    cr_assert_str_eq(v->axis[3], "stage");
    cr_assert_str_eq(v->unit, "enterprises");
    cr_assert_eq(result_read(&r, v, 33, 1, cells, &fake.diag), OK);
    fake_run(&fake, 33, &record);
    for (size_t t = 0; t < FAKE_MONTHS; t++)
        cr_assert_arr_eq(cells + t * v->width / FAKE_MONTHS, record.cell + t * fake.layout.n + fake.offset[0],
                         FAKE_REGIONS * FAKE_STAGES * sizeof *cells);
    cr_assert_null(result_find(&r, "officer_hours"), "a series of detail was written");
    cr_assert_null(result_find(&r, "pool_paid"), "a dimension without members was written");
    result_close(&r);
    free(cells);
    free(record.cell);
    free(record.balances_start);
}

Test(results, with_detail_hold_the_series_of_detail)
{
    struct result r;
    fake.about.detail = true;
    write_to(path);
    cr_assert_eq(result_open(&r, path, &fake.diag), OK);
    cr_assert_not_null(result_find(&r, "officer_hours"));
    result_close(&r);
}

Test(results, carry_a_digest_that_the_file_confirms_and_settings_do_not_change)
{
    struct result r;
    char digest[SHA256_TEXT];
    struct result_summary first = write_to(path);
    cr_assert_eq(result_open(&r, path, &fake.diag), OK);
    cr_assert_eq(result_digest(&r, digest, &fake.diag), OK);
    cr_assert_str_eq(digest, first.digest);
    result_close(&r);
    fake.about.scenario = "# another text\n";
    struct result_summary second = write_to(other);
    cr_assert_str_eq(first.digest, second.digest);
    fake.bad_run = 39;
    fake.bad_month = FAKE_MONTHS - 1;
    fake.fen = 1;
    struct result_summary third = write_to(other);
    cr_assert_str_neq(first.digest, third.digest);
}

static void audit(struct audit_report *report)
{
    struct result r;
    cr_assert_eq(result_open(&r, path, &fake.diag), OK, "%s", fake.diag.n > 0 ? fake.diag.text[0] : "");
    cr_assert_eq(audit_result(&r, report, &fake.diag), OK, "%s", fake.diag.n > 0 ? fake.diag.text[0] : "");
    result_close(&r);
}

Test(audit, finds_nothing_where_nothing_is_wrong, .init = setup, .fini = teardown)
{
    struct audit_report report;
    write_to(path);
    audit(&report);
    cr_assert(audit_clean(&report));
    cr_assert_eq(report.checked, 40u * FAKE_MONTHS * FAKE_REGIONS * (N_ACCOUNTS + 1));
    cr_assert_eq(report.flows, 40u * FAKE_MONTHS * FAKE_REGIONS * N_FLOWS);
    audit_free(&report);
}

Test(audit, names_run_month_region_and_account_of_a_lost_fen, .init = setup, .fini = teardown)
{
    struct audit_report report;
    fake.bad_run = 34;
    fake.bad_month = 3;
    fake.bad_region = 1;
    fake.bad_account = ACCOUNT_POOLS;
    fake.fen = 1;
    write_to(path);
    audit(&report);
    cr_assert_not(audit_clean(&report));
    cr_assert_eq(report.wrong, 2u); /* the account and the sum of all */
    cr_assert_eq(report.first[0].run, 34u);
    cr_assert_eq(report.first[0].month, 3);
    cr_assert_str_eq(report.region[report.first[0].region], fake.setup.region[1]);
    cr_assert_str_eq(report.account[report.first[0].account], "pools");
    cr_assert_eq(report.first[0].fen, -1);
    cr_assert_eq(report.first[1].account, AUDIT_TOTAL);
    audit_free(&report);
}

Test(results, that_were_changed_are_refused)
{
    struct result r;
    write_to(path);
    int file = open(path, O_WRONLY);
    cr_assert_eq(pwrite(file, "x", 1, 5000), 1);
    close(file);
    cr_assert_eq(result_open(&r, path, &fake.diag), IO_ERROR);
    cr_assert_not_null(strstr(fake.diag.text[0], "is damaged or changed"), "%s", fake.diag.text[0]);
}

/* Without a checksum a damaged file may crash the library: the child, not us. */
Test(results, without_a_checksum_cannot_crash_the_reader_however_damaged)
{
    struct result r;
    write_to(path);
    side_remove(path);
    cr_assert_eq(result_open(&r, path, &fake.diag), OK, "%s", fake.diag.n > 0 ? fake.diag.text[0] : "");
    result_close(&r);
    int file = open(path, O_RDWR);
    off_t size = lseek(file, 0, SEEK_END);
    for (int i = 0; i < 60; i++) {
        unsigned char kept, changed;
        off_t at = (off_t)((uint64_t)i * 2654435761u % (uint64_t)(i % 2 ? size : 4096));
        cr_assert_eq(pread(file, &kept, 1, at), 1);
        changed = (unsigned char)(kept ^ (i % 3 == 0 ? 0xff : 1 << i % 8));
        cr_assert_eq(pwrite(file, &changed, 1, at), 1);
        if (result_open(&r, path, &fake.diag) == OK)
            result_close(&r);
        cr_assert_eq(pwrite(file, &kept, 1, at), 1);
    }
    close(file);
}

Test(results, that_are_something_else_are_refused_with_a_reason)
{
    struct result r;
    FILE *file = fopen(path, "w");
    fputs("no HDF5\n", file);
    fclose(file);
    cr_assert_eq(result_open(&r, path, &fake.diag), IO_ERROR);
    cr_assert_not_null(strstr(fake.diag.text[0], "is no HDF5 file"), "%s", fake.diag.text[0]);
    cr_assert_eq(result_open(&r, "/nowhere/x.h5", &fake.diag), IO_ERROR);
    cr_assert_not_null(strstr(fake.diag.text[1], "/nowhere/x.h5: cannot open"), "%s", fake.diag.text[1]);
}

static void expect_nothing_left(enum status status)
{
    char temporary[128];
    snprintf(temporary, sizeof temporary, "%s.tmp", path);
    cr_assert_eq(status, IO_ERROR);
    cr_assert_eq(fake.diag.n, 1u);
    cr_assert_neq(access(temporary, F_OK), 0, "%s was left", temporary);
}

Test(results, of_a_run_that_cannot_be_had_leave_what_stood_there)
{
    struct result_summary summary;
    char before[SHA256_TEXT], after[SHA256_TEXT];
    write_to(path);
    cr_assert_eq(file_hash(path, before, &fake.diag), OK);
    fake.fail_at = 35;
    expect_nothing_left(result_write(path, &fake.about, fake_record, &fake, 1, &summary, &fake.diag));
    cr_assert_eq(file_hash(path, after, &fake.diag), OK);
    cr_assert_str_eq(before, after);
}

/* A full disk, as a limit on the size of files. */
Test(results, on_a_full_disk_stop_with_one_line_and_leave_nothing)
{
    struct result_summary summary;
    struct rlimit little = {60000, RLIM_INFINITY};
    fake.about.runs = 200;
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &little), 0);
    enum status status = result_write(path, &fake.about, fake_record, &fake, 1, &summary, &fake.diag);
    expect_nothing_left(status);
    cr_assert_not_null(strstr(fake.diag.text[0], path));
    cr_assert_not_null(strstr(fake.diag.text[0], "File too large"), "%s", fake.diag.text[0]);
    cr_assert_neq(access(path, F_OK), 0);
}

static const struct result_column columns[] = {
    {"enterprise", "1",      RESULT_INT64, "identity",               "企业编号", NULL                 },
    {"stage",      "1",      RESULT_CODE,  "stage",                  "阶段",       "seed startup growth"},
    {"age",        "months", RESULT_INT32, "age",                    "年龄",       NULL                 },
    {"default_p",  "1/year", RESULT_REAL,  "probability of default", "违约概率", NULL                 },
};
enum { N_COLUMNS = sizeof columns / sizeof columns[0] };

static void write_table(uint64_t rows)
{
    struct result_table *table;
    struct result_table_about about = {"a panel", "面板", &fake.about};
    cr_assert_eq(result_table_create(&table, path, &about, columns, N_COLUMNS, rows, &fake.diag), OK, "%s",
                 fake.diag.n > 0 ? fake.diag.text[0] : "");
    for (uint64_t i = 0; i < rows; i++) {
        union cell row[N_COLUMNS] = {
            {.i = (int64_t)i * 1000003}, {.i = (int64_t)(i % 3)}, {.i = -(int64_t)i}, {.d = 1.0 / (1.0 + (double)i)}};
        cr_assert_eq(result_table_append(table, row, 1, &fake.diag), OK);
    }
    cr_assert_eq(result_table_finish(table, &fake.diag), OK, "%s", fake.diag.n > 0 ? fake.diag.text[0] : "");
}

Test(results, as_tables_keep_every_row_and_may_have_none)
{
    enum { ROWS = 40000 };
    struct result r;
    union cell *cells = calloc(ROWS, sizeof *cells);
    write_table(ROWS);
    cr_assert_eq(result_open(&r, path, &fake.diag), OK);
    for (size_t c = 0; c < N_COLUMNS; c++) {
        const struct result_variable *v = result_find(&r, columns[c].name);
        cr_assert_not_null(v);
        cr_assert_str_eq(v->axis[0], "row");
        cr_assert_eq(result_read(&r, v, 0, ROWS, cells, &fake.diag), OK);
        union cell want[N_COLUMNS] = {
            {.i = (int64_t)(ROWS - 1) * 1000003}, {.i = (ROWS - 1) % 3}, {.i = 1 - ROWS}, {.d = 1.0 / ROWS}};
        cr_assert_eq(cells[ROWS - 1].i, want[c].i, "%s", columns[c].name);
    }
    result_close(&r);
    write_table(0);
    cr_assert_eq(result_open(&r, path, &fake.diag), OK, "%s", fake.diag.n > 0 ? fake.diag.text[0] : "");
    cr_assert_eq(result_find(&r, "age")->length[0], 0u);
    result_close(&r);
    free(cells);
}
