"""Ctrl-C and SIGTERM at any moment: one sentence, exit status 2, no worker left, nothing torn.

SANJIN_KILLS sets how often a run is interrupted at random, by default 12 times.
"""

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from functools import partial
from pathlib import Path
from random import Random

import pytest
from rounds import clean, fill, rules, the_form
from two_states import (
    KILLS,
    NEW,
    PATIENCE,
    ROOT,
    SEED,
    Settled,
    bring,
    check_outputs,
    check_record,
    end_group,
    group_of,
    outputs,
    reset,
    settled,
)

from sanjin_xl.messages.cli import ABORTED
from sanjin_xl.messages.errors import ERRORS
from sanjin_xl.round import pools, workers
from sanjin_xl.round.inbox import Taken

posix = pytest.mark.skipif(os.name != "posix", reason="signals and process groups are POSIX's")

# It says when it has learnt to be interrupted, which is the first thing it does; Python's own start is before that.
READY = """
import os
from sanjin_xl import __main__
__main__._listen()
os.write(1, b".")
__main__.main()
"""


class Run:
    """The command line in a process group of its own, from the moment it can be interrupted."""

    def __init__(self, *arguments: str | Path, program: str = READY) -> None:
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            [sys.executable, "-X", "utf8", "-c", program, *map(str, arguments)],
            cwd=ROOT,
            stdout=pipe,
            stderr=pipe,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.read(1) == "."
        self.started = time.monotonic()

    def interrupt(self, number: int, *, group: bool) -> None:
        """Send a signal to it and, as a terminal does, to its workers as well."""
        (os.killpg if group else os.kill)(self.process.pid, number)

    def ended(self) -> tuple[int, str]:
        """Exit status and what was said on standard error; fails if a worker is left."""
        _, said = self.process.communicate(timeout=60)
        deadline = time.monotonic() + PATIENCE
        while (left := group_of(self.process)) and time.monotonic() < deadline:
            time.sleep(0.05)
        end_group(self.process)
        assert left == []
        return self.process.returncode, said


@posix
@pytest.mark.parametrize(("number", "group"), [(signal.SIGINT, True), (signal.SIGINT, False), (signal.SIGTERM, False)])
def test_an_interrupt_at_a_random_moment_is_one_sentence(settled: Settled, number: int, group: bool) -> None:
    folder, random, seconds = settled.folder, Random(SEED), settled.seconds
    interrupted = 0
    for n in range(KILLS):
        bring(folder, NEW)
        run = Run("ingest", folder)
        time.sleep((n + random.random()) / KILLS * seconds)
        if run.process.poll() is None:
            run.interrupt(number, group=group)
        status, said = run.ended()
        assert (status, said) in [(2, f"{ABORTED}\n"), (1, "")]
        interrupted += status == 2
        check_outputs(outputs(folder), settled.old, settled.new)
        check_record(folder)
        reset(folder, settled.old)
    assert interrupted > KILLS // 6


# Stops for a moment before it loads a module, and says so.
STOPPED = """
import os, sys, time
from sanjin_xl import __main__
def hook(event, arguments):
    if event == "import" and arguments[0] == {module!r}:
        sys.addaudithook(lambda *_: None)
        os.write(1, b".")
        time.sleep(0.5)
sys.addaudithook(hook)
__main__.main()
"""


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("module", ["sanjin_xl.messages.cli", "click", "sqlite3", "xlsxwriter"])
def test_an_interrupt_in_the_middle_of_an_import_is_one_sentence(settled: Settled, module: str, number: int) -> None:
    run = Run("ingest", settled.folder, program=STOPPED.format(module=module))
    run.interrupt(number, group=False)
    assert run.ended() == (2, f"{ABORTED}\n")


@posix
def test_what_nohup_wants_ignored_stays_ignored(settled: Settled) -> None:
    run = Run("checks", program="import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n" + READY)
    run.interrupt(signal.SIGINT, group=False)
    assert run.ended() == (0, "")


# --- the pool ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def good() -> list[Taken]:
    return [Taken("a.xlsx", fill(the_form(), clean(the_form())), sha256="0" * 64)]


def test_nothing_of_the_pool_is_left_to_race_with_the_end_of_the_program(good: list[Taken]) -> None:
    before = set(threading.enumerate())
    assert len(list(workers.judge_all(rules(), good, partial(pools.local_pool, 2), 2))) == 1
    assert set(threading.enumerate()) == before


def signals_blocked_here() -> set[int]:
    return set(signal.pthread_sigmask(signal.SIG_BLOCK, ()))


@pytest.fixture
def pool() -> Iterator[ProcessPoolExecutor]:
    pool = pools.local_pool(1)
    assert isinstance(pool, ProcessPoolExecutor)
    yield pool
    pools.stop(pool)


@posix
def test_a_worker_is_deaf_to_the_terminal_from_its_birth_and_not_to_the_pool(pool: ProcessPoolExecutor) -> None:
    assert pool.submit(signals_blocked_here).result() & {signal.SIGINT, signal.SIGTERM} == {signal.SIGINT}
    assert signals_blocked_here() == set()


NO_PROCESS = """
import multiprocessing, os
from sanjin_xl import __main__
multiprocessing.set_executable("/nowhere/python")
os.write(1, b".")
__main__.main()
"""


@posix
def test_where_no_process_can_be_started_one_sentence_says_so_and_nothing_is_waited_for(settled: Settled) -> None:
    before = outputs(settled.folder)
    run = Run("ingest", settled.folder, program=NO_PROCESS)
    assert run.ended() == (2, ERRORS["workers-unavailable"] + "\n")
    assert outputs(settled.folder) == before


def test_a_pool_that_breaks_while_it_is_given_work_is_broken_and_no_fault_of_the_system(
    pool: ProcessPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(*_: object, **__: object) -> None:
        raise OSError(errno.EBADF, "Bad file descriptor")

    monkeypatch.setattr(ProcessPoolExecutor, "submit", closed)
    with pytest.raises(BrokenExecutor):
        pool.submit(signals_blocked_here)


__all__ = ["settled"]
