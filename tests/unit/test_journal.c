/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal: what was finished is found again, a torn tail is cut off, another ensemble is refused. */
#include <criterion/criterion.h>
#include <liandong/crc32.h>
#include <liandong/journal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[64];
static struct diag diag;
static struct journal j;

static const struct journal_key key = {.scenario = "start: 2023-11\n",
                                       .build = "0.1 abc gcc",
                                       .settings = "plain",
                                       .seed = 7,
                                       .runs = 5,
                                       .months = 12,
                                       .record_bytes = 1000,
                                       .shard = 1,
                                       .shards = 1};

static void setup(void)
{
    snprintf(path, sizeof path, "/tmp/liandong-journal-%d", (int)getpid());
    unlink(path);
    diag_init(&diag);
}

static void teardown(void)
{
    unlink(path);
    diag_free(&diag);
}
TestSuite(journal, .init = setup, .fini = teardown);

static void fill(unsigned char *bytes, size_t n, uint32_t run)
{
    for (size_t i = 0; i < n; i++)
        bytes[i] = (unsigned char)(run * 31 + i * 7);
}

static void append(uint32_t run)
{
    unsigned char record[1000], panel[77];
    fill(record, sizeof record, run);
    fill(panel, sizeof panel, run + 100);
    const struct journal_piece part[N_PARTS] = {
        [PART_RECORD] = {record, sizeof record},
          [PART_PANEL] = {panel,  run * 10     },
          [PART_CLAIMS] = {NULL,   0            }
    };
    cr_assert_eq(journal_append(&j, run, part, &diag), OK);
}

static void expect_run(uint32_t run)
{
    unsigned char want[1000], have[1000];
    cr_assert(journal_has(&j, run));
    fill(want, sizeof want, run);
    cr_assert_eq(journal_read(&j, run, PART_RECORD, 0, have, sizeof have, &diag), OK);
    cr_assert_arr_eq(have, want, sizeof want);
    fill(want, sizeof want, run + 100);
    cr_assert_eq(j.entry[run].n[PART_PANEL], run * 10);
    cr_assert_eq(journal_read(&j, run, PART_PANEL, 0, have, run * 10, &diag), OK);
    cr_assert_arr_eq(have, want, run * 10);
}

static off_t size_of(void)
{
    struct stat info;
    cr_assert_eq(stat(path, &info), 0);
    return info.st_size;
}

static void write_three(void)
{
    cr_assert_eq(journal_open(&j, path, &key, &diag), OK);
    append(3);
    append(0);
    append(4);
    cr_assert_eq(journal_close(&j, &diag), OK);
}

Test(journal, finds_again_what_was_finished_and_goes_on)
{
    write_three();
    cr_assert_eq(journal_open(&j, path, &key, &diag), OK);
    cr_assert_eq(j.finished, 3u);
    cr_assert_not(journal_has(&j, 1));
    append(1);
    cr_assert_eq(journal_close(&j, &diag), OK);
    cr_assert_eq(journal_load(&j, path, &diag), OK);
    cr_assert_eq(j.finished, 4u);
    for (uint32_t run = 0; run < 5; run++)
        if (run != 2)
            expect_run(run);
    cr_assert_not(journal_has(&j, 2));
    cr_assert_eq(j.key.seed, 7);
    cr_assert_str_eq(j.key.scenario, key.scenario);
    cr_assert_eq(journal_close(&j, &diag), OK);
}

/* At every length that a kill can leave, the runs that are whole stay and nothing else does. */
Test(journal, cuts_off_a_tail_torn_anywhere)
{
    write_three();
    off_t whole = size_of(), last = whole - (1000 + 40 + (8 + 8 * N_PARTS) + 4);
    for (off_t size = whole - 1; size >= last; size -= 13) {
        cr_assert_eq(truncate(path, size), 0);
        cr_assert_eq(journal_open(&j, path, &key, &diag), OK);
        cr_assert_eq(j.finished, 2u, "cut to %ld of %ld", (long)size, (long)whole);
        cr_assert_eq(size_of(), last);
        expect_run(3);
        expect_run(0);
        append(4);
        expect_run(4);
        cr_assert_eq(journal_close(&j, &diag), OK);
        cr_assert_eq(size_of(), whole);
    }
}

Test(journal, does_not_take_a_record_with_one_flipped_bit)
{
    write_three();
    off_t at = size_of() - 300;
    FILE *file = fopen(path, "r+");
    cr_assert_not_null(file);
    fseek(file, at, SEEK_SET);
    int c = fgetc(file);
    fseek(file, at, SEEK_SET);
    fputc(c ^ 16, file);
    fclose(file);
    cr_assert_eq(journal_open(&j, path, &key, &diag), OK);
    cr_assert_eq(j.finished, 2u);
    cr_assert_eq(journal_close(&j, &diag), OK);
}

Test(journal, begins_anew_where_even_the_header_was_not_finished)
{
    write_three();
    for (off_t size = 0; size < 700; size += 50) {
        cr_assert_eq(truncate(path, size), 0);
        if (size >= 640) /* the header is whole from here on */
            break;
        cr_assert_eq(journal_open(&j, path, &key, &diag), OK, "%ld", (long)size);
        cr_assert_eq(j.finished, 0u);
        append(2);
        cr_assert_eq(journal_close(&j, &diag), OK);
    }
}

