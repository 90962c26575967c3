"""How long a window lives, and how a second start finds the first, or finds that it is no more."""

import json
import socket
import threading
from pathlib import Path
from time import sleep

import pytest
from opened_window import Opened, served, stranger

from sanjin_xl.window import serve
from sanjin_xl.window.app import create_app
from sanjin_xl.window.guard import Guard
from sanjin_xl.window.life import GRACE, Life
from sanjin_xl.window.workplace import Workplace


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def lives_for(life: Life, clock: Clock, seconds: float, *, busy: bool = False) -> bool:
    """Whether a window still lives after so many seconds of being looked after, and no page open."""
    end = clock.now + seconds
    while clock.now < end:
        clock.now += 1.0
        if life.is_over(busy=busy):
            return False
    return True


def test_a_window_ends_when_no_page_has_been_open_for_the_grace() -> None:
    clock = Clock()
    life = Life(clock)
    assert lives_for(life, clock, GRACE - 1)
    life.seen()
    assert lives_for(life, clock, GRACE - 1)
    assert not lives_for(life, clock, 3)


def test_whoever_goes_from_page_to_page_without_a_script_keeps_the_window_and_a_stranger_does_not(
    empty: Opened,
) -> None:
    clock = Clock()
    life, keeper = Life(clock), Guard(port=4711)
    client = create_app(empty.place, keeper, life).test_client()
    for cookie, lives in ((keeper.cookie, True), ("", False)):
        life.seen()
        client.set_cookie(keeper.cookie_name, cookie, domain="127.0.0.1")
        assert lives_for(life, clock, GRACE / 2)
        client.get("/rounds", base_url=keeper.origin)
        assert lives_for(life, clock, GRACE * 3 / 4) == lives


def test_it_never_ends_in_the_middle_of_work() -> None:
    clock = Clock()
    life = Life(clock)
    life.end()
    assert lives_for(life, clock, 2 * GRACE, busy=True)
    assert not lives_for(life, clock, 1)


def test_a_night_asleep_is_no_time_without_a_page() -> None:
    clock = Clock()
    life = Life(clock)
    assert lives_for(life, clock, 5)
    clock.now += 9 * 3600
    assert not life.is_over(busy=False)
    assert lives_for(life, clock, GRACE - 2)
    assert not lives_for(life, clock, 5)


def test_a_server_that_an_answer_wakes_while_it_is_being_closed_closes_all_the_same(
    empty: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = serve.make_server(empty.app, listening)
        wake = server.trigger._physical_pull

        def woken_twice() -> None:
            wake()  # as the end of an answer does, a moment before
            sleep(0.2)
            wake()

        monkeypatch.setattr(server.trigger, "_physical_pull", woken_twice)
        thread = threading.Thread(target=server.run)
        thread.start()
        serve.close(server)
        thread.join(timeout=10)
        assert not thread.is_alive()
        assert not server._map


# --- a second start ---------------------------------------------------------------------------------------------------


def word_of(folder: Path, **word: object) -> None:
    path = folder / ".sanjin" / serve.INSTANCE
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(word), encoding="utf-8")


def test_a_second_start_is_led_to_the_window_that_is_open(round_folder: Path) -> None:
    with served(Workplace()) as window:
        word_of(round_folder, port=int(window.keeper.origin.rpartition(":")[2]), pid=1, nonce=window.keeper.nonce)
        url = serve.running(round_folder)
        assert url is not None
        assert url.startswith(f"{window.keeper.origin}/?key=")
        assert window.keeper.take_key(url.partition("key=")[2])


@pytest.mark.parametrize("answer", [b"", b"<html>hello</html>", b"k" * 200, b"../../x", "钥匙".encode()])
def test_another_program_on_the_port_of_a_window_that_is_gone_is_not_taken_for_it(
    round_folder: Path, answer: bytes
) -> None:
    with stranger(answer) as port:
        word_of(round_folder, port=port, pid=1, nonce="x")
        assert serve.running(round_folder) is None


@pytest.mark.parametrize(
    "word", [{}, {"port": 1, "nonce": "x"}, {"port": "x", "nonce": 1}, {"port": 99999, "nonce": "x"}]
)
def test_a_word_that_leads_nowhere_is_as_good_as_none(round_folder: Path, word: dict[str, object]) -> None:
    word_of(round_folder, **word)
    assert serve.running(round_folder) is None


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"null", b"\xff\xfe"])
def test_a_word_that_cannot_be_read_is_as_good_as_none(round_folder: Path, content: bytes) -> None:
    word_of(round_folder)
    (round_folder / ".sanjin" / serve.INSTANCE).write_bytes(content)
    assert serve.running(round_folder) is None
