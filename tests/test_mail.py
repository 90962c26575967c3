"""Mails are opened like archives: every attachment however it is named and packed, when it came, and by whom."""

import base64
import binascii
import quopri
import time
from collections.abc import Callable
from datetime import date
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from urllib.parse import quote_from_bytes

import pytest
from mails import (
    BOMBS,
    NAME,
    OCTETS,
    SENDER,
    attachment,
    folder,
    forwarded,
    mail,
    multipart,
    named,
    nested,
    text,
    wrapped,
)
from writers import npm

from sanjin_xl.model.errors import Refused
from sanjin_xl.round.containers import Member, is_container, members
from sanjin_xl.workbook.sniff import sniff

BOOK = b"PK\x03\x04 stands for a workbook \r\n--\x00\xff\r\n." + bytes(range(256)) * 3
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(30)
GBK = NAME.encode("gb18030")
UTF8 = NAME.encode()


def codes(found: list[Member]) -> dict[str, str | None]:
    """What became of each member: the reason it was refused or skipped, None where its bytes go on to be read."""
    return {one.path: one.refused.code if one.refused else one.skipped for one in found}


def placed(parameters: bytes) -> bytes:
    return mail(text(), attachment(BOOK, disposition=b"attachment; " + parameters))


def words(raw: bytes, charset: str, size: int = 1000) -> bytes:
    """Encoded words in base64, cut after so many bytes, in the middle of a character as well."""
    cuts = [raw[at : at + size] for at in range(0, len(raw), size)]
    return b"\r\n ".join(f"=?{charset}?B?{base64.b64encode(one).decode()}?=".encode() for one in cuts)


