"""The form in other shapes than it was issued in, and words where no answer is asked (docs/returns.md §3)."""

import json
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from random import Random

import openpyxl
import pandas as pd
import pytest
from command import Command
from converted import pages_of, retyped, workbook
from damage.book import filled, opened
from damage.columns import insert_columns_at
from damage.registry import MUTATORS
from damage.rows import insert_rows_at
from damage.sheet import Cell, Sheet
from damage.sheets import head_cell, twin
from damage.verdict import judged
from office import Office
from rounds import (
    DONGYUAN,
    YUANCHENG,
    Entry,
    clean,
    done,
    fill,
    judge,
    pasted,
    planned,
    small_form,
    the_form,
    typed,
)

from sanjin_xl.judge.pipeline import Outcome, Status
from sanjin_xl.messages import template as words
from sanjin_xl.model.catalogue import Severity
from sanjin_xl.model.cellref import column_letters
from sanjin_xl.model.form import Form
from sanjin_xl.model.layout import PERIOD_VALUE, STAMP_VALUE, UNIT_VALUE, layout_of

FORM = the_form()
LAYOUT = layout_of(FORM)
PLACES = LAYOUT.places


def asked(outcome: Outcome) -> set[tuple[str, int | None]]:
    """The errors and reviews, each with its item."""
    return {(one.code, one.item) for one in outcome.findings if one.severity is not Severity.NOTE}


def codes(outcome: Outcome) -> set[str]:
    return {one.code for one in outcome.findings}


# --- a blank form ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [FORM, small_form()])
def test_a_form_in_which_nothing_was_filled_in_is_refused_and_is_not_zero_points(form: Form) -> None:
    outcome = judge(fill(form, {}), form=form)
    assert (outcome.status, outcome.reason, outcome.unit) == (Status.REJECTED, "blank-form", DONGYUAN)
    assert outcome.submission is None


@pytest.mark.parametrize("entry", [typed(done="□ ＿＿ 月", planned="□ ＿＿ 月", ledger="□"), typed(done_month="月")])
def test_boxes_of_the_paper_form_that_nobody_ticked_are_blank(entry: Entry) -> None:
    rows = {item.number: entry for item in FORM.items}
    assert judge(fill(FORM, rows)).reason == "blank-form"


@pytest.mark.parametrize("entry", [typed(done="×"), typed(done="未落实"), typed(planned="0")])
def test_an_explicit_no_is_an_answer(entry: Entry) -> None:
    outcome = judge(fill(FORM, {1: entry}))
    assert outcome.submission


def test_words_in_a_blank_form_are_told_with_the_refusal() -> None:
    outcome = judge(pasted(fill(FORM, {1: typed(remark="详见纸质件")}), L7="请看附件"))
    assert outcome.reason == "blank-form"
    assert dict(outcome.facts)["elsewhere"] == ("详见纸质件", "请看附件")


@pytest.mark.parametrize("cells", [{"J6": "已落实"}, {"L6": "√ 9月"}, {"K6": "已于9月开展"}])
def test_a_form_answered_in_words_alone_is_not_blank(cells: dict[str, str]) -> None:
    outcome = judge(pasted(fill(FORM, {}), **cells))
    assert outcome.submission
    assert asked(outcome) & {("remark-answers", 1), ("words-beside", 1)}


# --- words where nothing is asked -----------------------------------------------------------------------------------

ROW = LAYOUT.row(5)


def with_words(place: int, text: str, entry: Entry, row: int = ROW) -> Outcome:
    book = opened(FORM, fill(FORM, clean(FORM) | {5: entry}))
    cell = book.sheet.at(row, place)
    cell.value, cell.formula = text, None
    return judge(book.data())


@pytest.mark.parametrize(
    "place", [PLACES["hint"], PLACES["score"], PLACES["number"], PLACES["points"], PLACES["code"] + 2]
)
@pytest.mark.parametrize(
    ("entry", "text", "doubted"),
    [
        ({}, "已落实", True),
        ({}, "张三负责", True),
        (planned(month=12), "已于9月完成", True),
        (done(month=9), "部分完成", True),
        (done(month=9), "拟12月完成", True),
        (done(month=9), "张三负责", False),
        (planned(month=12), "张三负责", False),
    ],
)
def test_words_on_a_row_are_asked_about_where_its_answer_is_blank_or_says_otherwise(
    place: int, entry: Entry, text: str, doubted: bool
) -> None:
    outcome = with_words(place, text, entry)
    assert ("words-beside" in codes(outcome)) is doubted
    (said,) = [one for one in outcome.findings if one.found == text]
    assert said.code == ("words-beside" if doubted else "extra-note")


def test_a_column_of_the_countys_own_is_no_answer_but_what_it_claims_is() -> None:
    book = opened(FORM, fill(FORM, clean(FORM) | {5: {}, 6: {}}))
    for item in FORM.items:
        book.sheet.at(LAYOUT.row(item.number), PLACES["code"] + 1).value = "已落实" if item.number == 6 else "张三"
    outcome = judge(book.data())
    assert {item for code, item in asked(outcome) if code == "words-beside"} == {6}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第5项已于9月落实", ("words-beside", 5)),
        ("以上各项均已落实", ("words-below", None)),
        ("第6项由张三负责", None),
        ("本表一式两份", None),
    ],
)
def test_words_below_the_table_are_held_against_the_items_they_name(
    text: str, expected: tuple[str, int | None] | None
) -> None:
    outcome = with_words(PLACES["text"], text, {}, row=LAYOUT.seal_row + 2)
    assert (expected in asked(outcome)) if expected else "extra-note" in codes(outcome)
    assert text in {one.found for one in outcome.findings}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第5项已于9月落实", ("words-beside", 5)),
        ("除第8项外，各项均已落实", ("words-below", None)),
        ("任务完成情况表（全部）", None),
    ],
)
@pytest.mark.parametrize("moved", [False, True])
def test_words_above_the_headings_are_held_against_the_items_too(
    text: str, expected: tuple[str, int | None] | None, moved: bool
) -> None:
    book = opened(FORM, fill(FORM, clean(FORM) | {5: {}}))
    book.sheet.at(0, PLACES["code"] - 1).value = text
    if moved:
        insert_columns_at(book, 0)
    outcome = judge(book.data())
    assert {one for one in asked(outcome) if one[0].startswith("words")} == ({expected} if expected else set())


