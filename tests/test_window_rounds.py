"""Rounds are begun, issued, set, fed back and followed in the window, as the command line would."""

import json
import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from opened_window import Opened, opened_window
from openpyxl import load_workbook
from rounds import clean, fill, small_form

from sanjin_xl.books.address_book import address_book_bytes
from sanjin_xl.messages import window as words
from sanjin_xl.messages.kit import MANUAL_FILE
from sanjin_xl.messages.letters import BOOK
from sanjin_xl.model.contacts import Contact
from sanjin_xl.model.period import parse_period
from sanjin_xl.round import settings
from sanjin_xl.round.config import CONFIG, FEEDBACK, ISSUED, read_config
from sanjin_xl.round.outputs import WORKSHOP
from sanjin_xl.round.state import Step
from sanjin_xl.window import desk, recent, serve
from sanjin_xl.window.guard import Guard


def filled(folder: Path, /, **changed: str) -> dict[str, str]:
    good = {"period": "2012年第三季度", "due": "2012年10月15日", "policy": "B", "contact": "张三", "phone": "0762-1"}
    return {**good, "where": str(folder.parent), "name": folder.name, **changed}


# --- S0 and S1 --------------------------------------------------------------------------------------------------------


def test_who_comes_for_the_first_time_is_told_what_to_do(empty: Opened) -> None:
    assert empty.client.get("/", base_url=empty.keeper.origin).headers["Location"] == "/rounds"
    page = empty.get("/rounds")
    assert all(text in page for text in words.WELCOME)
    assert words.RECENT not in page


def test_a_round_is_made_and_issued(empty: Opened, tmp_path: Path) -> None:
    folder = tmp_path / "三 季度"
    assert empty.post("/rounds/make", **filled(folder)).headers["Location"] == "/issue"
    config = read_config(folder)
    assert (config.rules.due, config.contact, config.phone) == (date(2012, 10, 15), "张三", "0762-1")
    empty.post("/issue/generate")
    empty.place.job.wait()
    assert len(list((folder / ISSUED).glob("*.xlsx"))) == 6
    page = empty.get("/issue")
    assert page.count(words.NUMBER.format(number=1)) == 6
    assert empty.place.step is Step.ISSUED
    assert str(folder) in empty.get("/rounds")
    empty.post("/issue/file/441625")
    assert [path.parent.name for path in empty.on_desk] == [ISSUED]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"period": "秋天"}, "period"),
        ({"due": "中秋"}, "due"),
        ({"due": "2011年10月15日"}, "due"),
        ({"where": ""}, "where"),
        ({"where": "三季度"}, "where"),
        ({"name": "三/季度"}, "name"),
        ({"name": "con"}, "name"),
        ({"previous": "二季度"}, "previous"),
        ({"previous": "/没有/这里"}, "previous"),
        ({"due": ""}, "due"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    empty: Opened, tmp_path: Path, changed: dict[str, str], field: str
) -> None:
    answer = empty.post("/rounds/make", **filled(tmp_path / "轮", **changed))
    assert answer.status_code == 422
    assert f'<a href="#{field}">' in answer.text
    assert 'value="张三"' in answer.text
    (begun,) = re.findall(r"<input [^>]* autofocus[^>]*>", answer.text)  # whoever goes by keys mends it at once
    assert f'name="{field}"' in begun
    assert not (tmp_path / "轮").exists()


def test_a_round_is_not_made_over_another(window: Opened) -> None:
    before = (window.place.round / CONFIG).read_bytes()
    answer = window.post("/rounds/make", **filled(window.place.round))
    assert answer.status_code == 422
    assert '<a href="#name">' in answer.text
    assert (window.place.round / CONFIG).read_bytes() == before


def test_the_samples_are_tried(empty: Opened) -> None:
    for _ in range(2):
        empty.post("/rounds/samples")
        empty.place.job.wait()
    assert empty.place.round.name == f"{words.SAMPLES}2"
    assert empty.place.board
    assert sum(one.outcome is not None for one in empty.place.board.results.units) >= 5


