/* SPDX-License-Identifier: GPL-3.0-or-later */
/* instrument - where a policy may act.  An instrument is one file of these hooks and a line in instruments.def; a hook is
 * NULL where it does not act.  No hook loops over enterprises, writes another's row, or keeps state outside its
 * parameters, its budget line and what it is handed.
 *
 * `k` is the number of the instance in the region (region->line[k]); its values are POLICY(r, k, group). */
#ifndef LIANDONG_INSTRUMENT_H
#define LIANDONG_INSTRUMENT_H
#include <liandong/asked.h>
#include <liandong/bearers.h>
#include <liandong/month.h>
#include <liandong/notices.h>
#include <liandong/registry.h>
#include <liandong/security.h>

/* What is known of an enterprise's quality q.  Signals with errors of their own add up: precision * value and precision.
 * Signals from the same government data, x = q + (sqrt(rho) c + sqrt(1 - rho) e) / sqrt(tau), share the error c; of those
 * the sums of a = sqrt(tau), a^2, y = a x and a y are kept, and folded once by signals_fold. */
struct signals {
    double weighted, precision;
    double n, a, aa, y, ay, rho, common; /* common: c, once n > 0 */
    double contested; /* share that falls away of what keeps the borrower with his bank, as others see the same */
    enum { SEEN_BY_BANK, SEEN_BY_ANGEL, SEEN_BY_FUND } by;
    /* What statements tell, root * q + an error of variance 1: of who is no lender, only where he is told. */
    double root, statement;
    bool spared; /* whoever told it has done the work of a first look, too */
};
/* Adds what the signals with a shared error tell together (generalised least squares). */
void signals_fold(struct signals *s);

/* What lending to an application brings or spares its lender beside interest and cover. */
struct favour {
    double pd;    /* that its lender believes */
    int32_t year; /* of an agreement (`weighs`), the first is 1; 0: it may be signed, below: it may not ... */
    const struct offer *plain; /* ... and what the loan would bring without cover and favours (credit.h) */
    double bonus;              /* paid for it, or what missing a target costs: a year, per yuan lent */
    double tolerated;          /* share of the price of bad loans that falls away, 0-1 */
    double hours;              /* of handling that it saves */
    int32_t agreed;            /* an agreement of instance agreed - 1 holds for it, 0: none does ... */
    double change, kept;       /* ... by which its rate is so much higher; what keeping the borrower is worth, a year */
    int32_t product;           /* the bank has a product of instance product - 1 for it, 0: none ... */
    double limit, spread_max;  /* ... lending so much, in yuan, at most at this spread over the benchmark */
    bool must_lend;            /* the bank has promised to lend to all such who need it */
    double refinanced, ceiling; /* what cheaper funds spare, where it keeps to this spread over the benchmark */
    double counts;              /* of gains in later years, the share that counts when managers are appraised */
    bool runs, falls;           /* the bank runs from this borrower; the package that it is a part of has fallen */
    int32_t looked; /* instance looked - 1 has seen whether what funds hold of it has grown enough, 0: none has ... */
    bool grown;     /* ... and it has */
};

/* A warrant that a bank asks with a loan, and what it believes of its worth. */
struct warrant_terms {
    double share, share_most; /* shares to buy: their worth over the loan; most of all shares */
    int32_t months;
    double part;     /* of the gain, the bank's; the rest is its holder's */
    double counts;   /* of its worth, what counts for who decides on the loan */
    double discount; /* a year */
    double sales, growth,
        spread; /* before it has seen any: sales of enterprises a year, log growth and its sd a year */
    double weight_years, weight_sales; /* what these weigh: years of enterprises, sales */
};

/* A linkage product for an application. */
struct link {
    const struct favour *favour;  /* that was asked of it before */
    double lends;                 /* yuan that may be lent whatever its sales */
    double counted;               /* investors' money that came after the file was written, yuan */
    double recovers;              /* what is collected from the dead, over what a bank alone collects */
    bool head_office;             /* decides on it, whatever the amount, where the branch has no delegated authority */
    struct warrant_terms warrant; /* share 0: none */
};

/* What insiders tell their bank of a borrower, and do for it. */
struct insider_watch {
    bool freezes;      /* nothing more is drawn on its line */
    int32_t earlier;   /* months by which it is called earlier */
    double collection; /* cost of collecting, over a bank's own */
};

