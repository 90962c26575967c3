"""A workbook's XML looked at before any reader sees it: budgets, ambiguities, and what readers hide.

python-calamine finds elements by local name at any depth, keeps the last of two values, gives text for " 23 " and the
first shared string for an index it cannot parse, and allots memory by counts it is told; error values and formulas
without a result come back blank. So cells must follow a narrow grammar: a regex in the shapes that Excel, WPS,
LibreOffice, openpyxl and XlsxWriter write. Whatever else is well-formed takes the exact way through expat,
some twenty times slower; what neither accepts is refused. Section numbers are those of ECMA-376 part 1.
"""

import re

from sanjin_xl.errors import Refused
from sanjin_xl.intake.budgets import check_comments, check_count, check_length
from sanjin_xl.intake.container import LIMITS, Limits, Package
from sanjin_xl.intake.exactsheet import ExactSheet
from sanjin_xl.intake.markup import Strings
from sanjin_xl.intake.plaincells import ITEMS, matches_filling, plain_cells
from sanjin_xl.intake.sheetfacts import SheetFacts
from sanjin_xl.intake.wiring import worksheet_parts

_COMMENTS = re.compile(r"xl/(?:[a-z]+/)?(?:threaded)?comments?", re.IGNORECASE)


def scan_book(package: Package, limits: Limits = LIMITS) -> dict[str, SheetFacts]:
    """The facts of every worksheet by its name, in the order of the book; raises Refused for an ambiguous book."""
    sheets = worksheet_parts(package, limits)
    if "xl/sharedStrings.xml" in package:
        scan_strings(package.xml("xl/sharedStrings.xml"), "xl/sharedStrings.xml", limits)
    for part in filter(_COMMENTS.match, package.names):
        check_comments(package.part(part), part, limits)
    book = {name: scan_sheet(package.xml(part), part, limits) for name, part in sheets.items()}
    if sum(facts.extent[0] * facts.extent[1] for facts in book.values()) > limits.grid:
        raise Refused("file-grid", limit=limits.grid)
    return book


def scan_sheet(xml: bytes, part: str = "", limits: Limits = LIMITS) -> SheetFacts:
    """The facts of one worksheet part in UTF-8; raises Refused for an ambiguous one or one beyond the limits."""
    check_count(xml, b"<row", limits.rows, "file-too-many-rows", part)
    check_count(xml, b"<c ", limits.cells, "file-too-many-cells", part)
    start, end = xml.find(b"<sheetData>") + len(b"<sheetData>"), xml.rfind(b"</sheetData>")
    cells = plain_cells(xml, start, end, part, limits) if len(b"<sheetData>") <= start <= end else None
    sheet = ExactSheet(part, limits)
    if cells is None:
        return sheet.exact(xml)
    sheet.read(xml[:start] + xml[end:])
    return sheet.facts(cells)


def scan_strings(xml: bytes, part: str = "", limits: Limits = LIMITS) -> None:
    """Look through the shared strings (18.4.9); raises Refused for what readers may count or read differently."""
    check_count(xml, b"<si", limits.cells, "file-too-many-cells", part)
    check_length(xml, b"</si>", part, limits)
    start, end = xml.find(b"<si"), xml.rfind(b"</sst>")
    plain = 0 < start < end and matches_filling(ITEMS, xml, start, end) is not None
    strings = Strings(part, limits)
    strings.read(xml[:start] + xml[end:] if plain else xml)
    # Too small a claim hurts nobody; calamine allots memory by a large one and aborts (4294967295 did it).
    if strings.claimed * len(b"<si/>") > len(xml):
        raise Refused("file-false-count", part=part, claimed=strings.claimed)
