/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A result that is never written says what its file would: the same variables, the same values, the same digest. */
#include "result_fixture.h"
#include <criterion/criterion.h>
#include <liandong/unwritten.h>
#include <string.h>
#include <unistd.h>

enum { RUNS = 41 }; /* more than are held at a time */
static struct fake fake;
static struct result memory, file;
static char path[64], side[96];

static void setup(void)
{
    struct result_summary summary;
    fake_init(&fake, RUNS);
    snprintf(path, sizeof path, "/tmp/liandong-unwritten-%d.h5", (int)getpid());
    snprintf(side, sizeof side, "%s.sha256", path);
    cr_assert_eq(result_write(path, &fake.about, fake_record, &fake, 1, &summary, &fake.diag), OK);
    cr_assert_eq(result_open(&file, path, &fake.diag), OK);
    cr_assert_eq(result_of_records(&memory, &fake.about, fake_record, &fake, &fake.diag), OK);
}

static void teardown(void)
{
    result_close(&memory);
    result_close(&file);
    unlink(path);
    unlink(side);
    fake_free(&fake);
}
TestSuite(unwritten, .init = setup, .fini = teardown);

Test(unwritten, has_the_digest_of_the_file)
{
    char have[SHA256_TEXT], want[SHA256_TEXT];
    cr_assert_eq(result_digest(&memory, have, &fake.diag), OK);
    cr_assert_eq(result_digest(&file, want, &fake.diag), OK);
    cr_expect_str_eq(have, want);
}

Test(unwritten, describes_every_variable_as_the_file_does)
{
    cr_assert_eq(memory.n, file.n);
    for (size_t k = 0; k < file.n; k++) {
        const struct result_variable *a = &memory.variable[k], *b = &file.variable[k];
        cr_expect_str_eq(a->name, b->name);
        cr_expect(strcmp(a->unit, b->unit) == 0 && strcmp(a->en, b->en) == 0 && strcmp(a->zh, b->zh) == 0, "%s",
                  b->name);
        cr_expect(a->rank == b->rank && a->width == b->width && a->text == b->text && a->real == b->real, "%s",
                  b->name);
        for (int axis = 0; axis < b->rank; axis++)
            cr_expect(strcmp(a->axis[axis], b->axis[axis]) == 0 && a->length[axis] == b->length[axis], "%s", b->name);
    }
}

Test(unwritten, begins_when_the_file_does)
{
    struct result_shape have, want;
    cr_assert_eq(result_shape(&memory, &have, &fake.diag), OK);
    cr_assert_eq(result_shape(&file, &want, &fake.diag), OK);
    cr_expect_eq(memcmp(&have, &want, sizeof have), 0);
}

Test(unwritten, passes_on_that_a_record_cannot_be_had)
{
    const struct result_variable *v;
    cr_assert_eq(result_need(&memory, "enterprises", &v, &fake.diag), OK);
    union cell *cells = calloc(RUNS * v->width, sizeof *cells);
    fake.fail_at = 3;
    cr_expect_eq(result_read(&memory, v, 4, 8, cells, &fake.diag), OK);
    cr_expect_eq(result_read(&memory, v, 0, 8, cells, &fake.diag), IO_ERROR);
    fake.fail_at = UINT32_MAX; /* and what could not be had is not taken for what is there */
    cr_expect_eq(result_read(&memory, v, 3, 1, cells, &fake.diag), OK);
    free(cells);
}