@pytest.mark.parametrize(
    ("text", "item"), [("上项已于9月落实", 5), ("第5项拟12月落实", 5), ("以下由基层股填写", None), ("业务工作", None)]
)
def test_words_in_a_row_of_their_own_among_the_items_are_kept(text: str, item: int | None) -> None:
    book = opened(FORM, fill(FORM, clean(FORM) | {5: {}}))
    insert_rows_at(book, LAYOUT.row(6))
    book.sheet.at(LAYOUT.row(6), PLACES["text"]).value = text
    outcome = judge(book.data())
    (said,) = [one for one in outcome.findings if one.found == text]
    assert (said.code, said.item) == (("words-beside", item) if item else ("extra-note", None))


@pytest.mark.parametrize(("text", "doubted"), [("已于9月落实", True), ("0.5分", False), ("0.50", False)])
def test_words_over_the_points_are_words_and_points_with_their_unit_are_points(text: str, doubted: bool) -> None:
    outcome = with_words(PLACES["points"], text, {})
    assert ("words-beside" in codes(outcome)) is doubted


@pytest.mark.parametrize(
    ("text", "doubted"), [("{}（√）", True), ("√ {}", True), ("{}拟12月完成", True), ("5．{}", False)]
)
def test_an_answer_added_to_the_wording_is_asked_about(text: str, doubted: bool) -> None:
    for entry, asks in (({}, doubted), (done(month=9), doubted and "拟" in text)):
        outcome = with_words(PLACES["text"], text.format(FORM.item(5).text), entry)
        assert (("words-beside", 5) in asked(outcome)) is asks


def test_our_own_hints_kept_as_plain_values_are_no_words() -> None:
    book = filled(FORM, 1)
    MUTATORS["values_pasted"].run(book, Random(1))
    assert not codes(judged(book).outcome) & {"words-beside", "extra-note"}


# --- which sheet is meant -------------------------------------------------------------------------------------------


def test_a_table_of_another_period_beside_this_one_does_not_hide_it() -> None:
    book = opened(FORM, fill(FORM, clean(FORM)))
    insert_rows_at(book, LAYOUT.row(3))
    draft = twin(book.sheet, "修改稿")
    book.sheets.append(draft)
    across = len(PLACES) + 1
    for (row, column), cell in list(book.sheet.cells.items()):
        book.sheet.cells[row, column + across] = Cell(cell.value)
        if cell.tag and cell.tag[1] in ("done", "done_month"):
            book.sheet.cells[row, column + across].value = draft.cells[row, column].value = None
    row, column = head_cell(book, PERIOD_VALUE)
    book.sheet.at(row, column + across).value = "2012年第二季度"
    outcome = judge(book.data())
    assert outcome.submission
    assert all(answer.done for answer in outcome.submission.answers.values())
    assert codes(outcome) >= {"sheet-other-period", "tables-differ"}


def with_copy(name: str, change: Callable[[Sheet], None], blank_first: bool = False) -> Outcome:
    book = opened(FORM, fill(FORM, clean(FORM)))
    copy = twin(book.sheet, name)
    change(copy)
    book.sheets.append(copy)
    if blank_first:
        blank(book.sheet)
    return judge(book.data())


def blank(sheet: Sheet) -> None:
    for cell in sheet.cells.values():
        if (cell.tag or cell.of or (0, ""))[1] in FORM.answers:
            cell.value = None


def in_second_quarter(sheet: Sheet) -> None:
    sheet.cells[head_cell(opened(FORM, fill(FORM, {})), PERIOD_VALUE)].value = "2012年第二季度"
    sheet.cells[LAYOUT.row(3), PLACES["done"]].value = None


def test_answers_on_a_sheet_of_its_own_are_read_where_the_issued_one_is_blank() -> None:
    outcome = with_copy("上报", lambda sheet: None, blank_first=True)
    assert outcome.submission
    assert all(answer.done for answer in outcome.submission.answers.values())
    assert asked(outcome) == set()
    assert "sheet-blank" in codes(outcome)


def test_the_table_of_another_period_is_named_and_not_read() -> None:
    outcome = with_copy("二季度", in_second_quarter)
    assert asked(outcome) == set()
    assert "sheet-other-period" in codes(outcome)


def test_a_table_that_is_said_to_be_of_another_period_is_read_where_there_is_no_other_and_asked_about() -> None:
    book = opened(FORM, fill(FORM, clean(FORM)))
    assert asked(judge(book.data())) == set()
    in_second_quarter(book.sheet)
    outcome = judge(book.data())
    assert outcome.submission
    assert ("sheet-period-differs", None) in asked(outcome)


def test_a_blank_form_beside_last_quarters_table_is_blank_and_says_what_else_is_there() -> None:
    outcome = with_copy("二季度", in_second_quarter, blank_first=True)
    assert outcome.reason == "blank-form"
    assert dict(outcome.facts)["elsewhere"] == ("二季度",)


def test_a_copy_of_this_period_with_other_answers_is_asked_about() -> None:
    def change(sheet: Sheet) -> None:
        sheet.cells[LAYOUT.row(3), PLACES["ledger"]].value = None

    outcome = with_copy("修改稿", change)
    assert ("sheet-copies-differ", 3) in asked(outcome)
    assert outcome.in_doubt == {3}


# --- two units in one workbook --------------------------------------------------------------------------------------


def test_a_unit_may_be_named_by_the_title_alone() -> None:
    top = [["东源县“三进”任务完成情况表"], ["", "填报日期：", "2012年9月28日"]]
    heads = ["序号", "内容、标准", *(FORM.fields[name].heading for name in FORM.answers)]
    rows = [[str(item.number), item.text, *cells(mixed()[item.number])] for item in FORM.items]
    assert judge(workbook([*top, heads, *rows]), "表.xlsx").unit == DONGYUAN


def test_what_stands_above_the_table_may_be_repeated_on_every_page() -> None:
    head = [["“三进”任务完成情况表"], ["填报单位：东源县司法局", "", "填报期：2012年第三季度"]]
    heads = ["序号", "内容、标准", *(FORM.fields[name].heading for name in FORM.answers)]
    rows = [[str(item.number), item.text, *cells(mixed()[item.number])] for item in FORM.items]
    pages = [line for n in range(0, len(rows), 30) for line in (*head, heads, *rows[n : n + 30])]
    assert "answer-unplaced" not in codes(judge(workbook(pages)))


