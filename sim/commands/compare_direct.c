/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Direct effects: a sample of the enterprises that a variant reaches, each admitted alone; see include/liandong/compare_task.h. */
#include <liandong/compare_task.h>
#include <liandong/direct.h>
#include <liandong/results.h>
#include <string.h>

enum { BLOCK = 4096 };

/* The market of one enterprise alone is the base's only where the variant switches policies on, and does nothing else. */
enum status direct_check(const struct compare_task *t, struct diag *diag)
{
    static struct switched list[SWITCHED_MOST]; /* too large for the stack; commands have one thread */
    const struct setup *base = &t->scenario[0].setup;
    for (size_t v = 1; v < t->n_worlds; v++) {
        const struct setup *s = &t->scenario[v].setup;
        size_t n = switched_list(base, s, N_GROUPS, list);
        bool only = n > 0 && switched_only(base, s);
        for (size_t k = 0; k < n; k++)
            only = only && !list[k].in_base;
        if (!only || switched_list(s, base, N_GROUPS, list) > 0)
            return diag_stop(diag, FAILED,
                             "--direct: %s must switch on policies that do not stand in %s, and differ in nothing else",
                             t->name[v], t->name[0]);
        const char *steers = task_steers(t, v, N_GROUPS);
        if (steers != NULL)
            return diag_stop(diag, FAILED, "--direct: %s switches %s, which acts on banks whomever it admits",
                             t->name[v], steers);
    }
    return OK;
}

/* -- the file ---------------------------------------------------------------------------------------------------------------- */
struct rows {
    const struct result *r;
    const struct result_variable *v[DIRECT_COLUMNS];
    union cell cell[DIRECT_COLUMNS][BLOCK];
};

/* Where direct_columns has them; what follows is one column for each of the three worlds. */
enum {
    RUN,
    VARIANT,
    HORIZON,
    ORIGIN,
    INDEX,
    ALIVE,
    CREDIT = ALIVE + N_DIRECT_WORLDS,
    PATENTS = CREDIT + N_DIRECT_WORLDS,
    BOARD = PATENTS + N_DIRECT_WORLDS
};

/* A row of one horizon; the rows of an enterprise lie behind one another, the first horizon first. */
static enum status take_row(struct compare_task *t, const int64_t row[DIRECT_COLUMNS], struct diag *diag)
{
    int h = 0;
    while (h < FATE_HORIZONS && t->horizon[h] != row[HORIZON])
        h++;
    bool ours = h < FATE_HORIZONS && row[VARIANT] >= 0 && row[VARIANT] + 1 < (int64_t)t->n_worlds && row[RUN] >= 0 &&
                row[RUN] < t->o->runs && (h == 0 || t->n_sample > 0);
    if (!ours)
        return diag_stop(diag, IO_ERROR, "%s: is damaged: a row belongs nowhere", t->direct);
    if (h == 0)
        t->sample[t->n_sample++] = (struct direct_sample){
            .variant = (size_t)row[VARIANT] + 1,
            .run = (uint32_t)row[RUN],
            .who = {(uint64_t)row[ORIGIN], (uint32_t)row[INDEX]}
        };
    for (int w = 0; w < N_DIRECT_WORLDS; w++)
        t->sample[t->n_sample - 1].in[w][h] = (struct fate_state){.alive = row[ALIVE + w] != 0,
                                                                  .board = (uint8_t)row[BOARD + w],
                                                                  .patents = (uint16_t)row[PATENTS + w],
                                                                  .credit = row[CREDIT + w]};
    return OK;
}

static enum status read_rows(struct compare_task *t, struct rows *rows, const struct result *r, struct diag *diag)
{
    rows->r = r;
    for (int k = 0; k < DIRECT_COLUMNS; k++) {
        TRY(result_need(r, direct_columns[k].name, &rows->v[k], diag));
        if (rows->v[k]->rank != 1 || rows->v[k]->text || rows->v[k]->length[0] != rows->v[0]->length[0])
            return diag_stop(diag, IO_ERROR, "%s: is damaged: %s does not fit its axes", r->path,
                             direct_columns[k].name);
    }
    uint64_t n = rows->v[0]->length[0];
    t->sample = calloc(n + 1, sizeof *t->sample);
    if (t->sample == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    for (uint64_t first = 0; first < n; first += BLOCK) {
        uint64_t some = n - first < BLOCK ? n - first : BLOCK;
        for (int k = 0; k < DIRECT_COLUMNS; k++)
            TRY(result_read(r, rows->v[k], first, some, rows->cell[k], diag));
        for (uint64_t i = 0; i < some; i++) {
            int64_t row[DIRECT_COLUMNS];
            for (int k = 0; k < DIRECT_COLUMNS; k++)
                row[k] = rows->cell[k][i].i;
            TRY(take_row(t, row, diag));
        }
    }
    return OK;
}

enum status direct_read(struct compare_task *t, struct diag *diag)
{
    struct result r;
    struct rows *rows = calloc(1, sizeof *rows);
    if (rows == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    enum status status = result_open(&r, t->direct, diag);
    if (status == OK) {
        status = read_rows(t, rows, &r, diag);
        result_close(&r);
    }
    free(rows);
    return status;
}
