"""From outcomes to a ranking: which return counts, what it is worth, who is first, and how firm that is."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import permutations, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outcomes import DONE, FORM, NO_LEDGER, PLANNED, RULES, corrections, returned
from rounds import (
    DONGYUAN,
    DUE,
    FILLED_ON,
    POLICIES,
    YUANCHENG,
    clean,
    done,
    fill,
    heyuan,
    planned,
    rules,
    the_form,
)

from sanjin_xl.judge.pipeline import Outcome, Processor, Status
from sanjin_xl.judge.versions import differing_items, settle
from sanjin_xl.model.catalogue import Severity
from sanjin_xl.model.findings import Finding, finding
from sanjin_xl.model.rules import EXCLUDE, FULL, Rules
from sanjin_xl.model.submission import Answer
from sanjin_xl.outcome.compile import compile_results
from sanjin_xl.outcome.ranks import rank
from sanjin_xl.outcome.report import sent_back, unit_entry
from sanjin_xl.outcome.results import Results, Standing, UnitResult

CODES = [unit.code for unit in heyuan().units]


def from_each(*answers: Mapping[int, Answer] | None) -> list[Outcome]:
    """One return from each of the first units of the roster."""
    return [returned(code, one, path=f"{code}.xlsx") for code, one in zip(CODES, answers, strict=False)]


def results(outcomes: list[Outcome], by: Rules = RULES) -> Results:
    return compile_results(by, settle(outcomes, by))


def unit(found: Results, code: str = DONGYUAN) -> UnitResult:
    return next(one for one in found.units if one.unit.code == code)


def fates(outcomes: list[Outcome], by: Rules = RULES) -> dict[str, str]:
    return {one.path: one.status.value for one in settle(outcomes, by)}


# --- ranks ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scores", "skipping", "dense"),
    [
        ([90, 80, 80, 70], [1, 2, 2, 4], [1, 2, 2, 3]),
        ([70, 80, 90], [3, 2, 1], [3, 2, 1]),
        ([80, 80, 80], [1, 1, 1], [1, 1, 1]),
        ([80, 80, 70, 70, 60], [1, 1, 3, 3, 5], [1, 1, 2, 2, 3]),
        ([0], [1], [1]),
        ([], [], []),
    ],
)
def test_equal_scores_share_a_rank(scores: list[int], skipping: list[int], dense: list[int]) -> None:
    by_name = {str(n): one for n, one in enumerate(scores)}
    assert list(rank(by_name).values()) == skipping
    assert list(rank(by_name, dense=True).values()) == dense


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 9)))
def test_a_rank_is_one_more_than_those_that_are_better(scores: dict[str, int]) -> None:
    assert rank(scores) == {n: 1 + sum(other > one for other in scores.values()) for n, one in scores.items()}
    distinct = set(scores.values())
    assert rank(scores, dense=True) == {n: 1 + sum(other > one for other in distinct) for n, one in scores.items()}


def test_ties_are_shown_as_ties_in_either_order_of_ranks() -> None:
    outcomes = from_each(None, {1: DONE}, {1: DONE}, {})
    for dense, last in [(False, 4), (True, 3)]:
        by = rules(FORM, dense_ranks=dense)
        found = results(outcomes, by)
        assert [found.rank(one) for one in found.units] == [1, 2, 2, last, None, None]
        assert [found.tied(one) for one in found.units] == [False, True, True, False, False, False]


# --- units ----------------------------------------------------------------------------------------------------------


def test_a_unit_that_sent_nothing_is_listed_without_score_or_rank() -> None:
    found = results(from_each(None))
    missing = found.units[1:]
    assert [one.unit.code for one in found.units] == CODES
    for one in missing:
        assert one.standing is Standing.MISSING
        assert (found.score(one), found.rank(one), one.low, one.high) == (None, None, None, None)
        assert (one.best_rank, one.worst_rank, one.counts, one.outcome, one.days_late) == (None,) * 5
        assert (one.cards, one.by_category, one.ranks) == ({}, {}, {})
        assert not found.tied(one)
        assert not found.depends_on_policy(one)
        assert not found.depends_on_questions(one)
    assert found.rank(found.units[0]) == 1


def test_nothing_at_all_came() -> None:
    found = results([])
    assert [one.standing for one in found.units] == [Standing.MISSING] * 6
    assert [one.unit.code for one in found.ranking()] == CODES
    assert found.files == ()


def test_nought_points_are_a_score_and_not_a_missing_return() -> None:
    found = results(from_each({}, None))
    assert [found.score(one) for one in found.units[:2]] == [0, 1034]
    assert [found.rank(one) for one in found.units[:2]] == [2, 1]
    assert found.units[0].standing is Standing.COUNTED


def test_the_ranking_goes_by_rank_then_by_the_order_of_the_roster() -> None:
    found = results(from_each({}, None, {1: DONE}, None))
    assert [one.unit.code for one in found.ranking()] == [CODES[n] for n in (1, 3, 2, 0, 4, 5)]


def test_a_missing_unit_comes_after_the_last_rank() -> None:
    scored = [dict.fromkeys(range(1, last), DONE) for last in (7, 6, 5, 4, 3)]
    outcomes = [returned(code, one, path=f"{code}.xlsx") for code, one in zip(CODES[1:], scored, strict=True)]
    found = results(outcomes)
    assert [found.rank(one) for one in found.ranking()] == [1, 2, 3, 4, 5, None]
    assert [one.unit.code for one in found.ranking()] == [*CODES[1:], CODES[0]]


@pytest.mark.parametrize("status", [Status.REJECTED, Status.SKIPPED])
def test_what_was_not_read_counts_for_nobody(status: Status) -> None:
    found = results([returned().with_status(status, "no-items")])
    assert unit(found).standing is Standing.MISSING
    assert [one.status for one in found.files] == [status]


def test_every_policy_is_scored_and_ranked_and_a_rank_that_hangs_on_it_is_said_to() -> None:
    # 6 is worth 3.33 and 4 is worth 2.50: without ledgers the first falls behind, under C it falls to nothing.
    found = results(from_each({6: NO_LEDGER}, {4: DONE}, None))
    first, second, third = found.units[:3]
    assert dict(first.scores) == {"A": 333, "B": 167, "C": 0}
    assert dict(second.scores) == {"A": 250, "B": 250, "C": 250}
    assert [dict(one.ranks) for one in (first, second, third)] == [
        {"A": 2, "B": 3, "C": 3},
        {"A": 3, "B": 2, "C": 2},
        {"A": 1, "B": 1, "C": 1},
    ]
    assert [found.depends_on_policy(one) for one in (first, second, third)] == [True, True, False]


@pytest.mark.parametrize("policy", POLICIES)
def test_the_policy_of_the_round_is_the_one_that_is_shown(policy: str) -> None:
    found = results(from_each({6: NO_LEDGER}), rules(FORM, policy=POLICIES[policy]))
    first = found.units[0]
    assert found.policy == policy
    assert found.score(first) == {"A": 333, "B": 167, "C": 0}[policy] == first.low == first.high
    assert dict(first.by_category) == {"甲": 0, "乙": 0, "丙": found.score(first)}


def test_what_a_unit_has_done_is_counted() -> None:
    answers = {
        1: DONE,
        2: NO_LEDGER,
        3: PLANNED,
        4: Answer(True, (9,), True, (12,), True),
        5: Answer(done=None, planned=True),
        6: Answer(done=False, planned=None, ledger=True),
    }
    questions = (
        finding("tick-unclear", 5, "E10", "部分"),
        finding("done-after-fill", 2, filled=""),
        finding("remark-contradicts", 2, found="部分"),
        finding("plan-no-month", 3),
        finding("not-answered", 7),
        finding("total-differs", found="1.00", expected="2.00", items=()),
    )
    counts = unit(results([returned(answers=answers, findings=questions)])).counts
    assert counts
    assert (counts.done, counts.planned, counts.blank, counts.ledger, counts.pending) == (3, 2, 1, 3, 2)


@pytest.mark.parametrize(
    ("findings", "answers", "standing"),
    [
        ((), None, Standing.COUNTED),
        ((finding("done-no-month", 1),), None, Standing.COUNTED),
        ((finding("tick-unclear", 1, found="?"),), None, Standing.PROVISIONAL),
        ((finding("stamp-missing"),), None, Standing.PROVISIONAL),
        ((), {1: Answer(True, (9,), ledger=None)}, Standing.PROVISIONAL),
    ],
)
def test_a_return_with_an_open_question_counts_for_now(
    findings: tuple[Finding, ...], answers: dict[int, Answer] | None, standing: Standing
) -> None:
    assert unit(results([returned(answers=answers, findings=findings)])).standing is standing


def test_an_item_that_could_not_be_found_is_not_taken_for_undone() -> None:
    answers = {item.number: DONE for item in FORM.items if item.number != 6}
    found = unit(results([returned(answers=answers, findings=(finding("item-missing", 6),))]))
    assert found.standing is Standing.PROVISIONAL
    assert (found.scores["B"], found.low, found.high) == (701, 701, 1034)


def test_findings_are_told_all_or_by_their_weight() -> None:
    found = (finding("item-missing", 3), finding("tick-unclear", 1, found="?"), finding("done-no-month", 2))
    one = unit(results([returned(findings=found)]))
    assert one.findings() == list(found)
    assert one.findings(Severity.NOTE) == [found[2]]
    assert one.findings(Severity.ERROR, Severity.REVIEW) == list(found[:2])


# --- lateness -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filled_on", "days"),
    [(DUE, 0), (DUE - timedelta(9), 0), (DUE + timedelta(1), 1), (date(2012, 11, 15), 31), (None, None)],
)
def test_days_late_are_counted_from_the_due_date(filled_on: date | None, days: int | None) -> None:
    assert unit(results([returned(filled_on=filled_on)])).days_late == days


def test_lateness_costs_nothing_unless_the_round_says_so() -> None:
    late = DUE + timedelta(3)
    doubt = (finding("tick-unclear", 2, found="?"),)
    outcomes = [returned(filled_on=late, findings=doubt)]
    free, dear = unit(results(outcomes)), unit(results(outcomes, rules(FORM, late_deduction=50)))
    assert (free.scores["B"], free.low, free.high) == (884, 884, 1034)
    assert (dear.scores["B"], dear.low, dear.high) == (734, 734, 884)
    assert dict(dear.scores) == {"A": 734, "B": 734, "C": 734}


def test_no_deduction_takes_more_than_there_is() -> None:
    found = unit(results([returned(answers={1: DONE}, filled_on=DUE + timedelta(30))], rules(FORM, late_deduction=100)))
    assert (found.scores["B"], found.low, found.high) == (0, 0, 0)


# --- what goes back to the county -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codes", "wanted"),
    [
        ((), []),
        (("not-answered", "done-no-month"), []),  # notes
        (("neighbour-not-done", "remark-not-applicable", "version-differs", "twin-answers", "stamp-missing"), []),
        (("tick-unclear", "neighbour-not-done", "not-answered"), ["tick-unclear"]),
        (("plan-no-month", "filled-down"), ["plan-no-month"]),
    ],
)
def test_only_what_the_county_can_mend_goes_back_to_it(codes: tuple[str, ...], wanted: list[str]) -> None:
    found = results([returned(findings=tuple(finding(code, 1) for code in codes))])
    assert [one.code for one in unit(found).to_correct()] == wanted
    assert [one.unit.code for one in sent_back(found)] == [DONGYUAN] * bool(wanted)


# --- which return counts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("newer", "older", "why", "but"),
    [
        (
            {"filled_on": date(2012, 10, 8)},
            {"filled_on": date(2012, 9, 28), "modified": "2012-12-01"},
            "filled-on",
            ("modified",),
        ),
        (
            {"filled_on": date(2012, 10, 8)},
            {"filled_on": None, "modified": "2012-12-01"},
            "filled-on",
            ("modified",),
        ),
        ({"modified": "2012-10-08T09:00:00Z"}, {"modified": "2012-10-08T08:59:59Z"}, "modified", ()),
        (
            {"received": date(2012, 10, 9)},
            {"received": date(2012, 10, 8), "filled_on": date(2012, 10, 8)},
            "received",
            ("filled-on",),
        ),
        (
            {"filled_on": date(2012, 10, 20), "received": date(2012, 10, 9)},  # a day that cannot be
            {"filled_on": date(2012, 10, 8), "received": date(2012, 10, 9)},
            "filled-on",
            (),
        ),
        (
            {"filled_on": date(2012, 9, 1)},
            {"filled_on": date(2012, 10, 8), "sealed": False},
            "sealed",
            ("filled-on",),
        ),
        ({}, {}, "path", ()),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_the_newest_counts_and_the_other_is_superseded(
    newer: dict[str, object], older: dict[str, object], why: str, but: tuple[str, ...], turned: bool
) -> None:
    two = [
        returned(answers={1: DONE, 2: DONE}, path="b.xlsx", **newer),  # type: ignore[arg-type]
        returned(answers={1: DONE, 3: PLANNED}, path="a.xlsx", **older),  # type: ignore[arg-type]
    ]
    settled = {one.path: one for one in settle(two[::-1] if turned else two, RULES)}
    assert (settled["b.xlsx"].status, settled["a.xlsx"].status) == (Status.COUNTED, Status.SUPERSEDED)
    assert (settled["b.xlsx"].reason, settled["a.xlsx"].reason) == (
        None,
        "unsealed" if why == "sealed" else "superseded",
    )
    assert dict(settled["a.xlsx"].facts) == {"other": "b.xlsx"}
    (question,) = settled["b.xlsx"].findings
    assert question.code == "version-differs"
    assert dict(question.facts) == {"other": "a.xlsx", "items": (2, 3), "chosen_by": why, "but": but}


def test_the_same_answers_twice_are_a_duplicate_and_no_question() -> None:
    two = [returned(path="a.xlsx"), returned(path="b.xlsx", filled_on=date(2012, 10, 8))]
    settled = settle(two, RULES)
    assert [(one.status, one.reason) for one in settled] == [(Status.DUPLICATE, "duplicate"), (Status.COUNTED, None)]
    assert [one.findings for one in settled] == [(), ()]


def test_three_versions_are_each_compared_with_the_one_that_counts() -> None:
    three = [
        returned(answers={1: DONE}, path="1.xlsx", filled_on=date(2012, 9, 1)),
        returned(answers={2: DONE}, path="2.xlsx", filled_on=date(2012, 9, 2)),
        returned(answers={2: DONE}, path="3.xlsx", filled_on=date(2012, 9, 3)),
    ]
    settled = settle(three, RULES)
    assert [one.status.value for one in settled] == ["superseded", "duplicate", "counted"]
    assert [dict(one.facts)["other"] for one in settled[2].findings] == ["1.xlsx"]


def test_returns_of_different_units_do_not_meet() -> None:
    settled = settle([returned(DONGYUAN, path="a.xlsx"), returned(YUANCHENG, path="b.xlsx")], RULES)
    assert [one.status for one in settled] == [Status.COUNTED, Status.COUNTED]


@pytest.mark.parametrize("by", ["path", "sha256"])
def test_the_city_can_pin_one_and_then_asks_no_more(by: str) -> None:
    old = returned(answers={1: DONE}, path="old.xlsx", filled_on=date(2012, 9, 1))
    new = returned(answers={2: DONE}, path="new.xlsx", filled_on=date(2012, 10, 1))
    pinning = rules(FORM, pinned={DONGYUAN: getattr(old, by)})
    found = results([old, new], pinning)
    assert {one.path: one.status.value for one in found.files} == {"old.xlsx": "counted", "new.xlsx": "superseded"}
    assert found.score(unit(found)) == 25
    assert unit(found).standing is Standing.COUNTED


def test_a_pin_of_another_unit_changes_nothing() -> None:
    old = returned(answers={1: DONE}, path="old.xlsx", filled_on=date(2012, 9, 1))
    new = returned(answers={2: DONE}, path="new.xlsx", filled_on=date(2012, 10, 1))
    assert fates([old, new], rules(FORM, pinned={YUANCHENG: "old.xlsx"}))["new.xlsx"] == "counted"


def test_a_pinned_file_counts_for_its_unit_whatever_it_is_called() -> None:
    data = fill(FORM, clean(FORM), unit=YUANCHENG)
    processor = Processor(rules(FORM, pinned={YUANCHENG: "待定/东源县.xlsx"}))
    outcome = processor.process_file(data, "待定/东源县.xlsx")
    assert (outcome.unit, [one.code for one in outcome.findings]) == (YUANCHENG, ["unit-pinned"])


def test_a_corrected_copy_is_as_late_as_what_it_corrects() -> None:
    first = returned(path="一.xlsx", filled_on=DUE)
    mended = returned(answers={1: DONE}, path="二.xlsx", filled_on=DUE + timedelta(9), revision=1)
    found = unit(results([first, mended], rules(FORM, late_deduction=50, copies=corrections(first))))
    assert found.outcome
    assert (found.outcome.path, found.days_late, found.outcome.reported_on) == ("二.xlsx", 0, DUE)


def test_a_corrected_copy_is_no_later_when_what_it_corrects_is_gone() -> None:
    copies = corrections(returned(path="一.xlsx", filled_on=DUE))
    mended = returned(path="二.xlsx", filled_on=DUE + timedelta(9), revision=1)
    assert unit(results([mended], rules(FORM, copies=copies))).days_late == 0
    assert unit(results([mended])).days_late == 9  # a copy the register does not know is none


def test_the_same_answers_sent_again_are_no_later() -> None:
    first, again = returned(path="1", filled_on=DUE), returned(path="2", filled_on=DUE + timedelta(9))
    assert unit(results([first, again])).days_late == 0
    assert unit(results([replace(first, sealed=False), again])).days_late == 9  # anybody's


@pytest.mark.parametrize(("late_by", "days"), [("filled", 2), ("received", 5)])
def test_lateness_is_counted_by_the_day_the_round_says(late_by: str, days: int) -> None:
    late = returned(filled_on=DUE + timedelta(2), received=DUE + timedelta(5))
    assert unit(results([late], rules(FORM, late_by=late_by))).days_late == days


def test_a_corrected_copy_comes_before_what_it_corrects_and_before_nothing_else() -> None:
    asked = tuple(finding("tick-unclear", number, found="x") for number in (1, 2))
    first = returned(answers={1: DONE}, path="first", received=date(2012, 10, 8), findings=asked)
    mended = returned(answers={2: DONE}, path="mended", received=date(2012, 10, 9), revision=1)
    fresh = returned(answers={3: DONE}, path="fresh", received=date(2012, 10, 10))
    by = rules(FORM, copies=corrections(first))
    assert fates([first, replace(mended, received=date(2012, 10, 7))], by)["mended"] == "counted"
    assert fates([first, mended, fresh], by) == {"first": "superseded", "mended": "superseded", "fresh": "counted"}
    (counted,) = (one for one in settle([first, mended], by) if one.status is Status.COUNTED)
    assert [one.code for one in counted.findings] == ["version-corrected"]


def test_a_corrected_copy_that_changes_what_was_not_asked_about_is_another_version() -> None:
    first = returned(answers={1: DONE}, path="first", findings=(finding("tick-unclear", 2, found="x"),))
    mended = returned(answers={1: DONE, 2: DONE, 3: DONE}, path="mended", revision=1)
    by = rules(FORM, copies=corrections(first))
    (counted,) = (one for one in settle([first, mended], by) if one.status is Status.COUNTED)
    assert [(one.code, dict(one.facts)["items"]) for one in counted.findings] == [("version-differs", (3,))]
    found = unit(results([first, mended], by))
    assert (found.low, found.high) == (25, found.scores["B"])


def test_until_ruled_the_span_covers_every_version_that_could_count() -> None:
    most = returned(path="most", filled_on=date(2012, 9, 1))
    none = returned(answers={}, path="none", filled_on=date(2012, 9, 2))
    some = returned(answers={1: DONE}, path="some", filled_on=date(2012, 9, 3))
    found = unit(results([most, none, some]))
    assert (found.scores["B"], found.low, found.high) == (25, 0, FORM.points)
    pasted = replace(none, sealed=False, received=date(2012, 12, 1))
    found = unit(results([most, pasted]))
    assert (found.scores["B"], found.low, found.high) == (FORM.points, 0, FORM.points)


def test_a_version_that_was_corrected_and_one_the_city_did_not_pin_are_outside_the_span() -> None:
    asked = tuple(finding("month-unclear", item.number, found="x") for item in FORM.items)
    most = returned(path="most", filled_on=date(2012, 9, 1), findings=asked)
    some = returned(answers={1: DONE}, path="some", filled_on=date(2012, 9, 3), revision=1)
    for by in (rules(FORM, copies=corrections(most)), rules(FORM, pinned={DONGYUAN: "some"})):
        found = unit(results([most, some], by))
        assert (found.low, found.high, found.versions) == (25, 25, 0)


def test_two_returns_differ_in_what_they_say_and_not_in_how_it_was_typed() -> None:
    one = returned(answers={1: Answer(True, (9,), raw=("√", "9月")), 2: DONE})
    other = returned(answers={1: Answer(True, (9,), raw=("v", "九月")), 3: DONE})
    assert differing_items(one, other) == (2, 3)
    assert differing_items(one, one) == ()


# --- neighbours who copy --------------------------------------------------------------------------------------------


def copies(*returns: Outcome, by: Rules = RULES) -> dict[str, list[tuple[str, int]]]:
    """Per file the (other unit, items alike) of its findings about a copy."""
    return {
        one.path: [
            (str(facts["other"]), int(str(facts["same"])))
            for f in one.findings
            if f.code == "twin-answers"
            for facts in [dict(f.facts)]
        ]
        for one in settle(returns, by)
    }


def test_two_units_with_the_same_answers_are_each_asked_about_the_other() -> None:
    one, other = returned(DONGYUAN, path="a.xlsx"), returned(YUANCHENG, path="b.xlsx")
    assert copies(one, other) == {"a.xlsx": [("源城区司法局", 7)], "b.xlsx": [("东源县司法局", 7)]}
    found = results([one, other])
    assert [unit(found, code).standing for code in (DONGYUAN, YUANCHENG)] == [Standing.PROVISIONAL] * 2


@pytest.mark.parametrize("change", [Answer(True, (9,)), Answer(True, (8,), ledger=True), PLANNED])
def test_one_other_answer_or_month_in_seven_is_enough_to_be_honest(change: Answer) -> None:
    same = {item.number: DONE for item in FORM.items}
    assert copies(returned(DONGYUAN, path="a"), returned(YUANCHENG, same | {4: change}, path="b")) == {"a": [], "b": []}


def test_a_copy_whose_remarks_were_edited_is_a_copy() -> None:
    edited = {item.number: replace(DONE, remark=f"第{item.number}号文") for item in FORM.items}
    assert copies(returned(DONGYUAN, path="a"), returned(YUANCHENG, edited, "b"))["b"] == [("东源县司法局", 7)]


def test_nineteen_in_twenty_alike_are_a_copy() -> None:
    big, by = the_form(), rules()
    mine = {item.number: Answer(True, (item.number % 9 + 1,), remark=f"第{item.number}号文") for item in big.items}
    for differing, alike in [(5, 103), (6, None)]:  # 95.4 and 94.4 of a hundred
        theirs = mine | dict.fromkeys(range(1, differing + 1), PLANNED)
        expected = [("源城区司法局", alike)] if alike else []
        assert copies(returned(DONGYUAN, mine, "a"), returned(YUANCHENG, theirs, "b"), by=by)["a"] == expected


def test_two_nearly_blank_forms_are_no_copies() -> None:
    few, more = {1: DONE, 2: DONE, 3: DONE}, {1: DONE, 2: DONE, 3: DONE, 4: DONE}
    assert copies(returned(DONGYUAN, few, "a"), returned(YUANCHENG, few, "b")) == {"a": [], "b": []}
    assert copies(returned(DONGYUAN, more, "a"), returned(YUANCHENG, more, "b"))["a"] == [("源城区司法局", 7)]


def test_only_the_returns_that_count_are_compared() -> None:
    old = returned(DONGYUAN, path="a.xlsx", filled_on=date(2012, 9, 1))
    new = returned(DONGYUAN, {1: PLANNED}, "b.xlsx")
    assert copies(old, new, returned(YUANCHENG, path="c.xlsx")) == {"a.xlsx": [], "b.xlsx": [], "c.xlsx": []}
    same_again = returned(DONGYUAN, path="d.xlsx", filled_on=date(2012, 9, 2))
    assert copies(old, same_again, returned(YUANCHENG, path="c.xlsx"))["a.xlsx"] == []


def test_a_return_that_was_not_read_is_no_twin() -> None:
    refused = returned(path="a.xlsx").with_status(Status.REJECTED, "no-items")
    assert copies(refused, returned(YUANCHENG, path="b.xlsx")) == {"a.xlsx": [], "b.xlsx": []}


# --- laws -----------------------------------------------------------------------------------------------------------

answers = st.builds(
    Answer,
    done=st.sampled_from([True, False, None]),
    planned=st.booleans(),
    ledger=st.sampled_from([True, False, None]),
)
questions = st.lists(
    st.builds(lambda n: finding("tick-unclear", n, found="?"), st.integers(1, 7)), max_size=3, unique=True
).map(tuple)
batches = st.lists(
    st.tuples(
        st.sampled_from(CODES[:4]),
        st.dictionaries(st.integers(1, 7), answers, max_size=4),
        st.sampled_from([None, FILLED_ON, DUE + timedelta(2)]),
        st.sampled_from(["", "2012-10-01", "2012-10-02"]),
        questions,
        st.booleans(),
    ),
    max_size=8,
).map(
    lambda rows: [
        returned(code, said, f"{n}.xlsx", filled_on, modified, asked, sealed=sealed)
        for n, (code, said, filled_on, modified, asked, sealed) in enumerate(rows)
    ]
)


@given(batches, st.randoms(use_true_random=False))
def test_the_order_of_the_files_never_changes_the_results(batch: list[Outcome], random) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(batch)
    random.shuffle(shuffled)
    assert results(shuffled) == results(batch)


@given(batches)
def test_every_file_has_one_fate_and_every_unit_that_sent_any_has_one_that_counts(batch: list[Outcome]) -> None:
    found = results(batch)
    assert sorted(one.path for one in found.files) == sorted(one.path for one in batch)
    for code in CODES:
        sent = [one for one in batch if one.unit == code]
        counted = [one.path for one in found.files if one.unit == code and one.status is Status.COUNTED]
        newest = sorted(sent, key=lambda one: (one.sealed, one.filled_on or date.min, one.modified, one.path))[-1:]
        assert counted == [one.path for one in newest]
        assert (unit(found, code).standing is Standing.MISSING) == (not sent)
    assert {one.status for one in found.files} <= {Status.COUNTED, Status.SUPERSEDED, Status.DUPLICATE}


@given(batches, st.sampled_from([0, 30]), st.sampled_from("ABC"))
def test_scores_and_ranks_lie_within_their_bounds(batch: list[Outcome], deduction: int, policy: str) -> None:
    found = results(batch, rules(FORM, late_deduction=deduction, policy=POLICIES[policy]))
    for one in found.units:
        if one.outcome is None:
            continue
        score, place = found.score(one), found.rank(one)
        assert 0 <= one.low <= score <= one.high <= FORM.points  # type: ignore[operator]
        assert one.best_rank <= place <= one.worst_rank  # type: ignore[operator]
        assert set(one.scores) == set(one.ranks) == set(one.cards) == set("ABC")
        assert sum(one.by_category.values()) == one.cards[policy].total
        assert all(points.low <= points.now <= points.high for points in one.cards[policy].items.values())


@given(batches, st.sampled_from([0, 30]), st.sampled_from([FULL, EXCLUDE]))
def test_the_results_file_says_how_a_score_comes_of_its_categories(batch: list[Outcome], rate: int, how: str) -> None:
    found = results(batch, rules(FORM, late_deduction=rate, not_applicable=how))
    for one in found.units:
        entry: dict[str, Any] = unit_entry(found, one)
        reported = one.outcome is not None
        if reported:
            total = sum(map(Decimal, entry["by_category"].values()), Decimal(0))
            total *= Decimal(FORM.points) / 100 / Decimal(str(entry["applicable"]))
            total = total.quantize(Decimal("0.01"), ROUND_HALF_UP) - Decimal(str(entry["late_deduction"]))
            assert Decimal(str(entry["score"])) == max(Decimal(0), total)


@given(batches)
def test_the_bounds_of_a_rank_are_reached_and_never_passed(batch: list[Outcome]) -> None:
    found = results(batch)
    present = [one for one in found.units if one.outcome]
    # Every open question settled either way, for all units at once.
    worlds = list(product(*[{one.low or 0, one.high or 0} for one in present]))
    for place, one in enumerate(present):
        places = {1 + sum(other > world[place] for other in world) for world in worlds}
        assert (one.best_rank, one.worst_rank) == (min(places), max(places))
        assert found.depends_on_questions(one) == (len(places) > 1)


def test_dense_ranks_have_dense_bounds() -> None:
    found = results(from_each(None, None, {}), rules(FORM, dense_ranks=True))
    last = found.units[2]
    assert (last.best_rank, found.rank(last), last.worst_rank) == (2, 2, 2)


def test_real_files_give_the_same_results_in_any_order_through_one_processor() -> None:
    files = {
        "东源县.xlsx": fill(FORM, clean(FORM)),
        "东源县（二）.xlsx": fill(FORM, clean(FORM) | {1: planned(month=12)}, filled_on=date(2012, 10, 8)),
        "源城区.xlsx": fill(FORM, clean(FORM) | {2: done(month=9, ledger=False)}, unit=YUANCHENG),
        "空.xlsx": b"",
    }
    everything = []
    for order in permutations(files):
        processor = Processor(RULES)
        everything.append(results([processor.process_file(files[name], name) for name in order]))
    first = everything[0]
    assert all(one == first for one in everything)
    assert {one.path: one.status.value for one in first.files} == {
        "东源县.xlsx": "superseded",
        "东源县（二）.xlsx": "counted",
        "源城区.xlsx": "counted",
        "空.xlsx": "rejected",
    }
    assert [first.score(one) for one in first.ranking()][:2] == [1009, 959]
