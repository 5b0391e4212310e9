/* SPDX-License-Identifier: GPL-3.0-or-later */
/* yaml - libyaml's events to a tree with places; see yaml_tree.h.  encoding.c has looked at the bytes before. */
#include <liandong/encoding.h>
#include <liandong/yaml_tree.h>
#include <string.h>
#include <yaml.h>

struct chunk {
    struct chunk *next;
    size_t used, size;
    _Alignas(16) unsigned char bytes[];
};

struct reader {
    yaml_parser_t parser;
    yaml_event_t event; /* the current one */
    bool has_event;
    struct yaml_tree *tree;
    const char *file, *text;
    size_t size;
    struct diag *diag;
    enum status status; /* FAILED once something was noted that reading can go on after */
};

enum { CHUNK_SIZE = 1 << 15 };

void *tree_room(struct yaml_tree *tree, size_t size)
{
    size = (size + 15) / 16 * 16;
    struct chunk *c = tree->chunk;
    if (c == NULL || c->size - c->used < size) {
        size_t room = size > CHUNK_SIZE ? size : CHUNK_SIZE;
        c = malloc(sizeof *c + room);
        if (c == NULL)
            return NULL;
        *c = (struct chunk){.next = tree->chunk, .size = room};
        tree->chunk = c;
    }
    void *at = c->bytes + c->used;
    c->used += size;
    return at;
}

void tree_free(struct yaml_tree *tree)
{
    while (tree->chunk != NULL) {
        struct chunk *next = tree->chunk->next;
        free(tree->chunk);
        tree->chunk = next;
    }
    tree->root = NULL;
}

static struct place place_of(const struct reader *r, yaml_mark_t mark)
{
    return (struct place){r->file, (int)mark.line + 1, (int)mark.column + 1};
}

static enum status no_memory(const struct reader *r)
{
    return diag_stop(r->diag, NO_MEMORY, "out of memory");
}

/* libyaml counts characters, not bytes: the end is known by there being no more to read. */
static bool at_end(const struct reader *r)
{
    return r->parser.eof && r->parser.unread <= 1;
}

/* A key in front of a full-width colon, on the line where libyaml stopped or the one before it. */
static bool full_width_colon(const struct reader *r, size_t line, struct place *at)
{
    static const char colon[] = "\xef\xbc\x9a";
    size_t here = 0, from = 0;
    for (size_t k = 0; k < r->size && here <= line; k++) {
        if (r->text[k] != '\n')
            continue;
        from = here++ < line ? k + 1 : from;
    }
    for (int back = 0; back < 2; back++) {
        size_t key = from;
        while (key < r->size && strchr(" \t", r->text[key]) != NULL)
            key++;
        while (key < r->size && (r->text[key] == '_' || r->text[key] == '.' || r->text[key] == '-' ||
                                 (r->text[key] >= '0' && r->text[key] <= '9') ||
                                 ((r->text[key] | 0x20) >= 'a' && (r->text[key] | 0x20) <= 'z')))
            key++;
        if (r->size - key >= sizeof colon - 1 && memcmp(r->text + key, colon, sizeof colon - 1) == 0) {
            *at = text_place(r->file, r->text, key);
            return true;
        }
        for (from -= from > 0; from > 0 && r->text[from - 1] != '\n';)
            from--;
    }
    return false;
}

/* libyaml's own words, in Chinese where messages.def has them. */
static const char *in_words(const struct reader *r, const char *text)
{
    return r->diag != NULL && r->diag->zh ? message_zh(text) : text;
}

