"""What was entered in the table of rulings, and what its rows add to the rulings made before."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sanjin_xl.judge.pipeline import Outcome
from sanjin_xl.judge.scoring import Points, ScoreCard, score
from sanjin_xl.model.catalogue import Severity
from sanjin_xl.model.findings import Finding
from sanjin_xl.model.points import share_of
from sanjin_xl.model.rules import Rules
from sanjin_xl.review.rulings import UNDECIDED, Ruling, basis, by_ref, in_force, questions, ruling_finding


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
            findings.append(ruling_finding(rules, code, same[0].ruling, rows=places))
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
    if base is None or typed.decision not in (base.decision, UNDECIDED):
        return typed
    return replace(
        base,
        reason=typed.reason or base.reason,
        who=typed.who or base.who,
        day=typed.day or base.day,
        basis=typed.basis if entry.confirmed else base.basis,
    )
