/* SPDX-License-Identifier: GPL-3.0-or-later */
/* linkage (投贷联动): a bank and the venture funds that hold shares of its borrowers work together.  Instrument 2;
 * mechanisms M11.
 *
 * Five channels, each with a switch.  Information: funds tell banks what they see from within, banks tell funds what statements
 * say.  Diligence: one's file serves the other.  Cash: loan and round are one package, and the bank counts the investor's money
 * when it decides.  Monitoring: insiders tell of trouble, and help to collect.  Warrant: a part of the gain at an exit.
 * Three frictions: the product is the head office's, both parties have windows of their own, and a bank runs when an insider
 * refuses.  No rate is cut and no bonus paid: all that changes is what is known, when, at what cost, and what it may bring. */
#include <liandong/bonds.h>
#include <liandong/linking.h>
#include <liandong/planning.h>

enum { BOTH, EQUITY_FIRST, DEBT_FIRST };

static bool equity_first(const struct linkage_params *q)
{
    return q->order != DEBT_FIRST;
}

static bool debt_first(const struct linkage_params *q)
{
    return q->order != EQUITY_FIRST;
}

static bool owes(const struct enterprises *e, uint32_t i)
{
    return e->debt[i].fen > 0 || e->renewal[i] > 0;
}

/* The holdings of funds and the borrowers of banks, as far as the order has the other party serve them. */
static void eligible(struct asked *a)
{
    const struct linkage_params *q = POLICY(a->t->r, a->k, linkage);
    const struct enterprises *e = a->t->e;
    const uint8_t *owned = e->owned, *renewal = e->renewal;
    const money *debt = e->debt;
    const bool equity = equity_first(q), loans = debt_first(q);
    ASKED_KEEP(a, j, i,
               (equity & ((owned[i] & OWNED_BY_FUND) != 0)) | (loans & ((debt[i].fen > 0) | (renewal[i] > 0))));
}

/* Whether the bank where it has its account offers the product. */
static bool banks_with_partner(const struct rows *t, uint32_t i, const struct linkage_params *q)
{
    return t->r->branch[t->e->branch[i]].bank < q->partners;
}

/* The bank wants a year of revenue, investors want growth of what they bought.  What the bank wants is asked first: positions lie far
 * apart. */
static bool earns(const struct region *r, const struct linkage_params *q, uint32_t row)
{
    const struct enterprises *e = &r->enterprises;
    return !q->windows || ((double)e->sales[row] >= money_to_yuan(q->sales_min) && r->month - e->founded[row] >= 12);
}

enum { LOG_GROWTH }; /* that is the least */
static void fold(const struct region *r, int32_t k, double folded[4])
{
    folded[LOG_GROWTH] = ld_log(1.0 + POLICY(r, k, linkage)->growth_min);
}

static bool grows(const struct region *r, int32_t k, uint32_t row, const struct backing *b)
{
    const struct linkage_params *q = POLICY(r, k, linkage);
    double years = (r->month - b->since) / 12.0, most = ld_exp(years * r->line[k].folded[LOG_GROWTH]),
           least = q->growth_min > -1.0 ? most : 0.0;
    return !q->windows || funded_value(r, &r->enterprises, row) >= b->entry * least;
}

/* -- information ------------------------------------------------------------------------------------------------------------ */
/* What funds see from within shares a part of its error with the statements that the bank has read.  Who has refused has told
 * everybody already. */
static void tell_bank(const struct rows *t, uint32_t i, int32_t k, struct signals *s)
{
    if (!earns(t->r, POLICY(t->r, k, linkage), i))
        return;
    struct backing b = backing_of(t->r, i);
    if (!b.stands || b.refused != 0 || !grows(t->r, k, i, &b))
        return;
    double tau = insiders_see(t->r, i);
    if (tau <= 0.0)
        return;
    double root = __builtin_sqrt(tau), seen = investor_signal(t->w, t->r, i, tau, true);
    double c = __builtin_sqrt(P(t->r, equity)->shared_error);
    news_of_signal(s->root, s->statement, root, root * seen, c, &s->weighted, &s->precision);
    count(t->t, cell_of(t->e, i), ITEM_LINKAGE_TOLD, 1);
}

static void see(const struct rows *t, uint32_t i, int32_t k, struct signals *s)
{
    const struct linkage_params *q = POLICY(t->r, k, linkage);
    if (s->by == SEEN_BY_BANK && q->information && equity_first(q) && banks_with_partner(t, i, q)) {
        tell_bank(t, i, k, s);
    } else if (s->by == SEEN_BY_FUND && debt_first(q) && owes(t->e, i) && banks_with_partner(t, i, q)) {
        s->spared = s->spared || q->diligence;
        if (!q->information || s->root > 0.0)
            return;
        struct signals bank;
        statements_tell(t, i, &bank);
        s->root = bank.root;
        s->statement = bank.statement;
        count(t->t, cell_of(t->e, i), ITEM_LINKAGE_TOLD, s->root > 0.0);
    }
}

static bool investors(const struct region *r, int32_t k)
{
    return debt_first(POLICY(r, k, linkage));
}

