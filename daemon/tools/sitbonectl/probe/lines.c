/* SPDX-License-Identifier: MIT */
#include "tools/sitbonectl/probe/lines.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/acquire/parse_number.h"

enum {
        ENDS_MIN = 4,      /* a byte that occurs less often ends no lines */
        ENDLESS_MIN = 100, /* bytes without a line end */
        COMMAS_MIN = 10,
        DECIMALS_MAX = 4,
};

static bool is_digit(uint8_t c) {
        return c >= '0' && c <= '9';
}

/* Bytes of UTF-8 beyond ASCII count as letters. */
static bool is_letter(uint8_t c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
}

static uint32_t add_to_hash(uint32_t hash, uint8_t c) {
        return (hash ^ c) * 16777619u;
}

/* Length of a code such as ESC [ 2 J; 0 = none. */
static size_t escape_size(const uint8_t *at, const uint8_t *end, bool *ret_clears) {
        const uint8_t *p = at + 2;

        if (*at != 0x1B || end - at < 3 || at[1] != '[')
                return 0;
        while (p < end && (is_digit(*p) || *p == ';' || *p == '?'))
                p++;
        if (p == end)
                return 0;
        *ret_clears = *ret_clears || *p == 'J' || *p == 'H';
        return (size_t)(p + 1 - at);
}

/* Length of Z, +01:00 or +0100 after a time. */
static size_t zone_size(const uint8_t *at, const uint8_t *end) {
        size_t digits = 0, colon;

        if (at < end && *at == 'Z')
                return 1;
        if (at == end || (*at != '+' && *at != '-'))
                return 0;
        while (at + 1 + digits < end && is_digit(at[1 + digits]))
                digits++;
        colon = digits == 2 && end - at >= 6 && at[3] == ':' ? 6 : 0;
        return digits == 4 ? 5 : colon;
}

/* Length of a date (2024-03-05, with what separates it from a time) or of a time (09:59:05.100); 0 = neither. */
static size_t stamp_size(const uint8_t *at, const uint8_t *end) {
        static const char *const patterns[] = {"dddd-dd-dd", "dddd/dd/dd", "dd.dd.dddd",
                                               "dd/dd/dddd", "dd:dd:dd",   "d:dd:dd"};

        for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++) {
                const uint8_t *p = at;
                const char *want = patterns[i];

                for (; *want && p < end && (*want == 'd' ? is_digit(*p) : *p == (unsigned char)*want); want++)
                        p++;
                if (*want || (p < end && (is_digit(*p) || *p == ':')))
                        continue;
                if (want[-3] == ':') {
                        for (const uint8_t *dot = p; p < end && (p == dot ? *p == '.' : is_digit(*p));)
                                p++;
                        p += zone_size(p, end);
                } else if (p < end && *p == 'T') {
                        p++;
                }
                return (size_t)(p - at);
        }
        return 0;
}

/* Length of a word that sketches print where there is no value; 0 = none begins here. */
static size_t missing_size(const uint8_t *at, const uint8_t *end) {
        static const char *const words[] = {"nan", "inf", "null", "none", "na", "n/a", "ovf", "xx",
                                            "xxx", "x",   "err",  "nc",   "--", "---", "?"};

        for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
                size_t n = strlen(words[i]);

                if (n <= (size_t)(end - at) && strncasecmp((const char *)at, words[i], n) == 0 &&
                    (at + n == end || strchr(",;\t |]})\r", at[n])))
                        return n;
        }
        return 0;
}

struct scan {
        struct lines *lines;
        struct line *line;
        const uint8_t *begin, *at, *end;
        uint16_t run; /* letters up to here */
};

/* The 1 of "Sensor 1 = 12". */
static bool ends_name(const struct scan *s, size_t length) {
        const uint8_t *at = s->at + length;

        while (at < s->end && *at == ' ')
                at++;
        return s->at - s->begin > 1 && s->at[-1] == ' ' && is_letter(s->at[-2]) && at < s->end &&
               (*at == ':' || *at == '=');
}

/* Three digits after a time and a comma: 09:59:05,100 INFO. */
static bool is_fraction(const struct scan *s, size_t length) {
        const struct number *last = s->line->n_numbers > 0 ? &s->lines->numbers[s->lines->n_numbers - 2] : NULL;

        return last && last->stamp && length == 3 && s->at[-1] == ',' &&
               last->at + last->length + 1 == (size_t)(s->at - s->lines->bytes) &&
               (s->at + 3 == s->end || (s->at[3] != ',' && s->at[3] != '.'));
}

