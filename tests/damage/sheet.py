"""One worksheet as Excel holds it: cells that move, formulas that follow them, results that are worked out again.

Every answer and mark cell bears a tag, the item and column it was issued for, which goes with it wherever it is moved.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple
from xml.sax.saxutils import escape, unescape

from sanjin_xl.model.cellref import address, column_letters, column_number

Place = tuple[int, int]  # row and column from zero
Tag = tuple[int, str]
Move = Callable[[Place], Place | None]

_ROW = re.compile(r'<row r="(\d+)"([^>]*?)(?:/>|>(.*?)</row>)', re.DOTALL)
_CELL = re.compile(r'<c r="([A-Z]+)(\d+)"(?: s="(\d+)")?(?: t="(\w+)")?(?:/>|>(.*?)</c>)', re.DOTALL)
_FORMULA = re.compile(r"<f>(.*?)</f>", re.DOTALL)
_VALUE = re.compile(r"<v>(.*?)</v>", re.DOTALL)
_MERGE = re.compile(r'<mergeCell ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"/>')
# Strings and addresses on other sheets are left alone.
_REF = re.compile(r'"[^"]*"|_sanjin!\$D\$2:\$D\$13|\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?(?![\d(])')
_SCORE = re.compile(r'IF\((\S+?)="√",ROUND\((\S+?)\*IF\((\S+?)="√",([\d.]+),([\d.]+)\),2\),0\)')
_SUM = re.compile(r"SUM\(([A-Z]+)(\d+):[A-Z]+(\d+)\)")
_HIDDEN = ' hidden="1"'
_FLAT = ' ht="0" customHeight="1"'
_SQREF = re.compile(r' sqref="([A-Z]+\d+:[A-Z]+\d+)"')
_ENTITIES = {"&quot;": '"'}


class Error(str):
    """An error value, such as #REF!."""

    __slots__ = ()


class Over(NamedTuple):
    """What lies over a cell: a `shape` with its words, a `picture`, `ink`, a check `box` (ticked where it has words),
    or a `comment`.
    """

    kind: str
    text: str = ""
    down: int = 0  # over how many further rows


@dataclass(slots=True)
class Cell:
    """What stands in one cell, and what lies over it.

    `value` None is a blank, `formula` without the equals sign, `of` the tag of the cell it is a copy of. `runs`: its
    text in runs with their properties as XML, as long as they make up the value.
    """

    value: str | float | None = None
    formula: str | None = None
    style: int = 0
    tag: Tag | None = None
    of: Tag | None = None
    runs: tuple[tuple[str, str], ...] = ()
    over: tuple[Over, ...] = ()

    def copy(self) -> "Cell":
        """The same without its tag."""
        return replace(self, tag=None, of=self.tag or self.of)


