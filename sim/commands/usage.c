/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usage - see usage.h. */
#include "usage.h"

#include <liandong/encoding.h>
#include <string.h>

enum { LINE_WIDTH = 79, TEXT_AT = 29, NAMES_MOST = 80, ROOM = 512 };

_Noreturn void usage_error(const char *what, const char *near)
{
    fprintf(stderr, "liandong: error: %s", what);
    if (near != NULL)
        fprintf(stderr, tr("; did you mean '%s'?", "；您是否想写“%s”？"), near);
    fputc('\n', stderr);
    exit(FAILED);
}

/* ---- what is wrong ------------------------------------------------------------------------------------------------- */
static _Noreturn void option_error(const char *format, const char *option, int length)
{
    char what[ROOM];
    snprintf(what, sizeof what, format, length, option);
    usage_error(what, NULL);
}

static _Noreturn void unknown_option(const struct argp_option *options, size_t n, const char *option, int length)
{
    char shown[NAMES_MOST][32], given[256];
    const char *names[NAMES_MOST];
    BUG_ON(n > NAMES_MOST);
    for (size_t i = 0; i < n; i++) {
        snprintf(shown[i], sizeof shown[i], "--%s", options[i].name);
        names[i] = shown[i];
    }
    snprintf(given, sizeof given, "%.*s", length, option);
    char what[ROOM];
    snprintf(what, sizeof what, tr("unknown option '%s'", "未知选项“%s”"), given);
    usage_error(what, nearest_name(given, names, n));
}

static _Noreturn void ambiguous_option(const struct argp_option *options, size_t n, const char *given, int length)
{
    char list[ROOM / 2] = "";
    for (size_t i = 0, used = 0; i < n && used < sizeof list; i++)
        if (strncmp(options[i].name, given + 2, (size_t)length - 2) == 0)
            used += (size_t)snprintf(list + used, sizeof list - used, " --%s", options[i].name);
    char what[ROOM];
    snprintf(what, sizeof what, tr("option '%.*s' may mean one of%s", "选项“%.*s”有多种可能：%s"), length, given,
             lang_zh ? list + 1 : list);
    usage_error(what, NULL);
}

/* The option that a long name means, whole or shortened as far as it stays the only one. */
static const struct argp_option *long_option(const struct argp_option *options, size_t n, const char *given, int length)
{
    const struct argp_option *found = NULL;
    size_t hits = 0, name = (size_t)length - 2;
    for (size_t i = 0; i < n; i++) {
        if (strncmp(options[i].name, given + 2, name) != 0)
            continue;
        if (options[i].name[name] == '\0')
            return &options[i];
        found = &options[i];
        hits++;
    }
    if (hits > 1)
        ambiguous_option(options, n, given, length);
    if (hits == 0)
        unknown_option(options, n, given, length);
    return found;
}

/* How many words a long option takes beside itself. */
static int check_long(const struct argp_option *options, size_t n, const char *given, const char *next)
{
    int length = (int)strcspn(given, "=");
    const struct argp_option *o = long_option(options, n, given, length);
    bool value = given[length] == '=';
    if (value && o->arg == NULL)
        option_error(tr("option '%.*s' takes no value", "选项“%.*s”不带取值"), given, length);
    if (!value && o->arg != NULL && next == NULL)
        option_error(tr("option '%.*s' needs a value", "选项“%.*s”缺少取值"), given, length);
    return !value && o->arg != NULL;
}

/* The same of short ones: "-q", "-qt4", "-t 4". */
static int check_short(const struct argp_option *options, size_t n, const char *given, const char *next)
{
    for (const char *at = given + 1; *at != '\0'; at++) {
        char option[] = {'-', *at, '\0'};
        size_t i = 0;
        while (i < n && options[i].key != *at)
            i++;
        if (i == n)
            unknown_option(options, n, (*at & 0x80) != 0 ? given : option, (*at & 0x80) != 0 ? (int)strlen(given) : 2);
        if (options[i].arg == NULL)
            continue;
        if (at[1] == '\0' && next == NULL)
            option_error(tr("option '%.*s' needs a value", "选项“%.*s”缺少取值"), option, 2);
        return at[1] == '\0';
    }
    return 0;
}

