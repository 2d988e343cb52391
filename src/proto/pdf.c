/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/pdf.h"

#include <cairo-pdf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/utf8.h"
#include "proto/pdf_int.h"
#include "proto/target.h"

enum { LEAST_PERCENT = 75, STEP_PERCENT = 5 };

/* Valid UTF-8 without control characters but line breaks and tabs. */
static const char *clean(struct arena *a, const char *s)
{
    if (!s)
        return "";
    char *out = arena_alloc(a, strlen(s) * 3 + 1), *p = out;
    while (*s) {
        uint32_t cp = utf8_next(&s);
        if ((cp >= 0x20 && cp != 0x7F) || cp == '\n' || cp == '\t')
            p += utf8_put(cp, p);
    }
    *p = '\0';
    return out;
}

/* Only web links, and nothing that could end cairo's quoted attribute. */
static const char *clean_link(struct arena *a, const char *s)
{
    if (!s || (strncmp(s, "http://", 7) != 0 && strncmp(s, "https://", 8) != 0))
        return NULL;
    char *out = arena_alloc(a, strlen(s) * 3 + 1), *p = out;
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c <= 0x20 || c >= 0x7F || strchr("'\"\\<>", c))
            p += snprintf(p, 4, "%%%02X", c);
        else
            *p++ = (char)c;
    }
    return out;
}

struct pdf *pdf_new(const struct pdf_options *options)
{
    struct pdf *p = calloc(1, sizeof *p);
    if (!p)
        die("out of memory for a document");
    p->arena = arena_new();
    p->options = *options;
    p->options.title = clean(p->arena, options->title);
    p->options.author = clean(p->arena, options->author);
    p->options.footer = clean(p->arena, options->footer);
    p->end = &p->parts;
    return p;
}

void pdf_free(struct pdf *p)
{
    if (!p)
        return;
    arena_free(p->arena);
    free(p);
}

static struct pdf_part *add(struct pdf *p, enum pdf_kind kind, const char *text)
{
    struct pdf_part *part = ARENA_NEW(p->arena, struct pdf_part, 1);
    part->kind = kind;
    part->text = clean(p->arena, text);
    *p->end = part;
    p->end = &part->next;
    p->table = NULL;
    p->scale = 0;
    return part;
}

void pdf_title(struct pdf *p, const char *text)
{
    add(p, PDF_TITLE, text);
}

void pdf_subtitle(struct pdf *p, const char *text)
{
    add(p, PDF_SUBTITLE, text);
}

void pdf_code(struct pdf *p, const char *text)
{
    add(p, PDF_CODE, text);
}

void pdf_heading(struct pdf *p, const char *text)
{
    add(p, PDF_HEADING, text);
}

void pdf_text(struct pdf *p, const char *text)
{
    add(p, PDF_TEXT, text);
}

void pdf_note(struct pdf *p, const char *text)
{
    add(p, PDF_NOTE, text);
}

void pdf_space(struct pdf *p, double points)
{
    add(p, PDF_SPACE, NULL)->points = points;
}

void pdf_page_break(struct pdf *p)
{
    add(p, PDF_BREAK, NULL);
}

void pdf_grid(struct pdf *p, const struct pdf_pair *pairs, size_t n, int across)
{
    struct pdf_part *part = add(p, PDF_GRID, NULL);
    part->pairs = ARENA_NEW(p->arena, struct pdf_pair, n);
    part->n = n;
    part->across = across < 1 ? 1 : across > 4 ? 4 : across;
    for (size_t i = 0; i < n; i++)
        part->pairs[i] = (struct pdf_pair){
            clean(p->arena, pairs[i].label), clean(p->arena, pairs[i].value),
            clean_link(p->arena, pairs[i].link), pairs[i].wide || part->across == 1};
}

