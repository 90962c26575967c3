"""From the rows of the items to typed answers, with a finding wherever what was typed is not canonical."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from sanjin_xl.messages import is_opinion
from sanjin_xl.messages.template import TICK
from sanjin_xl.model.cellref import address
from sanjin_xl.model.fields import CHOICES
from sanjin_xl.model.findings import Finding, finding
from sanjin_xl.model.form import Form, Item
from sanjin_xl.model.submission import Answer, Months
from sanjin_xl.recovery.cell_values import (
    NO_TICK,
    TICKED,
    Reading,
    is_untouched,
    names_months,
    read_months,
    read_remark,
    read_tick,
)
from sanjin_xl.recovery.claims import asks_in_comment, says_ledger, says_of_ledger
from sanjin_xl.recovery.columns import Columns
from sanjin_xl.recovery.entries import Pair, chosen, ledger_apart, read_entry, read_pair, read_status
from sanjin_xl.recovery.formula_references import Places
from sanjin_xl.recovery.rows import Rows
from sanjin_xl.recovery.seen import ask_about_looks
from sanjin_xl.workbook.book import Hidden, Sheet, plain

Cells = tuple[object, ...]  # the answer cells of a row, in the order of the form's answers
Seen = tuple[str, str, str, tuple[tuple[str, object], ...]]  # field, code, what stood there, facts
_MONTHS = {"done": "done_month", "planned": "planned_month"}
_FEWEST_MONTHS = 2  # in the columns of ticks
_MANY_MONTHS = 6  # in those of months, where nothing at all is ticked
# What stands in the cells of a row: a tick and its month, all in words under `done`, or months for ticks.
_IN_PAIRS, _BY_STATUS, _BY_MONTHS, _UNTICKED = "pairs", "status", "months", "unticked"
_UNCLEAR_TICKS = {"planned": "planned-unclear", "ledger": "ledger-unclear"}


@dataclass(frozen=True, slots=True)
class Row:
    """The answer cells of one row read: the answer, and what was seen in them."""

    answer: Answer
    seen: tuple[Seen, ...] = ()


class AnswerReader:
    """Reads rows of one form for one year; remembers what it made of a row, for most rows of a batch are alike."""

    def __init__(self, form: Form, year: int) -> None:
        self.form = form
        self.year = year
        # By what matters of an item for reading its row, then by the row.
        self._known: defaultdict[tuple[bool, bool], dict[Cells, Row]] = defaultdict(dict)
        self._of_item = {item.number: self._known[item.one_off, item.planned_month] for item in form.items}

    def known(self, number: int, cells: Cells) -> Row | None:
        """What was made of such a row before, None for a new one."""
        return self._of_item[number].get(cells)

    def read(self, number: int, cells: Cells, way: str = _IN_PAIRS) -> Row:
        """Read the cells of one row in one of the ways of `_WAYS`."""
        row = self._read(self.form.item(number), cells, way)
        # True == 1 == 1.0, and what is written is each clerk's own: kept are only rows of plain texts without a
        # finding, without a remark and the like.
        own = row.seen or row.answer.remark or row.answer.extra or way != _IN_PAIRS
        if not own and all(isinstance(cell, str) for cell in cells):
            self._of_item[number][cells] = row
        return row

    def _read(self, item: Item, cells: Cells, way: str) -> Row:
        seen: list[Seen] = []
        typed = dict(zip(self.form.answers, cells, strict=True))

        def note(name: str, code: str, **facts: object) -> None:
            seen.append((name, code, plain(typed[name]), tuple(sorted(facts.items()))))

        if way == _BY_STATUS and is_untouched(typed["ledger"]):
            typed["done"], typed["ledger"] = ledger_apart(typed["done"])
        pairs = _WAYS[way](typed)
        ledger = _ledger(typed, note)
        answer = Answer(
            done=_tick("done", pairs["done"].tick, note),
            planned=_tick("planned", pairs["planned"].tick, note),
            ledger=_tick("ledger", ledger, note),
            done_month=self._months(item, "done_month", pairs["done"], note),
            planned_month=self._months(item, "planned_month", pairs["planned"], note),
            remark=read_remark(typed["remark"]),
            extra=tuple((name, text) for name in self.form.extras if (text := read_remark(typed[name]))),
            raw=cells,
        )
        return Row(answer, tuple(seen))

    def _months(self, item: Item, name: str, pair: Pair, note: Callable[..., None]) -> Months | None:
        reading, planned = pair.months, name == "planned_month"
        place = name.removesuffix("_month") if pair.at_tick else name
        if not item.asks(name) and reading.value != ():
            note(place, "plan-month-unasked")
            return ()
        if reading.year not in (None, self.year):
            code = "plan-month-other-year" if planned else "month-other-year"
            note(place, code, year=reading.year, expected=self.year)
            return None  # a month of another year is none of those the form asks about
        if reading.value is None:
            note(place, "plan-month-unclear" if planned else str(reading.code), taken=reading.hint)
        elif reading.code == "month-list" and item.one_off and not planned and len(reading.value) > 1:
            note(place, "month-list-one-off", taken=reading.hint)
        elif reading.code:
            note(place, reading.code, taken=reading.hint)
        return reading.value


def _pairs(typed: Mapping[str, object]) -> dict[str, Pair]:
    return {name: read_pair(typed[name], typed[month], planned=name == "planned") for name, month in _MONTHS.items()}


def _pairs_by_month(typed: Mapping[str, object]) -> dict[str, Pair]:
    """A month alone in the column of ticks is a tick and its month."""
    return _pairs({**typed, **{name: f"{TICK}{typed[name]}" for name in _MONTHS if names_months(typed[name])}})


def _unticked_pairs(typed: Mapping[str, object]) -> dict[str, Pair]:
    """A month in its own column stands for the tick that is nowhere."""
    ticks = {name: TICK for name, month in _MONTHS.items() if read_months(typed[month]).value}
    return _pairs({**typed, **ticks})


def _status_pairs(typed: Mapping[str, object]) -> dict[str, Pair]:
    done, planned = read_status(typed["done"])
    # A column of months beside it tells when, and one for plans that what is not done is planned.
    months, later = read_months(typed["done_month"]), read_months(typed["planned_month"])
    if done.tick.value is False and later.value:
        planned = Pair(TICKED if planned.tick == NO_TICK else planned.tick, later)
    elif planned.tick.value and planned.months.value == ():
        planned = Pair(planned.tick, months)
    elif done.tick.value and done.months.value == ():
        done = Pair(done.tick, months)
    return {"done": done, "planned": planned}


_WAYS = {_IN_PAIRS: _pairs, _BY_STATUS: _status_pairs, _BY_MONTHS: _pairs_by_month, _UNTICKED: _unticked_pairs}


def _ledger(typed: Mapping[str, object], note: Callable[..., None]) -> Reading[bool]:
    """The ledger; unclear where its cell is blank and words in another cell of the row say that there is one.

    Whatever is ticked: where it is unclear whether the item is done, what it may be worth depends on the ledger.
    """
    ledger = read_tick(chosen(typed["ledger"]))
    if ledger == NO_TICK:
        for name in ("done", "done_month", "remark"):
            if says_ledger(plain(typed[name])):
                note(name, "ledger-in-words")
                return Reading(None)
    return ledger


def _tick(name: str, reading: Reading[bool], note: Callable[..., None]) -> bool | None:
    if reading.code and reading.value is None:
        note(name, _UNCLEAR_TICKS.get(name, reading.code))
    elif reading.code:
        note(name, reading.code, taken=reading.hint)
    return reading.value


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of one sheet: by item number, the addresses of their cells, and the findings."""

    by_item: Mapping[int, Answer]
    cells: Mapping[int, tuple[str, ...]]
    findings: tuple[Finding, ...]

    @property
    def filled(self) -> bool:
        """Whether anything stands in the cells of the answers, or is doubtful about them."""
        return any(map(is_filled, self.by_item.values())) or any(one.doubt for one in self.findings)


