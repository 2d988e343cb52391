/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/civil.h"
#include "base/utf8_int.h"

/* LINE stays under PIPE_BUF, so lines of several processes on one pipe never mix. */
enum { TEXT = 2000, LINE = 4000 };

static char process_name[16] = "shouwang";

void log_name(const char *process)
{
    snprintf(process_name, sizeof process_name, "%s", process);
}

struct line {
    char text[LINE];
    size_t len;
};

static void put(struct line *l, const char *s, size_t n)
{
    if (n < LINE - 1 - l->len) { /* one byte stays free for the line feed */
        memcpy(l->text + l->len, s, n);
        l->len += n;
    }
}

static bool is_control(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0x2028 || cp == 0x2029 ||
           (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069);
}

/* Escapes what a terminal or a line reader would obey, and bytes that are not UTF-8. */
static void put_escaped(struct line *l, const char *s, size_t n)
{
    while (n > 0) {
        uint32_t cp;
        size_t step;
        bool valid = utf8_step(s, n, &cp, &step);
        if (valid && !is_control(cp)) {
            put(l, s, step);
        } else {
            for (size_t i = 0; i < step; i++) {
                char hex[8];
                int len = snprintf(hex, sizeof hex, "\\x%02x", (unsigned)(unsigned char)s[i]);
                put(l, hex, (size_t)len);
            }
        }
        s += step;
        n -= step;
    }
}

static void write_all(const char *s, size_t n)
{
    while (n > 0) {
        ssize_t done = write(STDERR_FILENO, s, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return; /* nowhere left to complain */
        s += done;
        n -= (size_t)done;
    }
}

__attribute__((format(printf, 2, 0))) static void log_line(const char *level, const char *format,
                                                           va_list ap)
{
    int keep = errno;
    char text[TEXT], at[INSTANT_TEXT], head[96];
    int n = vsnprintf(text, sizeof text, format, ap);
    struct line l = {.len = 0};
    int head_n = snprintf(head, sizeof head, "%s %s[%d] %s: ", instant_text(instant_now(), at),
                          process_name, (int)getpid(), level);
    put(&l, head, (size_t)head_n);
    if (n < 0)
        put(&l, "(unprintable)", 13);
    else if ((size_t)n < sizeof text)
        put_escaped(&l, text, (size_t)n);
    else
        put_escaped(&l, text, utf8_cut(text, sizeof text - 1));
    if (n >= (int)sizeof text)
        put(&l, "...", 3);
    l.text[l.len++] = '\n';
    write_all(l.text, l.len);
    errno = keep;
}

#define LOG_FUNCTION(level)                                                                        \
    va_list ap;                                                                                    \
    va_start(ap, format);                                                                          \
    log_line(level, format, ap);                                                                   \
    va_end(ap)

void log_info(const char *format, ...)
{
    LOG_FUNCTION("info");
}

void log_warn(const char *format, ...)
{
    LOG_FUNCTION("warn");
}

void log_error(const char *format, ...)
{
    LOG_FUNCTION("error");
}

void die(const char *format, ...)
{
    LOG_FUNCTION("fatal");
    abort();
}
