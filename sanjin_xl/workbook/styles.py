"""What the cell styles of a workbook say: which numbers are dates, and which cells do not look as their values read.

Dates are told as far as every reader takes them alike.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from colorsys import hls_to_rgb, rgb_to_hls
from contextlib import suppress
from copy import copy
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.cache import Cache
from sanjin_xl.workbook.cell_style import Style, make_style
from sanjin_xl.workbook.fonts import BLACK, INDEXED, WHITE, Font, veils
from sanjin_xl.workbook.limits import LIMITS, Limits
from sanjin_xl.workbook.xml import MAIN, Attributes, Markup, is_all_markup


@dataclass(frozen=True, slots=True)
class Formats:
    """The cell styles by number that show a number as a number, and those that show it as a date.

    The others do not tell for certain: by them readers may see a date, a time or neither.
    """

    numbers: frozenset[int] = frozenset()
    dates: frozenset[int] = frozenset()


UNKNOWN = Formats()
NO_STYLES = Formats(numbers=frozenset((0,)))


class CellStyles(NamedTuple):
    """How the styles show numbers, and those of them, by number, that are odd to look at.

    `veils`: the numbers of the conditional formats (18.8.14) that strike out, hide or rewrite what stands in a cell.
    """

    formats: Formats
    looks: Mapping[int, Style] = {}
    veils: frozenset[int] = frozenset()


# Formats without a code (18.8.30); of the others most are dates and times, some by language.
_NUMBERS = frozenset(map(str, (*range(14), *range(37, 41), 48, 49)))
_DATES = frozenset(("14", "15", "31", "57"))
# Each once and not within one another, and the formats before the styles that use them (18.8.39).
_SECTIONS = (
    ["/styleSheet/numFmts"],
    ["/styleSheet/cellXfs"],
    ["/styleSheet/numFmts", "/styleSheet/cellXfs"],
)
# A code for one below it, which some language has (18.8.30), may or may not be heeded; Gnumeric has 100.
_FIRST_OWN = 82
# Literal text (of \\ and _ in it readers differ), language.
_SILENT = re.compile(r'"[^"\\_]*"|[\\_].|\[\$-[0-9A-Fa-f]+\]')
_REFERRING = re.compile(rb"""numFmtId\s*=\s*["'][^"'<>]*&#""")  # calamine resolves none there, but in the codes
_NUMBER = re.compile(r"General|[0#?., %@;+\-]*")
_DATE = re.compile(r"(?i:y{2,4}[-/. ]?m{1,2}[-/. ]?d{1,2})(?:;@)?")
_SIZE = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,9})?")
_RGB = re.compile(r"(?:[0-9A-Fa-f]{2})?([0-9A-Fa-f]{6})")
_INDEXED = {str(number): color for number, color in INDEXED.items()}
_TINT = re.compile(r"[+-]?[0-9](?:\.[0-9]{1,20})?(?:[Ee]-[0-9]{1,3})?")

Theme = tuple[str, ...]  # the colours of a theme in the order of their numbers (18.8.3)
_USUAL_THEME = (WHITE, BLACK)  # as every theme that Office ships begins
_NAMES_IN_THEME = ("lt1", "dk1", "lt2", "dk2", *(f"accent{n}" for n in range(1, 7)), "hlink", "folHlink")
_IN_THEME = re.compile(rb'<a:([a-zA-Z0-9]{3,8})>\s*<a:(?:srgbClr val|sysClr [^<>]*?lastClr)="([0-9A-Fa-f]{6})"')
_OF_THEME = re.compile(rb'theme="(?:[2-9]|1[01])"')


def needs_theme(xml: bytes) -> bool:
    """Whether styles name a colour that only the theme tells."""
    return bool(_OF_THEME.search(xml))


def read_theme(xml: bytes) -> Theme:
    """The colours of a theme (20.1.6.2), none where not all of them are told."""
    found = {name.decode(): colour.decode().upper() for name, colour in _IN_THEME.findall(xml)}
    return tuple(found[name] for name in _NAMES_IN_THEME) if found.keys() >= {*_NAMES_IN_THEME} else ()


def with_property(font: Font, local: str, attributes: Attributes, theme: Theme = ()) -> Font:
    """A font (18.8.22) or that of a run (18.4.7) with one property more, as far as it matters to an eye."""
    value = attributes.get("val", "")
    if local == "strike":
        return font._replace(struck=value not in ("0", "false"))
    if local == "sz" and _SIZE.fullmatch(value):
        return font._replace(size=float(value))
    if local == "color":
        return font._replace(color=_colour(attributes, theme))
    return font._replace(name=value) if local in ("name", "rFont") else font


def _colour(attributes: Attributes, theme: Theme) -> str:
    """A colour (18.8.3) as RRGGBB, by its number where the theme or the palette has it, "" for the usual one."""
    if (rgb := _RGB.fullmatch(attributes.get("rgb", ""))) is not None:
        return rgb[1].upper()
    if (number := attributes.get("theme")) is not None:
        return _tinted(number, attributes.get("tint", "0"), theme or _USUAL_THEME)
    index = attributes.get("indexed", "64")
    return "" if index in ("64", "65") else _INDEXED.get(index, f"colour {index}")


