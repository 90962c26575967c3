"""No answer of a damaged return is ever silently misread; what two marks still tell is read (docs/returns.md §3).

What was typed into it is of docs/returns.md §4.
The long run with its table is `PYTHONPATH=tests python -m damage` (docs/recovery.md).
"""

import ast
import re
from collections.abc import Callable
from io import BytesIO
from itertools import combinations
from pathlib import Path
from random import Random

import pytest
from damage.book import Book, filled
from damage.columns import delete_column, insert_columns_at, swap_columns
from damage.containers import saved_by_openpyxl
from damage.marks import clear, numbers_redrawn, wordings_altered
from damage.registry import MUTATORS
from damage.rows import copy_row, delete_row, insert_rows_at, rows_duplicated, rows_sorted, wordings_sorted
from damage.sheet import Cell, Error, Sheet
from damage.sheets import twin
from damage.verdict import Verdict, chosen, damaged, flagged_items, judged
from openpyxl import load_workbook
from openpyxl.comments import Comment
from rounds import responsible_form, small_form, the_form

import sanjin_xl
from sanjin_xl.model.catalogue import CATALOGUE, Severity
from sanjin_xl.model.cellref import address
from sanjin_xl.model.form import Form
from sanjin_xl.model.layout import HEADER_ROW, layout_of
from sanjin_xl.recovery.table import Table, TableFinder
from sanjin_xl.workbook.reader import read_book

CASES = 260
PLACES = layout_of(the_form()).places
FINDERS = ("columns", "merge_sheets", "integrity", "words_around")
FORMS = [
    pytest.param(the_form(), id="the 2012 form"),
    pytest.param(small_form(), id="a small form"),
    pytest.param(responsible_form(), id="a form with a further column"),
]
Damage = Callable[[Book], None]


def codes(verdict: Verdict) -> set[str]:
    return {one.code for one in verdict.outcome.findings}


def grave(verdict: Verdict) -> set[str]:
    """The codes of errors and reviews."""
    return {one.code for one in verdict.outcome.findings if one.severity is not Severity.NOTE}


# --- the law --------------------------------------------------------------------------------------------------------


def test_there_are_mutators_of_every_family() -> None:
    assert len(MUTATORS) >= 30
    assert {one.family for one in MUTATORS.values()} == {
        "values", "meant", "seen", "words", "rows", "cells", "marks", "columns", "sheets", "layouts", "containers",
    }  # fmt: skip
    assert all(one.what for one in MUTATORS.values())


@pytest.mark.parametrize("seed", range(CASES))
def test_whatever_is_done_to_a_return_no_answer_is_silently_wrong(seed: int) -> None:
    mutators = chosen(Random(seed))
    form = small_form() if seed % 8 == 7 else the_form()
    verdict = judged(damaged(form, mutators, seed, base=seed % 6))
    assert verdict.wrong == frozenset(), [one.name for one in mutators]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", sorted(MUTATORS))
def test_one_damage_alone_hides_nothing_and_casts_no_doubt_on_the_rest(name: str, form: Form) -> None:
    one = MUTATORS[name]
    for seed in range(2):
        book = damaged(form, [one], seed, base=seed)
        verdict = judged(book)
        assert verdict.wrong == frozenset()
        if one.harmless:
            assert len(verdict.right) == len(form.items)
        if one.harmless or one.family == "values":
            assert flagged_items(verdict.outcome) <= book.touched


def test_an_undamaged_return_is_read_right_and_nothing_is_said_about_it() -> None:
    for base in range(6):
        verdict = judged(filled(the_form(), base))
        assert len(verdict.right) == 108
        assert not flagged_items(verdict.outcome)


# --- any two layers are enough --------------------------------------------------------------------------------------


def codes_swapped(book: Book) -> None:
    """Codes in another order: what is seen was sorted, and they were not; then it was sorted back."""
    cells = [cell for cell in book.sheet.cells.values() if cell.tag and cell.tag[1] == "code"]
    values = [cell.value for cell in cells]
    Random(1).shuffle(values)
    for cell, value in zip(cells, values, strict=True):
        cell.value = value


def all_rewritten(book: Book) -> None:
    for number in range(1, len(book.form.items) + 1):
        place = book.place(number, "text")
        if place:
            book.sheet.cells[place].value = f"见文件第{number * 7 % 13}条"


