"""回收登记: every file that came back, what became of it and why."""

from collections import Counter
from datetime import date

from sanjin_xl.books.summary.listing import Column, Row, return_link, write_listing
from sanjin_xl.books.summary.paper import Job
from sanjin_xl.messages import summary as words
from sanjin_xl.pipeline import Outcome, Status
from sanjin_xl.report import reason_of
from sanjin_xl.tables import files, rows_of

_COLUMNS = (
    Column(words.SERIAL, "count"),
    Column(words.FILE, most=46),
    Column(words.UNIT, most=16),
    Column(words.FATE, "centre"),
    Column(words.REASON, most=44),
    Column(words.FILLED_ON, "day", most=12),
    Column(words.SAVED, "centre", most=20),
    Column(words.FIRST_SEEN, "centre", most=20),
    Column(words.SIZE, "count"),
    Column(words.COUNT_ERRORS, "count"),
    Column(words.COUNT_REVIEWS, "count"),
    Column(words.COUNT_NOTES, "count"),
    Column(words.SHA256, "code", most=32),
)


def add_receipts(job: Job) -> None:
    """Add the sheet 回收登记."""
    table = files(job.results, job.register)
    rows: list[Row] = [
        (
            n, return_link(one.path), one.unit or "", words.FATES[one.outcome.status], reason_of(one.outcome) or "",
            _filled_on(one.outcome), one.outcome.modified, one.first_seen or "", one.outcome.size, one.errors,
            one.reviews, one.notes, one.outcome.sha256,
        )
        for n, one in enumerate(rows_of(table), start=1)
    ]  # fmt: skip
    write_listing(job, words.FILES, _COLUMNS, rows, [_note(job)], freeze=2)


def _filled_on(one: Outcome) -> date | None:
    return one.submission.filled_on if one.submission else None


def _note(job: Job) -> str:
    tally = Counter(one.status for one in job.results.files)
    fates = [
        words.FATES_SUM.format(fate=words.FATES[status], count=tally[status]) for status in Status if tally[status]
    ]
    if not fates:
        return words.NO_FILES
    return words.FILES_NOTE.format(count=tally.total(), fates=words.LIST_JOIN.join(fates))
