"""Policies as data: what each state of an item is worth."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """What each state is worth, in percent of the item's points; the rest nothing (docs/contracts.md §4)."""

    id: str
    done_with_ledger: int
    done_without_ledger: int


POLICIES = {
    policy.id: policy
    for policy in (
        Policy("A", done_with_ledger=100, done_without_ledger=100),
        Policy("B", done_with_ledger=100, done_without_ledger=50),
        Policy("C", done_with_ledger=100, done_without_ledger=0),
    )
}
DEFAULT_POLICY = "B"
