"""`new` as a clerk types it: dates of every usual kind, and whom the counties may ask."""

import os
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from command import Command
from openpyxl import load_workbook

from sanjin_xl.messages import cli as words
from sanjin_xl.messages import template as form_words
from sanjin_xl.round.config import read_config

PERIOD = ("--period", "2012年第三季度")
DUE = ("--due", "2012-10-15")


def settings(folder: Path) -> dict[str, object]:
    return tomllib.loads((folder / "round.toml").read_text(encoding="utf-8"))


def guide(folder: Path) -> str:
    path = next((folder / "发放").glob("*.xlsx"))
    rows = load_workbook(path)[form_words.GUIDE_SHEET].iter_rows()
    return "".join(str(row[0].value or "") for row in rows)


@pytest.mark.parametrize(
    "text",
    [
        *("2012-10-15", "2012年10月15日", "2012/10/15", "2012.10.15", "20121015", "２０１２年１０月１５日"),
        *("2012年10月15", "2012 年 10 月 15 日", "2012-10-15 ", "二〇一二年十月十五日"),
    ],
)
def test_a_day_is_taken_in_every_usual_spelling(command: Command, tmp_path: Path, text: str) -> None:
    assert command("new", tmp_path / "轮", *PERIOD, "--due", text).status == 0
    assert settings(tmp_path / "轮")["due"] == date(2012, 10, 15)


@pytest.mark.parametrize("text", ["10月15日", "15/10/2012", "2012年13月1日", "2012-10", "明天", ""])
def test_a_day_that_is_none_or_names_no_year_is_asked_for_again(command: Command, tmp_path: Path, text: str) -> None:
    ran = command("new", tmp_path / "轮", *PERIOD, "--due", text)
    assert ran.status == 2
    assert text in ran.err
    assert not (tmp_path / "轮").exists()


def test_a_day_in_the_settings_may_be_written_as_a_text(command: Command, tmp_path: Path) -> None:
    command("new", tmp_path / "轮", *PERIOD, *DUE)
    path = tmp_path / "轮" / "round.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("due = 2012-10-15", 'due = "2012年10月20日"'), encoding="utf-8")
    assert read_config(tmp_path / "轮").rules.due == date(2012, 10, 20)
    path.write_text(text.replace("due = 2012-10-15", 'due = "月底"'), encoding="utf-8")
    ran = command("generate", tmp_path / "轮")
    assert ran.status == 2
    assert "due" in ran.err


def test_whom_to_ask_is_kept_in_the_settings_and_printed_on_every_form(command: Command, tmp_path: Path) -> None:
    ran = command("new", tmp_path / "轮", *PERIOD, *DUE, "--contact", '王"某\\', "--phone", " 0762-1234567 ")
    assert (ran.status, ran.err) == (0, "")
    assert (settings(tmp_path / "轮")["contact"], settings(tmp_path / "轮")["phone"]) == ('王"某\\', "0762-1234567")
    assert command("generate", tmp_path / "轮").err == ""
    assert '王"某\\，0762-1234567' in guide(tmp_path / "轮")


@pytest.mark.parametrize(
    ("given", "lacking"),
    [((), ["联系人", "联系电话"]), (("--contact", "王某"), ["联系电话"]), (("--phone", "0762-1234567"), ["联系人"])],
)
def test_whom_to_ask_is_missed_by_new_and_by_generate(
    command: Command, tmp_path: Path, given: Sequence[str], lacking: list[str]
) -> None:
    made = command("new", tmp_path / "轮", *PERIOD, *DUE, *given)
    issued = command("generate", tmp_path / "轮")
    for ran in (made, issued):
        assert ran.status == 0
        assert [name for name in words.LACKING_NAMES.values() if name in ran.err] == lacking
        assert f"sanjin-xl generate {tmp_path / '轮'}" in ran.err


def test_settings_of_old_that_hold_name_and_number_in_one_lack_nothing(command: Command, tmp_path: Path) -> None:
    command("new", tmp_path / "轮", *PERIOD, *DUE)
    path = tmp_path / "轮" / "round.toml"
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("phone")]
    text = "\n".join(lines).replace('contact = ""', 'contact = "王某 0762-1234567"')
    path.write_text(text, encoding="utf-8")
    assert command("generate", tmp_path / "轮").err == ""
    assert "王某 0762-1234567" in guide(tmp_path / "轮")


def typed(folder: Path, keys: bytes, *arguments: str) -> tuple[int, str]:
    """Exit status of `new` at a terminal where these keys are pressed, and what the terminal showed."""
    pty = pytest.importorskip("pty", reason="only POSIX has terminals one can make")
    ours, theirs = pty.openpty()
    line = [sys.executable, "-m", "sanjin_xl", "new", str(folder), *PERIOD, *arguments]
    with subprocess.Popen(line, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        os.write(ours, keys)
        shown = b""
        try:
            while some := os.read(ours, 4096):
                shown += some
        except OSError:  # Linux ends a terminal whose other side is closed with an error
            pass
    os.close(ours)
    return process.returncode, shown.decode(errors="replace")


def test_a_terminal_is_asked_for_what_was_not_given(tmp_path: Path) -> None:
    status, shown = typed(tmp_path / "一", "王某\n0762-1\n".encode(), *DUE)
    assert status == 0
    assert words.ASK["contact"] in shown
    assert (settings(tmp_path / "一")["contact"], settings(tmp_path / "一")["phone"]) == ("王某", "0762-1")
    status, shown = typed(tmp_path / "二", b"\n", *DUE, "--contact", "李某")
    assert status == 0
    assert words.ASK["contact"] not in shown
    assert words.LACKING_NAMES["phone"] in shown
    assert settings(tmp_path / "二")["phone"] == ""


def test_nothing_is_asked_where_no_round_can_be_made(tmp_path: Path) -> None:
    status, shown = typed(tmp_path / "轮", b"", "--due", "2011-10-15")
    assert status == 2
    assert words.ASK["contact"] not in shown


def test_a_question_broken_off_leaves_nothing(tmp_path: Path) -> None:
    status, shown = typed(tmp_path / "轮", b"\x04", *DUE)
    assert status == 2
    assert "Traceback" not in shown
    assert not (tmp_path / "轮").exists()


def test_a_quarter_however_it_is_typed_is_the_same_round_to_a_seal(command: Command, tmp_path: Path) -> None:
    command("new", tmp_path / "轮", "--period", "2012年三季度", "--due", "2012-10-15")
    assert read_config(tmp_path / "轮").rules.period.label == "2012年第三季度"
