/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence files: content-addressed by SHA-256 under DATA/files/ab/cdef…, one row per upload. */
#ifndef CORE_FILE_H
#define CORE_FILE_H
#include "base/json.h"
#include "journal/cx.h"

struct file {
    int64_t id, size, created_by, record_id;
    const char *sha256, *name, *type, *kind;
};

/* Takes a spooled upload over (renamed into the store). The type comes from the first bytes, never
 * from the sender: JPEG, PNG, WebP, PDF, xlsx/docx, plain text; anything else is refused. */
MUST_USE enum rc file_store(struct cx *cx, const char *spooled, const char *name, uint64_t size,
                            const char *sha256, struct file *out);
/* Descriptor of a stored file that the actor may see: his own upload, or evidence of a record he
 * may read. */
MUST_USE enum rc file_open(struct cx *cx, int64_t id, struct file *out, int *fd);
void file_json(struct jw *w, const struct file *f);

#endif
