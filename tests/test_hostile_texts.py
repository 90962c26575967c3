"""No character that does something instead of standing for something reaches XML, formula, terminal, CSV or log."""

import json
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest
from command import Command
from round_folders import new_round
from rounds import DONGYUAN, YUANCHENG, clean, fill, judge, pasted, small_form, the_form

from sanjin_xl.books.summary.book import csv_text
from sanjin_xl.judge.pipeline import Status
from sanjin_xl.messages import rulings as words
from sanjin_xl.messages import template
from sanjin_xl.model.controls import visible, without_controls
from sanjin_xl.model.layout import DATE_VALUE, HEAD_ROW, SIGN_SPANS, UNIT_VALUE, layout_of
from sanjin_xl.round.faults import LOG_FILE, log_fault

FORM = small_form()
BIDI = [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
NO_CHARACTERS = [0xD800, 0xDFFF, 0xFFFE, 0xFFFF]
CONTROLS = [*range(9), *range(0x0B, 0x20), *range(0x7F, 0xA0), *BIDI, 0x2028, 0x2029, *NO_CHARACTERS]
LOUD = re.compile("[" + "".join(map(re.escape, map(chr, CONTROLS))) + "]")
ESCAPED = re.compile("_x([0-9A-F]{4})_", re.IGNORECASE)
# Written as Excel does what XML has no room for (ECMA-376 part 1, 22.9.2.19), the others as they are.
NO_XML = [code for code in CONTROLS if code < 0x20]
PLAIN = "".join(chr(code) for code in CONTROLS if code >= 0x20 and code not in NO_CHARACTERS)
HOSTILE = f"部分{''.join(f'_x{code:04X}_' for code in NO_XML)}完成_x005F_x000B_ {PLAIN}&<>\"'=1+1"


# --- the owner --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", CONTROLS)
def test_a_control_character_is_shown_and_does_nothing(code: int) -> None:
    shown = visible(f"甲{chr(code)}乙")
    assert not LOUD.search(shown)
    assert shown.startswith("甲")
    assert shown.endswith("乙")
    assert len(shown) > 2
    assert visible(shown) == shown


def test_what_is_no_control_character_stays() -> None:
    text = "√ 　é\u0301🗸\n\t一二\u200b\ufeff\U00020bb7"
    assert visible(text) is text
    assert visible("\ud842\udfb7") == "\U00020bb7"  # two halves are one character


def test_line_breaks_of_every_kind_are_one() -> None:
    assert visible("a\r\nb\rc\x0bd\u2028e\u2029f") == "a\nb\nc\nd\ne\nf"


def test_what_stands_in_for_a_control_character_is_no_content() -> None:
    for code in {*CONTROLS} - {*NO_CHARACTERS}:
        assert without_controls(visible(f"√{chr(code)}")).strip() == "√"


# --- a whole round ----------------------------------------------------------------------------------------------------


def hostile_return(unit: str = DONGYUAN) -> bytes:
    """A return in every open cell of which, in its head and in the name of its sheet, stands what does something."""
    layout, names = layout_of(FORM), FORM.answers
    places = [layout.cell(item.number, name) for item in FORM.items for name in names if item.asks(name)]
    head = [layout.at(HEAD_ROW, span) for span in (UNIT_VALUE, DATE_VALUE)]
    signers = [layout.at(layout.sign_row, value) for _, value in SIGN_SPANS]
    below = pasted(fill(FORM, clean(FORM), unit), **dict.fromkeys([*places, *head, *signers], HOSTILE))
    out = BytesIO()
    with ZipFile(BytesIO(below)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for part in old.infolist():
            data = old.read(part)
            if part.filename == "xl/workbook.xml":
                data = data.replace(template.SHEET.encode(), "完成\u202e_x000B_情况\x9b表".encode())
            new.writestr(part, data)
    return out.getvalue()


def hostile_name() -> str:
    return "源城区\x1b[2J\r\u202e\x07\x9b.xlsx"


@pytest.fixture
def ingested(command: Command, tmp_path: Path) -> Path:
    """A round with such returns, names, settings and rulings in it, everything of which was written."""
    folder = new_round(tmp_path / "本期")
    config = folder / "round.toml"
    text = config.read_text(encoding="utf-8").replace('contact = ""', 'contact = "\\u001B[31m王\\u000B某\\u202E&<"')
    text = text.replace('recipient = "河源市司法局"', 'recipient = "市\\u0007局\\uFFFE&amp;"')
    config.write_text(text, encoding="utf-8")
    assert command("generate", folder).status == 0
    (folder / "回收" / "东源县.xlsx").write_bytes(hostile_return())
    (folder / "回收" / hostile_name()).write_bytes(hostile_return(YUANCHENG))
    (folder / "回收" / "\x1b]0;x\x07.xlsx").write_bytes(b"PK\x03\x04 damaged")
    said = command("ingest", folder)
    assert said.status == 1, said.err
    rule(folder / "核定" / "核定表.xlsx")
    again = command("ingest", folder)
    fed_back = command("feedback", folder)
    (folder / "said").write_text(said.out + again.out + again.err + fed_back.out + fed_back.err, encoding="utf-8")
    assert (again.status, fed_back.status) == (1, 1), again.err
    return folder


def rule(path: Path) -> None:
    """Rule on the first question with such a reason and such a name."""
    book = openpyxl.load_workbook(path)
    sheet = book[words.SHEET]
    header = next(row for row in sheet.iter_rows() if words.HEADINGS["reason"] in [cell.value for cell in row])
    for cell in header:
        ours = {words.HEADINGS["points"]: 0, words.HEADINGS["reason"]: HOSTILE, words.HEADINGS["who"]: HOSTILE}
        if cell.value in ours:
            sheet.cell(cell.row + 1, cell.column, ours[cell.value])
    book.save(path)


def written_books(folder: Path) -> list[Path]:
    return [
        path for name in ("发放", "退回", "核定", "汇总", "反馈") for path in sorted((folder / name).glob("*.xlsx"))
    ]


def texts_of(data: bytes) -> Iterator[str]:
    """Every text and attribute of every part, by a parser that is not the writer's; _x0000_t202 is a shape of VML."""
    with ZipFile(BytesIO(data)) as book:
        for name in book.namelist():
            for element in ElementTree.fromstring(book.read(name)).iter():
                for text in (element.text, element.tail, *element.attrib.values()):
                    yield re.sub("_x0000_[st][0-9]+", "", text or "")


@pytest.mark.skipif("os.name == 'nt'", reason="Windows has no such file names")
def test_every_part_of_every_workbook_parses_and_holds_no_control_character(ingested: Path) -> None:
    books = written_books(ingested)
    assert {path.parent.name for path in books} == {"发放", "退回", "核定", "汇总", "反馈"}
    assert len(books) >= 6 + 2 + 1 + 1 + 2
    for path in books:
        for text in texts_of(path.read_bytes()):
            assert not LOUD.search(text.replace("\r", "\n")), (path.name, text)
            # _x005F_ is the underscore of what is no escape.
            codes = {int(code, 16) for code in ESCAPED.findall(text.replace("_x005F_", "¯"))}
            assert not codes & {*CONTROLS}, (path.name, text)


@pytest.mark.skipif("os.name == 'nt'", reason="Windows has no such file names")
def test_terminal_and_results_hold_no_control_character(ingested: Path) -> None:
    assert not LOUD.search((ingested / "said").read_text(encoding="utf-8"))
    text = (ingested / "汇总" / "results.json").read_text(encoding="utf-8")
    assert not LOUD.search(text)
    results = json.loads(text)
    assert sum(one["status"] == "counted" for one in results["files"]) == 2
    assert {one["reason"] for one in results["rulings"]} == {visible_of(HOSTILE)}
    assert {one["remark"] for one in results["answers"]} == {visible_of(HOSTILE)}


def visible_of(escaped: str) -> str:
    """What such a text says, every control character shown."""
    return visible(ESCAPED.sub(lambda found: chr(int(found[1], 16)), escaped))


@pytest.mark.skipif("os.name == 'nt'", reason="Windows has no such file names")
def test_the_copies_sent_back_can_be_taken_in_again(ingested: Path, command: Command) -> None:
    copies = sorted((ingested / "退回").glob("*.xlsx"))
    assert len(copies) == 2
    for path in (ingested / "回收").iterdir():
        path.unlink()
    for path in copies:
        (ingested / "回收" / path.name).write_bytes(path.read_bytes())
    assert command("ingest", ingested).status == 1
    results = json.loads((ingested / "汇总" / "results.json").read_text(encoding="utf-8"))
    assert [one["status"] for one in results["files"]] == ["counted", "counted"]
    assert {one["remark"] for one in results["answers"]} == {visible_of(HOSTILE)}


def test_a_unit_whose_name_does_something_is_refused(command: Command, tmp_path: Path) -> None:
    folder = new_round(tmp_path / "本期")
    config = folder / "round.toml"
    unit = '[[units]]\ncode = "A1"\nname = "甲\\u202E县司法局"\n'
    config.write_text(config.read_text(encoding="utf-8") + unit, encoding="utf-8")
    ran = command("generate", folder)
    assert ran.status == 2
    assert not LOUD.search(ran.err)


# --- answers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("escaped", ["√_x000B_", "\u200e√", "√\x7f", "_x0007_√\u202e", "√_x000D__x000A_"])
def test_a_tick_beside_an_invisible_character_is_a_tick(escaped: str) -> None:
    form = the_form()
    cells = {layout_of(form).cell(1, "done"): escaped}
    outcome = judge(pasted(fill(form, clean(form)), **cells))
    assert outcome.status is Status.READABLE
    assert outcome.submission
    assert outcome.submission.answer(1).done is True


def test_a_line_break_of_word_in_a_tick_is_asked_about_with_what_stood_there() -> None:
    form = the_form()
    cells = {layout_of(form).cell(1, "done"): "部分_x000B_完成"}
    outcome = judge(pasted(fill(form, clean(form)), **cells))
    assert [(one.code, one.found) for one in outcome.findings if one.item == 1] == [("tick-unclear", "部分\n完成")]


# --- other ways out ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("＝1", "'＝1"),
        ("＋1", "'＋1"),
        ("－1", "'－1"),
        ("＠x", "'＠x"),
        ("  =1", "  '=1"),
        ("\t=1", "'\t'=1"),
        ("\n-1", "'\n'-1"),
        ("甲\n=1+1", "甲\n'=1+1"),
        ("甲;=cmd", "甲;'=cmd"),
        ("甲,\u202e@x", "甲,\\u202e@x"),
        ("甲，＝1", "甲，'＝1"),
        ("甲\n\n乙", "甲\n\n乙"),
        ("3-5月、a=b", "3-5月、a=b"),
        (-3.0, "-3.00"),
        (-3, "-3"),
    ],
)
def test_no_text_in_a_csv_is_a_formula(text: object, expected: str) -> None:
    assert csv_text(text) == expected


def test_a_log_holds_no_control_character(command: Command, tmp_path: Path) -> None:
    folder = new_round(tmp_path / "本期")
    assert log_fault(ValueError("\x1b[2J\x07\u202e\x9b\ud800"), folder)
    assert not LOUD.search((folder / ".sanjin" / LOG_FILE).read_text(encoding="utf-8"))


def test_an_argument_that_does_something_is_shown(command: Command, tmp_path: Path) -> None:
    ran = command("ingest", tmp_path / "\x1b[2J\u202e")
    assert ran.status == 2
    assert not LOUD.search(ran.err)
