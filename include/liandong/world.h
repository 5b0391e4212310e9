/* SPDX-License-Identifier: GPL-3.0-or-later */
/* world - the state of a simulated world, and nothing that happens to it.
 *
 *   a tile never crosses a region, so parameters are constant inside a tile;
 *   parameters are values in force this month, one full set per region, changed only between months;
 *   what is summed is an integer, so totals need no order; what is ordered is an integer key, then identity;
 *   a row number is a place, not a name: draws and files use the identity only. */
#ifndef LIANDONG_WORLD_H
#define LIANDONG_WORLD_H
#include <liandong/agents.h>
#include <liandong/arena.h>
#include <liandong/buyers.h>
#include <liandong/deeds.h>
#include <liandong/enterprises.h>
#include <liandong/equity.h>
#include <liandong/issuers.h>
#include <liandong/loans.h>
#include <liandong/measure.h>
#include <liandong/rng.h>
#include <liandong/tally.h>
#include <liandong/team.h>

/* Rates that a bank may ask lie at places of one grid from the benchmark to its largest spread. */
enum { QUOTES = 13, FINE = 16, PLACES = (QUOTES - 1) * FINE + 1 };
/* Where to look for the best of them is guessed by W of a number s, W + log W = s, which is tabulated from LAMBERT_FROM on. */
enum { LAMBERT_FROM = -6, LAMBERT_STEPS = 4, LAMBERTS = 32 * LAMBERT_STEPS + 1 };

/* Sizes of an accident that a buyer of insurance thinks through, half a sd apart. */
enum { ACCIDENT_SIZES = 15 };

/* Region-month constants, folded from the values in force and last month's totals before the first phase. */
struct cells {
    double drift[N_STAGES][MAX_SECTORS]; /* log growth this month beside shock, quality and technology */
    double level[MAX_SECTORS];           /* log sales given up to competition (demand shared) */
    double nation[MAX_SECTORS];          /* the same of what the listed sell beyond the region */
    double product[MAX_SECTORS];    /* what a product of median size earns over the years that owners count, yuan */
    double attraction[MAX_SECTORS]; /* log value of founding over the outside wage */
    double attracts[MAX_SECTORS];   /* the value itself, over that wage */
    double rd_price;                /* research wage over par */
    double recovery;                /* what fixed assets fetch this month, share */
    double diluted[2];              /* of receivables, lost at failure: not pledged; pledged */
    double price_level;             /* of shares, over that at a macro factor of 0 */
    double riskier[PLACES],
        leaving[PLACES];      /* how much more a borrower defaults or leaves at a place than at place 0 */
    double lambert[LAMBERTS]; /* W */
    double accident[ACCIDENT_SIZES], likely[ACCIDENT_SIZES]; /* over the median; density */
};

enum { HISTORY = 12, REGISTER_MONTHS = 256 };

/* Ways in which an instrument acts on a member within a local phase. */
enum act {
    ACT_REGISTER,
    ACT_BARRED,
    ACT_RELIEF,
    ACT_FEE_RELIEF,
    ACT_SEE,
    ACT_SHOW,
    ACT_MATCH,
    ACT_INFORM,
    ACT_PLEDGE,
    ACT_INDEMNIFY,
    ACT_DEDUCT,
    ACT_PACKAGE,
    ACT_LEVY,
    N_MEMBER_ACTS
};

/* The one enterprise that some instances admit, and nobody else: what they do to it alone, in a market without them. */
struct alone {
    bool on;
    struct identity who;
    uint64_t lines[MAX_LINES / 64]; /* instances that this holds for */
};

/* Hooks that are called for each application or claim: nobody looks for them among all instances. */
enum hook {
    HOOK_ROUTE,
    HOOK_FAVOUR,
    HOOK_TERMS,
    HOOK_GRANTED,
    HOOK_STEER,
    HOOK_LOOK,
    HOOK_OVERSEE,
    HOOK_SPONSOR,
    HOOK_ATTRACT,
    HOOK_OPENED,
    HOOK_INVESTED,
    HOOK_SOLD,
    HOOK_REWARD,
    HOOK_BOUNTY,
    HOOK_TAXED,
    HOOK_TAX_BACK,
    HOOK_LINK,
    HOOK_WATCH,
    HOOK_LISTING,
    HOOK_OFFERS,
    HOOK_REFUSED,
    HOOK_ISSUE,
    HOOK_AID,
    HOOK_AMEND,
    HOOK_APPRAISE,
    HOOK_LEASE,
    HOOK_COORDINATE,
    HOOK_FACTOR,
    HOOK_NOTE,
    HOOK_UNITE,
    N_HOOKS
};
/* The instances that stand and have it, in order. */
struct hooked {
    int32_t n;
    uint8_t nth[MAX_LINES];
};
#define EACH_HOOKED(r, hook, k) \
    for (int32_t at_ = 0, k; at_ < (r)->hooked[hook].n && ((k) = (r)->hooked[hook].nth[at_], true); at_++)

