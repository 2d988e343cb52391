/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence files. An upload is one row of `file` and, content-addressed by SHA-256, one file under
 * DATA/files/ab/cdef…; equal bytes uploaded twice are two rows over one file. The original is never
 * changed. What is shown are copies (table file_copy, same store): without metadata, thumbnails,
 * with a watermark. Bytes are on the disk before their row is; files without a row are swept. */
#ifndef CORE_FILE_H
#define CORE_FILE_H
#include "base/json.h"
#include "journal/cx.h"

struct file {
    int64_t id, size, created_by, created_at, record_id;
    const char *sha256, *name, *type, *kind;
    int width, height; /* 0: no picture */
};

enum file_face { FILE_ORIGINAL, FILE_CLEAN, FILE_SMALL, FILE_LARGE, FILE_MARKED };

/* Takes a spooled upload over (renamed into the store). The type comes from the first bytes, never
 * from the sender: JPEG, PNG, WebP, PDF, xlsx/docx, plain text; anything else is refused, and so are
 * pictures that do not decode to their last row (core/image.h). */
MUST_USE enum rc file_store(struct cx *cx, const char *spooled, const char *name, uint64_t size,
                            const char *sha256, struct file *out);
/* Descriptor of what the actor may see: his own upload, or evidence of a record that he may read;
 * FILE_ORIGINAL needs file.original. For files that are no pictures FILE_CLEAN is the original, and
 * the other faces are RC_NOT_FOUND. type and size in out are those of the face. Viewing any but the
 * thumbnails is journalled (SEC-11) unless quiet. */
MUST_USE enum rc file_open(struct cx *cx, int64_t id, enum file_face face, bool quiet,
                           struct file *out, int *fd);
/* {id,name,type,size,sha256,...} of docs/api.md */
MUST_USE enum rc file_json(struct cx *cx, int64_t id, struct jw *w);

/* --- uploads that go on after a cut connection (SEC-18: with their SHA-256) --- */
struct file_part {
    int64_t id, size, offset; /* offset: bytes that are here */
    const char *upload, *part, *name, *sha256;
    int64_t file_id; /* not 0: done */
};
#define FILE_PART_PREFIX "part-"
/* Registers, or finds again, an upload of the actor's; part names its bytes in DATA/spool. A writer
 * that hangs on the old connection is cut off from the file. */
MUST_USE enum rc file_part_begin(struct cx *cx, const char *upload, const char *part,
                                 const char *name, int64_t size, const char *sha256,
                                 struct file_part *out);
MUST_USE enum rc file_part_find(struct cx *cx, const char *upload, struct file_part *out);
/* All bytes have come: checks them and stores the file. RC_CONFLICT while some are missing. */
MUST_USE enum rc file_part_end(struct cx *cx, const char *upload, struct file *out);

/* --- keeping house --- */
enum { FILE_FOLDERS = 256 };
/* Removes uploads that nothing has named for 24 hours, and parts as old. */
MUST_USE enum rc file_expire(struct cx *cx, int *removed);
/* Removes bytes without a row from one of the FILE_FOLDERS folders of the store. */
MUST_USE enum rc file_sweep(struct cx *cx, int folder, int *removed);
/* SEC-19: hashes everything stored anew. Each missing or changed file is told. */
struct file_fault {
    const char *sha256, *what, *names; /* what: "missing", "changed"; names: of the uploads */
};
MUST_USE enum rc file_verify(struct cx *cx, void (*told)(void *ctx, const struct file_fault *f),
                             void *ctx, int64_t *checked, int64_t *wrong);

#endif
