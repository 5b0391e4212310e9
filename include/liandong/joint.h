/* SPDX-License-Identifier: GPL-3.0-or-later */
/* joint - several figures of many worlds against a reported region, all at once.
 *
 * Each figure may be reported, yet not all of them together.  The reported region is a box, one interval for each figure.  With m
 * the mean and S the covariance of the worlds, the distance is that of Mahalanobis to the nearest point y of the box,
 *   D^2 = min (y - m)' S^-1 (y - m),
 * and n (n - p) / (p (n^2 - 1)) D^2 of a further world (the whole box one point) follows F(p, n - p): Hotelling's prediction region
 * for n worlds and p figures, exact for normal figures.  So worlds that scatter widely, or are few, fit anything: n is to be told.
 * A figure alone is told to carry the distance by what is left without it. */
#ifndef LIANDONG_JOINT_H
#define LIANDONG_JOINT_H
#include <stdint.h>

enum { MAX_JOINT = 16 };

/* What hinders a verdict: no more worlds than figures; figures that follow from one another, or that do not vary. */
enum joint_state { JOINT_JUDGED, JOINT_FEW, JOINT_DEPENDENT };

struct joint {
    enum joint_state state;
    int32_t worlds, figures;
    double distance, limit, p; /* in sd of the worlds; what one further world in twenty passes; chance of D or more */
    double without[MAX_JOINT]; /* distance of the others without this figure */
    /* What worlds show of this figure where the others are as reported, by regression; NAN: they never are (beyond the limit),
     * so that worlds tell nothing of it. */
    double given[MAX_JOINT];
    int32_t carries; /* the figure without which the rest is nearest */
};

/* value[world][figure]; low and high may be infinite. */
void joint_of(const double *value, int32_t worlds, int32_t figures, const double *low, const double *high,
              struct joint *joint);
#endif