def two_counties(first: str = DONGYUAN, second: str = YUANCHENG) -> bytes:
    book = opened(FORM, fill(FORM, clean(FORM), unit=first))
    other = opened(FORM, fill(FORM, {item.number: done(month=9) for item in FORM.items[:50]}, unit=second))
    copy = other.sheet
    copy.name = "上报"
    book.sheets.append(copy)
    return book.data()


def returns_in(data: bytes, path: str) -> list[Outcome]:
    first = judge(data, path)
    return [first, *first.others]


def test_two_units_in_one_workbook_are_two_returns() -> None:
    outcomes = returns_in(two_counties(), "两县.xlsx")
    assert [(one.path, one.unit) for one in outcomes] == [
        ("两县.xlsx#完成情况表", DONGYUAN),
        ("两县.xlsx#上报", YUANCHENG),
    ]
    first, second = (one.submission for one in outcomes)
    assert first
    assert second
    assert sum(answer.done is True for answer in first.answers.values()) == 108
    assert sum(answer.done is True for answer in second.answers.values()) == 50
    assert all("workbook-shared" in codes(one) for one in outcomes)


def test_a_table_in_the_file_of_another_unit_is_asked_about() -> None:
    outcomes = returns_in(two_counties(), "东源县司法局.xlsx")
    assert [("workbook-of-other", None) in asked(one) for one in outcomes] == [False, True]


def test_the_stamp_of_one_unit_never_vouches_for_the_other() -> None:
    book = opened(FORM, fill(FORM, clean(FORM)))
    copy = twin(book.sheet, "上报")
    blank_book = opened(FORM, fill(FORM, {}))
    copy.cells[head_cell(blank_book, UNIT_VALUE)].value = "源城区司法局"
    copy.cells[head_cell(blank_book, STAMP_VALUE)].value = None
    book.sheets.append(copy)
    outcomes = returns_in(book.data(), "两县.xlsx")
    assert [one.unit for one in outcomes] == [DONGYUAN, YUANCHENG]
    assert [("stamp-missing", None) in asked(one) for one in outcomes] == [False, True]


# --- other shapes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("one_status_column", "column-status"),
        ("sheet_per_category", "sheets-joined"),
        ("wordings_wrapped", "rows-wrapped"),
        ("the_paper_way", "tick-normalised"),
    ],
)
def test_what_is_certain_is_read_with_a_note_and_no_question_about_the_answers(name: str, code: str) -> None:
    for seed in range(3):
        book = filled(FORM, seed)
        MUTATORS[name].run(book, Random(seed))
        verdict = judged(book)
        assert len(verdict.right) == 108
        assert code in codes(verdict.outcome)


def test_a_transposed_table_is_refused_by_its_name() -> None:
    book = filled(FORM, 1)
    MUTATORS["transposed"].run(book, Random(1))
    assert judged(book).refused == "transposed"


def test_the_paper_form_itself_with_headings_over_two_rows_is_read() -> None:
    cells = {
        (0, 0): "考核项目", (0, 1): "内 容 、标 准 及 考 核 分 值", (0, 2): "落  实  情  况（在□里打√）",
        (0, 4): "是否有台 帐\n打“√”", (0, 5): "备注", (1, 2): "已落实内容及时间", (1, 3): "拟落实内容及时间",
    }  # fmt: skip
    for row, item in enumerate(FORM.items, start=2):
        is_done = item.number % 3 > 0
        cells |= {(row, 1): item.text, (row, 2): "☑ 9月" if is_done else "□ ＿＿ 月"}
        cells |= {(row, 3): "□ ＿＿ 月" if is_done else "☑ 12 月", (row, 4): "√" if is_done else "□"}
    book = opened(FORM, fill(FORM, {}))
    book.sheets[0] = Sheet("Sheet1", {place: Cell(text) for place, text in cells.items()})
    outcome = judge(book.data())
    assert outcome.submission
    assert {n for n, answer in outcome.submission.answers.items() if answer.done} == {
        item.number for item in FORM.items if item.number % 3
    }
    assert all(answer.done_month == (9,) for answer in outcome.submission.answers.values() if answer.done)
    assert not {code for code, _ in asked(outcome)} & {"column-missing", "column-guessed", "tick-unclear"}


Made = Callable[[Entry], list[str]]


def own_table(heads: list[list[str]], made: Made, entries: dict[int, Entry], *, numbered: str = "{}") -> Outcome:
    """A table that a county has typed anew: 序号 and wordings, and what it makes of each answer."""
    top = [["", "填报单位：", "东源县司法局"], ["", "填报日期：", "2012年9月28日"]]
    rows = [[numbered.format(item.number), item.text, *made(entries[item.number])] for item in FORM.items]
    return judge(workbook([*top, *heads, *rows]))


def mixed() -> dict[int, Entry]:
    """Done, planned and blank ones by turns."""
    kinds: tuple[Entry, ...] = (done(month=9), done(month=8, ledger=False), {}, planned(month=12))
    return {item.number: dict(kinds[item.number % 4]) for item in FORM.items if item.number != 10} | {10: {}}


def cells(row: Entry) -> list[str]:
    return [row.get(name, "") for name in FORM.answers]


def state(row: Entry) -> str:
    return "已落实" if "done" in row else "拟落实" if "planned" in row else "未落实"


def when(row: Entry) -> str:
    return row.get("done_month", row.get("planned_month", ""))


def read_as_filled_in(outcome: Outcome, entries: dict[int, Entry]) -> bool:
    whole = judge(fill(FORM, entries)).submission
    assert whole
    assert outcome.submission
    choices = ("done", "done_month", "planned", "planned_month", "ledger")
    return all(
        one.value(name) == whole.answers[number].value(name)
        for number, one in outcome.submission.answers.items()
        for name in choices
    )


def asked_about_the_table(outcome: Outcome) -> set[str]:
    return {code for code, _ in asked(outcome) if code.startswith(("column", "answer", "words", "item", "row"))}


@pytest.mark.parametrize(
    "heads",
    [
        "已落实（打√） 落实月份 拟落实（打√） 拟落实月份 台帐（打√） 备注",
        "是否落实 落实时间 是否拟落实 拟落实时间 是否有台帐 备注",
        "已完成 完成月份 拟完成 拟完成月份 台账 说明",
        "落实 月份 拟落实 月份 台账情况 备注",
        "完成情况（√） 完成月份 计划（√） 计划月份 台账（有/无） 备注",
        "已落实情况 落实时间（月） 拟落实情况 拟落实时间（月） 台帐建立情况 其他",
    ],
)
def test_columns_that_others_head_in_their_own_words_are_read_without_a_question(heads: str) -> None:
    outcome = own_table([["序号", "工作内容", *heads.split()]], cells, mixed())
    assert read_as_filled_in(outcome, mixed())
    assert not asked_about_the_table(outcome)


