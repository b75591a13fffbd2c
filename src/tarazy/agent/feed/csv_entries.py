"""Account entries as CSV: one header, one line per booking, every value written out and none guessed."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from enum import StrEnum
from io import StringIO
from typing import Final, NamedTuple, TypeVar

from tarazy.agent.feed.fault import FeedFault
from tarazy.domain.entry import AccountEntry, EntryKind, ExitKind, fault_in
from tarazy.values.ids import ID_LENGTH_MAX, AccountId, HoldId, ParticipantId, TransferRef
from tarazy.values.instant import Instant
from tarazy.values.money import MINOR_MAX

ENTRIES_MAX: Final = 100_000
"""One file is one transaction at the agent; this many entries take a few seconds, and a bank can send many files."""
BYTES_MAX: Final = 32 * 1024 * 1024
"""Room for ``ENTRIES_MAX`` lines of some 300 bytes. It is checked before a single line is read."""

COLUMNS: Final = tuple(field.name for field in fields(AccountEntry))

_WHOLE = re.compile(r"0|[1-9][0-9]{0,18}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_FLAGS: Final = {"": False, "false": False, "true": True}
_Kind = TypeVar("_Kind", bound=StrEnum)
_Value = TypeVar("_Value")


def parse_entries(text: str | bytes, *, now_limit: Instant | None = None) -> list[AccountEntry]:
    """Read a file of entries, or raise a ``FeedFault`` for its first bad line; half a file is never returned.

    Bytes are UTF-8, with or without a byte order mark. An entry booked after ``now_limit`` is refused: it comes from a
    wrong clock or a wrong offset. Numbering across files is checked where the entries are taken in, not here.
    """
    rows = _rows(_decoded(text))
    _, header = next(rows, ("line 1", []))
    if tuple(header) != COLUMNS:
        raise FeedFault(place="line 1", field="header", expected=",".join(COLUMNS))
    entries: list[AccountEntry] = []
    for place, row in rows:
        if len(entries) == ENTRIES_MAX:
            raise FeedFault(place=place, field="file", expected=f"at most {ENTRIES_MAX} entries; send the rest apart")
        entry = _entry(place, row)
        if now_limit is not None and entry.booked_at > now_limit:
            raise FeedFault(place=place, field="booked_at", expected="a time that is not in the future")
        entries.append(entry)
    return entries


def format_entries(entries: Iterable[AccountEntry]) -> str:
    """Write entries as a file that ``parse_entries`` reads back to the same entries."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for entry in entries:
        assert fault_in(entry) is None
        writer.writerow([_text(getattr(entry, name)) for name in COLUMNS])
    return out.getvalue()


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Instant):
        return value.text()
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _decoded(text: str | bytes) -> str:
    too_large = FeedFault(place="file", field="size", expected=f"at most {BYTES_MAX} bytes; send the rest apart")
    if len(text) > BYTES_MAX:
        raise too_large
    if isinstance(text, str):
        if len(text.encode("utf-8", "surrogatepass")) > BYTES_MAX:
            raise too_large
        return text.removeprefix("\ufeff")
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        raise FeedFault(place=f"line {line}", field="encoding", expected="UTF-8") from None


def _rows(text: str) -> Iterator[tuple[str, list[str]]]:
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise FeedFault(
                place=f"line {reader.line_num}", field="line", expected="comma-separated values with closed quotes"
            ) from None
        yield f"line {reader.line_num}", row


def _entry(place: str, row: list[str]) -> AccountEntry:
    if len(row) != len(COLUMNS):
        raise FeedFault(place=place, field="line", expected=f"{len(COLUMNS)} values, as in the header")
    line = _Line(place, dict(zip(COLUMNS, row, strict=True)))
    entry = AccountEntry(
        account_id=AccountId(line.needed("account_id", line.name("account_id"), "the account's id")),
        entry_no=line.needed("entry_no", line.whole("entry_no"), "a whole number from 1"),
        kind=line.needed("kind", line.choice("kind", EntryKind), _one_of(EntryKind)),
        amount_minor=line.needed("amount_minor", line.whole("amount_minor"), "whole minor units"),
        currency=line.currency("currency"),
        booked_at=line.moment("booked_at"),
        transfer_ref=_named(TransferRef, line.name("transfer_ref")),
        transfer_minor=line.whole("transfer_minor"),
        original_ref=_named(TransferRef, line.name("original_ref")),
        counterparty=_named(ParticipantId, line.name("counterparty")),
        exit_kind=line.choice("exit_kind", ExitKind),
        hold_id=_named(HoldId, line.name("hold_id")),
        is_protected=line.flag("is_protected"),
    )
    sentence = fault_in(entry)
    if sentence is not None:
        raise FeedFault.of_sentence(place, sentence)
    return entry


def _named(id_type: Callable[[str], _Value], text: str | None) -> _Value | None:
    return None if text is None else id_type(text)


def _one_of(kinds: type[StrEnum]) -> str:
    return f"one of: {', '.join(kinds)}"


class _Line(NamedTuple):
    """One line under its header. Each method reads one value strictly; an empty value is None."""

    place: str
    cells: Mapping[str, str]

    def fault(self, field: str, expected: str) -> FeedFault:
        return FeedFault(place=self.place, field=field, expected=expected)

    def needed(self, field: str, value: _Value | None, expected: str) -> _Value:
        if value is None:
            raise self.fault(field, f"{expected}, not an empty value")
        return value

    def name(self, field: str) -> str | None:
        text = self.cells[field]
        if not text:
            return None
        if len(text) > ID_LENGTH_MAX or not text.isprintable() or text.strip() != text:
            raise self.fault(field, f"at most {ID_LENGTH_MAX} printable characters without space around them")
        return text

    def whole(self, field: str) -> int | None:
        text = self.cells[field]
        if not text:
            return None
        if not _WHOLE.fullmatch(text) or int(text) > MINOR_MAX:
            raise self.fault(field, f"a whole number up to {MINOR_MAX}, digits only, without leading zeros")
        return int(text)

    def choice(self, field: str, kinds: type[_Kind]) -> _Kind | None:
        text = self.cells[field]
        if not text:
            return None
        if text not in {kind.value for kind in kinds}:
            raise self.fault(field, _one_of(kinds))
        return kinds(text)

    def currency(self, field: str) -> str:
        if not _CURRENCY.fullmatch(self.cells[field]):
            raise self.fault(field, "three capital letters (ISO 4217)")
        return self.cells[field]

    def moment(self, field: str) -> Instant:
        expected = "an ISO 8601 time with an offset, such as 2026-03-01T09:30:00+05:00"
        if not _MOMENT.fullmatch(self.cells[field]):
            raise self.fault(field, expected)
        try:
            return Instant.parse(self.cells[field])
        except (ValueError, OverflowError):
            raise self.fault(field, expected) from None

    def flag(self, field: str) -> bool:
        if self.cells[field] not in _FLAGS:
            raise self.fault(field, "true, false or nothing")
        return _FLAGS[self.cells[field]]
