"""What a bank's core signs and sends: batches of entries in three forms, and the signature that goes with each.

A JSON batch is itself a compact signature. A CSV file and an ISO 20022 document stay as they are, and a small signed
text beside them names the batch and the digest of their bytes, so that it can be checked before a body is taken in.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Final, TypeVar

import msgspec

from tarazy.agent.core_port import OpenedAccount
from tarazy.agent.entries import ENTRIES_PER_BATCH_MAX
from tarazy.agent.feed.csv_entries import BYTES_MAX as CSV_BYTES_MAX
from tarazy.agent.feed.csv_entries import parse_entries
from tarazy.agent.feed.fault import FeedFault
from tarazy.agent.feed.iso20022 import MESSAGE_BYTES_MAX as XML_BYTES_MAX
from tarazy.agent.feed.iso20022 import parse_messages
from tarazy.agent.feed.transfer_message import TransferMessage
from tarazy.domain.entry import AccountEntry, AccountKind, EntryKind, ExitKind, fault_in
from tarazy.protocol import jws
from tarazy.protocol.bodies import Currency
from tarazy.protocol.message import Id, Refusal, Refused, digest_of
from tarazy.protocol.wire import WireFault, from_json
from tarazy.values.ids import ID_LENGTH_MAX, AccountId, HoldId, ParticipantId, TransferRef
from tarazy.values.instant import Instant
from tarazy.values.money import MINOR_MAX

SIGNATURE_LENGTH_MAX: Final = 16 * 1024
"""Room for the accounts of one question for positions; what is signed beside a file is a few hundred bytes."""
POSITIONS_MAX: Final = 50
CLOCK_TOLERANCE: Final = timedelta(minutes=5)
"""Two honest clocks differ by seconds. An older question comes from a wrong clock or a wrong hand."""
BOOKED_AHEAD_MAX: Final = timedelta(minutes=15)
"""How far in the future a booking may lie, as the exchange takes a report of it. Were the entries of a whole bank
refused for a clock that is some minutes slow, nothing could be held there; and no law hangs on the difference."""


class BatchMedia(StrEnum):
    """The forms in which a batch is taken."""

    jose = "application/jose"
    csv = "text/csv"
    xml = "application/xml"

    @property
    def bytes_max(self) -> int:
        """How large a body of this form may be."""
        return {
            BatchMedia.jose: jws.MESSAGE_BYTES_MAX,
            BatchMedia.csv: CSV_BYTES_MAX,
            BatchMedia.xml: XML_BYTES_MAX,
        }[self]


Payload = TypeVar("Payload", bound=msgspec.Struct)
AccountName = Annotated[str, msgspec.Meta(min_length=1, max_length=ID_LENGTH_MAX)]
Minor = Annotated[int, msgspec.Meta(ge=-MINOR_MAX, le=MINOR_MAX)]


class OpenedTold(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An account as the core opens it."""

    account_id: AccountName
    kind: AccountKind
    currency: Currency
    is_natural_person: bool
    opening_minor: Annotated[int, msgspec.Meta(ge=0, le=MINOR_MAX)]


