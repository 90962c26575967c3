"""What words outside of the answer cells say of an item: that it is done, planned, or done in part only."""

import re

from sanjin_xl.model.fields import CHOICES
from sanjin_xl.model.submission import Answer
from sanjin_xl.recovery.cell_values import LONGEST, TICK_MARKS, compact, is_untouched, read_months
from sanjin_xl.recovery.entries import read_entry

_DEED = "(?:落实|完成|开展|建立|召开|制定|成立|实施|办结)"
# 未 and 没 take it back: 尚未完成; 全部完成 and 已于9月召开 do not.
_DONE = re.compile(rf"[{TICK_MARKS}]|(?:已|均|全部)[^，。；,;未没不拟待]{{0,10}}{_DEED}")
_PLANNED = re.compile(rf"(?:拟|计划|预计|打算|准备|将)[^，。；,;]{{0,10}}(?:{_DEED}|月)")
# 全部分发, 支部分析会, 基本情况 and the like say nothing about how far a thing is done.
_PARTLY = re.compile(
    r"(?<![全支干内外])部分(?![析发片工组])"
    r"|基本(?!情况|信息|资料|法|医疗|养老|公共|农田|制度|工资|生活|建设|知识|技能|原则|要求)"
    r"|尚未|(?<!无)未完成|未落实|未开展|正在|不适用|无此项|不涉及"
)
_ITEMS = re.compile(r"第(\d{1,3}(?:[、,，]\d{1,3})*)项")
_ALL = re.compile("各项|全部|所有|均已|都已|其余|其他项")
_MOST_READ = 2000  # characters of a text that are looked through


def says_done(text: str) -> bool:
    """Whether words say that something was done: √, 已落实, 已于9月召开, 9月."""
    text = text[:_MOST_READ]
    if len(text) <= LONGEST:
        entry = read_entry(text)
        if entry:
            return entry.state in ("tick", "done")
        if "月" in compact(text) and read_months(text).value:
            return True
    return bool(_DONE.search(text)) and not says_partly(text)


def says_planned(text: str) -> bool:
    """Whether words say that something is planned: 拟12月完成."""
    entry = read_entry(text)
    return entry.state == "plan" if entry else bool(_PLANNED.search(text[:_MOST_READ]))


def says_partly(text: str) -> bool:
    """Whether words say that something is done in part, not yet, or does not apply: 部分完成, 正在办理, 不适用."""
    return bool(_PARTLY.search(text[:_MOST_READ]))


def contradict(text: str, answer: Answer) -> bool:
    """Whether words say otherwise than what was ticked."""
    if answer.done:
        return says_partly(text) or (says_planned(text) and not says_done(text))
    return says_done(text) if answer.planned or answer.done is False else False


def is_blank(answer: Answer) -> bool:
    """Whether nothing is filled in of what is asked to be chosen."""
    return all(map(is_untouched, map(answer.typed, CHOICES)))


def may_answer(text: str, answer: Answer) -> bool:
    """Whether words may be the answer to an item: they say what becomes of it where it is blank, or say otherwise."""
    claims = is_blank(answer) and (says_done(text) or says_planned(text))
    return claims or contradict(text, answer)


def is_about_all(text: str) -> bool:
    """Whether words speak of all items, or of all others: 各项均已落实, 除第5项外全部完成."""
    return bool(_ALL.search(text[:_MOST_READ]))


def items_named(text: str) -> list[int]:
    """The numbers of the items that words are about: 第3、5项."""
    return [int(number) for found in _ITEMS.findall(text[:_MOST_READ]) for number in re.findall(r"\d+", found)]
