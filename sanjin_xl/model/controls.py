"""Characters that do something instead of standing for something: which they are, and how they are shown instead.

They are made visible where a text comes into the model: `workbook.reader` for all of a book, `tomlread` for what the
city has set, `round.inbox` for names. Not where it goes out, for what is compared must be what is written: a formula
that asks whether a cell is still as it was sent out holds the text of that cell. Only what never was in the model, such
as a path from the shell, is made visible where it is printed.
"""

import re

_BREAKS = re.compile("\r\n|[\r\x0b\u2028\u2029]")  # Word breaks a line within a paragraph by a vertical tab
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # Unicode's property Bidi_Control
_CONTROL = re.compile(f"[\x00-\x08\x0c\x0e-\x1f\x7f-\x9f{_BIDI}]")
_NONE = re.compile("[\ud800-\udfff\ufffe\uffff]")  # no characters at all: XML 1.0, section 2.2
_LOUD = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f{_BIDI}\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_STAND_IN = re.compile(r"[\u2400-\u2421]|\\x[89][0-9a-f]|\\u(?:061c|200[ef]|202[a-e]|206[6-9])")


def visible(text: str) -> str:
    """The text with its control characters shown: ESC as ␛, others as \\x9b or \\u202e, what is no character as \ufffd.

    Line breaks of every kind become "\\n"; that and the tab stay. A visible text stays as it is.
    """
    if text.isprintable() or not _LOUD.search(text):
        return text
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")  # two halves are one character
    return _CONTROL.sub(_stand_in, _NONE.sub("\ufffd", _BREAKS.sub("\n", whole)))


def without_controls(text: str) -> str:
    """A visible text without what stands in it for control characters, which never was any content."""
    return _STAND_IN.sub("", text)


def _stand_in(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
