"""The results of a round as data frames, for an analyst; pandas is used here alone, and loaded by the first call."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sanjin_xl import messages
from sanjin_xl.model.errors import RoundError
from sanjin_xl.model.points import parse
from sanjin_xl.outcome.former import SCHEMA
from sanjin_xl.round.config import RESULTS_FILE, SUMMARY
from sanjin_xl.round.outputs import LARGEST_RESULTS, read_own

if TYPE_CHECKING:
    from pandas import DataFrame, Series

# What a frame has even without a row; whatever else results.json says of an entry follows behind.
_COLUMNS = {
    "units": "code name status rank score score_low score_high days_late file",
    "answers": "unit item done done_month planned planned_month ledger remark "
    "points points_low points_high auto_points ruled",
    "files": "path sha256 status unit reason",
    "findings": "path unit code severity item cell found message",
}
_POINTS = {"score", "score_low", "score_high", "applicable", "late_deduction"} | {
    *("points", "points_low", "points_high", "auto_points"),
}
_WHOLE = {"item", "rank", "days_late"}
_TICKS = {"done", "planned", "ledger", "ruled"}
_MONTHS = {"done_month", "planned_month"}


class ResultFrames(NamedTuple):
    """A round as four data frames; see `read_results`."""

    units: DataFrame
    answers: DataFrame
    files: DataFrame
    findings: DataFrame


def read_results(folder: str | PathLike[str], *further: str | PathLike[str]) -> ResultFrames:
    """The results of a round as pandas data frames: `units`, `answers`, `files`, `findings`.

    Of several rounds the rows stand below each other in the order of the rounds, with the name of its period in front
    of each (`period`): `units.pivot(index="name", columns="period", values="score")` is what 历次对比 shows.

    `folder` is a round folder after `ingest`, or the path of a results.json. The entries of that file are the rows and
    their keys the columns (docs/contracts.md §3), a key within a key written with a dot:

    - `units`, one row per unit: code, name, status, rank, score, score_low, score_high, days_late, file, applicable,
      late_deduction; `by_category.一` …, `counts.done` …, `policies.A.score`, `policies.A.rank` …; `previous.rank` …
      where there is a former round.
    - `answers`, one row per item of every unit that was counted: unit (its code), item, done, done_month, planned,
      planned_month, ledger, remark, points, points_low, points_high, auto_points, ruled; `extra.…` where the form
      declares further columns.
    - `files`, one row per file: path, sha256, status, unit (its code), reason.
    - `findings`, one row per finding: path and unit of the file, code, severity, item, cell, found, message.

    Points and scores are whole hundredths (8750 is 87.50), so that sums are exact; like ranks, counts and the numbers
    of items they are Int64. done, planned, ledger and ruled are boolean, <NA> where what was typed is unclear. Months
    are lists, empty for none. Everything else is string. What is null in results.json is <NA>.

    Raises RoundError("results-missing") where there is no such file, RoundError("results-unreadable") where it is no
    results.json of ours; the Chinese sentence is the note of the error.

    The ranking, how much of each category was got on average, what is done without a ledger, and what was most
    often wrong:

        import sanjin_xl

        units, answers, files, findings = sanjin_xl.read_results("三季度")
        names = units.set_index("code")["name"]
        print(units.sort_values("rank")[["rank", "name"]].assign(score=units["score"] / 100))
        print(units.filter(like="by_category.").mean() / 100)
        bare = answers[answers["done"].fillna(False) & ~answers["ledger"].fillna(False)]
        print(bare.groupby("unit")["item"].agg(list).rename(index=names))
        print(answers.explode("planned_month").value_counts("planned_month"))
        print(findings.value_counts(["severity", "code"]).head(10))
    """
    if further:
        return _below_each_other([_read(one) for one in (folder, *further)])
    return _read(folder)[1]


def _below_each_other(rounds: Sequence[tuple[str, ResultFrames]]) -> ResultFrames:
    from pandas import concat

    def joined(n: int) -> DataFrame:
        frames = [frames[n] for _, frames in rounds]
        for (period, _), frame in zip(rounds, frames, strict=True):
            frame.insert(0, "period", _series("period", [period] * len(frame)))
        return concat(frames, ignore_index=True)

    return ResultFrames(*(joined(n) for n in range(len(ResultFrames._fields))))


def _read(folder: str | PathLike[str]) -> tuple[str, ResultFrames]:
    """The period of a round and its frames."""
    path = Path(folder)
    path = path / SUMMARY / RESULTS_FILE if path.is_dir() else path
    try:
        content = json.loads(read_own(path, LARGEST_RESULTS).decode())
        return str(content["period"]), _frames(content)
    except FileNotFoundError as error:
        raise _told(RoundError("results-missing", path=path)) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _told(RoundError("results-unreadable", path=path)) from error


def _told(error: RoundError) -> RoundError:
    """The error with its sentence, which the command line would have printed."""
    error.add_note(messages.error(error))
    return error


def _frames(content: Mapping[str, Any]) -> ResultFrames:
    if content["schema"] != SCHEMA:
        raise ValueError(content["schema"])
    files = content["files"]
    findings = ({"path": file["path"], "unit": file["unit"], **found} for file in files for found in file["findings"])
    return ResultFrames(
        units=_frame("units", content["units"]),
        answers=_frame("answers", content["answers"]),
        files=_frame("files", ({key: file[key] for key in file if key != "findings"} for file in files)),
        findings=_frame("findings", findings),
    )


def _frame(name: str, entries: Iterable[Mapping[str, Any]]) -> DataFrame:
    from pandas import DataFrame

    rows = [dict(_flat(entry)) for entry in entries]
    columns = dict.fromkeys([*_COLUMNS[name].split(), *(key for row in rows for key in row)])
    return DataFrame({column: _series(column, [row.get(column) for row in rows]) for column in columns})


def _flat(entry: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, Any]]:
    """The pairs of an entry, those of an entry within it too: {"counts": {"done": 3}} → ("counts.done", 3)."""
    for key, value in entry.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{within}{key}.")
        else:
            yield within + key, value


def _series(column: str, values: Sequence[Any]) -> Series[Any]:
    from pandas import Series

    within, _, key = column.rpartition(".")
    if key in _POINTS or within == "by_category":
        return Series(_converted(parse, values), dtype="Int64")
    if key in _WHOLE or within in ("counts", "previous"):
        return Series(values, dtype="Int64")
    if column in _TICKS:
        return Series(values, dtype="boolean")
    if column in _MONTHS:
        return Series([_months(value) for value in values], dtype=object)
    return Series(
        values, dtype="string" if all(value is None or isinstance(value, str) for value in values) else object
    )


def _converted(convert: Callable[[Any], int], values: Sequence[Any]) -> list[int | None]:
    """The values converted, each different one once: a nation has a million points, but few different ones."""
    known = {value: None if value is None else convert(value) for value in set(values)}
    return [known[value] for value in values]


def _months(value: int | list[int] | None) -> list[int]:
    return value if isinstance(value, list) else [] if value is None else [value]
