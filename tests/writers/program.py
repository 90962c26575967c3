"""A program in another language that re-saves workbooks, one job a line, so that it is started only once.

A job is four fields with tabs between them: source file, target file, format, file of cells or nothing. The answer is
one line, `ok` or what went wrong. The file of cells has three fields a cell, each closed by a NUL: address, kind
(`text`, `number`, `day`, `formula` or `mark`), value.
"""

import atexit
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

DAY_ZERO = date(1899, 12, 30)  # Excel's day 0, counting its false 29 February 1900
_SECONDS = 60


class Formula(str):
    """A formula without its equals sign."""

    __slots__ = ()


class Mark(str):
    """What is to be done to a cell, by the name of it."""

    __slots__ = ()


Value = str | float | date | Formula | Mark
Cells = Mapping[str, Value]


class WriterError(RuntimeError):
    """A program did not save the workbook; its own words."""


class Program:
    """One such program; it starts at the first job and ends with us."""

    def __init__(self, *command: str) -> None:
        self._command = command

    @cached_property
    def _process(self) -> "subprocess.Popen[str]":
        pipe = subprocess.PIPE
        process = subprocess.Popen(self._command, stdin=pipe, stdout=pipe, text=True, encoding="utf-8", bufsize=1)
        atexit.register(_end, process)
        return process

    def run(self, data: bytes, format: str, cells: Cells, before: Cells = MappingProxyType({})) -> bytes:
        """The workbook as the program saves it in a format, after putting values into cells, some before the others."""
        with tempfile.TemporaryDirectory() as name:
            source, target, listed = Path(name, "source.xlsx"), Path(name, "target"), Path(name, "cells")
            source.write_bytes(data)
            listed.write_bytes(b"".join(_record(*cell) for cell in (*before.items(), *cells.items())))
            answer = self._ask("\t".join(map(str, (source, target, format, listed))))
            if answer != "ok":
                raise WriterError(answer or "the program has ended")
            return target.read_bytes()

    def _ask(self, job: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        killer = threading.Timer(_SECONDS, self._process.kill)
        killer.start()
        try:
            self._process.stdin.write(job + "\n")
            return self._process.stdout.readline().strip()
        finally:
            killer.cancel()


def _end(process: "subprocess.Popen[str]") -> None:
    with process:
        process.kill()


def _record(where: str, value: Value) -> bytes:
    return "".join(f"{field}\0" for field in (where, *_spelt(value))).encode()


def _spelt(value: Value) -> tuple[str, object]:
    if isinstance(value, Formula):
        return "formula", value
    if isinstance(value, Mark):
        return "mark", value
    if isinstance(value, date):
        return "day", serial(value)
    return ("text" if isinstance(value, str) else "number"), value


def serial(day: date) -> int:
    """A day as Excel counts them."""
    return (date(day.year, day.month, day.day) - DAY_ZERO).days
