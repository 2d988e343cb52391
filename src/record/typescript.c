/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds as TypeScript, so that a page that names a field that is none does not compile. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "record/record_int.h"

static void pascal(struct buf *b, const char *name)
{
    for (bool up = true; *name; name++) {
        if (*name != '_')
            buf_char(b, (char)(up ? toupper((unsigned char)*name) : *name));
        up = *name == '_';
    }
}

static void option_type(struct buf *b, const struct option *o)
{
    for (bool first = true; o && o->value; o++, first = false)
        buf_printf(b, "%s'%s'", first ? "" : " | ", o->value);
}

static void members(struct buf *b, const struct field *fields, int n, const char *indent);

static void value_type(struct buf *b, const struct field *f)
{
    switch (f->type) {
    case F_TEXT:
    case F_DATE:
        buf_text_add(b, "string");
        return;
    case F_ENUM:
        option_type(b, f->opts);
        return;
    case F_BOOL:
        buf_text_add(b, "boolean");
        return;
    case F_FILES:
        buf_text_add(b, "FileRef[]");
        return;
    case F_GEO:
        buf_text_add(b, "{ lng: number; lat: number }");
        return;
    case F_SECRET:
        buf_text_add(b, "{ set: boolean }");
        return;
    case F_ROWS:
        buf_text_add(b, "{\n    id: number\n");
        members(b, f->rows->fields, f->rows->n_fields, "    ");
        buf_text_add(b, "  }[]");
        return;
    case F_INT:
    case F_FLOAT:
    case F_FEN:
    case F_INSTANT:
    case F_DURATION:
    case F_REF:
        break;
    }
    buf_text_add(b, "number");
}

/* A field that not everybody may see is absent for others; child rows are absent in lists. */
static void members(struct buf *b, const struct field *fields, int n, const char *indent)
{
    for (int i = 0; i < n; i++) {
        const struct field *f = &fields[i];
        const char *maybe = f->see || f->type == F_ROWS ? "?" : "";
        bool always = (f->flags & REQ) || f->type == F_FILES || f->type == F_ROWS || f->type == F_SECRET;
        buf_printf(b, "%s%s%s: ", indent, f->name, maybe);
        value_type(b, f);
        buf_text_add(b, always ? "\n" : " | null\n");
        if (f->type == F_REF)
            buf_printf(b, "%s%s_label%s: string | null\n", indent, f->name, maybe);
    }
}

static void steps(struct buf *b, const struct kind *k)
{
    buf_printf(b, "  %s: ", k->name);
    for (int i = 0; i < k->n_flow; i++)
        if (!i || strcmp(k->flow[i].action, k->flow[i - 1].action))
            buf_printf(b, "%s'%s'", i ? " | " : "", k->flow[i].action);
    buf_text_add(b, k->n_flow ? "\n" : "never\n");
}

void record_typescript(struct buf *b)
{
    int n;
    const struct kind *const *kinds = record_kinds(&n);
    buf_text_add(b, "// SPDX-License-Identifier: Apache-2.0\n"
                    "// Made by `shouwang meta --typescript`; a test compares. Never changed by hand.\n"
                    "import type { FileRef } from '@/api/types'\n\n"
                    "export interface Fixed {\n  id: number\n  rev: number\n  created_at: number\n  updated_at: number\n"
                    "  retired: boolean\n  can: string[]\n}\n");
    for (int i = 0; i < n; i++) {
        buf_text_add(b, "\nexport interface ");
        pascal(b, kinds[i]->name);
        buf_text_add(b, " extends Fixed {\n");
        members(b, kinds[i]->fields, kinds[i]->n_fields, "  ");
        buf_text_add(b, "}\n");
    }
    buf_text_add(b, "\nexport interface Kinds {\n");
    for (int i = 0; i < n; i++) {
        buf_printf(b, "  %s: ", kinds[i]->name);
        pascal(b, kinds[i]->name);
        buf_char(b, '\n');
    }
    buf_text_add(b, "}\nexport type KindName = keyof Kinds\n\n// The actions that move a record.\nexport interface Steps {\n");
    for (int i = 0; i < n; i++)
        steps(b, kinds[i]);
    buf_text_add(b, "}\n");
}
