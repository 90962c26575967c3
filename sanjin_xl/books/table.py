"""Tables on a sheet: a column says once what heads it, what stands in it, and how that looks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from itertools import accumulate, groupby, zip_longest
from typing import Any, Generic, TypeVar

from sanjin_xl.books.quick_sheet import Value, plain
from sanjin_xl.books.sheet_writer import SheetWriter
from sanjin_xl.books.styles import OPEN_FILL, height_of, in_lines, width_of

MOST_LINKS = 60_000  # Excel: 65,530 links on a sheet
LINK_LOOK = {"font_color": "#1F4E79", "underline": 1}
_LEAST_HEIGHT = 18.0

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Link:
    """A text or number that leads somewhere: `target` as XlsxWriter takes it; `look` over that of its column."""

    text: str | int
    target: str
    look: Mapping[str, object] = field(default_factory=lambda: LINK_LOOK)


Cell = Value | Link


@dataclass(frozen=True)
class Column(Generic[Entry]):
    """A column of a table: its heading, what stands in it for an entry, the kind of that (see `LOOKS`), its width.

    `name`: what formulas call it; `formula`: what the value is had from in a living workbook; `link`: what stands on
    the sheet instead of the plain value. `group`: a heading in common with its neighbours; `over`: an ordinal above
    its own heading. `span`: how many columns of the sheet it covers. `look`: properties over those of the kind.
    `grows`: whether a row is made high enough for its text. `open`: whether anybody may write there.
    """

    heading: str = ""
    value: Callable[[Entry], Value] = lambda _: None
    kind: str = "text"
    width: float = 40
    _: KW_ONLY
    name: str = ""
    formula: Callable[[Entry], str | None] | None = None
    link: Callable[[Entry], Cell] | None = None
    group: str = ""
    over: str = ""
    span: int = 1
    grows: bool = True
    open: bool = False
    hidden: bool = False
    look: Mapping[str, object] = field(default_factory=dict)

    def shown(self, entry: Entry) -> Cell:
        return self.link(entry) if self.link else self.value(entry)


def headed(headings: Sequence[str], columns: Sequence[Column[Entry]]) -> list[Column[Entry]]:
    """Columns with these headings, from left to right."""
    return [replace(column, heading=heading) for heading, column in zip(headings, columns, strict=True)]


class Table(Generic[Entry]):
    """Columns from the left edge of a sheet on, written row by row; a row is as high as its highest text needs.

    `look` goes over that of every column; `locked` leaves none open. `fitted`: columns as wide as their texts, which
    then stand on one line. `in_lines`: texts are broken into lines here, for a page that is read on paper.
    """

    def __init__(
        self,
        sheet: SheetWriter,
        columns: Sequence[Column[Entry]],
        *,
        look: Mapping[str, object] | None = None,
        locked: bool = False,
        fitted: bool = False,
        in_lines: bool = False,
    ) -> None:
        self.sheet, self.columns, self._fitted, self._in_lines = sheet, columns, fitted, in_lines
        ends = accumulate(one.span for one in columns)
        self._spans = [(end - one.span, end - 1) for end, one in zip(ends, columns, strict=True)]
        self.place = {one.name: first for one, (first, _) in zip(columns, self._spans, strict=True)}
        self._widths = [sheet.across(first, last) for first, last in self._spans]
        open_look = {} if locked else {"locked": 0, "bg_color": OPEN_FILL}
        self._looks = [{**one.look, **(look or {}), **(open_look if one.open else {})} for one in columns]
        self._formats = [sheet.format(one.kind, **own) for one, own in zip(columns, self._looks, strict=True)]
        self._growing = [n for n, one in enumerate(columns) if one.grows and self._widths[n]]
        self._single = all(one.span == 1 for one in columns)
        self._shown = [one.link or one.value for one in columns]
        self._living = sheet.living and any(one.formula for one in columns)
        self._links = 0

    def headings(self, *heights: float) -> None:
        """Write the headings into as many rows: what a group has in common first, ordinals right above their names."""
        sheet, top, bottom = self.sheet, self.sheet.row, self.sheet.row + len(heights) - 1
        form = sheet.heading_format()
        placed = list(zip(self.columns, self._spans, strict=True))
        for group, members in groupby(placed, key=lambda one: one[0].group):
            spans = [span for _, span in members]
            if group:
                sheet.merge(top, spans[0][0], spans[-1][1], group, form)
        for column, (first, last) in placed:
            if column.over:
                # Without a line between them the two look like one.
                sheet.put(bottom - 1, first, column.over, sheet.heading_format(bottom=0))
                sheet.put(bottom, first, column.heading, sheet.heading_format(top=0))
            else:
                sheet.merge(top + bool(column.group), first, last, column.heading, form, last_row=bottom)
        for height in heights:
            sheet.next_row(height)

    def write(self, entry: Entry, least: float = _LEAST_HEIGHT, level: int = 0) -> None:
        """Write the row of an entry, at least so high; `level`: how deep it is folded away."""
        formulas = [one.formula and one.formula(entry) for one in self.columns] if self._living else ()
        self.put([shown(entry) for shown in self._shown], least, formulas, level)

    def put(
        self, cells: Sequence[Cell], least: float = _LEAST_HEIGHT, formulas: Sequence[str | None] = (), level: int = 0
    ) -> None:
        """Write a row of these cells, some with the formulas they are had from."""
        if self._in_lines:
            cells = [self._broken(n, cell) if isinstance(cell, str) else cell for n, cell in enumerate(cells)]
        if self._single:
            self.sheet.put_row([None if isinstance(cell, Link) else cell for cell in cells], self._formats, formulas)
            for n, cell in enumerate(cells):
                if isinstance(cell, Link):
                    self._put_link(n, cell)
        else:
            for n, (cell, formula) in enumerate(zip_longest(cells, formulas)):
                self._put_cell(n, cell, formula)
        for n in self._growing:
            cell = cells[n]
            text = cell.text if isinstance(cell, Link) else cell
            if isinstance(text, str):
                least = max(least, self._height(n, text))
        self.sheet.next_row(least, level)

    def aside(
        self,
        kinds: Sequence[str],
        cells: Sequence[Cell],
        formulas: Sequence[str | None] = (),
        least: float = _LEAST_HEIGHT,
        **look: object,
    ) -> None:
        """Write a row of its own, such as a total, whose cells are of other kinds and look otherwise.

        Columns that have a kind and no cell are left blank within their frame.
        """
        columns = [replace(one, kind=kind, look={}) for one, kind in zip(self.columns, kinds, strict=False)]
        blank = [None] * (len(columns) - len(cells))
        Table(self.sheet, columns, look=look, locked=True).put([*cells, *blank], least, formulas)

    def _put_cell(self, n: int, cell: Cell, formula: str | None) -> None:
        (first, last), row = self._spans[n], self.sheet.row
        if isinstance(cell, Link):
            self._put_link(n, cell)
        elif first == last:
            self.sheet.put(row, first, cell, self._formats[n], formula)
        else:
            self.sheet.merge(row, first, last, cell, self._formats[n])

    def _put_link(self, n: int, link: Link) -> None:
        """Write a link, as plain text where a sheet can hold no more of them."""
        sheet, place, form = self.sheet, self._spans[n][0], self._formats[n]
        self._links += 1
        if self._links <= MOST_LINKS:
            form = sheet.format(self.columns[n].kind, **{**self._looks[n], **link.look})
            sheet.worksheet.write_url(sheet.row, place, link.target, form, plain(str(link.text)))
        if self._links > MOST_LINKS or isinstance(link.text, int):
            # A number stays a number, so that a filter sorts it as one.
            sheet.put(sheet.row, place, link.text, form)

    def _broken(self, n: int, text: str) -> str:
        return in_lines(text, self._widths[n], self._size(n))

    def _height(self, n: int, text: str) -> float:
        width, size = self._widths[n], self._size(n)
        on_a_line = self._fitted and "\n" not in text and width_of(text) * size < 10 * width
        return 0 if on_a_line else height_of(text, width, size)

    def _size(self, n: int) -> Any:
        return self._looks[n].get("font_size", self.sheet.size)
