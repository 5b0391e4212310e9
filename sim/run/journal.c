/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal - see include/liandong/journal.h for the format and the promise. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <liandong/crc32.h>
#include <liandong/journal.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { TEXT_SIZE = 256, RECORD_MAGIC = 0x4e55524c /* "LRUN" */ };
static const char magic[8] = JOURNAL_MAGIC;

/* The header as it lies in the file; the scenario text and a CRC-32 over both follow. */
struct header {
    char magic[8];
    uint32_t schema, runs;
    int64_t seed;
    uint64_t record_bytes, scenario_bytes;
    int32_t months;
    uint32_t shard, shards, unused;
    unsigned char scenario[SHA256_SIZE];
    char build[TEXT_SIZE], settings[TEXT_SIZE];
};

/* What stands before the parts of a record; a CRC-32 over it and the parts follows them. */
struct record_head {
    uint32_t magic, run;
    uint64_t n[N_PARTS];
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static enum status io_fail(const struct journal *j, const char *doing, struct diag *diag)
{
    int why = errno;
    if (diag != NULL && diag->zh)
        doing = message_zh(doing);
    if (why == ENOENT && !j->read_only) /* it would have been made */
        return diag_stop(diag, IO_ERROR, "%s: cannot %s: there is no such folder", j->path, doing);
    if ((why == ENOSPC || why == EDQUOT) && j->finished > 0)
        return diag_stop(diag, IO_ERROR,
                         "%s: cannot %s: %s; with more room the same command goes on after %u runs that are kept",
                         j->path, doing, diag_reason(diag, why), (unsigned)j->finished);
    return diag_stop(diag, IO_ERROR, "%s: cannot %s: %s", j->path, doing, diag_reason(diag, why));
}

/* Reads exactly n bytes; false with errno 0 at the end of the file. */
static bool read_all(int file, void *bytes, uint64_t n, uint64_t at)
{
    char *to = bytes;
    while (n > 0) {
        ssize_t got = pread(file, to, n, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            errno = got == 0 ? 0 : errno;
            return false;
        }
        to += got;
        at += (uint64_t)got;
        n -= (uint64_t)got;
    }
    return true;
}

static bool write_all(int file, const void *bytes, uint64_t n, uint64_t at)
{
    const char *from = bytes;
    while (n > 0) {
        ssize_t put = pwrite(file, from, n, (off_t)at);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        from += put;
        at += (uint64_t)put;
        n -= (uint64_t)put;
    }
    return true;
}

/* Into the file, or into memory, which grows; false: errno says why. */
static bool put(struct journal *j, const void *bytes, uint64_t n, uint64_t at)
{
    if (!j->in_memory)
        return write_all(j->file, bytes, n, at);
    if (n > j->room - at || at > j->room) {
        uint64_t room = at + n > 2 * j->room ? at + n : 2 * j->room;
        unsigned char *grown = realloc(j->memory, room);
        if (grown == NULL)
            return false;
        j->memory = grown;
        j->room = room;
    }
    if (n > 0)
        memcpy(j->memory + at, bytes, n);
    return true;
}

static void header_make(const struct journal_key *key, struct header *h)
{
    *h = (struct header){.schema = JOURNAL_SCHEMA,
                         .runs = key->runs,
                         .seed = key->seed,
                         .months = key->months,
                         .record_bytes = key->record_bytes,
                         .scenario_bytes = strlen(key->scenario),
                         .shard = key->shard,
                         .shards = key->shards};
    memcpy(h->magic, magic, sizeof magic);
    struct sha256 hash;
    sha256_init(&hash);
    sha256_add(&hash, key->scenario, strlen(key->scenario));
    sha256_end(&hash, h->scenario);
    snprintf(h->build, sizeof h->build, "%s", key->build);
    snprintf(h->settings, sizeof h->settings, "%s", key->settings);
}

static enum status header_write(struct journal *j, const struct journal_key *key, struct diag *diag)
{
    struct header h;
    header_make(key, &h);
    uint32_t crc = crc32_add(crc32_add(0, &h, sizeof h), key->scenario, h.scenario_bytes);
    j->end = sizeof h + h.scenario_bytes + sizeof crc;
    if (ftruncate(j->file, 0) != 0 || !write_all(j->file, &h, sizeof h, 0) ||
        !write_all(j->file, key->scenario, h.scenario_bytes, sizeof h) ||
        !write_all(j->file, &crc, sizeof crc, j->end - sizeof crc) || fsync(j->file) != 0)
        return io_fail(j, "write", diag);
    return OK;
}

static char *text_copy(const char *text)
{
    size_t n = strlen(text) + 1;
    char *copy = malloc(n);
    return copy == NULL ? NULL : memcpy(copy, text, n);
}

static enum status key_copy(struct journal *j, const struct journal_key *key, struct diag *diag)
{
    j->key = *key;
    j->key.scenario = text_copy(key->scenario);
    j->key.build = text_copy(key->build);
    j->key.settings = text_copy(key->settings);
    j->entry = calloc(key->runs > 0 ? key->runs : 1, sizeof *j->entry);
    if (j->key.scenario == NULL || j->key.build == NULL || j->key.settings == NULL || j->entry == NULL)
        return diag_stop(diag, NO_MEMORY, "%s: no memory for the list of %" PRIu32 " runs", j->path, key->runs);
    return OK;
}

/* Reads the header and the scenario behind it (*scenario, to be freed), and checks both. */
static enum status header_read(struct journal *j, uint64_t size, struct header *h, char **scenario, struct diag *diag)
{
    uint32_t crc;
    *scenario = NULL;
    if (!read_all(j->file, h, sizeof *h, 0) || memcmp(h->magic, magic, sizeof magic) != 0)
        return diag_stop(diag, FAILED, "%s: is not a journal of runs", j->path);
    if (h->schema != JOURNAL_SCHEMA)
        return diag_stop(diag, FAILED, "%s: is a journal of format %" PRIu32 "; this program reads format %d", j->path,
                         h->schema, JOURNAL_SCHEMA);
    if (h->scenario_bytes > size - sizeof *h || h->runs == 0 || h->shard == 0 || h->shard > h->shards)
        return diag_stop(diag, FAILED, "%s: the header of the journal is damaged", j->path);
    *scenario = calloc(1, h->scenario_bytes + 1);
    if (*scenario == NULL)
        return diag_stop(diag, NO_MEMORY, "%s: no memory for the scenario text", j->path);
    j->end = sizeof *h + h->scenario_bytes + sizeof crc;
    if (!read_all(j->file, *scenario, h->scenario_bytes, sizeof *h) ||
        !read_all(j->file, &crc, sizeof crc, j->end - sizeof crc) ||
        crc != crc32_add(crc32_add(0, h, sizeof *h), *scenario, h->scenario_bytes))
        return diag_stop(diag, FAILED, "%s: the header of the journal is damaged", j->path);
    h->build[TEXT_SIZE - 1] = h->settings[TEXT_SIZE - 1] = '\0';
    return OK;
}

/* Says what of the header is not what this command would write. */
static enum status header_compare(const struct journal *j, const struct header *have, const struct header *want,
                                  struct diag *diag)
{
    const char *other = "if its runs are not wanted remove it, else give another name with -o";
    if (diag->zh)
        other = message_zh(other);
    if (memcmp(have->scenario, want->scenario, sizeof have->scenario) != 0)
        return diag_stop(diag, FAILED, "%s: was begun with another scenario; %s", j->path, other);
    if (have->seed != want->seed)
        return diag_stop(diag, FAILED, "%s: was begun with seed %" PRId64 ", not %" PRId64 "; %s", j->path, have->seed,
                         want->seed, other);
    if (have->runs != want->runs || have->months != want->months)
        return diag_stop(diag, FAILED,
                         "%s: was begun for %" PRIu32 " runs of %" PRId32 " months, not %" PRIu32 " of %" PRId32 "; %s",
                         j->path, have->runs, have->months, want->runs, want->months, other);
    if (have->shard != want->shard || have->shards != want->shards)
        return diag_stop(diag, FAILED, "%s: is shard %" PRIu32 "/%" PRIu32 ", not %" PRIu32 "/%" PRIu32 "; %s", j->path,
                         have->shard, have->shards, want->shard, want->shards, other);
    if (strcmp(have->settings, want->settings) != 0)
        return diag_stop(diag, FAILED, "%s: was begun with other settings (%s, not %s); %s", j->path, have->settings,
                         want->settings, other);
    if (strcmp(have->build, want->build) != 0 || have->record_bytes != want->record_bytes)
        return diag_stop(diag, FAILED, "%s: was begun by another build of the program (%s, not %s); %s", j->path,
                         have->build, want->build, other);
    return OK;
}

/* CRC of a record that lies in the file, in pieces; false if the file ends before. */
static bool record_crc(const struct journal *j, const struct record_head *head, uint64_t at, uint64_t n, uint32_t *crc)
{
    unsigned char piece[1 << 16];
    *crc = crc32_add(0, head, sizeof *head);
    while (n > 0) {
        size_t take = n < sizeof piece ? (size_t)n : sizeof piece;
        if (!read_all(j->file, piece, take, at))
            return false;
        *crc = crc32_add(*crc, piece, take);
        at += take;
        n -= take;
    }
    return true;
}

/* Takes in the record at j->end; false at the end of the good ones. */
static bool record_scan(struct journal *j, uint64_t size)
{
    struct record_head head;
    uint32_t crc, stored;
    if (!read_all(j->file, &head, sizeof head, j->end) || head.magic != RECORD_MAGIC || head.run >= j->key.runs ||
        !shard_holds(head.run, j->key.shard, j->key.shards) || head.n[PART_RECORD] > j->key.record_bytes)
        return false;
    uint64_t n = 0, at = j->end + sizeof head;
    for (int p = 0; p < N_PARTS; p++) {
        if (head.n[p] > size)
            return false;
        n += head.n[p];
    }
    if (n > size || at + n + sizeof crc > size || !record_crc(j, &head, at, n, &crc) ||
        !read_all(j->file, &stored, sizeof stored, at + n) || crc != stored)
        return false;
    struct journal_entry *entry = &j->entry[head.run];
    if (entry->at == 0)
        j->finished++;
    entry->at = at;
    memcpy(entry->n, head.n, sizeof entry->n);
    j->end = at + n + sizeof crc;
    return true;
}

/* One writer: a lock that the system drops when the process ends. */
static enum status lock(const struct journal *j, struct diag *diag)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(j->file, F_SETLK, &whole) == 0)
        return OK;
    if (errno == EACCES || errno == EAGAIN)
        return diag_stop(diag, IO_ERROR, "%s: another process is writing it", j->path);
    return io_fail(j, "lock", diag);
}

