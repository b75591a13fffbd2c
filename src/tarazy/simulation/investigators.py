"""Investigators: they register cases, begin measures upon holds, ask judges for them, lift them, and err.

An act that the law must refuse is tried as well: too much, too long, unregistered, signed by somebody else, without
reasons. If the exchange does it all the same, the run fails there and then.
"""

from datetime import timedelta
from enum import StrEnum
from typing import Final

import msgspec

from tarazy.app.facts import AddFact, add_fact
from tarazy.app.measure_records import CASE_MEASURES, MOTIONS, CaseMeasure, Motion, Schedule
from tarazy.app.measure_records import Words as MeasureWords
from tarazy.app.measures import LiftMeasure, begin_measures, lift_measure
from tarazy.app.motions import WithdrawMotion, file_motion, withdraw_motion
from tarazy.app.records import CASE_HOLDS, CASES, Case, CaseHold
from tarazy.app.registering import RegisterCase, register_case
from tarazy.app.schedules import ActRefused, SignedAct, words_digest
from tarazy.app.setting import Setting
from tarazy.app.store import Condition, Transaction
from tarazy.domain.hold import HoldStatus
from tarazy.domain.motion import LINES_MAX, MotionAsk, MotionStatus
from tarazy.domain.rejection import Rejection
from tarazy.protocol.schedule import ScheduleLine, SignedSchedule, line_id_of
from tarazy.protocol.statement import Act
from tarazy.simulation.checkers.finding import CheckFailed, rows
from tarazy.simulation.deferrers import Deferrers
from tarazy.simulation.desk import ActAtDesk, Desk, signed_by
from tarazy.simulation.officers import OFFENCE
from tarazy.simulation.options import MEASURES_END, MEASURES_WAIT, dice_of
from tarazy.simulation.programs import COLLEAGUE, OFFICER
from tarazy.simulation.world import START, World
from tarazy.values.ids import CaseId, HoldId, MotionId, OfficerId, derived
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace

LOOK_SECONDS: Final = 900
HOUR: Final = 3600
REGISTRATION: Final = "267500031000123"
ANOTHER_NUMBER: Final = "267500031000999"
PAPERS: Final = 12
BEFORE_THE_END: Final = timedelta(days=1)
WORDS: Final = MeasureWords(
    aim="rights_of_others",
    suitability="The sum can only be kept for the payer where it lies now, on this account.",
    impact="Nothing but the traced sum is out of use; wages and everything else stay usable.",
    hiding_risk="Two payments to other banks were entered within minutes of the arrival.",
    alternatives=tuple(
        (rung, "It would not keep the sum where it is until a court can decide on it.")
        for rung in ("M1", "M2", "M2t", "M3", "M4a", "M4b", "M5")
    ),
    exculpatory="The holder's papers were read; they are about another payment of another day.",
)


class Slip(StrEnum):
    """What is wrong with an act: each of these is refused."""

    too_much = "too_much"
    too_long = "too_long"
    unregistered = "unregistered"
    forged = "forged"
    other_lines = "other_lines"
    without_reasons = "without_reasons"


