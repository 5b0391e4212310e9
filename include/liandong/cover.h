/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cover - what files about claims on covers need of each other. */
#ifndef LIANDONG_COVER_H
#define LIANDONG_COVER_H
#include <liandong/world.h>

/* The month's filings become claims. */
enum status claims_file(struct world *w, struct region *r) MUST_CHECK;
#endif
