"""OpenDocument sheets (ODF 1.2): one XML part, of which the cells are nearly all and nearly the same in every return.

So it is cut apart where a cell or a style begins. What each stretch says is looked up, as `cells` does for .xlsx, and
read by expat where it is new. What is left is short, and the cells between two of its elements are one mark in it:

    <table:table table:name="…"> … <table:table-row table:style-name="ro6"><c/></table:table-row> …

To cut so, the prefixes must be the usual ones, and nothing may stand in a comment or a CDATA section; all else is
written anew in that way first (`Rewriting`). Nobody else reads such a file here, so that it means what is read.
Sections are those of ODF 1.2 part 1.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, lru_cache
from math import isfinite
from typing import NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from sanjin_xl.model.cellref import address, place_of
from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.book import Book, Drawing, DrawingKind, Look, Sheet, Value, plain
from sanjin_xl.workbook.cache import Cache
from sanjin_xl.workbook.limits import LIMITS, Limits
from sanjin_xl.workbook.package import Package
from sanjin_xl.workbook.records import CHECKED, UNCHECKED, Font, Grid, Style, Text, check_grids, make_style
from sanjin_xl.workbook.styles import same_colour
from sanjin_xl.workbook.xml import Attributes

_CONTENT, _STYLES = "content.xml", "styles.xml"
_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
_SPACES = {
    **{f"{_ODF}{name}:1.0": name for name in ("office", "table", "text", "style", "form")},
    f"{_ODF}drawing:1.0": "draw",
    f"{_ODF}datastyle:1.0": "number",
    f"{_ODF}xsl-fo-compatible:1.0": "fo",
    f"{_ODF}svg-compatible:1.0": "svg",
    "http://purl.org/dc/elements/1.1/": "dc",
    "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0": "calcext",
}
_NEEDED = {"office", "table", "text"}
_DEPTH, _ELEMENTS = 64, 2_000_000  # as in `xml`
_ATTRIBUTES = rb"(?:\s+[^\s=<>\"']+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))*\s*(?P<closed>/?)>"
_CELL = re.compile(rb"<table:(?=(?:covered-)?table-cell[\s/>])")
_CELL_TAG = re.compile(rb"(?:covered-)?table-cell" + _ATTRIBUTES)
_STYLE = re.compile(rb"<style:(?=style[\s/>])")
_STYLE_TAG = re.compile(rb"style" + _ATTRIBUTES)
_LENGTH = re.compile(r"(-?[0-9]{1,6}(?:\.[0-9]{1,20})?)(cm|mm|in|pt|pc|px)")
_UNITS = {"cm": 1.0, "mm": 0.1, "in": 2.54, "pt": 2.54 / 72, "pc": 2.54 / 6, "px": 2.54 / 96}
_BODY = b"<office:body"


def read_ods(package: Package, cache: Cache, limits: Limits = LIMITS) -> Book:
    """The book in an .ods; raises Refused."""
    styles = _Styles(cache)
    if _STYLES in package:
        styles.add(cache.part(_in_usual_words, package.xml(_STYLES)))
    content = package.xml(_CONTENT, whole=False)  # expat decodes every piece of it
    try:
        return _read(_behind_root(content), _read_usual_cell, _checked, styles, cache, limits)
    except _Unusual:
        return _read(_Rewriting().read(content), _read_cell, bytes, styles, cache, limits)


def _read(
    content: bytes,
    read_cell: Callable[[bytes], "_Cell"],
    checked: Callable[[bytes], bytes],
    styles: "_Styles",
    cache: Cache,
    limits: Limits,
) -> Book:
    body = content.find(_BODY)
    if body < 0:
        raise Refused("file-wrong-part", part=_CONTENT, found="body")
    head, *pieces = _CELL.split(content[body:])
    if len(pieces) > limits.cells:
        raise Refused("file-too-many-cells", limit=limits.cells)
    rest, runs = _parted(checked(head), map(cache.lookup(read_cell).__getitem__, pieces))
    styles.add(checked(content[:body]))
    sheets: list[Sheet] = []
    for table in cache.part(_read_tables, rest):
        sheets.append(_Assembly(table, runs, styles, limits).sheet())
        check_grids(sheets, limits)
    if not sheets or len({one.name for one in sheets}) < len(sheets):
        raise Refused("file-wiring", found="sheets")
    return Book(sheets=tuple(sheets))


# ── one spelling ─────────────────────────────────────────────────────────────────────────────────────────────────

_DECLARATION = re.compile(rb"\sxmlns[:=\s]")
_DECLARED = re.compile(rb'\sxmlns:([A-Za-z0-9_.-]+)="([^"<>]*)"')


class _Unusual(Exception):  # noqa: N818 - nothing has gone wrong
    """XML that has to be written anew before it is cut."""


def _in_usual_words(xml: bytes) -> bytes:
    """What stands in a part, with the usual prefixes, without comments and CDATA sections."""
    try:
        return _checked(_behind_root(xml))
    except _Unusual:
        return _Rewriting().read(xml)


def _behind_root(xml: bytes) -> bytes:
    """What stands in the first element, which has to declare the usual prefixes."""
    start = xml.find(b"<office:")
    end = xml.find(b">", start) + 1
    if start < 0 or xml.count(b"<", 0, start) > 1 or not _are_usual(xml[start:end]):
        raise _Unusual
    return xml[end:]


def _checked(stretch: bytes) -> bytes:
    """The same, where what looks like an element is one and its prefix means what it usually does."""
    if b"<!" in stretch or b"<?" in stretch or b"xmlns" in stretch:
        raise _Unusual
    return stretch


def _are_usual(root: bytes) -> bool:
    """Whether the prefixes that an element declares mean what they usually do."""
    declared = {prefix.decode("latin-1"): space.decode("latin-1") for prefix, space in _DECLARED.findall(root)}
    usual = {prefix: _SPACES.get(space, "") for prefix, space in declared.items()}
    return (
        len(_DECLARATION.findall(root)) == len(declared)
        and declared.keys() >= _NEEDED
        and all(meant in ("", prefix) for prefix, meant in usual.items())
        and all(usual.get(prefix, prefix) for prefix in _SPACES.values())
    )


class _Expat:
    """Something read by expat; elements that nest too deep or are too many are refused, and so is a DOCTYPE."""

    def __init__(self, spaces: str | None = None) -> None:
        self._depth = self._count = 0
        self._parser = parser = expat.ParserCreate("utf-8", spaces) if spaces else expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self.characters
        parser.StartDoctypeDeclHandler = self._doctype

    def parse(self, xml: bytes) -> None:
        try:
            self._parser.Parse(xml, True)
        except expat.ExpatError:
            raise Refused("file-xml", part=_CONTENT, line=0) from None
        finally:
            del self._parser  # it holds our methods: a cycle

    def _start(self, name: str, attributes: Attributes) -> None:
        self._depth += 1
        self._count += 1
        if self._depth > _DEPTH or self._count > _ELEMENTS:
            raise Refused("file-too-complex")
        self.start(name, attributes)

    def _end(self, name: str) -> None:
        self._depth -= 1
        self.end(name)

    def _doctype(self, *_: object) -> None:
        raise Refused("file-doctype", part=_CONTENT)

    def start(self, name: str, attributes: Attributes) -> None:
        raise NotImplementedError

    def end(self, name: str) -> None:
        pass

    def characters(self, text: str) -> None:
        pass


class _Rewriting(_Expat):
    """Writes XML anew with the usual prefixes; elements of other namespaces stay, as strangers."""

    def __init__(self) -> None:
        super().__init__(" ")
        self._out: list[str] = []

    def read(self, xml: bytes) -> bytes:
        self.parse(xml)
        return "".join(self._out).encode("utf-8", "replace")

    def start(self, name: str, attributes: Attributes) -> None:
        written = "".join(f" {_prefixed(key)}={quoteattr(value)}" for key, value in attributes.items() if " " in key)
        self._out.append(f"<{_prefixed(name)}{written}>")

    def end(self, name: str) -> None:
        self._out.append(f"</{_prefixed(name)}>")

    def characters(self, text: str) -> None:
        self._out.append(escape(text, {"\r": "&#13;"}))


def _prefixed(name: str) -> str:
    space, _, local = name.rpartition(" ")
    return f"{_SPACES.get(space, 'stranger')}:{local}"


# ── a cell ───────────────────────────────────────────────────────────────────────────────────────────────────────

_ERROR = re.compile(
    r"#(?:N/A|DIV/0!|NAME\?|NULL!|NUM!|REF!|VALUE!)|\w{2,8}[:：]\s?\d{3}"
)  # Err:502, in the language of the program
_DIGIT = re.compile(r"\d")
_TIME = re.compile(r"(-?)P(?:(\d{1,9})D)?T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:[.,]\d*)?S)?")
_DRAWN = {
    "draw:image": DrawingKind.PICTURE,
    "draw:control": DrawingKind.CHECK_BOX,
    "draw:object": DrawingKind.OBJECT,
    "draw:object-ole": DrawingKind.OBJECT,
    "draw:text-box": DrawingKind.SHAPE,
}
_SHAPES = {
    *("draw:frame", "draw:custom-shape", "draw:rect", "draw:ellipse", "draw:circle", "draw:line", "draw:polyline"),
    *("draw:polygon", "draw:regular-polygon", "draw:path", "draw:connector", "draw:caption", "draw:measure", "draw:g"),
    *("draw:control", "draw:page-thumbnail"),
}
_SLIVER = 0.08  # centimetres into a cell that a drawing only touches


class _Shape(NamedTuple):
    """A drawing anchored to a cell: the cell it ends in and how far into it in centimetres, its words, its control."""

    kind: DrawingKind
    end: str
    across: float
    down: float
    text: str
    control: str


class _Cell(NamedTuple):
    """A cell, repeated to the right or not; `tail` is what stands behind it.

    `formula`: whether it has a result, None where there is no formula. `spans`: where in its text another style
    begins. `shown`: what a number is shown as, None where that is not said.
    """

    value: Value
    repeat: int
    rows: int
    columns: int
    formula: bool | None
    error: str
    style: str
    spans: tuple[tuple[int, str], ...]
    shown: str | None
    note: str | None
    shapes: tuple[_Shape, ...]
    tail: bytes
    holds: bool = False
    plain: bool = False

    def sorted_out(self) -> "_Cell":
        """The same, knowing whether there is anything in it, and whether that is only a value."""
        beside = bool(self.formula is not None or self.error or self.shapes or self.note is not None)
        beside |= self.rows > 1 or self.columns > 1
        holds = beside or self.value != ""
        return self._replace(holds=holds, plain=holds and not (beside or self.spans or self.shown is not None))


def _read_usual_cell(piece: bytes) -> _Cell:
    return _read_cell(_checked(piece))


def _read_cell(piece: bytes) -> _Cell:
    """A cell from behind its `<table:` on, up to the next one."""
    return _CellReader().read(piece)


class _CellReader(_Expat):
    """One cell: its text, its note, and what is anchored to it."""

    def __init__(self) -> None:
        super().__init__()
        self._paths: list[str] = []
        self._attributes: Attributes = {}
        self._text: list[str] = []
        self._length = 0
        self._paragraphs = 0
        self._spans: list[tuple[int, str]] = []
        self._open = [""]  # the styles of the spans around
        self._note: list[str] | None = None
        self._shapes: list[_Shape] = []
        self._words: list[str] = []
        self._shape = self._in_note = 0
        self._kind: DrawingKind | None = None
        self._drawn: Attributes = {}

    def read(self, piece: bytes) -> _Cell:
        end = b"</table:covered-table-cell>" if piece.startswith(b"covered-") else b"</table:table-cell>"
        cell, tail = _element(piece, _CELL_TAG, end)
        if end in tail:
            raise Refused("file-xml", part=_CONTENT, line=0)
        self.parse(b"<table:" + cell)
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
        if name in _SHAPES and not self._shape:
            self._shape, self._kind, self._words = len(self._paths), _DRAWN.get(name), []
            self._drawn = attributes
        elif self._shape:
            self._kind = self._kind or _DRAWN.get(name)
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
            self._open.append(attributes.get("text:style-name", ""))
            self._spans.append((self._length, self._open[-1]))

    def end(self, name: str) -> None:
        self._paths.pop()
        depth = len(self._paths)
        if self._in_note and depth == self._in_note:
            self._in_note = 0
        elif self._shape and depth == self._shape:
            self._shapes.append(_shape(self._kind, self._drawn, "".join(self._words)))
            self._shape = 0
        elif name == "text:span" and not self._in_note and not self._shape:
            self._open.pop()
            self._spans.append((self._length, self._open[-1]))

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

    def _cell(self, tail: bytes) -> _Cell:
        said = self._attributes
        kind = said.get("office:value-type", "")
        text = "".join(self._text)
        has_formula = "table:formula" in said
        error = (text or "#?") if self._is_error(kind, text) else ""
        value = "" if error else self._value(kind, text)
        is_text = isinstance(value, str)
        shown = text if not is_text and self._paragraphs else None
        return _Cell(
            value=value,
            repeat=_count(said, "table:number-columns-repeated"),
            rows=_count(said, "table:number-rows-spanned"),
            columns=_count(said, "table:number-columns-spanned"),
            formula=bool(kind) if has_formula else None,
            error=error,
            style=said.get("table:style-name", ""),
            spans=tuple(self._spans) if is_text else (),
            shown=shown if shown is not None and not _DIGIT.search(shown) else None,
            note=None if self._note is None else "".join(self._note),
            shapes=tuple(self._shapes),
            tail=tail,
        ).sorted_out()

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
        # Of two texts some programs show this, some that.
        if self._paragraphs and "".join(stored.split()) != "".join(text.split()):
            raise Refused("file-two-values", cell=stored[:40])
        return text or stored


def _shape(kind: DrawingKind | None, attributes: Attributes, text: str) -> _Shape:
    end = attributes.get("table:end-cell-address", "").rpartition(".")[2]
    across, down = (_centimetres(attributes.get(f"table:end-{side}", "")) or 0.0 for side in "xy")
    return _Shape(kind or DrawingKind.SHAPE, end, across, down, text, attributes.get("draw:control", ""))


def _element(piece: bytes, opening: re.Pattern[bytes], end: bytes) -> tuple[bytes, bytes]:
    """The element that a stretch begins with, and what stands behind it."""
    tag = opening.match(piece)
    if tag and tag["closed"]:
        return piece[: tag.end()], piece[tag.end() :]
    inner, found, tail = piece.partition(end)
    if not tag or not found:
        raise Refused("file-xml", part=_CONTENT, line=0)
    return inner + end, tail


def _centimetres(written: str) -> float | None:
    found = _LENGTH.fullmatch(written)
    return float(found[1]) * _UNITS[found[2]] if found else None


def _count(attributes: Attributes, name: str) -> int:
    written = attributes.get(name, "1")
    if not written.isdecimal() or len(written) > 9:
        raise Refused("file-address", found=written[:40])
    return max(1, int(written))


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


# ── the tables without their cells ───────────────────────────────────────────────────────────────────────────────


class _Line(NamedTuple):
    """A row or a column, repeated or not: its style, that of its cells, and for a row which runs of cells it has."""

    repeat: int
    style: str
    default: str
    hidden: bool
    runs: tuple[int, ...] = ()


class _Table(NamedTuple):
    name: str
    style: str
    protected: bool
    columns: tuple[_Line, ...]
    rows: tuple[_Line, ...]
    controls: Mapping[str, str]
    shapes: tuple[_Shape, ...]


def _parted(head: bytes, cells: Iterable[_Cell]) -> tuple[bytes, list[list[_Cell]]]:
    """What stands around the cells, with a mark for each run of them, and these runs."""
    rest, runs, run = [head], list[list[_Cell]](), list[_Cell]()
    for cell in cells:
        run.append(cell)
        if cell.tail:
            rest += [b"<c/>", cell.tail]
            runs.append(run)
            run = []
    return b"".join(rest), runs


def _read_tables(xml: bytes) -> list[_Table]:
    return _TableReader().read(xml)


class _TableReader(_Expat):
    """The tables of a body; those within others and within change logs are none of them."""

    def __init__(self) -> None:
        super().__init__()
        self._paths: list[str] = []
        self._tables: list[_Table] = []
        self._table: Attributes = {}
        self._inside = self._groups = self._run = 0
        self._shape = 0

    def read(self, xml: bytes) -> list[_Table]:
        # Behind the body the root element ends, which was cut off.
        self.parse(xml[: xml.rfind(b"</office:body>")] + b"</office:body>")
        return self._tables

    def start(self, name: str, attributes: Attributes) -> None:
        self._paths.append(name)
        if name == "c":
            self._runs.append(self._run) if self._inside else None
            self._run += 1
        elif name == "table:table" and len(self._paths) == 3:
            self._begin(attributes)
        elif self._inside:
            self._in_table(name, attributes)

    def _begin(self, attributes: Attributes) -> None:
        self._table, self._inside = attributes, len(self._paths)
        self._columns: list[_Line] = []
        self._rows: list[_Line] = []
        self._runs: list[int] = []
        self._controls: dict[str, str] = {}
        self._shapes: list[_Shape] = []
        self._words: list[str] = []

    def _in_table(self, name: str, attributes: Attributes) -> None:
        if name == "table:table":
            raise Refused("file-markup", part=_CONTENT, found=name)
        if name in ("table:table-column", "table:table-row"):
            kind = name.removeprefix("table:table-")
            hidden = bool(self._groups) or attributes.get("table:visibility", "visible") != "visible"
            repeat = _count(attributes, f"table:number-{kind}s-repeated")
            styles = attributes.get("table:style-name", ""), attributes.get("table:default-cell-style-name", "")
            self._line, self._runs = _Line(repeat, *styles, hidden), []
        elif name.endswith("-group") and (self._groups or attributes.get("table:display") == "false"):
            self._groups += 1
        elif name in ("form:checkbox", "form:radio"):
            is_ticked = attributes.get("form:current-state", attributes.get("form:state")) == "checked"
            label = (CHECKED if is_ticked else UNCHECKED) + attributes.get("form:label", "")
            self._controls |= {attributes.get(key, ""): label for key in ("form:id", "xml:id")}
        elif name in _SHAPES and "table:shapes" in self._paths and not self._shape:
            self._shape, self._drawn, self._kind = len(self._paths), attributes, _DRAWN.get(name)
        elif self._shape:
            self._kind = self._kind or _DRAWN.get(name)

    def end(self, name: str) -> None:
        if self._inside and name == "table:table-column":
            self._columns.append(self._line)
        elif self._inside and name == "table:table-row":
            self._rows.append(self._line._replace(runs=tuple(self._runs)))
        elif name.endswith("-group") and self._groups:
            self._groups -= 1
        elif self._shape == len(self._paths):
            self._shapes.append(_shape(self._kind, self._drawn, "".join(self._words)))
            self._shape, self._words = 0, []
        elif self._inside == len(self._paths):
            self._finish()
        self._paths.pop()

    def characters(self, text: str) -> None:
        if self._shape and "text:p" in self._paths:
            self._words.append(text)

    def _finish(self) -> None:
        self._inside = 0
        said = self._table
        self._tables.append(
            _Table(
                name=said.get("table:name", ""),
                style=said.get("table:style-name", ""),
                protected=said.get("table:protected") == "true",
                columns=tuple(self._columns),
                rows=tuple(self._rows),
                controls=self._controls,
                shapes=tuple(self._shapes),
            )
        )


# ── styles ───────────────────────────────────────────────────────────────────────────────────────────────────────


class _Said(NamedTuple):
    """What a style says itself, None where it leaves something to its parent; sizes in centimetres, a font's in
    twentieths of a point, colours as RRGGBB, "" for none."""

    family: str = ""
    name: str = ""
    parent: str = ""
    font: str | None = None
    struck: bool | None = None
    height: int | None = None
    color: str | None = None
    fill: str | None = None
    size: float | None = None
    hidden: bool | None = None


@lru_cache(maxsize=2048)
def _under(own: _Said, parent: _Said) -> _Said:
    """What a style says with what its parent says of the rest."""
    said = {name: value for name, value in own._asdict().items() if value is not None}
    return parent._replace(**said)


@lru_cache(maxsize=2048)
def _font(said: _Said, face: str) -> Font:
    height = 220 if said.height is None else said.height
    return Font(face, bool(said.struck), height, said.color or "")


@lru_cache(maxsize=2048)
def _cell_style(said: _Said, face: str) -> Style:
    return make_style(_font(said, face), said.fill or "", 0, None)


def _read_style(piece: bytes) -> _Said:
    return _StyleReader().read(piece)


class _StyleReader(_Expat):
    """One style from behind its `<style:` on."""

    def __init__(self) -> None:
        super().__init__()
        self._of: dict[str, Attributes] = {}

    def read(self, piece: bytes) -> _Said:
        style, _ = _element(piece, _STYLE_TAG, b"</style:style>")
        self.parse(b"<style:" + style)
        own, text, cell = (self._of.get(name, {}) for name in ("style", "text-properties", "table-cell-properties"))
        return _Said(
            family=own.get("style:family", ""),
            name=own.get("style:name", ""),
            parent=own.get("style:parent-style-name", ""),
            font=text.get("style:font-name", text.get("fo:font-family")),
            struck=_is_struck(text),
            height=_font_height(text.get("fo:font-size", "")),
            color=_color(text.get("fo:color"), text.get("style:use-window-font-color") == "true"),
            fill=_color(cell.get("fo:background-color"), False),
            size=self._size(),
            hidden=self._is_hidden(),
        )

    def start(self, name: str, attributes: Attributes) -> None:
        self._of.setdefault(name.removeprefix("style:"), attributes)

    def _size(self) -> float | None:
        row, column = self._of.get("table-row-properties", {}), self._of.get("table-column-properties", {})
        return _centimetres(row.get("style:row-height", column.get("style:column-width", "")))

    def _is_hidden(self) -> bool | None:
        shown = self._of.get("table-properties", {}).get("table:display")
        return None if shown is None else shown == "false"


def _is_struck(text: Attributes) -> bool | None:
    lines = [
        text[f"style:text-line-through-{kind}"]
        for kind in ("style", "type")
        if f"style:text-line-through-{kind}" in text
    ]
    return any(line != "none" for line in lines) if lines else None


def _font_height(written: str) -> int | None:
    height = _centimetres(written)
    return None if height is None else round(height / _UNITS["pt"] * 20)


def _color(written: str | None, usual: bool) -> str | None:
    if usual or written == "transparent":
        return ""
    return written.removeprefix("#").upper() if written else None


_FACE = re.compile(rb"<style:font-face\s([^<>]*)>")
_ATTRIBUTE = re.compile(r"(?<![a-z:-])([a-z:-]+)=[\"']([^\"'<]*)[\"']")


class _Styles:
    """The styles of a document, by family and name."""

    def __init__(self, cache: Cache) -> None:
        self._style_of = cache.lookup(_read_style)
        self._said: dict[tuple[str, str], _Said] = {}
        self._faces: dict[str, str] = {}
        self._known: dict[tuple[str, str], _Said] = {}
        self._used: list[str] = []

    @cached_property
    def odd(self) -> frozenset[str]:
        """The styles of cells in which a text can look otherwise than it says."""
        return frozenset(name for family, name in self._said if family == "table-cell" and self.cell(name).odd)

    @cached_property
    def odd_parts(self) -> frozenset[str]:
        """The styles of parts of texts that may look otherwise than they say, in whatever cell."""
        grounds = {self.of("table-cell", name).fill for name in self._used} | {"FFFFFF"}
        texts = {name: self.of("text", name) for family, name in self._said if family == "text"}
        odd = {
            name
            for name, said in texts.items()
            if said.color and any(same_colour(said.color, ground) for ground in grounds if ground)
        }
        return frozenset(odd | {name for name, said in texts.items() if _cell_style(said, self._face(said)).odd})

    def add(self, section: bytes) -> None:
        """Take in the styles of a section; cells use those of the last one, and these build on those before."""
        _, *pieces = _STYLE.split(section)
        for face in _FACE.findall(section):
            said = dict(_ATTRIBUTE.findall(face.decode("utf-8", "replace")))
            self._faces[said.get("style:name", "")] = said.get("svg:font-family", "").strip("'\"")
        styles = [self._style_of[piece] for piece in pieces]
        self._said |= {(style.family, style.name): style for style in styles}
        self._used = [style.name for style in styles if style.family == "table-cell"]

    def of(self, family: str, name: str) -> _Said:
        """What a style and those above it say together."""
        if (family, name) not in self._known:
            self._known[family, name] = self._together(family, name)
        return self._known[family, name]

    def _together(self, family: str, name: str) -> _Said:
        found, seen = self._said.get((family, name), _Said()), {name}
        while found.parent and found.parent not in seen:
            seen.add(found.parent)
            parent = self._said.get((family, found.parent), _Said())
            found = _under(found._replace(parent=""), parent)._replace(parent=parent.parent)
        return found

    def cell(self, name: str) -> Style:
        said = self.of("table-cell", name)
        return _cell_style(said, self._face(said))

    def font(self, name: str, cell: str) -> Font:
        """The font of a part of a text in a cell."""
        said = _under(self.of("text", name), self.of("table-cell", cell))
        return _font(said, self._face(said))

    def _face(self, said: _Said) -> str:
        return self._faces.get(said.font or "", said.font or "")


# ── a sheet of all of it ─────────────────────────────────────────────────────────────────────────────────────────

_LEAST_SIZE = 0.04  # centimetres: about a point; what is less shows nothing


@dataclass(slots=True)
class _Assembly:
    """A table and its cells, put together to a sheet."""

    table: _Table
    runs: list[list[_Cell]]
    styles: _Styles
    limits: Limits
    grid: Grid = field(init=False)
    defaults: list[str] = field(default_factory=list)

    def sheet(self) -> Sheet:
        self.grid = Grid(self.limits, (), protected=self.table.protected)
        self._columns()
        row = 0
        for line in self.table.rows:
            self._row(line, row)
            row += line.repeat
        shapes = [self._drawing(one, None) for one in self.table.shapes]
        self.grid.drawings += shapes
        visible = not self.styles.of("table", self.table.style).hidden
        return self.grid.sheet(self.table.name, visible=visible)

    def _columns(self) -> None:
        column = 0
        for line in self.table.columns:
            last = min(column + line.repeat, self.limits.columns)
            self.defaults += [line.default] * (last - column)
            if self._is_hidden("table-column", line):
                self.grid.hide_columns(column, last - 1)
            column = last

    def _is_hidden(self, family: str, line: _Line) -> bool:
        size = self.styles.of(family, line.style).size
        return line.hidden or (size is not None and size < _LEAST_SIZE)

    def _row(self, line: _Line, row: int) -> None:
        if self._is_hidden("table-row", line):
            self.grid.hidden_rows.update(range(row, min(row + line.repeat, self.limits.rows)))
        cells = [cell for run in line.runs for cell in self.runs[run]]
        if not any(cell.holds for cell in cells):
            return
        if row + line.repeat > self.limits.rows:
            raise Refused("file-too-many-rows", limit=self.limits.rows)
        if line.repeat > 1 and sum(cell.repeat for cell in cells if cell.holds) * line.repeat > self.limits.cells:
            raise Refused("file-too-many-cells", limit=self.limits.cells)
        for at in range(row, row + line.repeat):
            self._cells(cells, at, line.default)

    def _cells(self, cells: list[_Cell], row: int, default: str) -> None:
        line: list[Value] = []
        column, odd = 0, self.styles.odd
        for cell in cells:
            if cell.holds:
                if column > len(line):
                    self._check_width(row, column)
                    line += [""] * (column - len(line))
                if cell.repeat > 1:
                    self._check_width(row, column + cell.repeat)
                if not (cell.plain and cell.style and cell.style not in odd):
                    for at in range(column, column + cell.repeat):
                        self._cell(cell, row, at, cell.style or default or self._default(at))
                line += [cell.value] * cell.repeat
            elif cell.style in odd:
                for at in range(column, min(column + cell.repeat, self.limits.columns)):
                    self.grid.colour(row, at, self.styles.cell(cell.style))
            column += cell.repeat
        self.grid.put_line(row, line)

    def _check_width(self, row: int, width: int) -> None:
        if width > self.limits.columns:
            raise Refused("file-far-cell", cell=address(row, self.limits.columns))

    def _default(self, column: int) -> str:
        return self.defaults[column] if column < len(self.defaults) else ""

    def _cell(self, cell: _Cell, row: int, column: int, style: str) -> None:
        """Note all that there is to say of a cell beside its value."""
        grid = self.grid
        if cell.value != "":
            self._look(cell, row, column, style)
        if cell.formula is not None:
            grid.formulas[address(row, column)] = cell.formula
        if cell.error:
            grid.errors[address(row, column)] = cell.error
        if cell.note is not None:
            grid.comments[address(row, column)] = cell.note
        if cell.rows > 1 or cell.columns > 1:
            grid.merge(row, column, row + cell.rows - 1, column + cell.columns - 1)
        if cell.shapes:
            grid.drawings += [self._drawing(one, (row, column)) for one in cell.shapes]

    def _look(self, cell: _Cell, row: int, column: int, name: str) -> None:
        if cell.shown is not None:
            self.grid.looks[address(row, column)] = Look(unseen=not cell.shown.strip(), shown=cell.shown)
        elif name in self.styles.odd or any(span in self.styles.odd_parts for _, span in cell.spans):
            style = self.styles.cell(name)
            runs = tuple((at, self.styles.font(span, name) if span else style.font) for at, span in cell.spans)
            text = cell.value if isinstance(cell.value, str) else plain(cell.value)
            self.grid.look_at(row, column, style, Text(text, runs))

    def _drawing(self, shape: _Shape, anchor: tuple[int, int] | None) -> Drawing:
        text = self.table.controls.get(shape.control, "") + shape.text
        end = place_of(shape.end)
        if anchor is None:
            return Drawing(shape.kind, None, text)
        bottom, right = end or anchor
        bottom -= shape.down < _SLIVER and bottom > anchor[0]
        right -= shape.across < _SLIVER and right > anchor[1]
        return Drawing(shape.kind, (*anchor, max(bottom, anchor[0]), max(right, anchor[1])), text)
