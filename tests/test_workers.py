"""A file that hangs, aborts or bloats its reader costs one line and never the run."""

import os
import time
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import pytest
from misbehaving import Misbehaving, bad
from rounds import clean, fill, rules, the_form

from sanjin_xl.judge.pipeline import Outcome, Status
from sanjin_xl.model.errors import RoundError
from sanjin_xl.round import pools, workers
from sanjin_xl.round.inbox import Taken


@pytest.fixture(scope="module")
def good() -> Taken:
    return Taken("good.xlsx", fill(the_form(), clean(the_form())), sha256="0" * 64)


def test_good_files_come_back_in_their_order(good: Taken) -> None:
    files = [Taken(f"{n}.xlsx", good.data, sha256="0" * 64) for n in range(40)]
    outcomes = list(workers.judge_all(rules(), files, partial(pools.local_pool, 2), 2))
    assert [one.path for one in outcomes] == [one.shown for one in files]
    assert {one.status for one in outcomes} == {Status.READABLE}


@pytest.mark.parametrize("fatal", ["abort", "hang"])
@pytest.mark.parametrize("place", [0, 1, 20])
def test_a_file_that_kills_its_worker_is_rejected_by_name(good: Taken, fatal: str, place: int) -> None:
    files = [Taken(f"{n}.xlsx", good.data, sha256="0" * 64) for n in range(20)]
    files.insert(place, bad(fatal))
    outcomes = list(workers.judge_all(rules(), files, Misbehaving, 2))
    assert [one.path for one in outcomes] == [one.shown for one in files]
    assert {one.path: one.reason for one in outcomes if one.status is Status.REJECTED} == {fatal: "file-reader-died"}


def test_several_fatal_files_are_each_named(good: Taken) -> None:
    files = [bad("abort"), Taken("a.xlsx", good.data), bad("abort"), Taken("b.xlsx", good.data), bad("hang")]
    outcomes = list(workers.judge_all(rules(), files, Misbehaving, 2))
    assert [one.reason for one in outcomes] == ["file-reader-died", None, "file-reader-died", None, "file-reader-died"]


def test_many_fatal_files_do_not_cost_minutes(good: Taken) -> None:
    files = [replace(bad("abort"), sha256=str(n)) for n in range(8)]  # twenty took 82 s
    began = time.monotonic()
    outcomes = list(workers.judge_all(rules(), [*files, good], Misbehaving, 2))
    assert [one.reason for one in outcomes] == ["file-reader-died"] * 8 + [None]
    assert time.monotonic() - began < 30


@pytest.mark.skipif(os.name == "nt", reason="Windows bounds no process's memory; there the gate's budgets must do")
def test_a_file_that_wants_too_much_memory_does_not_get_it(good: Taken) -> None:
    outcomes = list(workers.judge_all(rules(), [bad("bloat"), good], Misbehaving, 2))
    assert [one.reason for one in outcomes] == ["file-reader-died", None]


def test_our_own_bug_costs_one_file(good: Taken) -> None:
    outcomes = list(workers.judge_all(rules(), [bad("bug"), good], Misbehaving, 2))
    assert [one.reason for one in outcomes] == ["file-internal-error", None]
    assert dict(outcomes[0].facts) == {"detail": "ZeroDivisionError"}


class Stillborn(ThreadPoolExecutor):
    """An executor on a machine that can start no process."""

    def submit(self, function: object, /, *arguments: object) -> "Future[list[Outcome]]":  # type: ignore[override]
        raise BrokenExecutor


def test_no_return_is_blamed_where_no_worker_can_start(good: Taken) -> None:
    with pytest.raises(RoundError) as raised:
        list(workers.judge_all(rules(), [good], Stillborn, 1))
    assert raised.value.code == "workers-unavailable"


def test_another_executor_takes_the_pools_place(good: Taken) -> None:
    outcomes = list(workers.judge_all(rules(), [good], partial(ThreadPoolExecutor, 1), 1))
    assert [one.unit for one in outcomes] == ["441625"]
