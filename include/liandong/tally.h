/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tally - what one thread has seen of one region this month: integers, so totals need no order. */
#ifndef LIANDONG_TALLY_H
#define LIANDONG_TALLY_H
#include <liandong/agents.h>
#include <liandong/ledger.h>
#include <liandong/params.h>

enum { N_CELLS = N_STAGES * MAX_SECTORS };
enum item {
#define ITEM(name, unit, en) ITEM_##name,
#include <liandong/items.def>
#undef ITEM
    N_ITEMS
};
enum bank_item {
#define BANK_ITEM(name, en) BANK_ITEM_##name,
#define COVER_ITEM(name, en)
#include <liandong/bank_items.def>
#undef BANK_ITEM
#undef COVER_ITEM
    N_BANK_ITEMS
};
enum cover_item {
#define BANK_ITEM(name, en)
#define COVER_ITEM(name, en) COVER_ITEM_##name,
#include <liandong/bank_items.def>
#undef BANK_ITEM
#undef COVER_ITEM
    N_COVER_ITEMS
};
enum class_item {
#define CLASS_ITEM(name, en) CLASS_ITEM_##name,
#define VINTAGE_ITEM(name, en)
#include <liandong/class_items.def>
#undef CLASS_ITEM
#undef VINTAGE_ITEM
    N_CLASS_ITEMS
};
enum vintage_item {
#define CLASS_ITEM(name, en)
#define VINTAGE_ITEM(name, en) VINTAGE_ITEM_##name,
#include <liandong/class_items.def>
#undef CLASS_ITEM
#undef VINTAGE_ITEM
    N_VINTAGE_ITEMS
};
/* Facilities up to 1, 5, 15, 30 m and above, as the rules of pools have them; years of grant: before `start`, the first year
 * that is measured, ... */
enum { N_TIERS = 5, MAX_VINTAGES = 48 };
static inline int32_t size_class(money limit)
{
    static const int64_t most[N_TIERS - 1] = {100000000, 500000000, 1500000000, 3000000000};
    int32_t k = 0;
    while (k < N_TIERS - 1 && limit.fen > most[k])
        k++;
    return k;
}
enum { N_PRODUCT_ITEMS = 8, N_AGES = 12, MAX_PRODUCTS = 2 };

struct tally {
    int64_t flow[N_FLOWS];
    int64_t item[N_CELLS][N_ITEMS];
    int64_t deaths_by_age[N_AGES]; /* years of age; quitters apart */
    int64_t alive_by_age[N_AGES];
    int64_t covered[N_TIERS][MAX_PRODUCTS][N_CLASS_ITEMS];
    int64_t vintage[MAX_VINTAGES][N_VINTAGE_ITEMS];
    int64_t members[MAX_LINES];      /* living members of each policy instance */
    int64_t reached[MAX_LINES];      /* enterprises paid by its budget line this month */
    int64_t purse[MAX_LINES];        /* fen that local phases paid to the agent behind an instance, not yet his */
    int64_t (*bank)[N_BANK_ITEMS];   /* [bank] */
    int64_t (*cover)[N_COVER_ITEMS]; /* [bank * n_bearers + bearer] */
    int32_t (*belief)[2];            /* [bank * N_BELIEFS + cell]: defaults, loan-months */
    bool learned;                    /* some of them have been counted since it was folded */
};
#endif
