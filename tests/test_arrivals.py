"""Files are put into 回收/ and taken out of it, whole or not at all, over nothing, and wherever it may be run."""

import os
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sanjin_xl.model.errors import RoundError
from sanjin_xl.round import arrivals, commands
from sanjin_xl.round.archive import Archive
from sanjin_xl.round.arrivals import cleaned, put_back, put_in, take_out
from sanjin_xl.round.config import RETURNED
from sanjin_xl.round.outputs import WORKSHOP
from sanjin_xl.round.register import Register
from sanjin_xl.round.run import registered
from sanjin_xl.round.state import Step, state_of


@pytest.fixture
def inbox(round_folder: Path) -> Path:
    return round_folder / RETURNED


@pytest.fixture
def register(round_folder: Path) -> Iterator[Register]:
    with registered(round_folder) as (_, opened):
        yield opened


@pytest.fixture
def archive(round_folder: Path) -> Archive:
    return Archive(round_folder / WORKSHOP / "archive")


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "becomes"),
    [
        ("东源县司法局.xlsx", "东源县司法局.xlsx"),
        ("东源/报表.xlsx", "东源/报表.xlsx"),
        ("C:\\Users\\张\\报表.xlsx", "C_/Users/张/报表.xlsx"),
        ("../../etc/passwd", "etc/passwd"),
        ("/报表.xlsx", "报表.xlsx"),
        ("报表.xlsx. .", "报表.xlsx"),
        ("CON.xlsx", "_CON.xlsx"),
        ("com1", "_com1"),
        ("concert.xlsx", "concert.xlsx"),
        ('a<b>c:d"e|f?g*.xlsx', "a_b_c_d_e_f_g_.xlsx"),
        ("报\u202exslx.exe\n", "报xslx.exe"),
        ("\u00a0", "未命名"),
        ("...", "未命名"),
        ("", "未命名"),
    ],
)
def test_a_name_becomes_one_that_every_platform_takes(name: str, becomes: str) -> None:
    assert cleaned(name) == becomes


def test_a_long_name_keeps_its_ending() -> None:
    name = cleaned("龙" * 200 + ".xlsx")
    assert len(name.encode()) <= 180
    assert name.endswith("龙.xlsx")


@given(st.text())
@example("a/../../b")
@example("\\\\server\\share\\x")
def test_no_name_leads_out_of_the_folder_and_windows_takes_them_all(name: str) -> None:
    path = cleaned(name)
    assert not PureWindowsPath(path).is_absolute()
    for part in path.split("/"):
        assert part not in ("", ".", "..")
        assert part == part.rstrip(". ")
        assert not PureWindowsPath(part).is_reserved()
        assert not set(part) & set('<>:"\\|?*\0')
    assert cleaned(path) == path


# --- in and out -------------------------------------------------------------------------------------------------------


def test_another_file_of_the_same_name_is_put_beside_and_the_same_bytes_only_once(
    inbox: Path, register: Register
) -> None:
    names = [put_in(inbox, "东源.xlsx", data, register) for data in (b"1", b"2", b"1", b"3", b"2")]
    assert names == ["东源.xlsx", "东源 (2).xlsx", "东源.xlsx", "东源 (3).xlsx", "东源 (2).xlsx"]
    assert [(inbox / name).read_bytes() for name in dict.fromkeys(names)] == [b"1", b"2", b"3"]
    assert [(one.path, one.how) for one in register.arrivals()] == [(name, "dropped") for name in dict.fromkeys(names)]


def test_a_link_a_folder_and_a_file_of_the_same_name_stay_what_they_are(inbox: Path, register: Register) -> None:
    outside = inbox.parent / "别处.xlsx"
    outside.write_bytes(b"theirs")
    (inbox / "一.xlsx").symlink_to(outside)
    (inbox / "二.xlsx").mkdir()
    assert put_in(inbox, "一.xlsx", b"ours", register) == "一 (2).xlsx"
    assert put_in(inbox, "二.xlsx", b"ours", register) == "二 (2).xlsx"
    assert outside.read_bytes() == b"theirs"


