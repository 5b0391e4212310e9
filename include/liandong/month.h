/* SPDX-License-Identifier: GPL-3.0-or-later */
/* month - the phases of a month, and what a phase is given.
 *
 * A phase is LOCAL (touches only the rows of one tile) or a MARKET (proposals collected from the outboxes, settled in an
 * order that depends on identities and scores alone).  schedule.c is the model's table of contents. */
#ifndef LIANDONG_MONTH_H
#define LIANDONG_MONTH_H
#include <liandong/marks.h>
#include <liandong/mathx.h>
#include <liandong/world.h>
#include <string.h>

/* Sales capacity lies between a thousand and 2e11 yuan a year (logs): bounds that keep numbers numbers. */
#define LEAST_LOG_SALES 6.9
#define MOST_LOG_SALES  26.0

struct rows {
    const struct world *w;
    struct region *r; /* read only, but for the rows and loans of this tile */
    struct enterprises *e;
    struct loans *l;
    struct tally *t;
    struct scratch *s;
    struct member *me;
    uint32_t lo, hi, nth; /* rows; nth tile of the region */
};

enum phase_kind { LOCAL_PHASE, MARKET_PHASE };
/* Accounts of its rows that a LOCAL phase may write: those are audited after it, with cash, and again after the last of its
 * group; all are in the month's last group, so that what is written undeclared is found there. */
enum {
    WRITES_CASH = 1,
    WRITES_RECEIVABLE = 2,
    WRITES_OVERDUE = 4,
    WRITES_DEBT = 8,
    WRITES_LOANS = 16,
    WRITES_ALL = 31
};
struct phase {
    const char *name, *en, *zh;
    enum phase_kind kind;
    uint32_t writes;
    uint32_t row_cost, loan_cost; /* LOCAL: of a row and of a facility, in proportion to those of other phases */
    bool (*runs)(const struct region *r); /* LOCAL: whether it has anything to do this month; NULL: always */
    void (*local)(const struct rows *t);
    enum status (*market)(struct world *w);
};
extern const struct phase schedule[];
extern const size_t n_phases;

/* The month's walker: runs the schedule, folds tallies, audits.  Knows threads and nothing of the model. */
enum status month_walk(struct world *w, struct diag *diag) MUST_CHECK;

/* Local phases count in the tallies of their threads, which become 0 (folding); a market counts in the region itself. */
void tally_fold(struct world *w, enum phase_kind kind);

/* The list of buyers (buyers), before the walk. */
enum status buyers_list(struct world *w, struct region *r);

/* Phases, in the order of the schedule; each in the file named. */
enum status month_prepare(struct world *w);       /* prepare: dated changes, factors, tables, room; before the walk */
enum status founding_found(struct world *w);      /* founding */
bool buyers_fell(const struct region *r);         /* buyers; whether a phase runs, as those below */
bool year_begins(const struct region *r);         /* year_end */
bool accidents_happen(const struct region *r);    /* accidents */
bool bridges_stand(const struct region *r);       /* bridging */
bool factors_stand(const struct region *r);       /* factoring */
bool closed_form_enabled(const struct region *r); /* closed_form */
void buyers_fall(const struct rows *t);           /* buyers */
void bills_ask(const struct rows *t);             /* factoring */
enum status bills_settle(struct world *w);        /* factoring */
void firms_sell(const struct rows *t);            /* production */
void firms_tax(const struct rows *t);             /* year_end */
void members_review(const struct rows *t);        /* members */
void firms_suffer(const struct rows *t);          /* accidents */
enum status accidents_pay(struct world *w);       /* accidents */
enum status budget_settle(struct world *w);       /* policies */
void pledges_offer(const struct rows *t);         /* security */
enum status pledges_settle(struct world *w);      /* security */
void firms_plan(const struct rows *t);            /* planning */
enum status angels_settle(struct world *w);       /* angels */
enum status equity_settle(struct world *w);       /* rounds */
enum status exits_settle(struct world *w);        /* exits */
enum status credit_settle(struct world *w);       /* credit */
enum status credit_pay_out(struct world *w);      /* credit */
void bridges_ask(const struct rows *t);           /* bridging */
enum status bridges_settle(struct world *w);      /* bridging */
void loans_draw(const struct rows *t);            /* serving */
void loans_serve(const struct rows *t);           /* serving */
void firms_fail(const struct rows *t);            /* failure */
void firms_wind_up(const struct rows *t);         /* failure */
enum status claims_settle(struct world *w);       /* cover */
void firms_stage(const struct rows *t);           /* stages */
void listing_consider(const struct rows *t);      /* listing */
enum status boards_settle(struct world *w);       /* boards */
enum status banks_learn(struct world *w);         /* learning */
void rows_measure(const struct rows *t);          /* counting */
enum status record_month(struct world *w);        /* measure */
enum status bonds_settle(struct world *w);        /* bonds */
enum status leases_settle(struct world *w);       /* leasing */
void closed_form_local(const struct rows *t);     /* closed_form */
enum status closed_form_loans(struct world *w, struct region *r);

