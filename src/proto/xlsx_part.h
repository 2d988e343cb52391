/* SPDX-License-Identifier: Apache-2.0 */
/* One XML part of an archive fed to expat under all budgets. Private to src/proto.
 *
 * Every part that is read passes through here, so this is where bombs die: declared and real
 * size, ratio, document type declarations, nesting, and tokens that never end. */
#ifndef PROTO_XLSX_PART_H
#define PROTO_XLSX_PART_H
#include <expat.h>

#include "proto/sheet_int.h"

struct part;
struct part_handler {
    void (*start)(struct part *p, const char *name, const char **attrs);
    void (*end)(struct part *p, const char *name);
    void (*chars)(struct part *p, const char *s, size_t n);
};
struct part {
    struct sheet_file *file;
    const char *name;
    zip_file_t *stream;
    XML_Parser xml;
    const struct part_handler *handler;
    void *user;
    uint64_t packed, got; /* packed size as declared; bytes inflated so far */
    uint64_t silent;      /* bytes fed since expat last reported anything */
    int depth;
    bool suspended, done;
    enum rc rc;
    struct err *e; /* of the running call */
};

/* RC_NOT_FOUND without a text when the archive has no such part. */
enum rc part_open(struct part *p, struct sheet_file *f, const char *name,
                  const struct part_handler *handler, void *user, struct err *e);
enum rc part_run(struct part *p, struct err *e); /* until the end or part_pause() */
void part_close(struct part *p);
enum rc part_read(struct sheet_file *f, const char *name, const struct part_handler *handler,
                  void *user, struct err *e); /* open, run, close */

/* For handlers. */
void part_pause(struct part *p);            /* part_run returns; the next call goes on */
void part_finish(struct part *p);           /* the rest of the part does not matter */
void part_stop(struct part *p, enum rc rc); /* failed; the text is set in p->e */

/* Names come with whatever prefix the writer chose. Handlers get an element's name without it; an
 * attribute's has it still. */
const char *part_local(const char *name);
bool part_is(const char *name, const char *local); /* both without a prefix */
const char *part_attr(const char **attrs, const char *local); /* NULL when absent */

/* Appends text with _xHHHH_ escapes undone, control characters dropped and CRLF folded to LF. */
void part_unescape(struct buf *out, const char *s, size_t n);

/* Does the part hold this word (at most 60 bytes)? Several times faster than parsing it; true also when
 * only a parser could tell. Counts against the same limits. */
bool part_mentions(struct sheet_file *f, const char *name, const char *word, struct err *e, enum rc *rc);

#endif
