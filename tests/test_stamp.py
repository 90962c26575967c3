"""The stamp: whatever is changed breaks the seal, and what a respondent sends back is read or is not a stamp."""

import re
from base64 import b32encode
from dataclasses import fields, replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanjin_xl.model.stamp import Claim, Stamp, read_code, read_full

FIRST = Stamp(form="sanjin-2012", fingerprint="69dc7bfb5dc9fc4c", round="2012年第三季度", unit="441625", issue=1)
STAMP = replace(FIRST, policy="B")
KEY = bytes(range(32))
HEX = "0123456789abcdef"
fields_of_text = st.text(st.characters(exclude_characters="|", exclude_categories=["Cs", "Cc"]), max_size=12)
stamps = st.builds(
    Stamp,
    form=st.text("abcdef-2012", min_size=1, max_size=12),
    fingerprint=st.text(HEX, min_size=16, max_size=16),
    round=st.sampled_from(["2012年第三季度", "2012年第二季度", "2013年度"]),
    unit=st.text("0123456789ABab", min_size=1, max_size=20),
    issue=st.integers(1, 999_999_999),
    revision=st.integers(0, 999_999_999),
    policy=st.text("ABCD12", min_size=1, max_size=4),
)
keys = st.binary(min_size=1, max_size=80)


