/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sample - see include/liandong/sample.h.  A row depends on identities and months only, never on places in a table. */
#include <liandong/engine.h>
#include <liandong/sample.h>
#include <string.h>

void sample_free(struct sample *sample)
{
    free(sample->cell);
    *sample = (struct sample){0};
}

void sample_add(struct sample *to, int64_t value)
{
    if (to->n == to->capacity) {
        size_t more = 2 * to->capacity + 4096;
        union cell *grown = realloc(to->cell, more * sizeof *grown);
        if (grown == NULL) {
            to->no_memory = true;
            return;
        }
        to->cell = grown;
        to->capacity = more;
    }
    to->cell[to->n++].i = value;
}

static void add_real(struct sample *to, double value)
{
    union cell cell = {.d = value};
    sample_add(to, cell.i);
}

static int64_t month_number(int32_t month)
{
    return (int64_t)(month / 12) * 100 + month % 12 + 1;
}

/* -- the panel ---------------------------------------------------------------------------------------------- */
static const struct sample_column where_columns[] = {
    COLUMN_RUN,
    {"region", "1",      SAMPLE_INT32, NAMES_REGION, "region",                                                 "区域"      },
    {"month",  "YYYYMM", SAMPLE_INT32, NAMES_NONE,   "month",                                                  "月份"      },
    {"origin", "1",      SAMPLE_INT64, NAMES_NONE,   "hash of region, kind of founding and month of the idea", "来源标识"},
};
enum { N_WHERE = sizeof where_columns / sizeof where_columns[0] };

static enum sample_type type_of(const struct column_desc *d)
{
    if (strcmp(d->type, "float") == 0 || strcmp(d->type, "double") == 0)
        return SAMPLE_REAL;
    return d->size == 8 || strcmp(d->type, "uint32_t") == 0 ? SAMPLE_INT64 : SAMPLE_INT32;
}

static enum sample_names names_of(const struct column_desc *d)
{
    return strcmp(d->name, "stage") == 0 ? NAMES_STAGE : strcmp(d->name, "sector") == 0 ? NAMES_SECTOR : NAMES_NONE;
}

static bool is_month(const struct column_desc *d)
{
    return strcmp(d->name, "founded") == 0;
}

size_t panel_columns(struct sample_column *column, size_t most)
{
    size_t n = 0;
    BUG_ON(N_WHERE + n_enterprise_columns + 1 > most);
    for (size_t k = 0; k < N_WHERE; k++)
        column[n++] = where_columns[k];
    for (size_t k = 0; k < n_enterprise_columns; k++) {
        const struct column_desc *d = &enterprise_columns[k];
        const char *unit = is_month(d) ? "YYYYMM" : d->unit[0] == '\0' ? "1" : d->unit;
        column[n++] = (struct sample_column){d->name, unit, type_of(d), names_of(d), d->en, d->zh};
    }
    column[n++] = (struct sample_column){"members",
                                         "bits",
                                         SAMPLE_INT64,
                                         NAMES_NONE,
                                         "takes part in instrument k: bit k (the first 64)",
                                         "参与的政策工具（按位，前64个）"};
    return n;
}

static int64_t integer_at(const void *column, size_t size, uint32_t row)
{
    const unsigned char *at = (const unsigned char *)column + row * size;
    uint64_t value = 0;
    memcpy(&value, at, size); /* little-endian; what is negative has four or eight bytes */
    return size == 4 ? (int64_t)(int32_t)(uint32_t)value : (int64_t)value;
}

static void add_column(struct sample *to, const struct column_desc *d, const void *column, uint32_t row)
{
    if (strcmp(d->type, "float") == 0)
        add_real(to, (double)((const float *)column)[row]);
    else if (strcmp(d->type, "double") == 0)
        add_real(to, ((const double *)column)[row]);
    else if (strcmp(d->type, "uint32_t") == 0)
        sample_add(to, ((const uint32_t *)column)[row]);
    else if (is_month(d))
        sample_add(to, month_number(((const uint16_t *)column)[row]));
    else
        sample_add(to, integer_at(column, d->size, row));
}

static int64_t first_members(const struct enterprises *e, uint32_t row)
{
    uint64_t bits = 0;
    for (size_t word = 0; word < e->words && word < 64 / MEMBER_BITS; word++)
        bits |= (uint64_t)e->member[word * e->capacity + row] << word * MEMBER_BITS;
    return (int64_t)bits;
}

struct panel {
    struct sample *to;
    uint32_t run;
};

static void panel_row(void *to, const struct world *w, const struct region *r, uint32_t row)
{
    const struct panel *p = to;
    const struct enterprises *e = &r->enterprises;
    sample_add(p->to, p->run);
    sample_add(p->to, r->index);
    sample_add(p->to, month_number(w->month));
    sample_add(p->to, (int64_t)enterprise_identity(e, row).origin);
    for (size_t k = 0; k < n_enterprise_columns; k++) {
        const struct column_desc *d = &enterprise_columns[k];
        add_column(p->to, d, *(void *const *)(const void *)((const char *)e + d->pointer), row);
    }
    sample_add(p->to, first_members(e, row));
}

enum status sample_panel(struct sample *to, const struct world *w, uint32_t run, double share)
{
    struct panel panel = {to, run};
    world_panel(w, share, panel_row, &panel);
    return to->no_memory ? NO_MEMORY : OK;
}

