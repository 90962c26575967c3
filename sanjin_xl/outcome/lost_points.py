"""Where a unit lost points: item by item, why, and what can still be gained."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sanjin_xl.model.catalogue import Severity
from sanjin_xl.model.findings import Finding
from sanjin_xl.model.form import Item
from sanjin_xl.model.points import share_of
from sanjin_xl.model.submission import Answer
from sanjin_xl.outcome.results import Results, UnitResult
from sanjin_xl.review.rulings import Ruling, excluded


class Cause(StrEnum):
    """Why an item is not worth its full points."""

    LEDGER = "ledger"
    PLANNED = "planned"
    BLANK = "blank"
    PENDING = "pending"
    ABSENT = "absent"
    RULED = "ruled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """An item on which points were lost, in hundredths: the cost, and the gain still to be had.

    `finding`: the first thing that is asked about the item, if anything; `ruling`: what the city has decided.
    """

    item: Item
    answer: Answer
    cause: Cause
    cost: int
    gain: int
    finding: Finding | None = None
    ruling: Ruling | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One kind of thing to do: the losses it would make good, the largest first."""

    cause: Cause
    losses: tuple[Loss, ...]

    @property
    def gain(self) -> int:
        return sum(one.gain for one in self.losses)


def losses(results: Results, one: UnitResult) -> list[Loss]:
    """The items of a counted unit that are not worth their full points, the largest gain first, then by number.

    Costs and gains are before any rescaling and deduction; items left out as not applicable cost nothing.
    """
    left_out = excluded(results.rules, one.rulings)
    found = [_loss(results, one, item) for item in results.rules.form.items if item.number not in left_out]
    return sorted(
        (loss for loss in found if loss.cost > 0), key=lambda loss: (-loss.gain, -loss.cost, loss.item.number)
    )


def _loss(results: Results, one: UnitResult, item: Item) -> Loss:
    now = one.cards[results.policy].items[item.number].now
    cause = _cause(results, one, item)
    asked = [found for found in one.findings(Severity.ERROR, Severity.REVIEW) if found.item == item.number]
    return Loss(
        item=item,
        answer=one.answer(item.number),
        cause=cause,
        cost=item.points - now,
        gain=_gain(results, one, item, cause),
        finding=next(iter(sorted(asked, key=lambda found: not found.doubt)), None),
        ruling=one.rulings.get(item.number),
    )


def _cause(results: Results, one: UnitResult, item: Item) -> Cause:
    points, answer = one.cards[results.policy].items[item.number], one.answer(item.number)
    if item.number in one.rulings:
        return Cause.RULED
    if one.outcome and item.number in one.outcome.not_found:
        return Cause.ABSENT
    if points.high > points.now:
        return Cause.PENDING
    if answer.done:
        return Cause.LEDGER
    return Cause.PLANNED if answer.planned else Cause.BLANK


def _gain(results: Results, one: UnitResult, item: Item, cause: Cause) -> int:
    """What doing the thing would add: a ruling in the unit's favour, or the item done and with a ledger."""
    points = one.cards[results.policy].items[item.number]
    if cause is Cause.RULED:
        return 0
    if cause is Cause.PENDING:
        return points.high - points.now
    return max(0, share_of(item.points, results.rules.policy.done_with_ledger) - points.now)


def steps(found: Sequence[Loss]) -> list[Step]:
    """What there is to do, the most rewarding kind first; nothing for what cannot be gained."""
    groups = [Step(cause=cause, losses=tuple(_of(found, cause))) for cause in Cause]
    return sorted((one for one in groups if one.gain), key=lambda one: -one.gain)


def _of(found: Sequence[Loss], cause: Cause) -> Iterator[Loss]:
    return (one for one in found if one.cause is cause and one.gain)
