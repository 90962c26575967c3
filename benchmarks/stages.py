"""What every stage after reading takes of a processor, for so many units, in one process; and in whose code."""

import cProfile
import pstats
import time
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from returns import issues_of, results_of, returns, rules_of

from sanjin_xl.books.correction import correction_bytes
from sanjin_xl.books.ruling_table import ruling_bytes
from sanjin_xl.books.summary import summary_of
from sanjin_xl.books.summary.tidy import tidy_files
from sanjin_xl.judge.pipeline import Processor
from sanjin_xl.outcome import report
from sanjin_xl.outcome.compile import compile_results
from sanjin_xl.outcome.results import Results
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


def shares_of(count: int) -> dict[str, dict[str, float]]:
    """Where the time of judging, of the outputs and of correction copies of so many units goes: its share by package.

    What Python does by itself (unpacking, patterns, joining) counts for the package that asks for it.
    """
    results, files = results_of(count), [data for _, data in returns(rules_of(min(count, 200)))]
    processor = Processor(rules_of(count))
    return {
        "judging": _shares(lambda: [processor.process_file(data, "x.xlsx") for data in files]),
        "outputs": _shares(lambda: _outputs(results)),
        "copies": _shares(partial(copies, results)),
    }


def _outputs(results: Results) -> None:
    for one in summary_of(results)[1]:
        spent(one.pieces())
    spent(report.results_chunks(results))
    ruling_bytes(results, [], None)


def _shares(work: Callable[[], object]) -> dict[str, float]:
    profile = cProfile.Profile(time.process_time, builtins=False)
    with collector_at_rest():
        profile.runcall(work)
    spent_in: Counter[str] = Counter()
    for (file, _, _), (_, _, own, _, _) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        spent_in[_package(Path(file))] += own
    whole = sum(spent_in.values())
    return {name: round(own / whole, 3) for name, own in spent_in.most_common() if own > whole / 50}


def _package(path: Path) -> str:
    """`books/quick_sheet` for a module of ours, the name of the package for another's."""
    parts = path.with_suffix("").parts
    if "sanjin_xl" in parts:
        return "/".join(parts[len(parts) - parts[::-1].index("sanjin_xl") :][:2])
    if "site-packages" in parts:
        return parts[parts.index("site-packages") + 1]
    return "Python"


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
