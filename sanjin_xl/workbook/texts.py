"""Texts in the shapes that every reader takes alike; whatever else is well-formed is left to the exact way."""

import re

from sanjin_xl.workbook.cache import Memory
from sanjin_xl.workbook.markup import FONT

# Groups that repeat are not possessive: before Python 3.11.5 those lose count (gh-106052). An attribute given twice, or
# of an undeclared prefix, passes here where no value depends on it: on a row, a formula, a font, a phonetic hint.
ATTRIBUTES = rb'(?: (?!r=|xmlns)[A-Za-z][A-Za-z0-9_:]*+="[^"<>&]*+")*'
NO_CONTROLS = rb"[^<\x00-\x08\x0b\x0c\x0e-\x1f]*+"  # they are no XML (1.0, 2.2), yet calamine passes them on
TAGGED = rb'<t(?: xml:space="preserve")?(?:>' + NO_CONTROLS + rb"</t>| ?/>)"
_RUN = rb"<r>(?:<rPr>(?:<(?:" + FONT.encode() + rb")" + ATTRIBUTES + rb" ?/>)*</rPr>|<rPr ?/>)?" + TAGGED + rb"</r>"
_PHONETIC = rb"(?:<phoneticPr" + ATTRIBUTES + rb" ?/>)?"  # Chinese Excel writes one into most strings
_ITEM = re.compile(rb"(?:" + TAGGED + rb"|(?:" + _RUN + rb")+)?" + _PHONETIC + rb"</si>")
_TAG = re.compile(rb"<t( [^<>]*)?>([^<]*)</t>")
_NO_TEXT = (b"]]>", "\ufffe".encode(), "\uffff".encode())  # what XML (1.0, 2.2 and 2.4) has no room for
_LONGEST = 2**14  # bytes: far less than a cell can hold, so that only the exact way need count characters
_REFERENCE = re.compile("&[^;]*;?")
_REFERENCES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&", "&#10;": "\n"}  # by LibreOffice


class Unusual(Exception):  # noqa: N818 - nothing has gone wrong
    """A stretch of XML that is not in one of the usual shapes; it is for the exact way and calamine."""


def plain_strings(xml: bytes, start: int, end: int) -> list[str | None]:
    """The shared strings of a stretch, None for one that is not clear; raises Unusual."""
    before, *items = xml[start:end].split(b"<si>")
    if before:
        raise Unusual
    return list(map(_ITEMS.__getitem__, items))


def checked(written: bytes) -> bytes:
    """The same bytes, if they are a short stretch of UTF-8 that XML has room for; raises Unusual."""
    try:
        written.decode()
    except UnicodeDecodeError:
        raise Unusual from None
    if len(written) > _LONGEST or any(one in written for one in _NO_TEXT):
        raise Unusual
    return written


def has_only_known_references(text: str) -> bool:
    """Whether a text refers to nothing but the few characters that all programs refer to."""
    return set(_REFERENCE.findall(text)) <= _REFERENCES.keys()


def plain_text(written: bytes) -> str | None:
    """What character data in UTF-8 says; None where readers may differ: other references, escapes, line ends."""
    text = written.decode()
    if "\r" in text or "_x" in text or not has_only_known_references(text):
        return None
    return _REFERENCE.sub(lambda found: _REFERENCES[found[0]], text)


def tagged_texts(written: bytes) -> str | None:
    """What the <t> elements of a stretch say together; None where readers may differ, such as on blanks around it."""
    texts = []
    for preserve, content in _TAG.findall(written):
        text = plain_text(content)
        if text is None or not (preserve or text == text.strip()):
            return None
        texts.append(text)
    return "".join(texts)


def _item(written: bytes) -> str | None:
    if not _ITEM.fullmatch(checked(written)):
        raise Unusual
    return tagged_texts(written)


_ITEMS = Memory(_item)
