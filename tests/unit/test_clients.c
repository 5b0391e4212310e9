/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A guarantor's limit of one client: what the client has already is found without a search of the whole book. */
#include "lab.h"
#include <criterion/criterion.h>
#include <liandong/credit.h>
#include <liandong/instrument.h>

static const struct bearer *guarantor_of(const struct region *r)
{
    return &r->bearer[r->line[lab_line(r, GROUP_guarantee)].bearer];
}

/* What a client's other loans leave of its limit, found where they were noted to lie and by a search of the whole book. */
static void search_both_ways(struct world *w, void *context)
{
    int64_t *borne = context;
    struct region *r = w->region;
    struct scratch *scratch = calloc(1, sizeof *scratch);
    cr_assert_not_null(scratch);
    int32_t bearer = (int32_t)(guarantor_of(r) - r->bearer);
    money most = money_scale(bearer_net_worth(guarantor_of(r)), 0.1);
    for (uint32_t lo = 0, nth = 0; lo < r->enterprises.n; lo += TILE, nth++) {
        uint32_t hi = lo + TILE < r->enterprises.n ? lo + TILE : (uint32_t)r->enterprises.n;
        struct rows t = {
            .w = w, .r = r, .e = &r->enterprises, .l = &r->loans, .s = scratch, .lo = lo, .hi = hi, .nth = nth};
        clients_note(&t);
        for (uint32_t i = lo; i < hi; i++) {
            bool borrowed = (r->enterprises.flags[i] & HAS_BORROWED) != 0;
            struct application noted = {.row = i,
                                        .blocks = scratch->blocks[i - lo],
                                        .first = scratch->first[i - lo],
                                        .debt = r->enterprises.debt[i],
                                        .flags = borrowed ? 0 : APPLY_FIRST};
            struct application all = {.row = i, .blocks = UINT32_MAX, .first = NO_LOAN, .debt = FEN(1)};
            int64_t left = bearer_client_room(r, bearer, &noted, 0.1).fen;
            cr_expect_eq(left, bearer_client_room(r, bearer, &all, 0.1).fen, "row %u", i);
            borne[0] += left < most.fen;
            borne[1] += left < most.fen && (noted.blocks & (noted.blocks - 1)) != 0;
        }
    }
    free(scratch);
}

Test(guarantors, find_all_that_a_client_has_where_it_was_noted)
{
    static const struct lab_value values[] = {
        {"enabled",      "true"     },
        {"capital",      "1 亿"    },
        {"share",        "0.6"      },
        {"rate_ceiling", "0.06"     },
        {"enrolment",    "portfolio"},
        {"erosion",      "10"       },
        {"payout_max",   "1"        },
        {NULL,           NULL       }
    };
    for (int every = 0; every <= 6; every += 6) { /* never compacted: more blocks than bits */
        struct lab lab;
        struct lab_run run;
        int64_t borne[2] = {0};
        lab_town(&lab);
        lab_values(&lab, "guarantee", values);
        lab_go(&run, &lab,
               (struct lab_options){.months = 24, .compact_every = every, .hook = search_both_ways, .context = borne});
        lab_end(&run);
        cr_expect(borne[0] > 500 && borne[1] > 50, "%lld clients, %lld in several blocks", (long long)borne[0],
                  (long long)borne[1]);
    }
}
