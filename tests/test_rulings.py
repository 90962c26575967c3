"""The city's rulings: what holds, what it does to the points, and that nothing entered is ever lost."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import ooxml
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from office import Office
from openpyxl.worksheet.worksheet import Worksheet
from rounds import (
    DONGYUAN,
    KEY,
    SMALL_FORM,
    YUANCHENG,
    Entry,
    clean,
    done,
    fill,
    lock,
    planned,
    small_form,
    terms,
    the_form,
    typed,
)
from test_results import DONE, returned

from sanjin_xl import console, messages, report
from sanjin_xl.books.rulings import rows as ruling_rows
from sanjin_xl.books.rulings import ruling_bytes
from sanjin_xl.books.rulings.read import read_table
from sanjin_xl.errors import SanjinError, WorkbookError
from sanjin_xl.findings import CATALOGUE, finding
from sanjin_xl.messages import rulings as words
from sanjin_xl.pipeline import Outcome, Status
from sanjin_xl.results import Results, Standing, UnitResult, compile_results
from sanjin_xl.round import rulings as round_rulings
from sanjin_xl.round import work
from sanjin_xl.round.config import Keys, make_round
from sanjin_xl.round.outputs import write_whole
from sanjin_xl.rulings import Effect, Ruling, basis, merge, step
from sanjin_xl.rulings import Entry as Typed
from sanjin_xl.scoring import POLICIES, rescaled

FORM = small_form()
UNCLEAR = typed(done="也许", done_month="8月", ledger="√")
ITEM = 7  # 2 points, in steps of 1 under policy B
GOOD = {"核定分": 1, "理由": "已电话核实", "核定人": "李某"}
NAMES = {DONGYUAN: "东源县司法局", YUANCHENG: "源城区司法局"}
HEADER = 3


def test_the_catalogue_weighs_what_needs_the_city_and_notes_what_does_not() -> None:
    weights = {code: kind.severity.value for code, kind in CATALOGUE.items() if code.startswith("ruling-")}
    assert {code for code, weight in weights.items() if weight == "note"} == {"ruling-withdrawn"}
    assert set(weights.values()) == {"note", "review"}


# --- the desk of the city clerk -------------------------------------------------------------------------------------


@dataclass
class Desk:
    """A round of the small form: returns come in, the clerk fills in the ruling table, everything is ingested."""

    folder: Path
    results: Results | None = None

    @property
    def table(self) -> Path:
        return self.folder / "核定" / "核定表.xlsx"

    @property
    def json(self) -> dict[str, Any]:
        return json.loads((self.folder / "汇总" / "results.json").read_text(encoding="utf-8"))

    def send(self, entry: Entry, item: int = ITEM, unit: str = DONGYUAN, **changes: Any) -> None:
        """A return in which everything is in order but this item."""
        self.put(fill(FORM, clean(FORM) | {item: entry}, unit=unit, **changes), unit)

    def put(self, data: bytes, unit: str = DONGYUAN) -> None:
        (self.folder / "回收" / f"{NAMES[unit]}.xlsx").write_bytes(data)

    def lose(self, unit: str = DONGYUAN) -> None:
        (self.folder / "回收" / f"{NAMES[unit]}.xlsx").unlink()

    def ingest(self) -> Results:
        self.results = work.ingest(self.folder, workers=1, make_executor=partial(ThreadPoolExecutor, 1))
        return self.results

    def unit(self, code: str = DONGYUAN) -> UnitResult:
        assert self.results
        return next(one for one in self.results.units if one.unit.code == code)

    def edit(self, change: Callable[[Worksheet], None], sheet: str = words.SHEET) -> None:
        book = openpyxl.load_workbook(self.table)
        change(book[sheet])
        book.save(self.table)

    def fill(self, item: int = ITEM, unit: str = DONGYUAN, sheet: str = words.SHEET, **cells: object) -> None:
        """Type into the open cells of one row, by headings; the sheet 整表问题 has no items (0)."""

        def change(ws: Worksheet) -> None:
            heads = headings(ws)
            row = row_of(ws, NAMES[unit], item)
            for name, value in cells.items():
                write(ws, row, heads[name], value)

        self.edit(change, sheet)

    def rule(self, item: int = ITEM, unit: str = DONGYUAN, **cells: object) -> None:
        """Fill in a row, and ingest."""
        self.fill(item, unit, **cells)
        self.ingest()

    def shown(self, item: int = ITEM, unit: str = DONGYUAN, sheet: str = words.SHEET) -> dict[str, object]:
        ws = openpyxl.load_workbook(self.table)[sheet]
        row = row_of(ws, NAMES[unit], item)
        return {name: ws.cell(row, column).value for name, column in headings(ws).items()}

    def effects(self) -> list[tuple[int | None, str]]:
        return [(one["item"], one["status"]) for one in self.json["rulings"]]

    def points(self, item: int = ITEM, unit: str = DONGYUAN) -> tuple[str, bool]:
        """An item's points, and whether they are the city's."""
        found = [one for one in self.json["answers"] if (one["unit"], one["item"]) == (unit, item)]
        return found[0]["points"], found[0]["ruled"]

    def faults(self) -> list[str]:
        assert self.results
        return [one.code for one in self.results.ruling_findings]

    def history(self) -> list[tuple[object, ...]]:
        with sqlite3.connect(self.folder / ".sanjin" / "register.sqlite") as db:
            return db.execute("SELECT * FROM rulings ORDER BY rowid").fetchall()


def write(ws: Worksheet, row: int, column: int, value: object) -> None:
    cell = ws.cell(row, column)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"  # openpyxl would take “=1+1” for a formula


def headings(ws: Worksheet) -> dict[str, int]:
    row = next(n for n in range(1, 12) if "核定人" in [cell.value for cell in ws[n]])
    return {str(cell.value): cell.column for cell in ws[row] if cell.value}


def row_of(ws: Worksheet, unit: str, item: int) -> int:
    heads = headings(ws)
    return next(
        row
        for row in range(1, ws.max_row + 1)
        if ws.cell(row, heads["单位"]).value == unit and (not item or ws.cell(row, heads["项"]).value == item)
    )


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A round in which one unit has one open question; the city workbook is left out of it."""
    folder = tmp_path / "轮"
    folder.mkdir()
    (folder / "wells-2013.toml").write_text(SMALL_FORM, encoding="utf-8")
    make_round(folder, form="wells-2013", period="2012年第三季度", due=date(2012, 10, 15))
    keys = {"secret": KEY.hex(), "password": "password", "salt": bytes(16).hex()}
    (folder / ".sanjin" / "key").write_text(json.dumps(keys))
    monkeypatch.setattr(Keys, "lock", lambda self: lock())

    def only_json(folder: Path, results: Results, *_: object) -> None:
        write_whole(folder / "汇总" / "results.json", report.results_json(results).encode())

    monkeypatch.setattr(work, "write_outputs", only_json)
    desk = Desk(folder)
    desk.send(UNCLEAR)
    desk.ingest()
    return desk


