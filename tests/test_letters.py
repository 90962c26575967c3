"""Letters: drafts that other programs read, a list whose ticks stay, words the clerk changes, a round all by mail."""

import email
import hashlib
import json
import shutil
import subprocess
import zipfile
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from io import BytesIO
from pathlib import Path

import pytest
from aspose.email_foss.msg import MapiMessage
from command import Command
from office import Office
from openpyxl import load_workbook
from rounds import DONGYUAN, YUANCHENG, clean, fill, small_form, typed
from writers import npm

from sanjin_xl.messages import letters as words
from sanjin_xl.messages.template import SHEET
from sanjin_xl.model.layout import DATE_VALUE, HEAD_ROW, layout_of
from sanjin_xl.round.containers import members

ADDRESSES = """[mail]
"东源县" = { to = ["sfj@dongyuan.example.cn"], cc = ["office@dongyuan.example.cn"], contact = "张三", phone = "1" }
"源城区" = { to = "sfj@yuancheng.example.cn" }
"""
COUNTIES = 6


@pytest.fixture
def by_mail(round_folder: Path) -> Path:
    """A round whose forms are issued and in which two units have addresses."""
    path = round_folder / "round.toml"
    text = path.read_text(encoding="utf-8").replace('phone = ""', 'phone = "0762-1234567"')
    path.write_text(text + ADDRESSES, encoding="utf-8")
    return round_folder


def draft(folder: Path, kind: str, unit: str = "东源县司法局") -> EmailMessage:
    data = (folder / "发件" / f"{kind}_{unit}.eml").read_bytes()
    message = email.message_from_bytes(data, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def drafts(folder: Path, kind: str) -> set[str]:
    return {path.stem.removeprefix(f"{kind}_") for path in (folder / "发件").glob(f"{kind}_*.eml")}


def body(message: EmailMessage) -> str:
    part = message.get_body()
    assert part
    return str(part.get_content())


def attached(message: EmailMessage) -> tuple[str, bytes]:
    (part,) = message.iter_attachments()
    return str(part.get_filename()), part.get_payload(decode=True)  # type: ignore[return-value]


def test_every_unit_gets_a_draft_with_its_workbook_that_other_programs_read(command: Command, by_mail: Path) -> None:
    ran = command("letters", by_mail, "--kind", "下发")
    assert ran.status == 1  # for four have no address
    assert "紫金县司法局" in ran.err
    assert len(drafts(by_mail, "下发")) == COUNTIES
    message = draft(by_mail, "下发")
    assert (message["To"], message["Cc"]) == ("sfj@dongyuan.example.cn", "office@dongyuan.example.cn")
    assert message["X-Unsent"] == "1"
    assert "2012年第三季度" in message["Subject"]
    assert "东源县司法局" in body(message)
    assert "2012年10月15日" in body(message)
    assert "0762-1234567" in body(message)
    name, data = attached(message)
    book = by_mail / "发放" / name
    assert data == book.read_bytes()
    (one,) = members((by_mail / "发件" / "下发_东源县司法局.eml").read_bytes())  # put into 回收/ by mistake
    assert (one.path, one.refused and one.refused.code) == ("", "file-mail-draft")
    text = (by_mail / "发件" / "下发_东源县司法局.eml").read_text(encoding="ascii")
    assert "filename*=UTF-8''" in text
    assert 'name="=?utf-8?b?' in text


@pytest.mark.npm
@pytest.mark.parametrize("package", ["mailparser", "postal-mime"])
def test_two_other_parsers_read_the_names_the_words_and_every_byte(
    command: Command, by_mail: Path, package: str
) -> None:
    if reason := npm.unavailable(package):
        pytest.skip(reason)
    command("letters", by_mail, "--kind", "下发")
    message = draft(by_mail, "下发")
    name, data = attached(message)
    told = npm.read_mail(by_mail / "发件" / "下发_东源县司法局.eml", package)
    assert name.startswith("东源县司法局_")
    assert told["attachments"] == [{"name": name, "sha256": hashlib.sha256(data).hexdigest()}]
    assert (told["subject"], told["to"]) == (message["Subject"], ["sfj@dongyuan.example.cn"])
    assert told["text"].split() == body(message).split()


def test_drafts_have_the_same_bytes_in_two_runs(command: Command, by_mail: Path) -> None:
    command("letters", by_mail, "--kind", "下发")
    before = {path.name: path.read_bytes() for path in (by_mail / "发件").glob("*.*")}
    command("letters", by_mail, "--kind", "下发")
    assert {path.name: path.read_bytes() for path in (by_mail / "发件").glob("*.*")} == before
    assert len(before) == COUNTIES + 1


def zips(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "发件" / "附件").glob("*"))


