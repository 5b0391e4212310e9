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
    double matures;               /* 1: it is missing for a bond that matures */
    double part;                  /* of what would be asked of a fund, in a package; 0: all */
    bool filed;                   /* a bank's file serves the fund */
    uint32_t place;               /* of the enterprise among those who choose */
    unsigned known;               /* channels that it knows of: bit KNOWS_... % 4 */
};

/* Chance of a grant as everybody saw it, shrunk to one half. */
static inline double share_granted(double prior, double granted, double asked)
{
    return (granted + 0.5 * prior) / (asked + prior);
}

/* What each of the n of the list knows of banks, angels and funds, in bits KNOWS_... % 4; known[] is written up to a multiple of
 * eight (knowing). */
void channels_known(const struct rows *t, uint32_t n, uint8_t known[TILE]);
/* Channels that it knows and may use; whether somebody leases. */
void channels_open(const struct rows *t, uint32_t i, unsigned known, bool open[N_CHANNELS]);
bool leases_stand(const struct region *r);
/* Tastes of the month of the n of the list, who choose, so that the logs of many are taken together. */
void channels_draw_tastes(const struct rows *t, uint32_t n);
/* The channel with the largest surplus among the open ones; *issuer: whose bond or lease it is; *knew: whether any finance from others
 * was known. */
enum channel channels_choose(const struct rows *t, uint32_t i, const struct need *n, const bool open[N_CHANNELS],
                             bool *knew, int32_t *issuer);
/* Whether a venture fund may be asked at all; what asking one is worth, yuan; the proposal itself (raising.c). */
bool equity_open(const struct rows *t, uint32_t i);
/* The part of a round that a fund pays in a package of which the bank is to lend `lent`: the rest, or the smallest round of a fund
 * that has the money for one; 0: not even the whole is that large, or nobody has it. */
double equity_part(const struct rows *t, uint32_t i, const struct need *n, double lent);
double equity_surplus(const struct rows *t, uint32_t i, const struct need *n);
void ask_equity(const struct rows *t, uint32_t i, const struct need *n);

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
void ask_package(const struct rows *t, uint32_t i, const struct need *n, bool asks_fund, const struct package *p);
bool takes_offer(const struct rows *t, uint32_t i);
money line_offered(const struct rows *t, uint32_t i, int32_t *by);
/* What its bank sees of the quality of who applies: of those in the box of the thread from one on, which are of this tile; of one. */
void applications_see(const struct rows *t, size_t from);
/* Before the books of one are read who is asked now: what is drawn of him is drawn of those beside him in the list, too. */
void read_beside(const struct rows *t, uint32_t i);
void application_see(const struct rows *t, struct application *a);
void ask_angel(const struct rows *t, uint32_t i, const struct need *n);
#endif
