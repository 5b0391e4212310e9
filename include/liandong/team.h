/* SPDX-License-Identifier: GPL-3.0-or-later */
/* team - threads, and what each of them owns: tallies, scratch columns; shares of the rows, and their outboxes.
 *
 * Work is dealt in contiguous ranges, task 0 first: thread t takes tasks t * n / threads ..., or the shares that are laid down, of which
 * there are more than threads, the large first: whoever is done takes the next.  What is put into the outboxes of the shares, read
 * one after the other, is therefore in the order of tasks for any number of threads, whoever took which. */
#ifndef LIANDONG_TEAM_H
#define LIANDONG_TEAM_H
#include <liandong/agenda.h>
#include <liandong/diag.h>
#include <liandong/outbox.h>
#include <liandong/tally.h>

enum {
    TILE = 1024,
    INSTRUMENT_FOURS = 16, /* of products that are instruments, numbered below 64 */
    ASKED_TOGETHER = 64
};

/* What rows that are asked together know: the chance of each to know a product, and its draws, made when they are asked for. */
struct knowing_list {
    bool begun; /* it is worked out who they are .. */
    bool aware; /* .. and what chance each has to know a product */
    uint32_t n;
    uint32_t row[ASKED_TOGETHER];
    uint16_t cohort[ASKED_TOGETHER];
    uint32_t index[ASKED_TOGETHER];
    double chance[ASKED_TOGETHER];
    uint32_t drawn; /* bit f: the draws of four products are in `word` */
    uint32_t word[INSTRUMENT_FOURS][4][ASKED_TOGETHER];
};

/* Columns of rows that are asked together, side by side: those that many instruments look at. */
struct asked_columns {
    uint8_t registered[ASKED_TOGETHER], product[ASKED_TOGETHER], stage[ASKED_TOGETHER];
    uint16_t patents[ASKED_TOGETHER];
    int32_t age[ASKED_TOGETHER]; /* months */
    float sales[ASKED_TOGETHER];
};

/* What the tax, labour and patent offices know of rows that are asked together. */
struct asked_books {
    double research_sales[ASKED_TOGETHER]; /* research over sales; 0: no sales */
    double research_cost[ASKED_TOGETHER];  /* over all costs */
    double technical[ASKED_TOGETHER];      /* share of staff in research */
    double per_head[ASKED_TOGETHER];       /* sales per head over what one employee can carry */
    double assets[ASKED_TOGETHER];         /* yuan */
    double patents[ASKED_TOGETHER];
    double profit[ASKED_TOGETHER]; /* 1: earned one last year */
    double clean[ASKED_TOGETHER];  /* 1: neither overdue bills nor overdue loans */
};

/* Errors of a calendar year: of statements, and of what each block of screening would add. */
enum { STATEMENT_ERROR, EFFORT_ERROR, EFFORT_2_ERROR, YEAR_ERRORS };

/* Enterprises whose books are read together, in the order of rows: what is drawn of one of them is drawn of all who are asked the same
 * (statements).  Those of whom something is known are bits. */
enum { READ_TOGETHER = 2 * CROWD };
struct reading_list {
    uint32_t n, at; /* none before row[at] is read any more */
    uint32_t row[READ_TOGETHER];
    struct identity who[READ_TOGETHER];
    uint64_t asked;  /* the same now */
    uint64_t stated; /* of whom the errors of the year are known: */
    double year[YEAR_ERRORS][READ_TOGETHER];
    uint64_t shares; /* of whom the error is known that all who read public data share: */
    double shared[READ_TOGETHER];
    uint64_t told; /* of whom the error of this source is known: */
    struct {
        const char *name;
        uint32_t draw;
        int32_t month;
        double error[READ_TOGETHER];
    } source;
};
_Static_assert((int)READ_TOGETHER <= 64, "bits of a word");

struct scratch {
    struct reading_list reading;
    struct knowing_list knowing;
    struct asked_columns asked;
    struct asked_books books; /* of the same */
    bool books_read;
    struct agenda agenda;
    double real[14][TILE];
    uint16_t list[TILE];                /* places within the tile of some of its rows */
    uint8_t mark[TILE];                 /* 1: the row is of those that a loop over the tile looked for */
    uint32_t blocks[TILE], first[TILE]; /* of the book, where the row has facilities, as in struct application */
    uint8_t deeded[TILE];               /* 1: there are deeds of the row */
    uint32_t bond[TILE];                /* place of the row's first bond in the region's list, UINT32_MAX: none */
    uint32_t asked_row;                 /* of whom enterprise_knows was asked last in this phase */
    double aware;   /* his chance to know a product, -1: not worked out since his membership changed */
    uint32_t drawn; /* bit f: the draws of four products are in `known` */
    uint32_t known[INSTRUMENT_FOURS][4];
    uint32_t at, listed; /* who is asked now is list[at] of so many; NOT_LISTED: whoever it is */
    uint32_t together[INSTRUMENT_FOURS],
        beside[INSTRUMENT_FOURS][4][BLOCKS]; /* of four products: draws of the eight of the list about at */
};
enum { NOT_LISTED = 0xffff };
_Static_assert((int)NOT_LISTED > (int)TILE, "no place in a list");

struct hand {            /* what one thread works with; what it counts is summed */
    struct tally *tally; /* [region] */
    struct scratch *scratch;
    int64_t (*start)[N_ACCOUNTS]; /* [region]: stocks of its tiles at the start of a group of local phases */
};

struct member {        /* one share of the tiles, and what is written of them in their order */
    struct hand *hand; /* of the thread that takes it */
    struct outbox box[N_BOXES];
    struct {
        int64_t fen; /* 0: nothing lost */
        int32_t region, tile, phase, account;
    } lost; /* the first fen that was found missing in it */
    enum status status;
    size_t from, to; /* its share of the tasks of team_run_shares */
};

enum { SHARES_A_THREAD = 6 };

struct team {
    int32_t n; /* threads */
    struct hand *hand;
    struct member *member; /* [team_members]; outside of team_run_shares the first n are those of the threads */
};

/* Members, and therefore outboxes of a kind. */
static inline int32_t team_members(const struct team *team)
{
    return team->n > 1 ? team->n * SHARES_A_THREAD : 1;
}

/* Threads worth waking for the rows of so many tiles: one that has but a few is done before another has begun. */
static inline int32_t team_width(int32_t threads, size_t tiles)
{
    enum { TILES_A_THREAD = 4 };
    size_t most = tiles / TILES_A_THREAD;
    return most < 2 ? 1 : most < (size_t)threads ? (int32_t)most : threads;
}

/* Runs task(context, 0) ... task(context, tasks - 1), each by one of so many threads. */
typedef void (*team_task)(void *context, size_t task, int32_t thread);
void team_run(int32_t threads, size_t tasks, team_task task, void *context);
/* The same in shares that the caller has laid down (`from`, `to` of all members), one behind the other: task(context, ., member). */
void team_run_shares(const struct team *team, int32_t threads, team_task task, void *context);
/* The same in no order, for tasks that put nothing into an outbox: whoever is free takes the next. */
void team_run_loose(int32_t threads, size_t tasks, team_task task, void *context);
#endif
