"""The usual shapes of cells and strings, by regex: what Excel, WPS, LibreOffice, openpyxl and XlsxWriter write.

Twenty times quicker than expat; whatever does not fit goes the exact way.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from operator import lt
from typing import NamedTuple

from sanjin_xl.intake.budgets import check_length
from sanjin_xl.intake.container import Limits
from sanjin_xl.intake.markup import ERROR, FONT, INDEX, NUMBER
from sanjin_xl.intake.sheetfacts import Cells, column_number

# Groups that repeat are not possessive: before Python 3.11.5 those lose count (gh-106052). An attribute given twice
# passes here where no value depends on it: on a formula or a font.
_ATTRIBUTES = rb'(?: (?!r=|xmlns)[A-Za-z][A-Za-z0-9_:]*+="[^"<>&]*+")*'
_TEXT = rb"[^<\x00-\x08\x0b\x0c\x0e-\x1f]*+"
_TAGGED = rb'<t(?: xml:space="preserve")?(?:>' + _TEXT + rb"</t>| ?/>)"
_FORMULA = rb"(?:<f" + _ATTRIBUTES + rb" ?(?:/>|>[^<]*+</f>))?"
_CELL = (
    rb'<c r="[A-Z]++\1"(?: s="[0-9]++")?+(?:/>'
    rb'| t="s"><v>' + INDEX + rb"</v></c>"
    rb'|(?: t="n")?+>' + _FORMULA + rb"(?:<v>(?:" + NUMBER + rb")?+</v>)?+</c>"
    rb'| t="str">' + _FORMULA + rb"<v>[^<]*+</v></c>"
    rb'|(?: t="n")?+ ?/>|(?: t="(?:n|str)")?+>' + _FORMULA + rb"<v ?/></c>"
    rb'| t="inlineStr"><is>' + _TAGGED + rb"</is></c>"
    rb'| t="b">' + _FORMULA + rb"<v>[01]</v></c>"
    rb'| t="e">' + _FORMULA + rb"<v>" + ERROR + rb"</v></c>)"
)
_ROW = re.compile(rb'<row r="([1-9][0-9]{0,6}+)"(' + _ATTRIBUTES + rb") ?(?:/>|>(?:" + _CELL + rb")*</row>)")
_RUN = rb"<r>(?:<rPr>(?:<(?:" + FONT.encode() + rb")" + _ATTRIBUTES + rb" ?/>)*</rPr>|<rPr ?/>)?" + _TAGGED + rb"</r>"
_PHONETIC = rb"(?:<phoneticPr" + _ATTRIBUTES + rb" ?/>)?"  # Chinese Excel writes one into most strings
_ITEM = rb"<si>(?:" + _TAGGED + rb"|(?:" + _RUN + rb")+)?" + _PHONETIC + rb"</si>|<si ?/>"
ITEMS = re.compile(rb"(?:" + _ITEM + rb"){1,256}")

_NAMES = re.compile(rb' ([A-Za-z0-9_:]+)="')
_HIDDEN = re.compile(rb' hidden="(?:1|true)"')
_ERROR_CELL = re.compile(rb'<c r="([A-Z]+[0-9]+)"[^<>]* t="e">(?:<f[^<]*(?:</f>)?)?<v>([^<]*)</v>')
# Two patterns that begin with a text: alternatives would keep the search from leaping to the next "</f>".
_NO_VALUE = (re.compile(rb"</f>(?:<v></v>|<v ?/>)?</c>"), re.compile(rb"<f[^<>]*/>(?:<v></v>|<v ?/>)?</c>"))

# A row without small letters, digits and text is a skeleton, and the rows of a form share a few of them. What starts
# a tag is left: <rr=" a row, <cr=" a cell, ="e" an error, <f a formula. Text cannot imitate tags: it holds no "<".
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r"))  # no XML (1.0, 2.2), yet calamine passes it on
_FLESH = bytes(set(range(256)) - set(b'<="cefrABCDEFGHIJKLMNOPQRSTUVWXYZ' + _CONTROL))
_BONES = re.compile(r'<cr="([A-Z]+)"[^<]*(<f)?')
_DISEASED = re.compile(b"[" + re.escape(_CONTROL) + b"]")


def matches_filling(pattern: re.Pattern[bytes], xml: bytes, start: int, end: int) -> list[re.Match[bytes]] | None:
    """The matches that fill a stretch without a gap; None if they do not."""
    found = []
    while start < end:
        match = pattern.match(xml, start, end)
        if match is None:
            return None
        found.append(match)
        start = match.end()
    return found


def plain_cells(xml: bytes, start: int, end: int, part: str, limits: Limits) -> Cells | None:
    """Facts of the cells; None, for the exact way, where a row is unusual or far out."""
    found = matches_filling(_ROW, xml, start, end)
    rows = [int(row[1]) for row in found or ()]
    if not rows or rows[-1] > limits.rows or not all(map(lt, rows, rows[1:])):
        return None
    if any(_twice(attributes) for attributes in {row[2] for row in found or ()}):
        return None
    skeletons = xml[start:end].translate(None, _FLESH).split(b'<rr="')[1:]
    shapes = {skeleton: _shape(skeleton) for skeleton in set(skeletons)}
    width = max(shape.width for shape in shapes.values())
    if width > limits.columns or width * rows[-1] > limits.grid or not all(shape.sound for shape in shapes.values()):
        return None
    check_length(xml[start:end], b"<", part, limits)
    hidden = {int(row[1]) - 1 for row in found or () if row[2] and _HIDDEN.search(row[2])}
    columns = [shapes[skeleton].formulas for skeleton in skeletons]
    formulas = {f"{column}{row}": True for row, those in zip(rows, columns, strict=True) for column in those}
    formulas.update((address, False) for address in (_no_results(xml, start, end) if formulas else ()))
    errors = _ERROR_CELL.findall(xml, start, end) if any(shape.errors for shape in shapes.values()) else []
    return Cells((rows[-1], width), {at.decode(): error.decode() for at, error in errors}, formulas, hidden)


def _no_results(xml: bytes, start: int, end: int) -> Iterator[str]:
    """Addresses of formulas without a result; an empty text is one."""
    for formula in (found for pattern in _NO_VALUE for found in pattern.finditer(xml, start, end)):
        at = xml.rfind(b"<c ", start, formula.start())
        cell = xml[at : xml.find(b">", at)]
        if not (cell.endswith(b't="str"') and b"<v" in formula[0]):
            yield cell.split(b'"', 2)[1].decode()


def _twice(attributes: bytes) -> bool:
    names = _NAMES.findall(attributes)
    return len(set(names)) < len(names)


class _Shape(NamedTuple):
    """What rows with one skeleton have in common; not sound: columns out of order, characters out of place."""

    sound: bool
    width: int
    formulas: list[str]
    errors: bool


@lru_cache(4096)  # returns of one form share them
def _shape(skeleton: bytes) -> _Shape:
    bones = _BONES.findall(skeleton.decode("latin-1"))
    columns = [column_number(letters) for letters, _ in bones]
    sound = all(map(lt, columns, columns[1:])) and not _DISEASED.search(skeleton)
    formulas = [letters for letters, formula in bones if formula]
    return _Shape(sound, max(columns, default=0), formulas, b'="e"' in skeleton)
