/* SPDX-License-Identifier: GPL-3.0-or-later */
/* planning - what the channels of finance know of an enterprise that needs money (mechanisms M3). */
#ifndef LIANDONG_PLANNING_H
#define LIANDONG_PLANNING_H
#include <liandong/instrument.h>

struct need {
    double runway, chance, value; /* yuan missing; what meeting it is worth */
    double matures;               /* 1: it is missing for a bond that matures */
    uint32_t place;               /* of the enterprise among those who look */
};

/* Chance of a grant as everybody saw it, shrunk to one half. */
static inline double share_granted(double prior, double granted, double asked)
{
    return (granted + 0.5 * prior) / (asked + prior);
}

/* Whether a venture fund may be asked at all; what asking one is worth, yuan; the proposal itself (raising.c). */
bool equity_open(const struct rows *t, uint32_t i);
double equity_surplus(const struct rows *t, uint32_t i, const struct need *n);
void ask_equity(const struct rows *t, uint32_t i, const struct need *n);
#endif
