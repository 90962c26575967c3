"""Apache POI, behind most Java office systems: XSSF for .xlsx, its streaming writer, HSSF for .xls."""

import os
import shutil
from pathlib import Path

from writers.program import Cells, Program

formats = ("xlsx", "sxssf", "xls")
_HERE = Path(__file__).parent
# Debian's libapache-poi-java and what it depends on.
_JARS = Path("/usr/share/java")
_NEEDED = (
    "poi",
    "poi-ooxml",
    "poi-ooxml-schemas",
    "commons-codec",
    "commons-collections4",
    "commons-compress",
    "commons-math3",
    "curvesapi",
    "xmlbeans",
)
_CLASS_PATH = os.pathsep.join(str(_JARS / f"{name}.jar") for name in _NEEDED)
_program = Program("java", "-XX:TieredStopAtLevel=1", "-cp", _CLASS_PATH, str(_HERE / "Poi.java"))


def unavailable() -> str | None:
    if shutil.which("java") is None:
        return "no Java"
    missing = [name for name in _NEEDED if not (_JARS / f"{name}.jar").exists()]
    return f"no {missing[0]}.jar: Debian's libapache-poi-java" if missing else None


def resave(data: bytes, format: str) -> bytes:
    return fill(data, format, {})


def fill(data: bytes, format: str, cells: Cells) -> bytes:
    return _program.run(data, format, cells)
