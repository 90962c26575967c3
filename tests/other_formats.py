"""Workbooks in .xls, .ods and .xlsb made by hand, cell by cell, so that each can hold what no program would write.

`of(data)` gives the cells of one of our own workbooks; `FORMATS` writes such cells in each of the formats.
"""

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from xml.sax.saxutils import escape
from zipfile import ZIP_STORED

from hostile import compound, packed

from sanjin_xl.model.cellref import address, place_of, serial_of
from sanjin_xl.workbook.reader import read_book


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What a cell holds and how it looks; `over`: the words of a text box that lies over it."""

    value: object = ""
    formula: bool = False
    error: bool = False
    struck: bool = False
    font: str = "宋体"
    white: bool = False
    note: str = ""
    over: str = ""
    rows: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A sheet: its cells by address, whether it is seen and locked, which rows and columns are hidden (from zero)."""

    cells: Mapping[str, Cell]
    visible: bool = True
    protected: bool = True
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()

    def lines(self) -> Iterator[tuple[int, list[tuple[int, Cell]]]]:
        """Every row with its cells, in order."""
        rows: dict[int, list[tuple[int, Cell]]] = {}
        for where, cell in self.cells.items():
            place = place_of(where)
            assert place
            rows.setdefault(place[0], []).append((place[1], cell))
        yield from ((row, sorted(rows[row], key=lambda one: one[0])) for row in sorted(rows))


Pages = Mapping[str, Page]
Writer = Callable[[Pages], bytes]


def of(data: bytes) -> dict[str, Page]:
    """The values of a workbook, and which of them are formulas."""
    return {
        sheet.name: Page(
            visible=sheet.visible,
            cells={
                address(row, column): Cell(value=value, formula=address(row, column) in sheet.hidden.formulas)
                for row, line in enumerate(sheet.rows)
                for column, value in enumerate(line)
                if value != ""
            },
        )
        for sheet in read_book(data).sheets
    }


def changed(pages: Pages, **cells: Cell) -> dict[str, Page]:
    """The same with other cells on the first sheet."""
    first, *others = pages
    page = replace(pages[first], cells={**pages[first].cells, **cells})
    return {first: page} | {name: pages[name] for name in others}


# ── .ods ─────────────────────────────────────────────────────────────────────────────────────────────────────────

ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_MANIFEST = b"<?xml version='1.0'?><m:manifest xmlns:m='urn:oasis:names:tc:opendocument:xmlns:manifest:1.0'/>"
_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{uri}:1.0"'
    for name, uri in (
        *((name, name) for name in ("office", "table", "text", "style")),
        ("draw", "drawing"),
        ("fo", "xsl-fo-compatible"),
    )
)
_ODS_SHEET = (
    "<style:style style:name='gone' style:family='table'><style:table-properties table:display='false'/></style:style>"
)


def ods_content(body: str, styles: str = "") -> bytes:
    """The part of an .ods from what stands in its body and its styles."""
    return (
        f"<?xml version='1.0' encoding='UTF-8'?><office:document-content {_SPACES}><office:automatic-styles>{styles}"
        f"</office:automatic-styles><office:body><office:spreadsheet>{body}</office:spreadsheet></office:body>"
        "</office:document-content>"
    ).encode()


def ods_file(content: bytes) -> bytes:
    return packed({"mimetype": ODS_TYPE, "META-INF/manifest.xml": _MANIFEST, "content.xml": content}, ZIP_STORED)


def ods(pages: Pages) -> bytes:
    looks: dict[str, str] = {}
    body = "".join(_ods_table(name, page, looks) for name, page in pages.items())
    return ods_file(ods_content(body, _ODS_SHEET + "".join(looks.values())))


def _ods_table(name: str, page: Page, looks: dict[str, str]) -> str:
    rows, below = [], 0
    for row, cells in page.lines():
        if row > below:
            rows.append(
                f'<table:table-row table:number-rows-repeated="{row - below}"><table:table-cell/></table:table-row>'
            )
        hidden = ' table:visibility="collapse"' * (row in page.hidden_rows)
        rows.append(f"<table:table-row{hidden}>{''.join(_ods_cells(name, row, cells, looks))}</table:table-row>")
        below = row + 1
    seen = {True: "", False: ' table:visibility="collapse"'}
    columns = "".join(f"<table:table-column{seen[n not in page.hidden_columns]}/>" for n in range(20))
    attributes = f' table:protected="{str(page.protected).lower()}"' + ' table:style-name="gone"' * (not page.visible)
    return f'<table:table table:name="{name}"{attributes}>{columns}{"".join(rows)}</table:table>'


