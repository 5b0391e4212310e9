/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ranks - over MPI; the one file that knows it.  See include/liandong/ranks.h.
 *
 * Messages of a rank to rank 0, each answered or not as it says:
 *     ASK                                            -> DEAL (a run, or NONE)
 *     RUN (its number, lengths of its parts), the parts in pieces
 *     LEAVE (status, length of the text), the text: messages, one a line
 * Nobody waits in a loop that burns a processor: threads that simulate may need it.  Only one thread of a process calls MPI at a
 * time (MPI_THREAD_SERIALIZED): at rank 0 the one that serves, elsewhere whichever holds the ensemble's lock.  An error of MPI
 * itself ends the job, as MPI does by default; the journal stands. */
#include <liandong/ranks.h>
#include <mpi.h>
#include <string.h>
#include <time.h>

enum tag { TAG_ASK = 1, TAG_DEAL, TAG_RUN, TAG_PART, TAG_LEAVE, TAG_TEXT };
enum { PIECE = 1 << 30, SOON = 20000, LATE = 1000000 /* nanoseconds */ };
#define NONE UINT32_MAX

struct run_head {
    uint64_t run, n[N_PARTS];
};
struct leave_head {
    int64_t status, n;
};

/* Asked for before each use rather than kept: MPI knows them. */
static bool awake(void)
{
    int begun = 0, ended = 0;
    MPI_Initialized(&begun);
    MPI_Finalized(&ended);
    return begun && !ended;
}

static void end(void)
{
    if (awake())
        MPI_Finalize();
}

/* A process that no launcher started does not wake MPI. */
static bool launched(void)
{
    static const char *const signs[] = {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK"};
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (getenv(signs[i]) != NULL)
            return true;
    return false;
}

bool ranks_begin(bool shared)
{
    int level = MPI_THREAD_SINGLE;
    if (!launched())
        return true;
    MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &level);
    atexit(end);
    if (level < MPI_THREAD_SERIALIZED) {
        fprintf(stderr, "liandong: error: this MPI does not let threads take turns (MPI_THREAD_SERIALIZED)\n");
        MPI_Abort(MPI_COMM_WORLD, FAILED);
    }
    bool first = ranks_mine() == 0;
    if (!shared)
        end(); /* from here on there is one rank */
    else if (!first && freopen("/dev/null", "w", stdout) == NULL)
        return false; /* what a program reads is printed once */
    return shared || first;
}

int32_t ranks_count(void)
{
    int n = 1;
    if (awake())
        MPI_Comm_size(MPI_COMM_WORLD, &n);
    return n;
}

int32_t ranks_mine(void)
{
    int mine = 0;
    if (awake())
        MPI_Comm_rank(MPI_COMM_WORLD, &mine);
    return mine;
}

static void rest(long *nanoseconds)
{
    struct timespec t = {.tv_nsec = *nanoseconds};
    nanosleep(&t, NULL);
    *nanoseconds = *nanoseconds < LATE / 2 ? 2 * *nanoseconds : LATE;
}

static void wait_for(MPI_Request *request)
{
    int done = 0;
    for (long pause = SOON; MPI_Test(request, &done, MPI_STATUS_IGNORE) == MPI_SUCCESS && !done;)
        rest(&pause);
}

/* NOLINTBEGIN(clang-analyzer-optin.mpi.MPI-Checker): it does not know that wait_for tests until a request is done */
static void put(const void *bytes, uint64_t n, int to, enum tag tag)
{
    const char *from = bytes;
    do {
        MPI_Request request;
        int take = n < PIECE ? (int)n : PIECE;
        MPI_Isend(from, take, MPI_BYTE, to, (int)tag, MPI_COMM_WORLD, &request);
        wait_for(&request);
        n -= (uint64_t)take;
        from += take;
    } while (n > 0);
}

static void get(void *bytes, uint64_t n, int from, enum tag tag)
{
    char *to = bytes;
    do {
        MPI_Request request;
        int take = n < PIECE ? (int)n : PIECE;
        MPI_Irecv(to, take, MPI_BYTE, from, (int)tag, MPI_COMM_WORLD, &request);
        wait_for(&request);
        n -= (uint64_t)take;
        to += take;
    } while (n > 0);
}

void ranks_share(void *bytes, size_t n)
{
    MPI_Request request;
    if (ranks_count() < 2)
        return;
    BUG_ON(n > PIECE);
    MPI_Ibcast(bytes, (int)n, MPI_BYTE, 0, MPI_COMM_WORLD, &request);
    wait_for(&request);
}

/* -- what went wrong elsewhere ----------------------------------------------------------------------------------------- */
static void send_text(const struct diag *diag, enum status status)
{
    struct leave_head head = {.status = status};
    for (size_t i = 0; i < diag->n; i++)
        head.n += (int64_t)strlen(diag->text[i]) + 1;
    put(&head, sizeof head, 0, TAG_LEAVE);
    for (size_t i = 0; i < diag->n; i++) /* with the end of each text */
        put(diag->text[i], strlen(diag->text[i]) + 1, 0, TAG_TEXT);
}

