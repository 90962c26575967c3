"""The ruling table as a workbook: what is open, how it looks, and what becomes of one that was handled roughly."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import ooxml
import openpyxl
import pytest
from command import Command
from hypothesis import given
from hypothesis import strategies as st
from office import Office
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from outcomes import DONE, returned
from rounds import (
    DONGYUAN,
    POLICIES,
    YUANCHENG,
    clean,
    done,
    fill,
    lock,
    planned,
    rules,
    small_form,
    the_form,
    typed,
)
from ruling_desk import (
    GOOD,
    HEADER,
    ITEM,
    ITEM_SHEETS,
    NAMES,
    UNCLEAR,
    Desk,
    headings,
    row_of,
    write,
)

from sanjin_xl import messages
from sanjin_xl.books import ruling_rows
from sanjin_xl.books.ruling_table import ruling_bytes
from sanjin_xl.console import lines as screen
from sanjin_xl.judge.pipeline import Outcome, Status
from sanjin_xl.messages import rulings as words
from sanjin_xl.messages.files import REASONS
from sanjin_xl.model.catalogue import CATALOGUE, Severity
from sanjin_xl.model.errors import Refused, RoundError, WorkbookError
from sanjin_xl.model.findings import Finding, finding
from sanjin_xl.outcome import report
from sanjin_xl.outcome.compile import compile_results
from sanjin_xl.outcome.results import Results
from sanjin_xl.review import table_reader
from sanjin_xl.review.rulings import Effect, Ruling, basis
from sanjin_xl.review.table_reader import read_table
from sanjin_xl.round import commands
from sanjin_xl.round import rulings as round_rulings
from sanjin_xl.round.rulings import enter
from sanjin_xl.round.run import Run
from sanjin_xl.round.side_by_side import Output

FORM = small_form()
RULES = rules(FORM)
SENT = replace(returned(answers={7: DONE}), status=Status.COUNTED)
RULED, FULL = ("1.00", True), ("2.00", True)


# --- what cannot be placed, read or written -------------------------------------------------------------------------


def other_unit(ws: Worksheet) -> None:
    ws.cell(row_of(ws, NAMES[DONGYUAN], ITEM), headings(ws)["单位"]).value = NAMES[YUANCHENG]


def unknown_unit(ws: Worksheet) -> None:
    row, heads = row_of(ws, NAMES[DONGYUAN], ITEM), headings(ws)
    ws.cell(row, heads["单位"]).value, ws.cell(row, heads["编码"]).value = "某县", None


def no_item(ws: Worksheet) -> None:
    row, heads = row_of(ws, NAMES[DONGYUAN], ITEM), headings(ws)
    ws.cell(row, heads["项"]).value, ws.cell(row, heads["编码"]).value = "七", None


@pytest.mark.parametrize("change", [other_unit, unknown_unit, no_item])
def test_a_row_that_cannot_be_placed_is_reported_until_it_is_mended(
    desk: Desk, change: Callable[[Worksheet], None]
) -> None:
    desk.fill(**GOOD)
    desk.fill(item=2, **(GOOD | {"核定分": 0.75}))
    desk.edit(change)
    before = desk.table.read_bytes()
    for _ in range(2):
        desk.ingest()
        assert desk.faults() == ["ruling-unplaced"]
        assert desk.effects() == [(2, "applied")]
        assert desk.table.read_bytes() == before  # nothing of it is lost
        assert report.needs_action(desk.results)  # type: ignore[arg-type]


def copied(**changes: object) -> Callable[[Worksheet], None]:
    def change(ws: Worksheet) -> None:
        row, heads = row_of(ws, NAMES[DONGYUAN], ITEM), headings(ws)
        ws.append([cell.value for cell in ws[row]])
        for name, value in changes.items():
            ws.cell(ws.max_row, heads[name]).value = value

    return change


def test_two_rows_that_contradict_each_other_are_both_left(desk: Desk) -> None:
    desk.fill(**GOOD)
    desk.edit(copied(核定分=2))
    before = desk.table.read_bytes()
    desk.ingest()
    assert (desk.faults(), desk.effects()) == (["ruling-conflict"], [])
    assert desk.table.read_bytes() == before


def test_two_rows_that_say_the_same_are_one(desk: Desk) -> None:
    desk.fill(**GOOD)
    desk.edit(copied())
    desk.ingest()
    assert (desk.faults(), desk.effects(), len(desk.history())) == ([], [(ITEM, "applied")], 1)


def test_of_two_rows_the_one_that_was_changed_counts(desk: Desk) -> None:
    desk.rule(**GOOD)
    desk.edit(copied(核定分=2))
    desk.ingest()
    assert (desk.faults(), desk.points()) == ([], FULL)


def test_a_column_the_clerk_added_is_kept(desk: Desk) -> None:
    desk.fill(**GOOD)

    def change(ws: Worksheet) -> None:
        ws.insert_cols(3)
        write(ws, HEADER, 3, "经办意见")
        write(ws, HEADER + 1, 3, "同意" if ws.title == words.SHEET else "=另议")

    for sheet in ITEM_SHEETS:
        desk.edit(change, sheet)
    for _ in range(2):
        desk.ingest()
        assert desk.points() == RULED
        assert (desk.shown()["经办意见"], desk.shown(item=1)["经办意见"]) == ("同意", "=另议")


def no_workbook(path: Path) -> None:
    path.write_bytes(b"not a workbook")


def another_workbook(path: Path) -> None:
    openpyxl.Workbook().save(path)


def damaged(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def no_header(path: Path, sheet: str = words.SHEET) -> None:
    book = openpyxl.load_workbook(path)
    book[sheet].delete_rows(HEADER)
    book.save(path)


def no_header_on_the_second_sheet(path: Path) -> None:
    no_header(path, words.OTHERS_SHEET)


def no_header_on_the_third_sheet(path: Path) -> None:
    no_header(path, words.WHOLE_SHEET)


DAMAGES = [
    *(no_workbook, another_workbook, damaged),
    *(no_header, no_header_on_the_second_sheet, no_header_on_the_third_sheet),
]


def spoken_to_a_county(text: str) -> list[str]:
    return [word for word in ("报送", "重报", "下发", "填报单位", "本局") if word in text]


@pytest.mark.parametrize("code", [*(code for code in REASONS if code.startswith("file-")), "file-not-thought-of"])
def test_whatever_is_wrong_with_the_table_the_city_clerk_is_told_and_not_a_county(
    monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    def refusing(*_: object) -> None:
        raise Refused(code)

    monkeypatch.setattr(table_reader, "read_book", refusing)
    with pytest.raises(WorkbookError) as raised:
        read_table(b"", RULES, "核定表.xlsx")
    assert raised.value.code == "rulings-unreadable"
    assert spoken_to_a_county(messages.error(raised.value)) == []


def test_every_refusal_the_table_has_words_for_is_one() -> None:
    assert set(words.WHYS_UNREADABLE) <= set(REASONS)


def test_a_table_beyond_repair_is_made_anew_from_the_register_once_it_is_moved_away(desk: Desk) -> None:
    desk.rule(**GOOD)
    no_workbook(desk.table)
    desk.table.rename(desk.folder / "核定表.xlsx")
    desk.ingest()
    assert (desk.effects(), desk.faults()) == ([(ITEM, "applied")], [])
    assert desk.shown()["核定分"] == GOOD["核定分"]


def test_the_stop_alert_lets_through_the_shares_the_policy_gives_and_no_others() -> None:
    form = the_form()

    def rule(policy: str) -> str:
        sent = replace(returned(), status=Status.COUNTED)
        results = compile_results(rules(form, policy=POLICIES[policy]), [sent])
        ws = openpyxl.load_workbook(BytesIO(ruling_bytes(results, [], lock())))[words.OTHERS_SHEET]
        (rule,) = [str(one.formula1) for one in ws.data_validations.dataValidation if one.type == "custom"]
        assert len(rule) <= 255  # Excel: the longest formula of a data validation
        return rule

    assert {policy: {word for word in words.SHARES if f'"{word}"' in rule(policy)} for policy in POLICIES} == {
        "A": set(words.SHARES) - {"一半"}, "B": set(words.SHARES), "C": set(words.SHARES) - {"一半"},
    }  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_table_that_cannot_be_read_stops_everything_and_touches_nothing(
    desk: Desk, damage: Callable[[Path], None]
) -> None:
    desk.rule(**GOOD)
    damage(desk.table)
    before = {
        path: path.read_bytes() for path in desk.folder.rglob("*") if path.is_file() and path.parts[-2] != ".sanjin"
    }
    desk.send(done(month=8))
    returns = desk.folder / "回收"
    with pytest.raises(WorkbookError) as raised:
        desk.ingest()
    assert raised.value.code == "rulings-unreadable"
    text = messages.error(raised.value)
    assert "核定表.xlsx" in text
    assert "\n" not in text
    assert spoken_to_a_county(text) == []
    for path, data in before.items():
        assert path.parent == returns or path.read_bytes() == data


def test_the_command_says_in_one_sentence_that_the_table_cannot_be_read(command: Command, desk: Desk) -> None:
    desk.table.write_bytes(b"not a workbook")
    ran = command("ingest", desk.folder)
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "核定表.xlsx" in ran.err


def test_every_table_that_was_read_is_kept_as_it_came(desk: Desk) -> None:
    desk.edit(lambda ws: write(ws, 30, 30, "便条"))
    data = desk.table.read_bytes()
    desk.ingest()
    archive = desk.folder / ".sanjin" / "archive"
    assert data in [path.read_bytes() for path in archive.rglob("*") if path.is_file()]


def test_the_other_outputs_are_written_when_the_table_is_open_in_excel(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.fill(**GOOD)
    before = desk.table.read_bytes()

    def locked(path: Path, data: bytes) -> None:
        raise WorkbookError("output-locked", path=str(path))

    with monkeypatch.context() as patch:
        patch.setattr(round_rulings, "write_whole", locked)
        with pytest.raises(WorkbookError, match="output-locked"):
            desk.ingest()
    assert desk.points() == RULED
    assert desk.table.read_bytes() == before
    desk.ingest()
    assert desk.effects() == [(ITEM, "applied")]
    assert len(desk.history()) == 1


def test_the_table_is_written_when_another_output_is_open_in_excel(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(_: Results) -> list[Path]:
        raise WorkbookError("output-locked", path=str(desk.folder / "汇总" / "汇总.xlsx"))

    desk.table.unlink()
    monkeypatch.setattr(commands, "summary_outputs", lambda _: [locked])
    with pytest.raises(WorkbookError, match="汇总"):
        desk.ingest()
    assert desk.table.is_file()


def test_a_table_saved_during_the_run_is_not_overwritten(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def save(_: Run) -> list[Output]:
        desk.fill(**GOOD)
        return []

    with monkeypatch.context() as patch:
        patch.setattr(commands, "summary_outputs", save)
        with pytest.raises(WorkbookError, match="rulings-changed"):
            desk.ingest()
    desk.ingest()
    assert desk.points() == RULED


@pytest.mark.parametrize("name", ["核定表.xls", "核定表(1).xlsx", "副本 核定表.et", "张三.XLSX"])
def test_another_workbook_beside_the_table_is_reported_not_ignored(desk: Desk, name: str) -> None:
    desk.table.with_name(name).write_bytes(desk.table.read_bytes())
    desk.ingest()
    assert desk.faults() == ["ruling-file-ignored"]
    assert name in messages.sentence(desk.results.ruling_findings[0])  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["~$核定表.xlsx", ".~lock.核定表.xlsx#", "._核定表.xlsx", "说明.docx"])
def test_what_lies_beside_an_open_table_is_no_other_one(desk: Desk, name: str) -> None:
    desk.table.with_name(name).write_bytes(b"\x00")
    desk.ingest()
    assert desk.faults() == []


def test_the_terminal_leads_to_the_table_while_something_is_open(desk: Desk) -> None:
    def lines() -> list[str]:
        assert desk.results
        return [line for line in screen.summary(desk.results) if "核定表" in line]

    assert len(lines()) == 1
    desk.rule(**(GOOD | {"核定分": 9}))
    assert len(lines()) == 2
    assert any("9.00" in line and NAMES[DONGYUAN] in line for line in lines())
    desk.rule(**GOOD)
    assert lines() == []


# --- one ruling for many questions ----------------------------------------------------------------------------------


@pytest.fixture
def many(desk: Desk) -> Desk:
    """Two units with two unclear ticks each, and an item about which something else is asked as well."""
    for unit in (DONGYUAN, YUANCHENG):
        desk.send(UNCLEAR, others={2: UNCLEAR}, unit=unit)
    desk.ingest()
    return desk


WHOLE = re.compile(re.escape(words.WHOLE_KIND.format(title="")) + "$")


def rule_kind(desk: Desk, unit: str, kind: object = None, **cells: object) -> None:
    def change(ws: Worksheet) -> None:
        heads = headings(ws)
        rows = [one for one in ws.iter_rows(min_row=HEADER + 1) if one[heads["单位"] - 1].value == unit]
        kinds = {one[0].row: str(one[heads["同类问题"] - 1].value) for one in rows}
        (row,) = [row for row, found in kinds.items() if (found == kind if kind else not WHOLE.search(found))]
        for name, value in cells.items():
            write(ws, row, heads[name], value)

    desk.edit(change, words.KINDS_SHEET)


REASON = {"理由": "均已电话核实", "核定人": "李某"}


def test_one_ruling_answers_all_questions_of_a_kind(many: Desk) -> None:
    rule_kind(many, words.ALL_UNITS, 合并核定="满分", **REASON)
    many.ingest()
    assert many.effects() == [(2, "applied"), (7, "applied")] * 2
    assert [many.points(2), many.points(7, YUANCHENG)] == [("1.50", True), FULL]
    ws = openpyxl.load_workbook(many.table)[words.KINDS_SHEET]
    assert [kind.value for _, kind in ws.iter_rows(min_row=HEADER + 1, max_col=2) if not WHOLE.search(kind.value)] == []
    before = many.history()
    many.ingest()
    assert many.history() == before


def test_rows_of_kinds_that_take_the_same_rulings_share_one_rule(many: Desk) -> None:
    ws = openpyxl.load_workbook(many.table)[words.KINDS_SHEET]
    column = get_column_letter(headings(ws)["合并核定"])
    kinds = [str(kind.value) for (kind,) in ws.iter_rows(min_row=HEADER + 1, min_col=2, max_col=2)]
    taken = [one for one in ws.data_validations.dataValidation if one.type == "list"]
    found = [
        [one.formula1 for one in taken if f"{column}{row}" in one.cells] for row in range(HEADER + 1, ws.max_row + 1)
    ]
    choices = {False: ",".join(words.KIND_CHOICES), True: words.SETTLED}
    assert found == [[f'"{choices[bool(WHOLE.search(kind))]}"'] for kind in kinds]
    assert len(taken) == len({bool(WHOLE.search(kind)) for kind in kinds}) < len(kinds)


def test_a_units_own_ruling_goes_before_that_on_all_and_a_single_one_before_both(many: Desk) -> None:
    rule_kind(many, words.ALL_UNITS, 合并核定="零分", **REASON)
    rule_kind(many, NAMES[YUANCHENG], 合并核定="长期", **REASON)
    many.fill(**GOOD)
    many.ingest()
    assert [many.points(), many.points(2)] == [RULED, ("0.00", True)]
    assert [many.points(2, YUANCHENG), many.points(7, YUANCHENG)] == [("1.50", True), FULL]
    assert [one["standing"] for one in many.json["rulings"] if one["unit"] == YUANCHENG] == [True, True]


def test_questions_are_granted_and_refused_in_a_word_for_what_the_table_shows(many: Desk) -> None:
    shown = {item: many.shown(item) for item in (2, 7)}
    many.rule(2, 核定分="认可", **REASON)
    many.rule(7, 核定分="不认可", **REASON)
    for item, heading in ((2, "如认可"), (7, "如不认可")):
        points, ruled = many.points(item)
        assert ruled
        assert str(shown[item][heading]).startswith(words.POINTS.format(points=points))
    assert many.points(2)[0] > many.points(7)[0] == "0.00"


def test_a_kind_of_question_is_granted_in_a_word(many: Desk) -> None:
    expected = [many.shown(item, unit)["如认可"] for unit in (DONGYUAN, YUANCHENG) for item in (2, 7)]
    rule_kind(many, words.ALL_UNITS, 合并核定="认可", **REASON)
    many.ingest()
    ruled = [many.points(item, unit)[0] for unit in (DONGYUAN, YUANCHENG) for item in (2, 7)]
    assert ruled == [str(one).partition("分")[0] for one in expected]


def test_one_ruling_settles_the_same_question_about_several_returns(many: Desk) -> None:
    (asked,) = {found.code for unit in (DONGYUAN, YUANCHENG) for found in whole_questions(many, unit)}
    rule_kind(many, words.ALL_UNITS, kind=whole_kind(asked), 合并核定=words.SETTLED, **REASON)
    many.ingest()
    assert [whole_questions(many, unit) for unit in (DONGYUAN, YUANCHENG)] == [[], []]
    assert many.effects() == [(None, "applied")] * 2


def test_what_only_items_can_be_given_is_reported_for_whole_returns(many: Desk) -> None:
    asked = whole_questions(many, DONGYUAN)[0].code
    rule_kind(many, words.ALL_UNITS, kind=whole_kind(asked), 合并核定="满分", **REASON)
    many.ingest()
    assert (many.faults(), many.effects()) == (["ruling-kind"], [])


def whole_kind(code: str) -> str:
    return words.WHOLE_KIND.format(title=CATALOGUE[code].title)


def whole_questions(desk: Desk, unit: str) -> list[Finding]:
    return [one for one in desk.unit(unit).findings(Severity.REVIEW) if one.item is None]


def test_what_changed_after_the_table_was_made_is_not_ruled_unseen(many: Desk) -> None:
    rule_kind(many, words.ALL_UNITS, 合并核定="满分", **REASON)
    many.send(typed(done="大概", done_month="8月"), others={1: UNCLEAR, 2: UNCLEAR})
    many.ingest()
    assert [many.points(number)[1] for number in (1, ITEM, 2)] == [False, False, True]
    assert many.points(ITEM, YUANCHENG) == FULL


@pytest.mark.parametrize("cells", [{"合并核定": "满分"}, {"合并核定": "大概", **REASON}])
def test_a_ruling_on_a_kind_that_is_not_whole_is_kept_and_reported(many: Desk, cells: dict[str, object]) -> None:
    rule_kind(many, words.ALL_UNITS, **cells)
    before = many.table.read_bytes()
    many.ingest()
    assert (many.faults(), many.effects(), many.table.read_bytes()) == (["ruling-kind"], [], before)


def test_two_rulings_on_a_kind_that_contradict_each_other_are_both_left(many: Desk) -> None:
    rule_kind(many, words.ALL_UNITS, 合并核定="满分", **REASON)

    def copy(ws: Worksheet) -> None:
        ws.append([cell.value for cell in ws[HEADER + 1]])
        write(ws, ws.max_row, headings(ws)["合并核定"], "零分")

    many.edit(copy, words.KINDS_SHEET)
    many.ingest()
    assert (many.faults(), many.effects()) == (["ruling-kind"], [])


# --- the workbook ---------------------------------------------------------------------------------------------------


def a_round(outcomes: list[Outcome], history: list[Ruling]) -> tuple[Results, list[Ruling]]:
    return compile_results(RULES, outcomes, history), history


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A table with a row of every state, long texts, and a question about a whole return."""
    long = "备注" * 40
    findings = (
        finding("tick-unclear", 7, "E12", "也许"),
        finding("remark-contradicts", 4, "J9", long),
        finding("plan-no-month", 2, "H7"),
        finding("column-missing", expected="台帐"),
        finding("stamp-missing"),
        finding("filled-down", found="√", count=5),
    )
    one = replace(
        returned(answers={7: replace(DONE, done=None, raw=("也许",), remark=long), 4: DONE}), findings=findings
    )
    outcomes = [replace(one, status=Status.COUNTED), replace(returned(YUANCHENG, path="b"), status=Status.COUNTED)]
    good = Ruling(unit=DONGYUAN, item=7, points=100, reason="理由" * 40, who="李某", day="2012-10-20")
    history = [
        replace(good, basis=basis(outcomes[0], 7) or ""),
        replace(good, item=4, points=0, basis="0" * 16),
        replace(good, item=1, points=900),
        replace(good, item=3, withdrawn=True, points=None),
        replace(good, unit="441621", item=7),
        replace(good, item=None, question="stamp-missing", settled=True, points=None,
                basis=basis(outcomes[0], None, "stamp-missing") or ""),
    ]  # fmt: skip
    results, history = a_round(outcomes, history)
    assert {ruled.effect for ruled in results.rulings} == set(Effect)
    path = tmp_path / "核定表.xlsx"
    path.write_bytes(ruling_bytes(results, history, lock()))
    return path


