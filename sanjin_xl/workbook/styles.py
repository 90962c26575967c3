"""Which numbers of a workbook are dates: the formats of its cell styles, as far as every reader takes them alike."""

import re
from collections import defaultdict
from dataclasses import dataclass

from sanjin_xl.workbook.limits import Limits
from sanjin_xl.workbook.xml import Attributes, Markup


@dataclass(frozen=True, slots=True)
class Formats:
    """The cell styles by number that show a number as a number, and those that show it as a date.

    The others do not tell for certain: by them readers may see a date, a time or neither.
    """

    numbers: frozenset[int] = frozenset()
    dates: frozenset[int] = frozenset()


UNKNOWN = Formats()
NO_STYLES = Formats(numbers=frozenset((0,)))


# Formats without a code (18.8.30); of the others most are dates and times, some by language.
_NUMBERS = frozenset(map(str, (*range(14), *range(37, 41), 48, 49)))
_DATES = frozenset(("14", "15", "31", "57"))
# Each once and not within one another, and the formats before the styles that use them (18.8.39).
_SECTIONS = (
    ["/styleSheet/numFmts"],
    ["/styleSheet/cellXfs"],
    ["/styleSheet/numFmts", "/styleSheet/cellXfs"],
)
_FIRST_OWN = 164  # a code for one below it may or may not be heeded
_SILENT = re.compile(
    r'"[^"\\_]*"|[\\_].|\[\$-[0-9A-Fa-f]+\]'
)  # literal text (of \\ and _ in it readers differ), language
_NUMBER = re.compile(r"General|[0#?., %@;+\-]*")
_DATE = re.compile(r"(?i:y{2,4}[-/. ]?m{1,2}[-/. ]?d{1,2})(?:;@)?")


class _Styles(Markup):
    """The formats of the cell styles; `clear` unless something stands where calamine would take it for another."""

    root = "/styleSheet"

    def __init__(self, part: str, limits: Limits) -> None:
        super().__init__(part, limits)
        self.codes: defaultdict[str, list[str]] = defaultdict(list)
        self.formats: list[str] = []
        self.sections: list[str] = []
        self.clear = True

    def start(self, path: str, local: str, attributes: Attributes) -> None:
        if path == "/styleSheet/cellXfs/xf":
            self.formats.append(attributes.get("numFmtId", "0"))
        elif path == "/styleSheet/numFmts/numFmt":
            self.codes[attributes.get("numFmtId", "")].append(attributes.get("formatCode", ""))
        elif local in ("numFmts", "cellXfs"):
            self.sections.append(path)
            self.clear &= self.sections in _SECTIONS
        elif (path.startswith("/styleSheet/cellXfs/") and local == "xf") or path.endswith("/styleSheet/styleSheet"):
            self.clear = False


def read_formats(xml: bytes, part: str, limits: Limits) -> Formats:
    """How the styles of a workbook show numbers; raises Refused for broken XML."""
    styles = _Styles(part, limits)
    styles.read(xml)
    if not styles.clear or b"&#" in xml:  # calamine resolves no references in attributes
        return UNKNOWN
    formats = [(style, number, styles.codes.get(number, [])) for style, number in enumerate(styles.formats)]
    # Of a cell that names no style readers differ on whether it has the first one: as a date that one is not clear.
    return Formats(
        numbers=frozenset(style for style, number, codes in formats if _shows(number, codes, _NUMBERS, _NUMBER)),
        dates=frozenset(style for style, number, codes in formats[1:] if _shows(number, codes, _DATES, _DATE)),
    )


def _shows(number: str, codes: list[str], known: frozenset[str], shape: re.Pattern[str]) -> bool:
    """Whether a format is one of the known ones, or its only code has a shape (18.8.31)."""
    if codes:
        own = number.isdecimal() and int(number[:9]) >= _FIRST_OWN and len(codes) == 1
        return own and bool(shape.fullmatch(_SILENT.sub("", codes[0])))
    return number in known
