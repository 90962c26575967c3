"""A tick and its month in one cell, as on paper, and one column for everything (docs/returns.md §4)."""

import pytest
from rounds import Entry, done, fill, judge, planned, small_form, the_form, typed

from sanjin_xl.model.catalogue import Severity
from sanjin_xl.recovery.cell_values import Cell
from sanjin_xl.recovery.entries import Pair, ledger_apart, read_entry, read_pair, read_status

Meant = tuple[bool | None, tuple[int, ...] | None]


def pair(tick: Cell, month: Cell, planned: bool = False) -> Meant:
    return _meant(read_pair(tick, month, planned=planned))


def _meant(one: Pair) -> Meant:
    return one.tick.value, one.months.value


TOGETHER = (
    "☑ 9月|☑9月|☑ ＿9＿ 月|√（9月）|√ 9月|√，9月|（9月）√|9月√|■ 九月|v 9月|V9月|√ 今年9月|√（2012年9月）|√/9月|√-9月"
)
TOGETHER += "|√——9月|√2012.9|√ 2012-09|是（9月）|有，9月|Y 9月|√（时间：9月）"
DONE = "9月已落实|已落实（9月）|已落实，9月|已于9月落实|9月已完成|9月份完成|已完成 9月|☑已落实 9月|√ 9月已落实"
DONE += "|已落实，落实时间9月|已落实：2012.9|已完成/9月"
PLANNED = "拟9月落实|拟落实（9月）|9月拟落实|拟于9月完成|计划9月完成|预计9月落实|9月完成|√ 拟9月落实"
PLANNED += "|争取9月落实|力争9月完成"
UNSURE = "√9|完成3|已完成一半|√ 3-5|√ 近期|√ 13月|9月30个|部分9月|√ 9月，未全部完成|1月x|√（1）|√（9）"
BLANK = "□ ＿＿ 月|□  月|☐ __ 月|□|＿＿ 月|□\n＿＿月"


@pytest.mark.parametrize("cell", TOGETHER.split("|"))
@pytest.mark.parametrize("is_planned", [False, True])
def test_a_tick_and_a_month_in_one_cell_are_read_in_any_of_the_four_columns(cell: str, is_planned: bool) -> None:
    assert pair(cell, "", is_planned) == (True, (9,))
    assert pair("", cell, is_planned) == (True, (9,))
    assert pair(cell, cell, is_planned) == (True, (9,))


@pytest.mark.parametrize("cell", DONE.split("|"))
def test_words_for_done_beside_a_month_are_a_tick_where_it_is_done(cell: str) -> None:
    assert pair(cell, "") == pair("", cell) == (True, (9,))


@pytest.mark.parametrize("cell", PLANNED.split("|"))
def test_words_for_planned_beside_a_month_are_a_tick_where_it_is_planned(cell: str) -> None:
    assert pair(cell, "", planned=True) == pair("", cell, planned=True) == (True, (9,))


@pytest.mark.parametrize(
    ("cell", "is_planned"), [("已落实", True), ("9月已落实", True), ("拟落实", False), ("拟9月落实", False)]
)
def test_words_in_the_column_of_the_other_are_asked_about(cell: str, is_planned: bool) -> None:
    assert pair(cell, "", is_planned)[0] is None


@pytest.mark.parametrize("cell", BLANK.split("|"))
@pytest.mark.parametrize("is_planned", [False, True])
def test_a_box_that_nobody_ticked_is_blank(cell: str, is_planned: bool) -> None:
    assert pair(cell, "", is_planned) == (False, ())
    assert pair("", cell, is_planned) == (False, ())


def test_a_ticked_box_without_a_month_is_a_tick() -> None:
    assert pair("☑ ＿＿ 月", "") == (True, ())


@pytest.mark.parametrize(
    ("tick", "month"),
    [
        ("×", "☑ 9月"),
        ("□", "☑ 9月"),
        ("□ 9月", ""),
        ("√ □ 9月", ""),
        ("9月未落实", ""),
        ("拟9月已落实", ""),
        ("9月", ""),
    ],
)
def test_a_tick_that_is_contradicted_is_asked_about(tick: str, month: str) -> None:
    assert pair(tick, month)[0] is None


@pytest.mark.parametrize(
    ("tick", "month"), [("☑ 9月", "8月"), ("√ 9月", "☑ 8月"), ("√", "□ 9月"), ("", "已完成"), ("", "√")]
)
def test_a_month_that_is_contradicted_is_asked_about(tick: str, month: str) -> None:
    assert pair(tick, month)[1] is None or pair(tick, month)[0] is None


@pytest.mark.parametrize("cell", UNSURE.split("|"))
def test_what_is_not_sure_is_no_entry(cell: str) -> None:
    assert read_entry(cell) is None
    assert pair(cell, "")[0] is None


@pytest.mark.parametrize(
    ("cell", "is_done", "is_planned"),
    [
        ("已落实", (True, ()), (False, ())),
        ("已落实（9月）", (True, (9,)), (False, ())),
        ("9月已完成", (True, (9,)), (False, ())),
        ("√ 9月", (True, (9,)), (False, ())),
        ("拟落实", (False, ()), (True, ())),
        ("拟12月落实", (False, ()), (True, (12,))),
        ("计划12月完成", (False, ()), (True, (12,))),
        ("未落实", (False, ()), (False, ())),
        ("", (False, ()), (False, ())),
        ("☑已落实 □拟落实 □未落实", (True, ()), (False, ())),
        ("□已落实 ☑拟落实 12月", (False, ()), (True, (12,))),
        ("☑已落实 □拟落实 9月", (True, (9,)), (False, ())),
        ("☑已落实（9月） □拟落实（ 月）", (True, (9,)), (False, ())),
        ("□已落实 □拟落实 ＿月", (False, ()), (False, ())),
        ("☑已落实 □拟落实（12月）", (None, ()), (False, ())),
        ("□已落实 9月 ☑拟落实", (None, ()), (False, ())),
        ("☑已落实 ☑拟落实", (None, ()), (False, ())),
        ("基本落实", (None, ()), (False, ())),
    ],
)
def test_one_column_for_everything_says_done_planned_or_neither(cell: str, is_done: Meant, is_planned: Meant) -> None:
    assert tuple(map(_meant, read_status(cell))) == (is_done, is_planned)


