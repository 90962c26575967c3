"""The archive: every distinct return by its SHA-256, kept before it is judged."""

import contextlib
import os
from pathlib import Path


class Archive:
    """A folder of returns named by their SHA-256, in 256 sub-folders by its first two digits."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, sha256: str, data: bytes) -> None:
        """Keep a return unless it is there already; a copy cut off by a crash is replaced."""
        path = self._path(sha256)
        with contextlib.suppress(OSError):
            if path.stat().st_size == len(data):
                return
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        beside.write_bytes(data)
        beside.replace(path)

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256
