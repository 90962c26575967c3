"""Who reports: names matched whole, never by a part of them, and a roster that contradicts itself refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rounds import heyuan

from sanjin_xl.model.errors import RoundError
from sanjin_xl.model.roster import Roster, Unit, normal_name, parse_roster

COUNTIES = {
    "441602": "源城区",
    "441621": "紫金县",
    "441622": "龙川县",
    "441623": "连平县",
    "441624": "和平县",
    "441625": "东源县",
}
SHORT = {code: area[:-1] for code, area in COUNTIES.items()}


def code_of(unit: Unit | None) -> str | None:
    return unit.code if unit else None


def found(text: str) -> str | None:
    return code_of(heyuan().find(text))


def in_file_name(stem: str) -> str | None:
    return code_of(heyuan().find_in_file_name(stem))


def faults(text: str) -> list[tuple[str, str]]:
    with pytest.raises(RoundError) as caught:
        parse_roster(text)
    assert caught.value.code == "roster-invalid"
    problems = caught.value.facts["problems"]
    assert isinstance(problems, list)
    return [(problem.path, problem.code) for problem in problems]


def test_the_six_counties_stand_in_their_order() -> None:
    assert {unit.code: unit.area for unit in heyuan().units} == COUNTIES
    assert list(heyuan().by_code) == sorted(COUNTIES)
    assert [unit.name for unit in heyuan().units] == [f"{area}司法局" for area in COUNTIES.values()]
    assert heyuan().region == "河源市"


@pytest.mark.parametrize("code", COUNTIES)
@pytest.mark.parametrize("ending", ["", "司法局", "局"])
@pytest.mark.parametrize("before", ["", "河源市"])
def test_a_unit_answers_to_its_names_full_and_short(code: str, ending: str, before: str) -> None:
    assert found(before + COUNTIES[code] + ending) == code
    assert found(before + SHORT[code] + ending) == code


@pytest.mark.parametrize(
    "text", [" 东源县 司法局 ", "东源县＿＿司法局", "东源县\u3000司法局", "__东源县__", "\ufeff东源县\u200b"]
)
def test_blanks_to_fill_and_spaces_do_not_matter(text: str) -> None:
    assert found(text) == "441625"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "源",
        "源县",
        "司法局",
        "局",
        "县",
        "河源市",
        "河源市司法局",
        "河源",
        "东源县源城区",
        "东源县司法局办公室",
    ],
)
def test_a_part_of_a_name_or_more_than_one_is_nobodys(text: str) -> None:
    assert found(text) is None


@pytest.mark.parametrize(
    ("stem", "code"),
    [
        ("东源县司法局_三进任务完成情况表_2012年第三季度", "441625"),
        ("东源县司法局_三进任务完成情况表_2012年第三季度_退回修改", "441625"),
        ("东源县三进表", "441625"),
        ("三进表（东源）", "441625"),
        ("三进表-东源局", "441625"),
        ("2012-10-8 河源市源城区司法局(1)", "441602"),
        ("附件1：和平县司法局上报", "441624"),
        ("１２３龙川县", "441622"),
        ("紫金 紫金县司法局", "441621"),
        ("东源县、源城区", None),
        ("东源-源城", None),
        ("三进任务完成情况表", None),
        ("关于和平的报告", None),  # not at the beginning of a word
        ("和平时期", None),  # a short name counts only as a whole word
        ("我的东源县", None),
        ("", None),
        ("~$", None),
    ],
)
def test_a_file_name_speaks_of_one_unit_or_of_none(stem: str, code: str | None) -> None:
    assert in_file_name(stem) == code


def test_a_year_before_the_name_does_not_hide_it() -> None:
    assert in_file_name("2012年东源县三进表") == "441625"
    assert in_file_name("2012年第三季度东源县司法局") == "441625"


@given(
    st.sampled_from(sorted(COUNTIES)),
    st.sampled_from(["", "司法局", "局"]),
    st.sampled_from("_- ·（("),
    st.text("报表0123终稿"),
)
def test_a_unit_is_found_in_any_file_name_that_begins_with_it(code: str, ending: str, gap: str, rest: str) -> None:
    assert in_file_name(COUNTIES[code] + ending + gap + rest) == code


@given(st.text(max_size=30))
def test_no_text_is_two_units_and_none_raises(text: str) -> None:
    by_file, whole = heyuan().find_in_file_name(text), heyuan().find(text)
    if whole:
        assert any(normal_name(text).removeprefix("河源市") == name for name in whole.names())
    if by_file:
        assert SHORT[by_file.code] in normal_name(text)


def test_aliases_and_an_area_of_its_own_are_names_too() -> None:
    roster = parse_roster(
        'units = [{ code = "A1", name = "第一监狱", area = "城北", aliases = ["一监", "北监"] },'
        '{ code = "B", name = "城南局" }]'
    )
    assert [code_of(roster.find(name)) for name in ("第一监狱", "一监", "北监", "城北", "城北局", "城南局")] == [
        *["A1"] * 5,
        "B",
    ]
    assert roster.find("一") is None


def test_an_area_that_is_nothing_but_its_kind_is_not_shortened() -> None:
    roster = parse_roster('units = [{ code = "1", name = "郊区司法局" }, { code = "2", name = "连南自治县司法局" }]')
    assert roster.find("郊") is None
    assert code_of(roster.find("郊区")) == "1"
    assert code_of(roster.find("连南")) == "2"


def test_a_blank_alias_claims_nobody() -> None:
    roster = parse_roster('region = "河源市"\nunits = [{ code = "1", name = "东源县司法局", aliases = ["", " "] }]')
    assert roster.find("") is None
    assert roster.find("河源市") is None
    assert roster.find_in_file_name("") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("units = [", [("", "toml-syntax")]),
        ("", [("units", "toml-missing")]),
        ("units = 6", [("units", "toml-type")]),
        ("units = [6]", [("units[0]", "toml-type")]),
        ('units = []\nregoin = "河源市"', [("regoin", "toml-unknown-key")]),
        ('units = [{ code = "1", name = "甲县", alias = "甲" }]', [("units[0].alias", "toml-unknown-key")]),
        ('units = [{ code = "1", name = "甲县", aliases = "甲" }]', [("units[0].aliases", "toml-type")]),
        ('units = [{ code = "1", name = "甲县", aliases = [1] }]', [("units[0].aliases", "toml-type")]),
        ('units = [{ code = 1, name = "甲县" }]', [("units[0].code", "toml-type")]),
        ('units = [{ code = "1|2", name = "甲县" }]', [("units[0].code", "roster-code")]),
        ('units = [{ code = "1-2", name = "甲县" }]', [("units[0].code", "roster-code")]),
        (f'units = [{{ code = "{"1" * 21}", name = "甲县" }}]', [("units[0].code", "roster-code")]),
        ('units = [{ code = "", name = "甲县" }]', [("units[0].code", "roster-code")]),
        ('units = [{ code = "1", name = "甲/乙县" }]', [("units[0].name", "roster-name")]),
        ('units = [{ code = "1", name = "" }]', [("units[0].name", "roster-name")]),
        ('units = [{ code = "1", name = "司法局" }]', [("units[0].name", "roster-name")]),
        (
            'units = [{ code = "1", name = "甲县司法局" }, { code = "1", name = "乙县司法局" }]',
            [("units[1]", "roster-clash")],
        ),
        (
            'units = [{ code = "1", name = "甲县司法局" }, { code = "2", name = "乙县司法局", aliases = ["甲县 局"] }]',
            [("units[1]", "roster-clash")],
        ),
        (
            'units = [{ code = "1", name = "甲丙县司法局" }, { code = "2", name = "甲丙市司法局" }]',
            [("units[1]", "roster-clash")] * 3,  # 甲丙, 甲丙局, 甲丙司法局
        ),
    ],
)
def test_a_roster_that_contradicts_itself_is_refused_with_every_fault(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert set(expected) <= set(faults(text))
    assert {path for path, _ in faults(text)} == {path for path, _ in expected}


def test_all_faults_come_at_once() -> None:
    text = 'regoin = "x"\nunits = [{ code = "?", name = "甲县" }, { code = "2", name = "a:b" }]'
    assert sorted(faults(text)) == [
        ("regoin", "toml-unknown-key"),
        ("units[0].code", "roster-code"),
        ("units[1].name", "roster-name"),
    ]


def test_without_a_region_names_stand_for_themselves() -> None:
    roster = Roster((Unit(code="1", name="甲县司法局", area="甲县"),))
    assert code_of(roster.find("甲县")) == "1"
    assert roster.find("") is None