OPEN = {
    words.SHEET: {"核定分", "不适用", "理由", "核定人", "日期", "复核确认"},
    words.OTHERS_SHEET: {"核定分", "不适用", "理由", "核定人", "日期", "复核确认"},
    words.WHOLE_SHEET: {"已核实", "理由", "核定人", "日期", "复核确认"},
}


@pytest.mark.parametrize("sheet", OPEN)
def test_the_cells_of_a_decision_are_open_and_all_else_is_locked(table: Path, sheet: str) -> None:
    ws = openpyxl.load_workbook(table)[sheet]
    assert ws.protection.sheet
    assert not ws.protection.autoFilter  # allowed
    heads = headings(ws)
    for row in ws.iter_rows():
        for cell in row:
            if cell.row > HEADER and (sheet != words.WHOLE_SHEET or row[heads["编码"] - 1].value):
                assert cell.protection.locked == (ws.cell(HEADER, cell.column).value not in OPEN[sheet])
            else:
                assert cell.protection.locked


def test_the_table_reads_back_as_it_was_written(table: Path) -> None:
    read = read_table(table.read_bytes(), RULES, "x")
    assert read.findings == ()
    assert {one.ruling.ref: one.ruling.points for one in read.entries if one.ruling.who} == {
        "441625-007": 100, "441625-004": 0, "441625-001": 900, "441625-003": None, "441621-007": 100,
        "441625-stamp-missing": None,
    }  # fmt: skip


