/* SPDX-License-Identifier: GPL-3.0-or-later */
/* team - shares of tiles are taken by whoever is free, and nobody can tell by whom. */
#include <criterion/criterion.h>
#include <liandong/team.h>
#include <stdlib.h>
#include <time.h>

enum { THREADS = 3, MEMBERS = THREADS * SHARES_A_THREAD, TASKS = 1000 };

struct teamwork {
    struct team team;
    struct hand hand[THREADS];
    struct member member[MEMBERS];
    uint32_t counted[THREADS], unwritten[THREADS]; /* tasks; of them those that found no room to say so */
};

static void take_task(void *context, size_t task, int32_t member)
{
    struct teamwork *w = context;
    struct member *m = &w->member[member];
    size_t *told = outbox_push(&m->box[BOX_DUE]);
    ptrdiff_t thread = m->hand - w->hand;
    if (told != NULL)
        *told = task;
    w->unwritten[thread] += told == NULL;
    w->counted[thread]++;
    if (task % 97 == 0)
        nanosleep(&(struct timespec){.tv_nsec = 300000}, NULL); /* so that threads overtake each other */
}

static struct teamwork *begin(void)
{
    struct teamwork *w = calloc(1, sizeof *w);
    cr_assert_not_null(w);
    w->team = (struct team){.n = THREADS, .hand = w->hand, .member = w->member};
    for (int32_t m = 0; m < MEMBERS; m++)
        w->member[m].box[BOX_DUE].size = sizeof(size_t);
    return w;
}

static void end(struct teamwork *w)
{
    for (int32_t m = 0; m < MEMBERS; m++)
        free(w->member[m].box[BOX_DUE].bytes);
    free(w);
}

Test(team, outboxes_read_one_after_the_other_hold_tasks_in_their_order_whoever_took_them)
{
    struct teamwork *w = begin();
    size_t next = 0;
    uint32_t counted = 0;
    for (int32_t m = 0; m < MEMBERS; m++) { /* shares of all sizes, some of nothing */
        w->member[m].from = next;
        next = m + 1 < MEMBERS ? next + (size_t)(TASKS - (int)next) / 5 * (size_t)(m % 3) / 2 : TASKS;
        w->member[m].to = next;
    }
    team_run_shares(&w->team, THREADS, take_task, w);
    next = 0;
    for (int32_t m = 0; m < team_members(&w->team); m++) {
        const struct outbox *box = &w->member[m].box[BOX_DUE];
        for (size_t k = 0; k < box->n; k++)
            cr_expect_eq(*OUTBOX(box, size_t, k), next++);
    }
    for (int32_t t = 0; t < THREADS; t++) {
        counted += w->counted[t];
        cr_expect_eq(w->unwritten[t], 0);
        cr_expect_eq(w->member[t].hand, &w->hand[t], "afterwards the first members are those of the threads");
    }
    cr_expect_eq(next, TASKS);
    cr_expect_eq(counted, TASKS);
    end(w);
}

/* Writes so many into a box; returns for how many it has taken room by the first of them. */
static size_t room_at_first(struct outbox *box, size_t n)
{
    cr_assert_not_null(outbox_push(box));
    size_t first = box->capacity;
    for (size_t k = 1; k < n; k++)
        cr_assert_not_null(outbox_push(box));
    return first;
}

Test(team, an_outbox_takes_at_once_what_it_held_in_the_last_such_time)
{
    struct outbox box = {.size = sizeof(size_t)};
    room_at_first(&box, 1000);
    outbox_reset(&box); /* a month that needs less says nothing of the others */
    room_at_first(&box, 400);
    outbox_empty(&box, false, true);
    room_at_first(&box, 5000);
    outbox_empty(&box, true, false);
    cr_expect_null(box.bytes);
    size_t usual = room_at_first(&box, 1000);
    cr_expect(usual >= 1000 && usual < 1100, "%zu after a January", usual);
    outbox_empty(&box, false, true);
    size_t january = room_at_first(&box, 5000);
    cr_expect(january >= 5000 && january < 5500, "%zu in January", january);
    free(box.bytes);
}
