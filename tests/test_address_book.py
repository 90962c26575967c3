"""通讯录.xlsx: the clerk changes units and addresses in a workbook, and every fault is named by its cell."""

from collections.abc import Callable
from pathlib import Path

import pytest
from command import Command
from openpyxl import Workbook, load_workbook
from rounds import DONGYUAN, YUANCHENG

from sanjin_xl.messages.letters import BOOK, HEADINGS
from sanjin_xl.model.contacts import Contact
from sanjin_xl.model.errors import RoundError
from sanjin_xl.round.config import Config, read_config

Edit = Callable[[Workbook], None]
HEADER, FIRST = 3, 4  # rows of the sheet as `new` makes it
PLACE = {name: n for n, name in enumerate(HEADINGS, start=1)}


def edited(folder: Path, edit: Edit) -> Config:
    """The settings after the book was changed by another program."""
    book = load_workbook(folder / BOOK)
    edit(book)
    book.save(folder / BOOK)
    return read_config(folder)


def put(row: int, **cells: object) -> Edit:
    def edit(book: Workbook) -> None:
        for name, value in cells.items():
            book.worksheets[0].cell(row, PLACE[name]).value = value

    return edit


def faults(folder: Path, edit: Edit) -> list[tuple[str, str]]:
    with pytest.raises(RoundError) as caught:
        edited(folder, edit)
    problems = caught.value.facts["problems"]
    assert isinstance(problems, list)
    return [(one.path, one.code) for one in problems]


def test_a_fresh_book_says_what_the_roster_that_ships_says(round_folder: Path) -> None:
    with_book = read_config(round_folder)
    (round_folder / BOOK).unlink()
    assert read_config(round_folder) == with_book
    assert not with_book.contacts


def test_addresses_are_read_from_it(round_folder: Path) -> None:
    filled = put(FIRST, to="a@b.cn，c@d.cn", cc="e@f.cn", contact="张三", phone=7621234567)
    config = edited(round_folder, filled)
    contact = Contact(to=("a@b.cn", "c@d.cn"), cc=("e@f.cn",), contact="张三", phone="7621234567")
    assert config.contacts == {YUANCHENG: contact}
    assert config.rules.senders["e@f.cn"] == {YUANCHENG}


def test_units_are_added_renamed_moved_and_left_out_in_it(round_folder: Path) -> None:
    def edit(book: Workbook) -> None:
        sheet = book.worksheets[0]
        sheet.delete_rows(FIRST)
        sheet.move_range(f"A{FIRST}:H{FIRST}", rows=20)
        put(FIRST + 4, name="东源县局", aliases="东源、老东源县")(book)
        put(FIRST + 6, code=441699.0, name="高新区司法局")(book)

    roster = edited(round_folder, edit).rules.roster
    assert [unit.code for unit in roster.units] == ["441622", "441623", "441624", DONGYUAN, "441699", "441621"]
    assert roster.by_code[DONGYUAN].name == "东源县局"
    assert roster.find("老东源县") == roster.by_code[DONGYUAN]
    assert (roster.by_code["441699"].area, roster.region) == ("高新区", "河源市")


def test_columns_may_stand_elsewhere_and_others_beside_them(round_folder: Path) -> None:
    def edit(book: Workbook) -> None:
        sheet = book.worksheets[0]
        sheet.insert_cols(1, 2)
        sheet.cell(HEADER, 1, "备注")
        sheet.cell(FIRST, PLACE["to"] + 2, "a@b.cn")

    assert edited(round_folder, edit).contacts == {YUANCHENG: Contact(to=("a@b.cn",))}


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (put(FIRST, to="张三"), [(f"{BOOK}的E4格", "mail-address")]),
        (put(FIRST, code="a/b"), [(f"{BOOK}的A4格", "roster-code")]),
        (put(FIRST, name=None), [(f"{BOOK}的B4格", "toml-missing")]),
        (put(FIRST + 6, name="新区司法局"), [(f"{BOOK}的A10格", "toml-missing")]),
        (put(FIRST, code="441621"), [(f"{BOOK}的A5格", "roster-clash")]),
        (put(HEADER, code="x", name="y"), [(BOOK, "book-headings")]),
    ],
    ids=["no address", "no code", "no name", "a name alone", "a code twice", "no headings"],
)
def test_a_fault_is_named_by_its_cell(round_folder: Path, edit: Edit, expected: list[tuple[str, str]]) -> None:
    assert faults(round_folder, edit) == expected


def test_a_damaged_book_is_named_and_stops_the_command_in_one_sentence(command: Command, round_folder: Path) -> None:
    (round_folder / BOOK).write_bytes(b"PK\x03\x04 damaged")
    ran = command("ingest", round_folder)
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert BOOK in ran.err


def test_the_same_unit_in_both_places_must_say_the_same(round_folder: Path) -> None:
    with (round_folder / "round.toml").open("a", encoding="utf-8") as file:
        file.write('[mail]\n"源城区" = { to = "a@b.cn" }\n')
    assert edited(round_folder, put(FIRST, to="a@b.cn")).contacts == {YUANCHENG: Contact(to=("a@b.cn",))}
    assert faults(round_folder, put(FIRST, to="x@y.cn")) == [(f"{BOOK}的A4格", "contacts-twice")]


def test_a_roster_in_round_toml_stands_above_that_of_the_book(round_folder: Path) -> None:
    text = (round_folder / "round.toml").read_text(encoding="utf-8")
    units = 'units = [{ code = "1", name = "甲县司法局" }]\n'
    (round_folder / "round.toml").write_text(units + text, encoding="utf-8")
    assert [unit.code for unit in read_config(round_folder).rules.roster.units] == ["1"]
    assert faults(round_folder, put(FIRST, to="a@b.cn")) == [(f"{BOOK}的A4格", "round-unit")]


def test_new_writes_over_no_book_that_is_there(command: Command, tmp_path: Path) -> None:
    folder = tmp_path / "round"
    options = ("--period", "2012年第三季度", "--due", "2012-10-15")
    assert command("new", folder, *options).status == 0
    edited(folder, put(FIRST, to="a@b.cn"))
    (folder / "round.toml").unlink()
    assert command("new", folder, *options).status == 0
    assert read_config(folder).contacts == {YUANCHENG: Contact(to=("a@b.cn",))}
