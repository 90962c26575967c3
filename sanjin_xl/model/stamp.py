"""Make and verify the stamp an issued workbook carries: what it is a copy of, made out to whom, and proof of it."""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

_MARK, _FIRST_MARK = "SJ2", "SJ1"  # the latter is that of 0.1.0, which sealed neither revision nor policy
UNSEALED_COPY = -1  # the revision of a correction copy of 0.1.0, which only its hidden sheet says it is
_SEPARATOR = "|"
_NUMBER = re.compile(r"[0-9]{1,9}")  # int() refuses thousands of digits
_MAC_BYTES = 10  # 80 bits: sixteen base-32 characters a person can read out over the telephone


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """One copy of one form for one unit in one round.

    `issue` counts from 1. `revision` numbers the correction copies of a unit, 0 for an issue; `policy` is the one the
    formulas of the copy were made under, "" where the stamp does not say so: one of 0.1.0.
    """

    form: str
    fingerprint: str
    round: str
    unit: str
    issue: int
    revision: int = 0
    policy: str = ""

    def seal(self, key: bytes) -> str:
        """The message authentication code over all fields: HMAC-SHA-256 cut to 80 bits, in base 32."""
        digest = hmac.new(key, self._text().encode(), hashlib.sha256).digest()
        return base64.b32encode(digest[:_MAC_BYTES]).decode()

    def full(self, key: bytes) -> str:
        """The stamp as it stands in the hidden sheet, the document property and the page footer."""
        return self._text() + _SEPARATOR + self.seal(key)

    def code(self, key: bytes) -> str:
        """The short code printed as 表号: unit, issue, revision, policy and seal; the rest is known to the round."""
        return Claim(self, self.seal(key)).code

    def _text(self) -> str:
        facts = [self.form, self.fingerprint, self.round, self.unit, str(self.issue)]
        if self.is_of_first_version:
            return _SEPARATOR.join([_FIRST_MARK, *facts])
        return _SEPARATOR.join([_MARK, *facts, str(self.revision), self.policy])

    @property
    def is_of_first_version(self) -> bool:
        return not self.policy


@dataclass(frozen=True, slots=True)
class Claim:
    """What a return says it is, not yet believed: a stamp and the seal that came with it."""

    stamp: Stamp
    seal: str

    def holds(self, key: bytes) -> bool:
        """Whether the seal was made with this key over exactly these fields."""
        return hmac.compare_digest(self.stamp.seal(key).encode(), self.seal.encode())

    @property
    def code(self) -> str:
        """The short code that says the same, whether it holds or not."""
        stamp, seal = self.stamp, self.seal
        copy = [] if stamp.is_of_first_version else [str(stamp.revision), stamp.policy]
        return "-".join([stamp.unit, f"{stamp.issue:02d}", *copy, *(seal[n : n + 4] for n in range(0, len(seal), 4))])


def read_full(text: str) -> Claim | None:
    """The claim in a full stamp, None when the text is not one."""
    mark, *facts = text.strip().split(_SEPARATOR)
    if (mark, len(facts)) not in ((_MARK, 8), (_FIRST_MARK, 6)):
        return None
    form, fingerprint, round_name, unit, issue, *copy, seal = facts
    return _claim(unit, issue, copy, seal, form=form, fingerprint=fingerprint, round=round_name)


def read_code(text: str, *, form: str, fingerprint: str, round_name: str) -> Claim | None:
    """The claim in a short code, taken to be of this form and round; None when the text is not a code."""
    parts = text.strip().split("-")
    if len(parts) not in (6, 8) or any(len(part) != 4 for part in parts[-4:]):
        return None
    unit, issue, *copy, seal = *parts[:-4], "".join(parts[-4:])
    if seal != seal.upper():  # typed off the paper in small letters
        copy = [one.upper() for one in copy]
    return _claim(unit, issue, copy, seal.upper(), form=form, fingerprint=fingerprint, round=round_name)


def _claim(unit: str, issue: str, copy: list[str], seal: str, **facts: str) -> Claim | None:
    """The claim to be a copy with these numbers, None where they are none; `copy`: its revision and its policy."""
    if not all(map(_NUMBER.fullmatch, [issue, *copy[:1]])):
        return None
    revision, policy = (int(copy[0]), copy[1]) if copy else (0, "")
    stamp = Stamp(unit=unit, issue=int(issue), revision=revision, policy=policy, **facts)
    return None if copy and stamp.is_of_first_version else Claim(stamp, seal)
