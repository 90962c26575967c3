"""催报: how each unit stands, whom to call there, and a sentence to say or send."""

from collections.abc import Iterator

from sanjin_xl.books.styles import height_of
from sanjin_xl.books.summary.book import ResultsBook
from sanjin_xl.books.table import Column, Table
from sanjin_xl.messages import summary as words
from sanjin_xl.model.catalogue import Severity
from sanjin_xl.model.contacts import Contact
from sanjin_xl.outcome.results import UnitResult

_ROW_HEIGHT = 24


def add_reminders(book: ResultsBook) -> None:
    """Add the sheet 催报: first who sent nothing, then who must correct something, then the others."""
    columns = list(_columns(book))
    sheet = book.sheet(words.REMINDERS, [one.width for one in columns])
    sheet.subtitle(book.info)
    sheet.note(words.REMINDERS_NOTE)
    units = sorted(book.results.units, key=_urgency)
    shown = book.shortened(sheet, words.REMINDERS, columns, units)
    header, table = sheet.row, Table(sheet, columns)
    table.headings(max(height_of(one.heading, one.width, sheet.size) for one in columns))
    for one in shown:
        table.write(one, _ROW_HEIGHT)
    sheet.worksheet.autofilter(header, 0, sheet.row - 1, sheet.last_column)
    sheet.worksheet.freeze_panes(header + 1, 1)
    sheet.print_setup((header, header))


def _columns(book: ResultsBook) -> Iterator[Column[UnitResult]]:
    due = words.DAY.format(day=book.results.rules.due)
    yield Column(words.AREA, lambda one: one.unit.name, width=18)

    def listed(one: UnitResult) -> Contact:
        return book.contacts.get(one.unit.code, Contact())

    yield Column(words.FILLER, lambda one: _signer(one, 0) or listed(one).contact or None, "centre", 12)
    yield Column(words.TELEPHONE, lambda one: _signer(one, -1) or listed(one).phone or None, "centre", 18)
    yield Column(words.STANDING, lambda one: words.STANDINGS[_standing(one)], "centre", 14)
    yield Column(words.DAYS, lambda one: one.days_late or None, "count", 10)
    yield Column(words.COUNT_ERRORS, lambda one: _count(one, Severity.ERROR), "count", 10)
    yield Column(words.COUNT_REVIEWS, lambda one: _count(one, Severity.REVIEW), "count", 10)
    yield Column(words.SENTENCE, lambda one: _sentence(one, due), width=64)


def _standing(one: UnitResult) -> str:
    if one.outcome is None:
        return "missing"
    if one.to_correct():
        return "to-correct"
    return "late" if one.days_late else "received"


def _urgency(one: UnitResult) -> int:
    return list(words.STANDINGS).index(_standing(one))


def _signer(one: UnitResult, place: int) -> str | None:
    """Who filled the form in, or the telephone, as signed on the return."""
    signers = one.outcome.submission.signers if one.outcome and one.outcome.submission else ()
    return signers[place] if signers else None


def _count(one: UnitResult, severity: Severity) -> int | None:
    return len(one.findings(severity)) or None


def _sentence(one: UnitResult, due: str) -> str | None:
    count = len(one.to_correct())
    text = words.SENTENCES[_standing(one)]
    return text.format(unit=one.unit.name, due=due, count=count) if text else None
