"""A further column of free text, declared in the form file alone, goes the whole way (docs/contributing.md §3)."""

import json
import random
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import ooxml
import pytest
from command import Command
from damage.book import Book, filled, opened
from damage.columns import delete_column
from office import Office
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from round_folders import new_round
from rounds import (
    DONGYUAN,
    FILLED_ON,
    RESPONSIBLE,
    SIGNERS,
    TEMPLATES,
    YUANCHENG,
    Entry,
    clean,
    done,
    fill,
    heyuan,
    issue,
    judge,
    planned,
    responsible_form,
    small_form,
    typed,
)

from sanjin_xl.books.correction import correction_bytes
from sanjin_xl.books.issue import prefilled
from sanjin_xl.books.template import template_bytes
from sanjin_xl.judge.pipeline import Outcome
from sanjin_xl.judge.similarity import find_twins
from sanjin_xl.messages import template as words
from sanjin_xl.model.cellref import serial_of
from sanjin_xl.model.errors import FormError
from sanjin_xl.model.fields import ANSWERS, FIELDS
from sanjin_xl.model.form import Form, parse_form
from sanjin_xl.model.layout import DATE_VALUE, HEAD_ROW, SIGN_SPANS, layout_of
from sanjin_xl.outcome.former import parse_former
from sanjin_xl.outcome.report import check_entry
from sanjin_xl.review.rulings import basis
from sanjin_xl.round import commands
from sanjin_xl.round.interning import Interning

FORM = responsible_form()
PLAIN = small_form()
LAYOUT = layout_of(FORM)
PEOPLE = ("张三", "李 四", "欧阳婷婷、王五", "=1+1", "007", "基层股\n宣传股", "")
NAMES = {unit.code: unit.name for unit in heyuan().units}


def with_people(entries: dict[int, Entry]) -> dict[int, Entry]:
    """The same entries with somebody responsible for nearly each."""
    people = {number: PEOPLE[number % len(PEOPLE)] for number in range(1, len(FORM.items) + 1)}
    return {n: entries.get(n, {}) | ({"responsible": name} if name else {}) for n, name in people.items()}


def form_sheet(data: bytes) -> Worksheet:
    return load_workbook(BytesIO(data))["完成情况表"]


def codes(outcome: Outcome) -> list[tuple[str, int | None]]:
    return [(one.code, one.item) for one in outcome.findings]


# --- declared -------------------------------------------------------------------------------------------------------


def test_the_column_stands_in_front_of_the_self_score_and_moves_what_is_behind_it() -> None:
    assert FORM.answers == (*ANSWERS, "responsible")
    assert list(FORM.fields) == [
        *("category", "number", "text", "points", "done", "done_month", "planned", "planned_month", "ledger", "remark"),
        *("responsible", "score", "hint", "code"),
    ]
    assert [LAYOUT.cell(1, name) for name in ("remark", "responsible", "score", "hint", "code")] == [
        *("J6", "K6", "L6", "M6", "N6"),
    ]
    assert layout_of(PLAIN).cell(1, "score") == "K6"


def test_nothing_in_the_program_knows_the_column() -> None:
    package = Path(words.__file__).parent.parent
    assert not [path for path in package.rglob("*.py") if "responsible" in path.read_text(encoding="utf-8")]


COLUMN = '[[columns]]\nname = "responsible"\nheading = "责任人"\nwidth = 12\nprompt = "请填负责本项工作的人。"\n'