void pdf_table_begin(struct pdf *p, const struct pdf_column *columns, size_t n)
{
    if (n == 0 || n > PDF_COLUMNS)
        die("a table of %zu columns", n);
    struct pdf_part *part = add(p, PDF_TABLE, NULL);
    part->columns = ARENA_NEW(p->arena, struct pdf_column, n);
    part->n = n;
    for (size_t i = 0; i < n; i++) {
        part->columns[i] = columns[i];
        part->columns[i].heading = clean(p->arena, columns[i].heading);
        if (!(columns[i].share > 0))
            part->columns[i].share = 1;
    }
    part->rows_end = &part->rows;
    p->table = part;
}

void pdf_table_row(struct pdf *p, const struct pdf_cell *cells)
{
    struct pdf_part *t = p->table;
    if (!t)
        die("a table row outside a table");
    struct pdf_row *row = ARENA_NEW(p->arena, struct pdf_row, 1);
    row->cells = ARENA_NEW(p->arena, struct pdf_cell, t->n);
    for (size_t i = 0; i < t->n; i++)
        row->cells[i] = (struct pdf_cell){clean(p->arena, cells[i].text),
                                          clean_link(p->arena, cells[i].link), cells[i].bold};
    *t->rows_end = row;
    t->rows_end = &row->next;
    p->scale = 0;
}

void pdf_table_end(struct pdf *p)
{
    p->table = NULL;
}

void pdf_signatures(struct pdf *p, const char *const *labels, size_t n)
{
    struct pdf_part *part = add(p, PDF_SIGNATURES, NULL);
    part->labels = ARENA_NEW(p->arena, const char *, n);
    part->n = n;
    for (size_t i = 0; i < n; i++)
        part->labels[i] = clean(p->arena, labels[i]);
}

void pdf_pictures(struct pdf *p, const struct pdf_picture *pictures, size_t n)
{
    struct pdf_part *part = add(p, PDF_PICTURES, NULL);
    part->pictures = ARENA_NEW(p->arena, struct pdf_picture, n);
    part->n = n;
    for (size_t i = 0; i < n; i++) {
        void *own = arena_alloc(p->arena, pictures[i].n + 1);
        memcpy(own, pictures[i].jpeg, pictures[i].n);
        part->pictures[i] =
            (struct pdf_picture){own, pictures[i].n, clean(p->arena, pictures[i].caption)};
    }
}

/* ---- laying out ---- */

static void draw_block(struct pen *p, const char *text, const struct style *s, double before,
                       double after, double keep)
{
    double width = pen_body_width(p);
    double height = pen_measure(p, SLOT_MAIN, text, s, width);
    double line = s->size * 1.6 * p->scale;
    if (p->y > MARGIN_TOP)
        p->y += before * p->scale;
    pen_need(p, (height < 3 * line ? height : line) + keep * p->scale);
    int lines = pen_lines(p, SLOT_MAIN);
    for (int at = 0; at < lines;) {
        double used;
        at = pen_draw(p, SLOT_MAIN, s, MARGIN_X, p->y, at, pen_bottom(p) - p->y, p->y <= MARGIN_TOP,
                      &used);
        p->y += used;
        if (at < lines)
            pen_new_page(p);
    }
    p->y += after * p->scale;
}

static const struct style sign_style = {.size = 10.5};

/* The width of a text that nothing wraps. */
static double natural_width(struct pen *p, const char *text)
{
    PangoRectangle box;
    pen_measure(p, SLOT_MAIN, text, &sign_style, pen_body_width(p));
    pango_layout_get_extents(p->layouts[SLOT_MAIN], NULL, &box);
    return (double)box.width / PANGO_SCALE;
}

static void draw_signature(struct pen *p, const char *label, double x, double width)
{
    double used, line = p->y + 16 * p->scale, from = natural_width(p, label) + 4;
    pen_draw(p, SLOT_MAIN, &sign_style, x, p->y, 0, 1000, true, &used);
    pen_rule(p, x + (from < width ? from : width), line, x + width, line, LINE_WIDTH);
    pen_measure(p, SLOT_MAIN, "日期：　　　年　　月　　日", &sign_style, pen_body_width(p));
    pen_draw(p, SLOT_MAIN, &sign_style, x, p->y + 26 * p->scale, 0, 1000, true, &used);
}

