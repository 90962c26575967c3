"""Policies are data: a form file ships its own, a round adds to them, and whatever counts or names them follows."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from command import Command
from executors import Here
from office import Office
from openpyxl import Workbook, load_workbook
from round_folders import new_round
from rounds import (
    POLICIES,
    SMALL_FORM,
    TEMPLATES,
    clean,
    done,
    fill,
    heyuan,
    judge,
    pasted,
    planned,
    rules,
    small_form,
    the_form,
    typed,
)

from sanjin_xl.books.summary import sentences
from sanjin_xl.judge.scoring import item_points
from sanjin_xl.judge.versions import settle
from sanjin_xl.messages import summary as words
from sanjin_xl.messages import template as form_words
from sanjin_xl.model.errors import FormError, RoundError
from sanjin_xl.model.fields import FIELDS
from sanjin_xl.model.form import parse_form
from sanjin_xl.model.layout import layout_of
from sanjin_xl.model.policy import Policy
from sanjin_xl.model.submission import Answer
from sanjin_xl.outcome.compile import compile_results
from sanjin_xl.outcome.lost_points import Cause, losses
from sanjin_xl.review.rulings import Ruling, fault, step
from sanjin_xl.round import commands
from sanjin_xl.round.config import read_config

FORM = small_form()
D = Policy(id="D", name="拟落实计分", done_with_ledger=100, done_without_ledger=50, planned=20)
FOUR = {**POLICIES, "D": D}
OWN = """
[[policies]]
id = "X"
name = "从宽"
done_with_ledger = 100
done_without_ledger = 80
planned = 30

[[policies]]
id = "Y"
name = "从严"
done_with_ledger = 90
done_without_ledger = 0
sentence = "有台帐才算。"
"""

# The oracle: what each county says of the seven items (l with a ledger, n without, p planned, - nothing), their points
# as printed, and percentages for l, n and p.
SAID = {"441602": "lllllnl", "441621": "nnnnnnl", "441622": "lpppppl", "441624": "-----l-", "441625": "-pp-pp-"}
PRINTED = ("0.25", "1.50", "0.01", "2.50", "0.75", "3.33", "2.00")
SHARES = {"A": (100, 100, 0), "B": (100, 50, 0), "C": (100, 0, 0), "D": (100, 50, 20)}
TYPED = {"l": done(month=9), "n": done(month=9, ledger=False), "p": planned(month=12), "-": {}}


def worth(sign: str, points: str, policy: str) -> Decimal:
    percent = dict(zip("lnp-", (*SHARES[policy], 0), strict=True))[sign]
    return (Decimal(points) * percent / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)


def score(unit: str, policy: str) -> Decimal:
    return sum((worth(sign, points, policy) for sign, points in zip(SAID[unit], PRINTED, strict=True)), Decimal(0))


def rank(unit: str, policy: str) -> int:
    return 1 + sum(score(other, policy) > score(unit, policy) for other in SAID)


def entries(signs: str) -> dict[int, dict[Any, str]]:
    return {n: dict(TYPED[sign]) | typed(remark="已报市局") for n, sign in enumerate(signs, start=1)}


def adopt_d(folder: Path) -> None:
    """What a clerk does: take the # from the lines on policies in round.toml, and name the new one above."""
    path = folder / "round.toml"
    settings, example = path.read_text(encoding="utf-8").split("# [[policies]]")
    settings = re.sub(r'^policy = "B"', 'policy = "D"', settings, flags=re.MULTILINE)
    path.write_text(settings + "[[policies]]" + re.sub("^# ", "", example, flags=re.MULTILINE), encoding="utf-8")


