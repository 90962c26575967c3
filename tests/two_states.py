"""A round in two states, old and new, and runs over it that are ended from outside.

SANJIN_KILLS sets how often a run is ended at random, by default 12 times.
"""

import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import rounds
from rounds import clean, done, planned, typed

from sanjin_xl.round.config import CORRECTED, RETURNED, RULED, SUMMARY
from sanjin_xl.round.keys import read_keys
from sanjin_xl.round.new_round import make_round
from sanjin_xl.round.outputs import WORKSHOP

ROOT = Path(__file__).parent.parent
KILLS = int(os.environ.get("SANJIN_KILLS", "12"))
SEED = 2012
PATIENCE = 5.0  # seconds that workers may outlive the process that started them
MTIME = 1_349_000_000  # 30 September 2012, the same for every copy of a return
FORM = rounds.small_form()
UNITS = [unit.code for unit in rounds.heyuan().units]
OLD, NEW = "old", "new"
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
    with closing(sqlite3.connect(folder / WORKSHOP / "register.sqlite")) as register:
        assert register.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        known = [sha256 for (sha256,) in register.execute("SELECT sha256 FROM files")]
    for sha256 in known:
        kept = folder / WORKSHOP / "archive" / sha256[:2] / sha256
        assert hashlib.sha256(kept.read_bytes()).hexdigest() == sha256


def check_all_is_archived(folder: Path) -> None:
    check_record(folder)
    archived = {path.name for path in (folder / WORKSHOP / "archive").rglob("*") if path.suffix != ".tmp"}
    returned = [path for path in (folder / RETURNED).rglob("*") if path.is_file() and not path.name.startswith("~$")]
    assert {hashlib.sha256(path.read_bytes()).hexdigest() for path in returned} <= archived


# --- the command, ended from outside ------------------------------------------------------------------------------


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


def end_group(process: "subprocess.Popen[Any]") -> None:
    if group_of(process):
        os.killpg(process.pid, signal.SIGKILL)


def reset(folder: Path, old: Outputs) -> None:
    """Put the old outputs back, so that the next kill finds them too; the rest of the round stays as it was left."""
    for path in outputs(folder).keys() - old.keys():
        (folder / path).unlink()
    for path, data in old.items():
        (folder / path).write_bytes(data)
