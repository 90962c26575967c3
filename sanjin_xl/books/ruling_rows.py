"""What stands in the rows of the ruling table: what was answered, what is open about it, what was ruled and holds.

What is open comes first, with the most points at stake at the top; every other item stands on a sheet of its own.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from heapq import nsmallest
from itertools import islice

from sanjin_xl import messages
from sanjin_xl.books.quick_sheet import Value
from sanjin_xl.books.styles import ASK_FILL, GOOD_FILL, WRONG_FILL
from sanjin_xl.messages import rulings as words
from sanjin_xl.messages.answers import answer_in_words
from sanjin_xl.model.catalogue import CATALOGUE, Severity
from sanjin_xl.model.findings import Finding
from sanjin_xl.model.form import Item
from sanjin_xl.model.points import decimal, points
from sanjin_xl.model.roster import Unit
from sanjin_xl.outcome.results import Results, UnitResult
from sanjin_xl.outcome.tables import pending_items
from sanjin_xl.review.entries import bounds
from sanjin_xl.review.rulings import Effect, Ruled, Ruling, basis, by_ref, reference, to_confirm

MOST_ROWS = 15_000
"""Beyond this many rows (138 units of 108 items) the table lists only what is open and what has been ruled.

Never more than these: what is read back passes the same gate as every return (400,000 cells).
"""

FIRST_ROW = 3  # of every sheet: below title, instruction and headings


@dataclass(frozen=True, slots=True)
class Row:
    """The values of one row by column name, the colour of its state, and whether anything is open."""

    cells: Mapping[str, Value]
    fill: str | None = None
    open: bool = True


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An item of a unit that waits for somebody: what is asked, and its points (hundredths) if refused or granted."""

    unit: UnitResult
    item: Item
    asked: Sequence[Finding]
    refused: int
    granted: int

    @property
    def ref(self) -> str:
        return reference(self.unit.unit.code, self.item.number)

    @property
    def stake(self) -> int:
        return self.granted - self.refused


@dataclass(frozen=True, slots=True)
class OpenWhole:
    """A question on a return as a whole, with all that was found of its kind, and whether the city is to rule on it."""

    unit: UnitResult
    code: str
    same: Sequence[Finding]
    waiting: bool

    @property
    def ref(self) -> str:
        return reference(self.unit.unit.code, None, self.code)


