"""The workbooks of Excel 97 to 2003 (MS-XLS): a stream of records, of which those are read that say something of cells.

    BOF · FONT FONT … · FORMAT … · XF XF … · BOUNDSHEET(name, where) … · SST(texts) · EOF
    BOF · ROW … · LABELSST(row, column, XF, number of a text) · FORMULA · … · MERGECELLS · NOTE · EOF, for each sheet

Nobody else reads such a file here, so that it means what is read; records that lead out of the stream, cells in two
places and sizes beyond the budgets are refused. Sections are those of MS-XLS.
"""

import struct
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from sanjin_xl.model.cellref import address
from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.book import Book, Drawing, DrawingKind, Fact, Range, Sheet
from sanjin_xl.workbook.fonts import INDEXED, Font, veils
from sanjin_xl.workbook.limits import LIMITS, Limits
from sanjin_xl.workbook.ole import open_compound
from sanjin_xl.workbook.records import (
    CHECKED,
    UNCHECKED,
    Grid,
    Style,
    Text,
    check_grids,
    make_style,
    number_of,
    odd_numbers,
    wide_text,
)
from sanjin_xl.workbook.tokens import XLS, Formulas

# Record types (2.3).
_BOF, _EOF, _CONTINUE = 0x809, 0x0A, 0x3C
_HEAD = struct.Struct("<2H")
_CELL = struct.Struct("<3H")  # row, column, style
_FIRST_CELL = struct.Struct("<x2H")  # of those that share a formula (2.5.198.58)
_GLOBALS, _WORKSHEET = 0x0005, 0x0010
_BIFF8 = 0x0600

_OWN_COLOURS = 8  # where the colours of a palette begin

_ANCHOR = b"\x00\x00\x10\xf0\x12\x00\x00\x00"  # the head of OfficeArtClientAnchorSheet (2.5.193)
_OBJECTS = {
    0x05: DrawingKind.OBJECT,
    0x08: DrawingKind.PICTURE,
    0x0B: DrawingKind.CHECK_BOX,
    0x0C: DrawingKind.CHECK_BOX,
}
_CONTROLS = (0x07, *range(0x0D, 0x14))  # buttons, lists and the like (2.5.143)
_NOTE_BOX, _DROPDOWN = 0x19, 0x14  # of a comment; of a filter or a list
_BOXES = (0x0B, 0x0C)
_BARS_AND_ICONS = (4, 6)  # they may stand in place of values
_PLAIN_NUMBERS = (0, 49)  # of the formats General and @
_STATES = 0x12, 0x0A  # FtCblsData (2.5.140); LibreOffice gives the state in FtCbls


class _Sheet(NamedTuple):
    name: str
    visible: bool
    offset: int


def read_xls(data: bytes, limits: Limits = LIMITS) -> Book:
    """The book in an .xls that is not encrypted; raises Refused."""
    stream = open_compound(data, limits).get("workbook", b"")
    if len(stream) > limits.part_bytes:
        raise Refused("file-too-large", found=len(stream), limit=limits.part_bytes)
    try:
        return _read(stream, limits)
    except (struct.error, IndexError) as error:  # a record that is shorter than what it holds
        raise Refused("file-unreadable") from error


def _read(stream: bytes, limits: Limits) -> Book:
    book = _Globals(limits)
    book.read(_records(stream, 0, _GLOBALS))
    sheets: list[Sheet] = []
    for name, visible, offset in book.sheets:
        sheet = _Worksheet(book, limits)
        sheet.read(_records(stream, offset, _WORKSHEET))
        sheets.append(sheet.grid.sheet(name, visible=visible))
        check_grids(sheets, limits)
    return Book(sheets=tuple(sheets), external_links=book.external_links)


def _records(stream: bytes, at: int, kind: int) -> Iterator[tuple[int, bytes]]:
    """The records of a part of the stream, but for those of charts in it; raises Refused if it is not of a kind."""
    depth, end = 0, len(stream)
    if stream[at : at + 2] != b"\x09\x08" or struct.unpack_from("<4x2H", stream, at) != (_BIFF8, kind):
        raise Refused("file-unreadable")
    unpack = _HEAD.unpack_from
    while at + 4 <= end:
        number, length = unpack(stream, at)
        start = at + 4
        at = start + length
        if at > end:
            break
        if number == _BOF:
            depth += 1
        elif number == _EOF:
            depth -= 1
            if not depth:
                return
        elif depth == 1:
            yield number, stream[start:at]
    raise Refused("file-cut-off")


# ── texts ────────────────────────────────────────────────────────────────────────────────────────────────────────

