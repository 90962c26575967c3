"""What the figures come to in a sentence: the policy in words, and whether the order is settled."""

from collections.abc import Sequence

from sanjin_xl.messages import POLICY_NAMES
from sanjin_xl.messages import summary as words
from sanjin_xl.messages.template import policy_in_words
from sanjin_xl.results import Results, UnitResult
from sanjin_xl.scoring import Policy, decimal

MOST_NAMES = 12
"""So many units are named in a sentence; of more, the first ones."""


def policy_sentence(policy: Policy) -> str:
    """A policy by its letter and name, and what it is in words."""
    sentence = policy_in_words(policy.done_with_ledger, policy.done_without_ledger)
    name = POLICY_NAMES.get(policy.id)
    pattern = words.POLICY if name else words.POLICY_UNNAMED
    return pattern.format(id=policy.id, name=name, sentence=sentence)


def policy_heading(policy: Policy, in_use: bool) -> str:
    """A policy as the heading of a column."""
    pattern = words.POLICY_IN_USE if in_use else words.POLICY_SHORT
    return pattern.format(id=policy.id, name=POLICY_NAMES.get(policy.id, ""))


def by_rulings(results: Results, one: UnitResult) -> str:
    """What the city's rulings have changed in a unit's points, with its sign."""
    if one.outcome is None:
        return ""
    change = one.cards[results.policy].total - one.auto_cards[results.policy].total
    return ("+" if change > 0 else "") + decimal(change)


def settled(results: Results) -> str:
    """Whether the order could still change, with the policy or with the open questions, and for whom."""
    ranked = [one for one in results.ranking() if one.outcome]
    if not ranked:
        return words.NO_RANKING
    by_policy = [one.unit.name for one in ranked if results.depends_on_policy(one)]
    by_questions = [one.unit.name for one in ranked if results.depends_on_questions(one)]
    if not by_policy and not by_questions:
        return words.SETTLED
    first = words.DEPENDS_ON_POLICY.format(names=named(by_policy)) if by_policy else words.SETTLED_BY_POLICY
    second = (
        words.DEPENDS_ON_QUESTIONS.format(names=named(by_questions)) if by_questions else words.SETTLED_BY_QUESTIONS
    )
    return first + second


def named(names: Sequence[str]) -> str:
    """Names in a row, the first ones and how many in all when there are too many."""
    if len(names) <= MOST_NAMES:
        return words.LIST_JOIN.join(names)
    return words.LIST_JOIN.join(names[:MOST_NAMES]) + words.AND_OTHERS.format(count=len(names))
