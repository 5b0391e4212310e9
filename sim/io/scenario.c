/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario - layers: a file, what it names with `base:`, and the settings of the command line; see scenario.h.
 *
 * Bases lie below what names them, a list of them from left to right, upwards.  A file reached twice lies where it was
 * reached first, so that an overlay which itself names the place does not bury the others. */
#include <errno.h>
#include <inttypes.h>
#include <liandong/layers.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

enum { PATH_ROOM = 4096 };
static const char *const set_layer = "--set";

/* A file being read, and those that led to it. */
struct including {
    const struct including *by;
    char real[PATH_MAX]; /* "" for a text */
    const char *path;
};

struct reading {
    struct scenario *s;
    size_t capacity;
    char (*real)[PATH_MAX]; /* of each layer, in the same order */
    struct assignments assignments;
    struct diag *diag;
    enum status status;      /* the worst that reading went on after */
    bool stored;             /* bases are resolved already */
    const char *const *more; /* settings behind those of a stored text, until they are read */
    size_t n_more;
};

static enum status no_memory(struct diag *diag)
{
    return diag_stop(diag, NO_MEMORY, "out of memory");
}

static void worsen(struct reading *r, enum status status)
{
    if (status > r->status)
        r->status = status;
}

static char *copy_text(const char *text, size_t size)
{
    char *copy = malloc(size + 1);
    if (copy != NULL) {
        memcpy(copy, text, size);
        copy[size] = '\0';
    }
    return copy;
}

/* "places/guangzhou.yml" -> "guangzhou"; a name taken by another layer gets a number. */
static void layer_name(const struct scenario *s, const char *path, char *name, size_t size)
{
    const char *slash = strrchr(path, '/');
    const char *start = slash == NULL ? path : slash + 1;
    const char *dot = strrchr(start, '.');
    int length = dot == NULL || dot == start ? (int)strlen(start) : (int)(dot - start);
    snprintf(name, size, "%.*s", length, start);
    for (int k = 2;; k++) {
        bool taken = strcmp(name, set_layer) == 0;
        for (size_t i = 0; i < s->n_layers; i++)
            taken = taken || strcmp(s->layer[i].name, name) == 0;
        if (!taken)
            return;
        snprintf(name, size, "%.*s-%d", length, start, k);
    }
}

/* A further layer; takes over `text`. */
static enum status layer_add(struct reading *r, const char *name, const char *path, char *text, size_t size)
{
    struct scenario *s = r->s;
    if (s->n_layers == r->capacity) {
        size_t capacity = r->capacity == 0 ? 8 : 2 * r->capacity;
        struct layer *grown = realloc(s->layer, capacity * sizeof *grown);
        if (grown != NULL)
            s->layer = grown;
        char(*real)[PATH_MAX] = realloc(r->real, capacity * sizeof *real);
        if (real != NULL)
            r->real = real;
        if (grown == NULL || real == NULL) {
            free(text);
            return no_memory(r->diag);
        }
        r->capacity = capacity;
    }
    BUG_ON(s->layer == NULL || r->real == NULL);
    struct layer *layer = &s->layer[s->n_layers];
    *layer = (struct layer){copy_text(name, strlen(name)), copy_text(path, strlen(path)), text, size};
    r->real[s->n_layers++][0] = '\0';
    return layer->name == NULL || layer->path == NULL ? no_memory(r->diag) : OK;
}

/* The whole of a file, at most a byte more than a scenario may have. */
static enum status file_text(const char *path, char **text, size_t *size, struct diag *diag)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return diag_stop(diag, IO_ERROR, "cannot read %s: %s", path, diag_reason(diag, errno));
    *text = malloc(YAML_SIZE_MOST + 2);
    *size = *text == NULL ? 0 : fread(*text, 1, YAML_SIZE_MOST + 1, file);
    bool bad = ferror(file) != 0;
    int why = errno;
    fclose(file);
    if (*text == NULL)
        return no_memory(diag);
    if (bad) {
        free(*text);
        *text = NULL;
        return diag_stop(diag, IO_ERROR, "cannot read %s: %s", path, diag_reason(diag, why));
    }
    (*text)[*size] = '\0';
    char *fit = realloc(*text, *size + 1);
    *text = fit != NULL ? fit : *text;
    /* cppcheck-suppress memleak ; *text has it */
    return OK;
}

