"""The only place that knows rows and columns of the issued sheet; all counts here start at zero.

A column is named by its field (`model.fields`); where it stands, and by which letters a formula calls it, follows from
the order of the form's fields.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from sanjin_xl.model.cellref import address, area
from sanjin_xl.model.fields import CHOICES
from sanjin_xl.model.form import Form

TITLE_ROW = 0
HEAD_ROW = 1
LIVE_ROW = 2
GROUP_ROW = 3
HEADER_ROW = 4
FIRST_ITEM_ROW = 5

Span = tuple[str, str]
"""Neighbouring cells of one row, by the fields of the first and the last column."""

TITLE: Span = ("category", "hint")
UNIT_LABEL: Span = ("category", "number")
UNIT_VALUE: Span = ("text", "text")
PERIOD_LABEL: Span = ("points", "done")
PERIOD_VALUE: Span = ("done_month", "planned")
DATE_LABEL: Span = ("planned_month", "ledger")
DATE_VALUE: Span = ("remark", "remark")
STAMP_LABEL: Span = ("score", "score")
STAMP_VALUE: Span = ("hint", "hint")
LIVE_SPANS: tuple[Span, ...] = (("category", "text"), ("points", "planned"), ("planned_month", "remark"))
DONE_GROUP: Span = ("done", "done_month")
PLANNED_GROUP: Span = ("planned", "planned_month")
LEDGER_GROUP: Span = ("ledger", "ledger")
TOTAL_LABEL: Span = ("category", "text")
# Each signer's label and open cell, in the order of the sign-off line.
SIGN_SPANS: tuple[tuple[Span, Span], ...] = (
    (UNIT_LABEL, UNIT_VALUE),
    (PERIOD_LABEL, PERIOD_VALUE),
    (DATE_LABEL, DATE_VALUE),
    (STAMP_LABEL, STAMP_VALUE),
)
SEAL: Span = ("remark", "hint")

# How the formulas begin by which a return tells where its answers are, over the cells of the fields of one row.
SCORE_HEAD = "IF({done}={tick},ROUND({points}*IF({ledger}="
HINT_HEAD = f"IF({'&'.join(f'{{{name}}}' for name in CHOICES)}="
SUM_HEAD = "SUM("

# On the hidden sheet: where the tick and the months stand that the lists offer.
TICK_AT, MONTHS_AT = (1, 2), (1, 3)
TICK_RANGE = area(TICK_AT, TICK_AT, absolute=True)
MONTH_RANGE = area(MONTHS_AT, (MONTHS_AT[0] + 11, MONTHS_AT[1]), absolute=True)


@dataclass(frozen=True, eq=False)
class Layout:
    """Where things stand on the issued sheet of a form with these fields, left to right, and `items` items."""

    fields: tuple[str, ...]
    items: int

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The column of each field, from left to right."""
        return {name: place for place, name in enumerate(self.fields)}

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

    def cell(self, number: int, name: str, *, keep_column: bool = False) -> str:
        """The address of an item's cell, such as E6, or $E6 where the column stays put when copied."""
        return address(self.row(number), self.places[name], keep_column=keep_column)

    def area(self, name: str) -> str:
        """The cells of a field over all items, such as E6:E113."""
        return f"{self.cell(1, name)}:{self.cell(self.items, name)}"

    def at(self, row: int, span: Span, *, absolute: bool = False) -> str:
        """The address of the first cell of a span, such as J2, or $J$2."""
        return address(row, self.places[span[0]], keep_row=absolute, keep_column=absolute)

    def columns(self, span: Span) -> tuple[int, int]:
        """The first and the last column of a span."""
        return self.places[span[0]], self.places[span[1]]


@lru_cache(maxsize=16)
def layout_of(form: Form) -> Layout:
    """The layout of the sheet issued for a form."""
    return Layout(tuple(form.fields), len(form.items))


def item_code(number: int) -> str:
    """The hidden code of an item's row."""
    return f"#{number:03d}"
