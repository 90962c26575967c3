"""Points: exact integers in hundredths, shared, rescaled and printed."""

from collections.abc import Sequence
from functools import lru_cache


def share_of(points: int, percent: int) -> int:
    """A percentage of points in whole hundredths, halves rounded up (四舍五入)."""
    return (points * percent + 50) // 100


def rescaled(score: int, out_of: int, full: int) -> int:
    """A score out of `out_of` as one out of `full`, all in hundredths, halves rounded up (四舍五入)."""
    return _half_up(score * full, out_of) if out_of else 0


def plain(hundredths: int) -> str:
    """Hundredths as text with no more digits than needed: 8750 → "87.5", 100 → "1"."""
    return decimal(hundredths).rstrip("0").rstrip(".")


@lru_cache(maxsize=10_000)
def decimal(hundredths: int) -> str:
    """Hundredths as text with two decimals: 8750 → "87.50"."""
    sign = "-" if hundredths < 0 else ""
    whole, rest = divmod(abs(hundredths), 100)
    return f"{sign}{whole}.{rest:02d}"


def points(hundredths: int | None) -> float | None:
    """Hundredths as the number a cell shows: 8750 → 87.5."""
    return None if hundredths is None else hundredths / 100


def mean(hundredths: Sequence[int]) -> int:
    """The mean of points in whole hundredths, halves rounded up (四舍五入)."""
    return _half_up(sum(hundredths), len(hundredths))


def rate(part: int, whole: int) -> float:
    """A share to four decimals, halves rounded up (四舍五入)."""
    return _half_up(10_000 * part, whole) / 10_000


def _half_up(dividend: int, divisor: int) -> int:
    return (2 * dividend + divisor) // (2 * divisor)
