"""Outputs written beside each other by processes are those that one process writes, and none keeps another back."""

import multiprocessing
import os
import pickle
import shutil
from concurrent.futures import Executor
from functools import partial
from pathlib import Path

import pytest
from outcomes import round_of
from returns import write_round
from rounds import done

from sanjin_xl.model.errors import FormError, Problem, Refused, RoundError, SanjinError, WorkbookError
from sanjin_xl.outcome.results import Results
from sanjin_xl.round import commands, making, pools, run, side_by_side
from sanjin_xl.round.config import CORRECTED, RULED, SUMMARY
from sanjin_xl.round.run import opened
from sanjin_xl.round.side_by_side import write_side_by_side

pytestmark = pytest.mark.workers
COUNT = 16  # more than are made without processes (making._FEW_JOBS)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("large") / "轮"
    write_round(folder, COUNT)
    return folder


@pytest.fixture
def folder(large: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A round that is just large enough for processes."""
    monkeypatch.setattr(side_by_side, "FEWEST_UNITS", COUNT)
    return shutil.copytree(large, tmp_path / "轮")


def written(folder: Path) -> dict[str, bytes]:
    places = (folder / SUMMARY, folder / RULED, folder / CORRECTED)
    return {path.name: path.read_bytes() for place in places for path in place.iterdir()}


def test_two_processes_write_what_one_writes(folder: Path) -> None:
    commands.ingest(folder, workers=1)
    alone = written(folder)
    # By the same register: when a return was first seen stands in 汇总.xlsx, to the minute.
    for name in (SUMMARY, RULED, CORRECTED):
        shutil.rmtree(folder / name)
    commands.ingest(folder, workers=2)
    assert len(alone) > 3
    assert written(folder) == alone


def test_an_output_that_cannot_be_written_is_named_and_keeps_no_other_back(folder: Path) -> None:
    (folder / SUMMARY / "results.json").mkdir()
    with pytest.raises(WorkbookError) as raised:
        commands.ingest(folder, workers=2)
    assert "results.json" in str(raised.value)
    names = {path.name for place in (SUMMARY, RULED) for path in (folder / place).iterdir() if path.is_file()}
    assert names >= {"汇总.xlsx", "核定表.xlsx"}
    assert list((folder / CORRECTED).iterdir())


@pytest.mark.parametrize("fewest", [COUNT, COUNT + 1])
def test_the_processes_that_judge_also_write(folder: Path, monkeypatch: pytest.MonkeyPatch, fewest: int) -> None:
    monkeypatch.setattr(side_by_side, "FEWEST_UNITS", fewest)
    started: list[int] = []

    def noted(workers: int) -> Executor:
        started.append(workers)
        return pools.local_pool(workers)

    for module in (commands, making, run):
        monkeypatch.setattr(module, "local_pool", noted)
    commands.ingest(folder, workers=2)
    assert len(list((folder / CORRECTED).iterdir())) > making._FEW_JOBS
    assert started == [2]


def test_the_processes_of_a_very_large_round_end_when_they_have_judged(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "MOST_UNITS", COUNT - 1)
    with opened(folder, workers=2) as one:
        outcomes = list(commands._judged(one))
        assert len(outcomes) == COUNT
        assert not multiprocessing.active_children()


def note(path: Path, own: int, results: Results) -> list[Path]:
    """Written by the process with this number alone; another that tries it dies."""
    if os.getpid() != own:
        os._exit(1)
    path.write_text(str(len(results.units)))
    return [path]


def test_what_a_process_dies_of_is_written_here(folder: Path, tmp_path: Path) -> None:
    results, path = round_of(COUNT, {1: done()}), tmp_path / "note"
    with opened(folder, workers=2) as one:
        write_side_by_side(one, results, [partial(note, path, os.getpid())], lambda _: None)
    assert path.read_text() == str(COUNT)


def sign(path: Path, _: Results) -> list[Path]:
    """Written by whatever process, which signs it."""
    path.write_text(str(os.getpid()))
    return [path]


def test_no_more_than_one_other_process_holds_the_results(folder: Path, tmp_path: Path) -> None:
    paths = [tmp_path / str(n) for n in range(4)]
    with opened(folder, workers=4) as one:
        write_side_by_side(one, round_of(COUNT, {1: done()}), [partial(sign, path) for path in paths], lambda _: None)
    first, *others = (path.read_text() for path in paths)
    assert first != str(os.getpid())
    assert set(others) == {str(os.getpid())}


@pytest.mark.parametrize(
    "error",
    [
        WorkbookError("output-locked", path="汇总.xlsx"),
        WorkbookError("outputs-failed", errors=[WorkbookError("output-full", path="a")]),
        RoundError("round-busy"),
        FormError([Problem("a", "b")]),
        Refused("file-empty", found=1),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_comes_whole_out_of_another_process(error: SanjinError) -> None:
    found = pickle.loads(pickle.dumps(error))
    assert (type(found), found.code, found.facts.keys()) == (type(error), error.code, error.facts.keys())
