"""Whoever looks on is told of every file and every output, can stop a run between two files, and may only look."""

from pathlib import Path

import pytest
from round_folders import Noting
from rounds import clean, fill, small_form

from sanjin_xl.judge.pipeline import Outcome
from sanjin_xl.model.errors import RoundError
from sanjin_xl.outcome.report import results_json
from sanjin_xl.round import commands
from sanjin_xl.round.config import ISSUED, RETURNED, RULED, SUMMARY
from sanjin_xl.round.outputs import WORKSHOP


@pytest.fixture
def filled(round_folder: Path) -> Path:
    """A round with two returns, one of which is no workbook."""
    (round_folder / RETURNED / "东源县.xlsx").write_bytes(fill(small_form(), clean(small_form())))
    (round_folder / RETURNED / "通知.pdf").write_bytes(b"%PDF-1.4")
    return round_folder


def test_every_file_is_told_when_it_has_been_judged(filled: Path) -> None:
    watch = Noting()
    results = commands.ingest(filled, watch=watch)
    assert sorted(one.path for one in watch.files) == [one.path for one in results.files]


def test_every_output_is_told_when_it_has_been_written(round_folder: Path) -> None:
    for command, folders in (
        (commands.generate, {ISSUED}),
        (commands.ingest, {SUMMARY, RULED}),
        (commands.feedback, set()),
    ):
        watch = Noting()
        command(round_folder, watch=watch)
        assert {path.parent.name for path in watch.written} == folders
        assert all(path.is_file() for path in watch.written)


class Stopping(Noting):
    def file(self, outcome: Outcome) -> None:
        raise RoundError("stopped")


def test_a_run_that_is_stopped_between_two_files_leaves_the_old_outputs_and_the_round_free(filled: Path) -> None:
    commands.ingest(filled)
    before = {path: path.read_bytes() for path in (filled / SUMMARY).iterdir()}
    (filled / RETURNED / "东源县.xlsx").unlink()
    with pytest.raises(RoundError, match="stopped"):
        commands.ingest(filled, watch=Stopping())
    assert {path: path.read_bytes() for path in (filled / SUMMARY).iterdir()} == before
    assert commands.ingest(filled).units[5].outcome is None


def test_a_look_comes_to_what_an_ingest_comes_to_and_writes_nothing(filled: Path) -> None:
    looked = commands.look(filled)
    assert {path.name for path in filled.iterdir() if path.is_dir() and any(path.iterdir())} == {
        WORKSHOP, ISSUED, RETURNED,
    }  # fmt: skip
    assert results_json(looked) == results_json(commands.ingest(filled))
