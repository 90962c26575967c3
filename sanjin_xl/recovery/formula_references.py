"""Where the sheet's own formulas look for the answers: they follow cells that were moved, which no label does.

The self-score of an item begins IF(E6="√",ROUND(D6*IF(I6=…, its hint IF(E6&F6&G6&H6&I6=… (`books.hints`). When cells
are inserted, deleted or cut out, Excel, WPS and LibreOffice adjust these addresses to where the cells went, and put
#REF! for cells that are gone.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias, TypeVar

from sanjin_xl.model.cellref import Place, address, column_number, place_of
from sanjin_xl.model.form import Form
from sanjin_xl.model.layout import ANSWER_COLUMNS, FIRST_ITEM_ROW, Column
from sanjin_xl.workbook.book import Sheet

T = TypeVar("T")
Six: TypeAlias = tuple[Place | None, ...]  # the cells of one item's answers, None for one that is gone

CHOICES = tuple(column for column in ANSWER_COLUMNS if column is not Column.REMARK)
_FEWEST = 3  # formulas that look into a column, to believe them; fewer were pasted in from somewhere

_REF = rb"[^&;<>=\"(,*]{2,24}"  # such as #REF! or $XFD$1048576
_CELL = rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^<>]*><f[^<>]*>'
_TEXT = rb'(?:"|&quot;)[^"&;<>]*(?:"|&quot;)'
_HINT = re.compile(_CELL + rb"IF\((" + rb"&amp;".join([_REF] * len(CHOICES)) + rb")=")
_SCORE = re.compile(_CELL + rb"IF\((%b)=%b,ROUND\((%b)\*IF\((%b)=" % (_REF, _TEXT, _REF, _REF))
_SUM = re.compile(_CELL + rb"SUM\(")
_VALIDATION = re.compile(rb'<dataValidation [^<>]*?sqref="([^"<>]*)"')
_RANGE = re.compile(rb"([A-Z]{1,3})([0-9]{1,7})(?::\1([0-9]{1,7}))?")


@dataclass(frozen=True, slots=True)
class Links:
    """What the formulas of a sheet say; nothing where a format or a paste has left none.

    `choices`: row of a self-score or hint → where it looks for the choices, None for a cell that is gone.
    `points`: row of a self-score → the row in which it looks for the item's points. `sums`: rows with a sum.
    `own`: the columns in which hints and self-scores themselves stand. `validated`: for a column the first and last
    rows of each of its dropdowns or prompts, which stretch and shrink with the cells.
    """

    choices: Mapping[int, Mapping[Column, Place | None]] = field(default_factory=dict)
    points: Mapping[int, int] = field(default_factory=dict)
    sums: frozenset[int] = frozenset()
    own: Mapping[Column, int] = field(default_factory=dict)
    validated: Mapping[int, list[tuple[int, int]]] = field(default_factory=dict)

    def columns(self) -> dict[Column, int]:
        """The column in which most formulas look for each choice, and their own, unless there are hardly any."""
        if len(self.choices) < _FEWEST:
            return {}
        votes: defaultdict[Column, list[int]] = defaultdict(list)
        for choices in self.choices.values():
            for column, place in choices.items():
                if place:
                    votes[column].append(place[1])
        return {**self.own, **{column: _most_common(places) for column, places in votes.items()}}

    def moved(self, of_item: Mapping[int, int], columns: Mapping[Column, int]) -> dict[int, Six]:
        """The answer cells of every item for which they are not simply those of its row.

        An item's points lead to its self-score, that and the hint beside it to the choices.
        """
        score_row = {points: row for row, points in self.points.items()}
        remarks_stay = self.covers(columns.get(Column.REMARK), of_item.values()) is True
        found: dict[int, Six] = {}
        for number, row in of_item.items():
            usual = tuple((row, columns[column]) if column in columns else None for column in ANSWER_COLUMNS)
            if row not in score_row and self.points.get(row, row) != row:
                six: Six = (None,) * len(usual)  # another item's score stands here, its own is gone
            else:
                six = self._six(score_row.get(row, row), columns)
                six = (*six[:-1], usual[-1]) if remarks_stay else six
            if six != usual:
                found[number] = six
        return found

    def _six(self, source: int, columns: Mapping[Column, int]) -> Six:
        """The cells that the formulas in a row look at; what they do not name, such as the remark, went with them."""
        choices = self.choices.get(source, {})
        rows = {place[0] for place in choices.values() if place}
        row = rows.pop() if len(rows) == 1 else source
        return tuple(choices.get(c, (row, columns[c]) if c in columns else None) for c in ANSWER_COLUMNS)

    def covers(self, column: int | None, rows: Collection[int]) -> bool | None:
        """Whether the prompt of a column covers just these rows; None where it has none.

        Cells moved down stretch it into the row of the total. Where that was deleted, nothing is left of the stretch.
        """
        prompts = [one for one in self.validated.get(-1 if column is None else column, ()) if one[1] >= min(rows)]
        if not prompts:
            return None
        total_gone = bool(self.points) and not self.sums
        return not total_gone and (prompts[0][0], max(last for _, last in prompts)) == (min(rows), max(rows))


NO_LINKS = Links()


def find_links(sheet: Sheet) -> Links:
    """Read the formulas of a sheet as far as they point at answers and points."""
    xml = sheet.hidden.xml
    hints, scores = _HINT.findall(xml), _SCORE.findall(xml)
    choices: defaultdict[int, dict[Column, Place | None]] = defaultdict(dict)
    for _, row, done, _, ledger in scores:
        choices[int(row) - 1] |= {Column.DONE: _place(done), Column.LEDGER: _place(ledger)}
    for _, row, refs in hints:
        choices[int(row) - 1] |= zip(CHOICES, map(_place, refs.split(b"&amp;")), strict=True)
    return Links(
        choices=choices,
        points={int(row) - 1: place[0] for _, row, _, ref, _ in scores if (place := _place(ref))},
        sums=frozenset(int(row) - 1 for _, row in _SUM.findall(xml)),
        own={
            column: column_number(_most_common(one[0] for one in found).decode())
            for column, found in ((Column.SCORE, scores), (Column.HINT, hints))
            if found
        },
        validated=_validated(xml),
    )


def _validated(xml: bytes) -> dict[int, list[tuple[int, int]]]:
    found: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for ranges in _VALIDATION.findall(xml, max(0, xml.rfind(b"<dataValidations"))):
        for letters, first, last in _RANGE.findall(ranges):
            found[column_number(letters.decode())].append((int(first) - 1, int(last or first) - 1))
    return {column: sorted(rows) for column, rows in found.items()}


def _place(ref: bytes) -> Place | None:
    """The cell of an address, None for #REF! or another sheet."""
    return place_of(ref.decode())


def _most_common(found: Iterable[T]) -> T:
    return Counter(found).most_common(1)[0][0]


def links_as_issued(form: Form, sheet: Sheet) -> bool:
    """Whether every self-score and every hint looks at the cells it was issued with, and the total and the prompt of
    the remarks are where they were; formats that tell nothing of formulas pass.
    """
    xml = sheet.hidden.xml
    at = 0
    for mark in _issued_marks(form) if xml else ():
        at = xml.find(mark, at)
        if at < 0:
            return False
    return True


@lru_cache(maxsize=16)
def _issued_marks(form: Form) -> tuple[bytes, ...]:
    """What the self-scores and hints begin with, in the order in which they stand in the sheet."""
    rows = range(FIRST_ITEM_ROW + 1, FIRST_ITEM_ROW + 1 + len(form.items))
    return (
        *(mark for r in rows for mark in (b"ROUND(D%d*IF(I%d=" % (r, r), b">IF(" + b"&amp;".join(_cells(r)) + b"=")),
        b">SUM(",  # without a total the prompt tells nothing: see `Links.covers`
        b'sqref="J%d:J%d"' % (rows[0], rows[-1]),
    )


def _cells(row: int) -> list[bytes]:
    return [address(row - 1, column).encode() for column in CHOICES]
