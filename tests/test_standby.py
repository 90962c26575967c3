"""What a window keeps between two counts changes nothing that they come to, and no broken process stays."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from executors import Here
from misbehaving import Misbehaving, bad
from openpyxl import load_workbook
from rounds import DONGYUAN, YUANCHENG, clean, fill, rules, small_form, the_form, typed

from sanjin_xl.judge.pipeline import Outcome, Status
from sanjin_xl.model.rules import Rules
from sanjin_xl.review.table_reader import Table, read_table
from sanjin_xl.round import commands, pools, standby, workers
from sanjin_xl.round.config import RESULTS_FILE, RETURNED, RULED, RULINGS_FILE, SUMMARY
from sanjin_xl.round.inbox import Taken
from sanjin_xl.round.standby import Known, Standby


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[Standby]:
    monkeypatch.setattr(standby, "MOST_WORKERS", 1)  # so that a pool is known by its process
    with closing(Standby()) as one:
        yield one


def pid(pool: Executor) -> int:
    return pool.submit(os.getpid).result()


# --- processes --------------------------------------------------------------------------------------------------------


def test_what_comes_back_is_lent_again_with_the_process_it_has_started(kept: Standby) -> None:
    first = kept.lend()
    process = pid(first)
    pools.stop(first)
    assert pid(kept.lend()) == process


def test_a_pool_is_lent_to_one_at_a_time(kept: Standby) -> None:
    first, second = kept.lend(), kept.lend()
    assert pid(first) != pid(second)
    pools.stop(first)
    pools.stop(second)


def test_a_pool_whose_process_was_ended_while_it_waited_is_not_lent(kept: Standby) -> None:
    first = kept.lend()
    process = pid(first)
    pools.stop(first)
    os.kill(process, signal.SIGTERM)
    again = kept.lend()
    assert pid(again) != process
    pools.stop(again)


def test_a_pool_whose_work_failed_or_has_not_ended_does_not_come_back(kept: Standby) -> None:
    lent = []
    for work in (partial(int, "x"), partial(time.sleep, 0.3)):
        pool = kept.lend()
        lent.append(pid(pool))
        pool.submit(work)
        pools.stop(pool)
    assert len({*lent, pid(kept.lend())}) == 3


def test_a_pool_that_comes_back_when_the_window_is_closed_is_ended() -> None:
    kept = Standby()
    pool = kept.lend()
    process = pid(pool)
    kept.close()
    pools.stop(pool)
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


@pytest.mark.parametrize("fatal", ["abort", "hang"])
def test_a_file_that_kills_its_process_is_named_and_the_next_count_finds_a_sound_one(
    kept: Standby, monkeypatch: pytest.MonkeyPatch, fatal: str
) -> None:
    monkeypatch.setattr(standby, "local_pool", lambda _: Misbehaving())
    good = Taken("good.xlsx", fill(the_form(), clean(the_form())), sha256="0" * 64)
    judge = partial(workers.judge_all, rules(), make_executor=kept.lend, workers=2)
    for files in ([good], [bad(fatal), good], [good]):
        fates = {one.path: one.reason for one in judge(files)}
        assert fates == {one.shown: "file-reader-died" if one is not good else None for one in files}


# --- what became of files ---------------------------------------------------------------------------------------------


class Judge:
    """Notes what it is asked to judge, and gives each file the fate its name says."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, rules: Rules, files: Iterable[Taken]) -> Iterator[Outcome]:
        for one in files:
            self.asked.append(one.shown)
            reason = one.shown.partition(".")[0].rpartition("!")[2]
            yield one.outcome().with_status(Status.REJECTED, reason if reason.startswith("file-") else "blank-form")


def asked(known: Known, judge: Judge, rules: Rules, *files: Taken) -> list[str]:
    """What is judged of some files, of which each must have an outcome."""
    judge.asked = []
    outcomes = list(known.judged(rules, files, judge))
    assert sorted(one.path for one in outcomes) == sorted(one.shown for one in files)
    return judge.asked


def taken(name: str, sha256: str = "1", **more: object) -> Taken:
    return replace(Taken(name, b"1", sha256=sha256, top=name.partition("!")[0]), **more)  # type: ignore[arg-type]


def test_only_what_is_new_is_judged() -> None:
    known, judge = Known(), Judge()
    a, b = taken("a"), taken("b")
    assert asked(known, judge, rules(), a) == ["a"]
    assert asked(known, judge, rules(), a, b) == ["b"]
    assert asked(known, judge, rules(), a) == []
    assert asked(known, judge, rules(), a, b) == ["b"]  # only of the last count


