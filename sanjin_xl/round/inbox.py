"""Taking in what lies in 回收/: every file gets a line, whatever its name, kind or behaviour."""

import hashlib
import os
import stat
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from sanjin_xl.judge.pipeline import Outcome
from sanjin_xl.model.errors import Refused, RoundError
from sanjin_xl.round import interrupts
from sanjin_xl.round.register import Archive, Register
from sanjin_xl.workbook.package import Package, open_archive
from sanjin_xl.workbook.sniff import Kind, sniff

CONTAINERS: Mapping[Kind, Callable[[bytes], Package]] = {Kind.ZIP: open_archive}
"""What is opened into members, and by what, which raises Refused and nothing else: it runs outside the workers."""

LARGEST_FILE = 20 * 2**20
_DEEPEST_ARCHIVE = 2
_DEEPEST_FOLDER = 20
_BATCH = 16  # files that travel together; a bigger bite saves little and makes the progress bar jump
_BATCH_BYTES = 4 << 20  # of files far larger than a return, fewer travel together
_AT_ONCE = 8  # files written to the archive; more save nothing
_TEMPORARY = ("~$", ".~")
_SYSTEM_NAMES = frozenset({".sanjin", ".ds_store", "thumbs.db", "desktop.ini", ".localized", "__macosx", "icon\r"})
_SAFE_OPEN = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing found in 回收/: where it lies, the path it is shown under, and why it is not read, if it is not."""

    shown: str
    path: str
    skipped: str | None = None
    unreadable: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """One file's bytes and their SHA-256, or the reason there are none; `modified`: its time of change in ISO form."""

    shown: str
    data: bytes | None = None
    modified: str = ""
    skipped: str | None = None
    refused: Refused | None = None
    sha256: str = ""

    def outcome(self) -> Outcome:
        """What is known of the file before it is judged."""
        return Outcome(path=self.shown, sha256=self.sha256, size=len(self.data or b""), modified=self.modified)


def list_inbox(folder: Path) -> list[Entry]:
    """Everything in a folder and below, by shown path, each path once; links are listed but not followed."""
    found = sorted(_walk(os.fspath(folder), "", 0), key=lambda entry: (entry.shown, entry.path))
    seen: Counter[str] = Counter()
    for n, entry in enumerate(found):
        seen[entry.shown] += 1
        # The same name in two encodings is two files.
        if seen[entry.shown] > 1:
            found[n] = replace(entry, shown=f"{entry.shown} #{seen[entry.shown]}")
    return found


def _walk(folder: str, prefix: str, depth: int) -> Iterator[Entry]:
    try:
        found = sorted(os.scandir(folder), key=lambda one: one.name)
    except OSError:
        if not prefix:
            raise RoundError("inbox-unreadable", path=folder) from None
        yield Entry(prefix.rstrip("/"), folder, unreadable=True)
        return
    for one in found:
        shown = prefix + shown_name(one.name)
        if one.is_symlink():
            yield Entry(shown, one.path, "skipped-link")
        elif one.is_dir(follow_symlinks=False):
            yield from _folder(one, shown, depth)
        else:
            yield Entry(shown, one.path, _reason_to_skip(one.name) or _special(one))


def _folder(one: "os.DirEntry[str]", shown: str, depth: int) -> Iterator[Entry]:
    if one.name.lower() in _SYSTEM_NAMES or depth >= _DEEPEST_FOLDER:
        yield Entry(shown, one.path, "skipped-system")
        return
    if one.name.lower().endswith((".xlsx", ".xls", ".ods", ".et", ".zip")):
        yield Entry(shown, one.path, "skipped-folder")
    yield from _walk(one.path, shown + "/", depth + 1)


def _reason_to_skip(name: str) -> str | None:
    if name.startswith(_TEMPORARY):
        return "skipped-temporary"
    return "skipped-system" if name.lower() in _SYSTEM_NAMES else None


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
    return "".join(char if char.isprintable() or char == "\u3000" else ascii(char)[1:-1] for char in text)


def take_in(entry: Entry) -> Iterator[Taken]:
    """Read a file once, and open it if it is an archive: one result per file, or per member of an archive."""
    if entry.skipped:
        yield Taken(entry.shown, skipped=entry.skipped)
        return
    if entry.unreadable:
        yield Taken(entry.shown, refused=Refused("folder-unreadable"))
        return
    try:
        data, modified = _read(entry.path)
    except Refused as refused:
        yield Taken(entry.shown, refused=refused)
        return
    yield from _opened(entry.shown, data, modified, 0)


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
    return data, datetime.fromtimestamp(facts.st_mtime, UTC).isoformat(timespec="seconds")


def _opened(shown: str, data: bytes, modified: str, depth: int) -> Iterator[Taken]:
    sha256 = hashlib.sha256(data).hexdigest()
    kind = sniff(data)
    if kind not in CONTAINERS:
        yield Taken(shown, data, modified, sha256=sha256)
        return
    try:
        if depth >= _DEEPEST_ARCHIVE:
            raise Refused("file-archive-depth", limit=_DEEPEST_ARCHIVE)
        container = CONTAINERS[kind](data)
    except Refused as refused:
        yield Taken(shown, data, modified, refused=refused, sha256=sha256)
        return
    for name in sorted(container.names):
        yield from _member(f"{shown}!{shown_name(name)}", name, container.part(name), modified, depth)


def _member(shown: str, name: str, data: bytes, modified: str, depth: int) -> Iterator[Taken]:
    parts = [part for part in name.split("/") if part]
    if name.endswith("/"):
        return  # a folder of the archive holds nothing itself
    reason = next((why for part in parts if (why := _reason_to_skip(part))), None)
    if reason or (parts and parts[-1].startswith("._")):
        yield Taken(shown, skipped=reason or "skipped-system")
    else:
        yield from _opened(shown, data, modified, depth + 1)


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


def taken_in(entries: Iterable[Entry], archive: Archive, register: Register) -> Iterator[Taken]:
    """Take in, archive and register batch after batch; each before anything of it is parsed."""
    # The disk is waited for: it takes several at once in the time of one.
    with ThreadPoolExecutor(_AT_ONCE, initializer=interrupts.be_deaf) as threads:
        for batch in batches(one for entry in entries for one in take_in(entry)):
            kept = {one.sha256: one.data for one in batch if one.data is not None}
            deque(threads.map(archive.keep, kept, kept.values()), maxlen=0)
            # A transaction waits for the disk, so there is one for all of them.
            register.note_files((one.sha256, len(one.data), one.shown) for one in batch if one.data is not None)
            yield from batch
