"""Mails as Outlook saves them, written by a library that is not ours, and the same damaged on purpose."""

import random
import struct
import time
from datetime import UTC, date, datetime

import pytest
from aspose.email_foss.msg import MapiMessage
from mails import NAME, SENDER, attachment, mail, multipart, named, text

from sanjin_xl.model.errors import Refused
from sanjin_xl.round.containers import is_container, members
from sanjin_xl.workbook.sniff import sniff

BOOK = b"PK\x03\x04" + random.Random(1).randbytes(9_000)
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(90)
_DELIVERED, _SENT, _ADDRESS, _TIME, _TEXT = 0x0E06, 0x0039, 0x5D01, 0x40, 0x1F


def letter(*attachments: tuple[str, bytes], sender: str = SENDER, **days: datetime) -> MapiMessage:
    """A message with attachments; `days`: sent, delivered."""
    made = MapiMessage.create("三进报表", "请查收")
    made.set_property(_ADDRESS, _TEXT, sender)
    for name, day in days.items():
        made.set_property({"sent": _SENT, "delivered": _DELIVERED}[name], _TIME, day)
    for name, data in attachments:
        made.add_attachment(name, data, content_id="logo" if data == PICTURE else None)
    return made


SENT = datetime(2012, 10, 8, 20, tzinfo=UTC)
DELIVERED = datetime(2012, 10, 9, 20, tzinfo=UTC)


def test_attachments_are_found_with_their_names_and_the_day_of_delivery() -> None:
    data = letter((NAME, BOOK), ("logo.png", PICTURE), sent=SENT, delivered=DELIVERED).to_bytes()
    book, logo = members(data)
    assert (book.path, book.data, book.received, book.sender) == (NAME, BOOK, date(2012, 10, 10), SENDER)
    assert (logo.path, logo.skipped) == ("logo.png", "skipped-mail-picture")


def test_a_message_that_was_not_delivered_yet_has_the_day_it_was_sent() -> None:
    (one,) = members(letter((NAME, BOOK), sent=SENT).to_bytes())
    assert one.received == date(2012, 10, 9)


def test_a_message_in_a_message_and_a_mail_of_text_in_it_are_opened() -> None:
    outer = letter(("信.eml", mail(named(BOOK))), delivered=DELIVERED)
    outer.add_embedded_message_attachment(letter((NAME, BOOK), sender="inner@example.cn"), filename="转发")
    found = {one.path: (one.data, one.sender, one.received) for one in members(outer.to_bytes())}
    assert found == {
        f"信.eml!{NAME}": (BOOK, SENDER, date(2012, 10, 10)),
        f"转发.msg!{NAME}": (BOOK, "inner@example.cn", date(2012, 10, 10)),
    }


def test_a_message_without_attachment_is_named_with_its_sender() -> None:
    (one,) = members(letter(("logo.png", PICTURE)).to_bytes())[1:]
    assert (one.path, one.refused and one.refused.code, one.sender) == ("", "file-mail-bare", SENDER)


def test_an_attachment_that_is_only_a_link_is_named() -> None:
    data = letter((NAME, BOOK)).to_bytes()
    content = "__substg1.0_37010102".encode("utf-16-le")
    assert data.count(content) == 1
    (link,) = members(data.replace(content, "__substg1.0_37010103".encode("utf-16-le")))
    assert (link.path, link.refused and link.refused.code) == (NAME, "file-mail-link")


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("REPORT.IPM.Note.NDR", "file-mail-returned"),
        ("REPORT.IPM.Note.IPNRN", "skipped-receipt"),
        ("IPM.Schedule.Meeting.Request", "skipped-card"),
    ],
)
def test_what_a_program_wrote_is_one_line(kind: str, code: str) -> None:
    made = letter((NAME, BOOK))
    made.set_property(0x001A, _TEXT, kind)
    (one,) = members(made.to_bytes())
    assert (one.path, one.refused.code if one.refused else one.skipped) == ("", code)


def test_a_signed_message_keeps_its_attachments_in_one_text() -> None:
    signature = attachment(b"0\x82" + bytes(90), b"Content-Type: application/pkcs7-signature; name=smime.p7s\r\n")
    signed = multipart([multipart([text(), named(BOOK)]), signature], "signed")
    made = letter(("smime.p7m", signed), delivered=DELIVERED)
    made.set_property(0x001A, _TEXT, "IPM.Note.SMIME.MultipartSigned")
    found = {one.path: (one.skipped or one.data, one.sender, one.received) for one in members(made.to_bytes())}
    assert found[f"smime.p7m!{NAME}"] == (BOOK, SENDER, date(2012, 10, 10))


def refusal(data: bytes) -> str | None:
    if not is_container(data):
        return sniff(data).code
    try:
        members(data)
    except Refused as refused:
        return refused.code
    return None


def with_circle(data: bytes) -> bytes:
    """The allocation table's links turned so that every chain leads back to where it began."""
    (table,) = struct.unpack_from("<L", data, 76)
    at = (table + 1) * 512
    links = list(struct.unpack_from("<128L", data, at))
    turned = [n - 1 if 0 < link < 0xFFFFFFFA and n else link for n, link in enumerate(links)]
    return data[:at] + struct.pack("<128L", *turned) + data[at + 512 :]


def test_chains_in_a_circle_end() -> None:
    data = letter((NAME, BOOK)).to_bytes()
    began = time.process_time()
    assert refusal(with_circle(data)) in ("file-overlap", "file-unreadable", "file-not-a-workbook")
    assert time.process_time() - began < 1


def test_a_storage_that_contains_itself_ends() -> None:
    data = letter((NAME, BOOK)).to_bytes()
    entry = data.index("__attach".encode("utf-16-le"))
    (child,) = struct.unpack_from("<L", data, entry + 76)
    (root,) = struct.unpack_from("<L", data, data.index("Root Entry".encode("utf-16-le")) + 76)
    assert child != root
    assert refusal(data[: entry + 76] + struct.pack("<L", root) + data[entry + 80 :]) == "file-duplicate-part"


def test_messages_nested_beyond_all_use_are_refused() -> None:
    made = letter((NAME, BOOK))
    for _ in range(9):
        outer = letter()
        outer.add_embedded_message_attachment(made, filename="x")
        made = outer
    assert refusal(made.to_bytes()) == "file-too-complex"


@pytest.mark.parametrize("seed", range(3))
def test_a_damaged_message_is_read_or_refused(seed: int) -> None:
    rng, good = random.Random(seed), letter((NAME, BOOK), delivered=DELIVERED).to_bytes()
    began = time.process_time()
    for _ in range(150):
        data = bytearray(good)
        for _ in range(rng.choice((1, 4, 40))):
            data[rng.randrange(len(data))] = rng.randrange(256)
        refusal(bytes(data))
    assert time.process_time() - began < 10
