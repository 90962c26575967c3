"""One observation about a return: a code of the catalogue, its place, and facts."""

from dataclasses import dataclass

from sanjin_xl.model.catalogue import CATALOGUE, Audience, Kind, Severity
from sanjin_xl.model.cellref import on_sheet


@dataclass(frozen=True, slots=True)
class Finding:
    """One observation about one return: a code and facts, never a sentence (see `messages`).

    `item` is the item's number, `field` the name of the answer column, `cell` the address in the returned sheet,
    `sheet` the name of that sheet where it is not the one that was read first, `found` what stood there as typed;
    `facts` are further values for the sentence, as sorted pairs.
    """

    code: str
    item: int | None = None
    cell: str | None = None
    found: str | None = None
    facts: tuple[tuple[str, object], ...] = ()
    field: str | None = None
    sheet: str | None = None

    @property
    def kind(self) -> Kind:
        """What the catalogue says of its code."""
        return CATALOGUE[self.code]

    @property
    def severity(self) -> Severity:
        return CATALOGUE[self.code].severity  # asked millions of times: not by way of `kind`

    @property
    def doubt(self) -> bool:
        return self.kind.doubt

    @property
    def asks(self) -> bool:
        """Whether it must be corrected or ruled on: it is more than a note."""
        return CATALOGUE[self.code].severity is not Severity.NOTE

    @property
    def asks_county(self) -> bool:
        """Whether the county must mend it: it goes on the correction copy."""
        return self.asks and self.kind.audience is Audience.COUNTY

    @property
    def place(self) -> str | None:
        """The address as it is shown: F10, or 续表!F10 on a further sheet."""
        return on_sheet(self.sheet, self.cell)

    @property
    def rank(self) -> tuple[int, int, str]:
        """Sort key: the gravest first, then by item, then by code."""
        return _ORDER[self.severity], self.item or 0, self.code


def finding(
    code: str,
    item: int | None = None,
    cell: str | None = None,
    found: object = None,
    *,
    field: str | None = None,
    **facts: object,
) -> Finding:
    """A finding with its facts given by name; `found` None means there was nothing to quote."""
    return Finding(code, item, cell, None if found is None else str(found), tuple(sorted(facts.items())), field)


_ORDER = {Severity.ERROR: 0, Severity.REVIEW: 1, Severity.NOTE: 2}