/* What libyaml could not read, in words that help where the reason is known. */
static enum status syntax_error(const struct reader *r)
{
    const yaml_parser_t *p = &r->parser;
    if (p->error == YAML_MEMORY_ERROR)
        return no_memory(r);
    if (p->error == YAML_READER_ERROR) {
        struct place at = text_place(r->file, r->text, p->problem_offset < r->size ? p->problem_offset : r->size);
        return diag_fail(r->diag, at, "a control character, which no text file should hold");
    }
    const char *context = p->context != NULL ? p->context : "";
    /* what is open at the end of the text is named where it began */
    bool open = *context != '\0' && p->problem_mark.index >= p->context_mark.index && at_end(r);
    struct place at = place_of(r, open ? p->context_mark : p->problem_mark);
    const char *problem = p->problem != NULL ? p->problem : "it cannot be read";
    if (strstr(context, "scanning an alias") != NULL)
        return diag_fail(r->diag, place_of(r, p->context_mark),
                         "write '*' in quotes: aliases are not used in scenarios");
    if (strstr(context, "scanning an anchor") != NULL)
        return diag_fail(r->diag, place_of(r, p->context_mark), "anchors (&) are not used in scenarios");
    struct place colon;
    if (full_width_colon(r, p->problem_mark.line, &colon))
        return diag_fail(r->diag, colon, "a full-width colon (：); write ': ' behind a key");
    if (*context != '\0')
        return diag_fail(r->diag, at, "not valid YAML: %s (%s)", in_words(r, problem), in_words(r, context));
    return diag_fail(r->diag, at, "not valid YAML: %s", in_words(r, problem));
}

static enum status next(struct reader *r)
{
    if (r->has_event)
        yaml_event_delete(&r->event);
    r->has_event = yaml_parser_parse(&r->parser, &r->event);
    return r->has_event ? OK : syntax_error(r);
}

static enum status text_copy(struct reader *r, const char *from, size_t length, const char **to)
{
    char *copy = tree_room(r->tree, length + 1);
    if (copy == NULL)
        return no_memory(r);
    memcpy(copy, from, length);
    copy[length] = '\0';
    *to = copy;
    return OK;
}

/* Anchors, tags: allowed YAML, but not here. */
static void check_plain(struct reader *r)
{
    const yaml_event_t *e = &r->event;
    const yaml_char_t *anchor = NULL, *tag = NULL;
    if (e->type == YAML_SCALAR_EVENT) {
        anchor = e->data.scalar.anchor;
        tag = e->data.scalar.tag;
    } else if (e->type == YAML_MAPPING_START_EVENT) {
        anchor = e->data.mapping_start.anchor;
        tag = e->data.mapping_start.tag;
    } else if (e->type == YAML_SEQUENCE_START_EVENT) {
        anchor = e->data.sequence_start.anchor;
        tag = e->data.sequence_start.tag;
    }
    if (anchor != NULL)
        r->status = diag_fail(r->diag, place_of(r, e->start_mark), "anchors (&) are not used in scenarios");
    if (tag != NULL)
        r->status = diag_fail(r->diag, place_of(r, e->start_mark), "tags (!) are not used in scenarios");
}

static enum status scalar_read(struct reader *r, struct node *node)
{
    const char *text = (const char *)r->event.data.scalar.value;
    size_t length = r->event.data.scalar.length;
    bool plain = r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    bool null = plain && (length == 0 || strcmp(text, "~") == 0 || strcmp(text, "null") == 0 ||
                          strcmp(text, "Null") == 0 || strcmp(text, "NULL") == 0);
    node->kind = null ? NODE_NULL : NODE_SCALAR;
    if (memchr(text, '\0', length) != NULL)
        return diag_fail(r->diag, place_of(r, r->event.start_mark),
                         "a control character, which no text file should hold");
    return text_copy(r, text, length, &node->text);
}

static int by_key(const void *a, const void *b)
{
    const struct node *x = *(const struct node *const *)a, *y = *(const struct node *const *)b;
    int order = strcmp(x->key, y->key);
    if (order != 0)
        return order;
    if (x->at.line != y->at.line)
        return x->at.line < y->at.line ? -1 : 1;
    return (x->at.column > y->at.column) - (x->at.column < y->at.column);
}

static enum status check_keys(struct reader *r, const struct node *map)
{
    if (map->n < 2)
        return OK;
    const struct node **list = calloc(map->n, sizeof *list);
    if (list == NULL)
        return no_memory(r);
    size_t n = 0;
    for (const struct node *child = map->child; child != NULL; child = child->next)
        list[n++] = child;
    qsort(list, n, sizeof *list, by_key);
    for (size_t i = 1; i < n; i++)
        if (strcmp(list[i - 1]->key, list[i]->key) == 0)
            r->status = diag_fail(r->diag, list[i]->at, "the key '%s' stands twice; first in line %d", list[i]->key,
                                  list[i - 1]->at.line);
    free(list);
    return OK;
}

