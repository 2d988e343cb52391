/* SPDX-License-Identifier: Apache-2.0 */
/* Which rows are the heading, and which heading is which known column. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/utf8.h"
#include "proto/table_int.h"

enum { MAX_HEADING = 300 }; /* bytes; longer cells are titles or notes, not headings */

static bool is_blank_cp(uint32_t cp)
{
    return cp <= 0x20 || cp == 0x7F || cp == 0xA0 || cp == 0x3000 || cp == 0x200B || cp == 0x200C ||
           cp == 0x200D || cp == 0x202F || cp == 0x2060 || cp == 0xFEFF ||
           (cp >= 0x2000 && cp <= 0x200A);
}

bool text_is_blank(const char *s)
{
    while (*s)
        if (!is_blank_cp(utf8_next(&s)))
            return false;
    return true;
}

static uint32_t narrow_cp(uint32_t cp)
{
    if (cp >= 0xFF01 && cp <= 0xFF5E)
        cp -= 0xFEE0;
    if (cp == 0x3010 || cp == 0x3014 || cp == '[' || cp == '{' || cp == '<') /* 【 〔 */
        return '(';
    if (cp == 0x3011 || cp == 0x3015 || cp == ']' || cp == '}' || cp == '>')
        return ')';
    return cp >= 'A' && cp <= 'Z' ? cp + 32 : cp;
}

/* Marks that only decorate: * ★ ☆ ※ ● ▲ : _ - */
static bool is_mark(uint32_t cp)
{
    static const uint32_t signs[] = {'*',    ':',    '_',    '-',    0x2605, 0x2606, 0x203B,
                                     0x25CF, 0x25CB, 0x25B2, 0x25B3, 0x25C6, 0x25C7, 0x25A0, 0x25A1};
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (signs[i] == cp)
            return true;
    return false;
}

static char *fold(struct arena *a, const char *s, bool bare)
{
    size_t n = strlen(s);
    char *out = arena_alloc(a, n * 3 + 1), *p = out;
    int depth = 0;
    while (*s) {
        uint32_t cp = narrow_cp(utf8_next(&s));
        if (is_blank_cp(cp) || is_mark(cp))
            continue;
        depth += bare && cp == '(';
        if (depth == 0)
            p += utf8_put(cp, p);
        depth -= bare && cp == ')' && depth > 0;
    }
    *p = '\0';
    return out;
}

char *table_fold(struct arena *a, const char *heading, bool bare)
{
    char *text = fold(a, heading, bare);
    return *text || !bare ? text : fold(a, heading, false);
}

static int by_fold(const void *x, const void *y)
{
    const struct heading_key *a = x, *b = y;
    int c = strcmp(a->fold, b->fold);
    c = c ? c : a->rank - b->rank;
    return c ? c : a->column - b->column;
}

static void key_add(struct arena *a, struct heading_keys *k, const char *text, int column, int rank, int order)
{
    if (!text || !*text)
        return;
    const char *full = table_fold(a, text, false), *bare = table_fold(a, text, true);
    k->items[k->n++] = (struct heading_key){full, column, rank, order};
    if (strcmp(full, bare) != 0)
        k->items[k->n++] = (struct heading_key){bare, column, rank + 2, order};
}

static size_t synonym_count(const struct table_column *c)
{
    size_t n = 0;
    while (c->synonyms && c->synonyms[n])
        n++;
    return n;
}

static int column_by_id(const struct table_column *columns, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(columns[i].id, id) == 0)
            return (int)i;
    return -1;
}

static enum rc force_build(struct arena *a, const struct table_options *o, struct heading_keys *k,
                           struct err *e)
{
    k->n_force = o ? o->n_force : 0;
    k->force = arena_alloc(a, sizeof *k->force * (k->n_force + 1));
    for (size_t i = 0; i < k->n_force; i++) {
        const char *id = o->force[i].id;
        int column = id && *id ? column_by_id(k->columns, k->n_columns, id) : -1;
        if (id && *id && column < 0)
            return fail(e, RC_INVALID, "map", "指定的字段 {id} 不存在",
                        "there is no field {id} to map to", "id", id, NULL);
        k->force[i].fold = table_fold(a, o->force[i].heading, false);
        k->force[i].column = column;
    }
    return RC_OK;
}

