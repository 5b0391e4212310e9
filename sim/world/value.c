/* SPDX-License-Identifier: GPL-3.0-or-later */
/* value - one value of a scenario: its text to the bytes the model reads, and back.
 *
 * Numbers are scanned as digits times a power of ten.  Money goes from there to fen in integers; other numbers
 * become the nearest double by strtod of "digits e power", which has no decimal point and so no locale. */
#include <inttypes.h>
#include <liandong/setup.h>
#include <liandong/units.h>
#include <string.h>

struct decimal {
    bool negative, cut; /* cut: digits beyond the 18th were dropped */
    uint64_t digits;
    int power;
};

/* What is being read, for messages. */
struct reading {
    const struct param_desc *desc;
    struct place at;
    const char *name;
    struct diag *diag;
};

enum { DIGITS_MOST = 18, TEXT_MOST = 255 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const char *past_blanks(const char *text)
{
    while (*text == ' ' || *text == '\t')
        text++;
    return text;
}

/* Digits with at most one point; NULL if there is none. */
static const char *scan_digits(const char *text, struct decimal *d)
{
    bool point = false, any = false;
    int kept = 0;
    for (;; text++) {
        if (*text == '.' && !point) {
            point = true;
            continue;
        }
        if (!is_digit(*text))
            break;
        any = true;
        if (kept < DIGITS_MOST) {
            d->digits = d->digits * 10 + (uint64_t)(*text - '0');
            kept += d->digits > 0;
            d->power -= point;
        } else {
            d->cut = d->cut || *text != '0';
            d->power += !point;
        }
    }
    return any ? text : NULL;
}

/* A decimal number at the start of text; returns what follows it, or NULL. */
static const char *scan_decimal(const char *text, struct decimal *d)
{
    *d = (struct decimal){0};
    text = past_blanks(text);
    d->negative = *text == '-';
    if (*text == '-' || *text == '+')
        text++;
    text = scan_digits(text, d);
    if (text == NULL || (*text != 'e' && *text != 'E'))
        return text;
    const char *at = text + 1;
    bool down = *at == '-';
    if (*at == '-' || *at == '+')
        at++;
    if (!is_digit(*at))
        return NULL;
    int power = 0;
    for (; is_digit(*at); at++)
        power = power < 100000 ? power * 10 + (*at - '0') : power;
    d->power += down ? -power : power;
    return at;
}

static double decimal_number(const struct decimal *d)
{
    char text[48];
    snprintf(text, sizeof text, "%s%" PRIu64 "e%d", d->negative ? "-" : "", d->digits, d->power);
    return strtod(text, NULL);
}

static bool at_end(const char *text)
{
    return *past_blanks(text) == '\0';
}

void number_text(double number, char text[NUMBER_SIZE])
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, NUMBER_SIZE, "%.*g", digits, number);
        if (strtod(text, NULL) >= number && strtod(text, NULL) <= number)
            break;
    }
    for (char *c = text; *c != '\0'; c++)
        if (*c == ',') /* a host program's locale */
            *c = '.';
}

static enum status out_of_range(const struct reading *r, const char *shown)
{
    const struct param_desc *d = r->desc;
    /* a choice's names and a tier's heading are no unit of measure */
    const char *unit = d->kind == KIND_CHOICE || d->kind == KIND_TIERS ? "" : d->unit;
    bool zh = r->diag != NULL && r->diag->zh;
    char behind[128] = "";
    if (*unit != '\0')
        snprintf(behind, sizeof behind, zh ? "（%s）" : " %s", zh ? unit_zh(unit) : unit);
    return diag_fail(r->diag, r->at, "%s: %s is outside [%g, %g]%s", r->name, shown, d->min, d->max, behind);
}

static enum status check_range(const struct reading *r, double number)
{
    char shown[NUMBER_SIZE];
    number_text(number, shown);
    return number >= r->desc->min && number <= r->desc->max ? OK : out_of_range(r, shown);
}

