"""Answers as the texts of the open cells: what a correction copy gives back, and what a new form begins with."""

from sanjin_xl import messages
from sanjin_xl.books.issue import Filling
from sanjin_xl.messages import template as form_words
from sanjin_xl.model.form import Form, Item
from sanjin_xl.model.layout import ANSWER_COLUMNS, MONTH_COLUMNS, TICK_COLUMNS, Column
from sanjin_xl.model.period import Period
from sanjin_xl.model.submission import Answer, Months
from sanjin_xl.outcome.former import Former


def texts_of(item: Item, answer: Answer) -> dict[Column, str]:
    """The canonical text where the answer is clear, otherwise what was typed."""
    values: dict[Column, object] = {
        Column.DONE: answer.done,
        Column.DONE_MONTH: answer.done_month,
        Column.PLANNED: answer.planned,
        Column.PLANNED_MONTH: answer.planned_month if item.planned_month else (),
        Column.LEDGER: answer.ledger,
        Column.REMARK: answer.remark,
    }
    return {column: _text(column, value, answer) for column, value in values.items()}


def _text(column: Column, value: object, answer: Answer) -> str:
    if value is None:
        return str(answer.raw[ANSWER_COLUMNS.index(column)]) if answer.raw else ""
    if column in TICK_COLUMNS:
        return form_words.TICK if value else ""
    if column in MONTH_COLUMNS:
        months: Months = value  # type: ignore[assignment]
        return messages.months(months)
    return str(value)


def prefilled(form: Form, period: Period, former: Former, unit: str) -> Filling:
    """The answers a unit gave in the former round; what was unclear then is left blank.

    A month carries no year, so those of a former year are left out.
    """
    same_year = former.period.year == period.year
    answers = former.unit(unit).answers
    cells = {
        (item.number, column): text
        for item in form.items
        for column, text in texts_of(item, answers.get(item.number, Answer())).items()
        if text and (same_year or column not in MONTH_COLUMNS)
    }
    return Filling(cells=cells, carried=frozenset(n for n, column in cells if column is not Column.REMARK))
