"""The city's rulings: what is entered, whether it holds, and what it does to the points.

A ruling is about an item of a unit, or (`item` None) about one question on a unit's return as a whole. The register
keeps every entry ever made; of the entries on one matter the last one that can hold is in force, and one made later
that cannot hold is shown with its fault and changes nothing.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import gcd

from sanjin_xl.judge.pipeline import Outcome
from sanjin_xl.model.fields import CHOICES
from sanjin_xl.model.findings import Finding, finding
from sanjin_xl.model.form import Form
from sanjin_xl.model.points import decimal, share_of
from sanjin_xl.model.policy import Policy
from sanjin_xl.model.rules import EXCLUDE, Rules
from sanjin_xl.model.submission import Answer


class Effect(StrEnum):
    """What becomes of a ruling: applied; or not, because the answer has changed since, it cannot hold, it has been
    withdrawn, or nothing it is about counts at present."""

    APPLIED = "applied"
    STALE = "stale"
    INVALID = "invalid"
    WITHDRAWN = "withdrawn"
    IDLE = "idle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """One entry of the city on one unit × item, or on one question (a finding's code) about a return as a whole.

    `points` in hundredths; `standing`: not applicable in every round to come; `settled` answers a question about the
    whole return. `day` is an ISO date, or what was typed for one. `unread`: what stood in 核定分 (or 已核实) and in
    不适用 where it could not be read. `basis` is the fingerprint of what was ruled on; `carried` the period of the
    former round it comes from, unconfirmed. Two rulings are equal when the same was entered, whatever it was about.
    """

    unit: str
    item: int | None
    question: str = ""
    points: int | None = None
    not_applicable: bool = False
    standing: bool = False
    settled: bool = False
    withdrawn: bool = False
    unread: tuple[str, str] = ("", "")
    reason: str = ""
    who: str = ""
    day: str = ""
    basis: str = field(default="", compare=False)
    carried: str = field(default="", compare=False)

    @property
    def ref(self) -> str:
        """What the ruling is about, as in the hidden column of the table: 441625-012, 441625-stamp-missing."""
        return reference(self.unit, self.item, self.question)

    @property
    def decision(self) -> tuple[object, ...]:
        """What was decided, without reason, name and day."""
        return self.points, self.not_applicable, self.standing, self.settled, self.withdrawn, self.unread

    @property
    def decided(self) -> bool:
        return self.decision != UNDECIDED

    def settles(self, full: int) -> bool:
        """Whether nothing of an item worth `full` points is left to be done: not applicable, or given full marks."""
        return self.not_applicable or self.points == full


UNDECIDED = (None, False, False, False, False, ("", ""))


def reference(unit: str, item: int | None, question: str = "") -> str:
    """What a ruling is about, behind the code of the unit: 441625-003 an item, 441625-stamp-missing a question."""
    return f"{unit}-{question}" if item is None else f"{unit}-{item:03d}"


@dataclass(frozen=True, slots=True)
class Ruled:
    """A ruling and what became of it; `finding` says why it needs somebody, None if it does not."""

    ruling: Ruling
    effect: Effect
    finding: Finding | None = None


# --- what a ruling is about ---------------------------------------------------------------------------------------


def questions(outcome: Outcome, item: int | None) -> list[Finding]:
    """What must be corrected or ruled on in a return about an item, or (None) about the return as a whole."""
    return [one for one in outcome.findings if one.item == item and one.asks]


def basis(outcome: Outcome | None, item: int | None, question: str = "") -> str | None:
    """The fingerprint of what a ruling would be about now: an answer and the codes of its questions.

    A question about the return as a whole is settled for this return: its answers and its lateness belong to it, or
    the same file saved over with better answers would stand as settled. 16 hexadecimal digits of SHA-256; None when
    there is nothing to rule on: no return, or no such question any more.
    """
    if outcome is None or outcome.submission is None:
        return None
    if item is not None:
        codes = sorted({one.code for one in questions(outcome, item)})
        return _fingerprint([*_said(outcome.submission.answer(item)), codes])
    asked = [(one.found, one.facts) for one in questions(outcome, None) if one.code == question]
    what = [(found, [fact for fact in facts if fact[0] not in _HOW]) for found, facts in asked]
    said = [(number, *_said(answer)) for number, answer in sorted(outcome.submission.answers.items())]
    return _fingerprint([question, what, said, outcome.days_late]) if asked else None


_HOW = frozenset({"chosen_by", "but"})  # why a version was chosen is no part of what was settled
_HOW_BEFORE = ("revision", "filled-on", "modified", "path")


def _former_bases(outcome: Outcome, question: str) -> set[str]:
    """The fingerprints by which 0.1.0 knew a question about a return as a whole: without the answers.

    Of two versions it also told why one was chosen, in words of its own.
    """
    asked = [(one.found, one.facts) for one in questions(outcome, None) if one.code == question]
    bases = {_fingerprint([question, *asked])}
    for how in _HOW_BEFORE:
        told = [
            (found, [(k, how if k == "chosen_by" else v) for k, v in facts if k != "but"]) for found, facts in asked
        ]
        bases.add(_fingerprint([question, *told]))
    return bases


def brought_up(rules: Rules, history: Iterable[Ruling], outcomes: Mapping[str, Outcome]) -> list[Ruling]:
    """The entries of 0.1.0 that settle a question of today, with the fingerprint of today, from where on it holds."""
    latest = (entries[-1] for entries in by_ref(history).values())
    now = ((one, basis(outcomes.get(one.unit), None, one.question)) for one in latest if one.item is None)
    return [
        replace(one, basis=current)
        for one, current in now
        if current and one.basis != current and one.settled and fault(rules, one) is None
        if one.basis in _former_bases(outcomes[one.unit], one.question)
    ]


def _said(answer: Answer) -> list[object]:
    """What an answer says; where it is unclear, what was typed."""
    values = {name: answer.value(name) for name in CHOICES}
    said = [f"?{answer.typed(name)}" if value is None else value for name, value in values.items()]
    return [*said, answer.remark, *answer.extra]


def _fingerprint(content: object) -> str:
    text = json.dumps(content, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:16]


# --- whether a ruling can hold ------------------------------------------------------------------------------------


def step(form: Form, policy: Policy) -> int:
    """The steps of ruled points in hundredths: what the points of all items, and what the policy gives of them, share.

    On the form of 2012 that is 0.25 where the policy gives half, else 0.50.
    """
    return gcd(*(share_of(item.points, share) for item in form.items for share in (100, *policy.shares))) or 1


def fault(rules: Rules, ruling: Ruling) -> Finding | None:
    """Why a ruling cannot hold, None if it can, or if nothing was decided and no reason given for it."""
    if any(ruling.unread):
        return ruling_finding(rules, "ruling-unclear", ruling, found="、".join(filter(None, ruling.unread)))
    if ruling.item is not None and not 1 <= ruling.item <= len(rules.form.items):
        return finding("ruling-unplaced", found=ruling.ref)
    if ruling.points is not None and ruling.not_applicable:
        return ruling_finding(rules, "ruling-both", ruling, found=decimal(ruling.points))
    if not ruling.decided and not ruling.reason:
        return None
    decision = "settled" if ruling.item is None else "points"
    needed = {decision: ruling.decided, "reason": ruling.reason, "who": ruling.who}
    if lacking := tuple(name for name, there in needed.items() if not there):
        return ruling_finding(rules, "ruling-incomplete", ruling, lacking=lacking)
    return _points_fault(rules, ruling)


def _points_fault(rules: Rules, ruling: Ruling) -> Finding | None:
    if ruling.item is None or ruling.points is None:
        return None
    item = rules.form.item(ruling.item)
    if not 0 <= ruling.points <= item.points:
        found, full = decimal(ruling.points), decimal(item.points)
        return ruling_finding(rules, "ruling-out-of-range", ruling, found=found, full=full)
    if ruling.points % (by := step(rules.form, rules.policy)):
        return ruling_finding(rules, "ruling-off-step", ruling, found=decimal(ruling.points), step=decimal(by))
    return None


def ruling_finding(rules: Rules, code: str, ruling: Ruling, found: str | None = None, **facts: object) -> Finding:
    """A finding about a ruling, which names its unit; `facts` as its sentence needs them."""
    unit = rules.roster.by_code.get(ruling.unit)
    facts["unit"] = unit.name if unit else ruling.unit
    return Finding(code, ruling.item, found=found, facts=tuple(sorted(facts.items())))


def in_force(rules: Rules, history: Sequence[Ruling]) -> Ruling | None:
    """The last of the entries on one matter that can hold; a withdrawal is one, too."""
    return next((one for one in reversed(history) if one.decided and fault(rules, one) is None), None)


def by_ref(rulings: Iterable[Ruling]) -> dict[str, list[Ruling]]:
    """Entries by what they are about, in the order they were made."""
    groups: dict[str, list[Ruling]] = {}
    for one in rulings:
        groups.setdefault(one.ref, []).append(one)
    return groups


# --- what becomes of it -------------------------------------------------------------------------------------------


def judged(rules: Rules, outcome: Outcome | None, history: Iterable[Ruling]) -> list[Ruled]:
    """What becomes of the rulings on one unit and its counted return: those in force, and later ones with a fault."""
    return [ruled for _, entries in sorted(by_ref(history).items()) for ruled in _judged(rules, outcome, entries)]


def _judged(rules: Rules, outcome: Outcome | None, entries: Sequence[Ruling]) -> Iterator[Ruled]:
    holding, latest = in_force(rules, entries), entries[-1]
    if holding:
        yield _ruled(rules, outcome, holding)
    if latest is not holding and (found := fault(rules, latest)):
        yield Ruled(latest, Effect.INVALID, found)


def _ruled(rules: Rules, outcome: Outcome | None, ruling: Ruling) -> Ruled:
    if ruling.withdrawn:
        return Ruled(ruling, Effect.WITHDRAWN, ruling_finding(rules, "ruling-withdrawn", ruling, who=ruling.who))
    now = basis(outcome, ruling.item, ruling.question)
    if now is None:
        return Ruled(ruling, Effect.IDLE)
    if ruling.carried:
        found = ruling_finding(rules, "ruling-standing", ruling, who=ruling.who, period=ruling.carried)
        return Ruled(ruling, Effect.STALE, found)
    if now != ruling.basis:
        return Ruled(ruling, Effect.STALE, ruling_finding(rules, "ruling-stale", ruling, who=ruling.who))
    return Ruled(ruling, Effect.APPLIED)


def to_confirm(ruled: Iterable[Ruled]) -> dict[int, Ruling]:
    """The standing rulings of a former round that nobody has confirmed for this one, by item number."""
    waiting = [one.ruling for one in ruled if one.effect is Effect.STALE and one.ruling.carried]
    return {one.item: one for one in waiting if one.item is not None}


def applied_rulings(ruled: Iterable[Ruled]) -> dict[int, Ruling]:
    """The applied rulings on items, by number."""
    return {
        one.ruling.item: one.ruling for one in ruled if one.effect is Effect.APPLIED and one.ruling.item is not None
    }


def settled_questions(ruled: Iterable[Ruled]) -> frozenset[str]:
    """The codes of the questions on the whole return that the city has settled."""
    return frozenset(one.ruling.question for one in ruled if one.effect is Effect.APPLIED and one.ruling.item is None)


def ruled_points(rules: Rules, rulings: Mapping[int, Ruling]) -> dict[int, int]:
    """The points that rulings fix, in hundredths by item; one that is not applicable has full marks, or is left out."""
    left_out = excluded(rules, rulings)
    full = {number: rules.form.item(number).points for number in rulings}
    return {
        number: 0 if number in left_out else full[number] if one.not_applicable else one.points or 0
        for number, one in rulings.items()
    }


def excluded(rules: Rules, rulings: Mapping[int, Ruling]) -> frozenset[int]:
    """The items that are left out of the score because they are not applicable."""
    if rules.not_applicable != EXCLUDE:
        return frozenset()
    return frozenset(number for number, one in rulings.items() if one.not_applicable)
