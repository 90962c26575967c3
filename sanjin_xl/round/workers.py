"""Worker processes, which judge returns and make workbooks; all comes back in its order.

A return that hangs, aborts or bloats its reader costs one line, not the run.

Work goes through `concurrent.futures.Executor`: the executor of a cluster takes the place of the local pool without a
second code path.
"""

import contextlib
import faulthandler
import multiprocessing
import os
import pickle
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from functools import lru_cache, partial
from itertools import chain, islice
from multiprocessing import connection
from queue import SimpleQueue
from typing import NamedTuple, ParamSpec, TypeVar

from sanjin_xl.judge.pipeline import Outcome, Processor, Status
from sanjin_xl.model.errors import Refused, RoundError
from sanjin_xl.model.rules import Rules
from sanjin_xl.round import interrupts
from sanjin_xl.round.containers import Member, members
from sanjin_xl.round.inbox import Taken, batches

SECONDS_PER_FILE = 20
SECONDS_PER_CONTAINER = 60  # for all of its members: 300 honest ones take some ten
BYTES_PER_WORKER = 1 << 30
_CHUNKS_IN_FLIGHT = 3  # per worker: enough to keep it busy, few enough to keep memory flat
_FEW_JOBS = 12  # so many workbooks are made here before a pool of processes has started
_JOBS_A_CHUNK = 8
_JOBS_IN_FLIGHT = 2  # chunks per worker

READER_DIED = "file-reader-died"
SLOW_ARCHIVE = "file-archive-slow"

MakeExecutor = Callable[[], Executor]
P = ParamSpec("P")
Result = TypeVar("Result")
Job = TypeVar("Job")
Chunk = TypeVar("Chunk")
Common = TypeVar("Common")
Pending = deque[tuple[Chunk, Future[Result]]]
"""Chunks in their order, with what is to come of each."""


def cores() -> int:
    """The processors this process may use."""
    with contextlib.suppress(AttributeError):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def local_pool(workers: int) -> Executor:
    """A pool of fresh processes on this machine, each bound in memory where the platform can.

    Raises RoundError("workers-unavailable") where no process can be started.
    """
    # Spawned on every platform alike: a fork would inherit whatever the parent has open.
    context = multiprocessing.get_context("spawn")
    try:
        pool = _Pool(max_workers=workers, mp_context=context, initializer=_bind_process)
    except OSError as error:
        raise RoundError("workers-unavailable") from error
    # One process starts now, with hardly anything to send: a pool without any would wait for ever to get rid of more.
    _submitted(pool, _nothing, None, None)
    return pool


def _nothing(*_: object) -> None:
    """The first work of a pool."""


class _Pool(ProcessPoolExecutor):
    """A pool whose processes hear no Ctrl-C: whoever started them ends them."""

    def submit(self, fn: Callable[P, Result], /, *args: P.args, **kwargs: P.kwargs) -> "Future[Result]":
        with interrupts.held():
            try:
                return super().submit(fn, *args, **kwargs)
            except OSError as error:
                # No process can be started, or the pool is breaking at this moment and has closed its pipe already.
                raise BrokenProcessPool from error


def _bind_process() -> None:
    interrupts.let_be_ended()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # A panicking parser writes to the console by itself; what went wrong comes back as an outcome.
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 2)
    # Windows knows no such limit; there the budgets of the gate must do.
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (BYTES_PER_WORKER, BYTES_PER_WORKER))


