"""Folders of this computer to choose from: where to begin to look, and which lie in one. Files are never named."""

import os
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from sanjin_xl.messages import window as words
from sanjin_xl.model.controls import visible
from sanjin_xl.model.errors import RoundError
from sanjin_xl.round.config import CONFIG
from sanjin_xl.window.recent import recent


def starts() -> list[tuple[str, Path]]:
    """Where a clerk begins to look, each by its name: where rounds were opened before, 文档, 桌面, home, drives."""
    kept: dict[Path, str] = {}
    for name, path in _places():
        if path and os.path.isdir(path):  # noqa: PTH112  (of an unreadable one, Path raises)
            kept.setdefault(path, name)
    return [(name, path) for path, name in kept.items()]


def _places() -> Iterator[tuple[str, Path | None]]:
    yield words.MY_DOCUMENTS, _own("DOCUMENTS", words.MY_DOCUMENTS, "Documents")
    yield words.DESKTOP, _own("DESKTOP", words.DESKTOP, "Desktop")
    yield words.HOME_FOLDER, Path.home()
    for one in recent():
        yield one.parent.name or str(one.parent), one.parent
    for one in _drives():
        yield words.COMPUTER if str(one) == "/" else str(one), one


def _own(key: str, *names: str) -> Path | None:
    """A folder of this user's, wherever the desktop says it is, else by its usual names."""
    told = _on_windows(key) if sys.platform == "win32" else _by_xdg(key)
    return told or next((path for name in names if (path := Path.home() / name).is_dir()), None)


def _on_windows(key: str) -> Path | None:
    """From the registry: 文档 and 桌面 may have been moved to another drive or into OneDrive."""
    if sys.platform == "win32":
        import winreg

        place = r"Software\Microsoft\Windows\CurrentVersion\Explorer\User Shell Folders"
        with suppress(OSError), winreg.OpenKey(winreg.HKEY_CURRENT_USER, place) as opened:
            value = winreg.QueryValueEx(opened, {"DOCUMENTS": "Personal", "DESKTOP": "Desktop"}[key])[0]
            return Path(os.path.expandvars(value))
    return None


def _by_xdg(key: str) -> Path | None:
    """From the file xdg-user-dirs writes, whose lines read XDG_DESKTOP_DIR="$HOME/桌面"."""
    base = os.environ.get("XDG_CONFIG_HOME") or os.fspath(Path.home() / ".config")
    with suppress(OSError, ValueError):
        text = (Path(base) / "user-dirs.dirs").read_text("utf-8")
        if found := re.search(rf'^XDG_{key}_DIR="(.+)"$', text, re.MULTILINE):
            return Path(found[1].replace("$HOME", str(Path.home())))
    return None


def _drives() -> Iterator[Path]:
    """The drives of Windows by their letters; elsewhere what is mounted where desktops mount sticks, and the root."""
    if sys.platform == "win32":
        import ctypes

        there = ctypes.windll.kernel32.GetLogicalDrives()  # a bit for each letter, without asking any drive
        yield from (Path(f"{chr(ord('A') + n)}:\\") for n in range(26) if there >> n & 1)
        return
    for base in (f"/media/{Path.home().name}", f"/run/media/{Path.home().name}", "/mnt"):
        with suppress(OSError, RoundError):
            yield from (Path(base) / name for name in inside(Path(base)))
    yield Path("/")


def inside(folder: Path) -> list[str]:
    """The names of the folders in a folder, but for hidden ones, in the order of 拼音.

    Raises RoundError("folder-gone"), RoundError("folder-no-right") or RoundError("folder-unreadable").
    """
    try:
        with os.scandir(folder) as entries:
            return sorted((one.name for one in entries if _is_shown(one)), key=_order)
    except PermissionError as error:
        raise RoundError("folder-no-right", path=folder) from error
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:  # a zero byte is in no name
        raise RoundError("folder-gone", path=folder) from error
    except OSError as error:
        raise RoundError("folder-unreadable", path=folder) from error


def _is_shown(entry: os.DirEntry[str]) -> bool:
    try:
        if not entry.is_dir() or entry.name.startswith("."):
            return False
        if sys.platform == "win32":
            return not entry.stat(follow_symlinks=False).st_file_attributes & stat.FILE_ATTRIBUTE_HIDDEN
        return True
    except OSError:  # a link that leads to itself
        return False


def _order(name: str) -> tuple[bytes, str]:
    # GB 2312 has the usual characters by their sounds.
    return visible(name).casefold().encode("gb18030", "replace"), name


def is_round(folder: Path) -> bool:
    """Whether a folder holds the settings of a round, whatever they say."""
    return os.path.isfile(folder / CONFIG)  # noqa: PTH113  (of an unreadable one, Path raises)