/* Shipped names near to one that is not. */
struct nearest {
    const char *wanted;
    char best[NAME_MAX + 1];
};

static void take_nearer(void *to, const char *name, const char *path)
{
    struct nearest *n = to;
    (void)path;
    const char *both[] = {n->best, name};
    const char *near = nearest_name(n->wanted, both, 2);
    if (near == name)
        snprintf(n->best, sizeof n->best, "%s", name);
}

static bool is_file_name(const char *name)
{
    size_t length = strlen(name);
    return strchr(name, '/') != NULL || (length > 4 && strcmp(name + length - 4, ".yml") == 0) ||
           (length > 5 && strcmp(name + length - 5, ".yaml") == 0);
}

static enum status nothing_called(const char *name, struct place at, struct diag *diag)
{
    struct nearest nearest = {.wanted = name};
    scenario_names(take_nearer, &nearest);
    if (nearest.best[0] != '\0')
        return diag_fail(diag, at, "no scenario or place is called '%s'; did you mean '%s'?", name, nearest.best);
    return diag_fail(diag, at, "no scenario or place is called '%s'", name);
}

/* The path of a shipped name or of a file, which is relative to the file that names it. */
static enum status locate(const char *name, const char *by, struct place at, char *path, struct diag *diag)
{
    if (!is_file_name(name)) {
        scenario_find(name, path, PATH_ROOM);
        return *path != '\0' ? OK : nothing_called(name, at, diag);
    }
    const char *slash = by == NULL || *name == '/' ? NULL : strrchr(by, '/');
    int folder = slash == NULL ? 0 : (int)(slash + 1 - by);
    int n = snprintf(path, PATH_ROOM, "%.*s%s", folder, by == NULL ? "" : by, name);
    struct stat status;
    if (n >= PATH_ROOM || stat(path, &status) != 0) {
        if (n < PATH_ROOM && errno != ENOENT && errno != ENOTDIR)
            return diag_stop(diag, IO_ERROR, "cannot read %s: %s", path, diag_reason(diag, errno));
        return diag_fail(diag, at, "there is no file '%s'", name);
    }
    return OK;
}

static enum status layer_read(struct reading *r, const char *path, char *text, size_t size,
                              const struct including *self);

static enum status loop_error(const char *name, struct place at, const struct including *by, struct diag *diag)
{
    char chain[PATH_ROOM] = "";
    size_t used = 0;
    for (const struct including *i = by; i != NULL && used < sizeof chain; i = i->by)
        used += (size_t)snprintf(chain + used, sizeof chain - used, "%s%s", used > 0 ? " <- " : "", i->path);
    return diag_fail(diag, at, "base: '%s' leads back to itself (%s)", name, chain);
}

/* One file and all below it.  at: where it is named. */
static enum status file_read(struct reading *r, const char *name, struct place at, const struct including *by)
{
    char path[PATH_ROOM];
    TRY(locate(name, by == NULL ? NULL : by->path, at, path, r->diag));
    struct including self = {.by = by, .path = path};
    if (realpath(path, self.real) == NULL)
        return diag_stop(r->diag, IO_ERROR, "cannot read %s: %s", path, diag_reason(r->diag, errno));
    for (const struct including *i = by; i != NULL; i = i->by)
        if (strcmp(i->real, self.real) == 0)
            return loop_error(name, at, by, r->diag);
    BUG_ON(r->s->n_layers > 0 && r->real == NULL);
    for (size_t i = 0; i < r->s->n_layers; i++)
        if (strcmp(r->real[i], self.real) == 0)
            return OK;
    char *text = NULL;
    size_t size = 0;
    TRY(file_text(path, &text, &size, r->diag));
    return layer_read(r, path, text, size, &self);
}

