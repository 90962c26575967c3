"""Which sheets of a workbook are meant: those of this period, the filled one beside a blank one, those of one unit.

sheets of the workbook                              what is read
完成情况表 blank, 上报 filled                        上报
完成情况表 filled, 二季度 with 填报期 2012年第二季度   完成情况表; the other is named
东源 and 紫金, each filled in and with its unit       two returns
二季度 with 填报期 2012年第二季度, alone              二季度, with a question
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from sanjin_xl.messages import template as words
from sanjin_xl.model.fields import CHOICES
from sanjin_xl.model.findings import Finding, finding
from sanjin_xl.model.period import Period, parse_period
from sanjin_xl.model.roster import Roster, Unit
from sanjin_xl.recovery import head
from sanjin_xl.recovery.answers import Answers
from sanjin_xl.recovery.layouts import LONGEST_LABEL
from sanjin_xl.recovery.table import Table

ReadSheet = tuple[Table, Answers]

_SPAN = r"(?:第?[一二三四1-4]季度|[上下]半年|\d{1,2}[-至]\d{1,2}月)"
_DATED = re.compile(rf"20\d\d年{_SPAN}")
_SPAN_ALONE = re.compile(_SPAN)
_LONGEST_TITLE = 40  # characters
_LABEL = re.compile(f"(?:附[件表]?[:：]?)?(.{{0,{LONGEST_LABEL}}})")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The sheets of one return, the filled ones first; of which unit where the workbook holds several."""

    sheets: Sequence[ReadSheet]
    unit: Unit | None = None
    findings: tuple[Finding, ...] = field(default=())

    also: str = ""  # what tells it from another return on the same sheet

    @property
    def name(self) -> str:
        return self.sheets[0][0].sheet.name + self.also


def choose(sheets: Sequence[ReadSheet], period: Period | None, roster: Roster) -> list[Chosen]:
    """The returns in a workbook, nearly always one; `period` None where it is not known."""
    periods = [other_period(table, period) if period else "" for table, _ in sheets]  # two may stand on one sheet
    kept = [one for one, other in zip(sheets, periods, strict=True) if not other]
    others = {table.sheet.name: other for (table, _), other in zip(sheets, periods, strict=True) if other}
    if not kept:
        asked = (finding("sheet-period-differs", found=name, period=label) for name, label in others.items())
        return [Chosen(_filled_first(sheets), findings=tuple(asked))]
    found = tuple(finding("sheet-other-period", found=name, period=label) for name, label in others.items())
    return [Chosen(_filled_first(group), unit, found) for unit, group in _by_unit(kept, roster)]


def told_apart(returns: Sequence[Chosen]) -> list[Chosen]:
    """The returns, those on one sheet with the names of their units behind that of the sheet."""
    names = [one.name for one in returns]
    return [
        replace(one, also=f"（{one.unit.name}）") if one.unit and names.count(one.name) > 1 else one for one in returns
    ]


def _filled_first(sheets: Iterable[ReadSheet]) -> list[ReadSheet]:
    return sorted(sheets, key=lambda one: not one[1].filled)


def _by_unit(sheets: Sequence[ReadSheet], roster: Roster) -> list[tuple[Unit | None, Sequence[ReadSheet]]]:
    """The filled sheets by the unit that each of them names, where they name several; else all of them."""
    groups: dict[Unit | None, list[ReadSheet]] = {}
    filled = [one for one in sheets if one[1].filled]
    for one in filled if len(filled) > 1 else ():
        groups.setdefault(unit_of(one[0], roster), []).append(one)
    return list(groups.items()) if len(groups) > 1 and None not in groups else [(None, sheets)]


def unit_of(table: Table, roster: Roster) -> Unit | None:
    """The unit that a sheet itself names: behind 填报单位, by its visible stamp, alone above the table or first in its
    title (东源县“三进”任务完成情况表), by its name.
    """
    named = roster.find(head.unit_text([table]))
    stamped = (roster.by_code.get(code.partition("-")[0]) for code in head.sheet_codes(table.sheet))
    titles = [text for text in head.texts_above(table) if len(text) <= _LONGEST_TITLE]
    above = {unit.code: unit for text in titles if (unit := roster.find(text) or roster.find_in_file_name(text))}
    alone = next(iter(above.values())) if len(above) == 1 else None
    return named or next(filter(None, stamped), None) or alone or roster.find(table.sheet.name)


def other_period(table: Table, period: Period) -> str:
    """The period of a sheet that says it is of another one, "" for one of this period or of none."""
    for label in _above_answers(table):
        if words.FORMER_PERIOD.match(label):
            return label
        if found := _SPAN_ALONE.search(label):
            stated = parse_period(label) or parse_period(f"{period.year}年{found[0]}")
            return "" if stated is None or _same(stated, period) else label
    said = head.period_text(table)
    if stated := parse_period(said):
        return "" if _same(stated, period) else said
    name, above = table.sheet.name, head.texts_above(table)
    labels = [name, *(found[1] for text in above if (found := _LABEL.fullmatch(text.strip())))]
    named = [text for one in (name, *above) for text in _DATED.findall(one)]
    named += [f"{period.year}年{text}" for one in labels for text in _SPAN_ALONE.findall(one)]
    if any((stated := parse_period(text)) and _same(stated, period) for text in named):
        return ""
    # Within the name of a sheet, or at the beginning of a short line above it.
    former_period = words.FORMER_PERIOD
    former = (one for one in labels if (former_period.search if one is name else former_period.match)(one))
    return next(iter(named), next(former, ""))


def _above_answers(table: Table) -> Iterator[str]:
    """The short texts around the headings of the answers, such as 二季度 above or below those of one quarter."""
    header, places = table.columns.header_row, [table.columns.places[n] for n in CHOICES if n in table.columns.places]
    if header is None or not places:
        return
    below = header + 2 if header + 1 not in table.rows.placed else header + 1
    for row in table.sheet.rows[max(0, header - 1) : below] if not table.columns.as_issued else ():
        for cell in row[min(places) : max(places) + 1]:
            if isinstance(cell, str) and len(cell) <= LONGEST_LABEL:
                yield cell.strip()


def _same(one: Period, other: Period) -> bool:
    return (one.year, one.first_month, one.last_month) == (other.year, other.first_month, other.last_month)
