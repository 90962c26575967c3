"""What clerks type: every spelling, every trap, and the promise that nothing is guessed in silence."""

import unicodedata
from datetime import date, datetime, time, timedelta
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sanjin_xl.recovery.cell_values import Cell, Reading, read_months, read_remark, read_tick

YEAR_ROUND = tuple(range(1, 13))
INVISIBLE = " \t\n\u3000\u00a0\u200b\ufeff\ufe0f\ufe0e"
FULL_WIDTH = str.maketrans("0123456789./-~,", "０１２３４５６７８９．／－～，")


def typed(*entries: Cell) -> list[Cell]:
    """The cells of a table: texts are parted at "|", anything else is a cell as it is."""
    return [cell for entry in entries for cell in (entry.split("|") if isinstance(entry, str) else [entry])]


def of(month: int, *entries: Cell) -> list[tuple[int, Cell]]:
    return [(month, cell) for cell in typed(*entries)]


# --- ticks ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "value"),
    [("√", True), ("", False), (None, False), *((blank, False) for blank in INVISIBLE), (" \u3000", False)],
)
def test_a_canonical_tick_or_blank_makes_no_finding(cell: Cell, value: bool) -> None:
    assert read_tick(cell) == Reading(value)


@pytest.mark.parametrize(
    "cell",
    typed(
        *"✓✔☑✅■vVＶｖⅤ是有对已1１yYＹ\uf050\uf052\uf0fc\uf0fe",
        "已落实|有台帐|有台账|TRUE|true|True|Yes",
        "（√）|(√)|【√】|√。|√；|√√|√√√|√（有台帐）|有（√）|V。",
        "☑ 有|有☑|是√|√有台帐|√ 是的|是的|对勾|OK",
        "已完成|完成|落实|全部落实|全部完成|已全部落实|均已落实|已建立|已开展|已召开|已制定|已做好|落实到位",
        " √|√\u3000|√\u00a0|\u200b√|✔\ufe0f|☑\ufe0e|√\ufeff|＿√＿|_ √ _|已 落 实|√\x07",
        *(True, 1, 1.0),
    ),
)
def test_every_other_yes_is_a_tick_and_said_so(cell: Cell) -> None:
    assert read_tick(cell) == Reading(True, "tick-normalised", "√")


@pytest.mark.parametrize(
    "cell",
    typed(
        *"□☐无否未0０/／－-–—―−×✗✘",
        "没有|未落实|无台帐|无台账|没有台帐|——|FALSE|no|N|□ |＿＿|__|□ ＿＿ 月|⬜|◻",
        "□ 有|有□|□是|没|不是",
        *(False, 0, 0.0, -0.0),
    ),
)
def test_every_explicit_no_is_no_tick_and_said_so(cell: Cell) -> None:
    assert read_tick(cell) == Reading(False, "tick-normalised", "未勾")


@pytest.mark.parametrize(
    "cell",
    typed(
        *"☒○●◎①¹一arp",
        "部分落实|基本完成|正在落实|已完成一半|完成3次|√（部分）|√×|×（√）|（）|。|开展|不落实|未能落实",
        "部分|基本|正在|详见附件|9月|3|10|拟落实|是否|√9月|√□|√无|否√|□无|☑未|有√无|有，无|#REF!|=TRUE|\ue000",
        *(2, 2.0, 0.5, -1.0, float("nan"), float("inf"), 40969.0),
        *(date(2012, 3, 5), datetime(2012, 3, 5, 9), time(9), timedelta(1), object(), b"\x01"),
    ),
)
def test_everything_else_in_a_tick_cell_is_unclear(cell: Cell) -> None:
    assert read_tick(cell) == Reading(None, "tick-unclear")


@pytest.mark.parametrize(
    "cell",
    [
        '=DISPIMG("ID_6B0C9E2A4F8D4B7C8E21A6B9D3F0C5E7",1)',
        '=_xlfn.DISPIMG("ID_6B0C",1)',
        'DISPIMG("ID_6B0C",1)',
        '= dispimg("ID_6B0C", 1)',
        '=IMAGE("photo")',
        *("\ufffc", "[图片]", "【图片】", "图片", "[image]", "<Picture>"),
    ],
)
def test_a_picture_is_not_a_tick(cell: str) -> None:
    assert read_tick(cell) == Reading(None, "tick-picture")


@pytest.mark.parametrize("cell", ["R", "P", " R ", "Ｐ", "ü", "þ", " ü"])
def test_a_letter_that_some_font_draws_as_a_tick_is_asked_about(cell: str) -> None:
    assert read_tick(cell) == Reading(None, "tick-font", "√")


