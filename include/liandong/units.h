/* SPDX-License-Identifier: GPL-3.0-or-later */
/* units - what units of measure are called in Chinese (units.def). */
#ifndef LIANDONG_UNITS_H
#define LIANDONG_UNITS_H

/* "yuan/year" -> "元/年"; one that is not listed stays as it is. */
const char *unit_zh(const char *unit);
#endif
