"""What a county types about itself decides nothing: a dishonest county, with files alone, through the command line."""

import json
import re
import sqlite3
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest
from command import Command, Ran
from round_folders import new_round
from rounds import DONGYUAN, DUE, KEY, YUANCHENG, clean, done, fill, issue, planned, small_form, typed

from sanjin_xl.messages import rulings as ruling_words
from sanjin_xl.model.period import BEIJING

FORM = small_form()
NAMES = {DONGYUAN: "东源县司法局", YUANCHENG: "源城区司法局"}
FULL, HALF_DONE = "10.34", "4.26"  # everything done, and the first four items alone
ALL = clean(FORM)
SOME = {number: entry for number, entry in ALL.items() if number < 5}


@dataclass
class Round:
    """A round of the small form with its forms issued: files come in, everything is ingested."""

    folder: Path
    command: Command

    def put(self, name: str, data: bytes) -> None:
        path = self.folder / "回收" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)

    def configure(self, *lines: str) -> None:
        """Put lines at the head of round.toml."""
        path = self.folder / "round.toml"
        path.write_text("\n".join([*lines, path.read_text(encoding="utf-8")]), encoding="utf-8")

    def name(self, table: str, line: str) -> None:
        """Put a line into a table at the end of round.toml."""
        path = self.folder / "round.toml"
        path.write_text(f"{path.read_text(encoding='utf-8')}\n[{table}]\n{line}\n", encoding="utf-8")

    def ingest(self, *options: str | Path) -> Ran:
        return self.command("ingest", self.folder, *options)

    def decide(self, question: str) -> None:
        """Enter in the ruling table that a question about a whole return is settled."""
        path = self.folder / "核定" / "核定表.xlsx"
        book = openpyxl.load_workbook(path)
        sheet = book[ruling_words.WHOLE_SHEET]
        heading = next(row for row in sheet.iter_rows() if "已核实" in [cell.value for cell in row])
        names = [cell.value for cell in heading]
        for row in sheet.iter_rows(min_row=heading[0].row + 1):
            if any(str(cell.value).endswith(question) for cell in row):
                for name, value in {"已核实": "√", "理由": "已问明", "核定人": "李某"}.items():
                    row[names.index(name)].value = value
        book.save(path)

    @property
    def json(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.folder / "汇总" / "results.json").read_text(encoding="utf-8"))
        return content

    def unit(self, code: str = DONGYUAN) -> dict[str, Any]:
        return next(one for one in self.json["units"] if one["code"] == code)

    def file(self, name: str) -> dict[str, Any]:
        return next(one for one in self.json["files"] if one["path"] == name)

    def span(self, code: str = DONGYUAN) -> tuple[str, str, str]:
        """The score of a unit, and the least and the most it may become."""
        unit = self.unit(code)
        return unit["score"], unit["score_low"], unit["score_high"]

    def ruling_faults(self) -> set[str]:
        """The states of the rulings that do not hold as they were entered."""
        return {one["status"] for one in self.json["rulings"]}

    def asked(self, name: str) -> set[str]:
        """What must be corrected or ruled on in a file."""
        return {one["code"] for one in self.file(name)["findings"] if one["severity"] != "note"}


@pytest.fixture
def a_round(command: Command, tmp_path: Path) -> Round:
    folder = new_round(tmp_path / "三季度")
    assert command("generate", folder).status == 0
    return Round(folder, command)


# --- neighbours who copy ----------------------------------------------------------------------------------------------


def said_to(folder: Path) -> str:
    """Every text of every workbook in a folder."""
    books = [openpyxl.load_workbook(path) for path in sorted(folder.glob("*.xlsx"))]
    cells = (cell for book in books for sheet in book for row in sheet.iter_rows() for cell in row)
    return "\n".join(f"{cell.value} {cell.comment.text if cell.comment else ''}" for cell in cells)