/* base: NAME, or a list of them */
static enum status bases_read(struct reading *r, const struct node *root, const struct including *self)
{
    for (const struct node *node = root->child; node != NULL && !r->stored; node = node->next) {
        if (strcmp(node->key, "base") != 0 || node->kind == NODE_NULL)
            continue;
        const struct node *one = node->kind == NODE_LIST ? node->child : node;
        for (; one != NULL; one = node->kind == NODE_LIST ? one->next : NULL) {
            enum status status =
                one->kind == NODE_SCALAR
                    ? file_read(r, one->text, one->at, self)
                    : diag_fail(r->diag, one->at, "base: the name of a place or file is due here, or a list of them");
            if (status == NO_MEMORY)
                return status;
            worsen(r, status);
        }
    }
    return OK;
}

/* The assignments of a tree as those of the layer added last. */
static enum status layer_walk(struct reading *r, struct yaml_tree *tree)
{
    const struct layer *layer = &r->s->layer[r->s->n_layers - 1];
    struct assignment like = {.layer = (int32_t)r->s->n_layers - 1, .layer_name = layer->name};
    if (tree->root == NULL || tree->root->kind == NODE_NULL)
        return OK;
    /* the path given so far may be gone when the setup is built: places point into the layer */
    return assignments_walk(&r->assignments, tree, tree->root, "", like, r->diag);
}

/* Places of a tree name the file by the layer's own copy of the path. */
static void tree_rename(struct node *node, const char *file)
{
    for (; node != NULL; node = node->next) {
        node->at.file = file;
        tree_rename(node->child, file);
    }
}

/* Parses a text (taking it over), reads its bases, adds it above them. */
static enum status layer_read(struct reading *r, const char *path, char *text, size_t size,
                              const struct including *self)
{
    struct yaml_tree tree;
    enum status status = tree_read(&tree, path, text, size, r->diag);
    if (status == OK && tree.root != NULL && tree.root->kind != NODE_MAP && tree.root->kind != NODE_NULL)
        status = diag_fail(r->diag, tree.root->at, "a scenario is a map of keys and values");
    if (status == OK && tree.root != NULL && tree.root->kind == NODE_MAP)
        status = bases_read(r, tree.root, self);
    char name[NAME_MAX + 16];
    if (status != OK) { /* a layer below may be half made */
        tree_free(&tree);
        free(text);
        return status;
    }
    layer_name(r->s, path, name, sizeof name);
    status = layer_add(r, name, path, text, size);
    struct yaml_tree *kept = status == OK ? assignments_tree(&r->assignments) : NULL;
    if (kept == NULL) {
        tree_free(&tree);
        return status != OK ? status : no_memory(r->diag);
    }
    *kept = tree;
    const struct layer *layer = &r->s->layer[r->s->n_layers - 1];
    tree_rename(tree.root, layer->path);
    if (self != NULL)
        snprintf(r->real[r->s->n_layers - 1], PATH_MAX, "%s", self->real);
    return layer_walk(r, kept);
}

/* The tree of a setting's value.  Blanks before it put line and column where the user wrote it: --set:3:12. */
static enum status set_tree(struct reading *r, struct yaml_tree *tree, const char *value, int nth, size_t column)
{
    size_t before = (size_t)nth - 1 + column, size = before + strlen(value);
    char *text = malloc(size + 1);
    if (text == NULL)
        return no_memory(r->diag);
    memset(text, '\n', before);
    memset(text + nth - 1, ' ', column);
    memcpy(text + before, value, size - before + 1);
    enum status status = tree_read(tree, set_layer, text, size, r->diag);
    free(text);
    return status;
}

