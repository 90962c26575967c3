"""The command line: exit status, one clear sentence, and nothing heavy at start-up."""

import contextlib
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from command import Command
from round_folders import Noting, new_round
from rounds import clean, fill, pasted, small_form, the_form, typed

from sanjin_xl import __version__
from sanjin_xl.console import terminal
from sanjin_xl.messages import cli as words
from sanjin_xl.model.errors import RoundError
from sanjin_xl.round import commands, shipped
from sanjin_xl.round.config import read_config
from sanjin_xl.round.keys import read_keys

COMMANDS = ("new", "generate", "ingest", "feedback", "check", "demo", "checks")


def results(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "汇总" / "results.json").read_text(encoding="utf-8"))
    return content


def filled_in(issued: Path) -> bytes:
    """An issued workbook with a single answer and a day of filling."""
    return pasted(issued.read_bytes(), E6="√", F6="9月", J2=41180.0)


@pytest.mark.workers
def test_a_round_can_be_started_issued_and_ingested(command: Command, tmp_path: Path) -> None:
    folder = tmp_path / "三 季度"
    assert command("new", folder, "--period", "2012年第三季度", "--due", "2012-10-15").status == 0
    assert command("generate", folder).status == 0
    issued = sorted((folder / "发放").iterdir())
    assert len(issued) == 6
    (folder / "回收" / "回.xlsx").write_bytes(filled_in(issued[0]))
    ran = command("ingest", folder)
    assert ran.status == 1
    assert [one["status"] for one in results(folder)["files"]] == ["counted"]
    assert (folder / "汇总" / "汇总.xlsx").is_file()


def test_issuing_twice_gives_the_same_bytes(command: Command, round_folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in (round_folder / "发放").iterdir()}
    assert command("generate", round_folder).status == 0
    assert {path.name: path.read_bytes() for path in (round_folder / "发放").iterdir()} == before


def test_a_reissue_makes_the_older_workbook_stale(command: Command, round_folder: Path) -> None:
    path = next((round_folder / "发放").iterdir())
    (round_folder / "回收" / "old.xlsx").write_bytes(path.read_bytes())
    command("generate", round_folder, "--reissue")
    command("ingest", round_folder)
    (file,) = results(round_folder)["files"]
    assert (file["status"], file["unit"]) == ("rejected", None)
    assert "2" in file["reason"]


def test_the_terminal_names_the_folder_of_the_copies_to_send_back_while_there_are_any(
    command: Command, round_folder: Path
) -> None:
    entries = clean(small_form())
    for_the_city = entries | {7: typed(remark="我县不涉及")}
    for answers, count in ((entries | {7: typed(done="也许")}, 1), (entries, 0), (for_the_city, 0)):
        key = read_keys(round_folder).secret
        (round_folder / "回收" / "回.xlsx").write_bytes(fill(small_form(), answers, key=key))
        out = command("ingest", round_folder).out
        assert len(list((round_folder / "退回").iterdir())) == count
        assert (str(round_folder / "退回") in out) is bool(count)


def test_an_empty_inbox_gives_a_summary_with_every_unit_missing(command: Command, round_folder: Path) -> None:
    ran = command("ingest", round_folder)
    assert ran.status == 1
    units = results(round_folder)["units"]
    assert [one["status"] for one in units] == ["missing"] * 6
    assert all(one["rank"] is None and one["score"] is None for one in units)
    assert (round_folder / "汇总" / "汇总.xlsx").is_file()


def test_ingesting_twice_gives_the_same_results(command: Command, round_folder: Path) -> None:
    for path in (round_folder / "发放").iterdir():
        (round_folder / "回收" / path.name).write_bytes(path.read_bytes())
    command("ingest", round_folder)
    first = (round_folder / "汇总" / "results.json").read_bytes()
    command("ingest", round_folder)
    assert (round_folder / "汇总" / "results.json").read_bytes() == first


def test_json_output_is_the_results_file(command: Command, round_folder: Path) -> None:
    ran = command("ingest", round_folder, "--json")
    assert json.loads(ran.out) == results(round_folder)


# --- what cannot be done ------------------------------------------------------------------------------------------


