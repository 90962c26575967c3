"""What the figures come to in a sentence: the policy in words, and whether the order is settled."""

from collections.abc import Iterator, Sequence
from heapq import nlargest
from operator import itemgetter

from sanjin_xl import messages
from sanjin_xl.books.summary.book import cut_off
from sanjin_xl.judge.pipeline import Status
from sanjin_xl.messages import feedback as of_units
from sanjin_xl.messages import summary as words
from sanjin_xl.messages.template import policy_in_words
from sanjin_xl.model.points import decimal
from sanjin_xl.model.policy import Policy
from sanjin_xl.outcome.former import Former
from sanjin_xl.outcome.lost_points import Cause, Loss
from sanjin_xl.outcome.results import Results, UnitResult
from sanjin_xl.outcome.tables import item_count_rows

MOST_NAMES = 12
"""So many units are named in a sentence; of more, the first ones."""

_OVERDUE = ("plan-overdue", "plan-before-round")
_MOST_ITEMS, _MOST_LOST = 10, 3
MOST_AREAS = 6
"""So many are named by their areas in a line of the page the leader signs."""


def policy_sentence(policy: Policy) -> str:
    """A policy by its letter and name, and what it is in words."""
    return words.POLICY.format(id=policy.id, name=policy.name, sentence=policy_in_words(policy))


def policy_heading(policy: Policy, in_use: bool) -> str:
    """A policy as the heading of a column."""
    pattern = words.POLICY_IN_USE if in_use else words.POLICY_SHORT
    return pattern.format(id=policy.id, name=policy.name)


def why_lost(one: UnitResult, loss: Loss) -> str:
    """Why an item of a unit is not worth its full points, and what is asked about it."""
    ruling, found = loss.ruling, loss.finding
    overdue = any(each.code in _OVERDUE and each.item == loss.item.number for each in one.findings())
    text = of_units.CAUSES[loss.cause].format(
        months=messages.months(loss.answer.planned_month) or of_units.UNDATED,
        overdue=of_units.OVERDUE if overdue else "",
        points=decimal(loss.item.points - loss.cost),
        reason=ruling.reason if ruling else "",
    )
    if found is None or loss.cause is not Cause.PENDING:
        return text
    return of_units.ASKED.format(cause=text, seen=messages.seen(found), advice=found.kind.advice)


def ties_rule(results: Results) -> str:
    """How equal scores are ranked."""
    return words.TIES_RULE_DENSE if results.rules.dense_ranks else words.TIES_RULE


def notes(results: Results) -> list[str]:
    """What a leader must know to read the ranking, a line each: whether it stands, what may change it, what is left
    undone everywhere, where the last unit lost most, and by which rules all this is.
    """
    compared = comparison(results, results.former) if results.former else ""
    rule = words.NOTE.format(text=policy_sentence(results.rules.policy))
    ties = ties_rule(results) if results.shared_ranks else ""
    undone = least_done(results)
    firm = _firm(results, _letters(results))
    lines = [_reported(results), *firm, *_open(results), undone, _last(results), compared, rule + ties]
    return [line for line in lines if line]


def comparison(results: Results, former: Former) -> str:
    """Which round this one is compared with, by whom, and whether its scores were made by the same policy."""
    text = words.COMPARED.format(period=former.period.label)
    if former.policy != results.policy:
        text += words.OTHER_POLICY.format(then=former.policy, now=results.policy)
    if any(one.outcome is None for one in results.units):
        return text + words.NO_CHANGES_YET
    left_out = [one.unit.name for one in results.units if one.since is None or one.since.rank is None]
    return text + (words.LEFT_OUT.format(names=named(left_out)) if left_out else "")


def _reported(results: Results) -> str:
    """How many units have reported, of how many the ranking therefore is, and who is missing."""
    missing = [one.unit.area for one in results.units if one.outcome is None]
    if not missing:
        return words.ALL_RETURNED.format(units=len(results.units))
    text = "".join(_provisional(results))
    if len(missing) <= MOST_AREAS:
        return text + words.MISSING_UNITS.format(count=len(missing), names=words.LIST_JOIN.join(missing))
    pattern = words.MISSING_BESIDE if cut_off(len(results.units)) else words.MISSING_MANY
    return text + pattern.format(count=len(missing), file=words.CSV_NAME.format(name=words.RANKING))


def _open(results: Results) -> Iterator[str]:
    stake = sum((one.high or 0) - (one.low or 0) for one in results.units)
    rejected = sum(one.status is Status.REJECTED for one in results.files)
    if rejected:
        yield words.REJECTED_FILES.format(count=rejected, sheet=words.FILES)
    if pending := words.pending_in_words(*results.pending):
        yield words.QUESTIONS_OPEN.format(pending=pending, points=decimal(stake), sheet=words.QUESTIONS)


def least_done(results: Results) -> str:
    """The items that fewest units have done; nothing where all have done all, or none has reported."""
    done = {number: counts[0] for number, counts in item_count_rows(results).items()}
    least, reported = min(done.values()), sum(one.outcome is not None for one in results.units)
    if least == reported:
        return ""
    numbers = [str(number) for number, count in done.items() if count == least]
    items = words.ITEM_NUMBERS.format(numbers=words.LIST_JOIN.join(numbers[:_MOST_ITEMS]))
    if len(numbers) > _MOST_ITEMS:
        items += words.ITEMS_IN_ALL.format(count=len(numbers))
    return (words.LEAST_DONE if least else words.NOWHERE_DONE).format(done=least, items=items)


