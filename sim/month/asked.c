/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <liandong/asked.h>
#include <string.h>

void asked_none(struct asked *a)
{
    memset(a->mark, 0, a->n);
}

void asked_lay(const struct asked *all)
{
    const struct enterprises *e = all->t->e;
    struct asked_columns *c = &all->t->s->asked;
    const uint8_t *flags = e->flags, *registration = e->registration, *stage = e->stage;
    const uint16_t *founded = e->founded, *patents = e->patents;
    const float *sales = e->sales;
    const int32_t month = all->t->w->month;
    ASKED_ALL(all, j, i, c->age[j] = month - founded[i]);
    ASKED_ALL(all, j, i, c->registered[j] = month - founded[i] >= registration[i]);
    ASKED_ALL(all, j, i, c->product[j] = (flags[i] & HAS_PRODUCT) != 0);
    ASKED_ALL(all, j, i, c->stage[j] = stage[i]);
    ASKED_ALL(all, j, i, c->patents[j] = patents[i]);
    ASKED_ALL(all, j, i, c->sales[j] = sales[i]);
}

/* Of the marked those stay who meet a condition on what has been laid down. */
#define KEEP(a, j, condition)                              \
    do {                                                   \
        const struct asked_columns *c = &(a)->t->s->asked; \
        uint8_t keep_[ASKED_TOGETHER], *mark_ = (a)->mark; \
        const uint32_t n_ = (a)->n;                        \
        for (uint32_t j = 0; j < n_; j++)                  \
            keep_[j] = (condition);                        \
        for (uint32_t j = 0; j < n_; j++)                  \
            mark_[j] = (uint8_t)(mark_[j] & keep_[j]);     \
    } while (0)

void asked_registered(struct asked *a)
{
    KEEP(a, j, c->registered[j]);
}

void asked_age_to(struct asked *a, int32_t months)
{
    KEEP(a, j, c->age[j] <= months);
}

void asked_stage_to(struct asked *a, int32_t stage)
{
    KEEP(a, j, c->stage[j] <= stage);
}

void asked_sales_from(struct asked *a, money least)
{
    const double from = money_to_yuan(least);
    KEEP(a, j, (double)c->sales[j] >= from);
}

void asked_sales_to(struct asked *a, money most)
{
    const double to = money_to_yuan(most);
    KEEP(a, j, (double)c->sales[j] <= to);
}

void asked_patents_from(struct asked *a, int32_t least)
{
    KEEP(a, j, c->patents[j] >= least);
}

void asked_sector(struct asked *a, int32_t sector)
{
    const uint8_t *of = a->t->e->sector;
    if (sector > 0)
        ASKED_KEEP(a, j, i, of[i] == sector - 1);
}

void asked_product(struct asked *a)
{
    KEEP(a, j, c->product[j]);
}

void asked_held(struct asked *a)
{
    const uint8_t *owned = a->t->e->owned;
    ASKED_KEEP(a, j, i, (owned[i] & OWNED_BY_FUND) != 0);
}
