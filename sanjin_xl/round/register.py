"""The register of a round (SQLite): which files were ever seen and when, and what was issued."""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sanjin_xl.errors import RoundError

_TABLES = """
CREATE TABLE IF NOT EXISTS files (
  sha256 TEXT PRIMARY KEY, size INTEGER NOT NULL, path TEXT NOT NULL, first_seen TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS issues (
  unit TEXT NOT NULL, issue INTEGER NOT NULL, fingerprint TEXT NOT NULL, issued TEXT NOT NULL, PRIMARY KEY (unit, issue)
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
        now = datetime.now(UTC).astimezone().isoformat(timespec="minutes")
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

    def note_issues(self, issues: Mapping[str, int], fingerprint: str) -> None:
        """Note the issue number given to each unit code."""
        now = datetime.now(UTC).astimezone().isoformat(timespec="minutes")
        with self._transaction():
            self._db.executemany(
                "INSERT OR IGNORE INTO issues VALUES (?, ?, ?, ?)",
                ((unit, issue, fingerprint, now) for unit, issue in issues.items()),
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
