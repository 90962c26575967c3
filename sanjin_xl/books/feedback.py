"""A county's feedback: its rank and score, its categories against mean and best, where points went, what to do.

It holds figures of no other county by name: only the mean and the best of those that reported.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sanjin_xl import messages
from sanjin_xl.books.seal import Lock, SealedWorkbook
from sanjin_xl.books.styles import CATEGORY_FILL, HEADING_FONT, Styles, height_of
from sanjin_xl.books.summary import sentences
from sanjin_xl.books.summary.sheet_writer import Job, Paper, Value, mean, points
from sanjin_xl.messages import feedback as words
from sanjin_xl.messages import summary as common
from sanjin_xl.model.points import decimal
from sanjin_xl.outcome.lost_points import Cause, Loss, Step, losses, steps
from sanjin_xl.outcome.results import Results, UnitResult

_WIDTHS = (6, 8, 40, 8, 8, 9, 10, 10, 10)
Span = tuple[int, int]
_HEAD_SPANS: Sequence[Span] = ((0, 2), (3, 4), (5, 6), (7, 8))
_CATEGORY_SPANS: Sequence[Span] = ((0, 2), (3, 3), (4, 4), (5, 5), (6, 6), (7, 7), (8, 8))
_LOSS_SPANS: Sequence[Span] = ((0, 0), (1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 8))
_TEXT_WIDTH, _REASON_WIDTH = _WIDTHS[2], sum(_WIDTHS[6:])
_SIZE = 10.0
_LEAST_SCALE = 0.75
"""A sheet too long for a page is shrunk to this share before it takes a second one."""

_OVERDUE = ("plan-overdue", "plan-before-round")
_FIRST_NAMED = 5
"""So many items of a step are named, the most rewarding ones."""


def file_name(results: Results, one: UnitResult) -> str:
    """The name a feedback workbook is sent under."""
    return words.FILE_NAME.format(unit=one.unit.name, period=results.rules.period.label)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What a unit is measured against: how many were asked and reported, which ranks several hold, and by the ordinal
    of a category the mean and the best.

    In hundredths, before any rescaling and deduction; under None stand those of the totals.
    """

    asked: int
    count: int
    shared_ranks: frozenset[int]
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
        means={name: mean(scores) for name, scores in columns.items()},
        bests={name: max(scores) for name, scores in columns.items()},
    )


def feedback_bytes(results: Results, one: UnitResult, lock: Lock, field: Field | None = None) -> bytes:
    """The feedback of a counted unit as bytes; equal results give equal bytes.

    `field` spares working it out again for every unit; with it, `results` need not have its units.
    """
    target = io.BytesIO()
    book = SealedWorkbook(target, lock)
    rules = results.rules
    title = words.TITLE.format(unit=one.unit.name)
    book.set_properties({"title": title, "subject": rules.period.label, "company": rules.roster.region})
    _FeedbackSheet(Job(results, book, Styles(book), {}), one, field or field_of(results)).write()
    book.close()
    return target.getvalue()


