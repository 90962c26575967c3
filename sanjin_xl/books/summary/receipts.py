"""回收登记: every file that came back, what became of it and why."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta, timezone

from sanjin_xl.books.summary.listing import (
    MOST_ENTRIES,
    Cell,
    Column,
    Listing,
    Row,
    foremost,
    return_link,
    write_listing,
)
from sanjin_xl.books.summary.sheet_writer import Job
from sanjin_xl.judge.pipeline import Outcome, Status
from sanjin_xl.messages import summary as words
from sanjin_xl.outcome.report import reason_of
from sanjin_xl.outcome.tables import File, files

_COLUMNS = (
    Column(words.SERIAL, "count"),
    Column(words.FILE, most=50),
    Column(words.SOURCE, "centre"),
    Column(words.UNIT, most=16),
    Column(words.FATE, "centre"),
    Column(words.REASON, most=44),
    Column(words.FILLED_ON, "day", most=12),
    Column(words.SAVED, "centre", most=18),
    Column(words.FIRST_SEEN, "centre", most=18),
    Column(words.SIZE, "count"),
    Column(words.COUNT_ERRORS, "count"),
    Column(words.COUNT_REVIEWS, "count"),
    Column(words.COUNT_NOTES, "count"),
    Column(words.SHA256, "code", most=32),
)


_BEIJING = timezone(timedelta(hours=8))


def add_receipts(job: Job) -> None:
    """Add the sheet 回收登记; where it cannot hold all files, those that were not counted come first."""

    def entries() -> Iterator[tuple[int, File]]:
        return enumerate(files(job.results, job.register), start=1)

    listing = Listing(
        words.FILES, _COLUMNS, entries, lambda one: _row(*one, return_link), lambda one: _row(*one, str), freeze=2
    )
    total = len(job.results.files)
    counted_last = total > MOST_ENTRIES
    first = foremost(entries(), lambda one: counted_last and one[1].outcome.status is Status.COUNTED)
    write_listing(job, listing, first, total, [_note(job)])


def _row(number: int, one: File, link: Callable[[str], Cell]) -> Row:
    outcome = one.outcome
    return (
        number, outcome.path, link(outcome.path), one.unit or "", words.FATES[outcome.status],
        reason_of(outcome) or "", _filled_on(outcome), _beijing_time(outcome.modified),
        _beijing_time(one.first_seen or ""), outcome.size, one.errors, one.reviews, one.notes, outcome.sha256,
    )  # fmt: skip


def _filled_on(one: Outcome) -> date | None:
    return one.submission.filled_on if one.submission else None


def _beijing_time(text: str) -> str:
    """A time as a clerk in China reads it; whatever does not say its time zone as it is."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{when.astimezone(_BEIJING):%Y-%m-%d %H:%M}" if when.tzinfo else text


def _note(job: Job) -> str:
    tally = Counter(one.status for one in job.results.files)
    fates = [
        words.FATES_SUM.format(fate=words.FATES[status], count=tally[status]) for status in Status if tally[status]
    ]
    if not fates:
        return words.NO_FILES
    return words.FILES_NOTE.format(count=tally.total(), fates=words.LIST_JOIN.join(fates))
