/* SPDX-License-Identifier: GPL-3.0-or-later */
/* security - what borrowers pledge beside fixed assets, what it is worth to whom, and the market where pledged patents of the
 * dead are sold (mechanisms M6). */
#ifndef LIANDONG_SECURITY_H
#define LIANDONG_SECURITY_H
#include <liandong/month.h>

/* Kinds of security, as bits of an application and of a loan. */
enum {
    SECURITY_ASSETS = 1,
    SECURITY_IP = 2,
    SECURITY_RECEIVABLES = 4,
    SECURITY_ORDERS = 8,
    SECURITY_INCOME = 16,
    SECURITY_EQUITY = 32
};

/* What an applicant can pledge, in yuan; instruments add to it. */
struct security {
    double gap;       /* asked beyond what may be lent so far */
    double worth;     /* what another yuan would gain the applicant */
    double lends;     /* may be lent on all of it */
    double assets;    /* of that, on fixed assets */
    double saves;     /* of the loss, by the rest: summed over what is lent on it, as lenders reckon */
    double most;      /* the best of it, per yuan */
    double appraised; /* patents */
    uint8_t kinds;
};
/* Adds security of a kind: so much may be lent on it, and of a yuan so lent it saves the lender that share of his loss (for fixed
 * assets credit.secured_lgd, which pricing knows). */
void security_add(struct security *s, uint8_t kind, double lends, double saves);

/* What the patents of a row are worth to its owner, and what an appraiser writes this year. */
double ip_value(const struct world *w, const struct region *r, uint32_t i);
double ip_appraisal(const struct world *w, const struct region *r, uint32_t i);
/* What pledged patents fetch over their appraisal, as lenders have learnt. */
double ip_recovery_believed(const struct region *r);
#endif
