/* SPDX-License-Identifier: Apache-2.0 */
/* Password hashing and the rules of SEC-02. */
#include <ctype.h>
#include <sodium.h>
#include <pthread.h>
#include <string.h>

#include "base/utf8.h"
#include "core/account.h"
#include "core/core_int.h"

#define HASHES_AT_ONCE 2 /* 64 MiB and one core each */
#define WAITING_MOST 4   /* more would take every worker of the web server away from the others */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t freed = PTHREAD_COND_INITIALIZER;
static int running, waiting;
static char dummy_hash[crypto_pwhash_STRBYTES];

static void start(void)
{
    if (sodium_init() < 0)
        die("libsodium does not start");
    if (crypto_pwhash_str(dummy_hash, "no account has this", 19, crypto_pwhash_OPSLIMIT_INTERACTIVE,
                          crypto_pwhash_MEMLIMIT_INTERACTIVE))
        die("argon2id needs 64 MiB of memory");
}

static enum rc take_slot(struct cx *cx)
{
    pthread_once(&once, start);
    pthread_mutex_lock(&mu);
    bool full = running == HASHES_AT_ONCE && waiting == WAITING_MOST;
    if (!full) {
        waiting++;
        while (running == HASHES_AT_ONCE)
            pthread_cond_wait(&freed, &mu);
        waiting--;
        running++;
    }
    pthread_mutex_unlock(&mu);
    return full ? FAIL(cx, RC_BUSY, NULL, "登录的人太多，请稍后再试", "too many logins at once, try again") : RC_OK;
}

static void give_slot(void)
{
    pthread_mutex_lock(&mu);
    running--;
    pthread_cond_signal(&freed);
    pthread_mutex_unlock(&mu);
}

int password_waiting(void)
{
    pthread_mutex_lock(&mu);
    int n = waiting;
    pthread_mutex_unlock(&mu);
    return n;
}

enum rc password_hash(struct cx *cx, const char *password, char out[PASSWORD_HASH])
{
    enum rc rc = take_slot(cx);
    if (rc)
        return rc;
    int bad = crypto_pwhash_str(out, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                crypto_pwhash_MEMLIMIT_INTERACTIVE);
    give_slot();
    return bad ? FAIL(cx, RC_BUSY, NULL, "内存不足，请稍后再试", "out of memory, try again") : RC_OK;
}

enum rc password_matches(struct cx *cx, const char *hash, const char *password, bool *out)
{
    *out = false;
    enum rc rc = take_slot(cx);
    if (rc)
        return rc;
    int bad = crypto_pwhash_str_verify(hash ? hash : dummy_hash, password, strlen(password));
    give_slot();
    *out = hash && !bad;
    return RC_OK;
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

/* Words that make a password easy whatever surrounds them; compared after folding, so that P@ssw0rd is
 * password. */
/* clang-format off */
static const char *const common[] = {
    "password", "passwd", "123456", "234567", "654321", "111111", "000000", "888888", "666666", "112233", "123123",
    "121212", "qwerty", "qwertz", "qazwsx", "1qaz2wsx", "asdfgh", "zxcvbn", "abc123", "abcdef", "abcd1234", "a1b2c3",
    "admin", "adminis", "root123", "letmein", "welcome", "iloveyou", "monkey", "dragon", "football", "master",
    "superman", "sunshine", "princess", "trustno", "changeme", "default", "guest", "login", "secret", "test123",
    "woaini", "wodemima", "mima123", "5201314", "1314520", "147258", "159357", "789456", "beijing", "zhongguo",
    "china123", "huawei", "hikvision", "dahua", "shouwang", "jiedao", "shequ"};
/* clang-format on */

/* Lower case; with one = 'i' or 'l' also the usual stand-ins back to letters, 1 being either. */
static void fold(const char *in, char *out, char one)
{
    static const char from[] = "03457@$!", to[] = "oeast" "asi";
    for (; *in; in++) {
        const char *at = one ? strchr(from, *in) : NULL;
        char plain = one && *in == '1' ? one : (char)tolower((unsigned char)*in);
        *out++ = at ? to[at - from] : plain;
    }
    *out = 0;
}

static const char *common_word(const char *password)
{
    static const char ones[] = {0, 'i', 'l'};
    char folded[160]; /* a password has at most 128 bytes */
    for (size_t way = 0; way < sizeof ones; way++) {
        fold(password, folded, ones[way]);
        for (size_t i = 0; i < sizeof common / sizeof *common; i++)
            if (strstr(folded, common[i]))
                return common[i];
    }
    return NULL;
}

enum rc password_allowed(struct cx *cx, const char *field, const char *login, const char *password,
                         bool admin)
{
    size_t bytes = strlen(password), least = admin ? 10 : 8;
    size_t n = utf8_valid(password, bytes) ? utf8_count(password) : bytes;
    if (n < least || bytes > 128)
        return FAIL(cx, RC_INVALID, field, "密码应为 {min} 到 128 个字符",
                    "the password needs {min} to 128 characters", "min", admin ? "10" : "8");
    if (classes(password) < 3)
        return FAIL(cx, RC_INVALID, field, "密码应包含大写、小写、数字、符号中的至少三种",
                    "use three of: upper case, lower case, digits, signs");
    if (strcasestr(password, login))
        return FAIL(cx, RC_INVALID, field, "密码不能包含登录名", "the password contains the login");
    const char *word = common_word(password);
    if (word)
        return FAIL(cx, RC_INVALID, field, "密码太常见（含“{word}”）",
                    "the password is too common (contains \"{word}\")", "word", word);
    return RC_OK;
}
