"""A run that is killed at any moment leaves the last good outputs, a sound register, and nothing the next run minds.

SANJIN_KILLS sets how often a run is killed at random, by default 12 times.
"""

import io
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import openpyxl
import pytest
from two_states import (
    KILLS,
    NEW,
    OLD,
    PATIENCE,
    ROOT,
    SEED,
    Outputs,
    Settled,
    bring,
    check_all_is_archived,
    check_outputs,
    check_record,
    end_group,
    group_of,
    ingest,
    kill,
    leftovers,
    make,
    outputs,
    reset,
    settled,
    start,
)

from sanjin_xl.round.config import CORRECTED, RESULTS_FILE, RULED, SUMMARY, SUMMARY_FILE
from sanjin_xl.round.outputs import WORKSHOP

pytestmark = pytest.mark.skipif(os.name != "posix", reason="SIGKILL and process groups are POSIX's")

RESULTS, BOOK = f"{SUMMARY}/{RESULTS_FILE}", f"{SUMMARY}/{SUMMARY_FILE}"


def check_good(made: Outputs) -> None:
    """The outputs can be opened: a comparison of bytes proves nothing about bytes that were never good."""
    assert json.loads(made[RESULTS])["schema"] == "sanjin-xl/results/1"
    books = {path: data for path, data in made.items() if path.endswith(".xlsx")}
    assert {Path(path).parts[0] for path in books} == {SUMMARY, CORRECTED, RULED}
    assert all(openpyxl.load_workbook(io.BytesIO(data), read_only=True).sheetnames for data in books.values())


# --- the command, killed at random ----------------------------------------------------------------------------------


def test_the_two_states_differ_and_are_good(settled: Settled) -> None:
    check_good(settled.old)
    check_good(settled.new)
    assert settled.old.keys() - settled.new.keys()
    assert settled.new.keys() - settled.old.keys()
    for name in (RESULTS, BOOK):
        assert settled.old[name] != settled.new[name]


def test_kill_9_at_random_moments_tears_nothing(settled: Settled) -> None:
    folder, random, seconds = settled.folder, Random(SEED), settled.seconds
    hit = 0
    for n in range(KILLS):
        bring(folder, NEW)
        process, started = start(folder), time.monotonic()
        try:
            # One moment in each of so many equal parts of the run.
            process.wait((n + random.random()) / KILLS * seconds)
            seconds = time.monotonic() - started  # the machine has become faster
        except subprocess.TimeoutExpired:
            hit += kill(process, group=random.random() < 0.5)
        check_outputs(outputs(folder), settled.old, settled.new)
        check_record(folder)
        end_group(process)
        reset(folder, settled.old)
    assert hit > KILLS // 2
    bring(folder, NEW)
    ingest(folder)
    assert outputs(folder) == settled.new
    check_all_is_archived(folder)


def test_after_all_kills_a_fresh_round_says_the_same(settled: Settled, tmp_path: Path) -> None:
    fresh = tmp_path / "三季度"
    ours = shutil.ignore_patterns("register.*", "archive", "lock", SUMMARY, CORRECTED, RULED)
    shutil.copytree(settled.folder, fresh, ignore=ours)
    ingest(fresh)
    ingest(settled.folder)
    assert outputs(fresh)[RESULTS] == outputs(settled.folder)[RESULTS]


def test_what_a_killed_run_had_begun_to_write_is_cleared_away_by_the_next(settled: Settled) -> None:
    hidden = settled.folder / WORKSHOP
    for path in (settled.folder / f"{BOOK}.99999.tmp", hidden / "archive" / "ab" / "ab12.99999.tmp"):
        begun = path.with_name(f".~{path.name}" if SUMMARY in path.parts else f".{path.name}")
        begun.parent.mkdir(exist_ok=True)
        begun.write_bytes(b"half of it")
    ingest(settled.folder)
    assert leftovers(settled.folder) == []


POOL = """
from sanjin_xl.round.pools import local_pool
pool = local_pool(2)
print(sum(pool.map(int, range(9))), flush=True)
input()
"""


def test_workers_do_not_outlive_the_process_that_started_them() -> None:
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", POOL]
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True, start_new_session=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "36\n"
        assert len(group_of(process)) >= 2
        kill(process, group=False)
        deadline = time.monotonic() + PATIENCE
        while (left := group_of(process)) and time.monotonic() < deadline:
            time.sleep(0.05)
        end_group(process)
    assert left == []


# --- killed before each change to a file ----------------------------------------------------------------------------


class Crashes:
    """`crash.py` at work on one round, which is put back to its old state before each crash."""

    def __init__(self, folder: Path, before: Path) -> None:
        self._folder, self._before = folder, before
        script = Path(__file__).with_name("crash.py")
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            [sys.executable, str(script), str(folder)],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=pipe,
            stdout=pipe,
            text=True,
        )

    def crash(self, n: int) -> str:
        """Bring the new returns and kill the run before its n-th change: `killed`, or `done` if there are fewer."""
        shutil.rmtree(self._folder)
        shutil.copytree(self._before, self._folder)
        bring(self._folder, NEW)
        return self.run(n)

    def run(self, n: int) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(n, file=self.process.stdin, flush=True)
        return self.process.stdout.readline().strip()


NEVER = 1_000_000
EVERY = 8  # so many crashes the next run is tried as well


def test_kill_9_before_each_change_to_a_file_tears_nothing(tmp_path: Path) -> None:
    folder, before = make(tmp_path / "三季度"), tmp_path / "before"
    crashes = Crashes(folder, before)
    with crashes.process:
        bring(folder, OLD)
        assert crashes.run(NEVER) == "done"
        old = outputs(folder)
        shutil.copytree(folder, before)
        assert crashes.crash(NEVER) == "done"
        new = outputs(folder)
        n = 0
        while crashes.crash(n) == "killed":
            check_outputs(outputs(folder), old, new)
            check_record(folder)
            if n % EVERY == 0:
                assert crashes.run(NEVER) == "done"
                assert outputs(folder) == new
                check_all_is_archived(folder)
            n += 1
        assert crashes.process.stdin
        crashes.process.stdin.close()
    assert n >= 3 * len(old)


__all__ = ["settled"]
