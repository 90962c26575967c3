"""口径比较: scores and ranks under every policy, and with every open question granted or refused."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from sanjin_xl.books.sheet_writer import Value
from sanjin_xl.books.styles import ASK_FILL, QUIET
from sanjin_xl.books.summary import sentences
from sanjin_xl.books.summary.book import ResultsBook
from sanjin_xl.books.summary.figures import (
    adjustments,
    applicable_formula,
    final_formula,
    rank_formula,
)
from sanjin_xl.books.table import Column, Table
from sanjin_xl.messages import summary as words
from sanjin_xl.model.cellref import address, area
from sanjin_xl.model.points import points
from sanjin_xl.outcome.results import UnitResult
from sanjin_xl.outcome.tables import GRANTED, REFUSED, policy_rows

_SCORE_WIDTH, _RANK_WIDTH, _ADJUSTED_WIDTH = 10, 8, 8
_ROW_HEIGHT = 24

Compared = tuple[UnitResult, Sequence[int] | None]
"""A unit and its figures as `policy_rows` has them, None for one that has sent nothing."""


def add_policies(book: ResultsBook) -> None:
    """Add the sheet 口径比较."""
    _PoliciesSheet(book).write()


class _PoliciesSheet:
    """The sheet being written: a pair of columns, score and rank, per way of counting."""

    def __init__(self, book: ResultsBook) -> None:
        self.book, self.results, self.rules = book, book.results, book.results.rules
        self.policies = self.rules.policies
        self.ways = [*self.policies, GRANTED, REFUSED]
        ranked: list[Compared] = list(policy_rows(self.results))
        self.ranked = len(ranked)
        self.units = [*ranked, *((one, None) for one in self.results.units if one.outcome is None)]
        self.columns = list(self._columns())
        self.sheet = book.sheet(words.POLICIES, [one.width for one in self.columns])
        self.table = Table(self.sheet, self.columns)
        self.place = self.table.place

    def write(self) -> None:
        sheet = self.sheet
        sheet.subtitle(self.book.info, words.UNIT_OF_POINTS)
        sheet.note(sentences.settled(self.results))
        for policy in self.policies.values():
            sheet.note(sentences.policy_sentence(policy))
        sheet.note(words.POLICIES_NOTE)
        shown = self.book.shortened(sheet, words.POLICIES, self.columns, self.units)
        header = sheet.row
        self.table.headings(36, 20)
        self.first = sheet.row
        quiet = [c if c.kind == "text" else replace(c, kind="centre", look={"font_color": QUIET}) for c in self.columns]
        missing = Table(sheet, [replace(one, formula=None) for one in quiet])
        for one in shown:
            (self.table if one[1] else missing).write(one, _ROW_HEIGHT)
        if self.ranked:
            self._highlight(self.first + min(self.ranked, len(shown)) - 1)
        sheet.worksheet.freeze_panes(self.first, 1)
        sheet.print_setup((header, header + 1))

    def _columns(self) -> Iterator[Column[Compared]]:
        yield Column(words.UNIT, lambda one: one[0].unit.name, "text", 18)
        yield from map(self._adjustment, adjustments(self.results))
        for n, way in enumerate(self.ways):
            yield from self._pair(way, 2 * n)
        yield Column(words.BEST, _figure(-2), "count", _RANK_WIDTH, formula=self._best, group=words.RANK_BOUNDS)
        yield Column(words.WORST, _figure(-1), "count", _RANK_WIDTH, formula=self._worst, group=words.RANK_BOUNDS)
        yield Column(words.CONCLUSION, self._conclusion, "text", 34)

    def _adjustment(self, name: str) -> Column[Compared]:
        def value(one: Compared) -> Value:
            return points(getattr(one[0], name)) if one[1] else words.NONE

        if name == "deduction":
            return Column(words.DEDUCTION, value, "points", _ADJUSTED_WIDTH, name=name)
        full = self.rules.form.points
        return Column(
            words.APPLICABLE, value, "points", _ADJUSTED_WIDTH, name=name,
            formula=lambda _: applicable_formula(self.book.figures, full, self._unit()),
        )  # fmt: skip

    def _pair(self, way: str, n: int) -> Iterator[Column[Compared]]:
        """Score and rank under one way of counting; `n` says where they stand among the figures."""
        heading = self._heading(way)
        yield Column(
            words.SCORE, _figure(n, points), "points", _SCORE_WIDTH, name=way, group=heading,
            formula=lambda _: self._score(way),
        )  # fmt: skip
        yield Column(
            words.RANK, _figure(n + 1), "count", _RANK_WIDTH, group=heading,
            formula=lambda _: rank_formula(self._scores(way), self._at(way), self.rules.dense_ranks),
        )  # fmt: skip

    def _heading(self, way: str) -> str:
        if way in self.policies:
            return sentences.policy_heading(self.policies[way], way == self.results.policy)
        return words.ALL_GRANTED if way == GRANTED else words.ALL_REFUSED

    def _conclusion(self, one: Compared) -> str:
        return sentences.conclusion(self.results, one[0]) if one[1] else words.NOT_RETURNED

    # --- formulas of the row being written ----------------------------------------------------------------------------

    def _score(self, way: str) -> str:
        """The sum over 明细, rescaled, less what lateness costs."""
        column = {GRANTED: "high", REFUSED: "low"}.get(way, f"points_{way}")
        total = self.book.figures.sum(column, unit=self._unit())
        applicable, deduction = (
            address(self.sheet.row, self.place[name], keep_column=True) if name in self.place else None
            for name in ("applicable", "deduction")
        )
        return final_formula(total, self.rules.form.points, applicable, deduction)

    def _best(self, _: Compared) -> str:
        return f'COUNTIF({self._scores(REFUSED)},">"&{self._at(GRANTED)})+1'

    def _worst(self, _: Compared) -> str:
        # A unit whose own bounds differ is among those it counts, and must not be.
        high, low = self._at(GRANTED), self._at(REFUSED)
        return f'COUNTIF({self._scores(GRANTED)},">"&{low})+1-IF({high}>{low},1,0)'

    def _scores(self, way: str) -> str:
        place = self.place[way]
        return area((self.first, place), (self.first + self.ranked - 1, place), absolute=True)

    def _at(self, way: str) -> str:
        return address(self.sheet.row, self.place[way])

    def _unit(self) -> str:
        return address(self.sheet.row, 0, keep_column=True)

    def _highlight(self, last: int) -> None:
        """Mark every rank that is not the one under the policy in use."""
        moved = self.book.styles.condition(ASK_FILL, bold=True)
        own = address(self.first, self.place[self.results.policy] + 1, keep_column=True)
        for way in self.ways:
            if way != self.results.policy:
                place = self.place[way] + 1
                self.sheet.condition((self.first, place, last, place), f"{address(self.first, place)}<>{own}", moved)


def _figure(n: int, make: Callable[[int], Value] = int) -> Callable[[Compared], Value]:
    """One of a unit's figures, a dash for a unit that has sent nothing."""
    return lambda one: make(one[1][n]) if one[1] else words.NONE
