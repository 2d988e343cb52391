/* SPDX-License-Identifier: Apache-2.0 */
/* Password hashing and the rules of SEC-02. */
#include <ctype.h>
#include <semaphore.h>
#include <sodium.h>
#include <pthread.h>
#include <string.h>

#include "base/utf8.h"
#include "core/account.h"
#include "core/core_int.h"

#define HASHES_AT_ONCE 2 /* 64 MiB and one core each */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static sem_t slots;
static char dummy_hash[crypto_pwhash_STRBYTES];

static void start(void)
{
    if (sodium_init() < 0 || sem_init(&slots, 0, HASHES_AT_ONCE))
        die("libsodium does not start");
    if (crypto_pwhash_str(dummy_hash, "no account has this", 19, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                          crypto_pwhash_MEMLIMIT_INTERACTIVE))
        die("argon2id needs 64 MiB of memory");
}

static void take_slot(void)
{
    pthread_once(&once, start);
    while (sem_wait(&slots))
        ;
}

enum rc password_hash(struct cx *cx, const char *password, char out[PASSWORD_HASH])
{
    take_slot();
    int bad = crypto_pwhash_str(out, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                crypto_pwhash_MEMLIMIT_INTERACTIVE);
    sem_post(&slots);
    return bad ? FAIL(cx, RC_BUSY, NULL, "内存不足，请稍后再试", "out of memory, try again") : RC_OK;
}

bool password_matches(const char *hash, const char *password)
{
    take_slot();
    int bad = crypto_pwhash_str_verify(hash ? hash : dummy_hash, password, strlen(password));
    sem_post(&slots);
    return hash && !bad;
}

static int classes(const char *s)
{
    bool lower = false, upper = false, digit = false, other = false;
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        lower |= islower(c) != 0;
        upper |= isupper(c) != 0;
        digit |= isdigit(c) != 0;
        other |= !isalnum(c);
    }
    return lower + upper + digit + other;
}

/* Fragments that make a password easy whatever surrounds them. */
static const char *const common[] = {"password", "passw0rd", "123456", "qwerty", "abc123",
                                     "admin",    "letmein",  "111111", "000000", "shouwang"};

enum rc password_allowed(struct cx *cx, const char *login, const char *password, bool admin)
{
    size_t bytes = strlen(password), least = admin ? 10 : 8;
    size_t n = utf8_valid(password, bytes) ? utf8_count(password) : bytes;
    if (n < least || bytes > 128)
        return FAIL(cx, RC_INVALID, "new", "密码应为 {min} 到 128 个字符",
                    "the password needs {min} to 128 characters", "min", admin ? "10" : "8");
    if (classes(password) < 3)
        return FAIL(cx, RC_INVALID, "new", "密码应包含大写、小写、数字、符号中的至少三种",
                    "use three of: upper case, lower case, digits, signs");
    if (strcasestr(password, login))
        return FAIL(cx, RC_INVALID, "new", "密码不能包含登录名", "the password contains the login");
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        if (strcasestr(password, common[i]))
            return FAIL(cx, RC_INVALID, "new", "密码太常见（含“{word}”）",
                        "the password is too common (contains \"{word}\")", "word", common[i]);
    return RC_OK;
}
