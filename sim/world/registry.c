/* SPDX-License-Identifier: GPL-3.0-or-later */
/* registry - instruments.def as a list of groups. */
#include <liandong/registry.h>

const enum group registry_groups[N_INSTRUMENTS] = {
#define INSTRUMENT(name, bearer) GROUP_##name,
#include <liandong/instruments.def>
#undef INSTRUMENT
};

const enum bearer_kind registry_bearers[N_INSTRUMENTS] = {
#define INSTRUMENT(name, bearer) BEARER_##bearer,
#include <liandong/instruments.def>
#undef INSTRUMENT
};
