/* SPDX-License-Identifier: GPL-3.0-or-later */
/* switched - which policy instances a variant switches on, or sets otherwise, against its base, from the start on. */
#ifndef LIANDONG_SWITCHED_H
#define LIANDONG_SWITCHED_H
#include <liandong/setup.h>

enum { SWITCHED_MOST = 1024 };
struct switched {
    int32_t region, instance;
    enum group group;
    bool in_base; /* stands there, too, with other values */
};

/* Instances that stand in the variant in some month from its start on, and not so in the base; of one instrument, or of all
 * (N_GROUPS).  Returns how many there are; what is beyond SWITCHED_MOST is left out. */
size_t switched_list(const struct setup *base, const struct setup *variant, enum group group,
                     struct switched list[SWITCHED_MOST]);

/* Does the instance stand in some month from the start on? */
bool switched_stands(const struct setup *s, int32_t region, enum group g, int32_t instance);

/* The place of an instance among the lines of a region. */
int32_t switched_line(const struct setup *setup, const struct switched *s);

/* Do base and variant agree from the start on in everything but their policies? */
bool switched_only(const struct setup *base, const struct setup *variant);
#endif
