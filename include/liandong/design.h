/* SPDX-License-Identifier: GPL-3.0-or-later */
/* design - points of a sweep in the unit cube, and on grids.  Pure functions; random numbers and Sobol's sequence are GSL's. */
#ifndef LIANDONG_DESIGN_H
#define LIANDONG_DESIGN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DESIGN_AXES = 16 };

/* level[point * axes + axis] of a full grid: the last axis turns fastest.  Returns the number of points; with level NULL only
 * that (0: it does not fit 2^31). */
size_t design_grid(const size_t *levels, size_t axes, size_t *level);

/* A Latin hypercube (McKay, Beckman and Conover, Technometrics 21 (1979) 239): in each coordinate every one of the n equal slices
 * holds exactly one point, anywhere in it.  unit[point * axes + axis]; equal seeds give equal points.  false: no memory. */
bool design_latin(size_t n, size_t axes, unsigned long seed, double *unit);

/* The first n points of Sobol's sequence after the origin: the first m of n are those of a design of m. */
bool design_sobol(size_t n, size_t axes, double *unit);
#endif
