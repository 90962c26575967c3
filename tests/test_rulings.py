"""The city's rulings: what holds, what it does to the points, and that nothing entered is ever lost."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet
from outcomes import DONE, returned
from round_folders import new_round
from rounds import (
    DONGYUAN,
    POLICIES,
    YUANCHENG,
    Entry,
    blank,
    clean,
    done,
    fill,
    planned,
    rules,
    small_form,
    the_form,
    typed,
)
from ruling_desk import GOOD, HEADER, ITEM, SUMMARY_OUTPUTS, UNCLEAR, Desk, headings, row_of, set_up

from sanjin_xl.judge.pipeline import Status
from sanjin_xl.judge.scoring import item_points
from sanjin_xl.messages import rulings as words
from sanjin_xl.model.catalogue import CATALOGUE, Severity
from sanjin_xl.model.errors import SanjinError
from sanjin_xl.model.findings import finding
from sanjin_xl.model.form import Form
from sanjin_xl.model.points import rescaled
from sanjin_xl.outcome import report
from sanjin_xl.outcome.compile import compile_results
from sanjin_xl.outcome.former import Former, parse_former
from sanjin_xl.outcome.results import Standing
from sanjin_xl.review.entries import Entry as Typed
from sanjin_xl.review.entries import merge
from sanjin_xl.review.rulings import Ruling, basis, fault, step
from sanjin_xl.round import commands

FORM = small_form()
Step = Callable[[Desk], object]


# --- the table of cases ---------------------------------------------------------------------------------------------


def types(**cells: Any) -> Step:
    """Type into the row of the open question."""
    return lambda desk: desk.fill(**cells)


def enters(**cells: Any) -> Step:
    """Type, and ingest."""
    return lambda desk: desk.rule(**cells)


def first(**cells: Any) -> Step:
    """A first ruling, in which some cells are different."""
    return enters(**(GOOD | cells))


def sends(entry: Entry, **changes: Any) -> Step:
    """The county's return comes in again, and is ingested."""

    def step(desk: Desk) -> None:
        desk.send(entry, **changes)
        desk.ingest()

    return step


def edits(change: Callable[[Worksheet], object]) -> Step:
    """The table is changed in another way, and ingested."""

    def step(desk: Desk) -> None:
        desk.edit(change)
        desk.ingest()

    return step


def drops(heading: str, count: int = 1) -> Step:
    """Columns are deleted from the table, and it is ingested."""
    return edits(lambda ws: ws.delete_cols(headings(ws)[heading], count))


def delete_row(ws: Worksheet) -> None:
    ws.delete_rows(row_of(ws, "东源县司法局", ITEM))


def sort_by_text(ws: Worksheet) -> None:
    rows = [[cell.value for cell in row] for row in ws.iter_rows(min_row=HEADER + 1)]
    rows.sort(key=lambda row: str(row[2]), reverse=True)
    for number, row in enumerate(rows, start=HEADER + 1):
        for column, value in enumerate(row, start=1):
            ws.cell(number, column).value = value


def insert_rows_and_columns(ws: Worksheet) -> None:
    ws.insert_rows(1, 2)
    ws.insert_rows(8)
    ws.insert_cols(3, 2)


def delete_file(desk: Desk) -> None:
    desk.table.unlink()
    desk.ingest()


ingest: Step = Desk.ingest
typing, ruled, withdraws = types(**GOOD), enters(**GOOD), enters(核定分="撤销")
changes = sends(planned(month=12))
another = typed(done="大概", done_month="8月", ledger="√")
clears = enters(核定分=None, 理由=None, 核定人=None, 日期=None)
# The points of the item and whether they are the city's; what became of the rulings, and what is wrong with them.
AUTO, RULED, FULL, DONE_NOW = ("0.00", False), ("1.00", True), ("2.00", True), ("2.00", False)
APPLIED: tuple[list[str], list[str]] = (["applied"], [])
NONE: tuple[list[str], list[str]] = ([], [])
STALE, WITHDRAWN = (["stale"], ["ruling-stale"]), (["withdrawn"], ["ruling-withdrawn"])


def invalid(code: str, *before: str) -> tuple[list[str], list[str]]:
    return [*before, "invalid"], [f"ruling-{code}"]


