/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger - the lists of accounts and flows as tables. */
#include <liandong/ledger.h>

const struct account_desc account_table[N_ACCOUNTS] = {
#define ACCOUNT(name, holder, en, zh) {#name, en, zh, HOLDER_##holder},
#include <liandong/accounts.def>
#undef ACCOUNT
};

const struct flow_desc flow_table[N_FLOWS] = {
#define FLOW(name, from, to, en, zh) {#name, en, zh, ACCOUNT_##from, ACCOUNT_##to},
#include <liandong/flows.def>
#undef FLOW
};
