"""Make the returned workbooks in samples/回收 anew, as the counties would: in LibreOffice, in the issued workbooks.

    python samples/make.py

What is typed stands in answers.toml. Takes about a minute; needs LibreOffice and the package, installed or beside it.
Two runs give the same answers but not the same bytes: LibreOffice writes the time into what it saves.
"""

import shutil
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from office import Office, unavailable
from sample_answers import Return, Typed, sample_returns

from sanjin_xl.messages.template import SHEET
from sanjin_xl.model.form import parse_form
from sanjin_xl.model.layout import DATE_VALUE, HEAD_ROW, SIGN_SPANS, layout_of
from sanjin_xl.round import commands
from sanjin_xl.round.config import HIDDEN, ISSUED, RETURNED
from sanjin_xl.round.shipped import DEFAULT_FORM, template_text

HERE = Path(__file__).resolve().parent
EXCEL_DAY_ZERO = date(1899, 12, 30)
FORM = parse_form(template_text(DEFAULT_FORM))
LAYOUT = layout_of(FORM)


def make(office: Office, issued: dict[str, Path], one: Return, target: Path) -> None:
    """Fill in a unit's issued workbook and save it as that unit would have."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with office.opened(issued[one.unit]) as book:
        fill = type_in if one.by == "keyboard" else paste_in
        fill(office, book, one)
        # A sheet locked by a SHA-512 hash has no place in the old formats; a person gives the password or none.
        office.save(book, target, one.format, unasked=one.format != "xlsx")


def type_in(office: Office, book: int, one: Return) -> None:
    """Type every entry, as a person at the keyboard."""
    texts = {LAYOUT.at(HEAD_ROW, DATE_VALUE): one.filled_on.isoformat(), **cells_of(one)}
    for where, text in texts.items():
        typed = office.type_text(book, SHEET, where, str(text))
        if not typed["accepted"]:
            raise SystemExit(f"{one.file} {where} “{text}”: {typed['message']}")


def paste_in(office: Office, book: int, one: Return) -> None:
    """Put every entry into its cell, past the dropdowns."""
    day: Typed = one.filled_on_typed or (one.filled_on - EXCEL_DAY_ZERO).days
    office.write(book, SHEET, {LAYOUT.at(HEAD_ROW, DATE_VALUE): day, **cells_of(one)})


def cells_of(one: Return) -> dict[str, Typed]:
    """The answers and the sign-off by address, blank ones left out."""
    answers = {
        LAYOUT.cell(number, name): entry
        for number, entries in one.typed.items()
        for name, entry in zip(FORM.answers, entries, strict=True)
        if entry != ""
    }
    places = [LAYOUT.at(LAYOUT.sign_row, span) for _, span in SIGN_SPANS]
    return answers | dict(zip(places, one.signers, strict=True))


def issue(folder: Path) -> dict[str, Path]:
    """Issue this round's workbooks in another folder; gives them by unit."""
    (folder / HIDDEN).mkdir()
    shutil.copy(HERE / HIDDEN / "key", folder / HIDDEN)
    shutil.copy(HERE / "round.toml", folder)
    commands.generate(folder)
    return {path.name.split("_")[0]: path for path in (folder / ISSUED).iterdir()}


def main() -> None:
    if reason := unavailable():
        raise SystemExit(reason)
    shutil.rmtree(HERE / RETURNED, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder, Office() as office:
        issued = issue(Path(folder))
        for one in sample_returns():
            started = time.monotonic()
            make(office, issued, one, HERE / RETURNED / one.file)
            print(f"{one.file}  {time.monotonic() - started:.1f} s")


if __name__ == "__main__":
    main()
