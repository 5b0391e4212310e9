/* SPDX-License-Identifier: GPL-3.0-or-later */
/* units - units.def as a list. */
#include <liandong/units.h>
#include <stddef.h>
#include <string.h>

static const struct {
    const char *unit, *zh;
} units[] = {
#define UNIT(unit, zh) {unit, zh},
#include <liandong/units.def>
#undef UNIT
};

const char *unit_zh(const char *unit)
{
    for (size_t k = 0; k < sizeof units / sizeof units[0]; k++)
        if (strcmp(units[k].unit, unit) == 0)
            return units[k].zh;
    return unit;
}
