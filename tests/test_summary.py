"""The city workbook: every figure of it is what the answers are worth, and says itself where it comes from."""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache, partial
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import ooxml
import pytest
from office import Office
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet
from rounds import DUE, FILLED_ON, Entry, done, fill, heyuan, planned, rules, small_form, the_form, typed

from sanjin_xl import messages
from sanjin_xl.books.ruling_table import ruling_bytes
from sanjin_xl.books.summary import book as summary_book
from sanjin_xl.books.summary import figures, sentences, summary_bytes, summary_of
from sanjin_xl.judge.pipeline import Outcome, Processor, Status
from sanjin_xl.judge.versions import settle
from sanjin_xl.messages import summary as words
from sanjin_xl.model.catalogue import Severity
from sanjin_xl.model.contacts import Contact
from sanjin_xl.model.form import Form
from sanjin_xl.model.roster import Roster, Unit
from sanjin_xl.model.rules import EXCLUDE, FULL
from sanjin_xl.outcome import tables
from sanjin_xl.outcome.compile import compile_results
from sanjin_xl.outcome.results import Results
from sanjin_xl.review.rulings import Ruling, basis
from sanjin_xl.round.config import SUMMARY_FILE

FORM = small_form()
YUANCHENG, ZIJIN, LONGCHUAN, LIANPING, HEPING, DONGYUAN = (unit.code for unit in heyuan().units)
NAMES = {unit.code: unit.name for unit in heyuan().units}
Returns = Mapping[str, Mapping[int, Entry]]

SHEETS = [
    words.CONTENTS, words.RANKING, words.CATEGORIES, words.ITEMS, words.PLANS, words.LEDGERS, words.QUESTIONS,
    words.REMINDERS, words.POLICIES, words.NOTES, words.FILES, words.TIDY, words.METHOD,
]  # fmt: skip

ALL_DONE: dict[int, Entry] = {item.number: done(month=9) for item in FORM.items}
A_PLAN: Mapping[int, Entry] = {6: planned(month=12)}
FOUR_RETURNS: Returns = {
    # 10.34
    YUANCHENG: ALL_DONE,
    # 0.25 + 0.75 (half) + 0.01 (half a hundredth, rounded up) + 1.25 (half) = 2.26, its items 5 to 7 not done
    ZIJIN: {1: done(month=8), 2: done(ledger=False), 3: done(month=9, ledger=False), 4: done(ledger=False),
            5: planned(month=None), 6: planned(month=12), 7: planned(month=8)},
    # the same 2.26 by other items: 0.01 + 1.25 + 1 … in doubt is item 7, for it is a ledger without one
    LONGCHUAN: {1: done(), 2: done(ledger=False), 3: done(), 4: done(ledger=False), 7: done(ledger=False)},
    # a plan, which is worth nothing
    DONGYUAN: A_PLAN,
}  # fmt: skip


def outcomes(returns: Returns, form: Form = FORM, **changes: Any) -> list[Outcome]:
    filled_on = changes.pop("filled_on", {})
    processor = Processor(rules(form, **changes))
    return [
        processor.process_file(fill(form, entries, unit, filled_on.get(unit, FILLED_ON)), f"{NAMES[unit]}.xlsx")
        for unit, entries in returns.items()
    ]


Decisions = Mapping[tuple[str, int], int | None]
"""What the city has ruled, by unit and item: points in hundredths, None for not applicable."""


def results_of(
    returns: Returns,
    form: Form = FORM,
    extra: tuple[Outcome, ...] = (),
    ruled: Decisions | None = None,
    **changes: Any,
) -> Results:
    """The results of these returns, by way of the workbook, the reader and the settling."""
    by = rules(form, **{name: value for name, value in changes.items() if name != "filled_on"})
    settled = settle([*outcomes(returns, form, **changes), *extra], by)
    counted = {one.unit: one for one in settled if one.unit}
    rulings = [
        Ruling(unit=unit, item=item, points=points, not_applicable=points is None, reason="已查看台帐", who="李某",
               day="2012-10-20", basis=basis(counted.get(unit), item) or "")
        for (unit, item), points in (ruled or {}).items()
    ]  # fmt: skip
    return compile_results(by, settled, rulings)


def opened(results: Results, **options: Any) -> Workbook:
    return load_workbook(BytesIO(summary_bytes(results)), **options)


def values(results: Results) -> Workbook:
    """The workbook with the cached value of every formula."""
    return opened(results, data_only=True)


@cache
def four_values() -> Workbook:
    """The workbook of the four returns with the cached value of every formula."""
    return values(results_of(FOUR_RETURNS))


@cache
def four_formulas() -> Workbook:
    """The same with its formulas."""
    return opened(results_of(FOUR_RETURNS))


def headings(sheet: Worksheet) -> dict[str, int]:
    """The columns of the table of a sheet by their headings; of what repeats, the first."""
    row = header_row(sheet)
    places: dict[str, int] = {}
    for line in sheet.iter_rows(min_row=row, max_row=row + 1):
        for cell in line:
            if cell.value not in (None, ""):
                places.setdefault(str(cell.value), cell.column)
    return places


def header_row(sheet: Worksheet) -> int:
    """The first row of a table from the rows on that are repeated on every printed page."""
    found = re.match(r"\$(\d+):", sheet.print_title_rows)
    assert found
    rows = enumerate(sheet.iter_rows(min_row=int(found[1]), values_only=True), start=int(found[1]))
    return next(row for row, cells in rows if sum(cell is not None for cell in cells) > 2)


def column_of(sheet: Worksheet, heading: str) -> list[Any]:
    """What stands below a heading, down to the end of the sheet."""
    place = headings(sheet)[heading]
    return [sheet.cell(row, place).value for row in range(header_row(sheet) + 1, sheet.max_row + 1)]


