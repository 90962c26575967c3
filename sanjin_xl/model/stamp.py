"""Make and verify the stamp an issued workbook carries: what it is a copy of, made out to whom, and proof of it."""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

_MARK = "SJ1"
_SEPARATOR = "|"
_ISSUE = re.compile(r"[0-9]{1,9}")  # int() refuses thousands of digits
_MAC_BYTES = 10  # 80 bits: sixteen base-32 characters a person can read out over the telephone


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """One copy of one form for one unit in one round; `issue` counts from 1."""

    form: str
    fingerprint: str
    round: str
    unit: str
    issue: int

    def seal(self, key: bytes) -> str:
        """The message authentication code over all fields: HMAC-SHA-256 cut to 80 bits, in base 32."""
        digest = hmac.new(key, self._text().encode(), hashlib.sha256).digest()
        return base64.b32encode(digest[:_MAC_BYTES]).decode()

    def full(self, key: bytes) -> str:
        """The stamp as it stands in the hidden sheet, the document property and the page footer."""
        return self._text() + _SEPARATOR + self.seal(key)

    def code(self, key: bytes) -> str:
        """The short code printed as 表号: unit, issue and seal; the rest is known to the round."""
        seal = self.seal(key)
        return "-".join([self.unit, f"{self.issue:02d}", *(seal[n : n + 4] for n in range(0, len(seal), 4))])

    def _text(self) -> str:
        return _SEPARATOR.join([_MARK, self.form, self.fingerprint, self.round, self.unit, str(self.issue)])


@dataclass(frozen=True, slots=True)
class Claim:
    """What a return says it is, not yet believed: a stamp and the seal that came with it."""

    stamp: Stamp
    seal: str

    def holds(self, key: bytes) -> bool:
        """Whether the seal was made with this key over exactly these fields."""
        return hmac.compare_digest(self.stamp.seal(key).encode(), self.seal.encode())


def read_full(text: str) -> Claim | None:
    """The claim in a full stamp, None when the text is not one."""
    parts = text.strip().split(_SEPARATOR)
    if len(parts) != 7 or parts[0] != _MARK or not _ISSUE.fullmatch(parts[5]):
        return None
    _, form, fingerprint, round_name, unit, issue, seal = parts
    stamp = Stamp(form=form, fingerprint=fingerprint, round=round_name, unit=unit, issue=int(issue))
    return Claim(stamp, seal)


def read_code(text: str, *, form: str, fingerprint: str, round_name: str) -> Claim | None:
    """The claim in a short code, taken to be of this form and round; None when the text is not a code."""
    parts = text.strip().split("-")
    if len(parts) != 6 or not _ISSUE.fullmatch(parts[1]) or any(len(p) != 4 for p in parts[2:]):
        return None
    stamp = Stamp(form=form, fingerprint=fingerprint, round=round_name, unit=parts[0], issue=int(parts[1]))
    return Claim(stamp, "".join(parts[2:]).upper())
