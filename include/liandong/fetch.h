/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fetch - memory that will be read soon is asked for ahead, where no processor guesses where it lies.  No result depends on it. */
#ifndef LIANDONG_FETCH_H
#define LIANDONG_FETCH_H
#include <stddef.h>

/* What does nothing but ask for memory changes nothing that a compiler knows of: GCC drops the call of such a function, and with it
 * what it asks for, unless it is written out where it is called. */
#define FETCHES static inline __attribute__((always_inline))

/* The lines in which so many bytes lie. */
FETCHES void fetch_lines(const void *from, size_t bytes)
{
    for (size_t at = 0; at < bytes; at += 64)
        __builtin_prefetch((const char *)from + at);
    if (bytes % 64 != 1)
        __builtin_prefetch((const char *)from + bytes - 1);
}
/* The same of what will be written. */
FETCHES void fetch_to_write(const void *from, size_t bytes)
{
    for (size_t at = 0; at < bytes; at += 64)
        __builtin_prefetch((const char *)from + at, 1);
    if (bytes % 64 != 1)
        __builtin_prefetch((const char *)from + bytes - 1, 1);
}
#endif
