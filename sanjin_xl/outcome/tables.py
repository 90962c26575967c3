"""Results as tables, row by row, for the city workbook and its lists; points are integers in hundredths.

What has a row per unit and item comes as an iterator, for a nation has hundreds of thousands of them.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from sanjin_xl.judge.pipeline import Outcome
from sanjin_xl.model.catalogue import Severity
from sanjin_xl.model.cellref import on_sheet
from sanjin_xl.model.findings import Finding
from sanjin_xl.model.form import Form, Item
from sanjin_xl.model.points import share_of
from sanjin_xl.model.submission import BLANK, Answer, Months
from sanjin_xl.outcome.ranks import rank
from sanjin_xl.outcome.results import Results, UnitResult
from sanjin_xl.review.rulings import Effect, Ruling

GRANTED, REFUSED = "granted", "refused"


class State(StrEnum):
    """What was answered to an item; whether the answer is in question is another matter (`pending`)."""

    DONE_WITH_LEDGER = "done-ledger"
    DONE = "done"
    PLANNED = "planned"
    BLANK = "blank"
    UNCLEAR = "unclear"
    ABSENT = "absent"
    MISSING = "missing"


class Timing(StrEnum):
    """How a plan stands at the as-of date, in the order in which a clerk follows them up."""

    OVERDUE = "overdue"
    BEFORE_ROUND = "before-round"
    DUE = "due"
    LATER = "later"
    UNDATED = "undated"
    BLANK = "blank"


TIDY_COLUMNS = (
    *("unit", "code", "category", "item", "text", "full", "state"),
    *("done", "done_month", "planned", "planned_month", "ledger", "pending", "remark"),
    *("auto", "ruling", "reason", "who", "points", "low", "high", "cell"),
)
RULING_COLUMNS = ("auto", "ruling", "reason", "who")
NOT_APPLICABLE = "not-applicable"


def tidy_columns(results: Results) -> tuple[str, ...]:
    """The names of the columns of `tidy_rows`: `TIDY_COLUMNS` with the form's own among them, points per policy."""
    end = TIDY_COLUMNS.index("remark") + 1
    extras = map(extra_key, results.rules.form.extras)
    return (*TIDY_COLUMNS[:end], *extras, *TIDY_COLUMNS[end:], *(f"points_{id_}" for id_ in results.rules.policies))


def extra_key(name: str) -> str:
    """What a column that the form declares is called in a table."""
    return f"extra.{name}"


def tidy_rows(results: Results) -> Iterator[tuple[object, ...]]:
    """One row per unit × item, units in the order of the roster, items by number; a missing unit has rows too.

    Columns: `tidy_columns`. unit and code; category is the ordinal; full the item's points;
    state a State; done, planned, ledger True, False or None for unclear; months tuples as in Answer; pending whether a
    finding of the item waits for a ruling; auto what the answer itself is worth; ruling the points the city has fixed,
    or NOT_APPLICABLE, None without a ruling, with reason and who; points, low, high under the round's policy; cell the
    address of the 已落实 cell in the return. Where nothing came, all after state is None.
    """
    return (row for unit in results.units for row in _tidy_rows(results, unit))


def _tidy_rows(results: Results, one: UnitResult) -> Iterator[tuple[object, ...]]:
    own, items = (one.unit.name, one.unit.code), _items(results.rules.form)
    submission = one.outcome.submission if one.outcome else None
    if submission is None:
        blank = [None] * (len(tidy_columns(results)) - TIDY_COLUMNS.index("done"))
        yield from ((*own, *item, State.MISSING, *blank) for item in items)
        return
    pending, rulings, extras = pending_items(one), one.rulings, results.rules.form.extras
    # Made once for a unit: only the card under the round's own policy is kept.
    cards = [one.cards[id_].items.values() for id_ in (results.policy, *results.rules.policies)]
    autos = one.auto_cards[results.policy].items.values()
    for item, auto, points, *others in zip(items, autos, *cards, strict=True):
        number = item[1]
        found = submission.answers.get(number)
        answer = found or BLANK
        yield (
            *own, *item, _state(answer) if found else State.ABSENT,
            answer.done, answer.done_month, answer.planned, answer.planned_month, answer.ledger,
            number in pending, answer.remark, *map(answer.value, extras), auto.now,
            *_ruling(rulings.get(number)), points.now, points.low, points.high, cell_of(one, number),
            *[other.now for other in others],
        )  # fmt: skip


