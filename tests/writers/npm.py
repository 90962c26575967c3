"""Where npm's packages are, and a Node.js program that uses them."""

import os
import shutil
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
INSTALL = "npm install --prefix .ci --no-package-lock"
_PLACES = (ROOT / ".ci", ROOT, ROOT.parent)


def unavailable(package: str) -> str | None:
    """Why a package cannot be used here, or None if it can."""
    if shutil.which("node") is None:
        return "no Node.js"
    return None if folder_of(package) else f"no {package}: `{INSTALL}`"


@cache
def folder_of(package: str) -> Path | None:
    """The folder of an installed package, in the checkout's .ci or in a node_modules beside or above it."""
    places = (place / "node_modules" / package for place in _PLACES)
    return next((place for place in places if place.is_dir()), None)


def command(script: str, package: str) -> tuple[str, ...]:
    """The command that runs one of our scripts with a package, which it gets as its argument."""
    return "node", str(HERE / script), os.fspath(folder_of(package) or package)
