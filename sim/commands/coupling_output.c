/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coupling_output - see include/liandong/coupling_output.h. */
#include <errno.h>
#include <liandong/coupling_output.h>
#include <liandong/results.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

bool output_ends_in(const char *text, const char *ending)
{
    size_t n = strlen(text), m = strlen(ending);
    return n >= m && strcasecmp(text + n - m, ending) == 0;
}

enum format output_format(const char *out, enum format asked)
{
    static const struct {
        const char *ending;
        enum format format;
    } known[] = {
        {".csv",  FORMAT_CSV  },
        {".tex",  FORMAT_LATEX},
        {".html", FORMAT_HTML },
        {".htm",  FORMAT_HTML },
        {".json", FORMAT_JSON },
        {".md",   FORMAT_MD   },
        {".h5",   FORMAT_CSV  }
    };
    for (size_t k = 0; out != NULL && asked == FORMAT_TEXT && k < sizeof known / sizeof known[0]; k++)
        if (output_ends_in(out, known[k].ending))
            return known[k].format;
    return asked;
}

char *output_beside(const char *out, const char *table)
{
    const char *slash = strrchr(out, '/'), *dot = strrchr(out, '.');
    size_t stem = dot == NULL || (slash != NULL && dot < slash) ? strlen(out) : (size_t)(dot - out);
    size_t size = strlen(out) + strlen(table) + 6;
    const char *ending = output_ends_in(out, ".h5") ? ".csv" : out + stem;
    char *path = malloc(size);
    if (path != NULL && strcmp(table, "degrees") == 0)
        snprintf(path, size, "%s", out);
    else if (path != NULL)
        snprintf(path, size, "%.*s.%s%s", (int)stem, out, table, ending);
    return path;
}

enum status output_write(const char *path, output_print_fn print, const void *what, struct diag *diag)
{
    TRY(file_may_be_written(path, FILE_TEXT, diag));
    char *temporary = path_with(path, ".tmp");
    FILE *to = temporary == NULL ? NULL : fopen(temporary, "w");
    if (to == NULL) {
        free(temporary);
        return diag_stop(diag, IO_ERROR, "%s: cannot write: %s", path, diag_reason(diag, errno));
    }
    enum status status = print(what, to, diag);
    if (fclose(to) != 0 && status == OK)
        status = diag_stop(diag, IO_ERROR, "%s: cannot write: %s", path, diag_reason(diag, errno));
    if (status == OK)
        status = file_publish(path, false, diag);
    else
        unlink(temporary);
    free(temporary);
    return status;
}
