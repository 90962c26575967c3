"""A real LibreOffice for tests: what a clerk's program makes of our workbooks.

    with Office() as office:
        book = office.open(path)
        office.type_text(book, "完成情况表", "E5", "√")  # {"accepted": True, "message": None, "value": "√"}
        office.read(book, "完成情况表", "K5")["K5"]["value"]

LibreOffice's own API needs the Python that LibreOffice was built for, so the work is done by `inside/driver.py` in a
process of its own; this client only needs the standard library.
"""

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO, Any, Self, TypeVar

DRIVER = Path(__file__).parent / "inside" / "driver.py"
OFFICE_FOLDERS = [
    Path("/usr/lib/libreoffice/program"),
    Path("/Applications/LibreOffice.app/Contents/MacOS"),
    Path("C:/Program Files/LibreOffice/program"),
]
START_SECONDS = 90
MESSAGES_READABLE = sys.platform.startswith("linux")  # elsewhere `--headless` answers them unseen, with Cancel
Answer = TypeVar("Answer")


class OfficeError(RuntimeError):
    """LibreOffice, or the driver, did not do what was asked."""


class RefusedError(OfficeError):
    """Locked cells were to be written; nothing was. `addresses` names them."""

    def __init__(self, message: str, addresses: list[str]) -> None:
        super().__init__(message)
        self.addresses = addresses


class OfficeTimeoutError(OfficeError):
    """No answer in time; LibreOffice was killed, and the next call starts a new one."""


@cache
def soffice() -> str | None:
    """Return the path of LibreOffice's start program."""
    places = [shutil.which("soffice", path=folder) for folder in (None, *map(str, OFFICE_FOLDERS))]
    return next(filter(None, places), None)


@cache
def office_python() -> str | None:
    """Return a Python that can `import uno`: the system's, or LibreOffice's own."""
    beside = Path(soffice() or ".").resolve().parent
    own = [beside / "python.exe", beside / "python", beside.parent / "Resources" / "python"]
    candidates = ["/usr/bin/python3", *map(str, own), shutil.which("python3"), sys.executable]
    return next((python for python in candidates if python and _has_uno(python)), None)


def _has_uno(python: str) -> bool:
    if not Path(python).is_file():
        return False
    return subprocess.run([python, "-c", "import uno"], capture_output=True, check=False).returncode == 0


def unavailable() -> str | None:
    """Return why LibreOffice cannot be driven here, or None if it can."""
    if soffice() is None:
        return "LibreOffice (soffice) is not installed"
    if office_python() is None:
        return "no Python with LibreOffice's `uno` module (python3-uno) was found"
    return None


