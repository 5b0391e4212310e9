/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger - money only moves: between two named accounts, by a named flow.
 *
 * accounts.def and flows.def are the lists.  A phase adds what it moves to a tally; stocks minus last month's stocks must
 * equal the flows, for every account, to the fen (month/audit). */
#ifndef LIANDONG_LEDGER_H
#define LIANDONG_LEDGER_H
#include <liandong/money.h>

enum holder { HOLDER_ROWS, HOLDER_AGENT, HOLDER_OUTSIDE };
enum account {
#define ACCOUNT(name, holder, en, zh) ACCOUNT_##name,
#include <liandong/accounts.def>
#undef ACCOUNT
    N_ACCOUNTS
};
enum flow {
#define FLOW(name, from, to, en, zh) FLOW_##name,
#include <liandong/flows.def>
#undef FLOW
    N_FLOWS
};
struct account_desc {
    const char *name, *en, *zh; /* files write the name in lower case */
    enum holder holder;
};
struct flow_desc {
    const char *name, *en, *zh;
    enum account from, to;
};
extern const struct account_desc account_table[N_ACCOUNTS];
extern const struct flow_desc flow_table[N_FLOWS];
#endif
