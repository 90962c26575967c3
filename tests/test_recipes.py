"""What docs/contributing.md §3 gives to copy does what it says there; column and policy have tests of their own."""

import io
import json
import re
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command import Command
from openpyxl import load_workbook
from round_folders import new_round
from rounds import YUANCHENG, clean, fill, heyuan, rules, small_form

from sanjin_xl.books import summary
from sanjin_xl.judge.pipeline import Processor
from sanjin_xl.judge.versions import settle
from sanjin_xl.messages import summary as words
from sanjin_xl.model.errors import Refused
from sanjin_xl.outcome.compile import compile_results
from sanjin_xl.round import containers
from sanjin_xl.workbook.package import Package
from sanjin_xl.workbook.sniff import sniff

PAGE = Path(__file__).parent.parent / "docs" / "contributing.md"


def copied(function: str) -> Any:
    """A function of a block of the page, as if the block were a module."""
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (block,) = [one for one in blocks if f"def {function}(" in one]
    module: dict[str, Any] = {}
    exec(block, module)
    return module[function]


def test_the_sheet_stands_in_the_city_workbook_with_a_row_for_each_unit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "LATENESS", "逾期情况", raising=False)
    monkeypatch.setattr(summary, "SHEETS", (*summary.SHEETS, copied("add_lateness")))
    by = rules(small_form(), late_deduction=50)
    late = Processor(by).process_file(fill(by.form, clean(by.form), YUANCHENG, by.due.replace(day=18)), "源城区.xlsx")
    results = compile_results(by, settle([late], by))
    sheet = load_workbook(io.BytesIO(summary.summary_bytes(results)))["逾期情况"]
    rows = [tuple(cell.value for cell in row) for row in sheet.iter_rows(min_row=3)]
    assert rows[0] == (1, "源城区司法局", 1.5)
    assert [name for _, name, _ in rows[1:]] == [one.name for one in heyuan().units if one.code != YUANCHENG]


# --- the container --------------------------------------------------------------------------------------------------


def tarred(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def test_a_return_in_the_container_is_counted(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = new_round(tmp_path / "round")
    data = tarred(("./表.xlsx", fill(small_form(), clean(small_form()), YUANCHENG)))
    monkeypatch.setattr(containers, "CONTAINERS", {**containers.CONTAINERS, sniff(data): copied("open_tar")})
    (folder / "回收" / "源城.tar").write_bytes(data)
    command("ingest", folder)
    (file,) = json.loads((folder / "汇总" / "results.json").read_text(encoding="utf-8"))["files"]
    assert (file["path"], file["status"], file["unit"]) == ("源城.tar!表.xlsx", "counted", YUANCHENG)


def of_size(size: int) -> bytes:
    """A container whose only member is said to be so large, in the binary way."""
    head = bytearray(tarred(("a.xlsx", b""))[:512])
    head[124:136] = b"\x80" + size.to_bytes(11)
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head) + bytes(1024)


MANY = tarred(*((f"{n}.xlsx", b"") for n in range(1001)))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (tarred(("a.xlsx", bytes(3000)))[:2000], "file-cut-off"),
        (tarred(("a.xlsx", b"1"), ("A.xlsx", b"2")), "file-duplicate-part"),
        (tarred(("../a.xlsx", b"")), "file-name"),
        (MANY, "file-too-many-parts"),
        (of_size(2**87), "file-cut-off"),
    ],
    ids=["cut off", "one name", "a name that leads out", "too many", "a size beyond all"],
)
def test_a_container_that_is_not_sound_is_refused(data: bytes, code: str) -> None:
    open_tar: Callable[[bytes], Package] = copied("open_tar")
    with pytest.raises(Refused) as caught:
        open_tar(data)
    assert caught.value.code == code
