/* SPDX-License-Identifier: GPL-3.0-or-later */
/* security - patents as a pledge: true value, appraisal, and the sale of what the dead had pledged (mechanisms M6).
 *
 *   value      V = v n (K / K_needed)^e exp(c q + s z), z drawn for life: heavy-tailed, rising in technology and quality
 *   appraisal  A = V exp(b + u): b > 0 as the borrower pays; a shared record of sales is a second, unbiased opinion
 *   failed     V exp(-l)
 *   price      min(full, buyers' money / value on sale): cash in the market (Shleifer and Vishny 1992; Allen and Gale 1994)
 * What a pledge fetches goes to the loans that it was pledged for, the oldest first (Civil Code, art. 414: in the order of
 * registration), up to their principal; the rest is the estate's. */
#include <liandong/bonds.h>
#include <liandong/credit.h>
#include <liandong/mathx.h>
#include <liandong/prepare.h>
#include <liandong/security.h>

void security_add(struct security *s, uint8_t kind, double lends, double saves)
{
    if (lends <= 0.0)
        return;
    s->lends += lends;
    if (kind == SECURITY_ASSETS)
        s->assets += lends;
    else
        s->saves += lends * ld_min(saves, 1.0);
    s->most = ld_max(s->most, ld_min(saves, 1.0));
    s->gap -= lends;
    s->kinds |= kind;
}

/* -- worth ------------------------------------------------------------------------------------------------------------ */
double ip_value(const struct world *w, const struct region *r, uint32_t i)
{
    const struct security_params *p = P(r, security);
    const struct enterprises *e = &r->enterprises;
    struct luck luck = w->luck;
    luck.month = 0; /* for life */
    double z = ld_normal_quantile(draw(luck, enterprise_identity(e, i), DRAW_IP_VALUE));
    double ready = ld_log((double)e->technology[i] / (double)e->needed[i]);
    double log_each = p->technology_value * ready + p->quality_value * (double)e->quality[i] + p->value_spread * z;
    return money_to_yuan(p->patent_value) * e->patents[i] * ld_exp(ld_min(log_each, 12.0));
}

/* The appraiser's figure and what sales of like patents tell, weighted by precision; both are those of the calendar year. */
double ip_appraisal(const struct world *w, const struct region *r, uint32_t i)
{
    const struct security_params *p = P(r, security);
    struct luck luck = w->luck;
    luck.month = w->month / 12;
    struct words u = luck_block(luck, enterprise_identity(&r->enterprises, i), draw_block(DRAW_APPRAISAL));
    double error = p->appraisal_error, record = r->ip.record, value = ip_value(w, r, i);
    double own = p->appraisal_bias + error * ld_normal_quantile(draw_from(&u, DRAW_APPRAISAL));
    if (record <= 0.0 || error <= 0.0)
        return value * ld_exp(own);
    double others = ld_normal_quantile(draw_from(&u, DRAW_SALES_RECORD)) / __builtin_sqrt(record);
    double weight = 1.0 / (error * error);
    return value * ld_exp((weight * own + record * others) / (weight + record));
}

double ip_recovery_believed(const struct region *r)
{
    const struct security_params *p = P(r, security);
    double prior = money_to_yuan(p->recovery_weight);
    return (p->recovery_prior * prior + r->ip.seen_sold) / (prior + r->ip.seen_appraised);
}

/* -- sale ------------------------------------------------------------------------------------------------------------- */
/* In the month in which the winding up ends. */
void pledges_offer(const struct rows *t)
{
    const uint8_t *status = t->e->status + t->lo, *winding = t->e->winding + t->lo, *flags = t->e->flags + t->lo;
    uint32_t rows = t->hi - t->lo;
    for (uint32_t k = 0; k < rows; k++)
        t->s->mark[k] = (status[k] == DEAD) & (winding[k] == 1) & ((flags[k] & PLEDGED_IP) != 0);
    uint32_t n = list_marked(t);
    for (uint32_t j = 0; j < n; j++) {
        uint32_t i = t->lo + t->s->list[j];
        struct sale *s = outbox_push(&t->me->box[BOX_SALE]);
        if (s == NULL)
            t->me->status = NO_MEMORY;
        else
            *s = (struct sale){i, t->r->index};
    }
}

/* Buyers' money grows with the region, falls in bad times, and is kept for some months. */
static void fill_purse(const struct world *w, struct region *r)
{
    const struct security_params *p = P(r, security);
    double thin = r->scale < 1.0 ? r->scale : 1.0, cycle = ld_exp(p->cycle * (r->macro + P(r, macro)->stress));
    money month = money_scale(p->buyers, potential_founders(w, r, w->month) * thin * cycle);
    month = money_add(month, r->ip.more);
    r->ip.purse = money_min(money_add(r->ip.purse, month), money_scale(month, p->purse_months));
}

