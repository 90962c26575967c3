"""The only place that knows rows and columns of the issued sheet; all counts here start at zero."""

from dataclasses import dataclass
from enum import IntEnum

from sanjin_xl.model.cellref import address
from sanjin_xl.model.form import Form, Headings


class Column(IntEnum):
    """The columns of the sheet, left to right; CODE is hidden."""

    CATEGORY = 0
    NUMBER = 1
    TEXT = 2
    POINTS = 3
    DONE = 4
    DONE_MONTH = 5
    PLANNED = 6
    PLANNED_MONTH = 7
    LEDGER = 8
    REMARK = 9
    SCORE = 10
    HINT = 11
    CODE = 12


ANSWER_COLUMNS = (
    Column.DONE,
    Column.DONE_MONTH,
    Column.PLANNED,
    Column.PLANNED_MONTH,
    Column.LEDGER,
    Column.REMARK,
)
ANSWER_FIELDS = tuple(column.name.lower() for column in ANSWER_COLUMNS)
TICK_COLUMNS = (Column.DONE, Column.PLANNED, Column.LEDGER)
MONTH_COLUMNS = (Column.DONE_MONTH, Column.PLANNED_MONTH)
VISIBLE_COLUMNS = tuple(column for column in Column if column is not Column.CODE)

TITLE_ROW = 0
HEAD_ROW = 1
LIVE_ROW = 2
GROUP_ROW = 3
HEADER_ROW = 4
FIRST_ITEM_ROW = 5

# Head and sign-off lines: the columns of each label (first, last) and of the value behind it.
Span = tuple[Column, Column]
UNIT_LABEL: Span = (Column.CATEGORY, Column.NUMBER)
UNIT_VALUE: Span = (Column.TEXT, Column.TEXT)
PERIOD_LABEL: Span = (Column.POINTS, Column.DONE)
PERIOD_VALUE: Span = (Column.DONE_MONTH, Column.PLANNED)
DATE_LABEL: Span = (Column.PLANNED_MONTH, Column.LEDGER)
DATE_VALUE: Span = (Column.REMARK, Column.REMARK)
STAMP_LABEL: Span = (Column.SCORE, Column.SCORE)
STAMP_VALUE: Span = (Column.HINT, Column.HINT)
LIVE_SPANS: tuple[Span, ...] = (
    (Column.CATEGORY, Column.TEXT),
    (Column.POINTS, Column.PLANNED),
    (Column.PLANNED_MONTH, Column.REMARK),
)
# Each signer's label and open cell, in the order of the sign-off line.
SIGN_SPANS: tuple[tuple[Span, Span], ...] = (
    ((Column.CATEGORY, Column.NUMBER), (Column.TEXT, Column.TEXT)),
    ((Column.POINTS, Column.DONE), (Column.DONE_MONTH, Column.PLANNED)),
    ((Column.PLANNED_MONTH, Column.LEDGER), (Column.REMARK, Column.REMARK)),
    ((Column.SCORE, Column.SCORE), (Column.HINT, Column.HINT)),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand on the issued sheet of a form with `items` items."""

    items: int

    @property
    def last_item_row(self) -> int:
        return FIRST_ITEM_ROW + self.items - 1

    @property
    def total_row(self) -> int:
        return FIRST_ITEM_ROW + self.items

    @property
    def sign_row(self) -> int:
        return self.total_row + 1

    @property
    def seal_row(self) -> int:
        return self.total_row + 2

    def row(self, number: int) -> int:
        """The row of the item with this number."""
        return FIRST_ITEM_ROW + number - 1

    def cell(self, number: int, column: Column) -> str:
        """The address of an item's cell, such as E6."""
        return address(self.row(number), column)


def layout_of(form: Form) -> Layout:
    return Layout(len(form.items))


def heading(headings: Headings, column: Column) -> str:
    """The text of a visible column's header cell."""
    return str(getattr(headings, column.name.lower()))


def item_code(number: int) -> str:
    """The hidden code of an item's row."""
    return f"#{number:03d}"
