"""Drafts are written, opened and ticked in the window, and the list in 发件/ is the one that both keep."""

from email import policy
from email.parser import BytesParser

import pytest
from opened_window import Opened
from openpyxl import load_workbook

from sanjin_xl.messages import letters as of_letters
from sanjin_xl.messages import window as words
from sanjin_xl.round.letters import posted


@pytest.fixture
def drafted(window: Opened) -> Opened:
    """A window on a round in which nobody has reported, and everybody is reminded."""
    window.post("/letters/write/remind")
    window.place.job.wait()
    return window


def test_a_reminder_is_drafted_for_each_unit_that_sent_nothing(drafted: Opened) -> None:
    page = drafted.get("/letters")
    assert words.DRAFTED.format(count=6, kind="催报") in page
    for one in posted(drafted.place.round):
        mail = BytesParser(policy=policy.default).parsebytes(
            (drafted.place.round / of_letters.LETTERS / one.draft).read_bytes()
        )
        assert mail["Subject"] == one.subject
        assert f'data-copy="{one.subject}"' in page
        (workbook,) = mail.iter_attachments()
        assert workbook.get_filename() == one.attachment


def test_a_tick_stands_in_the_list_and_survives_the_next_drafts(drafted: Opened) -> None:
    draft = posted(drafted.place.round)[2].draft
    drafted.post("/letters/tick", draft=draft, sent="1")
    book = load_workbook(drafted.place.round / of_letters.LETTERS / of_letters.LIST)
    ticked = [row for row in book.active.iter_rows(values_only=True) if "√" in row]
    assert [draft in row for row in ticked] == [True]
    drafted.post("/letters/write/remind")
    drafted.place.job.wait()
    assert [one.draft for one in posted(drafted.place.round) if one.sent] == [draft]
    assert words.DRAFTS.format(drafts=6, sent=1) in drafted.get("/letters?kind=remind")
    drafted.post("/letters/tick", draft=draft)
    assert not [one for one in posted(drafted.place.round) if one.sent]


@pytest.mark.parametrize("draft", ["", "../round.toml", "/etc/passwd", "清单.xlsx"])
def test_only_a_draft_of_the_list_is_opened_or_ticked(drafted: Opened, draft: str) -> None:
    for path in ("/letters/open", "/letters/tick"):
        drafted.post(path, draft=draft)
        assert 'class="said fault"' in drafted.get("/letters")
    assert not drafted.on_desk
    drafted.post("/letters/open", draft=posted(drafted.place.round)[0].draft)
    drafted.post("/letters/words/remind")
    assert [path.suffix for path in drafted.on_desk] == [".eml", ".txt"]


def test_before_any_draft_there_is_none(window: Opened) -> None:
    assert words.NO_DRAFTS in window.get("/letters?kind=nonsense&unit=0")
