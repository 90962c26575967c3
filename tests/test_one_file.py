"""One file's fault is that file's: its name, its time, its size, what it holds and what it does to its reader."""

import io
import json
import os
import random
import sys
import unicodedata
import zipfile
from concurrent.futures import BrokenExecutor, Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from command import Command
from hostile import SHEET, STRINGS, parts_of
from round_folders import new_round
from rounds import YUANCHENG, clean, done, fill, judge, rules, small_form, the_form, typed

from sanjin_xl import __version__
from sanjin_xl.judge.pipeline import Outcome, Processor, Status
from sanjin_xl.messages.files import REASONS
from sanjin_xl.model.errors import Refused
from sanjin_xl.round import containers, pools, workers
from sanjin_xl.round.containers import Budget, members
from sanjin_xl.round.inbox import Taken, told_apart
from sanjin_xl.round.register import REGISTER, Register
from sanjin_xl.round.workers import Judged, Spent

FORM = small_form()
GOOD = fill(FORM, clean(FORM))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return new_round(tmp_path / "本期")


def results_of(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "汇总" / "results.json").read_text(encoding="utf-8"))
    return content


def fates(folder: Path) -> dict[str, str]:
    return {one["path"]: one["status"] for one in results_of(folder)["files"]}


def zipped(*files: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return out.getvalue()


# --- what it is called ------------------------------------------------------------------------------------------------


def test_a_name_like_a_member_of_an_archive_is_a_file_of_its_own(command: Command, folder: Path) -> None:
    inbox = folder / "回收"
    (inbox / "a.zip").write_bytes(zipped(("b.xlsx", GOOD)))
    (inbox / "a.zip!b.xlsx").write_bytes(fill(FORM, clean(FORM), YUANCHENG))
    (inbox / "a.zip!b.xlsx #2").write_bytes(b"x")
    assert command("ingest", folder).status == 1
    assert fates(folder) == {
        "a.zip!b.xlsx": "counted", "a.zip!b.xlsx #2": "counted", "a.zip!b.xlsx #2 #2": "rejected"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a.xlsx", "a.xlsx"),
        ("é.xlsx", unicodedata.normalize("NFD", "é.xlsx")),
        ("A.xlsx", "a.xlsx"),
        ("ß.xlsx", "SS.xlsx"),
    ],
)
def test_files_that_look_alike_are_told_apart(one: str, other: str) -> None:
    shown = [taken.shown for taken in told_apart([Taken(one), Taken(other), Taken(f"{one} #2"), Taken(one)])]
    assert shown[:2] == [one, f"{other} #2"]
    assert len({unicodedata.normalize("NFC", name).casefold() for name in shown}) == 4


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are no bytes")
def test_names_that_are_the_same_once_they_can_be_shown_are_counted_each(command: Command, folder: Path) -> None:
    inbox = os.fsencode(folder / "回收")
    names = ["东源.xlsx".encode(), "东源.xlsx".encode("gb18030"), b"\xff\xfe.xlsx", b"\\xff\\xfe.xlsx"]
    names += ["\u202e.xlsx".encode(), b"\\u202e.xlsx", "E\u0301.xlsx".encode(), "\u00c9.xlsx".encode(), b"\xed\xa0\x80"]
    for n, name in enumerate(names):
        with open(os.path.join(inbox, name), "wb") as file:  # noqa: PTH118, PTH123
            file.write(GOOD + bytes(n) if n else GOOD)
    assert command("ingest", folder).status == 1
    paths = [one["path"] for one in results_of(folder)["files"]]
    assert len(paths) == len(set(paths)) == len(names)
    assert list(fates(folder).values()).count("counted") == 1


