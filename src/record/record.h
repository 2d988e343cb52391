/* SPDX-License-Identifier: Apache-2.0 */
/* The record engine: a kind of business record is a table of rows (fields, steps), and from it come
 * column check, validation, JSON, list, filter, sort, paging, rights, journal and metadata
 * (design.md 4). Storage truth is the SQL migrations; record_check_schema() compares.
 *
 * Who owns what: kinds are static const; rows and texts live in cx->a. Every write runs in one
 * transaction with its journal line: the engine begins one unless the caller already has. */
#ifndef RECORD_RECORD_H
#define RECORD_RECORD_H
#include <jansson.h>

#include "base/json.h"
#include "journal/cx.h"

enum field_type {
    F_TEXT,
    F_INT,
    F_FLOAT,
    F_FEN,      /* money, integer fen */
    F_BOOL,     /* INT 0/1 */
    F_ENUM,     /* TEXT, one of opts */
    F_INSTANT,  /* INT, UTC ms */
    F_DATE,     /* TEXT "2026-05-08", a Beijing day */
    F_DURATION, /* INT, ms */
    F_REF,      /* INT, id of kind ref */
    F_FILES,    /* TEXT, JSON array of file ids */
    F_GEO,      /* a place, WGS-84 degrees: two FLOAT columns NAME_lng and NAME_lat, both or none */
    F_SECRET,   /* TEXT, sealed with the key file of the data folder; never leaves: {"set":true} */
    F_ROWS,     /* no column: ordered child rows in a table of their own (struct child_kind) */
};
/* LINKS (many to many) are kinds of their own: see kind.link. */

/* clang-format off */
enum field_flag {
    REQ    = 1,   /* must have a value */
    FIND   = 2,   /* q= looks here */
    LIST   = 4,   /* shown in lists by default */
    RO     = 8,   /* written by steps, effects and jobs only, never from JSON */
    ONCE   = 16,  /* settable on create, then fixed */
    UNIQUE = 32,  /* the migration has a unique index; a duplicate is named to the user */
    LONG   = 64,  /* several lines */
    IMAGE  = 256, /* F_FILES: pictures only */
    AUTO   = 1024, /* of a step's form: the page adds it by itself (place, device time), not shown */
    PERSON = 128, /* personal data: shown masked unless the field's see permission is held */
    EXACT  = 2048, /* kept to the letter, blanks and all: passwords */
    CODE   = 4096, /* a number or code: letters, digits and - . / _ # of full width are those of half width */
    REUSE  = 512, /* with UNIQUE: among those in use only; the migration's index is partial */
};
/* clang-format on */

struct option {
    const char *value, *label, *label_en;
    const char *tone; /* success warning danger info primary; NULL = info */
    const char *also; /* other words for it in people's spreadsheets, '|' between */
};

struct field {
    const char *name, *label, *label_en;
    enum field_type type;
    unsigned flags;
    int64_t min, max;            /* TEXT: code points; INT, FEN, FLOAT: value. 0,0 = default bound */
    const struct option *opts;   /* closed by value = NULL */
    const char *ref;             /* F_REF: kind name */
    const char *also;            /* other headings in people's spreadsheets, '|' between */
    const char *see, *edit;      /* extra permission for this field; NULL = the kind's */
    const char *initial;         /* value of a new record when absent, as JSON scalar text */
    const char *help;
    const struct child_kind *rows; /* F_ROWS; min, max = how many, 0,0 = up to CHILD_MAX */
    const char *says; /* F_TEXT of a code; several, ',' between, when this ends in ','. role, kind, action, path (of
                       * fields; the last two of the kind that the record's source_kind names) or KIND.FIELD, an
                       * enum. Pages say them in words and offer a choice. */
};

/* Child rows (checklist lines, part lines): they have no life of their own but travel in the
 * parent's create, PATCH and steps, in its transaction and under its rev. The table has the columns
 * id ID, parent_id INT NOT NULL (a reference to the parent's table), pos INT NOT NULL, then those of
 * the fields (no SECRET, no ROWS), and a unique index on (parent_id, pos). */
