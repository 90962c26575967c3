"""口径比较: scores and ranks under every policy, and with every open question granted or refused."""

from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar

from sanjin_xl.books.quick_sheet import Value
from sanjin_xl.books.styles import ASK_FILL
from sanjin_xl.books.summary import sentences
from sanjin_xl.books.summary.book import ResultsBook
from sanjin_xl.books.summary.unit_sheet import UnitSheet
from sanjin_xl.books.table import Column
from sanjin_xl.messages import summary as words
from sanjin_xl.model.cellref import address
from sanjin_xl.model.points import points
from sanjin_xl.outcome.results import UnitResult
from sanjin_xl.outcome.tables import GRANTED, REFUSED, policy_rows

_SCORE_WIDTH, _RANK_WIDTH = 10, 8
_ROW_HEIGHT = 24

Compared = tuple[UnitResult, Sequence[int] | None]
"""A unit and its figures as `policy_rows` has them, None for one that has sent nothing."""


def add_policies(book: ResultsBook) -> None:
    """Add the sheet 口径比较."""
    _PoliciesSheet(book).write()


class _PoliciesSheet(UnitSheet[Compared]):
    """The sheet being written: a pair of columns, score and rank, per way of counting."""

    missing: ClassVar = {"conclusion": words.NOT_RETURNED}
    keep_adjustments = True

    def __init__(self, book: ResultsBook) -> None:
        self.policies = book.results.rules.policies
        self.ways = [*self.policies, GRANTED, REFUSED]
        missing = [(one, None) for one in book.results.units if one.outcome is None]
        self.units: list[Compared] = [*policy_rows(book.results), *missing]
        super().__init__(book, words.POLICIES)

    def unit_of(self, entry: Compared) -> UnitResult:
        return entry[0]

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
        self.write_units(shown, _ROW_HEIGHT)
        if self.ranked:
            self._highlight(self.first + min(self.ranked, len(shown)) - 1)
        sheet.worksheet.freeze_panes(self.first, 1)
        sheet.print_setup((header, header + 1))

    def columns_of_units(self) -> Iterator[Column[Compared]]:
        yield Column(words.UNIT, lambda one: one[0].unit.name, "text", 18, name="unit")
        yield from self.adjustments(8)
        for n, way in enumerate(self.ways):
            yield from self._pair(way, 2 * n)
        final = self.results.final
        yield Column(words.BEST, _figure(-2), "count", _RANK_WIDTH, group=words.RANK_BOUNDS, formula=self._best)
        yield Column(words.WORST, _figure(-1), "count", _RANK_WIDTH, group=words.RANK_BOUNDS, formula=self._worst)
        yield Column(
            words.CONCLUSION,
            lambda one: sentences.conclusion(self.results, one[0], final),
            "text",
            34,
            name="conclusion",
        )

    def _pair(self, way: str, n: int) -> Iterator[Column[Compared]]:
        """Score and rank under one way of counting; `n` says where they stand among the figures."""
        heading = self._heading(way)
        yield Column(
            words.SCORE, _figure(n, points), "points", _SCORE_WIDTH, name=way, group=heading,
            formula=lambda one: self._total(one, way),
        )  # fmt: skip
        yield Column(
            words.RANK, _figure(n + 1), "count", _RANK_WIDTH, group=heading,
            formula=lambda _: self.rank(way),
        )  # fmt: skip

    def _heading(self, way: str) -> str:
        if way in self.policies:
            return sentences.policy_heading(self.policies[way], way == self.results.policy)
        return words.ALL_GRANTED if way == GRANTED else words.ALL_REFUSED

    # --- formulas of the row being written ----------------------------------------------------------------------------

    def _total(self, one: Compared, way: str) -> str | None:
        if one[0].versions and way in (GRANTED, REFUSED):
            return None  # 明细 holds the version that counts; what others would be worth it does not tell
        column = {GRANTED: "high", REFUSED: "low"}.get(way, f"points_{way}")
        return self.score(self.book.figures.sum(column, unit=self.unit()))

    def _best(self, _: Compared) -> str:
        return f'COUNTIF({self.scores(REFUSED)},">"&{self.at(GRANTED)})+1'

    def _worst(self, _: Compared) -> str:
        # A unit whose own bounds differ is among those it counts, and must not be.
        high, low = self.at(GRANTED), self.at(REFUSED)
        return f'COUNTIF({self.scores(GRANTED)},">"&{low})+1-IF({high}>{low},1,0)'

    def _highlight(self, last: int) -> None:
        """Mark every rank that is not the one under the policy in use."""
        moved = self.book.styles.condition(ASK_FILL, bold=True)
        own = address(self.first, self.table.place[self.results.policy] + 1, keep_column=True)
        for way in self.ways:
            if way != self.results.policy:
                place = self.table.place[way] + 1
                self.sheet.condition((self.first, place, last, place), f"{address(self.first, place)}<>{own}", moved)


def _figure(n: int, make: Callable[[int], Value] = int) -> Callable[[Compared], Value]:
    """One of a unit's figures."""
    return lambda one: make(one[1][n]) if one[1] else None