def set_up(desk: Desk, *settings: str) -> None:
    path = desk.folder / "round.toml"
    path.write_text("\n".join([*settings, path.read_text(encoding="utf-8")]), encoding="utf-8")


# --- the table of cases ---------------------------------------------------------------------------------------------

Steps = Callable[[Desk], None]
AUTO, RULED, FULL = ("0.00", False), ("1.00", True), ("2.00", True)


def nothing(desk: Desk) -> None:
    pass


def ruled(desk: Desk) -> None:
    desk.rule(**GOOD)


def unchanged(desk: Desk) -> None:
    ruled(desk)
    desk.ingest()


def answer_changed(desk: Desk) -> None:
    ruled(desk)
    desk.send(planned(month=12))
    desk.ingest()


def answer_changed_and_back(desk: Desk) -> None:
    answer_changed(desk)
    desk.send(UNCLEAR)
    desk.ingest()


def another_unclear_text(desk: Desk) -> None:
    ruled(desk)
    desk.send(typed(done="大概", done_month="8月", ledger="√"))
    desk.ingest()


def other_item_changed(desk: Desk) -> None:
    ruled(desk)
    desk.put(fill(FORM, clean(FORM) | {ITEM: UNCLEAR, 2: planned()}))
    desk.ingest()


def resubmitted(desk: Desk) -> None:
    ruled(desk)
    desk.send(UNCLEAR, filled_on=date(2012, 10, 9), signers=("赵六", "", "", ""))
    desk.ingest()


def cells_cleared(desk: Desk) -> None:
    ruled(desk)
    desk.rule(核定分=None, 理由=None, 核定人=None, 日期=None)


def row_deleted(desk: Desk) -> None:
    ruled(desk)
    desk.edit(lambda ws: ws.delete_rows(row_of(ws, NAMES[DONGYUAN], ITEM)))
    desk.ingest()


def file_deleted(desk: Desk) -> None:
    ruled(desk)
    desk.table.unlink()
    desk.ingest()


def sorted_by_text(desk: Desk) -> None:
    desk.fill(**GOOD)

    def change(ws: Worksheet) -> None:
        rows = [[cell.value for cell in row] for row in ws.iter_rows(min_row=HEADER + 1)]
        rows.sort(key=lambda row: str(row[2]), reverse=True)
        for number, row in enumerate(rows, start=HEADER + 1):
            for column, value in enumerate(row, start=1):
                ws.cell(number, column).value = value

    desk.edit(change)
    desk.ingest()


def rows_and_columns_inserted(desk: Desk) -> None:
    desk.fill(**GOOD)
    desk.edit(lambda ws: (ws.insert_rows(1, 2), ws.insert_rows(8), ws.insert_cols(3, 2)))
    desk.ingest()


def key_lost(desk: Desk) -> None:
    desk.fill(**GOOD)
    desk.edit(lambda ws: ws.delete_cols(headings(ws)["编码"]))
    desk.ingest()


def unit_lost(desk: Desk) -> None:
    desk.fill(**GOOD)
    desk.edit(lambda ws: ws.delete_cols(headings(ws)["单位"], 2))
    desk.ingest()