/* Loan and round asked for together. */
struct package {
    double lent; /* of what is asked, the part that is asked of the bank; 0: each is asked for what it would be alone */
    double pd_max;    /* highest default rate of who passes the bank's grading */
    bool spared;      /* the bank's file serves the fund: who passes takes none of its looks */
    bool whoever;     /* whichever of the two it would have asked (else only with a round) */
    int32_t instance; /* whose package it is where one part falls with the other, plus 1; 0: they do not */
};

/* On what terms the time until a renewal is paid out is bridged. */
struct bridge_terms {
    money most;
    double fee, late_fee; /* per yuan: for the time that it should take, for each month beyond */
    int32_t patience;     /* months after which it is written off */
    double bills_max;     /* most overdue bills of who is lent to, in months of fixed cost */
};

/* On what terms a guide fund joins a fund that is being raised. */
struct sponsor {
    double share;      /* of its target */
    int32_t delay;     /* months until it decides */
    double ceded;      /* of its profit beyond the hurdle, to the other partners */
    double first_loss; /* of its capital, paid back after that of all others */
    int32_t window;    /* months within which the others may buy its part at cost and this interest; 0: not */
    double window_rate;
    double stake;  /* least that the manager puts in, of the target */
    money capital; /* least that he owns */
    double examination,
        passes;   /* how precisely it sees what a manager brings, 0: not; the share of managers that it joins */
    bool narrows; /* the fund's first investments keep to the mandate; else what it owes is counted */
    struct mandate mandate;
    struct appraisal appraisal; /* what chance of a loss of the fund it may take */
};

/* How bonds are gathered, issued together and secured. */
struct issue_terms {
    int32_t stage_min, members_min, members_max;
    money ticket_min, ticket_max; /* of one issuer */
    money amount_min, amount_max; /* of an issue; most 0: none */
    double of_sales;              /* largest debt of an issuer, bonds included, over its sales */
    double on_patents;            /* largest bond over the appraisal of what it pledges; 0: nothing is pledged */
    int32_t gathering, review, term, every, amortises; /* months; whether principal is repaid with the coupons */
    double junior, junior_return;                      /* share of the junior tranche; what its holder asks, a year */
    int32_t holder;                                    /* enum junior_holder */
    double guaranteed, guarantee_fee; /* by the body behind it, of what is missing; a year, of what is guaranteed */
    int32_t licensed,
        backed_by;       /* a licensed guarantor does, not the body; whose record is looked at: a policy instance */
    double leverage;     /* what the body may be bound for, over its money */
    double cross, peers; /* of what is missing, borne by the other issuers; AUC of what they know of each other */
    double underwriting; /* of the amount */
    money cost;          /* of an issue, borne by its issuers in proportion */
};
/* On what terms a manager may borrow a part of the fund that he raises, by a note. */
struct note_terms {
    money capital;                              /* least that he owns */
    int32_t funds_before;                       /* that he has raised */
    money amount_min, amount_max;               /* of a note */
    double of_fund;                             /* most of the fund's target */
    int32_t review, term, every;                /* months */
    double underwriting;                        /* of the amount */
    money cost;                                 /* of an issue */
    double pledged;                             /* of the fund's fees */
    double guaranteed, guarantee_fee, leverage; /* as of issues */
};
/* What instruments do for issues of others. */
struct issue_aid {
    double coupon, reward; /* share of coupons that issuers get back; paid to buyers, per yuan */
    double fund;           /* of what is missing after guarantors, paid by a repayment fund */
    double precision;      /* of what papers tell of quality beside */
    money cost;            /* of making them so, for each issuer */
    double penalty, finds; /* of a loss, what whoever misstated pays; how often that is found */
};

/* On what terms a lessor buys equipment for an opportunity, and who guarantees what it is owed. */
struct lease_terms {
    bool open;           /* it has money of its own for that */
    double down;         /* of the cost, paid by the lessee */
    double asked;        /* what a yuan owed has to bring a year: money, running cost and profit, before losses */
    double rate_max;     /* highest implicit rate, a year */
    money least, most;   /* principal */
    int32_t term;        /* months */
    int32_t patience;    /* months in a row of not paying all, after which the equipment is taken back */
    int32_t guarantor;   /* number of the bearer of cover that guarantees it */
    double share, fee;   /* of what is missing after the sale; a year, of what is guaranteed */
    double client_share; /* most that the guarantor bears of one lessee, over its money */
};

