"""Two units with nearly the same answers: a stamp cannot tell a workbook copied from a neighbour, the answers can."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from sanjin_xl.judge.pipeline import Outcome
from sanjin_xl.model.findings import Finding, finding
from sanjin_xl.model.form import Form
from sanjin_xl.model.roster import Roster
from sanjin_xl.model.submission import Answer, ByNumber

_ALIKE_SHARE = 95  # percent of all items, months and remarks included
_LEAST_ANSWERED = 50  # percent of all items: two nearly blank forms are no copies of each other
_WIDEST_BUCKET = 50  # units with one category alike; more is a common way to answer it, not a copy


def find_twins(form: Form, roster: Roster, counted: Iterable[Outcome]) -> dict[str, list[Finding]]:
    """For each unit code, a finding per other unit whose answers are nearly the same.

    What stands in a form's further columns, such as who is in charge, is each unit's own and not compared.
    """
    answers = {one.unit: _answers(form, one) for one in sorted(counted, key=lambda one: one.unit or "") if one.unit}
    if form.extras:
        answers = _without_extras(answers)
    twins: defaultdict[str, list[Finding]] = defaultdict(list)
    for one, other in sorted(_candidates(form, answers)):
        same = sum(a == b for a, b in zip(answers[one], answers[other], strict=True))
        if same * 100 >= _ALIKE_SHARE * len(form.items):
            twins[one].append(_twin(form, roster, other, same))
            twins[other].append(_twin(form, roster, one, same))
    return dict(twins)


def _twin(form: Form, roster: Roster, other: str, same: int) -> Finding:
    return finding("twin-answers", other=roster.by_code[other].name, same=same, count=len(form.items))


def _answers(form: Form, outcome: Outcome) -> Sequence[Answer]:
    submission = outcome.submission
    assert submission is not None
    answers = submission.answers
    if isinstance(answers, ByNumber) and len(answers) == len(form.items):
        return answers.values()  # as they are: a second row of them for every unit would take tens of megabytes
    return tuple(submission.answer(item.number) for item in form.items)


def _without_extras(answers: Mapping[str, Sequence[Answer]]) -> dict[str, Sequence[Answer]]:
    known: dict[Answer, Answer] = {}  # as for all of a batch, one object for equal answers
    plain = ((unit, [replace(one, extra=(), raw=()) for one in given]) for unit, given in answers.items())
    return {unit: tuple(known.setdefault(one, one) for one in given) for unit, given in plain}


def _candidates(form: Form, answers: Mapping[str, Sequence[Answer]]) -> set[tuple[str, str]]:
    """Pairs of units that answer a whole category alike; a nation of pairs is too many to compare."""
    pairs: set[tuple[str, str]] = set()
    for bucket in _buckets(form, answers):
        if len(bucket) <= _WIDEST_BUCKET:
            pairs.update(combinations(bucket, 2))
    return pairs


def _buckets(form: Form, answers: Mapping[str, Sequence[Answer]]) -> Iterator[list[str]]:
    written = {unit: given for unit, given in answers.items() if _answered(given) * 100 >= _LEAST_ANSWERED * len(given)}
    for category in form.categories:
        first, last = category.items[0].number - 1, category.items[-1].number
        alike: defaultdict[Sequence[Answer], list[str]] = defaultdict(list)
        for unit, given in written.items():
            alike[given[first:last]].append(unit)
        yield from (bucket for bucket in alike.values() if len(bucket) > 1)


def _answered(given: Sequence[Answer]) -> int:
    return sum(not answer.empty for answer in given)
