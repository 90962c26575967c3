"""What lies over the cells of a sheet of an .xls: drawings, form controls, and the notes of cells."""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sanjin_xl.model.cellref import address
from sanjin_xl.workbook.book import Drawing, DrawingKind, Range
from sanjin_xl.workbook.drawings import CHECKED, UNCHECKED, span
from sanjin_xl.workbook.records import Grid
from sanjin_xl.workbook.xls.stream import WIDE, characters

_ART = struct.Struct("<2HL")  # the head of a record of a drawing (MS-ODRAW 2.2.1): version, type, length
_HOLDS_RECORDS = 0xF  # its version, where it is a container
_GROUP, _SHAPE, _INSIDE, _CHILD, _ANCHOR = 0xF003, 0xF004, 0xF009, 0xF00F, 0xF010
_SIZES = {_INSIDE: 16, _CHILD: 16, _ANCHOR: 18}
_OBJECTS = {
    0x05: DrawingKind.OBJECT,
    0x08: DrawingKind.PICTURE,
    0x0B: DrawingKind.CHECK_BOX,
    0x0C: DrawingKind.CHECK_BOX,
}
_CONTROLS = (0x07, *range(0x0D, 0x14))  # buttons, lists and the like (2.5.143)
_NOT_DRAWN = (0x19, 0x14, 0x00)  # the box of a comment, the arrow of a filter or a list, a group of what is told itself
_BOXES = (0x0B, 0x0C)
_STATES = 0x12, 0x0A  # FtCblsData (2.5.140); LibreOffice gives the state in FtCbls
_TICKS = {0: UNCHECKED, 1: CHECKED}
_DRAWING = 0xEC


_Part = tuple[float, float]
_WHOLE: _Part = (0.0, 1.0)


class _Place(NamedTuple):
    """A place by an anchor of a sheet (2.5.193), and which part of that, across and down, as of a shape in a group."""

    anchor: bytes
    across: _Part = _WHOLE
    down: _Part = _WHOLE

    def within(self, child: bytes, inside: tuple[int, ...]) -> "_Place":
        """The place of a shape in a group (MS-ODRAW 2.2.39), by what places in the group are counted by (2.2.38)."""
        left, top, right, bottom = struct.unpack_from("<4l", child)
        begin, upper, end, lower = inside
        return self._replace(
            across=_part(self.across, left - begin, right - begin, end - begin),
            down=_part(self.down, top - upper, bottom - upper, lower - upper),
        )


def _part(around: _Part, first: int, last: int, length: int) -> _Part:
    begin, end = around
    if length <= 0:
        return around
    low, high = (min(max(one / length, 0.0), 1.0) for one in (first, last))
    return begin + low * (end - begin), begin + high * (end - begin)


@dataclass(slots=True)
class _Group:
    """A group being read: where it ends, its place, and what places in it are counted by."""

    end: int
    place: _Place | None = None
    inside: tuple[int, ...] = (0, 0, 0, 0)


