"""Taking in what lies in 回收/: every file gets a line, whatever its name, kind or behaviour."""

import hashlib
import os
import stat
import unicodedata
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path, PurePath

from sanjin_xl.judge.pipeline import Outcome
from sanjin_xl.model.errors import Refused, RoundError
from sanjin_xl.round import interrupts
from sanjin_xl.round.archive import Archive
from sanjin_xl.round.containers import Member, is_container, reason_to_skip, visible_name
from sanjin_xl.round.register import Register

OpenContainer = Callable[[bytes, str], Iterable[Member]]
"""What gives the members of a container, by its bytes and their SHA-256; raises Refused where it cannot be opened."""

LARGEST_FILE = 20 * 2**20
_DEEPEST_FOLDER = 20
_BATCH = 16  # files that travel together; a bigger bite saves little and makes the progress bar jump
_BATCH_BYTES = 4 << 20  # of files far larger than a return, fewer travel together
_AT_ONCE = 8  # files written to the archive; more save nothing
# What programs of a Mac show as one file: what Safari has not finished, and documents.
_FOLDERS_OF_PROGRAMS = {
    ".download": "file-half-downloaded",
    **dict.fromkeys((".numbers", ".pages", ".key"), "file-iwork"),
}
_SAFE_OPEN = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing found in 回收/: where it lies, the path it is shown under, and why it is not taken, if it is not."""

    shown: str
    path: str
    skipped: str | None = None
    refused: Refused | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """One file's bytes and their SHA-256, or the reason there are none.

    `modified`: its time of change in ISO form, "" where it has none that can be. `top`: the file in the inbox that it
    came in, itself if it came alone. `first_seen`: the day on which its bytes were first here. `mailed` and `sender`:
    the day and the sender of the mail it came by, if it did.
    """

    shown: str
    data: bytes | None = None
    modified: str = ""
    skipped: str | None = None
    refused: Refused | None = None
    sha256: str = ""
    top: str = ""
    first_seen: date | None = None
    mailed: date | None = None
    sender: str | None = None

    def outcome(self) -> Outcome:
        """What is known of the file before it is judged."""
        return Outcome(
            path=self.shown,
            sha256=self.sha256,
            size=len(self.data or b""),
            modified=self.modified,
            received=self.first_seen,
            mailed=self.mailed,
            sender=self.sender,
        )


def list_inbox(folder: Path) -> list[Entry]:
    """Everything in a folder and below, by shown path; links are listed but not followed."""
    return sorted(_walk(os.fspath(folder), "", 0), key=lambda entry: (entry.shown, entry.path))


def told_apart(files: Iterable[Taken]) -> Iterator[Taken]:
    """The files, none of them shown as another is, or as one that a person or a disk cannot tell from it.

    a.zip may hold b.xlsx and a file beside it be called a.zip!b.xlsx; the same name in two encodings is two files.
    """
    seen: set[str] = set()
    for one in files:
        shown, n = one.shown, 1
        while (key := unicodedata.normalize("NFC", shown).casefold()) in seen:
            n += 1
            shown = f"{one.shown} #{n}"
        seen.add(key)
        yield one if shown == one.shown else replace(one, shown=shown)


def _walk(folder: str, prefix: str, depth: int) -> Iterator[Entry]:
    try:
        found = sorted(os.scandir(folder), key=lambda one: one.name)
    except OSError:
        if not prefix:
            raise RoundError("inbox-unreadable", path=folder) from None
        yield Entry(prefix.rstrip("/"), folder, refused=Refused("folder-unreadable"))
        return
    for one in found:
        shown = prefix + shown_name(one.name)
        if one.is_symlink():
            yield Entry(shown, one.path, "skipped-link")
        elif one.is_dir(follow_symlinks=False):
            yield from _folder(one, shown, depth)
        else:
            yield Entry(shown, one.path, reason_to_skip(one.name) or _special(one))


def _folder(one: "os.DirEntry[str]", shown: str, depth: int) -> Iterator[Entry]:
    if reason_to_skip(one.name) == "skipped-system" or depth >= _DEEPEST_FOLDER:
        yield Entry(shown, one.path, "skipped-system")
        return
    ending = PurePath(one.name).suffix.lower()
    if ending in _FOLDERS_OF_PROGRAMS:
        yield Entry(shown, one.path, refused=Refused(_FOLDERS_OF_PROGRAMS[ending], found=ending))
        return
    if one.name.lower().endswith((".xlsx", ".xls", ".ods", ".et", ".zip")):
        yield Entry(shown, one.path, "skipped-folder")
    yield from _walk(one.path, shown + "/", depth + 1)


def _special(one: "os.DirEntry[str]") -> str | None:
    return None if one.is_file(follow_symlinks=False) else "skipped-special"


def shown_name(name: str) -> str:
    """A file name as text that can be printed and stored: bytes that are no UTF-8 are tried as GB18030, then escaped.

    Control characters are escaped as well: a name with a line break must not break a list.
    """
    raw = os.fsencode(name)
    for encoding in ("utf-8", "gb18030"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        text = raw.decode("ascii", "backslashreplace")
    return visible_name(text)


def take_in(entry: Entry, open_container: OpenContainer) -> Iterator[Taken]:
    """Read a file once, and open it if it is a container: one result per file, or per member of a container."""
    if entry.skipped:
        yield Taken(entry.shown, skipped=entry.skipped)
        return
    if entry.refused:
        yield Taken(entry.shown, refused=entry.refused)
        return
    try:
        data, modified = _read(entry.path)
    except Refused as refused:
        yield Taken(entry.shown, refused=refused)
        return
    alone = Taken(entry.shown, data, modified, sha256=hashlib.sha256(data).hexdigest(), top=entry.shown)
    if not is_container(data):
        yield alone
        return
    try:
        found = open_container(data, alone.sha256)
    except Refused as refused:
        yield replace(alone, refused=refused)
        return
    for one in found:
        sha256 = "" if one.data is None else hashlib.sha256(one.data).hexdigest()
        within = one.within(entry.shown)
        yield Taken(
            within.path,
            within.data,
            modified,
            within.skipped,
            within.refused,
            sha256,
            entry.shown,
            mailed=within.received,
            sender=within.sender,
        )


def _read(path: str) -> tuple[bytes, str]:
    """A regular file's bytes, opened without following a link and without waiting for a pipe."""
    try:
        handle = os.open(path, _SAFE_OPEN)
    except FileNotFoundError as error:
        raise Refused("file-missing") from error
    except OSError as error:
        raise Refused("file-cannot-open", detail=error.strerror or "") from error
    with os.fdopen(handle, "rb") as file:
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode):
            raise Refused("file-special")
        if facts.st_size > LARGEST_FILE:
            raise Refused("file-too-large", found=facts.st_size, limit=LARGEST_FILE)
        try:
            data = file.read(LARGEST_FILE + 1)
        except OSError as error:
            raise Refused("file-cannot-open", detail=error.strerror or "") from error
    if len(data) > LARGEST_FILE:
        raise Refused("file-too-large", found=len(data), limit=LARGEST_FILE)
    return data, _iso(facts.st_mtime)


