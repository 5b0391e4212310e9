/* SPDX-License-Identifier: GPL-3.0-or-later */
/* three_level_seed_fund (市区高校三级联动种子基金): each January the city puts in so much per yuan of districts and universities;
 * workstations, district branches and the city centre each invest a part of it.  Instrument 14 (Chongqing: centre, branches,
 * workstations).  The nearer level decides the smaller round and looks at more enterprises together (open: rounds and parts);
 * what comes back is shared as it was paid in. */
#include <liandong/funds.h>
#include <liandong/instrument.h>

enum { STATION, BRANCH, CENTRE };

static struct fund_rule rule(const struct three_level_seed_fund_params *q, int level, double scale)
{
    const money ticket[] = {q->station_ticket, q->branch_ticket, q->centre_ticket};
    const int32_t offices[] = {q->stations, q->branches, 1};
    struct fund_rule f = {DIRECT_RULE(q), .ticket_max = ticket[level], .age_max = q->age_max};
    f.looks = looks_scaled(offices[level] * q->station_looks, scale);
    f.appraisal = OFFICERS(q, q->tolerance);
    return f;
}

/* A year's money, while its years last. */
static void put_year_in(struct region *r, int32_t k, const struct three_level_seed_fund_params *q)
{
    const struct guide *g = &r->line[k].guide;
    money district = money_scale(q->district, r->scale), university = money_scale(q->university, r->scale);
    money year = money_add(district, university), so_far = money_add(g->joint[0], g->joint[1]);
    if (q->match <= 0.0 || so_far.fen + year.fen / 2 >= q->years * year.fen)
        return;
    guide_join_in(r, k, district, university);
    guide_pay_in(r, k, money_min(money_scale(year, q->match), money_scale(q->match_max, r->scale)));
}

static void begin(struct region *r, int32_t k)
{
    const struct three_level_seed_fund_params *q = POLICY(r, k, three_level_seed_fund);
    guide_keep(r, k, &(struct guide_plan){.stands = q->enabled, .recycles = q->recycle});
    if (q->enabled && (r->month % 12 == 0 || r->line[k].changed))
        put_year_in(r, k, q);
    struct direct_plan p = {
        .stands = q->enabled, .n = 3, .part = {q->station_part, q->branch_part, 0.0}
    };
    p.part[CENTRE] = ld_max(1.0 - q->station_part - q->branch_part, 0.0);
    for (int level = STATION; level <= CENTRE; level++)
        p.rule[level] = rule(q, level, r->scale);
    direct_keep(r, k, &p);
}

const struct instrument three_level_seed_fund = {
    .name = "three_level_seed_fund",
    .number = 14,
    .group = GROUP_three_level_seed_fund,
    .who_en = "city, districts, universities, enterprises",
    .who_zh = "市、区县、高校、企业",
    .flow = FLOW_SUBSIDY_FUND,
    .claim_every = 12,
    .begin = begin,
};
