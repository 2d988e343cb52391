/* SPDX-License-Identifier: Apache-2.0 */
/* Names what a file is that we cannot read, so that its owner knows what to do about it. */
#include <string.h>

#include "proto/sheet_int.h"

static const unsigned char cfb_magic[8] = {0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1};

enum { CFB_ENTRY = 128, CFB_NAME_LENGTH = 64 }; /* [MS-CFB] 2.6.1 */

/* Looks for a directory entry by name: entries are 128-byte records inside 512-byte sectors. */
static bool cfb_has(const unsigned char *data, size_t n, const char *name)
{
    size_t len = strlen(name);
    for (size_t at = 512; at + CFB_ENTRY <= n; at += CFB_ENTRY) {
        const unsigned char *p = data + at;
        if (p[CFB_NAME_LENGTH] != (len + 1) * 2 || p[CFB_NAME_LENGTH + 1] != 0)
            continue;
        size_t i = 0;
        while (i < len && p[2 * i] == (unsigned char)name[i] && p[2 * i + 1] == 0)
            i++;
        if (i == len)
            return true;
    }
    return false;
}

static enum rc fail_cfb(const unsigned char *data, size_t n, struct err *e)
{
    if (cfb_has(data, n, "EncryptedPackage"))
        return fail(e, RC_INVALID, "file",
                    "文件有密码保护。请先取消密码（文件 → 信息 → 保护工作簿），再另存为 .xlsx",
                    "the file is protected by a password; remove the password first (File > Info > "
                    "Protect Workbook) and save it as .xlsx",
                    NULL);
    if (cfb_has(data, n, "WordDocument"))
        return fail(e, RC_INVALID, "file", "这是 Word 文档，不是表格。请选择 .xlsx 或 .csv 文件",
                    "this is a Word document, not a spreadsheet; choose an .xlsx or .csv file",
                    NULL);
    return fail(e, RC_INVALID, "file",
                "这是旧版表格（.xls 或 WPS 的 .et）。请用 Excel 或 WPS 打开，另存为 .xlsx 再导入",
                "this is an old spreadsheet (.xls or WPS .et); open it in Excel or WPS and save it "
                "as .xlsx",
                NULL);
}

static enum rc fail_kind(const char *what, struct err *e)
{
    return fail(e, RC_INVALID, "file",
                "这不是表格文件（看上去是 {what}）。请选择 .xlsx 或 .csv 文件",
                "this is not a spreadsheet (it looks like {what}); choose an .xlsx or .csv file",
                "what", what, NULL);
}

/* "Excel files" of many web systems are HTML or XML with the ending .xls. */
static bool is_markup(const unsigned char *data, size_t n)
{
    static const char *const words[] = {"<html", "<!doctype", "<table", "<?xml", "<meta", "<head"};
    size_t i = n >= 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    while (i < n && (data[i] == ' ' || data[i] == '\r' || data[i] == '\n' || data[i] == '\t'))
        i++;
    for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
        size_t len = strlen(words[w]);
        if (n - i >= len && strncasecmp((const char *)data + i, words[w], len) == 0)
            return true;
    }
    return false;
}

enum rc sheet_sniff(const unsigned char *data, size_t n, struct err *e)
{
    static const struct {
        const char *magic;
        uint8_t len;
        const char *what;
    } kinds[] = {{"%PDF", 4, "PDF"},
                 {"\x89PNG", 4, "PNG"},
                 {"\xFF\xD8\xFF", 3, "JPEG"},
                 {"GIF8", 4, "GIF"},
                 {"Rar!", 4, "RAR"},
                 {"7z\xBC\xAF\x27\x1C", 6, "7z"},
                 {"\x1F\x8B", 2, "gzip"},
                 {"\x7F"
                  "ELF",
                  4, "ELF"},
                 {"MZ\x90", 3, "EXE"},
                 {"SQLite format 3", 15, "SQLite"},
                 {"{\\rtf", 5, "RTF"}};
    if (n >= sizeof cfb_magic && memcmp(data, cfb_magic, sizeof cfb_magic) == 0)
        return fail_cfb(data, n, e);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (n >= kinds[i].len && memcmp(data, kinds[i].magic, kinds[i].len) == 0)
            return fail_kind(kinds[i].what, e);
    if (is_markup(data, n))
        return fail(e, RC_INVALID, "file",
                    "这是网页或 XML 格式的表格（很多系统导出的 .xls 就是这种）。"
                    "请用 Excel 或 WPS 打开，另存为 .xlsx 再导入",
                    "this is a spreadsheet in HTML or XML form (many systems export it as .xls); "
                    "open it in Excel or WPS and save it as .xlsx",
                    NULL);
    return RC_OK;
}