def test_a_form_copied_from_a_neighbour_is_known_whatever_is_written_in_its_remarks(a_round: Round) -> None:
    edited = {number: entry | {"remark": f"我县第{number}号文"} for number, entry in ALL.items()}
    a_round.put("东源.xlsx", fill(FORM, ALL))
    a_round.put("源城.xlsx", fill(FORM, edited, unit=YUANCHENG))
    assert a_round.ingest().status == 1
    assert a_round.asked("东源.xlsx") == a_round.asked("源城.xlsx") == {"twin-answers"}
    (message,) = (one["message"] for one in a_round.file("源城.xlsx")["findings"] if one["code"] == "twin-answers")
    assert all(name in message for name in NAMES.values())


def test_no_county_hears_that_its_form_is_like_anothers(a_round: Round) -> None:
    # Something else to mend, so that a correction copy is written.
    ours, theirs = ALL | {7: typed(done="√", remark="部分完成")}, ALL | {7: typed(done="√", remark="部分落实")}
    a_round.put("东源.xlsx", fill(FORM, ours))
    a_round.put("源城.xlsx", fill(FORM, theirs, unit=YUANCHENG))
    a_round.ingest()
    a_round.command("feedback", a_round.folder)
    assert "twin-answers" in a_round.asked("东源.xlsx")
    for folder in ("退回", "反馈"):
        said = said_to(a_round.folder / folder)
        assert "东源县" in said
        assert not any(word in said for word in ("雷同", "照抄", "几乎相同"))


# --- the former round -------------------------------------------------------------------------------------------------


def issued_to(folder: Path, name: str = "东源县") -> Path:
    (path,) = (folder / "发放").glob(f"{name}*.xlsx")
    return path


def test_the_former_answers_sent_back_as_they_were_are_noticed(command: Command, tmp_path: Path) -> None:
    before = Round(new_round(tmp_path / "二季度", "2012年第二季度", date(2012, 7, 15)), command)
    assert command("generate", before.folder).status == 0
    book = openpyxl.load_workbook(issued_to(before.folder))
    sheet = book.worksheets[0]
    for cell, text in {
        "E6": "√",
        "F6": "5月",
        "I6": "√",
        "G7": "√",
        "H7": "9月",
        "E8": "大约",
        "J2": date(2012, 6, 30),
    }.items():
        sheet[cell] = text
    book.save(before.folder / "回收" / OURS)
    before.ingest()
    now = Round(new_round(tmp_path / "三季度"), command)
    assert command("generate", now.folder, "--prefill", before.folder).status == 0
    now.configure('previous = "../二季度"')
    now.put(OURS, issued_to(now.folder).read_bytes())
    assert now.ingest().status == 1
    assert "same-as-former" in now.asked(OURS)
    book = openpyxl.load_workbook(issued_to(now.folder))
    book.worksheets[0]["E7"] = "√"
    book.save(now.folder / "回收" / OURS)
    now.ingest()
    assert "same-as-former" not in now.asked(OURS)


# --- neighbours -------------------------------------------------------------------------------------------------------


def test_an_item_ticked_beside_a_neighbour_that_is_not_counts_and_the_city_is_asked(a_round: Round) -> None:
    a_round.put("东源县司法局.xlsx", fill(FORM, ALL | {6: planned(month=12)}))
    assert a_round.ingest().status == 1
    assert a_round.asked("东源县司法局.xlsx") == {"neighbour-not-done"}
    assert a_round.span() == ("7.01",) * 3
    assert not list((a_round.folder / "退回").iterdir())


# --- which version counts ---------------------------------------------------------------------------------------------

OURS = "东源县司法局.xlsx"


