"""The log of our own faults: a file the clerk can find and send, with none of the round's secrets in it."""

import contextlib
import json
import platform
import sys
import tempfile
import traceback
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sanjin_xl import __version__
from sanjin_xl.model.controls import visible
from sanjin_xl.model.tomlread import parse_toml
from sanjin_xl.round.config import CONFIG
from sanjin_xl.round.outputs import WORKSHOP, read_own, require_file
from sanjin_xl.round.shipped import commit, decoded

LOG_FILE = "sanjin-xl.log"
LONGEST_LOG = 200_000  # bytes; of a log that has grown longer the newest half is kept
LONGEST_ENTRY = 20_000  # characters
_HEAD = "== "
_LEFT_OUT = "***"


def log_fault(error: BaseException, folder: Path | None) -> Path | None:
    """Append a fault with its traceback to the log, in the .sanjin/ of the round or else in the temp folder.

    Gives the path of the log; None where it can be written in neither place. Raises nothing.
    """
    for place in _places(folder):
        with contextlib.suppress(Exception):
            path = place / LOG_FILE
            _append(path, _entry(error, folder))
            return path.absolute()
    return None


def _places(folder: Path | None) -> Iterator[Path]:
    with contextlib.suppress(OSError):
        if folder and (folder / WORKSHOP).is_dir():
            yield folder / WORKSHOP
    with contextlib.suppress(OSError):
        yield Path(tempfile.gettempdir())


def _entry(error: BaseException, folder: Path | None) -> str:
    """When, with which programs, by which command, and the traceback; of a long one the middle is left out."""
    when = datetime.now().astimezone().isoformat(timespec="seconds")
    programs = f"sanjin-xl {__version__} ({commit()}), Python {platform.python_version()}, {platform.platform()}"
    text = f"{sys.argv}\n{''.join(traceback.format_exception(error))}"
    # A message may quote what was read. Taken out before anything is cut, or half a secret might stay.
    for secret in sorted(_secrets(folder), key=len, reverse=True) if folder else ():
        text = text.replace(secret, _LEFT_OUT)
    text = visible(text)
    if len(text) > LONGEST_ENTRY:
        text = f"{text[: LONGEST_ENTRY // 2]}\n…\n{text[-LONGEST_ENTRY // 2 :]}"
    return f"{_HEAD}{when}\n{programs}\n{text}\n"


def _secrets(folder: Path) -> set[str]:
    """The round's key and password, and those it opens returns with, as a message may show them."""
    found = [*_key(folder), *_passwords(folder)]
    return {shown for text in found for shown in (text, repr(text)[1:-1])} - {""}


def _key(folder: Path) -> Iterator[str]:
    with contextlib.suppress(OSError, ValueError, AttributeError):
        for value in map(str, json.loads(read_own(folder / WORKSHOP / "key").decode()).values()):
            yield value
            with contextlib.suppress(ValueError):
                yield repr(bytes.fromhex(value))[2:-1]


def _passwords(folder: Path) -> Iterator[str]:
    with contextlib.suppress(OSError, ValueError, TypeError):
        settings: dict[str, Any] = parse_toml(decoded(read_own(folder / CONFIG)) or "")
        yield from map(str, settings.get("passwords", []))


def _append(path: Path, entry: str) -> None:
    require_file(path)
    if path.is_file() and path.stat().st_size > LONGEST_LOG:
        newest = path.read_bytes()[-LONGEST_LOG // 2 :]
        path.write_bytes(newest[newest.find(f"\n{_HEAD}".encode()) + 1 :])
    with path.open("a", encoding="utf-8", errors="backslashreplace") as log:
        log.write(entry)
