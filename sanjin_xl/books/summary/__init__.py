"""汇总.xlsx, the city workbook: what the leader signs and the clerk defends figure by figure."""

from collections.abc import Callable, Mapping

from sanjin_xl.books.summary.book import Beside, ResultsBook, stem_of
from sanjin_xl.books.summary.categories import add_categories
from sanjin_xl.books.summary.changes import add_changes
from sanjin_xl.books.summary.contents import Contents
from sanjin_xl.books.summary.history import add_history
from sanjin_xl.books.summary.items import add_items
from sanjin_xl.books.summary.lists import add_ledgers, add_notes, add_plans, add_questions, add_receipts
from sanjin_xl.books.summary.method import add_method
from sanjin_xl.books.summary.policies import add_policies
from sanjin_xl.books.summary.ranking import add_ranking
from sanjin_xl.books.summary.reminders import add_reminders
from sanjin_xl.books.summary.tidy import add_tidy, tidy_files
from sanjin_xl.messages import summary as words
from sanjin_xl.model.contacts import Contact
from sanjin_xl.outcome.results import Results

SHEETS: tuple[Callable[[ResultsBook], None], ...] = (
    add_ranking,
    add_categories,
    add_items,
    add_plans,
    add_ledgers,
    add_questions,
    add_reminders,
    add_policies,
    add_changes,
    add_history,
    add_notes,
    add_receipts,
    add_tidy,
    add_method,
)


def summary_bytes(results: Results, register: Mapping[str, str] | None = None) -> bytes:
    """The city workbook as bytes; equal results give equal bytes."""
    return summary_of(results, register)[0]


def summary_of(
    results: Results, register: Mapping[str, str] | None = None, contacts: Mapping[str, Contact] | None = None
) -> tuple[bytes, list[Beside]]:
    """The city workbook as bytes, and the files to be written beside it for what it has no room for, `tidy_files` last.

    `register` maps a file's SHA-256 to when it was first seen, as text; `contacts` whom to call, by unit code.
    """
    title = words.RANKING_TITLE.format(title=stem_of(results))
    book = ResultsBook(results, None, title, results.rules.roster.region, register, contacts)
    contents = Contents(book)
    for add in SHEETS:
        add(book)
    contents.write()
    book.sheets[1].worksheet.activate()  # what everybody looks for first
    return book.finished(), [*book.beside, *tidy_files(results)]
