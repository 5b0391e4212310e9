/* SPDX-License-Identifier: GPL-3.0-or-later */
/* agents - banks, branches, bearers of cover, budget lines: few, named, arrays of structs without pointers. */
#ifndef LIANDONG_AGENTS_H
#define LIANDONG_AGENTS_H
#include <liandong/diag.h>
#include <liandong/issues.h>
#include <liandong/leases.h>
#include <liandong/money.h>
#include <liandong/params.h>
#include <liandong/rng.h>

enum { N_SCORES = 5, N_BELIEFS = N_STAGES * MAX_SECTORS * N_SCORES, N_PARENTS = N_STAGES * N_SCORES, VINTAGES = 2 };

struct bank {
    int32_t kind, first_branch, n_branches; /* kind: instance of `banks` */
    money cash, deposits, claims_due;
    money placed;             /* deposits of financing funds */
    money book, bad, undrawn; /* principal outstanding, of it non-performing, lines not drawn; end of last month */
    money room;               /* that may still be lent this month */
    money capital_room;       /* the same as its capital alone allows */
    money turnover;        /* deposited by turnover reserves, for linkage products that its own funds did not reach */
    money standby, drawn;  /* that they would deposit this month; that it lent out on this */
    double funding;        /* marginal cost of funds */
    double penalty;        /* price of another bad loan, yuan per yuan of expected NPL */
    double tolerance;      /* NPL ratio that is tolerated, instruments included */
    money relent;          /* borrowed from the central bank against such loans */
    double lgd;            /* experienced loss given default */
    money lost, lost_base; /* what lgd was learnt from, with the memory of `experience` */
    double loading;        /* learnt: by how much a sd of quality lowers log default */
    uint64_t joined[MAX_LINES / 64]; /* instances that leave it to banks to take part, and in which it does */
    double taught;                   /* AUC that what its officers were taught adds to a block of their screening */
    double tau_effort;               /* precision of such a block this month */
    struct {
        double good, turned, ill,
            left; /* principal: performing, of it turned bad; non-performing, of it no longer so */
    } flux;       /* summed over months, with the memory of `experience` */
    struct {
        double months, quality, square, defaults, defaults_quality; /* with the memory of beliefs */
    } seen;                                                         /* what the loading was learnt from */
};

struct branch {
    int32_t bank, nth;   /* nth branch of its bank */
    double hours, given; /* officers' hours left this month, and given at its beginning */
    money authority;     /* facility that it may grant itself */
};

/* Gamma-Poisson belief on the monthly hazard of default: own accepted loans only. */
struct belief {
    double defaults, months;
};
static inline int32_t belief_cell(int32_t stage, int32_t sector, int32_t score)
{
    return (stage * MAX_SECTORS + sector) * N_SCORES + score;
}

/* How one bearer has honoured its cover towards one bank, and the bank's account with it. */
struct experience {
    money claimed, paid; /* with memory; paid is discounted for delay */
    money enrolled;      /* principal outstanding under the cover */
    money enrolled_base; /* base of the breaker of this year */
    money granted_year, lost_year;
    money decided, compensated; /* this month */
    int32_t tripped;
    int32_t out;         /* months until the bank asks for the agreement again; 0: it has one where it may */
    double gain, gained; /* what enrolling brought it over not enrolling, yuan: this calendar year and last */
    money fees;          /* fees and premiums of the bank's borrowers, with memory */
};

/* What a bank expects of a bearer's cover: how much of a claim is paid, and what is left before its breaker; 0: without agreement. */
struct cover_seen {
    double paid, left;
};

enum bearer_event { BEARER_ZERO, BEARER_UNPAID, BEARER_CAP, BEARER_BREAKER, N_BEARER_EVENTS };
/* Who bears a part of a loss under a cover, in the order in which they stand behind a loan. */
enum bearer_kind {
    BEARER_NONE,
#define BEARER(kind, account, owed, fee, decided, pays, ended, shared, subsidy, en, zh) BEARER_##kind,
#include <liandong/bearers.def>
#undef BEARER
    N_BEARER_KINDS
};

/* Amounts that bind nobody: no cap, all the room that may be asked for. */
#define NO_CAP YUAN(10000000000000)