/* -- diligence, and the run -------------------------------------------------------------------------------------------------- */
static bool frightened(const struct region *r, const struct linkage_params *q, int32_t refused)
{
    return q->run && refused != 0 && r->month - refused < q->run_months;
}

static void favour(const struct region *r, int32_t k, const struct application *a, struct favour *f)
{
    const struct linkage_params *q = POLICY(r, k, linkage);
    if (!equity_first(q) || a->bank >= q->partners || !applicant_member(r, k, a))
        return;
    if (q->diligence && earns(r, q, a->row)) {
        struct backing b = backing_of(r, a->row);
        f->looked = k + 1;
        f->grown = b.stands && grows(r, k, a->row, &b);
        f->hours += f->grown ? q->hours : 0.0;
    }
    f->runs = f->runs || ((a->flags & APPLY_RENEWAL) != 0 && frightened(r, q, insider_refused(r, a->row)));
}

/* -- the product -------------------------------------------------------------------------------------------------------------- */
static struct warrant_terms warrant_of(const struct linkage_params *q)
{
    return (struct warrant_terms){.share = q->warrant ? q->warrant_share : 0.0,
                                  .share_most = q->warrant_most,
                                  .months = q->warrant_months,
                                  .part = q->bank_part,
                                  .counts = q->upside_counts,
                                  .discount = q->discount,
                                  .sales = q->sales_prior,
                                  .growth = q->growth_prior,
                                  .spread = q->spread_prior,
                                  .weight_years = q->weight_years,
                                  .weight_sales = q->weight_sales};
}

/* Collecting x costs c A x and brings A (1 - exp(-x)): who stops at exp(-x) = c brings 1 - c. */
static double recovers(const struct region *r, const struct linkage_params *q)
{
    double c = P(r, credit)->collection_cost;
    return q->monitoring && c < 1.0 ? (1.0 - c * (1.0 - q->collection)) / (1.0 - c) : 1.0;
}

static bool link(const struct region *r, int32_t k, const struct application *a, struct link *o)
{
    const struct linkage_params *q = POLICY(r, k, linkage);
    if (!equity_first(q) || a->bank >= q->partners || !(q->cash || q->monitoring || q->warrant))
        return false;
    if (!earns(r, q, a->row))
        return false;
    int32_t filed = a->month - (a->flags & APPLY_HEAD_OFFICE ? P(r, credit)->head_office_delay : 0);
    if (o->favour->looked == k + 1 && !o->favour->grown)
        return false;
    struct backing b = backing_of(r, a->row);
    if (!b.stands || frightened(r, q, b.refused) || (o->favour->looked != k + 1 && !grows(r, k, a->row, &b)))
        return false;
    o->head_office = q->head_office != 0;
    o->counted = q->cash ? backing_paid(r, a->row, filed) : 0.0;
    o->lends = q->cash ? q->loan_ratio * backing_paid(r, a->row, r->month - q->package_months + 1) : 0.0;
    o->recovers = recovers(r, q);
    o->warrant = warrant_of(q);
    return true;
}

static void granted(struct notices *t, int32_t k, const struct application *a)
{
    const struct linkage_params *q = POLICY(t->r, k, linkage);
    struct warrant_terms o = warrant_of(q);
    if (debt_first(q) && a->bank < q->partners && line_open(t->r, k, a->row))
        enterprise_join(&t->r->enterprises, a->row, k, true);
    if (a->link == k + 1)
        warrant_grant(t, a, &o);
}

static bool package(const struct rows *t, uint32_t i, int32_t k, struct package *o)
{
    const struct linkage_params *q = POLICY(t->r, k, linkage);
    (void)o;
    return q->cash && banks_with_partner(t, i, q);
}

/* -- monitoring ---------------------------------------------------------------------------------------------------------------- */
static void watch(const struct region *r, int32_t k, uint32_t row, int32_t bank, struct insider_watch *o)
{
    const struct linkage_params *q = POLICY(r, k, linkage);
    const struct enterprises *e = &r->enterprises;
    if (!equity_first(q) || bank >= q->partners || (e->owned[row] & OWNED_BY_FUND) == 0)
        return;
    o->freezes = o->freezes || frightened(r, q, q->run ? insider_refused(r, row) : 0);
    if (!q->monitoring)
        return;
    o->collection = ld_min(o->collection, 1.0 - q->collection);
    o->freezes = o->freezes || money_to_yuan(e->overdue[row]) > q->alarm * fixed_cost(r, e, row);
    o->earlier = q->call_earlier > o->earlier ? q->call_earlier : o->earlier;
}

const struct instrument linkage = {
    .name = "linkage",
    .number = 2,
    .group = GROUP_linkage,
    .who_en = "banks, venture funds, enterprises",
    .who_zh = "银行、创投基金、企业",
    .flow = FLOW_SUBSIDY_BANK,
    .claim_every = 12,
    .fold = fold,
    .eligible = eligible,
    .see = see,
    .investors = investors,
    .favour = favour,
    .link = link,
    .granted = granted,
    .package = package,
    .watch = watch,
};
