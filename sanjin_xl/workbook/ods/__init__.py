"""OpenDocument sheets (ODF 1.2): one XML part, of which the cells are nearly all and nearly the same in every return.

So it is cut apart where a cell or a style begins. What each stretch says is looked up, as `cells` does for .xlsx, and
read by expat where it is new. What is left is short, and the cells between two of its elements are one mark in it:

    <table:table table:name="…"> … <table:table-row table:style-name="ro6"><c/></table:table-row> …

To cut so, the prefixes must be the usual ones, and nothing may stand in a comment or a CDATA section; all else is
written anew in that way first (`xml.Rewriting`). Nobody else reads such a file here, so that it means what is read.
Sections are those of ODF 1.2 part 1.
"""

import html
import re
from collections.abc import Callable
from dataclasses import replace

from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.book import Book, Sheet
from sanjin_xl.workbook.cache import Cache
from sanjin_xl.workbook.limits import LIMITS, Limits
from sanjin_xl.workbook.ods.cells import Cell, cut, read_cell, read_usual_cell
from sanjin_xl.workbook.ods.sheets import Assembly
from sanjin_xl.workbook.ods.styles import Styles, read_style
from sanjin_xl.workbook.ods.tables import parted, read_tables
from sanjin_xl.workbook.ods.xml import CONTENT, Rewriting, Unusual, behind_root, checked, in_usual_words
from sanjin_xl.workbook.package import Package
from sanjin_xl.workbook.records import check_grids

_STYLES = "styles.xml"
_MANIFEST, _ENCRYPTED = "META-INF/manifest.xml", b"encryption-data"  # ODF 1.2 part 3, 4.4
_BODY = b"<office:body"
_PARAGRAPH, _PARAGRAPH_END = b"<text:p", b"</text:p>"
_TAG = re.compile(rb"<[^<>]*>")
_PAGES, _PAGES_END = b"<office:master-styles>", b"</office:master-styles>"


def read_ods(package: Package, cache: Cache, limits: Limits = LIMITS) -> Book:
    """The book in an .ods; raises Refused."""
    if _MANIFEST in package and _ENCRYPTED in package.part(_MANIFEST):
        raise Refused("file-encrypted")
    styles = in_usual_words(package.xml(_STYLES)) if _STYLES in package else b""
    usual, margins = _without_footers(styles), _footers(styles)
    content = package.xml(CONTENT, whole=False)  # expat decodes every piece of it
    try:
        book = _read(behind_root(content), read_usual_cell, checked, usual, cache, limits)
    except Unusual:
        book = _read(Rewriting().read(content), read_cell, bytes, usual, cache, limits)
    return replace(book, margins=margins)


def _read(
    content: bytes,
    cell_of: Callable[[bytes], Cell],
    tidy: Callable[[bytes], bytes],
    usual: bytes,
    cache: Cache,
    limits: Limits,
) -> Book:
    body = content.find(_BODY)
    if body < 0:
        raise Refused("file-wrong-part", part=CONTENT, found="body")
    head, styles_of_cells, pieces = cut(content[body:])
    if len(pieces) > limits.cells:
        raise Refused("file-too-many-cells", limit=limits.cells)
    rest, runs = parted(tidy(head), styles_of_cells, list(map(cache.lookup(cell_of).__getitem__, pieces)))
    styles = Styles(cache.lookup(read_style).__getitem__, usual, tidy(content[:body]))
    sheets: list[Sheet] = []
    for table in cache.part(read_tables, rest):
        sheets.append(Assembly(table, runs, styles, limits).sheet())
        check_grids(sheets, limits)
    if not sheets or len({one.name for one in sheets}) < len(sheets):
        raise Refused("file-wiring", found="sheets")
    return Book(sheets=tuple(sheets))


def _footers(styles: bytes) -> tuple[str, ...]:
    """The paragraphs in heads and foots of pages."""
    pages = styles[styles.find(_PAGES) : styles.rfind(_PAGES_END)] if _PAGES in styles else b""
    paragraphs = (one[max(one.rfind(_PARAGRAPH), 0) :] for one in pages.split(_PARAGRAPH_END)[:-1])
    return tuple(html.unescape(_TAG.sub(b"", one).decode("utf-8", "replace")) for one in paragraphs)


def _without_footers(styles: bytes) -> bytes:
    """The styles without heads and foots of pages, which say in every return whose it is."""
    start, end = styles.find(_PAGES), styles.rfind(_PAGES_END)
    return styles[:start] + styles[end:] if 0 <= start < end else styles
