"""Worksheets, looked through before any other reader sees them: the usual way, else the exact way.

python-calamine finds elements by local name at any depth, keeps the last of two values, gives text for " 23 " and the
first shared string for an index it cannot parse, and allots memory by counts it is told; error values and formulas
without a result come back blank. So nothing reaches it that has not been read here, one of two ways:

- the usual way (`cells`) takes the rows out of the sheet, <row r="6">…</row>, and reads each cell by its shape; expat
  reads what is left, which is short and nearly the same in every return;
- the exact way reads all of the sheet by expat, some twenty times slower, and refuses what has two meanings by name and
  place. It gives no values: calamine reads those.

Section numbers are those of ECMA-376 part 1.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from math import isfinite

from sanjin_xl.model.cellref import column_letters, column_number
from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.book import Hidden, Range, Rows
from sanjin_xl.workbook.cache import Cache
from sanjin_xl.workbook.cells import Cells, Shared, Unusual, UsualCells, read_strings
from sanjin_xl.workbook.limits import (
    LIMITS,
    Limits,
    characters_in,
    check_comments,
    check_count,
    check_length,
    check_shared,
)
from sanjin_xl.workbook.package import Package, check_utf8
from sanjin_xl.workbook.relationships import find_worksheets
from sanjin_xl.workbook.styles import NO_STYLES, UNKNOWN, Formats, read_formats
from sanjin_xl.workbook.xml import ERROR, INDEX, SPACE, Attributes, Markup, is_all_markup

_COMMENTS = re.compile(r"xl/(?:[a-z]+/)?(?:threaded)?comments?", re.IGNORECASE)
_STRINGS, _STYLES = "xl/sharedStrings.xml", "xl/styles.xml"
_NOTHING_SHARED = Shared([], UNKNOWN)
# Of no consequence, and different in every return: where the cursor was left, and the footer with its stamp. Bounded,
# for a pattern that repeats keeps something of every round; beginning with letters, which makes the search leap.
_CURSOR = re.compile(
    rb'><selection(?: pane="[A-Za-z]{1,20}")?(?: activeCell="[A-Z0-9]{1,12}")?(?: activeCellId="[0-9]{1,9}")?'
    rb'(?: sqref="[A-Z0-9: ]{1,200}")? ?/>'
)
_FOOTER = re.compile(rb"<oddFooter>(?:[^<&\x00-\x1f]{1,400}+|&(?:amp|quot|lt|gt|apos);){0,60}</oddFooter>")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedSheet:
    """A worksheet looked through: what its values do not show, and the values if all of them are clear.

    `extent`: the rows and columns that hold every cell. `rows`: as in `Sheet`, None where calamine must read them.
    """

    hidden: Hidden
    extent: tuple[int, int]
    rows: Rows | None = None
    visible: bool = True


def scan_book(package: Package, limits: Limits = LIMITS, cache: Cache | None = None) -> Mapping[str, ScannedSheet]:
    """Every worksheet by its name, in the order of the book; raises Refused for an ambiguous book."""
    cache = cache or Cache()
    worksheets = find_worksheets(package, cache, limits)
    strings = read_strings(package.xml(_STRINGS), _STRINGS, cache, limits) if _STRINGS in package else []
    for part in filter(_COMMENTS.match, package.names):
        check_comments(package.part(part), part, limits)
    shared = Shared(strings, UNKNOWN if worksheets.from_1904 else _formats(package, cache, limits))
    book, left = {}, limits.grid
    for name, (part, visible) in worksheets.parts.items():
        sheet = scan_sheet(package.xml(part, whole=False), part, limits, shared, cache)
        book[name] = replace(sheet, visible=visible)
        left -= sheet.extent[0] * sheet.extent[1]
        if left < 0:
            raise Refused("file-grid", limit=limits.grid)
    if _STRINGS in package and any(sheet.rows is None for sheet in book.values()):
        parts = (package.part(one.part) for one in worksheets.parts.values())
        check_shared(package.part(_STRINGS), parts, limits)
    return book


def _formats(package: Package, cache: Cache, limits: Limits) -> Formats:
    """How the styles show numbers; unknown where they are not plain XML, and calamine's to refuse."""
    try:
        return cache.part(read_formats, package.xml(_STYLES), _STYLES, limits) if _STYLES in package else NO_STYLES
    except Refused:
        return UNKNOWN


