/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_figures - a figure, its gate and bar: printed when it is known, written as JSON at the end. */
#include "bench.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_FIGURES = 512 };
static struct figure figures[MAX_FIGURES];
static size_t n_figures;

static void print_figure(const struct figure *f)
{
    char gate[32] = "", bar[32] = "", ratio[32] = "";
    if (!isnan(f->gate))
        snprintf(gate, sizeof gate, "%.4g", f->gate);
    if (!isnan(f->bar))
        snprintf(bar, sizeof bar, "%.4g", f->bar);
    if (!isnan(f->ratio))
        snprintf(ratio, sizeof ratio, "%.1f", f->ratio);
    bool holds = f->least ? f->value >= f->gate : f->value <= f->gate;
    const char *verdict = isnan(f->gate) ? "" : !f->judged ? "(not judged)" : holds ? "holds" : "MISSED";
    printf("%-58s %10.4g %-9s %8s %8s %8s  %s\n", f->name, f->value, f->unit, gate, bar, ratio, verdict);
    fflush(stdout);
}

void report(struct figure f, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(f.name, sizeof f.name, format, list);
    va_end(list);
    print_figure(&f);
    if (n_figures == MAX_FIGURES) {
        fprintf(stderr, "bench: more figures than there is room for\n");
        exit(1);
    }
    figures[n_figures++] = f;
}

struct figure plain(double value, const char *unit)
{
    return (struct figure){.unit = unit, .value = value, .gate = NAN, .bar = NAN, .ratio = NAN};
}

struct figure at_most(double value, const char *unit, double gate, double bar)
{
    return (struct figure){.unit = unit, .value = value, .gate = gate, .bar = bar, .ratio = NAN, .judged = true};
}

struct figure at_least(double value, const char *unit, double gate, double bar)
{
    struct figure f = at_most(value, unit, gate, bar);
    f.least = true;
    return f;
}

/* The same where the minimal kernel takes what it took when the gates were set, on a machine that nobody else used: what is slow
 * because the machine is, shows in both. */
static const double kernel_then[2] = {22.5, 11.5}; /* ns, one thread and two */

void report_as_then(struct figure f, double kernel, int two)
{
    double slower = kernel / kernel_then[two];
    f.value = f.least ? f.value * slower : f.value / slower;
    f.ratio = NAN;
    report(f, "  were the kernel at its %.1f ns", kernel_then[two]);
}

static void put_number(FILE *file, const char *key, double value)
{
    if (isnan(value))
        fprintf(file, ", \"%s\": null", key);
    else
        fprintf(file, ", \"%s\": %.6g", key, value);
}

bool figures_write(const char *path)
{
    FILE *file = fopen(path, "w");
    if (file == NULL)
        return false;
    fprintf(file, "{\"figures\": [\n");
    for (size_t k = 0; k < n_figures; k++) {
        const struct figure *f = &figures[k];
        fprintf(file, "  {\"name\": \"%s\", \"unit\": \"%s\"", f->name, f->unit);
        put_number(file, "value", f->value);
        put_number(file, "gate", f->gate);
        put_number(file, "bar", f->bar);
        put_number(file, "ratio_to_kernel", f->ratio);
        fprintf(file, ", \"judged\": %s}%s\n", f->judged ? "true" : "false", k + 1 < n_figures ? "," : "");
    }
    fprintf(file, "]}\n");
    return fclose(file) == 0;
}
