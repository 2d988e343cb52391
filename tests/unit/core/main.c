/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "cases.h"

int hashes_checked;
char hash_settings[64];

/* The linker puts this before libsodium's, see meson.build: the work of a login is counted. */
int __real_crypto_pwhash_str_verify(const char *str, const char *password, unsigned long long n);
int __wrap_crypto_pwhash_str_verify(const char *str, const char *password, unsigned long long n);
int __wrap_crypto_pwhash_str_verify(const char *str, const char *password, unsigned long long n)
{
    const char *salt = strrchr(str, '$');
    while (salt && salt > str && salt[-1] != '$')
        salt--;
    hashes_checked++;
    (void)snprintf(hash_settings, sizeof hash_settings, "%.*s", salt ? (int)(salt - str) : 0, str);
    return __real_crypto_pwhash_str_verify(str, password, n);
}

/* An argument chooses cases: test_core '*idle*' */
int main(int argc, char **argv)
{
    static struct cases c;
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    login_cases(&c);
    session_cases(&c);
    password_cases(&c);
    unit_cases(&c);
    file_cases(&c);
    return _cmocka_run_group_tests("core", c.tests, c.n, NULL, NULL);
}