def _last(results: Results) -> str:
    """In which categories the unit in the last place lost most; nothing where several share it."""
    form, ranked = results.rules.form, [one for one in results.ranking() if one.outcome]
    if len(ranked) < 2 or results.tied(ranked[-1]) or ranked[-1].applicable not in (None, form.points):
        return ""
    one = ranked[-1]
    lost = [(category.points - one.by_category[category.ordinal], category.name) for category in form.categories]
    most = nlargest(_MOST_LOST, (pair for pair in lost if pair[0] > 0), key=itemgetter(0))
    named = [words.LOST_IN.format(name=name, points=decimal(cost)) for cost, name in most]
    return words.LAST_LOST.format(area=one.unit.area, names=words.LIST_JOIN.join(named)) if named else ""


class Remarks:
    """What is to be said of a unit beside its figures; `brief`: on one line, where many units share a page."""

    def __init__(self, results: Results, brief: bool = False) -> None:
        self.results, self.brief = results, brief

    def of(self, one: UnitResult) -> str:
        results = self.results
        if one.outcome is None:
            return words.NOT_RETURNED
        remarks = [
            words.TIED if results.tied(one) else "",
            words.DAYS_LATE.format(days=one.days_late) if one.days_late else "",
            "" if self.brief else self._ruled(one),
            "" if self.brief or not one.versions else words.VERSIONS.format(count=one.versions),
            "" if self.brief and results.depends_on_questions(one) else by_policy(results, one),
            *_by_questions(results, one),
        ]
        return words.REMARK_JOIN.join(filter(None, remarks))

    def _ruled(self, one: UnitResult) -> str:
        if not one.rulings:
            return ""
        return words.RULED.format(count=len(one.rulings), points=_change_by_rulings(self.results, one))


def conclusion(results: Results, one: UnitResult, final: bool, named: bool = False) -> str:
    """Whether a ranked unit's rank is settled, and if not, why; `final`: whether the order of all units is.

    `named`: policies by their names, for a reader who has no list of them.
    """
    movable = [by_policy(results, one, named), *_by_questions(results, one)]
    standing = words.RANK_SETTLED if final else words.RANK_PROVISIONAL
    return words.REMARK_JOIN.join(filter(None, movable)) or standing


def change(places: int) -> str:
    """Places won, or lost where negative, since the former round."""
    return words.PLACES[places > 0].format(places=abs(places)) if places else words.LEVEL


def by_policy(results: Results, one: UnitResult, named: bool = False) -> str:
    """The rank under each policy, if it is not the same: A第1·B第4·C第5; `named`: with the names of the policies."""
    if not results.depends_on_policy(one):
        return ""
    pattern, join = (words.RANK_UNDER_NAMED, words.CLAUSE_JOIN) if named else (words.RANK_UNDER, words.POLICY_JOIN)
    policies = results.rules.policies
    return join.join(pattern.format(id=id_, name=policies[id_].name, rank=rank) for id_, rank in one.ranks.items())


def _by_questions(results: Results, one: UnitResult) -> list[str]:
    """Between which ranks the open questions leave a unit."""
    if not results.depends_on_questions(one):
        return []
    return [words.RANK_PENDING.format(best=one.best_rank, worst=one.worst_rank)]


def _change_by_rulings(results: Results, one: UnitResult) -> str:
    """What the city's rulings have changed in a unit's points, with its sign."""
    change = one.cards[results.policy].total - one.auto_cards[results.policy].total
    return ("+" if change > 0 else "") + decimal(change)


def settled(results: Results) -> str:
    """Whether the order could still change: by who is missing, the policy, or the open questions, and for whom."""
    return "".join([*_provisional(results), *_firm(results)])


def _provisional(results: Results) -> Iterator[str]:
    """That the ranking is not of all units, where it is not."""
    reported = sum(one.outcome is not None for one in results.units)
    if not reported:
        yield words.NO_RANKING
    elif reported < len(results.units):
        yield words.PROVISIONAL.format(returned=reported, units=len(results.units))


def _letters(results: Results) -> str:
    """Which policies the letters in the remarks stand for."""
    named = (words.POLICY_LETTER.format(id=one.id, name=one.name) for one in results.rules.policies.values())
    return words.POLICY_LETTERS.format(letters=words.CLAUSE_JOIN.join(named), sheet=words.POLICIES)


def _firm(results: Results, letters: str = "") -> Iterator[str]:
    """Whether policy or open questions could change the order of the units that are ranked.

    `letters`: what is added where policies could, of what their letters stand for.
    """
    ranked = [one for one in results.ranking() if one.outcome]
    if not ranked:
        return
    moved = [one for one in ranked if results.depends_on_policy(one)]
    by_questions = [one for one in ranked if results.depends_on_questions(one)]
    policies = len(results.rules.policies)
    if moved:
        yield words.DEPENDS_ON_POLICY.format(names=_areas(moved, len(ranked))) + letters
    elif policies > 1:
        yield words.SETTLED_BY_POLICY.format(policies=words.policies_in_words(policies))
    if by_questions:
        yield words.DEPENDS_ON_QUESTIONS.format(names=_areas(by_questions, len(ranked)))
    else:
        yield words.SETTLED if results.final and not moved else words.SETTLED_BY_QUESTIONS


def _areas(units: Sequence[UnitResult], ranked: int) -> str:
    """A few units by the short names of their areas, of more how many they are: a line has room for no more."""
    if len(units) == ranked > 1:
        return words.EACH_UNIT
    if len(units) > MOST_AREAS:
        return words.SO_MANY_UNITS.format(count=len(units))
    return words.LIST_JOIN.join(one.unit.area for one in units)


def named(names: Sequence[str]) -> str:
    """Names in a row, the first ones and how many in all when there are too many."""
    if len(names) <= MOST_NAMES:
        return words.LIST_JOIN.join(names)
    return words.LIST_JOIN.join(names[:MOST_NAMES]) + words.AND_OTHERS.format(count=len(names))