CASES = {
    "a new question": ([], AUTO, NONE),
    "a ruling": ([ruled], RULED, APPLIED),
    "nothing changed": ([ruled, ingest], RULED, APPLIED),
    "the answer changed": ([ruled, changes], AUTO, STALE),
    "the answer changed and back": ([ruled, changes, sends(UNCLEAR)], RULED, APPLIED),
    "another text that is unclear": ([ruled, sends(another)], AUTO, STALE),
    "the answer changed after the table was written": ([typing, sends(done(month=8))], DONE_NOW, STALE),
    "re-submitted with the same answer": ([ruled, sends(UNCLEAR, filled_on=date(2012, 10, 9))], RULED, APPLIED),
    "another item changed": ([ruled, sends(UNCLEAR, others={2: planned()})], RULED, APPLIED),
    # the table handled roughly
    "cells cleared": ([ruled, clears], RULED, APPLIED),
    "row deleted": ([ruled, edits(delete_row)], RULED, APPLIED),
    "file deleted": ([ruled, delete_file], RULED, APPLIED),
    "sorted": ([typing, edits(sort_by_text)], RULED, APPLIED),
    "rows and columns inserted": ([typing, edits(insert_rows_and_columns)], RULED, APPLIED),
    "key lost": ([typing, drops("编码")], RULED, APPLIED),
    "unit and item lost": ([typing, drops("单位", 2)], RULED, APPLIED),
    "all hidden columns lost": ([typing, drops("编码", 2)], AUTO, STALE),
    "all hidden columns lost, confirmed": ([types(复核确认="√"), typing, drops("编码", 2)], RULED, APPLIED),
    # a ruling to be looked at again
    "confirmed": ([ruled, changes, enters(复核确认="√")], RULED, APPLIED),
    "confirmed on what has changed again": (
        [ruled, changes, types(复核确认="√"), sends(done(month=8))], DONE_NOW, STALE,
    ),
    "stale and ruled anew": ([ruled, changes, enters(核定分=2)], FULL, APPLIED),
    "stale and reworded": ([ruled, changes, enters(理由="另有理由")], AUTO, STALE),
    "withdrawn": ([ruled, withdraws], AUTO, WITHDRAWN),
    "withdrawn without a reason": (
        [ruled, enters(核定分="撤销", 理由=None)], RULED, invalid("incomplete", "applied"),
    ),
    "withdrawn and ruled anew": ([ruled, withdraws, enters(核定分=2)], FULL, APPLIED),
    "a withdrawal cleared": ([ruled, withdraws, clears], AUTO, WITHDRAWN),
    # what can hold and what cannot
    "no reason": ([first(理由=None)], AUTO, invalid("incomplete")),
    "a reason of spaces": ([first(理由=" 　 ")], AUTO, invalid("incomplete")),
    "no name": ([first(核定人=None)], AUTO, invalid("incomplete")),
    "a reason alone": ([first(核定分=None)], AUTO, invalid("incomplete")),
    "a name alone": ([first(核定分=None, 理由=None)], AUTO, NONE),
    "above full": ([first(核定分=2.5)], AUTO, invalid("out-of-range")),
    "below nothing": ([first(核定分=-1)], AUTO, invalid("out-of-range")),
    "any points there are": ([first(核定分=0.37)], ("0.37", True), APPLIED),
    "part of a hundredth": ([first(核定分=1.001)], AUTO, invalid("unclear")),
    "no number": ([first(核定分="一分")], AUTO, invalid("unclear")),
    "far too many": ([first(核定分=1e300)], AUTO, invalid("unclear")),
    "a date": ([first(核定分=date(2012, 1, 1))], AUTO, invalid("unclear")),
    "nothing": ([first(核定分=0)], ("0.00", True), APPLIED),
    "full": ([first(核定分=2)], FULL, APPLIED),
    "a number as text": ([first(核定分="1")], RULED, APPLIED),
    "a wide number with its unit": ([first(核定分=" １．０分")], RULED, APPLIED),
    "full in words": ([first(核定分="满分")], FULL, APPLIED),
    "half in words": ([first(核定分=" 一半 ")], RULED, APPLIED),
    "nothing in words": ([first(核定分="不得分")], ("0.00", True), APPLIED),
    "granted in a word": ([first(核定分="认可")], FULL, APPLIED),
    "refused in a word": ([first(核定分="不认可 ")], ("0.00", True), APPLIED),
    "granted in more than a word": ([first(核定分="基本认可")], AUTO, invalid("unclear")),
    "half of what, or half a point": ([first(核定分="半分")], AUTO, invalid("unclear")),
    "a share and more": ([first(核定分="一半左右")], AUTO, invalid("unclear")),
    "from a number to the same in words": ([ruled, enters(核定分="一半")], RULED, APPLIED),
    "not applicable": ([first(核定分=None, 不适用="√")], FULL, APPLIED),
    "not applicable in another hand": ([first(核定分=None, 不适用="是")], FULL, APPLIED),
    "not applicable, perhaps": ([first(核定分=None, 不适用="不好说")], AUTO, invalid("unclear")),
    "points and not applicable": ([first(不适用="√")], AUTO, invalid("both")),
    # a ruling changed
    "other points": ([ruled, enters(核定分=2)], FULL, APPLIED),
    "other points and no reason": ([ruled, enters(核定分=2, 理由=None)], RULED, invalid("incomplete", "applied")),
    "other points that cannot be": ([ruled, enters(核定分=9)], RULED, invalid("out-of-range", "applied")),
    "from points to not applicable": ([ruled, enters(核定分=None, 不适用="√")], FULL, APPLIED),
    "reworded": ([ruled, enters(理由="会议记录齐全")], RULED, APPLIED),
    "a wrong change cleared": ([ruled, enters(核定分=9), clears], RULED, APPLIED),
    "a reason added later": ([first(理由=None), enters(理由="补上理由")], RULED, APPLIED),
}  # fmt: skip


