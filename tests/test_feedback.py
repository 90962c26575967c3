"""What each county is told: its rank, its categories against mean and best, where points went, what to do."""

import json
import re
from collections.abc import Mapping
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any
from zipfile import ZipFile

import ooxml
import pytest
from command import Command
from office import Office
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from round_folders import new_round
from rounds import (
    DONGYUAN,
    DUE,
    FILLED_ON,
    POLICIES,
    YUANCHENG,
    Entry,
    done,
    fill,
    heyuan,
    lock,
    pasted,
    planned,
    rules,
    small_form,
    the_form,
    typed,
)

from sanjin_xl.books.feedback import feedback_bytes, file_name
from sanjin_xl.judge.pipeline import Processor
from sanjin_xl.judge.versions import settle
from sanjin_xl.messages import feedback as words
from sanjin_xl.messages import summary as common
from sanjin_xl.model.form import Form
from sanjin_xl.model.rules import EXCLUDE
from sanjin_xl.outcome.compile import compile_results
from sanjin_xl.outcome.lost_points import Cause, losses, steps
from sanjin_xl.outcome.results import Results, UnitResult
from sanjin_xl.review.rulings import Ruling, basis

FORM = small_form()
ZIJIN = "441621"
NAMES = {unit.code: unit.name for unit in heyuan().units}
ALL_DONE: dict[int, Entry] = {item.number: done(9) for item in FORM.items}

# Points of the small form: 0.25 1.50 | 0.01 2.50 0.75 | 3.33 2.00; under policy B half of it without a ledger.
RETURNS: Mapping[str, Mapping[int, Entry]] = {
    YUANCHENG: ALL_DONE,  # 10.34
    ZIJIN: {6: planned(12)},  # 0
    DONGYUAN: {
        1: done(9),  # 0.25
        2: done(9, ledger=False),  # 0.75, a ledger adds 0.75
        3: done(9),  # 0.01
        4: planned(12),  # 0, done it adds 2.50
        5: planned(None),  # 0 of 0.75, no month is asked for
        6: typed(done="也许"),  # 0 for now, 3.33 if granted without a ledger: half, 1.67
    },  # and 7 blank: 2.00
}


def results_of(
    returns: Mapping[str, Mapping[int, Entry]] = RETURNS,
    form: Form = FORM,
    ruled: Mapping[int, int | None] | None = None,
    filled_on: date = FILLED_ON,
    **changes: Any,
) -> Results:
    """The results of these returns; `ruled`: what the city has fixed for 东源县 by item, None for not applicable."""
    by = rules(form, **changes)
    processor = Processor(by)
    made = [processor.process_file(fill(form, rows, unit, filled_on), f"{unit}.xlsx") for unit, rows in returns.items()]
    settled = settle(made, by)
    counted = {one.unit: one for one in settled}
    rulings = [
        Ruling(unit=DONGYUAN, item=item, points=points, not_applicable=points is None, reason="已查看台帐", who="李某",
               day="2012-10-20", basis=basis(counted[DONGYUAN], item) or "")
        for item, points in (ruled or {}).items()
    ]  # fmt: skip
    return compile_results(by, settled, rulings)


def unit(results: Results, code: str = DONGYUAN) -> UnitResult:
    return next(one for one in results.units if one.unit.code == code)


def sheet_of(results: Results, code: str = DONGYUAN) -> Worksheet:
    book = load_workbook(BytesIO(feedback_bytes(results, unit(results, code), lock())))
    (name,) = book.sheetnames
    assert name == words.SHEET
    return book[name]


def rows(sheet: Worksheet) -> list[list[Any]]:
    return [[cell.value for cell in row if cell.value is not None] for row in sheet.iter_rows()]


def texts(sheet: Worksheet) -> str:
    return "\n".join(str(value) for row in rows(sheet) for value in row)


# --- where points were lost -----------------------------------------------------------------------------------------


