"""What investigators and judges do in stories: begin measures upon holds, ask for them, decide line by line."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import msgspec

from tarazy.app.deciding import DecideMotion, decide_motion
from tarazy.app.facts import AddFact, add_fact
from tarazy.app.measure_records import (
    CASE_MEASURES,
    SCHEDULE_ROWS,
    CaseFact,
    CaseMeasure,
    MeasureDecision,
    Motion,
    Schedule,
    Words,
)
from tarazy.app.measures import LiftMeasure, begin_measures, lift_measure
from tarazy.app.motions import WithdrawMotion, file_motion, withdraw_motion
from tarazy.app.records import CASE_HOLDS, CASES, CaseHold
from tarazy.app.registering import RegisterCase, register_case
from tarazy.app.schedules import ActRefused, SignedAct, words_digest
from tarazy.app.store import Condition
from tarazy.bootstrap import EXCHANGE_ID
from tarazy.domain.motion import LineDecision, MotionAsk
from tarazy.domain.rejection import Rejection
from tarazy.protocol.schedule import LineGrant, ScheduleLine, SignedDecision, SignedSchedule, line_id_of, reasons_digest
from tarazy.protocol.statement import Act
from tarazy.values.ids import CaseId, DecisionId, HoldId, LineId, MeasureId, MotionId, OfficerId, ParticipantId, derived
from tarazy.values.instant import Instant
from tarazy.values.replacing import replace
from tests.story import FRAUD, Network
from tests.story_people import COLLEAGUE, OFFICER, POLICE

COURT: Final = "court"
JUDGE: Final = COLLEAGUE
DECIDED_ON: Final = date(2026, 11, 22)
DECIDED_BECAUSE: Final = "On the facts of this very case: the sum would be gone before a trial."
REGISTRATION: Final = "267500031000123"
WORDS: Final = Words(
    aim="rights_of_others",
    suitability="The sum can only be kept for the payer where it lies now, on this account.",
    impact="Nothing but the traced sum is out of use; wages and everything else stay usable.",
    hiding_risk="Two payments to other banks were entered within minutes of the arrival.",
    alternatives=tuple(
        (rung, "It would not keep the sum where it is until a court can decide on it.")
        for rung in ("M1", "M2", "M2t", "M3", "M4a", "M4b", "M5")
    ),
    exculpatory="",
)


def police(network: Network) -> str:
    """Let the police be joined with two investigators; return what they are called."""
    for officer in (OFFICER, COLLEAGUE):
        network.enrol(POLICE, "police", "investigator", officer)
    return POLICE


def court(network: Network, officer: OfficerId = JUDGE) -> str:
    """Let a court be joined with an investigating judge; return what it is called."""
    network.enrol(COURT, "court", "investigating_judge", officer)
    return COURT


def registered(network: Network, case_id: CaseId) -> None:
    """Let an investigator register the case."""
    by = police(network)
    command = RegisterCase(
        case_id=case_id,
        participant_id=ParticipantId(by),
        registration=REGISTRATION,
        registered_at=network.now,
        statement="",
    )
    signed = network.statement(by, Act.register_case, case_id, command.terms())
    done = network.at(EXCHANGE_ID, lambda tx, now: register_case(tx, replace(command, statement=signed), now))
    assert not isinstance(done, Rejection), done


def standing(network: Network, case_id: CaseId) -> list[CaseHold]:
    """Return the holds of a case that are placed, in order of their ids."""
    rows: list[CaseHold] = network.rows(EXCHANGE_ID, CASE_HOLDS, Condition("case_id", "=", case_id), order=("hold_id",))
    return [hold for hold in rows if hold.placed_at is not None and not hold.status.is_final]


def schedule_id(network: Network, act: Act) -> MotionId:
    """Return the id of what is done now."""
    return MotionId(derived("mo", act, network.now.text()))


def line(
    network: Network, hold: CaseHold, act: Act = Act.begin_measure, *, days: float = 10, cap: int | None = None
) -> ScheduleLine:
    """Return one line of a schedule: all that is held, or ``cap`` of it."""
    return ScheduleLine(
        line_id=line_id_of(schedule_id(network, act), hold.hold_id),
        hold_id=hold.hold_id,
        participant_id=hold.participant_id,
        currency=hold.currency,
        cap_minor=hold.held_minor if cap is None else cap,
        until=network.now.plus(timedelta(days=days)),
        salt=derived("s", hold.hold_id, act)[2:].ljust(32, "0")[:32],
    )


def act_upon(
    network: Network,
    case_id: CaseId,
    lines: Sequence[ScheduleLine],
    act: Act,
    measure: str,
    *,
    words: Words = WORDS,
    by: str = POLICE,
    officer: OfficerId = OFFICER,
    registration: str = REGISTRATION,
    offence_ids: tuple[str, ...] = (FRAUD,),
) -> SignedAct:
    """Return an officer's signed act upon some holds."""
    schedule = SignedSchedule(
        schedule_id=schedule_id(network, act),
        act=act,
        case_id=case_id,
        measure=measure,
        registration=registration,
        offence_ids=offence_ids,
        words=words_digest(words),
        digests=tuple(one.digest for one in lines),
        statement="",
    )
    signed = network.statement(by, act, schedule.schedule_id, schedule.terms(), officer=officer, reasons="")
    return SignedAct(
        signed=msgspec.structs.replace(schedule, statement=signed),
        lines=tuple(lines),
        words=words,
        participant_id=ParticipantId(by),
    )