def test_every_row_says_what_is_open_and_what_became_of_it(table: Path) -> None:
    opened, others = (states_of(table, sheet) for sheet in ITEM_SHEETS)
    # First what was entered and cannot hold, then by the points at stake: those to be corrected come last.
    assert list(opened) == ["441625-001", "441625-004", "441625-002"]
    states = opened | others
    assert len(states) == len(opened) + len(others) == 2 * len(FORM.items) + 1
    assert states["441625-007"] == words.APPLIED.format(decision="1.00分")
    assert states["441625-004"] == words.STALE.format(decision="0.00分")
    assert states["441625-003"] == words.WITHDRAWN
    assert states["441621-007"] == words.IDLE
    assert states["441625-002"] == words.TO_CORRECT
    assert states["441602-001"] is None


def states_of(table: Path, sheet: str) -> dict[str, str]:
    ws = openpyxl.load_workbook(table)[sheet]
    heads = headings(ws)
    return {
        str(ws.cell(row, heads["编码"]).value): ws.cell(row, heads["状态"]).value
        for row in range(HEADER + 1, ws.max_row + 1)
    }


def test_what_each_answer_does_to_score_and_rank_stands_beside_the_question(desk: Desk) -> None:
    desk.send(planned(), unit=YUANCHENG)  # 8.34 of 10.34
    desk.send(UNCLEAR, others={4: planned()})  # 5.84, and 2 points in doubt
    desk.ingest()
    shown = desk.shown()
    assert [shown[name] for name in ("争议分", "如不认可", "如认可")] == [
        2, words.EFFECT.format(points="0.00", score="5.84", rank=2),
        words.EFFECT.format(points="2.00", score="7.84", rank=2),
    ]  # fmt: skip
    desk.send(UNCLEAR)
    desk.ingest()
    assert desk.shown()["如认可"] == words.EFFECT.format(points="2.00", score="10.34", rank=1)
    desk.rule(核定分="满分", 理由="查实", 核定人="李某")
    assert (desk.unit().scores["B"], desk.unit().ranks["B"]) == (1034, 1)


