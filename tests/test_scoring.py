"""What an answer is worth, calculated a second time from the table of the design in exact decimals."""

from decimal import ROUND_HALF_UP, Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rounds import POLICIES, Entry, clean, done, fill, judge, planned, small_form, the_form, typed

from sanjin_xl.judge.scoring import Points, item_points, score
from sanjin_xl.model.form import Form, Item
from sanjin_xl.model.points import decimal, exact, nearest, parse, plain, share_of
from sanjin_xl.model.policy import Policy
from sanjin_xl.model.submission import Answer, Submission

# docs/contracts.md §4: percent of an item's points for done with a ledger, done without, planned; all else is nothing.
SHIPPED = {"A": (100, 100, 0), "B": (100, 50, 0), "C": (100, 0, 0)}
# Others that a round may think of; under the last one a thing done is worth less than one planned.
TABLE = {**SHIPPED, "D": (100, 50, 20), "E": (90, 33, 33), "F": (100, 0, 20)}
ALL = {
    id_: Policy(id=id_, name="", done_with_ledger=full, done_without_ledger=less, planned=planned)
    for id_, (full, less, planned) in TABLE.items()
}
POINTS = [1, 25, 33, 50, 100, 101, 300]  # the form has 0.5 to 3; 0.01 and 0.25 are halved to half a hundredth

answers = st.builds(
    Answer,
    done=st.sampled_from([True, False, None]),
    planned=st.sampled_from([True, False, None]),
    ledger=st.sampled_from([True, False, None]),
)
policies = st.sampled_from(sorted(TABLE))


def an_item(points: int, is_ledger: bool = False) -> Item:
    return Item(
        number=1,
        text="",
        points=points,
        printed_row=1,
        recurrence="one-off",
        depends_on=None,
        planned_month=True,
        is_ledger=is_ledger,
    )


def worth(points: int, is_done: bool, is_planned: bool, ledger: bool, policy: str) -> int:
    """The table once more: whole hundredths, halves up."""
    with_ledger, without, planned = TABLE[policy]
    percent = (with_ledger if ledger else without) if is_done else planned if is_planned else 0
    exact = Decimal(points) / 100 * percent / 100
    return int(exact.quantize(Decimal("0.01"), ROUND_HALF_UP) * 100)


def either(value: bool | None) -> set[bool]:
    return {True, False} if value is None else {value}


def bounds(points: int, is_ledger: bool, answer: Answer, in_doubt: bool, policy: str) -> tuple[int, int]:
    """The least and the most over everything an unclear or doubtful answer may still turn out to be."""
    dones = {True, False} if in_doubt else either(answer.done)
    plans = either(answer.planned)
    # An item that is itself a ledger is not done without one: a ruling that it is done says there is one.
    ledgers = either(answer.ledger) | ({True} if in_doubt and is_ledger else set())
    values = [worth(points, *ticks, policy) for ticks in product(dones, plans, ledgers)]
    return 0 if in_doubt else min(values), max(values)


def test_the_policies_are_those_of_the_design() -> None:
    assert {id_: policy.shares for id_, policy in the_form().policies.items()} == SHIPPED
    assert list(the_form().policies) == ["A", "B", "C"]
    assert the_form().policy == "B"


@pytest.mark.parametrize("policy", TABLE)
@pytest.mark.parametrize("points", POINTS)
@pytest.mark.parametrize(("is_ledger", "in_doubt"), [*product([False, True], repeat=2)])
def test_every_state_is_worth_what_the_table_says(policy: str, points: int, is_ledger: bool, in_doubt: bool) -> None:
    for is_done, is_planned, ledger in product([True, False, None], repeat=3):
        answer = Answer(done=is_done, planned=is_planned, ledger=ledger)
        low, high = bounds(points, is_ledger, answer, in_doubt, policy)
        found = item_points(an_item(points, is_ledger), answer, in_doubt, ALL[policy])
        assert found == Points(now=low, low=low, high=high), answer


