"""The command line: a thin skin that parses options, prints Chinese, and sets the exit status.

0: done, and nothing needs anyone's action. 1: done, but something does. 2: could not do it.
"""

import json
import os
import sys
import traceback
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

import click

from sanjin_xl import __version__
from sanjin_xl.messages import cli as words
from sanjin_xl.messages import letters as letter_words
from sanjin_xl.model.controls import visible
from sanjin_xl.model.errors import SanjinError

if TYPE_CHECKING:  # loaded where a command needs them: the command line answers in a blink
    from sanjin_xl.judge.pipeline import Outcome
    from sanjin_xl.outcome.results import Results
    from sanjin_xl.round.watch import Watch

_LONGEST_DETAIL = 200  # characters of a message that was not written for clerks


class _Day(click.ParamType[date]):
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


class _Place(click.Path):
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


_folder = click.argument("folder", metavar="[DIR]", default=".", type=_Place())
_json = click.option("--json", "as_json", is_flag=True, help=words.OPTION_HELP["json"])
_as_of = click.option("--as-of", type=_Day(), help=words.OPTION_HELP["as_of"])


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
_help = click.help_option("-h", "--help", help=words.OPTION_HELP["help"])


@dataclass
class _Run:
    """What is to be known of a run when it has failed: whether for a programmer's eyes, and in which folder."""

    debug: bool = False
    folder: Path | None = None


def _note_debug(context: click.Context, _: click.Parameter, debug: bool) -> None:
    if debug:
        context.ensure_object(_Run).debug = True


_DEBUG = click.Option(
    ["--debug"], is_flag=True, expose_value=False, callback=_note_debug, help=words.OPTION_HELP["debug"]
)


class _Command(click.Command):
    """A command that takes --debug, wherever it is written, and leaves word of the folder it works in."""

    def get_params(self, context: click.Context) -> list[click.Parameter]:
        return [*super().get_params(context), _DEBUG]

    def invoke(self, context: click.Context) -> Any:
        context.ensure_object(_Run).folder = context.params.get("folder")
        return super().invoke(context)


class _Group(_Command, click.Group):
    command_class = _Command


class _PolicyOption(click.Option):
    """The option whose help lists the policies of the form that ships; read only when help is asked for."""

    def get_help_record(self, context: click.Context) -> tuple[str, str] | None:
        from sanjin_xl import messages
        from sanjin_xl.round.shipped import DEFAULT_FORM, form_of

        form = form_of(DEFAULT_FORM)
        self.help = words.OPTION_HELP["policy"].format(policies=messages.policies(form.policies), policy=form.policy)
        return super().get_help_record(context)


@click.group(cls=_Group, help=words.HELP["main"], invoke_without_command=True, subcommand_metavar=words.SUBCOMMAND)
@_help
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda context, _, wanted: _say_version(context) if wanted else None,
    help=words.OPTION_HELP["version"],
)
@click.pass_context
def cli(context: click.Context) -> None:
    # Whoever types the bare name wants to know what there is.
    if context.invoked_subcommand is None:
        _say(context.get_help())


@cli.command(help=words.HELP["new"])
@_help
@click.argument("folder", metavar="DIR", type=_Place())
@click.option("--period", required=True, help=words.OPTION_HELP["period"])
@click.option("--due", required=True, type=_Day(), help=words.OPTION_HELP["due"])
@click.option("--form", default="sanjin-2012", show_default=True, help=words.OPTION_HELP["form"])
@click.option("--policy", cls=_PolicyOption, metavar="ID")
@click.option("--contact", help=words.OPTION_HELP["contact"])
@click.option("--phone", help=words.OPTION_HELP["phone"])
def new(
    folder: Path,
    period: str,
    due: date,
    form: str,
    policy: str | None,
    contact: str | None,
    phone: str | None,
) -> None:
    from sanjin_xl.round.new_round import make_round, require_new

    require_new(folder, form=form, period=period, due=due, policy=policy)  # before anything is asked
    contact, phone = _asked("contact", contact), _asked("phone", phone)
    make_round(folder, form=form, period=period, due=due, policy=policy, contact=contact, phone=phone)
    _say(words.MADE.format(path=folder, folder=_typed(folder)))
    _warn_of_lacking(folder)


def _asked(name: str, given: str | None) -> str:
    """What was given as an option, else what is typed for it at a terminal."""
    if given is not None or not (sys.stdin and sys.stdin.isatty() and sys.stderr.isatty()):
        return given or ""
    answer: str = click.prompt(words.ASK[name], default="", show_default=False, prompt_suffix="：", err=True)
    return answer


def _warn_of_lacking(folder: Path) -> None:
    from sanjin_xl.round.config import CONFIG, read_config

    if lacking := read_config(folder).lacking:
        names = "、".join(words.LACKING_NAMES[one] for one in lacking)
        click.echo(visible(words.LACKING.format(names=names, path=folder / CONFIG)), err=True)


