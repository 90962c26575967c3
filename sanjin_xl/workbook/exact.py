"""A worksheet read by expat alone: the exact way, for what does not come in the usual shapes (`cells`).

What has two meanings is refused by name and place; a value that is not clear is None, and calamine's to tell. Section
numbers are those of ECMA-376 part 1.
"""

import re
from collections.abc import Callable
from datetime import datetime, time
from math import isfinite

from sanjin_xl.model.cellref import column_letters, column_number
from sanjin_xl.workbook.book import Hidden, Range, Value
from sanjin_xl.workbook.cells import Cells, Shared, is_low, is_narrow, shown_number
from sanjin_xl.workbook.limits import Limits
from sanjin_xl.workbook.xml import ERROR, INDEX, SPACE, Attributes, Markup, Run, unescaped

_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_WHOLE = re.compile(r"[1-9][0-9]{0,6}")
_CELL_ATTRIBUTES = {"r", "s", "t", "cm", "vm", "ph"}  # 18.3.1.4
_VALUES = {  # by cell type (18.18.11)
    "n": re.compile(r"(?:[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[Ee][-+]?[0-9]+)?)?"),
    "s": re.compile(rf"(?:{INDEX.decode()})?"),
    "b": re.compile(r"(?:[01]|true|false)?"),
    "e": re.compile(ERROR.decode()),
    "d": re.compile(r"[0-9TZ:.+-]*"),
    "str": re.compile(r".*", re.DOTALL),
}
_DATA = "/worksheet/sheetData"
_TRUE = ("1", "true")


