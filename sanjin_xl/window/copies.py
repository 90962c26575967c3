"""Copies of what was sent, laid out to be looked at: never the file that counts, never anything that can be run."""

import contextlib
import hashlib
import shutil
import sys
from pathlib import Path, PurePosixPath

from sanjin_xl.model.errors import RoundError
from sanjin_xl.round.arrivals import cleaned
from sanjin_xl.round.outputs import write_whole
from sanjin_xl.window.recent import own_folder

_FOLDER = "copies"
_KINDS = frozenset(
    (".xlsx", ".xls", ".xlsb", ".et", ".ods", ".csv", ".txt", ".pdf", ".docx", ".wps", ".odt", ".eml", ".msg")
) | frozenset((".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".gif", ".heic"))
"""What is opened, by the ending that tells the computer with what: no program, no page, no workbook with macros."""

# Windows keeps with a file where it is from; Office then shows it without letting it do or change anything.
_FROM_OUTSIDE = "[ZoneTransfer]\r\nZoneId=3\r\n"


def is_openable(name: str) -> bool:
    """Whether a copy of a file of this name may be opened."""
    return PurePosixPath(name).suffix.lower() in _KINDS


def lay_out(name: str, data: bytes) -> Path:
    """Write a copy that cannot be changed, under the name it came with; gives where it lies.

    Raises RoundError("copy-kind") where a file of its kind is not opened, WorkbookError where it cannot be written.
    """
    own = PurePosixPath(cleaned(name)).name
    if not is_openable(own):
        raise RoundError("copy-kind", name=own)
    # A folder for the bytes: another file of the same name may be open.
    path = own_folder() / _FOLDER / hashlib.sha256(data).hexdigest()[:16] / own
    with contextlib.suppress(OSError):
        path.chmod(0o600)  # an earlier copy of the same bytes can only be read
    write_whole(path, data, private=True)
    if sys.platform == "win32":
        with contextlib.suppress(OSError):
            Path(f"{path}:Zone.Identifier").write_text(_FROM_OUTSIDE, encoding="ascii")
    path.chmod(0o400)
    return path


def clear() -> None:
    """Remove the copies that were laid out before; those that are open on Windows stay."""
    folder = own_folder() / _FOLDER
    for path in folder.glob("*/*"):
        with contextlib.suppress(OSError):
            path.chmod(0o600)
    shutil.rmtree(folder, ignore_errors=True)
