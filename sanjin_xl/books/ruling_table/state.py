"""The state of a row of the ruling table, in words and as a colour."""

from collections.abc import Sequence

from sanjin_xl import messages
from sanjin_xl.books.styles import ASK_FILL, GOOD_FILL, WRONG_FILL
from sanjin_xl.messages import rulings as words
from sanjin_xl.model.catalogue import Severity
from sanjin_xl.model.findings import Finding
from sanjin_xl.model.points import decimal
from sanjin_xl.review.rulings import Effect, Ruled, Ruling

WAITING = (ASK_FILL, WRONG_FILL)


def state(ruled: Sequence[Ruled], asked: Sequence[Finding]) -> tuple[str, str | None]:
    """What became of the rulings on one matter, and what is still asked about it; None for no colour."""
    holding = next((one for one in ruled if one.effect is not Effect.INVALID), None)
    wrong = next((one.finding for one in ruled if one.effect is Effect.INVALID and one.finding), None)
    waiting = any(found.severity is Severity.REVIEW for found in asked)
    if wrong:
        return messages.seen(wrong) + _still(holding), WRONG_FILL
    if holding:
        return _of_holding(holding, waiting)
    if waiting:
        return words.PENDING, ASK_FILL
    return (words.TO_CORRECT, None) if asked else ("", None)


def _still(holding: Ruled | None) -> str:
    applied = holding is not None and holding.effect is Effect.APPLIED
    return words.STILL.format(decision=_decision(holding.ruling)) if holding and applied else ""


def _of_holding(one: Ruled, waiting: bool) -> tuple[str, str | None]:
    if one.effect is Effect.WITHDRAWN:
        return (words.WITHDRAWN_PENDING, ASK_FILL) if waiting else (words.WITHDRAWN, None)
    if one.effect is Effect.IDLE:
        return (words.QUESTION_GONE if one.ruling.item is None else words.IDLE), None
    fill = ASK_FILL if one.effect is Effect.STALE else GOOD_FILL
    text = words.STALE if one.effect is Effect.STALE else words.APPLIED
    return text.format(decision=_decision(one.ruling)), fill


def _decision(one: Ruling) -> str:
    if one.not_applicable:
        return words.NOT_APPLICABLE
    return words.SETTLED if one.points is None else words.POINTS.format(points=decimal(one.points))
