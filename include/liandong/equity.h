/* SPDX-License-Identifier: GPL-3.0-or-later */
/* equity - venture funds, who puts money into them, and what they hold (mechanisms M9, M10).
 *
 * A manager (基金管理人) raises a fund from partners, who commit by the net cash that they expect; it calls what it invests
 * and its fee, holds shares, sells them, and pays out by the waterfall.  What a fund may do is its rule, copied when it is
 * founded: from its kind (`funds`), or from the instrument that founds it. */
#ifndef LIANDONG_EQUITY_H
#define LIANDONG_EQUITY_H
#include <liandong/money.h>
#include <liandong/params.h>
#include <liandong/rng.h>
#include <liandong/table.h>

enum partner {
#define PARTNER(name, called, paid, en, zh) PARTNER_##name,
#include <liandong/partners.def>
#undef PARTNER
    N_PARTNERS
};

enum fund_state { FUND_RAISING, FUND_INVESTING, FUND_HARVESTING, FUND_CLOSED };

/* By what public money is judged: losses that are tolerated (mechanisms M10). */
struct appraisal {
    bool checked;
    double tolerance; /* chance of a loss that its officers dare to take */
    double horizon;   /* years after which they are judged; 0: when all has been sold */
    double together;  /* how many projects are judged as one; 0 or 1: each by itself */
};

/* What a guide fund asks for its money: so much of it invested here, in these stages, and what a breach costs. */
struct mandate {
    int32_t from, to, age_max; /* stages; months, 0: any */
    int32_t sector;            /* that first investments are narrowed to; 0: any */
    double reinvest;           /* over what the public partner committed */
    double found, breach;      /* chance that what is missing is found; paid for it by the manager, per yuan */
};

struct fund_rule {
    int32_t stage_from, stage_to;  /* in which it makes first investments */
    int32_t age_max;               /* of the enterprise then, months; 0: any */
    int32_t sector;                /* number from 1; 0: any */
    int32_t invest, life, extends; /* months: of first investments; until all is to be sold; beyond, where it is not */
    int32_t last_deals;            /* months before its end without any investment */
    int32_t looks;                 /* enterprises that it can examine a month */
    money ticket_min, ticket_max;  /* of a round */
    double share_max;              /* largest share that it takes in a round */
    double required;               /* return that it prices with, a year */
    double reserves;               /* of what it may invest, kept for follow-ons */
    double fee, carry, hurdle, catch_up, stake;
    /* What public partners grant the others: */
    double ceded;      /* of their profit beyond the hurdle */
    double first_loss; /* of their capital, paid back after that of all others */
    double certified;  /* by what part others expect more of it, since a guide fund has examined its manager */
    /* Within so many months others may buy what is public at cost and this interest a year: the other partners its part of the
     * fund; of a fund that invests directly, founders (or who joins them) its shares.  0: not. */
    int32_t window;
    double window_rate;
    bool at_market;  /* pays the price of late rounds */
    double auc_lost; /* by which it sees less of quality, from afar ... */
    bool linked;     /* ... but of who is listed on a board, whose files it is shown */
    struct appraisal appraisal;
    struct mandate mandate;
};

struct fund {
    struct fund_rule rule;
    int32_t kind, manager,
        line; /* kind of `funds`, -1: a public one that invests directly; line: the policy instance */
    int32_t state, begun, opened, ends; /* months */
    money target, cash;
    money reserved; /* of the target, while partners of this month commit: what its manager keeps for a note */
    money committed[N_PARTNERS], called[N_PARTNERS], paid[N_PARTNERS];
    money due[2]; /* capital and hurdle that partners have not got back: of the public part that bears first loss,
                              * of all others */
    money carried, fees;  /* paid to the manager so far */
    money invested, cost; /* ever; of what it still holds */
    money proceeds;       /* from exits so far */
    money counted, away;  /* invested by the mandate, ever; cost of what it holds elsewhere */
    int32_t deals;        /* ever */
    int32_t account;      /* its first account with an instrument, plus 1; 0: none */
    int32_t held;         /* positions */
    int32_t declined;     /* its manager has declined the money of a guide fund */
    int32_t backed;       /* enterprises, ever */
    int32_t note;         /* place of the note that pays a part of it (fund_note), plus 1; 0: none */
    int32_t
        vehicle; /* it is one of a fund of another region: its place in the list of vehicles, plus 1; 0: it is none */
    int32_t travels;         /* looks of this month that its people spend in other regions */
    money sent, set_aside;   /* to its vehicles, ever; for them this month */
    money awarded;           /* of its cash, what public budgets paid */
    money taxed[N_PARTNERS]; /* profit that tax has been withheld on, ever */
    struct {
        double bounty, tax;
    } counts; /* of who looks at its terms: awards to come, yuan per yuan invested; what he keeps of profit is less by tax */
};

