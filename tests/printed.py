"""What stands on the printed pages of a workbook: LibreOffice prints it, poppler tells the texts and their places."""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from office import Office

_PER_POINT = 3  # the most pdftohtml enlarges by; places and sizes are whole numbers of these
_BESIDE = 12  # texts so near each other stand on one line: a change of font begins a new one


@dataclass(frozen=True, slots=True)
class Text:
    """A run of text in one font: places and width in thirds of a point from the top left corner, size in points."""

    text: str
    size: float
    left: int
    top: int
    width: int


@dataclass(frozen=True, slots=True)
class Page:
    """One printed page."""

    texts: tuple[Text, ...]

    @property
    def words(self) -> str:
        """All that stands on it, in the order of printing, without spaces and breaks of lines."""
        return "".join("".join(one.text.split()) for one in self.texts)

    def line_starts(self) -> list[str]:
        """The texts that stand at the beginning of a line: nothing ends just left of them."""
        return [one.text for one in self.texts if not any(_ends_at(other, one) for other in self.texts)]


def _ends_at(one: Text, other: Text) -> bool:
    end = one.left + one.width
    return one is not other and abs(one.top - other.top) < _BESIDE and abs(other.left - end) < _BESIDE


def printed(office: Office, workbook: Path) -> list[Page]:
    """The pages of a workbook as LibreOffice prints it."""
    pdf = workbook.with_suffix(".pdf")
    with office.opened(workbook) as book:
        office.save(book, pdf, "pdf")
    command = ["pdftohtml", "-xml", "-i", "-zoom", str(_PER_POINT), "-stdout", str(pdf)]
    answer = subprocess.run(command, capture_output=True, check=True)
    root, sizes = ElementTree.fromstring(answer.stdout), dict[str, float]()
    pages = []
    for page in root.iter("page"):
        # Fonts are told where they first occur. pdftohtml tells one less than the size, cut off to a whole number.
        sizes |= {font.attrib["id"]: (int(font.attrib["size"]) + 2) / _PER_POINT for font in page.iter("fontspec")}
        pages.append(Page(tuple(_text(one, sizes) for one in page.iter("text"))))
    return pages


def _text(one: ElementTree.Element, sizes: dict[str, float]) -> Text:
    left, top, width = (int(one.attrib[name]) for name in ("left", "top", "width"))
    return Text("".join(one.itertext()), sizes[one.attrib["font"]], left, top, width)
