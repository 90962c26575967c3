"""What was made of bytes that were met before: the returns of one form have most of theirs in common."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar, TypeVarTuple

T = TypeVar("T")
More = TypeVarTuple("More")

# Of each lookup; a round of one form fills half of the entries and a quarter of the bytes.
_ENTRIES, _BYTES = 2**15, 2**24
_LONGEST = 2**13  # bytes; a hint whose Chinese is written in numbers has a quarter of it, the end of an .ods half
_PARTS, _LONGEST_PART = 320, 2**16
_LARGE_PARTS, _LARGEST_PART = 8, 2**18  # the styles of an .ods


class Lookup(dict[bytes, T]):
    """What a function made of short stretches of bytes; a new one is given to the function when it is looked up.

    Bounded: once full it begins anew, which costs the next return what the first one cost. It keeps no order as
    `functools.lru_cache` does, and is twice as quick.
    """

    def __init__(self, function: Callable[[bytes], T]) -> None:
        super().__init__()
        self._function = function
        self._bytes = 0

    def __missing__(self, stretch: bytes) -> T:
        found = self._function(stretch)
        if len(stretch) <= _LONGEST:
            if len(self) >= _ENTRIES or self._bytes >= _BYTES:
                self.clear()
                self._bytes = 0
            self[stretch] = found
            self._bytes += len(stretch)
        return found


class Cache:
    """Remembers for one reader what functions made of stretches and parts; what they raise is not remembered."""

    def __init__(self) -> None:
        self._lookups: dict[Callable[[bytes], Any], Lookup[Any]] = {}
        self._known_part = lru_cache(maxsize=_PARTS)(_made_of)
        self._known_large_part = lru_cache(maxsize=_LARGE_PARTS)(_made_of)

    def lookup(self, function: Callable[[bytes], T]) -> Lookup[T]:
        """The lookup of a function of short stretches, such as a cell as it is written."""
        if function not in self._lookups:
            self._lookups[function] = Lookup(function)
        return self._lookups[function]

    def part(self, function: Callable[[bytes, *More], T], part: bytes, *more: *More) -> T:
        """`function(part, *more)`, looked up if the part is one of the last ones, of the large ones the last few."""
        if len(part) > _LARGEST_PART:
            return function(part, *more)
        known = self._known_part if len(part) <= _LONGEST_PART else self._known_large_part
        found: T = known(function, part, *more)
        return found


def _made_of(function: Callable[..., T], *arguments: Any) -> T:
    return function(*arguments)