def without_stamp(data: bytes, **cells: str) -> bytes:
    """The form's values in a fresh workbook, as after copying everything and pasting it as values."""
    rows = openpyxl.load_workbook(BytesIO(data)).worksheets[0].iter_rows(values_only=True)
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append([None if isinstance(one, str) and one.startswith("=") else one for one in row])
    for cell in [cell for row in sheet.iter_rows(max_row=3) for cell in row if "-01-" in str(cell.value)]:
        cell.value = None
    for place, text in cells.items():
        sheet[place] = text
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def test_a_return_without_a_seal_displaces_no_sealed_one_and_the_span_covers_both(a_round: Round) -> None:
    a_round.put(OURS, fill(FORM, ALL))
    a_round.ingest()
    # Received later, dated later.
    a_round.put("东源.xlsx", without_stamp(fill(FORM, {}, filled_on=date(2012, 10, 2)), E12="√", F12="9月"))
    assert a_round.ingest().status == 1
    assert (a_round.file("东源.xlsx")["status"], a_round.file("东源.xlsx")["unit"]) == ("superseded", DONGYUAN)
    assert a_round.asked(OURS) == {"version-differs"}
    assert a_round.span() == (FULL, "0.00", FULL)
    a_round.decide("version-differs")
    assert a_round.ingest().status == 1  # for nobody else has sent anything
    assert (a_round.span(), a_round.unit()["status"]) == ((FULL,) * 3, "counted")


def test_the_city_can_pin_a_return_without_a_seal_which_stays_a_question(a_round: Round) -> None:
    a_round.put(OURS, fill(FORM, ALL))
    a_round.put("东源.xlsx", without_stamp(fill(FORM, SOME)))
    a_round.name("pinned", '"东源县" = "东源.xlsx"')
    a_round.ingest()
    assert a_round.span() == (HALF_DONE,) * 3
    assert "stamp-missing" in a_round.asked("东源.xlsx")
    assert a_round.unit()["status"] == "provisional"


def with_hidden(data: bytes, **cells: object) -> bytes:
    """The workbook with other values in its hidden sheet, its form sheet as it was."""
    target = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(target, "w", ZIP_DEFLATED) as new:
        for part in old.infolist():
            text = old.read(part)
            if part.filename == "xl/worksheets/sheet3.xml":
                for cell, value in cells.items():
                    text, count = re.subn(
                        rf'(<c r="{cell}")[^>]*>.*?</c>'.encode(), rf"\1><v>{value}</v></c>".encode(), text
                    )
                    assert count == 1
            new.writestr(part, text)
    return target.getvalue()


def test_no_revision_typed_into_the_hidden_sheet_means_anything(a_round: Round) -> None:
    a_round.put("old.xlsx", with_hidden(fill(FORM, ALL, filled_on=date(2012, 9, 1)), B2=999))
    a_round.put("new.xlsx", fill(FORM, SOME))
    a_round.ingest()
    assert {name: a_round.file(name)["status"] for name in ("old.xlsx", "new.xlsx")} == {
        "old.xlsx": "superseded",
        "new.xlsx": "counted",
    }
    assert a_round.asked("new.xlsx") == {"version-differs"}
    assert a_round.span() == (HALF_DONE, HALF_DONE, FULL)


def test_a_sealed_revision_that_the_register_does_not_know_means_nothing(a_round: Round) -> None:
    a_round.put("old.xlsx", fill(FORM, ALL, filled_on=date(2012, 9, 1), revision=7))
    a_round.put("new.xlsx", fill(FORM, SOME))
    a_round.ingest()
    assert (a_round.file("new.xlsx")["status"], a_round.asked("new.xlsx")) == ("counted", {"version-differs"})


def copy_of(folder: Path) -> bytes:
    (path,) = (folder / "退回").glob("东源县*.xlsx")
    return path.read_bytes()