def row_at(sheet: Worksheet, name: str | int, heading: str = words.UNIT) -> int:
    """The first row that has the name below `heading`."""
    place = headings(sheet)[heading]
    return next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, place).value == name)


def row_of(sheet: Worksheet, name: str | int, heading: str = words.UNIT) -> dict[str, Any]:
    """The cells of the row of a unit by heading."""
    places, row = headings(sheet), row_at(sheet, name, heading)
    return {text: sheet.cell(row, place).value for text, place in places.items()}


def formulas(book: Workbook, sheet: str) -> dict[str, str]:
    return {
        cell.coordinate: cell.value for row in book[sheet].iter_rows() for cell in row if cell.data_type == "f"
    }  # fmt: skip


def cells(book: Workbook) -> Iterator[Cell]:
    return (cell for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell, Cell))


# --- the leader's page ----------------------------------------------------------------------------------------------


def test_the_sheets_stand_in_the_order_of_their_use() -> None:
    assert four_formulas().sheetnames == SHEETS


def test_the_ranking_shows_what_the_answers_are_worth() -> None:
    ranking = four_values()[words.RANKING]
    first = row_of(ranking, NAMES[YUANCHENG])
    assert (first[words.RANK], first[words.SCORE]) == (1, 10.34)
    second = row_of(ranking, NAMES[ZIJIN])
    assert (second[words.RANK], second[words.SCORE]) == (2, 2.26)
    assert [second[name] for name in (words.DONE, words.PLANNED, words.BLANK)] == [4, 3, 0]
    last = row_of(ranking, NAMES[DONGYUAN])
    assert (last[words.RANK], last[words.SCORE], last[words.BLANK]) == (4, 0, 6)


def test_equal_scores_share_a_rank_and_say_so() -> None:
    ranking = four_values()[words.RANKING]
    tied = [row_of(ranking, NAMES[unit]) for unit in (ZIJIN, LONGCHUAN)]
    assert [(row[words.RANK], row[words.SCORE]) for row in tied] == [(2, 2.26), (2, 2.26)]
    assert all(words.TIED in row[words.REMARK] for row in tied)
    assert words.TIED not in (row_of(ranking, NAMES[YUANCHENG])[words.REMARK] or "")


def test_a_unit_that_sent_nothing_is_there_without_rank_and_score() -> None:
    book = four_values()
    missing = row_of(book[words.RANKING], NAMES[HEPING])
    numbers = [value for value in missing.values() if isinstance(value, (int, float))]
    assert (numbers, missing[words.SCORE], missing[words.REMARK]) == ([], words.NOT_RETURNED, words.NOT_RETURNED)
    for sheet in (words.CATEGORIES, words.POLICIES):
        row = row_of(book[sheet], NAMES[HEPING])
        assert not [value for value in row.values() if isinstance(value, (int, float))]


def test_what_is_in_question_is_the_gap_between_the_bounds() -> None:
    ranking = four_values()[words.RANKING]
    row = row_of(ranking, NAMES[LONGCHUAN])
    assert (row[words.SCORE], row[words.PENDING]) == (2.26, 1)
    # The last columns, which nobody sees, hold what the chart is drawn from: low, high, and both less the score.
    assert [cell.value for cell in ranking[row_at(ranking, NAMES[LONGCHUAN])]][-4:] == [2.26, 4.26, 2, 0]
    hidden = [n for one in ranking.column_dimensions.values() if one.hidden for n in range(one.min, one.max + 1)]
    assert hidden == list(range(ranking.max_column - 4, ranking.max_column + 1))


def test_the_mean_is_of_those_that_returned_something() -> None:
    mean = row_of(four_values()[words.RANKING], words.MEAN)
    assert mean[words.SCORE] == 3.72  # (10.34 + 2.26 + 2.26 + 0) / 4 = 3.715, the half rounded up


def test_lateness_is_said_and_costs_what_the_round_says() -> None:
    late = {ZIJIN: DUE + timedelta(days=3)}
    free = row_of(values(results_of(FOUR_RETURNS, filled_on=late))[words.RANKING], NAMES[ZIJIN])
    assert (free[words.SCORE], "3" in free[words.REMARK]) == (2.26, True)
    assert words.DEDUCTION not in free
    costly = row_of(values(results_of(FOUR_RETURNS, filled_on=late, late_deduction=50))[words.RANKING], NAMES[ZIJIN])
    assert (costly[words.DEDUCTION], costly[words.SCORE]) == (1.5, 0.76)


def test_a_round_without_returns_lists_every_unit_as_missing() -> None:
    book = values(results_of({}))
    for unit in heyuan().units:
        assert row_of(book[words.RANKING], unit.name)[words.SCORE] == words.NOT_RETURNED
    assert book[words.RANKING]._charts == []


def test_nothing_is_settled_before_all_have_reported_and_no_question_is_open() -> None:
    def said(returns: Returns, **changes: Any) -> str:
        return "".join(sentences.notes(results_of(returns, **changes)))

    all_six = {unit.code: ALL_DONE | {1: done(month=n + 1)} for n, unit in enumerate(heyuan().units)}
    assert words.SETTLED in said(all_six)
    for open_still in ({**all_six, HEPING: ALL_DONE | {7: typed(done="部分")}}, {**all_six, HEPING: None}):
        assert words.SETTLED not in said({unit: entries for unit, entries in open_still.items() if entries})
    three = said({unit: all_six[unit] for unit in (YUANCHENG, ZIJIN, HEPING)})
    assert words.PROVISIONAL.format(returned=3, units=6) in three