/* What several departments have to decide together: claims on budget lines; claims on public pools and guarantee funds; capital
 * from the treasury, from other levels of government; joining of guide funds. */
enum matter { MATTER_CLAIMS, MATTER_COVERS, MATTER_CAPITAL, MATTER_LEVELS, MATTER_FUNDS };

/* On what terms a factor buys bills on main buyers. */
struct factor_terms {
    bool open;       /* it has money of its own for that */
    bool recourse;   /* the supplier pays back what the buyer does not pay */
    double advance;  /* of a bill, paid at once */
    double asked;    /* what a yuan advanced has to bring a year before losses */
    double rate_max; /* a year */
    int32_t tenor;   /* months until the buyer pays */
    money least;     /* bill */
};

/* On what terms funds of its members, regions in which it stands, invest in each other's enterprises. */
struct community_terms {
    double share;            /* of what a fund may invest, in other members */
    double distance, spread; /* looks that one at an enterprise there takes, median; sd of log among managers */
    double auc_lost;         /* by which they see less of quality there ... */
    bool linked;             /* ... but of who is listed on a board */
    bool counts;             /* for mandates of guide funds, as if invested here */
};

/* How paid claims on budget lines are looked into. */
struct oversight {
    double rate;               /* share of paid claims that is audited */
    double finds, finds_twice; /* share of what is false that an audit finds; of claims filed twice */
    double fine;               /* on top of what is given back, per yuan of it */
    int32_t bar, delay;        /* months without claims; months from payment to audit */
    money cost;                /* of an audit */
};

struct instrument {
    const char *name; /* of its group in params.def */
    int32_t number;   /* of `liandong instruments` */
    enum group group;
    const char *who_en, *who_zh; /* who takes part */
    enum flow flow;              /* by which its budget line pays what `claim` asks */
    int32_t claim_every;         /* months between claims: 1, or 12 (in January, for the year before) */
    bool claim_past;             /* who was a member in the year before claims, before he is reviewed and served anew */
    bool registers;              /* its members are the enterprises that `registered_only` asks for */
    bool yearly;                 /* its places are dealt anew each January, and at no other time but its beginning */
    bool quarterly;              /* the same each quarter */
    bool commits;                /* its deeds keep enterprises with their banks until they end */
    bool grants;                 /* its deeds are public grants to enterprises, of so much */

