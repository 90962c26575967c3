"""A run that is killed at any moment leaves the last good outputs, a sound register, and nothing the next run minds.

SANJIN_KILLS sets how often a run is killed at random, by default 20 times.
"""

import hashlib
import io
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pytest
import rounds
from rounds import clean, done, planned, typed

from sanjin_xl.round.config import (
    CORRECTED,
    HIDDEN,
    RESULTS_FILE,
    RETURNED,
    RULED,
    SUMMARY,
    SUMMARY_FILE,
    make_round,
    read_keys,
)

pytestmark = pytest.mark.skipif(os.name != "posix", reason="SIGKILL and process groups are POSIX's")

ROOT = Path(__file__).parent.parent
KILLS = int(os.environ.get("SANJIN_KILLS", "20"))
SEED = 2012
PATIENCE = 5.0  # seconds that workers may outlive the process that started them
MTIME = 1_349_000_000  # 30 September 2012, the same for every copy of a return
FORM = rounds.small_form()
UNITS = [unit.code for unit in rounds.heyuan().units]
OLD, NEW = "old", "new"
RESULTS, BOOK = f"{SUMMARY}/{RESULTS_FILE}", f"{SUMMARY}/{SUMMARY_FILE}"
Outputs = dict[str, bytes]


@dataclass(frozen=True)
class Settled:
    """A round that has seen its old and its new returns; the outputs of each; the seconds of an undisturbed run."""

    folder: Path
    old: Outputs
    new: Outputs
    seconds: float


# --- a round with two states ----------------------------------------------------------------------------------------


def make(folder: Path) -> Path:
    """A round with the returns of four counties of six, and strangers among them; of the small form, to save time."""
    folder.mkdir()
    (folder / f"{FORM.id}.toml").write_text(rounds.SMALL_FORM, encoding="utf-8")
    make_round(folder, form=FORM.id, period="2012年第三季度", due=date(2012, 10, 15))
    for n, unit in enumerate(UNITS[2:]):
        put(folder, f"{n}.xlsx", answers(folder, unit, faulty=n == 0))
    put(folder, "补报/说明.txt", "随表附上".encode())
    put(folder, "~$0.xlsx", b"\0" * 165)
    put(folder, "坏.xlsx", b"PK\3\4")
    return folder


def bring(folder: Path, state: str) -> None:
    """Let the returns of the first two counties be the old or the new ones: each time another has faults."""
    faulty = UNITS[state == NEW]
    for unit in UNITS[:2]:
        put(folder, f"{unit}.xlsx", answers(folder, unit, faulty=unit == faulty))


def answers(folder: Path, unit: str, *, faulty: bool) -> bytes:
    wrong = {2: planned(month=None), 4: typed(done="部分")} if faulty else {}
    entries = clean(FORM) | wrong | {1: done(month=9, remark=unit)}
    return rounds.fill(FORM, entries, unit, key=read_keys(folder).secret)


def put(folder: Path, name: str, data: bytes) -> None:
    path = folder / RETURNED / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    os.utime(path, (MTIME, MTIME))