@pytest.mark.parametrize(
    "heads",
    [
        [["序号", "内容、标准", "已落实内容及时间", "", "拟落实内容及时间", "", "是否有台帐", "备注"],
         ["", "", "已落实", "月份", "拟落实", "月份", "", ""]],
        [["考核项目", "内容、标准", "落实情况", "", "", "", "台帐", "备注"],
         ["", "", "已落实", "", "拟落实", "", "", ""],
         ["", "", "打√", "月份", "打√", "月份", "", ""]],
    ],
)  # fmt: skip
def test_headings_over_two_or_three_rows_are_read(heads: list[list[str]]) -> None:
    outcome = own_table(heads, cells, mixed())
    assert read_as_filled_in(outcome, mixed())
    assert not asked_about_the_table(outcome)


@pytest.mark.parametrize("head", ["落实情况及时间", "任务完成情况", "落实（完成）情况", "办理进度", "进展", "是否落实"])
def test_one_column_for_everything_is_known_by_any_of_its_headings(head: str) -> None:
    def made(row: Entry) -> list[str]:
        return [f"{state(row)}（{when(row)}）" if when(row) else state(row), row.get("ledger", ""), ""]

    outcome = own_table([["序号", "内容、标准", head, "台帐", "备注"]], made, mixed())
    assert read_as_filled_in(outcome, mixed())
    assert "column-status" in codes(outcome)


def test_the_ledger_may_be_said_in_the_one_column_for_everything() -> None:
    def made(row: Entry) -> list[str]:
        said = f"，{'有' if row.get('ledger') else '无'}台帐" if row.get("done") else ""
        return [f"{state(row)}（{when(row)}）{said}" if when(row) else state(row)]

    outcome = own_table([["序号", "内容、标准", "落实情况"]], made, mixed())
    assert outcome.submission
    assert "tick-unclear" not in codes(outcome)
    for number, row in mixed().items():
        if row.get("done"):
            assert outcome.submission.answers[number].ledger is bool(row.get("ledger"))


@pytest.mark.parametrize("marks", ["○△×", "ABC", ("100%", "50%", "0%")])
def test_marks_that_nobody_explains_in_one_column_for_everything_are_asked_about_item_by_item(
    marks: Sequence[str],
) -> None:
    meant = dict(zip(("已落实", "拟落实", "未落实"), marks, strict=True))
    outcome = own_table(
        [["序号", "内容、标准", "落实情况", "时间", "台帐", "备注"]],
        lambda row: [meant[state(row)], when(row), row.get("ledger", ""), ""],
        mixed(),
    )
    assert "column-missing" not in codes(outcome)
    unclear = {item for code, item in asked(outcome) if code == "tick-unclear"}
    assert unclear >= {number for number, row in mixed().items() if "done" in row}


@pytest.mark.parametrize(
    ("head", "guessed"), [("落实时间", False), ("时间", False), ("落实（拟落实）月份", False), ("何月", True)]
)
def test_months_in_a_column_of_their_own_beside_one_for_everything_are_read(head: str, guessed: bool) -> None:
    outcome = own_table(
        [["序号", "内容、标准", "落实情况", head, "台帐", "备注"]],
        lambda row: [state(row), when(row), row.get("ledger", ""), ""],
        mixed(),
    )
    assert read_as_filled_in(outcome, mixed())
    assert (("column-guessed", None) in asked(outcome)) is guessed


@pytest.mark.parametrize(
    "heads",
    ["已落实 拟落实 时间 台帐", "落实 拟落实 月份 台帐", "已落实 拟落实 落实时间 台帐", "已落实 拟落实 台帐 时间"],
)
def test_one_column_of_months_is_of_whatever_is_ticked_beside_it(heads: str) -> None:
    names = heads.split()

    def made(row: Entry) -> list[str]:
        last = [row.get("ledger", ""), when(row)] if names[-1] == "时间" else [when(row), row.get("ledger", "")]
        return [row.get("done", ""), row.get("planned", ""), *last, ""]

    outcome = own_table([["序号", "内容、标准", *names, "备注"]], made, mixed())
    assert read_as_filled_in(outcome, mixed())
    assert not asked_about_the_table(outcome)
    assert outcome.submission
    first = next(n for n, row in mixed().items() if "done" in row)
    assert outcome.submission.cell(first, "done_month") != ""


def test_one_column_of_months_beside_plans_alone_is_that_of_the_plans() -> None:
    outcome = own_table(
        [["序号", "内容、标准", "已落实", "拟落实", "时间", "台帐", "备注"]],
        lambda row: [row.get(name, "") for name in ("done", "planned", "planned_month", "ledger", "remark")],
        mixed(),
    )
    assert "column-missing" in codes(outcome)


def test_running_numbers_below_the_heading_of_the_months_are_no_months_and_end_nothing() -> None:
    rows = [
        [FORM.item(number).text, row.get("done", ""), row.get("planned", ""), str(number), row.get("ledger", "")]
        for number, row in mixed().items()
    ]
    outcome = judge(workbook([["内容、标准", "已落实", "拟落实", "时间", "台帐"], *rows]))
    assert "column-missing" in codes(outcome)
    assert outcome.submission
    assert not any(one.done_month or one.planned_month for one in outcome.submission.answers.values())


def test_a_month_planned_for_what_is_not_done_is_a_plan() -> None:
    outcome = own_table(
        [["序号", "内容、标准", "是否完成", "完成时间", "计划完成时间", "有无台账"]],
        lambda row: [
            "是" if "done" in row else "否",
            *map(row.get, ("done_month", "planned_month", "ledger"), [""] * 3),
        ],
        mixed(),
    )
    assert read_as_filled_in(outcome, mixed())


def test_columns_in_an_order_of_their_own_are_read_where_ticks_and_months_bear_them_out() -> None:
    order = ("planned", "planned_month", "ledger", "remark", "done", "done_month")
    for exchanged in (False, True):
        heads = [FORM.fields[name].heading for name in order]
        if exchanged:
            heads[0], heads[4] = heads[4], heads[0]
        outcome = own_table(
            [["序号", "内容、标准", *heads]], lambda row: [row.get(name, "") for name in order], mixed()
        )
        assert ("column-doubtful" in codes(outcome)) is exchanged
        assert read_as_filled_in(outcome, mixed()) is not exchanged


