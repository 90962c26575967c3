"""Whether a return makes sense as a whole: a registry of small pure generators over submissions."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from sanjin_xl.judge.checks import says_nothing
from sanjin_xl.judge.scoring import item_points
from sanjin_xl.model.findings import Finding, finding
from sanjin_xl.model.form import Form
from sanjin_xl.model.points import decimal
from sanjin_xl.model.policy import Policy
from sanjin_xl.model.rules import Rules
from sanjin_xl.model.submission import Answer, Submission, typed_in

ReturnCheck = Callable[["Given"], Iterator[Finding]]
RETURN_CHECKS: dict[str, ReturnCheck] = {}


def return_check(code: str) -> Callable[[ReturnCheck], ReturnCheck]:
    """Register a check that looks at a whole submission."""

    def register(check: ReturnCheck) -> ReturnCheck:
        RETURN_CHECKS[code] = check
        return check

    return register


def check_return(rules: Rules, submission: Submission) -> list[Finding]:
    """What the checks over the whole submission find."""
    given = Given(rules, submission)
    return [found for check in RETURN_CHECKS.values() for found in check(given)]


def _at(one: Finding, field: str, submission: Submission) -> Finding:
    """The finding with the place of an answer of its item."""
    number = one.item or 0
    return replace(one, field=field, cell=submission.cell(number, field), sheet=submission.sheets.get(number))


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
        return [n for n, own in self.submission.own_scores.items() if own and says_nothing(answers[n])]

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