@given(st.lists(st.integers(0, 3), min_size=2, max_size=5), st.booleans(), st.integers(0, 3))
def test_what_is_said_of_a_ruling_is_what_comes_of_it(dones: list[int], dense: bool, worth: int) -> None:
    """Scores that tie or not, dense ranks or not: the rank named beside a question is the rank it leads to."""
    units = [one.code for one in RULES.roster.units][: len(dones)]
    sent = [
        replace(returned(unit, path=unit, answers=dict.fromkeys(range(1, count + 1), DONE)), status=Status.COUNTED)
        for unit, count in zip(units, dones, strict=True)
    ]
    by = replace(RULES, dense_ranks=dense)
    before = compile_results(by, sent)
    item = FORM.item(7)
    points = item.points * worth // 4
    ruling = Ruling(unit=units[0], item=7, points=points, reason="甲", who="乙", basis=basis(sent[0], 7) or "")
    after = compile_results(by, sent, [ruling])
    one = next(one for one in after.units if one.unit.code == units[0])
    then = next(one for one in before.units if one.unit.code == units[0])
    assert before.if_worth(then, 7, points) == (after.score(one), after.rank(one))


def noted(ws: Worksheet) -> None:
    write(ws, HEADER, ws.max_column + 1, "经办意见")
    write(ws, HEADER + 1, ws.max_column, "同意")