@lru_cache(maxsize=2)
def _items(form: Form) -> list[tuple[str, int, str, int]]:
    """The items of a form with the ordinal of their category."""
    return [(c.ordinal, item.number, item.text, item.points) for c in form.categories for item in c.items]


def _ruling(ruling: Ruling | None) -> tuple[object, object, object]:
    if ruling is None:
        return None, None, None
    return NOT_APPLICABLE if ruling.not_applicable else ruling.points, ruling.reason, ruling.who


def pending_items(one: UnitResult) -> set[int]:
    """The numbers of the items of a unit that wait for a ruling."""
    return {found.item for found in one.findings(Severity.REVIEW) if found.item is not None}


def state_of(one: UnitResult, number: int) -> State:
    """What a unit answered to an item; PLANNED and BLANK count as `Counts` does, but for items not in the sheet."""
    if one.outcome is None or one.outcome.submission is None:
        return State.MISSING
    if number not in one.outcome.submission.answers:
        return State.ABSENT
    return _state(one.answer(number))


def _state(answer: Answer) -> State:
    if answer.done:
        return State.DONE_WITH_LEDGER if answer.ledger else State.DONE
    if answer.planned:
        return State.PLANNED
    return State.BLANK if answer.done is False and answer.planned is False else State.UNCLEAR


def cell_of(one: UnitResult, number: int, name: str = "done") -> str | None:
    """The address of an answer in the return it was read from, None for an item that was not found."""
    submission = one.outcome.submission if one.outcome else None
    if submission is None:
        return None
    return on_sheet(submission.sheets.get(number), submission.cell(number, name))


def category_rows(results: Results) -> Iterator[tuple[str, list[int]]]:
    """Per ranked unit, in the order of the ranking: its name, and its points in each category of the form."""
    ordinals = [category.ordinal for category in results.rules.form.categories]
    ranked = (one for one in results.ranking() if one.outcome)
    return ((one.unit.name, [one.by_category[ordinal] for ordinal in ordinals]) for one in ranked)


def done_by_category(results: Results, one: UnitResult) -> list[int]:
    """How many items of each category a unit has done, in the order of the form; empty where nothing came."""
    if one.outcome is None or one.outcome.submission is None:
        return []
    answer = one.outcome.submission.answers.get
    return [sum(answer(item.number, BLANK).done is True for item in c.items) for c in results.rules.form.categories]


def item_count_rows(results: Results) -> dict[int, tuple[int, ...]]:
    """How many units answered how, by item number: done, with ledger, planned only, blank, pending, returned."""
    present = [one.outcome.submission.answers.get for one in results.units if one.outcome and one.outcome.submission]
    pending = Counter(number for one in results.units if one.outcome for number in pending_items(one))
    rows: dict[int, tuple[int, ...]] = {}
    for item in results.rules.form.items:
        answers = [answer(item.number, BLANK) for answer in present]
        rows[item.number] = (
            sum(a.done is True for a in answers),
            sum(a.done is True and a.ledger is True for a in answers),
            sum(a.planned is True and a.done is not True for a in answers),
            sum(a.done is False and a.planned is False for a in answers),
            pending[item.number],
            len(present),
        )
    return rows


