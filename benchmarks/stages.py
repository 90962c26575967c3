"""What every stage after reading takes of a processor, for so many units, in one process."""

import time
from collections.abc import Callable, Iterable
from functools import partial

from returns import issues_of, results_of

from sanjin_xl.books.correction import correction_bytes
from sanjin_xl.books.ruling_table import ruling_bytes
from sanjin_xl.books.summary import summary_of
from sanjin_xl.books.summary.tidy import tidy_files
from sanjin_xl.outcome import report
from sanjin_xl.outcome.results import Results, compile_results
from sanjin_xl.round.side_by_side import collector_at_rest

COPIES = 40


def stages_of(count: int) -> dict[str, float]:
    """Processor milliseconds per unit of each stage; of correction copies, per copy."""
    results = results_of(count)
    tidy = {one.name for one in tidy_files(results)}
    beside = [one for one in summary_of(results)[1] if one.name not in tidy]
    wanted: dict[str, Callable[[], object]] = {
        "compile_results": partial(compile_results, results.rules, results.files),
        "results.json": lambda: spent(report.results_chunks(results)),
        "汇总.xlsx": partial(summary_of, results),
        "明细.csv": lambda: [spent(one.pieces()) for one in tidy_files(results)],
        "other lists": lambda: [spent(one.pieces()) for one in beside],
        "核定表.xlsx": partial(ruling_bytes, results, [], None),
    }
    with collector_at_rest():
        stages = {name: round(seconds(work) / count * 1000, 3) for name, work in wanted.items()}
    return {**stages, "a correction copy": round(seconds(partial(copies, results)) / COPIES * 1000, 1)}


def seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def spent(pieces: Iterable[str | bytes]) -> int:
    """The length of what comes piece by piece."""
    return sum(map(len, pieces))


def copies(results: Results) -> None:
    for issue, one in zip(issues_of(results.rules), results.units[:COPIES], strict=False):
        assert one.outcome
        assert one.outcome.submission
        correction_bytes(issue, one.outcome.submission, one.to_correct())
