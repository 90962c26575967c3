"""What happens to files happens to a round's own: register, key, archive, outputs; each fault by its cause."""

import errno
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Any

import pytest
from command import Command, Ran
from round_folders import Noting
from rounds import clean, fill, heyuan, small_form, typed

from sanjin_xl import messages
from sanjin_xl.model.errors import SanjinError, WorkbookError
from sanjin_xl.round import commands, outputs, register
from sanjin_xl.round.keys import read_keys
from sanjin_xl.round.lock import only_one
from sanjin_xl.round.run import round_rules

posix = pytest.mark.skipif(os.name != "posix", reason="rights as POSIX knows them")

# What 0.1.0 wrote: no version, no fact.
OLD_TABLES = re.sub(r"CREATE TABLE IF NOT EXISTS facts \(.*?\);", "", register._TABLES, flags=re.DOTALL)


def register_of(folder: Path) -> Path:
    return folder / ".sanjin" / "register.sqlite"


def one_sentence(ran: Ran) -> bool:
    return (ran.status, ran.err.count("\n"), "Traceback" in ran.err) == (2, 1, False)


def works(ran: Ran) -> bool:
    return ran.status in (0, 1) and not ran.err


def code_of(folder: Path, command: Any = commands.ingest) -> str:
    """The code of the error a command over the round ends with."""
    with pytest.raises(SanjinError) as raised:
        command(folder)
    assert messages.error(raised.value)
    return raised.value.code


def return_all(folder: Path) -> None:
    key = read_keys(folder).secret
    for unit in heyuan().units:
        (folder / "回收" / f"{unit.name}.xlsx").write_bytes(fill(small_form(), clean(small_form()), unit.code, key=key))


def outcomes(folder: Path) -> dict[str, int]:
    content = json.loads((folder / "汇总" / "results.json").read_text(encoding="utf-8"))
    statuses = [one["status"] for one in content["files"]]
    return {status: statuses.count(status) for status in statuses}


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def old_round(round_folder: Path) -> Path:
    """A round as 0.1.0 left it: forms issued, a register without a version."""
    path = register_of(round_folder)
    with closing(sqlite3.connect(path)) as db:
        issues = db.execute("SELECT * FROM issues").fetchall()
    path.unlink()
    path.with_name("register.backup").unlink()
    with closing(sqlite3.connect(path)) as db:
        db.executescript(OLD_TABLES)
        db.executemany("INSERT INTO issues VALUES (?, ?, ?, ?)", issues)
        db.commit()
    return round_folder


