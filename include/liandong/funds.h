/* SPDX-License-Identifier: GPL-3.0-or-later */
/* funds - what the phases of the market for shares share (mechanisms M9, M10): funds.c raises and pays out, rounds.c invests,
 * exits.c sells. */
#ifndef LIANDONG_FUNDS_H
#define LIANDONG_FUNDS_H
#include <liandong/credit.h>
#include <liandong/instrument.h>
#include <liandong/mathx.h>
#include <liandong/month.h>

struct partner_desc {
    const char *en, *zh;
    int32_t called, paid; /* enum flow */
};
extern const struct partner_desc partner_table[N_PARTNERS];

/* How a distribution is shared out (waterfall): partners' capital and hurdle, the manager's catch-up, then carry. */
struct split {
    money to[N_PARTNERS], carry, due[2]; /* due: of it, what goes against capital and hurdle */
};
void fund_split(const struct fund *f, money amount, struct split *s);

/* Yearly return that a kind of partner expects of a fund on its terms, if its investments bring so many yuan a yuan on
 * average, with this spread of their log, after so many years. */
double fund_expected_return(const struct fund *f, enum partner p, double gross, double spread, double years);
/* Carry that a manager expects of it then, yuan. */
double fund_expected_carry(const struct fund *f, double gross, double spread, double years);
/* What the manager gets of his leg, and as carry, in each of the equally likely outcomes that partners look at, fen. */
enum { FUND_OUTCOMES = 9 };
struct fund_outcome {
    double leg, carry;
};
void fund_outcomes(const struct fund *f, double gross, double spread, double years,
                   struct fund_outcome of[FUND_OUTCOMES]);

/* Under which name a manager draws: that of his kind, and his number within it. */
static inline struct identity manager_identity(const struct region *r, const struct manager *m)
{
    return (struct identity){ld_mix(ld_hash(r->layout->name[GROUP_funds][m->kind]), r->id), (uint32_t)m->nth};
}
/* Of how many circles he belongs to which: neighbours by number are in one, as they begin in different months; who came later is
 * dealt among them. */
static inline int64_t manager_circle(const struct region *r, const struct manager *m, int32_t circles)
{
    int32_t first = managers_at_start(r, m->kind);
    return m->nth < first ? (int64_t)m->nth * circles / first : m->nth % circles;
}
/* Month of the year in which he begins to raise: they do not all come at once. */
static inline int32_t manager_season(const struct region *r, int32_t m)
{
    return (r->manager[m].nth + r->manager[m].kind) % 12;
}

/* Enterprises that can be examined a month, at the world's scale: what is there once grows with it; of managers there are more in
 * a larger world, and in a smaller one each has fewer people. */
static inline int32_t looks_scaled(double looks, double scale)
{
    return (int32_t)(looks * scale + 0.999);
}

/* Legal form of a fund (组织形式): drawn once for its manager, who keeps to it.  Nothing else depends on it. */
enum fund_form { FORM_ANY, FORM_PARTNERSHIP, FORM_COMPANY };
bool fund_has_form(const struct region *r, const struct fund *f, int32_t wanted);

/* Room for all funds that may be founded in a month, made before it: nobody who holds one sees it move. */
enum status funds_reserve(struct region *r) MUST_CHECK;
/* The rule of a kind of fund as its parameters stand; adds a fund, and returns its place. */
struct fund_rule fund_rule_of(const struct region *r, int32_t kind);
int32_t fund_add(struct region *r, const struct fund *f);

/* What has not been called; calls so much of it, as far as it reaches, and returns what came. */
money fund_uncalled(const struct fund *f);
money fund_call(struct region *r, struct fund *f, money amount);
/* What it may still invest: fees to come set aside, for a first investment reserves too. */
money fund_dry_powder(const struct world *w, const struct fund *f, bool follow_on);

/* A public fund that invests directly: founded with so much of the guide's cash behind instance k, all of it the public
 * partner's; its place.  Its rule is the instrument's. */
int32_t fund_direct(struct region *r, int32_t k, const struct fund_rule *rule, money capital);
/* Money paid in to the guide fund behind instance k, or returned by it (negative), in a market phase. */
void guide_pay_in(struct region *r, int32_t k, money amount);