def test_what_was_filled_in_or_ruled_after_the_day_of_the_page_is_said_on_it() -> None:
    def line(**changes: Any) -> str:
        return str(values(results_of(FOUR_RETURNS, **changes))[words.RANKING]["A2"].value)

    assert line().endswith(words.DAY.format(day=DUE))
    late = {ZIJIN: DUE + timedelta(days=3), LONGCHUAN: DUE}
    assert words.LATER.format(what=words.LATER_RETURNS.format(count=1)) in line(filled_on=late)
    ruled = {(LONGCHUAN, 7): 100}  # on 20 October
    both = words.LIST_JOIN.join([words.LATER_RETURNS.format(count=1), words.LATER_RULINGS.format(count=1)])
    assert words.LATER.format(what=both) in line(filled_on=late, ruled=ruled)


def test_a_rank_that_depends_on_the_policy_says_how() -> None:
    returns = {ZIJIN: {4: done(ledger=False), 6: done(ledger=False)}, LONGCHUAN: {6: done()}}
    ranking = values(results_of(returns))[words.RANKING]
    assert row_of(ranking, NAMES[ZIJIN])[words.REMARK] == "A第1·B第2·C第2"


def test_the_ranking_is_one_upright_page_with_its_chart() -> None:
    ranking = four_formulas()[words.RANKING]
    setup = ranking.page_setup
    assert (setup.orientation, setup.paperSize) == ("portrait", 9)
    # One page either way is the default of the format and not written out.
    assert (ranking.sheet_properties.pageSetUpPr.fitToPage, setup.fitToWidth, setup.fitToHeight) == (True, None, None)
    (chart,) = ranking._charts
    (series,) = chart.series
    assert series.errBars.errBarType == "both"


def test_every_sheet_repeats_its_header_on_a4_one_page_wide() -> None:
    for sheet in four_formulas():
        upright = sheet.title in (words.RANKING, words.METHOD)
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("portrait" if upright else "landscape", 9)
        assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToWidth) == (True, None)
        assert sheet.print_title_rows
        assert "&P" in sheet.oddFooter.center.text


# --- living formulas ------------------------------------------------------------------------------------------------


def test_every_figure_of_the_ranking_is_a_formula_that_leads_to_the_tidy_table() -> None:
    results = results_of(FOUR_RETURNS)
    sheet, found = opened(results)[words.RANKING], formulas(opened(results), words.RANKING)
    numbers = [words.RANK, words.SCORE, words.DONE, words.PLANNED, words.BLANK, words.PENDING]
    places = headings(sheet)
    for unit in FOUR_RETURNS:
        row = next(r for r in range(1, sheet.max_row) if sheet.cell(r, places[words.UNIT]).value == NAMES[unit])
        for name in numbers:
            assert leads_to_the_tidy_table(found, sheet.cell(row, places[name]).coordinate), (unit, name)


def leads_to_the_tidy_table(found: Mapping[str, str], cell: str) -> bool:
    """Whether a cell's formula speaks of 明细, or of cells of its own sheet that do."""
    formula = found.get(cell, "")
    if words.TIDY in formula:
        return True
    others = [one.replace("$", "") for one in re.findall(r"\$?[A-Z]+\$?\d+", formula)]
    return bool(others) and all(one == cell or leads_to_the_tidy_table(found, one) for one in others)


def test_only_functions_that_every_spreadsheet_knows_are_used() -> None:
    book = opened(results_of(FOUR_RETURNS, late_deduction=50, dense_ranks=True))
    used = {name for sheet in SHEETS for f in formulas(book, sheet).values() for name in re.findall(r"([A-Z.]+)\(", f)}
    assert used <= {
        "SUM", "SUMIFS", "COUNTIF", "COUNTIFS", "SUMPRODUCT", "ROUND", "AVERAGE", "MIN", "MAX", "IF", "INDEX", "MATCH",
    }  # fmt: skip


def test_every_formula_has_its_value_cached() -> None:
    results = results_of(FOUR_RETURNS)
    book, cached = opened(results), values(results)
    assert all(cached[sheet][place].value is not None for sheet in SHEETS for place in formulas(book, sheet))


def test_a_figure_can_be_followed_from_the_rank_to_the_bytes_of_the_return() -> None:
    data = fill(FORM, FOUR_RETURNS[ZIJIN], ZIJIN)
    outcome = Processor(rules(FORM)).process_file(data, "第一批/紫金.xlsx")
    book = values(compile_results(rules(FORM), settle([outcome], rules(FORM))))
    score = row_of(book[words.RANKING], NAMES[ZIJIN])
    tidy = book[words.TIDY]
    names = words.TIDY_HEADINGS
    rows = [row for row in tidy_rows(tidy) if row[names["unit"]] == NAMES[ZIJIN]]
    by_category = row_of(book[words.CATEGORIES], NAMES[ZIJIN])
    for category in FORM.categories:
        worth = [row[names["points"]] for row in rows if row[names["category"]] == category.ordinal]
        assert by_category[category.ordinal] == round(sum(worth), 2)
    assert score[words.SCORE] == round(sum(row[names["points"]] for row in rows), 2)
    returned = load_workbook(BytesIO(data)).worksheets[0]
    ticked = [row for row in rows if returned[row[names["cell"]]].value == "√"]
    assert [row[names["item"]] for row in ticked] == [1, 2, 3, 4]
    receipt = row_of(book[words.FILES], "第一批/紫金.xlsx", words.FILE)
    assert (receipt[words.UNIT], receipt[words.FATE]) == (NAMES[ZIJIN], words.FATES["counted"])
    assert receipt[words.SHA256] == hashlib.sha256(data).hexdigest()