@cli.command(help=words.HELP["generate"])
@_help
@_folder
@click.option("--reissue", is_flag=True, help=words.OPTION_HELP["reissue"])
@click.option("--prefill", metavar="ROUND", type=_Place(), help=words.OPTION_HELP["prefill"])
def generate(folder: Path, reissue: bool, prefill: Path | None) -> int:
    from sanjin_xl.round import commands
    from sanjin_xl.round.config import ISSUED, RETURNED
    from sanjin_xl.round.outputs import WORKSHOP

    warnings: list[SanjinError] = []
    with _watching(warnings) as watch:
        issued = commands.generate(folder, reissue=reissue, prefill=prefill, watch=watch)
    numbers = "、".join(map(str, issued.numbers))
    _say(words.GENERATED.format(count=len(issued.paths), issue=numbers, path=folder / ISSUED))
    _say(words.PASSWORD_KEPT.format(path=folder / WORKSHOP / "key"))
    _say(words.NEXT_RECEIVE.format(inbox=folder / RETURNED, folder=_typed(folder)))
    _warn_of_lacking(folder)
    return _warned(warnings)


@cli.command(help=words.HELP["ingest"])
@_help
@_folder
@_as_of
@click.option("--previous", metavar="ROUND", type=_Place(), help=words.OPTION_HELP["previous"])
@_json
def ingest(folder: Path, as_of: date | None, previous: Path | None, as_json: bool) -> int:
    return _ingest(folder, as_of, as_json, previous)


def _ingest(folder: Path, as_of: date | None, as_json: bool, previous: Path | None = None) -> int:
    from sanjin_xl.outcome import report

    warnings: list[SanjinError] = []
    results = _ingested(folder, as_of, as_json, previous, warnings)
    return _warned(warnings) or int(report.needs_action(results))


def _warned(warnings: "Sequence[SanjinError]") -> int:
    """Say what somebody has to see to; gives the exit status that follows from it."""
    from sanjin_xl import messages

    for warning in warnings:
        click.echo(visible(messages.error(warning)), err=True)
    return 1 if warnings else 0


def _typed(folder: Path) -> str:
    """A folder as it has to be typed in a command."""
    return f'"{folder}"' if " " in str(folder) else str(folder)


def _ingested(
    folder: Path,
    as_of: date | None = None,
    as_json: bool = False,
    previous: Path | None = None,
    warnings: "list[SanjinError] | None" = None,
) -> "Results":
    from sanjin_xl import console
    from sanjin_xl.outcome import report
    from sanjin_xl.round import commands
    from sanjin_xl.round.config import CORRECTED, RETURNED, SUMMARY, SUMMARY_FILE, read_config

    with _watching(warnings) as watch:
        results = commands.ingest(folder, as_of=as_of, previous=previous, watch=watch)
    if as_json:
        for piece in report.results_chunks(results):
            click.echo(visible(piece), nl=False)
    else:
        for line in console.summary(results):
            _say(line)
        _say(words.WRITTEN.format(path=folder / SUMMARY / SUMMARY_FILE))
        if back := report.sent_back(results):
            days = read_config(folder).correction_days
            _say(words.SENT_BACK.format(count=len(back), path=folder / CORRECTED, days=days))
        for line in console.next_step(results, folder / RETURNED, _typed(folder)):
            _say(line)
    return results


@cli.command(help=words.HELP["feedback"])
@_help
@_folder
@_as_of
def feedback(folder: Path, as_of: date | None) -> int:
    from sanjin_xl import console
    from sanjin_xl.outcome import report
    from sanjin_xl.round import commands
    from sanjin_xl.round.config import FEEDBACK

    warnings: list[SanjinError] = []
    with _watching(warnings) as watch:
        results = commands.feedback(folder, as_of=as_of, watch=watch)
    for line in console.fed_back(results, folder / FEEDBACK, _typed(folder)):
        _say(line)
    return _warned(warnings) or int(report.needs_action(results))


@cli.command(help=words.HELP["letters"])
@_help
@_folder
@click.option(
    "--kind", required=True, type=click.Choice(list(letter_words.KINDS.values())), help=words.OPTION_HELP["kind"]
)
@_as_of
def letters(folder: Path, kind: str, as_of: date | None) -> int:
    from sanjin_xl.round import commands

    warnings: list[SanjinError] = []
    name = next(name for name, word in letter_words.KINDS.items() if word == kind)
    with _watching(warnings) as watch:
        written = commands.letters(folder, name, as_of=as_of, watch=watch)
    sentence = words.DRAFTED if written.paths else words.NOBODY_CONCERNED
    _say(sentence.format(count=len(written.paths), kind=kind, path=folder / letter_words.LETTERS))
    return _warned(warnings)


