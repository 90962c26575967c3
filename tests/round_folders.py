"""Round folders made up for a test: their stamps are made with the key of `rounds`, so that its returns are theirs."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from rounds import DUE, KEY, SMALL_FORM

from sanjin_xl.judge.pipeline import Outcome, Processor
from sanjin_xl.model.errors import SanjinError
from sanjin_xl.model.form import parse_form
from sanjin_xl.round import commands
from sanjin_xl.round.new_round import make_round
from sanjin_xl.round.watch import Watch


class Noting(Watch):
    """Keeps all that it is told."""

    def __init__(self) -> None:
        self.stages: list[tuple[str, int, int]] = []
        self.files: list[Outcome] = []
        self.written: list[Path] = []
        self.warnings: list[SanjinError] = []

    def stage(self, name: str, done: int, total: int) -> None:
        self.stages.append((name, done, total))

    def file(self, outcome: Outcome) -> None:
        self.files.append(outcome)

    def wrote(self, path: Path) -> None:
        self.written.append(path)

    def warn(self, warning: SanjinError) -> None:
        self.warnings.append(warning)


def new_round(folder: Path, period: str = "2012年第三季度", due: date = DUE, *, form: str | None = SMALL_FORM) -> Path:
    """A fresh round of the form with this text, or of the 2012 form (None); nothing is issued yet."""
    folder.mkdir(exist_ok=True)
    name = parse_form(form).id if form else "sanjin-2012"
    if form:
        (folder / f"{name}.toml").write_text(form, encoding="utf-8")
    make_round(folder, form=name, period=period, due=due)
    keys = {"secret": KEY.hex(), "password": "password", "salt": bytes(16).hex()}
    (folder / ".sanjin" / "key").write_text(json.dumps(keys), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def issued_round(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The round that tests get a copy of; of the small form, to save time."""
    folder = new_round(tmp_path_factory.mktemp("issued") / "三季度")
    commands.generate(folder)
    return folder


@pytest.fixture
def round_folder(issued_round: Path, tmp_path: Path) -> Path:
    """A fresh round with its workbooks issued; the name has a space and Chinese in it."""
    return shutil.copytree(issued_round, tmp_path / "三 季度")


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the files that were judged, one after the other: of equal bytes, only one."""
    paths: list[str] = []
    judge = Processor.judge

    def noted(self: Processor, data: bytes, outcome: Outcome) -> Outcome:
        paths.append(outcome.path)
        return judge(self, data, outcome)

    monkeypatch.setattr(Processor, "judge", noted)
    return paths
