/* SPDX-License-Identifier: GPL-3.0-or-later */
/* encoding - see encoding.h.  UTF-8 by RFC 3629; GB18030 by its byte ranges (GB 18030-2022). */
#include <liandong/encoding.h>
#include <stdbool.h>
#include <string.h>

size_t utf8_read(const char *text, size_t size, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (size == 0)
        return 0;
    unsigned char first = (unsigned char)text[0];
    size_t length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
    if (length == 0 || length > size)
        return 0;
    uint32_t value = length == 1 ? first : first & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        if ((byte & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (byte & 0x3fu);
    }
    if (value < least[length] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
        return 0;
    *code = value;
    return length;
}

struct place text_place(const char *file, const char *text, size_t offset)
{
    struct place at = {file, 1, 1};
    for (size_t i = text_mark(text, offset); i < offset; i++) {
        if (text[i] == '\n') {
            at.line++;
            at.column = 1;
        } else if (((unsigned char)text[i] & 0xc0) != 0x80) {
            at.column++;
        }
    }
    return at;
}

size_t text_mark(const char *text, size_t size)
{
    return size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

static bool between(char c, unsigned char low, unsigned char high)
{
    return (unsigned char)c >= low && (unsigned char)c <= high;
}

/* Length of a GB18030 character at text, or 0. */
static size_t gb_length(const char *text, size_t size)
{
    if (between(text[0], 0, 0x7f))
        return 1;
    if (!between(text[0], 0x81, 0xfe) || size < 2)
        return 0;
    if (between(text[1], 0x40, 0x7e) || between(text[1], 0x80, 0xfe))
        return 2;
    bool four = size >= 4 && between(text[1], '0', '9') && between(text[2], 0x81, 0xfe) && between(text[3], '0', '9');
    return four ? 4 : 0;
}

static bool looks_like_gb(const char *text, size_t size)
{
    for (size_t i = 0, length; i < size; i += length) {
        length = gb_length(text + i, size - i);
        if (length == 0)
            return false;
    }
    return true;
}

/* The first tab before the first character of a line; comments and empty lines may have it. */
static enum status check_tabs(const char *file, const char *text, size_t size, struct diag *diag)
{
    for (size_t line = 0; line < size;) {
        const char *end = memchr(text + line, '\n', size - line);
        size_t past = end == NULL ? size : (size_t)(end - text), tab = size, i = line;
        for (; i < past && (text[i] == ' ' || text[i] == '\t'); i++)
            if (text[i] == '\t' && tab == size)
                tab = i;
        if (tab < size && i < past && text[i] != '#' && text[i] != '\r')
            return diag_fail(diag, text_place(file, text, tab), "a tab in the indentation; use spaces");
        line = past + 1;
    }
    return OK;
}

enum status text_check_encoding(const char *file, const char *text, size_t size, struct diag *diag)
{
    struct place top = {file, 1, 1};
    if (size >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0))
        return diag_fail(diag, top, "is not UTF-8; it looks like UTF-16 - save it as UTF-8");
    uint32_t code;
    for (size_t i = 0, length; i < size; i += length) {
        length = utf8_read(text + i, size - i, &code);
        if (length > 0)
            continue;
        struct place at = text_place(file, text, i);
        if (looks_like_gb(text, size))
            return diag_fail(diag, at, "is not UTF-8; it looks like GBK/GB18030 - save it as UTF-8");
        return diag_fail(diag, at, "is not UTF-8 - save it as UTF-8");
    }
    return OK;
}

enum status text_check(const char *file, const char *text, size_t size, struct diag *diag)
{
    TRY(text_check_encoding(file, text, size, diag));
    return check_tabs(file, text, size, diag);
}

/* Ranges of Unicode's East Asian Width W and F that scenario texts can meet. */
static bool is_wide(uint32_t c)
{
    static const uint32_t wide[][2] = {
        {0x1100,  0x115f },
        {0x2e80,  0x303e },
        {0x3041,  0xa4cf },
        {0xa960,  0xa97c },
        {0xac00,  0xd7a3 },
        {0xf900,  0xfaff },
        {0xfe30,  0xfe6f },
        {0xff00,  0xff60 },
        {0xffe0,  0xffe6 },
        {0x1f300, 0x1f64f},
        {0x1f900, 0x1f9ff},
        {0x20000, 0x3fffd}
    };
    for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++)
        if (c >= wide[i][0] && c <= wide[i][1])
            return true;
    return false;
}

size_t text_width(const char *text)
{
    size_t width = 0, size = strlen(text);
    uint32_t code;
    for (size_t i = 0, length; i < size; i += length) {
        length = utf8_read(text + i, size - i, &code);
        if (length == 0) {
            length = 1;
            width++;
        } else if (code >= 0x300 && code < 0x370) {
            continue; /* combining */
        } else {
            width += is_wide(code) ? 2 : 1;
        }
    }
    return width;
}
