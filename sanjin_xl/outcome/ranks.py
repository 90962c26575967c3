"""Ranks by score, and between which ranks a unit may still come."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence


class Bounds:
    """Between which ranks each unit may still come, whatever becomes of the open questions."""

    def __init__(self, spans: Sequence[tuple[int, int]], dense: bool) -> None:
        """`spans`: the least and the most each counted unit may come to, in hundredths."""
        # A dense rank counts scores, not units: those already settled on the same score count once.
        counted = sorted({span for span in spans if span[0] == span[1]}) if dense else []
        spans = [*counted, *(span for span in spans if span[0] != span[1])] if dense else spans
        self._lows = sorted(low for low, _ in spans)
        self._highs = sorted(high for _, high in spans)

    def of(self, low: int, high: int) -> tuple[int, int]:
        """The best and the worst rank of a span: behind those surely above, and behind all that may be above."""
        surely = len(self._lows) - bisect_right(self._lows, high)
        perhaps = len(self._highs) - bisect_right(self._highs, low) - (high > low)  # not behind itself
        return 1 + surely, 1 + perhaps


def rank(scores: Mapping[str, int], dense: bool = False) -> dict[str, int]:
    """Rank by score, the highest first; equal scores share a rank and the next is skipped (1, 2, 2, 4).

    With `dense` the next rank is not skipped (1, 2, 2, 3). There is no hidden tie-break.
    """
    values = sorted(set(scores.values()) if dense else scores.values(), reverse=True)
    places: dict[int, int] = {}
    for place, value in enumerate(values, start=1):
        places.setdefault(value, place)
    return {name: places[value] for name, value in scores.items()}