static enum status read_switch(const struct reading *r, const char *text, void *value)
{
    static const char *const words[] = {"false", "no", "off", "0", "true", "yes", "on", "1"};
    char lower[8] = "";
    for (size_t i = 0; i + 1 < sizeof lower && text[i] != '\0'; i++)
        lower[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] - 'A' + 'a' : text[i]);
    for (size_t i = 0; i < 8; i++)
        if (strcmp(lower, words[i]) == 0) {
            int32_t on = i >= 4;
            memcpy(value, &on, sizeof on);
            return OK;
        }
    return diag_fail(r->diag, r->at, "%s: '%s' is neither true nor false", r->name, text);
}

/* "sunk, yearly or tiered" */
static void choices_text(const struct param_desc *desc, char *text, size_t size)
{
    const char *start;
    size_t used = 0, length;
    text[0] = '\0';
    for (int32_t k = 0; (length = choice_name(desc, k, &start)) > 0 && used < size; k++)
        used += (size_t)snprintf(text + used, size - used, "%s%.*s", k > 0 ? ", " : "", (int)length, start);
}

static enum status read_choice(const struct reading *r, const char *text, void *value)
{
    const char *start;
    size_t length;
    for (int32_t k = 0; (length = choice_name(r->desc, k, &start)) > 0; k++)
        if (strlen(text) == length && strncmp(text, start, length) == 0) {
            memcpy(value, &k, sizeof k);
            return OK;
        }
    char choices[TEXT_MOST + 1];
    choices_text(r->desc, choices, sizeof choices);
    return diag_fail(r->diag, r->at, "%s: '%s' is not one of: %s", r->name, text, choices);
}

static enum status read_number(const struct reading *r, const char *text, void *value)
{
    struct decimal d, below = {.digits = 1};
    const char *rest = scan_decimal(text, &d);
    bool rate = r->desc->kind == KIND_RATE, plain = r->desc->kind == KIND_NUMBER;
    if (rest != NULL && !plain && *past_blanks(rest) == '%') {
        rest = past_blanks(rest) + 1;
        d.power -= 2;
    } else if (rest != NULL && !rate && *past_blanks(rest) == '/') {
        rest = scan_decimal(past_blanks(rest) + 1, &below);
    }
    if (rest == NULL || !at_end(rest) || below.digits == 0)
        return diag_fail(r->diag, r->at, "%s: '%s' is not a number", r->name, text);
    double number = decimal_number(&d) / decimal_number(&below);
    TRY(check_range(r, number));
    memcpy(value, &number, sizeof number);
    return OK;
}

static enum status read_whole(const struct reading *r, const char *text, void *value)
{
    struct decimal d;
    const char *rest = scan_decimal(text, &d);
    if (rest == NULL || !at_end(rest))
        return diag_fail(r->diag, r->at, "%s: '%s' is not a whole number", r->name, text);
    double number = decimal_number(&d);
    TRY(check_range(r, number));
    int32_t whole = (int32_t)number; /* in range of the table, so of int32_t */
    if (number > whole || number < whole || d.cut)
        return diag_fail(r->diag, r->at, "%s: '%s' is not a whole number", r->name, text);
    memcpy(value, &whole, sizeof whole);
    return OK;
}

/* The power of ten of a unit word at text, or -1; *text moves past it. */
static int scan_unit(const char **text)
{
    static const struct {
        const char *word;
        int power;
    } units[] = {
        {"万亿", 12},
        {"百万", 6 },
        {"千万", 7 },
        {"亿",    8 },
        {"万",    4 },
        {"bn",     9 },
        {"k",      3 },
        {"m",      6 }
    };
    static const char *const tails[] = {"元", "yuan"};
    const char *at = past_blanks(*text);
    int power = 0;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strncmp(at, units[i].word, strlen(units[i].word)) == 0) {
            power = units[i].power;
            at = past_blanks(at + strlen(units[i].word));
            break;
        }
    for (size_t i = 0; i < 2; i++)
        if (strncmp(at, tails[i], strlen(tails[i])) == 0)
            at += strlen(tails[i]);
    *text = at;
    return power;
}