# --- months: sure ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cell", "value"), [(f"{m}月", (m,)) for m in YEAR_ROUND] + [("", ()), (None, ())])
def test_a_canonical_month_or_blank_makes_no_finding(cell: Cell, value: tuple[int, ...]) -> None:
    assert read_months(cell) == Reading(value)


@pytest.mark.parametrize("cell", [*INVISIBLE, "  \u3000 ", "\n\n"])
def test_an_invisible_entry_is_blank_and_makes_no_finding(cell: str) -> None:
    assert read_months(cell) == Reading(())


@pytest.mark.parametrize("cell", typed("□ ＿＿ 月|＿＿|__ 月|月|□|☐|□月|无|/|／|－|—|——| / |nan|NaN|None|N/A|null"))
def test_an_untouched_paper_form_and_a_voiding_stroke_are_blank_and_said_so(cell: str) -> None:
    assert read_months(cell) == Reading((), "month-normalised", "空白")


@pytest.mark.parametrize(
    ("month", "cell"),
    [
        *of(3, "3|３|03|3.0|３月|03月|3月份|三月|三月份|三|㋂|3 月| 3月", 3, 3.0),
        *of(3, "3月\ufe0f|3\u200b月|＿3＿月|_3_月|☑ ＿3＿ 月|√3月"),
        *of(3, "3月初|3月中|3月底|3月末|3月底前|3月上旬|3月中旬|3月下旬|三月中旬"),
        *of(
            3,
            "3月。|（3月）|(3月)|√（3月）|今年3月|本年3月|3月已完成|3月已落实|3月完成|三月份已召开|3月中下旬|3月上中旬",
        ),
        *of(3, "3月30日前|3月31日之前|三月底前|Mar|March|15-Mar|（3月15日）。"),
        *of(3, "3月15日|3月15号|03月05日|三月十五日|三月三十一日|3.15|3/15|3-15", 3.15),
        *of(1, "1|01月|一月|元月|㋀|1.20", 1, 1.0),
        *of(2, "2月29日|2.29"),
        *of(5, "5.3|5/3|5月5月|5-5月", 5.3),
        *of(10, "10|十月|十月份|㋉|1 0月|10月1日|10.31", 10.0),
        *of(11, "十一月|㋊|11.0", 11.0),
        *of(12, "十二|十二月|㋋|12.15|12月二十五日", 12.0),
    ],
)
def test_a_sure_month_is_read_and_said_so(month: int, cell: Cell) -> None:
    assert read_months(cell) == Reading((month,), "month-normalised", f"{month}月")


@pytest.mark.parametrize(
    ("month", "cell"),
    [
        *of(3, "2012.3|2012.03|2012-3|2012-03|2012/3|2012 3|2012.3月|２０１２．３", 2012.3, 2012.03),
        *of(3, "2012年3月|2012年3|2012年03月|2012年3月份|2012年3月底|2012 年 ＿3＿ 月|2 0 1 2 年 3 月"),
        *of(3, "二〇一二年三月|二零一二年三月|二○一二年三月|二O一二年三月|12年3月|１２年三月"),
        *of(3, "2012年3月15日|2012年3月15号|2012/3/15|2012-03-15|2012.3.15|2012 3 15"),
        *of(3, "2012-03-15 00:00:00|2012/3/15 9:30|2012-03-15T00:00:00"),
        *of(3, "28/3/2012|28-3-2012|28.3.2012|3/28/2012|Mar-12|March 2012|mar/2012|（2012年3月）|2012年3月已完成"),
        *of(3, "20120315|201203", 20120315.0, 201203.0),
        *of(1, "2012.1|2012.01|2012-1|2012年元月", 2012.01),
        *of(2, "2012-02-29|2012年2月29日", 2012.2),
        *of(10, "2012.10|2012-10|二〇一二年十月"),
        *of(11, "2012.11", 2012.11),
        *of(12, "2012.12", 2012.12),
    ],
)
def test_the_year_typed_beside_a_month_is_kept(month: int, cell: Cell) -> None:
    assert read_months(cell) == Reading((month,), "month-normalised", f"{month}月", 2012)


@pytest.mark.parametrize(
    ("cell", "year"), [("2011年12月", 2011), ("11年12月", 2011), ("1999-12", 1999), (2013.12, 2013)]
)
def test_any_year_is_kept_whichever_it_is(cell: Cell, year: int) -> None:
    assert (read_months(cell).value, read_months(cell).year) == ((12,), year)


