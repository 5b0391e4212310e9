/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ccd_classes - tables of classes (ccd_classes.def) and the class of a value. */
#include <liandong/ccd.h>
#include <math.h>
#include <string.h>

#define CLASS_TABLE(id, of, name, most, en, zh, ...) static const struct ccd_class classes_##id[] = {__VA_ARGS__};
#include <liandong/ccd_classes.def>

const struct ccd_class_table ccd_class_tables[] = {
#define CLASS_TABLE(id, of, name, most, en, zh, ...) \
    {name, en, zh, of, most, sizeof classes_##id / sizeof classes_##id[0], classes_##id},
#include <liandong/ccd_classes.def>
};
const size_t n_ccd_class_tables = sizeof ccd_class_tables / sizeof ccd_class_tables[0];

const struct ccd_class_table *ccd_class_table_find(const char *name)
{
    for (size_t i = 0; i < n_ccd_class_tables; i++)
        if (strcmp(ccd_class_tables[i].name, name) == 0)
            return &ccd_class_tables[i];
    return NULL;
}

size_t ccd_classify(const struct ccd_class_table *table, bool closed_above, double x)
{
    const double nothing = 1e-12; /* sqrt(C T) of round numbers misses them by less */
    if (isnan(x))
        return table->n;
    size_t k = 0;
    while (k + 1 < table->n &&
           (closed_above ? x > table->of[k + 1].from + nothing : x >= table->of[k + 1].from - nothing))
        k++;
    return k;
}
