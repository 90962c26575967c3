"""`check` without a round: what a return states is what it is judged by; and what there is to say of odd paths."""

import json
from pathlib import Path

import pytest
from command import Command
from rounds import DUE, done, fill, planned, the_form

QUARTER = {1: planned(month=10), 2: planned(month=8), 3: done(month=10)}


def codes(command: Command, *arguments: str | Path) -> dict[int | None, set[str]]:
    """The codes of what `check --json` finds in one file, by item."""
    entry = json.loads(command("check", "--json", *arguments).out)
    found: dict[int | None, set[str]] = {}
    for one in entry["findings"]:
        found.setdefault(one["item"], set()).add(one["code"])
    return found


@pytest.fixture
def third_quarter(tmp_path: Path) -> Path:
    """A return of the third quarter, filled in on the last day."""
    path = tmp_path / "东源县司法局.xlsx"
    path.write_bytes(fill(the_form(), QUARTER, filled_on=DUE))
    return path


def test_a_plan_of_the_next_quarter_is_not_overdue_at_the_end_of_this_one(
    command: Command, third_quarter: Path
) -> None:
    found = codes(command, third_quarter)
    assert "plan-overdue" not in found.get(1, set())
    assert "plan-overdue" in found[2]
    # Filled in within October: what is done by then is done.
    assert "done-after-fill" not in found.get(3, set())


def test_a_day_that_is_given_is_the_day(command: Command, third_quarter: Path) -> None:
    assert "plan-overdue" in codes(command, third_quarter, "--as-of", "2012年12月31日")[1]
    assert "plan-overdue" not in codes(command, third_quarter, "--as-of", "2012-8-31").get(2, set())


def test_the_check_says_for_which_period_and_as_of_which_day(command: Command, third_quarter: Path) -> None:
    said = command("check", third_quarter).out
    assert "2012年第三季度" in said
    assert "2012年10月15日" in said


def test_each_file_is_judged_for_its_own_period(command: Command, tmp_path: Path, third_quarter: Path) -> None:
    other = tmp_path / "源城区司法局.xlsx"
    data = fill(the_form(), QUARTER, filled_on=None)
    other.write_bytes(data)
    for first, second in ((third_quarter, other), (other, third_quarter)):
        lines = command("check", "--json", first, second).out.splitlines()
        days = {
            Path(entry["path"]).name: one["message"]
            for entry in map(json.loads, lines)
            for one in entry["findings"]
            if one["code"] == "stamp-unverified"
        }
        assert "2012年10月15日" in days[third_quarter.name]
        assert "2012年9月30日" in days[other.name]


def test_an_empty_folder_a_link_to_nothing_and_a_link_to_a_file_are_told_as_what_they_are(
    command: Command, tmp_path: Path, third_quarter: Path
) -> None:
    empty, dangling, good = tmp_path / "空", tmp_path / "断.xlsx", tmp_path / "链.xlsx"
    empty.mkdir()
    try:
        dangling.symlink_to(tmp_path / "没有.xlsx")
        good.symlink_to(third_quarter)
    except OSError as error:
        pytest.skip(f"no links here: {error}")
    for path, word in ((empty, "空文件夹"), (dangling, "链接")):
        ran = command("check", path)
        assert (ran.status, ran.err) == (1, "")
        assert len(ran.out.splitlines()) == 1
        assert word in ran.out
    assert "可读" in command("check", good).out


@pytest.mark.parametrize("line", ["ingest {}", "generate {}", "new {} --period 2012年度 --due 2013-1-1", "demo {}"])
def test_a_folder_that_is_a_link_to_nothing_is_one_sentence(command: Command, tmp_path: Path, line: str) -> None:
    dangling = tmp_path / "断"
    try:
        dangling.symlink_to(tmp_path / "没有")
    except OSError as error:
        pytest.skip(f"no links here: {error}")
    ran = command(*[str(dangling) if part == "{}" else part for part in line.split()])
    assert ran.status == 2
    assert len(ran.err.splitlines()) == 1
    assert "链接" in ran.err