/* One setting of a command line: "key=value", value in YAML's flow style. */
static enum status set_read(struct reading *r, const char *text, int nth, int32_t layer)
{
    struct place at = {set_layer, nth, 1};
    const char *equals = strchr(text, '=');
    if (equals == NULL || equals == text || strchr(text, '\n') != NULL)
        return diag_fail(r->diag, at, "'%s' is not key=value", text);
    struct yaml_tree *tree = assignments_tree(&r->assignments);
    if (tree == NULL)
        return no_memory(r->diag);
    char key[512];
    if (snprintf(key, sizeof key, "%.*s", (int)(equals - text), text) >= (int)sizeof key)
        return diag_fail(r->diag, at, "this key is too long");
    if (strcmp(key, "base") == 0)
        return diag_fail(r->diag, at, "base: only a file can name its base");
    TRY(set_tree(r, tree, equals + 1, nth, (size_t)(equals + 1 - text)));
    struct node nothing = {.kind = NODE_NULL}, top = {.kind = NODE_MAP, .n = 1};
    struct node *value = tree->root != NULL ? tree->root : &nothing;
    value->key = key;
    value->at = at;
    top.child = value;
    struct assignment like = {.layer = layer, .at = at, .layer_name = set_layer};
    return assignments_walk(&r->assignments, tree, &top, "", like, r->diag);
}

/* All settings become one stored layer of lines; each counts as a layer of its own, so that the last wins. */
static enum status sets_read(struct reading *r, const char *const *sets, size_t n)
{
    size_t size = 0, used = 0;
    for (size_t i = 0; i < n; i++)
        size += strlen(sets[i]) + 1;
    if (n == 0)
        return OK;
    int32_t base = (int32_t)r->s->n_layers;
    char *text = malloc(size + 1);
    if (text == NULL)
        return no_memory(r->diag);
    for (size_t i = 0; i < n; i++)
        used += (size_t)snprintf(text + used, size + 1 - used, "%s\n", sets[i]);
    TRY(layer_add(r, set_layer, set_layer, text, size));
    for (size_t i = 0; i < n; i++) {
        enum status status = set_read(r, sets[i], (int)i + 1, base + (int32_t)i);
        if (status == NO_MEMORY)
            return status;
        worsen(r, status);
    }
    return OK;
}

/* After all layers are there: the setup, and the end of the reading. */
static enum status finish(struct reading *r, enum status status)
{
    if (status != NO_MEMORY) {
        worsen(r, status);
        /* built in any case: it finds the errors in names and values */
        struct setup setup;
        enum status built = setup_build(&setup, r->assignments.list, r->assignments.n, r->diag);
        worsen(r, built);
        if (built == OK)
            r->s->setup = setup;
        status = r->status;
    }
    assignments_free(&r->assignments);
    free(r->real);
    if (status != OK)
        scenario_free(r->s);
    return status;
}

static enum status begin(struct reading *r, struct scenario *s, struct diag *diag)
{
    *s = (struct scenario){0};
    *r = (struct reading){.s = s, .diag = diag};
    return OK;
}

enum status scenario_read(struct scenario *s, const char *name_or_path, const char *const *sets, size_t n_sets,
                          struct diag *diag)
{
    struct reading r;
    TRY(begin(&r, s, diag));
    enum status status = file_read(&r, name_or_path, (struct place){0}, NULL);
    if (status != NO_MEMORY) {
        worsen(&r, status);
        status = sets_read(&r, sets, n_sets);
    }
    return finish(&r, status);
}

enum status scenario_read_text(struct scenario *s, const char *path, const char *text, size_t size,
                               const char *const *sets, size_t n_sets, struct diag *diag)
{
    struct reading r;
    TRY(begin(&r, s, diag));
    struct including self = {.path = path};
    char *copy = copy_text(text, size);
    enum status status = copy == NULL ? no_memory(diag) : layer_read(&r, path, copy, size, &self);
    if (status != NO_MEMORY) {
        worsen(&r, status);
        status = sets_read(&r, sets, n_sets);
    }
    return finish(&r, status);
}

static const char header[] = "# layer ";