@pytest.mark.parametrize("cell", ["√9", "√（9）", "√ 2012.9"])
def test_a_bare_number_behind_a_tick_is_a_month_in_the_column_of_months(cell: str) -> None:
    assert pair("", cell) == pair("", cell, planned=True) == (True, (9,))


@pytest.mark.parametrize(
    ("cell", "status", "ledger"),
    [
        ("已落实，有台帐", "已落实", "有台帐"),
        ("已落实（9月），无台账。", "已落实（9月）", "无台账"),
        ("9月已完成（没有台帐）", "9月已完成", "没有台帐"),
        ("9月完成，台账齐全", "9月完成", "有台账"),
        ("已落实", "已落实", ""),
        ("台帐已建立", "台帐已建立", ""),
    ],
)
def test_the_last_words_of_one_column_for_everything_may_be_of_the_ledger(cell: str, status: str, ledger: str) -> None:
    assert ledger_apart(cell) == (status, ledger)


@pytest.mark.parametrize(
    ("cell", "ledger"),
    [
        *[("☑有 □无", True), ("有☑ 无□", True), ("□有 ☑无", False), ("□有 □无", False), ("☑有 ☑无", None)],
        *[("(√)有 ( )无", True), ("有（ ）无（√）", False), ("[√] 有 [ ] 无", True), ("【】有 【】无", False)],
    ],
)
def test_of_boxes_with_their_words_that_which_is_ticked_counts_for_the_ledger(cell: str, ledger: bool | None) -> None:
    form = small_form()
    outcome = judge(fill(form, {1: typed(done="√", done_month="3月", ledger=cell)}), form=form)
    assert outcome.submission
    assert outcome.submission.answers[1].ledger is ledger


# --- whole returns --------------------------------------------------------------------------------------------------


def test_a_return_filled_in_as_on_paper_asks_nothing_and_says_how_it_was_read() -> None:
    form = small_form()
    rows = {n: typed(done="□ ＿＿ 月", planned="☑ 12月") for n in (5, 7)}
    rows |= {n: typed(done="☑ 9月", planned="□ ＿＿ 月", ledger="☑") for n in (1, 2, 3, 4, 6)}
    rows[5] = typed(done="□ ＿＿ 月", planned="☑")
    outcome = judge(fill(form, rows), form=form)
    plain = {n: done(month=9) for n in (1, 2, 3, 4, 6)} | {5: planned(month=None), 7: planned(month=12)}
    assert outcome.submission
    expected = judge(fill(form, plain), form=form)
    assert expected.submission
    assert outcome.submission.answers == expected.submission.answers
    assert {one.code for one in outcome.findings if one.severity is not Severity.NOTE} == set()
    assert "tick-normalised" in {one.code for one in outcome.findings}


def test_months_alone_in_the_columns_of_ticks_are_ticks_where_those_of_months_are_blank() -> None:
    form = small_form()
    rows = {1: typed(done="3月", ledger="√"), 2: typed(done="2012年9月", ledger="√"), 7: typed(planned="12月")}
    for month, is_read in (("", True), ("9月", False)):
        outcome = judge(fill(form, rows | {3: typed(done_month=month)}), form=form)
        assert outcome.submission
        said = [outcome.submission.answers[n] for n in (1, 2, 7)]
        assert ([one.done or one.planned for one in said] == [True] * 3) is is_read
        assert ([one.done_month or one.planned_month for one in said] == [(3,), (9,), (12,)]) is is_read
        assert ("tick-unclear" in {one.code for one in outcome.findings}) is not is_read


def test_a_month_of_another_year_beside_its_tick_is_asked_about_where_it_stands() -> None:
    outcome = judge(fill(the_form(), {1: typed(done="√ 2011年9月", ledger="√")}))
    found = [one for one in outcome.findings if one.code == "month-other-year"]
    assert [(one.item, one.cell, one.found) for one in found] == [(1, "E6", "√ 2011年9月")]


def test_months_without_any_tick_are_one_question() -> None:
    rows = {n: typed(done_month="9月") for n in range(1, 9)} | {n: typed(planned_month="12月") for n in (11, 12)}
    outcome = judge(fill(the_form(), rows))
    assert outcome.submission
    said = outcome.submission.answers
    assert all((said[n].done, said[n].done_month) == (True, (9,)) for n in range(1, 9))
    assert all((said[n].planned, said[n].planned_month) == (True, (12,)) for n in (11, 12))
    (found,) = [one for one in outcome.findings if one.code in ("months-unticked", "done-month-no-tick")]
    assert (found.code, found.item, dict(found.facts)["items"]) == ("months-unticked", None, (*range(1, 9), 11, 12))


@pytest.mark.parametrize("others", [{30: typed(planned="√", planned_month="12月")}, {30: typed(done="部分")}])
def test_months_beside_ticks_are_asked_about_one_by_one(others: dict[int, Entry]) -> None:
    outcome = judge(fill(the_form(), {n: typed(done_month="9月") for n in range(1, 9)} | others))
    codes = [one.code for one in outcome.findings]
    assert codes.count("done-month-no-tick") == 8
    assert "months-unticked" not in codes
