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
from sanjin_xl.judge.scoring import Points, ScoreCard, score
from sanjin_xl.model.catalogue import Severity
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
        return self.decision != _UNDECIDED

    def settles(self, full: int) -> bool:
        """Whether nothing of an item worth `full` points is left to be done: not applicable, or given full marks."""
        return self.not_applicable or self.points == full


_UNDECIDED = (None, False, False, False, False, ("", ""))


def reference(unit: str, item: int | None, question: str = "") -> str:
    return f"{unit}-{question}" if item is None else f"{unit}-{item:03d}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the table as typed: the ruling with the basis its row was written on, and whether it was confirmed.

    `place`: its sheet, and its row as a person counts. `known`: how many entries the register had when the row was
    written, None where the table does not tell. `granted`: 核定分 says 认可 or 不认可, and no points as yet.
    """

    ruling: Ruling
    confirmed: bool = False
    place: tuple[str, int] = ("", 0)
    known: int | None = None
    granted: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRuling:
    """One decision on all that is asked with one code of a unit, or ("") of every unit.

    `share`: percent of an item's points, None where it is not applicable; `granted`: what each item is worth if it is
    granted or refused. `whole`: it settles the question about whole returns, and not about items.
    """

    unit: str
    code: str
    share: int | None
    granted: bool | None = None
    standing: bool = False
    whole: bool = False
    reason: str
    who: str
    day: str = ""


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
        return _finding(rules, "ruling-unclear", ruling, found="、".join(filter(None, ruling.unread)))
    if ruling.item is not None and not 1 <= ruling.item <= len(rules.form.items):
        return finding("ruling-unplaced", found=ruling.ref)
    if ruling.points is not None and ruling.not_applicable:
        return _finding(rules, "ruling-both", ruling, found=decimal(ruling.points))
    if not ruling.decided and not ruling.reason:
        return None
    decision = "settled" if ruling.item is None else "points"
    needed = {decision: ruling.decided, "reason": ruling.reason, "who": ruling.who}
    if lacking := tuple(name for name, there in needed.items() if not there):
        return _finding(rules, "ruling-incomplete", ruling, lacking=lacking)
    return _points_fault(rules, ruling)


def _points_fault(rules: Rules, ruling: Ruling) -> Finding | None:
    if ruling.item is None or ruling.points is None:
        return None
    item = rules.form.item(ruling.item)
    if not 0 <= ruling.points <= item.points:
        found, full = decimal(ruling.points), decimal(item.points)
        return _finding(rules, "ruling-out-of-range", ruling, found=found, full=full)
    if ruling.points % (by := step(rules.form, rules.policy)):
        return _finding(rules, "ruling-off-step", ruling, found=decimal(ruling.points), step=decimal(by))
    return None


def _finding(rules: Rules, code: str, ruling: Ruling, found: str | None = None, **facts: object) -> Finding:
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


# --- what was entered in the table --------------------------------------------------------------------------------


def merge(
    rules: Rules, history: Iterable[Ruling], entries: Iterable[Entry], outcomes: Mapping[str, Outcome]
) -> tuple[list[Ruling], list[Finding]]:
    """What the rows of the table add to the history, and where two rows contradict each other.

    A blank cell never resets a ruling. A changed decision is about what its row showed; a ruling whose decision stays
    keeps its basis until it is confirmed. What was ruled elsewhere since a row was written holds against a row that
    still shows what was before; another decision in that row contradicts it. `outcomes`: the counted return per unit
    code.
    """
    ledger = _Ledger(history)
    rows: dict[str, list[Entry]] = {}
    for entry in entries:
        rows.setdefault(entry.ruling.ref, []).append(entry)
    added: list[Ruling] = []
    findings: list[Finding] = []
    for ref, same in rows.items():
        new = {one for entry in same if (one := _entered(rules, ledger.of(ref, entry.known), entry, outcomes))}
        later = {since[-1] for entry in same if (since := ledger.since(ref, entry.known))}
        if new == later:
            continue
        if len(new) == 1 and not later:
            added += new
        elif new:
            code = "ruling-overtaken" if later else "ruling-conflict"
            places = tuple(entry.place for entry in same)
            findings.append(_finding(rules, code, same[0].ruling, rows=places))
    return added, findings


class _Ledger:
    """Every entry ever made, by what it is about: those a row of the table knew of, and those made since."""

    def __init__(self, history: Iterable[Ruling]) -> None:
        self._by_ref: dict[str, list[tuple[int, Ruling]]] = {}
        number = 0
        for one in history:
            # What is carried from a former round stands in no register, and every row knows of it.
            number += not one.carried
            self._by_ref.setdefault(one.ref, []).append((0 if one.carried else number, one))

    def of(self, ref: str, known: int | None) -> list[Ruling]:
        """The entries a row knew of."""
        return [one for number, one in self._by_ref.get(ref, ()) if known is None or number <= known]

    def since(self, ref: str, known: int | None) -> list[Ruling]:
        """The entries made since a row was written."""
        return [one for number, one in self._by_ref.get(ref, ()) if known is not None and number > known]


def spread(
    rules: Rules,
    history: Iterable[Ruling],
    entries: Iterable[Entry],
    kinds: Iterable[KindRuling],
    outcomes: Mapping[str, Outcome],
) -> Iterator[Entry]:
    """The rows of the table with the decisions on kinds of questions entered into those that show nothing else.

    A decision on a kind is for an item without one of its own, about which nothing is asked but this, or such a
    question about a whole return. What is granted or refused in a word gets its points, if its return is there to tell
    them, and waits for no confirmation of a former round. The row keeps its basis: what has changed since the table was
    made is looked at again, and what came later is not ruled unseen.
    """
    known, by_kind = by_ref(history), {(one.unit, one.code, one.whole): one for one in kinds}
    cards: dict[str, ScoreCard] = {}
    for entry in entries:
        undecided = not entry.ruling.decided and in_force(rules, known.get(entry.ruling.ref, ())) is None
        kind = _kind_of(by_kind, entry.ruling, outcomes.get(entry.ruling.unit)) if undecided else None
        entered = replace(entry, ruling=_by_kind(rules, entry.ruling, kind), granted=kind.granted) if kind else entry
        carried = any(one.carried for one in known.get(entry.ruling.ref, ()))
        yield entered if carried else _valued(rules, entered, outcomes.get(entry.ruling.unit), cards)


def _valued(rules: Rules, entry: Entry, outcome: Outcome | None, cards: dict[str, ScoreCard]) -> Entry:
    """The row with the points of what it grants or refuses in a word; `cards`: the score cards made so far, by unit."""
    ruling = entry.ruling
    if entry.granted is None or outcome is None or outcome.submission is None or not ruling.item:
        return entry
    if ruling.unit not in cards:
        doubts = outcome.in_doubt, rules.policy, outcome.not_found, outcome.not_yet
        cards[ruling.unit] = score(rules.form, outcome.submission, *doubts)
    span = bounds(cards[ruling.unit].items[ruling.item], questions(outcome, ruling.item))
    return replace(entry, ruling=replace(ruling, points=span[entry.granted], unread=("", ruling.unread[1])))


def bounds(worth: Points, asked: Sequence[Finding]) -> tuple[int, int]:
    """What an item is worth if it is refused and if it is granted, in hundredths; `asked`: what is asked about it.

    Where the answer itself leaves no span, it is nothing against what counts; what the county is to correct, such as a
    month left out, moves no points.
    """
    if worth.low < worth.high or (asked and all(found.severity is Severity.ERROR for found in asked)):
        return worth.low, worth.high
    return 0, worth.now


def _kind_of(
    kinds: Mapping[tuple[str, str, bool], KindRuling], typed: Ruling, outcome: Outcome | None
) -> KindRuling | None:
    """The decision on the only question about an item, or one about the return: on its unit before that on all."""
    if outcome is None:
        return None
    whole = typed.item is None
    codes = {typed.question} if whole else {one.code for one in questions(outcome, typed.item)}
    if len(codes) != 1:
        return None
    (code,) = codes
    return kinds.get((typed.unit, code, whole)) or kinds.get(("", code, whole))


def _by_kind(rules: Rules, typed: Ruling, kind: KindRuling) -> Ruling:
    full = rules.form.points_of.get(typed.item or 0, 0)
    return replace(
        typed,
        points=None if kind.share is None else share_of(full, kind.share),
        not_applicable=kind.share is None and kind.granted is None and not kind.whole,
        settled=kind.whole,
        standing=kind.standing,
        reason=typed.reason or kind.reason,
        who=typed.who or kind.who,
        day=typed.day or kind.day,
    )


def _entered(rules: Rules, history: Sequence[Ruling], entry: Entry, outcomes: Mapping[str, Outcome]) -> Ruling | None:
    """What one row adds to the history of its matter, None if it says nothing new."""
    latest = history[-1] if history else None
    typed = _over(in_force(rules, history), entry)
    if entry.confirmed and not typed.basis:
        # A table whose hidden columns are lost: a person has just said that the ruling fits the answer.
        typed = replace(typed, basis=basis(outcomes.get(typed.unit), typed.item, typed.question) or "")
    if latest is None:
        return typed if typed.decided or typed.reason or typed.who or typed.day else None
    rebased = entry.confirmed and typed.basis != latest.basis
    return typed if typed != latest or rebased else None


def _over(base: Ruling | None, entry: Entry) -> Ruling:
    """The row over the ruling in force: without another decision its blank cells stay as they were."""
    typed = entry.ruling
    if base is None or typed.decision not in (base.decision, _UNDECIDED):
        return typed
    return replace(
        base,
        reason=typed.reason or base.reason,
        who=typed.who or base.who,
        day=typed.day or base.day,
        basis=typed.basis if entry.confirmed else base.basis,
    )


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
        return Ruled(ruling, Effect.WITHDRAWN, _finding(rules, "ruling-withdrawn", ruling, who=ruling.who))
    now = basis(outcome, ruling.item, ruling.question)
    if now is None:
        return Ruled(ruling, Effect.IDLE)
    if ruling.carried:
        found = _finding(rules, "ruling-standing", ruling, who=ruling.who, period=ruling.carried)
        return Ruled(ruling, Effect.STALE, found)
    if now != ruling.basis:
        return Ruled(ruling, Effect.STALE, _finding(rules, "ruling-stale", ruling, who=ruling.who))
    return Ruled(ruling, Effect.APPLIED)


def to_confirm(ruled: Iterable[Ruled]) -> dict[int, Ruling]:
    """The standing rulings of a former round that nobody has confirmed for this one, by item number."""
    waiting = [one.ruling for one in ruled if one.effect is Effect.STALE and one.ruling.carried]
    return {one.item: one for one in waiting if one.item is not None}


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
