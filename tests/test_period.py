"""The label of a round, as printed, and the months it spans."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanjin_xl.model.period import Period, parse_period

years = st.integers(1900, 2099)
blanks = st.text(" \u3000", max_size=2)


@pytest.mark.parametrize(
    ("label", "first", "last"),
    [
        ("2012年第一季度", 1, 3),
        ("2012年第二季度", 4, 6),
        ("2012年第三季度", 7, 9),
        ("2012年第四季度", 10, 12),
        ("2012年三季度", 7, 9),
        ("2012年第3季度", 7, 9),
        ("2012年度第三季度", 7, 9),
        ("2012第三季度", 7, 9),
        ("2012年上半年", 1, 6),
        ("2012年下半年", 7, 12),
        ("2012年9月", 9, 9),
        ("2012年12月份", 12, 12),
        ("2012年1-9月", 1, 9),
        ("2012年1至9月", 1, 9),
        ("2012年10-12月份", 10, 12),
        ("2012年度", 1, 12),
        ("2012年", 1, 12),
        ("2012年全年", 1, 12),
        ("2012 年 第 三 季 度", 7, 9),
    ],
)
def test_a_label_is_its_months(label: str, first: int, last: int) -> None:
    assert parse_period(label) == Period(label, 2012, first, last)


@pytest.mark.parametrize(
    "label",
    [
        *("", " ", "第三季度", "三季度", "9月", "12年9月", "1812年9月", "3012年9月", "20120年", "二〇一二年第三季度"),
        *("2012年第五季度", "2012年第0季度", "2012年第十季度", "2012年中半年", "2012年0月", "2012年13月", "2012年20月"),
        *("2012年9-3月", "2012年0-3月", "2012年10-13月", "2012年1-9", "2012年9", "201209", "2012-09"),
        *("2012年第三季度报表", "x2012年9月", "2012年9月|2012年10月", "2012年第三季度第四季度", "2012年9月30日"),
    ],
)
def test_anything_else_is_no_period(label: str) -> None:
    assert parse_period(label) is None


def test_spaces_around_a_label_are_not_part_of_it() -> None:
    # It becomes part of file names and of the stamp.
    assert parse_period(" 2012年9月\n") == Period("2012年9月", 2012, 9, 9)


@given(years, st.integers(1, 4), st.sampled_from(["第", ""]), blanks)
def test_the_quarters_tile_the_year(year: int, quarter: int, prefix: str, blank: str) -> None:
    for digit in ("一二三四"[quarter - 1], str(quarter)):
        period = parse_period(f"{year}年{blank}{prefix}{digit}季度")
        assert period
        assert (period.year, period.first_month, period.last_month) == (year, 3 * quarter - 2, 3 * quarter)
        assert period.start == date(year, 3 * quarter - 2, 1)


@given(years, st.integers(0, 15), st.integers(0, 15), st.sampled_from("-至"))
def test_a_span_of_months_is_read_only_forwards_and_within_the_year(year: int, first: int, last: int, to: str) -> None:
    period = parse_period(f"{year}年{first}{to}{last}月")
    if 1 <= first <= last <= 12:
        assert period
        assert (period.first_month, period.last_month) == (first, last)
    else:
        assert period is None


@given(st.text(max_size=20) | st.text("0123456789年度第一二三四季上下半月份至-全 ", max_size=14))
def test_no_label_raises_and_what_is_read_lies_within_one_year(label: str) -> None:
    period = parse_period(label)
    if period:
        assert 1 <= period.first_month <= period.last_month <= 12
        assert str(period.year)[:2] in ("19", "20")
        assert "|" not in period.label


@pytest.mark.parametrize(
    ("typed", "usual"),
    [
        ("2012年三季度", "2012年第三季度"),
        ("2012第3季度", "2012年第三季度"),
        ("2012年第三季度", "2012年第三季度"),
        ("2012年1-9月", "2012年1-9月"),
        ("2012年上半年", "2012年上半年"),
    ],
)
def test_a_quarter_is_labelled_as_the_paper_prints_it(typed: str, usual: str) -> None:
    period = parse_period(typed)
    assert period
    assert period.usual == usual
