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
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from functools import lru_cache, partial
from itertools import islice
from multiprocessing import connection
from typing import ParamSpec, TypeVar

from sanjin_xl.judge.pipeline import Outcome, Processor, Status
from sanjin_xl.model.errors import RoundError
from sanjin_xl.model.rules import Rules
from sanjin_xl.round import interrupts
from sanjin_xl.round.inbox import Taken, batches

SECONDS_PER_FILE = 20
BYTES_PER_WORKER = 1 << 30
_CHUNKS_IN_FLIGHT = 3  # per worker: enough to keep it busy, few enough to keep memory flat
_FEW_JOBS = 12  # so many workbooks are made here before a pool of processes has started
_JOBS_A_CHUNK = 8
_JOBS_IN_FLIGHT = 2  # chunks per worker

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
    """A pool of fresh processes on this machine, each bound in memory where the platform can."""
    # Spawned on every platform alike: a fork would inherit whatever the parent has open.
    context = multiprocessing.get_context("spawn")
    return _Pool(max_workers=workers, mp_context=context, initializer=_bind_process)


class _Pool(ProcessPoolExecutor):
    """A pool whose processes hear no Ctrl-C: whoever started them ends them."""

    def submit(self, fn: Callable[P, Result], /, *args: P.args, **kwargs: P.kwargs) -> "Future[Result]":
        with interrupts.held():
            return super().submit(fn, *args, **kwargs)


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
    pending: Pending[list[Taken], list[Outcome]] = deque()
    chunks = batches(files)
    while True:
        executor = make_executor()
        try:
            for outcomes in _in_order(executor, judge_chunk, blob, chunks, workers * _CHUNKS_IN_FLIGHT, pending):
                yield from outcomes
            return
        except BrokenExecutor:
            stop(executor)
            suspects = [one for chunk, _ in pending for one in chunk]
            pending.clear()
            yield from _one_by_one(blob, suspects, make_executor)
        finally:
            stop(executor)


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


def _one_by_one(blob: bytes, suspects: Sequence[Taken], make_executor: MakeExecutor) -> Iterator[Outcome]:
    """Judge files singly after a worker died among them; whichever kills its worker again is the one."""
    executor = make_executor()
    try:
        for one in suspects:
            try:
                yield from executor.submit(judge_chunk, blob, [one]).result()
            except BrokenExecutor:
                stop(executor)
                executor = make_executor()
                _require_life(executor)
                yield judged_dead(one)
    finally:
        stop(executor)


def _require_life(executor: Executor) -> None:
    """See that a fresh executor works at all; raises RoundError("workers-unavailable") where it does not.

    Otherwise a machine that cannot start a process would have every return rejected for what is not its fault.
    """
    try:
        executor.submit(os.getpid).result()
    except BrokenExecutor as error:
        raise RoundError("workers-unavailable") from error


def judged_dead(one: Taken) -> Outcome:
    """The outcome of a file whose reader hung or died."""
    return one.outcome().with_status(Status.REJECTED, "file-reader-died")


def judge_chunk(blob: bytes, chunk: Sequence[Taken]) -> list[Outcome]:
    """Judge some files in this process by pickled rules; a file that takes too long ends the process."""
    processor = _processor(blob)
    outcomes = []
    for one in chunk:
        with _time_limit():
            outcomes.append(judge_taken(processor, one))
    return outcomes


def judge_taken(processor: Processor, one: Taken) -> Outcome:
    """The outcome of a file that was taken in, or why it was not."""
    outcome = one.outcome()
    if one.skipped:
        return outcome.with_status(Status.SKIPPED, one.skipped)
    if one.refused:
        return outcome.with_status(Status.REJECTED, one.refused.code, **one.refused.facts)
    try:
        return processor.judge(one.data or b"", outcome)
    except MemoryError:
        return outcome.with_status(Status.REJECTED, "file-too-complex")
    except Exception as error:  # noqa: BLE001  (a bug of ours: it costs this file, by name, and not the batch)
        return outcome.with_status(Status.REJECTED, "file-internal-error", detail=type(error).__name__)


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