    /* Between months: what follows from its values in force alone, for the hooks of the month to read. */
    void (*fold)(const struct region *r, int32_t k, double folded[4]);
    /* Once a month, before the enterprises: appropriation beyond the budget line, refills, limits. */
    void (*begin)(struct region *r, int32_t k);
    /* Who of these rows would take part?  Asked at registration, each January and on a move of stage.  Nothing that it looks at
     * may be changed by joining another instrument, but what they know (asked_knows). */
    void (*eligible)(struct asked *a);
    /* Who has a place of a year keeps it to its end, whatever becomes of him; else as long as he is eligible. */
    bool keeps;
    /* How many may take part; NULL: any number.  Places are dealt by a key of identity and month. */
    int64_t (*places)(const struct region *r, int32_t k);
    /* After places were dealt: who got one, the row in the low half of each of n keys; the keys may be overwritten. */
    enum status (*dealt)(const struct world *w, struct region *r, int32_t k, uint64_t *key, size_t n);
    /* What members get each month in kind: so many of a tile, places in it; writes their rows only, and nothing on which claims of
     * the month hang. */
    void (*serve)(const struct rows *t, int32_t k, const uint16_t *list, uint32_t n);
    /* What each member pays a month, as far as it has the money, by `fee_flow`: of a whole tile at once, before any
     * instrument serves; it must have `eligible`. */
    money (*fee)(const struct region *r, int32_t k);
    enum flow fee_flow;
    /* Adds a signal of its own precision to a member's application. */
    void (*see)(const struct rows *t, uint32_t i, int32_t k, struct signals *s);
    /* Would this bank take part?  Asked each December and when it begins; where NULL all banks see what `see` tells. */
    bool (*lender)(const struct region *r, int32_t k, int32_t bank);
    /* Whether members whom their bank refused are introduced to another that takes part. */
    bool (*matches)(const struct region *r, int32_t k);
    /* Whether investors are shown what `see` tells, beside lenders. */
    bool (*investors)(const struct region *r, int32_t k);
    /* A line that a bank has promised row i because of a deed of who grants; it is asked for without a need.  0: none. */
    money (*offers)(const struct rows *t, uint32_t i, int32_t k);
    /* Whether this bank is among those that have promised. */
    bool (*promises)(const struct region *r, int32_t k, int32_t bank);
    /* Chance that a member comes to know a product that it would not know by its literacy. */
    double (*inform)(const struct region *r, int32_t k);
    /* How many applications it can look at this month: experts whose time is short.  Those that arrive now are dealt with in an
     * order of identity and month; line->served counts them.  What looking at eight tells their lenders: the errors, of variance
     * one, of signals of the precision that is returned. */
    int64_t (*looks)(const struct region *r, int32_t k);
    double (*look)(const struct world *w, const struct region *r, int32_t k, const struct identity who[BLOCKS],
                   double error[BLOCKS]);
    /* What else of a member's is security for a loan (security_add). */
    void (*pledge)(const struct rows *t, uint32_t i, int32_t k, struct security *s);
    /* Another way to lend to this application: price ceiling, cover, fee, paperwork.  False: none. */
    bool (*terms)(const struct region *r, int32_t k, const struct application *a, struct lending *o);
    /* The contract of its bearer as it stands now, for a loan that is enrolled. */
    void (*cover)(const struct region *r, int32_t k, struct cover *c);
    /* What lending to this application brings its lender beside; adds to *f.  Before that, where it follows from what the loan would
     * bring without any of it: the year of the agreement that holds or may be signed (favour.year). */
    int32_t (*weighs)(const struct region *r, int32_t k, const struct application *a);
    void (*favour)(const struct region *r, int32_t k, const struct application *a, struct favour *f);
    /* Another branch of its bank that handles this application; its number, or -1. */
    int32_t (*route)(const struct region *r, int32_t k, const struct application *a);
    /* Its linkage product for this application, which is a member's; false: none. */
    bool (*link)(const struct region *r, int32_t k, const struct application *a, struct link *o);
    /* What insiders do about a linked loan of this bank to this row: adds to *o. */
    void (*watch)(const struct region *r, int32_t k, uint32_t row, int32_t bank, struct insider_watch *o);
    /* Whether a member may ask for loan and round together, and how. */
    bool (*package)(const struct rows *t, uint32_t i, int32_t k, struct package *o);
    /* A facility has been granted to this application, in a market phase: what the instance remembers of it, what it costs the
     * borrower, what will be due for it (due_add).  By threads: what concerns more than the row is counted or noted (notices.h). */
    void (*granted)(struct notices *t, int32_t k, const struct application *a);
    /* An application was refused by its bank, or rationed, in a market phase: who else lends.  By threads, too. */
    void (*refused)(struct notices *t, int32_t k, const struct application *a);
    /* End of month, bank by bank, after tolerance, authority and hours of the next were set: may change those of its own
     * branches, and its tolerance. */
    void (*steer)(struct region *r, int32_t k, int32_t bank);
    /* What it gives back of a rate to a member in the end, a year: what an enterprise counts with when it chooses. */
    double (*relief)(const struct region *r, int32_t k, double rate);
    /* What a member owes each January to the body that it belongs to; and what it had of it in the past year: writes row i only. */
    money (*levy)(const struct rows *t, uint32_t i, int32_t k);
    void (*served)(const struct rows *t, uint32_t i, int32_t k);
    /* What of last year's profit of a member is not taxed, yuan. */
    double (*deduct)(const struct rows *t, uint32_t i, int32_t k);
    /* The same of fees and premiums for covers: the share that a member gets back. */
    double (*fee_relief)(const struct region *r, int32_t k);
    /* Whether its values leave anything to claim for an enterprise; NULL: they do. */
    bool (*claims)(const struct region *r, int32_t k);
    /* What is due to row i; to a bank; to a bearer of cover. */
    money (*claim)(const struct rows *t, uint32_t i, int32_t k);
    /* Most that one claim of an enterprise can ask, true or not; NULL: any amount. */
    money (*claim_most)(const struct region *r, int32_t k);
    money (*claim_bank)(const struct region *r, int32_t k, int32_t bank);
    money (*claim_bearer)(const struct region *r, int32_t k, int32_t bearer);
    /* What is due to a venture fund; to its manager, where `to_manager` says so. */
    money (*claim_fund)(const struct region *r, int32_t k, int32_t fund);
    bool to_manager;
    /* What it lends to bridge the time until a renewal of so much is paid out. */
    void (*bridge)(const struct region *r, int32_t k, money renewal, struct bridge_terms *o);
    /* Whether its guide fund would join this fund, and on what terms. */
    bool (*sponsor)(const struct region *r, int32_t k, const struct fund *f, struct sponsor *o);
    /* What changes the terms of any guide fund; how losses of public money are judged. */
    void (*amend)(const struct region *r, int32_t k, struct sponsor *o);
    void (*appraise)(const struct region *r, int32_t k, struct appraisal *a);
    /* What it promises a manager who raises a fund of this size under this rule here, the first or one more. */
    money (*attract)(const struct region *r, int32_t k, const struct fund *f, bool first);
    /* A fund has closed its raising here; it has paid a round; its position has ended; tax was withheld from
     * its partners' profits, and is due from its manager.  In market phases: what will be due for it (fund_due). */
    enum status (*opened)(struct region *r, int32_t k, int32_t fund);
    enum status (*invested)(struct region *r, int32_t k, const struct venture_round *q);
    enum status (*sold)(struct region *r, int32_t k, const struct position *p);
    enum status (*taxed)(struct region *r, int32_t k, int32_t fund, money partners, money manager);
    /* What a round is expected to bring its fund from the budget line as that was honoured so far: worth now, at the return that
     * the fund asks, yuan per yuan paid. */
    double (*reward)(const struct region *r, int32_t k, const struct venture_round *q);
    /* The same of all that a fund will invest, as a partner counts it: yuan per yuan invested. */
    double (*bounty)(const struct region *r, int32_t k, const struct fund *f);
    /* Of the city's share of a fund's taxes, what is given back as honoured so far: of its partners', of its manager's. */
    double (*tax_back)(const struct region *r, int32_t k, const struct fund *f, bool manager);
    /* What it makes of a member's way to a board; adds to *o. */
    void (*listing)(const struct region *r, int32_t k, int32_t board, struct listing_terms *o);
    /* On what terms it brings bonds to the market. */
    void (*issue)(const struct region *r, int32_t k, struct issue_terms *o);
    /* On what terms managers of venture funds may issue notes. */
    void (*note)(const struct region *r, int32_t k, struct note_terms *o);
    /* When a matter that was filed in that month and needs several departments is decided and carried out, where by itself it takes
     * so many months: months from filing. */
    int32_t (*coordinate)(const struct region *r, int32_t k, enum matter matter, int32_t filed, int32_t months);
    /* On what terms funds of its member regions invest in each other's. */
    void (*unite)(const struct region *r, int32_t k, struct community_terms *o);
    /* On what terms it buys bills. */
    void (*factor)(const struct region *r, int32_t k, struct factor_terms *o);
    /* On what terms it leases equipment. */
    void (*lease)(const struct region *r, int32_t k, struct lease_terms *o);
    /* What it does for issues, whoever brings them. */
    void (*aid)(const struct region *r, int32_t k, struct issue_aid *o);
    /* Pays of an accident of a member what he is insured for, in a market phase; returns what was paid. */
    money (*indemnify)(struct region *r, int32_t k, money loss);
    /* Audits of what budget lines paid to enterprises; its members are those barred from claims. */
    void (*oversee)(const struct region *r, int32_t k, struct oversight *o);
    /* What it claims are parts, not sums: the line deals what it holds among the claims that fall due together.  Parts are claimed
     * in January and when it begins or ends, whatever claim_every says. */
    bool deals;
    /* End of month: breakers, records. */
    void (*after)(struct region *r, int32_t k);
};