@cli.command(help=words.HELP["check"])
@_help
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=_Place(of_files=True))
@click.option("--round", "folder", type=_Place(), help=words.OPTION_HELP["round"])
@click.option("--as-of", type=_Day(), help=words.OPTION_HELP["check_as_of"])
@_json
def check(files: tuple[Path, ...], folder: Path | None, as_of: date | None, as_json: bool) -> int:
    from sanjin_xl import console
    from sanjin_xl.outcome import report
    from sanjin_xl.round import commands
    from sanjin_xl.round.run import round_rules

    rules = round_rules(folder, as_of) if folder else commands.default_rules(as_of)
    clean, gone = True, []
    outcomes = commands.check(files, rules)
    for outcome in _quietly(outcomes) if as_json else outcomes:
        if outcome.reason == "file-missing":
            gone.append(outcome.path)
        if as_json:
            _say(json.dumps(report.check_entry(outcome), ensure_ascii=False))
        elif outcome.path not in gone:
            for line in console.checked(outcome, rules.roster):
                _say(line)
        clean = clean and not report.outcome_needs_action(outcome)
    if gone:  # named last, after the others have been judged
        code = "file-missing" if len(gone) == len(files) else "files-missing"
        raise SanjinError(code, count=len(gone), paths="、".join(gone))
    return 0 if clean else 1


@cli.command(help=words.HELP["demo"])
@_help
@click.argument("folder", metavar="[DIR]", default="demo", type=_Place())
def demo(folder: Path) -> int:
    from sanjin_xl.outcome import report
    from sanjin_xl.round import commands, shipped
    from sanjin_xl.round.config import SUMMARY, SUMMARY_FILE

    shipped.copy_samples(folder)
    commands.generate(folder)
    if unread := report.rejected(_ingested(folder)):
        # Every sample can be read where the program is whole.
        raise SanjinError("demo-failed", count=len(unread), files="、".join(one.path for one in unread))
    _say(words.DEMO_DONE.format(path=folder / SUMMARY / SUMMARY_FILE))
    # The samples have open questions on purpose; that the demo ran is what its caller wants to know.
    return 0


@cli.command(help=words.HELP["window"])
@_help
@click.argument("folder", metavar="[DIR]", default=None, required=False, type=_Place())
@click.option("--no-browser", is_flag=True, help=words.OPTION_HELP["no_browser"])
def window(folder: Path | None, no_browser: bool) -> None:
    try:
        from sanjin_xl.window import serve
    except ModuleNotFoundError as error:
        raise SanjinError("window-missing", name=error.name) from error
    serve.serve(folder, browse=serve.nowhere if no_browser else serve.browse, say=_say)


@cli.command(help=words.HELP["checks"])
@_help
@_json
def checks(as_json: bool) -> None:
    from sanjin_xl import console

    for line in console.catalogue_json() if as_json else console.catalogue():
        _say(line)


def main() -> None:
    """Run the command line; one clear sentence and exit status 2 for anything that cannot be done."""
    _make_console_safe()
    _require_chinese_names()
    run = _Run()
    try:
        status = cli.main(prog_name="sanjin-xl", standalone_mode=False, obj=run)
        sys.stdout.flush()
    except (SystemExit, BrokenPipeError):  # click's way of saying that nobody reads what we print
        _fail(words.OUTPUT_ENDED)
    except SanjinError as error:
        from sanjin_xl import messages

        _fail(messages.error(error))
    except click.exceptions.Abort as error:
        if isinstance(error.__cause__, EOFError):  # taken by click for the end of what is typed, but we ask nothing
            _fail(_fault(error.__cause__, run))
        _fail(words.ABORTED)
    except click.ClickException as error:
        _fail(words.USAGE.format(detail=_usage_fault(error)))
    except Exception as error:  # noqa: BLE001  (what nobody foresaw)
        _fail(_fault(error, run))
    sys.exit(status if isinstance(status, int) else 0)


def _fault(error: Exception, run: _Run) -> str:
    """The sentence for what nobody foresaw; its traceback is shown with --debug, else logged where it is ours."""
    if run.debug:
        click.echo(visible("".join(traceback.format_exception(error))), err=True, nl=False)
    if isinstance(error, OSError):
        from sanjin_xl.round.outputs import cause_of

        path = f" {error.filename} " if error.filename else words.A_FILE
        return words.SYSTEM_FAULTS[cause_of(error)].format(path=path)
    if type(error).__module__ == "sqlite3":  # not imported for the sake of its name
        return words.REGISTER_FAULT
    detail = " ".join(f"{type(error).__name__}: {error}".split())[:_LONGEST_DETAIL]
    if log := None if run.debug else _logged(error, run.folder):
        return words.LOGGED.format(detail=detail, path=log)
    return words.UNEXPECTED.format(detail=detail)