@pytest.mark.parametrize(
    "other",
    [
        {"sha256": "2"},
        {"shown": "b"},
        {"modified": "2012-10-11"},
        {"first_seen": date(2012, 10, 11)},
        {"mailed": date(2012, 10, 11)},
        {"sender": "a@b"},
    ],
)
def test_a_file_of_which_anything_else_is_known_is_judged_again(other: dict[str, object]) -> None:
    known, judge = Known(), Judge()
    asked(known, judge, rules(), taken("a"))
    assert asked(known, judge, rules(), taken("a", **other))  # type: ignore[arg-type]


def test_by_other_rules_all_is_judged_again() -> None:
    known, judge = Known(), Judge()
    asked(known, judge, rules(), taken("a"))
    assert asked(known, judge, replace(rules(), as_of=date(2012, 12, 24)), taken("a")) == ["a"]
    assert asked(known, judge, replace(rules(), pinned={DONGYUAN: "a"}), taken("a")) == ["a"]


@pytest.mark.parametrize("why", ["file-reader-died", "file-internal-error", "file-archive-slow"])
def test_what_may_go_another_way_the_next_time_is_judged_again_with_all_that_came_with_it(why: str) -> None:
    known, judge = Known(), Judge()
    files = [taken("z!a"), taken(f"z!{why}.xlsx"), taken("other")]
    asked(known, judge, rules(), *files)
    assert asked(known, judge, rules(), *files) == ["z!a", f"z!{why}.xlsx"]


def test_a_count_that_is_broken_off_leaves_what_was_known_before() -> None:
    known, judge = Known(), Judge()
    asked(known, judge, rules(), taken("a"))
    broken = known.judged(rules(), [taken("b"), taken("c")], judge)
    next(broken)
    del broken
    assert asked(known, judge, rules(), taken("a"), taken("b")) == ["b"]


def test_the_table_of_rulings_is_read_when_it_was_written_and_when_somebody_has_changed_it(
    round_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[bytes] = []

    def noted(data: bytes, *more: Any) -> Table:
        read.append(data)
        return read_table(data, *more)

    monkeypatch.setattr(standby, "read_table", noted)
    kept, table = Standby(), round_folder / RULED / RULINGS_FILE
    for expected in (1, 0):
        read.clear()
        commands.ingest(round_folder, standby=kept)
        assert read == [table.read_bytes()] * expected, "only what has just been written is read"
    book = load_workbook(table)
    book.properties.title = "改过"
    book.save(table)
    changed = table.read_bytes()
    read.clear()
    commands.ingest(round_folder, standby=kept)
    assert read[0] == changed


def test_counts_that_keep_what_they_know_come_to_what_counts_that_know_nothing_come_to(
    round_folder: Path, judged: list[str]
) -> None:
    form, inbox = small_form(), round_folder / RETURNED
    one, two = fill(form, clean(form)), fill(form, clean(form) | {7: typed()})

    def settle(text: str) -> None:
        path = round_folder / "round.toml"
        path.write_text(f"{path.read_text(encoding='utf-8')}\n{text}", encoding="utf-8")

    steps: list[Callable[[], object]] = [
        lambda: (inbox / "一.xlsx").write_bytes(one),
        lambda: (inbox / "二.xlsx").write_bytes(two),
        lambda: (inbox / "又.xlsx").write_bytes(two),
        lambda: (inbox / "一.xlsx").write_bytes(b"no workbook"),
        lambda: (inbox / "二.xlsx").rename(inbox / "源城区.xlsx"),
        lambda: settle(f'[pinned]\n"{YUANCHENG}" = "源城区.xlsx"\n'),
        (inbox / "又.xlsx").unlink,
    ]
    kept, fewer = Standby(), []
    for step in steps:
        step()
        said, how_many = [], []
        for keeper in (kept, None):
            judged.clear()
            commands.ingest(round_folder, workers=1, make_executor=Here, standby=keeper)
            said.append(json.loads((round_folder / SUMMARY / RESULTS_FILE).read_text(encoding="utf-8")))
            how_many.append(len(judged))
        assert said[0] == said[1]
        fewer.append(how_many[0] < how_many[1])
        assert said[0]["files"]
    assert any(fewer)
