"""What clerks do to a form that harms nobody: no question comes of it, whatever program saves it."""

from collections.abc import Callable
from io import BytesIO

import pytest
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet
from rounds import done, fill, judge, processor, small_form, the_form
from writers.filling import random_filling

from sanjin_xl.model.cellref import column_letters
from sanjin_xl.model.fields import TICKS
from sanjin_xl.model.layout import layout_of

FORM = the_form()
LAYOUT = layout_of(FORM)
FIRST, LAST = LAYOUT.row(1) + 1, LAYOUT.row(len(FORM.items)) + 1  # from one
ANSWERS = tuple(place + 1 for name, place in LAYOUT.places.items() if name in FORM.answers)
NUMBER, HINT, RIGHT = LAYOUT.places["number"] + 1, LAYOUT.places["hint"] + 1, len(LAYOUT.places) + 4
YELLOW, PALE = PatternFill("solid", fgColor="FFFF00"), PatternFill("solid", fgColor="DDEEFF")
BASE = fill(FORM, random_filling(FORM, 5).entries)


def cells(sheet: Worksheet, rows: range, columns: tuple[int, ...] | range) -> list[Cell]:
    return [sheet.cell(row, column) for row in rows for column in columns]


def styled(rows: range, columns: tuple[int, ...] | range, **look: object) -> Callable[[Worksheet], None]:
    def change(sheet: Worksheet) -> None:
        for cell in cells(sheet, rows, columns):
            for name, value in look.items():
                setattr(cell, name, value)

    return change


def blank_rows_coloured(sheet: Worksheet) -> None:
    """Whatever is still to be done, in yellow."""
    done = LAYOUT.places["done"] + 1
    for row in range(FIRST, LAST + 1):
        if not sheet.cell(row, done).value:
            styled(range(row, row + 1), range(1, HINT + 1), fill=YELLOW)(sheet)


def striped(sheet: Worksheet) -> None:
    for row in ITEMS[::2]:
        styled(range(row, row + 1), range(1, HINT + 1), fill=PALE)(sheet)


def heights(sheet: Worksheet) -> None:
    for row in range(1, LAST + 9):
        sheet.row_dimensions[row].height = 41
    for column in range(1, RIGHT):
        sheet.column_dimensions[column_letters(column)].width = 21


def settings(sheet: Worksheet) -> None:
    sheet.print_area = f"{column_letters(0)}1:{column_letters(HINT - 1)}{LAST}"
    sheet.print_title_rows = "1:5"
    sheet.freeze_panes = sheet.cell(FIRST, ANSWERS[0])
    sheet.sheet_view.zoomScale = 70
    sheet.sheet_properties.tabColor = "FF0000"
    sheet.column_dimensions[column_letters(RIGHT)].hidden = True
    sheet.page_setup.orientation = "portrait"
    for row in range(FIRST, FIRST + 9):
        sheet.row_dimensions[row].outlineLevel = 1


def noted(row: int, column: int) -> Callable[[Worksheet], None]:
    return lambda sheet: setattr(sheet.cell(row, column), "comment", Comment("已核对", "张"))


def pictured(row: int, column: int, size: int) -> Callable[[Worksheet], None]:
    def change(sheet: Worksheet) -> None:
        image = Image(BytesIO(PNG))
        image.width = image.height = size
        sheet.add_image(image, f"{column_letters(column - 1)}{row}")

    return change


PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xde\0\0\0\x0cIDATx\x9cc\xf8\xcf\xc0\0\0"
    b"\x03\x01\x01\0\xc9\xfe\x92\xef\0\0\0\0IEND\xaeB`\x82"
)
EVERYWHERE = range(1, LAST + 20)
ITEMS = range(FIRST, LAST + 1)
ACTS: dict[str, Callable[[Worksheet], None]] = {
    "heights and widths": heights,
    "print area, titles, freeze, zoom, groups": settings,
    "another font": styled(ITEMS, ANSWERS, font=Font(name="仿宋_GB2312", size=16, bold=True, color="FF0000")),
    "underlined": styled(ITEMS, ANSWERS, font=Font(underline="single")),
    "two rows coloured": styled(range(FIRST + 4, FIRST + 6), range(1, HINT + 1), fill=YELLOW),
    "a row coloured from its number on": styled(range(FIRST + 5, FIRST + 6), range(NUMBER, HINT), fill=YELLOW),
    "the rows of a category coloured": styled(range(FIRST, FIRST + 14), range(1, HINT + 1), fill=PALE),
    "rows of what is not done coloured": blank_rows_coloured,
    "stripes": striped,
    "a column coloured": styled(ITEMS, ANSWERS[:1], fill=PALE),
    "white behind everything": styled(EVERYWHERE, range(1, RIGHT), fill=PatternFill("solid", fgColor="FFFFFF")),
    "no colours": styled(ITEMS, ANSWERS, fill=PatternFill()),
    "set at the top left": styled(ITEMS, ANSWERS, alignment=Alignment("left", "top", wrap_text=True)),
    "lines far below": styled(range(LAST, LAST + 200), range(1, RIGHT), border=Border(bottom=Side("thin"))),
    "formatted as text": styled(ITEMS, ANSWERS, number_format="@"),
    "formatted with two digits": styled(ITEMS, ANSWERS, number_format="0.00_ "),
    "a comment on the title": noted(1, 1),
    "a comment beside the table": noted(FIRST, RIGHT),
    "a comment on a heading": noted(FIRST - 1, ANSWERS[0]),
    "a logo on the title": pictured(1, 1, 60),
    "a logo that reaches into the headings": pictured(2, 1, 150),
    "a seal on the sign-off line": pictured(LAST + 2, ANSWERS[2], 160),
    "a seal on the total that begins in the last item": pictured(LAST, ANSWERS[0], 160),
    "a seal below": pictured(LAST + 6, ANSWERS[0], 160),
    "a picture beside the table": pictured(FIRST + 3, RIGHT, 100),
}


