"""One worksheet read cell by cell through expat: whatever is ambiguous is refused by name and place.

Section numbers are those of ECMA-376 part 1.
"""

import re
from math import isfinite

from sanjin_xl.model.cellref import column_letters, column_number
from sanjin_xl.workbook.limits import characters_in, check_length
from sanjin_xl.workbook.markup import ERROR, INDEX, SPACE, Attributes, Markup
from sanjin_xl.workbook.package import Limits
from sanjin_xl.workbook.sheet_facts import Cells, Range, SheetFacts

_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_WHOLE = re.compile(r"[1-9][0-9]{0,6}")
_CELL_ATTRIBUTES = {"r", "s", "t", "cm", "vm", "ph"}  # 18.3.1.4
_VALUES = {  # by cell type (18.18.11)
    "n": re.compile(rb"(?:-?[0-9]+(?:\.[0-9]+)?(?:[Ee][-+]?[0-9]+)?)?"),
    "s": re.compile(rb"(?:" + INDEX + rb")?"),
    "b": re.compile(rb"(?:[01]|true|false)?"),
    "e": re.compile(ERROR),
    "d": re.compile(rb"[0-9TZ:.+-]*"),
    "str": re.compile(rb"[^<]*"),
}
_DATA = "/worksheet/sheetData"