@pytest.mark.parametrize("numbered", ["{}.", "第{}项", "（{}）", "{}、"])
def test_numbers_alone_tell_the_items_however_they_are_written(numbered: str) -> None:
    rows = [[numbered.format(item.number), *cells(mixed()[item.number])] for item in FORM.items]
    heads = ["序号", *(FORM.fields[name].heading for name in FORM.answers)]
    assert read_as_filled_in(judge(workbook([["填报单位：", "东源县司法局"], heads, *rows])), mixed())


# --- several tables on a sheet --------------------------------------------------------------------------------------

Line = list[str]
TOP: list[Line] = [["", "填报单位：", "东源县司法局"], ["", "填报日期：", "2012年9月28日"]]
HEADS: Line = ["序号", "内容、标准", *(FORM.fields[name].heading for name in FORM.answers)]
FORMER: dict[int, Entry] = {item.number: planned(month=9) for item in FORM.items} | {10: {}}


def lines(entries: dict[int, Entry], first: int = 1, last: int = 108, begin: int | None = None) -> list[Line]:
    """The rows of some items; `begin`: the number of the first, where they are counted anew."""
    numbers = range(first, last + 1)
    shown = range(begin, begin + len(numbers)) if begin else numbers
    return [[str(n), FORM.item(of).text, *cells(entries[of])] for n, of in zip(shown, numbers, strict=True)]


def beside(left: list[Line], *others: list[Line]) -> list[Line]:
    """Blocks of lines beside each other, with a column between them."""
    blocks = [[*block, *[[""] * len(HEADS)] * (len(left) - len(block))] for block in (left, *others)]
    width = len(HEADS) + 1
    return [
        [text for line in row for text in (*line, *[""] * (width - len(line)))] for row in zip(*blocks, strict=True)
    ]


def numbers_alone(way: str) -> list[list[Line]]:
    """The sheets of a form of which each category tells its items by 序号 alone; `way`: how they are told apart."""
    sheets = []
    for category in FORM.categories:
        first, last = category.items[0].number, category.items[-1].number
        begin = None if way == "counted on" else 1
        rows = [[number, *line] for number, _, *line in lines(mixed(), first, last, begin=begin)]
        titles = [[category.name]] if way == "titled" else []
        sheets.append([*titles, [HEADS[0], *HEADS[2:]], *rows, []])
    if way == "titled":
        sheets.reverse()
    if way == "on one sheet":
        return [[*TOP, *(row for sheet in sheets for row in sheet)]]
    return [[*TOP, *sheet] for sheet in sheets]


@pytest.mark.parametrize("way", ["counted on", "counted anew", "titled", "on one sheet"])
def test_a_sheet_for_each_category_with_numbers_alone_is_read_and_asked_about_once(way: str) -> None:
    outcome = judge(workbook(*numbers_alone(way)))
    assert outcome.submission
    assert len(outcome.submission.answers) == 108
    assert read_as_filled_in(outcome, mixed())
    assert asked_about_the_table(outcome) == {"items-one-mark"}


def test_sheets_that_count_otherwise_than_the_categories_are_not_guessed() -> None:
    sheets = numbers_alone("counted anew")
    short = [sheets[0][:-2], *sheets[1:]]
    assert "item-missing" in codes(judge(workbook(*short)))


@pytest.mark.parametrize("place", range(9))
def test_a_column_with_the_unit_on_every_row_asks_nothing(place: int) -> None:
    rows = [[*HEADS], *lines(mixed())]
    for n, row in enumerate(rows):
        row[place:place] = ["东源县司法局" if n else "单位"] + (["张三" if n else "联系人"] if place == 8 else [])
    outcome = judge(workbook([*TOP, *rows]))
    assert read_as_filled_in(outcome, mixed())
    assert not asked_about_the_table(outcome)


@pytest.mark.parametrize("titled", [False, True])
@pytest.mark.parametrize("headed", [False, True])
@pytest.mark.parametrize("anew", [False, True])
def test_categories_one_below_the_other_are_read_with_numbers_of_their_own(
    titled: bool, headed: bool, anew: bool
) -> None:
    sheet = [*TOP, HEADS]
    for category in FORM.categories:
        first, last = category.items[0].number, category.items[-1].number
        sheet += [[category.name]] * titled + [*TOP, HEADS] * headed
        sheet += [*lines(mixed(), first, last, begin=1 if anew else None), []]
    outcome = judge(workbook(sheet))
    assert read_as_filled_in(outcome, mixed())
    assert not asked_about_the_table(outcome)


def test_a_block_below_with_its_columns_in_another_order_is_read_by_its_own_headings() -> None:
    order = [0, 1, 4, 5, 2, 3, 6, 7]
    lower = [[line[n] for n in order] for line in [HEADS, *lines(mixed(), 55)]]
    for left in ([], [""]):  # or a column further right
        outcome = judge(workbook([*TOP, HEADS, *lines(mixed(), 1, 54), [], *([*left, *line] for line in lower)]))
        assert read_as_filled_in(outcome, mixed())
        assert not asked_about_the_table(outcome)


@pytest.mark.parametrize("headed", [False, True])
@pytest.mark.parametrize("count", [2, 3, 4])
def test_blocks_side_by_side_are_read_whether_each_has_headings_or_the_first_alone(count: int, headed: bool) -> None:
    size = 108 // count
    blocks = [lines(mixed(), n * size + 1, (n + 1) * size) for n in range(count)]
    headings = [HEADS if headed or n == 0 else [""] for n in range(count)]
    sheet = beside(*([head, *block] for head, block in zip(headings, blocks, strict=True)))
    outcome = judge(workbook([*TOP, *sheet]))
    assert read_as_filled_in(outcome, mixed())
    assert not asked_about_the_table(outcome)


