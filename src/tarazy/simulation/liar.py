"""A participant that lies: it claims more than it was asked, tells sums that do not add up, and speaks for others.

Each lie is let in by the exchange as any message is. Before and after, the exchange's rows are compared: nothing may
differ but what records the lie itself.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

import msgspec

from tarazy.app.records import CASE_HOLDS, CASES, MANDATES, PIECES, REFUND_PARTS, REFUNDS, REPORTS, TRACINGS, Piece
from tarazy.app.store import Condition, Table
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.protocol.bodies import (
    Answer,
    AnyBody,
    HoldConfirmed,
    PaymentTold,
    ReleaseOrder,
    ReportFiled,
    ReportWithdrawn,
    ShareTold,
)
from tarazy.protocol.message import Envelope, sealed_message
from tarazy.protocol.report_bodies import CALL_BACK_CHECKS
from tarazy.protocol.statement import Act
from tarazy.simulation.checkers.finding import CheckFailed, rows
from tarazy.simulation.officers import FACTS, OFFENCE, Officers
from tarazy.simulation.options import beside
from tarazy.simulation.people import CURRENCY
from tarazy.simulation.programs import Bank
from tarazy.simulation.world import World
from tarazy.values.ids import DisclosureId, HoldId, ParticipantId, RefundId, ReportId, SealedRef
from tarazy.values.replacing import replace

NAME = "bad peer"
WATCHED: Final[tuple[Table[object], ...]] = (
    TRACINGS,
    PIECES,
    CASE_HOLDS,
    CASES,
    REPORTS,
    REFUNDS,
    REFUND_PARTS,
    MANDATES,
)  # type: ignore[assignment]  # a table is read here whatever its rows are
LIES_AT_ONCE = 4
NO_HOLD: Final = HoldId("none")
Lie = Callable[[Bank, Piece], AnyBody | str]


class Liars:
    """Lets banks lie now and then. ``told`` counts the lies by name."""

    def __init__(self, world: World, officers: Officers) -> None:
        self.world, self._officers = world, officers
        self.random = world.random
        self.told: dict[str, int] = {}
        self._numbers = 0

    def plan(self) -> None:
        """Put the lies on the agenda."""
        whole = self.world.options.hours * 3600
        for _ in range(self.world.options.lies):
            self.world.agenda.after(self.random.uniform(whole / 10, whole), "lies", self._lie)

    def _lie(self) -> str | None:
        pieces = [
            piece
            for piece in rows(self.world.network.exchange.disc, PIECES)
            if piece.participant_id in self.world.network.banks
        ]
        if not pieces:
            return None
        lies: list[Lie] = [
            self._more_than_the_piece,
            self._sums_that_do_not_add_up,
            self._nothing_left_of_what_moved,
            self._a_state_that_is_none,
            self._a_piece_of_another,
            self._an_old_answer,
            self._an_order_to_the_exchange,
            self._confirmed_for_another,
            self._confirmed_beyond_the_terms,
            self._withdrawn_for_another,
            self._more_than_was_paid,
            self._altered,
            self._for_somebody_else,
            self._too_far_onward,
        ]
        told = []
        for lie in self.random.sample(lies, LIES_AT_ONCE):
            piece = self.random.choice(pieces)
            told.append(f"{lie.__name__.strip('_')}={self._tell(lie, piece)}")
        dice = beside(self.random)
        paying = {part.participant_id for part in rows(self.world.network.exchange.disc, REFUND_PARTS)}
        led = [piece for piece in pieces if _is_onward(piece)]
        unpaid = [one for one in pieces if one.answer_no and not _is_onward(one) and one.participant_id not in paying]
        for lie, about in ((self._refunded_unasked, unpaid), (self._paid_unasked, unpaid), (self._led_elsewhere, led)):
            if about:
                told.append(f"{lie.__name__.strip('_')}={self._tell(lie, dice.choice(about))}")
        return " ".join(told)

    def _tell(self, lie: Lie, piece: Piece) -> str:
        """Tell one lie and see that it changes nothing."""
        exchange = self.world.network.exchange
        bank = self.world.network.banks[piece.participant_id]
        piece = rows(exchange.disc, PIECES, Condition("piece_id", "=", piece.piece_id))[0]
        said = lie(bank, piece)
        text = said if isinstance(said, str) else self._signed(bank, said)
        before = self._state()
        result = exchange.peer.receive([text], exchange.clock.now())[0]
        after = self._state()
        name = lie.__name__.strip("_")
        self.told[name] = self.told.get(name, 0) + 1
        for table, rows_before, rows_after in zip(WATCHED, before, after, strict=True):
            if rows_before != rows_after:
                changed = sorted(set(map(repr, rows_after)) - set(map(repr, rows_before)))
                raise CheckFailed(
                    NAME, f"{name} changed {table.name}: {_difference(rows_before, rows_after)} {len(changed)}"
                )
        return result.refusal or result.status

    def _state(self) -> list[list[object]]:
        return [[_judged(row) for row in rows(self.world.network.exchange.disc, table)] for table in WATCHED]

    def _signed(self, bank: Bank, body: AnyBody, recipient: ParticipantId = EXCHANGE_ID) -> str:
        self._numbers += 1
        envelope = Envelope(
            message_id=f"lie-{bank.name}-{self._numbers}",
            sender=bank.name,
            recipient=recipient,
            issued_at=bank.program.clock.now(),
            body=body,
        )
        setting = bank.program.peer.setting_at(bank.program.clock.now())
        return sealed_message(envelope, setting.key_id, setting.sign)

    def _answer(self, piece: Piece, shares: tuple[ShareTold, ...], *, hold_status: str | None = None) -> Answer:
        return Answer(
            order_id=piece.piece_id,
            tracing_id=piece.tracing_id,
            answer_no=piece.answer_no + 1,
            disclosure_id=piece.disclosure_id or DisclosureId("none"),
            shares=shares,
            hold_status=hold_status,
            hold_expires_at=None,
            hold_end=None,
        )

    def _more_than_the_piece(self, _: Bank, piece: Piece) -> AnyBody:
        return self._answer(piece, (_share("returned", piece.from_minor, piece.to_minor + 1),))

    def _sums_that_do_not_add_up(self, _: Bank, piece: Piece) -> AnyBody:
        if piece.to_minor - piece.from_minor == 1:
            return self._answer(piece, ())
        return self._answer(piece, (_share("returned", piece.from_minor, piece.to_minor - 1),))

    def _nothing_left_of_what_moved(self, bank: Bank, piece: Piece) -> AnyBody:
        if not any(share.kind == "moved_on" for share in piece.shares):
            return self._more_than_the_piece(bank, piece)
        return self._answer(piece, (_share("returned", piece.from_minor, piece.to_minor),))

    def _a_state_that_is_none(self, bank: Bank, piece: Piece) -> AnyBody:
        if any(share.kind == "moved_on" for share in piece.shares) or piece.stop is not None:
            return self._more_than_the_piece(bank, piece)
        return self._answer(piece, (_share("melted", piece.from_minor, piece.to_minor),), hold_status="melted")

    def _a_piece_of_another(self, bank: Bank, piece: Piece) -> str:
        answer = self._answer(piece, (_share("returned", piece.from_minor, piece.to_minor),))
        return self._signed(self._other(bank), answer)

    def _an_old_answer(self, bank: Bank, piece: Piece) -> AnyBody:
        if piece.answer_no == 0:
            return self._more_than_the_piece(bank, piece)
        answer = self._answer(piece, (_share("returned", piece.from_minor, piece.to_minor),))
        return msgspec.structs.replace(answer, answer_no=piece.answer_no)

    def _an_order_to_the_exchange(self, _: Bank, piece: Piece) -> AnyBody:
        return ReleaseOrder(order_id=piece.piece_id, hold_id=piece.hold_id or NO_HOLD, why="by_court", keep_minor=0)

    def _confirmed_for_another(self, bank: Bank, piece: Piece) -> str:
        other = self._other(bank)
        hold_id = piece.hold_id or NO_HOLD
        body = HoldConfirmed(hold_id=hold_id, statement="", expires_at=self.world.now)
        statement = self._officers.statement(other.program, Act.confirm_hold, hold_id, body.terms())
        return self._signed(other, msgspec.structs.replace(body, statement=statement))

    def _confirmed_beyond_the_terms(self, bank: Bank, piece: Piece) -> AnyBody:
        hold_id = piece.hold_id or NO_HOLD
        expires_at = self.world.now.plus(timedelta(days=400))
        body = HoldConfirmed(hold_id=hold_id, statement="", expires_at=expires_at)
        statement = self._officers.statement(bank.program, Act.confirm_hold, hold_id, body.terms())
        return msgspec.structs.replace(body, statement=statement)

    def _withdrawn_for_another(self, _: Bank, piece: Piece) -> str:
        report = rows(self.world.network.exchange.disc, REPORTS, Condition("tracing_id", "=", piece.tracing_id))[0]
        other = next(one for one in self.world.banks if one.name != report.participant_id)
        body = ReportWithdrawn(report_id=report.report_id, is_refuted=False, checks=CALL_BACK_CHECKS, statement="")
        statement = self._officers.statement(other.program, Act.withdraw_report, report.report_id, body.terms())
        return self._signed(other, msgspec.structs.replace(body, statement=statement))

    def _more_than_was_paid(self, bank: Bank, piece: Piece) -> AnyBody:
        report_id = ReportId(f"rp-lie-{self._numbers}")
        return ReportFiled(
            report_id=report_id,
            incident_id=None,
            statement=self._officers.statement(bank.program, Act.sign_report, report_id),
            payee_participant_id=piece.participant_id,
            sealed_ref=piece.sealed_ref,
            amount_minor=1,
            claim_minor=2,
            currency=CURRENCY,
            booked_at=self.world.now,
            offence_id=OFFENCE,
            facts=FACTS,
            reports_by_payer=0,
            reports_of_pair=0,
        )

    def _altered(self, bank: Bank, piece: Piece) -> str:
        text = self._signed(bank, self._answer(piece, (_share("returned", piece.from_minor, piece.to_minor),)))
        header, payload, signature = text.split(".")
        middle = len(payload) // 2
        letter = "A" if payload[middle] != "A" else "B"
        return f"{header}.{payload[:middle]}{letter}{payload[middle + 1 :]}.{signature}"

    def _for_somebody_else(self, bank: Bank, piece: Piece) -> str:
        answer = self._answer(piece, (_share("returned", piece.from_minor, piece.to_minor),))
        return self._signed(bank, answer, self._other(bank).name)

    def _too_far_onward(self, bank: Bank, piece: Piece) -> AnyBody:
        """Say that money went on at an offset that no transfer can have."""
        if piece.stop is not None or any(share.kind == "moved_on" for share in piece.shares):
            return self._more_than_the_piece(bank, piece)
        share = ShareTold(
            kind="moved_on",
            from_minor=piece.from_minor,
            to_minor=piece.to_minor,
            participant_id=bank.name,
            sealed_ref=SealedRef("none"),
            onward_from=2**62,
        )
        return self._answer(piece, (share,))

    def _refunded_unasked(self, _: Bank, piece: Piece) -> AnyBody:
        """Say that money was paid back that nobody has ordered to be."""
        return self._answer(piece, tuple(_as_refunded(share) for share in piece.shares))

    def _paid_unasked(self, _: Bank, piece: Piece) -> AnyBody:
        """Say that a payment was made that nobody has ordered."""
        paid = PaymentTold(refund_id=RefundId("rf-lie"), report_id=ReportId("rp-lie"), amount_minor=1, is_paid=True)
        return msgspec.structs.replace(self._answer(piece, piece.shares), payments=(paid,))

    def _led_elsewhere(self, _: Bank, piece: Piece) -> AnyBody:
        """Say of money that has moved on that it went to another bank, by another transfer, or elsewhere in it."""
        share = next(share for share in piece.shares if share.kind == "moved_on")
        to = next(one.name for one in self.world.banks if one.name != share.participant_id)
        swapped = (
            msgspec.structs.replace(share, participant_id=to),
            msgspec.structs.replace(share, sealed_ref=SealedRef("none")),
            msgspec.structs.replace(share, onward_from=share.onward_from + 1),
        )[self._numbers % 3]
        return self._answer(piece, tuple(swapped if one is share else one for one in piece.shares))

    def _other(self, bank: Bank) -> Bank:
        return self.random.choice([one for one in self.world.banks if one.name != bank.name])


def _is_onward(piece: Piece) -> bool:
    return any(share.kind == "moved_on" for share in piece.shares)


def _as_refunded(share: ShareTold) -> ShareTold:
    return _share("refunded", share.from_minor, share.to_minor)


def _share(kind: str, low: int, high: int) -> ShareTold:
    return ShareTold(kind=kind, from_minor=low, to_minor=high)


def _judged(row: object) -> object:
    """Return what may not change of a row: all of it, but for the note at a piece that an answer was refused."""
    return replace(row, fault=None) if isinstance(row, Piece) else row


def _difference(before: list[object], after: list[object]) -> str:
    pairs = [(one, other) for one, other in zip(before, after, strict=False) if one != other]
    return str(pairs[:1])[:300]
