"""The program's own exceptions; a respondent's mistake is never one of them (see `findings`)."""

from collections.abc import Callable


class SanjinError(Exception):
    """Something we, or the city clerk's set-up, did wrong; ends the command with exit status 2.

    `code` names the sentence in `messages`; `facts` fill its blanks.
    """

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.code} {self.facts}" if self.facts else self.code

    def __reduce__(self) -> tuple[object, ...]:
        # Exceptions with keyword arguments do not survive pickling between processes by themselves.
        return _rebuilt, (type(self), self.code, self.facts)

    @property
    def several(self) -> "list[SanjinError]":
        """The errors this one stands for, itself where it stands alone."""
        errors = self.facts.get("errors")
        return errors if isinstance(errors, list) else [self]


class FormError(SanjinError, ValueError):
    """A form file that cannot be used; `problems` lists every fault as (path to the key, code, facts)."""

    def __init__(self, problems: "list[Problem]") -> None:
        super().__init__("form-invalid", problems=problems)
        self.problems = problems

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.problems,)


class RoundError(SanjinError, ValueError):
    """A round folder or its round.toml that cannot be used."""


class WorkbookError(SanjinError, OSError):
    """A workbook of ours that cannot be written or a ruling table that cannot be read."""


class Refused(Exception):
    """A returned file that is not read: the one exception that leaves the reader.

    `code` is the stable reason ("file-…"); `facts` fill the blanks of its sentence.
    Inside the package it is turned into a rejected outcome; it never reaches the command line.
    """

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuilt, (type(self), self.code, self.facts)


def _rebuilt(kind: Callable[..., Exception], code: str, facts: dict[str, object]) -> Exception:
    return kind(code, **facts)


class Problem:
    """One fault of a data file: where it is (`categories[2].items[4].points`) and what is wrong (code and facts)."""

    __slots__ = ("code", "facts", "path")

    def __init__(self, path: str, code: str, **facts: object) -> None:
        self.path = path
        self.code = code
        self.facts = facts

    def __repr__(self) -> str:
        return f"Problem({self.path!r}, {self.code!r}, {self.facts!r})"
