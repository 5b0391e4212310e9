/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bearers - bearers.def as a table. */
#include <liandong/bearers.h>

const struct bearer_desc bearer_table[N_BEARER_KINDS] = {
#define BEARER(kind, account, owed, fee, decided, pays, ended, shared, subsidy, en, zh) \
    [BEARER_##kind] = {ACCOUNT_##account,                                               \
                       ACCOUNT_##owed,                                                  \
                       FLOW_##fee,                                                      \
                       FLOW_##decided,                                                  \
                       FLOW_##pays,                                                     \
                       FLOW_##ended,                                                    \
                       FLOW_##shared,                                                   \
                       FLOW_##subsidy,                                                  \
                       en,                                                              \
                       zh},
#include <liandong/bearers.def>
#undef BEARER
};
