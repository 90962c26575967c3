"""Remembers what stretches of bytes say: returns of one round share most of theirs."""

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_ENTRIES = 2**15
_BYTES = 2**12  # a longer stretch is rarely met again


class Memory(dict[bytes, T]):
    """A function of bytes that looks its answer up; what it raises is not remembered.

    Bounded: full, it begins anew, which costs one return the reading of what the next ones look up again. Unlike
    functools.lru_cache it keeps no order, and looks up twice as fast.
    """

    def __init__(self, function: Callable[[bytes], T]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, written: bytes) -> T:
        found = self._function(written)
        if len(written) <= _BYTES:
            if len(self) >= _ENTRIES:
                self.clear()
            self[written] = found
        return found
