"""The correction copy: the same issue again with the county's own answers in place and every fault marked.

Built new, never by saving the return again, which would carry its damage along and drop what the library cannot hold.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from sanjin_xl import messages
from sanjin_xl.books import table
from sanjin_xl.books.form_sheet import add_form_sheet
from sanjin_xl.books.issue import Filling, Issue, cells_of
from sanjin_xl.books.seal import SealedWorkbook
from sanjin_xl.books.sheet_writer import SheetWriter
from sanjin_xl.books.styles import Styles
from sanjin_xl.books.template import finish
from sanjin_xl.messages import template as words
from sanjin_xl.model.findings import Finding
from sanjin_xl.model.form import Form
from sanjin_xl.model.layout import layout_of
from sanjin_xl.model.submission import Submission

_HEADING_HEIGHT = 22
_MOST_AREAS = 8  # of one row; the paint shows all
_LINK_LOOK = {"align": "center", "font_color": "#0563C1", "underline": 1}


def correction_bytes(issue: Issue, submission: Submission, findings: Sequence[Finding]) -> bytes:
    """A correction copy as bytes. `findings`: what the county must mend.

    The issue has the number of the copy in its stamp, and is due when the copy is to come back.
    """
    filling = filling_of(issue.form, submission, findings)
    target = io.BytesIO()
    book = SealedWorkbook(target, issue.lock)
    add_form_sheet(book, issue, filling)
    _add_opinion_sheet(book, issue, findings)
    finish(book, issue, filling)
    return target.getvalue()


def file_name(issue: Issue) -> str:
    """The name a correction copy is sent back under."""
    return words.CORRECTION_NAME.format(unit=issue.unit.name, title=issue.form.short_title, period=issue.period.label)


def filling_of(form: Form, submission: Submission, findings: Iterable[Finding]) -> Filling:
    """A return's answers as the texts of the open cells, and the findings as marks on them."""
    return Filling(
        cells=cells_of(form, submission.answer),
        filled_on=submission.filled_on,
        signers=submission.signers,
        marks=_marks(findings),
    )


def _marks(findings: Iterable[Finding]) -> dict[tuple[int, str], str]:
    marks: dict[tuple[int, str], str] = {}
    for one in findings:
        place = _place(one)
        if place:
            text = messages.opinion(one)
            marks[place] = f"{marks[place]}\n{text}" if place in marks else text
    return marks


def _place(one: Finding) -> tuple[int, str] | None:
    """The cell of the fresh copy a finding speaks of; the first answer cell where it speaks of the item alone."""
    if one.item is None:
        return None
    return one.item, one.field or "done"


@dataclass(frozen=True, slots=True)
class Opinion:
    """What stands in one row of the opinions: findings of one cause, numbered."""

    number: int
    findings: Sequence[Finding]

    @property
    def said(self) -> Finding:
        """The first of its findings, quoting what was found in all of them."""
        first = self.findings[0]
        found = list(dict.fromkeys(one.found for one in self.findings if one.found))
        return replace(first, found=messages.quoted(first, found))


def opinions(findings: Iterable[Finding]) -> list[Opinion]:
    """Findings by their cause, in the order they come in: the same is said of the same kind of cells."""
    causes: dict[object, list[Finding]] = {}
    for one in findings:
        causes.setdefault((one.code, one.facts, one.item is None, one.sheet), []).append(one)
    return [Opinion(number, group) for number, group in enumerate(causes.values(), start=1)]


def _add_opinion_sheet(book: SealedWorkbook, issue: Issue, findings: Sequence[Finding]) -> None:
    """Add the sheet 审核意见: every cause in a row, with its cells and a link to the first."""
    columns: list[table.Column[Opinion]] = [
        table.Column(value=lambda one: one.number, kind="centre", width=6),
        table.Column(value=_items, kind="centre", width=14),
        table.Column(link=partial(_link, issue), width=16),
        table.Column(value=lambda one: messages.SEVERITIES[one.said.severity], kind="centre", width=8),
        table.Column(value=lambda one: messages.seen_whole(one.said), width=54),
        table.Column(value=lambda one: one.said.kind.advice, width=36),
    ]
    widths = [one.width for one in columns]
    sheet = SheetWriter(Styles(book), words.OPINIONS, widths, size=10.5, gridlines=True)
    sheet.title(words.OPINIONS_TITLE.format(unit=issue.unit.name), least=36)
    sheet.heading_line(words.OPINIONS_DUE.format(due=words.DATE_TEXT.format(day=issue.due), recipient=issue.recipient))
    contact = words.CONTACT.format(contact=issue.contact).strip() if issue.contact else ""
    sheet.line(words.OPINIONS_LEAD.format(contact=contact), sheet.styles.get(), sheet.size)
    header, rows = sheet.row, table.Table(sheet, table.headed(words.OPINION_COLUMNS, columns), in_lines=True)
    rows.headings(_HEADING_HEIGHT)
    for opinion in opinions(findings):
        rows.write(opinion)
    sheet.worksheet.freeze_panes(header + 1, 0)
    sheet.print_setup((header, header))
    sheet.worksheet.protect()


def _items(one: Opinion) -> str:
    return messages.runs([finding.item for finding in one.findings if finding.item]) or words.WHOLE_FORM


def _link(issue: Issue, one: Opinion) -> table.Link | None:
    places = list(dict.fromkeys(place for finding in one.findings if (place := _place(finding))))
    if not places:
        return None
    first = layout_of(issue.form).cell(*places[0])
    return table.Link(_areas(issue.form, places), f"internal:'{words.SHEET}'!{first}", _LINK_LOOK)


def _areas(form: Form, places: Sequence[tuple[int, str]]) -> str:
    """Cells as they are called: E6:E9、F12, the first few where there are many."""
    layout = layout_of(form)
    columns = [sorted(number for number, name in places if name == column) for column in form.answers]
    areas = [
        layout.cell(first, name) + (f":{layout.cell(last, name)}" if last > first else "")
        for name, numbers in zip(form.answers, columns, strict=True)
        for first, last in _stretches(numbers)
    ]
    some = "、".join(areas[:_MOST_AREAS])
    return some if len(areas) <= _MOST_AREAS else words.MANY_CELLS.format(some=some, count=len(places))


def _stretches(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Ascending numbers as their unbroken stretches, each by its first and last."""
    starts = [n for n in numbers if n - 1 not in numbers]
    ends = [n for n in numbers if n + 1 not in numbers]
    return list(zip(starts, ends, strict=True))
