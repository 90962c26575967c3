"""The binary workbooks of Excel 2007 and later (MS-XLSB): a zip whose parts are records instead of XML.

    xl/workbook.bin   BrtBundleSh(name, relation) …          xl/styles.bin   BrtFont · BrtFill · BrtFmt · BrtXF
    xl/worksheets/sheet1.bin   BrtRowHdr · BrtCellIsst(column, style, number of a text) · … · BrtMergeCell

SheetJS writes short cells, which name no column, being the next one. Nobody else reads such a file here. Sections are
those of MS-XLSB.
"""

import struct
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from sanjin_xl.model.cellref import address
from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.attached import attached_to
from sanjin_xl.workbook.book import Book, Fact, Sheet
from sanjin_xl.workbook.cache import Cache
from sanjin_xl.workbook.cell_style import Style, make_style
from sanjin_xl.workbook.fonts import INDEXED, Font, veils
from sanjin_xl.workbook.limits import LIMITS, Limits
from sanjin_xl.workbook.package import Package
from sanjin_xl.workbook.records import (
    UNFILLED,
    Grid,
    Text,
    check_grids,
    number_of,
    wide_text,
)
from sanjin_xl.workbook.relationships import Relation, links_of
from sanjin_xl.workbook.tokens import XLSB, Formulas

_BOOK = "xl/workbook.bin"
_SHARED = {"sharedStrings": "xl/sharedStrings.bin", "styles": "xl/styles.bin"}  # where they usually are
_LONG, _DOUBLE = struct.Struct("<L"), struct.Struct("<d")
_COLUMN_STYLE = struct.Struct("<2L")
_STYLE_BITS = 0xFFFFFF
_AUTOMATIC, _BY_NUMBER, _RGB = 0, 1, 2
_THEME = 3
_THEME_COLORS = {0: "FFFFFF", 1: "000000"}  # ground and text of nearly every theme


def read_xlsb(package: Package, cache: Cache, limits: Limits = LIMITS) -> Book:
    """The book in an .xlsb; raises Refused."""
    try:
        return _read(package, cache, limits)
    except (struct.error, IndexError) as error:  # a record that is shorter than what it holds
        raise Refused("file-unreadable") from error


def _records(part: bytes) -> Iterator[tuple[int, bytes]]:
    """Every record (2.1.4) as its type and its body."""
    at, end = 0, len(part)
    while at < end:
        kind = part[at]
        at += 1
        if kind >= 0x80:
            kind = kind & 0x7F | (part[at] & 0x7F) << 7
            at += 1
        length = part[at]
        at += 1
        if length >= 0x80:
            length, at = _length(part, at, length & 0x7F)
        start, at = at, at + length
        if at > end:
            raise Refused("file-unreadable")
        yield kind, part[start:at]


def _length(part: bytes, at: int, low: int) -> tuple[int, int]:
    """A length of two to four bytes, seven bits in each, the lowest first, and where it ends."""
    for shift in (7, 14, 21):
        low |= (part[at] & 0x7F) << shift
        at += 1
        if part[at - 1] < 0x80:
            break
    return low, at


def _own_text(piece: bytes) -> str:
    return _text(piece, 0)[0]


def _text(body: bytes, at: int) -> tuple[str, int]:
    """A text after four bytes that count its characters (2.5.168), and where it ends."""
    end = at + 4 + 2 * _LONG.unpack_from(body, at)[0]
    if end > len(body):
        raise Refused("file-unreadable")
    return wide_text(body[at + 4 : end]), end


# ── the book ─────────────────────────────────────────────────────────────────────────────────────────────────────


class _SheetPart(NamedTuple):
    name: str
    visible: bool
    part: str


def _read(package: Package, cache: Cache, limits: Limits) -> Book:
    books = (one.part for one in links_of(package, "", cache, limits).values() if one.kind == "officeDocument")
    book = next(books, _BOOK)
    links = links_of(package, book, cache, limits)
    sheets_at, from_1904 = _sheet_parts(package.part(book), links)
    strings, styled = (_shared(package, links, kind) for kind in _SHARED)
    styles = _Styles(styled)
    texts = _texts(strings, styles, cache, limits)
    sheets: list[Sheet] = []
    margins: list[str] = []
    for name, visible, part in sheets_at:
        reader = _Worksheet(Grid(limits, styles.styles, from_1904), styles, texts, cache.lookup(_own_text))
        reader.read(package.part(part))
        _read_around(package, part, reader.grid, cache, limits)
        sheets.append(reader.grid.sheet(name, visible=visible))
        margins += reader.margins
        check_grids(sheets, limits)
    external = any(name.lower().startswith("xl/externallinks/") for name in package.names)
    return Book(sheets=tuple(sheets), margins=tuple(margins), external_links=external)


