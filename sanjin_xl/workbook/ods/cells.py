"""The cells of an .ods: one stretch of XML each, and nearly the same ones in every return."""

import re
from datetime import date, datetime
from html import escape
from itertools import compress, count
from math import isfinite
from typing import NamedTuple

from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.book import DrawingKind, Value
from sanjin_xl.workbook.limits import LIMITS
from sanjin_xl.workbook.ods.drawings import DRAWN, SHAPES, Shape, shape
from sanjin_xl.workbook.ods.xml import CONTENT, STYLE_NAME, TAG_END, Expat, checked, count_of, element
from sanjin_xl.workbook.xml import ERROR, Attributes

# LibreOffice numbers styles anew in every file, Gnumeric names them by chance: so a cell is known without its style's.
_CELL = re.compile(rb'<table:(covered-)?table-cell(?: table:style-name="(' + STYLE_NAME + rb')")?(?=[\s/>])')
_CELL_TAG = re.compile(rb"(?:covered-)?" + TAG_END)
_COVERED = b"covered-"
_ERROR = re.compile(ERROR.decode() + r"|\w{2,8}[:：]\s?\d{3}")  # Err:502, in the language of the program
_REFERENCE = re.compile(r"\[\.([^\[\]]{1,40})\]")  # [.E6], [.$E$6], [.#REF!6]
_LONGEST_HEAD = 200  # characters of a formula that tell where it looks for the answers
_DIGIT, _NUMBER = re.compile(r"\d"), re.compile(r"\d{1,9}")
_LETTER = re.compile("[A-Za-z]")  # as in the name of a month
_SHOWN = re.compile(r"\d[\d,]*(?:\.\d+)?(?:[Ee][-+]?\d+)?")
_TIME = re.compile(r"(-?)P(?:(\d{1,9})D)?T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:[.,]\d*)?S)?")


class Cell(NamedTuple):
    """A cell, repeated to the right or not; `tail` is what stands behind it. `style`: where the cell names it elsewhere
    than first.

    `formula`: whether it has a result, None where there is no formula. `matrix`: the rows and columns that it fills.
    `wording`: as in `Hidden`. `spans`: where in its text other styles begin, the outermost first. `shown`: what is
    shown in place of a number, or of a text that is stored beside it. `more`: whether there is anything beside its
    value and formula. `holds`: whether there is anything in it at all. `plain`: whether that is a value and nothing
    else, unless parts of it have styles.
    """

    value: Value
    repeat: int
    rows: int
    columns: int
    matrix: tuple[int, int]
    formula: bool | None
    wording: bytes
    error: str
    style: str
    spans: tuple[tuple[int, tuple[str, ...]], ...]
    shown: str | None
    note: str | None
    shapes: tuple[Shape, ...]
    tail: bytes
    more: bool = False
    holds: bool = False
    plain: bool = False

    def sorted_out(self) -> "Cell":
        """The same, knowing what there is to look for in it."""
        more = bool(self.error or self.shapes or self.note is not None or self.rows > 1 or self.columns > 1)
        beside = more or self.formula is not None
        holds = beside or self.value != ""
        return self._replace(more=more, holds=holds, plain=holds and not beside and self.shown is None)


def cut(body: bytes) -> tuple[bytes, list[str], list[bytes]]:
    """What stands before the first cell, the names of the cells' styles, "" where they do not come first, and the cells
    without these from behind their `<table:table-cell` on, up to the next one; where one is covered that comes first.
    """
    head, *pieces = _CELL.split(body)
    covered, named, cells = pieces[::3], pieces[1::3], pieces[2::3]
    names = {name: name.decode() if name else "" for name in set(named)}
    for n in compress(count(), covered):
        cells[n] = _COVERED + cells[n]
    return head, [names[name] for name in named], cells


def read_cell(piece: bytes) -> Cell:
    """A cell as it was cut out."""
    return _CellReader().read(piece)