enum rc heading_keys_build(struct arena *a, const struct table_column *columns, size_t n,
                           const struct table_options *o, struct heading_keys *out, struct err *e)
{
    size_t room = 0;
    for (size_t i = 0; i < n; i++)
        room += 2 * (2 + synonym_count(&columns[i]));
    *out = (struct heading_keys){
        .items = ARENA_NEW(a, struct heading_key, room + 1), .columns = columns, .n_columns = n};
    for (size_t i = 0; i < n; i++) {
        key_add(a, out, columns[i].id, (int)i, 0, 0);
        key_add(a, out, columns[i].label, (int)i, 0, 0);
        for (size_t s = 0; columns[i].synonyms && columns[i].synonyms[s]; s++)
            key_add(a, out, columns[i].synonyms[s], (int)i, 1, (int)s);
    }
    qsort(out->items, out->n, sizeof *out->items, by_fold);
    return force_build(a, o, out, e);
}

/* The first key with this fold, or NULL. */
static const struct heading_key *key_find(const struct heading_keys *k, const char *text)
{
    size_t low = 0, high = k->n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (strcmp(k->items[mid].fold, text) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low < k->n && strcmp(k->items[low].fold, text) == 0 ? &k->items[low] : NULL;
}

struct found {
    int column, rank; /* rank: smaller is surer; FORCED is the user's word */
    int order;        /* place among the synonyms: of two headings of one column the earlier word wins */
};
enum { FORCED = -1, NOT_FOUND = 1000, ORDERS = 64 /* above every order */ };

/* Two columns that differ only by their brackets are not told apart by a heading without. */
static bool is_ambiguous(const struct heading_keys *k, const struct heading_key *key)
{
    const struct heading_key *next = key + 1;
    return key->rank >= 2 && next < k->items + k->n && next->rank == key->rank &&
           next->column != key->column && strcmp(next->fold, key->fold) == 0;
}

static struct found look_up(struct arena *a, const struct heading_keys *k, const char *text)
{
    const char *full = table_fold(a, text, false);
    for (size_t i = 0; i < k->n_force; i++)
        if (strcmp(k->force[i].fold, full) == 0)
            return (struct found){k->force[i].column, FORCED, 0};
    if (!*full)
        return (struct found){-1, NOT_FOUND, 0};
    const struct heading_key *key = key_find(k, full);
    if (key && !is_ambiguous(k, key))
        return (struct found){key->column, key->rank, key->order};
    const char *bare = table_fold(a, text, true);
    key = strcmp(bare, full) != 0 ? key_find(k, bare) : NULL;
    if (key && !is_ambiguous(k, key))
        return (struct found){key->column, key->rank + 4, key->order};
    return (struct found){-1, NOT_FOUND, 0};
}

int heading_column(struct arena *a, const struct heading_keys *keys, const char *text)
{
    return strlen(text) > MAX_HEADING ? -1 : look_up(a, keys, text).column;
}

/* The texts above each other in one column, a vertical merge counted once. */
static size_t stack(const struct sheet_row *rows, size_t n, size_t col,
                    const char *out[HEADING_ROWS])
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        const struct sheet_cell *c = col < rows[i].n ? &rows[i].cells[col] : NULL;
        if (!c || c->type == SHEET_EMPTY || text_is_blank(c->text) || strlen(c->text) > MAX_HEADING)
            continue;
        if (k == 0 || strcmp(out[k - 1], c->text) != 0)
            out[k++] = c->text;
    }
    return k;
}

static const char *join(struct arena *a, const char *const *texts, size_t n, const char *between)
{
    const char *text = n > 0 ? texts[0] : "";
    for (size_t i = 1; i < n; i++)
        text = arena_printf(a, "%s%s%s", text, between, texts[i]);
    return text;
}

/* Group and heading together first ("备用" over "IP" is not "IP"), then the heading alone. A group
 * alone never decides: its column holds what the lower heading says. */
