/* SPDX-License-Identifier: Apache-2.0 */
/* From what people typed into a cell to what a field holds. Pure; nothing is guessed: what is not
 * plainly one value is refused, and the caller names the cell to the user. */
#ifndef PROTO_CLEAN_H
#define PROTO_CLEAN_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/civil.h"
#include "base/rc.h"
#include "proto/sheet.h"

/* The text, tidied (utf8_tidy); "" when the cell is empty or blank. Line breaks inside stay when
 * keep_lines is set: notes have lines, names do not. */
char *clean_text(struct arena *a, const struct sheet_cell *c, bool keep_lines);

/* Also full-width digits, thousands separators (groups of three), a leading currency sign, a
 * trailing 元, and n%. */
MUST_USE bool clean_number(const struct sheet_cell *c, double *out);
/* The number times 10^digits, exact: clean_scaled(c, 2, &fen) for money in yuan. False too when
 * more decimals were written than fit. */
MUST_USE bool clean_scaled(const struct sheet_cell *c, int digits, int64_t *out);

/* A date cell, a serial (as number or text) between 1980 and 2100, or a text that
 * date_parse_loose() reads. A bare year (2019) is refused: as a serial it would mean 1905. */
MUST_USE bool clean_date(const struct sheet_cell *c, struct date *out);

#define CLEAN_MAC 18
/* AA-BB-CC-DD-EE-FF, aabb.ccdd.eeff, aabbccddeeff ... -> aa:bb:cc:dd:ee:ff */
MUST_USE bool clean_mac(const char *s, char out[CLEAN_MAC]);

#define CLEAN_IP 46
/* IPv4 (also 192.168.001.010 and 192。168。1。10, as decimal) or IPv6, in canonical form. */
MUST_USE bool clean_ip(const char *s, char out[CLEAN_IP]);

#endif