/* A partner commits as much of this as there is room; what a kind of partner expects gross of a fund, yuan per yuan; a fund that
 * does not come about: after so many months its manager may try again. */
void fund_commit(struct region *r, struct fund *f, enum partner p, money amount);
double fund_multiple_expected(const struct region *r, enum partner p, const struct fund *f);
/* Share of all that partners can commit that would rather go into this fund than elsewhere. */
double partners_willing(const struct region *r, const struct fund *f);
/* A later closing (joining.c): what a yuan committed then costs at once and later, yuan; brings what partners have paid to their parts of
 * what they have committed, the hurdle since included. */
double fund_price_of_joining(const struct fund *f);
void fund_equalise(struct region *r, struct fund *f);
void fund_dissolve(const struct world *w, struct region *r, struct fund *f, int32_t again);

/* Guide funds (guiding.c).  Money: so much over so many years, from January or the month of the beginning; what comes back is
 * committed anew or returned; when it ends all that is free is returned. */
struct guide_plan {
    bool stands, recycles;
    money capital;
    int32_t years;
};
struct guide *guide_of(struct region *r, const struct fund *f);
void guide_keep(struct region *r, int32_t k, const struct guide_plan *p);
/* What districts and universities pay in beside; what is returned is shared as it was paid in. */
void guide_join_in(struct region *r, int32_t k, money district, money university);
static inline money guide_free(const struct guide *g)
{
    return money_positive(money_sub(g->cash, g->committed));
}
/* Public funds that invest directly: each January what is free goes, in these parts, into funds by these rules. */
enum { MAX_RULES = 3 };
struct direct_plan {
    bool stands;
    int n;
    struct fund_rule rule[MAX_RULES];
    double part[MAX_RULES];
};
void direct_keep(struct region *r, int32_t k, const struct direct_plan *p);
/* Which guide fund joins a fund that is being raised; whether its manager goes to another city instead of waiting; what is
 * missing of local investment when the investment period ends; the public part bought by the other partners. */
void guides_decide(const struct world *w, struct region *r, struct fund *f);
void guides_keep_waiting(const struct world *w, struct region *r, struct fund *f);
void guides_look_back(struct region *r, struct fund *f);
void guides_sell_part(const struct world *w, struct region *r, struct fund *f);
/* What raising a fund is worth to its manager if it takes so many months: its fees, as he discounts, less what waiting costs; what
 * other partners commit a month, as he has seen it, at first what would do. */
double fund_worth_of_raising(const struct region *r, const struct fund *f, double months);
double fund_pace(const struct world *w, const struct region *r, const struct fund *f);
/* Share of a kind of partner that would rather put its money into this fund, on its terms, than elsewhere. */
double partner_willing(const struct region *r, enum partner p, const struct fund *f);

/* Examined managers (certifying.c).  Offers to buy what a fund holds, over those that others bring; whether the manager passes the
 * examination of a guide fund, and by what part others then expect more of him. */
double fund_buyers(const struct region *r, const struct fund *f);
bool manager_passes(const struct region *r, const struct fund *f, const struct sponsor *o);
double manager_certified(const struct region *r, const struct fund *f, const struct sponsor *o);

/* Mandates (mandate.c).  Carry that the manager expects of so much money that may be invested, less what a breach of the mandate
 * is expected to cost, yuan, as he discounts; whether he takes the money of a guide fund: the fund as it is, and on its terms. */
double mandate_worth(const struct region *r, const struct fund *f, double investable);
bool mandate_accepted(const struct world *w, const struct region *r, const struct fund *f, const struct fund *joined);

/* A manager's own capital, yuan; what going on raising this fund is worth to him, where so much comes by a note, in so many months at
 * the soonest: its fees, as he discounts, less what waiting costs. */
#define NO_NOTE (-1e9)
double manager_owns(const struct region *r, const struct manager *m);
double worth_of_waiting(const struct world *w, const struct region *r, const struct fund *f, double noted,
                        double soonest);

/* Notes of managers (fund_notes.c): what of a fund its manager keeps for one, before partners commit; then who lacks no more than
 * that issues it; a month of those that stand. */