def _iso(seconds: float) -> str:
    """A time of change in ISO form; a disk may say one before the year 1 or after 9999, which is none."""
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError, OSError):
        return ""


def batches(files: Iterable[Taken]) -> Iterator[list[Taken]]:
    """Files in the groups they travel in, of a bounded number and size."""
    batch: list[Taken] = []
    size = 0
    for one in files:
        batch.append(one)
        size += len(one.data or b"")
        if len(batch) == _BATCH or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def taken_in(
    entries: Iterable[Entry], archive: Archive, register: Register, open_container: OpenContainer
) -> Iterator[Taken]:
    """Take in, archive and register batch after batch; each before anything of it is parsed."""
    # The disk is waited for: it takes several at once in the time of one.
    with ThreadPoolExecutor(_AT_ONCE, initializer=interrupts.be_deaf) as threads:
        files = (one for entry in entries for one in take_in(entry, open_container))
        for batch in batches(told_apart(files)):
            kept = {one.sha256: one.data for one in batch if one.data is not None}
            deque(threads.map(archive.keep, kept, kept.values()), maxlen=0)
            # A transaction waits for the disk, so there is one for all of them.
            register.note_files((one.sha256, len(one.data), one.shown) for one in batch if one.data is not None)
            yield from (_seen(one, register) for one in batch)


def _seen(one: Taken, register: Register) -> Taken:
    """The file with the day its bytes were first seen, wherever they lie: one that is moved is no later for it."""
    return replace(one, first_seen=register.received_on(one.sha256)) if one.sha256 else one