/* instruments.def: one line each */
#define INSTRUMENT(name, bearer, common) extern const struct instrument name;
#include <liandong/instruments.def>
#undef INSTRUMENT
extern const struct instrument *const instruments[N_INSTRUMENTS];

/* The instrument behind instance k of a region. */
static inline const struct instrument *instrument_of(const struct region *r, int32_t k)
{
    return instruments[r->line[k].kind];
}

/* Whether all places of an instrument are dealt anew this month. */
static inline bool deals_anew(const struct instrument *in, int32_t month)
{
    return (in->yearly && month % 12 == 0) || (in->quarterly && month % 3 == 0);
}

#define POLICY(r, k, group) (NAMED(r, group, (r)->line[k].instance))
#define LINE_COMMON(r, k)                                                                           \
    ((const struct policy_common *)values_at((r)->now, (r)->layout, (enum group)(r)->line[k].group, \
                                             (r)->line[k].instance))

/* What an enterprise learns of finance in a month: each hour closes a part of what is missing. */
static inline void learn_finance(struct enterprises *e, size_t row, double hours, double part_of_hour)
{
    double learns = hours * part_of_hour, missing = 1.0 - (double)e->literacy[row];
    e->literacy[row] += (float)((learns < 1.0 ? learns : 1.0) * missing);
}