LAYERS: dict[str, dict[str, Damage]] = {
    "code": {
        "column deleted": lambda book: delete_column(book, "code"),
        "cleared": lambda book: clear(book, "code"),
        "in another order": codes_swapped,
    },
    "number": {
        "column deleted": lambda book: delete_column(book, "number"),
        "cleared": lambda book: clear(book, "number"),
        "redrawn": lambda book: numbers_redrawn(book, Random(1)),
    },
    "text": {
        "column deleted": lambda book: delete_column(book, "text"),
        "cleared": lambda book: clear(book, "text"),
        "rewritten": all_rewritten,
        "in another order": lambda book: wordings_sorted(book, Random(1)),
    },
    "order": {
        "sorted": lambda book: rows_sorted(book, Random(1)),
        "rows inserted": lambda book: insert_rows_at(book, 33, 3),
    },
}
WAYS = [
    pytest.param((LAYERS[one][a], LAYERS[other][b]), id=f"{one} {a}, {other} {b}")
    for one, other in combinations(sorted(LAYERS), 2)
    for a in LAYERS[one]
    for b in LAYERS[other]
]


@pytest.mark.parametrize("ways", WAYS)
def test_where_two_layers_are_left_all_answers_are_read_right(ways: tuple[Damage, Damage]) -> None:
    book = filled(the_form(), 3)
    # The order goes first: numbers that are redrawn follow the new one.
    for way in sorted(ways, key=lambda way: way not in LAYERS["order"].values()):
        way(book)
    assert len(judged(book).right) == 108


# --- each damage of docs/returns.md §3 ---------------------------------------------------------------------------


def cell(book: Book, number: int, column: str) -> Cell:
    place = book.place(number, column)
    assert place
    return book.sheet.cells[place]


def put(book: Book, number: int, column: str, value: str | float | None, formula: str | None = None) -> None:
    one = cell(book, number, column)
    one.value, one.formula = value, formula
    book.touched.add(number)


def numbered(book: Book) -> None:
    for item in book.form.items:
        put(book, item.number, "text", f"{item.number}、{item.text}")


def renamed(book: Book) -> None:
    book.sheet.name = "三进表（终稿）"


def copied(book: Book) -> None:
    book.sheets.append(twin(book.sheet, "完成情况表 (2)"))


def copied_and_answered_otherwise(book: Book) -> None:
    copied(book)
    for cell in book.sheets[-1].cells.values():
        if cell.of and cell.of[1] == "done" and cell.of[0] < 20:
            cell.value = None if cell.value else "√"


def copied_and_changed(book: Book) -> None:
    book.sheets.append(twin(book.sheet, "修改稿"))
    other = book.sheets[-1].at(layout_of(book.form).row(5), PLACES["done"])
    other.value = None if other.value else "√"


def among_strangers(book: Book) -> None:
    book.sheets.append(Sheet("通讯录", {(row, 0): Cell(f"姓名{row}") for row in range(40)}))


def row_deleted(book: Book) -> None:
    row = layout_of(book.form).row(7)
    book.move(lambda p: None if p[0] == row else (p[0] - 1, p[1]) if p[0] > row else p)


def heading_edited(book: Book) -> None:
    book.sheet.at(HEADER_ROW, PLACES["done_month"]).value = "何时落实"


def merged(book: Book) -> None:
    row, column = book.place(20, "done") or (0, 0)
    book.sheet.merges.append((row, column, row + 1, column))
    below = book.sheet.at(row + 1, column)
    below.value = None
    book.lose([below.tag] if below.tag else [])


def unprotected(book: Book) -> None:
    start = book.sheet.after.index("<sheetProtection")
    book.sheet.after = book.sheet.after[:start] + book.sheet.after[book.sheet.after.index("/>", start) + 2 :]


def linked(book: Book) -> None:
    book.parts["xl/externalLinks/externalLink1.xml"] = b'<externalLink xmlns="x"/>'


def ledger_said(book: Book) -> None:
    ledgers, remarks = book.answer_cells("ledger"), book.answer_cells("remark")
    number = next(one for one, cell in ledgers.items() if cell.value and book.truth[one]["ledger"])
    ledgers[number].value, remarks[number].value = None, "有台帐"


