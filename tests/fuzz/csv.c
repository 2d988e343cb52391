/* SPDX-License-Identifier: Apache-2.0 */
/* link: proto base */
/* The .csv reader with its encodings, delimiters and quotes. */
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"
#include "proto/sheet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const struct sheet_limits limits = {.cell_bytes = 2000, .row_bytes = 20000};
    struct sheet_file *f;
    struct err e;
    const struct sheet_row *row;
    if (n > 1 << 20 || (n >= 2 && data[0] == 'P' && data[1] == 'K'))
        return 0;
    if (sheet_open_bytes(data, n, &limits, &f, &e) != RC_OK)
        return 0;
    int32_t last = 0;
    if (sheet_start(f, 0, 0, &e) == RC_OK) {
        while (sheet_next(f, &row, &e) == RC_OK && row) {
            if (row->number <= last)
                __builtin_trap();
            last = row->number;
            for (size_t c = 0; c < row->n; c++)
                if (!utf8_valid(row->cells[c].text, strlen(row->cells[c].text)))
                    __builtin_trap();
        }
    }
    sheet_close(f);
    return 0;
}