def test_a_corrected_copy_counts_before_what_it_corrects_and_is_no_later_on_any_page(a_round: Round) -> None:
    unclear = typed(done="也许", done_month="8月", ledger="√")
    a_round.put("first.xlsx", fill(FORM, ALL | {7: unclear}, filled_on=DUE))
    a_round.ingest()
    mended = openpyxl.load_workbook(BytesIO(copy_of(a_round.folder)))
    sheet = mended.worksheets[0]
    sheet["E12"], sheet["J2"] = "√", date(2012, 10, 20)
    mended.save(a_round.folder / "回收" / "mended.xlsx")
    a_round.ingest()
    assert (a_round.file("mended.xlsx")["status"], a_round.asked("mended.xlsx")) == ("counted", set())
    assert a_round.file("mended.xlsx")["stamp"].startswith("441625-01-1-B-")
    assert (a_round.unit()["days_late"], a_round.file("mended.xlsx")["days_late"]) == (0, 0)
    assert a_round.span() == (FULL,) * 3
    # The clerk saves it over the first one: what it corrects is gone.
    (a_round.folder / "回收" / "first.xlsx").unlink()
    a_round.ingest()
    a_round.command("feedback", a_round.folder)
    assert a_round.unit()["days_late"] == 0
    (feedback,) = (a_round.folder / "反馈").iterdir()
    summary = openpyxl.load_workbook(a_round.folder / "汇总" / "汇总.xlsx")
    said = {str(cell.value) for name in ("排名", "回收登记") for row in summary[name].iter_rows() for cell in row}
    assert "2012年10月15日\n按时" in said_to(feedback.parent)
    assert str(datetime(2012, 10, 15)) in said
    assert not any("逾期" in text and "天" in text and any(map(str.isdigit, text)) for text in said)


@pytest.mark.parametrize("more", ["E7", "E9"])
def test_a_corrected_copy_in_which_more_was_changed_than_was_asked_for_is_asked_about(
    a_round: Round, more: str
) -> None:
    unclear = typed(done="也许", done_month="8月", ledger="√")
    a_round.put(OURS, fill(FORM, {1: unclear, 2: planned(month=12)}))
    a_round.ingest()
    mended = openpyxl.load_workbook(BytesIO(copy_of(a_round.folder)))
    sheet = mended.worksheets[0]
    sheet["E6"], sheet[more], sheet["G7"], sheet["H7"] = "√", "√", None, None
    mended.save(a_round.folder / "回收" / "mended.xlsx")
    assert a_round.ingest().status == 1
    assert (a_round.file("mended.xlsx")["status"], a_round.asked("mended.xlsx")) == ("counted", {"version-differs"})
    assert a_round.span()[1:] == ("0.00", a_round.span()[0])


@pytest.mark.parametrize(("copies", "days"), [(["441625"], 0), ([], 9)])
def test_a_copy_of_the_first_version_is_no_later_if_the_register_knows_of_one(
    a_round: Round, copies: list[str], days: int
) -> None:
    with sqlite3.connect(a_round.folder / ".sanjin" / "register.sqlite") as register:
        register.execute("DROP TABLE corrections")
        register.execute("DELETE FROM facts WHERE name = 'seal'")
        register.execute("PRAGMA user_version = 1")
        register.execute("CREATE TABLE copies (unit TEXT PRIMARY KEY, made_from TEXT, sha256 TEXT)")
        register.executemany("INSERT INTO copies VALUES (?, '', '')", [(unit,) for unit in copies])
    first = replace(issue(form=FORM).stamp, policy="")
    a_round.put("first.xlsx", fill(FORM, SOME, filled_on=DUE, stamp=first))
    mended = fill(FORM, ALL, filled_on=DUE + timedelta(9), stamp=first)
    a_round.put("mended.xlsx", with_hidden(mended, B2=1))
    a_round.ingest()
    assert (a_round.file("mended.xlsx")["status"], a_round.unit()["days_late"]) == ("counted", days)
    assert a_round.file("mended.xlsx")["stamp"] == a_round.file("first.xlsx")["stamp"]
    assert a_round.asked("mended.xlsx") == {"version-differs"}  # that it is a copy nothing proves


def with_sheet(data: bytes, text: str) -> bytes:
    """The workbook with a further sheet that holds a text."""
    book = openpyxl.load_workbook(BytesIO(data))
    book.create_sheet("附页")["A1"] = text
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def test_a_neighbours_own_workbook_filled_in_otherwise_changes_nothing_without_a_question(a_round: Round) -> None:
    a_round.put(OURS, fill(FORM, ALL))
    a_round.put("别县寄来.xlsx", fill(FORM, {1: done(month=9)}, filled_on=date(2012, 10, 14)))
    a_round.ingest()
    assert a_round.asked("别县寄来.xlsx") == {"version-differs"}
    assert a_round.span() == ("0.25", "0.25", FULL)


