/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outbox - proposals that a LOCAL phase makes for a MARKET phase: a list of records of one kind.
 * Room is secured between months from what the last ones needed; a month that needs more grows it once. */
#ifndef LIANDONG_OUTBOX_H
#define LIANDONG_OUTBOX_H
#include <liandong/agents.h>
#include <liandong/loans.h>
#include <liandong/money.h>
#include <liandong/rng.h>

enum { MAX_OPTIONS = 8, MAX_SIGNALS = 4 };

/* A way to lend: without cover, or under the chain of a pool. */
struct lending {
    uint32_t pools;   /* bit p: pool p of the region covers it; 0: none */
    double cover;     /* share of a loss that the bank expects to be paid, as experienced */
    double rate_max;  /* over the benchmark */
    double paperwork; /* hours */
    bool compulsory;  /* whole portfolio: every eligible loan is enrolled */
};

struct application {
    struct identity who;
    uint32_t row;
    int32_t region, month; /* month in which it is decided */
    uint16_t bank, branch, cell;
    uint8_t stage, sector, product, flags;
    money asked, debt, replaced; /* replaced: of the debt, the line that this one renews */
    money pledge, collateral;    /* what assets carry; what of it other debt leaves */
    double sales, reservation;   /* rate above which the enterprise walks away */
    double signal, precision;    /* what everybody may know: posterior weight and sum of weighted signals */
    double effort[2];            /* what a block of screening would add: error of the signal, sd 1 */
    double quality;              /* true; the settling phase uses it only to make the signals that an effort buys */
    /* decided: */
    money granted;
    double pd, rate, margin, rate_alone, margin_alone; /* margin: expected profit per yuan a year */
    double hours;                                      /* of officers */
    uint32_t key;
    uint16_t pools; /* covers taken, bit by pool */
    uint8_t effort_made, outcome;
};
enum { APPLY_RENEWAL = 1, APPLY_FIRST = 2, APPLY_HEAD_OFFICE = 4, APPLY_CHANCE = 8, APPLY_UNSECURED = 16 };
enum outcome { OUTCOME_PENDING, OUTCOME_GRANTED, OUTCOME_REFUSED, OUTCOME_RATIONED, OUTCOME_DECLINED, OUTCOME_SENT_UP };

struct applications {
    size_t n, capacity;
    struct application *row;
};

struct angel_ask {
    struct identity who;
    uint32_t row;
    int32_t region;
    money asked;
    double value; /* that the angel sees */
};
struct founder {
    struct identity who;
    int32_t region, idea; /* month of the idea */
    uint8_t sector;
    float quality, wealth;
};
struct filing { /* a loan that went bad: to be claimed */
    int32_t region;
    uint32_t loan;
    money lost; /* principal lost in a winding up that came before the trigger; else 0 */
};
struct recovery { /* money got from the borrower of a claimed loan */
    int32_t region;
    uint32_t claim;
    money amount;
    bool last; /* the loan has ended */
};
struct candidate { /* wants a place in an instrument with places */
    uint32_t row;
    uint16_t region, instance;
};
struct due_box {
    int32_t region;
    struct due due;
};

enum box { BOX_APPLICATION, BOX_ANGEL, BOX_FOUNDER, BOX_FILING, BOX_RECOVERY, BOX_CANDIDATE, BOX_DUE, N_BOXES };

struct outbox {
    size_t n, capacity, size; /* records; size: bytes of one */
    unsigned char *bytes;
};

/* Appends a record and returns its place, or NULL without memory. */
void *outbox_push(struct outbox *box);
#define OUTBOX(box, type, k) (&((type *)(void *)(box)->bytes)[k])
#endif