@pytest.mark.parametrize(
    ("cell", "month", "year"),
    [
        (date(2012, 3, 5), 3, 2012),
        (datetime(2012, 3, 5), 3, 2012),
        (datetime(2026, 12, 31, 23, 59), 12, 2026),
        (date(2000, 1, 1), 1, 2000),
        (date(2030, 12, 31), 12, 2030),
        (40969.0, 3, 2012),
        (40968.0, 2, 2012),
        (40969, 3, 2012),
        (40969.5, 3, 2012),
        ("40969", 3, 2012),
        (36526.0, 1, 2000),
        (47848.0, 12, 2030),
    ],
)
def test_a_date_counts_for_its_month_and_is_said_so(cell: Cell, month: int, year: int) -> None:
    assert read_months(cell) == Reading((month,), "month-from-date", f"{year}年{month}月", year)


@pytest.mark.parametrize(
    ("months", "shown", "entries"),
    [
        ((3, 6, 9), "3、6、9月", "3、6、9月|3,6,9|3，6，9月|3/6/9|3；6;9|3 6 9|3　6　9月|3.6.9|3月6月9月|3_6_9"),
        ((3, 6, 9), "3、6、9月", "9、6、3月|3月、6月和9月|3、6及9月|三、六、九月|3\n6\n9|3、3、6、9"),
        ((3, 6), "3、6月", "3、6|3和6月|3月与6月|3/6月|3.6月|六月、三月|3､6"),
        ((3, 4, 5), "3至5月", "3-5月|3至5月|3~5月|3—5月|3——5月|3–5月|3到5月|3～5|3月-5月|三月至五月"),
        ((1, 2, 3, 5), "1、2、3、5月", "1-3、5月|5月，1月至3月|1至3、5"),
        ((1, 12), "1、12月", "1 12|1、12|12、1月"),
        ((11, 12), "11、12月", "11-12月|十一、十二月"),
        (YEAR_ROUND, "1至12月", "长期|全年|每月|每个月|每月一次|1至12月|1月-12月|一月至十二月| 长 期 "),
        ((3, 6, 9, 12), "3、6、9、12月", "每季度|每季|每季度一次|３、６、９、１２月"),
        (YEAR_ROUND[:6], "1至6月", "上半年|1-6月"),
        (YEAR_ROUND[6:], "7至12月", "下半年"),
        ((1, 2, 3), "1至3月", "第一季度|1季度"),
        ((7, 8, 9), "7至9月", "第三季度|三季度|第3季度|3季度"),
        ((10, 11, 12), "10至12月", "四季度|10-12月"),
    ],
)
def test_several_months_are_kept_as_a_list(months: tuple[int, ...], shown: str, entries: str) -> None:
    for cell in typed(entries):
        assert read_months(cell) == Reading(months, "month-list", shown), cell


def test_a_list_keeps_its_year_too() -> None:
    assert read_months("2012年3、6月") == Reading((3, 6), "month-list", "3、6月", 2012)
    assert read_months("2012年第三季度") == Reading((7, 8, 9), "month-list", "7至9月", 2012)


# --- months: not sure -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "readings"),
    [
        (3.1, "3或3、10"),  # typed as 3.10?
        ("3.6", "3或3、6"),  # 6 March, or March and June
        (3.6, "3或3、6"),
        ("3/6", "3或3、6"),
        ("3-5", "3或3至5"),  # 5 March, or March to May
        ("12.3", "12或3"),  # 3 December, or March 2012
        ("11.12", "11或11、12或12"),
        ("10-12", "10或10至12或12"),
        ("1 2月", "1、2或12"),  # a list, or a wide 12
        ("1＿2月", "1、2或12"),
        ("一", "1或空白"),  # the numeral, or a stroke
        (date(1900, 1, 3), "1或3"),  # a 3 typed into a cell formatted as a date
        (datetime(1900, 1, 12), "1或12"),
        (date(2450, 11, 14), "11或3"),  # 201203, likewise
    ],
)
def test_an_entry_with_two_plausible_readings_is_not_guessed(cell: Cell, readings: str) -> None:
    assert read_months(cell) == Reading(None, "month-ambiguous", readings)


def test_a_day_first_date_of_two_readings_is_not_guessed_but_its_year_is_sure() -> None:
    assert read_months("5/9/2012") == Reading(None, "month-ambiguous", "9或5", 2012)


