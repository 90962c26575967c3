"""From a settled batch to the results of a round: scores under every policy, ranks, and how firm they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from sanjin_xl import scoring
from sanjin_xl.findings import Finding, Severity
from sanjin_xl.pipeline import Outcome, Status
from sanjin_xl.roster import Unit
from sanjin_xl.scoring import POLICIES, ScoreCard
from sanjin_xl.submission import BLANK, Answer
from sanjin_xl.terms import Terms


class Standing(StrEnum):
    """How a unit stands in the round."""

    COUNTED = "counted"
    PROVISIONAL = "provisional"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many of a unit's items are done, planned only, blank, have a ledger, wait for a ruling."""

    done: int
    planned: int
    blank: int
    ledger: int
    pending: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitResult:
    """One unit's result; scores in hundredths, everything None or empty for a unit that has sent nothing.

    `cards` has a score card per policy id; `scores` and `ranks` are under each policy after any deduction.
    `best_rank` and `worst_rank` bound the rank over everything the open questions may still become.
    """

    unit: Unit
    standing: Standing
    outcome: Outcome | None = None
    cards: Mapping[str, ScoreCard] = field(default_factory=dict)
    scores: Mapping[str, int] = field(default_factory=dict)
    ranks: Mapping[str, int] = field(default_factory=dict)
    low: int | None = None
    high: int | None = None
    best_rank: int | None = None
    worst_rank: int | None = None
    by_category: Mapping[str, int] = field(default_factory=dict)
    counts: Counts | None = None
    days_late: int | None = None

    def answer(self, number: int) -> Answer:
        return self.outcome.submission.answer(number) if self.outcome and self.outcome.submission else BLANK

    def findings(self, *severities: Severity) -> list[Finding]:
        """The findings of the counted return, of these severities (of all, if none are named)."""
        found = self.outcome.findings if self.outcome else ()
        return [one for one in found if not severities or one.severity in severities]


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Everything a round came to: units in the order of the roster, files in the order of their paths."""

    terms: Terms
    units: tuple[UnitResult, ...]
    files: tuple[Outcome, ...]

    @property
    def policy(self) -> str:
        return self.terms.policy.id

    def ranking(self) -> list[UnitResult]:
        """Units by rank, equal ranks in the order of the roster; units without a rank last."""
        return sorted(self.units, key=lambda one: one.ranks.get(self.policy, len(self.units) + 1))

    def score(self, result: UnitResult) -> int | None:
        return result.scores.get(self.policy)

    def rank(self, result: UnitResult) -> int | None:
        return result.ranks.get(self.policy)

    def tied(self, result: UnitResult) -> bool:
        """Whether another unit has the same rank."""
        rank = self.rank(result)
        return rank is not None and sum(self.rank(other) == rank for other in self.units) > 1

    def depends_on_policy(self, result: UnitResult) -> bool:
        """Whether the unit's rank differs between the policies."""
        return len(set(result.ranks.values())) > 1

    def depends_on_questions(self, result: UnitResult) -> bool:
        """Whether the unit's rank could still change with the open questions."""
        return result.best_rank != result.worst_rank


def compile_results(terms: Terms, outcomes: Sequence[Outcome]) -> Results:
    """Score and rank the units of a settled batch."""
    counted = {one.unit: one for one in outcomes if one.status is Status.COUNTED}
    units = [_unit_result(terms, unit, counted.get(unit.code)) for unit in terms.roster.units]
    return Results(terms=terms, units=tuple(_ranked(terms, units)), files=tuple(outcomes))


def _unit_result(terms: Terms, unit: Unit, outcome: Outcome | None) -> UnitResult:
    if outcome is None or outcome.submission is None:
        return UnitResult(unit=unit, standing=Standing.MISSING)
    cards = {
        policy.id: scoring.score(terms.form, outcome.submission, outcome.in_doubt, policy)
        for policy in {**POLICIES, terms.policy.id: terms.policy}.values()
    }
    late = _days_late(terms, outcome)
    card = cards[terms.policy.id]
    deduction = (late or 0) * terms.late_deduction
    open_questions = any(one.severity is Severity.REVIEW for one in outcome.findings)
    return UnitResult(
        unit=unit,
        standing=Standing.PROVISIONAL if open_questions or card.low != card.high else Standing.COUNTED,
        outcome=outcome,
        cards=cards,
        scores={id_: max(0, one.total - deduction) for id_, one in cards.items()},
        low=max(0, card.low - deduction),
        high=max(0, card.high - deduction),
        by_category=card.by_category(terms.form),
        counts=_counts(terms, outcome),
        days_late=late,
    )


def _days_late(terms: Terms, outcome: Outcome) -> int | None:
    """Days between the due date and the day of filling; None where the return does not say when it was filled in."""
    filled_on = outcome.submission.filled_on if outcome.submission else None
    return max(0, (filled_on - terms.due).days) if filled_on else None


def _counts(terms: Terms, outcome: Outcome) -> Counts:
    submission = outcome.submission
    assert submission is not None
    answers = [submission.answer(item.number) for item in terms.form.items]
    pending = {one.item for one in outcome.findings if one.severity is Severity.REVIEW and one.item is not None}
    return Counts(
        done=sum(answer.done is True for answer in answers),
        planned=sum(answer.planned is True and answer.done is not True for answer in answers),
        blank=sum(answer.done is False and answer.planned is False for answer in answers),
        ledger=sum(answer.ledger is True for answer in answers),
        pending=len(pending),
    )


def _ranked(terms: Terms, units: Sequence[UnitResult]) -> list[UnitResult]:
    present = [one for one in units if one.outcome]
    policies = [*present[0].scores] if present else []
    ranks = {
        policy: rank({one.unit.code: one.scores[policy] for one in present}, dense=terms.dense_ranks)
        for policy in policies
    }
    return [
        _with_ranks(one, present, {p: ranks[p][one.unit.code] for p in policies}) if one.outcome else one
        for one in units
    ]


def _with_ranks(one: UnitResult, present: Sequence[UnitResult], ranks: Mapping[str, int]) -> UnitResult:
    others = [other for other in present if other is not one]
    best = 1 + sum((other.low or 0) > (one.high or 0) for other in others)
    worst = 1 + sum((other.high or 0) > (one.low or 0) for other in others)
    return replace(one, ranks=ranks, best_rank=best, worst_rank=worst)


def rank(scores: Mapping[str, int], dense: bool = False) -> dict[str, int]:
    """Rank by score, the highest first; equal scores share a rank and the next is skipped (1, 2, 2, 4).

    With `dense` the next rank is not skipped (1, 2, 2, 3). There is no hidden tie-break.
    """
    values = sorted(set(scores.values()) if dense else scores.values(), reverse=True)
    places: dict[int, int] = {}
    for place, value in enumerate(values, start=1):
        places.setdefault(value, place)
    return {name: places[value] for name, value in scores.items()}
