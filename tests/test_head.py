"""What a return says outside its items: the day of filling, and whose it is when the city has pinned it."""

from datetime import date, timedelta
from typing import Any

import pytest
from rounds import DONGYUAN, FILLED_ON, YUANCHENG, clean, done, fill, rules, small_form, the_form, third_quarter

from sanjin_xl.judge.pipeline import Outcome, Processor
from sanjin_xl.model.rules import How, names_file
from sanjin_xl.recovery.head import read_date


@pytest.mark.parametrize(
    "text",
    [
        "2012年10月25日", "2012年10月25", "2012-10-25", "2012.10.25", "2012/10/25", "20121025", "２０１２－１０－２５",
        "二〇一二年十月二十五日", "二○一二年十月二十五日", "10月25日", "十月二十五号", " 2012 年 10 月 25 日 ",
        date(2012, 10, 25), 41207.0,
    ],
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(text: object) -> None:
    assert read_date(text, 2012) == date(2012, 10, 25)


@pytest.mark.parametrize(
    "text", ["10月", "2012年13月1日", "2012年2月30日", "月底", "二月三十日", "25日", True, 3.0, "1234567"]
)
def test_what_is_no_day_is_none(text: object) -> None:
    assert read_date(text, 2012) is None


def test_without_a_year_to_go_by_a_month_and_a_day_are_no_date() -> None:
    assert read_date("10月25日") is None


@pytest.mark.parametrize(
    ("text", "month", "day"),
    [("二〇一二年一月一日", 1, 1), ("二〇一二年十二月三十一日", 12, 31), ("二〇一二年十月十日", 10, 10)],
)
def test_chinese_numerals_of_ten_and_more(text: str, month: int, day: int) -> None:
    assert read_date(text, 2012) == date(2012, month, day)


def judged(path: str, **changes: Any) -> Outcome:
    return Processor(rules(**changes)).process_file(fill(the_form(), clean(the_form())), path)


def codes(outcome: Outcome) -> set[str]:
    return {one.code for one in outcome.findings}


def test_a_pin_settles_a_file_name_that_speaks_of_another_unit() -> None:
    assert judged("源城区司法局.xlsx").reason == "unit-conflict"
    pinned = judged("源城区司法局.xlsx", pinned={DONGYUAN: "源城区司法局.xlsx"})
    assert (pinned.unit, codes(pinned)) == (DONGYUAN, {"unit-pinned"})


def test_no_pin_gives_a_stamped_return_to_another_unit() -> None:
    outcome = judged("东源.xlsx", pinned={YUANCHENG: "东源.xlsx"})
    assert (outcome.unit, outcome.reason) == (None, "pin-conflict")


def test_no_pin_makes_a_forged_or_foreign_stamp_good() -> None:
    pin = {DONGYUAN: "东源.xlsx"}
    assert judged("东源.xlsx", pinned=pin, key=b"another").reason == "stamp-forged"


def test_a_return_of_an_accepted_period_is_asked_about() -> None:
    later = {"period": third_quarter().__class__("2012年第四季度", 2012, 10, 12)}
    assert judged("东源.xlsx", **later, key=b"another").reason == "stamp-other-period"
    accepted = judged("东源.xlsx", **later, key=b"another", accepted=frozenset({"2012年第三季度"}))
    assert accepted.unit == DONGYUAN
    assert "stamp-other-accepted" in codes(accepted)


@pytest.mark.parametrize(("filled_on", "asked"), [(None, True), (FILLED_ON, False)])
def test_where_lateness_costs_a_missing_date_is_asked_about(filled_on: date | None, asked: bool) -> None:
    data = fill(the_form(), clean(the_form()), filled_on=filled_on)
    outcome = Processor(rules(late_deduction=100)).process_file(data, "a.xlsx")
    assert ("fill-date-needed" in codes(outcome)) is asked


LATEST = date(2012, 10, 8)


def received(day: date | None, filled_on: date | None, month: int = 9, **changes: Any) -> Outcome:
    """A return of the small form, clean but for the month of its second item, received on a day."""
    form = small_form()
    data = fill(form, clean(form) | {1: done(month=month, remark="已报市局")}, filled_on=filled_on)
    path = "东源.xlsx"
    return Processor(rules(form, received={path: day} if day else {}, **changes)).process_file(data, path)


@pytest.mark.parametrize(("filled_on", "asked"), [(LATEST, False), (LATEST + timedelta(1), True), (None, False)])
def test_a_day_of_filling_after_the_day_of_receipt_cannot_be_and_counts_as_that(
    filled_on: date | None, asked: bool
) -> None:
    outcome = received(LATEST, filled_on)
    assert ("fill-date-future" in codes(outcome)) is asked
    assert outcome.filled_on == (LATEST if filled_on else None)
    assert outcome.submission
    assert outcome.submission.filled_on == filled_on  # what was typed is kept


@pytest.mark.parametrize(
    ("day", "filled_on", "month", "asked"),
    [
        (None, date(2012, 12, 31), 10, False),
        (None, date(2012, 12, 31), 11, True),  # the round is judged as of 15 October
        (date(2012, 9, 20), date(2012, 12, 31), 10, True),
        (date(2012, 9, 20), None, 10, True),
        (date(2012, 9, 20), None, 9, False),
        (date(2012, 12, 31), date(2012, 9, 28), 10, True),
        (date(2011, 1, 1), date(2012, 9, 28), 9, False),  # a clock that was wrong
    ],
)
def test_a_month_is_still_to_come_by_the_earliest_day_that_is_known(
    day: date | None, filled_on: date | None, month: int, asked: bool
) -> None:
    assert ("done-after-fill" in codes(received(day, filled_on, month))) is asked


def test_where_lateness_goes_by_the_day_of_receipt_no_date_is_asked_for() -> None:
    assert "fill-date-needed" in codes(received(LATEST, None, late_deduction=100))
    assert "fill-date-needed" not in codes(received(LATEST, None, late_deduction=100, late_by="received"))


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("紫金/东源.xlsx", How.PATH),
        ("东源.xlsx", How.NAME),
        ("abcdef01", How.HASH),
        ("abcdef0", None),  # seven digits may be anybody's
        ("abcdef02", None),
        ("源.xlsx", None),
        ("紫金", None),
    ],
)
def test_a_file_is_named_by_its_path_its_name_or_how_its_hash_begins(key: str, meant: How | None) -> None:
    assert names_file(key, "紫金/东源.xlsx", "abcdef01" + "0" * 56) is meant


def test_an_archive_names_its_members() -> None:
    assert names_file("a.zip", "a.zip!东源.xlsx", "")
    assert names_file("东源.xlsx", "a.zip!东源.xlsx", "")
