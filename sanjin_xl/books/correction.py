"""The correction copy: the same issue again with the county's own answers in place and every fault marked.

Built new, never by saving the return again, which would carry its damage along and drop what the library cannot hold.
"""

import io
from collections.abc import Iterable, Sequence

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

_LINK_LOOK = {"align": "center", "font_color": "#0563C1", "underline": 1}


def correction_bytes(issue: Issue, submission: Submission, findings: Sequence[Finding]) -> bytes:
    """A correction copy as bytes; its number is in the stamp of the issue. `findings`: what the county must mend."""
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


Opinion = tuple[int, Finding]
"""A finding and its number."""


def _add_opinion_sheet(book: SealedWorkbook, issue: Issue, findings: Sequence[Finding]) -> None:
    """Add the sheet 审核意见: every finding in a row, with a link to its cell."""
    columns: list[table.Column[Opinion]] = [
        table.Column(value=lambda one: one[0], kind="centre", width=6),
        table.Column(value=lambda one: str(one[1].item) if one[1].item else words.WHOLE_FORM, kind="centre", width=8),
        table.Column(link=lambda one: _link(issue, _place(one[1])), width=10),
        table.Column(value=lambda one: messages.SEVERITIES[one[1].severity], kind="centre", width=8),
        table.Column(value=lambda one: messages.seen_whole(one[1]), width=60),
        table.Column(value=lambda one: one[1].kind.advice, width=40),
    ]
    widths = [one.width for one in columns]
    sheet = SheetWriter(Styles(book), words.OPINIONS, widths, size=10.5, gridlines=True)
    sheet.title(words.OPINIONS_TITLE.format(unit=issue.unit.name), least=36)
    sheet.line(words.OPINIONS_LEAD, sheet.styles.get(), sheet.size)
    header, opinions = sheet.row, table.Table(sheet, table.headed(words.OPINION_COLUMNS, columns))
    opinions.headings(0)
    for opinion in enumerate(findings, start=1):
        opinions.write(opinion)
    sheet.worksheet.freeze_panes(header + 1, 0)
    sheet.page((header, header))
    sheet.worksheet.protect()


def _link(issue: Issue, place: tuple[int, str] | None) -> table.Link | None:
    if place is None:
        return None
    cell = layout_of(issue.form).cell(*place)
    return table.Link(cell, f"internal:'{words.SHEET}'!{cell}", _LINK_LOOK)