def begin(network: Network, case_id: CaseId, *, days: float = 10, words: Words = WORDS) -> Schedule | ActRefused:
    """Let an investigator begin M5 upon everything that a case holds."""
    lines = [line(network, hold, days=days) for hold in standing(network, case_id)]
    return do_begin(network, act_upon(network, case_id, lines, Act.begin_measure, "M5", words=words))


def do_begin(network: Network, act: SignedAct) -> Schedule | ActRefused:
    """Begin what was signed."""
    return network.at(EXCHANGE_ID, lambda tx, now: begin_measures(tx, act, now))


def fact_from(
    network: Network,
    source: str,
    fact_id: str = "fa-1",
    *,
    for_holder: bool = False,
) -> CaseFact:
    """Let the investigator put a fact into the case, for the measure or for the holder."""
    command = AddFact(
        fact_id=fact_id,
        case_id=case_of(network),
        kind="fact",
        code="known_to_payer" if for_holder else "account_opened_lately",
        source=source,
        grade="reported",
        is_for_holder=for_holder,
        participant_id=ParticipantId(POLICE),
        statement="",
    )
    signed = network.statement(POLICE, Act.state_fact, fact_id, command.terms(), officer=OFFICER, reasons="")
    command = replace(command, statement=signed)
    fact = network.at(EXCHANGE_ID, lambda tx, now: add_fact(tx, command, now))
    assert isinstance(fact, CaseFact), fact
    return fact


def ask(
    network: Network, case_id: CaseId, *, days: float = 60, measure: str = "M9", what: MotionAsk = MotionAsk.authorise
) -> Motion | ActRefused:
    """Let an investigator ask for M9 upon everything that a case holds."""
    lines = [line(network, hold, Act.file_motion, days=days) for hold in standing(network, case_id)]
    act = act_upon(network, case_id, lines, Act.file_motion, measure)
    return network.at(EXCHANGE_ID, lambda tx, now: file_motion(tx, act, now, what))


def grant(
    row_id: LineId, hold_id: HoldId, cap: int, until: Instant | None, *, kind: LineDecision, unlawful: bool = False
) -> LineGrant:
    """Return the decision on one line."""
    return LineGrant(
        line_id=row_id,
        hold_id=hold_id,
        decision=kind,
        cap_minor=cap,
        until=until,
        is_unlawful=unlawful,
        salt=derived("s", row_id)[2:].ljust(32, "0")[:32],
    )


