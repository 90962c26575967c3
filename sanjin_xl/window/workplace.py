"""What a window works on: the round it has open, what that round last came to, and what has been done in the window."""

import threading
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path

from sanjin_xl import messages
from sanjin_xl.books.posting_list import Posted
from sanjin_xl.messages import window as words
from sanjin_xl.messages.letters import BOOK, LETTERS, LIST
from sanjin_xl.model.controls import visible
from sanjin_xl.model.errors import RoundError, SanjinError
from sanjin_xl.model.period import BEIJING
from sanjin_xl.outcome.results import Results
from sanjin_xl.review.rulings import Ruling
from sanjin_xl.round import arrivals, commands, settings
from sanjin_xl.round.archive import Archive
from sanjin_xl.round.config import RETURNED, Config, read_config
from sanjin_xl.round.inbox import list_inbox
from sanjin_xl.round.letters import posted
from sanjin_xl.round.outputs import WORKSHOP
from sanjin_xl.round.register import Register
from sanjin_xl.round.run import registered
from sanjin_xl.round.standby import Standby
from sanjin_xl.round.state import Step, line_of, seen, state_of, with_table
from sanjin_xl.round.watch import Watch
from sanjin_xl.window import desk
from sanjin_xl.window.board import Board
from sanjin_xl.window.job import Job, Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A sentence for the top of the next page; `fault`: something could not be done. `link`: the place it is about."""

    text: str
    fault: bool = False
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Something done in the window that can be taken back."""

    number: int
    text: str
    take_back: Callable[[], object]
    at: datetime


class _Overtaken(Exception):  # noqa: N818  (nothing has gone wrong)
    """While this was counted more has come: that is counted next, and all of it written then."""