static void release(struct journal *j)
{
    if (j->file >= 0)
        close(j->file);
    free(j->memory);
    free(j->path);
    free((char *)(uintptr_t)j->key.scenario);
    free((char *)(uintptr_t)j->key.build);
    free((char *)(uintptr_t)j->key.settings);
    free(j->entry);
    *j = (struct journal){.file = -1};
}

/* `want` NULL: whatever the journal belongs to. */
static enum status resume(struct journal *j, const struct journal_key *want, uint64_t size, struct diag *diag)
{
    struct header have, wanted;
    char *scenario = NULL;
    enum status status = header_read(j, size, &have, &scenario, diag);
    if (status == OK && want != NULL) {
        header_make(want, &wanted);
        status = header_compare(j, &have, &wanted, diag);
    }
    if (status == OK && scenario != NULL) {
        struct journal_key key = {scenario,    have.build,        have.settings, have.seed,  have.runs,
                                  have.months, have.record_bytes, have.shard,    have.shards};
        status = key_copy(j, &key, diag);
    }
    free(scenario);
    TRY(status);
    while (record_scan(j, size))
        ;
    return OK;
}

static enum status open_file(struct journal *j, const char *path, int flags, uint64_t *size, struct diag *diag)
{
    struct stat info;
    *j = (struct journal){.file = -1, .path = text_copy(path), .read_only = (flags & O_CREAT) == 0, .synced = now()};
    if (j->path == NULL)
        return diag_stop(diag, NO_MEMORY, "%s: no memory to open it", path);
    j->file = open(path, flags | O_CLOEXEC, 0666);
    if (j->file < 0 || fstat(j->file, &info) != 0)
        return io_fail(j, "open", diag);
    if (!S_ISREG(info.st_mode))
        return diag_stop(diag, IO_ERROR, "%s: is not a file", path);
    *size = (uint64_t)info.st_size;
    return OK;
}