def hidden_columns_lost(desk: Desk) -> None:
    desk.fill(**GOOD)
    desk.edit(lambda ws: ws.delete_cols(headings(ws)["编码"], 3))
    desk.ingest()


def hidden_columns_lost_and_confirmed(desk: Desk) -> None:
    desk.fill(**GOOD, 复核确认="√")
    desk.edit(lambda ws: ws.delete_cols(headings(ws)["编码"], 3))
    desk.ingest()


def confirmed(desk: Desk) -> None:
    answer_changed(desk)
    desk.rule(复核确认="√")


def changed_again_before_confirmed(desk: Desk) -> None:
    answer_changed(desk)
    desk.fill(复核确认="√")
    desk.send(done(month=8))
    desk.ingest()


def stale_and_ruled_anew(desk: Desk) -> None:
    answer_changed(desk)
    desk.rule(核定分=2)


def stale_and_reworded(desk: Desk) -> None:
    answer_changed(desk)
    desk.rule(理由="另有理由")


def changed_between_ruling_and_ingest(desk: Desk) -> None:
    desk.fill(**GOOD)
    desk.send(done(month=8))
    desk.ingest()


def withdrawn(desk: Desk) -> None:
    ruled(desk)
    desk.rule(核定分="撤销")


def withdrawn_without_reason(desk: Desk) -> None:
    ruled(desk)
    desk.rule(核定分="撤销", 理由=None)


def withdrawn_and_ruled_anew(desk: Desk) -> None:
    withdrawn(desk)
    desk.rule(核定分=2)


def withdrawn_and_cleared(desk: Desk) -> None:
    withdrawn(desk)
    desk.rule(核定分=None)


def first(**cells: object) -> Steps:
    def steps(desk: Desk) -> None:
        desk.rule(**(GOOD | cells))

    return steps


def then(**cells: object) -> Steps:
    def steps(desk: Desk) -> None:
        ruled(desk)
        desk.rule(**cells)

    return steps


def wrong_then_cleared(desk: Desk) -> None:
    ruled(desk)
    desk.rule(核定分=9)
    desk.rule(核定分=None, 理由=None, 核定人=None)


def wrong_then_mended(desk: Desk) -> None:
    desk.rule(**(GOOD | {"理由": None}))
    desk.rule(理由="补上理由")


CASES: dict[str, tuple[Steps, list[str], tuple[str, bool], str | None]] = {
    # steps → what became of the rulings, the points of the item and whether they are the city's, the fault
    "a new question": (nothing, [], AUTO, None),
    "a ruling": (ruled, ["applied"], RULED, None),
    "nothing changed": (unchanged, ["applied"], RULED, None),
    "the answer changed": (answer_changed, ["stale"], AUTO, "ruling-stale"),
    "the answer changed and back": (answer_changed_and_back, ["applied"], RULED, None),
    "another text that is unclear": (another_unclear_text, ["stale"], AUTO, "ruling-stale"),
    "another item changed": (other_item_changed, ["applied"], RULED, None),
    "re-submitted with the same answer": (resubmitted, ["applied"], RULED, None),
    "cells cleared": (cells_cleared, ["applied"], RULED, None),
    "row deleted": (row_deleted, ["applied"], RULED, None),
    "file deleted": (file_deleted, ["applied"], RULED, None),
    "sorted": (sorted_by_text, ["applied"], RULED, None),
    "rows and columns inserted": (rows_and_columns_inserted, ["applied"], RULED, None),
    "key lost": (key_lost, ["applied"], RULED, None),
    "unit and item lost": (unit_lost, ["applied"], RULED, None),
    "hidden columns lost": (hidden_columns_lost, ["stale"], AUTO, "ruling-stale"),
    "hidden columns lost, confirmed": (hidden_columns_lost_and_confirmed, ["applied"], RULED, None),
    "confirmed": (confirmed, ["applied"], RULED, None),
    "changed again before it was confirmed": (
        changed_again_before_confirmed,
        ["stale"],
        ("2.00", False),
        "ruling-stale",
    ),
    "stale and ruled anew": (stale_and_ruled_anew, ["applied"], FULL, None),
    "stale and reworded": (stale_and_reworded, ["stale"], AUTO, "ruling-stale"),
    "the answer changed after the table was written": (
        changed_between_ruling_and_ingest,
        ["stale"],
        ("2.00", False),
        "ruling-stale",
    ),
    "withdrawn": (withdrawn, ["withdrawn"], AUTO, "ruling-withdrawn"),
    "withdrawn without a reason": (
        withdrawn_without_reason,
        ["applied", "invalid"],
        RULED,
        "ruling-incomplete",
    ),
    "withdrawn and ruled anew": (withdrawn_and_ruled_anew, ["applied"], FULL, None),
    "a withdrawal cleared": (withdrawn_and_cleared, ["withdrawn"], AUTO, "ruling-withdrawn"),
    "no reason": (first(理由=None), ["invalid"], AUTO, "ruling-incomplete"),
    "a reason of spaces": (first(理由=" 　 "), ["invalid"], AUTO, "ruling-incomplete"),
    "no name": (first(核定人=None), ["invalid"], AUTO, "ruling-incomplete"),
    "a reason alone": (first(核定分=None), ["invalid"], AUTO, "ruling-incomplete"),
    "a name alone": (first(核定分=None, 理由=None), [], AUTO, None),
    "above full": (first(核定分=2.5), ["invalid"], AUTO, "ruling-out-of-range"),
    "below nothing": (first(核定分=-1), ["invalid"], AUTO, "ruling-out-of-range"),
    "off the steps": (first(核定分=0.5), ["invalid"], AUTO, "ruling-off-step"),
    "part of a hundredth": (first(核定分=1.001), ["invalid"], AUTO, "ruling-unclear"),
    "no number": (first(核定分="一分"), ["invalid"], AUTO, "ruling-unclear"),
    "far too many": (first(核定分=1e300), ["invalid"], AUTO, "ruling-unclear"),
    "a date": (first(核定分=date(2012, 1, 1)), ["invalid"], AUTO, "ruling-unclear"),
    "nothing": (first(核定分=0), ["applied"], ("0.00", True), None),
    "full": (first(核定分=2), ["applied"], FULL, None),
    "a number as text": (first(核定分="1"), ["applied"], RULED, None),
    "a wide number with its unit": (first(核定分=" １．０分"), ["applied"], RULED, None),
    "not applicable": (first(核定分=None, 不适用="√"), ["applied"], FULL, None),
    "not applicable in another hand": (first(核定分=None, 不适用="是"), ["applied"], FULL, None),
    "not applicable, perhaps": (first(核定分=None, 不适用="不好说"), ["invalid"], AUTO, "ruling-unclear"),
    "points and not applicable": (first(不适用="√"), ["invalid"], AUTO, "ruling-both"),
    "other points": (then(核定分=2), ["applied"], FULL, None),
    "other points and no reason": (then(核定分=2, 理由=None), ["applied", "invalid"], RULED, "ruling-incomplete"),
    "other points that cannot be": (then(核定分=9), ["applied", "invalid"], RULED, "ruling-out-of-range"),
    "from points to not applicable": (then(核定分=None, 不适用="√"), ["applied"], FULL, None),
    "reworded": (then(理由="会议记录齐全"), ["applied"], RULED, None),
    "a wrong change cleared": (wrong_then_cleared, ["applied"], RULED, None),
    "a reason added later": (wrong_then_mended, ["applied"], RULED, None),
}


