"""What a return says outside its items: the day of filling, and whose it is when the city has pinned it."""

from datetime import date
from typing import Any

import pytest
from rounds import DONGYUAN, FILLED_ON, YUANCHENG, clean, fill, rules, the_form, third_quarter

from sanjin_xl.judge.pipeline import Outcome, Processor
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