class Questions:
    """What the table asks, in the order of its rows; it says where a link to a question leads."""

    def __init__(self, results: Results) -> None:
        self.results = results
        self.ruled: dict[str, list[Ruled]] = defaultdict(list)
        for ruled in results.rulings:
            self.ruled[ruled.ruling.ref].append(ruled)
        self._ruled_units = {ruled.ruling.unit for ruled in results.rulings}
        self.present = [one for one in results.units if one.outcome]

    def each_item(self) -> Iterator[OpenItem]:
        """Items that wait, unit by unit; those of 40,000 units would take 200 MB."""
        return (asked for one in self.present for asked in self._items(one))

    @cached_property
    def items(self) -> list[OpenItem]:
        """Items that wait, the most urgent first."""
        return sorted(self.each_item(), key=self.urgency)

    @cached_property
    def foremost(self) -> list[OpenItem]:
        """The first of them, as many as have a row."""
        return nsmallest(MOST_ROWS, self.each_item(), key=self.urgency)

    def urgency(self, one: OpenItem) -> tuple[bool, int]:
        """First what has a ruling that cannot hold, then by the points at stake."""
        return not self._is_wrong(one.ref), -one.stake

    @cached_property
    def whole(self) -> list[OpenWhole]:
        """The questions on whole returns, those the city is to rule on first."""
        return sorted((asked for one in self.present for asked in self._whole(one)), key=lambda one: not one.waiting)

    @cached_property
    def places(self) -> dict[str, tuple[str, int]]:
        """The sheet and the row (from 0) of what is open, by what it is about."""
        refs = {words.SHEET: [one.ref for one in self.foremost], words.WHOLE_SHEET: [one.ref for one in self.whole]}
        return {ref: (sheet, FIRST_ROW + n) for sheet, own in refs.items() for n, ref in enumerate(own[:MOST_ROWS])}

    def waits(self, one: OpenItem | OpenWhole) -> bool:
        """Whether the city is asked: an item with nothing but what the county must correct does not wait for it."""
        if isinstance(one, OpenWhole):
            return one.waiting
        return self._is_wrong(one.ref) or one.item.number in self._pending[one.unit.unit.code]

    @cached_property
    def _pending(self) -> Mapping[str, set[int]]:
        return {one.unit.code: pending_items(one) for one in self.present}

    def _items(self, one: UnitResult) -> Iterator[OpenItem]:
        assert one.outcome is not None
        asked, ruled_here = _asked(one.outcome.findings), one.unit.code in self._ruled_units
        for item in self.results.rules.form.items:
            open_here = asked.get(item.number, [])
            if not open_here and not ruled_here:
                continue
            effects = {ruled.effect for ruled in self.ruled.get(reference(one.unit.code, item.number), ())}
            if effects & {Effect.STALE, Effect.INVALID} or (open_here and Effect.APPLIED not in effects):
                yield OpenItem(one, item, open_here, *self._span(one, item, open_here))

    def _span(self, one: UnitResult, item: Item, asked: Sequence[Finding]) -> tuple[int, int]:
        """What the item is worth if refused and if granted.

        What may still be not applicable may have full marks.
        """
        worth = one.auto_cards[self.results.policy].items[item.number]
        if item.number in to_confirm(one.ruled):
            return worth.low, item.points
        return bounds(worth, asked)

    def _whole(self, one: UnitResult) -> Iterator[OpenWhole]:
        assert one.outcome is not None
        by_code: dict[str, list[Finding]] = defaultdict(list)
        for found in _asked(one.outcome.findings).get(None, []):
            by_code[found.code].append(found)
        for code, same in by_code.items():
            effects = {ruled.effect for ruled in self.ruled.get(reference(one.unit.code, None, code), ())}
            waiting = same[0].severity is Severity.REVIEW and (
                Effect.APPLIED not in effects or Effect.INVALID in effects
            )
            yield OpenWhole(one, code, same, waiting)

    def _is_wrong(self, ref: str) -> bool:
        return any(ruled.effect is Effect.INVALID for ruled in self.ruled.get(ref, ()))


