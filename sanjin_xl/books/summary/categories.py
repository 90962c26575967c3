"""分类得分: points and rates of every unit by category, with the weakest one of each."""

from collections.abc import Callable, Sequence

from sanjin_xl.books.styles import CATEGORY_FILL, QUIET, height_of
from sanjin_xl.books.summary.charts import AMPLE, category_rates
from sanjin_xl.books.summary.csv_overflow import share
from sanjin_xl.books.summary.figures import quoted
from sanjin_xl.books.summary.listing import shortened
from sanjin_xl.books.summary.sheet_writer import Job, Paper, Value, mean, points, rate
from sanjin_xl.messages import summary as words
from sanjin_xl.model.cellref import address, area
from sanjin_xl.outcome.tables import category_rows

_UNIT_WIDTH, _CATEGORY_WIDTH, _TOTAL_WIDTH, _WEAKEST_WIDTH = 18, 10.5, 11, 24
_HEADING_ROWS = 2
_ROW_HEIGHT = 22
_ONE_PAGE_UNITS = 10
_WEAKEST_FILL = "#F4B183"
_HEAT = {
    "type": "3_color_scale",
    "min_type": "num", "min_value": 0, "min_color": "#F8CBAD",
    "mid_type": "num", "mid_value": 0.5, "mid_color": "#FFF2CC",
    "max_type": "num", "max_value": 1, "max_color": "#FFFFFF",
}  # fmt: skip

Figure = tuple[str | None, Value]
"""A formula, None for a constant or where figures are values alone, and the value."""

_STATISTICS: tuple[tuple[str, str, Callable[[Sequence[int]], int]], ...] = (
    (words.MEAN, "ROUND(AVERAGE({area}),2)", mean),
    (words.HIGHEST, "MAX({area})", max),
    (words.LOWEST, "MIN({area})", min),
)


def add_categories(job: Job) -> None:
    """Add the sheet 分类得分."""
    _CategoriesSheet(job).write()


