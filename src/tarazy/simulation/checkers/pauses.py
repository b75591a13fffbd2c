"""Pauses (M4a): a payment waits for facts, no longer than the law says, and is not paid meanwhile.

Nobody's silence takes it away. Its payer is told until when; who acts upon it is named, and two where two are needed.

The times and the sum from which a second officer must stand behind a pause stand here once more. What became of a
payment is read from the core's own bookings.
"""

from datetime import timedelta
from typing import Final

from tarazy.adapters.keys import Trust
from tarazy.agent.core_records import CORE_ENTERED, EnteredPayment, EnteredState
from tarazy.agent.notice_office import ZONE
from tarazy.agent.pause_appeals import PAUSE_APPEALS, PauseAppeal
from tarazy.agent.pause_notices import PAUSE_NOTICES
from tarazy.agent.pause_records import PAUSE_ACTS, PAYMENT_PAUSES, PauseAct, PaymentPause
from tarazy.app.store import Condition
from tarazy.domain.appeal import OPEN_APPEALS, AppealOutcome
from tarazy.domain.entry import EntryKind
from tarazy.domain.pause import PauseEnd, PauseStatus
from tarazy.protocol import jws
from tarazy.protocol.statement import Statement
from tarazy.protocol.wire import from_json
from tarazy.simulation.checkers.core_books import CoreBooks
from tarazy.simulation.checkers.finding import demand, rows
from tarazy.simulation.programs import Bank
from tarazy.texts.catalogue import Language
from tarazy.texts.formats import moment
from tarazy.values.ids import OfficerId, TransferRef
from tarazy.values.instant import Instant

NAME: Final = "pauses"
FIRST: Final = timedelta(hours=24)
IN_ALL: Final = timedelta(hours=72)
CALLED_WITHIN: Final = timedelta(hours=2)
"""The times of the law pack with which everything here runs."""
SECOND_FROM_MINOR: Final = 100_000_000
COUNTING: Final = frozenset(
    {
        "payee_in_signed_reports",
        "payer_pressed",
        "bank_or_authority_impersonated",
        "code_or_password_obtained",
        "screen_or_device_controlled",
        "new_device_and_new_payee",
    }
)
"""What is a fact; a score or a list carries no pause."""
OUTAGE: Final = timedelta(hours=7)
"""So long an agent can be down in this world."""
STATES: Final = {
    PauseStatus.executed: {EnteredState.executed},
    PauseStatus.rejected: {EnteredState.rejected, EnteredState.declined},
    PauseStatus.withdrawn: {EnteredState.rejected},
}
LETS_OUT: Final = frozenset({"execute_payment", "right", "decide_appeal", "appeal_unanswered"})
"""The acts upon which a payment goes out before its time."""
ASKED: Final = frozenset({"call_back", "right", "right_with_signs", "stop"})
"""After one of these the payer was heard."""
BY_OFFICER: Final = {
    PauseEnd.by_officer: "execute_payment",
    PauseEnd.refused_by_officer: "reject_payment",
    PauseEnd.overturned_on_appeal: "decide_appeal",
}
ANSWERED_WITHIN: Final = timedelta(hours=24)
"""So long the bank has for an appeal; then the payment goes."""
IN_FAVOUR: Final = frozenset({AppealOutcome.measure_overturned, AppealOutcome.measure_unlawful})