struct child_kind {
    const char *table;
    const struct field *fields;
    int n_fields;
};
#define CHILD_MAX 200

struct child {
    int64_t id; /* 0 = not stored yet */
    struct value *v;
    const char **label;
};

struct value {
    bool null;
    int64_t i;   /* F_ROWS: how many */
    double f;    /* F_GEO: longitude */
    double lat;  /* F_GEO */
    const char *s;
    struct child *rows; /* F_ROWS; NULL = not read (lists), which a write keeps as it is */
};

#define RECORD_FIELDS 64 /* most fields of one kind */

struct kind;
struct import_link;
struct row {
    const struct kind *kind;
    int64_t id, rev;
    int64_t created_by; /* 0 = none */
    struct instant created_at, updated_at;
    bool retired;
    struct value *v;     /* n_fields values */
    const char **label;  /* n_fields: label of a reference, else NULL */
};

/* One step of a flow: an action is a form. */
#define SAME NULL /* as `to`: the state stays */
#define ANY NULL  /* as `from`: in every state, also of a kind without states */
struct flow_step {
    const char *action, *label, *label_en;
    const char *from, *to;          /* enum values; from may list several with '|' */
    const char *permission;
    const struct field *input;      /* the action's form; NULL = none */
    int n_input;
    const char *tone;
    /* Who may not: REF fields to account, '|' between, that must all differ from the actor
     * (separation of duties; "created_by" counts as one), NULL = none. */
    const char *not_same;
    /* Who must: REF fields to account, '|' between, one of which must be the actor, unless the actor
     * holds the permission with scope all; NULL = anyone permitted. */
    const char *only;
    /* Changes row further (in the same transaction, before it is written); may refuse. in has the
     * input's values, indexed like input. Input fields named like fields of the kind are copied. */
    enum rc (*effect)(struct cx *cx, struct row *row, const struct value *in);
    /* After the row is written, same transaction. */
    enum rc (*after)(struct cx *cx, struct row *row, const struct value *in);
    /* A condition besides the state ("only with an asset"); false: not offered, and refused. */
    bool (*when)(const struct row *row);
};

struct kind {
    const char *name, *label, *label_en;
    const char *table;       /* NULL = name */
    const char *group;       /* of the menu: order watch ledger report system log ...; "inside" = shown
                              * within other records only; NULL = other */
    const struct field *fields;
    int n_fields;
    int label_field;         /* index of the field that names a record */
    int state_field;         /* index, or -1 */
    const struct flow_step *flow;
    int n_flow;
    const char *sort;        /* default, e.g. "-id"; NULL = "-id" */
    /* Scope columns; NULL = that scope word sees nothing of this kind. Without a unit column "unit"
     * reads what is own to a person of the actor's units. */
    struct {
        const char *own[4];  /* REF fields to account: the record is the actor's when one matches */
        const char *pool;    /* ... or when this one is null, for those who may KIND.claim */
        const char *unit, *site, *line; /* field names */
        const char *through; /* or, alone: the REF field whose record decides (a part of that record) */
    } scope;
    /* LINKS: the two REF fields of a kind that ties records to each other (uplink: what feeds what).
     * The migration has a unique index over the pair (further columns may follow); the metadata of
     * both sides names the link, so that their pages show it. */
    const char *link[2];
    /* A tree: the REF field to the kind itself, and the table of every record with each of its
     * ancestors and itself (ancestor_id, COLUMN). The engine keeps it and refuses loops. */
    struct {
        const char *parent, *closure, *column;
    } tree;
    bool closed;             /* no create/update from outside: engines and jobs write it */
    const char *locked_in;   /* states, '|' between, in which PATCH is refused */
    /* Cross-field rules; old = NULL on create. Runs before every write from outside. */
    enum rc (*check)(struct cx *cx, const struct row *old, struct row *row);
    /* After insert or update from outside, same transaction; old = NULL on create. */
    enum rc (*after)(struct cx *cx, const struct row *old, struct row *row);
    /* Before a retirement from outside; may refuse ("people still belong to it"). */
    enum rc (*retiring)(struct cx *cx, const struct row *row);
    /* What makes two spreadsheet rows the same record: alternatives by '|', parts by '+', e.g.
     * "asset_no|class_id+serial_no". NULL: the kind cannot be imported. */
    const char *identity;
    /* A kind that is a question instead of a table: its SELECT over base tables gives `id` (unique
     * and stable: cursors need it) and the fields. Closed; listed, filtered, counted, exported and
     * permitted like any other, so that a number over it opens exactly its list. NULL: a table. */
    const char *derived;
    bool export_reason; /* holds personal or network data: a sheet of it needs a reason (domain.md 9) */
    bool import_new; /* another kind's import may create missing ones by label, after a look */
    /* Fills such a new one beyond its label; NULL = the initial values will do. */
    enum rc (*adopt)(struct cx *cx, struct row *row);
    const struct import_link *import_links; /* closed by kind = NULL; at most 4 */
};