/* One facility takes what it is owed of the proceeds: first the lender, who passes on what covers had paid (cover). */
static enum status pay_pledgee(struct world *w, struct region *r, uint32_t k, money *left)
{
    struct loans *l = &r->loans;
    struct enterprises *e = &r->enterprises;
    uint32_t i = l->row[k];
    money pays = money_min(*left, l->balance[k]);
    if (pays.fen <= 0)
        return OK;
    *left = money_sub(*left, pays);
    market_flow(r, FLOW_PLEDGE_PAID, pays);
    market_flow(r, FLOW_LOAN_REPAID, pays);
    e->cash[i] = money_sub(e->cash[i], pays);
    e->debt[i] = money_sub(e->debt[i], pays);
    l->balance[k] = money_sub(l->balance[k], pays);
    r->bank[l->bank[k]].cash = money_add(r->bank[l->bank[k]].cash, pays);
    count(&r->total, cell_of(e, i), ITEM_RECOVERED, pays.fen);
    r->total.vintage[vintage_of(w, l->granted[k])][VINTAGE_ITEM_RECOVERED] += pays.fen;
    if (l->claim[k] == NO_CLAIM)
        return OK;
    struct recovery *got = outbox_push(&w->team.member[0].box[BOX_RECOVERY]);
    if (got == NULL)
        return NO_MEMORY;
    *got = (struct recovery){r->index, l->claim[k], pays, false};
    return OK;
}

/* The facilities of a row that its patents were pledged for, the oldest first. */
static enum status pay_pledgees(struct world *w, struct region *r, uint32_t row, money left)
{
    struct loans *l = &r->loans;
    double appraised = 0.0;
    for (size_t block = 0; block < l->n_blocks; block++) {
        uint32_t from, to;
        loans_of_tile(l, block, row / TILE, &from, &to);
        for (uint32_t k = loans_first(l, from, to, row); k < to && l->row[k] == row; k++) {
            if ((l->flags[k] & LOAN_ENDED) != 0 || (l->security[k] & SECURITY_IP) == 0)
                continue;
            appraised = ld_max(appraised, (double)l->appraised[k]);
            TRY(pay_pledgee(w, r, k, &left));
        }
    }
    bonds_take_pledge(r, row, &left);
    r->ip.appraised = money_add(r->ip.appraised, from_yuan(appraised));
    return OK;
}

static size_t sales_of(const struct world *w, const struct region *r, uint32_t *row, money *value)
{
    size_t n = 0;
    for (int32_t t = 0; t < team_members(&w->team); t++) {
        const struct outbox *box = &w->team.member[t].box[BOX_SALE];
        for (size_t k = 0; k < box->n; k++) {
            const struct sale *s = OUTBOX(box, struct sale, k);
            if (s->region != r->index)
                continue;
            if (row != NULL) {
                row[n] = s->row;
                value[n] = from_yuan(ip_value(w, r, s->row) * ld_exp(-P(r, security)->failed_loss));
            }
            n++;
        }
    }
    return n;
}

/* All that is on sale this month goes at one price, which the money of the buyers sets. */
static enum status sell(struct world *w, struct region *r, const uint32_t *row, const money *value, size_t n)
{
    for (size_t k = 0; k < n; k++)
        r->ip.offered = money_add(r->ip.offered, value[k]);
    if (r->ip.offered.fen > 0)
        r->ip.price = ld_min(P(r, security)->price_full, (double)r->ip.purse.fen / (double)r->ip.offered.fen);
    for (size_t k = 0; k < n; k++) {
        money got = money_min(money_scale(value[k], r->ip.price), r->ip.purse);
        r->ip.purse = money_sub(r->ip.purse, got);
        market_flow(r, FLOW_IP_SOLD, got);
        r->enterprises.cash[row[k]] = money_add(r->enterprises.cash[row[k]], got);
        r->ip.seen_sold += money_to_yuan(got);
        TRY(pay_pledgees(w, r, row[k], got));
    }
    r->ip.seen_appraised += money_to_yuan(r->ip.appraised);
    r->ip.sold = (int64_t)n;
    return OK;
}

static enum status settle(struct world *w, struct region *r)
{
    double keep = 1.0 - 1.0 / P(r, credit)->experience_months;
    fill_purse(w, r);
    r->ip.offered = r->ip.appraised = FEN(0);
    r->ip.sold = 0;
    r->ip.seen_appraised *= keep;
    r->ip.seen_sold *= keep;
    size_t n = sales_of(w, r, NULL, NULL);
    if (n == 0)
        return OK;
    uint32_t *row = arena_take(&w->market, n, sizeof *row);
    money *value = arena_take(&w->market, n, sizeof *value);
    if (row == NULL || value == NULL)
        return NO_MEMORY;
    sales_of(w, r, row, value);
    return sell(w, r, row, value, n);
}

enum status pledges_settle(struct world *w)
{
    for (int32_t k = 0; k < w->n_regions; k++)
        TRY(settle(w, &w->region[k]));
    return OK;
}
