/* SPDX-License-Identifier: Apache-2.0 */
/* One line per event on standard error, English: time, process, level, text. No secret, no body
 * of a request. Control characters are escaped, so one event cannot forge another. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

void log_name(const char *process); /* "web", "watch" ...: once at start */
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* For what cannot go on: logs and aborts; the supervisor starts the process again. */
_Noreturn void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
