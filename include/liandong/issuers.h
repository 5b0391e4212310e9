/* SPDX-License-Identifier: GPL-3.0-or-later */
/* issuers - the enterprises that are listed on a board, or on their way there (mechanisms M9).
 *
 * Boards are the instances of `boards`, from the lowest to the highest.  An enterprise that prepares, waits or is listed stands
 * in r->issuers, in order of rows; the column `board` says where it is listed: 0 nowhere, else 1 + place of the board. */
#ifndef LIANDONG_ISSUERS_H
#define LIANDONG_ISSUERS_H
#include <liandong/diag.h>
#include <liandong/money.h>
#include <liandong/params.h>
#include <liandong/table.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAX_ACCOUNTS = 4, QUEUE_MONTHS = 64 };

enum issuer_state { ISSUER_PREPARING, ISSUER_FILED, ISSUER_PASSED };
struct issuer {
    uint32_t row;
    uint32_t file;  /* place of its file, plus 1; 0: it has none */
    int32_t since;  /* its state began; where it has no target: its last issue of shares */
    int32_t listed; /* month in which it was listed where it is; 0: nowhere */
    int32_t asked;  /* month in which it asked for a follow-on issue; 0: none is on its way */
    float
        could_sell; /* when it was listed, log yuan a year: of an exchange, it keeps so much in its region (issuer_home) */
    uint8_t board, target; /* where it is listed, where it wants to be: 0 nowhere, else 1 + place */
    uint8_t state, below;  /* below: years under the criteria of its board */
};
_Static_assert(sizeof(struct issuer) == 28, "no padding: one enterprise in four is an issuer");
LIST_OF_ROWS(issuer);

/* What who wants to be on a board prepares and files: few issuers, who keep its place until they are listed, or give up. */
struct issuer_file {
    int32_t filed, ready;  /* month of filing; in which reviewers look (again) */
    float precision;       /* of what it tells of the log of results */
    uint8_t progress;      /* months of preparation that are done and paid */
    uint8_t rounds, years; /* times that it came back; years whose accounts it holds */
    uint8_t unused;
    money profit[MAX_ACCOUNTS]; /* of these years, the last one first */
};
/* Places do not move; those that are free are taken first, the last one that became so before the others. */
struct issuer_files {
    size_t n, capacity;
    struct issuer_file *row;
};
struct free_files {
    size_t n, capacity;
    uint32_t *row;
};
struct issuers {
    size_t n, capacity;
    struct issuer *row;
};

/* Those of them whose shares are traded on an exchange, few: in order of rows. */
struct traded {
    uint32_t row, unused;
    double home; /* issuer_home */
};
LIST_OF_ROWS(traded);
struct traded_list {
    size_t n, capacity;
    struct traded *row;
    uint32_t exchanges; /* boards that were exchanges when it was made, one bit each */
};

/* Who wants to prepare for a board, as a local phase proposes it. */
struct issuer_ask {
    uint32_t row;
    uint16_t region, board;
};

/* What happened on a board this month, and what stands at its end; of a region. */
struct board_month {
    int64_t preparing, queue, listed; /* enterprises */
    int64_t applied, returned, withdrawn, listings, delisted, follow_ons;
    int64_t raised, follow_raised; /* fen */
    int64_t value;                 /* of those listed, yuan */
};

/* What an instrument makes of a member's way to a board: months spared, precision added to its file, rewards. */
enum reward { REWARD_COUNSELLED, REWARD_ACCEPTED, REWARD_LISTED, N_REWARDS };
struct listing_terms {
    double precision;
    int32_t months, rework; /* fewer to prepare, fewer to answer reviewers */
    money reward[N_REWARDS];
};

/* Results of an enterprise as a board looks at them. */
struct performance {
    double profit, last, least; /* of the years looked at: sum, last one, smallest one */
    double sales, research;     /* yearly */
    double value;
};
#endif