class _FeedbackSheet:
    """The one sheet being written, top to bottom."""

    def __init__(self, job: Job, one: UnitResult, field: Field) -> None:
        self.job, self.results, self.one, self.field = job, job.results, one, field
        self.form = job.results.rules.form
        self.losses = losses(job.results, one)
        self.paper = Paper(job, words.SHEET, _WIDTHS)

    def write(self) -> None:
        paper = self.paper
        paper.title(words.TITLE.format(unit=self.one.unit.name), 20)
        paper.line(self.job.stem, self.job.styles.get(font_size=11, align="center"), 11)
        paper.subtitle(self.job.info(), common.UNIT_OF_POINTS)
        self._standing()
        self._categories()
        self._steps()
        header = self._losses()
        tall = int(paper.fits_upright(_LEAST_SCALE))
        paper.print_setup((header, header), tall=tall, upright=True)
        paper.sheet.protect()

    # --- rank and score -------------------------------------------------------------------------------------------

    def _standing(self) -> None:
        paper, one = self.paper, self.one
        self._row(_HEAD_SPANS, (words.RANK, words.SCORE, words.RANGE, words.RETURNED), 22, heading=True)
        rank = words.RANK_TIED if self.results.rank(one) in self.field.shared_ranks else words.RANK_OF
        strong = {"font_name": HEADING_FONT, "font_size": 14}
        self._put((0, 2), rank.format(rank=self.results.rank(one), count=self.field.count), "centre", **strong)
        self._put((3, 4), points(self.results.score(one)), "points", **strong)
        low, high = decimal(one.low or 0), decimal(one.high or 0)
        self._put((5, 6), low if low == high else words.RANGE_SPAN.format(low=low, high=high), "centre")
        self._put((7, 8), self._returned(), "centre")
        paper.heighten(paper.row, 44)
        paper.row += 1
        for note in self._notes():
            paper.note(note)

    def _returned(self) -> str:
        one = self.one
        filled_on = one.outcome.submission.filled_on if one.outcome and one.outcome.submission else None
        if filled_on is None:
            return words.NO_DATE
        day, days = common.DAY.format(day=filled_on), one.days_late or 0
        if not days:
            return words.IN_TIME.format(day=day)
        cost = one.deduction or 0
        return (words.DAYS_LATE_COST if cost else words.DAYS_LATE).format(day=day, days=days, points=decimal(cost))

    def _notes(self) -> list[str]:
        conclusion = sentences.conclusion(self.results, self.one)
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
        paper = self.paper
        paper.heading_line(words.CATEGORIES_BLOCK)
        self._row(_CATEGORY_SPANS, words.CATEGORY_HEADINGS, 22, heading=True)
        for category in self.form.categories:
            name = words.CATEGORY.format(ordinal=category.ordinal, name=category.name)
            self._category(name, category.points, self.one.by_category[category.ordinal], category.ordinal)
        own = sum(self.one.by_category.values())
        self._category(words.TOTAL, self.form.points, own, None, bg_color=CATEGORY_FILL, font_name=HEADING_FONT)
        note = words.CATEGORIES_NOTE.format(count=self.field.count)
        paper.note(note + (words.UNADJUSTED if own != self.results.score(self.one) else ""))

    def _category(self, name: str, full: int, own: int, ordinal: str | None, **look: object) -> None:
        average, best = self.field.means[ordinal], self.field.bests[ordinal]
        self._put(_CATEGORY_SPANS[0], name, "text", **look)
        for span, value in zip(_CATEGORY_SPANS[1:5], (full, own, average, best), strict=True):
            self._put(span, points(value), "points", **look)
        for span, value in zip(_CATEGORY_SPANS[5:], (own - average, own - best), strict=True):
            self._put(span, points(value), "points", num_format="+0.00;-0.00;0.00", **look)
        self.paper.heighten(self.paper.row, max(20, height_of(name, sum(_WIDTHS[:3]), _SIZE)))
        self.paper.row += 1

    # --- what to do, and where the points went ----------------------------------------------------------------------

    def _steps(self) -> None:
        paper = self.paper
        paper.heading_line(words.STEPS_BLOCK)
        lines = [_step_text(step) for step in steps(self.losses)] or [words.NOTHING_TO_GAIN]
        if self.one.deduction:
            lines.append(words.IN_TIME_NEXT.format(days=self.one.days_late, points=decimal(self.one.deduction)))
        for number, line in enumerate(lines, start=1):
            paper.note(f"{number}. {line}" if len(lines) > 1 else line)

    def _losses(self) -> int:
        """The items on which points were lost; gives the row of the headings."""
        paper = self.paper
        paper.heading_line(words.LOSSES_BLOCK)
        cost = decimal(sum(loss.cost for loss in self.losses))
        paper.note(words.LOSSES_SUM.format(count=len(self.losses), cost=cost) if self.losses else words.ALL_FULL)
        header = paper.row
        self._row(_LOSS_SPANS, words.LOSS_HEADINGS, 22, heading=True)
        for loss in self.losses:
            self._loss(loss)
        return header

    def _loss(self, loss: Loss) -> None:
        item, reason = loss.item, self._reason(loss)
        ordinal = common.ORDINAL.format(ordinal=self.form.category_of(item.number).ordinal)
        self._put(_LOSS_SPANS[0], item.number, "count")
        self._put(_LOSS_SPANS[1], ordinal, "centre")
        self._put(_LOSS_SPANS[2], item.text, "text")
        for span, value in zip(_LOSS_SPANS[3:6], (item.points, loss.cost, loss.gain), strict=True):
            self._put(span, points(value), "points")
        self._put(_LOSS_SPANS[6], reason, "text")
        height = max(height_of(item.text, _TEXT_WIDTH, _SIZE), height_of(reason, _REASON_WIDTH, _SIZE))
        self.paper.heighten(self.paper.row, min(409, max(20, height)))  # Excel: no row is higher than 409 points
        self.paper.row += 1

    def _reason(self, loss: Loss) -> str:
        months = messages.months(loss.answer.planned_month) or words.UNDATED
        ruling, found = loss.ruling, loss.finding
        overdue = any(each.code in _OVERDUE and each.item == loss.item.number for each in self.one.findings())
        text = words.CAUSES[loss.cause].format(
            months=months,
            overdue=words.OVERDUE if overdue else "",
            points=decimal(loss.item.points - loss.cost),
            reason=ruling.reason if ruling else "",
        )
        if found is None or loss.cause is not Cause.PENDING:
            return text
        advice = found.kind.advice
        return words.ASKED.format(cause=text, seen=messages.seen(found), advice=advice)

    # --- cells ------------------------------------------------------------------------------------------------------

    def _row(self, spans: Sequence[Span], texts: Sequence[str], height: float, *, heading: bool) -> None:
        for span, text in zip(spans, texts, strict=True):
            form = self.paper.heading_form() if heading else self.paper.form("centre")
            self.paper.merge(self.paper.row, *span, text, form)
        self.paper.heighten(self.paper.row, height)
        self.paper.row += 1

    def _put(self, span: Span, value: Value, kind: str, **look: Any) -> None:
        form, row = self.paper.form(kind, **look), self.paper.row
        if span[0] != span[1]:
            self.paper.merge(row, *span, "", form)
        self.paper.put(row, span[0], value, form)


def _step_text(step: Step) -> str:
    """What to do, how much it would add, and which items first."""
    text = words.STEPS[step.cause].format(count=len(step.losses), gain=decimal(step.gain), reasons=words.REASON)
    named = step.losses[:_FIRST_NAMED]
    items = [words.FIRST_ITEM.format(number=loss.item.number, gain=decimal(loss.gain)) for loss in named]
    return text + words.FIRST.format(items=common.LIST_JOIN.join(items))
