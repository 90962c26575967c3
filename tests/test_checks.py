"""Every check and every reading of a cell: a sample that triggers it and nothing else, on two forms, in any place."""

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rounds import (
    FILLED_ON,
    SIGNERS,
    Entry,
    an_item,
    blank,
    clean,
    done,
    fill,
    judge,
    lost,
    planned,
    small_form,
    terms,
    the_form,
    typed,
)

import sanjin_xl
from sanjin_xl.checks import ITEM_CHECKS, RETURN_CHECKS
from sanjin_xl.findings import CATALOGUE
from sanjin_xl.form import Form
from sanjin_xl.intake.answers import AnswerReader, merged_into, read_answers
from sanjin_xl.intake.columns import find_columns
from sanjin_xl.intake.grid import Hidden
from sanjin_xl.intake.reader import read_book
from sanjin_xl.intake.rows import find_rows
from sanjin_xl.messages import sentence
from sanjin_xl.pipeline import Outcome, Processor, Status
from sanjin_xl.scoring import POLICIES
from sanjin_xl.submission import Answer

FORMS = [pytest.param(the_form(), id="the 2012 form"), pytest.param(small_form(), id="a small form")]
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


def nowhere(form: Form) -> Place:
    return None, None


def neighbour_planned_only(form: Form) -> bytes:
    return fill(form, clean(form) | {an_item(form, "dependent").depends_on or 0: planned(month=12)})


def all_alike(form: Form) -> bytes:
    return fill(form, {item.number: done(month=9) for item in form.items})


def scored_by_another_rule(form: Form) -> bytes:
    return fill(form, clean(form) | {2: done(month=8, ledger=False)}, policy=POLICIES["A"])


def converted_without_a_tick(form: Form) -> bytes:
    return lost(fill(form, clean(form) | {2: done(month=8, ledger=False)}), "E7", "F7")


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
    Sample("total-differs", scored_by_another_rule, nowhere),
    # what was typed
    one("tick-normalised", "one-off", done(month=9) | typed(done="v"), "E"),
    one("tick-normalised", "one-off", done(month=9) | typed(ledger="有"), "I"),
    one("tick-normalised", "one-off", planned(month=12) | typed(done="否"), "E"),
    one("tick-unclear", "one-off", done(month=9) | typed(done="部分"), "E"),
    one("tick-picture", "one-off", done(month=9) | typed(done='=DISPIMG("ID_1",1)'), "E"),
    one("tick-font", "one-off", done(month=9) | typed(done="R"), "E"),
    one("ledger-unclear", "one-off", done(month=9) | typed(ledger="详见附件"), "I"),
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
# An item whose own finding is only that it is blank says so beside the sample.
FOLLOWERS = {"blank-but-scored": {"not-answered", "ledger-not-done"}}


def ids(samples: list[Sample]) -> list[str]:
    return [sample.code for sample in samples]


def places(outcome: Outcome, *but: str) -> list[tuple[str, int | None, str | None]]:
    return [(one.code, one.item, one.cell) for one in outcome.findings if one.code not in but]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("sample", SAMPLES, ids=ids(SAMPLES))
def test_a_sample_triggers_its_code_alone_as_the_first_and_as_the_second_file(form: Form, sample: Sample) -> None:
    data, neighbour = sample.make(form), fill(form, clean(form))
    processor, other = Processor(terms(form)), Processor(terms(form))
    outcomes = [processor.process_file(data, FILE), processor.process_file(data, FILE)]
    assert other.process_file(neighbour, FILE).findings == ()
    outcomes.append(other.process_file(data, FILE))
    for outcome in outcomes:
        assert outcome.status is Status.READABLE
        assert places(outcome, *FOLLOWERS.get(sample.code, ())) == [(sample.code, *sample.place(form))]


def typed_codes() -> set[str]:
    """The codes that the readers of cells can give, read off their source."""
    package = Path(sanjin_xl.__file__).parent
    trees = [ast.parse((package / "intake" / name).read_text(encoding="utf-8")) for name in ("parse.py", "answers.py")]
    texts = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return {text for text in texts if isinstance(text, str) and text in CATALOGUE}


NOT_BY_FILLING = {  # tried below, or where returns are damaged
    "answer-comment",
    "answer-error",
    "answer-formula",
    "answer-uncalculated",
    "row-duplicated",
    "row-duplicates-differ",
}


def test_every_check_and_every_reading_has_a_sample() -> None:
    codes = typed_codes()
    assert codes >= NOT_BY_FILLING
    assert {sample.code for sample in SAMPLES} == {*ITEM_CHECKS, *RETURN_CHECKS, *codes} - NOT_BY_FILLING


@pytest.mark.parametrize("form", FORMS)
def test_a_clean_return_has_no_finding_at_all(form: Form) -> None:
    outcome = judge(fill(form, clean(form)), form=form)
    assert (outcome.status, outcome.unit, outcome.reason) == (Status.READABLE, "441625", None)
    assert outcome.findings == ()


@pytest.mark.parametrize("form", FORMS)
def test_a_blank_return_is_noted_item_by_item_and_nothing_more(form: Form) -> None:
    outcome = judge(fill(form, {}), form=form)
    assert places(outcome) == [("not-answered", n, f"E{n + FIRST_ROW - 1}") for n in range(1, len(form.items) + 1)]


GOOD: list[tuple[str, Entry]] = [
    ("one-off", done(month=9)),  # the month of filling
    ("one-off", done(month=1)),
    ("one-off", done(month=9, ledger=False)),
    ("one-off", planned(month=12)),
    ("one-off", planned(month=10)),  # the month of judging has not passed
    ("one-off", planned(month=12, remark="尚未开展，正在准备")),  # what is not ticked may well be undone
    ("one-off", done(month=9, remark="基本情况、基本信息已报各部门")),
    ("one-off", done(month=9, remark="=1+1")),
    ("quarterly", done(month=4)),  # filled in September: no whole quarter since
    ("quarterly", done(month=3) | planned(month=12) | typed(planned="", planned_month="")),
    ("monthly", done(month=8)),
    ("continuing", done(month=1)),
    ("no-month", planned(month=None)),
    ("dependent", planned(month=None)),
    ("ledger", planned(month=12)),
    ("ledger", done(month=9)),
]
GOOD.pop(9)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("kind", "entry"), GOOD)
def test_an_honest_row_makes_no_finding(form: Form, kind: str, entry: Entry) -> None:
    assert places(judge(fill(form, clean(form) | {an_item(form, kind).number: entry}), form=form)) == []
