/* SPDX-License-Identifier: GPL-3.0-or-later */
/* units - what units of measure (units.def) and sources of defaults (sources.def) are called in Chinese. */
#ifndef LIANDONG_UNITS_H
#define LIANDONG_UNITS_H

/* "yuan/year" -> "元/年"; one that is not listed stays as it is. */
const char *unit_zh(const char *unit);
/* "assumed" -> "假定"; the same. */
const char *source_zh(const char *source);
#endif
