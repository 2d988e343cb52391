#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Spreadsheets for the tests, none of them from our own writer: openpyxl, zipfile and by hand."""
import datetime as dt
import os
import random
import struct
import sys
import zipfile

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904

os.chdir(sys.argv[1])
random.seed(28181)

MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
REL = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
PKG = 'http://schemas.openxmlformats.org/package/2006/relationships'
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def rels(pairs):
    items = ''.join(f'<Relationship Id="{i}" Type="{REL}/{t}" Target="{p}"/>' for i, t, p in pairs)
    return f'{HEAD}<Relationships xmlns="{PKG}">{items}</Relationships>'


def sheet(rows, after=''):
    return f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'


def strings(items):
    return f'{HEAD}<sst xmlns="{MAIN}">{items}</sst>'


def styles(formats, xfs):
    fmts = ''.join(f'<numFmt numFmtId="{i}" formatCode="{c}"/>' for i, c in formats)
    cells = ''.join(f'<xf numFmtId="{i}"/>' for i in xfs)
    return (f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts>{fmts}</numFmts>'
            f'<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>{cells}</cellXfs></styleSheet>')


def book(parts, n=1, props=''):
    names = ''.join(f'<sheet name="S{i}" sheetId="{i}" r:id="r{i}"/>' for i in range(1, n + 1))
    pairs = [(f'r{i}', 'worksheet', 'worksheets/sheet1.xml') for i in range(1, n + 1)]
    pairs += [('rs', 'sharedStrings', 'sharedStrings.xml'), ('rt', 'styles', 'styles.xml')]
    all_parts = {
        '_rels/.rels': rels([('r1', 'officeDocument', 'xl/workbook.xml')]),
        'xl/_rels/workbook.xml.rels': rels(pairs),
        'xl/workbook.xml': f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{REL}">{props}<sheets>{names}'
                           '</sheets></workbook>',
        'xl/worksheets/sheet1.xml': sheet('<row r="1"><c r="A1"><v>1</v></c></row>'),
    }
    all_parts.update(parts)
    return all_parts


