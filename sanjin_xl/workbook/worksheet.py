"""A workbook's XML looked at before any reader sees it: budgets, ambiguities, and what readers hide.

python-calamine finds elements by local name at any depth, keeps the last of two values, gives text for " 23 " and the
first shared string for an index it cannot parse, and allots memory by counts it is told; error values and formulas
without a result come back blank. So cells must follow a narrow grammar: the shapes that Excel, WPS, LibreOffice,
openpyxl and XlsxWriter write. They are read as they are looked at; where a value is not clear from that, calamine
reads the book. Whatever else is well-formed takes the exact way through expat, some twenty times slower, and then
calamine; what neither accepts is refused. Section numbers are those of ECMA-376 part 1.
"""

import re
from contextlib import suppress
from dataclasses import replace

from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.cache import remembering
from sanjin_xl.workbook.cells import Values, plain_cells
from sanjin_xl.workbook.exact_sheet import ExactSheet
from sanjin_xl.workbook.limits import check_comments, check_count, check_length
from sanjin_xl.workbook.markup import Strings
from sanjin_xl.workbook.package import LIMITS, Limits, Package, check_utf8
from sanjin_xl.workbook.relationships import find_wiring
from sanjin_xl.workbook.sheet_facts import Cells, SheetFacts
from sanjin_xl.workbook.styles import NO_STYLES, UNKNOWN, Formats, read_formats
from sanjin_xl.workbook.texts import Unusual, plain_strings

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
    if len(b"<sheetData>") <= start <= end and _is_all_markup(bare):
        with suppress(Unusual):
            cells = plain_cells(xml, start, end, limits, values)
            check_utf8(bare, part)
            bare = _FOOTER.sub(b"<oddFooter/>", _CURSOR.sub(b">", bare))
            return _with_cells(_bare_facts(bare, part, limits), cells)
    check_count(xml, b"<row", limits.rows, "file-too-many-rows", part)
    check_count(xml, b"<c ", limits.cells, "file-too-many-cells", part)
    check_utf8(xml, part)
    return ExactSheet(part, limits).exact(xml)


def _is_all_markup(xml: bytes) -> bool:
    """Whether no comment, CDATA section or instruction but the declaration can hide what looks like elements."""
    return b"<!" not in xml and xml.find(b"<?", len("\ufeff<?".encode())) < 0


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


def scan_strings(xml: bytes, part: str = "", limits: Limits = LIMITS) -> list[str | None]:
    """The shared strings (18.4.9) in their order, None for one that calamine must read, none of them if one is unusual.

    Raises Refused for what readers may count or read differently.
    """
    check_count(xml, b"<si", limits.cells, "file-too-many-cells", part)
    check_length(xml, b"</si>", part, limits)
    start, end = xml.find(b"<si"), xml.rfind(b"</sst>")
    bare = xml[:start] + xml[end:]
    found: list[str | None] | None = None
    if 0 < start < end and _is_all_markup(bare):
        with suppress(Unusual):
            found = plain_strings(xml, start, end)
    strings = Strings(part, limits)
    strings.read(xml if found is None else bare)
    # Too small a claim hurts nobody; calamine allots memory by a large one and aborts (4294967295 did it).
    if strings.claimed * len(b"<si/>") > len(xml):
        raise Refused("file-false-count", part=part, claimed=strings.claimed)
    return found or []


def _formats(package: Package, limits: Limits) -> Formats:
    """How the styles show numbers; unknown where they are not plain XML, and calamine's to refuse."""
    try:
        return read_formats(package.xml(_STYLES), _STYLES, limits) if _STYLES in package else NO_STYLES
    except Refused:
        return UNKNOWN