static struct found match_stack(struct arena *a, const struct heading_keys *k,
                                const char *const *texts, size_t n)
{
    struct found best = {-1, NOT_FOUND, 0};
    for (size_t from = 0; from < n && best.rank == NOT_FOUND; from++) {
        best = look_up(a, k, join(a, texts + from, n - from, ""));
        if (best.rank != NOT_FOUND && best.rank != FORCED)
            best.rank += (int)from * 8;
    }
    return best;
}

static void settle_duplicates(struct heading_match *m, const int *rank, size_t n_columns,
                              int *owner)
{
    for (size_t c = 0; c < n_columns; c++)
        owner[c] = -1;
    for (size_t i = 0; i < m->n_headings; i++) {
        int c = m->headings[i].column;
        if (c >= 0 && (owner[c] < 0 || rank[i] < rank[owner[c]]))
            owner[c] = (int)i;
    }
    for (size_t i = 0; i < m->n_headings; i++) {
        struct table_heading *h = &m->headings[i];
        if (h->column < 0)
            continue;
        if (owner[h->column] == (int)i) {
            m->known++;
            m->forced = m->forced || rank[i] == FORCED;
        } else {
            h->duplicate_of = h->column;
            h->column = -1;
        }
    }
}

static struct heading_match match_rows(struct arena *a, const struct heading_keys *k,
                                       const struct sheet_row *rows, size_t first, size_t n)
{
    struct heading_match m = {.first = first, .rows = n};
    for (size_t i = 0; i < n; i++)
        m.n = rows[first + i].n > m.n ? rows[first + i].n : m.n;
    m.headings = ARENA_NEW(a, struct table_heading, m.n + 1);
    int *rank = ARENA_NEW(a, int, m.n + 1);
    int *owner = ARENA_NEW(a, int, k->n_columns + 1);
    for (size_t col = 0; col < m.n; col++) {
        const char *texts[HEADING_ROWS];
        size_t depth = stack(rows + first, n, col, texts);
        if (depth == 0)
            continue;
        struct found f = match_stack(a, k, texts, depth);
        rank[m.n_headings] = f.rank == FORCED ? FORCED : f.rank * ORDERS + f.order;
        m.headings[m.n_headings++] =
            (struct table_heading){(int32_t)col, join(a, texts, depth, " "), f.column, -1};
    }
    settle_duplicates(&m, rank, k->n_columns, owner);
    return m;
}

/* A row below that shares a merged cell with the window belongs to it. */
static bool is_cut(const struct sheet_row *rows, size_t n, size_t first, size_t count)
{
    if (count == HEADING_ROWS || first + count >= n)
        return false;
    const struct sheet_row *below = &rows[first + count];
    for (size_t c = 0; c < below->n; c++)
        if (below->cells[c].from_row >= rows[first].number &&
            below->cells[c].from_row < below->number)
            return true;
    return false;
}

/* "填报单位：某街道" beside other remarks, over the headings but not merged with them. */
static bool is_remark(const struct sheet_row *row, size_t at, const struct sheet_row *below)
{
    const struct sheet_cell *c = &row->cells[at];
    return c->type != SHEET_EMPTY && text_is_note(c->text) && !text_is_signature(c->text) &&
           (at >= below->n || below->cells[at].from_row != row->number);
}

/* One text over more than half of the row below, or alone in its row without being merged, or remarks: a
 * title, not a group of headings. below: a heading merged with it from above makes it one. */
static bool is_title(const struct sheet_row *row, size_t width, const struct sheet_row *below)
{
    const char *only = NULL;
    size_t filled = 0, at = 0;
    for (size_t c = 0; c < row->n; c++)
        if (is_remark(row, c, below))
            return true;
    for (size_t c = 0; c < row->n; c++) {
        const char *text = row->cells[c].text;
        if (row->cells[c].type == SHEET_EMPTY || text_is_blank(text))
            continue;
        if (only && strcmp(only, text) != 0)
            return false;
        only = text;
        at = c;
        filled++;
    }
    bool alone = filled == 1 && width > 3 && (at >= below->n || below->cells[at].from_row != row->number);
    return alone || (filled > 0 && 2 * filled > width);
}

