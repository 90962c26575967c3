"""Whether each answer makes sense by itself: a registry of small pure generators.

Those over whole returns are in `return_checks`.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from sanjin_xl.model.findings import Finding
from sanjin_xl.model.form import Form, Item
from sanjin_xl.model.period import Period
from sanjin_xl.model.submission import Answer, Months, Submission
from sanjin_xl.recovery.claims import says_done, says_planned, stands_for_tick, takes_back


@dataclass(frozen=True, slots=True)
class When:
    """The dates a return is judged by: the round's period, its as-of date, and the day it speaks of.

    `filled_on`: the earliest of the day the form was filled in, the day it was received, and the as-of date.
    """

    period: Period
    as_of: date
    filled_on: date

    def is_after_filling(self, month: int) -> bool:
        return (self.period.year, month) > (self.filled_on.year, self.filled_on.month)

    def has_passed(self, month: int) -> bool:
        """Whether the whole month lies before the as-of date."""
        return (self.period.year, month) < (self.as_of.year, self.as_of.month)


@dataclass(frozen=True, slots=True)
class Seen:
    """What an item check saw: in which field, and facts for the sentence."""

    field: str
    facts: tuple[tuple[str, object], ...] = ()


ItemCheck = Callable[[Item, Answer, When], Iterator[Seen]]
_Known = dict[Answer, tuple[tuple[str, Seen], ...]]  # what the item checks see in answers to items of one kind
ITEM_CHECKS: dict[str, ItemCheck] = {}


def item_check(code: str) -> Callable[[ItemCheck], ItemCheck]:
    """Register a check that looks at one answer by itself."""

    def register(check: ItemCheck) -> ItemCheck:
        ITEM_CHECKS[code] = check
        return check

    return register


class ItemChecker:
    """Runs the item checks over submissions of one form; remembers what it found in an answer.

    Most answers of a batch are alike: a round of 40,000 returns asks the same few thousand questions over and over.
    """

    def __init__(self, form: Form) -> None:
        self._kinds = {item.number: _kind(item) for item in form.items}
        self._memory: dict[When, dict[int, _Known]] = {}

    def check(self, submission: Submission, when: When) -> list[Finding]:
        """What the item checks find, in the order of the items."""
        known = self._known(when)
        quoted = _day_of(when)
        found: list[Finding] = []
        for number, answer in submission.answers.items():
            seen = known[number].get(answer)
            if seen is None:
                seen = _seen(self._kinds[number], answer, when)
                # Remarks are each clerk's own: remembering them would only fill memory.
                if not answer.remark and not answer.extra and all(one.facts != quoted for _, one in seen):
                    known[number][answer] = seen
            if seen:
                found += (_located(code, number, one, submission) for code, one in seen)
        return found

    def _known(self, when: When) -> dict[int, _Known]:
        """What is known by the number of an item, the same for all of its kind and for all days of a month.

        No check asks more of the day of filling than its month, and what quotes the day is not remembered.
        """
        month = replace(when, filled_on=when.filled_on.replace(day=1))
        if month not in self._memory:
            known: defaultdict[Item, _Known] = defaultdict(dict)
            self._memory[month] = {number: known[kind] for number, kind in self._kinds.items()}
        return self._memory[month]


def _kind(item: Item) -> Item:
    """What an item has in common with others, which is all that an item check gets to see of it."""
    return replace(item, number=0, text="", points=0, printed_row=0, depends_on=None)


def _seen(item: Item, answer: Answer, when: When) -> tuple[tuple[str, Seen], ...]:
    return tuple((code, seen) for code, check in ITEM_CHECKS.items() for seen in check(item, answer, when))


def _located(code: str, number: int, seen: Seen, submission: Submission) -> Finding:
    typed = submission.answers[number].typed(seen.field)
    found = None if typed in (None, "") else str(typed)
    cell, sheet = submission.cell(number, seen.field), submission.sheets.get(number)
    return Finding(code, number, cell, found, seen.facts, seen.field, sheet)


def says_nothing(answer: Answer) -> bool:
    """Whether nothing is ticked, and no month given; there may be a remark, and it may tell of a ledger."""
    return (
        answer.done is False
        and answer.planned is False
        and not answer.ledger
        and answer.done_month == ()
        and answer.planned_month == ()
    )


def _day_of(when: When) -> tuple[tuple[str, object], ...]:
    """The day of filling, as findings quote it."""
    return (("filled", when.filled_on.isoformat()),)


@item_check("not-answered")
def not_answered(item: Item, answer: Answer, when: When) -> Iterator[Seen]:
    """Neither done nor planned. Bad: a blank row. Good: √ under 已落实 or under 拟落实."""
    if says_nothing(answer) and not _NOT_APPLICABLE.search(answer.remark):
        yield Seen("done")


@item_check("done-no-month")
def done_no_month(item: Item, answer: Answer, when: When) -> Iterator[Seen]:
    """Done without a month. Bad: √ alone. Good: √ and 9月."""
    if answer.done and answer.done_month == ():
        yield Seen("done_month")


@item_check("done-month-no-tick")
def done_month_no_tick(item: Item, answer: Answer, when: When) -> Iterator[Seen]:
    """A done month without a tick. Bad: 9月 alone. Good: √ and 9月."""
    if answer.done is False and answer.done_month:
        yield Seen("done_month")


@item_check("done-after-fill")
def done_after_fill(item: Item, answer: Answer, when: When) -> Iterator[Seen]:
    """Done in a month that had not begun. Bad: √ 12月 on a form filled in October. Good: √ 9月."""
    months = answer.done_month or ()
    if answer.done and len(months) == 1 and when.is_after_filling(months[0]):
        yield Seen("done_month", _day_of(when))


@item_check("both-ticked")
def both_ticked(item: Item, answer: Answer, when: When) -> Iterator[Seen]:
    """A one-off item both done and planned. Bad: √ and √. Good: one of them."""
    if item.one_off and answer.done and answer.planned:
        yield Seen("planned")


@item_check("both-ticked-recurring")
def both_ticked_recurring(item: Item, answer: Answer, when: When) -> Iterator[Seen]:
    """A recurring or continuing item both done and planned; done counts. Noted, not wrong."""
    if not item.one_off and answer.done and answer.planned:
        yield Seen("planned")


@item_check("ledger-not-done")
def ledger_not_done(item: Item, answer: Answer, when: When) -> Iterator[Seen]:
    """A ledger of something not done. Bad: √ under 台帐 alone. Good: √ under 已落实 too."""
    # A month without a tick already asks the same question.
    if answer.ledger and answer.done is False and not answer.done_month:
        yield Seen("ledger")


@item_check("ledger-item-no-ledger")
def ledger_item_no_ledger(item: Item, answer: Answer, when: When) -> Iterator[Seen]:
    """An item that is itself a ledger or record, done without one. Bad: item 99 √ without 台帐. Good: with it."""
    if item.is_ledger and answer.done and answer.ledger is False:
        yield Seen("ledger")


@item_check("one-period-only")
def one_period_only(item: Item, answer: Answer, when: When) -> Iterator[Seen]:
    """A monthly or quarterly item with one month, after which whole periods have passed.

    Bad: a quarterly item √ 2月, filled in October. Good: √ 9月.
    """
    months = {"monthly": 1, "quarterly": 3}.get(item.recurrence)
    if not months or not answer.done or answer.planned or len(answer.done_month or ()) != 1:
        return
    filled = when.filled_on.month + 12 * (when.filled_on.year - when.period.year)
    missed = (filled - 1) // months - ((answer.done_month or (0,))[0] - 1) // months - 1
    if missed > 0:
        yield Seen("done_month", (("missed", missed), ("recurrence", item.recurrence)))


_NOT_APPLICABLE = re.compile(r"不适用|无此项|没有此项|不涉及")


@item_check("remark-contradicts")
def remark_contradicts(item: Item, answer: Answer, when: When) -> Iterator[Seen]:
    """Ticked as done, while the remark says partly, not at all, or that there is no ledger.

    Bad: √ and 部分完成. Good: √ and 已全部完成.
    """
    if answer.done and answer.remark and takes_back(answer.remark, answer, once=item.one_off):
        yield Seen("remark")


@item_check("remark-answers")
def remark_answers(item: Item, answer: Answer, when: When) -> Iterator[Seen]:
    """Not ticked as done, while the remark says that it is. Bad: 已于9月落实 or 有台帐 alone. Good: √ and 9月."""
    # A month or a ledger without a tick asks the same.
    silent = answer.done is False and not answer.done_month and not answer.ledger
    if not silent or not answer.remark:
        return
    planned = (answer.planned_month or ()) if answer.planned else None
    if stands_for_tick(answer.remark) if says_nothing(answer) else says_done(answer.remark, planned):
        yield Seen("remark")


@item_check("remark-plans")
def remark_plans(item: Item, answer: Answer, when: When) -> Iterator[Seen]:
    """Nothing ticked, while the remark tells a plan. Bad: 拟12月完成 and no tick. Good: √ and 12月 as planned."""
    if says_nothing(answer) and answer.remark and says_planned(answer.remark):
        yield Seen("remark")


@item_check("remark-not-applicable")
def remark_not_applicable(item: Item, answer: Answer, when: When) -> Iterator[Seen]:
    """Not done, and the remark says it does not apply. Bad: 不适用 with nothing ticked. Good: a ruling of the city."""
    if answer.done is False and answer.remark and _NOT_APPLICABLE.search(answer.remark):
        yield Seen("remark")


@item_check("plan-no-month")
def plan_no_month(item: Item, answer: Answer, when: When) -> Iterator[Seen]:
    """Planned without a month where the form asks for one. Bad: √ alone. Good: √ and 12月."""
    if item.planned_month and answer.planned and not answer.done and answer.planned_month == ():
        yield Seen("planned_month")


@item_check("plan-month-no-tick")
def plan_month_no_tick(item: Item, answer: Answer, when: When) -> Iterator[Seen]:
    """A planned month without a tick. Bad: 12月 alone. Good: √ and 12月."""
    if item.planned_month and answer.planned is False and answer.planned_month and answer.done is False:
        yield Seen("planned_month")


@item_check("plan-before-round")
def plan_before_round(item: Item, answer: Answer, when: When) -> Iterator[Seen]:
    """Planned for a month before the round began. Bad: a plan for 2月 in the third quarter. Good: 12月."""
    month = _last_planned(answer)
    if month and month < when.period.first_month:
        yield Seen("planned_month")


@item_check("plan-overdue")
def plan_overdue(item: Item, answer: Answer, when: When) -> Iterator[Seen]:
    """Planned for a month that has passed by the as-of date, and not done. Bad: a plan for 8月 judged in October."""
    month = _last_planned(answer)
    if month and month >= when.period.first_month and when.has_passed(month):
        yield Seen("planned_month", (("as_of", when.as_of.isoformat()),))


def _last_planned(answer: Answer) -> int | None:
    months: Months = answer.planned_month or ()
    return max(months) if answer.planned and answer.done is False and months else None