/* -- claims ------------------------------------------------------------------------------------------------- */
const struct sample_column claim_columns[] = {
    {"claim",         "1",      SAMPLE_INT64, NAMES_NONE,    "id of the claim, for `audit --claim`",            "代偿申请标识"               },
    COLUMN_RUN,
    {"region",        "1",      SAMPLE_INT32, NAMES_REGION,  "region",                                          "区域"                           },
    {"number",        "1",      SAMPLE_INT64, NAMES_NONE,    "number of the claim within its run and region",   "代偿申请编号"               },
    {"cover",         "1",      SAMPLE_INT32, NAMES_NONE,    "place in the order of covers; a row each",        "分担顺序"                     },
    COLUMN_ORIGIN,
    COLUMN_INDEX,
    {"bank",          "1",      SAMPLE_INT32, NAMES_BANK,    "bank",                                            "银行"                           },
    {"product",       "1",      SAMPLE_INT32, NAMES_PRODUCT, "product",                                         "产品"                           },
    {"bearer",        "1",      SAMPLE_INT32, NAMES_COVER,   "who covers",                                      "分担方"                        },
    {"month_granted", "YYYYMM", SAMPLE_INT32, NAMES_NONE,    "month of the grant",                              "授信月份"                     },
    {"month_filed",   "YYYYMM", SAMPLE_INT32, NAMES_NONE,    "month in which the claim was filed",              "申请月份"                     },
    {"month_decided", "YYYYMM", SAMPLE_INT32, NAMES_NONE,    "month of the decision; 0: none yet",              "核定月份（0为未定）"     },
    {"month_paid",    "YYYYMM", SAMPLE_INT32, NAMES_NONE,    "month of the last payment; 0: none yet",
     "最近拨付月份（0为未付）"                                                                                                          },
    {"facility",      "fen",    SAMPLE_INT64, NAMES_NONE,    "facility granted",                                "授信额度"                     },
    {"principal",     "fen",    SAMPLE_INT64, NAMES_NONE,    "principal when the claim was filed",              "申请时本金"                  },
    {"arrears",       "fen",    SAMPLE_INT64, NAMES_NONE,    "unpaid interest when it was filed",               "申请时欠息"                  },
    {"rule",          "1",      SAMPLE_INT32, NAMES_REASON,  "rule that decided what this cover pays",          "适用规则"                     },
    {"decided",       "fen",    SAMPLE_INT64, NAMES_NONE,    "decided for this cover",                          "核定金额"                     },
    {"paid",          "fen",    SAMPLE_INT64, NAMES_NONE,    "paid by this cover",                              "已付金额"                     },
    {"recovered",     "fen",    SAMPLE_INT64, NAMES_NONE,    "recovered from the borrower since (whole claim)",
     "其后追回金额（整笔）"                                                                                                              },
    {"shared",        "fen",    SAMPLE_INT64, NAMES_NONE,    "of it, passed on to covers (whole claim)",        "其中返还分担方（整笔）"},
};
const size_t n_claim_columns = sizeof claim_columns / sizeof claim_columns[0];

/* A cover decides when its own delay is over and those before it have decided. */
static int32_t month_decided(const struct claim_cover *covers, int32_t cover)
{
    int32_t month = covers[0].decide;
    for (int32_t k = 1; k <= cover; k++)
        month = covers[k].decide > month ? covers[k].decide : month;
    return month;
}

/* Readable as run, region, number: 10000000003 is number 3 of region 0 of run 1. */
static int64_t claim_id(uint32_t run, int32_t region, uint32_t number)
{
    return (int64_t)run * 10000000000 + (int64_t)region * 10000000 + (int64_t)number;
}

static void claim_row(struct sample *to, const struct region *r, const struct claim *c, int32_t cover, uint32_t run)
{
    const struct claim_cover *covers = covers_of(&r->claims, c), *d = &covers[cover];
    const int64_t cells[] = {claim_id(run, r->index, c->number),
                             run,
                             r->index,
                             c->number,
                             cover,
                             (int64_t)c->who.origin,
                             c->who.index,
                             c->bank,
                             c->product,
                             d->bearer,
                             month_number(c->granted),
                             month_number(c->filed),
                             d->is_decided ? month_number(month_decided(covers, cover)) : 0,
                             c->paid_month == 0 ? 0 : month_number(c->paid_month),
                             c->loan.fen,
                             c->principal.fen,
                             c->arrears.fen,
                             d->reason,
                             d->decided.fen,
                             d->paid.fen,
                             c->recovered.fen,
                             c->shared.fen};
    _Static_assert(sizeof cells / sizeof cells[0] == sizeof claim_columns / sizeof claim_columns[0], "a cell a column");
    for (size_t k = 0; k < n_claim_columns; k++)
        sample_add(to, cells[k]);
}

enum status sample_claims(struct sample *to, const struct world *w, uint32_t run)
{
    for (int32_t k = 0; k < w->n_regions; k++) {
        const struct region *r = &w->region[k];
        for (size_t j = 0; j < r->claims.n; j++) {
            const struct claim *c = &r->claims.row[j];
            for (int32_t cover = 0; c->filed >= w->setup->world.start && cover < c->n_covers; cover++)
                claim_row(to, r, c, cover, run);
        }
    }
    return to->no_memory ? NO_MEMORY : OK;
}