class _CategoriesSheet:
    """The sheet being written; `scores` holds points in hundredths, ranked units × (categories, then the total)."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.form = job.results.rules.form
        ranked = [(name, [*row, sum(row)]) for name, row in category_rows(job.results)]
        missing = [(one.unit.name, None) for one in job.results.units if one.outcome is None]
        self.scores = [scores for _, scores in ranked]
        self.units: list[tuple[str, Sequence[int] | None]] = [*ranked, *missing]
        self.full = [*(category.points for category in self.form.categories), self.form.points]
        self.one_page = len(job.results.units) <= _ONE_PAGE_UNITS
        self.total = len(self.full)  # the column of the total; the categories stand in columns 1 … total - 1
        widths = [_UNIT_WIDTH, *[_CATEGORY_WIDTH] * len(self.form.categories), _TOTAL_WIDTH, _WEAKEST_WIDTH]
        self.paper = Paper(job, words.CATEGORIES, widths)

    def write(self) -> None:
        paper = self.paper
        paper.title(words.TITLE.format(title=self.job.stem, sheet=words.CATEGORIES))
        paper.subtitle(self.job.info(), words.UNIT_OF_POINTS)
        paper.note(words.CATEGORIES_NOTE)
        shown = shortened(paper, words.CATEGORIES, self._headings_beside(), self.units, self._row_beside)
        self.ranked = [(name, scores) for name, scores in shown if scores is not None]
        self.missing = [name for name, scores in shown if scores is None]
        paper.heading_line(words.POINTS_BLOCK)
        self.header = paper.row
        self._headings(words.TOTAL, words.WEAKEST)
        self._points()
        if self.ranked:
            paper.heading_line(words.RATES_BLOCK)
            self._headings(words.TOTAL)
            self._rates()
        paper.print_setup((self.header, self.header + _HEADING_ROWS - 1), tall=int(self.one_page))
        paper.sheet.freeze_panes(0, 1)

    def _headings(self, total: str, last: str | None = None) -> None:
        """Two rows, the ordinal of each category above its name; formulas look the ordinal up."""
        paper, row = self.paper, self.paper.row
        for place, text in ((0, words.UNIT), (self.total, total), (self.total + 1, last)):
            if text:
                paper.merge(row, place, place, text, paper.heading_form(), last_row=row + 1)
        for place, category in enumerate(self.form.categories, start=1):
            paper.put(row, place, category.ordinal, paper.heading_form(bottom=0))
            paper.put(row + 1, place, category.name, paper.heading_form(top=0))
        paper.heighten(row, 18)
        heights = [height_of(category.name, _CATEGORY_WIDTH, 10) for category in self.form.categories]
        paper.heighten(row + 1, max(20, *heights))
        paper.row += _HEADING_ROWS

    def _points(self) -> None:
        paper = self.paper
        self.full_row = paper.row
        self._row(words.FULL_MARKS, [(None, points(full)) for full in self.full], "points", font_color=QUIET)
        self.first = paper.row
        # Where the rates will stand: below the missing units, the statistics, the line and the headings between.
        self.first_rate = self.first + len(self.ranked) + len(self.missing) + len(_STATISTICS) + 1 + _HEADING_ROWS
        for name, scores in self.ranked:
            figures = [(self._sum(n), points(score)) for n, score in enumerate(scores, start=1)]
            self._row(name, [*figures, self._weakest(scores)], "points", last="centre")
        for name in self.missing:
            self._row(name, [(None, words.NONE)] * self.total, "centre", font_color=QUIET)
        for name, formula, value in _STATISTICS if self.ranked else ():
            figures = [
                (formula.format(area=self._area(self.first, n)), points(value([row[n - 1] for row in self.scores])))
                for n in range(1, self.total + 1)
            ]
            self._row(name, figures, "points", bg_color=CATEGORY_FILL)

    def _sum(self, place: int) -> str | None:
        row = self.paper.row
        if not self.job.living:
            return None
        if place == self.total:
            return f"ROUND(SUM({area((row, 1), (row, self.total - 1))}),2)"
        return self.job.figures.sum(
            "points", unit=address(row, 0, keep_column=True), category=address(self.header, place, keep_row=True)
        )

    def _rates(self) -> None:
        paper = self.paper
        header, first = paper.row - 1, paper.row
        assert first == self.first_rate
        for n, (name, scores) in enumerate(self.ranked):
            rates = [self._rate(self.first + n, place, scores) for place in range(1, self.total + 1)]
            self._row(name, rates, "share")
        last = paper.row - 1
        self._highlight(first, last)
        statistics = {words.MEAN: paper.row, words.HIGHEST: paper.row + 1, words.LOWEST: paper.row + 2}
        columns = list(zip(*self.scores, strict=True))
        means = [self._mean_rate(place, columns[place - 1]) for place in range(1, self.total + 1)]
        self._row(words.MEAN, means, "share", bg_color=CATEGORY_FILL)
        for name, function, value in ((words.HIGHEST, "MAX", max), (words.LOWEST, "MIN", min)):
            figures: list[Figure] = [
                self._guarded(place, f"{function}({self._area(first, place)})", value(columns[place - 1]))
                for place in range(1, self.total + 1)
            ]
            self._row(name, figures, "share", bg_color=CATEGORY_FILL)
        room = paper.rows_left(10) if self.one_page else AMPLE
        category_rates(paper, header, 1, self.total - 1, statistics, room)

    def _rate(self, points_row: int, place: int, scores: Sequence[int]) -> Figure:
        own, full = address(points_row, place), address(self.full_row, place, keep_row=True)
        return self._guarded(place, f"ROUND({own}/{full},4)", scores[place - 1])

    def _mean_rate(self, place: int, scores: Sequence[int]) -> Figure:
        rates, full = self._area(self.first, place), address(self.full_row, place, keep_row=True)
        return self._guarded(place, f"ROUND(AVERAGE({rates})/{full},4)", sum(scores), len(scores))

    def _guarded(self, place: int, formula: str, hundredths: int, count: int = 1) -> Figure:
        """A rate, or a dash for a category worth nothing."""
        full = self.full[place - 1] * count
        return (formula, rate(hundredths, full)) if full else (None, words.NONE)

    def _weakest(self, scores: Sequence[int]) -> Figure:
        """The first of the categories with the lowest rate; a dash where all rates are the same."""
        return self._weakest_formula() if self.job.living else None, self._weakest_name(scores)

    def _weakest_formula(self) -> str:
        row = self.first_rate + self.paper.row - self.first
        names = area((self.header + 1, 1), (self.header + 1, self.total - 1), absolute=True)
        rates = area((row, 1), (row, self.total - 1))
        more = f'IF(COUNTIF({rates},MIN({rates}))>1,{quoted(words.AND_MORE)},"")'
        return (
            f"IF(MAX({rates})=MIN({rates}),{quoted(words.NONE)},INDEX({names},1,MATCH(MIN({rates}),{rates},0))&{more})"
        )

    def _weakest_name(self, scores: Sequence[int]) -> str:
        rates = {
            c.name: rate(score, c.points) for c, score in zip(self.form.categories, scores, strict=False) if c.points
        }
        least = min(rates.values(), default=0)
        lowest = [name for name, one in rates.items() if one == least]
        if len(lowest) == len(rates):
            return words.NONE
        return lowest[0] + (words.AND_MORE if len(lowest) > 1 else "")

    def _headings_beside(self) -> list[str]:
        names = [*(category.name for category in self.form.categories), words.TOTAL]
        return [words.UNIT, *names, words.WEAKEST, *(words.RATE_OF.format(name=name) for name in names)]

    def _row_beside(self, one: tuple[str, Sequence[int] | None]) -> list[Value]:
        """A unit with its points, then with its rates."""
        name, scores = one
        if scores is None:
            return [name, *[words.NONE] * self.total, None, *[words.NONE] * self.total]
        pairs = zip(scores, self.full, strict=True)
        rates = (share(rate(score, full)) if full else words.NONE for score, full in pairs)
        return [name, *map(points, scores), self._weakest_name(scores), *rates]

    def _highlight(self, first: int, last: int) -> None:
        row = f"{address(first, 1, keep_column=True)}:{address(first, self.total - 1, keep_column=True)}"
        weakest = self.job.book.add_format({"bold": True, "underline": 1, "bg_color": _WEAKEST_FILL})
        criteria = f"=AND({address(first, 1)}=MIN({row}),MIN({row})<MAX({row}))"
        sheet = self.paper.sheet
        sheet.conditional_format(
            first, 1, last, self.total - 1, {"type": "formula", "criteria": criteria, "format": weakest}
        )
        sheet.conditional_format(first, 1, last, self.total, _HEAT)

    def _area(self, first: int, place: int) -> str:
        """The cells of the ranked units in a column, from row `first` on."""
        return area((first, place), (first + len(self.ranked) - 1, place))

    def _row(self, name: str, figures: Sequence[Figure], kind: str, last: str | None = None, **look: object) -> None:
        paper = self.paper
        paper.put(paper.row, 0, name, paper.form("text" if not look else "centre", **look))
        for place, (formula, value) in enumerate(figures, start=1):
            form = paper.form(last if last and place == len(figures) else kind, **look)
            paper.figure(paper.row, place, formula, value, form)
        paper.heighten(paper.row, max(_ROW_HEIGHT, height_of(name, _UNIT_WIDTH, 10)))
        paper.row += 1
