/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engine - the whole engine in ten calls.  It knows no file, no HDF5, no YAML and no exit().
 *
 *     struct world w;
 *     TRY(world_init(&w, &setup, seed, run, threads, diag));
 *     while (...)
 *         TRY(world_step(&w, diag));          one month; VERDICT_BAD names phase, region and tile of a lost fen
 *     world_free(&w);
 */
#ifndef LIANDONG_ENGINE_H
#define LIANDONG_ENGINE_H
#include <liandong/diag.h>
#include <liandong/measure.h>
#include <liandong/world.h>

/* A world at setup->world.start - burn_in (with `initial: empty`: at start), before its first month.  setup must outlive it. */
enum status world_init(struct world *w, const struct setup *setup, uint32_t seed, uint32_t run, int threads,
                       struct diag *diag) MUST_CHECK;
void world_free(struct world *w);

/* Simulates the next month.  With w->layout set, w->record then holds the month's record (layout->n cells, owned by w). */
enum status world_step(struct world *w, struct diag *diag) MUST_CHECK;

/* A copy that goes on by itself. */
enum status world_copy(struct world *to, const struct world *from, struct diag *diag) MUST_CHECK;

/* From here on records are made by this layout (which must outlive the world). */
enum status world_measure(struct world *w, const struct record_layout *layout, struct diag *diag) MUST_CHECK;

/* Balances of all accounts now: [region][account], fen. */
void world_balances(const struct world *w, int64_t *balances);

/* Living enterprises of a region (registered or not). */
int64_t world_alive(const struct world *w, int32_t region);

/* The state as bytes: `put` is called with consecutive pieces; `get` fills pieces in the same order.  A non-OK return stops.
 * world_get expects a world made by world_init with the same setup up to this month, seed and run. */
typedef enum status (*world_put_fn)(void *to, const void *bytes, size_t n);
typedef enum status (*world_get_fn)(void *from, void *bytes, size_t n);
enum status world_put(const struct world *w, world_put_fn put, void *to) MUST_CHECK;
enum status world_get(struct world *w, world_get_fn get, void *from, struct diag *diag) MUST_CHECK;

/* What an enterprise looks like in the panel: called for each living enterprise of a region whose identity hash falls below
 * `share` (0.1 is part of 0.2), in order of rows.  Columns by enterprise.def. */
typedef void (*panel_fn)(void *to, const struct world *w, const struct region *r, uint32_t row);
void world_panel(const struct world *w, double share, panel_fn put, void *to);
#endif