def outputs(folder: Path) -> Outputs:
    """Every output by its path, but for what is still on its way to be one."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for name in (SUMMARY, CORRECTED, RULED)
        for path in sorted((folder / name).rglob("*"))
        if path.is_file() and path.suffix != ".tmp"
    }


def leftovers(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.tmp"))


# --- what must hold -------------------------------------------------------------------------------------------------


def check_outputs(now: Outputs, old: Outputs, new: Outputs) -> None:
    """Each output is the whole old one or the whole new one; what both have is there."""
    assert old.keys() & new.keys() <= now.keys() <= old.keys() | new.keys()
    torn = [path for path, data in now.items() if data not in (old.get(path), new.get(path))]
    assert torn == []


def check_record(folder: Path) -> None:
    """The register is sound, and whatever it knows is in the archive, byte for byte."""
    with closing(sqlite3.connect(folder / HIDDEN / "register.sqlite")) as register:
        assert register.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        known = [sha256 for (sha256,) in register.execute("SELECT sha256 FROM files")]
    for sha256 in known:
        kept = folder / HIDDEN / "archive" / sha256[:2] / sha256
        assert hashlib.sha256(kept.read_bytes()).hexdigest() == sha256


def check_all_is_archived(folder: Path) -> None:
    check_record(folder)
    archived = {path.name for path in (folder / HIDDEN / "archive").rglob("*") if path.suffix != ".tmp"}
    returned = [path for path in (folder / RETURNED).rglob("*") if path.is_file() and not path.name.startswith("~$")]
    assert {hashlib.sha256(path.read_bytes()).hexdigest() for path in returned} <= archived


def check_good(made: Outputs) -> None:
    """The outputs can be opened: a comparison of bytes proves nothing about bytes that were never good."""
    assert json.loads(made[RESULTS])["schema"] == "sanjin-xl/results/1"
    books = {path: data for path, data in made.items() if path.endswith(".xlsx")}
    assert {Path(path).parts[0] for path in books} == {SUMMARY, CORRECTED, RULED}
    assert all(openpyxl.load_workbook(io.BytesIO(data), read_only=True).sheetnames for data in books.values())


# --- the command, killed at random ----------------------------------------------------------------------------------


def start(folder: Path) -> "subprocess.Popen[bytes]":
    """`sanjin-xl ingest` in a process group of its own."""
    command = [sys.executable, "-m", "sanjin_xl", "ingest", str(folder)]
    nowhere = subprocess.DEVNULL
    return subprocess.Popen(command, cwd=ROOT, stdout=nowhere, stderr=nowhere, start_new_session=True)


def ingest(folder: Path) -> float:
    """A run nobody disturbs; gives the seconds it took."""
    started = time.monotonic()
    assert start(folder).wait(60) in (0, 1)
    return time.monotonic() - started


def kill(process: "subprocess.Popen[Any]", *, group: bool) -> bool:
    """Kill a run, with its workers or alone; whether it was still running."""
    running = process.poll() is None
    if running and group:
        os.killpg(process.pid, signal.SIGKILL)
    elif running:
        process.kill()
    process.wait()
    return running


def group_of(process: "subprocess.Popen[Any]") -> list[str]:
    """The processes left in a run's group, as ps tells them, the dead that nobody has buried yet left out."""
    listed = subprocess.run(["ps", "-e", "-o", "pgid=,stat=,args="], capture_output=True, text=True, check=True)
    lines = [line.split(None, 2) for line in listed.stdout.splitlines()]
    return [args for group, state, args in lines if int(group) == process.pid and not state.startswith("Z")]


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Settled:
    """A round that has seen both states; its outputs are the old ones."""
    folder = make(tmp_path_factory.mktemp("kill") / "三季度")
    states = {}
    # When a file was first seen stands in the outputs: the first run of a state whose files are all new does not count.
    for state in (NEW, OLD, NEW):
        bring(folder, state)
        seconds = ingest(folder)
        states[state] = outputs(folder)
    reset(folder, states[OLD])
    return Settled(folder, states[OLD], states[NEW], seconds)


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


def end_group(process: "subprocess.Popen[Any]") -> None:
    if group_of(process):
        os.killpg(process.pid, signal.SIGKILL)


def reset(folder: Path, old: Outputs) -> None:
    """Put the old outputs back, so that the next kill finds them too; the rest of the round stays as it was left."""
    for path in outputs(folder).keys() - old.keys():
        (folder / path).unlink()
    for path, data in old.items():
        (folder / path).write_bytes(data)


def test_after_all_kills_a_fresh_round_says_the_same(settled: Settled, tmp_path: Path) -> None:
    fresh = tmp_path / "三季度"
    ours = shutil.ignore_patterns("register.*", "archive", "lock", SUMMARY, CORRECTED, RULED)
    shutil.copytree(settled.folder, fresh, ignore=ours)
    ingest(fresh)
    ingest(settled.folder)
    assert outputs(fresh)[RESULTS] == outputs(settled.folder)[RESULTS]


def test_what_a_killed_run_had_begun_to_write_is_cleared_away_by_the_next(settled: Settled) -> None:
    hidden = settled.folder / HIDDEN
    for path in (settled.folder / f"{BOOK}.99999.tmp", hidden / "archive" / "ab" / "ab12.99999.tmp"):
        begun = path.with_name(f".~{path.name}" if SUMMARY in path.parts else f".{path.name}")
        begun.parent.mkdir(exist_ok=True)
        begun.write_bytes(b"half of it")
    ingest(settled.folder)
    assert leftovers(settled.folder) == []


POOL = """
from sanjin_xl.round.workers import local_pool
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