/* Two spreadsheet columns that are no fields but a link to another record of the same kind (asset:
 * what feeds it), in whatever order the rows stand. One link of a type per record. */
struct import_link {
    struct field column, more;    /* headings: the other record's name, the link's detail */
    const char *kind;             /* of the link: "uplink" */
    const char *from, *to;        /* its references: the row's record, the named one */
    const char *type_field, *type; /* "type" "port"; NULL = none */
    const char *among;            /* types, '|' between, that together make no loop; NULL = all */
    const char *more_field;       /* gets `more`: "port"; NULL = none */
    const char *by[4];            /* fields of this kind that may be its name: "asset_no", "name" */
};

/* --- registry: set once at start by app --- */
void record_register(const struct kind *const *kinds, int n);
const struct kind *record_kind(const char *name); /* NULL when unknown */
const struct kind *const *record_kinds(int *n);
int field_index(const struct kind *k, const char *name); /* -1 when unknown */
const char *kind_table(const struct kind *k);

/* Compares every kind with the live tables: columns, types, NOT NULL, the literals of enum CHECKs,
 * unique indexes, foreign keys of references, an index behind every scope column, reference and
 * default order. RC_INTERNAL naming table and column on any difference. */
MUST_USE enum rc record_check_schema(struct cx *cx);
/* (Re)builds the views KIND_v when the descriptors or views_sql changed; then record_search(). */
MUST_USE enum rc record_views(struct cx *cx, const char *views_sql);
/* (Re)builds and fills the search tables KIND_search whose FIND fields changed (search.c). */
MUST_USE enum rc record_search(struct cx *cx);

/* --- reading --- */
struct filter {
    const char *field, *op, *value; /* op: eq ne lt le gt ge in has null */
};
struct query {
    struct filter filter[24];
    int n_filters;
    const char *q;
    const char *sort;    /* "-field" or NULL */
    int limit;           /* 1..500, 0 = 50 */
    const char *after;   /* cursor */
    int page;            /* 1..; 0 = by cursor */
    bool retired;        /* also retired ones */
    bool no_total;       /* page.total is not wanted */
    bool exact;          /* the whole total, past TOTAL_MAX (a list opened from a figure) */
    bool rows;           /* with the child rows */
};
struct page {
    struct row **rows;
    int n;
    const char *next; /* cursor or NULL */
    int64_t total;
    bool more; /* there are more than total */
};
#define TOTAL_MAX 10000
/* "f" values as in the URL: "field.op.value". */
MUST_USE enum rc query_add(struct cx *cx, struct query *q, const char *text);
/* A stored query string "f=state.eq.open&f=..&sort=-id", not percent-encoded: figures, links. */
MUST_USE enum rc query_parse(struct cx *cx, const char *text, struct query *out);
MUST_USE enum rc record_list(struct cx *cx, const struct kind *k, const struct query *q,
                             struct page *out);
MUST_USE enum rc record_count(struct cx *cx, const struct kind *k, const struct query *q,
                              int64_t *out);
