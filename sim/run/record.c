/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record - see include/liandong/record.h for the format. */
#include <liandong/record.h>
#include <stdlib.h>
#include <string.h>

enum { BESIDE = 64 /* columns that are looked at together: a row of them is a few lines of the cache */ };

static uint64_t start_bytes(const struct record_layout *layout)
{
    return (uint64_t)layout->n_regions * N_ACCOUNTS * sizeof(int64_t);
}

/* Where the kinds lie. */
static uint64_t kinds_at(const struct record_layout *layout)
{
    return 2 * sizeof(int64_t) + start_bytes(layout);
}

uint64_t record_bytes(const struct record_layout *layout, int32_t months)
{
    return kinds_at(layout) + layout->n * (1 + (uint64_t)months * sizeof(union cell));
}

/* How a number fits: `folded` is x ^ (x < 0 ? -1 : 0), or such numbers joined by OR. */
static uint64_t fold(int64_t x)
{
    return (uint64_t)(x ^ (x >> 63));
}

static unsigned char width_of(uint64_t folded)
{
    return folded < 1u << 7 ? 1 : folded < 1u << 15 ? 2 : folded < 1u << 31 ? 4 : 8;
}

/* The kinds of n <= BESIDE columns. */
static void find_kinds(const union cell *cell, size_t stride, int32_t months, size_t n, unsigned char *kind)
{
    uint64_t folded[BESIDE] = {0}, moved[BESIDE] = {0};
    for (int32_t t = 0; t < months; t++)
        for (size_t k = 0; k < n; k++) {
            int64_t x = cell[(size_t)t * stride + k].i;
            folded[k] |= fold(x);
            moved[k] |= (uint64_t)(x ^ cell[k].i);
        }
    for (size_t k = 0; k < n; k++)
        kind[k] = moved[k] != 0    ? width_of(folded[k])
                  : cell[k].i == 0 ? 0
                                   : (unsigned char)(COLUMN_STEADY | width_of(folded[k]));
}

static size_t values_in(unsigned char kind, int32_t months)
{
    return kind & COLUMN_STEADY ? 1 : (size_t)months;
}

static size_t value_width(unsigned char kind)
{
    return kind & (COLUMN_STEADY - 1);
}

/* One column; returns what lies behind it. */
#define PUT(type)                                \
    for (size_t t = 0; t < n; t++) {             \
        type x = (type)cell[t * stride].i;       \
        memcpy(to + t * sizeof x, &x, sizeof x); \
    }
static unsigned char *put_column(const union cell *cell, size_t stride, unsigned char kind, int32_t months,
                                 unsigned char *to)
{
    size_t n = values_in(kind, months);
    switch (value_width(kind)) {
    case 1:
        PUT(int8_t)
        break;
    case 2:
        PUT(int16_t)
        break;
    case 4:
        PUT(int32_t)
        break;
    case 8:
        PUT(int64_t)
        break;
    default:
        break;
    }
    return to + n * value_width(kind);
}

uint64_t record_pack(const struct run_record *record, const struct record_layout *layout, void *bytes)
{
    unsigned char *begin = bytes, *kind = begin + kinds_at(layout), *to = kind + layout->n;
    for (size_t k = 0; k < layout->n; k += BESIDE) {
        size_t n = layout->n - k < BESIDE ? layout->n - k : BESIDE;
        find_kinds(record->cell + k, layout->n, record->months, n, kind + k);
        for (size_t j = k; j < k + n; j++)
            to = put_column(record->cell + j, layout->n, kind[j], record->months, to);
    }
    const int64_t head[2] = {to - begin, record->balanced};
    memcpy(begin, head, sizeof head);
    memcpy(begin + sizeof head, record->balances_start, start_bytes(layout));
    return (uint64_t)(to - begin);
}

enum status record_reserve(struct record_room *r, uint64_t n)
{
    if (n > r->room) {
        unsigned char *bytes = realloc(r->bytes, n);
        if (bytes == NULL)
            return NO_MEMORY;
        r->bytes = bytes;
        r->room = n;
    }
    r->n = n;
    return OK;
}

static bool kind_known(unsigned char kind)
{
    size_t width = value_width(kind);
    return kind == 0 ||
           ((kind & ~COLUMN_STEADY) == (int)width && (width == 1 || width == 2 || width == 4 || width == 8));
}

bool packed_open(struct packed *p, uint64_t n)
{
    uint64_t at = kinds_at(p->layout) + p->layout->n, said;
    const unsigned char *kind = p->bytes + kinds_at(p->layout);
    if (n < at)
        return false;
    memcpy(&said, p->bytes, sizeof said);
    for (size_t k = 0; k < p->layout->n; k++) {
        if (!kind_known(kind[k]))
            return false;
        p->at[k] = at;
        at += values_in(kind[k], p->months) * value_width(kind[k]);
    }
    return at == n && said == n;
}

bool packed_balanced(const struct packed *p)
{
    int64_t balanced;
    memcpy(&balanced, p->bytes + sizeof balanced, sizeof balanced);
    return balanced != 0;
}

void packed_start(const struct packed *p, int64_t *balances)
{
    memcpy(balances, p->bytes + 2 * sizeof(int64_t), start_bytes(p->layout));
}

#define GET(type)                                         \
    for (size_t t = 0; t < n; t++) {                      \
        type x;                                           \
        memcpy(&x, from + t * step * sizeof x, sizeof x); \
        to[t * stride].i = x;                             \
    }
static void get_column(const unsigned char *from, unsigned char kind, size_t n, union cell *to, size_t stride)
{
    size_t step = kind & COLUMN_STEADY ? 0 : 1;
    switch (value_width(kind)) {
    case 1:
        GET(int8_t)
        break;
    case 2:
        GET(int16_t)
        break;
    case 4:
        GET(int32_t)
        break;
    default:
        GET(int64_t)
        break;
    }
}

bool packed_cells(const struct packed *p, size_t cell, size_t width, int32_t first, int32_t months, union cell *to)
{
    const unsigned char *kind = p->bytes + kinds_at(p->layout) + cell;
    bool some = false;
    memset(to, 0, (size_t)months * width * sizeof *to);
    for (size_t k = 0; k < width; k++) {
        size_t before = kind[k] & COLUMN_STEADY ? 0 : (size_t)first * value_width(kind[k]);
        if (kind[k] != 0)
            get_column(p->bytes + p->at[cell + k] + before, kind[k], (size_t)months, to + k, width);
        some = some || kind[k] != 0;
    }
    return some;
}
