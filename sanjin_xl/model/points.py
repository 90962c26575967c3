"""Points: exact integers in hundredths, read, shared, rescaled and printed."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import overload

_MOST = 10**6  # far beyond any form, and a float of this size still tells hundredths apart
_NEAR = Decimal("1e-8")
_MOST_SHOWN = 10**9  # what a sheet shows may be anything, even infinite


def exact(number: float | Decimal) -> int | None:
    """A number with at most two decimals in hundredths, None for any other, or for one far beyond any form.

    Excel keeps 0.29 as 0.28999999999999998, so a float need only be very near.
    """
    value = Decimal(number)
    if not value.is_finite() or abs(value) > _MOST:
        return None
    rounded = round(value, 2)
    return int(rounded * 100) if abs(value - rounded) <= (_NEAR if isinstance(number, float) else 0) else None


def parse(text: object) -> int:
    """Points as results.json has them in hundredths: "87.50" → 8750; raises ValueError for anything else."""
    try:
        found = exact(Decimal(str(text)))
    except InvalidOperation:
        found = None
    if found is None:
        raise ValueError(text)
    return found


def nearest(value: object) -> int | None:
    """The number in a cell to the nearest hundredth, None for anything that is not one."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return round(value * 100) if abs(value) < _MOST_SHOWN else None


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


@overload
def points(hundredths: int) -> float: ...
@overload
def points(hundredths: None) -> None: ...
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
