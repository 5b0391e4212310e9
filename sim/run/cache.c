/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cache - see include/liandong/cache.h.
 *
 *     file     magic, the state as world_put gives it, then the number of its bytes, their CRC-32, magic
 *
 * It is written under a name of its own and renamed, so a reader finds a whole file or none; the CRC finds what a disk did
 * to it later.  Reading takes two passes, so that no state is held in memory twice. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <liandong/cache.h>
#include <liandong/crc32.h>
#include <liandong/engine.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEFAULT_MB = 2048, BUFFER = 1 << 18, PATH_ROOM = CACHE_PATH + 128, STALE_SECONDS = 86400 };
static const char magic[8] = "LDSEAS\n\1";

struct tail {
    uint64_t n;
    uint32_t crc, unused;
    char magic[8];
};

/* -- the key ------------------------------------------------------------------------------------------------ */
/* Whether an instance of a policy stands in some month before `start`; if not, its other values do nothing. */
static bool stands_before_start(const struct setup *s, int32_t region, enum group g, int32_t instance)
{
    const struct policy_common *p = values_at(s->initial + (size_t)region * s->layout.size, &s->layout, g, instance);
    bool stands = p->enabled != 0;
    for (size_t k = 0; k < s->n_changes && s->change[k].month < s->world.start && !stands; k++) {
        const struct change *c = &s->change[k];
        int32_t on;
        if (c->region != region || c->group != g || c->instance != instance ||
            strcmp(param_table[c->param].name, "enabled") != 0)
            continue;
        memcpy(&on, s->bytes + c->value, sizeof on);
        stands = on != 0;
    }
    return stands;
}

static bool counts(const struct setup *s, int32_t region, enum group g, int32_t instance)
{
    return group_table[g].scope != SCOPE_POLICY || stands_before_start(s, region, g, instance);
}

static void hash_number(struct sha256 *h, int64_t number)
{
    sha256_add(h, &number, sizeof number);
}

static void hash_text(struct sha256 *h, const char *text)
{
    sha256_add(h, text, strlen(text) + 1);
}

static const char *instance_name(const struct setup *s, enum group g, int32_t instance)
{
    return s->layout.name[g] != NULL ? s->layout.name[g][instance] : "";
}

/* shape: what takes room in the state but does nothing counts, too. */
static void hash_group(struct sha256 *h, const struct setup *s, int32_t region, enum group g, bool shape)
{
    const unsigned char *block = s->initial + (size_t)region * s->layout.size;
    if (shape)
        hash_number(h, s->layout.count[g]);
    for (int32_t k = 0; k < s->layout.count[g]; k++) {
        bool in = counts(s, region, g, k);
        const unsigned char *values = values_at(block, &s->layout, g, k);
        if (!in && !shape)
            continue;
        hash_text(h, instance_name(s, g, k));
        hash_number(h, in);
        for (size_t p = group_table[g].first; in && p < group_table[g].first + group_table[g].n; p++)
            sha256_add(h, values + param_table[p].offset, param_table[p].size);
    }
}

static void hash_changes(struct sha256 *h, const struct setup *s)
{
    for (size_t k = 0; k < s->n_changes && s->change[k].month < s->world.start; k++) {
        const struct change *c = &s->change[k];
        if (!counts(s, c->region, c->group, c->instance))
            continue;
        hash_number(h, c->month);
        hash_number(h, c->region);
        hash_number(h, c->param);
        hash_text(h, instance_name(s, c->group, c->instance));
        sha256_add(h, s->bytes + c->value, c->size);
    }
}

static void hash_season(struct sha256 *h, const struct setup *s, bool shape)
{
    hash_number(h, s->world.start);
    hash_number(h, setup_first_month(s));
    hash_number(h, s->world.initial_empty);
    sha256_add(h, &s->world.scale, sizeof s->world.scale);
    hash_number(h, s->n_regions);
    for (int32_t r = 0; r < s->n_regions; r++) {
        hash_text(h, s->region[r]);
        for (int g = 0; g < N_GROUPS; g++)
            hash_group(h, s, r, (enum group)g, shape);
    }
    hash_changes(h, s);
}

