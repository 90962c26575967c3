"""From a settled batch to the results of a round: scores under every policy, ranks, and how firm they are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sanjin_xl.judge.pipeline import Outcome, Status
from sanjin_xl.judge.versions import COULD_COUNT
from sanjin_xl.model.catalogue import Severity
from sanjin_xl.model.findings import Finding
from sanjin_xl.model.roster import Unit
from sanjin_xl.model.rules import Rules
from sanjin_xl.outcome.cards import Cards, Final
from sanjin_xl.outcome.former import Former, since
from sanjin_xl.outcome.ranks import Bounds, rank
from sanjin_xl.outcome.results import Counts, Results, Standing, UnitResult
from sanjin_xl.review.rulings import Ruled, Ruling, applied_rulings, judged, ruled_points, settled_questions, to_confirm


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
    rulings = applied_rulings(ruled)
    fixed = ruled_points(rules, rulings)
    auto_cards = Cards(rules, outcome, {})
    cards = Cards(rules, outcome, fixed) if fixed else auto_cards
    final, card = Final(rules, outcome, rulings), cards[rules.policy.id]
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
    return Final(rules, outcome, holding).score(card.high)


def _with_versions(rules: Rules, one: UnitResult, others: Sequence[Outcome], history: Sequence[Ruling]) -> UnitResult:
    """The result with the span widened to what its other versions are worth, until the city has said which counts."""
    if not others or "version-differs" in settled_questions(one.ruled):
        return one
    spans = [(one.low or 0, one.high or 0), *(_span(rules, other, history) for other in others)]
    low, high = min(low for low, _ in spans), max(high for _, high in spans)
    return replace(one, low=low, high=high, versions=len(others))


def _span(rules: Rules, outcome: Outcome, history: Sequence[Ruling]) -> tuple[int, int]:
    """The least and the most a version is worth, with the rulings that hold for it."""
    rulings = applied_rulings(judged(rules, outcome, history))
    card, final = Cards(rules, outcome, ruled_points(rules, rulings))[rules.policy.id], Final(rules, outcome, rulings)
    return final.score(card.low), final.score(card.high)


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
    bounds = Bounds([(one.low or 0, one.high or 0) for one in present], rules.dense_ranks)
    return [_with_ranks(one, ranks, bounds) if one.outcome else one for one in units]


def _with_ranks(one: UnitResult, ranks: Mapping[str, Mapping[str, int]], bounds: Bounds) -> UnitResult:
    best, worst = bounds.of(one.low or 0, one.high or 0)
    own = {policy: places[one.unit.code] for policy, places in ranks.items()}
    return replace(one, ranks=own, best_rank=best, worst_rank=worst)