def tidy_rows(sheet: Worksheet) -> list[dict[str, Any]]:
    head, *rows = sheet.iter_rows(min_row=figures.TIDY_HEADER_ROW + 1, values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


# --- the other sheets -----------------------------------------------------------------------------------------------


def test_the_tidy_table_has_a_row_for_every_unit_and_item() -> None:
    rows = tidy_rows(four_values()[words.TIDY])
    names = words.TIDY_HEADINGS
    expected = [(unit.name, item.number) for unit in heyuan().units for item in FORM.items]
    assert [(row[names["unit"]], row[names["item"]]) for row in rows] == expected
    states = {(row[names["unit"]], row[names["item"]]): row[names["state"]] for row in rows}
    assert states[NAMES[ZIJIN], 1] == words.STATES["done-ledger"]
    assert states[NAMES[ZIJIN], 2] == words.STATES["done"]
    assert states[NAMES[ZIJIN], 6] == words.STATES["planned"]
    assert states[NAMES[DONGYUAN], 5] == words.STATES["blank"]
    missing = [row for row in rows if row[names["unit"]] == NAMES[HEPING]]
    assert {row[names["state"]] for row in missing} == {words.NOT_RETURNED}
    assert {row[names["points"]] for row in missing} == {None}


def test_the_tidy_table_is_an_excel_table_over_all_its_rows() -> None:
    (table,) = four_formulas()[words.TIDY].tables.values()
    assert table.ref == f"A3:{table.ref.split(':')[1]}"
    assert table.ref.endswith(str(3 + 6 * len(FORM.items)))


def test_rates_and_the_weakest_category_of_each_unit() -> None:
    sheet = four_values()[words.CATEGORIES]
    assert row_of(sheet, NAMES[ZIJIN])[words.WEAKEST] == FORM.categories[2].name
    assert row_of(sheet, NAMES[YUANCHENG])[words.WEAKEST] == words.NONE
    rows = [[cell.value for cell in row] for row in sheet.iter_rows() if row[0].value == NAMES[ZIJIN]]
    blocks = [[cell.value for cell in row] for row in sheet.iter_rows() if row[0].value in set(NAMES.values())]
    scores = blocks[: len(FOUR_RETURNS)]
    better = [sum(other[place] > rows[0][place] for other in scores) for place in range(1, 5)]
    assert rows[1][1:5] == [1 + count for count in better]
    assert set(better) != {0}
    rates = rows[2]
    assert rates[1:5] == [0.5714, 0.3865, 0, 0.2186]


def test_an_item_shows_each_units_answer_by_its_sign_and_counts_the_units() -> None:
    sheet = four_values()[words.ITEMS]
    signs = {unit.code: headings_by_area(sheet)[unit.area] for unit in heyuan().units}
    item = row_of(sheet, 7, words.NUMBER)
    row = next(r for r in range(1, sheet.max_row + 1) if sheet.cell(r, 1).value == 7)
    shown = {unit: sheet.cell(row, place).value for unit, place in signs.items()}
    glyphs = words.GLYPHS
    assert shown[YUANCHENG] == glyphs["done-ledger"]
    assert shown[ZIJIN] == glyphs["planned"].format(months="8月")
    assert shown[LONGCHUAN] == glyphs["done"] + words.PENDING_GLYPH
    assert shown[DONGYUAN] == glyphs["blank"]
    assert not shown[HEPING]
    counts = [item[words.COUNT_HEADINGS[name]] for name in ("done", "ledger", "planned", "blank", "pending", "rate")]
    assert counts == [2, 1, 1, 1, 1, 0.5]


def headings_by_area(sheet: Worksheet) -> dict[str, int]:
    return {text.split("\n")[0]: place for text, place in headings(sheet).items()}


def test_categories_fold() -> None:
    sheet = four_formulas()[words.ITEMS]
    levels = {sheet.cell(r, 1).value: sheet.row_dimensions[r].outlineLevel for r in range(5, sheet.max_row + 1)}
    assert {name: level for name, level in levels.items() if name in ("甲", 1, 2, "乙", 3)} == {
        "甲": 0, 1: 1, 2: 1, "乙": 0, 3: 1,
    }  # fmt: skip


def test_plans_are_listed_overdue_first_and_blanks_last() -> None:
    sheet = values(results_of(FOUR_RETURNS, as_of=date(2012, 10, 31)))[words.PLANS]
    rows = list(
        zip(column_of(sheet, words.TIMING), column_of(sheet, words.UNIT), column_of(sheet, words.NUMBER), strict=True)
    )
    assert rows[:4] == [
        (words.TIMINGS["overdue"], NAMES[ZIJIN], 7),
        (words.TIMINGS["later"], NAMES[ZIJIN], 6),
        (words.TIMINGS["later"], NAMES[DONGYUAN], 6),
        (words.TIMINGS["undated"], NAMES[ZIJIN], 5),
    ]
    assert {timing for timing, *_ in rows[4:]} == {words.TIMINGS["blank"]}
    assert [item for _, unit, item in rows if unit == NAMES[DONGYUAN]] == [6, 1, 2, 3, 4, 5, 7]


def test_missing_ledgers_say_what_a_ledger_would_add() -> None:
    sheet = four_values()[words.LEDGERS]
    rows = list(zip(*(column_of(sheet, name) for name in (words.UNIT, words.NUMBER, words.GAIN)), strict=True))
    assert rows == [
        (NAMES[ZIJIN], 2, 0.75), (NAMES[ZIJIN], 3, 0), (NAMES[ZIJIN], 4, 1.25),
        (NAMES[LONGCHUAN], 2, 0.75), (NAMES[LONGCHUAN], 4, 1.25), (NAMES[LONGCHUAN], 7, 2),
    ]  # fmt: skip


def test_open_questions_name_the_cell_and_the_points_at_stake() -> None:
    sheet = four_values()[words.QUESTIONS]
    names = (words.UNIT, words.NUMBER, words.CELL, words.STAKE)
    rows = list(zip(*(column_of(sheet, name) for name in names), strict=True))
    assert (NAMES[LONGCHUAN], 7, "I12", 2) in rows


def test_a_question_leads_to_its_row_of_the_tidy_table() -> None:
    book = four_values()
    sheet = book[words.QUESTIONS]
    place = headings(sheet)[words.NUMBER]
    cell = next(c for row in sheet.iter_rows(min_col=place, max_col=place) for c in row if c.value == 7)
    row = int(re.search(r"(\d+)$", cell.hyperlink.location)[1])  # type: ignore[index]
    assert [book[words.TIDY].cell(row, place).value for place in (1, 4)] == [NAMES[LONGCHUAN], 7]


def test_policies_are_compared_and_moved_ranks_are_concluded_on() -> None:
    # Without ledgers worth more under A, with one ledger worth more under C.
    returns = {ZIJIN: {4: done(ledger=False), 6: done(ledger=False)}, LONGCHUAN: {6: done()}}
    sheet = values(results_of(returns))[words.POLICIES]
    rows = {row[0]: row[1:] for row in sheet.iter_rows(min_row=header_row(sheet) + 2, values_only=True)}
    assert rows[NAMES[ZIJIN]][:6] == (5.83, 1, 2.92, 2, 0, 2)
    assert rows[NAMES[LONGCHUAN]][:6] == (3.33, 2, 3.33, 1, 3.33, 1)
    assert rows[NAMES[ZIJIN]][-1] == "A第1·B第2·C第2"
    assert rows[NAMES[ZIJIN]][-3:-1] == (2, 2)


def test_every_unit_is_reminded_of_what_it_owes() -> None:
    returns = {YUANCHENG: ALL_DONE, ZIJIN: FOUR_RETURNS[ZIJIN], LONGCHUAN: FOUR_RETURNS[LONGCHUAN]}
    results = results_of(returns, filled_on={ZIJIN: DUE + timedelta(days=3)})
    sheet = values(results)[words.REMINDERS]
    standing = {row[0]: row[3] for row in sheet.iter_rows(min_row=header_row(sheet) + 1, values_only=True)}
    to_correct = {one.unit.name for one in results.units if one.to_correct()}
    expected = {unit.name: words.STANDINGS["missing"] for unit in heyuan().units if unit.code not in returns}
    expected |= {NAMES[YUANCHENG]: words.STANDINGS["received"], NAMES[ZIJIN]: words.STANDINGS["late"]}
    expected |= dict.fromkeys(to_correct, words.STANDINGS["to-correct"])
    assert to_correct
    assert standing == expected
    assert list(standing.values())[:3] == [words.STANDINGS["missing"]] * 3
    assert row_of(sheet, NAMES[HEPING], words.AREA)[words.SENTENCE].startswith(NAMES[HEPING])


def test_whom_to_call_is_who_signed_and_else_whom_the_address_book_has() -> None:
    listed = {code: Contact(contact="张三", phone="0762-1234567") for code in (YUANCHENG, HEPING)}
    data, _ = summary_of(results_of({YUANCHENG: ALL_DONE}), contacts=listed)
    sheet = load_workbook(BytesIO(data))[words.REMINDERS]
    assert row_of(sheet, NAMES[HEPING], words.AREA)[words.TELEPHONE] == "0762-1234567"
    assert row_of(sheet, NAMES[HEPING], words.AREA)[words.FILLER] == "张三"
    assert row_of(sheet, NAMES[ZIJIN], words.AREA)[words.TELEPHONE] is None


def test_every_note_is_listed_and_none_of_them_is_a_question() -> None:
    results = results_of({ZIJIN: {1: typed(done="是", month="9月", ledger="√")}})
    listed = column_of(values(results)[words.NOTES], words.NOTED)
    (one,) = [one for one in results.units if one.outcome]
    assert listed == [messages.seen(found) for found in one.findings(Severity.NOTE)]
    assert listed


def test_the_contents_lead_to_every_sheet_and_tell_what_waits_there() -> None:
    book = opened(results_of(FOUR_RETURNS))
    sheet = book[words.CONTENTS]
    links = [cell.hyperlink.location for (cell,) in sheet.iter_rows(max_col=1) if cell.hyperlink]
    assert links == [f"'{name}'!A1" for name in SHEETS[1:]]
    assert set(words.PURPOSES) == {*SHEETS[1:], words.CHANGES, words.HISTORY}
    assert row_of(sheet, words.RANKING, words.SHEET)[words.WAITING] == words.WAITING_RANKING.format(count=2)
    pending = words.WAITING_QUESTIONS.format(pending=words.pending_in_words(*results_of(FOUR_RETURNS).pending))
    assert row_of(sheet, words.QUESTIONS, words.SHEET)[words.WAITING] == pending
    assert book.active.title == words.RANKING


def test_every_file_is_registered_with_its_fate() -> None:
    rejected = Outcome(path="坏.xlsx", sha256="0" * 64, size=7, status=Status.REJECTED, reason="no-items")
    results = results_of({ZIJIN: A_PLAN}, extra=(rejected,))
    sheet = load_workbook(BytesIO(summary_bytes(results, {"0" * 64: "2012-10-08T01:00:00Z"})))[words.FILES]
    row = row_of(sheet, "坏.xlsx", words.FILE)
    assert (row[words.FATE], row[words.SIZE], row[words.FIRST_SEEN]) == (words.FATES["rejected"], 7, "2012-10-08 09:00")
    assert row[words.REASON]
    assert row_of(sheet, f"{NAMES[ZIJIN]}.xlsx", words.FILE)[words.FATE] == words.FATES["counted"]


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("东源.xlsx", "东源.xlsx"),
        ("第一批/东 源.xlsx", r"第一批\东%20源.xlsx"),
        ("补报.zip!东源/a.xlsx", "补报.zip"),
        ("a!b.xlsx", "a!b.xlsx"),
        *((unsafe, None) for unsafe in ("../x.xlsx", "/x.xlsx", "a/../../x", "a#b.xlsx", "a%41.xlsx", r"a\b", "a\x07")),
        *((unsafe, None) for unsafe in ("C:x", "a\ud800.xlsx", "x" * 600)),
    ],
)
def test_a_file_is_linked_to_where_its_path_is_safe(path: str, target: str | None) -> None:
    results = results_of({ZIJIN: A_PLAN}, extra=(Outcome(path=path, status=Status.SKIPPED, reason="skipped-system"),))
    sheet = opened(results)[words.FILES]
    links = {c.row: c.hyperlink.target for row in sheet.iter_rows() for c in row if c.hyperlink}
    rows = {row[0].value: row[0].row for row in sheet.iter_rows() if row[4].value == words.FATES["skipped"]}
    (row,) = rows.values()
    assert links.get(row) == (f"..\\{words.RETURNED_FOLDER}\\{target}" if target else None)


