"""Worksheets, looked through before any other reader sees them: the usual way, else the exact way.

python-calamine finds elements by local name at any depth, keeps the last of two values, gives text for " 23 " and the
first shared string for an index it cannot parse, and allots memory by counts it is told; error values and formulas
without a result come back blank. So nothing reaches it that has not been read here, one of two ways:

- the usual way (`cells`) takes the rows out of the sheet, <row r="6">…</row>, and reads each cell by its shape; expat
  reads what is left, which is short and nearly the same in every return;
- the exact way reads all of the sheet by expat, some twenty times slower, and refuses what has two meanings by name and
  place. Where it cannot tell a value for certain, as of a number in a format that may show a date, calamine is asked.

Section numbers are those of ECMA-376 part 1.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from math import isfinite

from sanjin_xl.model.cellref import Place, column_letters, column_number, place_of
from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.attached import NOTHING, attached_to, has_pictures_in_cells
from sanjin_xl.workbook.book import Drawing, DrawingKind, Fact, Hidden, Range, Rows, Value, spread_over
from sanjin_xl.workbook.cache import Cache
from sanjin_xl.workbook.cells import (
    Cells,
    Shared,
    Strings,
    Unusual,
    UsualCells,
    is_low,
    is_narrow,
    read_strings,
    shown_number,
)
from sanjin_xl.workbook.limits import LIMITS, Limits, check_length
from sanjin_xl.workbook.looks import looks_of
from sanjin_xl.workbook.package import Package, check_utf8
from sanjin_xl.workbook.relationships import Worksheets, find_worksheets
from sanjin_xl.workbook.styles import NO_STYLES, UNKNOWN, CellStyles, needs_theme, read_styles, read_theme
from sanjin_xl.workbook.xml import (
    ERROR,
    INDEX,
    MAIN,
    SPACE,
    Attributes,
    Markup,
    Run,
    is_all_markup,
    unescaped,
    without_prefix,
)

_NOTHING_SHARED = Shared([], UNKNOWN)
# Of no consequence, and different in every return: where the cursor was left, and the footer with its stamp. Bounded,
# for a pattern that repeats keeps something of every round; beginning with letters, which makes the search leap.
_CURSOR = re.compile(
    rb'><selection(?: pane="[A-Za-z]{1,20}")?(?: activeCell="[A-Z0-9]{1,12}")?(?: activeCellId="[0-9]{1,9}")?'
    rb'(?: sqref="[A-Z0-9: ]{1,200}")? ?/>'
)
_FOOTER = re.compile(rb"<oddFooter>(?:[^<&\x00-\x1f]{1,400}+|&(?:amp|quot|lt|gt|apos|#[0-9]{2,7});){0,200}</oddFooter>")

_INDENT = re.compile(rb">\n[ \t\n]*+<(?!/[tvf]>)")  # between two elements; Gnumeric writes one in every line
_LARGE = 2**20  # bytes; a return has a fifth of it
_BLANK_CELL = re.compile(rb'<c r="[A-Z]{1,3}[1-9][0-9]{0,6}"(?: s="[0-9]{1,9}")? ?/>')
_EMPTY_ROW = re.compile(rb'<row r="[1-9][0-9]{0,6}"(?: (?!r=)[A-Za-z0-9:]{1,30}="[^"<>&]{0,100}")* ?(?:/>|></row>)')


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedSheet:
    """A worksheet looked through: its values, and what they do not show.

    `extent`: the rows and columns that hold every cell. `rows`: as in `Sheet`, None for a value that is not clear.
    `flat_columns`: those of no width. `cells`, `shared`: what its looks hang on.
    """

    hidden: Hidden
    extent: tuple[int, int]
    rows: Rows = field(default_factory=list)
    visible: bool = True
    flat_columns: tuple[int, ...] = ()
    cells: Cells = field(default_factory=Cells, compare=False, repr=False)
    shared: Shared = field(default=_NOTHING_SHARED, compare=False, repr=False)

    @property
    def unclear(self) -> list[Place]:
        """The cells whose values are not clear."""
        return [
            (y, x) for y, line in enumerate(self.rows) if None in line for x, value in enumerate(line) if value is None
        ]

    def hidden_behind(self) -> Hidden:
        """What its values do not show, with its looks, once all values are known."""
        looks = looks_of(self.hidden, self.cells, self.rows, self.shared, self.flat_columns)
        return replace(self.hidden, looks=looks) if looks else self.hidden


def scan_book(package: Package, limits: Limits = LIMITS, cache: Cache | None = None) -> Mapping[str, ScannedSheet]:
    """Every worksheet by its name, in the order of the book; raises Refused for an ambiguous book."""
    cache = cache or Cache()
    worksheets = find_worksheets(package, cache, limits)
    shared = _shared(package, worksheets, cache, limits)
    book, left = {}, limits.grid
    for name, (part, visible) in worksheets.parts.items():
        xml = without_prefix(package.xml(part, whole=False))
        sheet = scan_sheet(xml, part, limits, shared, cache)
        attached = attached_to(package, part, xml, cache, limits)
        hidden = sheet.hidden
        if attached is not NOTHING:
            hidden = replace(hidden, **attached._asdict())
        if _is_veiled(xml, shared.veils):
            hidden = replace(hidden, unread=hidden.unread | {Fact.LOOKS})
        if sheet.cells.rich and has_pictures_in_cells(package):
            hidden = _with_pictures(hidden, sheet.cells.rich)
        book[name] = replace(sheet, visible=visible, hidden=hidden)
        left -= sheet.extent[0] * sheet.extent[1]
        if left < 0:
            raise Refused("file-grid", limit=limits.grid)
    return book


def _shared(package: Package, worksheets: Worksheets, cache: Cache, limits: Limits) -> Shared:
    """What the cells of all sheets draw on."""
    part = worksheets.strings
    strings = read_strings(without_prefix(package.xml(part)), part, cache, limits) if part else Strings()
    styles = _styles(package, worksheets, cache, limits)
    formats = UNKNOWN if worksheets.from_1904 else styles.formats
    return Shared(strings.texts, formats, strings.runs, styles.looks, styles.veils)


def _styles(package: Package, worksheets: Worksheets, cache: Cache, limits: Limits) -> CellStyles:
    """The cell styles; unknown where they are not plain XML, and calamine's to refuse."""
    part, theme = worksheets.styles, worksheets.theme
    if not part:
        return CellStyles(NO_STYLES)
    try:
        xml = package.xml(part)
        colours = cache.part(read_theme, package.part(theme)) if theme and needs_theme(xml) else ()
        return cache.part(read_styles, xml, part, limits, colours, cache)
    except Refused:
        return CellStyles(UNKNOWN)


