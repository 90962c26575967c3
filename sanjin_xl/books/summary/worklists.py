"""未落实与拟落实, 待补台帐, 待核事项: lists in the order in which a clerk works them off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sanjin_xl import messages
from sanjin_xl.books.summary.figures import FIRST_TIDY_ROW, fits
from sanjin_xl.books.summary.listing import MOST_ENTRIES, Column, Link, Row, return_link, tidy_link, write_listing
from sanjin_xl.books.summary.paper import Job, points
from sanjin_xl.findings import Severity
from sanjin_xl.messages import summary as words
from sanjin_xl.tables import Timing, missing_ledgers, plans, questions, rows_of

if TYPE_CHECKING:
    from pandas import DataFrame

_UNIT, _ORDINAL = Column(words.AREA, most=16), Column(words.ORDINAL_HEADING, "centre")
_NUMBER, _TEXT = Column(words.NUMBER, "count"), Column(words.TEXT, most=44)
_FULL, _CELL, _SOURCE = Column(words.FULL, "points"), Column(words.CELL, "centre"), Column(words.SOURCE, "centre")
_REMARK = Column(words.FILLED_REMARK, most=28)


def add_plans(job: Job) -> None:
    """Add 未落实与拟落实: what is not done, overdue plans first, then by month."""
    table = plans(job.results)
    tally = table["timing"].value_counts()
    count = [words.TIMINGS_SUM.format(timing=words.TIMINGS[t], count=tally[t]) for t in Timing if t in tally]
    notes = [words.PLANS_NOTE + words.ENTRIES.format(count=len(table)) + words.REMARK_JOIN.join(count)]
    if len(table) > MOST_ENTRIES:
        _add_rolled_up(job, words.PLANS, table, notes, points_column="full", by_timing=True)
        return
    columns = [
        Column(words.TIMING, "centre"), Column(words.MONTH, "centre", most=14), _UNIT, _ORDINAL, _NUMBER, _TEXT, _FULL,
        _REMARK, _CELL, _SOURCE,
    ]  # fmt: skip
    lead = _Leads(job)
    rows: list[Row] = [
        (
            words.TIMINGS[one.timing], messages.months(one.planned_month) or words.NONE, one.unit, one.category,
            lead.item(one.unit, one.item), one.text, points(one.full), one.remark, one.cell, return_link(one.path),
        )
        for one in rows_of(table)
    ]  # fmt: skip
    write_listing(job, words.PLANS, columns, rows, notes, freeze=5)


def add_ledgers(job: Job) -> None:
    """Add 待补台帐: what is done without a ledger, and what a ledger would add."""
    table = missing_ledgers(job.results)
    notes = [words.LEDGERS_NOTE + words.ENTRIES.format(count=len(table))]
    if len(table) > MOST_ENTRIES:
        _add_rolled_up(job, words.LEDGERS, table, notes, points_column="gain")
        return
    columns = [
        _UNIT, _ORDINAL, _NUMBER, _TEXT, _FULL, Column(words.POINTS_NOW, "points"),
        Column(words.POINTS_AFTER, "points"), Column(words.GAIN, "points"), Column(words.PENDING, "centre"),
        _REMARK, _CELL, _SOURCE,
    ]  # fmt: skip
    lead = _Leads(job)
    rows: list[Row] = [
        (
            one.unit, one.category, lead.item(one.unit, one.item), one.text, points(one.full), points(one.points),
            points(one.after), points(one.gain), words.PENDING if one.pending else "", one.remark, one.cell,
            return_link(one.path),
        )
        for one in rows_of(table)
    ]  # fmt: skip
    write_listing(job, words.LEDGERS, columns, rows, notes, freeze=3)


def add_questions(job: Job) -> None:
    """Add 待核事项: what a county must correct and what the city must rule on, unit by unit."""
    table = questions(job.results)
    notes = [words.QUESTIONS_NOTE + words.ENTRIES.format(count=len(table))]
    if len(table) > MOST_ENTRIES:
        _add_findings_rolled_up(job, table)
        return
    columns = [
        Column(words.SEVERITY, "centre"), _UNIT, _ORDINAL, _NUMBER, Column(words.TEXT, most=34), _CELL,
        Column(words.PROBLEM, most=40), Column(words.ADVICE, most=26), Column(words.STAKE, "points"),
        Column(words.RULE, "centre"), _SOURCE,
    ]  # fmt: skip
    lead = _Leads(job)
    rows: list[Row] = [
        (
            messages.SEVERITIES[one.severity], one.unit or "", one.category, lead.item(one.unit, one.item), one.text,
            one.cell, messages.seen(one.finding), messages.wording(one.finding.code).advice, points(one.stake),
            _ruling_link(one.severity, one.item), return_link(one.path),
        )
        for one in rows_of(table)
    ]  # fmt: skip
    write_listing(job, words.QUESTIONS, columns, rows, notes, freeze=4)


class _Leads:
    """Links from an item's number to its row in 明细."""

    def __init__(self, job: Job) -> None:
        self._items = len(job.results.terms.form.items)
        self._first = {one.unit.name: n * self._items for n, one in enumerate(job.results.units)}
        self._fits = fits(job.results)

    def item(self, unit: str, number: int | None) -> Link | int | None:
        if number is None or unit not in self._first or not self._fits:
            return number
        return tidy_link(number, FIRST_TIDY_ROW + self._first[unit] + number - 1)


