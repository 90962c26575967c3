"""The usual shapes of cells, read as they are checked: what Excel, WPS, LibreOffice, openpyxl and XlsxWriter write.

ECMA-376 leaves room for cells that readers take differently. A cell in one of these shapes leaves none and needs no
second reader; whatever else there is goes the exact way and to calamine. A cell says the same wherever it is met, for
its address is part of it. So each is taken apart once and then looked up: returns of one form have most in common.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from math import isfinite
from typing import Any, NamedTuple

from sanjin_xl.model.cellref import FIRST_SURE_DAY, LAST_DAY, column_number, day_of
from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.book import Value
from sanjin_xl.workbook.cache import Memory
from sanjin_xl.workbook.limits import LIMITS, Limits, check_count, check_length
from sanjin_xl.workbook.styles import Formats
from sanjin_xl.workbook.xml import ERROR, FONT, INDEX, NUMBER, Attributes, Markup, is_all_markup

# Groups that repeat are not possessive: before Python 3.11.5 those lose count (gh-106052). An attribute given twice, or
# of an undeclared prefix, passes here where no value depends on it: on a row, a formula, a font, a phonetic hint.
ATTRIBUTES = rb'(?: (?!r=|xmlns)[A-Za-z][A-Za-z0-9_:]*+="[^"<>&]*+")*'
NO_CONTROLS = rb"[^<\x00-\x08\x0b\x0c\x0e-\x1f]*+"  # they are no XML (1.0, 2.2), yet calamine passes them on
TAGGED = rb'<t(?: xml:space="preserve")?(?:>' + NO_CONTROLS + rb"</t>| ?/>)"
_RUN = rb"<r>(?:<rPr>(?:<(?:" + FONT.encode() + rb")" + ATTRIBUTES + rb" ?/>)*</rPr>|<rPr ?/>)?" + TAGGED + rb"</r>"
_PHONETIC = rb"(?:<phoneticPr" + ATTRIBUTES + rb" ?/>)?"  # Chinese Excel writes one into most strings
_ITEM = re.compile(rb"(?:" + TAGGED + rb"|(?:" + _RUN + rb")+)?" + _PHONETIC + rb"</si>")
_TAG = re.compile(rb"<t( [^<>]*)?>([^<]*)</t>")
_NO_TEXT = (b"]]>", "\ufffe".encode(), "\uffff".encode())  # what XML (1.0, 2.2 and 2.4) has no room for
_LONGEST = 2**14  # bytes: far less than a cell can hold, so that only the exact way need count characters
_REFERENCE = re.compile("&[^;]*;?")
_REFERENCES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&", "&#10;": "\n"}  # by LibreOffice


class Unusual(Exception):  # noqa: N818 - nothing has gone wrong
    """A stretch of XML that is not in one of the usual shapes; it is for the exact way and calamine."""


def plain_strings(xml: bytes, start: int, end: int) -> list[str | None]:
    """The shared strings of a stretch, None for one that is not clear; raises Unusual."""
    before, *items = xml[start:end].split(b"<si>")
    if before:
        raise Unusual
    return list(map(_ITEMS.__getitem__, items))


def checked(written: bytes) -> bytes:
    """The same bytes, if they are a short stretch of UTF-8 that XML has room for; raises Unusual."""
    try:
        written.decode()
    except UnicodeDecodeError:
        raise Unusual from None
    if len(written) > _LONGEST or any(one in written for one in _NO_TEXT):
        raise Unusual
    return written


def has_only_known_references(text: str) -> bool:
    """Whether a text refers to nothing but the few characters that all programs refer to."""
    return set(_REFERENCE.findall(text)) <= _REFERENCES.keys()


def plain_text(written: bytes) -> str | None:
    """What character data in UTF-8 says; None where readers may differ: other references, escapes, line ends."""
    text = written.decode()
    if "\r" in text or "_x" in text or not has_only_known_references(text):
        return None
    return _REFERENCE.sub(lambda found: _REFERENCES[found[0]], text)


def tagged_texts(written: bytes) -> str | None:
    """What the <t> elements of a stretch say together; None where readers may differ, such as on blanks around it."""
    texts = []
    for preserve, content in _TAG.findall(written):
        text = plain_text(content)
        if text is None or not (preserve or text == text.strip()):
            return None
        texts.append(text)
    return "".join(texts)


def _item(written: bytes) -> str | None:
    if not _ITEM.fullmatch(checked(written)):
        raise Unusual
    return tagged_texts(written)


_ITEMS = Memory(_item)


class Strings(Markup):
    """The shared strings: every <si> where it belongs, none with two texts, and how many are claimed."""

    root = "/sst"
    claimed = 0

    def start(self, path: str, local: str, attributes: Attributes) -> None:
        if path == "/sst":
            claim = attributes.get("uniqueCount", "")
            self.claimed = int(claim[:20]) if claim.isdecimal() else 0
        elif path.startswith("/sst/si/"):
            self.item(path.removeprefix("/sst/si"))
        elif local in ("si", "sst") and path != "/sst/si":
            raise self.refuse("file-markup", found=local)

    def end(self, path: str) -> None:
        if path == "/sst/si":
            self.item_end()


def scan_strings(xml: bytes, part: str = "", limits: Limits = LIMITS) -> list[str | None]:
    """The shared strings (18.4.9) in their order, None for one that calamine must read, none of them if one is unusual.

    Raises Refused for what readers may count or read differently.
    """
    check_count(xml, b"<si", limits.cells, "file-too-many-cells", part)
    check_length(xml, b"</si>", part, limits)
    start, end = xml.find(b"<si"), xml.rfind(b"</sst>")
    bare = xml[:start] + xml[end:]
    found: list[str | None] | None = None
    if 0 < start < end and is_all_markup(bare):
        with suppress(Unusual):
            found = plain_strings(xml, start, end)
    strings = Strings(part, limits)
    strings.read(xml if found is None else bare)
    # Too small a claim hurts nobody; calamine allots memory by a large one and aborts (4294967295 did it).
    if strings.claimed * len(b"<si/>") > len(xml):
        raise Refused("file-false-count", part=part, claimed=strings.claimed)
    return found or []


# ── cells ──

_ROW = re.compile(rb'r="([1-9][0-9]{0,6})"(' + ATTRIBUTES + rb") ?(/?)>")
_NAMES = re.compile(rb' ([A-Za-z0-9_:]+)="')
_HIDDEN = re.compile(rb' hidden="(?:1|true)"')
_CELL = re.compile(
    rb'(?P<address>(?P<letters>[A-Z]{1,3})(?P<row>[1-9][0-9]{0,6}))"(?: s="(?P<style>[0-9]{1,9})")?'
    rb'(?: t="(?P<kind>[a-zA-Z]+)")?(?: ?/>|>'
    rb"(?P<formula><f" + ATTRIBUTES + rb" ?(?:/>|>" + NO_CONTROLS + rb"</f>))?"
    rb"(?:<v>(?P<value>" + NO_CONTROLS + rb")</v>|(?P<void><v ?/>)|<is>(?P<inline>" + TAGGED + rb")</is>)?</c>)"
)
_A_NUMBER, _AN_INDEX, _AN_ERROR = map(re.compile, (NUMBER, INDEX, ERROR))
_WIDTH = 2**15  # more columns than three letters can name
_LARGE = 2**20  # bytes of cells: to split more into pieces one must know that they are few

# Where the value of a cell is. No Enum: it is asked for every cell of every return.
_IN_CELL = 0
_IN_STRINGS = 1
_BY_STYLE = 2  # a number may be a date


@dataclass(slots=True)
class Cells:
    """Facts of the cells alone, while they are being gathered; as in `SheetFacts`.

    `rows`: the values where they are known; None for a value of which readers may differ.
    """

    extent: tuple[int, int] = (0, 0)
    errors: dict[str, str] = field(default_factory=dict)
    formulas: dict[str, bool] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    rows: list[list[Value | None]] = field(default_factory=list)
    count: int = 0


class _Marks(NamedTuple):
    """What else there is to a cell: whether its formula has a result, None where there is no formula; its error."""

    address: str
    calculated: bool | None
    error: str | None


class _Cell(NamedTuple):
    """One cell, taken apart; `place` rises from cell to cell, `number` is that of a shared string or a style."""

    place: int
    where: int
    number: int
    value: Any
    marks: _Marks | None


class _Row(NamedTuple):
    """The head of a row; `closed` within itself, for want of cells."""

    number: int
    hidden: bool
    closed: bool


@dataclass(frozen=True, slots=True)
class Values:
    """What cells draw on from elsewhere in the workbook: shared strings, and how styles show numbers."""

    strings: Sequence[str | None]
    formats: Formats


def plain_cells(xml: bytes, start: int, end: int, limits: Limits, values: Values) -> Cells:
    """The cells of a stretch of rows, values and facts; raises Unusual where a row or a cell is, or is far out."""
    if end - start > _LARGE and not _are_few(xml, start, end, limits):
        raise Unusual
    before, *rows = xml[start:end].split(b"<row ")
    if before or not rows:
        raise Unusual
    cells, last = Cells(), 0
    for row in rows:
        last = _read_row(cells, row, last, limits, values)
    width = cells.extent[1]
    for line in cells.rows:
        if len(line) < width:
            line.extend([""] * (width - len(line)))
    while cells.rows and cells.rows[-1].count("") == width:
        cells.rows.pop()  # formatted, but blank
    return cells


def _are_few(xml: bytes, start: int, end: int, limits: Limits) -> bool:
    return xml.count(b"<row ", start, end) <= limits.rows and xml.count(b'<c r="', start, end) <= limits.cells


def _read_row(cells: Cells, written: bytes, above: int, limits: Limits, values: Values) -> int:
    """Take in one row, which must lie below the one above it; gives its number."""
    head, *pieces = written.removesuffix(b"</row>").split(b'<c r="')
    row = _ROWS[head]
    if not above < row.number <= limits.rows or row.closed == written.endswith(b"</row>") or (row.closed and pieces):
        raise Unusual
    if row.hidden:
        cells.hidden_rows.add(row.number - 1)
    if pieces:
        line = _read_cells(cells, pieces, row.number, values)
        cells.count += len(pieces)
        cells.extent = row.number, max(cells.extent[1], len(line))
        _keep_within(limits, cells)
        cells.rows.extend([] for _ in range(row.number - 1 - len(cells.rows)))
        cells.rows.append(line)
    return row.number


def _keep_within(limits: Limits, cells: Cells) -> None:
    height, width = cells.extent
    if width > limits.columns or height * width > limits.grid or cells.count > limits.cells:
        raise Unusual


def _read_cells(cells: Cells, pieces: list[bytes], row: int, values: Values) -> list[Value | None]:
    """The values of a row up to its last cell; None for a string or a style of which readers may differ."""
    line: list[Value | None] = []
    due = row * _WIDTH  # the place of the cell that would be next
    last = due + _WIDTH
    for place, where, number, value, marks in map(_CELLS.__getitem__, pieces):
        if place != due:
            if not due < place < last:
                raise Unusual
            line.extend([""] * (place - due))
        due = place + 1
        if where == _IN_STRINGS:
            line.append(values.strings[number] if number < len(values.strings) else None)
        elif where == _BY_STYLE and number not in values.formats.numbers:
            line.append(_date(value) if number in values.formats.dates else None)
        else:
            line.append(value)
        if marks:
            _mark(cells, marks)
    return line


def _mark(cells: Cells, marks: _Marks) -> None:
    if marks.calculated is not None:
        cells.formulas[marks.address] = marks.calculated
    if marks.error:
        cells.errors[marks.address] = marks.error


def _date(day: float) -> date | None:
    sure = day.is_integer() and FIRST_SURE_DAY <= day <= LAST_DAY
    return day_of(day) if sure else None


def _row(head: bytes) -> _Row:
    found = _ROW.fullmatch(checked(head))
    if not found:
        raise Unusual
    number, attributes, close = found.groups()
    names = _NAMES.findall(attributes)
    if len(set(names)) < len(names):
        raise Unusual
    return _Row(int(number), bool(_HIDDEN.search(attributes)), bool(close))


def _cell(written: bytes) -> _Cell:
    found = _CELL.fullmatch(checked(written))
    if not found or not has_only_known_references((found["formula"] or b"").decode()):
        raise Unusual
    kind, formula = found["kind"] or b"n", found["formula"] is not None
    value = b"" if found["void"] else found["value"]
    where, what = _said(kind, formula, value, found["inline"])
    error = what if kind == b"e" else None
    calculated = (bool(value) or kind == b"str") if formula else None
    return _Cell(
        place=int(found["row"]) * _WIDTH + column_number(found["letters"].decode()),
        where=where,
        number=what if where == _IN_STRINGS else int(found["style"] or 0),
        value="" if error else what,
        marks=_Marks(found["address"].decode(), calculated, error) if formula or error else None,
    )


def _said(kind: bytes, formula: bool, value: bytes | None, inline: bytes | None) -> tuple[int, Any]:
    """What a cell of a kind (18.18.11) says by its <v> or <is>, None without one; None for a text that is not clear."""
    match kind:
        case b"inlineStr" if inline is not None and not formula:
            return _IN_CELL, tagged_texts(inline)
        case _ if inline is not None:
            raise Unusual
        case b"n" if not value:
            return _IN_CELL, ""
        case b"n" if value and _A_NUMBER.fullmatch(value) and isfinite(float(value)):
            return _BY_STYLE, float(value)
        case b"s" if value and _AN_INDEX.fullmatch(value) and not formula:
            return _IN_STRINGS, int(value)
        case b"str" if value is not None:
            return _IN_CELL, plain_text(value)
        case b"b" if value in (b"0", b"1"):
            return _IN_CELL, value == b"1"
        case b"e" if value and _AN_ERROR.fullmatch(value):
            return _IN_CELL, value.decode()
    raise Unusual


_ROWS = Memory(_row)
_CELLS = Memory(_cell)
