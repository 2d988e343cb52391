/* SPDX-License-Identifier: Apache-2.0 */
/* OpenAPI 3.0 of the record interface, from the same descriptors that check and store. */
#include <string.h>

#include "record/record_int.h"

static void plain(struct jw *w, const char *type, const char *format)
{
    jw_kt(w, "type", type);
    if (format)
        jw_kt(w, "format", format);
}

static void enum_schema(struct jw *w, const struct option *o)
{
    plain(w, "string", NULL);
    jw_key(w, "enum");
    jw_array(w);
    for (; o && o->value; o++)
        jw_text(w, o->value);
    jw_end_array(w);
}

static const char *const row_id[] = {"id", NULL};
static void object_schema(struct jw *w, const struct field *fields, int n, const char *const *extra);

static void type_schema(struct jw *w, const struct field *f)
{
    switch (f->type) {
    case F_TEXT:
        plain(w, "string", NULL);
        if (f->max) {
            jw_ki(w, "minLength", f->min);
            jw_ki(w, "maxLength", f->max);
        }
        return;
    case F_ENUM:
        enum_schema(w, f->opts);
        return;
    case F_DATE:
        plain(w, "string", "date");
        return;
    case F_BOOL:
        plain(w, "boolean", NULL);
        return;
    case F_FLOAT:
        plain(w, "number", "double");
        return;
    case F_FILES:
        plain(w, "array", NULL);
        jw_key(w, "items");
        jw_raw(w, "{\"oneOf\":[{\"type\":\"integer\"},{\"$ref\":\"#/components/schemas/file\"}]}");
        return;
    case F_GEO:
        plain(w, "object", NULL);
        jw_key(w, "properties");
        jw_raw(w, "{\"lng\":{\"type\":\"number\",\"minimum\":-180,\"maximum\":180},"
                  "\"lat\":{\"type\":\"number\",\"minimum\":-90,\"maximum\":90}}");
        return;
    case F_SECRET: /* a text in, only whether it is set out */
        jw_key(w, "oneOf");
        jw_raw(w, "[{\"type\":\"string\",\"writeOnly\":true},{\"type\":\"object\",\"readOnly\":true,"
                  "\"properties\":{\"set\":{\"type\":\"boolean\"}}}]");
        return;
    case F_ROWS:
        plain(w, "array", NULL);
        jw_ki(w, "maxItems", f->max ? f->max : CHILD_MAX);
        jw_key(w, "items");
        object_schema(w, f->rows->fields, f->rows->n_fields, row_id);
        return;
    case F_INT:
    case F_FEN:
    case F_INSTANT:
    case F_DURATION:
    case F_REF:
        break;
    }
    plain(w, "integer", "int64");
    if (f->type == F_INT && (f->min || f->max)) {
        jw_ki(w, "minimum", f->min);
        jw_ki(w, "maximum", f->max);
    }
}

static void property(struct jw *w, const struct field *f)
{
    jw_key(w, f->name);
    jw_object(w);
    type_schema(w, f);
    jw_kt(w, "title", f->label);
    if (!(f->flags & REQ))
        jw_kb(w, "nullable", true);
    if (f->flags & RO)
        jw_kb(w, "readOnly", true);
    if (f->help)
        jw_kt(w, "description", f->help);
    if (f->ref)
        jw_kt(w, "x-ref", f->ref);
    jw_end_object(w);
}

static void object_schema(struct jw *w, const struct field *fields, int n, const char *const *extra)
{
    jw_object(w);
    plain(w, "object", NULL);
    jw_key(w, "properties");
    jw_object(w);
    for (; extra && *extra; extra++) {
        jw_key(w, *extra);
        jw_raw(w, "{\"type\":\"integer\",\"format\":\"int64\"}");
    }
    for (int i = 0; i < n; i++)
        property(w, &fields[i]);
    jw_end_object(w);
    jw_end_object(w);
}

static void body_of(struct jw *w, const char *kind)
{
    jw_key(w, "requestBody");
    jw_object(w);
    jw_key(w, "content");
    jw_object(w);
    jw_key(w, "application/json");
    jw_object(w);
    jw_key(w, "schema");
    jw_object(w);
    jw_kt(w, "$ref", kind);
    jw_end_object(w);
    jw_end_object(w);
    jw_end_object(w);
    jw_end_object(w);
}

static void operation(struct jw *w, const char *method, const char *summary, const char *body)
{
    jw_key(w, method);
    jw_object(w);
    jw_kt(w, "summary", summary);
    if (body)
        body_of(w, body);
    jw_key(w, "responses");
    jw_raw(w, "{\"200\":{\"description\":\"ok\"},\"default\":{\"description\":\"error\",\"content\":"
              "{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/error\"}}}}}");
    jw_end_object(w);
}