@pytest.mark.parametrize(
    ("points", "percent", "share"),
    [
        (1, 50, 1),  # half a hundredth goes up
        (25, 50, 13),
        (1, 49, 0),
        (33, 50, 17),
        (50, 50, 25),
        (101, 50, 51),
        (150, 50, 75),
        (300, 100, 300),
        (300, 0, 0),
        (3, 33, 1),
    ],
)
def test_halves_are_rounded_up(points: int, percent: int, share: int) -> None:
    assert share_of(points, percent) == share


@given(st.integers(0, 10_000), st.integers(0, 100))
def test_a_share_is_rounded_as_people_round(points: int, percent: int) -> None:
    exact = (Decimal(points) * percent / 100).quantize(Decimal(1), ROUND_HALF_UP)
    assert share_of(points, percent) == exact


@given(st.integers(0, 1000), st.booleans(), answers, st.booleans(), policies)
def test_what_counts_now_lies_between_the_bounds(
    points: int, is_ledger: bool, answer: Answer, in_doubt: bool, policy: str
) -> None:
    found = item_points(an_item(points, is_ledger), answer, in_doubt, ALL[policy])
    assert 0 <= found.low <= found.now <= found.high <= points
    assert found.now == 0 or not in_doubt


@given(st.integers(0, 1000), answers)
def test_a_stricter_policy_is_never_worth_more(points: int, answer: Answer) -> None:
    found = [item_points(an_item(points), answer, False, POLICIES[policy]).now for policy in "ABC"]
    assert found == sorted(found, reverse=True)


@given(st.integers(0, 1000), answers, st.sampled_from("ABC"), st.booleans())
def test_no_policy_that_ships_makes_anything_of_a_plan(
    points: int, answer: Answer, policy: str, is_planned: bool
) -> None:
    other = Answer(done=answer.done, planned=is_planned, ledger=answer.ledger)
    item = an_item(points)
    assert item_points(item, answer, False, POLICIES[policy]) == item_points(item, other, False, POLICIES[policy])


@given(st.dictionaries(st.integers(1, 7), answers), st.sets(st.integers(1, 7)), policies)
def test_a_card_adds_up_item_by_item_and_category_by_category(
    given_answers: dict[int, Answer], in_doubt: set[int], policy: str
) -> None:
    form = small_form()
    card = score(form, Submission(answers=given_answers, cells={}), in_doubt, ALL[policy])
    expected = {
        item.number: bounds(
            item.points, item.is_ledger, given_answers.get(item.number, Answer()), item.number in in_doubt, policy
        )
        for item in form.items
    }
    assert card.policy == policy
    assert {n: (points.low, points.high) for n, points in card.items.items()} == expected
    assert card.total == card.low == sum(low for low, _ in expected.values())
    assert card.high == sum(high for _, high in expected.values())
    by_category = card.by_category(form)
    assert list(by_category) == ["甲", "乙", "丙"]
    assert by_category["乙"] == sum(expected[n][0] for n in (3, 4, 5))
    assert sum(by_category.values()) == card.total


@pytest.mark.parametrize("form", [the_form(), small_form()], ids=["2012", "small"])
def test_all_done_with_ledgers_is_full_marks_and_nothing_is_nothing(form: Form) -> None:
    all_done = {item.number: Answer(done=True, ledger=True) for item in form.items}
    for policy in POLICIES.values():
        assert score(form, Submission(answers=all_done, cells={}), (), policy).total == form.points
        assert score(form, Submission(answers={}, cells={}), (), policy).high == 0


@pytest.mark.parametrize(("points", "answer", "now"), [
    (25, Answer(done=True, ledger=True), 23),  # 22.5
    (50, Answer(done=True), 17),  # 16.5
    (50, Answer(done=True, planned=True), 17),
    (50, Answer(planned=True), 17),
    (50, Answer(planned=True, ledger=True), 17),
])  # fmt: skip
def test_a_policy_of_other_shares_is_data(points: int, answer: Answer, now: int) -> None:
    assert item_points(an_item(points), answer, False, ALL["E"]).now == now