/* What everybody saw in a region, with memory. */
struct market_prices {
    double rate;                               /* mean rate of new loans; 0: none yet */
    double granted[N_STAGES], asked[N_STAGES]; /* applications, with memory */
    double angel_granted, angel_asked;
    money angel_purse; /* angels' money not yet placed */
};

/* The market where pledged patents of the dead are sold. */
struct ip_market {
    money purse;                      /* buyers' money not yet spent */
    money more;                       /* what instruments bring of it this month */
    double record;                    /* precision of what a shared record of sales tells, of log value */
    double price;                     /* over value, at the last sale */
    double seen_appraised, seen_sold; /* yuan, with the memory of `experience` */
    money offered, appraised;         /* this month: value put up for sale, appraisal when it was pledged */
    int64_t sold;                     /* this month: owners whose patents were sold */
};

struct region {
    char name[NAME_SIZE];
    uint64_t id;   /* hash of the name */
    int32_t month; /* the month being simulated, since 0000-01 */
    int32_t index, n_banks, n_branches, n_bearers, n_instances, n_words;
    struct luck luck;          /* of the world, this month */
    const struct alone *alone; /* of the world */
    const struct layout *layout;
    unsigned char *now; /* values in force: P(r, group), NAMED(r, group, k) */
    struct cells cells;
    double macro, sector_factor[MAX_SECTORS];
    double history[MAX_SECTORS][HISTORY]; /* highest attraction of the month and of those before it, back to h months */
    double scale;                         /* counts and capacities are multiplied by it */
    struct market_prices prices;
    struct ip_market ip;
    member_word acts[N_MEMBER_ACTS]
                    [MAX_LINES / MEMBER_BITS];              /* instances that stand and act in that way, one bit each */
    uint8_t act_from[N_MEMBER_ACTS], act_to[N_MEMBER_ACTS]; /* words of membership between which all of them lie */
    struct hooked hooked[N_HOOKS];                          /* this month */
    uint32_t covering;                        /* bearers that stand, or ever stood behind a loan, one bit each */
    double relief_most;                       /* what all of them give back at the going rate */
    double tau_credit, tau_effort, tau_angel; /* precisions of the month's signals */
    double tau_inside[MAX_INSTANCES];         /* of what each kind of fund sees from within */
    struct enterprises enterprises;
    struct loans loans;
    struct claims claims;
    struct dues dues;
    struct due_files files; /* of false claims among them */
    struct bridges bridges;
    struct leases leases;
    struct buyers buyers;
    struct bills bills;
    struct issuers issuers;
    struct issuer_files issuer_files;
    struct free_files free_files;
    struct traded_list traded;            /* kept by traded.c */
    struct board_month board[MAX_BOARDS]; /* this month */
    struct deeds deeds;
    int32_t bridge_lender; /* the first instance that stands and lends bridges, -1: none; found anew each month */
    struct bonds bonds;
    struct issues issues;
    struct issue_places issue_places;
    struct bond_places bond_places;
    struct bond_record bond_record;
    struct dues paid;             /* of them, what enterprises got this month; empty unless w->paid_kept */
    struct applications waiting;  /* at head offices */
    struct applications returned; /* of them, those decided this month */
    struct bank *bank;
    struct branch *branch;
    struct belief *belief;         /* [bank][cell] */
    struct experience *experience; /* [bank][bearer] */
    struct cover_seen *cover_seen; /* [bank][bearer]: folded when banks begin to look at a month's applications */
    struct bearer *bearer;         /* pools first: bearer k is pool k */
    struct dealing *dealing;       /* [instance][bank] */
    int32_t n_managers, manager_room;
    struct manager
        *manager; /* who may raise venture funds, kind by kind; then those who came later; room for all who can */
    struct funds funds;
    struct positions positions;
    money marks;                   /* their value at the price of the last round, worked out when a month is recorded */
    struct fund_accounts accounts; /* of instruments with funds */
    struct away_deals away;
    struct fund_notes fund_notes;
    struct vehicles vehicles;
    struct warrants warrants;
    struct equity_market equity;
    struct line *line; /* [instance]: budget line and bits of each policy instance */
    struct cover_chain *chain;
    int32_t n_chains, chain_capacity;
    struct known_chain {
        uint32_t covers;
        int32_t chain;
    } known[64];          /* this month's chains of some choices of covers, where their hash has put them */
    struct docket market; /* this month's */
    uint64_t *order;      /* scratch of the market: index of applications, by bank, then by key */
    size_t order_capacity;
    uint32_t *bank_start;             /* [bank + 1] into order */
    struct tally total;               /* what happened this month */
    int64_t counted[N_ITEMS];         /* items of it over all cells, once the month is at its end */
    int64_t balance[N_ACCOUNTS];      /* stock of every account, fen */
    int64_t last_sales[MAX_SECTORS];  /* yearly sales in the region at the end of last month before competition, yuan */
    int64_t last_beyond[MAX_SECTORS]; /* the same of what the listed sell beyond it */
    int64_t nation_sales;             /* and after competition, all sectors: this month */
    int64_t last_rd_staff;
    money appropriated, appropriated_before; /* to budget lines this year, and in the last before that had any */
    int32_t leaving[REGISTER_MONTHS]
                   [N_CELLS];        /* dead without a row that leave the register, a ring: month % its length */
    int64_t audited[N_ACCOUNTS];     /* balances when agents' accounts last agreed with them; made anew each month:
                                        the first audit looks at all */
    int64_t audit_start[N_ACCOUNTS]; /* stocks of rows as the tiles saw them at the start of a group of local phases */
    struct due_pages pages;          /* of the list of dues */
    struct resters resters;          /* in it */
};