def test_a_workbook_goes_as_a_zip_where_the_mail_system_wants_one(
    command: Command, by_mail: Path, tmp_path: Path
) -> None:
    with (by_mail / "round.toml").open("r+", encoding="utf-8") as file:
        text = file.read()
        file.seek(0)
        file.write("mail_zip = true\n" + text)
    command("letters", by_mail, "--kind", "下发")
    name, data = attached(draft(by_mail, "下发"))
    assert name == "东源县司法局_饮水工程检查表_2012年第三季度.zip"
    assert (by_mail / "发件" / "附件" / name).read_bytes() == data
    assert rows(by_mail)["下发", "东源县司法局"]["附件"] == name
    assert len(zips(by_mail)) == COUNTIES
    whole = zipfile.ZipFile(BytesIO(data))
    book, checks, sums = whole.infolist()
    assert all(one.flag_bits & 0x800 for one in (book, checks, sums))  # the names are UTF-8
    assert (book.filename, checks.filename, sums.filename) == (name[:-4] + ".xlsx", "校验清单.txt", "校验清单.sha256")
    issued = (by_mail / "发放" / book.filename).read_bytes()
    assert whole.read(book) == issued
    said = whole.read(checks).decode("utf-8-sig")
    for one in (book.filename, f"{len(issued)}字节", hashlib.sha256(issued).hexdigest(), "certutil -hashfile"):
        assert one in said
    # What comes back with the lists in it asks nobody for them.
    found = members(data)
    assert {one.path: one.skipped for one in found} == {
        book.filename: None, "校验清单.txt": "skipped-checks", "校验清单.sha256": "skipped-checks"
    }  # fmt: skip
    if program := shutil.which("sha256sum"):
        whole.extractall(tmp_path / "out")
        check = subprocess.run([program, "-c", sums.filename], cwd=tmp_path / "out", capture_output=True, check=False)
        assert check.returncode == 0
        (tmp_path / "out" / book.filename).write_bytes(issued + b"x")
        check = subprocess.run([program, "-c", sums.filename], cwd=tmp_path / "out", capture_output=True, check=False)
        assert check.returncode == 1


def test_zips_are_the_same_each_time_and_go_with_their_drafts(command: Command, by_mail: Path) -> None:
    path = by_mail / "round.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text("mail_zip = true\n" + text, encoding="utf-8")
    put(by_mail, DONGYUAN, "东源.xlsx", done="部分")
    command("ingest", by_mail)
    command("letters", by_mail, "--kind", "退回")
    (name,) = zips(by_mail)
    before = (by_mail / "发件" / "附件" / name).read_bytes()
    command("letters", by_mail, "--kind", "退回")
    assert (by_mail / "发件" / "附件" / name).read_bytes() == before
    put(by_mail, DONGYUAN, "东源.xlsx")
    command("ingest", by_mail)
    command("letters", by_mail, "--kind", "退回")
    assert zips(by_mail) == []
    command("letters", by_mail, "--kind", "下发")
    assert len(zips(by_mail)) == COUNTIES
    path.write_text(text, encoding="utf-8")
    command("letters", by_mail, "--kind", "下发")
    assert zips(by_mail) == []


def put(folder: Path, unit: str, name: str, **cells: str) -> None:
    answers = clean(small_form()) | ({1: typed(**cells)} if cells else {})
    (folder / "回收" / name).write_bytes(fill(small_form(), answers, unit))


