"""Where the sheet's own formulas look for the answers: they follow cells that were moved, which no label does.

The self-score of an item begins IF(E6="√",ROUND(D6*IF(I6=…, its hint IF(E6&F6&G6&H6&I6=…: `model.layout` has the
heads from which `books.formulas` makes them. When cells are inserted, deleted or cut out, Excel, WPS and LibreOffice
adjust these addresses to where the cells went, and put #REF! for cells that are gone. So after one cell was inserted
at E7 in a form of three items, every tick below it stands one row too low, and the self-scores say so:

    row   序号   E before   E after    self-score before    after
     6     1      √          √         IF(E6=…              IF(E6=…
     7     2                 (new)     IF(E7=…              IF(E8=…      the tick of item 2 is in E8
     8     3      √                    IF(E8=…              IF(E9=…
     9   total               √         SUM(K6:K8)           SUM(K6:K8)

No formula looks at a remark. What tells there is the area of the column's prompt, J6:J8 as issued: an inserted cell
makes it J6:J9, a deleted one J6:J7 (`Links.covers`).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from string import Formatter
from typing import TypeAlias, TypeVar

from sanjin_xl.model.cellref import Place, column_number, place_of
from sanjin_xl.model.fields import CHOICES
from sanjin_xl.model.form import Form
from sanjin_xl.model.layout import HINT_HEAD, SCORE_HEAD, SUM_HEAD
from sanjin_xl.workbook.book import Sheet

T = TypeVar("T")
Places: TypeAlias = Mapping[str, Place | None]  # of one item's answers, by field, None for one that is gone

_FEWEST = 3  # formulas that look into a column, to believe them; fewer were pasted in from somewhere

_REF = r"[^&;<>=\"(,*]{2,24}"  # such as #REF! or $XFD$1048576
_TEXT = r'(?:"|&quot;)[^"&;<>]*(?:"|&quot;)'


def _pattern(head: str) -> re.Pattern[bytes]:
    """A head as it stands in the XML of a sheet, behind its own cell: a group for the address of every field."""
    pattern = r'<c r="(?P<_column>[A-Z]{1,3})(?P<_row>[0-9]{1,7})"[^<>]*><f[^<>]*>'
    for text, name, _, _ in Formatter().parse(head):
        pattern += re.escape(escape(text, quote=False))
        if name:
            pattern += _TEXT if name == "tick" else f"(?P<{name}>{_REF})"
    return re.compile(pattern.encode())


_HINT, _SCORE, _SUM = map(_pattern, (HINT_HEAD, SCORE_HEAD, SUM_HEAD))
# All that LibreOffice leaves in an .xls of a formula that looked at a cell that is gone.
_BROKEN = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^<>]*><f[^<>]*>#(?:REF!|N/A)</f>')
_LOOKED_AT = {"score": ("done", "ledger"), "hint": CHOICES}
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

    choices: Mapping[int, Places] = field(default_factory=dict)
    points: Mapping[int, int] = field(default_factory=dict)
    sums: frozenset[int] = frozenset()
    own: Mapping[str, int] = field(default_factory=dict)
    validated: Mapping[int, list[tuple[int, int]]] = field(default_factory=dict)

    def columns(self) -> dict[str, int]:
        """The column in which most formulas look for each choice, and their own, unless there are hardly any."""
        if len(self.choices) < _FEWEST:
            return {}
        return {**self.own, **_usual_columns(self.choices.values())}

    def moved(self, form: Form, of_item: Mapping[int, int], columns: Mapping[str, int]) -> dict[int, Places]:
        """The answer cells of every item for which they are not simply those of its row.

        An item's points lead to its self-score, that and the hint beside it to the choices.
        """
        if not (self.choices or self.points):
            return {}  # nothing leads anywhere else
        score_row = {points: row for row, points in self.points.items()}
        staying = [name for name in form.texts if self.covers(columns.get(name), of_item.values()) is True]
        found: dict[int, Places] = {}
        for number, row in of_item.items():
            usual: Places = {name: (row, columns[name]) if name in columns else None for name in form.answers}
            if row not in score_row and self.points.get(row, row) != row:
                places: Places = dict.fromkeys(usual)  # another item's score stands here, its own is gone
            else:
                places = self._looked_at(score_row.get(row, row), usual, columns)
                places = {**places, **{name: usual[name] for name in staying}}
            if places != usual:
                found[number] = places
        return found

    def _looked_at(self, source: int, names: Iterable[str], columns: Mapping[str, int]) -> Places:
        """The cells that the formulas in a row look at; what they do not name, such as the remark, went with them."""
        choices = self.choices.get(source, {})
        rows = {place[0] for place in choices.values() if place}
        row = rows.pop() if len(rows) == 1 else source
        return {name: choices.get(name, (row, columns[name]) if name in columns else None) for name in names}

    def covers(self, column: int | None, rows: Collection[int]) -> bool | None:
        """Whether the prompt of a column covers just these rows; None where it has none.

        A cell inserted among the items stretches the area by one row, into that of the total: J6:J8 becomes J6:J9.
        Where the row of the total was deleted, the area ends at the last item again, so that it tells nothing.
        """
        prompts = [one for one in self.validated.get(-1 if column is None else column, ()) if one[1] >= min(rows)]
        if not prompts:
            return None
        total_gone = bool(self.points) and not self.sums
        return not total_gone and (prompts[0][0], max(last for _, last in prompts)) == (min(rows), max(rows))


NO_LINKS = Links()


def find_links(sheet: Sheet) -> Links:
    """Read the formulas of a sheet as far as they point at answers and points."""
    xml = sheet.hidden.xml or sheet.hidden.wordings
    formulas = xml if b"<f" in xml else b""
    hints, scores = list(_HINT.finditer(formulas)), list(_SCORE.finditer(formulas))
    choices: defaultdict[int, dict[str, Place | None]] = defaultdict(dict)
    for found in (*scores, *hints):
        looked_at = {name: _place(ref) for name, ref in found.groupdict().items() if name in CHOICES}
        choices[_row(found)] |= looked_at
    own = {
        name: column_number(_most_common(one["_column"] for one in found).decode())
        for name, found in (("score", scores), ("hint", hints))
        if found
    }
    if broken := _broken(formulas, own):
        usual = _usual_columns(choices.values())
        taken = {place for one in choices.values() for place in one.values()}
        for row, names in broken.items():
            left = [name for name in names if name not in choices.get(row, ())]
            # Where others look at cells of its row, it is these that were pasted over; else it may be any.
            gone = [name for name in left if (row, usual.get(name)) in taken] or left
            if gone:
                choices[row] |= dict.fromkeys(gone)
    return Links(
        choices=choices,
        points={_row(one): place[0] for one in scores if (place := _place(one["points"]))},
        sums=frozenset(map(_row, _SUM.finditer(formulas))),
        own=own,
        validated=_validated(xml),
    )


def _broken(formulas: bytes, own: Mapping[str, int]) -> dict[int, set[str]]:
    """The rows in which a self-score or a hint is nothing but an error, and the choices that it looked at."""
    looked_at = {column: _LOOKED_AT[name] for name, column in own.items()}
    found: defaultdict[int, set[str]] = defaultdict(set)
    for letters, row in _BROKEN.findall(formulas):
        found[int(row) - 1].update(looked_at.get(column_number(letters.decode()), ()))
    return found


def _usual_columns(choices: Iterable[Places]) -> dict[str, int]:
    """The column in which most formulas look for each choice."""
    votes: defaultdict[str, list[int]] = defaultdict(list)
    for name, place in (one for places in choices for one in places.items()):
        if place:
            votes[name].append(place[1])
    return {name: _most_common(columns) for name, columns in votes.items()}


def _row(found: re.Match[bytes]) -> int:
    return int(found["_row"]) - 1


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
