"""An exchange that lies: with its own key it sends banks orders upon holds that nobody has signed, or not so.

Each order is let in by the bank as any message is. It must be refused, and nothing at the bank may differ after it.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

import msgspec

from tarazy.agent.measure_records import HOLD_MEASURES
from tarazy.agent.records import CORE_COMMANDS, HOLD_SEGMENTS, HOLDS, AgentHold
from tarazy.app.messages import OUTBOX
from tarazy.app.store import Condition, Table
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.hold import HoldStatus
from tarazy.domain.motion import LineDecision
from tarazy.protocol import jws
from tarazy.protocol.measure_bodies import MeasureOrder
from tarazy.protocol.message import Envelope, sealed_message
from tarazy.protocol.schedule import LineGrant, ScheduleLine, SignedDecision, SignedSchedule, line_id_of, reasons_digest
from tarazy.protocol.statement import Act
from tarazy.protocol.wire import from_json
from tarazy.simulation.checkers.finding import CheckFailed, rows
from tarazy.simulation.desk import signed_by
from tarazy.simulation.officers import OFFENCE
from tarazy.simulation.options import MEASURES_WAIT, dice_of
from tarazy.simulation.programs import COLLEAGUE, OFFICER, Bank, Program
from tarazy.simulation.world import World
from tarazy.values.ids import DecisionId, MeasureId, MotionId, NormId, OfficerId, derived
from tarazy.values.instant import Instant

NAME: Final = "authority"
WATCHED: Final[tuple[Table[object], ...]] = (HOLDS, HOLD_MEASURES, HOLD_SEGMENTS, CORE_COMMANDS)  # type: ignore[assignment]  # a table is read here whatever its rows are
SALT: Final = "0" * 32
Forgery = Callable[[Bank, AgentHold, Instant], MeasureOrder | None]


class Forgers:
    """Sends forged orders now and then. ``told`` counts them by name."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._dice = dice_of(world.random, "forgers")
        self._numbers = 0
        self.told: dict[str, int] = {}
        self._forgeries: tuple[Forgery, ...] = (
            self._of_no_officer,
            self._of_a_bank,
            self._of_another_line,
            self._more_than_signed,
            self._longer_than_signed,
            self._longer_than_the_law,
            self._without_the_judge,
            self._by_another_judge,
            self._of_a_struck_line,
            self._of_an_ended_measure,
        )

    def plan(self) -> None:
        """Put the forgeries on the agenda."""
        lasts = timedelta(hours=self._world.options.hours) + MEASURES_WAIT / 2
        for _ in range(self._world.options.forged_orders):
            after = self._dice.uniform(0.02, 1) * lasts.total_seconds()
            self._world.agenda.after(after, "forger", self._forge)

    def _forge(self) -> str | None:
        told = []
        for bank in self._world.banks:
            placed = rows(bank.program.disc, HOLDS, Condition("status", "=", HoldStatus.placed), order=("hold_id",))
            now = bank.program.clock.now()
            standing = [hold for hold in placed if hold.expires_at > now]
            if standing and bank.program.is_up(self._world.now):
                hold = self._dice.choice(standing)
                told += [self._send(bank, forgery, hold, now) for forgery in self._forgeries]
        return " ".join(one for one in told if one) or None

    def _send(self, bank: Bank, forgery: Forgery, hold: AgentHold, now: Instant) -> str | None:
        order = forgery(bank, hold, now)
        if order is None:
            return None
        name = forgery.__name__.strip("_")
        text = self._sealed(bank, order, now)
        before = [rows(bank.program.disc, table) for table in WATCHED]
        result = bank.agent.peer.receive([text], now)[0]
        self.told[name] = self.told.get(name, 0) + 1
        if result.refusal is None:
            raise CheckFailed(NAME, f"{bank.name} has taken an order {name} upon {hold.hold_id}: {result.status}")
        for table, was in zip(WATCHED, before, strict=True):
            if rows(bank.program.disc, table) != was:
                raise CheckFailed(NAME, f"an order {name} was refused at {bank.name} and has changed {table.name}")
        return f"{name}={result.refusal}"

    def _sealed(self, bank: Bank, order: MeasureOrder, now: Instant) -> str:
        self._numbers += 1
        exchange = self._world.network.exchange
        envelope = Envelope(
            message_id=f"forged-{self._numbers}",
            sender=EXCHANGE_ID,
            recipient=bank.name,
            issued_at=now,
            body=order,
        )
        setting = exchange.peer.setting_at(now)
        return sealed_message(envelope, setting.key_id, setting.sign)

    def _order(
        self,
        bank: Bank,
        hold: AgentHold,
        now: Instant,
        measure: str = "M5",
        by: tuple[Program, OfficerId] | None = None,
        days: float = 2,
    ) -> MeasureOrder:
        """Return an order that is signed and lawful, but for what a forgery changes."""
        program, officer_id = by or (self._world.network.police, OFFICER)
        self._numbers += 1
        schedule_id = MotionId(f"forged-{self._numbers}")
        act = Act.begin_measure if measure == "M5" else Act.file_motion
        until = now.plus(timedelta(seconds=int(days * 86_400)))
        line = ScheduleLine(
            line_id=line_id_of(schedule_id, hold.hold_id),
            hold_id=hold.hold_id,
            participant_id=bank.name,
            currency=hold.currency,
            cap_minor=max(1, hold.held_minor),
            until=until,
            salt=SALT,
        )
        schedule = SignedSchedule(
            schedule_id=schedule_id,
            act=act,
            case_id=hold.case_id,
            measure=measure,
            registration="267500031000123",
            offence_ids=(OFFENCE,),
            words="wd-forged",
            digests=(line.digest,),
            statement="",
        )
        signed = signed_by(program, officer_id, act, schedule_id, schedule.terms(), now)
        return MeasureOrder(
            measure_id=MeasureId(derived("ms", schedule_id)),
            hold_id=hold.hold_id,
            measure=measure,
            pack="kz-demo/1",
            law_day=bank.agent.peer.setting_at(now).pack.data.calendar.local_day(now),
            norms=(NormId("kz-cpc-161-9"),),
            schedule=msgspec.structs.replace(schedule, statement=signed),
            line=line,
            decision=None,
            grant=None,
            begins_at=now,
            expires_at=until,
            expires_at_most=until,
            commitment="none",
        )

    def _decided(
        self, order: MeasureOrder, now: Instant, by: tuple[Program, OfficerId], kind: LineDecision
    ) -> MeasureOrder:
        is_struck = kind is LineDecision.struck
        grant = LineGrant(
            line_id=order.line.line_id,
            hold_id=order.hold_id,
            decision=kind,
            cap_minor=0 if is_struck else order.line.cap_minor,
            until=None if is_struck else order.line.until,
            is_unlawful=False,
            salt=SALT,
        )
        decision_id = DecisionId(f"{order.schedule.schedule_id}-decided")
        decision = SignedDecision(
            decision_id=decision_id,
            motion_id=order.schedule.schedule_id,
            case_id=order.schedule.case_id,
            measure=order.measure,
            by="investigating_judge",
            forum="Invented investigating court",
            decision_no="1-1/26",
            decided_on=order.law_day,
            on_paper=False,
            words=reasons_digest(decision_id, "decided on the facts of this very case"),
            digests=(grant.digest,),
            statements=(),
        )
        program, officer_id = by
        signed = signed_by(program, officer_id, Act.decide_motion, decision.decision_id, decision.terms(), now)
        return msgspec.structs.replace(
            order, decision=msgspec.structs.replace(decision, statements=(signed,)), grant=grant
        )

    def _of_no_officer(self, bank: Bank, hold: AgentHold, now: Instant) -> MeasureOrder:
        order = self._order(bank, hold, now)
        unsigned = msgspec.structs.replace(order.schedule, statement="e30.e30.e30")
        return msgspec.structs.replace(order, schedule=unsigned)

    def _of_a_bank(self, bank: Bank, hold: AgentHold, now: Instant) -> MeasureOrder:
        return self._order(bank, hold, now, by=(bank.program, OFFICER))

    def _of_another_line(self, bank: Bank, hold: AgentHold, now: Instant) -> MeasureOrder | None:
        """Show the line that was signed for one hold upon another."""
        others = [one for one in rows(bank.program.disc, HOLDS, order=("hold_id",)) if one.hold_id != hold.hold_id]
        if not others:
            return None
        order = self._order(bank, others[0], now)
        return msgspec.structs.replace(order, hold_id=hold.hold_id)

    def _more_than_signed(self, bank: Bank, hold: AgentHold, now: Instant) -> MeasureOrder:
        order = self._order(bank, hold, now)
        return msgspec.structs.replace(
            order, line=msgspec.structs.replace(order.line, cap_minor=order.line.cap_minor + 1)
        )

    def _longer_than_signed(self, bank: Bank, hold: AgentHold, now: Instant) -> MeasureOrder:
        order = self._order(bank, hold, now)
        later = order.line.until.plus(timedelta(seconds=1))
        return msgspec.structs.replace(order, expires_at=later, expires_at_most=later)

    def _longer_than_the_law(self, bank: Bank, hold: AgentHold, now: Instant) -> MeasureOrder:
        return self._order(bank, hold, now, days=10.01)

    def _without_the_judge(self, bank: Bank, hold: AgentHold, now: Instant) -> MeasureOrder:
        return self._order(bank, hold, now, measure="M9")

    def _by_another_judge(self, bank: Bank, hold: AgentHold, now: Instant) -> MeasureOrder:
        order = self._order(bank, hold, now, measure="M9")
        by = self._dice.choice(((self._world.network.court, OFFICER), (self._world.network.prosecution, OFFICER)))
        return self._decided(order, now, by, LineDecision.granted)

    def _of_a_struck_line(self, bank: Bank, hold: AgentHold, now: Instant) -> MeasureOrder:
        order = self._order(bank, hold, now, measure="M9")
        return self._decided(order, now, (self._world.network.court, COLLEAGUE), LineDecision.struck)

    def _of_an_ended_measure(self, bank: Bank, _: AgentHold, __: Instant) -> MeasureOrder | None:
        """Send once more what was lawful while its measure lasted."""
        ended = {(one.hold_id, one.measure_id) for one in rows(bank.program.disc, HOLD_MEASURES) if one.end is not None}
        sent = Condition("kind", "=", "measure_order")
        for row in rows(self._world.network.exchange.disc, OUTBOX, sent, order=("serial",)):
            body = from_json(jws.read(row.text).payload, Envelope).body
            assert isinstance(body, MeasureOrder)
            if (body.hold_id, body.measure_id) in ended:
                return body
        return None
