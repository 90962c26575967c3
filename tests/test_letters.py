"""Letters: drafts that other programs read, a list whose ticks stay, words the clerk changes, a round all by mail."""

import email
import json
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP, default
from pathlib import Path

import pytest
from aspose.email_foss.msg import MapiMessage
from command import Command
from openpyxl import load_workbook
from rounds import DONGYUAN, YUANCHENG, clean, fill, pasted, small_form, typed

from sanjin_xl.messages import letters as words
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
    (one,) = members((by_mail / "发件" / "下发_东源县司法局.eml").read_bytes())
    assert (one.path, one.data) == (book.name, data)
    text = (by_mail / "发件" / "下发_东源县司法局.eml").read_text(encoding="ascii")
    assert "filename*=UTF-8''" in text
    assert 'name="=?utf-8?b?' in text


def test_drafts_have_the_same_bytes_in_two_runs(command: Command, by_mail: Path) -> None:
    command("letters", by_mail, "--kind", "下发")
    before = {path.name: path.read_bytes() for path in (by_mail / "发件").glob("*.*")}
    command("letters", by_mail, "--kind", "下发")
    assert {path.name: path.read_bytes() for path in (by_mail / "发件").glob("*.*")} == before
    assert len(before) == COUNTIES + 1


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


def test_a_whole_round_by_mail(command: Command, by_mail: Path) -> None:
    command("letters", by_mail, "--kind", "下发")
    name, book = attached(draft(by_mail, "下发"))
    filled = pasted(book, E6="√", F6="9月", I6="√")
    reply = EmailMessage(policy=SMTP)
    reply["From"], reply["Date"] = "东源 <sfj@dongyuan.example.cn>", "Wed, 10 Oct 2012 09:00:00 +0800"
    reply.set_content("已填好")
    reply.add_attachment(filled, "application", "octet-stream", filename=name)
    (by_mail / "回收" / "答复.eml").write_bytes(reply.as_bytes())
    other, book = attached(draft(by_mail, "下发", "源城区司法局"))
    outlook = MapiMessage.create("三进", "已填好")
    outlook.set_property(0x5D01, 0x1F, "sfj@yuancheng.example.cn")
    outlook.set_property(0x0E06, 0x40, datetime(2012, 10, 11, 1, tzinfo=UTC))
    outlook.add_attachment(other, pasted(book, E7="√", F7="8月"))
    (by_mail / "回收" / "答复.msg").write_bytes(outlook.to_bytes())
    command("ingest", by_mail)
    results = json.loads((by_mail / "汇总" / "results.json").read_text(encoding="utf-8"))
    came = {one["unit"]: (one["status"], one["received"], one["sender"]) for one in results["files"]}
    assert came == {
        DONGYUAN: ("counted", "2012-10-10", "sfj@dongyuan.example.cn"),
        YUANCHENG: ("counted", "2012-10-11", "sfj@yuancheng.example.cn"),
    }
    answers = {
        (one["unit"], one["item"]): (one["done"], one["done_month"], one["ledger"]) for one in results["answers"]
    }
    assert answers[DONGYUAN, 1] == (True, 9, True)
    assert answers[YUANCHENG, 2] == (True, 8, False)
    assert sum(one[0] is True for one in answers.values()) == 2
