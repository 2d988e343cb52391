/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/xlsx_style.h"

int xlsx_style(enum xlsx_type type)
{
    static const int styles[] = {[XLSX_TEXT] = XLSX_STYLE_TEXT,       [XLSX_NUMBER] = XLSX_STYLE_NUMBER,
                                 [XLSX_DATE] = XLSX_STYLE_DATE,       [XLSX_INSTANT] = XLSX_STYLE_INSTANT,
                                 [XLSX_MONEY] = XLSX_STYLE_MONEY,     [XLSX_REASON] = XLSX_STYLE_REASON};
    return styles[type];
}

#define XF(number, font, fill, border, more)                                                       \
    "<xf numFmtId=\"" number "\" fontId=\"" font "\" fillId=\"" fill "\" borderId=\"" border            \
    "\" xfId=\"0\" applyNumberFormat=\"1\" applyFont=\"1\" applyFill=\"1\" applyBorder=\"1\""           \
    " applyAlignment=\"1\"><alignment vertical=\"center\"" more "/></xf>"

/* 49 is "@" (text), 4 is #,##0.00; our own formats begin at 164. */
const char xlsx_styles[] = XLSX_XML
    "<styleSheet xmlns=\"" XLSX_MAIN "\"><numFmts count=\"2\">"
    "<numFmt numFmtId=\"164\" formatCode=\"yyyy\\-mm\\-dd\"/>"
    "<numFmt numFmtId=\"165\" formatCode=\"yyyy\\-mm\\-dd\\ hh:mm\"/></numFmts>"
    "<fonts count=\"4\"><font><sz val=\"11\"/><name val=\"Calibri\"/><family val=\"2\"/></font>"
    "<font><sz val=\"11\"/><color rgb=\"FFC00000\"/><name val=\"Calibri\"/><family val=\"2\"/></font>"
    "<font><b/><sz val=\"11\"/><name val=\"Calibri\"/><family val=\"2\"/></font>"
    "<font><b/><sz val=\"11\"/><color rgb=\"FFC00000\"/><name val=\"Calibri\"/><family val=\"2\"/></font></fonts>"
    "<fills count=\"3\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill>"
    "<fill><patternFill patternType=\"solid\"><fgColor rgb=\"FFDDEBF7\"/><bgColor indexed=\"64\"/></patternFill></fill></fills>"
    "<borders count=\"2\"><border><left/><right/><top/><bottom/><diagonal/></border><border>"
    "<left style=\"thin\"><color rgb=\"FF808080\"/></left><right style=\"thin\"><color rgb=\"FF808080\"/></right>"
    "<top style=\"thin\"><color rgb=\"FF808080\"/></top><bottom style=\"thin\"><color rgb=\"FF808080\"/></bottom>"
    "<diagonal/></border></borders>"
    "<cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>"
    "<cellXfs count=\"9\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>"
    XF("49", "0", "0", "0", "") XF("0", "0", "0", "0", "") XF("164", "0", "0", "0", "") XF("165", "0", "0", "0", "")
    XF("4", "0", "0", "0", "") XF("49", "1", "0", "0", " wrapText=\"1\"")
    XF("49", "2", "2", "1", " horizontal=\"center\" wrapText=\"1\"")
    XF("49", "3", "2", "1", " horizontal=\"center\" wrapText=\"1\"")
    "</cellXfs><cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles></styleSheet>";

const char xlsx_root[] = XLSX_RELATIONS_HEAD
    "<Relationship Id=\"rId1\" Type=\"" XLSX_RELATION "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