def _tinted(number: str, tint: str, theme: Theme) -> str:
    """A colour of the theme, lighter for a tint above 0, darker for one below (18.8.19)."""
    if not (number.isdecimal() and int(number[:9]) < len(theme) and _TINT.fullmatch(tint)):
        return f"theme {number} {tint}".removesuffix(" 0")
    change = max(-1.0, min(1.0, float(tint)))
    hue, light, saturation = rgb_to_hls(*(one / 255 for one in bytes.fromhex(theme[int(number)])))
    light = light * (1 + change) if change < 0 else light + (1 - light) * change
    return "".join(f"{round(one * 255):02X}" for one in hls_to_rgb(hue, light, saturation))


@dataclass(slots=True)
class _Border:
    """A border (18.8.4): whether it is to have a diagonal, and whether that is drawn."""

    diagonal: bool
    drawn: bool = False


_USUAL_FONT = Font()


@dataclass(slots=True)
class _Condition:
    """A conditional format (18.8.14): its font, ground and number format."""

    font: Font = _USUAL_FONT
    fill: str = ""
    code: str = ""


class _Styles(Markup):
    """The formats, fonts and fills of the cell styles.

    `clear` unless something stands where calamine would take it for another.
    """

    root = "/styleSheet"

    def __init__(self, part: str, limits: Limits, theme: Theme) -> None:
        super().__init__(part, limits)
        self.theme = theme
        self.codes: defaultdict[str, list[str]] = defaultdict(list)
        self.formats: list[str] = []
        self.looks: list[tuple[str, ...]] = []
        self.fonts: list[Font] = []
        self.fills: list[str] = []
        self.borders: list[_Border] = []
        self.conditional: list[_Condition] = []
        self.sections: list[str] = []
        self.lists: list[str] = []
        self.clear = True

    def start(self, path: str, local: str, attributes: Attributes) -> None:
        if local in _LISTS:
            self.lists.append(path)
        if path == "/styleSheet/cellXfs/xf":
            self.formats.append(attributes.get("numFmtId", "0"))
            self.looks.append(tuple(attributes.get(name, "0") for name in ("fontId", "fillId", "borderId")))
        elif path == "/styleSheet/numFmts/numFmt":
            self.codes[attributes.get("numFmtId", "")].append(attributes.get("formatCode", ""))
        elif path.startswith(_LOOKED_AT):
            self.look(path, local, attributes)
        elif local in ("numFmts", "cellXfs"):
            self.sections.append(path)
            self.clear &= self.sections in _SECTIONS
        elif (path.startswith("/styleSheet/cellXfs/") and local == "xf") or path.endswith("/styleSheet/styleSheet"):
            self.clear = False

    def look(self, path: str, local: str, attributes: Attributes) -> None:
        if path.startswith(_CONDITIONAL):
            self.look_conditionally(path.removeprefix(_CONDITIONAL), local, attributes)
        elif path == "/styleSheet/fonts/font":
            self.fonts.append(Font())
        elif path.startswith("/styleSheet/fonts/font/"):
            self.fonts[-1] = with_property(self.fonts[-1], local, attributes, self.theme)
        elif path == "/styleSheet/fills/fill":
            self.fills.append("")
        elif path in _FILLS and attributes.get("patternType", _FILLS[path]) not in _NO_FILL:
            self.fills[-1] = _UNNAMED_FILL
        elif path == "/styleSheet/fills/fill/patternFill/fgColor" and self.fills[-1]:
            self.fills[-1] = _colour(attributes, self.theme) or self.fills[-1]
        elif path == "/styleSheet/borders/border":
            turned = (attributes.get(name) in ("1", "true") for name in ("diagonalUp", "diagonalDown"))
            self.borders.append(_Border(any(turned)))
        elif path == "/styleSheet/borders/border/diagonal":
            self.borders[-1].drawn = attributes.get("style", "none") != "none"

    def look_conditionally(self, path: str, local: str, attributes: Attributes) -> None:
        if not path:
            self.conditional.append(_Condition())
            return
        last = self.conditional[-1]
        if path.startswith("/font/"):
            last.font = with_property(last.font, local, attributes, self.theme)
        elif path == "/fill/patternFill/bgColor":
            last.fill = last.fill or _colour(attributes, self.theme)
        elif path == "/numFmt":
            last.code = attributes.get("formatCode", "")


_CONDITIONAL = "/styleSheet/dxfs/dxf"
_LOOKED_AT = tuple(f"/styleSheet/{name}/" for name in ("fonts", "fills", "borders", "dxfs"))
_NO_FILL = ("none", "gray125")  # the second fill of every workbook, used by none
_UNNAMED_FILL = "pattern"
_FILLS = {"/styleSheet/fills/fill/patternFill": "none", "/styleSheet/fills/fill/gradientFill": "gradient"}