void cache_key(const struct setup *s, const char *build, uint32_t seed, uint32_t run, char text[SHA256_TEXT])
{
    struct sha256 h;
    sha256_init(&h);
    hash_text(&h, build);
    hash_number(&h, seed);
    hash_number(&h, run);
    hash_season(&h, s, true);
    sha256_end_text(&h, text);
}

bool cache_same_life(const struct setup *a, const struct setup *b)
{
    const struct setup *const setups[2] = {a, b};
    char text[2][SHA256_TEXT];
    for (int k = 0; k < 2; k++) {
        struct sha256 h;
        sha256_init(&h);
        hash_season(&h, setups[k], false);
        sha256_end_text(&h, text[k]);
    }
    return strcmp(text[0], text[1]) == 0;
}

/* -- the folder --------------------------------------------------------------------------------------------- */
/* Makes a folder and those above it. */
static bool make_folder(const char *folder)
{
    char path[CACHE_PATH];
    snprintf(path, sizeof path, "%s", folder);
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(path, 0777) != 0 && errno != EEXIST)
            return false;
        *slash = '/';
    }
    return (mkdir(path, 0777) == 0 || errno == EEXIST) && access(path, W_OK | X_OK) == 0;
}

static bool choose_folder(char *folder, size_t size)
{
    const char *own = getenv("LIANDONG_CACHE"), *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    int n;
    if (own != NULL && *own != '\0')
        n = strcmp(own, "off") == 0 ? 0 : snprintf(folder, size, "%s", own);
    else if (xdg != NULL && *xdg == '/')
        n = snprintf(folder, size, "%s/liandong", xdg);
    else
        n = home == NULL || *home != '/' ? 0 : snprintf(folder, size, "%s/.cache/liandong", home);
    return n > 0 && (size_t)n < size;
}

bool cache_open(struct cache *c, const char *build)
{
    const char *size = getenv("LIANDONG_CACHE_SIZE");
    char *end = NULL;
    long long mb = size == NULL ? DEFAULT_MB : strtoll(size, &end, 10);
    if (size != NULL && (end == size || *end != '\0' || mb < 0 || mb > INT32_MAX))
        mb = DEFAULT_MB;
    *c = (struct cache){.limit = (uint64_t)mb << 20};
    c->fresh = c->limit; /* the first file written tidies */
    snprintf(c->build, sizeof c->build, "%s", build);
    return mb > 0 && choose_folder(c->folder, sizeof c->folder) && make_folder(c->folder) &&
           mtx_init(&c->lock, mtx_plain) == thrd_success;
}

void cache_close(struct cache *c)
{
    mtx_destroy(&c->lock);
}

/* -- tidying: the files longest unused leave first ---------------------------------------------------------- */
struct kept {
    char name[SHA256_TEXT + 48];
    uint64_t size;
    struct timespec used;
};

static bool ends_in(const char *name, const char *ending)
{
    size_t n = strlen(name), m = strlen(ending);
    return n > m && strcmp(name + n - m, ending) == 0;
}

/* Only files of ours are counted or removed; half-written ones when nobody can be writing them any more. */
static bool take_kept(const struct cache *c, const char *name, struct kept *k)
{
    char path[PATH_ROOM];
    struct stat info;
    if (strlen(name) >= sizeof k->name || !(ends_in(name, ".season") || ends_in(name, ".tmp")))
        return false;
    snprintf(path, sizeof path, "%s/%.112s", c->folder, name);
    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode))
        return false;
    if (ends_in(name, ".tmp")) {
        if (time(NULL) - info.st_mtime > STALE_SECONDS)
            unlink(path);
        return false;
    }
    memcpy(k->name, name, strlen(name) + 1);
    k->size = (uint64_t)info.st_size;
    k->used = info.st_mtim;
    return true;
}