void notes_plan(const struct world *w, struct region *r);
enum status notes_sell(struct world *w, struct region *r) MUST_CHECK;
void notes_serve(const struct world *w, struct region *r);
/* What the manager has committed of money of his own. */
money fund_own_stake(const struct region *r, const struct fund *f);
/* What was called from him has changed: the note bears its part.  He was paid so much of his leg, or as a fee. */
void note_follows(struct region *r, const struct fund *f);
void note_keeps(struct region *r, const struct fund *f, money amount);
void note_takes_fee(const struct world *w, struct region *r, const struct fund *f, money fee);
/* A note that pays so much of a fund: how large it has to be, what it costs, and what it is worth to the manager (note_pricing.c). */
struct note_deal {
    money pays, amount;
    double rate, loss; /* a year; expected by holders */
    double worth;      /* beyond going on without it, yuan */
};
struct note_deal note_deal_of(const struct world *w, const struct region *r, const struct fund *f, int32_t k,
                              const struct note_terms *o);

/* Out of town (away.c): what ends this month; what funds invest there instead of here. */
void away_settle(const struct world *w, struct region *r);
enum status away_invest(const struct world *w, struct region *r) MUST_CHECK;
/* Vehicles (vehicles.c): what they have called and brought is their funds'; for whom they look this month, with how much. */
void vehicles_settle(struct world *w);
enum status vehicles_send(struct world *w) MUST_CHECK;
/* The same as fund_call, of a vehicle; whether an investment in this row counts for the mandate of its fund. */
money vehicle_call(struct region *r, struct fund *f, money amount);
bool vehicle_counts(const struct world *w, const struct region *r, const struct fund *f, uint32_t row);
/* The instance that lets enterprises in to a fund: that of a public one that invests directly, of a vehicle its community; -1: none. */
static inline int32_t fund_line(const struct region *r, const struct fund *f)
{
    return f->manager >= 0 ? -1 : f->vehicle > 0 ? r->vehicles.row[f->vehicle - 1].line : f->line;
}
/* What a fund places in one deal elsewhere, 0: it has not enough; whether its manager rather sends so much where a yuan brings
 * this profit. */
money fund_deal_size(const struct world *w, const struct fund *f);
bool fund_sends(const struct world *w, const struct region *r, const struct fund *f, money amount, double profit,
                bool counts);
/* Whether an investment of this size in an enterprise of this stage and age counts for the mandate; if not, whether its manager
 * makes it all the same. */
bool mandate_counts(const struct fund *f, int32_t stage, int32_t age);
/* Profit of a yuan over the years that it takes: out of town at this return; here, at the return that the fund prices with, less
 * what is bid up. */
double fund_profit_at(const struct region *r, const struct fund *f, double rate);
double fund_profit_here(const struct region *r, const struct fund *f, int32_t stage);
bool mandate_left_for(const struct world *w, const struct region *r, const struct fund *f, money amount);

/* Public money that invests directly (appraising.c): what a yuan has to bring on average, so that the chance of a loss is no more
 * than is tolerated, if what it brings is lognormal with this spread and takes so many years, very large where none is; what is
 * tolerated of its losses now; the highest price of the whole that its
 * officers dare to pay, yuan; the part of what it expects of its shares that the other side may get back by its rule. */
double appraisal_multiple(const struct appraisal *a, double spread, double years);
struct appraisal appraisal_now(const struct region *r, const struct appraisal *own);
double price_dared(const struct region *r, const struct fund *f, int32_t stage, double value);
double fund_concedes(const struct region *r, const struct fund *f, int32_t stage, double multiple);

/* A month of managers (managers.c): who comes up, begins a fund, gives the trade up; one has failed to raise this one; one has closed a
 * raising, or failed to. */
void managers_run(const struct world *w, struct region *r);
void manager_fails(const struct world *w, struct region *r, const struct fund *f);
static inline void manager_learns(struct manager *m, bool closed)
{
    m->raised += closed;
    m->tried += 1.0;
    m->closed += closed ? 1.0 : 0.0;
}

/* A month of all funds: raising, closing, fees, distributions. */
enum status funds_run(struct world *w, struct region *r) MUST_CHECK;

/* The positions of a row: first .. last - 1 of those held, in order of rows; the nth of these. */
void positions_of(const struct region *r, uint32_t row, size_t *first, size_t *last);
static inline struct position *position_at(const struct region *r, size_t nth)
{
    return &r->positions.row[r->positions.held.row[nth].place];
}
/* Share of an enterprise that a position stands for. */
static inline double position_share(const struct region *r, const struct position *p)
{
    return p->units * (double)r->enterprises.founder_share[p->row];
}

