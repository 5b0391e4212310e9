/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ranks - processes of one job (MPI) that take runs from the first of them and hand them in there.
 *
 * Rank 0 has the journal and writes the files; the others have neither, so that they need no common disk, and a killed job can
 * be taken up by any number of ranks or by a program without MPI.  A build has ranks_serial.c or, with MPI=1, ranks_mpi.c, the
 * one file that knows MPI.  All ranks live through the same commands: what is marked COLLECTIVE is called by all of them, in the
 * same order, by one thread.  Which rank makes a run shows in no byte of it. */
#ifndef LIANDONG_RANKS_H
#define LIANDONG_RANKS_H
#include <liandong/journal.h>

/* Once, before anything else.  shared: the command deals runs to ranks; another is done by rank 0 alone.  False: this process has
 * nothing to do. */
bool ranks_begin(bool shared);

/* 1 and 0 where there are no ranks. */
int32_t ranks_count(void);
int32_t ranks_mine(void);

/* COLLECTIVE.  The worst of what they bring, for all; what the first of the worst has to say is moved to rank 0. */
enum status ranks_agree(enum status mine, struct diag *diag) MUST_CHECK;

/* COLLECTIVE.  The bytes of rank 0, for all. */
void ranks_share(void *bytes, size_t n);

/* What rank 0 does for the others; called by one thread. */
struct ranks_desk {
    bool (*deal)(void *to, uint32_t *run); /* the next run; false: there are no more */
    void (*take)(void *to, uint32_t run, const struct journal_piece part[N_PARTS]);
    void (*fail)(void *to, enum status status, struct diag *diag);
    void *to;
};

/* Rank 0: until every other rank has left. */
void ranks_serve(const struct ranks_desk *desk);

/* The others, never two threads at once: ask for a run; hand one in; leave, with what went wrong. */
bool ranks_ask(uint32_t *run);
void ranks_hand_in(uint32_t run, const struct journal_piece part[N_PARTS]);
void ranks_leave(enum status status, struct diag *diag);
#endif
