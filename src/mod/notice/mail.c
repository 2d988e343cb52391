/* SPDX-License-Identifier: Apache-2.0 */
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mod/notice/notice_int.h"

#define WORD 39 /* bytes of UTF-8 in one encoded word: "Subject: ", 12 and 52 of base64 stay below 76 (RFC 2047, 2) */
#define LINE 54 /* 72 characters of base64 */

static void base64(struct buf *out, const char *s, size_t n)
{
    unsigned char text[4 * (LINE / 3) + 4];
    EVP_EncodeBlock(text, (const unsigned char *)s, (int)n);
    buf_text_add(out, (const char *)text);
}

/* No code point is cut in two (RFC 2047, 5). */
static size_t word_end(const char *s)
{
    size_t n = strnlen(s, WORD);
    while (n && s[n] && ((unsigned char)s[n] & 0xc0) == 0x80)
        n--;
    return n;
}

static void header(struct buf *out, const char *name, const char *text)
{
    buf_printf(out, "%s:", name);
    while (*text) {
        size_t n = word_end(text);
        buf_text_add(out, " =?UTF-8?B?");
        base64(out, text, n);
        buf_text_add(out, text[n] ? "?=\r\n" : "?=");
        text += n;
    }
    buf_text_add(out, "\r\n");
}

static void date_header(struct buf *out, struct instant now)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t t = (time_t)((now.ms + 8 * HOUR_MS) / SECOND_MS);
    struct tm tm;
    gmtime_r(&t, &tm);
    buf_printf(out, "Date: %s, %02d %s %d %02d:%02d:%02d +0800\r\n", days[tm.tm_wday], tm.tm_mday,
               months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

void mail_text(struct buf *out, const char *from, const char *to, const char *subject,
               const char *body, const char *message_id, struct instant now)
{
    date_header(out, now);
    buf_printf(out, "From: <%s>\r\nTo: <%s>\r\nMessage-ID: <%s>\r\n", from, to, message_id);
    header(out, "Subject", subject);
    buf_text_add(out, "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                      "Content-Transfer-Encoding: base64\r\nAuto-Submitted: auto-generated\r\n\r\n");
    for (size_t left = strlen(body), n; left; body += n, left -= n) {
        n = left < LINE ? left : LINE;
        base64(out, body, n);
        buf_text_add(out, "\r\n");
    }
}
