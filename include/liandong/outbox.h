/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outbox - proposals that a LOCAL phase makes for a MARKET phase: a list of records of one kind.
 * Room is secured between months from what the last ones needed; a month that needs more grows it once. */
#ifndef LIANDONG_OUTBOX_H
#define LIANDONG_OUTBOX_H
#include <liandong/agents.h>
#include <liandong/buyers.h>
#include <liandong/enterprises.h>
#include <liandong/issuers.h>
#include <liandong/loans.h>
#include <liandong/money.h>
#include <liandong/rng.h>

enum { MAX_OPTIONS = 8, MAX_SIGNALS = 4 };

/* A way to lend: without cover, or under a chain of covers. */
struct lending {
    uint32_t covers;  /* bit p: bearer p of the region covers it; 0: none */
    double cover;     /* share of a loss that the bank expects to be paid, as experienced */
    double rate_max;  /* over the benchmark */
    double paperwork; /* hours */
    double fee;       /* a year, per yuan lent, that the borrower pays to those who cover */
    bool compulsory;  /* whole portfolio: every eligible loan is enrolled */
    bool on_covered;  /* the fee counts on what it bears of the principal */
    bool difference;  /* covers what others leave short of its share */
    bool beside;      /* stands beside other covers only */
};

/* An application as it travels: kept small, as there are many.  What is not money is kept in single precision. */
struct application {
    uint32_t row;
    int32_t month; /* in which it is decided */
    uint16_t region, bank, branch, cell;
    uint8_t stage, sector, product, flags;
    uint8_t effort_made, outcome; /* outcome: of those that were screened its ruling has it until they are paid out */
    uint8_t security;             /* kinds pledged, bits */
    uint8_t offered;              /* a line promised by instance offered - 1; 0: none is */
    uint8_t staged;               /* instance whose bank product it is lent under, plus 1; 0: none */
    uint8_t undeeded;             /* 1: no deed had been made of it when it was written; 0: look for one */
    uint8_t agreed;               /* instance of an agreement that holds for it, plus 1; 0: none does */
    uint8_t seen;                 /* 1: what statements and instruments tell of it has been read */
    uint32_t covers;              /* decided: covers taken, bit by bearer */
    uint32_t key;                 /* order of its lender */
    float cash;                   /* in its account, which the home bank sees */
    money asked, debt, replaced;  /* replaced: of the debt, the line that this one renews */
    money pledge;                 /* what assets carry, and what else is pledged */
    money granted;                /* decided */
    float sales, reservation;     /* rate above which the enterprise walks away */
    float signal, precision;      /* what everybody may know: posterior weight and sum of weighted signals */
    float effort[2];              /* what a block of screening would add: error of the signal, sd 1 */
    /* decided: */
    float hours, paperwork; /* of officers: looking and screening; for the covers taken */
    float expected;         /* quality, given what was seen */
    float cover;            /* share of a loss that the bank expects these to pay */
    float pd, rate, margin; /* margin: expected profit per yuan a year */
    float fee;              /* for the covers taken, a year, per yuan lent */
    float cheaper;          /* what instruments pay its lender for it, a year, per yuan lent */
    float tolerated;        /* share of the price of bad loans that falls away */
    float contested;        /* share that falls away of what keeps it with this bank, as others see the same */
    float capped;           /* highest spread over the benchmark of that product */
    float change, kept; /* of that agreement: over the rate it would ask; what keeping the borrower is worth, a year */
    float refinanced;   /* what refinancing spares its lender beside, a year, per yuan lent ... */
    float ceiling;      /* ... where the spread over the benchmark stays below this */
    float gain;         /* of the covers taken over none, a year, per yuan lent */
    float fee_borne;    /* share of fees that the enterprise bears in the end */
    float by_assets;    /* of the pledge, share that fixed assets carry */
    float saves, most;  /* of the loss: what the rest saves per yuan of pledge, and the best of it, as lenders reckon */
    float appraised;    /* patents pledged, yuan */
    float spared;       /* hours of officers that others have done */
    float counted;      /* investors' money that came after it was written, as its lender counts it, yuan */
    float recovers;     /* what is collected from the dead, over what its lender alone collects */
    float counts;       /* of gains in later years, the share that instruments make count */
    float upside;       /* worth of a warrant to its lender, a year, per yuan lent */
    uint8_t link;       /* instance whose linkage product it is, plus 1; 0: none */
    uint8_t package;    /* instance with whose package it stands or falls, plus 1; 0: none */
    uint8_t lifted;     /* points of its score that the money counted adds */
    uint8_t by_head;    /* its product is decided at the head office */
    uint32_t blocks; /* blocks of the book where it may have facilities, one bit each, the last of all from there on */
    uint32_t first;  /* of those in block 0, NO_LOAN: look for it */
};
_Static_assert(sizeof(struct application) == 224, "many are on their way at once, and each lies somewhere else");
enum {
    APPLY_RENEWAL = 1,
    APPLY_FIRST = 2,
    APPLY_HEAD_OFFICE = 4,
    APPLY_CHANCE = 8,
    APPLY_UNSECURED = 16,
    APPLY_PROMISED = 32,  /* its lender has promised to lend to all such */
    APPLY_REFINANCED = 64 /* the central bank refinances a part of it */
};
enum outcome {
    OUTCOME_PENDING,
    OUTCOME_GRANTED,
    OUTCOME_REFUSED,
    OUTCOME_RATIONED,
    OUTCOME_DECLINED,
    OUTCOME_SENT_UP,
    OUTCOME_RUN,   /* refused by a bank that runs */
    OUTCOME_FALLEN /* with the fund's part of its package: its bank has not refused it */
};