def declared(*columns: str) -> str:
    """The text of the form with these columns instead of its own."""
    return RESPONSIBLE.read_text(encoding="utf-8").replace(COLUMN, "\n".join(columns))


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        (("responsible", ""), "columns[0].name", "form-column-name"),
        (("responsible", "Responsible"), "columns[0].name", "form-column-name"),
        (("responsible", "责任人"), "columns[0].name", "form-column-name"),
        (("responsible", "2nd"), "columns[0].name", "form-column-name"),
        (("responsible", "remark"), "columns[0].name", "form-duplicate"),
        (("responsible", "score"), "columns[0].name", "form-duplicate"),
        (('"责任人"', '"说明"'), "columns[0].heading", "form-duplicate"),
        (('"责任人"', '"说 明"'), "columns[0].heading", "form-duplicate"),
        (('"责任人"', '"自评"'), "columns[0].heading", "form-duplicate"),
        (('"责任人"', '" "'), "columns[0].heading", "form-blank"),
        (('"责任人"', f'"{"责" * 33}"'), "columns[0].heading", "form-long"),
        (("请填负责本项工作的人。", "请" * 256), "columns[0].prompt", "form-long"),
        (("width = 12", "width = 3"), "columns[0].width", "form-column-width"),
        (("width = 12", "width = 61"), "columns[0].width", "form-column-width"),
        (("width = 12", 'width = "12"'), "columns[0].width", "toml-type"),
        (("width = 12", "open = true"), "columns[0].open", "toml-unknown-key"),
        (('heading = "责任人"\n', ""), "columns[0].heading", "toml-missing"),
        (('name = "responsible"\n', ""), "columns[0].name", "toml-missing"),
    ],
)
def test_a_fault_of_a_column_is_told_by_its_path(change: tuple[str, str], path: str, code: str) -> None:
    with pytest.raises(FormError) as caught:
        parse_form(declared(COLUMN.replace(change[0], change[1])))
    assert [(one.path, one.code) for one in caught.value.problems] == [(path, code)]


def test_all_faults_of_all_columns_are_told_at_once_with_those_of_the_items() -> None:
    text = declared(COLUMN, COLUMN.replace("12", "99")).replace("points = 1.75\nitems", "points = 2\nitems")
    with pytest.raises(FormError) as caught:
        parse_form(text)
    assert [(one.path, one.code) for one in caught.value.problems] == [
        ("columns[1].name", "form-duplicate"),
        ("columns[1].width", "form-column-width"),
        ("columns[1].heading", "form-duplicate"),
        ("categories[0].points", "form-sum"),
        ("points", "form-sum"),
    ]


def test_more_columns_than_a_page_is_wide_are_a_fault() -> None:
    five = [COLUMN.replace("responsible", f"r{n}").replace("责任人", f"责任人{n}") for n in range(5)]
    assert len(parse_form(declared(*five[:4])).answers) == len(ANSWERS) + 4
    with pytest.raises(FormError) as caught:
        parse_form(declared(*five))
    assert [(one.path, one.code) for one in caught.value.problems] == [("columns", "form-columns")]


def test_the_block_in_the_documents_can_be_copied_behind_the_2012_form() -> None:
    page = (RESPONSIBLE.parent.parent.parent / "docs" / "contributing.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```toml\n(\[\[columns\]\].*?)```", page, re.DOTALL)
    form = parse_form((TEMPLATES / "sanjin-2012.toml").read_text(encoding="utf-8") + "\n" + block)
    assert form.fields["responsible"] == FORM.fields["responsible"]
    assert judge(fill(form, clean(form)), form=form).findings == ()


def test_what_is_seen_of_a_column_is_in_the_fingerprint_and_only_where_there_is_one() -> None:
    def fingerprint(old: str = "", new: str = "") -> str:
        return parse_form(declared(COLUMN.replace(old, new))).fingerprint

    assert fingerprint() == FORM.fingerprint != parse_form(declared()).fingerprint
    assert fingerprint("责任人", "负责人") != FORM.fingerprint != fingerprint("请填", "请写")
    assert fingerprint("width = 12", "width = 20") == fingerprint("responsible", "who") == FORM.fingerprint
    assert parse_form(declared()).fingerprint == PLAIN.fingerprint  # the id is on the stamp beside it


