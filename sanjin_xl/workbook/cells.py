"""Cells in the shapes that Excel, WPS, LibreOffice, openpyxl and XlsxWriter write.

ECMA-376 leaves room for cells that two readers take differently, such as `<c r="A1"><v>1</v><v>2</v></c>`. A cell in
one of the usual shapes has one reading only, and is read while it is checked:

    <c r="E6" s="3" t="s"><v>17</v></c>                 the shared string 17
    <c r="K6" s="9"><f>IF(E6="√",1,0)</f><v>1</v></c>   the number 1, a formula whose result is stored
    <c r="J6" s="4"/>                                   blank

Any other raises Unusual, and `worksheet` reads the whole sheet the exact way. What a cell says depends on nothing
around it, for its address is part of it: so each is taken apart once and looked up from then on. Only shared strings
and the formats of dates differ from workbook to workbook (`Shared`), and are asked for each time.

Section numbers are those of ECMA-376 part 1.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, NamedTuple

from sanjin_xl.model.cellref import FIRST_SURE_DAY, LAST_DAY, Place, address, column_number, day_of
from sanjin_xl.workbook.book import Value
from sanjin_xl.workbook.cache import Cache
from sanjin_xl.workbook.cell_style import Style
from sanjin_xl.workbook.limits import Limits
from sanjin_xl.workbook.strings import (
    ATTRIBUTES,
    CHARACTERS,
    TEXT,
    Unusual,
    checked,
    refers_to_characters,
    tagged_text,
    written_text,
)
from sanjin_xl.workbook.styles import Formats, Theme
from sanjin_xl.workbook.xml import ERROR, INDEX, NUMBER, Run

_ROW = re.compile(rb'r="([1-9][0-9]{0,6})"(' + ATTRIBUTES + rb") ?(/?)>")
_CELL = re.compile(
    rb'(?P<address>(?P<letters>[A-Z]{1,3})(?P<row>[1-9][0-9]{0,6}))"(?: s="(?P<style>[0-9]{1,9})")?'
    rb'(?: t="(?P<kind>[a-zA-Z]+)")?(?P<keeps> xml:space="preserve")?(?: ?/>|>'
    rb"(?P<formula><f" + ATTRIBUTES + rb" ?(?:/>|>" + CHARACTERS + rb"</f>))?"
    rb'(?:<v(?: xml:space="preserve")?>(?P<value>' + CHARACTERS + rb")</v>|(?P<void><v ?/>)"
    rb"|<is>(?P<inline>" + TEXT + rb")</is>)?</c>)"
)
_SHARED_CELL = re.compile(  # most of those that differ from return to return
    rb'([A-Z]{1,3})([1-9][0-9]{0,6})"(?: s="([0-9]{1,9})")? t="s"><v>([0-9]{1,9})</v></c>'
)
_SPREAD = re.compile(rb'<f(?=[^<>]* t="(?:array|dataTable)")[^<>]* ref="[^"<>]*:')  # it fills other cells too
_NAMES = re.compile(rb' ([A-Za-z0-9_:]+)="')
_HIDDEN = re.compile(rb' hidden="(?:1|true)"')
_HEIGHT = re.compile(rb' ht="([0-9.]{1,20})"')
_LOW, _NARROW = re.compile(r"[01](?:\.[0-9]*)?|\.[0-9]+"), re.compile(r"0(?:\.[0-9]*)?|\.[0-9]+")
_A_NUMBER, _AN_INDEX, _AN_ERROR = map(re.compile, (NUMBER, INDEX, ERROR))
_LARGE = 2**20  # bytes of cells: to split more into pieces one must know that they are few
_WIDTH = 2**15  # more columns than three letters can name

# Where the value of a cell is. No Enum: it is asked for every cell of every return.
_IN_CELL = 0
_IN_STRINGS = 1
_BY_STYLE = 2  # a number may be a date


@dataclass(slots=True)
class Cells:
    """The cells of a sheet: what `Hidden` tells of them, the rows and columns that hold them all, and their values.

    `rows`: the values from A1 on, None for one that two readers may take differently. `flat_rows`: those of no height.
    `unclear`: where these are. `rich`: errors with a rich value behind them. `styles`, `runs`: those that are odd to
    look at by address; `runs` only where they were noted on the way, None where the part has to be asked.
    """

    extent: tuple[int, int] = (0, 0)
    errors: dict[str, str] = field(default_factory=dict)
    formulas: dict[str, bool] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    flat_rows: set[int] = field(default_factory=set)
    rows: list[list[Value | None]] = field(default_factory=list)
    count: int = 0
    unclear: list[Place] = field(default_factory=list)
    rich: set[str] = field(default_factory=set)
    styles: dict[str, int] = field(default_factory=dict)
    runs: dict[str, tuple[Run, ...]] | None = None

    def put(self, row: int, line: list[Value | None]) -> None:
        """Set the values of a row, counted from zero, below those that are there."""
        if row > len(self.rows):
            self.rows.extend([] for _ in range(row - len(self.rows)))
        self.rows.append(line)

    def square(self) -> None:
        """Make all rows equally long."""
        width = self.extent[1]
        for line in self.rows:
            if len(line) < width:
                line.extend([""] * (width - len(line)))


class Shared(NamedTuple):
    """What cells draw on from elsewhere in the workbook: shared strings, how styles show numbers, and what else of both
    is odd to look at.
    """

    strings: Sequence[str]
    formats: Formats
    runs: Mapping[int, tuple[Run, ...]] = {}
    looks: Mapping[int, Style] = {}
    veils: frozenset[int] = frozenset()
    theme: Theme = ()


# ── rows and cells ───────────────────────────────────────────────────────────────────────────────────────────────


class _Row(NamedTuple):
    """The head of a row, such as `r="6" ht="30">`; `closed` where it has no cells: `r="6" ht="30"/>`."""

    number: int
    hidden: bool
    flat: bool
    closed: bool


class _Marks(NamedTuple):
    """A formula or an error: whether the formula has a result, None where there is none; which error."""

    address: str
    calculated: bool | None
    error: str | None


class _Cell(NamedTuple):
    """One cell taken apart: `place` rises from cell to cell, `what` is its value or the number of a shared string.

    It holds nothing but tuples and plain values, which the garbage collector soon leaves alone: they are many.
    """

    place: int
    where: int
    style: int
    what: Any
    marks: _Marks | None


class UsualCells:
    """Reads the rows of one sheet, all of whose cells have one of the usual shapes."""

    def __init__(self, shared: Shared, cache: Cache, limits: Limits) -> None:
        self._shared = shared
        self._limits = limits
        self._row_of = cache.lookup(_row)
        self._cell_of = cache.lookup(_cell)
        self._cells = Cells()

    def read(self, xml: bytes, start: int, end: int) -> Cells:
        """The cells of a stretch of rows; raises Unusual where a row or a cell is, or where one is far out."""
        if end - start > _LARGE and not self._are_few(xml, start, end):
            raise Unusual
        before, *rows = xml[start:end].split(b"<row ")
        if before or not rows:
            raise Unusual
        number = 0
        try:
            for row in rows:
                number = self._read_row(row, number)
        except IndexError:  # a shared string that there is not
            raise Unusual from None
        self._cells.square()
        return self._cells

    def _are_few(self, xml: bytes, start: int, end: int) -> bool:
        rows, cells = (xml.count(tag, start, end) for tag in (b"<row ", b'<c r="'))
        return rows <= self._limits.rows and cells <= self._limits.cells

    def _read_row(self, written: bytes, above: int) -> int:
        """Take in one row, which must lie below the one above it; gives its number."""
        head, *pieces = written.removesuffix(b"</row>").split(b'<c r="')
        number, hidden, flat, closed = self._row_of[head]
        if not above < number or closed == written.endswith(b"</row>") or (closed and pieces):
            raise Unusual
        if hidden:
            self._cells.hidden_rows.add(number - 1)
        elif flat:
            self._cells.flat_rows.add(number - 1)
        if pieces and (line := self._read_cells(pieces, number)):
            self._cells.count += len(pieces)
            self._cells.extent = number, max(self._cells.extent[1], len(line))
            self._keep_within_limits()
            self._cells.put(number - 1, line)
        return number

    def _keep_within_limits(self) -> None:
        (height, width), limits = self._cells.extent, self._limits
        if (
            height > limits.rows
            or width > limits.columns
            or height * width > limits.grid
            or self._cells.count > limits.cells
        ):
            raise Unusual

    def _read_cells(self, pieces: list[bytes], row: int) -> list[Value | None]:
        """The values of a row up to its last cell; None for a number that readers may take differently."""
        strings, formats, looks = self._shared.strings, self._shared.formats, self._shared.looks
        line = list[Value | None]()
        due = row * _WIDTH  # the place of the cell that would be next
        last = due + _WIDTH
        for place, where, style, what, marks in map(self._cell_of.__getitem__, pieces):
            if place != due:
                if not due < place < last:
                    raise Unusual
                line.extend([""] * (place - due))
            due = place + 1
            if where == _IN_STRINGS:
                line.append(strings[what])
            elif where == _BY_STYLE and style not in formats.numbers:
                line.append(shown_number(what, style, formats))
                if line[-1] is None:
                    self._cells.unclear.append((row - 1, len(line) - 1))
            else:
                line.append(what)
            if style in looks:
                self._cells.styles[address(row - 1, place % _WIDTH)] = style
            if marks:
                self._note(marks)
        while line and line[-1] == "":
            line.pop()  # formatted, but blank: of no consequence, however far out
        return line

    def _note(self, marks: "_Marks") -> None:
        if marks.calculated is not None:
            self._cells.formulas[marks.address] = marks.calculated
        if marks.error:
            self._cells.errors[marks.address] = marks.error


def shown_number(number: float, style: int, formats: Formats) -> Value | None:
    """A number, or the day it is by its style; None where readers may differ."""
    if style in formats.numbers:
        return number
    sure = number.is_integer() and FIRST_SURE_DAY <= number <= LAST_DAY
    return day_of(number) if sure and style in formats.dates else None


def _row(head: bytes) -> _Row:
    found = _ROW.fullmatch(checked(head))
    if not found:
        raise Unusual
    number, attributes, close = found.groups()
    names = _NAMES.findall(attributes)
    if len(set(names)) < len(names):
        raise Unusual
    height = _HEIGHT.search(attributes)
    return _Row(
        int(number), bool(_HIDDEN.search(attributes)), is_low(height[1].decode() if height else ""), bool(close)
    )


def is_low(height: str) -> bool:
    """Whether a row shows nothing of what stands in it: less than two points."""
    return bool(_LOW.fullmatch(height))


def is_narrow(width: str) -> bool:
    """Whether a column shows nothing of what stands in it: less than a character."""
    return bool(_NARROW.fullmatch(width))


def _cell(written: bytes) -> _Cell:
    """A cell from behind its `<c r="` on."""
    if shared := _SHARED_CELL.fullmatch(written):
        letters, row, style, index = shared.groups()
        place = int(row) * _WIDTH + column_number(letters.decode())
        return _Cell(place, _IN_STRINGS, int(style or 0), int(index), None)
    found = _CELL.fullmatch(checked(written))
    # Whether a text keeps its blanks because the cell around it says so is the exact way's to tell.
    if not found or (found["keeps"] and found["inline"]) or not refers_to_characters(found["formula"] or b""):
        raise Unusual
    if found["formula"] and _SPREAD.match(found["formula"]):
        raise Unusual
    kind, formula = found["kind"] or b"n", found["formula"] is not None
    value = b"" if found["void"] else found["value"]
    where, what = _value_of(kind, formula, value, found["inline"])
    error = what if kind == b"e" else None
    calculated = (bool(value) or kind == b"str") if formula else None
    return _Cell(
        place=int(found["row"]) * _WIDTH + column_number(found["letters"].decode()),
        where=where,
        style=int(found["style"] or 0),
        what="" if error else what,
        marks=_Marks(found["address"].decode(), calculated, error) if formula or error else None,
    )


def _value_of(kind: bytes, formula: bool, value: bytes | None, inline: bytes | None) -> tuple[int, Any]:
    """Where the value of a cell of a kind (18.18.11) is, and what stands there: its <v>, None if none, or its <is>."""
    match kind:
        case b"inlineStr" if inline is not None and not formula:
            return _IN_CELL, tagged_text(inline)
        case _ if inline is not None:
            raise Unusual
        case b"n" if not value:
            return _IN_CELL, ""
        case b"n" if value and _A_NUMBER.fullmatch(value) and isfinite(float(value)):
            return _BY_STYLE, float(value)
        case b"s" if value and _AN_INDEX.fullmatch(value):  # of a formula too, as Gnumeric writes its texts
            return _IN_STRINGS, int(value)
        case b"str" if value is not None:
            return _IN_CELL, written_text(value)
        case b"b" if value in (b"0", b"1"):
            return _IN_CELL, value == b"1"
        case b"e" if value and _AN_ERROR.fullmatch(value):
            return _IN_CELL, value.decode()
    raise Unusual
