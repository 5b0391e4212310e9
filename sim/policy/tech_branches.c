/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tech_branches (科技支行、科创金融专营机构): branches with delegated approval, officers of their own and a higher tolerance.
 * Instrument 30; mechanisms M5.  Nothing is screened more precisely by decree: what a unit decides itself keeps its soft
 * information and is decided at once, and it has more hours to look.  Its bank pays for the hours. */
#include <liandong/instrument.h>
#include <liandong/mathx.h>

/* The n-th branches of all banks come before the (n + 1)-th of any. */
static bool is_unit(const struct region *r, int32_t k, const struct branch *b)
{
    double units = POLICY(r, k, tech_branches)->units * r->scale;
    return (double)(b->nth * r->n_banks + b->bank) < units;
}

/* How many of a bank's branches are: its first ones. */
static int32_t units_of(const struct region *r, int32_t k, int32_t bank)
{
    double all = ld_min(POLICY(r, k, tech_branches)->units * r->scale, 1e9);
    int32_t units = (int32_t)all, of_bank;
    units += units < all;
    of_bank = units > bank ? (units - bank - 1) / r->n_banks + 1 : 0;
    return of_bank < r->bank[bank].n_branches ? of_bank : r->bank[bank].n_branches;
}

static bool serves(const struct region *r, int32_t k, const struct application *a)
{
    return (double)a->sales <= money_to_yuan(POLICY(r, k, tech_branches)->sales_max);
}

/* The units of a bank are its first branches; its customers are spread over them by where they bank. */
static int32_t route(const struct region *r, int32_t k, const struct application *a)
{
    const struct bank *b = &r->bank[a->bank];
    if (!POLICY(r, k, tech_branches)->whole_bank || !serves(r, k, a))
        return -1;
    int32_t units = units_of(r, k, a->bank), home = a->branch;
    return units == 0 ? -1 : b->first_branch + (home - b->first_branch) % units;
}

static void steer(struct region *r, int32_t k, int32_t bank)
{
    const struct tech_branches_params *q = POLICY(r, k, tech_branches);
    const struct bank *b = &r->bank[bank];
    for (int32_t j = 0; j < b->n_branches; j++) {
        struct branch *branch = &r->branch[b->first_branch + j];
        if (!is_unit(r, k, branch))
            continue;
        branch->hours += q->hours;
        if (q->authority.fen > branch->authority.fen)
            branch->authority = q->authority;
    }
}

/* The price of bad loans at the higher tolerance, as a part of that at the bank's. */
static void favour(const struct region *r, int32_t k, const struct application *a, struct favour *f)
{
    const struct bank *b = &r->bank[a->bank];
    double price = P(r, credit)->tolerance_price, least = b->tolerance;
    if (!is_unit(r, k, &r->branch[a->branch]) || b->penalty <= 0.0 || price <= 0.0)
        return;
    double forecast = least * (1.0 + b->penalty / price), here = least + POLICY(r, k, tech_branches)->tolerance;
    double penalty = forecast > here ? price * (forecast - here) / here : 0.0;
    f->tolerated += 1.0 - penalty / b->penalty;
}

static money claim_bank(const struct region *r, int32_t k, int32_t bank)
{
    return money_scale(POLICY(r, k, tech_branches)->award, units_of(r, k, bank));
}

const struct instrument tech_branches = {
    .name = "tech_branches",
    .number = 30,
    .group = GROUP_tech_branches,
    .who_en = "banks, enterprises, government",
    .who_zh = "银行、企业、政府",
    .flow = FLOW_SUBSIDY_BANK,
    .claim_every = 12,
    .route = route,
    .favour = favour,
    .steer = steer,
    .claim_bank = claim_bank,
};
