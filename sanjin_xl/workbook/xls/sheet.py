"""A sheet of an .xls: its cells, one record each or several in one, and what stands around them."""

import struct
from collections.abc import Callable, Iterator, Mapping

from sanjin_xl.model.cellref import address
from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.book import Fact
from sanjin_xl.workbook.limits import Limits
from sanjin_xl.workbook.records import Grid, number_of
from sanjin_xl.workbook.tokens import XLS, Formulas
from sanjin_xl.workbook.xls.book import Globals, fonts_of
from sanjin_xl.workbook.xls.drawings import Drawings
from sanjin_xl.workbook.xls.stream import CONTINUE, WIDE, characters, text

_CELL = struct.Struct("<3H")  # row, column, style
_SHARED, _NUMBER = struct.Struct("<3HL"), struct.Struct("<3Hd")  # row, column, style, and what stands there
_FORMULA, _DOUBLE = struct.Struct("<3H8s6xH"), struct.Struct("<d")  # row, column, style, result, length of the tokens
_FIRST_CELL = struct.Struct("<x2H")  # of those that share a formula (2.5.198.58)
_BARS_AND_ICONS = (4, 6)  # they may stand in place of values


class Worksheet:
    """The records of one sheet."""

    def __init__(self, book: Globals, limits: Limits) -> None:
        self._texts, self._own_texts, self._book = book.texts, book.own_texts, book
        self.grid = Grid(limits, book.styles, book.from_1904)
        self._formula: tuple[int, int, int] | None = None  # a cell whose text is in the record that follows
        self._formulas = Formulas(self.grid, XLS)
        self._drawings = Drawings()
        self.margins: list[str] = []

    def read(self, records: Iterator[tuple[int, bytes]]) -> None:
        last = 0
        for kind, body in records:
            if kind == CONTINUE:
                self._drawings.go_on(last, body)
                continue
            last = kind
            if reader := _READERS.get(kind):
                reader(self, body)
            else:
                self._drawings.take(kind, body)
        self._formulas.finish()
        self._drawings.put_into(self.grid)

    # ── cells ──

    def _blank(self, body: bytes) -> None:
        self.grid.put_blank(*_CELL.unpack_from(body))

    def _blanks(self, body: bytes) -> None:
        row, column = struct.unpack_from("<2H", body)
        styles = struct.unpack_from(f"<{max(0, len(body) // 2 - 3)}H", body, 4)
        if not self.grid.odd.isdisjoint(styles):
            for n, style in enumerate(styles, column):
                self.grid.put_blank(row, n, style)

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
        self.grid.put_text(row, column, style, *self._texts[number])

    def _own_text(self, body: bytes) -> None:
        row, column, style = _CELL.unpack_from(body)
        self.grid.put_text(row, column, style, *self._own_texts[body[6:]])

    def _rich_text(self, body: bytes) -> None:
        row, column, style = _CELL.unpack_from(body)
        count, flags = struct.unpack_from("<HB", body, 6)
        text = characters(body, 9, count, flags)
        at = 9 + count * (2 if flags & WIDE else 1)
        (runs,) = struct.unpack_from("<H", body, at)
        fonts = fonts_of(body[at + 2 : at + 2 + 4 * runs], self._book)
        self.grid.put_text(row, column, style, text, fonts)

    def _truth_or_error(self, body: bytes) -> None:
        row, column, _, value, is_error = struct.unpack_from("<3HBB", body)
        if is_error:
            self.grid.put_error(row, column, value)
        else:
            self.grid.put(row, column, bool(value))

    def _formula_result(self, body: bytes) -> None:
        row, column, style, result, length = _FORMULA.unpack_from(body)
        self._formula = None
        tokens = body[22 : 22 + length]
        self._formulas.note((row, column), tokens, _FIRST_CELL.unpack(tokens) if length == _FIRST_CELL.size else (0, 0))
        if not result.endswith(b"\xff\xff"):
            self.grid.put_number(row, column, style, *_DOUBLE.unpack(result))
        elif result[0] == 0:
            self._formula = row, column, style
        elif result[0] == 1:
            self.grid.put(row, column, bool(result[2]))
        elif result[0] == 2:
            self.grid.put_error(row, column, result[2])

    def _shared_formula(self, body: bytes) -> None:
        """A formula that the cells of a range share, behind the first of these (2.4.277)."""
        top, left, length = struct.unpack_from("<H2xBx2xH", body)
        self._formulas.share((top, left), body[10 : 10 + length])

    def _spread(self, body: bytes) -> None:
        """What a formula or a table fills (2.4.4, 2.4.313)."""
        top, bottom, left, right = struct.unpack_from("<2H2B", body)
        self.grid.fill_from(top, left, bottom, right)

    def _formula_text(self, body: bytes) -> None:
        if self._formula:
            self.grid.put_text(*self._formula, *self._own_texts[body])
            self._formula = None

    # ── around the cells ──

    def _row(self, body: bytes) -> None:
        row, height, flags = struct.unpack_from("<H4xH4xH", body)
        self.grid.size_row(row, height & 0x7FFF, hidden=bool(flags & 0x20))

    def _usual_height(self, body: bytes) -> None:
        (self.grid.usual_height,) = struct.unpack_from("<2xH", body)  # 2.4.87

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

    def _margin(self, body: bytes) -> None:
        """The header or the footer of the pages (2.4.136), where there is one."""
        if body:
            self.margins.append(text(body))

    def _protect(self, body: bytes) -> None:
        self.grid.protected = body[:1] == b"\x01"


_READERS: Mapping[int, Callable[[Worksheet, bytes], None]] = {
    0x201: Worksheet._blank,
    0xBE: Worksheet._blanks,
    0x203: Worksheet._number,
    0x27E: Worksheet._coded,
    0xBD: Worksheet._several_coded,
    0xFD: Worksheet._shared_text,
    0x204: Worksheet._own_text,
    0xD6: Worksheet._rich_text,
    0x205: Worksheet._truth_or_error,
    0x06: Worksheet._formula_result,
    0x207: Worksheet._formula_text,
    0x4BC: Worksheet._shared_formula,
    0x221: Worksheet._spread,
    0x236: Worksheet._spread,
    0x208: Worksheet._row,
    0x225: Worksheet._usual_height,
    0x7D: Worksheet._columns,
    0xE5: Worksheet._merges,
    0x12: Worksheet._protect,
    0x14: Worksheet._margin,
    0x15: Worksheet._margin,
    0x1B1: Worksheet._condition,
    0x87A: Worksheet._later_condition,
}