/* What the enterprise pays in all, a year. */
static inline float application_all_in(const struct application *a)
{
    return a->rate + a->fee * a->fee_borne;
}

/* Debt that stays beside the facility asked for; what of the pledge it leaves. */
static inline money application_other_debt(const struct application *a)
{
    return money_sub(a->debt, a->replaced);
}
static inline money application_collateral(const struct application *a)
{
    return money_positive(money_sub(a->pledge, application_other_debt(a)));
}

struct applications {
    size_t n, capacity;
    struct application *row;
};
/* Room for so many. */
enum status applications_reserve(struct applications *a, size_t n) MUST_CHECK;

/* What of an application is read of all of them, after the first look: they lie scattered and are large, these lie together. */
struct ruling {
    money granted;
    uint32_t row, covers;
    /* order of its lender; where it is paid out, the number of its facility, or its place among those that wait */
    uint32_t key;
    float all_in, gain;
    float hours, paperwork; /* of officers */
    uint16_t bank;
    union {
        uint16_t branch; /* that screens it */
        uint16_t chain;  /* where it is paid out */
    };
    uint8_t outcome, stage, product;
    uint8_t heard : 4;  /* outcome, once officers have had time for it, before room is dealt */
    uint8_t effort : 2; /* with which they would look closer at it first: only the application tells what they find */
    uint8_t
        shares : 1; /* it replaces debt or counts on an investor: what it takes of the bank's room follows from the application */
};
_Static_assert(sizeof(struct ruling) == 48, "one for each application");

/* This month's applications in order of arrival, wherever they lie. */
struct docket {
    size_t n, capacity;
    struct application **row;
    struct ruling *ruling; /* known once its bank has had a first look */
};

struct angel_ask {
    struct identity who;
    uint32_t row;
    int32_t region;
    money asked;
    double value; /* that the angel sees */
};
struct round_ask { /* of venture funds */
    struct identity who;
    uint32_t row;
    int32_t region;
    money asked;
    double value;               /* to its owners, of an enterprise of average quality that looks like it, yuan */
    double share_most;          /* that founders give up for it */
    double weighted, precision; /* what instruments show investors of its quality */
    double root, statement;     /* what its bank tells of its statements: root * q + an error of variance 1 */
    int32_t founded;            /* month; as the columns have it, with stage and sector */
    uint8_t stage, sector;
    bool held;   /* a fund holds its shares */
    bool spared; /* a first look has been done by its bank */
};
struct founder {
    struct identity who;
    int32_t region, idea; /* month of the idea */
    uint16_t cohort;
    uint8_t sector;
    float quality;
    uint32_t wealth; /* the word that is drawn for it */
};
struct filing { /* a loan that went bad: to be claimed */
    int32_t region;
    uint32_t loan;
    money lost; /* principal lost in a winding up that came before the trigger; else 0 */
};
struct recovery { /* money got from the borrower of a claimed loan */
    int32_t region;
    uint32_t claim; /* its place in the table */
    money amount;
    bool last; /* the loan has ended */
};
enum { NOT_DUE = MOST_LINES };
/* Of a budget line; as small as may be, since in January there are many.  audit: of one that was settled at once, who looks into it,
 * plus 1.  What of a claim is false follows it as one of NOT_DUE: then what of it was paid, and, as audit, whether it was filed
 * twice. */