_WIDE, _PHONETIC, _RICH = 1, 4, 8
_COUNTED = struct.Struct("<HB")
_SHARED, _NUMBER = struct.Struct("<3HL"), struct.Struct("<3Hd")  # row, column, style, and what stands there


def _short(body: bytes, at: int) -> str:
    """A text after a byte that counts its characters and a byte of flags (2.5.240)."""
    count, flags = body[at], body[at + 1]
    return _characters(body, at + 2, count, flags)


def _text(body: bytes, at: int) -> str:
    """A text after two bytes that count its characters (2.5.294)."""
    count, flags = struct.unpack_from("<HB", body, at)
    return _characters(body, at + 3, count, flags)


def _characters(body: bytes, at: int, count: int, flags: int, errors: str = "replace") -> str:
    if flags & _WIDE:
        return wide_text(body[at : at + 2 * count], errors)
    return body[at : at + count].decode("latin-1")


def _fonts(runs: bytes, book: "_Globals") -> tuple[tuple[int, Font], ...]:
    """Where in a text which font begins (2.5.132); nothing where none of them is of consequence."""
    numbers = list(struct.iter_unpack("<2H", runs))
    if book.odd_fonts.isdisjoint(number for _, number in numbers):
        return ()
    return tuple((start, book.font(number)) for start, number in numbers)


