/* SPDX-License-Identifier: GPL-3.0-or-later */
/* unwritten - see include/liandong/unwritten.h.  What a variable is comes from the plan that files are written by. */
#include <liandong/plan.h>
#include <liandong/unwritten.h>
#include <string.h>

/* The records that were read last: figures are taken one after the other, each from all runs. */
enum { SLOTS = CHUNK_RUNS, NO_RUN = -1 };
struct slot {
    int64_t run;
    struct record_room room;
    struct packed record;
};
struct unwritten {
    struct plan plan;
    record_fn record;
    void *from;
    struct slot slot[SLOTS]; /* run r in slot r mod SLOTS */
};

static void describe(const struct variable *from, struct result_variable *to)
{
    const struct hdf_variable *h = &from->hdf;
    *to = (struct result_variable){.text = h->type == HDF_STRING,
                                   .real = h->type == HDF_FLOAT64,
                                   .reach = from->reach,
                                   .bytes = (int)hdf_type_size[h->type],
                                   .rank = h->rank,
                                   .width = 1};
    snprintf(to->name, sizeof to->name, "%s", h->name);
    snprintf(to->unit, sizeof to->unit, "%s", h->unit);
    snprintf(to->en, sizeof to->en, "%s", h->en);
    snprintf(to->zh, sizeof to->zh, "%s", h->zh);
    for (int a = 0; a < h->rank; a++) {
        snprintf(to->axis[a], sizeof to->axis[a], "%s", h->axis[a]->name);
        to->length[a] = h->axis[a]->length;
        to->width *= a > 0 ? h->axis[a]->length : 1;
    }
}

enum status result_of_records(struct result *r, const struct result_about *about, record_fn record, void *from,
                              struct diag *diag)
{
    struct unwritten *u = calloc(1, sizeof *u);
    *r = (struct result){.file = -1, .path = path_with("records", ""), .unwritten = u};
    if (u == NULL || r->path == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    u->record = record;
    u->from = from;
    TRY(plan_make(&u->plan, about, diag));
    r->variable = calloc(u->plan.n + 1, sizeof *r->variable);
    bool good = r->variable != NULL;
    for (int k = 0; k < SLOTS; k++) {
        struct slot *s = &u->slot[k];
        *s = (struct slot){
            .run = NO_RUN, .record = {.layout = about->layout, .months = u->plan.months}
        };
        s->record.at = calloc(about->layout->n + 1, sizeof *s->record.at);
        good = good && s->record.at != NULL;
    }
    if (!good)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    for (r->n = 0; r->n < u->plan.n; r->n++)
        describe(&u->plan.variable[r->n], &r->variable[r->n]);
    return OK;
}

static enum status find_record(struct unwritten *u, uint32_t run, const struct packed **found, struct diag *diag)
{
    struct slot *s = &u->slot[run % SLOTS];
    *found = &s->record;
    if (s->run == (int64_t)run)
        return OK;
    s->run = NO_RUN;
    TRY(u->record(u->from, run, &s->room, diag));
    s->record.bytes = s->room.bytes;
    if (!packed_open(&s->record, s->room.n))
        return diag_stop(diag, FAILED, "the record of run %u is damaged", (unsigned)run);
    s->run = run;
    return OK;
}

/* A number of a coordinate or a label. */
static union cell number(const struct variable *v, uint64_t k)
{
    switch (v->hdf.type) {
    case HDF_INT8:
        return (union cell){.i = ((const int8_t *)v->values)[k]};
    case HDF_INT16:
        return (union cell){.i = ((const int16_t *)v->values)[k]};
    case HDF_INT32:
        return (union cell){.i = ((const int32_t *)v->values)[k]};
    case HDF_INT64:
        return (union cell){.i = ((const int64_t *)v->values)[k]};
    case HDF_FLOAT64:
        return (union cell){.d = ((const double *)v->values)[k]};
    case HDF_STRING:
    case N_HDF_TYPES:
        break;
    }
    BUG_ON(true); /* texts are read as texts */
    return (union cell){.i = 0};
}

/* One run of one variable. */
static enum status read_run(struct unwritten *u, const struct variable *v, uint32_t run, union cell *to,
                            struct diag *diag)
{
    const struct packed *record;
    if (v->from == FROM_MEMORY) {
        *to = number(v, run);
        return OK;
    }
    TRY(find_record(u, run, &record, diag));
    if (v->from == FROM_CELLS)
        packed_cells(record, v->offset, v->width, 0, u->plan.months, to);
    else if (v->from == FROM_START)
        packed_start(record, &to->i);
    else
        to->i = packed_balanced(record);
    return OK;
}

enum status unwritten_read(struct unwritten *u, size_t k, uint64_t first, uint64_t n, union cell *cells,
                           struct diag *diag)
{
    const struct variable *v = &u->plan.variable[k];
    size_t width = 1;
    for (int a = 1; a < v->hdf.rank; a++)
        width *= v->hdf.axis[a]->length;
    for (uint64_t i = 0; i < n; i++)
        TRY(read_run(u, v, (uint32_t)(first + i), cells + i * width, diag));
    return OK;
}

enum status unwritten_texts(const struct unwritten *u, size_t k, char **text)
{
    const struct variable *v = &u->plan.variable[k];
    const char *const *from = v->values;
    for (uint64_t i = 0; i < v->hdf.axis[0]->length; i++)
        if ((text[i] = path_with(from[i], "")) == NULL)
            return NO_MEMORY;
    return OK;
}

int32_t unwritten_start(const struct unwritten *u)
{
    return u->plan.about->setup->world.start;
}

void unwritten_free(struct unwritten *u)
{
    if (u == NULL)
        return;
    for (int k = 0; k < SLOTS; k++) {
        free(u->slot[k].room.bytes);
        free(u->slot[k].record.at);
    }
    plan_free(&u->plan);
    free(u);
}