def test_items_are_listed_by_what_can_be_gained_with_what_they_cost() -> None:
    results = results_of()
    found = [(one.item.number, one.cause, one.cost, one.gain) for one in losses(results, unit(results))]
    assert found == [
        (4, Cause.PLANNED, 250, 250),
        (7, Cause.BLANK, 200, 200),
        (6, Cause.PENDING, 333, 167),
        (2, Cause.LEDGER, 75, 75),
        (5, Cause.PLANNED, 75, 75),
    ]


def test_the_costs_are_all_that_lies_between_the_score_and_full_marks() -> None:
    results = results_of()
    for one in (unit(results, code) for code in RETURNS):
        assert sum(loss.cost for loss in losses(results, one)) == FORM.points - one.cards["B"].total


def test_what_the_city_has_ruled_costs_but_cannot_be_gained() -> None:
    results = results_of(ruled={6: 0, 7: 100})
    last = losses(results, unit(results))[-2:]
    assert [(one.item.number, one.cause, one.cost, one.gain) for one in last] == [
        (6, Cause.RULED, 333, 0), (7, Cause.RULED, 100, 0)
    ]  # fmt: skip


def test_an_item_left_out_as_not_applicable_costs_nothing() -> None:
    results = results_of(ruled={7: None}, not_applicable=EXCLUDE)
    assert 7 not in {one.item.number for one in losses(results, unit(results))}


def test_steps_put_the_most_rewarding_kind_of_work_first() -> None:
    results = results_of()
    assert [(one.cause, one.gain, [loss.item.number for loss in one.losses]) for one in steps(
        losses(results, unit(results))
    )] == [
        (Cause.PLANNED, 325, [4, 5]), (Cause.BLANK, 200, [7]), (Cause.PENDING, 167, [6]), (Cause.LEDGER, 75, [2])
    ]  # fmt: skip


def test_under_policy_a_a_ledger_adds_nothing() -> None:
    results = results_of(policy=POLICIES["A"])
    assert Cause.LEDGER not in {one.cause for one in losses(results, unit(results))}


# --- the sheet ------------------------------------------------------------------------------------------------------


def test_rank_and_score_stand_on_top_with_the_span() -> None:
    sheet = sheet_of(results_of())
    line = next(row for row in rows(sheet) if row and str(row[0]).startswith("第"))
    assert line[:3] == [words.RANK_OF.format(rank=2, count=3), 1.01, words.RANGE_SPAN.format(low="1.01", high="2.68")]


def test_it_says_whether_the_rank_is_settled_and_how_many_are_missing() -> None:
    sheet = texts(sheet_of(results_of()))
    assert common.RANK_PROVISIONAL in sheet
    assert common.RANK_SETTLED not in sheet
    assert words.MISSING_UNITS.format(count=3) in sheet.replace("\n", "")
    close = {YUANCHENG: {4: done(9), 1: done(9)}, DONGYUAN: {4: done(9), 6: typed(done="也许", ledger="√")}}
    assert common.RANK_PENDING.format(best=1, worst=2) in texts(sheet_of(results_of(close)))


def test_a_shared_rank_is_said_to_be() -> None:
    results = results_of(dict.fromkeys((YUANCHENG, DONGYUAN), RETURNS[DONGYUAN]))
    assert words.RANK_TIED.format(rank=1, count=2) in texts(sheet_of(results))


def test_categories_stand_beside_mean_and_best() -> None:
    found = {row[0]: row[1:] for row in rows(sheet_of(results_of())) if len(row) == 7}
    # means: (1.75 + 1.00 + 0) / 3 = 0.916…, (3.26 + 0.01 + 0) / 3 = 1.09, 5.33 / 3 = 1.776…, 11.35 / 3 = 3.783…
    expected = (
        [1.75, 1.0, 0.92, 1.75, 0.08, -0.75],
        [3.26, 0.01, 1.09, 3.26, -1.08, -3.25],
        [5.33, 0, 1.78, 5.33, -1.78, -5.33],
    )
    for category, figures in zip(FORM.categories, expected, strict=True):
        assert found[words.CATEGORY.format(ordinal=category.ordinal, name=category.name)] == figures
    assert found[words.TOTAL] == [10.34, 1.01, 3.78, 10.34, -2.77, -9.33]


