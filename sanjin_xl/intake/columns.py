"""Where the columns of a returned sheet are: by their headings, by what stands in them, at last by their place."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from sanjin_xl.findings import Finding, finding
from sanjin_xl.form import Form
from sanjin_xl.intake.grid import Sheet
from sanjin_xl.intake.parse import read_months, read_tick
from sanjin_xl.layout import (
    ANSWER_COLUMNS,
    FIRST_ITEM_ROW,
    HEADER_ROW,
    MONTH_COLUMNS,
    TICK_COLUMNS,
    VISIBLE_COLUMNS,
    Column,
    column_letters,
    heading,
)

CODE = re.compile(r"#\d{3,}")
_LAST_HEADER_ROW = 60  # a header further down than this is part of something else
_FEWEST_HEADINGS = 4
_LEAST_SHARE = 0.3  # of the items, for a column to be recognised by its content


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each column stands (from zero), the header's row (None: gone), and what was odd about it."""

    places: Mapping[Column, int]
    header_row: int | None
    findings: tuple[Finding, ...] = ()

    @property
    def first_row(self) -> int:
        return 0 if self.header_row is None else self.header_row + 1

    def place(self, column: Column) -> int | None:
        return self.places.get(column)


def normal_text(text: str) -> str:
    """A text without white space; 帐 and 账, which the paper itself mixes, count as one."""
    return re.sub(r"\s+", "", text).replace("帐", "账")


@lru_cache(maxsize=16)
def _issued_header(form: Form) -> tuple[str, ...]:
    return tuple(heading(form.headings, column) for column in VISIBLE_COLUMNS)


def find_columns(form: Form, sheet: Sheet) -> Columns:
    """Find every column of the form in a sheet; columns that cannot be found are missing from `places`."""
    row = find_header(form, sheet)
    places = _by_heading(form, sheet, row) if row is not None else {}
    headed = dict(places)
    places = {**places, **_by_content(form, sheet, row, set(places.values()), set(places))}
    guessed = _by_place(sheet, row, places)
    places = {**places, **guessed}
    found = [*_changed_headings(form, sheet, row, headed, places), *_guessed(form, guessed), *_moved(form, places)]
    return Columns(places, row, tuple(found + list(_missing(form, places))))


def find_header(form: Form, sheet: Sheet) -> int | None:
    """The row with the most of the form's headings, at least four of them; None if there is none."""
    if tuple(sheet.rows[HEADER_ROW][: len(VISIBLE_COLUMNS)] if len(sheet.rows) > HEADER_ROW else ()) == _issued_header(
        form
    ):
        return HEADER_ROW
    wanted = {normal_text(text) for text in _issued_header(form)}
    best, count = None, _FEWEST_HEADINGS - 1
    for row, cells in enumerate(sheet.rows[:_LAST_HEADER_ROW]):
        hits = len(wanted & {normal_text(cell) for cell in cells if isinstance(cell, str)})
        if hits > count:
            best, count = row, hits
    return best


def _by_heading(form: Form, sheet: Sheet, row: int) -> dict[Column, int]:
    names = {normal_text(heading(form.headings, column)): column for column in VISIBLE_COLUMNS}
    places: dict[Column, int] = {}
    for place, cell in enumerate(sheet.rows[row]):
        column = names.get(normal_text(cell)) if isinstance(cell, str) else None
        if column is not None and column not in places:
            places[column] = place
    return places


def _by_content(form: Form, sheet: Sheet, header: int | None, taken: set[int], known: set[Column]) -> dict[Column, int]:
    """The identity columns by what stands in them: codes, item texts, running numbers, points."""
    texts = {normal_text(item.text) for item in form.items}
    least = max(2, int(len(form.items) * _LEAST_SHARE))
    found: dict[Column, int] = {}
    tests: tuple[tuple[Column, Callable[[list[object]], int]], ...] = (
        (Column.CODE, lambda cells: sum(bool(CODE.fullmatch(c)) for c in cells if isinstance(c, str))),
        (Column.TEXT, lambda cells: sum(normal_text(c) in texts for c in cells if isinstance(c, str))),
        (Column.NUMBER, lambda cells: _distinct_numbers(cells, len(form.items))),
    )
    for column, count in tests:
        if column in known:
            continue
        counts = {p: count(cells) for p, cells in _columns(sheet, header) if p not in taken}
        if counts and (best := max(counts, key=lambda p: (counts[p], -p))) is not None and counts[best] >= least:
            found[column] = best
            taken = taken | {best}
    return found


