"""逐项情况: every item against every unit, one sign each, and how many units have done it."""

from collections.abc import Sequence

from sanjin_xl import messages
from sanjin_xl.books.quick_sheet import Value
from sanjin_xl.books.sheet_writer import ONE_PAGE, points_wide
from sanjin_xl.books.styles import ASK_FILL, CATEGORY_FILL, HEADING_FONT, INK, WRONG_FILL, height_of
from sanjin_xl.books.summary.book import ResultsBook
from sanjin_xl.books.summary.figures import TESTS, quoted
from sanjin_xl.books.summary.sentences import least_done
from sanjin_xl.books.table import Column, Table
from sanjin_xl.messages import summary as words
from sanjin_xl.model.cellref import address, area
from sanjin_xl.model.form import Category, Item
from sanjin_xl.model.points import points, rate
from sanjin_xl.outcome.results import UnitResult
from sanjin_xl.outcome.tables import State, item_count_rows, pending_items, state_of

MOST_UNIT_COLUMNS = 100
"""Beyond this many units only the counts are listed: nobody reads across a hundred columns."""

_REPEATED = 2  # columns that come again on every page: number and text
_UNITS_A_PAGE = 12  # twenty would be in type of 5 points
_UNIT_WIDTH, _COUNT_WIDTH, _CATEGORY_HEIGHT = 9, 8.5, 24
_TEXT_WIDTH, _NARROW_TEXT, _FEW_UNITS = 66, 46, 8  # most items on one line, where units leave room for that
_MISSING_FILL = "#F2F2F2"
_COUNTED = ("done", "ledger", "planned", "blank", "pending", "returned")  # as `item_count_rows` counts them


def add_items(book: ResultsBook) -> None:
    """Add the sheet 逐项情况."""
    _ItemsSheet(book).write()


