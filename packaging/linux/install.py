"""Installs the program on a Linux desktop, for one user and without root; run by the Python of the system, however old.

    python3 install.py                 the wheel that lies beside this file, or the checkout it lies in
    python3 install.py --remove

Into ~/.local/share/sanjin-xl, with an entry in the menu and on the desktop. Where a folder `wheels` lies beside this
file, what else is needed is taken from there and not from a network.
"""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
NEEDED = (3, 11)
TEXTS = "sanjin_xl/messages/kit.py"
ICON = "sanjin_xl/window/static/icon.svg"
ENTRY = "sanjin-xl.desktop"


def main() -> None:
    """Install, bring up to date, or remove."""
    texts: dict = {}  # type: ignore[type-arg]
    exec(compile(content(TEXTS), TEXTS, "exec"), texts)
    if sys.argv[1:] == ["--remove"]:
        for place in (home(), *entries(), icon()):
            remove(place)
        print(texts["REMOVED"])
        return
    if sys.version_info < NEEDED:
        sys.exit(texts["PYTHON_TOO_OLD"].format(found=".".join(map(str, sys.version_info[:2]))))
    if subprocess.call([sys.executable, "-m", "venv", "--clear", str(home())]):
        sys.exit(texts["NO_VENV"])
    wheels = HERE / "wheels"
    offline = ["--no-index", "--find-links", str(wheels)] if wheels.is_dir() else []
    pip = [str(home() / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.call([*pip, *offline, str(source()) + "[archives,window]"]):
        sys.exit(texts["NO_PACKAGES"])
    write(icon(), content(ICON))
    program = str(home() / "bin" / "sanjin-xl").replace("\\", "\\\\").replace('"', '\\"')
    for path in entries():
        write(path, texts["DESKTOP_ENTRY"].format(program=program, **texts).encode())
        path.chmod(0o755)  # some desktops start nothing that may not be run
    print(texts["INSTALLED"].format(name=texts["NAME"]))


def source() -> Path:
    """The wheel beside this file, else the checkout."""
    return next(iter(sorted(HERE.glob("sanjin_xl-*.whl"))), HERE.parent.parent)


def content(name: str) -> bytes:
    """The bytes of a file of the program that is to be installed."""
    path = source()
    if path.is_dir():
        return (path / name).read_bytes()
    with zipfile.ZipFile(str(path)) as wheel:
        return wheel.read(name)


def data_home() -> Path:
    """Where this user's programs keep what they need (XDG Base Directory)."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")


def home() -> Path:
    """Where the program lives."""
    return data_home() / "sanjin-xl"


def icon() -> Path:
    """The place of the icon."""
    return data_home() / "icons" / "hicolor" / "scalable" / "apps" / "sanjin-xl.svg"


def entries() -> list:  # type: ignore[type-arg]  # no list[Path] for an old Python
    """The places of the entry: in the menu, and on the desktop where there is one."""
    found = [data_home() / "applications" / ENTRY]
    try:
        told = subprocess.check_output(["xdg-user-dir", "DESKTOP"]).decode().strip()
    except (OSError, subprocess.CalledProcessError):
        told = ""
    if told and Path(told).is_dir() and Path(told) != Path.home():
        found.append(Path(told) / ENTRY)
    return found


def write(path: Path, data: bytes) -> None:
    """Write a file, and the folders it lies in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def remove(path: Path) -> None:
    """Take a file or a folder away, if it is there."""
    if path.is_dir():
        shutil.rmtree(str(path))
    elif path.exists():
        path.unlink()


if __name__ == "__main__":
    main()
