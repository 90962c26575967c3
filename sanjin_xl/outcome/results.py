"""From a settled batch to the results of a round: scores under every policy, ranks, and how firm they are."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from sanjin_xl.judge import scoring
from sanjin_xl.judge.pipeline import Outcome, Status
from sanjin_xl.judge.scoring import ScoreCard
from sanjin_xl.judge.versions import COULD_COUNT
from sanjin_xl.model.catalogue import Severity
from sanjin_xl.model.findings import Finding
from sanjin_xl.model.points import rescaled
from sanjin_xl.model.policy import Policy
from sanjin_xl.model.roster import Roster, Unit
from sanjin_xl.model.rules import Rules
from sanjin_xl.model.submission import BLANK, Answer
from sanjin_xl.outcome.former import Former, Since, since
from sanjin_xl.review.rulings import Effect, Ruled, Ruling, excluded, judged, ruled_points, to_confirm


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


class Cards(Mapping[str, ScoreCard]):
    """A return's score card per policy id, with the points of some items fixed by the city.

    Only the card under the round's own policy is kept, another is made whenever it is asked for: those of a nation
    would take as much memory as all of its answers.
    """

    __slots__ = ("_fixed", "_form", "_outcome", "_own", "_policies")

    def __init__(self, rules: Rules, outcome: Outcome, fixed: Mapping[int, int]) -> None:
        # Not the rules themselves: a unit's cards go to other processes, and name no other unit.
        self._form, self._policies, self._outcome, self._fixed = rules.form, rules.policies, outcome, fixed
        self._own = self._made(rules.policy)

    def __getitem__(self, policy: str) -> ScoreCard:
        return self._own if policy == self._own.policy else self._made(self._policies[policy])

    def _made(self, policy: Policy) -> ScoreCard:
        outcome = self._outcome
        assert outcome.submission is not None
        doubts = outcome.in_doubt, policy, outcome.not_found, outcome.not_yet
        card = scoring.score(self._form, outcome.submission, *doubts)
        return card.ruled(self._fixed) if self._fixed else card

    def __iter__(self) -> Iterator[str]:
        return iter(self._policies)

    def __len__(self) -> int:
        return len(self._policies)


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
        return _applied(self.ruled)

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
        settled, rulings = _settled(self.ruled), self.rulings
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
        score = _Final(self.rules, result.outcome, result.rulings).score(total)
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


def compile_results(
    rules: Rules,
    outcomes: Sequence[Outcome],
    rulings: Iterable[Ruling] = (),
    table_findings: Iterable[Finding] = (),
    former: Former | None = None,
) -> Results:
    """Score and rank the units of a settled batch; `rulings` is every entry ever made, in the order they were made."""
    counted, others = counted_by_unit(outcomes), _versions(outcomes)
    history = _by_unit(rulings)
    ruled = {code: tuple(judged(rules, counted.get(code), entries)) for code, entries in sorted(history.items())}
    units = [
        _with_versions(rules, one, others.get(one.unit.code, ()), history.get(one.unit.code, ()))
        for unit in rules.roster.units
        for one in [_unit_result(rules, unit, counted.get(unit.code), ruled.get(unit.code, ()))]
    ]
    return Results(
        rules=rules,
        units=tuple(_since(rules, one, former) if former else one for one in _ranked(rules, units)),
        files=tuple(outcomes),
        rulings=tuple(one for group in ruled.values() for one in group),
        table_findings=tuple(table_findings),
        former=former,
    )


def _since(rules: Rules, one: UnitResult, former: Former) -> UnitResult:
    settled = {n for n, ruling in one.rulings.items() if ruling.settles(rules.form.item(n).points)}
    answer = one.answer if one.outcome else None
    return replace(one, since=since(former, one.unit.code, answer, settled, rules.as_of))


def counted_by_unit(outcomes: Iterable[Outcome]) -> dict[str, Outcome]:
    """The counted return of each unit, by code."""
    return {one.unit: one for one in outcomes if one.status is Status.COUNTED and one.unit}


def _versions(outcomes: Iterable[Outcome]) -> dict[str, list[Outcome]]:
    """The returns of each unit that are set aside and could count all the same, by code."""
    versions: dict[str, list[Outcome]] = {}
    for one in outcomes:
        if one.unit and one.status is Status.SUPERSEDED and one.reason in COULD_COUNT:
            versions.setdefault(one.unit, []).append(one)
    return versions


def _by_unit(rulings: Iterable[Ruling]) -> dict[str, list[Ruling]]:
    groups: dict[str, list[Ruling]] = {}
    for one in rulings:
        groups.setdefault(one.unit, []).append(one)
    return groups


def _unit_result(rules: Rules, unit: Unit, outcome: Outcome | None, ruled: tuple[Ruled, ...]) -> UnitResult:
    if outcome is None or outcome.submission is None:
        return UnitResult(unit=unit, standing=Standing.MISSING, ruled=ruled)
    rulings = _applied(ruled)
    fixed = ruled_points(rules, rulings)
    auto_cards = Cards(rules, outcome, {})
    cards = Cards(rules, outcome, fixed) if fixed else auto_cards
    final, card = _Final(rules, outcome, rulings), cards[rules.policy.id]
    result = UnitResult(
        unit=unit,
        standing=Standing.COUNTED,
        outcome=outcome,
        cards=cards,
        auto_cards=auto_cards,
        scores={id_: final.score(one.total) for id_, one in cards.items()},
        low=final.score(card.low),
        high=max(final.score(card.high), _confirmed_high(rules, outcome, rulings, to_confirm(ruled))),
        by_category=card.by_category(rules.form),
        days_late=outcome.days_late,
        ruled=ruled,
        applicable=final.applicable,
        deduction=final.deduction,
    )
    open_questions = result.findings(Severity.REVIEW)
    return replace(
        result,
        standing=Standing.PROVISIONAL if open_questions or card.low != card.high else Standing.COUNTED,
        counts=_counts(rules, outcome, open_questions),
    )


def _confirmed_high(
    rules: Rules, outcome: Outcome, rulings: Mapping[int, Ruling], waiting: Mapping[int, Ruling]
) -> int:
    """The most the return is worth once the standing rulings that wait for it are confirmed; 0 if none does."""
    if not waiting:
        return 0
    holding = {**rulings, **waiting}
    card = Cards(rules, outcome, ruled_points(rules, holding))[rules.policy.id]
    return _Final(rules, outcome, holding).score(card.high)


class _Final:
    """What becomes of points in the end: rescaled to the points that can be had, less what lateness costs."""

    def __init__(self, rules: Rules, outcome: Outcome, rulings: Mapping[int, Ruling]) -> None:
        left_out = sum(rules.form.item(number).points for number in excluded(rules, rulings))
        self._full = rules.form.points
        self.applicable = self._full - left_out
        self.deduction = (outcome.days_late or 0) * rules.late_deduction

    def score(self, points: int) -> int:
        return max(0, rescaled(points, self.applicable, self._full) - self.deduction)


def _with_versions(rules: Rules, one: UnitResult, others: Sequence[Outcome], history: Sequence[Ruling]) -> UnitResult:
    """The result with the span widened to what its other versions are worth, until the city has said which counts."""
    if not others or "version-differs" in _settled(one.ruled):
        return one
    spans = [(one.low or 0, one.high or 0), *(_span(rules, other, history) for other in others)]
    low, high = min(low for low, _ in spans), max(high for _, high in spans)
    return replace(one, low=low, high=high, versions=len(others))


def _span(rules: Rules, outcome: Outcome, history: Sequence[Ruling]) -> tuple[int, int]:
    """The least and the most a version is worth, with the rulings that hold for it."""
    rulings = _applied(judged(rules, outcome, history))
    card, final = Cards(rules, outcome, ruled_points(rules, rulings))[rules.policy.id], _Final(rules, outcome, rulings)
    return final.score(card.low), final.score(card.high)


def _applied(ruled: Iterable[Ruled]) -> dict[int, Ruling]:
    """The applied rulings on items, by number."""
    return {
        one.ruling.item: one.ruling for one in ruled if one.effect is Effect.APPLIED and one.ruling.item is not None
    }


def _settled(ruled: Iterable[Ruled]) -> frozenset[str]:
    """The codes of the questions on the whole return that the city has settled."""
    return frozenset(one.ruling.question for one in ruled if one.effect is Effect.APPLIED and one.ruling.item is None)


def _is_settled(found: Finding, rulings: Mapping[int, Ruling], settled: frozenset[str]) -> bool:
    """Whether a ruling leaves nothing to ask; of an item, also what the county was to correct."""
    if found.item is None:
        return found.severity is Severity.REVIEW and found.code in settled
    return found.asks and found.item in rulings


def _counts(rules: Rules, outcome: Outcome, open_questions: Iterable[Finding]) -> Counts:
    submission = outcome.submission
    assert submission is not None
    answers = [submission.answer(item.number) for item in rules.form.items]
    pending = {one.item for one in open_questions if one.item is not None}
    return Counts(
        done=sum(answer.done is True for answer in answers),
        planned=sum(answer.planned is True and answer.done is not True for answer in answers),
        blank=sum(answer.done is False and answer.planned is False for answer in answers),
        ledger=sum(answer.ledger is True for answer in answers),
        pending=len(pending),
    )


def _ranked(rules: Rules, units: Sequence[UnitResult]) -> list[UnitResult]:
    present = [one for one in units if one.outcome]
    ranks = {
        policy: rank({one.unit.code: one.scores[policy] for one in present}, dense=rules.dense_ranks)
        for policy in rules.policies
    }
    bounds = _Bounds(present, rules.dense_ranks)
    return [_with_ranks(one, ranks, bounds) if one.outcome else one for one in units]


def _with_ranks(one: UnitResult, ranks: Mapping[str, Mapping[str, int]], bounds: "_Bounds") -> UnitResult:
    best, worst = bounds.of(one)
    own = {policy: places[one.unit.code] for policy, places in ranks.items()}
    return replace(one, ranks=own, best_rank=best, worst_rank=worst)


class _Bounds:
    """Between which ranks each unit may still come, whatever becomes of the open questions."""

    def __init__(self, present: Sequence[UnitResult], dense: bool) -> None:
        # A dense rank counts scores, not units: those already settled on the same score count once.
        spans = [(one.low or 0, one.high or 0) for one in present]
        counted = sorted({span for span in spans if span[0] == span[1]}) if dense else []
        spans = [*counted, *(span for span in spans if span[0] != span[1])] if dense else spans
        self._lows = sorted(low for low, _ in spans)
        self._highs = sorted(high for _, high in spans)

    def of(self, one: UnitResult) -> tuple[int, int]:
        """The best and the worst rank: behind those surely above, and behind all that may be above."""
        low, high = one.low or 0, one.high or 0
        surely = len(self._lows) - bisect_right(self._lows, high)
        perhaps = len(self._highs) - bisect_right(self._highs, low) - (high > low)  # not behind itself
        return 1 + surely, 1 + perhaps


def rank(scores: Mapping[str, int], dense: bool = False) -> dict[str, int]:
    """Rank by score, the highest first; equal scores share a rank and the next is skipped (1, 2, 2, 4).

    With `dense` the next rank is not skipped (1, 2, 2, 3). There is no hidden tie-break.
    """
    values = sorted(set(scores.values()) if dense else scores.values(), reverse=True)
    places: dict[int, int] = {}
    for place, value in enumerate(values, start=1):
        places.setdefault(value, place)
    return {name: places[value] for name, value in scores.items()}