def test_the_answers_of_the_table_are_the_attributes_of_an_answer() -> None:
    assert {field.name for field in FIELDS if field.open} == set(ANSWERS)
    answer = judge(fill(PLAIN, {1: done(month=3, remark="有")}), form=PLAIN).submission
    assert answer
    assert [answer.answer(1).value(name) for name in ANSWERS] == [True, (3,), False, (), True, "有"]
    assert [answer.answer(1).typed(name) for name in ANSWERS] == ["√", "3月", "", "", "√", "有"]


# --- issued ---------------------------------------------------------------------------------------------------------


def test_the_issued_column_is_open_text_with_its_heading_width_and_prompt() -> None:
    sheet = form_sheet(template_bytes(issue(form=FORM)))
    assert [sheet[f"{letter}5"].value for letter in "JKLMN"] == ["说明", "责任人", "自评", "提醒", "编码"]
    assert sheet.column_dimensions["K"].width == pytest.approx(12, abs=1)
    assert sheet.column_dimensions["N"].hidden
    cell = sheet["K6"]
    assert (cell.protection.locked, cell.number_format) == (False, "@")
    assert sheet["L6"].protection.locked
    (rule,) = [one for one in sheet.data_validations.dataValidation if "K6" in one.cells]
    assert (str(rule.sqref), rule.promptTitle, rule.prompt) == ("K6:K12", "责任人", "请填负责本项工作的人。")


def test_the_formulas_look_at_the_same_answers_and_stand_one_column_further() -> None:
    with_column, plain = (form_sheet(template_bytes(issue(form=form))) for form in (FORM, PLAIN))
    for row in range(6, 13):
        assert with_column[f"L{row}"].value == plain[f"K{row}"].value
        assert with_column[f"M{row}"].value == plain[f"L{row}"].value
    assert with_column["L13"].value == "=SUM(L6:L12)"
    assert "L13" in str(with_column["D3"].value)
    assert "M6:M12" in str(with_column["H3"].value)
    assert with_column.print_area == "'完成情况表'!$A$1:$M$15"


def test_the_guide_names_every_column_to_be_filled_in() -> None:
    text = load_workbook(BytesIO(template_bytes(issue(form=FORM))))[words.GUIDE_SHEET]["A3"].value
    assert "已办、办结月、待办、预计月、有无记录、说明、责任人七栏" in str(text).replace("\n", "")


@pytest.mark.npm
def test_the_validator_finds_nothing_with_a_prompt_or_without(tmp_path: Path) -> None:
    for name, text in (("with", COLUMN), ("without", COLUMN.replace('prompt = "请填负责本项工作的人。"\n', ""))):
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(template_bytes(issue(form=parse_form(declared(text)))))
        assert ooxml.errors_of(path) == []


# --- returned -------------------------------------------------------------------------------------------------------

FILLINGS: dict[str, dict[int, Entry]] = {
    "nothing wrong": clean(FORM),
    "nearly nothing filled in": {1: done(month=8)},
    "all sorts": {
        1: typed(done="部分", done_month="9月"),
        2: typed(done="√", done_month="12月"),
        3: typed(done_month="近期"),
        4: done(month=9, remark="部分完成"),
        5: done(month=8),
        6: planned(month=None),
        7: typed(ledger="√", done="v"),
    },
}


@pytest.mark.parametrize("name", FILLINGS)
def test_a_return_is_judged_as_one_without_the_column(name: str) -> None:
    with_column = judge(fill(FORM, with_people(FILLINGS[name])), form=FORM)
    plain = judge(fill(PLAIN, FILLINGS[name]), form=PLAIN)
    assert with_column.submission
    assert plain.submission
    assert codes(with_column) == codes(plain)
    assert with_column.submission.own_scores == plain.submission.own_scores
    for number in range(1, 8):
        one, other = with_column.submission.answer(number), plain.submission.answer(number)
        assert replace(one, extra=()) == other
        assert one.value("responsible") == PEOPLE[number % len(PEOPLE)]
    assert with_column.submission.cell(7, "responsible") == "K12"


