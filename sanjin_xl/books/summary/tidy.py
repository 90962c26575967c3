"""明细: one row per unit and item, the table every other figure is had from."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from sanjin_xl import messages
from sanjin_xl.books.styles import height_of
from sanjin_xl.books.summary.figures import FIRST_TIDY_ROW, MOST_ROWS, TIDY_HEADER_ROW, fits, tidy_rows
from sanjin_xl.books.summary.paper import Job, Paper, Value, points
from sanjin_xl.messages import summary as words
from sanjin_xl.tables import State, tidy

WIDTHS = {
    "unit": 15, "code": 9, "category": 6, "item": 6, "text": 42, "full": 6, "state": 13,
    "done": 8, "done_month": 10, "planned": 8, "planned_month": 10, "ledger": 6, "pending": 6, "remark": 24,
    "auto": 7, "ruling": 8, "reason": 18, "who": 9, "points": 7, "low": 7, "high": 7, "cell": 8,
}  # fmt: skip
_POLICY_WIDTH = 8
_LEAN_COLUMNS = (
    "unit", "code", "category", "item", "full", "state", "done_month", "planned_month", "pending", "remark",
    "auto", "ruling", "reason", "who", "points", "low", "high", "cell",
)  # fmt: skip
"""What is left for a round too large for formulas: its hundred thousands of rows would take gigabytes to write."""

_LONG_COLUMNS = ("text", "remark", "reason")
_SIZE = 9.0
_LEAST_HEIGHT = 16.0
_TABLE_NAME = "details"
_YES_NO = {True: words.YES, False: words.NO, None: words.UNCLEAR}


def add_tidy(job: Job) -> None:
    """Add the sheet 明细."""
    lean = not job.living
    columns = job.figures.columns
    if lean:
        columns = tuple(name for name in columns if name in _LEAN_COLUMNS)
    paper = Paper(job, words.TIDY, [WIDTHS.get(column, _POLICY_WIDTH) for column in columns])
    paper.title(words.TITLE.format(title=job.stem, sheet=words.TIDY))
    paper.note(_note(job))
    paper.print_setup((TIDY_HEADER_ROW, TIDY_HEADER_ROW))
    if fits(job.results) and job.figures.rows:
        _add_table(paper, columns)
        _write_rows(paper, columns, lean)


def _note(job: Job) -> str:
    if not fits(job.results):
        return words.TIDY_OMITTED.format(count=tidy_rows(job.results), limit=MOST_ROWS)
    return words.TIDY_NOTE if job.living else words.TIDY_NOTE_LEAN


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


def _write_rows(paper: Paper, columns: Sequence[str], lean: bool) -> None:
    """The rows of the table; lean ones without borders, one line high, and without cells where there is nothing."""
    look: dict[str, object] = {"font_size": _SIZE}
    if lean:
        look |= {"border": 0, "text_wrap": False}
    makers = [_KINDS.get(column, _POINTS) for column in columns]
    forms = [paper.form(kind, **look) for _, kind in makers]
    state = columns.index("state")
    table = tidy(paper.job.results)[list(columns)]
    for row, raw in enumerate(table.itertuples(index=False, name=None), start=FIRST_TIDY_ROW):
        missing = raw[state] is State.MISSING
        for place, (cell, (make, _), form) in enumerate(zip(raw, makers, forms, strict=True)):
            value = None if missing and cell is None else make(cell)
            if value not in (None, "") or not lean:
                paper.put(row, place, value, form)
        if not lean:
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
