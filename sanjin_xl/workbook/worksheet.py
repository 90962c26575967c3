"""A workbook's XML looked at before any reader sees it: budgets, ambiguities, and what readers hide.

python-calamine finds elements by local name at any depth, keeps the last of two values, gives text for " 23 " and the
first shared string for an index it cannot parse, and allots memory by counts it is told; error values and formulas
without a result come back blank. So cells must follow a narrow grammar: the shapes that Excel, WPS, LibreOffice,
openpyxl and XlsxWriter write. They are read as they are looked at; where a value is not clear from that, calamine
reads the book. Whatever else is well-formed takes the exact way through expat, some twenty times slower, and then
calamine; what neither accepts is refused. Section numbers are those of ECMA-376 part 1.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from math import isfinite

from sanjin_xl.model.cellref import column_letters, column_number
from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.book import Rows
from sanjin_xl.workbook.cache import remembering
from sanjin_xl.workbook.cells import Cells, Unusual, Values, plain_cells, scan_strings
from sanjin_xl.workbook.limits import LIMITS, Limits, characters_in, check_comments, check_count, check_length
from sanjin_xl.workbook.package import Package, check_utf8
from sanjin_xl.workbook.relationships import find_wiring
from sanjin_xl.workbook.styles import NO_STYLES, UNKNOWN, Formats, read_formats
from sanjin_xl.workbook.xml import ERROR, INDEX, SPACE, Attributes, Markup, is_all_markup

_COMMENTS = re.compile(r"xl/(?:[a-z]+/)?(?:threaded)?comments?", re.IGNORECASE)
_STRINGS, _STYLES = "xl/sharedStrings.xml", "xl/styles.xml"
_NO_VALUES = Values([], UNKNOWN)
# Of no consequence, and different in every return: where the cursor was left, and the footer with its stamp. Bounded,
# for a pattern that repeats keeps something of every round; beginning with letters, which makes the search leap.
_CURSOR = re.compile(
    rb'><selection(?: pane="[A-Za-z]{1,20}")?(?: activeCell="[A-Z0-9]{1,12}")?(?: activeCellId="[0-9]{1,9}")?'
    rb'(?: sqref="[A-Z0-9: ]{1,200}")? ?/>'
)
_FOOTER = re.compile(rb"<oddFooter>(?:[^<&\x00-\x1f]{1,400}+|&(?:amp|quot|lt|gt|apos);){0,60}</oddFooter>")


Range = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetFacts:
    """What the values of a sheet do not show; addresses as in the sheet, rows and columns from zero.

    `part`: the name of the sheet's part. `errors`: address → "#REF!". `formulas`: address → whether a result is stored
    with it (an empty text is one).
    `merges` (first row, first column, last row, last column) and `hidden_columns` end at the limits at the latest.
    `dimension`: what the sheet says of itself (WPS may say A1). `extent`: rows and columns that hold every cell.
    `rows`: the values from A1 on, all rows equally long; None where one of them is for calamine to read.
    """

    part: str = ""
    visible: bool = True
    dimension: str = ""
    extent: tuple[int, int] = (0, 0)
    errors: Mapping[str, str] = field(default_factory=dict)
    formulas: Mapping[str, bool] = field(default_factory=dict)
    merges: tuple[Range, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    protected: bool = False
    rows: Rows | None = None


def scan_book(package: Package, limits: Limits = LIMITS) -> dict[str, SheetFacts]:
    """The facts of every worksheet by its name, in the order of the book; raises Refused for an ambiguous book."""
    wiring = find_wiring(package, limits)
    strings = scan_strings(package.xml(_STRINGS), _STRINGS, limits) if _STRINGS in package else []
    for part in filter(_COMMENTS.match, package.names):
        check_comments(package.part(part), part, limits)
    values = Values(strings, UNKNOWN if wiring.from_1904 else _formats(package, limits))
    book, left = {}, limits.grid
    for name, (part, visible) in wiring.sheets.items():
        facts = scan_sheet(package.xml(part, whole=False), part, limits, values)
        book[name] = replace(facts, visible=visible)
        left -= facts.extent[0] * facts.extent[1]
        if left < 0:
            raise Refused("file-grid", limit=limits.grid)
    return book


def scan_sheet(xml: bytes, part: str = "", limits: Limits = LIMITS, values: Values = _NO_VALUES) -> SheetFacts:
    """The facts of one worksheet part in UTF-8; raises Refused for an ambiguous one or one beyond the limits."""
    start, end = xml.find(b"<sheetData>") + len(b"<sheetData>"), xml.rfind(b"</sheetData>")
    bare = xml[:start] + xml[end:]
    if len(b"<sheetData>") <= start <= end and is_all_markup(bare):
        with suppress(Unusual):
            cells = plain_cells(xml, start, end, limits, values)
            check_utf8(bare, part)
            bare = _FOOTER.sub(b"<oddFooter/>", _CURSOR.sub(b">", bare))
            return _with_cells(_bare_facts(bare, part, limits), cells)
    check_count(xml, b"<row", limits.rows, "file-too-many-rows", part)
    check_count(xml, b"<c ", limits.cells, "file-too-many-cells", part)
    check_utf8(xml, part)
    return ExactSheet(part, limits).exact(xml)


@remembering
def _bare_facts(xml: bytes, part: str, limits: Limits) -> SheetFacts:
    """The facts of a sheet of which the cells were cut out."""
    sheet = ExactSheet(part, limits)
    sheet.read(xml)
    return sheet.facts()


def _with_cells(bare: SheetFacts, cells: Cells) -> SheetFacts:
    return replace(
        bare,
        extent=cells.extent,
        errors=cells.errors,
        formulas=cells.formulas,
        hidden_rows=frozenset(cells.hidden_rows),
        rows=None if any(None in line for line in cells.rows) else cells.rows,
    )


def _formats(package: Package, limits: Limits) -> Formats:
    """How the styles show numbers; unknown where they are not plain XML, and calamine's to refuse."""
    try:
        return read_formats(package.xml(_STYLES), _STYLES, limits) if _STYLES in package else NO_STYLES
    except Refused:
        return UNKNOWN


# ── the exact way ──

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
