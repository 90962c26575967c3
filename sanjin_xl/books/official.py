"""An official document (公文) as .docx, with the page, the type and the places that GB/T 9704-2012 gives its parts.

A4, 37 mm above and 28 mm beside a text of 156 × 225 mm; type of 16 points (三号) on 22 lines a page, 28 characters
a line. What it says is for `notice` and `bulletin`; what is red (the head of the office, the seal) the office adds.
"""

import math
import zipfile
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_LINE_SPACING
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.table import _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from sanjin_xl.books.seal import CREATED
from sanjin_xl.books.styles import BODY_FONT, FONTS_INSTEAD, HEADING_FONT, LEAD_FONT, OFFICIAL_FONT, TITLE_FONT
from sanjin_xl.messages import official as words

_PAGE, _TEXT = (210, 297), (156, 225)  # mm (5.1, 5.2.1)
_ABOVE, _BESIDE = 37, 28  # mm: 天头, 订口
_NUMBER_BELOW = 7  # mm between the text and the page number (7.5)
_TITLE, _BODY, _NUMBER = 22.0, 16.0, 14.0  # points: 二号, 三号, 四号
_TABLE = 12.0  # 小四: no table of eight columns has room for 三号
_LINES, _CHARACTERS = 22, 28  # of a page, of a line (5.2.3)
_MM = 72 / 25.4  # points
_LINE = round(_TEXT[1] * _MM / _LINES, 2)  # 28.99 points
_TITLE_LINE = 35.0
# What each character gives up so that so many stand on a line, in twentieths of a point. A grid of characters
# (w:docGrid) would say the same, but LibreOffice gives each character two of its fields then.
_NARROWER = math.floor((_TEXT[0] * _MM / _CHARACTERS - _BODY) * 20)
_DAY_ONE = (1980, 1, 1, 0, 0, 0)  # of every member, the first day a zip can tell