# --- when it was changed ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [-(2**62), -62_135_596_801, 253_402_300_800, 2**62])
def test_a_time_that_cannot_be_is_as_if_there_were_none(command: Command, folder: Path, seconds: int) -> None:
    for name in ("东源.xlsx", "东源.zip"):
        path = folder / "回收" / name
        path.write_bytes(GOOD if name.endswith("xlsx") else zipped(("源城.xlsx", fill(FORM, clean(FORM), YUANCHENG))))
        try:
            os.utime(path, (0, seconds))
        except (OSError, OverflowError):
            pytest.skip("this disk has no such time")
    assert command("ingest", folder).status == 1
    assert sorted(fates(folder).values()) == ["counted", "counted"]


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "9999-99-99T99:99:99Z"])
def test_a_time_of_saving_that_cannot_be_ends_nothing(command: Command, folder: Path, moment: str) -> None:
    parts = parts_of(GOOD)
    before, _, rest = parts["docProps/core.xml"].partition(b"<dcterms:modified")
    head, _, _ = rest.partition(b">")
    tail = rest.partition(b"</dcterms:modified>")[2]
    parts["docProps/core.xml"] = b"%s<dcterms:modified%s>%s</dcterms:modified>%s" % (
        before,
        head,
        moment.encode(),
        tail,
    )
    (folder / "回收" / "东源.xlsx").write_bytes(zipped(*parts.items()))
    assert command("ingest", folder).status == 1
    assert fates(folder) == {"东源.xlsx": "counted"}


# --- how much it says -------------------------------------------------------------------------------------------------


def test_a_return_that_says_more_than_a_form_has_room_for_is_refused() -> None:
    form = the_form()
    long = fill(form, clean(form) | {n: done(8, remark="一" * 3_000) for n in range(1, 101)})
    assert judge(long).reason == "file-much-text"
    honest = fill(form, clean(form) | {n: done(8, remark="一" * 300) for n in range(1, 109)})
    assert judge(honest).status is Status.READABLE


@pytest.mark.parametrize("copied", [True, False])
def test_a_text_shared_by_all_cells_counts_as_often_as_it_is_shown(copied: bool) -> None:
    # A string in an unusual shape is one that the reader copies for every cell.
    parts, text = parts_of(GOOD), b"<si><t>%s%s</t></si>" % (b"&#49;" if copied else b"", b"ab" * 5_000)
    number = parts[STRINGS].count(b"<si>")
    cells = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>%d</v></c></row>' % (r, r, number) for r in range(100, 8_000))
    parts[STRINGS] = parts[STRINGS].replace(b"</sst>", text + b"</sst>")
    parts[SHEET] = parts[SHEET].replace(b"</sheetData>", cells + b"</sheetData>")
    assert judge(zipped(*parts.items())).reason == "file-much-text"


def test_a_long_tick_is_bounded_as_well() -> None:
    form = the_form()
    entries = {n: typed(done="一" * 30_000) for n in range(1, 5)}
    assert judge(fill(form, clean(form) | entries)).reason == "file-much-text"


# --- what it does to its reader ---------------------------------------------------------------------------------------


def test_what_has_no_room_on_its_way_back_is_one_line() -> None:
    class Tight(ThreadPoolExecutor):
        def submit(self, function: Any, /, *arguments: Any) -> "Future[Any]":  # type: ignore[override]
            def judge(*given: Any) -> Any:
                if given and any(one.shown == "large.xlsx" for one in given[-1]):
                    raise MemoryError
                return function(*given)

            return super().submit(judge, *arguments)

    files = [Taken(f"{name}.xlsx", GOOD, sha256=name) for name in ("a", "large", "b")]
    outcomes = list(workers.judge_all(rules(FORM), files, partial(Tight, 1), 1))
    assert [(one.path, one.reason) for one in outcomes] == [
        ("a.xlsx", None), ("large.xlsx", workers.READER_DIED), ("b.xlsx", None)
    ]  # fmt: skip


class Deadly(ThreadPoolExecutor):
    """An executor that breaks as often as it is given deadly.xlsx, in this process."""

    def submit(self, function: Any, /, *arguments: Any) -> "Future[Any]":  # type: ignore[override]
        if arguments and any(one.shown == "deadly.xlsx" for one in arguments[-1]):
            raise BrokenExecutor
        return super().submit(function, *arguments)


