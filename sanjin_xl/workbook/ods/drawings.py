"""What lies over the cells of an .ods, as far as its own element tells: where it ends, what is written in it."""

from collections.abc import Mapping
from typing import NamedTuple

from sanjin_xl.model.cellref import place_of
from sanjin_xl.workbook.book import Drawing, DrawingKind
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
    *("draw:polygon", "draw:regular-polygon", "draw:path", "draw:connector", "draw:caption", "draw:measure", "draw:g"),
    *("draw:control", "draw:page-thumbnail"),
}
_SLIVER = 0.08  # centimetres into a cell that a drawing only touches


class Shape(NamedTuple):
    """A drawing anchored to a cell: the cell it ends in and how far into it in centimetres, its words, its control."""

    kind: DrawingKind
    end: str
    across: float
    down: float
    text: str
    control: str


def shape(kind: DrawingKind | None, attributes: Attributes, text: str) -> Shape:
    """A drawing by the attributes of its element."""
    end = attributes.get("table:end-cell-address", "").rpartition(".")[2]
    across, down = (centimetres(attributes.get(f"table:end-{side}", "")) or 0.0 for side in "xy")
    return Shape(kind or DrawingKind.SHAPE, end, across, down, text, attributes.get("draw:control", ""))


def placed(shape: Shape, controls: Mapping[str, str], anchor: tuple[int, int] | None) -> Drawing:
    """A drawing over the cells from its anchor to its end, over none that is known where it hangs on the page."""
    text = controls.get(shape.control, "") + shape.text
    if anchor is None:
        return Drawing(shape.kind, None, text)
    bottom, right = place_of(shape.end) or anchor
    bottom -= shape.down < _SLIVER and bottom > anchor[0]
    right -= shape.across < _SLIVER and right > anchor[1]
    return Drawing(shape.kind, (*anchor, max(bottom, anchor[0]), max(right, anchor[1])), text)
