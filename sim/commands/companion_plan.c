/* SPDX-License-Identifier: GPL-3.0-or-later */
/* companion_plan - see include/liandong/companion_plan.h. */
#include <errno.h>
#include <inttypes.h>
#include <liandong/companion_plan.h>
#include <liandong/making.h>
#include <liandong/results.h>
#include <liandong/sha256.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char head_form[] = "liandong companions ", build_form[] = "# build ", companions_form[] = "# companions\n",
                  companion_form[] = "# companion ";
enum { BUILD_ROOM = 256, FILE_MOST = 1 << 28 };
static const char *const roles[] = {
    [ROLE_LUMP_SUM] = "lump-sum", [ROLE_PLACEBO] = "placebo", [ROLE_SATURATION] = "saturation"};

/* -- to text ----------------------------------------------------------------------------------------------------------------- */
static void put_companions(FILE *to, const struct compare_task *t)
{
    fputs(companions_form, to);
    for (size_t k = t->n_first; k < t->n_all; k++) {
        const struct task_world *w = &t->of[k];
        fprintf(to, "%s%s %zu %.17g %zu\n", companion_form, roles[w->role], w->variant, w->share, w->more.n);
        for (size_t j = 0; j < w->more.n; j++)
            fprintf(to, "%s\n", w->more.text[j]);
    }
}

/* The text of a stream that is done with; NULL: no memory. */
static char *text_end(FILE *to, char **text)
{
    bool good = !ferror(to);
    if (fclose(to) == 0 && good)
        return *text;
    free(*text);
    return NULL;
}

char *companions_text(const struct compare_task *t)
{
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    if (to == NULL)
        return NULL;
    put_companions(to, t);
    return text_end(to, &text);
}

/* All but the first line. */
static char *plan_text(const struct compare_task *t)
{
    char *text = NULL, build[BUILD_ROOM];
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    if (to == NULL)
        return NULL;
    making_build_name(build, sizeof build);
    fprintf(to, "%s%s\n%s", build_form, build, t->second_head);
    for (size_t k = 0; k < t->n_first; k++) {
        size_t bytes;
        char *scenario = scenario_text(&t->scenario[k], &bytes);
        if (scenario == NULL) {
            free(text_end(to, &text));
            return NULL;
        }
        fprintf(to, "# world %zu\n%s", k, scenario);
        free(scenario);
    }
    put_companions(to, t);
    return text_end(to, &text);
}

static void hash_of(const char *text, char hash[SHA256_TEXT])
{
    struct sha256 h;
    sha256_init(&h);
    sha256_add(&h, text, strlen(text));
    sha256_end_text(&h, hash);
}

static enum status put_text(const char *temporary, const char *text, const char *path, struct diag *diag)
{
    char hash[SHA256_TEXT];
    FILE *file = fopen(temporary, "w");
    hash_of(text, hash);
    bool good = file != NULL && fprintf(file, "%s%s\n%s", head_form, hash, text) > 0;
    if (file != NULL)
        good = fclose(file) == 0 && good;
    if (good)
        return OK;
    enum status status = diag_stop(diag, IO_ERROR, "cannot write %s: %s", path, diag_reason(diag, errno));
    unlink(temporary);
    return status;
}

enum status plan_write(const struct compare_task *t, struct diag *diag)
{
    char *text = plan_text(t), *temporary = path_with(t->plan, ".tmp");
    enum status status = text == NULL || temporary == NULL ? diag_stop(diag, NO_MEMORY, "out of memory")
                                                           : put_text(temporary, text, t->plan, diag);
    free(text);
    free(temporary);
    return status == OK ? file_publish(t->plan, false, diag) : status;
}

/* -- from text --------------------------------------------------------------------------------------------------------------- */
/* The settings of a companion; *at moves past them.  False: there are fewer. */
static bool take_settings(struct settings *to, size_t n, const char **at)
{
    for (size_t k = 0; k < n; k++) {
        const char *end = strchr(*at, '\n');
        if (end == NULL || end - *at > SETTING_MOST)
            return false;
        settings_add(to, "%.*s", (int)(end - *at), *at);
        *at = end + 1;
    }
    return true;
}

