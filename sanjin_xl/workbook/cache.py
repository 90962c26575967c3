"""Remembers what stretches of bytes say: returns of one round share most of theirs. What is raised is forgotten."""

from collections.abc import Callable
from functools import lru_cache
from typing import Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_ENTRIES, _BYTES = 2**15, 2**23  # of one memory: a round of one form fills half of the first and a quarter of the other
_LONGEST = 2**11  # a longer stretch is rarely met again
_PARTS, _LONGEST_PART = 64, 2**16


class Memory(dict[bytes, T]):
    """A function of short stretches that looks its answers up.

    Bounded: full, it begins anew, which costs one return the reading of what the next ones look up again. Unlike
    functools.lru_cache it keeps no order, and looks up twice as fast.
    """

    def __init__(self, function: Callable[[bytes], T]) -> None:
        super().__init__()
        self._function = function
        self._bytes = 0

    def __missing__(self, written: bytes) -> T:
        found = self._function(written)
        if len(written) <= _LONGEST:
            if len(self) >= _ENTRIES or self._bytes >= _BYTES:
                self.clear()
                self._bytes = 0
            self[written] = found
            self._bytes += len(written)
        return found


def remembering(function: Callable[Concatenate[bytes, P], T]) -> Callable[Concatenate[bytes, P], T]:
    """The same function of a part and more, which looks up what it said of the last small parts."""
    known = lru_cache(maxsize=_PARTS)(function)

    def ask(part: bytes, /, *more: P.args, **named: P.kwargs) -> T:
        return (known if len(part) <= _LONGEST_PART else function)(part, *more, **named)  # type: ignore[arg-type]

    return ask
