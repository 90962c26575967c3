"""A form split over two sheets: what is said of the second one names it, and nothing on it goes unseen."""

from collections.abc import Callable
from io import BytesIO

import pytest
from damage.book import Book, opened
from damage.sheet import Cell, Sheet, copied
from damage.sheets import twin
from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet
from rounds import FILLED_ON, SIGNERS, Entry, clean, done, fill, issue, judge, the_form, typed

from sanjin_xl import messages
from sanjin_xl.books.correction import correction_bytes
from sanjin_xl.judge.pipeline import Outcome
from sanjin_xl.model.catalogue import CATALOGUE
from sanjin_xl.model.cellref import address
from sanjin_xl.model.findings import Finding
from sanjin_xl.model.layout import DATE_VALUE, FIRST_ITEM_ROW, HEAD_ROW, layout_of
from sanjin_xl.outcome.report import finding_entry

Change = Callable[[Book], None]
FIRST, SECOND = "完成情况表", "续表"
SPLIT = 55  # the first item on the second sheet, where it stands in the row of item 1
FORM = the_form()
PLACES = layout_of(FORM).places


def split(entries: dict[int, Entry], change: Change = lambda book: None) -> Outcome:
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
    data = correction_bytes(issue(), outcome.submission, [one for one in outcome.findings if one.asks_county])
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


# --- what stands on the second sheet is looked at like what stands on the first -------------------------------------

ROW = FIRST_ITEM_ROW + 1  # of item 56 on the second sheet, from zero
NEXT = SPLIT + 1
LAST = FIRST_ITEM_ROW + len(FORM.items) - SPLIT  # row of the last item on the second sheet


def put(row: int, column: int, value: str | float | None, formula: str | None = None, sheet: int = 1) -> Change:
    def change(book: Book) -> None:
        book.sheets[sheet].cells[row, column] = Cell(value, formula)

    return change


def cells_merged(book: Book) -> None:
    book.sheets[1].merges.append((ROW, PLACES["done"], ROW, PLACES["done_month"]))


def row_hidden(book: Book) -> None:
    book.sheets[1].hidden_rows.add(ROW)


def commented(book: Book) -> None:
    def with_comment(data: bytes) -> bytes:
        workbook, target = load_workbook(BytesIO(data)), BytesIO()
        workbook[SECOND].cell(ROW + 1, PLACES["done"] + 1).comment = Comment("局长批示：再核", "张三")
        workbook.save(target)
        return target.getvalue()

    book.finish.append(with_comment)


@pytest.mark.parametrize(
    ("change", "code", "item", "cell"),
    [
        (cells_merged, "answer-merged", NEXT, address(ROW, PLACES["done_month"])),
        (commented, "answer-comment", NEXT, address(ROW, PLACES["done"])),
        (put(LAST + 1, PLACES["ledger"], "√"), "answer-unplaced", None, address(LAST + 1, PLACES["ledger"])),
        (put(ROW, 15, "此项请核对"), "extra-note", None, address(ROW, 15)),
        (put(LAST + 3, PLACES["text"], "以上情况属实。"), "extra-note", None, address(LAST + 3, PLACES["text"])),
        (put(ROW, PLACES["score"], 5.0, "2+3"), "score-differs", NEXT, address(ROW, PLACES["done"])),
        (row_hidden, "rows-hidden", None, None),
        (put(ROW, PLACES["score"], 5.0), "score-overwritten", None, None),
    ],
)
def test_what_stands_on_the_second_sheet_is_found_there(
    change: Change, code: str, item: int | None, cell: str | None
) -> None:
    (one,) = found(split({}, change), code)
    assert (one.item, one.cell, one.sheet) == (item, cell, SECOND)
    assert SECOND in messages.sentence(one)
    assert (SECOND in messages.seen_whole(one)) is (item is None)


