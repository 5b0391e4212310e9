/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hdf - the rules of result files that concern the library: creation order, scales, strings, times, version bounds. */
#include <hdf5_hl.h>
#include <liandong/hdf.h>
#include <signal.h>
#include <string.h>

enum {
    SHORT_TEXT = 32 * 1024, /* an attribute that lies in the header of its object ends at 64 KB */
    CHUNK_INDEX = 4,        /* half the chunks of an index node; the library's 32 make 4 KB of it for every variable */
    CONVERTED = 64 * 1024   /* bytes that are converted at a time; the library clears its own megabyte for every call */
};

const char *const hdf_type_name[N_HDF_TYPES] = {"int8", "int16", "int32", "int64", "float64", "string"};
const size_t hdf_type_size[N_HDF_TYPES] = {1, 2, 4, 8, 8, sizeof(char *)};

void hdf_begin(void)
{
    H5dont_atexit();
    H5open();
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    signal(SIGXFSZ, SIG_IGN);
}

/* The driver's entry reads "..., errno = 28, error message = 'No space left on device', ..." */
static herr_t find_reason(unsigned n, const H5E_error2_t *entry, void *text)
{
    (void)n;
    const char *mark = "error message = '", *at = entry->desc == NULL ? NULL : strstr(entry->desc, mark);
    if (at == NULL)
        return 0;
    snprintf(text, HDF_NAME, "%s", at + strlen(mark));
    char *quote = strchr(text, '\'');
    if (quote != NULL)
        *quote = '\0';
    return 1;
}

enum status hdf_failed(const char *path, struct diag *diag)
{
    char found[HDF_NAME] = "the HDF5 library failed";
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, find_reason, found);
    return diag_stop(diag, IO_ERROR, "%s: cannot write: %s", path, found);
}

/* A type of strings; the caller closes it.  size H5T_VARIABLE or bytes with the final zero. */
static hid_t string_type(size_t size)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, size);
    H5Tset_strpad(type, H5T_STR_NULLTERM);
    H5Tset_cset(type, H5T_CSET_UTF8);
    return type;
}

static hid_t file_type(enum hdf_type type)
{
    switch (type) {
    case HDF_INT8:
        return H5Tcopy(H5T_STD_I8LE);
    case HDF_INT16:
        return H5Tcopy(H5T_STD_I16LE);
    case HDF_INT32:
        return H5Tcopy(H5T_STD_I32LE);
    case HDF_INT64:
        return H5Tcopy(H5T_STD_I64LE);
    case HDF_FLOAT64:
        return H5Tcopy(H5T_IEEE_F64LE);
    default:
        return string_type(H5T_VARIABLE);
    }
}

hid_t hdf_memory_type(enum hdf_type type)
{
    switch (type) {
    case HDF_INT8:
        return H5Tcopy(H5T_NATIVE_INT8);
    case HDF_INT16:
        return H5Tcopy(H5T_NATIVE_INT16);
    case HDF_INT32:
        return H5Tcopy(H5T_NATIVE_INT32);
    case HDF_INT64:
        return H5Tcopy(H5T_NATIVE_INT64);
    case HDF_FLOAT64:
        return H5Tcopy(H5T_NATIVE_DOUBLE);
    default:
        return string_type(H5T_VARIABLE);
    }
}

/* A list with which nothing is created if a property of it could not be set: without memory the file would be another. */
static hid_t whole_list(hid_t plist, bool good)
{
    if (good)
        return plist;
    H5Pclose(plist);
    return H5I_INVALID_HID;
}

/* Order of creation is what makes netCDF see dimensions and attributes in a fixed order, and open the file at all. */
static bool track_order(hid_t plist, bool links)
{
    const unsigned tracked = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;
    return H5Pset_obj_track_times(plist, 0) >= 0 && H5Pset_attr_creation_order(plist, tracked) >= 0 &&
           (!links || H5Pset_link_creation_order(plist, tracked) >= 0);
}

hid_t hdf_create(const char *path)
{
    hid_t creation = H5Pcreate(H5P_FILE_CREATE), access = H5Pcreate(H5P_FILE_ACCESS);
    creation = whole_list(creation, track_order(creation, true) && H5Pset_istore_k(creation, CHUNK_INDEX) >= 0);
    access = whole_list(access, H5Pset_libver_bounds(access, H5F_LIBVER_EARLIEST, H5F_LIBVER_V18) >= 0);
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, creation, access);
    if (file < 0)
        return file;
    H5Pclose(creation);
    H5Pclose(access);
    return file;
}

