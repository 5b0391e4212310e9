/* SPDX-License-Identifier: GPL-3.0-or-later */
/* audit - adds every flow of a result up again, from the file alone.
 *
 * For every run, region and account:  balance(t) - balance(t - 1) = flows in - flows out,  balance(-1) = balances_start;
 * for every run and region the sum of all accounts never changes.  Which accounts a kind of flow joins is read from the
 * file (kind_from, kind_to): nothing of the simulator's own ledger takes part. */
#ifndef LIANDONG_AUDIT_H
#define LIANDONG_AUDIT_H
#include <liandong/reading.h>

enum { AUDIT_SHOWN = 10, AUDIT_TOTAL = -1 };

/* account AUDIT_TOTAL: the sum of all accounts of the region changed. */
struct audit_finding {
    uint32_t run, region;
    int32_t month, account;
    int64_t fen; /* what the account has more than its flows explain */
};

struct audit_report {
    uint64_t checked, wrong; /* cells: run x month x region x (account or total) */
    uint64_t flows;          /* numbers added */
    struct audit_finding first[AUDIT_SHOWN];
    size_t n_first;
    uint32_t unbalanced; /* runs that the simulator itself found wanting */
    char digest[SHA256_TEXT];
    bool digest_holds; /* it is the one that the file states */
    struct result_shape shape;
    size_t n_accounts, n_regions;
    char **account, **region; /* names */
};

/* OK: read to the end, whatever was found; audit_clean says what that means.  Freed by audit_free in any case. */
enum status audit_result(const struct result *r, struct audit_report *report, struct diag *diag) MUST_CHECK;
bool audit_clean(const struct audit_report *report);
void audit_free(struct audit_report *report);
#endif
