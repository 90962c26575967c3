"""口径比较: scores and ranks under every policy, and with every open question granted or refused."""

from collections.abc import Sequence

from sanjin_xl.books.styles import ASK_FILL, QUIET, height_of
from sanjin_xl.books.summary import verdict
from sanjin_xl.books.summary.figures import (
    absolute,
    adjustments,
    applicable_formula,
    final_formula,
    pinned,
    rank_formula,
)
from sanjin_xl.books.summary.paper import Job, Paper, points
from sanjin_xl.messages import summary as words
from sanjin_xl.results import UnitResult
from sanjin_xl.tables import GRANTED, REFUSED, policies_of, policy_comparison

_UNIT_WIDTH, _SCORE_WIDTH, _RANK_WIDTH, _ADJUSTED_WIDTH, _CONCLUSION_WIDTH = 18, 10, 8, 8, 34
_ROW_HEIGHT = 24


def add_policies(job: Job) -> None:
    """Add the sheet 口径比较."""
    _PoliciesSheet(job).write()


class _PoliciesSheet:
    """The sheet being written: a pair of columns, score and rank, per way of counting."""

    def __init__(self, job: Job) -> None:
        self.job, self.results, self.terms = job, job.results, job.results.terms
        self.policies = policies_of(self.results)
        self.ways = [*self.policies, GRANTED, REFUSED]
        self.adjusted = {name: 1 + n for n, name in enumerate(adjustments(self.results))}
        first = 1 + len(self.adjusted)
        self.score_of = {way: first + 2 * n for n, way in enumerate(self.ways)}
        self.best = first + 2 * len(self.ways)
        self.table = policy_comparison(self.results)
        self.units = [one for one in self.results.ranking() if one.outcome]
        widths = [_UNIT_WIDTH, *[_ADJUSTED_WIDTH] * len(self.adjusted), *[_SCORE_WIDTH, _RANK_WIDTH] * len(self.ways)]
        self.paper = Paper(job, words.POLICIES, [*widths, _RANK_WIDTH, _RANK_WIDTH, _CONCLUSION_WIDTH])

    def write(self) -> None:
        paper = self.paper
        paper.title(words.TITLE.format(title=self.job.stem, sheet=words.POLICIES))
        paper.subtitle(self.job.info(), words.UNIT_OF_POINTS)
        paper.note(verdict.settled(self.results))
        for policy in self.policies.values():
            paper.note(verdict.policy_sentence(policy))
        paper.note(words.POLICIES_NOTE)
        header = paper.row
        self._headings()
        self.first = paper.row
        for one, row in zip(self.units, self.table.to_dict("records"), strict=True):
            self._unit(one, {str(name): int(value) for name, value in row.items()})
        for one in self.results.units:
            if one.outcome is None:
                self._missing(one)
        if self.units:
            self._highlight()
        paper.sheet.freeze_panes(self.first, 1)
        paper.print_setup((header, header + 1))

    def _headings(self) -> None:
        paper, row, form = self.paper, self.paper.row, self.paper.heading_form()
        paper.merge(row, 0, 0, words.UNIT, form, last_row=row + 1)
        for name, place in self.adjusted.items():
            text = words.DEDUCTION if name == "deduction" else words.APPLICABLE
            paper.merge(row, place, place, text, form, last_row=row + 1)
        names = [verdict.policy_heading(policy, id_ == self.results.policy) for id_, policy in self.policies.items()]
        pairs = [(self.score_of[way], (words.SCORE, words.RANK)) for way in self.ways]
        texts = [*names, words.ALL_GRANTED, words.ALL_REFUSED, words.RANK_BOUNDS]
        for (place, below), text in zip([*pairs, (self.best, (words.BEST, words.WORST))], texts, strict=True):
            paper.merge(row, place, place + 1, text, form)
            for offset, word in enumerate(below):
                paper.put(row + 1, place + offset, word, form)
        paper.merge(row, self.best + 2, self.best + 2, words.CONCLUSION, form, last_row=row + 1)
        paper.heighten(row, 36)
        paper.heighten(row + 1, 20)
        paper.row += 2

    def _unit(self, one: UnitResult, figures: dict[str, int]) -> None:
        paper, row = self.paper, self.paper.row
        paper.put(row, 0, one.unit.name, paper.form("text"))
        self._adjustments(one)
        for way, place in self.score_of.items():
            paper.figure(row, place, self._score(way), points(figures[f"score_{way}"]), paper.form("points"))
            rank = rank_formula(self._scores(way), pinned(row, place), self.terms.dense_ranks)
            paper.figure(row, place + 1, rank, figures[f"rank_{way}"], paper.form("count"))
        high, low = (pinned(row, self.score_of[way]) for way in (GRANTED, REFUSED))
        best = f'COUNTIF({self._scores(REFUSED)},">"&{high})+1'
        # A unit whose own bounds differ is among those it counts, and must not be.
        worst = f'COUNTIF({self._scores(GRANTED)},">"&{low})+1-IF({high}>{low},1,0)'
        paper.figure(row, self.best, best, figures["best"], paper.form("count"))
        paper.figure(row, self.best + 1, worst, figures["worst"], paper.form("count"))
        self._conclude(verdict.conclusion(self.results, one), one.unit.name)

    def _score(self, way: str) -> str:
        """The formula of a score in this row: the sum over 明细, rescaled, less what lateness costs."""
        row = self.paper.row
        column = {GRANTED: "high", REFUSED: "low"}.get(way, f"points_{way}")
        total = self.job.figures.sum(column, unit=pinned(row, 0, keep_column=True))
        applicable, deduction = (
            pinned(row, self.adjusted[name], keep_column=True) if name in self.adjusted else None
            for name in ("applicable", "deduction")
        )
        return final_formula(total, self.terms.form.points, applicable, deduction)

    def _adjustments(self, one: UnitResult) -> None:
        paper, row, form = self.paper, self.paper.row, self.paper.form("points")
        if "applicable" in self.adjusted:
            unit = pinned(row, 0, keep_column=True)
            formula = applicable_formula(self.job.figures, self.terms.form.points, unit)
            paper.figure(row, self.adjusted["applicable"], formula, points(one.applicable), form)
        if "deduction" in self.adjusted:
            paper.put(row, self.adjusted["deduction"], points((one.days_late or 0) * self.terms.late_deduction), form)

    def _scores(self, way: str) -> str:
        place = self.score_of[way]
        return absolute(self.first, place, self.first + len(self.units) - 1, place)

    def _missing(self, one: UnitResult) -> None:
        paper = self.paper
        paper.put(paper.row, 0, one.unit.name, paper.form("text"))
        for place in range(1, paper.last_column):
            paper.put(paper.row, place, words.NONE, paper.form("centre", font_color=QUIET))
        self._conclude(words.NOT_RETURNED, one.unit.name)

    def _conclude(self, text: str, name: str) -> None:
        paper = self.paper
        paper.put(paper.row, paper.last_column, text, paper.form("text"))
        needed: Sequence[float] = (height_of(text, _CONCLUSION_WIDTH, 10), height_of(name, _UNIT_WIDTH, 10))
        paper.heighten(paper.row, max(_ROW_HEIGHT, *needed))
        paper.row += 1

    def _highlight(self) -> None:
        """Mark every rank that is not the one under the policy in use."""
        moved = self.job.book.add_format({"bold": True, "bg_color": ASK_FILL})
        last = self.first + len(self.units) - 1
        own = pinned(self.first, self.score_of[self.results.policy] + 1, keep_column=True)
        for way, place in self.score_of.items():
            if way != self.results.policy:
                criteria = f"={pinned(self.first, place + 1)}<>{own}"
                self.paper.sheet.conditional_format(
                    self.first, place + 1, last, place + 1, {"type": "formula", "criteria": criteria, "format": moved}
                )
