"""发件/清单.xlsx: every draft with what is in it, to be copied from, and the clerk's tick for what is sent."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from sanjin_xl.books.seal import SealedWorkbook
from sanjin_xl.books.sheet_writer import SheetWriter
from sanjin_xl.books.styles import Styles
from sanjin_xl.books.table import Column, Table
from sanjin_xl.messages import letters as words
from sanjin_xl.model.errors import Refused
from sanjin_xl.model.fields import normal_text
from sanjin_xl.workbook.book import Sheet, plain
from sanjin_xl.workbook.reader import read_book

_WIDTHS = {
    "kind": 6, "unit": 14, "to": 22, "cc": 12, "subject": 22, "body": 44, "attachment": 22, "draft": 16, "sent": 8,
    "note": 14, "mark": 10,
}  # fmt: skip
_LAST_HEADER_ROW = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A row of the list; `mark` tells one draft from another to the same unit."""

    kind: str = ""
    unit: str = ""
    to: str = ""
    cc: str = ""
    subject: str = ""
    body: str = ""
    attachment: str = ""
    draft: str = ""
    sent: str = ""
    note: str = ""
    mark: str = ""

    def after(self, before: "Posted | None") -> "Posted":
        """The row with the tick and the note of the one before; a tick for another draft becomes a note."""
        if before is None:
            return self
        own = before.note if before.note != words.NO_ADDRESS else ""
        if before.mark == self.mark or not before.sent:
            return replace(self, sent=before.sent, note=own or self.note)
        return replace(self, note=_joined(self.note, own, words.SENT_BEFORE.format(sent=before.sent)))

    def withdrawn(self) -> "Posted":
        """The row of a draft that is there no more, though it was sent."""
        return replace(self, note=_joined(self.note, words.WITHDRAWN))


def _joined(*notes: str) -> str:
    return "；".join(dict.fromkeys(part for note in notes for part in note.split("；") if part))


def posting_list_bytes(period: str, rows: Sequence[Posted]) -> bytes:
    """The list as bytes."""
    target = io.BytesIO()
    book = SealedWorkbook(target, None)
    columns = [_column(name, heading) for name, heading in words.LIST_HEADINGS.items()]
    sheet = SheetWriter(Styles(book), words.LIST_SHEET, list(_WIDTHS.values()), gridlines=True)
    sheet.title(f"{words.LIST_TITLE}（{period}）")
    sheet.note(words.LIST_LEAD)
    table = Table(sheet, columns)
    header = sheet.row
    table.headings(24)
    for row in rows:
        table.write(asdict(row))
    sheet.worksheet.autofilter(header, 0, max(header, sheet.row - 1), sheet.last_column)
    sheet.worksheet.freeze_panes(header + 1, 2)
    sheet.print_setup((header, header))
    book.set_properties({"title": words.LIST_TITLE})
    book.close()
    return target.getvalue()


def _column(name: str, heading: str) -> Column[Mapping[str, str]]:
    look: dict[str, object] = {"num_format": "@", "valign": "top"}
    return Column(heading, lambda row: row.get(name), "centre" if name == "sent" else "text", _WIDTHS[name], look=look)


def read_posting_list(data: bytes) -> list[Posted]:
    """The rows of a list by the headings, wherever they stand by now; raises Refused where it is none."""
    for sheet in read_book(data).sheets:
        for n, row in enumerate(sheet.rows[:_LAST_HEADER_ROW]):
            names = {normal_text(heading): name for name, heading in words.LIST_HEADINGS.items()}
            places = {names[text]: at for at, cell in enumerate(row) if (text := normal_text(plain(cell))) in names}
            if {"kind", "unit", "sent"} <= places.keys():
                return [one for at in range(n + 1, len(sheet.rows)) if (one := _row(sheet, at, places)).unit]
    raise Refused("file-unreadable")


def _row(sheet: Sheet, row: int, places: Mapping[str, int]) -> Posted:
    return Posted(**{name: plain(sheet.at(row, at)).strip() for name, at in places.items()})