# --- the register -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["EXCLUSIVE", "IMMEDIATE"])
def test_a_register_another_program_holds_is_busy_and_not_damaged(
    command: Command, round_folder: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.setattr(register, "PATIENCE", 0.1)
    return_all(round_folder)
    with closing(sqlite3.connect(register_of(round_folder), isolation_level=None)) as other:
        other.execute(f"BEGIN {mode}")
        assert code_of(round_folder) == "register-busy"
        assert one_sentence(command("ingest", round_folder))
        if mode == "EXCLUSIVE":
            assert code_of(round_folder, round_rules) == "register-busy"
    assert works(command("ingest", round_folder))


@pytest.mark.parametrize("emptied", [Path.unlink, lambda path: path.write_bytes(b"")], ids=["gone", "no-bytes"])
@pytest.mark.parametrize("left", ["发放", ".sanjin/archive", ".sanjin/register.backup"])
def test_a_register_that_is_gone_beside_what_it_knew_is_not_made_anew(
    command: Command, round_folder: Path, left: str, emptied: Any
) -> None:
    return_all(round_folder)
    command("ingest", round_folder)
    for name in ("发放", ".sanjin/archive"):
        if name != left:
            shutil.rmtree(round_folder / name)
    if left != ".sanjin/register.backup":
        (round_folder / ".sanjin" / "register.backup").unlink()
    emptied(register_of(round_folder))
    before = tree(round_folder)
    for run in (commands.ingest, commands.generate, commands.feedback, round_rules):
        assert code_of(round_folder, run) == "register-lost"
    assert one_sentence(command("ingest", round_folder))
    after = tree(round_folder)
    assert {name for name in before if before[name] != after[name]} == set()


def test_a_register_without_its_issues_is_lost_beside_issued_forms(round_folder: Path) -> None:
    with closing(sqlite3.connect(register_of(round_folder))) as db:
        db.execute("DELETE FROM issues")
        db.commit()
    assert code_of(round_folder) == "register-lost"


def test_the_copy_kept_restores_issues_and_days_when_the_register_is_gone(command: Command, round_folder: Path) -> None:
    old = next((round_folder / "发放").iterdir())
    shutil.copy(old, round_folder / "回收" / "旧.xlsx")
    command("generate", round_folder, "--reissue")
    command("ingest", round_folder)
    results = (round_folder / "汇总" / "results.json").read_bytes()
    register_of(round_folder).unlink()
    shutil.copy(register_of(round_folder).with_name("register.backup"), register_of(round_folder))
    assert works(command("ingest", round_folder))
    assert (round_folder / "汇总" / "results.json").read_bytes() == results
    assert outcomes(round_folder) == {"rejected": 1}


def test_a_reissue_is_in_the_copy_before_a_form_is_out(command: Command, round_folder: Path) -> None:
    command("generate", round_folder, "--reissue")
    with closing(sqlite3.connect(register_of(round_folder).with_name("register.backup"))) as db:
        assert db.execute("SELECT max(issue) FROM issues").fetchone() == (2,)


@pytest.mark.parametrize("place", [0, 30, 5000])
def test_a_register_that_is_damaged_is_called_so(round_folder: Path, place: int) -> None:
    path = register_of(round_folder)
    data = bytearray(path.read_bytes())
    data[place : place + 4000] = b"\xff" * len(data[place : place + 4000])
    path.write_bytes(data)
    assert code_of(round_folder) == "register-damaged"


@pytest.mark.parametrize(
    ("old", "new"),
    [(b".xlsx", b".xlsy"), (b"441602", b"441612"), (b".xlsx", b".xls\xff")],
    ids=["path", "unit", "no-text"],
)
def test_a_byte_turned_within_a_value_is_noticed_and_the_copy_restores_it(
    command: Command, round_folder: Path, old: bytes, new: bytes
) -> None:
    return_all(round_folder)
    command("ingest", round_folder)
    results = (round_folder / "汇总" / "results.json").read_bytes()
    path = register_of(round_folder)
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new, 1))
    assert code_of(round_folder) in ("register-altered", "register-damaged")
    assert one_sentence(command("generate", round_folder))
    shutil.copy(path.with_name("register.backup"), path)
    assert works(command("ingest", round_folder))
    assert (round_folder / "汇总" / "results.json").read_bytes() == results


def test_whoever_looks_while_another_run_notes_and_seals_finds_the_register_whole(tmp_path: Path) -> None:
    # A page is drawn while the work it shows writes: the seal and the rows it is over are read as of one moment.
    path, done = tmp_path / "register.sqlite", threading.Event()

    def note_and_seal() -> None:
        n = 0
        while not done.is_set():
            with closing(register.Register(path)) as one:
                one.note_inbox(str(n := n + 1))

    register.Register(path).close()
    writer = threading.Thread(target=note_and_seal)
    writer.start()
    try:
        for _ in range(100):
            register.Register(path).close()
    finally:
        done.set()
        writer.join()
    with closing(register.Register(path)) as one:
        assert int(one.inbox() or 0) > 10


def test_a_run_that_is_killed_leaves_no_false_seal(round_folder: Path) -> None:
    killed = register.Register(register_of(round_folder), issued=True, archived=True)
    killed.note_files([("0" * 64, 1, "a.xlsx")])
    killed._db.close()  # as a kill does
    commands.ingest(round_folder)
    commands.ingest(round_folder)


