"""A form split over two sheets: what is said of the second one names it, and nothing on it goes unseen."""

from collections.abc import Callable
from io import BytesIO

import pytest
from damage.book import Book, opened
from damage.sheet import Sheet, copied
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from rounds import Entry, clean, done, fill, issue, judge, the_form, typed

from sanjin_xl import messages
from sanjin_xl.books.correction import correction_bytes
from sanjin_xl.judge.pipeline import Outcome
from sanjin_xl.model.catalogue import CATALOGUE
from sanjin_xl.model.findings import Finding
from sanjin_xl.model.layout import FIRST_ITEM_ROW, layout_of
from sanjin_xl.outcome.report import finding_entry

FIRST, SECOND = "完成情况表", "续表"
SPLIT = 55  # the first item on the second sheet, where it stands in the row of item 1
FORM = the_form()


def split(entries: dict[int, Entry], change: Callable[[Book], None] = lambda book: None) -> Outcome:
    """What becomes of a return whose items from 55 on were moved to a sheet of their own, under the same headings."""
    book = opened(FORM, fill(FORM, clean(FORM) | entries))
    layout = layout_of(FORM)
    start, end, up = layout.row(SPLIT), layout.last_item_row, layout.row(SPLIT) - FIRST_ITEM_ROW
    cells = {place: cell.copy() for place, cell in book.sheet.cells.items() if place[0] < FIRST_ITEM_ROW}
    for row, column in [place for place in book.sheet.cells if start <= place[0] <= end]:
        cell = cells[row - up, column] = book.sheet.cells.pop((row, column)).copy()
        cell.formula = cell.formula and copied(cell.formula, -up)
    book.sheet.merges = [merge for merge in book.sheet.merges if merge[2] < start]
    book.sheets.append(Sheet(SECOND, cells))
    change(book)
    outcome = judge(book.data())
    assert outcome.submission, outcome.reason
    return outcome


def found(outcome: Outcome, code: str) -> list[Finding]:
    return [one for one in outcome.findings if one.code == code]


def copy_of(outcome: Outcome) -> Worksheet:
    """The form sheet of the correction copy."""
    assert outcome.submission
    data = correction_bytes(issue(), outcome.submission, [one for one in outcome.findings if one.asks_county], 1)
    return load_workbook(BytesIO(data))[FIRST]


FAULTS = {
    "month-unclear": (typed(done="√", done_month="近期"), "done_month", "F6"),
    "done-after-fill": (done(month=12), "done_month", "F6"),
    "tick-unclear": (typed(done="部分"), "done", "E6"),
    "ledger-not-done": (typed(ledger="√"), "ledger", "I6"),
}


@pytest.mark.parametrize("code", FAULTS)
def test_a_fault_on_the_second_sheet_is_said_to_be_there(code: str) -> None:
    entry, field, cell = FAULTS[code]
    (one,) = found(split({SPLIT: entry}), code)
    assert (one.item, one.field, one.sheet, one.cell) == (SPLIT, field, SECOND, cell)
    assert finding_entry(one)["cell"] == f"{SECOND}!{cell}"
    assert messages.sentence(one).startswith(f"第{SPLIT}项（{SECOND}!{cell}）")


@pytest.mark.parametrize("code", FAULTS)
def test_a_fault_on_the_second_sheet_is_marked_where_its_answer_stands_in_the_correction_copy(code: str) -> None:
    entry, _, cell = FAULTS[code]
    sheet = copy_of(split({SPLIT: entry}))
    issued = f"{cell[0]}{layout_of(FORM).row(SPLIT) + 1}"
    assert CATALOGUE[code].advice in sheet[issued].comment.text
    assert sheet[cell].comment is None


def test_a_fault_on_the_first_sheet_is_said_as_ever() -> None:
    (one,) = found(split({1: typed(done="部分")}), "tick-unclear")
    assert (one.field, one.sheet, one.cell, one.place) == ("done", None, "E6", "E6")
