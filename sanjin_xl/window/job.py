"""The work of a window: one thing at a time on a thread of its own, watched, and stopped between two files."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sanjin_xl.judge.pipeline import Outcome
from sanjin_xl.model.errors import RoundError, SanjinError
from sanjin_xl.outcome.report import reason_of
from sanjin_xl.outcome.results import Results
from sanjin_xl.review.rulings import Ruling
from sanjin_xl.round.watch import Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """How a piece of work stands at a moment; `name` is one of `messages.window.JOBS`, "" before any was begun.

    `judged`: why each file read so far is not counted, by path, None for one that was read; `warnings`: what somebody
    has to see to though the work is done; `fault`: what ended it early. `number` counts the pieces of work since the
    window was opened.
    """

    number: int = 0
    name: str = ""
    busy: bool = False
    stage: str = ""
    done: int = 0
    total: int = 0
    judged: Mapping[str, str | None] = field(default_factory=dict)
    written: tuple[Path, ...] = ()
    warnings: tuple[SanjinError, ...] = ()
    fault: Exception | None = None


class Job(Watch):
    """Does one piece of work at a time; whoever asks sees how it stands."""

    def __init__(self, counted: Callable[[Results, Sequence[Ruling]], None], ended: Callable[[Snapshot], None]) -> None:
        """`counted` is told what a round comes to before any of it is written, `ended` how each piece of work ended."""
        self._tell_counted, self._tell_ended = counted, ended
        self._now = Snapshot()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def now(self) -> Snapshot:
        return self._now

    def start(self, name: str, work: Callable[[Watch], None]) -> bool:
        """Begin a piece of work, unless another is going on; whether it has begun."""
        with self._lock:
            if self._now.busy:
                return False
            self._stop.clear()
            self._judged: dict[str, str | None] = {}
            self._now = Snapshot(number=self._now.number + 1, name=name, busy=True, judged=self._judged)
            # Not a daemon: the program must not end in the middle of writing.
            self._thread = threading.Thread(target=self._run, args=(work,), name=name)
            self._thread.start()
            return True

    def stop(self) -> None:
        """Ask the work to end before the next file."""
        self._stop.set()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until nothing is being done; the end of one piece of work may be the beginning of another."""
        while (thread := self._thread) and thread.is_alive():
            thread.join(seconds)
            if seconds is not None:
                return

    def _run(self, work: Callable[[Watch], None]) -> None:
        fault: Exception | None = None
        try:
            work(self)
        except Exception as error:  # noqa: BLE001  (shown on the page, which must go on)
            fault = error
        with self._lock:
            self._now = replace(self._now, busy=False, fault=fault)
        self._tell_ended(self._now)

    # --- what the work tells ------------------------------------------------------------------------------------------

    def stage(self, name: str, done: int, total: int) -> None:
        self._end_if_asked()
        self._now = replace(self._now, stage=name, done=done, total=total)

    def file(self, outcome: Outcome) -> None:
        self._end_if_asked()
        self._judged[outcome.path] = reason_of(outcome)

    def counted(self, results: Results, history: Sequence[Ruling]) -> None:
        self._end_if_asked()
        self._tell_counted(results, history)

    def wrote(self, path: Path) -> None:
        self._now = replace(self._now, written=(*self._now.written, path))

    def warn(self, warning: SanjinError) -> None:
        self._now = replace(self._now, warnings=(*self._now.warnings, warning))

    def _end_if_asked(self) -> None:
        if self._stop.is_set():
            raise RoundError("stopped")
