/* SPDX-License-Identifier: GPL-3.0-or-later */
/* diag - a list of messages to the user; see diag.h.  Texts are written in English where the error is found;
 * messages.def holds their Chinese, looked up by the English format. */
#include <inttypes.h>
#include <liandong/diag.h>
#include <stdarg.h>
#include <string.h>

struct message {
    const char *en, *zh;
};
static const struct message messages[] = {
#define MESSAGE(en, zh) {en, zh},
#include "messages.def"
#undef MESSAGE
};

const char *message_zh(const char *en)
{
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++)
        if (strcmp(messages[i].en, en) == 0)
            return messages[i].zh;
    return en;
}

const char *diag_reason(const struct diag *diag, int error)
{
    const char *en = strerror(error);
    return diag != NULL && diag->zh ? message_zh(en) : en;
}

size_t message_pair(size_t i, const char **en, const char **zh)
{
    if (i < sizeof messages / sizeof messages[0]) {
        *en = messages[i].en;
        *zh = messages[i].zh;
    }
    return sizeof messages / sizeof messages[0];
}

void diag_init(struct diag *diag)
{
    *diag = (struct diag){0};
}

void diag_free(struct diag *diag)
{
    for (size_t i = 0; i < diag->n; i++)
        free(diag->text[i]);
    free(diag->text);
    *diag = (struct diag){.zh = diag->zh};
}

/* Keeps a text; one that finds no memory is counted as left out: the caller still gets its status. */
static void keep(struct diag *diag, char *text)
{
    if (text != NULL && diag->n < DIAG_MOST && diag->n == diag->capacity) {
        size_t capacity = diag->capacity == 0 ? 8 : 2 * diag->capacity;
        char **grown = realloc(diag->text, capacity * sizeof *grown);
        if (grown != NULL) {
            diag->text = grown;
            diag->capacity = capacity;
        }
    }
    if (text == NULL || diag->n >= DIAG_MOST || diag->n == diag->capacity) {
        free(text);
        diag->left_out++;
        return;
    }
    diag->text[diag->n++] = text;
}

void diag_move(struct diag *to, struct diag *from)
{
    for (size_t i = 0; i < from->n && to != NULL; i++) {
        keep(to, from->text[i]);
        from->text[i] = NULL;
    }
    if (to != NULL)
        to->left_out += from->left_out;
    diag_free(from);
}

/* "file:line:column: " or, where nothing of the user's is to blame, "liandong: ". */
static int head(char *to, size_t size, struct place at)
{
    if (at.file == NULL)
        return snprintf(to, size, "liandong: ");
    if (at.line == 0)
        return snprintf(to, size, "%s: ", at.file);
    return snprintf(to, size, "%s:%d:%d: ", at.file, at.line, at.column);
}

/* label: "error: " and its like, which stay English: editors look for them. */
static void note(struct diag *diag, const char *label, struct place at, const char *format, va_list list)
{
    if (diag == NULL)
        return;
    const char *words = diag->zh ? message_zh(format) : format;
    va_list again;
    va_copy(again, list);
    int before = head(NULL, 0, at), middle = (int)strlen(label), after = vsnprintf(NULL, 0, words, again);
    va_end(again);
    char *text = before < 0 || after < 0 ? NULL : malloc((size_t)before + (size_t)middle + (size_t)after + 1);
    if (text != NULL) {
        (void)head(text, (size_t)before + 1, at);
        memcpy(text + before, label, (size_t)middle + 1);
        (void)vsnprintf(text + before + middle, (size_t)after + 1, words, list);
    }
    keep(diag, text);
}

enum status diag_fail(struct diag *diag, struct place at, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    note(diag, "error: ", at, format, list);
    va_end(list);
    return FAILED;
}

enum status diag_stop(struct diag *diag, enum status status, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    note(diag, "error: ", (struct place){0}, format, list);
    va_end(list);
    return status;
}

void diag_warn(struct diag *diag, struct place at, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    note(diag, "warning: ", at, format, list);
    va_end(list);
}

void diag_note(struct diag *diag, struct place at, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    note(diag, "note: ", at, format, list);
    va_end(list);
}

void diag_print(const struct diag *diag, FILE *to)
{
    for (size_t i = 0; i < diag->n; i++)
        fprintf(to, "%s\n", diag->text[i]);
    if (diag->left_out > 0)
        fprintf(to, diag->zh ? "liandong: 另有 %zu 条消息未列出\n" : "liandong: %zu more messages are not shown\n",
                diag->left_out);
}

enum { NAME_MOST = 255 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Edit distance with swaps of neighbours (optimal string alignment): three rows of the usual table. */
static size_t distance(const char *a, size_t n_a, const char *b, size_t n_b)
{
    size_t row[3][NAME_MOST + 1];
    for (size_t j = 0; j <= n_b; j++)
        row[0][j] = j;
    for (size_t i = 1; i <= n_a; i++) {
        size_t *now = row[i % 3], *last = row[(i + 2) % 3], *before = row[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= n_b; j++) {
            size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
            now[j] = least(least(last[j], now[j - 1]) + 1, last[j - 1] + cost);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], before[j - 2] + 1);
        }
    }
    return row[n_a % 3][n_b];
}

const char *nearest_name(const char *wanted, const char *const *names, size_t n)
{
    size_t length = strlen(wanted);
    if (length < 2 || length > NAME_MOST)
        return NULL;
    /* a third of the letters may be wrong, two in any case, but never all of them */
    size_t limit = length / 3 > 2 ? length / 3 : 2;
    size_t best = least(limit, length - 1) + 1;
    const char *found = NULL;
    for (size_t i = 0; i < n; i++) {
        size_t other = strlen(names[i]);
        if (other > NAME_MOST)
            continue;
        size_t d = distance(wanted, length, names[i], other);
        if (d < best) {
            best = d;
            found = names[i];
        }
    }
    return found;
}
