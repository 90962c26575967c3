"""Marks put onto a return by openpyxl and by hand, for programs that only re-save: see `marks`."""

from collections.abc import Mapping
from typing import Any

from drawn import OFFICE, SHEET, anchor, restyled, shape, with_drawing
from hostile import packed, parts_of
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from writers import marks

_DRAWING = b"application/vnd.openxmlformats-officedocument.drawing+xml"
_SHAPES = {"shape": shape("有"), "text box": shape("有，已建台帐")}


def _partly(before: str, part: str, after: str, **font: Any) -> dict[str, Any]:
    return {"value": CellRichText(before, TextBlock(InlineFont(**font), part), after)}


_LOOKS: dict[str, dict[str, Any]] = {
    "comment": {"comment": Comment("只做了一半", "张三")},
    "struck": {"font": Font(strike=True)},
    "partly struck": _partly("", "原写三次", "，实为两次", strike=True),
    "white": {"font": Font(color="FFFFFFFF")},
    "partly white": _partly("见", "附件二", "", color="FFFFFFFF"),
    "tiny": {"font": Font(sz=1)},
    "hidden by format": {"number_format": ";;;"},
    "number hidden by format": {"value": 1, "number_format": ";;;"},
    "symbol font": {"value": marks.TICK, "font": Font(name="Wingdings 2")},
    "other mark by format": {"value": 0, "number_format": '"√";"√";"√"'},
    "other text by format": {"number_format": '@"（撤回）"'},
    "colour": {"fill": PatternFill("solid", fgColor="92D050")},
}
MARKS = frozenset((*_SHAPES, *_LOOKS))


def mark(data: bytes, cells: Mapping[str, str]) -> bytes:
    """The return with marks on these cells, as .xlsx."""
    looks = {cells[mark]: look for mark, look in _LOOKS.items() if mark in cells}
    shapes = [anchor(cells[mark], inside) for mark, inside in _SHAPES.items() if mark in cells]
    parts = parts_of(with_drawing(restyled(data, **looks), *shapes, ident="rId77"))
    named = f'<drawing xmlns:r="{OFFICE}" r:id="rId77"/>'.encode()
    before = b"<legacyDrawing" if b"<legacyDrawing" in parts[SHEET] else b"</worksheet>"
    parts[SHEET] = parts[SHEET].replace(before, named + before)
    kind = b'<Override PartName="/xl/drawings/drawing1.xml" ContentType="' + _DRAWING + b'"/>'
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", kind + b"</Types>")
    return packed(parts)
