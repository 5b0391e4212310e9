/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cache - seasoned worlds on disk, so that the variants of a policy share their burn-in.
 *
 * One file a (seed, run), named by the SHA-256 of build, seed, run and every value in force before `start`; what holds only
 * from `start` on is not in it, nor what an instrument would do that never stood before.  A run out of the cache is the
 * run without it, bit for bit.  Whatever goes wrong with a file is no error: the world lives through its burn-in. */
#ifndef LIANDONG_CACHE_H
#define LIANDONG_CACHE_H
#include <liandong/sha256.h>
#include <liandong/world.h>
#include <threads.h>

enum { CACHE_PATH = 4096 };
struct cache {
    char folder[CACHE_PATH];
    char build[256]; /* what made the files */
    uint64_t limit;  /* bytes of the whole folder */
    uint64_t fresh;  /* bytes written since it was last tidied */
    mtx_t lock;      /* of `fresh` */
};

/* $LIANDONG_CACHE (off: none), else $XDG_CACHE_HOME/liandong, else ~/.cache/liandong; at most $LIANDONG_CACHE_SIZE MB,
 * 2048 if it is not set.  False: there is none, and nothing to close. */
bool cache_open(struct cache *c, const char *build);
void cache_close(struct cache *c);

enum cache_answer { CACHE_NONE, CACHE_READ, CACHE_BROKEN };

/* Fills a world that world_init has just made.  BROKEN: it must be made again. */
enum cache_answer cache_read(struct cache *c, struct world *w);

/* Keeps a world that stands before `start`. */
void cache_write(struct cache *c, const struct world *w);

/* The name of a season. */
void cache_key(const struct setup *s, const char *build, uint32_t seed, uint32_t run, char text[SHA256_TEXT]);

/* Do two worlds live alike until `start`?  They may name other instances that do not stand by then. */
bool cache_same_life(const struct setup *a, const struct setup *b);

/* A number kept under a name, such as a solved parameter.  False: there is none. */
bool cache_number(const struct cache *c, const char *name, double *number);
void cache_keep_number(struct cache *c, const char *name, double number);
#endif