def test_a_register_of_the_first_version_is_opened_and_brought_up(command: Command, old_round: Path) -> None:
    return_all(old_round)
    assert works(command("ingest", old_round))
    assert outcomes(old_round) == {"counted": 6}
    with closing(sqlite3.connect(register_of(old_round))) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (register.VERSION,)
        assert db.execute("SELECT count(*) FROM issues").fetchone() == (6,)


def test_a_register_of_a_newer_program_is_left_alone(round_folder: Path) -> None:
    with closing(sqlite3.connect(register_of(round_folder))) as db:
        db.execute("PRAGMA user_version = 99")
    assert code_of(round_folder) == "register-newer"


@pytest.mark.parametrize(
    ("cause", "code"),
    [
        (sqlite3.SQLITE_FULL, "register-full"),
        (sqlite3.SQLITE_READONLY, "register-no-right"),
        (sqlite3.SQLITE_CANTOPEN, "register-no-right"),
        (sqlite3.SQLITE_IOERR | (12 << 8), "register-failed"),
        (sqlite3.SQLITE_CORRUPT, "register-damaged"),
    ],
)
def test_what_keeps_a_run_from_the_round_is_named_by_its_cause(
    round_folder: Path, monkeypatch: pytest.MonkeyPatch, cause: int, code: str
) -> None:
    class Failing(sqlite3.Connection):
        def execute(self, query: str, *more: Any) -> sqlite3.Cursor:
            if query.startswith("BEGIN"):
                error = sqlite3.OperationalError("no")
                error.sqlite_errorcode = cause
                raise error
            return super().execute(query, *more)

    connect = sqlite3.connect
    return_all(round_folder)
    for failing in ("lock", "register.sqlite"):

        def opened(path: Path, failing: str = failing, **options: Any) -> sqlite3.Connection:
            return connect(path, factory=Failing if path.name == failing else sqlite3.Connection, **options)

        monkeypatch.setattr(sqlite3, "connect", opened)
        damaged = "lock-damaged" if failing == "lock" else "register-damaged"
        assert code_of(round_folder) == (damaged if code == "register-damaged" else code)


