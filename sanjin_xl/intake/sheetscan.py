"""A workbook's XML looked at before any reader sees it: budgets, ambiguities, and what readers hide.

python-calamine finds elements by local name at any depth, keeps the last of two values, gives text for " 23 " and the
first shared string for an index it cannot parse, and allots memory by counts it is told; error values and formulas
without a result come back blank. So cells must follow a narrow grammar: a regex in the shapes that Excel, WPS,
LibreOffice, openpyxl and XlsxWriter write. Whatever else is well-formed takes the exact way through expat,
some twenty times slower; what neither accepts is refused. Section numbers are those of ECMA-376 part 1.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import isfinite
from operator import lt
from typing import NamedTuple
from xml.parsers import expat

from sanjin_xl.errors import Refused
from sanjin_xl.intake.container import LIMITS, Limits, Package

Range = tuple[int, int, int, int]
Attributes = dict[str, str]

# Transitional and strict: the same cells under another namespace, and calamine looks at neither.
_MAIN = ("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main")
_LINKS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
_PACKAGE = ("http://schemas.openxmlformats.org/package/2006/relationships",)
_SPACE = "http://www.w3.org/XML/1998/namespace space"


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetFacts:
    """What the values of a sheet do not show; addresses as in the sheet, rows and columns from zero.

    `part`: the name of the sheet's part. `errors`: address → "#REF!". `formulas`: address → whether a result is stored
    with it (an empty text is one).
    `merges` (first row, first column, last row, last column) and `hidden_columns` end at the limits at the latest.
    `dimension`: what the sheet says of itself (WPS may say A1). `extent`: rows and columns that hold every cell.
    """

    part: str = ""
    dimension: str = ""
    extent: tuple[int, int] = (0, 0)
    errors: Mapping[str, str] = field(default_factory=dict)
    formulas: Mapping[str, bool] = field(default_factory=dict)
    merges: tuple[Range, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    protected: bool = False


def scan_book(package: Package, limits: Limits = LIMITS) -> dict[str, SheetFacts]:
    """The facts of every worksheet by its name, in the order of the book; raises Refused for an ambiguous book."""
    sheets = _wiring(package, limits)
    if "xl/sharedStrings.xml" in package:
        scan_strings(package.xml("xl/sharedStrings.xml"), "xl/sharedStrings.xml", limits)
    for part in filter(_COMMENTS.match, package.names):
        _check_comments(package.part(part), part, limits)
    book = {name: scan_sheet(package.xml(part), part, limits) for name, part in sheets.items()}
    if sum(facts.extent[0] * facts.extent[1] for facts in book.values()) > limits.grid:
        raise Refused("file-grid", limit=limits.grid)
    return book


def scan_sheet(xml: bytes, part: str = "", limits: Limits = LIMITS) -> SheetFacts:
    """The facts of one worksheet part in UTF-8; raises Refused for an ambiguous one or one beyond the limits."""
    _check_count(xml, b"<row", limits.rows, "file-too-many-rows", part)
    _check_count(xml, b"<c ", limits.cells, "file-too-many-cells", part)
    start, end = xml.find(b"<sheetData>") + len(b"<sheetData>"), xml.rfind(b"</sheetData>")
    cells = _plain_cells(xml, start, end, part, limits) if len(b"<sheetData>") <= start <= end else None
    sheet = _Sheet(part, limits)
    if cells is None:
        return sheet.exact(xml)
    sheet.read(xml[:start] + xml[end:])
    return sheet.facts(cells)


def scan_strings(xml: bytes, part: str = "", limits: Limits = LIMITS) -> None:
    """Look through the shared strings (18.4.9); raises Refused for what readers may count or read differently."""
    _check_count(xml, b"<si", limits.cells, "file-too-many-cells", part)
    _check_length(xml, b"</si>", part, limits)
    start, end = xml.find(b"<si"), xml.rfind(b"</sst>")
    plain = 0 < start < end and _run(_ITEMS, xml, start, end) is not None
    strings = _Strings(part, limits)
    strings.read(xml[:start] + xml[end:] if plain else xml)
    # Too small a claim hurts nobody; calamine allots memory by a large one and aborts (4294967295 did it).
    if strings.claimed * len(b"<si/>") > len(xml):
        raise Refused("file-false-count", part=part, claimed=strings.claimed)


@lru_cache(1024)
def column_number(letters: str) -> int:
    """A column's number from its letters: A is 1, SF is 500."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """A column's letters from its number: 1 is A, 500 is SF."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


