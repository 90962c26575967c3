"""The correction copy: the same issue again with the county's own answers in place and every fault marked.

Built new, never by saving the return again, which would carry its damage along and drop what the library cannot hold.
"""

import io
from collections.abc import Iterable, Sequence

from sanjin_xl import messages
from sanjin_xl.books.filling import texts_of
from sanjin_xl.books.form_sheet import add_form_sheet
from sanjin_xl.books.issue import Filling, Issue
from sanjin_xl.books.seal import SealedWorkbook, SealedWorksheet
from sanjin_xl.books.styles import HEADER_FILL, HEADING_FONT, LINE, THIN, TITLE_FONT, Styles, height_of
from sanjin_xl.books.template import finish
from sanjin_xl.messages import correction as words
from sanjin_xl.messages import template as form_words
from sanjin_xl.model.findings import Finding
from sanjin_xl.model.form import Form
from sanjin_xl.model.layout import ANSWER_FIELDS, Column, layout_of
from sanjin_xl.model.submission import Submission

_WIDTHS = (6, 8, 10, 8, 60, 40)
_FIRST_ROW = 3


def correction_bytes(issue: Issue, submission: Submission, findings: Sequence[Finding], revision: int) -> bytes:
    """A correction copy as bytes; `findings` are what the county must mend.

    `revision` is one more than that of the return it corrects.
    """
    filling = filling_of(issue.form, submission, findings, revision)
    target = io.BytesIO()
    book = SealedWorkbook(target, issue.lock)
    add_form_sheet(book, issue, filling)
    _add_opinion_sheet(book, issue, findings)
    finish(book, issue, filling)
    return target.getvalue()


def file_name(issue: Issue) -> str:
    """The name a correction copy is sent back under."""
    return words.FILE_NAME.format(unit=issue.unit.name, title=issue.form.short_title, period=issue.period.label)


def filling_of(form: Form, submission: Submission, findings: Iterable[Finding], revision: int) -> Filling:
    """A return's answers as the texts of the open cells, and the findings as marks on them."""
    cells = {
        (item.number, column): text
        for item in form.items
        for column, text in texts_of(item, submission.answer(item.number)).items()
        if text
    }
    return Filling(
        cells=cells,
        filled_on=submission.filled_on,
        signers=submission.signers,
        marks=_marks(findings),
        revision=revision,
    )


def _marks(findings: Iterable[Finding]) -> dict[tuple[int, Column], str]:
    marks: dict[tuple[int, Column], str] = {}
    for one in findings:
        place = _place(one)
        if place:
            text = messages.opinion(one)
            marks[place] = f"{marks[place]}\n{text}" if place in marks else text
    return marks


def _place(one: Finding) -> tuple[int, Column] | None:
    """The cell of the fresh copy a finding speaks of; the first answer cell where it speaks of the item alone."""
    if one.item is None:
        return None
    return one.item, Column[(one.field or ANSWER_FIELDS[0]).upper()]


def _add_opinion_sheet(book: SealedWorkbook, issue: Issue, findings: Sequence[Finding]) -> None:
    """Add the sheet 审核意见: every finding in a row, with a link to its cell."""
    sheet = book.add_worksheet(words.SHEET)
    styles = Styles(book)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    title = styles.get(font_name=TITLE_FONT, font_size=18, align="center")
    sheet.merge_range(0, 0, 0, len(_WIDTHS) - 1, words.TITLE.format(unit=issue.unit.name), title)
    sheet.set_row(0, 36)
    sheet.merge_range(1, 0, 1, len(_WIDTHS) - 1, words.LEAD, styles.get())
    sheet.set_row(1, height_of(words.LEAD, sum(_WIDTHS), 10.5))
    head = styles.get(font_name=HEADING_FONT, align="center", border=THIN, border_color=LINE, bg_color=HEADER_FILL)
    for column, text in enumerate(words.COLUMNS):
        sheet.write_string(2, column, text, head)
    for n, one in enumerate(findings, start=1):
        _opinion_row(sheet, styles, issue, n, one)
    sheet.freeze_panes(_FIRST_ROW, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    sheet.protect()


def _opinion_row(sheet: SealedWorksheet, styles: Styles, issue: Issue, number: int, one: Finding) -> None:
    row = _FIRST_ROW + number - 1
    text = styles.get(border=THIN, border_color=LINE)
    centred = styles.get(border=THIN, border_color=LINE, align="center")
    seen, advice = messages.seen(one), one.kind.advice
    sheet.write_number(row, 0, number, centred)
    sheet.write_string(row, 1, str(one.item) if one.item else words.WHOLE, centred)
    _link(sheet, styles, row, issue, _place(one))
    sheet.write_string(row, 3, messages.SEVERITIES[one.severity], centred)
    sheet.write_string(row, 4, seen, text)
    sheet.write_string(row, 5, advice, text)
    sheet.set_row(row, max(20, height_of(seen, _WIDTHS[4], 10.5), height_of(advice, _WIDTHS[5], 10.5)))


def _link(sheet: SealedWorksheet, styles: Styles, row: int, issue: Issue, place: tuple[int, Column] | None) -> None:
    if place is None:
        sheet.write_blank(row, 2, None, styles.get(border=THIN, border_color=LINE))
        return
    cell = layout_of(issue.form).cell(*place)
    form = styles.get(border=THIN, border_color=LINE, align="center", font_color="#0563C1", underline=1)
    sheet.write_url(row, 2, f"internal:'{form_words.SHEET}'!{cell}", form, cell)
