"""Putting files into 回收/ and taking them out again, each whole or not at all, and nothing ever over another file."""

import contextlib
import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator
from itertools import count
from pathlib import Path, PurePosixPath

from sanjin_xl.messages import files as words
from sanjin_xl.model.errors import RoundError
from sanjin_xl.round.archive import Archive
from sanjin_xl.round.inbox import LARGEST_FILE, Entry, list_inbox
from sanjin_xl.round.outputs import read_own, remove, write_whole
from sanjin_xl.round.register import Register

# What Windows takes in no name, and the names it keeps for devices, with any ending (Microsoft, "Naming Files").
_FORBIDDEN = re.compile('[<>:"/\\\\|?*]')
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)", re.IGNORECASE)
_LONGEST_NAME = 180  # bytes; ext4 takes 255, and a number and the name of a temporary file are still to be added
_DEEPEST = 8  # folders of a dropped folder that are kept


def cleaned(name: str) -> str:
    """A sender's file name as every platform takes it, with the folders it was dropped in: 东源/报表.xlsx.

    What leads out of 回收/ is left out, what cannot be in a name is "_", and a name of nothing is given one.
    """
    parts = [_cleaned(part) for part in re.split(r"[/\\]", name)]
    kept = [part for part in parts if part.strip("._ ")]
    return "/".join(kept[-_DEEPEST:]) or words.NAMELESS


def _cleaned(part: str) -> str:
    visible = "".join(char for char in unicodedata.normalize("NFC", part) if unicodedata.category(char)[0] != "C")
    part = _FORBIDDEN.sub("_", visible).strip().rstrip(". ")
    return _shortened(f"_{part}" if _DEVICE.match(part) else part)


def _shortened(name: str) -> str:
    """The name without so many of its last characters before the ending that it fits."""
    stem, ending = _split(name)
    room = max(1, _LONGEST_NAME - len(ending.encode()))
    return stem.encode()[:room].decode(errors="ignore") + ending


def _split(name: str) -> tuple[str, str]:
    """A name before and from its last dot on; a long ending is none."""
    ending = PurePosixPath(name).suffix
    return (name.removesuffix(ending), ending) if len(ending) <= 10 else (name, "")


def put_in(inbox: Path, name: str, data: bytes, register: Register, how: str = "dropped") -> str:
    """Put a file into 回收/ under its cleaned name; gives the path it lies at, relative to 回收/.

    Another file of that name keeps it, and this one becomes "… (2)"; the same bytes under the same name are not put in
    twice. Raises RoundError("arrival-too-large"), WorkbookError where it cannot be written.
    """
    if len(data) > LARGEST_FILE:
        raise RoundError("arrival-too-large", name=name, most=LARGEST_FILE >> 20)
    sha256 = hashlib.sha256(data).hexdigest()
    for path in _names(cleaned(name)):
        place = inbox / path
        if _holds(place, data):
            return path
        if not place.exists() and not place.is_symlink():
            register.note_arrival(sha256, path, how)
            write_whole(place, data)
            return path
    raise AssertionError


def _names(path: str) -> Iterator[str]:
    """The path, then the same with (2), (3) … before the ending."""
    folder, slash, name = path.rpartition("/")
    stem, ending = _split(name)
    yield path
    yield from (f"{folder}{slash}{stem} ({n}){ending}" for n in count(2))


def _holds(place: Path, data: bytes) -> bool:
    with contextlib.suppress(OSError, RoundError):
        return read_own(place, LARGEST_FILE) == data
    return False


def take_out(inbox: Path, shown: str, archive: Archive, register: Register) -> str:
    """Take a file out of 回收/, its bytes kept in the archive; gives their SHA-256, by which it can be put back.

    Raises RoundError("arrival-gone") where no such file lies there, WorkbookError where it cannot be removed.
    """
    path = Path(_entry(inbox, shown).path)
    try:
        data = read_own(path, LARGEST_FILE)
    except OSError as error:
        raise RoundError("arrival-gone", name=shown) from error
    sha256 = hashlib.sha256(data).hexdigest()
    archive.keep(sha256, data)
    register.note_arrival(sha256, shown, "", out=True)
    remove(path)
    return sha256


def _entry(inbox: Path, shown: str) -> Entry:
    """What lies in 回收/ under a shown path, which no request can make up: it is one of those listed."""
    for one in list_inbox(inbox):
        if one.shown == shown and os.path.isfile(one.path) and not os.path.islink(one.path):  # noqa: PTH113, PTH114
            return one
    raise RoundError("arrival-gone", name=shown)


def put_back(inbox: Path, sha256: str, archive: Archive, register: Register) -> str:
    """Put a file that was taken out back into 回收/; gives its path there.

    Raises RoundError("arrival-gone") where none with this SHA-256 was taken out, RoundError("archive-faulty") where
    the archive has lost it.
    """
    out = [one for one in register.arrivals() if one.sha256 == sha256 and one.taken_out]
    if not out:
        raise RoundError("arrival-gone", name=sha256[:8])
    return put_in(inbox, out[-1].path, archive.read(sha256), register, "back")
