"""What lies over the cells of a worksheet: shapes, text boxes, pictures, ink, embedded objects, form controls.

Excel keeps them in three places, and a form control in all of them: the drawing part (DrawingML, 20.5), the part of
older programs (VML, where comments have their boxes too), and the worksheet itself, which names the controls. Each
gives a corner or two as a cell and an offset into it. What is hidden in all of them is seen by nobody.
"""

import html
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate, pairwise
from typing import NamedTuple

from sanjin_xl.workbook.book import Drawing, DrawingKind, Range
from sanjin_xl.workbook.limits import Limits
from sanjin_xl.workbook.xml import Attributes, Markup

CHECKED, UNCHECKED = "☑", "☐"
Edges = tuple[list[int], list[int]]  # where rows and columns begin, and the last ones end
_SPREADSHEET_DRAWING = (
    "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing",
    "http://purl.oclc.org/ooxml/drawingml/spreadsheetDrawing",
)
_PIXEL, _POINT = 9525, 12700  # EMU
_ANCHORS = ("twoCellAnchor", "oneCellAnchor", "absoluteAnchor")
_KINDS = {
    "contentPart": DrawingKind.INK,
    "pic": DrawingKind.PICTURE,
    "graphicFrame": DrawingKind.OBJECT,
    "sp": DrawingKind.SHAPE,
    "cxnSp": DrawingKind.SHAPE,
}
_SLIVER = 4  # a cell of which less than a quarter is covered is none that is meant
_MOST = 2_000  # drawings of one sheet


class _Point(NamedTuple):
    """Where something begins or ends in one direction: in which row or column, how far into it in EMU."""

    at: int
    offset: int


_Part = tuple[float, float]
_WHOLE: _Part = (0.0, 1.0)


class _Side(NamedTuple):
    """How far something goes in one direction: from a point to another, or for a length in EMU.

    Without a first point it begins at an offset from the edge of the sheet. `part`: which part of that is meant, as of
    a shape in a group.
    """

    first: _Point | None
    last: _Point | None = None
    offset: int = 0
    length: int = 0
    part: _Part = _WHOLE


class _Place(NamedTuple):
    across: _Side
    down: _Side

    @property
    def is_point(self) -> bool:
        """Whether it ends where it begins, so that nothing of it can be seen."""
        return all(side.first is not None and side.first == side.last for side in self)


class _Found(NamedTuple):
    kind: DrawingKind
    place: _Place | None
    text: str


def read_drawings(
    sheet: bytes,
    drawings: Iterable[tuple[str, bytes]],
    older: Iterable[tuple[str, bytes]],
    controls: Mapping[str, bytes],
    limits: Limits,
    edges: Edges | None = None,
) -> tuple[Drawing, ...]:
    """What lies over a sheet, from its part, its drawing parts, its VML parts, and the parts of its controls by id.

    `edges`: where its rows and columns begin, where its part does not tell.

    Raises Refused for broken XML, and where there is more than anybody draws by hand.
    """
    shapes = [shape for _, xml in older for shape in _older_shapes(xml)]
    found = _put_over_cells(list(_sheet_controls(sheet, controls)), shapes)
    for name, xml in drawings:
        reader = _Anchored(name, limits)
        reader.read(xml)
        found += reader.found
    found += shapes
    grid = _Grid(*(edges or (_edges(_heights(sheet, limits.rows)), _edges(_widths(sheet, limits.columns)))))
    seen: dict[tuple[DrawingKind, Range | None], str] = {}
    for kind, place, text in found[:_MOST]:
        key = kind, grid.cells(place) if place else None
        seen[key] = seen.get(key) or text
    return tuple(Drawing(kind, area, text) for (kind, area), text in seen.items())


def _put_over_cells(controls: list[_Found], shapes: list[_Found]) -> list[_Found]:
    """The controls that LibreOffice lists without a place, each where its shape for older programs lies."""
    places = [one.place for one in shapes if one.kind is DrawingKind.CHECK_BOX]
    if len(places) != len(controls):
        places = [None] * len(controls)
    return [
        one._replace(place=place) if one.place and one.place.is_point else one
        for one, place in zip(controls, places, strict=True)
    ]


# ── DrawingML ────────────────────────────────────────────────────────────────────────────────────────────────────


