"""The tables of an .ods without their cells: rows, columns, controls, and what is anchored to no cell."""

from collections.abc import Mapping
from itertools import compress, count
from operator import attrgetter
from typing import NamedTuple

from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.drawings import CHECKED, UNCHECKED
from sanjin_xl.workbook.ods.cells import Cell
from sanjin_xl.workbook.ods.drawings import DRAWN, SHAPES, Shape, shape
from sanjin_xl.workbook.ods.xml import CONTENT, Expat, count_of
from sanjin_xl.workbook.xml import Attributes

_STYLE, _TAIL = attrgetter("style"), attrgetter("tail")
_STATES = ("form:current-state", "form:current-selected", "form:state", "form:selected")  # of boxes and radio buttons
_TICKS = {"checked": CHECKED, "unchecked": UNCHECKED, "true": CHECKED, "false": UNCHECKED}  # "unknown": neither


class Line(NamedTuple):
    """A row or a column, repeated or not: its style, that of its cells, and for a row which runs of cells it has."""

    repeat: int
    style: str
    default: str
    hidden: bool
    runs: tuple[int, ...] = ()


class Run(NamedTuple):
    """Cells that stand side by side, and their styles."""

    cells: list[Cell]
    styles: list[str]


class Table(NamedTuple):
    """A table; `veiled`: whether bars or icons may stand in place of values. `conditional`: the styles that take the
    place of a cell's own where something holds.
    """

    name: str
    style: str
    protected: bool
    columns: tuple[Line, ...]
    rows: tuple[Line, ...]
    controls: Mapping[str, str]
    veiled: bool
    conditional: frozenset[str]
    shapes: tuple[Shape, ...]


def parted(head: bytes, styles: list[str], cells: list[Cell]) -> tuple[bytes, list[Run]]:
    """What stands around the cells, with a mark for each run of them, and these runs."""
    for n in compress(count(), map(_STYLE, cells)):
        if styles[n]:  # no XML
            raise Refused("file-xml", part=CONTENT, line=0)
        styles[n] = cells[n].style
    rest, runs, start = [head], list[Run](), 0
    for end in compress(count(1), map(_TAIL, cells)):
        rest += [b"<c/>", cells[end - 1].tail]
        runs.append(Run(cells[start:end], styles[start:end]))
        start = end
    return b"".join(rest), runs


def read_tables(xml: bytes) -> list[Table]:
    """The tables of a document whose runs of cells are marks."""
    return _TableReader().read(xml)


class _TableReader(Expat):
    """The tables of a body; those within others and within change logs are none of them."""

    def __init__(self) -> None:
        super().__init__()
        self._paths: list[str] = []
        self._tables: list[Table] = []
        self._table: Attributes = {}
        self._inside = self._groups = self._run = 0
        self._shape = 0

    def read(self, xml: bytes) -> list[Table]:
        # Behind the body the root element ends, which was cut off.
        self.parse(xml[: xml.rfind(b"</office:body>")] + b"</office:body>")
        return self._tables

    def start(self, name: str, attributes: Attributes) -> None:
        self._paths.append(name)
        if name == "c":
            self._runs.append(self._run) if self._inside else None
            self._run += 1
        elif name == "table:table" and len(self._paths) == 3:
            self._begin(attributes)
        elif self._inside:
            self._in_table(name, attributes)

    def _begin(self, attributes: Attributes) -> None:
        self._table, self._inside = attributes, len(self._paths)
        self._columns: list[Line] = []
        self._rows: list[Line] = []
        self._runs: list[int] = []
        self._controls: dict[str, str] = {}
        self._veiled = False
        self._conditional: set[str] = set()
        self._shapes: list[Shape] = []
        self._words: list[str] = []

    def _in_table(self, name: str, attributes: Attributes) -> None:
        if name == "table:table":
            raise Refused("file-markup", part=CONTENT, found=name)
        if name in ("table:table-column", "table:table-row"):
            kind = name.removeprefix("table:table-")
            hidden = bool(self._groups) or attributes.get("table:visibility", "visible") != "visible"
            repeat = count_of(attributes, f"table:number-{kind}s-repeated")
            styles = attributes.get("table:style-name", ""), attributes.get("table:default-cell-style-name", "")
            self._line, self._runs = Line(repeat, *styles, hidden), []
        elif name.endswith("-group") and (self._groups or attributes.get("table:display") == "false"):
            self._groups += 1
        elif name in ("calcext:condition", "calcext:date-is"):
            self._conditional.add(attributes.get("calcext:apply-style-name", attributes.get("calcext:style", "")))
        elif name in ("calcext:data-bar", "calcext:icon-set"):
            self._veiled |= attributes.get("calcext:show-value") == "false"
        elif name in ("form:checkbox", "form:radio"):
            state = next((attributes[key] for key in _STATES if key in attributes), "unchecked")
            label = _TICKS.get(state, "") + attributes.get("form:label", "")
            self._controls |= {attributes.get(key, ""): label for key in ("form:id", "xml:id")}
        elif name in SHAPES and "table:shapes" in self._paths and not self._shape:
            self._shape, self._drawn, self._kind = len(self._paths), attributes, DRAWN.get(name)
        elif self._shape:
            self._kind = self._kind or DRAWN.get(name)

    def end(self, name: str) -> None:
        if self._inside and name == "table:table-column":
            self._columns.append(self._line)
        elif self._inside and name == "table:table-row":
            self._rows.append(self._line._replace(runs=tuple(self._runs)))
        elif name.endswith("-group") and self._groups:
            self._groups -= 1
        elif self._shape == len(self._paths):
            self._shapes.append(shape(self._kind, self._drawn, "".join(self._words)))
            self._shape, self._words = 0, []
        elif self._inside == len(self._paths):
            self._finish()
        self._paths.pop()

    def characters(self, text: str) -> None:
        if self._shape and "text:p" in self._paths:
            self._words.append(text)

    def _finish(self) -> None:
        self._inside = 0
        said = self._table
        self._tables.append(
            Table(
                name=said.get("table:name", ""),
                style=said.get("table:style-name", ""),
                protected=said.get("table:protected") == "true",
                columns=tuple(self._columns),
                rows=tuple(self._rows),
                controls=self._controls,
                veiled=self._veiled,
                conditional=frozenset(self._conditional),
                shapes=tuple(self._shapes),
            )
        )