MUST_USE enum rc record_get(struct cx *cx, const struct kind *k, int64_t id, struct row **out);
/* Who may read one record, asked for many readers: what decides is read once, then no database is
 * needed per reader. A record that is gone lets nobody in. */
struct gate {
    const struct row *row;      /* NULL: gone */
    const struct row *over;     /* the record whose scope decides over row, NULL = row itself */
    const struct row *was;      /* before a change of who may read it: who could is told too; or NULL */
    int64_t units[8];           /* of the persons that own or owned it, where the kind has no unit itself */
    int n_units;
};
/* changes: those of the journal row in question, "{}" = none. */
MUST_USE enum rc record_gate(struct cx *cx, const struct kind *k, int64_t id, const char *changes, struct gate *out);
/* scope: the reader's word for KIND.read, NULL = none. */
bool gate_open(const struct gate *g, const struct cx *reader, const char *scope);
/* First record whose field equals a text or number, within the actor's scope; RC_NOT_FOUND. */
MUST_USE enum rc record_find(struct cx *cx, const struct kind *k, int field, const char *text,
                             struct row **out);

/* --- writing from outside: validated, permitted, journalled --- */
MUST_USE enum rc record_create(struct cx *cx, const struct kind *k, json_t *in, struct row **out);
MUST_USE enum rc record_patch(struct cx *cx, const struct kind *k, int64_t id, json_t *in,
                              struct row **out);
/* A step of the kind's flow, or "retire". */
MUST_USE enum rc record_act(struct cx *cx, const struct kind *k, int64_t id, const char *action,
                            json_t *in, struct row **out);
MUST_USE enum rc record_retire(struct cx *cx, const struct kind *k, int64_t id, json_t *in);
#define BULK_MAX 500
/* What became of one record of many; why is in cx->err, row NULL unless RC_OK. */
typedef void bulk_each(void *ctx, int64_t id, enum rc rc, const struct row *row);
/* A step ("retire" is one) of many: in is its form and "ids":[{"id","rev"}]. Each record by itself, as
 * record_act() would, with a transaction and a result of its own; RC_INVALID only when ids is no list
 * of at most BULK_MAX. */
MUST_USE enum rc record_bulk(struct cx *cx, const struct kind *k, const char *action, json_t *in,
                             bulk_each *f, void *ctx);

/* --- writing from our own code: values are trusted, rights not asked, still journalled --- */
struct row *record_new(struct cx *cx, const struct kind *k); /* initial values, nothing stored */
MUST_USE enum rc record_insert(struct cx *cx, struct row *row, const char *action);
/* Writes what differs from `old` (as read); RC_CONFLICT when the rev moved on. */
MUST_USE enum rc record_update(struct cx *cx, const struct row *old, struct row *row,
                               const char *action);
/* Takes a record out of use; RC_CONFLICT when the rev moved on. */
MUST_USE enum rc record_end(struct cx *cx, const struct row *row, const char *action);
/* Brings a retired record back with the values of row. */
MUST_USE enum rc record_revive(struct cx *cx, const struct row *old, struct row *row,
                               const char *action);
/* By id, without scope: for jobs inside their transaction. */
MUST_USE enum rc record_load(struct cx *cx, const struct kind *k, int64_t id, struct row **out);
struct row *record_copy(struct cx *cx, const struct row *row);

void row_int(struct row *r, int field, int64_t v);
void row_text(struct row *r, int field, const char *s); /* NULL or "" clears */
void row_null(struct row *r, int field);
void row_geo(struct row *r, int field, double lng, double lat);
/* Appends an empty child row (all null) for the caller to fill. */
struct child *row_child(struct cx *cx, struct row *r, int field);
/* Reads the child rows of a row that came from a list; harmless when they are there. */
MUST_USE enum rc row_children(struct cx *cx, struct row *row);
/* Opens a SECRET for an engine that needs it (never for a page); NULL when it is not set. */
MUST_USE enum rc row_secret(struct cx *cx, const struct row *row, int field, const char **out);