class _Node:
    """A shape of an anchor or a group of them: its size, its place in the group around it, and for a group what places
    in it are counted by (20.1.7.5).
    """

    def __init__(self, kind: DrawingKind | None, depth: int, around: "_Node | None") -> None:
        self.kind, self.depth, self.around = kind, depth, around
        self.hidden: bool = around is not None and around.hidden
        self.numbers: dict[str, int] = {}
        self.text: list[str] = []

    def parts(self) -> tuple[_Part, _Part]:
        """Which part of its anchor it takes, across and down."""
        if self.around is None:
            return _WHOLE, _WHOLE
        (left, right), (top, bottom) = self.around.parts()
        return self._side("x", left, right), self._side("y", top, bottom)

    def _side(self, at: str, begin: float, end: float) -> _Part:
        inside = self.around.numbers if self.around else {}
        length = inside.get(f"chExt/c{at}", 0)
        if not length or f"off/{at}" not in self.numbers:
            return begin, end
        first = (self.numbers[f"off/{at}"] - inside.get(f"chOff/{at}", 0)) / length
        last = first + self.numbers.get(f"ext/c{at}", 0) / length
        first, last = (begin + min(max(one, 0.0), 1.0) * (end - begin) for one in (first, last))
        return first, last


class _Anchored(Markup):
    """A drawing part: an anchor at a time, whatever alternatives wrap it, and in a group each shape by itself."""

    spaces = _SPREADSHEET_DRAWING
    root = "/wsDr"

    def __init__(self, part: str, limits: Limits) -> None:
        super().__init__(part, limits)
        self.found: list[_Found] = []
        self.depth = 0
        self.begin()

    def begin(self) -> None:
        self.numbers: dict[str, int] = {}
        self.nodes: list[_Node] = []
        self.node: _Node | None = None

    def start(self, path: str, local: str, attributes: Attributes) -> None:
        if local in _ANCHORS:
            self.depth = len(self.paths)
            self.begin()
        elif self.depth and (local in _KINDS or local == "grpSp"):
            self.node = _Node(_KINDS.get(local), len(self.paths), self.node)
            self.nodes.append(self.node)
        elif self.depth and local in ("ext", "pos") and len(self.paths) == self.depth + 1:
            self.numbers |= _numbers_of(local, attributes)
        elif self.node and local in ("off", "ext", "chOff", "chExt") and self.paths[-2].endswith("xfrm"):
            self.node.numbers |= _numbers_of(local, attributes)
        elif self.node and local == "cNvPr":
            self.node.hidden |= attributes.get("hidden") in ("1", "true")

    def characters(self, path: str, text: str) -> None:
        corner, _, name = path.rpartition("/")
        if self.node and name.rpartition(":")[2] == "t":
            self.node.text.append(text)
        elif self.depth and corner.endswith(("/from", "/to")) and len(self.paths) == self.depth + 2:
            self.numbers[f"{corner.rpartition('/')[2]}/{name}"] = _whole(text)

    def end(self, path: str) -> None:
        if self.node and path.endswith(":p"):
            self.node.text.append("\n")
        elif self.node and len(self.paths) == self.node.depth - 1:
            self.node = self.node.around
        elif self.depth and len(self.paths) == self.depth - 1:
            self.found += self.drawn()
            self.depth = 0

    def drawn(self) -> Iterator[_Found]:
        """What an anchor holds; of alternatives for the same thing, as a stroke of the pen and its picture, the first
        kind."""
        place = _place(self.numbers)
        shapes = [one for one in self.nodes if one.kind and not one.hidden]
        if not shapes or (place and place.is_point):
            return
        if all(one.around is None for one in shapes):
            kind = next(kind for kind in _KINDS.values() if kind in {one.kind for one in shapes})
            yield _Found(kind, place, "".join(text for one in shapes for text in one.text).strip())
            return
        for one in shapes:
            across, down = one.parts()
            inside = place and _Place(place.across._replace(part=across), place.down._replace(part=down))
            yield _Found(one.kind or DrawingKind.SHAPE, inside, "".join(one.text).strip())


def _numbers_of(local: str, attributes: Attributes) -> dict[str, int]:
    """The numbers of a size or a place: ext/cx, off/y."""
    return {f"{local}/{name}": _whole(attributes[name]) for name in ("cx", "cy", "x", "y") if name in attributes}


def _place(numbers: Mapping[str, int]) -> _Place | None:
    sides = (_side(numbers, "col", "cx", "x"), _side(numbers, "row", "cy", "y"))
    return _Place(*sides) if numbers else None


def _side(numbers: Mapping[str, int], cell: str, length: str, offset: str) -> _Side:
    first, last = (
        _Point(numbers[f"{corner}/{cell}"], numbers.get(f"{corner}/{cell}Off", 0))
        if f"{corner}/{cell}" in numbers
        else None
        for corner in ("from", "to")
    )
    return _Side(first, last, numbers.get(f"pos/{offset}", 0), numbers.get(f"ext/{length}", 0))


