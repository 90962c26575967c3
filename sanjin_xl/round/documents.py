"""Official documents (.docx) of a round in 发件/: the notice of the issue, the draft of a bulletin of the results."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from sanjin_xl.messages import letters
from sanjin_xl.messages import official as words
from sanjin_xl.model.errors import RoundError
from sanjin_xl.outcome.results import Results
from sanjin_xl.round.run import Run
from sanjin_xl.round.workbooks import Books


def write_document(run: Run, kind: str, results: Results | None) -> Path:
    """Write the notice, or with results the bulletin; gives its path.

    One that somebody has changed since it was written is moved aside, as a workbook is. Raises
    RoundError("documents-missing") where the library that writes .docx is not installed.
    """
    name = words.FILE_NAME.format(kind=words.DOCUMENTS[kind], period=run.rules.period.label)
    path = run.folder / letters.LETTERS / name
    with Books(run) as books:
        books.write("document", _built, [(path, _builder(run, results))])
    return path


def _built(build: Callable[[], bytes]) -> bytes:
    return build()


def _builder(run: Run, results: Results | None) -> Callable[[], bytes]:
    try:
        from sanjin_xl.books.bulletin import bulletin_bytes
        from sanjin_xl.books.notice import notice_bytes
    except ModuleNotFoundError as error:
        raise RoundError("documents-missing", name=error.name) from error
    config = run.config
    if results is None:
        return partial(notice_bytes, run.rules, config.recipient, config.contact, config.phone)
    return partial(bulletin_bytes, results, config.recipient)