static enum status node_read(struct reader *r, struct node *node, int depth);

/* The key that the current event holds. */
static enum status key_read(struct reader *r, struct node *child)
{
    child->at = place_of(r, r->event.start_mark);
    check_plain(r);
    if (r->event.type == YAML_ALIAS_EVENT)
        return diag_fail(r->diag, child->at, "write '*' in quotes: aliases are not used in scenarios");
    if (r->event.type != YAML_SCALAR_EVENT)
        return diag_fail(r->diag, child->at, "a key must be a plain name");
    TRY(scalar_read(r, child));
    child->key = child->text;
    return next(r);
}

/* Members up to the end event; the current event is the first of them. */
static enum status members_read(struct reader *r, struct node *node, int depth)
{
    bool map = node->kind == NODE_MAP;
    struct node **last = &node->child;
    while (r->event.type != YAML_MAPPING_END_EVENT && r->event.type != YAML_SEQUENCE_END_EVENT) {
        struct node *child = tree_room(r->tree, sizeof *child);
        if (child == NULL)
            return no_memory(r);
        *child = (struct node){0};
        if (map)
            TRY(key_read(r, child));
        TRY(node_read(r, child, depth + 1));
        *last = child;
        last = &child->next;
        node->n++;
        TRY(next(r));
    }
    return map ? check_keys(r, node) : OK;
}

/* The node that starts with the current event; afterwards the current event is its last. */
static enum status node_read(struct reader *r, struct node *node, int depth)
{
    struct place at = place_of(r, r->event.start_mark);
    if (node->key == NULL)
        node->at = at;
    check_plain(r);
    switch (r->event.type) {
    case YAML_ALIAS_EVENT:
        node->kind = NODE_NULL;
        r->status = diag_fail(r->diag, at, "aliases (*) are not used in scenarios");
        return OK;
    case YAML_SCALAR_EVENT:
        return scalar_read(r, node);
    case YAML_MAPPING_START_EVENT:
        node->kind = NODE_MAP;
        break;
    default:
        node->kind = NODE_LIST;
        break;
    }
    if (depth >= YAML_DEPTH_MOST)
        return diag_fail(r->diag, at, "nested deeper than %d", YAML_DEPTH_MOST);
    TRY(next(r));
    return members_read(r, node, depth);
}

static enum status document_read(struct reader *r)
{
    TRY(next(r)); /* stream start */
    TRY(next(r));
    if (r->event.type == YAML_STREAM_END_EVENT)
        return OK;
    TRY(next(r)); /* past document start */
    r->tree->root = tree_room(r->tree, sizeof *r->tree->root);
    if (r->tree->root == NULL)
        return no_memory(r);
    *r->tree->root = (struct node){0};
    TRY(node_read(r, r->tree->root, 0));
    TRY(next(r)); /* document end */
    TRY(next(r));
    if (r->event.type != YAML_STREAM_END_EVENT)
        return diag_fail(r->diag, place_of(r, r->event.start_mark), "a second document begins here; a scenario is one");
    return OK;
}

enum status tree_read(struct yaml_tree *tree, const char *file, const char *text, size_t size, struct diag *diag)
{
    *tree = (struct yaml_tree){0};
    struct reader r = {.tree = tree, .file = file, .diag = diag};
    if (size > YAML_SIZE_MOST)
        return diag_fail(diag, (struct place){file, 0, 0}, "larger than %d MiB; a scenario says only what differs",
                         YAML_SIZE_MOST >> 20);
    TRY(text_check(file, text, size, diag));
    size_t mark = text_mark(text, size);
    r.text = text + mark;
    r.size = size - mark;
    if (!yaml_parser_initialize(&r.parser))
        return no_memory(&r);
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)r.text, r.size);
    enum status status = document_read(&r);
    if (status == OK)
        status = r.status;
    if (r.has_event)
        yaml_event_delete(&r.event);
    yaml_parser_delete(&r.parser);
    if (status != OK)
        tree_free(tree);
    return status;
}
