/* SPDX-License-Identifier: GPL-3.0-or-later */
/* leases - equipment that a lessor has bought for an enterprise and owns until the last instalment (instrument 29). */
#ifndef LIANDONG_LEASES_H
#define LIANDONG_LEASES_H
#include <liandong/money.h>
#include <liandong/table.h>
#include <stddef.h>
#include <stdint.h>

/* In order of rows; an enterprise has one at a time. */
struct lease {
    uint32_t row;
    int32_t begun;   /* month */
    int32_t term;    /* months; equal parts of principal */
    int32_t overdue; /* months in a row in which not all was paid */
    uint16_t instance, unused;
    uint32_t unused_too;
    money principal, owed;
    double cost; /* of the equipment, yuan */
    double with,
        without; /* yuan of sales a year of the lessee on the day it was bought: with it, and if it were not there */
    double rate; /* implicit, a year */
    double guaranteed; /* share of what the lessor misses after the equipment is sold; 0: nobody guarantees */
    double fee;        /* for that, a year, per yuan guaranteed */
};
LIST_OF_ROWS(lease);
struct leases {
    size_t n, capacity;
    struct lease *row;
    size_t fresh; /* behind the n: signed in this phase, and not yet in order */
};

/* A leasing or factoring company (融资租赁公司, 保理公司) behind a policy instance: money of its own, and what its own leases or
 * bills have taught it. */
struct finance_company {
    money cash, planned;
    double months, defaults; /* lease-months (bill-months) and defaults, with the memory of beliefs */
    double asked, offered;   /* applications, and of them those that it would sign, with the memory of news */
    double rates;            /* sum over the latter of the rate with the fee, a year, with the same */
};

/* Who wants a lease for the opportunity at hand, as a local phase proposes it. */
struct lease_ask {
    uint32_t row;
    uint16_t region, instance;
    float weighted, precision; /* what its statements tell of quality */
    float reservation;         /* rate in all above which it does not sign */
};
#endif