# ── the usual shapes, by regex ───────────────────────────────────────────────────────────────────────────────────

# Groups that repeat are not possessive: before Python 3.11.5 those lose count (gh-106052). An attribute given twice
# passes here where no value depends on it: on a formula or a font.
_ATTRIBUTES = rb'(?: (?!r=|xmlns)[A-Za-z][A-Za-z0-9_:]*+="[^"<>&]*+")*'
_TEXT = rb"[^<\x00-\x08\x0b\x0c\x0e-\x1f]*+"
_TAGGED = rb'<t(?: xml:space="preserve")?(?:>' + _TEXT + rb"</t>| ?/>)"
_NUMBER = rb"-?[0-9]{1,40}+(?:\.[0-9]++)?+(?:[Ee][-+]?+[0-9]{1,2}+)?+"  # finite; larger ones go the exact way
_INDEX = rb"[0-9]{1,9}+"  # calamine takes what does not fit 64 bits for 0
_ERROR = rb"#(?:N/A|DIV/0!|NAME\?|NULL!|NUM!|REF!|VALUE!)"  # calamine gives up the sheet at any other
_FORMULA = rb"(?:<f" + _ATTRIBUTES + rb" ?(?:/>|>[^<]*+</f>))?"
_CELL = (
    rb'<c r="[A-Z]++\1"(?: s="[0-9]++")?+(?:/>'
    rb'| t="s"><v>' + _INDEX + rb"</v></c>"
    rb'|(?: t="n")?+>' + _FORMULA + rb"(?:<v>(?:" + _NUMBER + rb")?+</v>)?+</c>"
    rb'| t="str">' + _FORMULA + rb"<v>[^<]*+</v></c>"
    rb'|(?: t="n")?+ ?/>|(?: t="(?:n|str)")?+>' + _FORMULA + rb"<v ?/></c>"
    rb'| t="inlineStr"><is>' + _TAGGED + rb"</is></c>"
    rb'| t="b">' + _FORMULA + rb"<v>[01]</v></c>"
    rb'| t="e">' + _FORMULA + rb"<v>" + _ERROR + rb"</v></c>)"
)
_ROW = re.compile(rb'<row r="([1-9][0-9]{0,6}+)"(' + _ATTRIBUTES + rb") ?(?:/>|>(?:" + _CELL + rb")*</row>)")
_FONT = "b|i|strike|condense|extend|outline|shadow|u|vertAlign|sz|color|rFont|family|charset|scheme"  # 18.4.7
_RUN = rb"<r>(?:<rPr>(?:<(?:" + _FONT.encode() + rb")" + _ATTRIBUTES + rb" ?/>)*</rPr>|<rPr ?/>)?" + _TAGGED + rb"</r>"
_PHONETIC = rb"(?:<phoneticPr" + _ATTRIBUTES + rb" ?/>)?"  # Chinese Excel writes one into most strings
_ITEM = rb"<si>(?:" + _TAGGED + rb"|(?:" + _RUN + rb")+)?" + _PHONETIC + rb"</si>|<si ?/>"
_ITEMS = re.compile(rb"(?:" + _ITEM + rb"){1,256}")

_NAMES = re.compile(rb' ([A-Za-z0-9_:]+)="')
_HIDDEN = re.compile(rb' hidden="(?:1|true)"')
_ERROR_CELL = re.compile(rb'<c r="([A-Z]+[0-9]+)"[^<>]* t="e">(?:<f[^<]*(?:</f>)?)?<v>([^<]*)</v>')
_NO_RESULT = re.compile(rb'><f(?<!t="str"><f)[^<]*+(?:</f>)?(?:<v></v>|<v ?/>)?</c>')

# A row without small letters, digits and text is a skeleton, and the rows of a form share a few of them. What starts
# a tag is left: <rr=" a row, <cr=" a cell, ="e" an error, <f a formula. Text cannot imitate tags: it holds no "<".
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r"))  # no XML (1.0, 2.2), yet calamine passes it on
_FLESH = bytes(set(range(256)) - set(b'<="cefrABCDEFGHIJKLMNOPQRSTUVWXYZ' + _CONTROL))
_BONES = re.compile(r'<cr="([A-Z]+)"[^<]*(<f)?')
_DISEASED = re.compile(b"[" + re.escape(_CONTROL) + b"]")


