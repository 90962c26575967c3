"""Returns judged by worker processes; all comes back in its order.

A return that hangs, aborts or bloats its reader costs one line, not the run.
"""

import contextlib
import faulthandler
import os
import pickle
import time
import zlib
from collections import defaultdict, deque
from collections.abc import Container, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from queue import SimpleQueue
from typing import NamedTuple

from sanjin_xl.judge.pipeline import Outcome, Processor, Status
from sanjin_xl.model.errors import Refused
from sanjin_xl.model.rules import Rules
from sanjin_xl.round import interrupts
from sanjin_xl.round.containers import Member, members
from sanjin_xl.round.inbox import Taken, batches
from sanjin_xl.round.pools import MakeExecutor, Pending, in_order, require_life, stop

SECONDS_PER_FILE = 20
SECONDS_PER_CONTAINER = 60  # for all of its members: 300 honest ones take some ten
_CHUNKS_IN_FLIGHT = 3  # per worker: enough to keep it busy, few enough to keep memory flat

READER_DIED = "file-reader-died"
READER_FAILED = "file-internal-error"
SLOW_ARCHIVE = "file-archive-slow"


def judge_all(rules: Rules, files: Iterable[Taken], make_executor: MakeExecutor, workers: int) -> Iterator[Outcome]:
    """The outcome of every file, in their order; a file that kills its worker is rejected by name.

    `files` is consumed only as fast as the workers keep up, so that memory stays flat.
    """
    # They go with every chunk, for an executor may start another process at any time: of 40,000 units 3 MB.
    blob = zlib.compress(pickle.dumps(rules), 1)
    pending: Pending[list[Taken], list[Judged]] = deque()
    spent = Spent()
    chunks = batches(map(spent.in_time, files))
    while True:
        executor = make_executor()
        try:
            for judged in in_order(executor, judge_chunk, blob, chunks, workers * _CHUNKS_IN_FLIGHT, pending):
                yield from map(spent.noted, judged)
            return
        except (BrokenExecutor, MemoryError):  # or what came back of a file had no room
            stop(executor)
            suspects = [one for chunk, _ in pending for one in chunk]
            pending.clear()
            yield from _one_by_one(blob, suspects, make_executor, workers, spent)
        finally:
            stop(executor)


class Judged(NamedTuple):
    """An outcome, the file in the inbox that it came in, and the seconds that it took."""

    outcome: Outcome
    top: str
    seconds: float


class Spent:
    """The time that the members of each container have taken, and the files that have killed their reader."""

    def __init__(self) -> None:
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._fatal: set[str] = set()

    def in_time(self, one: Taken) -> Taken:
        """The file, refused where the container it came in has had its time, or where its bytes have killed before."""
        if one.data is None or one.refused:
            return one
        if one.sha256 and one.sha256 in self._fatal:
            return replace(one, refused=Refused(READER_DIED))
        slow = self._seconds[one.top] > SECONDS_PER_CONTAINER and one.top != one.shown
        return replace(one, refused=Refused(SLOW_ARCHIVE)) if slow else one

    def noted(self, judged: Judged) -> Outcome:
        self._seconds[judged.top] += judged.seconds
        if judged.outcome.reason == READER_DIED:
            self._fatal.add(judged.outcome.sha256)
        return judged.outcome


class Opener:
    """Opens containers in a bounded process of its own, which is started when the first one comes.

    What kills it is refused like a return that kills its reader; `fatal` are the hashes of those known to.
    """

    def __init__(self, make_executor: MakeExecutor, fatal: Container[str] = ()) -> None:
        self._make_executor, self._fatal = make_executor, fatal
        self._executor: Executor | None = None

    def __call__(self, data: bytes, sha256: str) -> list[Member]:
        if sha256 in self._fatal:
            raise Refused(READER_DIED)
        if self._executor is None:
            self._executor = self._make_executor()
        try:
            return self._executor.submit(open_container, data).result()
        except Refused:
            raise
        except (BrokenExecutor, MemoryError):
            self.close()
            self._executor = self._make_executor()
            require_life(self._executor)
            raise Refused(READER_DIED) from None
        except Exception as error:
            raise _fault(error) from error

    def close(self) -> None:
        if self._executor is not None:
            stop(self._executor)
            self._executor = None