def commented(book: Book) -> None:
    def comment(data: bytes) -> bytes:
        target, book_ = BytesIO(), load_workbook(BytesIO(data))
        book_["完成情况表"][layout_of(book.form).cell(9, "done")].comment = Comment("局长批示：再核", "张三")
        book_.save(target)
        return target.getvalue()

    book.finish.append(comment)


def redrawn(book: Book) -> None:
    insert_rows_at(book, 9)
    numbers_redrawn(book, Random(1))


def codes_exchanged(book: Book) -> None:
    clear(book, "number")
    one, other = cell(book, 30, "code"), cell(book, 31, "code")
    one.value, other.value = other.value, one.value


def exchanged_rows_seen(book: Book) -> None:
    MUTATORS["visible_rows_swapped"].run(book, Random(1))


def labels_exchanged(book: Book) -> None:
    one, other = book.sheet.at(HEADER_ROW, PLACES["done"]), book.sheet.at(HEADER_ROW, PLACES["planned"])
    one.value, other.value = other.value, one.value


def pasted_out_of_order(book: Book) -> None:
    swap_columns(book, PLACES["done"], PLACES["planned"])
    MUTATORS["values_pasted"].run(book, Random(1))


def column_repeated(book: Book) -> None:
    """A copy without any ticks stands before the column, and no formula tells which is which."""
    insert_columns_at(book, PLACES["done"])
    book.sheet.at(HEADER_ROW, PLACES["done"]).value = "已落实"
    MUTATORS["values_pasted"].run(book, Random(1))


def heading_of_remarks_gone(book: Book) -> None:
    book.sheet.at(HEADER_ROW, PLACES["remark"]).value = None


def cells_inserted(book: Book, column: str) -> None:
    row = layout_of(book.form).row(40)
    book.move(lambda place: (place[0] + 1, place[1]) if place[1] == PLACES[column] and place[0] >= row else place)


def cells_deleted(book: Book) -> None:
    row = layout_of(book.form).row(40)
    book.move(
        lambda p: p if p[1] != PLACES["done"] or p[0] < row else None if p[0] == row else (p[0] - 1, p[1]),
    )


def one_mark_left(book: Book) -> None:
    clear(book, "code")
    clear(book, "text")
    insert_rows_at(book, 30)


def noted_below(book: Book) -> None:
    book.sheet.at(book.sheet.last_row + 2, 1).value = "本表由基层股填写"


def claimed_below(book: Book) -> None:
    book.sheet.at(book.sheet.last_row + 2, 1).value = "以上各项均已落实"


def blanked(book: Book, number: int) -> Book:
    for column in book.form.answers:
        put(book, number, column, None)
    return book


def blank_copy(book: Book) -> None:
    copy = twin(book.sheet, "空白表")
    for cell in copy.cells.values():
        if cell.of and cell.of[1] in book.form.answers:
            cell.value = None
    book.sheets.append(copy)


def half_on_a_copy(book: Book) -> None:
    copy = twin(book.sheet, "下半部分")
    for cell in copy.cells.values():
        if cell.of and cell.of[1] in book.form.answers and cell.of[0] <= 50:
            cell.value = None
    for number in range(51, 109):
        blanked(book, number)
    book.sheets.append(copy)


def hidden(book: Book) -> None:
    book.sheet.state = "hidden"


def formulas_gone(book: Book) -> None:
    """As LibreOffice leaves formulas in an .xls that look at cells over which others were pasted."""
    for name in ("score", "hint"):
        put(book, 5, name, Error("#N/A"), "#N/A")