def test_what_was_noted_beside_an_item_goes_with_it_to_the_other_sheet(desk: Desk) -> None:
    desk.fill(**GOOD)
    desk.edit(noted)
    desk.ingest()
    assert (desk.sheet(), desk.shown()["经办意见"]) == (words.OTHERS_SHEET, "同意")
    desk.send(planned(month=12))
    desk.ingest()
    assert (desk.sheet(), desk.shown()["经办意见"]) == (words.SHEET, "同意")


def test_a_table_of_an_earlier_version_loses_nothing(desk: Desk) -> None:
    """All items stood on one sheet then: three of them ruled, a question settled, a column added; nothing ingested."""
    desk.send(UNCLEAR, item=2, unit=YUANCHENG)
    questions = fill(FORM, clean(FORM) | {2: planned()}, filled_on=date(2012, 9, 1))
    (desk.folder / "回收" / "三县.xlsx").write_bytes(questions)
    desk.send(UNCLEAR, others={4: typed(planned="√")})
    desk.table.write_bytes((Path(__file__).parent / "rulings_before" / "核定表.xlsx").read_bytes())
    desk.ingest()
    assert desk.effects()[:3] == [(n, "applied") for n in (2, 5, ITEM)]
    assert (desk.points(2, YUANCHENG), desk.points(5, YUANCHENG)) == (("0.75", True), ("0.75", True))
    assert desk.points() == RULED
    assert desk.shown()["经办意见"] == "同意"
    assert desk.shown(5, YUANCHENG)["理由"] == "无此业务"
    assert not {"分档", "上限"} & desk.shown().keys()
    whole = desk.shown(0, sheet=words.WHOLE_SHEET)
    assert (whole["已核实"], whole["理由"]) == ("√", "查明")


