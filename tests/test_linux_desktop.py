"""The program on a Linux desktop: installed for one user from a wheel, started from the menu, removed."""

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import click
import pytest

from sanjin_xl.window.serve import running

ROOT = Path(__file__).parent.parent
INSTALL = ROOT / "packaging" / "linux" / "install.py"


def install(home: Path, *options: str) -> None:
    """Run what was copied to the computer beside the wheel, as its user."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "PIP_NO_DEPS": "1"}  # what else it needs is here
    subprocess.run([sys.executable, home / "U盘" / "install.py", *options], check=True, env=environment)


@pytest.mark.needs("gio", "desktop-file-validate")
def test_the_program_is_installed_for_one_user_started_from_the_menu_and_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick = tmp_path / "U盘"
    subprocess.run([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(stick), str(ROOT)], check=True)
    shutil.copy(INSTALL, stick)
    install(tmp_path)
    entry = tmp_path / ".local" / "share" / "applications" / "sanjin-xl.desktop"
    subprocess.run(["desktop-file-validate", str(entry)], check=True)
    assert (tmp_path / ".local/share/icons/hicolor/scalable/apps/sanjin-xl.svg").is_file()
    (packages,) = (tmp_path / ".local" / "share" / "sanjin-xl" / "lib").glob("python*/site-packages")
    (packages / "here.pth").write_text(str(Path(click.__file__).parent.parent))
    state = tmp_path / "state"
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "XDG_STATE_HOME": str(state), "BROWSER": "true"}
    # Its output stays open for as long as the window.
    command = ["gio", "launch", str(entry)]
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    monkeypatch.setenv("XDG_STATE_HOME", str(state))
    end = time.monotonic() + 60
    while not (url := running(None)) and time.monotonic() < end:
        time.sleep(0.3)
    assert url
    cookies = urllib.request.HTTPCookieProcessor(CookieJar())
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)
    assert "用示例试一试" in opener.open(url).read().decode()
    origin = url.partition("/?")[0]
    opener.open(urllib.request.Request(f"{origin}/quit", headers={"Origin": origin}, data=b"")).read()
    install(tmp_path, "--remove")
    assert [path for path in (tmp_path / ".local").rglob("*") if path.is_file()] == []
