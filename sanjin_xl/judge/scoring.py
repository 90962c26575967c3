"""What an answer is worth under a policy: exact points in integer hundredths."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from sanjin_xl.model.form import Form, Item
from sanjin_xl.model.points import share_of
from sanjin_xl.model.policy import Policy
from sanjin_xl.model.submission import Answer, ByNumber, Submission


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
        return {c.ordinal: sum(self.items[item.number].now for item in c.items) for c in form.categories}

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
) -> ScoreCard:
    """The score card of a submission; items in `in_doubt` count 0 for now, their upper bound is kept.

    An item in `not_found` may be worth anything: that it could not be found in the return does not make it undone.
    """
    points = (
        _points(0, 0, item.points)
        if item.number in not_found
        else item_points(item, submission.answer(item.number), item.number in in_doubt, policy)
        for item in form.items
    )
    return ScoreCard(policy.id, ByNumber(points))


def item_points(item: Item, answer: Answer, in_doubt: bool, policy: Policy) -> Points:
    """The points of one answer.

    An unclear tick is taken as no for the low bound and as yes for the high one; an item in doubt may be worth
    anything from nothing to what it would be worth if done.
    """
    with_ledger, without = policy.done_with_ledger, policy.done_without_ledger
    if in_doubt:
        high = _worth(item.points, True, answer.ledger is not False or item.is_ledger, with_ledger, without)
        return _points(0, 0, high)
    low = _worth(item.points, answer.done is True, answer.ledger is True, with_ledger, without)
    high = _worth(item.points, answer.done is not False, answer.ledger is not False, with_ledger, without)
    return _points(low, low, high)


@lru_cache(maxsize=10_000)
def _points(now: int, low: int, high: int) -> Points:
    """The same object for the same points: a nation's answers share a few hundred of them."""
    return Points(now, low, high)


@lru_cache(maxsize=10_000)
def _worth(points: int, done: bool, ledger: bool, with_ledger: int, without_ledger: int) -> int:
    return share_of(points, with_ledger if ledger else without_ledger) if done else 0