/* What a policy instance remembers of a fund: a list in the region, chained from the fund. */
struct fund_account {
    int32_t instance, next; /* next: place in the list, plus 1; 0: none */
    int32_t year, done;     /* calendar year that due_year is of; done: bits of the instrument's own */
    int32_t deals, unused;  /* that it counts */
    money counted;          /* what its rule counts, ever */
    money due, due_year;    /* filed for it: ever, and in that year */
};
struct fund_accounts {
    size_t n, capacity;
    struct fund_account *row;
};

/* A round that a fund pays, or looks at. */
struct venture_round {
    int32_t fund, stage;
    uint32_t row;
    bool follow_on;
    money paid;
};

/* A fund's shares of an enterprise, in shares held by its founders: when all are diluted alike, the ratio stays.  What lenders and
 * other investors ask of it comes first: it is read at random places. */
struct position {
    uint32_t fund;
    int32_t month;   /* of the first investment */
    int32_t refused; /* month in which it refused a follow-on; 0: never */
    int32_t last;    /* month of the last round, and what was paid then */
    money last_paid;
    money cost;
    double entry;                   /* value of the enterprise to an owner when it invested, yuan */
    double price;                   /* of the whole, after the last round, yuan */
    double units;                   /* its shares over the founders' */
    double founders;                /* their share after the first investment */
    uint32_t row;                   /* UINT32_MAX: it has ended */
    int32_t stage;                  /* at entry */
    money brought;                  /* what it brought when it ended */
    uint64_t filed[MAX_LINES / 64]; /* instances that were open to the enterprise when the fund invested first */
    float told;                     /* what it had seen of quality when it refused, and how precisely */
    float told_tau;
};
/* Where the positions of a row stand, in order of rows, and of time. */
struct holding {
    uint32_t row, place;
};
LIST_OF_ROWS(holding);
struct holdings {
    size_t n, capacity;
    struct holding *row;
    struct starts starts;
};
struct funds {
    size_t n, capacity;
    struct fund *row;
};
/* A position stays where it is until a compaction, which leaves out those that have ended, and puts the others in order. */
struct positions {
    size_t n, capacity;
    struct position *row;
    struct holdings held; /* those that have not ended; while exits are settled, those before */
};

/* What a fund holds out of town. */
struct away_deal {
    uint32_t fund;
    int32_t month, due; /* of the investment; when it ends */
    money cost;
    double expected; /* yuan per yuan */
};
struct away_deals {
    size_t n, capacity;
    struct away_deal *row;
};

/* A bond of a manager, whose proceeds are a part of his own leg in the fund that they completed (instrument 26; docs/model/bonds.md).
 * They lie with a trustee until they are called; what that part of the leg brings comes back there. */
struct fund_note {
    uint32_t fund;
    int32_t instance, sold, matures, every;
    int32_t defaulted;                /* month; 0: not */
    money asked;                      /* what it was issued for */
    money committed, called;          /* to the fund by its proceeds */
    money principal, coupon;          /* owed to holders; coupons that are due */
    money waits;                      /* of what is due, that of which its guarantor has been asked his part */
    money by_body;                    /* paid for it by him, not got back */
    money account;                    /* with its trustee */
    double rate;                      /* a year */
    double guaranteed, guarantee_fee; /* of what is missing; a year, of principal */
    double pledged;                   /* of the fund's fees */
};
struct fund_notes {
    size_t n, capacity;
    struct fund_note *row;
};

/* A vehicle (异地平行基金): in the list of funds of one region, all of it the money of a fund of another. */
struct vehicle {
    int32_t fund, line;              /* place in the list of funds here; the community, a policy instance */
    int32_t region, of;              /* where its fund stands, and its place there */
    int32_t circle, counts;          /* of its manager; whether what it invests counts for his mandate */
    uint64_t name;                   /* of its manager, to those who ask */
    money called;                    /* this month, and not yet of its fund */
    money cost, proceeds, fulfilled; /* as its fund has been told */
};
struct vehicles {
    size_t n, capacity;
    struct vehicle *row;
};

/* A warrant: the right to buy shares of a borrower, held for its bank by a fund.  Nothing is booked until it is exercised. */
struct warrant {
    uint32_t row;
    uint16_t bank, part;      /* the bank's part of the gain, ten-thousandths */
    int32_t granted, expires; /* months */
    double units;             /* shares that it buys, over the founders' */
    money strike;             /* for all of them */
};
LIST_OF_ROWS(warrant);
struct warrants { /* up to `sorted` in order of rows, then those of this month */
    size_t n, capacity, sorted;
    struct warrant *row;
    struct starts starts; /* of the sorted */
};

