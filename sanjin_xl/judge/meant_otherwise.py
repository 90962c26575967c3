"""Answers read as they are written and yet hardly meant so: months dragged down, columns sorted or pasted off.

Each is asked once about the whole return, and only where the pattern is plain. The rules, with how often they cry over
honest returns, stand in docs/returns.md §5:

    落实月份 of consecutive items      3月 4月 5月 6月 7月 8月           dragged down from the first
    ticks and months of ten items      √√√√√√·····  5··4··36··          one of the columns was sorted by itself
                                       √√·√·√··√√   ·√√·√·√··√          months a row too low
"""

from collections.abc import Callable, Iterator
from itertools import chain, pairwise
from operator import and_, gt, ne

from sanjin_xl.model.fields import ANSWERS, CHOICES
from sanjin_xl.model.findings import Finding, finding
from sanjin_xl.model.form import Form
from sanjin_xl.model.submission import Submission
from sanjin_xl.recovery.cell_values import is_untouched, whole_number

_RUN = 6  # consecutive items with a month each, always the next one
_SORTED, _DISTINCT, _STEPS = 30, 6, 3  # months in order: how many, how many different, steps inside of categories
_FEW = 5  # rows of which a tick stands there without its month, or beside one for a plan, for a column to be off
_BLOCK = 5  # rows filled in without a gap, hidden ones among them
_HIDDEN = 2

Column = list[bool]
_UNREAD = ("",) * len(ANSWERS)
_MONTHS = {"done": "done_month", "planned": "planned_month"}


def meant_otherwise(form: Form, submission: Submission) -> Iterator[Finding]:
    """The patterns that show in a return, each once."""
    answers = _Columns(form, submission)
    for found in (
        _dragged(answers),
        chain(_sorted_months(answers), _sorted_alone(answers)),
        _off_by_a_row(answers),
        _pasted_over_hidden(answers, submission.hidden),
    ):
        yield from _first(found)


def _first(found: Iterator[Finding]) -> Iterator[Finding]:
    one = next(found, None)
    return iter(() if one is None else (one,))


class _Columns:
    """The answers of a return column by column, from the first item to the last."""

    def __init__(self, form: Form, submission: Submission) -> None:
        self.form = form
        self.numbers = sorted(submission.answers)
        self.answers = [submission.answers[number] for number in self.numbers]
        self._cells = dict(zip(ANSWERS, zip(*(one.raw or _UNREAD for one in self.answers), strict=False), strict=False))
        self._filled: dict[str, Column] = {}
        self.months = {name: self._months(name) for name in _MONTHS.values()}

    def filled(self, name: str) -> Column:
        """Of each item whether something stands in a cell."""
        if name not in self._filled:
            cells = self._cells.get(name, ())
            # Most cells of a column hold one of a few texts.
            known = {cell: not is_untouched(cell) for cell in set(cells)}
            self._filled[name] = [known[cell] for cell in cells]
        return self._filled[name]

    def _months(self, name: str) -> list[int | None]:
        """Of each item the month as it stands there, 13月 too."""
        months = [one.done_month if name == "done_month" else one.planned_month for one in self.answers]
        return [
            self._unread(n, name) if one is None else one[0] if len(one) == 1 else None for n, one in enumerate(months)
        ]

    def _unread(self, n: int, name: str) -> int | None:
        return whole_number(self.answers[n].typed(name))

    def about(self, code: str, name: str) -> Finding:
        return finding(code, field=name, expected=self.form.fields[name].heading)


def _dragged(answers: _Columns) -> Iterator[Finding]:
    """Six consecutive items with a month each that is the one after that of the item before."""
    for name in _MONTHS.values():
        months, start = answers.months[name], 0
        for n, (before, month) in enumerate(pairwise([*months, None]), start=1):
            if before is not None and month == before + 1:
                continue
            if n - start >= _RUN and before is not None:
                last = str(answers.answers[n - 1].typed(name))
                yield finding("months-dragged", field=name, items=tuple(answers.numbers[start:n]), found=last)
            start = n


def _sorted_months(answers: _Columns) -> Iterator[Finding]:
    """The months of done items in order from the first to the last, changing inside of the categories as well."""
    listed = zip(answers.numbers, answers.answers, answers.months["done_month"], strict=True)
    months = [(number, month) for number, answer, month in listed if answer.done and month]
    values = [month for _, month in months]
    if len(values) < _SORTED or values not in (sorted(values), sorted(values, reverse=True)):
        return
    category = answers.form.category_of
    inside = sum(category(a) is category(b) for (a, one), (b, other) in pairwise(months) if one != other)
    if len(set(values)) >= _DISTINCT and inside >= _STEPS:
        yield answers.about("column-sorted", "done_month")


def _sorted_alone(answers: _Columns) -> Iterator[Finding]:
    """A column filled without a gap from the first item on, which no longer fits the one beside it."""
    for tick, month in _MONTHS.items():
        ticks, months = answers.filled(tick), answers.filled(month)
        if sum(ticks) == sum(months) and _unlike(ticks, months) >= 2 * _FEW:
            yield from (
                answers.about("column-sorted", name) for name in (tick, month) if _is_block(answers.filled(name))
            )
    if _not_done(answers.filled("done"), answers.filled("ledger")) >= _FEW:
        yield from (
            answers.about("column-sorted", name) for name in ("done", "ledger") if _is_block(answers.filled(name))
        )


def _off_by_a_row(answers: _Columns) -> Iterator[Finding]:
    """A column that fits the one beside it a row further up or down, and does not fit where it stands."""
    pairs: list[tuple[str, str, Callable[[Column, Column], int]]] = [
        *((tick, month, _unlike) for tick, month in _MONTHS.items()),
        ("done", "ledger", _not_done),
        ("planned", "done", _both),
    ]
    for tick, name, misfits in pairs:
        beside, column = answers.filled(tick), answers.filled(name)
        here = misfits(beside, column)
        for moved, fixed in ((column[1:], beside[:-1]), (column[:-1], beside[1:])) if here >= _FEW else ():
            if misfits(fixed, moved) * 10 < here:
                yield answers.about("column-off", name)


def _pasted_over_hidden(answers: _Columns, hidden: frozenset[int]) -> Iterator[Finding]:
    """Items filled in without a gap, all hidden ones among them, and then just as many blank ones that can be seen."""
    if len(hidden) < _HIDDEN:
        return
    block: list[int] = []
    blank = 0
    filled = map(any, zip(*map(answers.filled, CHOICES), strict=True))
    for number, is_filled in [*zip(answers.numbers, filled, strict=True), (0, True)]:
        if not is_filled:
            blank += number not in hidden
            continue
        if blank:
            if len(block) >= _BLOCK and len(hidden) == blank and hidden < set(block) and block[-1] not in hidden:
                yield finding("pasted-over-hidden", items=tuple(sorted(hidden)))
            block, blank = [], 0
        block.append(number)


def _unlike(one: Column, other: Column) -> int:
    return sum(map(ne, one, other))


def _both(one: Column, other: Column) -> int:
    return sum(map(and_, one, other))


def _not_done(done: Column, ledger: Column) -> int:
    """How many have a ledger and are not done."""
    return sum(map(gt, ledger, done))


def _is_block(column: Column) -> bool:
    """Whether what is filled in stands without a gap at the top or at the bottom."""
    count = sum(column)
    return _FEW <= count <= len(column) - _FEW and (all(column[:count]) or all(column[-count:]))
