"""The styles of an .ods: of cells, of parts of texts, of rows and columns, each with what its parents say."""

import html
import re
from collections.abc import Callable
from functools import cached_property, lru_cache
from itertools import chain
from typing import NamedTuple

from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.cell_style import Style, make_style
from sanjin_xl.workbook.fonts import WHITE, Font, same_colour
from sanjin_xl.workbook.ods.xml import CONTENT, POINT, STYLE_NAME, TAG_END, Expat, centimetres, element
from sanjin_xl.workbook.xml import Attributes

_STYLE = re.compile(rb'<style:style(?: style:name="(' + STYLE_NAME + rb')")?(?=[\s/>])')
_STYLE_TAG = re.compile(TAG_END)


class _Said(NamedTuple):
    """What a style says itself, None where it leaves something to its parent; sizes in centimetres, a font's in
    twentieths of a point, colours as RRGGBB, "" for none, formats by name. `name`: where it does not come first.
    `conditional`: the styles that take its place where something holds (16.3)."""

    family: str = ""
    name: str = ""
    parent: str = ""
    font: str | None = None
    struck: bool | None = None
    crossed: bool | None = None
    height: int | None = None
    color: str | None = None
    fill: str | None = None
    size: float | None = None
    hidden: bool | None = None
    format: str | None = None
    conditional: tuple[str, ...] | None = None
    covered: bool | None = None  # by the protection of its sheet (20.246)


_SAYS_NOTHING = _Said()


@lru_cache(maxsize=2048)
def _under(own: _Said, parent: _Said) -> _Said:
    """What a style says with what its parent says of the rest."""
    return _Said._make(theirs if ours is None else ours for ours, theirs in zip(own, parent, strict=True))


@lru_cache(maxsize=2048)
def _font(said: _Said, face: str) -> Font:
    height = 220 if said.height is None else said.height
    # A text of no colour of its own is white on a dark ground (fo:color, 20.180).
    return Font(face, bool(said.struck), height / 20, said.color or "by ground")


@lru_cache(maxsize=2048)
def _cell_style(said: _Said, face: str) -> Style:
    return make_style(_font(said, face), said.fill or "", 0, None, bool(said.crossed))


def read_style(piece: bytes) -> _Said:
    """A style from behind its `<style:style` and its name on, which it has itself where that does not come first."""
    return _StyleReader().read(piece)


class _StyleReader(Expat):
    """One style."""

    def __init__(self) -> None:
        super().__init__()
        self._of: dict[str, Attributes] = {}
        self._conditional: list[str] = []

    def read(self, piece: bytes) -> _Said:
        style, _ = element(piece, _STYLE_TAG, b"</style:style>")
        self.parse(b"<style:style" + style)
        own, text, cell = (self._of.get(name, {}) for name in ("style", "text-properties", "table-cell-properties"))
        return _Said(
            family=own.get("style:family", ""),
            name=own.get("style:name", ""),
            parent=own.get("style:parent-style-name", ""),
            font=text.get("style:font-name", text.get("fo:font-family")),
            struck=_is_struck(text),
            crossed=_is_crossed(cell),
            height=_font_height(text.get("fo:font-size", "")),
            color=_color(text.get("fo:color"), text.get("style:use-window-font-color") == "true"),
            fill=_color(cell.get("fo:background-color"), False),
            size=self._size(),
            hidden=self._is_hidden(),
            format=own.get("style:data-style-name"),
            conditional=tuple(self._conditional) or None,
            covered=cell["style:cell-protect"] == "hidden-and-protected" if "style:cell-protect" in cell else None,
        )

    def start(self, name: str, attributes: Attributes) -> None:
        self._of.setdefault(name.removeprefix("style:"), attributes)
        if name == "style:map":
            self._conditional.append(attributes.get("style:apply-style-name", ""))

    def _size(self) -> float | None:
        row, column = self._of.get("table-row-properties", {}), self._of.get("table-column-properties", {})
        return centimetres(row.get("style:row-height", column.get("style:column-width", "")))

    def _is_hidden(self) -> bool | None:
        shown = self._of.get("table-properties", {}).get("table:display")
        return None if shown is None else shown == "false"