static void add_number(struct scan *s, size_t length, double value, bool stamp) {
        struct number *n = &s->lines->numbers[s->lines->n_numbers++];
        uint8_t before = s->at > s->begin ? s->at[-1] : ' ';
        const uint8_t *point = memchr(s->at, '.', length);

        *n = (struct number){.value = value,
                             .at = (size_t)(s->at - s->lines->bytes),
                             .length = (uint16_t)(length < UINT16_MAX ? length : UINT16_MAX),
                             .decimals = point ? (uint8_t)(s->at + length - point - 1) : 0,
                             .glued = is_letter(before) || ends_name(s, length),
                             .fraction = is_fraction(s, length),
                             .dash = before == '-' && s->at - s->begin > 1 && is_digit(s->at[-2]),
                             .stamp = stamp};
        s->line->n_numbers++;
        s->line->shape = add_to_hash(s->line->shape, '0');
        s->at += length;
        s->run = 0;
}

/* A sign belongs to the number unless a digit or a letter precedes it. */
static bool scan_number(struct scan *s) {
        const char *p = (const char *)s->at, *end = (const char *)s->end;
        bool sign = *s->at == '-' || *s->at == '+';
        size_t n;
        double value;

        if (!is_digit(*s->at) && !(sign && (s->at == s->begin || (!is_digit(s->at[-1]) && !is_letter(s->at[-1])))) &&
            *s->at != '.')
                return false;
        n = is_digit(*s->at) && (s->at == s->begin || s->at[-1] != ':') ? stamp_size(s->at, s->end) : 0;
        if (n > 0) {
                add_number(s, n, 0, true);
                return true;
        }
        if (!number_parse(&p, end, &value)) {
                if (!is_digit(*s->at))
                        return false;
                for (p = (const char *)s->at; p < end && is_digit((uint8_t)*p); p++)
                        ;
                value = (double)INFINITY;
        }
        add_number(s, (size_t)(p - (const char *)s->at), value, false);
        return true;
}

/* A word for "no value", or nothing between two commas. */
static bool scan_missing(struct scan *s) {
        uint8_t before = s->at > s->begin ? s->at[-1] : ',';
        size_t n = strchr(",;\t |[({:", before) ? missing_size(s->at, s->end) : 0;

        if (n == 0 && !((before == ',' || before == ';') && *s->at == before && s->at > s->begin))
                return false;
        add_number(s, n, (double)NAN, false);
        if (n == 0)
                s->at++;
        return true;
}

static void scan_line(struct scan *s) {
        struct line *line = s->line;

        line->first = s->lines->n_numbers;
        line->shape = 2166136261u;
        while (s->at < s->end) {
                size_t n = escape_size(s->at, s->end, &line->clear);

                if (n > 0) {
                        s->at += n;
                        continue;
                }
                if (scan_number(s) || scan_missing(s))
                        continue;
                s->run = is_letter(*s->at) ? (uint16_t)(s->run + 1) : 0;
                line->letters = s->run > line->letters ? s->run : line->letters;
                if (*s->at > ' ')
                        line->shape = add_to_hash(line->shape, *s->at);
                s->at++;
        }
}

static void find_first_word(const struct lines *l, struct line *line) {
        const uint8_t *at = l->bytes + line->at, *end = at + line->n;
        bool clears = false;
        size_t n = 0, skip;

        while (at < end && ((skip = escape_size(at, end, &clears)) > 0 || *at <= ' ' || strchr("{[(<\"'|$+*>-=", *at)))
                at += skip > 0 ? skip : 1;
        while (at + n < end && n < UINT16_MAX && is_letter(at[n]))
                n++;
        if (line->n_numbers > 0 && l->numbers[line->first].at <= (size_t)(at - l->bytes))
                n = 0;
        line->word_at = (size_t)(at - l->bytes);
        line->word_n = (uint16_t)n;
        for (size_t i = 0; i < n; i++)
                line->word = add_to_hash(line->word ? line->word : 2166136261u, at[i]);
}

static void add_line(struct lines *l, size_t at, size_t end) {
        struct line *line = &l->of[l->n++];
        struct scan scan = {.lines = l, .line = line};

        while (at < end && (l->bytes[at] == '\r' || l->bytes[at] == '\0'))
                at++;
        while (at < end && (l->bytes[end - 1] <= ' '))
                end--;
        *line = (struct line){.at = at, .n = end - at};
        line->nmea =
                line->n > 4 && l->bytes[end - 3] == '*' && isxdigit(l->bytes[end - 2]) && isxdigit(l->bytes[end - 1]);
        end -= line->nmea ? 3 : 0;
        scan.begin = scan.at = l->bytes + at;
        scan.end = l->bytes + end;
        scan_line(&scan);
        find_first_word(l, line);
}

/* --- line ends --- */

static size_t count_byte(const struct heard *h, uint8_t byte) {
        size_t n = 0;

        for (size_t i = 0; i < h->n; i++)
                n += h->bytes[i] == byte;
        return n;
}

