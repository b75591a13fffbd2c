"""What the pages of a bank's agent read: the desk's inbox, one hold, an account, reports. Nothing here changes a row.

Names and balances go into these read models and nowhere but onto this bank's own pages.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tarazy.agent.answering import is_live
from tarazy.agent.as_told import as_told
from tarazy.agent.movements import Movement, movements_from
from tarazy.agent.records import (
    ACCOUNTS,
    CREDITS,
    FOLLOWS,
    HOLDER,
    HOLDERS,
    HOLDS,
    LOCAL_REPORTS,
    SERVED_NOTICES,
    AgentHold,
    Follow,
    Holder,
    LocalReport,
    ServedNotice,
)
from tarazy.agent.replies import HolderReply, replies_to
from tarazy.agent.report_sent import report_sent
from tarazy.agent.requests import open_requests
from tarazy.agent.stretches import LinePicture, picture_of
from tarazy.app.messages import Outgoing
from tarazy.app.store import Condition, Transaction
from tarazy.domain.hold import LIVE_STATUSES, HoldStatus
from tarazy.domain.line import AccountLine, Credit
from tarazy.domain.tracing import window_on_line
from tarazy.values.ids import AccountId, HoldId, ParticipantId, ReportId
from tarazy.values.instant import Instant
from tarazy.values.interval import Interval
from tarazy.values.replacing import replace

INBOX_HOLDS_MAX: Final = 200
"""As many holds as one inbox shows; the next ones come up as these are worked off."""
INBOX_MOVEMENTS: Final = 4
SHEET_MOVEMENTS_BEFORE: Final = 3
SHEET_MOVEMENTS: Final = 14
HOLDERS_SCANNED_MAX: Final = 20_000
"""A name is looked for in this many rows; a bank with more connects its own search of customers."""
FOUND_MAX: Final = 20
NOTICES_MAX: Final = 100
REPORTS_MAX: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """The holder's protected receipts of the last days, and how much of the account they keep out of every hold."""

    receipts: tuple[Credit, ...]
    days: int
    kept_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRow:
    """One hold in the inbox."""

    hold: AgentHold
    holder: Holder | None
    movements: tuple[Movement, ...]
    protection: Protection
    replies: tuple[HolderReply, ...]

    @property
    def awaits_confirmation(self) -> bool:
        """Whether it ends unless a named officer takes it upon themselves."""
        return self.hold.status is HoldStatus.placed and self.hold.awaits_confirmation

    @property
    def at_risk_minor(self) -> int:
        """The money that depends on it."""
        return self.hold.held_minor or self.hold.asked_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldSheet:
    """Everything about one hold."""

    hold: AgentHold
    holder: Holder | None
    line: AccountLine
    follow: Follow
    credit: Credit
    piece: Interval
    movements: tuple[Movement, ...]
    protection: Protection
    picture: LinePicture
    notices: tuple[ServedNotice, ...]
    replies: tuple[HolderReply, ...]
    others: int
    """How many other holds stand on the account."""

    @property
    def is_live(self) -> bool:
        """Whether the hold still stood when the sheet was read."""
        return self.hold.status in LIVE_STATUSES


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """A report of this bank, whose it is, and the message that carried it to the exchange."""

    report: LocalReport
    holder: Holder | None
    message: Outgoing | None


def inbox_holds(tx: Transaction, now: Instant) -> list[HoldRow]:
    """Return the live holds: first those that await confirmation, most money for each second left; then the others."""
    live = Condition("status", "in", LIVE_STATUSES)
    unended = Condition("expires_at", ">", now)
    holds = tx.find(HOLDS, live, unended, order=("expires_at",), limit=INBOX_HOLDS_MAX)
    if not holds:
        return []
    accounts = {(hold.account_id,) for hold in holds}
    holders, lines = tx.get_many(HOLDERS, accounts), tx.get_many(ACCOUNTS, accounts)
    credited = tx.get_many(CREDITS, {(hold.account_id, hold.transfer_ref) for hold in holds})
    receipts = _receipts(tx, holds, now)
    replies = replies_to(tx, [hold.hold_id for hold in holds])
    rows = [
        HoldRow(
            hold=hold,
            holder=holders.get((hold.account_id,)),
            movements=_movements(tx, credited[hold.account_id, hold.transfer_ref]),
            protection=_protection(receipts, hold, lines[hold.account_id,], now),
            replies=tuple(reply for reply in replies if reply.hold_id == hold.hold_id),
        )
        for hold in holds
    ]
    return sorted(rows, key=lambda row: _urgency(row, now))


