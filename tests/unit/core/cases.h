/* SPDX-License-Identifier: Apache-2.0 */
/* Cases of src/core: each runs on both databases. */
#ifndef TESTS_CORE_CASES_H
#define TESTS_CORE_CASES_H
#include "house.h"

void login_cases(struct cases *c);
void session_cases(struct cases *c);
void password_cases(struct cases *c);
void unit_cases(struct cases *c);
void file_cases(struct cases *c);
void security_cases(struct cases *c);
void evidence_cases(struct cases *c);

/* Password hashes checked so far and the settings of the last one, "$argon2id$v=19$m=...". */
extern int hashes_checked;
extern char hash_settings[64];
/* Between close and open every hash waits inside; wait: until n are. at_once: the most since close. */
void hash_gate_close(void);
void hash_gate_open(void);
void hash_gate_wait(int n);
extern int hashes_at_once;

#endif
