"""The whole job on the sample round, measured by samples/answers.toml and a small calculation of its own.

Scores, ranks and counts are worked out here from the answers and the printed points; nothing of the program's
scoring, checking or ranking is used for it (docs/contracts.md §4).
"""

import json
import shutil
import tomllib
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from sample_answers import SAMPLES, Return, missing_units, sample_mails, sample_returns

from sanjin_xl.judge.pipeline import Outcome
from sanjin_xl.outcome import report
from sanjin_xl.round import commands
from sanjin_xl.round.config import RETURNED, SUMMARY
from sanjin_xl.round.run import round_rules

FORM = SAMPLES.parent / "templates" / "sanjin-2012.toml"
ROSTER = SAMPLES.parent / "templates" / "roster-heyuan.toml"
WITHOUT_LEDGER = {"A": Decimal(1), "B": Decimal("0.5"), "C": Decimal(0)}
RETURNS = sample_returns()
Table = dict[str, Any]
COUNTED = list({one.unit: one for one in RETURNS}.values())  # the last one of each unit
SUPERSEDED = [one for one in RETURNS if one not in COUNTED]
by_unit = pytest.mark.parametrize("one", COUNTED, ids=lambda one: one.unit)


# --- the calculation ------------------------------------------------------------------------------------------------


def read(path: Path) -> Table:
    return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)


CATEGORIES = read(FORM)["categories"]
ITEMS = {item["number"]: item for category in CATEGORIES for item in category["items"]}
CODES = {unit["name"]: unit["code"] for unit in read(ROSTER)["units"]}
DUE = read(SAMPLES / "round.toml")["due"]


def worth(number: int, done: bool, ledger: bool, policy: str) -> Decimal:
    """What an item is worth: all of it with a ledger, the policy's share without, nothing if not done."""
    share = Decimal(0) if not done else Decimal(1) if ledger else WITHOUT_LEDGER[policy]
    return (Decimal(ITEMS[number]["points"]) * share).quantize(Decimal("0.01"), ROUND_HALF_UP)


def now(one: Return, number: int, policy: str) -> Decimal:
    meant = one.meant[number]
    return worth(number, meant["done"] is True and number not in one.in_doubt, meant["ledger"] is True, policy)


def at_best(one: Return, number: int, policy: str) -> Decimal:
    """What an item is worth if every question is answered in the county's favour."""
    meant, doubt = one.meant[number], number in one.in_doubt
    ledger = meant["ledger"] is not False or (doubt and ITEMS[number].get("is_ledger", False))
    return worth(number, doubt or meant["done"] is True, ledger, policy)


def score(one: Return, policy: str) -> Decimal:
    return sum((now(one, number, policy) for number in ITEMS), Decimal(0))


def rank(one: Return, policy: str) -> int:
    return 1 + sum(score(other, policy) > score(one, policy) for other in COUNTED)


def counts(one: Return) -> dict[str, int]:
    answers = one.meant.values()
    return {
        "done": sum(a["done"] is True for a in answers),
        "planned": sum(a["planned"] is True and a["done"] is not True for a in answers),
        "blank": sum(a["done"] is False and a["planned"] is False for a in answers),
        "ledger": sum(a["ledger"] is True for a in answers),
        "pending": len({*one.in_doubt, *one.asked}),
    }


# --- the job --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def a_round(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample round, issued and taken in."""
    folder = tmp_path_factory.mktemp("samples") / "三季度"
    shutil.copytree(SAMPLES, folder)
    commands.generate(folder)
    commands.ingest(folder)
    return folder


@pytest.fixture(scope="module")
def results(a_round: Path) -> Table:
    content: Table = json.loads((a_round / SUMMARY / "results.json").read_text(encoding="utf-8"))
    return content


@pytest.fixture(scope="module")
def units(results: Table) -> dict[str, Table]:
    return {unit["name"]: unit for unit in results["units"]}


@pytest.fixture(scope="module")
def files(results: Table) -> dict[str, Table]:
    return {file["path"]: file for file in results["files"]}


def test_five_counties_of_six_are_in_the_samples_in_three_formats() -> None:
    assert len({one.unit for one in RETURNS}) == 5
    assert {one.format for one in RETURNS} == {"xlsx", "xls", "ods"}
    assert {one.unit for one in RETURNS} | set(missing_units()) == set(CODES)
    assert all(set(one.typed) == set(ITEMS) for one in RETURNS)


def test_every_file_in_the_samples_is_described_in_the_answers() -> None:
    found = {path.relative_to(SAMPLES / RETURNED).as_posix() for path in (SAMPLES / RETURNED).rglob("*.*")}
    assert found == {one.top for one in RETURNS}


def test_the_mails_tell_when_and_from_whom_their_returns_came(files: dict[str, Table]) -> None:
    came = {path: (file["received"], file["sender"]) for path, file in files.items() if file["sender"]}
    told = {
        one.file: (mail.date.date().isoformat(), mail.sender[1])
        for mail in sample_mails()
        for one in RETURNS
        if one.file.startswith(f"{mail.file}!")
    }
    assert came == told
    assert len(told) == 3


@pytest.fixture(scope="module")
def outcomes(a_round: Path) -> dict[str, Outcome]:
    """Every return judged by itself: what becomes of a superseded one is told nowhere else."""
    paths = [a_round / RETURNED / top for top in dict.fromkeys(one.top for one in RETURNS)]
    judged = commands.check(paths, round_rules(a_round))
    inbox = f"{(a_round / RETURNED).as_posix()}/"
    return {outcome.path.replace("\\", "/").removeprefix(inbox): outcome for outcome in judged}