def _end_with_parent() -> None:
    """End this process as soon as the one that started it is gone: killed, it sends no word, and work never comes."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def judge_all(rules: Rules, files: Iterable[Taken], make_executor: MakeExecutor, workers: int) -> Iterator[Outcome]:
    """The outcome of every file, in their order; a file that kills its worker is rejected by name.

    `files` is consumed only as fast as the workers keep up, so that memory stays flat.
    """
    blob = pickle.dumps(rules)
    pending: Pending[list[Taken], list[Judged]] = deque()
    spent = Spent()
    chunks = batches(map(spent.in_time, files))
    while True:
        executor = make_executor()
        try:
            for judged in _in_order(executor, judge_chunk, blob, chunks, workers * _CHUNKS_IN_FLIGHT, pending):
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
            _require_life(self._executor)
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


def make_all(
    build: Callable[[Job], bytes],
    jobs: Sequence[Job],
    workers: int | None = None,
    make_executor: MakeExecutor | None = None,
) -> Iterator[bytes]:
    """The workbook of every job, in their order; `build` is a function of a module, which a process can be sent.

    `workers` processes, by default one per processor; `make_executor` puts another executor in their place.
    """
    workers = max(1, workers or cores())
    if len(jobs) <= _FEW_JOBS or (workers == 1 and not make_executor):
        return map(build, jobs)
    return _make_all(build, jobs, workers, make_executor or partial(local_pool, workers))


def _make_all(
    build: Callable[[Job], bytes], jobs: Sequence[Job], workers: int, make_executor: MakeExecutor
) -> Iterator[bytes]:
    chunks = iter([jobs[n : n + _JOBS_A_CHUNK] for n in range(0, len(jobs), _JOBS_A_CHUNK)])
    pending: Pending[Sequence[Job], list[bytes]] = deque()
    executor = make_executor()
    try:
        for books in _in_order(executor, _build_all, build, chunks, workers * _JOBS_IN_FLIGHT, pending):
            yield from books
    except BrokenExecutor:
        # No return is read here, so it is the machine that fails; one process may still do what several could not.
        for chunk in [*(chunk for chunk, _ in pending), *chunks]:
            yield from map(build, chunk)
    finally:
        stop(executor)


def _build_all(build: Callable[[Job], bytes], jobs: Sequence[Job]) -> list[bytes]:
    return [build(job) for job in jobs]


def _in_order(
    executor: Executor,
    work: Callable[[Common, Chunk], Result],
    common: Common,
    chunks: Iterator[Chunk],
    most: int,
    pending: Pending[Chunk, Result],
) -> Iterator[Result]:
    """The result of `work` on what is common to all and on every chunk, in their order, `most` of them in flight.

    Raises BrokenExecutor when the executor breaks; `pending` then holds the chunks without a result.
    """
    while True:
        for chunk in islice(chunks, most - len(pending)):
            pending.append((chunk, _submitted(executor, work, common, chunk)))
        if not pending:
            return
        result = pending[0][1].result()
        pending.popleft()
        yield result


def _submitted(
    executor: Executor, work: Callable[[Common, Chunk], Result], common: Common, chunk: Chunk
) -> Future[Result]:
    """The future of a piece of work; where the executor is broken already, one that says so, and nothing is lost."""
    try:
        return executor.submit(work, common, chunk)
    except BrokenExecutor as error:
        future: Future[Result] = Future()
        future.set_exception(error)
        return future


def stop(executor: Executor) -> None:
    """Stop an executor: what waits is cancelled, what it has begun is waited for.

    A pool that is still ending when the program does closes its pipe while Python's exit writes to it: now and then
    that was a traceback, OSError: Bad file descriptor.
    """
    try:
        executor.shutdown(wait=True, cancel_futures=True)
    except TypeError:
        # Dask's cancels whenever it does not wait, and knows no such option.
        executor.shutdown(wait=False)


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
            _require_life(self._executor)
        return [Judged(rejected(one, READER_DIED), one.top, time.monotonic() - began)]

    def close(self) -> None:
        stop(self._executor)


def _require_life(executor: Executor) -> None:
    """See that a fresh executor works at all; raises RoundError("workers-unavailable") where it does not.

    Otherwise a machine that cannot start a process would have every return rejected for what is not its fault.
    """
    try:
        executor.submit(os.getpid).result()
    except BrokenExecutor as error:
        raise RoundError("workers-unavailable") from error


def rejected(one: Taken, reason: str) -> Outcome:
    """The outcome of a file that could not be judged."""
    return one.outcome().with_status(Status.REJECTED, reason)


def judge_chunk(blob: bytes, chunk: Sequence[Taken]) -> list[Judged]:
    """Judge some files in this process by pickled rules; a file that takes too long ends the process."""
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
    return Refused("file-internal-error", detail=type(error).__name__)


@lru_cache(maxsize=2)
def _processor(blob: bytes) -> Processor:
    rules: Rules = pickle.loads(blob)  # noqa: S301  (packed by ourselves, in judge_all)
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
