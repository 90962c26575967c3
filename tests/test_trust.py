"""What a county types about itself decides nothing: a dishonest county, with files alone, through the command line."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from command import Command, Ran, small_round
from rounds import DONGYUAN, YUANCHENG, Entry, clean, done, fill, planned, small_form

from sanjin_xl.model.form import Form

FORM = small_form()
NAMES = {DONGYUAN: "东源县司法局", YUANCHENG: "源城区司法局"}
FULL, HALF_DONE = "10.34", "5.01"  # everything done, and the first two categories alone
ALL = clean(FORM)
SOME = {number: entry for number, entry in ALL.items() if number < 6}


@dataclass
class Round:
    """A round of the small form with its forms issued: files come in, everything is ingested."""

    folder: Path
    command: Command

    def put(self, name: str, data: bytes) -> None:
        path = self.folder / "回收" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)

    def configure(self, *lines: str) -> None:
        """Put lines at the head of round.toml."""
        path = self.folder / "round.toml"
        path.write_text("\n".join([*lines, path.read_text(encoding="utf-8")]), encoding="utf-8")

    def name(self, table: str, line: str) -> None:
        """Put a line into a table at the end of round.toml."""
        path = self.folder / "round.toml"
        path.write_text(f"{path.read_text(encoding='utf-8')}\n[{table}]\n{line}\n", encoding="utf-8")

    def ingest(self, *options: str | Path) -> Ran:
        return self.command("ingest", self.folder, *options)

    @property
    def json(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.folder / "汇总" / "results.json").read_text(encoding="utf-8"))
        return content

    def unit(self, code: str = DONGYUAN) -> dict[str, Any]:
        return next(one for one in self.json["units"] if one["code"] == code)

    def file(self, name: str) -> dict[str, Any]:
        return next(one for one in self.json["files"] if one["path"] == name)

    def span(self, code: str = DONGYUAN) -> tuple[str, str, str]:
        """The score of a unit, and the least and the most it may become."""
        unit = self.unit(code)
        return unit["score"], unit["score_low"], unit["score_high"]

    def asked(self, name: str) -> set[str]:
        """What must be corrected or ruled on in a file."""
        return {one["code"] for one in self.file(name)["findings"] if one["severity"] != "note"}


@pytest.fixture
def a_round(command: Command, tmp_path: Path) -> Round:
    folder = small_round(command, tmp_path / "三季度")
    assert command("generate", folder).status == 0
    return Round(folder, command)


# --- neighbours -------------------------------------------------------------------------------------------------------


def test_an_item_ticked_beside_a_neighbour_that_is_not_counts_and_the_city_is_asked(a_round: Round) -> None:
    a_round.put("东源县司法局.xlsx", fill(FORM, ALL | {6: planned(month=12)}))
    assert a_round.ingest().status == 1
    assert a_round.asked("东源县司法局.xlsx") == {"neighbour-not-done"}
    assert a_round.span() == ("7.01",) * 3
    assert not list((a_round.folder / "退回").iterdir())
