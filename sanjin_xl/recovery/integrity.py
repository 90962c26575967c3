"""What was done to a returned sheet that does not hinder reading it, and what stands where nothing should."""

from collections.abc import Iterator
from dataclasses import astuple
from functools import lru_cache
from itertools import islice

from sanjin_xl.messages import template as words
from sanjin_xl.model.cellref import address, column_letters
from sanjin_xl.model.findings import Finding, finding
from sanjin_xl.model.form import Form
from sanjin_xl.recovery.row_ids import normal_text
from sanjin_xl.recovery.table import Table
from sanjin_xl.workbook.book import plain

_MOST_UNPLACED = 50  # of each sort in one return: more is another table, which the clerk must look at as a whole


def sheet_findings(form: Form, table: Table) -> Iterator[Finding]:
    """Everything odd about the sheet as a whole."""
    yield from _renamed(table)
    yield from _hidden(table)
    yield from _overwritten(table)
    yield from _merged(form, table)
    yield from islice(_unplaced(form, table), _MOST_UNPLACED)
    yield from islice(_notes(form, table), _MOST_UNPLACED)


def _renamed(table: Table) -> Iterator[Finding]:
    if table.sheet.name != words.SHEET:
        yield finding("sheet-renamed", found=table.sheet.name)


def _hidden(table: Table) -> Iterator[Finding]:
    hidden = table.sheet.hidden
    if hidden.known and not hidden.protected:
        yield finding("protection-removed")
    if rows := hidden.hidden_rows & set(table.rows.of_item.values()):
        yield finding("rows-hidden", count=len(rows))
    places = {place for name, place in table.columns.places.items() if name != "code"}
    if columns := hidden.hidden_columns & places:
        yield finding("columns-hidden", found="、".join(column_letters(place) for place in sorted(columns)))


def _overwritten(table: Table) -> Iterator[Finding]:
    place = table.columns.place("score")
    if place is None or not table.sheet.hidden.known:
        return
    typed = [row for row in table.rows.of_item.values() if not table.sheet.is_formula(row, place)]
    if typed:
        yield finding("score-overwritten", count=len(typed))


def _merged(form: Form, table: Table) -> Iterator[Finding]:
    """Answer cells swallowed by a merge: only its first cell can hold anything."""
    by_row = {row: number for number, row in table.rows.of_item.items()}
    fields = {table.columns.place(name): name for name in form.answers}
    for top, left, bottom, right in table.sheet.hidden.merges:
        for row in range(top, bottom + 1):
            for place in range(left, right + 1) if row in by_row else ():
                if place in fields and (row, place) != (top, left):
                    first, field = by_row.get(top, by_row[row]), fields[place]
                    yield finding("answer-merged", by_row[row], address(row, place), field=field, first=first)


def _unplaced(form: Form, table: Table) -> Iterator[Finding]:
    """What stands in the answer columns of rows that are no item's, or beside answers that were moved away."""
    rows = {*table.rows.of_item.values(), *(row for copies in table.rows.copies.values() for row in copies)}
    moved = {place for cells in table.rows.moved.values() for place in cells.values()}
    left = {table.rows.of_item[number] for number in table.rows.moved}
    headings = _headings(form)
    first = table.columns.first_row or min(table.rows.of_item.values())
    for row in range(first, table.last_row + 2):
        for name in form.answers if row not in rows or row in left else ():
            place = table.columns.place(name)
            text = "" if (row, place) in moved else table.sheet.text_at(row, place).strip()
            # Headings are repeated where a page begins.
            if text and normal_text(text) not in headings:
                yield finding("answer-unplaced", cell=address(row, place or 0), found=text)


@lru_cache(maxsize=16)
def _headings(form: Form) -> frozenset[str]:
    return frozenset(map(normal_text, (*astuple(form.headings), *(one.heading for one in form.fields.values()))))


def _notes(form: Form, table: Table) -> Iterator[Finding]:
    """What was written beside the table and below it."""
    known = set(table.columns.places.values())
    for row in table.rows.of_item.values():
        if len(table.sheet.rows[row]) > len(known):
            yield from _written(table, row, known)
    for row in range(table.last_row + 1, len(table.sheet.rows)):
        if not _is_ours(form, table, row):
            yield from _written(table, row, set())


def _written(table: Table, row: int, known: set[int]) -> Iterator[Finding]:
    for place, cell in enumerate(table.sheet.rows[row]):
        if cell not in ("", None) and place not in known and (text := plain(cell).strip()):
            yield finding("extra-note", cell=address(row, place), found=text)


def _is_ours(form: Form, table: Table, row: int) -> bool:
    """Whether a row below the items is the total, the sign-off line or the place of the seal."""
    labels = (form.headings.total, *words.SIGNERS, words.SEAL)
    texts = [normal_text(cell) for cell in table.sheet.rows[row] if isinstance(cell, str) and cell]
    return any(text.startswith(normal_text(label)[:3]) for text in texts for label in labels)