@pytest.mark.parametrize(("entry", "points"), [
    (planned(month=12), (30, 30, 30)),
    (planned(month=12) | typed(planned="部分"), (0, 0, 30)),
    (done(month=9) | typed(done="部分"), (0, 0, 150)),
    (planned(month=12) | typed(done="部分"), (0, 0, 75)),
    (done(month=10), (30, 30, 150)),  # after the filling: as if planned, until ruled
    (done(month=10, remark="部分完成"), (0, 0, 150)),  # and in doubt for another reason
    (done(month=9) | planned(ledger=True), (150, 150, 150)),  # recurring: done counts
    (planned(month=12, ledger=True), (0, 0, 150)),  # a ledger of something not done
])  # fmt: skip
def test_a_plan_that_is_worth_something_counts_where_it_is_sure(entry: Entry, points: tuple[int, int, int]) -> None:
    form = small_form()
    outcome = judge(fill(form, clean(form) | {2: entry}), form=form)
    assert outcome.submission
    doubts = outcome.in_doubt, ALL["D"], outcome.not_found, outcome.not_yet
    found = score(form, outcome.submission, *doubts).items[2]
    assert (found.now, found.low, found.high) == points


@pytest.mark.parametrize(
    ("entry", "points"),
    [
        (done(month=9), (150, 150, 150)),
        (done(month=9, ledger=False), (75, 75, 75)),
        (planned(month=12), (0, 0, 0)),
        ({}, (0, 0, 0)),
        (done(month=None), (150, 150, 150)),  # done without a month counts
        (done(month=10), (0, 0, 150)),  # after the filling: as if planned, until ruled
        (done(month=10, ledger=False), (0, 0, 75)),
        (done(month=9) | typed(done="部分"), (0, 0, 150)),
        (done(month=9) | typed(ledger="部分"), (75, 75, 150)),
        (done(month=9) | planned(ledger=True), (150, 150, 150)),  # recurring: done counts
        (typed(ledger="√"), (0, 0, 150)),
    ],
)
def test_a_return_is_scored_by_what_was_typed_and_what_is_in_doubt(
    entry: Entry,
    points: tuple[int, int, int],
) -> None:
    form = small_form()
    outcome = judge(fill(form, clean(form) | {2: entry}), form=form)
    assert outcome.submission
    card = score(form, outcome.submission, outcome.in_doubt, POLICIES["B"])
    found = card.items[2]
    assert (found.now, found.low, found.high) == points
    assert card.total == form.points - 150 + points[0]


@given(st.integers(-(10**6), 10**6))
def test_hundredths_are_written_with_two_decimals(hundredths: int) -> None:
    assert decimal(hundredths) == f"{Decimal(hundredths) / 100:.2f}"


@pytest.mark.parametrize(
    ("hundredths", "text"), [(0, "0.00"), (5, "0.05"), (8750, "87.50"), (-5, "-0.05"), (-150, "-1.50")]
)
def test_figures_read_as_in_the_contract(hundredths: int, text: str) -> None:
    assert decimal(hundredths) == text


@given(st.integers(-(10**8), 10**8))
def test_points_are_read_as_they_are_written(hundredths: int) -> None:
    assert parse(decimal(hundredths)) == hundredths == exact(hundredths / 100) == nearest(hundredths / 100)
    assert Decimal(plain(hundredths)) == Decimal(hundredths) / 100


@pytest.mark.parametrize("text", ["", "1.005", "NaN", "sNaN", "Infinity", "1e7", "一"])
def test_what_is_no_number_of_hundredths_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{text}$"):
        parse(text)


@pytest.mark.parametrize(("number", "hundredths"), [
    (0.29, 29), (0.1 + 0.2, 30), (0.295, None), (float("nan"), None), (float("inf"), None), (1e7, None),
    (Decimal("0.1000000000000000000000000000000001"), None), (10**400, None), (-1, -100),
])  # fmt: skip
def test_a_float_need_only_be_very_near_to_its_hundredth(number: float | Decimal, hundredths: int | None) -> None:
    assert exact(number) == hundredths


@pytest.mark.parametrize(("cell", "hundredths"), [
    (0.295, 30), (33.333333, 3333), (1e9, None), (float("inf"), None), (float("nan"), None), (True, None), ("1", None),
])  # fmt: skip
def test_what_a_sheet_shows_counts_to_the_nearest_hundredth(cell: object, hundredths: int | None) -> None:
    assert nearest(cell) == hundredths
