/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a user is told, and the nearest name. */
#include <criterion/criterion.h>
#include <liandong/diag.h>
#include <string.h>

static struct diag diag;

static void begin(void)
{
    diag_init(&diag);
}

static void end(void)
{
    diag_free(&diag);
}

TestSuite(diag, .init = begin, .fini = end);

Test(diag, gives_file_line_and_column_before_the_message)
{
    struct place at = {"x.yml", 2, 3};
    cr_assert_eq(diag_fail(&diag, at, "%s: %d", "a", 7), FAILED);
    cr_expect_str_eq(diag.text[0], "x.yml:2:3: error: a: 7");
}

Test(diag, names_the_program_where_no_place_is_to_blame)
{
    cr_assert_eq(diag_stop(&diag, IO_ERROR, "cannot read %s", "x"), IO_ERROR);
    cr_expect_str_eq(diag.text[0], "liandong: error: cannot read x");
}

Test(diag, names_a_file_without_a_line)
{
    diag_warn(&diag, (struct place){"x.yml", 0, 0}, "old");
    cr_expect_str_eq(diag.text[0], "x.yml: warning: old");
}

Test(diag, counts_what_it_does_not_keep)
{
    for (int i = 0; i < DIAG_MOST + 5; i++)
        (void)diag_fail(&diag, (struct place){0}, "%d", i);
    cr_expect_eq(diag.n, (size_t)DIAG_MOST);
    cr_expect_eq(diag.left_out, (size_t)5);
}

Test(diag, speaks_chinese_where_it_can_and_keeps_the_label_for_editors)
{
    diag.zh = 1;
    (void)diag_fail(&diag, (struct place){"x.yml", 1, 1}, "out of memory");
    cr_expect_str_eq(diag.text[0], "x.yml:1:1: error: 内存不足");
}

/* The conversions of a format, one after the other: "%s %d" -> "%s%d". */
static void conversions(const char *format, char *to)
{
    for (; *format != '\0'; format++) {
        if (*format != '%')
            continue;
        size_t n = 1 + strspn(format + 1, "0123456789.*l-z");
        n += format[n] != '\0';
        memcpy(to, format, n);
        to += n;
        format += n - 1;
    }
    *to = '\0';
}

Test(diag, has_the_same_conversions_in_both_languages)
{
    const char *en = "", *zh = "";
    size_t n = message_pair(0, &en, &zh);
    for (size_t i = 0; i < n; i++) {
        char a[256], b[256];
        (void)message_pair(i, &en, &zh);
        conversions(en, a);
        conversions(zh, b);
        cr_expect_str_eq(a, b, "%s", en);
    }
}

Test(diag, finds_the_nearest_name)
{
    const char *const names[] = {"term", "base_rate", "ticket_max"};
    cr_expect_str_eq(nearest_name("base_rat", names, 3), "base_rate");
    cr_expect_str_eq(nearest_name("trem", names, 3), "term", "a swap counts one");
    cr_expect_str_eq(nearest_name("tiket_maxx", names, 3), "ticket_max");
    cr_expect(nearest_name("entirely", names, 3) == NULL);
    cr_expect(nearest_name("x", names, 3) == NULL);
    cr_expect(nearest_name("", names, 3) == NULL);
}

Test(diag, counts_a_swap_of_neighbours_as_one_edit)
{
    const char *const names[] = {"abdc", "abxy"};
    cr_expect_str_eq(nearest_name("abcd", names, 2), "abdc");
}