class Investigators:
    """Two investigators of the police. ``done`` counts what came of their acts."""

    def __init__(self, world: World, desk: Desk) -> None:
        self._world, self._desk = world, desk
        self._options = world.options
        self._dice = dice_of(world.random, "investigators")
        self._seen: set[HoldId] = set()
        self._acts = 0
        self.deferrers = Deferrers(world, desk)
        self.done: dict[str, int] = {}

    def plan(self) -> None:
        """Let them look at the cases every quarter of an hour."""
        if self._options.has_measures:
            self._world.agenda.after(LOOK_SECONDS, "investigators", self._look)

    @property
    def _last(self) -> Instant:
        """Nothing that they begin lasts longer, so that every measure ends within the run."""
        lasts = timedelta(hours=self._options.hours) + MEASURES_WAIT + MEASURES_END
        return START.plus(lasts - BEFORE_THE_END)

    def _look(self) -> str | None:
        until = START.plus(timedelta(hours=self._options.hours))
        if self._world.now < until:
            self._world.agenda.after(LOOK_SECONDS, "investigators", self._look)
        exchange = self._world.network.exchange
        new: dict[CaseId, list[HoldId]] = {}
        for hold in rows(exchange.disc, CASE_HOLDS, Condition("status", "=", HoldStatus.placed), order=("hold_id",)):
            if hold.hold_id not in self._seen:
                self._seen.add(hold.hold_id)
                new.setdefault(hold.case_id, []).append(hold.hold_id)
        taken = [case_id for case_id in new if self._falls(self._options.measures)]
        for case_id in taken:
            self._take_up(case_id, new[case_id])
        return f"{len(taken)} taken up" if taken else None

    def _take_up(self, case_id: CaseId, hold_ids: list[HoldId]) -> None:
        """Plan what comes of a case: the measure, the facts, the motion, and second thoughts."""
        dice = self._dice
        if dice.random() < 0.95:  # noqa: PLR2004 -- mostly
            self._later(0, self._register(case_id))
        for is_for_holder in (False, True):
            if dice.random() < 0.4:  # noqa: PLR2004 -- some
                self._later(dice.uniform(0, 90 * HOUR), self._fact(case_id, is_for_holder=is_for_holder))
        begun = dice.choice((0.02, 0.2, 1)) * dice.uniform(60, 2 * HOUR)
        if dice.random() < 0.8:  # noqa: PLR2004 -- the others wait for a judge
            act = self._act(hold_ids, Act.begin_measure, "M5", self._slip())
            self.deferrers.plan(MotionId(f"sched-{self._acts}"), hold_ids, begun)
            for _ in range(dice.choice((1, 1, 1, 2))):
                self._later(begun, act)
        self._plan_motions(hold_ids, begun)
        if dice.random() < 0.15:  # noqa: PLR2004 -- a few
            self._later(begun + dice.uniform(0, 90 * HOUR), self._lift(dice.choice(hold_ids)))

    def _plan_motions(self, hold_ids: list[HoldId], begun: float) -> None:
        if self._falls(self._options.motions_missed):
            if self._chance(0.5):
                self._later(begun + self._dice.uniform(49 * HOUR, 60 * HOUR), self._file(hold_ids))
            return
        filed = begun + self._dice.choice((0.02, 0.1, 1)) * self._dice.uniform(60, 46 * HOUR)
        self._later(filed, self._file(hold_ids))
        if self._chance(0.15):
            self._later(filed + self._dice.uniform(60, 20 * HOUR), self._withdraw(hold_ids))
        if self._chance(0.6):
            more = filed + self._dice.uniform(2 * HOUR, 30 * HOUR)
            act = self._act(hold_ids, Act.file_motion, "M9", self._slip(), MotionAsk.extend)
            self._later(more, act)

    def _register(self, case_id: CaseId) -> ActAtDesk:
        police = self._world.network.police

        def act(tx: Transaction, setting: Setting) -> object:
            command = RegisterCase(
                case_id=case_id,
                participant_id=police.name,
                registration=REGISTRATION,
                registered_at=setting.now,
                statement="",
            )
            signed = signed_by(police, OFFICER, Act.register_case, case_id, command.terms(), setting.now)
            return _told(register_case(tx, replace(command, statement=signed), setting))

        return act

    def _fact(self, case_id: CaseId, *, is_for_holder: bool) -> ActAtDesk:
        """Put a fact into the case; some came to light by a measure that stands, and are worth no more than it is."""
        self._acts += 1
        number, by_measure = self._acts, self._chance(0.6)
        code = "goods_or_services_given" if is_for_holder else "money_passed_on_at_once"

        def act(tx: Transaction, setting: Setting) -> object:
            measures = tx.find(CASE_MEASURES, Condition("case_id", "=", case_id), order=("measure_id",))
            source = measures[0].measure_id if measures and by_measure else f"paper {number} in the case"
            police = self._world.network.police
            command = AddFact(
                fact_id=f"fact-{number}",
                case_id=case_id,
                kind="fact",
                code=code,
                source=source,
                grade="reported",
                is_for_holder=is_for_holder,
                participant_id=police.name,
                statement="",
            )
            signed = signed_by(police, OFFICER, Act.state_fact, command.fact_id, command.terms(), setting.now)
            return _told(add_fact(tx, replace(command, statement=signed), setting))

        return act

    def _file(self, hold_ids: list[HoldId]) -> ActAtDesk:
        closes = self._options.closings > 0 and self._falls(self._options.closings)
        return self._act(hold_ids, Act.file_motion, "M8" if closes else "M9", self._slip())

    def _act(
        self, hold_ids: list[HoldId], what: Act, measure: str, slip: Slip | None, ask: MotionAsk = MotionAsk.authorise
    ) -> ActAtDesk:
        """Return an act upon whatever of some holds stands when it is done."""
        self._acts += 1
        schedule_id = MotionId(f"sched-{self._acts}")
        days = self._dice.choice((0.3, 3, 10, 10)) if measure == "M5" else self._dice.choice((1, 5, 12))
        share = self._dice.choice((100, 100, self._dice.randint(1, 99)))
        officer_id = self._dice.choice((OFFICER, COLLEAGUE))
        seconds = int(timedelta(days=days).total_seconds())

        def act(tx: Transaction, setting: Setting) -> object:
            holds = _standing(tx, hold_ids, setting.now)
            case = tx.get(CASES, holds[0].case_id) if holds else None
            if case is None:
                return "nothing stands"
            holds = [hold for hold in holds if hold.case_id == case.case_id]
            until = min(self._last, setting.now.plus(timedelta(seconds=seconds)))
            lines = tuple(_line(hold, schedule_id, share, until, slip) for hold in holds)
            command = self._signed(case, lines, what, measure, schedule_id, officer_id, slip, setting)
            if what is Act.begin_measure:
                result: Schedule | Motion | ActRefused = begin_measures(tx, command, setting)
            else:
                result = file_motion(tx, command, setting, ask)
            return self._judged(f"{what} {measure}", slip, result)

        return act

    def _signed(
        self,
        case: Case,
        lines: tuple[ScheduleLine, ...],
        what: Act,
        measure: str,
        schedule_id: MotionId,
        officer_id: OfficerId,
        slip: Slip | None,
        setting: Setting,
    ) -> SignedAct:
        police = self._world.network.police
        # The law wants reasons of this very case: those of another case are found out.
        papers = " ".join(derived("paper", schedule_id, number)[-8:] for number in range(PAPERS))
        own = "as usual" if slip is Slip.without_reasons else f"These papers show it: {papers}."
        words = msgspec.structs.replace(WORDS, suitability=own)
        schedule = SignedSchedule(
            schedule_id=schedule_id,
            act=what,
            case_id=case.case_id,
            measure=measure,
            registration=ANOTHER_NUMBER if slip is Slip.unregistered else REGISTRATION,
            offence_ids=(OFFENCE,),
            words=words_digest(words),
            digests=tuple(line.digest for line in lines),
            statement="",
        )
        signer = self._world.banks[0].program if slip is Slip.forged else police
        signed = signed_by(signer, officer_id, what, schedule_id, schedule.terms(), setting.now)
        if slip is Slip.other_lines:
            lines = tuple(msgspec.structs.replace(line, cap_minor=line.cap_minor + 1) for line in lines)
        return SignedAct(
            signed=msgspec.structs.replace(schedule, statement=signed),
            lines=lines,
            words=words,
            participant_id=police.name,
        )

    def _judged(self, what: str, slip: Slip | None, result: object) -> str:
        """Note what came of an act; one that had to be refused and was done ends the run."""
        told = _told(result)
        key = f"{what} {slip or 'in order'}: {result.rejection if isinstance(result, ActRefused) else 'done'}"
        self.done[key] = self.done.get(key, 0) + 1
        if slip is not None and not isinstance(result, ActRefused):
            raise CheckFailed("authority", f"{what} was done although it was {slip}")
        return told

    def _withdraw(self, hold_ids: list[HoldId]) -> ActAtDesk:
        police = self._world.network.police

        def act(tx: Transaction, setting: Setting) -> object:
            motion = _open_motion(tx, hold_ids)
            if motion is None:
                return "nothing to withdraw"
            terms = (("case_id", motion.case_id),)
            signed = signed_by(police, OFFICER, Act.withdraw_motion, motion.motion_id, terms, setting.now)
            command = WithdrawMotion(motion_id=motion.motion_id, participant_id=police.name, statement=signed)
            return _told(withdraw_motion(tx, command, setting))

        return act

    def _lift(self, hold_id: HoldId) -> ActAtDesk:
        """Lift the measure that carries a hold: its author, or the prosecutor."""
        network = self._world.network
        program = network.police if self._chance(0.6) else network.prosecution

        def act(tx: Transaction, setting: Setting) -> object:
            hold = tx.get(CASE_HOLDS, hold_id)
            measure = None if hold is None or hold.carried_by is None else tx.get(CASE_MEASURES, hold.carried_by)
            if measure is None:
                return "nothing to lift"
            terms = (("case_id", measure.case_id), ("hold_id", measure.hold_id))
            signed = signed_by(program, OFFICER, Act.lift_measure, measure.measure_id, terms, setting.now)
            command = LiftMeasure(measure_id=measure.measure_id, participant_id=program.name, statement=signed)
            return _told(lift_measure(tx, command, setting))

        return act

    def _later(self, seconds: float, act: ActAtDesk) -> None:
        self._desk.act_later(self._world.network.exchange, seconds, act)

    def _slip(self) -> Slip | None:
        return self._dice.choice(tuple(Slip)) if self._falls(self._options.careless_acts) else None

    def _falls(self, permille: int) -> bool:
        return self._dice.randrange(1000) < permille

    def _chance(self, share: float) -> bool:
        return self._dice.random() < share


