"""Bytes of a returned workbook → Book: sniffed by content, through the gate, read by us and by python-calamine.

Nothing but Refused leaves this module. A hang, an abort of the parser or an exhausted memory cannot be caught here;
that is what the worker processes are for (`round.workers`).
"""

import html
import re
from collections.abc import Iterable, Iterator

from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.book import Book, Sheet, shown
from sanjin_xl.workbook.cache import Cache
from sanjin_xl.workbook.calamine import read_values
from sanjin_xl.workbook.encryption import decrypted
from sanjin_xl.workbook.limits import LIMITS, check_shared
from sanjin_xl.workbook.looks import with_pictures
from sanjin_xl.workbook.ods import read_ods
from sanjin_xl.workbook.package import Package, open_package
from sanjin_xl.workbook.relationships import find_worksheets
from sanjin_xl.workbook.sniff import Kind, sniff
from sanjin_xl.workbook.worksheet import ScannedSheet, scan_book
from sanjin_xl.workbook.xls import read_xls
from sanjin_xl.workbook.xlsb import read_xlsb

_LOCKED = (Kind.ENCRYPTED, Kind.XLS_ENCRYPTED)
_ZIPPED_BOOKS = {Kind.XLSB: read_xlsb, Kind.ODS: read_ods}
_CORE = "docProps/core.xml"
_MODIFIED = re.compile(rb"<dcterms:modified[^<>]*>([0-9TZ:.+-]{10,35})</dcterms:modified>")
_CUSTOM = "docProps/custom.xml"
_MARGIN = re.compile(rb"<(?:[a-z]{1,9}:)?(?:odd|even|first)(?:Header|Footer)[^<>]*>([^<]{1,1000})</")


class CachingReader:
    """Reads workbooks of any kind, and remembers from one to the next what they have in common."""

    def __init__(self, passwords: tuple[str, ...] = (), cache: Cache | None = None) -> None:
        self._passwords = passwords
        self._cache = cache or Cache()

    def read(self, data: bytes) -> Book:
        """The book in some bytes; raises Refused where it cannot be read, and MemoryError where there is no room."""
        kind = sniff(data)
        if kind in _LOCKED:
            data = decrypted(data, self._passwords)
            kind = sniff(data)
        return shown(self._read(data, kind))

    def _read(self, data: bytes, kind: Kind) -> Book:
        if kind is Kind.XLSX:
            return self._xml_book(data)
        if kind in _ZIPPED_BOOKS:
            return with_pictures(_ZIPPED_BOOKS[kind](open_package(data, cache=self._cache), self._cache))
        if kind is Kind.XLS:
            return with_pictures(read_xls(data, self._cache))
        raise Refused(kind.code)

    def _xml_book(self, data: bytes) -> Book:
        package = open_package(data, cache=self._cache)
        scanned = scan_book(package, cache=self._cache)
        core = _MODIFIED.search(package.part(_CORE)) if _CORE in package else None
        if any(one.unclear for one in scanned.values()):
            self._ask(package, scanned.values())
        margins = tuple(_margins(scanned.values()))
        custom = (package.part(_CUSTOM).decode("utf-8", "replace"),) if _CUSTOM in package else ()
        return Book(
            sheets=tuple(Sheet(name, one.visible, one.rows, one.hidden_behind()) for name, one in scanned.items()),
            texts=(*custom, *margins),
            margins=margins,
            external_links=any(name.lower().startswith("xl/externallinks/") for name in package.names),
            modified=core[1].decode() if core else "",
        )

    def _ask(self, package: Package, sheets: Iterable[ScannedSheet]) -> None:
        """Put into sheets what calamine says of the values that are not clear, and of no other."""
        worksheets = find_worksheets(package, self._cache, LIMITS)
        if worksheets.strings:
            parts = (package.part(one.part) for one in worksheets.parts.values())
            check_shared(package.part(worksheets.strings), parts, LIMITS)
        theirs = read_values(package, worksheets)
        for ours, rows in zip(sheets, theirs, strict=True):
            for row, column in ours.unclear:
                ours.rows[row][column] = rows[row][column] if row < len(rows) and column < len(rows[row]) else ""


def read_book(data: bytes, passwords: tuple[str, ...] = (), cache: Cache | None = None) -> Book:
    """Read a single workbook; raises Refused, and nothing else, where it cannot be read. `cache`: of those before."""
    try:
        return CachingReader(passwords, cache).read(data)
    except MemoryError as error:
        raise Refused("file-too-complex") from error


def _margins(sheets: Iterable[ScannedSheet]) -> Iterator[str]:
    """The headers and footers of the pages."""
    for sheet in sheets:
        part = sheet.hidden.xml
        found = _MARGIN.findall(part, part.rfind(b"</sheetData>") + 1)
        yield from (html.unescape(text.decode("utf-8", "replace")) for text in found)
