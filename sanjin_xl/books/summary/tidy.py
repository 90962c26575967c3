"""明细: one row per unit and item, the table every other figure is had from."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sanjin_xl import messages
from sanjin_xl.books.styles import height_of
from sanjin_xl.books.summary import listing
from sanjin_xl.books.summary.figures import FIRST_TIDY_ROW, TIDY_HEADER_ROW, rolled_up
from sanjin_xl.books.summary.sheet_writer import Job, Paper, Value, points
from sanjin_xl.messages import summary as words
from sanjin_xl.outcome.tables import TIDY_COLUMNS, State, done_by_category, policies_of, tidy_rows

WIDTHS = {
    "unit": 15, "code": 9, "category": 6, "item": 6, "text": 42, "full": 6, "state": 13,
    "done": 8, "done_month": 10, "planned": 8, "planned_month": 10, "ledger": 6, "pending": 6, "remark": 24,
    "auto": 7, "ruling": 8, "reason": 18, "who": 9, "points": 7, "low": 7, "high": 7, "cell": 8,
}  # fmt: skip
_POLICY_WIDTH = 8
_CATEGORY_WIDTH = 10
_LONG_COLUMNS = ("text", "remark", "reason")
_SIZE = 9.0
_LEAST_HEIGHT = 16.0
_TABLE_NAME = "details"
_YES_NO = {True: words.YES, False: words.NO, None: words.UNCLEAR}


def add_tidy(job: Job) -> None:
    """Add the sheet 明细; of a large round only how much every unit has done in every category."""
    if rolled_up(job.results):
        _add_rolled_up(job)
        return
    columns = job.figures.columns
    paper = Paper(job, words.TIDY, [WIDTHS.get(column, _POLICY_WIDTH) for column in columns])
    paper.title(words.TITLE.format(title=job.stem, sheet=words.TIDY))
    paper.note(words.TIDY_NOTE)
    paper.print_setup((TIDY_HEADER_ROW, TIDY_HEADER_ROW))
    if job.figures.rows:
        _add_table(paper, columns)
        _write_rows(paper, columns)


def _add_rolled_up(job: Job) -> None:
    """A row per unit and a column per category; the rows per unit and item go beside the workbook."""
    form = job.results.rules.form
    file = job.elsewhere(words.TIDY, [_heading(name) for name in job.figures.columns], lambda: _beside(job))
    headings = [words.UNIT, words.CODE, *(category.name for category in form.categories), words.TOTAL]
    paper = Paper(job, words.TIDY, [WIDTHS["unit"], WIDTHS["code"], *[_CATEGORY_WIDTH] * (len(headings) - 2)])
    paper.title(words.TITLE.format(title=job.stem, sheet=words.TIDY))
    units = job.results.units[: listing.MOST_ENTRIES]
    first = words.TIDY_FIRST.format(limit=len(units)) if len(units) < len(job.results.units) else ""
    paper.note(words.TIDY_ROLLED_UP.format(count=job.figures.rows, file=file) + first)
    for place, heading in enumerate(headings):
        paper.put(TIDY_HEADER_ROW, place, heading, paper.heading_form(font_size=_SIZE))
    paper.heighten(TIDY_HEADER_ROW, 30)
    text, count = paper.form("text", font_size=_SIZE), paper.form("count", font_size=_SIZE)
    for row, one in enumerate(units, start=FIRST_TIDY_ROW):
        done = done_by_category(job.results, one)
        for place, value in enumerate((one.unit.name, one.unit.code, *done, sum(done) if done else None)):
            paper.put(row, place, value, count if place > 1 else text)
    paper.sheet.freeze_panes(FIRST_TIDY_ROW, 1)
    paper.print_setup((TIDY_HEADER_ROW, TIDY_HEADER_ROW))


def _beside(job: Job) -> Iterator[list[Value]]:
    """The rows of the whole table with the words of the sheet."""
    makers = [(n, _KINDS.get(column, _POINTS)[0]) for n, column in enumerate(job.figures.columns)]
    changing = [(n, make) for n, make in makers if make is not _as_it_is]
    state = job.figures.columns.index("state")
    for row in map(list, _rows(job, job.figures.columns)):
        missing = row[state] is State.MISSING
        for n, make in changing:
            if not missing or row[n] is not None:
                row[n] = make(row[n])
        yield row


def _rows(job: Job, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """The rows of the whole table with these of its columns."""
    names = [*TIDY_COLUMNS, *(f"points_{id_}" for id_ in policies_of(job.results))]
    return map(itemgetter(*map(names.index, columns)), tidy_rows(job.results))


def _add_table(paper: Paper, columns: Sequence[str]) -> None:
    form = paper.heading_form(font_size=_SIZE)
    headings = [{"header": _heading(column), "header_format": form} for column in columns]
    last = FIRST_TIDY_ROW + paper.job.figures.rows - 1
    paper.sheet.add_table(
        TIDY_HEADER_ROW, 0, last, len(columns) - 1,
        {"name": _TABLE_NAME, "columns": headings, "style": "Table Style Light 1", "banded_rows": False},
    )  # fmt: skip
    paper.heighten(TIDY_HEADER_ROW, 30)
    paper.sheet.freeze_panes(FIRST_TIDY_ROW, 1)


def _heading(column: str) -> str:
    if column in words.TIDY_HEADINGS:
        return words.TIDY_HEADINGS[column]
    return words.TIDY_POLICY.format(id=column.removeprefix("points_"))


def _write_rows(paper: Paper, columns: Sequence[str]) -> None:
    makers = [_KINDS.get(column, _POINTS) for column in columns]
    forms = [paper.form(kind, font_size=_SIZE) for _, kind in makers]
    state = columns.index("state")
    for row, raw in enumerate(_rows(paper.job, columns), start=FIRST_TIDY_ROW):
        missing = raw[state] is State.MISSING
        for place, (cell, (make, _), form) in enumerate(zip(raw, makers, forms, strict=True)):
            paper.put(row, place, None if missing and cell is None else make(cell), form)
        texts = [(raw[columns.index(name)] or "", WIDTHS[name]) for name in _LONG_COLUMNS if name in columns]
        paper.heighten(row, max(_LEAST_HEIGHT, *(_height(text, width) for text, width in texts)))


@lru_cache(maxsize=10_000)
def _height(text: str, width: float) -> float:
    return min(409, height_of(text, width, _SIZE))  # Excel: no row is higher


def _months(value: tuple[int, ...] | None) -> str:
    return words.UNCLEAR if value is None else messages.months(value)


def _ruled(value: int | str | None) -> Value:
    return words.NOT_APPLICABLE if isinstance(value, str) else points(value)


def _as_it_is(value: Any) -> Value:
    return value  # type: ignore[no-any-return]


# How a value of a column is shown, and in which look (see `paper.LOOKS`).
Kind = tuple[Callable[[Any], Value], str]
_TEXT: Kind = (_as_it_is, "text")
_CENTRE: Kind = (_as_it_is, "centre")
_COUNT: Kind = (_as_it_is, "count")
_POINTS: Kind = (points, "points")
_STATE: Kind = (words.STATES.__getitem__, "centre")
_TICK: Kind = (_YES_NO.__getitem__, "centre")
_MONTH: Kind = (_months, "centre")
_KINDS: dict[str, Kind] = {
    "unit": _TEXT, "code": _CENTRE, "category": _CENTRE, "item": _COUNT, "text": _TEXT, "full": _POINTS,
    "state": _STATE, "done": _TICK, "done_month": _MONTH, "planned": _TICK, "planned_month": _MONTH, "ledger": _TICK,
    "pending": _TICK, "remark": _TEXT, "points": _POINTS, "low": _POINTS, "high": _POINTS, "cell": _CENTRE,
    "auto": _POINTS, "ruling": (_ruled, "points"), "reason": _TEXT, "who": _CENTRE,
}  # fmt: skip