/* digits * 10^power yuan to fen; the range must hold in int64. */
static enum status decimal_fen(const struct reading *r, const char *text, struct decimal d, money *amount)
{
    d.power += 2;
    while (d.digits > 0 && d.digits % 10 == 0 && d.power < 0) {
        d.digits /= 10;
        d.power++;
    }
    if ((d.cut && d.power <= 0) || (d.digits > 0 && d.power < 0))
        return diag_fail(r->diag, r->at, "%s: '%s' has more than two decimals of a yuan", r->name, text);
    for (; d.digits > 0 && d.power > 0; d.power--) {
        if (d.digits > (uint64_t)INT64_MAX / 10)
            return out_of_range(r, text);
        d.digits *= 10;
    }
    *amount = FEN(d.negative ? -(int64_t)d.digits : (int64_t)d.digits);
    return OK;
}

/* A whole text that is an amount. */
static enum status read_amount(const struct reading *r, const char *text, money *amount)
{
    struct decimal d;
    const char *rest = scan_decimal(text, &d);
    if (rest != NULL)
        d.power += scan_unit(&rest);
    if (rest == NULL || !at_end(rest))
        return diag_fail(r->diag, r->at, "%s: '%s' is not an amount of money (yuan; 400 m, 4 亿, 150 万, 1.5 bn)",
                         r->name, text);
    return decimal_fen(r, text, d, amount);
}

static void fen_text(money amount, char *text, size_t size)
{
    uint64_t fen = amount.fen < 0 ? 0 - (uint64_t)amount.fen : (uint64_t)amount.fen;
    const char *sign = amount.fen < 0 ? "-" : "";
    if (fen % 100 == 0)
        snprintf(text, size, "%s%" PRIu64, sign, fen / 100);
    else
        snprintf(text, size, "%s%" PRIu64 ".%02d", sign, fen / 100, (int)(fen % 100));
}

static enum status read_money(const struct reading *r, const char *text, void *value)
{
    money amount = FEN(0);
    TRY(read_amount(r, text, &amount));
    if ((double)amount.fen < r->desc->min * 100.0 || (double)amount.fen > r->desc->max * 100.0)
        return out_of_range(r, text);
    memcpy(value, &amount, sizeof amount);
    return OK;
}

/* One tier, "5 m: 0.4". */
static enum status read_tier(const struct reading *r, char *text, struct tiers *tiers)
{
    char *colon = strchr(text, ':');
    if (colon == NULL)
        return diag_fail(r->diag, r->at, "%s: '%s' is not a tier; write {5 m: 0.4, 15 m: 0.3}", r->name, text);
    if (tiers->n == MAX_TIERS)
        return diag_fail(r->diag, r->at, "%s: more than %d tiers", r->name, MAX_TIERS);
    *colon = '\0';
    struct param_desc part = *r->desc;
    part.kind = KIND_SHARE;
    struct reading share = {.desc = &part, .at = r->at, .name = r->name, .diag = r->diag};
    int32_t k = tiers->n;
    TRY(read_amount(&share, text, &tiers->to[k]));
    TRY(read_number(&share, past_blanks(colon + 1), &tiers->share[k]));
    if (tiers->to[k].fen <= (k > 0 ? tiers->to[k - 1].fen : 0))
        return diag_fail(r->diag, r->at, "%s: the bounds of tiers must rise from above 0", r->name);
    tiers->n++;
    return OK;
}

