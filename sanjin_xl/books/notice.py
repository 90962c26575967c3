"""通知: the notice that tells the units what to fill in, by when, and whom to ask."""

from sanjin_xl.books.official import OfficialDocument
from sanjin_xl.messages import official as words
from sanjin_xl.messages.template import NUMERALS, SIGNERS, policy_in_words
from sanjin_xl.model.points import plain
from sanjin_xl.model.roster import Roster
from sanjin_xl.model.rules import Rules

MOST_ADDRESSEES = 20
"""So many units are named at the head of a document; of more there is a list behind it."""


def notice_bytes(rules: Rules, office: str, contact: str, phone: str) -> bytes:
    """The notice of a round as .docx; a contact or telephone that nobody has entered is left to be filled in."""
    form, facts = rules.form, {"office": office, "period": rules.period.label}
    document = OfficialDocument()
    document.title(*(line.format_map(facts) for line in words.NOTICE_TITLE))
    document.addressees(addressees(rules.roster))
    document.text(words.NOTICE_LEAD.format_map(facts))
    document.heading(words.NOTICE_WHAT)
    columns = [form.fields[name].heading for name in form.answers]
    document.text(
        words.NOTICE_FORM.format(
            form=form.title,
            categories=len(form.categories),
            items=len(form.items),
            points=plain(form.points),
            columns=words.LIST_JOIN.join(columns),
            count=NUMERALS[len(columns)],
            signers=words.LIST_JOIN.join(signer.rstrip("：") for signer in SIGNERS),
        )
    )
    policy = rules.policy
    document.text(words.NOTICE_POLICY.format(id=policy.id, name=policy.name, sentence=policy_in_words(policy)))
    document.heading(words.NOTICE_HOW)
    for lead, text in words.NOTICE_RULES:
        document.text(text, lead)
    document.heading(words.NOTICE_WHEN)
    late = words.NOTICE_LATE.format(points=plain(rules.late_deduction)) if rules.late_deduction else ""
    document.text(words.NOTICE_DUE.format(due=words.DAY.format(day=rules.due), office=office) + late)
    document.heading(words.NOTICE_WHOM)
    document.text(words.NOTICE_CONTACT.format(contact=contact or words.BLANK, phone=phone or words.BLANK))
    document.text(words.NOTICE_END)
    listed = len(rules.roster.units) > MOST_ADDRESSEES
    document.attachments([form.title, *[words.UNITS_TITLE] * listed])
    document.sign_off(office, words.UNSIGNED)
    if listed:
        document.annex(2, words.UNITS_TITLE, [unit.name for unit in rules.roster.units])
    return document.as_bytes()


def addressees(roster: Roster) -> str:
    """The units by name, or in one word where they are too many for that."""
    names = [unit.name for unit in roster.units]
    if len(names) > MOST_ADDRESSEES:
        return words.ADDRESSEES_MANY
    return words.ADDRESSEES.format(names=words.LIST_JOIN.join(names))
