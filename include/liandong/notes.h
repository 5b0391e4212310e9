/* SPDX-License-Identifier: GPL-3.0-or-later */
/* notes - what is no error in a scenario and yet hardly meant: an instrument that stands in no month of the run, or that lacks
 * what it cannot do without (needs.def); a parameter that is set and acts on nothing (instruments.def); dates that all lie
 * behind the end; a region in which nobody founds.  Only months that are measured count.  What a rule of monitoring may change
 * is left out, since nobody knows what it will. */
#ifndef LIANDONG_NOTES_H
#define LIANDONG_NOTES_H
#include <liandong/setup.h>

enum note_kind {
    NOTE_NEVER,     /* param: `enabled` of the instance */
    NOTE_LACKS,     /* param: `enabled`; needs: what is 0 whenever it stands */
    NOTE_UNPAID,    /* the same, of what it pays with */
    NOTE_ALONE,     /* param: `enabled`; needs: instruments of which none stands while it does */
    NOTE_ELSEWHERE, /* param: `enabled`; needs: the instrument, which stands in no other region */
    NOTE_OUTSIDE,   /* param: one that has dates, none before the end */
    NOTE_ACTS_NOT,  /* param: set, and without effect on its instrument */
    NOTE_EMPTY      /* a region without enterprises; param: enterprises.initial */
};
struct note {
    enum note_kind kind;
    int32_t region, param, instance; /* the first region of those with the same note */
    const char *needs;               /* "share|tiers", "guide_fund|stage_fund" */
    int32_t origin;                  /* index into setup.origin: what switched it on, set what is 0, or is dated */
};

/* All notes on a setup, by region, instance and parameter; the caller frees *list.  NO_MEMORY: *n is 0. */
enum status setup_notes(const struct setup *s, struct note **list, size_t *n) MUST_CHECK;
#endif
