"""The memory of a round: the register (SQLite) of files seen, forms issued and rulings made."""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from sanjin_xl.model.errors import RoundError
from sanjin_xl.model.period import BEIJING
from sanjin_xl.model.rules import Copy
from sanjin_xl.model.stamp import UNSEALED_COPY
from sanjin_xl.review.rulings import Ruling
from sanjin_xl.round.outputs import cause_of, require_file, write_whole

REGISTER = "register.sqlite"
BACKUP = "register.backup"
VERSION = 5  # of the tables, in the register as user_version; 0 is what 0.1.0 wrote
PATIENCE = 10.0  # seconds to wait for another program that holds the register
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
CREATE TABLE IF NOT EXISTS written (
  path TEXT PRIMARY KEY, made_from TEXT NOT NULL, sha256 TEXT NOT NULL, made_on TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS fatal (
  sha256 TEXT PRIMARY KEY, version TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS corrections (
  unit TEXT NOT NULL, revision INTEGER NOT NULL, corrects TEXT NOT NULL, follows INTEGER NOT NULL, filled_on TEXT,
  received TEXT, made TEXT NOT NULL, PRIMARY KEY (unit, revision)
);
CREATE TABLE IF NOT EXISTS arrivals (
  sha256 TEXT NOT NULL, path TEXT NOT NULL, how TEXT NOT NULL, put_in TEXT, taken_out TEXT
);
CREATE TABLE IF NOT EXISTS facts (
  name TEXT PRIMARY KEY, value TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS rulings (
  unit TEXT NOT NULL, item INTEGER, question TEXT NOT NULL, points INTEGER, not_applicable INTEGER NOT NULL,
  settled INTEGER NOT NULL, withdrawn INTEGER NOT NULL, unread TEXT NOT NULL, unread_tick TEXT NOT NULL,
  reason TEXT NOT NULL, who TEXT NOT NULL, day TEXT NOT NULL, basis TEXT NOT NULL, noted_at TEXT NOT NULL
);
"""

# Of the copies made before their revisions were sealed it is known that there were some.
_UPGRADE = f"""
CREATE TABLE IF NOT EXISTS copies (unit TEXT PRIMARY KEY, made_from TEXT NOT NULL, sha256 TEXT NOT NULL);
INSERT OR IGNORE INTO corrections SELECT unit, {UNSEALED_COPY}, '', 0, NULL, NULL, '' FROM copies;
"""

_CAUSES = {
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_READONLY: "no-right",
    sqlite3.SQLITE_PERM: "no-right",
    sqlite3.SQLITE_CANTOPEN: "no-right",
    sqlite3.SQLITE_IOERR: "failed",
    sqlite3.SQLITE_PROTOCOL: "failed",
}


@contextmanager
def named_faults(path: Path) -> Iterator[None]:
    """Turn what SQLite says into RoundError("register-…") by its cause: only what is damaged is called so."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", None)
        # Without a code: a text that is none, or the module was used wrongly.
        if code is None and not isinstance(error, sqlite3.OperationalError):
            raise
        # The low byte is the cause, the rest its variety.
        raise RoundError(f"register-{_CAUSES.get((code or 0) & 0xFF, 'damaged')}", path=path) from error


class Arrival(NamedTuple):
    """A file that was put into 回收/ by the program, or taken out of it: when, where, and how it came."""

    sha256: str
    path: str
    how: str
    put_in: str | None
    taken_out: str | None


class Written(NamedTuple):
    """A workbook as it was last written: a fingerprint of what it was made from, its SHA-256, the day it was made."""

    made_from: str
    sha256: str
    made_on: date


class Register:
    """An open register; every method is one transaction, so that a killed run leaves it whole.

    Every method raises RoundError("register-…") when another program holds the register, the disk is full, it may not
    be written, or it is damaged.
    """

    def __init__(self, path: Path, *, issued: bool = False, archived: bool = False) -> None:
        """Open a register or make one.

        `issued` and `archived` say what there is that only a register can have led to: forms issued, and returns
        archived or a copy of the register. Raises RoundError("register-lost") where it does not know of them, for a
        fresh one would count the issues from the start again, and RoundError("register-newer") for one of a newer
        program.
        """
        self._path = path
        self._sealed = True
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:  # a file lies in its place, say, or the disk is full
            raise RoundError(f"register-{cause_of(error)}", path=path) from error
        require_file(path)
        with named_faults(path):
            self._db = sqlite3.connect(path, isolation_level=None, timeout=PATIENCE)
        try:
            with named_faults(path):
                self._prepare(issued, archived)
        except BaseException:
            self._db.close()
            raise

    def _prepare(self, issued: bool, archived: bool) -> None:
        """Check the register, and make what is missing of its tables."""
        # As of one moment: read one after the other, seal and rows would differ where another run notes something.
        self._db.execute("BEGIN")
        try:
            version = self._checked_version(issued, archived)
        finally:
            if self._db.in_transaction:  # SQLite may have ended it by itself where the disk or the network failed
                self._db.execute("ROLLBACK")
        if version < VERSION:
            self._sealed = False
            upgrade = f"{_TABLES} {_UPGRADE if version < 3 else ''} DROP TABLE IF EXISTS copies;"
            upgrade += f"DELETE FROM facts WHERE name = 'seal'; PRAGMA user_version = {VERSION};"
            self._db.executescript(f"BEGIN IMMEDIATE; {upgrade} COMMIT;")

    def _checked_version(self, issued: bool, archived: bool) -> int:
        """The version of the tables of a register that is whole and knows what it must."""
        version: int = self._db.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise RoundError("register-newer", path=self._path)
        if self._db.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise RoundError("register-damaged", path=self._path)
        # A run may have been killed after it archived its first returns and before it noted them.
        blank = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
        if (blank and archived) or (issued and (blank or not self.latest_issues())):
            raise RoundError("register-lost", path=self._path, backup=self._path.with_name(BACKUP))
        if version and self._fact("seal") not in (None, self._rows_hashed()):
            raise RoundError("register-altered", path=self._path)
        return version

    def close(self) -> None:
        # A register without a seal is no worse than one whose run was killed.
        with suppress(RoundError):
            self._seal()
        self._db.close()

    def _seal(self) -> None:
        """Note a hash over all rows: SQLite's own check does not see a byte that turned within a value.

        The first change after that takes it away in the same transaction, so that a kill leaves no false one.
        """
        if not self._sealed:
            with self._transaction():
                self._db.execute("INSERT INTO facts VALUES ('seal', ?)", (self._rows_hashed(),))
            self._sealed = True

    def _rows_hashed(self) -> str:
        """SHA-256 over every row of every table, its own left out."""
        tables = self._rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        rows = (row for (table,) in tables for row in self._rows(f"SELECT '{table}', * FROM {table} ORDER BY rowid"))
        content = hashlib.sha256()
        for row in rows:
            if row[:2] != ("facts", "seal"):
                content.update(repr(row).encode("utf-8", "backslashreplace"))
        return content.hexdigest()

    def keep_copy(self) -> None:
        """Keep a copy of the register beside it, whole or not at all; raises WorkbookError where it cannot."""
        self._seal()
        with named_faults(self._path):
            data = self._db.serialize()
        write_whole(self._path.with_name(BACKUP), data)

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        with named_faults(self._path):
            return self._db.execute(query).fetchall()

    def _fact(self, name: str) -> str | None:
        return dict(self._rows("SELECT name, value FROM facts")).get(name)

    def key(self) -> str | None:
        """The fingerprint of the round's key, None before any was noted."""
        return self._fact("key")

    def note_key(self, fingerprint: str) -> None:
        """Note the fingerprint of the round's key, once and for all."""
        with self._transaction():
            self._db.execute("INSERT OR IGNORE INTO facts VALUES ('key', ?)", (fingerprint,))

    def inbox(self) -> str | None:
        """What the last ingest saw of 回收/, round.toml and the table of rulings, None before any."""
        return self._fact("inbox")

    def note_inbox(self, fingerprint: str) -> None:
        """Note what an ingest that has been written saw."""
        with self._transaction():
            self._db.execute("INSERT OR REPLACE INTO facts VALUES ('inbox', ?)", (fingerprint,))

    def arrivals(self) -> list[Arrival]:
        """Every time a file was put into 回收/ or taken out of it by the program, in the order they happened."""
        return [Arrival(*row) for row in self._rows("SELECT * FROM arrivals ORDER BY rowid")]

    def note_arrival(self, sha256: str, path: str, how: str, *, out: bool = False) -> None:
        """Note that a file was put in at a path, or taken out; nothing is ever changed or removed.

        `how`: "dropped" onto the page, or "back" from the archive; for one that is taken out, "".
        """
        now = _now()
        with self._transaction():
            row = (sha256, path, how, None if out else now, now if out else None)
            self._db.execute("INSERT INTO arrivals VALUES (?, ?, ?, ?, ?)", row)

    def note_files(self, files: Iterable[tuple[str, int, str]]) -> None:
        """Note files as (sha256, size, shown path); one already known keeps its first entry."""
        now = _now()
        with self._transaction():
            self._db.executemany(
                "INSERT OR IGNORE INTO files VALUES (?, ?, ?, ?)", ((sha, size, path, now) for sha, size, path in files)
            )

    def paths(self) -> dict[str, str]:
        """The path each file was first seen at, by its SHA-256."""
        return dict(self._rows("SELECT sha256, path FROM files"))

    def first_seen(self) -> dict[str, str]:
        """When each file was first seen, by its SHA-256."""
        return dict(self._rows("SELECT sha256, first_seen FROM files"))

    def fatal(self, version: str) -> frozenset[str]:
        """The SHA-256 of every file that killed its reader under this version of the program; another may read it."""
        return frozenset(sha for sha, noted in self._rows("SELECT sha256, version FROM fatal") if noted == version)

    def note_fatal(self, files: Iterable[str], version: str) -> None:
        """Note files that have killed their reader, by SHA-256."""
        with self._transaction():
            self._db.executemany("INSERT OR REPLACE INTO fatal VALUES (?, ?)", ((sha, version) for sha in files))

    def was_another(self, path: str, sha256: str) -> bool:
        """Whether a file with other bytes was first seen under the same path."""
        with named_faults(self._path):
            query = "SELECT 1 FROM files WHERE path = ? AND sha256 != ? LIMIT 1"
            return self._db.execute(query, (path, sha256)).fetchone() is not None

    def received_on(self, sha256: str) -> date | None:
        """The day in China on which a file was first seen, None for one that never was."""
        with named_faults(self._path):
            row = self._db.execute("SELECT first_seen FROM files WHERE sha256 = ?", (sha256,)).fetchone()
        return datetime.fromisoformat(row[0]).astimezone(BEIJING).date() if row else None

    def latest_issues(self) -> dict[str, tuple[int, str]]:
        """The latest issue number and the form's fingerprint, by unit code."""
        rows = self._rows("SELECT unit, issue, fingerprint FROM issues ORDER BY issue")
        return {unit: (issue, fingerprint) for unit, issue, fingerprint in rows}

    def prefills(self) -> dict[tuple[str, int], str]:
        """What was filled in beforehand, "" for nothing, by unit code and issue number."""
        rows = self._rows("SELECT unit, issue, prefill FROM prefills")
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

    def written(self) -> dict[str, Written]:
        """The workbooks of units as they were last written, by their path within the round."""
        rows = self._rows("SELECT path, made_from, sha256, made_on FROM written")
        return {path: Written(made_from, sha, date.fromisoformat(day)) for path, made_from, sha, day in rows}

    def note_written(self, books: Mapping[str, Written]) -> None:
        """Note workbooks that have been written, by their path within the round."""
        rows = ((path, one.made_from, one.sha256, one.made_on.isoformat()) for path, one in books.items())
        with self._transaction():
            self._db.executemany("INSERT OR REPLACE INTO written VALUES (?, ?, ?, ?)", rows)

    def corrections(self) -> dict[tuple[str, int], Copy]:
        """Every correction copy ever made, by unit code and revision."""
        rows = self._rows("SELECT unit, revision, corrects, follows, filled_on, received FROM corrections")
        return {
            (unit, revision): Copy(
                corrects=corrects, follows=follows, filled_on=_day(filled_on), received=_day(received)
            )
            for unit, revision, corrects, follows, filled_on, received in rows
        }

    def note_corrections(self, corrections: Mapping[tuple[str, int], Copy]) -> None:
        """Note correction copies by unit code and revision; nothing is ever changed or removed."""
        now = _now()
        with self._transaction():
            self._db.executemany(
                "INSERT OR IGNORE INTO corrections VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    (unit, revision, one.corrects, one.follows, _text(one.filled_on), _text(one.received), now)
                    for (unit, revision), one in corrections.items()
                ),
            )

    def rulings(self) -> list[Ruling]:
        """Every entry the city ever made, in the order they were noted."""
        return list(map(_ruling, self._rows(f"SELECT {', '.join(_RULING_COLUMNS)} FROM rulings ORDER BY rowid")))

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
        with named_faults(self._path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._db.execute("DELETE FROM facts WHERE name = 'seal'")
                self._sealed = False
                yield
                self._db.execute("COMMIT")
            except BaseException:
                # Of a full disk SQLite has gone back by itself.
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def today() -> date:
    """The day it is in China."""
    return datetime.now(BEIJING).date()


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
    # 2 stands for every round to come; what programs before took for a tick they take for one still.
    values["not_applicable"] = one.not_applicable + one.standing
    return tuple(values[name] for name in _RULING_COLUMNS)


def _ruling(row: tuple[Any, ...]) -> Ruling:
    values = dict(zip(_RULING_COLUMNS, row, strict=True))
    values["unread"] = values["unread"], values.pop("unread_tick")
    ticks = {name: bool(values[name]) for name in ("not_applicable", "settled", "withdrawn")}
    return Ruling(**(values | ticks), standing=values["not_applicable"] == 2)
