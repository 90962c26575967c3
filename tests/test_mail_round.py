"""Returns that come by mail, in a round: when they came, by whom, and what the clerk is asked about it."""

import json
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from command import Command
from mails import NAME, SENDER, attachment, folder, mail, named, text
from openpyxl import Workbook, load_workbook
from rounds import DONGYUAN, YUANCHENG, clean, fill, small_form

from sanjin_xl.model.contacts import Contact, is_address
from sanjin_xl.model.errors import RoundError
from sanjin_xl.model.period import BEIJING
from sanjin_xl.round.config import read_config

BOOK = fill(small_form(), clean(small_form()))


def ingested(command: Command, folder: Path, **mails: bytes) -> dict[str, Any]:
    """The files of results.json by path after these came in."""
    for name, data in mails.items():
        (folder / "回收" / name.replace("_", ".")).write_bytes(data)
    command("ingest", folder)
    files = json.loads((folder / "汇总" / "results.json").read_text(encoding="utf-8"))["files"]
    assert len({one["path"] for one in files}) == len(files)
    return {one["path"]: one for one in files}


def settings(folder: Path, text: str) -> None:
    with (folder / "round.toml").open("a", encoding="utf-8") as file:
        file.write(text)


def codes(one: dict[str, Any]) -> set[str]:
    return {found["code"] for found in one["findings"]}


def unstamped(data: bytes) -> bytes:
    """The values of a return in a fresh workbook, without a word of whose it is."""
    rows = load_workbook(BytesIO(data)).worksheets[0].iter_rows(values_only=True)
    book = Workbook()
    for row in rows:
        strange = ("=", "东源", "441625", "填报单位")
        book.worksheets[0].append([None if any(word in str(one) for word in strange) else one for one in row])
    target = BytesIO()
    book.save(target)
    return target.getvalue()


OWNERS = f'[mail]\n"东源县" = {{ to = "{SENDER}" }}\n"源城区" = {{ to = ["a@b.cn"], cc = "c@d.cn" }}\n'


def test_a_return_by_mail_is_counted_with_the_day_and_the_sender_of_its_mail(
    command: Command, round_folder: Path
) -> None:
    settings(round_folder, OWNERS)
    files = ingested(command, round_folder, a_eml=mail(text(), named(BOOK)), b_eml=mail(text(), sender="x@y.cn"))
    one = files[f"a.eml!{NAME}"]
    assert (one["status"], one["unit"], one["received"], one["sender"]) == ("counted", DONGYUAN, "2012-10-10", SENDER)
    assert not codes(one)
    bare = files["b.eml"]
    assert (bare["status"], bare["sender"], bare["received"]) == ("rejected", "x@y.cn", "2012-10-10")
    assert "x@y.cn" in bare["reason"]
    book = load_workbook(round_folder / "汇总" / "汇总.xlsx", read_only=True)
    cells = {cell for row in book["回收登记"].iter_rows(values_only=True) for cell in row}
    assert {SENDER, "x@y.cn"} <= cells


def test_a_known_address_of_another_unit_asks_the_city_and_decides_nothing_against_a_seal(
    command: Command, round_folder: Path
) -> None:
    settings(round_folder, OWNERS)
    data = mail(text(), named(BOOK), sender="C@D.cn")
    (one,) = ingested(command, round_folder, a_eml=data).values()
    assert (one["status"], one["unit"], codes(one)) == ("counted", DONGYUAN, {"sender-other"})


def test_an_address_tells_whose_it_is_where_nothing_else_does(command: Command, round_folder: Path) -> None:
    settings(round_folder, OWNERS)
    nobody = unstamped(BOOK)
    known = mail(text(), attachment(nobody, disposition=b"attachment; filename=a.xlsx"))
    unknown = mail(text(), attachment(nobody, disposition=b"attachment; filename=b.xlsx"), sender="q@r.cn")
    files = ingested(command, round_folder, a_eml=known, b_eml=unknown)
    assert (files["a.eml!a.xlsx"]["status"], files["a.eml!a.xlsx"]["unit"]) == ("counted", DONGYUAN)
    assert "unit-from-sender" in codes(files["a.eml!a.xlsx"])
    assert files["b.eml!b.xlsx"]["status"] == "rejected"