def is_filled(answer: Answer) -> bool:
    """Whether anything was written into the cells of an answer."""
    return not all(map(is_untouched, answer.raw))


def read_answers(reader: AnswerReader, sheet: Sheet, columns: Columns, rows: Rows) -> Answers:
    """Read the answers of every item found in a sheet."""
    places = tuple(map(columns.place, reader.form.answers))
    rows = _with_months_of_done(reader.form, sheet, columns, rows) if columns.one_month else rows
    answers = _SheetReader(reader, sheet, places, _BY_STATUS if columns.status else _IN_PAIRS).read(rows)
    if unticked := _unticked(answers) if {"done", "planned"} <= columns.places.keys() else ():
        answers = _SheetReader(reader, sheet, places, _UNTICKED).read(rows)
        found = finding("months-unticked", items=unticked)
        return replace(answers, findings=(*answers.findings, found))
    way = _BY_STATUS if _are_states(answers) else _BY_MONTHS if _are_months(answers) else ""
    return _SheetReader(reader, sheet, places, way).read(rows) if way else answers


def _with_months_of_done(form: Form, sheet: Sheet, columns: Columns, rows: Rows) -> Rows:
    """The rows, those of what is done and not planned with their months under one heading for both."""
    moved = dict(rows.moved)
    for number, row in rows.of_item.items():
        done, planned = (read_tick(chosen(sheet.at(row, columns.place(name)))).value for name in _MONTHS)
        if done is not False and planned is False and number not in moved:
            places = {name: (row, place) for name in form.answers if (place := columns.place(name)) is not None}
            months = {"done_month": places["planned_month"], "planned_month": None}
            moved[number] = {name: places.get(name) for name in form.answers} | months
    return replace(rows, moved=moved)