@dataclass(slots=True)
class _Cells:
    extent: tuple[int, int] = (0, 0)
    errors: dict[str, str] = field(default_factory=dict)
    formulas: dict[str, bool] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)


def _run(pattern: re.Pattern[bytes], xml: bytes, start: int, end: int) -> list[re.Match[bytes]] | None:
    """The matches that fill a stretch without a gap; None if they do not."""
    found = []
    while start < end:
        match = pattern.match(xml, start, end)
        if match is None:
            return None
        found.append(match)
        start = match.end()
    return found


def _plain_cells(xml: bytes, start: int, end: int, part: str, limits: Limits) -> _Cells | None:
    """Facts of the cells; None, for the exact way, where a row is unusual or far out."""
    found = _run(_ROW, xml, start, end)
    rows = [int(row[1]) for row in found or ()]
    if not rows or rows[-1] > limits.rows or not all(map(lt, rows, rows[1:])):
        return None
    if any(_twice(attributes) for attributes in {row[2] for row in found or ()}):
        return None
    skeletons = xml[start:end].translate(None, _FLESH).split(b'<rr="')[1:]
    shapes = {skeleton: _shape(skeleton) for skeleton in set(skeletons)}
    width = max(shape.width for shape in shapes.values())
    if width > limits.columns or width * rows[-1] > limits.grid or not all(shape.sound for shape in shapes.values()):
        return None
    _check_length(xml[start:end], b"<", part, limits)
    hidden = {int(row[1]) - 1 for row in found or () if row[2] and _HIDDEN.search(row[2])}
    columns = [shapes[skeleton].formulas for skeleton in skeletons]
    formulas = {f"{column}{row}": True for row, those in zip(rows, columns, strict=True) for column in those}
    formulas.update((address, False) for address in (_no_results(xml, start, end) if formulas else ()))
    errors = _ERROR_CELL.findall(xml, start, end) if any(shape.errors for shape in shapes.values()) else []
    return _Cells((rows[-1], width), {at.decode(): error.decode() for at, error in errors}, formulas, hidden)


def _no_results(xml: bytes, start: int, end: int) -> Iterator[str]:
    """Addresses of formulas without a result."""
    for formula in _NO_RESULT.finditer(xml, start, end):
        cell = xml[xml.rfind(b"<", start, formula.start()) : formula.start()]
        yield cell.split(b'"', 2)[1].decode()


def _twice(attributes: bytes) -> bool:
    names = _NAMES.findall(attributes)
    return len(set(names)) < len(names)


class _Shape(NamedTuple):
    """What rows with one skeleton have in common; not sound: columns out of order, characters out of place."""

    sound: bool
    width: int
    formulas: list[str]
    errors: bool


def _shape(skeleton: bytes) -> _Shape:
    bones = _BONES.findall(skeleton.decode("latin-1"))
    columns = [column_number(letters) for letters, _ in bones]
    sound = all(map(lt, columns, columns[1:])) and not _DISEASED.search(skeleton)
    formulas = [letters for letters, formula in bones if formula]
    return _Shape(sound, max(columns, default=0), formulas, b'="e"' in skeleton)


# ── budgets ──────────────────────────────────────────────────────────────────────────────────────────────────────

_MARKED = re.compile(rb"<[^>]*>")
_COMMENTS = re.compile(r"xl/(?:[a-z]+/)?(?:threaded)?comments?", re.IGNORECASE)
_COMMENTED = re.compile(rb"\sref\s*=\s*[\"']([A-Za-z]{1,9})([0-9]{1,18})")
_ESCAPED = re.compile(rb"&[^;<]{1,9};|_x[0-9A-Fa-f]{4}_")


def _check_count(xml: bytes, tag: bytes, limit: int, code: str, part: str) -> None:
    # Fewer bytes than that cannot hold so many, and most parts are small.
    if len(xml) > limit * len(tag) and xml.count(tag) > limit:
        raise Refused(code, part=part, limit=limit)


