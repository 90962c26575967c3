"""目录: what each sheet is for, whether something waits there, and how many pages it prints."""

from collections.abc import Mapping

from sanjin_xl.books.quick_sheet import Value
from sanjin_xl.books.sheet_writer import SheetWriter
from sanjin_xl.books.summary.book import ResultsBook
from sanjin_xl.books.table import Cell, Column, Link, Table
from sanjin_xl.judge.pipeline import Status
from sanjin_xl.messages import summary as words
from sanjin_xl.model.cellref import address
from sanjin_xl.outcome.results import Results
from sanjin_xl.outcome.tables import Timing, missing_ledgers, plans

_ROW_HEIGHT = 26


class Contents:
    """The sheet in front; it is added first, and filled once the others are written."""

    def __init__(self, book: ResultsBook) -> None:
        self.book = book
        self.columns: list[Column[SheetWriter]] = [
            Column(words.SHEET, lambda one: one.name, "text", 18, link=_link, look={"font_size": 12}),
            Column(words.PURPOSE, lambda one: words.PURPOSES.get(one.name, words.NONE), width=52),
            Column(words.WAITING, self._waiting, width=34),
            Column(words.PAGES, lambda one: one.pages(), "count", 10),
        ]
        self.sheet = book.sheet(words.CONTENTS, [one.width for one in self.columns])
        self.waiting: Mapping[str, Value] = {}

    def write(self) -> None:
        """List the sheets of the book."""
        sheet, table = self.sheet, Table(self.sheet, self.columns, in_lines=True)
        self.waiting = _waiting(self.book.results)
        others = [one for one in self.book.sheets if one is not sheet]
        sheet.subtitle(self.book.info)
        header = sheet.row
        table.headings(22)
        for one in others:
            table.write(one, _ROW_HEIGHT)
        table.aside(
            ["centre", "text", "text", "count"],
            [words.TOTAL, words.PAGES_NOTE, None, sum(one.pages() for one in others) + 1],
            (),
            _ROW_HEIGHT,
        )
        sheet.print_setup((header, header), tall=1)

    def _waiting(self, one: SheetWriter) -> Value:
        return self.waiting.get(one.name) or words.NONE


def _link(one: SheetWriter) -> Cell:
    return Link(one.name, f"internal:'{one.name}'!{address(0, 0)}")


def _waiting(results: Results) -> dict[str, Value]:
    """What waits for somebody, by the sheet where it is found."""
    missing = sum(one.outcome is None for one in results.units)
    asked = sum(len(one.to_correct()) > 0 for one in results.units)
    rejected = sum(one.status is Status.REJECTED for one in results.files)
    overdue = sum(one.timing is Timing.OVERDUE for one in plans(results))
    ledgers = sum(1 for _ in missing_ledgers(results))
    counted = {
        words.RANKING: (words.WAITING_RANKING, missing),
        words.REMINDERS: (words.WAITING_REMINDERS, missing + asked),
        words.PLANS: (words.WAITING_PLANS, overdue),
        words.LEDGERS: (words.WAITING_LEDGERS, ledgers),
        words.FILES: (words.WAITING_FILES, rejected),
    }
    waiting: dict[str, Value] = {sheet: text.format(count=count) for sheet, (text, count) in counted.items() if count}
    if pending := words.pending_in_words(*results.pending):
        waiting[words.QUESTIONS] = words.WAITING_QUESTIONS.format(pending=pending)
    return waiting
