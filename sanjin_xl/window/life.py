"""How long a window lives: while a page is open, and for a grace after the last was closed."""

import threading
from collections.abc import Callable
from time import monotonic

GRACE = 120.0
"""Seconds without a page before the program ends.

A tab that is not seen has its timers slowed to one a minute (Chrome's intensive throttling, after five minutes).
"""

_NAP = 10.0  # seconds between two looks that only a computer that slept leaves out


class Life:
    """Knows when a page was last open: each asks how the work stands every few seconds. `clock` in seconds."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._last = self._looked = clock()
        self._ended = threading.Event()

    def seen(self) -> None:
        """A page is open."""
        self._last = self._clock()

    def end(self) -> None:
        """Somebody wants the program to end."""
        self._ended.set()

    def is_over(self, *, busy: bool) -> bool:
        """Whether the program may end: never in the middle of work. Asked for several times a second."""
        now = self._clock()
        if now - self._looked > _NAP:
            # The computer has slept, and the pages with it; the clock of Windows goes on meanwhile.
            self._last = now
        self._looked = now
        return not busy and (self._ended.is_set() or now - self._last > GRACE)