def after(act: Callable[[Worksheet], None], data: bytes = BASE) -> bytes:
    book, out = load_workbook(BytesIO(data)), BytesIO()
    act(book.worksheets[0])
    book.save(out)
    return out.getvalue()


def nothing(sheet: Worksheet) -> None:
    """The copy that the others are held against: openpyxl takes escapes in remarks for what they stand for."""


@pytest.mark.parametrize("name", ACTS)
def test_what_clerks_do_to_a_form_asks_nothing(name: str) -> None:
    before, outcome = judge(after(nothing)), judge(after(ACTS[name]))
    assert outcome.submission
    assert before.submission
    assert outcome.submission.answers == before.submission.answers
    assert [one.code for one in outcome.findings if one.asks] == [one.code for one in before.findings if one.asks]


def categories_coloured(sheet: Worksheet) -> None:
    """Every category in a colour of its own, or in one of two."""
    for n, category in enumerate(FORM.categories):
        rows = range(LAYOUT.row(category.items[0].number) + 1, LAYOUT.row(category.items[-1].number) + 2)
        styled(rows, range(1, HINT + 1), fill=(YELLOW, PALE)[n % 2])(sheet)


def other_rows_white(sheet: Worksheet) -> None:
    for row in ITEMS[::2]:
        styled(range(row, row + 1), range(1, HINT + 1), fill=PatternFill("solid", fgColor="FFFFFF"))(sheet)


def ticks_coloured(sheet: Worksheet) -> None:
    for cell in cells(sheet, ITEMS, ANSWERS[:1]):
        if cell.value:
            cell.fill = PatternFill("solid", fgColor="92D050")


@pytest.mark.parametrize("few", [True, False])
@pytest.mark.parametrize(
    "acts",
    [
        (categories_coloured,),
        (striped, ticks_coloured),
        (categories_coloured, ticks_coloured),
        (categories_coloured, striped),
        (ACTS["a column coloured"], ticks_coloured),
        (ACTS["a column coloured"], other_rows_white),
    ],
)
def test_colours_by_category_and_of_ticks_tell_nothing_of_blank_cells(
    acts: tuple[Callable[[Worksheet], None], ...], few: bool
) -> None:
    rows = {number: done(month=8) for number in range(1, 9)}
    data = fill(FORM, rows) if few else BASE
    for act in acts:
        data = after(act, data)
    assert "answer-coloured" not in {one.code for one in judge(data).findings}


def test_colours_that_tell_what_was_done_are_still_asked_about() -> None:
    """Where most is coloured and hardly anything ticked, whole rows as well."""
    few = {number: {"done": "√", "done_month": "8月"} for number in range(1, 11)}
    data = after(styled(range(FIRST + 10, FIRST + 60), range(1, HINT + 1), fill=YELLOW), fill(FORM, few))
    coloured = {one.item for one in judge(data).findings if one.code == "answer-coloured"}
    assert coloured >= set(range(20, 60))


def test_of_a_form_of_a_few_items_no_colours_follow_the_form() -> None:
    """Two of seven cells coloured, every other one: they are asked about."""
    places = layout_of(small_form()).places
    data = fill(small_form(), {1: done(month=8)})
    rows = [layout_of(small_form()).row(number) + 1 for number in (2, 4, 6)]
    for row in rows:
        data = after(styled(range(row, row + 1), (places["done"] + 1,), fill=YELLOW), data)
    found = processor(small_form()).process_file(data, "东源县司法局.xlsx").findings
    assert {one.item for one in found if one.code == "answer-coloured"} == {2, 4, 6}


def test_a_cell_coloured_alone_is_still_asked_about() -> None:
    place = ANSWERS[list(FORM.answers).index(TICKS[0])]
    blank = next(
        item.number for item in FORM.items if "done" not in random_filling(FORM, 5).entries.get(item.number, {})
    )
    row = FIRST + blank - 1
    outcome = judge(after(styled(range(row, row + 1), (place,), fill=YELLOW)))
    assert ("answer-coloured", blank) in {(one.code, one.item) for one in outcome.findings if one.asks}