class Plan(NamedTuple):
    """Something not done: a planned item or a blank one.

    `month` is the last planned one, None without; `cell` that of the planned month, or of 已落实 for a blank item;
    `path` the return's.
    """

    timing: Timing
    month: int | None
    unit: str
    category: str
    item: int
    text: str
    full: int
    planned_month: Months | None
    remark: str
    cell: str | None
    path: str | None

    @property
    def urgency(self) -> tuple[int, int]:
        """Sort key: overdue first, then by month."""
        return _URGENCY[self.timing], self.month or 0


_URGENCY = {timing: n for n, timing in enumerate(Timing)}


def plans(results: Results) -> Iterator[Plan]:
    """What is not done, by unit and item; left out is what the city has ruled not applicable, or given full marks."""
    return (plan for one in results.units for plan in _plans(results, one))


def _plans(results: Results, one: UnitResult) -> Iterator[Plan]:
    coded = {(found.code, found.item) for found in one.findings()}
    rulings = one.rulings
    for category, item, answer in _answers(results, one):
        if answer.done or not (answer.planned or (answer.done is False and answer.planned is False)):
            continue
        if (ruling := rulings.get(item.number)) and ruling.settles(item.points):
            continue
        month = max(answer.planned_month or (0,)) or None if answer.planned else None
        timing = _timing(results, item, answer, month, coded)
        cell = cell_of(one, item.number, "planned_month" if answer.planned else "done")
        yield Plan(
            timing, month, one.unit.name, category, item.number, item.text, item.points,
            answer.planned_month if answer.planned else (), answer.remark, cell, _path(one),
        )  # fmt: skip


def _timing(
    results: Results, item: Item, answer: Answer, month: int | None, coded: set[tuple[str, int | None]]
) -> Timing:
    as_of = results.rules.as_of
    if not answer.planned:
        return Timing.BLANK
    if month is None:
        return Timing.UNDATED
    if ("plan-overdue", item.number) in coded:
        return Timing.OVERDUE
    if ("plan-before-round", item.number) in coded:
        return Timing.BEFORE_ROUND
    return Timing.DUE if (results.rules.period.year, month) == (as_of.year, as_of.month) else Timing.LATER


class MissingLedger(NamedTuple):
    """An item done without a ledger; `after`: its points with one and nothing in question; `cell` of the ledger."""

    unit: str
    category: str
    item: int
    text: str
    full: int
    points: int
    after: int
    gain: int
    pending: bool
    remark: str
    cell: str | None
    path: str | None


def missing_ledgers(results: Results) -> Iterator[MissingLedger]:
    """Items done without a ledger that no ruling has settled, by unit and item."""
    return (row for one in results.units for row in _missing_ledgers(results, one))


def _missing_ledgers(results: Results, one: UnitResult) -> Iterator[MissingLedger]:
    pending, rulings = pending_items(one), one.rulings
    for category, item, answer in _answers(results, one):
        if not answer.done or answer.ledger or item.number in rulings:
            continue
        now = one.cards[results.policy].items[item.number].now
        after = share_of(item.points, results.rules.policy.done_with_ledger)
        yield MissingLedger(
            one.unit.name, category, item.number, item.text, item.points, now, after, after - now,
            item.number in pending, answer.remark, cell_of(one, item.number, "ledger"), _path(one),
        )  # fmt: skip


class Question(NamedTuple):
    """Something to be corrected or ruled on; category, item and text are None for the return as a whole.

    `stake`: what the open questions of the item may still add, None for the return as a whole; `path` of the return
    and `code` of the unit are None for what is wrong with a ruling.
    """

    finding: Finding
    severity: Severity
    unit: str | None
    code: str | None
    category: str | None
    item: int | None
    text: str | None
    cell: str | None
    stake: int | None
    path: str | None


def questions(results: Results, *wanted: Severity) -> Iterator[Question]:
    """What must be corrected or ruled on, or was noted, of the severities that are wanted.

    By unit, corrections first, then by item; last what is wrong with rulings.
    """
    for one in results.units:
        yield from (_question(results, one, found) for found in one.findings(*wanted))
    yield from (_ruling_question(results, found) for found in _ruling_findings(results) if found.severity in wanted)