class _ItemsSheet:
    """The sheet being written: a row per category and below it, to be folded, a row per item."""

    def __init__(self, book: ResultsBook) -> None:
        self.book, self.results = book, book.results
        shown = len(self.results.units) <= MOST_UNIT_COLUMNS
        self.units: Sequence[UnitResult] = self.results.units if shown else ()
        self.pending = {one.unit.code: pending_items(one) for one in self.units}
        self.counts = item_count_rows(self.results)
        text_width = _TEXT_WIDTH if len(self.units) <= _FEW_UNITS else _NARROW_TEXT
        self.columns: list[Column[Item]] = [
            Column(words.NUMBER, lambda item: item.number, "count", 6),
            Column(words.TEXT, lambda item: item.text, width=text_width),
            Column(words.FULL, lambda item: points(item.points), "points", 7),
            *map(self._unit_column, self.units),
            *(self._count_column(name) for name in words.COUNT_HEADINGS),
        ]
        widths = [one.width for one in self.columns]
        self.pages_wide = max(1, -(-len(self.units) // _UNITS_A_PAGE))
        head = max(ONE_PAGE, points_wide(widths) / self.pages_wide)
        if self.pages_wide == 1:
            self.sheet = book.sheet(words.ITEMS, widths)
        else:
            self.sheet = book.sheet(words.ITEMS, widths, head=head, behind=_REPEATED)
        self.table = Table(self.sheet, self.columns)
        self.place = self.table.place

    def write(self) -> None:
        sheet, form = self.sheet, self.results.rules.form
        sheet.subtitle(self.book.info)
        for note in self._notes():
            sheet.note(note)
        header = sheet.row
        self.table.headings(max(height_of(one.heading, one.width, sheet.size) for one in self.columns) + 4)
        for category in form.categories:
            self._category(category)
            for item in category.items:
                self.table.write(item, level=1)
        self._highlight(header + 1)
        sheet.worksheet.outline_settings(True, False, False, False)  # the row that sums up stands above
        sheet.worksheet.freeze_panes(header + 1, 2)
        sheet.print_setup((header, header), wide=self.pages_wide)
        if self.pages_wide > 1:
            sheet.worksheet.repeat_columns(0, _REPEATED - 1)

    def _notes(self) -> list[str]:
        least = [text for text in (least_done(self.results),) if text]
        if not self.units:
            return [words.NO_UNIT_COLUMNS.format(limit=MOST_UNIT_COLUMNS, sheet=words.TIDY), *least]
        return [words.LEGEND, words.CATEGORY_ROWS, *least]

    def _unit_column(self, one: UnitResult) -> Column[Item]:
        heading = one.unit.area if one.outcome else words.AREA_MISSING.format(area=one.unit.area)
        look = {"font_size": 11, **({} if one.outcome else {"bg_color": _MISSING_FILL})}
        return Column(heading, lambda item: self._sign(one, item.number), "centre", _UNIT_WIDTH, grows=False, look=look)

    def _sign(self, one: UnitResult, number: int) -> str:
        sign = words.GLYPHS[state_of(one, number)].format(months=messages.months(one.answer(number).planned_month))
        return sign + (words.PENDING_GLYPH if number in self.pending[one.unit.code] else "")

    def _count_column(self, name: str) -> Column[Item]:
        def formula(item: Item) -> str | None:
            number = address(self.sheet.row, 0, keep_column=True)
            if name == "rate":
                return self._rate_formula([item], item=number)
            return self.book.figures.count(item=number, **TESTS[name])

        kind = "share" if name == "rate" else "count"
        heading = words.COUNT_HEADINGS[name]
        return Column(heading, lambda item: self._count(name, [item]), kind, _COUNT_WIDTH, name=name, formula=formula)

    def _category(self, category: Category) -> None:
        """A category's row: its points per unit, the counts of its items added up, the share of all answers done.

        The headings speak of units; what is added up are items of units, and says so.
        """
        row, items, ordinal = self.sheet.row, category.items, address(self.sheet.row, 0, keep_column=True)
        units = [points(one.by_category[category.ordinal]) if one.outcome else words.NONE for one in self.units]
        sums = [
            self.book.figures.sum("points", unit=quoted(one.unit.name), category=ordinal) if one.outcome else None
            for one in self.units
        ]
        counts = {name: f"SUM({area((row + 1, at), (row + len(items), at))})" for name, at in self.place.items()}
        formulas = counts | {"rate": self._rate_formula(items, category=ordinal)}
        # The ordinal stands by itself, so that formulas can look it up.
        head = category.ordinal, category.name, points(category.points)
        kinds = ["centre", "text", "points", *("points" if one.outcome else "centre" for one in self.units)]
        self.table.aside(
            [*kinds, *("times" if one.kind == "count" else one.kind for one in self.columns[len(kinds) :])],
            [*head, *units, *(self._count(name, items) for name in words.COUNT_HEADINGS)],
            [None, None, None, *sums, *(formulas[name] for name in words.COUNT_HEADINGS)],
            _CATEGORY_HEIGHT,
            bg_color=CATEGORY_FILL,
            font_name=HEADING_FONT,
        )

    def _count(self, name: str, items: Sequence[Item]) -> Value:
        """How many units have answered how, over all of these items; a dash for the rate where nobody has."""
        counts = [sum(self.counts[item.number][n] for item in items) for n in range(len(_COUNTED))]
        if name != "rate":
            return counts[_COUNTED.index(name)]
        return rate(counts[0], counts[-1]) if counts[-1] else words.NONE

    def _rate_formula(self, items: Sequence[Item], **where: str) -> str | None:
        returned = self.book.figures.count(**where, state=quoted("<>" + words.STATES[State.MISSING]))
        done = address(self.sheet.row, self.place["done"])
        return None if self._count("rate", items) == words.NONE else f"ROUND({done}/{returned},4)"

    def _highlight(self, first: int) -> None:
        """Items no unit has done, and items less than a third have done; a bar of the rate beside them."""
        place = self.place["rate"]
        rate_cell, number = address(first, place, keep_column=True), address(first, 0, keep_column=True)
        for criteria, fill in ((f"{rate_cell}=0", WRONG_FILL), (f"{rate_cell}<1/3", ASK_FILL)):
            self.sheet.condition(
                (first, self.place["done"], self.sheet.row - 1, place),
                f"AND(ISNUMBER({number}),ISNUMBER({rate_cell}),{criteria})",
                self.book.styles.condition(fill, INK),
                stop_if_true=True,
            )