def scan_sheet(
    xml: bytes,
    part: str = "",
    limits: Limits = LIMITS,
    shared: Shared = _NOTHING_SHARED,
    cache: Cache | None = None,
) -> ScannedSheet:
    """One worksheet part in UTF-8; raises Refused for an ambiguous one or one beyond the limits."""
    cache = cache or Cache()
    start, end = xml.find(b"<sheetData>") + len(b"<sheetData>"), xml.rfind(b"</sheetData>")
    bare = xml[:start] + xml[end:]
    if len(b"<sheetData>") <= start <= end and is_all_markup(bare):
        with suppress(Unusual):
            cells = UsualCells(shared, cache, limits).read(xml, start, end)
            check_utf8(bare, part)
            bare = _FOOTER.sub(b"<oddFooter/>", _CURSOR.sub(b">", bare))
            return _scanned(xml, cache.part(_around_cells, bare, part, limits), cells)
    check_count(xml, b"<row", limits.rows, "file-too-many-rows", part)
    check_count(xml, b"<c ", limits.cells, "file-too-many-cells", part)
    check_utf8(xml, part)
    return exact_sheet(xml, part, limits)


def exact_sheet(xml: bytes, part: str = "", limits: Limits = LIMITS) -> ScannedSheet:
    """One worksheet part by the exact way alone, without values; raises as `scan_sheet` does."""
    check_length(xml, b"<", part, limits)
    sheet = _ExactSheet(part, limits)
    # calamine does not resolve references in attributes; a ">" in one would hide them from this look.
    if re.search(rb"<[^<>]*&", xml[xml.find(b"sheetData") : xml.rfind(b"sheetData")]):
        raise sheet.refuse("file-markup", found="&")
    sheet.read(xml)
    return replace(_scanned(xml, sheet.around_cells(), sheet.cells), rows=None)


def _around_cells(xml: bytes, part: str, limits: Limits) -> Hidden:
    """What a sheet tells of which the cells were cut out."""
    sheet = _ExactSheet(part, limits)
    sheet.read(xml)
    return sheet.around_cells()


def _scanned(xml: bytes, around: Hidden, cells: Cells) -> ScannedSheet:
    hidden = replace(
        around,
        xml=xml,
        errors=cells.errors,
        formulas=cells.formulas,
        hidden_rows=frozenset(cells.hidden_rows),
    )
    rows = None if any(None in line for line in cells.rows) else cells.rows
    return ScannedSheet(hidden=hidden, extent=cells.extent, rows=rows)


# ── the exact way ────────────────────────────────────────────────────────────────────────────────────────────────

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
_TRUE = ("1", "true")


class _ExactSheet(Markup):
    """A worksheet with its cells, unless they were cut out of it."""

    root = "/worksheet"

    def __init__(self, part: str, limits: Limits) -> None:
        super().__init__(part, limits)
        self.cells = Cells()
        self.merges: list[Range] = []
        self.hidden_columns: set[int] = set()
        self.protected = False
        self.area = self.data = self.rows = self.row = self.column = 0

    def around_cells(self) -> Hidden:
        """What stands around the cells; raises Refused unless there is one place for them."""
        if self.data != 1:
            raise self.refuse("file-markup", found="sheetData")
        return Hidden(
            known=True,
            merges=tuple(self.merges),
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
        elif path == "/worksheet/sheetProtection":
            self.protected = attributes.get("sheet") in _TRUE

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
        if attributes.get("hidden") in _TRUE:
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
        if attributes.get("hidden") in _TRUE:
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
        self.cells.count += 1
        if self.cells.count > self.limits.cells:
            raise self.refuse("file-too-many-cells", limit=self.limits.cells)
        self.extend()
        self.kind = attributes.get("t", "n")
        self.formula = self.content = False
        self.value: bytes | None = None

    def extend(self) -> None:
        rows, columns = self.cells.extent
        self.cells.extent = rows, columns = max(rows, self.row), max(columns, self.column)
        if rows > self.limits.rows or columns > self.limits.columns:
            raise self.refuse("file-far-cell", cell=self.address)
        if rows * columns > self.limits.grid:
            raise self.refuse("file-grid", limit=self.limits.grid)

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


_BEGIN = {
    "/row": _ExactSheet.row_begin,
    "/row/c": _ExactSheet.cell_begin,
    "/row/c/f": _ExactSheet.formula_begin,
    "/row/c/v": _ExactSheet.value_begin,
    "/row/c/is": _ExactSheet.value_begin,
}
_FINISH = {"/row/c": _ExactSheet.cell_end, "/row/c/v": _ExactSheet.value_end, "/row/c/is": _ExactSheet.item_done}
