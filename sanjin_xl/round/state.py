"""Where a round stands, told from its files and its register without judging anything."""

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sanjin_xl.messages.letters import BOOK
from sanjin_xl.round.config import CONFIG, FEEDBACK, RETURNED, RULED, RULINGS_FILE
from sanjin_xl.round.inbox import Entry, list_inbox
from sanjin_xl.round.register import Register


class Step(StrEnum):
    """How far a round has come."""

    NEW = "new"
    ISSUED = "issued"
    RECEIVING = "receiving"
    RULED = "ruled"
    FED_BACK = "fed-back"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How far a round has come; `stale`: what lies in 回收/, round.toml or the table of rulings is not as last counted.

    `seen` is what lies there now, to be asked for twice: a file that is still being copied changes meanwhile.
    """

    step: Step
    stale: bool
    seen: str


def state_of(folder: Path, register: Register) -> State:
    """Where the round in a folder stands; raises RoundError where 回收/ cannot be listed."""
    entries = list_inbox(folder / RETURNED)
    now = with_table(folder, seen(folder, entries))
    return State(step=_step(folder, entries, register), stale=now != register.inbox(), seen=now)


def _step(folder: Path, entries: Iterable[Entry], register: Register) -> Step:
    if any((folder / FEEDBACK).glob("*.xlsx")):
        return Step.FED_BACK
    if register.rulings():
        return Step.RULED
    if any(not one.skipped for one in entries):
        return Step.RECEIVING
    return Step.ISSUED if register.latest_issues() else Step.NEW


def seen(folder: Path, entries: Iterable[Entry]) -> str:
    """A fingerprint of what lies in 回收/, of round.toml and the address book: path, size, time of change of each.

    Paths are those within the folder, which others may reach by another way: "三季度", or a drive of their own.
    """
    found, base = hashlib.sha256(), os.fspath(folder)
    for path in (*(one.path for one in entries), os.fspath(folder / CONFIG), os.fspath(folder / BOOK)):
        found.update(line_of(path).removeprefix(base).encode("utf-8", "surrogateescape") + b"\n")
    return found.hexdigest()


def with_table(folder: Path, seen: str) -> str:
    """The same with the table of rulings, which an ingest writes itself: what it is like when all has been written."""
    table = folder / RULED / RULINGS_FILE
    return f"{seen} {line_of(table).removeprefix(os.fspath(table))}"


def line_of(path: str | os.PathLike[str]) -> str:
    """A path with what changes with what lies there: its size and the time it was changed."""
    path = os.fspath(path)
    try:
        facts = os.lstat(path)
    except OSError:
        return path
    return f"{path}|{facts.st_size}|{facts.st_mtime_ns}"
