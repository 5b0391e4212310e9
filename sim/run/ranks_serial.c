/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ranks - of a build without MPI: there is one; see include/liandong/ranks.h. */
#include <liandong/ranks.h>

bool ranks_begin(bool shared)
{
    (void)shared;
    return true;
}

int32_t ranks_count(void)
{
    return 1;
}

int32_t ranks_mine(void)
{
    return 0;
}

enum status ranks_agree(enum status mine, struct diag *diag)
{
    (void)diag;
    return mine;
}

void ranks_share(void *bytes, size_t n)
{
    (void)bytes;
    (void)n;
}

void ranks_serve(const struct ranks_desk *desk)
{
    (void)desk;
}

bool ranks_ask(uint32_t *run)
{
    (void)run;
    return false;
}

void ranks_hand_in(uint32_t run, const struct journal_piece part[N_PARTS])
{
    (void)run;
    (void)part;
}

void ranks_leave(enum status status, struct diag *diag)
{
    (void)status;
    (void)diag;
}