/* Money paid in to a bearer of cover as capital, in a market phase; promised now, to arrive in the due rings of the bearer
 * after the coordination delay (call it after taking what arrives this month); and capital that is on its way. */
void bearer_fund(struct region *r, struct bearer *p, enum flow flow, money amount);
void bearer_promise(struct region *r, struct bearer *p, enum flow flow, money amount);
money bearer_on_way(const struct bearer *p);
/* What it owns, less what it owes; at least 0. */
money bearer_net_worth(const struct bearer *p);

/* A commercial bearer and its investors, at the beginning of a month: they pay in what `plan` was raised by while it stands,
 * and take a share of what is above it each January. */
void bearer_invest(struct region *r, struct bearer *p, bool stands, money plan, double dividend);

/* Share of a loss that a bank expects a bearer to pay on this application (M5, kappa): its share of the contract as it was
 * honoured so far, after delays, at most cap_loan, and nothing near an open breaker. */
double cover_as_experienced(const struct region *r, int32_t bearer, const struct application *a, double share,
                            money cap_loan);

/* Breakers of a bearer, bank by bank, at the end of a month: no cover for what is filed once the principal lost in a calendar
 * year passes a share of what was enrolled at its beginning, or granted in the year before. */
void bearer_breaks(struct region *r, int32_t bearer, double limit, bool of_granted);

/* How one who lives by capital and fees does business: set by its instrument at the beginning of each month. */
struct business {
    bool open;             /* stands, and may take new loans */
    money capital, refill; /* that it is to have; most that one refill brings */
    int32_t refilled;      /* enum refilled */
    int32_t partners;      /* banks that may have an agreement with it, the first ones */
    money agreement;       /* what keeping one costs a bank a year */
    double yield;          /* a year, on its money */
    double share;          /* largest share that it bears of a loan */
    double leverage_max, erosion, payout_max, payout_resume;
    double breaker;                      /* bank by bank (bearer_breaks); 1: none */
    double bank_share;                   /* of the capital, what partner banks pay in, in equal parts */
    enum flow paid_in, by_banks, earned; /* by which capital and yield come */
};
/* What the groups of all guarantors with capital from the treasury have in common. */
/* clang-format off */
#define GUARANTOR_BUSINESS(q) \
    .open = (q)->enabled, .yield = (q)->yield, .leverage_max = (q)->leverage_max, .erosion = (q)->erosion, \
    .payout_max = (q)->payout_max, .payout_resume = (q)->payout_resume, .breaker = 1.0, \
    .paid_in = FLOW_GUARANTOR_CAPITAL, .earned = FLOW_GUARANTOR_YIELD
/* clang-format on */
enum refilled { REFILLED_NEVER, REFILLED_YEARLY, REFILLED_TO_PLAN };
/* Capital, yield, suspension and room of the month (M8): room is the least of what leverage and its own caution leave. */
void bearer_do_business(struct region *r, struct bearer *p, const struct business *q);
/* Most that it may bear for this applicant, so much of its net worth, less what it bears for him already. */
money bearer_client_room(const struct region *r, int32_t bearer, const struct application *a, double of_worth);
/* The cover as a bank counts it when a part of recoveries goes to the bearer first. */
double cover_after_counter_security(const struct region *r, const struct application *a, double cover, double counter);

/* A treaty between a reinsurer and a guarantor, and what it moves in a month (at its end). */
struct treaty {
    bool stands;
    double share, fee_share; /* of payouts and recoveries; of fees */
    double payout_max, payout_resume;
};
void bearer_reinsures(struct region *r, int32_t reinsurer, int32_t guarantor, const struct treaty *q);
/* Brings the financing fund that it keeps as deposits in the region's banks to so much, and takes its interest. */
void bearer_places_fund(struct region *r, struct bearer *p, money fund, double rate, double charge);

