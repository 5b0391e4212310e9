/* SPDX-License-Identifier: GPL-3.0-or-later */
/* planning - what the channels of finance know of an enterprise that needs money (mechanisms M3). */
#ifndef LIANDONG_PLANNING_H
#define LIANDONG_PLANNING_H
#include <liandong/instrument.h>

enum { TARGET, MISSING, RESERVE, OFFERED, LEASED, TASTE }; /* columns of scratch; of tastes one a channel but leases */

/* Bonds and leases have a taste of their own, drawn only where an issue is open, or somebody leases. */
enum channel {
    CHANNEL_NONE,
    CHANNEL_OWN,
    CHANNEL_ANGEL,
    CHANNEL_BANK,
    CHANNEL_EQUITY,
    N_CHANNELS,
    CHANNEL_BOND = N_CHANNELS,
    CHANNEL_LEASE
};

struct need {
    double runway, chance, value; /* yuan missing; what meeting it is worth */
    double part;                  /* of what would be asked of a fund, in a package; 0: all */
    bool filed;                   /* a bank's file serves the fund */
};

/* What a bank sees of the quality of an applicant: as struct application has it. */
struct sight {
    float signal, precision, contested, effort[2];
};

static inline void application_seen(struct application *a, const struct sight *s)
{
    a->seen = 1;
    a->signal = s->signal;
    a->precision = s->precision;
    a->contested = s->contested;
    a->effort[0] = s->effort[0];
    a->effort[1] = s->effort[1];
}

/* Some of a tile who look for finance, side by side: what each needs, and where it would turn. */
enum { SEEKERS = READ_TOGETHER };
struct seekers {
    uint32_t n;
    uint32_t row[SEEKERS];
    double target[SEEKERS], runway[SEEKERS], chance[SEEKERS], value[SEEKERS]; /* cash it wants; as in struct need */
    double matures[SEEKERS]; /* 1: it is missing for a bond that matures */
    bool packs[SEEKERS];     /* it may ask for a package; once channels are chosen: it would */
    struct package package[SEEKERS];
    bool seen[SEEKERS]; /* by its bank, for one: */
    struct sight sight[SEEKERS];
    uint8_t open[SEEKERS]; /* channels that it knows and may use: bits 1 << CHANNEL_... */
    bool knew[SEEKERS];    /* any finance from others was known */
    uint8_t channel[SEEKERS];
    int32_t issuer[SEEKERS]; /* whose bond or lease it is */
};
static inline bool seeker_open(const struct seekers *s, uint32_t j, enum channel c)
{
    return (s->open[j] >> c & 1) != 0;
}
static inline struct need seeker_need(const struct seekers *s, uint32_t j)
{
    return (struct need){.runway = s->runway[j], .chance = s->chance[j], .value = s->value[j]};
}

/* Chance of a grant as everybody saw it, shrunk to one half. */
static inline double share_granted(double prior, double granted, double asked)
{
    return (granted + 0.5 * prior) / (asked + prior);
}

/* What each of the n of the list knows of banks, angels and funds, in bits KNOWS_... % 4; known[] is written up to a multiple of
 * eight (knowing). */
void channels_known(const struct rows *t, uint32_t n, uint8_t known[TILE]);
/* Whether somebody leases. */
bool leases_stand(const struct region *r);
/* Tastes of the month of the n of the list, who choose, so that the logs of many are taken together. */
void channels_draw_tastes(const struct rows *t, uint32_t n);
/* Of each, the channel with the largest surplus among those that it knows and may use; the first is the one at this place of the list,
 * known[]: what they know. */
void channels_choose(const struct rows *t, uint32_t place, const uint8_t *known, struct seekers *s);
/* Whether a venture fund may be asked at all; what asking one is worth to each, yuan, is added to its taste, worth[]: firm_value; the
 * proposal itself (raising.c). */
bool equity_open(const struct rows *t, uint32_t i);
/* The part of a round that a fund pays in a package of which the bank is to lend `lent`: the rest, or the smallest round of a fund
 * that has the money for one; 0: not even the whole is that large, or nobody has it. */
double equity_part(const struct rows *t, uint32_t i, const struct need *n, double lent);
void equity_surplus(const struct rows *t, const struct seekers *s, const double *worth, double *surplus);
void ask_equity(const struct rows *t, uint32_t i, const struct need *n);

/* What the n of a list of places in the tile need (seeking); whether somebody might borrow to park the money. */
void seekers_need(const struct rows *t, const uint16_t *list, struct seekers *s);
bool anybody_parks(const struct region *r);
/* What each is worth to its owners, yuan: firm_value (planning). */
void seekers_value(const struct rows *t, const struct seekers *s, double *value);
/* Chance of a grant to each as everybody saw it of its stage, and as its own refusals tell. */
void seekers_granted(const struct rows *t, const struct seekers *s, const double granted[N_STAGES],
                     const double asked[N_STAGES], double *chance);

/* Those that are marked take the opportunity at hand, if they can pay for it and keep a part of their target of cash, yuan (chances). */
void chances_take(const struct rows *t, const double *target);
/* What the opportunity of a row is worth to its owners, yuan. */
double chance_gain(const struct region *r, uint32_t i);
/* Whose lease runs: 1, the others of the tile 0. */
void leases_note(const struct rows *t, double *leased);
/* Of one without a lease: the instance from which a lease of the equipment for its opportunity serves it best, where so much is missing for that, and the
 * surplus that it expects of it; -1: none.  The proposal itself (leasing). */
int32_t leases_choose(const struct rows *t, uint32_t i, double lacks, double *surplus);
void leases_ask(const struct rows *t, uint32_t i, int32_t k, double reservation);

/* What instruments give back of a rate, as members know it; the rate that an enterprise expects to pay in the end (channels). */
double rate_relief(const struct rows *t, uint32_t i, double rate);
double net_rate(const struct rows *t, uint32_t i);
/* Proposals (proposing): the rate above which it walks away; a facility from the home bank, NULL: no memory; loan and round
 * together; the line that it is offered and by which instance, whether it takes one; a round from an angel. */
double reservation_rate(const struct rows *t, uint32_t i, const struct need *n);
struct application *ask_bank(const struct rows *t, uint32_t i, const struct need *n, bool renewal);
void ask_package(const struct rows *t, uint32_t i, const struct need *n, bool asks_fund, const struct package *p,
                 const struct sight *sight);
bool takes_offer(const struct rows *t, uint32_t i);
money line_offered(const struct rows *t, uint32_t i, int32_t *by);
void ask_angel(const struct rows *t, uint32_t i, const struct need *n);

/* Books (statements).  What banks see of so many, SEEKERS at most, in the order of rows, each at his bank; the same of the applications
 * of the tile in the box of the thread from one on; what funds see of those who ask them. */
void banks_see(const struct rows *t, const uint32_t *row, const uint16_t *bank, uint32_t n, struct sight *sight);
void applications_see(const struct rows *t, size_t from);
void rounds_see(const struct rows *t, size_t from);
/* These are read next, all asked the same; whether one of them is read now; the errors of some of them, as bits of places, for purposes
 * of one block of draws, in this month or year, by a source by its hash, 0: by nobody. */
void reading_begins(const struct rows *t, const uint32_t *row, uint32_t n);
bool reading_is_at(struct reading_list *g, uint32_t i);
void reading_errors(const struct rows *t, uint64_t whom, uint64_t source, int32_t month, const enum draw *purpose,
                    int purposes, double error[][READ_TOGETHER]);
#endif