@pytest.mark.parametrize(
    "label", ["2012年第二季度", "上季度", "附：上季度完成情况", "二季度情况（供参考）", "上次上报", "上一期完成情况"]
)
@pytest.mark.parametrize("way", ["below", "above", "beside"])
def test_last_quarters_table_on_the_same_sheet_is_known_by_the_line_above_it(label: str, way: str) -> None:
    this, former = [*TOP, HEADS, *lines(mixed())], [[label], [], HEADS, *lines(FORMER)]
    sheet = {"below": [*this, [], *former], "above": [*former, [], *this], "beside": beside(this, former)}[way]
    outcome = judge(workbook(sheet))
    assert read_as_filled_in(outcome, mixed())
    assert not asked_about_the_table(outcome)
    assert "sheet-other-period" in codes(outcome)
    assert {code for code, _ in asked(outcome)} <= {"stamp-missing", "ledger-item-no-ledger", "nobody-signed"}


def test_last_quarters_table_on_the_issued_sheet_hides_nothing_and_asks_nothing() -> None:
    for down, across in ((0, len(PLACES) + 2), (LAYOUT.seal_row + 3, 0), (LAYOUT.seal_row + 3, 1)):
        book = opened(FORM, fill(FORM, clean(FORM) | {5: {}}))
        for (row, column), cell in list(book.sheet.cells.items()):
            value = None if cell.tag and cell.tag[1] == "done" and cell.tag[0] % 2 else cell.value
            book.sheet.cells[row + down, column + across] = Cell(value)
        row, column = head_cell(book, PERIOD_VALUE)
        book.sheet.at(row + down, column + across).value = "2012年第二季度"
        outcome = judge(book.data())
        assert outcome.submission
        assert {n for n, answer in outcome.submission.answers.items() if not answer.done} == {5}
        assert asked(outcome) == set()


def pandas_sheet(sheet: list[Line]) -> bytes:
    """A sheet without headings of its own as pandas writes it: its rows and its columns counted."""
    target = BytesIO()
    pd.DataFrame(lines_of_one_length(sheet)).to_excel(target)
    return target.getvalue()


def lines_of_one_length(sheet: list[Line]) -> list[Line]:
    width = max(map(len, sheet))
    return [[*line, *[""] * (width - len(line))] for line in sheet]


GROUPED: list[Line] = [
    ["序号", "内容、标准", "已落实内容及时间", "", "拟落实内容及时间", "", "是否有台帐", "备注"],
    ["", "", "已落实", "月份", "拟落实", "月份", "", ""],
]


@pytest.mark.parametrize(
    "sheet",
    [
        [*TOP, HEADS, *lines(mixed())],
        [*TOP, *GROUPED, *lines(mixed())],
        [*TOP, HEADS, *lines(mixed()), [], ["上季度完成情况"], HEADS, *lines(FORMER)],
    ],
)
def test_a_column_that_counts_the_rows_of_the_sheet_as_pandas_writes_it_is_left_out(sheet: list[Line]) -> None:
    outcome = judge(pandas_sheet(sheet))
    assert read_as_filled_in(outcome, mixed())
    assert not asked_about_the_table(outcome)


def test_two_units_one_below_the_other_written_by_pandas_are_two_returns() -> None:
    second = [["", "填报单位：", "源城区司法局"], HEADS, *lines(FORMER)]
    outcomes = returns_in(pandas_sheet([*TOP, HEADS, *lines(mixed()), [], *second]), "两县.xlsx")
    assert [one.unit for one in outcomes] == [DONGYUAN, YUANCHENG]


def converted(*tables: tuple[list[Line], list[int]]) -> bytes:
    """Tables of a document one below the other, each with the columns at which its cells begin, as office programs
    convert them: every cell is merged as far as the next one begins, and many columns are narrow.
    """
    book, target = openpyxl.Workbook(), BytesIO()
    page = book.worksheets[0]
    width, row = max(max(edges) for _, edges in tables) + 2, 0
    for sheet, edges in tables:
        for line in sheet:
            row += 1
            for text, begin, end in zip(line, edges, [*edges[1:], width], strict=False):
                page.cell(row, begin, text or None)
                page.merge_cells(start_row=row, end_row=row, start_column=begin, end_column=end - 1)
    for column in range(1, width):
        page.column_dimensions[column_letters(column - 1)].width = 9 if column % 2 else 0.2
    book.save(target)
    return target.getvalue()


EDGES = [1, 3, 11, 13, 15, 17, 19, 21], [1, 4, 9, 11, 13, 15, 18, 21]


@pytest.mark.parametrize("headed", [False, True])
def test_tables_of_a_document_with_other_edges_each_are_read_as_one(headed: bool) -> None:
    upper, lower = [*TOP, HEADS, *lines(mixed(), 1, 54)], [*[HEADS] * headed, *lines(mixed(), 55)]
    outcome = judge(converted((upper, EDGES[0]), (lower, EDGES[1])))
    assert read_as_filled_in(outcome, mixed())
    assert not asked_about_the_table(outcome)


def wrapped(entries: dict[int, Entry], first: int, last: int) -> list[Line]:
    """The rows of some items, a row for each line of their wordings."""
    found: list[Line] = []
    for number, text, *answers in lines(entries, first, last):
        parts = [text[at : at + 18] for at in range(0, len(text), 18)]
        found += [[number, parts[0], *answers], *(["", part, *[""] * len(answers)] for part in parts[1:])]
    return found


def test_the_last_lines_of_a_wording_stay_above_the_headings_of_the_next_page() -> None:
    first, second = [*TOP, HEADS, *wrapped(mixed(), 1, 54)], [["第2页"], HEADS, *wrapped(mixed(), 55, 108)]
    moved = [["", *line] for line in second]
    outcome = judge(workbook([*first, *moved]))
    assert read_as_filled_in(outcome, mixed())
    assert "item-missing" not in codes(outcome)


def quarters(labels: list[str], *entries: dict[int, Entry], columns: int) -> list[Line]:
    """One table with the columns of answers of several quarters, the first few of each but the last."""
    names = [list(FORM.answers)[:columns]] * (len(entries) - 1) + [list(FORM.answers)]
    above = [text for label, own in zip(labels, names, strict=True) for text in (label, *[""] * (len(own) - 1))]
    heads = [FORM.fields[name].heading for own in names for name in own]
    rows = [
        [
            str(item.number),
            item.text,
            *(each[item.number].get(name, "") for each, own in zip(entries, names, strict=True) for name in own),
        ]
        for item in FORM.items
    ]
    return [*TOP, ["", "", *above], ["序号", "内容、标准", *heads], *rows]