def test_a_blank_cell_of_the_column_makes_no_other_answer() -> None:
    outcome = judge(fill(FORM, clean(FORM)), form=FORM)
    assert outcome.submission
    assert {answer.extra for answer in outcome.submission.answers.values()} == {()}


def test_what_is_written_in_the_column_is_kept_apart_from_one_return_to_the_next() -> None:
    data = [fill(FORM, clean(FORM) | {2: done(month=8) | {"responsible": name}}) for name in ("甲", "乙", "")]
    read = [
        one.submission.answer(2).value("responsible") for one in map(partial(judge, form=FORM), data) if one.submission
    ]
    assert read == ["甲", "乙", ""]


def test_equal_answers_are_one_object_whoever_is_responsible_apart() -> None:
    share = Interning()
    returns = [
        judge(fill(FORM, clean(FORM) | {2: done(month=8) | {"responsible": name}}), form=FORM) for name in "甲甲乙"
    ]
    one, other, third = (share.outcome(each).submission for each in returns)
    assert one
    assert other
    assert third
    assert one.answer(2) is other.answer(2) is not third.answer(2)
    assert one.answer(3) is third.answer(3)
    assert third.answer(2).extra == (("responsible", "乙"),)


def test_a_formula_in_the_column_is_said_to_be_there() -> None:
    book = opened(FORM, fill(FORM, with_people(clean(FORM))))
    cell = book.sheet.at(LAYOUT.row(2), LAYOUT.places["responsible"])
    cell.value, cell.formula = "张三", 'IF(1,"张三","")'
    (one,) = judge(book.data(), form=FORM).findings
    assert (one.code, one.item, one.field, one.cell) == ("extra-not-text", 2, "responsible", "K7")


def exchanged(book: Book) -> None:
    row = LAYOUT.row(0)
    one, other = (book.sheet.at(row, LAYOUT.places[name]) for name in ("remark", "responsible"))
    one.value, other.value = other.value, one.value


def shifted(book: Book) -> None:
    column, row = LAYOUT.places["responsible"], LAYOUT.row(3)
    book.move(lambda place: (place[0] + 1, place[1]) if place[1] == column and place[0] >= row else place)


def deleted(book: Book) -> None:
    delete_column(book, "responsible")


@pytest.mark.parametrize(
    ("damage", "code"),
    [(exchanged, "column-doubtful"), (shifted, "column-shifted"), (deleted, "column-missing")],
)
def test_what_is_done_to_the_column_is_told(damage: Callable[[Book], None], code: str) -> None:
    book = filled(FORM, 3)
    damage(book)
    found = [one for one in judge(book.data(), form=FORM).findings if one.code.startswith("column-")]
    assert {one.code for one in found} - {"column-moved"} == {code}
    assert dict(found[0].facts)["expected"] in ("责任人", "说明")


# --- judged, sent back, ruled on ------------------------------------------------------------------------------------


def test_a_correction_copy_gives_back_what_was_written_in_open_cells() -> None:
    outcome = judge(fill(FORM, with_people(FILLINGS["all sorts"])), form=FORM)
    assert outcome.submission
    wanted = [one for one in outcome.findings if one.asks_county]
    data = correction_bytes(issue(form=FORM), outcome.submission, wanted)
    sheet = form_sheet(data)
    assert [sheet[f"K{5 + n}"].value or "" for n in range(1, 8)] == [PEOPLE[n % len(PEOPLE)] for n in range(1, 8)]
    assert not sheet["K6"].protection.locked
    again = judge(data, form=FORM)
    assert again.submission
    assert again.submission.answers == outcome.submission.answers


def test_a_ruling_is_about_what_was_written_there_too() -> None:
    entries = clean(FORM) | {2: typed(done="部分", responsible="甲")}
    same, other, none = (
        basis(judge(fill(FORM, entries | {2: entry}), form=FORM), 2)
        for entry in (entries[2], entries[2] | {"responsible": "乙"}, typed(done="部分"))
    )
    assert len({same, other, none}) == 3
    assert none == basis(judge(fill(PLAIN, clean(PLAIN) | {2: typed(done="部分")}), form=PLAIN), 2)


