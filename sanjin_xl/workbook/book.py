"""A returned workbook once its bytes are read: sheets as grids of plain values, and what the grid hides."""

from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple

from sanjin_xl.model.cellref import address
from sanjin_xl.model.controls import visible
from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.limits import LIMITS, Limits

Value = object  # "", str, float, int, bool, date, datetime, time, timedelta
Rows = list[list[Value]]
Range = tuple[int, int, int, int]  # first row, first column, last row, last column


class Fact(StrEnum):
    """What is looked for in a sheet beside its values."""

    ERRORS = "errors"
    FORMULAS = "formulas"
    MERGES = "merges"
    HIDDEN = "hidden"  # rows and columns
    COMMENTS = "comments"
    DRAWINGS = "drawings"
    LOOKS = "looks"


class DrawingKind(StrEnum):
    """What lies over the cells; comments are none."""

    SHAPE = "shape"  # text boxes and lines too
    PICTURE = "picture"  # in a cell too
    CHECK_BOX = "check-box"  # and every other form control
    INK = "ink"
    OBJECT = "object"  # charts, embedded documents


class Drawing(NamedTuple):
    """Something that lies over the cells of a sheet.

    `area`: the cells it lies over, from zero; None where the file does not tell. `text`: the words in it, √ for a
    control that is ticked.
    """

    kind: DrawingKind
    area: Range | None
    text: str = ""


class Look(NamedTuple):
    """What a person sees of a cell, where that is not what its value says; "" and False for what is as usual.

    `struck`: the part of its text that is struck out. `unseen`: written in white, too small to see, or shown by no
    format. `font`: the font of symbols its text is written in. `shown`: a text that its number format shows instead.
    `fill`: the colour behind it, as RRGGBB, where it has one.
    """

    struck: str = ""
    unseen: bool = False
    font: str = ""
    shown: str = ""
    fill: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """Facts of a sheet that its values do not show; addresses as in the sheet, rows and columns from zero.

    `errors`: error values by address. `formulas`: address → whether a result is stored with it, be it an empty text.
    `merges` and `hidden_columns` end at the limits at the latest. Rows and columns of no size are hidden ones too.
    `known` is False for formats that tell none of this. `xml`: the sheet's part as it is, for the wording of its
    formulas. `wordings`: what these begin with in another format, written as there: <c r="K6"><f>IF(E6="√",…</f></c>.
    `comments`: by address, a thread in one text. `drawings`: what lies over the cells. `looks`: by address, of cells
    that look otherwise than their values say.
    `unread`: which of these facts could not be had, from the format or from a part that is damaged.
    """

    known: bool = False
    xml: bytes = b""
    wordings: bytes = b""
    protected: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)
    formulas: Mapping[str, bool] = field(default_factory=dict)
    merges: tuple[Range, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    comments: Mapping[str, str] = field(default_factory=dict)
    drawings: tuple[Drawing, ...] = ()
    looks: Mapping[str, Look] = field(default_factory=dict)
    unread: frozenset[Fact] = frozenset()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: rows of values from A1 on, all rows equally long.

    `origins`: of cells that were put elsewhere to be read, by address, where they lie in the file.
    """

    name: str
    visible: bool
    rows: Rows
    hidden: Hidden = field(default_factory=Hidden)
    origins: Mapping[str, str] = field(default_factory=dict)

    def at(self, row: int, column: int | None) -> Value:
        """The value of a cell, "" outside the grid."""
        if column is None or not (0 <= row < len(self.rows)) or column >= len(self.rows[row]):
            return ""
        return self.rows[row][column]

    def is_formula(self, row: int, column: int | None) -> bool:
        """Whether a cell holds a formula, or may hold one for all the format tells."""
        if column is None or not self.hidden.known:
            return True
        return address(row, column) in self.hidden.formulas

    def text_at(self, row: int, column: int | None) -> str:
        value = self.at(row, column)
        return value if isinstance(value, str) else plain(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A returned workbook: its sheets, texts outside of the cells, whether it links to other files, when it was saved.

    `texts`: the part of the custom properties as it is, and the headers and footers of the pages, where the format has
    a stamp there. `margins`: headers and footers alone, in any format.
    """

    sheets: tuple[Sheet, ...]
    texts: tuple[str, ...] = ()
    margins: tuple[str, ...] = ()
    external_links: bool = False
    modified: str = ""


def shown(book: Book, limits: Limits = LIMITS) -> Book:
    """The book with the control characters in all of its texts made visible.

    Raises Refused where its cells say more than the limits: a text of 32,000 characters may be shared by all of them.
    """
    left = limits.total_characters
    for row in (row for sheet in book.sheets for row in sheet.rows):
        whole = "".join([value for value in row if type(value) is str])
        left -= len(whole)
        if left < 0:
            raise Refused("file-much-text", limit=limits.total_characters)
        if not whole.isprintable():  # hardly any row is looked through cell by cell
            row[:] = [visible(value) if type(value) is str else value for value in row]
    texts, margins = (tuple(map(visible, some)) for some in (book.texts, book.margins))
    return replace(book, sheets=tuple(map(_shown, book.sheets)), texts=texts, margins=margins)


def _shown(sheet: Sheet) -> Sheet:
    hidden = replace(
        sheet.hidden,
        comments={cell: visible(text) for cell, text in sheet.hidden.comments.items()},
        drawings=tuple(one._replace(text=visible(one.text)) for one in sheet.hidden.drawings),
        looks={
            cell: one._replace(struck=visible(one.struck), font=visible(one.font), shown=visible(one.shown))
            for cell, one in sheet.hidden.looks.items()
        },
    )
    return replace(sheet, name=visible(sheet.name), hidden=hidden)


def flat_cells(
    rows: Rows, flat_rows: Collection[int], flat_columns: Collection[int], merges: Iterable[Range]
) -> Iterator[str]:
    """The cells that hold something in rows and columns of no size, by address.

    One that is merged with cells of some size is seen: documents of several tables are converted to narrow columns, of
    which each cell takes several.
    """
    if not flat_rows and not flat_columns:
        return
    down, across = _runs(flat_rows), _runs(flat_columns)
    seen = {
        (top, left)
        for top, left, bottom, right in merges
        if bottom > down.get(top, top - 1) and right > across.get(left, left - 1)
    }
    narrow = sorted(flat_columns)
    for row, line in enumerate(rows):
        for column in range(len(line)) if row in flat_rows else narrow:
            if column < len(line) and line[column] != "" and (row, column) not in seen:
                yield address(row, column)


def spread_over(rows: Sequence[Sequence[object]], ranges: Iterable[Range], formulas: Container[str]) -> dict[str, bool]:
    """The cells that formulas of other cells fill and that hold something, as in `Hidden.formulas`."""
    return {
        cell: True
        for top, left, bottom, right in ranges
        for row in range(top, min(bottom + 1, len(rows)))
        for column in range(left, min(right + 1, len(rows[row])))
        if rows[row][column] != "" and (cell := address(row, column)) not in formulas
    }


def _runs(places: Iterable[int]) -> dict[int, int]:
    """Each of some rows or columns with the last one of those that follow it without a gap."""
    ends: dict[int, int] = {}
    for place in sorted(places, reverse=True):
        ends[place] = ends.get(place + 1, place)
    return ends


def plain(value: Value) -> str:
    """A value as a person would write it: 3.0 → 3."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
