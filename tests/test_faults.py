"""A fault of ours: one sentence for the clerk, and for us a log that can be found, sent and read by anybody."""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from command import Command

from sanjin_xl.round.faults import LOG_FILE, LONGEST_LOG, log_fault

LINES_OF_A_TRACEBACK = re.compile(r"^Traceback|^  File ", re.MULTILINE)


@pytest.fixture(autouse=True)
def temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The temp folder, where a log lies that has no round."""
    folder = tmp_path / "temp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def broken(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """From now on `ingest` ends with this error."""

    def ingest(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("sanjin_xl.round.commands.ingest", ingest)


def log_of(round_folder: Path) -> Path:
    return round_folder / ".sanjin" / LOG_FILE


def no_log(*folders: Path) -> bool:
    return not any(list(folder.rglob(LOG_FILE)) for folder in folders)


def test_a_fault_is_logged_in_the_round_and_its_sentence_names_the_log(
    command: Command, round_folder: Path, temp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch, ValueError("紫金县\n第二行"))
    ran = command("ingest", round_folder)
    assert ran.status == 2
    assert ran.err.count("\n") == 1
    assert str(log_of(round_folder)) in ran.err
    assert not LINES_OF_A_TRACEBACK.search(ran.err)
    text = log_of(round_folder).read_text(encoding="utf-8")
    assert LINES_OF_A_TRACEBACK.search(text)
    assert "紫金县" in text
    assert str(round_folder) in text
    assert no_log(temp)


def test_the_log_grows_by_every_fault_each_with_its_time(
    command: Command, round_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(3):
        broken(monkeypatch, ZeroDivisionError(f"fault {n}"))
        command("ingest", round_folder)
    text = log_of(round_folder).read_text(encoding="utf-8")
    assert re.findall("fault [0-9]", text) == ["fault 0", "fault 1", "fault 2"]
    assert len(re.findall(r"^== \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$", text, re.MULTILINE)) == 3


def test_without_a_round_the_log_lies_in_the_temp_folder(
    command: Command, tmp_path: Path, temp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch, ZeroDivisionError())
    assert str(temp / LOG_FILE) in command("ingest", tmp_path / "没有").err
    assert (temp / LOG_FILE).is_file()
    assert not (tmp_path / "没有").exists()


def test_a_log_that_cannot_be_written_does_not_cost_the_sentence(
    command: Command, round_folder: Path, temp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch, ZeroDivisionError())
    log_of(round_folder).mkdir()
    assert str(temp / LOG_FILE) in command("ingest", round_folder).err
    (temp / LOG_FILE).unlink()
    (temp / LOG_FILE).mkdir()
    ran = command("ingest", round_folder)
    assert (ran.status, ran.err.count("\n")) == (2, 1)
    assert LOG_FILE not in ran.err
    monkeypatch.setitem(sys.modules, "sanjin_xl.round.faults", None)  # not even loaded
    ran = command("ingest", round_folder)
    assert (ran.status, ran.err.count("\n")) == (2, 1)


def test_the_log_keeps_the_secrets_of_the_round(round_folder: Path) -> None:
    config = round_folder / "round.toml"
    config.write_text('passwords = ["口令\'\\\\1"]\n' + config.read_text(encoding="utf-8"), encoding="utf-8")
    keys = json.loads((round_folder / ".sanjin" / "key").read_text(encoding="utf-8"))
    secrets = [*keys.values(), "口令'\\1", repr("口令'\\1")[1:-1], repr(bytes.fromhex(keys["secret"]))[2:-1]]
    for filler in (0, 9_000, 9_950, 9_999):  # wherever a long message is cut
        log = log_fault(ValueError("x" * filler, *secrets, "y" * 20_000, *secrets), round_folder)
        assert log is not None
        text = log.read_text(encoding="utf-8")
        assert "ValueError" in text
        assert not [one for one in secrets if one[:12] in text or one[-12:] in text]


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"\xff\xff"])
def test_what_cannot_be_read_of_a_round_does_not_cost_the_log(round_folder: Path, damage: bytes) -> None:
    for path in (round_folder / "round.toml", round_folder / ".sanjin" / "key"):
        path.write_bytes(damage)
    assert log_fault(ZeroDivisionError(), round_folder) == log_of(round_folder)


def test_the_log_does_not_grow_for_ever_and_keeps_the_newest(round_folder: Path) -> None:
    for n in range(60):
        log_fault(ValueError(f"fault {n} of many", "字" * 30_000), round_folder)
    data = log_of(round_folder).read_bytes()
    assert len(data) < LONGEST_LOG * 1.5
    text = data.decode("utf-8")
    assert text.startswith("== ")
    assert "fault 59 of many" in text
    assert "fault 0 of many" not in text


@pytest.mark.parametrize(
    "arguments",
    [("frobnicate",), ("ingest", "--colour"), ("new",), ("ingest", "没有"), ("check", "没有.xlsx")],
)
def test_what_the_clerk_can_mend_is_not_logged(
    command: Command, round_folder: Path, temp: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.chdir(round_folder)
    ran = command(*arguments)
    assert ran.status == 2
    assert no_log(round_folder, temp)
    assert not LINES_OF_A_TRACEBACK.search(command("--debug", *arguments).err)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), PermissionError(13, "denied"), OSError(28, "full")])
def test_an_interrupt_or_a_full_disk_is_no_fault_of_ours(
    command: Command, round_folder: Path, temp: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    broken(monkeypatch, error)
    assert command("ingest", round_folder).status == 2
    assert no_log(round_folder, temp)


def test_an_end_of_file_nobody_expected_is_a_fault_and_no_interrupt(
    command: Command, round_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch, EOFError("cut off"))
    command("ingest", round_folder)
    assert "EOFError: cut off" in log_of(round_folder).read_text(encoding="utf-8")


@pytest.mark.parametrize("arguments", [("--debug", "ingest"), ("ingest", "--debug")])
def test_with_debug_the_traceback_is_shown_and_nothing_logged(
    command: Command, round_folder: Path, temp: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    broken(monkeypatch, ZeroDivisionError("by debug"))
    ran = command(*arguments, round_folder)
    assert (ran.status, ran.out) == (2, "")
    assert LINES_OF_A_TRACEBACK.search(ran.err)
    assert "ZeroDivisionError: by debug" in ran.err.splitlines()[-1]
    assert no_log(round_folder, temp)


def test_the_package_runs_as_the_command_does(command: Command) -> None:
    line = [sys.executable, "-X", "utf8", "-m", "sanjin_xl", "ingest", "--help"]
    ran = subprocess.run(line, capture_output=True, encoding="utf-8", check=True)
    assert ran.stdout == command("ingest", "--help").out