@pytest.mark.parametrize("path", ["", "/not/there", "/"])
def test_what_is_no_round_is_not_opened(empty: Opened, path: str) -> None:
    empty.post("/rounds/open", path=path, **{"from": "/rounds"})
    assert empty.place.folder is None
    assert 'class="said fault"' in empty.get("/rounds")


def test_rounds_that_are_gone_are_told_apart(empty: Opened, round_folder: Path) -> None:
    recent.remember(round_folder)
    recent.remember(round_folder.with_name("没有了"))
    page = empty.get("/rounds")
    assert page.count(words.ROUND_GONE) == 1
    assert page.count('action="/rounds/open"') == 2


@pytest.mark.parametrize("content", [b"", b"{", b"[1, null]", b'{"a": 1}', b"\xff"])
def test_a_list_of_rounds_that_cannot_be_read_is_an_empty_one(content: bytes, own_home: Path) -> None:
    recent.own_folder().mkdir(parents=True)
    (recent.own_folder() / "recent.json").write_bytes(content)
    assert recent.recent() == []


def test_who_comes_again_finds_the_last_round_first(empty: Opened, round_folder: Path) -> None:
    recent.remember(round_folder)
    page = empty.get("/rounds")
    assert words.WELCOME[0] not in page
    first = page.partition('class="primary"')[0]
    assert str(round_folder) in first
    assert 'href="/rounds/new"' not in first


def test_the_manual_is_opened_where_it_came_with_the_program(
    window: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for found in (None, tmp_path / MANUAL_FILE):
        monkeypatch.setattr(desk, "manual", lambda found=found: found)
        again = opened_window(window.place)
        assert ('action="/open/manual"' in again.get("/rounds")) == (found is not None)
        assert again.post("/open/manual").status_code == (404 if found is None else 303)
        assert again.on_desk == ([found] if found else [])


@pytest.mark.parametrize("text", [*words.ERRORS.values()])
def test_no_sentence_of_the_window_sends_anybody_to_the_command_line(text: str) -> None:
    assert not re.search(r"sanjin-xl (?!正在)|--[a-z]|再运行", text.replace("sanjin-xl[", ""))


# --- S2 ---------------------------------------------------------------------------------------------------------------


def test_a_reissue_is_confirmed_first(window: Opened) -> None:
    window.post("/issue/again")
    window.place.job.wait()
    assert words.NUMBER.format(number=2) not in window.get("/issue")
    window.post("/issue/again", sure="1")
    window.place.job.wait()
    assert window.get("/issue").count(words.NUMBER.format(number=2)) == 6


def test_an_address_is_kept_in_the_address_book_and_that_is_taken_back(window: Opened) -> None:
    write_book(window)
    window.post("/issue/address/441625", to="a@dongyuan.example.cn；b@dongyuan.example.cn")
    assert window.place.config().contacts["441625"].to == ("a@dongyuan.example.cn", "b@dongyuan.example.cn")
    assert 'value="a@dongyuan.example.cn, b@dongyuan.example.cn"' in window.get("/issue")
    assert read_config(window.place.round).rules.roster == window.place.config().rules.roster
    window.post(f"/undo/{window.place.deeds[-1].number}")
    assert not window.place.config().contacts.get("441625", Contact()).to


@pytest.mark.parametrize("to", ["不是邮箱", "a@b", "a@dongyuan.example.cn, <script>"])
def test_what_is_no_address_is_not_kept(window: Opened, to: str) -> None:
    write_book(window)
    before = (window.place.round / BOOK).read_bytes()
    window.post("/issue/address/441625", to=to)
    assert (window.place.round / BOOK).read_bytes() == before
    assert 'class="said fault"' in window.get("/issue")


def test_an_address_book_with_more_in_it_is_left_to_the_clerk(window: Opened) -> None:
    write_book(window)
    path = window.place.round / BOOK
    book = load_workbook(path)
    book.active.cell(12, 12, "上次是张三送来的")
    book.save(path)
    before = path.read_bytes()
    window.post("/issue/address/441625", to="a@dongyuan.example.cn")
    assert path.read_bytes() == before
    assert 'class="said fault"' in window.get("/issue")


def test_without_an_address_book_the_addresses_stand_in_round_toml(window: Opened) -> None:
    (window.place.round / BOOK).unlink(missing_ok=True)
    for to in ("a@dongyuan.example.cn", "b@dongyuan.example.cn"):
        window.post("/issue/address/441625", to=to)
        assert read_config(window.place.round).contacts["441625"].to == (to,)


def write_book(window: Opened) -> None:
    config = read_config(window.place.round)
    data = address_book_bytes(config.rules.roster, config.contacts)
    (window.place.round / BOOK).write_bytes(data)


# --- S8 ---------------------------------------------------------------------------------------------------------------


def test_feedback_is_written_for_who_was_counted(window: Opened) -> None:
    window.drop(("东源县.xlsx", fill(small_form(), clean(small_form()))))
    window.post("/feedback/write")
    window.place.job.wait()
    assert len(list((window.place.round / FEEDBACK).iterdir())) == 1
    assert window.place.step is Step.FED_BACK
    assert words.FED_BACK.format(count=1) in window.get("/feedback")


# --- S9 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("period", "following"),
    [
        ("2012年第三季度", "2012年第四季度"),
        ("2012年第四季度", "2013年第一季度"),
        ("2012年上半年", "2012年下半年"),
        ("2012年下半年", "2013年上半年"),
        ("2012年9月", "2012年10月"),
        ("2012年12月", "2013年1月"),
        ("2012年度", "2013年度"),
        ("2012年1-9月", ""),
    ],
)
def test_the_period_that_follows(period: str, following: str) -> None:
    found = parse_period(period)
    assert found
    assert found.following() == following
    if following:
        after = parse_period(following)
        assert after
        assert (after.start - found.end).days == 1


