/* SPDX-License-Identifier: GPL-3.0-or-later */
/* registry - which groups of parameters belong to an instrument that works, in the order of instruments.def: all that the
 * state needs to know of policies. */
#ifndef LIANDONG_REGISTRY_H
#define LIANDONG_REGISTRY_H
#include <liandong/agents.h>

enum {
    N_INSTRUMENTS = 0
#define INSTRUMENT(name, bearer, common) +1
#include <liandong/instruments.def>
#undef INSTRUMENT
};
extern const enum group registry_groups[N_INSTRUMENTS];
extern const enum bearer_kind registry_bearers[N_INSTRUMENTS];

/* Which of the parameters that all policies have (policy_common) act on an instrument. */
enum {
    BY_NONE = 0,
    BY_WHOM = 1,   /* registered_only, saturation */
    BY_BUDGET = 2, /* budget, budget_carry */
    BY_CLAIMS = 4, /* budget_rule, claim_lag, claim_life */
    BY_PURSE =
        8 /* of none: it has, or steers, public money (capital of guarantors, funds, lenders and bodies of bonds; loans
                      that come back; fines) that results do not hold by instance */
};
extern const int registry_common[N_INSTRUMENTS];
/* Of a parameter (its place in param_table) that does not act on its instrument, whatever it is set to: which of the three it is
 * one of; 0: it acts. */
int registry_idle(size_t param);
#endif
