"""Whether a return makes sense: a registry of small pure generators over items and whole submissions."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache

from sanjin_xl.judge.scoring import item_points
from sanjin_xl.model.findings import Finding, finding
from sanjin_xl.model.form import Form, Item
from sanjin_xl.model.period import Period
from sanjin_xl.model.points import decimal
from sanjin_xl.model.policy import Policy
from sanjin_xl.model.rules import Rules
from sanjin_xl.model.submission import Answer, Months, Submission, typed_in
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
ReturnCheck = Callable[["Given"], Iterator[Finding]]
_Known = dict[Answer, tuple[tuple[str, Seen], ...]]  # what the item checks see in answers to items of one kind
ITEM_CHECKS: dict[str, ItemCheck] = {}
RETURN_CHECKS: dict[str, ReturnCheck] = {}


def item_check(code: str) -> Callable[[ItemCheck], ItemCheck]:
    """Register a check that looks at one answer by itself."""

    def register(check: ItemCheck) -> ItemCheck:
        ITEM_CHECKS[code] = check
        return check

    return register


def return_check(code: str) -> Callable[[ReturnCheck], ReturnCheck]:
    """Register a check that looks at a whole submission."""

    def register(check: ReturnCheck) -> ReturnCheck:
        RETURN_CHECKS[code] = check
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
        found: list[Finding] = []
        for number, answer in submission.answers.items():
            seen = known[number].get(answer)
            if seen is None:
                seen = _seen(self._kinds[number], answer, when)
                # Remarks are each clerk's own: remembering them would only fill memory.
                if not answer.remark and not answer.extra:
                    known[number][answer] = seen
            if seen:
                found += (_located(code, number, one, submission) for code, one in seen)
        return found

    def _known(self, when: When) -> dict[int, _Known]:
        """What is known by the number of an item, the same for all of its kind."""
        if when not in self._memory:
            known: defaultdict[Item, _Known] = defaultdict(dict)
            self._memory[when] = {number: known[kind] for number, kind in self._kinds.items()}
        return self._memory[when]


def check_return(rules: Rules, submission: Submission) -> list[Finding]:
    """What the checks over the whole submission find."""
    given = Given(rules, submission)
    return [found for check in RETURN_CHECKS.values() for found in check(given)]


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


def _at(one: Finding, field: str, submission: Submission) -> Finding:
    """The finding with the place of an answer of its item."""
    number = one.item or 0
    return replace(one, field=field, cell=submission.cell(number, field), sheet=submission.sheets.get(number))


def _says_nothing(answer: Answer) -> bool:
    return (
        answer.done is False
        and answer.planned is False
        and answer.ledger is False
        and answer.done_month == ()
        and answer.planned_month == ()
    )


@item_check("not-answered")
def not_answered(item: Item, answer: Answer, when: When) -> Iterator[Seen]:
    """Neither done nor planned. Bad: a blank row. Good: √ under 已落实 or under 拟落实."""
    if _says_nothing(answer) and not _NOT_APPLICABLE.search(answer.remark):
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
        yield Seen("done_month", (("filled", when.filled_on.isoformat()),))


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
    if stands_for_tick(answer.remark) if _says_nothing(answer) else says_done(answer.remark):
        yield Seen("remark")


@item_check("remark-plans")
def remark_plans(item: Item, answer: Answer, when: When) -> Iterator[Seen]:
    """Nothing ticked, while the remark tells a plan. Bad: 拟12月完成 and no tick. Good: √ and 12月 as planned."""
    if _says_nothing(answer) and answer.remark and says_planned(answer.remark):
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


# --- whole returns --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Given:
    """What the checks over a whole return look at."""

    rules: Rules
    submission: Submission

    @cached_property
    def differing(self) -> list[tuple[int, int, int]]:
        """The items whose figure is another than their answer gives: number, figure, what the answer gives.

        The formulas keep the policy they were issued under, while the city may change its mind in round.toml.
        """
        rules = self.rules
        policy = rules.policies.get(self.submission.policy, rules.policy)
        worth, ticks = _sheet_worth(rules.form, policy), _SCORED_WITH_PLANS if policy.planned else _SCORED
        own_scores, answers = self.submission.own_scores, self.submission.answers
        return [
            (number, own, expected)
            for number, own in own_scores.items()
            if own is not None and (expected := worth[number].get(ticks(answers[number]), own)) != own
        ]

    @cached_property
    def blank_but_scored(self) -> list[int]:
        """The items with a figure above 0 beside a row without answers."""
        answers = self.submission.answers
        return [n for n, own in self.submission.own_scores.items() if own and _says_nothing(answers[n])]

    @property
    def never_calculated(self) -> bool:
        # Answers that moved away from their figures, or were lost, would leave figures above 0 behind.
        return not any(self.submission.own_scores.values()) and not self.submission.own_total


_SCORED = typed_in("done", "ledger")
_SCORED_WITH_PLANS = typed_in("done", "ledger", "planned")


@lru_cache(maxsize=16)
def _sheet_worth(form: Form, policy: Policy) -> dict[int, dict[tuple[object, ...], int]]:
    """What the sheet's formula makes of the ticks it looks at, as typed; ticks that it does not know are missing."""
    ticks = {"√": True, "": False, None: False}
    plans = {(typed,): is_planned for typed, is_planned in ticks.items()} if policy.planned else {(): False}
    answers = {
        (done, ledger, *plan): Answer(done=is_done, planned=is_planned, ledger=has_ledger)
        for done, is_done in ticks.items()
        for ledger, has_ledger in ticks.items()
        for plan, is_planned in plans.items()
    }
    return {
        item.number: {typed: item_points(item, answer, False, policy).low for typed, answer in answers.items()}
        for item in form.items
    }


