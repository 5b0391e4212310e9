/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spec_reader - see spec_reader.h. */
#include "spec_reader.h"
#include <math.h>
#include <string.h>

/* -- scalars ---------------------------------------------------------------------------------------------------------- */
const char *spec_shown(const struct node *node)
{
    return node->kind == NODE_SCALAR || node->kind == NODE_NULL ? node->text
           : node->kind == NODE_MAP                             ? "{...}"
                                                                : "[...]";
}

const char *spec_label(const struct node *node)
{
    return node->key != NULL ? node->key : "value";
}

static bool spec_is_number(const struct node *node, double *number)
{
    char *end;
    if (node->kind != NODE_SCALAR)
        return false;
    *number = strtod(node->text, &end);
    if (end != node->text && *end == '/') { /* 1/3, as weights are thought */
        const char *under = end + 1;
        *number /= strtod(under, &end);
        if (end == under)
            return false;
    }
    return end != node->text && *end == '\0' && isfinite(*number);
}

double spec_number_of(struct spec_reader *r, const struct node *node)
{
    double number;
    if (spec_is_number(node, &number))
        return number;
    r->status = diag_fail(r->diag, node->at, "%s: '%s' is not a number", spec_label(node), spec_shown(node));
    return 0.0;
}

double spec_number_within(struct spec_reader *r, const struct node *node, double least, double most)
{
    double number = spec_number_of(r, node);
    if (number < least || number > most)
        r->status = diag_fail(r->diag, node->at, "%s: %s is outside [%g, %g]%s", spec_label(node), spec_shown(node),
                              least, most, "");
    return number;
}

size_t spec_count_within(struct spec_reader *r, const struct node *node, size_t least, size_t most)
{
    double number = spec_number_within(r, node, (double)least, (double)most);
    if (number != floor(number))
        r->status = diag_fail(r->diag, node->at, "%s: '%s' is not a whole number", spec_label(node), spec_shown(node));
    return number >= (double)least && number <= (double)most ? (size_t)number : least;
}

bool spec_flag_of(struct spec_reader *r, const struct node *node)
{
    static const char *const yes[] = {"true", "yes", "on", "True", "TRUE"}, *const no[] = {"false", "no", "off",
                                                                                           "False", "FALSE"};
    for (size_t k = 0; node->kind == NODE_SCALAR && k < 5; k++) {
        if (strcmp(node->text, yes[k]) == 0)
            return true;
        if (strcmp(node->text, no[k]) == 0)
            return false;
    }
    r->status = diag_fail(r->diag, node->at, "%s: '%s' is neither true nor false", spec_label(node), spec_shown(node));
    return false;
}

const char *spec_text_of(struct spec_reader *r, const struct node *node)
{
    if (node->kind == NODE_SCALAR && node->text[0] != '\0')
        return node->text;
    r->status = diag_fail(r->diag, node->at, "%s: a name is due here", spec_label(node));
    return NULL;
}

/* The right ones of a list. */
static size_t names_of(const struct ccd_choice *choice, size_t n, const char **name, char *all, size_t size)
{
    size_t right = 0, used = 0;
    all[0] = '\0';
    for (size_t k = 0; k < n; k++)
        if (choice[k].right) {
            name[right++] = choice[k].name;
            int put = snprintf(all + used, size - used, "%s%s", used > 0 ? ", " : "", choice[k].name);
            used += put > 0 && (size_t)put < size - used ? (size_t)put : 0;
        }
    return right;
}

size_t spec_choose(struct spec_reader *r, const struct node *node, const struct ccd_choice *choice, size_t n)
{
    const char *name[32];
    char all[512];
    BUG_ON(n > 32);
    for (size_t k = 0; node->kind == NODE_SCALAR && k < n; k++)
        if (strcmp(choice[k].name, node->text) == 0) {
            if (choice[k].right)
                return k;
            r->status = diag_fail(r->diag, node->at, "%s: '%s' is a known mistake (%s); --diagnose recognises it",
                                  spec_label(node), node->text, choice[k].en);
            return n;
        }
    size_t right = names_of(choice, n, name, all, sizeof all);
    const char *near = node->kind == NODE_SCALAR ? nearest_name(node->text, name, right) : NULL;
    if (near != NULL)
        r->status = diag_fail(r->diag, node->at, "%s: there is no '%s'; did you mean '%s'?", spec_label(node),
                              spec_shown(node), near);
    else
        r->status = diag_fail(r->diag, node->at, "%s: '%s' is not one of: %s", spec_label(node), spec_shown(node), all);
    return n;
}

/* -- maps and lists --------------------------------------------------------------------------------------------------- */
void spec_read_keys(struct spec_reader *r, const struct node *map, const struct spec_key *key, size_t n)
{
    const char *name[32];
    BUG_ON(n > 32);
    for (size_t k = 0; k < n; k++)
        name[k] = key[k].name;
    for (const struct node *child = map->child; child != NULL; child = child->next) {
        size_t k = 0;
        while (k < n && strcmp(name[k], child->key) != 0)
            k++;
        const char *near = k < n ? NULL : nearest_name(child->key, name, n);
        if (k < n)
            key[k].read(r, child);
        else if (near != NULL)
            r->status = diag_fail(r->diag, child->at, "unknown key '%s'; did you mean '%s'?", child->key, near);
        else
            r->status = diag_fail(r->diag, child->at, "unknown key '%s'", child->key);
    }
}

bool spec_is_map(struct spec_reader *r, const struct node *node)
{
    if (node->kind == NODE_MAP)
        return true;
    r->status = diag_fail(r->diag, node->at, "%s: a map is due here, as in {key: value}", spec_label(node));
    return false;
}

bool spec_pair_of(struct spec_reader *r, const struct node *node, bool apart, double *a, double *b)
{
    if (node->kind != NODE_LIST || node->n != 2 || !spec_is_number(node->child, a) ||
        !spec_is_number(node->child->next, b)) {
        r->status = diag_fail(r->diag, node->at, "%s: two numbers are due here, as in [0, 1]", spec_label(node));
        return false;
    }
    if (*a < *b || (!apart && *a == *b))
        return true;
    r->status = diag_fail(r->diag, node->at, "%s: the first number must be below the second", spec_label(node));
    return false;
}

const struct node *spec_child_of(const struct node *map, const char *key)
{
    for (const struct node *child = map->child; child != NULL; child = child->next)
        if (child->key != NULL && strcmp(child->key, key) == 0)
            return child;
    return NULL;
}

void spec_read_nothing(struct spec_reader *r, const struct node *node)
{
    (void)r;
    (void)node;
}
