"""What stands in the returned workbooks of `samples/`, read from samples/answers.toml; nothing of the program is used.

Columns are numbered 0 … 5 in the order of the form: 已落实, 落实月份, 拟落实, 拟落实月份, 台帐, 备注.
"""

import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).parent.parent / "samples"
NAMES = ("done", "done_month", "planned", "planned_month", "ledger", "remark")
MONTHS = [f"{month}月" for month in range(1, 13)]
Typed = str | float
Meaning = dict[str, object]  # like an entry of `answers` in results.json: true, false, null; a month or a list; text


@dataclass(frozen=True, kw_only=True)
class Return:
    """One returned workbook: where it lies, how it was made, what was typed into it and what that means."""

    unit: str
    file: str
    format: str
    by: str
    filled_on: date
    filled_on_typed: str
    signers: list[str]
    typed: dict[int, list[Typed]]
    meant: dict[int, Meaning]
    in_doubt: dict[int, str]
    asked: dict[int, str]
    to_correct: dict[int, str]
    marks: list[dict[str, Any]]

    @property
    def top(self) -> str:
        """The file in 回收/ that it came in: itself, or a mail or folder of mails."""
        return self.file.partition("!")[0]


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A mail in which a return came: `file` is its path as far as the mail, `sender` a name and an address."""

    file: str
    program: str
    sender: tuple[str, str]
    date: datetime
    subject: str
    text: str


def sample_mails() -> list[Mail]:
    """The mails of the sample round, in the order in which they stand in their folders."""
    tables = tomllib.loads((SAMPLES / "answers.toml").read_text(encoding="utf-8"))["mails"]
    return [Mail(**{**table, "sender": tuple(table["sender"])}) for table in tables]


def sample_returns() -> list[Return]:
    """Every return of the sample round, as answers.toml has them."""
    tables = tomllib.loads((SAMPLES / "answers.toml").read_text(encoding="utf-8"))["returns"]
    by_file = {table["file"]: table for table in tables}
    return [_return(_in_full(table, by_file.get(table.pop("like", "")))) for table in tables]


def _in_full(table: dict[str, Any], like: dict[str, Any] | None) -> dict[str, Any]:
    """A return with what it has in common with one it is like: rows, meanings and questions, as far as not its own."""
    if like is None:
        return table
    own = {"rows": like["rows"] + table.get("rows", "").lstrip("\n")}
    more = {name: like.get(name, {}) | table.get(name, {}) for name in ("means", "in_doubt", "asked", "to_correct")}
    return {**table, **own, **more}


def missing_units() -> list[str]:
    """The units of the sample round that have sent nothing."""
    missing: list[str] = tomllib.loads((SAMPLES / "answers.toml").read_text(encoding="utf-8"))["missing"]
    return missing


def _return(table: dict[str, Any]) -> Return:
    table = dict(table)
    typed = dict(_row(line) for line in table.pop("rows").strip().splitlines())
    means = _by_number(table.pop("means", {}))
    return Return(
        typed=typed,
        meant={number: _meaning(entries, means.get(number, {})) for number, entries in typed.items()},
        in_doubt=_by_number(table.pop("in_doubt", {})),
        asked=_by_number(table.pop("asked", {})),
        to_correct=_by_number(table.pop("to_correct", {})),
        filled_on_typed=table.pop("filled_on_typed", ""),
        marks=table.pop("marks", []),
        **table,
    )


def _by_number(table: dict[str, Any]) -> dict[int, Any]:
    return {int(number): value for number, value in table.items()}


def _row(line: str) -> tuple[int, list[Typed]]:
    number, *entries = (part.strip() for part in line.split("|", 6))
    return int(number), [_entry(entry) for entry in entries]


def _entry(text: str) -> Typed:
    if text.startswith("#"):
        return float(text[1:])
    return text[1:-1] if text.startswith('"') else text


def _meaning(entries: list[Typed], said: dict[str, Any]) -> Meaning:
    """What a row means: said in words, or plain from √, a month of the dropdown, or nothing."""
    return {name: _said(name, entry, said.get(name)) for name, entry in zip(NAMES, entries, strict=True)}


def _said(name: str, entry: Typed, said: object) -> object:
    if name == "remark":
        return entry
    if said is not None:
        return None if said == "?" else _months(said) if isinstance(said, list) else said
    if "month" in name:
        return MONTHS.index(str(entry)) + 1 if entry else None
    return {"√": True, "": False}[str(entry)]


def _months(months: list[int]) -> object:
    return months[0] if len(months) == 1 else months