def test_of_a_workbook_of_two_units_both_are_read_though_another_file_killed_their_reader(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    process = Processor.judge

    def judged(self: Processor, data: bytes, outcome: Outcome) -> Outcome:
        one = process(self, data, outcome)
        return replace(one.part_of("东源"), others=(one.part_of("紫金"),)) if outcome.path == "two.xlsx" else one

    monkeypatch.setattr(Processor, "judge", judged)
    files = [Taken(f"{name}.xlsx", GOOD, sha256=name) for name in ("two", "deadly")]
    outcomes = list(workers.judge_all(rules(FORM), files, partial(Deadly, 1), 1))
    assert [one.path for one in outcomes] == ["two.xlsx#东源", "two.xlsx#紫金", "deadly.xlsx"]


def test_what_killed_its_reader_is_not_read_again_by_this_version(
    command: Command, folder: Path, monkeypatch: pytest.MonkeyPatch, judged: list[str]
) -> None:
    process = Processor.judge

    def killed(self: Processor, data: bytes, outcome: Outcome) -> Outcome:
        one = process(self, data, outcome)
        return outcome.with_status(Status.REJECTED, workers.READER_DIED) if outcome.path.startswith("坏") else one

    monkeypatch.setattr(Processor, "judge", killed)
    (folder / "回收" / "坏.xlsx").write_bytes(GOOD + b"1")
    (folder / "回收" / "东源.xlsx").write_bytes(GOOD)
    first, second = command("ingest", folder), command("ingest", folder)
    assert judged == ["东源.xlsx", "坏.xlsx", "东源.xlsx"]
    assert first.out == second.out
    monkeypatch.setattr("sanjin_xl.round.commands.__version__", "9.9")
    command("ingest", folder)
    assert judged[3:] == ["东源.xlsx", "坏.xlsx"]
    register = Register(folder / ".sanjin" / REGISTER)
    assert len(register.fatal("9.9")) == 1
    register.close()


def test_equal_bytes_are_read_once_and_each_has_its_line(command: Command, folder: Path, judged: list[str]) -> None:
    for n in range(20):
        (folder / "回收" / f"{n:02}.xlsx").write_bytes(GOOD)
        (folder / "回收" / f"{n:02}.zip").write_bytes(
            zipped((f"{n}.xlsx", GOOD), (f"别的{n}.txt", b"\x00\x01 nothing"))
        )
    (folder / "回收" / "源城区司法局.xlsx").write_bytes(GOOD)  # its name says something else
    assert command("ingest", folder).status == 1
    assert len(judged) == 3
    statuses = list(fates(folder).values())
    assert [statuses.count(one) for one in ("counted", "duplicate", "rejected")] == [1, 39, 21]
    reasons = {one["path"]: one["reason"] for one in results_of(folder)["files"]}
    assert "源城区" in reasons["源城区司法局.xlsx"]


def test_copies_of_a_file_of_no_unit_are_each_quoted_by_their_own_name() -> None:
    one = Outcome(path="a.zip!甲.xlsx").with_status(Status.REJECTED, "unit-unknown", found="甲")
    assert (one.under("乙.xlsx").path, one.under("乙.xlsx").facts) == ("乙.xlsx", (("found", "乙"),))
    other = Outcome(path="甲.xlsx").with_status(Status.REJECTED, "unit-unknown", found="某县")
    assert other.under("乙.xlsx").facts == (("found", "某县"),)


# --- what it holds ----------------------------------------------------------------------------------------------------


def test_members_are_counted_over_all_depths() -> None:
    inner = zipped(*((f"{n}.txt", b"x") for n in range(150)))
    data = zipped(("a.zip", inner), ("b.zip", inner + b""), ("c.txt", b"x"))
    with pytest.raises(Refused) as caught:
        members(data)
    assert caught.value.code == "file-archive-many"
    assert len(members(zipped(("a.zip", inner), ("b.txt", b"x")))) == 151


def test_bytes_are_weighed_over_all_depths() -> None:
    noise = random.Random(1).randbytes(2_000)
    data = zipped(*((f"{n}.zip", zipped(*((f"{m}.bin", noise + bytes([n, m])) for m in range(3)))) for n in range(3)))
    with pytest.raises(Refused) as caught:
        members(data, Budget(size=20_000))
    assert caught.value.code == "file-archive-large"
    assert len(members(data, Budget(size=60_000))) == 9


def test_archives_lie_three_deep_at_most() -> None:
    data = zipped(("表.xlsx", GOOD))
    for depth in range(3):
        data = zipped((f"{depth}.zip", data), (f"旁{depth}.txt", b"x"))
    found = {one.path: one.refused.code if one.refused else None for one in members(data)}
    assert found == {
        "2.zip!1.zip!0.zip": "file-archive-depth", "2.zip!1.zip!旁0.txt": None, "2.zip!旁1.txt": None, "旁2.txt": None
    }  # fmt: skip


HOLLOW = zipped(("空/", b""))


@pytest.mark.parametrize("data", [zipped(), HOLLOW, zipped(("空/", b""), ("a.zip", HOLLOW))])
def test_an_archive_of_nothing_has_its_line(command: Command, folder: Path, data: bytes) -> None:
    (folder / "回收" / "空.zip").write_bytes(data)
    assert command("ingest", folder).status == 1
    (line,) = results_of(folder)["files"]
    assert line["status"] == "rejected"
    assert line["reason"] == REASONS["file-archive-empty"]


def test_a_damaged_archive_in_an_archive_costs_itself(command: Command, folder: Path) -> None:
    damaged = zipped(("x.xlsx", GOOD))[:-30]
    (folder / "回收" / "a.zip").write_bytes(zipped(("坏.zip", damaged), ("东源.xlsx", GOOD)))
    assert command("ingest", folder).status == 1
    assert fates(folder) == {"a.zip!东源.xlsx": "counted", "a.zip!坏.zip": "rejected"}


def test_members_share_the_time_of_their_container() -> None:
    spent = Spent()
    inside = [Taken(f"a.zip!{n}.xlsx", b"x", sha256=str(n), top="a.zip") for n in range(3)]
    alone = Taken("b.xlsx", b"x", sha256="b", top="b.xlsx")
    spent.noted(Judged(inside[0].outcome(), "a.zip", workers.SECONDS_PER_CONTAINER + 1))
    spent.noted(Judged(alone.outcome(), "b.xlsx", workers.SECONDS_PER_CONTAINER + 1))
    refused = [one.refused and one.refused.code for one in map(spent.in_time, (*inside[1:], alone))]
    assert refused == ["file-archive-slow", "file-archive-slow", None]


def test_a_file_that_a_neighbour_puts_into_a_slow_archive_is_read_by_itself(
    command: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "SECONDS_PER_CONTAINER", -1)  # every archive has had its time
    (folder / "回收" / "0.zip").write_bytes(zipped(("a.txt", b"x"), ("东源.xlsx", GOOD)))
    (folder / "回收" / "东源.xlsx").write_bytes(GOOD)
    command("ingest", folder)
    assert fates(folder)["东源.xlsx"] == "counted"


def test_bytes_that_killed_a_reader_kill_no_second_one() -> None:
    spent, one = Spent(), Taken("a.xlsx", b"x", sha256="1")
    spent.noted(Judged(workers.rejected(one, workers.READER_DIED), "", 20))
    again = spent.in_time(replace(one, shown="b.xlsx"))
    assert again.refused
    assert again.refused.code == workers.READER_DIED


def hang(_: bytes) -> list[containers.Member]:
    os.abort()


def short_of_room(_: bytes) -> list[containers.Member]:
    raise MemoryError


def broken(_: bytes) -> list[containers.Member]:
    raise KeyError("b")


@pytest.mark.parametrize(("opening", "reason"), [(short_of_room, workers.READER_DIED), (broken, "file-internal-error")])
def test_a_container_whose_opener_fails_is_one_line_and_what_took_all_room_is_remembered(
    command: Command, folder: Path, monkeypatch: pytest.MonkeyPatch, opening: Any, reason: str
) -> None:
    monkeypatch.setattr(workers, "open_container", opening)
    (folder / "回收" / "a.zip").write_bytes(zipped(("a.xlsx", GOOD)))
    (folder / "回收" / "东源.xlsx").write_bytes(GOOD)
    assert command("ingest", folder).status == 1
    assert fates(folder) == {"a.zip": "rejected", "东源.xlsx": "counted"}
    (said,) = (one["reason"] for one in results_of(folder)["files"] if one["reason"])
    assert said.startswith(REASONS[reason].partition("（")[0])
    register = Register(folder / ".sanjin" / REGISTER)
    assert bool(register.fatal(__version__)) is (reason == workers.READER_DIED)
    register.close()


@pytest.mark.workers
def test_a_container_that_kills_its_opener_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    opener = workers.Opener(partial(pools.local_pool, 1), fatal={"known"})
    good = zipped(("a.xlsx", GOOD))
    with pytest.raises(Refused) as caught:
        opener(good, "known")
    assert caught.value.code == workers.READER_DIED
    monkeypatch.setattr(workers, "open_container", hang)
    with pytest.raises(Refused) as caught:
        opener(good, "new")
    assert caught.value.code == workers.READER_DIED
    monkeypatch.undo()
    assert [one.path for one in opener(good, "other")] == ["a.xlsx"]
    opener.close()