class Office:
    """One LibreOffice without a screen, with a profile of its own; starts at the first use (about a second).

    Handles are numbers, sheets go by name, addresses are like "B7" and ranges like "A1:L120". A call that gets no
    answer within `timeout` seconds kills LibreOffice and raises OfficeTimeoutError.
    """

    def __init__(self, timeout: float = 60) -> None:
        self.timeout = timeout
        self._driver: _Driver | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.quit()

    def quit(self, patience: float = 10) -> None:
        """End LibreOffice and remove its profile; kill it after `patience` seconds."""
        driver, self._driver = self._driver, None
        if driver is not None:
            driver.stop(patience)

    # --- files

    def open(self, path: Path | str, password: str | None = None) -> int:
        """Open a private copy of a workbook and return its handle; OfficeError if LibreOffice would not, unrepaired."""
        return self._ask(int, "open", path=str(Path(path).absolute()), password=password)

    def close(self, handle: int) -> None:
        """Close a workbook, unsaved."""
        self._ask(object, "close", handle=handle)

    @contextmanager
    def opened(self, path: Path | str, password: str | None = None) -> Iterator[int]:
        """Open a workbook for the length of a `with` block."""
        handle = self.open(path, password)
        try:
            yield handle
        finally:
            if self._driver is not None:
                self.close(handle)

    def save(
        self, handle: int, path: Path | str, format: str, *, sheet: str | None = None, unasked: bool = False
    ) -> None:
        """Save a copy as "xlsx", "xls", "ods", "pdf" or "csv" (UTF-8; of one sheet, by default the first).

        OfficeError with the words of the message box if LibreOffice asks: to save a sheet protected by a SHA-512 hash
        as xls or ods it wants the password again. `unasked`: save as `soffice --convert-to` does, without a view and a
        question; such a sheet is then protected without a password.
        """
        place = str(Path(path).absolute())
        self._ask(object, "save", handle=handle, path=place, format=format, sheet=sheet, unasked=unasked)

    # --- locks

    def sheets(self, handle: int) -> list[dict[str, Any]]:
        """Return [{"name", "visible", "protected"}]; LibreOffice does not tell hidden from very hidden."""
        return self._ask(list[dict[str, Any]], "sheets", handle=handle)

    def protected(self, handle: int) -> bool:
        """Tell whether the workbook's structure is locked; LibreOffice 7.4 ignores that lock in an xlsx file."""
        return self._ask(bool, "protected", handle=handle)

    def unprotect(self, handle: int, password: str, sheet: str | None = None) -> bool:
        """Try a password on a sheet, or on the workbook's structure; tell whether it is open now."""
        return self._ask(bool, "unprotect", handle=handle, password=password, sheet=sheet)

    def locked(self, handle: int, sheet: str, where: str) -> bool:
        """Tell whether a cell is locked in a protected sheet."""
        return self._ask(bool, "locked", handle=handle, sheet=sheet, where=where)

    def open_cells(self, handle: int, sheet: str, where: str) -> list[str]:
        """Return the addresses in a range that are not locked, row by row."""
        return self._ask(list[str], "open_cells", handle=handle, sheet=sheet, where=where)

    def validation(self, handle: int, sheet: str, where: str) -> dict[str, Any]:
        """Return a cell's validity rule: "type" ("any" if none), "formula1", "error_style", "list_visible", …"""
        return self._ask(dict[str, Any], "validation", handle=handle, sheet=sheet, where=where)

    # --- contents

    def write(self, handle: int, sheet: str, cells: Mapping[str, str | float | None]) -> None:
        """Put texts (as they are), numbers, or None for empty into cells, past any validity, as a paste does.

        Raises RefusedError, and writes nothing, if any of the cells is locked.
        """
        self._ask(object, "write", handle=handle, sheet=sheet, cells=dict(cells))

    def type_text(self, handle: int, sheet: str, where: str, text: str, *, insist: bool = False) -> dict[str, Any]:
        """Type a text and Enter into a cell as a person does ("" presses Delete).

        Returns {"accepted", "message", "value"}: whether the cell took it; "title: text" of the message box that came
        up, or None; the text the cell shows now. The box is answered with Cancel, or with OK to `insist`. Where not
        MESSAGES_READABLE the message is always None, and insisting is in vain.
        """
        return self._ask(dict[str, Any], "type_text", handle=handle, sheet=sheet, where=where, text=text, insist=insist)

    def read(self, handle: int, sheet: str, where: str) -> dict[str, dict[str, Any]]:
        """Return {address: {"type", "value", "formula"}} after calculating what has changed.

        Type: "empty", "number", "text" or "error"; an error's value is its name ("#DIV/0!"). Formula: None, or as
        LibreOffice spells it, `=IF(B1="√";1;0)`. Cached values stay until `recalculate`.
        """
        return self._ask(dict[str, dict[str, Any]], "read", handle=handle, sheet=sheet, where=where)

    def shown(self, handle: int, sheet: str, where: str) -> str:
        """Return the text that a cell shows, formatted."""
        return self._ask(str, "shown", handle=handle, sheet=sheet, where=where)

    def recalculate(self, handle: int) -> None:
        """Calculate every formula anew, cached values or not."""
        self._ask(object, "recalculate", handle=handle)

    # --- looks

    def row_heights(self, handle: int, sheet: str, where: str) -> list[dict[str, Any]]:
        """Return [{"row", "height", "optimal", "visible"}] in points; "optimal" knows no cell merged across rows."""
        return self._ask(list[dict[str, Any]], "row_heights", handle=handle, sheet=sheet, where=where)

    def merged_heights(self, handle: int, sheet: str, where: str) -> list[dict[str, Any]]:
        """Return [{"range", "height", "optimal"}] in points of the merged areas that begin in a range."""
        return self._ask(list[dict[str, Any]], "merged_heights", handle=handle, sheet=sheet, where=where)

    def pages(self, handle: int) -> list[dict[str, str]]:
        """Return [{"sheet", "range"}], one per printed page, in order."""
        return self._ask(list[dict[str, str]], "pages", handle=handle)

    # --- marks

    def draw(self, handle: int, sheet: str, where: str, what: str, text: str = "", picture: Path | str = "") -> None:
        """Put a "shape" or "text" with these words, a "picture", or a "ticked" or "unticked" box over a cell."""
        self._ask(object, "draw", handle=handle, sheet=sheet, where=where, what=what, text=text, picture=str(picture))

    def comment(self, handle: int, sheet: str, where: str, text: str) -> None:
        """Put a comment on a cell."""
        self._ask(object, "comment", handle=handle, sheet=sheet, where=where, text=text)

    def restyle(self, handle: int, sheet: str, where: str, looks: Mapping[str, object], part: str = "") -> None:
        """Set properties of a cell, or of a part of its text, by LibreOffice's names ({"CharStrikeout": 1}).

        "format" stands for the code of a number format, "height" and "width" for the size of row and column in
        hundredths of a millimetre.
        """
        self._ask(object, "restyle", handle=handle, sheet=sheet, where=where, looks=dict(looks), part=part)

    def _ask(self, kind: type[Answer], op: str, **arguments: Any) -> Answer:
        """The driver's answer, which is of this kind; OfficeError with what went wrong instead."""
        try:
            if self._driver is None:
                self._driver = _Driver()
                self._driver.hear(START_SECONDS)  # it says when LibreOffice is there
            reply = self._driver.ask({"op": op, **arguments}, self.timeout)
        except BaseException:  # an interrupted call, too: its answer would be taken for the next one's
            self.quit(patience=0)
            raise
        if "error" not in reply:
            result: Answer = reply["result"]
            return result
        if reply["fatal"]:
            self.quit(patience=0)
        if reply["error"] == "RefusedError":
            raise RefusedError(reply["message"], reply["addresses"])
        raise OfficeError(f"{op}: {reply['error']}: {reply['message']}")