/* Lists anew where rows begin in the region's lists that have such an index. */
enum status region_list_starts(struct region *r) MUST_CHECK;
/* The tables of places of issues, and of bonds (issues); the place of an issue, n: it has left the list. */
enum status issues_list_places(struct region *r) MUST_CHECK;
enum status bonds_list_places(struct region *r) MUST_CHECK;
/* The same by whoever passes over all bonds anyway: of issues, and room for as many bonds as there are; bond_stands of those that
 * stay; then r->bonds.n tells how many these are. */
enum status bond_places_begin(struct region *r) MUST_CHECK;
void bond_places_end(struct region *r);
size_t issue_place(const struct region *r, uint32_t number);

/* Managers of a kind at the beginning; how many more come up in so many months from then. */
int32_t managers_at_start(const struct region *r, int32_t kind);
int32_t managers_to_come(const struct region *r, int32_t kind, int32_t months);

/* How a bearer has honoured its cover towards a bank. */
static inline struct experience *experience_of(const struct region *r, int32_t bank, int32_t bearer)
{
    return &r->experience[(size_t)bank * (size_t)r->n_bearers + (size_t)bearer];
}

/* What an instance has seen of a bank. */
static inline struct dealing *dealing_of(const struct region *r, int32_t instance, int32_t bank)
{
    return &r->dealing[(size_t)instance * (size_t)r->n_banks + (size_t)bank];
}

struct tile {
    int32_t region;
    uint32_t lo, hi, nth; /* rows lo .. hi - 1; nth tile of its region */
};

struct world {
    const struct setup *setup;
    struct luck luck;
    int32_t month; /* months since 0000-01; the month being simulated or just simulated */
    int32_t first_month;
    size_t next_change;
    int32_t outside[MAX_BOARDS][QUEUE_MONTHS]; /* files from outside in the queues, by month of filing: rings */
    struct alert {
        int32_t stood, due; /* months in a row that its test held; month in which it acts, 0: none */
    } * alert;              /* of each trigger of the setup */
    int32_t n_regions;
    struct region *region;
    struct tile *tile;
    size_t n_tiles, tile_capacity;
    struct team team;      /* threads, their tallies, scratch and outboxes */
    struct arena market;   /* scratch of the MARKET phase or the compaction that runs, given back when it ends */
    int32_t compact_every; /* months between compactions; 0: never.  No result may show it */
    const struct record_layout *layout; /* NULL: no records are made */
    union cell *record;                 /* the month just measured */
    uint64_t id_nation;                 /* origin of the draws that all regions share */
    struct {
        int32_t phase, region, tile,
            month; /* self-test of the audit: one fen appears after this phase; phase < 0: never */
    } plant;
    struct alone alone;    /* set by whoever asks for the effect on one enterprise; copies of the world keep it */
    double *phase_seconds; /* [phases + 2], the last two of audit and of folding: of the first thread, if not NULL */
    double (*clock)(void);
    size_t claims_kept; /* 1: closed claims stay in the table (for --claims); 0: they leave it */
    bool paid_kept;     /* what budget lines pay to each enterprise is listed in region->paid, month by month */
};
#endif
