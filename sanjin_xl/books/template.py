"""The issued workbook: one locked copy of the form made out to one unit (docs/contracts.md §1)."""

import io

from sanjin_xl.books.form_sheet import add_form_sheet
from sanjin_xl.books.issue import Filling, Issue
from sanjin_xl.books.seal import SealedWorkbook
from sanjin_xl.books.sheet_writer import SheetWriter
from sanjin_xl.books.styles import ANSWER_FONT, Styles
from sanjin_xl.messages import template as words
from sanjin_xl.model.layout import MONTHS_AT, TICK_AT

_STAMP_PROPERTY = "sanjin_stamp"


def template_bytes(issue: Issue, filling: Filling | None = None) -> bytes:
    """The issued workbook as bytes, its open cells blank unless `filling` says otherwise."""
    target = io.BytesIO()
    book = SealedWorkbook(target, issue.lock)
    filling = filling or Filling()
    add_form_sheet(book, issue, filling)
    finish(book, issue, filling)
    return target.getvalue()


def finish(book: SealedWorkbook, issue: Issue, filling: Filling) -> None:
    """Add what every copy has beside the form sheet, and close the workbook."""
    add_guide_sheet(book, issue, carried=bool(filling.carried))
    add_hidden_sheet(book, issue)
    book.set_properties({"title": issue.form.title, "subject": issue.period.label, "company": issue.recipient})
    book.set_custom_property(_STAMP_PROPERTY, issue.stamp.full(issue.key))
    book.close()


def add_guide_sheet(book: SealedWorkbook, issue: Issue, *, carried: bool = False) -> None:
    """Add the sheet that tells the county clerk what to do; `carried`: the form holds answers of the former round."""
    # Of one page: LibreOffice does not shrink a sheet of a single column.
    sheet = SheetWriter(Styles(book), words.GUIDE_SHEET, [68])
    sheet.title(words.GUIDE_TITLE, 20, least=40)
    for title, text in _guide(issue, carried):
        sheet.heading_line(title)
        sheet.line(text, sheet.styles.get(font_name=ANSWER_FONT, font_size=12, valign="top"), 12)
    sheet.print_setup(upright=True)
    sheet.worksheet.protect()


def _guide(issue: Issue, carried: bool) -> list[tuple[str, str]]:
    columns = [issue.form.fields[name].heading for name in issue.form.answers]
    facts = {
        "columns": "、".join(columns),
        "count": words.NUMERALS[len(columns)],
        "items": len(issue.form.items),
        "policy": words.policy_in_words(issue.policy),
        "due": words.DATE_TEXT.format(day=issue.due),
        "recipient": issue.recipient,
        "contact": words.CONTACT.format(contact=issue.contact) if issue.contact else "",
    }
    return [(title, text.format_map(facts)) for title, text in (*words.GUIDE, *[words.GUIDE_CARRIED] * carried)]


def add_hidden_sheet(book: SealedWorkbook, issue: Issue) -> None:
    """Add the hidden sheet with the stamp, what it says of revision and policy, and the ranges behind the dropdowns."""
    sheet = book.add_worksheet(words.HIDDEN_SHEET)
    sheet.write_row(0, 0, [words.STAMP_KEY, issue.stamp.full(issue.key), "ticks", "months"])
    sheet.write_row(1, 0, [words.REVISION_KEY, issue.stamp.revision])
    sheet.write_string(*TICK_AT, words.TICK)
    sheet.write_row(2, 0, [words.POLICY_KEY, issue.policy.id])
    sheet.write_column(*MONTHS_AT, words.MONTHS)
    sheet.hide()
    sheet.protect()