DAMAGES: dict[str, tuple[Damage, str]] = {
    "sheet hidden": (hidden, "sheet-hidden"),
    "sheet renamed": (renamed, "sheet-renamed"),
    "sheet copied": (copied, "sheet-copied"),
    "sheet copied and changed": (copied_and_changed, "sheet-copies-differ"),
    "another table on a copy": (copied_and_answered_otherwise, "tables-differ"),
    "rows inserted": (lambda book: insert_rows_at(book, 30), "rows-inserted"),
    "rows deleted": (row_deleted, "item-missing"),
    "rows sorted": (lambda book: rows_sorted(book, Random(1)), "rows-moved"),
    "rows duplicated": (lambda book: rows_duplicated(book, Random(1)), "row-duplicated"),
    "columns inserted": (lambda book: insert_columns_at(book, PLACES["points"]), "column-moved"),
    "columns hidden": (
        lambda book: book.sheet.hidden_columns.update({PLACES["remark"], PLACES["code"]}),
        "columns-hidden",
    ),
    "columns swapped": (lambda book: swap_columns(book, PLACES["done"], PLACES["ledger"]), "column-moved"),
    "labels exchanged": (labels_exchanged, "column-conflict"),
    "columns swapped, then pasted as values": (pasted_out_of_order, "column-doubtful"),
    "a column repeated": (column_repeated, "column-repeated"),
    "a heading gone": (heading_of_remarks_gone, "column-guessed"),
    "a column deleted": (lambda book: delete_column(book, "planned"), "column-missing"),
    "remarks shifted": (lambda book: cells_inserted(book, "remark"), "column-shifted"),
    "ticks shifted": (lambda book: cells_inserted(book, "done"), "answer-moved"),
    "ticks deleted": (cells_deleted, "answer-gone"),
    "nothing but errors left of formulas": (formulas_gone, "answer-gone"),
    "codes exchanged, 序号 gone": (codes_exchanged, "item-conflict"),
    "rows exchanged as far as they are seen": (exchanged_rows_seen, "rows-torn"),
    "one mark left": (one_mark_left, "items-one-mark"),
    "table split": (lambda book: MUTATORS["split_in_two"].run(book, Random(1)), "sheets-joined"),
    "a blank copy beside it": (blank_copy, "sheet-blank"),
    "half filled in on a copy": (half_on_a_copy, "items-elsewhere"),
    "one column for everything": (lambda book: MUTATORS["one_status_column"].run(book, Random(1)), "column-status"),
    "words over a hint": (lambda book: put(blanked(book, 5), 5, "hint", "已于9月落实"), "words-beside"),
    "words below": (claimed_below, "words-below"),
    "rows duplicated and changed": (
        lambda book: MUTATORS["rows_duplicated_and_changed"].run(book, Random(1)),
        "row-duplicates-differ",
    ),
    "table moved": (lambda book: insert_columns_at(book, 0, 3), "table-moved"),
    "header edited": (heading_edited, "header-changed"),
    "wording altered": (lambda book: wordings_altered(book, Random(1)), "item-text-changed"),
    "all wordings numbered": (numbered, "item-texts-alike"),
    "wordings sorted": (lambda book: MUTATORS["wordings_sorted"].run(book, Random(1)), "item-texts-changed"),
    "points altered": (lambda book: put(book, 8, "points", 9.0), "item-points-changed"),
    "code column gone": (lambda book: delete_column(book, "code"), "layer-lost"),
    "序号 gone": (lambda book: clear(book, "number"), "layer-lost"),
    "序号 redrawn": (redrawn, "layer-damaged"),
    "answers merged": (merged, "answer-merged"),
    "protection removed": (unprotected, "protection-removed"),
    "formulas overwritten": (lambda book: put(book, 3, "score", 0.5), "score-overwritten"),
    "rows hidden": (lambda book: book.sheet.hidden_rows.update({11, 12}), "rows-hidden"),
    "formula in an answer": (lambda book: put(book, 12, "done", "√", 'IF(1,"√","")'), "answer-formula"),
    "formula without a result": (lambda book: put(book, 13, "done", None, "1+1"), "answer-uncalculated"),
    "error value": (lambda book: put(book, 14, "ledger", Error("#REF!")), "answer-error"),
    "external links": (linked, "external-link"),
    "ledgers in words": (ledger_said, "ledger-in-words"),
    "comment in an answer": (commented, "answer-comment"),
    "notes below": (noted_below, "extra-note"),
    "an answer where no item is": (
        lambda book: book.sheet.cells.update({(layout_of(book.form).total_row, PLACES["done"]): Cell("√")}),
        "answer-unplaced",
    ),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_each_damage_is_found_by_its_code(name: str) -> None:
    damage, code = DAMAGES[name]
    book = filled(the_form(), 3)
    damage(book)
    verdict = judged(book)
    assert code in codes(verdict)
    assert code not in codes(judged(filled(the_form(), 3)))


def test_every_finding_about_the_sheet_has_its_damage() -> None:
    package = Path(sanjin_xl.__file__).parent / "recovery"
    trees = [ast.parse((package / f"{name}.py").read_text(encoding="utf-8")) for name in FINDERS]
    texts = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert {code for _, code in DAMAGES.values()} >= texts & set(CATALOGUE)


TOGETHER = [
    "sheet renamed", "rows deleted", "columns inserted", "columns hidden", "columns swapped", "header edited",
    "wording altered", "points altered", "code column gone", "protection removed", "formulas overwritten",
    "formula in an answer", "formula without a result", "error value", "external links", "rows inserted",
    "rows sorted", "rows duplicated", "rows hidden", "answers merged", "notes below",
]  # fmt: skip


def test_all_damages_at_once_are_all_found() -> None:
    book = filled(the_form(), 3)
    for name in TOGETHER:
        DAMAGES[name][0](book)
    among_strangers(book)
    verdict = judged(book)
    assert codes(verdict) >= {DAMAGES[name][1] for name in TOGETHER}
    assert verdict.wrong == frozenset()
    assert len(verdict.right) > 90


def test_a_comment_is_kept_as_a_note_beside_its_item() -> None:
    book = filled(the_form(), 3)
    commented(book)
    (found,) = [one for one in judged(book).outcome.findings if one.code == "answer-comment"]
    assert (found.item, found.cell) == (9, layout_of(book.form).cell(9, "done"))
    assert "再核" in (found.found or "")


# --- how it was found -----------------------------------------------------------------------------------------------


def test_the_points_tell_whether_answers_went_along_with_what_was_sorted() -> None:
    for name in ("visible_columns_sorted", "numbers_and_wordings_sorted"):
        book = filled(the_form(), 3)
        MUTATORS[name].run(book, Random(3))
        verdict = judged(book)
        assert len(verdict.right) == 108
        assert not {"rows-torn", "item-conflict"} & codes(verdict)


def test_where_the_points_cannot_tell_the_rows_are_listed() -> None:
    for name in ("visible_columns_sorted", "numbers_and_wordings_sorted"):
        book = filled(the_form(), 3)
        MUTATORS[name].run(book, Random(3))
        delete_column(book, "points")
        verdict = judged(book)
        assert verdict.wrong == frozenset()
        assert "rows-torn" in codes(verdict)


def test_columns_moved_with_their_formulas_are_only_noted() -> None:
    book = filled(the_form(), 3)
    swap_columns(book, PLACES["done"], PLACES["planned"])
    assert grave(judged(book)) == grave(judged(filled(the_form(), 3)))


@pytest.mark.parametrize("column", ["done", "done_month", "ledger", "remark"])
@pytest.mark.parametrize("step", [1, -1])
def test_cells_moved_within_a_column_are_followed_or_the_column_is_named(column: str, step: int) -> None:
    book = filled(the_form(), 3)
    row = layout_of(book.form).row(40)

    def where(place: tuple[int, int]) -> tuple[int, int] | None:
        if place[1] != PLACES[column] or place[0] < row:
            return place
        return None if step < 0 and place[0] == row else (place[0] + step, place[1])

    book.move(where)
    verdict = judged(book)
    assert verdict.wrong == frozenset()
    if column == "remark":
        assert "column-shifted" in grave(verdict)
    else:
        assert {one.item for one in verdict.outcome.findings if one.code == "answer-moved"} >= set(range(41, 109))


def test_a_table_split_over_two_sheets_is_read_from_both() -> None:
    book = filled(the_form(), 3)
    MUTATORS["split_in_two"].run(book, Random(1))
    verdict = judged(book)
    assert len(verdict.right) == 108
    (elsewhere,) = [one for one in verdict.outcome.findings if one.code == "sheets-joined"]
    items = dict(elsewhere.facts)["items"]
    assert isinstance(items, tuple)
    assert verdict.outcome.submission
    assert verdict.outcome.submission.sheets == dict.fromkeys(items, elsewhere.found)


def test_rows_of_which_a_single_mark_is_left_are_listed() -> None:
    book = filled(the_form(), 3)
    one_mark_left(book)
    (found,) = [one for one in judged(book).outcome.findings if one.code == "items-one-mark"]
    assert dict(found.facts)["items"] == tuple(range(1, 109))


def test_a_second_table_below_the_first_does_not_go_unnoticed() -> None:
    for seed in range(4):
        book = damaged(the_form(), [MUTATORS["table_repeated"]], seed)
        verdict = judged(book)
        differing = {one.item for one in verdict.outcome.findings if one.code == "row-duplicates-differ"}
        assert differing == book.touched


def test_a_row_with_several_answers_names_the_cells_it_was_read_from() -> None:
    book = filled(the_form(), 3)
    insert_columns_at(book, 0, 3)
    insert_rows_at(book, 0, 9)
    submission = judged(book).outcome.submission
    assert submission
    assert submission.cells[1][0] == address(layout_of(book.form).row(1) + 9, PLACES["done"] + 3)


def test_the_container_makes_no_difference() -> None:
    book = filled(the_form(), 3)
    saved_by_openpyxl(book, Random(1))
    verdict = judged(book)
    assert len(verdict.right) == 108
    assert not flagged_items(verdict.outcome)


def test_a_table_without_any_mark_is_read_by_its_order_and_all_of_it_is_asked_about() -> None:
    book = filled(the_form(), 3)
    for column in ("code", "number", "text"):
        clear(book, column)
    verdict = judged(book)
    assert len(verdict.right) == 108
    assert flagged_items(verdict.outcome) == set(range(1, 109))
    insert_rows_at(book, 30)
    assert judged(book).refused == "no-items"


def test_answers_beside_no_mark_are_not_given_up_for_a_marked_copy_on_another_sheet() -> None:
    book = filled(the_form(), 3)
    copied_and_changed(book)
    for column in ("code", "number", "text"):
        clear(book, column)
    verdict = judged(book)
    assert len(verdict.right) == 108
    assert "sheet-copies-differ" in codes(verdict)


@pytest.mark.parametrize("left", ["code", "number", "text"])
def test_a_copied_row_is_no_other_item_though_a_row_was_deleted_for_it(left: str) -> None:
    book = filled(the_form(), 3)
    for column in {"code", "number", "text"} - {left}:
        clear(book, column)
    layout = layout_of(book.form)
    copy_row(book, layout.row(40))
    book.sheet.at(layout.row(40) + 1, PLACES["remark"]).value = "另填"
    delete_row(book, layout.row(20))
    verdict = judged(book)
    assert verdict.wrong == frozenset()
    assert {one.item for one in verdict.outcome.findings if one.code == "row-duplicates-differ"} == {40}
    assert {one.item for one in verdict.outcome.findings if one.code == "item-missing"} == {20}


def test_what_a_copy_says_of_a_deleted_row_is_what_the_return_says() -> None:
    book = filled(the_form(), 3)
    row = layout_of(book.form).row(40)
    copy_row(book, row)
    book.sheet.at(row + 1, PLACES["done"]).value = None if cell(book, 40, "done").value else "√"
    delete_row(book, row)
    verdict = judged(book)
    assert len(verdict.right) == 108
    assert "item-missing" not in codes(verdict)


def test_an_item_read_from_a_copy_is_asked_about_where_its_own_row_may_be_another() -> None:
    book = filled(small_form(), 3)
    rows = {n: layout_of(book.form).row(n) for n in (4, 6)}
    copy_row(book, rows[4])
    remark = book.sheet.at(rows[4] + 1, PLACES["remark"])
    remark.value = "另填"
    for column in ("number", "text"):
        here, there = book.sheet.at(rows[4], PLACES[column]), book.sheet.at(rows[6] + 1, PLACES[column])
        here.value, there.value = there.value, here.value
    verdict = judged(book)
    assert verdict.wrong == frozenset()
    assert flagged_items(verdict.outcome) >= {4, 6}


def test_a_deleted_total_does_not_hide_that_remarks_were_moved_down() -> None:
    book = filled(the_form(), 3)
    cells_inserted(book, "remark")
    delete_row(book, layout_of(book.form).total_row)
    assert "column-shifted" in grave(judged(book))


def test_a_second_column_of_remarks_is_not_taken_for_scores_that_are_gone() -> None:
    book = filled(the_form(), 3)
    delete_column(book, "score")
    insert_columns_at(book, PLACES["remark"])
    book.sheet.at(HEADER_ROW, PLACES["remark"]).value = "备注"
    verdict = judged(book)
    assert verdict.wrong == frozenset()
    assert "column-repeated" in grave(verdict)


def test_where_number_and_points_say_another_item_than_code_and_wording_both_are_asked_about() -> None:
    book = filled(the_form(), 3)
    one, other = (layout_of(book.form).row(number) for number in (1, 3))
    book.sheet.permute_rows({one: other, other: one}, range(PLACES["number"], PLACES["code"]))
    book.sheet.permute_rows({one: other, other: one}, range(PLACES["text"], PLACES["points"]))
    verdict = judged(book)
    assert verdict.wrong == frozenset()
    assert flagged_items(verdict.outcome) >= {1, 3}


def test_a_row_with_a_mere_number_is_held_against_its_fuller_copy() -> None:
    book = filled(the_form(), 3)
    for number in (20, 40):
        copy_row(book, layout_of(book.form).row(number) + (number > 20))
    book.sheet.at(layout_of(book.form).row(40) + 2, PLACES["remark"]).value = "另填"
    for column in ("code", "text"):
        clear(book, column)  # what was copied keeps them
    verdict = judged(book)
    assert verdict.wrong == frozenset()
    assert {one.item for one in verdict.outcome.findings if one.code == "row-duplicates-differ"} == {40}


def test_a_row_of_the_table_with_a_mere_number_is_no_remark_where_only_its_copy_has_a_wording() -> None:
    book = filled(the_form(), 3)
    copy_row(book, layout_of(book.form).row(40))
    for column in ("code", "text"):
        clear(book, column)  # what was copied keeps them
    copy = book.sheet.at(layout_of(book.form).row(40) + 1, PLACES["done"])
    copy.value = None if copy.value else "√"
    verdict = judged(book)
    assert verdict.wrong == frozenset()
    assert {one.item for one in verdict.outcome.findings if one.code == "row-duplicates-differ"} == {40}


# --- what SheetJS leaves of a sound sheet ---------------------------------------------------------------------------


def saved_by_sheetjs(book: Book) -> None:
    """Hints that say nothing are gone, and so are all prompts."""
    silent = [place for place, cell in book.sheet.cells.items() if cell.formula and cell.value in ("", None)]
    for place in silent:
        del book.sheet.cells[place]
    book.sheet.after = re.sub("<dataValidations.*</dataValidations>", "", book.sheet.after)


def table_of(book: Book) -> Table:
    (table,) = TableFinder(book.form).find(read_book(book.data()))
    return table


@pytest.mark.parametrize("form", FORMS)
def test_the_formulas_that_are_left_bear_out_where_the_answers_stand(form: Form) -> None:
    book = filled(form, 3)
    saved_by_sheetjs(book)
    assert table_of(book).columns.as_issued
    assert judged(book).right == frozenset(book.truth)


@pytest.mark.parametrize("column", ["done", "done_month", "planned", "planned_month", "ledger"])
def test_the_formulas_that_are_left_tell_of_cells_that_were_moved(column: str) -> None:
    book = filled(the_form(), 3)
    cells_inserted(book, column)
    saved_by_sheetjs(book)
    assert not table_of(book).columns.as_issued
    assert "answer-moved" in codes(judged(book))


def test_words_over_a_hint_that_is_gone_are_asked_about() -> None:
    book = blanked(filled(the_form(), 3), 40)
    saved_by_sheetjs(book)
    book.sheet.at(layout_of(book.form).row(40), PLACES["hint"]).value = "已于9月落实"
    book.sheet.at(layout_of(book.form).row(40), PLACES["hint"]).formula = None
    assert table_of(book).columns.as_issued
    assert 40 in flagged_items(judged(book).outcome)


def test_an_item_of_which_no_answer_cell_is_left_ends_nothing_where_others_are_struck_out() -> None:
    some = [MUTATORS[name] for name in ("struck_out", "answers_and_formulas_shifted")]
    assert not judged(damaged(small_form(), some, 77100136, 16)).wrong