/* True if the same number of separators precedes each of these bytes. */
static bool ends_alike(const struct heard *h, uint8_t byte) {
        size_t counts[64] = {0}, n = 0, numbers = 0, most = 0;
        bool digit = false, first = true;

        for (size_t i = 0; i < h->n; i++) {
                if (h->bytes[i] == byte) {
                        if (!first) {
                                counts[numbers < 63 ? numbers : 63]++;
                                n++;
                        }
                        first = digit = false;
                        numbers = 0;
                } else {
                        numbers += isdigit(h->bytes[i]) && !digit;
                        digit = isdigit(h->bytes[i]);
                }
        }
        for (size_t i = 1; i < 64; i++)
                most = counts[i] > most ? counts[i] : most;
        return n >= ENDS_MIN && 10 * most >= 9 * n && 2 * counts[1] < n;
}

/* 0: there is none. */
static uint8_t choose_line_end(const struct heard *h) {
        static const uint8_t ends[] = {'\r', '>', ']', '}', ')', '#', '*', '!', '$',
                                       '<',  '[', '{', '@', '&', '|', ';', '/'};
        size_t newlines = count_byte(h, '\n');

        if (newlines >= 2 || h->n < ENDLESS_MIN)
                return '\n';
        for (size_t i = 0; i < sizeof(ends); i++)
                if (count_byte(h, ends[i]) >= ENDS_MIN && (ends[i] == '\r' || ends_alike(h, ends[i])))
                        return ends[i];
        return 0;
}

/* --- decimal commas --- */

/* True if a comma is the decimal sign: something else separates the numbers. */
static bool has_decimal_commas(const struct heard *h) {
        size_t commas = 0, others = 0, alone = 0, points = 0, widths[DECIMALS_MAX + 1] = {0}, most = 0;
        bool in_decimals = false;

        for (size_t i = 1; i + 1 < h->n; i++) {
                uint8_t c = h->bytes[i];

                points += c == '.' && isdigit(h->bytes[i - 1]) && isdigit(h->bytes[i + 1]);
                if (c == ',' && isdigit(h->bytes[i - 1]) && isdigit(h->bytes[i + 1]) &&
                    !(i > 2 && h->bytes[i - 3] == ':')) {
                        size_t width = 0;

                        while (i + 1 + width < h->n && isdigit(h->bytes[i + 1 + width]))
                                width++;
                        alone += i + 2 + width < h->n && strchr(")]", h->bytes[i + 1 + width]) &&
                                 strchr(":=", h->bytes[i + 2 + width]); /* (0,1): is a name */
                        alone += in_decimals;                           /* 1,2,3: no number has two of them */
                        widths[width < DECIMALS_MAX ? width : DECIMALS_MAX]++;
                        commas++;
                        in_decimals = true;
                } else if (!isdigit(c)) {
                        others += strchr(",; \t|/", c) && isdigit(h->bytes[i - 1]) && c;
                        in_decimals = false;
                }
        }
        for (size_t i = 1; i < DECIMALS_MAX; i++)
                most = widths[i] > most ? widths[i] : most;
        return commas >= COMMAS_MIN && points == 0 && alone == 0 && 2 * others >= commas && 10 * most >= 9 * commas;
}

/* --- */

/* A copy without colours, in which the decimal signs are points. */
static uint8_t *copy_bytes(const struct heard *heard, bool decimal_comma, size_t *ret_n) {
        uint8_t *ret = calloc(heard->n + 1, 1);

        *ret_n = 0;
        if (!ret)
                return NULL;
        for (const uint8_t *at = heard->bytes, *end = at + heard->n; at < end;) {
                bool clears = false;
                size_t skip = escape_size(at, end, &clears);

                if (skip > 0 && !clears)
                        at += skip;
                else
                        ret[(*ret_n)++] = *at++;
        }
        for (size_t i = 1; decimal_comma && i + 1 < *ret_n; i++)
                if (ret[i] == ',' && isdigit(ret[i - 1]) && isdigit(ret[i + 1]))
                        ret[i] = '.';
        return ret;
}

bool lines_split(const struct heard *heard, struct lines *ret) {
        const uint8_t *at, *end, *next;
        size_t n;

        *ret = (struct lines){.line_end = choose_line_end(heard), .decimal_comma = has_decimal_commas(heard)};
        ret->bytes = copy_bytes(heard, ret->decimal_comma, &n);
        ret->of = calloc(count_byte(heard, ret->line_end) + 1, sizeof(*ret->of));
        ret->numbers = calloc(heard->n + 1, sizeof(*ret->numbers));
        if (!ret->bytes || !ret->of || !ret->numbers)
                return false;
        end = ret->bytes + n;
        at = ret->line_end ? memchr(ret->bytes, ret->line_end, n) : NULL;
        for (at = at ? at + 1 : end; (next = memchr(at, ret->line_end, (size_t)(end - at))); at = next + 1)
                add_line(ret, (size_t)(at - ret->bytes), (size_t)(next - ret->bytes));
        return true;
}
