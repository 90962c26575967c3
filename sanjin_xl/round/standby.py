"""What a window keeps between two counts: processes that have started, what became of each file, the table as read.

Most of a count of six returns was the start of its processes; and of forty returns one is new.
"""

import pickle
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from itertools import chain

from sanjin_xl.judge.pipeline import Outcome
from sanjin_xl.model.rules import Rules
from sanjin_xl.review.table_reader import Table, read_table
from sanjin_xl.round.inbox import Taken
from sanjin_xl.round.pools import MakeExecutor, Pools, cores, local_pool
from sanjin_xl.round.workers import READER_DIED, READER_FAILED, SLOW_ARCHIVE

Judge = Callable[[Rules, Iterable[Taken]], Iterator[Outcome]]

MOST_WORKERS = 4
"""Processes of a pool that is kept: each has 50 to 150 MB for as long as the window is open."""

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


class Standby(Pools):
    """Pools that wait for the next count, and what became of the last files."""

    def __init__(self) -> None:
        super().__init__()
        self.known = Known()
        self._table: tuple[tuple[bytes, bytes], Table] | None = None

    def lend(self, make_pool: MakeExecutor | None = None) -> Executor:
        """A pool for a piece of work, by default of as many processes as a window keeps."""
        return super().lend(make_pool or partial(local_pool, min(cores(), MOST_WORKERS)))

    def read_table(self, data: bytes, rules: Rules, path: str) -> Table:
        """The table of rulings in some bytes, read again only where they, or the rules of this count, are others.

        For a run that has judged by these rules. Raises WorkbookError as `table_reader.read_table` does.
        """
        key = data, self.known.rules
        if self._table is None or self._table[0] != key:
            self._table = key, read_table(data, rules, path)
        return self._table[1]
