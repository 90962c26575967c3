"""通报: a draft of the bulletin that tells all units how all of them stand; it says what is not settled yet."""

from collections.abc import Iterator

from sanjin_xl.books.notice import addressees
from sanjin_xl.books.official import OfficialDocument
from sanjin_xl.books.summary import sentences
from sanjin_xl.judge.pipeline import Status
from sanjin_xl.messages import official as words
from sanjin_xl.messages.summary import pending_in_words
from sanjin_xl.messages.template import policy_in_words
from sanjin_xl.model.points import decimal, mean
from sanjin_xl.outcome.report import sent_back
from sanjin_xl.outcome.results import Results, UnitResult
from sanjin_xl.outcome.tables import item_count_rows

_WEAKEST, _FEWEST = 3, 10  # categories and items that are named


def bulletin_bytes(results: Results, office: str) -> bytes:
    """The bulletin of a round as .docx; until every unit is counted and no question open it calls itself a draft."""
    rules = results.rules
    document = OfficialDocument()
    document.title(*(line.format(office=office, period=rules.period.label) for line in words.BULLETIN_TITLE))
    if not results.final:
        document.remark(words.BULLETIN_DRAFT)
    document.addressees(addressees(rules.roster))
    as_of = words.DAY.format(day=rules.as_of)
    document.text(words.BULLETIN_LEAD.format(period=rules.period.label, as_of=as_of))
    document.heading(words.BULLETIN_REPORTED)
    document.text("".join(_reported(results)))
    if any(one.outcome for one in results.units):
        _ranking(document, results)
        _weaknesses(document, results)
    document.heading(words.BULLETIN_OPEN)
    document.text("".join(_open(results)))
    document.heading(words.BULLETIN_NEXT)
    document.text("".join(_next(results)))
    document.text(words.BULLETIN_END)
    document.sign_off(office, words.UNSIGNED)
    return document.as_bytes()


def _reported(results: Results) -> Iterator[str]:
    """Who has reported, who has not, and who was late."""
    units = len(results.units)
    missing = [one.unit.name for one in results.units if one.outcome is None]
    late = [one for one in results.units if one.days_late]
    if len(missing) == units:
        yield words.NONE_CAME.format(units=units)
        return
    if missing:
        names = sentences.named(missing)
        yield words.SOME_CAME.format(units=units, came=units - len(missing), missing=len(missing), names=names)
    else:
        yield words.ALL_CAME.format(units=units)
    if late:
        named = [words.DAYS_LATE.format(name=one.unit.name, days=one.days_late) for one in late]
        yield words.LATE.format(count=len(late), names=sentences.named(named))
    else:
        yield words.IN_TIME


def _ranking(document: OfficialDocument, results: Results) -> None:
    policy = results.rules.policy
    scores = [score for one in results.units if (score := results.score(one)) is not None]
    document.heading(words.BULLETIN_RANKING if results.final else words.BULLETIN_RANKING_OPEN)
    pattern = words.RANKED if len(scores) > 1 else words.RANKED_ONE
    ties = sentences.ties_rule(results) if results.shared_ranks else ""
    document.text(
        pattern.format(
            id=policy.id,
            name=policy.name,
            sentence=policy_in_words(policy),
            came=len(scores),
            mean=decimal(mean(scores)),
            best=decimal(max(scores)),
            worst=decimal(min(scores)),
        )
        + ties
    )
    remarks = sentences.Remarks(results, brief=True)
    document.table(words.COLUMNS, [_row(results, one, remarks) for one in results.ranking()])


def _row(results: Results, one: UnitResult, remarks: sentences.Remarks) -> list[str]:
    score, counts = results.score(one), one.counts
    if score is None or counts is None:
        return [words.NONE, one.unit.name, *[words.NONE] * 5, words.NOT_RETURNED]
    figures = (counts.done, counts.planned, counts.blank, counts.pending)
    return [str(results.rank(one)), one.unit.name, decimal(score), *map(str, figures), remarks.of(one)]


def _weaknesses(document: OfficialDocument, results: Results) -> None:
    document.heading(words.BULLETIN_WEAK)
    if weak := _weak_categories(results):
        document.text(words.WEAK_CATEGORIES.format(names=words.LIST_JOIN.join(weak)))
    form, came = results.rules.form, sum(one.outcome is not None for one in results.units)
    done = {number: counts[0] for number, counts in item_count_rows(results).items()}
    fewest = sorted((number for number, count in done.items() if count < came), key=lambda number: done[number])
    if not fewest:
        document.text(words.NO_WEAKNESS)
        return
    document.text(words.FEWEST_DONE.format(came=came))
    rows = [[str(number), form.item(number).text, str(done[number])] for number in fewest[:_FEWEST]]
    document.table(words.ITEM_COLUMNS, rows)
    last = done[fewest[:_FEWEST][-1]]
    if more := sum(done[number] == last for number in fewest[_FEWEST:]):
        document.text(words.MORE_ITEMS.format(count=more, done=last))


def _weak_categories(results: Results) -> list[str]:
    """The categories in which the units that have reported won the smallest share of the points, the weakest first."""
    came = [one for one in results.units if one.outcome]
    won = {
        category.name: sum(one.by_category[category.ordinal] for one in came) / (category.points * len(came))
        for category in results.rules.form.categories
        if category.points
    }
    weakest = sorted((name for name, share in won.items() if share < 1), key=lambda name: won[name])
    return [words.CATEGORY_RATE.format(name=name, rate=f"{won[name]:.1%}") for name in weakest[:_WEAKEST]]


def _open(results: Results) -> Iterator[str]:
    """What may still change scores and ranks."""
    if results.final:
        yield words.NOTHING_OPEN
        return
    if missing := sum(one.outcome is None for one in results.units):
        yield words.OPEN_MISSING.format(count=missing)
    if pending := pending_in_words(*results.pending):
        stake = sum((one.high or 0) - (one.low or 0) for one in results.units)
        yield words.OPEN_QUESTIONS.format(pending=pending, points=decimal(stake))
    if back := [one.unit.name for one in sent_back(results)]:
        yield words.OPEN_CORRECTIONS.format(count=len(back), names=sentences.named(back))
    if rejected := sum(one.status is Status.REJECTED for one in results.files):
        yield words.OPEN_FILES.format(count=rejected)
    for pattern, moves in (
        (words.OPEN_RANKS, results.depends_on_questions),
        (words.OPEN_POLICY, results.depends_on_policy),
    ):
        if movable := [one.unit.name for one in results.ranking() if one.outcome and moves(one)]:
            yield pattern.format(names=sentences.named(movable))


def _next(results: Results) -> Iterator[str]:
    if any(one.outcome is None for one in results.units):
        yield words.NEXT_MISSING
    if sent_back(results):
        yield words.NEXT_CORRECTIONS
    yield words.NEXT_ALL