def _ruling_findings(results: Results) -> list[Finding]:
    """What is wrong with the table and its rulings; a stale one already stands among the findings of its unit."""
    single = (one.finding for one in results.rulings if one.finding and one.effect is not Effect.STALE)
    return [*results.table_findings, *single]


def _ruling_question(results: Results, found: Finding) -> Question:
    form = results.rules.form
    known = found.item is not None and 1 <= found.item <= len(form.items)
    item = form.item(found.item) if found.item and known else None
    unit = str(dict(found.facts).get("unit", "")) or None
    return Question(
        found, found.severity, unit, None, form.category_of(item.number).ordinal if item else None,
        item.number if item else None, item.text if item else None, found.place, None, None,
    )  # fmt: skip


def _question(results: Results, one: UnitResult, found: Finding) -> Question:
    form = results.rules.form
    item = form.item(found.item) if found.item else None
    points = one.cards[results.policy].items[item.number] if item else None
    return Question(
        found, found.severity, one.unit.name, one.unit.code, form.category_of(item.number).ordinal if item else None,
        item.number if item else None, item.text if item else None, found.place or found.sheet,
        points.high - points.low if points else None, _path(one),
    )  # fmt: skip


class File(NamedTuple):
    """A file of the round: its number and outcome, its unit's name, findings of each weight, when it was first seen."""

    number: int
    outcome: Outcome
    unit: str | None
    errors: int
    reviews: int
    notes: int
    first_seen: str | None


def files(results: Results, register: Mapping[str, str] | None = None) -> Iterator[File]:
    """Every file of the round, by path; `register` maps a SHA-256 to when it was first seen."""
    names = {unit.code: unit.name for unit in results.rules.roster.units}
    seen = register or {}
    for number, one in enumerate(results.files, start=1):
        first_seen = seen.get(one.sha256) if one.sha256 else None
        yield File(number, one, names.get(one.unit or ""), *_tally(one), first_seen)


def _tally(one: Outcome) -> tuple[int, int, int]:
    found = [finding.severity for finding in one.findings]
    return found.count(Severity.ERROR), found.count(Severity.REVIEW), found.count(Severity.NOTE)


def policy_rows(results: Results) -> Iterator[tuple[UnitResult, tuple[int, ...]]]:
    """Scores and ranks under every policy, and if every open question were granted or refused.

    A ranked unit in the order of the ranking, and its figures: per policy id, then granted, then refused, a score in
    hundredths and a rank; then the best and the worst rank over everything the questions may become.
    """
    ranked = [one for one in results.ranking() if one.outcome]
    dense = results.rules.dense_ranks
    bounds = {
        GRANTED: {one.unit.code: one.high or 0 for one in ranked},
        REFUSED: {one.unit.code: one.low or 0 for one in ranked},
    }
    ranks = {name: rank(scores, dense=dense) for name, scores in bounds.items()}
    ids = list(results.rules.policies)
    for one in ranked:
        code = one.unit.code
        pairs = [(one.scores[id_], one.ranks[id_]) for id_ in ids]
        pairs += [(bounds[name][code], ranks[name][code]) for name in bounds]
        yield one, (*(figure for pair in pairs for figure in pair), one.best_rank or 0, one.worst_rank or 0)


def _answers(results: Results, one: UnitResult) -> Iterator[tuple[str, Item, Answer]]:
    """The answers of a unit with the ordinal of each item's category; none for a unit that has sent nothing."""
    if one.outcome is None or one.outcome.submission is None:
        return
    answer = one.outcome.submission.answers.get
    for category in results.rules.form.categories:
        for item in category.items:
            yield category.ordinal, item, answer(item.number, BLANK)


def _path(one: UnitResult) -> str | None:
    return one.outcome.path if one.outcome else None
