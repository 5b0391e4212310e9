/* SPDX-License-Identifier: GPL-3.0-or-later */
/* observe - one world watched while it runs, for figures that no series holds; see facts.def. */
#ifndef LIANDONG_OBSERVE_H
#define LIANDONG_OBSERVE_H
#include <liandong/simulate.h>
#include <math.h>

enum fact_kind { BUILT_IN, ASSUMED, TUNED, PREDICTED, SIGN, DERIVED, DIAGNOSTIC };
enum fact {
#define FACT(name, kind, place, low, high, unit, source, en, zh) FACT_##name,
#define TOTAL                                                    FACT
#define JOINT(name, en, zh, ...)
#include <liandong/facts.def>
#undef JOINT
#undef TOTAL
#undef FACT
    N_FACTS
};
struct fact_desc {
    const char *name;
    enum fact_kind kind;
    const char *place; /* "": anywhere */
    double low, high;  /* reported, in the unit; NAN: by nobody */
    const char *unit, *source, *en, *zh;
    bool total; /* grows with the region */
};
extern const struct fact_desc fact_table[N_FACTS];

/* Facts that are judged together: none of them follows from the others. */
enum joint_group {
#define FACT(...)
#define TOTAL(...)
#define JOINT(name, en, zh, ...) JOINT_##name,
#include <liandong/facts.def>
#undef JOINT
#undef TOTAL
#undef FACT
    N_JOINTS
};
struct joint_desc {
    const char *name, *en, *zh;
    int32_t n;
    enum fact fact[16];
};
extern const struct joint_desc joint_table[N_JOINTS];

enum { OBSERVED_YEARS = 64 };
struct observation {
    double value[N_FACTS]; /* in the unit of the fact; NAN: not measured */
    int32_t years;         /* whole years, at most OBSERVED_YEARS */
    double defaults[OBSERVED_YEARS];
};

/* What has become of the investments of a region's venture funds so far; its figures at the end, and what a city reports of the
 * funds that its guide fund has joined. */
struct investments {
    double exits[N_EXITS], ended[N_MULTIPLES], deals, invested, raised[N_PARTNERS];
    double held; /* positions, now */
};
void investments_watch(struct investments *v, const struct region *r);
void investments_say(const struct investments *v, double *value);
void sub_funds_say(const struct region *r, int32_t from, double *value);

/* Issues of bonds of one instrument that were sold so far. */
struct sold_issues {
    bool stood; /* one that may be sold */
    double n, yuan;
};
void issues_watch(struct sold_issues *sold, const struct region *r, enum group instrument);

/* Lives through run `run` of a setup and says what was seen of its first region. */
enum status observe_run(const struct simulation *s, uint32_t run, int32_t threads, struct observation *o,
                        struct diag *diag) MUST_CHECK;
#endif
