"""python-calamine, asked for the values of an .xlsx that our own reading leaves open: numbers in unusual formats."""

import io
import re
from collections.abc import Sequence
from zipfile import ZipFile

from python_calamine import CalamineWorkbook

from sanjin_xl.model.errors import Refused
from sanjin_xl.workbook.book import Rows
from sanjin_xl.workbook.package import Package
from sanjin_xl.workbook.relationships import Worksheets
from sanjin_xl.workbook.xml import LINKS, MAIN, OLD_ERROR, PACKAGE


def read_values(package: Package, worksheets: Worksheets) -> Sequence[Rows]:
    """The values of every worksheet in the order of the book; raises Refused where calamine does not read it."""
    try:
        # Bytes and never a path, whose extension calamine would trust.
        with CalamineWorkbook.from_filelike(io.BytesIO(plain_xlsx(package, worksheets))) as book:
            # Without the empty area every address would shift.
            sheets = (book.get_sheet_by_name(name) for name in book.sheet_names)
            return [sheet.to_python(skip_empty_area=False) for sheet in sheets]  # type: ignore[misc]
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # a panic of the parser is not an Exception
        raise Refused("file-unreadable", detail=type(error).__name__) from error


def plain_xlsx(package: Package, worksheets: Worksheets) -> bytes:
    """The same worksheets with strings and styles where python-calamine looks for them, new errors as old ones."""
    parts = {
        "_rels/.rels": _links([("officeDocument", "xl/workbook.xml")]),
        "xl/_rels/workbook.xml.rels": _links(
            [("worksheet", f"worksheets/{n}.xml") for n in range(len(worksheets.parts))]
        ),
        "xl/workbook.xml": _workbook(worksheets),
    }
    for n, sheet in enumerate(worksheets.parts.values()):
        parts[f"xl/worksheets/{n}.xml"] = _NEW_ERROR.sub(b"<v>#N/A</v>", package.part(sheet.part))
    for name, part in (("xl/sharedStrings.xml", worksheets.strings), ("xl/styles.xml", worksheets.styles)):
        if part:
            parts[name] = package.part(part)
    return _zipped(parts)


_NEW_ERROR = re.compile(rb"<v>(?!" + OLD_ERROR + rb"<)#[^<]{1,40}</v>")


def _links(targets: list[tuple[str, str]]) -> bytes:
    links = (
        f'<Relationship Id="r{n}" Type="{LINKS[0]}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets)
    )
    return f'<Relationships xmlns="{PACKAGE[0]}">{"".join(links)}</Relationships>'.encode()


def _workbook(worksheets: Worksheets) -> bytes:
    sheets = (f'<sheet name="{n}" sheetId="{n + 1}" r:id="r{n}"/>' for n in range(len(worksheets.parts)))
    return (
        f'<workbook xmlns="{MAIN[0]}" xmlns:r="{LINKS[0]}"><workbookPr date1904="{int(worksheets.from_1904)}"/>'
        f"<sheets>{''.join(sheets)}</sheets></workbook>"
    ).encode()


def _zipped(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with ZipFile(target, "w") as book:
        for name, part in parts.items():
            book.writestr(name, part)
    return target.getvalue()
