"""What a round sends out: by when a copy is to come back, what somebody made of a workbook, what is old by now."""

import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from command import Command, Ran
from openpyxl import load_workbook
from round_folders import Noting, new_round
from rounds import DONGYUAN, SMALL_FORM, YUANCHENG, done, fill, planned, small_form, typed

from sanjin_xl.console import lines
from sanjin_xl.console.usage import called
from sanjin_xl.messages import cli as words
from sanjin_xl.messages import template as form_words
from sanjin_xl.round import commands, workbooks

DAY = date(2012, 10, 20)
CLEAN = {item.number: done(month=9) for item in small_form().items}
NO_MONTH = {**CLEAN, 3: planned(month=None)}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    def set_to(day: date) -> None:
        monkeypatch.setattr(workbooks, "today", lambda: day)

    set_to(DAY)
    return set_to


def put_in(folder: Path, name: str, rows: dict[int, dict[str, str]], unit: str = DONGYUAN) -> None:
    (folder / "回收" / name).write_bytes(fill(small_form(), rows, unit=unit))


def due(folder: Path) -> str:
    """By when the correction copy says that it is to come back."""
    (path,) = (folder / "退回").glob("*.xlsx")
    rows = load_workbook(path)[form_words.OPINIONS].iter_rows()
    (line,) = [str(row[0].value) for row in rows if str(row[0].value).startswith("更正期限")]
    return line


def said(day: date) -> str:
    return form_words.DATE_TEXT.format(day=day)


def settings(folder: Path, line: str) -> None:
    path = folder / "round.toml"
    path.write_text(f"{line}\n{path.read_text(encoding='utf-8')}", encoding="utf-8")


# --- by when ----------------------------------------------------------------------------------------------------------


def test_a_copy_is_due_seven_days_after_it_was_made(round_folder: Path, clock: Callable[[date], None]) -> None:
    put_in(round_folder, "一.xlsx", NO_MONTH)
    commands.ingest(round_folder)
    assert said(DAY + timedelta(days=7)) in due(round_folder)


def test_running_again_puts_nothing_off_and_a_new_copy_has_a_day_of_its_own(
    round_folder: Path, clock: Callable[[date], None]
) -> None:
    put_in(round_folder, "一.xlsx", NO_MONTH)
    commands.ingest(round_folder)
    (path,) = (round_folder / "退回").glob("*.xlsx")
    first = path.read_bytes()
    clock(DAY + timedelta(days=30))
    commands.ingest(round_folder)
    assert path.read_bytes() == first
    path.unlink()
    commands.ingest(round_folder)
    assert path.read_bytes() == first
    put_in(round_folder, "二.xlsx", {**NO_MONTH, 4: planned(month=None)})
    commands.ingest(round_folder)
    assert said(DAY + timedelta(days=37)) in due(round_folder)


def test_the_days_are_a_setting(command: Command, round_folder: Path, clock: Callable[[date], None]) -> None:
    put_in(round_folder, "一.xlsx", NO_MONTH)
    settings(round_folder, "correction_days = 3")
    assert "3天" in command("ingest", round_folder).out
    assert said(DAY + timedelta(days=3)) in due(round_folder)


@pytest.mark.parametrize("days", ["0", "-1", "400", '"七"', "1.5"])
def test_days_that_are_none_are_a_fault_of_the_settings(command: Command, round_folder: Path, days: str) -> None:
    settings(round_folder, f"correction_days = {days}")
    ran = command("ingest", round_folder)
    assert ran.status == 2
    assert "correction_days" in ran.err


def test_who_can_mend_nothing_gets_no_copy(round_folder: Path) -> None:
    put_in(round_folder, "一.xlsx", {**CLEAN, 1: typed(remark="本县不适用")})
    results = commands.ingest(round_folder)
    assert [one.unit.code for one in results.units if any(found.asks for found in one.findings())] == [DONGYUAN]
    assert not list((round_folder / "退回").glob("*.xlsx"))


# --- what somebody made of it -----------------------------------------------------------------------------------------


def one_issued(folder: Path) -> Path:
    return min((folder / "发放").glob("*.xlsx"))


def test_an_issued_workbook_that_somebody_edited_is_kept_and_told(command: Command, round_folder: Path) -> None:
    path = one_issued(round_folder)
    sound = path.read_bytes()
    for n, edited in enumerate((b"filled in", b"filled in again"), start=1):
        path.write_bytes(edited)
        ran = command("generate", round_folder)
        assert ran.status == 1
        assert path.name in ran.err
        assert path.read_bytes() == sound
        kept = sorted(one.read_bytes() for one in (round_folder / "发放" / "改过的").iterdir())
        assert kept == sorted([b"filled in", b"filled in again"][:n])
    quiet = command("generate", round_folder)
    assert (quiet.status, path.name in quiet.err) == (0, False)