def test_each_lost_item_says_why() -> None:
    sheet = sheet_of(results_of())
    listed = {row[0]: row[-1] for row in rows(sheet) if len(row) == 7 and isinstance(row[0], int)}
    assert list(listed) == [4, 7, 6, 2, 5]
    assert listed[2] == words.CAUSES["ledger"]
    assert listed[4] == words.CAUSES["planned"].format(months="12月", overdue="")
    assert listed[5] == words.CAUSES["planned"].format(months=words.UNDATED, overdue="")
    assert listed[7] == words.CAUSES["blank"]
    assert listed[6].startswith(words.CAUSES["pending"])
    assert "也许" in listed[6]


def test_a_plan_whose_month_has_passed_is_marked() -> None:
    sheet = sheet_of(results_of({DONGYUAN: {4: planned(8)}}))
    assert words.CAUSES["planned"].format(months="8月", overdue=words.OVERDUE) in texts(sheet)


def test_a_ruling_is_quoted_with_its_reason() -> None:
    sheet = texts(sheet_of(results_of(ruled={7: 100})))
    assert words.CAUSES["ruled"].format(points="1.00", reason="已查看台帐") in sheet


def test_the_advice_names_the_items_that_bring_most() -> None:
    sheet = texts(sheet_of(results_of()))
    assert words.STEPS["planned"].format(count=2, gain="3.25") in sheet
    assert words.FIRST_ITEM.format(number=4, gain="2.50") in sheet
    assert words.STEPS["ledger"].format(count=1, gain="0.75") in sheet


def test_full_marks_leave_nothing_to_do() -> None:
    sheet = texts(sheet_of(results_of(), YUANCHENG))
    assert words.NOTHING_TO_GAIN in sheet
    assert words.ALL_FULL in sheet


def test_days_late_are_said_and_what_they_cost() -> None:
    late = DUE + timedelta(days=3)
    day = common.DAY.format(day=late)
    assert words.DAYS_LATE.format(day=day, days=3) in texts(sheet_of(results_of(filled_on=late)))
    costly = texts(sheet_of(results_of(late_deduction=25, filled_on=late)))
    assert words.DAYS_LATE_COST.format(day=day, days=3, points="0.75") in costly
    assert words.UNADJUSTED in costly


def test_no_other_county_is_named() -> None:
    results = results_of()
    for code in RETURNS:
        data = feedback_bytes(results, unit(results, code), lock())
        with ZipFile(BytesIO(data)) as book:
            text = "".join(book.read(part).decode() for part in book.namelist() if part.endswith(".xml"))
        others = [one for one in heyuan().units if one.code != code]
        assert unit(results, code).unit.name in text
        assert not [one.name for one in others if one.name in text or one.area in text or one.code in text]


def test_the_sheet_is_locked_and_upright() -> None:
    sheet = sheet_of(results_of())
    assert sheet.protection.sheet
    assert sheet.protection.algorithmName == "SHA-512"
    assert all(cell.protection.locked for row in sheet.iter_rows() for cell in row)
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "portrait")
    assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, None)
    assert re.fullmatch(r"\$(\d+):\$\1", sheet.print_title_rows)


def test_a_long_list_takes_several_pages() -> None:
    sheet = sheet_of(results_of({DONGYUAN: {1: planned(12)}}, the_form()))
    assert sheet.page_setup.fitToHeight == 0
    assert [cell.value for cell in sheet[sheet.print_title_rows.split(":")[1][1:]] if cell.value] == list(
        words.LOSS_HEADINGS
    )


def test_equal_results_give_equal_bytes() -> None:
    first, second = (feedback_bytes(results, unit(results), lock()) for results in (results_of(), results_of()))
    assert first == second


