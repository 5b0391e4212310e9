/* SPDX-License-Identifier: GPL-3.0-or-later */
/* summary - the few figures by which a result is told: where the enterprises are, who financed them, what it cost, what the
 * pool did.  Mean over runs, and the range within which nine of ten runs lie. */
#ifndef LIANDONG_SUMMARY_H
#define LIANDONG_SUMMARY_H
#include <liandong/reading.h>

struct summary_row {
    char name[96]; /* "enterprises.seed" */
    char label[160];
    const char *unit;
    int decimals;
    bool head;              /* a heading: no values */
    bool part;              /* of the figure before it */
    double mean, low, high; /* low, high: 5 and 95 % over runs */
};
struct summary {
    bool zh; /* labels in Chinese, money in 亿元 instead of CNY m */
    size_t n, capacity;
    struct summary_row *row;
    uint32_t runs;
    int32_t start, months;
    char *digest, *audit;
    bool no_memory;
};
enum status summary_make(struct summary *s, const struct result *r, bool zh, struct diag *diag) MUST_CHECK;
void summary_free(struct summary *s);
#endif