def test_the_method_names_form_and_returns_so_that_both_can_be_checked() -> None:
    results = results_of(FOUR_RETURNS)
    text = "\n".join(str(row[1]) for row in opened(results)[words.METHOD].iter_rows(values_only=True))
    hashes = {one.unit: one.sha256 for one in results.files}
    lines = "".join(f"{hashes[unit.code]}\n" for unit in heyuan().units if unit.code in hashes)
    assert hashlib.sha256(lines.encode()).hexdigest()[:16] in text
    assert FORM.fingerprint in text


# --- rulings --------------------------------------------------------------------------------------------------------


def test_a_ruling_replaces_the_points_and_is_shown_with_its_reason_and_name() -> None:
    book = values(results_of(FOUR_RETURNS, ruled={(LONGCHUAN, 7): 100}))
    names = words.TIDY_HEADINGS
    rows = {(row[names["unit"]], row[names["item"]]): row for row in tidy_rows(book[words.TIDY])}
    ruled = rows[NAMES[LONGCHUAN], 7]
    assert [ruled[names[name]] for name in ("auto", "ruling", "points", "low", "high")] == [0, 1, 1, 1, 1]
    assert (ruled[names["reason"]], ruled[names["who"]], ruled[names["pending"]]) == ("已查看台帐", "李某", words.NO)
    assert rows[NAMES[LONGCHUAN], 1][names["ruling"]] is None
    row = row_of(book[words.RANKING], NAMES[LONGCHUAN])
    assert (row[words.RANK], row[words.SCORE], row[words.PENDING]) == (2, 3.26, 0)
    assert words.RULED.format(count=1, points="+1.00") in row[words.REMARK]