struct claimed {
    uint32_t row;
    uint16_t region;
    uint8_t instance, audit;
    money amount;
};
struct candidate {     /* wants a place in an instrument with places */
    uint32_t row, key; /* places go to the lowest key */
    uint16_t word;     /* of the instances with places (line.queue), and its region: candidate_word */
    member_word bits;  /* of those in it */
};
enum { CANDIDATE_WORDS = 1 << 6 }; /* of a region, at most */
static inline uint16_t candidate_word(int32_t region, int32_t queue)
{
    return (uint16_t)(region * CANDIDATE_WORDS + queue / MEMBER_BITS);
}
_Static_assert(sizeof(struct candidate) == 12, "in January there are more of them than enterprises");

struct sale { /* patents that a dead enterprise had pledged */
    uint32_t row;
    int32_t region;
};

struct accident { /* of one who is insured */
    uint32_t row;
    uint16_t region, instance;
    money loss;
};

struct bridge_ask { /* whose line ends before there is the money to repay it */
    uint32_t row;
    uint16_t region, instance;
};

struct bond_ask { /* wants to take part in an issue of an instance */
    uint32_t row;
    uint16_t region, instance;
    money asked;
    float weighted, precision, reservation, appraised;
    bool overstated;
};

struct bond_share { /* of what a dead issuer left */
    int32_t region;
    uint32_t bond; /* place in the list */
    money amount;
};

struct region;
/* What an instrument makes of a grant or a refusal (notices.h). */
struct told {
    enum status (*settle)(struct region *r, const struct told *note);
    uint32_t row;
    uint16_t instance, bank;
    money amount, more;    /* what it is about; of a promise: what it adds, of a pledge: what is lent */
    double brings;         /* of a promise, yuan; of a warrant, shares over the founders' */
    uint32_t covers;       /* of a loan on a pledge */
    uint16_t part, months; /* of a warrant */
};

enum box {
    BOX_APPLICATION,
    BOX_ANGEL,
    BOX_FOUNDER,
    BOX_FILING,
    BOX_RECOVERY,
    BOX_CANDIDATE,
    BOX_DUE,
    BOX_SALE,
    BOX_ACCIDENT,
    BOX_BRIDGE,
    BOX_ROUND,
    BOX_ISSUER,
    BOX_BOND,
    BOX_BOND_SHARE,
    BOX_LEASE,
    BOX_BILL,
    BOX_TOLD,
    N_BOXES
};

struct outbox {
    size_t n, capacity, size;        /* records; size: bytes of one */
    size_t most, expected, usual[2]; /* records at once: since it was emptied, until it will be; [in January] */
    unsigned char *bytes;
};

/* A new month: nothing lies in it. */
void outbox_reset(struct outbox *box);

/* Gives the larger memory of the two to `to`: boxes that are never full at the same time need it only once. */
void outbox_hand_over(struct outbox *from, struct outbox *to);
/* Gives its memory back.  When it is needed again it takes what it held at most in the last such time, a January or others. */
void outbox_empty(struct outbox *box, bool was_january, bool is_january);
/* Appends a record and returns its place, or NULL without memory. */
void *outbox_push(struct outbox *box);
/* Room for n records behind the last one, for who writes them all at once and counts those that are meant; NULL: no memory. */
void *outbox_room(struct outbox *box, size_t n);
#define OUTBOX(box, type, k) (&((type *)(void *)(box)->bytes)[k])
#endif