@pytest.fixture(scope="module")
def round_of_four(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A round of the small form under D, with what five of the six counties say in it, ingested."""
    folder = new_round(tmp_path_factory.mktemp("三季度"))
    adopt_d(folder)
    commands.generate(folder)
    for unit, signs in SAID.items():
        (folder / "回收" / f"{unit}.xlsx").write_bytes(fill(FORM, entries(signs), unit, policy=D))
    commands.ingest(folder, workers=1, make_executor=Here)
    return folder


def results(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "汇总" / "results.json").read_text(encoding="utf-8"))
    return found


def book(path: Path) -> Workbook:
    return load_workbook(path, data_only=True)


def texts(rows: Iterable[tuple[object, ...]]) -> str:
    return "\n".join(str(cell) for row in rows for cell in row if cell is not None)


# --- a fourth policy, from round.toml to the last sheet ---------------------------------------------------------------


def test_the_example_in_round_toml_is_a_policy_once_its_signs_of_a_comment_are_gone(
    command: Command, tmp_path: Path
) -> None:
    folder = new_round(tmp_path / "三季度")
    adopt_d(folder)
    found = read_config(folder).rules
    assert dict(found.policies) == FOUR
    assert found.policy == D


def test_the_recipe_in_the_documents_is_the_same_policy(command: Command, tmp_path: Path) -> None:
    page = (TEMPLATES.parent / "docs" / "contributing.md").read_text(encoding="utf-8")
    (recipe,) = re.findall(r"```toml\n(\[\[policies\]\].*?)```", page, re.DOTALL)
    folder = new_round(tmp_path / "三季度")
    path = folder / "round.toml"
    path.write_text(path.read_text(encoding="utf-8") + recipe, encoding="utf-8")
    assert read_config(folder).rules.policies["D"] == D


def test_every_unit_is_scored_and_ranked_under_four_policies(round_of_four: Path) -> None:
    found = results(round_of_four)
    assert found["policy"] == "D"
    units = {one["code"]: one for one in found["units"] if one["status"] != "missing"}
    assert {unit: one["policies"] for unit, one in units.items()} == {
        unit: {id_: {"score": str(score(unit, id_)), "rank": rank(unit, id_)} for id_ in "ABCD"} for unit in SAID
    }
    assert {unit: (one["score"], one["rank"]) for unit, one in units.items()} == {
        unit: (str(score(unit, "D")), rank(unit, "D")) for unit in SAID
    }
    assert len({tuple(rank(unit, id_) for unit in SAID) for id_ in "ABCD"}) == 4  # else nothing would be shown
    (missing,) = (one for one in found["units"] if one["status"] == "missing")
    assert missing["policies"] == {id_: {"score": None, "rank": None} for id_ in "ABCD"}


def test_the_points_of_a_plan_are_its_share_and_leave_no_question(round_of_four: Path) -> None:
    found = [one for one in results(round_of_four)["answers"] if one["unit"] == "441625"]
    points = [(one["points_low"], one["points"], one["points_high"]) for one in found]
    assert points == [(str(worth(sign, full, "D")),) * 3 for sign, full in zip(SAID["441625"], PRINTED, strict=True)]


def test_the_sheet_of_policies_has_four_of_them(round_of_four: Path) -> None:
    sheet = book(round_of_four / "汇总" / "汇总.xlsx")[words.POLICIES]
    rows = list(sheet.iter_rows(values_only=True))
    heading = next(row for row in rows if row[0] == words.UNIT)
    assert [str(text).split()[0][2:] for text in heading[1:9:2]] == list("ABCD")
    assert str(heading[7]) == words.POLICY_IN_USE.format(id="D", name=D.name)
    named = {row[0]: row[1:] for row in rows}
    for unit in SAID:
        expected = [figure for id_ in "ABCD" for figure in (float(score(unit, id_)), rank(unit, id_))]
        assert list(named[heyuan().by_code[unit].name][:8]) == expected
    assert words.policies_in_words(4) not in texts(rows)  # their ranks differ, so nothing is said of all of them


def test_the_tidy_table_and_the_method_know_four(round_of_four: Path) -> None:
    summary = book(round_of_four / "汇总" / "汇总.xlsx")
    head = next(row for row in summary[words.TIDY].iter_rows(values_only=True) if words.TIDY_HEADINGS["unit"] in row)
    assert list(head[-4:]) == [words.TIDY_POLICY.format(id=id_) for id_ in "ABCD"]
    method = texts(summary[words.METHOD].values).replace("\n", "")
    assert all(sentences.policy_sentence(policy) in method for policy in FOUR.values())
    assert "四种口径" in method
    assert words.NOT_YET in method
    # The page breaks its lines itself, so that none begins with a stop.
    assert sentences.policy_sentence(D) in texts(summary[words.RANKING].iter_rows(values_only=True)).replace("\n", "")


def test_the_issued_form_scores_and_explains_itself_by_the_fourth(round_of_four: Path) -> None:
    issued = load_workbook(next((round_of_four / "发放").iterdir()))
    layout = layout_of(FORM)
    formula = issued[form_words.SHEET][layout.cell(3, "score")].value
    cell = {one.name: layout.cell(3, one.name) for one in FIELDS}
    points = cell["points"]
    assert formula == (
        f'=IF({cell["done"]}="√",ROUND({points}*IF({cell["ledger"]}="√",1,0.5),2),'
        f'IF({cell["planned"]}="√",ROUND({points}*0.2,2),0))'
    )
    assert form_words.policy_in_words(D) in texts(issued[form_words.GUIDE_SHEET].values).replace("\n", "")
    assert [form_words.POLICY_KEY, "D"] in [[row[0], row[1]] for row in issued[form_words.HIDDEN_SHEET].values]


def test_the_own_score_of_a_plan_is_held_against_the_answer() -> None:
    by: dict[str, Any] = {"policies": FOUR, "policy": D}
    data = fill(FORM, entries("lpppppl"), policy=D)
    asked = {"score-differs", "total-differs"}
    assert not asked & {one.code for one in judge(data, form=FORM, **by).findings}
    ticked_later = pasted(fill(FORM, entries("l-ppppl"), policy=D), **{layout_of(FORM).cell(2, "planned"): "√"})
    found = judge(ticked_later, form=FORM, **by).findings
    assert [(one.item, dict(one.facts)["expected"]) for one in found if one.code == "score-differs"] == [(2, "0.30")]


def test_a_form_issued_under_the_fourth_is_held_against_nobody_once_another_is_chosen() -> None:
    data = fill(FORM, entries("lpppppl"), policy=D)
    codes = {one.code for one in judge(data, form=FORM, policies=FOUR).findings}
    assert "score-differs" not in codes


def test_what_a_plan_would_still_gain_is_the_rest() -> None:
    by = rules(FORM, policies=FOUR, policy=D)
    (outcome,) = settle([judge(fill(FORM, entries("lplllll"), policy=D), form=FORM, policies=FOUR, policy=D)], by)
    found = compile_results(by, [outcome])
    unit = next(one for one in found.units if one.outcome)
    assert [(one.cause, one.cost, one.gain) for one in losses(found, unit)] == [(Cause.PLANNED, 120, 120)]


def test_points_are_ruled_in_steps_that_every_share_is_a_multiple_of() -> None:
    form = the_form()
    assert step(form, D) == 5
    by = rules(form, policies=FOUR, policy=D)
    ruled = {
        points: fault(by, Ruling(unit="441625", item=2, points=points, reason="已核", who="李某"))
        for points in (5, 25, 40, 42)
    }
    assert [points for points, found in ruled.items() if found] == [42]


@pytest.mark.parametrize(("count", "text"), [(2, "两种口径"), (3, "三种口径"), (4, "四种口径"), (11, "11种口径")])
def test_policies_are_counted_as_people_count(count: int, text: str) -> None:
    assert words.policies_in_words(count) == text


@pytest.mark.office
def test_libreoffice_scores_every_combination_of_ticks_as_we_do(office: Office, tmp_path: Path) -> None:
    form, layout, ticks = the_form(), layout_of(the_form()), ("done", "planned", "ledger")
    combinations = list(product(("√", "", "x"), repeat=3))
    answers = {
        item.number: typed(**dict(zip(ticks, combinations[item.number % len(combinations)], strict=True)))
        for item in form.items
    }
    path = tmp_path / "表.xlsx"
    path.write_bytes(fill(form, answers, policy=D))
    places = [layout.cell(item.number, "score") for item in form.items]
    with office.opened(path) as handle:
        before = office.read(handle, form_words.SHEET, f"{places[0]}:{places[-1]}")
        office.recalculate(handle)
        after = office.read(handle, form_words.SHEET, f"{places[0]}:{places[-1]}")
    for item in form.items:
        is_done, is_planned, ledger = (text == "√" for text in combinations[item.number % len(combinations)])
        answer = Answer(done=is_done, planned=is_planned, ledger=ledger)
        expected = item_points(item, answer, False, D).now / 100
        place = layout.cell(item.number, "score")
        assert before[place]["value"] == after[place]["value"] == pytest.approx(expected, abs=1e-9), item.number


@pytest.mark.office
def test_libreoffice_calculates_the_comparison_of_four_as_we_do(office: Office, round_of_four: Path) -> None:
    path = round_of_four / "汇总" / "汇总.xlsx"
    sheet = load_workbook(path)[words.POLICIES]
    places = [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert len(places) == len(SAID) * (2 * (len(FOUR) + 2) + 2)
    with office.opened(path) as handle:
        before = office.read(handle, words.POLICIES, sheet.dimensions)
        office.recalculate(handle)
        after = office.read(handle, words.POLICIES, sheet.dimensions)
    assert [after[place]["value"] for place in places] == pytest.approx([before[place]["value"] for place in places])


# --- a form with its own ----------------------------------------------------------------------------------------------


def own_form(policies: str = OWN, default: str = 'policy = "Y"') -> str:
    return SMALL_FORM.replace("points = 10.34", f"points = 10.34\n{default}") + policies


def test_a_form_may_come_with_its_own_policies_and_no_others(command: Command, tmp_path: Path) -> None:
    folder = tmp_path / "年度"
    folder.mkdir()
    (folder / "own.toml").write_text(own_form(), encoding="utf-8")
    start = partial(command, "new", folder, "--period", "2012年第三季度", "--due", "2012-10-15", "--form", "own")
    assert start("--policy", "B").status == 2
    assert start().status == 0
    found = read_config(folder).rules
    assert (list(found.policies), found.policy.id) == (["X", "Y"], "Y")
    assert (found.policies["X"].planned, found.policies["Y"].planned) == (30, 0)
    assert "X 从宽；Y 从严" in (folder / "round.toml").read_text(encoding="utf-8")
    assert command("generate", folder).status == 0
    (sent := folder / "回收" / "回.xlsx").write_bytes(next((folder / "发放").iterdir()).read_bytes())
    command("ingest", folder)
    assert sent.exists()
    assert [list(one["policies"]) for one in results(folder)["units"]] == [["X", "Y"]] * 6
    method = texts(book(folder / "汇总" / "汇总.xlsx")[words.METHOD].iter_rows(values_only=True))
    assert "有台帐才算。" in method
    assert words.policies_in_words(2) in method


def test_the_first_policy_of_a_form_is_used_where_it_names_none() -> None:
    assert parse_form(own_form(default="")).policy == "X"


def test_a_form_without_policies_has_those_of_the_form_that_ships(command: Command, tmp_path: Path) -> None:
    assert not parse_form(SMALL_FORM).policies
    found = read_config(new_round(tmp_path / "三季度")).rules
    assert (dict(found.policies), found.policy.id) == (POLICIES, "B")


def test_a_single_policy_is_compared_with_nothing() -> None:
    one = {"B": POLICIES["B"]}
    by = rules(FORM, policies=one)
    outcomes = settle([judge(fill(FORM, clean(FORM)), form=FORM, policies=one)], by)
    found = compile_results(by, outcomes)
    assert words.policies_in_words(1) not in sentences.settled(found)


def test_policies_are_no_part_of_what_a_respondent_sees() -> None:
    assert parse_form(own_form()).fingerprint == parse_form(SMALL_FORM).fingerprint == FORM.fingerprint


@pytest.mark.parametrize("policy", [*the_form().policies.values()], ids=lambda policy: policy.id)
def test_the_sentences_that_ship_say_what_their_shares_give(policy: Policy) -> None:
    assert policy.sentence == form_words.policy_in_words(replace(policy, sentence=""))


@pytest.mark.parametrize("shares", [*product((0, 33, 50, 100), (0, 50, 100), (0, 20))], ids=str)
def test_a_sentence_made_from_shares_names_each_that_is_one(shares: tuple[int, int, int]) -> None:
    policy = Policy(id="Z", name="", done_with_ledger=shares[0], done_without_ledger=shares[1], planned=shares[2])
    text = form_words.policy_in_words(policy)
    assert all(f"{share}%" in text for share in shares if share in (20, 33))
    assert ("台帐" in text) == (shares[0] != shares[1])


# --- what may be written ----------------------------------------------------------------------------------------------

BLOCK = {"id": '"D"', "name": '"拟落实计分"', "done_with_ledger": "100", "done_without_ledger": "50", "planned": "20"}


def block(**changes: str | None) -> str:
    lines: Mapping[str, str | None] = BLOCK | changes
    return "\n".join(["[[policies]]", *(f"{key} = {value}" for key, value in lines.items() if value is not None), ""])


@pytest.mark.parametrize(("text", "faults"), [
    (block(), []),
    (block(planned=None), []),
    (block(id='"B"'), [("policies[0].id", "policy-twice")]),
    (block() + block(), [("policies[1].id", "policy-twice")]),
    (block(id='"拟"'), [("policies[0].id", "policy-id")]),
    (block(id='"DDDDD"'), [("policies[0].id", "policy-id")]),
    (block(name='" "'), [("policies[0].name", "form-blank")]),
    (block(id=None, done_with_ledger=None), [("policies[0].id", "toml-missing"),
                                             ("policies[0].done_with_ledger", "toml-missing")]),
    (block(planned="120"), [("policies[0].planned", "toml-percent")]),
    (block(planned="-1", done_with_ledger="0.5"), [("policies[0].done_with_ledger", "toml-type"),
                                                   ("policies[0].planned", "toml-percent")]),
    (block(default="true"), [("policies[0].default", "toml-unknown-key")]),
    ("policies = 3\n", [("policies", "toml-type")]),
])  # fmt: skip
def test_every_fault_of_a_policy_is_named_by_its_place(
    command: Command, tmp_path: Path, text: str, faults: list[tuple[str, str]]
) -> None:
    folder = new_round(tmp_path / "三季度")
    path = folder / "round.toml"
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
    if not faults:
        assert "D" in read_config(folder).rules.policies
        return
    with pytest.raises(RoundError) as raised:
        read_config(folder)
    told = raised.value.facts["problems"]
    assert isinstance(told, list)
    assert [(one.path, one.code) for one in told] == faults
    assert command("ingest", folder).status == 2


def test_a_form_file_names_a_policy_it_has() -> None:
    with pytest.raises(FormError) as raised:
        parse_form(own_form(default='policy = "Z"'))
    (problem,) = raised.value.problems
    assert (problem.path, problem.code, problem.facts["expected"]) == ("policy", "round-policy", ("X", "Y"))


def test_a_policy_nobody_has_is_refused_with_those_there_are(command: Command, tmp_path: Path) -> None:
    ran = command("new", tmp_path / "三季度", "--period", "2012年第三季度", "--due", "2012-10-15", "--policy", "D")
    assert ran.status == 2
    assert "A、B或C" in ran.err
    assert not (tmp_path / "三季度").exists()
    folder = new_round(tmp_path / "四季度")
    path = folder / "round.toml"
    text = path.read_text(encoding="utf-8").replace('policy = "B"', 'policy = "E"')
    path.write_text(text + block(), encoding="utf-8")
    ran = command("ingest", folder)
    assert ran.status == 2
    assert "A、B、C或D" in ran.err


def test_help_lists_what_the_form_that_ships_has(command: Command) -> None:
    shown = re.sub(r"\s", "", command("new", "--help").out)
    for policy in the_form().policies.values():
        assert f"{policy.id}{policy.name}" in shown
    assert "{" not in shown
