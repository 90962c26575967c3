"""The sheets that are lists, to be filtered and worked off: 未落实与拟落实, 待补台帐, 待核事项, 提示, 回收登记."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from operator import attrgetter
from typing import Any, Generic, TypeVar

from sanjin_xl import messages
from sanjin_xl.books.ruling_rows import Questions
from sanjin_xl.books.sheet_writer import ONE_PAGE
from sanjin_xl.books.styles import height_of, width_of
from sanjin_xl.books.summary.book import ResultsBook, cut_off, foremost
from sanjin_xl.books.summary.figures import FIRST_TIDY_ROW
from sanjin_xl.books.table import Cell, Column, Entry, Link, Table
from sanjin_xl.judge.pipeline import Outcome, Status
from sanjin_xl.messages import summary as words
from sanjin_xl.model.catalogue import CATALOGUE, Severity
from sanjin_xl.model.cellref import address
from sanjin_xl.model.period import BEIJING
from sanjin_xl.model.points import points
from sanjin_xl.outcome.report import reason_of
from sanjin_xl.outcome.tables import (
    File,
    MissingLedger,
    Plan,
    Question,
    Timing,
    files,
    missing_ledgers,
    plans,
    questions,
)
from sanjin_xl.review.rulings import reference

_FILTER_ARROW = 3
# Characters that a link would take for something else, or that no file of ours has; Excel: 2,079 characters.
_UNSAFE = re.compile(r'[\x00-\x1f\x7f%#\\:*?"<>|\ud800-\udfff\ufffe\uffff]|(^|/)\.\.?(/|$)|^/|//')
_ARCHIVE = re.compile(r"(.+?\.zip)!.*", re.IGNORECASE | re.DOTALL)
_LONGEST_PATH = 500

Kind = TypeVar("Kind")


@dataclass(frozen=True, slots=True)
class Listing(Generic[Entry, Kind]):
    """A list: its columns, as wide as they may grow; how all entries are had; what is noted of how many of each kind.

    They stand by `urgency`, the least first. `freeze` columns stay in view. `printed`: whether all of it is.
    """

    name: str
    columns: Sequence[Column[Entry]]
    entries: Callable[[], Iterable[Entry]]
    kind: Callable[[Entry], Kind]
    notes: Callable[[Counter[Kind]], list[str]]
    freeze: int
    urgency: Callable[[Entry], Any] = lambda _: 0
    printed: bool = True


def add_plans(book: ResultsBook) -> None:
    """Add 未落实与拟落实: what is not done, overdue plans first, then by month."""

    def notes(tally: Counter[Timing]) -> list[str]:
        count = [words.TIMINGS_SUM.format(timing=words.TIMINGS[t], count=tally[t]) for t in Timing if t in tally]
        return [words.PLANS_NOTE + _count(tally) + words.REMARK_JOIN.join(count)]

    columns: list[Column[Plan]] = [
        Column(words.TIMING, lambda one: words.TIMINGS[one.timing], "centre"),
        Column(words.MONTH, lambda one: messages.months(one.planned_month) or words.NONE, "centre", 14),
        _UNIT, _ORDINAL, _number(book), _TEXT, _points(words.FULL, "full"), _REMARK, _CELL, _SOURCE,
    ]  # fmt: skip
    _write(book, Listing(words.PLANS, columns, lambda: plans(book.results), lambda one: one.timing, notes, 5,
                         lambda one: one.urgency))  # fmt: skip


def add_ledgers(book: ResultsBook) -> None:
    """Add 待补台帐: what is done without a ledger, and what a ledger would add."""

    def notes(tally: Counter[str]) -> list[str]:
        return [words.LEDGERS_NOTE + _count(tally)]

    columns: list[Column[MissingLedger]] = [
        _UNIT, _ORDINAL, _number(book), _TEXT, _points(words.FULL, "full"), _points(words.POINTS_NOW, "points"),
        _points(words.POINTS_AFTER, "after"), _points(words.GAIN, "gain"),
        Column(words.PENDING, lambda one: words.PENDING if one.pending else "", "centre"),
        _REMARK, _CELL, _SOURCE,
    ]  # fmt: skip
    entries = partial(missing_ledgers, book.results)
    _write(book, Listing(words.LEDGERS, columns, entries, lambda one: one.category, notes, 3))


def add_questions(book: ResultsBook) -> None:
    """Add 待核事项: what a county must correct and what the city must rule on, unit by unit.

    Where the sheet cannot hold them all, it says how often each question is asked.
    """

    def notes(tally: Counter[str]) -> list[str]:
        each = [words.ASKED.format(title=CATALOGUE[code].title, count=n) for code, n in tally.most_common()]
        cut = [words.REMARK_JOIN.join(each)] if cut_off(tally.total()) else []
        weights = Counter[Severity]()
        for code, count in tally.items():
            weights[CATALOGUE[code].severity] += count
        sums = [words.SEVERITY_SUM.format(severity=messages.SEVERITIES[s], count=weights[s]) for s in weights]
        return [words.QUESTIONS_NOTE + _count(tally) + words.LIST_JOIN.join(sums), *cut]

    columns: list[Column[Question]] = [
        Column(words.SEVERITY, lambda one: messages.SEVERITIES[one.severity], "centre"),
        Column(words.AREA, lambda one: one.unit or "", width=16),
        _ORDINAL, _number(book), replace(_TEXT, width=34), _CELL,
        Column(words.PROBLEM, lambda one: messages.seen(one.finding)),
        Column(words.ADVICE, lambda one: one.finding.kind.advice, width=26),
        _points(words.STAKE, "stake"),
        Column(words.RULE, lambda one: words.RULINGS_TABLE if _is_ruled_on(one) else None, "centre",
               link=partial(_ruling_link, Questions(book.results).places)),
        _SOURCE,
    ]  # fmt: skip
    entries = partial(questions, book.results, Severity.ERROR, Severity.REVIEW)
    _write(book, Listing(words.QUESTIONS, columns, entries, lambda one: one.finding.code, notes, 4))


def add_notes(book: ResultsBook) -> None:
    """Add 提示: what was noted of the counted returns and asks nobody for anything, to be filtered."""

    def notes(tally: Counter[str]) -> list[str]:
        return [words.NOTES_NOTE + _count(tally)]

    columns: list[Column[Question]] = [
        Column(words.KIND, lambda one: one.finding.kind.title, width=24),
        _UNIT, _ORDINAL, _number(book), replace(_TEXT, width=34), _CELL,
        Column(words.NOTED, lambda one: messages.seen(one.finding), width=60), _SOURCE,
    ]  # fmt: skip
    entries = partial(questions, book.results, Severity.NOTE)
    _write(book, Listing(words.NOTES, columns, entries, lambda one: one.finding.code, notes, 2, printed=False))


def add_receipts(book: ResultsBook) -> None:
    """Add 回收登记: every file that came back; where it cannot hold them all, those not counted come first."""

    def notes(tally: Counter[Status]) -> list[str]:
        fates = [words.FATES_SUM.format(fate=words.FATES[s], count=tally[s]) for s in Status if tally[s]]
        said = words.FILES_NOTE.format(count=tally.total(), fates=words.LIST_JOIN.join(fates))
        return [said if fates else words.NO_FILES]

    columns: list[Column[File]] = [
        Column(words.SERIAL, lambda one: one.number, "count"),
        Column(words.FILE, lambda one: one.outcome.path, width=50),
        Column(words.SOURCE, lambda one: one.outcome.path, "centre", link=lambda one: _return_link(one.outcome.path)),
        Column(words.UNIT, lambda one: one.unit or "", width=16),
        Column(words.FATE, lambda one: words.FATES[one.outcome.status], "centre"),
        Column(words.REASON, lambda one: reason_of(one.outcome) or "", width=44),
        Column(words.REPORTED_ON, lambda one: one.outcome.reported_on, "day", 12),
        Column(words.DAYS_LATE_HEADING, lambda one: one.outcome.days_late or None, "count"),
        Column(words.FILLED_ON, lambda one: _filled_on(one.outcome), "day", 12),
        Column(words.RECEIVED_ON, lambda one: one.outcome.received, "day", 12),
        Column(words.SENDER, lambda one: one.outcome.sender or "", width=26),
        Column(words.SAVED, lambda one: _beijing_time(one.outcome.modified), "centre", 18),
        Column(words.FIRST_SEEN, lambda one: _beijing_time(one.first_seen or ""), "centre", 18),
        Column(words.ISSUE, lambda one: one.outcome.claim.stamp.issue if one.outcome.claim else None, "count"),
        Column(words.STAMP, lambda one: one.outcome.claim.code if one.outcome.claim else "", "code", 36),
        Column(words.SIZE, lambda one: one.outcome.size, "count"),
        Column(words.COUNT_ERRORS, lambda one: one.errors, "count"),
        Column(words.COUNT_REVIEWS, lambda one: one.reviews, "count"),
        Column(words.COUNT_NOTES, lambda one: one.notes, "count"),
        Column(words.SHA256, lambda one: one.outcome.sha256, "code", 32),
    ]
    counted_last = cut_off(len(book.results.files))
    _write(book, Listing(words.FILES, columns, lambda: files(book.results, book.register),
                         lambda one: one.outcome.status, notes, 2,
                         lambda one: counted_last and one.outcome.status is Status.COUNTED, printed=False))  # fmt: skip


# --- columns ----------------------------------------------------------------------------------------------------------


def _points(heading: str, name: str) -> Column[Any]:
    return Column(heading, lambda one: points(getattr(one, name)), "points")


def _number(book: ResultsBook) -> Column[Any]:
    """The number of an item, which leads to its row in 明细 where it has one."""
    column = Column[Any](words.NUMBER, attrgetter("item"), "count")
    if book.figures.rolled_up:
        return column
    items = len(book.results.rules.form.items)
    first = {one.unit.name: FIRST_TIDY_ROW + n * items for n, one in enumerate(book.results.units)}

    def link(one: Any) -> Cell:
        number: int | None = one.item
        if number is None or one.unit not in first:
            return number
        return Link(number, f"internal:'{words.TIDY}'!{address(first[one.unit] + number - 1, 0)}")

    return replace(column, link=link)


def _is_ruled_on(one: Question) -> bool:
    """Whether the city can rule on it; what a county must correct of its whole return is not ruled on."""
    return one.severity is Severity.REVIEW or one.item is not None


def _ruling_link(places: Mapping[str, tuple[str, int]], one: Question) -> Link | None:
    """A link to the row of the table the city rules in, to its top where a question has none."""
    if not _is_ruled_on(one):
        return None
    top = words.RULING_SHEETS[one.item is None], 0
    sheet, row = places.get(reference(one.code or "", one.item, one.finding.code), top)
    return Link(words.RULINGS_TABLE, f"external:{words.RULINGS_PATH}#{sheet}!{address(row, 0)}")


def _return_link(path: str | None) -> Link | None:
    """A link from the workbook to a file in 回收/, to the archive for a file inside one; None for an unsafe path.

    Its text is one word: LibreOffice breaks no line in a cell that is a link.
    """
    if path is None:
        return None
    archive = _ARCHIVE.fullmatch(path)
    on_disk = archive[1] if archive else path
    if len(on_disk) > _LONGEST_PATH or _UNSAFE.search(on_disk):
        return None
    return Link(words.OPEN, f"external:../{words.RETURNED_FOLDER}/{on_disk}")


def _filled_on(one: Outcome) -> date | None:
    return one.submission.filled_on if one.submission else None


def _beijing_time(text: str) -> str:
    """A time as a clerk in China reads it; whatever does not say its time zone as it is."""
    try:
        when = datetime.fromisoformat(text)
        return f"{when.astimezone(BEIJING):%Y-%m-%d %H:%M}" if when.tzinfo else text
    except (ValueError, OverflowError):  # no time, or one that is none in Beijing: the last hours of 9999
        return text


_UNIT = Column[Any](words.AREA, attrgetter("unit"), width=16)
_ORDINAL = Column[Any](words.ORDINAL_HEADING, attrgetter("category"), "centre")
_TEXT = Column[Any](words.TEXT, attrgetter("text"), width=66)
_REMARK = Column[Any](words.FILLED_REMARK, attrgetter("remark"), width=28)
_CELL = Column[Any](words.CELL, attrgetter("cell"), "centre")
_SOURCE = Column[Any](words.SOURCE, attrgetter("path"), "centre", link=lambda one: _return_link(one.path))


# --- writing ----------------------------------------------------------------------------------------------------------


def _count(tally: Counter[Kind]) -> str:
    return words.ENTRIES.format(count=tally.total())


def _write(book: ResultsBook, listing: Listing[Entry, Kind]) -> None:
    """Add the sheet of a list; if it cannot hold all entries, the whole list goes beside the workbook."""
    tally, columns = Counter[Kind](), listing.columns
    first = foremost(_tallied(listing.entries(), listing.kind, tally), listing.urgency)
    notes = listing.notes(tally)
    if len(first) < tally.total():
        file = book.all_of(listing.name, columns, listing.entries)
        notes.append(words.CUT_OFF.format(count=tally.total(), limit=len(first), file=file))
    rows = [[column.shown(entry) for column in columns] for entry in first]
    widths = [_fitted(column, [row[n] for row in rows]) for n, column in enumerate(columns)]
    sheet = book.sheet(listing.name, widths, head=None if listing.printed else ONE_PAGE)
    sheet.subtitle(book.info, words.UNIT_OF_POINTS if any(column.kind == "points" for column in columns) else "")
    for note in notes:
        sheet.note(note)
    if not listing.printed:
        sheet.note(words.NOT_FOR_PRINTING)
        sheet.keep_off_paper()
    header, table = sheet.row, Table(sheet, columns, fitted=True)
    table.headings(max(height_of(c.heading, w, sheet.size) for c, w in zip(columns, sheet.widths, strict=True)) + 6)
    for row in rows:
        table.put(row)
    if rows:
        sheet.worksheet.autofilter(header, 0, sheet.row - 1, sheet.last_column)
    else:
        sheet.merge(sheet.row, 0, sheet.last_column, words.NOTHING, sheet.format("centre"))
    sheet.worksheet.freeze_panes(header + 1, listing.freeze)
    sheet.print_setup((header, header))


def _tallied(entries: Iterable[Entry], kind: Callable[[Entry], Kind], tally: Counter[Kind]) -> Iterator[Entry]:
    """The entries as they come, counted by their kind: there are too many to go through twice."""
    for entry in entries:
        tally[kind(entry)] += 1
        yield entry


def _fitted(column: Column[Entry], cells: Iterable[Cell]) -> float:
    """The width of a column: its longest cell on one line, up to its own; never narrower than its heading."""
    heading = width_of(column.heading) + _FILTER_ARROW
    return max(heading, min(column.width, max((width_of(_measured(cell)) for cell in cells), default=0) + 2))


def _measured(cell: Cell) -> str:
    """About what a cell will show."""
    match cell:
        case None:
            return ""
        case Link():
            return str(cell.text)
        case date():
            return "2012-12-12"
        case float():
            return f"{cell:.2f}"
        case _:
            return str(cell)