def test_the_next_round_is_like_this_one_and_compared_with_it(window: Opened, tmp_path: Path) -> None:
    toml = window.place.round / CONFIG
    text = toml.read_text(encoding="utf-8")
    toml.write_text(f'# 我的说明\nlate_deduction = 0.5\naccept = ["441625-01"]\n{text}', encoding="utf-8")
    former, folder = window.place.round, tmp_path / "四季度"
    page = window.get("/next")
    assert 'value="2012年第四季度"' in page
    window.post("/next/make", where=str(folder.parent), name=folder.name, period="2012年第四季度", due="2013-1-15")
    assert window.place.round == folder
    config, text = read_config(folder), (folder / CONFIG).read_text(encoding="utf-8")
    assert config.rules.form.fingerprint == read_config(former).rules.form.fingerprint
    assert (config.rules.late_deduction, config.rules.accepted) == (50, frozenset())
    assert config.previous
    assert config.previous.resolve() == former.resolve()
    assert "# 我的说明" in text
    assert json.loads((folder / ".sanjin" / "key").read_bytes()) != json.loads(
        (former / ".sanjin" / "key").read_bytes()
    )


@pytest.mark.parametrize("wanted", [True, False])
def test_what_was_said_in_the_round_before_is_filled_in_where_that_is_wanted(
    window: Opened, tmp_path: Path, wanted: bool
) -> None:
    assert words.PREFILL not in window.get("/issue")
    window.drop(("东源县.xlsx", fill(small_form(), clean(small_form()))))
    window.post("/next/make", where=str(tmp_path), period="2012年第四季度", due="2013-1-15")
    assert words.PREFILL in window.get("/issue")
    window.post("/issue/generate", **({"prefill": "1"} if wanted else {}))
    window.place.job.wait()
    assert window.place.is_prefilled() == wanted
    assert ("checked" in window.get("/issue").partition(words.PREFILL)[0]) == wanted
    # Made again as it was; not with other answers in it.
    window.post("/issue/generate", **({} if wanted else {"prefill": "1"}))
    window.place.job.wait()
    assert 'class="said fault"' in window.get("/issue")


def test_a_next_round_does_not_begin_before_this_one(window: Opened, tmp_path: Path) -> None:
    answer = window.post("/next/make", where=str(tmp_path), name="二", period="2012年第二季度", due="2012-7-15")
    assert answer.status_code == 422
    assert '<a href="#period">' in answer.text
    assert not (tmp_path / "二").exists()


# --- S10 --------------------------------------------------------------------------------------------------------------