struct heading_match heading_find(struct arena *a, struct arena *scratch,
                                  const struct heading_keys *keys, const struct sheet_row *rows,
                                  size_t n)
{
    struct heading_match best = {.known = 0};
    for (size_t first = 0; first < n; first++) {
        for (size_t count = 1; count <= HEADING_ROWS && first + count <= n; count++) {
            if (rows[first + count - 1].number != rows[first].number + (int32_t)count - 1)
                break;
            if (is_cut(rows, n, first, count) ||
                (count > 1 && is_title(&rows[first], rows[first + 1].n, &rows[first + 1])))
                continue;
            arena_reset(scratch);
            struct heading_match m = match_rows(scratch, keys, rows, first, count);
            if (m.known > best.known)
                best = m;
        }
    }
    return best.known > 0 ? match_rows(a, keys, rows, best.first, best.rows) : best;
}

static bool starts(const char *s, const char *word)
{
    return strncmp(s, word, strlen(word)) == 0;
}

static bool ends(const char *s, const char *word)
{
    size_t n = strlen(s), m = strlen(word);
    return n >= m && strcmp(s + n - m, word) == 0;
}

/* Copies at most 60 bytes of the text, narrowed and without blanks; false when it is longer. */
static bool short_form(const char *s, char out[64])
{
    size_t n = 0;
    while (*s) {
        uint32_t cp = narrow_cp(utf8_next(&s));
        char bytes[4];
        size_t len = utf8_put(cp, bytes);
        if (is_blank_cp(cp))
            continue;
        if (n + len > 60)
            return false;
        memcpy(out + n, bytes, len);
        n += len;
    }
    out[n] = '\0';
    return true;
}

/* What may stand behind 合计: nothing, a colon, a number, a bracket, a measure. 总计算机房 is a
 * name. */
static bool is_total_tail(const char *s)
{
    static const char *const words[] = {"数", "台", "金额", "元", "件", "个", "条"};
    if (*s == '\0' || strchr(":(=-/0123456789", *s))
        return true;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (starts(s, words[i]))
            return true;
    return false;
}

bool text_is_total(const char *text)
{
    static const char *const words[] = {"合计", "总计",  "小计",     "共计",
                                        "累计", "total", "subtotal", "grandtotal"};
    char s[64];
    if (!short_form(text, s))
        return false;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (starts(s, words[i]) && is_total_tail(s + strlen(words[i])))
            return true;
        if ((unsigned char)words[i][0] >= 0x80 &&
            (ends(s, words[i]) || (ends(s, ":") && strlen(s) > strlen(words[i]) &&
                                   starts(s + strlen(s) - 1 - strlen(words[i]), words[i]))))
            return true;
    }
    return false;
}

bool text_is_note(const char *text)
{
    static const char *const words[] = {"备注", "说明", "注",   "制表", "填表",   "审核",
                                        "复核", "编制", "打印", "填报", "负责人", "单位负责人"};
    char s[64], head[128];
    snprintf(head, sizeof head, "%.60s", text); /* a cut character is U+FFFD, which is no colon */
    if (!short_form(head, s))
        return false;
    const char *colon = strchr(s, ':');
    if (!colon || colon - s > 24)
        return false;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (starts(s, words[i]))
            return true;
    return false;
}

bool text_is_signature(const char *text)
{
    char s[64];
    return short_form(text, s) && ends(s, ":") && text_is_note(text);
}

/* Bytes of 一 to 十 at the beginning. */
static size_t chinese_number(const char *s)
{
    size_t n = 0;
    for (const char *p = s;; n = (size_t)(p - s)) {
        uint32_t cp = utf8_next(&p);
        if (!cp || !wcschr(L"一二三四五六七八九十", (wchar_t)cp))
            return n;
    }
}

static bool is_rule(const char *s)
{
    while (*s) {
        uint32_t cp = utf8_next(&s);
        if (!wcschr(L"-_=*.—─", (wchar_t)cp))
            return false;
    }
    return true;
}

bool text_is_section(const char *text)
{
    static const char *const words[] = {"以下空白", "以下无正文", "以下无内容",
                                        "此页无正文", "本页完",   "空白"};
    char s[64];
    if (!short_form(text, s) || !*s)
        return false;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(s, words[i]) == 0)
            return true;
    bool bracket = *s == '(';
    size_t n = chinese_number(s + bracket);
    return n > 0 ? starts(s + bracket + n, bracket ? ")" : "、") : is_rule(s);
}
