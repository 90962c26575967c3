"""The memory of a round: the register (SQLite) of files seen, forms issued and rulings made; the archive of returns."""

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sanjin_xl.model.errors import RoundError
from sanjin_xl.review.rulings import Ruling

REGISTER = "register.sqlite"
_TABLES = """
CREATE TABLE IF NOT EXISTS files (
  sha256 TEXT PRIMARY KEY, size INTEGER NOT NULL, path TEXT NOT NULL, first_seen TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS issues (
  unit TEXT NOT NULL, issue INTEGER NOT NULL, fingerprint TEXT NOT NULL, issued TEXT NOT NULL, PRIMARY KEY (unit, issue)
);
CREATE TABLE IF NOT EXISTS prefills (
  unit TEXT NOT NULL, issue INTEGER NOT NULL, prefill TEXT NOT NULL, PRIMARY KEY (unit, issue)
);
CREATE TABLE IF NOT EXISTS copies (
  unit TEXT PRIMARY KEY, made_from TEXT NOT NULL, sha256 TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS rulings (
  unit TEXT NOT NULL, item INTEGER, question TEXT NOT NULL, points INTEGER, not_applicable INTEGER NOT NULL,
  settled INTEGER NOT NULL, withdrawn INTEGER NOT NULL, unread TEXT NOT NULL, unread_tick TEXT NOT NULL,
  reason TEXT NOT NULL, who TEXT NOT NULL, day TEXT NOT NULL, basis TEXT NOT NULL, noted_at TEXT NOT NULL
);
"""


class Register:
    """An open register; every method is one transaction, so that a killed run leaves it whole."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._db = sqlite3.connect(path, isolation_level=None, timeout=30)
            self._db.executescript(_TABLES)
        except sqlite3.DatabaseError as error:
            raise RoundError("register-damaged") from error

    def close(self) -> None:
        self._db.close()

    def note_files(self, files: Iterable[tuple[str, int, str]]) -> None:
        """Note files as (sha256, size, shown path); one already known keeps its first entry."""
        now = _now()
        with self._transaction():
            self._db.executemany(
                "INSERT OR IGNORE INTO files VALUES (?, ?, ?, ?)", ((sha, size, path, now) for sha, size, path in files)
            )

    def first_seen(self) -> dict[str, str]:
        """When each file was first seen, by its SHA-256."""
        return dict(self._db.execute("SELECT sha256, first_seen FROM files"))

    def latest_issues(self) -> dict[str, tuple[int, str]]:
        """The latest issue number and the form's fingerprint, by unit code."""
        rows = self._db.execute("SELECT unit, issue, fingerprint FROM issues ORDER BY issue")
        return {unit: (issue, fingerprint) for unit, issue, fingerprint in rows}

    def prefills(self) -> dict[tuple[str, int], str]:
        """What was filled in beforehand, "" for nothing, by unit code and issue number."""
        rows = self._db.execute("SELECT unit, issue, prefill FROM prefills")
        return {(unit, issue): prefill for unit, issue, prefill in rows}

    def note_issues(self, issues: Mapping[str, int], fingerprint: str, prefill: str = "") -> None:
        """Note the issue number given to each unit code; `prefill` tells what was filled in beforehand, if anything."""
        now = _now()
        with self._transaction():
            self._db.executemany(
                "INSERT OR IGNORE INTO issues VALUES (?, ?, ?, ?)",
                ((unit, issue, fingerprint, now) for unit, issue in issues.items()),
            )
            self._db.executemany(
                "INSERT OR IGNORE INTO prefills VALUES (?, ?, ?)",
                ((unit, issue, prefill) for unit, issue in issues.items()),
            )

    def copies(self) -> dict[str, tuple[str, str]]:
        """What the last correction copy of each unit was made from, as a fingerprint, and its SHA-256, by unit code."""
        return {unit: (made_from, sha) for unit, made_from, sha in self._db.execute("SELECT * FROM copies")}

    def note_copies(self, copies: Iterable[tuple[str, str, str]]) -> None:
        """Note correction copies as (unit code, fingerprint of what it was made from, SHA-256)."""
        with self._transaction():
            self._db.executemany("INSERT OR REPLACE INTO copies VALUES (?, ?, ?)", copies)

    def rulings(self) -> list[Ruling]:
        """Every entry the city ever made, in the order they were noted."""
        rows = self._db.execute(f"SELECT {', '.join(_RULING_COLUMNS)} FROM rulings ORDER BY rowid")
        return list(map(_ruling, rows))

    def note_rulings(self, rulings: Iterable[Ruling]) -> None:
        """Add entries; nothing is ever changed or removed."""
        now = _now()
        with self._transaction():
            self._db.executemany(
                f"INSERT INTO rulings ({', '.join(_RULING_COLUMNS)}, noted_at) VALUES ({'?, ' * 13}?)",
                ((*_ruling_row(one), now) for one in rulings),
            )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


def _now() -> str:
    return datetime.now(UTC).astimezone().isoformat(timespec="minutes")


# As they stand in the table; what could not be read stands there in two columns.
_RULING_COLUMNS = (
    *("unit", "item", "question", "points", "not_applicable", "settled", "withdrawn", "unread", "unread_tick"),
    *("reason", "who", "day", "basis"),
)


def _ruling_row(one: Ruling) -> tuple[object, ...]:
    values = asdict(one)
    values["unread"], values["unread_tick"] = one.unread
    return tuple(values[name] for name in _RULING_COLUMNS)


def _ruling(row: tuple[Any, ...]) -> Ruling:
    values = dict(zip(_RULING_COLUMNS, row, strict=True))
    values["unread"] = values["unread"], values.pop("unread_tick")
    ticks = {name: bool(values[name]) for name in ("not_applicable", "settled", "withdrawn")}
    return Ruling(**(values | ticks))


class Archive:
    """A folder of returns named by their SHA-256, in 256 sub-folders by its first two digits."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, sha256: str, data: bytes) -> None:
        """Keep a return unless it is there already; a copy cut off by a crash is replaced."""
        path = self._path(sha256)
        with contextlib.suppress(OSError):
            if path.stat().st_size == len(data):
                return
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        beside.write_bytes(data)
        beside.replace(path)

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold a round for one run at a time; raises RoundError("round-busy"). The lock dies with the process."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = sqlite3.connect(folder / "lock", isolation_level=None, timeout=0.5)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        lock.close()
        raise RoundError("round-busy") from error
    try:
        yield
    finally:
        with contextlib.suppress(sqlite3.Error):
            lock.execute("ROLLBACK")
        lock.close()