def test_a_copy_of_a_neighbour_is_known_whoever_is_responsible() -> None:
    people = random.Random(1)
    outcomes = []
    for code in (DONGYUAN, YUANCHENG):
        entries = {n: entry | {"responsible": f"{people.random()}"} for n, entry in clean(FORM).items()}
        outcomes.append(judge(fill(FORM, entries, unit=code), f"{NAMES[code]}.xlsx", form=FORM))
    assert set(find_twins(FORM, heyuan(), outcomes)) == {DONGYUAN, YUANCHENG}


def test_check_says_what_was_written_and_of_a_plain_form_nothing_more() -> None:
    entry = check_entry(judge(fill(FORM, with_people(clean(FORM))), form=FORM))
    plain = check_entry(judge(fill(PLAIN, clean(PLAIN)), form=PLAIN))
    assert isinstance(entry["answers"], list)
    assert isinstance(plain["answers"], list)
    assert [one.pop("extra") for one in entry["answers"]] == [
        {"responsible": PEOPLE[n % len(PEOPLE)]} for n in range(1, 8)
    ]
    assert entry["answers"] == plain["answers"]


# --- a whole round, filled in in LibreOffice ------------------------------------------------------------------------


def a_round(folder: Path, form: Path | None, period: str = "2012年第三季度") -> Path:
    """A round with its workbooks issued: of the form in a file, or of the plain one."""
    text = form.read_text(encoding="utf-8") if form else declared().replace("wells-responsible", PLAIN.id)
    new_round(folder, period, form=text)
    commands.generate(folder)
    return folder


def issued(folder: Path, unit: str) -> Path:
    return next((folder / "发放").glob(f"{NAMES[unit]}*.xlsx"))


def results_of(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "汇总" / "results.json").read_text(encoding="utf-8"))
    return content


def cells_of(form: Form, entries: dict[int, Entry]) -> dict[str, str | float | None]:
    """What a clerk writes, by address."""
    layout = layout_of(form)
    cells: dict[str, str | float | None] = {layout.at(HEAD_ROW, DATE_VALUE): serial_of(FILLED_ON)}
    cells |= {layout.at(layout.sign_row, span): name for (_, span), name in zip(SIGN_SPANS, SIGNERS, strict=True)}
    return cells | {layout.cell(n, name): text for n, entry in entries.items() for name, text in entry.items()}


def filled_in(office: Office, source: Path, target: Path, cells: dict[str, str | float | None]) -> dict[str, Any]:
    """Fill in an issued workbook and save it by its suffix; gives what the sheet then shows, recalculated."""
    with office.opened(source) as book:
        office.write(book, words.SHEET, cells)
        office.recalculate(book)
        shown = office.read(book, words.SHEET, "A1:N15")
        office.save(book, target, target.suffix[1:], unasked=target.suffix != ".xlsx")
    return {where: cell["value"] for where, cell in shown.items()}


def fill_in(office: Office, folder: Path, form: Form, suffix: str) -> list[list[Any]]:
    """Fill in two counties' workbooks; gives for each the total, the line above the table, the scores and the hints."""
    seen = []
    for unit, given in ((DONGYUAN, FILLINGS["all sorts"]), (YUANCHENG, clean(PLAIN))):
        target = folder / "回收" / f"{NAMES[unit]}.{suffix}"
        cells = cells_of(form, given if form is PLAIN else with_people(given))
        shown = filled_in(office, issued(folder, unit), target, cells)
        score, hint = "KL" if form is PLAIN else "LM"
        places = [
            f"{score}13",
            "A3",
            "D3",
            "H3",
            *(f"{letter}{row}" for letter in (score, hint) for row in range(6, 13)),
        ]
        seen.append([shown[place] for place in places])
    return seen