/* Months from its filing until such a matter is decided and carried out, where each department takes it up after the other in so
 * many: fewer where instruments bring them together. */
int32_t coordinated(const struct region *r, enum matter matter, int32_t filed, int32_t months);
/* Months from a claim of this month on a budget line to its payment. */
int32_t line_lag(const struct region *r, int32_t k);
/* Pays from the budget line of an instance in a market phase; false: the line has not that much, nothing is paid. */
bool line_spend(struct region *r, int32_t k, enum flow flow, money amount);
/* Places of which each costs its budget line a fee: as many as are wanted, or as it can pay. */
static inline int64_t places_paid(const struct region *r, int32_t k, double wanted, money fee)
{
    int64_t room = (int64_t)(wanted * r->scale + 0.5), paid = fee.fen > 0 ? r->line[k].cash.fen / fee.fen : room;
    return room < paid ? room : paid;
}
/* Pays a twelfth of the year's budget, or what is left: the running cost of what stands all year. */
void line_upkeep(struct region *r, int32_t k, enum flow flow);

/* The row of an enterprise's main buyer, BUYER_LEFT: it has none here; whether that failed last month (buyers). */
uint32_t main_buyer_of(const struct region *r, uint32_t i, bool *fallen);
/* A commercial company of an instance with money of its own (struct finance_company): its investors pay in what the plan was
 * raised by while it stands and take each January a share of what it owns above that; of what it is owed, running cost; all
 * goes back at its end. */
void company_begins(struct region *r, int32_t k, bool stands, money plan, money owed, double running, double dividend);

/* Whether a bank takes part in an instance; whether it sees what that tells. */
static inline bool bank_joined(const struct region *r, int32_t bank, int32_t k)
{
    return r->bank[bank].joined[k / 64] >> (k % 64) & 1;
}
static inline bool bank_sees(const struct region *r, int32_t bank, int32_t k)
{
    return instrument_of(r, k)->lender == NULL || bank_joined(r, bank, k);
}

/* May this enterprise take part in instance k at all?  By a draw for life against its saturation, so that who may at a low
 * one may at a higher one, too; where one enterprise is looked at alone, only that.  The frame asks; instruments need not. */
bool policy_admits(const struct region *r, int32_t k, struct identity who);
/* Share of all enterprises that it admits; of one alone, none: what agents expect who cannot know whom they will meet. */
double policy_reach(const struct region *r, int32_t k);

/* Loans from public money, deeds of their instance (public_loans.c): principal in equal parts each month after the grace, with
 * interest on what is owed; from who has failed a part like that of all that he owes; the rest is lost then, or when he is
 * `patience` months late. */
struct public_terms {
    double rate; /* a year */
    int32_t grace, term, patience;
    enum flow repaid, interest;
    money *to; /* of the lender that it is repaid to; NULL: nobody here */
};
/* Notes a loan that the caller has paid out from its lender's money. */
enum status public_loan_add(struct region *r, int32_t k, uint32_t row, money principal) MUST_CHECK;
static inline bool public_loan_open(const struct region *r, int32_t k, uint32_t row)
{
    const struct deed *d = deeds_last(&r->deeds, row, k);
    return d != NULL && d->owed.fen > 0;
}
/* The month's payments, at its end; sets what the lender is owed, and what of it is late. */
void public_loans_collect(struct region *r, int32_t k, const struct public_terms *q);
/* Of the money of who has failed: the part of one claim, as of all that he owes. */
money estate_part(const struct region *r, uint32_t row, money owed);
/* A small-loan company's capital: what the plan was raised by comes from the treasury; when it ends all its money goes back. */
void lender_begins(struct region *r, int32_t k, bool stands, money capital);

/* Banks that have promised to lend to those whom an instance names note what such loans are expected to bring, with a memory of
 * `patience` months; one whose sum is a loss in December breaks off for as long, then tries anew. */
void promise_note(struct notices *t, int32_t k, const struct application *a);
void promises_review(struct region *r, int32_t k, double patience);
static inline bool promise_stands(const struct region *r, int32_t bank, int32_t k)
{
    return dealing_of(r, k, bank)->out == 0;
}

