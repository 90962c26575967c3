"""The command line: a thin skin that parses options, prints Chinese, and sets the exit status.

0: done, and nothing needs anyone's action. 1: done, but something does. 2: could not do it.
"""

import json
import sys
import traceback
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from sanjin_xl import __version__
from sanjin_xl.console.terminal import fail, make_safe, quietly, require_chinese_names, say, warned, watching
from sanjin_xl.console.usage import (
    PROGRAM,
    Day,
    Group,
    Place,
    PolicyOption,
    Run,
    as_of_option,
    called,
    folder_argument,
    help_option,
    json_option,
    typed,
    usage_fault,
)
from sanjin_xl.messages import cli as words
from sanjin_xl.messages import letters as letter_words
from sanjin_xl.messages import official as official_words
from sanjin_xl.model.controls import visible
from sanjin_xl.model.errors import SanjinError

if TYPE_CHECKING:  # loaded where a command needs them: the command line answers in a blink
    from sanjin_xl.outcome.results import Results

_LONGEST_DETAIL = 200  # characters of a message that was not written for clerks


@click.group(cls=Group, help=words.HELP["main"], invoke_without_command=True, subcommand_metavar=words.SUBCOMMAND)
@help_option
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
        say(context.get_help())


@cli.command(help=words.HELP["new"])
@help_option
@click.argument("folder", metavar="DIR", type=Place())
@click.option("--period", required=True, help=words.OPTION_HELP["period"])
@click.option("--due", required=True, type=Day(), help=words.OPTION_HELP["due"])
@click.option("--form", default="sanjin-2012", show_default=True, help=words.OPTION_HELP["form"])
@click.option("--policy", cls=PolicyOption, metavar="ID")
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
    say(words.MADE.format(path=folder, program=called(), folder=typed(folder)))
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
        sentence = words.LACKING.format(names=names, path=folder / CONFIG, program=called(), folder=typed(folder))
        click.echo(visible(sentence), err=True)


@cli.command(help=words.HELP["generate"])
@help_option
@folder_argument
@click.option("--reissue", is_flag=True, help=words.OPTION_HELP["reissue"])
@click.option("--prefill", metavar="ROUND", type=Place(), help=words.OPTION_HELP["prefill"])
def generate(folder: Path, reissue: bool, prefill: Path | None) -> int:
    from sanjin_xl.round import commands
    from sanjin_xl.round.config import ISSUED, RETURNED
    from sanjin_xl.round.outputs import WORKSHOP

    warnings: list[SanjinError] = []
    with watching(warnings) as watch:
        issued = commands.generate(folder, reissue=reissue, prefill=prefill, watch=watch)
    numbers = "、".join(map(str, issued.numbers))
    say(words.GENERATED.format(count=len(issued.paths), issue=numbers, path=folder / ISSUED))
    say(words.PASSWORD_KEPT.format(path=folder / WORKSHOP / "key"))
    say(words.NEXT_RECEIVE.format(inbox=folder / RETURNED, program=called(), folder=typed(folder)))
    _warn_of_lacking(folder)
    return warned(warnings)


@cli.command(help=words.HELP["ingest"])
@help_option
@folder_argument
@as_of_option
@click.option("--previous", metavar="ROUND", type=Place(), help=words.OPTION_HELP["previous"])
@json_option
def ingest(folder: Path, as_of: date | None, previous: Path | None, as_json: bool) -> int:
    return _ingest(folder, as_of, as_json, previous)


def _ingest(folder: Path, as_of: date | None, as_json: bool, previous: Path | None = None) -> int:
    from sanjin_xl.outcome import report

    warnings: list[SanjinError] = []
    results = _ingested(folder, as_of, as_json, previous, warnings)
    return warned(warnings) or int(report.needs_action(results))


def _ingested(
    folder: Path,
    as_of: date | None = None,
    as_json: bool = False,
    previous: Path | None = None,
    warnings: "list[SanjinError] | None" = None,
) -> "Results":
    from sanjin_xl.console import lines
    from sanjin_xl.outcome import report
    from sanjin_xl.round import commands
    from sanjin_xl.round.config import CORRECTED, RETURNED, SUMMARY, SUMMARY_FILE, read_config

    with watching(warnings) as watch:
        results = commands.ingest(folder, as_of=as_of, previous=previous, watch=watch)
    if as_json:
        for piece in report.results_chunks(results):
            click.echo(visible(piece), nl=False)
    else:
        for line in lines.summary(results):
            say(line)
        say(words.WRITTEN.format(path=folder / SUMMARY / SUMMARY_FILE))
        again = {"program": called(), "folder": typed(folder)}
        if back := report.sent_back(results):
            days = read_config(folder).correction_days
            say(words.SENT_BACK.format(count=len(back), path=folder / CORRECTED, days=days, **again))
        for line in lines.next_step(results, folder / RETURNED, **again):
            say(line)
    return results


@cli.command(help=words.HELP["feedback"])
@help_option
@folder_argument
@as_of_option
def feedback(folder: Path, as_of: date | None) -> int:
    from sanjin_xl.console import lines
    from sanjin_xl.outcome import report
    from sanjin_xl.round import commands
    from sanjin_xl.round.config import FEEDBACK

    warnings: list[SanjinError] = []
    with watching(warnings) as watch:
        results = commands.feedback(folder, as_of=as_of, watch=watch)
    for line in lines.fed_back(results, folder / FEEDBACK, called(), typed(folder)):
        say(line)
    return warned(warnings) or int(report.needs_action(results))


