"""Equal bytes are judged once in a run, and what is known to kill its reader is not read at all."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from sanjin_xl.judge.pipeline import Outcome, said_by_name
from sanjin_xl.model.errors import Refused
from sanjin_xl.model.rules import Rules
from sanjin_xl.round.inbox import Taken
from sanjin_xl.round.workers import READER_DIED, SLOW_ARCHIVE

Key = tuple[str, object]
"""The SHA-256 of a file, and what its name and the mail it came by say of whose it is and when it came."""


class Once:
    """Lets through one file of those with equal bytes whose names and mails say the same, and the others become as it.

    `fatal`: the hashes of files that have killed their reader before. `anew`: copies, without their bytes, of what was
    not read because the archive it came in had had its time: a neighbour may have put a county's return in there.
    """

    def __init__(self, rules: Rules, fatal: Collection[str]) -> None:
        self._rules, self._fatal = rules, fatal
        self._first: dict[Key, str] = {}  # when the first one was changed
        self._copies: list[tuple[Key, Taken]] = []
        self.anew: list[Taken] = []
        self.killers: set[str] = set()

    def files(self, taken: Iterable[Taken]) -> Iterator[Taken]:
        """The files that are to be judged."""
        for one in taken:
            if one.data is None or one.refused:
                yield one
            elif one.sha256 in self._fatal:
                yield replace(one, refused=Refused(READER_DIED))
            elif (key := self._key(one.outcome())) in self._first:
                self._copies.append((key, replace(one, data=None)))
            else:
                self._first[key] = one.modified
                yield one

    def outcomes(self, judged: Iterable[Outcome]) -> Iterator[Outcome]:
        """What became of those, and then of the others."""
        known: defaultdict[Key, list[Outcome]] = defaultdict(list)
        for one in judged:
            if one.reason == READER_DIED:
                self.killers.add(one.sha256)
            known[self._key(one)].append(one)
            yield one
        for key, copy in self._copies:
            for first in known[key]:
                if first.reason == SLOW_ARCHIVE and not first.path.startswith(f"{copy.top}!"):
                    self.anew.append(copy)
                    continue
                # Without a time of saving inside, that of the disk counts.
                modified = copy.modified if first.modified == self._first[key] else first.modified
                yield replace(first.under(copy.shown), modified=modified, size=first.size)

    def _key(self, one: Outcome) -> Key:
        return one.sha256, (said_by_name(self._rules, one.file, one.sha256), one.mailed, one.sender)
