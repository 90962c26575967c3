"""排名: the one page the leader reads and signs."""

from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Any, ClassVar

from sanjin_xl.books.sheet_writer import Value
from sanjin_xl.books.styles import CATEGORY_FILL, HEADING_FONT, QUIET, height_of, width_of
from sanjin_xl.books.summary import sentences
from sanjin_xl.books.summary.book import ResultsBook
from sanjin_xl.books.summary.charts import AMPLE, stacked_scores
from sanjin_xl.books.summary.figures import (
    MOST_LIVING_UNITS,
    TESTS,
    change_formula,
    quoted,
)
from sanjin_xl.books.summary.unit_sheet import UnitSheet
from sanjin_xl.books.table import Column
from sanjin_xl.messages import summary as words
from sanjin_xl.model.cellref import address, area
from sanjin_xl.model.form import Category
from sanjin_xl.model.points import mean, points
from sanjin_xl.outcome.results import UnitResult

_UNIT_WIDTH, _WIDEST_UNIT, _CATEGORY_WIDTH = 16, 28, 8.5
_ROW_HEIGHT, _MANY_ROWS_HEIGHT, _SIGN_HEIGHT = 30, 22, 40
_ONE_PAGE_UNITS = 24
"""Up to this many units the sheet is shrunk to one page; beyond that it would be too small to read."""

_STRONG: dict[str, Any] = {"font_name": HEADING_FONT, "font_size": 12}


def add_ranking(book: ResultsBook) -> None:
    """Add the sheet 排名."""
    _RankingSheet(book).write()