def one_sentence(text: str) -> bool:
    return text.count("\n") == 1 and "Traceback" not in text and any("\u4e00" <= char <= "\u9fff" for char in text)


@pytest.mark.parametrize("place", ["round.toml", "回收/回.xlsx"])
def test_a_file_of_the_round_is_not_said_to_be_missing(command: Command, round_folder: Path, place: str) -> None:
    (round_folder / "回收" / "回.xlsx").write_bytes(b"x")
    with pytest.raises(RoundError) as raised:
        read_config(round_folder / place)
    assert raised.value.code == "round-above"
    assert command("ingest", round_folder / place).status == 2


@pytest.mark.parametrize("name", ["generate", "ingest"])
def test_a_folder_that_is_not_there(command: Command, tmp_path: Path, name: str) -> None:
    ran = command(name, tmp_path / "没有")
    assert ran.status == 2
    assert one_sentence(ran.err)
    assert not ran.out


def test_a_folder_that_is_no_round(command: Command, tmp_path: Path) -> None:
    ran = command("ingest", tmp_path)
    assert ran.status == 2
    assert one_sentence(ran.err)


@pytest.mark.parametrize(
    ("line", "culprit"),
    [
        ("due = 2012-10-15", "due = soon"),
        ('form = "wells-2013"', 'form = "wells-2099"'),
        ('period = "2012年第三季度"', 'period = "不久"'),
        ('policy = "B"', 'policy = "D"'),
        ('contact = ""', "contackt = 3"),
    ],
)
def test_a_broken_round_toml_is_named(command: Command, round_folder: Path, line: str, culprit: str) -> None:
    path = round_folder / "round.toml"
    text = path.read_text(encoding="utf-8")
    assert line in text
    path.write_text(text.replace(line, culprit), encoding="utf-8")
    ran = command("ingest", round_folder)
    assert ran.status == 2
    assert one_sentence(ran.err)


def test_all_faults_of_a_round_toml_are_named_at_once(command: Command, round_folder: Path) -> None:
    path = round_folder / "round.toml"
    path.write_text('form = "sanjin-2012"\nperiod = "不久"\npolicy = "D"\n', encoding="utf-8")
    ran = command("ingest", round_folder)
    assert ran.status == 2
    assert all(key in ran.err for key in ("period", "policy", "due"))


def test_an_output_open_in_excel_is_named_and_the_old_one_kept(
    command: Command, round_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command("ingest", round_folder)
    target = round_folder / "汇总" / "汇总.xlsx"
    before = target.read_bytes()
    replace = Path.replace

    def as_windows_does(self: Path, other: Path) -> Path:
        if Path(other) == target:
            raise PermissionError(13, "in use")
        return replace(self, other)

    monkeypatch.setattr(Path, "replace", as_windows_does)
    ran = command("ingest", round_folder)
    assert ran.status == 2
    assert one_sentence(ran.err)
    assert "汇总.xlsx" in ran.err
    assert target.read_bytes() == before
    assert sorted(path.name for path in target.parent.iterdir()) == ["results.json", "汇总.xlsx"]


def test_a_summary_folder_that_is_a_file(command: Command, round_folder: Path) -> None:
    (round_folder / "汇总").rmdir()
    (round_folder / "汇总").write_text("x")
    ran = command("ingest", round_folder)
    assert ran.status == 2
    assert one_sentence(ran.err)


def test_a_lost_key_is_not_replaced_by_a_new_one(command: Command, round_folder: Path) -> None:
    (round_folder / ".sanjin" / "key").unlink()
    assert command("ingest", round_folder).status == 2
    assert command("generate", round_folder).status == 2
    assert not (round_folder / ".sanjin" / "key").exists()


def test_a_key_that_may_not_be_read_is_not_called_damaged(
    command: Command, round_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = round_folder / ".sanjin" / "key"
    read_bytes = Path.read_bytes

    def without_rights(self: Path) -> bytes:
        if self == key:
            raise PermissionError(13, "denied")
        return read_bytes(self)

    monkeypatch.setattr(Path, "read_bytes", without_rights)
    with pytest.raises(RoundError) as raised:
        read_keys(round_folder)
    assert (raised.value.code, raised.value.facts["path"]) == ("round-key-unreadable", key)
    ran = command("ingest", round_folder)
    assert ran.status == 2
    assert one_sentence(ran.err)
    assert str(key) in ran.err


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"secret": "xyz"}', *(json.dumps({"secret": "00", "password": p, "salt": "00"}) for p in (5, ""))],
)
def test_a_key_that_is_damaged_is_called_so(round_folder: Path, text: str) -> None:
    (round_folder / ".sanjin" / "key").write_text(text)
    with pytest.raises(RoundError) as raised:
        read_keys(round_folder)
    assert raised.value.code == "round-key-invalid"


