/* SPDX-License-Identifier: Apache-2.0 */
/* Our tokenizer for FTS5, registered on every connection under the name "shouwang". */
#include "db/sqlite_int.h"
#include "db/tokens.h"

static int tokenizer_new(void *ctx, const char **args, int n, Fts5Tokenizer **out)
{
    static char the_only_one; /* it keeps no state */
    (void)ctx;
    (void)args;
    (void)n;
    *out = (Fts5Tokenizer *)&the_only_one;
    return SQLITE_OK;
}

static void tokenizer_delete(Fts5Tokenizer *t)
{
    (void)t;
}

static int tokenize(Fts5Tokenizer *t, void *ctx, int flags, const char *text, int n,
                    int (*found)(void *, int, const char *, int, int, int))
{
    struct token token;
    size_t at = 0;
    int code = SQLITE_OK;
    (void)t;
    (void)flags;
    while (code == SQLITE_OK && text && token_next(text, (size_t)n, &at, &token)) {
        code = found(ctx, 0, token.text, (int)token.n, (int)token.from, (int)token.to);
    }
    return code;
}

int lite_search_register(sqlite3 *conn)
{
    static fts5_tokenizer ours = {tokenizer_new, tokenizer_delete, tokenize};
    fts5_api *api = NULL;
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(conn, "SELECT fts5(?1)", -1, &s, NULL);
    if (code == SQLITE_OK) {
        sqlite3_bind_pointer(s, 1, (void *)&api, "fts5_api_ptr", NULL);
        (void)sqlite3_step(s);
        code = sqlite3_finalize(s);
    }
    if (code != SQLITE_OK || !api) {
        return code != SQLITE_OK ? code : SQLITE_ERROR;
    }
    return api->xCreateTokenizer(api, "shouwang", NULL, &ours, NULL);
}
