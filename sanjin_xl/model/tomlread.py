"""Typed getters over a parsed TOML table that collect every fault with its path instead of stopping at the first."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from sanjin_xl.model.controls import visible
from sanjin_xl.model.days import parse_day
from sanjin_xl.model.errors import Problem
from sanjin_xl.model.points import exact

T = TypeVar("T")
_REQUIRED = object()


class TomlError(ValueError):
    """A text that is no TOML; `problem` says where."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


def parse_toml(text: str) -> dict[str, object]:
    """A TOML text as a mapping, with exact numbers; raises TomlError."""
    try:
        # Notepad may put a byte order mark first, which TOML does not know.
        return tomllib.loads(text.removeprefix("\ufeff"), parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise TomlError(_syntax_problem(error)) from error
    except (ValueError, RecursionError) as error:  # thousands of digits, or of brackets
        raise TomlError(Problem("", "toml-unreadable")) from error


def _syntax_problem(error: tomllib.TOMLDecodeError) -> Problem:
    """A syntax error by its line; tomllib tells the place only in its English sentence."""
    line = re.search(r"line (\d+)", str(error))
    return Problem("", "toml-syntax", line=line[1] if line else "?")


class Table:
    """One TOML table being read: remembers its path and which keys were asked for.

    Faults go to the shared list `problems`; a getter that found one returns a harmless stand-in of its type,
    so that reading can go on; what is wrong with a stand-in follows from its fault and is not noted.
    """

    def __init__(self, mapping: object, path: str, problems: list[Problem], *, stands_in: bool = False) -> None:
        self.path = path
        self.problems = problems
        self._asked: set[str] = set()
        self._stand_ins: set[str] = set()  # keys whose value is made up; "" when the whole table is
        if stands_in:
            self._stand_ins.add("")
        elif not isinstance(mapping, Mapping):
            self._unusable("", "toml-type", expected="table")
        self._mapping: Mapping[str, object] = mapping if isinstance(mapping, Mapping) else {}

    def problem(self, key: str, code: str, **facts: object) -> None:
        """Note a fault at `key` of this table ("" for the table itself), unless its value is a stand-in."""
        if not self._stand_ins & {"", key}:
            self.problems.append(Problem(self._path_of(key), code, **facts))

    def _unusable(self, key: str, code: str, **facts: object) -> None:
        """Note that a value cannot be used; whatever else is found wrong with its stand-in follows from that."""
        self.problem(key, code, **facts)
        self._stand_ins.add(key)

    def text(self, key: str, default: object = _REQUIRED) -> str:
        return visible(self._get(key, str, "text", "", default))

    def integer(self, key: str, default: object = _REQUIRED) -> int:
        return self._get(key, int, "integer", 0, default)

    def percent(self, key: str, default: object = _REQUIRED) -> int:
        """A whole number from 0 to 100."""
        value = self.integer(key, default)
        if not 0 <= value <= 100:
            self._unusable(key, "toml-percent", found=value)
            return 0
        return value

    def flag(self, key: str, default: object = _REQUIRED) -> bool:
        return self._get(key, bool, "flag", False, default)

    def day(self, key: str) -> date | None:
        """A date, written as one or as a text of any usual kind; None when the key is absent."""
        value = self._get(key, (date, str), "date", None, None)
        day = parse_day(value) if isinstance(value, str) else value
        if value is not None and day is None:
            self._unusable(key, "toml-type", expected="date")
        return day

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, empty when the key is absent."""
        values: list[object] = self._get(key, list, "list", [], [])
        if any(not isinstance(value, str) for value in values):
            self._unusable(key, "toml-type", expected="text-list")
            return ()
        return tuple(visible(str(value)) for value in values)

    def text_or_texts(self, key: str) -> tuple[str, ...]:
        """A text or a list of texts, empty when the key is absent."""
        return (self.text(key),) if isinstance(self._mapping.get(key), str) else self.texts(key)

    def hundredths(self, key: str, default: object = _REQUIRED) -> int:
        """A number with at most two decimals and not below zero, as an integer count of hundredths."""
        value = self._get(key, (int, Decimal), "number", Decimal(0), default)
        hundredths = exact(value)
        if hundredths is None or hundredths < 0:
            self._unusable(key, "toml-points", found=str(value))
            return 0
        return hundredths

    def table(self, key: str) -> "Table":
        mapping = self._get(key, Mapping, "table", {}, _REQUIRED)
        return Table(mapping, self._path_of(key), self.problems, stands_in=key in self._stand_ins)

    def tables(self, key: str, default: object = _REQUIRED) -> "list[Table]":
        """The tables of an array of tables; entry n has the path `key[n]`, counted from zero."""
        entries: list[object] = self._get(key, list, "list", [], default)
        return [Table(entry, f"{self._path_of(key)}[{n}]", self.problems) for n, entry in enumerate(entries)]

    def names(self) -> list[str]:
        """The keys of a table whose keys are free names."""
        return list(self._mapping)

    def has(self, key: str) -> bool:
        return key in self._mapping

    def refuse_unknown_keys(self) -> None:
        """Note every key nobody asked for: a mistyped key must not be ignored."""
        for key in self._unknown():
            self.problem(key, "toml-unknown-key")

    def _unknown(self) -> Iterator[str]:
        return (key for key in self._mapping if key not in self._asked)

    def _get(self, key: str, kind: type[T] | tuple[type, ...], name: str, stand_in: T, default: object) -> T:
        self._asked.add(key)
        if key not in self._mapping:
            if default is _REQUIRED:
                self._unusable(key, "toml-missing")
                return stand_in
            return default  # type: ignore[return-value]
        value = self._mapping[key]
        # bool is an int and datetime a date in Python, but neither is one in TOML.
        wrong_subtype = (isinstance(value, bool) and kind is not bool) or isinstance(value, datetime)
        if not isinstance(value, kind) or wrong_subtype:
            self._unusable(key, "toml-type", expected=name)
            return stand_in
        return value  # type: ignore[return-value]

    def _path_of(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path and key else self.path or key
