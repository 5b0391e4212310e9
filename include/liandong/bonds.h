/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bonds - pooled issues: what the parts of the mechanism, and the phases that it touches, need of each other (docs/model/bonds.md). */
#ifndef LIANDONG_BONDS_H
#define LIANDONG_BONDS_H
#include <liandong/instrument.h>

/* -- an enterprise and its bonds ---------------------------------------------------------------------------------------------- */
#define BOND_ROW(r, k)        ((r)->bond_places.starts.of[k])
#define BOND_IS_OF(r, k, i)   tables_is_of(&(r)->bond_places.starts, (k), (i))
#define BOND_FIRST(r, i)      tables_find(&(r)->bond_places.starts, (r)->bonds.n, (i))
#define EACH_BOND_OF(r, i, k) for (size_t k = BOND_FIRST(r, i); BOND_IS_OF(r, k, i); k++)
#define EACH_BOND_OF_TILE(t, k) \
    for (size_t k = BOND_FIRST((t)->r, (t)->lo); k < (t)->r->bonds.n && BOND_ROW((t)->r, k) < (t)->hi; k++)
/* The same of a row of a tile, of which bonds_note has noted where the bonds are: of most rows there are none. */
void bonds_note(const struct rows *t);
#define EACH_BOND_NOTED(t, i, k) for (size_t k = (t)->s->bond[(i) - (t)->lo]; BOND_IS_OF((t)->r, k, i); k++)
/* The issue of this number, NULL: it is over. */
const struct issue *bonds_issue(const struct region *r, uint32_t number);
/* Principal that it owes, once they are noted; coupons that it paid since January. */
money bonds_owed(const struct rows *t, uint32_t i);
money bonds_coupons(const struct region *r, uint32_t i);
/* What it wants to have by now for bonds that mature, yuan: it pays no dividend of it. */
double bonds_reserve(const struct region *r, uint32_t i);
/* Takes that out of the cash (fen) of a tile before research is paid; locked[]: what was taken. */
void bonds_lock(const struct rows *t, double *cash, double *locked);

/* -- planning, local ------------------------------------------------------------------------------------------------------------ */
/* What an enterprise needs, what meeting it is worth, over how many years it counts the cost, months until an opportunity that
 * is most of it expires (0: none). */
struct bond_need {
    double needs, value, years;
    int32_t expires;
};
/* No issue is worth more than this to it. */
double bonds_most(const struct region *r, const struct bond_need *need);
/* Once they are noted: the instance whose issue serves it best, and the surplus that it expects of it; -1: none. */
int32_t bonds_choose(const struct rows *t, uint32_t i, const struct bond_need *need, double *surplus);
void bonds_ask(const struct rows *t, uint32_t i, int32_t k, double needs, double reservation);
/* Bonds that mature raise the cash that is aimed at; reserve[]: as bonds_reserve.  What is due this month raises the cash that lines
 * are drawn for. */
void bonds_expect(const struct rows *t, double *target, double *reserve);
/* Who has not the money for a bond that matures looks for it, however little is missing. */
void bonds_urge(const struct rows *t, const double *reserve, double *missing);
void bonds_wish(const struct rows *t);
void bonds_mark(const struct rows *t);
/* What statements tell of quality, in the calendar year (planning). */
void statements_tell(const struct rows *t, uint32_t i, struct signals *s);

/* -- the dead -------------------------------------------------------------------------------------------------------------------- */
/* What bonds get of the money of a dead row: a part like that of all that it owes banks and bonds. */
void bonds_take_share(const struct rows *t, uint32_t i);
/* Of what pledged patents fetched, after loans that they were pledged for. */
void bonds_take_pledge(struct region *r, uint32_t i, money *left);

/* -- the market -------------------------------------------------------------------------------------------------------------------- */
/* What an issue is paid at a date by those who have all that they owe. */
struct takings {
    money coupon, fee, principal;
};
/* Bonds of the region by issue: those of the s-th are bond[start[s]] ... */
struct bond_book {
    struct world *w;
    struct region *r;
    uint32_t *start, *bond;
    uint32_t *place; /* [bond] of its issue; UINT32_MAX: it has left the list */
    bool *odd; /* [bond] of an issue that is sold: something is to be done that has not been when the book was opened */
    bool *date; /* [issue] it is sold, and this is a date of payment */
    bool *
        unsettled; /* [issue] one of its issuers has died, is late or in default, or behind with a bank before it is sold */
    struct takings *taken; /* [issue] */
};
/* Puts the bonds behind the first `sorted` into their places and opens the book: on dates of payment those who owe one bond and
 * have the money have paid. */