def hmac_by_hand(key: bytes, text: str) -> bytes:
    """RFC 2104 once more, without the library."""
    block = (sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    inner = sha256(bytes(byte ^ 0x36 for byte in block) + text.encode()).digest()
    return sha256(bytes(byte ^ 0x5C for byte in block) + inner).digest()


@given(stamps, keys)
def test_the_seal_is_an_hmac_over_every_field_cut_to_80_bits(stamp: Stamp, key: bytes) -> None:
    text = f"SJ2|{stamp.form}|{stamp.fingerprint}|{stamp.round}|{stamp.unit}|{stamp.issue}"
    text += f"|{stamp.revision}|{stamp.policy}"
    seal = b32encode(hmac_by_hand(key, text)[:10]).decode()
    assert stamp.seal(key) == seal
    assert stamp.full(key) == f"{text}|{seal}"
    assert re.fullmatch("[A-Z2-7]{16}", seal)


def test_a_stamp_made_once_is_made_again_for_ever() -> None:
    # Issued workbooks carry it; another value would make every one of them a forgery.
    assert FIRST.full(KEY) == "SJ1|sanjin-2012|69dc7bfb5dc9fc4c|2012年第三季度|441625|1|" + FIRST.seal(KEY)
    assert FIRST.code(KEY) == "441625-01-ITE2-LCPJ-77V3-IH7S"
    assert STAMP.full(KEY) == "SJ2|sanjin-2012|69dc7bfb5dc9fc4c|2012年第三季度|441625|1|0|B|" + STAMP.seal(KEY)
    assert STAMP.code(KEY) == "441625-01-0-B-YVXY-W7FS-YPIX-OTVP"


@given(stamps, keys)
def test_what_0_1_0_stamped_is_read_and_says_nothing_of_revision_or_policy(stamp: Stamp, key: bytes) -> None:
    old = replace(stamp, revision=0, policy="")
    full = read_full(old.full(key))
    assert full == read_code(old.code(key), form=old.form, fingerprint=old.fingerprint, round_name=old.round)
    assert full == Claim(old, old.seal(key))
    assert full.holds(key)
    assert full.code == old.code(key)


@given(stamps, keys)
def test_what_was_stamped_reads_back_and_holds(stamp: Stamp, key: bytes) -> None:
    full = read_full(stamp.full(key))
    code = read_code(stamp.code(key), form=stamp.form, fingerprint=stamp.fingerprint, round_name=stamp.round)
    assert full == code == Claim(stamp, stamp.seal(key))
    assert full.holds(key)


@given(stamps, keys, st.sampled_from([field.name for field in fields(Stamp)]), st.data())
def test_any_other_field_breaks_the_seal(stamp: Stamp, key: bytes, name: str, data: st.DataObject) -> None:
    value = data.draw(st.integers(0, 10**9) if name in ("issue", "revision") else fields_of_text)
    other = replace(stamp, **{name: value})  # type: ignore[arg-type]
    assert Claim(other, stamp.seal(key)).holds(key) == (other == stamp)


@given(stamps, keys, keys)
def test_another_key_breaks_the_seal(stamp: Stamp, key: bytes, other: bytes) -> None:
    same = key.ljust(64, b"\0") == other.ljust(64, b"\0")  # RFC 2104 fills a short key up with zeros
    assert read_full(stamp.full(key)).holds(other) == same  # type: ignore[union-attr]


@given(stamps, keys, st.data())
def test_a_character_changed_in_the_full_text_is_noticed(stamp: Stamp, key: bytes, data: st.DataObject) -> None:
    text = stamp.full(key)
    place = data.draw(st.integers(0, len(text) - 1))
    character = data.draw(st.characters(exclude_characters=text[place], exclude_categories=["Cs"]))
    claim = read_full(text[:place] + character + text[place + 1 :])
    # Blanks at the ends are of no account; a leading zero of the number is the same number.
    assert claim is None or not claim.holds(key) or claim.stamp == stamp


@pytest.mark.parametrize(
    "code", ["{code}", " {code} ", "{code}\n", "{lower}"], ids=["as printed", "spaces", "line end", "small letters"]
)
def test_the_code_may_be_typed_off_the_paper(code: str) -> None:
    printed = STAMP.code(KEY)
    text = code.format(code=printed, lower=printed.lower())
    claim = read_code(text, form=STAMP.form, fingerprint=STAMP.fingerprint, round_name=STAMP.round)
    assert claim
    assert claim.holds(KEY)


def test_the_code_shows_unit_issue_revision_and_policy_and_the_seal_in_fours() -> None:
    assert re.fullmatch(r"441625-01-0-B(-[A-Z2-7]{4}){4}", STAMP.code(KEY))
    assert replace(STAMP, issue=12, revision=3).code(KEY).startswith("441625-12-3-B-")
    assert replace(STAMP, issue=123).code(KEY).startswith("441625-123-0-B-")


def test_a_code_is_of_the_form_and_round_it_is_read_for() -> None:
    for changes in ({"form": "other"}, {"fingerprint": "0" * 16}, {"round_name": "2012年第二季度"}):
        facts = {"form": STAMP.form, "fingerprint": STAMP.fingerprint, "round_name": STAMP.round} | changes
        claim = read_code(STAMP.code(KEY), **facts)
        assert claim
        assert not claim.holds(KEY)


@pytest.mark.parametrize(
    "text",
    [
        *("", "SJ1", "SJ1||||||", "SJ2|a|b|c|d|1|e", "SJ1|a|b|c|d|x|e", "SJ1|a|b|c|d|1", "SJ1|a|b|c|d|1|e|f"),
        *("SJ1|a|b|c|d|-1|e", "SJ1|a|b|c|d|1.0|e", "SJ1|a|b|c|d|１|e", "SJ1|a|b|c|d| 1|e", "SJ1|a|b|c|d|²|e"),
        "SJ1|a|b|c|d|" + "9" * 5000 + "|e",
        *("SJ1|a|b|c|d|1|0|B|e", "SJ2|a|b|c|d|1|x|B|e", "SJ2|a|b|c|d|1|0||e", "SJ2|a|b|c|d|1|" + "9" * 5000 + "|B|e"),
    ],
)
def test_what_is_no_stamp_is_none(text: str) -> None:
    assert read_full(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "-----",
            "441625-01",
            "441625-01-AAAA-AAAA-AAAA",
            "441625-01-AAAA-AAAA-AAAA-AAA",
            "441625-x-AAAA-AAAA-AAAA-AAAA",
        ),
        *("441625-01-AAAAA-AAAA-AAAA-AAAA", "441625-01-AAAA-AAAA-AAAA-AAAA-AAAA", "441625-１-AAAA-AAAA-AAAA-AAAA"),
        "441625-" + "9" * 5000 + "-AAAA-AAAA-AAAA-AAAA",
        *("441625-01-B-AAAA-AAAA-AAAA-AAAA", "441625-01-x-B-AAAA-AAAA-AAAA-AAAA", "441625-01-0--AAAA-AAAA-AAAA-AAAA"),
    ],
)
def test_what_is_no_code_is_none(text: str) -> None:
    assert read_code(text, form="f", fingerprint="0", round_name="r") is None


@given(
    st.text()
    | st.lists(st.text(max_size=5), min_size=7, max_size=7).map("|".join)
    | st.text("SJ12|-A²１9", max_size=30)
)
def test_no_text_raises(text: str) -> None:
    read_full(text)
    read_code(text, form="f", fingerprint="0", round_name="r")


@given(stamps, st.text(max_size=20))
def test_a_seal_made_up_does_not_hold(stamp: Stamp, seal: str) -> None:
    assert Claim(stamp, seal).holds(KEY) == (seal == stamp.seal(KEY))
