"""The notice and the bulletin: what they say, what they do not claim, and that they are set as GB/T 9704 asks."""

import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from command import Command
from docx import Document
from docx.oxml.ns import qn
from office import soffice
from opened_window import Opened
from rounds import DONGYUAN, YUANCHENG, clean, done, fill, heyuan, rules, small_form, typed

from sanjin_xl.books.notice import MOST_ADDRESSEES, notice_bytes
from sanjin_xl.model.roster import Roster, Unit

PLACE = "发件"
NOTICE, BULLETIN = "通知_2012年第三季度.docx", "通报_2012年第三季度.docx"
FORM = small_form()


def lines(path: Path | bytes) -> list[str]:
    """The paragraphs of a document and the rows of its tables, from top to bottom."""
    document = Document(BytesIO(path) if isinstance(path, bytes) else str(path))
    found = []
    for one in document.iter_inner_content():
        if hasattr(one, "rows"):
            found += ["|".join(cell.text for cell in row.cells) for row in one.rows]
        else:
            found.append(one.text)
    return found


def put(folder: Path, unit: str, name: str, **cells: str) -> None:
    answers = clean(FORM) | ({1: typed(**cells)} if cells else {})
    (folder / "回收" / name).write_bytes(fill(FORM, answers, unit))


@pytest.fixture
def notice(command: Command, round_folder: Path) -> Path:
    """The notice of a round whose contact is entered."""
    path = round_folder / "round.toml"
    text = path.read_text(encoding="utf-8").replace('phone = ""', 'phone = "0762-1234567"')
    path.write_text(re.sub('contact = ".*?"', 'contact = "基层科"', text), encoding="utf-8")
    assert command("letters", round_folder, "--kind", "通知").status == 0
    return round_folder / PLACE / NOTICE


def test_the_notice_says_to_whom_what_by_when_and_whom_to_ask(notice: Path) -> None:
    title, _, _, addressees, *body = lines(notice)
    text = "\n".join(body)
    assert title.startswith("河源市司法局")
    assert addressees.startswith("源城区司法局、")
    assert addressees.endswith("东源县司法局：")
    for said in (
        "2012年第三季度",
        "2012年10月15日",
        "基层科",
        "0762-1234567",
        f"共{len(FORM.categories)}类",
        FORM.title,
    ):
        assert said in text
    assert [line for line in body if line][-3:] == [f"附件：{FORM.title}", "河源市司法局", "　　　　年　　月　　日"]


def test_a_contact_that_nobody_has_entered_is_left_to_be_filled_in_and_told(
    command: Command, round_folder: Path
) -> None:
    path = round_folder / "round.toml"
    path.write_text(re.sub('contact = ".*?"', 'contact = ""', path.read_text(encoding="utf-8")), encoding="utf-8")
    ran = command("letters", round_folder, "--kind", "通知")
    assert "联系人" in ran.err
    assert "联系人：＿" in "\n".join(lines(round_folder / PLACE / NOTICE))


def test_very_many_units_are_listed_behind_the_notice() -> None:
    units = tuple(Unit(code=f"U{n}", name=f"第{n}县司法局", area=f"第{n}县") for n in range(MOST_ADDRESSEES + 1))
    found = lines(notice_bytes(replace(rules(FORM), roster=Roster(units)), "市局", "", ""))
    assert "各报送单位：" in found
    assert found[-len(units) :] == [one.name for one in units]
    assert [one for one in found if one.startswith("附件")] == [f"附件：1. {FORM.title}", "附件2"]


def test_a_bulletin_before_all_have_reported_calls_nothing_settled(command: Command, round_folder: Path) -> None:
    put(round_folder, DONGYUAN, "东源.xlsx", done="部分")
    put(round_folder, YUANCHENG, "源城.xlsx")
    command("ingest", round_folder)
    ran = command("letters", round_folder, "--kind", "通报")
    assert (ran.status, ran.err.count("\n")) == (1, 1)
    found = lines(round_folder / PLACE / BULLETIN)
    text = "\n".join(found)
    assert any("草稿" in line for line in found[:5])
    assert "紫金县司法局" in text
    assert "已报送2个" in text
    assert not re.search("已定|最终", text)
    rows = [line.split("|") for line in found if line.count("|") == 7]
    assert [(row[0], row[1]) for row in rows[1:3]] == [("1", "源城区司法局"), ("2", "东源县司法局")]
    assert [(row[0], row[2], row[7]) for row in rows[3:]] == [("—", "—", "未报送")] * 4
    assert "已退回更正1个单位：东源县司法局" in text


def test_a_bulletin_of_a_settled_round_is_no_draft_and_names_what_is_weak(command: Command, round_folder: Path) -> None:
    for n, unit in enumerate(heyuan().units):  # months of their own: answers that are alike would be asked about
        answers = {item.number: done((3, 7, 2, 9, 5, 8, 4)[(item.number * 3 + n) % 7]) for item in FORM.items}
        if unit.code != DONGYUAN:
            answers[1] = {}
        (round_folder / "回收" / f"{unit.code}.xlsx").write_bytes(fill(FORM, answers, unit.code))
    command("ingest", round_folder)
    ran = command("letters", round_folder, "--kind", "通报")
    found = lines(round_folder / PLACE / BULLETIN)
    assert ran.status == 0
    assert not any("草稿" in line or "暂列" in line for line in found)
    assert f"1|{FORM.item(1).text}|1" in found


