"""Every check and every reading of a cell: a sample that triggers it and nothing else, on two forms, in any place."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from drawn import anchor, picture, related, restyled, shape, with_drawing
from hostile import packed, parts_of
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from openpyxl.styles import Font, PatternFill
from outcomes import DONE, RULES, corrections, returned
from rounds import (
    FILLED_ON,
    POLICIES,
    SIGNERS,
    Entry,
    an_item,
    blank,
    clean,
    done,
    fill,
    judge,
    pasted,
    planned,
    rules,
    small_form,
    the_form,
    typed,
)

import sanjin_xl
from sanjin_xl.judge.checks import ITEM_CHECKS
from sanjin_xl.judge.pipeline import Outcome, Processor, Status
from sanjin_xl.judge.return_checks import RETURN_CHECKS, check_return
from sanjin_xl.judge.versions import settle
from sanjin_xl.messages import sentence
from sanjin_xl.model.catalogue import CATALOGUE
from sanjin_xl.model.fields import CHOICES
from sanjin_xl.model.findings import Finding, finding
from sanjin_xl.model.form import Form
from sanjin_xl.model.layout import layout_of
from sanjin_xl.model.submission import Answer, Submission
from sanjin_xl.recovery.answers import AnswerReader, read_answers
from sanjin_xl.recovery.integrity import sheet_findings
from sanjin_xl.recovery.table import Table, TableFinder
from sanjin_xl.workbook.book import Hidden
from sanjin_xl.workbook.reader import read_book

FORMS = [pytest.param(the_form(), id="the 2012 form"), pytest.param(small_form(), id="a small form")]
SMALL = small_form()
FIRST_ROW = 6  # of item 1, as a person counts
FILE = "东源县司法局.xlsx"

Place = tuple[int | None, str | None]


@dataclass(frozen=True)
class Sample:
    """A code, how to make a return that triggers it and no other, and where it must be seen."""

    code: str
    make: Callable[[Form], bytes]
    place: Callable[[Form], Place]


def one(code: str, kind: str, entry: Entry, column: str) -> Sample:
    """A return clean but for one item of a kind; the finding stands in a column of its row."""

    def make(form: Form) -> bytes:
        return fill(form, clean(form) | {an_item(form, kind).number: entry})

    def place(form: Form) -> Place:
        number = an_item(form, kind).number
        return number, f"{column}{number + FIRST_ROW - 1}"

    return Sample(code, make, place)


NOWHERE = f"<xdr:absoluteAnchor>{shape()}<xdr:clientData/></xdr:absoluteAnchor>"


def drawn_on(code: str, inside: str, first: str, place: Place = (None, None), last: str = "") -> Sample:
    """A clean return with something drawn over it."""
    return Sample(code, lambda form: with_drawing(clean_return(form), anchor(first, inside, last)), lambda _: place)


def looking(code: str, **look: Any) -> Sample:
    """A clean return in which the ledger of the second item looks otherwise."""
    return Sample(code, lambda form: restyled(clean_return(form), I7=look), lambda _: (2, "I7"))


@cache
def clean_return(form: Form) -> bytes:
    return fill(form, clean(form))


def nowhere(form: Form) -> Place:
    return None, None


def neighbour_planned_only(form: Form) -> bytes:
    return fill(form, clean(form) | {an_item(form, "dependent").depends_on or 0: planned(month=12)})


def all_alike(form: Form) -> bytes:
    return fill(form, {item.number: done(month=9) for item in form.items})


def a_tick_lost_on_the_way(form: Form) -> bytes:
    return pasted(clean_return(form), I7=None)


def another_total(form: Form) -> bytes:
    return pasted(clean_return(form), **{f"K{FIRST_ROW + len(form.items)}": 8.5})


def converted_without_a_tick(form: Form) -> bytes:
    return pasted(fill(form, clean(form) | {2: done(month=8, ledger=False)}), E7=None, F7=None)


def filled_in_without_calculating(form: Form) -> bytes:
    layout = layout_of(form)
    cells = {
        layout.cell(number, column): text for number, entry in clean(form).items() for column, text in entry.items()
    }
    return pasted(fill(form, {}), **cells)


def with_a_column_of_no_width(form: Form) -> bytes:
    parts = parts_of(clean_return(form))
    narrow = re.sub(rb'(<col min="5" max="5" width=")[0-9.]+', rb"\g<1>0.5", parts["xl/worksheets/sheet1.xml"])
    return packed(parts | {"xl/worksheets/sheet1.xml": narrow})


def sent_back_as_it_was_prefilled(form: Form) -> bytes:
    # Without a day of filling months are judged by the day the round is due.
    entries = clean(form) | {an_item(form, "monthly").number: done(month=9)}
    return fill(form, entries, filled_on=None, signers=())


def months_alone(form: Form) -> bytes:
    """A form in which nothing is ticked as done and all have a month."""
    return fill(form, {number: {**row, "done": ""} for number, row in clean(form).items()})


SAMPLES = [
    # whether it makes sense
    one("not-answered", "one-off", blank(), "E"),
    one("done-no-month", "one-off", done(month=None), "F"),
    one("done-month-no-tick", "one-off", typed(done_month="9月"), "F"),
    one("done-after-fill", "one-off", done(month=10), "F"),
    one("both-ticked", "one-off", done(month=9) | planned(month=12, ledger=True), "G"),
    one("both-ticked-recurring", "continuing", done(month=9) | planned(month=12, ledger=True), "G"),
    one("ledger-not-done", "one-off", typed(ledger="√"), "I"),
    one("ledger-not-done", "one-off", planned(month=12, ledger=True), "I"),
    one("ledger-item-no-ledger", "ledger", done(month=9, ledger=False), "I"),
    one("one-period-only", "quarterly", done(month=3), "F"),
    one("one-period-only", "monthly", done(month=7), "F"),
    one("remark-contradicts", "one-off", done(month=9, remark="部分完成"), "J"),
    one("remark-answers", "one-off", planned(month=12, remark="已于9月落实"), "J"),
    one("remark-answers", "one-off", typed(remark="√"), "J"),
    one("remark-answers", "one-off", typed(remark="9月"), "J"),
    one("remark-plans", "one-off", typed(remark="拟于12月完成"), "J"),
    one("remark-not-applicable", "one-off", typed(remark="我县不涉及"), "J"),
    one("remark-not-applicable", "one-off", planned(month=12, remark="无此项"), "J"),
    one("plan-no-month", "one-off", planned(month=None), "H"),
    one("plan-month-no-tick", "one-off", typed(planned_month="12月"), "H"),
    one("plan-before-round", "one-off", planned(month=6), "H"),
    one("plan-overdue", "one-off", planned(month=9), "H"),
    one("plan-overdue", "one-off", planned(month=7), "H"),
    Sample(
        "neighbour-not-done",
        neighbour_planned_only,
        lambda form: (an_item(form, "dependent").number, f"E{an_item(form, 'dependent').number + FIRST_ROW - 1}"),
    ),
    Sample("filled-down", all_alike, nowhere),
    Sample("months-unticked", months_alone, nowhere),
    drawn_on("answer-drawing", shape("无"), "I7", (2, "I7")),
    drawn_on("drawing-large", picture(), "A1", last="L113"),
    drawn_on("drawing-beside", shape("见另纸"), "L7", (2, None)),
    drawn_on("drawing-elsewhere", picture(), "A1"),
    Sample("drawing-unplaced", lambda form: with_drawing(clean_return(form), NOWHERE), nowhere),
    Sample("not-looked-into", lambda form: related(clean_return(form), "drawing", "a.xml", b"<"), nowhere),
    looking("answer-struck", font=Font(strike=True)),
    looking("answer-unseen", font=Font(color="FFFFFFFF")),
    Sample("column-unseen", with_a_column_of_no_width, nowhere),
    looking("answer-shown-otherwise", number_format='@"（撤回）"'),
    looking("answer-coloured", value=None, fill=PatternFill("solid", fgColor="FF92D050")),
    Sample("nobody-signed", sent_back_as_it_was_prefilled, nowhere),
    Sample("score-differs", a_tick_lost_on_the_way, lambda form: (2, "E7")),
    Sample("not-recalculated", filled_in_without_calculating, nowhere),
    Sample("total-differs", another_total, nowhere),
    # what was typed
    one("tick-normalised", "one-off", done(month=9) | typed(done="v"), "E"),
    one("tick-normalised", "one-off", done(month=9) | typed(ledger="有"), "I"),
    one("tick-normalised", "one-off", planned(month=12) | typed(done="否"), "E"),
    one("tick-unclear", "one-off", done(month=9) | typed(done="部分"), "E"),
    one("tick-picture", "one-off", done(month=9) | typed(done='=DISPIMG("ID_1",1)'), "E"),
    one("tick-font", "one-off", done(month=9) | typed(done="R"), "E"),
    one("ledger-unclear", "one-off", done(month=9) | typed(ledger="详见附件"), "I"),
    one("ledger-in-words", "one-off", done(month=9, ledger=False, remark="有台帐"), "J"),
    one("planned-unclear", "one-off", planned(month=12) | typed(planned="正在"), "G"),
    one("month-normalised", "one-off", done() | typed(done_month="九月"), "F"),
    one("month-from-date", "one-off", done() | typed(done_month="41153"), "F"),  # 1 September 2012
    one("month-list", "continuing", done() | typed(done_month="3、6、9月"), "F"),
    one("month-list", "one-off", planned() | typed(planned_month="11-12月"), "H"),
    one("month-list-one-off", "one-off", done() | typed(done_month="3、6月"), "F"),
    one("month-ambiguous", "one-off", done() | typed(done_month="3-5"), "F"),
    one("month-unclear", "one-off", done() | typed(done_month="近期"), "F"),
    one("month-other-year", "one-off", done() | typed(done_month="2011年8月"), "F"),
    one("plan-month-unclear", "one-off", planned() | typed(planned_month="年底前"), "H"),
    one("plan-month-unclear", "one-off", planned() | typed(planned_month="3-5"), "H"),
    one("plan-month-other-year", "one-off", planned() | typed(planned_month="2013年12月"), "H"),
    one("plan-month-unasked", "no-month", planned(month=12), "H"),
    # what a conversion did
    Sample("blank-but-scored", converted_without_a_tick, nowhere),
]


BESIDE = {  # what else cannot but be found, by the code of the sample
    "blank-but-scored": "not-answered",  # the row is blank, after all
    "remark-answers": "not-answered",
    "remark-plans": "not-answered",
    "nobody-signed": "fill-date-missing",
}


def places(outcome: Outcome, *but: str) -> list[tuple[str, int | None, str | None]]:
    return [(one.code, one.item, one.cell) for one in outcome.findings if one.code not in but]


def codes(outcome: Outcome) -> set[str]:
    return {one.code for one in outcome.findings}


def at(kind: str, entry: Entry, filled_on: date | None = FILLED_ON, **changes: Any) -> set[str]:
    """The codes found for one item of a kind of the small form, all others being clean."""
    number = an_item(SMALL, kind).number
    outcome = judge(fill(SMALL, clean(SMALL) | {number: entry}, filled_on=filled_on), form=SMALL, **changes)
    return {one.code for one in outcome.findings if one.item == number}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("sample", SAMPLES, ids=[sample.code for sample in SAMPLES])
def test_a_sample_triggers_its_code_alone_as_the_first_and_as_the_second_file(form: Form, sample: Sample) -> None:
    data = sample.make(form)
    one, other = Processor(rules(form)), Processor(rules(form))
    outcomes = [one.process_file(data, FILE), one.process_file(data, FILE)]
    assert other.process_file(clean_return(form), FILE).findings == ()
    outcomes.append(other.process_file(data, FILE))
    for outcome in outcomes:
        assert outcome.status is Status.READABLE
        assert places(outcome, BESIDE.get(sample.code, "")) == [(sample.code, *sample.place(form))]


def codes_of_readings() -> set[str]:
    """The codes that the readers of cells can give, read off their source."""
    package = Path(sanjin_xl.__file__).parent
    trees = [
        ast.parse((package / "recovery" / name).read_text(encoding="utf-8"))
        for name in ("cell_values.py", "answers.py", "seen.py")
    ]
    texts = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return {text for text in texts if isinstance(text, str) and text in CATALOGUE}


NOT_BY_FILLING = {  # the grid hides them: see below
    "answer-comment",
    "answer-error",
    "answer-formula",
    "answer-uncalculated",
    "extra-not-text",  # see test_further_column.py
    "remark-not-text",
    "row-duplicated",
    "row-duplicates-differ",
    "words-beside",  # in a comment: see test_seen.py
}


def test_every_check_and_every_reading_has_a_sample() -> None:
    readings = codes_of_readings()
    assert readings >= NOT_BY_FILLING
    assert {sample.code for sample in SAMPLES} == {
        *ITEM_CHECKS,
        *RETURN_CHECKS,
        *readings,
    } - NOT_BY_FILLING


def real_findings() -> Iterator[Finding]:
    """What samples really yield; versions and twins included."""
    for sample in SAMPLES:
        yield from judge(sample.make(SMALL), FILE, form=SMALL).findings
    # A corrected copy is taken as one where it differs only in what was to be corrected.
    sent_back = tuple(finding("plan-no-month", item.number) for item in SMALL.items)
    old = returned(
        answers={1: DONE}, path="a", filled_on=date(2012, 10, 1), received=date(2012, 10, 2), findings=sent_back
    )
    by = replace(RULES, copies=corrections(old))
    for changes in ({"received": date(2012, 10, 3)}, {"revision": 1}, {"filled_on": date(2012, 10, 2)}, {}):
        newer = returned(path="b", **changes)
        for outcome in settle([replace(old, sealed=bool(changes)), newer, returned("441602", path="c")], by):
            yield from outcome.findings


def test_every_real_finding_is_a_whole_sentence_without_a_word_of_the_machine() -> None:
    found = list(real_findings())
    assert {"version-differs", "version-corrected", "twin-answers"} < {one.code for one in found}
    for one in found:
        text = sentence(one)  # KeyError if the code does not bring a fact that the sentence asks for
        assert text.endswith("。")
        assert not re.search(r"[{}]|None|True|False", text)
        assert (f"第{one.item}项" in text) == (one.item is not None)
        assert (one.cell or "") in text
        quoted = (one.found or "") + "".join(str(value) for name, value in one.facts if name == "other")
        foreign = set(re.findall("[A-Za-z]{2,}", text)) - set(re.findall("[A-Za-z]{2,}", quoted))
        assert foreign <= {"WPS", "Excel", "xlsx"}


@pytest.mark.parametrize("form", FORMS)
def test_a_clean_return_has_no_finding_at_all(form: Form) -> None:
    outcome = judge(clean_return(form), form=form)
    assert (outcome.status, outcome.unit, outcome.reason) == (Status.READABLE, "441625", None)
    assert outcome.findings == ()


@pytest.mark.parametrize("form", FORMS)
def test_blank_rows_are_noted_item_by_item_and_nothing_more(form: Form) -> None:
    numbers = range(2, len(form.items) + 1)
    assert places(judge(fill(form, {1: done(month=9)}), form=form)) == [
        ("not-answered", n, f"E{n + FIRST_ROW - 1}") for n in numbers
    ]


def test_each_return_of_a_round_is_told_its_own_day_of_filling() -> None:
    number, judge = an_item(SMALL, "one-off").number, Processor(rules(form=SMALL)).process_file

    def told(month: int, day: date) -> list[object]:
        outcome = judge(fill(SMALL, clean(SMALL) | {number: done(month=month)}, filled_on=day), FILE)
        return [dict(one.facts)["filled"] for one in outcome.findings if one.code == "done-after-fill"]

    assert told(10, date(2012, 9, 20)) == ["2012-09-20"]
    assert told(10, date(2012, 9, 21)) == ["2012-09-21"]
    assert told(10, date(2012, 10, 8)) == []
    assert told(10, date(2012, 9, 22)) == ["2012-09-22"]


@pytest.mark.parametrize(
    ("kind", "entry"),
    [
        ("one-off", done(month=9)),  # the month of filling
        ("one-off", done(month=1)),
        ("one-off", done(month=9, ledger=False)),
        ("one-off", planned(month=12)),
        ("one-off", planned(month=10)),  # the month of judging has not passed
        ("one-off", planned(month=12, remark="尚未开展，正在准备")),  # what is not ticked may well be undone
        ("one-off", done(month=9, remark="基本情况、基本信息已报各部门")),
        ("one-off", done(month=9, remark="=1+1")),
        ("one-off", done(month=9, remark="材料已全部分发到各司法所")),
        ("one-off", done(month=9, remark="已召开党支部分析会")),
        ("one-off", done(month=9, remark="干部分片包干")),
        ("one-off", done(month=9, remark="方案由三部分组成")),
        ("one-off", done(month=9, remark="已建立基本制度，无未完成事项")),
        ("quarterly", done(month=4)),  # filled in September: no whole quarter has passed since
        ("monthly", done(month=8)),
        ("continuing", done(month=1)),
        ("no-month", planned(month=None)),
        ("ledger", planned(month=12)),
        ("ledger", done(month=9)),
    ],
)
def test_an_honest_row_makes_no_finding(kind: str, entry: Entry) -> None:
    assert at(kind, entry) == set()


@pytest.mark.parametrize(
    ("kind", "entry", "expected"),
    [
        # one question at a time: what is unclear is not also contradictory, what contradicts is asked about once
        ("one-off", typed(done="部分"), {"tick-unclear"}),
        ("one-off", typed(planned="正在"), {"planned-unclear"}),
        ("one-off", typed(ledger="详见附件"), {"ledger-unclear"}),
        ("one-off", typed(done_month="近期"), {"month-unclear"}),
        ("one-off", typed(done_month="9月", ledger="√"), {"done-month-no-tick"}),
        ("one-off", typed(done_month="12月"), {"done-month-no-tick"}),
        ("quarterly", typed(done_month="2月"), {"done-month-no-tick"}),
        ("quarterly", done(month=None), {"done-no-month"}),
        ("quarterly", typed(done="√", done_month="1、2月", ledger="√"), {"month-list"}),
        ("quarterly", done(month=2) | planned(month=12, ledger=True), {"both-ticked-recurring"}),
        ("quarterly", done(month=2) | typed(done="√？"), {"tick-unclear"}),
        ("continuing", done(month=9) | planned(month=None, ledger=True), {"both-ticked-recurring"}),
        ("continuing", done(month=9) | planned(month=2, ledger=True), {"both-ticked-recurring"}),
        ("continuing", done(month=None) | planned(month=None, ledger=True), {"both-ticked-recurring", "done-no-month"}),
        ("one-off", done(month=9) | typed(planned_month="12月"), set()),
        ("one-off", done(month=9) | typed(planned_month="2月"), set()),
        ("one-off", typed(planned_month="2月"), {"plan-month-no-tick"}),
        ("one-off", typed(planned_month="8月"), {"plan-month-no-tick"}),
        ("one-off", typed(done_month="9月", planned_month="12月"), {"done-month-no-tick", "plan-month-no-tick"}),
        ("one-off", planned(month=12) | typed(done_month="9月"), {"done-month-no-tick"}),
        ("one-off", planned(month=9, ledger=True), {"ledger-not-done", "plan-overdue"}),
        ("one-off", typed(done="√", planned="√", ledger="√"), {"both-ticked", "done-no-month"}),
        ("no-month", typed(planned_month="12月"), {"plan-month-unasked", "not-answered"}),
        ("ledger", done(month=9) | typed(ledger="详见附件"), {"ledger-unclear"}),
        ("ledger", planned(month=12, ledger=True), {"ledger-not-done"}),
        ("one-off", done(month=12, remark="部分完成"), {"done-after-fill", "remark-contradicts"}),
        ("one-off", done(month=9, remark="不适用"), {"remark-contradicts"}),
        ("one-off", typed(done="部分", remark="不适用"), {"tick-unclear"}),
        ("one-off", typed(remark="已报"), {"not-answered"}),
        ("one-off", typed(ledger="√", remark="不适用"), {"ledger-not-done", "remark-not-applicable"}),
    ],
)
def test_findings_of_one_row_go_together_as_the_rules_say(kind: str, entry: Entry, expected: set[str]) -> None:
    assert at(kind, entry) == expected


@pytest.mark.parametrize(
    "word", ["部分", "基本完成", "尚未", "未完成", "未落实", "未开展", "正在", "不适用", "无此项", "不涉及"]
)
def test_a_remark_can_take_back_a_tick_in_many_words(word: str) -> None:
    assert at("one-off", done(month=9, remark=f"我县{word}。")) == {"remark-contradicts"}


@pytest.mark.parametrize("word", ["不适用", "无此项", "没有此项", "不涉及"])
def test_a_remark_can_say_that_an_item_does_not_apply(word: str) -> None:
    assert at("one-off", typed(remark=f"我县{word}。")) == {"remark-not-applicable"}


# --- dates ----------------------------------------------------------------------------------------------------------


def test_without_a_fill_date_months_are_judged_by_the_as_of_date() -> None:
    assert at("one-off", done(month=10), filled_on=None) == set()
    assert at("one-off", done(month=11), filled_on=None) == {"done-after-fill"}
    assert at("one-off", done(month=11), filled_on=None, as_of=date(2012, 11, 1)) == set()


def test_a_form_filled_in_the_next_year_may_say_december() -> None:
    january = date(2013, 1, 5)
    assert at("one-off", done(month=12), filled_on=january, as_of=january) == set()
    assert at("monthly", done(month=12), filled_on=january, as_of=january) == set()
    assert at("monthly", done(month=11), filled_on=january, as_of=january) == {"one-period-only"}
    assert at("quarterly", done(month=10), filled_on=january, as_of=january) == set()
    assert at("quarterly", done(month=9), filled_on=january, as_of=january) == {"one-period-only"}


@pytest.mark.parametrize(
    ("month", "as_of", "code"),
    [
        (6, date(2012, 9, 30), "plan-before-round"),
        (7, date(2012, 7, 31), None),
        (7, date(2012, 8, 1), "plan-overdue"),
        (12, date(2012, 12, 31), None),
        (12, date(2013, 1, 1), "plan-overdue"),
    ],
)
def test_a_plan_is_overdue_once_its_whole_month_has_passed(month: int, as_of: date, code: str | None) -> None:
    assert at("one-off", planned(month=month), as_of=as_of) == ({code} if code else set())


def test_the_last_month_of_a_list_decides_whether_a_plan_is_overdue() -> None:
    entry = planned() | typed(planned_month="8、12月")
    assert at("one-off", entry) == {"month-list"}


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (done() | typed(done_month="2011年8月"), "month-other-year"),
        (done() | typed(done_month="2011年12月"), "month-other-year"),  # long before the filling
        (planned() | typed(planned_month="2013年12月"), "plan-month-other-year"),
        (planned() | typed(planned_month="2013年3月"), "plan-month-other-year"),  # after the round, not before
        (planned() | typed(planned_month="2013年8月"), "plan-month-other-year"),  # not overdue in October 2012
    ],
)
def test_a_month_of_another_year_is_not_taken_for_one_of_this_year(entry: Entry, code: str) -> None:
    assert at("one-off", entry) == {code}


def test_the_number_of_periods_missed_is_told() -> None:
    for kind, month, missed in [("quarterly", 3, 1), ("monthly", 7, 1), ("monthly", 1, 7)]:
        number = an_item(SMALL, kind).number
        outcome = judge(fill(SMALL, clean(SMALL) | {number: done(month=month)}), form=SMALL)
        assert [dict(one.facts) for one in outcome.findings] == [{"missed": missed, "recurrence": kind}]


# --- more than one item ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("alike", "rest", "suspicious"),
    [
        (108, done(month=9), True),
        (98, planned(month=12), True),  # 90.7 of a hundred
        (97, planned(month=12), False),  # 89.8
        (107, done(month=9, remark="已报市局"), False),
        (107, done(month=9, remark=" "), True),
    ],
)
def test_nine_in_ten_alike_and_no_remark_look_filled_down(alike: int, rest: Entry, suspicious: bool) -> None:
    form = the_form()
    entries = {n: done(month=9) if n <= alike else rest for n in range(1, 109)}
    assert ("filled-down" in codes(judge(fill(form, entries)))) is suspicious


def test_plans_alike_and_blanks_alike_are_not_filled_down() -> None:
    form = the_form()
    assert codes(judge(fill(form, {1: done(month=9)}))) == {"not-answered"}
    assert "filled-down" not in codes(judge(fill(form, {n: planned(month=12) for n in range(1, 109)})))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("neighbour", "asked"),
    [
        (blank(), True),
        (planned(month=12), True),
        (done(month=9), False),
        (done(month=9) | typed(done="部分"), False),  # unclear itself: one question at a time
    ],
)
def test_an_item_hangs_on_its_neighbour_only_if_that_is_surely_not_done(
    form: Form, neighbour: Entry, asked: bool
) -> None:
    item = an_item(form, "dependent")
    found = judge(fill(form, clean(form) | {item.depends_on or 0: neighbour}), form=form).findings
    facts = [dict(one.facts) for one in found if one.code == "neighbour-not-done"]
    assert facts == ([{"neighbour": item.depends_on}] if asked else [])


def test_a_neighbour_that_was_not_found_is_not_taken_for_undone() -> None:
    answers = {5: Answer(True, (9,), ledger=True)}
    submission = Submission(answers=answers, cells={}, filled_on=FILLED_ON)
    assert list(check_return(rules(SMALL), submission)) == []


@pytest.mark.parametrize(
    ("filled_on", "signers", "asked"),
    [
        (None, (), True),
        (None, ("", " ", "", ""), True),
        (date(2002, 9, 28), (), True),  # of another year: no day anybody can have filled it in
        (FILLED_ON, (), False),
        (None, ("张三",), False),
        (None, ("", "", "", "0762-1234567"), False),
    ],
)
def test_a_day_or_any_name_is_enough_to_say_who_answers_for_a_return(
    filled_on: date | None, signers: tuple[str, ...], asked: bool
) -> None:
    outcome = judge(fill(SMALL, clean(SMALL), filled_on=filled_on, signers=signers), form=SMALL)
    assert ("nobody-signed" in codes(outcome)) is asked


def test_a_single_answer_is_enough_to_ask_and_a_blank_form_is_not() -> None:
    asked = judge(fill(SMALL, {3: planned(month=12)}, filled_on=None, signers=()), form=SMALL)
    assert [dict(one.facts) for one in asked.findings if one.code == "nobody-signed"] == [{"count": 1}]
    assert "nobody-signed" not in codes(judge(fill(SMALL, {}, filled_on=None, signers=()), form=SMALL))


def test_a_sheet_with_any_figure_of_its_own_was_calculated() -> None:
    total = f"K{FIRST_ROW + len(SMALL.items)}"
    typed_over = pasted(filled_in_without_calculating(SMALL), **{total: 8.5})
    assert codes(judge(typed_over, form=SMALL)) == {"score-differs", "total-differs"}
    emptied = pasted(a_tick_lost_on_the_way(SMALL), **{total: 0})
    assert codes(judge(emptied, form=SMALL)) == {"score-differs", "total-differs"}


def test_another_figure_of_an_item_is_told_beside_the_one_its_answer_gives() -> None:
    (found,) = judge(a_tick_lost_on_the_way(the_form())).findings
    assert (found.found, dict(found.facts)) == ("1.00", {"expected": "0.50"})


def test_a_sheet_issued_under_another_policy_is_held_against_nobody() -> None:
    # The formulas keep the policy they were issued with; the city may change its mind in round.toml.
    form = the_form()
    entries = clean(form) | {2: done(month=8, ledger=False), 4: done(month=8, ledger=False)}
    assert codes(judge(fill(form, entries, policy=POLICIES["B"]), policy=POLICIES["A"])) == set()


def test_another_total_is_told_beside_the_sum_of_the_items() -> None:
    (found,) = judge(another_total(the_form())).findings
    assert (found.found, dict(found.facts)) == ("8.50", {"expected": "100.00"})


def test_a_total_without_the_figures_it_adds_up_is_not_held_against_anybody() -> None:
    assert codes(judge(pasted(clean_return(SMALL), K7=None, K13=8.5), form=SMALL)) == {"score-overwritten"}


def test_a_tick_the_sheet_does_not_know_makes_no_other_total() -> None:
    # The sheet gives nothing for a “v”; that is its rule, not the county's sum.
    form = the_form()
    entries = clean(form) | {2: done(month=9) | typed(done="v"), 3: done(month=9) | typed(ledger="有")}
    assert codes(judge(fill(form, entries))) == {"tick-normalised"}


def test_a_finding_quotes_what_was_typed() -> None:
    for entry, quote in [
        (done(month=9) | typed(done="部分"), "部分"),
        (done(month=9, remark="部分完成"), "部分完成"),
        (done(month=10), "10月"),
        (blank(), None),
    ]:
        (found,) = judge(fill(SMALL, clean(SMALL) | {1: entry}), form=SMALL).findings
        assert found.found == quote


@pytest.mark.parametrize(
    ("entry", "code", "taken"),
    [
        (done() | typed(done_month="全年"), "month-list", "1至12月"),
        (done() | typed(done_month="3、6、9月"), "month-list", "3、6、9月"),
        (done() | typed(done_month="41153"), "month-from-date", "2012年9月"),
        (done() | typed(done_month="九月"), "month-normalised", "9月"),
        (done(month=9) | typed(done="是"), "tick-normalised", "√"),
        (planned(month=12) | typed(done="否"), "tick-normalised", "未勾"),
    ],
)
def test_what_an_entry_was_taken_for_is_said_as_it_was_read(entry: Entry, code: str, taken: str) -> None:
    number = an_item(SMALL, "continuing").number
    outcome = judge(fill(SMALL, clean(SMALL) | {number: entry}), form=SMALL)
    assert [dict(one.facts)["taken"] for one in outcome.findings if one.code == code] == [taken]


# --- what the grid hides --------------------------------------------------------------------------------------------


def table_with(hidden: Hidden) -> Table:
    """The table of a clean return, with other facts about its sheet."""
    book = read_book(clean_return(the_form()))
    return TableFinder(the_form()).find(replace(book, sheets=(replace(book.sheets[0], hidden=hidden),)))[0]


@pytest.mark.parametrize(
    ("hidden", "expected"),
    [
        (Hidden(known=True, errors={"E7": "#REF!"}), [("answer-error", 2, "E7", "#REF!")]),
        (Hidden(known=True, formulas={"F7": True}), [("answer-formula", 2, "F7", "8月")]),
        (Hidden(known=True, formulas={"F7": False}), [("answer-uncalculated", 2, "F7", "8月")]),
        (Hidden(known=True, formulas={"J7": True}), [("remark-not-text", 2, "J7", "")]),
        (Hidden(known=True, errors={"J7": "#N/A"}), [("remark-not-text", 2, "J7", "#N/A")]),
        (Hidden(known=True, comments={"J7": "见附件"}), [("answer-comment", 2, "J7", "见附件")]),
        (Hidden(known=True, formulas={"K7": True, "E114": False}), []),
        (Hidden(known=False, errors={"E7": "#REF!"}), []),
    ],
)
def test_what_the_grid_hides_is_found_in_answer_cells(
    hidden: Hidden, expected: list[tuple[str, int, str, str | None]]
) -> None:
    table = table_with(hidden)
    reader = AnswerReader(the_form(), 2012)
    found = read_answers(reader, table.sheet, table.columns, table.rows).findings
    assert [(one.code, one.item, one.cell, one.found) for one in found] == expected


def test_every_answer_cell_swallowed_by_a_merge_is_named_but_the_first() -> None:
    table = table_with(Hidden(known=True, merges=((6, 4, 7, 5), (5, 0, 12, 0), (0, 0, 0, 11))))
    merged = [one for one in sheet_findings(the_form(), table, {}) if one.code == "answer-merged"]
    assert [(one.item, one.cell, dict(one.facts)["first"]) for one in merged] == [
        (2, "F7", 2),
        (3, "E8", 2),
        (3, "F8", 2),
    ]


def read_with(column: str, values: tuple[object, object]) -> list[Answer]:
    """Items 2 and 4, which are alike but for what is put into one of their cells."""
    table = table_with(Hidden(known=True))
    rows = [list(row) for row in table.sheet.rows]
    for number, value in zip((2, 4), values, strict=True):
        rows[FIRST_ROW + number - 2][ord(column) - ord("A")] = value
    sheet = replace(table.sheet, rows=rows)
    answers = read_answers(AnswerReader(the_form(), 2012), sheet, table.columns, table.rows).by_item
    return [answers[2], answers[4]]


@pytest.mark.parametrize(("values", "expected"), [((True, 1.0), [None, (1,)]), ((1.0, True), [(1,), None])])
def test_true_and_one_are_told_apart_in_either_order(
    values: tuple[object, object], expected: list[tuple[int, ...] | None]
) -> None:
    # True == 1 == 1.0, and a memory of rows must not take one for the other.
    assert [answer.done_month for answer in read_with("F", values)] == expected


# --- laws -----------------------------------------------------------------------------------------------------------

# Breaks of a line in other signs (Zl, Zp) are read as a line break.
remarks = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Co", "Zl", "Zp"]), max_size=20)
rows = st.builds(
    lambda ticks, months, remark: (*ticks, *months, remark),
    st.tuples(st.booleans(), st.booleans(), st.booleans()),
    st.tuples(st.integers(0, 12), st.integers(0, 12)),
    remarks,
)


@given(st.lists(rows, min_size=7, max_size=7))
@settings(max_examples=60, deadline=None)
def test_what_is_picked_from_the_lists_is_read_back_as_it_was(
    picked: list[tuple[bool, bool, bool, int, int, str]],
) -> None:
    form = SMALL
    entries, expected = {}, {}
    for item, (is_done, is_planned, ledger, month, later, remark) in zip(form.items, picked, strict=True):
        plan = later if item.planned_month else 0
        entries[item.number] = typed(
            done="√" * is_done,
            done_month=f"{month}月" if month else "",
            planned="√" * is_planned,
            planned_month=f"{plan}月" if plan else "",
            ledger="√" * ledger,
            remark=remark,
        )
        months, plans = ((month,) if month else ()), ((plan,) if plan else ())
        expected[item.number] = Answer(is_done, months, is_planned, plans, ledger, remark)
    assume(any(entry[name] for entry in entries.values() for name in CHOICES))  # else the form is blank
    outcome = judge(fill(form, entries), form=form)
    assert outcome.submission is not None
    assert outcome.submission.answers == expected
    assert (outcome.submission.filled_on, outcome.submission.signers) == (FILLED_ON, SIGNERS)
    assert not codes(outcome) & codes_of_readings()


anything = st.text(st.characters(exclude_categories=["Cs", "Cn"]), max_size=12) | st.sampled_from(
    ["√", "v", "R", "=1+1", "3-5", "2012.1", "41153", "9" * 400, "{found}", "%s", "不适用", "#REF!", "1e999", "-"]
)


@given(st.lists(st.tuples(*[anything] * 6), min_size=7, max_size=7))
@settings(max_examples=60, deadline=None)
def test_whatever_is_typed_is_judged_and_said_in_words(grid: list[tuple[str, ...]]) -> None:
    names = ("done", "done_month", "planned", "planned_month", "ledger", "remark")
    entries = {n: typed(**dict(zip(names, texts, strict=True))) for n, texts in enumerate(grid, start=1)}
    outcome = judge(fill(SMALL, entries), form=SMALL)
    assert outcome.status is Status.READABLE or outcome.reason == "blank-form"
    assert all(sentence(one) for one in outcome.findings)
    assert [one.rank for one in outcome.findings] == sorted(one.rank for one in outcome.findings)


@pytest.mark.parametrize(
    "cells",
    [
        {"K13": 9.9e307},
        {"D7": 9.9e307},
        {"D7": "inf"},
        {"M7": "#" + "9" * 5000},
        {"A1": "SJ1|a|b|c|d|" + "9" * 5000 + "|" + "A" * 16},
        {"L2": "441625-" + "9" * 5000 + "-AAAA-AAAA-AAAA-AAAA"},
        {"J2": 9.9e307, "B7": 9.9e307, "F7": 9.9e307, "E7": -9.9e307},
    ],
)
def test_no_value_in_any_cell_stops_a_batch(cells: dict[str, float | str]) -> None:
    outcome = judge(pasted(clean_return(SMALL), **cells), form=SMALL)
    assert (outcome.status, outcome.unit) == (Status.READABLE, "441625")
