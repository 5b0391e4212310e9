/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Buyers that fall on their suppliers, and factors that buy what they owe: to the fen. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/instrument.h>
#include <liandong/mathx.h>
#include <string.h>

enum { ROWS_MOST = 40000, BILLS_MOST = 4000 };

static void town(struct lab *lab, const struct lab_value values[])
{
    static const struct lab_value always[] = {
        {"founders.literacy",           "1"     },
        {"market.main_buyer",           "0.4"   },
        {"market.buyer_stage",          "growth"},
        {"policies.factoring.enabled",  "true"  },
        {"policies.factoring.capital",  "10 亿"},
        {"policies.factoring.dividend", "0"     },
        {NULL,                          NULL    },
    };
    lab_town(lab);
    lab_values(lab, NULL, always);
    lab_values(lab, NULL, values);
}

struct seen {
    size_t n, bills;
    int64_t receivable[ROWS_MOST];
    uint8_t status[ROWS_MOST], before[ROWS_MOST]; /* at the end of last month, and of the one before */
    uint8_t buys[ROWS_MOST];                      /* at the end of last month */
    struct bill bill[BILLS_MOST];
    int64_t fallen, hit, paid, lost, back;
};

/* The first buyer on the circle behind the supplier's own place, by looking at all. */
static uint32_t first_behind(const struct region *r, uint32_t i)
{
    struct identity who = enterprise_identity(&r->enterprises, i);
    uint64_t at = ld_mix(ld_mix(who.origin, who.index), 2) >> 32 << 32;
    const struct buyers *b = &r->buyers;
    size_t k = 0;
    while (k < b->n && b->row[k] < at)
        k++;
    uint32_t row = b->n == 0 ? BUYER_LEFT : (uint32_t)b->row[k % b->n] & BUYER_LEFT;
    return row == i && b->n > 1 ? (uint32_t)b->row[(k + 1) % b->n] & BUYER_LEFT : row == i ? BUYER_LEFT : row;
}

/* Who has fallen lived at the end of the month before last; its suppliers lose 40 % of what they were owed. */
static void check_falls(struct seen *s, const struct region *r)
{
    int64_t lost = 0;
    for (size_t k = 0; k < r->buyers.n && s->n > 0; k++) {
        uint32_t row = (uint32_t)r->buyers.row[k] & BUYER_LEFT;
        if (((uint32_t)r->buyers.row[k] & BUYER_FALLEN) == 0)
            continue;
        cr_expect(s->status[row] != ACTIVE && s->before[row] == ACTIVE);
        s->fallen++;
    }
    for (uint32_t i = 0; i < s->n; i++) {
        bool fallen;
        uint32_t buyer = main_buyer_of(r, i, &fallen);
        cr_expect_neq(buyer, i);
        cr_expect_eq(buyer, first_behind(r, i));
        if (s->status[i] != ACTIVE || s->receivable[i] <= 0 || !fallen)
            continue;
        lost += money_scale(FEN(s->receivable[i]), 0.4).fen;
        s->hit++;
    }
    cr_expect_eq(lab_flow(r, FLOW_BILL_UNPAID), lost);
}

/* The list holds in order who bought at the end of last month, each once, and who fell then. */
static void check_list(const struct seen *s, const struct region *r)
{
    size_t listed = 0, buy = 0;
    for (size_t k = 0; k < r->buyers.n && s->n > 0; k++) {
        uint32_t row = (uint32_t)r->buyers.row[k] & BUYER_LEFT;
        cr_expect(k == 0 || r->buyers.row[k] > r->buyers.row[k - 1]);
        if (((uint32_t)r->buyers.row[k] & BUYER_FALLEN) != 0)
            continue;
        cr_expect(s->buys[row]);
        listed++;
    }
    for (size_t i = 0; i < s->n; i++)
        buy += s->buys[i];
    cr_expect_eq(listed, buy);
}

static const struct bill *find(const struct bills *b, const struct bill *q)
{
    for (size_t k = 0; k < b->n; k++)
        if (b->row[k].row == q->row && b->row[k].bought == q->bought)
            return &b->row[k];
    return NULL;
}