/* A journal shorter than its own header was killed while being made: it holds nothing yet. */
static bool unborn(const struct journal *j, uint64_t size)
{
    struct header h = {.runs = 0};
    size_t n = size < sizeof h ? (size_t)size : sizeof h;
    if (!read_all(j->file, &h, n, 0) || memcmp(h.magic, magic, n < sizeof magic ? n : sizeof magic) != 0)
        return false;
    return n < sizeof h || size - sizeof h < sizeof(uint32_t) || h.scenario_bytes > size - sizeof h - sizeof(uint32_t);
}

static enum status begin_or_resume(struct journal *j, const struct journal_key *key, uint64_t size, struct diag *diag)
{
    TRY(lock(j, diag));
    if (unborn(j, size)) {
        TRY(header_write(j, key, diag));
        return key_copy(j, key, diag);
    }
    TRY(resume(j, key, size, diag));
    if (j->end < size && ftruncate(j->file, (off_t)j->end) != 0)
        return io_fail(j, "cut off what was half written", diag);
    return OK;
}

enum status journal_open(struct journal *j, const char *path, const struct journal_key *key, struct diag *diag)
{
    uint64_t size = 0;
    enum status status = open_file(j, path, O_RDWR | O_CREAT, &size, diag);
    if (status == OK)
        status = begin_or_resume(j, key, size, diag);
    if (status != OK)
        release(j);
    return status;
}

