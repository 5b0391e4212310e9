/* SPDX-License-Identifier: GPL-3.0-or-later */
/* instruments - the policy instruments that work: who takes part, their parameters, which shipped scenario uses each. */
#include <liandong/command.h>
#include <liandong/instrument.h>
#include <liandong/scenario.h>
#include <string.h>

enum { SCENARIOS_MOST = 512, TEXT_MOST = 1 << 20, CELL_SIZE = 8192, CELL_ALSO = 256 };

/* Shipped scenarios and their texts; of a name that stands in several folders the first counts. */
struct shipped {
    size_t n;
    struct {
        char name[128];
        char *text;
    } of[SCENARIOS_MOST];
};

static char *file_text(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = file == NULL ? NULL : malloc(TEXT_MOST);
    if (text != NULL)
        text[fread(text, 1, TEXT_MOST - 1, file)] = '\0';
    if (file != NULL)
        fclose(file);
    return text;
}

static void take_shipped(void *to, const char *name, const char *path)
{
    struct shipped *s = to;
    for (size_t k = 0; k < s->n; k++)
        if (strcmp(s->of[k].name, name) == 0)
            return;
    if (s->n == SCENARIOS_MOST || strlen(name) >= sizeof s->of[0].name || (s->of[s->n].text = file_text(path)) == NULL)
        return;
    snprintf(s->of[s->n++].name, sizeof s->of[0].name, "%.127s", name);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b); /* the name stands first */
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Whether the name stands as a key ("risk_pool:", "policies.risk_pool.share:") outside of comments. */
static bool uses(const char *text, const char *name)
{
    size_t n = strlen(name);
    for (const char *at = strstr(text, name); at != NULL; at = strstr(at + 1, name)) {
        const char *line = at;
        while (line > text && line[-1] != '\n')
            line--;
        bool comment = memchr(line, '#', (size_t)(at - line)) != NULL;
        if (!comment && (at == text || !is_word(at[-1])) && (at[n] == ':' || at[n] == '.'))
            return true;
    }
    return false;
}

/* Appends a name to a list in a cell, in quotes for JSON. */
static void list_add(char *cell, size_t size, const char *name, bool json)
{
    size_t used = strlen(cell);
    const char *between = used == 0 ? "" : ", ", *quote = json ? "\"" : "";
    snprintf(cell + used, size - used, "%s%s%s%s", between, quote, name, quote);
}

/* An instrument, or monitoring, whose rules any scenario may write (triggers.h). */
struct listed {
    int32_t number;
    const char *name, *label_en, *label_zh, *who_en, *who_zh;
    const struct instrument *in; /* NULL: monitoring */
};
enum { N_LISTED = N_INSTRUMENTS + 1 };

static int by_number(const void *a, const void *b)
{
    const struct listed *x = a, *y = b;
    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return strcmp(x->name, y->name);
}

static void list_all(struct listed list[N_LISTED])
{
    for (int k = 0; k < N_INSTRUMENTS; k++) {
        const struct instrument *in = instruments[k];
        list[k] = (struct listed){
            in->number, in->name, group_table[in->group].label_en, group_table[in->group].label_zh, in->who_en,
            in->who_zh, in};
    }
    list[N_INSTRUMENTS] = (struct listed){.number = 54,
                                          .name = "triggers",
                                          .label_en = "monitoring and early warning: rules of a scenario",
                                          .label_zh = "融资监测与风险预警（情景规则）",
                                          .who_en = "platform, regulator",
                                          .who_zh = "平台、监管部门"};
    qsort(list, N_LISTED, sizeof *list, by_number);
}

static void list_params(char *cell, const struct listed *one, bool json)
{
    cell[0] = '\0';
    if (one->in == NULL)
        return;
    const struct group_desc *g = &group_table[one->in->group];
    for (size_t p = g->first; p < g->first + g->n; p++)
        if (registry_idle(p) == 0)
            list_add(cell, CELL_SIZE, param_table[p].name, json);
}

/* Further names under which scenarios may write it. */
static void list_aliases(char *cell, const struct listed *one, bool json)
{
    const char *name;
    cell[0] = '\0';
    for (size_t n = 0; one->in != NULL && (name = group_alias(one->in->group, n)) != NULL; n++)
        list_add(cell, CELL_ALSO, name, json);
}

