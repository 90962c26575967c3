"""分类得分: points, ranks and rates of every unit by category, with the weakest one of each."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from sanjin_xl.books.quick_sheet import Value
from sanjin_xl.books.styles import CATEGORY_FILL, QUIET, height_of
from sanjin_xl.books.summary.book import ResultsBook
from sanjin_xl.books.summary.charts import category_rates
from sanjin_xl.books.summary.figures import quoted, rank_formula
from sanjin_xl.books.table import Column, Table
from sanjin_xl.messages import summary as words
from sanjin_xl.model.cellref import address, area
from sanjin_xl.model.points import mean, points, rate
from sanjin_xl.outcome.ranks import rank
from sanjin_xl.outcome.tables import category_rows

_UNIT_WIDTH, _CATEGORY_WIDTH, _TOTAL_WIDTH, _WEAKEST_WIDTH = 18, 10.5, 11, 24
_HEADING_ROWS = 2
_ROW_HEIGHT = 18
_HEADINGS_HEIGHT = 26 + 18 + 20  # of a part: its line and the two rows of its table
_MOST_ON_A_PAGE, _FEWEST_TOGETHER = 15, 3
_WEAKEST_FILL = "#F4B183"
_HEAT = {
    "type": "3_color_scale",
    "min_type": "num", "min_value": 0, "min_color": "#F8CBAD",
    "mid_type": "num", "mid_value": 0.5, "mid_color": "#FFF2CC",
    "max_type": "num", "max_value": 1, "max_color": "#FFFFFF",
}  # fmt: skip

Scored = tuple[str, Sequence[int] | None]
"""A unit's name and its points in hundredths by category, then in all; None for one that has sent nothing."""

_STATISTICS: tuple[tuple[str, str, Callable[[Sequence[int]], int]], ...] = (
    (words.MEAN, "ROUND(AVERAGE({area}),2)", mean),
    (words.HIGHEST, "MAX({area})", max),
    (words.LOWEST, "MIN({area})", min),
)


def add_categories(book: ResultsBook) -> None:
    """Add the sheet 分类得分."""
    _CategoriesSheet(book).write()


