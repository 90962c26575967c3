"""A round made up for a test: two forms, the roster, the rules, and returns filled in with a few words.

judge(fill(small_form(), {1: done(month=3), 2: planned(month=12), 3: typed(done="v")}))
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from sanjin_xl.books.issue import Filling, Issue
from sanjin_xl.books.seal import Lock, make_lock
from sanjin_xl.books.template import template_bytes
from sanjin_xl.judge.pipeline import Outcome, Processor
from sanjin_xl.model.form import Form, Item, parse_form
from sanjin_xl.model.period import Period, parse_period
from sanjin_xl.model.policy import Policy
from sanjin_xl.model.roster import Roster, parse_roster
from sanjin_xl.model.rules import Rules
from sanjin_xl.model.stamp import Stamp

TEMPLATES = Path(__file__).parent.parent / "templates"
RESPONSIBLE = Path(__file__).parent / "forms" / "responsible.toml"
KEY = b"a key of 32 bytes for tests....."
FILLED_ON = date(2012, 9, 28)
DUE = date(2012, 10, 15)
DONGYUAN, YUANCHENG = "441625", "441602"
_FORM_SHEET = "xl/worksheets/sheet1.xml"
PASSWORD = "password"
SIGNERS = ("张三", "李四", "王五", "0762-1234567")

# Nothing here is as in the 2012 form: words, ordinals, points, recurrences, an item that depends on a later one.
SMALL_FORM = """
id = "wells-2013"
title = "村级饮水工程检查表"
short_title = "饮水工程检查表"
points = 10.34

[headings]
category = "领域"
number = "编号"
text = "检查事项"
points = "满分"
done = "已办"
done_month = "办结月"
planned = "待办"
planned_month = "预计月"
ledger = "有无记录"
remark = "说明"
score = "自评"
hint = "提醒"
done_group = "办结情况"
planned_group = "计划情况"
ledger_group = "记录"
total = "满分合计"

[[categories]]
ordinal = "甲"
name = "水源"
points = 1.75
items = [
  { number = 1, row = 1, points = 0.25, text = "划定水源保护区；" },
  { number = 2, row = 1, points = 1.5, recurrence = "quarterly", text = "每季度检测水质。" },
]

[[categories]]
ordinal = "乙"
name = "管网"
points = 3.26
items = [
  { number = 3, row = 2, points = 0.01, recurrence = "monthly", text = "每月巡查管网；" },
  { number = 4, row = 2, points = 2.5, recurrence = "continuing", text = "及时修复漏点；" },
  { number = 5, row = 3, points = 0.75, recurrence = "annual", depends_on = 6, planned_month = false, text = "年检。" },
]

