"""What other programs make of a return when they save it: the same answers, or nothing counted."""

import io
import os
from collections.abc import Iterable, Iterator
from datetime import datetime, time
from itertools import zip_longest
from pathlib import Path

import openpyxl
import pytest
import rounds
from conftest import REQUIRE_ALL
from damage import verdict
from damage.registry import MUTATORS
from writers import trial
from writers.__main__ import SEED
from writers.filling import CONTROL_LOOKALIKE, SPACED
from writers.trial import ESCAPED_AGAIN, FILE, Trial

from sanjin_xl.judge.pipeline import Status
from sanjin_xl.model.catalogue import Severity
from sanjin_xl.round.containers import is_container, members
from sanjin_xl.workbook.reader import read_book
from sanjin_xl.workbook.sniff import Kind, sniff

ROOT = Path(__file__).parent.parent
TABLE = (ROOT / "docs" / "writers.md").read_text(encoding="utf-8").splitlines()
SEEDS = range(SEED, SEED + 2)
MARKS: dict[str, pytest.MarkDecorator | tuple[()]] = {
    "LibreOffice": pytest.mark.office,
    "Gnumeric": pytest.mark.needs("ssconvert"),
    "SheetJS": pytest.mark.npm,
    "ExcelJS": pytest.mark.npm,
    "Apache POI": pytest.mark.needs("javac"),
    "openpyxl": (),
}
TRIALS = [pytest.param(one, id=str(one), marks=MARKS[one.client]) for one in trial.trials()]
OPEN_XML = [param for one, param in zip(trial.trials(), TRIALS, strict=True) if one.format in ("xlsx", "xlsm")]


@pytest.fixture(autouse=True)
def client_is_there(request: pytest.FixtureRequest) -> None:
    """Skips, or in CI fails, where a client lacks more than its mark can tell."""
    one = request.node.callspec.params.get("one") if hasattr(request.node, "callspec") else None
    reason = one.module.unavailable() if isinstance(one, Trial) else None
    if reason and os.environ.get(REQUIRE_ALL, "") not in ("", "0"):
        pytest.fail(f"{reason}, and {REQUIRE_ALL} is set", pytrace=False)
    if reason:
        pytest.skip(reason)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("one", TRIALS)
def test_every_answer_comes_back_as_it_was_filled_in(one: Trial, seed: int) -> None:
    outcome = trial.outcome(one, seed)
    if one.refused:
        assert (outcome.status, outcome.reason) == (Status.REJECTED, one.refused)
        return
    assert outcome.status is Status.READABLE
    assert outcome.submission is not None
    assert outcome.submission.answers == one.meant(trial.filling(seed))
    assert (outcome.submission.filled_on, outcome.submission.signers) == (rounds.FILLED_ON, rounds.SIGNERS)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("one", TRIALS)
def test_a_stamp_says_whose_it_is_and_nobody_is_asked_anything(one: Trial, seed: int) -> None:
    outcome = trial.outcome(one, seed)
    if one.refused:
        return
    assert outcome.unit == rounds.DONGYUAN
    assert [found for found in outcome.findings if found.severity is not Severity.NOTE] == []
    assert not {found.code for found in outcome.findings} & {"stamp-missing", "unit-from-file-name", "unit-cell-blank"}


@pytest.mark.parametrize("one", TRIALS)
def test_the_table_in_the_docs_says_what_came_of_it(one: Trial) -> None:
    assert trial.row(one, SEED) in TABLE


