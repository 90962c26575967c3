"""Correction copies: the county's own answers in a sound form, every fault marked, and marks that do not come back."""

import random
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from outcomes import corrections
from rounds import Entry, blank, clean, done, fill, issue, planned, processor, rules, small_form, the_form, typed

from sanjin_xl.books.correction import correction_bytes
from sanjin_xl.judge.pipeline import Outcome, Status
from sanjin_xl.judge.versions import settle
from sanjin_xl.messages import template as words
from sanjin_xl.model.fields import CHOICES
from sanjin_xl.model.findings import Finding
from sanjin_xl.model.form import Form


def judge(data: bytes, path: str = "回.xlsx", form: Form | None = None) -> Outcome:
    outcome = processor(form or the_form()).process_file(data, path)
    assert outcome.submission, outcome.reason
    return outcome


def corrected(outcome: Outcome, form: Form | None = None) -> bytes:
    assert outcome.submission
    sent_back = issue(form=form, revision=outcome.revision + 1)
    return correction_bytes(sent_back, outcome.submission, to_correct(outcome))


def to_correct(outcome: Outcome) -> list[Finding]:
    return [one for one in outcome.findings if one.asks_county]


def opened(data: bytes) -> Workbook:
    return load_workbook(BytesIO(data))


def sheet_of(data: bytes) -> Any:
    return opened(data)["完成情况表"]


FAULTY = {
    1: done(month=9),
    2: typed(done="部分", done_month="9月"),
    3: typed(done_month="8月"),
    4: {**done(month=9), **planned(month=12)},
    5: planned(month=None),
}


def test_an_untouched_copy_of_a_clean_return_reads_the_same() -> None:
    first = judge(fill(the_form(), clean(the_form())))
    again = judge(corrected(first))
    assert again.submission
    assert first.submission
    assert again.submission.answers == first.submission.answers
    assert again.submission.filled_on == first.submission.filled_on
    assert again.submission.signers == first.submission.signers
    assert again.findings == first.findings == ()


entries = st.sampled_from([
    done(month=9), done(month=8, ledger=False), done(month=None), planned(month=12), planned(month=None), blank(),
    typed(done="v", done_month="9"), typed(done="部分"), typed(done_month="八月"), typed(done="√", done_month="3、6月"),
    typed(planned="√", planned_month="近期"), typed(ledger="√"), typed(ledger="？", done="√"),
    typed(remark="=1+1 不适用"),
    typed(done="√", done_month="2011年3月"),
])  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(entries, min_size=7, max_size=7))
def test_any_answers_survive_the_round_trip_through_a_copy(rows: list[Entry]) -> None:
    form = small_form()
    assume(any(row.get(name) for row in rows for name in CHOICES))  # else the form is blank
    first = judge(fill(form, dict(enumerate(rows, start=1))), form=form)
    again = judge(corrected(first, form), form=form)
    assert again.submission
    assert first.submission
    assert again.submission.answers == first.submission.answers


def test_faulty_cells_carry_a_comment_and_others_do_not() -> None:
    outcome = judge(fill(the_form(), FAULTY))
    sheet = sheet_of(corrected(outcome))
    wanted = {one.cell for one in to_correct(outcome) if one.cell}
    marked = {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment}
    assert marked == wanted
    assert {"E7", "F8", "G9", "H10"} <= marked


def test_the_paint_of_a_mark_goes_when_its_text_changes() -> None:
    sheet = sheet_of(corrected(judge(fill(the_form(), FAULTY))))
    rules = [rule.formula[0] for area in sheet.conditional_formatting if str(area.sqref) == "E7" for rule in area.rules]
    assert len(rules) == 1
    assert 'LEFT(E7,100)="部分"' in rules[0]
    # The row may be mended beside the mark, but not at another mark.
    assert "LEFT(G7,100)" in rules[0]
    assert "LEFT(F7,100)" in rules[0]


def opinion_rows(data: bytes) -> list[Any]:
    """The rows of the opinions below their headings."""
    rows = list(opened(data)["审核意见"].iter_rows())
    first = next(n for n, row in enumerate(rows) if row[0].value == words.OPINION_COLUMNS[0])
    return [row for row in rows[first + 1 :] if row[0].value]


def test_every_fault_stands_on_the_opinion_sheet_with_a_link_to_its_cell() -> None:
    outcome = judge(fill(the_form(), FAULTY))
    rows = opinion_rows(corrected(outcome))
    wanted = to_correct(outcome)
    assert [row[1].value for row in rows] == [str(one.item) for one in wanted]
    assert [row[2].hyperlink.location for row in rows] == [f"'完成情况表'!{one.cell}" for one in wanted]


