"""The rounds that were opened last, remembered for this user."""

import contextlib
import json
import os
import sys
from pathlib import Path

from sanjin_xl.model.errors import SanjinError
from sanjin_xl.round.outputs import read_own, write_whole

_MOST = 12
_FILE = "recent.json"


def own_folder() -> Path:
    """Where the window keeps what belongs to no round: of this user alone."""
    base = os.environ.get("LOCALAPPDATA") if sys.platform == "win32" else os.environ.get("XDG_STATE_HOME")
    return (Path(base) if base else Path.home() / ".local" / "state") / "sanjin-xl"


def recent() -> list[Path]:
    """The folders of rounds opened before, the last first; they may be gone by now."""
    try:
        listed = json.loads(read_own(own_folder() / _FILE).decode())
        return [Path(one) for one in listed if isinstance(one, str)][:_MOST] if isinstance(listed, list) else []
    except (OSError, ValueError, TypeError, SanjinError):
        return []


def remember(folder: Path) -> None:
    """Note that a round was opened; where that cannot be kept, nothing is lost but the convenience."""
    folder = folder.absolute()
    listed = [str(folder), *(str(one) for one in recent() if one != folder)]
    with contextlib.suppress(OSError, SanjinError):
        write_whole(own_folder() / _FILE, json.dumps(listed[:_MOST]).encode(), private=True)
