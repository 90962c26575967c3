"""Tables that counties lay out by themselves: units told apart by a column, yes and no in columns of their own."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from io import BytesIO
from random import Random

import openpyxl
import pytest
from converted import retyped, workbook
from damage.book import filled
from damage.registry import MUTATORS
from damage.sheet import Sheet
from damage.verdict import judged
from rounds import DONGYUAN, YUANCHENG, Entry, done, fill, heyuan, judge, planned, the_form
from writers import poi

from sanjin_xl.judge.pipeline import Outcome

FORM = the_form()
HEADS = ["序号", "内容、标准", *(FORM.fields[name].heading for name in FORM.answers)]
TOP = [["", "填报单位：", "东源县司法局"], ["", "填报日期：", "2012年9月28日"]]
NUMBERS = [item.number for item in FORM.items]
Row = list[str]


def mixed(first: Entry, second: Entry) -> dict[int, Entry]:
    return {number: dict((first, second, {})[number % 3]) for number in NUMBERS}


HERE, THERE = mixed(done(month=9), planned(month=12)), mixed(done(month=7, ledger=False), done(month=8))


def row(number: int, entry: Entry) -> Row:
    return [str(number), FORM.item(number).text, *(entry.get(name, "") for name in FORM.answers)]


def is_read_as(outcome: Outcome, entries: dict[int, Entry]) -> bool:
    whole = judge(fill(FORM, entries)).submission
    assert whole
    assert outcome.submission
    return outcome.submission.answers == whole.answers


def asked(outcome: Outcome) -> set[str]:
    return {one.code for one in outcome.findings if one.asks} - {"stamp-missing", "nobody-signed", "fill-date-missing"}


# --- units ----------------------------------------------------------------------------------------------------------

A, B = "东源县", "源城区司法局"


def in_turn(first: str, second: str) -> list[Row]:
    return [line for n in NUMBERS for line in ([first, *row(n, HERE[n])], [second, *row(n, THERE[n])])]


def in_blocks(further: tuple[str, str]) -> list[Row]:
    blocks = zip((A, B), (HERE, THERE), further, strict=True)
    return [[name if n == 1 else other, *row(n, rows[n])] for name, rows, other in blocks for n in NUMBERS]


@pytest.mark.parametrize("lines", [in_turn(A, B), in_blocks((A, B)), in_blocks(("", ""))])
@pytest.mark.parametrize("head", ["单位", "县区", "填报单位"])
def test_two_units_told_apart_by_a_column_are_two_returns(head: str, lines: list[Row]) -> None:
    first = judge(workbook([["各县区情况汇总"], [head, *HEADS], *lines]), "两县.xlsx")
    assert [first.unit, *(one.unit for one in first.others)] == [DONGYUAN, YUANCHENG]
    assert is_read_as(first, HERE)
    assert is_read_as(first.others[0], THERE)
    assert "workbook-shared" in {one.code for one in first.findings}


def test_units_below_a_wording_that_is_merged_over_their_rows_are_told_apart() -> None:
    lines = [line[1:3] + line[:1] + line[3:] for line in in_turn(A, B)]
    for line in lines[1::2]:
        line[:2] = ["", ""]
    book, out = openpyxl.Workbook(), BytesIO()
    page = book.worksheets[0]
    for line in [["各县区情况汇总"], [*HEADS[:2], "单位", *HEADS[2:]], *lines]:
        page.append([text or None for text in line])
    for top in range(3, 3 + len(lines), 2):
        for column in (1, 2):
            page.merge_cells(start_row=top, end_row=top + 1, start_column=column, end_column=column)
    book.save(out)
    first = judge(out.getvalue(), "两县.xlsx")
    assert is_read_as(first, HERE)
    assert is_read_as(first.others[0], THERE)


@pytest.mark.parametrize("name", [A, "广东省河源市粤赣边三县联合司法行政管理局东源分局"])
def test_units_above_the_answers_that_share_the_items_are_told_apart(name: str) -> None:
    answers = HEADS[2:]
    lines = [[*row(n, HERE[n]), *row(n, THERE[n])[2:]] for n in NUMBERS]
    label = ["", "", name, *[""] * (len(answers) - 1), B]
    units = (replace(one, aliases=(name,)) if one.code == DONGYUAN else one for one in heyuan().units)
    roster = replace(heyuan(), units=tuple(units))
    first = judge(workbook([["各县区情况"], label, [*HEADS, *answers], *lines]), "两县.xlsx", roster=roster)
    assert [first.unit, *(one.unit for one in first.others)] == [DONGYUAN, YUANCHENG]
    assert is_read_as(first, HERE)
    assert is_read_as(first.others[0], THERE)


@pytest.mark.parametrize("name", ["两县.xlsx", "东源县.xlsx"])
@pytest.mark.parametrize(
    "heads",
    [
        [[*HEADS[:2], A, B]],
        [["", "", "落实情况"], [*HEADS[:2], A, B]],
        [[*HEADS[:2], "落实情况"], ["", "", A, B]],
    ],
)
def test_units_with_a_column_each_are_two_returns(heads: list[Row], name: str) -> None:
    here, there = ("已落实（9月）", "拟落实（12月）", "未落实"), ("未落实", "已落实（8月）", "")
    lines = [[*row(n, {})[:2], here[n % 3], there[n % 3]] for n in NUMBERS]
    first = judge(workbook([["各县区情况"], *heads, *lines]), name)
    assert [first.unit, *(one.unit for one in first.others)] == [DONGYUAN, YUANCHENG]
    for outcome, said in zip((first, *first.others), (here, there), strict=True):
        assert outcome.submission
        read = {n: outcome.submission.answer(n) for n in NUMBERS}
        assert [one.done for one in read.values()] == ["已落实" in said[n % 3] for n in NUMBERS]
        assert [one.planned for one in read.values()] == ["拟落实" in said[n % 3] for n in NUMBERS]


def test_a_column_that_names_other_units_beside_items_of_one_parts_nothing() -> None:
    lines = [[*row(n, HERE[n]), A if n % 2 else B] for n in NUMBERS]
    outcome = judge(workbook([*TOP, [*HEADS, "对口单位"], *lines]))
    assert outcome.others == ()
    assert is_read_as(outcome, HERE)


def test_whose_a_table_is_may_stand_in_a_column_alone() -> None:
    lines = [[A, *row(n, HERE[n])] for n in NUMBERS]
    assert judge(workbook([["情况表"], ["单位", *HEADS], *lines]), "表.xlsx").unit == DONGYUAN


# --- yes and no -----------------------------------------------------------------------------------------------------

PAIRS = [*HEADS[:2], "已落实", "", "落实月份", "拟落实", "拟落实月份", "台帐", "", "备注"]


def apart(entry: Entry, name: str) -> Row:
    return ["√", ""] if name in entry else ["", "√"]


def in_two_columns(entry: Entry) -> Row:
    months = [entry.get(name, "") for name in ("done_month", "planned", "planned_month")]
    return [*apart(entry, "done"), *months, *apart(entry, "ledger"), ""]


def with_yes_and_no(others: Mapping[int, Row] = {}) -> Outcome:
    """A table with yes and no in columns of their own; `others`: items that were answered otherwise."""
    rows = [[*row(n, {})[:2], *others.get(n, in_two_columns(HERE[n]))] for n in NUMBERS]
    return judge(workbook([*TOP, PAIRS, ["", "", "是", "否", "", "", "", "有", "无", ""], *rows]))


def test_yes_and_no_in_columns_of_their_own_are_one_tick() -> None:
    outcome = with_yes_and_no()
    assert is_read_as(outcome, HERE)
    assert asked(outcome) <= {"ledger-item-no-ledger", "neighbour-not-done"}


def test_what_is_ticked_as_yes_and_as_no_is_asked_about_and_each_finding_names_the_cell_of_the_file() -> None:
    assert "done" in HERE[3]
    outcome = with_yes_and_no({3: ["√", "√", "9月", "", "", "√", "", ""]})
    found = {(one.code, one.item, one.cell) for one in outcome.findings if one.field == "done"}
    assert {("tick-unclear", 3, "D7"), ("tick-normalised", 1, "D5")} <= found
    assert not any(item == 6 for _, item, _ in found)


@pytest.mark.parametrize("head", ["未落实", "未完成", "尚未落实"])
def test_a_column_for_what_is_not_done_asks_nothing(head: str) -> None:
    rows = [[*row(n, HERE[n]), "" if HERE[n] else "√"] for n in NUMBERS]
    outcome = judge(workbook([*TOP, [*HEADS, head], *rows]))
    assert is_read_as(outcome, HERE)
    assert asked(outcome) <= {"ledger-item-no-ledger", "neighbour-not-done"}


# --- places ---------------------------------------------------------------------------------------------------------


def test_of_a_wording_spread_over_rows_each_answer_is_named_by_the_cell_it_lies_in() -> None:
    book = filled(FORM, 1)
    MUTATORS["wordings_wrapped"].run(book, Random(1))
    sheet: Sheet = book.sheets[0]
    ticks = {place: cell for place, cell in sheet.cells.items() if cell.value == "√"}
    place = next(place for place in sorted(ticks) if not sheet.value(place[0], 0) or sheet.value(place[0] - 1, 1))
    sheet.cells[place].value = "部分"
    (found,) = [one for one in judged(book).outcome.findings if one.found == "部分"]
    assert found.cell == f"{'ABCDEFGHIJ'[place[1]]}{place[0] + 1}"


# --- together -------------------------------------------------------------------------------------------------------


def when(entry: Entry) -> str:
    return entry.get("done_month", entry.get("planned_month", ""))


LAYOUTS: dict[str, tuple[list[Row], Callable[[Entry], Row]]] = {
    "no before yes": (
        [["已落实", "", "落实月份", "拟落实", "拟落实月份", "台帐", "备注"], ["否", "是", "", "", "", "", ""]],
        lambda entry: [*apart(entry, "done")[::-1], *(entry.get(name, "") for name in FORM.answers[1:])],
    ),
    "three ticks": (
        [["落实情况", "", "", "落实时间", "台帐", "备注"], ["已落实", "拟落实", "未落实", "", "", ""]],
        lambda entry: [
            *(entry.get(name, "") for name in ("done", "planned")),
            "" if entry else "√",
            when(entry),
            entry.get("ledger", ""),
            "",
        ],
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("way", ["blocks", "units", "one below the other", "a category each"])
def test_layouts_of_their_own_are_read_in_any_arrangement(layout: str, way: str) -> None:
    heads, made = LAYOUTS[layout]
    heads = [[*(HEADS[:2] if n == 0 else ["", ""]), *head] for n, head in enumerate(heads)]
    here, there = ([[*row(n, {})[:2], *made(entries[n])] for n in NUMBERS] for entries in (HERE, THERE))
    if way == "blocks":
        outcomes = [judge(workbook([*TOP, *heads, *here]))]
    elif way == "units":
        columns = [["单位" if n == 0 else "", *head] for n, head in enumerate(heads)]
        lines = [[name, *line] for name, lines in ((A, here), (B, there)) for line in lines]
        outcomes = [judge(workbook([["汇总"], *columns, *lines]), "两县.xlsx")]
    elif way == "one below the other":
        below = [["填报单位：", B], *heads, *there]
        outcomes = [judge(workbook([["填报单位：", A], *heads, *here, [], *below]), "两县.xlsx")]
    else:
        parts = (
            [[category.name], *heads, *here[category.items[0].number - 1 : category.items[-1].number], []]
            for category in FORM.categories
        )
        outcomes = [judge(workbook([*TOP, *(line for part in parts for line in part)]))]
    outcomes += outcomes[0].others
    assert all(is_read_as(one, entries) for one, entries in zip(outcomes, (HERE, THERE), strict=False))
    assert len(outcomes) == (2 if way in ("units", "one below the other") else 1)
    assert set().union(*map(asked, outcomes)) <= {"ledger-item-no-ledger", "neighbour-not-done"}


@pytest.mark.needs("javac")
@pytest.mark.parametrize("layout", ["plain", "two-up", "three sheets", "a sheet each category", "as on paper"])
def test_a_form_typed_anew_and_written_by_apache_poi_is_read_as_it_was_filled_in(layout: str) -> None:
    outcome = judge(poi.resave(workbook(*retyped(FORM, HERE, layout)), "xls"), "东源县司法局.xls")
    assert is_read_as(outcome, HERE)
    assert asked(outcome) <= {"ledger-item-no-ledger", "neighbour-not-done"}


@pytest.mark.needs("javac")
def test_units_told_apart_by_a_column_are_so_in_an_xls_by_apache_poi() -> None:
    first = judge(poi.resave(workbook([["汇总"], ["单位", *HEADS], *in_turn(A, B)]), "xls"), "两县.xls")
    assert is_read_as(first, HERE)
    assert is_read_as(first.others[0], THERE)