def test_settings_are_changed_and_comments_stay(window: Opened) -> None:
    before = (window.place.round / CONFIG).read_text(encoding="utf-8")
    window.post(
        "/settings/change", due="2012年10月20日", contact="李四", accept="441625-01\n\n2012年第二季度", policy="B"
    )
    window.place.job.wait()
    after = (window.place.round / CONFIG).read_text(encoding="utf-8")
    config = read_config(window.place.round)
    assert (config.rules.due, config.contact) == (date(2012, 10, 20), "李四")
    assert config.rules.accepted == {"441625-01", "2012年第二季度"}
    comments = [line.partition("#")[2] for line in before.splitlines() if "#" in line]
    assert comments == [line.partition("#")[2] for line in after.splitlines() if "#" in line]
    window.post("/settings/change", accept="")
    assert not read_config(window.place.round).rules.accepted
    for _ in range(2):
        window.place.job.wait()
        window.post(f"/undo/{window.place.deeds[-1].number}")
    assert (window.place.round / CONFIG).read_text(encoding="utf-8") == before
    window.place.job.wait()


@pytest.mark.parametrize("wrong", [{"due": "中秋"}, {"policy": "Z"}, {"due": "2011-01-01"}, {"late_by": "x"}])
def test_settings_that_cannot_be_are_not_kept(window: Opened, wrong: dict[str, str]) -> None:
    before = (window.place.round / CONFIG).read_bytes()
    window.post("/settings/change", **wrong)
    assert (window.place.round / CONFIG).read_bytes() == before
    assert 'class="said fault"' in window.get("/settings")


def test_a_file_is_pinned_and_no_more(window: Opened) -> None:
    window.drop(("一.xlsx", fill(small_form(), clean(small_form()))))
    window.post("/settings/pin", unit="441625", path="一.xlsx")
    window.place.job.wait()
    assert read_config(window.place.round).rules.pinned == {"441625": "一.xlsx"}
    assert "一.xlsx" in window.get("/settings")
    settings.pin(window.place.round, {"441625": None})
    assert not read_config(window.place.round).rules.pinned


def test_a_broken_round_toml_is_shown_with_its_faults(window: Opened) -> None:
    (window.place.round / CONFIG).write_text('form = "sanjin-2012"\ndue = "中秋"\nnonsense = 1\n', encoding="utf-8")
    page = window.get("/settings")
    assert "nonsense" in page
    assert 'action="/open/settings"' in page


@pytest.mark.parametrize("path", ["/issue", "/letters", "/next", "/returns"])
def test_every_page_of_a_round_with_a_broken_round_toml_leads_to_its_faults(window: Opened, path: str) -> None:
    (window.place.round / CONFIG).write_text('form = "sanjin-2012"\nnonsense = 1\n', encoding="utf-8")
    page = window.client.get(path, base_url=window.keeper.origin).text
    assert page.count("nonsense") == 1
    assert words.GO_TO.format(step=words.SETTINGS) in page
    assert "<nav" in page


@pytest.mark.parametrize("path", ["/issue", "/settings", "/returns"])
def test_a_round_whose_folder_has_gone_leads_to_where_it_is_opened_anew(window: Opened, path: str) -> None:
    moved = window.place.round.rename(window.place.round.with_name("移走的"))
    page = window.client.get(path, base_url=window.keeper.origin).text
    assert f'<a href="/rounds">{words.GO_TO.format(step=words.ROUNDS)}</a>' in page
    # Back in its place, nothing has to be done.
    moved.rename(window.place.round)
    assert 'role="alert">' not in window.get("/issue")


def test_a_file_in_the_place_of_the_hidden_folder_is_said_in_a_sentence(window: Opened) -> None:
    hidden = window.place.round / WORKSHOP
    shutil.rmtree(hidden)
    hidden.write_bytes(b"")
    assert window.client.get("/issue", base_url=window.keeper.origin).status_code == 409


def test_a_round_in_which_no_word_of_the_window_can_be_left_is_open_all_the_same(
    round_folder: Path, own_home: Path
) -> None:
    (round_folder / ".sanjin" / serve.INSTANCE).mkdir()  # as good as a read-only disk
    with serve._noted(round_folder, Guard(port=4711)):
        assert serve.running(round_folder) is None