/* One companion; *at moves past it.  False: it is damaged. */
static bool take_companion(struct compare_task *t, const char **at)
{
    char name[32];
    size_t variant, n, role = ROLE_LUMP_SUM;
    double share;
    int length = 0;
    if (strncmp(*at, companion_form, strlen(companion_form)) != 0 ||
        sscanf(*at + strlen(companion_form), "%31s %zu %lf %zu%n", name, &variant, &share, &n, &length) != 4 ||
        (*at)[strlen(companion_form) + (size_t)length] != '\n')
        return false;
    while (role <= ROLE_SATURATION && strcmp(name, roles[role]) != 0)
        role++;
    if (role > ROLE_SATURATION || variant == 0 || variant >= t->n_worlds || t->n_all == COMPARE_MOST)
        return false;
    *at += strlen(companion_form) + (size_t)length + 1;
    return take_settings(&companion_add(t, (enum task_role)role, variant, share)->more, n, at);
}

enum status companions_take(struct compare_task *t, const char *text, const char *path, struct diag *diag)
{
    bool good = strncmp(text, companions_form, strlen(companions_form)) == 0;
    for (const char *at = text + (good ? strlen(companions_form) : 0); good && *at != '\0';)
        good = take_companion(t, &at);
    return good ? OK : diag_stop(diag, FAILED, "%s: the plan of companions is damaged", path);
}

static enum status read_file(const char *path, char **text, struct diag *diag)
{
    struct stat info;
    FILE *file = fopen(path, "rb");
    if (file == NULL || fstat(fileno(file), &info) != 0) {
        int why = errno;
        if (file != NULL)
            fclose(file);
        return diag_stop(diag, IO_ERROR, "cannot read %s: %s", path, diag_reason(diag, why));
    }
    size_t room = info.st_size > 0 && info.st_size < FILE_MOST ? (size_t)info.st_size : 0, used = 0;
    enum status status = OK;
    *text = calloc(room + 1, 1);
    if (*text == NULL)
        status = diag_stop(diag, NO_MEMORY, "out of memory");
    else
        used = fread(*text, 1, room, file);
    if (status == OK && used < room)
        status = diag_stop(diag, IO_ERROR, "cannot read %s: %s", path, diag_reason(diag, errno));
    fclose(file);
    BUG_ON(status == OK && *text == NULL);
    return status;
}

/* What stands behind the first two lines; NULL: it is no plan, or a damaged one.  The line of the build ends with NUL then. */
static const char *check(char *text, const char **build)
{
    char hash[SHA256_TEXT];
    char *first = strchr(text, '\n');
    if (strncmp(text, head_form, strlen(head_form)) != 0 || first == NULL)
        return NULL;
    *first = '\0';
    hash_of(first + 1, hash);
    char *second = strchr(first + 1, '\n');
    if (strcmp(text + strlen(head_form), hash) != 0 || second == NULL ||
        strncmp(first + 1, build_form, strlen(build_form)) != 0)
        return NULL;
    *second = '\0';
    *build = first + 1 + strlen(build_form);
    return second + 1;
}

enum status plan_read(const char *path, char **text, const char **from, struct diag *diag)
{
    const char *build = NULL;
    char mine[BUILD_ROOM];
    TRY(read_file(path, text, diag));
    if (strncmp(*text, head_form, strlen(head_form)) != 0)
        return diag_stop(diag, FAILED, "%s: is no plan of companions, which `liandong merge` leaves", path);
    *from = check(*text, &build);
    if (*from == NULL)
        return diag_stop(diag, FAILED, "%s: the plan of companions is damaged", path);
    making_build_name(mine, sizeof mine);
    if (strcmp(build, mine) != 0)
        return diag_stop(diag, FAILED, "%s: was made by another build of the program (%s) than this one (%s)", path,
                         build, mine);
    return OK;
}
