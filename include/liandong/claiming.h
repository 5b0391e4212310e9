/* SPDX-License-Identifier: GPL-3.0-or-later */
/* claiming - claims on budget lines, and their payment, between the frame of instruments (policies) and its claims. */
#ifndef LIANDONG_CLAIMING_H
#define LIANDONG_CLAIMING_H
#include <liandong/instrument.h>

/* What leaves a budget line; the caller has checked that the money is there. */
void line_pays(struct region *r, int32_t k, enum flow flow, money amount);
/* Claims of a month enter the list; those that are due are paid. */
enum status dues_take(const struct world *w, struct region *r) MUST_CHECK;
enum status dues_pay(const struct world *w, struct region *r) MUST_CHECK;
#endif
