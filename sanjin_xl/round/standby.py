"""What a window keeps between two counts: processes that have started, what became of each file, the table as read.

Most of a count of six returns was the start of its processes; and of forty returns one is new.
"""

import pickle
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import replace
from itertools import chain
from typing import Any

from sanjin_xl.judge.pipeline import Outcome
from sanjin_xl.model.errors import Refused
from sanjin_xl.model.rules import Rules
from sanjin_xl.review.table_reader import Table, read_table
from sanjin_xl.round.inbox import Taken
from sanjin_xl.round.pools import cores, is_alive, local_pool, stop
from sanjin_xl.round.workers import READER_DIED, READER_FAILED, SLOW_ARCHIVE

Judge = Callable[[Rules, Iterable[Taken]], Iterator[Outcome]]

MOST_WORKERS = 4
"""Processes of a pool that is kept: each has 50 to 150 MB for as long as the window is open."""

_MOST_IDLE = 2  # pools: one judges, beside it one opens archives and mails
_UNSETTLED = frozenset((READER_DIED, READER_FAILED, SLOW_ARCHIVE))  # what may go another way the next time


class Known:
    """What became of the files of the last count. Equal rules and equal files give equal outcomes.

    Nothing is kept of an archive or a file of which a part failed or took too long.
    """

    def __init__(self) -> None:
        self.rules = b""  # packed
        self._outcomes: dict[Taken, list[Outcome]] = {}  # by the file without its bytes, for which its SHA-256 stands

    def judged(self, rules: Rules, files: Iterable[Taken], judge: Judge) -> Iterator[Outcome]:
        """The outcome of every file, of which only those are judged that are new to these rules."""
        packed = pickle.dumps(rules)
        before = self._outcomes if packed == self.rules else {}
        now: dict[Taken, list[Outcome]] = {}
        recalled: list[list[Outcome]] = []
        new: dict[str, list[Outcome]] = {}

        def unknown() -> Iterator[Taken]:
            for one in files:
                bare = replace(one, data=None)
                if one.data is None or one.refused:
                    yield one
                elif bare in before:
                    now[bare] = before[bare]
                    recalled.append(before[bare])
                else:
                    now[bare] = new[one.shown] = []
                    yield one

        for outcome in judge(rules, unknown()):
            if outcome.file in new:
                new[outcome.file].append(outcome)
            yield outcome
        yield from chain.from_iterable(recalled)
        unsettled = {one.top for one, outcomes in now.items() if any(each.reason in _UNSETTLED for each in outcomes)}
        self.rules, self._outcomes = packed, {one: came for one, came in now.items() if one.top not in unsettled}


class Standby:
    """Pools that are lent and come back, with the processes they have started; and what became of the last files.

    A pool whose process died, or that has not finished, does not come back: the next work has a fresh one.
    """

    def __init__(self) -> None:
        self.known = Known()
        self._table: tuple[tuple[bytes, bytes], Table] | None = None
        self._idle: list[Executor] = []
        self._lock = threading.Lock()
        self._closed = False

    def lend(self) -> Executor:
        """A pool for a piece of work, which has it to itself until it stops it."""
        while pool := self._pop():
            if is_alive(pool):
                return Lent(pool, self._take_back)
            stop(pool)
        return Lent(local_pool(min(cores(), MOST_WORKERS)), self._take_back)

    def read_table(self, data: bytes, rules: Rules, path: str) -> Table:
        """The table of rulings in some bytes, read again only where they, or the rules of this count, are others.

        For a run that has judged by these rules. Raises WorkbookError as `table_reader.read_table` does.
        """
        key = data, self.known.rules
        if self._table is None or self._table[0] != key:
            self._table = key, read_table(data, rules, path)
        return self._table[1]

    def close(self) -> None:
        """End the processes that wait; a pool that is still lent ends when its work does."""
        with self._lock:
            self._closed, idle = True, self._idle
            self._idle = []
        for pool in idle:
            stop(pool)

    def _pop(self) -> Executor | None:
        with self._lock:
            return self._idle.pop() if self._idle else None

    def _take_back(self, pool: Executor) -> None:
        with self._lock:
            if keep := not self._closed and len(self._idle) < _MOST_IDLE:
                self._idle.append(pool)
        if not keep:
            stop(pool)


class Lent(Executor):
    """A pool on loan: shut down it goes back, provided that all it was given through this loan has come back whole."""

    def __init__(self, pool: Executor, take_back: Callable[[Executor], object] = id) -> None:
        """`take_back` is called with the pool; by default whoever lends keeps it anyway."""
        self._pool, self._take_back = pool, take_back
        self._pending: list[Future[Any]] = []
        self._is_back = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        # Those that have come back are let go, with the results they hold.
        self._pending = [one for one in self._pending if not _is_whole(one)]
        self._pending.append(future := self._pool.submit(fn, *args, **kwargs))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        if self._is_back:
            return
        self._is_back = True
        if all(map(_is_whole, self._pending)):
            self._take_back(self._pool)
        else:
            self._pool.shutdown(wait, cancel_futures=cancel_futures)


def _is_whole(future: "Future[Any]") -> bool:
    """Whether a piece of work has come to its end; that a container is refused is one."""
    return future.done() and not future.cancelled() and isinstance(future.exception(), Refused | None)
