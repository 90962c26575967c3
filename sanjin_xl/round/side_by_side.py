"""The outputs of a run, the longest of them written by a process of its own where there is enough to write."""

import contextlib
import gc
import pickle
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Future
from functools import partial
from pathlib import Path

from sanjin_xl.outcome.results import Results
from sanjin_xl.round.outputs import write_all
from sanjin_xl.round.pools import Lent, MakeExecutor, cores, stop
from sanjin_xl.round.run import Run

Output = Callable[[Results], list[Path]]
"""What writes some files of the round and tells which; a function of a module, which a process can be sent."""

FEWEST_UNITS, MOST_UNITS = 40, 10_000
"""With fewer units a process takes longer to load what writes than the outputs to write; with more, that it holds the
results as well takes too much memory."""


def write_side_by_side(
    run: Run, results: Results, outputs: Sequence[Output], behind: Callable[[MakeExecutor | None], object]
) -> None:
    """Write the outputs, of which the first takes longest, and then, by the same processes, what comes `behind` them.

    Two hold the results, this one and that which writes the first output, however many processors there are: the
    others together take no longer. One that cannot be written does not keep the others back.
    """
    run.watch.stage("summary", 0, 1)
    told, workers = partial(run.watch.stage, "summary", 1, 1), run.workers or cores()
    fewest = 0 if run.standby else FEWEST_UNITS
    if workers == 1 or run.make_executor or not fewest <= len(results.units) <= MOST_UNITS:
        processes = run.lender(workers) if workers > 1 else None
        write_all(
            [*(partial(_note, run, partial(_here, one, results)) for one in outputs), told, partial(behind, processes)]
        )
        return
    first, *others = outputs
    pool = run.lender(workers)()
    try:
        begun = pool.submit(_there, pickle.dumps(results), first)
        write_all([
            *(partial(_note, run, partial(_here, one, results)) for one in others),
            partial(behind, lambda: Lent(pool)),
            partial(_note, run, partial(_awaited, begun, first, results)),
            told,
        ])  # fmt: skip
    finally:
        stop(pool)


def _note(run: Run, write: Callable[[], list[Path]]) -> None:
    for path in write():
        run.watch.wrote(path)


def _awaited(future: "Future[list[Path]]", output: Output, results: Results) -> list[Path]:
    """What another process has written; written here where that has died, had no room, or never came to it."""
    try:
        return future.result()
    except (BrokenExecutor, CancelledError, MemoryError):
        return _here(output, results)


def _here(output: Output, results: Results) -> list[Path]:
    with collector_at_rest():
        written = output(results)
    if len(results.units) > MOST_UNITS:
        gc.collect()  # a workbook holds on to itself, and would do so while the next one is written
    return written


def _there(blob: bytes, output: Output) -> list[Path]:
    return _here(output, pickle.loads(blob))  # noqa: S301  (packed by ourselves)


@contextlib.contextmanager
def collector_at_rest() -> Iterator[None]:
    """Leave reference cycles alone for a while: with a nation in memory the search takes a fifth of the time.

    For work that makes hundreds of thousands of things and hardly a cycle.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
