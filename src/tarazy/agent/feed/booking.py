"""From messages between banks to bookings on this participant's accounts."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from tarazy.agent.feed.fault import FeedFault
from tarazy.agent.feed.transfer_message import Agent, TransferKind, TransferMessage
from tarazy.domain.entry import AccountEntry, EntryKind, ExitKind, fault_in
from tarazy.values.ids import AccountId, ParticipantId


def entries_from(
    messages: Iterable[TransferMessage],
    *,
    this_participant: ParticipantId,
    participant_of: Mapping[str, ParticipantId],
    account_of: Callable[[str], AccountId | None],
    next_entry_no: Callable[[AccountId], int],
) -> list[AccountEntry]:
    """Return the entries that the messages make on this participant's accounts, in the order of the messages.

    What leaves an account here is a debit (or a return), what arrives is a credit; a transfer between two accounts
    here is both, the debit first. Money that goes to an institution outside ``participant_of`` (keyed by BIC or by
    clearing member id) leaves what the exchange can follow: exit ``abroad``. ``next_entry_no`` is asked once for each
    account. Raises ``FeedFault`` for a message that touches no account here, or one that is unknown.
    """
    booking = _Booking(this_participant, participant_of, account_of, next_entry_no)
    return [entry for message in messages for entry in booking.entries(message)]


@dataclass(slots=True)
class _Booking:
    """The look-ups that one list of messages needs, and the entry numbers given out so far."""

    this_participant: ParticipantId
    participant_of: Mapping[str, ParticipantId]
    account_of: Callable[[str], AccountId | None]
    next_entry_no: Callable[[AccountId], int]
    following: dict[AccountId, int] = field(default_factory=dict)

    def entries(self, message: TransferMessage) -> list[AccountEntry]:
        """Return the sides of one message that are booked here."""
        payer, payee = self._participant(message.debtor_agent), self._participant(message.creditor_agent)
        entries = []
        if payer == self.this_participant:
            entries.append(self._outgoing(message, payee))
        if payee == self.this_participant:
            entries.append(self._incoming(message, payer))
        if not entries:
            raise FeedFault(
                place=message.place,
                field="DbtrAgt, CdtrAgt",
                expected="this participant at one end; leave out payments that only pass through",
            )
        for entry in entries:
            sentence = fault_in(entry)
            if sentence is not None:
                raise FeedFault.of_sentence(message.place, sentence)
        return entries

    def _outgoing(self, message: TransferMessage, payee: ParticipantId | None) -> AccountEntry:
        is_return = message.kind is TransferKind.return_
        account_id = self._account(message, "DbtrAcct", message.debtor_account)
        return AccountEntry(
            account_id=account_id,
            entry_no=self._number(account_id),
            kind=EntryKind.return_ if is_return else EntryKind.debit,
            amount_minor=message.sent_minor,
            currency=message.sent_currency,
            booked_at=message.settled_at,
            transfer_ref=message.transfer_ref,
            original_ref=message.original_ref,
            counterparty=payee,
            exit_kind=ExitKind.abroad if payee is None and not is_return else None,
        )

    def _incoming(self, message: TransferMessage, payer: ParticipantId | None) -> AccountEntry:
        account_id = self._account(message, "CdtrAcct", message.creditor_account)
        is_charged = message.sent_currency == message.currency and message.sent_minor != message.amount_minor
        return AccountEntry(
            account_id=account_id,
            entry_no=self._number(account_id),
            kind=EntryKind.credit,
            amount_minor=message.amount_minor,
            currency=message.currency,
            booked_at=message.settled_at,
            transfer_ref=message.transfer_ref,
            transfer_minor=message.sent_minor if is_charged else None,
            original_ref=message.original_ref,
            counterparty=payer,
            is_protected=message.is_protected,
        )

    def _participant(self, institution: Agent) -> ParticipantId | None:
        found = (self.participant_of.get(name) for name in institution.names)
        return next((participant for participant in found if participant is not None), None)

    def _account(self, message: TransferMessage, tag: str, number: str | None) -> AccountId:
        if number is None:
            raise FeedFault(place=message.place, field=tag, expected="the account's IBAN or other number")
        account_id = self.account_of(number)
        if account_id is None:
            raise FeedFault(place=message.place, field=tag, expected="an account that this participant keeps")
        return account_id

    def _number(self, account_id: AccountId) -> int:
        entry_no = self.following.get(account_id)
        if entry_no is None:
            entry_no = self.next_entry_no(account_id)
        self.following[account_id] = entry_no + 1
        return entry_no