class EntryTold(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An entry as JSON says it: the fields of `AccountEntry`, and none besides."""

    account_id: AccountName
    entry_no: Minor
    kind: EntryKind
    amount_minor: Minor
    currency: Currency
    booked_at: Instant
    transfer_ref: AccountName | None = None
    transfer_minor: Minor | None = None
    original_ref: AccountName | None = None
    counterparty: AccountName | None = None
    exit_kind: ExitKind | None = None
    hold_id: AccountName | None = None
    is_protected: bool = False


class BatchTold(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The payload of a JSON batch."""

    batch_id: Id
    opened: tuple[OpenedTold, ...] = ()
    entries: tuple[EntryTold, ...] = ()


class FileSigned(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is signed beside a file: the batch that it is, and the digest of its bytes."""

    batch_id: Id
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class PositionsAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A signed question: how far these accounts are known. It is good for some minutes around ``at``."""

    account_ids: Annotated[tuple[AccountName, ...], msgspec.Meta(min_length=1, max_length=POSITIONS_MAX)]
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBatch:
    """A batch that could be read. ``places`` say where each entry stands in what was sent.

    ``transfers`` are those of an ISO 20022 document: they become entries when they are taken, because only then it is
    certain which numbers are next, and ``directory`` says which participants its institutions are. ``signature`` is
    kept as proof of who sent the batch; it contains no entries.
    """

    batch_id: str
    digest: str
    signature: str
    opened: tuple[OpenedAccount, ...] = ()
    entries: tuple[AccountEntry, ...] = ()
    places: tuple[str, ...] = ()
    transfers: tuple[TransferMessage, ...] = ()
    directory: Mapping[str, ParticipantId] = field(default_factory=dict)


def core_key_id(me: ParticipantId) -> str:
    """Return the id that the core's key has in signatures."""
    return f"{me}#core"


def signed_by_core(text: str, me: ParticipantId, verify: jws.Verify, length_max: int) -> bytes | Refused:
    """Return what the core has signed, or why this is not something that it has signed."""
    if len(text) > length_max:
        return Refused(Refusal.too_large, f"signature: at most {length_max} bytes")
    try:
        signed = jws.read(text)
    except jws.SignatureFault:
        return Refused(Refusal.malformed, "signature: expected header.payload.signature with alg EdDSA")
    if signed.key_id != core_key_id(me):
        return Refused(Refusal.unknown_sender, f"signature, header, kid: expected {core_key_id(me)}")
    if not verify(signed.signature, signed.signed_bytes):
        return Refused(Refusal.bad_signature, "signature: does not fit the core's key and this text", signed.key_id)
    return signed.payload


def read_payload(payload: bytes, wanted: type[Payload]) -> Payload:
    """Read signed JSON strictly. Raises FeedFault, which never repeats a value that was found."""
    try:
        return from_json(payload, wanted)
    except WireFault as fault:
        raise _without_values(str(fault)) from None


def read_question(payload: bytes) -> PositionsAsked:
    """Read a signed question for positions. Raises FeedFault, also for a text that can be no account's id."""
    asked = read_payload(payload, PositionsAsked)
    for index, account_id in enumerate(asked.account_ids):
        if not _is_name(account_id):
            raise FeedFault(place="question", field=f"account_ids[{index}]", expected=_NAME_EXPECTED)
    return asked


def read_json_batch(text: str, payload: bytes, now: Instant) -> SentBatch:
    """Read the payload of a compact signature as a batch. Raises FeedFault."""
    told = read_payload(payload, BatchTold)
    opened = tuple(_opened(one) for one in told.opened)
    _check_opened(opened)
    entries = tuple(_entry(one) for one in told.entries)
    places = tuple(f"entries[{index}]" for index in range(len(entries)))
    check_entries(entries, places, now)
    header, _, signature = text.split(".")
    return SentBatch(
        batch_id=told.batch_id,
        digest=digest_of(payload),
        signature=f"{header}..{signature}",
        opened=opened,
        entries=entries,
        places=places,
    )


def read_document(body: bytes, signed: FileSigned, signature: str, directory: Mapping[str, ParticipantId]) -> SentBatch:
    """Read an ISO 20022 document, whose digest was found to be the signed one. Raises FeedFault."""
    return SentBatch(
        batch_id=signed.batch_id,
        digest=signed.sha256,
        signature=signature,
        transfers=tuple(parse_messages(body)),
        directory=directory,
    )


def read_csv_batch(body: bytes, signed: FileSigned, signature: str, now: Instant) -> SentBatch:
    """Read a CSV file, whose digest was found to be the signed one. Raises FeedFault."""
    entries = tuple(parse_entries(body))
    places = tuple(f"line {index + 2}" for index in range(len(entries)))
    check_entries(entries, places, now)
    return SentBatch(
        batch_id=signed.batch_id, digest=signed.sha256, signature=signature, entries=entries, places=places
    )


def _not_after(now: Instant) -> str:
    minutes = int(BOOKED_AHEAD_MAX.total_seconds() // 60)
    return (
        f"a time at most {minutes} minutes after this agent's clock, which says {now.text()}; set the wrong clock right"
    )


def check_entries(entries: Sequence[AccountEntry], places: Sequence[str], now: Instant) -> None:
    """Raise FeedFault for the first entry that could be right on no account."""
    if len(entries) > ENTRIES_PER_BATCH_MAX:
        expected = f"at most {ENTRIES_PER_BATCH_MAX} entries; send the rest in another batch"
        raise FeedFault(place="batch", field="entries", expected=expected)
    latest = now.plus(BOOKED_AHEAD_MAX)
    seen: dict[tuple[AccountId, int], AccountEntry] = {}
    for place, entry in zip(places, entries, strict=True):
        sentence = fault_in(entry)
        if sentence is not None:
            raise FeedFault.of_sentence(place, sentence)
        _check_names(place, entry)
        if entry.booked_at > latest:
            raise FeedFault(place=place, field="booked_at", expected=_not_after(now))
        if seen.setdefault((entry.account_id, entry.entry_no), entry) != entry:
            expected = "a number that no earlier entry of this account has in the batch"
            raise FeedFault(place=place, field="entry_no", expected=expected)


def _check_opened(opened: Sequence[OpenedAccount]) -> None:
    known = Counter(account.account_id for account in opened)
    for index, account in enumerate(opened):
        if not _is_name(account.account_id):
            raise FeedFault(place=f"opened[{index}]", field="account_id", expected=_NAME_EXPECTED)
        if known[account.account_id] > 1:
            raise FeedFault(place=f"opened[{index}]", field="account_id", expected="each account once")


_NAME_EXPECTED: Final = f"at most {ID_LENGTH_MAX} printable characters without space around them"


def _is_name(text: str) -> bool:
    return 0 < len(text) <= ID_LENGTH_MAX and text.isprintable() and text.strip() == text


def _check_names(place: str, entry: AccountEntry) -> None:
    names: Iterable[tuple[str, str | None]] = (
        ("account_id", entry.account_id),
        ("transfer_ref", entry.transfer_ref),
        ("original_ref", entry.original_ref),
        ("counterparty", entry.counterparty),
        ("hold_id", entry.hold_id),
    )
    for name, text in names:
        if text is not None and not _is_name(text):
            raise FeedFault(place=place, field=name, expected=_NAME_EXPECTED)


def _opened(told: OpenedTold) -> OpenedAccount:
    return OpenedAccount(
        account_id=AccountId(told.account_id),
        kind=told.kind,
        currency=told.currency,
        is_natural_person=told.is_natural_person,
        opening_minor=told.opening_minor,
    )


def _entry(told: EntryTold) -> AccountEntry:
    return AccountEntry(
        account_id=AccountId(told.account_id),
        entry_no=told.entry_no,
        kind=told.kind,
        amount_minor=told.amount_minor,
        currency=told.currency,
        booked_at=told.booked_at,
        transfer_ref=None if told.transfer_ref is None else TransferRef(told.transfer_ref),
        transfer_minor=told.transfer_minor,
        original_ref=None if told.original_ref is None else TransferRef(told.original_ref),
        counterparty=None if told.counterparty is None else ParticipantId(told.counterparty),
        exit_kind=told.exit_kind,
        hold_id=None if told.hold_id is None else HoldId(told.hold_id),
        is_protected=told.is_protected,
    )


_AT = re.compile(r"^(?P<what>.*?)(?: - at `\$\.?(?P<path>[A-Za-z0-9_.\[\]]*)`)?$", re.DOTALL)
_PLAIN = re.compile(r"Expected (`[a-z| ]+`[A-Za-z0-9`|<>=,. -]*)")
_MISSING = re.compile(r"Object missing required field `([a-z0-9_]+)`")


def _without_values(text: str) -> FeedFault:
    """Say where JSON is wrong and what was expected, in words that cannot contain what was found."""
    match = _AT.match(text)
    path = (match["path"] or "") if match else ""
    what = match["what"] if match else ""
    missing = _MISSING.fullmatch(what)
    if missing is not None:
        return FeedFault(place=path or "batch", field=missing[1], expected="a value; the field is missing")
    if what.startswith("Object contains unknown field"):
        return FeedFault(place=path or "batch", field="fields", expected="the documented ones and no others")
    place, _, name = path.rpartition(".")
    if not path:
        is_readable = what.startswith(("Expected", "Object"))
        expected = "the documented object" if is_readable else "well-formed JSON in UTF-8"
        return FeedFault(place="batch", field="JSON", expected=expected)
    plain = _PLAIN.fullmatch(what)
    expected = plain[1] if plain is not None else "a documented value; see the guide for participants"
    return FeedFault(place=place or "batch", field=name, expected=expected)
