"""The exact way through XML, by expat: paths of elements in their namespaces, everything else refused.

Section numbers are those of ECMA-376 part 1.
"""

import re
from typing import NamedTuple
from xml.parsers import expat

from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.limits import Limits

Attributes = dict[str, str]
Property = tuple[str, Attributes]  # of a font, such as ("sz", {"val": "9"})
Run = tuple[str, tuple[Property, ...]]  # a stretch of text, and how it looks

# Transitional and strict: the same cells under another namespace, and calamine looks at neither.
MAIN = ("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main")
LINKS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
PACKAGE = ("http://schemas.openxmlformats.org/package/2006/relationships",)
SPACE = "http://www.w3.org/XML/1998/namespace space"

# The values of cells and the parts of strings, in the shapes that every reader takes alike.
NUMBER = rb"-?[0-9]{1,40}+(?:\.[0-9]++)?+(?:[Ee][-+]?+[0-9]{1,3}+)?+"  # it may be infinite
INDEX = rb"[0-9]{1,9}+"  # calamine takes what does not fit 64 bits for 0
OLD_ERROR = rb"#(?:N/A|DIV/0!|NAME\?|NULL!|NUM!|REF!|VALUE!)"  # calamine gives up the sheet at any other
ERROR = rb"#[A-Z][A-Z0-9_/]{0,30}[!?]?"  # Excel has added #SPILL!, #CALC!, #GETTING_DATA and others, and will add more
FONT = "b|i|strike|condense|extend|outline|shadow|u|vertAlign|sz|color|rFont|family|charset|scheme"  # 18.4.7

_DEPTH = 64  # an honest sheet nests some ten deep; paths of unlimited depth would cost memory by its square
_ELEMENTS = 2_000_000  # about two seconds
_LONGEST_PATH = 2_000  # characters, which are written anew for every element
_IN_ONE_ITEM = 2**17  # an honest string has a few runs; one cannot hold more than 32,767 characters


_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def unescaped(text: str) -> str:
    """A text with what stands for characters that XML has no room for (22.9.2.19): a_x000D_b → a CR b.

    Half characters that belong together are one: _xD83D__xDC4D_ → 👍; one alone is the sign for an unknown one.
    """
    if "_x" not in text:
        return text
    found = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text)
    return found.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


# What a string may consist of (18.4.8, 18.3.1.53), after the path of its <si> or <is>.
_TEXTS = ("/t", "/r/t")
_IN_RUN = "/r/rPr/"
_IN_ITEM = re.compile(rf"/t|/r|/r/t|/r/rPr(?:/(?:{FONT}))?|/rPh|/rPh/t|/phoneticPr")


class _Piece(NamedTuple):
    """A stretch of a string: whether blanks around it are kept, its text as it comes, the properties of its run."""

    preserve: bool
    parts: list[str]
    properties: list[Property]

    def text(self) -> str:
        text = "".join(self.parts)
        return text if self.preserve else text.strip(" \t\r\n")


