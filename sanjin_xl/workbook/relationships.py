"""Which part is which sheet, where Excel and calamine would find the same one."""

import re
from collections.abc import Mapping
from posixpath import join, normpath
from typing import NamedTuple

from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.cache import Cache
from sanjin_xl.workbook.limits import Limits
from sanjin_xl.workbook.package import Package
from sanjin_xl.workbook.xml import LINKS, PACKAGE, Attributes, Markup

# calamine takes "xl/…" for absolute and knows neither "./", "../" nor percent signs; Excel does.
_TARGET = re.compile(r"(?:/xl/)?(?!(?i:xl)/)((?:[A-Za-z0-9_-]+/)*[A-Za-z0-9_.() -]+\.xml)")
_FIXED = {"sharedStrings": "xl/sharedStrings.xml", "styles": "xl/styles.xml"}  # where calamine looks, whatever is said


class WorksheetPart(NamedTuple):
    """Where a worksheet is, and whether it can be seen."""

    part: str
    visible: bool


class Worksheets(NamedTuple):
    """The worksheets by name, in the order of the book, and whether its days count from 1904."""

    parts: Mapping[str, WorksheetPart]
    from_1904: bool


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
            inside = space in LINKS and attributes.get("TargetMode") != "External"
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
    """The worksheets and their parts, where Excel and calamine would find the same ones; raises Refused otherwise."""
    root = _relations(package, "_rels/.rels", cache, limits).values()
    books = [target.removeprefix("/") for kind, target in root if kind == "officeDocument"]
    if books != ["xl/workbook.xml"] or "[Content_Types].xml" not in package:
        raise Refused("file-wiring", found="officeDocument")
    links = _relations(package, "xl/_rels/workbook.xml.rels", cache, limits)
    for kind, part in _FIXED.items():
        targets = [_target(target).lower() for other, target in links.values() if other == kind]
        if targets != [part.lower()] * (part in package):
            raise Refused("file-wiring", found=kind)
    sheets, from_1904 = cache.part(_read_workbook, package.xml("xl/workbook.xml"), "xl/workbook.xml", limits)
    return Worksheets(_parts(package, sheets, links), from_1904)


def _parts(package: Package, sheets: list[_Entry], links: Mapping[str, tuple[str, str]]) -> dict[str, WorksheetPart]:
    if not sheets or len({sheet.name.casefold() for sheet in sheets}) < len(sheets):
        raise Refused("file-wiring", found="sheets")
    if len({sheet.link for sheet in sheets}) < len(sheets) or not {sheet.link for sheet in sheets} <= links.keys():
        raise Refused("file-wiring", found="sheets")
    found = {}
    for name, link, visible in sheets:
        kind, target = links[link]
        part = _target(target)
        if kind == "worksheet":
            found[name] = WorksheetPart(part, visible)
        elif kind not in ("chartsheet", "dialogsheet") or b"sheetData" in package.xml(part):
            raise Refused("file-wiring", found=name)
    if len({sheet.part.lower() for sheet in found.values()}) < len(found):
        raise Refused("file-wiring", found="sheets")
    return found


def links_of(package: Package, part: str, cache: Cache, limits: Limits) -> Mapping[str, tuple[str, str]]:
    """What a part points to inside the package: by identifier the last word of the type and the name of the part.

    Nothing for a part without relationships; raises Refused for some that are read in two ways.
    """
    folder, _, name = part.rpartition("/")
    relations = f"{folder}/_rels/{name}.rels"
    if relations not in package:
        return {}
    found = _relations(package, relations, cache, limits)
    return {key: (kind, _resolved(folder, target)) for key, (kind, target) in found.items() if kind}


def _resolved(folder: str, target: str) -> str:
    """The name of a part from where it is pointed at: ../drawings/d.xml from xl/worksheets → xl/drawings/d.xml."""
    return normpath(join("/", folder, target)).lstrip("/")


def _relations(package: Package, part: str, cache: Cache, limits: Limits) -> Mapping[str, tuple[str, str]]:
    xml = package.xml(part)
    if b"&" in xml:  # calamine does not resolve it
        raise Refused("file-wiring", found="&")
    return cache.part(_read_relations, xml, part, limits)


def _read_relations(xml: bytes, part: str, limits: Limits) -> Mapping[str, tuple[str, str]]:
    relations = _Relations(part, limits)
    relations.read(xml)
    return relations.found


def _read_workbook(xml: bytes, part: str, limits: Limits) -> tuple[list[_Entry], bool]:
    workbook = _Workbook(part, limits)
    workbook.read(xml)
    return workbook.sheets, workbook.from_1904


def _target(target: str) -> str:
    plain = _TARGET.fullmatch(target)
    if not plain:
        raise Refused("file-wiring", found=target[:40])
    return "xl/" + plain[1]