class _RankingSheet(UnitSheet[UnitResult]):
    """The sheet 排名 being written, top to bottom; ranked units first, then those that sent nothing."""

    of_all = ("unit", "former", "remark")
    missing: ClassVar = {"score": words.NOT_RETURNED}

    def __init__(self, book: ResultsBook) -> None:
        self.units = book.results.ranking()
        self.one_page = len(self.units) <= _ONE_PAGE_UNITS
        self.ordinals = [category.ordinal for category in book.results.rules.form.categories]
        super().__init__(book, words.RANKING, words.RANKING_TITLE.format(title=book.stem), 22)

    def unit_of(self, entry: UnitResult) -> UnitResult:
        return entry

    def write(self) -> None:
        sheet = self.sheet
        sheet.subtitle(self.book.info, words.UNIT_OF_POINTS)
        shown = self.book.shortened(sheet, words.RANKING, self.columns, self.units)
        self.header = sheet.row
        self.table.headings(22, 18, max(height_of(c.name, _CATEGORY_WIDTH, 10) for c in self.rules.form.categories))
        self._full_marks()
        self.write_units(shown, _ROW_HEIGHT if self.one_page else _MANY_ROWS_HEIGHT)
        if self.ranked > 1:
            self._means()
        for note in sentences.notes(self.results):
            sheet.note(note)
        if not self.book.figures.living:
            sheet.note(words.VALUES_ONLY.format(limit=MOST_LIVING_UNITS))
        self._chart()
        self._sign_off()
        sheet.print_setup((self.header, self.first - 1), tall=int(self.one_page))
        sheet.worksheet.freeze_panes(self.first, 3)

    # --- the columns --------------------------------------------------------------------------------------------------

    def columns_of_units(self) -> Iterator[Column[UnitResult]]:
        results, since = self.results, self.results.former is not None
        longest = max((width_of(one.unit.name) for one in self.units), default=0)
        unit_width = min(_WIDEST_UNIT, max(_UNIT_WIDTH, longest + 3))
        yield from (
            Column(
                words.RANK, results.rank, "count", 6, name="rank", look=_STRONG, formula=lambda _: self.rank("score")
            ),
            Column(words.UNIT, lambda one: one.unit.name, "text", unit_width, name="unit", look={"font_size": 11}),
            Column(
                words.SCORE, lambda one: points(results.score(one)), "points", 9, name="score", look=_STRONG,
                formula=lambda _: self.score(f"SUM({self.at(self.ordinals[0])}:{self.at(self.ordinals[-1])})"),
            ),
            *map(self._category, self.rules.form.categories),
            *self.adjustments(7),
            self._counted("done", words.DONE, 7, words.COUNTS),
            self._counted("planned", words.PLANNED, 7, words.COUNTS),
            self._counted("blank", words.BLANK, 6, words.COUNTS),
            self._counted("ledger", words.LEDGER, 7, words.COUNTS, ledger=quoted(words.YES)),
            self._counted("pending", words.PENDING_ITEMS, 6, words.PENDING),
            Column(
                words.PENDING_POINTS, lambda one: points((one.high or 0) - (one.low or 0)), "points", 7,
                group=words.PENDING, formula=lambda _: f"ROUND({self.at('high')}-{self.at('low')},2)",
            ),
            self._bound("low", words.LOW),
            self._bound("high", words.HIGH),
            *[
                Column(words.FORMER_RANK, _former_rank, "count", 6, name="former", group=words.FORMER),
                Column(words.CHANGE, self._change, "centre", 6, group=words.FORMER, formula=self._change_formula),
            ] * since,
            Column(words.FILLED_ON, _filled_on, "day", 11),
            Column(words.REMARK, lambda one: sentences.remark(results, one), width=34, name="remark",
                   look={"font_size": 9}),
        )  # fmt: skip

    def _category(self, category: Category) -> Column[UnitResult]:
        def formula(_: UnitResult) -> str:
            heading = address(self.header + 1, self.table.place[category.ordinal], keep_row=True)
            return self.book.figures.sum("points", unit=self.unit(), category=heading)

        return Column(
            category.name, lambda one: points(one.by_category[category.ordinal]), "points", _CATEGORY_WIDTH,
            name=category.ordinal, group=words.BY_CATEGORY, over=category.ordinal, formula=formula,
        )  # fmt: skip

    def _counted(self, name: str, heading: str, width: float, group: str, **tests: str) -> Column[UnitResult]:
        return Column(
            heading, attrgetter(f"counts.{name}"), "count", width, group=group,
            formula=lambda _: self.book.figures.count(unit=self.unit(), **(tests or TESTS[name])),
        )  # fmt: skip

    def _bound(self, name: str, heading: str) -> Column[UnitResult]:
        return Column(
            heading, lambda one: points(getattr(one, name) or 0), "points", 8, name=name, group=words.RANGE,
            formula=lambda _: self.score(self.book.figures.sum(name, unit=self.unit())),
        )  # fmt: skip

    def _change(self, one: UnitResult) -> Value:
        places = self.results.places_won(one)
        return words.NONE if places is None else sentences.change(places)

    def _change_formula(self, one: UnitResult) -> str | None:
        known = self.results.places_won(one) is not None
        return change_formula(f"{self.at('former')}-{self.at('rank')}") if known else None

    # --- above and below the units ------------------------------------------------------------------------------------

    def _full_marks(self) -> None:
        figures: dict[str, Value] = {c.ordinal: points(c.points) for c in self.rules.form.categories}
        figures |= {"unit": words.FULL_MARKS, "score": points(self.rules.form.points)}
        cells = [figures.get(one.name) for one in self.columns]
        self.table.aside(["points"] * len(cells), cells, bg_color=CATEGORY_FILL, font_color=QUIET)

    def _means(self) -> None:
        ranked = [one for one in self.units if one.outcome]
        columns = {o: [one.by_category[o] for one in ranked] for o in self.ordinals}
        columns["score"] = [self.results.score(one) or 0 for one in ranked]
        values: dict[str, Value] = {name: points(mean(scores)) for name, scores in columns.items()}
        last = self.first + self.ranked - 1
        areas = {name: area((self.first, place), (last, place)) for name, place in self.table.place.items()}
        self.table.aside(
            ["centre" if one.name == "unit" else "points" for one in self.columns],
            [(values | {"unit": words.MEAN}).get(one.name) for one in self.columns],
            [f"ROUND(AVERAGE({areas[one.name]}),2)" if one.name in values else None for one in self.columns],
            22,
            bg_color=CATEGORY_FILL,
        )

    def _chart(self) -> None:
        if not self.ranked:
            return
        names = (self.header + 2, self.table.place[self.ordinals[0]], self.table.place[self.ordinals[-1]])
        room = self.sheet.rows_left(_SIGN_HEIGHT + 10) if self.one_page else AMPLE
        stacked_scores(self.book, self.sheet, names, self.table.place["unit"], self.first, self.ranked, room)

    def _sign_off(self) -> None:
        form = self.book.styles.get(font_size=11, text_wrap=False)
        texts: Sequence[str] = (*words.SIGNERS, words.SEAL)
        share = len(self.columns) / len(texts)
        for n, text in enumerate(texts):
            first, last = round(n * share), round((n + 1) * share) - 1
            self.sheet.merge(self.sheet.row, first, last, text, form)
        self.sheet.next_row(_SIGN_HEIGHT)


def _former_rank(one: UnitResult) -> Value:
    return words.NONE if one.since is None or one.since.rank is None else one.since.rank


def _filled_on(one: UnitResult) -> Value:
    filled_on = one.outcome.submission.filled_on if one.outcome and one.outcome.submission else None
    return filled_on or words.NO_DATE