/* Nobody can receive what follows: the job ends here, and the journal stands. */
static void end_job(int from)
{
    fprintf(stderr, "liandong: error: no memory for what rank %d sends\n", from);
    MPI_Abort(MPI_COMM_WORLD, NO_MEMORY);
    abort(); /* MPI_Abort does not come back */
}

/* Texts come one by one and are whole lines already. */
static enum status receive_text(int from, const struct leave_head *head, struct diag *diag)
{
    for (int64_t got = 0; got < head->n;) {
        MPI_Status status;
        int n = 0, there = 0;
        for (long pause = SOON; !there;) {
            MPI_Iprobe(from, TAG_TEXT, MPI_COMM_WORLD, &there, &status);
            if (!there)
                rest(&pause);
        }
        MPI_Get_count(&status, MPI_BYTE, &n);
        char *text = malloc((size_t)n);
        if (text == NULL)
            end_job(from);
        get(text, (uint64_t)n, from, TAG_TEXT);
        struct diag one = {.n = 1, .capacity = 1, .text = malloc(sizeof *one.text)};
        if (one.text != NULL) {
            one.text[0] = text;
            diag_move(diag, &one);
        } else
            free(text);
        got += n;
    }
    if (head->status != OK && head->n == 0)
        return diag_stop(diag, (enum status)head->status, "rank %d failed and had no memory to say why", from);
    return (enum status)head->status;
}

enum status ranks_agree(enum status mine, struct diag *diag)
{
    struct {
        int status, rank;
    } own = {(int)mine, ranks_mine()}, worst = {0, 0};
    MPI_Request request;
    if (ranks_count() < 2)
        return mine;
    MPI_Iallreduce(&own, &worst, 1, MPI_2INT, MPI_MAXLOC, MPI_COMM_WORLD, &request);
    wait_for(&request);
    if (worst.status == OK || worst.rank == 0)
        return (enum status)worst.status;
    if (own.rank == worst.rank)
        send_text(diag, mine);
    if (own.rank == 0) {
        struct leave_head head;
        get(&head, sizeof head, worst.rank, TAG_LEAVE);
        return receive_text(worst.rank, &head, diag);
    }
    return (enum status)worst.status;
}

/* NOLINTEND(clang-analyzer-optin.mpi.MPI-Checker) */

/* -- rank 0 ------------------------------------------------------------------------------------------------------------ */
static void deal(const struct ranks_desk *desk, int to)
{
    uint32_t run = NONE;
    get(NULL, 0, to, TAG_ASK);
    if (!desk->deal(desk->to, &run))
        run = NONE;
    put(&run, sizeof run, to, TAG_DEAL);
}

static void take(const struct ranks_desk *desk, int from)
{
    struct run_head head;
    struct journal_piece part[N_PARTS];
    uint64_t all = 0;
    get(&head, sizeof head, from, TAG_RUN);
    for (int p = 0; p < N_PARTS; p++)
        all += head.n[p];
    char *bytes = malloc(all + 1), *at = bytes;
    if (bytes == NULL)
        end_job(from);
    for (int p = 0; p < N_PARTS; p++) {
        get(at, head.n[p], from, TAG_PART);
        part[p] = (struct journal_piece){at, head.n[p]};
        at += head.n[p];
    }
    desk->take(desk->to, (uint32_t)head.run, part);
    free(bytes);
}

static void let_go(const struct ranks_desk *desk, int from)
{
    struct leave_head head;
    struct diag diag;
    diag_init(&diag);
    get(&head, sizeof head, from, TAG_LEAVE);
    enum status status = receive_text(from, &head, &diag);
    if (status != OK)
        desk->fail(desk->to, status, &diag);
    diag_free(&diag);
}

void ranks_serve(const struct ranks_desk *desk)
{
    long pause = SOON;
    for (int32_t here = ranks_count() - 1; here > 0;) {
        MPI_Status status;
        int there = 0;
        MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &there, &status);
        if (!there) {
            rest(&pause);
            continue;
        }
        pause = SOON;
        if (status.MPI_TAG == TAG_ASK)
            deal(desk, status.MPI_SOURCE);
        else if (status.MPI_TAG == TAG_RUN)
            take(desk, status.MPI_SOURCE);
        else {
            BUG_ON(status.MPI_TAG != TAG_LEAVE);
            let_go(desk, status.MPI_SOURCE);
            here--;
        }
    }
}

/* -- the others -------------------------------------------------------------------------------------------------------- */
bool ranks_ask(uint32_t *run)
{
    put(NULL, 0, 0, TAG_ASK);
    get(run, sizeof *run, 0, TAG_DEAL);
    return *run != NONE;
}

void ranks_hand_in(uint32_t run, const struct journal_piece part[N_PARTS])
{
    struct run_head head = {.run = run};
    for (int p = 0; p < N_PARTS; p++)
        head.n[p] = part[p].n;
    put(&head, sizeof head, 0, TAG_RUN);
    for (int p = 0; p < N_PARTS; p++)
        put(part[p].bytes, part[p].n, 0, TAG_PART);
}

void ranks_leave(enum status status, struct diag *diag)
{
    send_text(diag, status);
    diag_free(diag);
}
