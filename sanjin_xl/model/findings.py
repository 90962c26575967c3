"""One observation about a return, and the catalogue of everything that can be observed."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sanjin_xl.model.layout import on_sheet


class Severity(StrEnum):
    """How much a finding weighs: must be corrected, must be ruled on, worth knowing."""

    ERROR = "error"
    REVIEW = "review"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Kind:
    """What a code means for the work: its severity, and whether it puts the item's points in doubt.

    An item in doubt counts 0 for now and its upper bound is shown beside it (docs/contracts.md §4).
    """

    severity: Severity
    doubt: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One observation about one return: a code and facts, never a sentence (see `messages`).

    `item` is the item's number, `field` the name of the answer column, `cell` the address in the returned sheet,
    `sheet` the name of that sheet where it is not the one that was read first, `found` what stood there as typed;
    `facts` are further values for the sentence, as sorted pairs.
    """

    code: str
    item: int | None = None
    cell: str | None = None
    found: str | None = None
    facts: tuple[tuple[str, object], ...] = ()
    field: str | None = None
    sheet: str | None = None

    @property
    def severity(self) -> Severity:
        return CATALOGUE[self.code].severity

    @property
    def doubt(self) -> bool:
        return CATALOGUE[self.code].doubt

    @property
    def place(self) -> str | None:
        """The address as it is shown: F10, or 续表!F10 on a further sheet."""
        return on_sheet(self.sheet, self.cell)

    @property
    def rank(self) -> tuple[int, int, str]:
        """Sort key: the gravest first, then by item, then by code."""
        return _ORDER[self.severity], self.item or 0, self.code


def finding(
    code: str,
    item: int | None = None,
    cell: str | None = None,
    found: object = None,
    *,
    field: str | None = None,
    **facts: object,
) -> Finding:
    """A finding with its facts given by name; `found` None means there was nothing to quote."""
    return Finding(code, item, cell, None if found is None else str(found), tuple(sorted(facts.items())), field)


def worst(found: Iterable[Finding]) -> Severity | None:
    """The gravest severity among findings, None when there are none."""
    severities = {one.severity for one in found}
    return min(severities, key=_ORDER.__getitem__, default=None)


_ORDER = {Severity.ERROR: 0, Severity.REVIEW: 1, Severity.NOTE: 2}
_error = Kind(Severity.ERROR)
_review = Kind(Severity.REVIEW)
_doubt = Kind(Severity.REVIEW, doubt=True)
_note = Kind(Severity.NOTE)

# The reason for each weight stands beside its sentence in `messages.findings`.
CATALOGUE: dict[str, Kind] = {
    # whose return it is
    "stamp-missing": _review,
    "stamp-unverified": _note,
    "stamp-carrier-lost": _note,
    "stamp-older-accepted": _note,
    "stamp-other-accepted": _review,
    "unit-cell-blank": _note,
    "unit-cell-unknown": _note,
    "unit-from-file-name": _review,
    "unit-pinned": _note,
    "version-differs": _review,
    "version-corrected": _note,
    "twin-answers": _review,
    # the head of the form
    "fill-date-missing": _note,
    "fill-date-unclear": _review,
    "fill-date-needed": _review,
    "fill-date-implausible": _note,
    # where the items were found
    "sheet-renamed": _note,
    "sheet-copied": _note,
    "sheet-copies-differ": _review,
    "header-changed": _note,
    "column-moved": _note,
    "column-missing": _error,
    "column-guessed": _review,
    "column-conflict": _review,
    "column-doubtful": _review,
    "column-repeated": _review,
    "column-shifted": _review,
    "table-moved": _note,
    "layer-lost": _note,
    "layer-damaged": _note,
    "rows-moved": _note,
    "rows-inserted": _note,
    "row-duplicated": _note,
    "row-duplicates-differ": _doubt,
    "item-missing": _error,
    "item-conflict": _doubt,
    "items-one-mark": _review,
    "items-elsewhere": _review,
    "rows-torn": _review,
    "item-text-changed": _review,
    "item-points-changed": _note,
    "rows-hidden": _note,
    "columns-hidden": _note,
    "protection-removed": _note,
    "score-overwritten": _note,
    "external-link": _note,
    "answer-unplaced": _review,
    "answer-moved": _review,
    "answer-gone": _doubt,
    "extra-note": _note,
    # what was typed
    "tick-normalised": _note,
    "tick-unclear": _doubt,
    "tick-picture": _doubt,
    "tick-font": _doubt,
    "ledger-unclear": _review,
    "planned-unclear": _review,
    "month-normalised": _note,
    "month-from-date": _note,
    "month-list": _note,
    "month-list-one-off": _review,
    "month-ambiguous": _doubt,
    "month-unclear": _doubt,
    "plan-month-unclear": _review,
    "month-other-year": _doubt,
    "plan-month-other-year": _note,
    "plan-month-unasked": _note,
    "answer-formula": _doubt,
    "answer-uncalculated": _doubt,
    "answer-error": _doubt,
    "answer-merged": _doubt,
    "answer-comment": _note,
    "remark-not-text": _review,
    # whether it makes sense
    "not-answered": _note,
    "done-no-month": _note,
    "done-month-no-tick": _doubt,
    "done-after-fill": _doubt,
    "both-ticked": _doubt,
    "both-ticked-recurring": _note,
    "ledger-not-done": _doubt,
    "ledger-item-no-ledger": _doubt,
    "neighbour-not-done": _doubt,
    "one-period-only": _note,
    "remark-contradicts": _doubt,
    "remark-not-applicable": _doubt,
    "plan-no-month": _error,
    "plan-month-no-tick": _note,
    "plan-overdue": _note,
    "plan-before-round": _review,
    "filled-down": _review,
    "nobody-signed": _review,
    "score-differs": _review,
    "not-recalculated": _note,
    "total-differs": _review,
    "blank-but-scored": _review,
    # what the city ruled
    "ruling-stale": _review,
    "ruling-incomplete": _review,
    "ruling-unclear": _review,
    "ruling-both": _review,
    "ruling-out-of-range": _review,
    "ruling-off-step": _review,
    "ruling-withdrawn": _note,
    "ruling-unplaced": _review,
    "ruling-conflict": _review,
    "ruling-file-ignored": _review,
}
