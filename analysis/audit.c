/* SPDX-License-Identifier: GPL-3.0-or-later */
/* audit - see include/liandong/audit.h for what is added up.
 *
 * Sums are taken modulo 2^64: an identity between int64 numbers holds there if and only if it holds, and no sum of a
 * damaged file can overflow. */
#include <liandong/audit.h>
#include <string.h>

enum { BLOCK = 32 };

struct work {
    const struct result *r;
    const struct result_variable *flows, *balances, *start, *balanced;
    size_t n_kinds, n_accounts;
    size_t *from, *to; /* of each kind: index of the account */
    union cell *flow, *balance, *begin, *verdict;
    uint64_t *change; /* [account] of one region and month */
};

static enum status shape_error(const struct work *w, const char *what, struct diag *diag)
{
    return diag_stop(diag, FAILED, "%s: cannot be audited: %s", w->r->path, what);
}

/* The account of each kind by its name in the file. */
static enum status read_ends(const struct work *w, const char *variable, char *const *account, size_t *end,
                             struct diag *diag)
{
    char **name;
    size_t n;
    TRY(result_texts(w->r, variable, &name, &n, diag));
    bool good = n == w->n_kinds;
    for (size_t k = 0; k < n && good; k++) {
        size_t a = 0;
        while (a < w->n_accounts && strcmp(account[a], name[k]) != 0)
            a++;
        good = a < w->n_accounts;
        end[k] = a;
    }
    texts_free(name, n);
    return good ? OK : shape_error(w, "a kind of flow joins an account that the file does not have", diag);
}

static enum status read_names(struct work *w, struct audit_report *report, struct diag *diag)
{
    TRY(result_texts(w->r, "account", &report->account, &report->n_accounts, diag));
    TRY(result_texts(w->r, "region", &report->region, &report->n_regions, diag));
    w->n_accounts = report->n_accounts;
    w->n_kinds = w->flows->length[w->flows->rank - 1];
    w->from = calloc(w->n_kinds + 1, sizeof *w->from);
    w->to = calloc(w->n_kinds + 1, sizeof *w->to);
    w->change = calloc(w->n_accounts + 1, sizeof *w->change);
    w->flow = calloc(BLOCK * w->flows->width + 1, sizeof *w->flow);
    w->balance = calloc(BLOCK * w->balances->width + 1, sizeof *w->balance);
    w->begin = calloc(BLOCK * w->start->width + 1, sizeof *w->begin);
    w->verdict = calloc(BLOCK, sizeof *w->verdict);
    if (w->from == NULL || w->to == NULL || w->change == NULL || w->flow == NULL || w->balance == NULL ||
        w->begin == NULL || w->verdict == NULL)
        return diag_stop(diag, NO_MEMORY, "%s: no memory to audit %d runs at a time", w->r->path, BLOCK);
    TRY(read_ends(w, "kind_from", report->account, w->from, diag));
    return read_ends(w, "kind_to", report->account, w->to, diag);
}

static bool shaped(const struct result_variable *v, int rank, const uint64_t *length)
{
    bool good = !v->text && !v->real && v->rank == rank;
    for (int a = 0; good && a < rank; a++)
        good = v->length[a] == length[a];
    return good;
}

static enum status find_variables(struct work *w, struct audit_report *report, struct diag *diag)
{
    const struct result_variable *account, *kind;
    TRY(result_shape(w->r, &report->shape, diag));
    TRY(result_need(w->r, "flows", &w->flows, diag));
    TRY(result_need(w->r, "balances", &w->balances, diag));
    TRY(result_need(w->r, "balances_start", &w->start, diag));
    TRY(result_need(w->r, "balanced", &w->balanced, diag));
    TRY(result_need(w->r, "account", &account, diag));
    TRY(result_need(w->r, "kind", &kind, diag));
    const uint64_t runs = report->shape.runs, months = (uint64_t)report->shape.months, regions = report->shape.regions;
    if (!shaped(w->flows, 4, (uint64_t[]){runs, months, regions, kind->length[0]}) ||
        !shaped(w->balances, 4, (uint64_t[]){runs, months, regions, account->length[0]}) ||
        !shaped(w->start, 3, (uint64_t[]){runs, regions, account->length[0]}) ||
        !shaped(w->balanced, 1, (uint64_t[]){runs}))
        return shape_error(w, "flows and balances do not have the axes of a result", diag);
    return OK;
}

