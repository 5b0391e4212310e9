/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From journals to files: the same bytes from one journal, from shards, and without any journal. */
#include "result_fixture.h"
#include <criterion/criterion.h>
#include <liandong/assemble.h>
#include <liandong/reading.h>
#include <string.h>
#include <unistd.h>

enum { RUNS = 37, SHARDS = 3, N_COLUMNS = 2 };

static char path[64], journal_path[SHARDS][80];
static struct fake fake;
static struct journal journal[SHARDS];

static void setup(void)
{
    snprintf(path, sizeof path, "/tmp/liandong-assemble-%d.h5", (int)getpid());
    for (int s = 0; s < SHARDS; s++)
        snprintf(journal_path[s], sizeof journal_path[s], "%s.journal%d", path, s);
    fake_init(&fake, RUNS);
}

static void teardown(void)
{
    char side[128];
    unlink(path);
    snprintf(side, sizeof side, "%s.sha256", path);
    unlink(side);
    for (int s = 0; s < SHARDS; s++)
        unlink(journal_path[s]);
    fake_free(&fake);
}
TestSuite(assemble, .init = setup, .fini = teardown);

/* Each run has run mod 3 rows. */
static void append(struct journal *j, uint32_t run)
{
    struct record_room record = {NULL, 0, 0};
    union cell row[3][N_COLUMNS];
    for (int i = 0; i < 3; i++) {
        row[i][0].i = run;
        row[i][1].d = i + run / 64.0;
    }
    cr_assert_eq(fake_record(&fake, run, &record, &fake.diag), OK);
    const struct journal_piece part[N_PARTS] = {
        [PART_RECORD] = {record.bytes, record.n                 },
        [PART_PANEL] = {row,          (run % 3) * sizeof row[0]},
        [PART_CLAIMS] = {NULL,         0                        }
    };
    cr_assert_eq(journal_append(j, run, part, &fake.diag), OK);
    free(record.bytes);
}

/* Runs in a wild order, and the one that is left out not at all. */
static void write_shards(uint32_t shards, uint32_t left_out)
{
    for (uint32_t s = 0; s < shards; s++) {
        const struct journal_key key = {.scenario = fake.about.scenario,
                                        .build = "b",
                                        .settings = "",
                                        .seed = 7,
                                        .runs = RUNS,
                                        .months = FAKE_MONTHS,
                                        .record_bytes = record_bytes(&fake.layout, FAKE_MONTHS),
                                        .shard = s + 1,
                                        .shards = shards};
        cr_assert_eq(journal_open(&journal[s], journal_path[s], &key, &fake.diag), OK);
        for (uint32_t k = 0; k < RUNS; k++) {
            uint32_t run = k * 8 % RUNS;
            if (shard_holds(run, s + 1, shards) && run != left_out)
                append(&journal[s], run);
        }
    }
}

static void close_shards(uint32_t shards)
{
    for (uint32_t s = 0; s < shards; s++)
        journal_remove(&journal[s]);
}

static void assemble(uint32_t shards, char hash[SHA256_TEXT])
{
    struct result_summary summary;
    struct shards all = {journal, shards};
    write_shards(shards, UINT32_MAX);
    cr_assert_eq(assemble_result(path, &fake.about, &all, 1, &summary, &fake.diag), OK);
    cr_assert_eq(file_hash(path, hash, &fake.diag), OK);
    close_shards(shards);
    for (uint32_t s = 0; s < shards; s++)
        cr_assert_neq(access(journal_path[s], F_OK), 0);
}

Test(assemble, gives_one_file_whatever_the_runs_lie_in)
{
    struct result_summary summary;
    char direct[SHA256_TEXT], one[SHA256_TEXT], three[SHA256_TEXT];
    cr_assert_eq(result_write(path, &fake.about, fake_record, &fake, 1, &summary, &fake.diag), OK);
    cr_assert_eq(file_hash(path, direct, &fake.diag), OK);
    assemble(1, one);
    assemble(SHARDS, three);
    cr_assert_str_eq(one, direct);
    cr_assert_str_eq(three, direct);
}

Test(assemble, names_the_run_and_the_shard_that_is_missing)
{
    struct shards all = {journal, SHARDS};
    write_shards(SHARDS, 16);
    cr_assert_eq(shards_check(&all, &fake.diag), FAILED);
    cr_assert_not_null(strstr(fake.diag.text[0], "shard 2/3 lacks 1 of its 12 runs, the first is run 16; the command"),
                       "%s", fake.diag.text[0]);
    close_shards(SHARDS);
}

Test(assemble, puts_rows_together_in_order_of_runs)
{
    static const struct result_column columns[N_COLUMNS] = {
        {"run_number", "1", RESULT_INT32, "run",    "模拟序号", NULL},
        {"x",          "1", RESULT_REAL,  "number", "数",          NULL}
    };
    struct result_table_about about = {"rows", "行", &fake.about};
    struct shards all = {journal, SHARDS};
    struct result r;
    union cell run[RUNS], x[RUNS];
    write_shards(SHARDS, UINT32_MAX);
    cr_assert_eq(assemble_rows(path, &about, columns, N_COLUMNS, PART_PANEL, &all, &fake.diag), OK);
    close_shards(SHARDS);
    cr_assert_eq(result_open(&r, path, &fake.diag), OK);
    cr_assert_eq(result_find(&r, "x")->length[0], 36u); /* 12 times 0 + 1 + 2, and run 36 has none */
    cr_assert_eq(result_read(&r, result_find(&r, "run_number"), 0, 36, run, &fake.diag), OK);
    cr_assert_eq(result_read(&r, result_find(&r, "x"), 0, 36, x, &fake.diag), OK);
    for (uint32_t i = 0; i < 36; i++) {
        uint32_t want = i / 3 * 3 + (i % 3 == 0 ? 1 : 2);
        cr_assert_eq(run[i].i, want);
        cr_assert_eq(x[i].d, (i % 3 == 2 ? 1 : 0) + want / 64.0);
    }
    result_close(&r);
}

Test(assemble, knows_a_finished_file_of_the_same_runs)
{
    struct result_summary summary;
    cr_assert_not(result_is_of(path, &fake.about));
    cr_assert_eq(result_write(path, &fake.about, fake_record, &fake, 1, &summary, &fake.diag), OK);
    cr_assert(result_is_of(path, &fake.about));
    fake.about.runs++;
    cr_assert_not(result_is_of(path, &fake.about));
    fake.about.runs--;
    fake.setup.world.seed++;
    cr_assert_not(result_is_of(path, &fake.about));
    fake.setup.world.seed--;
    fake.about.scenario = "months: 7\n";
    cr_assert_not(result_is_of(path, &fake.about));
}
