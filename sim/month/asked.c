/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <liandong/asked.h>
#include <string.h>

void asked_none(struct asked *a)
{
    memset(a->mark, 0, a->n);
}

void asked_registered(struct asked *a)
{
    const uint8_t *registration = a->t->e->registration;
    const uint16_t *founded = a->t->e->founded;
    const int32_t month = a->t->w->month;
    ASKED_KEEP(a, j, i, month - founded[i] >= registration[i]);
}

void asked_age_to(struct asked *a, int32_t months)
{
    const uint16_t *founded = a->t->e->founded;
    const int32_t month = a->t->w->month;
    ASKED_KEEP(a, j, i, month - founded[i] <= months);
}

void asked_stage_to(struct asked *a, int32_t stage)
{
    const uint8_t *at = a->t->e->stage;
    ASKED_KEEP(a, j, i, at[i] <= stage);
}

void asked_sales_from(struct asked *a, money least)
{
    const float *sales = a->t->e->sales;
    const double from = money_to_yuan(least);
    ASKED_KEEP(a, j, i, (double)sales[i] >= from);
}

void asked_sales_to(struct asked *a, money most)
{
    const float *sales = a->t->e->sales;
    const double to = money_to_yuan(most);
    ASKED_KEEP(a, j, i, (double)sales[i] <= to);
}

void asked_patents_from(struct asked *a, int32_t least)
{
    const uint16_t *patents = a->t->e->patents;
    ASKED_KEEP(a, j, i, patents[i] >= least);
}

void asked_sector(struct asked *a, int32_t sector)
{
    const uint8_t *of = a->t->e->sector;
    if (sector > 0)
        ASKED_KEEP(a, j, i, of[i] == sector - 1);
}

void asked_product(struct asked *a)
{
    const uint8_t *flags = a->t->e->flags;
    ASKED_KEEP(a, j, i, (flags[i] & HAS_PRODUCT) != 0);
}

void asked_held(struct asked *a)
{
    const uint8_t *owned = a->t->e->owned;
    ASKED_KEEP(a, j, i, (owned[i] & OWNED_BY_FUND) != 0);
}
