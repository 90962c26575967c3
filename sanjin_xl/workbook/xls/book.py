"""What stands in an .xls before its sheets: fonts, formats, styles, texts, and where the sheets begin."""

import struct
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.cell_style import Style, make_style
from sanjin_xl.workbook.fonts import INDEXED, Font, veils
from sanjin_xl.workbook.records import UNFILLED, Text, odd_numbers
from sanjin_xl.workbook.xls.stream import CONTINUE, COUNTED, WIDE, characters, short, text

_PHONETIC, _RICH = 4, 8
_OWN_COLOURS = 8  # where the colours of a palette begin
_PLAIN_NUMBERS = (0, 49)  # of the formats General and @


class Sheet(NamedTuple):
    """A sheet by its record (2.4.28): `offset` is where its own begin in the stream of the book."""

    name: str
    visible: bool
    offset: int


def fonts_of(runs: bytes, book: "Globals") -> tuple[tuple[int, Font], ...]:
    """Where in a text which font begins (2.5.132); nothing where none of them is of consequence."""
    numbers = list(struct.iter_unpack("<2H", runs)) if book.odd_fonts else []
    if book.odd_fonts.isdisjoint(number for _, number in numbers):
        return ()
    return tuple((start, book.font(number)) for start, number in numbers)


class _Strings:
    """The shared texts (2.4.265), which may be cut anywhere by the end of a record."""

    def __init__(self, pieces: list[bytes], book: "Globals") -> None:
        self._pieces, self._at, self._piece = iter(pieces), 0, b""
        self._book, self._own_texts = book, book.own_texts

    def read(self) -> list[Text]:
        self._piece = next(self._pieces)
        count, self._at = struct.unpack_from("<4xL", self._piece)[0], 8
        texts: list[Text] = []
        while len(texts) < count:
            if self._at >= len(self._piece) and not self._turn():
                break  # fewer than it says: who asks for the others finds none
            texts.append(self._one())
        return texts

    def _turn(self) -> bool:
        self._piece, self._at = next(self._pieces, b""), 0
        return bool(self._piece)

    def _one(self) -> Text:
        start, self._at = self._at, self._at + 3
        count, flags = COUNTED.unpack_from(self._piece, start)
        end = self._at + (2 * count if flags & WIDE else count)
        if flags <= WIDE and end <= len(self._piece):  # as nearly all are
            self._at = end
            return self._own_texts[self._piece[start:end]]
        runs = extra = 0
        if flags & _RICH:
            (runs,) = struct.unpack("<H", self._take(2))
        if flags & _PHONETIC:
            (extra,) = struct.unpack("<L", self._take(4))
        text = self._characters(count, flags)
        fonts = fonts_of(self._take(4 * runs), self._book) if runs else ()
        if extra:
            self._take(extra)
        return Text(text, fonts)

    def _take(self, count: int) -> bytes:
        found = self._piece[self._at : self._at + count]
        self._at += count
        while len(found) < count:
            if not self._turn():
                raise Refused("file-cut-off")
            self._at = count - len(found)
            found += self._piece[: self._at]
        return found

    def _characters(self, count: int, flags: int) -> str:
        """So many characters; each record that they go on in begins with flags of its own."""
        start, end = self._at, self._at + count * (2 if flags & WIDE else 1)
        if end <= len(self._piece):
            self._at = end
            return characters(self._piece, start, count, flags)
        text = ""
        while True:
            size = 2 if flags & WIDE else 1
            here = min(count, (len(self._piece) - self._at) // size)
            text += characters(self._piece, self._at, here, flags, "surrogatepass")
            self._at += here * size
            count -= here
            if not count:
                # Of a character in two parts each may have stood in another record.
                return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
            if not self._turn():
                raise Refused("file-cut-off")
            flags, self._at = self._piece[0], 1


class Globals:
    """What stands before the sheets: fonts, formats, styles, texts, and where the sheets begin."""

    def __init__(self, own_texts: Mapping[bytes, Text]) -> None:
        self.own_texts = own_texts
        self._described: list[tuple[Font, int]] = []  # fonts and the numbers of their colours
        self._fonts: list[Font] = []
        self._codes: dict[int, str] = {}
        self._styles: list[tuple[int, int, int, int, bool]] = []
        self._palette = dict(INDEXED)
        self._strings: list[bytes] = []
        self.sheets: list[Sheet] = []
        self.texts: list[Text] = []
        self.styles: list[Style] = []
        self.odd_fonts: frozenset[int] = frozenset()
        self.from_1904 = self.external_links = False

    def read(self, records: Iterator[tuple[int, bytes]]) -> None:
        last = 0
        for kind, body in records:
            if kind == CONTINUE and last == _SST:
                self._strings.append(body)
            elif kind != CONTINUE:
                last = kind
                if reader := _IN_GLOBALS.get(kind):
                    reader(self, body)
        self._fonts = [font._replace(color=self._palette.get(color, "")) for font, color in self._described]
        styles = {one: self._style(*one) for one in set(self._styles)}
        self.styles = [styles[one] for one in self._styles]
        numbers = range(len(self._fonts) + 1)
        self.odd_fonts = odd_numbers(zip(numbers, map(self.font, numbers), strict=True), self.styles)
        self.texts = _Strings(self._strings, self).read() if self._strings else []
        if not self.sheets or len({one.name.casefold() for one in self.sheets}) < len(self.sheets):
            raise Refused("file-wiring", found="sheets")

    def is_veil(self, change: bytes) -> bool:
        """Whether a conditional format (DXFN, 2.5.90) strikes out, hides or rewrites what stands in a cell."""
        parts, more = struct.unpack_from("<LH", change)
        at, code, font, fill = 6, "", Font(), ""
        if parts & 1 << 25:  # a number format, with its code or by its number
            code = text(change, at + 2) if more & 1 else "" if change[at + 1] in _PLAIN_NUMBERS else "?"
            at += struct.unpack_from("<H", change, at)[0] if more & 1 else 2
        if parts & 1 << 26:
            flags, color, unchanged = struct.unpack_from("<68xL8xL4xL", change, at)
            font = Font(struck=bool(flags & ~unchanged & 0x80), color=self._palette.get(color, ""))
            at += 118
        if parts & 1 << 29:
            at += 8 * (parts >> 27 & 1) + 8 * (parts >> 28 & 1)
            pattern, colors = struct.unpack_from("<2H", change, at)
            fill = self._palette.get(colors >> 7 & 0x7F, "") or "?" if pattern >> 10 or not parts & 1 << 18 else ""
        return veils(font, fill, code)

    def font(self, number: int) -> Font:
        """A font by its number: there is none with the number 4 (2.5.129)."""
        at = number - (number > 4)
        return self._fonts[at] if at < len(self._fonts) else Font()

    def _style(self, font: int, format: int, pattern: int, ground: int, crossed: bool) -> Style:
        fill = self._palette.get(ground & 0x7F, f"#{ground & 0x7F}") if pattern not in UNFILLED else ""
        return make_style(self.font(font), fill, format, self._codes.get(format), crossed)

    def _add_font(self, body: bytes) -> None:
        height, flags, color = struct.unpack_from("<3H", body)
        self._described.append((Font(short(body, 14), bool(flags & 8), height / 20), color))

    def _add_format(self, body: bytes) -> None:
        self._codes[struct.unpack_from("<H", body)[0]] = text(body, 2)

    def _add_style(self, body: bytes) -> None:
        font, format, diagonals, border, ground = struct.unpack_from("<2H6x2LH", body)
        crossed = bool(diagonals >> 30 and border >> 21 & 0xF)
        self._styles.append((font, format, border >> 26, ground, crossed))

    def _add_palette(self, body: bytes) -> None:
        colors = [body[at : at + 3].hex().upper() for at in range(2, len(body) - 3, 4)]
        self._palette |= dict(enumerate(colors, _OWN_COLOURS))

    def _add_sheet(self, body: bytes) -> None:
        offset, state, kind = struct.unpack_from("<LBB", body)
        if kind == 0:
            self.sheets.append(Sheet(short(body, 6), state & 3 == 0, offset))

    def _add_strings(self, body: bytes) -> None:
        self._strings = [body]

    def _count_from_1904(self, body: bytes) -> None:
        self.from_1904 = body[:1] == b"\x01"

    def _add_book(self, body: bytes) -> None:
        """Another workbook, or this one itself, or one of functions (2.4.271)."""
        self.external_links |= struct.unpack_from("<2xH", body)[0] not in (0x0401, 0x3A01)


_SST = 0xFC
_IN_GLOBALS: Mapping[int, Callable[[Globals, bytes], None]] = {
    0x31: Globals._add_font,
    0x41E: Globals._add_format,
    0xE0: Globals._add_style,
    0x92: Globals._add_palette,
    0x85: Globals._add_sheet,
    _SST: Globals._add_strings,
    0x22: Globals._count_from_1904,
    0x1AE: Globals._add_book,
}
