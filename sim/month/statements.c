/* SPDX-License-Identifier: GPL-3.0-or-later */
/* statements - what a bank, and whom it tells, reads of an enterprise's quality in its statements and elsewhere (mechanisms M1, M4).
 *
 * What statements tell is that of the calendar year, whoever reads them: asking again next month shows nothing new.  A tile's
 * applications are read eight at a time, once all are written, so that what is drawn of them is drawn together. */
#include <liandong/bonds.h>
#include <liandong/linking.h>
#include <liandong/planning.h>

/* Errors of a year: of statements, and of what each block of screening would add. */
enum { STATEMENT, EFFORT, EFFORT_2, N_ERRORS };
static const enum draw drawn_for[N_ERRORS] = {DRAW_LOAN_SIGNAL, DRAW_EFFORT_SIGNAL, DRAW_EFFORT_SIGNAL_2};

static struct luck luck_of_year(const struct rows *t)
{
    struct luck luck = t->w->luck;
    luck.month = t->w->month / 12;
    return luck;
}

static struct words words_of_year(const struct rows *t, uint32_t i)
{
    return luck_block(luck_of_year(t), enterprise_identity(t->e, i), draw_block(DRAW_LOAN_SIGNAL));
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
    struct words u = words_of_year(t, i);
    *s = statements_of(t, i, ld_normal_quantile(draw_from(&u, DRAW_LOAN_SIGNAL)));
}

static void see(const struct rows *t, struct application *a, const double error[N_ERRORS])
{
    uint32_t i = a->row;
    if (a->seen) /* of a package, which was graded when it was written: instruments count what they tell */
        return;
    a->seen = 1;
    struct signals s = statements_of(t, i, error[STATEMENT]);
    EACH_ACTING(t, i, ACT_SEE, k)
    if (bank_sees(t->r, a->bank, k))
        instrument_of(t->r, k)->see(t, i, k, &s);
    signals_fold(&s);
    a->contested = (float)s.contested;
    a->signal = (float)s.weighted;
    a->precision = (float)s.precision;
    a->effort[0] = (float)error[EFFORT];
    a->effort[1] = (float)error[EFFORT_2];
}

void application_see(const struct rows *t, struct application *a)
{
    struct words u = words_of_year(t, a->row);
    double error[N_ERRORS];
    for (int e = 0; e < N_ERRORS; e++)
        error[e] = ld_normal_quantile(draw_from(&u, drawn_for[e]));
    see(t, a, error);
}

/* So many, eight at most. */
static void see_together(const struct rows *t, struct application *a, uint32_t n)
{
    struct reading_list *g = &t->s->reading;
    uint32_t word[4][BLOCKS];
    double u[BLOCKS], error[N_ERRORS][BLOCKS];
    for (uint32_t j = 0; j < BLOCKS; j++) { /* what follows the last one is not used */
        g->row[j] = a[j < n ? j : 0].row;
        g->who[j] = enterprise_identity(t->e, g->row[j]);
        fetch_backing(t->r, g->row[j]);
    }
    luck_blocks(luck_of_year(t), g->who, draw_block(DRAW_LOAN_SIGNAL), word);
    for (int e = 0; e < N_ERRORS; e++) {
        luck_uniforms(word[drawn_for[e] % 4], u);
        ld_normal_quantile_each(error[e], u, BLOCKS);
    }
    g->n = n;
    g->shares = false;
    g->sources = 0;
    g->scored = 0;
    for (g->at = 0; g->at < n; g->at++)
        see(t, &a[g->at], (double[N_ERRORS]){error[STATEMENT][g->at], error[EFFORT][g->at], error[EFFORT_2][g->at]});
    g->n = 0;
}

void applications_see(const struct rows *t, size_t from)
{
    const struct outbox *box = &t->me->box[BOX_APPLICATION];
    for (; from < box->n; from += BLOCKS)
        see_together(t, OUTBOX(box, struct application, from),
                     (uint32_t)(box->n - from < BLOCKS ? box->n - from : BLOCKS));
}
