"""The terminal: printing on whatever there is to print to, progress bars, the last sentence of a failed run."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from time import monotonic
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

import click

from sanjin_xl.messages import cli as words
from sanjin_xl.model.controls import visible
from sanjin_xl.model.errors import SanjinError

if TYPE_CHECKING:  # loaded by the commands that need them: --help is to answer at once
    from sanjin_xl.judge.pipeline import Outcome
    from sanjin_xl.round.watch import Watch

_NO_CONSOLE = sys.stdout is None and sys.stderr is None  # started on Windows by a double-click, with pythonw


def say(text: str) -> None:
    """Print a line, with what in it does something instead of standing for something shown."""
    click.echo(visible(text))


def warned(warnings: "Sequence[SanjinError]") -> int:
    """Say what somebody has to see to; gives the exit status that follows from it."""
    from sanjin_xl import messages

    for warning in warnings:
        click.echo(visible(messages.error(warning)), err=True)
    return 1 if warnings else 0


def fail(text: str) -> NoReturn:
    """Say what could not be done, and end with exit status 2."""
    with suppress(OSError):  # standard error may be closed as well
        click.echo(visible(text), err=True)
    if _NO_CONSOLE:
        _show(visible(text))
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:  # Python would try again at exit, and say so in English
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    sys.exit(2)


def _show(text: str) -> None:
    """Show a sentence in a box of its own, where there is no console; elsewhere than on Windows there is always one."""
    if sys.platform == "win32":
        import ctypes

        warning = 0x30  # MB_ICONWARNING
        ctypes.windll.user32.MessageBoxW(None, text, words.BOX_TITLE, warning)


def quietly(outcomes: "Iterator[Outcome]") -> "Iterator[Outcome]":
    """What is judged, one after the other; whatever a library prints in the meantime goes where problems go."""
    while True:
        with _printing_to_errors():
            outcome = next(outcomes, None)
        if outcome is None:
            return
        yield outcome


@contextmanager
def _printing_to_errors() -> Iterator[None]:
    """Let standard output be standard error: that of Python, and that of the process, to which libraries in C print."""
    out, err = _number_of(sys.__stdout__), _number_of(sys.__stderr__)
    with redirect_stdout(sys.stderr):
        if out is None or err is None:
            yield
            return
        kept = os.dup(out)
        os.dup2(err, out)
        try:
            yield
        finally:
            os.dup2(kept, out)
            os.close(kept)


def _number_of(stream: TextIO | None) -> int | None:
    """The number the system knows a stream by, None for one in memory; what waits in it is printed first."""
    try:
        if stream is None:
            return None
        stream.flush()
        return stream.fileno()
    except (OSError, ValueError):
        return None


@contextmanager
def watching(warnings: "list[SanjinError] | None" = None) -> "Iterator[Watch]":
    """A watch with a progress bar for each stage on a terminal, and none in a pipe; `warnings` gets what it is told."""
    from sanjin_xl.round.watch import Watch

    bars = _Bars() if sys.stderr.isatty() else None

    class Shown(Watch):
        """Shows how far a run is, and keeps what it warns of."""

        def stage(self, name: str, done: int, total: int) -> None:
            if bars:
                bars.show(name, done, total)

        def warn(self, warning: SanjinError) -> None:
            if warnings is not None:
                warnings.append(warning)

    try:
        yield Shown()
    except SanjinError:  # what the run warned of before it failed is said all the same
        warned(warnings or ())
        raise
    finally:  # whatever happens, the terminal gets its cursor back
        if bars:
            bars.close()


class _Bars:
    """One bar after another."""

    def __init__(self) -> None:
        self._stage, self._done, self._began = "", 0, 0.0
        self._bar: Any = None

    def show(self, stage: str, done: int, total: int) -> None:
        if stage != self._stage:
            self.close()
            self._stage, self._began, many = stage, monotonic(), total > 1
            self._bar = click.progressbar(
                length=total, label=words.STAGES[stage], file=sys.stderr, show_pos=many, show_eta=False,
                show_percent=many, item_show_func=self._rate, update_min_steps=max(1, total // 200),
            )  # fmt: skip
            self._bar.__enter__()
        self._bar.length = total
        step, self._done = done - self._done, done
        self._bar.update(step)

    def _rate(self, _: object) -> str | None:
        """How many a second since the stage began, and how long the rest takes at that rate."""
        seconds = monotonic() - self._began
        if self._bar is None or self._done < 2 or seconds <= 0:
            return None
        rate = self._done / seconds
        minutes, left = divmod(round((self._bar.length - self._done) / rate), 60)
        return words.RATE.format(rate=rate, minutes=minutes, seconds=left)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.render_progress()
            self._bar.__exit__(None, None, None)
        self._bar, self._done = None, 0


def make_safe() -> None:
    """Print what can be printed, whatever there is to print to.

    A GBK terminal cannot print every character of a file name or a remark; it shows a mark instead. Where standard
    output is closed, the next file to be opened would be in its place, and be printed into.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
    if sys.stdout is None and sys.stderr:
        click.echo(words.OUTPUT_CLOSED, err=True)
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def require_chinese_names() -> None:
    """End at once where the system cannot write the names of our files."""
    try:
        os.fsencode(words.A_FILE)
    except UnicodeEncodeError:
        fail(words.NO_CHINESE_NAMES.format(encoding=sys.getfilesystemencoding()))