def test_only_whom_it_concerns_is_written_to(command: Command, by_mail: Path) -> None:
    put(by_mail, DONGYUAN, "东源.xlsx", done="部分")
    command("ingest", by_mail)
    command("letters", by_mail, "--kind", "催报")
    assert drafts(by_mail, "催报") == {f"{area}司法局" for area in ("源城区", "紫金县", "龙川县", "连平县", "和平县")}
    command("letters", by_mail, "--kind", "退回")
    assert drafts(by_mail, "退回") == {"东源县司法局"}
    assert attached(draft(by_mail, "退回"))[1] == next((by_mail / "退回").glob("*.xlsx")).read_bytes()
    put(by_mail, DONGYUAN, "东源.xlsx")
    put(by_mail, YUANCHENG, "源城.xlsx")
    command("ingest", by_mail)
    command("letters", by_mail, "--kind", "催报")
    command("letters", by_mail, "--kind", "退回")
    assert (len(drafts(by_mail, "催报")), drafts(by_mail, "退回")) == (4, set())
    command("feedback", by_mail)
    command("letters", by_mail, "--kind", "反馈")
    assert drafts(by_mail, "反馈") == {"东源县司法局", "源城区司法局"}


def test_without_issued_forms_it_is_said_what_to_do_first(command: Command, by_mail: Path) -> None:
    for path in (by_mail / "发放").iterdir():
        path.unlink()
    ran = command("letters", by_mail, "--kind", "下发")
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert not list((by_mail / "发件").glob("*.eml"))


def rows(folder: Path) -> dict[tuple[str, str], dict[str, str]]:
    sheet = load_workbook(folder / "发件" / "清单.xlsx").worksheets[0]
    head, *lines = [[str(cell or "") for cell in row] for row in sheet.iter_rows(min_row=3, values_only=True)]
    return {(line[0], line[1]): dict(zip(head, line, strict=True)) for line in lines}


def tick(folder: Path, kind: str, unit: str) -> None:
    path = folder / "发件" / "清单.xlsx"
    book = load_workbook(path)
    sheet = book.worksheets[0]
    head = [cell.value for cell in sheet[3]]
    (row,) = [row for row in sheet.iter_rows(min_row=4) if (row[0].value, row[1].value) == (kind, unit)]
    row[head.index("已发出")].value = "√"
    book.save(path)


def test_the_list_says_all_that_is_to_be_copied_and_keeps_its_ticks(command: Command, by_mail: Path) -> None:
    command("letters", by_mail, "--kind", "下发")
    line = rows(by_mail)["下发", "东源县司法局"]
    message = draft(by_mail, "下发")
    assert (line["收件人"], line["抄送"], line["主题"]) == (message["To"], message["Cc"], message["Subject"])
    assert (line["正文"], line["附件"]) == (body(message).strip().replace("\r\n", "\n"), attached(message)[0])
    assert rows(by_mail)["下发", "紫金县司法局"]["备注"] == words.NO_ADDRESS
    tick(by_mail, "下发", "东源县司法局")
    command("letters", by_mail, "--kind", "催报")
    command("letters", by_mail, "--kind", "下发")
    assert rows(by_mail)["下发", "东源县司法局"]["已发出"] == "√"
    assert len(rows(by_mail)) == 2 * COUNTIES


def test_a_tick_for_another_draft_becomes_a_note_and_one_for_a_letter_taken_back_stays(
    command: Command, by_mail: Path
) -> None:
    command("letters", by_mail, "--kind", "催报")
    tick(by_mail, "催报", "东源县司法局")
    tick(by_mail, "催报", "源城区司法局")
    put(by_mail, DONGYUAN, "东源.xlsx")
    path = by_mail / "发件" / "文字" / "催报.txt"
    path.write_text(path.read_text(encoding="utf-8-sig") + "又及。\n", encoding="gb18030")
    command("letters", by_mail, "--kind", "催报")
    gone, changed = rows(by_mail)["催报", "东源县司法局"], rows(by_mail)["催报", "源城区司法局"]
    assert (gone["已发出"], gone["备注"]) == ("√", words.WITHDRAWN)
    assert (changed["已发出"], changed["备注"]) == ("", words.SENT_BEFORE.format(sent="√"))
    assert body(draft(by_mail, "催报", "源城区司法局")).rstrip().endswith("又及。")


@pytest.mark.parametrize(
    "text",
    ["主题：三进\n\n【单位】请于【截至日期】前报送。", "三进\n\n【单位】", "主题：三进\n", ""],
    ids=["an unknown word", "no subject", "no body", "nothing"],
)
def test_words_that_nobody_knows_are_refused_before_anything_is_written(
    command: Command, by_mail: Path, text: str
) -> None:
    folder = by_mail / "发件" / "文字"
    folder.mkdir(parents=True)
    (folder / "下发.txt").write_text(text, encoding="utf-8")
    ran = command("letters", by_mail, "--kind", "下发")
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert "下发.txt" in ran.err
    assert not list((by_mail / "发件").glob("*.eml"))