@pytest.mark.parametrize(("steps", "effects", "points", "fault"), CASES.values(), ids=CASES)
def test_what_becomes_of_a_ruling(
    desk: Desk, steps: Steps, effects: list[str], points: tuple[str, bool], fault: str | None
) -> None:
    steps(desk)
    assert desk.effects() == [(ITEM, effect) for effect in effects]
    assert desk.points() == points
    assert desk.faults() == ([fault] if fault else [])
    # Once more is the same, whatever was typed.
    before = desk.json, desk.table.read_bytes(), desk.history()
    desk.ingest()
    assert (desk.json, desk.table.read_bytes(), desk.history()) == before


def test_a_ruling_is_whole_in_the_results_and_in_the_table(desk: Desk) -> None:
    desk.rule(**GOOD, 日期="2012年10月20日")
    (entry,) = desk.json["rulings"]
    assert entry == {
        "unit": DONGYUAN, "item": ITEM, "question": None, "points": "1.00", "not_applicable": False,
        "reason": "已电话核实", "who": "李某", "day": "2012-10-20", "status": "applied",
    }  # fmt: skip
    shown = desk.shown()
    assert (shown["核定分"], shown["理由"], shown["核定人"], shown["复核确认"]) == (1, "已电话核实", "李某", None)
    assert shown["日期"].date() == date(2012, 10, 20)  # type: ignore[attr-defined]
    answer = next(one for one in desk.json["answers"] if one["item"] == ITEM)
    assert (answer["auto_points"], answer["points_low"], answer["points_high"]) == ("0.00", "1.00", "1.00")


def test_what_was_typed_stays_in_the_table_whether_it_holds_or_not(desk: Desk) -> None:
    desk.rule(核定分="一分半", 理由="=1+1", 核定人="李\n某", 日期="下旬", 不适用="不好说")
    shown = desk.shown()
    assert [shown[name] for name in ("核定分", "理由", "核定人", "日期", "不适用")] == [
        *("一分半", "=1+1", "李\n某", "下旬", "不好说"),
    ]


def test_a_unit_stays_provisional_only_while_questions_are_open(desk: Desk) -> None:
    assert desk.unit().standing is Standing.PROVISIONAL
    ruled(desk)
    one = desk.unit()
    assert (one.standing, one.counts.pending if one.counts else None) == (Standing.COUNTED, 0)
    assert one.low == one.high == sum(points.now for points in one.cards["B"].items.values())
    assert one.auto_cards["B"].items[ITEM].high == 200
    assert {id_: card.items[ITEM].now for id_, card in one.cards.items()} == {"A": 100, "B": 100, "C": 100}
    answer_changed(desk)
    assert desk.unit().standing is Standing.PROVISIONAL
    assert [found.code for found in desk.unit().findings() if found.severity.value == "review"] == ["ruling-stale"]


