"""An answer in short words, as it stands in one cell of the ruling table."""

from collections.abc import Iterator

from sanjin_xl import messages
from sanjin_xl.messages import rulings as words
from sanjin_xl.model.layout import ANSWER_COLUMNS, Column
from sanjin_xl.model.submission import Answer

_LONGEST = 60  # characters of a remark or of what was typed; the whole text is in 明细 of the city workbook


def answer_in_words(answer: Answer) -> str:
    """What was answered: 已落实（3月），有台帐，备注：已报市局."""
    return words.JOIN.join(_parts(answer)) or words.NOTHING


def _parts(answer: Answer) -> Iterator[str]:
    if answer.done:
        yield words.DONE + _months(answer, Column.DONE_MONTH)
    elif answer.done is None:
        yield _unclear(answer, Column.DONE) + _months(answer, Column.DONE_MONTH)
    elif answer.done_month != ():
        yield words.MONTH_ALONE + _months(answer, Column.DONE_MONTH)
    if answer.planned:
        yield words.PLANNED + _months(answer, Column.PLANNED_MONTH)
    elif answer.planned is None:
        yield _unclear(answer, Column.PLANNED)
    if answer.ledger is None:
        yield _unclear(answer, Column.LEDGER)
    elif answer.ledger:
        yield words.WITH_LEDGER
    elif answer.done:
        yield words.WITHOUT_LEDGER
    if answer.remark:
        yield words.REMARK.format(remark=_short(answer.remark))


def _months(answer: Answer, column: Column) -> str:
    values = answer.done_month if column is Column.DONE_MONTH else answer.planned_month
    if values is None:
        return words.MONTHS.format(months=_unclear(answer, column))
    return words.MONTHS.format(months=messages.months(values) if values else words.NO_MONTH)


def _unclear(answer: Answer, column: Column) -> str:
    typed = dict(zip(ANSWER_COLUMNS, answer.raw, strict=False)).get(column, "")
    return words.UNCLEAR.format(column=words.ANSWER_COLUMNS[column.name.lower()], typed=_short(str(typed)))


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