def test_a_neighbours_code_in_ones_own_workbook_makes_it_nobodys(a_round: Round) -> None:
    a_round.put(OURS, fill(FORM, ALL))
    a_round.put("源城.xlsx", with_sheet(fill(FORM, SOME, unit=YUANCHENG), issue(form=FORM).stamp.code(KEY)))
    a_round.ingest()
    assert (a_round.file("源城.xlsx")["status"], a_round.file("源城.xlsx")["unit"]) == ("rejected", None)
    assert (a_round.span(), a_round.unit(YUANCHENG)["status"]) == ((FULL,) * 3, "missing")


def test_the_stamp_of_a_copy_in_an_older_workbook_of_ones_own_is_no_way_round_the_question(a_round: Round) -> None:
    a_round.put("new.xlsx", fill(FORM, SOME))
    older = fill(FORM, ALL, filled_on=date(2012, 9, 1))
    a_round.put("old.xlsx", with_sheet(older, issue(form=FORM, revision=1).stamp.full(KEY)))
    a_round.ingest()
    assert (a_round.file("new.xlsx")["status"], a_round.span()) == ("counted", (HALF_DONE, HALF_DONE, FULL))
    assert "version-differs" in a_round.asked("new.xlsx")


# --- when it came -----------------------------------------------------------------------------------------------------


def test_everything_done_in_december_and_dated_so_does_not_count_in_october(a_round: Round) -> None:
    december = {number: done(month=12, remark="已办" if number == 1 else "") for number in ALL}
    a_round.put(OURS, fill(FORM, december, filled_on=date(2012, 12, 31)))
    assert a_round.ingest().status == 1
    assert "done-after-fill" in a_round.asked(OURS)
    assert a_round.span() == ("0.00", "0.00", FULL)


def test_the_day_received_is_kept_whatever_becomes_of_the_file(a_round: Round) -> None:
    a_round.put(OURS, fill(FORM, ALL))
    a_round.ingest()
    today = a_round.file(OURS)["received"]
    assert today == datetime.now(BEIJING).date().isoformat()
    with sqlite3.connect(a_round.folder / ".sanjin" / "register.sqlite") as register:
        register.execute("UPDATE files SET first_seen = '2012-10-08T23:30:00+00:00'")
        register.execute("DELETE FROM facts WHERE name = 'seal'")
    (a_round.folder / "回收" / OURS).rename(a_round.folder / "回收" / "已收.xlsx")
    a_round.ingest()
    assert a_round.file("已收.xlsx")["received"] == "2012-10-09"  # in China
    before = (a_round.folder / "汇总" / "results.json").read_bytes()
    a_round.ingest()
    assert (a_round.folder / "汇总" / "results.json").read_bytes() == before


def test_the_city_may_enter_another_day_and_lateness_may_go_by_it(a_round: Round) -> None:
    a_round.configure('late_by = "received"', "late_deduction = 1")
    a_round.put(OURS, fill(FORM, ALL))
    a_round.name("received", f'"{OURS}" = 2012-10-17')
    a_round.ingest()
    assert (a_round.file(OURS)["received"], a_round.unit()["days_late"], a_round.span()[0]) == ("2012-10-17", 2, "8.34")
    assert a_round.asked(OURS) == set()


def test_a_date_after_the_day_of_receipt_is_asked_about_and_wins_nothing(a_round: Round) -> None:
    a_round.put("old.xlsx", fill(FORM, SOME, filled_on=date(2012, 12, 30)))
    a_round.put("new.xlsx", fill(FORM, ALL, filled_on=date(2012, 10, 10)))
    a_round.name("received", '"old.xlsx" = 2012-10-08\n"new.xlsx" = 2012-10-10')
    a_round.ingest()
    assert (a_round.file("new.xlsx")["status"], a_round.unit()["days_late"]) == ("counted", 0)
    assert "fill-date-future" in a_round.asked("old.xlsx")