@pytest.mark.parametrize("day", ["Sun, 10 Jun 2012 09:00:00 +0800", "Mon, 10 Oct 2112 09:00:00 +0800"])
def test_a_mail_from_before_the_round_or_from_the_future_is_asked_about(
    command: Command, round_folder: Path, day: str
) -> None:
    (one,) = ingested(command, round_folder, a_eml=mail(text(), named(BOOK), date=day)).values()
    assert one["received"] == datetime.now(BEIJING).date().isoformat()
    assert "mail-date-odd" in codes(one)
    settings(round_folder, '[received]\n"a.eml" = 2012-10-11\n')
    (one,) = ingested(command, round_folder).values()
    assert (one["received"], codes(one)) == ("2012-10-11", set())


def test_the_same_return_by_two_mails_has_the_day_of_each(command: Command, round_folder: Path) -> None:
    later = mail(text(), named(BOOK), date="Thu, 11 Oct 2012 09:00:00 +0800", sender="x@y.cn")
    files = ingested(command, round_folder, a_eml=mail(text(), named(BOOK)), b_mbox=folder(later))
    came = {path: (one["received"], one["sender"], one["status"]) for path, one in files.items()}
    assert came == {
        f"a.eml!{NAME}": ("2012-10-10", SENDER, "duplicate"),
        f"b.mbox!001 report.eml!{NAME}": ("2012-10-11", "x@y.cn", "counted"),
    }


def test_a_folder_of_mails_dropped_in_and_a_single_mail_for_check(command: Command, round_folder: Path) -> None:
    inbox = round_folder / "回收" / "来信"
    inbox.mkdir()
    (inbox / "一.eml").write_bytes(mail(text(), named(BOOK)))
    files = ingested(command, round_folder)
    assert files[f"来信/一.eml!{NAME}"]["status"] == "counted"
    ran = command("check", "--json", "--round", round_folder, inbox / "一.eml")
    line = json.loads(ran.out)
    assert (line["unit"], line["status"], line["path"].endswith(f"一.eml!{NAME}")) == (DONGYUAN, "readable", True)


def test_addresses_are_read_by_unit(round_folder: Path) -> None:
    settings(round_folder, OWNERS + '"441621" = { to = "a@b.cn；e@f.cn", contact = "张三", phone = "0762-1" }\n')
    config = read_config(round_folder)
    zijin = Contact(to=("a@b.cn", "e@f.cn"), contact="张三", phone="0762-1")
    assert config.contacts == {
        DONGYUAN: Contact(to=(SENDER,)), YUANCHENG: Contact(to=("a@b.cn",), cc=("c@d.cn",)), "441621": zijin
    }  # fmt: skip
    assert config.rules.senders["a@b.cn"] == {YUANCHENG, "441621"}


@pytest.mark.parametrize(
    ("line", "path", "code"),
    [
        ('"某县" = { to = "a@b.cn" }', "mail.某县", "round-unit"),
        ('"东源县" = { to = "张三" }', "mail.东源县.to", "mail-address"),
        ('"东源县" = { to = "a@b.cn", cc = "a@b.cn," , cC = "x" }', "mail.东源县.cC", "toml-unknown-key"),
        ('"东源县" = { phone = 762 }', "mail.东源县.phone", "toml-type"),
        ('"东源县" = {}\n"441625" = {}', "mail.441625", "pin-twice"),
        ('"东源县" = "a@b.cn"', "mail.东源县", "toml-type"),
    ],
)
def test_a_fault_in_the_addresses_is_named_by_its_key(round_folder: Path, line: str, path: str, code: str) -> None:
    settings(round_folder, f"[mail]\n{line}\n")
    with pytest.raises(RoundError) as caught:
        read_config(round_folder)
    problems = caught.value.facts["problems"]
    assert isinstance(problems, list)
    assert [(one.path, one.code) for one in problems] == [(path, code)]


@pytest.mark.parametrize("address", ["a@b", "a b@c.cn", "a@b.cn>", "@b.cn", "a@b..", "a@@b.cn", "a@b.cn\r\nBcc: x@y.c"])
def test_what_is_no_address_is_not_taken_for_one(address: str) -> None:
    assert not is_address(address)