class _Art:
    """The drawing of a sheet as it comes in pieces: the place of the shape that was read last."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._at = 0
        self._groups: list[_Group] = []
        self._is_group = False
        self.place: _Place | None = None

    def add(self, body: bytes) -> None:
        self._bytes += body
        while self._at + _ART.size <= len(self._bytes):
            version, kind, length = _ART.unpack_from(self._bytes, self._at)
            start, end = self._at + _ART.size, self._at + _ART.size + length
            if version & 0xF == _HOLDS_RECORDS:
                self._begin(kind, end)
                self._at = start
            elif end > len(self._bytes):
                return
            else:
                self._take(kind, bytes(self._bytes[start:end]))
                self._at = end

    def _begin(self, kind: int, end: int) -> None:
        while self._groups and self._groups[-1].end <= self._at:
            self._groups.pop()
            self._is_group = False
        if kind == _GROUP:
            self._groups.append(_Group(end))
        elif kind == _SHAPE:
            self._is_group, self.place = False, None

    def _take(self, kind: int, body: bytes) -> None:
        if len(body) != _SIZES.get(kind):
            return
        if kind == _INSIDE and self._groups:
            self._is_group, self._groups[-1].inside = True, struct.unpack_from("<4l", body)
        elif kind == _ANCHOR:
            self._put(_Place(body))
        elif kind == _CHILD:
            # The shape that stands for a group lies in the group around that, any other in the group being read.
            for group in self._groups[-2:-1] if self._is_group else self._groups[-1:]:
                if group.place:
                    self._put(group.place.within(body, group.inside))

    def _put(self, place: _Place) -> None:
        self.place = place
        if self._is_group:
            self._groups[-1].place = place


class _Object(NamedTuple):
    """A drawing until its text and the sizes of the cells are known."""

    kind: DrawingKind | None
    place: _Place | None
    box: str


class Drawings:
    """The records of a sheet that are about no cell: a drawing, its object and its words follow each other."""

    def __init__(self) -> None:
        self._art = _Art()
        self._objects: dict[int, _Object] = {}
        self._words: dict[int, str] = {}
        self._object = self._left = 0
        self._notes: list[tuple[str, int]] = []

    def take(self, kind: int, body: bytes) -> None:
        """Take in a record if it is one of these."""
        if reader := _READERS.get(kind):
            reader(self, body)

    def go_on(self, kind: int, body: bytes) -> None:
        """Take in what continues a record of a kind."""
        if kind == _DRAWING:
            self._add_art(body)
        elif self._left:
            self._add_words(body)

    def put_into(self, grid: Grid) -> None:
        grid.comments = {cell: self._words.get(number, "") for cell, number in self._notes}
        grid.drawings = [
            Drawing(one.kind, _area(one.place, grid) if one.place else None, one.box + self._words.get(number, ""))
            for number, one in self._objects.items()
            if one.kind
        ]

    def _add_art(self, body: bytes) -> None:
        self._art.add(body)

    def _add_object(self, body: bytes) -> None:
        kind, number = struct.unpack_from("<4x2H", body)
        place = self._art.place
        self._object = number
        if kind in _NOT_DRAWN:
            self._objects[number] = _Object(None, place, "")
        else:
            box = _TICKS.get(_state(body), "") if kind in _BOXES else ""
            usual = DrawingKind.CHECK_BOX if kind in _CONTROLS else DrawingKind.SHAPE
            self._objects[number] = _Object(_OBJECTS.get(kind, usual), place, box)

    def _expect_words(self, body: bytes) -> None:
        (self._left,) = struct.unpack_from("<10xH", body)

    def _add_words(self, body: bytes) -> None:
        text = characters(body, 1, self._left, body[0])
        self._left -= min(self._left, (len(body) - 1) // (2 if body[0] & WIDE else 1))
        self._words[self._object] = self._words.get(self._object, "") + text

    def _note(self, body: bytes) -> None:
        row, column, _, number = struct.unpack_from("<4H", body)
        self._notes.append((address(row, column), number))


def _state(body: bytes) -> int:
    """Whether a box is ticked: 1 for yes, 0 for no, 2 for neither (2.5.140)."""
    at, states = 22, dict[int, int]()  # behind FtCmo
    while at + 6 <= len(body):
        kind, length, value = struct.unpack_from("<3H", body, at)
        states.setdefault(kind, value)
        at += 4 + length
    return next((states[kind] for kind in _STATES if kind in states), 0)


def _area(place: _Place, grid: Grid) -> Range:
    """The cells under a drawing, but for those of which it covers less than a quarter (2.5.193)."""
    left, from_left, top, from_top, right, to_right, bottom, to_bottom = struct.unpack_from("<2x8H", place.anchor)
    if (place.across, place.down) != (_WHOLE, _WHOLE):
        rows, columns = grid.edges()
        first, last = _span(columns, (left, from_left / 1024), (right, to_right / 1024), place.across)
        upper, lower = _span(rows, (top, from_top / 256), (bottom, to_bottom / 256), place.down)
        return upper, first, lower, last
    left, right = _side(left, from_left, right, to_right, 1024)
    top, bottom = _side(top, from_top, bottom, to_bottom, 256)
    return top, left, bottom, right


def _span(edges: list[int], first: tuple[int, float], last: tuple[int, float], part: _Part) -> tuple[int, int]:
    """The first and last row or column under a part of what goes from one point to another: each in a cell, and how
    far into it.
    """
    begin, end = (_at(edges, *point) for point in (first, last))
    low, high = (begin + round(one * (end - begin)) for one in part)
    return span(edges, low, high - low)


def _at(edges: list[int], cell: int, share: float) -> int:
    cell = min(cell, len(edges) - 2)
    return edges[cell] + round(min(share, 1.0) * (edges[cell + 1] - edges[cell]))


def _side(first: int, into: int, last: int, until: int, whole: int) -> tuple[int, int]:
    first += first < last and into * 4 > whole * 3
    return first, max(first, last - (until * 4 < whole))


_READERS: Mapping[int, Callable[[Drawings, bytes], None]] = {
    _DRAWING: Drawings._add_art,
    0x5D: Drawings._add_object,
    0x1B6: Drawings._expect_words,
    0x1C: Drawings._note,
}
