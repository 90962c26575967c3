"""Ingest a round again and again in processes that kill themselves just before their n-th change to a file in it.

    python crash.py ROUND      n on standard input, a line each → `killed` or `done` on standard output

What is loaded is loaded once; each n is a fork of it. `sys.addaudithook` tells of every file opened for writing,
renamed or removed before it happens, so that the moments between two changes are tried one by one, none by luck.
"""

import os
import signal
import sys
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, Self

from executors import Here

CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.link", "os.truncate"}


class StoppedClock(datetime):
    """A clock that always says the same: when a file was first seen stands in the outputs."""

    @classmethod
    def now(cls, tz: Any = None) -> Self:
        return cls(2012, 10, 8, 9, 0, tzinfo=tz)


def kill_before(n: int, folder: str) -> None:
    """From now on, let this process die before its n-th change to a file below a folder; n counts from 0."""
    changes = count()

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        writes = event in CHANGES or (event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR))
        if writes and str(arguments[0]).startswith(folder) and next(changes) == n:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def main(folder: Path) -> None:
    from sanjin_xl.books import summary  # noqa: F401  (it takes its time to load)
    from sanjin_xl.round import commands, register

    vars(register)["datetime"] = StoppedClock
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            kill_before(int(line), str(folder))
            commands.ingest(folder, workers=1, make_executor=Here)
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print({0: "done", -signal.SIGKILL: "killed"}.get(status, f"failed: {status}"), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