def read_usual_cell(piece: bytes) -> Cell:
    """The same of a document as it is; raises Unusual where it has to be written anew first."""
    return read_cell(checked(piece))


class _CellReader(Expat):
    """One cell: its text, its note, and what is anchored to it."""

    def __init__(self) -> None:
        super().__init__()
        self._paths: list[str] = []
        self._attributes: Attributes = {}
        self._text: list[str] = []
        self._length = 0
        self._paragraphs = 0
        self._spans: list[tuple[int, tuple[str, ...]]] = []
        self._open: tuple[str, ...] = ()  # the styles of the spans around
        self._note: list[str] | None = None
        self._shapes: list[Shape] = []
        self._words: list[str] = []
        self._shape = self._in_note = 0
        self._kind: DrawingKind | None = None
        self._drawn: Attributes = {}

    def read(self, piece: bytes) -> Cell:
        name = b"covered-table-cell" if piece.startswith(_COVERED) else b"table-cell"
        end = b"</table:" + name + b">"
        cell, tail = element(piece, _CELL_TAG, end)
        if end in tail:
            raise Refused("file-xml", part=CONTENT, line=0)
        self.parse(b"<table:" + name + cell.removeprefix(_COVERED))
        return self._cell(tail if tail.strip() else b"")

    def start(self, name: str, attributes: Attributes) -> None:
        if not self._paths:
            self._attributes = attributes
        elif name == "office:annotation":
            self._note, self._in_note = [], len(self._paths)
        elif not self._in_note:
            self._start_inside(name, attributes)
        if name == "text:p" and self._in_note and self._note is not None and self._note:
            self._note.append("\n")
        self._paths.append(name)

    def _start_inside(self, name: str, attributes: Attributes) -> None:
        if name in SHAPES and not self._shape:
            self._shape, self._kind, self._words = len(self._paths), DRAWN.get(name), []
            self._drawn = attributes
        elif self._shape:
            self._kind = self._kind or DRAWN.get(name)
            if name == "text:p" and self._words:
                self._words.append("\n")
        elif name == "text:p" and len(self._paths) == 1:
            if self._paragraphs:
                self._add("\n")
            self._paragraphs += 1
        elif name == "text:s":
            self._add(" " * min(int(attributes.get("text:c", "1")[:5] or 1), 32_768))
        elif name in ("text:tab", "text:line-break"):
            self._add("\t" if name == "text:tab" else "\n")
        elif name == "text:span":
            self._open += (attributes.get("text:style-name", ""),)
            self._spans.append((self._length, self._open))

    def end(self, name: str) -> None:
        self._paths.pop()
        depth = len(self._paths)
        if self._in_note and depth == self._in_note:
            self._in_note = 0
        elif self._shape and depth == self._shape:
            self._shapes.append(shape(self._kind, self._drawn, "".join(self._words)))
            self._shape = 0
        elif name == "text:span" and not self._in_note and not self._shape:
            self._open = self._open[:-1]
            self._spans.append((self._length, self._open))

    def characters(self, text: str) -> None:
        if self._in_note:
            if "text:p" in self._paths and self._note is not None:
                self._note.append(text)
        elif self._shape:
            if "text:p" in self._paths:
                self._words.append(text)
        elif len(self._paths) > 1 and self._paths[1] == "text:p":
            self._add(text)

    def _add(self, text: str) -> None:
        self._text.append(text)
        self._length += len(text)
        if self._length > LIMITS.characters:
            raise Refused("file-long-text", cell=self._text[0][:10], limit=LIMITS.characters)

    def _cell(self, tail: bytes) -> Cell:
        said = self._attributes
        kind = said.get("office:value-type", "")
        text = "".join(self._text)
        has_formula = "table:formula" in said
        error = (text or "#?") if self._is_error(kind, text) else ""
        value = "" if error else self._value(kind, text)
        is_text = isinstance(value, str)
        shown = text if self._is_shown_otherwise(value, text, error) else None
        return Cell(
            value=value,
            repeat=count_of(said, "table:number-columns-repeated"),
            rows=count_of(said, "table:number-rows-spanned"),
            columns=count_of(said, "table:number-columns-spanned"),
            matrix=(
                count_of(said, "table:number-matrix-rows-spanned"),
                count_of(said, "table:number-matrix-columns-spanned"),
            ),
            formula=bool(kind) if has_formula else None,
            wording=_wording(said["table:formula"]) if has_formula else b"",
            error=error,
            style=said.get("table:style-name", ""),
            spans=tuple(self._spans) if is_text else (),
            shown=shown,
            note=None if self._note is None else "".join(self._note),
            shapes=tuple(self._shapes),
            tail=tail,
        ).sorted_out()

    def _is_shown_otherwise(self, value: Value, text: str, error: str) -> bool:
        """Whether a cell may show something else than its value: another number or none, a text unlike the stored."""
        if not self._paragraphs or error or "table:formula" in self._attributes:
            return False
        if isinstance(value, str):
            return "".join(value.split()) != "".join(text.split())
        if self._attributes.get("office:value-type") == "float" and isinstance(value, float):
            shown = _SHOWN.findall(text)  # of a day several
            return not shown or (len(shown) == 1 and not _is_rounded(value, *shown))
        if isinstance(value, date):  # of which the month may not be shown at all: 9月 for the ninth of March
            return value.month not in map(int, _NUMBER.findall(text)) and not _LETTER.search(text)
        return not _DIGIT.search(text)

    def _is_error(self, kind: str, text: str) -> bool:
        said = self._attributes
        if said.get("calcext:value-type") == "error":
            return True
        return ("table:formula" in said or kind not in ("string", "")) and bool(_ERROR.fullmatch(text))

    def _value(self, kind: str, text: str) -> Value:
        said = self._attributes
        if kind in ("float", "percentage", "currency"):
            return _number(said.get("office:value", ""), text)
        if kind == "date":
            return _date(said.get("office:date-value", ""), text)
        if kind == "time":
            return _time(said.get("office:time-value", ""), text)
        if kind == "boolean":
            return said.get("office:boolean-value") == "true"
        stored = said.get("office:string-value")
        if stored is None or "table:formula" in said:
            return text or stored or ""
        return stored if "".join(stored.split()) != "".join(text.split()) else text


