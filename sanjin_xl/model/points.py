"""Points: exact integers in hundredths, shared, rescaled and printed."""

from functools import lru_cache


def share_of(points: int, percent: int) -> int:
    """A percentage of points in whole hundredths, halves rounded up (四舍五入)."""
    return (points * percent + 50) // 100


def rescaled(score: int, out_of: int, full: int) -> int:
    """A score out of `out_of` as one out of `full`, all in hundredths, halves rounded up (四舍五入)."""
    return (2 * score * full + out_of) // (2 * out_of) if out_of else 0


@lru_cache(maxsize=10_000)
def decimal(hundredths: int) -> str:
    """Hundredths as text with two decimals: 8750 → "87.50"."""
    sign = "-" if hundredths < 0 else ""
    whole, rest = divmod(abs(hundredths), 100)
    return f"{sign}{whole}.{rest:02d}"
