"""Six good returns among hundreds of hostile files: exactly the six are counted, and every file has its one line."""

import json
import random
from pathlib import Path

import pytest
from command import Command
from hostile import CASES
from hostile.make import make_all
from rounds import FILLED_ON, KEY, Entry, done, fill, heyuan, planned, the_form

NAMES = ("done", "done_month", "planned", "planned_month", "ledger", "remark")


def answers_of(code: str) -> dict[int, Entry]:
    rng = random.Random(code)
    return {
        item.number: rng.choice([
            done(month=9), done(month=8, ledger=False), planned(month=12 if item.planned_month else None), {}
        ])
        for item in the_form().items
    }  # fmt: skip


def meant(entry: Entry) -> tuple[object, ...]:
    month = {
        name: int(entry[name].removesuffix("月")) if name in entry else None for name in ("done_month", "planned_month")
    }
    ticks = {name: name in entry for name in ("done", "planned", "ledger")}
    return tuple({**month, **ticks, "remark": entry.get("remark", "")}[name] for name in NAMES)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A round whose inbox holds six good returns and the whole hostile collection."""
    folder = tmp_path_factory.mktemp("poisoned")
    (folder / "回收" / "敌").mkdir(parents=True)
    (folder / ".sanjin").mkdir()
    key = {"secret": KEY.hex(), "password": "password", "salt": bytes(16).hex()}
    (folder / ".sanjin" / "key").write_text(json.dumps(key), encoding="utf-8")
    text = 'form = "sanjin-2012"\nperiod = "2012年第三季度"\ndue = 2012-10-15\n'
    (folder / "round.toml").write_text(text, encoding="utf-8")
    for unit in heyuan().units:
        data = fill(the_form(), answers_of(unit.code), unit=unit.code, filled_on=FILLED_ON)
        (folder / "回收" / f"{unit.name}.xlsx").write_bytes(data)
    # The collection is made of a return that is no unit's, so that what may be read of it counts for nobody.
    make_all(folder / "回收" / "敌", fill(the_form(), {}, key=b"another key"))
    return folder


@pytest.mark.workers
def test_only_the_good_are_counted_and_every_file_has_its_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = sum(1 for path in (folder / "回收").rglob("*"))
    ran = Command(monkeypatch, capsys)("ingest", folder)
    assert ran.status == 1, ran.err
    results = json.loads((folder / "汇总" / "results.json").read_text(encoding="utf-8"))
    counted = {one["path"] for one in results["files"] if one["status"] == "counted"}
    assert counted == {f"{unit.name}.xlsx" for unit in heyuan().units}
    paths = [one["path"] for one in results["files"]]
    assert len(paths) == len(set(paths))
    assert len(CASES) >= 100
    assert len(paths) >= found - 1 - len(heyuan().units)  # but for the folder itself
    assert all(one["reason"] for one in results["files"] if one["status"] != "counted")
    read = {(one["unit"], one["item"]): tuple(one[name] for name in NAMES) for one in results["answers"]}
    assert read == {
        (unit.code, number): meant(entry) for unit in heyuan().units for number, entry in answers_of(unit.code).items()
    }
