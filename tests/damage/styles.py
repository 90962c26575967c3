"""Further styles for the cells of a workbook."""

import re
from xml.sax.saxutils import quoteattr

from damage.book import Book

_OWN_FORMAT = 180  # the first number of a format of ours: a workbook may have some from 164 on


def add_style(book: Book, *, font: str = "", fill: str = "", known: int = 0, shows: str = "", border: str = "") -> int:
    """The number of a new style: `font` its properties as XML, `fill` a colour, a format by number or as written, a
    border from its attributes on.
    """
    xml = book.parts["xl/styles.xml"].decode()
    if shows:
        known = _OWN_FORMAT + xml.count("<numFmt ")
        xml = _with_format(xml, f'<numFmt numFmtId="{known}" formatCode={quoteattr(shows)}/>')
    xml, font_id = _added(xml, "font", f"<font>{font}</font>") if font else (xml, 0)
    pattern = f'<fill><patternFill patternType="solid"><fgColor rgb="{fill}"/></patternFill></fill>'
    xml, fill_id = _added(xml, "fill", pattern) if fill else (xml, 0)
    xml, border_id = _added(xml, "border", f"<border {border}</border>") if border else (xml, 0)
    xf = (
        f'<xf numFmtId="{known}" fontId="{font_id}" fillId="{fill_id}" borderId="{border_id}" xfId="0" '
        'applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1"/>'
    )
    xml, number = _added(xml, "xf", xf, "cellXfs")
    book.parts["xl/styles.xml"] = xml.encode()
    return number


def _added(xml: str, name: str, element: str, parent: str = "") -> tuple[str, int]:
    parent = parent or f"{name}s"
    found = re.search(rf"<{parent}[^>]*>(.*?)</{parent}>", xml, re.DOTALL)
    assert found
    number = len(re.findall(rf"<{name}[ />]", found[1]))
    return xml.replace(found[0], f'<{parent} count="{number + 1}">{found[1]}{element}</{parent}>'), number


def _with_format(xml: str, element: str) -> str:
    if "<numFmts" not in xml:
        return xml.replace("<fonts", "<numFmts></numFmts><fonts", 1).replace("</numFmts>", f"{element}</numFmts>")
    return xml.replace("</numFmts>", f"{element}</numFmts>")
