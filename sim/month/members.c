/* SPDX-License-Identifier: GPL-3.0-or-later */
/* members - what members of instruments are served, pay and claim in a month.
 *
 * After the review of a tile each instrument serves its members; then they claim, row by row, what is due. */
#include <liandong/members.h>
#include <liandong/misuse.h>
#include <string.h>

/* -- claims --------------------------------------------------------------------------------------------------------------- */
/* What is claimed, not yet filed: of eight together it is drawn whether they have scruples. */
struct claiming {
    const struct rows *t;
    uint32_t n;
    uint32_t row[BLOCKS];
    int32_t k[BLOCKS];
    money amount[BLOCKS];
};

static void push_claim(const struct rows *t, struct claimed claimed)
{
    struct claimed *c = outbox_push(&t->me->box[BOX_DUE]);
    if (c == NULL)
        t->me->status = NO_MEMORY;
    else
        *c = claimed;
}

/* What of a claim is false follows it as a record of its own. */
static void file_claim(const struct rows *t, uint32_t i, int32_t k, money amount, money overstated)
{
    uint16_t region = (uint16_t)t->r->index;
    push_claim(t, (struct claimed){.row = i, .region = region, .instance = (uint8_t)k, .amount = amount});
    if (overstated.fen > 0)
        push_claim(t, (struct claimed){.row = i, .region = region, .instance = NOT_DUE, .amount = overstated});
}

static void file_false_claim(const struct rows *t, uint32_t i, int32_t k, money amount)
{
    money more = misuse_overstated(t, k, amount);
    file_claim(t, i, k, money_add(amount, more), more);
    int32_t twin = misuse_twin(t, i, k, &amount);
    if (twin >= 0)
        file_claim(t, i, twin, amount, amount);
}

static void file_claims(struct claiming *c)
{
    unsigned scruples = misuse_scruples(c->t, c->row, c->n);
    for (uint32_t j = 0; j < c->n; j++)
        if ((scruples >> j & 1) != 0)
            file_claim(c->t, c->row[j], c->k[j], c->amount[j], FEN(0));
        else
            file_false_claim(c->t, c->row[j], c->k[j], c->amount[j]);
    c->n = 0;
}

static void claim_due(struct claiming *c, uint32_t i, int32_t k, const struct instrument *in)
{
    const struct rows *t = c->t;
    money amount = in->claim(t, i, k);
    if (amount.fen <= 0)
        return;
    c->row[c->n] = i;
    c->k[c->n] = k;
    c->amount[c->n++] = amount;
    if (c->n == BLOCKS)
        file_claims(c);
}

/* Marks the living who take part in some of these; false: nobody does. */
static bool mark_members(const struct rows *t, const member_word of[MEMBER_WORDS])
{
    uint32_t n = t->hi - t->lo;
    const uint8_t *status = t->e->status + t->lo;
    uint8_t *mark = t->s->mark;
    bool any = false;
    for (size_t word = 0; word < t->e->words; word++)
        any = any || of[word] != 0;
    if (!any)
        return false;
    memset(mark, 0, n);
    for (size_t word = 0; word < t->e->words; word++) {
        const member_word *member = t->e->member + word * t->e->capacity + t->lo, these = of[word];
        for (uint32_t k = 0; these != 0 && k < n; k++)
            mark[k] = (mark[k] != 0) | (((member[k] & these) != 0) & (status[k] == ACTIVE));
    }
    return true;
}

/* Of the marked those stay who are not barred from claiming. */
static void unmark_barred(const struct rows *t)
{
    uint8_t *mark = t->s->mark;
    const uint32_t n = t->hi - t->lo;
    for (size_t word = t->r->act_from[ACT_BARRED]; word < t->r->act_to[ACT_BARRED]; word++) {
        const member_word *member = t->e->member + word * t->e->capacity + t->lo, bars = t->r->acts[ACT_BARRED][word];
        for (uint32_t k = 0; bars != 0 && k < n; k++)
            mark[k] = (mark[k] != 0) & ((member[k] & bars) == 0);
    }
}