_RULE = re.compile(rb"""<cfRule\s[^<>]*?\bdxfId=["']([0-9]{1,6})["']""")  # 18.3.1.10
# Icons in another order than the values', or of one's own choice, draw a tick for nought.
_OTHER_VEIL = re.compile(
    rb"""\bshowValue=["'](?:0|false)["']|<(?:x14:)?iconSet\b[^<>]*?\b(?:reverse|custom)=["'](?:1|true)["']"""
)
_OTHER_VEILS = (b"showValue", b"iconSet")  # each begins one of these, and is found sooner
_LATER_FORMAT, _LATER_FORMAT_END = b"<x14:dxf>", b"</x14:dxf>"  # of a rule that looks at another sheet (MS-XLSX 2.6.5)


def _is_veiled(xml: bytes, veils: frozenset[int]) -> bool:
    """Whether a conditional format of a sheet may show something else than stands in a cell."""
    around = xml[xml.rfind(b"</sheetData>") + 1 :]
    if any(int(one) in veils for one in _RULE.findall(around)):
        return True
    if any(one in around for one in _OTHER_VEILS) and _OTHER_VEIL.search(around):
        return True
    return _LATER_FORMAT in around and _has_later_veil(around)


def _has_later_veil(around: bytes) -> bool:
    """Whether a conditional format that stands in the sheet itself hides or rewrites; one that cannot be read may."""
    formats = {one.partition(_LATER_FORMAT_END)[0] for one in around.split(_LATER_FORMAT)[1:]}
    listed = b"".join(b"<dxf>%s</dxf>" % one for one in formats)
    try:
        styles = read_styles(
            b'<styleSheet xmlns="%s"><dxfs>%s</dxfs></styleSheet>' % (MAIN[0].encode(), listed), "", LIMITS
        )
    except Refused:
        return True
    return bool(styles.veils)


def _with_pictures(hidden: Hidden, cells: set[str]) -> Hidden:
    """The cells whose errors only stand for a picture, to programs that know no pictures in cells."""
    places = [place for cell in sorted(cells) if (place := place_of(cell))]
    pictures = tuple(Drawing(DrawingKind.PICTURE, place * 2) for place in places)
    errors = {cell: error for cell, error in hidden.errors.items() if cell not in cells}
    return replace(hidden, errors=errors, drawings=hidden.drawings + pictures)


