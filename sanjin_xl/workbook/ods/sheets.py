"""A sheet put together of a table, its cells and their styles."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain

from sanjin_xl.model.cellref import address
from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.book import Fact, Look, Sheet, Value, plain
from sanjin_xl.workbook.drawings import Edges
from sanjin_xl.workbook.limits import Limits
from sanjin_xl.workbook.ods.cells import Cell
from sanjin_xl.workbook.ods.drawings import placed
from sanjin_xl.workbook.ods.styles import Styles, as_name
from sanjin_xl.workbook.ods.tables import Line, Run, Table
from sanjin_xl.workbook.records import Grid, Text

_LEAST_HEIGHT, _LEAST_WIDTH = 0.07, 0.2  # centimetres: two points, a character; what is less shows nothing
_USUAL_HEIGHT, _USUAL_WIDTH = 0.452, 2.258  # of LibreOffice


@dataclass(slots=True)
class Assembly:
    """A table and its cells, put together to a sheet."""

    table: Table
    runs: list[Run]
    styles: Styles
    limits: Limits
    grid: Grid = field(init=False)
    defaults: list[str] = field(default_factory=list)
    edges: Edges | None = None

    def sheet(self) -> Sheet:
        self.grid = Grid(self.limits, (), protected=self.table.protected)
        self._columns()
        row = 0
        for line in self.table.rows:
            self._row(line, row)
            row += line.repeat
        self.grid.drawings += [placed(one, self.table.controls, None, self._edges) for one in self.table.shapes]
        if self.table.veiled or self._has_veils():
            self.grid.unread |= {Fact.LOOKS}
        visible = not self.styles.of("table", self.table.style).hidden
        return self.grid.sheet(self.table.name, visible=visible)

    def _edges(self) -> Edges:
        """Where rows and columns begin, and the last one ends, once something is drawn."""
        if not self.edges:
            sizes = (
                (self.table.rows, "table-row", _USUAL_HEIGHT, self.limits.rows),
                (self.table.columns, "table-column", _USUAL_WIDTH, self.limits.columns),
            )
            rows, columns = (self._begins(*one) for one in sizes)
            self.edges = rows, columns
        return self.edges

    def _begins(self, lines: Iterable[Line], family: str, usual: float, limit: int) -> list[int]:
        found = [0]
        for line in lines:
            size = self.styles.of(family, line.style).size
            length = 0 if line.hidden else round((usual if size is None else size) * 1000)
            count = min(line.repeat, limit + 1 - len(found))
            found += range(found[-1] + length, found[-1] + length * count + 1, length) if length else found[-1:] * count
        return found

    def _has_veils(self) -> bool:
        """Whether a conditional format may show something else than stands in a cell.

        LibreOffice lists them with the table, and names them in the style of the cell for other programs.
        """
        listed = self.table.conditional
        if any(self.styles.is_veil(name) or self.styles.is_veil(as_name(name)) for name in listed):
            return True
        if not (veiled := self.styles.veiled):
            return False
        used = {line.default for line in (*self.table.columns, *self.table.rows)}
        used.update(*(self.runs[run].styles for line in self.table.rows for run in line.runs))
        return not veiled.isdisjoint(used)

    def _columns(self) -> None:
        column = 0
        for line in self.table.columns:
            last = min(column + line.repeat, self.limits.columns)
            self.defaults += [line.default] * (last - column)
            if line.hidden or self._is_less("table-column", line, _LEAST_WIDTH):
                self.grid.hide_columns(column, last - 1, flat=not line.hidden)
            column = last

    def _is_less(self, family: str, line: Line, least: float) -> bool:
        size = self.styles.of(family, line.style).size
        return size is not None and size < least

    def _row(self, line: Line, row: int) -> None:
        if line.hidden or self._is_less("table-row", line, _LEAST_HEIGHT):
            for at in range(row, min(row + line.repeat, self.limits.rows)):
                self.grid.hide_row(at, flat=not line.hidden)
        run = self._run(line)
        if not any(cell.holds for cell in run.cells):
            return
        if row + line.repeat > self.limits.rows:
            raise Refused("file-too-many-rows", limit=self.limits.rows)
        if line.repeat > 1 and sum(cell.repeat for cell in run.cells if cell.holds) * line.repeat > self.limits.cells:
            raise Refused("file-too-many-cells", limit=self.limits.cells)
        for at in range(row, row + line.repeat):
            self._cells(run, at, line.default)

    def _run(self, line: Line) -> Run:
        """The cells of a row, which something that is none of them may part."""
        if len(line.runs) == 1:
            return self.runs[line.runs[0]]
        runs = [self.runs[number] for number in line.runs]
        cells, styles = (list(chain.from_iterable(parts)) for parts in zip(*runs, strict=True)) if runs else ([], [])
        return Run(cells, styles)

    def _cells(self, run: Run, row: int, default: str) -> None:
        line: list[Value] = []
        column, odd, odd_parts = 0, self.styles.odd | self._covered(), self.styles.odd_parts
        for style, cell in zip(run.styles, run.cells, strict=True):
            repeat = cell.repeat
            if cell.holds:
                if column > len(line):
                    self._check_width(row, column)
                    line += [""] * (column - len(line))
                if repeat > 1:
                    self._check_width(row, column + repeat)
                if not cell.plain or not style or style in odd or (cell.spans and odd_parts):
                    for at in range(column, column + repeat):
                        self._cell(cell, row, at, style or default or self._default(at))
                line.append(cell.value) if repeat == 1 else line.extend([cell.value] * repeat)
            elif style in odd:
                for at in range(column, min(column + repeat, self.limits.columns)):
                    self.grid.colour(row, at, self.styles.cell(style))
            column += repeat
        self.grid.put_line(row, line)

    def _covered(self) -> frozenset[str]:
        return self.styles.covered if self.table.protected else frozenset()

    def _check_width(self, row: int, width: int) -> None:
        if width > self.limits.columns:
            raise Refused("file-far-cell", cell=address(row, self.limits.columns))

    def _default(self, column: int) -> str:
        return self.defaults[column] if column < len(self.defaults) else ""

    def _cell(self, cell: Cell, row: int, column: int, style: str) -> None:
        """Note all that there is to say of a cell beside its value."""
        grid = self.grid
        if cell.value != "":
            self._look(cell, row, column, style)
        if cell.formula is not None:
            grid.note_formula(row, column, cell.formula, cell.wording)
            if cell.matrix != (1, 1):
                grid.fill_from(row, column, row + cell.matrix[0] - 1, column + cell.matrix[1] - 1)
        if not cell.more:
            return
        if cell.error:
            grid.errors[address(row, column)] = cell.error
        if cell.note is not None:
            grid.comments[address(row, column)] = cell.note
        if cell.rows > 1 or cell.columns > 1:
            grid.merge(row, column, row + cell.rows - 1, column + cell.columns - 1)
        if cell.shapes:
            grid.drawings += [placed(one, self.table.controls, (row, column), self._edges) for one in cell.shapes]

    def _look(self, cell: Cell, row: int, column: int, name: str) -> None:
        if cell.shown is not None:
            self._shown_otherwise(cell, row, column, name)
        elif name in self.styles.odd or (cell.spans and self.styles.odd_parts and self._has_odd_parts(cell)):
            style = self.styles.cell(name)
            runs = tuple((at, self.styles.font(spans, name)) for at, spans in cell.spans)
            text = cell.value if isinstance(cell.value, str) else plain(cell.value)
            self.grid.look_at(row, column, style, Text(text, runs))
        if name in self._covered():
            where = address(row, column)
            self.grid.looks[where] = self.grid.looks.get(where, Look())._replace(unseen=True)

    def _has_odd_parts(self, cell: Cell) -> bool:
        return not self.styles.odd_parts.isdisjoint(one for _, spans in cell.spans for one in spans)

    def _shown_otherwise(self, cell: Cell, row: int, column: int, name: str) -> None:
        """Note what a format shows in place of a value; of two texts without one, programs show one or the other."""
        where, style = address(row, column), self.styles.cell(name)
        if isinstance(cell.value, str) and not self.styles.has_format(name):
            raise Refused("file-two-values", cell=where)
        struck = plain(cell.value) if style.font.struck else ""
        shown = cell.shown or ""
        self.grid.looks[where] = Look(struck=struck, unseen=not shown.strip(), shown=shown, fill=style.colour)