@return_check("neighbour-not-done")
def neighbour_not_done(given: Given) -> Iterator[Finding]:
    """Done, while the item it depends on is not. Bad: 25 done, 24 blank. Good: both done."""
    answers = given.submission.answers
    for item in given.rules.form.items:
        if item.depends_on is None or item.number not in answers or item.depends_on not in answers:
            continue
        if answers[item.number].done and answers[item.depends_on].done is False:
            found = finding("neighbour-not-done", item.number, neighbour=item.depends_on)
            yield _at(found, "done", given.submission)


_ALIKE_SHARE = 90  # percent of all items


@return_check("filled-down")
def filled_down(given: Given) -> Iterator[Finding]:
    """Nine of ten items done alike, in one month, without a single remark. Bad: √ 9月 √ a hundred times over."""
    answers = list(given.submission.answers.values())
    if not answers or any(answer.remark.strip() for answer in answers):
        return
    answer, count = Counter(answers).most_common(1)[0]
    if answer.done and count * 100 >= _ALIKE_SHARE * len(given.rules.form.items):
        yield finding("filled-down", found=" ".join(str(cell) for cell in answer.raw if cell), count=count)


@return_check("nobody-signed")
def nobody_signed(given: Given) -> Iterator[Finding]:
    """Answers without a day of filling and without a single name or telephone number. Bad: a prefilled form sent back
    as it came. Good: 填报日期 or one of 填表人, 审核人, 负责人, 联系电话 filled in.
    """
    # A form issued with --prefill brings the answers along; that somebody has looked at them it does not.
    submission = given.submission
    if submission.filled_on is None and not any(map(str.strip, submission.signers)):
        count = sum(not answer.empty for answer in submission.answers.values())
        if count:
            yield finding("nobody-signed", count=count)


@return_check("score-differs")
def score_differs(given: Given) -> Iterator[Finding]:
    """The sheet's formula made another figure of an item than its answer gives. Bad: answers moved down by a row."""
    for number, own, expected in () if given.never_calculated else given.differing:
        if number not in given.blank_but_scored:
            found = finding("score-differs", number, found=decimal(own), expected=decimal(expected))
            yield _at(found, "done", given.submission)


@return_check("not-recalculated")
def not_recalculated(given: Given) -> Iterator[Finding]:
    """Every figure of the sheet is still the 0 it was issued with. Bad: √ put in by a program that cannot calculate."""
    if given.differing and given.never_calculated:
        yield finding("not-recalculated", count=len(given.differing))


@return_check("total-differs")
def total_differs(given: Given) -> Iterator[Finding]:
    """The sheet's own total is not the sum of its items. Bad: 100 typed over a total of 80."""
    total, items = given.submission.own_total, given.submission.own_sum
    # Of a sheet that lacks some of the items there is no telling which ones a total is of.
    if total is None or items is None or len(given.submission.own_scores) < len(given.rules.form.items):
        return
    if total != items:
        yield finding("total-differs", found=decimal(total), expected=decimal(items))


@return_check("blank-but-scored")
def blank_but_scored(given: Given) -> Iterator[Finding]:
    """The sheet scored items whose answers cannot be read. Bad: 1.00 beside a blank row: a conversion lost the tick."""
    if given.blank_but_scored:
        yield finding("blank-but-scored", items=tuple(given.blank_but_scored))