def grants(
    network: Network, motion: Motion, decisions: Sequence[LineDecision], *, unlawful: bool = False
) -> tuple[LineGrant, ...]:
    """Return decisions on the lines of a motion in order: all that was asked, half of it, or nothing."""
    rows = network.rows(EXCHANGE_ID, SCHEDULE_ROWS, Condition("schedule_id", "=", motion.motion_id), order=("number",))
    result = []
    for row, kind in zip(rows, decisions, strict=True):
        if kind is LineDecision.struck:
            result.append(grant(row.line_id, row.hold_id, 0, None, kind=kind, unlawful=unlawful))
        else:
            cap = row.cap_minor if kind is LineDecision.granted else row.cap_minor // 2
            result.append(grant(row.line_id, row.hold_id, cap, row.until, kind=kind))
    return tuple(result)


def decide(
    network: Network,
    motion: Motion,
    lines: tuple[LineGrant, ...],
    *,
    by: str = COURT,
    officer: OfficerId = JUDGE,
    capacity: str = "investigating_judge",
    measure: str = "M9",
    reasons: str = DECIDED_BECAUSE,
    told_all: str = "",
    decided_on: date = DECIDED_ON,
) -> MeasureDecision | ActRefused:
    """Let a judge decide a motion."""
    decision_id = DecisionId(derived("de", motion.motion_id, network.now.text()))
    decision = SignedDecision(
        decision_id=decision_id,
        motion_id=motion.motion_id,
        case_id=motion.case_id,
        measure=measure,
        by=capacity,
        forum="Invented investigating court of Almaty",
        decision_no="1-77/26",
        decided_on=decided_on,
        on_paper=False,
        words=reasons_digest(decision_id, reasons),
        digests=tuple(one.digest for one in lines),
        statements=(),
    )
    signed = network.statement(
        by, Act.decide_motion, decision.decision_id, decision.terms(), officer=officer, reasons=told_all
    )
    command = DecideMotion(
        signed=msgspec.structs.replace(decision, statements=(signed,)),
        lines=lines,
        reasons=reasons,
        participant_id=ParticipantId(by),
    )
    return network.at(EXCHANGE_ID, lambda tx, now: decide_motion(tx, command, now))


def lift(
    network: Network, measure: CaseMeasure, *, by: str = POLICE, officer: OfficerId = OFFICER
) -> CaseMeasure | Rejection:
    """Let an officer lift a measure."""
    terms = (("case_id", measure.case_id), ("hold_id", measure.hold_id))
    signed = network.statement(by, Act.lift_measure, measure.measure_id, terms, officer=officer)
    command = LiftMeasure(measure_id=measure.measure_id, participant_id=ParticipantId(by), statement=signed)
    return network.at(EXCHANGE_ID, lambda tx, now: lift_measure(tx, command, now))


def take_back(network: Network, motion: Motion, *, by: str = POLICE) -> Motion | Rejection:
    """Let the author withdraw a motion."""
    signed = network.statement(by, Act.withdraw_motion, motion.motion_id, (("case_id", motion.case_id),))
    command = WithdrawMotion(motion_id=motion.motion_id, participant_id=ParticipantId(by), statement=signed)
    return network.at(EXCHANGE_ID, lambda tx, now: withdraw_motion(tx, command, now))


def measures(network: Network, kind: str = "M5") -> list[CaseMeasure]:
    """Return the measures of a kind, in order of their holds."""
    return network.rows(EXCHANGE_ID, CASE_MEASURES, Condition("measure", "=", kind), order=("hold_id",))


def measure(network: Network, measure_id: MeasureId) -> CaseMeasure:
    """Return one measure as it is now."""
    [found] = network.rows(EXCHANGE_ID, CASE_MEASURES, Condition("measure_id", "=", measure_id))
    assert isinstance(found, CaseMeasure)
    return found


def hold_at(network: Network, bank: str) -> CaseHold:
    """Return the one hold at a bank, as the exchange sees it."""
    [found] = network.rows(EXCHANGE_ID, CASE_HOLDS, Condition("participant_id", "=", bank))
    assert isinstance(found, CaseHold)
    return found


def case_of(network: Network) -> CaseId:
    """Return the one case of a story."""
    [case] = network.rows(EXCHANGE_ID, CASES)
    return CaseId(case.case_id)