class OfficialDocument:
    """A document that is written from top to bottom; the same calls give the same bytes."""

    def __init__(self) -> None:
        self._document = Document()
        self._page()
        self._defaults()

    # --- its parts ----------------------------------------------------------------------------------------------------

    def title(self, *lines: str) -> None:
        """The title, centred, on lines that break where the sense does."""
        self._document.core_properties.title = "".join(lines)
        for line in lines:
            one = self._paragraph()
            one.alignment = WD_ALIGN_PARAGRAPH.CENTER
            one.paragraph_format.line_spacing = Pt(_TITLE_LINE)
            self._run(one, line, TITLE_FONT, _TITLE)
        self._paragraph()

    def remark(self, text: str) -> None:
        """A line below the title that says what kind of text this is, as that it is a draft."""
        one = self._paragraph()
        one.alignment = WD_ALIGN_PARAGRAPH.CENTER
        self._run(one, text, LEAD_FONT)
        self._paragraph()

    def addressees(self, text: str) -> None:
        """To whom it goes, flush left."""
        self._run(self._paragraph(), text)

    def heading(self, text: str) -> None:
        """A heading of the first level: 一、……"""
        one = self._indented()
        one.paragraph_format.keep_with_next = True
        self._run(one, text, HEADING_FONT)

    def text(self, text: str, lead: str = "") -> None:
        """A paragraph, indented by two characters; `lead`: what stands at its head as a heading of the second level."""
        one = self._indented()
        if lead:
            self._run(one, lead, LEAD_FONT)
        self._run(one, text)

    def table(self, columns: Sequence[tuple[str, float]], rows: Sequence[Sequence[str]]) -> None:
        """A table as wide as the text; of each column its heading, which every page has, and its share of the width."""
        headings, widths = [heading for heading, _ in columns], [width for _, width in columns]
        table = self._document.add_table(1 + len(rows), len(headings), "Table Grid")
        table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.CENTER
        share = _TEXT[0] / sum(widths)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width * share)
        for n, (texts, row) in enumerate(zip([headings, *rows], table.rows, strict=True)):
            for text, cell, width in zip(texts, row.cells, widths, strict=True):
                cell.width = Mm(width * share)
                self._cell(cell, text, HEADING_FONT if n == 0 else OFFICIAL_FONT)
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))

    def attachments(self, names: Sequence[str]) -> None:
        """附件说明: a line below the text, indented by two characters, numbered where there are several."""
        self._paragraph()
        numbered = [f"{n}. {name}" for n, name in enumerate(names, start=1)] if len(names) > 1 else names
        for n, name in enumerate(numbered):
            one = self._paragraph()
            lead = len(words.ATTACHED)
            _indent(one, left=2 + lead, first=-lead if n == 0 else 0)
            self._run(one, (words.ATTACHED if n == 0 else "") + name)

    def sign_off(self, office: str, day: str) -> None:
        """Who issues it and when, at the right: the day four characters from the edge, the office centred above it."""
        for _ in range(2):
            self._paragraph()
        wide = _characters(day)
        edge = max(4.0, (_characters(office) - wide) / 2)
        for text in (office, day):
            one = self._paragraph()
            one.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            _indent(one, right=edge + (wide - _characters(text)) / 2)
            self._run(one, text)

    def annex(self, number: int, title: str, lines: Sequence[str]) -> None:
        """A page of its own for an attachment that is a list."""
        one = self._paragraph()
        one.paragraph_format.page_break_before = True
        self._run(one, words.ANNEX.format(number=number), HEADING_FONT)
        self._paragraph()
        self.title(title)
        for line in lines:
            self._run(self._indented(), line)

    def as_bytes(self) -> bytes:
        """The document; no clock, no name of a person and no order of writing is in it."""
        written, target = BytesIO(), BytesIO()
        self._document.save(written)
        with zipfile.ZipFile(written) as parts, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as whole:
            for name in sorted(parts.namelist()):
                info = zipfile.ZipInfo(name, _DAY_ONE)
                info.create_system, info.compress_type = 0, zipfile.ZIP_DEFLATED
                whole.writestr(info, parts.read(name))
        return target.getvalue()

    # --- its page and its type ----------------------------------------------------------------------------------------

    def _page(self) -> None:
        document = self._document
        (section,) = document.sections
        section.page_width, section.page_height = map(Mm, _PAGE)
        section.top_margin, section.left_margin = Mm(_ABOVE), Mm(_BESIDE)
        section.right_margin = Mm(_PAGE[0] - _TEXT[0] - _BESIDE)
        section.bottom_margin = Mm(_PAGE[1] - _TEXT[1] - _ABOVE)
        section.footer_distance = Mm(_PAGE[1] - _TEXT[1] - _ABOVE - _NUMBER_BELOW - _NUMBER / _MM)
        document.settings.odd_and_even_pages_header_footer = True
        # One character from the outer edge of the sheet: odd pages lie at the right (7.5).
        for footer, right in ((section.footer, True), (section.even_page_footer, False)):
            (one,) = footer.paragraphs
            one.style = document.styles["Normal"]
            one.alignment = WD_ALIGN_PARAGRAPH.RIGHT if right else WD_ALIGN_PARAGRAPH.LEFT
            one.paragraph_format.line_spacing = Pt(_NUMBER)
            _indent(one, **{"right" if right else "left": 1.0}, size=_NUMBER)
            self._run(one, "— ", BODY_FONT, _NUMBER)
            one._p.append(_field("PAGE", self._run(one, "1", BODY_FONT, _NUMBER)))
            self._run(one, " —", BODY_FONT, _NUMBER)

    def _defaults(self) -> None:
        document = self._document
        normal = document.styles["Normal"]
        assert isinstance(normal, ParagraphStyle)
        normal.font.size = Pt(_BODY)
        properties = normal.element.get_or_add_rPr()
        _set_font(properties, OFFICIAL_FONT)
        narrower = OxmlElement("w:spacing")
        narrower.set(qn("w:val"), str(_NARROWER))
        properties.insert_element_before(narrower, "w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:lang")
        spacing = normal.paragraph_format
        spacing.space_before = spacing.space_after = Pt(0)
        spacing.line_spacing_rule, spacing.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(_LINE)
        spacing.widow_control = False  # every page has its lines
        about = document.core_properties
        about.created = about.modified = CREATED
        about.author = about.last_modified_by = about.comments = ""
        package = document.part.package
        for key in [key for key, one in package.rels.items() if one.reltype.endswith("/thumbnail")]:
            del package.rels[key]
        for part in package.iter_parts():
            if part.partname == "/word/fontTable.xml":
                _name_fonts(part)

    # --- pieces -------------------------------------------------------------------------------------------------------

    def _paragraph(self) -> Paragraph:
        return self._document.add_paragraph()

    def _indented(self) -> Paragraph:
        one = self._paragraph()
        one.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        _indent(one, first=2)
        return one

    def _run(self, paragraph: Paragraph, text: str, font: str = OFFICIAL_FONT, size: float = _BODY) -> Run:
        run = paragraph.add_run(text)
        run.font.size = Pt(size)
        _set_font(run._r.get_or_add_rPr(), font)
        return run

    def _cell(self, cell: _Cell, text: str, font: str) -> None:
        (one,) = cell.paragraphs
        one.alignment = WD_ALIGN_PARAGRAPH.CENTER if len(text) <= words.SHORT else WD_ALIGN_PARAGRAPH.LEFT
        one.paragraph_format.line_spacing = Pt(_TABLE * 1.5)
        for n, line in enumerate(text.split("\n")):
            run = self._run(one, "", font, _TABLE)
            if n:
                run.add_break(WD_BREAK.LINE)
            run.add_text(line)


def _characters(text: str) -> float:
    """How wide a text is in Chinese characters; digits and Latin letters are half as wide."""
    return sum(0.5 if char.isascii() else 1.0 for char in text)


def _indent(paragraph: Paragraph, *, left: float = 0, right: float = 0, first: float = 0, size: float = _BODY) -> None:
    """Indents in characters, beside them in points for programs that know no characters."""
    element = paragraph._p.get_or_add_pPr().get_or_add_ind()
    for name, count in (("left", left), ("right", right), ("hanging" if first < 0 else "firstLine", abs(first))):
        element.set(qn(f"w:{name}Chars"), str(round(count * 100)))
        element.set(qn(f"w:{name}"), str(round(count * size * 20)))


def _set_font(properties: Any, font: str) -> None:
    """One font for every script: else the quotation marks of 三进 would be as narrow as Latin ones."""
    fonts = properties.get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for name in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{name}"), font)
    fonts.set(qn("w:hint"), "eastAsia")


def _field(instruction: str, shown: Run) -> Any:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), instruction)
    field.append(shown._r)
    return field


def _name_fonts(part: Part) -> None:
    """Put our fonts into the table of fonts, each with what may stand in for it."""
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/></w:font>'
        for name, others in FONTS_INSTEAD.items()
    )
    part._blob = part.blob.replace(b"</w:fonts>", fonts.encode() + b"</w:fonts>")