def pack(name, parts, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(name, 'w', method) as z:
        for path, data in parts.items():
            if data is not None:
                z.writestr(path, data)


def simple(name, rows, after='', method=zipfile.ZIP_DEFLATED, **parts):
    pack(name, book({'xl/worksheets/sheet1.xml': sheet(rows, after),
                     **{k.replace('__', '/').replace('_xml', '.xml'): v for k, v in parts.items()}}),
         method)


def by_openpyxl():
    wb = openpyxl.Workbook()
    ws = wb.active
    ws.title = '数据'
    ws.append(['资产编号', 12, 12.5, -3, 1234567890123, True, False])
    ws.append([dt.date(2019, 3, 7), dt.datetime(2019, 3, 7, 17, 30), dt.time(8, 5), '#N/A',
               '=1+1'])
    ws.cell(4, 2, '=1+1').data_type = 's'
    ws.cell(4, 3, '110101199003071234')
    ws.cell(4, 4, '第一行\n第二行')
    ws.cell(4, 5, '  前后有空  ')
    for col, (value, code) in enumerate([
            (12, '000000'), (7, '"SN-"0000'), (1234567.5, '#,##0.00'), (0.256, '0.0%'),
            (43531, 'yyyy"年"m"月"d"日"'), (43531, '[$-804]yyyy年m月d日;@'), (1.5, '[h]:mm:ss'),
            (1020000300, '000-0000-0000'), (-5.5, '0.00_);[Red]\\(0.00\\)'), (43531.75, 'm/d/yy h:mm'),
            (12345.678, '¥#,##0.0'), (5, '0"台"'), (0.5, 'h"时"mm"分"'), (43531, '[DBNum1]yyyy年m月')], 1):
        ws.cell(6, col, value).number_format = code
    wb.create_sheet('藏起来').sheet_state = 'hidden'
    wb.create_sheet('最后')['A1'] = 'x'
    wb.save('types.xlsx')

    wb = openpyxl.Workbook()
    wb.epoch = CALENDAR_MAC_1904
    wb.active.append([dt.date(2019, 3, 7), 42069])
    wb.save('mac.xlsx')

    wb = openpyxl.Workbook()
    ws = wb.active
    for r, row in enumerate([['甲', '乙', '丙'], [1, 2, 3], [None, 5, 6], [7, None, None]], 1):
        for c, v in enumerate(row, 1):
            ws.cell(r, c, v)
    ws.merge_cells('A2:A3')
    ws.merge_cells('A4:C4')
    ws.merge_cells('A1:C1')
    wb.save('merged.xlsx')


def ledger():
    wb = openpyxl.Workbook()
    ws = wb.active
    ws.title = '填写说明'
    ws['A1'] = '请按模板填写'
    ws = wb.create_sheet('台账')
    ws['A1'] = '某街道办公设备台账（2026年）'
    ws.merge_cells('A1:H1')
    ws['A2'] = '单位：某街道'
    ws.append([])
    head = 4
    for col, text in enumerate(['序号', '固定资产 编号*', '设备信息', None, None, '使用地点', 'ＩＰ地址（必填）',
                                '启用日期'], 1):
        ws.cell(head, col, text)
    for col, text in {3: '名称', 4: '规格型号', 5: '出厂编号'}.items():
        ws.cell(head + 1, col, text)
    ws.merge_cells('C4:E4')
    for letter in 'ABFGH':
        ws.merge_cells(f'{letter}4:{letter}5')
    rows = [
        [1, 'BG-0001', '电脑', 'M-1', 'SN１', '一楼', '10.0.0.1', dt.date(2019, 3, 7)],
        [2, 'BG-0002', '打印机', 'P "2", x', None, None, '10.0.0.2', '2019.3.7'],
        [],
        [3, None, None, None, None, None, None, None],
        ['小计', None, None, None, None, None, None, 2],
        ['序号', '固定资产编号', None, None, None, '使用地点', None, '启用日期'],
        [4, 'BG-0003', '总计算机房主机', None, '=1+1', '二楼', None, 43531],
        [5, None, '没有编号的设备', None, None, '二楼', None, None],
        ['合  计', None, None, None, None, None, None, 3],
        ['备注：以上设备均已贴标签'],
        ['制表人：某某', None, None, None, '审核：某某'],
    ]
    for r, row in enumerate(rows, head + 2):
        for c, v in enumerate(row, 1):
            if v is not None:
                ws.cell(r, c, v)
                if v == '=1+1':
                    ws.cell(r, c).data_type = 's'
    ws.merge_cells('F6:F7')
    hidden = wb.create_sheet('旧台账', 0)
    hidden.append(['固定资产编号', '名称', '使用地点'])
    hidden.append(['OLD', 'x', 'y'])
    hidden.sheet_state = 'hidden'
    wb.save('ledger.xlsx')

    wb = openpyxl.Workbook()
    ws = wb.active
    ws.append(['设备', '主用', '主用', '备用', '位置', None, '名称', '资产名称', '面积'])
    ws.append(['编号', 'IP', 'MAC', 'IP', '楼层', '房间', None, None, None])
    ws.append(['A-1', '10.1.1.1', 'aa', '10.1.1.2', '1', '101', 'x', '真名', 7])
    for area in ('B1:C1', 'E1:F1', 'G1:G2', 'H1:H2', 'I1:I2'):
        ws.merge_cells(area)
    wb.save('groups.xlsx')


def by_hand():
    simple('rich.xlsx',
           '<row r="2" spans="1:9"><c r="A2" t="s"><v>0</v></c><c r="C2" t="s"><v>1</v></c>'
           '<c r="D2" t="s"><v>2</v></c><c r="E2" t="s"><v>3</v></c><c r="F2" t="s"><v>4</v></c>'
           '<c r="G2" t="inlineStr"><is><r><t>行</t></r><r><t>内</t></r><rPh sb="0" eb="1"><t>hang'
           '</t></rPh></is></c><c r="H2" t="str"><f>A2</f><v>结果</v></c>'
           '<c r="I2" t="str"><f>""</f><v></v></c><c r="J2"><f>2*3</f><v>6</v></c>'
           '<c r="K2" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="L2" t="b"><v>1</v></c></row>',
           xl__sharedStrings_xml=strings(
               '<si><r><rPr><b/></rPr><t>东</t></r><r><t xml:space="preserve"> 区</t></r>'
               '<rPh sb="0" eb="1"><t>dong</t></rPh><phoneticPr fontId="1"/></si>'
               '<si><t>一_x000D_\n二_x005F_x000D_三</t></si><si><t xml:space="preserve"> 留空 </t></si>'
               '<si><t>\n  去空\n</t></si><si><t>_xD842__xDFB7_&amp;&#x1F600;_x0002_</t></si>'))
    ns = 'http://purl.oclc.org/ooxml/spreadsheetml/main'
    rel = 'http://purl.oclc.org/ooxml/officeDocument/relationships'
    pack('strict.xlsx', {
        '_rels/.rels': f'<p:Relationships xmlns:p="{PKG}"><p:Relationship Id="a" '
                       f'Type="{rel}/officeDocument" Target="/book/wb.xml"/></p:Relationships>',
        'book/_rels/wb.xml.rels': f'<p:Relationships xmlns:p="{PKG}"><p:Relationship Id="b" '
                                  f'Type="{rel}/worksheet" Target="../one.xml"/></p:Relationships>',
        'book/wb.xml': f'<x:workbook xmlns:x="{ns}" xmlns:q="{rel}" conformance="strict"><x:sheets>'
                       '<x:sheet name="严格" sheetId="7" q:id="b"/></x:sheets></x:workbook>',
        'one.xml': f'<x:worksheet xmlns:x="{ns}"><x:sheetData><x:row r="3"><x:c r="B3" t="d">'
                   '<x:v>2019-03-07</x:v></x:c><x:c r="C3" t="d"><x:v>2019-03-07T17:30:00</x:v></x:c>'
                   '<x:c r="D3" t="inlineStr"><x:is><x:t>文</x:t></x:is></x:c></x:row></x:sheetData>'
                   '</x:worksheet>'})
    simple('sparse.xlsx', '<row><c><v>1</v></c><c/><c><v>3</v></c></row><row/><row><c r="D3"><v>4</v></c>'
           '<c><v>5</v></c></row><row r="1000"><c r="XFD1000" s="1"/><c r="A1000"><v>6</v></c></row>')
    ids = list(range(14, 23)) + list(range(27, 37)) + [45, 47] + list(range(50, 59))
    simple('builtin.xlsx', '<row r="1">' + ''.join(
        f'<c s="{i}"><v>43531.75</v></c>' for i in range(len(ids))) + '</row>',
        xl__styles_xml=styles([], ids))
    simple('epoch.xlsx', '<row r="1">' + ''.join(
        f'<c s="0"><v>{v}</v></c>' for v in (0, 1, 59, 60, 61, 0.25, -1, 2958465, 2958466, 43531.9999999))
        + '</row>', xl__styles_xml=styles([], [22]))
    codes = ['General', 'yyyy-mm-dd', '"d"0', '0\\d', '[$-F800]dddd', 'm"月"', 'mm:ss', 'h:mm AM/PM',
             'G/通用格式', '[Red]0', '@', '0.00E+00', '# ?/?', '上午/下午h"时"', '#', '0_ ', ';;;', '#,##0,',
             '[<100]0;0.0', 'ss.000', 'e"年"m"月"', '[mm]']
    simple('codes.xlsx', '<row r="1">' + ''.join(
        f'<c s="{i}"><v>1234.5</v></c>' for i in range(len(codes))) + '</row>',
        xl__styles_xml=styles([(200 + i, c.replace('&', '&amp;').replace('"', '&quot;').replace('<', '&lt;'))
                               for i, c in enumerate(codes)], [200 + i for i in range(len(codes))]))
    overlap = ''.join(f'<mergeCell ref="A1:ALL{2 + i}"/>' for i in range(3000))
    simple('overlap.xlsx', '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="B2"><v>2</v></c></row>',
           f'<mergeCells>{overlap}<mergeCell ref="nonsense"/><mergeCell ref="B9:A1"/></mergeCells>')
    simple('iso.xlsx', '<row r="1">' + ''.join(f'<c t="d"><v>{v}</v></c>' for v in (
        '2019-03-07T17:30:05.250Z', '08:05', '08:05:09', '2019-02-30', '2019-03-07T25:00', '8:05', '2019-03-07 '))
        + '</row>')
    simple('empty.xlsx', '')


def refused():
    pack('bomb.xlsx', book({'xl/worksheets/sheet1.xml': sheet(' ' * (300 << 20))}))
    with open('bomb.xlsx', 'rb') as f:
        data = bytearray(f.read())
    for magic, at in ((b'PK\x01\x02', 24), (b'PK\x03\x04', 22)):  # lie about the inflated size
        p = data.find(magic)
        while p >= 0:
            if struct.unpack_from('<I', data, p + at)[0] > 1 << 20:
                struct.pack_into('<I', data, p + at, 5000)
            p = data.find(magic, p + 4)
    with open('liar.xlsx', 'wb') as f:
        f.write(data)
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    body = sheet('<row r="1"><c t="inlineStr"><is><t>&b;</t></is></c></row>')[len(HEAD):]
    pack('laughs.xlsx', book({'xl/worksheets/sheet1.xml': laughs + body}))
    pack('dtd_strings.xlsx', book({'xl/sharedStrings.xml':
                                   '<!DOCTYPE sst SYSTEM "file:///etc/hostname"><sst/>'}))
    pack('dtd_rels.xlsx', book({'_rels/.rels': '<!DOCTYPE a><a/>'}))
    simple('deep.xlsx', '<a>' * 5000 + '</a>' * 5000)
    noise = ''.join(random.choices('abcdefghijklmnopqrstuvwxyz', k=4 << 20))
    simple('token.xlsx', f'<row r="1" x="{noise}"/>')
    simple('comment.xlsx', f'<!--{noise}-->')
    simple('longcell.xlsx', f'<row r="7"><c t="inlineStr"><is><t>{noise[:300000]}</t></is></c></row>')
    pack('longstring.xlsx', book({'xl/sharedStrings.xml': strings(f'<si><t>{noise[:300000]}</t></si>')}))
    cell = f'<c t="inlineStr"><is><t>{noise[:120000]}</t></is></c>'
    simple('longrow.xlsx', f'<row r="3">{cell * 40}</row>')
    simple('wide.xlsx', '<row r="2">' + '<c><v>1</v></c>' * 501 + '</row>')
    simple('tall.xlsx', '<row r="1048577"><c><v>1</v></c></row>')
    simple('backwards.xlsx', '<row r="2"><c><v>1</v></c></row><row r="1"><c><v>1</v></c></row>')
    simple('badindex.xlsx', '<row r="1"><c t="s"><v>99</v></c></row>')
    simple('broken.xlsx', '<row r="1"><c><v>1</v></row>')
    pack('many.xlsx', book({}, n=201))
    pack('entries.xlsx', book({f'xl/media/{i}.png': b'' for i in range(2100)}))
    pack('nosheet.xlsx', book({'xl/worksheets/sheet1.xml': None}))
    pack('nobook.xlsx', book({'xl/workbook.xml': None}))
    with open('types.xlsx', 'rb') as f:
        good = f.read()
    with open('cut.xlsx', 'wb') as f:
        f.write(good[:len(good) // 2])
    with zipfile.ZipFile('types.xlsx') as z:
        at = z.getinfo('xl/worksheets/sheet1.xml').header_offset
    flipped = bytearray(good)
    flipped[at + 120] ^= 0x55
    with open('flipped.xlsx', 'wb') as f:
        f.write(flipped)
    pack('writer.docx', {'[Content_Types].xml': '<a/>', 'word/document.xml': '<a/>'})
    pack('open.ods', {'mimetype': 'application/vnd.oasis.opendocument.spreadsheet', 'content.xml': '<a/>',
                      'META-INF/manifest.xml': '<a/>'})
    pack('binary.xlsb', {'[Content_Types].xml': '<a/>', 'xl/workbook.bin': b'x'})
    pack('some.zip', {'readme.txt': 'x'})

    def cfb(name, entry):
        raw = entry.encode('utf-16le')
        directory = ('Root Entry'.encode('utf-16le').ljust(64, b'\0') + struct.pack('<H', 22)).ljust(128, b'\0')
        directory += (raw.ljust(64, b'\0') + struct.pack('<H', len(raw) + 2)).ljust(128, b'\0')
        head = b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'.ljust(512, b'\0')
        with open(name, 'wb') as f:
            f.write(head + b'\0' * 512 + directory.ljust(512, b'\0'))
    cfb('password.xlsx', 'EncryptedPackage')
    cfb('old.xls', 'Workbook')
    cfb('old.doc', 'WordDocument')
    files = {'page.xls': b'\xef\xbb\xbf <html><table><tr><td>1', 'xml.xls': b'<?xml version="1.0"?><Workbook/>',
             'photo.jpg': b'\xff\xd8\xff\xe0' + b'\0' * 100, 'report.pdf': b'%PDF-1.7\n', 'nothing.csv': b'',
             'nul.csv': b'a,b\n1,\x002\n', 'noise.csv': bytes(range(1, 32)) * 40,
             'longline.csv': b'x' * (100 << 20), 'line.csv': b'x' * (40 << 20), 'longfield.csv': b'a,b\n' + b'y' * 300000 + b',1\n',
             'quotes.csv': b''.join(b'"%d,x\ny,z\n' % i for i in range(300)) + b'"' }
    files['widecsv.csv'] = b','.join([b'1'] * 501)
    for name, data in files.items():
        with open(name, 'wb') as f:
            f.write(data)


def csv():
    text = '资产编号,名称,备注\nA-1,摄像机,"含,逗号"\nA-2,"引""号","两\n行"\n'
    rare = text + 'A-3,𠮷㐂,龘\n'
    files = {
        'utf8.csv': rare.encode(), 'utf8bom.csv': b'\xef\xbb\xbf' + rare.encode(),
        'gbk.csv': text.encode('gbk'), 'gb18030.csv': rare.encode('gb18030'),
        'utf16.csv': b'\xff\xfe' + rare.encode('utf-16le'), 'utf16be.csv': b'\xfe\xff' + rare.encode('utf-16be'),
        'crlf.csv': b'a,b\r\n\r\n1,"x\r\ny"\r\n', 'cr.csv': b'a,b\r1,2\r', 'tab.txt': b'a\tb,c\n1\t2,3\n',
        'semi.csv': b'a;b\n1,5;2\n2,5;3\n', 'sep.csv': b'sep=|\r\na|b\r\n1,2|3\r\n',
        'stray.csv': b'a,b\n5" disk,"x"y\n"open,2\n"13 inch,3\n"ok",4\n',
        'wrapped.csv': b'no,name\n="0012","=""0034"""\n=1+1,"=1+1"\n', 'one.csv': b'a\nb\n\n c \n',
        'noend.csv': b'a,b\n1,2', 'dos.csv': b'a,b\r\n1,2\r\n\x1a',
    }
    for name, data in files.items():
        with open(name, 'wb') as f:
            f.write(data)


by_openpyxl()
ledger()
by_hand()
refused()
csv()
