"""Heard: no held money leaves its holder by an investigator's refund before they were asked, told, and have agreed.

Only a prosecutor's second demand in writing pays without that, and only once the holder has objected or has let all of
their time pass after two notices. The time is counted here once more, from the day on which the holder was told.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from tarazy.adapters.keys import Trust
from tarazy.agent.authority import DECIDED_PAYMENTS
from tarazy.agent.hearing_records import HEARING_NOTICES, LOCAL_HEARINGS, HearingNotice, LocalHearing
from tarazy.agent.notice_office import ZONE
from tarazy.agent.records import CORE_COMMANDS, CoreCommand
from tarazy.app.hearing_records import HEARINGS, Hearing
from tarazy.app.records import REFUND_PARTS, REFUNDS
from tarazy.app.refund_records import AUTHORISATIONS, Refund, RefundPart
from tarazy.app.store import Condition
from tarazy.domain.hearing import HearingState
from tarazy.law.assessment import ActorRole
from tarazy.protocol.authorisation import signatures_on
from tarazy.protocol.statement import StatementFault
from tarazy.simulation.checkers.finding import demand, rows
from tarazy.simulation.checkers.sums import sums_in
from tarazy.simulation.programs import Bank, Network, Program
from tarazy.values.ids import HearingId
from tarazy.values.instant import Instant

NAME: Final = "heard"
LANE: Final = "investigator"
WORKING_DAYS: Final = 5
SATURDAY: Final = 5
AFTER_SECOND: Final = timedelta(hours=24)
OUTAGE: Final = timedelta(hours=7)
"""So long an agent can be down in this world."""
NOTICES: Final = 2
OPEN: Final = frozenset({HearingState.asked, HearingState.told, HearingState.told_again})


class HeardAtExchange:
    """Looks at the refunds that the exchange has ordered by an investigator's resolution."""

    def __init__(self, exchange: Program, trust: Trust) -> None:
        self._exchange, self._trust = exchange, trust
        self._seen: set[str] = set()

    def check(self) -> None:
        """Check the refunds that are new, with the hearings as they stand in the transaction of the order."""
        disc = self._exchange.disc
        for refund in rows(disc, REFUNDS, Condition("lane", "=", LANE)):
            if refund.refund_id not in self._seen:
                self._seen.add(refund.refund_id)
                self._check_refund(refund)

    def _check_refund(self, refund: Refund) -> None:
        disc = self._exchange.disc
        insists = self._insists(refund)
        everybody_agreed = True
        for hold_id in sorted({one.hold_id for one in self._parts(refund)}):
            where = f"{refund.refund_id} from {hold_id}"
            found = rows(disc, HEARINGS, Condition("hold_id", "=", hold_id), order=("asked_at",))
            demand(NAME, bool(found), f"{where}: its holder was never asked")
            hearing = found[-1]
            agreed = hearing.state is HearingState.agreed and self._is_enough(hearing)
            everybody_agreed &= agreed
            demand(NAME, agreed or insists, f"{where}: its holder has not agreed ({hearing.state})")
            if not agreed:
                _check_closed(hearing, refund.decided_at, where)
        unheard = f"{refund.refund_id}: paid on a second demand, and counted as {refund.is_unheard}"
        demand(NAME, refund.is_unheard == (insists and not everybody_agreed), unheard)

    def _is_enough(self, hearing: Hearing) -> bool:
        """A word about a sum is used up by what was ordered on it."""
        since = Condition("ordered_at", ">=", hearing.asked_at)
        parts = rows(self._exchange.disc, REFUND_PARTS, Condition("hold_id", "=", hearing.hold_id), since)
        return sum(one.amount_minor for one in parts if not one.is_refused) <= hearing.amount_minor

    def _parts(self, refund: Refund) -> list[RefundPart]:
        return rows(self._exchange.disc, REFUND_PARTS, Condition("refund_id", "=", refund.refund_id))

    def _insists(self, refund: Refund) -> bool:
        """Return whether a prosecutor has signed that it is demanded for the second time."""
        by_id = Condition("authorisation_id", "=", refund.authorisation_id or "")
        for entered in rows(self._exchange.disc, AUTHORISATIONS, by_id):
            try:
                signed = signatures_on(entered.decision, self._trust.officer_key_of)
            except StatementFault:
                continue
            kinds = {self._trust.officer_capacity(one.participant_id, one.officer_id) for one in signed}
            return entered.decision.is_second_demand and kinds == {ActorRole.prosecutor}
        return False


