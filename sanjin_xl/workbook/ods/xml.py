"""The XML of an .ods in one spelling: the usual prefixes, no comments and no CDATA sections; and what stands in it.

Where a part has another spelling, it is written anew (`Rewriting`).
"""

import re
from html import escape
from xml.parsers import expat

from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.xml import Attributes

CONTENT = "content.xml"
_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
_SPACES = {
    **{f"{_ODF}{name}:1.0": name for name in ("office", "table", "text", "style", "form", "dr3d")},
    f"{_ODF}drawing:1.0": "draw",
    f"{_ODF}datastyle:1.0": "number",
    f"{_ODF}xsl-fo-compatible:1.0": "fo",
    f"{_ODF}svg-compatible:1.0": "svg",
    "http://purl.org/dc/elements/1.1/": "dc",
    "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0": "calcext",
}
_NEEDED = {"office", "table", "text"}
_DEPTH, _ELEMENTS = 64, 2_000_000  # as in `xml`
TAG_END = rb"(?:\s+[^\s=<>\"']+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))*\s*(?P<closed>/?)>"
STYLE_NAME = rb"[A-Za-z0-9_.-]++"  # of nearly every style; of the others the element is known with its name only
_LENGTH = re.compile(r"(-?[0-9]{1,6}(?:\.[0-9]{1,20})?)(cm|mm|in|pt|pc|px)")
POINT = 2.54 / 72  # in centimetres
_UNITS = {"cm": 1.0, "mm": 0.1, "in": 2.54, "pt": POINT, "pc": 2.54 / 6, "px": 2.54 / 96}
_DECLARATION = re.compile(rb"\sxmlns[:=\s]")
_DECLARED = re.compile(rb'\sxmlns:([A-Za-z0-9_.-]+)="([^"<>]*)"')
_QUOTED = str.maketrans({'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


class Unusual(Exception):  # noqa: N818 - nothing has gone wrong
    """XML that has to be written anew before it is cut."""


def in_usual_words(xml: bytes) -> bytes:
    """What stands in a part, with the usual prefixes, without comments and CDATA sections."""
    try:
        return checked(behind_root(xml))
    except Unusual:
        return Rewriting().read(xml)


def behind_root(xml: bytes) -> bytes:
    """What stands in the first element, which has to declare the usual prefixes."""
    start = xml.find(b"<office:")
    end = xml.find(b">", start) + 1
    if start < 0 or xml.count(b"<", 0, start) > 1 or not _are_usual(xml[start:end]):
        raise Unusual
    return xml[end:]


def checked(stretch: bytes) -> bytes:
    """The same, where what looks like an element is one and its prefix means what it usually does."""
    # A single character is found, or found missing, much sooner than two.
    if any(one in stretch and b"<" + one in stretch for one in (b"!", b"?")) or b"xmlns" in stretch:
        raise Unusual
    return stretch


def _are_usual(root: bytes) -> bool:
    """Whether the prefixes that an element declares mean what they usually do."""
    declared = {prefix.decode("latin-1"): space.decode("latin-1") for prefix, space in _DECLARED.findall(root)}
    usual = {prefix: _SPACES.get(space, "") for prefix, space in declared.items()}
    return (
        len(_DECLARATION.findall(root)) == len(declared)
        and declared.keys() >= _NEEDED
        and all(meant in ("", prefix) for prefix, meant in usual.items())
        and all(usual.get(prefix, prefix) for prefix in _SPACES.values())
    )


class Expat:
    """Something read by expat; elements that nest too deep or are too many are refused, and so is a DOCTYPE."""

    def __init__(self, spaces: str | None = None) -> None:
        self._depth = self._count = 0
        self._parser = parser = expat.ParserCreate("utf-8", spaces) if spaces else expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self.characters
        parser.StartDoctypeDeclHandler = self._doctype

    def parse(self, xml: bytes) -> None:
        try:
            self._parser.Parse(xml, True)
        except expat.ExpatError:
            raise Refused("file-xml", part=CONTENT, line=0) from None
        finally:
            del self._parser  # it holds our methods: a cycle

    def _start(self, name: str, attributes: Attributes) -> None:
        self._depth += 1
        self._count += 1
        if self._depth > _DEPTH or self._count > _ELEMENTS:
            raise Refused("file-too-complex")
        self.start(name, attributes)

    def _end(self, name: str) -> None:
        self._depth -= 1
        self.end(name)

    def _doctype(self, *_: object) -> None:
        raise Refused("file-doctype", part=CONTENT)

    def start(self, name: str, attributes: Attributes) -> None:
        raise NotImplementedError

    def end(self, name: str) -> None:
        pass

    def characters(self, text: str) -> None:
        pass


class Rewriting(Expat):
    """Writes XML anew with the usual prefixes; elements of other namespaces stay, as strangers."""

    def __init__(self) -> None:
        super().__init__(" ")
        self._out: list[str] = []

    def read(self, xml: bytes) -> bytes:
        self.parse(xml)
        return "".join(self._out).encode("utf-8", "replace")

    def start(self, name: str, attributes: Attributes) -> None:
        written = "".join(f" {_prefixed(key)}={_quoted(value)}" for key, value in attributes.items() if " " in key)
        self._out.append(f"<{_prefixed(name)}{written}>")

    def end(self, name: str) -> None:
        self._out.append(f"</{_prefixed(name)}>")

    def characters(self, text: str) -> None:
        self._out.append(escape(text, quote=False).replace("\r", "&#13;"))


def _quoted(value: str) -> str:
    return f'"{escape(value, quote=False).translate(_QUOTED)}"'


def _prefixed(name: str) -> str:
    space, _, local = name.rpartition(" ")
    return f"{_SPACES.get(space, 'stranger')}:{local}"


def element(piece: bytes, opening: re.Pattern[bytes], end: bytes) -> tuple[bytes, bytes]:
    """The element that a stretch begins with, and what stands behind it."""
    tag = opening.match(piece)
    if tag and tag["closed"]:
        return piece[: tag.end()], piece[tag.end() :]
    inner, found, tail = piece.partition(end)
    if not tag or not found:
        raise Refused("file-xml", part=CONTENT, line=0)
    return inner + end, tail


def centimetres(written: str) -> float | None:
    """A length in centimetres, None where it is none."""
    found = _LENGTH.fullmatch(written)
    return float(found[1]) * _UNITS[found[2]] if found else None


def count_of(attributes: Attributes, name: str) -> int:
    """How often an element is meant, once where it does not say; raises Refused for what is no count."""
    written = attributes.get(name, "1")
    if not written.isdecimal() or len(written) > 9:
        raise Refused("file-address", found=written[:40])
    return max(1, int(written))
