"""What 排名 and 口径比较 have in common: a row per unit, its score as a formula, little to say of who sent nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Generic

from sanjin_xl.books.styles import QUIET
from sanjin_xl.books.summary.book import ResultsBook
from sanjin_xl.books.summary.figures import quoted, rank_formula
from sanjin_xl.books.table import Column, Entry, Table
from sanjin_xl.messages import summary as words
from sanjin_xl.model.cellref import address, area
from sanjin_xl.model.points import plain, points
from sanjin_xl.model.rules import EXCLUDE
from sanjin_xl.outcome.results import UnitResult

_ADJUSTED = ("applicable", "deduction")


class UnitSheet(Generic[Entry]):
    """A sheet being written; formulas call the cells of the row being written by the names of their columns.

    `of_all`: the columns that say something of every unit; what stands in others of a unit that has sent nothing is
    in `missing`, by default a dash. `keep_adjustments`: whether scores copied aside still look into those columns.
    """

    of_all: ClassVar[Sequence[str]] = ("unit",)
    missing: ClassVar[Mapping[str, str | None]] = {}
    keep_adjustments: ClassVar[bool] = False

    def __init__(
        self, book: ResultsBook, name: str, title: str | None = None, title_size: float = 18, size: float = 10
    ) -> None:
        self.book, self.results, self.rules = book, book.results, book.results.rules
        self.ranked = sum(one.outcome is not None for one in self.results.units)
        self.first = 0  # the row of the first unit, once it is known
        self.columns = [self._of_all(one) for one in self.columns_of_units()]
        self.visible = [one for one in self.columns if not one.hidden]
        hidden = [one.width for one in self.columns if one.hidden]
        self.sheet = book.sheet(
            name, [one.width for one in self.visible], title, title_size=title_size, size=size, hidden=hidden
        )
        self.table = Table(self.sheet, self.columns, fitted=True)

    def columns_of_units(self) -> Iterator[Column[Entry]]:
        raise NotImplementedError

    def unit_of(self, entry: Entry) -> UnitResult:
        raise NotImplementedError

    def _of_all(self, column: Column[Entry]) -> Column[Entry]:
        if column.name in self.of_all:
            return column
        nothing = self.missing.get(column.name, words.NONE)
        return replace(column, value=lambda one: column.value(one) if self.unit_of(one).outcome else nothing)

    def write_units(self, units: Iterable[Entry], least: float, on_this_page: int | None = None) -> None:
        """Write the row of every unit, from here on; `on_this_page`: how many before a new one begins."""
        self.first = self.sheet.row
        quiet: dict[str, Any] = {"kind": "centre", "look": {"font_color": QUIET}}
        silent = [replace(one, formula=None, **({} if one.kind == "text" else quiet)) for one in self.columns]
        missing = Table(self.sheet, silent, fitted=True)
        for n, one in enumerate(units):
            if n == on_this_page:
                self.sheet.break_page()
            (self.table if self.unit_of(one).outcome else missing).write(one, least)

    # --- formulas -----------------------------------------------------------------------------------------------------

    def at(self, name: str, *, keep_column: bool = False) -> str:
        """The cell of a column in the row being written."""
        return address(self.sheet.row, self.table.place[name], keep_column=keep_column)

    def unit(self) -> str:
        """The cell with the name of the unit."""
        return self.at("unit", keep_column=True)

    def scores(self, name: str) -> str:
        """The cells of a column in the rows of all ranked units."""
        place = self.table.place[name]
        return area((self.first, place), (self.first + self.ranked - 1, place), absolute=True)

    def rank(self, name: str) -> str:
        """The rank by the scores of a column."""
        return rank_formula(self.scores(name), self.at(name), self.rules)

    def score(self, total: str) -> str:
        """The score from the sum of the points: rescaled to the form's points, less the deduction, never below 0."""
        there = {n: self.at(n, keep_column=self.keep_adjustments) for n in _ADJUSTED if n in self.table.place}
        score = f"ROUND({total},2)" if not total.startswith("ROUND(") else total
        if applicable := there.get("applicable"):
            score = f"IF({applicable}=0,0,ROUND({total}*{plain(self.rules.form.points)}/{applicable},2))"
        return f"MAX(0,ROUND({score}-{there['deduction']},2))" if "deduction" in there else score

    def adjustments(self, width: float) -> Iterator[Column[Entry]]:
        """The columns between the sum of the points and the score: what is applicable, what lateness costs."""
        full = self.rules.form.points
        if self.rules.not_applicable == EXCLUDE and any(
            one.applicable not in (None, full) for one in self.results.units
        ):
            yield Column(
                words.APPLICABLE, lambda one: points(self.unit_of(one).applicable), "points", 8, name="applicable",
                formula=lambda _: self._applicable(),
            )  # fmt: skip
        if self.rules.late_deduction:
            yield Column(
                words.DEDUCTION, lambda one: points(self.unit_of(one).deduction), "points", width, name="deduction"
            )

    def _applicable(self) -> str:
        """The points that items not left out as not applicable make up."""
        left_out = self.book.figures.sum("full", unit=self.unit(), ruling=quoted(words.NOT_APPLICABLE))
        return f"ROUND({plain(self.rules.form.points)}-{left_out},2)"
