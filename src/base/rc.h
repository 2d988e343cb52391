/* SPDX-License-Identifier: Apache-2.0 */
/* Result codes and the one error text that travels with them.
 *
 * Every function that can fail returns enum rc; the text is set once, by fail(), where the fault
 * is known, and callers only pass the code up. Texts are {name} templates in Chinese and English.
 */
#ifndef BASE_RC_H
#define BASE_RC_H

#define MUST_USE __attribute__((warn_unused_result))

enum rc {
    RC_OK,
    RC_INVALID,      /* 400 the caller's input, err.field names it */
    RC_UNAUTHORIZED, /* 401 nobody is logged in */
    RC_DENIED,       /* 403 somebody is, but may not */
    RC_NOT_FOUND,    /* 404 or not visible to this reader */
    RC_CONFLICT,     /* 409 stale rev, wrong state, duplicate */
    RC_TOO_BIG,      /* 413 */
    RC_BUSY,         /* 503 try again (locked, full, too many) */
    RC_TIMEOUT,      /* 504 */
    RC_INTERNAL,     /* 500 ours */
};

struct err {
    enum rc rc;
    char field[64];
    char zh[512];
    char en[512];
};

/* Sets e (may be NULL) and returns rc. field may be NULL. The variable part is pairs
 * (const char *name, const char *value), closed by NULL; each {name} in zh and en is replaced. */
enum rc fail(struct err *e, enum rc rc, const char *field, const char *zh, const char *en, ...)
    __attribute__((sentinel));

/* "invalid", "not_found" ...: the JSON error code. Never NULL. */
const char *rc_word(enum rc rc);

/* HTTP status of a code: 200, 400, 401 ... */
int rc_status(enum rc rc);

#endif
