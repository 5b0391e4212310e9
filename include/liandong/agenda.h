/* SPDX-License-Identifier: GPL-3.0-or-later */
/* agenda - which instruments review, serve and owe whom in a month. */
#ifndef LIANDONG_AGENDA_H
#define LIANDONG_AGENDA_H
#include <liandong/enterprises.h>
#include <liandong/params.h>

enum { MEMBER_WORDS = (MAX_LINES + MEMBER_BITS - 1) / MEMBER_BITS };

/* An instrument in force, or one that ends this month, as a tile sees it. */
struct standing {
    const struct instrument *in;
    int32_t k;
    bool enabled, serves; /* this month, those who take part */
};
/* Of a word of instances, those that are reviewed .. */
struct reviewed {
    member_word at_all; /* at a registration, a move of stage .. */
    member_word places; /* at founding */
    member_word by_all; /* each January, and when they start or end */
    member_word room;   /* for who is no member yet, before the month's places are dealt */
    member_word shut;   /* not open to each that is eligible */
    member_word dealt;  /* places of a year or a quarter .. */
    member_word anew;   /* .. for which all ask again */
    member_word kept;   /* whoever has one keeps it */
    member_word first;  /* settled before others are asked */
};
struct agenda {
    int32_t region; /* of which it is, plus 1; 0: of none yet this month */
    int32_t n;
    bool some, each; /* everybody is reviewed, of some instance; of each */
    struct standing standing[MAX_LINES];
    struct reviewed reviewed[MEMBER_WORDS];
    member_word claims[MEMBER_WORDS]; /* of which members claim this month */
};

#endif