WHOLE_HASH = sha256(fill(FORM, ALL)).hexdigest()


@pytest.mark.parametrize(
    ("table", "line", "path"),
    [
        ("pinned", '"东源县" = "没有.xlsx"', "pinned.东源县"),
        ("received", '"没有.xlsx" = 2012-10-08', "received.没有.xlsx"),
        ("received", f'"{OURS}" = 2011-10-08', f"received.{OURS}"),
        ("received", f'"{OURS}" = "十月八日"', f"received.{OURS}"),
        ("received", f'"{OURS}" = 2012-10-08\n"{WHOLE_HASH}" = 2012-10-09', f"received.{WHOLE_HASH}"),
    ],
)
def test_what_round_toml_says_of_files_that_are_not_there_is_told_and_nothing_is_written(
    a_round: Round, table: str, line: str, path: str
) -> None:
    a_round.put(OURS, fill(FORM, ALL))
    a_round.name(table, line)
    ran = a_round.ingest()
    assert (ran.status, ran.err.count("\n"), list((a_round.folder / "汇总").iterdir())) == (2, 1, [])
    assert path in ran.err


def test_a_pin_makes_no_forged_stamp_good(a_round: Round) -> None:
    a_round.put(OURS, fill(FORM, ALL))
    a_round.put("东源.xlsx", fill(FORM, ALL, key=b"another key of 32 bytes ........"))
    a_round.name("pinned", '"东源县" = "东源.xlsx"')
    a_round.ingest()
    assert {name: a_round.file(name)["status"] for name in (OURS, "东源.xlsx")} == {
        OURS: "counted",
        "东源.xlsx": "rejected",
    }


