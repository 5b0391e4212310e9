/* SPDX-License-Identifier: GPL-3.0-or-later */
/* faults - preloaded into the program by tests/faults/test_faults.py: at the n-th call of one kind the process is killed, or
 * the call fails as a full disk, a failing device or a machine without memory would make it fail.
 *
 *     FAULT_CALL    write | sync | rename | truncate | unlink | open | memory
 *     FAULT_NTH     1, 2 ...: this call, and with FAULT_LASTING=1 every later one of the kind; 0: none
 *     FAULT_HOW     kill | kill-after | torn | an errno as a number      (torn: half of a write is done, then the kill)
 *     FAULT_COUNT   file that gets the number of such calls, at the end of the process
 *     FAULT_PATH    calls count only for files whose path holds this text
 *
 * Memory counts only where our own code asks for it, not the libraries: those have faults of their own. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long calls;
static long nth;
static const char *call = "", *how = "kill", *path_part;
static bool lasting, counting;
static pid_t owner;
static uintptr_t code_from, code_to;

/* Where the program itself lies, from the first line of its map. */
static void find_code(void)
{
    char line[512], self[256] = "";
    FILE *map = fopen("/proc/self/maps", "r");
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    while (map != NULL && n > 0 && fgets(line, sizeof line, map) != NULL) {
        unsigned long from, to;
        if (strstr(line, self) != NULL && sscanf(line, "%lx-%lx", &from, &to) == 2) {
            code_from = code_from == 0 ? from : code_from;
            code_to = to;
        }
    }
    if (map != NULL)
        fclose(map);
}

__attribute__((constructor)) static void begin(void)
{
    const char *text = getenv("FAULT_CALL");
    find_code();
    owner = getpid();
    path_part = getenv("FAULT_PATH");
    how = getenv("FAULT_HOW") != NULL ? getenv("FAULT_HOW") : "kill";
    nth = getenv("FAULT_NTH") != NULL ? atol(getenv("FAULT_NTH")) : 0;
    lasting = getenv("FAULT_LASTING") != NULL;
    call = text != NULL ? text : "";
    counting = true;
}

__attribute__((destructor)) static void end(void)
{
    const char *file = getenv("FAULT_COUNT");
    counting = false;
    if (file == NULL || getpid() != owner)
        return;
    FILE *to = fopen(file, "w");
    if (to != NULL) {
        fprintf(to, "%ld\n", (long)calls);
        fclose(to);
    }
}

static void die(void)
{
    kill(getpid(), SIGKILL);
    pause();
}

/* Is this the call, and is it to fail? */
static bool struck(const char *kind)
{
    if (!counting || strcmp(kind, call) != 0 || getpid() != owner)
        return false;
    long n = atomic_fetch_add(&calls, 1) + 1;
    return nth > 0 && (n == nth || (lasting && n > nth));
}

static bool path_counts(const char *path)
{
    return path_part == NULL || strstr(path, path_part) != NULL;
}

static bool file_counts(int file)
{
    char link[64], path[4096] = "";
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    return file > 2 && readlink(link, path, sizeof path - 1) > 0 && path_counts(path);
}

static bool is(const char *what)
{
    return strcmp(how, what) == 0;
}

/* Kills before the call, or sets errno and says that the call fails. */
static bool fails(void)
{
    if (is("kill") || is("torn"))
        die();
    if (is("kill-after"))
        return false;
    errno = atoi(how);
    return true;
}

#define REAL(name, type, ...)         \
    static type (*real)(__VA_ARGS__); \
    if (real == NULL)                 \
    *(void **)&real = dlsym(RTLD_NEXT, #name)

ssize_t write(int file, const void *bytes, size_t n)
{
    REAL(write, ssize_t, int, const void *, size_t);
    bool now = file_counts(file) && struck("write");
    if (now && is("torn"))
        (void)!real(file, bytes, n / 2);
    if (now && fails())
        return -1;
    ssize_t done = real(file, bytes, n);
    if (now)
        die();
    return done;
}

#define PWRITE(name)                                              \
    ssize_t name(int file, const void *bytes, size_t n, off_t at) \
    {                                                             \
        REAL(name, ssize_t, int, const void *, size_t, off_t);    \
        bool now = file_counts(file) && struck("write");          \
        if (now && is("torn"))                                    \
            (void)!real(file, bytes, n / 2, at);                  \
        if (now && fails())                                       \
            return -1;                                            \
        ssize_t done = real(file, bytes, n, at);                  \
        if (now)                                                  \
            die();                                                \
        return done;                                              \
    }
PWRITE(pwrite)
PWRITE(pwrite64)

#define OF_FILE(name, kind)                           \
    int name(int file)                                \
    {                                                 \
        REAL(name, int, int);                         \
        bool now = file_counts(file) && struck(kind); \
        if (now && fails())                           \
            return -1;                                \
        int done = real(file);                        \
        if (now)                                      \
            die();                                    \
        return done;                                  \
    }
OF_FILE(fsync, "sync")
OF_FILE(fdatasync, "sync")

#define TRUNCATE(name)                                      \
    int name(int file, off_t size)                          \
    {                                                       \
        REAL(name, int, int, off_t);                        \
        bool now = file_counts(file) && struck("truncate"); \
        if (now && fails())                                 \
            return -1;                                      \
        int done = real(file, size);                        \
        if (now)                                            \
            die();                                          \
        return done;                                        \
    }
TRUNCATE(ftruncate)
TRUNCATE(ftruncate64)

int rename(const char *from, const char *to)
{
    REAL(rename, int, const char *, const char *);
    bool now = path_counts(to) && struck("rename");
    if (now && fails())
        return -1;
    int done = real(from, to);
    if (now)
        die();
    return done;
}

int unlink(const char *path)
{
    REAL(unlink, int, const char *);
    bool now = path_counts(path) && struck("unlink");
    if (now && fails())
        return -1;
    int done = real(path);
    if (now)
        die();
    return done;
}

#define OPEN(name)                                                       \
    int name(const char *path, int flags, ...)                           \
    {                                                                    \
        REAL(name, int, const char *, int, ...);                         \
        va_list list;                                                    \
        va_start(list, flags);                                           \
        mode_t mode = (flags & O_CREAT) != 0 ? va_arg(list, mode_t) : 0; \
        va_end(list);                                                    \
        bool now = path_counts(path) && struck("open");                  \
        if (now && fails())                                              \
            return -1;                                                   \
        int done = real(path, flags, mode);                              \
        if (now)                                                         \
            die();                                                       \
        return done;                                                     \
    }
OPEN(open)
OPEN(open64)

static bool ours(void *from)
{
    return (uintptr_t)from >= code_from && (uintptr_t)from < code_to;
}

/* dlsym itself asks for memory; libc has these under names of its own. */
extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *at, size_t n);

static bool none(void *from)
{
    if (!ours(from) || !struck("memory"))
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t n)
{
    return none(__builtin_return_address(0)) ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    return none(__builtin_return_address(0)) ? NULL : __libc_calloc(n, size);
}

void *realloc(void *at, size_t n)
{
    return none(__builtin_return_address(0)) ? NULL : __libc_realloc(at, n);
}