static enum status read_tiers(const struct reading *r, const char *text, void *value)
{
    struct tiers tiers = {0};
    char copy[TEXT_MOST + 1];
    snprintf(copy, sizeof copy, "%s", past_blanks(text));
    if (strcmp(copy, "none") != 0)
        for (char *at = copy, *next; at != NULL; at = next) {
            next = strchr(at, ',');
            if (next != NULL)
                *next++ = '\0';
            TRY(read_tier(r, at, &tiers));
        }
    memcpy(value, &tiers, sizeof tiers);
    return OK;
}

enum status value_read(const struct param_desc *desc, const char *text, void *value, struct place at, const char *name,
                       struct diag *diag)
{
    static enum status (*const readers[])(const struct reading *, const char *, void *) = {
        [KIND_SWITCH] = read_switch, [KIND_CHOICE] = read_choice, [KIND_COUNT] = read_whole,
        [KIND_MONTHS] = read_whole,  [KIND_RATE] = read_number,   [KIND_SHARE] = read_number,
        [KIND_NUMBER] = read_number, [KIND_MONEY] = read_money,   [KIND_TIERS] = read_tiers,
    };
    struct reading r = {.desc = desc, .at = at, .name = name, .diag = diag};
    text = past_blanks(text);
    if (strlen(text) > TEXT_MOST)
        return diag_fail(diag, at, "%s: the value is longer than %d bytes", name, TEXT_MOST);
    return readers[desc->kind](&r, text, value);
}

static void tiers_text(const struct tiers *tiers, char *text, size_t size)
{
    size_t used = 0;
    snprintf(text, size, "none");
    for (int32_t k = 0; k < tiers->n && used < size; k++) {
        char bound[32], share[NUMBER_SIZE];
        fen_text(tiers->to[k], bound, sizeof bound);
        number_text(tiers->share[k], share);
        used += (size_t)snprintf(text + used, size - used, "%s%s: %s", k > 0 ? ", " : "", bound, share);
    }
}

void value_text(const struct param_desc *desc, const void *value, char *text, size_t size)
{
    int32_t whole = 0;
    double number = 0.0;
    money amount = {0};
    struct tiers tiers;
    const char *start = "";
    size_t length;
    char shown[NUMBER_SIZE];
    switch (desc->kind) {
    case KIND_SWITCH:
        memcpy(&whole, value, sizeof whole);
        snprintf(text, size, "%s", whole ? "true" : "false");
        return;
    case KIND_CHOICE:
        memcpy(&whole, value, sizeof whole);
        length = choice_name(desc, whole, &start);
        snprintf(text, size, "%.*s", (int)length, start);
        return;
    case KIND_COUNT:
    case KIND_MONTHS:
        memcpy(&whole, value, sizeof whole);
        snprintf(text, size, "%" PRId32, whole);
        return;
    case KIND_RATE:
    case KIND_SHARE:
    case KIND_NUMBER:
        memcpy(&number, value, sizeof number);
        number_text(number, shown);
        snprintf(text, size, "%s", shown);
        return;
    case KIND_MONEY:
        memcpy(&amount, value, sizeof amount);
        fen_text(amount, text, size);
        return;
    case KIND_TIERS:
        memcpy(&tiers, value, sizeof tiers);
        tiers_text(&tiers, text, size);
        return;
    }
}

bool month_read(const char *text, int32_t *month)
{
    for (int i = 0; i < 7; i++)
        if (i == 4 ? text[i] != '-' : !is_digit(text[i]))
            return false;
    int32_t year = 0, part = (text[5] - '0') * 10 + (text[6] - '0');
    for (int i = 0; i < 4; i++)
        year = year * 10 + (text[i] - '0');
    if (text[7] != '\0' || part < 1 || part > 12)
        return false;
    *month = year * 12 + part - 1;
    return true;
}

void month_text(int32_t month, char text[8])
{
    /* years 0000 to 9999; the setup keeps months within */
    unsigned m = month < 0 ? 0 : (unsigned)month % 120000;
    snprintf(text, 8, "%04u-%02u", m / 12, m % 12 + 1);
}