class ExactSheet(Markup):
    """A worksheet; its cells too, unless they were cut out of it."""

    root = "/worksheet"

    def __init__(self, part: str, limits: Limits) -> None:
        super().__init__(part, limits)
        self.cells = Cells()
        self.merges: list[Range] = []
        self.hidden_columns: set[int] = set()
        self.dimension, self.protected = "", False
        self.area = self.data = self.rows = self.count = self.row = self.column = 0

    def exact(self, xml: bytes) -> SheetFacts:
        check_length(xml, b"<", self.part, self.limits)
        # calamine does not resolve references in attributes; a ">" in one would hide them from this look.
        if re.search(rb"<[^<>]*&", xml[xml.find(b"sheetData") : xml.rfind(b"sheetData")]):
            raise self.refuse("file-markup", found="&")
        self.read(xml)
        return self.facts()

    def facts(self) -> SheetFacts:
        if self.data != 1:
            raise self.refuse("file-markup", found="sheetData")
        return SheetFacts(
            part=self.part,
            dimension=self.dimension,
            extent=self.cells.extent,
            errors=self.cells.errors,
            formulas=self.cells.formulas,
            merges=tuple(self.merges),
            hidden_rows=frozenset(self.cells.hidden_rows),
            hidden_columns=frozenset(self.hidden_columns),
            protected=self.protected,
        )

    def start(self, path: str, local: str, attributes: Attributes) -> None:
        if path.startswith(_DATA + "/"):
            self.in_data(path.removeprefix(_DATA), attributes)
        elif path == _DATA:
            self.data += 1
        elif local == "sheetData":
            raise self.refuse("file-markup", found=local)
        elif path == "/worksheet/mergeCells/mergeCell":
            self.merge(attributes.get("ref", ""))
        elif path == "/worksheet/hyperlinks/hyperlink":
            self.covered(attributes.get("ref", ""))
        elif path == "/worksheet/cols/col":
            self.columns(attributes)
        elif path == "/worksheet/dimension":
            self.dimension = attributes.get("ref", "")
        elif path == "/worksheet/sheetProtection":
            self.protected = attributes.get("sheet") in ("1", "true")

    def covered(self, ref: str) -> Range:
        """Corners of a range; what ranges cover in all is bounded, since openpyxl makes a cell of each."""
        first, _, last = ref.partition(":")
        begin, end = _ADDRESS.fullmatch(first), _ADDRESS.fullmatch(last or first)
        if not begin or not end:
            raise self.refuse("file-range", found=ref)
        top, left, bottom, right = int(begin[2]) - 1, column_number(begin[1]), int(end[2]) - 1, column_number(end[1])
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
        if attributes.get("hidden") in ("1", "true"):
            first, last = (attributes.get(key, "") for key in ("min", "max"))
            if not (_WHOLE.fullmatch(first) and _WHOLE.fullmatch(last)):
                raise self.refuse("file-address", found=first)
            self.hidden_columns.update(range(int(first) - 1, min(int(last), self.limits.columns)))

    # ── the cells ──

    def in_data(self, inner: str, attributes: Attributes) -> None:
        begin = _BEGIN.get(inner)
        if begin:
            begin(self, attributes)
        elif inner.startswith("/row/c/is/"):
            self.item(inner.removeprefix("/row/c/is"))
        else:
            raise self.refuse("file-markup", found=inner)

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
        self.row, self.column = int(ref), 0
        self.rows += 1
        if self.rows > self.limits.rows:
            raise self.refuse("file-too-many-rows", limit=self.limits.rows)
        if attributes.get("hidden") in ("1", "true"):
            self.cells.hidden_rows.add(self.row - 1)

    def cell_begin(self, attributes: Attributes) -> None:
        odd = {name for name in attributes if " " not in name} - _CELL_ATTRIBUTES
        if odd or any(set("<>&") & set(value) for value in attributes.values()):
            raise self.refuse("file-markup", found="c")
        self.address = attributes.get("r", f"{column_letters(self.column)}{self.row}")
        address = _ADDRESS.fullmatch(self.address)
        if not address or int(address[2]) != self.row:
            raise self.refuse("file-address", found=self.address)
        column = column_number(address[1])
        if column < self.column:
            raise self.refuse("file-cell-order", found=self.address)
        self.column = column + 1
        self.count += 1
        if self.count > self.limits.cells:
            raise self.refuse("file-too-many-cells", limit=self.limits.cells)
        self.extend()
        self.kind = attributes.get("t", "n")
        self.formula = self.content = False
        self.value: bytes | None = None

    def formula_begin(self, attributes: Attributes) -> None:
        if self.formula or self.content:  # calamine reads a blank when the formula comes last
            raise self.refuse("file-two-values", cell=self.address)
        self.formula = True

    def value_begin(self, attributes: Attributes) -> None:
        if self.content or (self.kind == "inlineStr") == (self.paths[-1] == _DATA + "/row/c/v"):
            raise self.refuse("file-two-values", cell=self.address)
        if attributes.keys() - {SPACE}:
            raise self.refuse("file-markup", found=self.address)
        self.content = True
        self.begun = self.parser.CurrentByteIndex

    def written(self) -> bytes:
        """The element just ended as written: calamine reads numbers from these bytes, comments and all."""
        return self.xml[self.begun : self.parser.CurrentByteIndex].partition(b">")[2]

    def value_end(self) -> None:
        self.value = self.written()
        if not self.sound(self.value):
            raise self.refuse("file-value", cell=self.address, found=self.value.decode("utf-8", "replace"))

    def sound(self, value: bytes) -> bool:
        pattern = _VALUES.get(self.kind)
        if not pattern or not pattern.fullmatch(value):
            return False
        return self.kind != "n" or isfinite(float(value or 0))

    def item_done(self) -> None:
        self.item_end()
        if characters_in(self.written()) > self.limits.characters:
            raise self.refuse("file-long-text", cell=self.address, limit=self.limits.characters)

    def cell_end(self) -> None:
        if self.formula:
            self.cells.formulas[self.address] = bool(self.value) or (self.kind == "str" and self.content)
        if self.kind == "e" and self.value:
            self.cells.errors[self.address] = self.value.decode()

    def extend(self) -> None:
        rows, columns = self.cells.extent
        self.cells.extent = rows, columns = max(rows, self.row), max(columns, self.column)
        if rows > self.limits.rows or columns > self.limits.columns:
            raise self.refuse("file-far-cell", cell=self.address)
        if rows * columns > self.limits.grid:
            raise self.refuse("file-grid", limit=self.limits.grid)


_BEGIN = {
    "/row": ExactSheet.row_begin,
    "/row/c": ExactSheet.cell_begin,
    "/row/c/f": ExactSheet.formula_begin,
    "/row/c/v": ExactSheet.value_begin,
    "/row/c/is": ExactSheet.value_begin,
}
_FINISH = {"/row/c": ExactSheet.cell_end, "/row/c/v": ExactSheet.value_end, "/row/c/is": ExactSheet.item_done}