def open_container(data: bytes) -> list[Member]:
    """The members of a container, opened in this process; one that takes too long ends it."""
    with _time_limit():
        return members(data)


def _one_by_one(
    blob: bytes, suspects: Sequence[Taken], make_executor: MakeExecutor, workers: int, spent: Spent
) -> Iterator[Outcome]:
    """Judge files singly after a worker died among them; whichever kills its worker again is the one.

    As many at once as there are workers, each in an executor of its own: twenty that die cost little more than ten.
    """
    idle = SimpleQueue[_Alone]()
    lanes = [_Alone(blob, make_executor) for _ in range(min(workers, len(suspects)))]
    for lane in lanes:
        idle.put(lane)

    def judge(one: Taken) -> list[Judged]:
        lane = idle.get()
        try:
            return lane.judge(spent.in_time(one))
        finally:
            idle.put(lane)

    try:
        with ThreadPoolExecutor(len(lanes), initializer=interrupts.be_deaf) as threads:
            yield from map(spent.noted, chain.from_iterable(threads.map(judge, suspects)))
    finally:
        for lane in lanes:
            lane.close()


class _Alone:
    """Judges one file after another in an executor of its own, which is replaced when one kills it."""

    def __init__(self, blob: bytes, make_executor: MakeExecutor) -> None:
        self._blob, self._make_executor = blob, make_executor
        self._executor = make_executor()

    def judge(self, one: Taken) -> list[Judged]:
        began = time.monotonic()
        try:
            return self._executor.submit(judge_chunk, self._blob, [one]).result()
        except (BrokenExecutor, MemoryError):
            self.close()
            self._executor = self._make_executor()
            require_life(self._executor)
        return [Judged(rejected(one, READER_DIED), one.top, time.monotonic() - began)]

    def close(self) -> None:
        stop(self._executor)


def rejected(one: Taken, reason: str) -> Outcome:
    """The outcome of a file that could not be judged."""
    return one.outcome().with_status(Status.REJECTED, reason)


def judge_chunk(blob: bytes, chunk: Sequence[Taken]) -> list[Judged]:
    """Judge some files in this process by packed rules; a file that takes too long ends the process."""
    processor, spent = _processor(blob), Spent()
    judged = []
    for one in chunk:
        began = time.monotonic()
        with _time_limit():
            outcome = judge_taken(processor, spent.in_time(one))
        judged.append(Judged(replace(outcome, others=()), one.top, time.monotonic() - began))
        spent.noted(judged[-1])
        judged += [Judged(other, one.top, 0) for other in outcome.others]
    return judged


def judge_taken(processor: Processor, one: Taken) -> Outcome:
    """The outcome of a file that was taken in, or why it was not.

    Raises MemoryError: it may be another file that took the room, so this one is judged again in a fresh process.
    """
    outcome = one.outcome()
    if one.skipped:
        return processor.dated(outcome).with_status(Status.SKIPPED, one.skipped)
    if one.refused:
        return processor.dated(outcome).with_status(Status.REJECTED, one.refused.code, **one.refused.facts)
    try:
        return processor.judge(one.data or b"", outcome)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  (a bug of ours: it costs this file, by name, and not the batch)
        fault = _fault(error)
        return outcome.with_status(Status.REJECTED, fault.code, **fault.facts)


def _fault(error: Exception) -> Refused:
    return Refused(READER_FAILED, detail=type(error).__name__)


@lru_cache(maxsize=2)
def _processor(blob: bytes) -> Processor:
    rules: Rules = pickle.loads(zlib.decompress(blob))  # noqa: S301  (packed by ourselves, in judge_all)
    return Processor(rules)


@contextlib.contextmanager
def _time_limit() -> Iterator[None]:
    # A thread of its own in C: it ends the process even while a parser written in C or Rust holds the interpreter.
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123
        faulthandler.dump_traceback_later(SECONDS_PER_FILE, exit=True, file=nowhere)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()
