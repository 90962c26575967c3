"""The form's table in a returned workbook: which sheet it is on, where its columns and rows are."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sanjin_xl.errors import Refused
from sanjin_xl.findings import Finding
from sanjin_xl.form import Form
from sanjin_xl.intake import links, rows
from sanjin_xl.intake.columns import AS_ISSUED, Columns, find_columns, has_issued_header
from sanjin_xl.intake.grid import Book, Sheet
from sanjin_xl.intake.rowfindings import row_findings
from sanjin_xl.intake.rows import Rows, find_rows, issued_rows
from sanjin_xl.layout import Column
from sanjin_xl.messages import template as words

_LEAST_PERCENT = 20  # of the form's items, for a sheet to be taken for the form


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet with its columns and rows found, and what was odd about finding them."""

    sheet: Sheet
    columns: Columns
    rows: Rows
    findings: tuple[Finding, ...] = ()

    @property
    def last_row(self) -> int:
        return max(self.rows.of_item.values())

    def own_score(self, number: int) -> int | None:
        """The sheet's own figure for an item in hundredths, None where it is no number or no formula of ours."""
        row, place = self.rows.of_item[number], self.columns.place(Column.SCORE)
        return hundredths(self.sheet.at(row, place)) if self.sheet.is_formula(row, place) else None

    def own_total(self) -> int | None:
        """The figure in the score column of the first row below the items that has one, in hundredths."""
        place = self.columns.place(Column.SCORE)
        figures = (hundredths(self.sheet.at(row, place)) for row in range(self.last_row + 1, self.last_row + 4))
        return next((figure for figure in figures if figure is not None), None)


def find_tables(form: Form, book: Book) -> list[Table]:
    """Every sheet that is the form or a part of it, the one to be read first; raises Refused("no-items") if none is.

    A sheet that is seen comes before a hidden one, one with half of the most items or more before one with less, the
    sheet named as issued before others, then the one with more items, then the earlier one.
    """
    tables = list(_tables(form, book))
    if not tables:
        raise Refused("no-items")
    most = max(len(one.rows.of_item) for one in tables)
    return sorted(
        tables,
        key=lambda one: (
            not one.sheet.visible,
            len(one.rows.of_item) * 2 < most,
            one.sheet.name != words.SHEET,
            -len(one.rows.of_item),
        ),
    )


def _tables(form: Form, book: Book) -> Iterator[Table]:
    least = max(1, len(form.items) * _LEAST_PERCENT // 100)
    for sheet in book.sheets:
        if len(sheet.rows) >= least:
            table = _issued_table(form, sheet) or _found_table(form, sheet)
            if len(table.rows.of_item) >= least:
                yield table


def _issued_table(form: Form, sheet: Sheet) -> Table | None:
    """The table of a sheet in which nothing was moved: nearly every return."""
    if has_issued_header(form, sheet) and rows.are_as_issued(form, sheet) and links.are_as_issued(form, sheet):
        return Table(sheet, AS_ISSUED, issued_rows(form))
    return None


def _found_table(form: Form, sheet: Sheet) -> Table:
    linked = links.find_links(sheet)
    columns = find_columns(form, sheet, linked)
    found = find_rows(form, sheet, columns)
    found = replace(found, moved=linked.moved(found.of_item, columns.places))
    return Table(sheet, columns, found, (*columns.findings, *row_findings(form, sheet, columns, found, linked)))


def hundredths(value: object) -> int | None:
    """A number as hundredths, None for anything that is not one."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return round(value * 100)
