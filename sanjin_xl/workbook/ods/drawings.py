"""What lies over the cells of an .ods, as its own element tells: where it begins and ends, what is written in it.

What is anchored to a cell names the one it ends in if it grows with the cells; else it has a size, and its place is
counted from its cell, or from the edge of the sheet (ODF 1.2 part 1, 9.2.5). The shapes of a group are told one by one.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from sanjin_xl.model.cellref import place_of
from sanjin_xl.workbook.book import Drawing, DrawingKind, Range
from sanjin_xl.workbook.drawings import Edges, span
from sanjin_xl.workbook.ods.xml import centimetres
from sanjin_xl.workbook.xml import Attributes

DRAWN = {
    "draw:image": DrawingKind.PICTURE,
    "draw:control": DrawingKind.CHECK_BOX,
    "draw:object": DrawingKind.OBJECT,
    "draw:object-ole": DrawingKind.OBJECT,
    "draw:text-box": DrawingKind.SHAPE,
}
SHAPES = {
    *("draw:frame", "draw:custom-shape", "draw:rect", "draw:ellipse", "draw:circle", "draw:line", "draw:polyline"),
    *("draw:polygon", "draw:regular-polygon", "draw:path", "draw:connector", "draw:caption", "draw:measure"),
    *("draw:control", "draw:page-thumbnail", "dr3d:scene"),
}
_SLIVER = 0.08  # centimetres into a cell that a drawing only touches


_Box = tuple[int, int, int, int]  # left, top, width, height in hundredths of a millimetre


class Shape(NamedTuple):
    """A drawing: the cell it ends in, if it says so, and how far into it in centimetres, its words, its control.

    `box`: where it lies from its cell or from the edge of the sheet on, None where it is turned. `line`: whether that
    is told by its two ends.
    """

    kind: DrawingKind
    end: str
    across: float
    down: float
    text: str
    control: str
    box: _Box | None
    line: bool


def shape(kind: DrawingKind | None, attributes: Attributes, text: str) -> Shape:
    """A drawing by the attributes of its element."""
    end = attributes.get("table:end-cell-address", "").rpartition(".")[2]
    across, down = (centimetres(attributes.get(f"table:end-{side}", "")) or 0.0 for side in "xy")
    control = attributes.get("draw:control", "")
    return Shape(kind or DrawingKind.SHAPE, end, across, down, text, control, _box(attributes), "svg:x1" in attributes)


def _box(attributes: Attributes) -> _Box | None:
    names = ("x", "y", "width", "height") if "svg:x" in attributes else ("x1", "y1", "x2", "y2")
    lengths = [centimetres(attributes.get(f"svg:{name}", "")) for name in names]
    left, top, width, height = (round((one or 0.0) * 1000) for one in lengths)
    if None in lengths:
        return None
    return (
        (left, top, width, height)
        if "x" in names
        else (min(left, width), min(top, height), abs(width - left), abs(height - top))
    )


def placed(
    shape: Shape, controls: Mapping[str, str], anchor: tuple[int, int] | None, edges: Callable[[], Edges]
) -> Drawing:
    """A drawing over the cells from its anchor to its end, or over those under it by its size."""
    text = controls.get(shape.control, "") + shape.text
    end = place_of(shape.end)
    if anchor is None or not end:
        return Drawing(
            shape.kind, _under(shape.box, *(anchor or (0, 0)), *edges()) or (anchor and (*anchor, *anchor)), text
        )
    bottom, right = end
    bottom -= shape.down < _SLIVER and bottom > anchor[0]
    right -= shape.across < _SLIVER and right > anchor[1]
    area = *anchor, max(bottom, anchor[0]), max(right, anchor[1])
    # A connector of an .xlsx gets the end A1 by LibreOffice, while its own ends lie far from there.
    if shape.line and not _meet(area, _under(shape.box, *anchor, *edges())):
        return Drawing(shape.kind, None, text)
    return Drawing(shape.kind, area, text)


def _meet(one: Range, other: Range | None) -> bool:
    """Whether two ranges have a cell in common, or one of them is not known."""
    return other is None or all(one[n] <= other[n + 2] and other[n] <= one[n + 2] for n in (0, 1))


def _under(box: _Box | None, row: int, column: int, rows: list[int], columns: list[int]) -> Range | None:
    """The cells under a box that is counted from a cell."""
    if box is None or row >= len(rows) or column >= len(columns):
        return None
    left, top, width, height = box
    (first, last), (begin, end) = (
        span(rows, max(0, rows[row] + top), height),
        span(columns, max(0, columns[column] + left), width),
    )
    return first, begin, last, end