def test_a_ruling_on_what_was_not_asked_holds_as_well(desk: Desk) -> None:
    desk.rule(item=4, **(GOOD | {"核定分": 1.25}))
    assert desk.points(item=4) == ("1.25", True)
    assert desk.shown(item=4)["状态"] == words.APPLIED.format(decision="1.25分")


def test_the_county_is_not_asked_for_what_the_city_has_ruled(desk: Desk) -> None:
    returned_copies = list((desk.folder / "退回").iterdir())
    assert len(returned_copies) == 1
    ruled(desk)
    assert list((desk.folder / "退回").iterdir()) == []
    answer_changed(desk)  # stale: for the city to look at, not for the county
    assert list((desk.folder / "退回").iterdir()) == []


def test_what_must_be_corrected_still_must_unless_the_item_is_not_applicable(desk: Desk) -> None:
    desk.send(typed(planned="√"))  # a plan without its month
    desk.ingest()
    desk.rule(**GOOD)
    assert [found.code for found in desk.unit().to_correct()] == ["plan-no-month"]
    desk.rule(核定分=None, 不适用="√")
    assert desk.unit().to_correct() == []


def test_every_entry_is_kept_and_none_is_changed(desk: Desk) -> None:
    steps: list[dict[str, object]] = [GOOD, {"核定分": 2}, {"核定分": 9}, {"核定分": "撤销"}, {"理由": "再议"}]
    kept: list[tuple[object, ...]] = []
    for cells in steps:
        desk.rule(**cells)
        assert desk.history()[:-1] == kept
        kept = desk.history()
    assert len(kept) == len(steps)


def test_rulings_survive_ten_ingests_with_changing_returns(desk: Desk) -> None:
    desk.send(UNCLEAR, item=2, unit=YUANCHENG)
    desk.ingest()
    desk.fill(**GOOD)
    desk.rule(item=2, unit=YUANCHENG, **(GOOD | {"核定分": 0.75}))
    changes: list[Steps] = [
        lambda desk: desk.send(UNCLEAR, filled_on=date(2012, 10, 9)),
        lambda desk: desk.send(done(month=8)),
        lambda desk: desk.table.unlink(),
        lambda desk: desk.lose(),
        lambda desk: desk.send(planned()),
        lambda desk: desk.edit(lambda ws: ws.delete_rows(HEADER + 1, 99)),
        lambda desk: (desk.folder / "回收" / "x.xlsx").write_bytes(b"x"),
        lambda desk: desk.lose(),
        lambda desk: desk.table.unlink(),
        lambda desk: desk.send(UNCLEAR),
    ]
    seen = []
    for change in changes:
        change(desk)
        desk.ingest()
        assert desk.points(item=2, unit=YUANCHENG) == ("0.75", True)
        assert len(desk.history()) == 2
        seen += [effect for item, effect in desk.effects() if item == ITEM]
    assert seen == [*("applied", "stale", "stale", "idle", "stale", "stale", "stale", "idle", "idle"), "applied"]
    assert desk.points() == RULED


def test_a_ruling_waits_for_a_unit_that_has_sent_nothing_any_more(desk: Desk) -> None:
    ruled(desk)
    desk.lose()
    desk.ingest()
    assert desk.effects() == [(ITEM, "idle")]
    assert desk.faults() == []
    assert desk.shown()["状态"] == words.IDLE
    desk.send(UNCLEAR)
    desk.ingest()
    assert (desk.effects(), desk.points()) == ([(ITEM, "applied")], RULED)


# --- not applicable ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "points", "score"),
    [
        # 10.34 in all, everything done with a ledger
        ("full", "2.00", "10.34"),
        ("exclude", "0.00", "10.34"),
    ],
)
def test_an_item_that_is_not_applicable_costs_nothing(desk: Desk, setting: str, points: str, score: str) -> None:
    set_up(desk, f'not_applicable = "{setting}"')
    desk.rule(**(GOOD | {"核定分": None, "不适用": "√"}))
    assert desk.points() == (points, True)
    unit = next(one for one in desk.json["units"] if one["code"] == DONGYUAN)
    assert (unit["score"], unit["score_low"], unit["score_high"]) == (score, score, score)


def test_a_score_without_the_item_is_rescaled_to_the_forms_total(desk: Desk) -> None:
    set_up(desk, 'not_applicable = "exclude"')
    desk.put(fill(FORM, clean(FORM) | {ITEM: UNCLEAR, 4: planned()}))
    desk.rule(**(GOOD | {"核定分": None, "不适用": "√"}))
    one = desk.unit()
    assert one.applicable == 1034 - 200
    # 5.84 of 8.34 points: 7.2404… of 10.34
    assert (one.cards["B"].total, one.scores["B"]) == (584, 724)
    assert sum(one.by_category.values()) == 584