def _ods_cells(sheet: str, row: int, cells: list[tuple[int, Cell]], looks: dict[str, str]) -> Iterator[str]:
    behind = 0
    for column, cell in cells:
        if column > behind:
            yield f'<table:table-cell table:number-columns-repeated="{column - behind}"/>'
        yield _ods_cell(f"{sheet}.{address(row, column)}", cell, looks)
        behind = column + 1


def _ods_cell(where: str, cell: Cell, looks: dict[str, str]) -> str:
    attributes = ' table:formula="of:=NOW()"' * cell.formula
    attributes += f' table:number-rows-spanned="{cell.rows}"' * (cell.rows > 1)
    if look := _ods_look(cell):
        name = f"ce{sum(map(ord, look))}"
        looks[name] = f'<style:style style:name="{name}" style:family="table-cell">{look}</style:style>'
        attributes += f' table:style-name="{name}"'
    kind, text = _ods_value(cell)
    inner = f"<office:annotation><text:p>{escape(cell.note)}</text:p></office:annotation>" if cell.note else ""
    if cell.over:
        box = f"<draw:text-box><text:p>{escape(cell.over)}</text:p></draw:text-box>"
        inner += f'<draw:frame table:end-cell-address="{where}">{box}</draw:frame>'
    inner += "".join(f"<text:p>{escape(line)}</text:p>" for line in text.split("\n")) if text else ""
    return f"<table:table-cell{attributes}{kind}>{inner}</table:table-cell>"


def _ods_value(cell: Cell) -> tuple[str, str]:
    value = cell.value
    if cell.error:
        return ' office:value-type="float" office:value="0"', "#N/A"
    if isinstance(value, bool):
        return f' office:value-type="boolean" office:boolean-value="{str(value).lower()}"', str(value).upper()
    if isinstance(value, float):
        return f' office:value-type="float" office:value="{value!r}"', f"{value:g}"
    if isinstance(value, date):
        return f' office:value-type="date" office:date-value="{value.isoformat()}"', value.isoformat()
    return ' office:value-type="string"' * (value != ""), str(value)


def _ods_look(cell: Cell) -> str:
    line = ' style:text-line-through-style="solid"' * cell.struck
    color = ' fo:color="#ffffff"' * cell.white
    font = f' fo:font-family="{cell.font}"' * (cell.font != "宋体")
    return f"<style:text-properties{line}{color}{font}/>" if line or color or font else ""


# ── what both kinds of records share ─────────────────────────────────────────────────────────────────────────────


def _looks(pages: Pages) -> list[tuple[bool, str, bool, bool]]:
    """The ways cells look: struck out, font, white, a day."""
    found = dict.fromkeys(_look(cell) for page in pages.values() for cell in page.cells.values())
    return [(False, "宋体", False, False), *found]


def _look(cell: Cell) -> tuple[bool, str, bool, bool]:
    return cell.struck, cell.font, cell.white, isinstance(cell.value, date)


def _number(value: object) -> float:
    return float(serial_of(value)) if isinstance(value, date) else float(str(value))


# ── .xls ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def record(kind: int, body: bytes = b"") -> bytes:
    """A record of an .xls."""
    return struct.pack("<2H", kind, len(body)) + body


def bof(kind: int) -> bytes:
    return record(0x809, struct.pack("<2H12x", 0x600, kind))


EOF = record(0x0A)


