/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bearers - pools, guarantors, insurers: who bears a part of a loss, and by which flows money reaches and leaves them.
 *
 * What bears a loss is an agent with money of its own (struct bearer) behind a policy instance; its instrument says on what
 * terms it covers (`terms`, `cover`), pays money in (`begin`) and sets how much more it may cover.  Everything else - the
 * chain, filing, deciding, paying, recoveries, fees, experience of the banks - is the same for all. */
#ifndef LIANDONG_BEARERS_H
#define LIANDONG_BEARERS_H
#include <liandong/agents.h>
#include <liandong/ledger.h>

struct bearer_desc {
    enum account account, owed;
    enum flow fee, decided, pays, ended, shared, subsidy;
    const char *en, *zh;
};
/* By kind; BEARER_NONE is empty. */
extern const struct bearer_desc bearer_table[N_BEARER_KINDS];

/* Paid in the last twelve months over what it bore in them on average (代偿率). */
double bearer_payout_rate(const struct bearer *p);
#endif
