"""The workbooks of Excel 97 to 2003 (MS-XLS): a stream of records, of which those are read that say something of cells.

    BOF · FONT FONT … · FORMAT … · XF XF … · BOUNDSHEET(name, where) … · SST(texts) · EOF
    BOF · ROW … · LABELSST(row, column, XF, number of a text) · FORMULA · … · MERGECELLS · NOTE · EOF, for each sheet

Nobody else reads such a file here, so that it means what is read; records that lead out of the stream, cells in two
places and sizes beyond the budgets are refused. Sections are those of MS-XLS.
"""

import struct

from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.book import Book, Sheet
from sanjin_xl.workbook.cache import Cache
from sanjin_xl.workbook.limits import LIMITS, Limits
from sanjin_xl.workbook.ole import open_compound
from sanjin_xl.workbook.records import Text, check_grids
from sanjin_xl.workbook.xls.book import Globals
from sanjin_xl.workbook.xls.sheet import Worksheet
from sanjin_xl.workbook.xls.stream import records, text

_GLOBALS, _WORKSHEET = 0x0005, 0x0010


def read_xls(data: bytes, cache: Cache, limits: Limits = LIMITS) -> Book:
    """The book in an .xls that is not encrypted; raises Refused."""
    stream = open_compound(data, limits).get("workbook", b"")
    if len(stream) > limits.part_bytes:
        raise Refused("file-too-large", found=len(stream), limit=limits.part_bytes)
    try:
        return _read(stream, cache, limits)
    except (struct.error, IndexError) as error:  # a record that is shorter than what it holds
        raise Refused("file-unreadable") from error


def _own_text(coded: bytes) -> Text:
    """A text without fonts of its own, as it stands in a record."""
    return Text(text(coded))


def _read(stream: bytes, cache: Cache, limits: Limits) -> Book:
    book = Globals(cache.lookup(_own_text))
    book.read(records(stream, 0, _GLOBALS))
    sheets: list[Sheet] = []
    margins: list[str] = []
    for name, visible, offset in book.sheets:
        sheet = Worksheet(book, limits)
        sheet.read(records(stream, offset, _WORKSHEET))
        sheets.append(sheet.grid.sheet(name, visible=visible))
        margins += sheet.margins
        check_grids(sheets, limits)
    return Book(sheets=tuple(sheets), margins=tuple(margins), external_links=book.external_links)
