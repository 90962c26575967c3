"""Two units with nearly the same answers: a stamp cannot tell a workbook copied from a neighbour, the answers can.

Ticks and months are compared, remarks are not: they are the easiest to edit, and a copied form whose remarks were
edited is a copied form.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import TypeAlias

from sanjin_xl.judge.pipeline import Outcome
from sanjin_xl.model.findings import Finding, finding
from sanjin_xl.model.form import Form
from sanjin_xl.model.roster import Roster
from sanjin_xl.model.submission import BLANK, Answer

_ALIKE_SHARE = 95  # percent of all items, months included
_LEAST_ANSWERED = 50  # percent of all items: two nearly blank forms are no copies of each other
_WIDEST_BUCKET = 50  # units with one category alike; more is a common way to answer it, not a copy

Ticked = tuple[object, ...]
Marks: TypeAlias = "array[int]"
"""What is ticked and dated, item by item, each kind of answer as a number; 0 is a blank one."""


def ticked(answer: Answer) -> Ticked:
    """What an answer says by ticks and months alone."""
    return answer.done, answer.done_month, answer.planned, answer.planned_month, answer.ledger


def find_twins(form: Form, roster: Roster, counted: Iterable[Outcome]) -> dict[str, list[Finding]]:
    """For each unit code, a finding per other unit whose ticks and months are nearly the same."""
    kinds: dict[Ticked, int] = {ticked(BLANK): 0}
    units = {one.unit: _marks(form, one, kinds) for one in sorted(counted, key=lambda one: one.unit or "") if one.unit}
    twins: defaultdict[str, list[Finding]] = defaultdict(list)
    for one, other in sorted(_candidates(form, units)):
        same = sum(a == b for a, b in zip(units[one], units[other], strict=True))
        if same * 100 >= _ALIKE_SHARE * len(form.items):
            twins[one].append(_twin(form, roster, one, other, same))
            twins[other].append(_twin(form, roster, other, one, same))
    return dict(twins)


def _twin(form: Form, roster: Roster, one: str, other: str, same: int) -> Finding:
    unit, name = roster.by_code[one].name, roster.by_code[other].name
    return finding("twin-answers", unit=unit, other=name, same=same, count=len(form.items))


def _marks(form: Form, outcome: Outcome, kinds: dict[Ticked, int]) -> Marks:
    """Four bytes an answer: a nation's would take tens of megabytes as tuples."""
    assert outcome.submission is not None
    answer = outcome.submission.answer
    return array("I", (kinds.setdefault(ticked(answer(item.number)), len(kinds)) for item in form.items))


def _candidates(form: Form, units: Mapping[str, Marks]) -> set[tuple[str, str]]:
    """Pairs of units that answer a whole category alike; a nation of pairs is too many to compare."""
    pairs: set[tuple[str, str]] = set()
    for bucket in _buckets(form, units):
        if len(bucket) <= _WIDEST_BUCKET:
            pairs.update(combinations(bucket, 2))
    return pairs


def _buckets(form: Form, units: Mapping[str, Marks]) -> Iterator[list[str]]:
    written = {unit: marks for unit, marks in units.items() if _answered(marks) * 100 >= _LEAST_ANSWERED * len(marks)}
    for category in form.categories:
        first, last = category.items[0].number - 1, category.items[-1].number
        alike: defaultdict[bytes, list[str]] = defaultdict(list)
        for unit, marks in written.items():
            alike[marks[first:last].tobytes()].append(unit)
        yield from (bucket for bucket in alike.values() if len(bucket) > 1)


def _answered(marks: Marks) -> int:
    return sum(mark != 0 for mark in marks)
