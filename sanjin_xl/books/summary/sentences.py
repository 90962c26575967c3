"""What the figures come to in a sentence: the policy in words, and whether the order is settled."""

from collections.abc import Sequence

from sanjin_xl.books.summary.book import cut_off
from sanjin_xl.judge.pipeline import Status
from sanjin_xl.messages import summary as words
from sanjin_xl.messages.template import policy_in_words
from sanjin_xl.model.points import decimal
from sanjin_xl.model.policy import Policy
from sanjin_xl.outcome.former import Former
from sanjin_xl.outcome.results import Results, UnitResult

MOST_NAMES = 12
"""So many units are named in a sentence; of more, the first ones."""


def policy_sentence(policy: Policy) -> str:
    """A policy by its letter and name, and what it is in words."""
    return words.POLICY.format(id=policy.id, name=policy.name, sentence=policy_in_words(policy))


def policy_heading(policy: Policy, in_use: bool) -> str:
    """A policy as the heading of a column."""
    pattern = words.POLICY_IN_USE if in_use else words.POLICY_SHORT
    return pattern.format(id=policy.id, name=policy.name)


def ties_rule(results: Results) -> str:
    """How equal scores are ranked."""
    return words.TIES_RULE_DENSE if results.rules.dense_ranks else words.TIES_RULE


def notes(results: Results) -> list[str]:
    """What a leader must know to read the ranking: policy, who is missing, what is open, whether it is settled."""
    rule = policy_sentence(results.rules.policy) + ties_rule(results)
    compared = [comparison(results.former, results.policy)] if results.former else []
    return [words.NOTE.format(text=rule), _returned(results) + _open(results), settled(results), *compared]


def comparison(former: Former, policy: str) -> str:
    """Which round this one is compared with, and whether its scores were made by the same policy."""
    text = words.COMPARED.format(period=former.period.label)
    return text + (words.OTHER_POLICY.format(then=former.policy, now=policy) if former.policy != policy else "")


def _returned(results: Results) -> str:
    missing = [one.unit.name for one in results.units if one.outcome is None]
    text = words.RETURNED.format(units=len(results.units), returned=len(results.units) - len(missing))
    if not missing:
        return text + words.ALL_RETURNED
    if len(missing) <= MOST_NAMES:
        return text + words.MISSING_UNITS.format(count=len(missing), names=words.LIST_JOIN.join(missing))
    pattern = words.MISSING_BESIDE if cut_off(len(results.units)) else words.MISSING_MANY
    return text + pattern.format(count=len(missing), file=words.CSV_NAME.format(name=words.RANKING))


def _open(results: Results) -> str:
    pending = sum(one.counts.pending for one in results.units if one.counts)
    stake = sum((one.high or 0) - (one.low or 0) for one in results.units)
    rejected = sum(one.status is Status.REJECTED for one in results.files)
    text = words.REJECTED_FILES.format(count=rejected, sheet=words.FILES) if rejected else ""
    if pending or stake:
        text += words.QUESTIONS_OPEN.format(count=pending, points=decimal(stake), sheet=words.QUESTIONS)
    return text


def remark(results: Results, one: UnitResult) -> str:
    """What is to be said of a unit beside its figures."""
    if one.outcome is None:
        return words.NOT_RETURNED
    ruled = words.RULED.format(count=len(one.rulings), points=_by_rulings(results, one))
    remarks = [
        words.TIED if results.tied(one) else "",
        ruled if one.rulings else "",
        words.DAYS_LATE.format(days=one.days_late) if one.days_late else "",
        *_movable(results, one),
    ]
    return words.REMARK_JOIN.join(filter(None, remarks))


def conclusion(results: Results, one: UnitResult) -> str:
    """Whether a ranked unit's rank is settled, and if not, why."""
    return words.REMARK_JOIN.join(_movable(results, one)) or words.RANK_SETTLED


def change(places: int) -> str:
    """Places won, or lost where negative, since the former round."""
    return words.PLACES[places > 0].format(places=abs(places)) if places else words.LEVEL


def _movable(results: Results, one: UnitResult) -> list[str]:
    """Why a unit's rank may still change."""
    reasons = [words.RANK_BY_POLICY] if results.depends_on_policy(one) else []
    if results.depends_on_questions(one):
        reasons.append(words.RANK_PENDING.format(best=one.best_rank, worst=one.worst_rank))
    return reasons


def _by_rulings(results: Results, one: UnitResult) -> str:
    """What the city's rulings have changed in a unit's points, with its sign."""
    change = one.cards[results.policy].total - one.auto_cards[results.policy].total
    return ("+" if change > 0 else "") + decimal(change)


def settled(results: Results) -> str:
    """Whether the order could still change, with the policy or with the open questions, and for whom."""
    ranked = [one for one in results.ranking() if one.outcome]
    if not ranked:
        return words.NO_RANKING
    several, policies = len(results.rules.policies) > 1, words.policies_in_words(len(results.rules.policies))
    by_policy = [one.unit.name for one in ranked if results.depends_on_policy(one)]
    by_questions = [one.unit.name for one in ranked if results.depends_on_questions(one)]
    if not by_policy and not by_questions:
        return (words.SETTLED if several else words.SETTLED_ALONE).format(policies=policies)
    first = words.SETTLED_BY_POLICY.format(policies=policies) if several else ""
    if by_policy:
        first = words.DEPENDS_ON_POLICY.format(names=named(by_policy))
    second = (
        words.DEPENDS_ON_QUESTIONS.format(names=named(by_questions)) if by_questions else words.SETTLED_BY_QUESTIONS
    )
    return first + second


def named(names: Sequence[str]) -> str:
    """Names in a row, the first ones and how many in all when there are too many."""
    if len(names) <= MOST_NAMES:
        return words.LIST_JOIN.join(names)
    return words.LIST_JOIN.join(names[:MOST_NAMES]) + words.AND_OTHERS.format(count=len(names))
