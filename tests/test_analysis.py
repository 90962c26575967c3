"""A round as data frames, held against the same results.json read by json alone."""

import json
import os
import subprocess
import sys
from decimal import Decimal
from inspect import getdoc
from pathlib import Path
from textwrap import dedent
from typing import Any

import pandas
import pytest
from command import Command

import sanjin_xl
from sanjin_xl import messages
from sanjin_xl.model.errors import RoundError


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample round after ingest."""
    folder = tmp_path_factory.mktemp("analysis") / "演示"
    ran = subprocess.run([sys.executable, "-m", "sanjin_xl", "demo", str(folder)], capture_output=True, check=False)
    assert ran.returncode == 0
    return folder


def content(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((folder / "汇总" / "results.json").read_text(encoding="utf-8"))
    return loaded


def plain(value: Any) -> Any:
    """A value of a frame as Python has it; None for <NA>."""
    return value if isinstance(value, list) else None if pandas.isna(value) else value


def rows(frame: pandas.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): plain(value) for key, value in row.items()} for row in frame.to_dict("records")]


def cents(text: str | None) -> int | None:
    return None if text is None else int(Decimal(text) * 100)


def test_every_unit_has_its_row_with_exact_points(demo: Path) -> None:
    units = rows(sanjin_xl.read_results(demo).units)
    entries = content(demo)["units"]
    assert {one["status"] for one in entries} >= {"counted", "missing"}
    for row, entry in zip(units, entries, strict=True):
        for key in ("code", "name", "status", "rank", "days_late", "file"):
            assert row[key] == entry[key]
        for key in ("score", "score_low", "score_high", "applicable", "late_deduction"):
            assert row[key] == cents(entry[key])
        for ordinal, points in entry["by_category"].items():
            assert row[f"by_category.{ordinal}"] == cents(points)
        assert {name: row[f"counts.{name}"] for name in entry["counts"]} == entry["counts"]
        for name, policy in entry["policies"].items():
            assert row[f"policies.{name}.score"] == cents(policy["score"])
            assert row[f"policies.{name}.rank"] == policy["rank"]


def test_every_answer_has_its_row_with_months_as_lists(demo: Path) -> None:
    answers = rows(sanjin_xl.read_results(demo).answers)
    entries = content(demo)["answers"]
    months = {type(one["done_month"]) for one in entries} | {type(one["planned_month"]) for one in entries}
    assert months == {int, list, type(None)}
    for row, entry in zip(answers, entries, strict=True):
        for key in ("unit", "item", "done", "planned", "ledger", "remark", "ruled"):
            assert row[key] == entry[key]
        for key in ("points", "points_low", "points_high", "auto_points"):
            assert row[key] == cents(entry[key])
        for key in ("done_month", "planned_month"):
            assert row[key] == (
                [] if entry[key] is None else [entry[key]] if isinstance(entry[key], int) else entry[key]
            )


def test_every_file_has_its_row_and_every_finding_of_one(demo: Path) -> None:
    frames = sanjin_xl.read_results(demo)
    entries = content(demo)["files"]
    assert rows(frames.files) == [{key: one[key] for key in one if key != "findings"} for one in entries]
    findings = [{"path": one["path"], "unit": one["unit"], **found} for one in entries for found in one["findings"]]
    assert len(findings) > 10
    assert rows(frames.findings) == findings


def test_columns_have_the_same_types_whatever_a_round_holds(demo: Path, command: Command, round_folder: Path) -> None:
    command("ingest", round_folder)  # nothing came
    full, empty = sanjin_xl.read_results(demo), sanjin_xl.read_results(round_folder)
    assert [len(frame) for frame in empty] == [6, 0, 0, 0]
    for some, none in zip(full, empty, strict=True):
        assert dict(none.dtypes.astype(str)).items() <= dict(some.dtypes.astype(str)).items()
    assert set(full.answers.dtypes.astype(str)) == {"string", "Int64", "boolean", "object"}
    assert set(full.units.dtypes.astype(str)) == set(full.findings.dtypes.astype(str)) == {"string", "Int64"}


def test_the_path_of_the_file_does_as_well(demo: Path) -> None:
    by_path = sanjin_xl.read_results(str(demo / "汇总" / "results.json"))
    for one, other in zip(by_path, sanjin_xl.read_results(demo), strict=True):
        pandas.testing.assert_frame_equal(one, other)


def test_what_a_later_program_adds_is_there_too(demo: Path, tmp_path: Path) -> None:
    changed = content(demo)
    changed["units"][0]["previous"] = {"rank": 2, "score": "80.50", "newly_done": None, "promised": 3, "kept": 1}
    changed["answers"][0]["extra"] = {"责任人": "张三"}
    changed["files"][0]["sender"] = "a@example.org"
    path = tmp_path / "results.json"
    path.write_text(json.dumps(changed), encoding="utf-8")
    units, answers, files, _ = sanjin_xl.read_results(path)
    assert rows(units)[0].items() >= {"previous.rank": 2, "previous.score": 8050, "previous.newly_done": None}.items()
    assert rows(answers)[0]["extra.责任人"] == "张三"
    assert next(iter(files["sender"])) == "a@example.org"


def test_a_province_is_read_exactly(demo: Path, tmp_path: Path) -> None:
    changed, many = content(demo), 1200
    (unit, *_), codes = (changed["units"]), [f"{n:06d}" for n in range(many)]
    answers = [one for one in changed["answers"] if one["unit"] == unit["code"]]
    changed["units"] = [{**unit, "code": code} for code in codes]
    changed["answers"] = [{**one, "unit": code} for code in codes for one in answers]
    path = tmp_path / "results.json"
    path.write_text(json.dumps(changed), encoding="utf-8")
    frames = sanjin_xl.read_results(path)
    assert (len(frames.units), len(frames.answers)) == (many, many * len(answers))
    assert frames.answers["points"].sum() == many * sum(cents(one["points"]) or 0 for one in answers)
    assert frames.answers.groupby("unit")["points"].sum().nunique() == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (None, "results-missing"),
        ("", "results-unreadable"),
        ("[]", "results-unreadable"),
        ("[" * 100_000, "results-unreadable"),
        ('{"schema": "other/1", "units": [], "answers": [], "files": []}', "results-unreadable"),
        ('{"schema": "sanjin-xl/results/1", "units": [5], "answers": [], "files": []}', "results-unreadable"),
        (
            '{"schema": "sanjin-xl/results/1", "units": [{"score": "x"}], "answers": [], "files": []}',
            "results-unreadable",
        ),
        (
            '{"schema": "sanjin-xl/results/1", "units": [{"rank": "x"}], "answers": [], "files": []}',
            "results-unreadable",
        ),
        ('{"schema": "sanjin-xl/results/1", "units": []}', "results-unreadable"),
    ],
)
def test_what_is_no_results_file_is_told_in_a_sentence(tmp_path: Path, text: str | None, code: str) -> None:
    path = tmp_path / "汇总" / "results.json"
    if text is not None:
        path.parent.mkdir()
        path.write_text(text, encoding="utf-8")
    with pytest.raises(RoundError) as raised:
        sanjin_xl.read_results(tmp_path)
    assert raised.value.code == code
    assert raised.value.__notes__ == [messages.error(raised.value)]
    assert str(path) in raised.value.__notes__[0]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes among the files of this platform")
def test_a_pipe_in_the_place_of_the_results_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "汇总").mkdir()
    os.mkfifo(tmp_path / "汇总" / "results.json")
    with pytest.raises(RoundError, match="results-unreadable"):
        sanjin_xl.read_results(tmp_path)


def test_the_example_for_an_analyst_runs(
    demo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, _, example = (getdoc(sanjin_xl.read_results) or "").partition("    import sanjin_xl")
    demo.parent.joinpath("三季度").symlink_to(demo)
    monkeypatch.chdir(demo.parent)
    exec(dedent("    import sanjin_xl" + example))
    printed = capsys.readouterr().out
    assert all(name in printed for name in ("龙川县", "by_category.九", "planned_month"))


def test_the_package_is_light_until_results_are_read() -> None:
    heavy = "{'pandas', 'numpy', 'click', 'json', 'xlsxwriter'} & set(sys.modules)"
    program = f"import sys, sanjin_xl; print({heavy}); sanjin_xl.read_results; print('pandas' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["set()", "False"]
    with pytest.raises(AttributeError):
        getattr(sanjin_xl, "read_result")  # noqa: B009  (no such name)