static void draw_signatures(struct pen *p, const struct pdf_part *part)
{
    double row = 58 * p->scale, gap = 24, longest = 0;
    for (size_t i = 0; i < part->n; i++) {
        double w = natural_width(p, part->labels[i]);
        longest = w > longest ? w : longest;
    }
    size_t across = part->n < 3 ? part->n : 3;
    while (across > 1 && longest + 70 > (pen_body_width(p) + gap) / (double)across - gap)
        across--;
    size_t rows = across ? (part->n + across - 1) / across : 0;
    double width = across ? (pen_body_width(p) + gap) / (double)across - gap : 0;
    p->y += 10 * p->scale;
    pen_need(p, (double)rows * row < pen_bottom(p) - MARGIN_TOP ? (double)rows * row : row);
    for (size_t i = 0; i < part->n; i++) {
        if (i % across == 0 && i > 0) {
            p->y += row;
            pen_need(p, row);
        }
        draw_signature(p, part->labels[i], MARGIN_X + (double)(i % across) * (width + gap), width);
    }
    p->y += part->n ? row : 0;
}

#define CODE_SIDE 60.0

static void draw_part(struct pen *p, const struct pdf_part *part)
{
    static const struct style title = {18, true, false, PDF_CENTER},
                              subtitle = {11, false, false, PDF_CENTER},
                              heading = {13, true, false, PDF_LEFT},
                              text = {10.5, false, false, PDF_LEFT},
                              note = {8.5, false, false, PDF_LEFT};
    switch (part->kind) {
    case PDF_TITLE:
        draw_block(p, part->text, &title, 8, 6, 40);
        break;
    case PDF_SUBTITLE:
        draw_block(p, part->text, &subtitle, 0, 8, 30);
        break;
    case PDF_HEADING:
        draw_block(p, part->text, &heading, 12, 5, 60);
        break;
    case PDF_TEXT:
        draw_block(p, part->text, &text, 0, 5, 0);
        break;
    case PDF_NOTE:
        draw_block(p, part->text, &note, 3, 3, 0);
        break;
    case PDF_SPACE:
        p->y += part->points * p->scale;
        break;
    case PDF_BREAK:
        if (p->y > MARGIN_TOP)
            pen_new_page(p);
        break;
    case PDF_GRID:
        pdf_draw_grid(p, part);
        break;
    case PDF_TABLE:
        pdf_draw_table(p, part);
        break;
    case PDF_SIGNATURES:
        draw_signatures(p, part);
        break;
    case PDF_PICTURES:
        pdf_draw_pictures(p, part);
        break;
    case PDF_CODE:
        if (p->cr)
            (void)qr_draw(p->cr, part->text, p->width - MARGIN_X - CODE_SIDE, MARGIN_TOP - 20,
                          CODE_SIDE, 0.5);
        break;
    }
}

static void pen_init(struct pen *p, struct pdf *doc, double scale)
{
    *p = (struct pen){.doc = doc, .scale = scale, .y = MARGIN_TOP, .page = 1};
    p->width = doc->options.landscape ? 841.89 : 595.28; /* A4 in points */
    p->height = doc->options.landscape ? 595.28 : 841.89;
    p->fonts = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
    if (!p->fonts)
        die("pango without FreeType");
    pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(p->fonts), 72);
    p->context = pango_font_map_create_context(p->fonts);
    pango_context_set_language(p->context, pango_language_from_string("zh-cn"));
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(p->context, options);
    cairo_font_options_destroy(options);
    for (int i = 0; i < SLOTS; i++)
        p->layouts[i] = pango_layout_new(p->context);
}

static void pen_free(struct pen *p)
{
    for (int i = 0; i < SLOTS; i++)
        g_object_unref(p->layouts[i]);
    g_object_unref(p->context);
    g_object_unref(p->fonts);
}

static void run(struct pen *p)
{
    for (const struct pdf_part *part = p->doc->parts; part; part = part->next)
        draw_part(p, part);
    pen_page_end(p);
}

