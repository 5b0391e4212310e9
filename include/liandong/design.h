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

/* Saltelli's extension of a sequence, for Sobol's indices: A. Saltelli, Computer Physics Communications 145 (2002) 280; A. Saltelli et
 * al., ibid. 181 (2010) 259.  For each of n points of Sobol's sequence in twice the axes, its first half a and its second half b:
 *
 *     a;  a with coordinate 1 of b;  ...  a with the last of b;  [with pairs: b with coordinate 1 of a; ...]  b
 *
 * which is the order that SALib's sobol.analyze reads (calc_second_order: pairs).  The sequence is shifted at random in each
 * coordinate (R. Cranley and T. N. L. Patterson, SIAM Journal on Numerical Analysis 13 (1976) 904), as its first points have a = b
 * and would tell nothing; equal seeds give equal points, and the first m base points of n are those of m.  Returns n (axes + 2)
 * or, with pairs, n (2 axes + 2); with unit NULL only that.  0: no memory, or it does not fit 2^31. */
size_t design_saltelli(size_t n, size_t axes, bool pairs, unsigned long seed, double *unit);
#endif
