/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reading - see include/liandong/reading.h.  Nothing here believes what a file says about its own sizes. */
#include <hdf5_hl.h>
#include <inttypes.h>
#include <liandong/hdf.h>
#include <liandong/reading.h>
#include <liandong/results.h>
#include <liandong/unwritten.h>
#include <liandong/version.h>
#include <string.h>
#include <unistd.h>

enum { MOST_VARIABLES = 10000, BLOCK = 32 };
static const uint64_t most_length = (uint64_t)1 << 40, most_width = (uint64_t)1 << 28, most_text = (uint64_t)1 << 26;

static enum status damaged(const struct result *r, const char *what, struct diag *diag)
{
    return diag_stop(diag, IO_ERROR, "%s: is damaged: %s cannot be read", r->path, what);
}

/* What could not be had: for want of memory, or because the file is bad. */
static enum status unread(const struct result *r, const char *what, enum status why, struct diag *diag)
{
    if (why == NO_MEMORY)
        return diag_stop(diag, NO_MEMORY, "%s: no memory to read %s", r->path, what);
    return damaged(r, what, diag);
}

/* A text attribute of fixed or variable length; *text NULL: there is none, or none that can be read.  NO_MEMORY or OK. */
static enum status read_text(hid_t at, const char *name, char **text)
{
    bool room = true;
    *text = NULL;
    hid_t attribute = H5Aexists(at, name) > 0 ? H5Aopen(at, name, H5P_DEFAULT) : -1;
    if (attribute < 0)
        return OK;
    hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute), memory = H5Tcopy(H5T_C_S1);
    size_t size = H5Tget_size(type);
    bool one = H5Tget_class(type) == H5T_STRING && H5Sget_simple_extent_npoints(space) == 1;
    H5Tset_cset(memory, H5Tget_cset(type));
    if (one && H5Tis_variable_str(type) > 0) {
        char *found = NULL;
        H5Tset_size(memory, H5T_VARIABLE);
        if (H5Aread(attribute, memory, (void *)&found) >= 0 && found != NULL)
            room = (*text = strdup(found)) != NULL;
        H5free_memory(found);
    } else if (one && size < most_text && (room = (*text = calloc(1, size + 1)) != NULL)) {
        H5Tset_size(memory, size + 1);
        if (H5Aread(attribute, memory, *text) < 0) {
            free(*text);
            *text = NULL;
        }
    }
    H5Tclose(memory);
    H5Sclose(space);
    H5Tclose(type);
    H5Aclose(attribute);
    return room ? OK : NO_MEMORY;
}

static enum status read_short(hid_t at, const char *name, char *to, size_t size)
{
    char *text;
    enum status status = read_text(at, name, &text);
    snprintf(to, size, "%s", text == NULL ? "" : text);
    free(text);
    return status;
}

static bool read_axes(hid_t set, struct result_variable *v, struct hdf_scales *known)
{
    hsize_t length[H5S_MAX_RANK];
    hid_t space = H5Dget_space(set);
    v->rank = H5Sget_simple_extent_ndims(space);
    bool good = v->rank >= 1 && v->rank <= READING_AXES && H5Sget_simple_extent_dims(space, length, NULL) == v->rank;
    H5Sclose(space);
    v->width = 1;
    for (int a = 0; good && a < v->rank; a++) {
        v->length[a] = length[a];
        v->width *= a > 0 ? length[a] : 1;
        good = length[a] < most_length && v->width < most_width;
    }
    if (!good || H5DSis_scale(set) <= 0)
        return good && hdf_scale_names(set, v->rank, v->axis, known);
    for (int a = 0; a < v->rank; a++)
        memcpy(v->axis[a], v->name, sizeof v->axis[a]);
    return true;
}

static enum status read_words(hid_t set, struct result_variable *v)
{
    char *reach;
    TRY(read_short(set, "units", v->unit, sizeof v->unit));
    TRY(read_short(set, "long_name", v->en, sizeof v->en));
    TRY(read_short(set, "long_name_zh", v->zh, sizeof v->zh));
    TRY(read_text(set, "digest", &reach));
    v->reach = reach != NULL;
    free(reach);
    return OK;
}

/* IO_ERROR: not what a result holds. */
static enum status read_variable(hid_t file, const char *name, struct result_variable *v, struct hdf_scales *known)
{
    *v = (struct result_variable){.rank = 0};
    snprintf(v->name, sizeof v->name, "%s", name);
    hid_t set = H5Dopen2(file, name, H5P_DEFAULT);
    if (set < 0)
        return IO_ERROR;
    hid_t type = H5Dget_type(set);
    H5T_class_t class = H5Tget_class(type);
    v->bytes = (int)H5Tget_size(type);
    v->text = class == H5T_STRING && H5Tis_variable_str(type) > 0;
    v->real = class == H5T_FLOAT;
    bool good = v->text || (v->real && v->bytes == 8) ||
                (class == H5T_INTEGER && (v->bytes == 1 || v->bytes == 2 || v->bytes == 4 || v->bytes == 8));
    H5Tclose(type);
    enum status status = good && read_axes(set, v, known) ? read_words(set, v) : IO_ERROR;
    H5Dclose(set);
    return status;
}