/* Has not settled here yet; is in the trade; the same, while he raises a fund elsewhere; has given the trade up. */
enum manager_state { MANAGER_OUT, MANAGER_IN, MANAGER_AWAY, MANAGER_LEFT };

/* Who may raise funds.  A place in this array is an identity: its kind and number. */
struct manager {
    int32_t kind, nth;
    int32_t fund;  /* that it raises or invests, -1: none */
    int32_t again; /* month from which it may raise the next */
    int32_t raised, failed;
    int32_t state, standing; /* standing: his funds that have not ended */
    double tried, closed;    /* his raisings, with memory */
    double matured, back;    /* record: yuan called, as far as its funds' lives have passed; proceeds of them */
};

/* One kind of partner in a region: money not yet committed, and what its money has brought, with memory. */
struct limited_partner {
    money purse;
    double matured, back; /* yuan paid in, as far as the lives of these funds have passed; what it got back */
};

/* Classes of what a position brought over its cost: nothing, below 1, 1 to 3, 3 to 10, 10 times and more. */
enum { N_MULTIPLES = 5 };
static inline int32_t multiple_class(money brought, money cost)
{
    double m = cost.fen > 0 ? (double)brought.fen / (double)cost.fen : 0.0;
    return m <= 0.0 ? 0 : m < 1.0 ? 1 : m < 3.0 ? 2 : m < 10.0 ? 3 : 4;
}

enum exit { EXIT_SALE, EXIT_LISTED, EXIT_BUYBACK, EXIT_SECONDARY, EXIT_LIQUIDATED, N_EXITS };

enum { MAX_DIRECT = 16 };

/* What everybody sees of a region's market for shares. */
struct equity_market {
    int32_t open[N_STAGES];  /* managers' funds that make first investments in the stage */
    double ticket[N_STAGES]; /* smallest round of those with money for it, yuan; 0: none */
    int32_t n_direct,
        direct[MAX_DIRECT]; /* public funds that invest directly, of those alike one; more than MAX_DIRECT: not all */
    struct limited_partner partner[N_PARTNERS];
    double asked[N_STAGES], granted[N_STAGES]; /* rounds, with memory */
    double money[N_STAGES], deals[N_STAGES];  /* yuan that funds could invest, rounds asked for: a month, with memory */
    double multiple[N_STAGES];                /* price over the founders' own value, of late rounds */
    double entered[N_STAGES], left[N_STAGES]; /* of positions that ended: value at entry, what owners then got for it */
    double years[N_STAGES], ended[N_STAGES];  /* how long they took, and how many ended; with memory */
    double tried, closed;                     /* raisings, with memory */
    int64_t managers;                         /* in the trade */
    double placed[N_STAGES];                  /* yuan invested by funds, with memory */
    double staked[N_STAGES], lost[N_STAGES],
        voided[N_STAGES]; /* of positions that ended: cost; what of it was lost, what with
                                                               * those that brought nothing; with memory */
    /* what lenders see, with memory: years of enterprises that funds held, those sold, log of the price over that of the last
     * round, its square over the years between, those years */
    double watched, sold, rise, rise_square, rise_years;
    /* of loans that were granted in packages, since the beginning: loan-months, defaults, pairs of loans in a month, pairs that
     * defaulted together */
    double package_months, package_defaults, package_pairs, package_both;
    /* this month: */
    int64_t multiples[N_MULTIPLES];
    money multiple_cost[N_MULTIPLES];
    int64_t n_deals, follow_ons, refused, exits[N_EXITS], written_off, closings, dissolved;
    money raised[N_PARTNERS], called[N_PARTNERS], paid[N_PARTNERS];
    int64_t moved, declined, bought_out, breaches;
    int64_t managers_entered, managers_left;
    money away, away_back, missing, bought;
    money invested, proceeds[N_EXITS], cost_out[N_EXITS], cost_lost, fees, carry;
    money tax_partners, tax_managers;
    double service_hours; /* given to enterprises on funds' own account */
    int64_t warrants_granted, warrants_exercised, warrants_ended;
    int64_t notes_sold, notes_bad;
    money notes_issued, notes_lost;
};

static inline money fund_committed(const struct fund *f)
{
    money sum = FEN(0);
    for (int p = 0; p < N_PARTNERS; p++)
        sum.fen += f->committed[p].fen;
    return sum;
}
static inline money fund_called(const struct fund *f)
{
    money sum = FEN(0);
    for (int p = 0; p < N_PARTNERS; p++)
        sum.fen += f->called[p].fen;
    return sum;
}
#endif
