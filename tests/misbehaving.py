"""Files that do to the process that reads them what their name says, and a pool of processes that lets them."""

import multiprocessing
import os
import time
from concurrent.futures import Future, ProcessPoolExecutor

from sanjin_xl.judge.pipeline import Outcome, Processor
from sanjin_xl.round import pools, workers
from sanjin_xl.round.inbox import Taken


def bad(name: str) -> Taken:
    return Taken(name, name.encode(), sha256="1" * 64)


_judge = Processor.judge


def judge_by_name(self: Processor, data: bytes, outcome: Outcome) -> Outcome:
    """Stands in for the judge: does to its process what the file's name says."""
    if outcome.path == "abort":
        os.abort()
    if outcome.path == "hang":
        time.sleep(60)
    if outcome.path == "bloat":
        bytearray(4 << 30)
    if outcome.path == "bug":
        raise ZeroDivisionError
    return _judge(self, data, outcome)


def misbehave(blob: bytes, chunk: list[Taken]) -> list[workers.Judged]:
    Processor.judge = judge_by_name  # type: ignore[method-assign]
    workers.SECONDS_PER_FILE = 1
    return workers.judge_chunk(blob, chunk)


class Misbehaving(ProcessPoolExecutor):
    """A pool of bound processes in which some files are fatal."""

    def __init__(self) -> None:
        super().__init__(2, mp_context=multiprocessing.get_context("spawn"), initializer=pools.bind_process)

    def submit(self, function: object, /, *arguments: object) -> "Future[list[Outcome]]":  # type: ignore[override]
        return super().submit(misbehave if arguments else function, *arguments)  # type: ignore[arg-type]