@dataclass
class Sheet:
    """A worksheet: its cells by place, its merges, which rows are hidden, and the XML around them."""

    name: str
    cells: dict[Place, Cell] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    flat_rows: set[int] = field(default_factory=set)
    before: str = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    after: str = "</worksheet>"
    state: str = "visible"

    @classmethod
    def parse(cls, name: str, xml: str, strings: list[str]) -> "Sheet":
        """A sheet as XlsxWriter writes it."""
        before, _, rest = xml.partition("<sheetData>")
        data, _, after = rest.partition("</sheetData>")
        sheet = cls(name, before=before, after=re.sub(r"<mergeCells.*?</mergeCells>", "", after))
        for _, _, inner in _ROW.findall(data):
            for letters, row, style, kind, content in _CELL.findall(inner or ""):
                place = int(row) - 1, column_number(letters)
                sheet.cells[place] = _cell(int(style or 0), kind, content, strings)
        sheet.merges = [
            (int(r1) - 1, column_number(c1), int(r2) - 1, column_number(c2)) for c1, r1, c2, r2 in _MERGE.findall(after)
        ]
        return sheet

    def copy(self) -> "Sheet":
        """Another sheet of which all is the same, tags included."""
        cells = {place: replace(cell) for place, cell in self.cells.items()}
        return replace(
            self,
            cells=cells,
            merges=[*self.merges],
            hidden_rows={*self.hidden_rows},
            hidden_columns={*self.hidden_columns},
            flat_rows={*self.flat_rows},
        )

    def at(self, row: int, column: int) -> Cell:
        """The cell at a place, made if there is none."""
        return self.cells.setdefault((row, column), Cell())

    def value(self, row: int, column: int) -> str | float | None:
        cell = self.cells.get((row, column))
        return cell.value if cell else None

    def tags(self) -> dict[Tag, Place]:
        return {cell.tag: place for place, cell in self.cells.items() if cell.tag}

    def merged(self) -> set[Place]:
        """The cells of all merges."""
        boxes = ((range(a, c + 1), range(b, d + 1)) for a, b, c, d in self.merges)
        return {(row, column) for rows, columns in boxes for row in rows for column in columns}

    @property
    def last_row(self) -> int:
        return max((row for row, _ in self.cells), default=0)

    @property
    def last_column(self) -> int:
        return max((column for _, column in self.cells), default=0)

    # --- cells that move ---

    def move(self, where: Move, *, follow: bool = True) -> list[Tag]:
        """Move every cell; formulas follow if they are told to. Returns the tags of cells that are gone."""
        old, self.cells = self.cells, {}
        landed = {target for place in old if (target := where(place)) and target != place}

        def final(place: Place) -> Place | None:
            target = where(place)
            return None if target == place and place in landed else target  # overwritten by what lands on it

        gone = []
        for place, cell in old.items():
            target = final(place)
            if target:
                self.cells[target] = cell
            elif cell.tag:
                gone.append(cell.tag)
        self.merges = [merge for one in self.merges if (merge := _moved_merge(one, final))]
        self.after = _SQREF.sub(lambda found: _moved_sqref(found, final), self.after)
        for rows in (self.hidden_rows, self.flat_rows):
            moved = {target[0] for row in rows if (target := final((row, 0)))}
            rows.clear()
            rows.update(moved)
        moved_ref = _each_once(lambda found: _moved_ref(found, final))
        for cell in self.cells.values() if follow else ():
            if cell.formula:
                cell.formula = _REF.sub(moved_ref, cell.formula)
        return gone

    def permute_rows(self, order: Mapping[int, int], columns: range) -> None:
        """Sort rows as a spreadsheet does: formulas look at the rows they would look at had they been copied there."""
        places = [place for place in self.cells if place[0] in order and place[1] in columns]
        taken = {place: self.cells.pop(place) for place in places}
        for (row, column), cell in taken.items():
            if cell.formula:
                cell.formula = copied(cell.formula, order[row] - row)
            self.cells[order[row], column] = cell

    def recalculate(self) -> None:
        """Work out self-scores and sums again."""
        for cell in self.cells.values():
            if cell.formula and (score := _SCORE.fullmatch(cell.formula)):
                cell.value = self._score(*score.groups())
        for cell in self.cells.values():
            if cell.formula and (total := _SUM.fullmatch(cell.formula)):
                column = column_number(total[1])
                values = [self.value(row, column) for row in range(int(total[2]) - 1, int(total[3]))]
                errors = [value for value in values if isinstance(value, Error)]
                cell.value = errors[0] if errors else sum(v for v in values if isinstance(v, (int, float)))

    def _score(self, done: str, points: str, ledger: str, full: str, less: str) -> float | Error:
        values = [Error("#REF!") if "#" in ref else self._named(ref) for ref in (done, points, ledger)]
        if any(isinstance(value, Error) for value in values):
            return Error("#REF!")
        if values[0] != "√" or not isinstance(values[1], (int, float)):
            return 0.0
        return int(values[1] * float(full if values[2] == "√" else less) * 100 + 0.5 + 1e-9) / 100

    def _named(self, ref: str) -> str | float | None:
        letters, row = re.fullmatch(r"\$?([A-Z]+)\$?(\d+)", ref).groups()  # type: ignore[union-attr]
        return self.value(int(row) - 1, column_number(letters))

    # --- as XML ---

    def xml(self, string: Callable[[str], int]) -> str:
        """The sheet as XML; `string` gives a text its place among the shared strings."""
        rows: dict[int, list[str]] = {}
        for (row, column), cell in sorted(self.cells.items()):
            rows.setdefault(row, []).append(_cell_xml(address(row, column), cell, string))
        data = "".join(f'<row r="{row + 1}"{self._size(row)}>{"".join(cells)}</row>' for row, cells in rows.items())
        return f"{self._head()}<sheetData>{data}</sheetData>{self._tail()}"

    def _size(self, row: int) -> str:
        return _HIDDEN if row in self.hidden_rows else _FLAT if row in self.flat_rows else ""

    def _head(self) -> str:
        if not self.hidden_columns:
            return self.before
        places = sorted(column + 1 for column in self.hidden_columns)
        hidden = "".join(f'<col min="{n}" max="{n}" width="9" hidden="1"/>' for n in places)
        return re.sub(r"<cols>.*?</cols>", "", self.before) + f"<cols>{hidden}</cols>"

    def _tail(self) -> str:
        if not self.merges:
            return self.after
        refs = "".join(f'<mergeCell ref="{address(a, b)}:{address(c, d)}"/>' for a, b, c, d in self.merges)
        merges = f'<mergeCells count="{len(self.merges)}">{refs}</mergeCells>'
        protection = re.match(r"\s*<sheetProtection[^>]*/>", self.after)
        at = protection.end() if protection else 0
        return self.after[:at] + merges + self.after[at:]


