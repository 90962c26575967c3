"""The writer of every sheet we make: lines of text, cells by the type of their value, row heights, print set-up."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any

from sanjin_xl.books.quick_sheet import Value
from sanjin_xl.books.styles import (
    CODE_FONT,
    HEADER_FILL,
    HEADING_FONT,
    LINE,
    MOST_HEIGHT,
    THIN,
    TITLE_FONT,
    Styles,
    height_of,
    in_lines,
    width_of,
)
from sanjin_xl.messages.summary import ITEM_TIMES, SUBTITLE_JOIN
from sanjin_xl.messages.template import FOOTER

LOOKS: dict[str, dict[str, object]] = {
    "text": {},
    "centre": {"align": "center"},
    "count": {"align": "center", "num_format": "0"},
    "times": {"align": "center", "num_format": ITEM_TIMES, "font_size": 9},
    "points": {"align": "center", "num_format": "0.00"},
    "change": {"align": "center", "num_format": "+0.00;-0.00;0.00"},
    "share": {"align": "center", "num_format": "0.0%"},
    "day": {"align": "center", "num_format": "yyyy-m-d"},
    "code": {"font_name": CODE_FONT, "font_size": 8},
}
"""How a kind of value looks, over the house style."""

PLAIN_HEIGHT = 15  # points of a row nobody has set the height of

_MARGINS = {"left": 0.4, "right": 0.4, "top": 0.5, "bottom": 0.6}
_A4 = 9
_LANDSCAPE, _UPRIGHT = (11.69 - 0.8) * 72, (8.27 - 0.8) * 72  # the width of A4 within the margins, in points
_PAGE_RATIO = (8.27 - 1.1) / (11.69 - 0.8)  # A4 landscape within the margins, height to width
_UPRIGHT_RATIO = (11.69 - 1.1) / (8.27 - 0.8)  # the same of A4 portrait
ONE_PAGE = _LANDSCAPE
"""How wide the lines above a table may be, in points, where the table is wider than a page."""

Area = tuple[int, int, int, int]
"""First row and column, last row and column."""
Words = tuple[str, str]
"""A title and a text."""


class SheetWriter:
    """One sheet, written from the top down; `row` is the next free row, counted from zero like all rows here.

    `widths` are those of its columns, `hidden` of further ones nobody sees; `size` is the font size of its tables,
    `small` that of small print.
    `living`: whether figures are written as formulas. `head`: how wide lines of text are at most, in points: those of a
    table that is wider than its page would be cut in two. `behind`: how many columns come again on every page, where
    a line of text that began in them would be printed again, and cut.
    """

    def __init__(
        self,
        styles: Styles,
        name: str,
        widths: Sequence[float],
        *,
        hidden: Sequence[float] = (),
        size: float = 10,
        living: bool = False,
        gridlines: bool = False,
        head: float | None = None,
        behind: int = 0,
    ) -> None:
        self.name, self.worksheet = name, styles.workbook.add_worksheet(name)
        self.styles, self.widths, self.size, self.living = styles, list(widths), size, living
        self.row, self.small = 0, 10
        self._heights: dict[int, float] = {}
        self._formats: dict[tuple[object, ...], Any] = {}
        self._pages = (1, 0, 1.0, 1.0)  # wide, tall, and the room of one page in points: across and down
        self._kept_off_paper = False
        self._breaks: list[int] = []
        self.head = self.last_column if head is None else self._columns_within(head)
        self._behind = behind
        self._repeated = 0, 0
        for column, width in enumerate([*widths, *hidden]):
            self.worksheet.set_column(column, column, width, None, {"hidden": column >= len(widths)})
        if not gridlines:
            self.worksheet.hide_gridlines(2)

    @property
    def last_column(self) -> int:
        return len(self.widths) - 1

    def _columns_within(self, room: float) -> int:
        """The last column of those that fit so many points, the first one in any case."""
        ends = accumulate(points_wide([width]) for width in self.widths)
        return max(0, sum(end <= room for end in ends) - 1)

    def format(self, kind: str = "text", /, **properties: object) -> Any:
        """The format of a bordered cell of a table."""
        key = kind, *properties.items()
        if key not in self._formats:
            look = {"font_size": self.size, "border": THIN, "border_color": LINE, **LOOKS[kind], **properties}
            self._formats[key] = self.styles.get(**look)
        return self._formats[key]

    def heading_format(self, **properties: object) -> Any:
        return self.format("centre", **{"font_name": HEADING_FONT, "bg_color": HEADER_FILL, **properties})

    # --- lines over the whole width -----------------------------------------------------------------------------------

    def title(self, text: str, size: float = 18, least: float | None = None) -> None:
        form = self.styles.get(font_name=TITLE_FONT, font_size=size, align="center")
        self.line(text, form, size, least or size * 2.2)

    def subtitle(self, left: str, right: str = "") -> None:
        """A line of small print above the table: what it is about, and the unit of its figures."""
        if not right or self.head == 0:
            self.note(left)
            return
        split = self.head - 1
        while split > 0 and self.across(split + 1, self.head) < width_of(right) + 2:
            split -= 1
        if height_of(left, self.across(0, split), self.small) > height_of("", 1, self.small):
            self.note(f"{left}{SUBTITLE_JOIN}{right}")
            return
        self.merge(self.row, 0, split, left, self.styles.get(font_size=self.small))
        self.merge(self.row, split + 1, self.head, right, self.styles.get(font_size=self.small, align="right"))
        self.next_row(self.small * 2)

    def note(self, text: str, size: float | None = None) -> None:
        """A line of small print, as high as it needs."""
        size = size or self.small
        self.line(text, self.styles.get(font_size=size, valign="top"), size, least=1.5 * max(size, 10))

    def heading_line(self, text: str) -> None:
        """A line that heads a part of the sheet."""
        self.line(text, self.styles.get(font_name=HEADING_FONT, font_size=12), 12, least=26)

    def line(self, text: str, form: Any, size: float, least: float = 18) -> None:
        across = self.across(self._behind, self.head)
        text = in_lines(text, across, size)
        self.merge(self.row, self._behind, self.head, text, form)
        self.next_row(max(least, height_of(text, across, size)))

    def across(self, first: int, last: int) -> float:
        """How wide these columns are together, in the characters of one: each has 5 pixels beside its characters."""
        return max(0.0, (points_wide(self.widths[first : last + 1]) / 0.75 - 5) / 7)

    # --- cells and rows -----------------------------------------------------------------------------------------------

    def merge(self, row: int, first: int, last: int, text: Value, form: Any, last_row: int | None = None) -> None:
        """A value over several columns (and rows, down to `last_row`) of the sheet."""
        last_row = row if last_row is None else last_row
        if (row, first) != (last_row, last):
            self.worksheet.merge_range(row, first, last_row, last, "", form)
        self.put(row, first, text, form)

    def put(self, row: int, column: int, value: Value, form: Any, formula: str | None = None) -> None:
        """Write a value by its type, in a living workbook with its formula if there is one.

        A text is never taken for a formula, a number or a link.
        """
        self.worksheet.put(row, column, value, form, formula if self.living else None)

    def put_row(self, values: Sequence[Any], forms: Sequence[Any], formulas: Sequence[str | None] = ()) -> None:
        """Write a value in each of the first columns of the row, in a living workbook with its formula, if any."""
        self.worksheet.put_row(self.row, values, forms, formulas if self.living else ())

    def next_row(self, height: float, level: int = 0) -> None:
        """Set the height of the row in points, 0 for Excel's own, and how deep it is folded; go on to the next."""
        height = min(MOST_HEIGHT, height)
        if height:
            self.worksheet.set_row(self.row, height, None, {"level": level} if level else {})
        self._heights[self.row] = height
        self.row += 1

    def condition(self, area: Area, criteria: str, form: Any, **options: object) -> None:
        """Format the cells from the first row and column to the last where a formula, said of the first, holds."""
        rule = {"type": "formula", "criteria": f"={criteria.removeprefix('=')}", "format": form, **options}
        self.worksheet.conditional_format(*area, rule)

    def validate(
        self, area: Area, rule: Mapping[str, object], prompt: Words, alert: Words | None = None, kind: str = "stop"
    ) -> None:
        """Bind what may be typed; prompt and alert are each a title and a text, `kind` says how firm the alert is."""
        options = {**rule, "input_title": prompt[0], "input_message": prompt[1]}
        if alert:
            options |= {"error_title": alert[0], "error_message": alert[1], "error_type": kind}
        self.worksheet.data_validation(*area, options)

    # --- on paper -----------------------------------------------------------------------------------------------------

    def rows_left(self, below: float, upright: bool = False) -> int:
        """How many rows of plain height one page still has room for, when `below` points come after them."""
        ratio, across = (_UPRIGHT_RATIO, _UPRIGHT) if upright else (_PAGE_RATIO, _LANDSCAPE)
        width = max(self.width * 0.75, across)  # what is narrower than the page is not enlarged
        return int((width * ratio - self.height() - below) / PLAIN_HEIGHT)

    def fits_upright(self, least_scale: float) -> bool:
        """Whether all rows fit one A4 portrait page, shrunk to no less than this share of the width's own scale."""
        return self.height() * least_scale <= self.width * 0.75 * _UPRIGHT_RATIO

    def height(self, first: int = 0, last: int | None = None) -> float:
        """The height of the rows from the first to before the last in points."""
        rows = range(first, self.row if last is None else last)
        return sum(self._heights.get(row, PLAIN_HEIGHT) or PLAIN_HEIGHT for row in rows)

    def page_room(self) -> float:
        """The height in points of the rows that one A4 landscape page takes, all columns on it."""
        return _LANDSCAPE * _PAGE_RATIO / min(1.0, _LANDSCAPE / (self.width * 0.75))

    def keep_off_paper(self) -> None:
        """Print nothing of the sheet but its head so far, in which a note says so."""
        self.worksheet.print_area(0, 0, self.row - 1, self.head)
        self._kept_off_paper = True

    def break_page(self) -> None:
        """Begin a new printed page with the next row."""
        self._breaks.append(self.row)
        self.worksheet.set_h_pagebreaks(self._breaks)

    def keep_together(self, height: float) -> None:
        """Begin a new printed page if this one, of a sheet whose page is set, has no room for so many points more."""
        room, used, _ = self._filled()
        if used + height > room:
            self.break_page()

    def rows_on_page(self, least: int) -> int:
        """How many rows of plain height this page still has room for; fewer than `least`, a new one begins."""
        self.keep_together(least * PLAIN_HEIGHT)
        room, used, _ = self._filled()
        return int((room - (self.height(*self._repeated) if self.row in self._breaks else used)) / PLAIN_HEIGHT)

    def pages(self) -> int:
        """About how many pages the sheet takes when it is printed, once it is written.

        As Excel breaks pages: at a row that does not fit, the rows that are repeated standing on each page again.
        Other fonts and printers may need one more or less.
        """
        wide, tall, *_ = self._pages
        if tall or self._kept_off_paper:
            return wide * max(tall, 1)
        return wide * self._filled()[-1]

    def _filled(self) -> tuple[float, float, int]:
        """The room of a page and how much of the last one is used, both in points, and how many pages there are."""
        wide, _, across, down = self._pages
        scale = min(1.0, across * wide / (self.width * 0.75))
        room, used, pages = down / scale, 0.0, 1
        repeated = self.height(*self._repeated)
        for row in range(self.row):
            height = self._heights.get(row, PLAIN_HEIGHT) or PLAIN_HEIGHT
            if used + height > room or row in self._breaks:
                pages, used = pages + 1, repeated
            used += height
        return room, used, pages

    @property
    def width(self) -> int:
        """The width of all columns in pixels of 1/96 inch, 0.75 points."""
        return int(points_wide(self.widths) / 0.75)

    def page(
        self, header: tuple[int, int] | None = None, *, wide: int = 1, tall: int = 0, upright: bool = False
    ) -> None:
        """A4 landscape or upright, so many pages wide and tall (0 for as many as it takes), the header rows on all."""
        if not upright:
            self.worksheet.set_landscape()
        self.worksheet.set_paper(_A4)
        self.worksheet.fit_to_pages(wide, tall)
        across, ratio = (_UPRIGHT, _UPRIGHT_RATIO) if upright else (_LANDSCAPE, _PAGE_RATIO)
        self._pages = wide, tall, across, across * ratio
        if header:
            self.worksheet.repeat_rows(*header)
            self._repeated = header[0], header[1] + 1

    def print_setup(
        self,
        header: tuple[int, int] | None = None,
        *,
        wide: int = 1,
        tall: int = 0,
        upright: bool = False,
        footer: str | None = None,
    ) -> None:
        """The page with the margins of the house, centred, and a footer that tells page and sheet."""
        self.page(header, wide=wide, tall=tall, upright=upright)
        self.worksheet.set_margins(**_MARGINS)
        self.worksheet.center_horizontally()
        self.worksheet.set_footer(footer or f"&C&{self.small}{FOOTER}&R&{self.small}&A")


def points_wide(widths: Sequence[float]) -> float:
    """The width in points of columns so many characters wide."""
    return 0.75 * sum(int(7 * width + 5) for width in widths)


def across_upright(widths: Iterable[float]) -> float:
    """How wide one more column can be beside these on an upright page, in characters; none if below 0."""
    return (_UPRIGHT - points_wide(list(widths))) / 0.75 // 7 - 1
