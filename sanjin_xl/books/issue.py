"""What an issued workbook is made of, and what may already stand in it: answers of this round or of the former one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from sanjin_xl import messages
from sanjin_xl.books.seal import Lock
from sanjin_xl.messages import template as words
from sanjin_xl.model.fields import MONTHS
from sanjin_xl.model.form import Form
from sanjin_xl.model.period import Period
from sanjin_xl.model.policy import Policy
from sanjin_xl.model.roster import Unit
from sanjin_xl.model.stamp import Stamp
from sanjin_xl.model.submission import Answer
from sanjin_xl.outcome.former import Former


@dataclass(frozen=True, kw_only=True)
class Issue:
    """Everything that goes into one issued workbook; equal issues give equal bytes."""

    form: Form
    unit: Unit
    period: Period
    stamp: Stamp
    key: bytes
    lock: Lock
    policy: Policy
    due: date
    recipient: str = words.RECIPIENT
    contact: str = ""


@dataclass(frozen=True, kw_only=True)
class Filling:
    """What already stands in the open cells: texts by (item number, field), the fill date, the signers in order.

    `marks` says of a cell what is wrong with it, until it or its row is changed. `carried`: the items answered as in
    the former round, marked so until one of their cells is changed.
    """

    cells: Mapping[tuple[int, str], str] = field(default_factory=dict)
    filled_on: date | None = None
    signers: tuple[str, ...] = ()
    marks: Mapping[tuple[int, str], str] = field(default_factory=dict)
    carried: frozenset[int] = frozenset()


def file_name(issue: Issue) -> str:
    """The name an issued workbook is sent under."""
    return words.FILE_NAME.format(unit=issue.unit.name, title=issue.form.short_title, period=issue.period.label)


def cells_of(form: Form, answer: Callable[[int], Answer]) -> dict[tuple[int, str], str]:
    """Answers as the texts of the open cells: the canonical text of what is clear, otherwise what was typed."""
    answers = {item.number: answer(item.number) for item in form.items}
    return {place: text for place in _asked(form) if (text := _text(place[1], answers[place[0]]))}


@lru_cache(maxsize=16)
def _asked(form: Form) -> list[tuple[int, str]]:
    return [(item.number, name) for item in form.items for name in form.answers if item.asks(name)]


def _text(name: str, answer: Answer) -> str:
    value = answer.value(name)
    if value is None:
        return str(answer.typed(name))
    if isinstance(value, bool):
        return words.TICK if value else ""
    return messages.months(value) if isinstance(value, tuple) else value


def prefilled(form: Form, period: Period, former: Former, unit: str) -> Filling:
    """The answers a unit gave in the former round; what was unclear then is left blank.

    A month carries no year, so those of a former year are left out.
    """
    answers, same_year = former.unit(unit).answers, former.period.year == period.year
    texts = cells_of(form, lambda number: answers.get(number, Answer()))
    cells = {place: text for place, text in texts.items() if same_year or place[1] not in MONTHS}
    return Filling(cells=cells, carried=frozenset(number for number, name in cells if form.fields[name].scored))
