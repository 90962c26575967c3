"""One run at a time: the lock of a round."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sanjin_xl.model.errors import RoundError
from sanjin_xl.round.outputs import require_file
from sanjin_xl.round.register import named_faults


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold a round for one run at a time; the lock dies with the process.

    Raises RoundError("round-busy") when another run holds it, RoundError("register-…") when it cannot be held at all.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "lock"
    require_file(path)
    with named_faults(path):
        lock = sqlite3.connect(path, isolation_level=None, timeout=0.5)
    with closing(lock):  # which gives it up
        try:
            with named_faults(path):
                lock.execute("BEGIN EXCLUSIVE")
        except RoundError as error:
            if error.code == "register-busy":
                raise RoundError("round-busy") from error
            if error.code == "register-damaged":
                raise RoundError("lock-damaged", path=path) from error
            raise
        yield
