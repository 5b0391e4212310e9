/* SPDX-License-Identifier: GPL-3.0-or-later */
/* statements - what a bank, and whom it tells, reads of an enterprise's quality in its statements and elsewhere (mechanisms M1, M4).
 *
 * What statements tell is that of the calendar year, whoever reads them: asking again next month shows nothing new.  Those who turn to
 * banks and funds are read many at a time, instrument by instrument, so that of those is drawn together what somebody looks at. */
#include <liandong/bonds.h>
#include <liandong/linking.h>
#include <liandong/planning.h>

static const enum draw drawn_for[YEAR_ERRORS] = {DRAW_LOAN_SIGNAL, DRAW_EFFORT_SIGNAL, DRAW_EFFORT_SIGNAL_2};

/* -- who is read -------------------------------------------------------------------------------------------------------- */
static uint64_t first_bits(uint32_t n)
{
    return n < READ_TOGETHER ? (UINT64_C(1) << n) - 1 : UINT64_MAX;
}

void reading_begins(const struct rows *t, const uint32_t *row, uint32_t n)
{
    struct reading_list *g = &t->s->reading;
    for (uint32_t j = 0; j < n; j++) {
        /* cppcheck-suppress uninitvar ; filled up to n */
        g->row[j] = row[j];
        g->who[j] = enterprise_identity(t->e, row[j]);
    }
    g->n = n;
    g->at = 0;
    g->asked = first_bits(n);
    g->stated = g->shares = g->told = 0;
}

bool reading_is_at(struct reading_list *g, uint32_t i)
{
    while (g->at < g->n && g->row[g->at] < i)
        g->at++;
    return g->at < g->n && g->row[g->at] == i;
}

/* Of places in the list; returns how many were taken, of which `whom` is what is left. */
static uint32_t crowd_of(const struct reading_list *g, uint64_t *whom, uint64_t source, int32_t month,
                         struct crowd *who, uint8_t place[CROWD])
{
    uint32_t n = 0;
    for (; *whom != 0 && n < CROWD; *whom &= *whom - 1)
        place[n++] = (uint8_t)__builtin_ctzll(*whom);
    who->n = (n + BLOCKS - 1) / BLOCKS * BLOCKS;
    for (uint32_t j = 0; j < who->n; j++) { /* what follows the last one is not used */
        const struct identity *one = &g->who[place[j < n ? j : 0]];
        who->origin[j] = source != 0 ? ld_mix(one->origin, source) : one->origin;
        who->index[j] = one->index;
        who->month[j] = month;
    }
    return n;
}

void reading_errors(const struct rows *t, uint64_t whom, uint64_t source, int32_t month, const enum draw *purpose,
                    int purposes, double error[][READ_TOGETHER])
{
    const struct reading_list *g = &t->s->reading;
    while (whom != 0) {
        struct crowd who;
        uint8_t place[CROWD];
        uint32_t word[4][CROWD], n = crowd_of(g, &whom, source, month, &who, place);
        double u[CROWD], drawn[CROWD];
        luck_crowd(t->w->luck, &who, draw_block(purpose[0]), word);
        for (int e = 0; e < purposes; e++) {
            for (uint32_t j = 0; j < who.n; j += BLOCKS)
                luck_uniforms(word[purpose[e] % 4] + j, u + j);
            ld_normal_quantile_each(drawn, u, who.n);
            for (uint32_t j = 0; j < n; j++)
                error[e][place[j]] = drawn[j];
        }
    }
}

/* -- statements --------------------------------------------------------------------------------------------------------- */
static double statement_error(const struct rows *t, uint32_t i)
{
    struct reading_list *g = &t->s->reading;
    struct luck luck = t->w->luck;
    luck.month = t->w->month / 12;
    if (!reading_is_at(g, i))
        return ld_normal_quantile(draw(luck, enterprise_identity(t->e, i), DRAW_LOAN_SIGNAL));
    if ((g->stated >> g->at & 1) == 0)
        reading_errors(t, g->asked & ~g->stated, 0, luck.month, drawn_for, 1, g->year);
    g->stated |= g->asked;
    return g->year[STATEMENT_ERROR][g->at];
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
    *s = statements_of(t, i, statement_error(t, i));
}

/* -- what instruments add ----------------------------------------------------------------------------------------------- */
/* Of those who are read, who take part in an instance, whose membership stands in a bit of these words; bank: at a bank that sees it,
 * NULL: whoever it is that looks. */
