"""Folders are chosen from a list instead of typed: only they are shown, nothing is written, no name does any harm."""

import os
import re
import stat
import sys
from collections.abc import Callable
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest
from opened_window import Opened, served
from playwright.sync_api import Page, expect
from round_folders import new_round

from sanjin_xl.messages import window as words
from sanjin_xl.round.config import read_config
from sanjin_xl.window import folders, recent
from sanjin_xl.window.screens.folders import folder_of, in_address

HOSTILE = ("<img src=x onerror=alert(1)>", "\u202e一二", "换\n行", "a&b=c#d?e%20f", "'\"", "长" * 80)


def listed(window: Opened, folder: Path, use: str = "open", **more: str) -> str:
    """The page that lists a folder."""
    return window.get(f"/folders?{urlencode({'use': use, 'at': in_address(folder), **more})}")


def names(page: str) -> list[str]:
    """The folders a page lists."""
    return [
        unescape(one) for one in re.findall(r'<tr[^>]*><th scope="row" class="file"><a href="[^"]*">([^<]*)</a>', page)
    ]


# --- what is listed ---------------------------------------------------------------------------------------------------


def test_only_folders_are_listed_and_those_that_are_rounds_are_told_apart(empty: Opened, tmp_path: Path) -> None:
    base = tmp_path / "三进"
    base.mkdir()
    new_round(base / "三季度")
    (base / "四季度").mkdir()
    (base / ".隐藏").mkdir()
    (base / "名单.xlsx").write_bytes(b"x")
    page = listed(empty, base)
    assert names(page) == ["三季度", "四季度"]
    assert page.count(words.FOLDER_ROUND + "</td>") == 1
    assert "名单.xlsx" not in page
    assert page.count('action="/rounds/open"') == 1


def test_looking_writes_nothing(empty: Opened, tmp_path: Path) -> None:
    folder = new_round(tmp_path / "三季度")
    before = {one: one.lstat().st_mtime_ns for one in tmp_path.rglob("*")}
    for use in words.FOLDER_USES:
        listed(empty, folder, use)
        listed(empty, tmp_path, use, search="三")
        empty.get(f"/folders?use={use}")
    assert {one: one.lstat().st_mtime_ns for one in tmp_path.rglob("*")} == before


def test_one_goes_down_and_up(empty: Opened, tmp_path: Path) -> None:
    (tmp_path / "一" / "二").mkdir(parents=True)
    page = listed(empty, tmp_path)
    down = unescape(re.findall(r'<a href="([^"]*)">一</a>', page)[-1])
    page = empty.get(down)
    assert names(page) == ["二"]
    up = unescape(re.findall(rf'href="([^"]*)">{words.FOLDER_ABOVE}', page)[0])
    assert "一" in names(empty.get(up))
    # The way down stands there too, from the root on.
    assert page.count("<li><a") >= len(tmp_path.parts) + 1
    assert words.FOLDER_ABOVE not in listed(empty, Path(tmp_path.anchor))


def test_one_begins_where_rounds_were_opened_and_at_the_places_of_the_desktop(
    empty: Opened, tmp_path: Path, own_home: Path
) -> None:
    assert (words.MY_DOCUMENTS, own_home / "文档") in folders.starts()
    assert words.DESKTOP not in dict(folders.starts())
    (own_home / "user-dirs.dirs").write_text('XDG_DESKTOP_DIR="$HOME/我的桌面"\n', encoding="utf-8")
    (own_home / "我的桌面").mkdir()
    (tmp_path / "轮次" / "三季度").mkdir(parents=True)
    recent.remember(tmp_path / "轮次" / "三季度")
    found = dict(folders.starts())
    assert found[words.HOME_FOLDER] == own_home
    assert found["轮次"] == tmp_path / "轮次"
    if sys.platform != "win32":
        assert found[words.DESKTOP] == own_home / "我的桌面"
        assert found[words.COMPUTER] == Path("/")
    assert names(empty.get("/folders")) == ["三季度"]


@pytest.mark.parametrize("use", words.FOLDER_USES)
def test_a_hostile_name_is_only_a_name(empty: Opened, tmp_path: Path, use: str) -> None:
    for name in HOSTILE:
        (tmp_path / "家" / name).mkdir()
    page = listed(empty, tmp_path / "家", use)
    assert len(names(page)) == len(HOSTILE) + 1
    assert "<img" not in page
    assert "\u202e" not in page
    for link in re.findall(r'class="file"><a href="([^"]*)"', page):
        assert names(empty.get(unescape(link))) == []