enum status journal_blank(struct journal *j, const struct journal_key *key, struct diag *diag)
{
    *j = (struct journal){.file = -1, .path = text_copy(""), .read_only = true};
    enum status status = j->path == NULL ? diag_stop(diag, NO_MEMORY, "out of memory") : key_copy(j, key, diag);
    if (status != OK)
        release(j);
    return status;
}

enum status journal_in_memory(struct journal *j, const struct journal_key *key, struct diag *diag)
{
    TRY(journal_blank(j, key, diag));
    j->read_only = false;
    j->in_memory = true;
    j->end = 1; /* that a run lies at 0 says that it is missing */
    return OK;
}

enum status journal_load(struct journal *j, const char *path, struct diag *diag)
{
    uint64_t size = 0;
    enum status status = open_file(j, path, O_RDONLY, &size, diag);
    if (status == OK)
        status = resume(j, NULL, size, diag);
    if (status == OK)
        j->read_only = true;
    else
        release(j);
    return status;
}

static enum status sync_if_due(struct journal *j, bool always, struct diag *diag)
{
    double t = now();
    if (j->in_memory || !j->unsynced || (!always && t - j->synced < 1.0))
        return OK;
    if (fdatasync(j->file) != 0)
        return io_fail(j, "sync", diag);
    j->synced = t;
    j->unsynced = false;
    return OK;
}

enum status journal_append(struct journal *j, uint32_t run, const struct journal_piece part[N_PARTS], struct diag *diag)
{
    BUG_ON(j->read_only || run >= j->key.runs || part[PART_RECORD].n > j->key.record_bytes);
    struct record_head head = {.magic = RECORD_MAGIC, .run = run};
    uint64_t at = j->end + sizeof head;
    for (int p = 0; p < N_PARTS; p++)
        head.n[p] = part[p].n;
    uint32_t crc = crc32_add(0, &head, sizeof head);
    bool good = put(j, &head, sizeof head, j->end);
    for (int p = 0; p < N_PARTS && good; p++) {
        crc = crc32_add(crc, part[p].bytes, part[p].n);
        good = put(j, part[p].bytes, part[p].n, at);
        at += part[p].n;
    }
    good = good && put(j, &crc, sizeof crc, at);
    if (!good && j->in_memory)
        return diag_stop(diag, NO_MEMORY, "no memory for the record of a run");
    if (!good) {
        int why = errno;
        if (ftruncate(j->file, (off_t)j->end) != 0)
            errno = why; /* the next reader cuts it off */
        errno = why;
        return io_fail(j, "write", diag);
    }
    j->finished += j->entry[run].at == 0;
    j->entry[run].at = j->end + sizeof head;
    memcpy(j->entry[run].n, head.n, sizeof head.n);
    j->end = at + sizeof crc;
    j->unsynced = true;
    return sync_if_due(j, false, diag);
}

uint32_t journal_next(const struct journal *j, uint32_t from)
{
    while (from < j->key.runs && (journal_has(j, from) || !shard_holds(from, j->key.shard, j->key.shards)))
        from++;
    return from;
}

enum status journal_read(const struct journal *j, uint32_t run, enum journal_part part, uint64_t from, void *bytes,
                         uint64_t n, struct diag *diag)
{
    BUG_ON(!journal_has(j, run));
    const struct journal_entry *entry = &j->entry[run];
    BUG_ON(from > entry->n[part] || n > entry->n[part] - from);
    uint64_t at = entry->at + from;
    for (int p = 0; p < (int)part; p++)
        at += entry->n[p];
    if (j->in_memory) {
        memcpy(bytes, j->memory + at, n);
        return OK;
    }
    if (read_all(j->file, bytes, n, at))
        return OK;
    if (errno == 0)
        return diag_stop(diag, IO_ERROR, "%s: became shorter while it was read", j->path);
    return io_fail(j, "read", diag);
}

enum status journal_close(struct journal *j, struct diag *diag)
{
    enum status status = j->read_only ? OK : sync_if_due(j, true, diag);
    release(j);
    return status;
}

void journal_remove(struct journal *j)
{
    if (!j->read_only && !j->in_memory)
        unlink(j->path);
    release(j);
}
