/* SPDX-License-Identifier: GPL-3.0-or-later */
/* units - units.def and sources.def as lists. */
#include <liandong/units.h>
#include <stddef.h>
#include <string.h>

struct wording {
    const char *written, *zh;
};

static const struct wording units[] = {
#define UNIT(unit, zh) {unit, zh},
#include <liandong/units.def>
#undef UNIT
};

static const struct wording sources[] = {
#define SOURCE(source, zh) {source, zh},
#include <liandong/sources.def>
#undef SOURCE
};

static const char *in_chinese(const struct wording *list, size_t n, const char *written)
{
    for (size_t k = 0; k < n; k++)
        if (strcmp(list[k].written, written) == 0)
            return list[k].zh;
    return written;
}

const char *unit_zh(const char *unit)
{
    return in_chinese(units, sizeof units / sizeof units[0], unit);
}

const char *source_zh(const char *source)
{
    return in_chinese(sources, sizeof sources / sizeof sources[0], source);
}
