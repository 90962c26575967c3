"""排名: the one page the leader reads and signs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import attrgetter
from typing import Any, ClassVar

from sanjin_xl.books.quick_sheet import Value
from sanjin_xl.books.sheet_writer import across_upright, points_wide
from sanjin_xl.books.styles import CATEGORY_FILL, HEADING_FONT, height_of, in_lines, width_of
from sanjin_xl.books.summary import sentences
from sanjin_xl.books.summary.book import ResultsBook
from sanjin_xl.books.summary.charts import ACROSS_A_PAGE, chart_rows, scores_chart
from sanjin_xl.books.summary.figures import MOST_LIVING_UNITS, TESTS, change_formula
from sanjin_xl.books.summary.unit_sheet import UnitSheet
from sanjin_xl.books.table import Column
from sanjin_xl.messages import summary as words
from sanjin_xl.model.cellref import area
from sanjin_xl.model.points import mean, points
from sanjin_xl.outcome.results import UnitResult

_UNIT_WIDTH, _WIDEST_UNIT = 16, 28
_TITLE_SIZE, _SIGN_HEIGHT = 20, 34
_ON_THE_FIRST_PAGE = 20
_LEAST_REMARK = 20  # characters
_LEAST_CHART = 12  # rows of plain height: below that the names of the units leave its columns no room
_MOST_HEIGHT = 300  # points of all rows of units, that the page may have a chart


@dataclass(frozen=True, slots=True)
class _Page:
    """How the page is set for so many units, in points: its type, the least height of a row, the type of the chart."""

    units: int
    size: float
    row: float
    chart: float


# At arm's length a leader reads 10.5 points; what is shrunk to the width of the page still has that. Rows are as high
# as the page has room for beside its chart.
_PAGES = (_Page(6, 12, 28, 11), _Page(9, 12, 26, 11), _Page(12, 12, 22, 11), _Page(24, 10, 14, 10))
_LONG = _Page(0, 10.5, 17, 10)
"""Several pages, of which the first has the chart and the first ranks."""

_STRONG: dict[str, Any] = {"font_name": HEADING_FONT}


def add_ranking(book: ResultsBook) -> None:
    """Add the sheet 排名."""
    _RankingSheet(book).write()


class _RankingSheet(UnitSheet[UnitResult]):
    """The sheet 排名 being written, top to bottom; ranked units first, then those that sent nothing.

    Beside the page, hidden, stand the figures the chart is drawn from.
    """

    of_all = ("unit", "former", "remark", "label")
    missing: ClassVar = {
        "score": words.NOT_RETURNED, "low": None, "high": None, "gain": None, "loss": None,
    }  # fmt: skip

    def __init__(self, book: ResultsBook) -> None:
        self.units = book.results.ranking()
        self.page = next((page for page in _PAGES if len(self.units) <= page.units), _LONG)
        self.one_page = self.page is not _LONG
        title = words.RANKING_TITLE.format(title=book.stem)
        super().__init__(book, words.RANKING, title, _TITLE_SIZE, self.page.size)
        self.sheet.small = int(self.page.chart)

    def unit_of(self, entry: UnitResult) -> UnitResult:
        return entry

    def write(self) -> None:
        sheet = self.sheet
        sheet.subtitle(self.book.info, words.UNIT_OF_POINTS)
        shown = self.book.shortened(sheet, words.RANKING, self.visible, self.units)
        headings = 22.0, max(height_of(one.heading, one.width, self.page.size) for one in self.visible)
        if not self.one_page:
            self._notes()
            many = words.FOLLOWING_PAGES.format(count=len(self.units), first=_ON_THE_FIRST_PAGE)
            sheet.note(many, self.page.size)
            below = sum(headings) + _ON_THE_FIRST_PAGE * self.page.row
            self._chart(shown[:_ON_THE_FIRST_PAGE], below, headings=len(headings))
        header = sheet.row
        self.table.headings(*headings)
        self.write_units(shown, self.page.row, None if self.one_page else _ON_THE_FIRST_PAGE)
        if self.ranked > 1:
            self._means()
        if self.one_page:
            self._notes()
            self._chart(shown, _SIGN_HEIGHT + 4)
        self._sign_off()
        sheet.print_setup((header, self.first - 1), tall=int(self.one_page), upright=True)
        sheet.worksheet.freeze_panes(self.first, 3)

    # --- the columns --------------------------------------------------------------------------------------------------

    def columns_of_units(self) -> Iterator[Column[UnitResult]]:
        results, since = self.results, self.results.former is not None
        longest = max((width_of(one.unit.name) for one in self.units), default=0)
        unit_width = min(_WIDEST_UNIT, max(_UNIT_WIDTH, longest + 3))
        columns: list[Column[UnitResult]] = [
            Column(
                words.RANK, results.rank, "count", 5.5, name="rank", look=_STRONG, formula=lambda _: self.rank("score")
            ),
            Column(words.UNIT, lambda one: one.unit.name, "text", unit_width, name="unit"),
            *self.adjustments(8),
            Column(
                words.SCORE, lambda one: points(results.score(one)), "points", 9, name="score", look=_STRONG,
                formula=lambda _: self.score(self.book.figures.sum("points", unit=self.unit())),
            ),
            *[
                Column(words.FORMER_RANK, _former_rank, "count", 6, name="former", group=words.FORMER),
                Column(words.CHANGE, self._change, "centre", 7, group=words.FORMER, formula=self._change_formula),
            ] * since,
            self._counted("done", words.DONE, 7.5),
            self._counted("planned", words.PLANNED, 7.5),
            self._counted("blank", words.BLANK, 6),
            self._counted("pending", words.PENDING, 6),
        ]  # fmt: skip
        yield from columns
        yield self._remark(max(_LEAST_REMARK, across_upright(one.width for one in columns)))
        yield from self._chart_columns()

    def _remark(self, width: float) -> Column[UnitResult]:
        """Remarks as wide as the page leaves room for; brief where they would take up the room of the chart."""
        size, remarks = self.page.size - 0.5, sentences.Remarks(self.results)

        def text(one: UnitResult) -> str:
            return in_lines(remarks.of(one), width, size, full=0.5)

        heights = (max(self.page.row, height_of(text(one), width, size)) for one in self.units)
        if not self.one_page or sum(heights) > _MOST_HEIGHT:
            remarks = sentences.Remarks(self.results, brief=True)
        return Column(words.REMARK, text, width=width, name="remark", look={"font_size": size})

    def _counted(self, name: str, heading: str, width: float) -> Column[UnitResult]:
        return Column(
            heading, attrgetter(f"counts.{name}"), "count", width, group=words.COUNTS,
            formula=lambda _: self.book.figures.count(unit=self.unit(), **TESTS[name]),
        )  # fmt: skip

    def _change(self, one: UnitResult) -> Value:
        places = self.results.places_won(one)
        return words.NONE if places is None else sentences.change(places)

    def _change_formula(self, one: UnitResult) -> str | None:
        """The former rank less this one, where no unit had to be left out of either."""
        former, rank = one.since.rank if one.since else None, self.results.rank(one)
        if former is None or rank is None or self.results.places_won(one) != former - rank:
            return None
        return change_formula(f"{self.at('former')}-{self.at('rank')}")

    def _chart_columns(self) -> Iterator[Column[UnitResult]]:
        """What the chart is drawn from beside the score: the names, and how far open questions may move it."""

        def bound(name: str) -> Column[UnitResult]:
            def formula(one: UnitResult) -> str | None:
                # 明细 holds the version that counts; what others would be worth it does not tell.
                return None if one.versions else self.score(self.book.figures.sum(name, unit=self.unit()))

            return Column(
                "", lambda one: points(getattr(one, name) or 0), "points", name=name, hidden=True, formula=formula
            )

        def gap(name: str, upper: str, lower: str, between: Callable[[UnitResult], int]) -> Column[UnitResult]:
            return Column(
                "", lambda one: points(between(one)), "points", name=name, hidden=True,
                formula=lambda _: f"ROUND({self.at(upper)}-{self.at(lower)},2)",
            )  # fmt: skip

        yield Column("", self._label, name="label", hidden=True, grows=False)
        yield bound("low")
        yield bound("high")
        yield gap("gain", "high", "score", self._gain)
        yield gap("loss", "score", "low", self._loss)

    def _gain(self, one: UnitResult) -> int:
        return (one.high or 0) - (self.results.score(one) or 0)

    def _loss(self, one: UnitResult) -> int:
        return (self.results.score(one) or 0) - (one.low or 0)

    def _label(self, one: UnitResult) -> str:
        marked = one.outcome is None and len(self.units) > ACROSS_A_PAGE
        return words.CHART_MISSING.format(area=one.unit.area) if marked else one.unit.area

    # --- above and below the units ------------------------------------------------------------------------------------

    def _notes(self) -> None:
        for note in sentences.notes(self.results):
            self.sheet.note(note, self.page.size)
        if not self.book.figures.living:
            self.sheet.note(words.VALUES_ONLY.format(limit=MOST_LIVING_UNITS), self.page.size)

    def _means(self) -> None:
        scores = [self.results.score(one) or 0 for one in self.units if one.outcome]
        place = self.table.place["score"]
        formula = f"ROUND(AVERAGE({area((self.first, place), (self.first + self.ranked - 1, place))}),2)"
        cells: dict[str, Value] = {"unit": words.MEAN, "score": points(mean(scores))}
        self.table.aside(
            ["points" if one.name == "score" else "centre" for one in self.visible],
            [cells.get(one.name) for one in self.visible],
            [formula if one.name == "score" else None for one in self.visible],
            self.page.row * 0.8,
            bg_color=CATEGORY_FILL,
        )

    def _chart(self, units: Sequence[UnitResult], below: float, headings: int = 0) -> None:
        """Put the chart of the first units at the next row, as high as the page has room for.

        `below`: the points that are to stand below it; `headings`: the rows between it and the table, where it stands
        above.
        """
        if not self.ranked:
            return
        room = chart_rows(max(_LEAST_CHART, self.sheet.rows_left(below, upright=True)))
        first = self.first if self.one_page else self.sheet.row + room + headings
        spans = [(points(self._gain(one)), points(self._loss(one))) if one.outcome else None for one in units]
        scores_chart(self.book, self.sheet, self.table.place, first, spans, room, self.page.chart)

    def _sign_off(self) -> None:
        look: dict[str, object] = {"font_size": 12, "text_wrap": False}
        form, at_the_edge = self.book.styles.get(**look), self.book.styles.get(**look, align="right")
        texts: Sequence[str] = (*words.SIGNERS, words.SIGNED_ON)
        ends, first = list(accumulate(points_wide([one.width]) for one in self.visible)), 0
        for n, text in enumerate(texts, start=1):
            # Each ends where a column does, as near as may be to its share of the page.
            last = min(range(first, len(ends)), key=lambda place: abs(ends[place] - ends[-1] * n / len(texts)))
            self.sheet.merge(self.sheet.row, first, last, text, form if n < len(texts) else at_the_edge)
            first = last + 1
        self.sheet.next_row(_SIGN_HEIGHT)


def _former_rank(one: UnitResult) -> Value:
    return words.NONE if one.since is None or one.since.rank is None else one.since.rank
