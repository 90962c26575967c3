"""What comes beside the returns: attachments, and what a Mac or a browser leaves."""

import json
from collections import Counter
from pathlib import Path

import pytest
from command import Command
from hostile import compound, packed
from round_folders import new_round
from rounds import DONGYUAN, YUANCHENG, clean, fill, heyuan, rules, small_form

from sanjin_xl.judge.attachments import set_attachments_aside
from sanjin_xl.judge.pipeline import Outcome, Processor
from sanjin_xl.judge.versions import settle
from sanjin_xl.model.roster import Roster
from sanjin_xl.outcome.report import reason_of
from sanjin_xl.round.inbox import list_inbox

FORM = small_form()
PDF, PHOTO = b"%PDF-1.7\n1 0 obj", b"\xff\xd8\xff\xe0\0\x10JFIF"
LETTER, OLD_LETTER = (
    packed({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}),
    compound({"WordDocument": b"x"}),
)
SIDECAR = b"\0\x05\x16\x07" + bytes(60)
OFD = packed({"OFD.xml": b"<ofd/>"})
ALL_SIX = {f"{unit.name}.xlsx": unit.code for unit in heyuan().units}


def settled(returns: dict[str, str], others: dict[str, bytes], roster: Roster | None = None) -> dict[str, Outcome]:
    """What becomes of returns, by path and unit, and of other files, by path."""
    by = rules(FORM, roster=roster or heyuan())
    processor = Processor(by)
    files = {path: fill(FORM, clean(FORM), unit=unit) for path, unit in returns.items()} | others
    judged = [processor.process_file(data, path) for path, data in files.items()]
    return {one.path: one for one in set_attachments_aside(settle(judged, by), by)}


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("东源县.zip!盖章扫描件.pdf", PDF),
        ("东源县.zip!照片/IMG_0412.jpg", PHOTO),
        ("东源县.zip!报送函.docx", LETTER),
        ("东源县.zip!通知.doc", OLD_LETTER),
        ("东源县.zip!公文.ofd", OFD),
        ("东源县.zip!说明.txt", "材料见附件。".encode()),
        ("东源县司法局报送函.docx", LETTER),
        ("东源县/扫描件.pdf", PDF),
    ],
)
def test_what_lies_beside_a_return_that_counts_asks_for_nothing(path: str, data: bytes) -> None:
    aside = settled({"东源县.zip!三进表.xlsx": DONGYUAN}, {path: data})[path]
    assert (aside.status, aside.reason, aside.unit) == ("skipped", "attachment-of", DONGYUAN)
    assert "东源县.zip!三进表.xlsx" in (reason_of(aside) or "")


def test_an_attachment_belongs_to_the_only_unit_whose_return_lies_beside_it() -> None:
    found = settled({"10月12日/甲.zip!a.xlsx": DONGYUAN, "10月12日/乙.xlsx": YUANCHENG}, {
        "10月12日/甲.zip!扫描件.pdf": PDF, "10月12日/扫描件.pdf": PDF,
    })  # fmt: skip
    assert found["10月12日/甲.zip!扫描件.pdf"].unit == DONGYUAN
    assert found["10月12日/扫描件.pdf"].status == "rejected"


@pytest.mark.parametrize("path", ["源城区司法局.pdf", "源城区/扫描件.pdf", "扫描件.pdf"])
def test_what_may_be_all_that_a_unit_has_sent_stays_refused(path: str) -> None:
    assert settled({"东源县.xlsx": DONGYUAN}, {path: PDF})[path].reason == "file-pdf"


def test_what_is_nobodys_asks_for_nothing_once_everybody_has_reported() -> None:
    everybody = dict(ALL_SIX)
    assert settled(everybody, {"IMG_0412.jpg": PHOTO})["IMG_0412.jpg"].reason == "attachment"
    everybody.popitem()
    assert settled(everybody, {"IMG_0412.jpg": PHOTO})["IMG_0412.jpg"].reason == "file-picture"


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("东源县（更正）.csv", "序号,内容\r\n1,会议\r\n".encode()),
        ("东源县（更正）.xls", b"<html><table><tr><td>1</td></tr></table></html>"),
        ("东源县（更正）.numbers", packed({"Index/Document.iwa": b"x"})),
        ("东源县（更正）.xlsx", packed({"xl/workbook.xml": b"x", "[Content_Types].xml": b"x"})[:90]),
    ],
)
def test_what_may_be_a_later_version_of_the_answers_stays_refused(path: str, data: bytes) -> None:
    assert settled({"东源县.xlsx": DONGYUAN}, {path: data})[path].status == "rejected"


def test_a_blank_form_is_no_report_and_its_scan_may_hold_the_answers() -> None:
    blank = {"东源县/三进表.xlsx": fill(FORM, {}), "东源县/扫描件.pdf": PDF}
    assert settled({}, blank)["东源县/扫描件.pdf"].status == "rejected"


@pytest.mark.workers
def test_no_attachment_in_a_round_is_refused(command: Command, tmp_path: Path) -> None:
    folder = new_round(tmp_path / "本期")
    for unit in heyuan().units:
        scan = PDF + unit.code.encode()
        data = packed({"三进表.xlsx": fill(FORM, clean(FORM), unit=unit.code), f"{unit.code}.pdf": scan})
        (folder / "回收" / f"{unit.name}.zip").write_bytes(data)
    (folder / "回收" / "._源城区.zip").write_bytes(SIDECAR)
    command("ingest", folder)
    results = json.loads((folder / "汇总" / "results.json").read_text(encoding="utf-8"))
    assert Counter(one["status"] for one in results["files"]) == {"counted": 6, "skipped": 7}


# ── what a Mac or a browser leaves ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["._东源县.xlsx", "东源县.xlsx"])
def test_the_sidecar_of_a_mac_is_skipped_under_any_name_and_a_return_under_none(name: str) -> None:
    processor = Processor(rules(FORM))
    assert processor.process_file(SIDECAR, name).status == "skipped"
    assert processor.process_file(fill(FORM, clean(FORM)), name).status == "readable"


@pytest.mark.parametrize("ending", [".crdownload", ".part", ".tmp", ".download", ".xltd", ".CRDOWNLOAD"])
def test_what_was_not_downloaded_whole_is_named_so_and_read_where_it_is_whole(ending: str) -> None:
    whole = fill(FORM, clean(FORM))
    for data in (whole[: len(whole) // 2], bytes(9000), b"", b"\x93\x05\x88" * 2000):
        outcome = Processor(rules(FORM)).process_file(data, f"东源县.xlsx{ending}")
        assert outcome.reason == "file-half-downloaded"
    assert Processor(rules(FORM)).process_file(whole, f"东源县.xlsx{ending}").status == "readable"


@pytest.mark.parametrize("ending", [".numbers", ".pages", ".key", ".download"])
def test_a_folder_that_a_mac_shows_as_one_file_is_one_line(tmp_path: Path, ending: str) -> None:
    inside = tmp_path / f"东源县{ending}" / "Data"
    inside.mkdir(parents=True)
    for name in ("a.iwa", "b.jpg"):
        (inside / name).write_bytes(b"x")
    (entry,) = list_inbox(tmp_path)
    assert entry.refused
    assert entry.refused.code in ("file-iwork", "file-half-downloaded")
