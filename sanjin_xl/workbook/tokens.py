"""What a formula begins with, from its tokens (MS-XLS 2.5.198, MS-XLSB 2.5.97), which stand in the order of computing.

    E6 "√" = if D6 I6 "√" = if 1 0.5 IF/3 * 2 ROUND 0 IF/3   →   IF(E6="√",ROUND(D6*IF(I6="√",1,0.5),2),0)

As far as the formulas of our own sheets go: of one with anything else what its first operand is, as if of an IF. Where
a cell is gone that a formula looked at, LibreOffice leaves nothing of it but an error, #N/A, told as #REF!.
"""

import struct
from functools import lru_cache
from html import escape
from typing import NamedTuple

from sanjin_xl.model.cellref import Place, address
from sanjin_xl.workbook.records import Grid, wide_text

_OPERATORS = dict(enumerate(("+", "-", "*", "/", "^", "&", "<", "<=", "=", ">=", ">", "<>"), 0x03))
_FUNCTIONS = {1: "IF", 4: "SUM", 27: "ROUND"}
_ARGUMENTS = {27: 2}  # of functions that always have as many
_ERROR, _STRING, _ATTRIBUTE, _INTEGER, _NUMBER, _FUNCTION, _VARIABLE = 0x1C, 0x17, 0x19, 0x1E, 0x1F, 0x21, 0x22
_REFERENCE, _AREA, _LOST, _LOST_AREA, _RELATIVE = 0x24, 0x25, 0x2A, 0x2B, 0x2C
_SUM = 0x10
_ROW_MOVES, _COLUMN_MOVES = 0x8000, 0x4000
_CHOICE = 0x04
_FIRST_CELL = b"\x01"  # the token of a formula that is another cell's too
_TEXT = struct.Struct("<2B")  # length and whether in two bytes
_BYTE_AND_SHORT, _SHORT = struct.Struct("<BH"), struct.Struct("<H")
_DOUBLE = struct.Struct("<d")
_LONGEST = 200  # characters that are told
_GONE = "#REF!"
_KNOWN = ("IF(", "SUM(", _GONE)


class _Shape(NamedTuple):
    """How a format writes a place, row and column, and how many rows and columns it has."""

    place: struct.Struct
    rows: int
    columns: int


XLS = _Shape(struct.Struct("<2H"), 0x10000, 0x100)
XLSB = _Shape(struct.Struct("<LH"), 0x100000, 0x4000)


class Formulas:
    """The formulas of a sheet; those that several cells share stand behind the first of these."""

    def __init__(self, grid: Grid, shape: _Shape) -> None:
        self._grid, self._shape = grid, shape
        self._sharing: list[tuple[Place, Place]] = []  # cells, and where the formula that they share begins
        self._shared: dict[Place, bytes] = {}

    def note(self, place: Place, tokens: bytes, first: Place) -> None:
        """Note the formula of a cell; `first`: where the one begins that it shares, if it does."""
        if tokens.startswith(_FIRST_CELL):
            self._sharing.append((place, first))
            tokens = b""
        self._grid.note_formula(*place, True, wording(tokens, (0, 0), self._shape))

    def share(self, first: Place, tokens: bytes) -> None:
        self._shared[first] = tokens

    def finish(self) -> None:
        """Note what the cells share, which may stand behind them."""
        for place, first in self._sharing:
            self._grid.note_formula(*place, True, wording(self._shared.get(first, b""), place, self._shape))


class _Unknown(Exception):  # noqa: N818 - nothing has gone wrong
    """A token that our own formulas do not have."""


@lru_cache(maxsize=2048)
def wording(tokens: bytes, base: Place, shape: _Shape) -> bytes:
    """What a formula begins with, escaped as in XML; b"" where it begins with nothing that is known.

    `base`: the cell it stands in, if it is one that several cells share.
    """
    reader = _Reader(tokens, base, shape)
    try:
        found = reader.read()
    except (_Unknown, struct.error, IndexError):
        found = f"IF({reader.stack[0]}," if len(reader.stack) > 1 else ""
    return escape(found[:_LONGEST], quote=False).encode() if found.startswith(_KNOWN) else b""


class _Reader:
    """Puts the operands of each token together; `stack`: those that no token has taken yet."""

    def __init__(self, tokens: bytes, base: Place, shape: _Shape) -> None:
        self._tokens, self._base, self._shape = tokens, base, shape
        self._at = 0
        self.stack: list[str] = []

    def read(self) -> str:
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            self._at += 1
            # From 0x20 on the same token stands three times, for a reference, a value and an array.
            self._take(token if token < 0x40 else (token & 0x1F) | 0x20)
        return self.stack[0]

    def _take(self, token: int) -> None:
        if token in _OPERATORS:
            self._join(_OPERATORS[token], 2)
        elif token == _STRING:
            self.stack.append(f'"{self._text()}"')
        elif token == _ATTRIBUTE:
            self._attribute(*self._unpack(_BYTE_AND_SHORT))
        elif token in (_INTEGER, _NUMBER):
            (number,) = self._unpack(_SHORT if token == _INTEGER else _DOUBLE)
            self.stack.append(f"{number:.15g}")
        elif token in (_FUNCTION, _VARIABLE):
            count, number = self._unpack(_BYTE_AND_SHORT) if token == _VARIABLE else (0, *self._unpack(_SHORT))
            self._call(number & 0x7FFF, count or _ARGUMENTS.get(number, 0))
        elif token in (_REFERENCE, _LOST):
            row, column = self._unpack(self._shape.place)
            self.stack.append(address(row, column & 0x3FFF) if token == _REFERENCE else _GONE)
        elif token == _ERROR:
            self._at += 1
            self.stack.append(_GONE)
        elif token == _RELATIVE:
            self.stack.append(address(*self._moved(*self._unpack(self._shape.place))))
        elif token in (_AREA, _LOST_AREA):
            self._at += 2 * self._shape.place.size
            self.stack.append("")  # of a sum it is enough that it is one
        else:
            raise _Unknown

    def _moved(self, row: int, column: int) -> Place:
        """The cell that a shared formula means, counted from its own (2.5.198.88)."""
        top = self._base[0] if column & _ROW_MOVES else 0
        left = self._base[1] if column & _COLUMN_MOVES else 0
        return (top + row) % self._shape.rows, (left + column) % self._shape.columns

    def _unpack(self, shape: struct.Struct) -> tuple[int, ...]:
        found = shape.unpack_from(self._tokens, self._at)
        self._at += shape.size
        return found

    def _text(self) -> str:
        count, wide = self._unpack(_TEXT) if self._shape is XLS else (*self._unpack(_SHORT), 1)
        size = 2 * count if wide else count
        written = self._tokens[self._at : self._at + size]
        self._at += size
        return wide_text(written) if wide else written.decode("latin-1")

    def _attribute(self, kind: int, more: int) -> None:
        if kind & _CHOICE:
            raise _Unknown
        if kind & _SUM:
            self.stack.append(f"SUM({self.stack.pop()})")

    def _call(self, number: int, count: int) -> None:
        if number not in _FUNCTIONS or not count:
            raise _Unknown
        self._join(",", count)
        self.stack.append(f"{_FUNCTIONS[number]}({self.stack.pop()})")

    def _join(self, joint: str, count: int) -> None:
        if len(self.stack) < count:
            raise _Unknown
        self.stack[-count:] = [joint.join(self.stack[-count:])[:_LONGEST]]