/* Row by row: instance by instance a claim that is filed at two lines would stand before or behind others by where a tile ends,
 * which a compaction moves. */
static void claim_all(const struct rows *t, const member_word of[MEMBER_WORDS])
{
    struct claiming c = {.t = t};
    if (!mark_members(t, of))
        return;
    unmark_barred(t);
    uint32_t n = list_marked(t);
    size_t from = 0, to = t->e->words; /* the words that have some of them */
    while (of[from] == 0)
        from++;
    while (of[to - 1] == 0)
        to--;
    for (uint32_t j = 0; j < n; j++) {
        uint32_t i = t->lo + t->s->list[j];
        for (size_t word = from; word < to; word++) {
            unsigned bits = of[word] != 0 ? t->e->member[word * t->e->capacity + i] & of[word] : 0;
            for (; bits != 0; bits &= bits - 1) {
                int32_t k = (int32_t)word * MEMBER_BITS + __builtin_ctz(bits);
                claim_due(&c, i, k, instrument_of(t->r, k));
            }
        }
    }
    file_claims(&c);
}

/* January: who was a member to the end of the year claims for it. */
static void claim_past(const struct rows *t)
{
    member_word past[MEMBER_WORDS] = {0};
    for (int32_t k = 0; k < t->r->n_instances; k++)
        if (instrument_of(t->r, k)->claim_past && LINE_COMMON(t->r, k)->enabled)
            past[k / MEMBER_BITS] = (member_word)(past[k / MEMBER_BITS] | 1u << k % MEMBER_BITS);
    claim_all(t, past);
    tables_clear(t->e->insured_year + t->lo, (t->hi - t->lo) * sizeof *t->e->insured_year);
}

/* -- fees and services ---------------------------------------------------------------------------------------------------- */
/* Members pay what they owe for the month. */
static void pay_fee(const struct rows *t, const struct standing *s)
{
    const member_word *member = t->e->member + (size_t)(s->k / MEMBER_BITS) * t->e->capacity + t->lo;
    const uint8_t *status = t->e->status + t->lo;
    const unsigned bit = 1u << s->k % MEMBER_BITS;
    const money fee = s->in->fee(t->r, s->k);
    money *cash = t->e->cash + t->lo;
    int64_t sum = 0;
    uint8_t *pays = t->s->mark;
    uint32_t n = t->hi - t->lo;
    for (uint32_t k = 0; k < n; k++)
        pays[k] = ((member[k] & bit) != 0) & (status[k] == ACTIVE);
    for (uint32_t k = 0; k < n; k++) {
        int64_t paid = money_min(cash[k], fee).fen & -(int64_t)pays[k];
        cash[k].fen -= paid;
        sum += paid;
    }
    flow_add(t->t, s->in->fee_flow, FEN(sum));
}

static void serve_members(const struct rows *t, const struct standing *s)
{
    member_word these[MEMBER_WORDS] = {0};
    these[s->k / MEMBER_BITS] = (member_word)(1u << s->k % MEMBER_BITS);
    mark_members(t, these);
    s->in->serve(t, s->k, t->s->list, list_marked(t));
}

/* However many instruments there are: first all reviews of a tile, then all services. */
void members_review(const struct rows *t)
{
    const struct agenda *a = agenda_of(t);
    if (t->w->month % 12 == 0)
        claim_past(t);
    agenda_review(t, a);
    for (int32_t j = 0; j < a->n; j++)
        if (a->standing[j].in->fee != NULL && a->standing[j].enabled)
            pay_fee(t, &a->standing[j]);
    for (int32_t j = 0; j < a->n; j++)
        if (a->standing[j].serves)
            serve_members(t, &a->standing[j]);
    claim_all(t, a->claims);
    if (t->w->month % 12 != 0)
        return;
    float *const paid[] = {t->e->interest_year, t->e->debt_year, t->e->fee_year};
    for (size_t k = 0; k < LD_COUNT(paid); k++)
        tables_clear(paid[k] + t->lo, (t->hi - t->lo) * sizeof *paid[k]);
}
