"""Opening a file or a folder with whatever program the computer has for it; only what the window itself names."""

import os
import shutil
import subprocess
import sys
from importlib import resources
from pathlib import Path

from sanjin_xl.messages.kit import MANUAL_FILE
from sanjin_xl.model.errors import RoundError


def manual() -> Path | None:
    """The manual to be printed, where it came with the program: in the folder of the kit; of a checkout, in build/."""
    above = Path(str(resources.files("sanjin_xl"))).parent
    return next((one for one in (above.parent / MANUAL_FILE, above / "build" / MANUAL_FILE) if one.is_file()), None)


def open_on_desk(path: Path) -> None:
    """Open a file or folder beside the window.

    Raises RoundError("desk-gone") where it is not there, RoundError("desk-cannot") where nothing here can open it.
    """
    if not path.exists():
        raise RoundError("desk-gone", path=path)
    try:
        if sys.platform == "win32":
            os.startfile(path)  # noqa: S606
        else:
            # Left to itself: the program it opens outlives the window.
            program = shutil.which("xdg-open")
            if program is None:
                raise FileNotFoundError
            subprocess.Popen([program, os.fspath(path)], start_new_session=True, stderr=subprocess.DEVNULL)  # noqa: S603
    except OSError as error:
        raise RoundError("desk-cannot", path=path) from error