def test_what_is_too_large_is_not_put_in(inbox: Path, register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "LARGEST_FILE", 4)
    with pytest.raises(RoundError, match="arrival-too-large"):
        put_in(inbox, "大.xlsx", b"12345", register)
    assert not list(inbox.iterdir())


def test_what_is_taken_out_can_be_put_back(inbox: Path, register: Register, archive: Archive) -> None:
    put_in(inbox, "东源/报表.xlsx", b"data", register)
    sha256 = take_out(inbox, "东源/报表.xlsx", archive, register)
    assert not (inbox / "东源/报表.xlsx").exists()
    assert put_back(inbox, sha256, archive, register) == "东源/报表.xlsx"
    assert (inbox / "东源/报表.xlsx").read_bytes() == b"data"
    assert [bool(one.taken_out) for one in register.arrivals()] == [False, True, False]


@pytest.mark.parametrize("shown", ["../round.toml", "/etc/passwd", "不在.xlsx", "", "链.xlsx"])
def test_only_what_lies_there_is_taken_out(inbox: Path, register: Register, archive: Archive, shown: str) -> None:
    (inbox / "链.xlsx").symlink_to(inbox.parent / "round.toml")
    with pytest.raises(RoundError, match="arrival-gone"):
        take_out(inbox, shown, archive, register)
    assert (inbox.parent / "round.toml").is_file()


def test_only_what_was_taken_out_is_put_back(inbox: Path, register: Register, archive: Archive) -> None:
    put_in(inbox, "东源.xlsx", b"data", register)
    sha256 = "3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7"  # of b"data"
    with pytest.raises(RoundError, match="arrival-gone"):
        put_back(inbox, sha256, archive, register)
    take_out(inbox, "东源.xlsx", archive, register)
    (kept,) = (path for path in (inbox.parent / WORKSHOP / "archive").glob("*/*"))
    kept.write_bytes(b"atad")
    with pytest.raises(RoundError, match="archive-faulty"):
        put_back(inbox, sha256, archive, register)


# --- where a round stands ---------------------------------------------------------------------------------------------


def step(folder: Path) -> tuple[Step, bool]:
    with registered(folder) as (_, register):
        state = state_of(folder, register)
    return state.step, state.stale


def test_a_round_is_stale_from_a_change_until_the_next_ingest(round_folder: Path) -> None:
    assert step(round_folder) == (Step.ISSUED, True)
    commands.ingest(round_folder)
    assert step(round_folder) == (Step.ISSUED, False)
    came = round_folder / RETURNED / "来.xlsx"
    for change in (
        lambda: came.write_bytes(b"1"),
        lambda: came.write_bytes(b"12"),
        lambda: os.utime(came, (1, 1)),
        lambda: came.rename(came.with_name("去.xlsx")),
        lambda: os.utime(round_folder / "round.toml", (1, 1)),
        lambda: os.utime(round_folder / "核定" / "核定表.xlsx", (1, 1)),
        lambda: came.with_name("去.xlsx").unlink(),
    ):
        change()
        assert step(round_folder)[1]
        commands.ingest(round_folder)
        assert not step(round_folder)[1]


def test_a_round_is_the_same_by_whatever_way_it_is_reached(round_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # On the command line "三季度", in the window the whole path, on another computer that of its own drive.
    (round_folder / "回收" / "x.pdf").write_bytes(b"x")
    commands.ingest(round_folder)
    monkeypatch.chdir(round_folder.parent)
    assert not step(Path(round_folder.name))[1]
    moved = round_folder.rename(round_folder.with_name("移走的"))
    assert not step(moved)[1]


def test_what_cannot_be_written_leaves_the_round_stale(round_folder: Path) -> None:
    (round_folder / "汇总" / "汇总.xlsx").mkdir()
    with pytest.raises(Exception, match=r"own-no-file|output"):
        commands.ingest(round_folder)
    assert step(round_folder)[1]


def test_how_far_a_round_has_come_is_told_by_its_files(round_folder: Path) -> None:
    (round_folder / RETURNED / "来.xlsx").write_bytes(b"1")
    assert step(round_folder)[0] is Step.RECEIVING
    (round_folder / "反馈").mkdir()
    (round_folder / "反馈" / "东源县.xlsx").write_bytes(b"")
    assert step(round_folder)[0] is Step.FED_BACK
