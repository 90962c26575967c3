"""What stands in the rows of the ruling table: what was answered, what is open about it, what was ruled and holds."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import nsmallest
from itertools import chain, islice

from sanjin_xl import messages
from sanjin_xl.books.sheet_writer import Value
from sanjin_xl.books.styles import ASK_FILL, GOOD_FILL, WRONG_FILL
from sanjin_xl.messages import rulings as words
from sanjin_xl.model.catalogue import CATALOGUE, Severity
from sanjin_xl.model.findings import Finding
from sanjin_xl.model.form import Form, Item
from sanjin_xl.model.points import decimal, points
from sanjin_xl.model.submission import Answer
from sanjin_xl.outcome.results import Results, UnitResult
from sanjin_xl.review.rulings import Effect, Ruled, Ruling, basis, by_ref, reference, step

MOST_ROWS = 15_000
"""Beyond this many rows (138 units of 108 items) the table lists only what is open and what has been ruled.

Never more than these: what is read back passes the same gate as every return (400,000 cells).
"""

_LONGEST = 60  # characters of a remark or of what was typed; the whole text is in 明细 of the city workbook
_WAITING = (ASK_FILL, WRONG_FILL)


@dataclass(frozen=True, slots=True)
class Row:
    """The values of one row by column name, the colour of what is locked in it, and whether anything is open."""

    cells: Mapping[str, Value]
    fill: str | None = None
    open: bool = True


class Rows:
    """Makes the rows of both sheets; `history` is every entry ever made, in the order they were made."""

    def __init__(self, results: Results, history: Sequence[Ruling]) -> None:
        self.results = results
        self.form = results.rules.form
        self.latest = {ref: entries[-1] for ref, entries in by_ref(history).items()}
        self.ruled: dict[str, list[Ruled]] = defaultdict(list)
        for ruled in results.rulings:
            self.ruled[ruled.ruling.ref].append(ruled)
        present = [one for one in results.units if one.outcome]
        self.shortened = len(present) * len(self.form.items) > MOST_ROWS
        items = self._rows(present, self._items, whole=False)
        self.items = _first(items) if self.shortened else list(items)
        self.whole = _first(self._rows(present, self._whole, whole=True))

    def _rows(
        self, present: Sequence[UnitResult], of: Callable[[UnitResult], Iterator[Row]], *, whole: bool
    ) -> Iterator[Row]:
        """The rows of every unit, then those of rulings that no row is for; one by one, for a nation has too many."""
        there = set()
        for one in present:
            for row in of(one):
                if (ref := row.cells.get("key")) in self.latest:
                    there.add(ref)
                yield row
        for ref, latest in sorted(self.latest.items()):
            if ref not in there and (latest.item is None) is whole and (latest.decided or latest.reason):
                yield self._left(latest)

    def _items(self, one: UnitResult) -> Iterator[Row]:
        """A row per item of a unit that has sent something."""
        assert one.outcome is not None
        asked = _asked(one.outcome.findings)
        for item in self.form.items:
            open_here, ref = asked.get(item.number, []), reference(one.unit.code, item.number)
            if self.shortened and not open_here and ref not in self.latest:
                continue
            worth = one.auto_cards[self.results.policy].items[item.number]
            cells = {
                **self._item(one.unit.name, item),
                "auto": points(worth.now),
                "high": points(worth.high),
                "answer": self._answer(one, item),
                "questions": "；".join(map(_question, open_here)),
                "basis": basis(one.outcome, item.number),
            }
            yield self._row(cells, ref, open_here)

    def _item(self, unit: str, item: Item) -> dict[str, Value]:
        by = step(item, self.results.rules.policy)
        return {"unit": unit, "item": item.number, "text": item.text, "full": points(item.points), "step": points(by)}

    def _answer(self, one: UnitResult, item: Item) -> str:
        submission = one.outcome.submission if one.outcome else None
        there = submission is not None and item.number in submission.answers
        return _answer_in_words(self.form, one.answer(item.number)) if there else words.ABSENT

    def _whole(self, one: UnitResult) -> Iterator[Row]:
        """A row per question about a return as a whole; one to be corrected by the county has nothing to fill in."""
        assert one.outcome is not None
        by_code: dict[str, list[Finding]] = defaultdict(list)
        for found in _asked(one.outcome.findings).get(None, []):
            by_code[found.code].append(found)
        for code, same in by_code.items():
            cells = {"unit": one.unit.name, **_question_cells(code, same)}
            if same[0].severity is Severity.ERROR:
                yield Row(cells | {"status": words.TO_CORRECT}, open=False)
            else:
                cells["basis"] = basis(one.outcome, None, code)
                yield self._row(cells, reference(one.unit.code, None, code), same)

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
        status, fill = _state(self.ruled.get(ref, []), asked)
        typed = _typed(self.latest[ref]) if ref in self.latest else {}
        return Row({**cells, **typed, "status": status, "key": ref}, fill)


def _first(rows: Iterator[Row]) -> list[Row]:
    """As many rows as the table may have; if those are not all, the ones that wait for somebody before the others."""
    some = list(islice(rows, MOST_ROWS + 1))
    if len(some) <= MOST_ROWS:
        return some
    return nsmallest(MOST_ROWS, chain(some, rows), key=lambda row: row.fill not in _WAITING)


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
        "not_applicable": words.TICK if one.not_applicable else unread_tick,
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
    fill = ASK_FILL if one.effect is Effect.STALE else GOOD_FILL
    text = words.STALE if one.effect is Effect.STALE else words.APPLIED
    return text.format(decision=_decision(one.ruling)), fill


def _decision(one: Ruling) -> str:
    if one.not_applicable:
        return words.NOT_APPLICABLE
    return words.SETTLED if one.points is None else words.POINTS.format(points=decimal(one.points))


def _answer_in_words(form: Form, answer: Answer) -> str:
    """What was answered: 已落实（3月），有台帐，备注：已报市局."""
    extra = (words.EXTRA.format(heading=form.fields[name].heading, text=_short(text)) for name, text in answer.extra)
    return words.JOIN.join((*_answer_parts(answer), *extra)) or words.NOTHING


def _answer_parts(answer: Answer) -> Iterator[str]:
    if answer.done:
        yield words.DONE + _months(answer, "done_month")
    elif answer.done is None:
        yield _unclear(answer, "done") + _months(answer, "done_month")
    elif answer.done_month != ():
        yield words.MONTH_ALONE + _months(answer, "done_month")
    if answer.planned:
        yield words.PLANNED + _months(answer, "planned_month")
    elif answer.planned is None:
        yield _unclear(answer, "planned")
    if answer.ledger is None:
        yield _unclear(answer, "ledger")
    elif answer.ledger:
        yield words.WITH_LEDGER
    elif answer.done:
        yield words.WITHOUT_LEDGER
    if answer.remark:
        yield words.REMARK.format(remark=_short(answer.remark))


def _months(answer: Answer, name: str) -> str:
    values = answer.done_month if name == "done_month" else answer.planned_month
    if values is None:
        return words.MONTHS.format(months=_unclear(answer, name))
    return words.MONTHS.format(months=messages.months(values) if values else words.NO_MONTH)


def _unclear(answer: Answer, name: str) -> str:
    return words.UNCLEAR.format(column=words.ANSWER_COLUMNS[name], typed=_short(str(answer.typed(name))))


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