@pytest.mark.npm
def test_the_open_xml_sdk_finds_nothing(tmp_path: Path) -> None:
    results = results_of(ruled={7: 100}, late_deduction=25, filled_on=DUE + timedelta(days=1))
    long = results_of({DONGYUAN: {n: planned(12) for n in range(1, 60)}}, the_form())
    paths = [tmp_path / f"{n}.xlsx" for n in range(3)]
    for path, (one, code) in zip(paths, ((results, DONGYUAN), (results, YUANCHENG), (long, DONGYUAN)), strict=True):
        path.write_bytes(feedback_bytes(one, unit(one, code), lock()))
    assert ooxml.errors_of(*paths) == []


@pytest.mark.office
def test_it_prints_on_one_page_if_it_fits_and_cuts_nothing_off(office: Office, tmp_path: Path) -> None:
    short = results_of()
    long = results_of({DONGYUAN: {n: typed(done="也许") for n in range(1, 109)}}, the_form())
    for results, expected in ((short, 1), (long, None)):
        path = tmp_path / file_name(results, unit(results))
        path.write_bytes(feedback_bytes(results, unit(results), lock()))
        area = load_workbook(path)[words.SHEET].dimensions
        with office.opened(path) as book:
            pages = len(office.pages(book))
            heights = [*office.row_heights(book, words.SHEET, area), *office.merged_heights(book, words.SHEET, area)]
        assert pages == expected if expected else pages > 1
        assert [row for row in heights if row["height"] < row["optimal"] - 0.5] == []


# --- the command ----------------------------------------------------------------------------------------------------


def filled_in(folder: Path, code: str) -> bytes:
    """The issued workbook of a unit with a single answer and a day of filling."""
    path = next(path for path in (folder / "发放").iterdir() if path.name.startswith(NAMES[code]))
    return pasted(path.read_bytes(), E6="√", F6="9月", J2=41180.0)


def test_every_unit_that_was_counted_gets_one(command: Command, round_folder: Path) -> None:
    (round_folder / "回收" / "回.xlsx").write_bytes(filled_in(round_folder, DONGYUAN))
    ran = command("feedback", round_folder)
    assert ran.status == 1  # five have sent nothing
    (path,) = (round_folder / "反馈").iterdir()
    assert path.name == f"{NAMES[DONGYUAN]}_成绩反馈_2012年第三季度.xlsx"
    assert not (round_folder / "汇总" / "results.json").exists()
    assert NAMES[YUANCHENG] in ran.out


@pytest.mark.workers
def test_it_judges_as_ingest_does(command: Command, round_folder: Path) -> None:
    (round_folder / "回收" / "回.xlsx").write_bytes(filled_in(round_folder, DONGYUAN))
    command("ingest", round_folder)
    command("feedback", round_folder)
    content = json.loads((round_folder / "汇总" / "results.json").read_text(encoding="utf-8"))
    (score,) = [one["score"] for one in content["units"] if one["score"]]
    (path,) = (round_folder / "反馈").iterdir()
    sheet = load_workbook(path)[words.SHEET]
    assert float(score) in next(row for row in rows(sheet) if row and str(row[0]).startswith("第"))


def test_feedback_of_a_return_that_is_gone_goes_too(command: Command, round_folder: Path) -> None:
    returned = round_folder / "回收" / "回.xlsx"
    returned.write_bytes(filled_in(round_folder, DONGYUAN))
    command("feedback", round_folder)
    returned.unlink()
    assert command("feedback", round_folder).status == 1
    assert list((round_folder / "反馈").iterdir()) == []


def test_when_nothing_is_open_the_status_is_zero(command: Command, tmp_path: Path) -> None:
    folder = new_round(tmp_path / "一轮")
    for n, code in enumerate(NAMES):
        months = Random(n).choices((7, 8, 9), k=len(FORM.items))
        own = {item.number: done(month=month) for item, month in zip(FORM.items, months, strict=True)}
        (folder / "回收" / f"{code}.xlsx").write_bytes(fill(FORM, own, code))
    ran = command("feedback", folder)
    assert (ran.status, len(list((folder / "反馈").iterdir()))) == (0, 6), ran.out + ran.err


def test_a_folder_that_is_no_round(command: Command, tmp_path: Path) -> None:
    ran = command("feedback", tmp_path)
    assert (ran.status, ran.err.count("\n")) == (2, 1)