class Rows:
    """Makes the rows of all sheets; `history` is every entry ever made, in the order they were made."""

    def __init__(self, results: Results, history: Sequence[Ruling]) -> None:
        self.results = results
        self.form = results.rules.form
        self.latest = {ref: entries[-1] for ref, entries in by_ref(history).items()}
        self.known = sum(not one.carried for one in history)
        self.questions = Questions(results)
        self.shortened = len(self.questions.present) * len(self.form.items) > MOST_ROWS
        # Gone over once, as they are written: 15,000 and more of a nation's.
        self.open = map(self._open_item, self.questions.foremost)
        self.kinds = self._kinds()
        # Of a nation the other rows are those of rulings alone: of what is asked, only what was ruled on is looked for.
        asked = {ref for one in self.questions.each_item() if (ref := one.ref) in self.latest or not self.shortened}
        others = self._rows(asked, self._others(asked), whole=False)
        self.others = list(islice(others, MOST_ROWS - len(self.questions.foremost)))
        self.whole = list(islice(self._rows(set(), map(self._open_whole, self.questions.whole), whole=True), MOST_ROWS))

    def _rows(self, there: set[str], rows: Iterable[Row], *, whole: bool) -> Iterator[Row]:
        """These rows, then those of rulings that no row is for; `there`: what has a row on another sheet."""
        there = set(there)
        for row in rows:
            if (ref := row.cells.get("key")) in self.latest:
                there.add(str(ref))
            yield row
        for ref, latest in sorted(self.latest.items()):
            if ref not in there and (latest.item is None) is whole and (latest.decided or latest.reason):
                yield self._left(latest)

    def _kinds(self) -> Iterator[Row]:
        """A row for each kind of question that is asked of two items or more, of all units and of each.

        The most frequent first, and of those as frequent the one with the most urgent item. Then one for each that is
        asked about two whole returns or more.
        """
        counts, urgency = self._kinds_of_items()
        for code, units in sorted(counts.items(), key=lambda kind: (-kind[1].total(), urgency[kind[0], None])):
            if len(units) > 1:
                yield _kind_row(words.ALL_UNITS, words.ALL_KEY, code, units.total())
            ranked = sorted(units, key=lambda unit: urgency[code, unit])
            yield from (_kind_row(unit.name, unit.code, code, units[unit]) for unit in ranked if units[unit] > 1)
        waiting = Counter(one.code for one in self.questions.whole if one.waiting and one.ref not in self.latest)
        for code, count in waiting.most_common():
            if count > 1:
                yield _kind_row(words.ALL_UNITS, words.ALL_KEY, code, count, whole=True)

    def _kinds_of_items(self) -> tuple[dict[str, Counter[Unit]], dict[tuple[str, Unit | None], tuple[object, ...]]]:
        """How many items of each unit have one kind of question and no other, and how urgent the first of them is.

        That is of each unit, and of all (None); of those as urgent the one that comes first is before the others.
        """
        counts: dict[str, Counter[Unit]] = defaultdict(Counter)
        urgency: dict[tuple[str, Unit | None], tuple[object, ...]] = {}
        for n, one in enumerate(self.questions.each_item()):
            codes, unit = {found.code for found in one.asked}, one.unit.unit
            if len(codes) == 1 and one.ref not in self.latest:
                (code,) = codes
                counts[code][unit] += 1
                own = *self.questions.urgency(one), n
                for kind in ((code, unit), (code, None)):
                    urgency[kind] = min(own, urgency.get(kind, own))
        return counts, urgency

    def _open_item(self, one: OpenItem) -> Row:
        cells = {
            **self._item_cells(one.unit, one.item, one.asked),
            "stake": points(one.stake),
            "refused": self._effect(one, one.refused),
            "granted": self._effect(one, one.granted),
        }
        return self._row(cells, one.ref, one.asked)

    def _effect(self, one: OpenItem, worth: int) -> str:
        """The unit's score and rank with the item worth so much: 0.50分：总分93.25，第2."""
        score, rank = self.results.if_worth(one.unit, one.item.number, worth)
        return words.EFFECT.format(points=decimal(worth), score=decimal(score), rank=rank)

    def _others(self, open_refs: set[str]) -> Iterator[Row]:
        """A row for every item about which nothing is open; of a nation only what has been ruled."""
        ruled = {one.unit for one in self.latest.values()}
        for one in self.questions.present:
            if self.shortened and one.unit.code not in ruled:
                continue
            asked = _asked(one.outcome.findings) if one.outcome else {}
            for item in self.form.items:
                ref = reference(one.unit.code, item.number)
                if ref not in open_refs and (ref in self.latest or not self.shortened):
                    here = asked.get(item.number, [])
                    yield self._row(self._item_cells(one, item, here), ref, here)

    def _item_cells(self, one: UnitResult, item: Item, asked: Sequence[Finding]) -> dict[str, Value]:
        return {
            **self._item(one.unit.name, item),
            "auto": points(one.auto_cards[self.results.policy].items[item.number].now),
            "answer": self._answer(one, item),
            "questions": "；".join(map(_question, asked)),
            "basis": basis(one.outcome, item.number),
        }

    def _item(self, unit: str, item: Item) -> dict[str, Value]:
        return {"unit": unit, "item": item.number, "text": item.text, "full": points(item.points)}

    def _answer(self, one: UnitResult, item: Item) -> str:
        submission = one.outcome.submission if one.outcome else None
        there = submission is not None and item.number in submission.answers
        return answer_in_words(self.form, one.answer(item.number)) if there else words.ABSENT

    def _open_whole(self, one: OpenWhole) -> Row:
        """A row for a question about a return as a whole; one to be corrected by the county has nothing to fill in."""
        cells = {"unit": one.unit.unit.name, **_question_cells(one.code, one.same)}
        if one.same[0].severity is Severity.ERROR:
            return Row(cells | {"status": words.TO_CORRECT}, open=False)
        cells["basis"] = basis(one.unit.outcome, None, one.code)
        return self._row(cells, one.ref, one.same)

    def _left(self, one: Ruling) -> Row:
        """A ruling no row is for: the unit has sent nothing, the question is gone, the form has no such item."""
        unit = self.results.rules.roster.by_code.get(one.unit)
        name = unit.name if unit else one.unit
        if one.item is None:
            cells = {"unit": name, **_question_cells(one.question, [])}
        elif 1 <= one.item <= len(self.form.items):
            cells = self._item(name, self.form.item(one.item))
        else:
            cells = {"unit": name, "item": one.item}
        return self._row(cells | {"basis": one.basis}, one.ref, [])

    def _row(self, cells: dict[str, Value], ref: str, asked: Sequence[Finding]) -> Row:
        status, fill = _state(self.questions.ruled.get(ref, []), asked)
        typed = _typed(self.latest[ref]) if ref in self.latest else {}
        return Row({**cells, **typed, "status": status, "key": ref, "known": self.known}, fill)