def inbox_mark(tx: Transaction, now: Instant) -> str:
    """Return a text that changes when the inbox does: which holds and requests there are, and how far each is."""
    live = Condition("status", "in", LIVE_STATUSES)
    holds = tx.find(HOLDS, live, Condition("expires_at", ">", now), order=("expires_at",), limit=INBOX_HOLDS_MAX)
    requests = open_requests(tx)
    marks = [f"{hold.hold_id}:{hold.status}:{hold.held_minor}:{hold.confirmed_by}" for hold in holds]
    return " ".join(sorted([*marks, *(request.request_id for request in requests)]))


def hold_sheet(tx: Transaction, hold_id: HoldId, now: Instant) -> HoldSheet | None:
    """Return one hold with what an officer must see before deciding; None for an unknown one."""
    hold = tx.get(HOLDS, hold_id)
    if hold is None:
        return None
    line = tx.get(ACCOUNTS, hold.account_id)
    follow = tx.get(FOLLOWS, hold.order_id)
    credit = tx.get(CREDITS, hold.account_id, hold.transfer_ref)
    assert line is not None
    assert follow is not None
    assert credit is not None
    piece = window_on_line(credit, Interval(follow.from_minor, follow.to_minor))
    first_no = credit.entry_no - SHEET_MOVEMENTS_BEFORE
    movements = movements_from(tx, hold.account_id, first_no, SHEET_MOVEMENTS)
    on_account = tx.find(HOLDS, Condition("account_id", "=", hold.account_id))
    notices = tx.find(SERVED_NOTICES, Condition("hold_id", "=", hold_id), order=("served_at",), limit=NOTICES_MAX)
    return HoldSheet(
        hold=hold,
        holder=tx.get(HOLDERS, hold.account_id),
        line=line,
        follow=follow,
        credit=credit,
        piece=piece,
        movements=tuple(_marked(movement, credit, piece) for movement in movements),
        protection=_protection(_receipts(tx, [hold], now), hold, line, now),
        picture=picture_of(tx, line, credit, piece, hold_id),
        notices=tuple(notices),
        replies=tuple(replies_to(tx, [hold_id])),
        others=sum(one.hold_id != hold_id and is_live(one, now) for one in on_account),
    )


def find_holders(tx: Transaction, words: str) -> list[Holder]:
    """Return the holders whose account is ``words``, or whose name or account has every word of it, by name."""
    exact = tx.get(HOLDERS, AccountId(words.strip()))
    if exact is not None:
        return [exact]
    wanted = words.casefold().split()
    if not wanted:
        return []
    rows = tx.find(HOLDERS, limit=HOLDERS_SCANNED_MAX)
    found = [row for row in rows if all(word in f"{row.name} {row.account_id}".casefold() for word in wanted)]
    return sorted(found, key=lambda holder: holder.name)[:FOUND_MAX]


def demonstration_holders(tx: Transaction) -> list[Holder]:
    """Return the invented people of this bank, by name."""
    rows = tx.find(HOLDERS, Condition("is_demonstration", "=", True), limit=HOLDERS_SCANNED_MAX)
    return sorted(rows, key=lambda holder: holder.name)


def reports_signed(tx: Transaction, me: ParticipantId, exchange: ParticipantId) -> list[ReportRow]:
    """Return this bank's reports, newest first."""
    reports = tx.find(LOCAL_REPORTS, order=("signed_at",), descending=True, limit=REPORTS_MAX)
    return [_report_row(tx, report, me, exchange) for report in reports]


