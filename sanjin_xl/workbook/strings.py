"""What texts say in the shapes that Excel, WPS, LibreOffice, openpyxl and XlsxWriter write, and the shared strings.

    <t>A&amp;B</t>                                                  A&B
    <r><rPr><b/></rPr><t>9</t></r><r><t>月</t></r>                  9月, in two runs

Any other shape raises Unusual, and is read the exact way. Section numbers are those of ECMA-376 part 1.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.cache import Cache
from sanjin_xl.workbook.limits import Limits, check_count, check_length
from sanjin_xl.workbook.xml import FONT, SPACE, Attributes, Markup, Run, is_all_markup, unescaped

# Groups that repeat are not possessive: before Python 3.11.5 those lose count (gh-106052). An attribute given twice, or
# of an undeclared prefix, passes here where no value depends on it: on a row, a formula, a font, a phonetic hint.
ATTRIBUTES = rb'(?: (?!r=|xmlns)[A-Za-z][A-Za-z0-9_:]*+="[^"<>&]*+")*'
CHARACTERS = rb"[^<\x00-\x08\x0b\x0c\x0e-\x1f]*+"  # the others are no XML (1.0, 2.2), yet calamine passes them on
TEXT = rb'<t(?: xml:space="preserve")?(?:>' + CHARACTERS + rb"</t>| ?/>)"
_RUN = rb"<r>(?:<rPr>(?:<(?:" + FONT.encode() + rb")" + ATTRIBUTES + rb" ?/>)*</rPr>|<rPr ?/>)?" + TEXT + rb"</r>"
_PHONETIC = rb"(?:<phoneticPr" + ATTRIBUTES + rb" ?/>)?"  # Chinese Excel writes one into most strings
_ITEM = re.compile(rb"(?:" + TEXT + rb"|(?:" + _RUN + rb")+)?" + _PHONETIC + rb"</si>")
_TAG = re.compile(rb"<t( [^<>]*)?>([^<]*)</t>")
_REFERENCE = re.compile("&[^;]*;?")
_REFERENCES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&"}
_BY_NAME = tuple(name.encode() for name in _REFERENCES)
_NUMERIC = re.compile(r"&#(?:([0-9]{1,7})|x([0-9A-Fa-f]{1,6}));")  # openpyxl with lxml writes all of Chinese so
_NO_TEXT = (b"]]>", "\ufffe".encode(), "\uffff".encode())  # what XML (1.0, 2.2 and 2.4) has no room for

_LONGEST = 2**14  # bytes: far less than a cell can hold, so that only the exact way need count characters


class Unusual(Exception):  # noqa: N818 - nothing has gone wrong
    """A stretch of XML that has none of the usual shapes."""


# ── texts ────────────────────────────────────────────────────────────────────────────────────────────────────────


def checked(written: bytes) -> bytes:
    """The same bytes, if they are a short stretch of UTF-8 that XML has room for; raises Unusual."""
    try:
        written.decode()
    except UnicodeDecodeError:
        raise Unusual from None
    if len(written) > _LONGEST or any(one in written for one in _NO_TEXT):
        raise Unusual
    return written


def refers_to_characters(written: bytes) -> bool:
    """Whether every `&…;` is a character by name or by number."""
    # The formula of a hint has a hundred, all by name: to count them is ten times quicker.
    if written.count(b"&") == sum(map(written.count, _BY_NAME)):
        return True
    return None not in map(_character, _REFERENCE.findall(written.decode()))


def _character(reference: str) -> str | None:
    """The character a reference stands for, None for one that XML (1.0, 2.2) has no room for, or no reference."""
    number = _NUMERIC.fullmatch(reference)
    if not number:
        return _REFERENCES.get(reference)
    code = int(number[1] or number[2], 10 if number[1] else 16)
    allowed = code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
    return chr(code) if allowed else None


def written_text(written: bytes) -> str:
    """What character data says: `A&amp;B` → `A&B`, `&#22269;` → `国`; raises Unusual where it is no XML."""
    return unescaped(_characters(written))


def _characters(written: bytes) -> str:
    text = written.decode()
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "&" in text:
        if not refers_to_characters(written):
            raise Unusual
        text = _REFERENCE.sub(lambda found: _character(found[0]) or "", text)
    return text


def tagged_text(written: bytes) -> str:
    """What the <t> elements of a stretch say together; blanks around one count only where it says so."""
    texts = (content if preserve else content.strip(b" \t\r\n") for preserve, content in _TAG.findall(written))
    return unescaped("".join(map(_characters, texts)))  # half a character may stand in a run of its own


# ── shared strings ───────────────────────────────────────────────────────────────────────────────────────────────


class _Strings(Markup):
    """The shared strings: every <si> where it belongs, none with two texts, and how many are claimed."""

    root = "/sst"
    claimed = 0

    def __init__(self, part: str, limits: Limits) -> None:
        super().__init__(part, limits)
        self.texts: list[str] = []
        self.odd: dict[int, tuple[Run, ...]] = {}
        self.preserve = False

    def start(self, path: str, local: str, attributes: Attributes) -> None:
        if path == "/sst":
            claim = attributes.get("uniqueCount", "")
            self.claimed = int(claim[:20]) if claim.isdecimal() else 0
        elif path.startswith("/sst/si/"):
            self.item(path.removeprefix("/sst/si"), attributes, preserve=self.preserve)
        elif local in ("si", "sst") and path != "/sst/si":
            raise self.refuse("file-markup", found=local)
        if path in ("/sst", "/sst/si"):
            self.preserve = attributes.get(SPACE) == "preserve"

    def characters(self, path: str, text: str) -> None:
        self.item_text(path.removeprefix("/sst/si"), text)

    def end(self, path: str) -> None:
        if path == "/sst/si":
            self.texts.append(self.item_end())
            if any(properties for _, properties in self.runs):
                self.odd[len(self.texts) - 1] = self.runs


class Strings(NamedTuple):
    """The shared strings in their order, and the runs of those, by number, that may not look as they read."""

    texts: Sequence[str] = ()
    runs: Mapping[int, tuple[Run, ...]] = {}


# Struck out, white or nearly, in the font of symbols, or small: nothing else hides a run on white or pale ground.
ODD_RUN = re.compile(
    rb'<strike|<color (?:rgb="[0-9A-Fa-f]{0,2}F[0-9A-Fa-f]F[0-9A-Fa-f]F[0-9A-Fa-f]"|theme="0"|indexed="[19]")'
    rb'|<rFont val="(?i:[bmoswz])|<sz val="[0-2][".]'
)


def read_strings(xml: bytes, part: str, cache: Cache, limits: Limits, coloured: bool = False) -> Strings:
    """The shared strings (18.4.9); raises Refused for what readers may count or read differently.

    `coloured`: whether cells have colours behind them, so that a run of any colour may be hidden.
    """
    check_count(xml, b"<si", limits.cells, "file-too-many-cells", part)
    check_length(xml, b"</si>", part, limits)
    start, end = xml.find(b"<si"), xml.rfind(b"</sst>")
    bare = xml[:start] + xml[end:]
    found: list[str] | None = None
    has_odd_runs = b"<rPr>" in xml and (coloured or ODD_RUN.search(xml))
    if 0 < start < end and is_all_markup(bare) and not has_odd_runs:
        with suppress(Unusual):
            found = _usual_strings(xml[start:end], cache)
    strings = _Strings(part, limits)
    strings.read(xml if found is None else bare)
    # Too small a claim hurts nobody; calamine allots memory by a large one and aborts (4294967295 did it).
    if strings.claimed * len(b"<si/>") > len(xml):
        raise Refused("file-false-count", part=part, claimed=strings.claimed)
    return Strings(strings.texts, strings.odd) if found is None else Strings(found)


def _usual_strings(written: bytes, cache: Cache) -> list[str]:
    before, *items = written.split(b"<si>")
    if before:
        raise Unusual
    return list(map(cache.lookup(_item).__getitem__, items))


def _item(written: bytes) -> str:
    """A string from behind its <si> on."""
    if not _ITEM.fullmatch(checked(written)):
        raise Unusual
    return tagged_text(written)
