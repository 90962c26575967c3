"""Which part is which sheet, and which parts belong to it: by relationships alone, whatever the parts are called."""

from collections.abc import Mapping
from posixpath import join, normpath
from typing import NamedTuple

from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.cache import Cache
from sanjin_xl.workbook.limits import Limits
from sanjin_xl.workbook.package import Package
from sanjin_xl.workbook.xml import LINKS, PACKAGE, Attributes, Markup

# The latter is for threads of comments, which came later.
_TYPES = (*LINKS, "http://schemas.microsoft.com/office/2017/10/relationships")
_PLACES = {"sharedStrings": "xl/sharedStrings.xml", "styles": "xl/styles.xml"}  # where some readers look in any case


class WorksheetPart(NamedTuple):
    """Where a worksheet is, and whether it can be seen."""

    part: str
    visible: bool


class Worksheets(NamedTuple):
    """The worksheets by name, in the order of the book, and whether its days count from 1904.

    `strings`, `styles`, `theme`: the parts of what the sheets share, "" where there is none.
    """

    parts: Mapping[str, WorksheetPart]
    from_1904: bool
    strings: str = ""
    styles: str = ""
    theme: str = ""


class Relation(NamedTuple):
    """One relationship: the last word of its type, and the part it leads to, "" for one that leads out of the file."""

    kind: str
    part: str


class _Entry(NamedTuple):
    name: str
    link: str
    visible: bool


class _Relations(Markup):
    """A relationships part: identifier → (last word of its type, target)."""

    spaces = PACKAGE
    root = "/Relationships"

    def start(self, path: str, local: str, attributes: Attributes) -> None:
        if path == self.root:
            self.found: dict[str, tuple[str, str]] = {}
        elif path != "/Relationships/Relationship" or attributes.get("Id", "") in self.found:
            raise self.refuse("file-wiring", found=attributes.get("Id", local))
        else:
            space, _, kind = attributes.get("Type", "").rpartition("/")
            inside = space in _TYPES and attributes.get("TargetMode") != "External"
            self.found[attributes.get("Id", "")] = (kind if inside else "", attributes.get("Target", ""))


class _Workbook(Markup):
    """The workbook part: its sheets in order, and whether its days count from 1904."""

    root = "/workbook"
    from_1904 = False

    def start(self, path: str, local: str, attributes: Attributes) -> None:
        if path == self.root:
            self.sheets: list[_Entry] = []
        elif path == "/workbook/sheets/sheet":
            links = [attributes[f"{space} id"] for space in LINKS if f"{space} id" in attributes]
            state = attributes.get("state", "visible")
            if state not in ("visible", "hidden", "veryHidden"):
                raise self.refuse("file-wiring", found=state)
            self.sheets.append(_Entry(attributes.get("name", ""), "".join(links), state == "visible"))
        elif local == "workbookPr":  # whosever it is: calamine does not ask
            self.from_1904 |= attributes.get("date1904", "0") not in ("0", "false")
        elif local in ("sheet", "workbook"):
            raise self.refuse("file-wiring", found=local)


def find_worksheets(package: Package, cache: Cache, limits: Limits) -> Worksheets:
    """The worksheets and their parts; raises Refused where readers would find different ones."""
    books = [one.part for one in links_of(package, "", cache, limits).values() if one.kind == "officeDocument"]
    if len(books) != 1 or books[0] not in package or "[Content_Types].xml" not in package:
        raise Refused("file-wiring", found="officeDocument")
    book = books[0]
    links = links_of(package, book, cache, limits)
    strings, styles = (_shared(package, links, kind) for kind in _PLACES)
    sheets, from_1904 = cache.part(_read_workbook, package.xml(book), book, limits)
    theme = next((one.part for one in links.values() if one.kind == "theme" and one.part in package), "")
    return Worksheets(_parts(package, sheets, links), from_1904, strings, styles, theme)


def _shared(package: Package, links: Mapping[str, Relation], kind: str) -> str:
    """The part of a kind that a book has at most one of; another in the usual place would be read by some readers."""
    parts, usual = [one.part for one in links.values() if one.kind == kind], _PLACES[kind]
    strays = usual in package and [part.lower() for part in parts] != [usual.lower()]
    if len(parts) > 1 or any(part not in package for part in parts) or strays:
        raise Refused("file-wiring", found=kind)
    return parts[0] if parts else ""


def _parts(package: Package, sheets: list[_Entry], links: Mapping[str, Relation]) -> dict[str, WorksheetPart]:
    if not sheets or len({sheet.name.casefold() for sheet in sheets}) < len(sheets):
        raise Refused("file-wiring", found="sheets")
    if len({sheet.link for sheet in sheets}) < len(sheets) or not {sheet.link for sheet in sheets} <= links.keys():
        raise Refused("file-wiring", found="sheets")
    found = {}
    for name, link, visible in sheets:
        kind, part = links[link]
        if kind == "worksheet":
            found[name] = WorksheetPart(part, visible)
        elif kind not in ("chartsheet", "dialogsheet") or b"sheetData" in package.xml(part):
            raise Refused("file-wiring", found=name)
    if len({sheet.part.lower() for sheet in found.values()}) < len(found):
        raise Refused("file-wiring", found="sheets")
    return found


def links_of(package: Package, part: str, cache: Cache, limits: Limits) -> Mapping[str, Relation]:
    """The relationships of a part, of the whole package for "", by their ids; raises Refused for broken ones."""
    folder, slash, name = part.rpartition("/")
    relations = f"{folder}{slash}_rels/{name}.rels"
    if part and relations not in package:
        return {}
    found = cache.part(_read_relations, package.xml(relations), relations, limits)
    return {
        key: Relation(kind, _resolved(package, folder, target) if kind else "") for key, (kind, target) in found.items()
    }


def _resolved(package: Package, folder: str, target: str) -> str:
    """The name of a part from where it is pointed at: ../drawings/d.xml from xl/worksheets → xl/drawings/d.xml.

    Where there is none of that name, it may be said from the root of the package, without the slash that tells so.
    """
    written = target.replace("\\", "/")
    here, from_root = (normpath(join("/", start, written)).lstrip("/") for start in (folder, ""))
    return from_root if from_root in package and here not in package else here


def _read_relations(xml: bytes, part: str, limits: Limits) -> Mapping[str, tuple[str, str]]:
    relations = _Relations(part, limits)
    relations.read(xml)
    return relations.found


def _read_workbook(xml: bytes, part: str, limits: Limits) -> tuple[list[_Entry], bool]:
    workbook = _Workbook(part, limits)
    workbook.read(xml)
    return workbook.sheets, workbook.from_1904
