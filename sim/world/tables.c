/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tables - reserving, freeing and describing the tables of enterprises and loans: each is its .def list once more. */
#include <liandong/enterprises.h>
#include <liandong/loans.h>
#include <liandong/outbox.h>
#include <string.h>

const struct column_desc enterprise_columns[] = {
#define COLUMN(type, name, unit, en, zh, how) \
    {#name, #type, unit, en, zh, sizeof(type), offsetof(struct enterprises, name)},
#include <liandong/enterprise.def>
#undef COLUMN
};
const size_t n_enterprise_columns = sizeof enterprise_columns / sizeof enterprise_columns[0];

const struct column_desc loan_columns[] = {
#define COLUMN(type, name, unit, en, zh, how) {#name, #type, unit, en, zh, sizeof(type), offsetof(struct loans, name)},
#include <liandong/loan.def>
#undef COLUMN
};
const size_t n_loan_columns = sizeof loan_columns / sizeof loan_columns[0];

/* What is new is not cleared: whoever opens a row does, and room that is not needed takes no memory. */
static enum status resize_columns(void *table, const struct column_desc *column, size_t n, size_t to)
{
    for (size_t k = 0; k < n; k++) {
        void **old = (void **)(void *)((char *)table + column[k].pointer), *bigger = realloc(*old, to * column[k].size);
        if (bigger == NULL)
            return NO_MEMORY;
        *old = bigger;
    }
    return OK;
}

/* The room that a table of so many rows keeps, where it has so much more that giving it back is worth while; or all it has. */
static size_t trimmed(size_t capacity, size_t n)
{
    enum { WORTH = 1 << 16 };
    size_t keeps = n + n / 8 + 256; /* never none: the table still has its columns */
    return capacity > keeps + WORTH ? keeps : capacity;
}

bool tables_all_zero(const void *bytes, size_t n)
{
    enum { BLOCK = 512 };
    const unsigned char *at = bytes;
    for (; n >= BLOCK; at += BLOCK, n -= BLOCK) {
        unsigned char any = 0;
        for (size_t k = 0; k < BLOCK; k++)
            any |= at[k];
        if (any != 0)
            return false;
    }
    unsigned char any = 0;
    for (size_t k = 0; k < n; k++)
        any |= at[k];
    return any == 0;
}

void tables_clear(void *bytes, size_t n)
{
    if (!tables_all_zero(bytes, n))
        memset(bytes, 0, n);
}

/* The words of membership are `capacity` apart, so a larger table moves them, the last word first. */
static enum status grow_members(struct enterprises *e, size_t capacity)
{
    member_word *bigger = calloc(e->words * capacity + 64, sizeof *bigger);
    if (bigger == NULL)
        return NO_MEMORY;
    for (size_t w = 0; w < e->words && e->member != NULL; w++)
        if (!tables_all_zero(e->member + w * e->capacity, e->n * sizeof *bigger))
            memcpy(bigger + w * capacity, e->member + w * e->capacity, e->n * sizeof *bigger);
    free(e->member);
    e->member = bigger;
    return OK;
}

enum status enterprises_reserve(struct enterprises *e, size_t capacity)
{
    if (capacity <= e->capacity)
        return OK;
    TRY(resize_columns(e, enterprise_columns, n_enterprise_columns, capacity));
    TRY(grow_members(e, capacity));
    e->capacity = capacity;
    return OK;
}

void enterprises_clear(struct enterprises *e, size_t from, size_t to)
{
    for (size_t k = 0; k < n_enterprise_columns; k++) {
        size_t size = enterprise_columns[k].size;
        unsigned char *column = *(unsigned char **)(void *)((char *)e + enterprise_columns[k].pointer);
        tables_clear(column + from * size, (to - from) * size);
    }
    for (size_t word = 0; word < e->words; word++)
        tables_clear(e->member + word * e->capacity + from, (to - from) * sizeof *e->member);
}

void enterprises_free(struct enterprises *e)
{
    for (size_t k = 0; k < n_enterprise_columns; k++)
        free(*(void **)(void *)((char *)e + enterprise_columns[k].pointer));
    free(e->member);
    free(e->origin);
    *e = (struct enterprises){0};
}

enum status tables_list_reserve(void **row, size_t *capacity, size_t n, size_t size)
{
    if (n <= *capacity)
        return OK;
    size_t more = n + n / 4 + 64;
    void *bigger = realloc(*row, more * size);
    if (bigger == NULL)
        return NO_MEMORY;
    *row = bigger;
    *capacity = more;
    return OK;
}

static uint32_t row_of(const unsigned char *thing)
{
    uint32_t row;
    memcpy(&row, thing, sizeof row);
    return row;
}

/* From behind, so that nothing is overwritten before it has moved; the new ones step aside first. */
enum status tables_list_merge(void **row, size_t *capacity, size_t *n, size_t *fresh, size_t size)
{
    size_t old = *n, more = *fresh, to = old + more;
    if (more == 0)
        return OK;
    TRY(tables_list_reserve(row, capacity, to + more, size));
    unsigned char *at = *row, *aside = at + to * size;
    memcpy(aside, at + old * size, more * size);
    *n = to;
    *fresh = 0;
    while (more > 0) {
        bool keeps = old > 0 && row_of(at + (old - 1) * size) > row_of(aside + (more - 1) * size);
        memcpy(at + --to * size, keeps ? at + (old - 1) * size : aside + (more - 1) * size, size);
        old -= keeps;
        more -= !keeps;
    }
    return OK;
}

/* One start more than groups of rows: where the last ends.  Rows behind the last thing have none. */
void tables_lay_starts(struct starts *s, size_t n)
{
    s->n = 0;
    s->things = n;
    for (size_t k = 0; k < n; k++)
        while (s->n <= s->of[k] / ROWS_A_START)
            s->row[s->n++] = (uint32_t)k;
    s->row[s->n++] = (uint32_t)n;
}

enum status tables_reserve_starts(struct starts *s, size_t n, uint32_t last)
{
    TRY(LIST_RESERVE(s, last / ROWS_A_START + 2));
    return tables_list_reserve((void **)(void *)&s->of, &s->room, n, sizeof *s->of);
}

enum status tables_list_starts(struct starts *s, const void *list, size_t n, size_t size)
{
    const unsigned char *thing = list;
    TRY(tables_reserve_starts(s, n, n > 0 ? row_of(thing + (n - 1) * size) : 0));
    for (size_t k = 0; k < n; k++)
        s->of[k] = row_of(thing + k * size);
    tables_lay_starts(s, n);
    return OK;
}

/* Things and their rows move alike. */
static void move_things(const struct indexed *l, size_t from, size_t to, size_t n)
{
    unsigned char *at = *l->row;
    memmove(at + to * l->size, at + from * l->size, n * l->size);
    memmove(l->starts->of + to, l->starts->of + from, n * sizeof *l->starts->of);
}

/* Of rows behind this one, up to those of the start `end`, so many more things stand before than did: where those begin. */
static size_t shift_starts(struct starts *s, uint32_t row, size_t end, uint32_t more)
{
    size_t begin = row / ROWS_A_START + 1;
    for (size_t k = begin; k < end; k++)
        s->row[k] += more;
    return begin;
}

enum status tables_join_begin(struct list_join *j, const struct indexed *l, size_t many, uint32_t last)
{
    size_t old = *l->n;
    uint32_t before = old > 0 ? l->starts->of[old - 1] : 0;
    TRY(tables_list_reserve(l->row, l->capacity, old + many, l->size));
    TRY(tables_reserve_starts(l->starts, old + many, last > before ? last : before));
    while (l->starts->n < last / ROWS_A_START + 2)
        l->starts->row[l->starts->n++] = (uint32_t)old;
    *j = (struct list_join){*l, many, many, old, l->starts->n};
    return OK;
}

/* All between two of them moves at once. */
void tables_join_next(struct list_join *j, size_t at, const void *thing)
{
    const struct indexed *l = &j->list;
    unsigned char *to = (unsigned char *)*l->row + (at + --j->left) * l->size;
    move_things(l, at, at + j->left + 1, j->old - at);
    memcpy(to, thing, l->size);
    l->starts->of[at + j->left] = row_of(to);
    j->end = shift_starts(l->starts, row_of(to), j->end, (uint32_t)j->left + 1);
    j->old = at;
    if (j->left == 0)
        l->starts->things = *l->n += j->many;
}

/* Where all go is known before anything moves. */
enum status tables_list_join(const struct indexed *l, const void *fresh, uint64_t *key, size_t many)
{
    const unsigned char *new = fresh;
    struct list_join joining;
    if (many == 0)
        return OK;
    uint32_t last = (uint32_t)(key[many - 1] >> 32);
    for (size_t j = 0; j < many; j++)
        key[j] = tables_find(l->starts, *l->n, (uint32_t)(key[j] >> 32) + 1) << 32 | (key[j] & UINT32_MAX);
    TRY(tables_join_begin(&joining, l, many, last));
    for (size_t j = many; j-- > 0;)
        tables_join_next(&joining, key[j] >> 32, new + (key[j] & UINT32_MAX) * l->size);
    return OK;
}

void tables_list_drop(const struct indexed *l, const uint32_t *place, size_t many)
{
    if (many == 0)
        return;
    for (size_t j = 0; j < many; j++) {
        size_t from = place[j] + 1, to = j + 1 < many ? place[j + 1] : *l->n;
        size_t end = j + 1 < many ? l->starts->of[to] / ROWS_A_START + 1 : l->starts->n;
        shift_starts(l->starts, l->starts->of[place[j]], end, (uint32_t)(-(int64_t)j - 1));
        move_things(l, from, place[j] - j, to - from);
    }
    l->starts->things = *l->n -= many;
}

void tables_free_starts(struct starts *s)
{
    free(s->row);
    free(s->of);
}

enum status enterprises_name(struct enterprises *e, uint64_t origin)
{
    if (e->n_origins == e->origin_capacity) {
        size_t more = 2 * e->origin_capacity + 64;
        uint64_t *bigger = realloc(e->origin, more * sizeof *bigger);
        if (bigger == NULL)
            return NO_MEMORY;
        e->origin = bigger;
        e->origin_capacity = more;
    }
    e->origin[e->n_origins++] = origin;
    return OK;
}

enum status loans_reserve(struct loans *l, size_t capacity)
{
    if (capacity <= l->capacity)
        return OK;
    TRY(resize_columns(l, loan_columns, n_loan_columns, capacity));
    l->capacity = capacity;
    return OK;
}

void loans_trim(struct loans *l)
{
    size_t capacity = trimmed(l->capacity, l->n);
    if (capacity == l->capacity)
        return;
    l->capacity = capacity; /* of all columns, also if some cannot be moved and keep more */
    (void)resize_columns(l, loan_columns, n_loan_columns, capacity);
}

enum status loans_reserve_block(struct loans *l, size_t tiles)
{
    if (l->n_blocks == l->block_capacity) {
        size_t more = l->block_capacity == 0 ? 16 : 2 * l->block_capacity;
        struct loan_block *bigger = realloc(l->block, more * sizeof *bigger);
        if (bigger == NULL)
            return NO_MEMORY;
        memset(bigger + l->block_capacity, 0, (more - l->block_capacity) * sizeof *bigger);
        l->block = bigger;
        l->block_capacity = more;
    }
    struct loan_block *b = &l->block[l->n_blocks];
    uint32_t *start = realloc(b->start, (tiles + 1) * sizeof *start);
    if (start == NULL)
        return NO_MEMORY;
    b->start = start;
    b->n_starts = tiles + 1;
    return OK;
}

void loans_free(struct loans *l)
{
    for (size_t k = 0; k < n_loan_columns; k++)
        free(*(void **)(void *)((char *)l + loan_columns[k].pointer));
    for (size_t b = 0; b < l->block_capacity; b++)
        free(l->block[b].start);
    free(l->block);
    *l = (struct loans){0};
}

void dues_trim(struct dues *d)
{
    size_t capacity = trimmed(d->capacity, d->n);
    struct due *smaller = capacity < d->capacity ? realloc(d->row, capacity * sizeof *smaller) : NULL;
    if (smaller == NULL)
        return;
    d->row = smaller;
    d->capacity = capacity;
}

void outbox_reset(struct outbox *box)
{
    box->most = box->n > box->most ? box->n : box->most;
    box->n = 0;
}

void outbox_empty(struct outbox *box, bool was_january, bool is_january)
{
    outbox_reset(box);
    free(box->bytes);
    box->bytes = NULL;
    box->usual[was_january] = box->most;
    box->expected = box->usual[is_january];
    box->capacity = box->most = 0;
}

void outbox_hand_over(struct outbox *from, struct outbox *to)
{
    size_t more = from->capacity * from->size, less = to->capacity * to->size;
    unsigned char *bytes = from->bytes;
    outbox_reset(from);
    outbox_reset(to);
    if (more <= less)
        return;
    from->bytes = to->bytes;
    from->capacity = less / from->size;
    to->bytes = bytes;
    to->capacity = more / to->size;
}

enum status applications_reserve(struct applications *a, size_t n)
{
    if (n <= a->capacity)
        return OK;
    struct application *bigger = realloc(a->row, (n + n / 8) * sizeof *bigger);
    if (bigger == NULL)
        return NO_MEMORY;
    a->row = bigger;
    a->capacity = n + n / 8;
    return OK;
}

void *outbox_room(struct outbox *box, size_t n)
{
    if (box->n + n > box->capacity) {
        size_t more = box->capacity + box->capacity / 4 + (n > 256 ? n : 256),
               full = box->expected + box->expected / 16;
        more = more > full ? more : full;
        unsigned char *bigger = realloc(box->bytes, more * box->size);
        if (bigger == NULL)
            return NULL;
        box->bytes = bigger;
        box->capacity = more;
    }
    return box->bytes + box->n * box->size;
}

void *outbox_push(struct outbox *box)
{
    void *room = outbox_room(box, 1);
    box->n += room != NULL;
    return room;
}
