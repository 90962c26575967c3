"""与上期比较: scores beside those of the former round, and the promises that were not kept."""

from collections.abc import Sequence

from sanjin_xl import messages
from sanjin_xl.books.styles import QUIET, height_of
from sanjin_xl.books.summary import sentences
from sanjin_xl.books.summary.csv_overflow import share
from sanjin_xl.books.summary.listing import shortened
from sanjin_xl.books.summary.sheet_writer import Job, Paper, Value, points, rate
from sanjin_xl.messages import summary as words
from sanjin_xl.model.cellref import address
from sanjin_xl.outcome.former import Promise, Since
from sanjin_xl.outcome.results import UnitResult
from sanjin_xl.outcome.tables import State, state_of

_WIDTHS = (18, 9, 9, 11, 11, 11, 9, 10, 10, 24)
_KINDS = ("text", "count", "count", "points", "points", "points", "count", "count", "count", "share")
_SCORE, _CHANGE, _KEPT = (3, 4), 5, 9
# The list below shares the columns; its text runs over several of them.
_BROKEN = ((0, 0), (1, 1), (2, 2), (3, 5), (6, 6), (7, 7), (8, 8), (9, 9))
_BROKEN_KINDS = ("text", "centre", "count", "text", "points", "centre", "centre", "text")
_TEXT_WIDTH = sum(_WIDTHS[3:6])
_ROW_HEIGHT = 22


def add_changes(job: Job) -> None:
    """Add the sheet 与上期比较; none without a former round."""
    if job.results.former:
        _ChangesSheet(job).write()


class _ChangesSheet:
    """The sheet being written: a row per unit in the order of the ranking, then the broken promises."""

    def __init__(self, job: Job) -> None:
        self.job, self.results = job, job.results
        self.paper = Paper(job, words.CHANGES, _WIDTHS)

    def write(self) -> None:
        paper, former = self.paper, self.results.former
        assert former
        paper.title(words.TITLE.format(title=self.job.stem, sheet=words.CHANGES))
        paper.subtitle(self.job.info(), words.UNIT_OF_POINTS)
        paper.note(sentences.comparison(former, self.results.policy) + words.CHANGES_NOTE)
        paper.heading_line(words.UNITS_BLOCK)
        units = [(one, one.since) for one in self.results.ranking() if one.since]
        shown = shortened(paper, words.CHANGES, words.CHANGE_HEADINGS, units, self._unit_beside)
        header = paper.row
        self._headings([(n, n) for n in range(len(_WIDTHS))], words.CHANGE_HEADINGS)
        for one, since in shown:
            self._unit(one, since)
        paper.heading_line(words.BROKEN_BLOCK)
        broken = [(one, each) for one in self.results.units if one.since for each in one.since.broken]
        listed = shortened(paper, words.BROKEN, words.BROKEN_HEADINGS, broken, self._promise_beside, words.CUT_OFF)
        if broken:
            # Of the two tables it is the list that runs over pages.
            header = paper.row
        self._headings(_BROKEN, words.BROKEN_HEADINGS)
        for one, each in listed:
            self._promise(one, each)
        if not broken:
            paper.merge(paper.row, 0, paper.last_column, words.ALL_KEPT, paper.form("centre"))
        paper.print_setup((header, header))
        paper.sheet.freeze_panes(0, 1)

    def _headings(self, places: Sequence[tuple[int, int]], texts: Sequence[str]) -> None:
        for (first, last), text in zip(places, texts, strict=True):
            self.paper.merge(self.paper.row, first, last, text, self.paper.heading_form())
        self.paper.heighten(self.paper.row, 34)
        self.paper.row += 1

    def _unit(self, one: UnitResult, since: Since) -> None:
        paper, score = self.paper, self.results.score(one)
        look: dict[str, object] = {} if one.outcome else {"font_color": QUIET}
        for place, (value, kind) in enumerate(zip(self._values(one, since), _KINDS, strict=True)):
            missing = words.NOT_RETURNED if place == _SCORE[1] and score is None else words.NONE
            shown, kind = (missing, "centre") if value is None else (value, kind)
            paper.put(paper.row, place, shown, paper.form(kind, **look))
        if score is not None and since.score is not None:
            formula = f"ROUND({address(paper.row, _SCORE[1])}-{address(paper.row, _SCORE[0])},2)"
            form = paper.form("points", num_format="+0.00;-0.00;0.00")
            paper.figure(paper.row, _CHANGE, formula, points(score - since.score), form)
        paper.heighten(paper.row, max(_ROW_HEIGHT, height_of(one.unit.name, _WIDTHS[0], 10)))
        paper.row += 1

    def _values(self, one: UnitResult, since: Since) -> list[Value]:
        """What a unit's row shows, None for what is not known; the change of the score is not among it."""
        return [
            one.unit.name,
            since.rank,
            self.results.rank(one),
            points(since.score),
            points(self.results.score(one)),
            None,
            None if since.newly_done is None else len(since.newly_done),
            len(since.promises),
            since.kept,
            rate(since.kept, len(since.promises)) if since.promises and since.kept is not None else None,
        ]

    def _unit_beside(self, one: tuple[UnitResult, Since]) -> list[Value]:
        result, since = one
        score, values = self.results.score(result), self._values(result, since)
        if score is not None and since.score is not None:
            values[_CHANGE] = points(score - since.score)
        if isinstance(kept := values[_KEPT], float):
            values[_KEPT] = share(kept)
        return values

    def _promise(self, one: UnitResult, promise: Promise) -> None:
        paper, values = self.paper, self._promise_values(one, promise)
        for (first, last), value, kind in zip(_BROKEN, values, _BROKEN_KINDS, strict=True):
            if first != last:
                paper.merge(paper.row, first, last, "", paper.form(kind))
            paper.put(paper.row, first, value, paper.form(kind))
        text, remark = str(values[3]), str(values[-1])
        needed = height_of(text, _TEXT_WIDTH, 10), height_of(remark, _WIDTHS[-1], 10)
        paper.heighten(paper.row, min(409, max(_ROW_HEIGHT, *needed)))
        paper.row += 1

    def _promise_values(self, one: UnitResult, promise: Promise) -> list[Value]:
        form = self.results.rules.form
        item = form.item(promise.item)
        return [
            one.unit.name,
            words.ORDINAL.format(ordinal=form.category_of(item.number).ordinal),
            item.number,
            item.text,
            points(item.points),
            messages.months((promise.month,)),
            words.PLAN_OVER if promise.over else words.PLAN_DUE,
            self._said(one, promise.item),
        ]

    def _promise_beside(self, one: tuple[UnitResult, Promise]) -> list[Value]:
        return self._promise_values(*one)

    def _said(self, one: UnitResult, number: int) -> str:
        """What the unit says of the item this time, with its remark."""
        state, answer = state_of(one, number), one.answer(number)
        months = messages.months(answer.planned_month)
        text = words.PLANNED_AGAIN.format(months=months) if state is State.PLANNED else words.STATES[state]
        return words.REMARK_JOIN.join(filter(None, (text, answer.remark)))
