"""What a round came to: per unit its points, ranks and open questions, and how the units stand to each other."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from sanjin_xl.judge.pipeline import Outcome
from sanjin_xl.judge.scoring import ScoreCard
from sanjin_xl.model.catalogue import Severity
from sanjin_xl.model.findings import Finding
from sanjin_xl.model.roster import Roster, Unit
from sanjin_xl.model.rules import Rules
from sanjin_xl.model.submission import BLANK, Answer
from sanjin_xl.outcome.cards import Final
from sanjin_xl.outcome.former import Former, Since
from sanjin_xl.outcome.ranks import rank
from sanjin_xl.review.rulings import Effect, Ruled, Ruling, applied_rulings, settled_questions


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

    `cards` has a score card per policy id, `auto_cards` the same without any ruling; `scores` and `ranks` are under
    each policy after rescaling and any deduction. `by_category` is before both. `best_rank` and `worst_rank` bound the
    rank over everything the open questions may still become. `ruled`: the unit's rulings and what became of them.
    `applicable`: the points that items not left out as not applicable make up; scores are rescaled from it to the
    form's total (round half up). `deduction`: what lateness costs. `since`: the comparison with a former round, None
    when none is given. `versions`: how many other returns of the unit could count; `low` and `high` cover them.
    """

    unit: Unit
    standing: Standing
    outcome: Outcome | None = None
    cards: Mapping[str, ScoreCard] = field(default_factory=dict)
    auto_cards: Mapping[str, ScoreCard] = field(default_factory=dict)
    scores: Mapping[str, int] = field(default_factory=dict)
    ranks: Mapping[str, int] = field(default_factory=dict)
    low: int | None = None
    high: int | None = None
    best_rank: int | None = None
    worst_rank: int | None = None
    by_category: Mapping[str, int] = field(default_factory=dict)
    counts: Counts | None = None
    days_late: int | None = None
    ruled: tuple[Ruled, ...] = ()
    applicable: int | None = None
    deduction: int | None = None
    since: Since | None = None
    versions: int = 0

    @property
    def rulings(self) -> Mapping[int, Ruling]:
        """The applied rulings by item number."""
        return applied_rulings(self.ruled)

    def answer(self, number: int) -> Answer:
        return self.outcome.submission.answer(number) if self.outcome and self.outcome.submission else BLANK

    def findings(self, *severities: Severity) -> list[Finding]:
        """What stands about the unit, of these severities (of all, if none are named).

        That is the findings of the counted return that no ruling has settled, and the rulings to be looked at again.
        """
        stale = [one.finding for one in self.ruled if one.effect is Effect.STALE and one.finding]
        found = sorted([*self._standing(), *stale], key=lambda one: one.rank) if stale else self._standing()
        return [one for one in found if not severities or one.severity in severities]

    def to_correct(self) -> list[Finding]:
        """What the county must mend in the counted return; for a unit with any, a correction copy is written."""
        return [one for one in self._standing() if one.asks_county]

    def whole_questions(self) -> set[str]:
        """The codes of what the city is asked about the return as a whole."""
        return {one.code for one in self.findings(Severity.REVIEW) if one.item is None}

    def _standing(self) -> list[Finding]:
        """The findings of the counted return that no ruling has settled."""
        settled, rulings = settled_questions(self.ruled), self.rulings
        found = self.outcome.findings if self.outcome else ()
        return [one for one in found if not _is_settled(one, rulings, settled)]


