"""Hostile XML: each attack ends in one clear fault, quickly and in bounded memory."""

import resource
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarazy.agent.feed.fault import FeedFault
from tarazy.agent.feed.hardened_xml import MARKUP_MAX, MESSAGE_BYTES_MAX
from tarazy.agent.feed.iso20022 import TRANSACTIONS_MAX, parse_messages
from tests.unit.agent.feed.documents import Payment, numbered, pacs_008

GOOD = pacs_008(Payment())
SECONDS_MAX = 5.0
"""Generous, because test machines are shared: an attack that works takes minutes or all memory."""


def fault_of(document: bytes) -> FeedFault:
    started = time.monotonic()
    with pytest.raises(FeedFault) as caught:
        parse_messages(document)
    assert time.monotonic() - started < SECONDS_MAX
    return caught.value


def with_doctype(doctype: str, content: str = "x") -> bytes:
    return f'<?xml version="1.0"?>\n{doctype}\n<Document>{content}</Document>'.encode()


LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))


@pytest.mark.parametrize(
    "document",
    [
        with_doctype(f'<!DOCTYPE Document [<!ENTITY l0 "ha">{LAUGHS}]>', "&l9;"),
        with_doctype(f'<!DOCTYPE Document [<!ENTITY a "{"a" * 100_000}">]>', "&a;" * 10_000),
        with_doctype('<!DOCTYPE Document [<!ENTITY f SYSTEM "file:///etc/passwd">]>', "&f;"),
        with_doctype('<!DOCTYPE Document [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]>'),
        with_doctype('<!DOCTYPE Document SYSTEM "http://127.0.0.1:9/x.dtd">'),
        with_doctype("<!DOCTYPE Document>"),
        with_doctype("<!-- before --><!DOCTYPE Document>"),
        b"\xef\xbb\xbf" + with_doctype("<!DOCTYPE Document>"),
        GOOD.replace(b"<GrpHdr>", b"<!DOCTYPE x><GrpHdr>"),
    ],
    ids=["laughs", "quadratic", "file", "parameter", "system", "plain", "comment", "marked", "inside"],
)
def test_a_document_type_is_refused_whatever_it_declares(document: bytes) -> None:
    fault = fault_of(document)
    assert (fault.place, fault.field) == ("document", "DOCTYPE")
    assert "remove the declaration" in fault.expected


def test_an_undeclared_entity_is_refused() -> None:
    assert fault_of(GOOD.replace(b"SECRET NAME", b"&secret;")).field == "XML"


def test_an_inclusion_reads_no_file(tmp_path: Path) -> None:
    (tmp_path / "id.txt").write_text("FROM-DISK")
    inclusion = f'<x:include xmlns:x="http://www.w3.org/2001/XInclude" parse="text" href="{tmp_path}/id.txt"/>'
    [message] = parse_messages(GOOD.replace(b"SECRET NAME", inclusion.encode()))
    assert "FROM-DISK" not in repr(message)


def test_deep_nesting_is_refused() -> None:
    for depth in (300, 100_000):
        fault = fault_of(b"<Document>" + b"<a>" * depth + b"</a>" * depth + b"</Document>")
        assert (fault.field, "not nested deeply" in fault.expected) == ("XML", True)


def test_a_hundred_megabytes_are_refused_unread() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    body = b"<Document>" + b"x" * (100 * 1024 * 1024)
    assert fault_of(body).field == "size"
    grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown_kib < 260 * 1024  # the body itself twice (its making), and nothing parsed


def test_the_size_limit_is_exact() -> None:
    filled = GOOD + b" " * (MESSAGE_BYTES_MAX - len(GOOD))
    assert len(parse_messages(filled)) == 1
    assert fault_of(filled + b" ").field == "size"


@pytest.mark.parametrize(
    "filling",
    [b"<a/>", b"<a></a>", b'<a b="" c=""/>', b"<!---->", b"<?a?>"],
)
def test_a_body_of_nothing_but_tags_is_refused_unread(filling: bytes) -> None:
    body = b"<Document>" + filling * ((MESSAGE_BYTES_MAX - 100) // len(filling)) + b"</Document>"
    fault = fault_of(body)
    assert fault.field in {"size", "namespace"}


def test_many_attributes_of_one_element_take_no_quadratic_time() -> None:
    attributes = b" ".join(b'a%d=""' % i for i in range(500_000))
    assert fault_of(b"<Document " + attributes + b"/>").field == "namespace"
    spaces = b" ".join(b'xmlns:a%d="u"' % i for i in range(300_000))
    assert fault_of(b"<Document " + spaces + b"/>").field in {"namespace", "XML"}


def test_an_ordinary_full_message_is_read_in_time() -> None:
    document = pacs_008(*numbered(Payment(), range(7_000)))
    assert len(document) < MESSAGE_BYTES_MAX
    assert document.count(b"<") + document.count(b"=") < MARKUP_MAX
    started = time.monotonic()
    assert len(parse_messages(document)) == 7_000
    assert time.monotonic() - started < 4 * SECONDS_MAX
    assert TRANSACTIONS_MAX >= 7_000


@pytest.mark.parametrize(
    "document",
    [
        GOOD.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        GOOD.decode().replace("SECRET", "Айгүл").encode("utf-16-le"),
        GOOD.decode().replace("SECRET", "José").encode("latin-1"),
        GOOD.decode().replace("UTF-8", "ISO-8859-1").encode(),
        GOOD.decode().replace("UTF-8", "UTF-7").encode(),
        GOOD.replace(b"SECRET", b"\xc0\xbc!DOCTYPE"),
    ],
    ids=["utf-16", "utf-16-le", "latin-1", "declared latin-1", "declared utf-7", "overlong"],
)
def test_another_encoding_than_utf_8_is_refused(document: bytes) -> None:
    fault = fault_of(document)
    assert fault.field in {"encoding", "XML"}
    assert str(fault).isascii()


def test_utf_8_with_mark_declaration_or_neither_is_read() -> None:
    plain = GOOD.partition(b"\n")[2]
    for document in (b"\xef\xbb\xbf" + GOOD, plain, b"<?xml version='1.0' encoding='utf-8'?>" + plain):
        assert len(parse_messages(document)) == 1


@pytest.mark.parametrize(
    "document",
    [b"", b" ", b"x", b"{}", GOOD[:-5], GOOD + b"<x/>", GOOD.replace(b"</PmtId>", b"</PmtIs>"), b"<a>\x00</a>"],
)
def test_what_is_not_well_formed_is_refused_with_its_line(document: bytes) -> None:
    fault = fault_of(document)
    assert fault.field == "XML"
    assert fault.place.startswith("line ")
    assert "PmtI" not in str(fault)


@given(
    st.binary(max_size=200)
    | st.tuples(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=3)).map(
        lambda change: GOOD[: change[0]] + change[1] + GOOD[change[0] + len(change[1]) :]
    )
)
def test_any_bytes_are_messages_or_a_fault(document: bytes) -> None:
    try:
        messages = parse_messages(document)
    except FeedFault:
        return
    assert len(messages) == 1
