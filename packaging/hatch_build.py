"""What the build adds to the package: of which commit it is, for `sanjin-xl --version`."""

import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CommitHook(BuildHookInterface):  # type: ignore[misc]
    """Puts `commit.txt` beside the code; nothing where no commit is known, or what was put there before it left git."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Note the commit for everything but an editable install, whose code goes on changing."""
        found = commit_of(Path(self.root)) if version != "editable" else ""
        if found:
            self._folder = tempfile.TemporaryDirectory()
            note = Path(self._folder.name) / "commit.txt"
            note.write_text(f"{found}\n", "ascii")
            build_data["force_include"][str(note)] = "sanjin_xl/commit.txt"


def commit_of(root: Path) -> str:
    """The commit of a checkout, with “-dirty” where files were changed since; "" for what is no checkout itself."""
    if not (root / ".git").exists():
        return ""
    command = ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""
