"""What an issued workbook is made of, and what may already stand in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sanjin_xl.books.seal import Lock
from sanjin_xl.messages import template as words
from sanjin_xl.model.form import Form
from sanjin_xl.model.period import Period
from sanjin_xl.model.policy import Policy
from sanjin_xl.model.roster import Unit
from sanjin_xl.model.stamp import Stamp


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

    `marks` says of a cell what is wrong with it, until its text is changed. `carried`: the items answered as in the
    former round, marked so until one of their cells is changed. `revision` counts the correction copies this workbook
    goes back to, 0 for an issue.
    """

    cells: Mapping[tuple[int, str], str] = field(default_factory=dict)
    filled_on: date | None = None
    signers: tuple[str, ...] = ()
    marks: Mapping[tuple[int, str], str] = field(default_factory=dict)
    carried: frozenset[int] = frozenset()
    revision: int = 0


def file_name(issue: Issue) -> str:
    """The name an issued workbook is sent under."""
    return words.FILE_NAME.format(unit=issue.unit.name, title=issue.form.short_title, period=issue.period.label)
