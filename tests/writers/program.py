"""A program in another language that re-saves workbooks, one job a line, so that it is started only once.

A job is four fields with tabs between them: source file, target file, format, file of cells or nothing. The answer is
one line, `ok` or what went wrong. The file of cells has three fields a cell, each closed by a NUL: address, `text` or
`number`, value.
"""

import subprocess
import tempfile
import threading
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

Cells = Mapping[str, str | float]
_SECONDS = 60


class WriterError(RuntimeError):
    """A program did not save the workbook; its own words."""


class Program:
    """One such program; it starts at the first job and ends with us, when its standard input closes."""

    def __init__(self, *command: str, folder: Path | None = None) -> None:
        self._command = command
        self._folder = folder

    @cached_property
    def _process(self) -> "subprocess.Popen[str]":
        pipe = subprocess.PIPE
        return subprocess.Popen(
            self._command, cwd=self._folder, stdin=pipe, stdout=pipe, text=True, encoding="utf-8", bufsize=1
        )

    def run(self, data: bytes, format: str, cells: Cells | None = None) -> bytes:
        """The workbook as the program saves it in a format, after putting these values into cells."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            source, target, listed = folder / "source.xlsx", folder / f"target.{format}", folder / "cells"
            source.write_bytes(data)
            listed.write_bytes(b"".join(_record(*cell) for cell in (cells or {}).items()))
            answer = self._ask("\t".join(map(str, (source, target, format, listed if cells else ""))))
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

    def close(self) -> None:
        """End the program, if it was started."""
        process = self.__dict__.pop("_process", None)
        if process is not None:
            process.stdin.close()
            process.wait(_SECONDS)
            process.stdout.close()


def _record(where: str, value: str | float) -> bytes:
    kind = "text" if isinstance(value, str) else "number"
    return "".join(f"{field}\0" for field in (where, kind, value)).encode()
