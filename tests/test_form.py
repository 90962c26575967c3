"""The form as data: what a form file may say, every fault at once, the fingerprint, and the facts of the 2012 form."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rounds import SMALL_FORM, small_form, the_form

from sanjin_xl import messages
from sanjin_xl.model.errors import FormError, Problem
from sanjin_xl.model.form import RECURRENCES, Category, Form, Headings, Item, parse_form
from sanjin_xl.model.tomlread import Table


def faults(*changes: tuple[str, str]) -> list[tuple[str, str]]:
    """The (path, code) of every fault of the small form after some of its text was replaced, once each."""
    return [(problem.path, problem.code) for problem in problems(*changes)]


def problems(*changes: tuple[str, str]) -> list[Problem]:
    text = SMALL_FORM
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    with pytest.raises(FormError) as caught:
        parse_form(text)
    return caught.value.problems


# --- what a form file says ------------------------------------------------------------------------------------------


def test_a_form_is_read_exactly() -> None:
    form = small_form()
    assert (form.id, form.title, form.short_title) == ("wells-2013", "村级饮水工程检查表", "饮水工程检查表")
    assert form.points == 1034
    assert [(c.ordinal, c.name, c.points) for c in form.categories] == [
        ("甲", "水源", 175),
        ("乙", "管网", 326),
        ("丙", "运行", 533),
    ]
    assert [item.points for item in form.items] == [25, 150, 1, 250, 75, 333, 200]
    assert [item.printed_row for item in form.items] == [1, 1, 2, 2, 3, 4, 5]
    assert {item.recurrence for item in form.items} == set(RECURRENCES)
    assert form.headings.ledger == "有无记录"


def test_a_form_saved_by_notepad_with_a_byte_order_mark_is_the_same_form() -> None:
    assert parse_form("\ufeff" + SMALL_FORM) == small_form()


def test_what_an_item_does_not_say_is_a_one_off_with_a_planned_month() -> None:
    assert small_form().item(1) == Item(
        number=1,
        text="划定水源保护区；",
        points=25,
        printed_row=1,
        recurrence="one-off",
        depends_on=None,
        planned_month=True,
        is_ledger=False,
    )


def test_what_an_item_says_of_itself_is_kept() -> None:
    fifth, seventh = small_form().item(5), small_form().item(7)
    assert (fifth.depends_on, fifth.planned_month, fifth.recurrence) == (6, False, "annual")
    assert (seventh.is_ledger, seventh.one_off) == (True, True)
    assert not fifth.one_off


@pytest.mark.parametrize("form", [the_form(), small_form()], ids=["2012", "small"])
def test_items_are_found_by_number_and_know_their_category(form: Form) -> None:
    for category in form.categories:
        for item in category.items:
            assert form.item(item.number) is item
            assert form.category_of(item.number) is category


@pytest.mark.parametrize("number", [0, -1, 8])
def test_there_is_no_item_outside_the_numbers(number: int) -> None:
    with pytest.raises(IndexError):
        small_form().item(number)
    with pytest.raises(IndexError):
        small_form().category_of(number)


# --- faults ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "path", "code"),
    [
        ('id = "wells-2013"', "", "id", "toml-missing"),
        ('id = "wells-2013"', "id = 2013", "id", "toml-type"),
        ('id = "wells-2013"', 'id = "wells-2013"\nissued = 2013', "issued", "toml-unknown-key"),
        ('hint = "提醒"', "", "headings.hint", "toml-missing"),
        ('hint = "提醒"', "hint = 2013-01-01", "headings.hint", "toml-type"),
        ('hint = "提醒"', 'hint = "提醒"\nfoot = "脚注"', "headings.foot", "toml-unknown-key"),
        ('name = "水源"', "", "categories[0].name", "toml-missing"),
        ('name = "水源"', 'name = "水源"\npionts = 1', "categories[0].pionts", "toml-unknown-key"),
        ('name = "管网"', 'name = "水源"', "categories[0].name", "form-duplicate"),
        ('ordinal = "丙"', 'ordinal = "乙"', "categories[1].ordinal", "form-duplicate"),
        ('text = "年检。"', "text = 5", "categories[1].items[2].text", "toml-type"),
        ("number = 4,", "number = 4.0,", "categories[1].items[1].number", "toml-type"),
        ("number = 4,", "number = true,", "categories[1].items[1].number", "toml-type"),
        ("row = 2, points = 2.5", 'row = "2", points = 2.5', "categories[1].items[1].row", "toml-type"),
        ("row = 2, points = 2.5", "row = 2, points = 2.505", "categories[1].items[1].points", "toml-points"),
        ("row = 2, points = 2.5", "row = 2, points = -2.5", "categories[1].items[1].points", "toml-points"),
        ("row = 2, points = 2.5", "row = 2, points = nan", "categories[1].items[1].points", "toml-points"),
        ("row = 2, points = 2.5", "row = 2, points = inf", "categories[1].items[1].points", "toml-points"),
        ("row = 2, points = 2.5", "row = 2, points = 1e99", "categories[1].items[1].points", "toml-points"),
        ("row = 2, points = 2.5", f"row = 2, points = 2.5{'0' * 40}1", "categories[1].items[1].points", "toml-points"),
        ("row = 2, points = 2.5", 'row = 2, points = "2.5"', "categories[1].items[1].points", "toml-type"),
        ("row = 2, points = 2.5", "row = 2", "categories[1].items[1].points", "toml-missing"),
        ('"monthly"', '"weekly"', "categories[1].items[0].recurrence", "form-recurrence"),
        ("depends_on = 6", "depends_on = 5", "categories[1].items[2].depends_on", "form-depends"),
        ("depends_on = 6", "depends_on = 8", "categories[1].items[2].depends_on", "form-depends"),
        ("depends_on = 6", 'depends_on = "6"', "categories[1].items[2].depends_on", "toml-type"),
        ("planned_month = false", "planned_month = 0", "categories[1].items[2].planned_month", "toml-type"),
        ("is_ledger = true", 'is_ledger = "true"', "categories[2].items[1].is_ledger", "toml-type"),
        ("is_ledger = true", "isledger = true", "categories[2].items[1].isledger", "toml-unknown-key"),
        ("points = 10.34", "points = 10.35", "points", "form-sum"),
        ("points = 0.25", "points = 0.26", "categories[0].points", "form-sum"),
        ("number = 3,", "number = 4,", "categories[1].items[0].number", "form-duplicate"),
        ("number = 7,", "number = 9,", "categories[2].items[1].number", "form-order"),
        ("建立运行日志。", "年检。", "categories[2].items[1].text", "form-duplicate"),
        # a returned column is recognised by its heading, white space and 帐/账 aside
        ('"预计月"', '"办结月"', "headings.planned_month", "form-duplicate"),
        ('"预计月"', '"办结 月"', "headings.planned_month", "form-duplicate"),
        # the id is a field of the stamp, the short title part of a file name
        ('id = "wells-2013"', 'id = "wells|2013"', "id", "form-name"),
        ('id = "wells-2013"', 'id = " "', "id", "form-name"),
        ('"饮水工程检查表"', '"饮水/检查表"', "short_title", "form-name"),
        ('text = "年检。"', 'text = " "', "categories[1].items[2].text", "form-blank"),
    ],
)
def test_a_fault_is_named_with_its_path(old: str, new: str, path: str, code: str) -> None:
    assert (path, code) in faults((old, new))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('id = "wells-2013"', "", [("id", "toml-missing")]),
        ('hint = "提醒"', "", [("headings.hint", "toml-missing")]),
        (', text = "年检。"', "", [("categories[1].items[2].text", "toml-missing")]),
        ("points = 10.34", "points = 10.35", [("points", "form-sum")]),
        ("points = 3.26", "points = 3.25", [("categories[1].points", "form-sum"), ("points", "form-sum")]),
        ("number = 7,", "number = 9,", [("categories[2].items[1].number", "form-order")]),
        (
            "建立运行日志。",
            "年检。",
            [("categories[1].items[2].text", "form-duplicate"), ("categories[2].items[1].text", "form-duplicate")],
        ),
    ],
)
def test_a_sound_form_with_one_fault_has_that_fault_only(old: str, new: str, expected: list[tuple[str, str]]) -> None:
    assert faults((old, new)) == expected


@pytest.mark.parametrize(
    ("old", "new", "path", "code"),
    [
        ('id = "wells-2013"', "id = 5", "id", "toml-type"),
        ('"饮水工程检查表"', "5", "short_title", "toml-type"),
        ('text = "年检。"', "text = 5", "categories[1].items[2].text", "toml-type"),
        ('"monthly"', "1", "categories[1].items[0].recurrence", "toml-type"),
        ("points = 0.25", 'points = "0.25"', "categories[0].items[0].points", "toml-type"),
        ("points = 0.25", "points = 0.255", "categories[0].items[0].points", "toml-points"),
        ("points = 3.26", "", "categories[1].points", "toml-missing"),
        ("points = 10.34", 'points = "10.34"', "points", "toml-type"),
        ("number = 4,", "number = 4.0,", "categories[1].items[1].number", "toml-type"),
        # another item depends on it
        ("number = 6,", 'number = "6",', "categories[2].items[0].number", "toml-type"),
        (
            '{ number = 1, row = 1, points = 0.25, text = "划定水源保护区；" }',
            "1",
            "categories[0].items[0]",
            "toml-type",
        ),
    ],
)
def test_what_cannot_be_read_is_named_once_and_nothing_that_follows_from_it(
    old: str, new: str, path: str, code: str
) -> None:
    assert faults((old, new)) == [(path, code)]


def test_two_items_without_a_number_are_two_faults() -> None:
    places = [("categories[0].items[1].number", "toml-missing"), ("categories[2].items[0].number", "toml-missing")]
    assert faults(("number = 2, ", ""), ("number = 6, ", "")) == places


def test_items_that_are_gone_are_one_fault_however_many_numbers_they_leave_behind() -> None:
    first, _, rest = SMALL_FORM.partition("items = [")
    text = first + "items = 3" + rest.partition("\n]")[2]
    with pytest.raises(FormError) as caught:
        parse_form(text)
    assert [(one.path, one.code) for one in caught.value.problems] == [("categories[0].items", "toml-type")]


def test_headings_that_are_no_table_are_one_fault() -> None:
    head, _, rest = SMALL_FORM.partition("[headings]")
    text = head + "headings = 3\n[[categories]]" + rest.partition("[[categories]]")[2]
    with pytest.raises(FormError) as caught:
        parse_form(text)
    assert [(one.path, one.code) for one in caught.value.problems] == [("headings", "toml-type")]


@pytest.mark.parametrize(
    ("changes", "first", "circle"),
    [
        ([("number = 6, ", "number = 6, depends_on = 5, ")], "categories[1].items[2]", (5, 6)),
        (
            [("number = 6, ", "number = 6, depends_on = 2, "), ("number = 2, ", "number = 2, depends_on = 5, ")],
            "categories[0].items[1]",
            (2, 5, 6),
        ),
        # 7 only leads into the circle
        (
            [("number = 6, ", "number = 6, depends_on = 5, "), ("number = 7, ", "number = 7, depends_on = 6, ")],
            "categories[1].items[2]",
            (5, 6),
        ),
    ],
)
def test_items_that_depend_on_one_another_in_a_circle_are_one_fault(
    changes: list[tuple[str, str]], first: str, circle: tuple[int, ...]
) -> None:
    (problem,) = problems(*changes)
    assert (problem.path, problem.code) == (f"{first}.depends_on", "form-depends-circle")
    assert problem.facts == {"items": circle}


def test_a_chain_of_items_is_no_circle() -> None:
    form = parse_form(SMALL_FORM.replace("number = 6, ", "number = 6, depends_on = 7, "))
    assert [item.depends_on for item in form.items] == [None, None, None, None, 6, 7, None]


def test_two_headings_that_are_missing_are_not_two_that_are_alike() -> None:
    missing = [("headings.score", "toml-missing"), ("headings.hint", "toml-missing")]
    assert faults(('score = "自评"', ""), ('hint = "提醒"', "")) == missing


def test_an_item_may_be_worth_nothing() -> None:
    text = SMALL_FORM.replace("points = 0.01,", "points = 0,").replace("3.26", "3.25").replace("10.34", "10.33")
    assert parse_form(text).item(3).points == 0


@pytest.mark.parametrize("value", [datetime(2012, 10, 15, 9), "月底", "", 20121015, True, Decimal(1)])
def test_a_moment_or_a_text_of_no_day_is_no_date(value: object) -> None:
    found: list[Problem] = []
    table = Table({"due": value, "as_of": date(2012, 10, 15)}, "", found)
    assert (table.day("due"), table.day("as_of"), table.day("absent")) == (None, date(2012, 10, 15), None)
    assert [(problem.path, problem.code) for problem in found] == [("due", "toml-type")]


def test_every_fault_is_named_at_once() -> None:
    assert set(
        faults(
            ('id = "wells-2013"', ""),
            ('hint = "提醒"', "hint = 1"),
            ('name = "水源"', 'name = "水源"\nremark = "a"'),
            ('"monthly"', '"weekly"'),
            ("depends_on = 6", "depends_on = 60"),
            ("points = 10.34", "points = 10.35"),
        )
    ) == {
        ("id", "toml-missing"),
        ("headings.hint", "toml-type"),
        ("categories[0].remark", "toml-unknown-key"),
        ("categories[1].items[0].recurrence", "form-recurrence"),
        ("categories[1].items[2].depends_on", "form-depends"),
        ("points", "form-sum"),
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id = ", [("", "toml-syntax")]),
        ("id = 'a'\nid = 'b'", [("", "toml-syntax")]),
        ("", [(k, "toml-missing") for k in ("id", "title", "short_title", "points", "headings", "categories")]),
    ],
)
def test_what_is_no_form_at_all_is_said_to_be_none(text: str, expected: list[tuple[str, str]]) -> None:
    with pytest.raises(FormError) as caught:
        parse_form(text)
    assert set(expected) <= {(problem.path, problem.code) for problem in caught.value.problems}


def test_things_of_another_shape_are_faults_and_nothing_worse() -> None:
    head, _, _ = SMALL_FORM.partition("[[categories]]")
    for categories, path, code in [
        ("categories = 3", "categories", "toml-type"),
        ("categories = [3]", "categories[0]", "toml-type"),
        (
            'categories = [{ ordinal = "甲", name = "水", points = 0, items = [] }]',
            "categories[0].items",
            "form-no-items",
        ),
        ('categories = [{ ordinal = "甲", name = "水", points = 0, items = 7 }]', "categories[0].items", "toml-type"),
        ('categories = [{ ordinal = "甲", name = "水", points = 0 }]', "categories[0].items", "toml-missing"),
        ('categories = [{ ordinal = "甲", items = ["水"] }]', "categories[0].items[0]", "toml-type"),
    ]:
        with pytest.raises(FormError) as caught:
            parse_form(categories + "\n" + head)
        assert (path, code) in [(problem.path, problem.code) for problem in caught.value.problems]


def test_every_fault_of_a_form_is_said_with_its_path() -> None:
    found = problems(
        ('id = "wells-2013"', "id = 5"),
        ('hint = "提醒"', ""),
        ("points = 0.25", "points = 0.255"),
        ('"monthly"', '"daily"'),
        ("depends_on = 6", "depends_on = 9"),
        ("number = 7,", "number = 9,"),
        ("建立运行日志。", "年检。"),
    )
    found += problems(("number = 6, ", "number = 6, depends_on = 5, "))
    found.append(Problem("units", "toml-type", expected="text-list"))
    text = messages.error(FormError(found))
    assert text.endswith("。")
    assert not re.search("[{}]", text)
    for problem in found:
        assert problem.path in text
        assert messages.fault(problem) in text
    assert not re.search("应为[a-z]", text)


# --- the fingerprint ------------------------------------------------------------------------------------------------


def with_item(form: Form, number: int, **changes: object) -> Form:
    def changed(category: Category) -> Category:
        items = (replace(item, **changes) if item.number == number else item for item in category.items)  # type: ignore[arg-type]
        return replace(category, items=tuple(items))

    return replace(form, categories=tuple(map(changed, form.categories)))


def with_category(form: Form, place: int, **changes: object) -> Form:
    categories = [replace(c, **changes) if n == place else c for n, c in enumerate(form.categories)]  # type: ignore[arg-type]
    return replace(form, categories=tuple(categories))


words = st.text(max_size=9)
numbers = st.integers(1, 7)
heading_names = st.sampled_from([field.name for field in fields(Headings)])
seen_changes: st.SearchStrategy[Callable[[Form], Form]] = st.one_of(
    st.builds(lambda w: lambda f: replace(f, title=f.title + w), words),
    st.builds(lambda h, w: lambda f: replace(f, headings=replace(f.headings, **{h: w})), heading_names, words),
    st.builds(lambda n, w: lambda f: with_category(f, n, ordinal=w), st.integers(0, 2), words),
    st.builds(lambda n, w: lambda f: with_category(f, n, name=w), st.integers(0, 2), words),
    st.builds(lambda n, p: lambda f: with_category(f, n, points=p), st.integers(0, 2), st.integers(0, 9999)),
    st.builds(lambda n, w: lambda f: with_item(f, n, text=w), numbers, words),
    st.builds(lambda n, p: lambda f: with_item(f, n, points=p), numbers, st.integers(0, 9999)),
    st.builds(lambda n, r: lambda f: with_item(f, n, printed_row=r), numbers, st.integers(0, 9)),
    st.builds(lambda n, m: lambda f: with_item(f, n, planned_month=m), numbers, st.booleans()),
)
unseen_changes: st.SearchStrategy[Callable[[Form], Form]] = st.one_of(
    st.builds(lambda n, r: lambda f: with_item(f, n, recurrence=r), numbers, st.sampled_from(RECURRENCES)),
    st.builds(lambda n, d: lambda f: with_item(f, n, depends_on=d), numbers, st.none() | numbers),
    st.builds(lambda n, b: lambda f: with_item(f, n, is_ledger=b), numbers, st.booleans()),
    st.builds(lambda w: lambda f: replace(f, id=w), words),
    st.builds(lambda w: lambda f: replace(f, short_title=w), words),
)


@given(seen_changes)
def test_the_fingerprint_changes_with_anything_a_respondent_sees(change: Callable[[Form], Form]) -> None:
    changed = change(small_form())
    assert (changed.fingerprint == small_form().fingerprint) == (changed == small_form())


@given(unseen_changes)
def test_the_fingerprint_does_not_change_with_what_nobody_sees(change: Callable[[Form], Form]) -> None:
    assert change(small_form()).fingerprint == small_form().fingerprint


def test_forms_are_compared_as_a_whole_and_not_item_by_item(monkeypatch: pytest.MonkeyPatch) -> None:
    form, same = small_form(), parse_form(SMALL_FORM)
    other = with_item(form, 1, is_ledger=not form.item(1).is_ledger)  # which nobody sees
    monkeypatch.setattr(Item, "__eq__", lambda *_: pytest.fail("items are compared"))
    assert form is not same
    assert (form == same, form == other) == (True, False)


def test_words_that_move_from_one_text_to_the_next_change_the_fingerprint() -> None:
    form = small_form()
    first, second = form.item(1).text, form.item(2).text
    moved = with_item(with_item(form, 1, text=first + second), 2, text="")
    assert moved.fingerprint != form.fingerprint


# --- the 2012 form --------------------------------------------------------------------------------------------------


def test_the_2012_form_has_108_items_in_nine_categories_worth_100_points() -> None:
    form = the_form()
    assert [item.number for item in form.items] == list(range(1, 109))
    assert form.points == sum(item.points for item in form.items) == 10_000
    assert [(c.ordinal, c.name, c.points // 100, len(c.items)) for c in form.categories] == [
        ("一", "组织领导", 5, 8),
        ("二", "推进措施", 10, 15),
        ("三", "法制宣传", 14, 14),
        ("四", "人民调解", 15, 9),
        ("五", "安置帮教", 9, 10),
        ("六", "社区矫正", 10, 10),
        ("七", "法律援助", 14, 21),
        ("八", "律师工作", 14, 13),
        ("九", "公证工作", 9, 8),
    ]
    assert all(sum(item.points for item in category.items) == category.points for category in form.categories)


def test_the_2012_form_prints_62_rows_in_order() -> None:
    rows = [item.printed_row for item in the_form().items]
    assert rows == sorted(rows)
    assert sorted(set(rows)) == list(range(1, 63))
    assert Counter(Counter(rows).values()) == {1: 24, 2: 31, 3: 6, 4: 1}  # items to a row


def test_item_10_alone_has_no_planned_month() -> None:
    assert [item.number for item in the_form().items if not item.planned_month] == [10]


def test_items_53_99_and_100_are_ledgers_themselves() -> None:
    assert [item.number for item in the_form().items if item.is_ledger] == [53, 99, 100]


def test_four_items_hang_on_the_one_before() -> None:
    depends = {item.number: item.depends_on for item in the_form().items if item.depends_on}
    assert depends == {10: 9, 25: 24, 27: 26, 82: 81}


def test_the_recurring_items_of_2012() -> None:
    numbers = {r: [item.number for item in the_form().items if item.recurrence == r] for r in RECURRENCES}
    assert numbers["monthly"] == [18]
    assert numbers["quarterly"] == [9, 10, 19, 36, 40, 92, 93]
    assert numbers["annual"] == [24, 25, 29, 31, 32, 90, 91]
    assert numbers["multi-year"] == [28, 37]


def test_the_2012_form_keeps_what_the_paper_prints() -> None:
    form = the_form()
    assert form.title == "河源市基层司法行政工作“三进”任务完成情况表"
    assert form.item(9).text == "每季度召开 “三进”工作汇报会、专题会或座谈会；"  # the space is the paper's
    assert form.item(104).text == "为行动不便的当事人提供为上门服务等便利措施。"  # and so is the second 为
    assert "台账" in form.item(99).text
    assert form.headings.ledger == "台帐"
    # Issued workbooks carry it: another value means another edition of the form, never a correction in passing.
    assert form.fingerprint == "69dc7bfb5dc9fc4c"


def test_the_headings_of_2012_are_those_of_the_contract() -> None:
    headings = the_form().headings
    assert [getattr(headings, field.name) for field in fields(Headings)] == [
        *("考核项目", "序号", "内容、标准", "分值", "已落实", "落实月份", "拟落实", "拟落实月份", "台帐", "备注"),
        *("自评得分", "填报提示", "已落实内容及时间", "拟落实内容及时间", "是否有台帐", "总分：100分"),
    ]
