"""An answer in short words, as it stands in one cell of the ruling table."""

from collections.abc import Iterator

from sanjin_xl import messages
from sanjin_xl.messages import rulings as words
from sanjin_xl.model.form import Form
from sanjin_xl.model.submission import Answer

_LONGEST = 60  # characters of a remark or of what was typed; the whole text is in 明细 of the city workbook


def answer_in_words(form: Form, answer: Answer) -> str:
    """What was answered: 已落实（3月），有台帐，备注：已报市局."""
    extra = (words.EXTRA.format(heading=form.fields[name].heading, text=_short(text)) for name, text in answer.extra)
    return words.JOIN.join((*_parts(answer), *extra)) or words.NOTHING


def _parts(answer: Answer) -> Iterator[str]:
    if answer.done:
        yield words.DONE + _months(answer, "done_month")
    elif answer.done is None:
        yield _unclear(answer, "done") + _months(answer, "done_month")
    elif answer.done_month != ():
        yield words.MONTH_ALONE + _months(answer, "done_month")
    if answer.planned:
        yield words.PLANNED + _months(answer, "planned_month")
    elif answer.planned is None:
        yield _unclear(answer, "planned")
    if answer.ledger is None:
        yield _unclear(answer, "ledger")
    elif answer.ledger:
        yield words.WITH_LEDGER
    elif answer.done:
        yield words.WITHOUT_LEDGER
    if answer.remark:
        yield words.REMARK.format(remark=_short(answer.remark))


def _months(answer: Answer, name: str) -> str:
    values = answer.done_month if name == "done_month" else answer.planned_month
    if values is None:
        return words.MONTHS.format(months=_unclear(answer, name))
    return words.MONTHS.format(months=messages.months(values) if values else words.NO_MONTH)


def _unclear(answer: Answer, name: str) -> str:
    return words.UNCLEAR.format(column=words.ANSWER_COLUMNS[name], typed=_short(str(answer.typed(name))))


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