# What is numbered by its turn; LibreOffice gives other turns to the same entries in every file.
_LISTS = ("fonts", "fills", "borders", "cellXfs")
_ENTRY_ENDS = (b"</font>", b"</fill>", b"</border>", b"</xf>")
_MOST_ENTRIES = 1_000  # LibreOffice writes some 150; to look up more than that costs more than to read them
_NUMBERED = ("fonts", "fills", "borders", "formats", "looks")  # in `_Styles`


def read_styles(xml: bytes, part: str, limits: Limits, theme: Theme = (), cache: Cache | None = None) -> CellStyles:
    """The cell styles of a workbook; raises Refused for broken XML. `cache`: of those before."""
    styles = None
    with suppress(Refused):
        styles = _by_entries(xml, part, limits, cache) if cache and not theme else None
    styles = styles or _read(xml, part, limits, theme)
    looks = {number: style for number in range(len(styles.looks)) if (style := _style(styles, number)).odd}
    veiled = (n for n, one in enumerate(styles.conditional) if veils(one.font, one.fill, one.code))
    return CellStyles(_formats(styles, xml), looks, frozenset(veiled))


def _by_entries(xml: bytes, part: str, limits: Limits, cache: Cache) -> _Styles | None:
    """The styles, put together from entries each of which is read once for all returns; None for unusual XML.

    <fonts><font>a</font><font>b</font></fonts> is cut into <fonts><font>a</font></fonts>, <fonts><font>b</font></fonts>
    and what is behind the last entry, <fonts></fonts>. What stands around the four lists is looked up as a whole.
    """
    around, pieces = xml, list[bytes]()
    for name, entry_end in zip(map(str.encode, _LISTS), _ENTRY_ENDS, strict=True):
        start, end = around.find(b">", around.find(b"<" + name)) + 1, around.find(b"</" + name + b">")
        if end < start or around.count(b"<" + name) != 1:
            return None
        *entries, behind = around[start:end].split(entry_end)
        pieces += [b"<%s>%s</%s>" % (name, one, name) for one in (*(one + entry_end for one in entries), behind)]
        around = around[:start] + around[end:]
    if len(pieces) > _MOST_ENTRIES or not is_all_markup(xml):
        return None
    styles = copy(cache.part(_read, around, part, limits))
    # What is called a list but stands elsewhere is none, and then the places of the entries are not sure.
    if sorted(styles.lists) != [f"/styleSheet/{name}" for name in sorted(_LISTS)]:
        return None
    listed = map(cache.lookup(_entries).__getitem__, pieces)
    for field, lists in zip(_NUMBERED, zip(*listed, strict=True), strict=True):
        setattr(styles, field, [*chain.from_iterable(lists)])
    return styles


def _entries(entries: bytes) -> tuple[tuple[object, ...], ...]:
    """What some entries of a list say, by the names in `_NUMBERED`; raises Refused for what is not clear by itself."""
    styles = _read(b'<styleSheet xmlns="%s">%s</styleSheet>' % (MAIN[0].encode(), entries), "", LIMITS)
    if not styles.clear:
        raise styles.refuse("file-markup")
    return tuple(tuple(getattr(styles, name)) for name in _NUMBERED)


def _read(xml: bytes, part: str, limits: Limits, theme: Theme = ()) -> _Styles:
    styles = _Styles(part, limits, theme)
    styles.read(xml)
    return styles


def _formats(styles: _Styles, xml: bytes) -> Formats:
    if not styles.clear or (b"&#" in xml and _REFERRING.search(xml)):
        return UNKNOWN
    codes = {number: styles.codes.get(number, []) for number in styles.formats}
    numbers = {number for number in codes if _shows(number, codes[number], _NUMBERS, _NUMBER)}
    dates = {number for number in codes if _shows(number, codes[number], _DATES, _DATE)}
    # Of a cell that names no style readers differ on whether it has the first one: as a date that one is not clear.
    return Formats(
        numbers=frozenset(style for style, number in enumerate(styles.formats) if number in numbers),
        dates=frozenset(style for style, number in enumerate(styles.formats) if style and number in dates),
    )


def _style(styles: _Styles, number: int) -> Style:
    """One of the styles; what is not there is as usual."""
    font_id, fill_id, border_id = (int(one) if one.isdecimal() else -1 for one in styles.looks[number])
    font = styles.fonts[font_id] if 0 <= font_id < len(styles.fonts) else Font()
    fill = styles.fills[fill_id] if 0 <= fill_id < len(styles.fills) else ""
    border = styles.borders[border_id] if 0 <= border_id < len(styles.borders) else _Border(False)
    codes = styles.codes.get(styles.formats[number], [])
    return make_style(font, fill, 0, codes[0] if codes else None, border.diagonal and border.drawn)


def _shows(number: str, codes: list[str], known: frozenset[str], shape: re.Pattern[str]) -> bool:
    """Whether a format is one of the known ones, or its only code has a shape (18.8.31)."""
    if codes:
        own = number.isdecimal() and int(number[:9]) >= _FIRST_OWN and len(codes) == 1
        return own and bool(shape.fullmatch(_SILENT.sub("", codes[0])))
    return number in known