def test_a_list_that_is_no_list_is_not_written_over(command: Command, by_mail: Path) -> None:
    command("letters", by_mail, "--kind", "下发")
    (by_mail / "发件" / "清单.xlsx").write_bytes(b"x")
    assert command("letters", by_mail, "--kind", "下发").status == 2
    assert (by_mail / "发件" / "清单.xlsx").read_bytes() == b"x"


def typed_in(office: Office, folder: Path, book: bytes, **answers: str) -> bytes:
    """The workbook as LibreOffice saves it once these (done_1="√") and a date were typed into it."""
    path, layout = folder / "typed.xlsx", layout_of(small_form())
    path.write_bytes(book)
    places = [(field, int(number)) for field, _, number in (name.rpartition("_") for name in answers)]
    cells = {layout.cell(number, field): text for (field, number), text in zip(places, answers.values(), strict=True)}
    with office.opened(path) as handle:
        for cell, text in {layout.at(HEAD_ROW, DATE_VALUE): "2012-10-9", **cells}.items():
            told = office.type_text(handle, SHEET, cell, text)
            assert told["accepted"], told
        office.save(handle, path, "xlsx")
    return path.read_bytes()


def outlook(sender: str, sent: datetime, name: str, data: bytes) -> bytes:
    """A mail as a library that is not ours writes .msg."""
    message = MapiMessage.create("三进", "已填好")
    message.set_property(0x5D01, 0x1F, sender)
    message.set_property(0x0E06, 0x40, sent)
    message.add_attachment(name, data)
    made: bytes = message.to_bytes()
    return made


@pytest.mark.office
@pytest.mark.npm
def test_a_whole_round_by_mail(command: Command, by_mail: Path, office: Office, tmp_path: Path) -> None:
    if reason := npm.unavailable("nodemailer"):
        pytest.skip(reason)
    command("letters", by_mail, "--kind", "下发")
    name, book = attached(draft(by_mail, "下发"))
    answers = {"done_1": "√", "done_month_1": "9月", "ledger_1": "√", "planned_3": "√", "planned_month_3": "12月"}
    filled = typed_in(office, tmp_path, book, **answers)
    letter = {
        "from": "东源县司法局 <sfj@dongyuan.example.cn>", "to": "city@example.cn", "date": "2012-10-09T16:30:00Z",
        "subject": "答复", "text": "已填好", "inReplyTo": "<1@city.example.cn>",
    }  # fmt: skip
    (by_mail / "回收" / "答复.eml").write_bytes(
        npm.mail_by_nodemailer(tmp_path, letter, {"filename": name, "content": filled})
    )
    other, book = attached(draft(by_mail, "下发", "源城区司法局"))
    filled = typed_in(office, tmp_path, book, done_2="√", done_month_2="8月", remark_2="见附件")
    sent = datetime(2012, 10, 11, 1, tzinfo=UTC)
    (by_mail / "回收" / "答复.msg").write_bytes(outlook("sfj@yuancheng.example.cn", sent, other, filled))
    command("ingest", by_mail)
    results = json.loads((by_mail / "汇总" / "results.json").read_text(encoding="utf-8"))
    came = {one["unit"]: (one["path"], one["status"], one["received"], one["sender"]) for one in results["files"]}
    assert came == {
        DONGYUAN: (f"答复.eml!{name}", "counted", "2012-10-10", "sfj@dongyuan.example.cn"),
        YUANCHENG: (f"答复.msg!{other}", "counted", "2012-10-11", "sfj@yuancheng.example.cn"),
    }
    fields = ("done", "done_month", "planned", "planned_month", "ledger", "remark")
    read = {(one["unit"], one["item"]): tuple(one[field] for field in fields) for one in results["answers"]}
    blank = (False, None, False, None, False, "")
    answered = {key: answer for key, answer in read.items() if answer != blank}
    assert answered == {
        (DONGYUAN, 1): (True, 9, False, None, True, ""),
        (DONGYUAN, 3): (False, None, True, 12, False, ""),
        (YUANCHENG, 2): (True, 8, False, None, False, "见附件"),
    }
    assert len(read) == 2 * len(small_form().items)