static int by_use(const void *a, const void *b)
{
    const struct kept *x = a, *y = b;
    if (x->used.tv_sec != y->used.tv_sec)
        return x->used.tv_sec < y->used.tv_sec ? -1 : 1;
    return (x->used.tv_nsec > y->used.tv_nsec) - (x->used.tv_nsec < y->used.tv_nsec);
}

static struct kept *list_kept(const struct cache *c, size_t *n, uint64_t *bytes)
{
    struct kept *list = NULL;
    size_t capacity = 0;
    DIR *folder = opendir(c->folder);
    *n = 0;
    *bytes = 0;
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
        if (*n == capacity) {
            capacity = 2 * capacity + 64;
            struct kept *grown = realloc(list, capacity * sizeof *grown);
            if (grown == NULL)
                break;
            list = grown;
        }
        if (take_kept(c, entry->d_name, &list[*n]))
            *bytes += list[(*n)++].size;
    }
    if (folder != NULL)
        closedir(folder);
    return list;
}

/* Down to seven eighths of the limit, so that not every file has to tidy. */
static void tidy(const struct cache *c)
{
    size_t n;
    uint64_t bytes;
    struct kept *list = list_kept(c, &n, &bytes);
    if (n > 0)
        qsort(list, n, sizeof *list, by_use);
    for (size_t k = 0; k < n && bytes > c->limit - c->limit / 8; k++) {
        char path[PATH_ROOM];
        snprintf(path, sizeof path, "%s/%s", c->folder, list[k].name);
        if (unlink(path) == 0)
            bytes -= list[k].size;
    }
    free(list);
}

static void tidy_if_due(struct cache *c, uint64_t written)
{
    if (mtx_lock(&c->lock) != thrd_success)
        return;
    c->fresh += written;
    if (c->fresh > c->limit / 8) {
        tidy(c);
        c->fresh = 0;
    }
    mtx_unlock(&c->lock);
}

/* -- reading ------------------------------------------------------------------------------------------------ */
static void season_path(const struct cache *c, const struct world *w, char *path, size_t size)
{
    char key[SHA256_TEXT];
    cache_key(w->setup, c->build, w->luck.seed, w->luck.run, key);
    snprintf(path, size, "%s/%s.season", c->folder, key);
}

static bool whole(FILE *file, struct tail *tail)
{
    unsigned char piece[1 << 14];
    uint32_t crc = 0;
    struct stat info;
    if (fstat(fileno(file), &info) != 0 || info.st_size < (off_t)(sizeof magic + sizeof *tail) ||
        fseeko(file, info.st_size - (off_t)sizeof *tail, SEEK_SET) != 0 || fread(tail, sizeof *tail, 1, file) != 1 ||
        memcmp(tail->magic, magic, sizeof magic) != 0 ||
        tail->n != (uint64_t)info.st_size - sizeof magic - sizeof *tail || fseeko(file, 0, SEEK_SET) != 0 ||
        fread(piece, sizeof magic, 1, file) != 1 || memcmp(piece, magic, sizeof magic) != 0)
        return false;
    for (uint64_t left = tail->n; left > 0;) {
        size_t take = left < sizeof piece ? (size_t)left : sizeof piece;
        if (fread(piece, take, 1, file) != 1)
            return false;
        crc = crc32_add(crc, piece, take);
        left -= take;
    }
    return crc == tail->crc && fseeko(file, sizeof magic, SEEK_SET) == 0;
}

struct source {
    FILE *file;
    uint64_t left;
};

static enum status get(void *from, void *bytes, size_t n)
{
    struct source *s = from;
    if (n > s->left || fread(bytes, 1, n, s->file) != n)
        return IO_ERROR;
    s->left -= n;
    return OK;
}

