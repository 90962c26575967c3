"""与上期比较: scores beside those of the former round, and the promises that were not kept."""

from sanjin_xl import messages
from sanjin_xl.books.quick_sheet import Value
from sanjin_xl.books.styles import QUIET
from sanjin_xl.books.summary import sentences
from sanjin_xl.books.summary.book import ResultsBook
from sanjin_xl.books.table import Column, Table, headed
from sanjin_xl.messages import summary as words
from sanjin_xl.model.cellref import address
from sanjin_xl.model.points import points, rate
from sanjin_xl.outcome.former import Promise, Since
from sanjin_xl.outcome.results import UnitResult
from sanjin_xl.outcome.tables import State, state_of

Compared = tuple[UnitResult, Since]
Broken = tuple[UnitResult, Promise]
_ROW_HEIGHT, _HEADING_HEIGHT = 22, 34


def add_changes(book: ResultsBook) -> None:
    """Add the sheet 与上期比较; none without a former round."""
    if book.results.former:
        _ChangesSheet(book).write()


class _ChangesSheet:
    """The sheet being written: a row per unit in the order of the ranking, then the broken promises."""

    def __init__(self, book: ResultsBook) -> None:
        self.book, self.results = book, book.results
        self.columns = self._columns()
        self.sheet = book.sheet(words.CHANGES, [one.width for one in self.columns])
        self.table = Table(self.sheet, self.columns)

    def write(self) -> None:
        sheet, former = self.sheet, self.results.former
        assert former
        sheet.subtitle(self.book.info, words.UNIT_OF_POINTS)
        sheet.note(sentences.comparison(self.results, former) + words.CHANGES_NOTE)
        sheet.heading_line(words.UNITS_BLOCK)
        units = [(one, one.since) for one in self.results.ranking() if one.since]
        shown = self.book.shortened(sheet, words.CHANGES, self.columns, units)
        header = sheet.row
        self.table.headings(_HEADING_HEIGHT)
        for compared in shown:
            self._unit(compared)
        sheet.heading_line(words.BROKEN_BLOCK)
        broken = [(one, each) for one in self.results.units if one.since for each in one.since.broken]
        columns = self._broken_columns()
        listed = self.book.shortened(sheet, words.BROKEN, columns, broken, words.CUT_OFF)
        if broken:
            # Of the two tables it is the list that runs over pages.
            header = sheet.row
        table = Table(sheet, columns)
        table.headings(_HEADING_HEIGHT)
        for promise in listed:
            table.write(promise, _ROW_HEIGHT)
        if not broken:
            sheet.merge(sheet.row, 0, sheet.last_column, words.ALL_KEPT, sheet.format("centre"))
        sheet.print_setup((header, header))
        sheet.worksheet.freeze_panes(0, 1)

    # --- the units ----------------------------------------------------------------------------------------------------

    def _columns(self) -> list[Column[Compared]]:
        rank, score = self.results.rank, self.results.score
        columns: list[Column[Compared]] = [
            Column(value=lambda one: one[0].unit.name, kind="text", width=18),
            Column(value=lambda one: one[1].rank, kind="count", width=9),
            Column(value=lambda one: rank(one[0]), kind="count", width=9),
            Column(value=lambda one: points(one[1].score), kind="points", width=11, name="then"),
            Column(value=lambda one: points(score(one[0])), kind="points", width=11, name="now"),
            Column(value=self._change, kind="change", width=11, formula=self._change_formula),
            Column(
                value=lambda one: None if one[1].newly_done is None else len(one[1].newly_done), kind="count", width=9
            ),
            Column(value=lambda one: len(one[1].promises), kind="count", width=10),
            Column(value=lambda one: one[1].kept, kind="count", width=10),
            Column(value=_kept_rate, kind="share", width=24),
        ]
        return headed(words.CHANGE_HEADINGS, columns)

    def _change(self, one: Compared) -> Value:
        now, then = self.results.score(one[0]), one[1].score
        return None if now is None or then is None else points(now - then)

    def _change_formula(self, one: Compared) -> str | None:
        row, place = self.sheet.row, self.table.place
        formula = f"ROUND({address(row, place['now'])}-{address(row, place['then'])},2)"
        return None if self._change(one) is None else formula

    def _unit(self, one: Compared) -> None:
        """A unit's row, with a dash for what is not known."""
        row, look = self.sheet.row, {} if one[0].outcome else {"font_color": QUIET}
        Table(self.sheet, self.columns, look=look).write(one, _ROW_HEIGHT)
        for place, column in enumerate(self.columns):
            if column.value(one) is None:
                text = words.NOT_RETURNED if column.name == "now" else words.NONE
                self.sheet.put(row, place, text, self.sheet.format("centre", **look))

    # --- the promises -------------------------------------------------------------------------------------------------

    def _broken_columns(self) -> list[Column[Broken]]:
        """They share the columns of the units; the text of an item runs over several of them."""
        form = self.results.rules.form
        columns: list[Column[Broken]] = [
            Column(value=lambda one: one[0].unit.name),
            Column(
                value=lambda one: words.ORDINAL.format(ordinal=form.category_of(one[1].item).ordinal), kind="centre"
            ),
            Column(value=lambda one: one[1].item, kind="count"),
            Column(value=lambda one: form.item(one[1].item).text, span=3),
            Column(value=lambda one: points(form.item(one[1].item).points), kind="points"),
            Column(value=lambda one: messages.months((one[1].month,)), kind="centre"),
            Column(value=lambda one: words.PLAN_OVER if one[1].over else words.PLAN_DUE, kind="centre"),
            Column(value=lambda one: _said(one[0], one[1].item)),
        ]
        return headed(words.BROKEN_HEADINGS, columns)


def _kept_rate(one: Compared) -> Value:
    kept, promises = one[1].kept, one[1].promises
    return rate(kept, len(promises)) if promises and kept is not None else None


def _said(one: UnitResult, number: int) -> str:
    """What the unit says of the item this time, with its remark."""
    state, answer = state_of(one, number), one.answer(number)
    months = messages.months(answer.planned_month)
    text = words.PLANNED_AGAIN.format(months=months) if state is State.PLANNED else words.STATES[state]
    return words.REMARK_JOIN.join(filter(None, (text, answer.remark)))
