"""What other parts of a package say about a worksheet: its comments, and what is drawn over its cells."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.book import Drawing, Fact
from sanjin_xl.workbook.cache import Cache
from sanjin_xl.workbook.comments import read_comments
from sanjin_xl.workbook.drawings import Edges, read_drawings
from sanjin_xl.workbook.limits import Limits
from sanjin_xl.workbook.package import Package
from sanjin_xl.workbook.relationships import Relation, links_of

_COMMENTS, _THREADS = "comments", "threadedComment"
_DRAWING, _OLDER, _CONTROL = "drawing", "vmlDrawing", "ctrlProp"
_DRAWN = frozenset((_DRAWING, _OLDER, _CONTROL, "control"))  # the last one: a control of ActiveX


class Attached(NamedTuple):
    """The comments of a sheet by address, what lies over it, and what of both could not be read."""

    comments: Mapping[str, str] = {}
    drawings: tuple[Drawing, ...] = ()
    unread: frozenset[Fact] = frozenset()


NOTHING = Attached()


def attached_to(
    package: Package,
    part: str,
    xml: bytes,
    cache: Cache,
    limits: Limits,
    edges: Callable[[], Edges | None] = lambda: None,
) -> Attached:
    """What belongs to a worksheet by its relationships; a damaged part costs its facts and not the sheet.

    `edges`: as for `read_drawings`.
    """
    try:
        links = links_of(package, part, cache, limits)
    except Refused:
        return Attached(unread=frozenset((Fact.COMMENTS, Fact.DRAWINGS)))
    if not links:
        return NOTHING
    kinds = {link.kind for link in links.values()}
    found = NOTHING
    if kinds & {_COMMENTS, _THREADS}:
        try:
            comments, threads = (_parts(package, links, kind) for kind in (_COMMENTS, _THREADS))
            found = found._replace(comments=read_comments(comments, threads, limits))
        except Refused:
            found = found._replace(unread=found.unread | {Fact.COMMENTS})
    if kinds & _DRAWN:
        try:
            controls = {key: package.part(link.part) for key, link in links.items() if link.kind == _CONTROL}
            drawings, older = (_parts(package, links, kind) for kind in (_DRAWING, _OLDER))
            found = found._replace(drawings=read_drawings(xml, drawings, older, controls, limits, edges()))
        except Refused:
            found = found._replace(unread=found.unread | {Fact.DRAWINGS})
    return found


def _parts(package: Package, links: Mapping[str, Relation], kind: str) -> Iterator[tuple[str, bytes]]:
    """The parts of a kind; the comments of an .xlsb are records, and no XML."""
    parts = (link.part for link in links.values() if link.kind == kind and not link.part.lower().endswith(".bin"))
    return ((part, package.part(part)) for part in parts)


def has_pictures_in_cells(package: Package) -> bool:
    """Whether a cell with an error and a rich value (MS-XLSX 2.3.7) shows a picture, and not the error."""
    kinds = [package.part(name) for name in package.names if name.lower().endswith("/rdrichvaluestructure.xml")]
    return not kinds or any(b"Image" in kind for kind in kinds)