class ExactSheet(Markup):
    """A worksheet with its cells, unless they were cut out of it."""

    root = "/worksheet"

    def __init__(self, part: str, limits: Limits, shared: Shared) -> None:
        super().__init__(part, limits)
        self.shared = shared
        self.odd: dict[str, tuple[Run, ...]] = {}
        self.cells = Cells(runs=self.odd)
        self.merges: list[Range] = []
        self.spread: list[Range] = []  # what a formula fills beside its own cell (18.3.1.40)
        self.hidden_columns: set[int] = set()
        self.flat_columns: set[int] = set()
        self.protected = False
        self.area = self.data = self.row = self.column = 0
        self.line: list[Value | None] = []

    def around_cells(self) -> tuple[Hidden, tuple[int, ...]]:
        """What stands around the cells, and the columns of no width; raises Refused unless the cells have one place."""
        if self.data != 1:
            raise self.refuse("file-markup", found="sheetData")
        hidden = Hidden(
            known=True,
            merges=tuple(self.merges),
            hidden_columns=frozenset(self.hidden_columns),
            protected=self.protected,
        )
        return hidden, tuple(sorted(self.flat_columns))

    def start(self, path: str, local: str, attributes: Attributes) -> None:
        if path.startswith(_DATA + "/"):
            self.in_data(path.removeprefix(_DATA), attributes)
        elif path == _DATA:
            self.data += 1
        elif local == "sheetData":
            raise self.refuse("file-markup", found=local)
        elif path == "/worksheet/mergeCells/mergeCell":
            self.merge(attributes.get("ref", ""))
        elif path == "/worksheet/cols/col":
            self.columns(attributes)
        elif path == "/worksheet/sheetProtection":
            self.protected = attributes.get("sheet") in _TRUE

    def covered(self, ref: str, *, whole: bool = True) -> Range:
        """Corners of a range, or of its part within the limits; what ranges cover in all is bounded, since every cell
        of them is looked at.
        """
        first, _, last = ref.partition(":")
        begin, end = _ADDRESS.fullmatch(first), _ADDRESS.fullmatch(last or first)
        if not begin or not end:
            raise self.refuse("file-range", found=ref)
        top, left, bottom, right = int(begin[2]) - 1, column_number(begin[1]), int(end[2]) - 1, column_number(end[1])
        if not whole:
            bottom, right = min(bottom, self.limits.rows - 1), min(right, self.limits.columns - 1)
        self.area += max(0, bottom - top + 1) * max(0, right - left + 1)
        if top > bottom or left > right or self.area > self.limits.cells:
            raise self.refuse("file-range", found=ref)
        return top, left, bottom, right

    def merge(self, ref: str) -> None:
        top, left, bottom, right = self.covered(ref)
        rows, columns = self.limits.rows, self.limits.columns
        self.merges.append((top, left, min(bottom, rows - 1), min(right, columns - 1)))
        if len(self.merges) > self.limits.merges:
            raise self.refuse("file-range", found=ref)

    def columns(self, attributes: Attributes) -> None:
        hidden = attributes.get("hidden") in _TRUE
        if hidden or is_narrow(attributes.get("width", "")):
            first, last = (attributes.get(key, "") for key in ("min", "max"))
            if not (_WHOLE.fullmatch(first) and _WHOLE.fullmatch(last)):
                raise self.refuse("file-address", found=first)
            columns = range(int(first) - 1, min(int(last), self.limits.columns))
            (self.hidden_columns if hidden else self.flat_columns).update(columns)

    # ── the cells ──

    def in_data(self, inner: str, attributes: Attributes) -> None:
        begin = _BEGIN.get(inner)
        if begin:
            begin(self, attributes)
        elif inner.startswith("/row/c/is/"):
            self.item(inner.removeprefix("/row/c/is"), attributes, preserve=self.preserve)
        else:
            raise self.refuse("file-markup", found=inner)

    def characters(self, path: str, text: str) -> None:
        inner = path.removeprefix(_DATA)
        if inner == "/row/c/v":
            self.pieces_of_value.append(text)
        elif inner.startswith("/row/c/is/"):
            self.item_text(inner.removeprefix("/row/c/is"), text)

    def end(self, path: str) -> None:
        finish = _FINISH.get(path.removeprefix(_DATA))
        if finish:
            finish(self)

    def row_begin(self, attributes: Attributes) -> None:
        ref = attributes.get("r", str(self.row + 1))  # without an address a row follows the last one (18.3.1.73)
        if not _WHOLE.fullmatch(ref):
            raise self.refuse("file-address", found=ref)
        if int(ref) <= self.row:
            raise self.refuse("file-row-order", found=ref)
        self.row, self.column, self.line = int(ref), 0, []
        if attributes.get("hidden") in _TRUE:
            self.cells.hidden_rows.add(self.row - 1)
        elif is_low(attributes.get("ht", "")):
            self.cells.flat_rows.add(self.row - 1)

    def row_end(self) -> None:
        if self.line:
            self.cells.put(self.row - 1, self.line)

    def cell_begin(self, attributes: Attributes) -> None:
        if {name for name in attributes if " " not in name} - _CELL_ATTRIBUTES:
            raise self.refuse("file-markup", found="c")
        self.address = attributes.get("r", f"{column_letters(self.column)}{self.row}")
        address = _ADDRESS.fullmatch(self.address)
        if not address or int(address[2]) != self.row:
            raise self.refuse("file-address", found=self.address)
        column = column_number(address[1])
        if column < self.column:
            raise self.refuse("file-cell-order", found=self.address)
        self.column = column + 1
        self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "0")
        self.preserve = attributes.get(SPACE) == "preserve"
        if self.style.isdecimal() and int(self.style[:9]) in self.shared.looks:
            self.cells.styles[self.address] = int(self.style)
        self.rich = "vm" in attributes
        self.formula = self.content = False
        self.value: Value | None = ""
        self.written = ""

    def extend(self) -> None:
        """Make room for a cell that holds something; one that is only formatted may lie wherever it likes."""
        rows, columns = self.cells.extent
        self.cells.extent = rows, columns = max(rows, self.row), max(columns, self.column)
        if rows > self.limits.rows or columns > self.limits.columns:
            raise self.refuse("file-far-cell", cell=self.address)
        if rows * columns > self.limits.grid:
            raise self.refuse("file-grid", limit=self.limits.grid)
        self.cells.count += 1
        if self.cells.count > self.limits.cells:
            raise self.refuse("file-too-many-cells", limit=self.limits.cells)

    def formula_begin(self, attributes: Attributes) -> None:
        if self.formula or self.content:  # calamine reads a blank when the formula comes last
            raise self.refuse("file-two-values", cell=self.address)
        self.formula = True
        if attributes.get("t") in ("array", "dataTable") and ":" in attributes.get("ref", ""):
            self.spread.append(self.covered(attributes["ref"], whole=False))

    def value_begin(self, attributes: Attributes) -> None:
        if self.content or (self.kind == "inlineStr") == (self.paths[-1] == _DATA + "/row/c/v"):
            raise self.refuse("file-two-values", cell=self.address)
        if attributes.keys() - {SPACE}:
            raise self.refuse("file-markup", found=self.address)
        self.content = True
        self.pieces_of_value: list[str] = []
        self.begun = self.parser.CurrentByteIndex

    def raw(self) -> bytes:
        """The element just ended as written."""
        return self.xml[self.begun : self.parser.CurrentByteIndex].partition(b">")[2]

    def value_end(self) -> None:
        self.written = text = "".join(self.pieces_of_value)
        pattern, raw = _VALUES.get(self.kind), self.raw()
        # A comment parts a number for some readers and not for others.
        if not pattern or not pattern.fullmatch(text) or b"<!--" in raw or b"<?" in raw:
            raise self.refuse("file-value", cell=self.address, found=text)
        self.value = _READINGS[self.kind](self, text)

    def number(self, text: str) -> Value | None:
        if text and not isfinite(float(text)):
            raise self.refuse("file-value", cell=self.address, found=text)
        style = int(self.style) if self.style.isdecimal() else -1
        return shown_number(float(text), style, self.shared.formats) if text else ""

    def string(self, text: str) -> Value | None:
        strings = self.shared.strings
        if text and int(text) in self.shared.runs:
            self.odd[self.address] = self.shared.runs[int(text)]
        return strings[int(text)] if text and int(text) < len(strings) else None if text else ""

    def moment(self, text: str) -> Value | None:
        """A day, or a day and a time, in ISO 8601; anything else is for another reader to take."""
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return None if text else ""
        return moment.date() if moment.time() == time() else moment

    def item_done(self) -> None:
        self.value = text = self.item_end()
        if any(properties for _, properties in self.runs):
            self.odd[self.address] = self.runs
        if len(text.encode("utf-16-le", "replace")) // 2 > self.limits.characters:
            raise self.refuse("file-long-text", cell=self.address, limit=self.limits.characters)

    def cell_end(self) -> None:
        if self.formula:
            self.cells.formulas[self.address] = bool(self.written) or (self.kind == "str" and self.content)
        if self.kind == "e" and self.written:
            self.cells.errors[self.address] = self.written
            if self.rich:
                self.cells.rich.add(self.address)
        if self.value == "" and not self.formula and not self.written:
            return
        self.extend()
        if self.value != "":
            self.line.extend([""] * (self.column - 1 - len(self.line)))
            self.line.append(self.value)
        if self.value is None:
            self.cells.unclear.append((self.row - 1, self.column - 1))


_BEGIN = {
    "/row": ExactSheet.row_begin,
    "/row/c": ExactSheet.cell_begin,
    "/row/c/f": ExactSheet.formula_begin,
    "/row/c/v": ExactSheet.value_begin,
    "/row/c/is": ExactSheet.value_begin,
}
_FINISH = {
    "/row": ExactSheet.row_end,
    "/row/c": ExactSheet.cell_end,
    "/row/c/v": ExactSheet.value_end,
    "/row/c/is": ExactSheet.item_done,
}
_READINGS: dict[str, Callable[[ExactSheet, str], Value | None]] = {
    "n": ExactSheet.number,
    "s": ExactSheet.string,
    "b": lambda _, text: text in _TRUE if text else "",
    "e": lambda *_: "",
    "d": ExactSheet.moment,
    "str": lambda _, text: unescaped(text),
}