def _unticked(answers: Answers) -> tuple[int, ...]:
    """The items with a month, where many have one and nothing is in the columns of ticks, from the first to the last.

    Of most returns the first answer tells.
    """
    if any(not is_untouched(answer.typed(name)) for answer in answers.by_item.values() for name in _MONTHS):
        return ()
    found = [n for n, answer in answers.by_item.items() if answer.done_month or answer.planned_month]
    return tuple(found) if len(found) >= _MANY_MONTHS else ()


def _are_states(answers: Answers) -> bool:
    """Whether plans stand in the column of what is done, and nothing at all in those of what is planned."""
    unclear = [one.found for one in answers.findings if one.code == "tick-unclear" and one.field == "done"]
    if not any((entry := read_entry(text)) and entry.state == "plan" for text in unclear):
        return False
    typed = (answer.typed(name) for answer in answers.by_item.values() for name in ("planned", "planned_month"))
    return all(map(is_untouched, typed))


def _are_months(answers: Answers) -> bool:
    """Whether months and no ticks stand in the columns of ticks, and nothing at all in those of months."""

    def filled(names: Iterable[str]) -> Iterator[object]:
        typed = (cell for answer in answers.by_item.values() for cell in map(answer.typed, names))
        return (cell for cell in typed if not is_untouched(cell))

    # The first tick ends the look, as in nearly every return.
    months = all(map(names_months, filled(_MONTHS))) and next(filled(_MONTHS.values()), None) is None
    return months and sum(1 for _ in filled(_MONTHS)) >= _FEWEST_MONTHS


