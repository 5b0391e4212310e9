/* SPDX-License-Identifier: GPL-3.0-or-later */
/* asked - rows of a tile that are asked together whether they would take part in an instrument: by what stands in their columns,
 * without a branch for each, and by what they know. */
#ifndef LIANDONG_ASKED_H
#define LIANDONG_ASKED_H
#include <liandong/month.h>

struct asked {
    const struct rows *t;
    int32_t k;    /* the instance */
    uint32_t n;   /* so many rows, at most ASKED_TOGETHER */
    size_t first; /* they are first + row[0 .. n - 1], or, where row is NULL, follow each other */
    const uint16_t *row;
    uint8_t *mark; /* [ASKED_TOGETHER] of each: 1 is asked; in the end, 1 would take part */
};

/* For all rows, i being the j-th of them: what only looks at columns, through pointers in locals, so that it vectorises. */
#define ASKED_ALL(a, j, i, statement)              \
    do {                                           \
        const uint16_t *row_ = (a)->row;           \
        const size_t first_ = (a)->first;          \
        const uint32_t n_ = (a)->n;                \
        if (row_ == NULL)                          \
            for (uint32_t j = 0; j < n_; j++) {    \
                const size_t i = first_ + j;       \
                statement;                         \
                (void)i;                           \
            }                                      \
        else                                       \
            for (uint32_t j = 0; j < n_; j++) {    \
                const size_t i = first_ + row_[j]; \
                statement;                         \
                (void)i;                           \
            }                                      \
    } while (0)

/* Of the marked those stay who meet the condition. */
#define ASKED_KEEP(a, j, i, condition)                     \
    do {                                                   \
        uint8_t keep_[ASKED_TOGETHER], *mark_ = (a)->mark; \
        ASKED_ALL(a, j, i, keep_[j] = (condition));        \
        for (uint32_t j = 0; j < (a)->n; j++)              \
            mark_[j] = (uint8_t)(mark_[j] & keep_[j]);     \
    } while (0)

/* The same where looking at a row is dear: of the marked alone. */
#define ASKED_KEEP_EACH(a, i, condition)                                                \
    do {                                                                                \
        for (uint32_t j_ = 0; j_ < (a)->n; j_++) {                                      \
            const uint32_t i = (uint32_t)((a)->first + ((a)->row ? (a)->row[j_] : j_)); \
            (a)->mark[j_] = (a)->mark[j_] != 0 ? (condition) : 0;                       \
        }                                                                               \
    } while (0)

void asked_none(struct asked *a); /* would */
void asked_registered(struct asked *a);
void asked_age_to(struct asked *a, int32_t months);
void asked_stage_to(struct asked *a, int32_t stage);
void asked_sales_from(struct asked *a, money least);
void asked_sales_to(struct asked *a, money most);
void asked_patents_from(struct asked *a, int32_t least);
/* Sector of that number less 1; 0: any. */
void asked_sector(struct asked *a, int32_t sector);
void asked_product(struct asked *a);
void asked_held(struct asked *a); /* by funds */
/* Who knows this product (knowing). */
void asked_knows(struct asked *a, int32_t product);
/* Before rows are asked together: all of them; and once some of them may have joined or left what informs them. */
void asked_begins(const struct asked *all);
void asked_informed(const struct rows *t);
/* Of all n rows: the cash that each wants to hold (planning). */
void asked_targets(const struct asked *a, double target[ASKED_TOGETHER]);
#endif
