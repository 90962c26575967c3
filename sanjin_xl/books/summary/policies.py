"""口径比较: scores and ranks under every policy, and with every open question granted or refused."""

from collections.abc import Sequence
from typing import Any

from sanjin_xl.books.styles import ASK_FILL, QUIET, height_of
from sanjin_xl.books.summary import sentences
from sanjin_xl.books.summary.figures import (
    adjustments,
    applicable_formula,
    final_formula,
    rank_formula,
)
from sanjin_xl.books.summary.listing import shortened
from sanjin_xl.books.summary.sheet_writer import Job, Paper, Value, points
from sanjin_xl.messages import summary as words
from sanjin_xl.model.cellref import address, area
from sanjin_xl.outcome.results import UnitResult
from sanjin_xl.outcome.tables import GRANTED, REFUSED, policies_of, policy_rows

_UNIT_WIDTH, _SCORE_WIDTH, _RANK_WIDTH, _ADJUSTED_WIDTH, _CONCLUSION_WIDTH = 18, 10, 8, 8, 34
_ROW_HEIGHT = 24


def add_policies(job: Job) -> None:
    """Add the sheet 口径比较."""
    _PoliciesSheet(job).write()


class _PoliciesSheet:
    """The sheet being written: a pair of columns, score and rank, per way of counting."""

    def __init__(self, job: Job) -> None:
        self.job, self.results, self.rules = job, job.results, job.results.rules
        self.policies = policies_of(self.results)
        self.ways = [*self.policies, GRANTED, REFUSED]
        self.adjusted = {name: 1 + n for n, name in enumerate(adjustments(self.results))}
        first = 1 + len(self.adjusted)
        self.score_of = {way: first + 2 * n for n, way in enumerate(self.ways)}
        self.best = first + 2 * len(self.ways)
        ranked = list(policy_rows(self.results))
        missing = [(one, None) for one in self.results.units if one.outcome is None]
        self.ranked = len(ranked)
        self.units: list[tuple[UnitResult, Sequence[int] | None]] = [*ranked, *missing]
        widths = [_UNIT_WIDTH, *[_ADJUSTED_WIDTH] * len(self.adjusted), *[_SCORE_WIDTH, _RANK_WIDTH] * len(self.ways)]
        self.paper = Paper(job, words.POLICIES, [*widths, _RANK_WIDTH, _RANK_WIDTH, _CONCLUSION_WIDTH])

    def write(self) -> None:
        paper = self.paper
        paper.title(words.TITLE.format(title=self.job.stem, sheet=words.POLICIES))
        paper.subtitle(self.job.info(), words.UNIT_OF_POINTS)
        paper.note(sentences.settled(self.results))
        for policy in self.policies.values():
            paper.note(sentences.policy_sentence(policy))
        paper.note(words.POLICIES_NOTE)
        shown = shortened(paper, words.POLICIES, self._headings_beside(), self.units, self._row_beside)
        header = paper.row
        self._headings()
        self.first = paper.row
        for one, figures in shown:
            self._unit(one, figures)
        if self.ranked:
            self._highlight(self.first + min(self.ranked, len(shown)) - 1)
        paper.sheet.freeze_panes(self.first, 1)
        paper.print_setup((header, header + 1))

    def _headings(self) -> None:
        paper, row, form = self.paper, self.paper.row, self.paper.heading_form()
        paper.merge(row, 0, 0, words.UNIT, form, last_row=row + 1)
        for name, place in self.adjusted.items():
            text = words.DEDUCTION if name == "deduction" else words.APPLICABLE
            paper.merge(row, place, place, text, form, last_row=row + 1)
        pairs = [(self.score_of[way], (words.SCORE, words.RANK)) for way in self.ways]
        texts = [*self._ways(), words.RANK_BOUNDS]
        for (place, below), text in zip([*pairs, (self.best, (words.BEST, words.WORST))], texts, strict=True):
            paper.merge(row, place, place + 1, text, form)
            for offset, word in enumerate(below):
                paper.put(row + 1, place + offset, word, form)
        paper.merge(row, self.best + 2, self.best + 2, words.CONCLUSION, form, last_row=row + 1)
        paper.heighten(row, 36)
        paper.heighten(row + 1, 20)
        paper.row += 2

    def _ways(self) -> list[str]:
        """The headings of the ways of counting."""
        names = [sentences.policy_heading(policy, id_ == self.results.policy) for id_, policy in self.policies.items()]
        return [*names, words.ALL_GRANTED, words.ALL_REFUSED]

    def _unit(self, one: UnitResult, figures: Sequence[int] | None) -> None:
        paper, values = self.paper, self._values(one, figures)
        formulas = self._formulas() if figures and self.job.living else {}
        for place, (value, form) in enumerate(zip(values, self._forms(figures is not None), strict=True)):
            paper.figure(paper.row, place, formulas.get(place), value, form)
        needed = height_of(str(values[-1]), _CONCLUSION_WIDTH, 10), height_of(one.unit.name, _UNIT_WIDTH, 10)
        paper.heighten(paper.row, max(_ROW_HEIGHT, *needed))
        paper.row += 1

    def _values(self, one: UnitResult, figures: Sequence[int] | None) -> list[Value]:
        """What a unit's row shows; `figures` are those of `policy_rows`, None for a unit that sent nothing."""
        if figures is None:
            return [one.unit.name, *[words.NONE] * (self.paper.last_column - 1), words.NOT_RETURNED]
        adjusted = {
            "applicable": points(one.applicable),
            "deduction": points(one.deduction),
        }
        pairs = ((points(figures[n]), figures[n + 1]) for n in range(0, 2 * len(self.ways), 2))
        return [
            one.unit.name,
            *(adjusted[name] for name in self.adjusted),
            *(value for pair in pairs for value in pair),
            *figures[-2:],
            sentences.conclusion(self.results, one),
        ]

    def _forms(self, returned: bool) -> list[Any]:
        paper, count = self.paper, self.paper.last_column
        if not returned:
            return [paper.form("text"), *[paper.form("centre", font_color=QUIET)] * (count - 1), paper.form("text")]
        pairs = [paper.form("points"), paper.form("count")] * len(self.ways)
        adjusted = [paper.form("points")] * len(self.adjusted)
        return [paper.form("text"), *adjusted, *pairs, *[paper.form("count")] * 2, paper.form("text")]

    def _formulas(self) -> dict[int, str]:
        """The formulas of a ranked unit's row, by column."""
        row, formulas = self.paper.row, {}
        if "applicable" in self.adjusted:
            unit = address(row, 0, keep_column=True)
            formulas[self.adjusted["applicable"]] = applicable_formula(self.job.figures, self.rules.form.points, unit)
        for way, place in self.score_of.items():
            formulas[place] = self._score(way)
            formulas[place + 1] = rank_formula(self._scores(way), address(row, place), self.rules.dense_ranks)
        high, low = (address(row, self.score_of[way]) for way in (GRANTED, REFUSED))
        formulas[self.best] = f'COUNTIF({self._scores(REFUSED)},">"&{high})+1'
        # A unit whose own bounds differ is among those it counts, and must not be.
        formulas[self.best + 1] = f'COUNTIF({self._scores(GRANTED)},">"&{low})+1-IF({high}>{low},1,0)'
        return formulas

    def _score(self, way: str) -> str:
        """The formula of a score in this row: the sum over 明细, rescaled, less what lateness costs."""
        row = self.paper.row
        column = {GRANTED: "high", REFUSED: "low"}.get(way, f"points_{way}")
        total = self.job.figures.sum(column, unit=address(row, 0, keep_column=True))
        applicable, deduction = (
            address(row, self.adjusted[name], keep_column=True) if name in self.adjusted else None
            for name in ("applicable", "deduction")
        )
        return final_formula(total, self.rules.form.points, applicable, deduction)

    def _scores(self, way: str) -> str:
        place = self.score_of[way]
        return area((self.first, place), (self.first + self.ranked - 1, place), absolute=True)

    def _headings_beside(self) -> list[str]:
        """One heading per column: what stands in two rows on the sheet, put together."""
        adjusted = (words.DEDUCTION if name == "deduction" else words.APPLICABLE for name in self.adjusted)
        pairs = (name + below for name in self._ways() for below in (words.SCORE, words.RANK))
        bounds = (words.RANK_BOUNDS + bound for bound in (words.BEST, words.WORST))
        return [words.UNIT, *adjusted, *pairs, *bounds, words.CONCLUSION]

    def _row_beside(self, one: tuple[UnitResult, Sequence[int] | None]) -> list[Value]:
        return self._values(*one)

    def _highlight(self, last: int) -> None:
        """Mark every rank that is not the one under the policy in use."""
        moved = self.job.book.add_format({"bold": True, "bg_color": ASK_FILL})
        own = address(self.first, self.score_of[self.results.policy] + 1, keep_column=True)
        for way, place in self.score_of.items():
            if way != self.results.policy:
                criteria = f"={address(self.first, place + 1)}<>{own}"
                self.paper.sheet.conditional_format(
                    self.first, place + 1, last, place + 1, {"type": "formula", "criteria": criteria, "format": moved}
                )
