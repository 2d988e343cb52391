/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 as RFC 3629 (no surrogates, no overlong forms, up to U+10FFFF), and the repairs that
 * Chinese office data needs: full-width digits, ideographic blanks, GB18030 and UTF-16 input. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/rc.h"

bool utf8_valid(const char *s, size_t n);
size_t utf8_count(const char *s); /* code points; s must be valid */

/* Decodes one code point, moves *s behind it; 0 at the end. Bytes that are not UTF-8 give U+FFFD,
 * so a loop over any NUL-terminated text stays inside it. */
uint32_t utf8_next(const char **s);
size_t utf8_put(uint32_t cp, char out[4]); /* bytes written, 1..4 */

bool utf8_is_cjk(uint32_t cp); /* Han incl. extensions, kana, CJK marks: one token each in search */

/* Trims ASCII, no-break, zero-width and ideographic (U+3000) blanks at both ends and folds runs of
 * them inside to one space. A run of zero-width characters alone vanishes: pasted into a serial
 * number or a name it is noise, not a gap. */
char *utf8_tidy(struct arena *a, const char *s);

/* Full-width ASCII (U+FF01..FF5E) to ASCII, U+3000 to space: for numbers, codes and headings. */
char *utf8_narrow(struct arena *a, const char *s);

/* Text of unknown encoding to UTF-8: byte-order marks first (UTF-8, UTF-16LE/BE), then strict
 * UTF-8, then UTF-16 without a mark when NULs alternate, then GB18030 (superset of GBK).
 * *out_len excludes the NUL. *which is "utf-8", "utf-16le", "utf-16be" or "gb18030". */
MUST_USE enum rc utf8_from_any(struct arena *a, const char *data, size_t n, char **out,
                               size_t *out_len, const char **which, struct err *e);

/* UTF-8 to GB18030, for writing to old programs. Every code point is representable. */
MUST_USE enum rc utf8_to_gb18030(struct arena *a, const char *s, char **out, size_t *out_len,
                                 struct err *e);

#endif