static void note(struct audit_report *report, struct audit_finding finding)
{
    report->checked++;
    if (finding.fen == 0)
        return;
    report->wrong++;
    if (report->n_first < AUDIT_SHOWN)
        report->first[report->n_first++] = finding;
}

static int64_t difference(uint64_t a, uint64_t b)
{
    union {
        uint64_t u;
        int64_t i;
    } d = {a - b};
    return d.i;
}

/* One region in one month of one run. */
static void check_month(const struct work *w, const union cell *before, const union cell *after, const union cell *flow,
                        struct audit_finding at, struct audit_report *report)
{
    uint64_t total = 0;
    memset(w->change, 0, w->n_accounts * sizeof *w->change);
    for (size_t k = 0; k < w->n_kinds; k++) {
        w->change[w->from[k]] -= (uint64_t)flow[k].i;
        w->change[w->to[k]] += (uint64_t)flow[k].i;
    }
    report->flows += w->n_kinds;
    for (size_t a = 0; a < w->n_accounts; a++) {
        uint64_t moved = (uint64_t)after[a].i - (uint64_t)before[a].i;
        total += moved;
        at.account = (int32_t)a;
        at.fen = difference(moved, w->change[a]);
        note(report, at);
    }
    at.account = AUDIT_TOTAL;
    at.fen = difference(total, 0);
    note(report, at);
}

static void check_run(const struct work *w, uint32_t run, uint32_t nth, struct audit_report *report)
{
    const size_t regions = report->shape.regions, accounts = w->n_accounts;
    const union cell *flow = w->flow + nth * w->flows->width, *balance = w->balance + nth * w->balances->width;
    const union cell *before = w->begin + nth * w->start->width;
    for (int32_t t = 0; t < report->shape.months; t++) {
        for (size_t r = 0; r < regions; r++) {
            struct audit_finding at = {.run = run, .region = (uint32_t)r, .month = t};
            check_month(w, before + r * accounts, balance + r * accounts, flow + r * w->n_kinds, at, report);
        }
        before = balance;
        balance += regions * accounts;
        flow += regions * w->n_kinds;
    }
}

static enum status check_all(const struct work *w, struct audit_report *report, struct diag *diag)
{
    for (uint32_t first = 0; first < report->shape.runs; first += BLOCK) {
        uint32_t n = report->shape.runs - first < BLOCK ? report->shape.runs - first : BLOCK;
        TRY(result_read(w->r, w->flows, first, n, w->flow, diag));
        TRY(result_read(w->r, w->balances, first, n, w->balance, diag));
        TRY(result_read(w->r, w->start, first, n, w->begin, diag));
        TRY(result_read(w->r, w->balanced, first, n, w->verdict, diag));
        for (uint32_t i = 0; i < n; i++) {
            report->unbalanced += w->verdict[i].i == 0;
            check_run(w, first + i, i, report);
        }
    }
    return OK;
}

static enum status check_digest(const struct work *w, struct audit_report *report, struct diag *diag)
{
    char *stated;
    TRY(result_digest(w->r, report->digest, diag));
    TRY(result_text(w->r, NULL, "digest", &stated, diag));
    report->digest_holds = strcmp(stated, report->digest) == 0;
    free(stated);
    return OK;
}

enum status audit_result(const struct result *r, struct audit_report *report, struct diag *diag)
{
    struct work w = {.r = r};
    *report = (struct audit_report){.checked = 0};
    enum status status = find_variables(&w, report, diag);
    if (status == OK)
        status = read_names(&w, report, diag);
    if (status == OK)
        status = check_all(&w, report, diag);
    if (status == OK)
        status = check_digest(&w, report, diag);
    free(w.from);
    free(w.to);
    free(w.change);
    free(w.flow);
    free(w.balance);
    free(w.begin);
    free(w.verdict);
    return status;
}

bool audit_clean(const struct audit_report *report)
{
    return report->wrong == 0 && report->unbalanced == 0 && report->digest_holds;
}

void audit_free(struct audit_report *report)
{
    texts_free(report->account, report->n_accounts);
    texts_free(report->region, report->n_regions);
    *report = (struct audit_report){.checked = 0};
}