@pytest.mark.parametrize("place", ["回收", "核定", "回收/紫金县/补报"])
def test_from_inside_a_round_its_folder_is_named(
    command: Command, round_folder: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    (round_folder / place).mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(round_folder / place)
    with pytest.raises(RoundError) as raised:
        read_config(Path())
    assert raised.value.code == "round-above"
    assert raised.value.facts == {"path": round_folder.resolve() / place, "above": round_folder.resolve()}
    ran = command("ingest")
    assert ran.status == 2
    assert one_sentence(ran.err)
    assert str(round_folder.resolve()) in ran.err


def test_from_outside_the_rounds_below_are_named(
    command: Command, round_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command("new", round_folder.parent / "四季度", "--period", "2012年第四季度", "--due", "2013-01-15")
    monkeypatch.chdir(round_folder.parent)
    with pytest.raises(RoundError) as raised:
        read_config(Path())
    assert raised.value.code == "round-below"
    ran = command("ingest")
    assert ran.status == 2
    assert one_sentence(ran.err)
    assert all(name in ran.err for name in (round_folder.name, "四季度"))


def test_a_round_is_not_made_twice(command: Command, round_folder: Path) -> None:
    key = (round_folder / ".sanjin" / "key").read_bytes()
    assert command("new", round_folder, "--period", "2012年第三季度", "--due", "2012-10-15").status == 2
    assert (round_folder / ".sanjin" / "key").read_bytes() == key


@pytest.mark.parametrize(
    "arguments",
    [
        ("new",),
        ("new", "x", "--period", "不久", "--due", "2012-10-15"),
        ("new", "x", "--period", "2012年度", "--due", "明天"),
        ("new", "x", "--period", "2012年度", "--due", "2012-10-15", "--form", "nothing"),
        ("check",),
        ("check", "nothing.xlsx"),
        ("check", "nothing.xlsx", "nor this.xlsx"),
        ("frobnicate",),
        ("ingest", "--colour"),
    ],
)
def test_wrong_usage_is_one_sentence_and_leaves_nothing(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = command(*arguments)
    assert ran.status == 2
    assert one_sentence(ran.err)
    assert not list(tmp_path.iterdir())


def test_our_own_error_is_one_sentence_too(
    command: Command, round_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sanjin_xl.round.commands.ingest", lambda *_, **__: 1 / 0)
    ran = command("ingest", round_folder)
    assert ran.status == 2
    assert one_sentence(ran.err)


# --- check --------------------------------------------------------------------------------------------------------


@pytest.mark.workers
def test_checking_a_file_by_itself_prints_one_json_line_per_file(command: Command, tmp_path: Path) -> None:
    (tmp_path / "好.xlsx").write_bytes(fill(the_form(), clean(the_form())))
    (tmp_path / "坏.xlsx").write_bytes(b"not a workbook")
    ran = command("check", tmp_path / "好.xlsx", tmp_path / "坏.xlsx", "--json")
    good, bad = map(json.loads, ran.out.splitlines())
    assert (good["status"], good["unit"], len(good["answers"])) == ("readable", "441625", 108)
    assert (bad["status"], bad["unit"], bad["answers"]) == ("rejected", None, [])
    assert bad["reason"]
    assert ran.status == 1


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_file_that_is_not_there_is_named_and_the_others_are_judged(
    command: Command, tmp_path: Path, place: int
) -> None:
    there = [tmp_path / "甲.xlsx", tmp_path / "乙.xlsx"]
    for path in there:
        path.write_bytes(fill(the_form(), clean(the_form())))
    ran = command("check", *there[:place], tmp_path / "没有.xlsx", *there[place:])
    assert ran.status == 2
    assert one_sentence(ran.err)
    assert "没有.xlsx" in ran.err
    assert all(path.name in ran.out for path in there)
    assert "没有.xlsx" not in ran.out


def test_a_file_that_is_not_there_has_its_json_line_like_any_other(command: Command, tmp_path: Path) -> None:
    (tmp_path / "好.xlsx").write_bytes(fill(the_form(), clean(the_form())))
    ran = command("check", tmp_path / "没有.xlsx", tmp_path / "好.xlsx", tmp_path / "也没有.xlsx", "--json")
    entries = {Path(one["path"]).name: one for one in map(json.loads, ran.out.splitlines())}
    assert {name: one["status"] for name, one in entries.items()} == {
        "没有.xlsx": "rejected", "好.xlsx": "readable", "也没有.xlsx": "rejected",
    }  # fmt: skip
    assert {frozenset(one) for one in entries.values()} == {frozenset(entries["好.xlsx"])}
    assert entries["没有.xlsx"]["reason"]
    assert ran.status == 2
    assert one_sentence(ran.err)


def test_a_path_nobody_may_look_at_does_not_keep_the_others_from_being_judged(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "好.xlsx").write_bytes(fill(the_form(), clean(the_form())))
    opened, is_dir = os.open, Path.is_dir

    def without_rights(path: str, flags: int, *more: int, **named: int | None) -> int:
        if Path(path).name == "别人的.xlsx":
            raise PermissionError(13, "denied")
        return opened(path, flags, *more, **named)  # type: ignore[arg-type]

    def not_to_be_looked_at(self: Path) -> bool:
        if self.name == "别人的.xlsx":
            raise PermissionError(13, "denied")
        return is_dir(self)

    monkeypatch.setattr(os, "open", without_rights)
    monkeypatch.setattr(Path, "is_dir", not_to_be_looked_at)
    ran = command("check", tmp_path / "别人的.xlsx", tmp_path / "好.xlsx", "--json")
    entries = [json.loads(line) for line in ran.out.splitlines()]
    assert [(Path(one["path"]).name, one["status"]) for one in entries] == [
        ("别人的.xlsx", "rejected"),
        ("好.xlsx", "readable"),
    ]
    assert ran.status == 1


def test_a_clean_file_checked_against_its_round_needs_nothing(command: Command, round_folder: Path) -> None:
    path = round_folder / "填好.xlsx"
    path.write_bytes(filled_in(next((round_folder / "发放").iterdir())))
    ran = command("check", path, "--round", round_folder, "--json")
    entry = json.loads(ran.out)
    assert {one["severity"] for one in entry["findings"]} == {"note"}
    assert ran.status == 0


def test_a_stamp_of_another_round_is_told_from_this_ones(command: Command, round_folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "别的"
    command("new", other, "--period", "2012年第三季度", "--due", "2012-10-15")
    command("generate", other)
    ran = command("check", next((other / "发放").iterdir()), "--round", round_folder, "--json")
    assert json.loads(ran.out)["status"] == "rejected"


# --- demo ---------------------------------------------------------------------------------------------------------


@pytest.mark.workers
def test_the_demo_that_runs_is_done_whatever_questions_its_samples_leave(command: Command, tmp_path: Path) -> None:
    ran = command("demo", tmp_path / "演示")
    assert ran.status == 0
    assert not ran.err
    assert (tmp_path / "演示" / "汇总" / "汇总.xlsx").is_file()


def test_what_cannot_be_done_is_shown_in_a_box_where_there_is_no_console(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(terminal, "_NO_CONSOLE", True)
    monkeypatch.setattr(terminal, "_show", shown.append)
    assert command("window", tmp_path / "不在").status == 2
    assert len(shown) == 1
    assert "不在" in shown[0]


@pytest.mark.parametrize("commit", ["0123456789ab", None])
def test_the_version_tells_the_form_and_the_commit_or_that_it_is_not_known(
    command: Command, monkeypatch: pytest.MonkeyPatch, commit: str | None
) -> None:
    monkeypatch.setattr(shipped, "commit", lambda: commit or "")
    version, form, of = command("--version").out.splitlines()
    assert version == f"sanjin-xl {__version__}"
    assert {the_form().id, the_form().fingerprint} <= set(re.findall(r"[\w-]+", form))
    assert of.split()[-1] == (commit or words.UNKNOWN_COMMIT)


def test_the_samples_of_a_program_on_a_medium_that_may_not_be_written_to_can_be_worked_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    medium = tmp_path / "光盘"
    shutil.copytree(shipped.data_folder("samples"), medium)
    for path in [*medium.rglob("*"), medium]:
        path.chmod(0o555)
    monkeypatch.setattr(shipped, "data_folder", lambda _: medium)
    shipped.copy_samples(tmp_path / "演示")
    copied = list((tmp_path / "演示").rglob("*"))
    assert {path.name for path in copied} >= {"round.toml", "回收", "三进表（东源）.xls"}
    assert all(path.stat().st_mode & 0o200 for path in copied)


def test_a_demo_whose_samples_cannot_be_read_has_failed(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_samples = shipped.copy_samples

    def cut_off(folder: Path) -> None:
        copy_samples(folder)
        for path in (folder / "回收").glob("*.xlsx"):
            path.write_bytes(path.read_bytes()[:999])

    monkeypatch.setattr(shipped, "copy_samples", cut_off)
    ran = command("demo", tmp_path / "演示")
    assert "rejected" in {one["status"] for one in results(tmp_path / "演示")["files"]}
    assert ran.status == 2
    assert one_sentence(ran.err)


def test_a_demo_that_breaks_off_has_failed(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sanjin_xl.round.commands.ingest", lambda *_, **__: 1 / 0)
    ran = command("demo", tmp_path / "演示")
    assert ran.status == 2
    assert one_sentence(ran.err)


# --- help and start-up --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example_and_is_in_the_readme(command: Command, name: str) -> None:
    assert f"sanjin-xl {name}" in command(name, "--help").out
    assert f"sanjin-xl {name}" in (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def test_the_bare_name_says_what_there_is(command: Command) -> None:
    ran = command()
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == command("--help").out
    assert all(f" {name} " in ran.out for name in COMMANDS)
    assert not [line for line in ran.out.splitlines() if line.endswith(" ...")]  # each is said in a sentence


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_a_help_page_has_no_english_sentence_of_clicks_own(command: Command, name: str) -> None:
    page = command(*filter(None, [name]), "--help").out
    assert not re.search(r"Usage|Options:|Commands|OPTIONS|ARGS|required|default|Show", page)


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys; from sanjin_xl import cli\n"
        "sys.argv = ['sanjin-xl', '--help']\n"
        "try: cli.main()\n"
        "except SystemExit: pass\n"
        "print(sorted({'pandas', 'xlsxwriter', 'openpyxl', 'python_calamine', 'sqlite3'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True)
    assert ran.stdout.splitlines()[-1] == "[]"


def test_a_gbk_terminal_does_not_choke(round_folder: Path) -> None:
    (round_folder / "回收" / "ق😀表.xlsx").write_bytes(b"x")
    environment = os.environ | {"PYTHONIOENCODING": "gbk"}
    ran = subprocess.run(
        [sys.executable, "-m", "sanjin_xl", "ingest", str(round_folder)],
        env=environment,
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 1
    assert "名次" in ran.stdout.decode("gbk")


def test_nothing_but_results_goes_to_standard_output(command: Command, round_folder: Path) -> None:
    ran = command("ingest", round_folder, "--json")
    assert not ran.err
    assert json.loads(ran.out)


# --- what a clerk runs into ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_a_round_toml_saved_by_notepad_is_read(command: Command, round_folder: Path, encoding: str) -> None:
    path = round_folder / "round.toml"
    path.write_text(path.read_text(encoding="utf-8"), encoding=encoding)
    assert command("ingest", round_folder).status == 1


def test_a_mistyped_quotation_mark_is_told_by_its_line(command: Command, round_folder: Path) -> None:
    path = round_folder / "round.toml"
    path.write_text('form = "sanjin-2012"\nperiod = “2012年第三季度”\n', encoding="utf-8")
    ran = command("ingest", round_folder)
    assert ran.status == 2
    assert one_sentence(ran.err)
    assert "2" in ran.err
    assert "Invalid" not in ran.err


def test_an_inbox_that_is_gone_leaves_the_old_results(command: Command, round_folder: Path) -> None:
    command("ingest", round_folder)
    before = (round_folder / "汇总" / "results.json").read_bytes()
    (round_folder / "回收").rmdir()
    ran = command("ingest", round_folder)
    assert ran.status == 2
    assert one_sentence(ran.err)
    assert (round_folder / "汇总" / "results.json").read_bytes() == before


def test_a_folder_that_cannot_be_opened_is_a_rejected_line(
    command: Command, round_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (round_folder / "回收" / "子").mkdir()
    scandir = os.scandir

    def without_rights(path: str) -> object:
        if str(path).endswith("子"):
            raise PermissionError(13, "denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", without_rights)
    ran = command("ingest", round_folder)
    (file,) = results(round_folder)["files"]
    assert (file["path"], file["status"]) == ("子", "rejected")
    assert "子" in ran.out


@pytest.mark.parametrize(
    "pins",
    ['"东源县" = "a.xlsx"\n"源城" = "a.xlsx"', '"源城" = "a.xlsx"\n"源城区" = "b.xlsx"', '"无此县" = "a.xlsx"'],
)
def test_pins_that_contradict_each_other_are_refused(command: Command, round_folder: Path, pins: str) -> None:
    path = round_folder / "round.toml"
    path.write_text(path.read_text(encoding="utf-8") + f"\n[pinned]\n{pins}\n", encoding="utf-8")
    ran = command("ingest", round_folder)
    assert ran.status == 2
    assert one_sentence(ran.err)


def test_a_round_inside_the_inbox_does_not_have_its_key_read(command: Command, round_folder: Path) -> None:
    made = round_folder.parent / "轮次"
    command("new", made, "--period", "2012年第三季度", "--due", "2012-10-15")
    shutil.move(made, round_folder / "回收")
    command("ingest", round_folder)
    assert {one["path"]: one["status"] for one in results(round_folder)["files"]} == {
        "轮次/.sanjin": "skipped",
        "轮次/round.toml": "rejected",
        "轮次/通讯录.xlsx": "rejected",
    }


def test_a_register_that_cannot_be_written_is_told_plainly(
    command: Command, round_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(*_: object) -> None:
        raise sqlite3.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr("sanjin_xl.round.register.Register.note_files", read_only)
    (round_folder / "回收" / "a.xlsx").write_bytes(b"x")
    ran = command("ingest", round_folder)
    assert ran.status == 2
    assert one_sentence(ran.err)
    assert "readonly" not in ran.err


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_a_form_of_ones_own_saved_by_notepad_is_read(command: Command, tmp_path: Path, encoding: str) -> None:
    folder = new_round(tmp_path / "检查")
    form = folder / "wells-2013.toml"
    form.write_bytes(form.read_text(encoding="utf-8").encode(encoding))
    assert command("generate", folder).status == 0


def test_a_form_that_is_no_text_is_one_sentence(command: Command, tmp_path: Path) -> None:
    folder = new_round(tmp_path / "检查")
    (folder / "wells-2013.toml").write_bytes(b"id = \xff\xff\xff")
    ran = command("generate", folder)
    assert ran.status == 2
    assert one_sentence(ran.err)


def test_a_day_due_before_the_period_is_no_day_due(command: Command, round_folder: Path, tmp_path: Path) -> None:
    ran = command("new", tmp_path / "新", "--period", "2012年第三季度", "--due", "2011-10-15")
    assert ran.status == 2
    assert one_sentence(ran.err)
    assert not (tmp_path / "新").exists()
    path = round_folder / "round.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("due = 2012-10-15", "due = 2012-06-30"), encoding="utf-8")
    ran = command("ingest", round_folder)
    assert ran.status == 2
    assert "due" in ran.err


def test_a_folder_that_cannot_be_listed_does_not_keep_the_others_from_being_checked(
    command: Command, round_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "别人的"
    closed.mkdir()
    scandir = os.scandir

    def without_permission(place: str) -> object:
        if Path(place) == closed:
            raise PermissionError(13, "no")
        return scandir(place)

    monkeypatch.setattr(os, "scandir", without_permission)
    good = tmp_path / "填好.xlsx"
    good.write_bytes(filled_in(next((round_folder / "发放").glob("*.xlsx"))))
    ran = command("check", "--json", "--round", round_folder, closed, good)
    entries = [json.loads(line) for line in ran.out.splitlines()]
    assert [one["status"] for one in entries] == ["rejected", "readable"]


# --- the progress bar -----------------------------------------------------------------------------------------------

SHOWN, HIDDEN_CURSOR = "\x1b[?25h", "\x1b[?25l"


def test_what_is_done_is_told_stage_by_stage(round_folder: Path) -> None:
    for n, path in enumerate(sorted((round_folder / "发放").glob("*.xlsx"))):
        (round_folder / "回收" / f"{n}.xlsx").write_bytes(path.read_bytes())
    watch = Noting()
    commands.ingest(round_folder, watch=watch)
    told = watch.stages
    assert [one for one in told if one[0] == "read"] == [("read", n, 6) for n in range(1, 7)]
    assert [one for one in told if one[0] == "summary"] == [("summary", 0, 1), ("summary", 1, 1)]
    assert list(dict.fromkeys(stage for stage, _, _ in told))[:2] == ["read", "summary"]
    copies = [one for one in told if one[0] == "copies"]
    assert copies == [("copies", n, len(copies)) for n in range(1, len(copies) + 1)]


def on_a_terminal(folder: Path, *, interrupted: bool = False) -> tuple[int, str]:
    """Exit status of an ingest and what a terminal is told beside its results; interrupted as soon as a bar is seen."""
    pty = pytest.importorskip("pty", reason="only POSIX has terminals one can make")
    ours, theirs = pty.openpty()
    line = [sys.executable, "-m", "sanjin_xl", "ingest", str(folder)]
    told = b""
    with subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=theirs) as process:
        os.close(theirs)
        with contextlib.suppress(OSError):  # Linux ends a terminal whose other side is closed with an error
            while some := os.read(ours, 4096):
                told += some
                if interrupted and HIDDEN_CURSOR.encode() in told:
                    process.send_signal(signal.SIGINT)
                    interrupted = False
    os.close(ours)
    return process.returncode, told.decode()


def test_a_terminal_sees_how_many_how_fast_and_how_long_yet(round_folder: Path) -> None:
    for n, path in enumerate(sorted((round_folder / "发放").glob("*.xlsx"))):
        (round_folder / "回收" / f"{n}.xlsx").write_bytes(path.read_bytes())
    _, told = on_a_terminal(round_folder)
    assert "6/6" in told
    assert re.search(r"[0-9]份/秒，约剩[0-9]+分[0-9]{2}秒", told)
    assert "写汇总" in told
    assert told.rindex(SHOWN) > told.rindex(HIDDEN_CURSOR)


def test_an_interrupted_run_gives_the_cursor_back_and_says_so(round_folder: Path) -> None:
    for n, path in enumerate(sorted((round_folder / "发放").glob("*.xlsx"))):
        (round_folder / "回收" / f"{n}.xlsx").write_bytes(path.read_bytes())
    status, told = on_a_terminal(round_folder, interrupted=True)
    assert status == 2
    assert told.rindex(SHOWN) > told.rindex(HIDDEN_CURSOR)
    assert re.sub(r"\x1b\[[?0-9a-z]*", "", told).strip().splitlines()[-1].strip()
    assert "Traceback" not in told


NOISY = """
import os, sys
from sanjin_xl.console import terminal

def judged():
    print("Python")
    os.write(1, b"C")
    yield "outcome"

for outcome in terminal.quietly(judged()):
    print(outcome)
"""


def test_whatever_a_library_prints_the_output_for_programs_is_ours_alone() -> None:
    ran = subprocess.run([sys.executable, "-c", NOISY], capture_output=True, text=True, check=True)
    assert ran.stdout == "outcome\n"
    assert "Python" in ran.stderr
    assert "C" in ran.stderr
