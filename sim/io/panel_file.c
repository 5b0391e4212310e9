/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel_file - see include/liandong/panel_file.h. */
#include <liandong/hdf.h>
#include <liandong/panel_file.h>
#include <liandong/results.h>
#include <string.h>
#include <unistd.h>

enum { AXES_MOST = 8 };

static bool put_variable(hid_t file, struct hdf_variable *v, const void *values, const char *meanings, int n_meanings)
{
    return hdf_create_variable(file, v) && (meanings == NULL || hdf_put_flags(v->set, n_meanings, meanings)) &&
           hdf_write(v, 0, v->axis[0]->length, values);
}

static bool put_axis(hid_t file, const struct panel_file_axis *a, struct hdf_axis *axis, struct hdf_variable *v)
{
    int32_t *number = NULL;
    const void *values = a->label;
    snprintf(axis->name, sizeof axis->name, "%s", a->name);
    axis->length = a->n;
    *v = (struct hdf_variable){.name = a->name,
                               .unit = "1",
                               .en = a->en,
                               .zh = a->zh,
                               .type = a->label != NULL ? HDF_STRING : HDF_INT32,
                               .rank = 1,
                               .axis = {axis}};
    if (a->label == NULL) {
        number = calloc(a->n + 1, sizeof *number);
        for (size_t k = 0; number != NULL && k < a->n; k++)
            number[k] = a->number[k];
        values = number;
    }
    bool good = values != NULL && put_variable(file, v, values, NULL, 0);
    free(number);
    return good;
}

static bool put_values(hid_t file, const struct panel_file_variable *of, struct hdf_axis *axis)
{
    struct hdf_variable v = {.name = of->name,
                             .unit = "1",
                             .en = of->en,
                             .zh = of->zh,
                             .type = of->code != NULL ? HDF_INT8 : HDF_FLOAT64,
                             .rank = of->rank};
    const void *values = of->code != NULL ? (const void *)of->code : (const void *)of->value;
    for (int a = 0; a < of->rank; a++) {
        v.axis[a] = &axis[of->axis[a]];
        v.chunk[a] = v.axis[a]->length;
    }
    return put_variable(file, &v, values, of->meanings, of->n_meanings) && hdf_close_variable(&v);
}

/* Scales stay open until all that lies along them is written. */
static bool put_all(hid_t file, const struct panel_file *f)
{
    struct hdf_axis axis[AXES_MOST] = {{.length = 0}};
    struct hdf_variable scale[AXES_MOST];
    bool good = true;
    BUG_ON(f->n_axes > AXES_MOST);
    for (size_t k = 0; good && k < f->n_attributes; k++)
        good = hdf_put_text(file, f->attribute[k].name, f->attribute[k].value);
    for (size_t a = 0; good && a < f->n_axes; a++)
        good = put_axis(file, &f->axis[a], &axis[a], &scale[a]);
    for (size_t k = 0; good && k < f->n_variables; k++)
        good = put_values(file, &f->variable[k], axis);
    for (size_t a = 0; good && a < f->n_axes; a++)
        good = hdf_close_variable(&scale[a]);
    return good;
}

enum status panel_file_write(const char *path, const struct panel_file *f, struct diag *diag)
{
    TRY(file_may_be_written(path, FILE_DATA, diag));
    char *temporary = path_with(path, ".tmp");
    if (temporary == NULL)
        return diag_stop(diag, NO_MEMORY, "out of memory");
    hdf_begin();
    hid_t file = hdf_create(temporary);
    bool good = file >= 0 && put_all(file, f) && hdf_close(file);
    enum status status = good ? OK : hdf_failed(path, diag);
    if (good)
        status = file_publish(path, true, diag);
    else
        unlink(temporary);
    free(temporary);
    return status;
}