def scan_sheet(
    xml: bytes,
    part: str = "",
    limits: Limits = LIMITS,
    shared: Shared = _NOTHING_SHARED,
    cache: Cache | None = None,
) -> ScannedSheet:
    """One worksheet part in UTF-8; raises Refused for an ambiguous one or one beyond the limits."""
    cache = cache or Cache()
    xml = _without_blanks(xml) if len(xml) > _LARGE else xml
    usual = _INDENT.sub(b"><", xml) if b"<sheetData>\n" in xml else xml
    start, end = usual.find(b"<sheetData>") + len(b"<sheetData>"), usual.rfind(b"</sheetData>")
    bare = usual[:start] + usual[end:]
    if len(b"<sheetData>") <= start <= end and is_all_markup(bare):
        with suppress(Unusual):
            cells = UsualCells(shared, cache, limits).read(usual, start, end)
            check_utf8(bare, part)
            bare = _FOOTER.sub(b"<oddFooter/>", _CURSOR.sub(b">", bare))
            return _scanned(usual, *cache.part(_around_cells, bare, part, limits), cells, shared)
    check_utf8(xml, part)
    return exact_sheet(xml, part, limits, shared)


def _without_blanks(xml: bytes) -> bytes:
    """A large part without blank cells and rows, which formats dragged to the last row fill by the hundred thousand.

    Only where every cell says where it is: others take their place from those before them.
    """
    cells, rows = xml.count(b"<c "), xml.count(b"<row ")
    if (
        not is_all_markup(xml)
        or b"<c>" in xml
        or b"<row>" in xml
        or (xml.count(b'<c r="'), xml.count(b'<row r="')) != (cells, rows)
    ):
        return xml
    return _EMPTY_ROW.sub(b"", _BLANK_CELL.sub(b"", xml))


def exact_sheet(xml: bytes, part: str = "", limits: Limits = LIMITS, shared: Shared = _NOTHING_SHARED) -> ScannedSheet:
    """One worksheet part by the exact way alone; raises as `scan_sheet` does."""
    check_length(xml, b"<", part, limits)
    sheet = _ExactSheet(part, limits, shared)
    sheet.read(xml)
    sheet.cells.square()
    sheet.cells.formulas |= spread_over(sheet.cells.rows, sheet.spread, sheet.cells.formulas)
    return _scanned(xml, *sheet.around_cells(), sheet.cells, shared)


def _around_cells(xml: bytes, part: str, limits: Limits) -> tuple[Hidden, tuple[int, ...]]:
    """What a sheet tells of which the cells were cut out, and its columns of no width."""
    sheet = _ExactSheet(part, limits, _NOTHING_SHARED)
    sheet.read(xml)
    return sheet.around_cells()


def _scanned(xml: bytes, around: Hidden, flat_columns: tuple[int, ...], cells: Cells, shared: Shared) -> ScannedSheet:
    hidden = replace(
        around,
        xml=xml,
        errors=cells.errors,
        formulas=cells.formulas,
        hidden_rows=frozenset(cells.hidden_rows | cells.flat_rows),
        hidden_columns=around.hidden_columns | set(flat_columns),
    )
    return ScannedSheet(
        hidden=hidden, extent=cells.extent, rows=cells.rows, flat_columns=flat_columns, cells=cells, shared=shared
    )


# ── the exact way ────────────────────────────────────────────────────────────────────────────────────────────────

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


class _ExactSheet(Markup):
    """A worksheet with its cells, unless they were cut out of it."""

    root = "/worksheet"

    def __init__(self, part: str, limits: Limits, shared: Shared) -> None:
        super().__init__(part, limits)
        self.shared = shared
        self.styles: dict[str, int] = {}
        self.odd: dict[str, tuple[Run, ...]] = {}
        self.cells = Cells(styles=self.styles, runs=self.odd)
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
            self.styles[self.address] = int(self.style)
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


_BEGIN = {
    "/row": _ExactSheet.row_begin,
    "/row/c": _ExactSheet.cell_begin,
    "/row/c/f": _ExactSheet.formula_begin,
    "/row/c/v": _ExactSheet.value_begin,
    "/row/c/is": _ExactSheet.value_begin,
}
_FINISH = {
    "/row": _ExactSheet.row_end,
    "/row/c": _ExactSheet.cell_end,
    "/row/c/v": _ExactSheet.value_end,
    "/row/c/is": _ExactSheet.item_done,
}
_READINGS: dict[str, Callable[[_ExactSheet, str], Value | None]] = {
    "n": _ExactSheet.number,
    "s": _ExactSheet.string,
    "b": lambda _, text: text in _TRUE if text else "",
    "e": lambda *_: "",
    "d": _ExactSheet.moment,
    "str": lambda _, text: unescaped(text),
}