/* -- shared small things ------------------------------------------------------------------------------------------ */
static inline struct luck luck_of(const struct world *w)
{
    return w->luck;
}

static inline int32_t cell_of(const struct enterprises *e, uint32_t i)
{
    return e->stage[i] * MAX_SECTORS + e->sector[i];
}

static inline void count(struct tally *t, int32_t cell, enum item item, int64_t n)
{
    t->item[cell][item] += n;
}

/* Counts a flow; the caller has moved the money or posts a whole tile at once. */
static inline void flow_add(struct tally *t, enum flow kind, money amount)
{
    t->flow[kind] += amount.fen;
}

/* The same in a MARKET phase, which writes the region itself: the flow and both balances. */
static inline void market_flow(struct region *r, enum flow kind, money amount)
{
    r->total.flow[kind] += amount.fen;
    r->balance[flow_table[kind].from] -= amount.fen;
    r->balance[flow_table[kind].to] += amount.fen;
}

/* The class of loans that were granted in this month: 0 before `start`, then by calendar year; the last year of the setup takes
 * what comes later. */
static inline int32_t vintage_of(const struct world *w, int32_t month)
{
    int32_t start = w->setup->world.start, last = (start + w->setup->world.months - 1) / 12 - start / 12 + 1;
    int32_t k = month < start ? 0 : month / 12 - start / 12 + 1;
    last = last < MAX_VINTAGES ? last : MAX_VINTAGES - 1;
    return k < last ? k : last;
}

/* Moves money between two places that the caller may write. */
static inline void pay(struct tally *t, enum flow kind, money *from, money *to, money amount)
{
    *from = money_sub(*from, amount);
    *to = money_add(*to, amount);
    t->flow[kind] += amount.fen;
}

/* Money that leaves or enters a known place, from or to an outside account. */
static inline void pay_out(struct tally *t, enum flow kind, money *from, money amount)
{
    *from = money_sub(*from, amount);
    t->flow[kind] += amount.fen;
}

static inline void pay_in(struct tally *t, enum flow kind, money *to, money amount)
{
    *to = money_add(*to, amount);
    t->flow[kind] += amount.fen;
}

static inline money from_yuan(double yuan)
{
    return money_round(yuan * 100.0);
}

/* Money as whole fen in a double: exact, and unlike a cast there is a vector instruction for it. */
static inline double money_whole(money m)
{
    return ld_from_bits((uint64_t)m.fen + ld_bits(LD_ROUNDER)) - LD_ROUNDER;
}

/* The rows that are marked, as a list. */
static inline uint32_t list_marked(const struct rows *t)
{
    return marks_list(t->s->mark, t->hi - t->lo, t->s->list);
}

/* Months of age at the current month. */
static inline int32_t age_of(const struct rows *t, uint32_t i)
{
    return t->w->month - t->e->founded[i];
}

/* Before those of scratch->list are asked one after the other, scratch->at being the place of each: many are drawn at once.  Who
 * has done sets `at` to NOT_LISTED. */
void knowing_begins(const struct rows *t, uint32_t listed);
/* Whether it knows a product now, by its literacy and by what it has joined.  The draws that decide are the same for all its
 * life, so knowledge only grows. */
bool enterprise_knows(const struct rows *t, uint32_t i, int32_t product);
enum {
    KNOWS_BANK = 1000,
    KNOWS_ANGEL = 1001,
    KNOWS_FUND = 1002
}; /* products that are no instrument (channels_known); instruments by number */

