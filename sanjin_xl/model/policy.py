"""Policies as data: what each state of an item is worth, as form files ship them and rounds add to them."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sanjin_xl.model.tomlread import Table

_ID = re.compile(r"[0-9A-Za-z]{1,4}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What each state of an item is worth, in percent of its points; neither done nor planned is worth nothing.

    `id` is its key in results.json; `sentence` says the shares in words, "" to have it made from them.
    """

    id: str
    name: str
    done_with_ledger: int
    done_without_ledger: int
    planned: int = 0
    sentence: str = ""

    def share(self, *, done: bool, planned: bool, ledger: bool) -> int:
        """What an answer is worth in percent; where it is done, it does not matter whether it is planned as well."""
        if done:
            return self.done_with_ledger if ledger else self.done_without_ledger
        return self.planned if planned else 0

    @property
    def shares(self) -> tuple[int, ...]:
        """The shares of the states that may be worth something."""
        return self.done_with_ledger, self.done_without_ledger, self.planned


def read_policies(table: Table, known: Collection[str] = ()) -> dict[str, Policy]:
    """The policies in the list `policies` of a TOML table, by id and in their order; none where there is no such list.

    Faults go to the table's list; an id that is `known` already is one, for what is called B must stay B.
    """
    found: dict[str, Policy] = {}
    for entry in table.tables("policies", []):
        policy = _policy(entry)
        if policy.id in found or policy.id in known:
            entry.problem("id", "policy-twice", found=policy.id)
        found[policy.id] = policy
    return found


def _policy(table: Table) -> Policy:
    policy = Policy(
        id=table.text("id"),
        name=table.text("name"),
        done_with_ledger=table.percent("done_with_ledger"),
        done_without_ledger=table.percent("done_without_ledger"),
        planned=table.percent("planned", 0),
        sentence=table.text("sentence", ""),
    )
    if not _ID.fullmatch(policy.id):
        table.problem("id", "policy-id", found=policy.id)
    if not policy.name.strip():
        table.problem("name", "form-blank")
    table.refuse_unknown_keys()
    return policy


def read_choice(table: Table, policies: Mapping[str, Policy], default: str) -> str:
    """The id in the key `policy` of a TOML table; one that no policy has is a fault, and the default stands in."""
    chosen = table.text("policy", default)
    if chosen in policies:
        return chosen
    table.problem("policy", "round-policy", found=chosen, expected=tuple(policies))
    return default