static enum status read_list(struct result *r, struct diag *diag)
{
    H5G_info_t info;
    struct hdf_scales known = {.n = 0};
    if (H5Gget_info(r->file, &info) < 0 || info.nlinks > MOST_VARIABLES)
        return damaged(r, "its list of variables", diag);
    r->variable = calloc(info.nlinks + 1, sizeof *r->variable);
    if (r->variable == NULL)
        return diag_stop(diag, NO_MEMORY, "%s: no memory for its list of variables", r->path);
    for (hsize_t i = 0; i < info.nlinks; i++) {
        char name[READING_NAME];
        H5O_info_t object;
        ssize_t n =
            H5Lget_name_by_idx(r->file, ".", H5_INDEX_CRT_ORDER, H5_ITER_INC, i, name, sizeof name, H5P_DEFAULT);
        if (n <= 0 || n >= (ssize_t)sizeof name ||
            H5Oget_info_by_name2(r->file, name, &object, H5O_INFO_BASIC, H5P_DEFAULT) < 0)
            return damaged(r, "its list of variables", diag);
        if (object.type != H5O_TYPE_DATASET)
            continue;
        enum status status = read_variable(r->file, name, &r->variable[r->n], &known);
        if (status != OK)
            return unread(r, name, status, diag);
        r->n++;
    }
    return OK;
}

enum status result_open_unchecked(struct result *r, const char *path, struct diag *diag)
{
    char program[READING_NAME] = "";
    hdf_begin();
    *r = (struct result){.file = -1, .path = path_with(path, "")};
    if (r->path == NULL)
        return diag_stop(diag, NO_MEMORY, "%s: no memory to open it", path);
    r->file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    enum status status = OK;
    if (r->file >= 0)
        status = read_short(r->file, "program", program, sizeof program);
    if (status != OK)
        status = unread(r, "its attributes", status, diag);
    else if (r->file < 0)
        status = diag_stop(diag, IO_ERROR, "%s: is no HDF5 file, or a damaged one", path);
    else if (strcmp(program, "liandong") != 0)
        status = diag_stop(diag, FAILED, "%s: is not a file of this program", path);
    else
        status = read_list(r, diag);
    if (status != OK)
        result_close(r);
    return status;
}

enum status result_open(struct result *r, const char *path, struct diag *diag)
{
    *r = (struct result){.file = -1};
    TRY(result_check_file(path, diag));
    return result_open_unchecked(r, path, diag);
}

void result_close(struct result *r)
{
    if (r->file >= 0)
        H5Fclose(r->file);
    unwritten_free(r->unwritten);
    free(r->path);
    free(r->variable);
    *r = (struct result){.file = -1};
}

const struct result_variable *result_find(const struct result *r, const char *name)
{
    for (size_t k = 0; k < r->n; k++)
        if (strcmp(r->variable[k].name, name) == 0)
            return &r->variable[k];
    return NULL;
}

enum status result_need(const struct result *r, const char *name, const struct result_variable **v, struct diag *diag)
{
    *v = result_find(r, name);
    if (*v != NULL)
        return OK;
    const char **names = calloc(r->n + 1, sizeof *names);
    const char *near = NULL;
    for (size_t k = 0; names != NULL && k < r->n; k++)
        names[k] = r->variable[k].name;
    if (names != NULL)
        near = nearest_name(name, names, r->n);
    free(names);
    if (near != NULL)
        return diag_stop(diag, FAILED, "%s: has no '%s'; did you mean '%s'?", r->path, name, near);
    return diag_stop(diag, FAILED, "%s: has no '%s'", r->path, name);
}

