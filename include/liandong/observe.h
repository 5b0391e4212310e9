/* SPDX-License-Identifier: GPL-3.0-or-later */
/* observe - one world watched while it runs, for figures that no series holds; see facts.def. */
#ifndef LIANDONG_OBSERVE_H
#define LIANDONG_OBSERVE_H
#include <liandong/simulate.h>
#include <math.h>

enum fact_kind { BUILT_IN, ASSUMED, TUNED, PREDICTED, SIGN, DERIVED, DIAGNOSTIC };
enum fact {
#define FACT(name, kind, place, low, high, unit, source, en, zh) FACT_##name,
#include <liandong/facts.def>
#undef FACT
    N_FACTS
};
struct fact_desc {
    const char *name;
    enum fact_kind kind;
    const char *place; /* "": anywhere */
    double low, high;  /* reported, in the unit; NAN: by nobody */
    const char *unit, *source, *en, *zh;
};
extern const struct fact_desc fact_table[N_FACTS];

enum { OBSERVED_YEARS = 64 };
struct observation {
    double value[N_FACTS]; /* in the unit of the fact; NAN: not measured */
    int32_t years;         /* whole years, at most OBSERVED_YEARS */
    double defaults[OBSERVED_YEARS];
};

/* Lives through run `run` of a setup and says what was seen of its first region. */
enum status observe_run(const struct simulation *s, uint32_t run, int32_t threads, struct observation *o,
                        struct diag *diag) MUST_CHECK;
#endif