class PausesChecker:
    """Looks at the payments of one bank that wait."""

    def __init__(self, bank: Bank, core: CoreBooks, trust: Trust) -> None:
        self._bank, self._core, self._trust = bank, core, trust
        self._seen: dict[str, PaymentPause] = {}
        self._entered: dict[TransferRef, EnteredPayment] = {}

    def check(self) -> None:
        """Check what has changed since the last time, and that nobody waits for being told."""
        disc, now = self._bank.program.disc, self._bank.program.clock.now()
        pauses = rows(disc, PAYMENT_PAUSES)
        if not pauses:
            return
        entered = {one.payment_id: one for one in rows(self._bank.core.disc, CORE_ENTERED)}
        for pause in pauses:
            at_core, where = entered[pause.payment_ref], f"{pause.pause_id} at {self._bank.name}"
            is_new = self._seen.get(pause.pause_id) is not pause
            if is_new or self._entered.get(pause.payment_ref) is not at_core:
                self._seen[pause.pause_id], self._entered[pause.payment_ref] = pause, at_core
                acts = rows(disc, PAUSE_ACTS, Condition("pause_id", "=", pause.pause_id), order=("number",))
                _check_law(pause, where)
                self._check_hands(pause, acts, where)
                _check_core(pause, at_core, acts, where)
            late = pause.status is PauseStatus.begun and now > pause.expires_at.plus(OUTAGE)
            demand(NAME, not late, f"{where}: is begun at {now.text()}, its end was {pause.expires_at.text()}")
            self._check_told(pause, now, where)
        for appeal in rows(disc, PAUSE_APPEALS):
            self._check_appeal(appeal, self._seen[appeal.pause_id], now)

    def check_core(self) -> None:
        """Check, when the core has just run, that it has executed whatever had waited long enough."""
        now = self._bank.program.clock.now()
        for one in rows(self._bank.core.disc, CORE_ENTERED, Condition("state", "=", EnteredState.waiting)):
            where = f"{one.payment_id} at {self._bank.name}"
            demand(NAME, now < one.execute_at, f"{where}: waits at {now.text()}, its end was {one.execute_at.text()}")

    def check_quiet(self) -> None:
        """Check, when nothing is under way, that each payment was booked once if it went out, and never if not."""
        booked: dict[str, list[int]] = {}
        for book in self._core.accounts.values():
            for entry in book.entries:
                if entry.kind is EntryKind.debit and entry.transfer_ref is not None:
                    booked.setdefault(entry.transfer_ref, []).append(entry.amount_minor)
        for one in rows(self._bank.core.disc, CORE_ENTERED):
            went_out = [one.payment.amount_minor] if one.state is EnteredState.executed else []
            paid = booked.get(one.payment_id, [])
            demand(NAME, paid == went_out, f"{one.payment_id} at {self._bank.name}: {one.state}, and {paid} was paid")

    def _check_hands(self, pause: PaymentPause, acts: list[PauseAct], where: str) -> None:
        """Each act is signed by its officer; a big sum has two, and a refusal comes after the payer's word."""
        for act in acts:
            if act.statement is not None:
                demand(
                    NAME, self._signer(act, pause) == act.officer_id, f"{where}: {act.act} is not signed by its officer"
                )
        signed = {one.officer_id for one in acts if one.act == "pause_payment"}
        demand(NAME, pause.officer_id in signed, f"{where}: nobody has signed that it waits")
        if pause.amount_minor >= SECOND_FROM_MINOR and not pause.is_second_awaited:
            demand(NAME, len(signed) > 1, f"{where}: {pause.amount_minor} wait for one officer alone: {signed}")
        numbers = {one.act: one.number for one in reversed(acts)}
        refused = numbers.get("reject_payment")
        if refused is not None:
            is_heard = any(one.act in ASKED and one.number < refused for one in acts)
            demand(NAME, is_heard, f"{where}: refused before its payer was called")
        if pause.end in BY_OFFICER:
            act_name = BY_OFFICER[PauseEnd(pause.end)]
            demand(NAME, act_name in numbers, f"{where}: {pause.end}, and no officer has signed that")

    def _signer(self, act: PauseAct, pause: PaymentPause) -> OfficerId | None:
        signed = jws.read(act.statement or "")
        said = from_json(signed.payload, Statement)
        verify = self._trust.officer_key_of(said.participant_id, said.officer_id)
        stands = verify is not None and verify(signed.signature, signed.signed_bytes)
        is_about_it = (said.act, said.subject_id, said.participant_id) == (act.act, pause.pause_id, self._bank.name)
        return said.officer_id if stands and is_about_it and said.reasons else None

    def _check_told(self, pause: PaymentPause, now: Instant, where: str) -> None:
        """The payer knows that their payment waits, and until when; where the end was moved, also that."""
        told = rows(self._bank.program.disc, PAUSE_NOTICES, Condition("pause_id", "=", pause.pause_id))
        if pause.ended_at is not None and now > pause.ended_at.plus(OUTAGE):
            of_end = [one for one in told if one.served_at >= pause.ended_at]
            demand(NAME, bool(of_end), f"{where}: its payer was not told that it ended, and how")
        if pause.taken_at is None:
            return
        due = pause.taken_at.plus(OUTAGE)
        if not told:
            is_over = pause.ended_at is not None and pause.ended_at <= due
            demand(NAME, now <= due or is_over, f"{where}: its payer was not told by {due.text()}")
            return
        for notice in told:
            demand(NAME, notice.account_id == pause.account_id, f"{where}: {notice.account_id} was told of it")
        if pause.status is PauseStatus.begun and pause.told_until is not None:
            ends = {moment(pause.told_until, Language(one.language), ZONE) for one in told}
            is_said = any(end in paragraph for one in told for paragraph in one.paragraphs for end in ends)
            demand(NAME, is_said, f"{where}: no notice says that it waits until {pause.told_until.text()}")

    def _check_appeal(self, appeal: PauseAppeal, pause: PaymentPause, now: Instant) -> None:
        """The bank answers by other hands and in time, or the payment goes; who is right has it at once."""
        where = f"{appeal.appeal_id} about {pause.pause_id} at {self._bank.name} ({appeal.state})"
        due = appeal.filed_at.plus(ANSWERED_WITHIN)
        is_late = appeal.state in OPEN_APPEALS and now > due.plus(OUTAGE)
        demand(NAME, not is_late, f"{where}: nobody has answered by {due.text()}")
        is_own = appeal.decided_by is not None and appeal.decided_by in {pause.officer_id, pause.second_officer_id}
        demand(NAME, not is_own, f"{where}: answered by {appeal.decided_by}, who has paused it")
        is_silent = appeal.state not in OPEN_APPEALS and appeal.outcome is None
        if not appeal.is_of_refusal and (is_silent or appeal.outcome in IN_FAVOUR):
            still = pause.status is PauseStatus.begun and pause.ending is None
            demand(NAME, not still, f"{where}: {appeal.outcome or 'not answered'}, and the payment still waits")