def _standing(tx: Transaction, hold_ids: list[HoldId], now: Instant) -> list[CaseHold]:
    found = tx.get_many(CASE_HOLDS, {(hold_id,) for hold_id in hold_ids})
    holds = sorted(found.values(), key=lambda hold: hold.hold_id)
    return [one for one in holds if one.status is HoldStatus.placed and one.expires_at > now][:LINES_MAX]


def _line(hold: CaseHold, schedule_id: MotionId, share: int, until: Instant, slip: Slip | None) -> ScheduleLine:
    return ScheduleLine(
        line_id=line_id_of(schedule_id, hold.hold_id),
        hold_id=hold.hold_id,
        participant_id=hold.participant_id,
        currency=hold.currency,
        cap_minor=hold.held_minor + 1 if slip is Slip.too_much else max(1, hold.held_minor * share // 100),
        until=until.plus(timedelta(days=400)) if slip is Slip.too_long else until,
        salt=derived("s", schedule_id, hold.hold_id)[2:].ljust(32, "0")[:32],
    )


def _open_motion(tx: Transaction, hold_ids: list[HoldId]) -> Motion | None:
    """Return a motion upon one of these holds that nobody has decided."""
    measures: list[CaseMeasure] = tx.find(CASE_MEASURES, Condition("hold_id", "in", list(hold_ids)))
    ids = {one.motion_id for one in measures if one.motion_id is not None}
    motions = [tx.get(MOTIONS, motion_id) for motion_id in sorted(ids)]
    return next((one for one in motions if one is not None and one.status is MotionStatus.filed), None)


def _told(result: object) -> str:
    if isinstance(result, ActRefused):
        tests = () if result.assessment is None else result.assessment.tests
        against = ",".join(one.code for one in tests if not one.passed)
        return f"{result.rejection} {against}".strip()
    return str(result) if isinstance(result, Rejection) else "done"
