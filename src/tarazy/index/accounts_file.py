"""The file of accounts: who keeps them, in which currency, of which kind, and what stood on them at the start."""

import re
from enum import StrEnum
from typing import Final, NamedTuple

from tarazy.index.table_rows import TableRows, is_identifier
from tarazy.values.ids import AccountId, ParticipantId
from tarazy.values.money import MINOR_MAX

ACCOUNTS_HEADER: Final = ("account_id", "participant_id", "opening_minor", "currency", "kind")
CURRENCY: Final = re.compile(r"[A-Z]{3}")
AMOUNT_DIGITS_MAX: Final = 40
"""Leading zeros are harmless up to here; Python refuses to read numbers of thousands of digits."""


class FileAccountKind(StrEnum):
    """What an account of a file is. The last three keep no line: they pay without limit, and what they pay is clean."""

    personal = "personal"
    business = "business"
    pooled = "pooled"
    cash_out = "cash_out"
    external = "external"


KINDS_WITH_LINE: Final = frozenset({FileAccountKind.personal, FileAccountKind.business})


class FileAccount(NamedTuple):
    """One account of a file. ``opening_minor`` is 0 where the account keeps no line."""

    account_id: AccountId
    participant_id: ParticipantId
    opening_minor: int
    currency: str
    kind: FileAccountKind


def read_accounts(rows: TableRows) -> dict[str, FileAccount]:
    """Return the accounts by their id. Raises InputFault at the first row that is not in order."""
    accounts: dict[str, FileAccount] = {}
    for account_id, participant_id, opening, currency, kind in rows:
        if not is_identifier(account_id):
            raise rows.fault("account_id", "an identifier without spaces around it", account_id)
        if account_id in accounts:
            raise rows.fault("account_id", "an account that was not named before", account_id)
        if not is_identifier(participant_id):
            raise rows.fault("participant_id", "an identifier without spaces around it", participant_id)
        if not CURRENCY.fullmatch(currency):
            raise rows.fault("currency", "three capital letters (ISO 4217)", currency)
        if kind not in FileAccountKind.__members__:
            raise rows.fault("kind", f"one of {', '.join(FileAccountKind)}", kind)
        known_kind = FileAccountKind(kind)
        opening_minor = _opening(rows, opening, known_kind)
        accounts[account_id] = FileAccount(
            AccountId(account_id), ParticipantId(participant_id), opening_minor, currency, known_kind
        )
    return accounts


def _opening(rows: TableRows, text: str, kind: FileAccountKind) -> int:
    if kind in KINDS_WITH_LINE:
        opening_minor = whole_minor(text)
        if opening_minor is None:
            raise rows.fault("opening_minor", f"a whole number of minor units from 0 to {MINOR_MAX}", text)
        return opening_minor
    if text and whole_minor(text.removeprefix("-")) is None:
        raise rows.fault("opening_minor", f"nothing, or a whole number of minor units to {MINOR_MAX}", text)
    return 0


def whole_minor(text: str) -> int | None:
    """Return the amount that ``text`` writes in plain digits, or None where it is anything else or too large."""
    if not (text.isdigit() and text.isascii() and len(text) <= AMOUNT_DIGITS_MAX):
        return None
    minor = int(text)
    return minor if minor <= MINOR_MAX else None