def test_a_fault_that_ended_the_look_at_a_register_is_named_by_its_cause(
    round_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(self: register.Register, issued: bool, archived: bool) -> int:
        self._db.execute("ROLLBACK")  # as SQLite may do where it cannot read
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR
        raise error

    monkeypatch.setattr(register.Register, "_checked_version", failing)
    assert code_of(round_folder) == "register-failed"


# --- the key ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def other_key(command: Command, tmp_path: Path) -> bytes:
    """The key of another round of the same period."""
    command("new", tmp_path / "别的", "--period", "2012年第三季度", "--due", "2012-10-15")
    return (tmp_path / "别的" / ".sanjin" / "key").read_bytes()


def test_with_the_key_of_another_round_every_command_stops_and_nothing_changes(
    command: Command, round_folder: Path, other_key: bytes
) -> None:
    return_all(round_folder)
    (round_folder / ".sanjin" / "key").write_bytes(other_key)
    before = tree(round_folder)
    for run in (commands.ingest, commands.generate, commands.feedback, round_rules):
        assert code_of(round_folder, run) == "round-key-other"
    assert one_sentence(command("check", next((round_folder / "回收").iterdir()), "--round", round_folder))
    assert tree(round_folder) == before


def test_an_old_register_is_told_the_key_by_the_forms_that_are_out(old_round: Path, other_key: bytes) -> None:
    key = old_round / ".sanjin" / "key"
    own = key.read_bytes()
    key.write_bytes(other_key)
    issued = tree(old_round / "发放")
    for run in (commands.ingest, commands.generate):
        assert code_of(old_round, run) == "round-key-other"
    assert tree(old_round / "发放") == issued
    key.write_bytes(own)
    commands.generate(old_round)
    assert tree(old_round / "发放") == issued


def test_where_every_seal_fails_and_nothing_tells_the_key_nobody_is_accused(
    command: Command, old_round: Path, other_key: bytes
) -> None:
    return_all(old_round)
    shutil.move(old_round / "发放", old_round / "寄出")
    key = old_round / ".sanjin" / "key"
    own = key.read_bytes()
    key.write_bytes(other_key)
    assert code_of(old_round) == "round-key-doubtful"
    ran = command("ingest", old_round)
    assert one_sentence(ran)
    assert not ran.out
    assert not (old_round / "汇总" / "results.json").exists()
    key.write_bytes(own)
    assert works(command("ingest", old_round))
    assert outcomes(old_round) == {"counted": 6}
    key.write_bytes(other_key)
    assert code_of(old_round) == "round-key-other"


def test_a_form_put_back_among_the_issued_settles_whose_key_it_is(
    command: Command, old_round: Path, other_key: bytes
) -> None:
    """One forger alone, in an old round whose forms are gone, cannot stop it for good."""
    shutil.move(old_round / "发放", old_round / "寄出")
    commands.ingest(old_round)
    key = old_round / ".sanjin" / "key"
    own = key.read_bytes()
    form = min((old_round / "寄出").iterdir())
    forged = old_round / "回收" / form.name
    key.write_bytes(other_key)
    (old_round / "发放").mkdir()
    shutil.move(register_of(old_round), old_round / "register")
    shutil.rmtree(old_round / ".sanjin" / "archive", ignore_errors=True)
    (old_round / ".sanjin" / "register.backup").unlink()
    commands.generate(old_round)
    shutil.move(old_round / "发放" / form.name, forged)
    shutil.rmtree(old_round / "发放")
    (old_round / ".sanjin" / "register.backup").unlink()
    shutil.move(old_round / "register", register_of(old_round))
    key.write_bytes(own)
    assert code_of(old_round) == "round-key-doubtful"
    (old_round / "发放").mkdir()
    shutil.copy(form, old_round / "发放")
    assert works(command("ingest", old_round))
    assert outcomes(old_round) == {"rejected": 1}


@posix
def test_the_key_is_for_its_owner_alone(command: Command, round_folder: Path) -> None:
    key = round_folder / ".sanjin" / "key"
    assert key.stat().st_mode & 0o777 == 0o600
    key.chmod(0o644)  # as 0.1.0 left it
    command("ingest", round_folder)
    assert key.stat().st_mode & 0o777 == 0o600


def test_a_byte_order_mark_before_the_key_is_no_damage(command: Command, round_folder: Path) -> None:
    key = round_folder / ".sanjin" / "key"
    before = read_keys(round_folder)
    key.write_bytes(b"\xef\xbb\xbf" + key.read_bytes().replace(b"\n", b"\r\n"))
    assert read_keys(round_folder) == before
    assert works(command("ingest", round_folder))


@pytest.mark.parametrize("length", [0, 1, 31, 33])
def test_a_key_of_another_length_is_damaged(round_folder: Path, length: int) -> None:
    key = round_folder / ".sanjin" / "key"
    keys = json.loads(key.read_text(encoding="utf-8"))
    key.write_text(json.dumps(keys | {"secret": "5a" * length}))
    assert code_of(round_folder, read_keys) == "round-key-invalid"


# --- the archive ------------------------------------------------------------------------------------------------------


def archived(folder: Path) -> list[Path]:
    return sorted((folder / ".sanjin" / "archive").glob("??/*"))


def turn_a_byte(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_a_turned_byte_in_the_archive_is_healed_by_the_return_that_is_still_there(
    command: Command, round_folder: Path
) -> None:
    return_all(round_folder)
    command("ingest", round_folder)
    before = tree(round_folder / ".sanjin" / "archive")
    turn_a_byte(archived(round_folder)[0])
    archived(round_folder)[1].unlink()
    assert works(command("ingest", round_folder))
    assert before.items() <= tree(round_folder / ".sanjin" / "archive").items()


@pytest.mark.parametrize("fault", [turn_a_byte, Path.unlink], ids=["turned", "gone"])
def test_the_only_copy_of_a_return_that_is_damaged_is_told(command: Command, round_folder: Path, fault: Any) -> None:
    return_all(round_folder)
    command("ingest", round_folder)
    gone = min((round_folder / "回收").iterdir())
    (kept,) = [path for path in archived(round_folder) if path.read_bytes() == gone.read_bytes()]
    gone.unlink()
    assert not command("ingest", round_folder).err
    results = (round_folder / "汇总" / "results.json").read_bytes()
    fault(kept)
    watch = Noting()
    commands.ingest(round_folder, watch=watch)
    assert [(one.code, one.facts["path"]) for one in watch.warnings] == [("archive-lost", (gone.name,))]
    ran = command("ingest", round_folder, "--json")
    assert ran.status == 1
    assert ran.err.count("\n") == 1
    assert gone.name in ran.err
    assert (round_folder / "汇总" / "results.json").read_bytes() == results == ran.out.encode()
    # It is lost for good: what the sentence says to write settles it, for those received until then.
    settings = round_folder / "round.toml"
    written = settings.read_text(encoding="utf-8")
    (line,) = re.findall(r"archive_lost = [\d-]{10}", ran.err)
    settings.write_text(f"{line}\n{written}", encoding="utf-8")
    assert not command("ingest", round_folder).err
    settings.write_text(f"archive_lost = 2012-10-20\n{written}", encoding="utf-8")
    assert gone.name in command("ingest", round_folder).err


def test_a_return_is_on_the_disk_before_the_register_knows_of_it(
    round_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: set[tuple[int, int]] = set()
    fsync, note_files = os.fsync, register.Register.note_files

    def flush(handle: int) -> None:
        facts = os.fstat(handle)
        flushed.add((facts.st_ino, facts.st_size))
        fsync(handle)

    def note(self: register.Register, files: Any) -> None:
        facts = [path.stat() for path in archived(round_folder)]
        assert {(one.st_ino, one.st_size) for one in facts} <= flushed
        note_files(self, files)

    monkeypatch.setattr(os, "fsync", flush)
    monkeypatch.setattr(register.Register, "note_files", note)
    return_all(round_folder)
    commands.ingest(round_folder)
    assert len(archived(round_folder)) == 6


# --- what is written --------------------------------------------------------------------------------------------------


def refuse(monkeypatch: pytest.MonkeyPatch, *names: str, error: int = errno.EACCES) -> None:
    """From now on no file of these names can be put in place."""
    replace = Path.replace

    def refused(self: Path, target: Path) -> Path:
        if Path(target).name in names:
            raise OSError(error, "no")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refused)


@pytest.mark.parametrize(
    ("error", "may_write", "code"),
    [
        (errno.ENOSPC, True, "output-full"),
        (errno.EACCES, True, "output-locked"),
        (errno.EACCES, False, "output-no-right"),
        (errno.EPERM, True, "output-no-right"),
        (errno.EROFS, True, "output-no-right"),
        (errno.EIO, True, "output-failed"),
    ],
)
def test_an_output_that_cannot_be_written_is_told_by_its_cause(
    command: Command, round_folder: Path, monkeypatch: pytest.MonkeyPatch, error: int, may_write: bool, code: str
) -> None:
    command("ingest", round_folder)
    refuse(monkeypatch, "汇总.xlsx", error=error)
    monkeypatch.setattr(os, "access", lambda path, mode: may_write or mode != os.W_OK)
    assert code_of(round_folder) == code
    ran = command("ingest", round_folder)
    assert one_sentence(ran)
    assert "汇总.xlsx" in ran.err


@pytest.mark.parametrize(("times", "is_written"), [(1, True), (4, True), (5, False)])
def test_on_windows_a_file_that_is_read_for_a_moment_is_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int, is_written: bool
) -> None:
    # By a virus scanner, say, or a page that is being drawn; nothing but winerror tells it from other refusals.
    replace, held, path = Path.replace, [32] * times, tmp_path / "清单.xlsx"
    path.write_bytes(b"old")

    def held_for_a_moment(self: Path, target: Path) -> Path:
        if not held:
            return replace(self, target)
        error = PermissionError(errno.EACCES, "no")
        error.winerror = held.pop()  # type: ignore[attr-defined]
        raise error

    monkeypatch.setattr(Path, "replace", held_for_a_moment)
    monkeypatch.setattr(outputs, "sleep", lambda _: None)
    with nullcontext() if is_written else pytest.raises(WorkbookError, match="output-locked"):
        outputs.write_whole(path, b"new")
    assert path.read_bytes() == (b"new" if is_written else b"old")
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_a_full_disk_is_no_other_run(command: Command, round_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", full)
    return_all(round_folder)
    assert code_of(round_folder) == "output-full"
    assert code_of(round_folder, commands.generate) == "output-full"


@pytest.mark.parametrize("locked", ["results.json", "汇总.xlsx", "核定表.xlsx", "register.backup"])
def test_what_cannot_be_written_keeps_nothing_else_back(
    command: Command, round_folder: Path, monkeypatch: pytest.MonkeyPatch, locked: str
) -> None:
    refuse(monkeypatch, locked)
    return_all(round_folder)
    data = fill(small_form(), clean(small_form()) | {3: typed(done="也许")}, key=read_keys(round_folder).secret)
    (round_folder / "回收" / "东源县司法局.xlsx").write_bytes(data)
    (round_folder / ".sanjin" / "register.backup").unlink()
    assert one_sentence(command("ingest", round_folder))
    written = {path.name for name in ("汇总", "核定", ".sanjin") for path in (round_folder / name).iterdir()}
    outputs = {"results.json", "汇总.xlsx", "核定表.xlsx", "register.backup"}
    assert outputs - written == {locked}
    assert len(list((round_folder / "退回").iterdir())) == 1


def test_one_issued_form_that_is_open_does_not_stop_the_others(
    command: Command, round_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tree(round_folder / "发放")
    names = [Path(path).name for path in before]
    refuse(monkeypatch, names[0], names[3])
    monkeypatch.setattr(os, "access", lambda *_: True)
    ran = command("generate", round_folder, "--reissue")
    assert one_sentence(ran)
    assert [name in ran.err for name in names] == [n in (0, 3) for n in range(6)]
    after = tree(round_folder / "发放")
    assert [before[path] == after[path] for path in before] == [n in (0, 3) for n in range(6)]


def test_one_cause_names_every_file_it_kept_from_being_written(
    command: Command, round_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, "results.json", "汇总.xlsx", "核定表.xlsx", error=errno.ENOSPC)
    with pytest.raises(SanjinError) as raised:
        commands.ingest(round_folder)
    paths = raised.value.facts["path"]
    assert isinstance(paths, tuple)
    assert [Path(path).name for path in paths] == ["汇总.xlsx", "results.json", "核定表.xlsx"]


def test_two_causes_are_two_sentences_in_one_line(
    command: Command, round_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, "results.json", error=errno.ENOSPC)
    refuse(monkeypatch, "汇总.xlsx", error=errno.EROFS)
    ran = command("ingest", round_folder)
    assert one_sentence(ran)
    assert "results.json" in ran.err
    assert "汇总.xlsx" in ran.err


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EIO])
def test_a_fault_of_the_system_without_a_path_leaves_no_gap(
    command: Command, round_folder: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def ingest(*_: object, **__: object) -> None:
        raise OSError(number, "no")

    monkeypatch.setattr(commands, "ingest", ingest)
    ran = command("ingest", round_folder)
    assert one_sentence(ran)
    assert "  " not in ran.err


@pytest.mark.parametrize(
    "arguments",
    [("ingest", ""), ("generate", " "), ("ingest", ".", "--previous", ""), ("check", ""), ("demo", "")],
)
def test_an_empty_path_is_not_the_folder_one_happens_to_be_in(
    command: Command, round_folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.chdir(round_folder)
    before = tree(round_folder)
    assert one_sentence(command(*arguments))
    assert tree(round_folder) == before


KILLED = """
import os, sys
from itertools import count
from pathlib import Path
from sanjin_xl.round import commands
renamed = count()
def hook(event, arguments):
    if event == "os.rename" and "发放" in str(arguments[1]) and next(renamed) == 3:
        os._exit(9)
sys.addaudithook(hook)
commands.generate(Path(sys.argv[1]), reissue=True)
"""


def test_a_killed_generate_leaves_nothing_beside_the_forms(command: Command, round_folder: Path) -> None:
    names = sorted(path.name for path in (round_folder / "发放").iterdir())
    begun = round_folder / "发放" / f".~{names[0]}.99999.tmp"  # as an older version would have left it
    begun.write_bytes(b"half")
    line = [sys.executable, "-X", "utf8", "-c", KILLED, str(round_folder)]
    assert subprocess.run(line, check=False).returncode == 9
    assert sorted(path.name for path in (round_folder / "发放").iterdir()) == names
    assert list((round_folder / ".sanjin").glob(".*.tmp"))
    assert command("generate", round_folder).status == 0
    assert sorted(path.name for path in (round_folder / "发放").iterdir()) == names
    assert not list((round_folder / ".sanjin").glob(".*.tmp"))


def test_what_this_process_is_just_writing_is_not_cleared_away_by_its_own_run(round_folder: Path) -> None:
    # The window puts files in, and leaves word of itself, while it counts.
    begun = round_folder / ".sanjin" / f".~window.json.{os.getpid()}.tmp"
    begun.write_bytes(b"half")
    commands.generate(round_folder)
    assert begun.exists()


def test_a_folder_that_lies_on_another_disk_is_written_to(
    command: Command, round_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def across(self: Path, target: Path) -> Path:
        if self.parent != Path(target).parent:
            raise OSError(errno.EXDEV, "another disk")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", across)
    command("generate", round_folder, "--reissue")
    return_all(round_folder)
    assert works(command("ingest", round_folder))
    assert outcomes(round_folder)
    assert not list(round_folder.rglob("*.tmp"))


def test_a_hidden_file_of_somebody_else_is_not_cleared_away(command: Command, round_folder: Path) -> None:
    theirs = [round_folder / "回收" / ".~东源县.xlsx.1.tmp", round_folder / "汇总" / ".syncthing.汇总.xlsx.tmp"]
    for path in theirs:
        path.write_bytes(b"x")
    command("ingest", round_folder)
    assert all(path.exists() for path in theirs)


# --- two at once ------------------------------------------------------------------------------------------------------


def test_while_one_command_is_at_work_every_other_says_so_and_changes_nothing(
    command: Command, round_folder: Path
) -> None:
    return_all(round_folder)
    before = tree(round_folder)
    with only_one(round_folder / ".sanjin"):
        for run in (commands.ingest, commands.generate, commands.feedback):
            assert code_of(round_folder, run) == "round-busy"
        assert one_sentence(command("ingest", round_folder))
    after = tree(round_folder)
    assert {name for name in before if before[name] != after[name]} == set()


def test_of_commands_started_at_once_each_works_or_says_that_another_does(round_folder: Path) -> None:
    return_all(round_folder)
    line = [sys.executable, "-X", "utf8", "-m", "sanjin_xl", "ingest", str(round_folder)]
    pipe = subprocess.PIPE
    runs = [subprocess.Popen(line, stdout=pipe, stderr=pipe, encoding="utf-8") for _ in range(3)]
    said = [(run.communicate(timeout=120)[1], run.returncode) for run in runs]
    busy = f"{messages.error(SanjinError('round-busy'))}\n"
    assert set(said) <= {("", 0), ("", 1), (busy, 2)}
    assert {status for _, status in said} & {0, 1}
    assert outcomes(round_folder) == {"counted": 6}


# --- what lies in the place of a file ---------------------------------------------------------------------------------


def a_folder(path: Path) -> None:
    path.mkdir()


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_gigabyte(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 30)


def brackets(path: Path) -> None:
    path.write_text("x = " + "[" * 5_000 + "]" * 5_000, encoding="utf-8")


def digits(path: Path) -> None:
    path.write_text("x = " + "9" * 5_000, encoding="utf-8")


OWN_FILES = {
    "round.toml": {a_folder, a_pipe, a_gigabyte, brackets, digits},
    "wells-2013.toml": {a_folder, a_pipe, a_gigabyte, brackets, digits},
    ".sanjin/key": {a_folder, a_pipe, a_gigabyte, brackets, digits},
    ".sanjin/register.sqlite": {a_folder, a_pipe, a_gigabyte, brackets},
    ".sanjin/lock": {a_folder, a_pipe, a_gigabyte, brackets},
    "核定/核定表.xlsx": {a_folder, a_pipe, a_gigabyte, brackets},
    "汇总/汇总.xlsx": {a_folder},
    "../上期/汇总/results.json": {a_folder, a_pipe, a_gigabyte, brackets, digits},
}


@posix
@pytest.mark.parametrize(
    ("name", "made"),
    [(name, one) for name, kinds in OWN_FILES.items() for one in sorted(kinds, key=lambda f: f.__name__)],
)
def test_whatever_lies_in_the_place_of_a_file_is_one_sentence(
    command: Command, round_folder: Path, name: str, made: Any
) -> None:
    path = round_folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    made(path)
    line = [sys.executable, "-X", "utf8", "-m", "sanjin_xl", "ingest", str(round_folder)]
    previous = ["--previous", str(round_folder.parent / "上期")] if "上期" in name else []
    ran = subprocess.run([*line, *previous], capture_output=True, encoding="utf-8", timeout=60, check=False)
    assert (ran.returncode, ran.stderr.count("\n"), ran.stdout) == (2, 1, "")
    assert path.name in ran.stderr or name == "wells-2013.toml"
    assert "Error" not in ran.stderr
    assert not (round_folder / "汇总" / "results.json").exists() or name == "汇总/汇总.xlsx"


def test_a_lock_that_is_damaged_is_not_called_a_damaged_register(round_folder: Path) -> None:
    lock = round_folder / ".sanjin" / "lock"
    lock.write_bytes(b"x" * 5000)
    assert code_of(round_folder) == "lock-damaged"
    lock.unlink()
    commands.ingest(round_folder)


@posix
def test_a_pipe_among_the_copies_and_in_the_archive_is_not_waited_for(command: Command, round_folder: Path) -> None:
    return_all(round_folder)
    data = fill(small_form(), clean(small_form()) | {3: typed(done="也许")}, key=read_keys(round_folder).secret)
    (round_folder / "回收" / "东源县司法局.xlsx").write_bytes(data)
    command("ingest", round_folder)
    (copy,) = (round_folder / "退回").iterdir()
    for path in (copy, archived(round_folder)[0]):
        path.unlink()
        os.mkfifo(path)
    assert works(command("ingest", round_folder))
    assert copy.is_file()
    assert archived(round_folder)[0].is_file()


# --- making a round ---------------------------------------------------------------------------------------------------

WHEN = ("--period", "2012年第三季度", "--due", "2012-10-15")


@pytest.mark.parametrize("place", ["", "回收", "发放/甲/乙"])
def test_no_round_is_made_inside_a_round(command: Command, round_folder: Path, place: str) -> None:
    before = tree(round_folder)
    assert one_sentence(command("new", round_folder / place / "四季度", *WHEN))
    assert tree(round_folder) == before
    assert not list(round_folder.rglob("四季度"))


def test_a_round_that_lost_its_settings_gets_them_again_with_its_own_key(command: Command, round_folder: Path) -> None:
    return_all(round_folder)
    command("ingest", round_folder)
    results = (round_folder / "汇总" / "results.json").read_bytes()
    key = (round_folder / ".sanjin" / "key").read_bytes()
    (round_folder / "round.toml").unlink()
    assert command("new", round_folder, *WHEN, "--form", "wells-2013").status == 0
    assert (round_folder / ".sanjin" / "key").read_bytes() == key
    assert works(command("ingest", round_folder))
    assert (round_folder / "汇总" / "results.json").read_bytes() == results
