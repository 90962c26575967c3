"""Puts onto a return what is seen and is no value, in the shapes of real programs: Excel's by hand, and openpyxl's.

judge(restyled(fill(form, entries), E6={"font": Font(strike=True)}))
judge(with_drawing(fill(form, entries), anchor("I6", shape("有"))))
"""

import io
from typing import Any

import openpyxl
from hostile import packed, parts_of

from sanjin_xl.model.cellref import place_of

SHEET = "xl/worksheets/sheet1.xml"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
THREADS = "http://schemas.microsoft.com/office/2017/10/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DRAWING = (
    '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    f' xmlns:r="{OFFICE}">%s</xdr:wsDr>'
)


def restyled(data: bytes, **looks: dict[str, Any]) -> bytes:
    """The return after openpyxl has changed cells: E6={"font": Font(strike=True), "value": 0}."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    for cell, changes in looks.items():
        for name, value in changes.items():
            setattr(sheet[cell], name, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def related(data: bytes, kind: str, target: str, part: bytes, space: str = OFFICE, ident: str = "") -> bytes:
    """The return with a further part that its first sheet relates to."""
    parts = parts_of(data)
    links = parts.get("xl/worksheets/_rels/sheet1.xml.rels", b"") or (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
    )
    ident = ident or f"rId{links.count(b'<Relationship ') + 90}"
    link = f'<Relationship Id="{ident}" Type="{space}/{kind}" Target="{target}"/></Relationships>'.encode()
    parts["xl/worksheets/_rels/sheet1.xml.rels"] = links.replace(b"</Relationships>", link)
    folder = "xl/worksheets/" if not target.startswith((".", "/")) else "xl/" if target.startswith("../") else ""
    parts[folder + target.removeprefix("../").removeprefix("/").replace("./", "")] = part
    return packed(parts)


def with_drawing(data: bytes, *anchors: str, ident: str = "") -> bytes:
    """The return with a drawing part of these anchors."""
    return related(data, "drawing", "../drawings/drawing1.xml", (DRAWING % "".join(anchors)).encode(), ident=ident)


def anchor(first: str, inside: str, last: str = "", *, deep: int = 3) -> str:
    """Something from a little inside one cell to a little inside another (the same, if none is given)."""
    (top, left), (bottom, right) = place_of(first) or (0, 0), place_of(last or first) or (0, 0)
    points = (
        f"<xdr:{name}><xdr:col>{column}</xdr:col><xdr:colOff>{offset}</xdr:colOff>"
        f"<xdr:row>{row}</xdr:row><xdr:rowOff>{offset}</xdr:rowOff></xdr:{name}>"
        for name, row, column, offset in (("from", top, left, 9525), ("to", bottom, right, 9525 * deep * 4))
    )
    return f"<xdr:twoCellAnchor>{''.join(points)}{inside}<xdr:clientData/></xdr:twoCellAnchor>"


def shape(text: str = "", *, hidden: bool = False) -> str:
    """A text box, or a bare shape where it has no text."""
    words = f"<xdr:txBody><a:bodyPr/><a:p><a:r><a:t>{text}</a:t></a:r></a:p></xdr:txBody>" if text else ""
    return (
        '<xdr:sp macro="" textlink=""><xdr:nvSpPr>'
        f'<xdr:cNvPr id="2" name="文本框 1"{" hidden=" + chr(34) + "1" + chr(34) if hidden else ""}/>'
        '<xdr:cNvSpPr txBox="1"/></xdr:nvSpPr><xdr:spPr><a:prstGeom prst="rect"/></xdr:spPr>'
        f"{words}</xdr:sp>"
    )


def grouped(*children: str, area: tuple[int, int, int, int], scale: int = 1) -> str:
    """A group over an area (left, top, width, height), which counts its shapes in larger units by a scale."""
    left, top, width, height = area
    sizes = (
        f'<a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/>'
        f'<a:chOff x="{left // scale}" y="{top // scale}"/><a:chExt cx="{width // scale}" cy="{height // scale}"/>'
    )
    return (
        '<xdr:grpSp><xdr:nvGrpSpPr><xdr:cNvPr id="9" name="组合 1"/><xdr:cNvGrpSpPr/></xdr:nvGrpSpPr>'
        f"<xdr:grpSpPr><a:xfrm>{sizes}</a:xfrm></xdr:grpSpPr>{''.join(children)}</xdr:grpSp>"
    )


def sized(shape: str, left: int, top: int, width: int, height: int) -> str:
    """A shape with its place in the group around it."""
    sizes = f'<a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
    return shape.replace("<xdr:spPr>", f"<xdr:spPr>{sizes}")


def picture() -> str:
    return (
        '<xdr:pic><xdr:nvPicPr><xdr:cNvPr id="2" name="图片 1"/><xdr:cNvPicPr/></xdr:nvPicPr>'
        '<xdr:blipFill><a:blip r:embed="rId1"/></xdr:blipFill><xdr:spPr/></xdr:pic>'
    )


def ink() -> str:
    """A stroke of the pen as Excel keeps it, with a picture of it for older programs."""
    return (
        '<mc:AlternateContent><mc:Choice Requires="xdr14" '
        'xmlns:xdr14="http://schemas.microsoft.com/office/excel/2010/spreadsheetDrawing">'
        '<xdr14:contentPart r:id="rId1"><xdr14:nvContentPartPr><xdr14:cNvPr id="2" name="墨迹 1"/>'
        "</xdr14:nvContentPartPr></xdr14:contentPart></mc:Choice>"
        f"<mc:Fallback>{picture()}</mc:Fallback></mc:AlternateContent>"
    )


def with_controls(
    data: bytes, cell: str, *, ticked: bool, vml: bool = False, kind: str = "CheckBox", mixed: bool = False
) -> bytes:
    """The return with a form control over a cell: as the sheet lists it, or as the part for older programs does."""
    row, column = place_of(cell) or (0, 0)
    if vml:
        label = "<v:textbox><div style='text-align:left'><font>有<br></font></div></v:textbox>"
        checked = f"<x:Checked>{1 + mixed}</x:Checked>" if ticked or mixed else ""
        place = f"\n    {column}, 2, {row}, 2, {column}, 40, {row}, 17"
        xml = (
            '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:x="urn:schemas-microsoft-com:office:excel">'
            '<v:shape id="_x0000_s1024"><x:ClientData ObjectType="Note"><x:Anchor>4, 0, 6, 0, 6, 0, 9, 0</x:Anchor>'
            "<x:Row>7</x:Row><x:Column>4</x:Column></x:ClientData></v:shape>"
            f'<v:shape id="_x0000_s1025" type="#_x0000_t201">{label}<x:ClientData ObjectType="Checkbox">'
            f"<x:Anchor>{place}</x:Anchor>{checked}<x:NoThreeD/></x:ClientData></v:shape></xml>"
        )
        return related(data, "vmlDrawing", "../drawings/vmlDrawing1.vml", xml.encode())
    properties = f'<formControlPr objectType="{kind}"{" checked=" + chr(34) + "Checked" + chr(34) if ticked else ""}/>'
    data = related(data, "ctrlProp", "../ctrlProps/ctrlProp1.xml", properties.encode(), ident="rId77")
    corners = "".join(
        f"<{name}><xdr:col>{column + more}</xdr:col><xdr:colOff>0</xdr:colOff>"
        f"<xdr:row>{row + more}</xdr:row><xdr:rowOff>0</xdr:rowOff></{name}>"
        for name, more in (("from", 0), ("to", 1))
    )
    control = (
        '<controls xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"'
        f' xmlns:r="{OFFICE}"><control shapeId="1025" r:id="rId77" name="复选框 1"><controlPr defaultSize="0">'
        f'<anchor moveWithCells="1">{corners}</anchor></controlPr></control></controls></worksheet>'
    )
    parts = parts_of(data)
    parts[SHEET] = parts[SHEET].replace(b"</worksheet>", control.encode())
    return packed(parts)


def with_comment(data: bytes, cell: str, text: str, target: str = "../comments1.xml") -> bytes:
    """The return with a comment, its part wherever the relationship says."""
    authors = "<authors><author>张三</author></authors>"
    xml = f'<comments xmlns="{MAIN}">{authors}<commentList>{_comment(cell, text)}</commentList></comments>'
    return related(data, "comments", target, xml.encode())


def _comment(cell: str, text: str) -> str:
    half = len(text) // 2
    runs = f"<r><rPr><b/></rPr><t>{text[:half]}</t></r><r><t>{text[half:]}</t></r>"
    return f'<comment ref="{cell}" authorId="0"><text>{runs}</text></comment>'


def with_thread(data: bytes, cell: str, *texts: str) -> bytes:
    """The return with a thread of comments, and the notice that Excel puts beside it for older programs."""
    data = with_comment(data, cell, "[线程批注] 你的Excel版本可读取此线程批注; 注释: " + "".join(texts))
    notes = "".join(f'<threadedComment ref="{cell}"><text>{text}</text></threadedComment>' for text in texts)
    space = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
    xml = f'<ThreadedComments xmlns="{space}">{notes}</ThreadedComments>'
    return related(data, "threadedComment", "../threadedComments/threadedComment1.xml", xml.encode(), THREADS)
