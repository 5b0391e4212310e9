/* SPDX-License-Identifier: GPL-3.0-or-later */
/* publish - how a finished file gets its final name, and the checksums of files and of their contents. */
#include <errno.h>
#include <fcntl.h>
#include <liandong/journal.h>
#include <liandong/results.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *path_with(const char *path, const char *ending)
{
    size_t n = strlen(path) + strlen(ending) + 1;
    char *text = malloc(n);
    if (text != NULL)
        snprintf(text, n, "%s%s", path, ending);
    return text;
}

char *path_beside(const char *path, const char *word)
{
    size_t n = strlen(path) + strlen(word) + 5, stem = strlen(path);
    if (stem > 3 && strcmp(path + stem - 3, ".h5") == 0)
        stem -= 3;
    char *text = malloc(n);
    if (text != NULL)
        snprintf(text, n, "%.*s.%s.h5", (int)stem, path, word);
    return text;
}

enum status file_hash(const char *path, char text[SHA256_TEXT], struct diag *diag)
{
    unsigned char piece[1 << 16];
    struct sha256 hash;
    ssize_t n = 0;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return diag_stop(diag, IO_ERROR, "%s: cannot open: %s", path, diag_reason(diag, errno));
    sha256_init(&hash);
    while ((n = read(file, piece, sizeof piece)) > 0 || (n < 0 && errno == EINTR))
        if (n > 0)
            sha256_add(&hash, piece, (size_t)n);
    int why = errno;
    close(file);
    if (n < 0)
        return diag_stop(diag, IO_ERROR, "%s: cannot read: %s", path, diag_reason(diag, why));
    sha256_end_text(&hash, text);
    return OK;
}

/* Whether it begins as an HDF5 file or a journal does; of a journal that was killed there may be less than its beginning. */
static bool is_data(const char *path)
{
    static const char begins[][8] = {"\x89HDF\r\n\x1a\n", JOURNAL_MAGIC};
    char first[8] = {0};
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = file < 0 ? -1 : read(file, first, sizeof first);
    if (file >= 0)
        close(file);
    return n > 0 && (memcmp(first, begins[0], (size_t)n) == 0 || memcmp(first, begins[1], (size_t)n) == 0);
}

/* A device, a folder or a link (/dev/stdout is one) under the final name would be replaced by the rename. */
enum status file_may_be_written(const char *path, enum file_kind kind, struct diag *diag)
{
    struct stat info;
    if (lstat(path, &info) != 0)
        return OK;
    if (!S_ISREG(info.st_mode))
        return diag_stop(diag, IO_ERROR, "%s: cannot write: it is not an ordinary file", path);
    if (info.st_size > 0 && kind == FILE_DATA && !is_data(path))
        return diag_stop(diag, FAILED, "%s stands already and is no result; it is left as it is", path);
    if (info.st_size > 0 && kind == FILE_TEXT && is_data(path))
        return diag_stop(diag, FAILED, "%s is a result, not a text; it is left as it is", path);
    return OK;
}

bool file_is_same(const char *a, const char *b)
{
    struct stat one, two;
    return a != NULL && b != NULL && stat(a, &one) == 0 && stat(b, &two) == 0 && one.st_dev == two.st_dev &&
           one.st_ino == two.st_ino;
}

static bool sync_path(const char *path, int flags)
{
    int file = open(path, flags | O_CLOEXEC);
    if (file < 0)
        return false;
    bool good = fsync(file) == 0 || errno == EINVAL; /* a file system without it */
    return close(file) == 0 && good;
}

static bool sync_folder(const char *path)
{
    char folder[4096];
    const char *slash = strrchr(path, '/');
    snprintf(folder, sizeof folder, "%.*s", slash == NULL ? 1 : (int)(slash - path + 1), slash == NULL ? "." : path);
    return sync_path(folder, O_RDONLY | O_DIRECTORY);
}

/* As `sha256sum` writes it, so that `sha256sum -c` checks it. */
static bool sidecar_write(const char *path, const char *hash, const char *temporary)
{
    const char *slash = strrchr(path, '/');
    FILE *to = fopen(temporary, "w");
    if (to == NULL)
        return false;
    bool good = fprintf(to, "%s  %s\n", hash, slash == NULL ? path : slash + 1) > 0;
    good = fflush(to) == 0 && good && fsync(fileno(to)) == 0;
    return fclose(to) == 0 && good;
}

/* Between the two renames a file stands without a sidecar, which is true; never with a wrong one. */
static bool rename_both(const char *path, const char *temporary, const char *side, const char *side_temporary)
{
    if (unlink(side) != 0 && errno != ENOENT)
        return false;
    if (rename(temporary, path) != 0)
        return false;
    if (side_temporary != NULL && rename(side_temporary, side) != 0)
        return false;
    return sync_folder(path);
}

enum status file_publish(const char *path, bool sidecar, struct diag *diag)
{
    char hash[SHA256_TEXT];
    char *temporary = path_with(path, ".tmp"), *side = path_with(path, ".sha256");
    char *side_temporary = path_with(path, ".sha256.tmp");
    enum status status = OK;
    if (temporary == NULL || side == NULL || side_temporary == NULL)
        status = diag_stop(diag, NO_MEMORY, "%s: no memory to finish it", path);
    if (status == OK && !sync_path(temporary, O_RDWR))
        status = diag_stop(diag, IO_ERROR, "%s: cannot sync: %s", path, diag_reason(diag, errno));
    if (status == OK && sidecar)
        status = file_hash(temporary, hash, diag);
    if (status == OK && sidecar && !sidecar_write(path, hash, side_temporary))
        status = diag_stop(diag, IO_ERROR, "%s: cannot write: %s", side, diag_reason(diag, errno));
    if (status == OK && !rename_both(path, temporary, side, sidecar ? side_temporary : NULL))
        status = diag_stop(diag, IO_ERROR, "%s: cannot give it its final name: %s", path, diag_reason(diag, errno));
    if (status != OK && temporary != NULL)
        unlink(temporary);
    if (status != OK && side_temporary != NULL)
        unlink(side_temporary);
    free(temporary);
    free(side);
    free(side_temporary);
    return status;
}

void digest_add(struct digest *d, const char *name, const char *type, const char *axes, struct sha256 *values)
{
    char hash[SHA256_TEXT];
    sha256_end_text(values, hash);
    if (d->n == d->capacity) {
        size_t capacity = d->capacity == 0 ? 64 : 2 * d->capacity;
        char **line = realloc(d->line, capacity * sizeof *line);
        if (line == NULL) {
            d->no_memory = true;
            return;
        }
        d->line = line;
        d->capacity = capacity;
    }
    size_t n = strlen(name) + strlen(type) + strlen(axes) + sizeof hash + 4;
    char *line = malloc(n);
    if (line == NULL) {
        d->no_memory = true;
        return;
    }
    snprintf(line, n, "%s %s %s %s\n", name, type, axes, hash);
    d->line[d->n++] = line;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

bool digest_end(struct digest *d, char text[SHA256_TEXT])
{
    struct sha256 all;
    sha256_init(&all);
    if (d->n > 0)
        qsort(d->line, d->n, sizeof *d->line, by_text);
    for (size_t i = 0; i < d->n; i++) {
        sha256_add(&all, d->line[i], strlen(d->line[i]));
        free(d->line[i]);
    }
    sha256_end_text(&all, text);
    free(d->line);
    bool good = !d->no_memory;
    *d = (struct digest){.n = 0};
    return good;
}
