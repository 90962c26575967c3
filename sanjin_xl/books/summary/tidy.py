"""明细: one row per unit and item, the table every other figure is had from."""

from collections.abc import Callable, Sequence
from typing import Any

from sanjin_xl import messages
from sanjin_xl.books.styles import height_of
from sanjin_xl.books.summary.figures import (
    FIRST_TIDY_ROW,
    MOST_LIVING_UNITS,
    MOST_ROWS,
    TIDY_HEADER_ROW,
    fits,
    tidy_rows,
)
from sanjin_xl.books.summary.paper import Job, Paper, points
from sanjin_xl.messages import summary as words
from sanjin_xl.tables import State, tidy

WIDTHS = {
    "unit": 15, "code": 9, "category": 6, "item": 6, "text": 42, "full": 6, "state": 13,
    "done": 8, "done_month": 10, "planned": 8, "planned_month": 10, "ledger": 6, "pending": 6, "remark": 24,
    "points": 7, "low": 7, "high": 7, "cell": 8,
}  # fmt: skip
_POLICY_WIDTH = 8
_SIZE = 9.0
_LEAST_HEIGHT = 16.0
_TABLE_NAME = "details"
_YES_NO = {True: words.YES, False: words.NO, None: words.UNCLEAR}


def add_tidy(job: Job) -> None:
    """Add the sheet 明细."""
    columns = job.figures.columns
    paper = Paper(job, words.TIDY, [WIDTHS.get(column, _POLICY_WIDTH) for column in columns])
    paper.title(words.TITLE.format(title=job.stem, sheet=words.TIDY))
    paper.note(_note(job))
    paper.print_setup((TIDY_HEADER_ROW, TIDY_HEADER_ROW))
    if fits(job.results) and job.figures.rows:
        _write_table(paper, columns)


def _note(job: Job) -> str:
    if not fits(job.results):
        return words.TIDY_OMITTED.format(count=tidy_rows(job.results), limit=MOST_ROWS)
    return words.TIDY_NOTE if job.living else words.TIDY_NOTE_VALUES


def _write_table(paper: Paper, columns: Sequence[str]) -> None:
    sheet = paper.sheet
    last = FIRST_TIDY_ROW + paper.job.figures.rows - 1
    headings = [
        {"header": _heading(column), "header_format": paper.heading_form(font_size=_SIZE)} for column in columns
    ]
    sheet.add_table(
        TIDY_HEADER_ROW, 0, last, len(columns) - 1,
        {"name": _TABLE_NAME, "columns": headings, "style": "Table Style Light 1", "banded_rows": False},
    )  # fmt: skip
    paper.heighten(TIDY_HEADER_ROW, 30)
    sheet.freeze_panes(FIRST_TIDY_ROW, 1)
    _write_rows(paper, columns)


def _heading(column: str) -> str:
    if column in words.TIDY_HEADINGS:
        return words.TIDY_HEADINGS[column]
    return words.TIDY_POLICY.format(id=column.removeprefix("points_"))


def _write_rows(paper: Paper, columns: Sequence[str]) -> None:
    results = paper.job.results
    # A large round's rows stay one line high and without borders: heights and looks would double the file.
    large = len(results.units) > MOST_LIVING_UNITS
    writers = [_Writer(paper, column, large) for column in columns]
    if large:
        paper.sheet.set_default_row(_LEAST_HEIGHT)
    text, remark = columns.index("text"), columns.index("remark")
    for row, cells in enumerate(tidy(results).itertuples(index=False, name=None), start=FIRST_TIDY_ROW):
        missing = cells[6] is State.MISSING
        for place, (writer, cell) in enumerate(zip(writers, cells, strict=True)):
            if not (missing and cell is None):
                writer.write(row, place, cell)
            elif not large:
                paper.sheet.write_blank(row, place, None, writer.form)
        if not large:
            paper.heighten(row, max(_LEAST_HEIGHT, _height(cells[text], 42), _height(cells[remark] or "", 24)))


def _height(text: str, width: float) -> float:
    return min(409, height_of(text, width, _SIZE))


class _Writer:
    """Writes the cells of one column: what a value of it is, and how it looks."""

    def __init__(self, paper: Paper, column: str, large: bool) -> None:
        self.paper = paper
        self.cell, kind = _KINDS.get(column, _POINTS)
        properties: dict[str, object] = {"font_size": _SIZE}
        if large:
            properties |= {"border": 0, "text_wrap": False}
        self.form: Any = paper.form(kind, **properties)

    def write(self, row: int, place: int, value: Any) -> None:
        self.paper.put(row, place, self.cell(value), self.form)


def _months(value: tuple[int, ...] | None) -> str:
    return words.UNCLEAR if value is None else messages.months(value)


Kind = tuple[Callable[[Any], Any], str]
_TEXT: Kind = (lambda value: value, "text")
_CENTRE: Kind = (lambda value: value, "centre")
_COUNT: Kind = (lambda value: value, "count")
_POINTS: Kind = (points, "points")
_TICK: Kind = (_YES_NO.__getitem__, "centre")
_MONTH: Kind = (_months, "centre")
_KINDS: dict[str, Kind] = {
    "unit": _TEXT, "code": _CENTRE, "category": _CENTRE, "item": _COUNT, "text": _TEXT, "full": _POINTS,
    "state": (words.STATES.__getitem__, "centre"), "done": _TICK, "done_month": _MONTH, "planned": _TICK,
    "planned_month": _MONTH, "ledger": _TICK, "pending": _TICK, "remark": _TEXT, "points": _POINTS, "low": _POINTS,
    "high": _POINTS, "cell": _CENTRE,
}  # fmt: skip
