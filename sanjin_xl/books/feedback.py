"""A county's feedback: its rank and score, its categories against mean and best, where points went, what to do.

It holds figures of no other county by name: only the mean and the best of those that reported.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sanjin_xl.books.seal import Lock
from sanjin_xl.books.styles import CATEGORY_FILL, HEADING_FONT
from sanjin_xl.books.summary import sentences
from sanjin_xl.books.summary.book import ResultsBook
from sanjin_xl.books.table import Column, Table, headed
from sanjin_xl.messages import feedback as words
from sanjin_xl.messages import summary as common
from sanjin_xl.model.points import decimal, mean, points
from sanjin_xl.outcome.lost_points import Loss, Step, losses, steps
from sanjin_xl.outcome.results import Results, UnitResult

_WIDTHS = (6, 8, 40, 8, 8, 9, 10, 10, 10)
_HEADING_HEIGHT, _STANDING_HEIGHT = 22, 44
_STRONG = {"font_name": HEADING_FONT, "font_size": 14}
_LEAST_SCALE = 0.75
"""A sheet too long for a page is shrunk to this share before it takes a second one."""

_FIRST_NAMED = 5
"""So many items of a step are named, the most rewarding ones."""


def file_name(results: Results, one: UnitResult) -> str:
    """The name a feedback workbook is sent under."""
    return words.FILE_NAME.format(unit=one.unit.name, period=results.rules.period.label)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What a unit is measured against: how many were asked and reported, which ranks several hold, whether the order
    is final, and by the ordinal of a category the mean and the best.

    In hundredths, before any rescaling and deduction; under None stand those of the totals.
    """

    asked: int
    count: int
    shared_ranks: frozenset[int]
    final: bool
    means: Mapping[str | None, int]
    bests: Mapping[str | None, int]


def field_of(results: Results) -> Field:
    """The field of all units that reported; there must be one."""
    present = [each.by_category for each in results.units if each.outcome]
    columns: dict[str | None, list[int]] = {
        c.ordinal: [scores[c.ordinal] for scores in present] for c in results.rules.form.categories
    }
    columns[None] = [sum(scores.values()) for scores in present]
    return Field(
        asked=len(results.units),
        count=len(present),
        shared_ranks=results.shared_ranks,
        final=results.final,
        means={name: mean(scores) for name, scores in columns.items()},
        bests={name: max(scores) for name, scores in columns.items()},
    )


def own_part(results: Results, one: UnitResult) -> str:
    """What the feedback of a counted unit says of the unit itself, as text to be compared; all others aside."""
    tied = results.rank(one) in results.shared_ranks
    standing = (results.score(one), results.rank(one), tied, one.low, one.high, one.days_late, one.deduction)
    return repr((standing, sorted(one.by_category.items()), losses(results, one)))


def feedback_bytes(results: Results, one: UnitResult, lock: Lock, field: Field | None = None) -> bytes:
    """The feedback of a counted unit as bytes; equal results give equal bytes.

    `field` spares working it out again for every unit; with it, `results` need not have its units.
    """
    title = words.TITLE.format(unit=one.unit.name)
    book = ResultsBook(results, lock, title, results.rules.roster.region)
    _FeedbackSheet(book, one, field or field_of(results)).write()
    return book.finished()


class _Line(NamedTuple):
    """The points of a category in hundredths: in full, the unit's own, the mean and the best of all."""

    name: str
    full: int
    own: int
    mean: int
    best: int


_LINE_COLUMNS = headed(
    words.CATEGORY_HEADINGS,
    [
        Column[_Line](value=lambda one: one.name, span=3),
        Column(value=lambda one: points(one.full), kind="points"),
        Column(value=lambda one: points(one.own), kind="points"),
        Column(value=lambda one: points(one.mean), kind="points"),
        Column(value=lambda one: points(one.best), kind="points"),
        Column(value=lambda one: points(one.own - one.mean), kind="change"),
        Column(value=lambda one: points(one.own - one.best), kind="change"),
    ],
)


