"""The rounds of a chain side by side: what each unit came to in each, the oldest round first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sanjin_xl.model.points import mean
from sanjin_xl.outcome.former import Former
from sanjin_xl.outcome.results import Results

FIGURES = ("score", "rank", "newly_done", "fallen_back", "promised", "kept")
"""What is known of a unit in a round; scores in hundredths. The last four compare it with the round before."""

Figures = Mapping[str, int | None]
"""The `FIGURES` of a unit in a round, None for what is not known."""


@dataclass(frozen=True, kw_only=True)
class History:
    """A round and those before it, each with its label, the figures of its units by code, the means of its categories.

    A mean is that of the units counted then, by ordinal, in hundredths; none where no unit was.
    """

    periods: Sequence[str]
    units: Sequence[Mapping[str, Figures]]
    means: Sequence[Mapping[str, int]]


def rounds_before(former: Former | None) -> list[Former]:
    """The former round and those before it, the oldest first."""
    return [*rounds_before(former.earlier), former] if former else []


def history(results: Results) -> History:
    """This round beside those before it; units are those of this round's roster."""
    before = rounds_before(results.former)
    codes = [one.unit.code for one in results.units]
    return History(
        periods=[*(one.period.label for one in before), results.rules.period.label],
        units=[*(dict(_of_former(one, codes)) for one in before), dict(_of_this(results))],
        means=[
            *(_means([unit.by_category for unit in one.units.values()]) for one in before),
            _means([one.by_category for one in results.units]),
        ],
    )


def _of_former(former: Former, codes: Sequence[str]) -> Iterator[tuple[str, Figures]]:
    for code in codes:
        unit = former.unit(code)
        yield code, {figure: getattr(unit, figure) for figure in FIGURES}


def _of_this(results: Results) -> Iterator[tuple[str, Figures]]:
    for one in results.units:
        since = one.since
        newly = None if since is None or since.newly_done is None else len(since.newly_done)
        fallen = None if since is None or since.fallen_back is None else len(since.fallen_back)
        compared = newly, fallen, len(since.promises) if since else None, since.kept if since else None
        yield one.unit.code, dict(zip(FIGURES, (results.score(one), results.rank(one), *compared), strict=True))


def _means(units: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """The means of a round by ordinal; units without points by category have sent nothing."""
    counted = [one for one in units if one]
    return {ordinal: mean([one[ordinal] for one in counted]) for ordinal in (counted[0] if counted else ())}