/* Whether row i is on a register of technology SMEs, and whether an instrument that stands is open to it as far as that goes. */
static inline bool tech_registered(const struct region *r, uint32_t i)
{
    const struct enterprises *e = &r->enterprises;
    unsigned bits = 0;
    for (size_t word = r->act_from[ACT_REGISTER]; word < r->act_to[ACT_REGISTER]; word++)
        if (r->acts[ACT_REGISTER][word] != 0) /* the row's word may be far away */
            bits |= (unsigned)e->member[word * e->capacity + i] & r->acts[ACT_REGISTER][word];
    return bits != 0;
}
/* So it is in most worlds: nobody's identity is looked up. */
static inline bool line_admits_all(const struct region *r, int32_t k)
{
    return LINE_COMMON(r, k)->saturation >= 1.0 && !r->alone->on;
}
static inline bool line_open_to_all(const struct region *r, int32_t k)
{
    const struct policy_common *p = LINE_COMMON(r, k);
    return p->enabled && !p->registered_only && line_admits_all(r, k);
}
static inline bool line_open(const struct region *r, int32_t k, uint32_t i)
{
    const struct policy_common *p = LINE_COMMON(r, k);
    return p->enabled && (!p->registered_only || tech_registered(r, i)) &&
           (line_admits_all(r, k) || policy_admits(r, k, enterprise_identity(&r->enterprises, i)));
}

/* What instance k remembers of a fund, NULL: nothing yet; the same, made where there is none, NULL: no memory. */
const struct fund_account *fund_account_seen(const struct region *r, int32_t k, int32_t fund);
struct fund_account *fund_account_of(struct region *r, int32_t k, int32_t fund);
/* Of a year's cap, what has not been filed; and filing: due to the fund, or to its manager, after the line's lag. */
money fund_cap_left(const struct region *r, const struct fund_account *a, money cap_year);
enum status fund_due(struct region *r, int32_t k, int32_t fund, enum payee payee, money amount) MUST_CHECK;
/* Amounts in yuan that are set for one fund shrink with funds where a world is scaled down. */
static inline money fund_scaled(const struct region *r, money amount)
{
    return r->scale < 1.0 ? money_scale(amount, r->scale) : amount;
}
/* Of what funds invest in their stages, the part in stages from .. to, as seen here so far. */
double placed_share(const struct region *r, const struct fund_rule *rule, int32_t from, int32_t to);

/* What will be due from a budget line. */
enum status due_add(struct region *r, const struct due *d) MUST_CHECK;
/* The file of a false claim, NULL: it is true. */
static inline struct due_file *due_file(const struct region *r, const struct due *d)
{
    return d->file > 0 ? &r->files.row[d->file - 1] : NULL;
}

/* Bits of the instances MEMBER_BITS * word ... that row i takes part in and that act in this way: EACH_BIT (bits, k) body */
static inline unsigned acting_on(const struct rows *t, uint32_t i, enum act act, size_t word)
{
    unsigned bits = t->r->acts[act][word]; /* none of most words, and the row's may be far away */
    return bits != 0 ? bits & t->e->member[word * t->e->capacity + i] : 0;
}
#define EACH_ACTING(t, i, act, k)                                                                \
    for (size_t word_ = (t)->r->act_from[act]; word_ < (t)->r->act_to[act]; word_++)             \
        for (unsigned bits_ = acting_on((t), (i), (act), word_); bits_ != 0; bits_ &= bits_ - 1) \
            for (int32_t k = (int32_t)word_ * MEMBER_BITS + __builtin_ctz(bits_), once_ = 1; once_; once_ = 0)

/* Whether the applicant takes part in instance k. */
static inline bool applicant_member(const struct region *r, int32_t k, const struct application *a)
{
    return enterprise_member(&r->enterprises, a->row, k);
}
/* What a facility adds to what its borrower owes the bank; and for how many years it is lent, on average. */
static inline money application_more(const struct application *a)
{
    return money_positive(money_sub(a->granted, a->replaced));
}
static inline double product_years(const struct region *r, uint8_t product)
{
    const struct credit_params *c = P(r, credit);
    return product == PRODUCT_TERM ? (c->term_months + 1) / 24.0 : c->line_months / 12.0;
}
static inline double application_years(const struct region *r, const struct application *a)
{
    return product_years(r, a->product);
}

/* Under whose name an enterprise draws its tastes, keys of places and home bank: its own, or in a placebo another. */
struct identity matching_identity(const struct region *r, struct identity who);
#endif
