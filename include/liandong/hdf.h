/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hdf - HDF5 written so that it is netCDF-4 as well; for sim/io only, nobody else sees the library.
 *
 * Functions return false where the library failed; hdf_failed then says why.  After a failure nothing is closed: the next
 * call would wipe the reason, and the 1.10 library crashes when it flushes what it cannot write.  Its handles are left to
 * the end of the process, which is near. */
#ifndef LIANDONG_HDF_H
#define LIANDONG_HDF_H
#include <hdf5.h>
#include <liandong/diag.h>
#include <stdbool.h>
#include <stdint.h>

enum hdf_type { HDF_INT8, HDF_INT16, HDF_INT32, HDF_INT64, HDF_FLOAT64, HDF_STRING, N_HDF_TYPES };
enum { HDF_MOST_AXES = 5, HDF_NAME = 128 };
extern const char *const hdf_type_name[N_HDF_TYPES];
extern const size_t hdf_type_size[N_HDF_TYPES]; /* in memory; of a string: its pointer */

/* An axis becomes a dimension when its scale, the variable of its own name, is made: before all others that lie along it. */
struct hdf_axis {
    char name[HDF_NAME];
    uint64_t length;
    hid_t scale;
};

struct hdf_variable {
    const char *name, *unit, *en, *zh;
    enum hdf_type type;
    int rank;
    struct hdf_axis *axis[HDF_MOST_AXES];
    uint64_t chunk[HDF_MOST_AXES]; /* chunk[0] = 0: contiguous and uncompressed */
    hid_t set;                     /* filled by hdf_create_variable */
};

/* Once before any other use: no clean-up at exit, no messages from the library, SIGXFSZ is an error and not the end. */
void hdf_begin(void);
/* Says that `path` cannot be written, and what the library says about its last failure, e.g. "No space left on device". */
enum status hdf_failed(const char *path, struct diag *diag);

hid_t hdf_create(const char *path);
bool hdf_close(hid_t file);
hid_t hdf_create_group(hid_t at, const char *name);
bool hdf_close_group(hid_t group);

/* Attributes.  A text of at most 32 KB is of fixed length, a longer one of variable length; both UTF-8. */
bool hdf_put_text(hid_t at, const char *name, const char *value);
bool hdf_put_integer(hid_t at, const char *name, int64_t value);
/* Codes 0 ... n - 1 and their meanings, separated by blanks; the values are of the type that a variable of n codes has. */
enum hdf_type hdf_code_type(int n);
bool hdf_put_flags(hid_t at, int n, const char *meanings);

bool hdf_create_variable(hid_t file, struct hdf_variable *v);
/* Writes entries first ... first + n - 1 of the first axis, all of the others. */
bool hdf_write(const struct hdf_variable *v, uint64_t first, uint64_t n, const void *values);
/* Writes a chunk as the filters of the variable would leave it; at: of its first entry, along each axis. */
bool hdf_write_chunk(const struct hdf_variable *v, const uint64_t at[HDF_MOST_AXES], const void *bytes, size_t n);
bool hdf_close_variable(struct hdf_variable *v);

hid_t hdf_memory_type(enum hdf_type type);

/* The names of scales that variables of a file have referred to so far: it has some twenty, and its variables three each. */
enum { HDF_SCALES = 64 };
struct hdf_scales {
    int n;
    hobj_ref_t at[HDF_SCALES];
    char name[HDF_SCALES][HDF_NAME];
};
/* The first scale of each axis of a variable; false where one has none. */
bool hdf_scale_names(hid_t set, int rank, char name[][HDF_NAME], struct hdf_scales *known);

/* How values are read and written: little by little.  The caller closes it. */
hid_t hdf_transfer(void);
#endif