char *scenario_text(const struct scenario *s, size_t *size)
{
    size_t room = 1;
    for (size_t i = 0; i < s->n_layers; i++)
        room += s->layer[i].size + strlen(s->layer[i].name) + 48;
    char *text = malloc(room);
    *size = 0;
    for (size_t i = 0; text != NULL && i < s->n_layers; i++) {
        const struct layer *l = &s->layer[i];
        *size += (size_t)snprintf(text + *size, room - *size, "%s%zu %s\n", header, l->size, l->name);
        memcpy(text + *size, l->text, l->size);
        *size += l->size;
        text[(*size)++] = '\n';
    }
    if (text != NULL)
        text[*size] = '\0';
    return text;
}

/* The settings of a stored layer, line by line, and those that come behind them: as if all had been given at once. */
static enum status stored_sets(struct reading *r, char *text, size_t size)
{
    size_t n = 0;
    for (size_t i = 0; i < size; i++)
        n += text[i] == '\n';
    const char **sets = calloc(n + r->n_more + 1, sizeof *sets);
    if (sets == NULL)
        return no_memory(r->diag);
    size_t found = 0;
    for (char *at = text; found < n; at = strchr(at, '\0') + 1) {
        *strchr(at, '\n') = '\0';
        sets[found++] = at;
    }
    for (size_t i = 0; i < r->n_more; i++)
        sets[found++] = r->more[i];
    r->n_more = 0;
    enum status status = sets_read(r, sets, found);
    free(sets);
    return status;
}

/* One stored layer; *at moves past it. */
static enum status stored_layer(struct reading *r, const char **at, const char *end)
{
    size_t length = 0, start = strlen(header);
    const char *line = *at, *newline = memchr(line, '\n', (size_t)(end - line));
    char name[NAME_MAX + 16];
    if (newline == NULL || (size_t)(newline - line) <= start || strncmp(line, header, start) != 0)
        return diag_stop(r->diag, FAILED, "the stored scenario is damaged");
    const char *digit = line + start;
    for (; *digit >= '0' && *digit <= '9' && length <= YAML_SIZE_MOST; digit++)
        length = 10 * length + (size_t)(*digit - '0');
    if (*digit != ' ' || (size_t)(end - newline) < length + 2)
        return diag_stop(r->diag, FAILED, "the stored scenario is damaged");
    snprintf(name, sizeof name, "%.*s", (int)(newline - digit - 1), digit + 1);
    char *text = copy_text(newline + 1, length);
    if (text == NULL)
        return no_memory(r->diag);
    *at = newline + 1 + length + 1;
    if (strcmp(name, set_layer) != 0)
        return layer_read(r, name, text, length, NULL);
    enum status status = memchr(text, '\0', length) != NULL
                             ? diag_stop(r->diag, FAILED, "the stored scenario is damaged")
                             : stored_sets(r, text, length);
    free(text);
    return status;
}

enum status scenario_read_stored(struct scenario *s, const char *stored, size_t size, struct diag *diag)
{
    return scenario_read_stored_with(s, stored, size, NULL, 0, diag);
}

enum status scenario_read_stored_with(struct scenario *s, const char *stored, size_t size, const char *const *sets,
                                      size_t n_sets, struct diag *diag)
{
    struct reading r;
    TRY(begin(&r, s, diag));
    r.stored = true;
    r.more = sets;
    r.n_more = n_sets;
    enum status status = OK;
    for (const char *at = stored, *end = stored + size; at < end && status == OK;)
        status = stored_layer(&r, &at, end);
    if (status == OK)
        status = sets_read(&r, r.more, r.n_more);
    return finish(&r, status);
}

void scenario_free(struct scenario *s)
{
    setup_free(&s->setup);
    for (size_t i = 0; i < s->n_layers; i++) {
        free(s->layer[i].name);
        free(s->layer[i].path);
        free(s->layer[i].text);
    }
    free(s->layer);
    *s = (struct scenario){0};
}
