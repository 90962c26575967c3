"""Outputs that are whole or not there: written beside their place, flushed, and renamed over it."""

import contextlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from sanjin_xl.model.errors import WorkbookError

_BUFFER = 1 << 20


def write_whole(path: Path, data: bytes, *, private: bool = False) -> None:
    """Replace a file's content at once, so that a crash leaves either the old file or the new one.

    `private`: for nobody but its owner to read, where the platform knows such a right.
    Raises WorkbookError naming the file when it is open in Excel or cannot be written; the old file is then untouched.
    """
    write_stream(path, [data], private=private)


def write_stream(path: Path, pieces: Iterable[bytes], *, private: bool = False) -> None:
    """The same for content that comes piece by piece and is never held as a whole."""
    beside = path.with_name(f".~{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_flushed(beside, pieces, 0o600 if private else 0o666)
        beside.replace(path)
        _flush_folder(path.parent)
    except PermissionError as error:
        raise WorkbookError("output-locked", path=str(path)) from error
    except OSError as error:
        raise WorkbookError("output-failed", path=str(path), detail=error.strerror or str(error)) from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def write_all(writers: Iterable[Callable[[], None]]) -> None:
    """Write every output, then raise the first error: one that is open in Excel must not keep the others back."""
    errors = []
    for write in writers:
        try:
            write()
        except WorkbookError as error:
            errors.append(error)
    if errors:
        raise errors[0]


def clear_leftovers(folders: Iterable[Path]) -> None:
    """Remove what killed runs had begun to write; only for who holds the round, or another run would lose its own."""
    for path in (path for folder in folders for path in folder.glob(".*.tmp")):
        with contextlib.suppress(OSError):
            path.unlink()


def remove(path: Path) -> None:
    """Remove an output of ours that no longer holds; raises WorkbookError when it is open in Excel."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise WorkbookError("output-locked", path=str(path)) from error


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