def _logged(error: Exception, folder: Path | None) -> Path | None:
    # The fault may be that something cannot be loaded; that must not cost the sentence.
    with suppress(Exception):
        from sanjin_xl.round.faults import log_fault

        return log_fault(error, folder)
    return None


def _usage_fault(error: click.ClickException) -> str:
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


def _fail(text: str) -> NoReturn:
    with suppress(OSError):  # perhaps nobody reads this either
        click.echo(visible(text), err=True)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:  # Python would try again at exit, and say so in English
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    sys.exit(2)


def _quietly(outcomes: "Iterator[Outcome]") -> "Iterator[Outcome]":
    """What is judged, one after the other; whatever a library prints in the meantime goes where problems go."""
    while True:
        with _printing_to_errors():
            outcome = next(outcomes, None)
        if outcome is None:
            return
        yield outcome


@contextmanager
def _printing_to_errors() -> Iterator[None]:
    """Let standard output be standard error: that of Python, and that of the process, to which libraries in C print."""
    out, err = _number_of(sys.__stdout__), _number_of(sys.__stderr__)
    with redirect_stdout(sys.stderr):
        if out is None or err is None:
            yield
            return
        kept = os.dup(out)
        os.dup2(err, out)
        try:
            yield
        finally:
            os.dup2(kept, out)
            os.close(kept)


def _number_of(stream: TextIO | None) -> int | None:
    """The number the system knows a stream by, None for one in memory; what waits in it is printed first."""
    try:
        if stream is None:
            return None
        stream.flush()
        return stream.fileno()
    except (OSError, ValueError):
        return None


def _say(text: str) -> None:
    click.echo(visible(text))


def _say_version(context: click.Context) -> NoReturn:
    from sanjin_xl.round.shipped import DEFAULT_FORM, commit, form_of

    form = form_of(DEFAULT_FORM)
    names = {"form": form.id, "title": form.short_title, "fingerprint": form.fingerprint}
    _say(words.VERSION.format(version=__version__, commit=commit() or words.UNKNOWN_COMMIT, **names))
    context.exit()


def _make_console_safe() -> None:
    """Print what can be printed, whatever there is to print to.

    A GBK terminal cannot print every character of a file name or a remark; it shows a mark instead. Where standard
    output is closed, the next file to be opened would be in its place, and be printed into.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
    if sys.stdout is None and sys.stderr:
        click.echo(words.OUTPUT_CLOSED, err=True)
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _require_chinese_names() -> None:
    try:
        os.fsencode(words.A_FILE)
    except UnicodeEncodeError:
        _fail(words.NO_CHINESE_NAMES.format(encoding=sys.getfilesystemencoding()))


@contextmanager
def _watching(warnings: "list[SanjinError] | None" = None) -> "Iterator[Watch]":
    """A watch with a progress bar for each stage on a terminal, and none in a pipe; `warnings` gets what it is told."""
    from sanjin_xl.round.watch import Watch

    bars = _Bars() if sys.stderr.isatty() else None

    class Shown(Watch):
        def stage(self, name: str, done: int, total: int) -> None:
            if bars:
                bars.show(name, done, total)

        def warn(self, warning: SanjinError) -> None:
            if warnings is not None:
                warnings.append(warning)

    try:
        yield Shown()
    except SanjinError:  # the end of the run, but what was told before is no less true
        _warned(warnings or ())
        raise
    finally:  # whatever happens, the terminal gets its cursor back
        if bars:
            bars.close()


class _Bars:
    """One bar after another."""

    def __init__(self) -> None:
        self._stage, self._done, self._began = "", 0, 0.0
        self._bar: Any = None

    def show(self, stage: str, done: int, total: int) -> None:
        if stage != self._stage:
            self.close()
            self._stage, self._began, many = stage, monotonic(), total > 1
            self._bar = click.progressbar(
                length=total, label=words.STAGES[stage], file=sys.stderr, show_pos=many, show_eta=False,
                show_percent=many, item_show_func=self._rate, update_min_steps=max(1, total // 200),
            )  # fmt: skip
            self._bar.__enter__()
        self._bar.length = total
        step, self._done = done - self._done, done
        self._bar.update(step)

    def _rate(self, _: object) -> str | None:
        """How many a second since the stage began, and how long the rest takes at that rate."""
        seconds = monotonic() - self._began
        if self._bar is None or self._done < 2 or seconds <= 0:
            return None
        rate = self._done / seconds
        minutes, left = divmod(round((self._bar.length - self._done) / rate), 60)
        return words.RATE.format(rate=rate, minutes=minutes, seconds=left)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.render_progress()
            self._bar.__exit__(None, None, None)
        self._bar, self._done = None, 0