def _shared(package: Package, links: Mapping[str, Relation], kind: str) -> bytes:
    """The part of a kind that the sheets share, b"" where there is none."""
    part = next((one.part for one in links.values() if one.kind == kind), _SHARED[kind])
    return package.part(part) if part in package else b""


def _sheet_parts(book: bytes, links: Mapping[str, Relation]) -> tuple[list[_SheetPart], bool]:
    """The worksheets in the order of the book, and whether its days count from 1904."""
    found, from_1904 = [], False
    for kind, body in _records(book):
        if kind == 153:  # BrtWbProp
            from_1904 = bool(body[0] & 1)
        elif kind == 156:  # BrtBundleSh
            link, at = _text(body, 8)
            name, _ = _text(body, at)
            relation, target = links.get(link, ("", ""))
            if relation == "worksheet":
                found.append(_SheetPart(name, struct.unpack_from("<L", body)[0] == 0, target))
    if not found or len({one.name.casefold() for one in found}) < len(found):
        raise Refused("file-wiring", found="sheets")
    if len({one.part.lower() for one in found}) < len(found):
        raise Refused("file-wiring", found="sheets")
    return found, from_1904


def _texts(part: bytes, styles: "_Styles", cache: Cache, limits: Limits) -> list[Text]:
    plain = cache.lookup(_plain)
    items = (body for kind, body in _records(part) if kind == 19)  # BrtSSTItem
    texts = [_rich(body, styles) if body[0] & 1 else plain[body] for body in items]
    if len(texts) > limits.cells:
        raise Refused("file-too-many-cells", limit=limits.cells)
    return texts


def _plain(body: bytes) -> Text:
    return Text(_text(body, 1)[0])


def _rich(body: bytes, styles: "_Styles", at: int = 0) -> Text:
    """A text with the fonts of its parts (2.5.122)."""
    text, end = _text(body, at + 1)
    if not body[at] & 1:
        return Text(text)
    (count,) = struct.unpack_from("<L", body, end)
    runs = struct.iter_unpack("<2H", body[end + 4 : end + 4 + 4 * count])
    return Text(text, tuple((start, styles.font(font)) for start, font in runs))


class _Styles:
    """The fonts and the styles of the cells."""

    def __init__(self, part: bytes) -> None:
        self._fonts: list[Font] = []
        self._fills: list[str] = []
        self._crossed: list[bool] = []  # whether a border has a diagonal
        self._codes: dict[int, str] = {}
        self.styles: list[Style] = []
        self.conditional: list[bool] = []  # whether it strikes out, hides or rewrites what stands in a cell
        of_cells = False
        for kind, body in _records(part):
            if kind == 43:  # BrtFont
                self._fonts.append(_font(body))
            elif kind == 45:  # BrtFill
                self._fills.append(_fill(body))
            elif kind == 46:  # BrtBorder
                self._crossed.append(bool(body[0] & 3 and body[41]))
            elif kind == 44:  # BrtFmt
                self._codes[struct.unpack_from("<H", body)[0]] = _text(body, 2)[0]
            elif kind in (617, 618):  # BrtBeginCellXFs, BrtEndCellXFs
                of_cells = kind == 617
            elif kind == 47 and of_cells:  # BrtXF
                self.styles.append(self._style(body))
            elif kind == 507:  # BrtDXF
                self.conditional.append(_is_veil(body))

    def font(self, number: int) -> Font:
        return self._fonts[number] if number < len(self._fonts) else Font()

    def _style(self, body: bytes) -> Style:
        format, font, fill, border = struct.unpack_from("<2x4H", body)
        ground = self._fills[fill] if fill < len(self._fills) else ""
        crossed = border < len(self._crossed) and self._crossed[border]
        return make_style(self.font(font), ground, format, self._codes.get(format), crossed)


def _is_veil(body: bytes) -> bool:
    """Whether a conditional format, a list of properties (MS-XLS 2.5.283), strikes out, hides or rewrites."""
    at, properties = 6, dict[int, bytes]()
    while at + 4 <= len(body):
        kind, size = struct.unpack_from("<2H", body, at)
        properties[kind] = body[at + 4 : at + size]
        at += max(4, size)
    color, ground = (_color(properties[kind], 0) if kind in properties else "" for kind in (5, 2))
    code = properties.get(0x26, b"")[4:].decode("utf-16-le", "replace")
    font = Font(struck=properties.get(0x1D, b"\0")[0] == 1, color=color)
    return veils(font, ground, code)


