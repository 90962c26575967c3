"""What the fonts of symbols draw for a letter: R in Wingdings 2 is ☑, in any other font an R.

Only for characters of one byte, and for those of private use that stand for them; whatever else is written in such a
font, such as √ or Chinese, is drawn in another one that has it.
"""

# The pictures of Microsoft's fonts, as far as they are ticks, crosses, boxes and dots.
_DRAWN = {
    "wingdings": {
        "ü": "✓", "û": "✗", "ý": "☒", "þ": "☑", "¨": "□", "o": "□", "q": "□", "r": "□", "n": "■", "l": "●", "¡": "○",
    },
    "wingdings2": {"P": "✓", "O": "✗", "R": "☑", "Q": "☒", "S": "☒", "T": "☒", "£": "□"},
    "webdings": {"a": "✓", "r": "✗", "c": "□", "g": "■", "n": "●"},
    "marlett": {"a": "✓", "b": "✓", "r": "✗"},
    "zapfdingbats": {"3": "✓", "4": "✔", "5": "✕", "6": "✖", "7": "✗", "8": "✘", "n": "■", "o": "□", "q": "□"},
    "symbol": {"Ö": "√", "´": "×", "·": "·"},
}  # fmt: skip
_OTHERS = ("wingdings", "webdings", "symbol", "marlett", "zapfdingbats", "bookshelfsymbol", "opensymbol")
_PRIVATE = 0xF000


def symbol_font(name: str) -> str:
    """The name of a font of symbols as it is known here, "" for any other font."""
    known = "".join(name.split()).casefold()
    return known if known.startswith(_OTHERS) else ""


def drawn(text: str, font: str) -> str:
    """What a text looks like in a font of symbols; one with an unknown picture is given with its font."""
    pictures = [_picture(char, _DRAWN.get(font, {})) for char in text]
    return f"〔{font}：{text}〕" if None in pictures else "".join(map(str, pictures))


def _picture(char: str, pictures: dict[str, str]) -> str | None:
    code = ord(char) - _PRIVATE if _PRIVATE + 0x20 <= ord(char) <= _PRIVATE + 0xFF else ord(char)
    return char if code > 0xFF or char.isspace() else pictures.get(chr(code))
