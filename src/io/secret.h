/* SPDX-License-Identifier: Apache-2.0 */
/* Small secrets at rest (device passwords, SNMP keys): sealed with a key file in the data folder,
 * outside the database, so that a copy of the database alone opens nothing. The key (32 random
 * bytes, mode 0600) is made when first needed; a backup must keep it apart from the database.
 *
 * Sealed form: "v1:" and base64 of nonce and XChaCha20-Poly1305 ciphertext. context is bound into
 * it: a text sealed for one field does not open as another. */
#ifndef IO_SECRET_H
#define IO_SECRET_H
#include "base/arena.h"
#include "base/rc.h"

#define SECRET_MAX 4096 /* bytes of a clear text */

MUST_USE enum rc secret_seal(const char *data_dir, struct arena *a, const char *context,
                             const char *text, const char **out, struct err *e);
/* RC_CONFLICT when the key is not the one, or the text was changed. */
MUST_USE enum rc secret_open(const char *data_dir, struct arena *a, const char *context,
                             const char *sealed, const char **out, struct err *e);

#endif