def test_the_table_in_the_docs_has_every_trial_once() -> None:
    names = [f"| {one.client} | {one.format} | {one.way} |" for one in trial.trials()]
    assert [line for line in TABLE if line.startswith("| ")][1:] == [
        next(line for line in TABLE if line.startswith(name)) for name in names
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_our_own_copy_is_read_the_same(seed: int) -> None:
    outcome = rounds.judge(trial.workbook(seed), FILE)
    assert outcome.submission is not None
    assert outcome.submission.answers == trial.filling(seed).meant


def test_fillings_try_every_remark_and_every_state() -> None:
    answers = [answer for seed in SEEDS for answer in trial.filling(seed).meant.values()]
    assert {(one.done, one.planned, one.ledger) for one in answers} == {
        (True, False, True),
        (True, False, False),
        (False, True, False),
        (False, False, False),
    }
    assert all({one.remark for one in trial.filling(seed).meant.values()} > {"007", "=1+1"} for seed in SEEDS)


CONVERTED = [one for one in trial.trials() if one.way == trial.RESAVED and one.client in ("LibreOffice", "Gnumeric")]


@pytest.mark.parametrize("damage", ["answers_shifted_down", "answers_shifted_up", "answers_cut_and_pasted"])
@pytest.mark.parametrize("one", [pytest.param(one, id=str(one), marks=MARKS[one.client]) for one in CONVERTED])
def test_formulas_tell_of_moved_cells_in_any_format(one: Trial, damage: str) -> None:
    book = verdict.damaged(rounds.the_form(), [MUTATORS[damage]], seed=1)
    saved = one.module.resave(book.data(), one.format)
    assert verdict.verdict(book, rounds.judge(saved, f"东源县司法局.{one.format}")).wrong == set()


# --- another reader -------------------------------------------------------------------------------------------------


def differences(data: bytes) -> set[tuple[object, object]]:
    """What we read and what openpyxl reads, of every cell of every sheet where that is not the same."""
    ours = {sheet.name: sheet.rows for sheet in read_book(data).sheets}
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    theirs = {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}
    assert list(ours) == list(theirs)
    assert all(any(plain(value) for row in rows for value in row) for rows in ours.values())
    return {pair for name in ours for pair in cell_pairs(ours[name], theirs[name]) if pair[0] != pair[1]}


def cell_pairs(ours: Iterable[Iterable[object]], theirs: Iterable[Iterable[object]]) -> Iterator[tuple[object, object]]:
    # A reader may leave out what is blank to the right and below.
    for our_row, their_row in zip_longest(ours, theirs, fillvalue=()):
        for pair in zip_longest(our_row, their_row):
            yield plain(pair[0]), plain(pair[1])


def plain(value: object) -> object:
    """A value of either reader; 3 and 3.0, a day and its midnight, nothing and "" are the same, True and 1 are not."""
    if isinstance(value, datetime) and value.time() == time(0):
        return value.date()
    return "" if value is None else str(value) if isinstance(value, bool) else value


# Where openpyxl does not read what Excel would: by us, by openpyxl.
EXPLAINED = {
    (SPACED.strip(), SPACED),  # Excel trims a text without xml:space="preserve"
    # _xHHHH_ stands for a character (ECMA-376 part 1, 22.9.2.19).
    ("\n A", CONTROL_LOOKALIKE),
    (CONTROL_LOOKALIKE, ESCAPED_AGAIN[CONTROL_LOOKALIKE]),
}


@pytest.mark.filterwarnings("ignore:Workbook contains no default style")  # Gnumeric's
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("one", OPEN_XML)
def test_openpyxl_reads_the_same_cell_by_cell(one: Trial, seed: int) -> None:
    assert differences(trial.made(one, seed)) <= EXPLAINED


@pytest.mark.parametrize("seed", SEEDS)
def test_openpyxl_reads_our_own_copy_the_same(seed: int) -> None:
    assert differences(trial.workbook(seed)) == set()


RETURNED = {path.stem: path.read_bytes() for path in sorted((ROOT / "samples" / "回收").rglob("*")) if path.is_file()}
BY_MAIL = {one.path: one.data or b"" for data in RETURNED.values() if is_container(data) for one in members(data)}
SAMPLES = {name: data for name, data in (RETURNED | BY_MAIL).items() if sniff(data) is Kind.XLSX}


@pytest.mark.parametrize("name", SAMPLES)
def test_openpyxl_reads_the_samples_the_same(name: str) -> None:
    assert differences(SAMPLES[name]) == set()


def test_there_are_samples() -> None:
    assert SAMPLES
