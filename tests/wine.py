"""A Windows to try the kit in, under Wine: in Chinese, as the offices have it, and with an empty home of its own."""

import os
import shutil
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO

CHINESE = "cp936"
PROGRAMS = ("wine", "wineserver", "makensis", "x86_64-w64-mingw32-gcc", "localedef")
# What Wine 8 lacks of Windows 10, and programs in Rust ask for.
RANDOM = """\
#include <windows.h>
#include <ntsecapi.h>
__declspec(dllexport) BOOL ProcessPrng(BYTE *data, SIZE_T size) { return RtlGenRandom(data, size); }
"""


def unavailable() -> str | None:
    """Why nothing can be tried under Wine here; None where it can."""
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    return f"no {', '.join(missing)} for the kit" if missing else None


@dataclass(frozen=True)
class Ran:
    """What commands left: the exit status of the last one, and all that was printed."""

    status: int
    raw: bytes

    @property
    def out(self) -> str:
        """What was printed in the encoding of a Chinese Windows."""
        return self.raw.decode(CHINESE).replace("\r\n", "\n")


class Wine:
    """A Windows in a folder; `drive` is its C:. Commands that take longer than their patience (seconds) fail;
    what they print is logged."""

    _patience = 120

    def __init__(self, folder: Path, log: Path) -> None:
        self._log = log
        self.folder, self.drive = folder, folder / "wine" / "drive_c"
        self._environment = {
            **{name: value for name, value in os.environ.items() if name not in ("DISPLAY", "LANG", "LC_CTYPE")},
            "HOME": str(folder / "home"),
            "WINEPREFIX": str(folder / "wine"),
            "WINEDEBUG": "-all",
            # No .NET, no Internet Explorer, no WMI (that of Wine 8 aborts when asked which Windows it is), no entries
            # on this desktop, no browser of this computer.
            "WINEDLLOVERRIDES": "mscoree,mshtml,wbemprox=;winemenubuilder.exe,winebrowser.exe=d",
            "LOCPATH": str(folder / "locale"),
            "LC_ALL": "zh_CN.UTF-8",
        }
        self._readers: list[threading.Thread] = []
        (folder / "home").mkdir()
        (folder / "locale").mkdir()
        subprocess.run(["localedef", "-i", "zh_CN", "-f", "UTF-8", folder / "locale" / "zh_CN.UTF-8"], check=True)
        subprocess.run(["wine", "wineboot", "--init"], env=self._environment, capture_output=True, check=True)
        (folder / "random.c").write_text(RANDOM)
        library = self.drive / "windows" / "system32" / "bcryptprimitives.dll"
        command = ["x86_64-w64-mingw32-gcc", "-shared", "-o", str(library), str(folder / "random.c"), "-ladvapi32"]
        subprocess.run(command, check=True)

    def __call__(self, *lines: str) -> Ran:
        """Run the lines of a batch file, as somebody types them, in the root of C:."""
        (self.drive / "typed.cmd").write_bytes(
            "\r\n".join(("@echo off", *lines, "exit %ERRORLEVEL%", "")).encode(CHINESE)
        )
        # Through pipes, for Python finds no streams where Wine hands it files of this system. A window that was started
        # keeps them open: so they are read beside, and their end is waited for when all has ended.
        program = subprocess.Popen(
            ["wine", "cmd", "/c", r"C:\typed.cmd"],
            cwd=self.drive,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert program.stdin
        assert program.stdout
        program.stdin.close()
        printed: list[bytes] = []
        reader = threading.Thread(target=_read, args=(program.stdout, printed), daemon=True)
        reader.start()
        self._readers.append(reader)
        status = program.wait(self._patience)
        reader.join(0.5)
        ran = Ran(status, b"".join(printed))
        with self._log.open("a", encoding="utf-8") as log:
            log.write(
                "\n".join((*(f"> {line}" for line in lines), ran.raw.decode(CHINESE, "replace"), f"= {status}\n"))
            )
        return ran

    def path(self, name: str) -> Path:
        r"""The place here of a path such as C:\三进."""
        return self.drive.joinpath(*name.removeprefix("C:\\").split("\\"))

    def end(self) -> None:
        """End every program that still runs in it."""
        subprocess.run(["wineserver", "-k"], env=self._environment, check=False)
        subprocess.run(["wineserver", "-w"], env=self._environment, check=False)
        for reader in self._readers:
            reader.join(5)


def _read(stream: IO[bytes], printed: list[bytes]) -> None:
    with stream:
        printed.extend(stream)