def text(value: str, count: str = "<HB") -> bytes:
    return struct.pack(count, len(value.encode("utf-16-le")) // 2, 1) + value.encode("utf-16-le")


def xls_stream(pages: Pages) -> bytes:
    looks = _looks(pages)
    head = bof(5) + b"".join(map(_xls_font, looks)) + record(0x41E, struct.pack("<H", 164) + text("yyyy-mm-dd"))
    head += b"".join(
        record(0xE0, struct.pack("<2H16x", number + (number > 3), 164 if look[3] else 0))
        for number, look in enumerate(looks)
    )
    sheets = [_xls_sheet(page, looks) for page in pages.values()]
    names = [text(name, "<BB") for name in pages]
    at = len(head) + sum(len(name) + 10 for name in names) + len(EOF)
    for page, name, sheet in zip(pages.values(), names, sheets, strict=True):
        head += record(0x85, struct.pack("<LBB", at, not page.visible, 0) + name)
        at += len(sheet)
    return head + EOF + b"".join(sheets)


def xls(pages: Pages) -> bytes:
    return compound({"Workbook": xls_stream(pages)})


def _xls_font(look: tuple[bool, str, bool, bool]) -> bytes:
    struck, font, white, _ = look
    return record(0x31, struct.pack("<3H8x", 220, 8 * struck, 9 if white else 0x7FFF) + text(font, "<BB"))


def _xls_sheet(page: Page, looks: list[tuple[bool, str, bool, bool]]) -> bytes:
    out = bof(16) + record(0x12, struct.pack("<H", page.protected))
    out += b"".join(record(0x7D, struct.pack("<5H", n, n, 2000, 0, 1)) for n in sorted(page.hidden_columns))
    out += b"".join(record(0x208, struct.pack("<H4xH4xL", row, 300, 0x20)) for row in sorted(page.hidden_rows))
    around = b""
    for row, cells in page.lines():
        for column, cell in cells:
            out += _xls_cell(struct.pack("<3H", row, column, looks.index(_look(cell))), cell)
            if cell.rows > 1:
                around += record(0xE5, struct.pack("<5H", 1, row, row + cell.rows - 1, column, column))
            around += _xls_over(row, column, cell)
    return out + around + EOF


def _xls_cell(place: bytes, cell: Cell) -> bytes:
    value, tail = cell.value, struct.pack("<H4xH", 0, 0)
    if cell.error and not cell.formula:
        return record(0x205, place + b"\x2a\x01")
    if cell.formula:
        if cell.error:
            return record(0x06, place + struct.pack("<BxB3xH", 2, 0x2A, 0xFFFF) + tail)
        if isinstance(value, str):
            empty = record(0x06, place + struct.pack("<BxB3xH", 0 if value else 3, 0, 0xFFFF) + tail)
            return empty + (record(0x207, text(value)) if value else b"")
        return record(0x06, place + struct.pack("<d", _number(value)) + tail)
    if isinstance(value, bool):
        return record(0x205, place + bytes([value, 0]))
    if isinstance(value, str):
        return record(0x204, place + text(value)) if value else record(0x201, place)
    return record(0x203, place + struct.pack("<d", _number(value)))


def _xls_over(row: int, column: int, cell: Cell) -> bytes:
    """A note, a text box, and their words."""
    out, number = b"", row * 256 + column + 1
    anchor = struct.pack("<2HL", 0, 0xF010, 18) + struct.pack("<9H", 0, column, 0, row, 0, column, 900, row, 200)
    for kind, words in ((0x19, cell.note), (0x06, cell.over)):
        if words:
            out += record(0xEC, anchor) + record(0x5D, struct.pack("<2H2H14x", 0x15, 18, kind, number))
            out += record(0x1B6, struct.pack("<10xH6x", len(words)))
            out += record(0x3C, b"\x01" + words.encode("utf-16-le")) + record(0x3C, bytes(16))
            out += record(0x1C, struct.pack("<4H", row, column, 0, number) + text("")) if kind == 0x19 else b""
            number += 0x4000
    return out


# ── .xlsb ────────────────────────────────────────────────────────────────────────────────────────────────────────

_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def binary(kind: int, body: bytes = b"") -> bytes:
    """A record of an .xlsb."""
    coded = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return coded + _varint(len(body)) + body


def _varint(value: int) -> bytes:
    return bytes([value]) if value < 0x80 else bytes([value & 0x7F | 0x80]) + _varint(value >> 7)


def wide(value: str) -> bytes:
    return struct.pack("<L", len(value.encode("utf-16-le")) // 2) + value.encode("utf-16-le")


def relationships(*links: tuple[str, str]) -> bytes:
    listed = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(links, 1)
    )
    return f'<?xml version="1.0"?><Relationships xmlns="{_PACKAGE}">{listed}</Relationships>'.encode()


def xlsb_parts(pages: Pages) -> dict[str, bytes]:
    looks = _looks(pages)
    count = len(pages)
    book = b"".join(
        binary(156, struct.pack("<2L", not page.visible, n) + wide(f"rId{n}") + wide(name))
        for n, (name, page) in enumerate(pages.items(), 1)
    )
    parts = {
        "[Content_Types].xml": b'<?xml version="1.0"?><Types/>',
        "_rels/.rels": relationships(("officeDocument", "xl/workbook.bin")),
        "xl/workbook.bin": book,
        "xl/_rels/workbook.bin.rels": relationships(
            *(("worksheet", f"worksheets/sheet{n + 1}.bin") for n in range(count))
        ),
        "xl/styles.bin": _xlsb_styles(looks),
    }
    for n, page in enumerate(pages.values(), 1):
        parts[f"xl/worksheets/sheet{n}.bin"] = _xlsb_sheet(page, looks)
        parts |= _xlsb_around(n, page)
    return parts


def xlsb(pages: Pages) -> bytes:
    return packed(xlsb_parts(pages))


def _xlsb_styles(looks: list[tuple[bool, str, bool, bool]]) -> bytes:
    out = binary(44, struct.pack("<H", 164) + wide("yyyy-mm-dd"))
    for struck, font, white, _ in looks:
        color = b"\x05\0\0\0\xff\xff\xff\xff" if white else bytes(8)
        out += binary(43, struct.pack("<2H8x", 220, 8 * struck) + color + b"\0" + wide(font))
    xfs = (binary(47, struct.pack("<5H6x", 0, 164 if look[3] else 0, n, 0, 0)) for n, look in enumerate(looks))
    return out + binary(617, struct.pack("<L", len(looks))) + b"".join(xfs) + binary(618)


def _xlsb_sheet(page: Page, looks: list[tuple[bool, str, bool, bool]]) -> bytes:
    out = b"".join(binary(60, struct.pack("<4LH", n, n, 2000, 0, 1)) for n in sorted(page.hidden_columns))
    around = binary(535, struct.pack("<HL", 0, 1)) if page.protected else b""
    for row, cells in page.lines():
        out += binary(0, struct.pack("<2LH2BB", row, 0, 300, 0, 0x10 * (row in page.hidden_rows), 0))
        for column, cell in cells:
            out += _xlsb_cell(struct.pack("<2L", column, looks.index(_look(cell))), cell)
            if cell.rows > 1:
                around += binary(176, struct.pack("<4L", row, row + cell.rows - 1, column, column))
    return out + around


def _xlsb_cell(place: bytes, cell: Cell) -> bytes:
    value, tail = cell.value, struct.pack("<H", 0) * cell.formula
    if cell.error:
        return binary(11 if cell.formula else 3, place + b"\x2a" + tail)
    if isinstance(value, bool):
        return binary(10 if cell.formula else 4, place + bytes([value]) + tail)
    if isinstance(value, str):
        filled = binary(8 if cell.formula else 6, place + wide(value) + tail)
        return filled if value or cell.formula else binary(1, place)
    return binary(9 if cell.formula else 5, place + struct.pack("<d", _number(value)) + tail)


def _xlsb_around(n: int, page: Page) -> dict[str, bytes]:
    """The notes and the text boxes of a sheet, in parts of their own."""
    noted = {place_of(where): cell.note for where, cell in page.cells.items() if cell.note}
    boxed = {place_of(where): cell.over for where, cell in page.cells.items() if cell.over}
    notes = b"".join(
        binary(635, struct.pack("<5L16x", 0, place[0], place[0], place[1], place[1])) + binary(637, b"\0" + wide(note))
        for place, note in noted.items()
        if place
    )
    links = [("comments", f"../comments{n}.bin")] * bool(noted) + [("drawing", f"../drawings/d{n}.xml")] * bool(boxed)
    parts = {f"xl/comments{n}.bin": notes} if noted else {}
    if boxed:
        parts[f"xl/drawings/d{n}.xml"] = _drawing(boxed)
    return parts | ({f"xl/worksheets/_rels/sheet{n}.bin.rels": relationships(*links)} if links else {})


def _drawing(boxed: Mapping[tuple[int, int] | None, str]) -> bytes:
    corner = "<x:{0}><x:col>{2}</x:col><x:colOff>0</x:colOff><x:row>{1}</x:row><x:rowOff>0</x:rowOff></x:{0}>"
    anchors = "".join(
        f"<x:twoCellAnchor>{corner.format('from', *place)}{corner.format('to', place[0] + 1, place[1] + 1)}<x:sp>"
        f'<x:nvSpPr><x:cNvPr id="2" name="b"/></x:nvSpPr><x:txBody><a:p><a:r><a:t>{words}</a:t></a:r></a:p></x:txBody>'
        "</x:sp></x:twoCellAnchor>"
        for place, words in boxed.items()
        if place
    )
    spaces = (
        'xmlns:x="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><x:wsDr {spaces}>{anchors}</x:wsDr>'.encode()


FORMATS: Mapping[str, Writer] = {"xls": xls, "ods": ods, "xlsb": xlsb}