def test_a_copy_that_somebody_edited_is_kept_too_also_when_nobody_needs_it_any_more(round_folder: Path) -> None:
    put_in(round_folder, "一.xlsx", NO_MONTH)
    commands.ingest(round_folder)
    (path,) = (round_folder / "退回").glob("*.xlsx")
    path.write_bytes(b"mended here")
    watch = Noting()
    commands.ingest(round_folder, watch=watch)
    assert [one.code for one in watch.warnings] == ["written-edited"]
    path.write_bytes(b"and here")
    put_in(round_folder, "二.xlsx", CLEAN)
    commands.ingest(round_folder, watch=watch)
    assert not path.exists()
    kept = (round_folder / "退回" / "改过的").iterdir()
    assert sorted(one.read_bytes() for one in kept) == [b"and here", b"mended here"]


def test_what_only_the_settings_have_changed_is_written_anew_without_a_word(round_folder: Path) -> None:
    before = one_issued(round_folder).read_bytes()
    text = (round_folder / "round.toml").read_text(encoding="utf-8")
    (round_folder / "round.toml").write_text(text.replace("2012-10-15", "2012-10-25"), encoding="utf-8")
    watch = Noting()
    commands.generate(round_folder, watch=watch)
    assert one_issued(round_folder).read_bytes() != before
    assert not watch.warnings
    assert not (round_folder / "发放" / "改过的").exists()


def test_a_register_restored_from_its_copy_knows_what_was_written(round_folder: Path) -> None:
    put_in(round_folder, "一.xlsx", NO_MONTH)
    commands.ingest(round_folder)
    commands.feedback(round_folder)
    hidden = round_folder / ".sanjin"
    (hidden / "register.sqlite").write_bytes((hidden / "register.backup").read_bytes())
    watch = Noting()
    commands.generate(round_folder, watch=watch)
    commands.ingest(round_folder, watch=watch)
    assert not watch.warnings


# --- issued anew ------------------------------------------------------------------------------------------------------


def test_a_changed_form_is_said_to_be_issued_anew_and_an_asked_for_one_needs_no_word(
    command: Command, round_folder: Path
) -> None:
    assert "第1次" in command("generate", round_folder).out
    path = round_folder / "wells-2013.toml"
    path.write_text(SMALL_FORM.replace("每月巡查管网", "每周巡查管网"), encoding="utf-8")
    ran = command("generate", round_folder)
    assert ran.status == 1
    assert "第2次" in ran.out
    assert "第2次" in ran.err
    asked = command("generate", round_folder, "--reissue")
    assert asked.status == 0
    assert "第3次" in asked.out


def test_a_register_that_begins_anew_within_a_round_at_work_is_said_to(command: Command, tmp_path: Path) -> None:
    folder = new_round(tmp_path / "轮")
    fresh = command("generate", folder)
    assert fresh.status == 0
    put_in(folder, "一.xlsx", CLEAN)
    commands.ingest(folder)
    for lost in ("register.sqlite", "register.backup"):
        (folder / ".sanjin" / lost).unlink()
    (folder / ".sanjin" / "archive").rename(tmp_path / "archive")
    (folder / "发放").rename(tmp_path / "发放")
    ran = command("generate", folder)
    assert ran.status == 1
    assert "从头" in ran.err


# --- feedback ---------------------------------------------------------------------------------------------------------


def test_feedback_is_written_again_when_the_results_change_and_who_must_get_it_is_told(round_folder: Path) -> None:
    put_in(round_folder, "一.xlsx", CLEAN)
    put_in(round_folder, "二.xlsx", NO_MONTH, YUANCHENG)
    commands.feedback(round_folder)
    watch = Noting()
    commands.ingest(round_folder, watch=watch)
    assert not watch.warnings
    put_in(round_folder, "三.xlsx", {**CLEAN, 1: planned(month=12)})
    commands.ingest(round_folder, watch=watch)
    (warning,) = watch.warnings
    assert warning.code == "feedback-changed"
    assert warning.facts["units"] == ("源城区司法局", "东源县司法局")  # the other's rank and mean are others too
    written = {path.name: path.read_bytes() for path in (round_folder / "反馈").glob("*.xlsx")}
    commands.feedback(round_folder)
    assert {path.name: path.read_bytes() for path in (round_folder / "反馈").glob("*.xlsx")} == written


def test_whose_score_and_rank_are_as_before_is_not_told_though_the_mean_is_another_one(round_folder: Path) -> None:
    put_in(round_folder, "一.xlsx", CLEAN)
    put_in(round_folder, "二.xlsx", NO_MONTH, YUANCHENG)
    commands.feedback(round_folder)
    before = {path.name: path.read_bytes() for path in (round_folder / "反馈").glob("*.xlsx")}
    put_in(round_folder, "二.xlsx", {**NO_MONTH, 4: planned(month=12)}, YUANCHENG)
    watch = Noting()
    commands.ingest(round_folder, watch=watch)
    assert [one.facts.get("units") for one in watch.warnings] == [("源城区司法局",)]
    after = {path.name: path.read_bytes() for path in (round_folder / "反馈").glob("*.xlsx")}
    assert sorted(name for name in before if after[name] != before[name]) == sorted(before)
    commands.ingest(round_folder, watch=watch)
    assert len(watch.warnings) == 1