@cli.command(help=words.HELP["letters"])
@help_option
@folder_argument
@click.option(
    "--kind",
    required=True,
    type=click.Choice([*letter_words.KINDS.values(), *official_words.DOCUMENTS.values()]),
    help=words.OPTION_HELP["kind"],
)
@as_of_option
def letters(folder: Path, kind: str, as_of: date | None) -> int:
    from sanjin_xl.round import commands

    for document, word in official_words.DOCUMENTS.items():
        if word == kind:
            return _document(folder, document, as_of)
    warnings: list[SanjinError] = []
    name = next(name for name, word in letter_words.KINDS.items() if word == kind)
    with watching(warnings) as watch:
        written = commands.letters(folder, name, as_of=as_of, watch=watch)
    sentence = words.DRAFTED if written.paths else words.NOBODY_CONCERNED
    say(sentence.format(count=len(written.paths), kind=kind, path=folder / letter_words.LETTERS))
    return warned(warnings)


def _document(folder: Path, kind: str, as_of: date | None) -> int:
    from sanjin_xl.round import commands

    warnings: list[SanjinError] = []
    with watching(warnings) as watch:
        path = commands.document(folder, kind, as_of=as_of, watch=watch)
    say(words.DOCUMENT_WRITTEN.format(kind=official_words.DOCUMENTS[kind], path=path))
    if kind == official_words.NOTICE:
        _warn_of_lacking(folder)
    return warned(warnings)


@cli.command(help=words.HELP["check"])
@help_option
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=Place(of_files=True))
@click.option("--round", "folder", type=Place(), help=words.OPTION_HELP["round"])
@click.option("--as-of", type=Day(), help=words.OPTION_HELP["check_as_of"])
@json_option
def check(files: tuple[Path, ...], folder: Path | None, as_of: date | None, as_json: bool) -> int:
    from sanjin_xl.console import lines
    from sanjin_xl.outcome import report
    from sanjin_xl.round import commands
    from sanjin_xl.round.run import round_rules

    rules = round_rules(folder, as_of) if folder else commands.default_rules(as_of)
    clean, gone = True, []
    outcomes = commands.check(files, rules)
    for outcome in quietly(outcomes) if as_json else outcomes:
        if outcome.reason == "file-missing":
            gone.append(outcome.path)
        if as_json:
            say(json.dumps(report.check_entry(outcome), ensure_ascii=False))
        elif outcome.path not in gone:
            for line in lines.checked(outcome, rules.roster):
                say(line)
        clean = clean and not report.outcome_needs_action(outcome)
    if gone:  # named last, after the others have been judged
        code = "file-missing" if len(gone) == len(files) else "files-missing"
        raise SanjinError(code, count=len(gone), paths="、".join(gone))
    return 0 if clean else 1


@cli.command(help=words.HELP["demo"])
@help_option
@click.argument("folder", metavar="[DIR]", default="demo", type=Place())
def demo(folder: Path) -> int:
    from sanjin_xl.outcome import report
    from sanjin_xl.round import commands, shipped
    from sanjin_xl.round.config import SUMMARY, SUMMARY_FILE

    shipped.copy_samples(folder)
    commands.generate(folder)
    if unread := report.rejected(_ingested(folder)):
        # Every sample can be read where the program is whole.
        raise SanjinError("demo-failed", count=len(unread), files="、".join(one.path for one in unread))
    say(words.DEMO_DONE.format(path=folder / SUMMARY / SUMMARY_FILE))
    # The samples have open questions on purpose; that the demo ran is what its caller wants to know.
    return 0


@cli.command(help=words.HELP["window"])
@help_option
@click.argument("folder", metavar="[DIR]", default=None, required=False, type=Place())
@click.option("--no-browser", is_flag=True, help=words.OPTION_HELP["no_browser"])
def window(folder: Path | None, no_browser: bool) -> None:
    try:
        from sanjin_xl.window import serve
    except ModuleNotFoundError as error:
        raise SanjinError("window-missing", name=error.name) from error
    serve.serve(folder, browse=serve.nowhere if no_browser else serve.browse, say=say)


@cli.command(help=words.HELP["checks"])
@help_option
@json_option
def checks(as_json: bool) -> None:
    from sanjin_xl.console import lines

    for line in lines.catalogue_json() if as_json else lines.catalogue():
        say(line)


def main() -> None:
    """Run the command line; one clear sentence and exit status 2 for anything that cannot be done."""
    make_safe()
    require_chinese_names()
    run = Run()
    try:
        status = cli.main(prog_name=PROGRAM, standalone_mode=False, obj=run)
        sys.stdout.flush()
    except (SystemExit, BrokenPipeError):  # click's way of saying that nobody reads what we print
        fail(words.OUTPUT_ENDED)
    except SanjinError as error:
        from sanjin_xl import messages

        fail(messages.error(error))
    except click.exceptions.Abort as error:
        if isinstance(error.__cause__, EOFError):  # taken by click for the end of what is typed, but we ask nothing
            fail(_fault(error.__cause__, run))
        fail(words.ABORTED)
    except click.ClickException as error:
        fail(words.USAGE.format(detail=usage_fault(error), program=called()))
    except Exception as error:  # noqa: BLE001  (what nobody foresaw)
        fail(_fault(error, run))
    sys.exit(status if isinstance(status, int) else 0)


def _fault(error: Exception, run: Run) -> str:
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


def _say_version(context: click.Context) -> NoReturn:
    from sanjin_xl.round.shipped import DEFAULT_FORM, commit, form_of

    form = form_of(DEFAULT_FORM)
    names = {"form": form.id, "title": form.short_title, "fingerprint": form.fingerprint}
    say(words.VERSION.format(version=__version__, commit=commit() or words.UNKNOWN_COMMIT, **names))
    context.exit()