@dataclass(frozen=True, kw_only=True)
class Results:
    """Everything a round came to: units in the order of the roster, files in the order of their paths.

    `rulings`: all of the city's rulings and what became of them, by unit and item; `table_findings`: what was wrong
    with the table they were entered in; `former`: the round this one is compared with.
    """

    rules: Rules
    units: tuple[UnitResult, ...]
    files: tuple[Outcome, ...]
    rulings: tuple[Ruled, ...] = ()
    table_findings: tuple[Finding, ...] = ()
    former: Former | None = None

    @property
    def policy(self) -> str:
        return self.rules.policy.id

    @property
    def pending(self) -> tuple[int, int]:
        """How many items, and how many questions on whole returns, wait for the city."""
        items = sum(one.counts.pending for one in self.units if one.counts)
        return items, sum(len(one.whole_questions()) for one in self.units)

    @property
    def ruling_findings(self) -> list[Finding]:
        """What is wrong with the rulings: the table's faults, then those of single rulings."""
        return [*self.table_findings, *(one.finding for one in self.rulings if one.finding)]

    def ranking(self) -> list[UnitResult]:
        """Units by rank, equal ranks in the order of the roster; units without a rank last."""
        return sorted(self.units, key=lambda one: one.ranks.get(self.policy, len(self.units) + 1))

    @property
    def final(self) -> bool:
        """Whether every unit has been counted and no question is open: no rank is settled before."""
        return all(one.standing is Standing.COUNTED for one in self.units)

    def score(self, result: UnitResult) -> int | None:
        return result.scores.get(self.policy)

    def rank(self, result: UnitResult) -> int | None:
        return result.ranks.get(self.policy)

    def if_worth(self, result: UnitResult, number: int, worth: int) -> tuple[int, int]:
        """A unit's score and rank if an item of it were worth so many hundredths, and all else stayed as it is now."""
        assert result.outcome is not None
        card, own = result.cards[self.policy], result.scores[self.policy]
        total = card.total - card.items[number].now + worth
        score = Final(self.rules, result.outcome, result.rulings).score(total)
        values, alone = self._ladder
        above = (
            len(values) - bisect_right(values, score) - (own > score and (own in alone or not self.rules.dense_ranks))
        )
        return score, above + 1

    @cached_property
    def _ladder(self) -> tuple[list[int], frozenset[int]]:
        """The scores that count for a rank, the lowest first, and those that only one unit has."""
        tally = Counter(one.scores[self.policy] for one in self.units if one.scores)
        values = sorted(tally if self.rules.dense_ranks else tally.elements())
        return values, frozenset(score for score, count in tally.items() if count == 1)

    def tied(self, result: UnitResult) -> bool:
        """Whether another unit has the same rank."""
        return self.rank(result) in self.shared_ranks

    @cached_property
    def shared_ranks(self) -> frozenset[int]:
        """The ranks that more than one unit holds."""
        holders = Counter(self.rank(one) for one in self.units)
        return frozenset(rank for rank, count in holders.items() if rank is not None and count > 1)

    def without_units(self) -> "Results":
        """What all units have in common, to be sent to another process with one of them: no other unit is named."""
        rules = replace(self.rules, roster=Roster((), self.rules.roster.region), issues={}, pinned={})
        former = self.former and replace(self.former, units={}, standing=())
        return replace(self, rules=rules, units=(), files=(), rulings=(), table_findings=(), former=former)

    @cached_property
    def _compared(self) -> Mapping[str, int]:
        """Places won since the former round by code, among the units ranked in both; none before all have reported.

        Who is ranked in one round only is left out of both: else a unit that sent nothing then would cost the others
        a place now.
        """
        both = [one for one in self.units if self.rank(one) is not None and one.since and one.since.rank is not None]
        if any(one.outcome is None for one in self.units):
            return {}
        then = rank({one.unit.code: -(one.since.rank or 0) for one in both if one.since})
        now = rank({one.unit.code: -(self.rank(one) or 0) for one in both})
        return {code: then[code] - now[code] for code in now}

    def places_won(self, result: UnitResult) -> int | None:
        """How many places a unit has gained since the former round, negative for lost; None if that can't be said."""
        return self._compared.get(result.unit.code)

    def depends_on_policy(self, result: UnitResult) -> bool:
        """Whether the unit's rank differs between the policies."""
        return len(set(result.ranks.values())) > 1

    def depends_on_questions(self, result: UnitResult) -> bool:
        """Whether the unit's rank could still change with the open questions."""
        return result.best_rank != result.worst_rank


def _is_settled(found: Finding, rulings: Mapping[int, Ruling], settled: frozenset[str]) -> bool:
    """Whether a ruling leaves nothing to ask; of an item, also what the county was to correct."""
    if found.item is None:
        return found.severity is Severity.REVIEW and found.code in settled
    return found.asks and found.item in rulings
