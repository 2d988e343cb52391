/* SPDX-License-Identifier: Apache-2.0 */
/* The fixed texts of a workbook that we write. Private to src/proto. */
#ifndef PROTO_XLSX_STYLE_H
#define PROTO_XLSX_STYLE_H
#include "proto/xlsx_write.h"

enum { /* index in cellXfs of xlsx_styles; one digit each */
    XLSX_STYLE_TEXT = 1,
    XLSX_STYLE_NUMBER,
    XLSX_STYLE_DATE,
    XLSX_STYLE_INSTANT,
    XLSX_STYLE_MONEY,
    XLSX_STYLE_REASON,
    XLSX_STYLE_HEADING,
    XLSX_STYLE_REQUIRED,
};
int xlsx_style(enum xlsx_type type);

#define XLSX_XML "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define XLSX_MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define XLSX_RELATION "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define XLSX_PACKAGE "http://schemas.openxmlformats.org/package/2006"
#define XLSX_CONTENT "application/vnd.openxmlformats-officedocument.spreadsheetml."
#define XLSX_SHEET_HEAD XLSX_XML "<worksheet xmlns=\"" XLSX_MAIN "\">"
#define XLSX_BOOK_HEAD XLSX_XML "<workbook xmlns=\"" XLSX_MAIN "\" xmlns:r=\"" XLSX_RELATION "\"><bookViews><workbookView/></bookViews>"
#define XLSX_RELATIONS_HEAD XLSX_XML "<Relationships xmlns=\"" XLSX_PACKAGE "/relationships\">"
#define XLSX_TYPES_HEAD                                                                            \
    XLSX_XML "<Types xmlns=\"" XLSX_PACKAGE "/content-types\">"                                    \
             "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>" \
             "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"                        \
             "<Override PartName=\"/xl/workbook.xml\" ContentType=\"" XLSX_CONTENT "sheet.main+xml\"/>" \
             "<Override PartName=\"/xl/styles.xml\" ContentType=\"" XLSX_CONTENT "styles+xml\"/>"

extern const char xlsx_styles[], xlsx_root[];

#endif
