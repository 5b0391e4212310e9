/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quoting - what banks would ask of many applications, priced together (mechanisms M5, M7). */
#ifndef LIANDONG_QUOTING_H
#define LIANDONG_QUOTING_H
#include <liandong/credit.h>

/* An application as it is to be priced: at this probability of default, under these n ways; option[0] must be the one without
 * cover. */
struct quest {
    const struct application *a;
    double pd;
    const struct lending *option;
    int32_t n;
};

/* The best way to lend to each of them (best_offer). */
void best_offers(const struct region *r, const struct quest *quest, size_t n, struct offer *offer);
#endif
