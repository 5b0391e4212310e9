/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a scenario: errors with a place, never a crash; what is sound comes back from its stored text.
 *
 *     clang -fsanitize=fuzzer,address,undefined ...; ./fuzz_scenario -max_len=4096 CORPUS
 *
 * The text goes in as a stored layer, which opens no file: a fuzzer must not read /dev/zero because a base says so. */
#include <liandong/scenario.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Reads it back and expects the same values. */
static void check_again(const struct scenario *s)
{
    struct scenario again;
    struct diag diag;
    size_t size;
    diag_init(&diag);
    char *text = scenario_text(s, &size);
    BUG_ON(text == NULL);
    BUG_ON(scenario_read_stored(&again, text, size, &diag) != OK);
    BUG_ON(s->setup.layout.size != again.setup.layout.size || s->setup.n_changes != again.setup.n_changes);
    BUG_ON(memcmp(s->setup.initial, again.setup.initial, (size_t)s->setup.n_regions * s->setup.layout.size) != 0);
    free(text);
    scenario_free(&again);
    diag_free(&diag);
}

static void try_stored(const char *text, size_t size)
{
    struct scenario s;
    struct diag diag;
    diag_init(&diag);
    enum status status = scenario_read_stored(&s, text, size, &diag);
    BUG_ON(status != OK && diag.n == 0); /* an error without a message */
    if (status == OK) {
        check_again(&s);
        scenario_free(&s);
    }
    diag_free(&diag);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 64);
    BUG_ON(text == NULL);
    /* as a file, as the settings of a command line, and as a stored text itself */
    static const char *const names[] = {"fuzz", "--set"};
    for (size_t i = 0; i < 2; i++) {
        int head = snprintf(text, 64, "# layer %zu %s\n", size, names[i]);
        if (size > 0)
            memcpy(text + head, data, size);
        text[(size_t)head + size] = '\n';
        try_stored(text, (size_t)head + size + 1);
    }
    try_stored((const char *)data, size);
    free(text);
    return 0;
}
