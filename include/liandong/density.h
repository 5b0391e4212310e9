/* SPDX-License-Identifier: GPL-3.0-or-later */
/* density - Gaussian kernel density of y[n].  Source: Silverman 1986, Density Estimation, (3.31). */
#ifndef LIANDONG_DENSITY_H
#define LIANDONG_DENSITY_H
#include <stddef.h>

/* 0.9 min(sample sd, interquartile range / 1.34) n^(-1/5); 0 if y does not vary, NAN without memory. */
double density_bandwidth(const double *y, size_t n);
/* (1 / (n h)) sum phi((x - y) / h), h > 0 */
double density_at(const double *y, size_t n, double bandwidth, double x);
/* Quantile of y, linear between neighbours; NAN without memory. */
double density_quantile(const double *y, size_t n, double p);
#endif