def _whole(text: str) -> int:
    digits = text.strip()[:12]
    return int(digits) if digits.removeprefix("-").isdecimal() else 0


# ── VML ──────────────────────────────────────────────────────────────────────────────────────────────────────────

_ANCHOR = re.compile(rb"<[a-z0-9]+:Anchor>([0-9,\s-]{1,200})</")
_OBJECT = re.compile(rb'ObjectType="([A-Za-z]{1,20})"')
_CHECKED = re.compile(rb"<[a-z0-9]+:Checked>\s*([12])\s*</")  # 2: neither
_TEXT_BOX = re.compile(rb"<v:textbox[\s>]")
_TAG = re.compile(r"<[^<>]*>")
_BOXES = (b"Checkbox", b"CheckBox", b"Radio")
_VML_KINDS = {b"Pict": DrawingKind.PICTURE, b"Rect": DrawingKind.SHAPE, b"Shape": DrawingKind.SHAPE}


def _older_shapes(xml: bytes) -> Iterator[_Found]:
    """The shapes of a VML part but for the boxes of comments; by patterns, since Excel writes <br> without an end."""
    for shape, behind in pairwise(xml.split(b"ClientData ")):
        kind, data = _OBJECT.match(behind), behind.partition(b"ClientData>")[0]
        anchor = _ANCHOR.search(data)
        if not kind or kind[1] == b"Note" or not anchor:
            continue
        numbers = [_whole(one) for one in anchor[1].decode().split(",")]
        points = [_Point(at, offset * _PIXEL) for at, offset in zip(numbers[::2], numbers[1::2], strict=False)]
        place = _Place(_Side(points[0], points[2]), _Side(points[1], points[3])) if len(points) == 4 else None
        state = _CHECKED.search(data)
        text = "" if state and state[1] == b"2" else _box(kind[1], _label(shape), ticked=bool(state))
        yield _Found(_VML_KINDS.get(kind[1], DrawingKind.CHECK_BOX), place, text)


def _label(shape: bytes) -> str:
    """The words in the text box of the last shape of a stretch."""
    boxes = _TEXT_BOX.split(shape[shape.rfind(b"<v:shape ") + 1 :])
    text = boxes[1].partition(b"</v:textbox>")[0].partition(b">")[2] if len(boxes) > 1 else b""
    return " ".join(html.unescape(_TAG.sub(" ", text.decode("utf-8", "replace"))).split())


def _box(kind: bytes, label: str, *, ticked: bool) -> str:
    return (CHECKED if ticked else UNCHECKED) + label if kind in _BOXES else label


# ── controls named in the worksheet ──────────────────────────────────────────────────────────────────────────────

_CORNERS = re.compile(rb"<(?:[a-z0-9]+:)?(?:col|row)(?:Off)?>\s*(-?[0-9]{1,12})\s*</")  # in this order (20.5.2.5)
_ID = re.compile(rb'\s(?:[a-z0-9]+:)?id="([^"<]{1,100})"')
_CONTROL = re.compile(rb"<(?:control|oleObject) ")
_CONTROL_TYPE = re.compile(rb'\sobjectType="([A-Za-z]{1,20})"')
_CONTROL_CHECKED = re.compile(rb'\schecked="(Checked|Mixed)"')


def _sheet_controls(sheet: bytes, controls: Mapping[str, bytes]) -> Iterator[_Found]:
    """The controls (18.3.1.19) and embedded objects (18.3.1.60) that a worksheet lists behind its cells."""
    for written in _CONTROL.split(sheet[sheet.rfind(b"</sheetData>") :])[1:]:
        numbers = [int(number) for number in _CORNERS.findall(written.partition(b"</anchor>")[0])]
        if len(numbers) != 8:
            continue  # an older form of the list, without places: these stand in the other parts
        left, top, right, bottom = map(_Point, numbers[::2], numbers[1::2])
        named = _ID.search(written)
        properties = controls.get(named[1].decode() if named else "", b"")
        kind = DrawingKind.CHECK_BOX if _CONTROL_TYPE.search(properties) else DrawingKind.OBJECT
        yield _Found(kind, _Place(_Side(left, right), _Side(top, bottom)), _state(properties))


def _state(properties: bytes) -> str:
    """Whether a check box is ticked, "" where it is neither or no check box."""
    kind, state = _CONTROL_TYPE.search(properties), _CONTROL_CHECKED.search(properties)
    if not kind or kind[1] not in _BOXES or (state and state[1] == b"Mixed"):
        return ""
    return _box(kind[1], "", ticked=bool(state))