@pytest.mark.parametrize("columns", [2, 4, 6])
@pytest.mark.parametrize(
    "labels",
    [["二季度", "三季度"], ["上季度", "本季度"], ["2012年第二季度", "2012年第三季度"], ["上季度情况", "本季度情况"]],
)
def test_of_the_quarters_that_share_the_items_of_a_table_this_one_is_read(labels: list[str], columns: int) -> None:
    outcome = judge(workbook(quarters(labels, FORMER, mixed(), columns=columns)))
    assert read_as_filled_in(outcome, mixed())
    assert not asked_about_the_table(outcome)
    assert "sheet-other-period" in codes(outcome)


@pytest.mark.parametrize(
    "heads",
    [
        [["序号", "内容、标准", "完成情况", "", "台帐", "备注"], ["", "", "二季度", "三季度", "", ""]],
        [["序号", "内容、标准", "完成情况", "", "台帐", "备注"], ["", "", "上期", "本期", "", ""]],
        [["序号", "内容、标准", "完成情况（上季度）", "完成情况（本季度）", "台帐", "备注"]],
        [["序号", "内容、标准", "上期完成情况", "完成情况", "台帐", "备注"]],
    ],
)
def test_of_two_columns_for_everything_that_of_the_period_before_is_not_read(heads: list[list[str]]) -> None:
    def said(row: Entry) -> str:
        return f"{state(row)}（{when(row)}）" if when(row) else state(row)

    rows = [
        [str(n), FORM.item(n).text, said(FORMER[n]), said(row), row.get("ledger", ""), ""]
        for n, row in sorted(mixed().items())
    ]
    outcome = judge(workbook([*TOP, *heads, *rows]))
    assert read_as_filled_in(outcome, mixed())
    assert not asked_about_the_table(outcome)


@pytest.mark.parametrize("heads", [["已落实（上季度）", "已落实（本季度）"], ["上期已落实", "已落实"]])
def test_ticks_of_the_period_before_are_not_read(heads: list[str]) -> None:
    names = ["序号", "内容、标准", *heads, *HEADS[3:]]
    rows = [[*line[:2], "√" if n % 2 else "", *line[2:]] for n, line in enumerate(lines(mixed()))]
    outcome = judge(workbook([*TOP, names, *rows]))
    assert read_as_filled_in(outcome, mixed())
    assert "words-beside" not in codes(outcome)


def test_of_four_quarters_that_share_the_items_this_one_is_read() -> None:
    labels = ["一季度", "二季度", "三季度", "四季度"]
    blank: dict[int, Entry] = {item.number: {} for item in FORM.items}
    outcome = judge(workbook(quarters(labels, FORMER, FORMER, mixed(), blank, columns=6)))
    assert read_as_filled_in(outcome, mixed())
    assert not asked_about_the_table(outcome)


def test_columns_that_stand_twice_under_no_label_and_differ_are_asked_about() -> None:
    outcome = judge(workbook(quarters(["", ""], FORMER, mixed(), columns=6)))
    assert not read_as_filled_in(outcome, mixed())
    assert any(one.code in ("tables-differ", "sheet-copies-differ") and one.asks for one in outcome.findings)


@pytest.mark.parametrize("left", [False, True])
def test_a_table_beside_this_one_is_told_from_it_though_its_headings_stand_in_another_row(left: bool) -> None:
    this, former = [*TOP, HEADS, *lines(mixed())], [["2012年第二季度"], HEADS, *lines(FORMER)]
    outcome = judge(workbook(beside(*([[*former, [], []], this] if left else [this, former]))))
    assert read_as_filled_in(outcome, mixed())
    assert not asked_about_the_table(outcome)


@pytest.mark.parametrize("anew", [False, True])
def test_further_sheets_without_headings_stand_under_those_of_the_first(anew: bool) -> None:
    parts = ((1, 40), (41, 80), (81, 108))
    first, *further = (lines(mixed(), *part, begin=1 if anew else None) for part in parts)
    outcome = judge(workbook([*TOP, HEADS, *first], *further))
    assert read_as_filled_in(outcome, mixed())
    assert not asked_about_the_table(outcome)


def test_a_table_pasted_below_the_guide_is_not_asked_about_for_what_the_guide_says() -> None:
    book = filled(FORM, 1)
    MUTATORS["filled_on_the_guide"].run(book, Random(1))
    guide = book.sheets[-1]
    said = "“自评得分”按下列口径自动计算，仅供参考，以市局核定为准。"
    guide.cells[2, 1] = Cell(said + words.policy_in_words(FORM.policies["B"]))
    for cell in [*guide.cells.values()]:
        if cell.of == (5, "done") or cell.of == (5, "done_month"):
            cell.value = None
    assert "words-below" not in codes(judge(book.data()))


def test_a_copy_begun_and_filled_in_to_its_end_elsewhere_is_read_where_both_agree() -> None:
    book = opened(FORM, fill(FORM, clean(FORM)))
    book.sheets.append(twin(book.sheet, "上报"))
    for cell in book.sheet.cells.values():
        if cell.tag and cell.tag[0] > 30 and cell.tag[1] in FORM.answers:
            cell.value = None
    outcome = judge(book.data())
    assert outcome.submission
    assert all(answer.done for answer in outcome.submission.answers.values())
    assert asked(outcome) == {("items-elsewhere", None)}


def test_a_tick_missing_on_a_copy_that_answers_other_items_is_asked_about() -> None:
    book = opened(FORM, fill(FORM, clean(FORM)))
    copy = twin(book.sheet, "上报")
    book.sheets.append(copy)
    for sheet, blank in ((book.sheet, 3), (copy, 5)):
        for cell in sheet.cells.values():
            number, name = cell.tag or cell.of or (0, "")
            if number == blank and name in FORM.answers:
                cell.value = None
    assert asked(judge(book.data())) >= {("items-elsewhere", None), ("sheet-copies-differ", 5)}


def test_items_taken_from_below_that_were_blank_above_are_asked_about() -> None:
    blank: dict[int, Entry] = {item.number: {} for item in FORM.items}
    above, below = lines(mixed(), 1, 90) + lines(blank, 91, 108), lines(mixed(), 91, 108)
    outcome = judge(workbook([*TOP, HEADS, *above, [], HEADS, *below]))
    assert read_as_filled_in(outcome, mixed())
    assert ("items-elsewhere", None) in asked(outcome)


