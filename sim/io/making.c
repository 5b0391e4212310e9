/* SPDX-License-Identifier: GPL-3.0-or-later */
/* making - see include/liandong/making.h. */
#include <inttypes.h>
#include <liandong/founders.h>
#include <liandong/making.h>
#include <liandong/reading.h>
#include <liandong/results.h>
#include <liandong/version.h>
#include <string.h>

enum { TEXT_SIZE = 256 };

void making_say(const struct making *m, const char *text)
{
    if (!m->quiet && m->listener != NULL && m->listener->say != NULL)
        m->listener->say(m->listener->to, text);
}

void making_build_name(char *text, size_t size)
{
    char hash[SHA256_TEXT] = "";
    struct diag unsaid;
    diag_init(&unsaid);
    size_t n = strlen(version_revision);
    bool dirty = strcmp(version_revision, "unknown") == 0 || (n > 6 && strcmp(version_revision + n - 6, "-dirty") == 0);
    if (dirty && file_hash("/proc/self/exe", hash, &unsaid) != OK)
        hash[0] = '\0';
    diag_free(&unsaid);
    snprintf(text, size, "%s %s%s%.16s %s %s", version_number, version_revision, dirty ? " " : "", hash,
             version_compiler, version_flags);
}

static enum status solve_founders(const struct making *m, struct setup *setup, struct diag *diag)
{
    for (int32_t r = 0; r < setup->n_regions; r++) {
        struct founders_solved solved;
        char text[TEXT_SIZE];
        if (!founders_wanted(setup, r))
            continue;
        snprintf(text, sizeof text,
                 m->zh ? "%s：由起始企业数求解潜在创业者数……"
                       : "%s: solving founders.per_month from enterprises.initial ...",
                 setup->region[r]);
        making_say(m, text);
        TRY(founders_solve(setup, r, m->cache, m->threads, m->stop, &solved, diag));
        snprintf(text, sizeof text, m->zh ? "%s：founders.per_month = %g" : "%s: founders.per_month = %g",
                 setup->region[r], solved.per_month);
        making_say(m, text);
    }
    return OK;
}

enum status making_founders(const struct making *m, struct setup *setup, struct diag *diag)
{
    return ranks_agree(solve_founders(m, setup, diag), diag);
}

/* What must be the same at all ranks for a run of one to be a run of the other. */
static void key_hash(const struct journal_key *key, char text[SHA256_TEXT])
{
    char numbers[TEXT_SIZE];
    struct sha256 h;
    snprintf(numbers, sizeof numbers, "%" PRId64 " %" PRIu32 " %" PRId32 " %" PRIu64 " %" PRIu32 "/%" PRIu32, key->seed,
             key->runs, key->months, key->record_bytes, key->shard, key->shards);
    sha256_init(&h);
    sha256_add(&h, key->scenario, strlen(key->scenario));
    sha256_add(&h, key->build, strlen(key->build));
    sha256_add(&h, key->settings, strlen(key->settings));
    sha256_add(&h, numbers, strlen(numbers));
    sha256_end_text(&h, text);
}

enum status making_journal(struct journal *journal, const char *path, const struct journal_key *key, struct diag *diag)
{
    char mine[SHA256_TEXT], first[SHA256_TEXT];
    key_hash(key, mine);
    memcpy(first, mine, sizeof first);
    ranks_share(first, sizeof first);
    enum status status =
        strcmp(mine, first) != 0
            ? diag_stop(diag, FAILED, "rank %d has another scenario or another build than rank 0", (int)ranks_mine())
        : ranks_mine() > 0 ? journal_blank(journal, key, diag)
        : path == NULL     ? journal_in_memory(journal, key, diag)
                           : journal_open(journal, path, key, diag);
    bool opened = status == OK;
    status = ranks_agree(status, diag);
    if (status != OK && opened && journal->finished == 0)
        journal_remove(journal);
    else if (status != OK && opened && journal_close(journal, diag) != OK)
        status = IO_ERROR;
    if (status == OK)
        ranks_share(&journal->finished, sizeof journal->finished);
    return status;
}

bool making_has_title(const char *path, const char *title)
{
    struct result r;
    struct diag unsaid;
    char *text = NULL;
    diag_init(&unsaid);
    bool same = false;
    if (result_open(&r, path, &unsaid) == OK) {
        same = result_text(&r, NULL, "title", &text, &unsaid) == OK && strcmp(text, title) == 0;
        free(text);
        result_close(&r);
    }
    diag_free(&unsaid);
    return same;
}

static void say_how(const struct making *m, const struct ensemble *e)
{
    char text[TEXT_SIZE];
    uint32_t runs = journal_size(e->journal), done = e->journal->finished;
    int32_t at_a_time = ensemble_at_a_time(e);
    if (done > 0) {
        snprintf(text, sizeof text,
                 m->zh ? "%s：已有 %" PRIu32 "/%" PRIu32 " 次，继续"
                       : "%s: %" PRIu32 " of %" PRIu32 " runs are there; going on",
                 e->journal->path, done, runs);
        making_say(m, text);
    }
    if (runs - done < 2)
        return;
    if (at_a_time > 1)
        snprintf(text, sizeof text,
                 m->zh ? "%" PRIu32 " 次模拟，同时进行 %d 次，各用一个线程"
                       : "%" PRIu32 " runs, %d at a time, each with one thread",
                 runs - done, (int)at_a_time);
    else
        snprintf(text, sizeof text,
                 m->zh ? "%" PRIu32 " 次模拟，逐次进行，线程数 %d" : "%" PRIu32 " runs, one after another, threads: %d",
                 runs - done, (int)e->threads);
    making_say(m, text);
}

enum status making_runs(const struct making *m, const struct ensemble *e, struct diag *diag)
{
    char text[TEXT_SIZE];
    uint32_t away = 0, missing = journal_size(e->journal) - e->journal->finished;
    struct ensemble counted = *e;
    counted.away = &away;
    say_how(m, e);
    enum status status = ensemble_run(&counted, diag);
    snprintf(text, sizeof text,
             m->zh ? "进程 %d 个；%" PRIu32 " 次模拟中 %" PRIu32 " 次由其他进程完成"
                   : "ranks: %d; of %" PRIu32 " runs %" PRIu32 " were made by others than the first",
             (int)ranks_count(), missing, away);
    if (status == OK && ranks_count() > 1)
        making_say(m, text);
    return status;
}

enum status making_end_shard(const struct making *m, struct journal *shard, enum status status, struct diag *diag)
{
    char text[2 * TEXT_SIZE];
    snprintf(text, sizeof text,
             m->zh ? "%.200s：分片 %" PRIu32 "/%" PRIu32 "，含 %" PRIu32 " 次模拟；全部分片完成后用 liandong merge 合并"
                   : "%.200s: shard %" PRIu32 "/%" PRIu32 " with its %" PRIu32
                     " runs; `liandong merge` puts the shards together when all are there",
             shard->path, shard->key.shard, shard->key.shards, journal_size(shard));
    enum status closed = journal_close(shard, diag);
    if (status == OK && closed == OK)
        making_say(m, text);
    return status == OK || (status == INTERRUPTED && closed != OK) ? closed : status;
}