# ── where the cells are ──────────────────────────────────────────────────────────────────────────────────────────

_SIZE = rb"[0-9]{1,6}(?:\.[0-9]{1,20})?"
_ROW = re.compile(rb'<row (?:[^<>]*? )??r="([0-9]{1,7})"([^<>]*)>')
_HEIGHT = re.compile(rb' ht="(' + _SIZE + rb')"')
_COLUMN = re.compile(rb"<col ([^<>]*)/>")
_COLUMN_NUMBERS = re.compile(rb'(min|max|width)="(' + _SIZE + rb')"')
_DEFAULT_HEIGHT = re.compile(rb'<sheetFormatPr [^<>]*?defaultRowHeight="(' + _SIZE + rb')"')
_HIDDEN = re.compile(rb' hidden="(?:1|true)"')
_USUAL_HEIGHT, USUAL_WIDTH = 15.0, 8.43  # points and characters


class _Grid:
    """How large the rows and columns of a sheet are, to say which cells lie under a rectangle."""

    def __init__(self, rows: list[int], columns: list[int]) -> None:
        self._rows, self._columns = rows, columns

    def cells(self, place: _Place) -> Range:
        """The cells under something; those are left out of which only an edge is covered."""
        across, down = _span(self._columns, place.across), _span(self._rows, place.down)
        return down[0], across[0], down[1], across[1]


def span(edges: list[int], begin: int, length: int) -> tuple[int, int]:
    """The first and last row or column under something, by where they begin, in whatever unit."""
    return _span(edges, _Side(None, offset=begin, length=length))


def _span(edges: list[int], side: _Side) -> tuple[int, int]:
    """The first and last row or column under one side of something."""
    begin = _at(edges, side.first) if side.first else side.offset
    end = max(begin, _at(edges, side.last) if side.last else begin + side.length)
    if begin == end and side.first and side.last:
        # In a hidden row it has no size, and is over the cell that it names.
        first, last = (max(0, min(point.at, len(edges) - 2)) for point in (side.first, side.last))
        return first, max(first, last)
    begin, end = (begin + round(part * (end - begin)) for part in side.part)
    first = max(0, bisect_right(edges, begin) - 1)
    last = max(first, bisect_left(edges, end) - 1)
    first, last = min(first, len(edges) - 2), min(last, len(edges) - 2)
    while first < last and _is_sliver(edges, first, edges[first + 1] - begin, end - begin):
        first += 1
    while first < last and _is_sliver(edges, last, end - edges[last], end - begin):
        last -= 1
    return first, last


def _is_sliver(edges: list[int], at: int, covered: int, length: int) -> bool:
    return covered * _SLIVER < min(edges[at + 1] - edges[at], length)


def _at(edges: list[int], point: _Point) -> int:
    """A point in EMU; an offset never leads out of its cell, however large it says it is."""
    if not 0 <= point.at < len(edges) - 1:
        return edges[-1]
    return min(edges[point.at] + max(0, point.offset), edges[point.at + 1])


def _edges(sizes: list[int]) -> list[int]:
    return [0, *accumulate(sizes)]


def _heights(sheet: bytes, rows: int) -> list[int]:
    default = _DEFAULT_HEIGHT.search(sheet)
    heights = [round(float(default[1] if default else _USUAL_HEIGHT) * _POINT)] * rows
    for number, attributes in _ROW.findall(sheet):
        height = _HEIGHT.search(attributes)
        if _HIDDEN.search(attributes):
            heights[min(int(number), rows) - 1] = 0
        elif height:
            heights[min(int(number), rows) - 1] = round(float(height[1]) * _POINT)
    return heights


def _widths(sheet: bytes, columns: int) -> list[int]:
    """Widths as Excel draws them in its usual font: seven pixels a character."""
    widths = [in_pixels(USUAL_WIDTH)] * columns
    for attributes in _COLUMN.findall(sheet[: sheet.find(b"<sheetData")]):
        numbers = {name: float(number) for name, number in _COLUMN_NUMBERS.findall(attributes)}
        width = 0 if _HIDDEN.search(b" " + attributes) else in_pixels(numbers.get(b"width", USUAL_WIDTH))
        for column in range(int(numbers.get(b"min", 1)) - 1, min(int(numbers.get(b"max", 0)), columns)):
            widths[column] = width
    return widths


def in_pixels(characters: float) -> int:
    """The width of a column in whole pixels, in EMU."""
    return round(characters * 7 + 5) * _PIXEL