def test_the_table_is_the_same_bytes_every_time(table: Path) -> None:
    results, history = a_round([SENT], [])
    assert ruling_bytes(results, history, lock()) == ruling_bytes(results, history, lock())


def test_an_empty_round_has_a_table_without_rows() -> None:
    read = read_table(ruling_bytes(compile_results(RULES, []), [], lock()), RULES, "x")
    assert (read.entries, read.findings) == ((), ())


def test_a_large_round_lists_what_is_open_and_what_was_ruled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ruling_rows, "MOST_ROWS", 6)
    asked = replace(SENT, findings=(finding("tick-unclear", 2, found="x"),))
    history = [Ruling(unit=DONGYUAN, item=5, points=0, reason="甲", who="乙", basis=basis(asked, 5) or "")]
    book = openpyxl.load_workbook(BytesIO(ruling_bytes(compile_results(RULES, [asked], history), history, lock())))
    assert [[row[1].value for row in book[name].iter_rows(min_row=HEADER + 1)] for name in ITEM_SHEETS] == [[2], [5]]
    assert words.LEAD_SHORTENED in str(book[words.OTHERS_SHEET]["A2"].value).replace("\n", "")


@pytest.mark.npm
def test_microsofts_validator_finds_nothing(table: Path) -> None:
    assert ooxml.errors_of(table) == []


