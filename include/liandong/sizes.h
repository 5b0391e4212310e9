/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sizes - the parameter by which a variant is made larger or smaller (--size), as a command line gives it. */
#ifndef LIANDONG_SIZES_H
#define LIANDONG_SIZES_H
#include <liandong/setup.h>

struct size_key {
    char key[256], from[8]; /* from: "2020-07", the month from which it is sized; "": all the time */
    const struct param_desc *desc;
    double start, least, most; /* least: 0, where that may be */
};

/* "policies.risk_pool.capital" or "policies.risk_pool.capital=2e8", where the search begins; without it the variant's own first
 * value.  "policies.risk_pool.capital@2020-07" sizes it from that month on.  FAILED: no such parameter, none that is a number, or no value above 0 to begin with; `place` names the option. */
enum status size_read(struct size_key *size, const char *text, const struct setup *setup, struct place place,
                      struct diag *diag) MUST_CHECK;

/* A value of a block as a number; money in yuan, a switch 0 or 1. */
double size_value(const struct param_desc *desc, const void *at);

/* "policies.risk_pool.capital=200000000.00", or "policies.risk_pool.capital={2020-07: 200000000.00}" */
void size_text(const struct size_key *size, double value, char *text, size_t room);
#endif
