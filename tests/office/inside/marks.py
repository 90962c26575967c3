"""What a person puts onto a sheet beside values: drawings, comments, looks (runs inside the driver)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cells import properties
from com.sun.star.awt import Point, Size
from com.sun.star.lang import Locale

if TYPE_CHECKING:
    from collections.abc import Mapping

_HERE = Locale("zh", "CN", "")
_SHAPES = "com.sun.star.drawing."
_EDGE = 40  # hundredths of a millimetre that a drawing stays away from the edges of its cell


def draw(context: Any, document: Any, cell: Any, kind: str, text: str, picture: str) -> None:
    """Put a "shape", "text", "picture", "ticked" or "unticked" box over a cell, anchored to it as by the mouse."""
    page = cell.Spreadsheet.DrawPage
    shape = document.createInstance(_SHAPES + _KINDS[kind])
    page.add(shape)
    shape.Anchor = cell
    shape.Position = Point(cell.Position.X + _EDGE, cell.Position.Y + _EDGE)
    shape.setSize(Size(cell.Size.Width - 2 * _EDGE, cell.Size.Height - 2 * _EDGE))
    if kind == "picture":
        shape.Graphic = _graphic(context, picture)
    elif kind in ("ticked", "unticked"):
        shape.Control = _check_box(document, page, text, kind == "ticked")
    else:
        shape.String = text


_KINDS = {
    "shape": "EllipseShape",
    "text": "TextShape",
    "picture": "GraphicObjectShape",
    "ticked": "ControlShape",
    "unticked": "ControlShape",
}


def _graphic(context: Any, picture: str) -> Any:
    name = "com.sun.star.graphic.GraphicProvider"
    provider = context.ServiceManager.createInstanceWithContext(name, context)
    return provider.queryGraphic(properties(URL=picture))


def _check_box(document: Any, page: Any, label: str, ticked: bool) -> Any:
    """Return a check box in the sheet's form, which a person's first control makes."""
    if not page.Forms.Count:
        page.Forms.insertByName("Form", document.createInstance("com.sun.star.form.component.Form"))
    control = document.createInstance("com.sun.star.form.component.CheckBox")
    control.Label = label
    control.DefaultState = control.State = int(ticked)
    form = page.Forms.getByIndex(0)
    form.insertByName(f"{control.Name} {form.Count}", control)
    return control


def comment(cell: Any, text: str) -> None:
    """Put a comment on a cell."""
    cell.Spreadsheet.Annotations.insertNew(cell.CellAddress, text)


def restyle(document: Any, cell: Any, looks: Mapping[str, Any], part: str) -> None:
    """Set properties of a cell, or of a part of its text; "format" stands for the code of a number format.

    "height" and "width" set the size of its row and its column, in hundredths of a millimetre.
    """
    target = _part_of(cell, part) if part else cell
    for name, value in looks.items():
        if name == "format":
            target.NumberFormat = _number_format(document.NumberFormats, value)
        elif name == "height":
            cell.Rows.getByIndex(0).Height = value
        elif name == "width":
            cell.Columns.getByIndex(0).Width = value
        else:
            setattr(target, name, value)


def _number_format(formats: Any, code: str) -> Any:
    known = formats.queryKey(code, _HERE, False)
    return formats.addNew(code, _HERE) if known < 0 else known


def _part_of(cell: Any, part: str) -> Any:
    cursor = cell.Text.createTextCursor()
    cursor.gotoStart(False)
    cursor.goRight(cell.String.index(part), False)
    cursor.goRight(len(part), True)
    return cursor