def test_without_rulings_their_columns_are_left_out() -> None:
    head = tidy_rows(four_values()[words.TIDY])[0]
    assert not {words.TIDY_HEADINGS[name] for name in tables.RULING_COLUMNS} & set(head)


@pytest.mark.parametrize(
    ("setting", "full", "score"),
    [(FULL, None, 5.59), (EXCLUDE, 7.01, 3.33)],  # 2.26 + 3.33; 2.26 of 7.01 is 3.333… of 10.34
)
def test_an_item_that_is_not_applicable_counts_in_full_or_not_at_all(
    setting: str, full: float | None, score: float
) -> None:
    returns = {**FOUR_RETURNS, HEPING: A_PLAN}
    book = values(results_of(returns, ruled={(ZIJIN, 6): None}, not_applicable=setting))
    row = row_of(book[words.RANKING], NAMES[ZIJIN])
    assert (row.get(words.APPLICABLE), row[words.SCORE]) == (full, score)
    compared = row_of(book[words.POLICIES], NAMES[ZIJIN])
    assert compared.get(words.APPLICABLE) == full
    assert row_of(book[words.RANKING], NAMES[HEPING]).get(words.APPLICABLE) == (full and 10.34)


def test_what_the_city_has_settled_is_on_no_work_list() -> None:
    ruled = {(ZIJIN, 6): None, (ZIJIN, 7): 200, (ZIJIN, 5): 0, (ZIJIN, 2): 150}
    book = values(results_of({ZIJIN: FOUR_RETURNS[ZIJIN]}, ruled=ruled))
    assert column_of(book[words.PLANS], words.NUMBER) == [5]
    assert column_of(book[words.LEDGERS], words.NUMBER) == [3, 4]


def test_every_question_on_an_item_leads_to_its_row_of_the_ruling_table() -> None:
    results = results_of({ZIJIN: {6: planned(month=None), 7: done(ledger=False)}})
    sheet = opened(results)[words.QUESTIONS]
    place, number = headings(sheet)[words.RULE], headings(sheet)[words.NUMBER]
    links = {row[number - 1].value: row[place - 1].hyperlink for row in sheet.iter_rows(min_row=header_row(sheet) + 1)}
    assert {link.target for link in links.values()} == {r"..\核定\核定表.xlsx"}
    table = load_workbook(BytesIO(ruling_bytes(results, [], None)))
    for number, link in links.items():
        name, _, cell = link.location.partition("!")
        assert cell.startswith("A")
        assert table[name].cell(table[name][cell].row, 2).value == number


def test_a_ruling_that_fits_the_answer_no_more_is_among_the_questions() -> None:
    results = results_of(FOUR_RETURNS)
    stale = Ruling(unit=LONGCHUAN, item=1, points=0, reason="未见记录", who="李某", basis="0" * 16)
    incomplete = Ruling(unit=ZIJIN, item=2, points=0, reason="", who="李某")
    unplaced = Ruling(unit=ZIJIN, item=99, points=0, reason="有误", who="李某")
    results = compile_results(results.rules, results.files, [stale, incomplete, unplaced])
    sheet = values(results)[words.QUESTIONS]
    rows = set(zip(*(column_of(sheet, name) for name in (words.UNIT, words.NUMBER)), strict=True))
    assert {(NAMES[LONGCHUAN], 1), (NAMES[ZIJIN], 2)} <= rows


