/* SPDX-License-Identifier: GPL-3.0-or-later */
/* accompanying - what investors do for enterprises after they have invested (mechanisms M9, value added after entry).
 *
 * Hours build technology, whose growth drives sales as that of research does (M1), and tell of finance; both by parameters that
 * are 0 by default, and never by a term in a hazard or a drift.  A fund's people have the time in which they could examine
 * `looks` enterprises: what they give to those they hold is lost for new ones. */
#include <liandong/funds.h>
#include <liandong/instrument.h>

/* K grows to K + more: sales of who sells by the elasticity of their log. */
static void add_technology(const struct region *r, struct enterprises *e, uint32_t row, double more)
{
    double before = (double)e->technology[row], after = before + more;
    if (more <= 0.0 || before <= 0.0)
        return;
    e->technology[row] = (float)after;
    if (e->flags[row] & HAS_PRODUCT)
        e->log_sales[row] += (float)(P(r, enterprise)->technology_elasticity * ld_log(after / before));
}

bool investor_hours_tell(const struct region *r)
{
    return P(r, equity)->service_technology.fen > 0 || P(r, equity)->service_literacy > 0.0;
}

void investor_serves(const struct region *r, struct tally *t, struct enterprises *e, uint32_t row, double hours)
{
    const struct equity_params *p = P(r, equity);
    double built = hours * money_to_yuan(p->service_technology) / r->cells.rd_price;
    add_technology(r, e, row, built);
    count(t, cell_of(e, row), ITEM_SERVICE_BUILT, ld_round_half_even(built));
    learn_finance(e, row, hours, p->service_literacy);
}

double fund_hours_wanted(const struct region *r, const struct fund *f)
{
    return f->kind < 0 || f->state == FUND_CLOSED ? 0.0 : NAMED(r, funds, f->kind)->service_hours * f->held;
}

int32_t fund_looks(const struct region *r, const struct fund *f)
{
    double look = f->kind < 0 ? 0.0 : NAMED(r, funds, f->kind)->look_hours;
    double lost = look > 0.0 ? fund_hours_wanted(r, f) / look : 0.0, left = f->rule.looks - f->travels - lost;
    return left > 0.0 ? (int32_t)left : 0;
}

/* Of the hours that it wants to give each, as far as its people's time reaches. */
static double hours_each(const struct region *r, const struct fund *f)
{
    double wanted = fund_hours_wanted(r, f);
    if (wanted <= 0.0)
        return 0.0;
    double time = f->rule.looks * NAMED(r, funds, f->kind)->look_hours;
    return ld_min(wanted, time) / f->held;
}

static bool anybody_serves(const struct region *r)
{
    bool serves = false;
    for (int32_t k = 0; k < r->layout->count[GROUP_funds]; k++)
        serves = serves || NAMED(r, funds, k)->service_hours > 0.0;
    return serves;
}

void funds_serve(struct region *r)
{
    if (!anybody_serves(r))
        return;
    for (size_t k = 0; k < r->positions.held.n; k++) {
        const struct position *p = position_at(r, k);
        double hours = r->enterprises.status[p->row] == ACTIVE ? hours_each(r, &r->funds.row[p->fund]) : 0.0;
        if (hours <= 0.0)
            continue;
        investor_serves(r, &r->total, &r->enterprises, p->row, hours);
        r->equity.service_hours += hours;
    }
}
