/* SPDX-License-Identifier: GPL-3.0-or-later */
/* registry - instruments.def as a list of groups. */
#include <liandong/registry.h>

const enum group registry_groups[N_INSTRUMENTS] = {
#define INSTRUMENT(name) GROUP_##name,
#include <liandong/instruments.def>
#undef INSTRUMENT
};
