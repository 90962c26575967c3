"""The issued sheet as it prints: categories and groups on every page, quiet hints, and whom to ask."""

from io import BytesIO
from itertools import pairwise
from typing import Any

import pytest
from openpyxl import load_workbook
from rounds import done, fill, issue, judge, responsible_form, small_form, the_form

from sanjin_xl.books.issue import Filling
from sanjin_xl.books.template import template_bytes
from sanjin_xl.messages import template as words
from sanjin_xl.model.form import Form
from sanjin_xl.model.layout import FIRST_ITEM_ROW, layout_of

QUIET = "FF7F7F7F"
REMARK = "部分完成，其余四个镇的调解委员会拟于十二月底前全部建立，经费已列入财政预算，人员正在招录。"


def sheet_of(form: Form, filling: Filling | None = None, sheet: str = words.SHEET, **facts: Any) -> Any:
    return load_workbook(BytesIO(template_bytes(issue(form=form, **facts), filling)))[sheet]


def page_starts(sheet: Any) -> list[int]:
    """The number of the first item of each printed page."""
    return [1, *(one.id - FIRST_ITEM_ROW + 1 for one in sheet.row_breaks.brk)]


def remarks(every: int) -> Filling:
    return Filling(cells={(n, "remark"): REMARK for n in range(1, 109, every)})


@pytest.mark.parametrize("filling", [Filling(), remarks(1), remarks(7)], ids=["blank", "all", "some"])
def test_a_category_is_named_at_the_top_of_every_page_it_runs_over(filling: Filling) -> None:
    form, sheet = the_form(), sheet_of(the_form(), filling)
    starts = page_starts(sheet)
    assert len(starts) > 5
    labels = {n: sheet[layout_of(form).cell(n, "category")].value for n in starts}
    for number, label in labels.items():
        category = form.category_of(number)
        assert category.name in label
        assert f"（{category.ordinal}）" in label
    # Said to go on, so that nobody takes it for another category and adds its points twice.
    inside = [n for n in starts if form.category_of(n).items[0].number != n]
    assert inside
    assert all("续" in labels[n] and "分" not in labels[n] for n in inside)


@pytest.mark.parametrize("form", [small_form(), responsible_form()], ids=["small", "with a column"])
def test_a_form_of_one_page_names_each_category_once(form: Form) -> None:
    sheet = sheet_of(form)
    assert page_starts(sheet) == [1]
    column = [sheet[layout_of(form).cell(item.number, "category")].value for item in form.items]
    assert [text.split("\n")[1] for text in column if text] == [category.name for category in form.categories]


@pytest.mark.parametrize("filling", [Filling(), remarks(1)], ids=["blank", "long"])
def test_no_page_begins_within_a_row_of_the_paper_form(filling: Filling) -> None:
    form, starts = the_form(), page_starts(sheet_of(the_form(), filling))
    for number in starts[1:]:
        assert form.item(number).printed_row != form.item(number - 1).printed_row


def test_items_of_one_printed_row_are_parted_otherwise_than_those_of_two() -> None:
    form, sheet = the_form(), sheet_of(the_form())
    layout = layout_of(form)
    drawn: dict[bool, set[tuple[str, str]]] = {True: set(), False: set()}
    for before, item in pairwise(form.items):
        if form.category_of(before.number) is form.category_of(item.number):
            above = sheet[layout.cell(before.number, "text")].border.bottom
            below = sheet[layout.cell(item.number, "text")].border.top
            assert (above.style, above.color.rgb) == (below.style, below.color.rgb)
            drawn[before.printed_row == item.printed_row].add((below.style, below.color.rgb))
    (within,), (between,) = drawn[True], drawn[False]
    # Another kind of line and a paler one: seen where there is no colour.
    assert within[0] == "dotted"
    assert between[0] == "thin"
    assert int(within[1][2:4], 16) - int(between[1][2:4], 16) > 0x40


def test_a_hint_that_asks_for_nothing_is_quiet_and_one_that_does_is_painted() -> None:
    form, layout = the_form(), layout_of(the_form())
    sheet = sheet_of(form)
    hints = [sheet[layout.cell(item.number, "hint")] for item in form.items]
    assert {one.font.color.rgb for one in hints} == {QUIET}
    area = layout.area("hint")
    rules = [rule for ranges in sheet.conditional_formatting if str(ranges.sqref) == area for rule in ranges.rules]
    assert [words.NOT_FILLED in rule.formula[0] for rule in rules] == [True]


def test_the_self_score_is_said_to_be_no_more_than_a_hint_of_the_score() -> None:
    texts = [cell.value for cell in sheet_of(the_form())[3] if cell.value]
    assert [words.SELF_SCORE in text and "仅供参考" in text for text in texts] == [False, True, False]


def guide(**facts: Any) -> str:
    return "".join(
        str(row[0].value or "") for row in sheet_of(the_form(), sheet=words.GUIDE_SHEET, **facts).iter_rows()
    )


def test_the_guide_says_whom_to_ask_and_nothing_where_nobody_is_named() -> None:
    assert "王某，0762-1234567" in guide(contact="王某，0762-1234567")
    assert "联系：" not in guide()


def test_a_return_is_read_alike_wherever_its_pages_end() -> None:
    form = the_form()
    for entry in (done(month=9), done(month=9, remark=REMARK)):
        outcome = judge(fill(form, {item.number: entry for item in form.items}))
        assert outcome.submission
        assert all(outcome.submission.answer(item.number).done for item in form.items)