def report_signed(tx: Transaction, report_id: ReportId, me: ParticipantId, exchange: ParticipantId) -> ReportRow | None:
    """Return one report of this bank."""
    report = tx.get(LOCAL_REPORTS, report_id)
    return None if report is None else _report_row(tx, report, me, exchange)


def standing_holds(tx: Transaction, account_id: AccountId, now: Instant) -> list[AgentHold]:
    """Return the holds of an account that reserve money now, the one that can last longest first.

    They are for the account's holder: what goes on under a measure whose notice is put off is not among them.
    """
    holds = as_told(tx, tx.find(HOLDS, Condition("account_id", "=", account_id)), now)
    standing = [hold for hold in holds if is_live(hold, now) and hold.reserved_minor]
    return sorted(standing, key=lambda hold: hold.expires_at_most, reverse=True)


def notices_for(tx: Transaction, account_id: AccountId) -> list[ServedNotice]:
    """Return what an account's holder was told, newest first; not what was given to whoever represents a child."""
    mine = (Condition("account_id", "=", account_id), Condition("recipient", "=", HOLDER))
    return tx.find(SERVED_NOTICES, *mine, order=("served_at",), descending=True, limit=NOTICES_MAX)


def _receipts(tx: Transaction, holds: Sequence[AgentHold], now: Instant) -> list[Credit]:
    """Return the protected receipts of the holds' accounts that the longest of their terms still counts."""
    days = max(hold.terms.floor_days for hold in holds)
    return tx.find(
        CREDITS,
        Condition("account_id", "in", sorted({hold.account_id for hold in holds})),
        Condition("is_protected", "=", True),
        Condition("booked_at", ">", now.plus(-timedelta(days=days))),
        order=("booked_at",),
    )


def _protection(receipts: Iterable[Credit], hold: AgentHold, line: AccountLine, now: Instant) -> Protection:
    """Return a natural person's protected receipts under the hold's terms; a firm has none."""
    days = hold.terms.floor_days
    since = now.plus(-timedelta(days=days))
    own = tuple(one for one in receipts if one.account_id == line.account_id and one.booked_at > since)
    if not line.is_natural_person:
        return Protection(receipts=(), days=days, kept_minor=0)
    received = sum(credit.line_to - credit.line_from for credit in own)
    return Protection(receipts=own, days=days, kept_minor=min(received, hold.terms.living_minimum_minor))


def _movements(tx: Transaction, credit: Credit) -> tuple[Movement, ...]:
    """Return the credit and what came after it, as far as the inbox shows it."""
    piece = Interval(credit.line_from, credit.line_to)
    movements = movements_from(tx, credit.account_id, credit.entry_no, INBOX_MOVEMENTS)
    return tuple(_marked(movement, credit, piece) for movement in movements)


def _urgency(row: HoldRow, now: Instant) -> tuple[bool, int, str]:
    """Order by money for each second left; where nobody's confirmation is awaited, by the end."""
    seconds = max(1, row.hold.expires_at.since(now) // timedelta(seconds=1))
    if not row.awaits_confirmation:
        return (True, seconds, row.hold.hold_id)
    return (False, -(row.at_risk_minor * 3600 // seconds), row.hold.hold_id)


def _marked(movement: Movement, credit: Credit, piece: Interval) -> Movement:
    """Say of a movement whether it brought the piece or took units of it."""
    if movement.is_credit:
        return replace(movement, is_of_piece=movement.entry_no == credit.entry_no)
    touches = any(part.start < piece.end and piece.start < part.end for part in movement.units)
    return replace(movement, is_of_piece=touches)


def _report_row(tx: Transaction, report: LocalReport, me: ParticipantId, exchange: ParticipantId) -> ReportRow:
    message = report_sent(tx, report, me, exchange)
    return ReportRow(report=report, holder=tx.get(HOLDERS, report.account_id), message=message)