[[categories]]
ordinal = "丙"
name = "运行"
points = 5.33
items = [
  { number = 6, row = 4, points = 3.33, recurrence = "multi-year", text = "落实管护单位；" },
  { number = 7, row = 5, points = 2, is_ledger = true, text = "建立运行日志。" },
]
"""

Entry = dict[str, str]


@cache
def the_form() -> Form:
    """The 2012 form."""
    return parse_form((TEMPLATES / "sanjin-2012.toml").read_text(encoding="utf-8"))


POLICIES = the_form().policies


@cache
def small_form() -> Form:
    """A made-up form of seven items in three categories: nothing may be tied to the other one."""
    return parse_form(SMALL_FORM)


@cache
def responsible_form() -> Form:
    """The small form with a further column 责任人, declared in its file and nowhere else."""
    return parse_form(RESPONSIBLE.read_text(encoding="utf-8"))


@cache
def heyuan() -> Roster:
    """The six counties."""
    return parse_roster((TEMPLATES / "roster-heyuan.toml").read_text(encoding="utf-8"))


@cache
def third_quarter() -> Period:
    period = parse_period("2012年第三季度")
    assert period
    return period


@cache
def lock() -> Lock:
    """A lock that costs no time."""
    return make_lock(PASSWORD, bytes(16), spins=1)


def rules(form: Form | None = None, **changes: Any) -> Rules:
    """The rules of the round, policy B, with whatever a test wants to be different."""
    plain = Rules(
        form=form or the_form(),
        roster=heyuan(),
        period=third_quarter(),
        due=DUE,
        as_of=DUE,
        policies=POLICIES,
        policy=POLICIES["B"],
        key=KEY,
    )
    return replace(plain, **changes)


def issue(
    unit: str = DONGYUAN,
    form: Form | None = None,
    number: int = 1,
    revision: int = 0,
    policy: Policy = POLICIES["B"],
    **changes: Any,
) -> Issue:
    """One issue made out to a unit, or (`revision`) a correction copy."""
    form = form or the_form()
    period = third_quarter()
    stamp = Stamp(
        form=form.id,
        fingerprint=form.fingerprint,
        round=period.label,
        unit=unit,
        issue=number,
        revision=revision,
        policy=policy.id,
    )
    plain = Issue(
        form=form,
        unit=heyuan().by_code[unit],
        period=period,
        stamp=stamp,
        key=KEY,
        lock=lock(),
        policy=policy,
        due=DUE,
    )
    return replace(plain, **changes)


def typed(**texts: str) -> Entry:
    """What was typed into a row, cell by cell: typed(done="v", remark="已报")."""
    return dict(texts)


def done(month: int | None = 3, ledger: bool = True, remark: str = "") -> Entry:
    return _picked("done", "done_month", month, ledger, remark)


def planned(month: int | None = 12, ledger: bool = False, remark: str = "") -> Entry:
    return _picked("planned", "planned_month", month, ledger, remark)


def blank() -> Entry:
    return {}


def _picked(tick: str, when: str, month: int | None, ledger: bool, remark: str) -> Entry:
    texts = {
        tick: "√",
        when: f"{month}月" if month else "",
        "ledger": "√" if ledger else "",
        "remark": remark,
    }
    return {column: text for column, text in texts.items() if text}


def clean(form: Form) -> dict[int, Entry]:
    """Every item done with a ledger, in the last two months before the filling, one remark: nothing to find."""
    entries = {item.number: done(month=8 + item.number % 2) for item in form.items}
    return entries | {1: done(month=8, remark="已报市局")}


def fill(
    form: Form,
    entries: Mapping[int, Entry],
    unit: str = DONGYUAN,
    filled_on: date | None = FILLED_ON,
    signers: tuple[str, ...] = SIGNERS,
    **changes: Any,
) -> bytes:
    """A return: the issued workbook with these rows filled in, all others blank; `changes` are of the issue."""
    cells = tuple(((number, column), text) for number, entry in entries.items() for column, text in entry.items())
    return _filled(issue(unit, form, **changes), cells, filled_on, signers)


@lru_cache(500)
def _filled(
    one: Issue, cells: tuple[tuple[tuple[int, str], str], ...], filled_on: date | None, signers: tuple[str, ...]
) -> bytes:
    return template_bytes(one, Filling(cells=dict(cells), filled_on=filled_on, signers=signers))


def pasted(data: bytes, **cells: float | str | None) -> bytes:
    """The same workbook after something else was put into cells of the form sheet (None: nothing is left of them).

    The results of its formulas stay as they were, as after a conversion.
    """
    target = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(target, "w", ZIP_DEFLATED) as new:
        for part in old.infolist():
            text = old.read(part).decode() if part.filename == _FORM_SHEET else old.read(part)
            new.writestr(part, _with_cells(text, cells) if isinstance(text, str) else text)
    return target.getvalue()


def _with_cells(xml: str, cells: Mapping[str, float | str | None]) -> str:
    for cell, value in cells.items():
        content = (
            f' t="inlineStr"><is><t>{escape(value)}</t></is></c>' if isinstance(value, str) else f"><v>{value}</v></c>"
        )
        content = "/>" if value is None else content
        xml, count = re.subn(rf'(<c r="{cell}"(?: s="\d+")?)(?: t="\w+")?(?:/>|>.*?</c>)', rf"\1{content}", xml)
        assert count == 1, cell
    return xml


def judge(data: bytes, name: str = "东源县司法局.xlsx", **changes: Any) -> Outcome:
    """What becomes of one return under the rules of the round, or under changed ones."""
    by = Processor(rules(**changes)) if changes else processor(the_form())
    return by.process_file(data, name)


@cache
def processor(form: Form) -> Processor:
    """The one that judges all returns of a form in the tests, since it remembers what they have in common."""
    return Processor(rules(form))


def an_item(form: Form, kind: str) -> Item:
    """The first item of a kind that no other item depends on.

    Kinds: a recurrence (an item that is nothing but that), "ledger", "dependent", "no-month".
    """
    needed = {item.depends_on for item in form.items}
    return next(item for item in form.items if item.number not in needed and kind in _kinds(item))


def _kinds(item: Item) -> set[str]:
    special = {"ledger": item.is_ledger, "dependent": item.depends_on is not None, "no-month": not item.planned_month}
    return {kind for kind, holds in special.items() if holds} or {item.recurrence}