def _check_length(xml: bytes, separator: bytes, part: str, limits: Limits) -> None:
    """No text longer than a cell can hold; one stretch in question always fills a whole block of half the size."""
    block = limits.characters // 2
    if all(xml.find(separator, at, at + block) >= 0 for at in range(0, len(xml) - block + 1, block)):
        return
    if any(_characters(stretch) > limits.characters for stretch in xml.split(separator)):
        raise Refused("file-long-text", part=part, limit=limits.characters)


def _characters(stretch: bytes) -> int:
    """Characters as Excel counts them, in UTF-16, of a stretch of XML that may begin inside a tag."""
    text = _ESCAPED.sub(b"x", _MARKED.sub(b"", b"<" + stretch))
    return len(text.decode("utf-8", "replace").encode("utf-16-le", "replace")) // 2


def _check_comments(xml: bytes, part: str, limits: Limits) -> None:
    """No comment far out: openpyxl makes a cell for it, and whoever walks through the sheet never arrives."""
    for letters, row in _COMMENTED.findall(xml):
        if int(row) > limits.rows or column_number(letters.decode()) > limits.columns:
            raise Refused("file-far-cell", part=part, cell=(letters + row).decode())


# ── the exact way, by expat ──────────────────────────────────────────────────────────────────────────────────────

_DEPTH = 64  # an honest sheet nests some ten deep; paths of unlimited depth would cost memory by its square
_ELEMENTS = 2_000_000  # about two seconds


# What a string may consist of (18.4.8, 18.3.1.53), after the path of its <si> or <is>.
_IN_ITEM = re.compile(rf"/t|/r|/r/t|/r/rPr(?:/(?:{_FONT}))?|/rPh|/rPh/t|/phoneticPr")


