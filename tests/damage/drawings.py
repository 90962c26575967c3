"""The parts of a workbook for what lies over the cells of a sheet."""

from collections.abc import Callable, Iterable
from xml.sax.saxutils import escape

from drawn import DRAWING, MAIN, OFFICE, anchor, ink, picture, shape

from damage.sheet import Over, Place, Sheet
from sanjin_xl.model.cellref import address

_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_VML = 'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:x="urn:schemas-microsoft-com:office:excel"'


def draw(parts: dict[str, bytes], name: str, sheet: Sheet) -> None:
    """Add what lies over the cells of a sheet, in parts that its relationships name."""
    found = [(place, one) for place, cell in sorted(sheet.cells.items()) for one in cell.over]
    kinds = {
        "drawing": (f"drawings/{name}.xml", _drawing([one for one in found if one[1].kind in _INSIDE])),
        "vmlDrawing": (
            f"drawings/{name}.vml",
            _boxes([place_text for place_text in found if place_text[1].kind == "box"]),
        ),
        "comments": (f"comments_{name}.xml", _comments([one for one in found if one[1].kind == "comment"])),
    }
    links = ""
    for n, (kind, (target, xml)) in enumerate(kinds.items()):
        if xml:
            parts[f"xl/{target}"] = xml.encode()
            links += f'<Relationship Id="rId{80 + n}" Type="{OFFICE}/{kind}" Target="../{target}"/>'
    if links:
        rels = f'<Relationships xmlns="{_RELATIONSHIPS}">{links}</Relationships>'
        parts[f"xl/worksheets/_rels/{name}.xml.rels"] = rels.encode()


_INSIDE: dict[str, Callable[[str], str]] = {"shape": shape, "picture": lambda _: picture(), "ink": lambda _: ink()}


def _drawing(found: Iterable[tuple[Place, Over]]) -> str:
    anchors = [
        anchor(address(*place), _INSIDE[one.kind](one.text), address(place[0] + one.down, place[1]))
        for place, one in found
    ]
    return DRAWING % "".join(anchors) if anchors else ""


def _boxes(found: Iterable[tuple[Place, Over]]) -> str:
    boxes = "".join(
        f'<v:shape id="_x0000_s{1025 + n}" type="#_x0000_t201"><x:ClientData ObjectType="Checkbox">'
        f"<x:Anchor>{column}, 2, {row}, 2, {column}, 40, {row}, 17</x:Anchor>"
        f"{'<x:Checked>1</x:Checked>' if one.text else ''}</x:ClientData></v:shape>"
        for n, ((row, column), one) in enumerate(found)
    )
    return f"<xml {_VML}>{boxes}</xml>" if boxes else ""


def _comments(found: Iterable[tuple[Place, Over]]) -> str:
    listed = "".join(
        f'<comment ref="{address(*place)}" authorId="0"><text><t>{escape(one.text)}</t></text></comment>'
        for place, one in found
    )
    authors = "<authors><author>张三</author></authors>"
    return f'<comments xmlns="{MAIN}">{authors}<commentList>{listed}</commentList></comments>' if listed else ""
