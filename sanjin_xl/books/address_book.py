"""通讯录.xlsx: the units in their order, their names, and whom to write to; an open sheet for the city clerk."""

import io
from collections.abc import Mapping

from sanjin_xl.books.seal import SealedWorkbook
from sanjin_xl.books.sheet_writer import SheetWriter
from sanjin_xl.books.styles import Styles
from sanjin_xl.books.table import Column, Table
from sanjin_xl.messages import letters as words
from sanjin_xl.model.contacts import Contact
from sanjin_xl.model.roster import Roster

_WIDTHS = {"code": 12, "name": 24, "area": 12, "aliases": 24, "to": 32, "cc": 32, "contact": 12, "phone": 18}
_SPARE_ROWS = 20  # further ones that look the same, for units to come


def address_book_bytes(roster: Roster, contacts: Mapping[str, Contact]) -> bytes:
    """The book as bytes."""
    target = io.BytesIO()
    book = SealedWorkbook(target, None)
    columns = [_column(name, heading) for name, heading in words.HEADINGS.items()]
    sheet = SheetWriter(Styles(book), words.SHEET, list(_WIDTHS.values()), gridlines=True)
    sheet.title(words.TITLE)
    sheet.note(words.LEAD)
    table = Table(sheet, columns)
    header = sheet.row
    table.headings(24)
    for unit in roster.units:
        contact = contacts.get(unit.code, Contact())
        table.write({
            "code": unit.code,
            "name": unit.name,
            "area": unit.area,
            "aliases": "、".join(unit.aliases),
            "to": ", ".join(contact.to),
            "cc": ", ".join(contact.cc),
            "contact": contact.contact,
            "phone": contact.phone,
        })  # fmt: skip
    for _ in range(_SPARE_ROWS):
        table.write({})
    sheet.worksheet.freeze_panes(header + 1, 2)
    sheet.print_setup((header, header))
    book.set_properties({"title": words.TITLE})
    book.close()
    return target.getvalue()


def _column(name: str, heading: str) -> Column[Mapping[str, str]]:
    # As text: a telephone number is none to count with.
    return Column(heading, lambda row: row.get(name), "text", _WIDTHS[name], look={"num_format": "@"})