def test_a_round_without_feedback_gets_none_from_an_ingest(round_folder: Path) -> None:
    put_in(round_folder, "一.xlsx", CLEAN)
    commands.ingest(round_folder)
    assert not (round_folder / "反馈").exists()


def test_feedback_of_a_unit_whose_return_is_gone_is_removed_and_told(round_folder: Path) -> None:
    put_in(round_folder, "一.xlsx", CLEAN)
    commands.feedback(round_folder)
    (round_folder / "回收" / "一.xlsx").unlink()
    watch = Noting()
    commands.ingest(round_folder, watch=watch)
    assert [(one.code, one.facts["units"]) for one in watch.warnings] == [("feedback-changed", ("东源县司法局",))]
    assert not list((round_folder / "反馈").glob("*.xlsx"))


# --- what next --------------------------------------------------------------------------------------------------------


def next_step(ran: Ran) -> str:
    (line,) = [line for line in ran.out.splitlines() if line.startswith("下一步")]
    return line


def test_every_step_names_the_next_one_as_it_is_typed(command: Command, round_folder: Path) -> None:
    # The folder has a space in its name.
    assert f'sanjin-xl ingest "{round_folder}"' in next_step(command("generate", round_folder))
    assert f'sanjin-xl ingest "{round_folder}"' in next_step(command("ingest", round_folder))
    put_in(round_folder, "一.xlsx", NO_MONTH)
    assert next_step(command("ingest", round_folder)) == words.NEXT_WORK.format(
        inbox=round_folder / "回收", program="sanjin-xl", folder=f'"{round_folder}"'
    )
    for unit in ("441602", "441621", "441622", "441623", "441624", "441625"):
        put_in(round_folder, f"{unit}.xlsx", {**CLEAN, int(unit[-1]): planned(month=12)}, unit)
    (round_folder / "回收" / "一.xlsx").unlink()
    ran = command("ingest", round_folder)
    expected = "feedback" if ran.status == 0 else "ingest"
    assert f'sanjin-xl {expected} "{round_folder}"' in next_step(ran)
    assert f'sanjin-xl ingest "{round_folder}"' in next_step(command("feedback", round_folder))


def test_the_program_is_named_as_it_was_called_where_the_path_does_not_lead_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, other = program_in(tmp_path / "三季度 .venv" / "bin"), program_in(tmp_path / "bin")
    monkeypatch.setattr(sys, "argv", [str(own), "ingest"])
    for path, said in ((own.parent, "sanjin-xl"), (other.parent, f'"{own}"'), (tmp_path, f'"{own}"')):
        monkeypatch.setenv("PATH", str(path))
        assert called() == said


def test_a_program_called_as_a_module_is_named_so_unless_the_path_leads_to_one_of_this_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [str(tmp_path / "sanjin_xl" / "__main__.py"), "ingest"])
    monkeypatch.setattr(sys, "orig_argv", ["python3", "-m", "sanjin_xl", "ingest"])
    monkeypatch.setattr(sys, "executable", str(tmp_path / "kit" / "python" / "python.exe"))
    beside, launcher, other = (program_in(tmp_path / name) for name in ("kit/python", "kit", "bin"))
    as_module = "python3 -m sanjin_xl"
    for path, said in ((beside, "sanjin-xl"), (launcher, "sanjin-xl"), (other, as_module), (tmp_path, as_module)):
        monkeypatch.setenv("PATH", str(path.parent))
        assert called() == said


def program_in(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "sanjin-xl"
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_of_thousands_of_units_the_screen_shows_twenty_and_how_many_more(tmp_path: Path) -> None:
    folder = new_round(tmp_path / "全国")
    units = "".join(f'\n[[units]]\ncode = "9{n:05}"\nname = "第{n}县司法局"\narea = "第{n}县"\n' for n in range(2844))
    path = folder / "round.toml"
    path.write_text(path.read_text(encoding="utf-8") + units, encoding="utf-8")
    for n in range(30):
        (folder / "回收" / f"坏{n}.xlsx").write_bytes(b"%d is no workbook" % n)
    said = list(lines.summary(commands.ingest(folder)))
    assert len(said) < 60
    assert max(map(len, said)) < 400
    text = "\n".join(said)
    assert "第19县司法局" in text
    assert "第20县司法局" not in text
    for count in ("2824", "2844", "10条"):
        assert count in text
