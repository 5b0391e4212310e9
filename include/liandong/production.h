/* SPDX-License-Identifier: GPL-3.0-or-later */
/* production - what production.c and innovation.c share of an enterprise's own month: its columns of scratch. */
#ifndef LIANDONG_PRODUCTION_H
#define LIANDONG_PRODUCTION_H
#include <liandong/month.h>

/* SELLS: has a product and lives. */
enum { SHOCK, U_PATENTS, U_CHANCE, GAIN, NEED, SALES, STAFF, LIVE, PRODUCT, SELLS, DRIFT, LEVEL, SPREAD, INTENSITY };

/* A shock's scale lies below 1, where the mean of a Laplace year is finite. */
static const double WIDEST = 0.95;

/* Those without a product may get one, and on anniversaries the shocks of the others are looked at; opportunities arrive; patents are
 * granted.  In this order, each after technology and growth, before staff is paid. */
void products_come(const struct rows *t);
void chances_come(const struct rows *t);
void patents_come(const struct rows *t);
#endif