/* Before it asks a bank: instruments may introduce it to another than the one that refused it. */
void matching_introduce(const struct rows *t, uint32_t i);
/* One who owes no bank anything can move to one that takes part in instance k; true: he has. */
bool matching_free(const struct rows *t, uint32_t i);
bool matching_moves(const struct rows *t, uint32_t i, int32_t k);

/* All loans of a tile, block by block: EACH_LOAN (t, k) body */
static inline uint32_t first_loan(const struct rows *t, size_t block)
{
    uint32_t from, to;
    loans_of_tile(t->l, block, t->nth, &from, &to);
    return from;
}
static inline uint32_t last_loan(const struct rows *t, size_t block)
{
    uint32_t from, to;
    loans_of_tile(t->l, block, t->nth, &from, &to);
    return to;
}
#define EACH_LOAN(t, k)                                          \
    for (size_t block_ = 0; block_ < (t)->l->n_blocks; block_++) \
        for (uint32_t k = first_loan((t), block_), end_ = last_loan((t), block_); k < end_; k++)

/* The rate that an enterprise expects to be asked: the mean of late, or before there is one a usual spread. */
static inline double going_rate(const struct region *r)
{
    const struct credit_params *c = P(r, credit);
    return r->prices.rate > 0.0 ? r->prices.rate : c->base_rate + c->expected_spread;
}

/* Monthly cost of an enterprise that does not depend on sales, yuan. */
static inline double fixed_cost(const struct region *r, const struct enterprises *e, uint32_t i)
{
    const struct enterprise_params *p = P(r, enterprise);
    return e->staff[i] * (money_to_yuan(p->wage) / 12.0 + money_to_yuan(p->rent));
}

/* Purchases per yuan of sales: the good need less.  At most 3 sd are counted, so that it stays a share. */
static inline double purchases_of(double mean, double saved, double quality)
{
    double q = quality < -3.0 ? -3.0 : quality > 3.0 ? 3.0 : quality, share = mean - saved * q;
    return share > 0.0 ? share : 0.0;
}
static inline double purchases_share(const struct region *r, const struct enterprises *e, uint32_t i)
{
    const struct enterprise_params *p = P(r, enterprise);
    return purchases_of(p->purchases, p->quality_cost, (double)e->quality[i]);
}

/* What accidents are in proportion to: sales and research of a year, yuan. */
static inline double accident_base(const struct enterprises *e, uint32_t i)
{
    return (double)e->sales[i] + 12.0 * (double)e->research[i];
}

/* Yearly margin over purchases, VAT and fixed cost, yuan; what is the same for all first. */
struct margins {
    double purchases, quality_cost, vat, head; /* head: what one of the staff costs a month */
};
static inline struct margins margins_of(const struct region *r)
{
    const struct enterprise_params *p = P(r, enterprise);
    return (struct margins){p->purchases, p->quality_cost, P(r, government)->vat,
                            money_to_yuan(p->wage) / 12.0 + money_to_yuan(p->rent)};
}
static inline double margin_of(const struct margins *m, double sales, double quality, double staff)
{
    return sales * (1.0 - purchases_of(m->purchases, m->quality_cost, quality) - m->vat) - 12.0 * (staff * m->head);
}
static inline double yearly_margin(const struct region *r, const struct enterprises *e, uint32_t i)
{
    struct margins m = margins_of(r);
    return margin_of(&m, (double)e->sales[i], (double)e->quality[i], e->staff[i]);
}

/* Cash that an enterprise wants to hold, yuan. */
double cash_target(const struct region *r, const struct enterprises *e, uint32_t i);
/* Sales capacity grows by so many yuan a year. */
static inline double sales_grown(double log_sales, double more)
{
    return ld_log(ld_exp(log_sales) + more);
}
static inline void sales_grow(struct enterprises *e, uint32_t i, double more)
{
    e->log_sales[i] = (float)sales_grown((double)e->log_sales[i], more);
}
/* What owners think the enterprise is worth, yuan; of one that has a product, years of margin. */
static inline double value_of_sales(const struct enterprise_params *p, double margin, double sales)
{
    double potential = p->margin_potential * sales;
    return (margin > potential ? margin : potential) * p->horizon;
}
double firm_value(const struct region *r, const struct enterprises *e, uint32_t i);

/* Precision of a signal that ranks good before bad with this area under the curve; the quality has sd 1. */
double precision_of_auc(double auc);
#endif
