"""Gnumeric, by its `ssconvert`."""

import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from writers import by_hand
from writers.program import WriterError

formats = ("xlsx", "xls", "ods")
_EXPORTERS = {
    "xlsx": "Gnumeric_Excel:xlsx",
    "xls": "Gnumeric_Excel:excel_biff8",
    "ods": "Gnumeric_OpenCalc:odf",
}
_SECONDS = 60
# What it keeps of what was put there by hand; a text under ;;; is no text any more in the .ods it writes.
_KEPT = by_hand.MARKS
MARKS = {"xlsx": _KEPT, "xls": _KEPT, "ods": _KEPT - {"hidden by format", "other text by format"}}


def unavailable() -> str | None:
    return None if shutil.which("ssconvert") else "Gnumeric (ssconvert) is not installed"


def resave(data: bytes, format: str) -> bytes:
    with tempfile.TemporaryDirectory() as name:
        source, target = Path(name, "source.xlsx"), Path(name, f"target.{format}")
        source.write_bytes(data)
        command = ["ssconvert", f"--export-type={_EXPORTERS[format]}", str(source), str(target)]
        ran = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
        if ran.returncode or not target.exists():
            raise WriterError(ran.stderr.decode(errors="replace"))
        return target.read_bytes()


def mark(data: bytes, format: str, cells: Mapping[str, str]) -> bytes:
    return resave(by_hand.mark(data, cells), format)
