/* SPDX-License-Identifier: GPL-3.0-or-later */
/* joining - a partner joins a fund that has closed before (later closing; mechanisms M10).
 *
 * He is to stand as if he had been there from the beginning: of what was called he pays his part, and the hurdle on it since, to
 * the partners who paid it; their capital can be called again.  So nobody gains by coming late, or loses by having come early. */
#include <liandong/funds.h>

/* What partners have not got back, hurdle included, beyond what was called: per yuan called.  A fund that has paid out takes
 * nobody any more, so it is the hurdle alone. */
static double hurdle_since(const struct fund *f)
{
    double called = (double)fund_called(f).fen, due = (double)money_add(f->due[0], f->due[1]).fen;
    return called > 0.0 ? ld_max(due / called - 1.0, 0.0) : 0.0;
}

double fund_price_of_joining(const struct fund *f)
{
    money all = fund_committed(f);
    double called = all.fen > 0 ? (double)fund_called(f).fen / (double)all.fen : 0.0;
    return 1.0 + called * hurdle_since(f);
}

static void join_pays(struct region *r, struct fund *f, int p, money capital, money interest)
{
    money all = money_add(capital, interest);
    struct guide *g = p == PARTNER_PUBLIC ? guide_of(r, f) : NULL;
    f->called[p] = money_add(f->called[p], capital);
    r->equity.called[p] = money_add(r->equity.called[p], all);
    market_flow(r, (enum flow)partner_table[p].called, all);
    if (g != NULL) {
        g->cash = money_sub(g->cash, all);
        g->committed = money_sub(g->committed, capital);
        g->called = money_add(g->called, capital);
    }
}

/* Capital is no distribution: it counts as not called.  Interest is earned. */
static void join_repaid(struct region *r, struct fund *f, int p, money capital, money interest)
{
    money all = money_add(capital, interest);
    f->called[p] = money_sub(f->called[p], capital);
    r->equity.paid[p] = money_add(r->equity.paid[p], all);
    r->equity.partner[p].back += money_to_yuan(interest);
    market_flow(r, (enum flow)partner_table[p].paid, all);
    if (p == PARTNER_MANAGER)
        note_keeps(r, f, interest);
}

/* What each has paid more, or less, than his part of the whole; residues are the last one's. */
static money differences(const struct fund *f, money more[N_PARTNERS])
{
    money all = fund_committed(f), called = fund_called(f), left = called, moved = FEN(0);
    int last = 0;
    for (int p = 0; p < N_PARTNERS; p++)
        last = f->committed[p].fen > 0 ? p : last;
    for (int p = 0; p < N_PARTNERS; p++) {
        money part = p == last ? left : money_part(called, f->committed[p], all);
        left = p > last ? FEN(0) : money_sub(left, part);
        more[p] = money_sub(f->called[p], p > last ? FEN(0) : part);
        moved = money_add(moved, money_positive(more[p]));
    }
    return moved;
}

void fund_equalise(struct region *r, struct fund *f)
{
    money more[N_PARTNERS], moved = differences(f, more), interest = money_scale(moved, hurdle_since(f));
    money in_left = interest, out_left = interest, in_open = moved, out_open = moved;
    for (int p = 0; p < N_PARTNERS; p++) {
        bool pays = more[p].fen < 0;
        money capital = pays ? money_sub(FEN(0), more[p]) : more[p], *left = pays ? &in_left : &out_left,
              *open = pays ? &in_open : &out_open;
        if (capital.fen == 0)
            continue;
        money part = money_part(*left, capital, *open); /* the last one's part is what is left */
        *left = money_sub(*left, part);
        *open = money_sub(*open, capital);
        (pays ? join_pays : join_repaid)(r, f, p, capital, part);
    }
    money due = money_add(f->due[0], f->due[1]), called = fund_called(f);
    money junior = money_scale(f->called[PARTNER_PUBLIC], f->rule.first_loss);
    f->due[0] = called.fen > 0 ? money_part(due, junior, called) : FEN(0);
    f->due[1] = money_sub(due, f->due[0]);
    note_follows(r, f);
}
