"""Gnumeric, by its `ssconvert`."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from writers.program import WriterError

formats = ("xlsx", "xls", "ods")
_EXPORTERS = {
    "xlsx": "Gnumeric_Excel:xlsx",
    "xls": "Gnumeric_Excel:excel_biff8",
    "ods": "Gnumeric_OpenCalc:odf",
}
_SECONDS = 60


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
