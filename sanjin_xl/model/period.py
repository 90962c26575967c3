"""The span of time a round asks about, read from its printed label."""

import re
from dataclasses import dataclass
from datetime import date, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_SPAN = re.compile(
    r"(?P<year>(?:19|20)\d\d)年?度?"
    r"(?:第?(?P<quarter>[一二三四1-4])季度|(?P<half>[上下])半年|(?P<first>1?\d)(?:[-至](?P<last>1?\d))?月份?|全年)?"
)
_NAMED = re.compile(r"季度?|半年|[上本这去](?:一?[季期次月年])|\d{1,2}[-至]\d{1,2}月")


@dataclass(frozen=True, slots=True)
class Period:
    """A label as printed, its year, and its first and last month (1–12, same year)."""

    label: str
    year: int
    first_month: int
    last_month: int

    @property
    def start(self) -> date:
        return date(self.year, self.first_month, 1)

    @property
    def end(self) -> date:
        """The last day."""
        return date(self.year + self.last_month // 12, self.last_month % 12 + 1, 1) - timedelta(days=1)

    @property
    def usual(self) -> str:
        """The label as the paper prints it, 2012年第三季度 of 2012年三季度; of any other span the label as it is."""
        return _label(self.year, self.first_month, 3) if "季度" in self.label else self.label

    def following(self) -> str:
        """The label of the period of the same kind that begins when this one ends; "" for one of no common length."""
        months = self.last_month - self.first_month + 1
        return _label(self.year + self.last_month // 12, self.last_month % 12 + 1, months)


def _label(year: int, first: int, months: int) -> str:
    number = (first - 1) // months
    labels = {
        1: f"{year}年{first}月",
        3: f"{year}年第{'一二三四'[number % 4]}季度",
        6: f"{year}年{'上下'[number % 2]}半年",
        12: f"{year}年度",
    }
    return labels.get(months, "")


def parse_period(label: str) -> Period | None:
    """Read 2012年第三季度, 2012年上半年, 2012年9月, 2012年1-9月, 2012年度; None for anything else."""
    match = _SPAN.fullmatch(re.sub(r"\s+", "", label))
    if not match:
        return None
    first, last = _months(match)
    if not 1 <= first <= last <= 12:
        return None
    return Period(label.strip(), int(match["year"]), first, last)


def _months(match: re.Match[str]) -> tuple[int, int]:
    if match["quarter"]:
        last = 3 * _QUARTERS[match["quarter"]]
        return last - 2, last
    if match["half"]:
        return (1, 6) if match["half"] == "上" else (7, 12)
    if match["first"]:
        return int(match["first"]), int(match["last"] or match["first"])
    return 1, 12


def names_a_period(label: str) -> bool:
    """Whether words above a part of the columns name a period: 三季度, 上期, 1-3月."""
    return bool(_NAMED.search(label))
