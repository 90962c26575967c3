"""What the terminal does to a command: it closes, its reader ends, its disk is full, it knows no Chinese."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sanjin_xl.messages import cli as words

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a shell of POSIX")


def shell(line: str, folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """A line of shell in which `$X` is the command line and `$R` a round; piped, the status is that of `$X`."""
    told = {"X": f"{sys.executable} -m sanjin_xl", "R": str(folder), "PYTHONUTF8": "1"}
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line}"],
        env=os.environ | told | environment,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("arguments", ["checks", "checks --json", "--help", 'ingest "$R"'])
def test_a_pipe_that_nobody_reads_is_one_sentence(round_folder: Path, arguments: str) -> None:
    ran = shell(f"$X {arguments} | true", round_folder)
    assert (ran.returncode, ran.stderr) == (2, f"{words.OUTPUT_ENDED}\n")


def test_where_both_streams_end_nothing_is_said_and_the_status_tells(round_folder: Path) -> None:
    assert shell("$X checks 2>&1 | true", round_folder).returncode == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_report_that_finds_its_disk_full_is_one_sentence(round_folder: Path) -> None:
    ran = shell("$X checks > /dev/full", round_folder)
    assert (ran.returncode, ran.stderr.count("\n")) == (2, 1)
    assert words.SYSTEM_FAULTS["full"].format(path=words.A_FILE) in ran.stderr


def test_with_standard_output_closed_the_work_is_done_and_nothing_is_printed_into_a_file(round_folder: Path) -> None:
    ran = shell('$X ingest "$R" >&-', round_folder)
    assert (ran.returncode, ran.stderr) == (1, f"{words.OUTPUT_CLOSED}\n")
    assert shell('$X ingest "$R" <&- >&- 2>&-', round_folder).returncode == 1
    assert shell('$X ingest "$R"', round_folder).returncode == 1


def test_in_the_c_locale_chinese_names_work(round_folder: Path) -> None:
    ran = shell('$X ingest "$R"', round_folder, LC_ALL="C", PYTHONUTF8="")
    assert (ran.returncode, ran.stderr) == (1, "")
    assert "汇总.xlsx" in ran.stdout


def test_where_names_cannot_be_chinese_one_sentence_says_what_to_set(round_folder: Path) -> None:
    ran = shell('$X ingest "$R"', round_folder, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert (ran.returncode, ran.stderr.count("\n")) == (2, 1)
    assert "PYTHONUTF8=1" in ran.stderr
