"""Which return of each unit counts when several came.

Four files of one unit, and what becomes of them:

    file             seal    corrects   received   answers   becomes
    first.xlsx       holds   –          10-08      A         superseded: it was corrected
    退回修改.xlsx     holds   first      10-12      B         counted
    again.xlsx       holds   –          10-11      B         duplicate: the same answers as those that count
    pasted.xlsx      none    –          10-14      C         superseded, though it came last: the city is asked
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from sanjin_xl.judge.arrival import goes_back_to, with_lateness
from sanjin_xl.judge.pipeline import Outcome, Status
from sanjin_xl.judge.similarity import find_twins
from sanjin_xl.model.findings import Finding, finding
from sanjin_xl.model.rules import Rules

COULD_COUNT = frozenset({"superseded", "unsealed"})
"""The reasons for which a version is set aside until the city has said which one is to count."""

_DAYS = ("received", "filled-on", "modified", "path")


def settle(outcomes: Iterable[Outcome], rules: Rules) -> list[Outcome]:
    """Decide which return of each unit counts; the order of the files changes nothing.

    One whose seal holds before any other, a corrected copy before what it corrects, then the newest: by the day it was
    received, the day of filling inside, the time of saving inside, and the path. Others with the same answers are
    duplicates, others with different answers superseded.
    """
    outcomes = sorted(outcomes, key=lambda one: one.path)
    by_unit: dict[str, list[Outcome]] = {}
    for one in outcomes:
        if one.status is Status.READABLE and one.unit:
            by_unit.setdefault(one.unit, []).append(one)
    settled = [one for group in by_unit.values() for one in _settle_unit(rules, group)]
    twins = find_twins(rules.form, rules.roster, (one for one in settled if one.status is Status.COUNTED))
    final = {one.path: _with_findings(one, twins.get(one.unit or "", ())) for one in settled}
    return [final.get(one.path, one) for one in outcomes]


def _with_findings(one: Outcome, more: Sequence[Finding]) -> Outcome:
    return one.with_finding(*more) if one.status is Status.COUNTED and more else one


def _settle_unit(rules: Rules, group: list[Outcome]) -> list[Outcome]:
    pin = rules.pinned.get(group[0].unit or "")
    pinned = [one for one in group if pin in (one.path, one.sha256)] if pin else []
    chosen = pinned[0] if pinned else _foremost(rules, group)
    others = [one for one in group if one is not chosen]
    differing = {one.path: items for one in others if (items := differing_items(chosen, one))}
    whys = {path: _why(rules, chosen, one, differing[path]) for one in others if (path := one.path) in differing}
    asked = [] if pinned else [one for one in others if one.path in differing]
    questions = [_question(chosen, one, differing[one.path], whys[one.path]) for one in asked]
    if pinned:
        whys = dict.fromkeys(whys, "pinned")
    by_hash = {one.sha256: one for one in group}
    # What bears no seal may be anybody's, and makes nothing come earlier.
    alike = [one for one in others if one.path not in differing and one.sealed >= chosen.sealed]
    counted = with_lateness(rules, chosen.with_status(Status.COUNTED), by_hash, alike)
    rest = (_set_aside(one, chosen, whys.get(one.path)) for one in others)
    return [_with_findings(counted, questions), *(with_lateness(rules, one, by_hash) for one in rest)]


def _foremost(rules: Rules, group: Sequence[Outcome]) -> Outcome:
    sealed = [one for one in group if one.sealed] or group
    corrected = {copy.corrects for one in sealed for copy in goes_back_to(rules, one)}
    return max((one for one in sealed if one.sha256 not in corrected), key=_age)


def _question(chosen: Outcome, other: Outcome, items: tuple[int, ...], why: str) -> Finding:
    """What to ask about another version; a corrected copy is meant to differ in what was to be corrected."""
    if why == "corrected":
        return finding("version-corrected", found=other.path, other=other.path, items=items)
    if why == "further":
        items = _not_asked(other, items)
    but = tuple(name for name, a, b in _days(chosen, other) if b > a and name not in ("path", why))
    return finding("version-differs", found=other.path, other=other.path, items=items, chosen_by=why, but=but)


def _set_aside(one: Outcome, chosen: Outcome, why: str | None) -> Outcome:
    if why is None:
        return one.with_status(Status.DUPLICATE, "duplicate", other=chosen.path)
    reasons = {"pinned": "not-pinned", "sealed": "unsealed", "corrected": "corrected"}
    return one.with_status(Status.SUPERSEDED, reasons.get(why, "superseded"), other=chosen.path)


def _why(rules: Rules, chosen: Outcome, other: Outcome, items: tuple[int, ...]) -> str:
    """Why one version comes before another that differs in these items.

    A copy sent back for item 3 in which all others were ticked as well is no correction, but another version.
    """
    if chosen.sealed and not other.sealed:
        return "sealed"
    if any(copy.corrects == other.sha256 for copy in goes_back_to(rules, chosen)):
        return "further" if _not_asked(other, items) else "corrected"
    return next((name for name, a, b in _days(chosen, other) if a > b), "path")


def _not_asked(one: Outcome, items: tuple[int, ...]) -> tuple[int, ...]:
    """Those of the items of which the county was not asked to correct anything."""
    asked = {each.item for each in one.findings if each.asks_county}
    return tuple(number for number in items if number not in asked)


def _days(one: Outcome, other: Outcome) -> Iterator[tuple[str, Any, Any]]:
    return zip(_DAYS, _age(one), _age(other), strict=True)


def _age(outcome: Outcome) -> tuple[date, date, str, str]:
    """How new a return is."""
    return outcome.received or date.min, outcome.filled_on or date.min, outcome.modified, outcome.path


def differing_items(one: Outcome, other: Outcome) -> tuple[int, ...]:
    """The numbers of the items two returns answer differently."""
    if one.submission is None or other.submission is None:
        return ()
    numbers = sorted({*one.submission.answers, *other.submission.answers})
    return tuple(n for n in numbers if one.submission.answer(n) != other.submission.answer(n))
