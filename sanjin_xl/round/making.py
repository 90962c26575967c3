"""Workbooks made by worker processes where there are many."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor
from functools import partial
from typing import TypeVar

from sanjin_xl.round.pools import MakeExecutor, Pending, cores, in_order, local_pool, stop

_FEW_JOBS = 12  # so many workbooks are made here before a pool of processes has started
_JOBS_A_CHUNK = 8
_JOBS_IN_FLIGHT = 2  # chunks per worker
Job = TypeVar("Job")


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
        for books in in_order(executor, _build_all, build, chunks, workers * _JOBS_IN_FLIGHT, pending):
            yield from books
    except BrokenExecutor:
        # No return is read here, so it is the machine that fails; one process may still do what several could not.
        for chunk in [*(chunk for chunk, _ in pending), *chunks]:
            yield from map(build, chunk)
    finally:
        stop(executor)


def _build_all(build: Callable[[Job], bytes], jobs: Sequence[Job]) -> list[bytes]:
    return [build(job) for job in jobs]
