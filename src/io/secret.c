/* SPDX-License-Identifier: Apache-2.0 */
#include "io/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/io_int.h"

#define KEY crypto_aead_xchacha20poly1305_ietf_KEYBYTES
#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG crypto_aead_xchacha20poly1305_ietf_ABYTES
#define PREFIX "v1:"

static enum rc no_key(struct err *e, const char *path)
{
    return fail(e, RC_INTERNAL, NULL, "密钥文件 {path} 不存在或不完整，已封存的密码打不开；请从备份恢复它",
                "the key file {path} is missing or cut: restore it from the backup", "path", path, NULL);
}

/* Two processes may need the first key at once: the one whose link() comes first wins, and both
 * read what is there. */
static enum rc make_key(const char *path, struct arena *a, struct err *e)
{
    unsigned char key[KEY];
    char *draft = arena_printf(a, "%s.XXXXXX", path);
    int fd = mkostemp(draft, O_CLOEXEC); /* mode 0600 */
    if (fd < 0)
        return io_fail(e, errno, "无法写入", "cannot write", path);
    randombytes_buf(key, sizeof key);
    bool good = write(fd, key, sizeof key) == (ssize_t)sizeof key && !fsync(fd);
    int number = errno;
    sodium_memzero(key, sizeof key);
    close(fd);
    if (good && link(draft, path) && errno != EEXIST) {
        number = errno;
        good = false;
    }
    unlink(draft);
    return good ? RC_OK : io_fail(e, number, "无法写入", "cannot write", path);
}

static enum rc read_key(const char *data_dir, struct arena *a, bool create, unsigned char key[KEY],
                        struct err *e)
{
    struct stat st;
    const char *path = arena_printf(a, "%s/secret.key", data_dir ? data_dir : ".");
    if (sodium_init() < 0)
        return fail(e, RC_INTERNAL, NULL, "加密库不可用", "libsodium does not start", NULL);
    if (create && access(path, F_OK) && errno == ENOENT) {
        enum rc rc = make_key(path, a, e);
        if (rc)
            return rc;
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return no_key(e, path);
    bool open_to_others = fstat(fd, &st) || (st.st_mode & 077);
    bool whole = read(fd, key, KEY) == (ssize_t)KEY;
    close(fd);
    if (open_to_others)
        return fail(e, RC_INTERNAL, NULL, "密钥文件 {path} 的权限应为 0600", "{path} must have mode 0600",
                    "path", path, NULL);
    return whole ? RC_OK : no_key(e, path);
}

enum rc secret_seal(const char *data_dir, struct arena *a, const char *context, const char *text,
                    const char **out, struct err *e)
{
    unsigned char key[KEY];
    size_t n = strlen(text);
    unsigned long long len = 0;
    if (n > SECRET_MAX)
        return fail(e, RC_TOO_BIG, NULL, "密码过长", "the secret is too long", NULL);
    enum rc rc = read_key(data_dir, a, true, key, e);
    if (rc)
        return rc;
    unsigned char *raw = arena_alloc(a, NONCE + n + TAG);
    randombytes_buf(raw, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(raw + NONCE, &len, (const unsigned char *)text, n,
                                               (const unsigned char *)context, strlen(context), NULL,
                                               raw, key);
    sodium_memzero(key, sizeof key);
    size_t room = sodium_base64_encoded_len(NONCE + n + TAG, sodium_base64_VARIANT_ORIGINAL);
    char *base64 = arena_alloc(a, room);
    sodium_bin2base64(base64, room, raw, NONCE + (size_t)len, sodium_base64_VARIANT_ORIGINAL);
    *out = arena_printf(a, PREFIX "%s", base64);
    return RC_OK;
}

static enum rc wrong(struct err *e)
{
    return fail(e, RC_CONFLICT, NULL, "封存的密码打不开：密钥不对，或内容被改动",
                "a sealed secret does not open: another key, or it was changed", NULL);
}

enum rc secret_open(const char *data_dir, struct arena *a, const char *context, const char *sealed,
                    const char **out, struct err *e)
{
    unsigned char key[KEY];
    size_t n = 0, room = strlen(sealed);
    unsigned char *raw = arena_alloc(a, room + 1);
    unsigned char *text = arena_alloc(a, room + 1);
    unsigned long long len = 0;
    if (strncmp(sealed, PREFIX, strlen(PREFIX)) ||
        sodium_base642bin(raw, room, sealed + strlen(PREFIX), room - strlen(PREFIX), NULL, &n, NULL,
                          sodium_base64_VARIANT_ORIGINAL) ||
        n < NONCE + TAG)
        return wrong(e);
    enum rc rc = read_key(data_dir, a, false, key, e);
    if (rc)
        return rc;
    int bad = crypto_aead_xchacha20poly1305_ietf_decrypt(
        text, &len, NULL, raw + NONCE, n - NONCE, (const unsigned char *)context, strlen(context),
        raw, key);
    sodium_memzero(key, sizeof key);
    if (bad)
        return wrong(e);
    text[len] = 0;
    *out = (const char *)text;
    return RC_OK;
}