class _Strings:
    """The shared texts (2.4.265), which may be cut anywhere by the end of a record."""

    def __init__(self, pieces: list[bytes], book: "_Globals") -> None:
        self._pieces, self._at, self._piece = iter(pieces), 0, b""
        self._book = book

    def read(self) -> list[Text]:
        self._piece = next(self._pieces)
        count, self._at = struct.unpack_from("<4xL", self._piece)[0], 8
        texts: list[Text] = []
        while len(texts) < count:
            if self._at >= len(self._piece) and not self._turn():
                break  # fewer than it says: who asks for the others finds none
            texts.append(self._one())
        return texts

    def _turn(self) -> bool:
        self._piece, self._at = next(self._pieces, b""), 0
        return bool(self._piece)

    def _one(self) -> Text:
        count, flags = _COUNTED.unpack_from(self._piece, self._at)
        self._at += 3
        end = self._at + count * (2 if flags & _WIDE else 1)
        if flags <= _WIDE and end <= len(self._piece):  # as nearly all are
            written = self._piece[self._at : end]
            text = wide_text(written) if flags else written.decode("latin-1")
            self._at = end
            return Text(text)
        runs = extra = 0
        if flags & _RICH:
            (runs,) = struct.unpack("<H", self._take(2))
        if flags & _PHONETIC:
            (extra,) = struct.unpack("<L", self._take(4))
        text = self._characters(count, flags)
        fonts = _fonts(self._take(4 * runs), self._book) if runs else ()
        if extra:
            self._take(extra)
        return Text(text, fonts)

    def _take(self, count: int) -> bytes:
        found = self._piece[self._at : self._at + count]
        self._at += count
        while len(found) < count:
            if not self._turn():
                raise Refused("file-cut-off")
            self._at = count - len(found)
            found += self._piece[: self._at]
        return found

    def _characters(self, count: int, flags: int) -> str:
        """So many characters; each record that they go on in begins with flags of its own."""
        text = ""
        while True:
            size = 2 if flags & _WIDE else 1
            here = min(count, (len(self._piece) - self._at) // size)
            text += _characters(self._piece, self._at, here, flags, "surrogatepass")
            self._at += here * size
            count -= here
            if not count:
                # Of a character in two parts each may have stood in another record.
                return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
            if not self._turn():
                raise Refused("file-cut-off")
            flags, self._at = self._piece[0], 1


# ── the book ─────────────────────────────────────────────────────────────────────────────────────────────────────


class _Globals:
    """What stands before the sheets: fonts, formats, styles, texts, and where the sheets begin."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._fonts: list[tuple[str, bool, int, int]] = []
        self._codes: dict[int, str] = {}
        self._styles: list[tuple[int, int, int, int, bool]] = []
        self._palette = dict(INDEXED)
        self._strings: list[bytes] = []
        self.sheets: list[_Sheet] = []
        self.texts: list[Text] = []
        self.styles: list[Style] = []
        self.odd_fonts: frozenset[int] = frozenset()
        self.from_1904 = self.external_links = False

    def read(self, records: Iterator[tuple[int, bytes]]) -> None:
        last = 0
        for kind, body in records:
            if kind == _CONTINUE and last == _SST:
                self._strings.append(body)
            elif kind != _CONTINUE:
                last = kind
                if reader := _IN_GLOBALS.get(kind):
                    reader(self, body)
        self.styles = [self._style(*one) for one in self._styles]
        numbers = range(len(self._fonts) + 1)
        self.odd_fonts = odd_numbers(zip(numbers, map(self.font, numbers), strict=True), self.styles)
        self.texts = _Strings(self._strings, self).read() if self._strings else []
        if not self.sheets or len({one.name.casefold() for one in self.sheets}) < len(self.sheets):
            raise Refused("file-wiring", found="sheets")

    def is_veil(self, change: bytes) -> bool:
        """Whether a conditional format (DXFN, 2.5.90) strikes out, hides or rewrites what stands in a cell."""
        parts, more = struct.unpack_from("<LH", change)
        at, code, font, fill = 6, "", Font(), ""
        if parts & 1 << 25:  # a number format, with its code or by its number
            code = _text(change, at + 2) if more & 1 else "" if change[at + 1] in _PLAIN_NUMBERS else "?"
            at += struct.unpack_from("<H", change, at)[0] if more & 1 else 2
        if parts & 1 << 26:
            flags, color, unchanged = struct.unpack_from("<68xL8xL4xL", change, at)
            font = Font(struck=bool(flags & ~unchanged & 0x80), color=self._palette.get(color, ""))
            at += 118
        if parts & 1 << 29:
            at += 8 * (parts >> 27 & 1) + 8 * (parts >> 28 & 1)
            pattern, colors = struct.unpack_from("<2H", change, at)
            fill = self._palette.get(colors >> 7 & 0x7F, "") or "?" if pattern >> 10 or not parts & 1 << 18 else ""
        return veils(font, fill, code)

    def font(self, number: int) -> Font:
        """A font by its number: there is none with the number 4 (2.5.129)."""
        at = number - (number > 4)
        if at >= len(self._fonts):
            return Font()
        name, struck, height, color = self._fonts[at]
        return Font(name, struck, height / 20, self._palette.get(color, ""))

    def _style(self, font: int, format: int, pattern: int, ground: int, crossed: bool) -> Style:
        fill = self._palette.get(ground & 0x7F, f"#{ground & 0x7F}") if pattern == 1 else ""
        return make_style(self.font(font), fill, format, self._codes.get(format), crossed)

    def _add_font(self, body: bytes) -> None:
        height, flags, color = struct.unpack_from("<3H", body)
        self._fonts.append((_short(body, 14), bool(flags & 8), height, color))

    def _add_format(self, body: bytes) -> None:
        self._codes[struct.unpack_from("<H", body)[0]] = _text(body, 2)

    def _add_style(self, body: bytes) -> None:
        font, format, diagonals, border, ground = struct.unpack_from("<2H6x2LH", body)
        crossed = bool(diagonals >> 30 and border >> 21 & 0xF)
        self._styles.append((font, format, border >> 26, ground, crossed))

    def _add_palette(self, body: bytes) -> None:
        colors = [body[at : at + 3].hex().upper() for at in range(2, len(body) - 3, 4)]
        self._palette |= dict(enumerate(colors, _OWN_COLOURS))

    def _add_sheet(self, body: bytes) -> None:
        offset, state, kind = struct.unpack_from("<LBB", body)
        if kind == 0:
            self.sheets.append(_Sheet(_short(body, 6), state & 3 == 0, offset))

    def _add_strings(self, body: bytes) -> None:
        self._strings = [body]

    def _count_from_1904(self, body: bytes) -> None:
        self.from_1904 = body[:1] == b"\x01"

    def _add_book(self, body: bytes) -> None:
        """Another workbook, or this one itself, or one of functions (2.4.271)."""
        self.external_links |= struct.unpack_from("<2xH", body)[0] not in (0x0401, 0x3A01)


_SST = 0xFC
_IN_GLOBALS: Mapping[int, Callable[[_Globals, bytes], None]] = {
    0x31: _Globals._add_font,
    0x41E: _Globals._add_format,
    0xE0: _Globals._add_style,
    0x92: _Globals._add_palette,
    0x85: _Globals._add_sheet,
    _SST: _Globals._add_strings,
    0x22: _Globals._count_from_1904,
    0x1AE: _Globals._add_book,
}


# ── a sheet ──────────────────────────────────────────────────────────────────────────────────────────────────────


class _Object(NamedTuple):
    """A drawing until its text is known."""

    kind: DrawingKind | None
    area: Range | None
    box: str


class _Worksheet:
    """The records of one sheet."""

    def __init__(self, book: _Globals, limits: Limits) -> None:
        self._texts, self._book = book.texts, book
        self.grid = Grid(limits, book.styles, book.from_1904)
        self._formula: tuple[int, int, int] | None = None  # a cell whose text is in the record that follows
        self._formulas = Formulas(self.grid, XLS)
        self._art = b""
        self._objects: dict[int, _Object] = {}
        self._words: dict[int, str] = {}
        self._object = self._left = 0
        self._notes: list[tuple[str, int]] = []

    def read(self, records: Iterator[tuple[int, bytes]]) -> None:
        last = 0
        for kind, body in records:
            reader = _IN_SHEET.get(kind)
            if reader:
                reader(self, body)
            elif kind == _CONTINUE and last == _DRAWING:
                self._add_art(body)
            elif kind == _CONTINUE and self._left:
                self._add_words(body)
            last = last if kind == _CONTINUE else kind
        self._formulas.finish()
        self.grid.comments = {cell: self._words.get(number, "") for cell, number in self._notes}
        self.grid.drawings = [
            Drawing(one.kind, one.area, one.box + self._words.get(number, ""))
            for number, one in self._objects.items()
            if one.kind
        ]

    # ── cells ──

    def _blank(self, body: bytes) -> None:
        self.grid.put_blank(*_CELL.unpack_from(body))

    def _blanks(self, body: bytes) -> None:
        row, column = struct.unpack_from("<2H", body)
        for n, (style,) in enumerate(struct.iter_unpack("<H", body[4 : len(body) - len(body) % 2 - 2])):
            self.grid.put_blank(row, column + n, style)

    def _number(self, body: bytes) -> None:
        row, column, style, number = _NUMBER.unpack_from(body)
        self.grid.put_number(row, column, style, number)

    def _coded(self, body: bytes) -> None:
        row, column, style, coded = _SHARED.unpack_from(body)
        self.grid.put_number(row, column, style, number_of(coded))

    def _several_coded(self, body: bytes) -> None:
        row, column = struct.unpack_from("<2H", body)
        for style, coded in struct.iter_unpack("<HL", body[4:-2]):
            self.grid.put_number(row, column, style, number_of(coded))
            column += 1

    def _shared_text(self, body: bytes) -> None:
        row, column, style, number = _SHARED.unpack_from(body)
        if number >= len(self._texts):
            raise Refused("file-value", cell=address(row, column), found=str(number))
        self.grid.put_text(row, column, style, self._texts[number])

    def _own_text(self, body: bytes) -> None:
        row, column, style = _CELL.unpack_from(body)
        self.grid.put_text(row, column, style, Text(_text(body, 6)))

    def _rich_text(self, body: bytes) -> None:
        row, column, style = _CELL.unpack_from(body)
        count, flags = struct.unpack_from("<HB", body, 6)
        text = _characters(body, 9, count, flags)
        at = 9 + count * (2 if flags & _WIDE else 1)
        (runs,) = struct.unpack_from("<H", body, at)
        fonts = _fonts(body[at + 2 : at + 2 + 4 * runs], self._book)
        self.grid.put_text(row, column, style, Text(text, fonts))

    def _truth_or_error(self, body: bytes) -> None:
        row, column, _, value, is_error = struct.unpack_from("<3HBB", body)
        if is_error:
            self.grid.put_error(row, column, value)
        else:
            self.grid.put(row, column, bool(value))

    def _formula_result(self, body: bytes) -> None:
        row, column, style = _CELL.unpack_from(body)
        self._formula = None
        (length,) = struct.unpack_from("<20xH", body)
        tokens = body[22 : 22 + length]
        self._formulas.note((row, column), tokens, _FIRST_CELL.unpack(tokens) if length == _FIRST_CELL.size else (0, 0))
        kind, value, mark = struct.unpack_from("<BxB3xH", body, 6)
        if mark != 0xFFFF:
            self.grid.put_number(row, column, style, *struct.unpack_from("<d", body, 6))
        elif kind == 0:
            self._formula = row, column, style
        elif kind == 1:
            self.grid.put(row, column, bool(value))
        elif kind == 2:
            self.grid.put_error(row, column, value)

    def _shared_formula(self, body: bytes) -> None:
        """A formula that the cells of a range share, behind the first of these (2.4.277)."""
        top, left, length = struct.unpack_from("<H2xBx2xH", body)
        self._formulas.share((top, left), body[10 : 10 + length])

    def _formula_text(self, body: bytes) -> None:
        if self._formula:
            self.grid.put_text(*self._formula, Text(_text(body, 0)))
            self._formula = None

    # ── around the cells ──

    def _row(self, body: bytes) -> None:
        row, height, flags = struct.unpack_from("<H4xH4xH", body)
        self.grid.size_row(row, height & 0x7FFF, hidden=bool(flags & 0x20))

    def _columns(self, body: bytes) -> None:
        first, last, width, _, flags = struct.unpack_from("<5H", body)
        self.grid.size_columns(first, last, width, hidden=bool(flags & 1))

    def _merges(self, body: bytes) -> None:
        for top, bottom, left, right in struct.iter_unpack("<4H", body[2 : len(body) - (len(body) - 2) % 8]):
            self.grid.merge(top, left, bottom, right)

    def _condition(self, body: bytes) -> None:
        if self._book.is_veil(body[6:]):
            self.grid.unread |= {Fact.LOOKS}

    def _later_condition(self, body: bytes) -> None:
        """A condition of Excel 2007 (2.4.43): bars and icons, or a format as before."""
        kind, size = struct.unpack_from("<12xB5xL", body)
        if kind in _BARS_AND_ICONS or (size and self._book.is_veil(body[22:])):
            self.grid.unread |= {Fact.LOOKS}

    def _protect(self, body: bytes) -> None:
        self.grid.protected = body[:1] == b"\x01"

    # ── over the cells ──

    def _add_art(self, body: bytes) -> None:
        self._art += body

    def _add_object(self, body: bytes) -> None:
        kind, number = struct.unpack_from("<4x2H", body)
        at = self._art.rfind(_ANCHOR)
        area = _area(self._art, at + len(_ANCHOR)) if at >= 0 else None
        self._art = self._art[max(at, 0) :]  # a group has one anchor for all that is in it
        self._object = number
        if kind in (_NOTE_BOX, _DROPDOWN):
            self._objects[number] = _Object(None, area, "")
        else:
            box = (CHECKED if _is_ticked(body) else UNCHECKED) if kind in _BOXES else ""
            usual = DrawingKind.CHECK_BOX if kind in _CONTROLS else DrawingKind.SHAPE
            self._objects[number] = _Object(_OBJECTS.get(kind, usual), area, box)

    def _expect_words(self, body: bytes) -> None:
        (self._left,) = struct.unpack_from("<10xH", body)

    def _add_words(self, body: bytes) -> None:
        text = _characters(body, 1, self._left, body[0])
        self._left -= min(self._left, (len(body) - 1) // (2 if body[0] & _WIDE else 1))
        self._words[self._object] = self._words.get(self._object, "") + text

    def _note(self, body: bytes) -> None:
        row, column, _, number = struct.unpack_from("<4H", body)
        self._notes.append((address(row, column), number))


def _is_ticked(body: bytes) -> bool:
    at, states = 22, dict[int, int]()  # behind FtCmo
    while at + 6 <= len(body):
        kind, length, value = struct.unpack_from("<3H", body, at)
        states.setdefault(kind, value)
        at += 4 + length
    return bool(next((states[kind] for kind in _STATES if kind in states), 0))


def _area(art: bytes, at: int) -> Range:
    """The cells under a drawing, but for those of which it covers less than a quarter (2.5.193)."""
    left, from_left, top, from_top, right, to_right, bottom, to_bottom = struct.unpack_from("<2x8H", art, at)
    left, right = _side(left, from_left, right, to_right, 1024)
    top, bottom = _side(top, from_top, bottom, to_bottom, 256)
    return top, left, bottom, right


def _side(first: int, into: int, last: int, until: int, whole: int) -> tuple[int, int]:
    first += first < last and into * 4 > whole * 3
    return first, max(first, last - (until * 4 < whole))


_DRAWING = 0xEC
_IN_SHEET: Mapping[int, Callable[[_Worksheet, bytes], None]] = {
    0x201: _Worksheet._blank,
    0xBE: _Worksheet._blanks,
    0x203: _Worksheet._number,
    0x27E: _Worksheet._coded,
    0xBD: _Worksheet._several_coded,
    0xFD: _Worksheet._shared_text,
    0x204: _Worksheet._own_text,
    0xD6: _Worksheet._rich_text,
    0x205: _Worksheet._truth_or_error,
    0x06: _Worksheet._formula_result,
    0x207: _Worksheet._formula_text,
    0x4BC: _Worksheet._shared_formula,
    0x208: _Worksheet._row,
    0x7D: _Worksheet._columns,
    0xE5: _Worksheet._merges,
    0x12: _Worksheet._protect,
    0x1B1: _Worksheet._condition,
    0x87A: _Worksheet._later_condition,
    _DRAWING: _Worksheet._add_art,
    0x5D: _Worksheet._add_object,
    0x1B6: _Worksheet._expect_words,
    0x1C: _Worksheet._note,
}