def test_a_setting_that_is_neither_is_a_fault_of_the_configuration(desk: Desk) -> None:
    set_up(desk, 'not_applicable = "half"')
    with pytest.raises(SanjinError, match="round-invalid"):
        desk.ingest()


@pytest.mark.parametrize(
    ("score", "out_of", "full", "expected"),
    [(1, 200, 100, 1), (1, 201, 100, 0), (50, 100, 100, 50), (0, 0, 100, 0), (3, 8, 100, 38), (800, 800, 1034, 1034)],
)
def test_rescaling_rounds_halves_up(score: int, out_of: int, full: int, expected: int) -> None:
    assert rescaled(score, out_of, full) == expected


# --- in which steps -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("policy", "steps"),
    [("A", [25, 150, 1, 250, 75, 333, 200]), ("B", [1, 75, 1, 125, 1, 1, 100]), ("C", [25, 150, 1, 250, 75, 333, 200])],
)
def test_points_are_ruled_in_the_steps_of_the_policy(policy: str, steps: list[int]) -> None:
    assert [step(item, POLICIES[policy]) for item in FORM.items] == steps


def test_half_points_under_the_2012_form() -> None:
    assert {step(item, POLICIES["B"]) * 2 == item.points for item in the_form().items} == {True}


@pytest.mark.parametrize("policy", POLICIES)
def test_whatever_the_policy_gives_is_a_step(policy: str) -> None:
    for item in FORM.items:
        outcome = returned(answers={item.number: DONE})
        found = compile_results(terms(FORM, policy=POLICIES[policy]), [outcome])
        for one in found.units:
            for points in one.cards[policy].items.values() if one.outcome else ():
                assert points.now % step(item, POLICIES[policy]) in (0, points.now)


# --- questions about the whole return -------------------------------------------------------------------------------


def questions_of_a_whole_return(desk: Desk, name: str = "三县.xlsx") -> None:
    """Two different returns of one unit: which of them counts is for the city to say."""
    desk.send(done(month=8))
    data = fill(FORM, clean(FORM) | {2: planned()}, filled_on=date(2012, 9, 1))
    (desk.folder / "回收" / name).write_bytes(data)
    desk.ingest()


def test_a_question_on_the_whole_return_can_be_settled(desk: Desk) -> None:
    questions_of_a_whole_return(desk)
    assert desk.unit().standing is Standing.PROVISIONAL
    desk.fill(item=0, sheet=words.WHOLE_SHEET, 已核实="√", 理由="以后一份为准", 核定人="李某")
    desk.ingest()
    assert desk.effects() == [(None, "applied")]
    assert desk.json["rulings"][0]["question"] == "version-differs"
    assert desk.unit().standing is Standing.COUNTED
    assert desk.shown(0, sheet=words.WHOLE_SHEET)["已核实"] == "√"
    assert not report.needs_action(replace(desk.results, units=(desk.unit(),)))  # type: ignore[type-var]


def test_a_settled_question_that_is_put_otherwise_is_asked_again_and_one_that_is_gone_is_not(desk: Desk) -> None:
    questions_of_a_whole_return(desk)
    desk.fill(item=0, sheet=words.WHOLE_SHEET, 已核实="√", 理由="以后一份为准", 核定人="李某")
    desk.ingest()
    questions_of_a_whole_return(desk, "另一份.xlsx")
    assert desk.effects() == [(None, "stale")]
    assert desk.unit().standing is Standing.PROVISIONAL
    for name in ("三县.xlsx", "另一份.xlsx"):
        (desk.folder / "回收" / name).unlink()
    desk.ingest()
    assert (desk.effects(), desk.faults()) == ([(None, "idle")], [])
    assert desk.shown(0, sheet=words.WHOLE_SHEET)["状态"] == words.QUESTION_GONE


def test_a_settlement_needs_a_name_and_a_reason_and_can_be_withdrawn(desk: Desk) -> None:
    questions_of_a_whole_return(desk)
    fill_in = partial(desk.fill, item=0, sheet=words.WHOLE_SHEET)
    fill_in(已核实="√")
    desk.ingest()
    assert (desk.effects(), desk.faults()) == ([(None, "invalid")], ["ruling-incomplete"])
    fill_in(理由="查明", 核定人="李某")
    desk.ingest()
    assert desk.effects() == [(None, "applied")]
    fill_in(已核实="撤销")
    desk.ingest()
    assert desk.effects() == [(None, "withdrawn")]
    assert desk.unit().standing is Standing.PROVISIONAL
    fill_in(已核实="大概")
    desk.ingest()
    assert desk.effects() == [(None, "withdrawn"), (None, "invalid")]


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
    ruled(desk)
    desk.edit(copied(核定分=2))
    desk.ingest()
    assert (desk.faults(), desk.points()) == ([], FULL)