class _CategoriesSheet:
    """The sheet being written: points of ranked units, those that sent nothing, statistics; their ranks; then rates."""

    def __init__(self, book: ResultsBook) -> None:
        self.book = book
        self.rules, self.form = book.results.rules, book.results.rules.form
        ranked: list[Scored] = [(name, [*row, sum(row)]) for name, row in category_rows(book.results)]
        self.units = [*ranked, *((one.unit.name, None) for one in book.results.units if one.outcome is None)]
        self.scores = [scores for _, scores in ranked if scores]
        self.full = [*(category.points for category in self.form.categories), self.form.points]
        self.total = len(self.full)  # the column of the total; the categories stand in columns 1 … total - 1
        unit = Column[Scored](words.UNIT, lambda one: one[0], "text", _UNIT_WIDTH)
        weakest = Column(words.WEAKEST, self._weakest, "centre", _WEAKEST_WIDTH, formula=self._weakest_formula)
        self.points = [unit, *map(self._points_column, range(1, self.total + 1)), weakest]
        self.ranks = [unit, *map(self._rank_column, self.points[1:-1], range(1, self.total + 1))]
        self.rates = [unit, *map(self._rate_column, self.points[1:-1], range(1, self.total + 1))]
        self.sheet = book.sheet(words.CATEGORIES, [one.width for one in self.points])

    def write(self) -> None:
        sheet = self.sheet
        sheet.subtitle(self.book.info, words.UNIT_OF_POINTS)
        sheet.note(words.CATEGORIES_NOTE)
        further = [
            replace(one, heading=pattern.format(name=one.heading))
            for columns, pattern in ((self.ranks, words.RANK_OF), (self.rates, words.RATE_OF))
            for one in columns[1:]
        ]
        shown = self.book.shortened(sheet, words.CATEGORIES, [*self.points, *further], self.units)
        self.ranked = [one for one in shown if one[1]]
        sheet.heading_line(words.POINTS_BLOCK)
        self.header = sheet.row
        # Where each part fits a page, it has its headings; what is repeated on the pages is what the sheet is.
        self.repeats_title = len(shown) <= _MOST_ON_A_PAGE
        sheet.print_setup((0, 1) if self.repeats_title else (self.header, self.header + _HEADING_ROWS - 1))
        self._points([name for name, scores in shown if scores is None])
        if self.ranked:
            for heading, statistics, write in (
                (words.RANKS_BLOCK, 0, self._ranks),
                (words.RATES_BLOCK, len(_STATISTICS), self._rates),
            ):
                rows = len(self.ranked) if self.repeats_title else _FEWEST_TOGETHER
                sheet.keep_together(_HEADINGS_HEIGHT + (rows + statistics) * _ROW_HEIGHT)
                sheet.heading_line(heading)
                write()
        sheet.worksheet.freeze_panes(0, 1)

    def _points(self, missing: Sequence[str]) -> None:
        sheet, table = self.sheet, self._headed(self.points)
        self.full_row = sheet.row
        self._row(words.FULL_MARKS, "points", list(map(points, self.full)), font_color=QUIET)
        self.first = sheet.row
        # Where the rates will stand: below missing units, statistics, ranks, and the lines and headings between.
        ranks = 1 + _HEADING_ROWS + len(self.ranked)
        self.first_rate = self.first + len(self.ranked) + len(missing) + len(_STATISTICS) + ranks + 1 + _HEADING_ROWS
        for one in self.ranked:
            table.write(one, _ROW_HEIGHT)
        for place, full in enumerate(self.full, start=1):
            heat = {**_HEAT, "mid_value": points(full) / 2, "max_value": points(full)}
            if self.ranked and full:
                sheet.worksheet.conditional_format(self.first, place, sheet.row - 1, place, heat)
        for name in missing:
            self._row(name, "centre", [words.NONE] * self.total, named="text", font_color=QUIET)
        for name, formula, value in _STATISTICS if self.ranked else ():
            formulas = [formula.format(area=self._area(self.first, place)) for place in range(1, self.total + 1)]
            values = [points(value(column)) for column in self._columns()]
            self._row(name, "points", values, formulas, bg_color=CATEGORY_FILL)

    def _ranks(self) -> None:
        table = self._headed(self.ranks)
        self.first_rank = self.sheet.row
        for one in self.ranked:
            table.write(one, _ROW_HEIGHT)

    def _rates(self) -> None:
        sheet, table = self.sheet, self._headed(self.rates)
        first = sheet.row
        assert first == self.first_rate
        for one in self.ranked:
            table.write(one, _ROW_HEIGHT)
        self._highlight(first, sheet.row - 1)
        statistics = {name: sheet.row + n for n, (name, _, _) in enumerate(_STATISTICS)}
        places, columns = range(1, self.total + 1), self._columns()
        full = [address(self.full_row, place, keep_row=True) for place in places]
        means = [f"ROUND(AVERAGE({self._area(self.first, n)})/{full[n - 1]},4)" for n in places]
        self._statistic(words.MEAN, means, [sum(column) for column in columns], len(self.scores))
        for name, function, value in ((words.HIGHEST, "MAX", max), (words.LOWEST, "MIN", min)):
            formulas = [f"{function}({self._area(first, place)})" for place in places]
            self._statistic(name, formulas, [value(column) for column in columns])
        category_rates(self.book, sheet, first - 1, 1, self.total - 1, statistics)

    def _headed(self, columns: Sequence[Column[Scored]]) -> Table[Scored]:
        """A table with its headings, the ordinal of each category above its name; formulas look the ordinal up."""
        table = Table(self.sheet, columns)
        heights = [height_of(category.name, _CATEGORY_WIDTH, 10) for category in self.form.categories]
        table.headings(18, max(20, *heights))
        return table

    def _row(
        self,
        name: str,
        kind: str,
        values: Sequence[Value],
        formulas: Sequence[str | None] = (),
        named: str = "centre",
        **look: object,
    ) -> None:
        """A row of its own, such as the full marks or a mean; `named`: the kind of the cell with its name."""
        kinds = [named, *[kind] * self.total, "centre"]
        columns = self.points if kind != "share" else self.rates
        Table(self.sheet, columns).aside(kinds, [name, *values], [None, *formulas], _ROW_HEIGHT, **look)

    def _statistic(self, name: str, formulas: Sequence[str], values: Sequence[int], count: int = 1) -> None:
        """A row of rates, with a dash for a category worth nothing; `values` are sums over `count` units."""
        rates = [self._share(value, full * count) for value, full in zip(values, self.full, strict=True)]
        used = [formula if full else None for formula, full in zip(formulas, self.full, strict=True)]
        self._row(name, "share", rates, used, bg_color=CATEGORY_FILL)

    # --- the columns --------------------------------------------------------------------------------------------------

    def _points_column(self, place: int) -> Column[Scored]:
        def value(one: Scored) -> Value:
            return points(one[1][place - 1]) if one[1] else words.NONE

        def formula(_: Scored) -> str:
            row = self.sheet.row
            if place == self.total:
                return f"ROUND(SUM({area((row, 1), (row, self.total - 1))}),2)"
            category = address(self.header, place, keep_row=True)
            return self.book.figures.sum("points", unit=address(row, 0, keep_column=True), category=category)

        if place == self.total:
            return Column(words.TOTAL, value, "points", _TOTAL_WIDTH, formula=formula)
        category = self.form.categories[place - 1]
        return Column(category.name, value, "points", _CATEGORY_WIDTH, over=category.ordinal, formula=formula)

    def _rank_column(self, column: Column[Scored], place: int) -> Column[Scored]:
        """Ranks like those of 排名, by the points of one category."""
        ranks = rank({name: scores[place - 1] for name, scores in self.units if scores}, self.rules.dense_ranks)

        def formula(_: Scored) -> str:
            scores = area((self.first, place), (self.first + len(self.ranked) - 1, place), absolute=True)
            return rank_formula(scores, address(self.first + self.sheet.row - self.first_rank, place), self.rules)

        return replace(column, value=lambda one: ranks.get(one[0]), kind="count", formula=formula)

    def _rate_column(self, column: Column[Scored], place: int) -> Column[Scored]:
        full = self.full[place - 1]

        def formula(_: Scored) -> str | None:
            own = address(self.first + self.sheet.row - self.first_rate, place)
            return f"ROUND({own}/{address(self.full_row, place, keep_row=True)},4)" if full else None

        def value(one: Scored) -> Value:
            return self._share(one[1][place - 1], full) if one[1] else words.NONE

        return replace(column, value=value, kind="share", formula=formula)

    def _share(self, part: int, full: int) -> Value:
        return rate(part, full) if full else words.NONE

    def _weakest(self, one: Scored) -> str | None:
        """The first of the categories with the lowest rate; a dash where all rates are the same."""
        if one[1] is None:
            return None
        rates = {
            c.name: rate(score, c.points) for c, score in zip(self.form.categories, one[1], strict=False) if c.points
        }
        least = min(rates.values(), default=0)
        lowest = [name for name, rate_of in rates.items() if rate_of == least]
        if len(lowest) == len(rates):
            return words.NONE
        return lowest[0] + (words.AND_MORE if len(lowest) > 1 else "")

    def _weakest_formula(self, _: Scored) -> str:
        row = self.first_rate + self.sheet.row - self.first
        names = area((self.header + 1, 1), (self.header + 1, self.total - 1), absolute=True)
        rates = area((row, 1), (row, self.total - 1))
        more = f'IF(COUNTIF({rates},MIN({rates}))>1,{quoted(words.AND_MORE)},"")'
        return (
            f"IF(MAX({rates})=MIN({rates}),{quoted(words.NONE)},INDEX({names},1,MATCH(MIN({rates}),{rates},0))&{more})"
        )

    def _highlight(self, first: int, last: int) -> None:
        row = f"{address(first, 1, keep_column=True)}:{address(first, self.total - 1, keep_column=True)}"
        weakest = self.book.styles.condition(_WEAKEST_FILL, bold=True, underline=1)
        criteria = f"AND({address(first, 1)}=MIN({row}),MIN({row})<MAX({row}))"
        self.sheet.condition((first, 1, last, self.total - 1), criteria, weakest)
        self.sheet.worksheet.conditional_format(first, 1, last, self.total, _HEAT)

    def _area(self, first: int, place: int) -> str:
        """The cells of the ranked units in a column, from row `first` on."""
        return area((first, place), (first + len(self.ranked) - 1, place))

    def _columns(self) -> list[tuple[int, ...]]:
        """The points of all ranked units, column by column."""
        return list(zip(*self.scores, strict=True))