/* A pool, a guarantor, an insurer: money, and what it has promised. */
struct bearer {
    int32_t kind, line; /* enum bearer_kind; the policy instance that it belongs to */
    money balance, paid_in, planned;
    /* Set by its instrument at the beginning of each month: */
    money room;        /* principal that may still be enrolled */
    money cap_year;    /* most that it pays in a calendar year */
    double breaker;    /* a bank's lost over its enrolled principal of a year from which it refuses; 1: never */
    int32_t partners;  /* banks that may have an agreement, the first ones */
    money agreement;   /* what keeping one costs a bank a year */
    int32_t counted;   /* whether the number of its contracts is limited, too ... */
    int32_t contracts; /* ... to so many more */

    money unpaid;                   /* claims decided, not paid */
    money paid_year, enrolled;      /* enrolled principal outstanding */
    money by_city, by_district;     /* ever paid in */
    money granted, lent;            /* under its cover since `start`, ever */
    money fees, reinsured;          /* this month: fees and premiums received; got from reinsurers */
    money ceded;                    /* this month: of its payouts, what reinsurers have taken over */
    money fees_year, enrolled_year; /* since January: fees received; enrolled principal, summed over months */
    money loss_year;                /* since January: paid less recovered, after reinsurance */
    double fees_seen, paid_seen;    /* yuan, with the memory of `experience` */
    double premium;                 /* rate a year of new contracts, where it follows experience */
    double exposure, incurred;      /* yuan-years covered, yuan paid for them, with the tariff's memory */
    double exposure_seen;           /* yuan-years borne, with the same memory */
    money liable;                   /* of the enrolled principal, what it would bear */
    money recent[12], borne[12];    /* paid, and liable, in the last twelve months: rings, month % 12 */
    uint32_t suspended;             /* takes no new loans; of a reinsurer: bit g, not those of bearer g */
    money owed[MAX_BEARERS], advanced[MAX_BEARERS];     /* of a reinsurer, by guarantor: owed; paid and not got back */
    money placed;                                       /* of a reinsurer: financing fund deposited in banks */
    money due_capital[24], due_district[24];            /* money on its way, by month: rings, month % 24 */
    int32_t event[N_BEARER_EVENTS];                     /* this month */
    money decided, compensated, shared, interest, lost; /* this month; lost: principal of the claims filed */
    int64_t filed, days,
        settled; /* this month: claims; days from filing to full payment, summed over `settled` claims */
};

/* What a policy instance has seen of a bank: new lending to those it is for, renewals net of what they replace. */
struct dealing {
    money month, year, last_year;
    double mean; /* what the instrument remembers of these loans, by its own rule */
    int32_t out; /* the bank stays out of it */
};

/* A small-loan company behind a policy instance. */
struct lender {
    money cash, planned; /* capital that it was to have */
    money out, late;     /* principal that it is owed, of it what should have been repaid */
};

/* A turnover reserve behind a policy instance: money, of it deposited in banks. */
struct reserve {
    money cash, planned, placed;
};

/* A public fund of funds behind a policy instance; `committed` to funds and not yet called lies in its cash. */
struct guide {
    money cash, paid_in, returned, committed, called, back;
    money joint[2]; /* paid in by districts and universities beside the treasury */
};

/* The frame's state for one policy instance: its budget line. */
struct line {
    int32_t kind, group, instance; /* place in the list of instruments, enum group, which of its instances */
    uint64_t name;                 /* of instrument and instance: places change with what else there is */
    int32_t stood, changed;        /* enabled last month; its being enabled changed this month */
    int32_t bearer;                /* its bearer of cover, -1: none */
    int32_t queue;                 /* this month, of the instances with places, the how manieth; -1: none of them */
    int32_t served;                /* its budget paid this month for services in kind */
    double folded[4];              /* what its instrument makes of its values in force, anew each month */
    double kept;                   /* what its instrument remembers from one dealing of its places to the next */
    int64_t members;               /* end of last month, and those admitted since */
    money cash;                    /* of the budget line */
    money spent, asked, short_of;  /* this month */
    double honoured;               /* share of what was asked that was paid, with a memory; 1 at first */
    money spent_year;
    struct lender lender;
    struct guide guide;
    struct body body;
    int32_t levies; /* a body of members lives by dues behind it */
    int32_t listed; /* of the region's list of dues, those of this line, or more: who has died may have left it */
    money dues;     /* money of the body of members */
    money escrow;   /* that local phases paid to the issues behind an instance, not yet theirs */
    struct reserve reserve;
    struct finance_company company;
};
#endif