def test_issue_and_stamp_of_every_return_stand_in_results_and_receipts(a_round: Round) -> None:
    a_round.put(OURS, fill(FORM, ALL))
    a_round.put("东源.xlsx", fill(FORM, ALL, key=b"another key of 32 bytes ........"))
    a_round.put("无.xlsx", b"nothing")
    a_round.ingest()
    shown = {one["path"]: (one["issue"], (one["stamp"] or "")[:14], one["sender"]) for one in a_round.json["files"]}
    assert shown == {
        OURS: (1, "441625-01-0-B-", None),
        "东源.xlsx": (1, "441625-01-0-B-", None),
        "无.xlsx": (None, "", None),
    }
    sheet = openpyxl.load_workbook(a_round.folder / "汇总" / "汇总.xlsx")["回收登记"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    heading = next(row for row in rows if "文件" in row)
    receipts = {row[heading.index("文件")]: row for row in rows}
    assert receipts[OURS][heading.index("表号")] == a_round.file(OURS)["stamp"]
    assert receipts[OURS][heading.index("下发\n次数")] == 1
    assert str(receipts[OURS][heading.index("收到日期")])[:10] == a_round.file(OURS)["received"]


@pytest.mark.parametrize("named", [("pinned", f'"东源县" = "{OURS}"'), ("received", f'"{OURS}" = 2012-10-08')])
def test_a_file_saved_over_one_that_round_toml_names_is_asked_about(a_round: Round, named: tuple[str, str]) -> None:
    a_round.put(OURS, fill(FORM, SOME | {5: done(month=9), 6: done(month=9)}))
    a_round.name(*named)
    a_round.ingest()
    assert a_round.asked(OURS) == set()
    a_round.put(OURS, fill(FORM, ALL))
    assert a_round.ingest().status == 1
    assert (a_round.asked(OURS), a_round.unit()["status"]) == ({"named-replaced"}, "provisional")


def test_a_file_called_like_one_that_round_toml_names_stops_nothing_and_is_asked_about(a_round: Round) -> None:
    a_round.put(f"东源/{OURS}", fill(FORM, ALL))
    a_round.name("received", f'"{OURS}" = 2012-10-09\n"紫金.zip" = 2012-10-11')
    # The neighbour sends an archive with a file of that name; it is named by the archive, too.
    with ZipFile(a_round.folder / "回收" / "紫金.zip", "w") as archive:
        archive.writestr(OURS, fill(FORM, SOME))
    assert a_round.ingest().status == 1
    assert {one["path"]: one["received"] for one in a_round.json["files"]} == {
        f"东源/{OURS}": "2012-10-09",
        f"紫金.zip!{OURS}": "2012-10-11",
    }
    assert "named-replaced" in a_round.asked(f"东源/{OURS}")
    assert a_round.span() == (HALF_DONE, HALF_DONE, FULL)


def test_of_files_called_alike_the_one_named_by_its_path_is_meant(a_round: Round) -> None:
    a_round.put(OURS, fill(FORM, ALL))
    a_round.put(f"紫金/{OURS}", fill(FORM, SOME))
    a_round.name("received", f'"{OURS}" = 2012-10-08\n"紫金/{OURS}" = 2012-10-09')
    assert a_round.ingest().status == 1
    assert [one["received"] for one in a_round.json["files"]] == ["2012-10-08", "2012-10-09"]
    assert "named-replaced" not in a_round.asked(OURS)


# --- what the city has settled ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("better", [ALL, SOME | {5: done(month=9)}, SOME | {1: done(month=8)}])
def test_a_question_settled_for_a_return_is_asked_again_of_a_better_one(
    a_round: Round, better: dict[int, dict[str, str]]
) -> None:
    a_round.put(OURS, fill(FORM, SOME, filled_on=None, signers=()))
    a_round.ingest()
    a_round.decide("nobody-signed")
    a_round.ingest()
    assert (a_round.asked(OURS), a_round.unit()["status"]) == ({"nobody-signed"}, "counted")
    a_round.put(OURS, fill(FORM, better, filled_on=None, signers=()))
    assert a_round.ingest().status == 1
    assert (a_round.unit()["status"], a_round.ruling_faults()) == ("provisional", {"stale"})


def test_of_two_versions_settled_the_same_items_answered_otherwise_are_asked_about_again(a_round: Round) -> None:
    a_round.put("a.xlsx", fill(FORM, SOME))
    a_round.put("b.xlsx", fill(FORM, SOME | {6: planned(month=12)}, filled_on=date(2012, 10, 9)))
    a_round.ingest()
    a_round.decide("version-differs")
    a_round.ingest()
    assert a_round.unit()["status"] == "counted"
    a_round.put("b.xlsx", fill(FORM, SOME | {6: done(month=9)}, filled_on=date(2012, 10, 9)))
    assert a_round.ingest().status == 1
    assert a_round.unit()["status"] == "provisional"


def test_what_the_first_version_settled_stays_settled_and_holds_for_these_answers(a_round: Round) -> None:
    a_round.put("a.xlsx", fill(FORM, SOME))
    a_round.put("b.xlsx", fill(FORM, ALL, filled_on=date(2012, 10, 9)))
    a_round.ingest()
    a_round.decide("version-differs")
    a_round.ingest()
    facts = '[["chosen_by", "filled-on"], ["items", [5, 6, 7]], ["other", "a.xlsx"]]'
    basis = f'["version-differs", ["a.xlsx", {facts}]]'
    with sqlite3.connect(a_round.folder / ".sanjin" / "register.sqlite") as db:
        db.execute("UPDATE rulings SET basis = ?", (sha256(basis.encode()).hexdigest()[:16],))
        db.execute("DELETE FROM facts WHERE name = 'seal'")
    a_round.ingest()
    assert a_round.unit()["status"] == "counted"
    a_round.put("b.xlsx", fill(FORM, ALL | {2: planned(month=12)}, filled_on=date(2012, 10, 9)))
    a_round.ingest()
    assert a_round.unit()["status"] == "provisional"
