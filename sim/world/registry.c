/* SPDX-License-Identifier: GPL-3.0-or-later */
/* registry - instruments.def as a list of groups. */
#include <liandong/registry.h>
#include <stddef.h>

const enum group registry_groups[N_INSTRUMENTS] = {
#define INSTRUMENT(name, bearer, common) GROUP_##name,
#include <liandong/instruments.def>
#undef INSTRUMENT
};

const enum bearer_kind registry_bearers[N_INSTRUMENTS] = {
#define INSTRUMENT(name, bearer, common) BEARER_##bearer,
#include <liandong/instruments.def>
#undef INSTRUMENT
};

const int registry_common[N_INSTRUMENTS] = {
#define INSTRUMENT(name, bearer, common) common,
#include <liandong/instruments.def>
#undef INSTRUMENT
};

/* 0: no parameter that all policies have, or `enabled`, which always acts. */
static int common_kind(size_t offset)
{
    switch (offset) {
    case offsetof(struct policy_common, registered_only):
    case offsetof(struct policy_common, saturation):
        return BY_WHOM;
    case offsetof(struct policy_common, budget):
    case offsetof(struct policy_common, budget_carry):
        return BY_BUDGET;
    case offsetof(struct policy_common, budget_rule):
    case offsetof(struct policy_common, claim_lag):
    case offsetof(struct policy_common, claim_life):
        return BY_CLAIMS;
    default:
        return 0;
    }
}

int registry_idle(size_t param)
{
    const struct param_desc *d = &param_table[param];
    int kind = group_table[d->group].scope == SCOPE_POLICY ? common_kind(d->offset) : 0;
    for (int k = 0; k < N_INSTRUMENTS; k++)
        if (registry_groups[k] == d->group)
            return kind & ~registry_common[k];
    return 0;
}
