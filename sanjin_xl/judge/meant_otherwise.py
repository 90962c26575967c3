"""Answers read as they are written and yet hardly meant so: months dragged down, columns sorted or pasted off.

Each is asked once about the whole return, and only where the pattern is plain. The rules, with how often they cry over
honest returns, stand in docs/returns.md §5:

    落实月份 of consecutive items      3月 4月 5月 6月 7月 8月           dragged down from the first
    ticks and months of ten items      √√√√√√·····  5··4··36··          one of the columns was sorted by itself
                                       √√·√·√··√√   ·√√·√·√··√          months a row too low, or several
    ticks and months of all items      √√√√√······  5137238············  the answers were sorted without their items
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
_RUN_OF_DONE = 8  # the same, of those that are filled in: dragged while the others were filtered out
_FARTHEST = 12  # rows by which a column is off
_SORTED, _DISTINCT, _STEPS = 30, 6, 3  # months in order: how many, how many different, steps inside of categories
_FEW = 5  # rows of which a tick stands there without its month, or beside one for a plan, for a column to be off
_MIXED = 20  # months of what is done, half of them other than the one before
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
        chain(_sorted_months(answers), _sorted_alone(answers), _sorted_together(answers)),
        _off_by_rows(answers),
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

    def is_inside(self, column: Column) -> bool:
        """Whether a column changes between two items of the same category, and nowhere else."""
        categories = map(self.form.category_of, self.numbers)
        changes = [a is b for (a, one), (b, other) in pairwise(zip(categories, column, strict=True)) if one != other]
        return all(changes)

    def about(self, code: str, name: str) -> Finding:
        return finding(code, field=name, expected=self.form.fields[name].heading)


def _dragged(answers: _Columns) -> Iterator[Finding]:
    """Six consecutive items with a month each that is the one after that of the item before, January after December."""
    for name in _MONTHS.values():
        filled = [(n, month) for n, month in enumerate(answers.months[name]) if month]
        start = 0
        for end, ((_, before), (_, month)) in enumerate(pairwise([*filled, (0, 0)]), start=1):
            if month in (before + 1, before % 12 + 1):
                continue
            places = [n for n, _ in filled[start:end]]
            unbroken = places[-1] - places[0] == len(places) - 1
            if len(places) >= (_RUN if unbroken else _RUN_OF_DONE):
                last = str(answers.answers[places[-1]].typed(name))
                numbers = tuple(answers.numbers[n] for n in places)
                yield finding("months-dragged", field=name, items=numbers, found=last)
            start = end


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
    for name, other, misfits in (("done", "ledger", _not_done), ("done", "planned", _both)):
        if misfits(answers.filled(name), answers.filled(other)) >= _FEW:
            yield from (answers.about("column-sorted", one) for one in (name, other) if _is_block(answers.filled(one)))


def _sorted_together(answers: _Columns) -> Iterator[Finding]:
    """All answers sorted by one column, which is filled without a gap, and the items left where they were.

    Their months are as mixed as those of answers item by item; whoever works through the form in order, and does not
    come to its end, leaves no plans and no further answers behind that.
    """
    months = [month for month in answers.months["done_month"] if month]
    if len(months) < _MIXED or sum(map(ne, months, months[1:])) * 2 < len(months):
        return
    for name, other in (("done", "planned"), ("planned", "done"), ("ledger", "done")):
        column = answers.filled(name)
        outside = sum(map(gt, answers.filled(other), column))
        if _is_block(column) and sum(column) >= 2 * _FEW and outside >= _FEW and answers.is_inside(column):
            yield answers.about("column-sorted", name)


def _off_by_rows(answers: _Columns) -> Iterator[Finding]:
    """A column that fits the one beside it some rows further up or down, all of it or from one row on."""
    pairs: list[tuple[str, str, Callable[[Column, Column], int]]] = [
        *((tick, month, _unlike) for tick, month in _MONTHS.items()),
        ("done", "ledger", _not_done),
        ("planned", "done", _both),
    ]
    for tick, name, misfits in pairs:
        beside, column = answers.filled(tick), answers.filled(name)
        here = misfits(beside, column)
        if here < _FEW or (misfits is _unlike and not _is_mutual(beside, column)):
            continue
        first = next(n for n in range(len(column)) if misfits(beside[n : n + 1], column[n : n + 1]))
        beside, column = beside[first:], column[first:]
        for far in range(1, _FARTHEST + 1):
            if min(misfits(beside, column[far:]), misfits(beside[far:], column)) * 10 < here:
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


def _is_mutual(one: Column, other: Column) -> bool:
    """Whether each of two columns has what the other lacks: months that were forgotten are only lacking."""
    return min(_not_done(one, other), _not_done(other, one)) > 1


def _both(one: Column, other: Column) -> int:
    return sum(map(and_, one, other))


def _not_done(done: Column, ledger: Column) -> int:
    """How many have a ledger and are not done."""
    return sum(map(gt, ledger, done))


def _is_block(column: Column) -> bool:
    """Whether what is filled in stands without a gap at the top or at the bottom."""
    count = sum(column)
    return _FEW <= count <= len(column) - _FEW and (all(column[:count]) or all(column[-count:]))