class HeardAtBank:
    """Looks at the hearings and payments of one bank."""

    def __init__(self, bank: Bank, network: Network) -> None:
        self._bank, self._network = bank, network
        self._serial = 0
        self._seen: dict[HearingId, LocalHearing] = {}

    def check(self) -> None:
        """Check what the core was asked to pay, and what became of hearings, since the last time."""
        disc, now = self._bank.program.disc, self._bank.program.clock.now()
        for command in rows(disc, CORE_COMMANDS, Condition("serial", ">", self._serial), order=("serial",)):
            self._serial = command.serial
            if command.kind == "pay" and self._is_by_resolution(command):
                self._check_payment(command)
        for hearing in rows(disc, LOCAL_HEARINGS):
            where = f"{hearing.hearing_id} at {self._bank.name}"
            late = hearing.state is HearingState.asked and now > hearing.asked_at.plus(OUTAGE)
            demand(NAME, not late, f"{where}: asked at {hearing.asked_at.text()}, and the holder was not told")
            if self._seen.get(hearing.hearing_id) is not hearing:
                self._seen[hearing.hearing_id] = hearing
                self._check_hearing(hearing, where)

    def check_quiet(self) -> None:
        """Check, when nothing is under way, that the exchange knows what each holder has answered."""
        known = {one.hearing_id: one for one in rows(self._network.exchange.disc, HEARINGS)}
        now = self._bank.program.clock.now()
        for hearing in rows(self._bank.program.disc, LOCAL_HEARINGS):
            where = f"{hearing.hearing_id} at {self._bank.name}"
            at_exchange = known[hearing.hearing_id].state
            demand(NAME, at_exchange is hearing.state, f"{where}: {hearing.state}, at the exchange {at_exchange}")
            is_late = hearing.state in OPEN and hearing.next_at is not None and hearing.next_at < now.plus(-OUTAGE)
            demand(NAME, not is_late, f"{where}: {hearing.state} since long")

    def _is_by_resolution(self, command: CoreCommand) -> bool:
        refund_id = (command.to or "").rsplit("/", 1)[-1]
        refund = rows(self._network.exchange.disc, REFUNDS, Condition("refund_id", "=", refund_id))
        return bool(refund) and refund[0].lane == LANE

    def _check_payment(self, command: CoreCommand) -> None:
        disc, where = self._bank.program.disc, f"{command.amount_minor} of {command.hold_id} at {self._bank.name}"
        refund_id = (command.to or "").rsplit("/", 1)[-1]
        paid = rows(disc, DECIDED_PAYMENTS, Condition("hold_id", "=", command.hold_id))
        if any(one.decision.is_second_demand for one in paid if one.refund_id == refund_id):
            return
        of_hold = Condition("hold_id", "=", command.hold_id)
        found = rows(disc, LOCAL_HEARINGS, of_hold, order=("asked_at",))
        demand(NAME, bool(found), f"{where}: paid, and its holder was never asked")
        hearing = found[-1]
        demand(NAME, hearing.state is HearingState.agreed, f"{where}: paid, and its holder has said {hearing.state}")
        since = Condition("queued_at", ">=", hearing.asked_at)
        asked = rows(disc, CORE_COMMANDS, of_hold, Condition("kind", "=", "pay"), since)
        sum_asked = sum(one.amount_minor for one in asked)
        demand(
            NAME, sum_asked <= hearing.amount_minor, f"{where}: {sum_asked} paid on a word about {hearing.amount_minor}"
        )

    def _check_hearing(self, hearing: LocalHearing, where: str) -> None:
        served = rows(self._bank.program.disc, HEARING_NOTICES, Condition("hearing_id", "=", hearing.hearing_id))
        by_times = {one.times: one for one in served}
        if hearing.told_at is not None and hearing.state not in {HearingState.asked, HearingState.over}:
            first = by_times.get(1)
            # Who answers at the desk was told there.
            demand(
                NAME, first is not None or hearing.entered_by is not None, f"{where}: {hearing.state}, and no notice"
            )
            if first is not None:
                _check_notice(first, hearing, where)
            end = _end_of_days(hearing.told_at)
            demand(NAME, hearing.answer_by >= end, f"{where}: until {hearing.answer_by.text()}, by law {end.text()}")
        if hearing.state is HearingState.absent:
            _check_silence(hearing, by_times, where)
        is_answer = hearing.state in {HearingState.agreed, HearingState.objected}
        demand(NAME, not is_answer or hearing.told_at is not None, f"{where}: {hearing.state}, and never told")


def _check_silence(hearing: LocalHearing, served: dict[int, HearingNotice], where: str) -> None:
    """Who is found absent was told twice, and had all of their time."""
    demand(NAME, served.keys() == {1, NOTICES}, f"{where}: absent after the notices {sorted(served)}")
    again, answered = hearing.told_again_at, hearing.answered_at
    assert again is not None and answered is not None  # noqa: PT018 -- both stand in one row
    demand(NAME, answered >= hearing.answer_by, f"{where}: absent at {answered.text()}, before its time was over")
    demand(NAME, answered >= again.plus(AFTER_SECOND), f"{where}: absent a day after the second notice, and sooner")


def _check_notice(notice: HearingNotice, hearing: LocalHearing, where: str) -> None:
    demand(NAME, notice.account_id == hearing.account_id, f"{where}: {notice.account_id} was told of it")
    sums = set(sums_in(notice.paragraphs))
    demand(NAME, hearing.amount_minor in sums, f"{where}: its notice names {sorted(sums)}, not {hearing.amount_minor}")


def _check_closed(hearing: Hearing, decided_at: Instant, where: str) -> None:
    """A second demand is obeyed once the holder has answered, or was silent until their time was over."""
    demand(NAME, hearing.state not in OPEN | {HearingState.over}, f"{where}: its holder may still answer")
    if hearing.state is HearingState.absent:
        told_twice = hearing.told_at is not None and hearing.told_again_at is not None
        demand(NAME, told_twice, f"{where}: absent, and not told twice")
        demand(NAME, hearing.answer_by <= decided_at, f"{where}: absent before {hearing.answer_by.text()}")


def _end_of_days(told_at: Instant) -> Instant:
    """Return the end of the fifth working day after the local day of a moment; the runs have no holidays."""
    day, left = told_at.utc.astimezone(ZONE).date(), WORKING_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < SATURDAY
    midnight = datetime.combine(day + timedelta(days=1), datetime.min.time(), tzinfo=ZONE)
    return Instant(midnight.astimezone(UTC))
