/* SPDX-License-Identifier: GPL-3.0-or-later */
/* screening - what a bank would lend to an application and for what, and with how much effort it looks (mechanisms M4, M5, M7). */
#ifndef LIANDONG_SCREENING_H
#define LIANDONG_SCREENING_H
#include <liandong/mathx.h>
#include <liandong/quoting.h>

/* Values of deciding after a look (M5): V(e) = m Phi(m / s) + s phi(m / s) - c e, m the margin expected before it, s the spread of the
 * margin that knowing more brings; at most LOOKED_AT. */
enum { LOOKED_AT = 32 };
void screening_values(double *restrict value, const double *restrict margin, const double *restrict spread, size_t n);

/* What lending standards allow; `least` yuan whatever its sales. */
money screening_limit(const struct region *r, const struct application *a, double least);
/* How many blocks of screening of each are worth their hours, of which there are so many. */
void screening_efforts(const struct region *r, struct application *const *a, size_t n, double hours, uint8_t *effort);
/* What their banks believe after so many blocks each, NULL: none: sets the expected qualities, tells the probabilities of default. */
void screening_beliefs(const struct region *r, struct application *const *a, const uint8_t *effort, size_t n,
                       double *pd);

/* Sets what the bank offers, at such probabilities of default, to as many as are looked at together at most; sets one offer. */
void screening_offers(const struct region *r, struct application *const *a, const double *pd, size_t n);
void screening_take(struct application *a, double pd, const struct offer *best);

/* What lending at its offer brings over refusing, per yuan a year; whether the bank refuses; whether the head office decides. */
double screening_gain(const struct region *r, const struct application *a);
bool screening_refuses(const struct region *r, const struct application *a);
bool screening_goes_up(const struct region *r, const struct application *a);
/* Notes in the docket what is believed of application k. */
void screening_note(struct region *r, uint64_t k);

/* For linkage products: how much a bank would lend, `more` yuan whatever its sales, and the probability of default that it believes;
 * what applications are worth to it before any screening, yuan a year. */
double screening_size(const struct region *r, struct application *a, double more);
void screening_worths(const struct region *r, struct application *const *a, size_t n, double *worth);

/* First looks at all of a month's applications. */
void first_looks(const struct world *w, struct region *r);
#endif
