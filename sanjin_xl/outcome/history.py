"""The rounds of a chain side by side: what each unit came to in each, the oldest round first.

pandas does the pivoting, and is loaded by the first call.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sanjin_xl.model.points import mean
from sanjin_xl.outcome.former import Former
from sanjin_xl.outcome.results import Results

if TYPE_CHECKING:
    from pandas import DataFrame

FIGURES = ("score", "rank", "newly_done", "fallen_back", "promised", "kept")
"""What is known of a unit in a round; scores in hundredths. The last four compare it with the round before."""


@dataclass(frozen=True, kw_only=True)
class History:
    """A round and those before it.

    `table`: a row per unit and round – code, period (its label) and `FIGURES` as Int64, <NA> for what is not known;
    `means`: a row per round and category, the ordinals as index, the mean of the units counted then, in hundredths.
    """

    periods: Sequence[str]
    table: DataFrame
    means: DataFrame

    @cached_property
    def side_by_side(self) -> dict[str, DataFrame]:
        """For each of `FIGURES` a row per unit, by code, and a column per round."""

        def wide(figure: str) -> DataFrame:
            return self.table.pivot(index="code", columns="period", values=figure).reindex(columns=list(self.periods))

        return {figure: wide(figure) for figure in FIGURES}

    def of(self, figure: str, code: str) -> list[int | None]:
        """A figure of a unit in every round."""
        row = self.side_by_side[figure].loc[code]
        return [int(value) if known else None for value, known in zip(row, row.notna(), strict=True)]


def rounds_before(former: Former | None) -> list[Former]:
    """The former round and those before it, the oldest first."""
    return [*rounds_before(former.earlier), former] if former else []


def history(results: Results) -> History:
    """This round beside those before it; units are those of this round's roster."""
    from pandas import DataFrame, concat

    before = rounds_before(results.former)
    codes = [one.unit.code for one in results.units]
    rows = [*(row for former in before for row in _of_former(former, codes)), *_of_this(results)]
    table = DataFrame(rows, columns=["code", "period", *FIGURES]).astype(dict.fromkeys(FIGURES, "Int64"))
    periods = [*(one.period.label for one in before), results.rules.period.label]
    means = [_means(periods[n], [unit.by_category for unit in one.units.values()]) for n, one in enumerate(before)]
    means.append(_means(periods[-1], [one.by_category for one in results.units]))
    return History(periods=periods, table=table, means=concat(means, axis=1).astype("Int64"))


def _of_former(former: Former, codes: Sequence[str]) -> Iterator[tuple[object, ...]]:
    for code in codes:
        one = former.unit(code)
        compared = one.newly_done, one.fallen_back, one.promised, one.kept
        yield code, former.period.label, one.score, one.rank, *compared


def _of_this(results: Results) -> Iterator[tuple[object, ...]]:
    for one in results.units:
        since = one.since
        newly = None if since is None or since.newly_done is None else len(since.newly_done)
        fallen = None if since is None or since.fallen_back is None else len(since.fallen_back)
        compared = newly, fallen, len(since.promises) if since else None, since.kept if since else None
        yield one.unit.code, results.rules.period.label, results.score(one), results.rank(one), *compared


def _means(period: str, units: Sequence[object]) -> DataFrame:
    """The means of a round as one column; units without points by category have sent nothing."""
    from pandas import DataFrame

    frame = DataFrame([one for one in units if one])
    return DataFrame({period: {ordinal: mean([int(one) for one in frame[ordinal]]) for ordinal in frame}})
