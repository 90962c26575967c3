"""Form and roster files that come with the program, or lie beside a round's round.toml."""

from importlib import resources
from pathlib import Path

from sanjin_xl.errors import RoundError

DEFAULT_ROSTER = "roster-heyuan"


def template_text(name: str, folder: Path | None = None) -> str:
    """The text of `name`.toml: the round's own file if there is one, otherwise the one that came with the program.

    Raises RoundError("form-unknown") when there is neither.
    """
    own = [folder / f"{name}.toml"] if folder else []
    for place in (*own, data_folder("templates") / f"{name}.toml"):
        if place.is_file():
            return place.read_text(encoding="utf-8")
    raise RoundError("form-unknown", form=name)


def data_folder(name: str) -> Path:
    """A folder of data that ships with the program: inside the package when installed, beside it in a checkout."""
    package = Path(str(resources.files("sanjin_xl")))
    installed = package / name
    return installed if installed.is_dir() else package.parent / name