enum status result_read(const struct result *r, const struct result_variable *v, uint64_t first, uint64_t n,
                        union cell *cells, struct diag *diag)
{
    hsize_t start[READING_AXES] = {first}, count[READING_AXES] = {n};
    BUG_ON(v->text || n > v->length[0] || first > v->length[0] - n);
    if (n == 0 || v->width == 0)
        return OK;
    if (r->unwritten != NULL)
        return unwritten_read(r->unwritten, (size_t)(v - r->variable), first, n, cells, diag);
    for (int a = 1; a < v->rank; a++)
        count[a] = v->length[a];
    hid_t set = H5Dopen2(r->file, v->name, H5P_DEFAULT);
    if (set < 0)
        return damaged(r, v->name, diag);
    hid_t file = H5Dget_space(set), memory = H5Screate_simple(v->rank, count, NULL), transfer = hdf_transfer();
    bool good = H5Sselect_hyperslab(file, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
                H5Dread(set, v->real ? H5T_NATIVE_DOUBLE : H5T_NATIVE_INT64, memory, file, transfer, cells) >= 0;
    H5Pclose(transfer);
    H5Sclose(memory);
    H5Sclose(file);
    H5Dclose(set);
    return good ? OK : damaged(r, v->name, diag);
}

void texts_free(char **text, size_t n)
{
    for (size_t k = 0; text != NULL && k < n; k++)
        free(text[k]);
    free(text);
}

/* The library's strings are copied, so that they can be freed as ours. */
static enum status read_strings(hid_t set, char **text, size_t n)
{
    hid_t memory = hdf_memory_type(HDF_STRING), space = H5Dget_space(set), transfer = hdf_transfer();
    char **found = calloc(n, sizeof *found);
    enum status status = found == NULL ? NO_MEMORY : OK;
    if (status == OK && H5Dread(set, memory, H5S_ALL, H5S_ALL, transfer, found) < 0)
        status = IO_ERROR;
    for (size_t k = 0; status == OK && k < n; k++)
        if ((text[k] = strdup(found[k] == NULL ? "" : found[k])) == NULL)
            status = NO_MEMORY;
    if (found != NULL)
        H5Dvlen_reclaim(memory, space, H5P_DEFAULT, found);
    free(found);
    H5Pclose(transfer);
    H5Sclose(space);
    H5Tclose(memory);
    return status;
}

enum status result_texts(const struct result *r, const char *name, char ***text, size_t *n, struct diag *diag)
{
    const struct result_variable *v;
    *text = NULL;
    *n = 0;
    TRY(result_need(r, name, &v, diag));
    if (!v->text || v->rank != 1 || v->length[0] > most_width)
        return damaged(r, name, diag);
    hid_t set = r->unwritten != NULL ? -1 : H5Dopen2(r->file, name, H5P_DEFAULT);
    char **list = calloc(v->length[0] + 1, sizeof *list);
    enum status status = list == NULL ? NO_MEMORY : r->unwritten == NULL && set < 0 ? IO_ERROR : OK;
    if (status == OK && r->unwritten != NULL)
        status = unwritten_texts(r->unwritten, (size_t)(v - r->variable), list);
    else if (status == OK && v->length[0] > 0)
        status = read_strings(set, list, v->length[0]);
    if (set >= 0)
        H5Dclose(set);
    if (status != OK) {
        texts_free(list, v->length[0]);
        return unread(r, name, status, diag);
    }
    *text = list;
    *n = v->length[0];
    return OK;
}

enum status result_text(const struct result *r, const char *variable, const char *name, char **text, struct diag *diag)
{
    hid_t at = variable == NULL ? r->file : H5Oopen(r->file, variable, H5P_DEFAULT);
    enum status status = OK;
    *text = NULL;
    if (at >= 0)
        status = read_text(at, name, text);
    if (variable != NULL && at >= 0)
        H5Oclose(at);
    if (status != OK)
        return unread(r, name, status, diag);
    if (*text == NULL)
        return diag_stop(diag, FAILED, "%s: has no attribute '%s'", r->path, name);
    return OK;
}

enum status result_integer(const struct result *r, const char *name, int64_t *value, struct diag *diag)
{
    hid_t attribute = H5Aexists(r->file, name) > 0 ? H5Aopen(r->file, name, H5P_DEFAULT) : -1;
    bool good = false;
    if (attribute >= 0) {
        hid_t space = H5Aget_space(attribute), type = H5Aget_type(attribute);
        good = H5Tget_class(type) == H5T_INTEGER && H5Sget_simple_extent_npoints(space) == 1 &&
               H5Aread(attribute, H5T_NATIVE_INT64, value) >= 0;
        H5Tclose(type);
        H5Sclose(space);
        H5Aclose(attribute);
    }
    return good ? OK : diag_stop(diag, FAILED, "%s: has no whole number '%s'", r->path, name);
}

/* 8-byte cells back to the bytes they have in the file; returns how many. */
static size_t narrow(const struct result_variable *v, union cell *cells, size_t n)
{
    unsigned char *to = (unsigned char *)cells;
    if (v->bytes == 8)
        return n * 8;
    for (size_t k = 0; k < n; k++) {
        int64_t value = cells[k].i;
        memcpy(to + k * (size_t)v->bytes, &value, (size_t)v->bytes); /* little-endian: the low bytes */
    }
    return n * (size_t)v->bytes;
}

static enum status hash_numbers(const struct result *r, const struct result_variable *v, struct sha256 *hash,
                                struct diag *diag)
{
    union cell *cells = calloc(BLOCK * v->width + 1, sizeof *cells);
    enum status status = OK;
    if (cells == NULL)
        return diag_stop(diag, NO_MEMORY, "%s: no memory to read %s", r->path, v->name);
    for (uint64_t first = 0; first < v->length[0] && status == OK; first += BLOCK) {
        uint64_t n = v->length[0] - first < BLOCK ? v->length[0] - first : BLOCK;
        status = result_read(r, v, first, n, cells, diag);
        if (status == OK)
            sha256_add(hash, cells, narrow(v, cells, n * v->width));
    }
    free(cells);
    return status;
}

static enum status hash_texts(const struct result *r, const struct result_variable *v, struct sha256 *hash,
                              struct diag *diag)
{
    char **text;
    size_t n;
    TRY(result_texts(r, v->name, &text, &n, diag));
    for (size_t k = 0; k < n; k++)
        sha256_add(hash, text[k], strlen(text[k]) + 1);
    texts_free(text, n);
    return OK;
}

static void digest_variable(struct digest *d, const struct result_variable *v, struct sha256 *hash)
{
    char axes[READING_AXES * (READING_NAME + 24)];
    int n = 0;
    const char *type = v->text         ? "string"
                       : v->real       ? "float64"
                       : v->bytes == 1 ? "int8"
                       : v->bytes == 2 ? "int16"
                       : v->bytes == 4 ? "int32"
                                       : "int64";
    for (int a = 0; a < v->rank; a++)
        n += snprintf(axes + n, sizeof axes - (size_t)n, "%s%s=%" PRIu64, a > 0 ? "," : "", v->axis[a], v->length[a]);
    digest_add(d, v->name, type, axes, hash);
}

enum status result_digest(const struct result *r, char text[SHA256_TEXT], struct diag *diag)
{
    struct digest d = {.n = 0};
    enum status status = OK;
    for (size_t k = 0; k < r->n && status == OK; k++) {
        const struct result_variable *v = &r->variable[k];
        struct sha256 hash;
        if (v->reach)
            continue;
        sha256_init(&hash);
        status = v->text ? hash_texts(r, v, &hash, diag) : hash_numbers(r, v, &hash, diag);
        digest_variable(&d, v, &hash);
    }
    if (!digest_end(&d, text) && status == OK)
        status = diag_stop(diag, NO_MEMORY, "%s: no memory for the digest", r->path);
    return status;
}

enum status result_shape(const struct result *r, struct result_shape *shape, struct diag *diag)
{
    const struct result_variable *run, *time, *region;
    char *start = NULL;
    if (result_find(r, "time") == NULL && result_find(r, "row") != NULL)
        return diag_stop(diag, FAILED,
                         "%s: is a table of rows, not a result of runs; `liandong export` writes it as CSV", r->path);
    TRY(result_need(r, "run", &run, diag));
    TRY(result_need(r, "time", &time, diag));
    TRY(result_need(r, "region", &region, diag));
    if (r->unwritten != NULL)
        shape->start = unwritten_start(r->unwritten);
    else
        TRY(result_text(r, NULL, "start", &start, diag));
    bool good = (start == NULL || month_read(start, &shape->start)) && run->length[0] < UINT32_MAX &&
                time->length[0] < INT32_MAX && region->length[0] < UINT32_MAX;
    free(start);
    if (!good)
        return damaged(r, "its shape", diag);
    shape->runs = (uint32_t)run->length[0];
    shape->months = (int32_t)time->length[0];
    shape->regions = (uint32_t)region->length[0];
    return OK;
}

static bool says(const struct result *r, const char *name, const char *want)
{
    char *text;
    read_text(r->file, name, &text);
    bool same = text != NULL && strcmp(text, want) == 0;
    free(text);
    return same;
}

static bool counts(const struct result *r, const char *name, int64_t want, struct diag *diag)
{
    int64_t value = 0;
    return result_integer(r, name, &value, diag) == OK && value == want;
}

bool result_is_of(const char *path, const struct result_about *about)
{
    struct result r;
    struct diag unsaid; /* whatever is wrong with the file, it will be written anew */
    diag_init(&unsaid);
    bool same = access(path, F_OK) == 0 && result_open(&r, path, &unsaid) == OK;
    if (same) {
        same = says(&r, "version", version_number) && says(&r, "revision", version_revision) &&
               says(&r, "compiler", version_compiler) && says(&r, "flags", version_flags) &&
               says(&r, "scenario", about->scenario) && counts(&r, "seed", about->setup->world.seed, &unsaid) &&
               counts(&r, "runs", about->runs, &unsaid) && counts(&r, "months", about->setup->world.months, &unsaid) &&
               counts(&r, "detail", about->detail, &unsaid);
        result_close(&r);
    }
    diag_free(&unsaid);
    return same;
}