def test_a_column_the_clerk_added_is_kept(desk: Desk) -> None:
    desk.fill(**GOOD)

    def change(ws: Worksheet) -> None:
        ws.insert_cols(3)
        write(ws, HEADER, 3, "经办意见")
        write(ws, row_of(ws, NAMES[DONGYUAN], ITEM), 3, "同意")
        write(ws, row_of(ws, NAMES[DONGYUAN], 1), 3, "=另议")

    desk.edit(change)
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


def no_header(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    book[words.SHEET].delete_rows(HEADER)
    book.save(path)


@pytest.mark.parametrize("damage", [no_workbook, another_workbook, damaged, no_header])
def test_a_table_that_cannot_be_read_stops_everything_and_touches_nothing(
    desk: Desk, damage: Callable[[Path], None]
) -> None:
    ruled(desk)
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
    for path, data in before.items():
        assert path.parent == returns or path.read_bytes() == data


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


def test_a_table_saved_during_the_run_is_not_overwritten(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def save(*_: object) -> None:
        desk.fill(**GOOD)

    with monkeypatch.context() as patch:
        patch.setattr(work, "write_corrections", save)
        with pytest.raises(WorkbookError, match="rulings-changed"):
            desk.ingest()
    desk.ingest()
    assert desk.points() == RULED


def test_a_table_under_another_ending_is_reported_not_ignored(desk: Desk) -> None:
    desk.table.with_suffix(".xls").write_bytes(desk.table.read_bytes())
    desk.ingest()
    assert desk.faults() == ["ruling-file-ignored"]
    assert "核定表.xls" in messages.sentence(desk.results.ruling_findings[0])  # type: ignore[union-attr]


def test_the_terminal_leads_to_the_table_while_questions_are_open(desk: Desk) -> None:
    assert any("核定表.xlsx" in line for line in console.summary(desk.results))  # type: ignore[arg-type]
    desk.rule(核定分=9)
    assert any(
        "超出" in line or "不在0至2.00之间" in line or "核定缺" in line for line in console.summary(desk.results)
    )  # type: ignore[arg-type]
    desk.rule(**GOOD)
    assert not any("核定表" in line for line in console.summary(desk.results))  # type: ignore[arg-type]


# --- pure properties ------------------------------------------------------------------------------------------------

TERMS = terms(FORM)
SENT = replace(returned(answers={7: DONE}), status=Status.COUNTED)
OUTCOMES = {DONGYUAN: SENT}
NOW = basis(SENT, ITEM) or ""

texts = st.sampled_from(["", "甲", "乙"])
decisions = st.one_of(
    st.just({}),
    st.builds(lambda points: {"points": points}, st.sampled_from([0, 100, 200, 50, 900, -100])),
    st.just({"not_applicable": True}),
    st.just({"withdrawn": True}),
    st.just({"unread": ("也许", "")}),
    st.just({"points": 100, "not_applicable": True}),
)


@st.composite
def typed_rows(draw: st.DrawFn) -> Typed:
    ruling = Ruling(
        unit=DONGYUAN, item=ITEM, reason=draw(texts), who=draw(texts), day=draw(texts),
        basis=draw(st.sampled_from(["", NOW, "0" * 16])), **draw(decisions),
    )  # fmt: skip
    return Typed(ruling, draw(st.booleans()), 4)


@given(st.lists(typed_rows(), max_size=8))
def test_a_row_read_twice_is_entered_once_and_a_blank_row_takes_nothing_away(rows: list[Typed]) -> None:
    history: list[Ruling] = []
    for row in rows:
        history += merge(TERMS, history, [row], OUTCOMES)[0]
        again, findings = merge(TERMS, history, [row], OUTCOMES)
        assert (again, findings) == ([], [])
    before = applied(history)
    blank = Typed(Ruling(unit=DONGYUAN, item=ITEM, basis=NOW))
    history += merge(TERMS, history, [blank], OUTCOMES)[0]
    assert applied(history) == before


@given(st.lists(typed_rows(), max_size=8))
def test_whatever_is_applied_has_a_name_a_reason_and_points_in_steps(rows: list[Typed]) -> None:
    history: list[Ruling] = []
    for row in rows:
        history += merge(TERMS, history, [row], OUTCOMES)[0]
    for one in applied(history).values():
        assert one.reason
        assert one.who
        assert one.not_applicable or one.points in (0, 100, 200)
        assert one.basis == NOW


def applied(history: list[Ruling]) -> Mapping[int, Ruling]:
    return next(one for one in compile_results(TERMS, [SENT], history).units if one.unit.code == DONGYUAN).rulings


def test_the_basis_is_the_answer_and_its_questions_and_nothing_else() -> None:
    same = replace(
        SENT, path="b.xlsx", sha256="1", findings=(finding("fill-date-missing"), finding("tick-normalised", 7))
    )
    assert basis(same, ITEM) == NOW
    assert basis(replace(SENT, findings=(finding("tick-unclear", 7, found="x"),)), ITEM) != NOW
    for change in ({"ledger": False}, {"done_month": (8,)}, {"planned": True}, {"remark": "已报"}, {"done": None}):
        assert basis(returned(answers={7: replace(DONE, **change)}), ITEM) != NOW
    assert basis(None, ITEM) is None
    assert len(NOW) == 16


# --- the workbook ---------------------------------------------------------------------------------------------------


def a_round(outcomes: list[Outcome], history: list[Ruling]) -> tuple[Results, list[Ruling]]:
    return compile_results(TERMS, outcomes, history), history


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
            if cell.row > HEADER and str(row[heads["状态"] - 1].value) != words.TO_CORRECT:
                assert cell.protection.locked == (ws.cell(HEADER, cell.column).value not in OPEN[sheet])
            elif cell.row <= HEADER or sheet == words.WHOLE_SHEET:
                assert cell.protection.locked


def test_the_table_reads_back_as_it_was_written(table: Path) -> None:
    read = read_table(table.read_bytes(), TERMS, "x")
    assert read.findings == ()
    assert {one.ruling.ref: one.ruling.points for one in read.entries if one.ruling.who} == {
        "441625-007": 100, "441625-004": 0, "441625-001": 900, "441625-003": None, "441621-007": 100,
        "441625-stamp-missing": None,
    }  # fmt: skip


def test_every_row_says_what_is_open_and_what_became_of_it(table: Path) -> None:
    ws = openpyxl.load_workbook(table)[words.SHEET]
    heads = headings(ws)
    states = {
        ws.cell(row, heads["编码"]).value: ws.cell(row, heads["状态"]).value
        for row in range(HEADER + 1, ws.max_row + 1)
    }
    assert len(states) == 2 * len(FORM.items) + 1
    assert states["441625-007"] == words.APPLIED.format(decision="1.00分")
    assert states["441625-004"] == words.STALE.format(decision="0.00分")
    assert states["441625-003"] == words.WITHDRAWN
    assert states["441621-007"] == words.IDLE
    assert states["441625-002"] == words.TO_CORRECT
    assert states["441602-001"] is None


def test_the_table_is_the_same_bytes_every_time(table: Path) -> None:
    results, history = a_round([SENT], [])
    assert ruling_bytes(results, history, lock()) == ruling_bytes(results, history, lock())


def test_an_empty_round_has_a_table_without_rows() -> None:
    read = read_table(ruling_bytes(compile_results(TERMS, []), [], lock()), TERMS, "x")
    assert (read.entries, read.findings) == ((), ())


def test_a_large_round_lists_what_is_open_and_what_was_ruled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ruling_rows, "MOST_ROWS", 6)
    asked = replace(SENT, findings=(finding("tick-unclear", 2, found="x"),))
    history = [Ruling(unit=DONGYUAN, item=5, points=0, reason="甲", who="乙", basis=basis(asked, 5) or "")]
    book = openpyxl.load_workbook(BytesIO(ruling_bytes(compile_results(TERMS, [asked], history), history, lock())))
    ws = book[words.SHEET]
    column = headings(ws)["项"]
    assert [ws.cell(row, column).value for row in range(HEADER + 1, ws.max_row + 1)] == [2, 5]
    assert words.LEAD_SHORTENED in str(ws["A2"].value)


@pytest.mark.npm
def test_microsofts_validator_finds_nothing(table: Path) -> None:
    assert ooxml.errors_of(table) == []


@pytest.fixture
def opened(office: Office, table: Path) -> Iterator[tuple[Office, int]]:
    with office.opened(table) as handle:
        yield office, handle


def places(path: Path, sheet: str = words.SHEET) -> Callable[[int, str], str]:
    ws = openpyxl.load_workbook(path)[sheet]
    heads = headings(ws)
    return lambda item, name: ws.cell(row_of(ws, NAMES[DONGYUAN], item), heads[name]).coordinate


@pytest.mark.office
@pytest.mark.parametrize(
    ("name", "text", "taken"),
    [
        ("核定分", "0", True), ("核定分", "2", True), ("核定分", "撤销", True),
        ("核定分", "0.5", False), ("核定分", "3", False), ("核定分", "-1", False), ("核定分", "好", False),
        ("不适用", "√", True), ("不适用", "x", False), ("复核确认", "√", True), ("复核确认", "是", False),
        ("理由", "随便什么", True), ("满分", "9", False), ("状态", "已采用", False), ("编码", "441625-001", False),
    ],
)  # fmt: skip
def test_libreoffice_takes_what_can_hold_and_refuses_the_rest(
    opened: tuple[Office, int], table: Path, name: str, text: str, taken: bool
) -> None:
    office, handle = opened
    assert office.type_text(handle, words.SHEET, places(table)(ITEM, name), text)["accepted"] is taken


@pytest.mark.office
@pytest.mark.parametrize("sheet", OPEN)
def test_no_text_is_cut_off_and_the_table_is_one_page_wide(opened: tuple[Office, int], table: Path, sheet: str) -> None:
    office, handle = opened
    last = openpyxl.load_workbook(table)[sheet].max_row
    for row in office.row_heights(handle, sheet, f"A1:O{last}"):
        assert row["height"] >= min(row["optimal"], 409) - 1, row
    for area in office.merged_heights(handle, sheet, f"A1:O{last}"):
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
