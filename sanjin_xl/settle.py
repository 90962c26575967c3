"""Which return of each unit counts when several came."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from sanjin_xl.findings import finding
from sanjin_xl.pipeline import Outcome, Status
from sanjin_xl.terms import Terms


def settle(outcomes: Iterable[Outcome], terms: Terms) -> list[Outcome]:
    """Decide which return of each unit counts; the order of the files changes nothing.

    The newest counts: a corrected copy before what it corrects, then by the day of filling inside, the time of saving
    inside, and the path. Others with the same answers are duplicates, others with different answers superseded.
    """
    outcomes = sorted(outcomes, key=lambda one: one.path)
    by_unit: dict[str, list[Outcome]] = {}
    for one in outcomes:
        if one.status is Status.READABLE and one.unit:
            by_unit.setdefault(one.unit, []).append(one)
    settled = {one.path: one for unit, group in by_unit.items() for one in _settle_unit(group, terms.pinned.get(unit))}
    return [settled.get(one.path, one) for one in outcomes]


def _settle_unit(group: list[Outcome], pin: str | None) -> list[Outcome]:
    pinned = [one for one in group if pin in (one.path, one.sha256)] if pin else []
    chosen = pinned[0] if pinned else max(group, key=_age)
    settled, differing = [], []
    for one in group:
        if one is chosen:
            continue
        items = differing_items(chosen, one)
        if items:
            settled.append(one.with_status(Status.SUPERSEDED, "superseded", other=chosen.path))
            differing.append(
                finding("version-differs", found=one.path, other=one.path, items=items, chosen_by=_why(chosen, one))
            )
        else:
            settled.append(one.with_status(Status.DUPLICATE, "duplicate", other=chosen.path))
    if pinned:
        differing = []
    findings = tuple(sorted((*chosen.findings, *differing), key=lambda one: one.rank))
    return [replace(chosen, status=Status.COUNTED, findings=findings), *settled]


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