static uint64_t members_read(const struct rows *t, int32_t k, const member_word *joined, const uint16_t *bank)
{
    const int bit = k % MEMBER_BITS;
    uint64_t members = 0;
    for (uint32_t j = 0; j < t->s->reading.n; j++)
        members |= (uint64_t)(joined[j] >> bit & 1) << j;
    for (uint64_t left = bank != NULL ? members : 0; left != 0; left &= left - 1) {
        int j = __builtin_ctzll(left);
        members &= ~((uint64_t)!bank_sees(t->r, bank[j], k) << j);
    }
    return members;
}

/* One instrument after the other of all who are read, in the order in which each would be asked. */
static void instruments_tell(const struct rows *t, enum act act, const uint16_t *bank, struct signals *s)
{
    struct reading_list *g = &t->s->reading;
    member_word joined[READ_TOGETHER];
    for (size_t word = t->r->act_from[act]; word < t->r->act_to[act]; word++) {
        const member_word *member = t->e->member + word * t->e->capacity;
        for (uint32_t j = 0; t->r->acts[act][word] != 0 && j < g->n; j++)
            joined[j] = member[g->row[j]];
        for (unsigned bits = t->r->acts[act][word]; bits != 0; bits &= bits - 1) {
            int32_t k = (int32_t)word * MEMBER_BITS + __builtin_ctz(bits);
            g->asked = members_read(t, k, joined, bank);
            g->at = 0;
            for (uint64_t left = g->asked; left != 0; left &= left - 1) {
                int j = __builtin_ctzll(left);
                instrument_of(t->r, k)->see(t, g->row[j], k, &s[j]);
            }
        }
    }
    for (uint32_t j = 0; j < g->n; j++)
        signals_fold(&s[j]);
}

void banks_see(const struct rows *t, const uint32_t *row, const uint16_t *bank, uint32_t n, struct sight *sight)
{
    struct reading_list *g = &t->s->reading;
    struct signals s[READ_TOGETHER];
    reading_begins(t, row, n);
    g->stated = g->asked;
    reading_errors(t, g->asked, 0, t->w->month / 12, drawn_for, YEAR_ERRORS, g->year);
    for (uint32_t j = 0; j < n; j++)
        s[j] = statements_of(t, row[j], g->year[STATEMENT_ERROR][j]);
    instruments_tell(t, ACT_SEE, bank, s);
    for (uint32_t j = 0; j < n; j++)
        sight[j] = (struct sight){
            .signal = (float)s[j].weighted,
            .precision = (float)s[j].precision,
            .contested = (float)s[j].contested,
            .effort = {(float)g->year[EFFORT_ERROR][j], (float)g->year[EFFORT_2_ERROR][j]}
        };
    g->n = 0;
}

/* Of a package they have seen it before: instruments count what they tell. */
void applications_see(const struct rows *t, size_t from)
{
    const struct outbox *box = &t->me->box[BOX_APPLICATION];
    while (from < box->n) {
        struct application *of[READ_TOGETHER];
        struct sight sight[READ_TOGETHER];
        uint32_t row[READ_TOGETHER], n = 0;
        uint16_t bank[READ_TOGETHER];
        for (; from < box->n && n < READ_TOGETHER; from++) {
            of[n] = OUTBOX(box, struct application, from);
            row[n] = of[n]->row;
            bank[n] = of[n]->bank;
            n += !of[n]->seen;
        }
        banks_see(t, row, bank, n, sight);
        for (uint32_t j = 0; j < n; j++)
            application_seen(of[j], &sight[j]);
    }
}

void rounds_see(const struct rows *t, size_t from)
{
    const struct outbox *box = &t->me->box[BOX_ROUND];
    for (; from < box->n; from += READ_TOGETHER) {
        struct round_ask *a = OUTBOX(box, struct round_ask, from);
        struct signals s[READ_TOGETHER];
        uint32_t row[READ_TOGETHER], n = (uint32_t)(box->n - from < READ_TOGETHER ? box->n - from : READ_TOGETHER);
        for (uint32_t j = 0; j < n; j++) {
            row[j] = a[j].row;
            s[j] = (struct signals){.by = SEEN_BY_FUND};
        }
        reading_begins(t, row, n);
        instruments_tell(t, ACT_SHOW, NULL, s);
        for (uint32_t j = 0; j < n; j++) {
            a[j].weighted = s[j].weighted;
            a[j].precision = s[j].precision;
            a[j].root = s[j].root;
            a[j].statement = s[j].statement;
            a[j].spared = a[j].spared || s[j].spared;
        }
    }
    t->s->reading.n = 0;
}
