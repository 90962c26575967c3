"""A sheet that is one list: columns as wide as their content, filters, links only to what we know."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from heapq import nsmallest
from typing import Any, Generic, TypeVar

from sanjin_xl.books.styles import height_of, width_of
from sanjin_xl.books.summary.sheet_writer import Job, Paper, Value, plain
from sanjin_xl.messages import summary as words

MOST_ENTRIES = 5_000
"""Beyond this many rows nobody works a list off in a sheet; the whole list then stands beside the workbook."""

MOST_LINKS = 60_000  # Excel: 65,530 links on a sheet

_LIST_SIZE = 10.0
_LEAST_HEIGHT = 20.0
_FILTER_ARROW = 3
# Characters that a link would take for something else, or that no file of ours has; Excel: 2,079 characters.
_UNSAFE = re.compile(r'[\x00-\x1f\x7f%#\\:*?"<>|\ud800-\udfff\ufffe\uffff]|(^|/)\.\.?(/|$)|^/|//')
_ARCHIVE = re.compile(r"(.+?\.zip)!.*", re.IGNORECASE | re.DOTALL)
_LONGEST_PATH = 500


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list: its heading, the kind of its values (see `LOOKS`), and how wide it may grow."""

    heading: str
    kind: str = "text"
    most: float = 40


@dataclass(frozen=True, slots=True)
class Link:
    """A text or number that leads somewhere: `target` as XlsxWriter takes it."""

    text: str | int
    target: str


Cell = Value | Link
Row = Sequence[Cell]
Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Listing(Generic[Entry]):
    """A list of entries: how all of them are had, and a row made of one; `beside` makes a row of the CSV file."""

    name: str
    columns: Sequence[Column]
    entries: Callable[[], Iterable[Entry]]
    row: Callable[[Entry], Row]
    beside: Callable[[Entry], Row]
    freeze: int = 0


def foremost(entries: Iterable[Entry], key: Callable[[Entry], Any]) -> list[Entry]:
    """As many entries as a sheet holds, the first by `key`; those equal in it stay in their order."""
    return nsmallest(MOST_ENTRIES, entries, key=key)


def shortened(
    paper: Paper,
    name: str,
    headings: Sequence[str],
    entries: Sequence[Entry],
    row: Callable[[Entry], Sequence[object]],
    said: str = words.CUT_OFF_UNITS,
) -> Sequence[Entry]:
    """The first entries, as many as a sheet holds; if those are not all, a note says where the whole list `name` is.

    `headings` and `row` are those of the CSV file beside the workbook.
    """
    if len(entries) <= MOST_ENTRIES:
        return entries
    file = paper.job.elsewhere(name, headings, lambda: map(row, entries))
    paper.note(said.format(count=len(entries), limit=MOST_ENTRIES, file=file))
    return entries[:MOST_ENTRIES]


def write_listing(job: Job, listing: Listing[Entry], first: Sequence[Entry], total: int, notes: Sequence[str]) -> Paper:
    """Add a sheet with the first of `total` entries; if those are not all, the whole list goes beside the workbook."""
    if len(first) < total:
        headings = [column.heading for column in listing.columns]
        file = job.elsewhere(listing.name, headings, lambda: map(listing.beside, listing.entries()))
        notes = [*notes, words.CUT_OFF.format(count=total, limit=len(first), file=file)]
    rows = [listing.row(entry) for entry in first]
    return _write(job, listing.name, listing.columns, rows, notes, listing.freeze)


def _write(
    job: Job, name: str, columns: Sequence[Column], rows: Sequence[Row], notes: Sequence[str], freeze: int
) -> Paper:
    """Add a sheet with a title, notes and a list that can be filtered; `freeze` columns stay in view."""
    paper = Paper(job, name, [_fitted(column, [row[n] for row in rows]) for n, column in enumerate(columns)])
    paper.title(words.TITLE.format(title=job.stem, sheet=name))
    with_points = any(column.kind == "points" for column in columns)
    paper.subtitle(job.info(), words.UNIT_OF_POINTS if with_points else "")
    for note in notes:
        paper.note(note)
    header = paper.row
    for place, column in enumerate(columns):
        paper.put(header, place, column.heading, paper.heading_form())
    paper.heighten(
        header, max(height_of(c.heading, w, _LIST_SIZE) for c, w in zip(columns, paper.widths, strict=True)) + 6
    )
    paper.row += 1
    _write_rows(paper, columns, rows)
    if rows:
        paper.sheet.autofilter(header, 0, paper.row - 1, paper.last_column)
    else:
        paper.merge(paper.row, 0, paper.last_column, words.NOTHING, paper.form("centre"))
    paper.sheet.freeze_panes(header + 1, freeze)
    paper.print_setup((header, header))
    return paper


def _write_rows(paper: Paper, columns: Sequence[Column], rows: Sequence[Row]) -> None:
    forms = [paper.form(column.kind) for column in columns]
    links = [paper.form(column.kind, font_color="#1F4E79", underline=1) for column in columns]
    count = 0
    for row in rows:
        height = _LEAST_HEIGHT
        for place, cell in enumerate(row):
            if isinstance(cell, Link):
                count += 1
                _put_link(paper, place, cell, links[place] if count <= MOST_LINKS else None, forms[place])
            else:
                paper.put(paper.row, place, cell, forms[place])
            height = max(height, _height(shown(cell), paper.widths[place]))
        paper.heighten(paper.row, height)
        paper.row += 1


def _put_link(paper: Paper, place: int, link: Link, link_form: Any, form: Any) -> None:
    if link_form is None:
        paper.put(paper.row, place, link.text, form)
    else:
        paper.sheet.write_url(paper.row, place, link.target, link_form, plain(str(link.text)))
        # A number stays a number, so that the filter sorts it as one.
        paper.put(paper.row, place, link.text, link_form)


def shown(cell: Cell) -> str:
    """About what a cell will show, to measure it."""
    match cell:
        case None:
            return ""
        case Link():
            return str(cell.text)
        case date():
            return "2012-12-12"
        case str():
            return cell
        case int():
            return str(cell)
        case _:
            return f"{cell:.2f}"


def _fitted(column: Column, cells: Sequence[Cell]) -> float:
    """The width of a column: its longest cell on one line, up to `most`; never narrower than its heading."""
    heading = max(map(width_of, column.heading.split("\n"))) + _FILTER_ARROW
    return max(heading, min(column.most, max((_width(shown(cell)) for cell in cells), default=0) + 2))


@lru_cache(maxsize=10_000)
def _width(text: str) -> int:
    return max(width_of(line) for line in text.split("\n"))


@lru_cache(maxsize=10_000)
def _height(text: str, width: float) -> float:
    # Excel: no row is higher than 409 points.
    return min(409, height_of(text, width, _LIST_SIZE)) if _width(text) + 1 > width or "\n" in text else _LEAST_HEIGHT


def return_link(path: str | None) -> Link | None:
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


def tidy_link(text: str | int, row: int) -> Link:
    """A link to a row of 明细, counted from zero."""
    return Link(text, f"internal:'{words.TIDY}'!A{row + 1}")