def test_scored_items_without_an_answer_are_found_on_both_sheets() -> None:
    def scored(book: Book) -> None:
        for sheet in (0, 1):
            put(ROW, PLACES["score"], 5.0, "2+3", sheet)(book)

    (one,) = found(split({2: {}, NEXT: {}}, scored), "blank-but-scored")
    assert dict(one.facts)["items"] == (2, NEXT)


def test_the_total_of_a_sheet_is_not_held_against_the_items_of_both() -> None:
    assert not found(split({}), "total-differs")


def test_a_further_sheet_is_not_said_to_be_renamed() -> None:
    assert not found(split({}), "sheet-renamed")


def test_day_and_signers_are_read_from_the_sheet_that_has_them() -> None:
    layout = layout_of(FORM)

    def moved(book: Book) -> None:
        first, second = book.sheets
        first.cells[HEAD_ROW, layout_of(FORM).columns(DATE_VALUE)[0]].value = None
        for place in [place for place in first.cells if place[0] == layout.sign_row]:
            second.cells[LAST + 2, place[1]] = first.cells.pop(place)

    submission = split({}, moved).submission
    assert submission
    assert (submission.filled_on, submission.signers) == (FILLED_ON, SIGNERS)


# --- a copy of the whole form ---------------------------------------------------------------------------------------


def with_copy(noted_on: tuple[int, ...]) -> list[str | None]:
    """The sheets on which a note is found that stands on the form, on its copy, or on both."""
    book = opened(FORM, fill(FORM, clean(FORM)))
    book.sheets.append(twin(book.sheet, SECOND))
    for sheet in noted_on:
        put(ROW, 15, "此项请核对", sheet=sheet)(book)
    return [one.sheet for one in found(judge(book.data()), "extra-note")]


@pytest.mark.parametrize(("noted_on", "sheets"), [((), []), ((1,), [SECOND]), ((0, 1), [None])])
def test_a_note_on_a_copy_is_found_unless_the_form_has_it_too(
    noted_on: tuple[int, ...], sheets: list[str | None]
) -> None:
    assert with_copy(noted_on) == sheets


SAID = "第3、60项已于9月落实"
ELSEWHERE: dict[str, tuple[Change, int, str | None]] = {
    "over the first half": (lambda book: write(book.sheets[0], HEAD_ROW, 1, SAID), 60, None),
    "below the first half": (lambda book: write(book.sheets[0], book.sheets[0].last_row + 2, 1, SAID), 60, None),
    "beside an item of the first half": (lambda book: write(book.sheets[0], FIRST_ITEM_ROW + 6, 14, SAID), 60, None),
    "below the second half": (lambda book: write(book.sheets[1], book.sheets[1].last_row + 2, 1, SAID), 3, SECOND),
}


def write(sheet: Sheet, row: int, column: int, text: str) -> None:
    sheet.at(row, column).value = text


@pytest.mark.parametrize("place", ELSEWHERE)
def test_words_about_an_item_of_the_other_sheet_are_asked_about(place: str) -> None:
    change, item, sheet = ELSEWHERE[place]
    asked = found(split({3: typed(), 60: typed()}, change), "words-beside")
    assert {(one.item, one.found) for one in asked} == {(3, SAID), (60, SAID)}
    assert {one.sheet for one in asked if one.item == item} == {sheet}


def test_words_about_all_items_are_asked_about_once_where_the_other_sheet_has_blank_ones() -> None:
    outcome = split({60: typed()}, lambda book: write(book.sheets[0], HEAD_ROW, 1, "以下各项均已于9月落实"))
    assert [one.sheet for one in found(outcome, "words-below")] == [None]


def test_words_about_items_of_either_sheet_that_are_answered_so_ask_nothing() -> None:
    def say(book: Book) -> None:
        write(book.sheets[0], HEAD_ROW, 1, SAID)
        write(book.sheets[1], book.sheets[1].last_row + 2, 1, "第3、60项已落实")

    outcome = split({3: done(month=9), 60: done(month=9), 70: typed()}, say)
    assert not found(outcome, "words-beside")
    assert not found(outcome, "words-below")
