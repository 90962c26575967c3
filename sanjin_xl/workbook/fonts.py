"""What can be seen of a text in a font over a ground, and what a conditional format hides: alike in every format."""

import re
from functools import lru_cache
from typing import NamedTuple

from sanjin_xl.workbook.number_formats import PLAIN_FORMATS
from sanjin_xl.workbook.symbols import symbol_font

WHITE, BLACK = "FFFFFF", "000000"
# The palette of a workbook that has none of its own (18.8.27; MS-XLS 2.5.161); the first eight stand there twice.
_PALETTE = re.findall(
    "[0-9A-F]{6}",
    """
    000000 FFFFFF FF0000 00FF00 0000FF FFFF00 FF00FF 00FFFF 800000 008000 000080 808000 800080 008080
    C0C0C0 808080 9999FF 993366 FFFFCC CCFFFF 660066 FF8080 0066CC CCCCFF 000080 FF00FF FFFF00 00FFFF
    800080 800000 008080 0000FF 00CCFF CCFFFF CCFFCC FFFF99 99CCFF FF99CC CC99FF FFCC99 3366FF 33CCCC
    99CC00 FFCC00 FF9900 FF6600 666699 969696 003366 339966 003300 333300 993300 993366 333399 333333
    """,
)
INDEXED = {**dict(enumerate(_PALETTE[:8])), **dict(enumerate(_PALETTE, 8)), 65: WHITE}  # 65: the usual ground
_USUAL_SIZE, _LEAST_SIZE = 11.0, 3.0  # points; of less nothing can be read, on paper or on a screen
_RGB = re.compile(r"[0-9A-Fa-f]{6}")
_PALE = 16  # of 255: the backgrounds of a form differ less between red, green and blue, and are brighter than that
_BRIGHT = 0xE0
_NEAR = 24


class Font(NamedTuple):
    """What matters of a font: `size` in points, `color` as RRGGBB or by a name, "" for the usual black."""

    name: str = ""
    struck: bool = False
    size: float = _USUAL_SIZE
    color: str = ""

    @property
    def symbols(self) -> str:
        """The font of symbols that it is, "" for every other one."""
        return symbol_font(self.name)

    def is_unseen(self, fill: str = "") -> bool:
        """Whether it is too small to read or of the colour of what lies behind it."""
        return self.size < _LEAST_SIZE or same_colour(self.color or BLACK, fill or WHITE)

    def is_odd(self, fill: str = "") -> bool:
        """Whether what is written in it over a ground is struck out, a symbol, or cannot be seen."""
        return self.struck or self.is_unseen(fill) or self.symbols != ""


def veils(font: Font, fill: str, code: str) -> bool:
    """Whether a conditional format of this font, ground and number format strikes out, hides or rewrites."""
    return font.is_odd(fill) or code not in PLAIN_FORMATS


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour)) if _RGB.fullmatch(colour) else ()


@lru_cache(maxsize=4096)
def same_colour(one: str, other: str) -> bool:
    """Whether an eye takes two colours for one, each RRGGBB or the number of one that is not known."""
    pairs = zip(_channels(one), _channels(other), strict=False)
    near = [abs(a - b) <= _NEAR for a, b in pairs]
    return all(near) if near else one == other


# The colours of a number format (18.8.31), by name and by number.
_FORMAT_COLOURS = {
    **dict.fromkeys(("black", "color1"), BLACK),
    **dict.fromkeys(("white", "color2"), WHITE),
    **dict.fromkeys(("red", "color3"), "FF0000"),
    **dict.fromkeys(("green", "color4"), "00FF00"),
    **dict.fromkeys(("blue", "color5"), "0000FF"),
    **dict.fromkeys(("yellow", "color6"), "FFFF00"),
}


@lru_cache(maxsize=256)
def unseen_on(fill: str) -> frozenset[str]:
    """The names of the colours of number formats in which nothing can be seen on a ground, "" for white."""
    return frozenset(name for name, colour in _FORMAT_COLOURS.items() if same_colour(colour, fill or WHITE))


def is_pale(colour: str) -> bool:
    """Whether a colour is one of those that lie behind the cells of a form."""
    channels = _channels(colour)
    return bool(channels) and max(channels) - min(channels) < _PALE and min(channels) >= _BRIGHT