# --- what respondents type ------------------------------------------------------------------------------------------

TYPED = [
    '=HYPERLINK("http://x","y")',
    "http://example.com/",
    "+1",
    "@SUM(A1)",
    "{=1}",
    "\x01\x1f",
    "_x0041_",
    "x" * 200,
]


def test_nothing_typed_becomes_a_formula_or_a_link() -> None:
    entries = {n: done(remark=text) for n, text in enumerate(TYPED[:7], start=1)}
    results = results_of({ZIJIN: entries, LONGCHUAN: {1: typed(done=TYPED[0], done_month="=1+1")}})
    book = opened(results)
    remarks = [row[words.TIDY_HEADINGS["remark"]] for row in tidy_rows(book[words.TIDY])]
    assert {"=HYPERLINK", "http://exa", "+1", "@SUM(A1)", "{=1}"} <= {str(text)[:10] for text in remarks}
    for cell in cells(book):
        if cell.data_type == "f":
            assert "HYPERLINK" not in cell.value
        if cell.hyperlink:
            assert cell.hyperlink.location or cell.hyperlink.target.startswith("..\\")


def test_the_same_results_give_the_same_bytes() -> None:
    assert summary_bytes(results_of(FOUR_RETURNS)) == summary_bytes(results_of(FOUR_RETURNS))


# --- large rounds ---------------------------------------------------------------------------------------------------


def many(count: int, name: str = "第{n}县司法局", sent: Mapping[int, Entry] = FOUR_RETURNS[ZIJIN]) -> Results:
    """A round of many units that all sent the same return, the first one excepted, which sent nothing."""
    roster = Roster(tuple(Unit(code=f"U{n}", name=name.format(n=n), area=f"第{n}县") for n in range(count)))
    (one,) = outcomes({ZIJIN: sent})
    copies = [replace(one, path=f"{u.code}.xlsx", unit=u.code, status=Status.COUNTED) for u in roster.units[1:]]
    return compile_results(rules(FORM, roster=roster), copies)


@pytest.mark.parametrize(("units", "expected"), [(200, True), (201, False)])
def test_beyond_two_hundred_units_figures_are_values(units: int, expected: bool) -> None:
    results = many(units)
    book = opened(results)
    assert any(formulas(book, sheet) for sheet in SHEETS) is expected
    row = row_of(values(results)[words.RANKING], "第7县司法局")
    assert (row[words.RANK], row[words.SCORE]) == (1, 2.26)
    said = any(cell.value == words.VALUES_ONLY.format(limit=200) for cell in cells(book))
    assert said is not expected


def test_names_that_would_not_serve_as_criteria_make_a_workbook_of_values() -> None:
    assert not any(formulas(opened(many(3, name="{n}")), sheet) for sheet in SHEETS)


@pytest.mark.parametrize(("units", "columns"), [(100, 100), (101, 0)])
def test_beyond_a_hundred_units_items_show_counts_only(units: int, columns: int) -> None:
    sheet = opened(many(units))[words.ITEMS]
    assert sheet.max_column == 3 + columns + len(words.COUNT_HEADINGS)


def test_a_chart_shows_the_first_twenty_units() -> None:
    (chart,) = opened(many(30))[words.RANKING]._charts
    (series,) = chart.series
    first, last = map(int, re.findall(r"\$(\d+)", series.val.numRef.f))
    assert last - first + 1 == 20


def test_a_tidy_table_beyond_the_rows_of_a_sheet_is_rolled_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "MOST_ROWS", 40)
    book = opened(results_of(FOUR_RETURNS))
    assert [row[-1].value for row in book[words.TIDY].iter_rows(min_row=4)] == [7, 4, 5, None, None, 0]
    assert not any(formulas(book, sheet) for sheet in SHEETS)


def test_a_list_is_cut_and_what_was_not_counted_is_registered_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summary_book, "MOST_ENTRIES", 3)
    rejected = Outcome(path="龥.xlsx", sha256="0" * 64, status=Status.REJECTED, reason="file-empty")
    sheet = opened(results_of(FOUR_RETURNS, extra=(rejected,)))[words.FILES]
    assert [value for value in column_of(sheet, words.SERIAL) if value] == [5, 1, 2]
    said = words.CUT_OFF.format(count=5, limit=3, file=words.CSV_NAME.format(name=words.FILES))
    assert any(cell.value == said for row in sheet.iter_rows() for cell in row)


def test_there_is_a_word_for_every_state_timing_and_fate() -> None:
    assert set(words.STATES) == set(words.GLYPHS) == set(tables.State)
    assert set(words.TIMINGS) == set(tables.Timing)
    assert set(words.FATES) == set(Status)


# --- tables ---------------------------------------------------------------------------------------------------------


def test_what_did_not_come_is_nothing_and_not_zero() -> None:
    tidy = tables.tidy_rows(results_of(FOUR_RETURNS))
    rows: list[dict[str, Any]] = [dict(zip(tables.TIDY_COLUMNS, row, strict=False)) for row in tidy]
    assert {type(row["points"]) for row in rows} == {int, type(None)}
    assert sum(row["points"] for row in rows if row["code"] == ZIJIN) == 226


# --- by other programs' lights --------------------------------------------------------------------------------------