@pytest.fixture
def opened(office: Office, table: Path) -> Iterator[tuple[Office, int]]:
    with office.opened(table) as handle:
        yield office, handle


def places(path: Path, sheet: str = words.OTHERS_SHEET) -> Callable[[int, str], str]:
    ws = openpyxl.load_workbook(path)[sheet]
    heads = headings(ws)
    return lambda item, name: ws.cell(row_of(ws, NAMES[DONGYUAN], item), heads[name]).coordinate


@pytest.mark.office
@pytest.mark.parametrize(
    ("name", "text", "taken"),
    [
        ("核定分", "0", True), ("核定分", "2", True), ("核定分", "撤销", True),
        ("核定分", "一半", True), ("核定分", "满分", True), ("核定分", "半分", False),
        ("核定分", "0.5", True), ("核定分", "0.005", False), ("核定分", "3", False),
        ("核定分", "-1", False), ("核定分", "好", False),
        ("不适用", "√", True), ("不适用", "x", False), ("复核确认", "√", True), ("复核确认", "是", False),
        ("理由", "随便什么", True), ("满分", "9", False), ("状态", "已采用", False), ("编码", "441625-001", False),
    ],
)  # fmt: skip
def test_libreoffice_takes_what_can_hold_and_refuses_the_rest(
    opened: tuple[Office, int], table: Path, name: str, text: str, taken: bool
) -> None:
    office, handle = opened
    # On the sheet that comes up first: where the keys go is the same on both.
    place = places(table, words.SHEET)(4, name)
    assert office.type_text(handle, words.SHEET, place, text)["accepted"] is taken


