"""Findings that only follow from another one, or say the opposite beside it: they are left out.

第5项：已落实、拟落实均未填            第5项：答案写在格外，写有“已落实”      only the second
有2项不在原来的次序上，无需处理        第18、73项的答案可能错行，请核实        only the second
"""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from sanjin_xl.model.findings import Finding

Causes: TypeAlias = Mapping[str, frozenset[str]]


def _codes(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


_ELSEWHERE = _codes("answer-moved answer-gone answer-merged words-beside remark-answers remark-plans drawing-beside")
_SEEN = _codes("answer-drawing answer-struck answer-unseen answer-shown-otherwise answer-coloured")
# Each code, and those beside which it is not said: about the same item here, about the whole return below.
OF_ITEM: Causes = {
    "not-answered": _ELSEWHERE | _SEEN | _codes("row-duplicates-differ sheet-copies-differ ledger-unclear"),
    "done-no-month": _codes("answer-merged answer-drawing"),
    "score-differs": _SEEN,
    "both-ticked-recurring": _codes("done-after-fill"),
    "ledger-in-words": _codes("remark-answers"),  # which quotes the same remark
}
OF_RETURN: Causes = {
    "rows-hidden": _codes("pasted-over-hidden"),
    "rows-moved": _codes("rows-torn"),
    "layer-damaged": _codes("rows-torn item-conflict"),
    "fill-date-missing": _codes("nobody-signed fill-date-needed"),
    "sheet-renamed": _codes("sheet-blank sheet-other-period"),
    "rows-inserted": _codes("sheets-joined"),
    "column-off": _codes("months-unticked"),
}
# What is said of the whole return and names the items it is about, and what is then not said of these.
OF_NAMED: Causes = {
    "item-points-changed": _codes("rows-torn"),
    "not-answered": _codes("blank-but-scored tables-differ"),
}


def without_followers(findings: Iterable[Finding]) -> list[Finding]:
    """The findings but for those that another one makes superfluous or contradicts."""
    findings = list(findings)
    codes = {one.code for one in findings}
    if codes.isdisjoint(_FOLLOWERS) or codes.isdisjoint(_CAUSES):
        return findings
    about = {(one.code, one.item) for one in findings}
    named = {(one.code, number) for one in findings if one.code in _NAMING for number in _items(one)}
    return [one for one in findings if not _follows(one, codes, about, named)]


_CAUSES = frozenset().union(*OF_ITEM.values(), *OF_RETURN.values(), *OF_NAMED.values())
_NAMING = frozenset().union(*OF_NAMED.values())
_FOLLOWERS = frozenset({*OF_ITEM, *OF_RETURN, *OF_NAMED})


def _follows(one: Finding, codes: set[str], about: set[tuple[str, int | None]], named: set[tuple[str, int]]) -> bool:
    return (
        not codes.isdisjoint(OF_RETURN.get(one.code, ()))
        or any((cause, one.item) in about for cause in OF_ITEM.get(one.code, ()))
        or any((cause, one.item) in named for cause in OF_NAMED.get(one.code, ()))
    )


def _items(one: Finding) -> tuple[int, ...]:
    items = dict(one.facts).get("items", ())
    return items if isinstance(items, tuple) else ()
