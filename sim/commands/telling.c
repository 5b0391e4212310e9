/* SPDX-License-Identifier: GPL-3.0-or-later */
/* telling - see include/liandong/telling.h. */
#include <liandong/telling.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
    interrupted = 1;
    signal(number, SIG_DFL); /* who asks twice does not want to wait */
}

const volatile sig_atomic_t *telling_stop(void)
{
    return &interrupted;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void wipe(struct telling *t)
{
    if (t->shown)
        fputs("\r\033[K", stderr);
    t->shown = false;
}

void telling_say(struct telling *t, const char *text)
{
    wipe(t);
    command_say(t->common, "%s", text);
}

static void say(void *to, const char *text)
{
    telling_say(to, text);
}

static void progress(void *to, uint64_t done, uint64_t all)
{
    struct telling *t = to;
    double at = now();
    if (!t->terminal || at - t->told < 0.2 || all == 0)
        return;
    t->told = at;
    double seconds = at - t->begun, rate = seconds > 0.0 ? (double)done / seconds : 0.0;
    fprintf(stderr,
            tr("\r\033[K%3.0f %%   %.0f months/s   %.0f s to go", "\r\033[K%3.0f %%   每秒 %.0f 个月   还需 %.0f 秒"),
            100.0 * (double)done / (double)all, rate, rate > 0.0 ? (double)(all - done) / rate : 0.0);
    fflush(stderr);
    t->shown = true;
}

void telling_begin(struct telling *t, const struct common *c)
{
    *t = (struct telling){.common = c, .terminal = isatty(STDERR_FILENO) == 1};
    t->listener = (struct run_listener){say, progress, t};
    t->begun = t->told = now();
    signal(SIGINT, on_interrupt);
    signal(SIGTERM, on_interrupt); /* as schedulers and mpirun ask */
}

void telling_end(struct telling *t, enum status status)
{
    char text[64];
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    wipe(t);
    if (status == INTERRUPTED)
        telling_say(t, tr("interrupted; the same command goes on with the runs that are missing",
                          "已中断；再次运行同一命令即可继续"));
    snprintf(text, sizeof text, tr("%.1f s", "用时 %.1f 秒"), now() - t->begun);
    if (status == OK)
        telling_say(t, text);
}
