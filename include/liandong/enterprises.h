/* SPDX-License-Identifier: GPL-3.0-or-later */
/* enterprises - the table of enterprises of a region: a column is one line of enterprise.def, a row is an enterprise.
 * Rows are in order of founding; the dead leave at a compaction, order stays. */
#ifndef LIANDONG_ENTERPRISES_H
#define LIANDONG_ENTERPRISES_H
#include <liandong/diag.h>
#include <liandong/fetch.h>
#include <liandong/money.h>
#include <liandong/rng.h>
#include <liandong/table.h>
#include <stdbool.h>

enum { SEED, STARTUP, GROWTH, EXPANSION, MATURITY };
enum { ACTIVE = 1, DEAD = 2, GONE = 3 };
enum { HAS_PRODUCT = 1, RISKY = 2, DEREGISTERED = 4, HAS_BORROWED = 8, JUST_MOVED = 16, HAS_LOAN = 32 };
enum { PLEDGED_IP = 64, PLEDGED_BILLS = 128 }; /* flags too: for loans that have not ended */

enum { OWNED_BY_FUND = 1, OWNED_BY_BUYER = 2, OWNED_BY_STAFF = 4, OWNED_NEWS = 8 }; /* owned; NEWS: has changed */
enum { OWNED_TOLD = 16 }; /* and of its funds one has refused a follow-on */

/* Membership: bit k % MEMBER_BITS of word k / MEMBER_BITS: takes part in instance k.  Words are narrow, since most worlds have
 * few instances. */
typedef uint16_t member_word;
enum { MEMBER_BITS = 16 };

struct enterprises {
    size_t n, capacity;
#define COLUMN(type, name, unit, en, zh, how) type *name;
#include <liandong/enterprise.def>
#undef COLUMN
    member_word *member; /* [word][row], words of `capacity` rows */
    size_t words;
    uint64_t *origin; /* of each cohort: hash of region, kind of founding and month of the idea */
    size_t n_origins, origin_capacity;
};

extern const struct column_desc enterprise_columns[];
extern const size_t n_enterprise_columns;

enum status enterprises_reserve(struct enterprises *e, size_t capacity) MUST_CHECK;
/* Rows of new enterprises begin as zeros.  from < to */
void enterprises_clear(struct enterprises *e, size_t from, size_t to);
void enterprises_free(struct enterprises *e);
/* Appends the origin of the next cohort. */
enum status enterprises_name(struct enterprises *e, uint64_t origin) MUST_CHECK;

/* Rows that will be written soon. */
FETCHES void enterprises_fetch(const struct enterprises *e, size_t from, size_t to)
{
    for (size_t k = 0; k < n_enterprise_columns; k++) {
        size_t size = enterprise_columns[k].size;
        const char *column = *(const char *const *)(const void *)((const char *)e + enterprise_columns[k].pointer);
        fetch_to_write(column + from * size, (to - from) * size);
    }
    for (size_t word = 0; word < e->words; word++)
        fetch_to_write(e->member + word * e->capacity + from, (to - from) * sizeof *e->member);
}

static inline struct identity enterprise_identity(const struct enterprises *e, uint32_t row)
{
    return (struct identity){e->origin[e->cohort[row]], e->index[row]};
}

static inline bool enterprise_member(const struct enterprises *e, uint32_t row, int32_t instance)
{
    return e->member[(size_t)(instance / MEMBER_BITS) * e->capacity + row] >> (instance % MEMBER_BITS) & 1;
}

static inline void enterprise_join(struct enterprises *e, uint32_t row, int32_t instance, bool joins)
{
    member_word *word = &e->member[(size_t)(instance / MEMBER_BITS) * e->capacity + row];
    unsigned bit = 1u << (instance % MEMBER_BITS);
    *word = (member_word)(joins ? *word | bit : *word & ~bit);
}
#endif
