"""Drafts are written, opened and ticked in the window, and the list in 发件/ is the one that both keep."""

import html
import re
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
        assert one.draft in page
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
    page = window.get("/letters?kind=nonsense")
    assert page.count(words.SEE_AND_EDIT) == 6
    assert words.OPEN_DRAFT not in page
    assert words.NO_DRAFTS in window.get("/letters/remind/441625")


# --- one unit's letter ------------------------------------------------------------------------------------------------


def test_a_letter_is_seen_and_changed_for_one_unit_before_it_is_drafted(window: Opened) -> None:
    fields = dict(re.findall(r'name="(subject)" value="([^"]*)"', window.get("/letters/remind/441625")))
    window.post("/letters/remind/441625/words", subject=fields["subject"], body="东源县：\n\n<b>请于周五前</b>报送。")
    window.place.job.wait()
    bodies = {one.unit: one.body for one in posted(window.place.round)}
    assert bodies.pop("东源县司法局") == "东源县：\n\n<b>请于周五前</b>报送。"
    assert len(bodies) == 5
    assert all("周五" not in body for body in bodies.values())
    page = window.get("/letters/remind/441625")
    assert "&lt;b&gt;请于周五前&lt;/b&gt;" in page
    assert words.OWN_WORDS in page
    # The next drafts keep it, until it is to be like the others again.
    window.post("/letters/write/remind")
    window.place.job.wait()
    assert "周五" in window.get("/letters/remind/441625")
    window.post("/letters/remind/441625/words", as_all="1", subject="x", body="y")
    window.place.job.wait()
    assert words.OWN_WORDS not in window.get("/letters/remind/441625")
    assert "周五" not in {one.unit: one.body for one in posted(window.place.round)}["东源县司法局"]


def test_a_letter_that_is_only_looked_at_keeps_the_words_of_all(window: Opened) -> None:
    page = window.get("/letters/remind/441625")
    subject = re.findall(r'name="subject" value="([^"]*)"', page)[0]
    body = html.unescape(re.findall(r"<textarea[^>]*>([^<]*)<", page)[0])
    window.post("/letters/remind/441625/words", subject=subject, body=body.replace("\n", "\r\n"))
    window.place.job.wait()
    assert words.OWN_WORDS not in window.get("/letters/remind/441625")


@pytest.mark.parametrize("said", [("", "正文"), ("主题", " "), ("主题", "【没有的】")])
def test_words_that_cannot_be_are_not_kept(window: Opened, said: tuple[str, str]) -> None:
    window.post("/letters/remind/441625/words", subject=said[0], body=said[1])
    assert 'class="said fault"' in window.get("/letters/remind/441625")
    assert words.OWN_WORDS not in window.get("/letters/remind/441625")


@pytest.mark.parametrize("path", ["/letters/nonsense/441625", "/letters/remind/999999", "/letters/remind/.."])
def test_there_is_no_letter_of_no_kind_or_to_nobody(window: Opened, path: str) -> None:
    assert window.client.get(path, base_url=window.keeper.origin).status_code == 404


def test_a_letter_without_its_workbook_says_what_is_to_be_done_first(window: Opened) -> None:
    answer = window.client.get("/letters/feedback/441625", base_url=window.keeper.origin)
    assert answer.status_code == 409


def test_one_goes_from_unit_to_unit(window: Opened) -> None:
    code, seen = "441602", []
    while code:
        seen.append(code)
        page = window.get(f"/letters/remind/{code}")
        code = next(iter(re.findall(rf'/letters/remind/(\d+)">{words.BEHIND}', page)), "")
    assert len(seen) == len(set(seen)) == 6