@pytest.mark.parametrize("way", ["below", "beside", "on another sheet"])
def test_two_tables_of_which_nothing_tells_which_is_meant_are_one_question(way: str) -> None:
    this, other = [*TOP, HEADS, *lines(mixed())], [[], [], HEADS, *lines(FORMER)]
    sheets = {"below": [[*this, *other]], "beside": [beside(this, other)], "on another sheet": [this, other]}[way]
    outcome = judge(workbook(*sheets))
    assert read_as_filled_in(outcome, mixed())
    (found,) = [one for one in outcome.findings if one.code in ("tables-differ", "sheet-copies-differ")]
    assert (found.code, found.item) == ("tables-differ", None)
    assert dict(found.facts)["items"] == tuple(n for n in range(1, 109) if mixed()[n] != FORMER[n])
    assert len(outcome.in_doubt) < 5


def test_two_units_one_below_the_other_are_two_returns_with_names_of_their_own() -> None:
    second = [["", "填报单位：", "源城区司法局"], ["", "填报日期：", "2012年9月28日"], HEADS, *lines(FORMER)]
    outcomes = returns_in(workbook([*TOP, HEADS, *lines(mixed()), [], *second]), "两县.xlsx")
    assert [one.unit for one in outcomes] == [DONGYUAN, YUANCHENG]
    assert len({one.path for one in outcomes}) == 2
    assert read_as_filled_in(outcomes[0], mixed())
    assert read_as_filled_in(outcomes[1], FORMER)


def test_two_units_known_by_the_names_of_their_sheets_are_two_returns() -> None:
    book = opened(FORM, fill(FORM, {}))
    for name, entries in (("东源县", mixed()), ("源城区", FORMER)):
        book.sheets.append(Sheet(name, {}))
        for row, line in enumerate([HEADS, *lines(entries)]):
            book.sheets[-1].cells |= {(row, column): Cell(text or None) for column, text in enumerate(line)}
    book.sheets[:1] = []
    outcomes = returns_in(book.data(), "两县.xlsx")
    assert [one.unit for one in outcomes] == [DONGYUAN, YUANCHENG]


def test_states_written_in_the_column_of_what_is_done_are_read() -> None:
    rows = {n: typed(done=text) for n, text in {1: "已落实（9月）", 2: "拟12月落实", 3: "未落实"}.items()}
    outcome = judge(fill(FORM, rows))
    assert outcome.submission
    said = {n: outcome.submission.answers[n] for n in (1, 2, 3)}
    assert (said[1].done, said[1].done_month) == (True, (9,))
    assert (said[2].done, said[2].planned, said[2].planned_month) == (False, True, (12,))
    assert (said[3].done, said[3].planned) == (False, False)


# --- from outside ---------------------------------------------------------------------------------------------------


def test_two_units_in_one_workbook_stand_in_the_results_each_once(round_folder: Path, command: Command) -> None:
    command("generate", round_folder)
    first, second = sorted((round_folder / "发放").glob("*.xlsx"))[:2]
    book, other = (opened(FORM, path.read_bytes()) for path in (first, second))
    for one in (book, other):
        for number in (1, 2, 3):
            one.sheet.at(LAYOUT.row(number), PLACES["done"]).value = "√"
            one.sheet.at(LAYOUT.row(number), PLACES["done_month"]).value = "9月"
    other.sheet.name = "上报"
    book.sheets.append(other.sheet)
    for name in ("两县.xlsx", "又一份.xlsx"):
        (round_folder / "回收" / name).write_bytes(book.data())
    assert command("ingest", round_folder).status == 1
    results = json.loads((round_folder / "汇总" / "results.json").read_text(encoding="utf-8"))
    assert sorted(one["status"] for one in results["files"]) == ["counted", "counted", "duplicate", "duplicate"]
    counted = [one for one in results["files"] if one["status"] == "counted"]
    assert {one["path"].partition("#")[2] for one in counted} == {"上报", "完成情况表"}
    assert len({one["unit"] for one in counted}) == 2
    for unit in {one["unit"] for one in counted}:
        assert sum(one["done"] is True for one in results["answers"] if one["unit"] == unit) == 3


# --- printed and converted back -------------------------------------------------------------------------------------


@pytest.mark.office
@pytest.mark.needs("pdftotext")
@pytest.mark.parametrize("by_page", [False, True])
def test_what_was_printed_to_pdf_and_converted_back_is_read_without_a_question(office: Office, by_page: bool) -> None:
    entries = clean(FORM) | {5: planned(month=12), 12: done(month=9, ledger=False)}
    pages = pages_of(office, FORM, fill(FORM, entries))
    whole = judge(fill(FORM, entries)).submission
    outcome = judge(workbook(*pages) if by_page else workbook([row for page in pages for row in page]))
    assert whole
    assert outcome.submission
    assert outcome.submission.answers == whole.answers
    assert asked(outcome) == set()
    assert "rows-wrapped" in codes(outcome)


def test_the_foot_of_a_page_and_the_guide_behind_the_table_ask_nothing() -> None:
    book = opened(FORM, fill(FORM, clean(FORM) | {5: {}}))
    insert_rows_at(book, ROW, 1)
    for place, text in ((PLACES["done_month"], "第 1"), (PLACES["planned"], "页 共 9 页")):
        book.sheet.at(ROW, place).value = text
    book.sheet.at(
        LAYOUT.seal_row + 4, PLACES["text"]
    ).value = "点一下格子，右边出现下拉箭头，选√；填错了按Delete键清空。已落"
    outcome = judge(book.data())
    assert codes(outcome).isdisjoint({"answer-unplaced", "words-below", "column-doubtful"})
    assert "extra-note" in codes(outcome)


@pytest.mark.office
@pytest.mark.parametrize("format", ["xlsx", "xls", "ods"])
@pytest.mark.parametrize("layout", ["plain", "two-up", "three sheets", "a sheet each category", "as on paper"])
def test_a_form_typed_anew_in_libreoffice_is_read_as_it_was_filled_in(
    office: Office, tmp_path: Path, layout: str, format: str
) -> None:
    entries = clean(FORM) | {5: planned(month=12), 8: {}, 12: done(month=9, ledger=False)}
    (tmp_path / "typed.xlsx").write_bytes(workbook(*retyped(FORM, entries, layout)))
    with office.opened(tmp_path / "typed.xlsx") as book:
        office.save(book, tmp_path / "saved", format)
    outcome = judge((tmp_path / "saved").read_bytes())
    whole = judge(fill(FORM, entries)).submission
    assert whole
    assert outcome.submission
    assert outcome.submission.answers == whole.answers
    assert asked(outcome) == {("stamp-missing", None)}