def _clean_environment(**more: str) -> dict[str, str]:
    """Return the environment without what was meant for this Python only."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")} | more


class _Driver:
    """The driver's process, its group, its folder, and the two pipes."""

    def __init__(self) -> None:
        python, program = office_python(), soffice()
        if python is None or program is None:
            raise OfficeError(unavailable())
        self._folder = Path(tempfile.mkdtemp(prefix="office-"))
        self._process = subprocess.Popen(
            [python, str(DRIVER), program, str(self._folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="ascii",
            env=_clean_environment(TMPDIR=str(self._folder)),
            start_new_session=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._requests: IO[str] = self._process.stdin
        self._replies: IO[str] = self._process.stdout
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._listen, daemon=True)
        self._reader.start()

    def ask(self, request: dict[str, Any], timeout: float) -> dict[str, Any]:
        """Send one request and return its answer."""
        try:
            print(json.dumps(request), file=self._requests, flush=True)
        except OSError as error:
            raise OfficeError("the driver has ended") from error
        return self.hear(timeout)

    def hear(self, timeout: float) -> dict[str, Any]:
        """Return the next answer."""
        try:
            line = self._lines.get(timeout=timeout)
        except queue.Empty:
            raise OfficeTimeoutError(f"no answer within {timeout} seconds") from None
        if line is None:
            raise OfficeError("the driver has ended")
        reply: dict[str, Any] = json.loads(line)
        return reply

    def stop(self, patience: float) -> None:
        """End the driver, which ends LibreOffice; by force after `patience` seconds."""
        with suppress(OSError):
            self._requests.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(patience)
        self._kill()
        self._process.wait()
        self._reader.join()
        self._replies.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _kill(self) -> None:
        # The group outlives its leader, the driver, if a LibreOffice is left in it.
        if os.name == "nt":
            subprocess.run(["taskkill", "/F", "/T", "/PID", str(self._process.pid)], capture_output=True, check=False)
        else:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _listen(self) -> None:
        for line in self._replies:
            self._lines.put(line)
        self._lines.put(None)
