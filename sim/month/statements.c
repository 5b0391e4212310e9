/* SPDX-License-Identifier: GPL-3.0-or-later */
/* statements - what a bank, and whom it tells, reads of an enterprise's quality in its statements and elsewhere (mechanisms M1, M4).
 *
 * What statements tell is that of the calendar year, whoever reads them: asking again next month shows nothing new.  A tile's
 * applications are read eight at a time, once all are written, so that what is drawn of them is drawn together. */
#include <liandong/bonds.h>
#include <liandong/linking.h>
#include <liandong/planning.h>

static const enum draw drawn_for[YEAR_ERRORS] = {DRAW_LOAN_SIGNAL, DRAW_EFFORT_SIGNAL, DRAW_EFFORT_SIGNAL_2};

static struct luck luck_of_year(const struct rows *t)
{
    struct luck luck = t->w->luck;
    luck.month = t->w->month / 12;
    return luck;
}

/* These are read now, and nothing is drawn of them yet; what follows the last one is not used. */
static void begin_reading(const struct rows *t, uint32_t n, uint32_t first)
{
    struct reading_list *g = &t->s->reading;
    for (uint32_t j = 0; j < BLOCKS; j++) {
        g->row[j] = g->row[j < n ? j : 0];
        g->who[j] = enterprise_identity(t->e, g->row[j]);
    }
    g->n = n;
    g->at = 0;
    g->first = first;
    g->stated = g->shares = false;
    g->sources = 0;
    g->scored = 0;
}

/* Whether the one whose books are read now is of those read together. */
static bool is_read(const struct reading_list *g, uint32_t i)
{
    return g->n > 0 && g->row[g->at] == i;
}

void read_beside(const struct rows *t, uint32_t i)
{
    const struct scratch *s = t->s;
    struct reading_list *g = &t->s->reading;
    if (s->at == NOT_LISTED || t->lo + s->list[s->at] != i)
        return;
    uint32_t first = s->at / BLOCKS * BLOCKS, left = s->listed - first;
    if (g->n == 0 || g->first != first) {
        for (uint32_t j = 0; j < BLOCKS && j < left; j++)
            g->row[j] = t->lo + s->list[first + j];
        begin_reading(t, left < BLOCKS ? left : BLOCKS, first);
    }
    g->at = s->at - first;
}

static void draw_year(const struct rows *t)
{
    struct reading_list *g = &t->s->reading;
    uint32_t word[4][BLOCKS];
    double u[BLOCKS];
    luck_blocks(luck_of_year(t), g->who, draw_block(DRAW_LOAN_SIGNAL), word);
    for (int e = 0; e < YEAR_ERRORS; e++) {
        luck_uniforms(word[drawn_for[e] % 4], u);
        ld_normal_quantile_each(g->year[e], u, BLOCKS);
    }
    g->stated = true;
}

static void errors_of_year(const struct rows *t, uint32_t i, double error[YEAR_ERRORS])
{
    const struct reading_list *g = &t->s->reading;
    if (is_read(g, i)) {
        if (!g->stated)
            draw_year(t);
        for (int e = 0; e < YEAR_ERRORS; e++)
            error[e] = g->year[e][g->at];
        return;
    }
    struct words u = luck_block(luck_of_year(t), enterprise_identity(t->e, i), draw_block(DRAW_LOAN_SIGNAL));
    for (int e = 0; e < YEAR_ERRORS; e++)
        error[e] = ld_normal_quantile(draw_from(&u, drawn_for[e]));
}

/* Statements tell more the longer the record: precision grows to its full with years of accounts, and with patents.  Returns the
 * precision. */
static double read_statements(const struct rows *t, uint32_t i, double error, struct signals *s)
{
    const struct credit_params *c = P(t->r, credit);
    double record = (age_of(t, i) + c->patent_record * t->e->patents[i]) / c->record_months,
           precision = t->r->tau_credit * (record < 1.0 ? record : 1.0);
    if (precision <= 1e-9)
        return 0.0;
    s->root = __builtin_sqrt(precision);
    s->statement = s->root * (double)t->e->quality[i] + error;
    return precision;
}

/* Who reads them knows, too, what investors have told. */
static struct signals statements_of(const struct rows *t, uint32_t i, double error)
{
    struct signals s = {0};
    s.precision = read_statements(t, i, error, &s);
    s.weighted = s.precision * (double)t->e->quality[i] + s.root * error;
    if (t->e->owned[i] & OWNED_BY_FUND)
        insiders_told(t->r, i, &s.weighted, &s.precision);
    return s;
}

void statements_tell(const struct rows *t, uint32_t i, struct signals *s)
{
    double error[YEAR_ERRORS];
    read_beside(t, i);
    errors_of_year(t, i, error);
    *s = statements_of(t, i, error[STATEMENT_ERROR]);
}

static void see(const struct rows *t, struct application *a)
{
    uint32_t i = a->row;
    double error[YEAR_ERRORS];
    if (a->seen) /* of a package, which was graded when it was written: instruments count what they tell */
        return;
    a->seen = 1;
    errors_of_year(t, i, error);
    struct signals s = statements_of(t, i, error[STATEMENT_ERROR]);
    EACH_ACTING(t, i, ACT_SEE, k)
    if (bank_sees(t->r, a->bank, k))
        instrument_of(t->r, k)->see(t, i, k, &s);
    signals_fold(&s);
    a->contested = (float)s.contested;
    a->signal = (float)s.weighted;
    a->precision = (float)s.precision;
    a->effort[0] = (float)error[EFFORT_ERROR];
    a->effort[1] = (float)error[EFFORT_2_ERROR];
}

void application_see(const struct rows *t, struct application *a)
{
    read_beside(t, a->row);
    see(t, a);
}

/* So many, eight at most. */
static void see_together(const struct rows *t, struct application *a, uint32_t n)
{
    struct reading_list *g = &t->s->reading;
    for (uint32_t j = 0; j < n; j++) {
        g->row[j] = a[j].row;
        fetch_backing(t->r, g->row[j]);
    }
    begin_reading(t, n, NOT_LISTED);
    for (; g->at < n; g->at++)
        see(t, &a[g->at]);
    g->n = 0;
}

void applications_see(const struct rows *t, size_t from)
{
    const struct outbox *box = &t->me->box[BOX_APPLICATION];
    for (; from < box->n; from += BLOCKS)
        see_together(t, OUTBOX(box, struct application, from),
                     (uint32_t)(box->n - from < BLOCKS ? box->n - from : BLOCKS));
}
