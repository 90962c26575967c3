"""What lies over the cells of a sheet of an .xls: drawings, form controls, and the notes of cells."""

import struct
from collections.abc import Callable, Mapping
from typing import NamedTuple

from sanjin_xl.model.cellref import address
from sanjin_xl.workbook.book import Drawing, DrawingKind, Range
from sanjin_xl.workbook.records import CHECKED, UNCHECKED, Grid
from sanjin_xl.workbook.xls.stream import WIDE, characters

_ANCHOR = b"\x00\x00\x10\xf0\x12\x00\x00\x00"  # the head of OfficeArtClientAnchorSheet (2.5.193)
_OBJECTS = {
    0x05: DrawingKind.OBJECT,
    0x08: DrawingKind.PICTURE,
    0x0B: DrawingKind.CHECK_BOX,
    0x0C: DrawingKind.CHECK_BOX,
}
_CONTROLS = (0x07, *range(0x0D, 0x14))  # buttons, lists and the like (2.5.143)
_NOTE_BOX, _DROPDOWN = 0x19, 0x14  # of a comment; of a filter or a list
_BOXES = (0x0B, 0x0C)
_STATES = 0x12, 0x0A  # FtCblsData (2.5.140); LibreOffice gives the state in FtCbls
_TICKS = {0: UNCHECKED, 1: CHECKED}
_DRAWING = 0xEC


class _Object(NamedTuple):
    """A drawing until its text is known."""

    kind: DrawingKind | None
    area: Range | None
    box: str


class Drawings:
    """The records of a sheet that are about no cell: a drawing, its object and its words follow each other."""

    def __init__(self) -> None:
        self._art = b""
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
            Drawing(one.kind, one.area, one.box + self._words.get(number, ""))
            for number, one in self._objects.items()
            if one.kind
        ]

    def _add_art(self, body: bytes) -> None:
        self._art += body

    def _add_object(self, body: bytes) -> None:
        kind, number = struct.unpack_from("<4x2H", body)
        at = self._art.rfind(_ANCHOR)
        area = _area(self._art, at + len(_ANCHOR)) if at >= 0 else None
        self._art = self._art[max(at, 0) :]  # a group has one anchor for all that is in it
        self._object = number
        if kind in (_NOTE_BOX, _DROPDOWN):
            self._objects[number] = _Object(None, area, "")
        else:
            box = _TICKS.get(_state(body), "") if kind in _BOXES else ""
            usual = DrawingKind.CHECK_BOX if kind in _CONTROLS else DrawingKind.SHAPE
            self._objects[number] = _Object(_OBJECTS.get(kind, usual), area, box)

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


def _area(art: bytes, at: int) -> Range:
    """The cells under a drawing, but for those of which it covers less than a quarter (2.5.193)."""
    left, from_left, top, from_top, right, to_right, bottom, to_bottom = struct.unpack_from("<2x8H", art, at)
    left, right = _side(left, from_left, right, to_right, 1024)
    top, bottom = _side(top, from_top, bottom, to_bottom, 256)
    return top, left, bottom, right


def _side(first: int, into: int, last: int, until: int, whole: int) -> tuple[int, int]:
    first += first < last and into * 4 > whole * 3
    return first, max(first, last - (until * 4 < whole))


_READERS: Mapping[int, Callable[[Drawings, bytes], None]] = {
    _DRAWING: Drawings._add_art,
    0x5D: Drawings._add_object,
    0x1B6: Drawings._expect_words,
    0x1C: Drawings._note,
}
