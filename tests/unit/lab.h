/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lab - small worlds for tests: values in, records and digests out. */
#ifndef LIANDONG_TESTS_LAB_H
#define LIANDONG_TESTS_LAB_H
#include <liandong/engine.h>
#include <liandong/month.h>
#include <liandong/sha256.h>

enum { LAB_VALUES = 2400 };

/* How a world is run. */
struct lab_options {
    uint32_t run;
    int threads, compact_every; /* compact_every -1: as the engine has it */
    int32_t months;
    /* Called before the first month and after each: may set or look at anything of the world. */
    void (*hook)(struct world *w, void *context);
    void *context;
};

/* Values of a scenario as pairs of texts; a date is written behind the key: "policies.risk_pool.share @ 2021-01". */
struct lab {
    size_t n;
    char key[LAB_VALUES][160], text[LAB_VALUES][96];
};
void lab_begin(struct lab *lab);
/* A value over all before it. */
void lab_set(struct lab *lab, const char *key, const char *text);
/* Removes a group, an instance or a region, as null does in a file. */
void lab_remove(struct lab *lab, const char *key);
/* policies.<instrument>[.<instance>].<name> */
void lab_set_of(struct lab *lab, const char *instance, const char *name, const char *text);
void lab_number(struct lab *lab, const char *key, double value);
/* One after another, to one without a key; value NULL: none.  A key without a point is one of the instrument `instance`, where
 * that is not NULL. */
struct lab_value {
    const char *key, *text;
};
void lab_values(struct lab *lab, const char *instance, const struct lab_value *value);
/* A region of some hundred enterprises after ten years: start 2020-01, burn-in 120, four banks, 60 founders a month. */
void lab_town(struct lab *lab);
/* Adds venture funds, and partners with money, to a town. */
void lab_funds(struct lab *lab);
/* The town with managers, and partners with this much money a year per founder a month; a guide fund from 2020-01 on. */
void lab_managers(struct lab *lab, const char *private_capacity, const char *venture_size);
/* Managers who are there at the beginning stay, and no others come. */
void lab_same_managers(struct lab *lab);
void lab_guide(struct lab *lab, const char *capital, const char *share, const char *delay);
/* One exchange whose rules most enterprises with some profit meet, of so many issues a month; the town with it. */
void lab_board(struct lab *lab, const char *capacity);
void lab_listing(struct lab *lab, const char *capacity);
/* The town with a city's pool and a district's, each 30 m of capital, 40 %, rates up to 6 %. */
void lab_two_pools(struct lab *lab);
/* The town with an instrument by which even small enterprises issue bonds, known to all. */
void lab_notes(struct lab *lab, const char *name);
/* An instrument on, with what policies.def says that it needs to bite; all of them, without what holds for one alone; whether one spends a budget line. */
void lab_policy(struct lab *lab, enum group g);
void lab_policies(struct lab *lab);
bool lab_spends(enum group g);
/* A town of five years with every policy but lump-sum grants, which are a reference for the others; each of them acts already. */
void lab_young_town(struct lab *lab);

struct lab_run {
    struct setup setup;
    struct record_layout layout;
    struct world world;
    int32_t months;   /* measured */
    union cell *cell; /* [month][layout.n] */
    struct lab_options options;
};
/* What a scenario of these values is; stops the test where it is none.  The caller frees. */
void lab_setup(struct setup *setup, const struct lab *lab);
/* The same for what may be none: false where it is. */
bool lab_try(struct setup *setup, const struct lab *lab);
/* Makes the world, seasons it, measures so many months; stops the test on any error. */
void lab_go(struct lab_run *run, const struct lab *lab, struct lab_options options);
/* The same in steps, for who may have seen enough before or needs one month at a time: as far as the first measured month, then a
 * month each, whose record goes where that of measured month `month` goes. */
void lab_start(struct lab_run *run, const struct lab *lab, struct lab_options options);
void lab_month(struct lab_run *run, int32_t month);
/* The same with the engine's own compaction and no other option; hook and context may be NULL. */
void lab_watch(struct lab_run *run, const struct lab *lab, int32_t months, void (*hook)(struct world *w, void *context),
               void *context);
void lab_end(struct lab_run *run);

/* The line of the first instance of an instrument; stops the test where it has none. */
int32_t lab_line(const struct region *r, enum group g);
/* What flowed there in this month, in fen. */
int64_t lab_flow(const struct region *r, enum flow f);
/* All rows of the first region. */
struct rows lab_rows(struct world *w);

/* A cell of a series: summed over its members (member < 0) or one of them, of one region. */
int64_t lab_int(const struct lab_run *run, const char *series, int32_t month, int32_t member);
double lab_real(const struct lab_run *run, const char *series, int32_t month, int32_t member);
/* The same summed over all measured months. */
int64_t lab_sum(const struct lab_run *run, const char *series, int32_t member);
/* SHA-256 of all cells of months from .. to - 1, but series that say who is eligible. */
void lab_digest(const struct lab_run *run, int32_t from, int32_t to, char text[SHA256_TEXT]);
/* The same of all series that speak of enterprises, banks and funds rather than of a policy, its money and its line. */
void lab_lives(const struct lab_run *run, char text[SHA256_TEXT]);
/* What a world shows before a month, counted from the first measured, and from then on. */
struct lab_shown {
    char before[SHA256_TEXT], after[SHA256_TEXT], lives[SHA256_TEXT];
};
void lab_look(const struct lab_run *run, int32_t month, struct lab_shown *shown);
/* The same of a world that is made for it and measured so many months. */
void lab_show(const struct lab *lab, int32_t months, int32_t month, int threads, struct lab_shown *shown);
bool lab_same(const struct lab_shown *a, const struct lab_shown *b);
/* The world ends, and a copy of it goes on in its place. */
void lab_go_on_in_a_copy(struct world *w);
/* A fund by hand: 120 m, 2 % a year, 36 months of first investments, 84 of life, hurdle 8 %, a fifth of carry after full catch-up;
 * it puts so much into an enterprise; what cost so much ends and brings so much, yuan. */
struct fund lab_fund_of_120m(int32_t month);
void lab_invests(struct region *r, struct fund *f, int64_t yuan);
void lab_ends(struct fund *f, int64_t cost, int64_t brings);
#endif