def test_faults_of_one_cause_stand_in_one_row_with_their_cells() -> None:
    some = [*range(1, 9), *range(12, 76)]
    rows = {n: planned(month=None) for n in some} | {
        80: typed(done="部分"),
        83: typed(done="基本"),
        86: typed(done="部分"),
    }
    found = judge(fill(the_form(), rows))
    assert len(to_correct(found)) == 75
    months, unclear = opinion_rows(corrected(found))
    assert months[1].value == "1至8、12至75"
    assert months[2].value == "H6:H13、H17:H80"
    assert months[2].hyperlink.location == "'完成情况表'!H6"
    assert unclear[1].value == "80、83、86"
    assert unclear[2].value == "E85、E88、E91"
    assert "“部分”“基本”" in unclear[4].value
    # The cells themselves each say their own.
    sheet = sheet_of(corrected(found))
    assert "“基本”" in sheet["E88"].comment.text
    assert "“部分”" not in sheet["E88"].comment.text


def test_cells_too_many_to_name_are_counted() -> None:
    found = judge(fill(the_form(), {n: planned(month=None) for n in range(11, 109, 2)}))
    (row,) = opinion_rows(corrected(found))
    assert row[2].value.startswith("H16、H18、")
    assert row[2].value.endswith("等49格")


def test_the_same_code_about_other_facts_is_another_cause() -> None:
    found = judge(
        fill(the_form(), {1: typed(done="√", done_month="2011年3月"), 2: typed(done="√", done_month="2010年3月")})
    )
    assert len(opinion_rows(corrected(found))) == len(to_correct(found)) == 2


def test_the_opinions_say_by_when_and_whom_to_ask() -> None:
    found = judge(fill(the_form(), FAULTY))
    assert found.submission
    one = issue(revision=1, due=date(2012, 11, 2), contact="王某，0762-1234567")
    book = opened(correction_bytes(one, found.submission, to_correct(found)))
    for sheet in ("审核意见", "填表说明"):
        text = "".join(str(row[0].value or "") for row in book[sheet].iter_rows())
        assert "2012年11月2日" in text
        assert "2012年10月15日" not in text
        assert "王某，0762-1234567" in text


def test_a_copy_sent_back_is_the_units_next_version_and_its_old_marks_are_gone() -> None:
    first = judge(fill(the_form(), FAULTY), "一.xlsx")
    book = opened(corrected(first))
    sheet = book["完成情况表"]
    for cell, text in {"E7": "√", "E8": "√", "G9": None, "H9": None, "H10": "12月"}.items():
        sheet[cell] = text
    mended = BytesIO()
    book.save(mended)
    second = judge(mended.getvalue(), "二.xlsx")
    settled = {one.path: one for one in settle([first, second], rules(copies=corrections(first)))}
    assert settled["二.xlsx"].status is Status.COUNTED
    assert settled["一.xlsx"].status is Status.SUPERSEDED
    assert settled["一.xlsx"].reason == "corrected"
    assert not [one for one in settled["二.xlsx"].findings if one.asks]
    assert "answer-comment" not in {one.code for one in second.findings}


def test_a_copy_of_a_copy_counts_on() -> None:
    outcome = judge(fill(the_form(), FAULTY))
    for revision in (1, 2, 3):
        outcome = judge(corrected(outcome))
        assert outcome.revision == revision


def test_a_county_whose_table_was_damaged_gets_its_answers_back_in_a_sound_form() -> None:
    form = the_form()
    rng = random.Random(7)
    rows = {item.number: rng.choice([done(month=9), planned(month=12), blank()]) for item in form.items}
    whole = judge(fill(form, rows))
    book = opened(fill(form, rows))
    sheet = book["完成情况表"]
    sheet.title = "Sheet1"
    sheet.delete_cols(13)  # the hidden codes
    sheet.protection.sheet = False
    damaged = BytesIO()
    book.save(damaged)
    again = judge(corrected(judge(damaged.getvalue())))
    assert again.submission
    assert whole.submission
    assert again.submission.answers == whole.submission.answers
    assert not {"sheet-renamed", "layer-lost", "protection-removed"} & {one.code for one in again.findings}


@pytest.mark.parametrize("text", ["=1+1", "http://example.org", "+1", "@x", "007", " 空格 ", "两\n行"])
def test_a_remark_stays_the_text_it_was(text: str) -> None:
    outcome = judge(fill(the_form(), {1: done(month=9, remark=text)}))
    cell = sheet_of(corrected(outcome))["J6"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_the_fill_date_and_the_signers_stay() -> None:
    outcome = judge(fill(the_form(), FAULTY, filled_on=date(2012, 10, 9)))
    again = judge(corrected(outcome))
    assert again.submission
    assert again.submission.filled_on == date(2012, 10, 9)


def test_the_same_return_gives_the_same_bytes() -> None:
    outcome = judge(fill(the_form(), FAULTY))
    assert corrected(outcome) == corrected(outcome)