def _each_once(replaced: Callable[[re.Match[str]], str]) -> Callable[[re.Match[str]], str]:
    """The same replacement, worked out once for each text that is found."""
    known: dict[str, str] = {}

    def look_up(found: re.Match[str]) -> str:
        text = found[0]
        if text not in known:
            known[text] = replaced(found)
        return known[text]

    return look_up


def _moved_sqref(found: re.Match[str], where: Move) -> str:
    """The cells of a validation, which stretch and shrink like a range in a formula."""
    ends = _REF.sub(lambda ref: _moved_ref(ref, where), found[1])
    return "" if "#" in ends else f' sqref="{ends}"'


def copied(formula: str, down: int) -> str:
    """A formula as it reads so many rows further down."""

    def ref(found: re.Match[str]) -> str:
        if not found[1] or "$" in found[0]:
            return found[0]
        rows = [int(row) + down for row in (found[2], found[4]) if row]
        return re.sub(r"\d+", lambda _: str(rows.pop(0)), found[0]) if min(rows) > 0 else "#REF!"

    return _REF.sub(ref, formula)


def _cell(style: int, kind: str, content: str, strings: list[str]) -> Cell:
    formula, value = _FORMULA.search(content or ""), _VALUE.search(content or "")
    text = unescape(value[1], _ENTITIES) if value else ""
    cell = Cell(style=style, formula=unescape(formula[1], _ENTITIES) if formula else None)
    if kind == "s":
        cell.value = strings[int(text)]
    elif kind == "str" or (formula and not text):
        cell.value = text
    elif text:
        cell.value = float(text)
    return cell


def _cell_xml(name: str, cell: Cell, string: Callable[[str], int]) -> str:
    style = f' s="{cell.style}"' if cell.style else ""
    formula = f"<f>{escape(cell.formula)}</f>" if cell.formula is not None else ""
    if cell.value is None:
        return f'<c r="{name}"{style}>{formula}</c>' if formula else f'<c r="{name}"{style}/>'
    if isinstance(cell.value, Error):
        return f'<c r="{name}"{style} t="e">{formula}<v>{escape(cell.value)}</v></c>'
    if isinstance(cell.value, str):
        if formula:
            return f'<c r="{name}"{style} t="str">{formula}<v>{escape(cell.value)}</v></c>'
        if cell.runs and "".join(text for _, text in cell.runs) == cell.value:
            runs = (f"<r><rPr>{properties}</rPr><t>{escape(text)}</t></r>" for properties, text in cell.runs)
            return f'<c r="{name}"{style} t="inlineStr"><is>{"".join(runs)}</is></c>'
        return f'<c r="{name}"{style} t="s"><v>{string(cell.value)}</v></c>'
    return f'<c r="{name}"{style}>{formula}<v>{cell.value!r}</v></c>'


def _moved_merge(merge: tuple[int, int, int, int], where: Move) -> tuple[int, int, int, int] | None:
    top, left, bottom, right = merge
    corners = [place for row in range(top, bottom + 1) for c in (left, right) if (place := where((row, c)))]
    if not corners:
        return None
    rows, columns = [row for row, _ in corners], [column for _, column in corners]
    moved = min(rows), min(columns), max(rows), max(columns)
    return None if moved[:2] == moved[2:] else moved


def _moved_ref(found: re.Match[str], where: Move) -> str:
    if not found[1]:
        return found[0]
    dollar = "$" if "$" in found[0] else ""
    first = int(found[2]) - 1, column_number(found[1])
    last = (int(found[4]) - 1, column_number(found[3])) if found[3] else first
    kept = [place for row in range(first[0], last[0] + 1) if (place := where((row, first[1])))]
    if not kept:
        return "#REF!"
    ends = [min(kept), max(kept)] if found[3] else [kept[0]]
    return ":".join(f"{dollar}{column_letters(column)}{dollar}{row + 1}" for row, column in ends)