def test_the_next_round_begins_with_what_was_written(command: Command, tmp_path: Path) -> None:
    then = a_round(tmp_path / "then", RESPONSIBLE)
    (then / "回收" / "回.xlsx").write_bytes(fill(FORM, with_people(clean(FORM))))
    assert command("ingest", then).status == 1
    former = parse_former(json.dumps(results_of(then)), FORM.id, "then")
    assert former.unit(DONGYUAN).answers[1].extra == (("responsible", PEOPLE[1]),)
    filling = prefilled(FORM, former.period, former, DONGYUAN)
    assert [filling.cells.get((n, "responsible"), "") for n in range(1, 8)] == [
        PEOPLE[n % len(PEOPLE)] for n in range(1, 8)
    ]
    without = results_of(then)
    for one in without["answers"]:
        del one["extra"]
    assert parse_former(json.dumps(without), FORM.id, "then").fingerprint != former.fingerprint
    now = tmp_path / "now"
    now.mkdir()
    (now / RESPONSIBLE.name).write_bytes(RESPONSIBLE.read_bytes())
    period = ("--period", "2012年第四季度", "--due", "2013-01-15", "--form", RESPONSIBLE.stem)
    assert command("new", now, *period).status == 0
    assert command("generate", now, "--prefill", then).status == 0
    sheet = form_sheet(issued(now, DONGYUAN).read_bytes())
    assert [sheet["K6"].value, str(sheet["M6"].value).count("LEFT(K6,100)")] == [PEOPLE[1], 1]


@pytest.mark.office
@pytest.mark.parametrize("suffix", ["xlsx", "xls", "ods"])
def test_a_round_of_a_form_with_a_further_column(office: Office, command: Command, tmp_path: Path, suffix: str) -> None:
    shown, results = [], []
    for form, file in ((PLAIN, None), (FORM, RESPONSIBLE)):
        folder = a_round(tmp_path / form.id, file)
        shown.append(fill_in(office, folder, form, suffix))
        assert command("ingest", folder).status == 1
        assert command("feedback", folder).status in (0, 1)
        results.append(results_of(folder))
    assert shown[1] == shown[0]
    assert [one[0] for one in shown[1]] == [4, 10.34]
    assert shown[1][1][1:4] == ["已填 7/7", "自评得分 10.34 分（仅供参考）", "待改 0 项"]
    plain, column = results
    assert findings_in(column) == findings_in(plain)
    assert [one["score"] for one in column["units"]] == [one["score"] for one in plain["units"]]
    extras = [one.pop("extra") for one in column["answers"]]
    assert extras == [{"responsible": PEOPLE[one["item"] % len(PEOPLE)]} for one in column["answers"]]
    assert column["answers"] == plain["answers"]
    assert_outputs(folder, extras)


def findings_in(results: dict[str, Any]) -> list[list[tuple[str, str | None, str]]]:
    """The findings of every file with their place; none is about what stands behind the column."""
    return [[(one["code"], one["cell"], one["message"]) for one in file["findings"]] for file in results["files"]]


def assert_outputs(folder: Path, extras: list[dict[str, str]]) -> None:
    """The column in the tidy data, the correction copy and the ruling table; the feedback is about points."""
    tidy = load_workbook(folder / "汇总" / "汇总.xlsx")["明细"]
    heads = [cell.value for cell in tidy[3]]
    rows = [
        {"responsible": tidy.cell(row, heads.index("责任人") + 1).value or ""}
        for row in range(4, tidy.max_row + 1)
        if tidy.cell(row, heads.index("状态") + 1).value != "未报送"
    ]
    assert [one for one in rows if one["responsible"]] == [one for one in extras if one["responsible"]]
    (copy,) = (folder / "退回").glob("*.xlsx")
    assert form_sheet(copy.read_bytes())["K6"].value == PEOPLE[1]
    table = load_workbook(folder / "核定" / "核定表.xlsx").worksheets[0]
    assert any(f"责任人：{PEOPLE[1]}" in str(cell.value) for row in table.iter_rows() for cell in row)
    assert len(list((folder / "反馈").glob("*.xlsx"))) == 2
