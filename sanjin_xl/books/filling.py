"""Answers as the texts of the open cells: what a correction copy gives back, and what a new form begins with."""

from sanjin_xl import messages
from sanjin_xl.books.issue import Filling
from sanjin_xl.messages import template as form_words
from sanjin_xl.model.fields import MONTHS
from sanjin_xl.model.form import Form, Item
from sanjin_xl.model.period import Period
from sanjin_xl.model.submission import Answer
from sanjin_xl.outcome.former import Former


def texts_of(form: Form, item: Item, answer: Answer) -> dict[str, str]:
    """The canonical text of each answer where it is clear, otherwise what was typed."""
    return {name: _text(name, answer) if item.asks(name) else "" for name in form.answers}


def _text(name: str, answer: Answer) -> str:
    value = answer.value(name)
    if value is None:
        return str(answer.typed(name))
    if isinstance(value, bool):
        return form_words.TICK if value else ""
    return messages.months(value) if isinstance(value, tuple) else value


def prefilled(form: Form, period: Period, former: Former, unit: str) -> Filling:
    """The answers a unit gave in the former round; what was unclear then is left blank.

    A month carries no year, so those of a former year are left out.
    """
    same_year = former.period.year == period.year
    answers = former.unit(unit).answers
    cells = {
        (item.number, name): text
        for item in form.items
        for name, text in texts_of(form, item, answers.get(item.number, Answer())).items()
        if text and (same_year or name not in MONTHS)
    }
    return Filling(cells=cells, carried=frozenset(number for number, name in cells if form.fields[name].scored))
