"""One return → an outcome; a folder of them → a settled batch. Faults stay with the file that has them."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import PurePosixPath

from sanjin_xl.checks import When, check_items, check_return
from sanjin_xl.errors import Refused
from sanjin_xl.findings import Finding, finding
from sanjin_xl.intake import head
from sanjin_xl.intake.answers import AnswerReader, merged_into, read_answers
from sanjin_xl.intake.columns import Columns, find_columns
from sanjin_xl.intake.grid import Book, Sheet
from sanjin_xl.intake.identify import Signs, Whose, identify
from sanjin_xl.intake.reader import font_reader, read_book
from sanjin_xl.intake.rows import ItemRows, find_rows
from sanjin_xl.layout import Column, address, column_letters
from sanjin_xl.messages import template as words
from sanjin_xl.submission import Submission
from sanjin_xl.terms import Terms

_LEAST_ITEMS = 0.2  # of the form's items, for a sheet to be taken for the form


class Status(StrEnum):
    """What became of a file."""

    READABLE = "readable"
    COUNTED = "counted"
    SUPERSEDED = "superseded"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one file: read into a submission of a unit, or not, and why.

    `path` is relative to 回收/ with forward slashes (`archive.zip!member.xlsx` inside an archive); `reason` is a code
    of `messages.files` with its facts, None for a file that is counted.
    """

    path: str
    sha256: str = ""
    size: int = 0
    modified: str = ""
    status: Status = Status.READABLE
    reason: str | None = None
    facts: tuple[tuple[str, object], ...] = ()
    unit: str | None = None
    submission: Submission | None = None
    findings: tuple[Finding, ...] = field(default=())

    def with_status(self, status: Status, reason: str | None = None, **facts: object) -> "Outcome":
        return replace(self, status=status, reason=reason, facts=tuple(sorted(facts.items())))

    @property
    def in_doubt(self) -> frozenset[int]:
        """The numbers of the items a finding puts in doubt."""
        return frozenset(one.item for one in self.findings if one.doubt and one.item is not None)


class Processor:
    """Judges returns by the terms of a round; keeps what it learned of common rows from one return to the next."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self._reader = AnswerReader(terms.form, terms.period.year)

    def process_file(self, data: bytes, path: str, modified: str = "") -> Outcome:
        """Judge one return: bytes in, outcome out. No exception leaves it for anything the bytes hold."""
        sha256 = hashlib.sha256(data).hexdigest()
        return self.judge(data, Outcome(path=path, sha256=sha256, size=len(data), modified=modified))

    def judge(self, data: bytes, outcome: Outcome) -> Outcome:
        """Judge one return of which path, hash, size and time of change are known; `outcome` holds them."""
        try:
            book = read_book(data, self.terms.passwords)
            return self._judge(replace(outcome, modified=book.modified or outcome.modified), book, data)
        except Refused as refused:
            return outcome.with_status(Status.REJECTED, refused.code, **refused.facts)

    def _judge(self, outcome: Outcome, book: Book, data: bytes) -> Outcome:
        sheet, columns, rows = self._form_sheet(book)
        whose = self._whose(outcome, book, sheet, columns)
        answers = read_answers(self._reader, sheet, columns, rows, font_reader(data, sheet.name))
        filled_on, date_findings = head.filled_on(sheet, columns.header_row, self.terms.period)
        submission = Submission(
            answers=answers.by_item,
            cells=answers.cells,
            filled_on=filled_on,
            own_scores=_own_scores(sheet, columns, rows),
            own_total=_own_total(sheet, columns, rows),
            signers=head.signers(sheet, range(max(rows.rows.values()) + 1, len(sheet.rows))),
            revision=head.revision(book),
        )
        findings = [
            *whose.findings,
            *([finding("external-link")] if book.external_links else []),
            *date_findings,
            *_sheet_findings(sheet, columns, rows),
            *columns.findings,
            *rows.findings,
            *answers.findings,
            *_merged(sheet, columns, rows),
            *self._checked(submission),
        ]
        return replace(
            outcome,
            unit=whose.unit.code,
            submission=submission,
            findings=tuple(sorted(findings, key=lambda one: one.rank)),
        )

    def _form_sheet(self, book: Book) -> tuple[Sheet, Columns, ItemRows]:
        """The sheet with the most items of the form, the one named as issued before others."""
        least = max(1, int(len(self.terms.form.items) * _LEAST_ITEMS))
        found = []
        for sheet in book.sheets:
            columns = find_columns(self.terms.form, sheet)
            rows = find_rows(self.terms.form, sheet, columns)
            if len(rows.rows) >= least:
                found.append((sheet, columns, rows))
        if not found:
            raise Refused("no-items")
        return max(found, key=lambda one: (one[0].name == words.SHEET, len(one[2].rows)))

    def _whose(self, outcome: Outcome, book: Book, sheet: Sheet, columns: Columns) -> Whose:
        stem = PurePosixPath(outcome.path.rsplit("!", 1)[-1]).stem
        signs = Signs(
            stamps=tuple(head.stamp_texts(book)),
            unit_text=head.unit_text(sheet, columns.header_row),
            file_stem=stem,
            pinned_to=self._pinned_to(outcome),
        )
        return identify(self.terms, signs)

    def _pinned_to(self, outcome: Outcome) -> str | None:
        pins = {pin: unit for unit, pin in self.terms.pinned.items()}
        return pins.get(outcome.path) or pins.get(outcome.sha256)

    def _checked(self, submission: Submission) -> Iterable[Finding]:
        when = When(self.terms.period, self.terms.as_of, submission.filled_on or self.terms.as_of)
        yield from check_items(self.terms.form, submission, when)
        yield from check_return(self.terms.form, submission, self.terms.policy)


def _sheet_findings(sheet: Sheet, columns: Columns, rows: ItemRows) -> Iterable[Finding]:
    """What was done to the sheet as a whole."""
    if sheet.name != words.SHEET:
        yield finding("sheet-renamed", found=sheet.name)
    hidden = sheet.hidden
    if hidden.known and not hidden.protected:
        yield finding("protection-removed")
    if rows_hidden := hidden.hidden_rows & set(rows.rows.values()):
        yield finding("rows-hidden", count=len(rows_hidden))
    if names := [
        column_letters(p) for c, p in columns.places.items() if c != Column.CODE and p in hidden.hidden_columns
    ]:
        yield finding("columns-hidden", found="、".join(names))
    score = columns.place(Column.SCORE)
    if hidden.known and score is not None:
        typed = [row for row in rows.rows.values() if address(row, score) not in hidden.formulas]
        if typed:
            yield finding("score-overwritten", count=len(typed))


def _merged(sheet: Sheet, columns: Columns, rows: ItemRows) -> Iterable[Finding]:
    for number, first, cell in merged_into(sheet.hidden, columns, rows):
        yield finding("answer-merged", number, cell, first=first)


def _own_scores(sheet: Sheet, columns: Columns, rows: ItemRows) -> dict[int, int | None]:
    place = columns.place(Column.SCORE)
    return {number: _hundredths(sheet.at(row, place)) for number, row in rows.rows.items()}


def _own_total(sheet: Sheet, columns: Columns, rows: ItemRows) -> int | None:
    """The figure in the score column of the first row below the items that has one."""
    last = max(rows.rows.values())
    figures = (_hundredths(sheet.at(row, columns.place(Column.SCORE))) for row in range(last + 1, last + 4))
    return next((figure for figure in figures if figure is not None), None)


def _hundredths(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return round(value * 100)