void usage_check(const struct argp_option *options, size_t n, int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        const char *next = i + 1 < argc ? argv[i + 1] : NULL;
        if (strncmp(argv[i], "--", 2) == 0)
            i += check_long(options, n, argv[i], next);
        else if (argv[i][0] == '-' && argv[i][1] != '\0')
            i += check_short(options, n, argv[i], next);
    }
}

/* ---- what there is ------------------------------------------------------------------------------------------------- */
/* Bytes of the character at `at`, and the columns that it takes. */
static size_t character(const char *at, size_t *columns)
{
    char one[8] = {0};
    uint32_t code;
    size_t n = utf8_read(at, strlen(at), &code);
    snprintf(one, sizeof one, "%.*s", (int)n, at);
    *columns = text_width(one);
    return n > 0 ? n : 1;
}

/* The bytes of `text` that fit: up to the last blank or wide character within `columns`. */
static size_t fitting(const char *text, size_t columns)
{
    size_t used = 0, at = 0, best = 0, wide;
    while (text[at] != '\0') {
        size_t n = character(text + at, &wide);
        if (used + wide > columns)
            return best > 0 ? best : at;
        if (text[at] == ' ')
            best = at;
        at += n;
        used += wide;
        if (wide == 2)
            best = at;
    }
    return at;
}

/* A text in lines, the first of which begins at column `at`, the others at `from`. */
static void put_lines(const char *text, size_t at, size_t from)
{
    while (*text != '\0') {
        size_t n = fitting(text, LINE_WIDTH - at);
        printf("%.*s\n", (int)n, text);
        text += n;
        text += strspn(text, " ");
        if (*text != '\0')
            printf("%*s", (int)from, "");
        at = from;
    }
}

static void put_option(const struct argp_option *o)
{
    bool letter = o->key > ' ' && o->key < 0x7f;
    char names[ROOM];
    snprintf(names, sizeof names, "  %c%c%c --%s%s%s", letter ? '-' : ' ', letter ? o->key : ' ', letter ? ',' : ' ',
             o->name, o->arg != NULL ? "=" : "", o->arg != NULL ? o->arg : "");
    bool own_line = strlen(names) + 1 >= TEXT_AT;
    printf("%s%*s", names, own_line ? 0 : TEXT_AT - (int)strlen(names), "");
    if (own_line)
        printf("\n%*s", TEXT_AT, "");
    put_lines(tr(o->doc, message_zh(o->doc)), TEXT_AT, TEXT_AT);
}

void usage_help(const struct argp_option *options, size_t n, const struct command_line *line, const char *name)
{
    printf(tr("Usage: %s [OPTION...] %s\n", "用法：%s [选项...] %s\n"), name, line->words != NULL ? line->words : "");
    put_lines(tr(line->en, line->zh), 0, 0);
    putchar('\n');
    for (size_t i = 0; i < n; i++)
        put_option(&options[i]);
}

void usage_short(const struct argp_option *options, size_t n, const struct command_line *line, const char *name)
{
    char head[ROOM];
    snprintf(head, sizeof head, tr("Usage: %s", "用法：%s"), name);
    size_t at = (size_t)printf("%s", head);
    for (size_t i = 0; i <= n; i++) {
        char text[ROOM];
        if (i < n)
            snprintf(text, sizeof text, "[--%s%s%s]", options[i].name, options[i].arg != NULL ? "=" : "",
                     options[i].arg != NULL ? options[i].arg : "");
        else
            snprintf(text, sizeof text, "%s", line->words != NULL ? line->words : "");
        bool wraps = at + 1 + strlen(text) > LINE_WIDTH;
        at = (wraps ? 4 : at + 1) + strlen(text);
        printf("%s%s", wraps ? "\n    " : " ", text);
    }
    putchar('\n');
}

void usage_hint(const struct command_line *line, const char *name, FILE *to)
{
    fprintf(to,
            tr("Usage: %s [OPTION...] %s\n`%s --help` lists the options\n",
               "用法：%s [选项...] %s\n`%s --help` 列出各选项\n"),
            name, line->words != NULL ? line->words : "", name);
}
