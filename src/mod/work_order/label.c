/* SPDX-License-Identifier: Apache-2.0 */
/* The words behind QR labels: 128 random bits, so that a label shows its own device and no other.
 */
#include <string.h>

#include "base/rand.h"
#include "mod/work_order/work_order.h"

#define TOKEN_BYTES 16

static enum rc stored_token(struct cx *cx, const char *kind, int64_t id, const char **out)
{
    struct db_rows *r;
    *out = NULL;
    enum rc rc =
        cx_db(cx, db_query(cx->db,
                           "SELECT token FROM qr_token WHERE kind = :kind AND record_id = :id"
                           " AND retired_at IS NULL",
                           BINDS(B_TEXT("kind", kind), B_INT("id", id)), &r));
    if (rc)
        return rc;
    if (db_next(r))
        *out = arena_strdup(cx->a, db_text(r, 0));
    return cx_db(cx, db_end(r));
}

enum rc qr_token(struct cx *cx, const char *kind, int64_t id, const char **out)
{
    char token[2 * TOKEN_BYTES + 1];
    enum rc rc = stored_token(cx, kind, id, out);
    if (rc || *out)
        return rc;
    rand_hex(token, TOKEN_BYTES);
    rc = cx_db(cx, db_run(cx->db,
                          "INSERT INTO qr_token (token, kind, record_id, made_at) VALUES (:token, "
                          ":kind, :id, :now)"
                          " ON CONFLICT DO NOTHING",
                          BINDS(B_TEXT("token", token), B_TEXT("kind", kind), B_INT("id", id),
                                B_INT("now", cx->now.ms)),
                          NULL));
    return rc ? rc : stored_token(cx, kind, id, out);
}

enum rc qr_find(struct cx *cx, const char *scanned, const char **kind, int64_t *id)
{
    struct db_rows *r;
    const char *slash = strrchr(scanned, '/');
    *kind = "";
    *id = 0;
    enum rc rc = cx_db(
        cx,
        db_query(cx->db,
                 "SELECT kind, record_id FROM qr_token WHERE token = :token AND retired_at IS NULL",
                 BINDS(B_TEXT("token", slash ? slash + 1 : scanned)), &r));
    if (rc)
        return rc;
    if (db_next(r)) {
        *kind = arena_strdup(cx->a, db_text(r, 0));
        *id = db_int(r, 1);
    }
    return cx_db(cx, db_end(r));
}