bool hdf_close(hid_t file)
{
    return H5Fclose(file) >= 0;
}

hid_t hdf_create_group(hid_t at, const char *name)
{
    hid_t creation = H5Pcreate(H5P_GROUP_CREATE);
    creation = whole_list(creation, track_order(creation, true));
    hid_t group = H5Gcreate2(at, name, H5P_DEFAULT, creation, H5P_DEFAULT);
    if (creation >= 0)
        H5Pclose(creation);
    return group;
}

bool hdf_close_group(hid_t group)
{
    return H5Gclose(group) >= 0;
}

static bool put_attribute(hid_t at, const char *name, hid_t type, hid_t space, hid_t memory, const void *value)
{
    hid_t attribute = H5Acreate2(at, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    if (attribute < 0)
        return false;
    return H5Awrite(attribute, memory, value) >= 0 && H5Aclose(attribute) >= 0;
}

bool hdf_put_text(hid_t at, const char *name, const char *value)
{
    size_t n = strlen(value) + 1;
    hid_t type = string_type(n <= SHORT_TEXT ? n : H5T_VARIABLE), space = H5Screate(H5S_SCALAR);
    const void *from = n <= SHORT_TEXT ? (const void *)value : (const void *)&value;
    if (!put_attribute(at, name, type, space, type, from))
        return false;
    H5Tclose(type);
    H5Sclose(space);
    return true;
}

bool hdf_put_integer(hid_t at, const char *name, int64_t value)
{
    hid_t space = H5Screate(H5S_SCALAR);
    if (!put_attribute(at, name, H5T_STD_I64LE, space, H5T_NATIVE_INT64, &value))
        return false;
    H5Sclose(space);
    return true;
}

enum hdf_type hdf_code_type(int n)
{
    return n <= INT8_MAX ? HDF_INT8 : HDF_INT16;
}

bool hdf_put_flags(hid_t at, int n, const char *meanings)
{
    enum { MOST = 4096 };
    int16_t flag[MOST];
    BUG_ON(n < 1 || n > MOST);
    for (int i = 0; i < n; i++)
        flag[i] = (int16_t)i;
    hsize_t length = (hsize_t)n;
    hid_t space = H5Screate_simple(1, &length, NULL), type = file_type(hdf_code_type(n));
    if (!put_attribute(at, "flag_values", type, space, H5T_NATIVE_INT16, flag))
        return false;
    H5Tclose(type);
    H5Sclose(space);
    return hdf_put_text(at, "flag_meanings", meanings);
}

static hid_t variable_plist(const struct hdf_variable *v)
{
    hid_t plist = H5Pcreate(H5P_DATASET_CREATE);
    bool good = track_order(plist, false);
    if (v->chunk[0] > 0) {
        hsize_t chunk[HDF_MOST_AXES];
        for (int a = 0; a < v->rank; a++)
            chunk[a] = v->chunk[a];
        good = good && H5Pset_chunk(plist, v->rank, chunk) >= 0 && H5Pset_shuffle(plist) >= 0 &&
               H5Pset_deflate(plist, 4) >= 0;
    }
    return whole_list(plist, good);
}

/* Whole chunks are written, once: the library's cache of up to a megabyte for each of some hundred variables would hold the
 * file in memory. */
static hid_t variable_access(void)
{
    hid_t access = H5Pcreate(H5P_DATASET_ACCESS);
    return whole_list(access, H5Pset_chunk_cache(access, 0, 0, 1.0) >= 0);
}

static bool describe(struct hdf_variable *v)
{
    bool good = hdf_put_text(v->set, "long_name", v->en) && hdf_put_text(v->set, "long_name_zh", v->zh) &&
                hdf_put_text(v->set, "units", v->unit[0] == '\0' ? "1" : v->unit);
    if (v->rank == 1 && strcmp(v->axis[0]->name, v->name) == 0) {
        v->axis[0]->scale = v->set;
        return good && H5DSset_scale(v->set, v->name) >= 0;
    }
    for (int a = 0; a < v->rank && good; a++)
        good = H5DSattach_scale(v->set, v->axis[a]->scale, (unsigned)a) >= 0;
    return good;
}

/* A scale says its own name, which is also its path; to look for the path takes the library ten times as long. */
static bool name_of_scale(hid_t scale, char name[HDF_NAME])
{
    if (H5DSget_scale_name(scale, name, HDF_NAME) > 0)
        return true;
    if (H5Iget_name(scale, name, HDF_NAME) <= 0)
        return false;
    memmove(name, name + 1, HDF_NAME - 1); /* "/time" */
    return true;
}

static bool take_scale(hid_t set, const hvl_t *list, struct hdf_scales *known, char name[HDF_NAME])
{
    hobj_ref_t at;
    int k = 0;
    if (list->len < 1)
        return false;
    memcpy(&at, list->p, sizeof at);
    while (k < known->n && known->at[k] != at)
        k++;
    if (k == known->n) {
        hid_t scale = H5Rdereference2(set, H5P_DEFAULT, H5R_OBJECT, &at);
        k = k < HDF_SCALES ? k : HDF_SCALES - 1;
        known->at[k] = at;
        bool good = scale >= 0 && name_of_scale(scale, known->name[k]);
        if (scale >= 0)
            H5Oclose(scale);
        if (!good)
            return false;
        known->n = k + 1;
    }
    memcpy(name, known->name[k], HDF_NAME);
    return true;
}

/* By the list of references that the specification of dimension scales gives a variable; the library's own H5DSiterate_scales
 * reads that list anew for every axis, and was half of opening a file. */
bool hdf_scale_names(hid_t set, int rank, char name[][HDF_NAME], struct hdf_scales *known)
{
    hvl_t list[HDF_MOST_AXES];
    hid_t attribute = H5Aexists(set, "DIMENSION_LIST") > 0 ? H5Aopen(set, "DIMENSION_LIST", H5P_DEFAULT) : -1;
    if (attribute < 0)
        return false;
    hid_t type = H5Tvlen_create(H5T_STD_REF_OBJ), space = H5Aget_space(attribute);
    bool good =
        rank <= HDF_MOST_AXES && H5Sget_simple_extent_npoints(space) == rank && H5Aread(attribute, type, list) >= 0;
    if (good) {
        for (int a = 0; good && a < rank; a++)
            good = take_scale(set, &list[a], known, name[a]);
        H5Dvlen_reclaim(type, space, H5P_DEFAULT, list);
    }
    H5Sclose(space);
    H5Tclose(type);
    H5Aclose(attribute);
    return good;
}

bool hdf_create_variable(hid_t file, struct hdf_variable *v)
{
    hsize_t length[HDF_MOST_AXES];
    for (int a = 0; a < v->rank; a++)
        length[a] = v->axis[a]->length;
    hid_t space = H5Screate_simple(v->rank, length, NULL);
    hid_t type = file_type(v->type), plist = variable_plist(v), access = variable_access();
    v->set = H5Dcreate2(file, v->name, type, space, H5P_DEFAULT, plist, access);
    if (v->set < 0)
        return false;
    H5Sclose(space);
    H5Tclose(type);
    H5Pclose(plist);
    H5Pclose(access);
    return describe(v);
}

hid_t hdf_transfer(void)
{
    hid_t transfer = H5Pcreate(H5P_DATASET_XFER);
    H5Pset_buffer(transfer, CONVERTED, NULL, NULL);
    return transfer;
}

bool hdf_write(const struct hdf_variable *v, uint64_t first, uint64_t n, const void *values)
{
    hsize_t start[HDF_MOST_AXES] = {first}, count[HDF_MOST_AXES] = {n};
    if (n == 0)
        return true;
    for (int a = 1; a < v->rank; a++)
        count[a] = v->axis[a]->length;
    hid_t memory = H5Screate_simple(v->rank, count, NULL), file = H5Dget_space(v->set);
    hid_t type = hdf_memory_type(v->type), transfer = hdf_transfer();
    bool good = H5Sselect_hyperslab(file, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
                H5Dwrite(v->set, type, memory, file, transfer, values) >= 0;
    H5Pclose(transfer);
    H5Sclose(memory);
    H5Sclose(file);
    H5Tclose(type);
    return good;
}

bool hdf_write_chunk(const struct hdf_variable *v, const uint64_t at[HDF_MOST_AXES], const void *bytes, size_t n)
{
    hsize_t offset[HDF_MOST_AXES];
    for (int a = 0; a < HDF_MOST_AXES; a++)
        offset[a] = at[a];
    return H5Dwrite_chunk(v->set, H5P_DEFAULT, 0, offset, n, bytes) >= 0;
}

bool hdf_close_variable(struct hdf_variable *v)
{
    return H5Dclose(v->set) >= 0;
}
