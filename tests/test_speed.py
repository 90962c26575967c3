"""Speed by ratio within one run, never by the clock: against python-calamine alone, and against a smaller round."""

import multiprocessing
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import islice
from random import Random

import pytest
from bench import floor
from returns import filled, issues_of, returns, rules_of

from sanjin_xl.judge.pipeline import Outcome, Processor, Status
from sanjin_xl.judge.versions import settle
from sanjin_xl.outcome import report
from sanjin_xl.outcome.results import compile_results

FILES = 20
# 2.9 where it was measured in peace, since more is looked at than the values (2.0 before); the aim is 1.5.
MOST_OVER_FLOOR = 4.0
MOST_GROWTH = 1.5
ROUNDS = 5


@pytest.fixture(scope="module")
def files() -> list[bytes]:
    return [data for _, data in returns(rules_of(FILES), workers=1)]


def seconds(work: Callable[[], object]) -> float:
    """Processor time: what else the machine does is not ours."""
    started = time.process_time()
    work()
    return time.process_time() - started


def all_of(read: Callable[[bytes], object], files: Iterable[bytes]) -> Callable[[], None]:
    def run() -> None:
        for data in files:
            read(data)

    return run


def test_judging_a_return_takes_little_more_than_reading_it() -> None:
    # In a process of its own: what thousands of tests have left in memory slows down whoever makes many things.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as alone:
        ratios = alone.submit(ratios_to_the_floor).result()
    assert statistics.median(ratios) < MOST_OVER_FLOOR, ratios


def ratios_to_the_floor() -> list[float]:
    """Judging over reading by calamine, a figure per round; every round has other returns, for to read one again
    would be cheaper, and the first one is left out.
    """
    count = FILES * (ROUNDS + 1)
    made = [data for _, data in returns(rules_of(count), workers=1)]
    processor = Processor(rules_of(count))
    ratios = []
    for files in (made[n :: ROUNDS + 1] for n in range(ROUNDS + 1)):
        judge = seconds(all_of(lambda data: processor.process_file(data, "x.xlsx"), files))
        ratios.append(judge / seconds(all_of(floor, files)))
    return ratios[1:]


def test_what_a_return_costs_does_not_grow_with_the_roster() -> None:
    few, many = (
        (Processor(rules), [(f"{issue.unit.name}.xlsx", filled((0, issue))) for issue in islice(issues_of(rules), 5)])
        for rules in (rules_of(50), rules_of(10_000))
    )

    def judge(processor: Processor, named: Sequence[tuple[str, bytes]]) -> None:
        for name, data in named:
            assert processor.process_file(data, name).unit

    judge(*few)
    judge(*many)
    ratios = [seconds(lambda: judge(*many)) / seconds(lambda: judge(*few)) for _ in range(ROUNDS)]
    assert statistics.median(ratios) < MOST_GROWTH, ratios


def test_what_a_return_costs_does_not_grow_with_their_number(files: Sequence[bytes]) -> None:
    processor = Processor(rules_of(FILES))
    judged = [processor.process_file(data, "x.xlsx") for data in files]

    def cost(count: int) -> float:
        """Seconds per unit from the judged returns to results.json."""
        rules = rules_of(count)
        returned = [_mixed(judged, n, unit.code) for n, unit in enumerate(rules.roster.units)]
        work = lambda: report.results_json(compile_results(rules, settle(returned, rules)))  # noqa: E731
        return seconds(work) / count

    cost(100)
    ratios = [cost(800) / cost(100) for _ in range(ROUNDS)]
    assert statistics.median(ratios) < MOST_GROWTH, ratios


def _mixed(judged: Sequence[Outcome], seed: int, unit: str) -> Outcome:
    """A return of a unit that answers each item as one of the others does: no two are copies of each other."""
    rng, first = Random(seed), judged[seed % FILES]
    submissions = [one.submission for one in judged if one.submission]
    answers = {n: rng.choice(submissions).answer(n) for n in range(1, len(submissions[0].answers) + 1)}
    submission = replace(submissions[seed % FILES], answers=answers)
    return replace(first, path=f"{unit}.xlsx", unit=unit, status=Status.READABLE, submission=submission)
