"""未落实与拟落实, 待补台帐, 待核事项: lists in the order in which a clerk works them off."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from sanjin_xl import messages
from sanjin_xl.books.summary.figures import FIRST_TIDY_ROW, rolled_up
from sanjin_xl.books.summary.listing import (
    Cell,
    Column,
    Entry,
    Link,
    Listing,
    Row,
    foremost,
    return_link,
    tidy_link,
    write_listing,
)
from sanjin_xl.books.summary.sheet_writer import Job, points
from sanjin_xl.messages import summary as words
from sanjin_xl.model.catalogue import CATALOGUE, Severity
from sanjin_xl.outcome.results import Results
from sanjin_xl.outcome.tables import MissingLedger, Plan, Question, Timing, missing_ledgers, plans, questions

Kind = TypeVar("Kind")
Lead = Callable[[str, int | None], Cell]
"""What stands for an item of a unit."""
Source = Callable[[str | None], Cell]
"""What stands for the path of a return."""

_UNIT, _ORDINAL = Column(words.AREA, most=16), Column(words.ORDINAL_HEADING, "centre")
_NUMBER, _TEXT = Column(words.NUMBER, "count"), Column(words.TEXT, most=44)
_FULL, _CELL, _SOURCE = Column(words.FULL, "points"), Column(words.CELL, "centre"), Column(words.SOURCE, "centre")
_REMARK = Column(words.FILLED_REMARK, most=28)


def add_plans(job: Job) -> None:
    """Add 未落实与拟落实: what is not done, overdue plans first, then by month."""
    columns = [
        Column(words.TIMING, "centre"), Column(words.MONTH, "centre", most=14), _UNIT, _ORDINAL, _NUMBER, _TEXT, _FULL,
        _REMARK, _CELL, _SOURCE,
    ]  # fmt: skip

    def row(one: Plan, lead: Lead, source: Source) -> Row:
        return (
            words.TIMINGS[one.timing], messages.months(one.planned_month) or words.NONE, one.unit, one.category,
            lead(one.unit, one.item), one.text, points(one.full), one.remark, one.cell, source(one.path),
        )  # fmt: skip

    tally = Counter[Timing]()
    first = foremost(_tallied(plans(job.results), lambda one: one.timing, tally), lambda one: one.urgency)
    count = [words.TIMINGS_SUM.format(timing=words.TIMINGS[t], count=tally[t]) for t in Timing if t in tally]
    notes = [words.PLANS_NOTE + words.ENTRIES.format(count=tally.total()) + words.REMARK_JOIN.join(count)]
    listing = _listing(job, words.PLANS, columns, plans, row, freeze=5)
    write_listing(job, listing, first, tally.total(), notes)


def add_ledgers(job: Job) -> None:
    """Add 待补台帐: what is done without a ledger, and what a ledger would add."""
    columns = [
        _UNIT, _ORDINAL, _NUMBER, _TEXT, _FULL, Column(words.POINTS_NOW, "points"),
        Column(words.POINTS_AFTER, "points"), Column(words.GAIN, "points"), Column(words.PENDING, "centre"),
        _REMARK, _CELL, _SOURCE,
    ]  # fmt: skip

    def row(one: MissingLedger, lead: Lead, source: Source) -> Row:
        return (
            one.unit, one.category, lead(one.unit, one.item), one.text, points(one.full), points(one.points),
            points(one.after), points(one.gain), words.PENDING if one.pending else "", one.remark, one.cell,
            source(one.path),
        )  # fmt: skip

    tally = Counter[str]()
    first = foremost(_tallied(missing_ledgers(job.results), lambda one: one.category, tally), _in_order)
    notes = [words.LEDGERS_NOTE + words.ENTRIES.format(count=tally.total())]
    listing = _listing(job, words.LEDGERS, columns, missing_ledgers, row, freeze=3)
    write_listing(job, listing, first, tally.total(), notes)


def add_questions(job: Job) -> None:
    """Add 待核事项: what a county must correct and what the city must rule on, unit by unit.

    Where the sheet cannot hold them all, it says how often each question is asked.
    """
    columns = [
        Column(words.SEVERITY, "centre"), _UNIT, _ORDINAL, _NUMBER, Column(words.TEXT, most=34), _CELL,
        Column(words.PROBLEM, most=40), Column(words.ADVICE, most=26), Column(words.STAKE, "points"),
        Column(words.RULE, "centre"), _SOURCE,
    ]  # fmt: skip

    def row(one: Question, lead: Lead, source: Source) -> Row:
        return (
            messages.SEVERITIES[one.severity], one.unit or "", one.category, lead(one.unit or "", one.item), one.text,
            one.cell, messages.seen(one.finding), one.finding.kind.advice, points(one.stake),
            _ruling_link(one.severity, one.item), source(one.path),
        )  # fmt: skip

    tally = Counter[str]()
    first = foremost(_tallied(questions(job.results), lambda one: one.finding.code, tally), _in_order)
    notes = [words.QUESTIONS_NOTE + words.ENTRIES.format(count=tally.total())]
    if len(first) < tally.total():
        each = [words.ASKED.format(title=CATALOGUE[code].title, count=n) for code, n in tally.most_common()]
        notes.append(words.REMARK_JOIN.join(each))
    listing = _listing(job, words.QUESTIONS, columns, questions, row, freeze=4)
    write_listing(job, listing, first, tally.total(), notes)


def _listing(
    job: Job,
    name: str,
    columns: Sequence[Column],
    entries: Callable[[Results], Iterator[Entry]],
    row: Callable[[Entry, Lead, Source], Row],
    freeze: int,
) -> Listing[Entry]:
    """The list with links in the workbook and with plain numbers and paths beside it."""
    leads = _Leads(job)
    return Listing(
        name,
        columns,
        lambda: entries(job.results),
        lambda one: row(one, leads.item, return_link),
        lambda one: _unlinked(row(one, lambda unit, number: number, lambda path: path)),
        freeze,
    )


def _unlinked(row: Row) -> Row:
    return [cell.text if isinstance(cell, Link) else cell for cell in row]


def _tallied(entries: Iterable[Entry], kind: Callable[[Entry], Kind], tally: Counter[Kind]) -> Iterator[Entry]:
    """The entries as they come, counted by their kind: there are too many to go through twice."""
    for entry in entries:
        tally[kind(entry)] += 1
        yield entry


def _in_order(entry: object) -> int:
    return 0


class _Leads:
    """Links from an item's number to its row in 明细."""

    def __init__(self, job: Job) -> None:
        self._items = len(job.results.rules.form.items)
        self._first = {one.unit.name: n * self._items for n, one in enumerate(job.results.units)}
        self._there = not rolled_up(job.results)

    def item(self, unit: str, number: int | None) -> Link | int | None:
        if number is None or unit not in self._first or not self._there:
            return number
        return tidy_link(number, FIRST_TIDY_ROW + self._first[unit] + number - 1)


def _ruling_link(severity: Severity, item: int | None) -> Link | None:
    """A link to the table the city rules in; what a county must correct is not ruled on there."""
    if severity is not Severity.REVIEW:
        return None
    sheet = words.RULING_SHEETS[item is None]
    return Link(words.RULINGS_TABLE, f"external:{words.RULINGS_PATH}#{sheet}!A1")
