"""What the program itself has written is known for it when it lies in 回收/, and is no county's return."""

from io import BytesIO
from pathlib import Path

import pytest
from command import Command
from openpyxl import load_workbook
from round_folders import new_round
from rounds import DONGYUAN, YUANCHENG, done, fill, small_form, typed

from sanjin_xl.judge.pipeline import Status
from sanjin_xl.messages import OUTPUT_SHEETS
from sanjin_xl.round.commands import ingest


@pytest.fixture
def written(command: Command, tmp_path: Path) -> Path:
    """A round of which two counties have reported, with everything the program writes."""
    folder = new_round(tmp_path / "本期")
    assert command("generate", folder).status == 0
    answers = {item.number: done(9) for item in small_form().items}
    for unit, first in ((DONGYUAN, typed(done="部分")), (YUANCHENG, done(8))):
        data = fill(small_form(), answers | {1: first}, unit)
        (folder / "回收" / f"{unit}.xlsx").write_bytes(data)
    command("ingest", folder)
    command("feedback", folder)
    return folder


def books_of(folder: Path) -> list[Path]:
    return [folder / "汇总" / "汇总.xlsx", folder / "核定" / "核定表.xlsx", *(folder / "反馈").iterdir()]


@pytest.mark.parametrize("saved_again", [False, True])
def test_a_workbook_of_ours_is_no_return_however_it_is_named_or_saved(written: Path, saved_again: bool) -> None:
    books = [one.read_bytes() for one in books_of(written)]
    assert len(books) == 4
    for data in books:
        for one in (written / "回收").iterdir():
            one.unlink()
        (written / "回收" / "东源县.xlsx").write_bytes(by_openpyxl(data) if saved_again else data)
        results = ingest(written)
        assert [(one.status, one.reason) for one in results.files] == [(Status.REJECTED, "our-output")]
        assert not any(one.outcome for one in results.units)


def by_openpyxl(data: bytes) -> bytes:
    book, out = load_workbook(BytesIO(data)), BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_return_with_a_sheet_of_ours_in_it_is_a_return(written: Path) -> None:
    returned = written / "回收" / f"{DONGYUAN}.xlsx"
    book = load_workbook(BytesIO(returned.read_bytes()))
    for sheets in OUTPUT_SHEETS.values():
        for name in sheets:
            book.create_sheet(name)
    book.save(returned)
    status = {one.path: one.status for one in ingest(written).files}
    assert status[returned.name] is Status.COUNTED


def test_a_blank_form_and_a_correction_copy_are_no_output(written: Path) -> None:
    for one in (written / "回收").iterdir():
        one.unlink()
    for name, place in (("空表.xlsx", "发放"), ("退回.xlsx", "退回")):
        (written / "回收" / name).write_bytes(next(iter(sorted((written / place).glob("*东源*.xlsx")))).read_bytes())
    reasons = {one.reason for one in ingest(written).files}
    assert "our-output" not in reasons