class Markup:
    """One part read as paths of elements: those of the part's own namespaces by bare name, strangers with their own."""

    spaces: tuple[str, ...] = MAIN
    root = ""

    def __init__(self, part: str, limits: Limits) -> None:
        self.part = part
        self.limits = limits
        self.paths = [""]
        self.elements = 0
        self.seen: list[str] = []
        self.pieces: list[_Piece] = []
        self.run: list[Property] = []
        self.runs: tuple[Run, ...] = ()

    def read(self, xml: bytes) -> None:
        self.xml = xml
        self.parser = parser = expat.ParserCreate("utf-8", " ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartNamespaceDeclHandler = self._namespace
        if type(self).characters is not Markup.characters:
            parser.buffer_text = True
            parser.CharacterDataHandler = self._characters
        try:
            parser.Parse(xml, True)
        except expat.ExpatError as error:
            raise Refused("file-xml", part=self.part, line=error.lineno) from None
        finally:
            del self.parser, self.xml  # it holds our methods: a cycle; and what was read may be remembered

    def refuse(self, code: str, **facts: object) -> Refused:
        # Facts come from the file and go into a sentence.
        short = {name: fact[:40] if isinstance(fact, str) else fact for name, fact in facts.items()}
        return Refused(code, part=self.part, **short)

    def _start(self, name: str, attributes: Attributes) -> None:
        space, _, local = name.rpartition(" ")
        if len(local) + len(self.paths[-1]) > _LONGEST_PATH:
            raise self.refuse("file-too-complex")
        path = f"{self.paths[-1]}/{local if space in self.spaces else f'{space}:{local}'}"
        self.paths.append(path)
        self.elements += 1
        if len(self.paths) > _DEPTH or self.elements > _ELEMENTS:
            raise self.refuse("file-too-complex")
        if len(self.paths) == 2 and path != self.root:
            raise self.refuse("file-wrong-part", found=local)
        self.start(path, local, attributes)

    def _end(self, name: str) -> None:
        self.end(self.paths.pop())

    def _namespace(self, _: str | None, space: str | None) -> None:
        # It comes with the name of every element in it.
        if len(space or "") > _LONGEST_PATH:
            raise self.refuse("file-too-complex")

    def _doctype(self, *_: object) -> None:
        raise self.refuse("file-doctype")

    def start(self, path: str, local: str, attributes: Attributes) -> None:
        raise NotImplementedError

    def end(self, path: str) -> None:
        pass

    def _characters(self, text: str) -> None:
        self.characters(self.paths[-1], text)

    def characters(self, path: str, text: str) -> None:
        """Character data inside an element; it may come in pieces."""

    def item(self, inner: str, attributes: Attributes, *, preserve: bool = False) -> None:
        """Something inside a string, by its path within; `preserve`: whether blanks are kept in all of it."""
        if not _IN_ITEM.fullmatch(inner):
            raise self.refuse("file-markup", found=inner)
        self.seen.append(inner)
        if len(self.seen) > _IN_ONE_ITEM:
            raise self.refuse("file-too-complex")
        if inner == "/r":
            self.run = []
        elif inner.startswith(_IN_RUN):
            self.run.append((inner.removeprefix(_IN_RUN), attributes))
        elif inner in _TEXTS:
            self.pieces.append(
                _Piece(attributes.get(SPACE, "preserve" if preserve else "") == "preserve", [], self.run)
            )

    def item_text(self, inner: str, text: str) -> None:
        """Character data inside a string."""
        if inner in _TEXTS:
            self.pieces[-1].parts.append(text)

    def item_end(self) -> str:
        """The text of the string that ends here, and its runs in `runs`.

        Blanks around a stretch count only where it says so.
        """
        alone, runs, run_texts = map(self.seen.count, ("/t", "/r", "/r/t"))
        if alone + min(runs, 1) > 1 or run_texts > runs:
            raise self.refuse("file-two-values")
        texts = [one.text() for one in self.pieces]
        properties = (tuple(one.properties) for one in self.pieces)
        self.runs = tuple(zip(map(unescaped, texts), properties, strict=True))
        self.seen, self.pieces, self.run = [], [], []
        return unescaped("".join(texts))  # half a character may stand in a run of its own


def is_all_markup(xml: bytes) -> bool:
    """Whether no comment, CDATA section or instruction but the declaration can hide what looks like elements."""
    return b"<!" not in xml and xml.find(b"<?", len("\ufeff<?".encode())) < 0


_ROOT = re.compile(rb"<([A-Za-z][A-Za-z0-9]{0,19}):[A-Za-z]{1,20}(\s[^<>]*)>")
_UNPREFIXED = re.compile(rb"</?[A-Za-z_][^\s/:>]*+[\s/>]")


def without_prefix(xml: bytes) -> bytes:
    """A part without the prefix that the Open XML SDK gives all of its elements: <x:c r="A1"/> → <c r="A1"/>.

    Only where that changes nothing: the prefix is declared once, in the root, and nothing stands outside of it.
    """
    start = max(0, xml.find(b"?>", 0, 200))
    root = _ROOT.match(xml, xml.find(b"<", start) if start else 0)
    if not root:
        return xml
    prefix, said = root.groups()
    declared = [b' xmlns:%s="%s"' % (prefix, space.encode()) for space in MAIN]
    alone = b"xmlns=" not in xml and b" %s:" % prefix not in xml and xml.count(b"xmlns:%s=" % prefix) == 1
    if not alone or not any(one in said for one in declared) or not is_all_markup(xml) or _UNPREFIXED.search(xml):
        return xml
    plain = xml.replace(b"<%s:" % prefix, b"<").replace(b"</%s:" % prefix, b"</")
    return plain.replace(b"xmlns:%s=" % prefix, b"xmlns=", 1)
