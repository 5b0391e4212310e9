/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engine_alone - a program that holds nothing but the engine: no HDF5, no YAML, no OpenMP, not even libm.
 *
 * A small world lives two years; its money is added up at the end. */
#include <liandong/engine.h>

static const struct assignment assignments[] = {
    {.key = "start",                           .value = "2020-01", .date = NO_DATE, .at = {"here", 1, 1}},
    {.key = "months",                          .value = "24",      .date = NO_DATE, .at = {"here", 2, 1}},
    {.key = "burn_in",                         .value = "24",      .date = NO_DATE, .at = {"here", 3, 1}},
    {.key = "regions.here.founders.per_month", .value = "20",      .date = NO_DATE, .at = {"here", 4, 1}},
};

static int64_t money_in_all(const struct world *w)
{
    int64_t balances[N_ACCOUNTS], sum = 0;
    world_balances(w, balances);
    for (int k = 0; k < N_ACCOUNTS; k++)
        sum += balances[k];
    return sum;
}

static enum status live(struct world *w, const struct setup *setup, struct diag *diag)
{
    for (int32_t month = 0; month < setup->world.burn_in + setup->world.months; month++)
        TRY(world_step(w, diag));
    printf("engine alone: %lld enterprises, money in all %lld fen\n", (long long)world_alive(w, 0),
           (long long)money_in_all(w));
    return world_alive(w, 0) > 0 && money_in_all(w) == 0 ? OK : VERDICT_BAD;
}

int main(void)
{
    struct diag diag;
    struct setup setup;
    struct world w;
    diag_init(&diag);
    enum status status = setup_build(&setup, assignments, sizeof assignments / sizeof assignments[0], &diag);
    if (status == OK) {
        status = world_init(&w, &setup, 1, 0, 1, &diag);
        if (status == OK) {
            status = live(&w, &setup, &diag);
            world_free(&w);
        }
        setup_free(&setup);
    }
    diag_print(&diag, stderr);
    diag_free(&diag);
    return (int)status;
}