@pytest.mark.office
@pytest.mark.parametrize("sheet", OPEN)
def test_no_text_is_cut_off_and_the_table_is_one_page_wide(opened: tuple[Office, int], table: Path, sheet: str) -> None:
    office, handle = opened
    last = openpyxl.load_workbook(table)[sheet].max_row
    for row in office.row_heights(handle, sheet, f"A1:R{last}"):
        assert row["height"] >= min(row["optimal"], 409) - 1, row
    for area in office.merged_heights(handle, sheet, f"A1:R{last}"):
        assert area["height"] >= area["optimal"] - 1, area
    pages = [page["range"] for page in office.pages(handle) if page["sheet"] == sheet]
    assert len({page.partition(":")[0].rstrip("0123456789") for page in pages}) == 1


@pytest.mark.office
@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_table_saved_by_libreoffice_is_read_by_whatever_it_is(
    desk: Desk, office: Office, tmp_path: Path, kind: str
) -> None:
    desk.fill(**GOOD, 日期=date(2012, 10, 20))
    saved = tmp_path / f"saved.{kind}"
    with office.opened(desk.table) as handle:
        office.save(handle, saved, kind, unasked=True)
    desk.table.write_bytes(saved.read_bytes())
    desk.ingest()
    assert (desk.effects(), desk.points()) == ([(ITEM, "applied")], RULED)
    assert desk.json["rulings"][0]["day"] == "2012-10-20"


# --- ruled elsewhere while the table lies there -----------------------------------------------------------------------


def ruled(desk: Desk, points: int | None, **more: Any) -> Ruling:
    """A ruling as the page enters it, on what counts now."""
    outcome = desk.unit().outcome
    made = Ruling(
        unit=DONGYUAN, item=ITEM, points=points, reason="电话核实", who="王某", day="2012-10-20",
        basis=basis(outcome, ITEM) or "", **more,
    )  # fmt: skip
    enter(desk.folder, [made])
    return made


def test_a_ruling_made_elsewhere_holds_against_a_table_that_shows_what_was_before(desk: Desk) -> None:
    desk.rule(**GOOD)
    before = desk.table.read_bytes()
    ruled(desk, 200)
    desk.ingest()
    assert (desk.faults(), desk.points()) == ([], ("2.00", True))
    assert desk.shown()["核定分"] == 2
    # The clerk had the old table open, and saves it over the new one.
    desk.table.write_bytes(before)
    desk.ingest()
    assert (desk.faults(), desk.points(), len(desk.history())) == ([], ("2.00", True), 2)


def test_another_decision_in_a_table_that_is_older_is_a_question(desk: Desk) -> None:
    ruled(desk, 200)
    desk.fill(**GOOD)
    before = desk.table.read_bytes()
    desk.ingest()
    assert (desk.faults(), desk.points()) == (["ruling-overtaken"], ("2.00", True))
    assert desk.table.read_bytes() == before
    desk.rule(核定分=2, 理由="电话核实", 核定人="王某", 日期="2012-10-20")
    assert (desk.faults(), desk.points()) == ([], ("2.00", True))
    desk.rule(**GOOD)
    assert (desk.faults(), desk.points()) == ([], ("1.00", True))


def test_a_ruling_made_elsewhere_is_withdrawn_elsewhere(desk: Desk) -> None:
    ruled(desk, 200)
    desk.ingest()
    ruled(desk, None, withdrawn=True)
    desk.ingest()
    assert desk.points() == ("0.00", False)


@pytest.mark.parametrize(
    "wrong", [{"reason": ""}, {"who": ""}, {"points": 999}, {"item": 999}, {"not_applicable": True}]
)
def test_a_ruling_that_cannot_hold_is_not_noted(desk: Desk, wrong: dict[str, Any]) -> None:
    good = {"unit": DONGYUAN, "item": ITEM, "points": 100, "reason": "电话核实", "who": "王某"}
    with pytest.raises(RoundError, match="ruling-faulty"):
        enter(desk.folder, [Ruling(**{**good, **wrong})])
    assert not desk.history()
