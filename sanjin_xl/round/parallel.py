"""Many workbooks at once: made by worker processes, given back in their order, written by whoever asked for them."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future
from functools import partial
from itertools import islice
from typing import TypeVar

from sanjin_xl.round.workers import MakeExecutor, cores, local_pool, stop, submit

_FEW = 12  # that many are made here before a pool of processes has started
_CHUNK = 8
_CHUNKS_IN_FLIGHT = 2  # per worker

Job = TypeVar("Job")


def made(
    build: Callable[[Job], bytes],
    jobs: Sequence[Job],
    workers: int | None = None,
    make_executor: MakeExecutor | None = None,
) -> Iterator[bytes]:
    """The workbook of every job, in their order; `build` is a function of a module, which a process can be sent.

    `workers` processes, by default one per processor; `make_executor` puts another executor in their place.
    """
    workers = max(1, workers or cores())
    if len(jobs) <= _FEW or (workers == 1 and not make_executor):
        return map(build, jobs)
    return _made(build, jobs, workers, make_executor or partial(local_pool, workers))


def _made(
    build: Callable[[Job], bytes], jobs: Sequence[Job], workers: int, make_executor: MakeExecutor
) -> Iterator[bytes]:
    chunks = iter([jobs[n : n + _CHUNK] for n in range(0, len(jobs), _CHUNK)])
    pending: deque[tuple[Sequence[Job], Future[list[bytes]]]] = deque()
    executor = make_executor()
    try:
        while True:
            for chunk in islice(chunks, workers * _CHUNKS_IN_FLIGHT - len(pending)):
                pending.append((chunk, submit(executor, _build_all, build, chunk)))
            if not pending:
                return
            yield from pending[0][1].result()
            pending.popleft()
    except BrokenExecutor:
        # No return is read here, so it is the machine that fails; one process may still do what several could not.
        for chunk in [*(chunk for chunk, _ in pending), *chunks]:
            yield from map(build, chunk)
    finally:
        stop(executor)


def _build_all(build: Callable[[Job], bytes], jobs: Sequence[Job]) -> list[bytes]:
    return [build(job) for job in jobs]