SPELLINGS = {
    "RFC 2231 in UTF-8": b"filename*=UTF-8''" + quote_from_bytes(UTF8).encode(),
    "RFC 2231 in GBK": b"filename*=gbk''" + quote_from_bytes(GBK).encode(),
    "RFC 2231 in pieces, a character cut in two": b"filename*0*=utf-8''"
    + quote_from_bytes(UTF8[:4]).encode()
    + b";\r\n filename*1*="
    + quote_from_bytes(UTF8[4:]).encode(),
    "RFC 2231 beside a plain name": b"filename=\"a.xlsx\"; filename*=utf-8''" + quote_from_bytes(UTF8).encode(),
    "RFC 2231 quoted against the rule": b"filename*=\"utf-8''" + quote_from_bytes(UTF8).encode() + b'"',
    "RFC 2047 in UTF-8": b'filename="' + words(UTF8, "utf-8") + b'"',
    "RFC 2047 in GB2312": b'filename="' + words(GBK, "GB2312") + b'"',
    "RFC 2047 in pieces, a character cut in two": b'filename="' + words(GBK, "gb18030", 5) + b'"',
    "RFC 2047 without quotes": b"filename=" + words(GBK, "gb2312"),
    "RFC 2047 as Q": b'filename="=?utf-8?Q?' + quopri.encodestring(UTF8, header=True).replace(b"=\n", b"") + b'?="',
    "RFC 2047 that says Latin": b'filename="' + words(GBK, "iso-8859-1") + b'"',
    "raw UTF-8": b'filename="' + UTF8 + b'"',
    "raw GBK": b'filename="' + GBK + b'"',
    "as in an address": b'filename="' + quote_from_bytes(UTF8).encode() + b'"',
    "in pieces without an encoding": b'filename*0="' + UTF8[:6] + b'"; filename*1="' + UTF8[6:] + b'"',
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_chinese_name_is_read_however_it_is_spelt(spelling: str) -> None:
    (one,) = members(placed(SPELLINGS[spelling]))
    assert (one.path, one.data) == (NAME, BOOK)


def test_a_name_in_gbk_whose_second_byte_is_a_backslash_is_whole() -> None:
    name = "郳乗县.xlsx"  # 乗 is 81 5C
    assert b"\\" in name.encode("gbk")
    (one,) = members(placed(b'filename="' + name.encode("gbk") + b'"'))
    assert one.path == name


def test_a_name_is_taken_from_the_type_where_nothing_else_has_it() -> None:
    (one,) = members(mail(text(), attachment(BOOK, b'Content-Type: x/y; name="' + words(GBK, "gb2312") + b'"\r\n')))
    assert one.path == NAME


def test_a_name_with_percent_signs_of_its_own_stays() -> None:
    (one,) = members(placed(b'filename="100%25.xlsx"'))
    assert one.path == "100%25.xlsx"


def quoted(data: bytes) -> bytes:
    return binascii.b2a_qp(data, istext=False)


def uuencoded(data: bytes) -> bytes:
    lines = (binascii.b2a_uu(data[at : at + 45]) for at in range(0, len(data), 45))
    return b"begin 644 " + UTF8 + b"\n" + b"".join(lines) + b"`\nend\n"


@pytest.mark.parametrize(
    ("encoding", "encode"),
    [
        ("base64", wrapped),
        ("BASE64", lambda data: wrapped(data).replace(b"\r\n", b"\n")),
        ("quoted-printable", quoted),
        ("x-uuencode", uuencoded),
        ("binary", bytes),
        ("8bit", bytes),
    ],
)
def test_an_attachment_is_unpacked_to_the_byte(encoding: str, encode: Callable[[bytes], bytes]) -> None:
    head = f"Content-Disposition: attachment; filename=a.xlsx\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    (one,) = members(mail(text(), OCTETS + head.encode() + encode(BOOK)))
    assert (one.path, one.data) == ("a.xlsx", BOOK)


def test_a_file_written_into_the_text_of_a_mail_is_found() -> None:
    (one,) = members(mail(b"Content-Type: text/plain\r\n\r\nsee below\r\n" + uuencoded(BOOK) + b"bye\r\n"))
    assert (one.path, one.data) == (NAME, BOOK)


def test_inline_nameless_and_mistyped_attachments_count_and_the_letter_does_not() -> None:
    letter = multipart([text(), b"Content-Type: text/html; name=body.html\r\n\r\n<p>x</p>"], "alternative", "c")
    found = members(
        mail(
            letter,
            attachment(BOOK, OCTETS, b"inline; filename=inline.xlsx"),
            attachment(BOOK, OCTETS),
            attachment(BOOK, b"Content-Type: text/plain\r\n"),
            attachment(BOOK, b"", b"attachment"),
            attachment(b"a,b", b"Content-Type: text/csv\r\n", b"attachment; filename=a.csv"),
        )
    )
    assert codes(found) == {"inline.xlsx": None, "附件2": None, "附件3": None, "附件4": None, "a.csv": None}


def test_the_signature_of_a_signed_mail_and_pictures_in_the_letter_ask_nobody() -> None:
    logo = attachment(PICTURE, b"Content-Type: image/png; name=logo.png\r\nContent-ID: <logo>\r\n")
    related = multipart([b"Content-Type: text/html\r\n\r\n<img src=cid:logo>", logo], "related", "r")
    signature = attachment(b"\x30\x82", OCTETS, b"attachment; filename=smime.p7s")
    found = members(mail(related, named(BOOK), signature))
    assert codes(found) == {"logo.png": "skipped-mail-picture", NAME: None, "smime.p7s": "skipped-system"}


@pytest.mark.parametrize(
    "data",
    [
        mail(text()),
        mail(multipart([text(), b"Content-Type: text/html\r\n\r\n<p>x</p>"], "alternative")),
        mail(text("From: a@b.cn\r\nTo: c@d.cn\r\nSubject: x\r\n\r\nwhat was forwarded as text")),
        mail(text(), attachment(PICTURE, b"Content-Type: image/png; name=a.png\r\nContent-ID: <a>\r\n")),
    ],
    ids=["text", "text and page", "forwarded as text", "a picture in the letter"],
)
def test_a_mail_without_attachment_is_named_with_its_sender(data: bytes) -> None:
    *pictures, one = members(data)
    assert (one.path, one.refused and one.refused.code) == ("", "file-mail-bare")
    assert (one.sender, one.received, one.data) == (SENDER, date(2012, 10, 10), data)
    assert all(picture.skipped for picture in pictures)


def test_a_photograph_that_was_attached_is_no_signature() -> None:
    (one,) = members(mail(text(), attachment(PICTURE, OCTETS, b"attachment; filename=scan.png")))
    assert codes([one]) == {"scan.png": None}


def test_a_mail_in_a_mail_came_when_the_outer_came_and_is_from_whom_the_inner_says() -> None:
    inner = mail(text(), named(BOOK), sender="county@example.cn", date="Mon, 8 Oct 2012 09:00:00 +0800", subject="三进")
    found = members(mail(text(), forwarded(inner), forwarded(inner, "旧信.eml"), named(BOOK, "b.xlsx")))
    assert codes(found) == {f"三进.eml!{NAME}": None, f"旧信.eml!{NAME}": None, "b.xlsx": None}
    assert {one.received for one in found} == {date(2012, 10, 10)}
    assert [one.sender for one in found] == ["county@example.cn", "county@example.cn", SENDER]


def test_a_mail_attached_as_a_file_is_opened_and_a_bare_one_in_it_is_named() -> None:
    found = members(mail(text(), named(mail(text(), named(BOOK)), "a.eml"), named(mail(text()), "b.eml")))
    assert codes(found) == {f"a.eml!{NAME}": None, "b.eml": "file-mail-bare"}


def test_a_folder_of_mails_is_opened_mail_by_mail() -> None:
    found = members(folder(mail(text("From here on"), named(BOOK), subject="一"), mail(text(), subject="二")))
    assert codes(found) == {f"001 一.eml!{NAME}": None, "002 二.eml": "file-mail-bare"}
    assert found[0].data == BOOK


STAMPED = "Received: from mx.example.cn (1.2.3.4)\r\n by city.example.cn; Thu, 11 Oct 2012 00:10:00 +0800\r\n"


@pytest.mark.parametrize(
    ("data", "day"),
    [
        (mail(named(BOOK)), date(2012, 10, 10)),
        (mail(named(BOOK), head=STAMPED), date(2012, 10, 11)),
        (mail(named(BOOK), head="Received: from qq.com\r\n"), date(2012, 10, 10)),
        (mail(named(BOOK), date="Wed, 10 Oct 2012 20:00:00 +0000 (UTC)"), date(2012, 10, 11)),
        (mail(named(BOOK), date="10 Oct 2012 09:00:00 -0000"), date(2012, 10, 10)),
        (mail(named(BOOK), date=None), None),
        (mail(named(BOOK), date="昨天"), None),
        (mail(named(BOOK), date="Wed, 99 Oct 99999 99:99:99 +9999"), None),
    ],
)
def test_the_day_is_that_of_the_last_post_office_or_of_the_sender_in_our_time(data: bytes, day: date | None) -> None:
    (one,) = members(data)
    assert one.received == day


@pytest.mark.parametrize(
    ("written", "sender"),
    [
        ("东源县司法局 <A@B.cn>".encode(), "a@b.cn"),
        ("东源县司法局 <A@B.cn>".encode("gb18030"), "a@b.cn"),
        (b"=?gb2312?B?tqvUtA==?= <a@b.cn>", "a@b.cn"),
        (b'"x@y.cn via list" <a@b.cn>', "a@b.cn"),
        (b"a@b.cn (x)", "a@b.cn"),
        (b"MAILER-DAEMON", "MAILER-DAEMON"),
    ],
)
def test_the_sender_is_an_address_where_there_is_one(written: bytes, sender: str) -> None:
    (one,) = members(mail(named(BOOK)).replace(f"<{SENDER}>".encode(), written))
    assert one.sender == sender


def test_a_mail_that_was_cut_off_gives_what_is_left_of_it() -> None:
    data = mail(text(), named(BOOK))
    (one,) = members(data[:-200])
    assert one.path == NAME
    assert one.data
    assert BOOK.startswith(one.data)


@pytest.mark.parametrize("ending", [b"\r", b"\n", b"\r\r\n"])
def test_line_ends_that_a_program_has_changed_change_nothing(ending: bytes) -> None:
    data = mail(text(), named(BOOK)).replace(b"\r\n", ending)
    assert is_container(data)
    (one,) = members(data)
    assert (one.path, one.data, one.received) == (NAME, BOOK, date(2012, 10, 10))


@pytest.mark.parametrize("path", ["C:\\Users\\a\\" + NAME, "../../" + NAME])
def test_of_a_path_the_name_is_taken(path: str) -> None:
    (one,) = members(mail(text(), named(BOOK, path)))
    assert one.path == NAME


def test_what_outlook_packs_goes_on_to_be_named() -> None:
    (one,) = members(mail(text(), named(b"\x78\x9f\x3e\x22\x01\x00", "winmail.dat")))
    assert one.data
    assert sniff(one.data).code == "file-winmail"


PGP = b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA\r\n-----END PGP MESSAGE-----\r\n"
CMS = b"0\x82\x12\x34\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"  # ContentInfo; then 3 for enveloped, 2 for signed
PGP_HEAD = b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n"
SEALED = {
    "S/MIME encrypted": mail(attachment(CMS + b"\x03" + bytes(90), OCTETS, b"attachment; filename=smime.p7m")),
    "S/MIME signed in one piece": mail(attachment(CMS + b"\x02" + BOOK, OCTETS, b"attachment; filename=smime.p7m")),
    "PGP/MIME": mail(multipart([PGP_HEAD, OCTETS + b"\r\n" + PGP], "encrypted")),
    "PGP in the text": mail(text(PGP.decode())),
}


@pytest.mark.parametrize("how", SEALED)
def test_a_sealed_mail_is_one_line_that_says_so(how: str) -> None:
    (one,) = members(SEALED[how])
    assert one.data
    assert sniff(one.data).code == "file-mail-sealed"


def test_the_signature_of_pgp_asks_nobody() -> None:
    armoured = b"-----BEGIN PGP SIGNATURE-----\r\n\r\niQ\r\n-----END PGP SIGNATURE-----\r\n"
    head = b"Content-Type: application/pgp-signature; name=signature.asc\r\n\r\n"
    found = members(mail(multipart([multipart([text(), named(BOOK)]), head + armoured], "signed")))
    assert codes(found) == {NAME: None, "signature.asc": "skipped-system"}


SENT_BY_US = forwarded(mail(text(), named(BOOK, "退回.xlsx")))
STATUS = b"Content-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; a@b.cn\r\nAction: failed\r\n"
RECEIPT = b"Content-Type: message/disposition-notification\r\n\r\nDisposition: manual-action; displayed\r\n"
INVITATION = b"Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
OF_MACHINES = {
    "not delivered": (mail(multipart([text(), STATUS, SENT_BY_US], "report")), "file-mail-returned"),
    "not delivered, by QQ": (mail(text(), named(BOOK), sender="PostMaster@qq.com"), "file-mail-returned"),
    "was read": (
        mail(multipart([text(), RECEIPT, SENT_BY_US], "report; report-type=disposition-notification")),
        "skipped-receipt",
    ),
    "invitation": (mail(multipart([text(), INVITATION], "alternative")), "skipped-card"),
    "answered by itself": (mail(text(), head="Auto-Submitted: auto-replied\r\n"), "skipped-reply"),
    "answered by itself, by QQ": (mail(text(), subject="=?gb18030?B?19S2r7vYuLQ6IMj9vfg=?="), "skipped-reply"),
}


@pytest.mark.parametrize("kind", OF_MACHINES)
def test_what_a_program_wrote_is_one_line_and_nothing_we_sent_is_read_from_it(kind: str) -> None:
    data, code = OF_MACHINES[kind]
    assert codes(members(data)) == {"": code}


def test_an_answer_by_itself_with_a_return_attached_is_read() -> None:
    assert codes(members(mail(text(), named(BOOK), head="Auto-Submitted: auto-replied\r\n"))) == {NAME: None}


LINKS = {
    "QQ": '<div>从QQ邮箱发来的超大附件</div><a href="http://mail.qq.com/cgi-bin/ftnExs_download?k=1&code=2">三进表.xlsx</a>',
    "a disk": "链接：https://pan.baidu.com/s/1abc 提取码：1234",
    "WPS": "【金山文档】 三进表 https://www.kdocs.cn/l/abc",
}


@pytest.mark.parametrize("where", LINKS)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_file_that_lies_elsewhere_is_named_as_missing(where: str, encoding: str) -> None:
    page = b"Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n" + wrapped(
        LINKS[where].encode(encoding)
    )
    assert codes(members(mail(multipart([text(), page], "alternative")))) == {"": "file-mail-cloud"}
    assert codes(members(mail(multipart([text(), page], "alternative"), named(BOOK)))) == {NAME: None}


def test_base64_that_no_header_tells_of_is_found() -> None:
    head = f'--abc\r\nContent-Type: application/octet-stream;\r\n name="{NAME}"\r\n\r\n'.encode()
    lost = b"Content-Type: text/plain\r\n\r\nhello\r\n" + head + wrapped(BOOK) + b"\r\n--abc--\r\n"
    for data in (
        mail(lost),
        mail(text(), b'Content-Type: application/octet-stream; name="' + UTF8 + b'"\r\n\r\n' + wrapped(BOOK)),
    ):
        (one,) = members(data)
        assert (one.path, one.data) == (NAME, BOOK)


def test_a_part_of_a_mail_in_several_a_file_elsewhere_and_a_digest_are_what_they_are() -> None:
    cut = b"Content-Type: message/partial; id=x; number=1; total=3\r\n\r\n" + mail(text(), named(BOOK))[:900]
    elsewhere = b"Content-Type: message/external-body; access-type=URL; name=a.xlsx\r\n\r\nContent-Type: a/b\r\n"
    assert codes(members(mail(text(), cut, elsewhere))) == {"附件1": "file-cut-off", "a.xlsx": "file-mail-link"}
    digest = multipart([b"\r\n" + mail(text(), named(BOOK), subject="一")], "digest")
    assert codes(members(mail(digest))) == {f"一.eml!{NAME}": None}


def test_a_file_of_a_mac_is_beside_its_sidecar() -> None:
    sidecar = b"\0\x05\x16\x07" + bytes(60)
    found = members(mail(text(), multipart([named(sidecar), named(BOOK)], "appledouble")))
    assert [(one.path, one.data and sniff(one.data).code) for one in found] == [
        (NAME, "skipped-sidecar"), (NAME, sniff(BOOK).code)
    ]  # fmt: skip


def test_foxmail_says_gb2312_and_means_gbk() -> None:
    name = "朱镕基堃.xlsx"
    word = b"=?GB2312?B?" + base64.b64encode(name.encode("gbk")) + b"?="
    head = b'Content-Type: application/octet-stream;\r\n\tname="' + word + b'"\r\n'
    (one,) = members(mail(text(), attachment(BOOK, head, b'attachment;\r\n\tfilename="' + word + b'"')))
    assert one.path == name


def test_an_attachment_with_a_boundary_that_never_comes_is_cut_off() -> None:
    data = mail(text(), b'Content-Type: multipart/mixed; boundary="never"\r\n\r\nsomething')
    assert codes(members(data)) == {"附件1": "file-cut-off"}


@pytest.mark.parametrize(("name", "data", "code"), BOMBS, ids=[name for name, *_ in BOMBS])
def test_a_bomb_is_one_line_in_no_time(name: str, data: bytes, code: str | None) -> None:
    began = time.process_time()
    try:
        found = list(codes(members(data)).values())
    except Refused as refused:
        found = [refused.code]
    assert found == [code] if code else len(found) == 1
    assert time.process_time() - began < 3


def test_five_levels_of_parts_are_read_and_three_of_messages() -> None:
    assert codes(members(nested(5))) == {"": "file-mail-bare"}
    data = mail(text(), named(BOOK))
    for _ in range(3):
        data = mail(text(), forwarded(data, "m.eml"))
    assert codes(members(data)) == {"m.eml!m.eml!m.eml": "file-archive-depth"}


def test_mails_written_by_python_are_read() -> None:
    letter = EmailMessage(policy=SMTP)
    letter["From"], letter["To"], letter["Date"] = f"东源县 <{SENDER}>", "b@example.cn", DATE_SENT
    letter.set_content("请查收")
    letter.add_attachment(BOOK, "application", "vnd.ms-excel", filename=NAME)
    outer = EmailMessage(policy=SMTP)
    outer["From"], outer["Date"] = "c@example.cn", DATE_SENT
    outer.set_content("转发")
    outer.add_attachment(letter)
    outer.add_attachment(BOOK, "application", "octet-stream", filename="很长的名字" * 20 + ".xlsx")
    for data in (outer.as_bytes(), outer.as_bytes().replace(b"\r\n", b"\n")):
        found = members(data)
        assert [one.path.split("!")[-1] for one in found] == [NAME, "很长的名字" * 20 + ".xlsx"]
        assert [(one.data, one.sender) for one in found] == [(BOOK, SENDER), (BOOK, "c@example.cn")]


DATE_SENT = "Wed, 10 Oct 2012 09:30:00 +0800"


@pytest.mark.npm
@pytest.mark.parametrize(
    "name", [NAME, "东源县司法局“三进”任务完成情况表（2012年第三季度，第二次报送，请以此份为准）.xlsx"]
)
def test_mails_written_by_nodemailer_are_read(tmp_path: Path, name: str) -> None:
    if reason := npm.unavailable("nodemailer"):
        pytest.skip(reason)
    book = {"filename": name, "content": BOOK}
    logo = {"filename": "logo.png", "content": PICTURE, "cid": "logo"}
    letter = {
        "from": f"东源县司法局 <{SENDER}>",
        "to": "c@example.cn",
        "date": "2012-10-10T01:30:00Z",
        "subject": "三进",
        "text": "请查收",
        "html": '<p>请查收<img src="cid:logo"></p>',
    }
    found = members(npm.mail_by_nodemailer(tmp_path, letter, logo, book))
    assert codes(found) == {"logo.png": "skipped-mail-picture", name: None}
    assert (found[1].data, found[1].sender, found[1].received) == (BOOK, SENDER, date(2012, 10, 10))
