"""Make the returned workbooks in samples/回收 anew, as the counties would: in LibreOffice, in the issued workbooks.

    python samples/make.py [FILE …]

FILE is one in 回收/; without any all of them are made.
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
from post import folder, mail
from sample_answers import Return, Typed, sample_mails, sample_returns

from sanjin_xl.messages.template import SHEET
from sanjin_xl.model.form import parse_form
from sanjin_xl.model.layout import DATE_VALUE, HEAD_ROW, SIGN_SPANS, layout_of
from sanjin_xl.round import commands
from sanjin_xl.round.config import ISSUED, RETURNED
from sanjin_xl.round.outputs import WORKSHOP
from sanjin_xl.round.shipped import DEFAULT_FORM, template_text

HERE = Path(__file__).resolve().parent
EXCEL_DAY_ZERO = date(1899, 12, 30)
FORM = parse_form(template_text(DEFAULT_FORM))
LAYOUT = layout_of(FORM)
WAYS, BOX = (*["☑ {}"] * 6, "√（{}）", "{}已落实"), "□ ＿＿ 月"


def make(office: Office, issued: dict[str, Path], one: Return, target: Path) -> None:
    """Fill in a unit's issued workbook and save it as that unit would have."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with office.opened(issued[one.unit]) as book:
        fill = type_in if one.by == "keyboard" else paste_in
        fill(office, book, one)
        mark(office, book, one)
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
    written = {number: on_paper(number, row) if one.by == "paper" else row for number, row in one.typed.items()}
    answers = {
        LAYOUT.cell(number, name): entry
        for number, entries in written.items()
        for name, entry in zip(FORM.answers, entries, strict=True)
        if entry != ""
    }
    places = [LAYOUT.at(LAYOUT.sign_row, span) for _, span in SIGN_SPANS]
    return answers | dict(zip(places, one.signers, strict=True))


def on_paper(number: int, row: list[Typed]) -> list[Typed]:
    """A row as people fill the paper form: tick and month in one cell, and a box where nothing is ticked."""
    done, done_month, planned, planned_month, ledger, remark = row
    way = WAYS[number % len(WAYS)]
    ticked = [way.format(month) if tick else BOX for tick, month in ((done, done_month), (planned, planned_month))]
    return [ticked[0], "", ticked[1], "", "☑" if ledger else "□", remark]


def mark(office: Office, book: int, one: Return) -> None:
    """Put onto the sheet what is seen and is no value, past the lock as Excel lets a shape through."""
    for done in one.marks:
        where = LAYOUT.cell(done["item"], done["field"])
        if "draw" in done:
            office.draw(book, SHEET, where, "text", done["draw"])
        elif "comment" in done:
            office.comment(book, SHEET, where, done["comment"])
        else:
            office.restyle(book, SHEET, where, {"CharStrikeout": 1})


def issue(folder: Path) -> dict[str, Path]:
    """Issue this round's workbooks in another folder; gives them by unit."""
    for name in (WORKSHOP, RETURNED):
        (folder / name).mkdir()
    shutil.copy(HERE / WORKSHOP / "key", folder / WORKSHOP)
    shutil.copy(HERE / "round.toml", folder)
    commands.generate(folder)
    return {path.name.split("_")[0]: path for path in (folder / ISSUED).iterdir()}


def main() -> None:
    if reason := unavailable():
        raise SystemExit(reason)
    wanted = [one for one in sample_returns() if one.top in sys.argv[1:] or not sys.argv[1:]]
    if not sys.argv[1:]:
        shutil.rmtree(HERE / RETURNED, ignore_errors=True)
    with tempfile.TemporaryDirectory() as scratch, Office() as office:
        issued, posted = issue(Path(scratch)), Path(scratch) / "post"
        for one in wanted:
            started = time.monotonic()
            make(office, issued, one, (posted if "!" in one.file else HERE / RETURNED) / one.file)
            print(f"{one.file}  {time.monotonic() - started:.1f} s")
        post_all({one.file: (posted / one.file).read_bytes() for one in wanted if "!" in one.file})


def post_all(books: dict[str, bytes]) -> None:
    """Put workbooks, by their paths, into the mails they came in."""
    tops: dict[str, list[bytes]] = {}
    for one in sample_mails():
        for path, data in books.items():
            if path.startswith(f"{one.file}!"):
                written = mail(one, path.rpartition("!")[2], data)
                tops.setdefault(one.file.partition("!")[0], []).append(written)
    for name, mails in tops.items():
        (HERE / RETURNED / name).write_bytes(folder(mails) if name.endswith(".mbox") else mails[0])


if __name__ == "__main__":
    main()
