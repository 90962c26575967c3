"""The paper every sheet of the city workbook is written on: title, lines, cells, print set-up."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property
from typing import Any

from sanjin_xl.books.seal import SealedWorkbook
from sanjin_xl.books.styles import CODE_FONT, HEADER_FILL, HEADING_FONT, LINE, THIN, TITLE_FONT, Styles, height_of
from sanjin_xl.books.summary.csv_overflow import Beside
from sanjin_xl.books.summary.figures import Figures, figures_of, living
from sanjin_xl.messages import summary as words
from sanjin_xl.outcome.results import Results

LOOKS: dict[str, dict[str, object]] = {
    "text": {},
    "centre": {"align": "center"},
    "count": {"align": "center", "num_format": "0"},
    "points": {"align": "center", "num_format": "0.00"},
    "share": {"align": "center", "num_format": "0.0%"},
    "day": {"align": "center", "num_format": "yyyy-m-d"},
    "code": {"font_name": CODE_FONT, "font_size": 8},
}
"""How a kind of value looks, over the house style."""

_MOST_CHARACTERS = 32_767  # Excel: UTF-16 units in a cell
_UNFIT = re.compile("[\ud800-\udfff\ufffe\uffff]")  # XML 1.0, section 2.2; not among what is escaped
_MARGINS = {"left": 0.4, "right": 0.4, "top": 0.5, "bottom": 0.6}
_A4 = 9
_HARMLESS = ("number_stored_as_text", "formula_range", "formula_differs")
_WHOLE_SHEET = "A1:XFD1048576"
_PAGE_RATIO = (8.27 - 1.1) / (11.69 - 0.8)  # A4 landscape within the margins, height to width
_UPRIGHT_RATIO = (11.69 - 1.1) / (8.27 - 0.8)  # the same of A4 portrait

PLAIN_HEIGHT = 15  # points of a row nobody has set the height of

Value = str | float | date | None


@dataclass(frozen=True)
class Job:
    """What the sheets are made from and written into; `register` maps a file's SHA-256 to when it was first seen.

    `beside` takes what a sheet cannot hold.
    """

    results: Results
    book: SealedWorkbook
    styles: Styles
    register: Mapping[str, str]
    beside: list[Beside] = field(default_factory=list)

    @cached_property
    def figures(self) -> Figures:
        return figures_of(self.results)

    @cached_property
    def living(self) -> bool:
        """Whether figures are formulas rather than values alone."""
        return living(self.results)

    def elsewhere(self, name: str, headings: Sequence[str], rows: Callable[[], Iterable[Sequence[object]]]) -> str:
        """Have the whole of a sheet written beside the workbook; gives the name of the file."""
        file = words.CSV_NAME.format(name=name)
        self.beside.append(Beside(file, [heading.replace("\n", "") for heading in headings], rows))
        return file

    @cached_property
    def stem(self) -> str:
        """The title of the form without the word for a table."""
        return self.results.rules.form.title.removesuffix("表")

    def info(self) -> str:
        """The line that says which round this is and as of when."""
        rules = self.results.rules
        return words.INFO.format(period=rules.period.label, as_of=words.DAY.format(day=rules.as_of))


class Paper:
    """One sheet, written from the top down; `row` is the next free row, counted from zero like all rows here."""

    def __init__(self, job: Job, name: str, widths: Sequence[float]) -> None:
        self.job = job
        self.sheet = job.book.add_worksheet(name)
        self.widths = list(widths)
        self.row = 0
        self._height = 0.0
        for column, width in enumerate(widths):
            self.sheet.set_column(column, column, width)
        self.sheet.hide_gridlines(2)
        # The green corners Excel puts on codes of digits and on sums beside other figures.
        self.sheet.ignore_errors(dict.fromkeys(_HARMLESS, _WHOLE_SHEET))

    @property
    def last_column(self) -> int:
        return len(self.widths) - 1

    def form(self, kind: str = "text", **properties: object) -> Any:
        """The format of a bordered cell of the table."""
        look = {"font_size": 10, "border": THIN, "border_color": LINE, **LOOKS[kind], **properties}
        return self.job.styles.get(**look)

    def heading_form(self, **properties: object) -> Any:
        return self.form("centre", font_name=HEADING_FONT, bg_color=HEADER_FILL, **properties)

    def title(self, text: str, size: float = 18) -> None:
        form = self.job.styles.get(font_name=TITLE_FONT, font_size=size, align="center")
        self.line(text, form, size, least=size * 2.2)

    def subtitle(self, left: str, right: str = "") -> None:
        """A line of small print above the table: what it is about, and the unit of its figures."""
        if not right or self.last_column == 0:
            self.note(left)
            return
        split = max(0, self.last_column - 2)
        form = self.job.styles.get(font_size=10, text_wrap=False)
        self.merge(self.row, 0, split, left, form)
        self.merge(self.row, split + 1, self.last_column, right, self.job.styles.get(font_size=10, align="right"))
        self.heighten(self.row, 20)
        self.row += 1

    def note(self, text: str, **properties: object) -> None:
        """A line of small print over the whole width, as high as it needs."""
        self.line(text, self.job.styles.get(**{"font_size": 10, "valign": "top", **properties}), 10)

    def heading_line(self, text: str) -> None:
        """A line that heads a part of the sheet."""
        self.line(text, self.job.styles.get(font_name=HEADING_FONT, font_size=12), 12, least=26)

    def line(self, text: str, form: Any, size: float, least: float = 18) -> None:
        self.merge(self.row, 0, self.last_column, text, form)
        self.heighten(self.row, max(least, height_of(text, sum(self.widths), size)))
        self.row += 1

    def merge(self, row: int, first: int, last: int, text: str, form: Any, last_row: int | None = None) -> None:
        """A text over several columns (and rows, down to `last_row`) of the sheet."""
        last_row = row if last_row is None else last_row
        if (row, first) != (last_row, last):
            self.sheet.merge_range(row, first, last_row, last, "", form)
        self.sheet.write_string(row, first, plain(text), form)

    def heighten(self, row: int, height: float, level: int = 0) -> None:
        """Set the height of a row in points, and how deep it is folded away."""
        self.sheet.set_row(row, height, None, {"level": level} if level else {})
        self._height += height

    def rows_left(self, below: float) -> int:
        """How many rows of plain height one page still has room for, when `below` points come after them."""
        return int((self._width * _PAGE_RATIO - self._height - below) / PLAIN_HEIGHT)

    def put(self, row: int, column: int, value: Value, form: Any) -> None:
        """Write a value by its type; a text is never taken for a formula, a number or a link."""
        match value:
            case None:
                self.sheet.write_blank(row, column, None, form)
            case str():
                self.sheet.write_string(row, column, plain(value), form)
            case date():
                self.sheet.write_datetime(row, column, datetime.combine(value, time()), form)
            case _:
                self.sheet.write_number(row, column, value, form)

    def figure(self, row: int, column: int, formula: str | None, value: Value, form: Any) -> None:
        """Write a formula with its value; the value alone without one, or where the workbook is not a living one."""
        if formula is not None and self.job.living:
            self.sheet.write_formula(row, column, f"={formula}", form, value)
        else:
            self.put(row, column, value, form)

    def fits_upright(self, least_scale: float) -> bool:
        """Whether all rows fit one A4 portrait page, shrunk to no less than this share of the width's own scale."""
        return self._height * least_scale <= self._width * _UPRIGHT_RATIO

    @property
    def _width(self) -> float:
        """The width of all columns in points."""
        return sum(int(7 * width + 5) for width in self.widths) * 0.75  # pixels of 1/96 inch

    def print_setup(self, header: tuple[int, int], *, wide: int = 1, tall: int = 0, upright: bool = False) -> None:
        """A4 landscape or upright, so many pages wide and tall (0 for as many as it takes), the header rows on all."""
        if not upright:
            self.sheet.set_landscape()
        self.sheet.set_paper(_A4)
        self.sheet.fit_to_pages(wide, tall)
        self.sheet.set_margins(**_MARGINS)
        self.sheet.center_horizontally()
        self.sheet.repeat_rows(*header)
        self.sheet.set_footer(f"&C&9{words.FOOTER}&R&9&A")


def points(hundredths: int | None) -> float | None:
    """Hundredths as the number a cell shows: 8750 → 87.5."""
    return None if hundredths is None else hundredths / 100


def mean(hundredths: Sequence[int]) -> int:
    """The mean of points in whole hundredths, halves rounded up (四舍五入)."""
    return _half_up(sum(hundredths), len(hundredths))


def rate(part: int, whole: int) -> float:
    """A share to four decimals, halves rounded up (四舍五入)."""
    return _half_up(10_000 * part, whole) / 10_000


def _half_up(dividend: int, divisor: int) -> int:
    return (2 * dividend + divisor) // (2 * divisor)


def plain(text: str) -> str:
    """A text as a cell can hold it: halves of characters replaced, cut at Excel's limit.

    Control characters are escaped by XlsxWriter (`_x0007_`), as Excel does.
    """
    if 2 * len(text) <= _MOST_CHARACTERS and not _UNFIT.search(text):
        return text
    units = text.encode("utf-16-le", "surrogatepass")[: 2 * _MOST_CHARACTERS]
    return _UNFIT.sub("\ufffd", units.decode("utf-16-le", "replace"))
