"""Messages and money: one content for each id, each effect once, and no money made or lost in the whole network."""

from collections import Counter
from dataclasses import dataclass, field

from tarazy.adapters.memory import MemoryStore
from tarazy.agent.reference_core import CORE_PAYMENTS
from tarazy.app.messages import INBOX, OUTBOX
from tarazy.app.records import CASE_HOLDS, EVENTS, REFUND_PARTS, REFUNDS, REPORTS
from tarazy.app.store import Condition
from tarazy.domain.entry import EntryKind
from tarazy.domain.refund import PartStatus
from tarazy.law.assessment import Lane
from tarazy.protocol.message import Refusal
from tarazy.simulation.checkers.core_books import CoreBooks
from tarazy.simulation.checkers.finding import demand, rows
from tarazy.simulation.programs import Network
from tarazy.values.ids import ParticipantId, ReportId

NAME = "messages"
MONEY = "money"
NEVER_TO_HONEST = frozenset(
    {
        *Refusal,
        "kind_not_taken_here",
        "reference_not_for_us",
        "order_unknown",
        "answer_does_not_add_up",
        "answer_out_of_piece",
        "answer_not_from_asked",
        "answer_takes_back_money_that_left",
        "statement_does_not_stand",
        "hold_unknown",
        "hold_not_of_sender",
        "end_beyond_terms",
    }
)
"""What an honest program that only suffers faults must never be told."""
NEVER_TO_OFFERS = "amount_above_hold"
"""What no holder's offer may be told: the exchange hears of what is held before it hears that it is given back."""


def check_messages(network: Network, *, is_quiet: bool) -> None:
    """Check every message of every program; when nothing is under way, each has reached whom it was for."""
    programs = [network.exchange, *(bank.program for bank in network.banks.values())]
    texts: dict[str, str] = {}
    inboxes = {
        program.name: {(row.sender, row.message_id): row for row in rows(program.disc, INBOX)} for program in programs
    }
    for program in programs:
        for incoming in inboxes[program.name].values():
            _one_content(texts, incoming.message_id, incoming.text)
        for outgoing in rows(program.disc, OUTBOX):
            _one_content(texts, outgoing.message_id, outgoing.text)
            where = f"{outgoing.kind} {outgoing.message_id} of {program.name}"
            honest = outgoing.refusal not in NEVER_TO_HONEST
            honest = honest and (outgoing.kind, outgoing.refusal) != ("return_offered", NEVER_TO_OFFERS)
            demand(NAME, honest, f"{where}: told {outgoing.refusal} at {outgoing.place}")
            if outgoing.done_at is None:
                is_cut = not network.gone.isdisjoint((program.name, outgoing.recipient))
                demand(NAME, not is_quiet or is_cut, f"{where}: never sent")
            else:
                has_come = (program.name, outgoing.message_id) in inboxes[outgoing.recipient]
                demand(NAME, has_come, f"{where}: done, and never arrived")


def _one_content(texts: dict[str, str], message_id: str, text: str) -> None:
    known = texts.setdefault(message_id, text)
    demand(NAME, known == text, f"{message_id}: two contents under one id")


@dataclass(slots=True)
class _Flow:
    """One transfer as all cores together have booked it."""

    debits: list[int] = field(default_factory=list)
    credits: list[int] = field(default_factory=list)


def check_money(network: Network, cores: dict[ParticipantId, CoreBooks], *, is_quiet: bool) -> None:
    """Check that each transfer was debited and credited once at the most, and credited no more than was debited."""
    flows: dict[str, _Flow] = {}
    for core in cores.values():
        for book in core.accounts.values():
            for entry in book.entries:
                if entry.transfer_ref is None:
                    continue
                flow = flows.setdefault(entry.transfer_ref, _Flow())
                side = flow.credits if entry.kind is EntryKind.credit else flow.debits
                side.append(entry.amount_minor)
    for ref, flow in flows.items():
        demand(MONEY, len(flow.debits) <= 1, f"{ref}: debited {len(flow.debits)} times")
        demand(MONEY, len(flow.credits) <= 1, f"{ref}: credited {len(flow.credits)} times")
        if flow.debits and flow.credits:
            demand(MONEY, flow.credits[0] <= flow.debits[0], f"{ref}: {flow.debits[0]} paid, {flow.credits[0]} arrived")
    if is_quiet:
        _check_all_arrived(network, flows)


def _check_all_arrived(network: Network, flows: dict[str, _Flow]) -> None:
    for bank in network.banks.values():
        for payment in rows(bank.core.disc, CORE_PAYMENTS):
            if payment.to_participant in network.banks:
                demand(MONEY, bool(flows[payment.payment_id].credits), f"{payment.payment_id}: never arrived")


def check_refunds(network: Network, *, is_quiet: bool) -> None:
    """Check that no victim gets more than was stolen, and that the exchange knows of every refund once it is quiet."""
    paid: Counter[ReportId] = Counter()
    for bank in network.banks.values():
        for payment in rows(bank.core.disc, CORE_PAYMENTS):
            if payment.for_report is not None:
                paid[payment.for_report] += payment.amount_minor
    parts: Counter[ReportId] = Counter()
    for part in rows(network.exchange.disc, REFUND_PARTS):
        if part.status is PartStatus.paid:
            parts[part.report_id] += part.amount_minor
    _check_grounds(network.exchange.disc)
    for report in rows(network.exchange.disc, REPORTS):
        has, known = paid[report.report_id], report.returned_minor
        where = f"{report.report_id}"
        demand(MONEY, has <= report.claim_minor, f"{where}: {has} paid back of {report.claim_minor} claimed")
        demand(
            MONEY, known == parts[report.report_id], f"{where}: returned {known}, parts say {parts[report.report_id]}"
        )
        demand(MONEY, known <= has, f"{where}: {known} counted as returned, {has} were paid")
        if is_quiet:
            demand(MONEY, known == has, f"{where}: {has} were paid back, the exchange knows of {known}")


def _check_grounds(disc: MemoryStore) -> None:
    """Check that no refund rests on a report that had ended, and none with consent takes more than was offered."""
    ended = {report.report_id: report.ended_at for report in rows(disc, REPORTS)}
    of_hold = {hold.hold_id: hold.report_id for hold in rows(disc, CASE_HOLDS)}
    lanes = {refund.refund_id: refund.lane for refund in rows(disc, REFUNDS)}
    offered: Counter[str] = Counter()
    for event in rows(disc, EVENTS, Condition("kind", "=", "return_offered")):
        offered[event.subject_id] += int(event.details["amount_minor"])
    consented: Counter[str] = Counter()
    for part in rows(disc, REFUND_PARTS):
        over_at = ended[of_hold[part.hold_id]]
        stood = over_at is None or part.ordered_at < over_at
        demand(MONEY, stood, f"{part.part_id}: paid from {part.hold_id}, whose report had ended")
        if part.status is PartStatus.paid and lanes[part.refund_id] == Lane.consent:
            consented[part.hold_id] += part.amount_minor
    for hold_id, minor in consented.items():
        most = offered[hold_id]
        demand(MONEY, minor <= most, f"{hold_id}: {minor} paid with consent to {most}")
