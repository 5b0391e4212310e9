/* SPDX-License-Identifier: GPL-3.0-or-later */
/* safety - may the library open this file?  Its own checksum says so, or a child process that survived it. */
#include <errno.h>
#include <liandong/reading.h>
#include <liandong/results.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A sanitizer reserves terabytes of addresses, so there the limit on them is left out. */
#if defined(__SANITIZE_ADDRESS__)
#define LIMIT_ADDRESSES 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LIMIT_ADDRESSES 0
#endif
#endif
#ifndef LIMIT_ADDRESSES
#define LIMIT_ADDRESSES 1
#endif

static void limit(unsigned what, rlim_t value)
{
    struct rlimit l = {value, value};
    (void)setrlimit(what, &l);
}

/* A crash of the child is an answer: no handler, of a sanitizer or a test runner, is to make more of it. */
static void crash_quietly(void)
{
    static const int crash[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    for (size_t i = 0; i < sizeof crash / sizeof crash[0]; i++)
        signal(crash[i], SIG_DFL);
}

/* Reads every variable and every text, as any reader later would. */
static enum status walk(const char *path, struct diag *diag)
{
    struct result r;
    char digest[SHA256_TEXT], *text;
    TRY(result_open_unchecked(&r, path, diag));
    enum status status = result_digest(&r, digest, diag);
    if (status == OK)
        status = result_text(&r, NULL, "scenario", &text, diag);
    if (status == OK)
        free(text);
    result_close(&r);
    return status;
}

/* In the child: what is wrong goes to the parent as one line, the exit code as the status. */
static _Noreturn void child(const char *path, int to, uint64_t size, bool zh)
{
    struct diag diag;
    diag_init(&diag);
    diag.zh = zh;
    crash_quietly();
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_CPU, (rlim_t)(60 + size / 10000000));
    if (LIMIT_ADDRESSES)
        limit(RLIMIT_AS, (rlim_t)((uint64_t)2 << 30) + (rlim_t)(8 * size));
    close(STDERR_FILENO);
    enum status status = walk(path, &diag);
    if (status != OK && diag.n > 0 && write(to, diag.text[0], strlen(diag.text[0])) < 0)
        _exit(IO_ERROR);
    _exit((int)status);
}

static enum status verdict(const char *path, int status, const char *message, struct diag *diag)
{
    const char *mark = "error: ", *text = strstr(message, mark);
    if (WIFEXITED(status) && WEXITSTATUS(status) == OK)
        return OK;
    if (WIFEXITED(status) && message[0] != '\0')
        return diag_stop(diag, (enum status)WEXITSTATUS(status), "%s", text == NULL ? message : text + strlen(mark));
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
        return diag_stop(diag, IO_ERROR, "%s: is damaged: reading it does not end", path);
    return diag_stop(diag, IO_ERROR, "%s: is damaged: the HDF5 library crashes on it", path);
}

static enum status check_by_child(const char *path, uint64_t size, struct diag *diag)
{
    int ends[2], status = 0;
    char message[1024] = "";
    size_t n = 0;
    ssize_t got;
    if (pipe(ends) != 0)
        return diag_stop(diag, IO_ERROR, "%s: cannot check it: %s", path, diag_reason(diag, errno));
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        child(path, ends[1], size, diag->zh);
    }
    close(ends[1]);
    while (pid > 0 && n < sizeof message - 1 &&
           ((got = read(ends[0], message + n, sizeof message - 1 - n)) > 0 || (got < 0 && errno == EINTR)))
        n += got > 0 ? (size_t)got : 0;
    close(ends[0]);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (pid < 0)
        return diag_stop(diag, IO_ERROR, "%s: cannot check it: %s", path, diag_reason(diag, errno));
    return verdict(path, status, message, diag);
}

/* The hash that stands in a sidecar; false if there is no sidecar. */
static bool sidecar_hash(const char *path, char hash[SHA256_TEXT], bool *none)
{
    char *name = path_with(path, ".sha256");
    FILE *from = name == NULL ? NULL : fopen(name, "r");
    *none = name != NULL && from == NULL && errno == ENOENT;
    bool good = from != NULL && fread(hash, 1, SHA256_TEXT - 1, from) == SHA256_TEXT - 1;
    hash[SHA256_TEXT - 1] = '\0';
    if (from != NULL)
        fclose(from);
    free(name);
    return good;
}

enum status result_check_file(const char *path, struct diag *diag)
{
    struct stat info;
    char want[SHA256_TEXT] = "", have[SHA256_TEXT];
    bool none;
    if (stat(path, &info) != 0)
        return diag_stop(diag, IO_ERROR, "%s: cannot open: %s", path, diag_reason(diag, errno));
    if (!S_ISREG(info.st_mode))
        return diag_stop(diag, IO_ERROR, "%s: is not a file", path);
    if (access(path, R_OK) != 0)
        return diag_stop(diag, IO_ERROR, "%s: cannot open: %s", path, diag_reason(diag, errno));
    if (!sidecar_hash(path, want, &none)) {
        if (!none)
            return diag_stop(diag, IO_ERROR, "%s.sha256: cannot be read", path);
        return check_by_child(path, (uint64_t)info.st_size, diag);
    }
    TRY(file_hash(path, have, diag));
    if (strcmp(want, have) != 0)
        return diag_stop(diag, IO_ERROR, "%s: is damaged or changed: its SHA-256 is not the one in %s.sha256", path,
                         path);
    return OK;
}