def test_the_number_2012_1_is_january_or_october_but_its_year_is_sure() -> None:
    assert read_months(2012.1) == Reading(None, "month-ambiguous", "1或10", 2012)


@pytest.mark.parametrize("month", YEAR_ROUND)
def test_a_bare_month_typed_into_a_cell_formatted_as_a_date_is_never_just_january(month: int) -> None:
    reading = read_months(date(1900, 1, month))
    assert reading.value == ((1,) if month == 1 else None)
    assert reading.code is not None


@pytest.mark.parametrize(
    "cell",
    typed(
        "0|13|00|003|0月|13月|-3|近期|年底前|已完成|本月|当月|下月|√|□ 3 月|未|×",
        "12-3月|9-2|12至3月|2012年12-3月|1-3-5|1-3-5月|3、13月|0-3月|3、|、3|3,,6|9.3.6月",
        "一二月|一二|三四月|十十月|1元月|一1月|1二月|正月|腊月|③月|1²|½|3个月|3月前|3月6|3月起",
        "2012|2012年|2012.0|2012.13|201213|201200|20121301|20120230|2012.2.30|2012年2月30日",
        "2.30|2月30日|2011-02-29|4.31|3月0日|13.5|12.3.15|31/4/2012|3月已做一半|（3月|3月）|去年3月|明年3月|拟3月|3月未落实|20123|36525|47849|2012.3-5|五季度",
        '3月15日-20日|Marco Polo 2012|#REF!|=A1|=DISPIMG("ID_1",1)|图片|R|٣|2012.٣|3 ?|第季度|年|日',
        *(0.0, 0, 13.0, -3.0, 2012.0, 2012.13, 2012.315, 0.25, 36525.0, 47849.0, 1e20, 10**30),
        *(float("-inf"), True, False, time(3), timedelta(days=3), object(), b"3"),
        *(date(1905, 7, 4), date(1999, 12, 31), date(2031, 1, 1), date.min, date.max, datetime(1904, 1, 1)),
    ),
)
def test_everything_else_in_a_month_cell_is_unclear(cell: Cell) -> None:
    assert read_months(cell) == Reading(None, "month-unclear")


def test_true_one_and_one_point_nought_are_told_apart_in_any_order() -> None:
    for _ in range(2):
        values = [read_months(cell).value for cell in (True, 1, 1.0, "1", False, 0)]
        assert values == [None, (1,), (1,), (1,), None, None]


def test_an_endless_entry_is_refused_at_once() -> None:
    for endless in ("1、" * 16_000, "1月" * 16_000 + "x", "十" * 32_767 + "1", "\u200b" * 32_767):
        assert read_months(endless) == Reading(None, "month-unclear")
        assert read_tick(endless) == Reading(None, "tick-unclear")


# --- remarks --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        ("", ""),
        (" 已报 市局\u3000\n详见附件 ", " 已报 市局\u3000\n详见附件 "),
        ("=1+1", "=1+1"),
        ("一\r\n二\r三\t四", "一\n二\n三\t四"),
        ("a\x00b\x07c\x1bd\x7fe\x9b", "a␀b␇c␛d␡e\\x9b"),
        (3.0, "3"),
        (-0.0, "0"),
        (3.5, "3.5"),
        (0.1 + 0.2, "0.3"),
        (13812345678.0, "13812345678"),
        (3, "3"),
        (True, "TRUE"),
        (False, "FALSE"),
        (date(2012, 3, 5), "2012-03-05"),
        (datetime(2012, 3, 5), "2012-03-05"),
        (datetime(2012, 3, 5, 9, 30), "2012-03-05 09:30:00"),
        (time(9, 30), "09:30:00"),
        (timedelta(hours=36), "1 day, 12:00:00"),
        (float("nan"), "nan"),
    ],
)
def test_a_remark_is_kept_as_typed(cell: Cell, text: str) -> None:
    assert read_remark(cell) == text


# --- properties -----------------------------------------------------------------------------------------------------

dates = st.dates(date(2000, 1, 1), date(2030, 12, 31))
near_misses = st.text(
    "0123456789一二三十元月份日年底旬、，,;/.-~—至和 ＿_\u3000\u200b√□RVüþ无否每季度第上半", max_size=12
)
cells = st.one_of(
    st.none(),
    st.text(),
    near_misses,
    st.booleans(),
    st.integers(),
    st.integers(0, 13),
    st.floats(),
    st.decimals(0, 13, places=1).map(float),
    st.decimals(2010, 2014, places=2).map(float),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
)