def _is_struck(text: Attributes) -> bool | None:
    lines = [
        text[f"style:text-line-through-{kind}"]
        for kind in ("style", "type")
        if f"style:text-line-through-{kind}" in text
    ]
    return any(line != "none" for line in lines) if lines else None


def _is_crossed(cell: Attributes) -> bool | None:
    """Whether a diagonal border crosses a cell out; one that is none may have a width, "0.000cm none #c7c7c7"."""
    lines = [cell[name] for name in ("style:diagonal-bl-tr", "style:diagonal-tl-br") if name in cell]
    return any("none" not in line.split() for line in lines) if lines else None


def _font_height(written: str) -> int | None:
    height = centimetres(written)
    return None if height is None else round(height / POINT * 20)


def _color(written: str | None, usual: bool) -> str | None:
    if usual or written == "transparent":
        return ""
    return written.removeprefix("#").upper() if written else None


def _named(name: str, said: _Said) -> tuple[str, _Said]:
    """A style and its name apart, so that styles of other names that say the same are the same."""
    if not said.name:
        return name, said
    if name:  # no XML
        raise Refused("file-xml", part=CONTENT, line=0)
    return said.name, said._replace(name="")


def as_name(shown: str) -> str:
    """The name of a style by what a person sees of it (19.498), as LibreOffice makes one: 条件_1 → 条件_5f_1."""
    return "".join(
        one if one.isalpha() or (at and one in "0123456789.-") else f"_{ord(one):x}_" for at, one in enumerate(shown)
    )


_PLAIN_FORMATS = (None, "", "N0", "N100")  # LibreOffice's names of General and @
_FACE = re.compile(rb"<style:font-face\s([^<>]*)>")
_ATTRIBUTE = re.compile(r"(?<![a-z:-])([a-z:-]+)=[\"']([^\"'<]*)[\"']")


_DATA_STYLE = re.compile(rb'<number:[a-z]+-style style:name="([^"<>]{1,200})"')
_COLOURED = re.compile(rb'<style:text-properties fo:color="#([0-9A-Fa-f]{6})"')
_SECTION = re.compile(rb'style:apply-style-name="([^"<>]{1,200})"')


def _format_colours(section: bytes) -> dict[str, list[str]]:
    """The colours in which formats show something, be it in one of their sections (ODF 1.2 part 1, 16.27)."""
    _, *pieces = _DATA_STYLE.split(section)
    formats = {
        name.decode(): piece.partition(b"-style>")[0] for name, piece in zip(pieces[::2], pieces[1::2], strict=True)
    }
    own = {name: found[1].decode().upper() for name, piece in formats.items() if (found := _COLOURED.search(piece))}
    if not own:
        return {}
    parts = {name: [name, *(one.decode() for one in _SECTION.findall(piece))] for name, piece in formats.items()}
    return {name: [own[one] for one in names if one in own] for name, names in parts.items()}