def _ruling_link(severity: Severity, item: int | None) -> Link | None:
    """A link to the table the city rules in; what a county must correct is not ruled on there."""
    if severity is not Severity.REVIEW:
        return None
    sheet = words.RULING_SHEETS[item is None]
    return Link(words.RULINGS_TABLE, f"external:{words.RULINGS_PATH}#{sheet}!A1")


def _add_rolled_up(
    job: Job, name: str, table: DataFrame, notes: Sequence[str], points_column: str, by_timing: bool = False
) -> None:
    """The list by item: how many units, how many points; plans also by how they stand."""
    timings = list(Timing) if by_timing else []
    columns = [
        _ORDINAL, _NUMBER, Column(words.TEXT, most=70), _FULL, Column(words.UNITS_CONCERNED, "count"),
        *(Column(words.TIMINGS[timing], "count") for timing in timings), Column(words.POINTS_CONCERNED, "points"),
    ]  # fmt: skip
    rows: list[Row] = []
    for number, group in table.groupby("item"):
        item = job.results.terms.form.item(int(str(number)))
        tally: dict[Any, int] = group["timing"].value_counts().to_dict() if by_timing else {}
        rows.append((
            group["category"].iloc[0], item.number, item.text, points(item.points), len(group),
            *(tally.get(timing, 0) for timing in timings), points(int(group[points_column].sum())),
        ))  # fmt: skip
    text = words.ROLLED_UP.format(count=len(table), limit=MOST_ENTRIES, sheet=words.TIDY)
    write_listing(job, name, columns, rows, [text, *notes])


def _add_findings_rolled_up(job: Job, table: DataFrame) -> None:
    """The open questions by what they are: how many, in how many units, about how many points."""
    columns = [
        Column(words.SEVERITY, "centre"), Column(words.PROBLEM), Column(words.ADVICE, most=60),
        Column(words.ENTRIES_HEADING, "count"), Column(words.UNITS_CONCERNED, "count"),
    ]  # fmt: skip
    code: Callable[[Any], str] = lambda found: found.code  # noqa: E731
    rows: list[Row] = []
    for name, group in table.groupby(table["finding"].map(code)):
        wording = messages.wording(str(name))
        severity = messages.SEVERITIES[group["severity"].iloc[0]]
        rows.append((severity, wording.title, wording.advice, len(group), group["unit"].nunique()))
    rows.sort(key=lambda row: -int(str(row[3])))
    notes = [words.ROLLED_UP_FINDINGS.format(count=len(table), limit=MOST_ENTRIES)]
    write_listing(job, words.QUESTIONS, columns, rows, notes)