static int measure(struct pdf *doc, double scale)
{
    struct pen p;
    pen_init(&p, doc, scale);
    run(&p);
    doc->unknown = p.unknown;
    pen_free(&p);
    return p.page;
}

/* Finds scale and pages. */
static void lay_out(struct pdf *doc)
{
    if (doc->scale > 0)
        return;
    doc->scale = 1;
    doc->pages = measure(doc, 1);
    if (doc->options.fit_pages <= 0 || doc->pages <= doc->options.fit_pages)
        return;
    for (int percent = 100 - STEP_PERCENT; percent >= LEAST_PERCENT; percent -= STEP_PERCENT) {
        double s = percent / 100.0;
        int pages = measure(doc, s);
        if (pages <= doc->options.fit_pages) {
            doc->scale = s;
            doc->pages = pages;
            return;
        }
    }
}

int pdf_pages(struct pdf *p)
{
    lay_out(p);
    return p->pages;
}

int pdf_unknown_glyphs(const struct pdf *p)
{
    return p->unknown;
}

static cairo_status_t to_buf(void *closure, const unsigned char *data, unsigned n)
{
    struct buf *out = closure;
    buf_add(out, data, n);
    return out->full ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static void set_metadata(cairo_surface_t *s, const struct pdf_options *o)
{
    char at[INSTANT_TEXT];
    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_TITLE, o->title);
    if (*o->author)
        cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_AUTHOR, o->author);
    cairo_pdf_surface_set_metadata(s, CAIRO_PDF_METADATA_CREATE_DATE,
                                   instant_text(o->printed_at, at));
}

enum rc pdf_write_buf(struct pdf *doc, struct buf *out, struct err *e)
{
    struct pen p;
    lay_out(doc);
    pen_init(&p, doc, doc->scale);
    p.pages = doc->pages;
    cairo_surface_t *s = cairo_pdf_surface_create_for_stream(to_buf, out, p.width, p.height);
    cairo_pdf_surface_restrict_to_version(s, CAIRO_PDF_VERSION_1_5);
    set_metadata(s, &doc->options);
    p.cr = cairo_create(s);
    run(&p);
    cairo_status_t status = cairo_status(p.cr);
    cairo_destroy(p.cr);
    cairo_surface_finish(s);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(s);
    cairo_surface_destroy(s);
    pen_free(&p);
    if (out->full)
        return fail(e, RC_TOO_BIG, NULL, "文件太大，请缩小范围", "the document is too large", NULL);
    if (status != CAIRO_STATUS_SUCCESS)
        return fail(e, RC_INTERNAL, NULL, "生成 PDF 失败：{detail}",
                    "making the PDF failed: {detail}", "detail", cairo_status_to_string(status),
                    NULL);
    return RC_OK;
}

static bool write_all(int fd, const char *data, size_t n)
{
    while (n > 0) {
        ssize_t w = write(fd, data, n);
        if (w < 0 && errno == EINTR)
            continue;
        if (w <= 0)
            return false;
        data += w;
        n -= (size_t)w;
    }
    return true;
}

static int write_file(const char *path, const char *partial, const struct buf *data)
{
    int fd = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return errno;
    int error = write_all(fd, data->data, data->len) ? 0 : errno ? errno : EIO;
    if (close(fd) != 0 && error == 0)
        error = errno;
    if (error == 0 && rename(partial, path) != 0)
        error = errno;
    if (error != 0)
        unlink(partial);
    return error;
}

enum rc pdf_write(struct pdf *doc, const char *path, struct err *e)
{
    struct buf out = {.limit = 0};
    enum rc rc = target_check(path, e);
    if (rc == RC_OK)
        rc = pdf_write_buf(doc, &out, e);
    if (rc == RC_OK) {
        int error = write_file(path, arena_printf(doc->arena, "%s.part", path), &out);
        rc = error ? target_fail(error, e) : RC_OK;
    }
    buf_free(&out);
    return rc;
}
