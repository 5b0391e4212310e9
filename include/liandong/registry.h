/* SPDX-License-Identifier: GPL-3.0-or-later */
/* registry - which groups of parameters belong to an instrument that works, in the order of instruments.def: all that the
 * state needs to know of policies. */
#ifndef LIANDONG_REGISTRY_H
#define LIANDONG_REGISTRY_H
#include <liandong/agents.h>

enum {
    N_INSTRUMENTS = 0
#define INSTRUMENT(name, bearer) +1
#include <liandong/instruments.def>
#undef INSTRUMENT
};
extern const enum group registry_groups[N_INSTRUMENTS];
extern const enum bearer_kind registry_bearers[N_INSTRUMENTS];
#endif