/* Whether some fund may invest in it. */
bool equity_offered(const struct region *r, uint32_t row);
/* What an enterprise is worth to owners who have the money to go on, yuan. */
double funded_value(const struct region *r, const struct enterprises *e, uint32_t i);

/* What investors expect owners of an enterprise of this stage to get in the end per yuan of its value now, and after how many
 * years: from positions that ended, shrunk to the first belief of a kind of fund. */
double equity_gain(const struct region *r, const struct fund *f, int32_t stage);
double equity_years(const struct region *r, const struct fund *f, int32_t stage);
/* Whose first beliefs and diligence a fund has: its kind's; a public fund that invests directly those of the first kind that makes
 * first investments in the stage in which it begins, else of the first. */
const struct funds_params *fund_kind(const struct region *r, const struct fund *f);
/* With what precision it sees from within what it holds. */
double fund_sees_inside(const struct region *r, const struct fund *f);
/* What an investor sees of its quality this year: the value of a signal of precision tau; within: as one who holds shares. */
double investor_signal(const struct world *w, const struct region *r, uint32_t row, double tau, bool within);
/* What is known of its quality since an insider refused a follow-on: adds signals. */
void insiders_told(const struct region *r, uint32_t row, double *weighted, double *precision);
/* Of its cost, what investors expect to lose on positions of this stage that bring less; all: that bring nothing.  As equity_gain. */
double equity_loss(const struct region *r, int32_t stage, bool all);
/* What budget lines are expected to pay for a round, worth now, yuan per yuan; for what a fund will invest; and what of a tax is
 * not given back. */
double round_rewards(const struct region *r, const struct venture_round *q);
double fund_bounty(const struct region *r, const struct fund *f);
/* What a fund of this target can invest after its fees, yuan. */
double fund_investable(const struct fund *f);
double tax_kept(const struct region *r, const struct fund *f, bool manager);
/* Instruments hear of it: a raising has closed, a round was paid, a position was begun, has ended. */
enum status fund_opened(struct region *r, int32_t fund) MUST_CHECK;
enum status round_paid(struct region *r, const struct venture_round *q) MUST_CHECK;
void position_file(const struct region *r, struct position *p);
enum status position_sold(struct region *r, const struct position *p) MUST_CHECK;
/* What an hour of an investor's people does for an enterprise; a month of funds' own; how many enterprises a fund can still
 * examine a month beside. */
/* Whether they do anything. */
bool investor_hours_tell(const struct region *r);
void investor_serves(const struct region *r, struct tally *t, struct enterprises *e, uint32_t row, double hours);
void funds_serve(struct region *r);
double fund_hours_wanted(const struct region *r, const struct fund *f);
int32_t fund_looks(const struct region *r, const struct fund *f);

/* Tax withheld from what a partner is paid, of which f->paid tells already; and due from a manager on what he earned. */
enum status fund_withhold(struct region *r, struct fund *f, enum partner p, money *amount) MUST_CHECK;
enum status manager_taxed(struct region *r, struct fund *f, money earned, double rate) MUST_CHECK;

/* Price of the whole before a round, yuan: what owners are expected to get, at the return required, bid up by money that
 * chases deals. */
double equity_price(const struct region *r, const struct fund *f, int32_t stage, double value);
/* What the groups of guide funds and of public funds that invest directly have in common. */
/* clang-format off */
#define GUIDE_PLAN(q) \
    .stands = (q)->enabled, .recycles = (q)->recycle, .capital = (q)->capital, .years = (q)->pay_years
#define DIRECT_RULE(q) \
    .stage_to = (q)->stage_to, .invest = (q)->invest_months, .life = (q)->life, .extends = (q)->extension, \
    .last_deals = (q)->last_deals, .ticket_min = (q)->ticket_min, .share_max = (q)->share_max, .required = (q)->required, \
    .fee = (q)->fee
#define OFFICERS(q, tolerated) \
    (struct appraisal){.checked = true, .tolerance = (tolerated), .horizon = (q)->horizon / 12.0, .together = 1.0}
/* clang-format on */
#endif
