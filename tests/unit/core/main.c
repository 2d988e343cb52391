/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <stdio.h>

#include "cases.h"
#include "core/image.h"

int hashes_checked;
int hashes_at_once;
char hash_settings[64];

/* A closed gate holds every hash inside, so that a test sees how many there are. */
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t moved = PTHREAD_COND_INITIALIZER;
static bool closed;
static int inside;

void hash_gate_close(void)
{
    hashes_at_once = 0;
    closed = true;
}

void hash_gate_open(void)
{
    pthread_mutex_lock(&gate);
    closed = false;
    pthread_cond_broadcast(&moved);
    pthread_mutex_unlock(&gate);
}

void hash_gate_wait(int n)
{
    pthread_mutex_lock(&gate);
    while (inside < n)
        pthread_cond_wait(&moved, &gate);
    pthread_mutex_unlock(&gate);
}

static void pass_gate(int step)
{
    pthread_mutex_lock(&gate);
    inside += step;
    if (inside > hashes_at_once)
        hashes_at_once = inside;
    pthread_cond_broadcast(&moved);
    while (step > 0 && closed)
        pthread_cond_wait(&moved, &gate);
    pthread_mutex_unlock(&gate);
}

/* The linker puts this before libsodium's, see meson.build: the work of a login is counted. */
int __real_crypto_pwhash_str_verify(const char *str, const char *password, unsigned long long n);
int __wrap_crypto_pwhash_str_verify(const char *str, const char *password, unsigned long long n);
int __wrap_crypto_pwhash_str_verify(const char *str, const char *password, unsigned long long n)
{
    const char *salt = strrchr(str, '$');
    while (salt && salt > str && salt[-1] != '$')
        salt--;
    pass_gate(1);
    int bad = __real_crypto_pwhash_str_verify(str, password, n);
    pass_gate(-1);
    pthread_mutex_lock(&gate);
    hashes_checked++;
    (void)snprintf(hash_settings, sizeof hash_settings, "%.*s", salt ? (int)(salt - str) : 0, str);
    pthread_mutex_unlock(&gate);
    return bad;
}

/* An argument chooses cases: test_core '*idle*' */
int main(int argc, char **argv)
{
    static struct cases c;
    if (argc > 1 && !strcmp(argv[1], "image"))
        return image_main(); /* we are our own child, as the program is */
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    login_cases(&c);
    session_cases(&c);
    password_cases(&c);
    unit_cases(&c);
    file_cases(&c);
    security_cases(&c);
    evidence_cases(&c);
    return _cmocka_run_group_tests("core", c.tests, c.n, NULL, NULL);
}