def _wording(formula: str) -> bytes:
    """What a formula begins with, as an .xlsx has it: IF(E6="√",… for of:=IF([.E6]="√";…; b"" for a stranger."""
    if not formula.startswith(("of:=IF(", "of:=SUM(", "of:=#")):
        return b""
    return escape("".join(_REFERENCE.split(formula[4:_LONGEST_HEAD])).replace(";", ","), quote=False).encode()


def _is_rounded(value: float, shown: str) -> bool:
    """Whether a number is shown so, but for its sign and for places that are left out."""
    digits, _, power = shown.replace(",", "").lower().partition("e")
    unit = 10.0 ** (int(power or 0) - len(digits.partition(".")[2]))
    return abs(abs(value) - float(shown.replace(",", ""))) <= unit / 2 * 1.000001


def _number(written: str, text: str) -> Value:
    try:
        number = float(written)
    except ValueError:
        return text
    return number if isfinite(number) else text


def _date(written: str, text: str) -> Value:
    try:
        if len(written) == 10:
            return date.fromisoformat(written)
        moment = datetime.fromisoformat(written).replace(tzinfo=None)
    except ValueError:
        return text
    return moment.date() if moment.time() == datetime.min.time() else moment


def _time(written: str, text: str) -> Value:
    """A time of day as the part of a day that it is, which no clerk means."""
    found = _TIME.fullmatch(written)
    if not found:
        return text
    days, hours, minutes, seconds = (int(one or 0) for one in found.groups()[1:])
    return round((-1 if found[1] else 1) * (days + hours / 24 + minutes / 1440 + seconds / 86400), 6)
