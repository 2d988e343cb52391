/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"

static const char *whole_file(struct world *w)
{
    static char *text; /* one program, one file */
    FILE *f = text ? NULL : fopen(SW_TESTS_DIR "/unit/app/expect.txt", "r");
    (void)w;
    if (text)
        return text;
    assert_non_null(f);
    text = calloc(1, 1 << 20);
    assert_true(fread(text, 1, (1 << 20) - 1, f) > 0);
    fclose(f);
    return text;
}

/* From its line "kind NAME …" to the next blank line. */
static const char *paragraph(struct world *w, const struct kind *k)
{
    const char *at = strstr(whole_file(w), arena_printf(w->cx.a, "\nkind %s ", k->name));
    if (!at)
        return NULL;
    const char *end = strstr(++at, "\n\n");
    return end ? arena_strndup(w->cx.a, at, (size_t)(end + 1 - at)) : at;
}

const char *expected(struct world *w, const struct kind *k)
{
    const char *s = paragraph(w, k);
    struct buf b = {0};
    if (!s)
        return NULL;
    for (size_t n; *s; s += n) {
        n = strcspn(s, "\n") + 1;
        if (strncmp(s, "  sample ", 9) != 0)
            buf_printf(&b, "%.*s", (int)n, s);
    }
    s = arena_strdup(w->cx.a, buf_text(&b));
    buf_free(&b);
    return s;
}

const char *expected_sample(struct world *w, const struct kind *k, const char *field)
{
    const char *s = paragraph(w, k);
    const char *key = arena_printf(w->cx.a, "\n  sample %s ", field);
    s = s ? strstr(s, key) : NULL;
    return s ? arena_strndup(w->cx.a, s + strlen(key), strcspn(s + strlen(key), "\n")) : "";
}

bool unmade(struct world *w, const struct kind *k)
{
    const char *s = paragraph(w, k);
    return k->derived || (s && strstr(s, "\n  sample none"));
}

static const char *const types[] = {
    [F_TEXT] = "text",       [F_INT] = "int",   [F_FLOAT] = "float",       [F_FEN] = "fen",
    [F_BOOL] = "bool",       [F_ENUM] = "enum", [F_INSTANT] = "instant",   [F_DATE] = "date",
    [F_DURATION] = "duration", [F_REF] = "ref", [F_FILES] = "files",
    [F_GEO] = "geo",         [F_SECRET] = "secret", [F_ROWS] = "rows",
};
static const struct {
    unsigned flag;
    const char *word;
} words[] = {{REQ, "required"}, {RO, "readonly"}, {ONCE, "once"}, {UNIQUE, "unique"}, {FIND, "find"}, {PERSON, "person"}, {IMAGE, "image"}};

static void field_words(struct buf *b, const struct field *f)
{
    buf_printf(b, "%s %s", f->name, types[f->type]);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (f->flags & words[i].flag)
            buf_printf(b, " %s", words[i].word);
    if (f->min || f->max)
        buf_printf(b, " %lld..%lld", (long long)f->min, (long long)f->max);
    if (f->ref)
        buf_printf(b, " %s", f->ref);
    for (const struct option *o = f->opts; o && o->value; o++)
        buf_printf(b, "%c%s", o == f->opts ? ' ' : '|', o->value);
    if (f->see)
        buf_printf(b, " see=%s", f->see);
    if (f->edit)
        buf_printf(b, " edit=%s", f->edit);
    if (f->initial)
        buf_printf(b, " initial=%s", f->initial);
}

static void step_words(struct buf *b, const struct flow_step *s)
{
    buf_printf(b, "  step %s %s > %s by %s", s->action, s->from ? s->from : "any", s->to ? s->to : "same", s->permission);
    if (s->not_same)
        buf_printf(b, " not_same=%s", s->not_same);
    if (s->only)
        buf_printf(b, " only=%s", s->only);
    for (int i = 0; i < s->n_input; i++)
        buf_printf(b, "%s%s%s", i ? ", " : " with ", s->input[i].name, s->input[i].flags & REQ ? "!" : "");
    buf_char(b, '\n');
}

const char *described(struct world *w, const struct kind *k)
{
    struct buf b = {0};
    buf_printf(&b, "kind %s %s%s\n", k->name, k->derived ? "derived" : k->closed ? "closed" : k->identity ? "open imported" : "open",
               k->export_reason ? " export-reason" : "");
    for (int i = 0; i < k->n_fields; i++) {
        buf_text_add(&b, "  ");
        field_words(&b, &k->fields[i]);
        buf_char(&b, '\n');
        for (int c = 0; k->fields[i].rows && c < k->fields[i].rows->n_fields; c++) {
            buf_text_add(&b, "    ");
            field_words(&b, &k->fields[i].rows->fields[c]);
            buf_char(&b, '\n');
        }
    }
    if (k->locked_in)
        buf_printf(&b, "  locked %s\n", k->locked_in);
    for (int i = 0; i < k->n_flow; i++)
        step_words(&b, &k->flow[i]);
    const char *s = arena_strdup(w->cx.a, buf_text(&b));
    buf_free(&b);
    return s;
}