def _fill(body: bytes) -> str:
    """The ground of a fill (2.4.660): its colour, or that it has a pattern."""
    (pattern,) = struct.unpack_from("<L", body)
    return "" if pattern in UNFILLED else _color(body, 4) or ("" if pattern == 1 else "pattern")


def _font(body: bytes) -> Font:
    height, flags = struct.unpack_from("<2H", body)
    return Font(_text(body, 21)[0], bool(flags & 8), height / 20, _color(body, 12))


def _color(body: bytes, at: int) -> str:
    """A colour (2.5.19) as RRGGBB; "" for the usual one, and for one of a theme that only the theme tells.

    Excel writes beside the number in a theme which colour that is.
    """
    kind, index, tint, red, green, blue = struct.unpack_from("<BBhBBBx", body, at)
    told, kind = kind & 1, kind >> 1
    if kind == _RGB or (kind == _THEME and told):
        return f"{red:02X}{green:02X}{blue:02X}"
    known = INDEXED if kind == _BY_NUMBER else _THEME_COLORS if kind == _THEME and not tint else {}
    return known.get(index, "")


# ── a sheet ──────────────────────────────────────────────────────────────────────────────────────────────────────


class _Worksheet:
    """The records of one sheet; the cells of a row name their column, short ones follow the cell before."""

    def __init__(self, grid: Grid, styles: _Styles, texts: list[Text], own_texts: Mapping[bytes, str]) -> None:
        self.grid = grid
        self._styles, self._texts, self._own_texts = styles, texts, own_texts
        self._row, self._column = 0, -1
        self._formulas = Formulas(grid, XLSB)
        self.margins: list[str] = []

    def read(self, part: bytes) -> None:
        for kind, body in _records(part):
            if 12 <= kind <= 18:
                self._column += 1
                _CELLS[kind - 11](self, _LONG.unpack_from(body)[0] & _STYLE_BITS, body, 4)
            elif 1 <= kind <= 11 or kind == 62:
                self._column, style = _COLUMN_STYLE.unpack_from(body)
                _CELLS[kind](self, style & _STYLE_BITS, body, 8)
                if 8 <= kind <= 11:
                    self._formula(body, 8 + _result_size(kind, body))
            elif reader := _AROUND.get(kind):
                reader(self, body)
        self._formulas.finish()

    def _formula(self, body: bytes, at: int) -> None:
        """A formula behind its result (2.5.97.4); of one that cells share the column of the first stands behind it."""
        tokens, more = _tokens(body, at + 2)
        row = _LONG.unpack_from(tokens, 1)[0] if len(tokens) == 5 else 0
        column = _LONG.unpack_from(more)[0] if len(more) == 4 else 0
        self._formulas.note((self._row, self._column), tokens, (row, column))

    def _shared_formula(self, body: bytes) -> None:
        """A formula that the cells of a range share, behind the first of these."""
        top, left = struct.unpack_from("<L4xL", body)
        self._formulas.share((top, left), _tokens(body, 16)[0])

    def _spread(self, body: bytes) -> None:
        """What a formula or a table fills (2.4.6, 2.4.820)."""
        top, bottom, left, right = struct.unpack_from("<4L", body)
        self.grid.fill_from(top, left, bottom, right)

    def _blank(self, style: int, body: bytes, at: int) -> None:
        self.grid.put_blank(self._row, self._column, style)

    def _coded(self, style: int, body: bytes, at: int) -> None:
        self.grid.put_number(self._row, self._column, style, number_of(*_LONG.unpack_from(body, at)))

    def _error(self, style: int, body: bytes, at: int) -> None:
        self.grid.put_error(self._row, self._column, body[at])

    def _truth(self, style: int, body: bytes, at: int) -> None:
        self.grid.put(self._row, self._column, bool(body[at]))

    def _number(self, style: int, body: bytes, at: int) -> None:
        self.grid.put_number(self._row, self._column, style, *_DOUBLE.unpack_from(body, at))

    def _own_text(self, style: int, body: bytes, at: int) -> None:
        end = at + 4 + 2 * _LONG.unpack_from(body, at)[0]
        if text := self._own_texts[body[at:end]]:
            self.grid.put_text(self._row, self._column, style, text)

    def _rich_text(self, style: int, body: bytes, at: int) -> None:
        self.grid.put_text(self._row, self._column, style, *_rich(body, self._styles, at))

    def _shared_text(self, style: int, body: bytes, at: int) -> None:
        (number,) = _LONG.unpack_from(body, at)
        if number >= len(self._texts):
            raise Refused("file-value", cell=address(self._row, self._column), found=str(number))
        self.grid.put_text(self._row, self._column, style, *self._texts[number])

    def _begin_row(self, body: bytes) -> None:
        self._row, _, height, flags = struct.unpack_from("<LLHxB", body)
        self._column = -1
        self.grid.size_row(self._row, height, hidden=bool(flags & 0x10))

    def _usual_sizes(self, body: bytes) -> None:
        (self.grid.usual_height,) = struct.unpack_from("<6xH", body)  # 2.4.855

    def _columns(self, body: bytes) -> None:
        first, last, width, _, flags = struct.unpack_from("<4LH", body)
        self.grid.size_columns(first, last, width, hidden=bool(flags & 1))

    def _merge(self, body: bytes) -> None:
        top, bottom, left, right = struct.unpack_from("<4L", body)
        self.grid.merge(top, left, bottom, right)

    def _condition(self, body: bytes) -> None:
        (number,) = struct.unpack_from("<8xL", body)
        if number < len(self._styles.conditional) and self._styles.conditional[number]:
            self.grid.unread |= {Fact.LOOKS}

    def _icons(self, body: bytes) -> None:
        self.grid.unread |= {Fact.LOOKS}

    def _bars(self, body: bytes) -> None:
        if not body[2]:  # which hide the values
            self.grid.unread |= {Fact.LOOKS}

    def _margins(self, body: bytes) -> None:
        """Headers and footers of odd, even and first pages (2.4.72), each with its length or with none at all."""
        at = 2
        while at + 4 <= len(body):
            if body[at : at + 4] == b"\xff\xff\xff\xff":
                at += 4
            else:
                found, at = _text(body, at)
                self.margins.append(found)

    def _protect(self, body: bytes) -> None:
        self.grid.protected = struct.unpack_from("<L", body, 2)[0] == 1