/* --- JSON out, through the actor's field rights --- */
void record_json(struct cx *cx, struct jw *w, const struct row *row);
/* An uploaded file as docs/api.md says; nothing for an id that is none. Rights are the caller's. */
MUST_USE enum rc record_file_json(struct cx *cx, struct jw *w, int64_t id);
/* Metadata of the kinds the actor may read (docs/api.md). */
void record_meta(struct cx *cx, struct jw *w);
/* [{kind,label,label_en,permissions:[{permission,label,label_en}]}] of every kind. */
void record_words(struct cx *cx, struct jw *w);
/* Into an open object: the words of the codes that fields with `says` hold, kinds and actions of all kinds. */
void record_codes(struct jw *w);
/* The same as OpenAPI 3.0: paths, forms of the steps, schemas. */
void record_openapi(struct cx *cx, struct jw *w, const char *version);
/* The same as TypeScript: web/src/gen/kinds.ts. Rights are not asked. */
void record_typescript(struct buf *out);
/* What an action is called in timelines; k may be NULL. */
const char *record_action_label(const struct kind *k, const char *action);
/* The newest `most` steps of a record before the journal row `before` (0 = up to now), oldest first;
 * "next" is the `before` of the page of older ones, null when there are none. */
#define TIMELINE_MOST 1000
MUST_USE enum rc record_journal(struct cx *cx, const struct kind *k, int64_t id, int64_t before, int most,
                                struct jw *w);
/* Comparable text of a value, for diffs and spreadsheets: labels for enums, civil time. */
const char *value_text(struct cx *cx, const struct field *f, const struct value *v,
                       const char *label);

/* --- turning texts of people (spreadsheet cells, CLI) into a value: labels, loose dates, refs by
 * label. Sets cx->err with the field's label. */
MUST_USE enum rc value_from_text(struct cx *cx, const struct field *f, const char *text,
                                 struct value *out);

/* A text that somebody outside sent under that key, as the field would take it: tidied and checked;
 * NULL when it is absent, null or "". The error names the key. */
MUST_USE enum rc record_text(struct cx *cx, const struct kind *k, int field, const json_t *in,
                             const char *key, const char **out);

/* --- import of a spreadsheet: dry run, errors per row, one transaction --- */
struct import_options {
    bool dry_run;     /* does everything, then takes it back */
    bool good_rows;   /* stores the good rows although others are wrong */
    bool create_new;  /* creates missing records of kinds with import_new (sites, units) by their name */
    const char *sheet; /* by name, NULL = the first with a known heading row */
    const char *map;   /* "heading=field;heading=field": the user's word, remembered for sheets with the
                        * same headings; NULL = what is remembered, "" = nothing of it */
    const char *file_name;   /* as people call it; NULL = that of path */
    const char *sha256;      /* of the file, when known */
    const char *errors_path; /* the wrong rows go here as .xlsx with their reasons; NULL = nowhere */
};
/* Writes the result to w (docs/api.md); *wrong = rows that are wrong. An error only when the file as a
 * whole cannot be read. What was stored is one import_batch. */
MUST_USE enum rc record_import(struct cx *cx, const struct kind *k, const char *path,
                               const struct import_options *o, struct jw *w, int *wrong);

/* What an import was and wrote; its step "undo" takes it back where nobody has been since. */
extern const struct kind import_batch_kind;

/* All rows of a filter at path, in the order of the list. columns: names of fields, comma between, NULL
 * or "" = all that the actor may see. A csv is UTF-8 with a
 * byte-order mark; a text there that a spreadsheet program would take for a formula gets a leading '. */
enum export_format { EXPORT_XLSX, EXPORT_CSV };
MUST_USE enum rc record_export(struct cx *cx, const struct kind *k, const struct query *q,
                               enum export_format format, const char *columns, const char *path);
/* An empty sheet for the import: headings with notes, drop-downs, and a second sheet that explains. */
MUST_USE enum rc record_template(struct cx *cx, const struct kind *k, const char *path);

#endif
