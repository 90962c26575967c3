"""How a cell looks by its style and the fonts of its text: alike in every format."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from sanjin_xl.workbook.book import Look, Value
from sanjin_xl.workbook.fonts import Font, is_pale, unseen_on
from sanjin_xl.workbook.number_formats import Sections, shown_as, texts_in

# Formats without a code that show days (MS-XLS 2.4.126): those of Chinese Excel too.
_DAYS = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_SILENT = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|General', re.IGNORECASE)
_IN_DAYS = re.compile(r"[ymdhs]", re.IGNORECASE)


class Style(NamedTuple):
    """How a cell looks: `fill` as RRGGBB, "" for none, `texts` what its number format shows, `crossed` by a diagonal.

    `odd`: whether what is in it can look otherwise than it says.
    """

    font: Font = Font()
    fill: str = ""
    shows_days: bool = False
    texts: Sections = ()
    crossed: bool = False
    odd: bool = False

    @property
    def colour(self) -> str:
        """The colour behind the cell, where it is none of those of a form."""
        return "" if not self.fill or is_pale(self.fill) else self.fill


_texts_in = lru_cache(maxsize=1024)(texts_in)


@lru_cache(maxsize=4096)
def make_style(font: Font, fill: str, number: int, code: str | None, crossed: bool = False) -> Style:
    """The style of a font, a ground and a number format: its number, and its code where the file gives one."""
    shows_days = bool(_IN_DAYS.search(_SILENT.sub("", code))) if code is not None else number in _DAYS
    texts = _texts_in(code, unseen_on(fill)) if code else ()
    style = Style(font, fill, shows_days, texts, crossed)
    return style._replace(odd=bool(texts or crossed or style.colour) or font.is_odd(fill))


def look_of(style: Style, value: Value, written: str, parts: Sequence[tuple[str, Font]]) -> Look:
    """What a person sees of a cell that is not blank, where that is not what it says.

    `written`: its value as a text; `parts`: those of that text that are more than blanks, each with its font.
    """
    shown = shown_as(value, written, style.texts) if style.texts else written
    return Look(
        struck=written if style.crossed else "".join(part for part, font in parts if font.struck),
        unseen=not shown.strip() or any(font.is_unseen(style.fill) for _, font in parts),
        font=next((font.name for _, font in parts if font.symbols), ""),
        shown=shown if shown.strip() and shown != written else "",
        fill=style.colour,
    )