class Styles:
    """The styles of a document, by family and name; `read` makes of a style without its name what it says."""

    def __init__(self, read: Callable[[bytes], _Said], *sections: bytes) -> None:
        self._read = read
        self._said: dict[tuple[str, str], _Said] = {}
        self._faces: dict[str, str] = {}
        self._colours: dict[str, list[str]] = {}
        self._known: dict[tuple[str, str], _Said] = {}
        self._used: list[str] = []
        for section in sections:
            self._add(section)

    @cached_property
    def odd(self) -> frozenset[str]:
        """The styles of cells in which a text can look otherwise than it says."""
        return frozenset(name for family, name in self._said if family == "table-cell" and self.cell(name).odd)

    @cached_property
    def odd_parts(self) -> frozenset[str]:
        """The styles of parts of texts that may look otherwise than they say, in whatever cell."""
        grounds = {self.of("table-cell", name).fill for name in self._used} | {"FFFFFF"}
        texts = {name: self.of("text", name) for family, name in self._said if family == "text"}
        odd = {
            name
            for name, said in texts.items()
            if said.color and any(same_colour(said.color, ground) for ground in grounds if ground)
        }
        return frozenset(odd | {name for name, said in texts.items() if _cell_style(said, self._face(said)).odd})

    @cached_property
    def veiled(self) -> frozenset[str]:
        """The styles of cells in whose place one may come that strikes out, hides or rewrites what stands there."""
        own = {
            name: self.of("table-cell", name).conditional or () for family, name in self._said if family == "table-cell"
        }
        veils = {one for one in set(chain.from_iterable(own.values())) if self.is_veil(one)}
        return frozenset(name for name, others in own.items() if not veils.isdisjoint(others))

    @cached_property
    def covered(self) -> frozenset[str]:
        """The styles of cells that show nothing while their sheet is protected."""
        return frozenset(n for family, n in self._said if family == "table-cell" and self.of(family, n).covered)

    def is_veil(self, name: str) -> bool:
        """Whether a style strikes out, hides or rewrites what stands in a cell whose place it takes."""
        said = self.of("table-cell", name)
        return _font(said, self._face(said)).is_odd(said.fill or "") or said.format not in _PLAIN_FORMATS

    def _add(self, section: bytes) -> None:
        """Take in the styles of a section; cells use those of the last one, and these build on those before."""
        head, *pieces = _STYLE.split(section)
        names = [name.decode() if name else "" for name in pieces[::2]]
        for face in _FACE.findall(head):
            said = dict(_ATTRIBUTE.findall(face.decode("utf-8", "replace")))
            self._faces[said.get("style:name", "")] = html.unescape(said.get("svg:font-family", "")).strip("'\"")
        self._colours |= _format_colours(section) if b"<number:" in section else {}
        styles = [_named(name, said) for name, said in zip(names, map(self._read, pieces[1::2]), strict=True)]
        self._said |= {(style.family, name): style for name, style in styles}
        self._used = [name for name, style in styles if style.family == "table-cell"]

    def of(self, family: str, name: str) -> _Said:
        """What a style and those above it say together."""
        known = self._known.get((family, name))
        if known is None and (said := self._said.get((family, name))):
            above = self._known.get((family, said.parent))
            known = self._known[family, name] = _under(said, above) if above else self._together(family, name)
        return known or _SAYS_NOTHING  # a document may name any number of styles that are not there

    def _together(self, family: str, name: str) -> _Said:
        chain: dict[tuple[str, str], _Said] = {}  # however long; what is above is put together first
        key = family, name
        while key in self._said and key not in self._known and key not in chain:
            chain[key] = self._said[key]
            key = family, chain[key].parent
        found = self._known.get(key, _SAYS_NOTHING)
        for key, said in reversed(chain.items()):
            found = self._known[key] = _under(said, found)
        return found

    def has_format(self, name: str) -> bool:
        """Whether a cell has a format of its own, which may show another text than is stored."""
        # LibreOffice names them by a letter and a number, which is nought for the usual one.
        return bool((self.of("table-cell", name).format or "")[1:].strip("0"))

    def cell(self, name: str) -> Style:
        said = self.of("table-cell", name)
        for colour in self._colours.get(said.format or "", ()):
            if same_colour(colour, said.fill or WHITE):
                said = said._replace(color=colour)
        return _cell_style(said, self._face(said))

    def font(self, spans: tuple[str, ...], cell: str) -> Font:
        """The font of a part of a text in a cell, by the styles of the spans around it, the outermost first."""
        said = self.of("table-cell", cell)
        for name in spans:
            said = _under(self.of("text", name), said)
        return _font(said, self._face(said))

    def _face(self, said: _Said) -> str:
        return self._faces.get(said.font or "", said.font or "")