def _columns(sheet: Sheet, header: int | None) -> Iterator[tuple[int, list[object]]]:
    rows = sheet.rows[0 if header is None else header + 1 :]
    width = max((len(row) for row in rows), default=0)
    return ((place, [row[place] for row in rows if place < len(row)]) for place in range(width))


def _distinct_numbers(cells: list[object], highest: int) -> int:
    numbers = {number for cell in cells if (number := as_number(cell)) is not None and 1 <= number <= highest}
    # Points and months hold few different whole numbers; running numbers are all different.
    return len(numbers) if len(numbers) > 12 or len(numbers) == highest else 0


def as_number(cell: object) -> int | None:
    """The whole number in a cell, written as a number or as text; None otherwise."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, (int, float)):
        return int(cell) if float(cell).is_integer() else None
    text = cell.strip() if isinstance(cell, str) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


def _by_place(sheet: Sheet, header: int | None, places: Mapping[Column, int]) -> dict[Column, int]:
    """Answer columns without a heading of their own, where exactly as many unknown columns lie between two known ones.

    Taken only if what stands there is of the right sort: ticks in a tick column, months in a month column.
    """
    found: dict[Column, int] = {}
    last = max(places.values(), default=0)
    known = [*sorted(places.items()), (len(Column), last + len(Column))]
    for (left, left_place), (right, right_place) in pairwise(known):
        absent = [column for column in Column if left < column < right]
        if right in places and right_place - left_place - 1 != len(absent):
            continue
        for offset, column in enumerate(absent, start=left_place + 1):
            if column in ANSWER_COLUMNS and _plausible(sheet, header, column, offset):
                found[column] = offset
    return found


def _plausible(sheet: Sheet, header: int | None, column: Column, place: int) -> bool:
    start = FIRST_ITEM_ROW if header is None else header + 1
    cells = [row[place] for row in sheet.rows[start:] if place < len(row) and row[place] not in ("", None)]
    if column in TICK_COLUMNS:
        fits = sum(read_tick(cell).value is not None for cell in cells)
    elif column in MONTH_COLUMNS:
        fits = sum(read_months(cell).value is not None for cell in cells)
    else:
        return True
    return fits * 2 >= len(cells)


def _changed_headings(
    form: Form, sheet: Sheet, row: int | None, headed: Mapping[Column, int], places: Mapping[Column, int]
) -> Iterator[Finding]:
    if row is None:
        yield finding("header-changed", expected=heading(form.headings, Column.CATEGORY) + "…", found="")
        return
    for column, place in places.items():
        if column in VISIBLE_COLUMNS and column not in headed:
            name = heading(form.headings, column)
            cell = f"{column_letters(place)}{row + 1}"
            yield finding("header-changed", cell=cell, found=sheet.text_at(row, place), expected=name)


def _guessed(form: Form, guessed: Mapping[Column, int]) -> Iterator[Finding]:
    for column, place in guessed.items():
        yield finding("column-guessed", expected=heading(form.headings, column), found=column_letters(place))


def _moved(form: Form, places: Mapping[Column, int]) -> Iterator[Finding]:
    for column, place in places.items():
        if place != column and column is not Column.CODE:
            yield finding("column-moved", expected=heading(form.headings, column), found=column_letters(place))


def _missing(form: Form, places: Mapping[Column, int]) -> Iterator[Finding]:
    for column in ANSWER_COLUMNS:
        if column not in places:
            yield finding("column-missing", expected=heading(form.headings, column))
