"""Form and roster files that come with the program, or lie beside a round's round.toml."""

from dataclasses import replace
from importlib import resources
from pathlib import Path

from sanjin_xl.model.errors import FormError, Problem, RoundError
from sanjin_xl.model.form import Form, parse_form
from sanjin_xl.round.outputs import read_own

DEFAULT_FORM = "sanjin-2012"
DEFAULT_ROSTER = "roster-heyuan"
_FOR_MAKERS = ("*.py", "answers.toml", "__pycache__/*", "README*")  # beside the samples, in no round


def template_text(name: str, folder: Path | None = None) -> str:
    """The text of `name`.toml: the round's own file if there is one, otherwise the one that came with the program.

    Raises RoundError("form-unknown") when there is neither, FormError when it is no text.
    """
    own = [folder / f"{name}.toml"] if folder else []
    for place in (*own, data_folder("templates") / f"{name}.toml"):
        if place.exists():
            text = decoded(read_own(place))
            if text is None:
                raise FormError([Problem("", "toml-encoding")])
            return text
    raise RoundError("form-unknown", form=name)


def form_of(name: str, folder: Path | None = None) -> Form:
    """The form in `name`.toml, wherever `template_text` finds it; FormError lists its faults.

    A form that brings no policies has those of the form that ships.
    """
    form = parse_form(template_text(name, folder))
    if form.policies:
        return form
    shipped = parse_form(template_text(DEFAULT_FORM))
    return replace(form, policies=shipped.policies, policy=shipped.policy)


def decoded(data: bytes) -> str | None:
    """The text of a file a clerk may have saved, None for no text: old Notepad takes GB18030 (“ANSI”) or UTF-16."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def commit() -> str:
    """The commit this program was built of, "" where the build did not know it or it runs from a checkout."""
    noted = Path(str(resources.files("sanjin_xl"))) / "commit.txt"  # by packaging/hatch_build.py
    return noted.read_text("ascii").strip() if noted.is_file() else ""


def data_folder(name: str) -> Path:
    """A folder of data that ships with the program: inside the package when installed, beside it in a checkout."""
    package = Path(str(resources.files("sanjin_xl")))
    installed = package / name
    return installed if installed.is_dir() else package.parent / name


def copy_samples(folder: Path) -> None:
    """Copy the sample round into a new folder; raises RoundError when something is there already."""
    source = data_folder("samples")
    if not (source / "round.toml").is_file():
        raise RoundError("samples-missing")
    if folder.exists() and any(folder.iterdir()):
        raise RoundError("demo-exists", path=folder)
    # Only the bytes: on a CD or a stick nothing may be written, and the files of the round would be like that.
    for path in source.rglob("*"):
        if path.is_file() and not any(map(path.match, _FOR_MAKERS)):
            target = folder / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
