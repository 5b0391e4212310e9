/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal - finished runs, one after another in a file that only grows, so that a killed ensemble goes on where it was.
 *
 *     header   magic, schema, SHA-256 of what the ensemble is, seed, runs, months, bytes of a record, build, shard,
 *              scenario text, CRC-32
 *     record   magic, run, lengths of its parts, the parts, CRC-32            (as often as there are finished runs)
 *
 * All numbers little-endian.  A record is written by one append and counts only if its CRC holds; what a killed writer
 * left half-written behind the last good record is cut off.  Synced at most once a second, and at close.  A journal of
 * another scenario, seed, size or build is refused.  Shards are journals; `merge` reads several: run r of n shards belongs to
 * shard r mod n + 1. */
#ifndef LIANDONG_JOURNAL_H
#define LIANDONG_JOURNAL_H
#include <liandong/diag.h>
#include <liandong/record.h>
#include <liandong/sha256.h>
#include <stdbool.h>

#define JOURNAL_MAGIC "LDJRNL\n\x1a" /* ends as a text does, so that no text file is taken for one */
enum { JOURNAL_SCHEMA = 4 };         /* 3: records packed; 4: a part for direct effects */

/* What a run leaves: its record (record.h; of several worlds, one behind the other; at most record_bytes), its rows of the panel
 * and of the table of claims; of a comparison what happened to the enterprises, what an office sees of them and what is, and the
 * lives of those admitted alone. */
enum journal_part { PART_RECORD, PART_PANEL, PART_CLAIMS, PART_OFFICE, PART_TRUTH, PART_DIRECT, N_PARTS };
struct journal_piece {
    const void *bytes;
    uint64_t n;
};

/* What the journal belongs to.  `scenario` is the text that repeats the runs; its SHA-256 is taken by journal_open.
 * settings: whatever else decides about the bytes of the result (panel share, detail, claims), as a short text. */
struct journal_key {
    const char *scenario;
    const char *build;    /* at most 255 bytes */
    const char *settings; /* at most 255 bytes */
    int64_t seed;
    uint32_t runs;
    int32_t months;
    uint64_t record_bytes;
    uint32_t shard, shards; /* shard is 1 ... shards */
};

struct journal_entry {
    uint64_t at; /* of the first part; 0: this run is missing */
    uint64_t n[N_PARTS];
};

struct journal {
    int file;
    bool read_only, in_memory;
    unsigned char *memory; /* in_memory: what the file would hold */
    uint64_t room;
    char *path;
    struct journal_key key;      /* texts owned by the journal */
    struct journal_entry *entry; /* [runs] */
    uint32_t finished;
    uint64_t end;  /* behind the last good record */
    double synced; /* seconds on a clock that only goes forward */
    bool unsynced;
};

/* Opens the journal at `path`, or makes it.  FAILED: it belongs to something else (the message says what differs);
 * IO_ERROR: it cannot be read or written, or another process is writing it. */
enum status journal_open(struct journal *j, const char *path, const struct journal_key *key,
                         struct diag *diag) MUST_CHECK;

/* A journal without a file, of one who makes runs for another process: its key, and no runs. */
enum status journal_blank(struct journal *j, const struct journal_key *key, struct diag *diag) MUST_CHECK;

/* A journal that lives as long as the process: for runs of which only a few numbers are kept, and those elsewhere. */
enum status journal_in_memory(struct journal *j, const struct journal_key *key, struct diag *diag) MUST_CHECK;

/* Opens an existing journal for reading, whatever it belongs to: j->key says.  A torn tail is ignored. */
enum status journal_load(struct journal *j, const char *path, struct diag *diag) MUST_CHECK;

static inline bool journal_has(const struct journal *j, uint32_t run)
{
    return run < j->key.runs && j->entry[run].at != 0;
}

/* Does this run belong to shard `shard` (1 ... shards)?  Runs are dealt like cards. */
static inline bool shard_holds(uint32_t run, uint32_t shard, uint32_t shards)
{
    return run % shards == shard - 1;
}

/* How many of `runs` runs belong to it. */
static inline uint32_t shard_size(uint32_t runs, uint32_t shard, uint32_t shards)
{
    return runs / shards + (shard - 1 < runs % shards ? 1 : 0);
}

/* Runs that are to be in this journal: those of its shard. */
static inline uint32_t journal_size(const struct journal *j)
{
    return shard_size(j->key.runs, j->key.shard, j->key.shards);
}

/* The first run from `from` on that is still to be made, or key.runs. */
uint32_t journal_next(const struct journal *j, uint32_t from);

enum status journal_append(struct journal *j, uint32_t run, const struct journal_piece part[N_PARTS],
                           struct diag *diag) MUST_CHECK;

/* Reads n bytes from byte `from` of a part of a finished run. */
enum status journal_read(const struct journal *j, uint32_t run, enum journal_part part, uint64_t from, void *bytes,
                         uint64_t n, struct diag *diag) MUST_CHECK;

/* Syncs and closes.  The file stays. */
enum status journal_close(struct journal *j, struct diag *diag) MUST_CHECK;

/* Closes, and removes the file: the result stands. */
void journal_remove(struct journal *j);
#endif
