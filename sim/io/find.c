/* SPDX-License-Identifier: GPL-3.0-or-later */
/* find - where shipped scenarios lie: $LIANDONG_SCENARIOS, the installed folder, beside the folder of the executable (build) or
 * the one above that (build/mpi), ./scenarios; in each of them the folder itself, then those by kind.  The first of a name is
 * taken. */
#include <dirent.h>
#include <liandong/scenario.h>
#include <liandong/version.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

enum { ROOTS = 5, PATH_ROOM = 4096 };
static const char *const kinds[] = {"", "/places", "/policies", "/stress", "/papers"};

/* Root k of those above; "" if it does not exist. */
static void root_path(int k, char *path, size_t size)
{
    const char *given = getenv("LIANDONG_SCENARIOS");
    path[0] = '\0';
    if (k == 0 && given != NULL) {
        snprintf(path, size, "%s", given);
    } else if (k == 1) {
        snprintf(path, size, "%s/scenarios", version_datadir);
    } else if (k == 2 || k == 3) {
        char exe[PATH_ROOM];
        ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
        for (int up = 0; up < k && n > 0; up++)
            while (n > 0 && exe[--n] != '/')
                ;
        if (n > 0)
            snprintf(path, size, "%.*s/scenarios", (int)n, exe);
    } else if (k == 4) {
        snprintf(path, size, "scenarios");
    }
}

void scenario_find(const char *name, char *path, size_t size)
{
    for (int k = 0; k < ROOTS; k++) {
        char root[PATH_ROOM];
        root_path(k, root, sizeof root);
        for (size_t i = 0; *root != '\0' && i < sizeof kinds / sizeof kinds[0]; i++) {
            int n = snprintf(path, size, "%s%s/%s.yml", root, kinds[i], name);
            if (n > 0 && (size_t)n < size && access(path, F_OK) == 0)
                return;
        }
    }
    path[0] = '\0';
}

static void folder_names(const char *folder, scenario_name_fn take, void *to)
{
    DIR *dir = opendir(folder);
    if (dir == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        char name[NAME_MAX + 1], path[2 * PATH_ROOM];
        size_t length = strlen(entry->d_name);
        if (length < 5 || length > NAME_MAX || strcmp(entry->d_name + length - 4, ".yml") != 0)
            continue;
        snprintf(name, sizeof name, "%.*s", (int)length - 4, entry->d_name);
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        take(to, name, path);
    }
    closedir(dir);
}

void scenario_names(scenario_name_fn take, void *to)
{
    for (int k = 0; k < ROOTS; k++) {
        char root[PATH_ROOM], folder[PATH_ROOM + 16];
        root_path(k, root, sizeof root);
        for (size_t i = 0; *root != '\0' && i < sizeof kinds / sizeof kinds[0]; i++) {
            snprintf(folder, sizeof folder, "%s%s", root, kinds[i]);
            folder_names(folder, take, to);
        }
    }
}
