"""The form's table in a returned workbook: which sheet it is on, where its columns and rows are."""

from dataclasses import dataclass

from sanjin_xl.errors import Refused
from sanjin_xl.form import Form
from sanjin_xl.intake.columns import Columns, find_columns
from sanjin_xl.intake.grid import Book, Sheet
from sanjin_xl.intake.rows import ItemRows, find_rows
from sanjin_xl.layout import Column
from sanjin_xl.messages import template as words

_LEAST_ITEMS = 0.2  # of the form's items, for a sheet to be taken for the form


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet with its columns and rows found."""

    sheet: Sheet
    columns: Columns
    rows: ItemRows

    @property
    def last_row(self) -> int:
        return max(self.rows.rows.values())

    def own_score(self, number: int) -> int | None:
        """The sheet's own figure for an item in hundredths, None where it is no number or no formula of ours."""
        row, place = self.rows.rows[number], self.columns.place(Column.SCORE)
        return hundredths(self.sheet.at(row, place)) if self.sheet.is_formula(row, place) else None

    def own_total(self) -> int | None:
        """The figure in the score column of the first row below the items that has one, in hundredths."""
        place = self.columns.place(Column.SCORE)
        figures = (hundredths(self.sheet.at(row, place)) for row in range(self.last_row + 1, self.last_row + 4))
        return next((figure for figure in figures if figure is not None), None)


def find_tables(form: Form, book: Book) -> list[Table]:
    """Every sheet that is the form, the one to be read first; raises Refused("no-items") when there is none.

    The sheet named as issued comes before others, then the one with more items, then the earlier one.
    """
    least = max(1, int(len(form.items) * _LEAST_ITEMS))
    tables = []
    for sheet in book.sheets:
        columns = find_columns(form, sheet)
        rows = find_rows(form, sheet, columns)
        if len(rows.rows) >= least:
            tables.append(Table(sheet, columns, rows))
    if not tables:
        raise Refused("no-items")
    return sorted(tables, key=lambda one: (one.sheet.name != words.SHEET, -len(one.rows.rows)))


def hundredths(value: object) -> int | None:
    """A number as hundredths, None for anything that is not one."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return round(value * 100)