@dataclass(frozen=True, slots=True)
class _SheetReader:
    """One sheet being read; `places` are the columns of the answers."""

    reader: AnswerReader
    sheet: Sheet
    places: tuple[int | None, ...]
    way: str = _IN_PAIRS

    def read(self, rows: Rows) -> Answers:
        answers: dict[int, Answer] = {}
        cells: dict[int, tuple[str, ...]] = {}
        findings: list[Finding] = []
        hidden = self.sheet.hidden
        comments = {name: text for name, text in hidden.comments.items() if not is_opinion(text)}
        hiding = {*hidden.errors, *hidden.formulas, *comments} if hidden.known else set()
        take = _taker(self.places)
        for number, row in rows.of_item.items():
            places = rows.moved.get(number)
            names = _names(row, self.places) if places is None else _names_of(places)
            read = self._made_of(number, take(self.sheet.rows[row]) if places is None else self._cells(places))
            answer = read.answer
            cells[number] = names
            if read.seen:
                findings += self._findings(number, read, self._named(names))
            if not hiding.isdisjoint(names):
                at = self._named(names)
                findings += self._hidden_facts(comments, number, at, answer)
                answer = _without_computed(hidden, at, answer)
            answers[number] = answer
            if number in rows.copies:
                findings.append(self._copies(number, rows.copies[number], read.answer, hiding))
        findings += ask_about_looks(self.reader.form, self.sheet, cells, answers)
        return Answers(answers, cells, tuple(findings))

    def _made_of(self, number: int, cells: Cells) -> Row:
        known = self.reader.known(number, cells) if self.way == _IN_PAIRS else None
        return known or self.reader.read(number, cells, self.way)

    def _cells(self, places: Places) -> Cells:
        return tuple("" if place is None else self.sheet.at(*place) for place in places.values())

    def _findings(self, number: int, read: Row, at: Mapping[str, str]) -> Iterator[Finding]:
        return (Finding(code, number, at[name] or None, found, facts, name) for name, code, found, facts in read.seen)

    def _hidden_facts(
        self, comments: Mapping[str, str], number: int, at: Mapping[str, str], answer: Answer
    ) -> Iterator[Finding]:
        typed = dict(zip(at, answer.raw, strict=True))
        errors, formulas = self.sheet.hidden.errors, self.sheet.hidden.formulas
        for name, cell in at.items():
            shown = errors.get(cell, plain(typed[name]))
            broken = cell in errors or cell in formulas
            if broken and name == "remark":
                yield finding("remark-not-text", number, cell, shown, field=name)
            elif broken and name in self.reader.form.extras:
                heading = self.reader.form.fields[name].heading
                yield finding("extra-not-text", number, cell, shown, field=name, column=heading)
            elif cell in errors:
                yield finding("answer-error", number, cell, shown, field=name)
            elif cell in formulas:
                code = "answer-formula" if formulas[cell] else "answer-uncalculated"
                yield finding(code, number, cell, shown, field=name)
            if cell in comments:
                asks = asks_in_comment(comments[cell], answer)
                noted = "ledger-in-words" if says_of_ledger(comments[cell], answer) else "answer-comment"
                code = "words-beside" if asks else noted
                yield finding(code, number, cell, comments[cell], field=name)

    def _named(self, names: tuple[str, ...]) -> dict[str, str]:
        """The addresses of a row's answers by field."""
        return dict(zip(self.reader.form.answers, names, strict=True))

    def _copies(self, number: int, copies: list[int], first: Answer, hiding: set[str]) -> Finding:
        """Whether further rows of an item say the same; what the grid hides of a cell may say anything."""
        take = _taker(self.places)
        same = True
        for row in copies:
            names = _names(row, self.places)
            same &= hiding.isdisjoint(names) and self._made_of(number, take(self.sheet.rows[row])).answer == first
        return finding("row-duplicated" if same else "row-duplicates-differ", number, count=len(copies) + 1)


def _taker(places: tuple[int | None, ...]) -> Callable[[list[object]], Cells]:
    """A function that takes the answer cells out of a row; a slice where they stand side by side, as issued."""

    def pick(values: list[object]) -> Cells:
        width = len(values)
        return tuple("" if place is None or place >= width else values[place] for place in places)

    first, *_ = places
    if first is None or places != tuple(range(first, first + len(places))):
        return pick
    last = first + len(places)
    return lambda values: tuple(values[first:last]) if len(values) >= last else pick(values)


@lru_cache(maxsize=4096)
def _names(row: int, places: tuple[int | None, ...]) -> tuple[str, ...]:
    return tuple("" if place is None else address(row, place) for place in places)


def _names_of(places: Places) -> tuple[str, ...]:
    return tuple("" if place is None else address(*place) for place in places.values())


def _without_computed(hidden: Hidden, at: Mapping[str, str], answer: Answer) -> Answer:
    """The answer with every choice unclear that a formula or an error stands for; a text stays what it shows."""
    computed = [name for name in CHOICES if at[name] in hidden.errors or at[name] in hidden.formulas]
    return replace(answer, **dict.fromkeys(computed)) if computed else answer  # type: ignore[arg-type]
