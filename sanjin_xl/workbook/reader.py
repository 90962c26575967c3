"""Bytes of a returned workbook → Book: sniffed by content, through the gate, read by us and by python-calamine.

Nothing but Refused leaves this module. A hang, an abort of the parser or an exhausted memory cannot be caught here;
that is what the worker processes are for (`round.workers`).
"""

import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache, partial
from typing import Any

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from sanjin_xl.model.controls import visible
from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.book import Book, Hidden, Sheet, shown
from sanjin_xl.workbook.cache import Cache
from sanjin_xl.workbook.encryption import decrypted
from sanjin_xl.workbook.ods import read_ods
from sanjin_xl.workbook.package import Package, open_package
from sanjin_xl.workbook.sniff import Kind, sniff
from sanjin_xl.workbook.worksheet import scan_book
from sanjin_xl.workbook.xls import read_xls
from sanjin_xl.workbook.xlsb import read_xlsb

_LOCKED = (Kind.ENCRYPTED, Kind.XLS_ENCRYPTED)
_ZIPPED_BOOKS = {Kind.XLSB: read_xlsb, Kind.ODS: read_ods}
_CORE = "docProps/core.xml"
_MODIFIED = re.compile(rb"<dcterms:modified[^<>]*>([0-9TZ:.+-]{10,35})</dcterms:modified>")
_TEXT_PARTS = re.compile(r"docProps/custom\.xml|xl/worksheets/sheet\d+\.xml", re.IGNORECASE)
_COMMENTS = re.compile(r"xl/(?:threaded)?comments", re.IGNORECASE)
_FOOTER = re.compile(rb"<(?:odd|even|first)Footer[^<>]*>([^<]{1,1000})</")


class CachingReader:
    """Reads workbooks of any kind, and remembers from one to the next what they have in common."""

    def __init__(self, passwords: tuple[str, ...] = ()) -> None:
        self._passwords = passwords
        self._cache = Cache()

    def read(self, data: bytes) -> Book:
        """The book in some bytes; raises Refused, and nothing else, where it cannot be read."""
        try:
            kind = sniff(data)
            if kind in _LOCKED:
                data = decrypted(data, self._passwords)
                kind = sniff(data)
            return shown(self._read(data, kind))
        except MemoryError as error:
            raise Refused("file-too-complex") from error

    def _read(self, data: bytes, kind: Kind) -> Book:
        if kind is Kind.XLSX:
            return self._xml_book(data)
        if kind in _ZIPPED_BOOKS:
            return _ZIPPED_BOOKS[kind](open_package(data, cache=self._cache), self._cache)
        if kind is Kind.XLS:
            return read_xls(data)
        raise Refused(kind.code)

    def _xml_book(self, data: bytes) -> Book:
        package = open_package(data, cache=self._cache)
        scanned = scan_book(package, cache=self._cache)
        core = _MODIFIED.search(package.part(_CORE)) if _CORE in package else None
        comments = _comments(data) if any(map(_COMMENTS.match, package.names)) else {}
        hidden = {name: replace(one.hidden, comments=comments.get(name, {})) for name, one in scanned.items()}
        read = ((name, one.visible, one.rows, hidden[name]) for name, one in scanned.items())
        clear = tuple(Sheet(name, visible, rows, hides) for name, visible, rows, hides in read if rows is not None)
        return Book(
            sheets=clear if len(clear) == len(scanned) else _sheets(data, hidden),
            texts=tuple(_texts(package)),
            external_links=any(name.lower().startswith("xl/externallinks/") for name in package.names),
            modified=core[1].decode() if core else "",
        )


def read_book(data: bytes, passwords: tuple[str, ...] = ()) -> Book:
    """Read a single workbook; raises as `CachingReader.read` does."""
    return CachingReader(passwords).read(data)


def _texts(package: Package) -> Iterator[str]:
    """The custom properties and the footers of the sheets, in the order of the parts."""
    for name in filter(_TEXT_PARTS.fullmatch, package.names):
        part = package.part(name)
        is_sheet = name.lower().startswith("xl/")
        texts = _FOOTER.findall(part, part.rfind(b"</sheetData>") + 1) if is_sheet else [part]
        yield from (text.decode("utf-8", "replace") for text in texts)


def _comments(data: bytes) -> dict[str, dict[str, str]]:
    """The comments of every sheet by address."""
    book = _openpyxl_book(data)
    if book is None:
        return {}
    return {
        sheet.title: {
            cell.coordinate: str(cell.comment.text or "") for row in sheet.iter_rows() for cell in row if cell.comment
        }
        for sheet in book.worksheets
    }


def _openpyxl_book(data: bytes) -> Any:
    """The workbook by openpyxl, for what calamine does not tell; None where openpyxl cannot read it."""
    from openpyxl import load_workbook

    try:
        return load_workbook(io.BytesIO(data))
    except Exception:  # noqa: BLE001  (.xls, .ods, oddities: what it would tell stays unknown)
        return None


def _sheets(data: bytes, hidden: Mapping[str, Hidden]) -> tuple[Sheet, ...]:
    """The worksheets of an .xlsx, read from bytes and never from a path, whose extension calamine would trust."""
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            return tuple(
                _sheet(book, meta.name, meta.visible is SheetVisibleEnum.Visible, hidden[meta.name])
                for meta in book.sheets_metadata
                if meta.typ is SheetTypeEnum.WorkSheet
            )
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # a panic of the parser is not an Exception
        raise Refused("file-unreadable", detail=type(error).__name__) from error


def _sheet(book: CalamineWorkbook, name: str, visible: bool, hidden: Hidden) -> Sheet:
    # Without the empty area every address would shift.
    rows: list[list[object]] = book.get_sheet_by_name(name).to_python(skip_empty_area=False)  # type: ignore[assignment]
    return Sheet(name, visible, rows, hidden)


def font_reader(data: bytes, sheet: str) -> Callable[[str], str | None]:
    """A function that tells the font of a cell by its address; the file is opened for it at the first question."""

    book = cache(partial(_openpyxl_book, data))

    def font(address: str) -> str | None:
        # Without an answer the tick stays a question.
        sheets = (one for one in book().worksheets if visible(one.title) == sheet) if address and book() else ()
        return next((one[address].font.name for one in sheets), None)

    return font