static void expect_refusal(struct journal_key other, const char *text)
{
    size_t before = diag.n;
    off_t size = size_of();
    cr_assert_eq(journal_open(&j, path, &other, &diag), FAILED, "%s", text);
    cr_assert_eq(diag.n, before + 1);
    cr_assert_not_null(strstr(diag.text[before], text), "'%s' does not say '%s'", diag.text[before], text);
    cr_assert_not_null(strstr(diag.text[before], path));
    cr_assert_eq(size_of(), size);
}

Test(journal, refuses_another_ensemble_and_says_what_differs)
{
    struct journal_key other = key;
    write_three();
    other.scenario = "start: 2023-12\n";
    expect_refusal(other, "another scenario");
    other = key;
    other.seed = 8;
    expect_refusal(other, "seed 7, not 8");
    other = key;
    other.runs = 6;
    expect_refusal(other, "5 runs of 12 months, not 6 of 12");
    other = key;
    other.shard = other.shards = 2;
    expect_refusal(other, "shard 1/1, not 2/2");
    other = key;
    other.build = "0.2 def gcc";
    expect_refusal(other, "another build");
    other = key;
    other.settings = "panel 0.1";
    expect_refusal(other, "plain, not panel 0.1");
}

Test(journal, never_overwrites_a_file_that_is_no_journal)
{
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs("dear diary", file);
    fclose(file);
    expect_refusal(key, "is not a journal of runs");
    file = fopen(path, "w");
    fputs("hi", file);
    fclose(file);
    expect_refusal(key, "is not a journal of runs");
}

Test(journal, says_which_file_cannot_be_opened)
{
    cr_assert_eq(journal_open(&j, "/nowhere/x.journal", &key, &diag), IO_ERROR);
    cr_assert_not_null(strstr(diag.text[0], "/nowhere/x.journal: cannot open: there is no such folder"));
}

Test(journal, deals_every_run_to_one_shard)
{
    for (uint32_t runs = 1; runs < 40; runs++)
        for (uint32_t shards = 1; shards < 12; shards++) {
            uint32_t all = 0;
            for (uint32_t shard = 1; shard <= shards; shard++) {
                uint32_t held = 0;
                for (uint32_t run = 0; run < runs; run++)
                    held += shard_holds(run, shard, shards);
                cr_assert_eq(held, shard_size(runs, shard, shards), "%u runs, shard %u/%u", runs, shard, shards);
                all += held;
            }
            cr_assert_eq(all, runs);
        }
}

Test(journal, asks_only_for_the_runs_of_its_shard_and_takes_in_no_other)
{
    struct journal_key second = key;
    second.shard = 2;
    second.shards = 3;
    cr_assert_eq(journal_open(&j, path, &second, &diag), OK);
    cr_assert_eq(journal_size(&j), 2u);
    cr_assert_eq(journal_next(&j, 0), 1u);
    append(1);
    cr_assert_eq(journal_next(&j, 0), 4u);
    append(3); /* nobody asks for it; in the file it would be a record of something else */
    append(4);
    cr_assert_eq(journal_next(&j, 0), second.runs);
    cr_assert_eq(journal_close(&j, &diag), OK);
    cr_assert_eq(journal_load(&j, path, &diag), OK);
    cr_assert(journal_has(&j, 1) && !journal_has(&j, 3) && j.finished == 1);
    cr_assert_eq(journal_close(&j, &diag), OK);
}

Test(journal, without_a_file_leaves_none)
{
    cr_assert_eq(journal_blank(&j, &key, &diag), OK);
    cr_assert_eq(journal_next(&j, 0), 0u);
    journal_remove(&j);
    cr_assert_neq(access(path, F_OK), 0);
}

/* The check value of CRC-32/ISO-HDLC, and a part without bytes behind one with some: what stands in journals that exist. */
Test(journal, checksum_is_the_published_one_and_goes_on_over_parts_that_are_empty)
{
    cr_assert_eq(crc32_add(0, "123456789", 9), 0xcbf43926u);
    cr_assert_eq(crc32_add(crc32_add(0, "1234", 4), "56789", 5), 0xcbf43926u);
    cr_assert_eq(crc32_add(crc32_add(0, "123456789", 9), NULL, 0), 0xcbf43926u);
    cr_assert_eq(crc32_add(0, "", 0), 0u);
}

Test(journal, in_memory_reads_back_what_was_appended_and_leaves_no_file)
{
    cr_assert_eq(journal_in_memory(&j, &key, &diag), OK);
    for (uint32_t run = 5; run-- > 0;)
        append(run);
    cr_expect_eq(j.finished, 5u);
    for (uint32_t run = 0; run < 5; run++)
        expect_run(run);
    cr_expect_eq(journal_next(&j, 0), key.runs);
    cr_expect_neq(access(path, F_OK), 0);
    journal_remove(&j);
}