@pytest.mark.parametrize("one", RETURNS, ids=lambda one: one.file)
def test_every_answer_is_read_as_it_was_meant(outcomes: dict[str, Outcome], one: Return) -> None:
    outcome = outcomes[one.file]
    entry: Table = report.check_entry(outcome)
    keys = {"unit", "item"}
    answers: list[Table] = entry["answers"]
    read = {a["item"]: {name: value for name, value in a.items() if name not in keys} for a in answers}
    assert (entry["status"], entry["unit"]) == ("readable", CODES[one.unit])
    assert read == one.meant
    assert outcome.submission
    assert outcome.submission.filled_on == one.filled_on
    assert list(outcome.submission.signers) == one.signers


@pytest.mark.parametrize("one", RETURNS, ids=lambda one: one.file)
def test_what_must_be_asked_is_asked_and_nothing_else(files: dict[str, Table], one: Return) -> None:
    found: dict[str, set[tuple[int, str]]] = {"review": set(), "error": set(), "note": set()}
    for finding in files[one.file]["findings"]:
        if finding["item"] is not None:
            found[finding["severity"]].add((finding["item"], finding["code"]))
    assert found["review"] == set((one.in_doubt | one.asked).items())
    assert found["error"] == set(one.to_correct.items())


def test_no_return_is_found_damaged(files: dict[str, Table]) -> None:
    whole = {path: [f["code"] for f in file["findings"] if f["item"] is None] for path, file in files.items()}
    twice = {one.unit for one in SUPERSEDED}
    differ = [one for one in COUNTED if one.unit in twice]
    assert whole == {one.file: ["version-differs"] if one in differ else [] for one in RETURNS}


@by_unit
@pytest.mark.parametrize("policy", ["A", "B", "C"])
def test_scores_and_ranks_are_those_of_the_independent_calculation(
    units: dict[str, Table], one: Return, policy: str
) -> None:
    expected = {"score": str(score(one, policy)), "rank": rank(one, policy)}
    assert units[one.unit]["policies"][policy] == expected


@by_unit
def test_the_unit_is_ranked_by_policy_b_between_its_bounds(units: dict[str, Table], one: Return) -> None:
    unit = units[one.unit]
    versions = [other for other in RETURNS if other.unit == one.unit]
    worst = min(score(version, "B") for version in versions)
    best = max(sum(at_best(version, number, "B") for number in ITEMS) for version in versions)
    assert (unit["score"], unit["rank"]) == (str(score(one, "B")), rank(one, "B"))
    assert (unit["score_low"], unit["score_high"]) == (str(worst), str(best))


@by_unit
def test_categories_counts_and_days_late_add_up(units: dict[str, Table], one: Return) -> None:
    by_category = {
        category["ordinal"]: str(sum(now(one, item["number"], "B") for item in category["items"]))
        for category in CATEGORIES
    }
    unit = units[one.unit]
    assert unit["by_category"] == by_category
    assert unit["counts"] == counts(one)
    assert unit["days_late"] == max(0, (one.filled_on - DUE).days)
    assert unit["file"] == one.file


@by_unit
def test_a_unit_with_open_questions_counts_provisionally(units: dict[str, Table], one: Return) -> None:
    open_questions = one.in_doubt or one.asked or sum(other.unit == one.unit for other in RETURNS) > 1
    assert units[one.unit]["status"] == ("provisional" if open_questions else "counted")


@by_unit
def test_every_item_has_its_points_and_bounds(results: Table, one: Return) -> None:
    answers = {a["item"]: a for a in results["answers"] if a["unit"] == CODES[one.unit]}
    points = {n: (a["points"], a["points_low"], a["points_high"]) for n, a in answers.items()}
    expected = {n: (now(one, n, "B"), now(one, n, "B"), at_best(one, n, "B")) for n in ITEMS}
    assert points == {number: tuple(map(str, values)) for number, values in expected.items()}


@by_unit
def test_the_answers_in_the_results_are_those_that_were_typed(results: Table, one: Return) -> None:
    answers = {a["item"]: a for a in results["answers"] if a["unit"] == CODES[one.unit]}
    assert {n: {name: a[name] for name in one.meant[n]} for n, a in answers.items()} == one.meant


def test_the_unit_that_sent_nothing_has_no_score_and_no_rank(units: dict[str, Table]) -> None:
    for name in missing_units():
        unit = units[name]
        assert unit["status"] == "missing"
        assert unit["rank"] is unit["score"] is unit["file"] is unit["days_late"] is None
        assert all(of == {"score": None, "rank": None} for of in unit["policies"].values())


@pytest.mark.parametrize("first", SUPERSEDED, ids=lambda one: one.unit)
def test_the_second_version_counts_and_the_items_that_differ_are_named(files: dict[str, Table], first: Return) -> None:
    second = next(one for one in COUNTED if one.unit == first.unit)
    differing = [number for number in ITEMS if first.meant[number] != second.meant[number]]
    assert (files[first.file]["status"], files[second.file]["status"]) == ("superseded", "counted")
    (finding,) = (f for f in files[second.file]["findings"] if f["code"] == "version-differs")
    assert "、".join(map(str, differing)) in finding["message"]
    assert finding["found"] == first.file


def test_every_file_is_counted_but_the_superseded_ones(files: dict[str, Table]) -> None:
    status = {one.file: "superseded" if one in SUPERSEDED else "counted" for one in RETURNS}
    assert {path: file["status"] for path, file in files.items()} == status


def test_the_samples_show_a_rank_that_depends_on_the_policy() -> None:
    assert any(len({rank(one, policy) for policy in "ABC"}) > 1 for one in COUNTED)


def test_taking_in_twice_gives_the_same_results(a_round: Path) -> None:
    place = a_round / SUMMARY / "results.json"
    before = place.read_bytes()
    commands.ingest(a_round)
    assert place.read_bytes() == before
