"""How commands are called: kinds of arguments, --debug on every command, help and faults of usage in Chinese."""

import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import click

from sanjin_xl.messages import cli as words
from sanjin_xl.model.errors import SanjinError

PROGRAM = "sanjin-xl"


class Day(click.ParamType[date]):
    """A date such as 2012-10-15, 2012/10/15 or 2012年10月15日."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        from sanjin_xl.model.days import parse_day

        day = parse_day(str(value))
        if day is None:
            raise SanjinError("date-unclear", value=value)
        return day


class Place(click.Path):
    """A path that says something: empty, it would mean the folder one happens to be in.

    Of several files each is told its fate, a folder has to be one.
    """

    def __init__(self, *, of_files: bool = False) -> None:
        super().__init__(path_type=Path, readable=False)  # what may not be read is told by its cause
        self._of_files = of_files

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not str(value).strip():
            raise SanjinError("path-empty")
        path = Path(value)
        if not self._of_files and path.is_symlink() and not path.exists():
            raise SanjinError("path-dangling", path=path)
        return super().convert(value, param, ctx)


folder_argument = click.argument("folder", metavar="[DIR]", default=".", type=Place())
json_option = click.option("--json", "as_json", is_flag=True, help=words.OPTION_HELP["json"])
as_of_option = click.option("--as-of", type=Day(), help=words.OPTION_HELP["as_of"])


class _Formatter(click.HelpFormatter):
    """Click's help page with Chinese headings, and its few English words in Chinese."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, _in_chinese(args), words.USAGE_PREFIX)

    def write_heading(self, heading: str) -> None:
        super().write_heading(words.HELP_HEADINGS.get(heading, heading))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        super().write_dl([(name, _in_chinese(text)) for name, text in rows], col_max, col_spacing)


def _in_chinese(text: str) -> str:
    if "[default: " in text:
        text = text.removesuffix("]") + "）"
    for english, chinese in words.HELP_WORDS.items():
        text = text.replace(english, chinese)
    return text


click.Context.formatter_class = _Formatter
help_option = click.help_option("-h", "--help", help=words.OPTION_HELP["help"])


@dataclass
class Run:
    """What is to be known of a run when it has failed: whether for a programmer's eyes, and in which folder."""

    debug: bool = False
    folder: Path | None = None


def _note_debug(context: click.Context, _: click.Parameter, debug: bool) -> None:
    if debug:
        context.ensure_object(Run).debug = True


_DEBUG = click.Option(
    ["--debug"], is_flag=True, expose_value=False, callback=_note_debug, help=words.OPTION_HELP["debug"]
)


class _Command(click.Command):
    """A command that takes --debug, wherever it is written, and leaves word of the folder it works in."""

    def get_params(self, context: click.Context) -> list[click.Parameter]:
        return [*super().get_params(context), _DEBUG]

    def invoke(self, context: click.Context) -> Any:
        context.ensure_object(Run).folder = context.params.get("folder")
        return super().invoke(context)


class Group(_Command, click.Group):
    """The program itself: a group of such commands."""

    command_class = _Command


class PolicyOption(click.Option):
    """The option whose help lists the policies of the form that ships; read only when help is asked for."""

    def get_help_record(self, context: click.Context) -> tuple[str, str] | None:
        from sanjin_xl import messages
        from sanjin_xl.round.shipped import DEFAULT_FORM, form_of

        form = form_of(DEFAULT_FORM)
        self.help = words.OPTION_HELP["policy"].format(policies=messages.policies(form.policies), policy=form.policy)
        return super().get_help_record(context)


def called() -> str:
    """The program as it is to be typed again: by its name where the PATH leads to it, else as it was typed."""
    this, found = Path(sys.argv[0]), shutil.which(PROGRAM)
    if this.parts[-2:] == ("sanjin_xl", "__main__.py"):
        # What the PATH leads to runs this Python if it lies beside it, as in a virtual environment, or above it, as the
        # launcher of the Windows kit.
        named = found is not None and Path(found).absolute().parent in Path(sys.executable).parents
        return PROGRAM if named else f"{typed(sys.orig_argv[0])} -m sanjin_xl"
    if this.stem != PROGRAM or (found and Path(found).with_suffix("").absolute() == this.with_suffix("").absolute()):
        return PROGRAM
    return typed(sys.argv[0])


def typed(path: Path | str) -> str:
    """A path as it has to be typed in a command."""
    return f'"{path}"' if " " in str(path) else str(path)


def usage_fault(error: click.ClickException) -> str:
    """What was wrong with how a command was called, in words."""
    if isinstance(error, click.NoSuchOption):
        return words.NO_OPTION.format(name=error.option_name)
    if isinstance(error, click.MissingParameter):
        return words.NO_PARAMETER.format(name=_name_of(error.param))
    if isinstance(error, click.BadParameter):
        return words.BAD_PARAMETER.format(name=_name_of(error.param))
    return words.OTHER_USAGE


def _name_of(parameter: click.Parameter | None) -> str:
    if isinstance(parameter, click.Argument):
        return parameter.metavar or parameter.name or ""
    return parameter.opts[-1] if parameter else ""
