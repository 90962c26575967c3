"""What .xls and .xlsb have in common: cells in records, with a number of a style each, from which a sheet is made.

Sections are those of MS-XLS.
"""

import struct
from codecs import utf_16_le_decode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from sanjin_xl.model.cellref import DAY_ZERO, FIRST_SURE_DAY, LAST_DAY, address, day_of
from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.book import Drawing, Fact, Hidden, Look, Range, Rows, Sheet, Value, flat_cells, spread_over
from sanjin_xl.workbook.cell_style import Style, look_of
from sanjin_xl.workbook.drawings import USUAL_WIDTH, Edges, in_pixels
from sanjin_xl.workbook.fonts import Font
from sanjin_xl.workbook.limits import Limits

ERRORS = {  # 2.5.10
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
UNFILLED = (0, 17)  # patterns (2.5.116): none, and that of the second fill of every book, which nobody uses
_WIDTH = 1 << 14  # columns of the widest sheet
_TWIP = 635  # in EMU
_LEAST_HEIGHT, _LEAST_WIDTH = 40, 256  # two points, a character: what is less shows nothing

Runs = Sequence[tuple[int, Font]]  # where in a text another font begins


class Text(NamedTuple):
    """A text and the fonts of its parts."""

    text: str
    runs: Runs = ()


def odd_numbers(fonts: Iterable[tuple[int, Font]], styles: Sequence[Style]) -> frozenset[int]:
    """The numbers of the fonts in which a part of a text may look otherwise than it says, in whatever cell."""
    grounds = {style.fill for style in styles}
    return frozenset(number for number, font in fonts if any(font.is_odd(ground) for ground in grounds | {""}))


def wide_text(coded: bytes, errors: str = "replace") -> str:
    """The text in two bytes a character, by the codec itself: `bytes.decode` looks it up by its name each time."""
    return utf_16_le_decode(coded, errors, True)[0]


@lru_cache(maxsize=4096)
def number_of(coded: int) -> float:
    """The number in four bytes: a whole one or the upper half of a float, maybe in hundredths (2.5.217)."""
    whole = (coded >> 2) - ((coded >> 31) << 30)
    (broken,) = struct.unpack("<d", struct.pack("<LL", 0, coded & ~3))
    value: float = whole if coded & 2 else broken
    return float(value / 100 if coded & 1 else value)


@lru_cache(maxsize=4096)
def _as_in_xlsx(cell: str, wording: bytes) -> bytes:
    return b'<c r="%s"><f>%s</f></c>' % (cell.encode(), wording)


@dataclass(slots=True)
class Grid:
    """A sheet being read: cells are put in one by one, in any order, within the limits of a file."""

    limits: Limits
    styles: Sequence[Style]
    from_1904: bool = False
    protected: bool = False
    cells: dict[int, Value] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    formulas: dict[str, bool] = field(default_factory=dict)
    wordings: dict[int, bytes] = field(default_factory=dict)
    looks: dict[str, Look] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    merges: list[Range] = field(default_factory=list)
    spread: list[Range] = field(default_factory=list)
    drawings: list[Drawing] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    flat_rows: set[int] = field(default_factory=set)
    flat_columns: set[int] = field(default_factory=set)
    heights: dict[int, int] = field(default_factory=dict)
    widths: dict[int, int] = field(default_factory=dict)
    ends: Edges | None = None
    usual_height: int = 300  # of rows that do not say how high they are
    unread: frozenset[Fact] = frozenset()
    lines: Rows = field(default_factory=list)
    count: int = 0
    filled: int = 0
    rows: int = 0
    columns: int = 0
    odd: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        self.odd = frozenset(number for number, style in enumerate(self.styles) if style.odd or style.shows_days)

    def put(self, row: int, column: int, value: Value) -> None:
        """Put in a value that is no blank; raises Refused for a second one in the same cell, and beyond the limits."""
        cells, place = self.cells, row * _WIDTH + column
        if place in cells:
            raise Refused("file-two-values", cell=address(row, column))
        if row >= self.rows or column >= self.columns:
            self._extend(row, column)
        if len(cells) >= self.limits.cells:
            raise Refused("file-too-many-cells", limit=self.limits.cells)
        cells[place] = value

    def _extend(self, row: int, column: int) -> None:
        self.rows, self.columns = max(self.rows, row + 1), max(self.columns, column + 1)
        if self.rows > self.limits.rows or self.columns > self.limits.columns:
            raise Refused("file-far-cell", cell=address(row, column))
        if self.rows * self.columns > self.limits.grid:
            raise Refused("file-grid", limit=self.limits.grid)

    def put_line(self, row: int, line: list[Value]) -> None:
        """Put in all cells of a row at once, blanks among them; the rows come in order."""
        self._extend(row, len(line) - 1)
        self.count += len(line)
        if self.count > self.limits.cells:
            raise Refused("file-too-many-cells", limit=self.limits.cells)
        self.lines += [[] for _ in range(row - len(self.lines))]
        self.lines.append(line)

    def put_text(self, row: int, column: int, style: int, text: str, runs: Runs = ()) -> None:
        if not text:
            return
        if len(text) > self.limits.characters:
            raise Refused("file-long-text", cell=address(row, column), limit=self.limits.characters)
        self.put(row, column, text)
        if runs or style in self.odd:
            self.look_at(row, column, self.style(style), Text(text, runs))

    def put_number(self, row: int, column: int, style: int, number: float) -> None:
        if style not in self.odd:
            self.put(row, column, number)
            return
        look = self.style(style)
        value = self._day(number) if look.shows_days else number
        self.put(row, column, value)
        self.look_at(row, column, look, Text(f"{number:.15g}"), value)

    def note_formula(self, row: int, column: int, calculated: bool, wording: bytes) -> None:
        """Note a formula: whether its result is stored, and what it begins with."""
        self.formulas[cell := address(row, column)] = calculated
        if wording:
            self.wordings[row * _WIDTH + column] = _as_in_xlsx(cell, wording)

    def put_error(self, row: int, column: int, code: int) -> None:
        self.put(row, column, "")
        self.errors[address(row, column)] = ERRORS.get(code, "#?")

    def style(self, number: int) -> Style:
        return self.styles[number] if number < len(self.styles) else Style()

    def _day(self, number: float) -> Value:
        """What stands in a cell that shows days; the number itself where it is a time of day or a day of 1900."""
        days = number + 1462 * self.from_1904
        if not FIRST_SURE_DAY <= days <= LAST_DAY:
            return number
        if days.is_integer():
            return day_of(days)
        return datetime.combine(DAY_ZERO, datetime.min.time()) + timedelta(days=days)

    def look_at(self, row: int, column: int, style: Style, text: Text, value: Value = None) -> None:
        """Note what a person sees of a cell, where that is not what it says; `value`: what it holds but a text."""
        if not (style.odd or text.runs):
            return
        parts = _parts(style.font, text) if text.runs else [(text.text, style.font)]
        look = look_of(style, text.text if value is None else value, text.text, parts)
        if look != Look():
            self.looks[address(row, column)] = look

    def put_blank(self, row: int, column: int, style: int) -> None:
        """Note a blank cell, which can only be coloured."""
        if style in self.odd and row < self.limits.rows and column < self.limits.columns:
            self.colour(row, column, self.style(style))

    def colour(self, row: int, column: int, style: Style) -> None:
        """Note the colour of a blank cell."""
        if style.colour:
            self.looks[address(row, column)] = Look(fill=style.colour)
            if len(self.looks) > self.limits.cells:
                raise Refused("file-too-many-cells", limit=self.limits.cells)

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        """Note a merge; what of it lies beyond the limits is left out."""
        if top > bottom or left > right or len(self.merges) >= self.limits.merges:
            raise Refused("file-range", found=f"{top}:{bottom}")
        self.merges.append((top, left, min(bottom, self.limits.rows - 1), min(right, self.limits.columns - 1)))

    def fill_from(self, top: int, left: int, bottom: int, right: int) -> None:
        """Note what a formula fills beside its own cell, as far as anything stands there."""
        bottom, right = min(bottom, self.limits.rows - 1), min(right, self.limits.columns - 1)
        self.filled += max(0, bottom - top + 1) * max(0, right - left + 1)
        if self.filled > self.limits.cells or len(self.spread) >= self.limits.merges:
            raise Refused("file-range", found=f"{top}:{bottom}")
        self.spread.append((top, left, bottom, right))

    def size_row(self, row: int, height: int, *, hidden: bool) -> None:
        """Note how high a row is, in twentieths of a point, and if it is hidden or too low to show anything."""
        self.heights[row] = 0 if hidden else height
        if hidden or height < _LEAST_HEIGHT:
            self.hide_row(row, flat=not hidden)

    def size_columns(self, first: int, last: int, width: int, *, hidden: bool) -> None:
        """Note how wide columns are, in 256ths of a character, and if they are hidden or too narrow to be read."""
        columns = range(first, min(last, self.limits.columns - 1) + 1)
        self.widths |= dict.fromkeys(columns, 0 if hidden else width)
        if hidden or width < _LEAST_WIDTH:
            self.hide_columns(first, last, flat=not hidden)

    def edges(self) -> Edges:
        """Where rows and columns begin, and the last ones end, in EMU, once all of them are known."""
        if not self.ends:
            heights = (self.heights.get(row, self.usual_height) * _TWIP for row in range(self.limits.rows))
            widths = (in_pixels(self.widths.get(one, USUAL_WIDTH * 256) / 256) for one in range(self.limits.columns))
            self.ends = [0, *accumulate(heights)], [0, *accumulate(widths)]
        return self.ends

    def hide_columns(self, first: int, last: int, *, flat: bool = False) -> None:
        """Note columns that are hidden, or that are too narrow to show anything."""
        columns = self.flat_columns if flat else self.hidden_columns
        columns.update(range(first, min(last, self.limits.columns - 1) + 1))

    def hide_row(self, row: int, *, flat: bool = False) -> None:
        """Note a row that is hidden, or that is too low to show anything."""
        (self.flat_rows if flat else self.hidden_rows).add(row)

    def sheet(self, name: str, *, visible: bool) -> Sheet:
        lines = self._lines()
        for cell in flat_cells(lines, self.flat_rows, self.flat_columns, self.merges):
            self.looks[cell] = self.looks.get(cell, Look())._replace(unseen=True)
        hidden = Hidden(
            known=True,
            protected=self.protected,
            errors=self.errors,
            formulas=self.formulas | spread_over(lines, self.spread, self.formulas),
            wordings=b"".join(self.wordings[place] for place in sorted(self.wordings)),
            merges=tuple(self.merges),
            hidden_rows=frozenset(self.hidden_rows | self.flat_rows),
            hidden_columns=frozenset(self.hidden_columns | self.flat_columns),
            comments=self.comments,
            drawings=tuple(self.drawings),
            looks=self.looks,
            unread=self.unread,
        )
        return Sheet(name, visible, lines, hidden)

    def _lines(self) -> Rows:
        lines = self.lines + [[] for _ in range(self.rows - len(self.lines))]
        for line in lines:
            line.extend([""] * (self.columns - len(line)))
        for place, value in self.cells.items():
            lines[place // _WIDTH][place % _WIDTH] = value
        return lines


def _parts(font: Font, text: Text) -> list[tuple[str, Font]]:
    """The parts of a text that are more than blanks, each with its font."""
    starts = [(0, font), *text.runs]
    ends = [at for at, _ in starts[1:]] + [len(text.text)]
    return [(part, font) for (at, font), end in zip(starts, ends, strict=True) if (part := text.text[at:end]).strip()]


def check_grids(sheets: Sequence[Sheet], limits: Limits) -> None:
    """Raise Refused where the sheets of a book are too large together."""
    if sum(len(sheet.rows) * len(sheet.rows[0]) for sheet in sheets if sheet.rows) > limits.grid:
        raise Refused("file-grid", limit=limits.grid)