class _Markup:
    """One part read as paths of elements: those of the part's own namespaces by bare name, strangers with their own."""

    spaces: tuple[str, ...] = _MAIN
    root = ""

    def __init__(self, part: str, limits: Limits) -> None:
        self.part = part
        self.limits = limits
        self.paths = [""]
        self.elements = 0
        self.seen: list[str] = []

    def read(self, xml: bytes) -> None:
        self.xml = xml
        self.parser = parser = expat.ParserCreate("utf-8", " ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._doctype
        try:
            parser.Parse(xml, True)
        except expat.ExpatError as error:
            raise Refused("file-xml", part=self.part, line=error.lineno) from None
        finally:
            del self.parser  # it holds our methods: a cycle

    def refuse(self, code: str, **facts: object) -> Refused:
        # Facts come from the file and go into a sentence.
        short = {name: fact[:40] if isinstance(fact, str) else fact for name, fact in facts.items()}
        return Refused(code, part=self.part, **short)

    def _start(self, name: str, attributes: Attributes) -> None:
        space, _, local = name.rpartition(" ")
        path = f"{self.paths[-1]}/{local if space in self.spaces else f'{space}:{local}'}"
        self.paths.append(path)
        self.elements += 1
        if len(self.paths) > _DEPTH or self.elements > _ELEMENTS:
            raise self.refuse("file-too-complex")
        if len(self.paths) == 2 and path != self.root:
            raise self.refuse("file-wrong-part", found=local)
        self.start(path, local, attributes)

    def _end(self, name: str) -> None:
        self.end(self.paths.pop())

    def _doctype(self, *_: object) -> None:
        raise self.refuse("file-doctype")

    def start(self, path: str, local: str, attributes: Attributes) -> None:
        raise NotImplementedError

    def end(self, path: str) -> None:
        pass

    def item(self, inner: str) -> None:
        """Something inside a string, by its path within."""
        if not _IN_ITEM.fullmatch(inner):
            raise self.refuse("file-markup", found=inner)
        self.seen.append(inner)

    def item_end(self) -> None:
        texts, runs, run_texts = map(self.seen.count, ("/t", "/r", "/r/t"))
        if texts + min(runs, 1) > 1 or run_texts > runs:
            raise self.refuse("file-two-values")
        self.seen = []


class _Strings(_Markup):
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


_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_WHOLE = re.compile(r"[1-9][0-9]{0,6}")
_CELL_ATTRIBUTES = {"r", "s", "t", "cm", "vm", "ph"}  # 18.3.1.4
_VALUES = {  # by cell type (18.18.11)
    "n": re.compile(rb"(?:-?[0-9]+(?:\.[0-9]+)?(?:[Ee][-+]?[0-9]+)?)?"),
    "s": re.compile(rb"(?:" + _INDEX + rb")?"),
    "b": re.compile(rb"(?:[01]|true|false)?"),
    "e": re.compile(_ERROR),
    "d": re.compile(rb"[0-9TZ:.+-]*"),
    "str": re.compile(rb"[^<]*"),
}
_DATA = "/worksheet/sheetData"


class _Sheet(_Markup):
    """A worksheet; its cells too, unless they were cut out of it."""

    root = "/worksheet"

    def __init__(self, part: str, limits: Limits) -> None:
        super().__init__(part, limits)
        self.cells = _Cells()
        self.merges: list[Range] = []
        self.hidden_columns: set[int] = set()
        self.dimension, self.protected = "", False
        self.area = self.data = self.rows = self.count = self.row = self.column = 0

    def exact(self, xml: bytes) -> SheetFacts:
        _check_length(xml, b"<", self.part, self.limits)
        # calamine does not resolve references in attributes; a ">" in one would hide them from this look.
        if re.search(rb"<[^<>]*&", xml[xml.find(b"sheetData") : xml.rfind(b"sheetData")]):
            raise self.refuse("file-markup", found="&")
        self.read(xml)
        return self.facts(self.cells)

    def facts(self, cells: _Cells) -> SheetFacts:
        if self.data != 1:
            raise self.refuse("file-markup", found="sheetData")
        return SheetFacts(
            part=self.part,
            dimension=self.dimension,
            extent=cells.extent,
            errors=cells.errors,
            formulas=cells.formulas,
            merges=tuple(self.merges),
            hidden_rows=frozenset(cells.hidden_rows),
            hidden_columns=frozenset(self.hidden_columns),
            protected=self.protected,
        )

    def start(self, path: str, local: str, attributes: Attributes) -> None:
        if path.startswith(_DATA + "/"):
            self.in_data(path.removeprefix(_DATA), attributes)
        elif path == _DATA:
            self.data += 1
        elif local == "sheetData":
            raise self.refuse("file-markup", found=local)
        elif path == "/worksheet/mergeCells/mergeCell":
            self.merge(attributes.get("ref", ""))
        elif path == "/worksheet/hyperlinks/hyperlink":
            self.covered(attributes.get("ref", ""))
        elif path == "/worksheet/cols/col":
            self.columns(attributes)
        elif path == "/worksheet/dimension":
            self.dimension = attributes.get("ref", "")
        elif path == "/worksheet/sheetProtection":
            self.protected = attributes.get("sheet") in ("1", "true")

    def covered(self, ref: str) -> Range:
        """Corners of a range from one; what ranges cover in all is bounded, since openpyxl makes a cell of each."""
        first, _, last = ref.partition(":")
        begin, end = _ADDRESS.fullmatch(first), _ADDRESS.fullmatch(last or first)
        if not begin or not end:
            raise self.refuse("file-range", found=ref)
        top, left, bottom, right = int(begin[2]), column_number(begin[1]), int(end[2]), column_number(end[1])
        self.area += max(0, bottom - top + 1) * max(0, right - left + 1)
        if top > bottom or left > right or self.area > self.limits.cells:
            raise self.refuse("file-range", found=ref)
        return top, left, bottom, right

    def merge(self, ref: str) -> None:
        top, left, bottom, right = self.covered(ref)
        rows, columns = self.limits.rows, self.limits.columns
        self.merges.append((top - 1, left - 1, min(bottom, rows) - 1, min(right, columns) - 1))
        if len(self.merges) > self.limits.merges:
            raise self.refuse("file-range", found=ref)

    def columns(self, attributes: Attributes) -> None:
        if attributes.get("hidden") in ("1", "true"):
            first, last = (attributes.get(key, "") for key in ("min", "max"))
            if not (_WHOLE.fullmatch(first) and _WHOLE.fullmatch(last)):
                raise self.refuse("file-address", found=first)
            self.hidden_columns.update(range(int(first) - 1, min(int(last), self.limits.columns)))

    # ── the cells ──

    def in_data(self, inner: str, attributes: Attributes) -> None:
        begin = _BEGIN.get(inner)
        if begin:
            begin(self, attributes)
        elif inner.startswith("/row/c/is/"):
            self.item(inner.removeprefix("/row/c/is"))
        else:
            raise self.refuse("file-markup", found=inner)

    def end(self, path: str) -> None:
        finish = _FINISH.get(path.removeprefix(_DATA))
        if finish:
            finish(self)

    def row_begin(self, attributes: Attributes) -> None:
        ref = attributes.get("r", str(self.row + 1))  # without an address a row follows the last one (18.3.1.73)
        if not _WHOLE.fullmatch(ref):
            raise self.refuse("file-address", found=ref)
        if int(ref) <= self.row:
            raise self.refuse("file-row-order", found=ref)
        self.row, self.column = int(ref), 0
        self.rows += 1
        if self.rows > self.limits.rows:
            raise self.refuse("file-too-many-rows", limit=self.limits.rows)
        if attributes.get("hidden") in ("1", "true"):
            self.cells.hidden_rows.add(self.row - 1)

    def cell_begin(self, attributes: Attributes) -> None:
        odd = {name for name in attributes if " " not in name} - _CELL_ATTRIBUTES
        if odd or any(set("<>&") & set(value) for value in attributes.values()):
            raise self.refuse("file-markup", found="c")
        self.address = attributes.get("r", f"{column_letters(self.column + 1)}{self.row}")
        address = _ADDRESS.fullmatch(self.address)
        if not address or int(address[2]) != self.row:
            raise self.refuse("file-address", found=self.address)
        if column_number(address[1]) <= self.column:
            raise self.refuse("file-cell-order", found=self.address)
        self.column = column_number(address[1])
        self.count += 1
        if self.count > self.limits.cells:
            raise self.refuse("file-too-many-cells", limit=self.limits.cells)
        self.extend()
        self.kind = attributes.get("t", "n")
        self.formula = self.content = False
        self.value: bytes | None = None

    def formula_begin(self, attributes: Attributes) -> None:
        if self.formula or self.content:  # calamine reads a blank when the formula comes last
            raise self.refuse("file-two-values", cell=self.address)
        self.formula = True

    def value_begin(self, attributes: Attributes) -> None:
        if self.content or (self.kind == "inlineStr") == (self.paths[-1] == _DATA + "/row/c/v"):
            raise self.refuse("file-two-values", cell=self.address)
        if attributes.keys() - {_SPACE}:
            raise self.refuse("file-markup", found=self.address)
        self.content = True
        self.begun = self.parser.CurrentByteIndex

    def written(self) -> bytes:
        """The element just ended as written: calamine reads numbers from these bytes, comments and all."""
        return self.xml[self.begun : self.parser.CurrentByteIndex].partition(b">")[2]

    def value_end(self) -> None:
        self.value = self.written()
        if not self.sound(self.value):
            raise self.refuse("file-value", cell=self.address, found=self.value.decode("utf-8", "replace"))

    def sound(self, value: bytes) -> bool:
        pattern = _VALUES.get(self.kind)
        if not pattern or not pattern.fullmatch(value):
            return False
        return self.kind != "n" or isfinite(float(value or 0))

    def item_done(self) -> None:
        self.item_end()
        if _characters(self.written()) > self.limits.characters:
            raise self.refuse("file-long-text", cell=self.address, limit=self.limits.characters)

    def cell_end(self) -> None:
        if self.formula:
            self.cells.formulas[self.address] = bool(self.value) or (self.kind == "str" and self.content)
        if self.kind == "e" and self.value:
            self.cells.errors[self.address] = self.value.decode()

    def extend(self) -> None:
        rows, columns = self.cells.extent
        self.cells.extent = rows, columns = max(rows, self.row), max(columns, self.column)
        if rows > self.limits.rows or columns > self.limits.columns:
            raise self.refuse("file-far-cell", cell=self.address)
        if rows * columns > self.limits.grid:
            raise self.refuse("file-grid", limit=self.limits.grid)


_BEGIN = {
    "/row": _Sheet.row_begin,
    "/row/c": _Sheet.cell_begin,
    "/row/c/f": _Sheet.formula_begin,
    "/row/c/v": _Sheet.value_begin,
    "/row/c/is": _Sheet.value_begin,
}
_FINISH = {"/row/c": _Sheet.cell_end, "/row/c/v": _Sheet.value_end, "/row/c/is": _Sheet.item_done}


# ── which part is which ──────────────────────────────────────────────────────────────────────────────────────────

# calamine takes "xl/…" for absolute and knows neither "./", "../" nor percent signs; Excel does.
_TARGET = re.compile(r"(?:/xl/)?(?!(?i:xl)/)((?:[A-Za-z0-9_-]+/)*[A-Za-z0-9_.() -]+\.xml)")
_FIXED = {"sharedStrings": "xl/sharedStrings.xml", "styles": "xl/styles.xml"}  # where calamine looks, whatever is said


class _Relations(_Markup):
    """A relationships part: identifier → (last word of its type, target)."""

    spaces = _PACKAGE
    root = "/Relationships"

    def start(self, path: str, local: str, attributes: Attributes) -> None:
        if path == self.root:
            self.found: dict[str, tuple[str, str]] = {}
        elif path != "/Relationships/Relationship" or attributes.get("Id", "") in self.found:
            raise self.refuse("file-wiring", found=attributes.get("Id", local))
        else:
            space, _, kind = attributes.get("Type", "").rpartition("/")
            inside = space in _LINKS and attributes.get("TargetMode") != "External"
            self.found[attributes.get("Id", "")] = (kind if inside else "", attributes.get("Target", ""))


class _Workbook(_Markup):
    """The workbook part: names of sheets and the identifiers of their parts, in order."""

    root = "/workbook"

    def start(self, path: str, local: str, attributes: Attributes) -> None:
        if path == self.root:
            self.sheets: list[tuple[str, str]] = []
        elif path == "/workbook/sheets/sheet":
            links = [attributes[f"{space} id"] for space in _LINKS if f"{space} id" in attributes]
            self.sheets.append((attributes.get("name", ""), "".join(links)))
        elif local == "sheet":
            raise self.refuse("file-wiring", found=local)


def _wiring(package: Package, limits: Limits) -> dict[str, str]:
    """Worksheet name → part, where Excel and calamine would find the same one; raises Refused otherwise."""
    root = _relations(package, "_rels/.rels", limits).values()
    books = [target.removeprefix("/") for kind, target in root if kind == "officeDocument"]
    if books != ["xl/workbook.xml"] or "[Content_Types].xml" not in package:
        raise Refused("file-wiring", found="officeDocument")
    links = _relations(package, "xl/_rels/workbook.xml.rels", limits)
    for kind, part in _FIXED.items():
        targets = [_target(target).lower() for other, target in links.values() if other == kind]
        if targets != [part.lower()] * (part in package):
            raise Refused("file-wiring", found=kind)
    workbook = _Workbook("xl/workbook.xml", limits)
    workbook.read(package.xml("xl/workbook.xml"))
    return _worksheets(package, workbook.sheets, links)


def _worksheets(package: Package, sheets: list[tuple[str, str]], links: dict[str, tuple[str, str]]) -> dict[str, str]:
    if not sheets or len({name.casefold() for name, _ in sheets}) < len(sheets):
        raise Refused("file-wiring", found="sheets")
    if len({link for _, link in sheets}) < len(sheets) or not {link for _, link in sheets} <= links.keys():
        raise Refused("file-wiring", found="sheets")
    found = {}
    for name, link in sheets:
        kind, target = links[link]
        part = _target(target)
        if kind == "worksheet":
            found[name] = part
        elif kind not in ("chartsheet", "dialogsheet") or b"sheetData" in package.xml(part):
            raise Refused("file-wiring", found=name)
    if len({part.lower() for part in found.values()}) < len(found):
        raise Refused("file-wiring", found="sheets")
    return found


def _relations(package: Package, part: str, limits: Limits) -> dict[str, tuple[str, str]]:
    xml = package.xml(part)
    if b"&" in xml:  # calamine does not resolve it
        raise Refused("file-wiring", found="&")
    relations = _Relations(part, limits)
    relations.read(xml)
    return relations.found


def _target(target: str) -> str:
    plain = _TARGET.fullmatch(target)
    if not plain:
        raise Refused("file-wiring", found=target[:40])
    return "xl/" + plain[1]