def _check_law(pause: PaymentPause, where: str) -> None:
    longest = IN_ALL if pause.extensions else FIRST
    latest = pause.begins_at.plus(longest)
    demand(
        NAME, pause.expires_at <= latest, f"{where}: to wait until {pause.expires_at.text()}, by law {latest.text()}"
    )
    demand(NAME, pause.extensions <= 1, f"{where}: extended {pause.extensions} times")
    demand(NAME, not pause.extensions or bool(pause.learnt), f"{where}: extended, and nothing new was learnt")
    demand(NAME, bool(COUNTING & set(pause.facts)), f"{where}: waits for no fact: {pause.facts}")
    demand(NAME, bool(pause.norms and pause.reasons), f"{where}: without a norm, or without reasons")
    if pause.is_second_awaited:
        called = pause.begins_at.plus(CALLED_WITHIN)
        demand(NAME, pause.expires_at <= called, f"{where}: lasts beyond {called.text()} with one officer")
    demand(NAME, pause.second_officer_id != pause.officer_id, f"{where}: one officer is both")
    is_big = pause.amount_minor >= SECOND_FROM_MINOR
    is_seconded = pause.is_second_awaited or pause.second_officer_id is not None
    demand(NAME, not is_big or is_seconded, f"{where}: {pause.amount_minor} wait, and no second officer is awaited")


def _check_core(pause: PaymentPause, at_core: EnteredPayment, acts: list[PauseAct], where: str) -> None:
    """The core waits until the pause's end, pays nothing before it unasked, and its word is what ended the pause."""
    latest = pause.begins_at.plus(IN_ALL)
    demand(NAME, at_core.execute_at <= latest, f"{where}: the core waits until {at_core.execute_at.text()}")
    if at_core.state is EnteredState.executed and at_core.done_at is not None and pause.taken_at is not None:
        asked = any(one.act in LETS_OUT and one.at <= at_core.done_at for one in acts)
        is_early = at_core.done_at < at_core.execute_at
        demand(NAME, not is_early or asked, f"{where}: paid at {at_core.done_at.text()}, unasked and before its end")
    if pause.status is not PauseStatus.begun:
        demand(NAME, at_core.state in STATES[pause.status], f"{where}: {pause.status}, at the core {at_core.state}")
    elif pause.due is None and at_core.state is EnteredState.waiting:
        told = f"until {at_core.execute_at.text()}, the pause lasts to {pause.expires_at.text()}"
        demand(NAME, at_core.execute_at == pause.expires_at, f"{where}: the core waits {told}")