/* Bills end when they are due, or with their buyer; 80 % was advanced, and the rest is paid less the discount. */
static void check_bills(struct seen *s, const struct region *r)
{
    int64_t paid = 0, rest = 0, fallen = 0, advanced = 0;
    for (size_t k = 0; k < s->bills; k++) {
        const struct bill *q = &s->bill[k];
        bool over = find(&r->bills, q) == NULL, buyer = r->enterprises.status[q->buyer] == ACTIVE;
        cr_expect_eq(over, !buyer || r->month == q->due || r->enterprises.status[q->row] == GONE);
        if (!over)
            continue;
        int64_t discount = money_scale(q->advanced, q->rate * (r->month - q->bought) / 12.0).fen;
        bool gone = r->enterprises.status[q->row] == GONE;
        paid += buyer ? q->amount.fen : 0;
        rest += buyer && !gone ? q->amount.fen - q->advanced.fen - discount : 0;
        fallen += buyer ? 0 : q->amount.fen;
    }
    for (size_t k = 0; k < r->bills.n; k++) {
        const struct bill *q = &r->bills.row[k];
        cr_expect_eq(q->advanced.fen, money_scale(q->amount, 0.8).fen);
        advanced += q->bought == r->month ? q->advanced.fen : 0;
    }
    cr_expect_eq(lab_flow(r, FLOW_BILL_PAID), paid);
    cr_expect_eq(lab_flow(r, FLOW_BILL_REST), rest);
    cr_expect_eq(lab_flow(r, FLOW_BILL_FALLEN), fallen);
    cr_expect_eq(lab_flow(r, FLOW_BILL_ADVANCE), advanced);
    cr_expect_geq(r->line[lab_line(r, GROUP_factoring)].company.cash.fen, 0);
    s->paid += paid;
    s->lost += fallen;
    s->back += lab_flow(r, FLOW_BILL_RECOURSE);
}

static void watch(struct world *w, void *context)
{
    struct seen *s = context;
    const struct region *r = w->region;
    cr_assert(r->enterprises.n < ROWS_MOST && r->bills.n < BILLS_MOST);
    check_falls(s, r);
    check_list(s, r);
    check_bills(s, r);
    memcpy(s->before, s->status, sizeof s->before);
    s->n = r->enterprises.n;
    s->bills = r->bills.n;
    for (size_t i = 0; i < s->n; i++) {
        s->receivable[i] = r->enterprises.receivable[i].fen;
        s->status[i] = r->enterprises.status[i];
        s->buys[i] = s->status[i] == ACTIVE && r->enterprises.stage[i] >= GROWTH && r->enterprises.sales[i] > 0.0f;
    }
    if (s->bills > 0)
        memcpy(s->bill, r->bills.row, s->bills * sizeof *s->bill);
}

static void go(struct seen *s, const struct lab_value values[])
{
    struct lab lab;
    struct lab_run run;
    town(&lab, values);
    lab_go(&run, &lab, (struct lab_options){.months = 24, .compact_every = 0, .hook = watch, .context = s});
    lab_end(&run);
}

Test(factoring, buyers_that_fail_take_what_they_owe_their_suppliers)
{
    static struct seen s;
    const struct lab_value values[] = {
        {"policies.factoring.enabled", "false"},
        {NULL,                         NULL   }
    };
    go(&s, values);
    cr_expect_gt(s.fallen, 20);
    cr_expect_gt(s.hit, 20);
    cr_expect_eq(s.paid, 0);
}

Test(factoring, bills_are_paid_when_due_or_fall_with_their_buyer)
{
    static struct seen s;
    go(&s, NULL);
    cr_expect_gt(s.paid, 0);
    cr_expect_gt(s.lost, 0);
    cr_expect_eq(s.back, 0);
}

/* Without recourse the factor bears what falls, with it the supplier pays back what it can. */
Test(factoring, recourse_brings_the_loss_back_to_the_supplier)
{
    static struct seen s;
    const struct lab_value values[] = {
        {"policies.factoring.recourse", "true"},
        {NULL,                          NULL  }
    };
    go(&s, values);
    cr_expect_gt(s.back, 0);
    cr_expect_lt(s.back, s.lost);
}

static int64_t sum_of(const char *series, const struct lab_value values[])
{
    struct lab lab;
    struct lab_run run;
    town(&lab, values);
    lab_go(&run, &lab, (struct lab_options){.months = 36, .compact_every = -1});
    int64_t sum = lab_sum(&run, series, -1);
    lab_end(&run);
    return sum;
}

/* What has been sold is not lost any more; where nobody has a main buyer there is nothing to sell. */
Test(factoring, spares_suppliers_losses_where_there_are_links_and_buys_nothing_where_there_are_none)
{
    const struct lab_value off[] = {
        {"policies.factoring.enabled", "false"},
        {NULL,                         NULL   }
    };
    const struct lab_value loose[] = {
        {"market.main_buyer", "0" },
        {NULL,                NULL}
    };
    cr_expect_lt(sum_of("bills_unpaid", NULL), sum_of("bills_unpaid", off));
    cr_expect_gt(sum_of("bills_sold", NULL), 0);
    cr_expect_eq(sum_of("bills_sold", loose), 0);
}
