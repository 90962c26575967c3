"""Days as people write them: 2012年9月28日, 2012-9-28, 2012/9/28, 20120928, 二〇一二年九月二十八日."""

import re
from datetime import date

from sanjin_xl.model.fields import folded

_WRITTEN = (
    re.compile(r"(?P<year>\d{4})[年./-](?P<month>\d{1,2})[月./-](?P<day>\d{1,2})[日号]?"),
    re.compile(r"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)"),
    re.compile(r"(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]?"),
)
_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_TENS = re.compile(r"([一二三]?)十([一二三四五六七八九]?)")


def parse_day(text: str, year: int | None = None) -> date | None:
    """A day written out, also 9月28日 of the year given; None for anything else."""
    plain = _in_digits(folded(re.sub(r"[\s_＿]+", "", text)))
    match = next((found for pattern in _WRITTEN if (found := pattern.fullmatch(plain))), None)
    if not match:
        return None
    parts = match.groupdict()
    year = int(parts["year"]) if parts.get("year") else year
    try:
        return date(year, int(parts["month"]), int(parts["day"])) if year else None
    except ValueError:
        return None


def _in_digits(text: str) -> str:
    """Chinese numerals of a date as digits: 二〇一二年十月二十五日 → 2012年10月25日."""
    tens = _TENS.sub(lambda ten: f"{(ten[1] or '一')}{ten[2] or '〇'}", text)
    return tens.translate(_DIGITS)
