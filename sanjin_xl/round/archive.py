"""The archive of a round: every return as it came, by its hash."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from sanjin_xl.model.errors import RoundError
from sanjin_xl.round.outputs import LARGEST_BOOK, read_own, write_whole


class Archive:
    """A folder of returns named by their SHA-256, in 256 sub-folders by its first two digits."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: set[str] = set()

    def keep(self, sha256: str, data: bytes) -> None:
        """Keep a return, whole and flushed; a copy that is not the same to the byte is replaced.

        Raises WorkbookError where it cannot be written.
        """
        path = self._path(sha256)
        if _bytes_at(path) != data:
            write_whole(path, data)
        self._kept.add(sha256)

    def read(self, sha256: str) -> bytes:
        """A return's bytes; raises RoundError("archive-faulty") where they are gone or damaged."""
        data = _bytes_at(self._path(sha256))
        if data is None or hashlib.sha256(data).hexdigest() != sha256:
            raise RoundError("archive-faulty", path=self._path(sha256))
        return data

    def faulty(self, known: Iterable[str]) -> list[str]:
        """Those of the returns with these hashes that are gone or damaged, what was just kept left out."""
        return [one for one in known if one not in self._kept and not self._is_sound(one)]

    def _is_sound(self, sha256: str) -> bool:
        try:
            self.read(sha256)
        except RoundError:
            return False
        return True

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256


def _bytes_at(path: Path) -> bytes | None:
    try:
        return read_own(path, LARGEST_BOOK)
    except (OSError, RoundError):
        return None
