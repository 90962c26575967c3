"""What an answer is worth under a policy: exact points in integer hundredths."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from sanjin_xl.model.form import Form, Item
from sanjin_xl.model.points import share_of
from sanjin_xl.model.policy import Policy
from sanjin_xl.model.submission import BLANK, Answer, ByNumber, Submission

Tick = bool | None  # None: unclear


@dataclass(frozen=True, slots=True)
class Points:
    """An item's points in hundredths: what counts for now, and the bounds between which a ruling can move it."""

    now: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class ScoreCard:
    """The points of one return under one policy, by item number; sums in hundredths."""

    policy: str
    items: Mapping[int, Points]

    @property
    def total(self) -> int:
        return sum(points.now for points in self.items.values())

    @property
    def low(self) -> int:
        return sum(points.low for points in self.items.values())

    @property
    def high(self) -> int:
        return sum(points.high for points in self.items.values())

    def by_category(self, form: Form) -> dict[str, int]:
        """Points per category, by ordinal in the order of the form."""
        return {c.ordinal: _same(sum(self.items[item.number].now for item in c.items)) for c in form.categories}

    def ruled(self, points: Mapping[int, int]) -> "ScoreCard":
        """The card with the points of some items fixed by the city, whatever was answered."""
        return replace(
            self, items={**self.items, **{number: Points(fixed, fixed, fixed) for number, fixed in points.items()}}
        )


def score(
    form: Form,
    submission: Submission,
    in_doubt: Collection[int],
    policy: Policy,
    not_found: Collection[int] = (),
    not_yet: Collection[int] = (),
) -> ScoreCard:
    """The score card of a submission; items in `in_doubt` count 0 for now, their upper bound is kept.

    Those of them in `not_yet` count as planned: they are said to be done in a month still to come. An item in
    `not_found` may be worth anything: that it could not be found in the return does not make it undone.
    """
    answered, worth, odd = submission.answers.get, _worth_under(policy), {*in_doubt, *not_found}
    points = []
    for item in form.items:
        answer, number = answered(item.number, BLANK), item.number
        if number not in odd:
            points.append(worth(item.points, answer.done, answer.planned, answer.ledger))
        elif number in not_found:
            points.append(_points(0, item.points))
        else:
            points.append(item_points(item, answer, True, policy, number in not_yet))
    return ScoreCard(policy.id, ByNumber(points))


def item_points(item: Item, answer: Answer, in_doubt: bool, policy: Policy, not_yet: bool = False) -> Points:
    """The points of one answer; what counts for now is the low bound.

    What is unclear is taken both ways, and the bounds are what it is worth at least and at most. An item in doubt may
    be worth anything from nothing (from what a plan is worth, if `not_yet`) to what it would be worth if done.
    """
    if not in_doubt:
        return _worth_under(policy)(item.points, answer.done, answer.planned, answer.ledger)
    ledger = answer.ledger or None if item.is_ledger else answer.ledger
    low = share_of(item.points, policy.planned) if not_yet else 0
    return _points(low, max(low, _worth_under(policy)(item.points, None, answer.planned, ledger).high))


# The same object for the same points: a nation's answers share a few hundred of them.
@lru_cache(maxsize=10_000)
def _points(low: int, high: int) -> Points:
    return Points(low, low, high)


@lru_cache(maxsize=10_000)
def _same(points: int) -> int:
    return points


@lru_cache(maxsize=100)
def _worth_under(policy: Policy) -> Callable[[int, Tick, Tick, Tick], Points]:
    """What an answer is worth under a policy, which is looked up once and not with every answer."""

    @lru_cache(maxsize=10_000)
    def worth(points: int, done: Tick, planned: Tick, ledger: Tick) -> Points:
        shares = [
            policy.share(done=is_done, planned=is_planned, ledger=has_ledger)
            for is_done in _ways(done)
            for is_planned in _ways(planned)
            for has_ledger in _ways(ledger)
        ]
        return _points(share_of(points, min(shares)), share_of(points, max(shares)))

    return worth


def _ways(tick: Tick) -> tuple[bool, ...]:
    return (True, False) if tick is None else (tick,)
