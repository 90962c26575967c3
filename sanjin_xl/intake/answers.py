"""From the rows of the items to typed answers, with a finding wherever what was typed is not canonical."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sanjin_xl.findings import Finding, finding
from sanjin_xl.form import Form, Item
from sanjin_xl.intake.columns import Columns
from sanjin_xl.intake.grid import Hidden, Sheet, plain
from sanjin_xl.intake.links import Six
from sanjin_xl.intake.parse import Reading, read_months, read_text, read_tick
from sanjin_xl.intake.rows import Rows
from sanjin_xl.layout import ANSWER_COLUMNS, Column, address
from sanjin_xl.submission import Answer, Months

FontOf = Callable[[str], str | None]
_UNCLEAR_TICKS = {Column.PLANNED: "planned-unclear", Column.LEDGER: "ledger-unclear"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of six cells read: the answer, and per finding the place of its cell, its code and its facts."""

    answer: Answer
    seen: tuple[tuple[int, str, str, tuple[tuple[str, object], ...]], ...] = ()


class AnswerReader:
    """Reads rows of one form for one year; remembers what it made of a row, for most rows of a batch are alike."""

    def __init__(self, form: Form, year: int) -> None:
        self.form = form
        self.year = year
        self._known: dict[tuple[bool, bool, tuple[object, ...]], Row] = {}

    def read(self, item: Item, cells: tuple[object, ...], font: Callable[[int], str | None]) -> Row:
        """Read six cells; `font` tells the font of one of them by its place."""
        key = (item.one_off, item.planned_month, cells)
        row = self._known.get(key)
        if row is None:
            row = self._read(item, cells, font)
            # True == 1 == 1.0 and a letter's meaning hangs on its font: only plain texts without a finding are kept.
            if not row.seen and all(isinstance(cell, str) for cell in cells):
                self._known[key] = row
        return row

    def _read(self, item: Item, cells: tuple[object, ...], font: Callable[[int], str | None]) -> Row:
        seen: list[tuple[int, str, str, tuple[tuple[str, object], ...]]] = []

        def note(place: int, code: str, **facts: object) -> None:
            seen.append((place, code, plain(cells[place]), tuple(sorted(facts.items()))))

        ticks = {c: self._tick(c, cells, font, note) for c in (Column.DONE, Column.PLANNED, Column.LEDGER)}
        answer = Answer(
            done=ticks[Column.DONE],
            done_month=self._months(item, Column.DONE_MONTH, cells, note),
            planned=ticks[Column.PLANNED],
            planned_month=self._months(item, Column.PLANNED_MONTH, cells, note),
            ledger=ticks[Column.LEDGER],
            remark=read_text(cells[ANSWER_COLUMNS.index(Column.REMARK)]),
            raw=cells,
        )
        return Row(answer, tuple(seen))

    def _tick(
        self, column: Column, cells: tuple[object, ...], font: Callable[[int], str | None], note: Callable[..., None]
    ) -> bool | None:
        place = ANSWER_COLUMNS.index(column)
        reading: Reading[bool] = read_tick(cells[place], lambda: font(place))
        if reading.code and reading.value is None:
            note(place, _UNCLEAR_TICKS.get(column, reading.code))
        elif reading.code:
            note(place, reading.code, taken=reading.value)
        return reading.value

    def _months(
        self, item: Item, column: Column, cells: tuple[object, ...], note: Callable[..., None]
    ) -> Months | None:
        place = ANSWER_COLUMNS.index(column)
        reading: Reading[Months] = read_months(cells[place])
        planned = column is Column.PLANNED_MONTH
        if planned and not item.planned_month and reading.value != ():
            note(place, "plan-month-unasked")
            return ()
        if reading.year not in (None, self.year):
            code = "plan-month-other-year" if planned else "month-other-year"
            note(place, code, year=reading.year, expected=self.year)
            return None  # a month of another year is none of those the form asks about
        elif reading.value is None:
            note(place, "plan-month-unclear" if planned else str(reading.code), taken=reading.hint)
        elif reading.code == "month-list" and item.one_off and not planned and len(reading.value) > 1:
            note(place, "month-list-one-off", taken=_written(reading.value))
        elif reading.code:
            note(place, reading.code, taken=_written(reading.value))
        return reading.value


def _written(months: Months) -> str:
    return "、".join(map(str, months)) + "月" if months else "空白"


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of one sheet: by item number, the addresses of their cells, and the findings."""

    by_item: Mapping[int, Answer]
    cells: Mapping[int, tuple[str, ...]]
    findings: tuple[Finding, ...]


def read_answers(reader: AnswerReader, sheet: Sheet, columns: Columns, rows: Rows, font_of: FontOf) -> Answers:
    """Read the answers of every item found in a sheet."""
    return _SheetReader(reader, sheet, [columns.place(column) for column in ANSWER_COLUMNS], font_of).read(rows)


@dataclass(frozen=True, slots=True)
class _SheetReader:
    """One sheet being read; `places` are the columns of the six answers."""

    reader: AnswerReader
    sheet: Sheet
    places: list[int | None]
    font_of: FontOf

    def read(self, rows: Rows) -> Answers:
        answers: dict[int, Answer] = {}
        cells: dict[int, tuple[str, ...]] = {}
        findings: list[Finding] = []
        for number, row in rows.of_item.items():
            places = rows.moved.get(number)
            names = self._names(row) if places is None else _names_of(places)
            read = self._row(number, row, names) if places is None else self._cells(number, places, names)
            answers[number] = read.answer
            cells[number] = names
            findings += [Finding(code, number, names[p] or None, found, facts) for p, code, found, facts in read.seen]
            findings += _hidden_facts(self.sheet.hidden, number, names)
            if number in rows.copies:
                findings.append(self._copies(number, rows.copies[number], read.answer))
        return Answers(answers, cells, tuple(findings))

    def _names(self, row: int) -> tuple[str, ...]:
        return tuple("" if place is None else address(row, place) for place in self.places)

    def _row(self, number: int, row: int, names: tuple[str, ...]) -> Row:
        values = self.sheet.rows[row]
        width = len(values)
        cells = tuple("" if place is None or place >= width else values[place] for place in self.places)
        return self.reader.read(self.reader.form.item(number), cells, lambda place: self.font_of(names[place]))

    def _cells(self, number: int, places: Six, names: tuple[str, ...]) -> Row:
        cells = tuple("" if place is None else self.sheet.at(*place) for place in places)
        return self.reader.read(self.reader.form.item(number), cells, lambda place: self.font_of(names[place]))

    def _copies(self, number: int, copies: list[int], first: Answer) -> Finding:
        others = [self._row(number, row, self._names(row)).answer for row in copies]
        same = all(other == first for other in others)
        return finding("row-duplicated" if same else "row-duplicates-differ", number, count=len(copies) + 1)


def _names_of(places: Six) -> tuple[str, ...]:
    return tuple("" if place is None else address(*place) for place in places)


def _hidden_facts(hidden: Hidden, number: int, names: tuple[str, ...]) -> Iterator[Finding]:
    if not hidden.known or not (hidden.errors or hidden.formulas or hidden.comments):
        return
    for name in names:
        if name in hidden.errors:
            yield finding("answer-error", number, name, hidden.errors[name])
        elif name in hidden.formulas:
            yield finding("answer-formula" if hidden.formulas[name] else "answer-uncalculated", number, name)
        if name in hidden.comments:
            yield finding("answer-comment", number, name, hidden.comments[name])
