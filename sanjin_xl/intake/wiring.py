"""Which part is which sheet, where Excel and calamine would find the same one."""

import re

from sanjin_xl.errors import Refused
from sanjin_xl.intake.container import Limits, Package
from sanjin_xl.intake.markup import LINKS, PACKAGE, Attributes, Markup

# calamine takes "xl/…" for absolute and knows neither "./", "../" nor percent signs; Excel does.
_TARGET = re.compile(r"(?:/xl/)?(?!(?i:xl)/)((?:[A-Za-z0-9_-]+/)*[A-Za-z0-9_.() -]+\.xml)")
_FIXED = {"sharedStrings": "xl/sharedStrings.xml", "styles": "xl/styles.xml"}  # where calamine looks, whatever is said


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
    """The workbook part: names of sheets and the identifiers of their parts, in order."""

    root = "/workbook"

    def start(self, path: str, local: str, attributes: Attributes) -> None:
        if path == self.root:
            self.sheets: list[tuple[str, str]] = []
        elif path == "/workbook/sheets/sheet":
            links = [attributes[f"{space} id"] for space in LINKS if f"{space} id" in attributes]
            self.sheets.append((attributes.get("name", ""), "".join(links)))
        elif local == "sheet":
            raise self.refuse("file-wiring", found=local)


def worksheet_parts(package: Package, limits: Limits) -> dict[str, str]:
    """Worksheet name → part, where Excel and calamine would find the same one; raises Refused otherwise."""
    root = _relations(package, "_rels/.rels", limits).values()
    books = [target.removeprefix("/") for kind, target in root if kind == "officeDocument"]
    if books != ["xl/workbook.xml"] or "[Content_Types].xml" not in package:
        raise Refused("file-wiring", found="officeDocument")
    links = _relations(package, "xl/_rels/workbook.xml.rels", limits)
    for kind, part in _FIXED.items():
        targets = [_target(target).lower() for other, target in links.values() if other == kind]
        if targets != [part.lower()] * (part in package):
            raise Refused("file-wiring", found=kind)
    workbook = _Workbook("xl/workbook.xml", limits)
    workbook.read(package.xml("xl/workbook.xml"))
    return _worksheets(package, workbook.sheets, links)


def _worksheets(package: Package, sheets: list[tuple[str, str]], links: dict[str, tuple[str, str]]) -> dict[str, str]:
    if not sheets or len({name.casefold() for name, _ in sheets}) < len(sheets):
        raise Refused("file-wiring", found="sheets")
    if len({link for _, link in sheets}) < len(sheets) or not {link for _, link in sheets} <= links.keys():
        raise Refused("file-wiring", found="sheets")
    found = {}
    for name, link in sheets:
        kind, target = links[link]
        part = _target(target)
        if kind == "worksheet":
            found[name] = part
        elif kind not in ("chartsheet", "dialogsheet") or b"sheetData" in package.xml(part):
            raise Refused("file-wiring", found=name)
    if len({part.lower() for part in found.values()}) < len(found):
        raise Refused("file-wiring", found="sheets")
    return found


def _relations(package: Package, part: str, limits: Limits) -> dict[str, tuple[str, str]]:
    xml = package.xml(part)
    if b"&" in xml:  # calamine does not resolve it
        raise Refused("file-wiring", found="&")
    relations = _Relations(part, limits)
    relations.read(xml)
    return relations.found


def _target(target: str) -> str:
    plain = _TARGET.fullmatch(target)
    if not plain:
        raise Refused("file-wiring", found=target[:40])
    return "xl/" + plain[1]