static void paths_of(struct cx *cx, struct jw *w, const struct kind *k)
{
    const char *self = arena_printf(cx->a, "#/components/schemas/%s", k->name);
    jw_key(w, arena_printf(cx->a, "/api/v1/%s", k->name));
    jw_object(w);
    operation(w, "get", arena_printf(cx->a, "列出%s", k->label), NULL);
    if (!k->closed)
        operation(w, "post", arena_printf(cx->a, "新建%s", k->label), self);
    jw_end_object(w);
    jw_key(w, arena_printf(cx->a, "/api/v1/%s/{id}", k->name));
    jw_object(w);
    operation(w, "get", arena_printf(cx->a, "读取%s", k->label), NULL);
    if (!k->closed)
        operation(w, "patch", arena_printf(cx->a, "修改%s", k->label), self);
    jw_end_object(w);
    for (int i = 0; i < k->n_flow; i++) {
        const struct flow_step *s = &k->flow[i];
        if (i && !strcmp(s->action, k->flow[i - 1].action)) /* the same action from another state */
            continue;
        jw_key(w, arena_printf(cx->a, "/api/v1/%s/{id}/%s", k->name, s->action));
        jw_object(w);
        operation(w, "post", s->label, arena_printf(cx->a, "%s.%s", self, s->action));
        jw_end_object(w);
    }
}

static void schemas_of(struct cx *cx, struct jw *w, const struct kind *k)
{
    static const char *const fixed[] = {"id", "rev", "created_at", "updated_at", NULL};
    static const char *const rev[] = {"rev", NULL};
    jw_key(w, k->name);
    object_schema(w, k->fields, k->n_fields, fixed);
    for (int i = 0; i < k->n_flow; i++) {
        const struct flow_step *s = &k->flow[i];
        if (i && !strcmp(s->action, k->flow[i - 1].action))
            continue;
        jw_key(w, arena_printf(cx->a, "%s.%s", k->name, s->action));
        object_schema(w, s->input, s->n_input, rev);
    }
}

void record_openapi(struct cx *cx, struct jw *w, const char *version)
{
    int n;
    const struct kind *const *kinds = record_kinds(&n);
    jw_object(w);
    jw_kt(w, "openapi", "3.0.3");
    jw_key(w, "info");
    jw_object(w);
    jw_kt(w, "title", "守望 Shouwang");
    jw_kt(w, "version", version);
    jw_end_object(w);
    jw_key(w, "paths");
    jw_object(w);
    for (int i = 0; i < n; i++)
        if (cx_may(cx, permission_of(cx, kinds[i], "read")))
            paths_of(cx, w, kinds[i]);
    jw_end_object(w);
    jw_key(w, "components");
    jw_object(w);
    jw_key(w, "schemas");
    jw_object(w);
    jw_key(w, "error");
    jw_raw(w, "{\"type\":\"object\",\"properties\":{\"error\":{\"type\":\"object\",\"properties\":"
              "{\"code\":{\"type\":\"string\"},\"field\":{\"type\":\"string\"},\"message\":{\"type\":\"string\"}}}}}");
    jw_key(w, "file");
    jw_raw(w, "{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"integer\"},\"name\":{\"type\":\"string\"},"
              "\"type\":{\"type\":\"string\"},\"size\":{\"type\":\"integer\"},\"sha256\":{\"type\":\"string\"},"
              "\"uploaded_at\":{\"type\":\"integer\"},\"by\":{\"type\":\"string\",\"nullable\":true},"
              "\"width\":{\"type\":\"integer\",\"nullable\":true},\"height\":{\"type\":\"integer\",\"nullable\":true},"
              "\"taken_at\":{\"type\":\"integer\",\"nullable\":true},\"place\":{\"type\":\"object\",\"nullable\":true,"
              "\"properties\":{\"latitude\":{\"type\":\"number\"},\"longitude\":{\"type\":\"number\"}}},"
              "\"phash\":{\"type\":\"string\",\"nullable\":true},\"thumb_url\":{\"type\":\"string\"},"
              "\"marked_url\":{\"type\":\"string\"}}}");
    for (int i = 0; i < n; i++)
        if (cx_may(cx, permission_of(cx, kinds[i], "read")))
            schemas_of(cx, w, kinds[i]);
    jw_end_object(w);
    jw_end_object(w);
    jw_end_object(w);
}
