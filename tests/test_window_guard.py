"""Only our own pages, on this computer, with the key, may ask the window for anything or change anything."""

import re

import pytest
from opened_window import Opened

from sanjin_xl.window.guard import Guard, Request

PORT = 4711
OURS = f"http://127.0.0.1:{PORT}"


def asked(keeper: Guard, **changed: str | None) -> Request:
    """A request of our own page, but for what is changed."""
    facts = {"method": "GET", "host": f"127.0.0.1:{PORT}", "origin": OURS, "cookie": keeper.cookie}
    return Request(**{**facts, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_a_request_of_our_own_page_is_answered(method: str) -> None:
    keeper = Guard(port=PORT)
    assert keeper.refusal(asked(keeper, method=method)) is None


@pytest.mark.parametrize(
    "host",
    [
        None,
        "",
        "localhost:4711",
        "127.0.0.1",
        "127.0.0.1:80",
        "127.0.0.1:47110",
        "evil.example:4711",
        "127.0.0.1:4711.",
    ],
)
def test_another_name_for_this_computer_is_misdirected(host: str | None) -> None:
    keeper = Guard(port=PORT)
    assert keeper.refusal(asked(keeper, host=host)) == 421


@pytest.mark.parametrize("cookie", [None, "", "x", "密"])
def test_without_the_cookie_nothing_is_shown(cookie: str | None) -> None:
    keeper = Guard(port=PORT)
    assert keeper.refusal(asked(keeper, cookie=cookie)) == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize(
    "origin", [None, "", "null", "http://127.0.0.1", "http://localhost:4711", "https://127.0.0.1:4711", f"{OURS}.evil"]
)
def test_what_changes_anything_comes_from_our_own_page(method: str, origin: str | None) -> None:
    keeper = Guard(port=PORT)
    assert keeper.refusal(asked(keeper, method=method, origin=origin)) == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", ""])
def test_a_page_of_another_is_shown_nothing_though_it_has_the_cookie(site: str) -> None:
    keeper = Guard(port=PORT)
    assert keeper.refusal(asked(keeper, site=site)) == 403
    assert keeper.refusal(asked(keeper, site="none")) is None


def test_a_key_opens_once() -> None:
    keeper = Guard(port=PORT)
    key = keeper.new_key()
    assert [keeper.take_key(one) for one in (key + "x", "", key, key)] == [False, False, True, False]


def test_two_windows_know_nothing_of_each_other() -> None:
    one, other = Guard(port=PORT), Guard(port=PORT)
    assert one.refusal(asked(one, cookie=other.cookie)) == 403
    assert not one.take_key(other.new_key())
    assert not one.knows_nonce(other.nonce)
    assert not one.knows_nonce(None)


# --- every route ------------------------------------------------------------------------------------------------------


def routes(window: Opened) -> list[tuple[str, str]]:
    """Every route with each of its methods, its parts filled in with something."""
    filled = {"int": "1", "string": "441625"}
    found = []
    for rule in window.app.url_map.iter_rules():
        path = re.sub(r"<(?:(\w+):)?\w+>", lambda part: filled.get(part[1] or "string", "x"), rule.rule)
        found += [(method, path) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}]
    return sorted(found)


def test_no_route_answers_without_the_cookie_under_another_name_or_to_another_page(window: Opened) -> None:
    tried = routes(window)
    assert len(tried) > 8
    before = sorted(path for path in window.place.round.rglob("*"))
    for method, path in tried:
        stranger, ours = window.app.test_client(), {"Origin": OURS}
        assert stranger.open(path, method=method, base_url=OURS, headers=ours).status_code == 403, path
        elsewhere = window.client.open(path, method=method, base_url="http://evil.example:4711", headers=ours)
        assert elsewhere.status_code == 421, path
        if method != "GET":
            for origin in ({"Origin": "http://evil.example"}, {"Origin": "null"}, {}):
                answer = window.client.open(path, method=method, base_url=OURS, headers=origin)
                assert answer.status_code == 403, path
            assert window.client.get(path, base_url=OURS).status_code in (404, 405), path
    assert sorted(path for path in window.place.round.rglob("*")) == before


def test_every_answer_forbids_what_comes_from_elsewhere(window: Opened) -> None:
    for answer in (
        window.client.get("/returns", base_url=OURS),
        window.client.get("/static/window.js", base_url=OURS),
        window.client.get("/nothing", base_url=OURS),
        window.app.test_client().get("/returns", base_url=OURS),
    ):
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'")
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        answer.close()


def test_the_key_becomes_a_cookie_that_no_script_and_no_other_page_gets(window: Opened) -> None:
    visitor = window.app.test_client()
    answer = visitor.get(f"/?key={window.keeper.new_key()}", base_url=OURS)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/"
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"{window.keeper.cookie_name}=")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert visitor.get("/returns", base_url=OURS).status_code == 200


def test_who_knows_the_nonce_gets_a_key_and_nobody_else(window: Opened) -> None:
    stranger = window.app.test_client()
    assert stranger.get("/again", base_url=OURS, headers={"X-Nonce": "x"}).status_code == 403
    key = stranger.get("/again", base_url=OURS, headers={"X-Nonce": window.keeper.nonce}).text
    assert window.keeper.take_key(key)


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https://evil.example", "", "javascript:1"])
def test_back_leads_to_a_page_of_ours(window: Opened, target: str) -> None:
    assert window.post("/stop", **{"from": target}).headers["Location"] == "/returns"
