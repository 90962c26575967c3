"""Where the sheet's own formulas look for the answers: they follow cells that were moved, which no label does.

The hint of an item begins IF(E6&F6&G6&H6&I6=…, its self-score IF(E6="√",ROUND(D6*IF(I6=… (`books.hints`). When cells
are inserted, deleted or cut out, Excel, WPS and LibreOffice adjust these addresses to where the cells went, and put
#REF! for cells that are gone.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeAlias

from sanjin_xl.form import Form
from sanjin_xl.intake.grid import Sheet
from sanjin_xl.layout import ANSWER_COLUMNS, FIRST_ITEM_ROW, Column, column_letters

Place: TypeAlias = tuple[int, int]  # row and column from zero
CHOICES = tuple(column for column in ANSWER_COLUMNS if column is not Column.REMARK)

_LONGEST = 24  # characters of one address, such as #REF! or $XFD$1048576
_REF = rb"[^&;<>=\"(,*]{2,%d}" % _LONGEST
_ADDRESS = re.compile(rb"\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_CELL = rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^<>]*><f[^<>]*>'
_HINT = re.compile(_CELL + rb"IF\((" + rb"&amp;".join([_REF] * len(CHOICES)) + rb")=")
_SCORE = re.compile(_CELL + rb"IF\(" + _REF + rb'=(?:"|&quot;)[^"&;<>]*(?:"|&quot;),ROUND\((' + _REF + rb")\*IF\(")
_SUM = re.compile(_CELL + rb"SUM\(")


@dataclass(frozen=True, slots=True)
class Links:
    """What the formulas of a sheet say; nothing where a format or a paste has left none.

    `choices`: row of a hint → where it looks for the five choices, in the order of the columns, None for a cell that
    is gone. `points`: row of a self-score → the row in which it looks for the item's points. `sums`: rows with a sum.
    """

    choices: Mapping[int, tuple[Place | None, ...]] = field(default_factory=dict)
    points: Mapping[int, int] = field(default_factory=dict)
    sums: frozenset[int] = frozenset()

    def columns(self, least: int) -> dict[Column, int]:
        """The column in which most hints look for each choice, if there are at least so many hints."""
        found: dict[Column, int] = {}
        if len(self.choices) < least:
            return found
        for n, column in enumerate(CHOICES):
            votes = Counter(place[1] for places in self.choices.values() if (place := places[n]))
            if votes:
                found[column] = votes.most_common(1)[0][0]
        return found

    def moved(self, of_item: Mapping[int, int], columns: Mapping[Column, int]) -> dict[int, tuple[Place | None, ...]]:
        """The six answer cells of every item for which they are not simply those of its row; None for one that is gone.

        An item's points lead to its self-score, the hint beside that to the choices. No formula looks at the remark:
        it is taken to have gone where all choices of its item went together.
        """
        score_row = {points: row for row, points in self.points.items()}
        found: dict[int, tuple[Place | None, ...]] = {}
        for number, row in of_item.items():
            source = score_row.get(row, row)
            usual = tuple((source, columns[column]) if column in columns else None for column in CHOICES)
            choices = self.choices.get(source, usual)
            rows = {place[0] for place in choices if place}
            remark = (rows.pop() if len(rows) == 1 else source, columns.get(Column.REMARK, -1))
            if (*choices, remark) != (*usual, (row, remark[1])):
                found[number] = (*choices, remark if remark[1] >= 0 else None)
        return found


NO_LINKS = Links()


def find_links(sheet: Sheet) -> Links:
    """Read the formulas of a sheet as far as they point at answers and points."""
    xml = sheet.hidden.xml
    choices = {int(row) - 1: tuple(_place(ref) for ref in refs.split(b"&amp;")) for _, row, refs in _HINT.findall(xml)}
    points = {int(row) - 1: place[0] for _, row, ref in _SCORE.findall(xml) if (place := _place(ref))}
    return Links(choices, points, frozenset(int(row) - 1 for _, row in _SUM.findall(xml)))


def _place(ref: bytes) -> Place | None:
    """The cell of an address, None for #REF! or another sheet."""
    parts = _ADDRESS.fullmatch(ref)
    if not parts:
        return None
    column = 0
    for letter in parts[1]:
        column = column * 26 + letter - 64
    return int(parts[2]) - 1, column - 1


def are_as_issued(form: Form, sheet: Sheet) -> bool:
    """Whether every self-score and every hint looks at the cells it was issued with; formats without formulas pass."""
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
    return tuple(
        mark for r in rows for mark in (b"ROUND(D%d*IF(I%d=" % (r, r), b">IF(" + b"&amp;".join(_cells(r)) + b"=")
    )


def _cells(row: int) -> list[bytes]:
    return [f"{column_letters(column)}{row}".encode() for column in CHOICES]
