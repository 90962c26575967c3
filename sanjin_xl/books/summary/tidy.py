"""明细: one row per unit and item, the table every other figure is had from."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sanjin_xl import messages
from sanjin_xl.books.quick_sheet import Value
from sanjin_xl.books.sheet_writer import ONE_PAGE, SheetWriter
from sanjin_xl.books.summary.book import Beside, ResultsBook, csv_line, foremost
from sanjin_xl.books.summary.figures import FIRST_TIDY_ROW, TIDY_HEADER_ROW, Figures
from sanjin_xl.books.table import Column, Table
from sanjin_xl.messages import summary as words
from sanjin_xl.model.fields import Field
from sanjin_xl.model.points import points
from sanjin_xl.outcome.results import Results
from sanjin_xl.outcome.tables import State, done_by_category, extra_key, tidy_columns, tidy_rows

Line = Sequence[Any]
"""A row of `tidy_rows`."""
Look = tuple[float, str, Callable[[Any], Value]]
"""The width of a column, the kind of its values (see `LOOKS`), and how they are shown."""

_CATEGORY_WIDTH, _SIZE, _LEAST_HEIGHT, _HEADER_HEIGHT = 10, 9.0, 16.0, 30.0
_TABLE_NAME = "details"
_OWN = 2  # unit and code lead a row; what follows many others say as well


def add_tidy(book: ResultsBook) -> None:
    """Add the sheet 明细; of a large round only how much every unit has done in every category."""
    if book.figures.rolled_up:
        _add_rolled_up(book)
        return
    columns = _columns(book.results, book.figures)
    sheet = _sheet(book, columns, words.TIDY_NOTE)
    sheet.print_setup((TIDY_HEADER_ROW, TIDY_HEADER_ROW))
    if not book.figures.rows:
        return
    headings = [{"header": one.heading, "header_format": sheet.heading_format()} for one in columns]
    sheet.worksheet.add_table(
        sheet.row, 0, sheet.row + book.figures.rows, sheet.last_column,
        {"name": _TABLE_NAME, "columns": headings, "style": "Table Style Light 1", "banded_rows": False},
    )  # fmt: skip
    sheet.next_row(_HEADER_HEIGHT)
    sheet.worksheet.freeze_panes(FIRST_TIDY_ROW, 1)
    table = Table(sheet, columns)
    for row in map(_in_words(book.results, book.figures), tidy_rows(book.results)):
        table.put(row, _LEAST_HEIGHT)


def _sheet(book: ResultsBook, columns: Sequence[Column[Line]], note: str) -> SheetWriter:
    """The sheet with its title and a note, of which no more is printed."""
    sheet = book.sheet(words.TIDY, [one.width for one in columns], size=_SIZE, head=ONE_PAGE)
    sheet.note(note + words.NOT_FOR_PRINTING)
    sheet.keep_off_paper()
    return sheet


def _add_rolled_up(book: ResultsBook) -> None:
    """A row per unit and a column per category; the rows per unit and item go beside the workbook."""
    results = book.results
    (file,) = [one.name for one in tidy_files(results)]
    names = [*(category.name for category in results.rules.form.categories), words.TOTAL]
    columns: list[Column[Line]] = [
        Column(words.UNIT, itemgetter(0), "text", _COLUMNS["unit"][0], grows=False),
        Column(words.CODE, itemgetter(1), "text", _COLUMNS["code"][0], grows=False),
        *(Column[Line](name, itemgetter(n), "count", _CATEGORY_WIDTH) for n, name in enumerate(names, start=2)),
    ]
    units = foremost(results.units)
    first = words.TIDY_FIRST.format(limit=len(units)) if len(units) < len(results.units) else ""
    sheet = _sheet(book, columns, words.TIDY_ROLLED_UP.format(count=book.figures.rows, file=file) + first)
    table = Table(sheet, columns)
    table.headings(_HEADER_HEIGHT)
    for one in units:
        done = done_by_category(results, one)
        counts = [*done, sum(done)] if done else [None] * len(names)
        table.put([one.unit.name, one.unit.code, *counts], least=0)
    sheet.worksheet.freeze_panes(FIRST_TIDY_ROW, 1)
    sheet.print_setup((TIDY_HEADER_ROW, TIDY_HEADER_ROW))


def tidy_files(results: Results) -> list[Beside]:
    """The file that has the whole table of a round for which the sheet has no room; else none."""
    figures = Figures(results)
    if not figures.rolled_up:
        return []
    headings = [one.heading for one in _columns(results, figures)]
    return [Beside(words.CSV_NAME.format(name=words.TIDY), headings, lambda: _lines(results, figures))]


def _lines(results: Results, figures: Figures) -> Iterator[str]:
    """The whole table as lines of a CSV file; but for unit and code most are the same few thousand."""
    in_words, own = _in_words(results, figures), lru_cache(maxsize=1)(csv_line)

    @lru_cache(maxsize=20_000)
    def rest(cells: Line) -> str:
        return csv_line(in_words(("", "", *cells))[_OWN:])

    for line in tidy_rows(results):
        yield f"{own(line[:_OWN])},{rest(line[_OWN:])}"


def _in_words(results: Results, figures: Figures) -> Callable[[Line], list[Value]]:
    """What turns a row of `tidy_rows` into the values of the columns."""
    names = tidy_columns(results)
    pick, state = itemgetter(*map(names.index, figures.columns)), names.index("state")
    makers = [(n, _look(results, name)[2]) for n, name in enumerate(figures.columns)]
    changing = [(n, make) for n, make in makers if make is not _as_it_is]

    def in_words(line: Line) -> list[Value]:
        row, missing = list(pick(line)), line[state] is State.MISSING
        for n, make in changing:
            if not missing or row[n] is not None:
                row[n] = make(row[n])
        return row

    return in_words


def _columns(results: Results, figures: Figures) -> list[Column[Line]]:
    return [_column(results, name) for name in figures.columns]


def _column(results: Results, name: str) -> Column[Line]:
    width, kind, _ = _look(results, name)
    extra = _extras(results).get(name)
    policy = words.TIDY_POLICY.format(id=name.removeprefix("points_"))
    heading = extra.heading if extra else words.TIDY_HEADINGS.get(name, policy)
    return Column(heading, kind=kind, width=width, grows=bool(extra) or name in _LONG)


def _look(results: Results, name: str) -> Look:
    extra = _extras(results).get(name)
    return (extra.width, "text", _as_it_is) if extra else _COLUMNS.get(name, _POLICY)


def _extras(results: Results) -> dict[str, Field]:
    form = results.rules.form
    return {extra_key(name): form.fields[name] for name in form.extras}


def _months(value: tuple[int, ...] | None) -> str:
    return words.UNCLEAR if value is None else messages.months(value)


def _ruled(value: int | str | None) -> Value:
    return words.NOT_APPLICABLE if isinstance(value, str) else points(value)


def _as_it_is(value: Any) -> Value:
    return value  # type: ignore[no-any-return]


_state = words.STATES.__getitem__
_tick = {True: words.YES, False: words.NO, None: words.UNCLEAR}.__getitem__
_LONG = ("text", "remark", "reason")
_POLICY: Look = (8, "points", points)
_COLUMNS: dict[str, Look] = {
    "unit": (15, "text", _as_it_is),
    "code": (9, "centre", _as_it_is),
    "category": (6, "centre", _as_it_is),
    "item": (6, "count", _as_it_is),
    "text": (42, "text", _as_it_is),
    "full": (6, "points", points),
    "state": (13, "centre", _state),
    "done": (8, "centre", _tick),
    "done_month": (10, "centre", _months),
    "planned": (8, "centre", _tick),
    "planned_month": (10, "centre", _months),
    "ledger": (6, "centre", _tick),
    "pending": (6, "centre", _tick),
    "remark": (24, "text", _as_it_is),
    "auto": (7, "points", points),
    "ruling": (8, "points", _ruled),
    "reason": (18, "text", _as_it_is),
    "who": (9, "centre", _as_it_is),
    "points": (7, "points", points),
    "low": (7, "points", points),
    "high": (7, "points", points),
    "cell": (8, "centre", _as_it_is),
}