def test_with_nothing_reported_there_is_no_ranking(command: Command, round_folder: Path) -> None:
    command("letters", round_folder, "--kind", "通报")
    found = lines(round_folder / PLACE / BULLETIN)
    assert not any("|" in line for line in found)
    assert any("均未报送" in line for line in found)


def test_a_notice_that_was_edited_is_moved_aside_and_a_like_one_has_the_same_bytes(
    command: Command, notice: Path
) -> None:
    before = notice.read_bytes()
    assert command("letters", notice.parent.parent, "--kind", "通知").status == 0
    assert notice.read_bytes() == before
    notice.write_bytes(before + b"signed")
    assert command("letters", notice.parent.parent, "--kind", "通知").status == 1
    assert (notice.read_bytes(), (notice.parent / "改过的" / NOTICE).read_bytes()) == (before, before + b"signed")
    parts = zipfile.ZipFile(notice).infolist()
    assert [one.filename for one in parts] == sorted(one.filename for one in parts)
    assert {one.date_time[0] for one in parts} == {1980}
    assert b"python" not in zipfile.ZipFile(notice).read("docProps/core.xml")


def test_without_the_library_it_is_said_what_to_install(
    command: Command, round_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("bulletin", "notice", "official"):
        monkeypatch.delitem(__import__("sys").modules, f"sanjin_xl.books.{name}", raising=False)
    monkeypatch.setitem(__import__("sys").modules, "docx", None)
    ran = command("letters", round_folder, "--kind", "通知")
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert "sanjin-xl[letters]" in ran.err
    assert not (round_folder / PLACE / NOTICE).exists()


def test_the_window_drafts_both(window: Opened) -> None:
    page = window.get("/letters")
    for kind, name in (("notice", NOTICE), ("bulletin", BULLETIN)):
        assert f"/letters/document/{kind}" in page
        window.post(f"/letters/document/{kind}")
        window.place.job.wait()
        assert (window.place.round / PLACE / name).exists()
        assert name in window.get("/letters")


# --- its type and its page --------------------------------------------------------------------------------------------


def sizes(path: Path) -> Iterator[tuple[str, str, float]]:
    """The text, font and size in points of every run."""
    for paragraph in Document(str(path)).paragraphs:
        for run in paragraph.runs:
            assert run.font.size
            fonts = run._r.rPr.rFonts if run._r.rPr is not None else None
            assert fonts is not None
            names = {fonts.get(qn(f"w:{name}")) for name in ("ascii", "hAnsi", "eastAsia")}
            assert len(names) == 1
            yield run.text, names.pop(), run.font.size.pt


def test_type_and_page_are_those_of_the_standard(notice: Path) -> None:
    found = list(sizes(notice))
    title = [one for one in found if one[2] == 22]
    assert {font for _, font, _ in title} == {"方正小标宋简体"}
    assert all(size == 16 for text, _, size in found if (text, _, size) not in title)
    assert {text[0] for text, font, _ in found if font == "黑体"} == set("一二三四")
    assert all(text.startswith("（") for text, font, _ in found if font == "楷体_GB2312")
    section = Document(str(notice)).sections[0]
    page = (section.page_width, section.page_height, section.top_margin, section.left_margin)
    assert [round(one.mm) for one in page if one] == [210, 297, 37, 28]
    width = section.page_width - section.left_margin - section.right_margin  # type: ignore[operator]
    height = section.page_height - section.top_margin - section.bottom_margin  # type: ignore[operator]
    assert (round(width / 36_000), round(height / 36_000)) == (156, 225)
    normal = Document(str(notice)).styles["Normal"].paragraph_format
    assert 28 <= normal.line_spacing.pt <= 30
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        (one,) = footer.paragraphs
        indent = one._p.pPr.ind
        assert indent is not None
        assert indent.get(qn(f"w:{side}Chars")) == "100"
        assert {(run.font.size.pt, run.font.name) for run in one.runs if run.font.size} == {(14, "宋体")}
    fonts = zipfile.ZipFile(notice).read("word/fontTable.xml").decode()
    assert re.search('name="仿宋_GB2312"><w:altName w:val="仿宋,FangSong', fonts)


@pytest.mark.office
@pytest.mark.needs("pdftotext")
def test_printed_it_has_twenty_two_lines_of_twenty_eight_characters(notice: Path, tmp_path: Path) -> None:
    program = soffice()
    if program is None:
        pytest.skip("no soffice")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [program, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(notice)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    pdf = tmp_path / notice.with_suffix(".pdf").name
    if not pdf.exists():
        pytest.skip("this LibreOffice has no Writer")
    text = subprocess.run(
        [shutil.which("pdftotext") or "", "-layout", pdf, "-"], check=True, capture_output=True
    ).stdout
    pages = [page.splitlines() for page in text.decode().split("\f") if page.strip()]
    # Spaces between half-width characters are drawn, and not always told.
    first = ["".join(line.split()) for line in pages[0] if line.strip()]
    assert first[-1] == "—1—"
    # What is half as wide counts half; a mark of punctuation may hang over the edge.
    wide = [sum(0.5 if char.isascii() else 1 for char in line) for line in first[2:-1]]
    assert 27 <= max(wide) <= 29
    assert 19 <= len(first) - 1 <= 22  # two of its lines are the title, two are blank
    assert "".join([line for line in pages[1] if line.strip()][-1].split()) == "—2—"
