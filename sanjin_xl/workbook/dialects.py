"""Honest .xlsb, .ods and .xls that python-calamine refuses or does not read as they are meant, put right.

SheetJS writes .xlsb with short cells, which name no column, being the next one; calamine skips them without a word.
SheetJS and Gnumeric write .ods with a line for every element; calamine refuses the blanks between cells, and drops
the tabs and line breaks that are elements. Gnumeric numbers the formats of an .xls from 50; calamine takes 50 to 58
for dates of the Far East, whatever the file says of them. Excel and LibreOffice read all of it.
"""

import io
import re
import struct
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zipfile import ZipFile

from sanjin_xl.model.cellref import DAY_ZERO
from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.package import Package

_SHEET_PARTS = re.compile(r"xl/worksheets/[^/]+\.bin", re.IGNORECASE)
_CONTENT = "content.xml"

# Record types of MS-XLSB 2.3: a row; cells with their column first, from BrtCellBlank to BrtFmlaError; short cells.
_ROW = 0
_CELLS = range(1, 12)
_SHORT_CELLS = range(12, 19)
_SHORTER_BY = 11  # BrtShortBlank is 12, BrtCellBlank is 1, and so on to BrtShortIsst and BrtCellIsst

# "<" never stands in an attribute, so that blanks between ">" and "<" are always a text of their own; next to the
# elements of a table they mean nothing (ODF 1.2 part 1, 9.1), inside a paragraph they do.
_BLANKS = re.compile(rb"(</?(?:office|table|calcext|gnm|loext):[^<>]*>)\s+(?=<)|(?<=>)\s+(?=</?(?:office|table|gnm):)")
_FIRST_MARCH = datetime(1900, 3, 1)
_AS_TEXT = ((re.compile(rb"<text:tab ?/>"), b"\t"), (re.compile(rb"<text:line-break ?/>"), b"\n"))


def plain_xlsb(package: Package) -> bytes:
    """The same .xlsb without short cells; raises Refused where the records of a sheet cannot be followed."""
    return _packed(package, {name: whole_cells(package.part(name)) for name in filter(_is_sheet, package.names)})


def plain_ods(package: Package) -> bytes:
    """The same .ods without blanks between cells, its tabs and line breaks as characters."""
    content = _BLANKS.sub(rb"\1", package.xml(_CONTENT))
    for element, text in _AS_TEXT:
        content = element.sub(text, content)
    return _packed(package, {_CONTENT: content})


def _is_sheet(name: str) -> bool:
    return _SHEET_PARTS.fullmatch(name) is not None


def _packed(package: Package, changed: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with ZipFile(target, "w") as book:
        for name in package.names:
            book.writestr(name, changed.get(name, package.part(name)))
    return target.getvalue()


def whole_cells(part: bytes) -> bytes:
    """The records of an .xlsb sheet with every short cell made a whole one."""
    out, column = bytearray(), -1
    for kind, raw, body in _records(part):
        if kind in _SHORT_CELLS:
            column += 1
            out += bytes([kind - _SHORTER_BY]) + _length(len(body) + 4) + struct.pack("<L", column) + body
            continue
        if kind in _CELLS and len(body) >= 4:
            column = struct.unpack_from("<L", body)[0]
        elif kind == _ROW:
            column = -1
        out += raw
    return bytes(out)


def _records(part: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Every record (2.1.4) as its type, all of its bytes, and its body."""
    at = 0
    while at < len(part):
        kind, body = _varint(part, at, 2)
        length, body = _varint(part, body, 4)
        end = body + length
        if end > len(part):
            raise Refused("file-unreadable")
        yield kind, part[at:end], part[body:end]
        at = end


def _varint(part: bytes, at: int, most: int) -> tuple[int, int]:
    """A number of at most so many bytes, seven bits in each, the lowest first, and where it ends."""
    number = 0
    for n in range(most):
        if at + n >= len(part):
            raise Refused("file-unreadable")
        number |= (part[at + n] & 0x7F) << 7 * n
        if part[at + n] < 0x80:
            return number, at + n + 1
    return number, at + most


def _length(number: int) -> bytes:
    coded = bytearray()
    while number >= 0x80:
        coded.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*coded, number])


def plain_number(value: object) -> object:
    """The number behind a time of day or a day of 1900 in an .xls, which no clerk means; anything else as it is."""
    if isinstance(value, time):
        moment = datetime.combine(DAY_ZERO, value)
    elif isinstance(value, date) and value.year == 1900:
        moment = datetime.combine(value, value.time() if isinstance(value, datetime) else time())
        moment -= timedelta(days=moment < _FIRST_MARCH)
    else:
        return value
    return round((moment - datetime.combine(DAY_ZERO, time())) / timedelta(days=1), 6)
