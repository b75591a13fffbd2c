"""Customer payments between banks (pacs.008) and their returns (pacs.004), read from ISO 20022 XML.

No schema is shipped. What Tarazy needs is read strictly, element by element, and a document in which any of it is
missing, doubled or contradictory is refused whole, with the place and what belongs there. Names, addresses and
remittance texts are never read at all.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Final

from tarazy.agent.feed.booking import entries_from
from tarazy.agent.feed.currency_digits import scaled
from tarazy.agent.feed.fault import FeedFault
from tarazy.agent.feed.hardened_xml import MESSAGE_BYTES_MAX, Node, XmlElement, read_root
from tarazy.agent.feed.transfer_message import TransferKind, TransferMessage
from tarazy.agent.feed.transfer_reading import PROTECTED_PURPOSES, SHAPES, Shape, amount_of, read_transfer, return_ref

__all__ = [
    "ACCEPTED",
    "MESSAGE_BYTES_MAX",
    "PROTECTED_PURPOSES",
    "TRANSACTIONS_MAX",
    "TransferMessage",
    "entries_from",
    "parse_messages",
    "return_ref",
]

TRANSACTIONS_MAX: Final = 10_000
"""More than fit into ``MESSAGE_BYTES_MAX`` at the size of an ordinary transaction; a limit of its own all the same."""

ACCEPTED: Final[Mapping[str, tuple[int, int]]] = {"pacs.008.001": (8, 13), "pacs.004.001": (8, 14)}
"""Accepted versions, first and last. Those that belong together are one apart: pacs.004.001.09 answers 008.001.08."""

_NAMESPACE_START: Final = "urn:iso:std:iso:20022:tech:xsd:"
_NAMESPACE = re.compile(re.escape(_NAMESPACE_START) + r"(pacs\.00[48]\.001)\.([0-9]{2})")
_HEADER = re.compile(re.escape(_NAMESPACE_START) + r"head\.001\.001\.[0-9]{2}")
_SUM_DIGITS: Final = 17
"""A control sum may have this many decimals."""


def parse_messages(data: bytes, *, times_in: tzinfo | None = None) -> list[TransferMessage]:
    """Read one document, bare or under a business application header, into its transactions in document order.

    ``times_in`` is the zone in which the sender has declared to write times that carry no offset; without it such a
    time is refused. Raises ``FeedFault``; then nothing of the document counts.
    """
    document, shape = _document(read_root(data))
    body = document.needed(shape.body, "the message that the namespace names")
    header = body.needed("GrpHdr", "the group header")
    transactions = body.all(shape.transaction)
    _check_count(body, header, shape, len(transactions))
    messages = [read_transfer(transaction, header, shape, times_in) for transaction in transactions]
    _check_sums(header, shape, transactions, messages)
    _check_unique(shape, transactions, messages)
    return messages


def _document(root: XmlElement) -> tuple[Node, Shape]:
    """Return the document of ``root`` and its shape; a header beside it must name the same message."""
    element, path, header = root, "/Document", None
    if _tag(root)[1] != "Document":
        children = {_tag(child)[1]: child for child in root}
        if len(root) != len(children) or children.keys() != {"AppHdr", "Document"}:
            raise FeedFault(
                place="/", field="Document", expected="a Document, or one AppHdr and one Document in an envelope"
            )
        element, header, path = children["Document"], children["AppHdr"], "/*/Document"
    namespace = _tag(element)[0]
    match = _NAMESPACE.fullmatch(namespace)
    if match is None or not _is_accepted(match[1], int(match[2])):
        raise FeedFault(place=path, field="namespace", expected=_accepted_text())
    if header is not None:
        _check_header(header, namespace)
    return Node(element, namespace, path), SHAPES[match[1]]


def _tag(element: XmlElement) -> tuple[str, str]:
    namespace, _, name = str(element.tag).rpartition("}")
    return namespace.removeprefix("{"), name


def _is_accepted(message: str, version: int) -> bool:
    first, last = ACCEPTED[message]
    return first <= version <= last


def _accepted_text() -> str:
    ranges = (f"{message}.{first:02} to .{last:02}" for message, (first, last) in ACCEPTED.items())
    return f"{_NAMESPACE_START}… with {' or '.join(ranges)}"


def _check_header(element: XmlElement, namespace: str) -> None:
    header_namespace = _tag(element)[0]
    header = Node(element, header_namespace, "/*/AppHdr")
    if not _HEADER.fullmatch(header_namespace):
        raise FeedFault(place=header.path, field="namespace", expected=f"{_NAMESPACE_START}head.001.001 and a version")
    name = header.needed("MsgDefIdr", "the name of the message below")
    if _NAMESPACE_START + name.text != namespace:
        raise name.fault("the message and version that the Document's namespace names")


def _check_count(body: Node, header: Node, shape: Shape, count: int) -> None:
    if not 0 < count <= TRANSACTIONS_MAX:
        raise FeedFault(
            place=body.path, field=shape.transaction, expected=f"1 to {TRANSACTIONS_MAX} transactions, each written out"
        )
    stated = header.value("NbOfTxs")
    if stated is not None and (not re.fullmatch(r"[0-9]{1,15}", stated) or int(stated) != count):
        raise FeedFault(place=header.path, field="NbOfTxs", expected=f"the {count} transactions that the document has")


def _check_sums(header: Node, shape: Shape, transactions: Sequence[Node], messages: Sequence[TransferMessage]) -> None:
    control = header.value("CtrlSum")
    if control is not None:
        amounts = (scaled(transaction.value(shape.settled) or "", _SUM_DIGITS) or 0 for transaction in transactions)
        if scaled(control, _SUM_DIGITS) != sum(amounts):
            raise FeedFault(
                place=header.path, field="CtrlSum", expected=f"the sum of all {shape.settled}; resend the whole message"
            )
    if header.at(shape.total) is not None:
        total, currency = amount_of(header, shape.total)
        if {message.currency for message in messages} != {currency}:
            raise FeedFault(place=header.path, field=shape.total, expected="the one currency of all transactions")
        if total != sum(message.amount_minor for message in messages):
            raise FeedFault(
                place=header.path, field=shape.total, expected=f"the sum of all {shape.settled}; resend the message"
            )


def _check_unique(shape: Shape, transactions: Sequence[Node], messages: Sequence[TransferMessage]) -> None:
    refs: set[str] = set()
    ids: set[str] = set()
    for transaction, message in zip(transactions, messages, strict=True):
        if message.transfer_ref in refs:
            field = "RtrId" if shape.kind is TransferKind.return_ else "PmtId"
            raise FeedFault(
                place=transaction.path, field=field, expected="an id that no earlier transaction has; send a UETR"
            )
        refs.add(message.transfer_ref)
        number = transaction.value("PmtId/TxId")
        if number is not None and number in ids:
            raise FeedFault(
                place=transaction.path, field="PmtId/TxId", expected="an id that no earlier transaction has"
            )
        ids.add(number or "")