@pytest.mark.skipif(sys.platform != "linux", reason="names are texts here")
def test_a_folder_whose_name_is_no_text_is_opened_like_any_other(empty: Opened, tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode("三季".encode("gb18030"))
    new_round(folder)
    (folder / "里面").mkdir()
    page = listed(empty, tmp_path)
    at = re.findall(r'name="at" value="([^"]+)">\s*<button>', page)[-1]
    assert folder_of({"at": at}) == folder
    assert empty.post("/rounds/open", at=at).headers["Location"] == "/returns"
    assert empty.place.round == folder
    assert "\ufffd" in empty.get("/issue")
    assert [one.name for one in recent.recent()] == [folder.name]
    assert "\ufffd" in empty.get("/rounds")
    # A form would lose its name: no new round is put there from the list.
    assert 'class="button primary"' in listed(empty, tmp_path, "new")
    assert 'class="button primary"' not in listed(empty, folder / "里面", "new")


def test_of_five_thousand_folders_a_page_is_shown_and_one_is_found(empty: Opened, tmp_path: Path) -> None:
    many = tmp_path / "许多"
    for n in range(5000):
        (many / f"第{n:04}个").mkdir(parents=True)
    page = listed(empty, many)
    assert len(names(page)) == 100
    assert words.FOLDERS_CAPTION.format(count=5000) in page
    assert names(listed(empty, many, page="2"))[0] == "第0100个"
    assert names(listed(empty, many, search="4321")) == ["第4321个"]
    assert names(listed(empty, many, page="10000"))[-1] == "第4999个"


# --- what cannot be looked into ---------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="rights are others there")
def test_a_folder_without_permission_says_so_and_the_way_up_stays(
    empty: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "锁").mkdir(mode=stat.S_IXUSR)

    def refuse(path: Path) -> None:
        raise PermissionError(13, "denied", str(path))

    if os.access(tmp_path / "锁", os.R_OK):  # root may look into anything
        monkeypatch.setattr(os, "scandir", refuse)
    page = listed(empty, tmp_path / "锁")
    assert 'class="said fault"' in page
    assert words.FOLDER_ABOVE in page
    assert names(page) == []


@pytest.mark.parametrize("query", ["path=三季度", "at=%21", "at=////", "path=%00", "path=..%2F.."])
def test_what_is_no_whole_path_is_told_so(empty: Opened, query: str) -> None:
    page = empty.get(f"/folders?use=open&{query}")
    assert 'class="said fault"' in page
    assert names(page) == []


@pytest.mark.parametrize("path", ["/没有/这里", "/etc/hostname", "/\0", "/" + "长" * 300])
def test_what_is_not_there_or_no_folder_is_told_so(empty: Opened, path: str) -> None:
    page = empty.get(f"/folders?{urlencode({'path': path})}")
    assert 'class="said fault"' in page
    assert empty.client.get("/folders?use=any", base_url=empty.keeper.origin).status_code == 404


# --- what becomes of the choice ---------------------------------------------------------------------------------------


def test_what_was_typed_for_a_new_round_comes_back_with_the_folder(empty: Opened, tmp_path: Path) -> None:
    page = listed(empty, tmp_path, "new", period="2012年第三季度", contact="张&三")
    (back,) = re.findall(r'class="button primary" href="([^"]*)"', page)
    form = empty.get(unescape(back))
    assert f'name="where" value="{tmp_path}"' in form
    assert 'value="2012年第三季度"' in form
    assert 'value="张&amp;三"' in form
    assert not list(tmp_path.glob("2012*"))


def test_a_new_round_is_put_into_no_other_round(empty: Opened, tmp_path: Path) -> None:
    page = listed(empty, new_round(tmp_path / "三季度"), "new")
    assert words.FOLDER_TAKEN in page
    assert 'class="button primary"' not in page


def test_a_new_round_goes_on_from_another(empty: Opened, tmp_path: Path) -> None:
    former = new_round(tmp_path / "二季度", "2012年第二季度")
    page = listed(empty, tmp_path, "previous", period="2012年第三季度")
    (chosen,) = re.findall(r'href="(/rounds/new[^"]*previous[^"]*)"', page)
    assert f'value="{former}"' in empty.get(unescape(chosen))
    typed = {"where": str(tmp_path), "period": "2012年第三季度", "due": "2012-10-15", "contact": "李四"}
    assert empty.post("/rounds/make", **typed, previous=str(former)).headers["Location"] == "/issue"
    config = read_config(tmp_path / "2012年第三季度")  # no name was typed
    assert config.contact == "李四"
    assert config.previous
    assert config.previous.resolve() == former.resolve()
    assert config.rules.form.id == read_config(former).rules.form.id


# --- in a browser -----------------------------------------------------------------------------------------------------


@pytest.mark.browser
def test_a_clerk_finds_the_place_for_a_round_and_a_round_by_keys_alone(
    empty: Opened, own_home: Path, show: Callable[..., Page]
) -> None:
    (own_home / "文档" / HOSTILE[0]).mkdir()
    with served(empty.place) as window:
        page = show(window, "/rounds/new")
        page.get_by_label(words.FIELDS["contact"], exact=True).fill("张三")
        page.get_by_role("button", name=words.FIELDS["where"]).press("Enter")
        page.get_by_label(words.FOLDER_STARTS).get_by_role("link", name=words.MY_DOCUMENTS).press("Enter")
        expect(page.locator("table.folders tbody tr")).to_have_count(1)
        page.get_by_role("link", name=words.FOLDER_CHOOSE["new"]).press("Enter")
        expect(page.get_by_label(words.FIELDS["where"], exact=True)).to_have_value(str(own_home / "文档"))
        expect(page.get_by_label(words.FIELDS["contact"], exact=True)).to_have_value("张三")
        page.get_by_label(words.FIELDS["period"]).fill("2012年第三季度")
        page.get_by_label(words.FIELDS["phone"]).fill("0762-1")
        page.get_by_label(words.FIELDS["due"]).fill("2012年10月15日")
        page.keyboard.press("Enter")  # which makes it, and lists no folders
        expect(page.locator("nav a[aria-current=page]")).to_contain_text(words.STEPS["issue"])
        page.goto(f"{window.keeper.origin}/folders?use=open")
        page.get_by_role("row", name="2012年第三季度").get_by_role("button").press("Enter")
        expect(page.locator("h1")).to_contain_text("2012年第三季度")
