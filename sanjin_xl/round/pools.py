"""Processes for work: pools of them, bounded, and what they give back in its order.

Work goes through `concurrent.futures.Executor`: the executor of a cluster takes the place of the local pool without a
second code path.
"""

import contextlib
import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import connection
from typing import Any, ParamSpec, TypeVar

from sanjin_xl.model.errors import Refused, RoundError
from sanjin_xl.round import interrupts

BYTES_PER_WORKER = 1 << 30
_MOST_IDLE = 2  # pools: one judges, beside it one opens archives and mails
MakeExecutor = Callable[[], Executor]
P = ParamSpec("P")
Result = TypeVar("Result")
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
        pool = _Pool(max_workers=workers, mp_context=context, initializer=bind_process)
    except OSError as error:
        raise RoundError("workers-unavailable") from error
    # One process starts now, with hardly anything to send: a pool without any would wait for ever to get rid of more.
    _submitted(pool, _nothing, None, None)
    return pool


def _nothing(*_: object) -> None:
    """The first work of a pool."""


def is_alive(pool: Executor) -> bool:
    """Whether a pool that has waited for work still does any: one of its processes may have been ended meanwhile."""
    try:
        pool.submit(_nothing).result()
    except BrokenExecutor:
        return False
    return True


class _Pool(ProcessPoolExecutor):
    """A pool whose processes hear no Ctrl-C: whoever started them ends them."""

    def submit(self, fn: Callable[P, Result], /, *args: P.args, **kwargs: P.kwargs) -> "Future[Result]":
        with interrupts.held():
            try:
                return super().submit(fn, *args, **kwargs)
            except OSError as error:
                # No process can be started, or the pool is breaking at this moment and has closed its pipe already.
                raise BrokenProcessPool from error


def bind_process() -> None:
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


def in_order(
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


def require_life(executor: Executor) -> None:
    """See that a fresh executor works at all; raises RoundError("workers-unavailable") where it does not.

    Otherwise a machine that cannot start a process would have every return rejected for what is not its fault.
    """
    try:
        executor.submit(os.getpid).result()
    except BrokenExecutor as error:
        raise RoundError("workers-unavailable") from error


class Pools:
    """Pools that are lent and come back, with the processes they have started and what those have loaded.

    A pool whose process died, or that has not finished, does not come back: the next work has a fresh one.
    """

    def __init__(self) -> None:
        self._idle: list[Executor] = []
        self._lock = threading.Lock()
        self._closed = False

    def lend(self, make_pool: MakeExecutor) -> Executor:
        """A pool for a piece of work, which has it to itself until it stops it; where none waits, one that is made."""
        while pool := self._pop():
            if is_alive(pool):
                return Lent(pool, self._take_back)
            stop(pool)
        return Lent(make_pool(), self._take_back)

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