@pytest.mark.parametrize(("steps", "points", "became"), CASES.values(), ids=CASES)
def test_what_becomes_of_a_ruling(
    desk: Desk, steps: list[Step], points: tuple[str, bool], became: tuple[list[str], list[str]]
) -> None:
    for one in steps:
        one(desk)
    assert desk.points() == points
    assert (desk.effects(), desk.faults()) == ([(ITEM, effect) for effect in became[0]], became[1])
    # Once more is the same, whatever was typed.
    before = desk.json, desk.table.read_bytes(), desk.history()
    desk.ingest()
    assert (desk.json, desk.table.read_bytes(), desk.history()) == before


def test_only_a_withdrawal_is_a_note() -> None:
    weights = {code: kind.severity.value for code, kind in CATALOGUE.items() if code.startswith("ruling-")}
    assert {code for code, weight in weights.items() if weight != "review"} == {"ruling-withdrawn"}


def test_every_output_is_written_and_follows_the_ruling(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "summary_outputs", SUMMARY_OUTPUTS)
    desk.rule(**GOOD)
    assert desk.points() == RULED
    assert (desk.folder / "汇总" / "汇总.xlsx").is_file()


def test_a_ruling_is_whole_in_the_results_and_in_the_table(desk: Desk) -> None:
    desk.rule(**GOOD, 日期="2012年10月20日")
    (entry,) = desk.json["rulings"]
    assert entry == {
        "unit": DONGYUAN, "item": ITEM, "question": None, "points": "1.00", "not_applicable": False, "standing": False,
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
    desk.rule(**GOOD)
    one = desk.unit()
    assert (one.standing, one.counts.pending if one.counts else None) == (Standing.COUNTED, 0)
    assert one.low == one.high == sum(points.now for points in one.cards["B"].items.values())
    assert one.auto_cards["B"].items[ITEM].high == 200
    assert {id_: card.items[ITEM].now for id_, card in one.cards.items()} == {"A": 100, "B": 100, "C": 100}
    desk.send(planned(month=12))
    desk.ingest()
    assert desk.unit().standing is Standing.PROVISIONAL
    assert [found.code for found in desk.unit().findings() if found.severity.value == "review"] == ["ruling-stale"]


def test_a_ruling_on_what_was_not_asked_holds_as_well(desk: Desk) -> None:
    desk.rule(item=4, **(GOOD | {"核定分": 1.25}))
    assert desk.points(item=4) == ("1.25", True)
    assert desk.shown(item=4)["状态"] == words.APPLIED.format(decision="1.25分")


def test_the_county_is_not_asked_for_what_the_city_has_ruled(desk: Desk) -> None:
    returned_copies = list((desk.folder / "退回").iterdir())
    assert len(returned_copies) == 1
    desk.rule(**GOOD)
    assert list((desk.folder / "退回").iterdir()) == []
    desk.send(planned(month=12))
    desk.ingest()  # stale: for the city to look at, not for the county
    assert list((desk.folder / "退回").iterdir()) == []


@pytest.mark.parametrize("ruling", [GOOD, GOOD | {"核定分": None, "不适用": "√"}])
def test_what_was_to_be_corrected_is_settled_by_a_ruling(desk: Desk, ruling: dict[str, Any]) -> None:
    desk.send(typed(planned="√"))  # a plan without its month
    desk.ingest()
    assert [found.code for found in desk.unit().to_correct()] == ["plan-no-month"]
    assert (desk.sheet(), desk.shown()["状态"]) == (words.SHEET, words.TO_CORRECT)
    desk.rule(**ruling)
    assert (desk.unit().to_correct(), desk.unit().findings(Severity.ERROR)) == ([], [])
    assert desk.sheet() == words.OTHERS_SHEET
    assert list((desk.folder / "退回").iterdir()) == []


def test_a_blank_enters_nothing_and_the_table_shows_the_ruling_again(desk: Desk) -> None:
    desk.rule(**GOOD)
    before = desk.history(), desk.shown()
    clears(desk)
    assert (desk.history(), desk.shown()) == before


def test_every_entry_is_kept_and_none_is_changed(desk: Desk) -> None:
    steps: list[dict[str, Any]] = [GOOD, {"核定分": 2}, {"核定分": 9}, {"核定分": "撤销"}, {"理由": "再议"}]
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
    moves: list[Step] = [
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
    for move in moves:
        move(desk)
        desk.ingest()
        assert desk.points(item=2, unit=YUANCHENG) == ("0.75", True)
        assert len(desk.history()) == 2
        seen += [effect for item, effect in desk.effects() if item == ITEM]
    assert seen == [*("applied", "stale", "stale", "idle", "stale", "stale", "stale", "idle", "idle"), "applied"]
    assert desk.points() == RULED


def test_a_ruling_waits_for_a_unit_that_has_sent_nothing_any_more(desk: Desk) -> None:
    desk.rule(**GOOD)
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


STANDING = GOOD | {"核定分": None, "不适用": "长期"}


@pytest.fixture
def next_desk(desk: Desk, tmp_path: Path) -> Desk:
    """The next round after one in which the item was ruled not applicable for good; it is not answered there."""
    desk.rule(**STANDING)
    former = tmp_path / "上期" / "汇总" / "results.json"
    former.parent.mkdir(parents=True)
    text = (desk.folder / "汇总" / "results.json").read_text(encoding="utf-8")
    former.write_text(text.replace("2012年第三季度", "2012年第二季度"), encoding="utf-8")
    following = Desk(new_round(tmp_path / "下一轮"))
    set_up(following, 'previous = "../上期"')
    following.put(fill(FORM, clean(FORM) | {ITEM: blank()}))
    following.ingest()
    return following


def test_a_standing_ruling_is_listed_in_the_next_round_and_holds_once_it_is_confirmed(next_desk: Desk) -> None:
    assert (next_desk.effects(), next_desk.faults()) == ([(ITEM, "stale")], ["ruling-standing"])
    assert next_desk.points() == AUTO
    one = next_desk.unit()
    assert (one.standing, one.low, one.high) == (Standing.PROVISIONAL, 834, 1034)
    assert (next_desk.sheet(), next_desk.shown()["状态"]) == (words.SHEET, words.TO_CONFIRM)
    assert (next_desk.shown()["不适用"], next_desk.shown()["理由"]) == (words.STANDING, GOOD["理由"])
    next_desk.ingest()
    assert next_desk.history() == []  # nobody has said anything yet
    next_desk.rule(复核确认="√")
    assert (next_desk.effects(), next_desk.faults()) == ([(ITEM, "applied")], [])
    assert (next_desk.points(), next_desk.unit().standing) == (FULL, Standing.COUNTED)
    assert next_desk.json["rulings"][0]["standing"] is True
    assert next_desk.shown()["不适用"] == words.STANDING
    next_desk.ingest()
    assert len(next_desk.history()) == 1


@pytest.mark.parametrize(
    ("cells", "points", "effect"),
    [
        ({"核定分": "撤销", "不适用": None}, AUTO, "withdrawn"),
        ({"核定分": 1, "不适用": None}, RULED, "applied"),
        ({"不适用": "√"}, FULL, "applied"),
    ],
)
def test_a_standing_ruling_may_be_ended(
    next_desk: Desk, cells: dict[str, Any], points: tuple[str, bool], effect: str
) -> None:
    next_desk.rule(**cells)
    assert (next_desk.points(), next_desk.effects()) == (points, [(ITEM, effect)])
    assert former_of(next_desk).standing == ()


def former_of(desk: Desk) -> Former:
    text = (desk.folder / "汇总" / "results.json").read_text(encoding="utf-8")
    return parse_former(text, FORM.id, "results.json")


def test_a_standing_ruling_that_nobody_confirmed_is_not_forgotten_the_round_after(next_desk: Desk) -> None:
    assert [(one.unit, one.item, one.who) for one in former_of(next_desk).standing] == [(DONGYUAN, ITEM, "李某")]
    next_desk.lose()
    next_desk.ingest()
    assert next_desk.effects() == [(ITEM, "idle")]
    assert len(former_of(next_desk).standing) == 1


# --- in which steps -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "policy", "hundredths"),
    [(the_form(), "A", 50), (the_form(), "B", 25), (the_form(), "C", 50), (FORM, "B", 1)],
)
def test_points_are_ruled_in_steps_that_all_points_of_the_form_share(form: Form, policy: str, hundredths: int) -> None:
    assert step(form, POLICIES[policy]) == hundredths


@pytest.mark.parametrize(
    ("points", "code"),
    [*((points, None) for points in range(0, 201, 25)), (10, "ruling-off-step"), (225, "ruling-out-of-range")],
)
def test_an_item_of_two_points_may_be_ruled_any_quarter(points: int, code: str | None) -> None:
    by = rules(the_form())
    item = next(one.number for one in the_form().items if one.points == 200)
    found = fault(by, Ruling(unit=DONGYUAN, item=item, points=points, reason="已核", who="李某"))
    assert (found.code if found else None) == code


def test_half_of_what_cannot_be_halved_is_what_the_policy_gives_for_it(desk: Desk) -> None:
    # 0.25 points of item 1: 四舍五入 makes 0.13 of half of it, as for an answer without a ledger.
    desk.rule(1, **(GOOD | {"核定分": "一半"}))
    assert desk.points(1) == ("0.13", True)
    assert desk.faults() == []


@pytest.mark.parametrize("policy", POLICIES)
def test_whatever_the_policy_gives_is_a_step(policy: str) -> None:
    for item in (*FORM.items, *the_form().items):
        for ledger in (True, False):
            points = item_points(item, replace(DONE, ledger=ledger), False, POLICIES[policy])
            assert points.now % step(FORM if item in FORM.items else the_form(), POLICIES[policy]) == 0


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
    assert desk.results
    assert not report.needs_action(replace(desk.results, units=(desk.unit(),)))


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


# --- pure properties ------------------------------------------------------------------------------------------------

RULES = rules(FORM)
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
    return Typed(ruling, draw(st.booleans()))


@given(st.lists(typed_rows(), max_size=8))
def test_a_row_read_twice_is_entered_once_and_a_blank_row_takes_nothing_away(rows: list[Typed]) -> None:
    history: list[Ruling] = []
    for row in rows:
        history += merge(RULES, history, [row], OUTCOMES)[0]
        again, findings = merge(RULES, history, [row], OUTCOMES)
        assert (again, findings) == ([], [])
    before = applied(history)
    blank = Typed(Ruling(unit=DONGYUAN, item=ITEM, basis=NOW))
    history += merge(RULES, history, [blank], OUTCOMES)[0]
    assert applied(history) == before


@given(st.lists(typed_rows(), max_size=8))
def test_whatever_is_applied_has_a_name_a_reason_and_points_in_steps(rows: list[Typed]) -> None:
    history: list[Ruling] = []
    for row in rows:
        history += merge(RULES, history, [row], OUTCOMES)[0]
    for one in applied(history).values():
        assert one.reason
        assert one.who
        assert one.not_applicable or one.points in (0, 50, 100, 200)
        assert one.basis == NOW


def applied(history: list[Ruling]) -> Mapping[int, Ruling]:
    return next(one for one in compile_results(RULES, [SENT], history).units if one.unit.code == DONGYUAN).rulings


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
