"""What a number format with texts in it shows instead of a value (18.8.31): "√";; shows √ for 1 and nothing for 0.

One for days without their month shows something else too: d"月" shows the ninth of March as 9月.
"""

import re
from collections.abc import Collection
from datetime import date
from typing import NamedTuple

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_.|\*.|\[(?P<bracket>[^\]]*)\]|(?P<general>General)|(?P<end>;)'
    r"|(?P<number>[0#?][0#?.,%]*(?:[Ee][+-][0#?]+)?)|(?P<text>@)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9]{1,15}(?:\.[0-9]{1,15})?)")
_DATE_LETTERS = re.compile(r"[ymdhs]", re.IGNORECASE)
_COMPARED = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
}
_VALUE = "\0"  # where the value itself stands in a section
_PLAIN = " -+()/.,:$¥￥%_"  # what stands around numbers and says nothing
PLAIN_FORMATS = ("", "General", "@")  # they show what is stored


class Section(NamedTuple):
    """One of the sections of a format: the number it is compared with, if any, what it shows, and whether of texts.

    `of_day`: what it shows is of a day, such as {0.day}月.
    """

    condition: tuple[str, float] | None
    shows: str
    of_text: bool
    of_day: bool = False


Sections = tuple[Section, ...]


def texts_in(code: str, unseen: Collection[str] = ()) -> Sections:
    """The sections of a format that shows texts, or nothing, in place of values; () for every other one.

    `unseen`: the names of colours in which nothing can be seen, such as that of [White]@ on white.
    """
    sections: list[Section] = []
    condition, shown, is_date, is_odd, is_seen, of_text = None, "", False, False, True, False
    for token in _TOKEN.finditer(code + ";"):
        literal = token["quoted"] or token["escaped"] or ""
        if token["end"]:
            shown = shown if is_seen else ""
            is_odd |= not shown and len(code) > 0
            sections.append(Section(condition, shown, of_text))
            condition, shown, is_seen, of_text = None, "", True, False
        elif token["bracket"] is not None:
            found = _CONDITION.fullmatch(token["bracket"])
            condition = (found[1], float(found[2])) if found else condition
            is_seen &= token["bracket"].replace(" ", "").casefold() not in unseen
        elif token["number"] or token["text"] or token["general"]:
            shown += "" if shown.endswith(_VALUE) else _VALUE
            of_text |= bool(token["text"])
        elif token["other"]:
            is_date |= bool(_DATE_LETTERS.match(token["other"]))
            shown += token["other"]
            is_odd |= not token["other"].isascii()
        else:
            shown += literal
            is_odd |= bool(literal.strip(_PLAIN))
    if is_date:
        return _of_days(code)
    return tuple(sections) if is_odd else ()


_DAY_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_.|\*.|\[[^\]]*\]|(?P<end>;)|(?P<letters>m+|d+|y+|h+|s+)|(?P<other>.)',
    re.IGNORECASE | re.DOTALL,
)
_LETTERS = {"d": "{0.day}", "dd": "{0.day:02}", "ddd": "{0:%a}", "dddd": "{0:%a}", "h": "{0:%H}", "s": "{0:%S}"}


def _of_days(code: str) -> Sections:
    """The section of a format that shows days without their month, or another number in its place; () for others."""
    shows, before, has_month = "", "", False
    for token in _DAY_TOKEN.finditer(code):
        letters = (token["letters"] or "").lower()
        literal = token["quoted"] or token["escaped"] or token["other"] or ""
        if token["end"]:
            break
        if letters.startswith("m"):
            has_month = True
            shows += "{0.month}"
        elif literal.startswith("月") and before[:1] in ("d", "y", "h", "s"):
            has_month = False
            shows += "月"
            break
        else:
            year = "{0.year}" if letters.startswith("y") else ""
            shows += year or _LETTERS.get(letters) or _LETTERS.get(letters[:1]) or _escaped(literal)
        before = letters or literal.strip() or before
    return () if has_month or not shows else (Section(None, shows, of_text=False, of_day=True),)


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def shown_as(value: object, written: str, sections: Sections) -> str:
    """What a cell shows of a value, which is `written` so by itself; "" for nothing."""
    if sections[:1] and sections[0].of_day:
        return sections[0].shows.format(value) if isinstance(value, date) else written
    if isinstance(value, bool):
        return written
    if isinstance(value, str):
        # A format of fewer sections than four has one for texts only where its last one says so: 0"月" shows no text.
        own = sections[3:4] or tuple(one for one in sections[-1:] if one.of_text)
        text = own[0].shows if own else _VALUE
        return text.replace(_VALUE, written)
    if not isinstance(value, (int, float)):
        return written
    return _section(float(value), sections).replace(_VALUE, written)


def _section(number: float, sections: Sections) -> str:
    """What the section for a number shows."""
    for section in sections[:3]:
        if section.condition and _COMPARED[section.condition[0]](number, section.condition[1]):
            return section.shows
    if any(section.condition for section in sections):
        return next((section.shows for section in sections[:3] if not section.condition), _VALUE)
    by_sign = 0 if number > 0 or len(sections) == 1 else 1 if number < 0 else 2 if len(sections) > 2 else 0
    return sections[by_sign].shows