enum status bond_book_open(struct bond_book *b, size_t sorted) MUST_CHECK;
/* Learns from what stands; issues that are over, and their bonds, leave the lists. */
enum status bond_book_close(const struct bond_book *b, const bool *over) MUST_CHECK;
#define EACH_BOND(b, s, q)                                               \
    for (uint32_t at_ = (b)->start[s]; at_ < (b)->start[(s) + 1]; at_++) \
        for (struct bond *q = &(b)->r->bonds.row[(b)->bond[at_]]; q != NULL; q = NULL)

/* What instruments do for one issuer that they admit; the part of an issue, before its sale, whose issuers instance k admits. */
struct issue_aid bonds_aid(const struct region *r, uint32_t i);
double bonds_admitted(const struct bond_book *b, size_t s, int32_t k);
/* What an issue of these bonds would cost and who believes what. */
struct issue_price {
    double pd, loss,
        spread;         /* mean, a year; of the senior tranche: expected loss over its life, its standard deviation */
    double yield, rate; /* of the senior tranche; of its members */
};
struct issue_price bonds_price(const struct bond_book *b, size_t s, const struct issue_terms *o);
/* What investors make of one bond; sets its expected quality and PD. */
double bonds_believe(const struct region *r, struct bond *q);
double bonds_lgd(const struct region *r);
double bonds_correlation(const struct region *r);
double bonds_base_pd(const struct region *r);
/* What is known of bonds fades, one that stands is seen for a month; what a year of their defaults tells. */
void bonds_forget(struct region *r);
static inline void bond_is_seen(struct bond_record *m, const struct bond *q)
{
    if (!q->sold || q->defaulted != 0 || q->principal.fen == 0)
        return;
    m->months += 1.0;
    m->quality += (double)q->expected;
    m->square += (double)q->expected * (double)q->expected;
    m->year_bonds += 1.0 / 12.0;
    m->year_expected += (double)q->pd / 12.0;
}
void bonds_look_back(struct region *r);
void bonds_note_default(struct region *r, const struct bond *q);

/* Whether an issue is paid in this month; one bond of it pays what it owes then, added to *t; false: its issuer has not the money. */
bool issue_has_date(const struct issue *s, int32_t month);
bool bond_pays_all(const struct bond_book *b, size_t s, struct bond *q, struct takings *t);
/* Payments of an issue that is sold, in its month or after; true: something is still owed. */
bool issue_pays(const struct bond_book *b, size_t s);
/* An issue that is not sold yet: closes, waits, is sold or dissolves; false: it is dissolved. */
bool issue_grows(const struct bond_book *b, size_t s);

/* Money of an issue with its trustee, in and out. */
static inline void trust_take(struct region *r, struct issue *s, enum flow flow, money amount)
{
    s->account = money_add(s->account, amount);
    market_flow(r, flow, amount);
}
static inline void trust_give(struct region *r, struct issue *s, enum flow flow, money amount)
{
    s->account = money_sub(s->account, amount);
    market_flow(r, flow, amount);
}
/* Whether something can be sold at all. */
bool bonds_window_open(const struct region *r);
/* How the body behind instance k has honoured calls on it. */
double body_honoured(const struct region *r, int32_t k);
/* Capital of a body behind bonds, at the beginning of a month: paid in up to the plan while it stands, given back when it is free. */
void body_fund(struct region *r, int32_t k, bool stands, money plan);
/* What the groups of all instruments that issue have in common; of those that gather several issuers. */
/* clang-format off */
#define ISSUE_TERMS(q) \
    .stage_min = (q)->stage, .ticket_min = (q)->ticket_min, .ticket_max = (q)->ticket_max, \
    .amount_min = (q)->amount_min, .amount_max = (q)->amount_max, .of_sales = (q)->of_sales, .review = (q)->review, \
    .term = (q)->term, .every = (q)->every, .underwriting = (q)->underwriting, .cost = (q)->cost
#define GATHERING_TERMS(q) \
    .members_min = (q)->members_min, .members_max = (q)->members_max, .gathering = (q)->gathering
/* clang-format on */
#endif
