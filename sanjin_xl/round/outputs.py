"""Outputs that are whole or not there: written elsewhere on the same disk, flushed, and renamed over their place.

And the round's own files as they are read, whatever lies in their place by now.
"""

import contextlib
import errno
import os
import stat
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from time import sleep

from sanjin_xl.model.errors import RoundError, SanjinError, WorkbookError

WORKSHOP = ".sanjin"
LARGEST_SETTINGS = 16 << 20  # bytes; a roster of 40,000 units has four million
LARGEST_BOOK = 64 << 20
LARGEST_RESULTS = 256 << 20  # 2,844 counties make 93 million
_BUFFER = 1 << 20
_HELD = (5, 32)  # what Windows says of a file that another program has open: access denied, sharing violation
_PAUSES = (0.05, 0.1, 0.2, 0.4)  # seconds; Excel keeps a file for longer
_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


def read_own(path: Path, most: int = LARGEST_SETTINGS) -> bytes:
    """The bytes of a file of the round's own, of which there are at most so many.

    Raises RoundError("own-no-file") for a folder or a pipe, which would be waited for, RoundError("own-too-large"),
    and OSError as opening does.
    """
    size = path.stat().st_size
    require_file(path)
    if size > most:
        raise RoundError("own-too-large", path=path, found=size >> 20, most=most >> 20)
    return path.read_bytes()


def is_dangling(path: Path) -> bool:
    """Whether a path is a link that leads nowhere."""
    return path.is_symlink() and not path.exists()


def require_file(path: Path) -> None:
    """See that nothing but a file lies at a path, if anything does; raises RoundError("own-no-file")."""
    if path.exists() and not path.is_file():
        raise RoundError("own-no-file", path=path)


def write_whole(path: Path, data: bytes, *, private: bool = False) -> None:
    """Replace a file's content at once, so that a crash leaves either the old file or the new one.

    `private`: for nobody but its owner to read, where the platform knows such a right.
    Raises WorkbookError naming the file when it is open in Excel or cannot be written; the old file is then untouched.
    """
    write_stream(path, [data], private=private)


def write_stream(path: Path, pieces: Iterable[bytes], *, private: bool = False) -> None:
    """The same for content that comes piece by piece and is never held as a whole."""
    begun = _begun(path)
    replacing = False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_flushed(begun, pieces, 0o600 if private else 0o666)
        replacing = True
        _replace(begun, path)
        _flush_folder(path.parent)
    except OSError as error:
        raise _unwritten(error, path, replacing) from error
    finally:
        with contextlib.suppress(OSError):
            begun.unlink(missing_ok=True)


def _begun(path: Path) -> Path:
    """Where a file is written until it is whole: in .sanjin/, for what a killed run leaves in 发放/ would be mailed."""
    hidden = path.parent.parent / WORKSHOP
    return (hidden if hidden.is_dir() else path.parent) / f".~{path.name}.{os.getpid()}.tmp"


def _replace(begun: Path, path: Path) -> None:
    try:
        _put(begun, path)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        # The folder is a link to another disk, where the file has to be written once more.
        beside = path.with_name(begun.name)
        try:
            _write_flushed(beside, [begun.read_bytes()], stat.S_IMODE(begun.stat().st_mode))
            _put(beside, path)
        finally:
            beside.unlink(missing_ok=True)


def _put(begun: Path, path: Path) -> None:
    """Rename a file over its place; on Windows again for a moment, while a page or a virus scanner reads either."""
    for pause in _PAUSES:
        try:
            begun.replace(path)
        except OSError as error:
            if getattr(error, "winerror", None) not in _HELD:
                raise
            sleep(pause)
        else:
            return
    begun.replace(path)


def _unwritten(error: OSError, path: Path, replacing: bool) -> WorkbookError:
    """What to say of a file that is not written; `replacing`: all that was left to do was to take the old one away.

    Windows gives no file away that is open in Excel, and says no more of it than that a right is missing.
    """
    may_write = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
    if replacing and may_write and error.errno == errno.EACCES:
        return WorkbookError("output-locked", path=str(path))
    return WorkbookError(f"output-{cause_of(error)}", path=str(path))


def cause_of(error: OSError) -> str:
    """What keeps a file from being written: "full" (the disk), "no-right", or "failed" for all else."""
    if error.errno in _FULL:
        return "full"
    return "no-right" if isinstance(error, PermissionError) or error.errno == errno.EROFS else "failed"


def write_all(writers: Iterable[Callable[[], object]]) -> None:
    """Write every output, then raise what went wrong as one error: what cannot be written keeps nothing else back."""
    errors: dict[str, list[SanjinError]] = {}
    for write in writers:
        try:
            write()
        except SanjinError as error:
            for one in error.several:
                errors.setdefault(one.code, []).append(one)
    if joined := list(map(_joined, errors.values())):
        raise joined[0] if len(joined) == 1 else WorkbookError("outputs-failed", errors=joined)


def _joined(alike: list[SanjinError]) -> SanjinError:
    """Errors of one code as one, which names every path."""
    first = alike[0]
    paths = tuple(path for one in alike for path in _paths(one))
    return type(first)(first.code, **first.facts | {"path": paths}) if len(alike) > 1 else first


def _paths(error: SanjinError) -> tuple[object, ...]:
    """The paths an error names, of which there are several where it has been joined already."""
    path = error.facts.get("path", ())
    return path if isinstance(path, tuple) else (path,)


def clear_leftovers(folders: Iterable[Path]) -> None:
    """Remove what killed runs had begun to write; only for who holds the round, or another run would lose its own.

    What bears the number of this process stays: the window puts files in while a run of its own goes on.
    """
    for path in (path for folder in folders for path in folder.glob(".*.tmp")):
        # Ours end in the number of a process; .syncthing.汇总.xlsx.tmp is somebody else's.
        number = path.stem.rpartition(".")[2]
        if number.isdigit() and number != str(os.getpid()):
            with contextlib.suppress(OSError):
                path.unlink()


def remove(path: Path) -> None:
    """Remove an output of ours that no longer holds; raises WorkbookError when it is open in Excel or cannot be."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritten(error, path, replacing=True) from error


def set_aside(path: Path, folder: Path) -> None:
    """Move a file into a folder, under a name that is free there; raises WorkbookError when it is open in Excel."""
    names = (f"{path.stem} ({n}){path.suffix}" if n > 1 else path.name for n in count(1))
    try:
        folder.mkdir(exist_ok=True)
        path.rename(next(place for name in names if not (place := folder / name).exists()))
    except OSError as error:
        raise _unwritten(error, path, replacing=True) from error


def _write_flushed(path: Path, pieces: Iterable[bytes], rights: int) -> None:
    # Made with its rights: taken away later, they would have been there for a moment.
    def make(name: str, flags: int) -> int:
        return os.open(name, flags, rights)

    with open(path, "wb", buffering=_BUFFER, opener=make) as file:
        file.writelines(pieces)
        file.flush()
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    # Windows cannot open a folder; there the rename itself is durable enough.
    with contextlib.suppress(OSError, AttributeError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
