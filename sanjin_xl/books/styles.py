"""The looks of every workbook we write: fonts, colours, widths, and a cache of formats."""

import math
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from unicodedata import east_asian_width

from sanjin_xl.books.seal import SealedWorkbook

# The fonts of an official notice; where one is missing, charset 134 (GB2312) makes Office pick another Chinese one.
TITLE_FONT = "方正小标宋简体"
HEADING_FONT = "黑体"
BODY_FONT = "宋体"
ANSWER_FONT = "仿宋"
OFFICIAL_FONT, LEAD_FONT = "仿宋_GB2312", "楷体_GB2312"
FONTS_INSTEAD = {
    OFFICIAL_FONT: "仿宋,FangSong,STFangsong,FangSong_GB2312,FZFangSong-Z02,Noto Serif CJK SC",
    TITLE_FONT: "方正小标宋_GBK,FZXiaoBiaoSong-B05S,华文中宋,STZhongsong,宋体,SimSun,Noto Serif CJK SC",
    HEADING_FONT: "SimHei,STHeiti,Noto Sans CJK SC",
    LEAD_FONT: "楷体,KaiTi,STKaiti,KaiTi_GB2312,Noto Serif CJK SC",
    BODY_FONT: "SimSun,STSong,Noto Serif CJK SC",
}
"""What a program takes for a document where a font is not installed, the nearest first (ECMA-376, 17.8.3.1)."""
CODE_FONT = "Consolas"
_CHARSET_GB2312 = 134

INK = "#000000"
QUIET = "#7F7F7F"
LINE = "#595959"
HEADER_FILL = "#E7ECF3"
CATEGORY_FILL = "#F4F6F9"
OPEN_FILL = "#FFFDF3"
WRONG_FILL = "#F8CBAD"
WRONG_INK = "#9C0006"
ASK_FILL = "#FFEB9C"
ASK_INK = "#7F6000"
GOOD_FILL = "#E2EFDA"
CARRIED_FILL = "#DDEBF7"
CARRIED_INK = "#1F4E79"

FAINT_LINE = "#A6A6A6"

THIN = 1
MEDIUM = 2
DOTTED = 4

MOST_HEIGHT = 409.0  # Excel: points of a row

_HOUSE_STYLE = {
    "font_name": BODY_FONT,
    "font_size": 10.5,
    "font_charset": _CHARSET_GB2312,
    "font_color": INK,
    "valign": "vcenter",
    "text_wrap": True,
}
_ENDING, _OPENING = "，。；：、？！”’）》】…·", "“‘（《【"
_UNBROKEN = re.compile(rf"[{_OPENING}]*(?:[!-~]+ ?|[^{_ENDING}{_OPENING}])[{_ENDING}]*|[{_ENDING}{_OPENING}]+")
"""What no line is broken within: a character or a word with the marks before and behind it."""
_LAST_MARK = re.compile(r".*[，。；：、？！]")
_LINE_HEIGHT = 1.45  # of the font size; Chinese fonts set 1.3, LibreOffice's stand-ins up to 1.44


class Styles:
    """Formats of one workbook, made once each; ask for one by its properties in XlsxWriter's names."""

    def __init__(self, workbook: SealedWorkbook) -> None:
        self.workbook = workbook
        self._made: dict[frozenset[tuple[str, object]], Any] = {}

    def get(self, **properties: object) -> Any:
        """A format with these properties over the house style: 宋体 10.5, centred vertically, wrapped."""
        return self._format({**_HOUSE_STYLE, **properties})

    def condition(self, fill: str, ink: str | None = None, **properties: object) -> Any:
        """A format for a conditional format, which names nothing but what changes."""
        colours = {"bg_color": fill, "font_color": ink} if ink else {"bg_color": fill}
        return self._format({**colours, **properties})

    def _format(self, properties: dict[str, object]) -> Any:
        key = frozenset(properties.items())
        if key not in self._made:
            self._made[key] = self.workbook.add_format(properties)
        return self._made[key]


@lru_cache(maxsize=10_000)
def width_of(text: str) -> int:
    """The width of the longest line of a text in half-width characters: a Chinese one counts two."""
    return max(sum(2 if east_asian_width(char) in "WFA" else 1 for char in line) for line in text.split("\n"))


def _room(column_width: float, font_size: float) -> float:
    """How many half-width characters of a text stand on one line of a column.

    A column of n characters has 7n pixels (Calibri 11, the default font) within its edges, a half-width character of
    the text font_size × 2/3 pixels; a little is kept back, as fonts and printers differ.
    """
    return 7 * column_width * 0.96 / (font_size * 2 / 3)


@lru_cache(maxsize=10_000)
def in_lines(text: str, column_width: float, font_size: float, full: float = 0.8) -> str:
    """A text broken into the lines a column holds, none of which begins with a mark that ends one.

    Excel and WPS break lines so by themselves; LibreOffice would begin them with ，。）. Words and numbers stay whole,
    and a line ends behind a mark where it is `full` by then.
    """
    room = _room(column_width, font_size)
    return "\n".join(line for paragraph in text.split("\n") for line in _lines_of(paragraph, room, full))


def _lines_of(text: str, room: float, full: float) -> Iterator[str]:
    line = ""
    for part in _UNBROKEN.findall(text):
        if line and width_of(line + part.rstrip()) > room:
            mark = _LAST_MARK.match(line)
            end = len(mark[0]) if mark and width_of(mark[0]) > room * full else len(line)
            yield line[:end]
            line = line[end:].lstrip()
        line += part
    yield line


@lru_cache(maxsize=10_000)  # the same few hundred texts of every workbook
def height_of(text: str, column_width: float, font_size: float) -> float:
    """The height in points a wrapped text needs in a column `column_width` characters wide.

    What does not fit on one line fills none of its lines up: a mark that ends a line takes its character along.
    """
    room = _room(column_width, font_size)
    widths = map(width_of, text.split("\n"))
    lines = sum(1 if width <= room else math.ceil(width / (room * 0.95)) for width in widths)
    return lines * font_size * _LINE_HEIGHT + 4
