"""Which return of each unit counts when several came.

Three files of one unit, and what becomes of them:

    file             corrects   filled in   answers   becomes
    first.xlsx       –          10-08       A         superseded: other answers
    退回修改.xlsx     first      10-12       B         counted: a corrected copy comes before what it corrects
    again.xlsx       –          10-14       B         duplicate: the same answers as those that count
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from sanjin_xl.judge.pipeline import Outcome, Status
from sanjin_xl.judge.similarity import find_twins
from sanjin_xl.model.findings import Finding, finding
from sanjin_xl.model.rules import Rules


def settle(outcomes: Iterable[Outcome], rules: Rules) -> list[Outcome]:
    """Decide which return of each unit counts; the order of the files changes nothing.

    The newest counts: a corrected copy before what it corrects, then by the day of filling inside, the time of saving
    inside, and the path. Others with the same answers are duplicates, others with different answers superseded.
    """
    outcomes = sorted(outcomes, key=lambda one: one.path)
    by_unit: dict[str, list[Outcome]] = {}
    for one in outcomes:
        if one.status is Status.READABLE and one.unit:
            by_unit.setdefault(one.unit, []).append(one)
    settled = [one for unit, group in by_unit.items() for one in _settle_unit(group, rules.pinned.get(unit))]
    twins = find_twins(rules.form, rules.roster, (one for one in settled if one.status is Status.COUNTED))
    final = {one.path: _with_findings(one, twins.get(one.unit or "", ())) for one in settled}
    return [final.get(one.path, one) for one in outcomes]


def _with_findings(one: Outcome, more: Iterable[Finding]) -> Outcome:
    if one.status is not Status.COUNTED or not more:
        return one
    return replace(one, findings=tuple(sorted((*one.findings, *more), key=lambda found: found.rank)))


def _settle_unit(group: list[Outcome], pin: str | None) -> list[Outcome]:
    pinned = [one for one in group if pin in (one.path, one.sha256)] if pin else []
    chosen = pinned[0] if pinned else max(group, key=_age)
    others = [one for one in group if one is not chosen]
    differing = {one.path: items for one in others if (items := differing_items(chosen, one))}
    questions = (
        [] if pinned else [_question(chosen, one, differing[one.path]) for one in others if one.path in differing]
    )
    counted = replace(chosen.with_status(Status.COUNTED), first_filled_on=_first_filled_on(chosen, others))
    return [
        _with_findings(counted, questions),
        *(_set_aside(one, chosen, one.path in differing, bool(pinned)) for one in others),
    ]


def _first_filled_on(chosen: Outcome, others: list[Outcome]) -> date | None:
    """When what a corrected copy goes back to was filled in: nobody is late for mending what was sent in time."""
    before = [_age(one)[1] for one in others if _age(one)[0] < _age(chosen)[0]]
    return min((day for day in before if day != date.min), default=None)


def _question(chosen: Outcome, other: Outcome, items: tuple[int, ...]) -> Finding:
    """What to ask about another version; a corrected copy is meant to differ from what it corrects."""
    why = _why(chosen, other)
    code = "version-corrected" if why == "revision" else "version-differs"
    return finding(code, found=other.path, other=other.path, items=items, chosen_by=why)


def _set_aside(one: Outcome, chosen: Outcome, differs: bool, pinned: bool) -> Outcome:
    if differs:
        return one.with_status(Status.SUPERSEDED, "not-pinned" if pinned else "superseded", other=chosen.path)
    return one.with_status(Status.DUPLICATE, "duplicate", other=chosen.path)


def _age(outcome: Outcome) -> tuple[int, date, str, str]:
    """How new a return is; what goes back to a correction copy is newer than what that copy corrects."""
    submission = outcome.submission
    revision, filled_on = (submission.revision, submission.filled_on) if submission else (0, None)
    return revision, filled_on or date.min, outcome.modified, outcome.path


def _why(chosen: Outcome, other: Outcome) -> str:
    names = ("revision", "filled-on", "modified", "path")
    return next((name for name, a, b in zip(names, _age(chosen), _age(other), strict=True) if a != b), "path")


def differing_items(one: Outcome, other: Outcome) -> tuple[int, ...]:
    """The numbers of the items two returns answer differently."""
    if one.submission is None or other.submission is None:
        return ()
    numbers = sorted({*one.submission.answers, *other.submission.answers})
    return tuple(n for n in numbers if one.submission.answer(n) != other.submission.answer(n))