class _FeedbackSheet:
    """The one sheet being written, top to bottom."""

    def __init__(self, book: ResultsBook, one: UnitResult, field: Field) -> None:
        self.book, self.results, self.one, self.field = book, book.results, one, field
        self.form = book.results.rules.form
        self.losses = losses(book.results, one)
        title = words.TITLE.format(unit=one.unit.name)
        self.sheet = book.sheet(words.SHEET, _WIDTHS, title, title_size=20)

    def write(self) -> None:
        sheet = self.sheet
        sheet.line(self.book.stem, self.book.styles.get(font_size=11, align="center"), 11)
        sheet.subtitle(self.book.info, common.UNIT_OF_POINTS)
        self._standing()
        self._categories()
        self._steps()
        header = self._losses()
        sheet.print_setup((header, header), tall=int(sheet.fits_upright(_LEAST_SCALE)), upright=True)
        sheet.worksheet.protect()

    # --- rank and score -------------------------------------------------------------------------------------------

    def _standing(self) -> None:
        rank = words.RANK_TIED if self.results.rank(self.one) in self.field.shared_ranks else words.RANK_OF
        low, high = decimal(self.one.low or 0), decimal(self.one.high or 0)
        span = low if low == high else words.RANGE_SPAN.format(low=low, high=high)
        ranked = rank.format(rank=self.results.rank(self.one), count=self.field.count)
        columns: list[Column[UnitResult]] = [
            Column(words.RANK, lambda _: ranked, "centre", span=3, look=_STRONG),
            Column(words.SCORE, lambda one: points(self.results.score(one)), "points", span=2, look=_STRONG),
            Column(words.RANGE, lambda _: span, "centre", span=2),
            Column(words.RETURNED, lambda _: self._returned(), "centre", span=2),
        ]
        table = Table(self.sheet, columns)
        table.headings(_HEADING_HEIGHT)
        table.write(self.one, _STANDING_HEIGHT)
        for note in self._notes():
            self.sheet.note(note)

    def _returned(self) -> str:
        one = self.one
        reported_on = one.outcome.reported_on if one.outcome else None
        if reported_on is None:
            return words.NO_DATE
        day, days = common.DAY.format(day=reported_on), one.days_late or 0
        if not days:
            return words.IN_TIME.format(day=day)
        cost = one.deduction or 0
        return (words.DAYS_LATE_COST if cost else words.DAYS_LATE).format(day=day, days=days, points=decimal(cost))

    def _notes(self) -> list[str]:
        conclusion = sentences.conclusion(self.results, self.one, self.field.final, named=True)
        policy = sentences.policy_sentence(self.results.rules.policy)
        notes = [words.SETTLED.format(conclusion=conclusion, policy=policy)]
        if missing := self.field.asked - self.field.count:
            notes[0] += words.MISSING_UNITS.format(count=missing)
        return [*notes, *self._since()]

    def _since(self) -> list[str]:
        since, former = self.one.since, self.results.former
        if since is None or former is None or since.rank is None or since.score is None:
            return []
        text = words.SINCE.format(
            period=former.period.label, rank=since.rank, score=decimal(since.score), newly=len(since.newly_done or ())
        )
        if since.promises:
            text += words.SINCE_PROMISES.format(promised=len(since.promises), kept=since.kept)
        if since.broken:
            numbers = common.LIST_JOIN.join(str(each.item) for each in since.broken)
            text += words.SINCE_BROKEN.format(numbers=numbers)
        return [text]

    # --- categories -----------------------------------------------------------------------------------------------

    def _categories(self) -> None:
        self.sheet.heading_line(words.CATEGORIES_BLOCK)
        table = Table(self.sheet, _LINE_COLUMNS)
        table.headings(_HEADING_HEIGHT)
        for category in self.form.categories:
            name = words.CATEGORY.format(ordinal=category.ordinal, name=category.name)
            table.write(self._line(name, category.points, self.one.by_category[category.ordinal], category.ordinal))
        own = sum(self.one.by_category.values())
        total = Table(self.sheet, _LINE_COLUMNS, look={"bg_color": CATEGORY_FILL, "font_name": HEADING_FONT})
        total.write(self._line(words.TOTAL, self.form.points, own, None))
        note = words.CATEGORIES_NOTE.format(count=self.field.count)
        self.sheet.note(note + (words.UNADJUSTED if own != self.results.score(self.one) else ""))

    def _line(self, name: str, full: int, own: int, ordinal: str | None) -> _Line:
        return _Line(name, full, own, self.field.means[ordinal], self.field.bests[ordinal])

    # --- what to do, and where the points went ----------------------------------------------------------------------

    def _steps(self) -> None:
        sheet = self.sheet
        sheet.heading_line(words.STEPS_BLOCK)
        lines = [_step_text(step) for step in steps(self.losses)] or [words.NOTHING_TO_GAIN]
        if self.one.deduction:
            lines.append(words.IN_TIME_NEXT.format(days=self.one.days_late, points=decimal(self.one.deduction)))
        for number, line in enumerate(lines, start=1):
            sheet.note(f"{number}. {line}" if len(lines) > 1 else line)

    def _losses(self) -> int:
        """The items on which points were lost; gives the row of the headings."""
        sheet = self.sheet
        sheet.heading_line(words.LOSSES_BLOCK)
        cost = decimal(sum(loss.cost for loss in self.losses))
        sheet.note(words.LOSSES_SUM.format(count=len(self.losses), cost=cost) if self.losses else words.ALL_FULL)
        header = sheet.row
        columns: list[Column[Loss]] = [
            Column(value=lambda one: one.item.number, kind="count"),
            Column(value=self._ordinal, kind="centre"),
            Column(value=lambda one: one.item.text),
            Column(value=lambda one: points(one.item.points), kind="points"),
            Column(value=lambda one: points(one.cost), kind="points"),
            Column(value=lambda one: points(one.gain), kind="points"),
            Column(value=self._reason, span=3),
        ]
        table = Table(sheet, headed(words.LOSS_HEADINGS, columns), in_lines=True)
        table.headings(_HEADING_HEIGHT)
        for loss in self.losses:
            table.write(loss)
        return header

    def _ordinal(self, loss: Loss) -> str:
        return common.ORDINAL.format(ordinal=self.form.category_of(loss.item.number).ordinal)

    def _reason(self, loss: Loss) -> str:
        return sentences.why_lost(self.one, loss)


def _step_text(step: Step) -> str:
    """What to do, how much it would add, and which items first."""
    text = words.STEPS[step.cause].format(count=len(step.losses), gain=decimal(step.gain), reasons=words.REASON)
    named = step.losses[:_FIRST_NAMED]
    items = [words.FIRST_ITEM.format(number=loss.item.number, gain=decimal(loss.gain)) for loss in named]
    return text + words.FIRST.format(items=common.LIST_JOIN.join(items))