/* Whether a scenario writes the instrument, by one name or another. */
static bool written(const char *text, const struct listed *one)
{
    const char *name;
    for (size_t n = 0; one->in != NULL && (name = group_alias(one->in->group, n)) != NULL; n++)
        if (uses(text, name))
            return true;
    return uses(text, one->name);
}

static void list_scenarios(char *cell, const struct listed *one, const struct shipped *s, bool json)
{
    cell[0] = '\0';
    for (size_t k = 0; k < s->n; k++)
        if (written(s->of[k].text, one))
            list_add(cell, CELL_SIZE, s->of[k].name, json);
}

static void print_json(const struct shipped *s, char *cell)
{
    struct listed list[N_LISTED];
    list_all(list);
    for (int k = 0; k < N_LISTED; k++) {
        const struct listed *one = &list[k];
        printf("%s\n {\"number\": %d, \"name\": \"%s\", \"label_en\": ", k == 0 ? "[" : ",", (int)one->number,
               one->name);
        json_string(stdout, one->label_en);
        printf(", \"label_zh\": ");
        json_string(stdout, one->label_zh);
        printf(", \"who\": ");
        json_string(stdout, tr(one->who_en, one->who_zh));
        list_aliases(cell, one, true);
        printf(", \"also\": [%s]", cell);
        list_params(cell, one, true);
        printf(", \"parameters\": [%s]", cell);
        list_scenarios(cell, one, s, true);
        printf(", \"scenarios\": [%s]}", cell);
    }
    printf("\n]\n");
}

static enum status print_table(const struct shipped *s, char *cell, char *more, enum format format, struct diag *diag)
{
    static const struct column columns[] = {
        {"number",     "no.",                           "序号",             COLUMN_NUMBER},
        {"name",       "name",                          "名称",             COLUMN_TEXT  },
        {"label_en",   "in English",                    "英文",             COLUMN_TEXT  },
        {"label_zh",   "in Chinese",                    "中文",             COLUMN_TEXT  },
        {"who",        "who takes part",                "参与方",          COLUMN_TEXT  },
        {"also",       "may be written",                "也可写作",       COLUMN_TEXT  },
        {"scenarios",  "shipped scenarios that use it", "使用它的情景", COLUMN_TEXT  },
        {"parameters", "parameters",                    "参数",             COLUMN_TEXT  }
    };
    struct table table;
    table_init(&table, columns, 8);
    struct listed list[N_LISTED];
    list_all(list);
    for (int k = 0; k < N_LISTED; k++) {
        const struct listed *one = &list[k];
        char number[16], also[CELL_ALSO];
        snprintf(number, sizeof number, "%d", (int)one->number);
        list_aliases(also, one, false);
        list_params(cell, one, false);
        list_scenarios(more, one, s, false);
        const char *cells[] = {number, one->name, one->label_en, one->label_zh, tr(one->who_en, one->who_zh),
                               also,   more,      cell};
        table_add(&table, cells);
    }
    enum status status = table_print(&table, format, stdout, diag);
    table_free(&table);
    return status;
}

int command_instruments(int argc, char **argv)
{
    static const struct command_line line = {
        .en =
            "Print the policy instruments that work: number, names, who takes part, parameters, scenarios that use them.",
        .zh = "列出可用的政策工具：序号、名称、参与方、参数及使用它的情景。",
        .formats = true};
    struct common c;
    struct diag diag;
    command_options(&c, &line, argc, argv);
    diag_init(&diag);
    diag.zh = lang_zh;
    struct shipped *shipped = calloc(1, sizeof *shipped);
    char *cell = malloc(CELL_SIZE), *more = malloc(CELL_SIZE);
    enum status status = OK;
    if (shipped == NULL || cell == NULL || more == NULL) {
        status = diag_stop(&diag, NO_MEMORY, "out of memory");
    } else {
        scenario_names(take_shipped, shipped);
        qsort(shipped->of, shipped->n, sizeof shipped->of[0], by_name);
        if (c.format == FORMAT_JSON)
            print_json(shipped, cell);
        else
            status = print_table(shipped, cell, more, c.format, &diag);
        for (size_t k = 0; k < shipped->n; k++)
            free(shipped->of[k].text);
    }
    free(shipped);
    free(cell);
    free(more);
    return command_end(&c, &diag, status);
}