@dataclass(slots=True)
class Workplace:
    """The round a window has open, if any; everything a page shows or does goes through here.

    `clock` gives the moment in China, `open_on_desk` opens a file or folder beside the window.
    """

    folder: Path | None = None
    open_on_desk: Callable[[Path], None] = desk.open_on_desk
    clock: Callable[[], datetime] = lambda: datetime.now(BEIJING)
    standby: Standby | None = None  # what makes a count quick
    board: Board | None = None
    behind: bool = False  # 汇总.xlsx and all else that is written are older than the board
    step: Step = Step.NEW
    deeds: list[Deed] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)  # paths in 回收/, of this session, the last one first
    version: int = 0  # changes with whatever a page may show
    job: Job = field(init=False)
    _said: list[Said] = field(default_factory=list)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _tried: str = ""  # what lay in 回收/ when it was last counted, with or without success
    _again: bool = False  # something has come that is to be counted as soon as nothing else is being done
    _uncounted: set[str] = field(default_factory=set)  # those of the dropped that the board cannot have yet
    _taking: set[str] = field(default_factory=set)  # those of them that are being counted
    _glimpsed: str = ""  # what lay there when it was last looked for a change
    _config: tuple[list[str], Config] | None = None  # what was read, and of which files
    _letters: tuple[str, list[Posted]] | None = None  # the same of the list of drafts

    def __post_init__(self) -> None:
        self.job = Job(self._counted, self._ended)

    # --- the round ----------------------------------------------------------------------------------------------------

    def open(self, folder: Path) -> None:
        """Open a round and begin to read it; raises RoundError where it is none or another is being worked on."""
        read_config(folder)
        if self.job.now.busy:
            raise RoundError("window-busy")
        with self._lock:
            self.folder, self.board = folder.absolute(), None
            self.deeds, self.dropped, self._said, self._tried = [], [], [], ""
            self._uncounted, self._again, self.behind = set(), False, False
        with registered(folder) as (_, register):
            state = state_of(folder, register)
        self.step = state.step
        if state.step is not Step.NEW:
            self.count(write=state.stale)

    @property
    def round(self) -> Path:
        """The folder of the open round; raises RoundError("window-no-round")."""
        if self.folder is None:
            raise RoundError("window-no-round")
        return self.folder

    @property
    def inbox(self) -> Path:
        return self.round / RETURNED

    @property
    def archive(self) -> Archive:
        return Archive(self.round / WORKSHOP / "archive")

    def config(self) -> Config:
        """The settings as they are now; raises RoundError with every fault at once.

        Read again when a file of theirs has changed: of a whole nation, the address book alone takes a moment.
        """
        folder = self.round
        now = [str(folder), *(line_of(path) for path in sorted((*folder.glob("*.toml"), folder / BOOK)))]
        if self._config is None or self._config[0] != now:
            self._config = now, read_config(folder)
        return self._config[1]

    def letters(self) -> list[Posted]:
        """The list of drafts, read again when it has changed."""
        now = line_of(self.round / LETTERS / LIST)
        if self._letters is None or self._letters[0] != now:
            self._letters = now, posted(self.round)
        return self._letters[1]

    def issues(self) -> dict[str, int]:
        """The number of the latest issue of every unit that has one."""
        with registered(self.round, self.config()) as (_, register):
            return {unit: issue for unit, (issue, _) in register.latest_issues().items()}

    def is_prefilled(self) -> bool:
        """Whether what was issued last has the answers of the round before in it."""
        with registered(self.round, self.config()) as (_, register):
            latest, noted = register.latest_issues(), register.prefills()
        return any(noted.get((unit, issue)) for unit, (issue, _) in latest.items())

    @property
    def today(self) -> date:
        return self.clock().date()

    # --- work ---------------------------------------------------------------------------------------------------------

    def start(self, name: str, work: Callable[[Watch], None]) -> None:
        """Begin a piece of work; raises RoundError("window-busy") while another is going on."""
        if not self.job.start(name, work):
            raise RoundError("window-busy")
        self.touch()

    def count(self, *, write: bool = True, patient: bool = False) -> None:
        """Begin to read 回收/ and to show what it comes to; with `write`, as `ingest` does, else as `look`.

        `patient`: nothing is said where another program works on the round, and the next tick tries again.
        """
        self.start("ingest" if write else "look", partial(self._count, write, patient))

    def _count(self, write: bool, patient: bool, watch: Watch) -> None:
        folder, self._again, self._taking = self.round, False, set(self._uncounted)
        before, is_busy = seen(folder, list_inbox(self.inbox)), False
        try:
            (commands.ingest if write else commands.look)(folder, watch=watch, standby=self.standby)
            self.behind = False
        except _Overtaken:
            pass
        except RoundError as error:
            is_busy = error.code == "round-busy"
            if not (is_busy and patient):
                raise
        finally:
            # The table of rulings has just been written anew, which is no change to be counted.
            self._tried = "" if is_busy else with_table(folder, before)
        self.look_where_it_stands()

    def look_where_it_stands(self) -> None:
        """See how far the round has come by now."""
        with registered(self.round) as (_, register):
            self.step = state_of(self.round, register).step
        self.touch()

    def _counted(self, results: Results, history: Sequence[Ruling]) -> None:
        board = Board(results=results, history=history, read_at=self.clock())
        # Counted and read before anybody looks, for at a nation's size it takes a moment.
        with suppress(SanjinError):
            self.config()
        _ = board.tally, board.waiting, board.notes, board.ranking
        self.behind = self.behind or self._leaves_behind(self.job.now.name)
        self.board = board
        self._uncounted -= self._taking
        self.touch()
        if self._again and self.job.now.name == "ingest":
            raise _Overtaken

    def _leaves_behind(self, work: str) -> bool:
        """Whether what a piece of work has just counted is newer than what is written."""
        if work in ("ingest", "look"):  # which only looks where all that is written stands
            return work == "ingest"
        with registered(self.round) as (_, register):
            return state_of(self.round, register).stale

    def _ended(self, now: Snapshot) -> None:
        """Say what a piece of work ended with, and count what has come meanwhile."""
        for warning in now.warnings:
            self.say(in_words(warning), fault=True)
        if now.fault is not None:
            self.say(fault_in_words(now.fault), fault=True)
        self._taking = set()
        self.touch()
        if self._again:
            self._try_to_count()

    def count_soon(self) -> None:
        """Count again now, or as soon as what is being done is done."""
        self._again = True
        self._try_to_count()

    def stop(self) -> None:
        """End the work before the next file, and count nothing after it."""
        self._again = False
        self.job.stop()

    def _seen(self) -> str:
        return with_table(self.round, seen(self.round, list_inbox(self.inbox)))

    def tick(self) -> None:
        """Look whether anything has changed in the folder, and count it once it stays as it is.

        Called every few seconds; a file that is still being copied looks different each time. What another window or a
        command has counted already is only looked at: two that wrote in turn would never come to an end.
        """
        if self.folder is None or self.job.now.busy or self.step is Step.NEW:
            return
        try:
            now = self._seen()
        except SanjinError:
            return
        settled, self._glimpsed = now == self._glimpsed, now
        if settled and now != self._tried:
            self._try_to_count(write=not self._is_written(now), patient=True)

    def _is_written(self, now: str) -> bool:
        """Whether what lies there has been counted and written by somebody."""
        try:
            with registered(self.round) as (_, register):
                return now == register.inbox()
        except SanjinError:  # the count says it
            return False

    def _try_to_count(self, *, write: bool = True, patient: bool = False) -> None:
        try:
            self.count(write=write, patient=patient)
        except RoundError:  # something else has begun meanwhile; its end comes, and the next tick
            return

    def is_counted(self, path: str) -> bool:
        """Whether the board knows of a file that was dropped."""
        return path not in self._uncounted

    # --- files --------------------------------------------------------------------------------------------------------

    def drop(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Put files into 回收/ by name and content, and count them; each that cannot be is said why."""
        with registered(self.round) as (_, register):
            for name, data in files:
                self._drop(name, data, register)
        self.count_soon()

    def _drop(self, name: str, data: bytes, register: Register) -> None:
        try:
            path = arrivals.put_in(self.inbox, name, data, register)
        except SanjinError as error:
            self.say(in_words(error), fault=True)
            return
        if path in self.dropped:
            self.dropped.remove(path)
        self.dropped.insert(0, path)
        self._uncounted.add(path)
        self.touch()

    def take_out(self, path: str) -> None:
        """Take a file out of 回收/, which can be taken back, and count again."""
        with registered(self.round) as (_, register):
            sha256 = arrivals.take_out(self.inbox, path, self.archive, register)
        if path in self.dropped:
            self.dropped.remove(path)
        self.did(words.TOOK_OUT.format(path=path), partial(self._put_back, sha256))
        self.count_soon()

    def _put_back(self, sha256: str) -> None:
        with registered(self.round) as (_, register):
            arrivals.put_back(self.inbox, sha256, self.archive, register)
        self.count_soon()

    def pin(self, code: str, path: str | None) -> None:
        """Say which file of a unit, by its code, counts, or (None) that none does by the city's word; count again.

        Raises RoundError("unit-unknown") for no unit of the round.
        """
        rules = self.config().rules
        unit = rules.roster.by_code.get(code)
        if unit is None:
            raise RoundError("unit-unknown", unit=code)
        others = [other for other, pin in rules.pinned.items() if pin == path]
        pins = {**dict.fromkeys(others), code: path}
        text = words.PINNED_DEED if path else words.UNPINNED_DEED
        before = {one: rules.pinned.get(one) for one in pins}
        self._pin(pins)
        self.did(text.format(unit=unit.name, path=path), partial(self._pin, before))

    def _pin(self, pins: Mapping[str, str | None]) -> None:
        settings.pin(self.round, pins)
        self.count_soon()

    # --- what is said and done ----------------------------------------------------------------------------------------

    def touch(self) -> None:
        """Let pages know that they are to be read again."""
        with self._lock:
            self.version += 1

    def say(self, text: str, *, fault: bool = False, link: str = "") -> None:
        """Say a sentence on the next page."""
        with self._lock:
            self._said.append(Said(text=unicodedata.normalize("NFC", text), fault=fault, link=link))
        self.touch()

    def heard(self) -> list[Said]:
        """What is to be said, once."""
        with self._lock:
            said, self._said = self._said, []
        return said

    def did(self, text: str, take_back: Callable[[], object]) -> None:
        """Note something done that can be taken back."""
        with self._lock:
            number = self.deeds[-1].number + 1 if self.deeds else 1
            self.deeds.append(Deed(number=number, text=text, take_back=take_back, at=self.clock()))
        self.touch()

    def undo(self, number: int) -> None:
        """Take a deed back; raises RoundError("window-undone") where it has been already."""
        with self._lock:
            deed = next((one for one in self.deeds if one.number == number), None)
            if deed is None:
                raise RoundError("window-undone")
            self.deeds.remove(deed)
        deed.take_back()
        self.say(words.TAKEN_BACK.format(text=deed.text))


def in_words(error: SanjinError) -> str:
    """An error as one sentence for the page, with what a name has that is no character shown."""
    return visible(messages.error(error, words.ERRORS))


def fault_in_words(fault: Exception) -> str:
    """What ended a piece of work, as one sentence."""
    if isinstance(fault, SanjinError):
        return in_words(fault)
    return words.UNEXPECTED.format(detail=" ".join(f"{type(fault).__name__}: {fault}".split())[:200])
