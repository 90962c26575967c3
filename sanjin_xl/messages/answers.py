"""An answer in short words: 已落实（3月），有台帐，备注：已报市局."""

from collections.abc import Iterator

from sanjin_xl.messages import months
from sanjin_xl.model.form import Form
from sanjin_xl.model.submission import Answer

_LONGEST = 60  # characters of a remark or of what was typed; the whole text is in 明细 of the city workbook
_DONE = "已落实"
_PLANNED = "拟落实"
_MONTHS = "（{months}）"
_NO_MONTH = "未填月份"
_MONTH_ALONE = "未勾已落实，有落实月份"
_WITH_LEDGER, _WITHOUT_LEDGER = "有台帐", "无台帐"
_NOTHING = "未填"
_REMARK = "备注：{remark}"
_EXTRA = "{heading}：{text}"
_UNCLEAR = "{column}填“{typed}”"
_COLUMNS = {
    "done": "已落实",
    "done_month": "月份",
    "planned": "拟落实",
    "planned_month": "月份",
    "ledger": "台帐",
}
_JOIN = "，"


def answer_in_words(form: Form, answer: Answer) -> str:
    """What was answered; what nobody could read as it was typed."""
    extra = (_EXTRA.format(heading=form.fields[name].heading, text=_short(text)) for name, text in answer.extra)
    return _JOIN.join((*_parts(answer), *extra)) or _NOTHING


def _parts(answer: Answer) -> Iterator[str]:
    if answer.done:
        yield _DONE + _months(answer, "done_month")
    elif answer.done is None:
        yield _unclear(answer, "done") + _months(answer, "done_month")
    elif answer.done_month != ():
        yield _MONTH_ALONE + _months(answer, "done_month")
    if answer.planned:
        yield _PLANNED + _months(answer, "planned_month")
    elif answer.planned is None:
        yield _unclear(answer, "planned")
    if answer.ledger is None:
        yield _unclear(answer, "ledger")
    elif answer.ledger:
        yield _WITH_LEDGER
    elif answer.done:
        yield _WITHOUT_LEDGER
    if answer.remark:
        yield _REMARK.format(remark=_short(answer.remark))


def _months(answer: Answer, name: str) -> str:
    values = answer.done_month if name == "done_month" else answer.planned_month
    if values is None:
        return _MONTHS.format(months=_unclear(answer, name))
    return _MONTHS.format(months=months(values) if values else _NO_MONTH)


def _unclear(answer: Answer, name: str) -> str:
    return _UNCLEAR.format(column=_COLUMNS[name], typed=_short(str(answer.typed(name))))


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
