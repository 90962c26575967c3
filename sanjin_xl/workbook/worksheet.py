"""Worksheets, looked through before any other reader sees them: the usual way, else the exact way.

python-calamine finds elements by local name at any depth, keeps the last of two values, gives text for " 23 " and the
first shared string for an index it cannot parse, and allots memory by counts it is told; error values and formulas
without a result come back blank. So nothing reaches it that has not been read here, one of two ways:

- the usual way (`cells`) takes the rows out of the sheet, <row r="6">…</row>, and reads each cell by its shape; expat
  reads what is left, which is short and nearly the same in every return;
- the exact way (`exact`) reads all of the sheet by expat, some twenty times slower, and refuses what has two meanings
  by name and place. Where it cannot tell a value for certain, as of a number in a format that may show a date, calamine
  is asked.

Section numbers are those of ECMA-376 part 1.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from sanjin_xl.model.cellref import Place, place_of
from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.attached import NOTHING, attached_to, has_pictures_in_cells
from sanjin_xl.workbook.book import Drawing, DrawingKind, Fact, Hidden, Rows, spread_over
from sanjin_xl.workbook.cache import Cache
from sanjin_xl.workbook.cells import Cells, Shared, UsualCells
from sanjin_xl.workbook.exact import ExactSheet
from sanjin_xl.workbook.limits import LIMITS, Limits, check_length
from sanjin_xl.workbook.looks import looks_of
from sanjin_xl.workbook.package import Package, check_utf8
from sanjin_xl.workbook.relationships import Worksheets, find_worksheets
from sanjin_xl.workbook.strings import Strings, Unusual, read_strings
from sanjin_xl.workbook.styles import NO_STYLES, UNKNOWN, CellStyles, needs_theme, read_styles, read_theme
from sanjin_xl.workbook.xml import MAIN, is_all_markup, without_prefix

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
        return self.cells.unclear

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
    part, styles = worksheets.strings, _styles(package, worksheets, cache, limits)
    coloured = any(style.colour for style in styles.looks.values())
    strings = read_strings(without_prefix(package.xml(part)), part, cache, limits, coloured) if part else Strings()
    theme = cache.part(read_theme, package.part(worksheets.theme)) if coloured and worksheets.theme else ()
    formats = UNKNOWN if worksheets.from_1904 else styles.formats
    return Shared(strings.texts, formats, strings.runs, styles.looks, styles.veils, theme)


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
    sheet = ExactSheet(part, limits, shared)
    sheet.read(xml)
    sheet.cells.square()
    sheet.cells.formulas |= spread_over(sheet.cells.rows, sheet.spread, sheet.cells.formulas)
    return _scanned(xml, *sheet.around_cells(), sheet.cells, shared)


def _around_cells(xml: bytes, part: str, limits: Limits) -> tuple[Hidden, tuple[int, ...]]:
    """What a sheet tells of which the cells were cut out, and its columns of no width."""
    sheet = ExactSheet(part, limits, _NOTHING_SHARED)
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
