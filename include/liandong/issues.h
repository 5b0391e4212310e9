/* SPDX-License-Identifier: GPL-3.0-or-later */
/* issues - bonds and notes of enterprises that are issued together, and what their investors have learnt (instruments 23-27, 44,
 * 60).  A bond is what one enterprise owes; an issue collects bonds, is sold in tranches, and pays them out of what they bring. */
#ifndef LIANDONG_ISSUES_H
#define LIANDONG_ISSUES_H
#include <liandong/money.h>
#include <liandong/table.h>
#include <stddef.h>
#include <stdint.h>

/* FULL: the next application goes to another issue. */
enum issue_state { ISSUE_COLLECTS, ISSUE_FULL, ISSUE_PREPARED, ISSUE_SOLD };
/* Who holds the junior tranche: the policy body behind the instance, or the issuers themselves, who get that much less. */
enum junior_holder { JUNIOR_BODY, JUNIOR_ISSUERS };

/* What one enterprise owes, or has applied for.  In order of rows, then of issues. */
struct bond {
    uint32_t row, issue; /* number of its issue */
    int32_t defaulted;   /* month; 0: not */
    int32_t late;        /* month since when it has not paid all that was due; 0: it has */
    uint16_t instance;
    uint8_t sold, overstated;  /* the documents said more than is true */
    uint32_t liable;           /* others are liable for its papers */
    money asked;               /* what it was issued for; of one in default, what it owed then */
    money principal, coupon;   /* owed; coupon that was missed */
    money coupon_year;         /* paid since January */
    float weighted, precision; /* what its documents tell of quality */
    float expected, pd;        /* as investors saw it when they bought */
    float reservation;         /* rate above which it stays out of the issue */
    float appraised;           /* patents pledged, yuan; 0: none */
};
LIST_OF_ROWS(bond);
struct bonds {
    size_t n, capacity;
    struct bond *row;
};

/* In order of numbers. */
struct issue {
    uint32_t number;
    uint16_t instance;
    uint8_t state, holder; /* enum issue_state, enum junior_holder */
    int32_t opened, ready; /* months: its first application; its papers are reviewed */
    int32_t sold, matures;
    int32_t members, defaults;
    int32_t guarantor, unused; /* number of the bearer of cover that guarantees it; -1: the body behind it */
    int32_t every, amortises;  /* months between payments; whether they repay principal */
    money principal;           /* of its members when it was sold */
    money senior, junior;      /* principal owed to the holders of the tranches */
    money coupon;              /* that senior holders should have had */
    money account;             /* with its trustee */
    money by_body, by_fund;    /* paid for it by the body behind it and by a repayment fund, not got back */
    double rate, yield;        /* of its members; of the senior tranche; a year */
    double cross, guaranteed, guarantee_fee;
    double funded;         /* part of it whose issuers repayment funds admit */
    double penalty, finds; /* of a loss, what whoever misstated pays; how often that is found */
};
struct issues {
    size_t n, capacity;
    struct issue *row;
    uint64_t next_number;
};
/* Place of issue `first` + k in their list, UINT32_MAX: it has left it; made anew each month, not there before the first. */
struct issue_places {
    size_t n, capacity;
    uint32_t *row;
    uint32_t first;
};

/* What is asked of the bonds of a tile, beside their lists, since few are read in a month: where rows begin, of each bond the place of
 * its issue (that behind the last: it has left it), and of each issue when its bonds ask anything.  No state: made anew by whoever
 * changes the lists. */
struct bond_places {
    size_t n, capacity;
    uint32_t *row; /* [bond] with BOND_WATCHED: it is late, in default, or backed by patents */
    struct starts starts;
    struct issue_dates {
        size_t n, capacity;
        struct issue_date {
            int32_t matures; /* month in which all is to be repaid at once, NEVER: it is not */
            uint32_t asks;   /* bit month % 32: something falls due then; for so many months from when it was made */
        } * row;
    } dates;
};
#define BOND_WATCHED UINT32_C(0x80000000)
enum { NEVER = INT32_MAX / 2, DATES_AHEAD = 4 };
/* The kth of the list is this one, and its issue stands at that place. */
static inline void bond_stands(struct bond_places *p, size_t k, const struct bond *q, uint32_t issue)
{
    bool watched = q->late != 0 || q->defaulted != 0 || q->appraised > 0.0f;
    p->starts.of[k] = q->row;
    p->row[k] = issue | (watched ? BOND_WATCHED : 0);
}

/* A policy body with money of its own behind the issues of an instance: it guarantees, keeps junior tranches, repays. */
struct body {
    money cash, planned;
    money bound;        /* guaranteed */
    double asked, paid; /* calls on it, yuan */
};

/* What everybody has seen of the bonds of a region, with memory. */
struct bond_record {
    double asked, sold; /* applications, and of them issued */
    double rate, wait;  /* what issuers paid in all, a year; months from application to money */
    double months, defaults, quality, square, defaults_quality; /* bond-months, as a bank remembers its loans */
    double lost, lost_of;                                       /* yuan wound up */
    double year_bonds, year_expected, year_defaults;            /* since January */
    double excess, pairs; /* of yearly defaults over what independent ones would scatter; what it is measured by */
    /* this month: */
    int64_t issues, dissolved, issuers, left, bad;
    money issued, senior_lost, junior_lost;
};
#endif