/* The values in force are this setup's: those that did nothing before `start` may differ from the writer's. */
static void own_values(struct world *w)
{
    const struct setup *s = w->setup;
    for (int32_t r = 0; r < w->n_regions; r++)
        memcpy(w->region[r].now, s->initial + (size_t)r * s->layout.size, s->layout.size);
    for (w->next_change = 0; w->next_change < s->n_changes; w->next_change++) {
        const struct change *c = &s->change[w->next_change];
        if (c->month > w->month)
            break;
        memcpy(w->region[c->region].now + c->offset, s->bytes + c->value, c->size);
    }
}

enum cache_answer cache_read(struct cache *c, struct world *w)
{
    char path[PATH_ROOM];
    struct tail tail;
    season_path(c, w, path, sizeof path);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return CACHE_NONE;
    (void)setvbuf(file, NULL, _IOFBF, BUFFER);
    enum cache_answer answer = CACHE_NONE;
    if (whole(file, &tail)) {
        struct source source = {file, tail.n};
        bool good = world_get(w, get, &source, NULL) == OK && source.left == 0 && w->month == w->setup->world.start - 1;
        answer = good ? CACHE_READ : CACHE_BROKEN;
    }
    if (answer == CACHE_READ) {
        own_values(w);
        (void)futimens(fileno(file), NULL); /* used just now */
    }
    fclose(file);
    return answer;
}

/* -- writing ------------------------------------------------------------------------------------------------ */
struct sink {
    FILE *file;
    struct tail tail;
};

static enum status put(void *to, const void *bytes, size_t n)
{
    struct sink *s = to;
    if (fwrite(bytes, 1, n, s->file) != n)
        return IO_ERROR;
    s->tail.crc = crc32_add(s->tail.crc, bytes, n);
    s->tail.n += n;
    return OK;
}

static bool write_season(const struct world *w, const char *path, uint64_t *written)
{
    struct sink s = {.file = fopen(path, "wbx")};
    if (s.file == NULL)
        return false;
    (void)setvbuf(s.file, NULL, _IOFBF, BUFFER);
    memcpy(s.tail.magic, magic, sizeof magic);
    bool good = fwrite(magic, sizeof magic, 1, s.file) == 1 && world_put(w, put, &s) == OK &&
                fwrite(&s.tail, sizeof s.tail, 1, s.file) == 1;
    *written = s.tail.n + sizeof magic + sizeof s.tail;
    return fclose(s.file) == 0 && good;
}

void cache_write(struct cache *c, const struct world *w)
{
    char path[PATH_ROOM], temporary[PATH_ROOM + 32];
    uint64_t written = 0;
    season_path(c, w, path, sizeof path);
    snprintf(temporary, sizeof temporary, "%s.%ld.tmp", path, (long)getpid());
    unlink(temporary); /* of a killed process that had our number */
    if (!write_season(w, temporary, &written) || written > c->limit || rename(temporary, path) != 0)
        unlink(temporary);
    else
        tidy_if_due(c, written);
}

/* -- numbers ------------------------------------------------------------------------------------------------ */
bool cache_number(const struct cache *c, const char *name, double *number)
{
    char path[PATH_ROOM];
    snprintf(path, sizeof path, "%s/%s.number", c->folder, name);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return false;
    char text[64] = "", *end = text;
    bool good = fgets(text, sizeof text, file) != NULL;
    if (good)
        *number = strtod(text, &end);
    fclose(file);
    return good && end != text && *end == '\n';
}

void cache_keep_number(struct cache *c, const char *name, double number)
{
    char path[PATH_ROOM], temporary[PATH_ROOM + 32];
    snprintf(path, sizeof path, "%s/%s.number", c->folder, name);
    snprintf(temporary, sizeof temporary, "%s.%ld.tmp", path, (long)getpid());
    FILE *file = fopen(temporary, "w");
    if (file == NULL)
        return;
    bool good = fprintf(file, "%.17g\n", number) > 0;
    if (fclose(file) != 0 || !good || rename(temporary, path) != 0)
        unlink(temporary);
}