def _kind_row(name: str, key: str, code: str, count: int, whole: bool = False) -> Row:
    kind = CATALOGUE[code]
    title = words.WHOLE_KIND.format(title=kind.title) if whole else kind.title
    cells: dict[str, Value] = {"unit": name, "kind": title, "advice": kind.advice, "count": count}
    return Row({**cells, "key": f"{key}-{code}{words.WHOLE_KEY if whole else ''}"})


def _asked(findings: Iterable[Finding]) -> dict[int | None, list[Finding]]:
    """What must be corrected or ruled on, by item; None for the return as a whole."""
    asked: dict[int | None, list[Finding]] = defaultdict(list)
    for found in findings:
        if found.asks:
            asked[found.item].append(found)
    return asked


def _question(found: Finding) -> str:
    seen = messages.seen(found)
    must = found.severity is Severity.ERROR
    return words.QUESTION.format(severity=messages.SEVERITIES[found.severity], text=seen) if must else seen


def _question_cells(code: str, same: Sequence[Finding]) -> dict[str, Value]:
    kind = CATALOGUE[code]
    seen = "；".join(map(messages.seen_whole, same)) or kind.title
    severity = messages.SEVERITIES[same[0].severity] if same else None
    return {"severity": severity, "whole_questions": seen, "advice": kind.advice}


def _typed(one: Ruling) -> dict[str, Value]:
    """The open cells as they were entered last; a confirmation is used up."""
    decision = "settled" if one.item is None else "points"
    unread, unread_tick = one.unread
    tick = words.TICK if one.settled else None
    return {
        decision: words.WITHDRAW if one.withdrawn else unread or (tick if one.item is None else points(one.points)),
        "not_applicable": (words.STANDING if one.standing else words.TICK) if one.not_applicable else unread_tick,
        "reason": one.reason,
        "who": one.who,
        "day": _day(one.day),
    }


def _day(text: str) -> Value:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def _state(ruled: Sequence[Ruled], asked: Sequence[Finding]) -> tuple[str, str | None]:
    """What became of the rulings on one matter, and what is still asked about it; None for no colour."""
    holding = next((one for one in ruled if one.effect is not Effect.INVALID), None)
    wrong = next((one.finding for one in ruled if one.effect is Effect.INVALID and one.finding), None)
    waiting = any(found.severity is Severity.REVIEW for found in asked)
    if wrong:
        return messages.seen(wrong) + _still(holding), WRONG_FILL
    if holding:
        return _of_holding(holding, waiting)
    if waiting:
        return words.PENDING, ASK_FILL
    return (words.TO_CORRECT, None) if asked else ("", None)


def _still(holding: Ruled | None) -> str:
    applied = holding is not None and holding.effect is Effect.APPLIED
    return words.STILL.format(decision=_decision(holding.ruling)) if holding and applied else ""


def _of_holding(one: Ruled, waiting: bool) -> tuple[str, str | None]:
    if one.effect is Effect.WITHDRAWN:
        return (words.WITHDRAWN_PENDING, ASK_FILL) if waiting else (words.WITHDRAWN, None)
    if one.effect is Effect.IDLE:
        return (words.QUESTION_GONE if one.ruling.item is None else words.IDLE), None
    if one.ruling.carried:
        return words.TO_CONFIRM, ASK_FILL
    fill = ASK_FILL if one.effect is Effect.STALE else GOOD_FILL
    text = words.STALE if one.effect is Effect.STALE else words.APPLIED
    return text.format(decision=_decision(one.ruling)), fill


def _decision(one: Ruling) -> str:
    if one.not_applicable:
        return words.STANDING_SO if one.standing else words.NOT_APPLICABLE
    return words.SETTLED if one.points is None else words.POINTS.format(points=decimal(one.points))