def random_round(seed: int, form: Form = FORM, units: int = 6) -> Results:
    """Returns of the first units, with ties, open questions and gaps; the settings differ too."""
    rng = Random(seed)
    kinds = [done(9), done(8, ledger=False), planned(12), planned(None), {}, typed(done="部分"), typed(ledger="√")]
    kinds += [done(9) | planned(12), typed(done="√", ledger="？"), done(9, remark="部分完成")]
    codes = list(NAMES)[:units]
    returns = {code: {i.number: rng.choice(kinds) for i in form.items} for code in codes if rng.random() < 0.9}
    if len(returns) > 2:
        first, second, *_ = returns
        returns[second] = returns[first]
    late = {code: DUE + timedelta(days=rng.randint(0, 3)) for code in returns}
    settings: dict[str, Any] = {"late_deduction": rng.choice([0, 30]), "dense_ranks": rng.random() < 0.5}
    settings["not_applicable"] = rng.choice([FULL, EXCLUDE])
    items = [(code, item) for code in returns for item in form.items if rng.random() < 0.05]
    ruled = {(code, item.number): rng.choice([0, item.points, None]) for code, item in items}
    return results_of(returns, form, filled_on=late, ruled=ruled, **settings)


ROUNDS: dict[str, Callable[[], Results]] = {
    "four returns": lambda: results_of(FOUR_RETURNS),
    "one unit only": lambda: results_of({ZIJIN: FOUR_RETURNS[ZIJIN]}),
    "all equal": lambda: results_of(dict.fromkeys(NAMES, FOUR_RETURNS[ZIJIN])),
    "two pairs and two missing": lambda: results_of({
        YUANCHENG: ALL_DONE, ZIJIN: ALL_DONE, HEPING: FOUR_RETURNS[ZIJIN], DONGYUAN: FOUR_RETURNS[ZIJIN],
    }),
    "0 and 100 points": lambda: results_of(
        {YUANCHENG: {i.number: done(9) for i in the_form().items}, ZIJIN: A_PLAN}, the_form()
    ),
    "nothing applicable": lambda: results_of(
        FOUR_RETURNS, ruled={(ZIJIN, item.number): None for item in FORM.items}, not_applicable=EXCLUDE
    ),
    "no return": lambda: results_of({}),
    "a large form": lambda: random_round(7, the_form()),
    **{f"seed {seed}": partial(random_round, seed) for seed in range(8)},
}  # fmt: skip


@pytest.mark.office
@pytest.mark.parametrize("name", ROUNDS)
def test_libreoffice_calculates_what_we_cached(office: Office, tmp_path: Path, name: str) -> None:
    path = tmp_path / SUMMARY_FILE
    path.write_bytes(summary_bytes(ROUNDS[name]()))
    expected, written = load_workbook(path, data_only=True), load_workbook(path)
    with office.opened(path) as book:
        office.recalculate(book)
        for sheet in SHEETS:
            places = formulas(written, sheet)
            if not places:
                continue
            calculated = office.read(book, sheet, written[sheet].dimensions)
            for place in places:
                value, cached = calculated[place]["value"], expected[sheet][place].value
                same = value == pytest.approx(cached, abs=1e-9) if isinstance(cached, (int, float)) else value == cached
                assert same, (sheet, place, places[place], value, cached)


@pytest.mark.office
def test_the_contents_tell_how_many_pages_each_sheet_prints(office: Office, tmp_path: Path) -> None:
    path = tmp_path / SUMMARY_FILE
    path.write_bytes(summary_bytes(random_round(1, the_form())))
    with office.opened(path) as book:
        printed = Counter(page["sheet"] for page in office.pages(book))
    contents = load_workbook(path, data_only=True)[words.CONTENTS]
    for sheet in SHEETS[1:]:
        # Where the default font of Excel is missing, LibreOffice sets columns wider, and the pages smaller.
        told = row_of(contents, sheet, words.SHEET)[words.PAGES]
        assert abs(told - printed[sheet]) <= max(1, printed[sheet] // 7), sheet
    assert printed[words.TIDY] == printed[words.FILES] == printed[words.NOTES] == 1


@pytest.mark.office
def test_libreoffice_prints_the_ranking_on_one_page(office: Office, tmp_path: Path) -> None:
    path = tmp_path / SUMMARY_FILE
    path.write_bytes(summary_bytes(random_round(1, the_form())))
    with office.opened(path) as book:
        pages = [page["sheet"] for page in office.pages(book)]
    assert pages.count(words.RANKING) == 1
    assert set(pages) == set(SHEETS)


@pytest.mark.office
def test_no_text_is_cut_off_and_no_number_turns_to_crosses(office: Office, tmp_path: Path) -> None:
    path = tmp_path / SUMMARY_FILE
    path.write_bytes(summary_bytes(random_round(1, the_form())))
    sizes = {sheet.title: sheet.dimensions for sheet in load_workbook(path)}
    with office.opened(path) as book:
        for sheet, area in sizes.items():
            rows = [row for row in office.row_heights(book, sheet, area) if row["visible"]]
            assert [row for row in rows if row["height"] < row["optimal"] - 0.5] == [], sheet
            merged = office.merged_heights(book, sheet, area)
            assert [one for one in merged if one["height"] < one["optimal"] - 0.5] == [], sheet
        shown = [office.shown(book, words.RANKING, f"{column}{row}") for row in (5, 6) for column in "ACDEFG"]
    assert not [text for text in shown if "#" in text]


@pytest.mark.npm
def test_the_open_xml_sdk_finds_nothing(tmp_path: Path) -> None:
    typical = {ZIJIN: {1: typed(remark=TYPED[0]), 2: typed(remark="\x01\x0b"), 3: typed(remark="\ufffe")}}
    rounds = {name: make() for name, make in ROUNDS.items() if not name.startswith("seed")}
    rounds |= {"typed": results_of(typical), "many": many(201), "late": random_round(3)}
    paths = [tmp_path / f"{n}.xlsx" for n in range(len(rounds))]
    for path, results in zip(paths, rounds.values(), strict=True):
        path.write_bytes(summary_bytes(results))
    assert ooxml.errors_of(*paths) == []