def _result_size(kind: int, body: bytes) -> int:
    """The bytes of the result of a formula: a text, a number, a truth value or an error."""
    return 4 + 2 * _LONG.unpack_from(body, 8)[0] if kind == 8 else 8 if kind == 9 else 1


def _tokens(body: bytes, at: int) -> tuple[bytes, bytes]:
    """The tokens of a formula and what some of them need more, each behind its length."""
    found = []
    for _ in range(2):
        length = _LONG.unpack_from(body, at)[0] if len(body) >= at + 4 else 0
        found.append(body[at + 4 : at + 4 + length])
        at += 4 + length
    return found[0], found[1]


_Reader = Callable[[_Worksheet, int, bytes, int], None]
_CELLS: Mapping[int, _Reader] = {
    1: _Worksheet._blank,
    2: _Worksheet._coded,
    3: _Worksheet._error,
    4: _Worksheet._truth,
    5: _Worksheet._number,
    6: _Worksheet._own_text,
    7: _Worksheet._shared_text,
    8: _Worksheet._own_text,  # from here on the results of formulas
    9: _Worksheet._number,
    10: _Worksheet._truth,
    11: _Worksheet._error,
    62: _Worksheet._rich_text,
}
_AROUND: Mapping[int, Callable[[_Worksheet, bytes], None]] = {
    0: _Worksheet._begin_row,
    60: _Worksheet._columns,
    176: _Worksheet._merge,
    426: _Worksheet._spread,
    427: _Worksheet._shared_formula,
    428: _Worksheet._spread,
    463: _Worksheet._condition,
    465: _Worksheet._icons,
    467: _Worksheet._bars,
    479: _Worksheet._margins,
    485: _Worksheet._usual_sizes,
    535: _Worksheet._protect,
}


# ── around a sheet ───────────────────────────────────────────────────────────────────────────────────────────────


def _read_around(package: Package, sheet: str, grid: Grid, cache: Cache, limits: Limits) -> None:
    """The comments of a sheet, and what lies over it, from the parts that its relationships name."""
    around = attached_to(package, sheet, b"", cache, limits, grid.edges)
    grid.unread |= around.unread
    grid.drawings += around.drawings
    links = links_of(package, sheet, cache, limits).values() if Fact.COMMENTS not in around.unread else ()
    try:
        for kind, part in links:
            if kind == "comments":
                grid.comments |= _comments(package.part(part))
    except (struct.error, IndexError, Refused):
        grid.unread |= {Fact.COMMENTS}
    grid.comments |= around.comments


def _comments(part: bytes) -> dict[str, str]:
    """Comments by address."""
    found, cell = {}, ""
    for kind, body in _records(part):
        if kind == 635:  # BrtBeginComment
            row, column = struct.unpack_from("<4xL4xL", body)
            cell = address(row, column)
        elif kind == 637:  # BrtCommentText
            found[cell] = _text(body, 1)[0]
    return found