def looks_blank(cell: Cell) -> bool:
    """An independent word for it: nothing but spaces and characters that have no shape."""
    if not isinstance(cell, str):
        return cell is None
    return all(c.isspace() or unicodedata.category(c) in ("Cc", "Cf") or "\ufe00" <= c <= "\ufe0f" for c in cell)


@given(cells)
@example("R")
@example(True)
def test_no_cell_ever_raises_and_no_tick_is_guessed_in_silence(cell: Cell) -> None:
    reading = read_tick(cell)
    assert reading.value in (True, False, None)
    assert (reading.code is None) == (looks_blank(cell) or (type(cell) is str and cell == "√"))
    assert (reading.value is None) == (reading.code not in (None, "tick-normalised"))


@given(cells)
@example(date.min)
@example(datetime.max)
def test_no_cell_ever_raises_and_no_month_is_guessed_in_silence(cell: Cell) -> None:
    reading = read_months(cell)
    canonical = looks_blank(cell) or (type(cell) is str and cell in {f"{m}月" for m in YEAR_ROUND})
    assert (reading.code is None) == canonical
    if reading.value is None:
        assert reading.code in ("month-unclear", "month-ambiguous")
        assert (reading.code == "month-ambiguous") == ("或" in reading.hint)
    else:
        assert set(reading.value) <= set(YEAR_ROUND)
        assert reading.value == tuple(sorted(set(reading.value)))
        assert (reading.code == "month-list") == (len(reading.value) > 1)


@given(cells)
def test_no_remark_ever_raises_or_carries_a_live_control_character(cell: Cell) -> None:
    text = read_remark(cell)
    assert all(c in "\t\n" or unicodedata.category(c) != "Cc" for c in text)
    assert read_remark(text) == text


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"])))
def test_a_remark_without_control_characters_is_returned_untouched(text: str) -> None:
    assert read_remark(text) == text


@given(near_misses, st.text(INVISIBLE, max_size=3), st.text(INVISIBLE, max_size=3))
def test_spaces_around_an_entry_and_full_width_characters_change_no_value(entry: str, before: str, after: str) -> None:
    for variant in (before + entry + after, entry.translate(FULL_WIDTH)):
        assert read_months(variant).value == read_months(entry).value
        assert read_tick(variant).value == read_tick(entry).value


@given(
    dates, st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日", "%Y年%m月", "%Y-%m", "%Y%m"])
)
def test_a_written_date_is_its_month_and_year(day: date, pattern: str) -> None:
    # strftime cannot encode 年 under every locale
    written = pattern.replace("%Y", str(day.year)).replace("%m", f"{day.month:02}").replace("%d", f"{day.day:02}")
    reading = read_months(written)
    assert (reading.value, reading.year) == ((day.month,), day.year)


@given(dates)
def test_a_date_its_serial_number_and_the_serial_as_text_read_the_same(day: date) -> None:
    serial = (day - date(1899, 12, 30)).days
    assert read_months(day) == read_months(float(serial)) == read_months(serial) == read_months(str(serial))


@given(
    st.sets(st.integers(1, 12), min_size=2),
    st.randoms(),
    st.sampled_from(["、", "，", ",", ";", "；", "和", "及", "、 "]),
)
def test_any_list_in_any_order_is_its_months(months: set[int], random: Random, joint: str) -> None:
    shuffled = sorted(months)
    random.shuffle(shuffled)
    for written in (joint.join(map(str, shuffled)) + "月", joint.join(f"{m}月" for m in shuffled)):
        assert read_months(written).value == tuple(sorted(months))


@given(st.integers(1, 12), st.integers(1, 12), st.sampled_from(["-", "~", "～", "—", "——", "至", "到", " - "]))
def test_a_range_is_its_months_and_a_reversed_one_is_refused(first: int, last: int, joint: str) -> None:
    expected = tuple(range(first, last + 1)) or None
    assert read_months(f"{first}{joint}{last}月").value == expected
    assert read_months(f"{first}月{joint}{last}月").value == expected


@given(st.integers(1, 12), st.integers(0, 99), st.sampled_from([".", "/", "-"]))
def test_two_bare_numbers_are_read_only_where_one_reading_is_left(first: int, second: int, joint: str) -> None:
    value = read_months(f"{first}{joint}{second}").value
    if first < second <= 12:
        assert value is None  # a day, a list or a range
    elif 12 < second <= 28:
        assert value == (first,)  # only a day
    elif second > 31:
        assert value is None
